#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --token-command: a command prints the token, at the start and once more when the service refuses it; no shell reads it.

# shellcheck disable=SC2154 # service.bash sets url
# shellcheck disable=SC2016,SC2088 # what no shell is to read stands in quotes

load service

setup() {
  setup_folder
  good_leads 40
  gate_pid=
}

teardown() {
  if [ -n "$gate_pid" ]; then
    kill "$gate_pid" 2>/dev/null || :
    wait "$gate_pid" 2>/dev/null || :
  fi
  stop_sandbox
}

# A command that prints the token, and notes in calls that it ran.
teller() {
  printf '#!/bin/sh\necho ran >>calls\ncat token\n' >teller
  chmod +x teller
}

# The sandbox behind a service whose token expires: `gate N` lets the first token be good for N requests, then another. teller
# prints the line of token_list that its calls have come to, the last one again and again.
gate() {
  start_sandbox
  new_token token_1
  new_token token_2
  cat token_1 token_2 >token_list
  printf '%s %s\n' "$1" "$(cat token_1)" 1000 "$(cat "${2:-token_2}")" >token_plan
  python3 -B "$BATS_TEST_DIRNAME/token_gate.py" "$url" "$PWD/token" gate_port gate_log token_plan >gate_out 2>&1 3>&- &
  gate_pid=$!
  wait_for gate_port "$gate_pid" gate_out
  export CHAKRA_BASE_URL
  CHAKRA_BASE_URL="http://127.0.0.1:$(cat gate_port)"
  unset CHAKRA_API_TOKEN_FILE
  cat >teller <<'SH'
#!/bin/sh
echo ran >>calls
line=$(sed -n "$(wc -l <calls)p" token_list)
[ "$line" ] || line=$(tail -n 1 token_list)
echo "$line"
SH
  chmod +x teller
}

@test "what a command prints is the token, of the option and of the environment, for one file and for several" {
  start_sandbox
  unset CHAKRA_API_TOKEN_FILE
  teller
  run_split csv2chakra import -v --token-command ./teller leads.yaml leads.csv
  expect_status 0
  in_file err "running the token command './teller'"
  [ "$(wc -l <calls)" -eq 1 ]
  sed '2,$s/^/a-/' leads.csv >a.csv
  sed '2,$s/^/b-/' leads.csv >b.csv
  CHAKRA_API_TOKEN_COMMAND=./teller run_split csv2chakra import leads.yaml a.csv b.csv
  expect_status 0
  [ "$(wc -l <calls)" -eq 2 ]
  CHAKRA_API_TOKEN_COMMAND=./teller run_split csv2chakra doctor
  expect_status 0
  # An option is meant more than the environment, and a command more than the bare token.
  CHAKRA_API_TOKEN=wrong CHAKRA_API_TOKEN_FILE=nothing run_split csv2chakra doctor --token-command ./teller
  expect_status 0
  CHAKRA_API_TOKEN=wrong CHAKRA_API_TOKEN_COMMAND=./teller run_split csv2chakra doctor
  expect_status 0
  CHAKRA_API_TOKEN_COMMAND=./never run_split csv2chakra doctor --token-file token
  expect_status 0
}

@test "words are split as a shell splits them, and no shell reads them" {
  start_sandbox
  unset CHAKRA_API_TOKEN_FILE
  printf '#!/bin/sh\nfor word; do printf "<%%s>" "$word"; done >words\ncat token\n' >'a teller'
  chmod +x 'a teller'
  run_split csv2chakra doctor --token-command "'./a teller' a\\ b \"c 'd\" '' *.yaml e'f'\"g\\\"\\h\" op://x/y?z=1"
  expect_status 0
  [ "$(cat words)" = "<a b><c 'd><><*.yaml><efg\"\\h><op://x/y?z=1>" ]

  for command in './a | head' './a; b' 'a & b' 'a >b' 'a $HOME' 'a "$HOME"' 'a `b`' '~/a' 'a #b' $'a\nb'; do
    rm -f words
    run_split csv2chakra doctor --token-command "$command"
    expect_status 2
    in_file err "no shell reads it"
  done
  run_split csv2chakra doctor --token-command "teller 'a $SECRET_MARK"
  expect_status 2
  in_file err "a ' is not closed"
  run_split csv2chakra doctor --token-command "''"
  expect_status 2
  in_file err "it names no program"
}

@test "a command that is not found, fails, says nothing or too much stops the run before anything is sent" {
  start_sandbox
  unset CHAKRA_API_TOKEN_FILE
  refuses() {
    run_split csv2chakra import --token-command "$1" leads.yaml leads.csv
    expect_status 2
    in_file err "$2"
  }
  refuses no-such-program "there is no program 'no-such-program'"
  refuses ./leads.csv "there is no program './leads.csv'"
  refuses false "the token command 'false' ended with exit status 1"
  in_file err '[usage.token_command]'
  refuses true "the API token in the output of the token command 'true' is empty"
  refuses 'echo two words' "a blank at position 4"
  refuses 'printf "a\nb"' "a control character at position 2"
  refuses 'head -c 9000 /dev/zero' "longer than 8192 bytes"
  refuses 'head -c 900000 /dev/zero' "longer than 8192 bytes"
  refuses "sh -c 'kill -9 \$\$'" "was ended by signal 9"
  run_split csv2chakra import --token-command ./teller --token-file token leads.yaml leads.csv
  expect_status 2
  in_file err "cannot be used together"
  CHAKRA_API_TOKEN_FILE=token CHAKRA_API_TOKEN_COMMAND=./teller run_split csv2chakra import leads.yaml leads.csv
  expect_status 2
  in_file err "are both set"
  [ ! -s sandbox.log ]
  # What it says on its stderr is for the person.
  run_split csv2chakra import --token-command "sh -c 'echo locked >&2; exit 3'" leads.yaml leads.csv
  expect_status 2
  in_file err "locked"
  in_file err "ended with exit status 3"
}

# None of those that it wrote into pids runs any more.
have_ended() {
  local pid
  for pid in $(tr '\n' ' ' <pids); do
    [ ! -e "/proc/$pid" ] || grep -q '^State:.Z' "/proc/$pid/status" || return 1
  done
}

@test "a command that does not end is ended after a minute, with all that it started; and at the first signal" {
  fast_time 100
  start_sandbox
  unset CHAKRA_API_TOKEN_FILE
  printf '#!/bin/sh\nsleep 98765 &\necho $$ $! >pids\nwait\n' >slow
  chmod +x slow
  run_split setsid -w csv2chakra import --token-command ./slow leads.yaml leads.csv
  expect_status 2
  in_file err "had not ended after 60 s, and was stopped"
  have_ended

  rm pids
  setsid "$CSV2CHAKRA_BIN/csv2chakra" import --token-command ./slow leads.yaml leads.csv >out 2>err 3>&- &
  pid=$!
  wait_for pids "$pid" err
  kill -TERM "$pid"
  status=0
  wait "$pid" || status=$?
  expect_status 5
  have_ended
}

@test "the command has neither standard input, nor our descriptors, nor the token of the environment" {
  start_sandbox
  unset CHAKRA_API_TOKEN_FILE
  cat >teller <<'SH'
#!/bin/sh
readlink /proc/self/fd/0 >seen
ls /proc/self/fd >>seen
[ -z "$CHAKRA_API_TOKEN" ] || echo "it has the token" >>seen
cat token
SH
  chmod +x teller
  export CHAKRA_API_TOKEN=$SECRET_MARK-of-the-environment
  run_split csv2chakra import --token-command ./teller leads.yaml - 7<token < <(cat leads.csv)
  expect_status 0
  unset CHAKRA_API_TOKEN
  # 3: the folder that ls reads.
  [ "$(tr '\n' ' ' <seen)" = "/dev/null 0 1 2 3 " ]
}

@test "another token after a 401: the run goes on, and every row is there once" {
  gate 3
  run_split csv2chakra import --no-confinement --chunk-rows 2 --in-flight 4 --token-command ./teller leads.yaml leads.csv
  expect_status 0
  in_file gate_log '401 POST'
  [ "$(wc -l <calls)" -eq 2 ]
  [ "$(held | wc -l)" -eq 40 ]
}

@test "under confinement the command is run again, too; -v says that it is, and no word of it" {
  gate 5
  run_split csv2chakra import -v --chunk-rows 4 --token-command "./teller $SECRET_MARK" leads.yaml leads.csv
  expect_status 0
  [ "$(wc -l <calls)" -eq 2 ]
  [ "$(held | wc -l)" -eq 40 ]
  in_file err "the token was refused; running the token command './teller' again"
  in_file err "another one is used from here on"
  not_in_file err "$SECRET_MARK"
}

@test "the same token after a 401 stops the run, and so does a command that fails then, or another token that is refused" {
  gate 3
  cp token_1 token_list
  run_split csv2chakra import --chunk-rows 2 --token-command ./teller leads.yaml leads.csv
  expect_status 4
  in_file err "gave the same token again"
  in_file err "then resume this run"
  [ "$(wc -l <calls)" -eq 2 ]

  # The rest with a token that is good; the command is run once.
  rm calls
  cp token_2 token_list
  run_split csv2chakra resume --token-command ./teller latest
  expect_status 0
  [ "$(wc -l <calls)" -eq 1 ]
  [ "$(held | wc -l)" -eq 40 ]
}

@test "a command that fails after a 401 stops the run" {
  gate 3
  printf '#!/bin/sh\n[ ! -e ran ] || exit 9\ntouch ran\ncat token_1\n' >teller
  run_split csv2chakra import --chunk-rows 2 --token-command ./teller leads.yaml leads.csv
  expect_status 4
  in_file err "ended with exit status 9"
}

@test "a second token that is refused at once is the last one" {
  new_token token_3
  gate 3 token_3
  run_split csv2chakra import --chunk-rows 2 --token-command ./teller leads.yaml leads.csv
  expect_status 4
  in_file err "HTTP 401"
  [ "$(wc -l <calls)" -eq 2 ]
}

@test "tokens that expire again and again are renewed again and again" {
  gate 6
  new_token token_3
  cat token_3 >>token_list
  printf '%s %s\n' 6 "$(cat token_1)" 6 "$(cat token_2)" 1000 "$(cat token_3)" >token_plan
  run_split csv2chakra import --chunk-rows 2 --token-command ./teller leads.yaml leads.csv
  expect_status 0
  [ "$(wc -l <calls)" -eq 3 ]
  [ "$(held | wc -l)" -eq 40 ]
}

@test "undo goes on with another token, too, and so does a reconcile" {
  gate 1000
  run_split csv2chakra import --chunk-rows 5 --no-wait --token-command ./teller leads.yaml leads.csv
  expect_status 0
  again() {
    rm calls
    printf '%s %s\n' "$1" "$(cat token_1)" 1000 "$(cat token_2)" >token_plan
  }
  again 3
  run_split csv2chakra reconcile --token-command ./teller latest
  expect_status 0
  [ "$(wc -l <calls)" -eq 2 ]
  # Once when it looks, and once when it deletes.
  again 3
  new_token token_3
  cat token_3 >>token_list
  printf '%s %s\n' 3 "$(cat token_1)" 16 "$(cat token_2)" 1000 "$(cat token_3)" >token_plan
  rm gate_log
  run_split csv2chakra undo --delete 40 --token-command ./teller latest
  expect_status 0
  [ "$(wc -l <calls)" -eq 3 ]
  [ "$(sed -n 's/^401 \([A-Z]*\) .*/\1/p' gate_log | tr '\n' ' ')" = 'POST DELETE ' ]
  in_file out 'All 40 rows were deleted'
}
