#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What is shipped in mappings/ and samples/ is good: every mapping passes its
# own tests, fits the sample of its name, and arrives once. One sandbox serves
# the whole file.
# shellcheck disable=SC2030,SC2031 # bats runs each test in a subshell

# shellcheck disable=SC2154 # service.bash sets url and ROOT

load service

setup_file() { file_sandbox; }

teardown_file() {
  stop_sandbox
  no_secret_left "$BATS_FILE_TMPDIR"
}

setup() {
  setup_folder
  CHAKRA_BASE_URL=$url
  CHAKRA_API_TOKEN_FILE=$BATS_FILE_TMPDIR/token
  CSV2CHAKRA_RUNS_DIR=$BATS_TEST_TMPDIR/runs
  export CHAKRA_BASE_URL CHAKRA_API_TOKEN_FILE CSV2CHAKRA_RUNS_DIR
}

# The sandbox is the file's, not a test's.
teardown() { no_secret_left; }

names() { for m in "$ROOT"/mappings/*.yaml; do basename "$m" .yaml; done; }

@test "every mapping is good by itself, without a warning, and has tests" {
  n=0
  for name in $(names); do
    run_split csv2chakra check "$ROOT/mappings/$name.yaml"
    expect_status 0
    is_empty err
    not_in_file out warning
    grep -qE 'tests: [1-9][0-9]* passed, 0 failed' out
    n=$((n + 1))
  done
  [ "$n" -ge 10 ]
}

@test "every mapping has its sample, and every sample its mapping" {
  for name in $(names); do
    [ -f "$ROOT/samples/$name.csv" ]
  done
  for csv in "$ROOT"/samples/*.csv; do
    name=$(basename "$csv" .csv)
    [ -f "$ROOT/mappings/${name%-bad}.yaml" ]
  done
}

@test "every sample fits its mapping, column by column, and its books balance" {
  for name in $(names); do
    csv="$ROOT/samples/$name.csv"
    run_split csv2chakra check "$ROOT/mappings/$name.yaml" "$csv" -o "$name"
    expect_status 0
    not_in_file err "[mapping."
    jq -e '.accounts | .balanced and .rows.balanced and .bytes.balanced' \
      "$name/report.json"
    jq -e --argjson size "$(stat -c %s "$csv")" \
      '.accounts.bytes | .read == $size and .unread == 0' "$name/report.json"
    jq -e '.accounts.rows | .read == .unsent + .skipped' "$name/report.json"
  done
}

@test "every sample arrives in the sandbox exactly once" {
  for name in $(names); do
    mapping="$ROOT/mappings/$name.yaml" csv="$ROOT/samples/$name.csv"
    procedure=$(sed -n 's/^procedure: *\([a-z]*\).*/\1/p' "$mapping")
    list="$url/sandbox/processes?procedure=$procedure"
    curl -sf "$list" | sort >before
    csv2chakra convert "$mapping" "$csv" | sort >wanted
    [ -s wanted ]
    run_split csv2chakra import "$mapping" "$csv"
    expect_status 0
    curl -sf "$list" | sort | comm -13 before - >arrived
    cmp wanted arrived
    [ "$(report .accounts.balanced)" = true ]
    [ "$(report .accounts.rows.created)" -eq "$(wc -l <wanted)" ]
  done
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.received_twice)" = 0 ]
}

@test "the bad sample gives exactly the problems that were put into it" {
  run_split csv2chakra check "$ROOT/mappings/leads.yaml" \
    "$ROOT/samples/leads-bad.csv" -o bad
  expect_status 1
  cat >wanted <<'CSV'
4,A4,rule.required
7,I7,map.no_entry
9,K9,type.decimal
11,N11,type.datetime
13,N13,type.datetime
15,A15,rule.not_unique
17,L17,type.integer
19,M19,type.boolean
21,,csv.ragged_row
23,,csv.ragged_row
25,I25,map.no_entry
25,L25,type.integer
27,B27,csv.stray_quote
29,A29,csv.nul_byte
31,A31,csv.bad_encoding
CSV
  python3 - >got <<'PY'
import csv
with open('bad/rejected.reasons.csv', newline='') as f:
    for row in csv.DictReader(f):
        print(row['row'], row['cell'], row['code'], sep=',')
PY
  diff wanted got
  jq -e '.accounts | .balanced and .rows.rejected == 14' bad/report.json
}

@test "the samples are the bytes that their scripts write" {
  data="$ROOT/tests/data"
  python3 "$data/make_leads.py" | cmp - "$ROOT/samples/leads.csv"
  python3 "$data/make_leads.py" bad | cmp - "$ROOT/samples/leads-bad.csv"
  n=0
  for name in $(python3 "$data/make_samples.py" --list); do
    python3 "$data/make_samples.py" "$name" | cmp - "$ROOT/samples/$name.csv"
    n=$((n + 1))
  done
  for name in $(python3 "$data/make_samples.py" --tables); do
    python3 "$data/make_samples.py" "$name" | cmp - "$ROOT/samples/$name.csv"
    n=$((n + 1))
  done
  [ "$((n + 2))" -eq "$(find "$ROOT/samples" -name '*.csv' | wc -l)" ]
}
