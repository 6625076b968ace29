#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# prune: settled runs go, what the guard needs stays, nothing else is touched.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() {
  setup_folder
  start_sandbox
  good_leads 5
}

import() { run_split csv2chakra import leads.yaml leads.csv "$@"; }
folder() { readlink -f runs/latest; }

@test "a settled run goes, and importing the same input again is still exit 8" {
  import
  expect_status 0
  f=$(folder)
  touch "$f/.csv2chakra-AbC123"
  size=$(find "$f" -type f ! -name run.json -printf '%s\n' |
    awk '{ s += $1 } END { print s }')
  run_split csv2chakra prune latest --format json
  expect_status 0
  [ "$(jq .bytes out)" -eq "$size" ]
  [ "$(jq '.runs[0].files' out)" -ge 6 ]
  [ "$(cd "$f" && echo ./* ./.[!.]*)" = './pruned.json ./run.json ./.[!.]*' ]
  [ "$(stat -c %a "$f/pruned.json")" = 600 ]
  import
  expect_status 8
  in_file err "csv2chakra import --again"
  import --if-changed
  expect_status 0
  run_split csv2chakra status
  in_file out "pruned, exit 0"
  import --again # another run: the sandbox refuses keys that it has
  expect_status 1
}

@test "a prune that was killed has pruned the run, and the next one finishes it" {
  import
  expect_status 0
  f=$(folder)
  status=0
  CSV2CHAKRA_FAULT=prune.stub:1:kill csv2chakra-faults prune latest >out 2>err ||
    status=$?
  [ "$status" -eq 137 ]
  [ -e "$f/pruned.json" ]
  [ -e "$f/ledger.sqlite" ]
  run_split csv2chakra status
  in_file out "pruned, exit 0"
  run_split csv2chakra status latest
  in_file out "state      pruned"
  for command in report resume reconcile retry; do
    run_split csv2chakra $command latest
    expect_status 2
    in_file err "was pruned"
  done
  import
  expect_status 8
  in_file err "csv2chakra import --again"
  run_split csv2chakra prune --older-than 90d
  expect_status 0
  in_file out "pruned   $(basename "$f")"
  [ "$(cd "$f" && echo ./*)" = './pruned.json ./run.json' ]
}

@test "a run with rejected rows: the guard does not name retry any more" {
  good_csv 5 | sed 's/,3,/,x,/' >leads.csv
  import
  expect_status 1
  import
  in_file err "csv2chakra retry"
  run_split csv2chakra prune latest
  expect_status 0
  import
  expect_status 8
  not_in_file err "csv2chakra retry"
}

@test "report, resume, reconcile and retry say that it was pruned" {
  import
  csv2chakra prune latest
  for c in report resume reconcile retry; do
    run_split csv2chakra $c latest
    expect_status 2
    in_file err "was pruned on 20"
    in_file err '[run.pruned]'
  done
  run_split csv2chakra status latest
  expect_status 0
  in_file out "pruned"
  run_split csv2chakra prune latest
  expect_status 0
  in_file out "it was pruned before"
}

@test "a run that sent nothing does not block, pruned or not" {
  good_csv 2 | sed 's/,Open,/,Odd,/' >leads.csv
  import
  expect_status 1
  csv2chakra prune latest
  import
  expect_status 1
}

@test "stopped and unknown runs stay, with the reason and the next step" {
  import --limit 2
  run_split csv2chakra prune latest
  expect_status 2
  in_file err "is kept: it did not finish"
  in_file err "csv2chakra resume 20"
  in_file out "kept"
  run_split csv2chakra prune --older-than 0
  expect_status 0
  in_file out "0 pruned, 0 bytes freed; 1 kept"
  [ -s runs/latest/ledger.sqlite ]
  stop_sandbox
  rm -rf runs
  start_sandbox --fault reset-after=1,calls=1
  import --on-unknown hold
  expect_status 6
  run_split csv2chakra prune latest
  expect_status 2
  in_file err "some of its rows are unknown"
  [ -s runs/latest/ledger.sqlite ]
}

@test "a run that another process works on stays" {
  import
  key=$(jq -r .input_key runs/latest/run.json)
  run_split flock -n "runs/.locks/$key" csv2chakra prune latest
  expect_status 2
  in_file err "a process is working on it"
  [ -s runs/latest/ledger.sqlite ]
}

@test "older-than counts from the end of the run, and is needed without a RUN" {
  import
  run_split csv2chakra prune
  expect_status 2
  in_file err "which runs?"
  run_split csv2chakra prune --older-than 1h
  expect_status 0
  in_file out "0 pruned"
  run_split csv2chakra prune --older-than 1h latest
  expect_status 2
  in_file err "younger than --older-than"
  run_split csv2chakra prune --older-than 90
  expect_status 2
  in_file err "use 90d for days, or 90s for seconds"
  sleep 1.1
  run_split csv2chakra prune --older-than 1s
  expect_status 0
  in_file out "1 pruned"
  [ ! -e runs/latest/results.csv ]
}

@test "links and strangers' files stay, whatever they are called" {
  import
  f=$(folder)
  echo mine >elsewhere
  rm "$f/report.html"
  ln -s "$PWD/elsewhere" "$f/report.html"
  rm "$f/results.csv"
  mkdir "$f/results.csv"
  echo notes >"$f/notes.txt"
  run_split csv2chakra prune latest
  expect_status 0
  in_file out "3 left that csv2chakra did not write"
  [ "$(cat elsewhere)" = mine ]
  [ -L "$f/report.html" ]
  [ -d "$f/results.csv" ]
  [ "$(cat "$f/notes.txt")" = notes ]
  [ ! -e "$f/ledger.sqlite" ]
}

@test "without a report.json that can be read its files stay, and prune says why" {
  import
  f=$(folder)
  echo '{' >"$f/report.json"
  run_split csv2chakra prune latest
  expect_status 0
  in_file out "6 left: report.json, which lists what csv2chakra wrote, cannot be read"
  [ -s "$f/results.csv" ]
  # With a fixed to-fix.csv of a run that has its report, only that stays.
  good_leads 5
  sed -i '2s/Open/Asleep/' leads.csv
  csv2chakra import -q leads.yaml leads.csv >imported || [ $? = 1 ]
  echo fixed >>runs/latest/to-fix.csv
  run_split csv2chakra prune latest
  expect_status 0
  in_file out "1 left that csv2chakra did not write, or that were changed since"
}

@test "a stub that is damaged blocks, and says so" {
  import
  csv2chakra prune latest
  echo '{' >runs/latest/pruned.json
  import
  expect_status 7
  run_split csv2chakra status
  in_file out "damaged"
  # Named, it goes; what it may have sent is not forgotten.
  run_split csv2chakra prune --older-than 0d latest
  expect_status 0
  import
  expect_status 8
}

@test "a prune that was ended in the middle is finished by the next" {
  import
  f=$(folder)
  cp "$f/ledger.sqlite" "$f/results.csv" "$f/report.json" .
  csv2chakra prune latest
  cp results.csv report.json "$f/"
  run_split csv2chakra prune latest
  expect_status 0
  in_file out "in 2 files"
  [ ! -e "$f/results.csv" ]
  cp ledger.sqlite "$f/"
  run_split csv2chakra prune latest
  expect_status 0
  [ ! -e "$f/ledger.sqlite" ]
  import
  expect_status 8
}

@test "a run whose run.json cannot be read goes by its id, and leaves what is not its own" {
  stop_sandbox
  start_sandbox --duplicates allow
  # shellcheck disable=SC2016 # expanded when it is run
  for harm in ': >$j' 'rm $j' 'echo "[]" >$j' 'head -c 300 /dev/urandom >$j' \
    'rm $j; mkdir $j' 'rm $j; ln -s "$PWD/leads.csv" $j' 'rm $j; mkfifo $j'; do
    rm -rf runs
    run_split csv2chakra import leads.yaml leads.csv
    expect_status 0
    id=$(readlink runs/latest)
    # shellcheck disable=SC2034 # the harm names it
    j=runs/$id/run.json
    eval "$harm"
    run_split csv2chakra import leads.yaml leads.csv
    [ "$status" -ne 0 ]
    run_split csv2chakra prune --older-than 0d
    [ -e "runs/$id/ledger.sqlite" ]
    echo mine >"runs/$id/note"
    run_split csv2chakra prune "$id"
    expect_status 0
    in_file out "pruned   $id"
    [ "$(cat "runs/$id/note")" = mine ]
    [ ! -e "runs/$id/ledger.sqlite" ]
    [ ! -e "runs/$id/results.csv" ]
    rm "runs/$id/note"
    run_split csv2chakra import leads.yaml leads.csv
    expect_status 0
  done
  # With nothing else in it, the folder goes as well.
  id=$(readlink runs/latest)
  : >"runs/$id/run.json"
  exec 8<"runs/$id"
  flock 8
  run_split csv2chakra prune "$id"
  expect_status 2
  in_file err "a process is using it"
  exec 8<&-
  run_split csv2chakra prune "$id"
  expect_status 0
  [ ! -e "runs/$id" ]
}

@test "a dry run names what would go, and leaves everything as it is" {
  import
  expect_status 0
  (cd runs && find . -type f -exec sha256sum {} +) | sort >before
  run_split csv2chakra prune --older-than 0d --dry-run
  expect_status 0
  in_file out "to prune $(basename "$(folder)")"
  in_file out "1 would be pruned"
  bytes=$(sed -n 's/^1 would be pruned, \([0-9,]*\) bytes.*/\1/p' out)
  run_split csv2chakra prune latest --dry-run --format json
  [ "$(jq .dry_run out)" = true ]
  [ "$(jq '.runs[0].pruned' out)" = true ]
  (cd runs && find . -type f -exec sha256sum {} +) | sort >after
  cmp before after
  run_split csv2chakra prune --older-than 0d
  in_file out "1 pruned, $bytes bytes freed"
}
