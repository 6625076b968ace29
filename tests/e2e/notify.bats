#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --notify: a command is run when all is done, and knows how it ended; it never changes the exit status.

load service

setup() {
  setup_folder
  good_leads 6
  start_sandbox
  cat >teller <<'SH'
#!/bin/sh
printf '%s|%s|%s|%s\n' "$CSV2CHAKRA_COMMAND" "$CSV2CHAKRA_EXIT" "${CSV2CHAKRA_RUN-none}" "${CSV2CHAKRA_REPORT-none}" >>told
echo "$CSV2CHAKRA_EXIT ${CSV2CHAKRA_RUN-none} ${CSV2CHAKRA_VERDICT-}" >words
echo 'a word of the teller'
SH
  chmod +x teller
}

# told COMMAND EXIT: the last notice, with the newest run if there is one.
told() {
  local run=none report=none
  if [ "${3:-run}" = run ]; then
    run=$(readlink runs/latest)
    report=$PWD/runs/$run/report.json
    [ -s "$report" ]
  fi
  [ "$(tail -n 1 told)" = "$1|$2|$run|$report" ] || { cat told; return 1; }
}

@test "a command is told how an import, a resume, a reconcile, a retry and an undo ended, and where the report is" {
  run_split csv2chakra import --limit 4 --notify ./teller leads.yaml leads.csv
  expect_status 0
  told import 0
  # stdout is the answer and nothing else.
  in_file err 'a word of the teller'
  not_in_file out 'a word of the teller'
  run_split csv2chakra resume --notify ./teller latest
  expect_status 0
  told resume 0
  run_split csv2chakra reconcile --notify ./teller latest
  told reconcile "$status"
  sed -i 's/^L-/M-/; s/^M-2,Open/M-2,Lost/' leads.csv
  run_split csv2chakra import --notify ./teller leads.yaml leads.csv
  expect_status 1
  told import 1
  sed -i 's/Lost/Open/g' runs/latest/to-fix.csv
  run_split csv2chakra retry --notify ./teller latest runs/latest/to-fix.csv
  expect_status 0
  told retry 0
  run_split csv2chakra undo --delete 1 --notify ./teller latest
  expect_status 0
  told undo 0
  [ "$(wc -l <told)" -eq 6 ]
}

@test "it is told, too, of what ended before there was a run, by a signal, and for the worst of several files" {
  run_split csv2chakra import --notify ./teller leads.yaml nothing.csv
  expect_status 7
  told import 7 none
  run_split csv2chakra import --notify ./teller --metrics-file nowhere/m.prom leads.yaml leads.csv
  expect_status 4
  told import 4 none
  sed '2,$s/^/a-/' leads.csv >a.csv
  sed '2,$s/^/b-/; 3s/Open/Lost/' leads.csv >b.csv
  sed '2,$s/^/c-/' leads.csv >c.csv
  run_split csv2chakra import --notify ./teller leads.yaml a.csv b.csv c.csv
  expect_status 1
  [ "$(wc -l <told)" -eq 3 ]
  run=$(tail -n 1 told | cut -d '|' -f 3)
  [ "${run#*-b-}" != "$run" ]
  # Of all in a sentence; what went wrong without a run has none.
  printf 'PK\003\004' >d.csv
  run_split csv2chakra import --if-changed --notify ./teller leads.yaml a.csv d.csv
  expect_status 7
  [ "$(cat words)" = '7 none 2 files: 1 imported before, 1 not imported' ] || { cat words; false; }
  run_split csv2chakra import --again --notify ./teller leads.yaml b.csv
  in_file words 'None of the 6 rows'
  in_file words '1 was rejected before sending'
  run_split csv2chakra import --notify ./teller leads.yaml nothing.csv
  in_file words "unable to open 'nothing.csv'"
  # A dry run imports nothing, and nobody is told.
  run_split csv2chakra import --dry-run --notify ./teller leads.yaml leads.csv
  expect_status 0
  [ "$(wc -l <told)" -eq 6 ]
}

@test "a run that is stopped by a signal tells, though the signal came to all processes of its group" {
  stop_sandbox
  start_sandbox --latency 400ms
  setsid "$CSV2CHAKRA_BIN/csv2chakra" import --chunk-rows 1 --in-flight 1 --notify ./teller leads.yaml leads.csv >out 2>err 3>&- &
  pid=$!
  wait_for sandbox.log "$pid" err
  until [ -e runs/latest ]; do sleep 0.05; done
  kill -TERM -- "-$pid"
  status=0
  wait "$pid" || status=$?
  expect_status 5
  told import 5
}

@test "a command that fails, is ended or takes too long is a warning, and the exit status is the import's" {
  run_split csv2chakra import --notify false leads.yaml leads.csv
  expect_status 0
  in_file err "the command of --notify, 'false', ended with exit status 1"
  run_split csv2chakra import --notify "sh -c 'kill -9 \$\$'" leads.yaml leads.csv
  expect_status 8
  in_file err "was ended by signal 9"
  run_split csv2chakra import --notify 'no-such-program' --again leads.yaml leads.csv
  expect_status 2
  in_file err "there is no program 'no-such-program'"
  in_file err '[usage.command]'
  run_split csv2chakra import --notify './teller | mail' --again leads.yaml leads.csv
  expect_status 2
  in_file err "no shell reads it"
  stop_sandbox
  fast_time 100
  start_sandbox
  run_split csv2chakra import --notify 'sleep 4321' --again leads.yaml leads.csv
  expect_status 0
  in_file err "had not ended after 60 s, and was stopped"
  run ! pgrep -f 'sleep 4321'
}

@test "it has neither the token nor a way to it, nor our descriptors, and may write where the import may not" {
  cat >teller <<'SH'
#!/bin/sh
env >outside/environ
ls /proc/self/fd >outside/open
readlink /proc/self/fd/0 >>outside/open
SH
  mkdir outside
  export CHAKRA_API_TOKEN=$SECRET_MARK-of-the-environment
  run_split csv2chakra import -v --notify ./teller leads.yaml leads.csv 7<token
  expect_status 0
  unset CHAKRA_API_TOKEN
  not_in_file outside/environ CHAKRA_API_TOKEN
  in_file outside/environ CHAKRA_BASE_URL
  [ "$(tr '\n' ' ' <outside/open)" = "0 1 2 3 /dev/null " ]
  in_file err "running './teller' (--notify)"
}

@test "the lines of the manual: a mail, Slack, a webhook" {
  mkdir bin
  # shellcheck disable=SC2016 # the programs are told so
  printf '#!/bin/sh\n{ echo "$0 $*"; [ "${0##*/}" = curl ] || cat; } >>told\n' | tee bin/mail >bin/curl
  chmod +x bin/mail bin/curl
  PATH="$PWD/bin:$PATH"
  mandoc -T ascii -O width=200 "$BATS_TEST_DIRNAME/../../man/csv2chakra.1" | col -bx |
    sed -n '/A mail, a line in Slack/,/Write metrics/p' | sed -n '/^ *--notify/,/^$/p' >lines
  [ "$(grep -c -- --notify lines)" -eq 3 ]
  # As one types them, one after the other.
  awk '/--notify/ { file = "line" ++n; printf "csv2chakra import leads.yaml leads.csv" >file } NF { print >file }' lines
  for line in line1 line2 line3; do
    sed -i "2,\$s/^/$line-/" leads.csv
    run_split bash "$line"
    expect_status 0
    not_in_file err 'command of --notify'
  done
  in_file told 'mail -s csv2chakra ops@example.com'
  in_file told 'nothing is in ChakraHQ). See /'
  in_file told '{"text": "import: exit 0"}'
  in_file told "--json @$PWD/runs/"
}
