#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The ledger of a run, when things happen to it: kills while it is made, files
# beside it that are changed, and who else has it open.

load helpers
load service

setup() {
  setup_folder
}

teardown() {
  stop_sandbox
}

# kill_at POINT COMMAND...: the command dies of SIGKILL at that point.
kill_at() {
  local point=$1
  shift
  status=0
  CSV2CHAKRA_FAULT="$point:1:kill" "$@" >out 2>err || status=$?
  if [ "$status" -ne 137 ]; then
    echo "$point: status $status"
    cat err
    return 1
  fi
}

@test "a kill while a run is made leaves nothing, or a run that sent nothing" {
  fast_time
  start_sandbox --duplicates allow
  good_mapping
  good_csv 20 >leads.csv
  for point in run.create run.folder file.write file.written run.created \
    ledger.filled ledger.place ledger.placed; do
    rm -rf runs
    before=$(held | wc -l)
    kill_at "$point" csv2chakra import leads.yaml leads.csv
    [ "$(held | wc -l)" -eq "$before" ]
    run_split csv2chakra status
    expect_status 0
    not_in_file out damaged
    # Nothing of it stands in the way of the import.
    run_split csv2chakra import --limit 1 leads.yaml leads.csv
    expect_status 0
    run_split csv2chakra import leads.yaml leads.csv
    expect_status 8
  done
}
