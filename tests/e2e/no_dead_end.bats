#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every run that status shows can go on, be settled, or be pruned: the command
# that status names is run, until it names none.

# shellcheck disable=SC2154 # service.bash sets url

bats_require_minimum_version 1.5.0
load helpers
load service

setup() {
  setup_folder
  good_mapping
  good_csv 60 >leads.csv
}

next_command() {
  csv2chakra status --format json latest |
    jq -r '(if type == "array" then .[0] elif .runs then .runs[0] else . end) | .next // ""'
}

# Follows status for at most five commands; what comes out is named by the
# last one. reconcile gets the word that lets it send again.
follow_to_the_end() {
  local next step
  for step in 1 2 3 4 5; do
    next=$(next_command)
    [ -n "$next" ] || return 0
    echo "step $step: $next" >>steps
    case $next in
    'csv2chakra reconcile '*) next="$next --resend-absent --settle 10s" ;;
    'csv2chakra retry '*) return 0 ;;
    esac
    status=0
    eval "$next" >out 2>err || status=$?
    case $next in 'csv2chakra prune '*) return 0 ;; esac
  done
  cat steps
  return 1
}

whole_and_once() {
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.created_twice)" = 0 ]
  [ "$(held | wc -l)" -eq 60 ]
}

# stop_at WHERE HOW EXIT [OPTION]...: an import of six calls is ended at that
# passing of a point of include/base/fault.h: killed, or by a signal that
# reaches it while it is halted there.
stop_at() {
  local where=$1 how=$2 expected=$3 action=stop tries=0
  shift 3
  [ "$how" != KILL ] || action="kill"
  # A shell has its background deaf to SIGINT.
  CSV2CHAKRA_FAULT="$where:$action" env --default-signal=INT csv2chakra import \
    leads.yaml leads.csv \
    --chunk-rows 10 --in-flight 2 "$@" >out 2>err 3>&- &
  local pid=$!
  while [ "$how" != KILL ] && ! grep -q '^State:.[TZ]' "/proc/$pid/status"; do
    tries=$((tries + 1))
    [ $tries -lt 400 ] || return 1
    sleep 0.05
  done
  if [ "$how" != KILL ]; then
    kill "-$how" "$pid"
    kill -CONT "$pid"
  fi
  status=0
  wait "$pid" || status=$?
  [ "$status" -eq "$expected" ]
}

# A run that was killed before it had one: the same command again.
import_if_there_is_none() {
  [ "$(csv2chakra status --format json | jq 'map(select(.state != "empty")) | length')" != 0 ] ||
    csv2chakra import leads.yaml leads.csv --chunk-rows 10 >out 2>err
}

@test "kills and signals, in every phase of a run: status names what leads to its end" {
  fast_time
  while read -r phase where how expected faults; do
    # shellcheck disable=SC2086 # options are words
    start_sandbox --duplicates allow --job-delay 1s $faults
    { stop_at "$where" "$how" "$expected" --settle 10s &&
      import_if_there_is_none && follow_to_the_end && whole_and_once; } ||
      { echo "$phase $where $how: $status" && cat steps out err; return 1; }
    csv2chakra prune latest >out
    stop_sandbox
    rm -rf runs steps
  done <<'STOPS'
before-the-ledger run.created:1 KILL 137
before-the-first-call submit.start:1 KILL 137
before-the-first-call submit.start:1 TERM 5
before-the-first-call submit.start:1 INT 130
before-the-first-call submit.start:1 HUP 5
sending submit.started:3 KILL 137
sending submit.start:3 TERM 5
sending submit.start:3 INT 130
following-jobs submit.started:9 KILL 137 --fault slow-job=1,4s
following-jobs submit.start:9 TERM 5 --fault slow-job=1,4s
settling submit.answer:14 KILL 137 --fault reset-before=1,calls=2-3
settling submit.start:14 TERM 5 --fault reset-before=1,calls=2-3
closing books.close:1 KILL 137
closing books.close:1 TERM 0
closing atomic.rename:2 KILL 137
closing atomic.rename:5 TERM 0
closing atomic.renamed:6 KILL 137
STOPS
}

# What was wrong with the world, and is put right before status is asked.
put_right() {
  case $1 in
  token) cp good_token token ;;
  changed) cp -p kept.csv leads.csv ;;
  esac
}

@test "whatever stops a run, status names what leads to its end once the cause is gone" {
  fast_time
  while read -r name expected fault options; do
    [ "$fault" != - ] || fault=
    start_sandbox --duplicates allow --job-delay 1s ${fault:+--fault "$fault"}
    cp -p leads.csv kept.csv
    cp token good_token
    status=0
    case $name in
    token) echo "$SECRET_MARK-of-nobody" >token ;;
    changed)
      csv2chakra import leads.yaml leads.csv --chunk-rows 10 --limit 20 >out
      sed -i 's/^L-5,Open/L-5,Won/' leads.csv
      csv2chakra resume latest >out 2>err || status=$?
      ;;
    damaged)
      csv2chakra import leads.yaml leads.csv --chunk-rows 10 --limit 20 >out
      truncate -s 5000 runs/latest/ledger.sqlite
      csv2chakra resume latest >out 2>err || status=$?
      ;;
    esac
    # shellcheck disable=SC2086 # options are words
    [ "$status" -ne 0 ] ||
      timeout 60 csv2chakra import leads.yaml leads.csv --chunk-rows 10 \
        --settle 10s --retry-for 5s $options >out 2>err || status=$?
    [ "$status" -eq "$expected" ] || { echo "$name: $status"; cat err; return 1; }
    put_right "$name"
    follow_to_the_end || { echo "$name"; cat out err; return 1; }
    case $name in
    refused | too-many) ;; # their rows wait for a person
    *) whole_and_once || { echo "$name"; cat steps out err; return 1; } ;;
    esac
    stop_sandbox
    rm -rf runs steps
  done <<'STOPS'
down 6 503=1,calls=2-4
down-at-first 6 503=1,calls=1-3
busy 0 429=1,20s,calls=2-4
lost 0 reset-after=1,calls=2
lost-before 6 reset-before=1,calls=2
lost-many 6 reset-before=1,calls=2-6
held 6 reset-after=1,calls=2 --on-unknown hold
limit 0 - --limit 25
nowait 0 - --no-wait
too-large 0 413=1,calls=2
refused 3 400-whole=1
too-many 3 400-whole=1,calls=2-6 --max-errors 5
unfinished 6 slow-job=1,30s,calls=2 --wait-timeout 2s
job-gone 4 job-404=1,1h
token 4 -
changed 7 -
damaged 7 -
STOPS
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

@test "rows that lookups alone left unknown are never sent by the advice, however often it is asked" {
  fast_time
  start_sandbox --duplicates error --fault entry-error=0.3,calls=1 --fault counts-disagree=1,calls=1
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 60 --settle 10s
  expect_status 6
  for _ in 1 2 3; do
    case $(next_command) in "csv2chakra reconcile "*) ;; *) next_command; false ;; esac
    run_split csv2chakra reconcile latest --settle 10s
    expect_status 6
  done
  # It does not block for ever: by its name it can go.
  run_split csv2chakra prune latest
  expect_status 0
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
  old=$(readlink runs/latest)
  eval "$(sed -n 's/.*missing: \(csv2chakra import .*\)/\1/p' err)" >out
  whole_and_once
  run_split csv2chakra prune "$old"
  expect_status 0
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
}
