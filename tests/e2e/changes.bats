#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# import --changes: what a diff listed is applied, row by row, and nothing else;
# and the way back of a run, which is a list of its own.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() {
  setup_folder
  cat >create.yaml <<'YAML'
version: 1
procedure: ticket
key: {name: ticket_id, column: Nummer}
source: {delimiter: ";"}
data: {ort: Ort, note: Note}
state: Stand
YAML
  { echo 'mode: update' && cat create.yaml; } >update.yaml
  { echo 'Nummer;Ort;Note;Stand' && for i in $(seq 1 60); do
    echo "T$i;Köln;$i;NEW"
  done; } >old.csv
  sed -e 's/^T3;Köln;3;/T3;Bonn;30;/' -e 's/^T20;Köln/T20;Ulm/' \
    -e 's/^T41;Köln;41;NEW/T41;Köln;41;IN_PROGRESS/' old.csv >new.csv
  start_sandbox
  csv2chakra import -q create.yaml old.csv >fill.out
  csv2chakra diff -q -o changes update.yaml new.csv --progress none
}

teardown() { stop_sandbox; }

apply() { run_split csv2chakra import --changes changes "$@" --progress none; }

# now KEY JQ: of the process with that key, as the sandbox has it.
now() {
  curl -s "$url/sandbox/processes?now=1" |
    jq -r "select(.key == \"$1\" and (.deleted | not)) | $2"
}

# edit KEY DATA: by a colleague.
edit() {
  curl -sS -H "Authorization: Bearer $(cat token)" -H 'Content-Type: application/json' \
    -d "{\"procedure\":\"ticket\",\"ticket_id\":\"$1\",\"update\":{\"data\":$2}}" \
    "$url/sandbox/edit" >edit.out
}

@test "exactly what the folder lists is sent, and no other row is looked up" {
  local looked
  # The line about T3's town is not wanted.
  sed -i '/,T3,.*data.ort/d' changes/changes.csv
  # A row that is not listed may be what it likes.
  sed -i 's/^T50;.*/T50;;;;;/' new.csv
  csv2chakra diff -q -o now update.yaml new.csv --progress none
  jq -c --slurpfile now now/changes.json '. + ($now[0] | {input_key, mapping_key})' changes/changes.json >json
  mv json changes/changes.json
  looked=$(curl -s "$url/sandbox/stats" | jq .calls_by_class.lookups.total)
  apply update.yaml new.csv
  expect_status 0
  in_file out '3 of 60 rows were updated in'
  [ "$(rows updated skipped unchanged)" = '3 57 0' ]
  [ "$(now T3 '.process.data.ort + .process.data.note')" = Köln30 ]
  [ "$(now T20 .process.data.ort) $(now T41 .process.state)" = 'Ulm IN_PROGRESS' ]
  grep -q "^5,5,,,,,skipped,,not among the changes that --changes lists \[rows.not_named\],$" runs/latest/results.csv
  [ "$(($(curl -s "$url/sandbox/stats" | jq .calls_by_class.lookups.total) - looked))" -le 6 ]
  cmp changes/changes.csv runs/latest/changes.csv
  csv2chakra report latest >report.out
  run ! grep -q 'Rejected' report.out
  in_file report.out '3 of 60 rows were updated in'
}

@test "a process that is not as it was listed stays as it is, is named, and is overwritten only if the mapping says so" {
  edit T3 '{"note":"mine"}'
  edit T41 '{"note":"a field that is not listed"}'
  curl -sS -X DELETE -H "Authorization: Bearer $(cat token)" \
    "$url/v1/ext/procedure/ticket/process/ticket_id/T20" >delete.out
  apply update.yaml new.csv
  expect_status 1
  [ "$(rows updated conflict skipped)" = '1 2 57' ]
  in_file out 'data.note was "3" when the changes were listed, and is "mine"'
  in_file out 'its process was there when the changes were listed, and is gone'
  [ "$(now T3 '.process.data.ort + .process.data.note')" = Kölnmine ]
  [ "$(now T41 .process.state)" = IN_PROGRESS ]
  [ "$(grep -c . runs/latest/to-fix.csv)" = 3 ]
  echo 'update: {conflict: overwrite}' >>update.yaml
  apply --again update.yaml new.csv
  expect_status 1
  [ "$(rows updated conflict unchanged)" = '1 1 1' ]
  [ "$(now T3 '.process.data.ort + .process.data.note')" = Bonn30 ]
}

@test "what is done already is unchanged; another process with the key, and one that is half done, are conflicts" {
  edit T41 '{"ort":"Köln"}'
  edit T20 '{"ort":"Ulm"}'
  edit T3 '{"ort":"Bonn"}'
  sed -i '/,T41,/s/,T41,[^,]*,/,T41,another-process,/' changes/changes.csv
  apply update.yaml new.csv
  expect_status 1
  [ "$(rows unchanged conflict)" = '1 2' ]
  in_file out 'another process has its key'
  in_file out 'some of its fields were changed to what they are to become'
  [ "$(now T3 .process.data.note) $(now T41 .process.state)" = '3 NEW' ]
}

@test "a folder belongs to one input, mapping, mode and service: another is refused, and nothing is sent" {
  local n=0 line words before
  before=$(curl -s "$url/sandbox/stats" | jq -c .calls_by_class)
  sed 's/^T9;Köln/T9;Mainz/' new.csv >other.csv
  sed 's/ort: Ort/ort: {column: Ort, case: upper}/' update.yaml >upper.yaml
  sed 's/procedure: ticket/procedure: order/' update.yaml >order.yaml
  sed 's/mode: update/mode: upsert/' update.yaml >upsert.yaml
  cp -r changes whole
  mkdir bare
  cp changes/changes.csv bare
  while IFS='|' read -r line words; do
    n=$((n + 1))
    rm -rf changes
    cp -r whole changes
    run_split eval "$line"
    expect_status 2
    in_file err "$words" || { echo "case $n: $line"; return 1; }
    [[ $words != *'for another'* ]] || in_file err '[changes.other]'
  done <<'CASES'
csv2chakra import --changes changes update.yaml other.csv|lists changes for another input
csv2chakra import --changes changes upper.yaml new.csv|lists changes for another mapping
csv2chakra import --changes changes order.yaml new.csv|lists changes for another procedure: 'ticket', and this is 'order'
csv2chakra import --changes changes upsert.yaml new.csv|lists changes for another mode: 'update', and this is 'upsert'
csv2chakra import --changes changes create.yaml new.csv|--changes needs a mapping that changes processes
csv2chakra import --changes changes --base-url http://127.0.0.1:1 update.yaml new.csv|lists changes for another address
csv2chakra import --changes bare update.yaml new.csv|is not a whole folder of changes: it has no changes.json
csv2chakra import --changes gone update.yaml new.csv|is not a whole folder of changes
csv2chakra import --changes changes|lists changes of a file: MAPPING and CSV are missing
csv2chakra import --changes gone|is not a whole folder of changes
csv2chakra import --changes changes update.yaml|CSV is missing
csv2chakra import --changes changes update.yaml new.csv old.csv|--changes is for one file
csv2chakra import --changes changes --dry-run update.yaml new.csv|--changes does not go with --dry-run
csv2chakra import --changes changes --resume update.yaml new.csv|does not go with --resume
csv2chakra import --changes changes --if-changed update.yaml new.csv|does not go with --if-changed
csv2chakra import --changes changes --after latest update.yaml new.csv|does not go with --after
csv2chakra import --changes changes --skip-existing update.yaml new.csv|does not go with --skip-existing
CASES
  [ "$n" = 17 ]
  [ "$(curl -s "$url/sandbox/stats" | jq -c .calls_by_class)" = "$before" ]
  # Chunks and the fate of conflicts are no part of what it is bound to.
  echo 'update: {conflict: overwrite}' >>update.yaml
  apply --chunk-rows 7 update.yaml new.csv
  expect_status 0
  [ "$(rows updated)" = 3 ]
}

@test "a list that a diff did not write is refused with its line, before anything is sent" {
  local n=0 edit words before
  before=$(curl -s "$url/sandbox/stats" | jq -c .calls_by_class)
  cp -r changes whole
  while IFS='|' read -r edit words; do
    n=$((n + 1))
    rm -rf changes
    cp -r whole changes
    (cd changes && eval "$edit")
    apply update.yaml new.csv
    expect_status 7
    in_file err "$words" || { echo "case $n: $edit"; return 1; }
    case $words in
    *': row '*) in_file err '[changes.not_of_input]' ;;
    *empty) in_file err '[input.empty]' ;;
    changes.csv) in_file err "unable to open" ;;
    *) in_file err '[changes.damaged]' ;;
    esac
  done <<'CASES'
sed -i 2p changes.csv|line 2: the row has two lines about one field: data.ort
sed -i '4{h;d};5{p;x}' changes.csv|its row comes before that of the line above (sort by row)
sed -i '4s/^21,/0,/' changes.csv|line 4: not a row number: 0
sed -i '4s/^21,/x,/' changes.csv|line 4: not a row number: x
sed -i '4s/^21,/9000,/' changes.csv|its row comes before that of the line above
sed -i '5s/^42,/9000,/' changes.csv|line 5: row 9000 is not among the rows that the mapping sends
sed -i '4s/T20/T21/' changes.csv|line 4: row 21 has another key in the input
sed -i '3s/T3/T4/' changes.csv|line 3: its row has another key or process in the line above: T4
sed -i '4s/,update,/,delete,/' changes.csv|line 4: not what the mapping's mode does to a process: delete
sed -i '4s/data.ort/data.land/' changes.csv|line 4: row 21 has no field data.land
sed -i '4s/data.ort//' changes.csv|line 4: it has no field, or no key
sed -i '4s/"Ulm"/"Rom"/' changes.csv|line 4: row 21 has another value in the input than 'after' says, for data.ort
sed -i '4s/"""Ulm"""/Ulm/' changes.csv|line 4: 'after' is not JSON: Ulm
sed -i '4s/"""Köln"""/[1/' changes.csv|line 4: 'before' is not JSON: [1
sed -i '4s/$/,more/' changes.csv|line 4: it cannot be read
sed -i '4s/T20/T20\x00/' changes.csv|line 4: it cannot be read
sed -i '4s/T20/T\xff/' changes.csv|line 4: it cannot be read
sed -i '1s/row,/zeile,/' changes.csv|line 1: its columns are not row,key
: >changes.csv|changes.csv' is empty
rm changes.csv|changes.csv
echo '{}' >changes.json|has a changes.json that csv2chakra diff did not write
sed -i 's/"mode":"[a-z]*"/"mode":5/' changes.json|has a changes.json that csv2chakra diff did not write
sed -i 's/}$//' changes.json|has a changes.json that csv2chakra diff did not write
CASES
  [ "$n" = 23 ]
  [ "$(curl -s "$url/sandbox/stats" | jq -c .calls_by_class)" = "$before" ]
  [ ! -e runs/latest/changes.csv ]
}

@test "a run goes on, and is told of, by its own copy of the list" {
  apply --limit 10 update.yaml new.csv
  [ "$(rows updated)" = 1 ]
  rm -r changes
  run_split csv2chakra resume latest --progress none
  expect_status 0
  [ "$(rows updated skipped)" = '3 57' ]
  [ "$(now T20 .process.data.ort) $(now T41 .process.state)" = 'Ulm IN_PROGRESS' ]
  rm runs/latest/results.csv
  csv2chakra report latest >report.out
  [ "$(grep -c ',updated,' runs/latest/results.csv)" = 3 ]
  sed -i 's/Bonn/Rom/' runs/latest/changes.csv
  run_split csv2chakra report latest
  expect_status 7
  in_file err 'changes.csv'"' has changed since the run began"
}

# removed_at POINT: the import of a list whose folder is removed at that point.
removed_at() {
  CSV2CHAKRA_FAULT=$1:stop csv2chakra-faults import --changes changes update.yaml new.csv \
    --progress none --chunk-rows 10 >out 2>err 3>&- &
  until_stopped $!
  rm -r changes
  kill -CONT $!
  status=0
  wait $! || status=$?
}

@test "a folder that is removed while its run sends is not missed" {
  removed_at submit.start:1
  expect_status 0
  [ "$(rows updated skipped)" = '3 57' ]
}

@test "a folder that is removed before its run has a copy sends nothing" {
  held >before
  removed_at run.created:1
  expect_status 7
  in_file err "unable to read 'changes/changes.csv': No such file"
  held | cmp - before
}

@test "the list is applied once: again it sends nothing" {
  apply update.yaml new.csv
  apply update.yaml new.csv
  expect_status 8
  apply --again update.yaml new.csv
  expect_status 0
  [ "$(rows updated unchanged) $(jq '.calls | length' runs/latest/report.json)" = '0 3 0' ]
}

@test "a diff that was stopped goes on in its folder, to the same list" {
  local pid tries=0 before whole
  { echo 'Nummer;Ort;Note;Stand' && for i in $(seq 1 400); do
    echo "T$i;Hof$((i % 7));$i;NEW"
  done && echo 'T3;Hof;1;NEW'; } >long.csv
  before=$(curl -s "$url/sandbox/stats" | jq .calls_by_class.lookups.total)
  csv2chakra diff -o whole update.yaml long.csv --chunk-bytes 2KiB --progress none >whole.out
  whole=$(curl -s "$url/sandbox/stats" | jq .calls_by_class.lookups.total)
  csv2chakra diff -o stopped --rate 5/s --in-flight 1 --chunk-bytes 2KiB \
    --progress none update.yaml long.csv >stopped.out 2>stopped.err &
  pid=$!
  until [ "$(curl -s "$url/sandbox/stats" | jq .calls_by_class.lookups.total)" -ge $((whole + 4)) ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ]
    sleep 0.05
  done
  # What wants to be stopped by it was not: a job of the shell ignores SIGINT.
  kill -TERM "$pid"
  run_split wait "$pid"
  expect_status 5
  in_file stopped.err 'it goes on after row'
  in_file stopped.err 'csv2chakra diff -o stopped update.yaml long.csv'
  [ -e stopped/diff.json ]
  [ ! -e stopped/changes.json ]
  run_split csv2chakra import --changes stopped update.yaml long.csv
  expect_status 2
  run_split csv2chakra diff -o stopped update.yaml new.csv
  expect_status 2
  in_file err 'holds an unfinished diff of another input or mapping'
  in_file err '[changes.other]'
  # What was written after it said how far it came is done again.
  echo '9,half a li' >>stopped/changes.csv.part
  run_split csv2chakra diff -o stopped update.yaml long.csv --chunk-bytes 2KiB --progress none
  expect_status 0
  in_file err 'note: going on after row'
  cmp whole/changes.csv stopped/changes.csv
  cmp whole/changes.html stopped/changes.html
  [ "$(jq -c '[.rows, .fields]' whole/changes.json)" = "$(jq -c '[.rows, .fields]' stopped/changes.json)" ]
  diff <(grep -v 'Looked up\| import ' whole.out) <(grep -v 'Looked up\| import ' out)
  [ "$(echo stopped/*)" = 'stopped/changes.csv stopped/changes.html stopped/changes.json' ]
  [ "$(curl -s "$url/sandbox/stats" | jq .calls_by_class.lookups.total)" -le $((2 * whole - before + 4)) ]
}

@test "a diff says how many calls it takes, and how long, before it begins" {
  { echo 'Nummer;Ort;Note;Stand' && seq -f 'X%.0f;Hof;1;NEW' 1 2500; } >long.csv
  run_split csv2chakra diff update.yaml long.csv --rate 1000/s --progress none
  in_file err 'note: looking the rows up takes up to 26 calls, about 1 second'
  # Nothing is known of a service that was never asked.
  CSV2CHAKRA_RUNS_DIR=fresh run_split csv2chakra diff update.yaml long.csv --progress none
  grep -qx 'note: looking the rows up takes up to 26 calls' err
  fast_time
  run_split csv2chakra diff update.yaml long.csv --rate 10/m --progress none
  in_file err 'note: looking the rows up takes up to 26 calls, about 3 minutes'
  run_split csv2chakra diff update.yaml new.csv --progress none
  [ ! -s err ]
}

@test "the page of a diff has before beside after, and nothing of it is markup" {
  printf 'Nummer;Ort;Note;Stand\nT1;<b onclick=x>;1;NEW\nT2;Köln;"a""<script>alert(1)</script>";NEW\n' >wild.csv
  csv2chakra diff -q -o wild update.yaml wild.csv --progress none
  in_file wild/changes.html '<h1>2 rows would change</h1>'
  in_file wild/changes.html '<td><del><bdi>&quot;Köln&quot;</bdi></del></td><td><ins><bdi>&quot;&lt;b onclick=x&gt;&quot;</bdi></ins></td>'
  run ! grep -q '<b onclick\|<script>alert' wild/changes.html
  run ! grep -q 'style=\|href=\|src=' wild/changes.html
  csv2chakra diff -q -o none update.yaml old.csv --progress none
  in_file none/changes.html '<h1>Nothing would change</h1>'
}

# way_back: a folder as undo writes it, for what changes/ did.
way_back() {
  mkdir back
  cat >back/mapping.yaml <<'YAML'
version: 1
mode: update
procedure: "ticket"
source: {encoding: utf-8, delimiter: ","}
key:
  name: "ticket_id"
  index: 1
  trim: false
  replace: {pattern: "^'", with: ""}
"state": {index: 4, type: json}
data:
  "ort": {index: 2, type: json}
  "note": {index: 3, type: json}
YAML
  cat >back/rows.csv <<'CSV'
key,data.ort,data.note,state
'T3,"""Köln""",null,
'T20,"""Köln""",,
'T41,,,"""NEW"""
CSV
  cat >back/changes.csv <<CSV
row,key,process_id,verb,field,before,after
2,T3,$(now T3 .id),update,data.ort,"""Bonn""","""Köln"""
2,T3,$(now T3 .id),update,data.note,"""30""",null
3,T20,,update,data.ort,"""Ulm""","""Köln"""
4,T41,,update,state,"""IN_PROGRESS""","""NEW"""
CSV
  jq -nc --arg url "$url" --arg rows "$(sha256sum <back/rows.csv | cut -c1-64)" \
    --arg mapping "$(sha256sum <back/mapping.yaml | cut -c1-64)" \
    '{schema: "csv2chakra.diff/1", way_back_of: "R-1", input: "rows.csv",
      input_sha256: $rows, mapping_sha256: $mapping, mode: "update",
      procedure: "ticket", base_url: $url}' >back/changes.json
}

@test "a way back is applied alone, brings nothing back as null, and leaves what was changed since" {
  apply update.yaml new.csv
  edit T20 '{"ort":"Trier"}'
  way_back
  run_split csv2chakra import --changes back --progress none
  expect_status 1
  [ "$(rows updated conflict)" = '2 1' ]
  [ "$(now T3 '.process.data.ort + (.process.data.note | tostring)')" = Kölnnull ]
  [ "$(now T41 .process.state) $(now T20 .process.data.ort)" = 'NEW Trier' ]
  run_split csv2chakra import --changes back
  expect_status 8
  run_split csv2chakra import --changes back --base-url http://127.0.0.1:1
  expect_status 2
  in_file err 'lists changes for another address'
  sed -i 's/Köln/Bonn/' back/rows.csv
  run_split csv2chakra import --changes back --again
  expect_status 2
  in_file err "'back' lists changes for another input"
}
