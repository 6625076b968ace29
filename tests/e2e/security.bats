#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The promises of SECURITY.md that need whole programs: how they are built,
# modes of files, planted links, what a terminal gets to see, the token.

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

@test "jumps, stacks and buffers are guarded as far as the compiler can" {
  [ "${CSV2CHAKRA_BUILD:-release}" = release ] || skip "of the release build"
  flags="$CSV2CHAKRA_BIN/../flags"
  compiler=$(cut -d ' ' -f 1 "$flags")
  command -v "$compiler" >/dev/null || skip "there is no $compiler"
  for flag in -fcf-protection=full -fstack-clash-protection -D_FORTIFY_SOURCE=3; do
    if echo 'int tried;' | "$compiler" -O2 -Werror $flag -include stdio.h -x c -c -o /dev/null - 2>/dev/null; then
      in_file "$flags" " $flag "
    fi
  done
  # Where calls may land: nearly every function of the program begins so.
  grep -q -- '-fcf-protection=full' "$flags" || skip "the compiler does not mark where calls land"
  objdump -d --no-show-raw-insn "$CSV2CHAKRA_BIN/csv2chakra" >code
  [ "$(grep -c 'endbr64' code)" -ge 1000 ]
}

# shellcheck disable=SC2016 # names that must not be obeyed
@test "a command in a message can be pasted, whatever the path is called" {
  local name run
  for name in 'two words' "it's" '$(touch pwned)' '`touch pwned`' 'a"b' 'a;touch pwned' $'line\nend' '-rf' 'über' $'bell\a' '&touch pwned'; do
    printf 'tok' >"./$name"
    chmod 644 "./$name"
    run_split csv2chakra doctor --base-url http://127.0.0.1:9 "--token-file=$name"
    run=$(sed -n 's/.*run: \(chmod o= .*\)$/\1/p' out)
    [ -n "$run" ]
    bash -c "$run"
    [ "$(stat -c %a "./$name")" = 640 ]
    chmod 644 "./$name"
    run_split chakra-sandbox --listen 127.0.0.1:0 --token-file "./$name"
    [ "$status" -ne 0 ]
    run=$(sed -n 's/.*(run: \(chmod 600 .*\))$/\1/p' err)
    bash -c "$run"
    [ "$(stat -c %a "./$name")" = 600 ]
    printf 'version: 2\n' >"./$name"
    run_split csv2chakra doctor --base-url http://127.0.0.1:9 "./$name"
    run=$(sed -n 's/.*run: \(csv2chakra check .*\)$/\1/p' out)
    [ -n "$run" ]
    status=0
    bash -c "$run" >out 2>err || status=$?
    expect_status 2
    in_file err 'mapping.version'
    [ ! -e pwned ]
  done
  # No message quotes a path within a command in any other way.
  run ! grep -rnE "(run: |chmod |csv2chakra (check|import|init|convert|report|resume|retry|prune)[^\"%]*)'%s'" "$BATS_TEST_DIRNAME/../../src"
}

@test "a mapping that is a FIFO nobody writes to ends with the first signal" {
  mkfifo pipe.yaml
  for command in "check pipe.yaml" "preview pipe.yaml pipe.csv" "doctor pipe.yaml"; do
    for signal in TERM INT; do
      # shellcheck disable=SC2086 # words
      run_split timeout --foreground --preserve-status -k 10 -s $signal 1 csv2chakra $command
      [ "$status" -eq 143 ] || [ "$status" -eq 130 ] || [ "$status" -eq 5 ]
    done
  done
}

@test "the programs start no other but those that are named, and rehearse the sandbox, which gets no token of ours" {
  for program in csv2chakra chakra-sandbox; do
    readelf -W --dyn-syms "$CSV2CHAKRA_BIN/$program" >symbols
    [ "$program" = chakra-sandbox ] || sed -i -E '/ (fork|execvp)(@|$)/d' symbols
    run ! grep -wE 'fork|vfork|clone|execl|execlp|execle|execv|execvp|execve|execveat|fexecve|posix_spawn|posix_spawnp|popen|system|wordexp' symbols
  done
  cd "$BATS_TEST_DIRNAME/../../src"
  [ "$(grep -rlE '\b(fork|execvp)\(' . | sort | tr '\n' ' ')" = './cli/cmd_rehearse.c ./system/helper.c ./system/helper_child.c ' ]
  cd "$BATS_TEST_TMPDIR"
  printf 'A,B\n1,2\n' >t.csv
  printf 'version: 1\nprocedure: env\nlead_id: A\n' >m.yaml
  CHAKRA_API_TOKEN=a-secret-of-ours csv2chakra rehearse --keep m.yaml t.csv >out 2>err 3>&- &
  pid=$!
  for _ in $(seq 100); do grep -q 'until Ctrl-C' err && break; sleep 0.1; done
  tr '\0' '\n' <"/proc/$(pgrep -f "chakra-sandbox .*procedure=env=")/environ" >environ
  kill "$pid"
  wait "$pid" || :
  in_file environ 'PATH='
  not_in_file environ 'a-secret-of-ours'
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
  run_split csv2chakra report latest
  expect_status 0
  in_file err "results.csv' may be anybody's, since no report.json that can be read lists it: it stays, and the new one is '"
  untouched
  # Links stay where they are, and the new files have names of their own.
  [ -L "$run/report.json" ]
  [ ! -L "$run/report.2.json" ]
  [ -s "$run/results.2.csv" ]
  echo mine >>"$run/results.2.csv"
  run_split csv2chakra report latest
  expect_status 0
  in_file err "results.csv' is not, or no longer, what csv2chakra wrote: it stays, and the new one is '$run/results.3.csv'"
  for file in run.json ledger.sqlite mapping.yaml; do
    cp "$run/$file" kept
    ln -sf "$PWD/kept" "$run/$file"
    run_split csv2chakra report latest
    expect_status 7
    cp --remove-destination kept "$run/$file"
  done
  ln -s "$PWD/victim" m.prom
  run ! csv2chakra import leads.yaml leads.csv --again --metrics-file m.prom
  untouched
  ln -s "$PWD/victim" made.yaml
  run ! csv2chakra init leads.csv -o made.yaml
  untouched
}

# Long: gigabytes are decompressed.
# bats test_tags=long
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
  # What is large and means something is not a bomb.
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

# What `resume`, `reconcile`, `retry` say of a run when they refuse it: before
# the token is read (there is no such file), and before the service is asked.
refused_before_the_token() { # CODE WORDS RUN [OPTION]...
  local code=$1 words=$2 run=$3 command
  shift 3
  for command in resume reconcile retry; do
    run_split env CHAKRA_API_TOKEN_FILE="$PWD/gone" csv2chakra "$command" "$@" "$run"
    expect_status "$code"
    in_file err "$words"
    not_in_file err token
  done
}

@test "a run of another user is not gone on with: it names where the token would go" {
  [ "$(id -u)" = 0 ] || skip "only root can give a folder to another user"
  start_sandbox --duplicates allow
  csv2chakra import leads.yaml leads.csv
  chown 12345 "$(readlink -f runs/latest)"
  refused_before_the_token 2 'belongs to another user' latest
  in_file err 'csv2chakra status'
  run_split csv2chakra status latest
  expect_status 0
}

# The run lies at far/way/runs/ID; each part of the way can be another's.
run_far_away() {
  start_sandbox --duplicates allow
  mkdir -p far/way
  csv2chakra import --runs-dir far/way/runs leads.yaml leads.csv
  ln -s far/way near
  run=$(readlink -f far/way/runs/latest)
}

@test "a run below a folder of another user is refused before the token is read" {
  [ "$(id -u)" = 0 ] || skip "only root can give a folder to another user"
  run_far_away
  for part in far far/way far/way/runs; do
    chown 12345 "$part"
    refused_before_the_token 2 "lies below '$PWD/$part', which belongs to another user" "$run" --runs-dir own
    refused_before_the_token 2 'belongs to another user' latest --runs-dir far/way/runs
    # Behind a link into it.
    refused_before_the_token 2 'belongs to another user' "near/runs/${run##*/}" --runs-dir own
    refused_before_the_token 2 'belongs to another user' latest --runs-dir near/runs
    chown 0 "$part"
  done
  run_split csv2chakra reconcile "near/runs/${run##*/}"
  expect_status 0
}

@test "a run below a folder that others may write to is refused, unless that is sticky" {
  run_far_away
  for part in far far/way; do
    chmod 777 "$part"
    refused_before_the_token 2 'can be written to by every user' "$run" --runs-dir own
    in_file err "run: chmod o-w $PWD/$part"
    refused_before_the_token 2 'can be written to by every user' "near/runs/${run##*/}" --runs-dir own
    refused_before_the_token 2 'can be written to by every user' latest --runs-dir near/runs
    run_split env CHAKRA_API_TOKEN_FILE="$PWD/gone" csv2chakra import --runs-dir far/way/other leads.yaml leads.csv
    expect_status 2
    in_file err 'can be written to by every user'
    chmod 1777 "$part"
    csv2chakra reconcile "$run"
    chmod 775 "$part" # a group is trusted
    csv2chakra reconcile "$run"
    chmod 755 "$part"
  done
  chmod 1777 "$run" # files would appear in it
  refused_before_the_token 2 'can be written to by every user' "$run" --runs-dir own
}

@test "files of a run that are links, pipes or another's are refused before they are opened" {
  start_sandbox --duplicates allow
  csv2chakra import leads.yaml leads.csv
  run=$(readlink -f runs/latest)
  for file in run.json ledger.sqlite mapping.yaml ledger.sqlite-wal; do
    [ -e "$run/$file" ] || : >"$run/$file"
    mv "$run/$file" kept
    ln -s "$PWD/kept" "$run/$file"
    refused_before_the_token 7 'it is a symbolic link' latest
    in_file err "file '$file'"
    rm "$run/$file"
    mkfifo "$run/$file"
    refused_before_the_token 7 'it is not a regular file' latest
    rm "$run/$file"
    if [ "$(id -u)" = 0 ]; then
      cp kept "$run/$file"
      chown 12345 "$run/$file"
      refused_before_the_token 7 'it belongs to another user' latest
      rm "$run/$file"
    fi
    mv kept "$run/$file"
    [ "$file" != ledger.sqlite-wal ] || rm "$run/$file"
  done
  csv2chakra reconcile latest
}

@test "a ledger with a second name is refused" {
  start_sandbox --duplicates allow
  csv2chakra import leads.yaml leads.csv
  run=$(readlink -f runs/latest)
  ln "$run/ledger.sqlite" elsewhere
  refused_before_the_token 7 'it has a second name (a hard link)' latest
  rm elsewhere
  # What a creation that was cut short has left is the program's own.
  ln "$run/ledger.sqlite" "$run/ledger.sqlite.new"
  csv2chakra reconcile latest
}

@test "in a shared runs folder each user has a folder of their own" {
  start_sandbox --duplicates allow
  mkdir shared
  chmod 1777 shared
  csv2chakra import --runs-dir shared leads.yaml leads.csv
  [ "$(ls -A shared)" = "$(id -u)" ]
  private "shared/$(id -u)"
  run_split csv2chakra import --runs-dir shared leads.yaml leads.csv
  expect_status 8
  csv2chakra status --runs-dir shared latest >out
  in_file out "leads.csv"
  # Runs that an older version made among those of others are not forgotten.
  mkdir old
  csv2chakra import --runs-dir old leads.yaml leads.csv
  chmod 1777 old
  for command in 'import leads.yaml leads.csv' 'resume latest' status; do
    # shellcheck disable=SC2086 # words
    run_split csv2chakra $command --runs-dir old
    expect_status 2
    in_file err 'is shared with other users, and it contains runs of yours'
    in_file err '[run.shared]'
  done
  line=$(sed -n 's/^ *help: move them: //p' err)
  eval "$line"
  run_split csv2chakra import --runs-dir old leads.yaml leads.csv
  expect_status 8
}

@test "a lock that somebody else can remove is refused" {
  start_sandbox --duplicates allow
  csv2chakra import leads.yaml leads.csv
  for mode in 777 1777; do
    chmod "$mode" runs/.locks
    run_split csv2chakra import --again leads.yaml leads.csv
    expect_status 2
    in_file err "the folder of the locks '$PWD/runs/.locks' can be written to"
  done
  chmod 700 runs/.locks
  [ "$(id -u)" = 0 ] || return 0
  chown 12345 runs/.locks
  run_split csv2chakra import --again leads.yaml leads.csv
  expect_status 2
  in_file err 'belongs to another user'
}

@test "runs that this user may not open are named, and may have sent" {
  [ "$(id -u)" = 0 ] || skip "only root can be somebody else"
  setpriv --reuid 12345 --clear-groups true || skip "no second user here"
  # The folder of a test is closed to others.
  place=$(mktemp -d)
  chmod 755 "$place"
  mkdir -p "$place/runs/20260102T030405Z-leads-abcdef"
  chmod 700 "$place/runs/20260102T030405Z-leads-abcdef"
  cp "$(command -v csv2chakra)" "$place/program"
  as_other() {
    (cd / && HOME="$place" setpriv --reuid 12345 --clear-groups "$place/program" "$@")
  }
  run_split as_other status --runs-dir "$place/runs"
  cp out listed
  listing=$status
  run_split as_other report --runs-dir "$place/runs" latest
  rm -r "$place"
  [ "$listing" -ne 126 ] || skip "programs cannot be run from $place"
  expect_status 2
  in_file err 'no permission to open the runs'
  in_file err '[run.none]'
  [ "$listing" -eq 0 ]
  in_file listed 'no access'
}

# No cell of these files would be run by a spreadsheet: what is left of what
# begins with a sign are numbers and phone numbers.
no_formulas() {
  python3 - "$@" <<'PY'
import csv, re, sys
bad = 0
for path in sys.argv[1:]:
    with open(path, newline='', encoding='utf-8-sig') as f:
        text = f.read()
    delimiter = ';' if path.endswith('to-fix.csv') else ','
    rows = list(csv.reader(text.splitlines(True), delimiter=delimiter))
    assert len(rows) > 1, path
    for row in rows:
        for cell in row:
            if re.match(r'[-=+@\t\r\n＝＋－＠]', cell) and not re.fullmatch(r'[+-][0-9(][0-9 .,()/-]*', cell):
                print(path, repr(cell))
                bad += 1
sys.exit(bad > 0)
PY
}

@test "no cell of a file that people open is a formula, whoever wrote it" {
  cat >formulas.yaml <<'YAML'
version: 1
procedure: lead
lead_id: Ref
data:
  betrag: {column: "=Betrag", type: integer}
  tel: {column: Tel, on_error: reject}
YAML
  {
    printf 'Ref;=Betrag;Tel\n=A1;1;+49 30/123\n+B2;2;x\nL-3;3;x\n'
    printf '%s\n' "=cmd|'/C calc'!A0;\"=1+2\";-5" '@SUM(1);＝1+1;+1 (2)' \
      '"	=1";＋1;y' '"'$'\n''=1";－x;y' '-2+3+cmd|x;＠x;y' "'=1;'+x;y" '\=1;-1e5;y'
  } >formulas.csv
  start_hostile formulas
  run_split timeout 60 csv2chakra import formulas.yaml formulas.csv --settle 1s \
    --wait-timeout 1s --retry-for 2s --progress none
  ls runs/latest
  no_formulas runs/latest/{results.csv,rejected.reasons.csv,to-fix.csv}
  # They did stand there, and the exact files have them as they are.
  in_file runs/latest/results.csv "'=A1"
  in_file runs/latest/results.csv "'=cmd|"
  in_file runs/latest/results.csv "'=HYPERLINK"
  in_file runs/latest/rejected.reasons.csv "'=HYPERLINK"
  in_file runs/latest/rejected.reasons.csv "'=Betrag"
  in_file runs/latest/to-fix.csv ";+1 (2)"
  in_file runs/latest/rejected.csv "=cmd|'/C calc'!A0;"
  not_in_file runs/latest/rejected.csv "'=cmd"
}
