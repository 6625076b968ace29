#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# undo: what a run created is deleted again, and nothing else. Faults and kills
# with edits meanwhile are in the rehearsal `undo`.
# shellcheck disable=SC2030,SC2031 # bats runs each test in a subshell
# shellcheck disable=SC2154 # service.bash sets url

load service
load undo

setup() {
  setup_folder
  lead_mapping praxis.yaml Nummer <<'YAML'
data: {score: Punkte, city: Ort}
state: Stand
YAML
  { echo 'Nummer;Punkte;Ort;Stand' && for i in $(seq 1 40); do
    echo "P-$i;$i;Köln;NEW"
  done; } >praxis.csv
}

teardown() { stop_sandbox; }

# now KEY JQ
now() {
  curl -sf "$url/sandbox/processes?now=1" |
    jq -r "select(.key == \"$1\" and (.deleted | not)) | $2"
}

# deletes: how many were sent, and that none was by key.
deletes() {
  [ "$(jq -s '[.[] | select(.method == "DELETE" and (.path | test("lead_id")))] | length' sandbox.log)" = 0 ]
  jq -s '[.[] | select(.method == "DELETE")] | length' sandbox.log
}

@test "a dry run names the number, and only that number deletes" {
  for way in soft hard; do
    rm -rf runs sandbox.log
    fill --deletes $way
    undo --dry-run "$run"
    expect_status 0
    in_file out "run $run created 40 rows"
    in_file out '-        40 to delete'
    in_file out "csv2chakra undo --delete 40 $run"
    [ "$(printf '%s\n' runs/*praxis* | wc -l)" = 1 ]
    for wrong in '' '--delete 39' '--delete 41'; do
      # shellcheck disable=SC2086 # no word, or two
      undo $wrong "$run" </dev/null
      expect_status 2
      in_file err '40 processes can be deleted'
      in_file err "csv2chakra undo --delete 40 $run"
    done
    [ "$(there) $(deletes)" = '40 0' ]
    undo --delete 40 "$run"
    expect_status 0
    in_file out 'All 40 rows were deleted'
    [ "$(there) $(deletes)" = '0 40' ]
    [ "$(rows read deleted)" = '40 40' ]
    [ "$(report .run.kind) $(report .run.parent)" = "undo $run" ]
    [ "$(report .accounts.balanced)" = true ]
    grep -q '^2,2,P-1,[0-9a-f-]*,0,,deleted,lookup,,delete$' runs/latest/results.csv
    # Nothing is left to do, and saying so again changes nothing.
    undo "$run"
    expect_status 0
    [ "$(deletes)" = 40 ]
    stop_sandbox
  done
}

@test "on a terminal the number is typed" {
  fill
  cat >type.py <<'PY'
import os, pty, signal, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
signal.alarm(20)
seen, typed = b'', False
try:
    while part := os.read(fd, 4096):
        seen += part
        if not typed and b'type their number' in seen:
            typed = os.write(fd, sys.argv[1].encode() + b'\n')
except OSError:
    pass
sys.stdout.write(seen.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
  for typed in 39 yes '' 4O '40 '; do
    run_split python3 -B type.py "$typed" csv2chakra undo --no-color "$run"
    expect_status 2
    in_file out 'that is not the number'
    [ "$(there)" = 40 ]
  done
  run_split python3 -B type.py 40 csv2chakra undo --no-color "$run"
  expect_status 0
  in_file out 'All 40 rows were deleted'
  [ "$(there)" = 0 ]
}

@test "what a colleague edited, made anew or deleted is left alone, and named" {
  fill
  edit '{"procedure":"lead","lead_id":"P-3","update":{"data":{"city":"Bonn"}}}'
  edit '{"procedure":"lead","lead_id":"P-20","update":{"state":"CONVERTED"}}'
  edit '{"procedure":"lead","lead_id":"P-30","do":"recreate","update":{}}'
  edit '{"procedure":"lead","lead_id":"P-31","do":"delete"}'
  theirs=$(now P-30 .id)
  undo --dry-run "$run"
  expect_status 1
  in_file out '-        36 to delete'
  in_file out '!         2 kept      undo.changed 2'
  in_file out '-         2 absent'
  undo --dry-run --format json "$run"
  [ "$(jq -c '[.rows.to_delete, .rows.kept, .rows.absent, .causes["undo.changed"]]' out)" = '[36,2,2,2]' ]
  undo --delete 36 "$run"
  expect_status 1
  in_file out '36 of 40 rows were deleted'
  in_file out '2 were gone'
  in_file out 'the process was changed since: data.city is not as it was sent'
  [ "$(rows deleted kept absent)" = '36 2 2' ]
  [ "$(there)" = 3 ]
  [ "$(now P-30 .id)" = "$theirs" ]
  grep -q '^4,4,P-3,[0-9a-f-]*,0,,kept,lookup,the process was changed since: data.city is not as it was sent \[undo.changed\],delete$' runs/latest/results.csv
  # The import stays what it was for the guard.
  run_split csv2chakra import praxis.yaml praxis.csv
  expect_status 8
  undo --even-if-changed --delete 2 "$run"
  expect_status 0
  [ "$(rows deleted kept absent)" = '38 0 2' ]
  [ "$(there)" = 1 ]
  [ "$(now P-30 .id)" = "$theirs" ]
}

@test "what was merged into somebody's lead is older, and kept" {
  start_sandbox --duplicates merge
  { head -1 praxis.csv && sed -n '15p;20p' praxis.csv; } >theirs.csv
  csv2chakra import -q praxis.yaml theirs.csv >fill.out
  sleep 2.2
  csv2chakra import -q praxis.yaml praxis.csv >fill.out
  run=$(newest)
  undo --dry-run "$run"
  expect_status 1
  in_file out '!         2 kept      undo.older 2'
  undo --delete 38 "$run"
  expect_status 1
  [ "$(there)" = 2 ]
  [ "$(rows deleted kept)" = '38 2' ]
  in_file out '[undo.older]'
}

@test "without ids from entries only a time that is surely ours is proof" {
  fast_time 50
  # Most lie surely within the call's time; what is near its ends does not.
  fill --entry-ids off --job-delay 20s
  undo --dry-run --format json "$run"
  left=$(jq .rows.to_delete out)
  [ "$left" -ge 20 ]
  [ "$(jq '.causes["undo.no_proof"] // 0' out)" = $((40 - left)) ]
  stop_sandbox
  rm -rf runs
  fill --entry-ids off --timestamps off --job-delay 20s
  undo --dry-run "$run"
  expect_status 1
  in_file out '!        40 kept      undo.no_proof 40'
  # With nothing to delete nothing is begun: the run may still go on.
  undo "$run"
  expect_status 1
  [ "$(newest)" = "$run" ]
  stop_sandbox
  # The same keys made anew after ours are somebody else's.
  rm -rf runs
  fill --entry-ids off --job-delay 20s
  sleep 0.3
  edit '{"procedure":"lead","lead_id":"P-12","do":"recreate","update":{}}'
  theirs=$(now P-12 .id)
  undo --dry-run --format json "$run"
  undo --delete "$(jq .rows.to_delete out)" "$run"
  [ "$(there)" = "$(rows kept)" ] || [ "$status" = 3 ]
  [ "$(now P-12 .id)" = "$theirs" ]
  [ "$(grep -c ',P-12,.*,kept,.*undo.no_proof' runs/latest/results.csv)" = 1 ]
}

@test "another run at work on the procedure meanwhile is a doubt where there are no ids" {
  fast_time 50
  start_sandbox --entry-ids off --job-delay 20s
  sed 's/^P-/Q-/' praxis.csv >other.csv
  csv2chakra import -q praxis.yaml other.csv >/dev/null &
  csv2chakra import -q praxis.yaml praxis.csv >/dev/null
  wait $!
  for run in runs/*praxis*; do
    undo --dry-run "$run"
    expect_status 1
    in_file out 'undo.no_proof 40'
  done
  # Nobody knows what a run did whose run.json is gone.
  rm -rf runs
  sed 's/^P-/R-/' praxis.csv >other.csv
  csv2chakra import -q --base-url "${url/127.0.0.1/localhost}" praxis.yaml other.csv >/dev/null
  run=$(readlink runs/latest)
  sed 's/^P-/S-/' praxis.csv >other.csv
  csv2chakra import -q praxis.yaml other.csv >/dev/null
  undo --dry-run latest
  not_in_file out 'undo.no_proof 40'
  rm "runs/$run/run.json"
  undo --dry-run latest
  in_file out 'undo.no_proof 40'
}

# Long: nine kinds of faults.
# bats test_tags=long
@test "answers that are lost are settled by asking" {
  fast_time 50
  sed -i '17,$d' praxis.csv
  for fault in reset-after reset-before 500-after 500-before hang-after html-502 truncated 429 503; do
    rm -rf runs sandbox.log
    fill --fault $fault=0.2,deletes,lookups --seed 4
    undo --delete 15 --timeout 1s "$run"
    # The three chances of one process can all be lost; then it is named.
    [ "$(rows unknown)" = "$(there)" ]
    [ "$(rows absent kept)" = '0 0' ]
    [ "$(there)" -le 2 ]
    [ "$(deletes)" -ge 15 ]
    [ "$(there)" = 0 ] || undo --delete "$(there)" --timeout 1s "$run"
    expect_status 0
    [ "$(there) $(rows deleted)" = '0 15' ]
    stop_sandbox
  done
}

@test "what is not gone after three deletions is unknown, and the same command goes on" {
  fast_time 50
  fill --fault 500-before=1,deletes,calls=1-3
  undo --delete 40 "$run"
  expect_status 6
  [ "$(rows unknown deleted) $(there)" = '1 39 1' ]
  in_file out '[delete.not_settled]'
  in_file out "csv2chakra undo $run"
  undo --delete 1 "$run"
  expect_status 0
  [ "$(rows deleted) $(there)" = '40 0' ]
}

@test "a role that may not delete stops the undo, and nothing is gone" {
  fill --role no-delete
  undo --delete 40 "$run"
  expect_status 4
  in_file err 'may not delete'
  in_file out 'Stopped'
  [ "$(there) $(rows unsent) $(deletes)" = '40 40 1' ]
  [ "$(next_command)" = "csv2chakra undo $run" ]
  for status in 401 405; do
    stop_sandbox
    rm -rf runs
    fill --fault status=1,$status,deletes
    undo --delete 40 "$run"
    expect_status 4
    [ "$(there) $(rows unsent)" = '40 40' ]
  done
}

@test "a signal stops it between two processes, and meanwhile nobody else goes near" {
  fill --latency 40ms
  csv2chakra undo -q --delete 40 "$run" >stopped.out 2>&1 &
  pid=$!
  until grep -qs '"method":"DELETE"' sandbox.log; do sleep 0.02; done
  run_split csv2chakra import praxis.yaml praxis.csv
  expect_status 75
  undo --dry-run "$run"
  expect_status 75
  kill -TERM $pid
  status=0
  wait $pid || status=$?
  [ "$status" -eq 5 ]
  left=$(there)
  [ "$left" -gt 0 ]
  [ $(($(rows deleted) + $(rows unknown))) -eq $((40 - left)) ]
  [ "$(csv2chakra status --format json "$run" | jq -r '.[0].next')" = "csv2chakra undo $run" ]
  undo --delete "$left" "$run"
  expect_status 0
  [ "$(there) $(rows deleted)" = '0 40' ]
  [ "$(csv2chakra status --format json "$run" | jq -r '.[0].next // ""')" = '' ]
}

@test "three of the first eleven that stay stop it before the rest" {
  fill
  for i in 2 5 9; do
    edit '{"procedure":"lead","lead_id":"P-'$i'","update":{"data":{"score":"0"}}}'
  done
  undo --delete 37 "$run"
  expect_status 3
  in_file err '3 of the first 11 processes were kept or refused'
  in_file err '[undo.first]'
  [ "$(rows deleted kept unsent)" = '8 3 29' ]
  # They are known by now: the same command goes on.
  undo --delete 29 "$run"
  expect_status 1
  [ "$(rows deleted kept) $(there)" = '37 3 3' ]
}

@test "when all is gone the input may be imported again, and only then" {
  fill
  undo --delete 40 "$run"
  expect_status 0
  undone=$(newest)
  run_split csv2chakra status "$run"
  in_file out "undone by  $undone"
  in_file out 'sent       nothing that is left'
  run_split csv2chakra status "$undone"
  in_file out "takes back $run"
  [ "$(csv2chakra status --format json "$run" | jq -r '.[0].undone_by')" = "$undone" ]
  grep -q "takes back" runs/latest/report.html
  csv2chakra schema report >schema.json
  python3 -B "$BATS_TEST_DIRNAME/validate.py" schema.json runs/latest/report.json
  for command in resume reconcile retry; do
    run_split csv2chakra $command "$run"
    expect_status 2
    in_file err '[run.undone]'
    run_split csv2chakra $command "$undone"
    expect_status 2
    in_file err '[undo.of_undo]'
  done
  undo "$undone"
  expect_status 2
  in_file err '[undo.of_undo]'
  cp runs/latest/results.csv before.csv
  run_split csv2chakra report "$undone"
  expect_status 0
  in_file out 'All 40 rows were deleted'
  cmp before.csv runs/latest/results.csv
  run_split csv2chakra import praxis.yaml praxis.csv
  expect_status 0
  [ "$(there)" = 40 ]
}

@test "a run with retries is refused, and names them until they are undone" {
  sed -i 's/^P-7;7;/P-7;x;/' praxis.csv
  sed -i 's/{score: Punkte, city: Ort}/{score: {column: Punkte, type: integer}, city: Ort}/' praxis.yaml
  start_sandbox
  run_split csv2chakra import -q praxis.yaml praxis.csv
  expect_status 1
  run=$(newest)
  sed -i 's/;x;/;7;/' runs/latest/to-fix.csv
  run_split csv2chakra retry -q "$run"
  expect_status 0
  retry=$(newest)
  undo --delete 39 "$run"
  expect_status 2
  in_file err "$retry"
  in_file err '[undo.children]'
  undo --delete 1 "$retry"
  expect_status 0
  undo --delete 39 "$run"
  expect_status 0
  [ "$(there)" = 0 ]
}

@test "rows that nobody knows the end of are reconciled first" {
  fast_time 50
  start_sandbox --fault reset-after=1,creates
  run_split csv2chakra import -q --on-unknown hold praxis.yaml praxis.csv
  expect_status 6
  undo --dry-run latest
  expect_status 2
  in_file err '[undo.open]'
  in_file err 'csv2chakra reconcile'
}

@test "of what a run changed the way back is written, and nothing is deleted" {
  fill
  sed -e 's/^P-1;1;/P-1;11;/' -e 's/^P-4;4;Köln/P-4;4;Trier/' praxis.csv >changed.csv
  { echo 'mode: update' && cat praxis.yaml; } >update.yaml
  csv2chakra import -q update.yaml changed.csv
  run=$(newest)
  undo --dry-run "$run"
  expect_status 0
  in_file out '~         2 changed: an undo writes their way back into a folder'
  [ ! -e "runs/$run/way-back" ]
  for _ in 1 2; do
    undo "$run"
    expect_status 0
    in_file out "csv2chakra import --changes $PWD/runs/$run/way-back"
  done
  undo --format json -o elsewhere "$run"
  expect_status 0
  [ "$(jq -c '[.rows.created, .updated, .way_back]' out)" = '[0,2,"elsewhere"]' ]
  for folder in "runs/$run/way-back" elsewhere; do
    [ "$(jq -r .way_back_of "$folder"/changes.json)" = "$run" ]
    diff <(cut -d, -f2,4- "$folder"/changes.csv) - <<'CSV'
key,verb,field,before,after
P-1,update,data.score,"""11""","""1"""
P-4,update,data.city,"""Trier""","""Köln"""
CSV
  done
  undo -o elsewhere "$run"
  expect_status 2
  # What a kill left is not taken for the whole.
  rm "runs/$run/way-back/changes.json"
  undo "$run"
  in_file out "way-back.2"
  [ "$(there) $(deletes)" = '40 0' ]
  [ "$(now P-1 .process.data.score)" = 11 ]
  # What somebody changed since stays; the rest is as it was.
  edit '{"procedure":"lead","lead_id":"P-4","update":{"data":{"city":"Bonn"}}}'
  run_split csv2chakra import --changes elsewhere --progress none
  expect_status 1
  [ "$(rows updated conflict)" = '1 1' ]
  [ "$(now P-1 .process.data.score) $(now P-4 .process.data.city)" = '1 Bonn' ]
  # The first import is its own run, and is taken back as before.
  undo --dry-run "$(basename runs/*-praxis-*)"
  in_file out '-        39 to delete'
}

@test "each run of many files is taken back by itself" {
  start_sandbox
  { head -1 praxis.csv && tail -10 praxis.csv; } >b.csv
  { head -1 praxis.csv && sed -n '2,31p' praxis.csv; } >a.csv
  csv2chakra import -q praxis.yaml a.csv b.csv
  for input in a b; do
    run=$(basename runs/*-$input-*)
    undo --dry-run --format json "$run"
    undo --delete "$(jq .rows.to_delete out)" "$run"
    expect_status 0
  done
  [ "$(there)" = 0 ]
}

# Long: an import and three undos for each point.
# bats test_tags=long
@test "a kill at any point loses nothing, and the same command goes on" {
  start_sandbox
  local src="$BATS_TEST_DIRNAME/../../src"
  points=$(cat "$src"/undo/*.c "$src"/runs/run.c "$src"/ledger/*.c |
    grep -o 'FAULT("[a-z.]*")' | cut -d'"' -f2 | sort -u)
  [ "$(wc -l <<<"$points")" -ge 14 ]
  n=0
  for point in $points; do
    for pass in 1 3; do
      n=$((n + 1))
      sed "s/^P-/K$n-/" praxis.csv | head -15 >kill.csv
      csv2chakra import -q praxis.yaml kill.csv
      run=$(newest)
      left=14
      for _ in 1 2; do
        CSV2CHAKRA_FAULT=$point:$pass:kill run_split csv2chakra-faults undo --progress none \
          --delete "$left" "$run" 2>/dev/null
        left=$(there)
      done
      undo --delete "$left" "$run"
      expect_status 0
      [ "$(rows deleted) $(there)" = '14 0' ]
      [ "$(report .accounts.balanced)" = true ]
    done
  done
}

@test "a service that does not show what it has is not believed" {
  # It lists a process, and has none with that id.
  fill --fault status=1,404,lookups,calls=4
  undo --delete 40 "$run"
  expect_status 4
  in_file err '[undo.untrusted]'
  [ "$(there) $(rows unsent) $(deletes)" = '40 40 0' ]
  undo --delete 40 "$run"
  expect_status 0
  stop_sandbox
  # Its lists are empty, and nothing else tells whether there is anything.
  rm -rf runs
  fill --entry-ids off --fault list-empty=1
  undo --dry-run "$run"
  expect_status 6
  in_file out '?        40 unknown'
  undo "$run"
  expect_status 6
  run_split csv2chakra import praxis.yaml praxis.csv
  expect_status 8
}
