#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The sandbox at other addresses, and paths that are written otherwise.

# shellcheck disable=SC2154 # service.bash sets url

load service

@test "an import to an IPv6 address of this machine" {
  python3 -c "import socket; socket.socket(socket.AF_INET6).bind(('::1', 0))" 2>/dev/null ||
    skip "this machine has no IPv6"
  (umask 077 && echo a-secret >token)
  chakra-sandbox --listen '[::1]:0' --port-file port --token-file token >env.out 2>&1 3>&- &
  sandbox_pid=$!
  until [ -s port ]; do
    kill -0 "$sandbox_pid"
    sleep 0.05
  done
  in_file env.out "export CHAKRA_BASE_URL=http://[::1]:$(cat port)"
  good_leads 5
  run_split csv2chakra import leads.yaml leads.csv --base-url "http://[::1]:$(cat port)" \
    --token-file token --runs-dir runs
  expect_status 0
  [ "$(curl -sf -g "http://[::1]:$(cat port)/sandbox/processes" | wc -l)" -eq 5 ]
}

@test "a path with percent signs is the path that it means, and a broken one is none" {
  start_sandbox
  token=$(cat token)
  ask() { curl -s -o answer -w '%{http_code}' -H "Authorization: Bearer $token" "$url$1"; }
  [ "$(ask /v1/ext/procedure/%6Cea%64/process/none)" = 404 ]
  in_file answer "process"
  [ "$(ask /v1/ext/procedure/l%65ed/process/none)" = 404 ]
  in_file answer "there is no such procedure"
  for bad in %zz %4 %; do
    code=$(ask "/v1/ext/procedure/lead$bad/process/x")
    [ "$code" = 404 ] || [ "$code" = 400 ]
  done
}

@test "a page of a job beyond its end is empty, and numbers that are none are 400" {
  start_sandbox --page-size 2
  token=$(cat token)
  good_leads 5
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  job=$(jq -r 'select(.path | contains("background-job")).path' sandbox.log | head -1)
  ask() { curl -s -o answer -w '%{http_code}' -H "Authorization: Bearer $token" "$url$job/entries$1"; }
  [ "$(ask '?limit=99')" = 200 ]
  [ "$(jq '._data | length' answer)" -eq 2 ]
  [ "$(ask '?skip=4&limit=2')" = 200 ]
  [ "$(jq '._data | length' answer)" -eq 1 ]
  [ "$(jq ._meta.nextPath answer)" = null ]
  [ "$(ask '?skip=99')" = 200 ]
  [ "$(jq '._data | length' answer)" -eq 0 ]
  for bad in 'skip=x' 'limit=x' 'limit=0' 'skip=-1'; do
    [ "$(ask "?$bad")" = 400 ]
    in_file answer "whole numbers"
  done
}

@test "connections that say nothing are ended, and there are only so many" {
  start_sandbox
  python3 -B - "${url##*:}" <<'PY'
import socket, sys, time
port = int(sys.argv[1])


def connect(text=b''):
    s = socket.create_connection(('127.0.0.1', port), timeout=30)
    s.sendall(text)
    return s


# Nothing at all, half a request, and a request that was answered.
idle = [connect(), connect(b'GET / HT'), connect(b'POST /v1/ext/procedure/lead/process/bulk-create HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n[')]
begin = time.monotonic()
for s in idle:
    s.settimeout(25)
    while s.recv(4096):
        pass
assert time.monotonic() - begin < 20, 'an idle connection stays'
# More than there may be at once: those beyond are refused, and it answers on.
many = []
for _ in range(600):
    try:
        many.append(connect())
    except OSError:
        break
closed = 0
for s in many[500:]:
    s.settimeout(0.2)
    try:
        closed += s.recv(1) == b''
    except (TimeoutError, socket.timeout):
        pass
    except OSError:
        closed += 1
assert closed > 0, 'there is no limit'
for s in many:
    s.close()
time.sleep(0.2)
s = connect(b'GET /sandbox/stats HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
assert b'HTTP/1.1 ' in s.recv(4096)
PY
}
