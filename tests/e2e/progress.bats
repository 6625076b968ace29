#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Progress on standard error, as a person and as a program see it.
# shellcheck disable=SC2154 # helpers.bash sets status

load service

setup() {
  setup_folder
  good_leads 60
}

@test "--progress json is an object a line, the last one is the end" {
  start_sandbox --latency 300ms --fault 429=1,4s
  csv2chakra import --progress json --chunk-rows 10 --grace 0s \
    leads.yaml leads.csv >out 2>err 3>&- &
  pid=$!
  for _ in $(seq 300); do
    grep -q '"rate limited"' err && break
    sleep 0.1
  done
  kill -TERM "$pid"
  wait "$pid" || :
  grep '^{' err >lines
  jq -es 'length >= 2 and ([.[:-1][].event] | all(. == "progress"))
    and .[-1].event == "end" and .[-1].phase == "done"' lines
  # It waits, and says for what and until when.
  jq -es 'any(.waits_for == "rate limited" and (.waits_until | endswith("Z")))' lines
  # Every member is in the manual.
  sed -n 's/^\.It Li \([a-z_, ]*\)$/\1/p' \
    "$BATS_TEST_DIRNAME/../../man/csv2chakra-report.5" | tr -d ' ' |
    tr ',' '\n' | sort >page
  jq -r 'keys[]' lines | sort -u | comm -23 - page >missing
  is_empty missing
}

@test "at the end everything is settled, from a pipe as well" {
  start_sandbox
  # shellcheck disable=SC2002 # a pipe is meant
  cat leads.csv | csv2chakra import --progress json leads.yaml - >out 2>err
  grep '^{' err | tail -n 1 >end
  jq -e '.event == "end" and .rows_settled == 60 and .rows_total == 60
    and .percent == 100 and .rejected == 0 and .in_flight == 0' end
}

@test "at the end everything is settled, whatever part and whatever evidence settled it" {
  fast_time
  last_line() { # COMMAND...: what it says last of its progress
    csv2chakra "$@" --progress json --settle 10s >out 2>err || :
    grep '^{' err | tail -n 1 >end
    jq -e '.phase == "done" and .rows_settled == 60 and .rows_total == 60
      and .percent == 100' end || { cat end; return 1; }
  }
  start_sandbox --duplicates allow --job-delay 1s
  CSV2CHAKRA_FAULT=submit.answer:4:kill csv2chakra import leads.yaml \
    leads.csv --chunk-rows 10 >out 2>err || [ $? -eq 137 ]
  last_line resume latest
  stop_sandbox
  # An answer that was lost, rows that were refused, rows that exist.
  start_sandbox --duplicates allow --fault reset-after=1,calls=2 \
    --fault entry-error=1,match=L-7
  last_line import leads.yaml leads.csv --chunk-rows 10 --again
  last_line import leads.yaml leads.csv --chunk-rows 10 --again --skip-existing
  last_line reconcile latest
  # Rows that are unknown are not settled.
  stop_sandbox
  start_sandbox --duplicates allow --fault reset-before=1,calls=2
  csv2chakra import leads.yaml leads.csv --chunk-rows 10 --again --settle 0s \
    --progress json >out 2>err || [ $? -eq 6 ]
  grep '^{' err | tail -n 1 | jq -e '.rows_settled == 50 and .percent < 100'
}

@test "lines end with the whole, too" {
  fast_time
  start_sandbox --fault 429=1,40s,calls=4
  CSV2CHAKRA_FAULT=submit.answer:3:kill csv2chakra import leads.yaml \
    leads.csv --chunk-rows 10 >out 2>err || [ $? -eq 137 ]
  run_split csv2chakra resume latest --progress lines
  expect_status 0
  grep 'done: 60 of 60 rows (100%)' err || { cat err; return 1; }
}

@test "a short import without a terminal says nothing but its report" {
  start_sandbox
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  is_empty err
}

@test "on a terminal there is a bar, and nothing of it is left behind" {
  start_sandbox --latency 300ms
  TERM=xterm script -qec "stty cols 100; csv2chakra import --chunk-rows 5 \
    --in-flight 2 leads.yaml leads.csv" /dev/null >seen </dev/null
  tr '\r' '\n' <seen >lines
  grep -q 'sending  .*\[.*=.*\].* rows .* in flight' lines
  esc=$(printf '\033')
  # The last bar is erased before the report begins.
  grep -a -B1 'Files in' lines | head -n 1 >before
  grep -q "${esc}\[K" before || grep -q "^${esc}\[K.*Files in" lines
}

# Of the events in FILE: over the whole command the percentage never falls, in
# each phase what is done; the phases in their order.
phases() { # FILE
  jq -es '[.[].percent | values] | . == sort' "$1" >/dev/null ||
    { cat "$1"; return 1; }
  jq -es '[.[] | select(.event != "end")]
    | [range(1; length) as $i | [.[$i - 1], .[$i]]
       | select(.[0].phase == .[1].phase)]
    | all((.[0].bytes_done // 0) <= (.[1].bytes_done // 0)
        and (.[0].rows_settled // 0) <= (.[1].rows_settled // 0))' "$1" >/dev/null ||
    { cat "$1"; return 1; }
  jq -r .phase "$1" | uniq | tr '\n' ' '
}

# Within a second of an event there is the next one.
is_prompt() { # FILE
  jq -es '[.[].at | sub("\\.[0-9]+"; "") | fromdate]
    | [range(1; length) as $i | .[$i] - .[$i - 1]] | all(. <= 2)' "$1" >/dev/null ||
    { cat "$1"; return 1; }
}

@test "every phase is shown: reading, splitting, and what comes before" {
  good_csv 20000 >leads.csv
  said() { # PHASES COMMAND...
    local want=$1
    shift
    csv2chakra "$@" --progress json 2>err >out || { cat err; return 1; }
    grep '^{' err >events
    [ "$(phases events)" = "$want " ] || { echo "$*"; cat events; return 1; }
    jq -es '.[-1] | .event == "end" and .percent == 100
      and .bytes_done == .bytes_total' events
  }
  said reading check leads.yaml leads.csv
  said reading convert leads.yaml leads.csv
  said 'surveying reading' inspect leads.csv
  said 'surveying reading' init leads.csv -o new.yaml
  said 'surveying reading' check -o out.d leads.yaml leads.csv
  said 'surveying splitting' split leads.yaml leads.csv -o parts
}

@test "every phase is shown: a pipe that is slow, sending, following, closing" {
  start_sandbox --job-delay 2500ms
  { cat leads.csv; sleep 2.5; } |
    csv2chakra import --progress json leads.yaml - --chunk-rows 10 >out 2>err
  grep '^{' err >events
  [ "$(phases events)" = 'spooling surveying sending following settling closing done ' ] ||
    { cat events; return 1; }
  is_prompt events
  jq -es '[.[] | select(.phase == "spooling")] | length >= 3' events
  jq -es '[.[] | select(.phase == "sending" and .rows_settled < .rows_total)] | length >= 1' events
}

@test "while the last call is open, rows are being sent" {
  fast_time
  start_sandbox --latency 20s
  csv2chakra import --progress json leads.yaml leads.csv --chunk-rows 30 >out 2>err
  grep '^{' err | jq -es 'any(.phase == "sending" and .rows_settled == 30)'
}

@test "every phase is shown: what is looked up and what is deleted" {
  start_sandbox
  csv2chakra import -q leads.yaml leads.csv --chunk-rows 10
  csv2chakra undo latest --delete 60 --progress json >out 2>err
  grep '^{' err >events
  [ "$(phases events)" = 'looking up deleting done ' ] ||
    { cat events; return 1; }
  jq -es 'any(.phase == "deleting" and .rows_total == 60)
    and .[-1].percent == 100' events
}

@test "Ctrl-C is answered at once, also while an answer takes eight seconds" {
  # The first call is answered at once.
  start_sandbox --fault hang-after=1,8s,calls=2-
  csv2chakra import --progress lines --chunk-rows 10 --in-flight 4 --grace 3s \
    leads.yaml leads.csv >out 2>err 3>&- &
  pid=$!
  for _ in $(seq 100); do
    [ "$(grep -c bulk-create sandbox.log)" -ge 1 ] && break
    sleep 0.1
  done
  sleep 1
  grep -c stopping err && return 1
  kill -TERM "$pid"
  sleep 0.5
  grep 'csv2chakra: stopping after 4 running calls (up to 3 s)$' err ||
    { cat err; return 1; }
  wait "$pid" || [ $? -eq 5 ]
}

@test "on a terminal Ctrl-C says what it waits for, and what another one does" {
  start_sandbox --latency 8s
  mkfifo keys
  # What runs in the background ignores SIGINT.
  TERM=xterm env --default-signal=INT script -qec "stty cols 100; csv2chakra \
    import --chunk-rows 10 --grace 2s leads.yaml leads.csv" /dev/null >seen \
    <keys 3>&- &
  pid=$!
  exec 7>keys
  sleep 2.5
  printf '\003' >&7
  sleep 0.5
  grep -a 'stopping after 1 running call (up to 2 s)' seen &&
    grep -a '^  Ctrl-C again leaves it unknown' seen ||
    { cat seen; exec 7>&-; wait "$pid"; return 1; }
  exec 7>&-
  wait "$pid" || :
}

@test "at 30, 40, 60, 80 and 120 columns the bar fits, and says why it waits" {
  start_sandbox --fault 429=1,3s,calls=3-
  esc=$(printf '\033')
  widths='30 40 60 80 120'
  # All at once, each with an input of its own: they only wait.
  for columns in $widths; do
    sed "2,\$s/^/$columns-/" leads.csv >"leads.$columns.csv"
    TERM=xterm script -qec "stty cols $columns; csv2chakra import --again \
      --chunk-rows 10 --grace 0s --retry-for 2s leads.yaml leads.$columns.csv" /dev/null \
      >"seen.$columns" </dev/null 3>&- &
    waiting="${waiting:-} $!"
  done
  # shellcheck disable=SC2086 # words
  wait $waiting || :
  for columns in $widths; do
    tr '\r' '\n' <"seen.$columns" | sed "s/$esc\[[0-9;]*[A-Za-z]//g" >bars
    grep -a 'rate limited\|^sending' bars >rows || { cat bars; return 1; }
    awk -v n="$columns" 'length($0) > n - 3 { print; bad = 1 } END { exit bad }' rows
    grep -q 'rate limited' rows
  done
}

@test "in each phase something moves, at each width, and Ctrl-C is answered" {
  sed 's/^version: 1/&\nmode: update/' leads.yaml >update.yaml
  mkdir slow
  keep_port
  start_sandbox --listen "127.0.0.1:$kept" --db slow/db
  csv2chakra import -q leads.yaml leads.csv
  kill "$sandbox_pid"
  wait "$sandbox_pid" || :
  # From here on each answer takes eight seconds, or each job.
  chakra-sandbox --listen "127.0.0.1:$kept" --port-file slow/port \
    --db slow/db --token-file token --latency 8s >slow/out 2>&1 3>&- &
  slow_pid=$!
  wait_for slow/port "$slow_pid" slow/out
  cp -p token slow/token
  slow="CHAKRA_BASE_URL=$url CHAKRA_API_TOKEN_FILE=$PWD/slow/token"
  start_sandbox --job-delay 8s --duplicates allow
  cat >table <<END
sending|0 rows|waiting | 1.5 | stopping after 1 running call | $slow CSV2CHAKRA_RUNS_DIR=r{n} csv2chakra import --grace 1s leads.yaml leads.csv
open job|97%|first call | 1.5 | Stopped by SIGINT | CSV2CHAKRA_RUNS_DIR=r{n} csv2chakra import --grace 1s leads.yaml leads.csv
looking up|60 rows|waiting | 1.5 | stopping after 1 running call | cp -a runs u{n}; $slow CSV2CHAKRA_RUNS_DIR=u{n} csv2chakra undo latest --delete 60 --grace 1s
comparing|60 rows|waiting | 1.5 | stopping after | $slow csv2chakra diff update.yaml leads.csv
asking | 1.5 | ends | $slow csv2chakra init leads.csv -o new{n}.yaml --procedure lead
surveying|kB | 1.5 | ends | (cat leads.csv; sleep 30) | csv2chakra check leads.yaml - >out{n}
END
  python3 -B "$BATS_TEST_DIRNAME/terminal.py" --table table || {
    kill "$slow_pid"
    return 1
  }
  kill "$slow_pid"
  wait "$slow_pid" || :
}
