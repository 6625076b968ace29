#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A service after TLS that goes wrong before it answers: what was sent is not
# guessed. Whom the program trusts is in tests/unit/test_transport_tls.c.

load service

setup() {
  setup_folder
  command -v openssl >/dev/null || skip "openssl is not installed"
  good_leads 3
  new_token
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out ca.pem -days 2 \
    -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>/dev/null
}

# start_tls WAY: sets url. Counts in ./seen what it was sent after the handshake.
start_tls() {
  rm -f port seen
  python3 -B - "$1" >server.out 2>&1 3>&- <<'PY' &
import os, socket, ssl, sys
way = sys.argv[1]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain('ca.pem', 'key.pem')
if way.startswith('certificate'):
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations('ca.pem')
    version = ssl.TLSVersion.TLSv1_2 if way.endswith('2') else ssl.TLSVersion.TLSv1_3
    context.minimum_version = context.maximum_version = version
s = socket.socket()
s.bind(('127.0.0.1', 0))
s.listen(5)
with open('port.new', 'w') as f:
    f.write(str(s.getsockname()[1]))
os.rename('port.new', 'port')
s.settimeout(60)
open('seen', 'w').close()
while True:
    c, _ = s.accept()
    c.settimeout(10)
    try:
        if way == 'plain':
            c.recv(4096)
            c.sendall(b'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nSet-Cookie: a=b\r\n\r\n')
        elif way == 'gone':
            c.recv(4096)
        else:
            t = context.wrap_socket(c, server_side=True)
            with open('seen', 'a') as f:
                f.write(f'{len(t.recv(4096))}\n')
            t.close()
    except (OSError, ssl.SSLError) as e:
        print(e)
    c.close()
PY
  sandbox_pid=$!
  wait_for port "$sandbox_pid" server.out || return 1
  url="https://127.0.0.1:$(cat port)"
}

stop_tls() {
  kill "$sandbox_pid"
  wait "$sandbox_pid" 2>/dev/null || :
  sandbox_pid=
}

@test "a handshake that fails sends nothing, and one that is taken back leaves the rows unknown" {
  # In TLS 1.3 a client is done before the server has asked for its certificate.
  while read -r way outcome; do
    start_tls "$way"
    run_split timeout 60 csv2chakra import --base-url "$url" --ca-file ca.pem --token-file token \
      --runs-dir "runs-$way" --retry-for 3s --settle 1s leads.yaml leads.csv
    stop_tls
    echo "$way: $status"
    [ "$status" -eq 4 ] || { [ "$outcome" = unknown ] && [ "$status" -eq 6 ]; }
    is_empty seen
    [ "$(jq ".accounts.rows.$outcome" "runs-$way/latest/report.json")" = 3 ]
  done <<'CASES'
certificate-1.2 unsent
certificate-1.3 unknown
plain unsent
gone unsent
CASES
}
