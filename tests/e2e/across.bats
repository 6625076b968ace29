#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --unique-across: unique fields compared over all files of a command, by the
# command itself, by one that goes on after a kill, and by each run alone.

load service

setup() {
  setup_folder
  mkdir tmp
  export TMPDIR="$PWD/tmp"
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  cat >crates.yaml <<'YAML'
version: 1
procedure: lead
source: {delimiter: "|"}
lead_id: crate
data:
  seal: {column: seal, unique: true, on_error: omit}
  fruit: {column: fruit, one_of: [plum, pear]}
YAML
}

teardown() {
  stop_sandbox
  [ -z "$(find tmp -mindepth 1)" ]
}

# crates FILE CRATE:SEAL[:FRUIT]...
crates() {
  local file=$1
  shift
  {
    echo 'fruit|crate|seal'
    printf '%s\n' "$@" | awk -F: '{ print ($3 ? $3 : "plum") "|" $1 "|" $2 }'
  } >"$file"
}

# many FILE FROM TO: crates of those numbers; every seventh seal and every
# fifth crate is one that some other row may have, too.
many() {
  awk -v from="$2" -v to="$3" 'BEGIN {
    print "fruit|crate|seal"
    for (i = from; i <= to; i++)
      printf "pear|C%d|S%d\n", i % 5 ? i : i % 40, i % 7 ? i : i % 21
  }' >"$1"
}

# The crates that the service holds, one a line.
crates_held() { held | jq -r .lead_id | sort; }

# each_once FILE...: of the crates in the files each was created once.
each_once() {
  crates_held >now
  tail -qn +2 "$@" | cut -d'|' -f2 | sort -u | cmp - now
}

run_of() { find runs -maxdepth 1 -name "2*-$1-*"; }

@test "check finds the duplicates that one file of all rows has, and says where the first is" {
  crates a.csv k1:s1 k2:s2 k1:s3
  crates b.csv k3:s1 k2:s5 k4:s4:nut
  crates c.csv k5:s7 k4:s8 k3:s9
  { cat a.csv && tail -qn +2 b.csv c.csv; } >all.csv
  run_split csv2chakra check -o whole --format json crates.yaml all.csv
  run_split csv2chakra check -o parts --unique-across --format json crates.yaml a.csv b.csv c.csv
  expect_status 1
  in_file err 'reading the unique keys of 3 files, to compare them'
  tail -qn +2 parts/{a,b,c}.csv/rejected.csv | cmp - <(tail -n +2 whole/rejected.csv)
  in_file parts/a.csv/rejected.reasons.csv 'the value is already in row 2 (line 2),'
  in_file parts/b.csv/rejected.reasons.csv "the value is already in row 3 (line 3) of 'a.csv'"
  in_file parts/c.csv/rejected.reasons.csv "the value is already in row 4 (line 4) of 'b.csv'"
  in_file parts/c.csv/rejected.reasons.csv "the value is already in row 2 (line 2) of 'b.csv'"
  # Without it, and in another order, it is another answer.
  run_split csv2chakra check --format json crates.yaml a.csv b.csv c.csv
  [ "$(jq -c '[.runs[].accounts.rows.rejected]' out)" = '[1,1,0]' ]
  run_split csv2chakra check --quiet --unique-across --format json crates.yaml c.csv b.csv a.csv
  [ "$(jq -c '[.runs[].accounts.rows.rejected]' out)" = '[0,2,2]' ]
  is_empty err
  run_split csv2chakra check --unique-across crates.yaml a.csv b.csv c.csv
  in_file out '  next: csv2chakra check -o out --unique-across crates.yaml a.csv b.csv c.csv'
  crates b.csv k7:s77 && crates c.csv k8:s88
  run_split csv2chakra check --unique-across crates.yaml b.csv c.csv
  expect_status 0
  in_file out '  csv2chakra import --unique-across crates.yaml b.csv c.csv'
}

@test "each run of an import tells of itself alone what it told beside the others, also without them" {
  start_sandbox --ack job --job-delay 0s --duplicates allow
  many a.csv 1 40 && many b.csv 30 80 && many c.csv 60 130
  run_split csv2chakra import --chunk-rows 7 --unique-across crates.yaml a.csv b.csv c.csv
  expect_status 1
  each_once a.csv b.csv c.csv
  [ "$(held | jq -r '.data.seal // empty' | sort | uniq -d | wc -l)" -eq 0 ]
  for file in rejected.csv rejected.reasons.csv to-fix.csv results.csv; do
    cp "$(run_of c)/$file" "$file"
  done
  in_file rejected.reasons.csv "of 'a.csv'"
  in_file rejected.reasons.csv "of 'b.csv'"
  mv a.csv b.csv tmp
  jq -e '.settings["unique-across"].from == "option"' "$(run_of c)/report.json"
  rm "$(run_of c)"/{rejected,rejected.reasons,to-fix}.csv
  run_split csv2chakra report "$(run_of c)"
  expect_status 0
  for file in rejected.csv rejected.reasons.csv to-fix.csv; do
    cmp "$file" "$(run_of c)/$file"
  done
  run_split csv2chakra report --rows rejected "$(run_of c)"
  tail -n +2 rejected.csv | cmp - out
  held >before
  run_split csv2chakra reconcile "$(run_of c)"
  held | cmp - before
  rm tmp/*.csv
}

@test "a run that stopped goes on by itself as it began" {
  start_sandbox --ack job --job-delay 0s --duplicates allow
  many a.csv 1 40 && many b.csv 30 80
  run_split csv2chakra import --limit 20 --unique-across crates.yaml a.csv b.csv
  rm a.csv
  run_split csv2chakra resume "$(run_of b)"
  expect_status 1
  # What a.csv has after the limit is sent when its turn comes.
  many a.csv 1 40
  run_split csv2chakra resume "$(run_of a)"
  expect_status 0
  each_once a.csv b.csv
}

@test "a retry does not send what is in another file, unless it was fixed" {
  start_sandbox --ack job --job-delay 0s --duplicates allow
  crates a.csv k1:s1 k2:s2 k3:s3
  crates b.csv k4:s4 k1:s5 k2:s6 k5:s7:nut
  run_split csv2chakra import --unique-across crates.yaml a.csv b.csv
  expect_status 1
  rm a.csv
  cp "$(run_of b)/to-fix.csv" fixed.csv
  sed -i -e 's/|k2|/|k6|/;s/nut|/pear|/' fixed.csv
  run_split csv2chakra retry "$(run_of b)" fixed.csv
  expect_status 1
  in_file "$(run_of fixed)/rejected.reasons.csv" "row 2 (line 2) of 'a.csv'"
  [ "$(crates_held | tr '\n' ' ')" = 'k1 k2 k3 k4 k5 k6 ' ]
  # A retry of the retry, and the same with another mapping, whose fields are
  # numbered otherwise.
  sed 's/  seal: .*/  mark: {column: fruit, unique: true, on_error: omit}/' crates.yaml >other.yaml
  run_split csv2chakra retry --mapping other.yaml "$(run_of fixed)"
  expect_status 1
  in_file out "(line 2) of 'a.csv'"
  [ "$(crates_held | wc -l)" -eq 6 ]
}

@test "what was sent before comes first, whatever the order of the files" {
  start_sandbox --ack job --job-delay 0s --duplicates allow
  crates a.csv k1:s1 k2:s2
  crates b.csv k2:s3 k3:s4
  crates c.csv k3:s5 k4:s6
  run_split csv2chakra import crates.yaml c.csv
  expect_status 0
  run_split csv2chakra import --if-changed --unique-across crates.yaml a.csv b.csv c.csv
  expect_status 1
  in_file "$(run_of b)/rejected.reasons.csv" "row 3 (line 3) of 'a.csv'"
  in_file "$(run_of b)/rejected.reasons.csv" "row 2 (line 2) of 'c.csv'"
  each_once a.csv b.csv c.csv
  # A sheet that grew: it is refused, and what it has was sent or is to be.
  crates d.csv k9:s9 && crates c.csv k3:s5 k4:s6 k9:s8
  run_split csv2chakra import --unique-across crates.yaml d.csv c.csv
  expect_status 1
  in_file out '[guard.grown]'
  in_file "$(run_of d)/rejected.reasons.csv" "row 4 (line 4) of 'c.csv'"
}

@test "a row that was rejected for another file's sake does not stand for that file" {
  start_sandbox --ack job --job-delay 0s --duplicates allow
  crates b.csv k1:s1 k2:s2
  crates c.csv k2:s3 k4:s4
  # The first file has another process, until the others are through.
  exec 9>b.lock
  run_split csv2chakra import --limit 1 crates.yaml b.csv
  key=$(jq -r .input_key "$(run_of b)/run.json")
  rm -rf "$(run_of b)" runs/latest
  exec 9>"runs/.locks/$key"
  flock 9
  run_split csv2chakra import --unique-across crates.yaml b.csv c.csv
  expect_status 1
  in_file out 'b.csv: '
  in_file out '1 in use by another process'
  exec 9>&-
  run_split csv2chakra import --if-changed --unique-across crates.yaml b.csv c.csv
  expect_status 0
  crates_held | uniq -c | sort -n | tail -1
  [ "$(crates_held | grep -c k2)" -eq 1 ]
}

@test "a file that another process had while keys were compared, and sent nothing of, waits for the next command" {
  start_sandbox --ack job --job-delay 0s --duplicates allow
  crates a.csv k1:s1 && crates b.csv k1:s2 k1:s3 && crates c.csv k3:s4
  CSV2CHAKRA_FAULT=ledger.filled:2:stop csv2chakra-faults import --unique-across crates.yaml a.csv b.csv >first 2>&1 3>&- &
  first=$!
  until_stopped "$first"
  CSV2CHAKRA_FAULT=ledger.filled:1:stop csv2chakra-faults import --if-changed --unique-across crates.yaml \
    a.csv c.csv b.csv >out 2>&1 3>&- &
  second=$!
  until_stopped "$second"
  kill -CONT "$first"
  wait "$first" || :
  kill -CONT "$second"
  status=0
  wait "$second" || status=$?
  expect_status 75
  in_file out "another process worked on 'b.csv' when the unique keys of all files were compared"
  run_split csv2chakra import --if-changed --unique-across crates.yaml a.csv c.csv b.csv
  expect_status 1
  each_once a.csv b.csv c.csv
}

@test "a file that is not imported makes no row of another one a duplicate" {
  start_sandbox --ack job --job-delay 0s --duplicates allow
  crates good.csv k1:s1 k2:s2 k3:s3
  # Unreadable, of other columns, without what was expected, with a guess.
  echo 'other|columns' >columns.csv && echo 'k1|s1' >>columns.csv
  crates few.csv k1:s1
  printf 'fruit|crate|seal\nplum|k2|s\351\n' >guess.csv
  sed -i 's/source: {/source: {encoding: auto, /' crates.yaml
  for command in import check; do
    run_split csv2chakra "$command" --expect-rows 2.. --unique-across --format json crates.yaml \
      nowhere.csv columns.csv few.csv guess.csv good.csv
    echo "$command"
    [ "$(jq -c '[.files[].exit_status]' out)" = '[7,2,7,7,0]' ]
    not_in_file err 'changed while'
  done
  each_once good.csv
}

@test "if a file turns out not to be imported, the rest is compared again" {
  start_sandbox --ack job --job-delay 0s --duplicates allow
  crates a.csv k1:s1 k2:s2:nut
  crates b.csv k1:s3 k5:s5
  crates c.csv k5:s6:nut k7:s7
  crates d.csv k7:s8 k8:s9
  run_split csv2chakra import --all-or-nothing --unique-across --format json crates.yaml \
    a.csv b.csv c.csv d.csv
  [ "$(jq -c '[.files[].exit_status]' out)" = '[1,0,1,0]' ]
  [ "$(grep -c 'was not imported: reading the unique keys' err)" -eq 2 ]
  [ "$(crates_held | tr '\n' ' ')" = 'k1 k5 k7 k8 ' ]
}

@test "a file that changes after it was compared is not sent, and the next command has it" {
  start_sandbox --ack job --job-delay 0s --duplicates allow
  crates a.csv k1:s1 && crates b.csv k2:s2 && crates c.csv k2:s3 k3:s4
  CSV2CHAKRA_FAULT=ledger.filled:1:stop csv2chakra-faults import --format json \
    --unique-across crates.yaml a.csv b.csv c.csv >out 2>err 3>&- &
  pid=$!
  until_stopped "$pid"
  crates b.csv k9:s9
  kill -CONT "$pid"
  status=0
  wait "$pid" || status=$?
  expect_status 7
  [ "$(jq -c '[.files[] | [.exit_status, .code]]' out)" = '[[0,null],[7,"input.changed"],[0,null]]' ]
  [ "$(crates_held | tr '\n' ' ')" = 'k1 k2 k3 ' ]
  run_split csv2chakra import --if-changed --unique-across crates.yaml a.csv b.csv c.csv
  expect_status 0
  each_once a.csv b.csv c.csv
}

@test "a file that was sent and is changed or gone when keys are compared again ends the command" {
  start_sandbox --ack job --job-delay 0s --duplicates allow
  for change in 's/k1/k9/' gone; do
    crates a.csv "k1-$change:s1-$change" && crates b.csv "k2-$change:s2" k5:s3:nut && crates c.csv "k2-$change:s4"
    cp a.csv kept.csv
    CSV2CHAKRA_FAULT=books.close:1:stop csv2chakra-faults import --all-or-nothing --format json --unique-across crates.yaml \
      a.csv b.csv c.csv >out 2>err 3>&- &
    pid=$!
    until_stopped "$pid"
    sed -i "$change" a.csv 2>sed.err || rm a.csv
    kill -CONT "$pid"
    status=0
    wait "$pid" || status=$?
    expect_status 7
    in_file err "'a.csv', whose unique keys are to be compared again, was sent and is gone or changed since [input.changed]"
    [ "$(crates_held | grep -c -- "-$change")" -eq 1 ]
    # With the file back, and the row that held b.csv back corrected, the same command has the rest.
    mv kept.csv a.csv && crates b.csv "k2-$change:s2" "k5-$change:s3"
    run_split csv2chakra import --if-changed --unique-across crates.yaml a.csv b.csv c.csv
    expect_status 1
    in_file runs/latest/rejected.reasons.csv "row 2 (line 2) of 'b.csv'"
    [ "$(crates_held | grep -- "-$change" | tr '\n' ' ')" = "k1-$change k2-$change k5-$change " ]
  done
}

# Long: an import for each place of a kill.
# bats test_tags=long
@test "killed and started again with the same command, each key is sent once" {
  fast_time 200
  start_sandbox --ack job --job-delay 0s --duplicates allow
  mkdir in
  for point in unique.write:2 ledger.filled:2 run.created:2 atomic.renamed:3 submit.started:4 \
    submit.answered:5 ledger.committed:20 books.close:2 ledger.filled:3 batch.move:1 batch.moved:1; do
    n=$((${n:-0} + 1000))
    rm -rf in/* 'done'
    many in/a.csv "$n" $((n + 39)) && many in/b.csv $((n + 30)) $((n + 79))
    many in/c.csv $((n + 60)) $((n + 99))
    sed -i "s/|C\([0-9]\{1,2\}\)|/|C$n-\1|/;s/|S\([0-9]\{1,2\}\)$/|S$n-\1/" in/*.csv
    cat in/a.csv <(tail -qn +2 in/b.csv in/c.csv) >"all-$n.csv"
    held | wc -l >before
    status=137
    fault=$point:kill
    while [ "$status" -eq 137 ]; do
      CSV2CHAKRA_FAULT=$fault run_split csv2chakra import --if-changed --resume --on-unknown resend-absent \
        --chunk-rows 7 --unique-across --move-done=done --move-failed=done crates.yaml in
      echo "$point: $status"
      fault=none:1:kill
    done
    [ "$status" -le 1 ]
  done
  each_once all-*.csv
  [ "$(find in -type f | wc -l)" -eq 0 ]
}

@test "files stay where they are until the last one had its turn" {
  start_sandbox --ack job --job-delay 0s --duplicates allow
  mkdir in
  crates in/a.csv k1:s1 && crates in/b.csv k2:s2 k3:s3:nut && crates in/c.csv k1:s3 k4:s4
  run_split csv2chakra import --max-errors 0 --unique-across --move-done=done --move-failed=failed crates.yaml in
  expect_status 3
  [ "$(find in -type f | wc -l)" -eq 3 ]
  run_split csv2chakra import --if-changed --resume --unique-across --move-done=done --move-failed=failed crates.yaml in
  expect_status 1
  [ "$(find in -type f | wc -l)" -eq 0 ]
  in_file out 'in/c.csv:'
  in_file out '  moved to: failed/c.csv'
  [ -e 'done/a.csv' ]
  [ -e failed/c.to-fix.csv ]
  [ "$(crates_held | tr '\n' ' ')" = 'k1 k2 k4 ' ]
}

@test "killed between two moves, what is left is judged as before" {
  start_sandbox --ack job --job-delay 0s --duplicates allow
  mkdir in
  crates in/a.csv k1:s1 && crates in/b.csv k1:s2 && crates in/c.csv k1:s3
  CSV2CHAKRA_FAULT=batch.moved:1:kill run_split csv2chakra-faults import --unique-across --move-done=done --move-failed=done crates.yaml in
  expect_status 137
  [ "$(find in -type f | wc -l)" -eq 2 ]
  run_split csv2chakra import --if-changed --resume --unique-across --move-done=done --move-failed=done crates.yaml in
  expect_status 1
  [ "$(crates_held | wc -l)" -eq 1 ]
}

@test "a run whose verdicts were changed or are gone goes no further" {
  start_sandbox --ack job --job-delay 0s
  crates a.csv k1:s1 && crates b.csv k1:s2 k2:s3
  run_split csv2chakra import --unique-across crates.yaml a.csv b.csv
  cp "$(run_of b)/verdicts" kept
  for damage in 's/a.csv/b.csv/' 's/$/ /' ''; do
    rm "$(run_of b)/verdicts"
    [ -z "$damage" ] || sed "$damage" kept >"$(run_of b)/verdicts"
    for command in report reconcile retry; do
      run_split csv2chakra "$command" "$(run_of b)"
      echo "$damage $command"
      expect_status 7
      in_file err '/verdicts'
    done
  done
  cp kept "$(run_of b)/verdicts"
  run_split csv2chakra report "$(run_of b)"
  expect_status 0
  run_split csv2chakra prune "$(run_of b)"
  [ ! -e "$(run_of b)/verdicts" ]
}

@test "nothing to compare, and what can be read only once, are refused before the first file" {
  start_sandbox
  crates a.csv k1:s1 && crates b.csv k1:s2
  mkfifo pipe.csv
  run_split csv2chakra import --unique-across crates.yaml a.csv pipe.csv
  expect_status 2
  in_file err "'pipe.csv' can be read only once"
  run_split csv2chakra check --unique-across crates.yaml a.csv -
  expect_status 2
  in_file err "'-' can be read only once"
  grep -v unique crates.yaml | sed 's/^lead_id.*//' >plain.yaml
  run_split csv2chakra import --unique-across plain.yaml a.csv b.csv
  expect_status 2
  in_file err "the mapping 'plain.yaml' has none"
  run_split csv2chakra check --unique-across crates.yaml
  expect_status 2
  in_file err "'--unique-across' needs a CSV"
  [ ! -e runs ] || [ -z "$(find runs -name ledger.sqlite)" ]
}

@test "a disk that is full or a signal while keys are compared ends the command before it sends" {
  fast_time
  start_sandbox
  many a.csv 1 40 && many b.csv 30 80
  for command in check import; do
    CSV2CHAKRA_FAULT=unique.write:1:fail run_split csv2chakra "$command" --unique-across crates.yaml a.csv b.csv
    expect_status 4
    in_file err 'unable to keep the unique keys in '
    not_in_file err '--unique-memory'
    is_empty out
  done
  # What cannot be kept in the run's folder is not sent.
  CSV2CHAKRA_FAULT=atomic.rename:1:kill run_split csv2chakra import --unique-across crates.yaml a.csv b.csv
  expect_status 137
  [ "$(held | wc -l)" -eq 0 ]
}

# Long: twenty tables, imports killed at random.
# bats test_tags=long
@test "random tables in several files are judged as in one, also by imports that are killed" {
  run_split python3 -B "$ROOT/tests/property/across.py" --cases 10 --imports 3 --seed 5
  [ "$status" -eq 0 ] || cat out err
  expect_status 0
  in_file out 'nothing changed'
}
