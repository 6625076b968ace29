#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What people type wrong, and what they are told: the thing, the place, the
# cause, the next step. Nothing of it is sent, and stdout stays empty.

load service

setup() {
  setup_folder
  good_mapping m.yaml
  good_csv 3 >c.csv
  mkdir folder
}

# says STATUS WORDS HELP -- ARGUMENT...: HELP may be empty.
says() {
  local wanted=$1 words=$2 help=$3
  shift 4
  run_split csv2chakra "$@" </dev/null
  expect_status "$wanted"
  is_empty out
  in_file err "$words"
  if [ -n "$help" ]; then in_file err "help: $help"; fi
}

@test "a mapping and a CSV in each other's place" {
  for command in check preview convert import; do
    says 2 "'c.csv' looks like the CSV and 'm.yaml' like the mapping" \
      "the mapping comes first: csv2chakra $command m.yaml c.csv" -- \
      $command c.csv m.yaml
  done
  cp c.csv 'it'\''s.csv'
  says 2 "looks like the CSV" \
    "the mapping comes first: csv2chakra check m.yaml 'it'\\''s.csv'" -- \
    check "it's.csv" m.yaml
  says 2 "has none of the mapping's columns" "is it the right file" -- \
    preview m.yaml m.yaml
  says 2 "the mapping 'c.csv' has 1 error" "it is named like a CSV" -- \
    check c.csv
}

@test "a file that is not there, a folder, a file of somebody else" {
  says 2 "unable to open 'no.yaml': No such file" "it was looked for in '$PWD'" \
    -- check no.yaml
  says 7 "unable to open 'no.csv': No such file" "it was looked for in '$PWD'" \
    -- check m.yaml no.csv
  says 7 "unable to open 'a/b/no.csv'" "there is no folder 'a/b' either" \
    -- check m.yaml a/b/no.csv
  says 7 "unable to open 'folder/no.csv'" "it was looked for in '$PWD'" \
    -- check m.yaml folder/no.csv
  says 2 "unable to read 'folder': Is a directory" \
    "this is a folder: name a file in it" -- check folder
  says 7 "unable to read 'folder': this is a folder" "name the CSV file in it" \
    -- convert m.yaml folder
  says 7 "the folder 'folder' has no .csv or .tsv" "name the file, or the folder" \
    -- check m.yaml folder
  says 2 "unable to open '-'" "a mapping is a file; only the CSV may be '-'" \
    -- check - c.csv
  says 2 "'m.yaml' is a file, and --output needs a folder" "name a new folder" \
    -- check m.yaml c.csv -o m.yaml
  if [ "$(id -u)" != 0 ]; then
    chmod 0 c.csv
    says 7 "unable to open 'c.csv': Permission denied" \
      "this user may not read it" -- check m.yaml c.csv
  fi
}

@test "empty and binary files, and a mapping of another system" {
  : >empty
  printf '\177ELF\002\001\001\000\000\000\376\377' >binary
  says 2 "empty:1:1: error: the mapping is empty" "" -- check empty
  says 7 "'empty' is empty" "was the export cut off?" -- check m.yaml empty
  says 2 "a byte that is not UTF-8" "" -- check binary
  says 7 "the header cannot be read: a NUL byte" "check first: is the file UTF-16" \
    -- check m.yaml binary
  sed 's/$/\r/' m.yaml >crlf.yaml
  { printf '\357\273\277' && cat m.yaml; } >bom.yaml
  for mapping in crlf.yaml bom.yaml; do
    run_split csv2chakra check $mapping c.csv
    expect_status 0
    is_empty err
  done
  { printf '\377\376' && iconv -t utf-16le m.yaml; } >utf16.yaml
  says 2 "the file is UTF-16, not UTF-8" "save it as UTF-8" -- check utf16.yaml
}

@test "an error stands before the warnings that it causes" {
  cat >>m.yaml <<'YAML'
tests:
  - row: {Lead Ref: L-1, Status: Open, First: A, Last: B, Score: "1"}
    gives: {lead_id: L-1, state: NEW}
YAML
  sed -i 's/^lead_id: Lead Ref/lead_id: Lead Reff/' m.yaml
  says 2 "'c.csv' has no column 'Lead Reff'" 'did you mean "Lead Ref"?' \
    -- check m.yaml c.csv
  in_file err "warning: the mapping does not use a column 'Lead Ref'"
  [ "$(grep -nm 1 'error:' err | cut -d: -f1)" -lt \
    "$(grep -nm 1 'warning:' err | cut -d: -f1)" ]
}

@test "rows that are not there" {
  says 0 "no row to show: 'c.csv' has them from row 2 to row 4" "" \
    -- preview m.yaml c.csv --rows 99
  says 0 "no row to show: none of 'c.csv' would be rejected" "" \
    -- preview m.yaml c.csv --failing
  head -n 1 c.csv >header.csv
  says 0 "no row to show: 'header.csv' has none" "" -- preview m.yaml header.csv
  run_split csv2chakra check m.yaml c.csv --expect-rows 10..
  expect_status 7
  in_file err "'c.csv' has 3 records, and --expect-rows allows 10 or more"
  in_file err "help: was the export cut off or empty?"
  tr '\n' ' ' <out >words
  in_file words "An import would send nothing ('c.csv' has 3 records"
  in_file words "without that, all 3 rows would be sent."
}

@test "tokens and certificates" {
  says 2 "unable to open the token file 'no'" "it was looked for in '$PWD'" \
    -- import m.yaml c.csv --token-file no
  says 2 "the token file 'folder' is a folder" "name the file in it" \
    -- import m.yaml c.csv --token-file folder
  (umask 077 && : >token && echo 'two words' >words)
  says 2 "the API token in 'token' is empty" "it must contain only the token" \
    -- import m.yaml c.csv --token-file token
  says 2 "has a blank at position 4" "it must contain only the token" \
    -- import m.yaml c.csv --token-file words
  (umask 077 && echo t >token)
  says 2 "unable to open CA file 'no'" "it was looked for in '$PWD'" \
    -- import m.yaml c.csv --token-file token --ca-file no
}

@test "a second import names the whole command that goes on" {
  start_sandbox --duplicates allow
  cp c.csv 'my leads.csv'
  csv2chakra import m.yaml 'my leads.csv' --runs-dir 'my runs' -q
  says 8 "this input was imported before" \
    "to send all its rows once more: csv2chakra import --again --runs-dir 'my runs' m.yaml 'my leads.csv'" \
    -- import m.yaml 'my leads.csv' --runs-dir 'my runs'
  good_csv 5 | sed 's/^L-/M-/' >c.csv
  csv2chakra import m.yaml c.csv --runs-dir 'my runs' --limit 2 -q
  says 8 "this input was imported before" \
    "csv2chakra resume --runs-dir 'my runs' 2" \
    -- import m.yaml c.csv --runs-dir 'my runs'
  grep 'help: ' err | sed 's/.*help: //' >line
  run_split sh line
  expect_status 0
}
