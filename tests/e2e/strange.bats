#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A service that is not what it should be: doctor and import say what came and
# whose move it is.

# shellcheck disable=SC2034 # service.bash uses sandbox_pid

load service

setup() {
  setup_folder
  new_token
  export CHAKRA_API_TOKEN_FILE="$PWD/token" CSV2CHAKRA_RUNS_DIR="$PWD/runs"
}

# stub STATUS [BODY [HEADER]...]: every call gets this answer.
stub() {
  local status=$1
  stop_sandbox
  printf '%s' "${2:-}" >body
  shift
  [ $# -eq 0 ] || shift
  rm -f port
  python3 -B "$BATS_TEST_DIRNAME/stub.py" port "$status" body "$@" >stub.out 2>&1 3>&- &
  sandbox_pid=$!
  wait_for port "$sandbox_pid" stub.out || return 1
  CHAKRA_BASE_URL="http://127.0.0.1:$(cat port)"
  export CHAKRA_BASE_URL
}

doctor() { run_split csv2chakra doctor --format json "$@"; }

# says NAME RESULT WORDS [HELP]
says() {
  local line help
  line=$(jq -r --arg c "$1" '.checks[] | select(.check == $c) | .result + " " + .message' out)
  help=$(jq -r --arg c "$1" '.checks[] | select(.check == $c) | .help // ""' out)
  if [[ "$line" != "$2 "*"$3"* || "$help" != *"${4:-}"* ]]; then
    echo "$1: '$line' ($help), wanted $2 with '$3' (${4:-})"
    cat out err
    return 1
  fi
}

config='{"_data":{"procedures":[{"shortId":"lead","name":"Lead"}]}}'

@test "a machine's clock that is wrong is a warning with the seconds" {
  stub 200 "$config" 'Date: Sun, 06 Nov 1994 08:49:37 GMT'
  doctor
  says clock warning "ahead of the service's" "set the clock"
  stub 200 "$config" 'Date: Sun, 06 Nov 2094 08:49:37 GMT'
  doctor
  says clock warning "behind the service's" "set the clock"
  stub 200 "$config" 'Date: -'
  doctor
  says clock warning "does not tell the time"
  stub 200 "$config"
  doctor
  says clock ok "within"
}

@test "a redirect, a proxy's refusal, an outage and a role that may not: whose move it is" {
  stub 302 '' 'Location: https://login.example.com/'
  doctor
  expect_status 4
  says answer failed "HTTP 302" "it points to 'https://login.example.com/'"
  stub 407 ''
  doctor
  expect_status 4
  says answer failed "HTTP 407" "the proxy asks for a user and a password"
  stub 503 'gone fishing'
  doctor
  expect_status 4
  says answer failed "gone fishing" "try again later"
  stub 403 '{"_errors":["no such right"]}'
  doctor
  expect_status 2
  says token failed "no such right" "ask for that"
  not_in_file out a-secret
}

@test "a configuration that cannot be understood is a warning, not a failure" {
  good_mapping
  stub 200 '<html><title>Welcome</title></html>'
  doctor leads.yaml
  expect_status 0
  says procedure warning "not checked" "not a proxy's own page"
  stub 200 '{"_data":{"procs":7}}'
  doctor leads.yaml
  expect_status 0
  says procedure warning "has an unknown form" "import --limit 3"
  stub 200 '{"_data":{"procedures":[{"shortId":"lead"}]}}'
  doctor leads.yaml
  expect_status 0
  says attributes warning "does not list the attributes of 'lead'; 3 not checked" "import --limit 3"
  says states warning "does not list the states of 'lead'; 2 not checked"
}

@test "a mapping without states, with states of the data, and with more mistakes than are shown" {
  start_sandbox
  printf 'version: 1\nprocedure: lead\nlead_id: A\n' >plain.yaml
  doctor plain.yaml
  expect_status 0
  says states ok "the mapping sets none"
  says attributes ok "the mapping names no attribute"
  printf 'version: 1\nprocedure: lead\nlead_id: A\nstate: B\n' >asis.yaml
  doctor asis.yaml
  says states ok "they come from the data unchanged"
  printf 'version: 1\nprocedure: lead\nlead_id: A\nstate: {value: NEU}\n' >const.yaml
  doctor const.yaml
  says states warning "the state 'NEU'" "did you mean 'NEW'?"
  printf 'version: 1\nprocedure: lead\nlead_id: A\nstate: {column: B, default: QQQQQQ}\n' >default.yaml
  doctor default.yaml
  says states warning "the state 'QQQQQQ'" "compare with the procedure in ChakraHQ"
  {
    printf 'version: 1\nprocedure: lead\nlead_id: A\ndata:\n'
    for i in $(seq 40); do echo "  zzzzzz$i: B"; done
  } >many.yaml
  doctor many.yaml
  says attributes warning "and "
  doctor many.yaml
  jq -r '.checks[] | select(.check == "attributes").message' out | grep -Eq "'zzzzzz1', .* and [0-9]+ more$"
}

@test "an import that is answered by somebody else stops at once, with nothing sent" {
  good_leads 20
  while read -r code help; do
    stub "$code" 'no' 'Location: https://elsewhere.example/login'
    run_split csv2chakra import --again leads.yaml leads.csv --chunk-rows 5
    expect_status 4
    in_file err "HTTP $code"
    in_file err "elsewhere.example"
    in_file err "$help"
    [ "$(report .accounts.rows.unsent)" -ge 5 ]
    [ "$(report .accounts.rows.unknown)" -eq 0 ]
    [ "$(report .accounts.balanced)" = true ]
  done <<'CODES'
301 redirects are not followed
307 redirects are not followed
401 check the token
403 check the token
404 check --base-url and the mapping's procedure
405 check --base-url and the mapping's procedure
407 check the proxy
410 check --base-url and the mapping's procedure
CODES
}

@test "a service that asks to come back in an hour is told, exit 4, nothing sent" {
  good_leads 20
  for code in 429 503; do
    stub $code 'busy' 'Retry-After: 3600'
    run_split csv2chakra import --again leads.yaml leads.csv --chunk-rows 5
    expect_status 4
    in_file err "asks to come back at 20"
    [ "$(report .accounts.rows.unsent)" -ge 5 ]
    [ "$(report .accounts.rows.unknown)" -eq 0 ]
  done
}
