#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The small rehearsals: nothing lost, nothing twice, whatever fails. `make
# rehearse` has the large ones. Long: each is some hundred imports.

load service

setup() {
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  setup_folder
  export TMPDIR="$BATS_TEST_TMPDIR"
}

needs_the_allocator() {
  case ${CSV2CHAKRA_BUILD:-release} in
  asan | tsan) skip "a sanitizer has an allocator of its own" ;;
  esac
}

rehearse() {
  run_split python3 -B "$ROOT/tests/rehearse/rehearse.py" --jobs 12 "quick:$1"
  [ "$status" -eq 0 ] || cat out err
  expect_status 0
  in_file out "all promises held"
}

# bats test_tags=long
@test "under every fault of the sandbox each row is where the books say, once" {
  rehearse faults
}

# bats test_tags=long
@test "after a kill at any point, and a resume, each row is there once" {
  rehearse crash
}

# bats test_tags=long
@test "after a kill in any command of a run's life, what status names leads to its end" {
  rehearse lives
}

# bats test_tags=long
@test "a write, fsync, rename, open, step or allocation that fails is told, never guessed" {
  needs_the_allocator
  rehearse torture
}

# bats test_tags=long
@test "the same in every command that looks at a run or a file: told, and never by a crash" {
  needs_the_allocator
  rehearse commands
}

# bats test_tags=long
@test "a ledger that was hurt, or a kill at a call that writes or syncs: told, and no row twice" {
  needs_the_allocator
  rehearse ledgers
}

# bats test_tags=long
@test "lines that are cut, slow or dead, names and certificates that are not good" {
  rehearse wire
}

# bats test_tags=long
@test "what is taken back is ours, and all of ours is gone or named" {
  rehearse undo
}

@test "only the test builds have failures on purpose and a clock that runs faster" {
  for name in CSV2CHAKRA_CLOCK CSV2CHAKRA_FAULT; do
    grep -q "$name" "$CSV2CHAKRA_BIN/csv2chakra-faults"
    [ "$(grep -c "$name" "$CSV2CHAKRA_BIN/csv2chakra")" = 0 ]
    [ "$(grep -c "$name" "$CSV2CHAKRA_BIN/chakra-sandbox")" = 0 ]
  done
  # A clock that makes no sense ends the ones and is nothing to the others.
  export CSV2CHAKRA_CLOCK=nonsense
  start_sandbox
  good_leads 5
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  [[ $(report .run.id) == "$(date -u +%Y)"* ]]
  run_split csv2chakra-faults import leads.yaml leads.csv --again
  [ "$status" -eq 134 ]
}

# bats test_tags=long
@test "a small soak: stopped, killed and resumed under faults, every row is there once" {
  run_split python3 -B "$ROOT/tests/rehearse/soak.py" --rows 12000 \
    --chunk-rows 50 --speed 50
  [ "$status" -eq 0 ] || cat out err
  expect_status 0
  in_file out "all promises held"
}

@test "a resume that stops early keeps the books of what was sent before" {
  start_sandbox --fault 503=1,30s,calls=2 --latency 50ms
  good_leads 200
  csv2chakra import leads.yaml leads.csv --chunk-rows 5 --in-flight 12 \
    >out 2>err 3>&- &
  sleep 1
  kill -KILL $!
  wait $! || :
  (umask 077 && echo wrong >other)
  run_split csv2chakra resume latest --token-file other --in-flight 1
  expect_status 4
  [ "$(report .accounts.balanced)" = true ]
  [ "$(report .accounts.rows.accepted)" -gt 5 ]
}

# bats test_tags=long
@test "many files under one command, killed and started twice: each row once, one sum" {
  rehearse batches
}

# bats test_tags=long
@test "the parts of a file, killed and started twice: each row once" {
  rehearse parts
}
