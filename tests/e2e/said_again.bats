#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A command that is advised sends to where the one that advised it was about, and reads the input as it did: what options
# said is said again. Each is typed here as it stands.

# shellcheck disable=SC2154 # helpers.bash sets status, service.bash url
# shellcheck disable=SC2030,SC2031 # bats runs each test in a subshell

load service

# The mapping says otherwise, and so does the default: nothing listens there.
setup() {
  setup_folder
  lead_mapping m.yaml Ref <<<'data: {who: Who}'
  printf 'Ref;Who\nA-1;J\366rg\nA-2;Ren\351\n' >x.csv
  start_sandbox --procedure other=lead_id
  unset CHAKRA_BASE_URL
  how="--base-url $url --procedure other --delimiter ; --encoding windows-1252"
}

teardown() { stop_sandbox; }

# said COMMAND [WORD]...: with those options.
said() {
  local command=$1
  shift
  # shellcheck disable=SC2086 # words
  run_split csv2chakra "$command" $how "$@"
}

# advised FILE: the command of a FILE's last line that has one, from its import on.
advised() { sed -n 's/.*\(csv2chakra import .*\)/\1/p' "$1" | tail -n 1; }

# obey FILE: that command. The newest run went to the procedure, and has read two rows or more as they are.
obey() {
  local command
  command=$(advised "$1")
  [[ $command == *" --base-url $url --procedure other "* ]]
  eval "run_split $command --progress none"
  [ "$status" -le 1 ]
  [ "$(report '.target | .base_url + " " + .procedure')" = "$url other" ]
  held >there
  in_file there '"who":"Jörg"'
}

@test "of check, whatever it found" {
  said check m.yaml x.csv
  expect_status 0
  obey out
  echo '3' >>x.csv
  said check m.yaml x.csv
  expect_status 1
  in_file out "csv2chakra check --base-url $url --procedure other --delimiter ';' --encoding windows-1252 m.yaml x.csv"
}

@test "of a split" {
  said split --parts 2 -o parts m.yaml x.csv
  expect_status 0
  obey err
  [ "$(held | wc -l)" -eq 2 ]
}

@test "of several files whose keys are compared" {
  printf 'Ref;Who\nA-3;Zo\353\n' >y.csv
  said check --unique-across m.yaml x.csv y.csv
  expect_status 0
  obey out
}

@test "of an import that is refused: it was imported, it grew, its ledger is hurt" {
  said import m.yaml x.csv
  expect_status 0
  said import m.yaml x.csv
  expect_status 8
  # Its keys are there: they are refused, at the same place.
  obey err
  printf 'A-3;Zo\353\n' >>x.csv
  said import m.yaml x.csv
  expect_status 8
  in_file err '[guard.grown]'
  obey err
  [ "$(held | wc -l)" -eq 3 ]
  echo hurt >runs/latest/ledger.sqlite
  hurt=$(readlink runs/latest)
  said import m.yaml x.csv
  expect_status 7
  in_file err '[run.damaged]'
  csv2chakra status "$hurt" | tr '\n' ' ' >listed
  in_file listed "import --again --skip-existing --base-url $url --procedure other"
  obey err
  [ "$(rows skipped created)" = '3 0' ]
}

@test "a check that an import advises is told nothing of the runs folder" {
  echo '3' >>x.csv
  for more in '' --unique-across; do
    said import --runs-dir elsewhere --all-or-nothing ${more:+"$more"} m.yaml x.csv
    expect_status 1
    command=$(sed -n 's/^ *\(csv2chakra check .*\)/\1/p' out)
    [[ $command == *" --procedure other "* ]]
    eval "run_split $command"
    expect_status 1
    in_file out '1 would be rejected'
  done
}

@test "of a procedure that is not there, which is not said to be the mapping's" {
  run_split csv2chakra import --base-url "$url" --procedure nowhere m.yaml x.csv --encoding windows-1252
  expect_status 4
  tr '\n' ' ' <out >said
  in_file said 'Name the right --procedure, and import again:'
  in_file said "csv2chakra import --base-url $url --procedure nowhere"
}

@test "the environment still holds, and is not said" {
  export CHAKRA_BASE_URL=$url
  run_split csv2chakra check --procedure other --delimiter ';' --encoding windows-1252 m.yaml x.csv
  expect_status 0
  [ "$(advised out)" = "csv2chakra import --procedure other --delimiter ';' --encoding windows-1252 m.yaml x.csv" ]
}

@test "a profile that was named is named, also for several files and after a rehearsal" {
  mkdir -p "$HOME/.config/csv2chakra"
  printf 'profiles:\n  box:\n    base_url: %s\n' "$url" >"$HOME/.config/csv2chakra/config.yaml"
  chmod 600 "$HOME/.config/csv2chakra/config.yaml"
  sed '2s/A-1/A-9/' x.csv >y.csv
  for command in 'check' 'rehearse --runs-dir elsewhere'; do
    # shellcheck disable=SC2086 # words
    run_split csv2chakra $command --profile box --delimiter ';' --encoding windows-1252 m.yaml x.csv
    expect_status 0
    [ "$(advised out)" = "csv2chakra import --profile box --delimiter ';' --encoding windows-1252 m.yaml x.csv" ]
  done
  run_split csv2chakra check --profile box --delimiter ';' --encoding windows-1252 m.yaml x.csv y.csv
  expect_status 0
  [ "$(advised out)" = "csv2chakra import --profile box --delimiter ';' --encoding windows-1252 m.yaml x.csv y.csv" ]
}
