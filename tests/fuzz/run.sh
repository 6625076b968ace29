#!/bin/sh
# Runs the fuzz targets built in build/fuzz under libFuzzer, one after the
# other. New inputs of interest go to build/fuzz/corpus/TARGET, which is kept
# from run to run; inputs that end a target to build/fuzz/crashes.
# usage: FUZZ_SECONDS=60 tests/fuzz/run.sh [TARGET...]
set -eu

: "${FUZZ_SECONDS:=60}"
here=tests/fuzz
built=build/fuzz
crashes=$built/crashes
mkdir -p "$crashes"
# shellcheck disable=SC2046 # the names of programs are words
[ $# -gt 0 ] || set -- $(cd "$built/bin/fuzz" && ls)

export UBSAN_OPTIONS=print_stacktrace=1
failed=
for target in "$@"; do
  program=$built/bin/fuzz/$target
  [ -x "$program" ] || {
    echo "fuzz: there is no target '$target'; say one of:" \
      "$(cd "$built/bin/fuzz" && echo *)" >&2
    exit 2
  }
  mkdir -p "$built/corpus/$target"
  set --
  [ ! -e "$here/$target.dict" ] || set -- "-dict=$here/$target.dict"
  log=$built/$target.log
  status=0
  "$program" "$@" -max_total_time="$FUZZ_SECONDS" -timeout=10 \
    -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 -verbosity=1 \
    -artifact_prefix="$crashes/$target-" "$built/corpus/$target" \
    "$here/corpus/$target" >"$log" 2>&1 || status=$?
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  cover=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
  echo "$target: ${runs:-?} executions, $cover edges, status $status"
  if [ $status -ne 0 ]; then
    failed="$failed $target"
    grep -E '^SUMMARY|does not hold|runtime error|Test unit written' "$log" ||
      tail -n 5 "$log"
  fi
done
[ -z "$failed" ] || {
  echo "fuzz: what ended$failed is in $crashes; the whole words in $built/*.log" >&2
  exit 1
}
