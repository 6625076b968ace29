#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# status RUN: the books of one run, from its ledger alone.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() {
  setup_folder
  start_sandbox
  good_leads 6
}
teardown() {
  [ -z "${import_pid:-}" ] || kill "$import_pid" 2>/dev/null || :
  stop_sandbox
  no_secret_left
}

@test "a finished run: rows, parts, and nothing left to do" {
  csv2chakra import leads.yaml leads.csv >/dev/null
  run_split csv2chakra status latest
  expect_status 0
  in_file out "rows       6 created"
  grep -qE '^parts +import +20.*Z to 20.*Z$' out
  not_in_file out "next "
  run_split csv2chakra status latest --format json
  jq -e '.[0] | .rows.created == 6 and .parts[0].command == "import" and (has("next") | not)' out
}

@test "the input is not needed" {
  csv2chakra import leads.yaml leads.csv >/dev/null
  rm leads.csv
  run_split csv2chakra status latest
  expect_status 0
  in_file out "6 created"
}

@test "a stopped run names why, and the command that goes on" {
  csv2chakra import leads.yaml leads.csv --limit 2 >/dev/null
  id=$(readlink runs/latest)
  run_split csv2chakra status latest
  in_file out "rows       2 created"
  in_file out "stopped by --limit"
  in_file out "csv2chakra resume $id"
  run_split csv2chakra status latest --format json
  jq -e --arg next "csv2chakra resume $id" '.[0] | .stopped_by == "--limit" and .next == $next' out
  csv2chakra resume latest >/dev/null 2>&1
  run_split csv2chakra status latest --format json
  jq -e '.[0] | .rows.created == 6 and [.parts[].command] == ["import", "resume"] and (has("stopped_by") | not)' out
}

@test "the next command keeps --runs-dir, and works" {
  unset CSV2CHAKRA_RUNS_DIR
  csv2chakra import leads.yaml leads.csv --limit 2 \
    --runs-dir "$PWD/my runs" >/dev/null
  run_split csv2chakra status latest --runs-dir "$PWD/my runs"
  in_file out "--runs-dir"
  sh -c "$(sed -n 's/^next *//p' out)" >/dev/null 2>&1
  [ "$(held | wc -l)" -eq 6 ]
}

@test "rejected rows: retry with the file; and the retry is named" {
  sed -i 's/,3,/,x,/' leads.csv
  run_split csv2chakra import leads.yaml leads.csv
  id=$(readlink runs/latest)
  run_split csv2chakra status latest
  in_file out "5 created, 1 rejected"
  in_file out "csv2chakra retry $id"
  sed -i 's/,x,/,3,/' "runs/$id/to-fix.csv"
  csv2chakra retry "$id" "runs/$id/to-fix.csv" >/dev/null
  run_split csv2chakra status "$id"
  in_file out "retried by $(readlink runs/latest)"
}

@test "a run in progress: who works on it, since when" {
  stop_sandbox
  start_sandbox --latency 5s
  csv2chakra import leads.yaml leads.csv --progress none >/dev/null 2>&1 3>&- &
  import_pid=$!
  tries=0
  # The second line of its lock says how far it is.
  until [ -e runs/latest/ledger.sqlite ] && [ "$(cat runs/.locks/* | wc -l)" -eq 2 ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ]
    sleep 0.05
  done
  run_split csv2chakra status latest
  expect_status 0
  in_file out "running"
  grep -qE "^worked on  process $import_pid since 20.*Z$" out
  grep -qE '^written +20.*Z$' out
  run_split csv2chakra status latest --format json
  [ "$(jq '.[0].pid' out)" = "$import_pid" ]
  [ "$(jq '.[0] | has("rows")' out)" = false ]
  [ "$(jq -r '.[0].written | sub("\\.[0-9]+Z$"; "Z") | fromdate' out)" -ge "$(stat -c %Y runs/latest/run.json)" ]
  # How far it is; in the table, too.
  jq -e '.[0] | .rows_settled == 0 and .rows_read == 6 and .took_ms >= 0' out
  run_split csv2chakra status
  grep -qE ' 0 of 6 settled +running +-$' out
  kill -9 "$import_pid"
  wait "$import_pid" || :
  run_split csv2chakra status latest
  in_file out "stopped by the process ended unexpectedly"
  in_file out "6 unknown"
  in_file out "csv2chakra resume"
}

@test "a pruned run: what its stub still knows" {
  csv2chakra import leads.yaml leads.csv >/dev/null
  csv2chakra prune latest >/dev/null
  run_split csv2chakra status latest
  expect_status 0
  in_file out "state      pruned"
  grep -qE '^pruned +20.*Z$' out
  in_file out "rows       6 created"
  run_split csv2chakra status latest --format json
  jq -e '.[0] | .rows.created == 6 and .pruned != null' out
}

# Long: seventy resumes.
# bats test_tags=long
@test "a run of seventy parts is whole in status, report.json and the page" {
  stop_sandbox
  fast_time
  start_sandbox
  good_csv 72 >leads.csv
  csv2chakra import leads.yaml leads.csv --limit 1 --no-wait -q >/dev/null
  for n in $(seq 2 70); do
    csv2chakra resume latest --limit "$n" --no-wait -q >/dev/null
  done
  csv2chakra status latest --format json >out
  jq -e '[.[0].parts[].command] | length == 70 and .[0] == "import" and (.[1:] | unique) == ["resume"]' out
  csv2chakra status latest >out
  [ "$(grep -cE '(import|resume) +20.*Z to 20.*Z$' out)" -eq 70 ]
  [ "$(jq '.run.parts | length' runs/latest/report.json)" -eq 70 ]
  [ "$(grep -c '>went on<' runs/latest/report.html)" -eq 69 ]
}

# many_runs N: folders of runs, each with an input of its own, as the one that
# `latest` is.
many_runs() {
  local n name from run key old_key copy
  from=$(readlink -f runs/latest)
  run=$(<"$from/run.json")
  old_key=$(jq -r .input_key <<<"$run")
  for n in $(seq "$1"); do
    printf -v name '20260102T03%02d%02dZ-old-%06x' $((n / 60)) $((n % 60)) "$n"
    printf -v key '%064x' "$n"
    cp -r "$from" "runs/$name"
    copy=${run//"$old_key"/$key}
    echo "${copy/"${from##*/}"/$name}" >"runs/$name/run.json"
  done
}

@test "the newest twenty runs are listed, and the older ones are counted" {
  csv2chakra import leads.yaml leads.csv >/dev/null
  many_runs 49
  mkdir runs/notes
  run_split csv2chakra status
  expect_status 0
  [ "$(grep -c 'finished, exit 0' out)" -eq 20 ]
  grep -qE '^RUN +FILE +STARTED +TOOK +ROWS +STATE +NEXT$' out
  sed -n 2p out | grep -qE "^$(readlink runs/latest)  leads.csv  20[-0-9]*T[0-9:]*Z  0:0.  6 created  finished, exit 0  -$"
  [ "$(tail -n 1 out)" = "30 older runs; to list all: csv2chakra status --all" ]
  run_split csv2chakra status --all
  [ "$(grep -c 'finished, exit 0' out)" -eq 50 ]
  not_in_file out older
  run_split csv2chakra status --format json
  jq -e 'length == 50 and all(.rows.created == 6 and .took_ms >= 0)' out
  rm -r runs/20260102T0300[0-2]*
  run_split csv2chakra status
  in_file out "1 older run; to list all"
}

@test "the table: newest first within a second, what became of the rows, what is next" {
  sed -i 's/,3,/,x,/' leads.csv
  good_csv 2 >other.csv
  for file in other.csv leads.csv; do
    run_split csv2chakra import leads.yaml $file --again
  done
  first=$(readlink runs/latest)
  run_split csv2chakra import leads.yaml leads.csv --again --limit 1
  last=$(readlink runs/latest)
  # The same second, other milliseconds: the name would have it otherwise.
  for run in a b c; do
    cp -r "runs/$first" "runs/20260102T030000Z-$run-00000$run"
  done
  for run in 'a 300' 'b 100' 'c 200'; do
    id=20260102T030000Z-${run% *}-00000${run% *}
    jq --arg id "$id" --arg at "2026-01-02T03:00:00.${run#* }Z" \
      '.id = $id | .started = $at' "runs/$first/run.json" >"runs/$id/run.json"
  done
  run_split csv2chakra status
  expect_status 0
  [ "$(sed -n '2,$s/ .*//p' out | grep -v NEXT | tail -n 3 | cut -d- -f2 | tr -d '\n')" = acb ]
  grep -qE "^$first  leads.csv .* 5 created, 1 rejected +finished, exit 1  retry" out ||
    grep -qE "^$first  leads.csv .* rejected" out
  grep -qE "^$last  leads.csv .* resume$" out
  [ "$(tail -n 1 out)" = 'NEXT in full, ready to paste: csv2chakra status RUN' ]
  run_split csv2chakra status --format json
  jq -e --arg id "$last" 'any(.id == $id and (.next | startswith("csv2chakra resume")))' out
}

@test "on a narrow terminal each run of the table has two lines" {
  csv2chakra import -q leads.yaml leads.csv
  script -qec "stty cols 80; csv2chakra status" /dev/null </dev/null | tr -d '\r' >out
  grep -qE "^$(readlink runs/latest) +finished, exit 0  -$" out
  grep -qE '^  leads.csv +20[-0-9]*T[0-9:]*Z +0:0. +6 created$' out
  awk 'length($0) > 80 { exit 1 }' out
}

@test "a run that appears after the index is written is seen by the guard" {
  good_csv 3 >other.csv
  csv2chakra import leads.yaml leads.csv >/dev/null
  many_runs 40
  csv2chakra status >/dev/null
  [ -s runs/.index ]
  index=$(sha256sum <runs/.index)
  # As another version does it: it makes its run, and knows no index.
  mv runs/.index index
  run_split csv2chakra import leads.yaml other.csv
  rm -f runs/.index
  mv index runs/.index
  run_split csv2chakra import leads.yaml other.csv
  expect_status 8
  in_file err "$(readlink runs/latest)"
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 8
  [ "$(sha256sum <runs/.index)" = "$index" ]
}

@test "a run that 0.1.0 made beside the index is seen by the guard, status, report and --unique-across" {
  csv2chakra import leads.yaml leads.csv >/dev/null
  many_runs 40
  csv2chakra status >/dev/null
  [ -s runs/.index ]
  data=$BATS_TEST_DIRNAME/../data/run-0.1.0
  id=$(jq -r .id "$data/run.json")
  mkdir -m 700 "runs/$id"
  sqlite3 "runs/$id/ledger.sqlite" <"$data/ledger.sql"
  cp "$data"/run.json "$data"/mapping.yaml "runs/$id"
  chmod 600 "runs/$id"/*
  cp "$data"/inns.csv .
  # Nothing listens where it was sent to; what is known is known before.
  CHAKRA_BASE_URL=$(jq -r .base_url "$data/run.json")
  export CHAKRA_BASE_URL
  not_in_file runs/.index "$id"
  run_split csv2chakra import "$data/mapping.yaml" inns.csv
  expect_status 8
  in_file err "imported before, by run $id"
  run_split csv2chakra import --if-changed "$data/mapping.yaml" inns.csv
  expect_status 0
  run_split csv2chakra status --all
  grep -qE "^$id .* 2 created, 1 rejected +finished, exit 1 " out
  run_split csv2chakra status "$id"
  in_file out 'rows       2 created'
  run_split csv2chakra report --format json "$id" inns.csv
  expect_status 0
  [ "$(jq -c '[.accounts.rows.created, .accounts.rows.rejected]' out)" = '[2,1]' ]
  # Its rows count: one that is in it is not sent again from another file.
  printf 'inn,beds\nMoon,5\n' >more.csv
  run_split csv2chakra import --if-changed --unique-across "$data/mapping.yaml" more.csv inns.csv
  expect_status 1
  in_file "$(find runs -name '2*-more-*')/rejected.reasons.csv" "row 4 (line 4) of 'inns.csv'"
}
