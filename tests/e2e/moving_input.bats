#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The input changes while a run needs it: nothing is sent that was not
# surveyed, the books are closed, and the words on the screen lead to the end
# without a row twice.

# shellcheck disable=SC2154 # service.bash sets url

load service

# Of 8,000 rows and 1.4 MB, more than is read at once.
setup_file() {
  cd "$BATS_FILE_TMPDIR" || return 1
  good_mapping
  good_csv 8000 | sed "s/note/note$(printf %0140d 0)/" >leads.csv
  "$CSV2CHAKRA_BIN/csv2chakra" convert leads.yaml leads.csv | sort >surveyed
}

setup() {
  setup_folder
  cp "$BATS_FILE_TMPDIR"/{leads.yaml,leads.csv,surveyed} .
  cp -p leads.csv kept.csv
}

# halted_import [FILE [POINT]]: begins an import of calls of 100 rows and halts
# it before its third one, when the first megabyte may have been read.
halted_import() {
  start_sandbox --duplicates allow
  halted_at "${2:-submit.start:3}" import leads.yaml "${1:-leads.csv}" \
    --no-wait --in-flight 1 --chunk-rows 100
}

halted_at() {
  CSV2CHAKRA_FAULT=$1:stop csv2chakra-faults "${@:2}" >out 2>err 3>&- &
  importer=$!
  until_stopped "$importer"
}

goes_on() {
  kill -CONT "$importer"
  status=0
  wait "$importer" || status=$?
}

# edit_in_place FILE [OFFSET]: with the same size and time; by default far
# after what was read.
edit_in_place() {
  printf 'Zed,Zed' | dd of="$1" bs=1 seek="${2:-1300000}" conv=notrunc status=none
  touch -r kept.csv "$1"
}

sent_is_surveyed() {
  held >held_now
  [ -z "$(comm -23 held_now surveyed)" ]
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.received_twice)" = 0 ]
}

# The command in the last help line, as a person would paste it.
paste_help() {
  local line
  line=$(sed -n 's/.*: \(csv2chakra [a-z]* .*\)$/\1/p' err | tail -1)
  [ -n "$line" ]
  status=0
  eval "$line" >out 2>err || status=$?
}

stops_and_goes_on() {
  expect_status 7
  in_file err '[input.changed]'
  in_file err 'rows were sent'
  not_in_file err 'start again'
  not_in_file out 'start again'
  sent_is_surveyed
  [ "$(report .accounts.balanced)" = true ]
  [ "$(report .accounts.rows.accepted)" -ge 200 ]
  [ -s runs/latest/results.csv ]
  # The guard knows it for a run that goes on.
  cp -p kept.csv leads.csv
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 8
  in_file err 'csv2chakra resume'
}

ends_whole() {
  expect_status 0
  sent_is_surveyed
  held | cmp surveyed -
}

@test "an edit in place with the same size and time stops the run before its bytes are sent" {
  halted_import
  edit_in_place leads.csv
  goes_on
  cp err first_err
  stops_and_goes_on
  cp first_err err
  paste_help
  ends_whole
}

@test "of an input that changes before its first row is sent nothing is sent" {
  halted_import leads.csv run.created:1
  truncate -s 60000 leads.csv
  goes_on
  expect_status 7
  in_file err 'no row was sent: import the file once nothing writes to it'
  [ "$(held | wc -l)" -eq 0 ]
  cp -p kept.csv leads.csv
  run_split csv2chakra import leads.yaml leads.csv --no-wait
  ends_whole
}

@test "a file that is cut short stops at once, and the rest is sent when it is back" {
  halted_import
  truncate -s 60000 leads.csv
  goes_on
  cp err first_err
  in_file err "was cut from"
  stops_and_goes_on
  # A resume over the short file sends nothing and says where it differs.
  truncate -s 60000 leads.csv
  run_split csv2chakra resume latest
  expect_status 7
  sent_is_surveyed
  cp -p kept.csv leads.csv
  cp first_err err
  paste_help
  ends_whole
}

@test "a change in what an earlier part of the run has read leaves its rows read" {
  halted_import leads.csv submit.start:72
  kill -TERM "$importer"
  goes_on
  expect_status 5
  read=$(report .accounts.rows.read)
  # Behind what is read at once, before the last row that was sent, and when it was looked at.
  halted_at ledger.committed:1 resume latest --no-wait
  edit_in_place leads.csv 1100000
  goes_on
  expect_status 7
  in_file err '[input.changed]'
  sent_is_surveyed
  [ "$(report .accounts.balanced) $(report .accounts.rows.read)" = "true $read" ]
  cp -p kept.csv leads.csv
  run_split csv2chakra resume latest --no-wait
  ends_whole
}

@test "what is appended to whole lines is not sent, and not a change" {
  halted_import
  echo 'L-new,Open,Ann,Lee,1,late' >>leads.csv
  goes_on
  expect_status 0
  in_file err 'the input grew since the run began'
  ends_whole
  [ "$(report .accounts.rows.accepted)" = 8000 ]
}

@test "a run that stopped goes on with the surveyed bytes of a file that grew" {
  halted_import
  kill -TERM "$importer"
  goes_on
  expect_status 5
  echo 'L-new,Open,Ann,Lee,1,late' >>leads.csv
  run_split csv2chakra resume latest --no-wait
  expect_status 0
  in_file err 'the input grew since the run began'
  ends_whole
}

@test "a last record that was half written is not sent" {
  # The writer had come to the middle of the score.
  printf 'L-half,Open,Ann,Lee,12' >>leads.csv
  halted_import
  printf '34,"whole"\n' >>leads.csv
  goes_on
  expect_status 7
  in_file err 'half written'
  not_in_file err 'start again'
  sent_is_surveyed
  held >held_now
  not_in_file held_now L-half
  [ "$(report .accounts.balanced)" = true ]
}

@test "a file exchanged under its name is not looked at: the run has the one that it holds" {
  halted_import
  good_csv 50 | sed s/L-/X-/ >other.csv
  mv other.csv leads.csv
  goes_on
  expect_status 0
  ends_whole
}

@test "a change that only the closing sees leaves no row without its outcome" {
  sed -i 's/^L-7999,Open/L-7999,Open,extra/' leads.csv
  cp -p leads.csv kept.csv
  halted_import leads.csv submit.start:80
  edit_in_place leads.csv 700000
  goes_on
  expect_status 7
  in_file err 'its bytes from 655,360 to 720,896 are not what they were'
  in_file err 'every row was sent as it was'
  sent_is_surveyed
  [ "$(report .accounts.balanced)" = true ]
  [ "$(report .accounts.bytes)" = null ]
  [ "$(report .accounts.rows.accepted)" = 7999 ]
  in_file out 'cannot be counted'
  [ "$(wc -l <runs/latest/results.csv)" -eq 8001 ]
  # The rejected row is named, its bytes are nowhere.
  in_file runs/latest/rejected.reasons.csv 'rejected,send,input.changed'
  not_in_file runs/latest/to-fix.csv extra
  run_split csv2chakra retry latest
  [ "$status" -ne 0 ]
  in_file err 'run csv2chakra report'
  cp -p kept.csv leads.csv
  run_split csv2chakra report latest
  expect_status 0
  in_file runs/latest/to-fix.csv extra
  [ "$(report .accounts.bytes.balanced)" = true ]
}

@test "the same for a compressed input" {
  gzip -k leads.csv
  cp -p leads.csv.gz kept.csv.gz
  halted_import leads.csv.gz
  gzip -c leads.yaml >>leads.csv.gz
  goes_on
  expect_status 0
  in_file err 'the input grew since the run began'
  ends_whole
}

# stored FILE [OFFSET]: leads.csv as a gzip file that holds its bytes as they
# are, so that an edit at OFFSET changes no size; written in place.
stored() {
  python3 - "$1" "${2:-}" <<'PYTHON'
import io
import os
import sys
import gzip

with open('leads.csv', 'rb') as f:
    text = bytearray(f.read())
if sys.argv[2]:
    at = int(sys.argv[2])
    text[at:at + 7] = b'Zed,Zed'
out = io.BytesIO()
with gzip.GzipFile('', 'wb', 0, out, 0) as z:
    z.write(text)
with open(sys.argv[1], 'r+b' if os.path.exists(sys.argv[1]) else 'wb') as f:
    f.write(out.getvalue())
PYTHON
}

@test "an edit in place of a compressed input, which stays a good one, stops the run as well" {
  stored leads.csv.gz
  cp -p leads.csv.gz kept.csv.gz
  size=$(stat -c %s leads.csv.gz)
  halted_import leads.csv.gz
  stored leads.csv.gz 1300000
  touch -r kept.csv.gz leads.csv.gz
  [ "$(stat -c %s leads.csv.gz)" = "$size" ]
  gzip -t leads.csv.gz
  goes_on
  expect_status 7
  in_file err '[input.changed]'
  in_file err 'rows were sent'
  sent_is_surveyed
  [ "$(report .accounts.balanced)" = true ]
  cp -p kept.csv.gz leads.csv.gz
  paste_help
  ends_whole
}

@test "a report over a changed file says where it differs" {
  sed -i 's/^L-7999,Open,Ann,Lee,7999/L-7999,Open,Ann,Lee,none/' leads.csv
  cp -p leads.csv kept.csv
  start_sandbox --duplicates allow
  csv2chakra import leads.yaml leads.csv --no-wait >out 2>err || [ $? -eq 1 ]
  [ -s runs/latest/input.sums ]
  edit_in_place leads.csv
  run_split csv2chakra report latest
  expect_status 7
  in_file err 'differs somewhere after its first'
  cp -p kept.csv leads.csv
  run_split csv2chakra report latest
  expect_status 0
}
