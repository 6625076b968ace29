# SPDX-License-Identifier: MIT
# A chakra-sandbox for one test, on a free port: start_sandbox [OPTION]...
# sets $url, $sandbox_pid and the environment that points csv2chakra at it;
# stop_sandbox in teardown, which looks for the token, too.

# shellcheck source=/dev/null # where it lies is where this file lies
source "${BASH_SOURCE[0]%/*}/helpers.bash"

# fast_time [SPEED]: from here on both programs are the test builds, and time
# runs that many times as fast for them (include/system/fault.h). Before
# start_sandbox.
fast_time() {
  local now
  now=$(date +%s%3N)
  export CSV2CHAKRA_CLOCK="$now:${1:-50}"
  mkdir -p fast
  ln -sf "$CSV2CHAKRA_BIN/csv2chakra-faults" fast/csv2chakra
  ln -sf "$CSV2CHAKRA_BIN/chakra-sandbox-faults" fast/chakra-sandbox
  PATH="$PWD/fast:$PATH"
}

# wait_for FILE PID OUTPUT: until the process has made FILE; what it said if it
# ends before, or has not done so in twenty seconds.
wait_for() {
  local tries=0
  while [ ! -s "$1" ]; do
    tries=$((tries + 1))
    if [ $tries -gt 1000 ] || ! kill -0 "$2" 2>/dev/null; then
      cat "$3"
      return 1
    fi
    sleep 0.02
  done
}

# The environment that points csv2chakra at what listens on the port.
point_at_port() {
  url="http://127.0.0.1:$(cat port)"
  export CHAKRA_BASE_URL="$url" CHAKRA_API_TOKEN_FILE="$PWD/token"
  export CSV2CHAKRA_RUNS_DIR="$PWD/runs"
}

start_sandbox() {
  new_token
  rm -f port
  chakra-sandbox --listen 127.0.0.1:0 --port-file port --token-file token \
    --log sandbox.log "$@" >sandbox.out 2>&1 3>&- &
  sandbox_pid=$!
  wait_for port "$sandbox_pid" sandbox.out || return 1
  point_at_port
}

# file_sandbox [OPTION]...: in setup_file; one sandbox for all tests of the
# file, which set the environment themselves. $ROOT is the source's folder.
file_sandbox() {
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  export ROOT
  cd "$BATS_FILE_TMPDIR" || return 1
  PATH="$CSV2CHAKRA_BIN:$PATH"
  start_sandbox "$@"
  export url sandbox_pid
}

# keep_port: $kept, a port at which sandboxes can be started one after the other
# (kept_port.py). It is kept until the test's shell ends.
keep_port() {
  exec 9> >(exec python3 -B "$BATS_TEST_DIRNAME/../rehearse/kept_port.py" kept_port \
    >kept_port.out 2>&1 3>&-)
  wait_for kept_port $! kept_port.out || return 1
  # shellcheck disable=SC2034 # tests read it
  kept=$(cat kept_port)
}

stop_sandbox() {
  if [ -n "${sandbox_pid:-}" ]; then
    kill "$sandbox_pid" 2>/dev/null || :
    wait "$sandbox_pid" 2>/dev/null || :
    sandbox_pid=
  fi
  no_secret_left "${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}"
}

# The process objects that the sandbox holds, as bytes, one a line, sorted.
held() { curl -sf "$url/sandbox/processes" | sort; }

# report PATH: a value of the newest run's report.json.
report() { jq -r "$1" runs/latest/report.json; }

# rows OUTCOME...: how many the newest run's books have of each, in one line.
rows() {
  jq -r '.accounts.rows as $rows | [$ARGS.positional[] | $rows[.] | tostring] | join(" ")' \
    runs/latest/report.json --args "$@"
}

# A service that means harm instead (hostile_server.py WAY); stop_sandbox ends
# it, hostile_log has what it was asked.
start_hostile() {
  new_token
  rm -f port hostile_log
  python3 -B "$BATS_TEST_DIRNAME/hostile_server.py" "$1" port hostile_log \
    >sandbox.out 2>&1 3>&- &
  sandbox_pid=$!
  wait_for port "$sandbox_pid" sandbox.out || return 1
  point_at_port
}

# hold MODE: another process ($holder) has the newest run's ledger (hold.py) until let_go.
hold() {
  rm -f ready
  [ -p end ] || mkfifo end
  python3 -B "$BATS_TEST_DIRNAME/hold.py" runs/latest/ledger.sqlite "$1" \
    ready <end >hold.out 2>&1 3>&- &
  holder=$!
  exec 9>end
  wait_for ready "$holder" hold.out || return 1
}

let_go() {
  exec 9>&-
  [ -n "${holder:-}" ] || return 0
  wait "$holder" || :
  holder=
}

# What status names for the newest run, or nothing.
next_command() {
  csv2chakra status --format json latest |
    jq -r '(if type == "array" then .[0] elif .runs then .runs[0] else . end) | .next // ""'
}

# Follows status for at most five commands; what comes out is named by the
# last one.
follow_to_the_end() {
  local next step
  for step in 1 2 3 4 5; do
    next=$(next_command)
    [ -n "$next" ] || return 0
    echo "step $step: $next" >>steps
    case $next in
    'csv2chakra reconcile '*) next="$next --settle 10s" ;;
    'csv2chakra retry '*) return 0 ;;
    esac
    eval "$next" >out 2>err || :
    case $next in 'csv2chakra prune '*) return 0 ;; esac
  done
  cat steps
  return 1
}

# Of the 60 rows of leads.csv.
whole_and_once() {
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.created_twice)" = 0 ]
  [ "$(held | wc -l)" -eq 60 ]
}

# forget_sums RUN: its ledger has no sums of the files that it began with, as
# those of 0.1.0.
forget_sums() {
  python3 - "$1/ledger.sqlite" <<'PY'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("DELETE FROM meta WHERE key IN ('run_sha256', 'mapping_sha256', 'sums_sha256')")
db.commit()
db.close()
PY
}

# A CA of our own, and behind TLS with a certificate of it the sandbox that runs: start_tls_proxy [USER:PASSWORD]. Sets tls_url, which
# is on this machine, and proxy (host:port), which leads there for every host, such as chakra.example.invalid; ca.pem is the CA.
start_tls_proxy() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 -subj '/CN=Example Corp CA' \
    -addext basicConstraints=critical,CA:TRUE 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tls.key -out tls.csr -subj /CN=chakra 2>/dev/null
  openssl x509 -req -in tls.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out tls.pem \
    -extfile <(echo 'subjectAltName=DNS:chakra.example.invalid,IP:127.0.0.1') 2>/dev/null
  rm -f tls_ports
  python3 -B "$BATS_TEST_DIRNAME/tls_proxy.py" "$url" tls.pem tls.key tls_ports tls_log "$@" >tls_out 2>&1 3>&- &
  tls_pid=$!
  wait_for tls_ports "$tls_pid" tls_out || return 1
  read -r tls_port proxy_port <tls_ports
  # shellcheck disable=SC2034 # for tests
  tls_url="https://127.0.0.1:$tls_port"
  # shellcheck disable=SC2034
  proxy="127.0.0.1:$proxy_port"
}

stop_tls_proxy() {
  [ -z "${tls_pid:-}" ] || kill "$tls_pid" 2>/dev/null || :
  tls_pid=
}

# Ten rows, of which rows 4 and 7 are rejected (their Status is Asleep).
failed_run() {
  good_mapping
  good_csv 10 | sed -e 's/^L-3,Open/L-3,Asleep/' -e 's/^L-6,Open/L-6,Asleep/' \
    >leads.csv
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 1
  parent=$(readlink runs/latest)
  cp "runs/$parent/to-fix.csv" fixed.csv
}
