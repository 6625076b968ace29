#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --metrics-file: written however a run ends, readable by others, never half.

load service

setup() {
  setup_folder
  start_sandbox
  good_leads 5
}

import() {
  run_split csv2chakra import leads.yaml leads.csv --metrics-file m.prom "$@"
}
sample() { sed -n "s/^csv2chakra_$1{[^}]*$2[^}]*} //p" m.prom; }

@test "a good run: rows, bytes, times, mode 0644 whatever the umask" {
  umask 077
  import
  expect_status 0
  [ "$(stat -c %a m.prom)" = 644 ]
  [ "$(sample exit_status)" = 0 ]
  [ "$(sample rows 'outcome="created"')" = 5 ]
  [ "$(sample rows 'outcome="rejected"')" = 0 ]
  [ "$(sample rows_read)" = 5 ]
  [ "$(sample input_bytes)" = "$(stat -c %s leads.csv)" ]
  [ "$(sample last_success_timestamp_seconds)" = \
    "$(sample end_timestamp_seconds)" ]
  grep -q 'run_info{.*command="import".*procedure="lead"} 1$' m.prom
  # Every line is a comment or a sample.
  [ "$(grep -vcE '^# (HELP|TYPE) |^csv2chakra_[a-z_]+\{.*\} [0-9.]+$' \
    m.prom)" -eq 0 ]
  [ "$(find . -name '.csv2chakra-*' | wc -l)" -eq 0 ]
}

@test "a run that fails keeps the last success of the one before" {
  import
  before=$(sample last_success_timestamp_seconds)
  import
  expect_status 8
  [ "$(sample exit_status)" = 8 ]
  [ "$(sample last_success_timestamp_seconds)" = "$before" ]
  [ -z "$(sample rows_read)" ]
  good_csv 3 | sed 's/,2,/,x,/; s/L-/M-/' >leads.csv
  import
  expect_status 1
  [ "$(sample exit_status)" = 1 ]
  [ "$(sample rows 'outcome="rejected"')" = 1 ]
  [ "$(sample last_success_timestamp_seconds)" = "$before" ]
  echo 'version: 1' >leads.yaml
  import
  expect_status 2
  [ "$(sample exit_status)" = 2 ]
}

@test "resume counts all parts of the run" {
  import --limit 2
  [ "$(sample rows 'outcome="created"')" = 2 ]
  run_split csv2chakra resume latest --metrics-file m.prom
  expect_status 0
  [ "$(sample rows 'outcome="created"')" = 5 ]
  grep -q 'command="resume"' m.prom
}

@test "a place that cannot be written is known before anything is sent" {
  run_split csv2chakra import leads.yaml leads.csv --metrics-file no/m.prom
  expect_status 4
  in_file err "no/m.prom"
  run_split csv2chakra import leads.yaml leads.csv --metrics-file "$PWD"
  expect_status 2
  [ "$(held | wc -l)" -eq 0 ]
  [ ! -e runs ]
}

@test "a dry run writes none" {
  import --dry-run
  expect_status 0
  [ ! -e m.prom ]
}

@test "names of files put no sample and no label into the metrics" {
  local name
  for name in 'a"} 1' $'a"} 1\ncsv2chakra_evil 7' $'a\\' 'a\"' $'a",evil="b\r' $'a\x01\xff'; do
    run_split csv2chakra import leads.yaml leads.csv --again --metrics-file "$name.prom"
    mv -- "$name.prom" seen
    grep -q "^csv2chakra_exit_status{" seen
    # Comments aside a name, one or more whole labels that are ours, a number.
    run ! grep -avE '^# |^csv2chakra_[a-z_]+\{((import|command|version|run|procedure|outcome)="([^"\\]|\\["\\n])*",?)+\} [0-9.]+$' seen
    rm seen
  done
}

@test "--if-changed: an export that stays the same keeps its rows and the time of its last change" {
  import --if-changed
  changed=$(sample last_change_timestamp_seconds)
  [ "$changed" -gt 0 ]
  [ "$changed" -le "$(sample end_timestamp_seconds)" ]
  sleep 1.1
  # The name of the run as it was; the command itself went well again.
  run=$(sed -n 's/.*run_info{.*run="\([^"]*\)".*/\1/p' m.prom)
  import --if-changed
  expect_status 0
  in_file out 'nothing to do'
  [ "$(sample last_change_timestamp_seconds)" = "$changed" ]
  [ "$(sample last_success_timestamp_seconds)" -gt "$changed" ]
  [ "$(sample rows 'outcome="created"')" = 5 ]
  [ "$(sample rows_read)" = 5 ]
  [ "$(sample input_bytes)" = "$(stat -c %s leads.csv)" ]
  grep -q "run_info{.*run=\"$run\"" m.prom
  csv2chakra prune latest >/dev/null
  import --if-changed
  expect_status 0
  [ "$(sample rows 'outcome="created"')" = 5 ]
  [ "$(sample last_change_timestamp_seconds)" = "$changed" ]
  # Another export; one that cannot be read takes nothing back.
  good_csv 3 | sed 's/^L-/M-/' >leads.csv
  import --if-changed
  expect_status 0
  newer=$(sample last_change_timestamp_seconds)
  [ "$newer" -gt "$changed" ]
  [ "$(sample rows 'outcome="created"')" = 3 ]
  : >leads.csv
  import --if-changed
  expect_status 7
  [ "$(sample last_change_timestamp_seconds)" = "$newer" ]
}
