#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The suite itself (tests/run.sh): what a file that hangs, dies, is skipped or
# is tagged comes to in the last line.

load helpers

setup() {
  setup_folder
  mkdir -p tests/e2e build/bin
  cp "$BATS_TEST_DIRNAME/../run.sh" tests/run.sh
}

# suite MODE [OPTION OF ENV]...: as `make check` would run it in this folder,
# with these settings; that it is run by itself must not be seen.
settings=()
suite() {
  run env "${@:2}" -i PATH="${PATH//"$BATS_LIBEXEC:"/}" HOME="$HOME" B=build "${settings[@]}" sh tests/run.sh "$1"
}

@test "a file that hangs is ended and counts as failed, whatever it ignores" {
  printf '%s\n' '@test "hangs" { trap "" TERM INT HUP; sleep 60 3>&-; sleep 60; }' >tests/e2e/hangs.bats
  settings=(LIMIT=1)
  suite e2e
  [ "$status" -eq 1 ]
  [[ "$output" == *"hangs.bats was not done after 1 s"* ]]
  [[ "${lines[-1]}" == "0 passed, "[12]" failed" ]]
  run ! pgrep -f "$BATS_TEST_TMPDIR"/tests/e2e/hangs
}

@test "a test that fails shows the line that failed, and the helper that it came from" {
  while IFS='|' read -r line place; do
    printf '%s\n' "load $BATS_TEST_DIRNAME/helpers" 'deep() { is_empty hosts; }' '@test "fails" {' \
      '  echo host >hosts' "  $line" '  true' '}' >tests/e2e/fails.bats
    suite e2e
    [[ "$output" == *"in test file tests/e2e/fails.bats, line 5)"*"\`$place"* ]] || {
      echo "of $line: $output"
      return 1
    }
    [ "${lines[-1]}" = "0 passed, 1 failed" ]
  done <<'CASES'
false|false' failed
[ host = "$(cat hosts)x" ]|[ host =
[[ host = guest ]]|[[ host = guest ]]' failed
run ! cat hosts|run ! cat hosts' failed, expected nonzero
deep|deep' failed
guest=$(grep guest hosts)|guest=$(grep guest hosts)' failed
for i in 1 2; do [ $i = 1 ]; done|for i in 1 2
CASES
  [[ "$output" != *"setup_folder"* ]]
}

@test "a file that dies counts as failed, a skipped test as neither" {
  printf '%s\n' '@test "skips" { skip; }' '@test "is well" { :; }' >tests/e2e/skips.bats
  suite e2e
  [ "$status" -eq 0 ]
  [ "${lines[-1]}" = "1 passed, 0 failed, 1 skipped" ]
  printf '%s\n' 'exit 3' >build/dies
  chmod +x build/dies
  suite build/dies
  [ "$status" -eq 1 ]
  [[ "$output" == *"dies ended with status "* ]]
  [ "${lines[-1]}" = "0 passed, 1 failed" ]
}

@test "long tests run where they are asked for, and every test in one place or the other" {
  printf '%s\n' '@test "is quick" { :; }' '# bats test_tags=long' '@test "is long" { :; }' >tests/e2e/both.bats
  printf '%s\n' '# bats file_tags=long' '@test "is long, too" { :; }' >tests/e2e/long.bats
  while read -r mode files passed; do
    suite "$mode"
    echo "$mode: $output"
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq $((files + 1)) ]
    [ "${lines[-1]}" = "$passed passed, 0 failed" ]
  done <<'CASES'
e2e 1 1
long 2 2
tests/e2e/both.bats 1 2
CASES
}

@test "started deaf to signals, the tests hear them" {
  # shellcheck disable=SC2016 # the test's own shell expands it
  printf '%s\n' '@test "hears" { for s in HUP INT QUIT TERM; do ' \
    '! sh -c "kill -$s \$\$" || return 1; done; }' >tests/e2e/hears.bats
  suite e2e --ignore-signal=HUP,INT,QUIT
  echo "$output"
  [ "${lines[-1]}" = "1 passed, 0 failed" ]
}

@test "a word that names no part of the suite is refused" {
  suite qick
  [ "$status" -eq 2 ]
  [[ "$output" == *"qick is unknown; say unit, e2e, quick"* ]]
}
