#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What `check`, `inspect` and `report` print for machines, and every command's
# answer onto a disk that is full.

load service

setup() { setup_folder; }
bad_csv() {
  echo 'Lead Ref,Status,First,Last,Score,Note'
  echo 'L-1,Open,Ann,Lee,1,x'
  echo 'L-2,Asleep,Ann,Lee,2,x'
  echo 'L-3,Asleep,Ann,Lee,high,x'
  echo 'L-4,Open,Ann'
}

@test "check --format github names each group of bad rows where the first one stands" {
  good_mapping
  bad_csv >'50%.csv'
  run_split csv2chakra check --format github leads.yaml '50%.csv'
  expect_status 1
  [ "$(wc -l <out)" -eq 3 ]
  in_file out '::error file=50%25.csv,line=3,title=map.no_entry::2 rows: column "Status": '
  in_file out '::error file=50%25.csv,line=4,title=type.integer::1 row: column "Score": '
  in_file out '::error file=50%25.csv,line=5,title=csv.ragged_row::1 row: '
  bad_csv | head -2 >good.csv
  run_split csv2chakra check --format github leads.yaml good.csv
  expect_status 0
  is_empty out
}

@test "a mapping that does not fit the file is told in the wanted format" {
  good_mapping
  echo 'Lead Ref,Status,First,Last,Points,Note' >leads.csv
  run_split csv2chakra check --format json leads.yaml leads.csv
  expect_status 2
  [ "$(jq -r .schema out)" = csv2chakra.check/1 ]
  # It ends as a line does.
  [ -z "$(tail -c 1 out)" ]
  [ "$(jq -r .mapping out)" = leads.yaml ]
  [ "$(jq .ok out)" = false ]
  [ "$(jq -r '.diagnostics[0].code' out)" = mapping.unknown_column ]
  [ "$(jq -r '.diagnostics[0].line' out)" -gt 1 ]
  run_split csv2chakra check --format github leads.yaml leads.csv
  expect_status 2
  grep -q "^::error file=leads.yaml,line=[0-9]*,.*has no column 'Score'" out
  [ "$(grep -c '^::error' out)" -eq 1 ]
}

@test "what keeps every row from being read is a diagnostic, in the wanted format" {
  good_mapping
  # file, code, line of the diagnostic
  printf 'Open leads;;\nLead Ref;Status;Score\nL-1;Open;7\nL-2;Open;8\n' >title.csv
  printf '\xef\xbb\xbfLead Ref,Status,First,Last,Score,Note\n' >mark.csv
  : >empty.csv
  printf '{"rows": [1, 2]}' >json.csv
  printf 'version: 1\nprocedure: lead\nlead_id: {index: 1}\n' >index.yaml
  while read -r mapping file code line options; do
    # shellcheck disable=SC2086 # options are words
    run_split csv2chakra check --format json $options "$mapping" "$file"
    expect_status 7
    jq -e --arg code "$code" --arg file "$file" --argjson line "$line" '.ok == false and (.diagnostics | map(select(
      .severity == "error" and .code == $code and .file == $file and .line == $line and .message != "")) | length == 1)' out
    # shellcheck disable=SC2086
    run_split csv2chakra check --format github $options "$mapping" "$file"
    [ "$(grep -c "^::error file=$file.*,title=$code::" out)" -eq 1 ]
    not_in_file out 'col=0'
    # People read it once, on stderr.
    # shellcheck disable=SC2086
    run_split csv2chakra check $options "$mapping" "$file"
    is_empty out
  done <<'LIST'
index.yaml title.csv csv.preamble null
leads.yaml mark.csv csv.wrong_encoding 1 --encoding windows-1252
leads.yaml empty.csv input.empty null
leads.yaml json.csv input.not_csv null
leads.yaml nowhere.csv input.unreadable null
LIST
}

with_tests() {
  good_mapping
  cat >>leads.yaml <<'YAML'
tests:
  - row: {Lead Ref: L-1, Status: Open, First: Ann, Last: Lee, Score: "7"}
    gives: {lead_id: L-1, state: NEW, data: {full_name: Ann Lee, score: 7}}
  - row: {Lead Ref: L-1, Status: Open, First: Ann, Last: Lee, Score: "7"}
    gives: {lead_id: L-1, state: NEW, data: {full_name: Ann Lee, score: 8}}
  - row: {Lead Ref: L-1, Status: Open, Score: x}
    gives: {lead_id: L-1, state: NEW}
  - row: {Lead Ref: L-1, Status: Open, Score: "7"}
    rejects: type.integer
  - row: {}
    gives: {lead_id: L-1, state: NEW}
  - row: {}
    rejects: rule.required
YAML
}

@test "the mapping's own tests in every format: what was wanted and what came" {
  with_tests
  run_split csv2chakra check --format json leads.yaml
  expect_status 2
  [ "$(jq .ok out)" = false ]
  [ "$(jq -c '[.tests[].passed]' out)" = '[true,false,false,false,false,false]' ]
  jq -r '.tests[1].difference' out | grep -qF -- '- data.score: 8'
  jq -r '.tests[1].difference' out | grep -qF '+ data.score: 7'
  jq -r '.tests[2].difference' out | grep -qF -- '- {"lead_id":"L-1","state":"NEW"}'
  jq -r '.tests[2].difference' out | grep -qF "type.integer"
  jq -r '.tests[3].difference' out | grep -qF '"score":7'
  jq -r '.tests[4].difference' out | grep -qF '+ skipped [rows.empty]'
  jq -r '.tests[5].difference' out | grep -qF '+ skipped [rows.empty]'
  run_split csv2chakra check --format github leads.yaml
  expect_status 2
  [ "$(grep -c '^::error file=leads.yaml,line=[0-9]*,title=mapping.test::test [2-6] failed (- expected, + got)%0A' out)" -eq 5 ]
  grep -qF '%0A    - data.score: 8%0A    + data.score: 7' out
  run_split csv2chakra check leads.yaml
  expect_status 2
  in_file err "5 of 6 tests"
}

@test "check -o without a CSV, and other options that make no sense, are usage errors" {
  good_mapping
  good_csv >leads.csv
  run_split csv2chakra check -o out.d leads.yaml
  expect_status 2
  in_file err "'--output' needs a CSV"
  [ ! -e out.d ]
  run_split csv2chakra check --encoding utf-8x leads.yaml leads.csv
  expect_status 2
  in_file err "unknown encoding 'utf-8x'"
  run_split csv2chakra check --delimiter '"' leads.yaml leads.csv
  expect_status 2
  in_file err "delimiter"
  run_split csv2chakra inspect --delimiter ';' --quote ';' leads.csv
  expect_status 2
  in_file err "the quote and the delimiter are the same character"
}

@test "warnings are counted beside a good answer" {
  good_mapping
  sed -i '/^lead_id/d' leads.yaml
  run_split csv2chakra check leads.yaml
  expect_status 0
  in_file out "1 warning"
  in_file err "mapping.no_key"
}

@test "inspect tells dates, numbers and misfits of a column as JSON" {
  {
    echo 'When,Amount,Mixed'
    for i in $(seq 10 29); do
      echo "$i/04/2026,\"1.2$i,50\",$i"
    done
    echo '30/04/2026,"1.111,50",none'
  } >dates.csv
  run_split csv2chakra inspect --format json dates.csv
  expect_status 0
  [ "$(jq -c '.columns[0].looks_like.formats' out)" = '["%d/%m/%Y"]' ]
  [ "$(jq -r '.columns[1].looks_like | .decimal + .thousands' out)" = ',.' ]
  [ "$(jq -c '.columns[2].looks_like.nearly | [.kind, .misfits, .first.cell, .first.value]' out)" = '["integer",1,"C22","none"]' ]
}

@test "an answer onto a full disk is exit 4, whatever the command" {
  start_sandbox
  good_mapping
  good_csv >leads.csv
  bad_csv >bad.csv
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  while read -r words; do
    status=0
    # shellcheck disable=SC2086 # words of a command
    csv2chakra $words >/dev/full 2>err || status=$?
    if [ "$status" -ne 4 ]; then
      echo "$words: status $status"
      cat err
      return 1
    fi
    grep -Eq 'unable to write .*(stdout|standard output)' err
  done <<'WORDS'
check leads.yaml
check leads.yaml leads.csv
check --format json leads.yaml leads.csv
check --format github leads.yaml bad.csv
check --format json leads.yaml
preview leads.yaml leads.csv
convert leads.yaml leads.csv
inspect leads.csv
inspect --format json leads.csv
init leads.csv
schema
completion bash
status
status latest
status --format json
report latest
report --format json latest
report --rows created latest
doctor
prune latest
version
WORDS
}

@test "an import whose answer cannot be written has sent its rows and kept its books" {
  start_sandbox
  good_leads 5
  status=0
  csv2chakra import leads.yaml leads.csv >/dev/full 2>err || status=$?
  [ "$(held | wc -l)" -eq 5 ]
  [ "$(report .accounts.balanced)" = true ]
  [ "$(report .accounts.rows.created)" -eq 5 ]
  [ "$status" -eq "$(report .exit_status)" ]
}

@test "a control character separates cells, as an option and in a mapping" {
  printf 'Ref\x1fTown, Land\n1\x1fUlm, DE\n2\x1fBonn\n3\x1fx\x1fy\n' >us.csv
  printf 'version: 1\nprocedure: lead\nlead_id: Ref\ndata: {town: "Town, Land"}\n' >m.yaml
  run_split csv2chakra convert --delimiter '\x1f' m.yaml us.csv
  expect_status 1
  in_file out '{"lead_id":"1","data":{"town":"Ulm, DE"}}'
  run_split csv2chakra check --delimiter '\x1f' -o o m.yaml us.csv
  expect_status 1
  # The next command reads the file in the same way, and can be pasted.
  in_file out "csv2chakra check --delimiter '\x1f' m.yaml us.csv"
  run_split bash -c "$(tail -1 out)"
  expect_status 1
  run_split csv2chakra check --delimiter '\x1f' m.yaml o/rejected.csv
  expect_status 1
  in_file out '1 read'
  run_split csv2chakra inspect --delimiter '\x1f' us.csv
  expect_status 0
  in_file out "delimiter '\x1f'"
  in_file out "csv2chakra init -o mapping.yaml --delimiter '\x1f' us.csv"
  run_split csv2chakra init --delimiter '\x1f' -o made.yaml us.csv
  expect_status 0
  in_file made.yaml 'delimiter: "\x1f"'
  run_split csv2chakra convert made.yaml us.csv
  expect_status 1
  in_file out 'Ulm, DE'
  run_split csv2chakra check --delimiter '\x0a' m.yaml us.csv
  expect_status 2
  in_file err 'a code such as \x1f'
}
