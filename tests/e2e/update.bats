#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Rows that change processes (mode: update), and what a diff says of them
# beforehand. Faults, kills and a colleague's edits are in the rehearsal
# `modes`.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() {
  setup_folder
  lead_mapping create.yaml Ref <<'YAML'
data: {score: Score, city: City}
state: State
YAML
  { echo 'mode: update' && cat create.yaml; } >update.yaml
  { echo Ref,Score,City,State && for i in $(seq 1 150); do
    echo "L-$i,$i,Goa,NEW"
  done; } >old.csv
  sed -e 's/^L-7,7,/L-7,700,/' -e 's/^L-9,9,Goa/L-9,9,Pune/' \
    -e 's/^L-120,120,Goa,NEW/L-120,1,Goa,CONVERTED/' old.csv >new.csv
}

teardown() { stop_sandbox; }

fill() {
  start_sandbox "$@"
  csv2chakra import -q create.yaml old.csv >fill.out
}

run_import() { run_split csv2chakra import "$@" --progress none; }

# now KEY JQ: of the process with that key, as the sandbox has it.
now() {
  curl -s "$url/sandbox/processes?now=1" |
    jq -r "select(.key == \"$1\" and (.deleted | not)) | $2"
}

@test "only what differs is sent, and importing again sends nothing" {
  fill
  run_import update.yaml new.csv
  expect_status 0
  in_file out '3 of 150 rows were updated in'
  [ "$(rows updated unchanged)" = '3 147' ]
  [ "$(now L-7 .process.data.score)" = 700 ]
  [ "$(now L-9 .process.data.city)" = Pune ]
  [ "$(now L-120 '.process.data.score + .process.state')" = 1CONVERTED ]
  [ "$(now L-8 .updates)" = 0 ]
  [ "$(now L-7 .updates)" = 1 ]
  [ "$(jq -r .read_back runs/latest/service.json)" = 'as written' ]
  # What was changed was there before: nobody made it twice.
  [ "$(jq -r .second_create runs/latest/service.json)" = null ]
  csv2chakra doctor update.yaml >doctor.out || :
  in_file doctor.out 'an updated field reads back as written'
  # The body of an update has the fields that differ, and no other.
  [ "$(sqlite3 runs/latest/ledger.sqlite "SELECT group_concat(fields, ' ') FROM (SELECT fields FROM before ORDER BY chunk, idx)")" = \
    '{"data.score":"7"} {"data.city":"Goa"} {"data.score":"120","state":"NEW"}' ]
  grep -q '^8,8,L-7,[^,]*,0,[^,]*,updated,lookup,,update$' runs/latest/results.csv
  grep -q '^9,9,L-8,[^,]*,0,,unchanged,,,$' runs/latest/results.csv
  run_import --again update.yaml new.csv
  expect_status 0
  [ "$(rows updated unchanged)" = '0 150' ]
  [ "$(jq '[.calls[]] | length' runs/latest/report.json)" = 0 ]
  run_split csv2chakra diff update.yaml new.csv --progress none
  in_file out 'An import would change nothing.'
}

@test "a diff says what an import then does, and changes nothing" {
  fill
  echo 'L-999,1,Goa,NEW' >>new.csv
  run_split csv2chakra diff update.yaml new.csv -o changes --progress none
  expect_status 0
  in_file out '~         3 to change      data.score 2 · data.city 1 · state 1'
  in_file out ' unchanged: the sandbox has these values already'
  in_file out '=       147 unchanged'
  in_file out '-         1 absent'
  in_file out '    data.score  "7" → "700"'
  in_file out 'Looked up 151 rows in 2 calls.'
  in_file out 'An import would take about 2 update calls.'
  diff - changes/changes.csv < <(
    echo row,key,process_id,verb,field,before,after
    echo "8,L-7,$(now L-7 .id),update,data.score,\"\"\"7\"\"\",\"\"\"700\"\"\""
    echo "10,L-9,$(now L-9 .id),update,data.city,\"\"\"Goa\"\"\",\"\"\"Pune\"\"\""
    echo "121,L-120,$(now L-120 .id),update,data.score,\"\"\"120\"\"\",\"\"\"1\"\"\""
    echo "121,L-120,$(now L-120 .id),update,state,\"\"\"NEW\"\"\",\"\"\"CONVERTED\"\"\""
  )
  [ "$(now L-7 .updates)" = 0 ]
  run_split csv2chakra diff update.yaml new.csv --exit-code -q
  expect_status 1
  run_split csv2chakra diff update.yaml new.csv -o changes
  expect_status 2
  in_file err "'changes' already exists"
  run_import update.yaml new.csv
  expect_status 1
  for outcome in unchanged absent rejected refused; do
    [ "$(rows $outcome)" = "$(jq ".rows.$outcome" changes/changes.json)" ]
  done
  [ "$(rows updated)" = "$(jq .rows.to_change changes/changes.json)" ]
  [ "$(jq '.calls | length' runs/latest/report.json)" = "$(jq .calls changes/changes.json)" ]
  run_split csv2chakra diff update.yaml - < <(cat new.csv)
  expect_status 2
  in_file err "from a file, not from a pipe"
  run_split csv2chakra diff create.yaml new.csv
  expect_status 2
  in_file err '[diff.mode]'
  sed 's/State/Stage/' update.yaml >wrong.yaml
  run_split csv2chakra diff wrong.yaml new.csv
  expect_status 2
  in_file err "the mapping 'wrong.yaml' does not fit 'new.csv': 1 error"
  is_empty out
}

@test "a diff of wide rows takes no more calls than of others, and rejects the same rows" {
  fill
  echo 'submit: {chunk_bytes: 16KiB}' >>update.yaml
  wide=$(printf '%0200d' 0)
  sed -i -e "s/,Goa,/,$wide,/" -e "s/^L-5,.*/L-5,5,$(printf '%017000d' 0),NEW/" new.csv
  run_split csv2chakra diff update.yaml new.csv --format json --progress none
  expect_status 0
  [ "$(jq -c '[.lookups, .rows.to_change, .rows.rejected]' out)" = '[2,149,1]' ]
}

@test "a diff of an input that changes meanwhile is no answer" {
  fill
  for more in '' '-o changes'; do
    cp new.csv moving.csv
    rm -f err
    kill -STOP "$sandbox_pid"
    # shellcheck disable=SC2086 # options
    csv2chakra diff -v $more update.yaml moving.csv --progress none >out 2>err 3>&- &
    pid=$!
    # What was decided about the input is said before a row is looked up.
    for _ in $(seq 500); do
      ! grep -q 'is the header' err || break
      sleep 0.02
    done
    echo L-151,151,Goa,NEW >>moving.csv
    kill -CONT "$sandbox_pid"
    status=0
    wait $pid || status=$?
    expect_status 7
    in_file err "'moving.csv' changed while it was read"
    is_empty out
  done
}

@test "what is not there, or there more than once, is named and left alone" {
  fill --duplicates allow
  head -3 old.csv >twice.csv
  csv2chakra import -q create.yaml twice.csv >twice.out
  sed -i 's/^L-1,1,/L-1,5,/' new.csv
  echo 'L-999,1,Goa,NEW' >>new.csv
  run_import update.yaml new.csv
  expect_status 1
  [ "$(rows updated refused absent)" = '3 2 1' ]
  in_file out 'Not sent, by what a lookup in the sandbox showed'
  in_file out '2 processes have this key: nothing says which one is meant'
  in_file runs/latest/report.html 'Not sent, by what a lookup in the sandbox showed'
  run ! grep -q 'Refused by the sandbox' out
  in_file out 'no process has this key'
  in_file runs/latest/results.csv 'lookup.missing'
  [ "$(now L-1 .updates | sort -u)" = 0 ]
  # Both are in the file to fix, and a retry of it takes them.
  [ "$(grep -c . runs/latest/to-fix.csv)" = 4 ]
  echo 'update: {missing: reject}' >>update.yaml
  run_import --again --max-errors 2 update.yaml new.csv
  expect_status 3
  [ "$(rows refused)" = 3 ]
}

@test "fields that are named are compared, filled where there is nothing, or only sent along" {
  fill
  sed -i 's/,Goa,/,,/; s/^L-3,3,,NEW/L-3,3,Delhi,NEW/' old.csv
  csv2chakra import -q --again create.yaml old.csv >/dev/null || :
  cat >>update.yaml <<'YAML'
update: {fields: [data.score], fill_only: [data.city], send_only: [state]}
YAML
  { echo Ref,Score,City,State && echo L-1,100,Pune,CONVERTED && echo L-2,2,Pune,CONVERTED; } >few.csv
  run_import update.yaml few.csv
  expect_status 0
  [ "$(rows updated unchanged)" = '1 1' ]
  # The city is there; the state goes with the score, and never alone.
  [ "$(now L-1 '.process.data.score + .process.data.city + .process.state')" = 100GoaCONVERTED ]
  [ "$(now L-2 '.process.data.city + .process.state')" = GoaNEW ]
}

@test "an empty cell keeps the value, and a null empties it" {
  fill
  { echo Ref,Score,City,State && echo L-1,,,; } >few.csv
  run_import update.yaml few.csv
  expect_status 0
  [ "$(rows unchanged)" = 1 ]
  echo 'defaults: {empty: "null"}' >>update.yaml
  sed -i '/^state/d' update.yaml
  run_import --again update.yaml few.csv
  expect_status 0
  [ "$(now L-1 '.process.data.score | tostring')" = null ]
}

@test "keys that differ only in case or blanks are duplicates" {
  fill
  { echo Ref,Score,City,State && echo L-1,5,Goa,NEW && echo l-1,6,Goa,NEW; } >few.csv
  run_import update.yaml few.csv
  expect_status 1
  in_file out '[rule.not_unique]'
  [ "$(now L-1 .process.data.score)" = 5 ]
}

@test "a field that does not read back as it was written stops the run after one row" {
  fill --numbers text
  sed -i 's/score: Score/score: {column: Score, type: integer}/' update.yaml
  run_split csv2chakra diff update.yaml new.csv --progress none
  expect_status 2
  in_file err "'data.score' does not read back as it was written"
  in_file err '[compare.other_form]'
  head -8 new.csv >few.csv
  run_import update.yaml few.csv --settle 1s
  expect_status 3
  in_file err '[compare.other_form]'
  [ "$(curl -s "$url/sandbox/stats" | jq .updates.updated)" = 1 ]
  [ "$(jq -r .read_back runs/latest/service.json)" = 'in another form' ]
}

@test "a job's refusals, and an answer that was lost" {
  fill --states graph --fault entry-error=1,updates,match=L-9 --fault reset-after=1,updates,calls=2-2
  run_import update.yaml new.csv --settle 2s
  [ "$(rows updated refused)" = '2 1' ]
  expect_status 1
  [ "$(now L-120 '.process.data.score')" = 1 ]
}

@test "what cannot be meant is refused before anything is sent" {
  start_sandbox
  run_import --skip-existing update.yaml new.csv
  expect_status 2
  in_file err '[update.skip_existing]'
  sed '/^lead_id/d' update.yaml >nokey.yaml
  run_split csv2chakra check nokey.yaml
  expect_status 2
  in_file err 'mode: update needs a key that is required and unique'
  sed 's/^mode: update/mode: merge/' update.yaml >other.yaml
  run_split csv2chakra check other.yaml
  expect_status 2
  in_file err "create, update or upsert"
}

@test "the first change is over before it was sent, and the others go on" {
  fill --fault 503=1,updates,1s,calls=1-1
  curl -sS -H "Authorization: Bearer $(cat token)" -H 'Content-Type: application/json' \
    -d '{"procedure":"lead","lead_id":"L-7","update":{"data":{"score":"700"}},"after":"updates:1"}' \
    "$url/sandbox/edit" >edit.out
  run_split timeout 60 csv2chakra import update.yaml new.csv --progress none
  expect_status 0
  [ "$(rows updated unchanged)" = '2 148' ]
  [ "$(now L-7 .updates)" = 0 ]
}

@test "a look that is older than ten seconds is made again before its rows are sent" {
  local before after
  fast_time
  fill --latency 12s
  before=$(curl -s "$url/sandbox/stats" | jq .calls_by_class.lookups.total)
  run_import update.yaml new.csv --settle 1s
  expect_status 0
  [ "$(rows updated unchanged)" = '3 147' ]
  [ "$(now L-7 .updates)$(now L-9 .updates)$(now L-120 .updates)" = 111 ]
  # One for a key that is there, two looks, one at the first change; the first
  # look again, because the second took too long, and the others after that.
  after=$(curl -s "$url/sandbox/stats" | jq .calls_by_class.lookups.total)
  echo "lookups: $((after - before))"
  [ $((after - before)) -ge 6 ]
}

@test "what updates show of the service is kept apart from what creates do" {
  local updates='has("updates"), has("creates"), has("update_entry_key"), has("entry_key"), (.changes | length)'
  fill --entry-shape 1
  run_import update.yaml new.csv
  expect_status 0
  [ "$(jq -c "[$updates]" runs/latest/service.json)" = '[true,false,true,false,0]' ] || { cat runs/latest/service.json && false; }
  [ "$(jq -c ".services[0] | [$updates]" runs/service.json)" = '[true,true,true,true,0]' ]
  csv2chakra service >out
  in_file out 'entries of updates name'
}
