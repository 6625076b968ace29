#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# preview: the first objects, chosen rows, how values came about.

load helpers

setup() {
  setup_folder
  good_leads 20
  echo 'L-99,Lost,Bo,Ek,x,' >>leads.csv
}

@test "five rows unless -n says otherwise" {
  run_split csv2chakra preview leads.yaml leads.csv
  expect_status 0
  [ "$(grep -c '^row ' out)" -eq 5 ]
  in_file out '"lead_id": "L-1"'
  run_split csv2chakra preview -n 2 leads.yaml leads.csv
  [ "$(grep -c '^row ' out)" -eq 2 ]
}

@test "rows by their spreadsheet number" {
  run_split csv2chakra preview --rows 3,7-9 leads.yaml leads.csv
  expect_status 0
  [ "$(grep '^row ' out | tr -dc '0-9,\n' | cut -d, -f1 | tr '\n' ' ')" = \
    "3 7 8 9 " ]
  in_file out '"lead_id": "L-2"'
}

@test "failing rows with their problems" {
  run_split csv2chakra preview --failing leads.yaml leads.csv
  expect_status 0
  [ "$(grep -c '^row ' out)" -eq 1 ]
  in_file out "row 22, line 22: rejected"
  in_file out 'column "Status" (B22)'
}

@test "explain follows a value from its cell" {
  run_split csv2chakra preview --explain --rows 2 leads.yaml leads.csv
  expect_status 0
  in_file out 'state <- Status (B2)'
  in_file out 'data.score <- Score (E2)'
  grep -qE "^    map +'NEW'" out
}

@test "explain of one field" {
  run_split csv2chakra preview --explain --field data.score --rows 2 \
    leads.yaml leads.csv
  expect_status 0
  in_file out 'data.score <- Score (E2)'
  not_in_file out 'state <-'
  run_split csv2chakra preview --explain --field data.scor leads.yaml leads.csv
  expect_status 2
  in_file err "did you mean 'data.score'?"
}

@test "a guessed encoding is a warning here" {
  printf 'Lead Ref,Status,First,Last,Score,Note\nL-1,Open,Ren\351,Lee,1,x\n' \
    >leads.csv
  run_split csv2chakra preview leads.yaml leads.csv
  expect_status 0
  in_file err "warning"
  in_file err "--encoding"
}

@test "explain tells where in the input a row stands" {
  good_leads 3
  run_split csv2chakra preview leads.yaml leads.csv --rows 3 --explain \
    --field data.score
  expect_status 0
  from=$(sed -n 's/.*bytes \([0-9]*\) to .*/\1/p' out)
  to=$(sed -n 's/.*bytes [0-9]* to \([0-9]*\) .*/\1/p' out)
  dd if=leads.csv bs=1 skip="$from" count=$((to - from + 1)) 2>/dev/null >row
  sed -n 3p leads.csv | cmp row -
}
