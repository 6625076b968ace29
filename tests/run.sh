#!/bin/sh
# Runs the unit tests (cmocka), the fuzz targets over their corpora and the
# end-to-end tests (bats) of one build, a few files at a time, and adds up what
# they printed as TAP.
# usage: B=build/release tests/run.sh [unit|e2e] (unit: the corpora too)
# The last line is "N passed, N failed"; a file that died is a failure, and so
# is one that takes longer than ten minutes (a unit test: five).
set -eu

: "${B:?B names the build folder}"
# nohup and a shell's background job start programs deaf to signals that tests
# send; a shell cannot undo that.
if [ -z "${TESTS_HEAR_SIGNALS:-}" ]; then
  export TESTS_HEAR_SIGNALS=yes
  exec env --default-signal=HUP,INT,QUIT,TERM,PIPE sh "$0" "$@"
fi
which=${1:-all}
cores=$(nproc 2>/dev/null || echo 2)
# End-to-end tests mostly wait; instrumented builds do not.
case $B in
*/release) jobs=${JOBS:-$((2 * cores))} ;;
*) jobs=${JOBS:-$cores} ;;
esac
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
trap 'exit 130' INT TERM

CSV2CHAKRA_BIN=$(cd "$B/bin" && pwd)
export CSV2CHAKRA_BIN
export CSV2CHAKRA_BUILD="${B#build/}"
unset CHAKRA_API_TOKEN CHAKRA_API_TOKEN_FILE CHAKRA_BASE_URL \
  CSV2CHAKRA_RUNS_DIR XDG_STATE_HOME NO_COLOR http_proxy https_proxy \
  HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy 2>/dev/null || true
export LC_ALL=C.UTF-8

{
  # The longest first, so that none is left for the end.
  if [ "$which" != unit ]; then
    long='hostile_server screen resume import sandbox faults lint demo'
    for t in $long; do echo "tests/e2e/$t.bats"; done
    for t in tests/e2e/*.bats; do
      name=$(basename "$t" .bats)
      case " $long " in *" $name "*) ;; *) echo "$t" ;; esac
    done
  fi
  if [ "$which" != e2e ]; then
    for t in "$B"/bin/tests/test_*; do
      case $t in *.d) ;; *) [ -x "$t" ] && echo "$t" ;; esac
    done
    for t in tests/fuzz/fuzz_*.c; do
      t=${t##*/fuzz_}
      echo "$B/bin/fuzz/${t%.c}"
    done
  fi
} >"$out/list"

# shellcheck disable=SC2016 # expanded by the inner shell
xargs -P "$jobs" -I{} sh -c '
  test=$1 out=$2 name=$(basename "$1")
  case $test in
  *.bats) timeout 600 bats --formatter tap "$test" >"$out/$name.tap" 2>&1 ;;
  */fuzz/*)
    corpus=tests/fuzz/corpus/$name name=fuzz_$name
    timeout 60 "$test" "$corpus" >"$out/$name.tap" 2>&1
    ;;
  *) CMOCKA_MESSAGE_OUTPUT=TAP timeout 300 "$test" >"$out/$name.tap" 2>&1 ;;
  esac
  status=$?
  if [ $status -ne 0 ] && ! grep -q "^not ok" "$out/$name.tap"; then
    echo "not ok - $name ended with status $status" >>"$out/$name.tap"
  fi
  if grep -q "^not ok" "$out/$name.tap"; then
    echo "FAIL $name"
    grep -v "^ok" "$out/$name.tap" | sed "s/^/    /"
  else
    echo "ok   $name ($(grep -c "^ok" "$out/$name.tap"))"
  fi
' sh {} "$out" <"$out/list" || true

cat "$out"/*.tap >"$out/all" 2>/dev/null || :
passed=$(grep -c '^ok' "$out/all" || true)
skipped=$(grep -c '^ok.*# [Ss][Kk][Ii][Pp]' "$out/all" || true)
failed=$(grep -c '^not ok' "$out/all" || true)
passed=$((passed - skipped))
if [ "$skipped" -gt 0 ]; then
  echo "$passed passed, $failed failed, $skipped skipped"
else
  echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
