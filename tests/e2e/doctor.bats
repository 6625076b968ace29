#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# doctor: what is wrong is said apart, with its exit status; nothing is
# created.

# shellcheck disable=SC2154 # service.bash sets url

load service

# check NAME: "result message" of that check in the JSON answer.
check() { jq -r --arg c "$1" '.checks[] | select(.check == $c) |
  .result + " " + .message' out; }

# says NAME RESULT WORDS
says() {
  local line
  line=$(check "$1")
  if [[ "$line" != "$2 "*"$3"* ]]; then
    echo "$1: '$line', wanted $2 with '$3'"
    cat out err
    return 1
  fi
}

doctor() { run_split csv2chakra doctor --format json "$@"; }

@test "all is well: one line a check, exit 0, silence with -q" {
  start_sandbox
  good_mapping
  sed -i '/^  note/d' leads.yaml
  run_split csv2chakra doctor leads.yaml
  expect_status 0
  is_empty err
  # This folder may be in memory or a container's.
  sed '/^warning  filesystem /d' out >rest
  [ "$(grep -c '^ok ' rest)" -eq "$(wc -l <rest)" ]
  for c in mapping runs name connection token procedure attributes states \
    clock; do
    grep -q "^ok  *$c " out
  done
  in_file out "'lead' exists (Lead)"
  run_split csv2chakra doctor -q leads.yaml
  expect_status 0
  grep -q '^warning  filesystem ' out || is_empty out
  [ ! -e runs ]
  [ "$(held | wc -l)" -eq 0 ]
}

@test "JSON says the same" {
  start_sandbox
  doctor
  expect_status 0
  [ "$(jq -r .schema out)" = csv2chakra.doctor/1 ]
  [ "$(jq .exit_status out)" -eq 0 ]
  says procedure ok "the token sees lead, ticket, visit, order, transaction"
  doctor --procedure ticket
  says procedure ok "'ticket' exists"
}

@test "keys and states that are not there are warnings with a guess" {
  start_sandbox
  cat >odd.yaml <<'YAML'
version: 1
procedure: lead
lead_id: A
state: {column: S, map: {x: NEW, y: CONVERTD}, otherwise: {value: LOST}}
data:
  full_nam: B
  priority: C
YAML
  doctor odd.yaml
  expect_status 0
  says attributes warning "'full_nam', 'priority' (of another procedure)"
  [ "$(jq -r '.checks[] | select(.check == "attributes").help' out)" = \
    "did you mean 'full_name'?" ]
  says states warning "the state 'CONVERTD'"
}

@test "a procedure that is not there is exit 2" {
  start_sandbox
  good_mapping
  doctor leads.yaml --procedure leed
  expect_status 2
  says procedure failed "no procedure 'leed'"
  in_file out "it sees lead, ticket, visit, order, transaction"
}

@test "a bad mapping is exit 2, and the rest is checked" {
  start_sandbox
  echo 'version: 1' >bad.yaml
  doctor bad.yaml
  expect_status 2
  says mapping failed "error"
  says token ok "accepted"
  in_file err bad.yaml
}

@test "a token that is missing, open to all, or wrong is exit 2" {
  start_sandbox
  CHAKRA_API_TOKEN_FILE='' doctor
  expect_status 2
  says token failed "no API token"
  says connection ok ""
  [ "$(jq '[.checks[] | select(.check == "token")] | length' out)" -eq 1 ]
  cp token open-token
  chmod 644 open-token
  doctor --token-file open-token
  expect_status 2
  says token failed "can be read by other users"
  (umask 077 && echo wr0ng-secret >wrong)
  doctor --token-file wrong
  expect_status 2
  says token failed "HTTP 401"
  not_in_file out wr0ng
}

@test "name, connection and TLS are told apart, exit 4" {
  start_sandbox
  good_mapping
  doctor leads.yaml --base-url https://no-such-host.invalid
  expect_status 4
  says name failed no-such-host.invalid
  says mapping ok ""
  doctor --base-url "https://${url#http://}"
  expect_status 4
  says connection ok connected
  says tls failed ""
  stop_sandbox
  doctor --base-url "$url"
  expect_status 4
  says connection failed ""
}

@test "an address that is none, another service, and an outage" {
  start_sandbox
  doctor --base-url ftp://x
  expect_status 2
  says address failed ""
  doctor --base-url "$url/elsewhere"
  expect_status 4
  says answer failed "HTTP 404"
}

@test "a runs folder that cannot be written is exit 4" {
  [ "$(id -u)" -ne 0 ] || skip "root writes everywhere"
  start_sandbox
  mkdir locked
  chmod 500 locked
  doctor --runs-dir locked/runs
  expect_status 4
  says runs failed "unable to write"
}

@test "a runs folder that is a file is exit 4" {
  start_sandbox
  touch file
  doctor --runs-dir "$PWD/file"
  expect_status 4
  says runs failed "unable to write"
}

@test "what a run needs of its folder is tried, and nothing is left there" {
  start_sandbox
  mkdir runs
  doctor --runs-dir runs
  expect_status 0
  says runs ok "can be written, locked and synced"
  [ -z "$(ls -A runs)" ]
  local point words n=0
  while read -r point words; do
    n=$((n + 1))
    CSV2CHAKRA_FAULT="$point:1:fail" run_split \
      csv2chakra-faults doctor --format json --runs-dir runs
    expect_status 4
    says runs failed "unable to $words in the runs folder"
    [ -z "$(ls -A runs)" ]
  done <<'POINTS'
doctor.lock lock a file
doctor.second_lock keep others out with a lock
doctor.sync sync a file
doctor.rename rename a file
POINTS
  [ "$n" -eq 4 ]
}

@test "the file system of the runs folder is named" {
  start_sandbox
  # A place that is mounted twice is listed twice; the last one is seen.
  local type target
  type=$(findmnt -n -o FSTYPE -T . | tail -n 1)
  target=$(findmnt -n -o TARGET -T . | tail -n 1)
  for runs in runs not/yet/there; do
    doctor --runs-dir "$runs"
    [[ "$(check filesystem)" == *" $type, mounted at '$target': "* ]]
  done
  if [ "$(findmnt -n -o FSTYPE -T /dev/shm | tail -n 1)" = tmpfs ]; then
    doctor --runs-dir "/dev/shm/csv2chakra-$$"
    expect_status 0
    says filesystem warning "a restart of this machine"
  fi
}
