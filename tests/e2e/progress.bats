#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Progress on standard error, as a person and as a program see it.
# shellcheck disable=SC2154 # helpers.bash sets status

load service

setup() {
  setup_folder
  good_leads 60
}

@test "--progress json is an object a line, the last one is the end" {
  start_sandbox --latency 300ms --fault 429=1,4s
  csv2chakra import --progress json --chunk-rows 10 --grace 0s \
    leads.yaml leads.csv >out 2>err 3>&- &
  pid=$!
  for _ in $(seq 300); do
    grep -q '"rate limited"' err && break
    sleep 0.1
  done
  kill -TERM "$pid"
  wait "$pid" || :
  grep '^{' err >lines
  jq -es 'length >= 2 and ([.[:-1][].event] | all(. == "progress"))
    and .[-1].event == "end" and .[-1].phase == "done"' lines
  # It waits, and says for what and until when.
  jq -es 'any(.waits_for == "rate limited" and (.waits_until | endswith("Z")))' lines
  # Every member is in the manual.
  sed -n 's/^\.It Li \([a-z_, ]*\)$/\1/p' \
    "$BATS_TEST_DIRNAME/../../man/csv2chakra-report.5" | tr -d ' ' |
    tr ',' '\n' | sort >page
  jq -r 'keys[]' lines | sort -u | comm -23 - page >missing
  is_empty missing
}

@test "at the end everything is settled, from a pipe as well" {
  start_sandbox
  # shellcheck disable=SC2002 # a pipe is meant
  cat leads.csv | csv2chakra import --progress json leads.yaml - >out 2>err
  grep '^{' err | tail -n 1 >end
  jq -e '.event == "end" and .rows_settled == 60 and .rows_total == 60
    and .percent == 100 and .rejected == 0 and .in_flight == 0' end
}

@test "at the end everything is settled, whatever part and whatever evidence settled it" {
  fast_time
  last_line() { # COMMAND...: what it says last of its progress
    csv2chakra "$@" --progress json --settle 10s >out 2>err || :
    grep '^{' err | tail -n 1 >end
    jq -e '.phase == "done" and .rows_settled == 60 and .rows_total == 60
      and .percent == 100' end || { cat end; return 1; }
  }
  start_sandbox --duplicates allow --job-delay 1s
  CSV2CHAKRA_FAULT=submit.answer:4:kill csv2chakra import leads.yaml \
    leads.csv --chunk-rows 10 >out 2>err || [ $? -eq 137 ]
  last_line resume latest
  stop_sandbox
  # An answer that was lost, rows that were refused, rows that exist.
  start_sandbox --duplicates allow --fault reset-after=1,calls=2 \
    --fault entry-error=1,match=L-7
  last_line import leads.yaml leads.csv --chunk-rows 10 --again
  last_line import leads.yaml leads.csv --chunk-rows 10 --again --skip-existing
  last_line reconcile latest
  # Rows that are unknown are not settled.
  stop_sandbox
  start_sandbox --duplicates allow --fault reset-before=1,calls=2
  csv2chakra import leads.yaml leads.csv --chunk-rows 10 --again --settle 0s \
    --progress json >out 2>err || [ $? -eq 6 ]
  grep '^{' err | tail -n 1 | jq -e '.rows_settled == 50 and .percent < 100'
}

@test "lines end with the whole, too" {
  fast_time
  start_sandbox --fault 429=1,40s,calls=4
  CSV2CHAKRA_FAULT=submit.answer:3:kill csv2chakra import leads.yaml \
    leads.csv --chunk-rows 10 >out 2>err || [ $? -eq 137 ]
  run_split csv2chakra resume latest --progress lines
  expect_status 0
  grep 'done: 60 rows settled of 60 (100%)' err || { cat err; return 1; }
}

@test "a short import without a terminal says nothing but its report" {
  start_sandbox
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  is_empty err
}

@test "on a terminal there is a bar, and nothing of it is left behind" {
  start_sandbox --latency 300ms
  TERM=xterm script -qec "stty cols 100; csv2chakra import --chunk-rows 5 \
    --in-flight 2 leads.yaml leads.csv" /dev/null >seen </dev/null
  tr '\r' '\n' <seen >lines
  grep -q 'sending  .*\[.*=.*\].* rows .* in flight' lines
  esc=$(printf '\033')
  # The last bar is erased before the report begins.
  grep -a -B1 'Files in' lines | head -n 1 >before
  grep -q "${esc}\[K" before || grep -q "^${esc}\[K.*Files in" lines
}
