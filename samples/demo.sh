#!/bin/sh
# The demo: rehearses an import against a sandbox on this machine, then shows
# what `check` says of a bad file. Leaves build/demo for a look, and no process.
# usage: B=build/release [ACK=job|empty] samples/demo.sh
set -eu

: "${B:?B names the build folder}"
: "${ACK:=job}"
demo=build/demo
sandbox=

finish() {
  status=$?
  trap - EXIT INT TERM HUP
  if [ -n "$sandbox" ]; then
    kill "$sandbox" 2>/dev/null || :
    wait "$sandbox" 2>/dev/null || :
  fi
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

say() { printf '\n\033[1m%s\033[0m\n' "$1" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[01]m//g'; fi; }

rm -rf "$demo"
mkdir -p "$demo"
chmod 700 "$demo"
(umask 077 && od -An -tx1 -N24 /dev/urandom | tr -d ' \n' >"$demo/token")

"$B/bin/chakra-sandbox" --listen 127.0.0.1:0 --port-file "$demo/port" \
  --token-file "$demo/token" --ack "$ACK" --job-delay 1s \
  --log "$demo/sandbox.log" >"$demo/sandbox.out" 2>&1 &
sandbox=$!
tries=0
while [ ! -s "$demo/port" ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 100 ] || ! kill -0 "$sandbox" 2>/dev/null; then
    echo "demo: the sandbox did not start:" >&2
    cat "$demo/sandbox.out" >&2
    exit 1
  fi
  sleep 0.1
done
url="http://127.0.0.1:$(cat "$demo/port")"

say "chakra-sandbox, a stand-in for ChakraHQ, listens on $url"
say "\$ csv2chakra import mappings/leads.yaml samples/leads.csv"
"$B/bin/csv2chakra" import mappings/leads.yaml samples/leads.csv \
  --base-url "$url" --token-file "$demo/token" --runs-dir "$demo/runs" \
  --settle 30s

say "\$ csv2chakra check mappings/leads.yaml samples/leads-bad.csv   (a file with mistakes)"
status=0
"$B/bin/csv2chakra" check mappings/leads.yaml samples/leads-bad.csv || status=$?
if [ "$status" -ne 1 ]; then
  echo "demo: check ended with exit status $status, not 1" >&2
  exit 1
fi
say "Exit status 1: some rows were rejected, as it should be. The imported run: $demo/runs/latest"
