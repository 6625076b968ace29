#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Nothing grows faster than its input: each command reads a dozen shapes of input in three sizes, and callgrind counts
# (tests/growth/growth.py). `make growth` does the same with more shapes and larger sizes. Long: hundreds of runs under
# callgrind.
# bats file_tags=long

load service

setup() {
  setup_folder
  [ "${CSV2CHAKRA_BUILD:-release}" = release ] || skip "instructions are counted in the release build only"
  command -v valgrind >/dev/null || skip "valgrind is not installed: instructions are not counted"
  growth="$BATS_TEST_DIRNAME/../growth/growth.py"
}

# grows_like_its_input COMMAND [LEAST]: so many shapes at least.
grows_like_its_input() {
  run -0 python3 -B "$growth" "$1" ${GROWTH_TIMES:+--all --times "$GROWTH_TIMES"}
  [[ "${lines[-1]}" =~ ^([0-9]+)\ shapes,\ 0\ grow\ too\ fast$ ]]
  [ "${BASH_REMATCH[1]}" -ge "${2:-12}" ]
}

@test "inspect grows like its input" {
  grows_like_its_input inspect
}

@test "init grows like its input" {
  grows_like_its_input init
}

@test "check grows like its input" {
  grows_like_its_input check
}

@test "preview grows like its input" {
  grows_like_its_input preview
}

@test "convert grows like its input" {
  grows_like_its_input convert
}

@test "import --dry-run grows like its input" {
  grows_like_its_input import
}

@test "status grows like the runs" {
  start_sandbox --duplicates allow
  grows_like_its_input status
}

@test "report grows like the run's input" {
  start_sandbox --duplicates allow
  grows_like_its_input report
}

@test "diff grows like its input" {
  start_sandbox --duplicates merge
  grows_like_its_input diff 2
}

@test "an import with a row a call grows like its rows" {
  start_sandbox --duplicates allow
  grows_like_its_input send 1
}

@test "a shape that grows too fast is seen" {
  cat >twice.py <<'PY'
import sys
sys.path.insert(0, sys.argv.pop(1))
import growth
growth.SHAPES["rows"] = (lambda n: (growth.mapping(), growth.table("a", ["1"] * (n * n // 200))), 1000)
sys.exit(growth.main())
PY
  run -1 python3 -B twice.py "${growth%/*}" check --shape rows
  [[ "$output" == *"TOO FAST"*"1 shapes, 1 grow too fast" ]]
}
