#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# undo of a run of which nothing can be deleted.

# shellcheck disable=SC2154 # helpers.bash sets status

load service

setup() {
  setup_folder
  printf 'version: 1\nprocedure: visit\ndata: {name: Name}\n' >m.yaml
  printf 'Name\nAnke\nBoris\n' >m.csv
}

teardown() { stop_sandbox; }

@test "accepted rows without a key are named, stay, and keep the guard shut; a wrong number is refused" {
  start_sandbox --ack empty
  run_split csv2chakra import -q m.yaml m.csv
  [ "$(grep -c accepted runs/latest/results.csv)" -eq 2 ]
  for how in --dry-run -q; do
    run_split csv2chakra undo "$how" latest
    expect_status 0
  done
  run_split csv2chakra undo --dry-run latest
  in_file out '2 accepted, and without a key'
  run_split csv2chakra undo --delete 2 latest
  expect_status 2
  in_file err '--delete 2: 0 processes can be deleted; nothing was [undo.number]'
  run_split csv2chakra import m.yaml m.csv
  expect_status 8
}
