#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# undo reads what the run's ledger says of its rows: whatever became of the CSV,
# it does the same.
# shellcheck disable=SC2030,SC2031 # bats runs each test in a subshell
# shellcheck disable=SC2154 # helpers.bash sets status, service.bash url

load service
load undo

setup() {
  setup_folder
  lead_mapping praxis.yaml Nummer <<'YAML'
data:
  score: {column: Punkte, type: decimal, empty: omit}
  city: {column: Ort, empty: omit}
  more: {column: Mehr, type: json, empty: null}
state: Stand
YAML
  { echo 'Nummer;Punkte;Ort;Mehr;Stand' && for i in $(seq 1 9); do
    echo "P-$i;$i.50;Köln;{\"b\":[1.0],\"a\":\"x$i\"};NEW"
  done && printf '%s\n' 'P-10;;Köln;;NEW' 'P-11;3;;;NEW'; } >praxis.csv
}

teardown() { stop_sandbox; }

# fill [OPTION]...: a sandbox, and the run $run.
fill() {
  rm -rf runs sandbox.log
  cp praxis.csv input.csv
  start_sandbox "$@"
  csv2chakra import -q praxis.yaml input.csv >fill.out
  run=$(newest)
}

# lose_input HOW
lose_input() {
  case $1 in
    deleted) rm input.csv ;;
    moved) mv input.csv elsewhere.csv ;;
    changed) sed -i 's/Köln/Wien/' input.csv ;;
    shorter) sed -i '5,$d' input.csv ;;
    unreadable) rm input.csv && mkdir input.csv ;;
  esac
}

@test "the input is deleted, moved or changed: what was edited is kept, the rest is deleted" {
  for how in deleted moved changed shorter unreadable; do
    fill --numbers keep
    lose_input $how
    edit '{"procedure":"lead","lead_id":"P-2","update":{"data":{"city":"Bonn"}}}'
    # A value where the row had none is another's, and no reason to keep it.
    edit '{"procedure":"lead","lead_id":"P-11","update":{"data":{"city":"Bonn"}}}'
    edit '{"procedure":"lead","lead_id":"P-4","update":{"data":{"more":{"a":"x4","b":[1,2]}}}}'
    # The same value in another form.
    edit '{"procedure":"lead","lead_id":"P-5","update":{"data":{"score":5.5,"more":{"a":"x5","b":[1e0]}}}}'
    edit '{"procedure":"lead","lead_id":"P-10","update":{"data":{"more":{}}}}'
    undo --dry-run "$run"
    expect_status 1
    in_file out '-         8 to delete'
    in_file out '!         3 kept      undo.changed 3'
    undo --delete 8 "$run"
    [ "$status" = 3 ] && undo --delete "$(jq .accounts.rows.unsent runs/latest/report.json)" "$run"
    expect_status 1
    [ "$(keys_there | paste -sd " ")" = 'P-2 P-4 P-10' ]
    diff <(cut -d, -f1-3,7,9 runs/latest/results.csv | grep kept) - <<'CSV'
3,3,P-2,kept,the process was changed since: data.city is not as it was sent [undo.changed]
5,5,P-4,kept,the process was changed since: data.more is not as it was sent [undo.changed]
11,11,P-10,kept,the process was changed since: data.more is not as it was sent [undo.changed]
CSV
    undone=$(basename "$(readlink runs/latest)")
    cp runs/latest/results.csv before.csv
    rm runs/latest/results.csv
    run_split csv2chakra report "$undone"
    expect_status 0
    cmp before.csv runs/latest/results.csv
    in_file out 'Files in'
    in_file out 'results.csv'
    rm -rf input.csv elsewhere.csv
    stop_sandbox
  done
}

@test "the way back of a change needs no input either" {
  fill
  sed -e 's/^P-1;1.50;/P-1;11;/' -e 's/^P-4;4.50;Köln/P-4;4.50;Trier/' input.csv >changed.csv
  { echo 'mode: update' && cat praxis.yaml; } >update.yaml
  csv2chakra import -q update.yaml changed.csv
  run=$(basename "$(readlink runs/latest)")
  rm changed.csv
  undo "$run"
  expect_status 0
  diff <(cut -d, -f1,2,4- "runs/$run/way-back/changes.csv") - <<'CSV'
row,key,verb,field,before,after
2,P-1,update,data.score,11,1.50
3,P-4,update,data.city,"""Trier""","""Köln"""
CSV
  run_split csv2chakra import --changes "runs/$run/way-back" --progress none
  expect_status 0
  [ "$(jq .accounts.rows.updated runs/latest/report.json)" = 2 ]
}

@test "a CSV is refused where none is read" {
  fill
  undo --dry-run "$run" input.csv
  expect_status 2
  in_file err 'no input is read'
}

# old_ledger: the run's ledger is one that keeps no rows.
old_ledger() { sqlite3 "runs/$1/ledger.sqlite" 'DROP TABLE sent; DROP TABLE after'; }

@test "of a run whose ledger keeps no rows, the unchanged input is read" {
  fill
  old_ledger "$run"
  edit '{"procedure":"lead","lead_id":"P-2","update":{"data":{"city":"Bonn"}}}'
  mv input.csv moved.csv
  undo --dry-run "$run"
  expect_status 7
  in_file err '[input.missing]'
  sed 's/Köln/Wien/' moved.csv >other.csv
  undo --dry-run "$run" other.csv
  expect_status 7
  in_file err '[input.changed]'
  undo --delete 10 "$run" moved.csv
  expect_status 1
  [ "$(keys_there | paste -sd " ")" = P-2 ]
  in_file out 'data.city is not as it was sent'
  # It is read on as it is.
  [ "$(sqlite3 "runs/$run/ledger.sqlite" "SELECT count(*) FROM sqlite_schema WHERE name = 'sent'")" = 0 ]
  # And so is the way back of changes.
  { echo 'mode: update' && cat praxis.yaml; } >update.yaml
  grep -e Nummer -e P-2 moved.csv >two.csv
  csv2chakra import -q update.yaml two.csv
  old_ledger latest
  undo latest
  expect_status 0
  [ "$(cut -d, -f2,4- runs/latest/way-back/changes.csv | tail -1)" = 'P-2,update,data.city,"""Köln""","""Bonn"""' ]
}

@test "a run of 0.1.0 is taken back by its input, and not without" {
  local data=$BATS_TEST_DIRNAME/../data/run-0.1.0 old
  start_sandbox
  old=$(jq -r .id "$data/run.json")
  mkdir -p runs
  mkdir -m 700 "runs/$old"
  sed "s|http://127.0.0.1:18765|$url|" "$data/ledger.sql" | sqlite3 "runs/$old/ledger.sqlite"
  sed "s|http://127.0.0.1:18765|$url|" "$data/run.json" >"runs/$old/run.json"
  cp "$data/mapping.yaml" "runs/$old"
  chmod 600 "runs/$old"/*
  undo --dry-run "$old"
  expect_status 7
  in_file err '[input.missing]'
  cp "$data/inns.csv" .
  undo --dry-run "$old" inns.csv
  # This sandbox has none of them, and shows nothing that would tell so.
  expect_status 6
  in_file out '?         2 unknown'
  sed -i 's/Moon/Mars/' inns.csv
  undo --dry-run "$old" inns.csv
  expect_status 7
  in_file err '[input.changed]'
}

@test "what a ledger says of rows is read only if it is whole" {
  fill
  for sql in 'DELETE FROM sent' "UPDATE sent SET rows = x'01'" "UPDATE sent SET rows = x''" \
    'UPDATE sent SET rows = substr(rows, 1, length(rows) - 1)' \
    "UPDATE sent SET rows = CAST(x'02' || substr(rows, 2) AS BLOB)"; do
    cp "runs/$run/ledger.sqlite" whole
    sqlite3 "runs/$run/ledger.sqlite" "$sql"
    undo --dry-run "$run"
    expect_status 7
    in_file err '[ledger.damaged]'
    cp whole "runs/$run/ledger.sqlite"
  done
  sqlite3 "runs/$run/ledger.sqlite" 'UPDATE sent SET chunk = 7'
  undo --dry-run "$run"
  expect_status 7
  in_file err 'fits no chunk'
}

@test "a ledger holds no value of a row but its key" {
  printf 'Nummer;Punkte;Ort;Mehr;Stand\nKEYWORD;77123;Secretville;{"inner":"hiddenword"};NEW\n' >input.csv
  start_sandbox
  csv2chakra import -q praxis.yaml input.csv
  for word in Secretville hiddenword 77123; do
    run ! grep -q "$word" runs/latest/ledger.sqlite
  done
  grep -q KEYWORD runs/latest/ledger.sqlite
}
