#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# check: a mapping alone, and the whole dry run.

load helpers

setup() {
  setup_folder
  good_mapping
  good_csv >leads.csv
}

add_tests() {
  cat >>leads.yaml <<'YAML'
tests:
  - row: {Lead Ref: L-1, Status: Open, First: Ann, Last: Lee, Score: "7"}
    gives: {data: {score: 7, full_name: Ann Lee}, lead_id: L-1, state: NEW}
  - row: {Lead Ref: "", Status: Open}
    rejects: rule.required
YAML
}

@test "a good mapping is good" {
  run_split csv2chakra check leads.yaml
  expect_status 0
  in_file out "leads.yaml: good"
  run_split csv2chakra check -q leads.yaml
  expect_status 0
  is_empty out
}

@test "the mapping's own tests are run" {
  add_tests
  run_split csv2chakra check leads.yaml
  expect_status 0
  in_file out "tests: 2 passed, 0 failed"
}

@test "a test that fails shows what was wanted and what came, exit 2" {
  add_tests
  sed -i 's/score: 7, full/score: "7", full/; s/rule.required/rule.pattern/' \
    leads.yaml
  run_split csv2chakra check leads.yaml
  expect_status 2
  in_file out 'leads.yaml:12: test 1 failed'
  in_file out '    - data.score: "7"'
  in_file out '    + data.score: 7'
  in_file out '    - rejected with rule.pattern'
  in_file out '[rule.required]'
  in_file err "2 of 2 tests in 'leads.yaml' failed"
}

@test "all mistakes of a mapping at once, with line and column" {
  cat >bad.yaml <<'YAML'
version: 1
procedure: lead
lead_id: Lead Ref
dta: {score: Score}
data:
  score: {column: Score, tpe: integer}
  when: {column: When, type: datetme}
YAML
  run_split csv2chakra check bad.yaml
  expect_status 2
  in_file err "bad.yaml:4:1: error:"
  in_file err "bad.yaml:6:26: error:"
  in_file err "did you mean"
  in_file err "bad.yaml:7:"
  in_file err "3 errors"
}

@test "mistakes as JSON and as workflow commands, on stdout" {
  echo 'dta: 1' >>leads.yaml
  run_split csv2chakra check --format json leads.yaml
  expect_status 2
  jq -e '.ok == false and .diagnostics[0].code == "mapping.unknown_key"' out
  run_split csv2chakra check --format github leads.yaml
  expect_status 2
  grep -q '^::error file=leads.yaml,line=11' out
}

@test "a column of a test that the mapping does not use is a warning at its place, and no file" {
  printf 'tests:\n  - {row: {Lead Reff: L-1}, rejects: rule.required}\n' >>leads.yaml
  run_split csv2chakra check --format github leads.yaml
  expect_status 0
  [ "$(grep -c '^::' out)" -eq 1 ]
  in_file out "title=mapping.unused_column::the mapping does not use a column 'Lead Reff'"
}

@test "the dry run says what would be sent" {
  run_split csv2chakra check leads.yaml leads.csv
  expect_status 0
  in_file out "All 3 rows would be sent"
}

@test "the dry run of an import is the same" {
  csv2chakra check leads.yaml leads.csv >first
  csv2chakra import --dry-run leads.yaml leads.csv >second
  diff first second
}

@test "the report as JSON has chunks, sums and problems" {
  echo 'L-9,Lost,Bo,Ek,12x,' >>leads.csv
  run_split csv2chakra check --format json --chunk-rows 2 leads.yaml leads.csv
  expect_status 1
  jq -e '.schema == "csv2chakra.report/2"' out
  jq -e '.chunks | length == 2' out
  [ "$(jq -r '.input.sha256' out)" = "$(sha256sum <leads.csv | cut -d' ' -f1)" ]
}

@test "the files of a dry run, and rejected.csv is exact" {
  printf 'L-9,Lost,Bo,Ek,12x,\r\n' >>leads.csv
  run_split csv2chakra check -o out.d leads.yaml leads.csv
  expect_status 1
  [ "$(stat -c %a out.d)" = 700 ]
  printf 'Lead Ref,Status,First,Last,Score,Note\nL-9,Lost,Bo,Ek,12x,\r\n' \
    >wanted
  cmp wanted out.d/rejected.csv
  [ "$(wc -l <out.d/rejected.reasons.csv)" -eq 3 ]
  jq -e . out.d/report.json
  head -c 3 out.d/to-fix.csv | od -An -tx1 | grep -q 'ef bb bf'
  [ "$(find out.d -type f | wc -l)" -eq 5 ]
  cat out err >said
  for file in out.d/*; do
    in_file said "${file##*/}"
  done
}

@test "a pipe leaves the same files as the file" {
  printf 'L-9,Lost,Bo,Ek,12x,\r\n' >>leads.csv
  csv2chakra check -o a leads.yaml leads.csv >/dev/null 2>&1 || true
  # shellcheck disable=SC2002 # a pipe is meant
  cat leads.csv | csv2chakra check -o b leads.yaml - >/dev/null 2>&1 || true
  [ "$(find b -type f | wc -l)" -eq 5 ]
  cmp a/rejected.csv b/rejected.csv
  cmp a/rejected.reasons.csv b/rejected.reasons.csv
  cmp a/to-fix.csv b/to-fix.csv
  # One with a name is told of by it.
  mkfifo pipe
  cat leads.csv >pipe 3>&- &
  run_split csv2chakra check -o c leads.yaml pipe
  wait $!
  [ "$(jq -r .input.name b/report.json c/report.json | tr '\n' ' ')" = '<stdin> pipe ' ]
}

@test "--max-errors stops where an import would, exit 3" {
  good_csv 20 | sed '3,9s/,Open,/,Lost,/' >leads.csv
  run_split csv2chakra check --max-errors 5 --chunk-rows 3 leads.yaml leads.csv
  expect_status 3
  in_file err "--max-errors"
  run_split csv2chakra check --max-errors 7 leads.yaml leads.csv
  expect_status 1
  run_split csv2chakra check --max-errors 34% leads.yaml leads.csv
  expect_status 3
  run_split csv2chakra check --max-errors 35% leads.yaml leads.csv
  expect_status 1
}

@test "the books balance wherever the limit stops" {
  good_csv 9 | sed '3s/,Open,/,Lost,/; 5s/.*//' >leads.csv
  for n in 1 2 3 4 5 6 7 8 9; do
    for rows in 1 2 3 500; do
      run_split csv2chakra check --format json --limit "$n" \
        --chunk-rows "$rows" leads.yaml leads.csv
      [ "$status" -le 1 ] || expect_status 1
    done
  done
}

@test "the books balance wherever --max-errors stops" {
  good_csv 60 | sed '3~4s/,Open,/,Lost,/; 5s/.*//; 60s/$/,more/' >leads.csv
  for n in 0 1 2 5 9 13; do
    for bytes in 1024 1500 4096; do
      run_split csv2chakra check --format json --max-errors "$n" \
        --chunk-bytes "$bytes" leads.yaml leads.csv
      expect_status 3
    done
  done
}

@test "a header alone is nothing to do" {
  good_csv 0 >leads.csv
  run_split csv2chakra check leads.yaml leads.csv
  expect_status 0
  in_file out "othing to do"
}

@test "nothing is written beside -o" {
  csv2chakra check leads.yaml leads.csv >/dev/null
  [ "$(find . -type f | sort | tr '\n' ' ')" = "./leads.csv ./leads.yaml " ]
}

@test "a default that its own checks would reject is a mistake of the mapping" {
  cat >own.yaml <<'YAML'
version: 1
procedure: lead
lead_id: A
rows: {only: {column: A, in: [x]}}
data:
  n: {column: B, type: integer, default: "12", max: 10}
  d: {column: B, type: date, format: "%d/%m/%Y", default: "31/02/2025"}
  ok: {column: B, type: decimal, default: "0"}
YAML
  printf 'A,B\n1,2\n' >own.csv
  run_split csv2chakra check own.yaml
  expect_status 2
  in_file err "own.yaml:6:3: error: the default of 'data.n' would be rejected"
  in_file err "own.yaml:7:3: error: the default of 'data.d' would be rejected"
  not_in_file err "data.ok"
  run_split csv2chakra check own.yaml own.csv
  expect_status 2
  in_file err "mapping.refused_value"
}

@test "the books balance whatever stands around the table" {
  printf 'version: 1\nprocedure: lead\nlead_id: A\n' >m.yaml
  n=0
  while IFS= read -r text; do
    # shellcheck disable=SC2059 # the texts are formats
    printf "$text" >x.csv
    run_split csv2chakra check m.yaml x.csv --delimiter , --encoding utf-8
    [ "$status" -eq 0 ] || expect_status 1
    [ "$(grep -cE '^  (rows|bytes) .* = ' out)" -eq 2 ]
    not_in_file out 'NOT BALANCE'
    n=$((n + 1))
  done <<'TEXTS'
\n\nA,B\n1,2\n
\r\n\r\nA,B\r\n\r\n1,2\r\n\r\n
\xef\xbb\xbf\n"A",B\n1,2
\xef\xbb\xbfA,B\n\n\n1,2\n3,4,5\n\n
A,B\r1,2\r\r3,"4\r5"\r
sep=,\nA,B\n\n1,2\n
A,B\n,\n1,2\n,\n\n
A,B\n1,2\n2,"x" y\n3,4\n
A,B\n1,"\xff"\n2,3\n\n
TEXTS
  [ "$n" -eq 9 ]
}

@test "text far after that is not UTF-8 is checked as the whole file suggests, the same with and without the input's hash" {
  {
    good_csv 1
    seq -f 'A-%08.0f,Open,Ann,Lee,1,plain words that take some room in the file of no' 1 20000
    printf 'L-9,Open,J\303\274rgen,Lee,2,x\nL-10,Open,J\374rgen,M\374ller,2,K\366ln\n'
  } >far.csv
  run_split csv2chakra check leads.yaml far.csv
  expect_status 7
  in_file err 'line 20004'
  in_file err 'its encoding was guessed'
  in_file out '20,003'
  [ "$(grep -c guessed err)" -eq 1 ]
  cp out text
  run_split csv2chakra check -o files leads.yaml far.csv
  expect_status 7
  # The same report, but for the files that it names.
  sed '/^Files in/,/report.json$/d' out | diff - text
}
