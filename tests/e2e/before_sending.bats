#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What can be known before the first row is sent is known before it: a run that
# could not come to its end sends nothing.

load service

setup() {
  setup_folder
  good_leads 60
}

teardown() {
  writable
  stop_sandbox
}

# new_rows [ROWS]: leads.csv has keys that no import had.
new_rows() {
  before=$(held | wc -l)
  rm -rf runs
  good_csv "${1:-60}" | sed "s/^L-/K$before-/" >leads.csv
}

nothing_sent() { [ "$(held | wc -l)" -eq "$before" ]; }

# none_doubled ROWS: so many more than before, each once.
none_doubled() {
  held >now
  [ "$(wc -l <now)" -eq $((before + $1)) ]
  [ "$(sort -u now | wc -l)" -eq $((before + $1)) ]
}

# An import that is stopped by its limit.
stopped_run() {
  new_rows
  run_split csv2chakra import --limit 20 --chunk-rows 10 leads.yaml leads.csv
  expect_status 0
  none_doubled 20
}

# limited N COMMAND...: with at most N open files, and no way to get more.
limited() {
  local most=$1
  shift
  run_split bash -c "ulimit -n $most && exec \"\$@\"" - "$@"
}

@test "with too few open files nothing is sent, whatever their number" {
  fast_time
  start_sandbox --duplicates allow
  for most in $(seq 8 4 64); do
    new_rows
    echo "$most"
    limited "$most" csv2chakra import --chunk-rows 10 leads.yaml leads.csv
    if [ "$status" -ne 0 ]; then
      nothing_sent
      [ "$(find runs -name run.json | wc -l)" -eq 0 ]
    else
      none_doubled 60
    fi
  done
  new_rows
  limited 40 csv2chakra import leads.yaml leads.csv
  expect_status 2
  in_file err "[usage.open_files]"
  nothing_sent
  limited 60 csv2chakra import --in-flight 1 leads.yaml leads.csv
  expect_status 0
  stopped_run
  for command in resume reconcile; do
    limited 40 csv2chakra "$command" latest
    expect_status 2
    in_file err "[usage.open_files]"
    none_doubled 20
  done
  run_split csv2chakra resume latest
  expect_status 0
  none_doubled 60
}

@test "the calls at once that a mapping wants are a resume's, too, and not a reconcile's" {
  start_sandbox
  printf 'submit:\n  in_flight: 64\n' >>leads.yaml
  stopped_run
  limited 100 csv2chakra resume latest
  expect_status 2
  in_file err "[usage.open_files]"
  none_doubled 20
  limited 100 csv2chakra reconcile latest
  expect_status 0
  none_doubled 20
}

@test "a soft limit on open files is raised" {
  start_sandbox
  new_rows
  run_split bash -c 'ulimit -Sn 30 && exec csv2chakra import leads.yaml leads.csv'
  expect_status 0
  none_doubled 60
}

@test "a disk without room for the ledger and the results" {
  fast_time
  start_sandbox --duplicates allow
  new_rows 2000
  CSV2CHAKRA_FAULT=disk.room:1:fail run_split csv2chakra import leads.yaml \
    leads.csv
  expect_status 4
  in_file err "[disk.room]"
  # 160 a line, 2,000 a call: the header's line, and the last call that is not full.
  in_file err "may need 330,160 bytes in "
  nothing_sent
  [ "$(find runs -name run.json | wc -l)" -eq 0 ]
  run_split csv2chakra import --limit 500 leads.yaml leads.csv
  expect_status 0
  none_doubled 500
  for command in resume reconcile "import --if-changed --resume"; do
    # shellcheck disable=SC2086 # words
    set -- $command
    [ "$1" = import ] && set -- "$@" leads.yaml leads.csv || set -- "$@" latest
    CSV2CHAKRA_FAULT=disk.room:1:fail run_split csv2chakra "$@"
    expect_status 4
    in_file err "[disk.room]"
    none_doubled 500
  done
  run_split csv2chakra resume latest
  expect_status 0
  none_doubled 2000
}

# Far more than what is looked at before it is refused.
without_end() { yes 'K-1,Open' | head -c 500000000; }

# The same in pieces that are smaller than what the fault leaves.
in_drops() {
  for _ in {1..60}; do
    printf '%5000s' ''
    sleep 0.004
  done
}

@test "a pipe without an end is copied until the disk or --max-input says no" {
  fast_time
  start_sandbox
  before=0
  run_split csv2chakra import --max-input 2MiB leads.yaml - < <(without_end)
  expect_status 7
  in_file err "[input.too_large]"
  CSV2CHAKRA_FAULT=disk.room:40:fail run_split csv2chakra import leads.yaml - \
    < <(without_end)
  expect_status 4
  in_file err "[disk.room]"
  in_file err "does the input end?"
  CSV2CHAKRA_FAULT=disk.room:40:fail run_split csv2chakra import leads.yaml - \
    < <(in_drops)
  expect_status 4
  in_file err "[disk.room]"
  CSV2CHAKRA_FAULT=disk.room:40:fail run_split csv2chakra check -o out.d \
    leads.yaml <(without_end)
  expect_status 4
  in_file err "[disk.room]"
  nothing_sent
  # Of what was copied nothing is left.
  [ "$(find runs out.d -type f | wc -l)" -eq 0 ]
}

@test "an input that is gone before its run has it is not sent from a copy that no run keeps" {
  fast_time
  start_sandbox
  new_rows
  CSV2CHAKRA_FAULT=run.created:1:stop csv2chakra import leads.yaml - \
    < <(cat leads.csv) >out 2>err 3>&- &
  importer=$!
  until_stopped "$importer"
  rm runs/.spool-*
  kill -CONT "$importer"
  status=0
  wait "$importer" || status=$?
  expect_status 4
  in_file err "unable to move the input to '$(realpath runs)/"
  nothing_sent
}

# unwritable DIR: no file can be made in it, also by root; or the test ends.
unwritable() {
  chmod 500 "$1"
  [ "$(id -u)" -ne 0 ] || chattr +i "$1" 2>/dev/null ||
    skip "this file system cannot forbid root to write"
  closed=$1
}

writable() {
  [ -n "${closed:-}" ] || return 0
  chattr -i "$closed" 2>/dev/null || :
  chmod 700 "$closed"
  closed=
}

@test "a folder in which no file can be made" {
  fast_time
  start_sandbox --duplicates allow
  new_rows
  mkdir -m 700 runs
  unwritable runs
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 4
  nothing_sent
  writable
  stopped_run
  unwritable "$(realpath runs/latest)"
  for command in "resume latest" "reconcile latest" \
    "import --if-changed --resume leads.yaml leads.csv"; do
    # shellcheck disable=SC2086 # words
    run_split csv2chakra $command
    [ "$status" -eq 4 ] || expect_status 7
    none_doubled 20
  done
  writable
  run_split csv2chakra resume latest
  expect_status 0
  none_doubled 60
}

@test "a folder in the place of a file of the run" {
  fast_time
  start_sandbox --duplicates allow
  for name in results.csv rejected.csv rejected.reasons.csv to-fix.csv \
    report.json report.html service.json ledger.mark input.sums mapping.yaml \
    run.json ledger.sqlite; do
    echo "$name"
    stopped_run
    rm "runs/latest/$name"
    mkdir "runs/latest/$name"
    echo mine >"runs/latest/$name/note"
    run_split csv2chakra resume latest
    if [ "$status" -eq 0 ]; then
      none_doubled 60
      [ "$(find -L runs/latest -maxdepth 1 -name 'results*.csv' -type f \
        -exec grep -h -c created {} + | sort -n | tail -n 1)" -eq 60 ]
    else
      none_doubled 20
      [ "$status" -eq 7 ] || [ "$status" -eq 4 ] || expect_status 2
    fi
    [ "$(cat "runs/latest/$name/note")" = mine ]
  done
}

@test "no exit that says nothing was sent comes after a send" {
  fast_time
  start_sandbox --duplicates allow
  # What becomes of the run's folder while it sends, and before its books.
  # shellcheck disable=SC2016 # expanded when it is run
  for harm in 'mv $run moved' 'mkdir $run/ledger.sqlite-journal' \
    'rm $run/ledger.sqlite' 'rm -r $run' 'rm $run/run.json' \
    'mv $run/ledger.sqlite away && mkfifo $run/ledger.sqlite' \
    'mkdir -p $run/report.json $run/results.csv' 'rm leads.csv'; do
    for point in submit.started:3 books.close:1; do
      echo "$harm at $point"
      new_rows
      CSV2CHAKRA_FAULT="$point:stop" csv2chakra import --chunk-rows 10 \
        --in-flight 1 leads.yaml leads.csv >out 2>err 3>&- &
      importer=$!
      until_stopped "$importer"
      # shellcheck disable=SC2034 # the harm names it
      run=$(realpath runs/latest)
      rm -rf moved away
      eval "$harm"
      kill -CONT "$importer"
      status=0
      wait "$importer" || status=$?
      case $status in 2 | 8 | 75) expect_status 4 ;; esac
      # Without a ledger nobody knows what became of the rows.
      [ -f "$run/ledger.sqlite" ] || expect_status 7
      not_in_file err "nothing was sent"
    done
  done
}
