#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every run that status shows can go on, be settled, or be pruned: the command
# that status names is run, until it names none.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() {
  setup_folder
  good_leads 60
}

@test "rows that were acknowledged without a job and are absent can be settled" {
  fast_time
  start_sandbox --duplicates allow --ack empty --fault reset-before=1,calls=2
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 10 --settle 10s
  follow_to_the_end
  whole_and_once
}

@test "a run that was killed while it closed its books has a next command" {
  start_sandbox --duplicates allow
  for at in atomic.rename:1 atomic.rename:3 atomic.renamed:5; do
    status=0
    CSV2CHAKRA_FAULT="$at:kill" csv2chakra-faults import leads.yaml leads.csv \
      --again >out 2>err || status=$?
    [ "$status" -eq 137 ]
    [ -n "$(next_command)" ]
    follow_to_the_end
    [ -z "$(next_command)" ]
    [ "$(report .exit_status)" = 0 ]
  done
}

@test "a run that was killed while its reconcile closed its books has one, too" {
  fast_time
  start_sandbox --duplicates allow --fault reset-after=1,calls=2
  for at in books.close:1 atomic.rename:1 atomic.renamed:6; do
    run_split csv2chakra import leads.yaml leads.csv --chunk-rows 10 --again \
      --on-unknown hold
    expect_status 6
    status=0
    CSV2CHAKRA_FAULT="$at:kill" csv2chakra-faults reconcile latest \
      --settle 10s >out 2>err || status=$?
    [ "$status" -eq 137 ]
    [ -n "$(next_command)" ]
    follow_to_the_end
    [ "$(report .accounts.rows.created)" = 60 ]
    [ "$(report .exit_status)" = 0 ]
    csv2chakra prune latest >out
    stop_sandbox
    start_sandbox --duplicates allow --fault reset-after=1,calls=2
  done
}

@test "a run whose rows were sent twice in vain sends them no third time, and the next import does" {
  fast_time
  start_sandbox --duplicates allow --fault reset-before=1,calls=2 \
    --fault reset-before=1,calls=7
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 10 --settle 10s
  expect_status 6
  run_split csv2chakra reconcile latest --resend-absent --settle 10s
  expect_status 6
  case $(next_command) in
  "csv2chakra import --again --skip-existing "*) ;;
  *) next_command; false ;;
  esac
  old=$(readlink runs/latest)
  follow_to_the_end
  whole_and_once
  # It never blocked, and it can go, being asked in vain.
  run_split csv2chakra prune "$old"
  expect_status 0
}

# What stands above the next command of the report on the screen.
next_words() { sed -n '/^Files in/,$p' out | tr -s '\n ' ' '; }

@test "rows that nothing settles are for a person to look at, and then the run can end" {
  fast_time
  start_sandbox --duplicates error --fault entry-error=0.3,calls=1 --fault counts-disagree=1,calls=1
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 60 --settle 10s
  expect_status 6
  unknown=$(report .accounts.rows.unknown)
  case $(next_command) in "csv2chakra reconcile "*) ;; *) next_command; false ;; esac
  # However often it is asked, the advice sends none of them: a list that lags
  # would show the same.
  for _ in 1 2; do
    run_split csv2chakra reconcile latest --settle 10s
    expect_status 6
    run=$(readlink runs/latest)
    [ "$(next_command)" = "csv2chakra prune $run" ]
    next_words >words
    in_file words "Check first: $unknown rows are unknown"
    in_file words 'the keys that results.csv calls unknown'
    in_file words "import still refuses the whole file without --again: csv2chakra prune $run"
    [ "$(report .next_command)" = "csv2chakra prune $run" ]
    run_split csv2chakra status latest
    grep -q "^check  *$unknown rows are unknown" out
    csv2chakra status latest --format json |
      jq -e --arg n "$unknown" '.[0].check_first | startswith($n + " rows are unknown")'
  done
  before=$(held)
  eval "$(next_command)" >out
  # The guard still has it.
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 8
  in_file err 'check first which of them ChakraHQ has'
  in_file err 'csv2chakra import --again --skip-existing leads.yaml leads.csv'
  [ "$(held)" = "$before" ]
}

@test "rows that failed are retried before a run with rows that nothing settles ends" {
  fast_time
  sed -i 's/^L-60,Open/L-60,Asleep/' leads.csv
  start_sandbox --duplicates error --fault entry-error=0.3,calls=1 --fault counts-disagree=1,calls=1
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 60 --settle 10s
  run_split csv2chakra reconcile latest --settle 10s
  expect_status 6
  parent=$(readlink runs/latest)
  case $(next_command) in "csv2chakra retry $parent"*) ;; *) next_command; false ;; esac
  next_words >words
  in_file words 'Check first: '
  in_file words 'once to-fix.csv (or the mapping) is fixed'
  sed -i 's/,Asleep,/,Open,/' "runs/$parent/to-fix.csv"
  eval "$(next_command)" >out
  [ "$(report .accounts.rows.created)" = 1 ]
  # Then nothing of it waits any more.
  run_split csv2chakra status "$parent"
  in_file out "csv2chakra prune $parent"
  run_split csv2chakra prune "$parent"
  expect_status 0
}

@test "rows that were not found are sent again by the word of status, after it said what to check" {
  fast_time
  start_sandbox --duplicates allow --fault reset-before=1,calls=2
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 10 --settle 10s
  expect_status 6
  run=$(readlink runs/latest)
  [ "$(next_command)" = "csv2chakra reconcile $run" ]
  run_split csv2chakra reconcile latest --settle 10s
  expect_status 6
  [ "$(next_command)" = "csv2chakra reconcile --resend-absent $run" ]
  next_words >words
  in_file words 'Check first: 10 rows are unknown, and lookups did not find them'
  follow_to_the_end
  whole_and_once
}

@test "rows that were accepted and have neither job nor key wait for nothing" {
  sed -i '/^lead_id/d' leads.yaml
  start_sandbox --duplicates allow --ack empty
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  [ "$(report .accounts.rows.accepted)" = 60 ]
  follow_to_the_end
  [ "$(report .accounts.rows.accepted)" = 60 ]
}

@test "rows that were lost and have no key are for a person to look at" {
  fast_time
  sed -i '/^lead_id/d' leads.yaml
  start_sandbox --duplicates allow --fault reset-after=1,calls=2
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 10 --settle 10s
  expect_status 6
  run=$(readlink runs/latest)
  follow_to_the_end
  [ "$(tail -1 steps)" = "step 2: csv2chakra prune $run" ]
  [ "$(held | wc -l)" -eq 60 ]
}

@test "of two runs of an input in one second the second one is the newer" {
  start_sandbox --duplicates allow
  run_split csv2chakra import leads.yaml leads.csv --limit 10
  first=$(readlink runs/latest)
  run_split csv2chakra import leads.yaml leads.csv --limit 10 --again
  second=$(readlink runs/latest)
  started() { jq -r .started "runs/$1/run.json"; }
  [[ $(started "$first") < $(started "$second") ]]
  # As if it was quick: the names tell seconds.
  run_split csv2chakra status "$first"
  in_file out 'csv2chakra prune'
  run_split csv2chakra status "$second"
  in_file out 'csv2chakra resume'
  # 0.1.0 told seconds: of two in one second none is told to go, nor goes on.
  cp -a runs twins
  for run in "$first" "$second"; do
    forget_sums "twins/$run"
    sed -i 's/"started":.*/"started": "2026-01-01T00:00:00Z",/' "twins/$run/run.json"
  done
  for run in "$first" "$second"; do
    run_split csv2chakra status --runs-dir twins "$run"
    not_in_file out 'csv2chakra prune'
    run_split csv2chakra resume --runs-dir twins "$run"
    expect_status 8
    in_file err "the input of run $run was imported since"
  done
  run_split csv2chakra resume "$second"
  expect_status 0
}

@test "a run that was killed before it had a ledger is pruned" {
  start_sandbox
  status=0
  CSV2CHAKRA_FAULT=run.created:1:kill csv2chakra-faults import leads.yaml \
    leads.csv >out 2>err || status=$?
  [ "$status" -eq 137 ]
  run=$(csv2chakra status --format json | jq -r '.[0].id')
  run_split csv2chakra status "$run"
  in_file out "state      empty"
  line=$(sed -n 's/^next *//p' out)
  [ "$line" = "csv2chakra prune $run" ]
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  eval "$line"
}

@test "a procedure that does not exist is a mistake of the mapping, not a run to resume" {
  start_sandbox
  sed -i 's/^procedure: lead$/procedure: led/' leads.yaml
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 4
  in_file err 'then import again'
  not_in_file out 'csv2chakra resume'
  in_file out 'csv2chakra import'
  case $(next_command) in "csv2chakra import "*) ;; *) next_command; false ;; esac
  # It never blocks, and it can go.
  old=$(readlink runs/latest)
  sed -i 's/^procedure: led$/procedure: lead/' leads.yaml
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  run_split csv2chakra prune "$old"
  expect_status 0
}

@test "a run that a later one superseded is pruned, and nothing else is advised" {
  start_sandbox --duplicates merge
  run_split csv2chakra import leads.yaml leads.csv --limit 20
  old=$(readlink runs/latest)
  sleep 1.1
  run_split csv2chakra import leads.yaml leads.csv --again
  expect_status 0
  run_split csv2chakra status "$old"
  in_file out "csv2chakra prune"
  run_split csv2chakra prune "$old"
  expect_status 0
  in_file out 'pruned'
}

@test "a schedule does not go quiet over rows that are unknown" {
  start_sandbox --duplicates allow --fault reset-before=1,calls=2
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 30 --settle 0s
  expect_status 6
  for option in --resume ''; do
    # shellcheck disable=SC2086 # none or one
    run_split csv2chakra import leads.yaml leads.csv --if-changed $option
    expect_status 6
    in_file err 'are unknown, and nothing was sent'
    in_file err 'csv2chakra reconcile'
  done
}

@test "what reconcile says of a row does not grow" {
  start_sandbox --duplicates allow --fault reset-before=1,calls=2
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 30 --settle 0s
  expect_status 6
  run_split csv2chakra reconcile latest --settle 0s
  one=$(jq -r '[.calls[].answer // ""] | map(length) | max' runs/latest/report.json)
  for _ in 1 2 3; do
    run_split csv2chakra reconcile latest --settle 0s
  done
  more=$(jq -r '[.calls[].answer // ""] | map(length) | max' runs/latest/report.json)
  [ "$more" -le $((one + 2)) ]
}

# A run that says of itself that version 1 began it, which took a header that
# comes again for a row.
older_run() {
  run_split env CSV2CHAKRA_FAULT=run.older:1:fail csv2chakra-faults import \
    leads.yaml leads.csv --chunk-rows 10 --limit 20
  expect_status 0
  grep -q '"payload":[[:space:]]*1' runs/latest/run.json
}

@test "a run that was killed is whole once a reconcile found all its rows" {
  start_sandbox
  good_leads 20
  status=0
  CSV2CHAKRA_FAULT=submit.answer:1:kill csv2chakra-faults import leads.yaml leads.csv >out 2>err || status=$?
  [ "$status" -eq 137 ]
  run_split csv2chakra reconcile latest
  expect_status 0
  in_file out 'All 20 rows are in the sandbox'
  run_split csv2chakra status latest
  in_file out 'state      finished'
  not_in_file out 'next '
  [ "$(report .exit_status)" = 0 ]
}

@test "a run of another version goes on if it builds what was built" {
  start_sandbox --duplicates allow
  older_run
  run_split csv2chakra resume latest
  expect_status 0
  whole_and_once
}

@test "a run of another version that builds something else sends nothing and says what to do" {
  start_sandbox --duplicates allow
  sed -i '15i Lead Ref,Status,First,Last,Score,Note' leads.csv
  older_run
  held >before
  [ -s before ]
  run_split csv2chakra resume latest
  expect_status 2
  in_file err '[run.other_version]'
  held | cmp before -
  # What it says, done.
  eval "$(sed -n 's/.*sent: \(csv2chakra reconcile [^;]*\);.*/\1/p' err)" >out 2>said || [ $? -eq 7 ]
  in_file said '[run.other_version]'
  not_in_file said 'put back as it was'
  in_file said 'help: csv2chakra import --again --skip-existing '
  in_file out "1 row   the input does not read as it did; the row's reason"
  [[ "$(next_command)" == 'csv2chakra import --again --skip-existing '* ]]
  old=$(readlink runs/latest)
  eval "$(sed -n 's/.*missing: \(csv2chakra import .*\)/\1/p' err)" >out
  whole_and_once
  run_split csv2chakra prune "$old"
  expect_status 0
}

@test "status leads to the end of a run of another version, whose rows are asked for first" {
  fast_time
  for fault in '' --fault=reset-after=1,calls=2; do
    good_csv 60 >leads.csv
    sed -i '15i Lead Ref,Status,First,Last,Score,Note' leads.csv
    # shellcheck disable=SC2086 # one or none
    start_sandbox --duplicates allow $fault
    run_split env CSV2CHAKRA_FAULT=run.older:1:fail csv2chakra import leads.yaml \
      leads.csv --chunk-rows 10 --limit 20 --on-unknown hold
    follow_to_the_end || { cat steps out err; return 1; }
    whole_and_once || { cat steps out err; return 1; }
    tail -1 steps
    [[ "$(tail -1 steps)" == *'csv2chakra import --again --skip-existing '* ]]
    stop_sandbox
    rm -rf runs steps
  done
}

@test "a run of a newer version is left to that" {
  start_sandbox --duplicates allow
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 10 --limit 20
  id=$(readlink runs/latest)
  sed -i 's/"payload":[[:space:]]*2/"payload":9/' "runs/$id/run.json"
  forget_sums "runs/$id"
  run_split csv2chakra resume latest
  expect_status 2
  in_file err '[run.other_version]'
  in_file err 'csv2chakra reconcile'
  in_file err 'import --again --skip-existing'
  [ "$(held | wc -l)" -eq 20 ]
  # Nor is its ledger damaged.
  sqlite3 runs/latest/ledger.sqlite 'PRAGMA user_version = 99'
  run_split csv2chakra resume latest
  expect_status 7
  in_file err '[ledger.newer]'
  in_file err 'help: use that version of csv2chakra'
}
