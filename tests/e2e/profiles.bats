#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Profiles: sets of settings in config.yaml, after the options and the environment, before the mapping and the defaults.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() {
  setup_folder
  good_leads 4
  config="$HOME/.config/csv2chakra/config.yaml"
  mkdir -p "${config%/*}"
  chmod 755 "$HOME" "$HOME/.config" "${config%/*}"
}

# A sandbox that nothing but a profile names.
hidden_sandbox() {
  start_sandbox
  unset CHAKRA_BASE_URL CHAKRA_API_TOKEN_FILE CSV2CHAKRA_RUNS_DIR
  cp -p token "${config%/*}/token"
}

# profile NAME LINE...: the file has this profile.
profile() {
  echo "profiles:"
  echo "  $1:"
  shift
  printf '    %s\n' "$@"
}

# from SETTING: where doctor says that it comes from.
from() {
  csv2chakra doctor "$@" --format json >out 2>err || :
  jq -r '.checks[] | .check + ": " + .message' out | sed 's/^setting: //' >from
}

@test "a profile says where to, as whom, where runs are kept and how fast; by name, by the environment, by default" {
  hidden_sandbox
  profile box "base_url: $url" 'token_file: token' 'runs_dir: ~/kept' 'rate: 50/s' 'in_flight: 2' >"$config"
  run_split csv2chakra import --profile box leads.yaml leads.csv
  expect_status 0
  [ "$(held | wc -l)" -eq 4 ]
  [ -d "$HOME/kept" ]
  [ "$(jq -c '.settings["in-flight"] | [.value, .from]' "$HOME"/kept/latest/report.json)" = '["2","profile"]' ]
  # Without --profile there is none here.
  run_split csv2chakra status
  not_in_file out leads
  CSV2CHAKRA_PROFILE=box run_split csv2chakra status
  in_file out leads
  echo 'default_profile: box' >>"$config"
  run_split csv2chakra status
  in_file out leads
  run_split csv2chakra status --profile none
  not_in_file out leads
  run_split csv2chakra undo --delete 4 latest
  expect_status 0
}

@test "option, environment, profile, mapping, default, in this order, and doctor says which it was" {
  hidden_sandbox
  printf 'submit:\n  in_flight: 3\n' >>leads.yaml
  flight() {
    run_split csv2chakra import --again "$@" --base-url "$url" --token-file token --runs-dir runs leads.yaml leads.csv
    jq -r '.settings["in-flight"] | .value + " " + .from' runs/latest/report.json
  }
  profile box 'in_flight: 5' >"$config"
  [ "$(flight --in-flight 7 --profile box)" = '7 option' ]
  [ "$(flight --profile box)" = '5 profile' ]
  [ "$(flight)" = '3 mapping' ]
  sed -i '/^submit/,$d' leads.yaml
  [ "$(flight)" = '4 default' ]

  profile box "base_url: $url" 'token_file: token' 'runs_dir: kept' >"$config"
  from
  in_file from 'base-url: https://api.chakrahq.com, from the default'
  from --profile box
  in_file from "base-url: $url, from base_url of the profile 'box'"
  in_file from "token-file: ${config%/*}/token, from token_file of the profile 'box'"
  in_file from "runs-dir: ${config%/*}/kept, from runs_dir of the profile 'box'"
  in_file from "profile: 'box' of '$config'"
  in_file from 'token: accepted'
  CHAKRA_BASE_URL=http://127.0.0.1:1 CSV2CHAKRA_PROFILE=box from
  in_file from 'base-url: http://127.0.0.1:1, from CHAKRA_BASE_URL in the environment'
  in_file from "profile: 'box'"
  CHAKRA_BASE_URL=http://127.0.0.1:1 from --profile box --base-url http://127.0.0.1:2
  in_file from 'base-url: http://127.0.0.1:2, from --base-url'
  # The option counts more than the variable of the same name.
  CSV2CHAKRA_PROFILE=nothing from --profile box
  in_file from "profile: 'box'"
}

@test "a token of the environment, however it is given, counts before that of a profile, and an option before both" {
  hidden_sandbox
  profile box "base_url: $url" 'token_command: false' >"$config"
  token=$(cat token)
  run_split csv2chakra doctor --profile box
  expect_status 2
  in_file out "the token command 'false'"
  CHAKRA_API_TOKEN=$token run_split csv2chakra doctor --profile box
  expect_status 0
  in_file out 'token: from CHAKRA_API_TOKEN in the environment'
  CHAKRA_API_TOKEN_FILE=token run_split csv2chakra doctor --profile box
  expect_status 0
  CHAKRA_API_TOKEN=wrong run_split csv2chakra doctor --profile box --token-command 'cat token'
  expect_status 0
  profile box "base_url: $url" "token_command: cat $PWD/token" >"$config"
  CHAKRA_API_TOKEN_FILE=nothing run_split csv2chakra doctor --profile box --token-command "cat token"
  expect_status 0
  run_split csv2chakra import --profile box leads.yaml leads.csv
  expect_status 0
  profile box 'token_command: true' 'token_file: token' >"$config"
  run_split csv2chakra doctor --profile box
  expect_status 2
  in_file err "has both token_file and token_command"
}

@test "every mistake has its line and column, whichever profile is used" {
  refuses() {
    printf '%s\n' "$1" >"$config"
    run_split csv2chakra check "${@:4}" leads.yaml leads.csv
    expect_status 2
    in_file err "csv2chakra: $config:$2: "
    in_file err "$3"
  }
  refuses $'profiles:\n  a:\n    base_ur: x' 3:5 "unknown key 'base_ur' [profile.unknown_key]"
  in_file err "did you mean 'base_url'?"
  refuses $'profiles:\n  a:\n    token: x' 3:5 "unknown key 'token'"
  refuses $'profile:\n  a: {}' 1:1 "did you mean 'profiles'?"
  refuses $'profiles:\n  a: {zzz: 1}\n  b: {}\n' 2:7 "the keys here are: base_url, token_file, token_command, rate, in_flight, runs_dir" --profile b
  refuses $'profiles:\n  a: {rate: 5}\n' 2:13 "invalid value for 'rate': expected calls per second" --profile a
  refuses $'profiles:\n  a: {in_flight: 65}\n' 2:18 "a whole number from 1 to 64" --profile a
  refuses $'profiles:\n  a: {rate: [5/s]}' 2:13 "expected a text, and this is a list"
  refuses $'profiles:\n  a: {rate: }' 2:13 "expected a text, and this is nothing"
  refuses $'profiles:\n  a: {token_file: ""}' 2:19 "expected a text, and this is empty"
  refuses $'profiles: [a]' 1:11 "expected a map of profiles, and this is a list"
  refuses $'profiles:\n  a: 5' 2:6 "expected a map of settings, and this is a number"
  refuses $'profiles:\n  none: {}' 2:3 "cannot be called 'none'"
  refuses $'profiles:\n  a: {}\n  a: {}' 3:3 "duplicate key"
  refuses $'profiles:\n  a: &x {}\n' 2:6 "anchor"
  refuses $'profiles:\n\ta: {}' 2:1 "tab"
  refuses $'- a' 1:1 "expected keys and values"
  refuses $'default_profile: b\nprofiles:\n  a: {}' 1:18 "there is no profile 'b' (default_profile)"
  refuses $'profiles:\n  a:\n    x: 1\n    y: 2' 3:5 "(the first of 2 mistakes)"

  printf 'profiles:\n  a: {}\n  b: {}\n' >"$config"
  run_split csv2chakra check --profile c leads.yaml leads.csv
  expect_status 2
  in_file err "there is no profile 'c' in '$config' [profile.none]"
  in_file err "its profiles are: a, b"
  rm "$config"
  run_split csv2chakra check --profile c leads.yaml leads.csv
  expect_status 2
  in_file err "there is no profile 'c'"
  for content in '' '# nothing' 'profiles: {}'; do
    echo "$content" >"$config"
    run_split csv2chakra check leads.yaml leads.csv
    expect_status 0
  done
  # What reads no profile needs no good file; help never does.
  echo broken: >"$config"
  run_split csv2chakra inspect leads.csv
  expect_status 0
  run_split csv2chakra import --help
  expect_status 0
}

@test "a file, or a folder above it, that others may write to or own is refused before anything of it is used" {
  profile box 'token_command: touch ran' >"$config"
  refuses() {
    run_split csv2chakra doctor --profile box
    expect_status 2
    in_file err "$1"
    [ ! -e ran ]
  }
  chmod o+w "$config"
  refuses 'can be written to by every user of this machine'
  in_file err "chmod o-w $config"
  chmod o-w "$config"
  chmod o+w "$HOME/.config"
  refuses "lies below '$HOME/.config', which can be written to by every user"
  chmod o-w "$HOME/.config"
  mv "$config" other.yaml
  chmod o+w other.yaml
  ln -s "$PWD/other.yaml" "$config"
  refuses 'can be written to by every user'
  rm "$config"
  mkfifo "$config"
  refuses "unable to open the configuration"
  rm "$config"
  profile box 'token_command: touch ran' >"$config"
  [ "$(id -u)" -eq 0 ] || skip "the owner of a file can only be changed by root"
  chown 65534 "$config"
  refuses 'belongs to another user (uid 65534)'
}

@test "a home that this user may not look into is a warning, and an error if a profile is named" {
  [ "$(id -u)" -eq 0 ] || skip "only root can act for another user"
  command -v setpriv >/dev/null || skip "setpriv is not installed"
  chmod 700 "$HOME"
  profile a 'rate: 5/s' >"$config"
  run_split setpriv --reuid=65534 --clear-groups "$CSV2CHAKRA_BIN/csv2chakra" service --runs-dir /nonexistent/runs
  in_file err "this user may not look at '$config', so no profile is used"
  run_split setpriv --reuid=65534 --clear-groups "$CSV2CHAKRA_BIN/csv2chakra" service --runs-dir /nonexistent/runs --profile a
  expect_status 2
  in_file err "unable to find the configuration '$config'"
}

@test "XDG_CONFIG_HOME is where the file is, if it is an absolute path" {
  mkdir -p else/csv2chakra
  profile there 'rate: 5/s' >else/csv2chakra/config.yaml
  profile here 'rate: 5/s' >"$config"
  XDG_CONFIG_HOME=$PWD/else run_split csv2chakra status --profile there
  expect_status 0
  XDG_CONFIG_HOME=else run_split csv2chakra status --profile here
  expect_status 0
  run_split env -u HOME csv2chakra status --profile here --runs-dir runs
  expect_status 2
  in_file err 'there is no place for profiles'
}

@test "the token of a profile does not go to the address of a run that has another" {
  hidden_sandbox
  first=$url
  profile box "base_url: $first" 'token_file: token' 'runs_dir: ~/kept' >"$config"
  run_split csv2chakra import --profile box --limit 2 leads.yaml leads.csv
  printf '  other:\n    base_url: http://127.0.0.1:1\n    token_file: token\n    runs_dir: ~/kept\n' >>"$config"
  for command in reconcile 'undo --delete 2' 'retry'; do
    # shellcheck disable=SC2086 # a command and its options
    run_split csv2chakra $command latest --profile other
    expect_status 2
    [ "$command" = retry ] || in_file err "the run was made with $first, and the token of the profile 'other' is for http://127.0.0.1:1"
    [ "$command" = retry ] || in_file err '[profile.other]'
  done
  run_split csv2chakra resume --profile other latest
  expect_status 2
  in_file err "base_url of the profile 'other' differs from what run"
  run_split csv2chakra reconcile --profile other --token-file token latest
  expect_status 0
  run_split csv2chakra resume --profile box latest
  expect_status 0
  [ "$(held | wc -l)" -eq 4 ]
}

@test "the next command says the profile again that the line named, and obeyed it goes on" {
  hidden_sandbox
  profile box "base_url: $url" 'token_file: token' 'runs_dir: ~/kept' >"$config"
  sed -i '3s/Open/Lost/' leads.csv
  run_split csv2chakra import --profile box leads.yaml leads.csv
  expect_status 1
  next=$(tail -n 1 out)
  [ "${next#*csv2chakra retry --profile box }" != "$next" ]
  not_in_file out "--runs-dir"
  sed -i 's/Lost/Open/g' "$HOME/kept/latest/to-fix.csv"
  eval "$next" >out 2>err
  [ "$(held | wc -l)" -eq 4 ]
  # A folder beside it, and what an error or status names.
  run_split csv2chakra import --profile box --runs-dir "my runs" --limit 2 --again leads.yaml leads.csv
  tail -n 1 out | grep -q "csv2chakra resume --profile box --runs-dir 'my runs' "
  run_split csv2chakra import --profile box --runs-dir "my runs" leads.yaml leads.csv
  expect_status 8
  in_file err "--profile box --runs-dir 'my runs'"
  run_split csv2chakra undo --profile box nosuch
  in_file err "'csv2chakra status --profile box' lists the runs"
  run_split csv2chakra status --profile box
  in_file out "csv2chakra status --profile box RUN"
  CSV2CHAKRA_PROFILE=box run_split csv2chakra status nosuch
  in_file err "'csv2chakra status' lists the runs"
}

@test "a rehearsal takes neither address nor token of a profile" {
  profile box 'base_url: http://127.0.0.1:1' 'token_command: false' >"$config"
  run_split csv2chakra rehearse --profile box leads.yaml leads.csv
  expect_status 0
}
