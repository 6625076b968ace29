#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Random tables in every way that may not matter, a few of them; `make
# property` has more. Long: hundreds of runs.
# bats file_tags=long

load helpers

setup() {
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  setup_folder
  export TMPDIR="$BATS_TEST_TMPDIR"
}

# campaign WORDS SCRIPT [OPTION]...: it ends well and says the words.
campaign() {
  run_split python3 -B "$ROOT/tests/property/$2.py" "${@:3}"
  [ "$status" -eq 0 ] || cat out err
  expect_status 0
  in_file out "$1"
}

@test "how bytes arrive, how they are written and where it runs change no payload, row number or books" {
  campaign 'nothing changed' property --cases 3 --seed 11
}

@test "files without a header are found, and those with one are left alone" {
  campaign 'of 10 files without a header found' headers --seed 5 --bare 10 --headed 20 --titled 10 -v
}

@test "obeying every help line that a person need not judge harms no table" {
  campaign 'no value changed its sign or size' obey --cases 100 --seed 3
}

@test "a dry run stops where an import does, wherever the bad rows are and however chunks are cut" {
  campaign 'check and import agree in all' max_errors --cases 25 --seed 400
}

@test "the parts of a file are the file: objects, rows, lines and bytes, whatever makes cutting hard" {
  campaign '; 0 failed' split
}

@test "an import that updates does what the diff before it said" {
  campaign '12 cases' diffs --cases 12 --seed 700
}
