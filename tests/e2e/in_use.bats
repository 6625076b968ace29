#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What somebody else has open is in use: it is not imported, and not forgotten.

# shellcheck disable=SC2154 # service.bash sets holder

load service

teardown() {
  let_go
  stop_sandbox
}

# A run of 60 rows, new ones each time, that was killed after its fifth call.
stopped_run() {
  rm -rf runs
  before=$(held | wc -l)
  good_csv 60 | sed "s/^L-/K$before-/" >leads.csv
  CSV2CHAKRA_FAULT="submit.started:7:kill" csv2chakra import --chunk-rows 10 \
    --in-flight 1 leads.yaml leads.csv >out 2>err && return 1
  there=$(held | wc -l)
}

nightly() {
  run_split csv2chakra import --if-changed --resume --settle 10s leads.yaml leads.csv
}

# The rest goes, each row once.
rest_goes() {
  nightly
  expect_status 0
  held >now
  [ "$(wc -l <now)" -eq $((before + 60)) ]
  [ "$(sort -u now | wc -l)" -eq $((before + 60)) ]
  [ "$(report .accounts.rows.created)" -eq 60 ]
}

# in_mode MODE COMMAND: 75 while it is held, naming who has it; then the rest.
in_mode() {
  trap 'let_go; stop_sandbox' EXIT
  mkdir "$1" && cd "$1" || return 1
  fast_time
  start_sandbox --duplicates allow
  good_mapping
  stopped_run
  hold "$1"
  nightly
  expect_status 75
  in_file err "process $holder (python3"
  in_file err '[ledger.locked]'
  # shellcheck disable=SC2086 # words
  run_split csv2chakra $2
  expect_status 75
  in_file err "process $holder (python3"
  [ "$(held | wc -l)" -eq "$there" ]
  let_go
  rest_goes
  touch good
}

# each_mode MODE...: side by side, for most of it is waiting.
each_mode() {
  local mode pids=()
  local -a others=("import leads.yaml leads.csv" "resume latest"
    "import --again leads.yaml leads.csv" "reconcile latest"
    "import --if-changed leads.yaml leads.csv" "report latest")
  for mode in "$@"; do
    (in_mode "$mode" "${others[${#pids[@]}]}") >"$mode.said" 2>&1 3>&- &
    pids+=($!)
  done
  wait "${pids[@]}" || :
  for mode in "$@"; do
    [ -e "$mode/good" ] || { echo "mode $mode" && cat "$mode.said" && return 1; }
  done
}

# Long: an import for each kind of lock.
# bats test_tags=long
@test "a stopped run that a reader or writer of its log has is in use" {
  each_mode wal-idle wal-shared wal-reserved wal-exclusive wal-mode backup
}

# Long: an import for each kind of lock.
# bats test_tags=long
@test "a stopped run that is locked under another journal is in use" {
  each_mode delete-shared delete-reserved delete-pending delete-exclusive \
    delete-mode
}

# Long: an import for each kind of lock.
# bats test_tags=long
@test "a stopped run that is locked under any journal is in use" {
  each_mode truncate-reserved truncate-exclusive persist-shared \
    persist-pending memory-exclusive off-reserved
}

@test "status says who has a run, and prune leaves it" {
  fast_time
  start_sandbox
  good_mapping
  stopped_run
  hold wal-shared
  run_split csv2chakra status latest
  expect_status 0
  grep -qE '^state +in use$' out
  in_file out "process $holder (python3"
  run_split csv2chakra status --format json latest
  expect_status 0
  jq -e ".[0].state == \"in use\" and
    (.[0].holder | startswith(\"process $holder\"))" out
  run_split csv2chakra prune latest
  expect_status 2
  in_file err "is using its ledger"
  [ -e runs/latest/ledger.sqlite ]
}

@test "a report that nobody reads to its end holds nothing" {
  fast_time
  start_sandbox --duplicates allow
  good_mapping
  rm -rf runs
  # More than a pipe takes.
  good_csv 3000 >leads.csv
  run_split csv2chakra import --limit 2000 leads.yaml leads.csv
  expect_status 0
  mkfifo screen
  csv2chakra report --rows created latest >screen 2>report.err 3>&- &
  local reader=$!
  exec 9<screen
  read -r -u 9 line
  [ -n "$line" ]
  kill -0 "$reader"
  nightly
  expect_status 0
  kill -0 "$reader"
  [ "$(held | wc -l)" -eq 3000 ]
  exec 9<&-
  wait "$reader" || :
}

# running_import POINT: an import of 60 rows that halts there; $importer.
running_import() {
  CSV2CHAKRA_FAULT="$1:stop" csv2chakra import --chunk-rows 10 --in-flight 1 \
    leads.yaml leads.csv >first.out 2>first.err 3>&- &
  importer=$!
  until_stopped "$importer"
}

@test "a run in progress whose lock was removed is in use" {
  fast_time
  start_sandbox --duplicates allow
  good_mapping
  # Before its ledger is there, while it sends, and between its ledger and its
  # report.
  for point in run.created:1 ledger.place:1 submit.started:3 books.close:1; do
    rm -rf runs
    before=$(held | wc -l)
    good_csv 60 | sed "s/^L-/K$before-/" >leads.csv
    running_import "$point"
    there=$(held | wc -l)
    rm -r runs/.locks
    nightly
    expect_status 75
    in_file err "works on run"
    run_split csv2chakra import --again leads.yaml leads.csv
    expect_status 75
    for command in resume reconcile; do
      run_split csv2chakra "$command" latest
      expect_status 75
    done
    run_split csv2chakra prune latest
    expect_status 2
    [ "$(held | wc -l)" -eq "$there" ]
    kill -CONT "$importer"
    status=0
    wait "$importer" || status=$?
    if [ "$point" = run.created:1 ]; then
      # Its lock was gone before it had begun: the other might have begun.
      [ "$status" -eq 75 ]
      in_file first.err "the lock of this input was removed"
      in_file first.err '[run.locked]'
      [ "$(held | wc -l)" -eq "$there" ]
      nightly
      expect_status 0
    else
      [ "$status" -eq 0 ]
    fi
    held | sort -u | wc -l >now
    [ "$(cat now)" -eq $((before + 60)) ]
    [ "$(held | wc -l)" -eq $((before + 60)) ]
  done
}

@test "a ledger that another program keeps from being closed is said, and resume closes the books" {
  fast_time
  start_sandbox
  good_leads 60
  running_import books.close:1
  hold wal-exclusive
  # Without the signal it would wait longer.
  kill -TERM "$importer"
  kill -CONT "$importer"
  status=0
  wait "$importer" || status=$?
  let_go
  expect_status 4
  in_file first.err "unable to close the books of the run: process "
  in_file first.err " uses the ledger '"
  in_file first.err "[ledger.locked]"
  in_file first.err "when it has ended: csv2chakra resume $(readlink runs/latest)"
  run_split csv2chakra resume latest
  expect_status 0
  [ "$(rows created)" = 60 ]
}
