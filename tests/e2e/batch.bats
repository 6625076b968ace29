#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Several inputs under one command: a run for each, one answer, one exit
# status, and the inbox that files are put into.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() {
  setup_folder
  good_mapping
}

# rows FROM TO: that many good rows, whose keys tell where they come from.
rows() {
  echo 'Lead Ref,Status,First,Last,Score,Note'
  seq -f 'L-%g,Open,Ann,Lee,1,n' "$1" "$2"
}

# made KIND N: N.csv, which ends as its kind says when it is imported.
made() {
  case $1 in
  good) rows "${2}01" "${2}09" >"$2.csv" ;;
  bad) rows "${2}01" "${2}08" >"$2.csv" && echo "L-${2}x,Open,A,B,much,n" >>"$2.csv" ;;
  none) rows 2 1 >"$2.csv" ;;
  columns) printf 'Other,Names\n1,2\n' >"$2.csv" ;;
  bytes) printf 'Lead Ref,Status,First,Last,Score,Note\nL-%s,"open' "$2" >"$2.csv" ;;
  missing) rm -f "$2.csv" ;;
  before)
    made good "$2"
    csv2chakra import --quiet leads.yaml "$2.csv" >/dev/null
    ;;
  esac
}

# Of each kind: the exit status that it has alone.
declare -gA alone=([good]=0 [none]=0 [bad]=1 [columns]=2 [bytes]=7 [missing]=7 [before]=8)

# The worst of three into $worst, by the manual's order.
worst_of() {
  for worst in 70 5 4 3 7 2 6 1 75 8 0; do
    [[ " $* " != *" $worst "* ]] || return 0
  done
}

# Long: every mixture of outcomes, three files each.
# bats test_tags=long
@test "text, JSON and exit status add up for every mixture of outcomes over three files" {
  start_sandbox --ack job --job-delay 0s
  local kinds=(good bad none columns bytes missing before) n=100 a b c
  for a in "${kinds[@]}"; do
    for b in "${kinds[@]}"; do
      # The third goes round, so that each is third as often.
      c=${kinds[$((n % 7))]}
      n=$((n + 3))
      made "$a" "$n" && made "$b" $((n + 1)) && made "$c" $((n + 2))
      worst_of "${alone[$a]}" "${alone[$b]}" "${alone[$c]}"
      run_split csv2chakra import --format json leads.yaml \
        "$n.csv" $((n + 1)).csv $((n + 2)).csv
      expect_status "$worst"
      cat out >>answers
      echo "{\"kinds\": \"$a $b $c\", \"status\": $worst,
        \"alone\": [${alone[$a]}, ${alone[$b]}, ${alone[$c]}]}" >>wanted
    done
  done
  jq -n --slurpfile wanted wanted '[inputs] | [., $wanted] | transpose[]
    | .[1] as $w | .[0] | select((
        .schema == "csv2chakra.runs/1" and .sum.files == 3 and
        .sum.exit_status == $w.status and
        [.files[].exit_status] == $w.alone and
        .sum.rows.read == ([.runs[].accounts.rows.read] | add // 0) and
        .sum.rows.created == ([.runs[].accounts.rows.created] | add // 0) and
        .sum.rows.read == (.sum.rows | to_entries
          | map(select(.key != "read").value) | add)) | not)
    | [$w, .]' answers >wrong
  is_empty wrong
  [ "$(jq -n '[inputs] | length' answers)" -eq 49 ]
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.received_twice)" = 0 ]
}

@test "a line a file and the sum of the books are the answer for people" {
  start_sandbox --ack job --job-delay 0s
  made good 1 && made bad 2 && made columns 3
  run_split csv2chakra import leads.yaml 1.csv 2.csv 3.csv
  expect_status 2
  in_file out '1.csv: All 9 rows are in'
  in_file out '2.csv: 8 of 9 rows are in'
  in_file out '  next: csv2chakra retry '
  in_file out '3.csv: '
  in_file out '3 files: 1 complete, 1 with rows that failed, 1 not imported'
  in_file out 'rows      18 read = 17 created + 1 rejected'
  [ "$(tail -n 1 out)" = '3 files: 1 complete, 1 with rows that failed, 1 not imported' ]
}

@test "what stops the service stops the command, and the next one goes on where it ended" {
  start_sandbox --ack job --job-delay 0s
  made good 1 && made good 2 && made good 3
  run_split env CHAKRA_BASE_URL=http://127.0.0.1:1 \
    csv2chakra import --retry-for 1s leads.yaml 1.csv 2.csv 3.csv
  expect_status 4
  in_file out '3 files: 1 stopped, 2 not begun'
  in_file out '--if-changed --resume'
  run_split csv2chakra import --if-changed --resume leads.yaml 1.csv 2.csv 3.csv
  expect_status 0
  in_file out '3 files: 3 complete'
  run_split csv2chakra import --if-changed --resume leads.yaml 1.csv 2.csv 3.csv
  expect_status 0
  in_file out '1.csv: nothing to do: imported before, by run'
  in_file out '3 files: 3 imported before'
  [ "$(held | wc -l)" -eq 27 ]
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.received_twice)" = 0 ]
}

@test "a file of which a part was imported is not counted as imported" {
  start_sandbox --ack job --job-delay 0s
  made good 1 && made good 2
  run_split csv2chakra import --limit 3 leads.yaml 1.csv
  run_split csv2chakra import leads.yaml 1.csv 2.csv
  expect_status 8
  in_file out 'help: csv2chakra resume '
  in_file out '2 files: 1 complete, 1 refused, imported before in whole or in part'
  in_file out '--if-changed --resume'
  run_split csv2chakra import --if-changed --resume leads.yaml 1.csv 2.csv
  expect_status 0
  in_file out '2 files: 1 complete, 1 imported before'
  [ "$(held | wc -l)" -eq 18 ]
}

@test "what every file would lack is said once, before the first" {
  start_sandbox
  made good 1 && made good 2
  run_split env CHAKRA_API_TOKEN_FILE=nowhere csv2chakra import leads.yaml 1.csv 2.csv
  expect_status 2
  is_empty out
  [ "$(grep -c '^csv2chakra:' err)" -eq 1 ]
  echo 'version: 1' >empty.yaml
  run_split csv2chakra import empty.yaml 1.csv 2.csv
  expect_status 2
  is_empty out
  run_split csv2chakra check --format json empty.yaml 1.csv 2.csv
  expect_status 2
  [ "$(jq -r .ok out)" = false ]
}

@test "a folder means its tables by name; hidden, half and other files are not among them" {
  mkdir in
  rows 1 2 >in/b.csv
  rows 3 4 | gzip >in/a.CSV.gz
  rows 5 6 | tr , '\t' >in/c.tsv
  for other in .h.csv x.csv.part y.csv.tmp notes.txt '~'\$b.csv d.xlsx; do
    echo nothing >in/"$other"
  done
  mkdir in/deeper.csv
  run_split csv2chakra check --format json leads.yaml in
  expect_status 0
  [ "$(jq -r '.files[].file' out | tr '\n' ' ')" = 'in/a.CSV.gz in/b.csv in/c.tsv ' ]
  [ "$(jq .sum.rows.read out)" = 6 ]
}

@test "a list names the files, one a line or with NUL, and nothing is named beside it" {
  rows 1 2 >a.csv
  rows 3 4 >'b
c.csv'
  printf 'a.csv\r\n\n./a.csv\n' >list
  run_split csv2chakra check --files-from list leads.yaml
  expect_status 0
  in_file out '1 file: 1 good'
  in_file err 'each file is taken once'
  printf 'a.csv\0b\nc.csv\0' | csv2chakra check -0 --files-from - --format json leads.yaml >out
  [ "$(jq .sum.rows.read out)" = 4 ]
  run_split csv2chakra check --files-from list leads.yaml a.csv
  expect_status 2
  in_file err 'name the files in one way'
  printf 'a.csv\0' >list
  run_split csv2chakra check --files-from list leads.yaml
  expect_status 2
  in_file err '-0'
  run_split csv2chakra check --files-from nowhere leads.yaml
  expect_status 2
  : >list
  run_split csv2chakra check --files-from list leads.yaml
  expect_status 7
  in_file err "'list' names no file"
  run_split csv2chakra import --token-file <(echo t) --files-from list leads.yaml
  expect_status 0
  in_file out '0 files'
  in_file err 'no files to import'
}

# Long: five hundred runs.
# bats test_tags=long
@test "five hundred operands are five hundred runs of a check, in their order" {
  mkdir in
  for i in $(seq 1000 1499); do rows 1 1 >"in/$i.csv"; done
  run_split csv2chakra check --format json leads.yaml in/*.csv
  expect_status 0
  [ "$(jq -r '.files[].file' out | sort -c && jq .sum.rows.read out)" = 500 ]
}

@test "each file of a check has its files in a folder of its own" {
  mkdir x
  rows 1 2 >a.csv
  rows 3 4 >x/a.csv
  run_split csv2chakra check -o out.d leads.yaml a.csv x/a.csv
  expect_status 0
  [ "$(jq .accounts.rows.read out.d/a.csv/report.json)" = 2 ]
  [ "$(jq -r .input.name out.d/a.csv-2/report.json)" = x/a.csv ]
}

@test "a file that another process has is tried once more, and the command says so" {
  start_sandbox --ack job --job-delay 0s
  made good 1 && made good 2
  cat >lock.py <<'PY'
import fcntl, sys, time
f = open(sys.argv[1], "a"); fcntl.flock(f, fcntl.LOCK_EX)
open("locked", "w").write("x"); sys.stdin.read()
PY
  run_split csv2chakra import --quiet leads.yaml 1.csv
  key=$(jq -r .input_key runs/latest/run.json)
  mkfifo end
  python3 lock.py "runs/.locks/$key" <end 3>&- &
  holder=$!
  exec 9>end
  wait_for locked "$holder" /dev/null
  run_split csv2chakra import leads.yaml 1.csv 2.csv
  exec 9>&-
  wait "$holder"
  expect_status 75
  [ "$(grep -c '^1.csv: ' out)" -eq 2 ]
  in_file out '2 files: 1 complete, 1 in use by another process'
}

@test "metrics are the sums, once" {
  start_sandbox --ack job --job-delay 0s
  made good 1 && made bad 2
  run_split csv2chakra import --metrics-file m.prom leads.yaml 1.csv 2.csv
  expect_status 1
  in_file m.prom 'csv2chakra_rows_read{import="m"} 18'
  in_file m.prom 'outcome="created"} 17'
  in_file m.prom 'csv2chakra_exit_status{import="m"} 1'
}

@test "the rate is that of the command, not of each file" {
  fast_time
  start_sandbox --ack job --job-delay 0s
  for n in 1 2 3 4 5 6; do made good $n; done
  run_split csv2chakra import --rate 6/m leads.yaml [1-6].csv
  expect_status 0
  # Every call of the six runs took a token, and ten seconds for it.
  jq -es 'map(select(.path | startswith("/v1/")) |
    .time | sub("\\.[0-9]+"; "") | fromdate) | sort |
    length >= 12 and .[-1] - .[0] >= (length - 1) * 10 - 2' sandbox.log
}

@test "report of several runs is one summary" {
  start_sandbox --ack job --job-delay 0s
  made good 1 && made bad 2
  run_split csv2chakra import leads.yaml 1.csv 2.csv
  expect_status 1
  mapfile -t runs < <(cd runs && ls -d 2*)
  run_split csv2chakra report "${runs[@]}"
  expect_status 0
  in_file out 'rows      18 read'
  in_file out '2 runs: '
  run_split csv2chakra report --format json "${runs[@]}" latest
  expect_status 0
  [ "$(jq '.runs | length' out)" = 3 ]
  in_file out '"end":"rows_failed"'
  run_split csv2chakra report --format html "${runs[@]}"
  expect_status 0
  in_file out '<h1>2 runs: 1 complete, 1 with rows that failed</h1>'
  in_file out '17 created + 1 rejected'
  in_file out 'csv2chakra retry '
  run_split csv2chakra report --rows rejected "${runs[@]}"
  expect_status 2
  in_file err 'records of one run'
  run_split csv2chakra report "${runs[@]}" nobody
  expect_status 2
  in_file out 'nobody: '
}

@test "the inbox: done, failed with what is to be fixed beside it, and the rest stays" {
  start_sandbox --ack job --job-delay 0s
  mkdir in
  (cd in && made good 1 && made bad 2 && made columns 3)
  run_split csv2chakra import --move-done in/done --move-failed in/failed leads.yaml in
  expect_status 2
  [ "$(cd in && find . -type f | sort | tr '\n' ' ')" = \
    './done/1.csv ./failed/2.csv ./failed/2.to-fix.csv ./failed/3.csv ' ]
  # The screen names the file to fix, and the command that takes it.
  in_file out '  to fix: in/failed/2.to-fix.csv'
  next=$(sed -n 's/^  next: //p' out | grep retry)
  [[ $next == "csv2chakra retry 2"*"-2-"*" in/failed/2.to-fix.csv" ]]
  run_split csv2chakra status "$(cd runs && ls -d 2*-2-*)"
  in_file out "moved to   $PWD/in/failed/2.csv"
  in_file out ' 1 chunk in 1 call'
  # Whoever looks for the input finds it where it lies now.
  for run in runs/2*; do
    run_split csv2chakra report "$(basename "$run")"
    expect_status 0
    not_in_file out 'cannot be counted'
  done
  # A file that comes again is not sent again, and takes nobody's name.
  cp in/done/1.csv in/1.csv
  run_split csv2chakra import --if-changed --move-done in/done leads.yaml in
  expect_status 0
  in_file out 'nothing to do: imported before'
  [ "$(find in/done -name '1*.csv' | wc -l)" -eq 2 ]
  [ "$(held | wc -l)" -eq 17 ]
  # One that cannot be read may be the one that was fixed.
  mv in/failed/2.to-fix.csv kept
  ln -s 2.to-fix.csv in/failed/2.to-fix.csv
  run_split csv2chakra retry "$(cd runs && ls -d 2*-2-*)"
  expect_status 7
  in_file err "2.to-fix.csv', which may have been edited"
  mv kept in/failed/2.to-fix.csv
  # The fixed copy beside it goes where retry goes; without a file retry asks
  # which one was fixed.
  sed -i s/,much,/,7,/ in/failed/2.to-fix.csv
  run_split csv2chakra retry "$(cd runs && ls -d 2*-2-*)"
  expect_status 2
  in_file err 'has two files of its failed rows: to-fix.csv and 2.to-fix.csv'
  in_file err "$PWD/in/failed/2.to-fix.csv"
  [ "$(held | wc -l)" -eq 17 ]
  eval "run_split $next"
  expect_status 0
  [ "$(held | wc -l)" -eq 18 ]
}

@test "a file that is still written, or was replaced meanwhile, is left for later" {
  start_sandbox --ack job --job-delay 0s
  mkdir in
  (cd in && made good 1 && made good 2)
  touch -d '2 minutes ago' in/1.csv
  run_split csv2chakra import --quiet-for 1h --move-done=done leads.yaml in
  expect_status 0
  in_file out 'is left for later'
  in_file out '2 files: 2 left for later'
  [ "$(held | wc -l)" -eq 0 ]
  [ "$(find in -type f | wc -l)" -eq 2 ]
}

@test "a link is imported and stays; folders that files come from are refused as goals" {
  start_sandbox --ack job --job-delay 0s
  mkdir in
  made good 1
  ln -s ../1.csv in/1.csv
  run_split csv2chakra import --move-done=done leads.yaml in
  expect_status 0
  in_file out 'the file stays where it is: it is not a regular file'
  run_split csv2chakra import --move-done in leads.yaml in
  expect_status 2
  in_file err 'is the folder that the files come from'
}

@test "killed between the books and the move, the next command only moves" {
  start_sandbox --ack job --job-delay 0s
  mkdir in
  (cd in && made good 1)
  run_split csv2chakra import --quiet leads.yaml in/1.csv
  expect_status 0
  run_split csv2chakra import --if-changed --move-done=done leads.yaml in
  expect_status 0
  [ -e done/1.csv ]
  [ "$(held | wc -l)" -eq 9 ]
  run_split csv2chakra report latest
  not_in_file out 'cannot be counted'
}

@test "options that cannot be meant together are refused, and nothing is moved" {
  mkdir in
  (cd in && made good 1)
  run_split csv2chakra import --dry-run --move-done=done leads.yaml in
  expect_status 2
  in_file err "'--dry-run' imports nothing"
  run_split csv2chakra check -0 leads.yaml in
  expect_status 2
  in_file err "'-0' goes with '--files-from' only"
  [ -e in/1.csv ]
  [ ! -e 'done' ]
  run_split csv2chakra import --dry-run leads.yaml in in/1.csv
  expect_status 0
  in_file out '1 file: 1 good'
}

@test "for GitHub every file says what it would alone" {
  made bad 1 && made columns 2 && made bad 3
  run_split csv2chakra check --format github leads.yaml 1.csv 2.csv 3.csv
  expect_status 2
  [ "$(grep -c '^::' out)" -eq "$(wc -l <out)" ]
  for n in 1 2 3; do
    csv2chakra check --format github leads.yaml $n.csv >>alone || :
  done
  sort alone | cmp - <(sort out)
}

@test "several mappings are checked one after the other, whatever their names" {
  cp leads.yaml second.txt
  run_split csv2chakra check leads.yaml second.txt
  expect_status 0
  [ "$(grep -c ': good' out)" -eq 2 ]
  sed 's/^version:.*/version: 1\nnonsense: 2/' leads.yaml >third.yaml
  run_split csv2chakra check leads.yaml third.yaml second.txt
  expect_status 2
  in_file err '1 of 3 mappings have mistakes'
  in_file err 'third.yaml:2'
  run_split csv2chakra check --format json leads.yaml third.yaml
  expect_status 2
  [ "$(jq -c '[.[].ok]' out)" = '[true,false]' ]
  # One that is not a mapping is taken for a CSV.
  good_csv 2 >data.yaml
  run_split csv2chakra check leads.yaml data.yaml
  expect_status 0
  in_file out 'All 2 rows would be sent'
}

# at POINT:N:ACTION: an import of the inbox, with that.
at() {
  CSV2CHAKRA_FAULT="$1" run_split csv2chakra-faults import --if-changed --resume \
    --move-done=done --move-failed=failed leads.yaml in
}

# Where all nine rows of 1.csv lie, and how often they were sent.
lies_at() {
  [ "$(find in 'done' failed -type f | tr '\n' ' ')" = "$1 " ]
  [ "$(held | wc -l)" -eq 9 ]
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.received_twice)" = 0 ]
}

@test "a kill before or after the move, a full disk, another file system: nothing lost or sent twice" {
  start_sandbox --ack job --job-delay 0s
  mkdir in
  (cd in && made good 1)
  head -c 90000 /dev/zero | tr '\0' '\n' >>in/1.csv
  sha256sum <in/1.csv >sum
  at batch.move:1:kill
  expect_status 137
  lies_at in/1.csv
  at batch.rename:1:kill
  lies_at in/1.csv
  # To another file system, which has no room for it.
  CSV2CHAKRA_FAULT=batch.rename:1:fail run_split bash -c \
    'ulimit -f 64; exec csv2chakra-faults import --if-changed --move-done=done leads.yaml in'
  expect_status 4
  in_file out 'unable to'
  lies_at in/1.csv
  at batch.rename:1:fail
  expect_status 0
  lies_at done/1.csv
  sha256sum <done/1.csv | cmp - sum
  run_split csv2chakra report latest
  expect_status 0
  not_in_file out 'cannot be counted'
  # After the move: nothing is left to do.
  mv done/1.csv in/1.csv
  at batch.moved:1:kill
  expect_status 137
  lies_at done/1.csv
  at none:1:kill
  expect_status 0
  in_file out '0 files'
}

@test "a file that grows or is replaced while it is imported stays, and is imported as it is then" {
  start_sandbox --ack job --job-delay 0s
  mkdir in
  for point in batch.move batch.rename; do
    rm -f in/1.csv
    { echo 'Lead Ref,Status,First,Last,Score,Note' && echo "$point,Open,A,B,1,n"; } >in/1.csv
    CSV2CHAKRA_FAULT="$point:1:stop" csv2chakra-faults import --if-changed \
      --move-done=done leads.yaml in >out 2>err 3>&- &
    local pid=$! tries=0
    until [ "$(cut -d ' ' -f 3 "/proc/$pid/stat")" = T ]; do
      tries=$((tries + 1))
      [ $tries -lt 500 ]
      sleep 0.02
    done
    { cat in/1.csv && echo "$point-new,Open,A,B,1,n"; } >other
    mv other in/1.csv
    kill -CONT "$pid"
    wait "$pid"
    in_file out 'the file stays where it is'
    [ "$(find in 'done' -name '*.csv' | tr '\n' ' ')" = 'in/1.csv ' ]
    [ "$(wc -l <in/1.csv)" -eq 3 ]
  done
}
