#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Several retries of the same rows: each waits for the others, and sends what none of them created.

# shellcheck disable=SC2154 # service.bash sets url

load service

# A run with two rejected rows, $root: first.csv has one of them fixed,
# second.csv both.
two_fixes() {
  failed_run
  sed '0,/,Asleep,/s//,Open,/' fixed.csv >first.csv
  sed 's/,Asleep,/,Open,/' fixed.csv >second.csv
  root=$(readlink runs/latest)
}

@test "two retries of one run: what the first created the second does not send" {
  start_sandbox --duplicates allow
  two_fixes
  run_split csv2chakra retry "$root" first.csv
  expect_status 1
  first=$(readlink runs/latest)
  [ "$(report .accounts.rows.created)" = 1 ]
  cp -a runs copy
  run_split csv2chakra retry "$root" second.csv
  expect_status 1
  [ "$(report .accounts.rows.created)" = 1 ]
  in_file runs/latest/rejected.reasons.csv "its key was created"
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.received_twice)" = 0 ]
  # The newer one may go on, for one that sent nothing stands in nobody's way; the
  # older may not.
  second=$(readlink runs/latest)
  run_split csv2chakra retry "$root" fixed.csv
  expect_status 1
  run_split csv2chakra resume "$second"
  expect_status 1
  run_split csv2chakra resume "$first"
  expect_status 2
  in_file err "run $second retries rows of the same run and has sent some since"
  # 0.1.0 told seconds: of two in one second neither may.
  cp -a runs twins
  for run in "$first" "$second"; do
    forget_sums "twins/$run"
    sed -i 's/"started":.*/"started": "2026-01-01T00:00:00Z",/' "twins/$run/run.json"
  done
  run_split csv2chakra resume "$second" --runs-dir twins
  expect_status 2
  in_file err "run $first retries"
  # Which rows a retry created that was pruned nobody knows: all are looked up.
  run_split csv2chakra prune "$first" --runs-dir copy
  expect_status 0
  run_split csv2chakra retry "$root" second.csv --runs-dir copy
  expect_status 0
  [ "$(jq .accounts.rows.skipped copy/latest/report.json)" = 2 ]
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.received_twice)" = 0 ]
  # Nor does one that was undone, or its undo.
  run_split csv2chakra undo --delete 1 "$second"
  expect_status 0
  run_split csv2chakra resume "$first"
  expect_status 1
}

@test "a retry waits for another one of the same rows that was killed" {
  fast_time
  start_sandbox --duplicates allow
  two_fixes
  status=0
  CSV2CHAKRA_FAULT=submit.answer:1:kill csv2chakra retry "$root" first.csv \
    >out 2>err || status=$?
  [ "$status" -eq 137 ]
  first=$(readlink runs/latest)
  run_split csv2chakra retry "$root" second.csv
  expect_status 2
  in_file err "csv2chakra resume $first"
  hold wal-exclusive
  run_split csv2chakra retry "$root" second.csv
  let_go
  expect_status 2
  in_file err "run $first retries rows of the same run and its ledger is open in another process"
  cp -a runs hurt
  echo garbage >"hurt/$first/ledger.sqlite"
  run_split csv2chakra retry "$root" second.csv --runs-dir hurt
  expect_status 7
  in_file err "run $first retries rows of the same run and cannot be read"
  CSV2CHAKRA_FAULT=books.close:1:stop csv2chakra resume "$first" --settle 20s \
    >out 2>err 3>&- &
  resumer=$!
  until_stopped "$resumer"
  run_split csv2chakra retry "$root" second.csv
  kill -CONT "$resumer"
  expect_status 2
  in_file err "run $first retries rows of the same run and is at work"
  status=0
  wait "$resumer" || status=$?
  [ "$status" -eq 1 ] || expect_status 6
  if [ "$status" -eq 6 ]; then
    run_split csv2chakra reconcile "$first" --settle 20s
  fi
  run_split csv2chakra retry "$root" second.csv
  expect_status 1
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.received_twice)" = 0 ]
  run_split csv2chakra report "$first"
  expect_status 0
}

@test "a retry whose run.json cannot be read is still one: its ledger says so" {
  start_sandbox --duplicates allow
  two_fixes
  run_split csv2chakra retry "$root" first.csv
  expect_status 1
  first=$(readlink runs/latest)
  good_csv 3 | sed 's/^L-/M-/' >other.csv
  csv2chakra import -q leads.yaml other.csv >other.out
  other=$(readlink runs/latest)
  # An import that is damaged is no retry, and stands in no way.
  mv "runs/$other/run.json" other.json
  cp -a runs copy
  run_split csv2chakra retry "$root" second.csv --runs-dir copy
  expect_status 1
  in_file copy/latest/rejected.reasons.csv 'its key was created'
  : >"runs/$first/run.json"
  run_split csv2chakra retry "$root" second.csv
  expect_status 7
  in_file err "run $first retries rows of the same run and cannot be read; nothing was sent [run.damaged]"
  # Of one whose ledger does not say whose retry it is, or is gone, nobody knows.
  sqlite3 "runs/$first/ledger.sqlite" "DELETE FROM meta WHERE key = 'parent'"
  for gone in none ledger.sqlite; do
    rm -f "runs/$first/$gone"
    run_split csv2chakra retry "$root" second.csv
    expect_status 7
    in_file err "run $first may have retried rows of the same run and cannot be read"
  done
  # What takes the root back is refused before that retry, too.
  run_split csv2chakra undo "$root"
  [ "$status" -ne 0 ]
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.received_twice)" = 0 ]
}
