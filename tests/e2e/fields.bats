#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the service tells of its fields, and what init makes of it.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() { setup_folder; }
teardown() { stop_sandbox; }

@test "fields lists the procedures, then the fields and states of one" {
  start_sandbox --procedure hive=ref
  run_split csv2chakra fields
  expect_status 0
  grep -qE '^lead +Lead +lead_id +20 fields, 7 states$' out
  grep -qE '^ticket +Ticket +ticket_id +11 fields, 6 states$' out
  in_file out 'next: csv2chakra fields lead'
  run_split csv2chakra fields ticket
  expect_status 0
  in_file out "procedure ticket (Ticket) at $url: 11 fields, 6 states"
  in_file out 'key: ticket_id'
  grep -qE '^ticket_id +Ticket id +stringId +the key$' out
  grep -qE '^priority +Priority +stringEnum +one of low, normal, high, urgent$' out
  in_file out 'States: NEW, OPEN, IN_PROGRESS, ON_HOLD, RESOLVED, CLOSED'
  run ! grep -q 'not told' out
  [ "$(wc -L <out)" -le 80 ]
  # What is not told is said.
  run_split csv2chakra fields hive
  expect_status 0
  in_file out 'key: ref'
  in_file out 'not told: the fields'
  in_file out 'not told: the states'
}

@test "fields as JSON is what its schema says" {
  start_sandbox
  csv2chakra schema fields >schema.json
  for operand in '' lead; do
    csv2chakra fields --format json $operand >fields.json
    [ -z "$(python3 -B "$BATS_TEST_DIRNAME/validate.py" schema.json fields.json)" ]
  done
  jq -e '.schema == "csv2chakra.fields/1" and .procedure.key == "lead_id" and
    (.fields | length) == 20 and .not_told == [] and
    (.fields[] | select(.short_id == "source") | .options[0]) == "web-form"' fields.json
}

@test "what a configuration leaves out is named, and what it demands" {
  start_sandbox
  curl -sf -H "Authorization: Bearer $(cat token)" "$url/v1/ext/config" >whole.json
  stop_sandbox
  jq '(._data.procedures |= map(select(.shortId == "lead") | del(.primaryKey) |
      .states |= (.[0].name = "Brand new" | .[1] |= del(.shortId) | .[0:3]))) |
    .["_data"].procedures[0].id as $lead |
    ._data.attributes |= (map(select(.procedure == $lead and
        (.shortId | IN("lead_id", "full_name", "source", "birthday")))) |
      map(if .shortId == "source" then del(.options)
        elif .shortId == "full_name" then .required = true
        elif .shortId == "birthday" then del(.shortId) else . end))' whole.json >part.json
  rm -f port
  python3 -B "$BATS_TEST_DIRNAME/stub.py" port 200 part.json >stub.out 2>&1 3>&- &
  sandbox_pid=$!
  wait_for port "$sandbox_pid" stub.out
  point_at_port
  run_split csv2chakra fields lead
  expect_status 0
  tail -n +3 out >told
  cat >wanted <<'TOLD'
FIELD      NAME       TYPE
lead_id    Lead id    stringId
full_name  Full name  name        required
source     Source     stringEnum

States: NEW (Brand new), IN_PROGRESS

not told: which field is the key
not told: 1 field without a short id
not told: 1 state without a short id
not told: the options of source
TOLD
  diff wanted told
}

@test "fields says whose mistake it is" {
  start_sandbox
  run_split csv2chakra fields nope
  expect_status 2
  in_file err "there is no procedure 'nope' that this token may see"
  in_file err 'it sees lead, ticket'
  CHAKRA_API_TOKEN_FILE='' CHAKRA_API_TOKEN=wrong run_split csv2chakra fields
  expect_status 2
  in_file err 'HTTP 401'
  run_split csv2chakra fields --base-url http://127.0.0.1:1
  expect_status 4
  in_file err "no answer from 'http://127.0.0.1:1'"
}

@test "init --procedure puts each column into the field that it sounds like" {
  start_sandbox
  printf '%s\n' 'Lead-Nr.;Vorname;Telefon;Geburtsdatum;Punkte;Betrag;Status;Lieblingsfarbe' \
    'D-1;Ada;030 123456;1.2.1980;7;12,50;Gewonnen;rot' \
    'D-2;Bo;030 123457;13.12.1990;8;1.300,00;Verloren;blau' >leads.csv
  run_split csv2chakra init --procedure lead leads.csv -o leads.yaml
  expect_status 0
  run ! grep -q 'name your procedure' err
  in_file leads.yaml 'procedure: lead'
  grep -qx 'lead_id: Lead-Nr.' leads.yaml
  grep -qx '  first_name: Vorname' leads.yaml
  grep -qx '  birthday: {column: Geburtsdatum, type: date, format: "%-d.%-m.%Y"}' leads.yaml ||
    grep -qx '  birthday: {column: Geburtsdatum, type: date, format: "%d.%m.%Y"}' leads.yaml
  # The field takes text: no type is guessed.
  grep -qx '  score: Punkte' leads.yaml
  # Not near enough, and no such field: comments with the score.
  grep -q "nearest field: 'loan_amount' (Loan amount, decimal), score 58 of 100" leads.yaml
  grep -q '^  # loan_amount: {column: Betrag, type: decimal' leads.yaml
  grep -qx '  # lieblingsfarbe: Lieblingsfarbe' leads.yaml
  # Each state is known: the map stands.
  grep -qx 'state:' leads.yaml
  grep -qx '    Gewonnen: CONVERTED # 1 row' leads.yaml
  run_split csv2chakra check leads.yaml leads.csv
  expect_status 0
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  curl -s "$url/sandbox/processes" | jq -se 'length == 2 and .[0].lead_id == "D-1" and .[0].state == "CONVERTED"'
}

@test "init --procedure knows fields of times and of true and false by their cells" {
  start_sandbox
  printf '%s\n' 'Visit No;Started At;Ended At' 'V-1;08:30;yes' 'V-2;14:05;no' 'V-3;09:00;yes' >visits.csv
  csv2chakra init -q --procedure visit visits.csv -o visits.yaml
  grep -qx '  started_at: {column: Started At, type: time}' visits.yaml
  # A name alone does not make times of these cells.
  run ! grep -q '^  ended_at:' visits.yaml
  printf '%s\n' 'Lead Id;Is A Customer' 'L-1;yes' 'L-2;no' 'L-3;yes' >leads.csv
  csv2chakra init -q --procedure lead leads.csv -o leads.yaml
  grep -qx '  is_customer: {column: Is A Customer, type: boolean}' leads.yaml
}

@test "init --procedure writes the key of another procedure" {
  start_sandbox
  cp "$BATS_TEST_DIRNAME/../../samples/tickets.csv" .
  csv2chakra init -q --procedure ticket tickets.csv -o tickets.yaml
  grep -qx 'key: {name: ticket_id, column: Ticket No}' tickets.yaml
  grep -qx '  customer_email: {column: Customer Email, type: email}' tickets.yaml
  # Each value sounds like a state: the map stands.
  grep -qx 'state:' tickets.yaml
  grep -qx '    solved: RESOLVED # 29 rows' tickets.yaml
  run_split csv2chakra check tickets.yaml tickets.csv
  expect_status 0
}

@test "no field fits: the mapping still loads" {
  start_sandbox
  printf 'Ref,Qux\nA,1\nB,2\n' >odd.csv
  csv2chakra init -q --procedure lead odd.csv -o odd.yaml
  grep -qx '# data:' odd.yaml
  csv2chakra check odd.yaml odd.csv
}

@test "init --procedure without a token asks nobody, and with a bad one writes nothing" {
  printf 'Ref,Name\nA,x\nB,y\n' >a.csv
  run_split csv2chakra init --procedure lead a.csv -o a.yaml
  expect_status 0
  in_file err "without a token the service was not asked for the fields of 'lead'"
  in_file a.yaml 'procedure: lead'
  in_file a.yaml 'name: Name'
  start_sandbox
  CHAKRA_API_TOKEN_FILE='' CHAKRA_API_TOKEN=wrong run_split csv2chakra init --procedure lead a.csv -o b.yaml
  expect_status 2
  [ ! -e b.yaml ]
  run_split csv2chakra init --procedure nope a.csv -o b.yaml
  expect_status 2
  in_file err "there is no procedure 'nope'"
  [ ! -e b.yaml ]
}
