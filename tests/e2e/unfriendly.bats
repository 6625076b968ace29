#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Services that are not to be trusted: whatever their lookups and jobs say, no
# row is sent twice, and none is called created or refused that is not.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() {
  setup_folder
  good_leads 60
  fast_time
}

# import_at EXPECTED_STATUS FAULT...: six calls of ten rows; absent ones may be
# sent again.
import_at() {
  local expected=$1 faults=() fault
  shift
  for fault; do faults+=(--fault "$fault"); done
  start_sandbox --duplicates allow --job-delay 1s "${faults[@]}"
  run_split timeout 60 csv2chakra import leads.yaml leads.csv --chunk-rows 10 \
    --settle 10s --on-unknown resend-absent
  expect_status "$expected"
  [ "$(report .accounts.balanced)" = true ]
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.created_twice)" = 0 ]
}

# The books claim of no row what is not so.
claims_are_true() {
  held | jq -r .lead_id | sort >there
  awk -F, '$7 == "created" { print $3 }' runs/latest/results.csv | sort >said
  [ -z "$(comm -13 there said)" ]
  awk -F, '$7 == "refused" { print $3 }' runs/latest/results.csv | sort >said
  [ -z "$(comm -12 there said)" ]
}

again() {
  stop_sandbox
  rm -rf runs
}

@test "an answer that was lost, and lookups that cannot be trusted: nothing is sent again" {
  while read -r fault code; do
    import_at 6 reset-after=1,calls=2 "$fault"
    [ "$(report .accounts.rows.unknown)" = 10 ]
    jq -e --arg code "$code" '[.calls[].code] | index($code)' \
      runs/latest/report.json >found || { echo "$fault"; cat out; return 1; }
    claims_are_true
    again
  done <<'FAULTS'
key-case=1 lookup.key_changed
createdat-words=1 lookup.bad_time
list-lag=1,1h lookup.control_missing
FAULTS
}

@test "a lookup that shows everything settles what it shows and sends nothing again" {
  import_at 0 reset-after=1,calls=2 where-ignored=1
  claims_are_true
  again
  import_at 6 reset-before=1,calls=2 where-ignored=1
  [ "$(report .accounts.rows.unknown)" = 10 ]
  [ "$(held | wc -l)" -eq 50 ]
}

@test "an empty procedure has no control, and a process made by hand is one" {
  head -11 leads.csv >ten.csv && mv ten.csv leads.csv
  import_at 6 reset-before=1,calls=1
  in_file out '[lookup.no_control]'
  in_file out 'by hand'
  curl -sf -H "Authorization: Bearer $(cat token)" \
    -H 'Content-Type: application/json' -d '[{"lead_id":"by-hand"}]' \
    "$url/v1/ext/procedure/lead/process/bulk-create" >made
  sleep 0.1 # five seconds of theirs
  run_split csv2chakra reconcile latest --resend-absent --settle 10s
  expect_status 0
  [ "$(held | wc -l)" -eq 11 ]
}

@test "jobs that disagree with themselves are not believed" {
  while read -r status first second; do
    # shellcheck disable=SC2086 # one or two
    import_at "$status" $first $second
    claims_are_true
    again
  done <<'FAULTS'
0 same-job=1
0 counts-disagree=1
6 counts-disagree=1 entry-error=1,match=L-11
0 job-404=1,4s
1 job-404=1,4s entry-error=0.2
6 entries-duplicate=1 entry-error=1,match=L-11
1 entries-swapped=1 entry-error=1,match=L-11
FAULTS
}

@test "whatever the entries name their parts, the row that failed is the one that is refused" {
  for shape in 1 2 3; do
    start_sandbox --entry-shape "$shape" --fault entries-swapped=1 \
      --fault entry-invalid=1,match=L-32
    run_split csv2chakra import leads.yaml leads.csv --chunk-rows 10
    expect_status 1
    [ "$(report .accounts.rows.created)" = 59 ]
    grep -q '^33,[0-9]*,L-32,.*,refused,job,.*job.INVALID' runs/latest/results.csv ||
      { grep refused runs/latest/results.csv; return 1; }
    again
  done
}

@test "a service that repeats the token in escapes of JSON does not get it written anywhere" {
  start_sandbox --fault echo-token=1,calls=2 --fault echo-token=1,jobs,calls=2
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 20 -v
  expect_status 1
  [ "$(report .accounts.rows.refused)" = 20 ]
  in_file runs/latest/results.csv 'Authorization: Bearer ***'
}
