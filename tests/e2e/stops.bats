#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# For every stop that a run can make, the command that status names is run,
# until it names none, and every row is there once. Long: dozens of runs that are
# stopped, each with a sandbox of its own.
# bats file_tags=long

load service

setup() {
  setup_folder
  good_leads 60
}

teardown() {
  let_go
  stop_sandbox
}

# stop_at WHERE HOW EXIT [OPTION]...: an import of six calls is ended at that
# passing of a point of include/system/fault.h: killed, or by a signal that
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

# What goes wrong in a run that has sent 20 of 60 rows, for those stops that no
# fault of the sandbox makes; then resume meets it.
half_and() {
  csv2chakra import leads.yaml leads.csv --chunk-rows 10 --limit 20 >out
  local run
  run=runs/$(readlink runs/latest)
  case $1 in
  changed) sed -i 's/^L-5,Open/L-5,Won/' leads.csv ;;
  moved) mv leads.csv elsewhere.csv ;;
  damaged) truncate -s 5000 "$run/ledger.sqlite" ;;
  rolled-back)
    cp "$run/ledger.sqlite" older.sqlite
    csv2chakra resume latest --limit 30 >out
    cp older.sqlite "$run/ledger.sqlite"
    ;;
  unmarked) rm "$run/ledger.mark" ;;
  mapping) sed -i 's/NEW/OLD/' "$run/mapping.yaml" ;;
  writable) chmod o+w "$run" ;;
  in-use) hold wal-reserved ;;
  esac
  csv2chakra resume latest >out 2>err
}

# What was wrong with the world is put right before status is asked.
put_right() {
  case $1 in
  token) cp good_token token ;;
  changed | moved) cp -p kept.csv leads.csv ;;
  mapping) sed -i 's/OLD/NEW/' runs/latest/mapping.yaml ;;
  writable) chmod o-w "runs/$(readlink runs/latest)" ;;
  in-use) let_go ;;
  esac
}

@test "whatever stops a run, status names what leads to its end once the cause is gone" {
  fast_time
  while read -r name expected fault options; do
    faults=()
    [ "$fault" = - ] || faults=(--fault "${fault%+*}")
    case $fault in *+*) faults+=(--fault "${fault#*+}") ;; esac
    start_sandbox --duplicates allow --job-delay 1s "${faults[@]}"
    cp -p leads.csv kept.csv
    cp token good_token
    [ "$name" != token ] || echo "$SECRET_MARK-of-nobody" >token
    status=0
    if [ "$options" = half ]; then
      half_and "$name" || status=$?
    else
      # shellcheck disable=SC2086 # options are words
      timeout 60 csv2chakra import leads.yaml leads.csv --chunk-rows 10 \
        --settle 10s --retry-for 5s $options >out 2>err || status=$?
    fi
    [ "$status" -eq "$expected" ] || { echo "$name: $status"; cat err; return 1; }
    put_right "$name"
    follow_to_the_end || { echo "$name"; cat out err; return 1; }
    case $name in
    refused* | too-many) ;; # their rows wait for a person
    *) whole_and_once || { echo "$name"; cat steps out err; return 1; } ;;
    esac
    stop_sandbox
    rm -rf runs steps
  done <<'STOPS'
down 6 503=1,calls=2-4
down-at-first 6 503=1,calls=1-3
busy 0 429=1,20s,calls=2-4
quota 4 429=1,1h,calls=3-6
quota-until 4 429=1,1h,date,calls=3-6
quota-503 4 503=1,1h,calls=3-6
quota-403 4 status=1,403,calls=3-6
quota-jobs 4 429=1,1h,jobs,calls=2-4
refused-402 1 status=1,402,calls=3-4
expired 4 status=1,401,calls=3-6
expired-jobs 4 status=1,401,jobs,calls=2-5
expired-lookups 4 reset-after=1,calls=2+status=1,401,lookups,calls=2-3
redirected 4 status=1,302,calls=3-6
gone 4 status=1,404,calls=3-6
not-allowed 4 status=1,405,calls=3-6
proxy 4 status=1,407,calls=3-6
gone-for-good 4 status=1,410,calls=3-6
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
changed 7 - half
moved 7 - half
damaged 7 - half
rolled-back 7 - half
unmarked 7 - half
mapping 7 - half
writable 2 - half
in-use 75 - half
STOPS
}

@test "a disk that is full in mid-run, or when the books are closed: status names what leads to the end" {
  fast_time
  for at in submit.start:1 submit.start:3 submit.answer:4 books.close:1; do
    start_sandbox --duplicates allow --job-delay 1s
    # No file of it grows any more, as on a disk that is full.
    CSV2CHAKRA_FAULT="$at:stop" csv2chakra import leads.yaml leads.csv --chunk-rows 10 \
      --in-flight 1 --settle 10s >out 2>err 3>&- &
    pid=$!
    until_stopped "$pid"
    prlimit --pid "$pid" --fsize=256
    kill -CONT "$pid"
    status=0
    wait "$pid" || status=$?
    [ "$status" -eq 4 ] || { echo "$at: $status"; tail -c 900 err; return 1; }
    follow_to_the_end || { echo "$at"; cat out err; return 1; }
    whole_and_once || { echo "$at"; cat steps out err; return 1; }
    stop_sandbox
    rm -rf runs steps
  done
}
