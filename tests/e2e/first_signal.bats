#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The first SIGTERM is obeyed wherever the program waits for somebody else, and
# what cannot get better by waiting is not waited for.

load service

setup() {
  setup_folder
  good_mapping
}

teardown() {
  for pid in "${pids[@]}"; do
    kill -KILL "$pid" 2>/dev/null || :
  done
  stop_sandbox
}

pids=()

# start COMMAND...: in the background, until it waits; $pid. Where the caller
# wants standard output or error, it redirects them.
start() {
  "$@" <&0 3>&- &
  pid=$!
  pids+=("$pid")
  local quiet=0 tries=0
  while [ $quiet -lt 3 ]; do
    sleep 0.1
    tries=$((tries + 1))
    [ $tries -lt 300 ]
    if ! kill -0 "$pid" 2>/dev/null; then
      echo "it did not wait: $*"
      return 1
    fi
    quiet=$((quiet + 1))
    grep -q '^State:.S' "/proc/$pid/status" || quiet=0
  done
}

# first_signal: within five seconds of it the process has ended; $status.
first_signal() {
  local tries=0
  kill -TERM "$pid"
  while grep -qs '^State:.[^Z]' "/proc/$pid/status"; do
    tries=$((tries + 1))
    if [ $tries -gt 50 ]; then
      echo "it still waits: $(cat "/proc/$pid/wchan")"
      return 1
    fi
    sleep 0.1
  done
  status=0
  wait "$pid" || status=$?
}

# full_pipe NAME: a FIFO with no room left, that nobody reads.
full_pipe() {
  mkfifo "$1"
  exec 8<>"$1"
  timeout 0.3 cat /dev/zero >"$1" 3>&- || :
}

@test "a pipe on standard output that nobody reads" {
  good_csv 5000 >leads.csv
  mkfifo nobody
  exec 8<>nobody
  start csv2chakra convert leads.yaml leads.csv >nobody 2>err
  first_signal
  expect_status 5
  in_file err "standard output: stopped by a signal"
  good_csv 20 | sed 's/Open/Asleep/' >leads.csv
  full_pipe full
  start csv2chakra check leads.yaml leads.csv >full 2>err
  first_signal
  expect_status 5
}

@test "a pipe on standard output that nobody reads, at the end of an import" {
  start_sandbox
  good_csv 20 >leads.csv
  full_pipe full
  start csv2chakra import leads.yaml leads.csv >full 2>err
  first_signal
  # What was to be done was done before the report was printed.
  expect_status 0
  in_file err "the report is in"
  [ "$(held | wc -l)" -eq 20 ]
  run_split csv2chakra resume latest
  expect_status 0
}

@test "a pipe on standard error that nobody reads" {
  start_sandbox --duplicates allow
  good_csv 60 >leads.csv
  full_pipe full
  start csv2chakra import --progress json --chunk-rows 10 leads.yaml \
    leads.csv >out 2>full
  first_signal
  # It waits with the first word of its progress, before there is a run.
  expect_status 5
  [ "$(held | wc -l)" -eq 0 ]
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  [ "$(held | wc -l)" -eq 60 ]
  good_csv 20 | sed 's/Open/Asleep/' >leads.csv
  start csv2chakra convert leads.yaml leads.csv >out 2>full
  first_signal
  [ "$status" -ne 0 ]
}

@test "the lock of the runs folder that somebody holds" {
  start_sandbox
  good_csv 20 >leads.csv
  mkdir -m 700 runs
  exec 8<runs
  flock 8
  start csv2chakra import leads.yaml leads.csv >out 2>err
  first_signal
  in_file err "another process has locked the runs folder"
  [ "$(held | wc -l)" -eq 20 ]
  exec 8<&-
}

@test "a FIFO that nobody writes to, as input, mapping or token" {
  start_sandbox
  good_csv 20 >leads.csv
  mkfifo pipe
  for command in "import leads.yaml pipe" "import pipe leads.csv" \
    "import --token-file pipe leads.yaml leads.csv" \
    "check leads.yaml pipe" "convert leads.yaml pipe" \
    "convert pipe leads.csv"; do
    echo "$command"
    # shellcheck disable=SC2086 # words
    start csv2chakra $command >out 2>err
    first_signal
    expect_status 5
    in_file err "stopped by"
    not_in_file err "Interrupted"
  done
  # Somebody has it open and says nothing.
  exec 8<>pipe
  for command in "import leads.yaml pipe" "check leads.yaml pipe" \
    "import leads.yaml -" "import pipe leads.csv"; do
    echo "$command"
    # shellcheck disable=SC2086 # words
    start csv2chakra $command <pipe >out 2>err
    first_signal
    expect_status 5
  done
  [ "$(held | wc -l)" -eq 0 ]
}

@test "commands without a run simply end" {
  mkfifo pipe
  full_pipe full
  good_csv 20 >leads.csv
  for command in "preview leads.yaml pipe" "inspect pipe" "init pipe" \
    "doctor pipe"; do
    # shellcheck disable=SC2086 # words
    start csv2chakra $command >out 2>err
    first_signal
    [ "$status" -eq 143 ]
  done
  start csv2chakra inspect leads.csv >full 2>err
  first_signal
  [ "$status" -eq 143 ]
}

@test "a device without an end is refused by every command that reads" {
  start_sandbox
  for device in /dev/zero /dev/urandom /dev/full; do
    for command in "import leads.yaml" "check leads.yaml" "inspect" \
      "convert leads.yaml" "preview leads.yaml" "init"; do
      # shellcheck disable=SC2086 # words
      run_split timeout 10 csv2chakra $command $device
      expect_status 7
      in_file err "this is a device"
      # shellcheck disable=SC2086 # words
      run_split timeout 10 csv2chakra $command - <$device
      expect_status 7
    done
    run_split timeout 10 csv2chakra check $device leads.csv
    expect_status 2
    run_split timeout 10 csv2chakra import --token-file $device leads.yaml \
      leads.csv
    [ "$status" -ne 0 ]
    [ "$status" -lt 100 ]
  done
  run_split timeout 10 csv2chakra check leads.yaml /dev/null
  expect_status 7
  in_file err "is empty"
  mkfifo ca
  run_split timeout 10 csv2chakra import --ca-file ca leads.yaml leads.csv
  expect_status 2
  in_file err "name a file"
}

@test "a name that takes a minute to be looked up" {
  case ${CSV2CHAKRA_BUILD:-release} in
  asan | tsan) skip "a sanitizer comes before what is preloaded" ;;
  esac
  new_token
  good_csv 20 >leads.csv
  cat >slow.c <<'C'
#include <netdb.h>
#include <unistd.h>
int getaddrinfo(const char *n, const char *s, const struct addrinfo *h, struct addrinfo **r)
{
	(void)n, (void)s, (void)h, (void)r;
	sleep(60);
	return EAI_AGAIN;
}
C
  "${CC:-cc}" -shared -fPIC -o slow.so slow.c
  # Given up once and again by the limit on connecting, then by the signal.
  start env LD_PRELOAD="$PWD/slow.so" csv2chakra import --token-file token \
    --runs-dir runs --base-url https://slow.example.invalid \
    --connect-timeout 500ms leads.yaml leads.csv >out 2>err
  sleep 1
  first_signal
  expect_status 5
  [ "$(report .accounts.rows.unsent)" -eq 20 ]
}

# A server with a certificate of its own making, for NAME; sets url.
tls_server() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem \
    -days "${2:-2}" -subj "/CN=$1" -addext "subjectAltName=$1" 2>/dev/null
  rm -f port
  python3 -B - >>requests 2>&1 <<'PY' 3>&- &
import http.server, os, ssl
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        print('asked', flush=True)
s = http.server.HTTPServer(('127.0.0.1', 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain('cert.pem', 'key.pem')
s.socket = context.wrap_socket(s.socket, server_side=True)
s.handle_error = lambda *a: None
open('port.new', 'w').write(str(s.server_address[1]))
os.rename('port.new', 'port')
s.serve_forever()
PY
  pids+=($!)
  for _ in $(seq 100); do
    [ ! -s port ] || break
    sleep 0.05
  done
  url=https://127.0.0.1:$(cat port)
}

@test "a certificate that is unknown, for another name or over ends the run at once" {
  new_token
  good_csv 20 >leads.csv
  export CHAKRA_API_TOKEN_FILE=$PWD/token CSV2CHAKRA_RUNS_DIR=$PWD/runs
  local -a way
  for way in "IP:127.0.0.1" "DNS:other.example --ca-file cert.pem" \
    "IP:127.0.0.1 --ca-file key.pem"; do
    # shellcheck disable=SC2086 # words
    set -- $way
    tls_server "$1"
    shift
    run_split timeout 10 csv2chakra import --again --base-url "$url" "$@" \
      leads.yaml leads.csv
    expect_status 4
    in_file err "the certificate is not trusted"
    in_file err "[http.untrusted]"
    in_file err "the clock of this machine"
    [ "$(report .accounts.rows.unsent)" -eq 20 ]
    run_split timeout 10 csv2chakra reconcile latest
    [ "$status" -ne 5 ]
  done
  run ! grep -q asked requests
}
