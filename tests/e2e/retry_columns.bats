#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The columns of a fixed file: a mapping by position means those of the first
# input, and what it says of that file is not asked of this one.

load service

# by_position: an import with `index:` only, of which the third row failed; its
# to-fix.csv is good in all but its places, as good.csv. $parent.
by_position() {
  cat >places.yaml <<'YAML'
version: 1
procedure: lead
source: {encoding: windows-1252}
lead_id: {index: 1}
state: {index: 2, map: {Offen: NEW}}
data:
  home: {index: 3}
  work: {index: 4}
  city: {index: 6}
YAML
  printf '%s\n' 'Nr;Stand;Tel;Tel;Größe;Ort' 'B-1;Offen;11;12;8;Köln' 'B-2;Zu;21;22;9;Bonn' \
    'B-3;Offen;31;32;7;Trier' | iconv -t windows-1252 >people.csv
  run_split csv2chakra import places.yaml people.csv
  expect_status 1
  parent=$(readlink runs/latest)
  sed 's/;Zu;/;Offen;/' "runs/$parent/to-fix.csv" >good.csv
}

# columns EXPRESSION: good.csv with the columns r[0], r[1], … that Python's EXPRESSION makes of it, as fixed.csv.
columns() {
  python3 -B - "$1" <<'PY'
import csv, sys
rows = list(csv.reader(open('good.csv', encoding='utf-8-sig'), delimiter=';'))
with open('fixed.csv', 'w', encoding='utf-8-sig', newline='') as f:
    csv.writer(f, delimiter=';').writerows([eval(sys.argv[1], {'r': r, 'head': n == 0}) for n, r in enumerate(rows)])
PY
}

@test "columns that were moved or added change nothing of what a mapping by position takes" {
  start_sandbox
  by_position
  wanted='{"lead_id":"B-2","state":"NEW","data":{"home":"21","work":"22","city":"Bonn"}}'
  for change in 'r' 'r[2:][::-1] + r[:2]' 'r[:2] + r[2:4][::-1] + r[4:]' 'r[:2] + ["Neu" if head else "x"] + r[2:]' \
    'r[:6] + ["Ort 2" if head else "falsch"] + r[6:]' 'r[:2] + r[7:] + r[2:7]'; do
    # The same input again, so that each retry finds its row to fix.
    stop_sandbox
    start_sandbox
    rm -rf runs
    by_position
    columns "$change"
    # Of two columns of one name the first is the first.
    case $change in 'r[2:][::-1]'*) sed -i 's/;22;21;/;21;22;/' fixed.csv ;; esac
    run_split csv2chakra retry "$parent" fixed.csv
    expect_status 0
    held | grep -F '"B-2"' >row
    in_file row "$wanted"
  done
}

@test "a column that a mapping by position takes and that is gone or there twice is asked for" {
  start_sandbox
  by_position
  for change in 'r[:-1]' 'r + ["Ort" if head else "falsch"]' 'r[:4] + r[5:]'; do
    columns "$change"
    run_split csv2chakra retry "$parent" fixed.csv
    expect_status 2
    in_file err "[retry.column]"
    in_file err "by 'index: "
  done
  [ "$(held | wc -l)" -eq 2 ]
  # A name that was changed is a column that is gone.
  columns '[c.replace("Ort", "Stadt") for c in r]'
  run_split csv2chakra retry "$parent" fixed.csv
  expect_status 2
  in_file err "'Ort'"
  columns r
  run_split csv2chakra retry "$parent" fixed.csv
  expect_status 0
}

@test "a moved column is found by a retry of a retry and by its resume, also without a header" {
  start_sandbox
  by_position
  sed -i 's/;Offen;/;Zu;/' good.csv
  columns 'r[:2] + r[7:] + r[2:7]'
  run_split csv2chakra retry "$parent" fixed.csv
  expect_status 1
  # Its own to-fix.csv has the columns as they were moved; one more move.
  sed 's/;Zu;/;Offen;/' runs/latest/to-fix.csv >good.csv
  columns 'r[:2] + r[4:] + r[2:4]'
  status=0
  CSV2CHAKRA_FAULT=submit.start:1:kill csv2chakra-faults retry latest fixed.csv >out 2>err || status=$?
  [ "$status" -eq 137 ]
  # What says which column is which and which rows failed is needed again.
  while read -r file answer words; do
    mv "runs/$file" aside
    run_split csv2chakra resume latest --settle 1s --on-unknown resend-absent
    expect_status "$answer"
    in_file err "$words"
    mv aside "runs/$file"
  done <<END
$parent/mapping.yaml 2 error: unable to open '$PWD/runs/$parent/mapping.yaml'
$parent/rejected.csv 7 writes it
$(jq -r .parent runs/latest/run.json)/rejected.reasons.csv 7 writes it
END
  [ "$(held | wc -l)" -eq 2 ]
  run_split csv2chakra resume latest --settle 1s --on-unknown resend-absent
  expect_status 0
  held | grep -F '"B-2"' >row
  in_file row '"data":{"home":"21","work":"22","city":"Bonn"}'
  sed -i -e '1d' -e 's/^B/C/' people.csv
  run_split csv2chakra import --no-header places.yaml people.csv
  expect_status 1
  sed 's/;Zu;/;Offen;/' runs/latest/to-fix.csv >good.csv
  columns 'r[::-1]'
  run_split csv2chakra retry latest fixed.csv
  expect_status 0
  held | grep -F '"C-2"' >row
  in_file row '"data":{"home":"21","work":"22","city":"Bonn"}'
}

@test "what the mapping says of the first file is not asked of the fixed one" {
  start_sandbox
  cat >old.yaml <<'YAML'
version: 1
procedure: lead
source: {encoding: windows-1252, skip_lines: 2, header: false, quote: "'", delimiter: ";"}
lead_id: {index: 1}
state: {index: 2, map: {Offen: NEW}}
data:
  city: {index: 3}
  note: {index: 4}
YAML
  for way in marked plain saved resumed; do
    rm -rf runs
    printf '%s\n' 'Liste' 'Stand Mai' "$way-1;Offen;Köln;'a; b'" "$way-2;Zu;Düren;'say \"x\"'" |
      iconv -t windows-1252 >people.csv
    run_split csv2chakra import old.yaml people.csv
    expect_status 1
    sed 's/;Zu;/;Offen;/' runs/latest/to-fix.csv >fixed.csv
    case $way in
    plain) sed -i '1s/^\xef\xbb\xbf//' fixed.csv ;;
    saved) # by a spreadsheet that knows no UTF-8
      sed '1s/^\xef\xbb\xbf//' fixed.csv | iconv -t windows-1252 >saved.csv
      mv saved.csv fixed.csv
      ;;
    esac
    if [ $way = resumed ]; then
      status=0
      CSV2CHAKRA_FAULT=submit.start:1:kill csv2chakra-faults retry latest fixed.csv >out 2>err || status=$?
      [ "$status" -eq 137 ]
      run_split csv2chakra resume latest --settle 1s --on-unknown resend-absent
    else
      run_split csv2chakra retry latest fixed.csv
    fi
    expect_status 0
    held | grep -F "\"$way-2\"" >row
    in_file row '"data":{"city":"Düren","note":"say \"x\""}'
  done
}
