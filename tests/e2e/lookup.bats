#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Lookup tables (`map: {file, from, to}`) from the check of a mapping alone to
# a run that goes on without the file, and what becomes of the copies.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() {
  setup_folder
  mkdir maps
  cat >maps/m.yaml <<'YAML'
version: 1
procedure: lead
lead_id: Id
data:
  owner: {column: Owner, map: {file: ../owners.csv, from: Mail, to: User}}
  team: {column: Owner, map: {file: ../owners.csv, from: Mail, to: Team}, otherwise: omit}
YAML
  printf 'Mail,User,Team\na@x.example,U-1,North\nb@x.example,U-2,\n' >owners.csv
  { echo Id,Owner && for i in $(seq 1 20); do
    echo "$i,$([ $((i % 2)) = 0 ] && echo a || echo b)@x.example"
  done; } >in.csv
}

import() { run_split csv2chakra import maps/m.yaml in.csv "$@"; }
sum() { sha256sum owners.csv | cut -d' ' -f1; }

@test "check of the mapping alone reads the table, and names what is wrong with it" {
  run_split csv2chakra check maps/m.yaml
  expect_status 0
  echo 'a@x.example,U-3,' >>owners.csv
  run_split csv2chakra check maps/m.yaml
  expect_status 2
  in_file err 'maps/m.yaml:5:59: error: the lookup table'
  in_file err "'a@x.example' twice, on lines 2 and 4, with different results [table.duplicate]"
  run_split csv2chakra check maps/m.yaml --format json
  [ "$(jq -r '.diagnostics[0].code' out)" = table.duplicate ]
  rm owners.csv
  start_sandbox
  import
  expect_status 2
  in_file err '[table.unreadable]'
  [ ! -e runs ] || [ -z "$(ls runs)" ]
}

@test "preview --explain shows what the table made of a value, and a test of the mapping uses it" {
  run_split csv2chakra preview --explain maps/m.yaml in.csv
  expect_status 0
  grep -Eq 'map +.*U-2' out
  cat >>maps/m.yaml <<'YAML'
tests:
  - row: {Id: "1", Owner: a@x.example}
    gives: {lead_id: "1", data: {owner: U-1, team: North}}
  - row: {Id: "1", Owner: c@x.example}
    rejects: map.no_entry
YAML
  run_split csv2chakra check maps/m.yaml
  expect_status 0
  in_file out '2 passed'
  sed -i 's/owner: U-1/owner: U-7/' maps/m.yaml
  run_split csv2chakra check maps/m.yaml
  expect_status 2
}

@test "a run keeps its table: resume and retry need no other file" {
  start_sandbox --duplicates allow
  printf '21,nobody@x.example\n' >>in.csv
  import --limit 5
  expect_status 0
  local was
  was=$(sum)
  [ "$(report '.mapping.tables[0] | .file + " " + .sha256 + " \(.entries)"')" = \
    "../owners.csv $was 2" ]
  cmp owners.csv "runs/tables/$was"
  [ "$(stat -c %h "runs/tables/$was")" -eq 2 ]
  [ "$(stat -c %a "runs/tables/$was")" = 600 ]
  [ "runs/tables/$was" -ef runs/latest/table.1 ]
  rm owners.csv maps/m.yaml
  run_split csv2chakra resume latest
  expect_status 1 # nobody@x.example
  [ "$(held | wc -l)" -eq 20 ]
  [ "$(held | jq -s 'map(select(.data.owner == "U-1")) | length')" -eq 10 ]
  run_split csv2chakra report -v latest
  tr -s ' \n' ' ' <out >line
  in_file line 'lookup table ../owners.csv (2 entries)'
  sed -i 's/nobody@/a@/g' runs/latest/to-fix.csv
  run_split csv2chakra retry latest
  expect_status 0
  [ "$(held | jq -s 'map(select(.data.owner == "U-1")) | length')" -eq 11 ]
  [ "$(stat -c %h "runs/tables/$was")" -eq 3 ]
  [ "$(report '.mapping.tables[0].sha256')" = "$was" ]
}

@test "a table that changes between reading and keeping it stops before anything is sent" {
  start_sandbox
  CSV2CHAKRA_FAULT=run.created:1:stop csv2chakra-faults import maps/m.yaml \
    in.csv >out 2>err 3>&- &
  importer=$!
  until_stopped "$importer"
  sed -i 's/U-1/U-9/' owners.csv
  kill -CONT "$importer"
  status=0
  wait "$importer" || status=$?
  expect_status 7
  in_file err "owners.csv' changed since it was read; nothing was sent"
  in_file err '[table.changed]'
  [ "$(held | wc -l)" -eq 0 ]
  [ -z "$(ls runs/tables)" ]
  import
  expect_status 0
  [ "$(held | jq -s 'map(select(.data.owner == "U-9")) | length')" -eq 10 ]
}

@test "another table is another run key, and the copy in a run is not to be changed" {
  start_sandbox --duplicates allow
  import --limit 5
  expect_status 0
  key=$(jq -r .run_key runs/latest/run.json)
  first=$(readlink -f runs/latest)
  echo 'c@x.example,U-3,' >>owners.csv
  import --again --limit 5
  expect_status 0
  [ "$(jq -r .run_key runs/latest/run.json)" != "$key" ]
  [ "$(find runs/tables -type f | wc -l)" -eq 2 ]
  rm "$first/table.1"
  for command in resume report; do
    run_split csv2chakra $command "$first"
    expect_status 7
    in_file err "table.1' is gone"
  done
  cp owners.csv "$first/table.1"
  run_split csv2chakra resume "$first"
  expect_status 7
  in_file err "table.1' has changed since the run began"
}

@test "a kept copy that was damaged is made anew, and a folder that is not ours is refused" {
  start_sandbox --duplicates allow
  import
  expect_status 0
  echo rot >>"runs/tables/$(sum)"
  import --again
  expect_status 0
  cmp owners.csv "runs/tables/$(sum)"
  cmp owners.csv runs/latest/table.1
  mv runs/tables elsewhere
  ln -s "$PWD/elsewhere" runs/tables
  import --again
  expect_status 4
  in_file err runs/tables
}

@test "prune takes the tables that no run has any more" {
  start_sandbox --duplicates allow
  import
  expect_status 0
  old=$(sum)
  first=$(readlink -f runs/latest)
  echo 'c@x.example,U-3,' >>owners.csv
  import --again
  expect_status 0
  new=$(sum)
  run_split csv2chakra status
  expect_status 0
  not_in_file out tables
  echo mine >runs/tables/notes.txt
  run_split csv2chakra prune "$first"
  expect_status 0
  [ ! -e "runs/tables/$old" ]
  [ -e "runs/tables/$new" ]
  [ ! -e "$first/table.1" ]
  run_split csv2chakra prune latest
  expect_status 0
  [ "$(ls runs/tables)" = notes.txt ]
}

@test "no output is a lookup table" {
  cp owners.csv kept.csv
  status=0
  csv2chakra convert maps/m.yaml in.csv >>owners.csv 2>err || status=$?
  expect_status 2
  in_file err 'standard output goes to'
  csv2chakra check maps/m.yaml in.csv --metrics-file owners.csv 2>err ||
    status=$?
  expect_status 2
  mkdir o
  cp owners.csv o/rejected.csv
  sed -i 's#\.\./owners.csv#../o/rejected.csv#' maps/m.yaml
  run_split csv2chakra check -o o maps/m.yaml in.csv
  expect_status 2
  in_file err 'output.is_input'
  cmp kept.csv owners.csv
  cmp kept.csv o/rejected.csv
}

@test "a packed table is kept as it is" {
  start_sandbox
  gzip -c owners.csv >owners.csv.gz
  sed -i 's#owners.csv#owners.csv.gz#' maps/m.yaml
  import --limit 3
  expect_status 0
  cmp owners.csv.gz runs/latest/table.1
  [ -e "runs/tables/$(sha256sum owners.csv.gz | cut -d' ' -f1)" ]
  rm owners.csv.gz
  run_split csv2chakra resume latest
  expect_status 0
  [ "$(held | wc -l)" -eq 20 ]
}

@test "a kill while the table is kept leaves a run that sent nothing, and the next import goes on" {
  start_sandbox
  for at in table.copied:1 table.kept:1; do
    status=0
    CSV2CHAKRA_FAULT=$at:kill csv2chakra-faults import maps/m.yaml in.csv \
      >out 2>err || status=$?
    [ "$status" -eq 137 ]
  done
  [ "$(held | wc -l)" -eq 0 ]
  import
  expect_status 0
  [ "$(held | wc -l)" -eq 20 ]
  [ "runs/tables/$(sum)" -ef runs/latest/table.1 ]
  # What a kill left goes after a day.
  [ "$(find runs/tables -name '.new-*' | wc -l)" -eq 1 ]
  touch -d '2 days ago' runs/tables/.new-*
  run_split csv2chakra prune --older-than 1d
  [ "$(find runs/tables -name '.new-*' | wc -l)" -eq 0 ]
  [ -e "runs/tables/$(sum)" ]
}

@test "where the file system has no hard links, each run has a copy of its own" {
  fast_time
  start_sandbox
  CSV2CHAKRA_FAULT=table.link:1:fail run_split csv2chakra import maps/m.yaml in.csv --limit 5
  expect_status 0
  cmp owners.csv runs/latest/table.1
  [ "$(stat -c '%h %a' runs/latest/table.1)" = "1 600" ]
  [ "$(find runs -name '.new-*' | wc -l)" -eq 0 ]
  # The one that no run has goes; the run needs no other file than its own.
  csv2chakra prune --older-than 1d
  [ -z "$(ls runs/tables)" ]
  rm owners.csv
  run_split csv2chakra resume latest --limit 20
  expect_status 0
  [ "$(held | wc -l)" -eq 20 ]
}

# needs: what a disk without room says that the run may need.
needs() {
  CSV2CHAKRA_FAULT=disk.room:1:fail run_split csv2chakra import maps/m.yaml in.csv "$@"
  expect_status 4
  in_file err "[disk.room]"
  sed -n 's/.* may need \([0-9,]*\) bytes.*/\1/p' err | tr -d ,
}

@test "a table that is still to be kept counts among what the disk must have room for" {
  fast_time
  start_sandbox --duplicates allow
  import --limit 5
  expect_status 0
  # The fault leaves room for 10,000 bytes.
  for i in $(seq 21 2000); do echo "$i,a@x.example"; done >>in.csv
  kept=$(needs --again)
  echo 'c@x.example,U-3,South' >>owners.csv
  new=$(needs --again)
  in_file err "the ledger, the results and the lookup tables may need"
  [ $((new - kept)) -eq "$(stat -c %s owners.csv)" ]
}
