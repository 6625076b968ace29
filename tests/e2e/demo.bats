#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The demo: both kinds of acknowledgement end well, it says what it promises,
# and whatever ends it, no process of it stays behind. It works in build/demo,
# so the tests of this file run one after the other.

load helpers

setup() {
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  demo="$ROOT/build/demo"
  B="build/${CSV2CHAKRA_BUILD:-release}"
  export B
  pid=
}

teardown() {
  if [ -n "$pid" ]; then
    kill -KILL -- "-$pid" 2>/dev/null || :
  fi
  # Its token is its own.
  if [ -s "$demo/token" ]; then
    # shellcheck disable=SC2034 # no_secret_left reads it
    SECRET_SHAPES=$(secret_shapes "$(cat "$demo/token")")
    no_secret_left "$demo" "$BATS_TEST_TMPDIR"
  fi
}

in_root() { (cd "$ROOT" && "$@"); }

# Under `make check` by the makefile, with its flags, so that nothing is built
# again; otherwise the script that it runs.
run_demo() {
  if [ -n "${MAKELEVEL:-}" ]; then
    in_root make --no-print-directory demo DEPS=no "BUILD=${B#build/}" ACK="$1"
  else
    ACK="$1" in_root sh samples/demo.sh
  fi >out 2>err 3>&-
}

# Nothing listens on the demo's port any more.
port_is_closed() {
  local code=0
  curl -s -o body "http://127.0.0.1:$(cat "$demo/port")/v1/health" || code=$?
  [ "$code" -eq 7 ]
}

ends_well() {
  cd "$BATS_TEST_TMPDIR" || return 1
  run_demo "$1"
  in_file out 'All 2,400 rows'
  in_file out "L25 '12.5'"
  in_file out 'Exit status 1: some rows were rejected, as it should be'
  jq -e '.accounts.balanced and .accounts.rows.created == 2400' \
    "$demo/runs/latest/report.json"
  port_is_closed
}

@test "the makefile runs the demo's script, with the answer that was asked for" {
  in_root make -n demo ACK=empty BUILD=asan | grep -F \
    "B='build/asan' ACK='empty' sh samples/demo.sh"
}

@test "the demo ends well with background jobs" { ends_well job; }

@test "the demo ends well with empty acknowledgements" { ends_well empty; }

@test "a demo that cannot start its sandbox says so" {
  cd "$BATS_TEST_TMPDIR" || return 1
  mkdir -p bin
  printf '#!/bin/sh\necho no port left >&2\nexit 4\n' >bin/chakra-sandbox
  chmod +x bin/chakra-sandbox
  status=0
  B=$PWD in_root sh samples/demo.sh >out 2>err || status=$?
  expect_status 1
  in_file err 'the sandbox did not start'
  in_file err 'no port left'
}

# A demo in a process group of its own, as a terminal makes one, in the middle
# of its import. $pid is the group and the shell.
demo_in_mid_import() {
  cd "$BATS_TEST_TMPDIR" || return 1
  rm -rf "$demo"
  # A shell's background job would ignore SIGINT for ever.
  (cd "$ROOT" && exec setsid env --default-signal=INT sh samples/demo.sh) \
    >out 2>err 3>&- &
  pid=$!
  local tries=0
  until grep -qs bulk-create "$demo/sandbox.log"; do
    tries=$((tries + 1))
    [ $tries -lt 400 ]
    kill -0 $pid
    sleep 0.02
  done
  # The shell, its sandbox, its import.
  [ "$(pgrep -g $pid | wc -l)" -ge 3 ]
}

all_are_gone() {
  local tries=0
  while pgrep -g "$1" >left; do
    tries=$((tries + 1))
    if [ $tries -gt 100 ]; then
      xargs ps -o pid,args -p <left
      return 1
    fi
    sleep 0.05
  done
  port_is_closed
}

# interrupted SIGNAL STATUS PID-OR-GROUP...: by that signal, to a whole group
# (-PID, as a terminal does) or to the shell alone (as kill does).
interrupted() {
  demo_in_mid_import
  local group=$pid
  kill "-$1" -- "$3$pid"
  status=0
  wait "$pid" || status=$?
  pid=
  expect_status "$2"
  all_are_gone "$group"
}

@test "Ctrl-C in the middle of the import leaves no process" {
  interrupted INT 130 -
}

@test "SIGTERM to the demo's group leaves no process" {
  interrupted TERM 143 -
}

@test "SIGTERM to the demo alone leaves no process" {
  interrupted TERM 143 ''
}

@test "a closed terminal leaves no process" {
  interrupted HUP 143 -
}
