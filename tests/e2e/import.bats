#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The main job against a sandbox: every row exactly once, books that balance,
# and what a user sees when something is wrong.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() {
  ROOT="$BATS_TEST_DIRNAME/../.."
  ROOT=$(cd "$ROOT" && pwd)
  setup_folder
}

leads() { echo "$ROOT/mappings/leads.yaml"; }
sample() { echo "$ROOT/samples/leads.csv"; }

@test "the sample arrives once, byte for byte what convert prints, with jobs" {
  start_sandbox --ack job --job-delay 200ms
  run_split csv2chakra import "$(leads)" "$(sample)"
  expect_status 0
  csv2chakra convert "$(leads)" "$(sample)" | sort >wanted
  held >got
  cmp wanted got
  [ "$(wc -l <got)" -eq 2400 ]
  [ "$(report .accounts.balanced)" = true ]
  [ "$(report .accounts.rows.created)" = 2400 ]
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.received_twice)" = 0 ]
}

@test "the sample arrives once with empty acknowledgements, confirmed by lookups" {
  start_sandbox --ack empty --job-delay 200ms
  run_split csv2chakra import "$(leads)" "$(sample)" --settle 20s
  expect_status 0
  csv2chakra convert "$(leads)" "$(sample)" | sort >wanted
  held >got
  cmp wanted got
  [ "$(report .accounts.rows.created)" = 2400 ]
  grep -q ',created,lookup,' runs/latest/results.csv
}

@test "with --ids the results name each process, and say so where a job does not tell" {
  start_sandbox --ack job --job-delay 100ms
  run_split csv2chakra import --ids "$(leads)" "$(sample)"
  expect_status 0
  # As the service has them.
  python3 -B - runs/latest/results.csv <<'PY' | sort >told
import csv, sys
for r in csv.DictReader(open(sys.argv[1], newline='')):
    if r['outcome'] == 'created':
        print(r['lead_id'], r['process_id'])
PY
  [ "$(wc -l <told)" -eq 2400 ]
  curl -sf "$url/sandbox/processes?now=1" | jq -r '.key + " " + .id' | sort | cmp - told
  stop_sandbox
  start_sandbox --ack job --job-delay 100ms --entry-ids off
  run_split csv2chakra import --ids --again "$(leads)" "$(sample)"
  expect_status 0
  in_file err "rows 2-501: 500 without a process_id in results.csv"
  [ "$(grep -c "without a process_id" err)" -eq 1 ]
  [ "$(report '[.events[] | select(.kind == "ids")] | length')" -eq 5 ]
  [ "$(report .accounts.rows.created)" = 2400 ]
}

@test "with --gzip the same requests arrive" {
  start_sandbox --ack job --job-delay 100ms
  run_split csv2chakra import "$(leads)" "$(sample)" --gzip
  expect_status 0
  csv2chakra convert "$(leads)" "$(sample)" | sort >wanted
  held >got
  cmp wanted got
  jq -r '.chunks[].sha256' runs/latest/report.json | sort >reported
  jq -r 'select(.path | endswith("bulk-create")) | .sha256' sandbox.log | sort | cmp - reported
}

@test "libcsv alone reads every file to the same bytes" {
  for csv in "$ROOT"/samples/*.csv; do
    mapping="$ROOT/mappings/$(basename "$csv" .csv).yaml"
    [ -e "$mapping" ] || mapping=$(leads)
    csv2chakra convert "$mapping" "$csv" >fast 2>fast.err || true
    csv2chakra convert --engine libcsv "$mapping" "$csv" >slow 2>slow.err || true
    [ -s fast ]
    cmp fast slow
    cmp fast.err slow.err
  done
}

@test "a dry run builds the very requests that an import sends" {
  start_sandbox
  run_split csv2chakra import --dry-run "$(leads)" "$(sample)" -o dry
  expect_status 0
  [ ! -e runs ]
  [ ! -s sandbox.log ]
  run_split csv2chakra import "$(leads)" "$(sample)"
  expect_status 0
  jq -r '.chunks[].sha256' dry/report.json >planned
  jq -r '.chunks[].sha256' runs/latest/report.json >reported
  jq -r 'select(.path | endswith("bulk-create")) | .sha256' sandbox.log |
    sort >logged
  cmp planned reported
  sort planned | cmp - logged
  [ "$(wc -l <planned)" -eq 5 ]
}

@test "chunk size and calls in flight never change the rows" {
  start_sandbox
  good_leads 50
  csv2chakra convert leads.yaml leads.csv | sort >wanted
  n=0
  for options in "--chunk-rows 1 --in-flight 1" "--chunk-rows 7 --in-flight 16" \
    "--chunk-bytes 1KiB --in-flight 3"; do
    stop_sandbox
    start_sandbox
    # shellcheck disable=SC2086
    run_split csv2chakra import leads.yaml leads.csv $options
    expect_status 0
    held | cmp wanted -
    n=$((n + 1))
  done
  [ "$n" -eq 3 ]
}

@test "the run folder is private whatever the umask, and holds every file" {
  start_sandbox
  good_mapping
  good_csv >leads.csv
  (umask 0 && csv2chakra import leads.yaml leads.csv >out 2>err)
  [ "$(stat -c %a runs/latest/)" = 700 ]
  for file in ledger.sqlite mapping.yaml report.json rejected.csv \
    rejected.reasons.csv to-fix.csv results.csv; do
    [ "$(stat -c %a "runs/latest/$file")" = 600 ]
  done
  [[ "$(readlink runs/latest)" =~ ^[0-9]{8}T[0-9]{6}Z-leads-[0-9a-f]{6}$ ]]
  cmp leads.yaml runs/latest/mapping.yaml
}

@test "an input that was imported is not imported again but with --again" {
  start_sandbox --duplicates allow
  good_mapping
  good_csv >leads.csv
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  cp leads.csv elsewhere.csv
  run_split csv2chakra import leads.yaml elsewhere.csv
  expect_status 8
  in_file err "imported before"
  [ "$(held | wc -l)" -eq 3 ]
  run_split csv2chakra import --again leads.yaml leads.csv
  expect_status 0
  [ "$(held | wc -l)" -eq 6 ]
  [ "$(report '.settings.again.value')" = 1 ]
}

@test "rejected rows are kept as exact bytes that load again" {
  start_sandbox
  good_mapping
  printf 'Lead Ref,Status,First,Last,Score,Note\r\nL-1,Open,Ann,Lee,1,ok\r\nL-2,Asleep,Bob,"Lee, jr",2,"two\nlines"\r\n\r\nL-3,Open,Cy,Lee,x,n\r\nL-4,Won,Di,Lee,4,' >leads.csv
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 1
  printf 'Lead Ref,Status,First,Last,Score,Note\r\nL-2,Asleep,Bob,"Lee, jr",2,"two\nlines"\r\nL-3,Open,Cy,Lee,x,n\r\n' >wanted
  cmp wanted runs/latest/rejected.csv
  in_file runs/latest/rejected.reasons.csv "map.no_entry"
  in_file runs/latest/rejected.reasons.csv "E5"
  in_file runs/latest/rejected.reasons.csv "type.integer"
  [ "$(report .accounts.rows.rejected)" = 2 ]
  [ "$(report .accounts.rows.created)" = 2 ]
  [ "$(held | wc -l)" -eq 2 ]
  run_split csv2chakra check leads.yaml runs/latest/rejected.csv
  expect_status 1
  in_file out "2 would be rejected"
  run_split csv2chakra report latest --rows rejected
  expect_status 0
  tail -c +40 wanted | cmp - out
}

@test "what ChakraHQ refuses carries its words and exits 1" {
  start_sandbox --duplicates error
  good_leads 3
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  good_csv 5 >leads.csv
  run_split csv2chakra import --again leads.yaml leads.csv
  expect_status 1
  [ "$(report .accounts.rows.refused)" = 3 ]
  [ "$(report .accounts.rows.created)" = 2 ]
  in_file runs/latest/rejected.reasons.csv "job.ERROR"
  in_file runs/latest/to-fix.csv "L-3"
  not_in_file runs/latest/to-fix.csv "L-4"
  in_file runs/latest/results.csv "L-5"
}

@test "a pipe is kept in the run folder and imported" {
  start_sandbox
  good_leads 4
  # shellcheck disable=SC2002 # a pipe is the point
  cat leads.csv | csv2chakra import leads.yaml - >out 2>err
  cmp leads.csv runs/latest/input
  [[ "$(readlink runs/latest)" == *-stdin-* ]]
  [ "$(held | wc -l)" -eq 4 ]
  run_split csv2chakra report latest
  expect_status 0
}

@test "a wrong token stops at once and leaves all rows unsent" {
  start_sandbox
  good_leads 9
  (umask 077 && echo wrong >other)
  run_split csv2chakra import --token-file other --chunk-rows 2 leads.yaml \
    leads.csv
  expect_status 4
  in_file err "401"
  [ "$(report .accounts.rows.created)" = 0 ]
  [ "$(held | wc -l)" -eq 0 ]
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
}

@test "a closed port is not a connection, and nothing counts as sent" {
  start_sandbox
  stop_sandbox
  good_leads 2
  run_split csv2chakra import --retry-for 0s leads.yaml leads.csv
  expect_status 4
  in_file err "without progress"
  [ "$(report .accounts.rows.unsent)" = 2 ]
}

@test "a file with a header only is nothing to do" {
  start_sandbox
  good_leads 0
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  in_file out "nothing to do"
  [ ! -e runs/latest ]
}

@test "a limited import is a canary: its rows only, and the rest is unread" {
  start_sandbox
  good_leads 10
  run_split csv2chakra import --limit 4 leads.yaml leads.csv
  expect_status 0
  [ "$(held | wc -l)" -eq 4 ]
  [ "$(report .accounts.first_unread_line)" = 6 ]
  [ "$(report .accounts.balanced)" = true ]
}

@test "SIGTERM closes the books and exits 5, SIGINT ends as SIGINT" {
  start_sandbox --latency 300ms
  good_leads 200
  for signal in TERM INT; do
    # A background process of a shell ignores SIGINT; env gives it back.
    env --default-signal=INT csv2chakra import --again --chunk-rows 5 \
      --in-flight 1 --no-wait leads.yaml leads.csv >out 2>err 3>&- &
    pid=$!
    sleep 1
    kill -s "$signal" $pid
    status=0
    wait $pid || status=$?
    if [ "$signal" = TERM ]; then [ "$status" -eq 5 ]; else [ "$status" -eq 130 ]; fi
    [ "$(report .accounts.balanced)" = true ]
    [ "$(report .accounts.rows.unknown)" = 0 ]
    [ "$(report .accounts.bytes.unread)" -gt 0 ]
    in_file out "resume"
  done
}

@test "books that do not balance exit 70" {
  start_sandbox
  good_mapping
  good_csv >leads.csv
  run_split env CSV2CHAKRA_FAULT=books.miscount:1:fail csv2chakra-faults \
    import leads.yaml leads.csv
  expect_status 70
  in_file err "books.rows"
  in_file out "do not balance"
  run_split csv2chakra report latest
  expect_status 0
  run_split env CSV2CHAKRA_FAULT=books.miscount:1:fail csv2chakra-faults report latest
  expect_status 70
  in_file err "books.rows"
  in_file out "do not balance"
}

@test "a full disk stops before anything is sent" {
  start_sandbox
  good_leads 500
  run_split bash -c 'ulimit -f 8; exec csv2chakra import leads.yaml leads.csv'
  expect_status 4
  [ "$(held | wc -l)" -eq 0 ]
  [ "$(grep -c . err)" -ge 1 ]
  in_file err "runs/"
}

@test "an import goes on when nobody reads its stdout" {
  start_sandbox
  good_leads 20
  run -0 bash -c 'set -o pipefail; csv2chakra import leads.yaml leads.csv | true'
  [ "$(held | wc -l)" -eq 20 ]
  [ "$(report .accounts.rows.created)" = 20 ]
}

@test "quiet success is silent" {
  start_sandbox
  good_mapping
  good_csv >leads.csv
  for command in "check leads.yaml leads.csv" "import leads.yaml leads.csv" "report latest"; do
    # shellcheck disable=SC2086 # words
    run_split csv2chakra $command -q
    expect_status 0
    is_empty out
    is_empty err
  done
}

@test "two imports of one input at once: the second exits 75" {
  start_sandbox --latency 1s
  good_leads 20
  csv2chakra import --chunk-rows 5 leads.yaml leads.csv >out1 2>err1 3>&- &
  first=$!
  sleep 0.7
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 75
  in_file err "$first"
  wait $first
  [ "$(held | wc -l)" -eq 20 ]
}

@test "status lists the runs and shows one" {
  start_sandbox
  good_mapping
  good_csv >leads.csv
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  run_split csv2chakra status
  expect_status 0
  in_file out "finished"
  in_file out "exit 0"
  run_split csv2chakra status latest
  in_file out "leads.csv"
}

@test "the report can be made again, and says the same" {
  start_sandbox
  good_leads 8
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  cp runs/latest/results.csv results1.csv
  jq 'del(.run)' runs/latest/report.json >report1.json
  rm runs/latest/results.csv
  run_split csv2chakra report latest --format json
  expect_status 0
  cmp results1.csv runs/latest/results.csv
  jq 'del(.run)' runs/latest/report.json | cmp report1.json -
  jq -e .accounts.balanced out
}

@test "a changed input is not taken for the run's" {
  start_sandbox
  good_mapping
  good_csv >leads.csv
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  sed -i '2s/Ann/Eve/' leads.csv
  run_split csv2chakra report latest
  expect_status 7
  in_file err "SHA-256"
}

@test "rows that exist are skipped with --skip-existing, and counted" {
  start_sandbox
  good_leads 5
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  good_csv 12 >leads.csv
  run_split csv2chakra import --skip-existing --chunk-rows 4 leads.yaml leads.csv
  expect_status 0
  [ "$(report .accounts.rows.skipped)" = 5 ]
  [ "$(report .accounts.rows.created)" = 7 ]
  in_file runs/latest/results.csv "it already exists"
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.received_twice)" = 0 ]
  sed '/^lead_id/d' leads.yaml >nokey.yaml
  run_split csv2chakra import --skip-existing --again nokey.yaml leads.csv
  expect_status 2
}

@test "rows that are all refused because they exist: the report says so, and what leaves them out" {
  start_sandbox
  good_mapping
  good_csv >leads.csv
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  echo 'L-new,Open,Ann,Lee,9,late' >>leads.csv
  good_csv >old.csv
  run_split csv2chakra import leads.yaml old.csv --again
  expect_status 1
  in_file out 'because they already exist'
  in_file out 'Import again, skipping rows that exist (mode: upsert updates them):'
  line=$(report .next_command)
  case $line in 'csv2chakra import --again --skip-existing '*) ;; *) echo "$line"; false ;; esac
  eval "$line" >out
  # One of them for another reason: then it is as with any refusal.
  run_split csv2chakra import leads.yaml leads.csv --again
  expect_status 1
  not_in_file out 'already exist:'
  case $(report .next_command) in 'csv2chakra retry '*) ;; *) report .next_command; false ;; esac
}

@test "--all-or-nothing sends nothing when a row would be rejected" {
  start_sandbox
  good_leads 5
  echo 'L-6,Asleep,A,B,1,x' >>leads.csv
  run_split csv2chakra import --all-or-nothing leads.yaml leads.csv
  expect_status 1
  in_file err "nothing was sent"
  in_file out "map.no_entry"
  [ ! -e runs/latest ]
  [ "$(held | wc -l)" -eq 0 ]
  good_csv 5 >leads.csv
  run_split csv2chakra import --all-or-nothing leads.yaml leads.csv
  expect_status 0
  [ "$(held | wc -l)" -eq 5 ]
}

@test "another number of rows than expected is exit 7 before anything is sent" {
  start_sandbox
  good_leads 5
  for want in 6..9 0..4 6..; do
    run_split csv2chakra import --expect-rows $want leads.yaml leads.csv
    expect_status 7
    in_file err "5 records"
    run_split csv2chakra check --expect-rows $want leads.yaml leads.csv
    expect_status 7
  done
  good_csv 0 >empty.csv
  run_split csv2chakra import --expect-rows 1.. leads.yaml empty.csv
  expect_status 7
  [ "$(held | wc -l)" -eq 0 ]
  run_split csv2chakra import --expect-rows 5..5 leads.yaml leads.csv
  expect_status 0
}

@test "the line of a schedule imports once, resumes, and then has nothing to do" {
  start_sandbox
  good_leads 20
  run_split csv2chakra import --if-changed --resume --limit 8 --chunk-rows 5 \
    leads.yaml leads.csv
  expect_status 0
  run_split csv2chakra import --if-changed leads.yaml leads.csv
  expect_status 8
  run_split csv2chakra import --if-changed --resume leads.yaml leads.csv
  expect_status 0
  [ "$(held | wc -l)" -eq 20 ]
  [ "$(find runs -maxdepth 1 -name '2*' | wc -l)" -eq 1 ]
  run_split csv2chakra import --if-changed --resume leads.yaml leads.csv
  expect_status 0
  in_file out "nothing to do"
  run_split csv2chakra import --again --resume leads.yaml leads.csv
  expect_status 2
}
