#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Run folders and files of them that somebody made up: they are data that is
# refused, and nothing that is obeyed.

# shellcheck disable=SC2154 # service.bash sets url

bats_require_minimum_version 1.5.0
load helpers
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

teardown() { stop_sandbox; }

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
  grep -q "^damaged .*$first" out
  run_split timeout 60 csv2chakra prune --older-than 0s
  in_file out "$second"
  held | cmp - before
}
