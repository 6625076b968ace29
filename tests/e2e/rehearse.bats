#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# rehearse: an import into a sandbox of its own, which leaves nothing behind.

load helpers

setup() {
  setup_folder
  export CSV2CHAKRA_RUNS_DIR="$PWD/runs"
  # A service that must not be asked, and a token that must not be sent.
  export CHAKRA_BASE_URL=https://nowhere.invalid CHAKRA_API_TOKEN=not-to-be-used
  cat >hives.yaml <<'YAML'
version: 1
procedure: hive
key: {name: hive_no, column: Hive}
state: {column: Mood, map: {calm: RESTING, cross: WATCHED}}
data:
  frames: {column: Frames, type: integer}
YAML
  printf 'Hive|Mood|Frames\nH1|calm|10\nH2|cross|8\nH3|calm|eleven\n' >hives.psv
}

# No sandbox of this test's rehearsals is left.
no_sandbox() { ! pgrep -f "chakra-sandbox .*--procedure=$1=" >/dev/null; }

@test "a rehearsal imports, says that it was one, ends with import's status and leaves no process" {
  sed -i 's/procedure: hive/procedure: hive-one/' hives.yaml
  run_split csv2chakra rehearse hives.yaml hives.psv
  expect_status 1
  is_empty err
  in_file out '2 of 3 rows are in the sandbox at 127.0.0.1:'
  in_file out '(a rehearsal; nothing'
  [[ $(tail -n 1 out) == "  csv2chakra rehearse "*hives.psv ]]
  no_sandbox hive-one
  [ "$(ls)" = $'err\nhives.psv\nhives.yaml\nhome\nout\nruns' ]
  [ "$(ls runs)" = rehearsals ]
  jq -e '.rehearsal and .accounts.rows.created == 2' runs/rehearsals/latest/report.json
  [ -s runs/rehearsals/latest/report.html ]

  # Nothing else takes notice of it; what is right is offered to import.
  run_split csv2chakra status
  in_file out 'no runs in'
  sed -i '$d' hives.psv
  run_split csv2chakra rehearse hives.yaml hives.psv
  expect_status 0
  [[ $(tail -n 1 out) == "  csv2chakra import "*hives.psv ]]
  run_split csv2chakra rehearse --format json hives.yaml hives.psv
  expect_status 0
  jq -e '.rehearsal and .exit_status == 0' out
}

@test "a rehearsal warns of what check warns of, before its report, and names the files as they were typed" {
  sed -i '$d' hives.psv
  printf 'Total||18\n' >>hives.psv
  sed -i '/^state:/d' hives.yaml
  run_split csv2chakra rehearse hives.yaml hives.psv
  expect_status 0
  in_file err "hives.psv: warning: a total among the last rows: 1 row: A4 'Total' [hazard.total_row]"
  in_file err 'rows: {except: {column: NAME, in: [WORD]}}'
  [ "$(tail -n 1 out)" = '  csv2chakra import hives.yaml hives.psv' ]
  run_split csv2chakra rehearse -q hives.yaml hives.psv
  expect_status 0
  is_empty err
  # The advice, followed.
  echo 'rows: {except: {column: Hive, in: [Total]}}' >>hives.yaml
  run_split csv2chakra rehearse hives.yaml hives.psv
  expect_status 0
  is_empty err
  in_file out '2 of 3 rows are in the sandbox'
  # A pipe is read once.
  run_split csv2chakra rehearse hives.yaml - <hives.psv
  expect_status 0
  csv2chakra rehearse hives.yaml <(cat hives.psv) >out 2>err
  is_empty err
  in_file out "2 of 3 rows are in the sandbox"
}

@test "faults are the sandbox's, and what they lose is settled within a minute" {
  { head -n 1 hives.psv; for i in $(seq 40); do echo "G$i|calm|$i"; done; } >many.psv
  SECONDS=0
  run_split csv2chakra rehearse hives.yaml many.psv --chunk-rows 10 --fault reset-after=1,calls=2
  expect_status 0
  in_file out 'All 40 rows are in the sandbox'
  [ "$SECONDS" -lt 60 ]
  run_split csv2chakra rehearse hives.yaml many.psv --fault moonlight=1
  expect_status 2
  in_file err 'the sandbox did not start: '
  in_file err 'moonlight'
}

@test "a mapping with a mistake starts nothing, and no option names another service" {
  echo 'colour: blue' >>hives.yaml
  run_split csv2chakra rehearse hives.yaml hives.psv
  expect_status 2
  in_file err 'mapping.unknown_key'
  [ ! -e runs ]
  for option in --base-url=http://127.0.0.1:9 --token-file=x --again --metrics-file=m; do
    run_split csv2chakra rehearse "$option" hives.yaml hives.psv
    expect_status 2
    in_file err "'rehearse' has no option"
  done
}

@test "the newest ten rehearsals are kept" {
  sed -i '$d' hives.psv
  for _ in $(seq 12); do
    csv2chakra rehearse -q hives.yaml hives.psv
  done
  [ "$(find runs/rehearsals -mindepth 1 -maxdepth 1 -type d -name '2*' | wc -l)" -eq 10 ]
  [ -d runs/rehearsals/latest/ ]
}

@test "--keep leaves the sandbox until a signal, and a kill of the rehearsal ends it" {
  for signal in TERM KILL; do
    sed -i "s/procedure: .*/procedure: kept-$signal/" hives.yaml
    # What the first one wrote is not taken for the second one's.
    : >err
    csv2chakra rehearse --keep hives.yaml hives.psv >out 2>err 3>&- &
    pid=$!
    for _ in $(seq 100); do grep -q 'until Ctrl-C' err && break; sleep 0.1; done
    url=$(grep -o 'http://[0-9.:]*/' err)
    curl -sf "$url" >page
    in_file page 'ChakraHQ sandbox'
    kill "-$signal" "$pid"
    wait "$pid" || status=$?
    for _ in $(seq 50); do no_sandbox "kept-$signal" && break; sleep 0.1; done
    no_sandbox "kept-$signal"
  done
  [ "$status" -eq 137 ]
}
