#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# How a file is read when its dialect is given and not found: the same in every
# command, in the report's own words, in a resume and in a retry.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() {
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  setup_folder
}

by_place() {
  printf 'version: 1\nprocedure: lead\nlead_id: {index: 1}\ndata:\n  score: {index: 2, type: integer}\n  note: {index: 3}\n' >place.yaml
}

@test "without a header, with tabs and without quotes: sent, resumed and retried alike" {
  start_sandbox
  by_place
  {
    printf 'an export of today\n'
    for i in $(seq 20); do printf 'L-%d\t%s\t"note %d\n' "$i" "$([ "$i" -eq 7 ] && echo high || echo "$i")" "$i"; done
  } >leads.tsv
  options=(--delimiter tab --quote none --no-header --skip-lines 1 --max-input 1MiB)
  status=0
  CSV2CHAKRA_FAULT=submit.answer:2:kill csv2chakra-faults import place.yaml leads.tsv "${options[@]}" \
    --chunk-rows 5 --in-flight 1 >out 2>err || status=$?
  [ "$status" -eq 137 ]
  run_split csv2chakra resume latest --settle 2s
  expect_status 1
  [ "$(report .accounts.rows.created)" -eq 19 ]
  [ "$(report .accounts.balanced)" = true ]
  in_file out "--delimiter tab"
  in_file out "--quote none"
  in_file out "--no-header"
  in_file out "--skip-lines 1"
  held | grep -qF '{"lead_id":"L-3","data":{"score":3,"note":"\"note 3"}}'
  sed -i 's/integer}/integer, on_error: omit}/' place.yaml
  run_split csv2chakra retry latest --mapping place.yaml
  expect_status 0
  held | grep -qF '{"lead_id":"L-7","data":{"note":"\"note 7"}}'
  [ "$(held | wc -l)" -eq 20 ]
}

@test "rejected.csv loads again with the options that the report prints" {
  by_place
  printf "x\nL-1|1|'a|b'\nL-2|high|'it''s'\nL-3|low|c\n" >leads.psv
  start_sandbox
  run_split csv2chakra import place.yaml leads.psv --delimiter '|' --quote "'" --no-header --skip-lines 1
  expect_status 1
  printf "x\nL-2|high|'it''s'\nL-3|low|c\n" | cmp - runs/latest/rejected.csv
  again=$(tr '\n' ' ' <out | sed 's/.*To read rejected.csv again, add: *//; s/ rows .*//; s/  */ /g')
  echo "$again"
  [[ "$again" == *"--delimiter '|'"*"--quote"*"--no-header --skip-lines 1"* ]]
  sed -i 's/, type: integer//' place.yaml
  eval "run_split csv2chakra convert place.yaml runs/latest/rejected.csv $again"
  expect_status 0
  in_file out '{"lead_id":"L-2","data":{"score":"high","note":"it'"'"'s"}}'
  [ "$(wc -l <out)" -eq 2 ]
}

@test "inspect says what was given and what was found, blank and empty lines too" {
  printf 'a\tb\n\n1\t2\n\t\n3\t4\n' >a.tsv
  run_split csv2chakra inspect a.tsv
  expect_status 0
  in_file out "delimiter tab"
  in_file out "1 of them blank"
  in_file out "1 empty"
  run_split csv2chakra inspect --delimiter '|' --quote "'" --no-header --encoding utf-8 a.tsv
  expect_status 0
  in_file out "delimiter '|'"
  in_file out "quote '"
  in_file out "no header"
  in_file out "named by --encoding"
  run_split csv2chakra inspect --quote none a.tsv
  in_file out "no quotes"
  printf 'a,b\n1,2\n3\n4,5,6\n"x" y,2\n' >ragged.csv
  run_split csv2chakra inspect --format json --encoding utf-8 ragged.csv
  [ "$(jq -c '[.problems[].code] | unique' out)" = '["csv.ragged_row","csv.stray_quote"]' ]
  [ "$(jq '[.problems[] | select(.code == "csv.ragged_row").rows] | add' out)" -eq 2 ]
  printf 'name\ncaf\xe9\nna\xefve\n' >latin.csv
  run_split csv2chakra inspect --format json latin.csv
  [ "$(jq -c '.encoding | [.first_bad_byte, .first_bad_line, (.affected | map(.value))]' out)" = '[8,2,["café","naïve"]]' ]
}

@test "init writes down the quote that it was given" {
  printf "a;b\n1;'x;y'\n2;z\n" >a.csv
  run_split csv2chakra init --quote "'" a.csv
  expect_status 0
  in_file out "quote: \"'\""
  cp out m.yaml
  run_split csv2chakra convert m.yaml a.csv
  [ "$status" -le 2 ]
  run_split csv2chakra init --quote none a.csv
  in_file out "quote: none"
  run_split csv2chakra init --quote '~' a.csv
  in_file out "quote: '~'"
}

@test "a pipe's copy onto a full disk is exit 4, and nothing was sent" {
  case ${CSV2CHAKRA_BUILD:-release} in
  asan | tsan) skip "a sanitizer has an allocator of its own" ;;
  esac
  "${CC:-cc}" -shared -fPIC -O1 -w -D_LARGEFILE64_SOURCE -o inject.so "$ROOT/tests/rehearse/inject.c" -ldl
  start_sandbox
  good_leads 2000
  for what in write:1 write:2 open:12 fsync:1; do
    rm -rf runs
    status=0
    # shellcheck disable=SC2002 # a pipe is what is tested
    cat leads.csv | INJECT=$what LD_PRELOAD="$PWD/inject.so" csv2chakra import leads.yaml - >out 2>err || status=$?
    if [ "$status" -eq 0 ]; then
      echo "$what: status 0"
      return 1
    fi
    [ -s err ]
    [ "$(held | wc -l)" -eq 0 ] || [ "$(report .accounts.balanced)" = true ]
    if [ "$what" = write:1 ]; then
      expect_status 4
      in_file err "unable to write"
    fi
  done
}

@test "more problems than a row can list are counted in rejected.reasons.csv" {
  {
    echo 'version: 1'
    echo 'procedure: lead'
    echo 'lead_id: K'
    echo 'data:'
    for i in $(seq 300); do echo "  f$i: {column: C$i, type: integer}"; done
  } >wide.yaml
  {
    printf K
    for i in $(seq 300); do printf ',C%d' "$i"; done
    printf '\nL-1'
    for i in $(seq 300); do printf ',x'; done
    printf '\n'
  } >wide.csv
  run_split csv2chakra check -o dry wide.yaml wide.csv
  expect_status 1
  [ "$(grep -c type.integer dry/rejected.reasons.csv)" -lt 300 ]
  more=$(grep row.more_problems dry/rejected.reasons.csv | cut -d, -f10)
  [ $(($(grep -c type.integer dry/rejected.reasons.csv) + more)) -eq 300 ]
}

@test "a folder that nobody may write to can be looked at by somebody else" {
  start_sandbox
  good_leads 5
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  # The test's own folder is closed to others.
  away=$(mktemp -d)
  chmod 755 "$away"
  cp "$CSV2CHAKRA_BIN/csv2chakra" "$away"
  cp -rL runs "$away/runs of 100%?"
  chmod -R a+rX,a-w "$away"
  as=()
  [ "$(id -u)" -ne 0 ] || as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  if ! "${as[@]}" test -x "$away/csv2chakra"; then
    rm -rf "$away"
    skip "another user cannot get at a folder of this machine"
  fi
  status=0
  (cd / && HOME=/nonexistent "${as[@]}" "$away/csv2chakra" status latest --runs-dir "$away/runs of 100%?") \
    >out 2>err || status=$?
  chmod -R u+w "$away"
  rm -rf "$away"
  expect_status 0
  in_file out "created"
}
