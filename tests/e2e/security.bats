#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The promises of SECURITY.md that need whole programs: how they are built,
# modes of files, planted links, what a terminal gets to see, the token.

bats_require_minimum_version 1.5.0
load helpers
load service

setup() {
  setup_folder
  good_mapping
  good_csv >leads.csv
}

# A file that nobody but us may read, a folder that nobody may enter.
private() {
  local path
  for path in "$@"; do
    if [ -d "$path" ]; then
      [ "$(stat -c %a "$path")" = 700 ] || { ls -ld "$path"; return 1; }
    else
      [ "$(stat -c %a "$path")" = 600 ] || { ls -l "$path"; return 1; }
    fi
  done
}

@test "the programs are built hardened" {
  for program in csv2chakra chakra-sandbox; do
    readelf -Wh -Wl -Wd "$CSV2CHAKRA_BIN/$program" >elf
    grep -qE 'Type:.*DYN' elf
    grep -q 'GNU_RELRO' elf
    grep -qE 'BIND_NOW|FLAGS_1.*NOW' elf
    grep -E 'GNU_STACK' elf | grep -qv E
    run ! grep -E 'RPATH|RUNPATH|TEXTREL' elf
    [ "${CSV2CHAKRA_BUILD:-release}" = release ] || continue
    readelf -W --dyn-syms "$CSV2CHAKRA_BIN/$program" >symbols
    grep -q '__stack_chk_fail' symbols
    grep -qE '__(memcpy|snprintf|vsnprintf|fprintf)_chk' symbols
  done
}

@test "the programs start no other" {
  for program in csv2chakra chakra-sandbox; do
    readelf -W --dyn-syms "$CSV2CHAKRA_BIN/$program" >symbols
    run ! grep -wE 'fork|vfork|clone|execl|execlp|execle|execv|execvp|execve|execveat|fexecve|posix_spawn|posix_spawnp|popen|system|wordexp' symbols
  done
}

@test "no core is dumped of a process that has the token" {
  start_hostile drip
  ulimit -c unlimited 2>/dev/null || :
  csv2chakra import leads.yaml leads.csv --progress none >out 2>err 3>&- &
  pid=$!
  until grep -qs create hostile_log; do sleep 0.05; done
  grep -E '^Max core file size +0 ' "/proc/$pid/limits"
  kill -ABRT "$pid" # AddressSanitizer would take a SEGV for itself
  status=0
  wait "$pid" || status=$?
  [ "$status" -eq 134 ]
  [ -z "$(find . -name 'core*')" ]
}

@test "the token is in no argument and no environment but the one it came from" {
  start_hostile drip
  csv2chakra import leads.yaml leads.csv --progress none >out 2>err 3>&- &
  pid=$!
  until grep -qs create hostile_log; do sleep 0.05; done
  cp "/proc/$pid/cmdline" cmdline
  cp "/proc/$pid/environ" environ
  [ -z "$(pgrep -P "$pid")" ]
  kill -KILL "$pid"
  wait "$pid" || :
  [ -s cmdline ]
  # teardown looks into both
}

@test "files are ours alone, whatever the umask" {
  for mask in 0000 0777 0022; do
    rm -rf runs out.d token-folder ./*.prom made.yaml
    start_sandbox --duplicates allow
    (
      umask "$mask"
      csv2chakra import leads.yaml leads.csv --metrics-file m.prom
    )
    private runs runs/.locks runs/.locks/* runs/2* runs/2*/*
    # What a monitoring agent reads holds counts only.
    [ "$(stat -c %a m.prom)" = 644 ]
    (
      umask "$mask"
      csv2chakra import leads.yaml - --again < <(cat leads.csv)
    )
    private runs/latest/input
    mkdir out.d
    (
      umask "$mask"
      csv2chakra check leads.yaml leads.csv -o out.d
      csv2chakra init leads.csv -o made.yaml
    )
    private out.d/* made.yaml
    stop_sandbox
  done
}

# What a planted link points to stays as it is.
untouched() { [ "$(cat victim)" = "do not touch" ]; }

@test "planted links are not followed" {
  start_sandbox --duplicates allow
  mkdir -m 700 runs
  echo "do not touch" >victim
  ln -s "$PWD/victim" runs/latest
  mkdir -m 700 elsewhere
  ln -s "$PWD/elsewhere" runs/.locks
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 4
  untouched
  [ -z "$(ls elsewhere)" ]
  rm runs/.locks
  csv2chakra import leads.yaml leads.csv
  untouched
  run=$(readlink -f runs/latest)
  [[ "$run" = "$PWD/runs/"* ]]
  # The lock, the files of a run, and what is renamed into place.
  key=$(ls runs/.locks)
  rm "runs/.locks/$key"
  ln -s "$PWD/victim" "runs/.locks/$key"
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 4
  untouched
  rm "runs/.locks/$key"
  for file in report.json results.csv rejected.csv to-fix.csv \
    rejected.reasons.csv; do
    ln -sf "$PWD/victim" "$run/$file"
  done
  csv2chakra report latest
  untouched
  [ ! -L "$run/report.json" ]
  for file in run.json ledger.sqlite mapping.yaml; do
    cp "$run/$file" kept
    ln -sf "$PWD/kept" "$run/$file"
    run_split csv2chakra report latest
    [ "$file" = mapping.yaml ] || expect_status 7
    cp --remove-destination kept "$run/$file"
  done
  ln -s "$PWD/victim" m.prom
  csv2chakra import leads.yaml leads.csv --again --metrics-file m.prom
  untouched
  ln -s "$PWD/victim" made.yaml
  run ! csv2chakra init leads.csv -o made.yaml
  untouched
}

@test "a decompression bomb is refused, an archive in an archive, too" {
  (good_csv && head -c 80000000 /dev/zero | tr '\0' a) | gzip -9 >bomb.csv.gz
  for command in "check leads.yaml" "convert leads.yaml" inspect; do
    # shellcheck disable=SC2086 # words
    run_split timeout 60 csv2chakra $command bomb.csv.gz
    expect_status 7
    in_file err "decompression bomb"
    in_file err "--max-input"
  done
  run_split csv2chakra check leads.yaml bomb.csv.gz --max-input 1GiB
  not_in_file err "decompression bomb"
  gzip -k leads.csv
  gzip leads.csv.gz
  run_split csv2chakra check leads.yaml leads.csv.gz.gz
  expect_status 7
  # What is large and means something is no bomb.
  good_csv 300000 | gzip -9 >large.csv.gz
  csv2chakra check -q leads.yaml large.csv.gz
}

@test "devices and folders are no input and no mapping" {
  mkdir folder
  for odd in /dev/null folder /proc/self/mem; do
    run_split timeout -s KILL 20 csv2chakra check leads.yaml "$odd"
    expect_status 7
    run_split timeout -s KILL 20 csv2chakra check "$odd" leads.csv
    expect_status 2
  done
  run_split timeout -s KILL 20 csv2chakra check /dev/zero leads.csv
  expect_status 2
}

@test "a run of another user is not gone on with: it names where the token would go" {
  [ "$(id -u)" = 0 ] || skip "only root can give a folder to another user"
  start_sandbox --duplicates allow
  csv2chakra import leads.yaml leads.csv
  chown 12345 "$(readlink -f runs/latest)"
  for command in resume reconcile retry; do
    run_split csv2chakra "$command" latest
    expect_status 2
    in_file err 'belongs to another user'
    in_file err 'csv2chakra status'
  done
  run_split csv2chakra status latest
  expect_status 0
}
