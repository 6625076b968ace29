#!/bin/sh
# SPDX-License-Identifier: MIT
# valgrind's memcheck over the quick unit tests and a handful of commands, the
# sandbox among them: no use of memory that is not there or not set, nothing
# definitely lost. What the sanitizers do not see: reads of unset memory.
# usage: B=build/release tests/memcheck/run.sh
# The last line is "N passed, N failed".
set -eu

: "${B:?B names the build folder}"
root=$(cd "$(dirname "$0")/../.." && pwd)
bin=$root/$B/bin
# 99 is not a status of any program here.
checked="valgrind --quiet --error-exitcode=99 --leak-check=full
  --errors-for-leak-kinds=definite --show-leak-kinds=definite
  --suppressions=$root/tests/memcheck/libraries.supp"

# judge NAME STATUS WANTED LOG OUTPUT: a line for it, and all there is to read
# if it failed.
judge() {
  if [ "$2" -eq "$3" ] && ! grep -qs '^==' "$4"; then
    echo "ok   $1"
  else
    echo "FAIL $1: status $2, wanted $3"
    cat "$4" "$5" 2>/dev/null | sed 's/^/    /'
  fi
}

# check NAME WANTED PROGRAM ARGUMENT...: it ends with the status WANTED.
# shellcheck disable=SC2086 # a list of words
check() {
  name=$1 wanted=$2 status=0
  shift 2
  timeout 300 $checked --log-file="$dir/$name.log" "$@" >"$dir/$name.out" \
    2>&1 || status=$?
  judge "$name" $status "$wanted" "$dir/$name.log" "$dir/$name.out"
}

# One unit test, for xargs below.
if [ $# -eq 2 ]; then
  dir=$1
  check "$2" 0 "$bin/tests/test_$2"
  exit 0
fi

# Left out: those that kill children, wait for real time, measure memory, or
# take long.
left_out=" atomic_file builder_memory convert_date dialect ledger_crash
ledger_file ledger_noise ledger_totals library reader_ways run run_lock runs
sandbox_faults transport_curl transport_options transport_tls transport_wait
unique unpack zone "
is_left_out() {
  for no in $left_out; do [ "$1" != "$no" ] || return 0; done
  return 1
}

dir=$(mktemp -d)
sandbox=
finish() {
  [ -z "$sandbox" ] || kill "$sandbox" 2>/dev/null || :
  rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT TERM
export LC_ALL=C.UTF-8
unset CHAKRA_API_TOKEN XDG_STATE_HOME http_proxy 2>/dev/null || :

for source in "$root"/tests/unit/test_*.c; do
  name=${source##*/test_}
  is_left_out "${name%.c}" || echo "${name%.c}"
done | xargs -P "${JOBS:-$(nproc)}" -n 1 sh "$0" "$dir" | tee "$dir/all"

cd "$dir"
umask 077
echo "memcheck-token" >token
# shellcheck disable=SC2086 # a list of words
$checked --log-file="$dir/sandbox.log" "$bin/chakra-sandbox" \
  --listen 127.0.0.1:0 --port-file port --token-file token --job-delay 0 \
  >sandbox.out 2>&1 &
sandbox=$!
tries=0
while [ ! -s port ] && [ $tries -lt 300 ]; do
  tries=$((tries + 1))
  sleep 0.1
done
CHAKRA_BASE_URL="http://127.0.0.1:$(cat port)"
export CHAKRA_BASE_URL CHAKRA_API_TOKEN_FILE="$dir/token"
export CSV2CHAKRA_RUNS_DIR="$dir/runs"
maps=$root/mappings samples=$root/samples program=$bin/csv2chakra
{
  check version 0 "$program" version
  check inspect 0 "$program" inspect "$samples/leads.csv"
  check init 0 "$program" init "$samples/leads-de.csv"
  check preview 0 "$program" preview "$maps/leads.yaml" "$samples/leads.csv"
  check check 1 "$program" check "$maps/leads.yaml" "$samples/leads-bad.csv"
  check mistakes 2 "$program" check "$samples/leads.csv" "$samples/leads.csv"
  check convert 0 "$program" convert "$maps/leads-de.yaml" \
    "$samples/leads-de.csv"
  check import 1 "$program" import "$maps/leads.yaml" \
    "$samples/leads-bad.csv" --settle 30s
  check status 0 "$program" status
  check report 0 "$program" report latest
} | tee -a "$dir/all"
kill "$sandbox"
status=0
wait "$sandbox" || status=$?
sandbox=
judge sandbox $status 0 sandbox.log sandbox.out | tee -a "$dir/all"

failed=$(grep -c '^FAIL' "$dir/all" || :)
echo "$(grep -c '^ok' "$dir/all") passed, $failed failed"
[ "$failed" -eq 0 ]
