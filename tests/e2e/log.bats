#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The log: what -v and -vv tell, that no secret is in it, and that with --log-format json all of stderr is objects.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() {
  setup_folder
  good_leads 40
}

teardown() { stop_sandbox; }

# objects FILE: each of its lines is one that the schema allows.
objects() {
  [ -s "$1" ]
  csv2chakra schema log >line.json
  jq -n --slurpfile line line.json '{type: "array", items: $line[0]}' >lines.json
  jq -s . "$1" >all.json
  [ "$(wc -l <"$1")" -eq "$(jq length all.json)" ]
  python3 -B "$BATS_TEST_DIRNAME/validate.py" lines.json all.json >faults
  is_empty faults
}

# logged STATUS COMMAND...: with objects in err.
logged() {
  local wanted=$1
  shift
  run_split csv2chakra "$@" --log-format json
  expect_status "$wanted"
  objects err
}

# calls: what -v said of each call, method and path; asked: what the sandbox was asked.
calls() { jq -r 'select(.event == "call") | "\(.method) \(.path)"' err | sort; }
asked() { jq -r 'select(.path | startswith("/v1/")) | "\(.method) \(.path)"' sandbox.log | sort; }

@test "a good import, a partial one and one that fails log objects alone, with the run in each line from when it has one" {
  start_sandbox --duplicates allow
  logged 0 import -vv leads.yaml leads.csv
  run=$(basename "$(readlink runs/latest)")
  [ "$(jq -r '.run // empty' err | sort -u)" = "$run" ]
  jq -se --arg run "$run" 'map(.run == $run) | index(true) as $at | $at > 0 and (.[$at:] | all)' err
  jq -se 'map(.event) | unique == ["answer_header", "call", "decision", "detail", "request_header"]' err
  # Some rows are refused by the mapping, and one by the service.
  { cat leads.csv; echo 'L-90,Open,Ann,Lee,many,'; } >partial.csv
  logged 1 import --again -v leads.yaml partial.csv
  logged 7 import leads.yaml nowhere.csv
  jq -se 'length == 1 and .[0].level == "error" and .[0].event == "error" and (.[0].message | contains("nowhere.csv"))' err
  logged 2 import leads.yaml leads.csv --no-such-option
  jq -se '.[0].message == "unknown option '\''--no-such-option'\''" and .[0].help != null' err
  stop_sandbox
  logged 4 import --again --retry-for 1s -vv leads.yaml leads.csv
  jq -se 'map(select(.event == "call")) | length > 0 and all(.status == null and .failure != null)' err
  jq -se '.[-1].event == "error"' err
}

@test "what is wrong with a mapping, and warnings, are an object each, with their place" {
  printf 'version: 1\nprocedure: lead\nlead_idd: Lead Ref\n' >bad.yaml
  logged 2 check bad.yaml leads.csv
  jq -se 'map(select(.code == "mapping.unknown_key")) | .[0].file == "bad.yaml" and .[0].line == 3 and .[0].column == 1' err
  printf 'version: 1\nprocedure: lead\ndata:\n  a: Note\n' >warns.yaml
  logged 0 check warns.yaml leads.csv
  jq -se 'map(select(.event == "diagnostic")) | .[0].level == "warning" and .[0].code == "mapping.no_key"' err
}

@test "what is odd about a file, and each cause of a rejected row, is an object with its code, file and help" {
  printf 'ref,note,x\nA-1,#REF!,1\nA-2,#DIV/0!,########\n' >odd.csv
  printf 'version: 1\nprocedure: lead\nlead_id: ref\ndata:\n  n: note\n  x: x\n' >odd.yaml
  logged 0 check odd.yaml odd.csv
  jq -r '"\(.event) \(.code) \(.file) \(.message)"' err >told
  printf '%s\n' >wanted \
    "warning hazard.error_value odd.csv column \"note\" (B): formula errors: 2 cells: B2 '#REF!', B3 '#DIV/0!'" \
    "warning hazard.hashes odd.csv column \"x\" (C): #### instead of a value: 1 cell: C3 '########'"
  diff wanted told
  jq -se 'all(.help | (length > 0 and (contains("\n") | not)))' err
  printf '  y: {column: x, type: integer}\n' >>odd.yaml
  logged 1 convert odd.yaml odd.csv
  jq -r '"\(.event) \(.code) \(.file) \(.message)"' err >told
  echo "warning type.integer odd.csv 1 row: column \"x\", field data.y: a whole number cannot contain the character '#': C3 '########'" >wanted
  diff wanted told
}

@test "words for a person are an object without the program's name, their help apart" {
  printf 'ref,name\nA-1,Zo\351 M\374ller aus K\366ln\n' >guessed.csv
  printf 'version: 1\nprocedure: lead\nlead_id: ref\ndata:\n  n: name\n' >names.yaml
  logged 0 preview names.yaml guessed.csv
  jq -se 'length == 1 and .[0].event == "warning" and (.[0].message | test("^.guessed.csv.: byte 15 on line 2 is not UTF-8")) and
    .[0].help == "pin it: --encoding windows-1252"' err
  logged 0 preview --failing --encoding windows-1252 names.yaml guessed.csv
  jq -se '.[0].event == "note" and .[0].level == "info" and .[0].help == null and
    .[0].message == "no row to show: none of '"'guessed.csv'"' would be rejected"' err
}

@test "with --quiet there are errors alone, and with -v the words of a text log are those of the objects" {
  start_sandbox --duplicates allow
  run_split csv2chakra import --quiet --log-format json leads.yaml leads.csv
  expect_status 0
  is_empty err
  run_split csv2chakra import --again -v leads.yaml leads.csv
  in_file err "csv2chakra: debug: the service is at '$url'"
  grep -qE '^csv2chakra: debug: #1 POST /v1/ext/procedure/lead/process/bulk-create, 40 rows: 200 in [0-9]+ ms$' err
  not_in_file err 'User-Agent'
  run_split csv2chakra import --again -vv leads.yaml leads.csv
  grep -qE '^csv2chakra: debug: #1 > User-Agent: csv2chakra/' err
  grep -qE '^csv2chakra: debug: #1 > Authorization: \*\*\*$' err
  grep -qE '^csv2chakra: debug: #1 < HTTP/1.1 200 OK$' err
}

@test "a call is one line, and one that is tried again is a line each time" {
  local fault
  for fault in 429=1,calls=1,1s 503=1,1s,calls=1 reset-before=1,calls=1 reset-after=1,calls=1; do
    rm -rf runs sandbox.log
    start_sandbox --fault "$fault"
    run_split csv2chakra import --settle 2s -v --log-format json leads.yaml leads.csv
    objects err
    calls >told
    asked >heard
    diff told heard
    case $fault in
    429* | 503*) [ "$(jq "select(.status == ${fault%%=*}) | .call" err | wc -l)" -gt 0 ] ;;
    *) jq -se 'map(select(.event == "call" and .status == null and .failure != null)) | length == 1' err ;;
    esac
    stop_sandbox
  done
}

@test "no token is in -vv, whichever way it came" {
  start_sandbox --duplicates allow
  unset CHAKRA_API_TOKEN_FILE
  run_split csv2chakra import -vv --token-file token leads.yaml leads.csv
  expect_status 0
  in_file err 'Authorization: ***'
  no_secret_left
  CHAKRA_API_TOKEN=$(cat token) run_split csv2chakra import --again -vv leads.yaml leads.csv
  expect_status 0
  in_file err 'Authorization: ***'
  no_secret_left
  run_split csv2chakra import --again -vv --token-command 'cat token' leads.yaml leads.csv
  expect_status 0
  in_file err 'Authorization: ***'
  no_secret_left
  # One that is refused, and nothing to hide it by.
  (umask 077 && echo short >other-token)
  run_split csv2chakra import --again -vv --token-file other-token leads.yaml leads.csv
  expect_status 4
  in_file err 'Authorization: ***'
  not_in_file err 'Bearer'
}

@test "progress among objects is objects, and only if it is asked for" {
  start_sandbox --duplicates allow
  run_split csv2chakra import --log-format json leads.yaml leads.csv
  expect_status 0
  is_empty err
  logged 0 import --again --progress json leads.yaml leads.csv
  jq -se 'map(select(.event == "end")) | length == 1 and .[0].rows_settled == 40 and .[0].level == "info" and .[0].run != null' err
  run_split csv2chakra import --again --progress lines --log-format json leads.yaml leads.csv
  expect_status 2
  objects err
}

@test "the manual names every event" {
  local event
  for event in $(csv2chakra schema log | jq -r '.properties.event.enum[]'); do
    grep -qE "^\.It Li ([a-z_]+ , )*$event( |\$)" "$BATS_TEST_DIRNAME/../../man/csv2chakra-report.5"
  done
  sed -n 's/^    \[LOG_[A-Z_]*\] = {"\([a-z_]*\)".*/\1/p' "$BATS_TEST_DIRNAME/../../src/system/log.c" | sort >table
  csv2chakra schema log | jq -r '.properties.event.enum[]' | grep -vxE 'progress|stopping|end' | sort | diff table -
}
