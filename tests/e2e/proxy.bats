#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A proxy that the environment names: it is used, and its password is told to nobody else.

load helpers

setup() {
  setup_folder
  good_leads 3
  SECRET="$SECRET_MARK-proxy-password"
  printf '%s-token' "$SECRET_MARK" >token
  chmod 600 token
  unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY
}

teardown() {
  rm -f asked # what the proxy was sent
  no_secret_left
  [ -z "${proxy_pid:-}" ] || kill "$proxy_pid" 2>/dev/null || :
}

# start_proxy STATUS BODY: answers every CONNECT so, and keeps what it was asked. Sets proxy (host:port).
start_proxy() {
  python3 -B - "$1" "$2" >asked 2>/dev/null <<'PY' &
import socket, sys
s = socket.socket()
s.bind(('127.0.0.1', 0))
s.listen(5)
open('port.new', 'w').write(str(s.getsockname()[1]))
import os
os.rename('port.new', 'port')
s.settimeout(60)
while True:
    c, _ = s.accept()
    c.settimeout(10)
    text = b''
    while b'\r\n\r\n' not in text:
        more = c.recv(4096)
        if not more:
            break
        text += more
    print(text.decode('latin-1'), flush=True)
    body = sys.argv[2].encode()
    c.sendall(b'HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' % (sys.argv[1].encode(), len(body), body))
    c.close()
PY
  proxy_pid=$!
  for _ in $(seq 100); do
    [ ! -s port ] || break
    sleep 0.05
  done
  proxy=127.0.0.1:$(cat port)
}

import_through() {
  run_split timeout 60 csv2chakra import --base-url https://api.example.invalid --token-file token --runs-dir runs --retry-for 1s -vv "$@" \
    leads.yaml leads.csv
}

# nothing_tells WORD: on the screen and in every file that was written.
nothing_tells() {
  if grep -rlaF -- "$1" out err runs 2>/dev/null; then
    echo "they tell '$1'"
    return 1
  fi
}

@test "no message, file or page repeats the password of a proxy that is written wrongly" {
  local value variable
  while IFS= read -r value; do
    for variable in https_proxy HTTPS_PROXY all_proxy ALL_PROXY; do
      status=0
      env "$variable=${value//SECRET/$SECRET}" timeout 60 csv2chakra import --base-url https://api.example.invalid --token-file token \
        --runs-dir runs --retry-for 1s -vv leads.yaml leads.csv >out 2>err || status=$?
      expect_status 2
      in_file err "'$variable' does not name a proxy"
      in_file err '[usage.proxy]'
      nothing_tells "$SECRET_MARK"
    done
  done <<'LIST'
http://ann:SECRET@proxy.example:port
http://ann:SECRET@proxy.example:99999
http://ann:SECRET@proxy.example:
http://ann:SECRET@
http://ann:SECRET@:3128
http://ann:SECRET@proxy example:3128
http://ann:SECRET@more@proxy.example
http://ann:SECRET/x@proxy.example:3128
http://ann:SECRET#x@proxy.example:3128
htp://ann:SECRET@proxy.example:3128
ftp://ann:SECRET@proxy.example:3128
http://ann:SECRET%0d%0aX@proxy.example:3128
http://ann:SECRET@[::1
http://ann:SECRET@proxy(1).example
SECRET://proxy.example
LIST
}

@test "doctor names such a proxy, too" {
  https_proxy="http://ann:$SECRET@proxy.example:port" run_split timeout 60 csv2chakra doctor --base-url https://api.example.invalid --token-file token
  [ "$status" -ne 0 ]
  cat out err | tr -s ' \n' ' ' >both
  in_file both 'does not name a proxy'
  nothing_tells "$SECRET_MARK"
}

@test "a proxy is used with its user and password, and what it sends back of them is masked" {
  local basic
  basic=$(printf 'ann:%s@/' "$SECRET" | base64 -w0)
  start_proxy '502 Bad gateway' "you sent Proxy-Authorization: Basic $basic, that is ann:$SECRET@/"
  https_proxy="http://ann:$SECRET%40%2F@$proxy/" import_through
  expect_status 4
  in_file asked 'CONNECT api.example.invalid:443'
  in_file asked "Proxy-Authorization: Basic $basic"
  not_in_file asked "$(cat token)"
  nothing_tells "$SECRET"
  nothing_tells "$basic"
}

@test "a proxy's error names neither user nor password, where nobody answers" {
  ALL_PROXY="http://ann:$SECRET@127.0.0.1:9" import_through
  expect_status 4
  nothing_tells "$SECRET"
  all_proxy="socks5h://ann:$SECRET@127.0.0.1:9" import_through --again
  expect_status 4
  nothing_tells "$SECRET"
  https_proxy="https://ann:$SECRET@proxy.invalid" import_through --again
  expect_status 4
  nothing_tells "$SECRET"
}

@test "no_proxy and loopback need no proxy, however it is written" {
  https_proxy="http://ann:$SECRET@bad:port" no_proxy='*' import_through
  expect_status 4
  nothing_tells "$SECRET"
  run_split timeout 60 env "https_proxy=http://ann:$SECRET@bad:port" csv2chakra import --base-url http://127.0.0.1:9 --token-file token \
    --runs-dir runs2 --retry-for 1s leads.yaml leads.csv
  expect_status 4
}

@test "a proxy that wants a password is called by its name, and ends the run at once" {
  start_proxy '407 Proxy Authentication Required' 'who are you?'
  https_proxy="http://$proxy" run_split timeout 60 csv2chakra import --base-url https://api.example.invalid --token-file token --runs-dir runs \
    leads.yaml leads.csv
  expect_status 4
  in_file err 'the proxy answered HTTP 407'
  in_file err '[http.407]'
  in_file err 'check the proxy that the environment names'
  not_in_file err ChakraHQ
}
