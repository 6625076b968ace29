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

@test "how bytes arrive, how they are written and where it runs change no payload, row number or books" {
  run_split python3 -B "$ROOT/tests/property/property.py" --cases 3 --seed 11
  [ "$status" -eq 0 ] || cat out err
  expect_status 0
  in_file out "nothing changed"
}

@test "files without a header are found, and those with one are left alone" {
  run_split python3 -B "$ROOT/tests/property/headers.py" --seed 5 --bare 10 --headed 20 --titled 10 -v
  [ "$status" -eq 0 ] || cat out err
  expect_status 0
  in_file out 'of 10 files without a header found'
}

@test "obeying every help line that a person need not judge harms no table" {
  run_split python3 -B "$ROOT/tests/property/obey.py" --cases 100 --seed 3
  [ "$status" -eq 0 ] || cat out err
  expect_status 0
  in_file out "no value changed its sign or size"
}

@test "a dry run stops where an import does, wherever the bad rows are and however chunks are cut" {
  run_split python3 -B "$ROOT/tests/property/max_errors.py" --cases 25 --seed 400
  [ "$status" -eq 0 ] || cat out err
  expect_status 0
  in_file out 'check and import agree in all'
}
