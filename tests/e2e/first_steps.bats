#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# First steps, as somebody takes them who has a German export:
# semicolons, windows-1252, decimal commas, dates with points, k.A. for
# nothing, and one state that nobody thought of.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() {
  setup_folder
  {
    printf '%s\r\n' \
      'Kundennr;Status;Vorname;Nachname;Straße;PLZ;Betrag;Eintritt;Bemerkung'
    for i in $(seq 10 49); do
      state=Offen amount="1.0$i,5"
      case $i in
      14) state=Verloren ;;
      20 | 21) state=Gewonnen ;;
      30) amount=k.A. ;;
      esac
      printf 'K-%s;%s;Jürgen;Müller %s;Größte Str. %s;010%s;%s;%s.12.2025;"a ""b"" %s; c"\r\n' \
        "$i" "$state" "$i" "$i" "$i" "$amount" $((i % 18 + 10)) "$i"
    done
  } | iconv -t windows-1252 >leads.csv
}

@test "from a German export to a rehearsed import, and the rest of it fixed" {
  run_split csv2chakra inspect leads.csv
  expect_status 0
  in_file out "windows-1252: guessed"
  in_file out "delimiter ';'"
  in_file out "digits with leading zeros"
  in_file out "date %d.%m.%Y"
  in_file out "'k.A.'"

  # The first mapping rejects nothing, as it stands.
  run_split csv2chakra init leads.csv -o leads.yaml
  expect_status 0
  in_file leads.yaml "encoding: windows-1252"
  run_split csv2chakra check leads.yaml leads.csv
  expect_status 2
  in_file err "leads.yaml:8:12: error: 'your-procedure' is a placeholder"
  run_split csv2chakra check --procedure lead leads.yaml leads.csv
  expect_status 0
  in_file out "All 40 rows would be sent."

  # Edited: the procedure, the key, the states, the types.
  cat >leads.yaml <<'YAML'
version: 1
procedure: lead
source: {encoding: windows-1252, delimiter: ";", nulls: ["k.A."]}
lead_id: Kundennr
state: {column: Status, map: {Offen: NEW, Gewonnen: CONVERTED}}
data:
  name: {template: "{Vorname} {Nachname}"}
  postal_code: PLZ                 # text: 01067 keeps its zero
  amount: {column: Betrag, type: decimal, decimal: ",", thousands: "."}
  joined_on: {column: Eintritt, type: date, format: "%d.%m.%Y"}
YAML
  run_split csv2chakra check leads.yaml leads.csv
  expect_status 1
  in_file out "39 of 40 rows would be sent; 1 would be rejected."
  in_file out "B6 'Verloren'"
  in_file out "[map.no_entry]"
  csv2chakra preview leads.yaml leads.csv -n 1 | sed 1d |
    jq -e '.lead_id == "K-10" and .state == "NEW" and .data == {
      name: "Jürgen Müller 10", postal_code: "01010", amount: 1010.5,
      joined_on: 1766188800000}'

  # Rehearsed, with the runs where they are by themselves.
  start_sandbox
  unset CSV2CHAKRA_RUNS_DIR
  run_split csv2chakra doctor leads.yaml
  expect_status 0
  run_split csv2chakra import --limit 10 leads.yaml leads.csv
  expect_status 1
  run_split csv2chakra resume latest
  expect_status 1
  tr '\n' ' ' <out >line
  in_file line "39 of 40 rows are in the sandbox at ${url#http://}"
  in_file line "(a rehearsal; nothing is in ChakraHQ); 1 was rejected before sending."
  runs=$HOME/.local/state/csv2chakra/runs

  # Fixed where it was broken: in the spreadsheet, saved by it.
  sed 's/;Verloren;/;Gewonnen;/' "$runs/latest/to-fix.csv" >to-fix.csv
  run_split csv2chakra retry latest to-fix.csv
  expect_status 0
  in_file out "The only row is in the sandbox at ${url#http://}"
  [ "$(held | wc -l)" -eq 40 ]
  held | jq -se 'map(select(.lead_id == "K-30"))[0].data |
    has("amount") | not'
  held | jq -se 'map(select(.lead_id == "K-14"))[0].state == "CONVERTED"'
}

# walk CSV: init, the one edit that its comments ask for (a procedure, each
# state, and what the arguments after it say in sed's words), a rehearsal, an
# import; what arrived is in `arrived`.
walk() {
  local csv=$1 mapping=${1%.csv}.yaml
  shift
  csv2chakra init "$csv" -o "$mapping" 2>/dev/null
  sed -i -e 's/^procedure: .*/procedure: lead/' -e '/^# state:/,/^$/s/^# //' \
    -e 's/: STATE/: NEW/' "$@" "$mapping"
  run_split csv2chakra rehearse "$mapping" "$csv"
  expect_status 0
  not_in_file err hazard.total_row
  [ "$(tail -n 1 out)" = "  csv2chakra import $mapping $csv" ]
  run_split csv2chakra import "$mapping" "$csv"
  expect_status 0
  curl -sf "$url/sandbox/processes" >arrived
}

# arrived_as JQ…: each is true of the process with the key before it.
arrived_as() {
  while [ $# -gt 1 ]; do
    jq -es --arg key "$1" "map(select(.lead_id == \$key)) | length == 1 and (.[0] | .state == \"NEW\" and (.data | $2))" arrived
    shift 2
  done
}

@test "three commands and one edit: notes above a sheet and a total below it" {
  printf '%s\n' 'Pipeline export (do not edit),,,,' ,,,, Deal\ ID,Account,Value,Close,Stage \
    'D-1,"Globex, Inc.",1200,2025-12-16,Won' D-2,Acme,80,2025-01-31,Lost Total,,1280,, >sheet.csv
  start_sandbox --ack job --job-delay 0s
  walk sheet.csv -e '/^# rows: {except/s/^# //'
  arrived_as D-1 '.account == "Globex, Inc." and .value == 1200 and .close == 1765843200000' \
    D-2 '.value == 80'
  [ "$(wc -l <arrived)" -eq 2 ]
}

@test "three commands and one edit: a US file whose dates fit both orders, and a German one" {
  cat >us.csv <<'CSV'
Acct No,ZIP,Signed,Amount,Balance,Active,Status
00001,02139,3/4/25,"$1,234.50",($5.25),Y,Open
00002,10001,12/1/24,$99.00,$0.10,N,Open
CSV
  printf '%s\r\n' 'Kunden-Nr.;Straße;PLZ;Umsatz;Status' 'K1;Größe 1;01067;1.234,50 €;Neu' \
    'K2;Weiß 2;80331;7,00;Neu' | iconv -t windows-1252 >kunden.csv
  start_sandbox --ack job --job-delay 0s
  walk us.csv -e '/^  signed: Signed$/d' -e 's|^  # \(signed: .*%m/%d/%y\)|  \1|'
  arrived_as 00001 '.zip == "02139" and .signed == 1741046400000 and .amount == 1234.5 and .balance == -5.25 and .active' \
    00002 '.signed == 1733011200000 and .balance == 0.1 and (.active | not)'
  # So few bytes beyond ASCII that the encoding has to be chosen.
  walk kunden.csv -e 's/^  # encoding: windows-1252$/  encoding: windows-1252/'
  arrived_as K1 '.strasse == "Größe 1" and .plz == "01067" and .umsatz == 1234.5' K2 '.strasse == "Weiß 2" and .umsatz == 7'
}
