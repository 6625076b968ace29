#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a service shows of itself is written down, told, and compared: services
# are told apart by one row, and one that changed is named while one call is at
# stake.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() {
  setup_folder
  good_leads 12
}

# known PATH: of the one service that is known.
known() { jq -r ".services[0]$1" runs/service.json; }
# seen PATH: by the newest run.
seen() { jq -r "$1" runs/latest/service.json; }

creates() { jq -r 'select(.path | endswith("bulk-create")) | .rows' sandbox.log | xargs; }

# again_as OPTION...: the same address and token, another service; the first one
# was started at $kept.
again_as() {
  cp token kept-token
  stop_sandbox
  rm sandbox.log
  start_sandbox --listen "127.0.0.1:$kept" "$@"
}

# Long: an import for each kind of service.
# bats test_tags=long
@test "one row tells services apart: acknowledgements, entries, lists" {
  while read -r options; do
    # shellcheck disable=SC2086 # words
    start_sandbox $options
    run_split csv2chakra import leads.yaml leads.csv --limit 1
    expect_status 0
    [ "$(creates)" = 1 ]
    [ "$(seen .sandbox_options | sed 's/ --latency.*//')" = "$options" ] ||
      { echo "$options:"; cat runs/latest/service.json; return 1; }
    cmp <(jq 'del(.runs)' runs/latest/service.json) \
      <(jq '.services[0] | del(.runs)' runs/service.json)
    seen '[.acknowledgement, .entry_key, .list_key] | join("|")' >>shapes
    rm -rf runs sandbox.log
    stop_sandbox
  done <<'SERVICES'
--ack job --entry-shape 1 --list-shape 1
--ack job --entry-shape 2 --list-shape 1
--ack job --entry-shape 3 --list-shape 1
--ack job --entry-shape 1 --list-shape 2
--ack job --entry-shape 2 --list-shape 2
--ack job --entry-shape 3 --list-shape 2
--ack empty --list-shape 1
--ack empty --list-shape 2
SERVICES
  [ "$(sort -u shapes | wc -l)" -eq 8 ]
}

# sent_and_named RUN: milliseconds, of the second call and of the last change.
sent_and_named() {
  python3 - "$1/ledger.sqlite" <<'PYTHON'
import sqlite3
import sys

db = sqlite3.connect('file:%s?mode=ro&immutable=1' % sys.argv[1], uri=True)
print(db.execute('SELECT sent_ms FROM call ORDER BY id LIMIT 1 OFFSET 1').fetchone()[0],
      db.execute("SELECT max(at_ms) FROM event WHERE kind = 'service'").fetchone()[0],
      db.execute('SELECT answered_ms FROM call ORDER BY id LIMIT 1').fetchone()[0])
PYTHON
}

# Long: two imports for each kind of change.
# bats test_tags=long
@test "a service that changed between two runs is named before the second call" {
  keep_port
  start_sandbox --listen "127.0.0.1:$kept" --job-delay 300ms
  run_split csv2chakra import leads.yaml leads.csv --limit 1
  expect_status 0
  not_in_file err 'otherwise than'
  not_in_file out 'changed'
  while read -r fact options; do
    # shellcheck disable=SC2086 # words
    again_as --job-delay 300ms $options
    run_split csv2chakra import leads.yaml leads.csv --again --chunk-rows 3
    expect_status 0
    in_file err 'warning: the service answers differently from earlier runs: '
    [ "$(grep -A 1 'answers differently' err | sed -n 2p | cut -c-24)" = '  help: Ctrl-C stops the' ]
    in_file err "$(csv2chakra service --format json | jq -r --arg f "$fact" \
      '.services[0].changes | map(select(.what == $f)) | last | .is' |
      sed 's/<key>/lead_id/')"
    in_file out '  changed '
    [ "$(creates)" = '3 3 3 3' ]
    # In the order of the requests, and by the ledger's own times.
    [ "$(jq -r '.path | split("/") | last' sandbox.log | grep -c . )" -gt 4 ]
    read -r second named first <<<"$(sent_and_named runs/latest)"
    [ "$named" -ge "$first" ]
    [ "$named" -le "$second" ] || { echo "$fact: $named, sent $second"; return 1; }
    [ "$(seen ".changes | map(.what) | index(\"$fact\") != null")" = true ]
    [ "$(report '[.events[] | select(.kind == "service")] | length > 0')" = true ]
  done <<'CHANGES'
entry_key --entry-shape 2
list_key --entry-shape 2 --list-shape 2
acknowledgement --ack empty --list-shape 2
acknowledgement --ack job --entry-shape 2 --list-shape 2
CHANGES
  # The same once more is not a change.
  again_as --entry-shape 2 --list-shape 2
  run_split csv2chakra import leads.yaml leads.csv --again --chunk-rows 3
  not_in_file err 'otherwise than'
  not_in_file out '  changed '
}

# asked FROM: what was asked from that line of the log on, but jobs.
asked() {
  tail -n "+$1" sandbox.log | jq -r '.path | split("/") | last |
    select(. == "bulk-create" or . == "entries" or . == "list")' | xargs
}

@test "other calls wait for the first job, and no longer than --settle" {
  start_sandbox --job-delay 2s
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 3
  expect_status 0
  [ "$(asked 1)" = 'bulk-create entries list bulk-create bulk-create bulk-create' ]
  from=$(($(wc -l <sandbox.log) + 1))
  good_csv 13 >leads.csv
  run_split csv2chakra import leads.yaml leads.csv --again --chunk-rows 3 --settle 300ms
  [[ "$(asked "$from")" = 'bulk-create bulk-create bulk-create bulk-create bulk-create entries'* ]] ||
    { asked "$from"; return 1; }
}

@test "with --no-wait nothing is asked, and the acknowledgement is all that is known" {
  start_sandbox
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 3 --no-wait
  expect_status 0
  [ "$(wc -l <sandbox.log)" -eq 4 ]
  [ "$(seen .acknowledgement)" = 'a job' ]
  [ "$(seen .entry_key)" = null ]
}

@test "what a second create of a key does is found out by importing it again" {
  fast_time
  while read -r duplicates word; do
    start_sandbox --duplicates "$duplicates"
    run_split csv2chakra import leads.yaml leads.csv
    expect_status 0
    [ "$(seen .second_create)" = null ]
    sleep 4 # minutes of theirs
    run_split csv2chakra import leads.yaml leads.csv --again
    [ "$(known .second_create)" = "$word" ] || { cat runs/service.json; return 1; }
    in_file runs/service.json "duplicates $duplicates"
    stop_sandbox
    rm -rf runs
  done <<'DUPLICATES'
error refused
merge merged
allow another process
DUPLICATES
}

@test "a key that is one digit is looked up, too" {
  start_sandbox
  printf 'Ref,City\n7,Goa\n' >one.csv
  printf 'version: 1\nprocedure: lead\nkey: {name: ref, column: Ref, type: integer}\ndata: {city: City}\n' >one.yaml
  run_split csv2chakra import one.yaml one.csv
  expect_status 0
  [ "$(seen .list_key)" = '<key>' ]
}

@test "limits, statuses, sizes and the clock are written down" {
  fast_time
  start_sandbox --clock-offset 1h --fault 429=1,calls=2,4s --fault 413=1,700
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 6
  expect_status 0
  [ "$(known .retry_after)" = seconds ]
  [ "$(known .retry_after_ms)" -ge 4000 ]
  [ "$(known '.http_statuses | index(200) != null and index(429) != null')" = true ]
  [ "$(known .creates.count)" -ge 3 ]
  [ "$(known '.creates | .p50_ms <= .p95_ms')" = true ]
  [ "$(known .clock_offset_ms)" -gt 3500000 ]
  in_file runs/service.json '--clock-offset 3'
  in_file runs/service.json '--fault 429=0.05'
  [ "$(known .largest_body_bytes)" -gt 0 ]
  [ "$(known .largest_body_bytes)" -le 700 ]
}

@test "no value of a row, no secret and no other host gets into the record" {
  cat >leads.yaml <<'YAML'
version: 1
procedure: lead
lead_id: Ref
data: {full_name: Name, town: Town}
YAML
  printf 'Ref,Name,Town\nZebra,Okapi,Quagga\nTapir,Bongo,Nyala\n' >leads.csv
  start_sandbox --entry-shape 1 --duplicates error \
    --fault echo-token=1,lookups,calls=1 --fault entry-error=1,match=Nyala
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 1
  csv2chakra service --export >exported
  csv2chakra service >shown
  for file in runs/service.json runs/latest/service.json exported shown; do
    run ! grep -iE 'Zebra|Tapir|Okapi|Bongo|Quagga|Nyala' "$file"
    run ! grep -F "$(cat token)" "$file"
  done
  jq '.services[0].base_url = "https://crm.example.test:8443/inner"' runs/service.json >other
  cat other >runs/service.json
  csv2chakra service --export >exported
  run ! grep -E 'example|8443|inner' exported
  [ "$(jq -r '.services[0].base_url' exported)" = 'another address' ]
  csv2chakra service --format json | grep -qF crm.example.test
}

@test "doctor, service and the page tell what is known" {
  start_sandbox --entry-shape 3 --list-shape 2
  run_split csv2chakra service
  expect_status 0
  in_file out 'no service is known yet'
  run_split csv2chakra doctor leads.yaml
  in_file out 'no run has used this procedure there yet'
  run_split csv2chakra import -v leads.yaml leads.csv
  in_file out "as assumed: the acknowledgement names a job, as bulk update's does"
  in_file out 'entries name the key as lead_id'
  [ "$(report .service.list_key)" = 'data.<key>' ]
  in_file runs/latest/report.html 'listed processes name it as data.lead_id'
  run_split csv2chakra doctor leads.yaml
  expect_status 0
  in_file out 'listed processes name it as data.lead_id'
  in_file out 'chakra-sandbox --ack job --entry-shape 3 --list-shape 2'
  run_split csv2chakra service
  expect_status 0
  in_file out "procedure lead at $url"
  in_file out 'not as assumed  entries tell their outcome in status'
  # The report of a run says later what the run saw.
  rm runs/service.json
  run_split csv2chakra report -v latest
  in_file out 'entries name the key as lead_id'
}

@test "a record that is damaged or not ours is left alone, and stops nothing" {
  start_sandbox
  mkdir -m 700 runs
  for bad in '{' '[]' '{"schema":"mine"}' \
    '{"schema":"csv2chakra.services/1","services":[{"schema":"csv2chakra.service/1","runs":-1}]}'; do
    echo "$bad" >runs/service.json
    run_split csv2chakra import leads.yaml leads.csv --again
    [ "$status" -le 1 ]
    in_file err 'unable to read what is known about the service'
    in_file err 'move that file away'
    [ "$(cat runs/service.json)" = "$bad" ]
    [ "$(seen .acknowledgement)" = 'a job' ]
    run_split csv2chakra service
    expect_status 7
    in_file err '[service.damaged]'
    run_split csv2chakra doctor leads.yaml
    in_file out 'unable to read what is known'
  done
  rm runs/service.json
  ln -s "$PWD/elsewhere" runs/service.json
  run_split csv2chakra import leads.yaml leads.csv --again
  [ "$status" -le 1 ]
  [ ! -e elsewhere ]
  # The record of a run: its report says so, and is made.
  echo '{' >runs/latest/service.json
  run_split csv2chakra report latest
  [ "$status" -le 1 ]
  in_file err "unable to read what is known about the service in '$PWD/runs/$(readlink runs/latest)/service.json'"
  in_file out '12 rows'
}

@test "runs that end at once lose nothing of each other" {
  start_sandbox
  local procedure pids=()
  for procedure in lead ticket visit; do
    printf 'version: 1\nprocedure: %s\nkey: {name: %s_id, column: Ref}\ndata: {note: Note}\n' \
      "$procedure" "$procedure" >"$procedure.yaml"
    printf 'Ref,Note\n%s-1,x\n' "$procedure" >"$procedure.csv"
  done
  for procedure in lead ticket visit; do
    csv2chakra import "$procedure.yaml" "$procedure.csv" >"out.$procedure" 2>&1 3>&- &
    pids+=($!)
  done
  wait "${pids[@]}"
  [ "$(jq -r '[.services[].procedure] | join(" ")' runs/service.json)" = 'lead ticket visit' ] ||
    { cat out.*; cat runs/service.json; return 1; }
}
