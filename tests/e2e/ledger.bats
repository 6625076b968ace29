#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The ledger of a run, when things happen to it: kills while it is made, files
# beside it that are changed, and who else has it open.

# shellcheck disable=SC2154 # service.bash sets url

load service

# kill_at POINT COMMAND...: the command dies of SIGKILL at that point.
kill_at() {
  local point=$1
  shift
  status=0
  CSV2CHAKRA_FAULT="$point:1:kill" "$@" >out 2>err || status=$?
  if [ "$status" -ne 137 ]; then
    echo "$point: status $status"
    cat err
    return 1
  fi
}

@test "a kill while a run is made leaves nothing, or a run that sent nothing" {
  fast_time
  start_sandbox --duplicates allow
  good_leads 20
  for point in run.create run.folder file.write file.written run.created \
    ledger.filled ledger.place ledger.placed; do
    rm -rf runs
    before=$(held | wc -l)
    kill_at "$point" csv2chakra import leads.yaml leads.csv
    [ "$(held | wc -l)" -eq "$before" ]
    run_split csv2chakra status
    expect_status 0
    not_in_file out damaged
    # Nothing of it stands in the way of the import.
    run_split csv2chakra import --limit 1 leads.yaml leads.csv
    expect_status 0
    run_split csv2chakra import leads.yaml leads.csv
    expect_status 8
  done
}

# help_is TEXT: the last command's error says so in its help.
help_is() { in_file err "$1"; }

# everybody_refuses HELP: exit 7 of all that would go on from what the newest
# run's ledger says, each with the one command that helps; nothing is sent.
everybody_refuses() {
  local before
  before=$(held | wc -l)
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 7
  help_is "$1"
  run_split csv2chakra import --if-changed --resume leads.yaml leads.csv
  expect_status 7
  help_is "$1"
  for command in resume reconcile report; do
    run_split csv2chakra "$command" latest
    expect_status 7
    help_is "$1"
  done
  run_split csv2chakra status latest
  expect_status 0
  in_file out "damaged"
  in_file out "unknown: any row may have been sent"
  in_file out "$1"
  [ "$(held | wc -l)" -eq "$before" ]
}

# none_doubled ROWS: every row is there once.
none_doubled() {
  held >now
  [ "$(wc -l <now)" -eq "$1" ]
  [ "$(sort -u now | wc -l)" -eq "$1" ]
}

# An import of 60 rows in 6 calls that is killed after the fifth was sent.
killed_import() {
  rm -rf runs
  CSV2CHAKRA_FAULT="submit.started:7:kill" csv2chakra import --chunk-rows 10 \
    --in-flight 1 leads.yaml leads.csv >out 2>err && return 1
  [ -s runs/latest/ledger.sqlite-wal ]
}

@test "an older ledger in its place is refused, and --after-damage doubles nothing" {
  fast_time
  start_sandbox --duplicates allow
  good_leads 60
  run_split csv2chakra import --chunk-rows 10 --limit 20 leads.yaml leads.csv
  expect_status 0
  cp runs/latest/ledger.sqlite older
  run_split csv2chakra resume --limit 40 latest
  expect_status 0
  none_doubled 40
  cp older runs/latest/ledger.sqlite
  everybody_refuses "csv2chakra resume --after-damage"
  in_file err "ledger.rolled_back" || in_file out "not the one that was sent from"
  run_split csv2chakra prune latest
  expect_status 2
  help_is "csv2chakra resume --after-damage"
  run_split csv2chakra resume --after-damage --settle 10s latest
  expect_status 0
  none_doubled 60
  [ "$(report .accounts.rows.created)" -eq 60 ]
  run_split csv2chakra resume latest
  expect_status 0
  none_doubled 60
}

# Long: an import for each kind of damage.
# bats test_tags=long
@test "a log that is cut, emptied, changed or gone is refused, and --after-damage doubles nothing" {
  fast_time
  start_sandbox --duplicates allow
  good_mapping
  # Cut far enough to lose a send: an answer that is lost alone is looked up,
  # and where the machine is slow one can be the last that was written.
  # shellcheck disable=SC2016 # expanded when it is run
  for harm in 'truncate -s 32 $w' 'truncate -s 0 $w' 'rm $w' \
    'truncate -s $(($(stat -c %s $w) / 2)) $w' \
    'truncate -s $(($(stat -c %s $w) * 3 / 4 - 100)) $w' \
    'printf X | dd of=$w bs=1 seek=9 conv=notrunc status=none' \
    'printf X | dd of=$w bs=1 seek=44 conv=notrunc status=none' \
    'printf X | dd of=$w bs=1 seek=99 conv=notrunc status=none'; do
    before=$(held | wc -l)
    good_csv 60 | sed "s/^L-/K$before-/" >leads.csv
    killed_import
    # shellcheck disable=SC2034 # the harm names it
    w=runs/latest/ledger.sqlite-wal
    eval "$harm"
    everybody_refuses "csv2chakra resume --after-damage"
    run_split csv2chakra resume --after-damage --settle 10s latest
    expect_status 0
    none_doubled $((before + 60))
  done
}

@test "a resume after damage that is killed is gone on with by another, and by nothing else" {
  fast_time
  start_sandbox --duplicates allow
  good_leads 60
  killed_import
  : >runs/latest/ledger.sqlite-wal
  for point in ledger.committed:1 ledger.committed:2 submit.started:3 \
    ledger.mark:1 ledger.marked:2; do
    status=0
    CSV2CHAKRA_FAULT="$point:kill" csv2chakra resume --after-damage --settle 10s latest \
      >out 2>err || status=$?
    if [ "$status" -eq 137 ]; then
      everybody_refuses "csv2chakra resume --after-damage"
    fi
  done
  # Rows whose second send was lost, too, are not sent a third time.
  run_split csv2chakra resume --after-damage --settle 10s latest
  [ "$status" -eq 0 ] || expect_status 6
  none_doubled "$(held | wc -l)"
  [ "$(report .accounts.rows.unsent)" -eq 0 ]
  run_split csv2chakra reconcile latest
  [ "$status" -eq 0 ] || expect_status 6
}

@test "a kill between ledger and mark is not damage" {
  fast_time
  start_sandbox --duplicates allow
  good_leads 60
  for point in ledger.mark ledger.marked; do
    rm -rf runs
    before=$(held | wc -l)
    status=0
    CSV2CHAKRA_FAULT="$point:3:kill" csv2chakra import --chunk-rows 10 \
      --in-flight 1 leads.yaml leads.csv >out 2>err || status=$?
    [ "$status" -eq 137 ]
    run_split csv2chakra resume --settle 10s latest
    # The third call was never sent, and nobody can know that.
    expect_status 6
    [ "$(held | wc -l)" -eq $((before + 50)) ]
    run_split csv2chakra reconcile --resend-absent --settle 10s latest
    expect_status 0
    [ "$(held | wc -l)" -eq $((before + 60)) ]
    sed -i 's/^L-/M-/' leads.csv
  done
}

@test "a ledger that is gone or garbage may have sent, and --skip-existing goes on" {
  fast_time
  start_sandbox --duplicates allow
  good_mapping
  # shellcheck disable=SC2016 # expanded when it is run
  for harm in 'rm $l' 'rm $l $l-wal' 'rm -f $l $m' \
    'rm -f $l $l-wal $m' ': >$l' 'head -c 20000 /dev/urandom >$l' \
    'sqlite3 $l "DELETE FROM call WHERE id = 2"' \
    'sqlite3 $l "CREATE TRIGGER t AFTER UPDATE ON call BEGIN DELETE FROM call; END"'; do
    before=$(held | wc -l)
    good_csv 60 | sed "s/^L-/K$before-/" >leads.csv
    killed_import
    # shellcheck disable=SC2034 # the harm names them
    l=runs/latest/ledger.sqlite m=runs/latest/ledger.mark
    eval "$harm"
    everybody_refuses "csv2chakra import --again --skip-existing"
    id=$(readlink runs/latest)
    run_split csv2chakra import --again --skip-existing leads.yaml leads.csv
    expect_status 0
    none_doubled $((before + 60))
    run_split csv2chakra prune --older-than 1d
    [ -e "runs/$id/run.json" ]
    [ ! -e "runs/$id/pruned.json" ]
    run_split csv2chakra prune "$id"
    expect_status 0
    run_split csv2chakra status "$id"
    in_file out "pruned"
  done
}

@test "a run without a ledger that sent nothing never blocks, and can be pruned" {
  fast_time
  start_sandbox
  good_leads 20
  kill_at ledger.place csv2chakra import leads.yaml leads.csv
  id=$(readlink runs/latest)
  run_split csv2chakra resume latest
  expect_status 7
  help_is "csv2chakra import "
  not_in_file err "--again"
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  run_split csv2chakra prune "$id"
  expect_status 0
  [ ! -e "runs/$id/ledger.mark" ]
}

@test "without a key there is nothing to look up after damage" {
  fast_time
  start_sandbox
  good_mapping
  sed -i '/^lead_id/d' leads.yaml
  good_csv 60 >leads.csv
  killed_import
  : >runs/latest/ledger.sqlite-wal
  run_split csv2chakra resume --after-damage --settle 10s latest
  expect_status 2
  in_file err "by their key"
}

@test "no number that a ledger holds ends the program by an assertion" {
  fast_time
  start_sandbox --duplicates allow
  good_leads 60
  killed_import
  cp -r runs kept
  for change in "call SET attempts" "call SET part" "call SET sent_ms" \
    "call SET http_status" "event SET at_ms" "chunk SET first_row" \
    "chunk SET first_line" "chunk SET body_bytes" "chunk SET blank_lines" \
    "meta SET value"; do
    for number in 9223372036854775807 9223372036854775806 \
      "'18446744073709551615'"; do
      rm -rf runs
      cp -r kept runs
      # What a table does not take stays as it is.
      sqlite3 runs/latest/ledger.sqlite "UPDATE $change = $number" \
        2>sqlite.err || continue
      for command in status report "resume --settle 10s" "reconcile --settle 10s"; do
        # shellcheck disable=SC2086 # words
        run_split csv2chakra $command latest
        case $status in 0 | 1 | 2 | 4 | 6 | 7) ;; *)
          echo "$change = $number: $command"
          expect_status 0
          ;;
        esac
      done
    done
  done
}

@test "a number in a ledger that is none is said by a report" {
  local key
  start_sandbox
  good_leads 20
  csv2chakra import -q leads.yaml leads.csv
  for key in rehearsal stop_kind finished limited rows_read other_version to_fix after_bytes; do
    sqlite3 runs/latest/ledger.sqlite \
      "INSERT OR REPLACE INTO meta(key, value) VALUES ('$key', 'many')"
    run_split csv2chakra report latest
    sqlite3 runs/latest/ledger.sqlite "UPDATE meta SET value = '' WHERE key = '$key'"
    expect_status 7
    in_file err "'many' for '$key', which is not a number"
  done
  # What is only shown may be anything; what a run is read by may not.
  sqlite3 runs/latest/ledger.sqlite "UPDATE meta SET value = 'many' WHERE key = 'settings'"
  run_split csv2chakra report latest
  expect_status 0
  in_file out "20 created"
  sqlite3 runs/latest/ledger.sqlite "UPDATE meta SET value = 'many' WHERE key = 'arguments'"
  run_split csv2chakra report latest
  expect_status 7
}

@test "an import whose verdict the ledger does not take is none that went well" {
  case ${CSV2CHAKRA_BUILD:-release} in
  asan | tsan) skip "a sanitizer comes before what is preloaded" ;;
  esac
  "${CC:-cc}" -shared -fPIC -O1 -w -D_LARGEFILE64_SOURCE -o inject.so \
    "$BATS_TEST_DIRNAME/../rehearse/inject.c" -ldl
  start_sandbox --duplicates allow
  good_leads 20
  INJECT_COUNT="$PWD/counts" LD_PRELOAD="$PWD/inject.so" csv2chakra import -q leads.yaml leads.csv
  steps=$(sed -n 's/^step //p' counts)
  for n in $(seq $((steps - 9)) "$steps"); do
    rm -rf runs
    INJECT=step:$n LD_PRELOAD="$PWD/inject.so" run_split csv2chakra import leads.yaml leads.csv
    # Unless it took some steps less this time, and none failed.
    [ "$(sqlite3 runs/latest/ledger.sqlite "SELECT value FROM meta WHERE key = 'exit_status'")" != 0 ] ||
      continue
    expect_status 4
    in_file err '[ledger.disk]'
    failed=$((${failed:-0} + 1))
  done
  [ "$failed" -gt 0 ]
}

@test "a run goes on from a file, and says so of a pipe" {
  fast_time
  start_sandbox
  good_leads 60
  killed_import
  mkfifo pipe
  for command in resume reconcile report "resume --after-damage"; do
    # shellcheck disable=SC2086 # words
    run_split csv2chakra $command latest <(cat leads.csv)
    expect_status 2
    help_is "name a file"
    # shellcheck disable=SC2086 # words
    run_split timeout 10 "$PWD/fast/csv2chakra" $command latest pipe
    expect_status 2
    help_is "name a file"
  done
}

@test "an import of ten rows waits for the disk about thirty times" {
  command -v strace >/dev/null || skip "strace is not installed: waits for the disk are not counted"
  start_sandbox
  { echo 'version: 1' && echo 'procedure: lead' && echo 'lead_id: Nr'; } >waits.yaml
  { echo Nr && seq -f 'W%g' 1 10; } >waits.csv
  # One or two more where an answer and its job come further apart.
  for most in 33 32; do
    ASAN_OPTIONS=detect_leaks=0 strace -f -o waits.trace -e trace=fsync,fdatasync \
      csv2chakra import -q --again waits.yaml waits.csv >waits.out 2>&1
    echo "$(grep -c 'sync(' waits.trace) waits, at most $most"
    [ "$(grep -c 'sync(' waits.trace)" -gt 10 ]
    [ "$(grep -c 'sync(' waits.trace)" -le "$most" ]
    sed -i 's/W/V/' waits.csv
  done
}

# old_run SQL: the run that 0.1.0 made, as if it had ended like this and its
# service were the sandbox; $old is its id.
old_run() {
  local data=$BATS_TEST_DIRNAME/../data/run-0.1.0
  old=$(jq -r .id "$data/run.json")
  rm -rf "runs/$old"
  mkdir -p runs
  mkdir -m 700 "runs/$old"
  { sed "s|http://127.0.0.1:18765|$url|" "$data/ledger.sql" && echo "$1"; } |
    sqlite3 "runs/$old/ledger.sqlite"
  sed "s|http://127.0.0.1:18765|$url|" "$data/run.json" >"runs/$old/run.json"
  cp "$data/mapping.yaml" "runs/$old"
  cp "$data/inns.csv" .
  chmod 600 "runs/$old"/*
}

# schema: of the old run's ledger.
schema() { sqlite3 "runs/$old/ledger.sqlite" 'PRAGMA user_version; SELECT sql FROM sqlite_schema'; }

@test "a ledger of 0.1.0 is resumed, reconciled and told of as it is, and never made a new one" {
  local before
  start_sandbox
  old_run "DELETE FROM call; UPDATE meta SET value = '' WHERE key IN ('finished', 'exit_status');
    UPDATE meta SET value = '6' WHERE key = 'stop_kind';"
  before=$(schema)
  run_split csv2chakra resume "$old" inns.csv --progress none
  expect_status 1
  [ "$(jq -c '.accounts.rows | [.created, .rejected, .unsent]' "runs/$old/report.json")" = '[2,1,0]' ]
  [ "$(schema)" = "$before" ]
  [ "$(curl -s "$url/sandbox/processes?now=1" | jq -rs 'map(.key) | sort | join(" ")')" = 'Moon Star' ]
  # The answer to its call was lost: a lookup finds what is there.
  old_run "UPDATE call SET state = 'unknown', job = '', code = 'http.no_answer',
    sent_ms = CAST(strftime('%s', 'now') AS INTEGER) * 1000 - 30000;
    UPDATE meta SET value = '6' WHERE key = 'exit_status';"
  run_split csv2chakra reconcile "$old" inns.csv --settle 1s --progress none
  expect_status 1
  [ "$(jq -c '.accounts.rows | [.created, .rejected, .unknown]' "runs/$old/report.json")" = '[2,1,0]' ]
  [ "$(schema)" = "$before" ]
  csv2chakra report "$old" inns.csv >report.out
  in_file report.out '2 of 3 rows'
  [ "$(schema)" = "$before" ]
}
