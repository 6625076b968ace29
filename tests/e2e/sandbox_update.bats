#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# chakra-sandbox: updates, deletions and a colleague's edits over HTTP.
# shellcheck disable=SC2030,SC2031 # bats runs each test in a subshell
# shellcheck disable=SC2154 # service.bash sets url

load service

# start [OPTION]...: a sandbox with the visits V1 and V2.
start() {
  start_sandbox "$@"
  visits="$url/v1/ext/procedure/visit/process"
  api POST "$visits/bulk-create" \
    '[{"visit_id":"V1","data":{"city":"Ulm"}},{"visit_id":"V2","data":{"city":"Bonn"}}]'
  [ "$code" = 200 ]
}

# api METHOD URL [BODY]: the answer in ./body, its status in $code, curl's in $status.
api() {
  status=0
  code=$(curl -sS -m 5 -o body -w '%{http_code}' -X "$1" \
    -H "Authorization: Bearer $(cat token)" ${3:+-d "$3"} "$2" 2>curl.err) ||
    status=$?
}

# now KEY FILTER: of the processes with the key, as they are now.
now() {
  curl -sf "$url/sandbox/processes?now=1" |
    jq -cs "[.[] | select(.key == \"$1\")] | $2"
}

@test "a bulk update from call to process, by key and by id" {
  start
  id=$(now V2 '.[0].id')
  api PATCH "$visits" '{"processes":[
    {"visit_id":"V1","update":{"data":{"city":"Kiel"},"state":"DONE"}},
    {"id":'"$id"',"update":{"data":{"agent":"Ada"}}},
    {"visit_id":"V3","update":{}}, {"visit_id":"V1"}]}'
  [ "$code" = 200 ]
  [ "$(jq ._data.completionStatus body)" = '"IN_PROGRESS"' ]
  job=$(jq -r ._data.id body)
  api GET "$url/v1/ext/background-job/$job"
  [ "$(jq -c '._meta.bjEntryCompletionStatusVsCount | [length, .INVALID, .NOT_STARTED, .SUCCESS, .ERROR]' body)" = '[4,1,0,2,1]' ]
  api GET "$url/v1/ext/background-job/$job/entries"
  [ "$(jq -c '[._data[].completionStatus]' body)" = '["SUCCESS","SUCCESS","ERROR","INVALID"]' ]
  [ "$(jq -c '._data[1].processId' body)" = "$id" ]
  [ "$(now V1 '.[0] | [.updates, .process.data.city, .process.state]')" = '[1,"Kiel","DONE"]' ]
  [ "$(now V2 '.[0] | [.updates, .process.data.city, .process.data.agent]')" = '[1,"Bonn","Ada"]' ]
  [ "$(jq -s '[.[] | select(.method == "PATCH") | .rows]' -c sandbox.log)" = '[4]' ]
}

@test "what was done is there again after the next start" {
  start --db kept.sqlite
  api PUT "$visits/visit_id/V1" '{"data":{"city":"Kiel"}}'
  api DELETE "$visits/visit_id/V2"
  [ "$code" = 200 ]
  before=$(curl -sf "$url/sandbox/processes?now=1")
  stop_sandbox
  start_sandbox --db kept.sqlite
  [ "$(curl -sf "$url/sandbox/processes?now=1")" = "$before" ]
  [ "$(curl -sf "$url/sandbox/stats" | jq -c '[.updates.updated, .deletes.deleted, .rows.created]')" = '[1,1,2]' ]
}

@test "a database of a sandbox that knew no updates goes on" {
  start --db old.sqlite
  stop_sandbox
  python3 - <<'PY'
import sqlite3
db = sqlite3.connect('old.sqlite', isolation_level=None)
for step in ('DROP INDEX row_open', 'ALTER TABLE row DROP COLUMN act', 'ALTER TABLE call DROP COLUMN act',
             'ALTER TABLE call DROP COLUMN number', 'PRAGMA user_version = 1'):
    db.execute(step)
PY
  start_sandbox --db old.sqlite
  visits="$url/v1/ext/procedure/visit/process"
  api PUT "$visits/visit_id/V1" '{"state":"DONE"}'
  [ "$code" = 200 ]
  [ "$(now V1 '.[0] | [.updates, .process.state, .process.data.city]')" = '[1,"DONE","Ulm"]' ]
}

# fault SPEC CURL-STATUS HTTP-CODE UPDATES: the fault of an update, which took effect so often.
fault() {
  start --fault "$1,updates"
  api PATCH "$visits" '{"processes":[{"visit_id":"V1","update":{"data":{"city":"Kiel"}}}]}'
  echo "$1: curl $status, http $code, $(now V1 '.[0].updates') updates"
  [ "$status" = "$2" ]
  [ "$code" = "$3" ]
  [ "$(now V1 '.[0].updates')" = "$4" ]
  [ "$(curl -sf "$url/sandbox/stats" | jq -c .faults)" = "{\"${1%%=*}\":1}" ]
  stop_sandbox
}

# Long: a call for each kind of fault.
# bats test_tags=long
@test "an update meets the faults of a create, and takes effect or not" {
  fault 503=1,2s 0 503 0
  fault 500-after=1 0 500 1
  fault html-502=1,after 0 502 1
  fault reset-before=1 56 000 0
  fault reset-mid=1 56 000 0
  fault reset-after=1 56 000 1
  fault hang-after=1,100ms 52 000 1
  fault truncated=1 18 200 1
  fault 400-whole=1 0 400 0
}

@test "a deletion whose answer is lost took place, one that is refused did not" {
  for spec in reset-after=1:1 500-before=1:0; do
    start --fault "${spec%:*},deletes"
    api DELETE "$visits/visit_id/V1"
    [ "$(now V1 '.[0].deletes')" = "${spec#*:}" ]
    stop_sandbox
  done
}

@test "an edit comes between a look and a send" {
  start
  api POST "$url/sandbox/edit" \
    '{"procedure":"visit","visit_id":"V1","before":"updates:1","update":{"data":{"agent":"Bob"}}}'
  [ "$code" = 202 ]
  api POST "$visits/list" '{"where":{"visit_id":"V1"}}'
  [ "$(jq '._data[0].data.agent' body)" = null ]
  api PUT "$visits/visit_id/V1" '{"data":{"city":"Kiel"}}'
  [ "$(now V1 '.[0] | [.edits, .updates, .process.data.city, .process.data.agent]')" = '[1,1,"Kiel","Bob"]' ]
  run curl -s -o body -w '%{http_code}' "$url/sandbox/edit" -d '{}'
  [ "$output" = 401 ]
}

# Long: a call for each kind of fault.
# bats test_tags=long
@test "effects are counted exactly while answers are lost and calls refused" {
  local faults=() kind
  for kind in 503 429 500-before 500-after reset-before reset-after truncated html-502 status echo-token; do
    faults+=(--fault "$kind=0.03,updates,deletes")
  done
  for seed in 1 2 3 4; do
    case $seed in
      1) set -- ;;
      2) set -- --missing create ;;
      3) set -- --missing ignore --deletes hard ;;
      4) set -- --updates replace --missing create --list-shape 2 ;;
    esac
    rm -f sandbox.log
    start_sandbox --seed "$seed" "${faults[@]}" "$@"
    case $* in *replace*) set -- "$@" --replace ;; esac
    python3 -B "$BATS_TEST_DIRNAME/effects.py" "$url" token sandbox.log "$seed" "$@"
    stop_sandbox
  done
}
