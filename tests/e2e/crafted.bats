#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Run folders and files of them that somebody made up: they are data that is
# refused, and nothing that is obeyed.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() {
  setup_folder
  cat >zahlung.yaml <<'YAML'
version: 1
procedure: lead
lead_id: Beleg
data:
  betrag: {column: Betrag, type: decimal, decimal: ","}
  bank: Bank
YAML
  printf 'Beleg;Betrag;Bank\nB-1;12,50;Nord\nB-2;offen;Süd\nB-3;offen;West\n' >zahlung.csv
}

teardown() {
  stop_sandbox
  [ -z "${place:-}" ] || rm -rf "$place"
}

# set_member RUN MEMBER VALUE: in its run.json, as by somebody who also knows
# about the sums in the ledger.
set_member() {
  local json
  json=$(jq --arg value "$3" ".$2 = \$value" "runs/$1/run.json")
  printf '%s\n' "$json" >"runs/$1/run.json"
  forget_sums "runs/$1"
}

@test "a chain of retries that leads back to itself is refused, whoever follows it" {
  start_sandbox
  run_split csv2chakra import zahlung.yaml zahlung.csv
  expect_status 1
  first=$(readlink runs/latest)
  sed '0,/offen/s//3,00/' runs/latest/to-fix.csv >fixed.csv
  run_split csv2chakra retry "$first" fixed.csv
  expect_status 1
  second=$(readlink runs/latest)
  sed 's/offen/4,00/' runs/latest/to-fix.csv >again.csv
  held >before
  # Two that retry each other.
  set_member "$first" parent "$second"
  for command in "retry $first fixed.csv" "retry $second again.csv" "resume $second" "reconcile $first" "report $second"; do
    # shellcheck disable=SC2086 # words
    run_split timeout 60 csv2chakra $command
    expect_status 7
    in_file err "comes before itself"
    in_file err "[run.changed]"
  done
  # One that retries itself.
  set_member "$first" parent "$first"
  for command in "retry $first fixed.csv" "retry $second again.csv" "resume $first" "status $first" "report $first"; do
    # shellcheck disable=SC2086 # words
    run_split timeout 60 csv2chakra $command
    expect_status 7
    in_file err "run $first comes before itself"
  done
  # Those who look at all runs go on, and take it for one that sent.
  run_split timeout 60 csv2chakra status
  expect_status 0
  grep -q "^$first .* damaged" out
  run_split timeout 60 csv2chakra prune --older-than 0s
  in_file out "$second"
  held | cmp - before
}

@test "users of one runs folder stay apart, and a folder made for another is refused" {
  [ "$(id -u)" = 0 ] || skip "only root can be somebody else"
  setpriv --reuid 12345 --clear-groups true || skip "no second user here"
  start_sandbox --duplicates allow
  # The folder of a test is closed to others.
  place=$(mktemp -d)
  chmod 755 "$place"
  mkdir -m 1777 "$place/shared"
  cp "$(command -v csv2chakra)" "$place/program"
  for user in 12345 23456 34567; do
    mkdir -m 700 "$place/$user"
    cp token zahlung.yaml zahlung.csv "$place/$user"
    chown -R "$user" "$place/$user"
  done
  as() {
    local user=$1
    shift
    run_split env -C "$place" setpriv --reuid "$user" --clear-groups env HOME="$place/$user" \
      CSV2CHAKRA_RUNS_DIR="$place/shared" CHAKRA_API_TOKEN_FILE="$place/$user/token" "$place/program" "$@"
  }
  import_as() { as "$1" import "$place/$1/zahlung.yaml" "$place/$1/zahlung.csv"; }
  as 12345 version
  [ "$status" -ne 126 ] || skip "programs cannot be run from $place"
  import_as 12345
  expect_status 1
  import_as 23456 # the guard knows the runs of its own user only
  expect_status 1
  import_as 12345
  expect_status 8
  as 23456 status
  expect_status 0
  [ "$(grep -c "^20" out)" -eq 1 ]
  # Those of others are not theirs, by whatever name.
  run=$(readlink "$place/shared/12345/latest")
  for way in "resume $place/shared/12345/$run" "status --runs-dir $place/shared/12345" "prune --runs-dir $place/shared/12345 $run"; do
    # shellcheck disable=SC2086 # words
    as 23456 $way
    [ "$status" -ne 0 ]
    grep -E 'Permission denied|belongs to another user' err
  done
  # What cannot be looked into does not take nothing.
  chmod 0 "$place/shared/12345/$run"
  as 12345 doctor
  in_file out 'and what is in folders that cannot be opened: csv2chakra status lists them (no access)'
  as 12345 resume "$run"
  expect_status 7
  in_file err "unable to open the run '$place/shared/12345/$run'"
  in_file err "this user may not read it; 'ls -ld' on it and its folders shows who may"
  as 12345 status 2026
  in_file err "no run '2026': no permission to open the runs in"
  import_as 12345
  expect_status 7
  in_file err 'it is unknown which (it cannot be opened: Permission denied)'
  chmod 700 "$place/shared/12345/$run"
  # The same for a file of it: it may be as good as ever, so it is not pruned as what is damaged is.
  for file in run.json ledger.sqlite; do
    chmod 0 "$place/shared/12345/$run/$file"
    for command in report prune resume; do
      as 12345 $command "$run"
      [ "$status" -ne 0 ]
      in_file err "$file"
      in_file err 'Permission denied'
    done
    in_file err 'this user may not read it'
    chmod 600 "$place/shared/12345/$run/$file"
  done
  import_as 12345
  expect_status 8
  # What may not be written says who may, and not to create what is there.
  set -- "$place/12345/zahlung.yaml" "$place/12345/zahlung.csv"
  mkdir -m 755 "$place/closed"
  while read -r code options; do
    # shellcheck disable=SC2086 # words
    as 12345 ${options//CLOSED/$place/closed} "$@"
    expect_status "$code"
    in_file err 'Permission denied'
    in_file err "this user may not do that; 'ls -ld' on it and its folders shows who may"
  done <<'COMMANDS'
4 check -o CLOSED/out
4 split --parts 2 -o CLOSED/parts
4 import --metrics-file CLOSED/m.prom --again
2 import --move-done CLOSED --move-failed CLOSED --again
COMMANDS
  as 12345 check -o "$place/12345/nowhere/out" "$@"
  expect_status 4
  in_file err 'create its parent folder first'
  # A folder, or a link, that lies where a third user's runs would go.
  setpriv --reuid 23456 --clear-groups mkdir -m 777 "$place/shared/34567"
  import_as 34567
  expect_status 2
  in_file err 'belongs to another user (uid 23456)'
  rmdir "$place/shared/34567"
  setpriv --reuid 23456 --clear-groups ln -s "$place/23456" "$place/shared/34567"
  import_as 34567
  expect_status 2
  in_file err 'belongs to another user (uid 23456)'
}

# Long: an import for each made-up line.
# bats test_tags=long
@test "a made-up to-fix.csv sends no row but those that failed" {
  start_sandbox
  run_split csv2chakra import zahlung.yaml zahlung.csv
  expect_status 1
  first=$(readlink runs/latest)
  held >before
  local header='csv2chakra_row;Beleg;Betrag;Bank'
  while IFS='|' read -r code head row words; do
    printf '%b\n%b\n' "${head:-$header}" "$row" >made_up.csv
    run_split timeout 60 csv2chakra retry "$first" made_up.csv
    echo "$row"
    expect_status "$code"
    cat err runs/latest/rejected.reasons.csv >told
    in_file told "$words"
    held | cmp - before
  done <<'CASES'
1||-1;Z-1;1,00;x|does not hold a row number
1||0;Z-1;1,00;x|not one of those that were rejected or refused
1||2;Z-1;1,00;x|not one of those that were rejected or refused
1||5;Z-1;1,00;x|not one of those that were rejected or refused
1||99999999999999999999;Z-1;1,00;x|does not hold a row number
1||18446744073709551619;Z-1;1,00;x|does not hold a row number
1||3.0;Z-1;1,00;x|does not hold a row number
1||=3;Z-1;1,00;x|does not hold a row number
1||;Z-1;1,00;x|does not hold a row number
1||3;B-1;1,00;x|its key was created, or may have been
1||3;;1,00;x|a value is required
1|CSV2CHAKRA_ROW;Beleg;Betrag;Bank|3;Z-1;1,00;x|not one of those that were rejected or refused
1|Beleg;Betrag;Bank|Z-1;1,00;x|not one of those that were rejected or refused
2|csv2chakra_row;csv2chakra_row;Beleg;Betrag;Bank|2;3;Z-1;1,00;x|several columns 'csv2chakra_row'
2|csv2chakra_row;Beleg;Beleg;Betrag;Bank|3;Z-1;B-2;1,00;x|several columns 'Beleg'
CASES
  # One row, twice: the first one goes.
  printf '%s\n' "$header" '3;B-2;1,00;x' '3;B-7;1,00;x' >made_up.csv
  run_split csv2chakra retry "$first" made_up.csv
  expect_status 1
  in_file runs/latest/rejected.reasons.csv 'the same row is in the file twice'
  [ "$(held | wc -l)" -eq 2 ]
}

# proposes NAME ARGUMENT...: what the program proposes after this command has
# the run's name as one word, and nothing of it anywhere else.
proposes() {
  local name=$1
  shift
  run_split csv2chakra "$@"
  sed -n 's/.*\(csv2chakra [a-z].*\)/\1/p' out err >proposed
  echo "$*: $(cat proposed)"
  sed "s/'[^']*'//g" proposed | grep touch && return 1
  grep -qF "'$name'" proposed
}

# Long: a run for each name.
# bats test_tags=long
@test "a run's name is one word in each command that a message proposes" {
  start_sandbox --duplicates allow
  # shellcheck disable=SC2016 # names that must not be run
  local failed='a; touch harm' stopped='b$(touch harm)'
  run_split csv2chakra import zahlung.yaml zahlung.csv
  expect_status 1
  mv "runs/$(readlink runs/latest)" "runs/$failed"
  proposes "$failed" status "$failed"
  proposes "$failed" report "$failed"
  proposes "$failed" import zahlung.yaml zahlung.csv
  proposes "$failed" retry "$failed" not_here.csv
  rm "runs/$failed/to-fix.csv"
  proposes "$failed" retry "$failed"
  cp zahlung.csv fixed.csv
  csv2chakra report -q "$failed"
  echo >>"runs/$failed/results.csv"
  proposes "$failed" retry "$failed" fixed.csv
  csv2chakra prune "$failed"
  proposes "$failed" resume "$failed"
  sed 's/offen/1,00/' zahlung.csv >good.csv
  csv2chakra import -q --limit 1 zahlung.yaml good.csv
  mv "runs/$(readlink runs/latest)" "runs/$stopped"
  proposes "$stopped" status "$stopped"
  proposes "$stopped" prune "$stopped"
  proposes "$stopped" import zahlung.yaml good.csv
  # Whose marks are older than its ledger.
  sed -i "s/./$(printf '\\x01')/" "runs/$stopped/ledger.mark"
  proposes "$stopped" resume "$stopped"
  proposes "$stopped" prune "$stopped"
}
