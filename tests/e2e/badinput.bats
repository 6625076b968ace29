#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Bad input: one clear message, the status of the manual, nothing on stdout.

load helpers

setup() {
  setup_folder
  good_mapping
  good_csv >leads.csv
  printf 'c2c-secret-token\n' >token
  chmod 600 token
}

# fails STATUS WORDS COMMAND...: one message and no answer.
fails() {
  wanted=$1 words=$2
  shift 2
  run_split "$@"
  expect_status "$wanted"
  in_file err "$words"
  is_empty out
  [ "$(grep -c '^csv2chakra: ' err)" -eq 1 ]
}

@test "a file that is not there" {
  for c in convert preview check; do
    fails 7 "none.csv" csv2chakra "$c" leads.yaml none.csv
    in_file err "No such file"
    fails 2 "none.yaml" csv2chakra "$c" none.yaml leads.csv
  done
}

@test "a file that cannot be read" {
  [ "$(id -u)" -ne 0 ] || skip "root reads everything"
  chmod 000 leads.csv
  fails 7 "leads.csv" csv2chakra convert leads.yaml leads.csv
}

@test "a folder" {
  mkdir folder
  fails 7 "folder" csv2chakra convert leads.yaml folder
  fails 2 "folder" csv2chakra convert folder leads.csv
}

@test "an empty file" {
  : >empty.csv
  fails 7 "empty" csv2chakra convert leads.yaml empty.csv
  fails 7 "empty" csv2chakra check leads.yaml empty.csv
  fails 7 "empty" csv2chakra convert leads.yaml /dev/null
}

@test "a header only" {
  good_csv 0 >header.csv
  run_split csv2chakra convert leads.yaml header.csv
  expect_status 0
  is_empty out
}

@test "a workbook is named as one" {
  printf 'PK\003\004\024\000\006\000\010\000' >book.xlsx
  head -c 600 /dev/zero >>book.xlsx
  run_split csv2chakra convert leads.yaml book.xlsx
  expect_status 7
  is_empty out
  printf '%%PDF-1.7\n1 0 obj\n' >x.pdf
  fails 7 "PDF" csv2chakra convert leads.yaml x.pdf
}

@test "a mapping that is not YAML" {
  printf 'a: [1,\n b: }\n' >bad.yaml
  fails 2 "bad.yaml" csv2chakra convert bad.yaml leads.csv
  printf '\000\001\002' >bad.yaml
  fails 2 "bad.yaml" csv2chakra check bad.yaml
  : >bad.yaml
  fails 2 "bad.yaml" csv2chakra check bad.yaml
}

@test "a column that is not there" {
  sed -i 's/column: Status/column: Sttaus/' leads.yaml
  fails 2 "did you mean" csv2chakra convert leads.yaml leads.csv
  in_file err "leads.yaml:5:"
  in_file err "Status"
}

@test "no token" {
  fails 2 "no API token" csv2chakra import leads.yaml leads.csv
  in_file err "--token-file"
}

@test "a token file that others can read" {
  chmod 644 token
  fails 2 "chmod" csv2chakra import --token-file token leads.yaml leads.csv
}

@test "a token with a control character or nothing in it" {
  printf 'c2c-secret\ttoken\n' >token
  fails 2 "control character" \
    csv2chakra import --token-file token leads.yaml leads.csv
  : >token
  fails 2 "is empty" csv2chakra import --token-file token leads.yaml leads.csv
}

@test "http to a host that is not loopback" {
  fails 2 "example.com" csv2chakra import --token-file token \
    --base-url http://example.com leads.yaml leads.csv
  fails 2 "example.com" csv2chakra check --base-url http://example.com \
    leads.yaml leads.csv
  fails 2 "ftp" csv2chakra check --base-url ftp://127.0.0.1 \
    leads.yaml leads.csv
}

@test "an unknown encoding" {
  fails 2 "klingon" csv2chakra convert --encoding klingon leads.yaml leads.csv
}

@test "an input over its limit" {
  fails 7 "max-input" csv2chakra check --max-input 50 leads.yaml leads.csv
}

@test "a folder for the answer that cannot be made" {
  fails 4 "nowhere/out" csv2chakra check -o nowhere/out leads.yaml leads.csv
}
