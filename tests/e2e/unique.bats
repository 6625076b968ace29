#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Unique keys beyond --unique-memory: the same rows, words and bytes, and what
# can go wrong on the disk where they are compared.

load service

setup() {
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  setup_folder
  mkdir tmp
  export TMPDIR="$PWD/tmp"
  keys_mapping
  keys_csv 3000 >birds.csv
}

teardown() {
  stop_sandbox
  nothing_left
}

keys_mapping() {
  lead_mapping birds.yaml ring <<'YAML'
data:
  nest: {column: nest, unique: true, on_error: omit}
  species: species
YAML
}

# keys_csv ROWS: every hundredth ring and every fiftieth nest was there before.
keys_csv() {
  awk -v rows="$1" 'BEGIN {
    print "ring;species;nest"
    for (i = 1; i <= rows; i++)
      printf "R%d;\"wren\n%d\";N%d\n", i % 100 ? i : int(i / 3), i, i % 50 ? i : 7
  }'
}

# Files without a name have none, and those with one are gone.
nothing_left() { [ -z "$(find tmp -mindepth 1)" ]; }

@test "check and convert say the same whether keys are compared in memory or on disk" {
  run_split csv2chakra convert birds.yaml birds.csv
  expect_status 1
  mv out objects
  mv err problems
  [ "$(grep -c 'rule.not_unique' problems)" -gt 0 ]
  run_split csv2chakra check -o memory birds.yaml birds.csv
  expect_status 1
  in_file out 'rule.not_unique'
  for size in 1 100KiB 200KiB; do
    run_split csv2chakra convert --unique-memory "$size" birds.yaml birds.csv
    expect_status 1
    cmp out objects
    cmp err problems
    run_split csv2chakra check --unique-memory "$size" -o disk birds.yaml birds.csv
    expect_status 1
    for file in rejected.csv rejected.reasons.csv to-fix.csv; do
      cmp "memory/$file" "disk/$file"
    done
    diff <(jq .chunks,.problems,.rows memory/report.json) <(jq .chunks,.problems,.rows disk/report.json)
    rm -r disk
  done
}

@test "an import that compares on disk sends what one in memory sends, goes on after a limit, and retries" {
  start_sandbox --duplicates allow
  run_split csv2chakra import --chunk-rows 100 birds.yaml birds.csv
  expect_status 1
  cp -rL runs/latest memory
  held | sort >memory.held
  stop_sandbox
  rm -rf runs
  start_sandbox --duplicates allow
  run_split csv2chakra import --unique-memory 1 --limit 1000 --chunk-rows 100 birds.yaml birds.csv
  run_split csv2chakra resume --unique-memory 2KiB latest
  expect_status 1
  held | sort | cmp - memory.held
  for file in rejected.csv rejected.reasons.csv to-fix.csv; do
    cmp "memory/$file" "runs/latest/$file"
  done
  run_split csv2chakra report --unique-memory 1 --rows rejected latest
  expect_status 0
  tail -n +2 memory/rejected.csv | cmp - out
  run_split csv2chakra retry --unique-memory 1 latest
  [ "$status" -lt 2 ]
}

@test "what a pipe brings stays in memory, and that is said" {
  run_split csv2chakra convert birds.yaml birds.csv
  mv out objects
  csv2chakra convert --unique-memory 100KiB birds.yaml - < <(cat birds.csv) >out 2>err || :
  cmp out objects
  [ "$(grep -c 'note: a pipe cannot be read twice' err)" -eq 1 ]
  csv2chakra convert --quiet --unique-memory 100KiB birds.yaml - < <(cat birds.csv) >out 2>err || :
  not_in_file err 'note: a pipe'
}

@test "a folder that is not there or takes no file is named, with what to do" {
  TMPDIR="$PWD/nowhere" run_split csv2chakra check --unique-memory 1 birds.yaml birds.csv
  expect_status 4
  in_file err "unable to keep the unique keys in '$PWD/nowhere': No such file"
  in_file err 'TMPDIR'
  in_file err '--unique-memory'
  TMPDIR="$PWD/birds.csv" run_split csv2chakra convert --unique-memory 1 birds.yaml birds.csv
  expect_status 4
  in_file err "unable to keep the unique keys in '$PWD/birds.csv'"
}

@test "a disk that is full or fails ends check and convert with words, and an import before it sends" {
  fast_time
  start_sandbox
  for point in unique.write:1 unique.write:2 unique.read:1 unique.read:4; do
    for command in check convert 'import'; do
      rm -rf runs
      CSV2CHAKRA_FAULT="$point:fail" run_split csv2chakra "$command" --unique-memory 1 birds.yaml birds.csv
      echo "$point $command"
      expect_status 4
      in_file err 'the unique keys in '
      nothing_left
    done
  done
  [ "$(held | wc -l)" -eq 0 ]
}

@test "a verdict that cannot be read sends no row: the run stops, and resume sends the rest as it would have been" {
  fast_time
  start_sandbox --duplicates allow
  awk 'BEGIN { print "ring;species;nest"; for (i = 1; i <= 4000; i++) printf "R%d;wren;N1\n", i % 9 ? i : 1 }' >birds.csv
  stopped=0
  for n in $(seq 2 3 50); do
    held >before
    rm -rf runs
    CSV2CHAKRA_FAULT=unique.read:$n:fail run_split csv2chakra import --unique-memory 1 --chunk-bytes 2000 birds.yaml birds.csv
    echo "$n: $status"
    [ "$status" -ne 1 ] || break
    expect_status 4
    if [ -d runs/latest ]; then
      stopped=$((stopped + 1))
      run_split csv2chakra resume latest
      expect_status 1
      held >now
      [ $(($(wc -l <now) - $(wc -l <before))) -eq 3556 ]
    else
      held | cmp - before
    fi
  done
  [ "$status" -eq 1 ]
  [ "$stopped" -ge 2 ]
}

@test "no room on the disk is known before keys are written" {
  fast_time
  start_sandbox
  CSV2CHAKRA_FAULT=disk.room:1:fail run_split csv2chakra import --unique-memory 1 birds.yaml birds.csv
  expect_status 4
  in_file err 'the ledger, the results and the unique keys may need'
  in_file err 'disk.room'
  printf 'species,kind\nwren,bird\n' >kinds.csv
  printf '  kind: {column: species, map: {file: kinds.csv, from: species, to: kind}, otherwise: omit}\n' >>birds.yaml
  CSV2CHAKRA_FAULT=disk.room:1:fail run_split csv2chakra import --unique-memory 1 birds.yaml birds.csv
  expect_status 4
  in_file err 'the ledger, the results, the unique keys and the lookup tables may need'
  [ "$(held | wc -l)" -eq 0 ]
}

@test "a signal while keys are compared ends the command, and nothing is left" {
  mkfifo ready
  CSV2CHAKRA_FAULT=unique.write:1:stop csv2chakra-faults check --unique-memory 1 birds.yaml birds.csv >out 2>err 3>&- &
  pid=$!
  until_stopped "$pid"
  nothing_left
  kill -TERM "$pid"
  kill -CONT "$pid"
  status=0
  wait "$pid" || status=$?
  expect_status 5
  in_file err 'stopped by SIGTERM'
}

@test "random tables with unique fields of every kind: nothing tells memory from disk" {
  run_split python3 -B "$ROOT/tests/property/unique.py" --cases 12 --seed 5
  [ "$status" -eq 0 ] || cat out err
  expect_status 0
  in_file out 'nothing changed'
}

@test "random keys with replace, case, map and a type: a plain reading of the rules lets the same rows through" {
  run_split python3 -B "$ROOT/tests/property/keys.py" --cases 60 --seed 3
  [ "$status" -eq 0 ] || cat out err
  expect_status 0
  in_file out '60 tables'
}
