#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# An undo that left something: what may be done then, and what is said of it.
# shellcheck disable=SC2154 # helpers.bash sets status, service.bash url

load service
load undo

setup() {
  setup_folder
  printf 'version: 1\nprocedure: lead\nlead_id: Nummer\ndata: {score: Punkte}\n' >praxis.yaml
  { echo 'Nummer;Punkte' && for i in $(seq 1 20); do echo "P-$i;$i"; done; } >praxis.csv
}

teardown() {
  [ -z "${gate:-}" ] || kill "$gate"
  stop_sandbox
}

# undo_in_part: all but two are deleted; $undone is the undo.
undo_in_part() {
  edit '{"procedure":"lead","lead_id":"P-15","update":{"data":{"score":"0"}}}'
  edit '{"procedure":"lead","lead_id":"P-16","update":{"data":{"score":"0"}}}'
  undo --delete 18 "$run"
  expect_status 1
  undone=$(newest)
}

@test "the guard, resume and status name what helps, and it does" {
  fill
  undo_in_part
  run_split csv2chakra import praxis.yaml praxis.csv
  expect_status 8
  in_file err "run $undone, which takes it back, left some of it"
  in_file err "csv2chakra undo $run goes on with that"
  in_file err 'csv2chakra import --again --skip-existing praxis.yaml praxis.csv'
  # Its report does not say any more that all is there.
  run_split csv2chakra report "$run"
  in_file out "Run $undone is taking it back"
  in_file out "csv2chakra undo $run"
  grep -q "$undone" "runs/$run/report.html"
  csv2chakra report --format json "$run" >parent.json
  [ "$(jq -r .run.undone_by parent.json)" = "$undone" ]
  csv2chakra schema report >schema.json
  python3 -B "$BATS_TEST_DIRNAME/validate.py" schema.json parent.json
  for command in resume reconcile retry; do
    run_split csv2chakra $command "$run"
    expect_status 2
    in_file err "csv2chakra undo $run"
  done
  [ "$(csv2chakra status --format json "$run" | jq -r '.[0] | .next, .undone_by')" = "csv2chakra undo $run
$undone" ]
  run_split csv2chakra status "$run"
  in_file out "undone by  $undone"
  run_split csv2chakra status "$undone"
  in_file out "takes back $run"
  run_split csv2chakra import -q --again --skip-existing praxis.yaml praxis.csv
  expect_status 0
  [ "$(rows created skipped) $(there)" = '18 2 20' ]
}

@test "its page names the run that it takes back, and its row file" {
  fill
  undo_in_part
  grep -q "takes back" "runs/$undone/report.html"
  grep -q "$run" "runs/$undone/report.html"
  grep -q 'results.csv' "runs/$undone/report.html"
  # It read nothing of the input, and says so of none of its forms.
  run ! grep -q '<dt>form</dt>' "runs/$undone/report.html"
  [ "$(jq -c '.input | keys' "runs/$undone/report.json")" = '["bytes","name","sha256"]' ]
  csv2chakra schema report >schema.json
  python3 -B "$BATS_TEST_DIRNAME/validate.py" schema.json "runs/$undone/report.json"
}

@test "an undo that was pruned is begun anew, and finds what is left" {
  fill
  undo_in_part
  csv2chakra prune -q "$undone"
  undo --dry-run "$run"
  expect_status 1
  in_file out '!         2 kept      undo.changed 2'
  in_file out '-        18 absent'
  undo --even-if-changed --delete 2 "$run"
  expect_status 0
  [ "$(rows deleted absent) $(there)" = '2 18 0' ]
  [ "$(newest)" != "$undone" ]
  run_split csv2chakra report "$run"
  [[ "$(tr '\n' ' ' <out)" == *"Nothing of that is left: run $(newest) took it back"* ]]
  [ "$(csv2chakra status --format json "$run" | jq -r '.[0].next // ""')" = '' ]
  run_split csv2chakra import -q praxis.yaml praxis.csv
  expect_status 0
  [ "$(there)" = 20 ]
}

@test "more than were confirmed are not deleted, whatever happens after the counting" {
  fill
  # It is as another one edited it when it is counted, and as it was sent when its turn comes.
  edit '{"procedure":"lead","lead_id":"P-15","update":{"data":{"score":"0"}}}'
  edit '{"procedure":"lead","lead_id":"P-15","update":{"data":{"score":"15"}},"before":"deletes:1"}'
  undo --delete 19 "$run"
  expect_status 3
  in_file err 'more processes can be deleted than the 19 that were confirmed'
  in_file err '[undo.more]'
  in_file err "csv2chakra undo --dry-run $run"
  [ "$(rows deleted unsent) $(there)" = '19 1 1' ]
  [ "$(jq -s '[.[] | select(.method == "DELETE")] | length' sandbox.log)" = 19 ]
  undo --dry-run "$run"
  in_file out '-         1 to delete'
  undo --delete 1 "$run"
  expect_status 0
  [ "$(rows deleted) $(there)" = '20 0' ]
}

@test "an answer in which a name of a process stands twice is not believed" {
  fill
  echo '{"_data":[{"id":"x","lead_id":"P-1","data":{"score":{"a":1,"a":2}}}]}' >twice.json
  stop_sandbox
  STUB_PORT=$(cat port) python3 -B "$BATS_TEST_DIRNAME/stub.py" stub.port 200 twice.json >stub.out 2>&1 3>&- &
  sandbox_pid=$!
  wait_for stub.port "$sandbox_pid" stub.out
  undo --dry-run --retry-for 1s "$run"
  expect_status 4
  in_file err 'a name stands twice'
  in_file err '[undo.untrusted]'
  [ "$(newest)" = "$run" ]
}

@test "a process that is deleted and still shown is waited for, and unknown when --settle is over" {
  fast_time 200
  sed -i '4,$d' praxis.csv
  start_sandbox --fault list-lag=1,400s
  csv2chakra import -q praxis.yaml praxis.csv >fill.out
  run=$(newest)
  # What is shown is what was there two seconds ago.
  sleep 2.5
  undo --delete 2 --settle 1s "$run"
  expect_status 6
  in_file out '[delete.not_settled]'
  in_file out '2 were created = 2 unknown'
  undo --delete 2 --settle 1h "$run"
  expect_status 0
  in_file out '2 were created = 2 deleted'
  [ "$(there)" = 0 ]
}

@test "a deletion that was not taken is asked again, one that was lost is looked for, and the estimate goes by the rate" {
  fast_time 500
  start_sandbox --fault 429=1,1s,deletes,calls=1 --fault 503=1,1s,deletes,calls=3 --fault reset-after=1,deletes,calls=6
  csv2chakra import -q praxis.yaml praxis.csv >fill.out
  run=$(newest)
  while read -r rate says; do
    csv2chakra undo --dry-run --rate "$rate" latest >out 2>err
    in_file out "Deleting takes about 61 calls; at $says"
  done <<'RATES'
60/m 1 a second these take 61 s.
20/m 0.333 a second these take 3 min.
1/m 0.0167 a second these take 61 min.
RATES
  undo --delete 20 latest
  expect_status 0
  in_file out '20 were created = 20 deleted'
  [ "$(there)" = 0 ]
  [ "$(jq -r 'select(.method == "DELETE") | .status // "lost"' sandbox.log | head -n 8 | tr '\n' ' ')" = '429 200 503 200 200 lost 404 200 ' ]
  run_split csv2chakra report -v "$run"
  in_file out "($(newest) takes"
}

@test "deletions that the service refuses are told with its words, and asked again by the next undo" {
  start_sandbox
  : >ids
  python3 -B "$BATS_TEST_DIRNAME/refuses_deletes.py" "$url" gate.port ids >gate.out 2>&1 3>&- &
  gate=$!
  wait_for gate.port "$gate" gate.out
  export CHAKRA_BASE_URL
  CHAKRA_BASE_URL="http://127.0.0.1:$(cat gate.port)"
  csv2chakra import -q praxis.yaml praxis.csv >fill.out
  run=$(newest)
  curl -sf "$url/sandbox/processes?now=1" | jq -r 'select(.key == "P-3" or .key == "P-17") | .id' >ids
  undo --delete 20 "$run"
  expect_status 1
  in_file out '20 were created = 18 deleted + 2 refused'
  in_file out '[http.409]'
  in_file out 'it has open tasks'
  : >ids
  undo --delete 2 "$run"
  expect_status 0
  [ "$(there)" = 0 ]
}
