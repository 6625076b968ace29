#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# chakra-sandbox over HTTP, asked with curl: start and end, every endpoint,
# every fault at rate 1.
# shellcheck disable=SC2030,SC2031 # bats runs each test in a subshell

load helpers

setup() {
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  setup_folder
  sandbox="$CSV2CHAKRA_BIN/chakra-sandbox"
  pid=
}

teardown() {
  if [ -n "$pid" ]; then
    kill -KILL "$pid" 2>/dev/null || :
    wait "$pid" 2>/dev/null || :
  fi
  no_secret_left
}

start() {
  rm -f port exports
  "$sandbox" --listen 127.0.0.1:0 --port-file port --log log "$@" \
    >exports 2>err 3>&- &
  pid=$!
  local tries=0
  until [ -s port ]; do
    tries=$((tries + 1))
    if [ $tries -gt 200 ] || ! kill -0 "$pid" 2>/dev/null; then
      cat err
      return 1
    fi
    sleep 0.05
  done
  # shellcheck disable=SC1091
  . ./exports
  url=$CHAKRA_BASE_URL
  lead="$url/v1/ext/procedure/lead/process"
}

# stop SIGNAL STATUS: ends with that status, and is gone.
stop() {
  local status=0
  kill "-${1:-TERM}" "$pid"
  wait "$pid" || status=$?
  if kill -0 "$pid" 2>/dev/null; then
    return 1
  fi
  pid=
  [ "$status" -eq "${2:-0}" ]
}

# api PATH-OR-URL [CURL-OPTION]...: the answer in ./body, its headers in
# ./head, the status in $code, curl's own in $status.
api() {
  local target=$1
  shift
  case $target in http*) ;; *) target="$url$target" ;; esac
  status=0
  code=$(curl -sS -m 5 -o body -D head -w '%{http_code}' \
    -H "Authorization: Bearer $CHAKRA_API_TOKEN" "$@" "$target" 2>curl.err) ||
    status=$?
}

two='[{"lead_id":"A-1","data":{"amount":10.50}},{"lead_id":"A-2"}]'
create() { api "$lead/bulk-create" -d "${1:-$two}"; }
stats() { curl -sf "$url/sandbox/stats" | jq -c "$1"; }
body() { jq -c "$1" body; }

@test "it starts on a free port, prints the export lines, ends by each signal" {
  for signal in TERM INT HUP; do
    start
    [ "$(wc -l <exports)" -eq 2 ]
    [ "$url" = "http://127.0.0.1:$(cat port)" ]
    [ "${#CHAKRA_API_TOKEN}" -eq 64 ]
    api /v1/health
    [ "$code" = 200 ]
    stop "$signal" 0
    run ! curl -s -m 1 "$url/v1/health"
  done
}

@test "usage errors are one line and exit 2" {
  for bad in --nosuch --listen --listen=x --listen=127.0.0.1:99999 \
    --listen=192.0.2.1:0 --ack=maybe --duplicates=x --latency=x \
    --job-delay=-1s --page-size=0 --max-body=0 --fault=503 --fault=504=1 \
    --seed=x --token-file=nosuch --help=x operand; do
    status=0
    "$sandbox" "$bad" >out 2>err || status=$?
    echo "$bad: $(cat err)"
    [ "$status" -eq 2 ]
    [ ! -s out ]
    [ "$(wc -l <err)" -eq 1 ]
  done
  status=0
  "$sandbox" --prot-file x 2>err || status=$?
  [ "$status" -eq 2 ]
  grep -q "did you mean '--port-file'" err
}

@test "--help names the options of the man page, and no other" {
  "$sandbox" --help | grep -o -e '--[a-z-]*' | sort -u >helped
  sed -n 's/^\.It .*Fl -\([a-z-]*\).*/--\1/p' \
    "$ROOT/man/chakra-sandbox.1" | sort -u >documented
  diff helped documented
  [ "$(wc -l <helped)" -ge 16 ]
  "$sandbox" --version | grep -q '^chakra-sandbox [0-9]'
}

@test "the man page names every fault" {
  sed -n 's/^ *\[FAULT_[0-9A-Z_]*\] = {"\([0-9a-z-]*\)".*/\1/p' \
    "$ROOT/src/sandbox/faults.c" >kinds
  [ "$(wc -l <kinds)" -eq 28 ]
  while read -r kind; do
    grep -q "^\.It Cm $kind\$" "$ROOT/man/chakra-sandbox.1"
  done <kinds
}

@test "a token file is used, kept out of the output, and must be private" {
  printf 'c2c-secret-123\n' >token
  chmod 600 token
  start --token-file "$PWD/token"
  run ! grep -q c2c-secret-123 exports err log
  grep -q '^export CHAKRA_API_TOKEN_FILE=' exports
  CHAKRA_API_TOKEN=c2c-secret-123 api /v1/health
  [ "$code" = 200 ]
  CHAKRA_API_TOKEN=c2c-secret-1234 api /v1/health
  [ "$code" = 401 ]
  CHAKRA_API_TOKEN='' api /v1/health
  [ "$code" = 401 ]
  run ! grep -q c2c-secret-123 log
  stop
  chmod 604 token
  run -2 "$sandbox" --listen 127.0.0.1:0 --token-file token
  chmod 640 token
  start --token-file token
  stop
  start --token-file <(echo from-a-pipe)
  CHAKRA_API_TOKEN=from-a-pipe api /v1/health
  [ "$code" = 200 ]
}

@test "an import from call to processes, over every endpoint" {
  start --page-size 2
  create '[{"lead_id":"A-1","data":{"amount":10.50}},{"lead_id":"A-1"},7,
    {"lead_id":"B","state":"NOPE"}]'
  [ "$code" = 200 ]
  job=$(jq -r ._data.id body)
  [ "$(body ._data.completionStatus)" = '"IN_PROGRESS"' ]
  api "/v1/ext/background-job/$job"
  [ "$(body '._meta.bjEntryCompletionStatusVsCount | [length, .INVALID, .NOT_STARTED, .SUCCESS, .ERROR]')" = '[4,1,0,1,2]' ]
  api "/v1/ext/background-job/$job/entries"
  [ "$(body '[._data[].completionStatus]')" = '["SUCCESS","ERROR"]' ]
  [ "$(body ._meta.total)" = 4 ]
  api "$(jq -r ._meta.nextPath body)"
  [ "$(body '[._data[].completionStatus]')" = '["INVALID","ERROR"]' ]
  [ "$(body ._meta.nextPath)" = null ]
  api "$lead/list" -d '{"where":{"or":[{"lead_id":"A-1"},{"lead_id":"Z"}]}}'
  [ "$(body '[._data[].lead_id]')" = '["A-1"]' ]
  [ "$(body ._meta.hasMore)" = false ]
  api "$lead/$(jq -r '._data[0].id' body)"
  grep -q '"data":{"amount":10.50}' body
  api /v1/ext/config
  [ "$(body '[._data.procedures[].shortId]')" = '["lead","ticket","visit","order","transaction"]' ]
  api /
  grep -q 'ChakraHQ sandbox' body
  grep -q '<code>' body
  api /sandbox/processes
  printf '%s\n' '{"lead_id":"A-1","data":{"amount":10.50}}' | cmp - body
  [ "$(stats .rows.received)" = 4 ]
  [ "$(curl -s "$url/sandbox/stats?keys=1" | jq '.by_key | length')" = 2 ]
}

@test "processes stream in order, far beyond one buffer" {
  start
  jq -cn '[range(5000) | {lead_id: "K\(.)", data: {text: ("x" * 60)}}]' >big
  api "$lead/bulk-create" -d @big
  [ "$code" = 200 ]
  api /sandbox/processes
  jq -c '.[]' big | cmp - body
}

@test "lookups see a row only when its entry succeeded" {
  start --job-delay 3s
  create
  job=$(jq -r ._data.id body)
  api "$lead/list" -d '{"where":{"lead_id":"A-2"}}'
  [ "$(body '._data | length')" = 0 ]
  [ "$(stats '.rows.pending > 0')" = true ]
  for _ in $(seq 60); do
    api "/v1/ext/background-job/$job"
    [ "$(body ._meta.bjEntryCompletionStatusVsCount.NOT_STARTED)" = 0 ] && break
    sleep 0.1
  done
  api "$lead/list" -d '{"where":{"lead_id":"A-2"}}'
  [ "$(body '._data | length')" = 1 ]
}

@test "what is wrong with a request is said in _errors" {
  start --max-body 1KiB
  create '{'
  [ "$code" = 400 ]
  create '[007]'
  [ "$code" = 400 ]
  create '{}'
  [ "$code" = 400 ]
  create "[\"$(head -c 2000 /dev/zero | tr '\0' x)\"]"
  [ "$code" = 413 ]
  api "$url/v1/ext/procedure/nix/process/bulk-create" -d '[{}]'
  [ "$code" = 404 ]
  api "$lead/bulk-create" -H 'Content-Encoding: gzip' -d '[{}]'
  [ "$code" = 415 ]
  api "$lead/list" -d '{"limit":101}'
  [ "$code" = 400 ]
  api /nosuch
  [ "$code" = 404 ]
  api /v1/health -X DELETE
  [ "$code" = 405 ]
  grep -qi '^allow: GET' head
  CHAKRA_API_TOKEN=no create
  [ "$code" = 401 ]
  [ "$(body '._errors | length')" = 1 ]
  [ "$(stats .rows.received)" = 0 ]
  api /sandbox/stats -H 'Host: attacker.example'
  [ "$code" = 403 ]
}

@test "--ack empty answers {} and runs the job" {
  start --ack empty
  create
  [ "$(cat body)" = '{}' ]
  [ "$(stats .rows.created)" = 2 ]
}

@test "--duplicates decides about keys that exist" {
  for mode in error:2:2:0 merge:2:0:2 allow:4:0:0; do
    IFS=: read -r name created errors merged <<<"$mode"
    start --duplicates "$name"
    create
    create
    [ "$(stats '.rows | [.created, .error, .merged]')" = \
      "[$created,$errors,$merged]" ]
    [ "$(stats .keys.accepted_twice)" = 2 ]
    stop
  done
}

@test "a database file keeps what it has from one start to the next" {
  start --db kept.sqlite
  create
  job=$(jq -r ._data.id body)
  run -4 "$sandbox" --listen 127.0.0.1:0 --db kept.sqlite
  stop
  start --db kept.sqlite
  api "/v1/ext/background-job/$job"
  [ "$(body ._meta.bjEntryCompletionStatusVsCount.SUCCESS)" = 2 ]
  create
  [ "$(stats '.rows | [.created, .error]')" = '[2,2]' ]
  stop
  echo 'not a database, but long enough to be looked at' >other
  run -2 "$sandbox" --listen 127.0.0.1:0 --db other
}

@test "a full disk is a 500 that keeps nothing, and what was kept stays" {
  trap '' XFSZ
  start --db small.sqlite
  create
  [ "$code" = 200 ]
  # Room for a little more than what is there, in blocks of 1024 bytes.
  prlimit --pid "$pid" --fsize=$((256 * 1024))
  jq -cn '[range(3000) | {lead_id: "K\(.)", data: {text: ("x" * 200)}}]' >big
  api "$lead/bulk-create" -d @big
  [ "$code" = 500 ]
  grep -q '"_errors":\["the sandbox' body
  create '[{"lead_id":"A-3"}]'
  [ "$code" = 200 ]
  [ "$(stats '.rows | [.received, .created]')" = '[3,3]' ]
}

@test "the log has a line for each request, with the body's hash, no token" {
  start --fault 503=1,calls=2
  create
  create
  api /v1/health
  [ "$(jq -c '[.method, .status, .rows, .fault, .call]' log | tr '\n' ' ')" = \
    '["POST",200,2,null,1] ["POST",503,2,"503",2] ["GET",200,null,null,1] ' ]
  [ "$(jq -r .sha256 log | head -1)" = \
    "$(printf '%s' "$two" | sha256sum | cut -d ' ' -f 1)" ]
  [ "$(jq .bytes log | head -1)" = ${#two} ]
  run ! grep -q "$CHAKRA_API_TOKEN" log
}

@test "latency holds up each answer of the API, side by side" {
  start --latency 800ms
  waited=()
  began=$(date +%s%N)
  for i in 1 2 3 4 5 6; do
    curl -s -m 9 -H "Authorization: Bearer $CHAKRA_API_TOKEN" \
      "$url/v1/health" >"health.$i" 3>&- &
    waited+=("$!")
  done
  wait "${waited[@]}"
  took=$((($(date +%s%N) - began) / 1000000))
  [ "$took" -ge 800 ]
  [ "$took" -lt 4500 ]
  [ "$(cat health.* | grep -o '"ok"' | wc -l)" -eq 6 ]
}

# fault SPEC CURL-STATUS HTTP-CODE ACCEPTED
fault() {
  start --fault "$1"
  create
  echo "$1: curl $status, http $code, accepted $(stats .rows.accepted)"
  [ "$status" = "$2" ]
  [ "$code" = "$3" ]
  [ "$(stats .rows.accepted)" = "$4" ]
  [ "$(stats .faults)" = "{\"${1%%=*}\":1}" ]
  stop
}

# Long: a call for each kind of fault.
# bats test_tags=long
@test "faults that answer, at rate 1" {
  fault 503=1 0 503 0
  run ! grep -qi '^retry-after' head
  fault 503=1,2s 0 503 0
  grep -qi '^retry-after: 2' head
  fault 429=1 0 429 0
  grep -qi '^retry-after: 1' head
  fault 429=1,date 0 429 0
  grep -qiE '^retry-after: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), .* GMT' head
  fault 500-before=1 0 500 0
  fault 500-after=1 0 500 2
  fault html-502=1 0 502 0
  grep -qi '^content-type: text/html' head
  fault html-502=1,after 0 502 2
  fault 413=1 0 413 0
  fault 400-whole=1 0 400 0
}

@test "faults of the connection, at rate 1" {
  fault reset-before=1 56 000 0
  fault reset-mid=1 56 000 0
  fault reset-after=1 56 000 2
  fault reset-after=1,fin 52 000 2
  fault hang-after=1,300ms 52 000 2
  fault truncated=1 18 200 2
  fault drip=1,1ms 0 200 2
  jq -e ._data.id body
}

@test "reset-mid strikes inside a large body" {
  start --fault reset-mid=1,100KiB
  jq -cn '[range(5000) | {lead_id: "K\(.)", data: {text: ("x" * 60)}}]' >big
  api "$lead/bulk-create" -d @big
  [ "$status" -ne 0 ]
  [ "$code" = 000 ]
  [ "$(stats .rows.received)" = 0 ]
  [ "$(jq .bytes log | head -1)" -ge 102400 ]
  [ "$(jq .bytes log | head -1)" -lt "$(wc -c <big)" ]
}

@test "a hanging call ends when the sandbox is stopped" {
  start --fault hang-after=1
  curl -s -m 20 -H "Authorization: Bearer $CHAKRA_API_TOKEN" -d "$two" \
    "$lead/bulk-create" >hung 3>&- &
  curl_pid=$!
  for _ in $(seq 100); do
    [ "$(stats .calls.total)" = 1 ] && break
    sleep 0.05
  done
  stop
  status=0
  wait $curl_pid || status=$?
  [ "$status" -eq 52 ] || [ "$status" -eq 56 ]
}

@test "faults of entries and jobs, at rate 1" {
  start --fault entry-error=1,match=A-2
  create
  [ "$(stats '.rows | [.created, .error, .invalid]')" = '[1,1,0]' ]
  stop
  start --fault entry-invalid=1
  create
  [ "$(stats '.rows | [.created, .error, .invalid]')" = '[0,0,2]' ]
  stop
  start --fault slow-job=1,30s
  create
  [ "$(stats '[.rows.created, .rows.pending, .jobs.unfinished]')" = '[0,2,1]' ]
  stop
  start --fault 400-whole=1,match=A-2
  create '[{"lead_id":"A-1"}]'
  [ "$code" = 200 ]
  create '[{"lead_id":"A-2"}]'
  [ "$code" = 400 ]
}

@test "reset-after hits a call on a kept-alive connection" {
  # curl sends a POST again when a reused connection dies, which is the trap
  # that this fault is for: the row is there although curl saw no answer.
  for word in '' ,fin; do
    start --duplicates allow --fault "reset-after=1,calls=2$word"
    curl -sS -m 5 -o first -H "Authorization: Bearer $CHAKRA_API_TOKEN" \
      -d '[{"lead_id":"K1"}]' "$lead/bulk-create" --next \
      -sS -m 5 -o second -H "Authorization: Bearer $CHAKRA_API_TOKEN" \
      -d '[{"lead_id":"K2"}]' "$lead/bulk-create" -v 2>talk.txt
    grep -qi 're-using existing connection' talk.txt
    [ "$(jq -c '[.status, .fault]' log | head -2 | tail -1)" = \
      '[null,"reset-after"]' ]
    [ "$(curl -s "$url/sandbox/stats?keys=1" |
      jq -c '[.by_key[] | .created]')" = '[1,2]' ]
    stop
    rm log
  done
}

@test "faults of a scope hit lookups and jobs, and the same seed the same calls" {
  start --fault 503=1,lookups --fault 429=1,jobs
  create
  [ "$code" = 200 ]
  job=$(jq -r ._data.id body)
  api "$lead/list" -d '{}'
  [ "$code" = 503 ]
  api "/v1/ext/background-job/$job"
  [ "$code" = 429 ]
  stop
  for seed in 7 7 8; do
    start --seed "$seed" --fault 503=0.5
    codes=
    for _ in $(seq 24); do
      create
      codes="$codes $code"
    done
    echo "$codes" >>runs
    stop
  done
  [ "$(sort -u runs | wc -l)" -eq 2 ]
  [ "$(sed -n 1p runs)" = "$(sed -n 2p runs)" ]
}
