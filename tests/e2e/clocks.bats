#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A service whose clock is not ours: what was created is told from what was
# there before by the service's own time.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() {
  setup_folder
  good_mapping
}

# Every answer to a create is lost, half of them kept: with a clock that is off
# by $1.
lose_answers() {
  good_csv 60 >leads.csv
  start_sandbox --duplicates allow --clock-offset "$1" \
    --fault reset-after=1,calls=2-3
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 10 \
    --settle 20s
}

@test "rows that are there are found whatever time it is there" {
  fast_time
  for offset in 6m -6m 1d -1d; do
    lose_answers "$offset"
    expect_status 0
    [ "$(report .accounts.rows.created)" = 60 ]
    in_file out "this machine's"
    [ "$(report '.target.clock_offset_ms | fabs > 300000')" = true ]
    stop_sandbox
    rm -rf runs
  done
}

@test "a process that was there before is not taken for the row that was sent" {
  fast_time
  for offset in 6m -6m 1d -1d; do
    good_csv 20 >leads.csv
    # Somebody else created the same keys two minutes ago; then the answer
    # is lost, and nothing was kept.
    start_sandbox --duplicates allow --clock-offset "$offset" \
      --fault reset-before=1,calls=3
    csv2chakra import leads.yaml leads.csv --chunk-rows 10 -q >out 2>err
    export CSV2CHAKRA_RUNS_DIR="$PWD/others"
    sleep 2.6 # 130 seconds of theirs
    head -11 leads.csv >again.csv
    run_split csv2chakra import leads.yaml again.csv --settle 20s
    expect_status 6
    [ "$(jq .accounts.rows.created others/latest/report.json)" = 0 ]
    in_file out 'known to be in'
    stop_sandbox
    rm -rf runs others
  done
}
