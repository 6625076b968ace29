#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Runs that were ended before their time, and what brings them to an end:
# nothing lost, nothing twice.

# shellcheck disable=SC2154 # service.bash sets url

load service

# Kills an import of 40 chunks at the N-th passing of a point.
kill_at() {
  status=0
  CSV2CHAKRA_FAULT="$1:kill" csv2chakra-faults import leads.yaml leads.csv \
    --chunk-rows 5 --in-flight 3 --again --settle 10s >out 2>err || status=$?
  [ "$status" -eq 137 ]
}

# After a resume (and a reconcile that may send again what is nowhere): each
# row once, none unknown.
settles() {
  run_split csv2chakra resume latest --settle 10s
  [ "$status" -eq 0 ] || expect_status 6
  [ "$(report .accounts.balanced)" = true ]
  # Whatever is unknown is named, and was received at most once.
  curl -sf "$url/sandbox/stats" >stats
  [ "$(jq .keys.received_twice stats)" = 0 ]
  if [ "$status" -eq 6 ]; then
    run_split csv2chakra reconcile latest --resend-absent --settle 10s
    expect_status 0
  fi
  [ "$(report .accounts.rows.created)" = 200 ]
  [ "$(report .accounts.rows.unknown)" = 0 ]
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.created_twice)" = 0 ]
  held | cmp wanted -
}

# Long: an import for each of its steps.
# bats test_tags=long
@test "a kill at any write of the ledger or send of a request loses nothing" {
  good_leads 200
  csv2chakra convert leads.yaml leads.csv | sort >wanted
  fast_time
  n=0
  for at in ledger.commit:2 ledger.commit:3 ledger.committed:3 \
    ledger.commit:9 ledger.committed:12 submit.started:1 submit.started:2 \
    submit.started:20 submit.answer:1 submit.answer:2 submit.answer:31; do
    start_sandbox --duplicates allow --job-delay 2s
    kill_at "$at"
    settles
    stop_sandbox
    rm -rf runs
    n=$((n + 1))
  done
  [ "$n" -eq 11 ]
}

@test "resume says what it will do, keeps what is settled and sends the rest" {
  start_sandbox
  good_leads 40
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 5 --limit 17
  expect_status 0
  [ "$(held | wc -l)" -eq 17 ]
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 8
  in_file err "csv2chakra resume"
  run_split csv2chakra resume latest --limit 23
  expect_status 0
  in_file err "17 rows are done; sending the rest"
  [ "$(held | wc -l)" -eq 23 ]
  [ "$(report .accounts.balanced)" = true ]
  run_split csv2chakra resume latest --limit 5
  expect_status 2
  run_split csv2chakra resume latest
  expect_status 0
  [ "$(held | wc -l)" -eq 40 ]
  [ "$(report .accounts.rows.created)" = 40 ]
  [ "$(report '.run.parts | length')" -eq 3 ]
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.received_twice)" = 0 ]
}

@test "a run goes on in another place when folder and file are copied" {
  start_sandbox
  good_leads 20
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 5 --limit 10
  expect_status 0
  mkdir other
  cp -a runs other/runs
  mv leads.csv other/moved.csv
  rm -rf runs
  run_split csv2chakra resume latest other/moved.csv --runs-dir other/runs
  expect_status 0
  [ "$(held | wc -l)" -eq 20 ]
}

@test "a run whose input was imported since by another one is not resumed" {
  start_sandbox --duplicates allow
  good_leads 5
  (umask 077 && echo wrong >other)
  run_split csv2chakra import leads.yaml leads.csv --token-file other
  expect_status 4
  first=$(readlink runs/latest)
  # It sent nothing, and holds nobody up.
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  second=$(readlink runs/latest)
  run_split csv2chakra resume "$first"
  expect_status 8
  in_file err "imported since"
  in_file err "csv2chakra status $second"
  # What a run sends that is in use is known when it has ended.
  hold wal-exclusive
  run_split csv2chakra resume "$first"
  let_go
  expect_status 75
  in_file err "has open the ledger of run $second of this input; nothing was sent"
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.received_twice)" = 0 ]
  run_split csv2chakra report "$first"
  expect_status 0
}

@test "an input that changed is not resumed" {
  start_sandbox
  good_leads 20
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 5 --limit 10
  sed -i '2s/Ann/Eve/' leads.csv
  run_split csv2chakra resume latest
  expect_status 7
  in_file err "SHA-256"
  [ "$(held | wc -l)" -eq 10 ]
}

@test "a damaged ledger stops, and is never taken for none" {
  start_sandbox
  good_leads 20
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 5 --limit 10
  for damage in 'printf x >' 'truncate -s 0' 'truncate -s 5000'; do
    cp -a runs "runs-$RANDOM"
    eval "$damage runs/latest/ledger.sqlite"
    run_split csv2chakra resume latest
    expect_status 7
    in_file err "ledger"
    # What it sent is not known: nothing is sent, and no command is the right
    # one.
    for more in '' --if-changed --resume; do
      # shellcheck disable=SC2086 # an option or none
      run_split csv2chakra import leads.yaml leads.csv $more
      expect_status 7
      in_file err "may have sent rows of this input"
      in_file err "import --again --skip-existing"
    done
  done
  [ "$(held | wc -l)" -eq 10 ]
}

@test "a run goes on with what it began with, or not at all" {
  start_sandbox
  good_leads 6
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 2 --limit 2
  expect_status 0
  run=$(readlink -f runs/latest)
  mkfifo pipe
  mkdir kept
  cp -p "$run/mapping.yaml" "$run/run.json" "$run/input.sums" kept
  for file in mapping.yaml run.json input.sums; do
    for way in edited emptied gone linked piped; do
      case $way in
      edited)
        case $file in
        run.json) sed -i 's/"started"/"started" /' "$run/$file" ;;
        *) echo '# mine' >>"$run/$file" ;;
        esac
        ;;
      emptied) : >"$run/$file" ;;
      gone) rm "$run/$file" ;;
      linked) ln -sf "$PWD/kept/$file" "$run/$file" ;;
      piped) rm "$run/$file" && mkfifo "$run/$file" ;;
      esac
      for command in resume reconcile retry report; do
        run_split timeout 20 csv2chakra $command latest
        [ "$status" -eq 7 ] || [ "$status" -eq 2 ]
        [ "$(held | wc -l)" -eq 2 ]
        [ "$way" != edited ] || in_file err '[run.changed]'
      done
      cp -p --remove-destination "kept/$file" "$run/$file"
    done
  done
  in_file err "'"
  # As it was, it goes on; so does a run without sums, of 0.1.0.
  forget_sums "$run"
  run_split csv2chakra resume latest
  expect_status 0
  [ "$(held | wc -l)" -eq 6 ]
}

@test "a run whose run.json cannot be read is not overlooked by the guard" {
  start_sandbox
  good_leads 20
  good_csv 5 >others.csv
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  f=$(readlink -f runs/latest)
  echo '{"schema_ver' >"$f/run.json"
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 7
  in_file err "$(basename "$f")"
  # Its ledger says of which input it is: others are not held up.
  run_split csv2chakra import leads.yaml others.csv --skip-existing
  expect_status 0
  rm "$(readlink -f runs/latest)/run.json"
  # If the ledger cannot say so either, nobody can tell.
  truncate -s 5000 "$f/ledger.sqlite"
  good_csv 6 >third.csv
  run_split csv2chakra import leads.yaml third.csv --skip-existing
  expect_status 7
  run_split csv2chakra import leads.yaml third.csv --skip-existing --again
  expect_status 0
  # A folder that has only begun sent nothing, and holds nobody up.
  rm -rf runs
  mkdir -p runs/20260101T000000Z-leads-abcdef
  echo '{' >runs/20260101T000000Z-leads-abcdef/run.json
  run_split csv2chakra import leads.yaml third.csv --skip-existing
  expect_status 0
}

@test "a reconcile that leaves nothing to resume ends the stop of its run" {
  fast_time
  # The answers are lost; then nobody can be asked.
  start_sandbox --fault reset-after=1,calls=2 --job-delay 5s
  good_leads 10
  status=0
  CSV2CHAKRA_FAULT=submit.started:2:kill csv2chakra import leads.yaml \
    leads.csv --chunk-rows 5 --in-flight 1 --no-wait >out 2>err || status=$?
  [ "$status" -eq 137 ]
  run_split csv2chakra status
  in_file out "stopped"
  run_split csv2chakra reconcile latest --settle 20s
  expect_status 0
  in_file err "; nothing new is sent"
  [ "$(report .exit_status)" = 0 ]
  [ "$(report .accounts.rows.created)" = 10 ]
  not_in_file out "csv2chakra resume"
  run_split csv2chakra status
  in_file out "finished, exit 0"
  run_split csv2chakra report latest --format json
  expect_status 0
  [ "$(jq .exit_status out)" = 0 ]
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 8
  in_file err "import --again"
}

# stopped_import OPTION...: stopped by a signal after the answer to its first call.
stopped_import() {
  CSV2CHAKRA_FAULT=submit.answered:1:stop csv2chakra import leads.yaml leads.csv "$@" >out 2>err 3>&- &
  until_stopped $!
  kill -TERM $!
  kill -CONT $!
  status=0
  wait $! || status=$?
  expect_status 5
  [ "$(report .exit_status)" = 5 ]
}

@test "a run that was stopped while it only waited has ended once a reconcile knows its rows" {
  fast_time
  start_sandbox --ack job --job-delay 20s --duplicates allow
  good_leads 20
  stopped_import
  [ "$(rows accepted unsent)" = "20 0" ]
  run_split csv2chakra status
  in_file out "stopped, exit 5"
  run_split csv2chakra reconcile latest --settle 60s
  expect_status 0
  run_split csv2chakra status
  in_file out "finished, exit 0"
  # Not so with a call that was not sent, or with rows that were not read.
  stopped_import --again --chunk-rows 19 --in-flight 2
  [ "$(rows accepted unsent) $(report .accounts.bytes.unread)" = "19 1 0" ]
  run_split csv2chakra reconcile latest --settle 60s
  expect_status 5
  good_leads 40
  CSV2CHAKRA_FAULT=submit.answered:1:kill csv2chakra import leads.yaml leads.csv --again --chunk-rows 10 \
    --in-flight 1 >out 2>err || status=$?
  [ "$status" -eq 137 ]
  run_split csv2chakra reconcile latest --settle 60s
  expect_status 4
  [ "$(rows created unsent)" = "10 0" ]
  [ "$(report .accounts.bytes.unread)" -gt 0 ]
}

@test "a reconcile that leaves rows unsent says so, and how to go on" {
  fast_time
  start_sandbox --job-delay 5s
  good_leads 20
  status=0
  CSV2CHAKRA_FAULT=submit.started:2:kill csv2chakra import leads.yaml \
    leads.csv --chunk-rows 5 --in-flight 1 >out 2>err || status=$?
  [ "$status" -eq 137 ]
  run_split csv2chakra reconcile latest --settle 20s
  expect_status 4
  [ "$(report .exit_status)" = 4 ]
  in_file out "csv2chakra resume"
  run_split csv2chakra status
  in_file out "stopped"
  run_split csv2chakra resume latest --settle 20s
  expect_status 0
  [ "$(report .accounts.rows.created)" = 20 ]
}

@test "a run keeps its settings: naming another one is refused" {
  start_sandbox
  good_leads 20
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 5 --limit 10
  run_split csv2chakra resume latest --chunk-rows 6
  expect_status 2
  in_file err "--chunk-rows"
  run_split csv2chakra resume latest --base-url http://127.0.0.1:1
  expect_status 2
  CHAKRA_BASE_URL=http://127.0.0.1:1 run_split csv2chakra resume latest
  expect_status 2
  in_file err "CHAKRA_BASE_URL in the environment differs from what run $(readlink runs/latest) was made with"
  run_split csv2chakra resume latest --chunk-rows 5 --in-flight 2
  expect_status 0
}

@test "lost answers are unknown, and reconcile settles them" {
  fast_time
  start_sandbox --fault reset-after=1,calls=2 --job-delay 40s
  good_leads 20
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 5 --settle 0s
  expect_status 6
  [ "$(report .accounts.rows.unknown)" = 5 ]
  in_file out "reconcile"
  run_split csv2chakra reconcile latest --settle 60s
  expect_status 0
  [ "$(report .accounts.rows.created)" = 20 ]
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.received_twice)" = 0 ]
}

@test "a run that was not waited for can be followed later" {
  start_sandbox
  good_leads 20
  run_split csv2chakra import leads.yaml leads.csv --no-wait
  expect_status 0
  [ "$(report .accounts.rows.accepted)" = 20 ]
  run_split csv2chakra reconcile latest
  expect_status 0
  [ "$(report .accounts.rows.created)" = 20 ]
}

@test "a second signal leaves at once, and the ledger is valid" {
  start_sandbox --fault hang-after=1,60s,calls=2
  good_leads 20
  csv2chakra import leads.yaml leads.csv --chunk-rows 5 --in-flight 1 \
    >out 2>err 3>&- &
  pid=$!
  tries=0
  until [ "$(grep -c bulk-create sandbox.log)" -ge 2 ] || [ $tries -gt 100 ]; do
    sleep 0.05
    tries=$((tries + 1))
  done
  sleep 0.3
  kill -TERM $pid
  sleep 0.3
  kill -0 $pid # the first one waits for what is on the wire
  kill -TERM $pid
  status=0
  wait $pid || status=$?
  [ "$status" -eq 143 ]
  run_split csv2chakra resume latest --settle 5s
  expect_status 0
  [ "$(report .accounts.rows.created)" = 20 ]
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.received_twice)" = 0 ]
}

# The second chunk was looked up, and half of its rows exist; it waited for the
# answer to the first one's call, which never came.
@test "a resume of --skip-existing sends what is left of a chunk in one call" {
  good_leads 200
  awk 'NR == 1 || NR % 2 == 0' leads.csv >half.csv
  start_sandbox --duplicates allow --fault hang-after=1,20s,calls=2
  csv2chakra import leads.yaml half.csv --runs-dir half -q
  csv2chakra import leads.yaml leads.csv --skip-existing --chunk-rows 100 \
    --in-flight 2 --grace 0s -q >out 2>err 3>&- &
  importer=$!
  local tries=0
  until [ "$(grep -c process/list sandbox.log)" -ge 2 ]; do
    tries=$((tries + 1))
    [ $tries -lt 400 ]
    sleep 0.05
  done
  sleep 0.3
  kill -TERM "$importer"
  wait "$importer" || [ $? -eq 5 ]
  creates=$(grep -c bulk-create sandbox.log)
  run_split csv2chakra resume latest
  expect_status 6
  [ $(($(grep -c bulk-create sandbox.log) - creates)) -eq 1 ]
  run_split csv2chakra reconcile latest --settle 5s
  expect_status 0
  [ "$(report .accounts.rows.skipped)" = 100 ]
  [ "$(report .accounts.rows.created)" = 100 ]
  [ "$(held | wc -l)" -eq 200 ]
}

@test "a redirected input is found again by its real path, also a moved one by its bytes" {
  good_leads 30
  ln -s leads.csv link.csv
  start_sandbox --duplicates allow
  run_split csv2chakra import leads.yaml - --chunk-rows 5 --limit 10 <link.csv
  expect_status 0
  [ "$(report .input.name)" = "$PWD/leads.csv" ]
  run_split csv2chakra resume latest --limit 20
  expect_status 0
  mkdir elsewhere
  mv leads.csv elsewhere/other.csv
  for command in resume reconcile report; do
    run_split csv2chakra "$command" latest
    expect_status 7
    in_file err "[input.missing]"
    in_file err "name the present path of 'leads.csv' ("
    run_split csv2chakra "$command" latest elsewhere/other.csv
    expect_status 0
  done
  [ "$(held | wc -l)" -eq 30 ]
  sed 's/Ann/Eve/' elsewhere/other.csv >wrong.csv
  run_split csv2chakra report latest wrong.csv
  expect_status 7
}

@test "a redirected file without a name is kept with the run" {
  good_leads 30
  start_sandbox --duplicates allow
  exec 7<leads.csv
  rm leads.csv
  run_split csv2chakra import leads.yaml - --chunk-rows 5 --limit 10 <&7
  exec 7<&-
  expect_status 0
  [ "$(report .input.name)" = "<stdin>" ]
  run_split csv2chakra resume latest
  expect_status 0
  [ "$(held | wc -l)" -eq 30 ]
}
