#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What is said of cells that fail: one cause a group, and advice that is right for every cell of it.

load helpers

# map FIELDS…: a mapping of Id and the given lines of data.
map() {
  printf 'version: 1\nprocedure: lead\nlead_id: Id\ndata:\n' >m.yaml
  printf '  %s\n' "$@" >>m.yaml
}

# table NAME CELL…: one column of cells beside the Id.
table() {
  local n=0 name=$1 cell
  shift
  printf 'Id;%s\n' "$name" >t.csv
  for cell; do printf 'r%d;%s\n' $((++n)) "$cell" >>t.csv; done
}

# groups: cause, rows and fields of the groups of `check`, a line each.
groups() {
  csv2chakra check --format json m.yaml t.csv |
    jq -r '.groups[] | [.code, .cause // "-", .rows, .field // "-"] | join(" ")'
}

@test "cells that fail for different reasons are groups of their own, each with its count" {
  table Born 2001-02-31 2001-02-30 soon 1650-01-01 2001-05-06
  map 'born: {column: Born, type: date}'
  [ "$(groups)" = "type.date no_such_day 2 data.born
type.date not_iso 1 data.born
type.date past 1 data.born" ]

  table Meta '{"a":1,"a":2}' '[1,' 'tru' '{"b":2}'
  map 'meta: {column: Meta, type: json}'
  [ "$(groups | sort -u | wc -l)" -ge 2 ]
  groups | grep -q 'type.json key_twice 1 '

  table Sum '(5)' '7€' '8%' '٩' '1,5' 'x' '3E5' '4'
  map 'sum: {column: Sum, type: decimal}'
  [ "$(groups | cut -d ' ' -f 2 | sort | tr '\n' ' ')" = "comma currency exponent letter other_digits parentheses percent " ]
  [ "$(groups | cut -d ' ' -f 3 | sort -u)" = 1 ]
}

@test "dates of one column fail in groups of one reason each, and each example has the reason of its group" {
  local format cells
  # format of the field, then cells: no such day, a word, out of range
  while IFS='|' read -r format cells; do
    # shellcheck disable=SC2086 # the cells are words
    table Day $cells
    map "day: {column: Day, type: date, format: \"$format\"}"
    [ "$(groups | cut -d ' ' -f 3 | sort -u)" = 1 ]
    [ "$(groups | cut -d ' ' -f 2 | sort -u | wc -l)" -eq 3 ]
    groups | grep -q ' no_such_day '
    csv2chakra check --format json m.yaml t.csv >out || :
    # Only what belongs to a group is shown for it.
    jq -e '[.groups[] | .examples | length] == [1, 1, 1]' out
    jq -e '[.groups[] | select(.cause == "no_such_day") | .examples[0].value | test("31|30|29")] | all' out
  done <<'LIST'
%d/%m/%Y|31/02/2025 later 01/01/1700
%m/%d/%Y|02/30/2025 13/01/2025 unknown
%Y%m%d|20250231 2025x 17000101
%d.%m.%Y|31.04.2025 1,4,2025 01.01.1700
%Y/%m/%d|2023/02/29 2023/13/01 n/k
LIST
}

@test "JSON of one column fails in groups of one reason each, whatever the cells hold" {
  local cells
  while IFS= read -r cells; do
    # shellcheck disable=SC2086 # the cells are words
    table Meta $cells '{"ok":1}'
    map 'meta: {column: Meta, type: json}'
    [ "$(groups | grep -c '^type.json ')" -eq 2 ]
    [ "$(groups | grep '^type.json ' | cut -d ' ' -f 2 | sort -u | wc -l)" -eq 2 ]
    csv2chakra check --format json m.yaml t.csv >out || :
    # No advice is made from one cell and said of another.
    jq -e '[.groups[] | select(.code == "type.json") | .rows == (.examples | length)] | all' out
  done <<'LIST'
{"a":1,"a":2} [1,
{"x":{"y":1,"y":1}} tru
{"k":1,"k":2} {"k":3,"k":3} {'q':1}
[{"z":0,"z":0}] {"open":
{"é":1,"é":2} nope
LIST
}

@test "a cell in which two fields find the same is said once, and the fields are named" {
  table Mail ann@x.org bob@x.org 'ann@x.org'
  printf 'version: 1\nprocedure: lead\nlead_id: Mail\ndata:\n  mail: {column: Mail, type: email, unique: true}\n' >m.yaml
  run csv2chakra check m.yaml t.csv
  [ "$status" -eq 1 ]
  [ "$(grep -c 'rule.not_unique' <<<"$output")" -eq 1 ]
  [[ $output == *'column "Mail", fields '*lead_id* ]]
  [ "$(grep -o 'B4 ' <<<"$output" | wc -l)" -eq 1 ]
  [ "$(groups)" = "rule.not_unique - 1 data.mail, lead_id" ]

  # in the files and on the page as well
  run csv2chakra check -o out m.yaml t.csv
  [ "$(grep -c 'rule.not_unique' out/rejected.reasons.csv)" -eq 1 ]
  [ "$(grep -o '<code>rule.not_unique</code>' out/report.html | wc -l)" -eq 2 ]
}

@test "the field is named when another one reads its column, and not otherwise" {
  table When 2001-02-31 2001-02-03
  map 'day: {column: When, type: date}' 'text: When'
  run csv2chakra check m.yaml t.csv
  [[ $output == *'column "When", field data.day: 31 February 2001 does not exist'* ]]
  run csv2chakra check --all-problems m.yaml t.csv
  [[ $output == *'(B2), field data.day: '* ]]

  map 'day: {column: When, type: date}'
  run csv2chakra check m.yaml t.csv
  [[ $output != *'field data.day'* ]]

  # by number, in a list of columns, within an object
  map 'day: {index: 2, type: date}' 'deep: {fields: {text: {column: [When, Id]}}}'
  run csv2chakra check m.yaml t.csv
  [[ $output == *'field data.day: '* ]]

  # as text and as a date that fail in different ways: two groups
  map 'day: {column: When, type: date}' 'n: {column: When, type: integer}'
  [ "$(groups)" = "type.date no_such_day 1 data.day
type.integer minus 2 data.n" ]
}

@test "convert says that a message is an example where those of a group differ" {
  table Born 2001-02-31 2002-06-31
  map 'born: {column: Born, type: date}'
  run --separate-stderr csv2chakra convert m.yaml t.csv
  [ "$status" -eq 1 ]
  # shellcheck disable=SC2154 # bats sets stderr
  [[ $stderr == *'2 rows'*'column "Born": e.g. 31 February 2001 does not exist [type.date]'* ]]
  table Born 2001-02-31
  run --separate-stderr csv2chakra convert m.yaml t.csv
  [[ $stderr != *'e.g.'* ]]
}
