#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Files whose values can be misread, from init to import, by following the
# words on the screen: what arrives is right, or nothing does.

# shellcheck disable=SC2154 # service.bash sets url

load service

# init CSV into m.yaml, with the procedure that it asks for.
init_mapping() {
  csv2chakra init -q -o m.yaml "$1"
  sed -i 's/^procedure: your-procedure.*/procedure: lead/' m.yaml
}

# field KEY: its line in the mapping.
field() { grep "^  $1: " m.yaml; }

@test "an accounting export: debts in parentheses, percentages, two currencies" {
  cat >ledger.csv <<'END'
Account No,Client,Balance,Fee,Growth,Paid
A-1,Holm,"$1,234.56","1.050,00 €",12.5%,$5.00
A-2,Iyer,"($987.65)","(7,25 €)",-3%,€7.50
A-3,Jonas,$0.00,"0,50 €",100%,$8.00
A-4,Kim,(12.00),"12,00 €",0.25%,€9.99
END
  start_sandbox
  init_mapping ledger.csv
  [ "$(field balance)" = '  balance: {column: Balance, type: decimal, thousands: ",", negative: parentheses, units: ["$"]}' ]
  [ "$(field fee)" = '  fee: {column: Fee, type: decimal, decimal: ",", thousands: ".", negative: parentheses, units: ["€"]}' ]
  # What only a person can say stays text, and the words name the choice.
  [ "$(field growth)" = '  growth: Growth' ]
  tr '\n#' '  ' <m.yaml | tr -s ' ' >words
  in_file words '12.5% as 12.5 with percent: number, as 0.125 with percent: fraction'
  [ "$(field paid)" = '  paid: Paid' ]
  in_file words 'amounts in several units, "$", "€": a number would not say which'
  sed -i 's/^  growth: Growth/  growth: {column: Growth, type: decimal, units: ["%"], percent: fraction}/' m.yaml
  run_split csv2chakra check m.yaml ledger.csv
  expect_status 0
  run_split csv2chakra import m.yaml ledger.csv
  expect_status 0
  cat >wanted <<'END'
{"lead_id":"A-1","data":{"client":"Holm","balance":1234.56,"fee":1050.00,"growth":0.125,"paid":"$5.00"}}
{"lead_id":"A-2","data":{"client":"Iyer","balance":-987.65,"fee":-7.25,"growth":-0.03,"paid":"€7.50"}}
{"lead_id":"A-3","data":{"client":"Jonas","balance":0.00,"fee":0.50,"growth":1.00,"paid":"$8.00"}}
{"lead_id":"A-4","data":{"client":"Kim","balance":-12.00,"fee":12.00,"growth":0.0025,"paid":"€9.99"}}
END
  held | diff wanted -
}

@test "an accounting export under a mapping without these keys: nothing arrives" {
  cat >sums.csv <<'END'
Id,Sum
1,"$1,234.56"
2,($987.65)
3,12.5%
4,12.00-
END
  printf '%s\n' 'version: 1' 'procedure: lead' 'lead_id: Id' \
    'data: {sum: {column: Sum, type: decimal, thousands: ","}}' >m.yaml
  start_sandbox
  run_split csv2chakra import m.yaml sums.csv
  expect_status 1
  [ -z "$(held)" ]
  # Four causes, and one answer for the whole column: what they are told goes
  # together. `check` has no folder to name, whose length takes lines.
  run_split csv2chakra check m.yaml sums.csv
  expect_status 1
  cat out err >said
  for words in 'units: ["$", "%"]' 'negative: any' 'percent: fraction' 'is 12.5% sent as 12.5'; do
    in_file said "$words"
  done
  not_in_file said '[^0-9.,+-]'
}

@test "a US list of birthdays with two digits of the year" {
  cat >staff.csv <<'END'
Emp ID,Name,Birthday,Hired
7,Ann,12/25/57,01/15/19
8,Bob,07/30/61,11/20/24
9,Cyd,06/17/99,02/28/23
10,Dan,03/04/03,10/31/25
END
  start_sandbox
  init_mapping staff.csv
  last=$(($(date +%Y) - 99))
  [ "$(field birthday)" = "  birthday: {column: Birthday, type: date, format: \"%m/%d/%y\", century: $last}" ]
  [ "$(field hired)" = '  hired: {column: Hired, type: date, format: "%m/%d/%y", century: 1950}' ]
  tr '\n#' '  ' <m.yaml | tr -s ' ' >words
  in_file words 'check first: 57 to 03 are 1957 to 2003'
  in_file words 'check first: 19 to 25 are 2019 to 2025'
  sed -i '/type: date/s/}$/, as: iso}/' m.yaml
  run_split csv2chakra import m.yaml staff.csv
  expect_status 0
  held >got
  cat >wanted <<'END'
{"lead_id":"10","data":{"name":"Dan","birthday":"2003-03-04","hired":"2025-10-31"}}
{"lead_id":"7","data":{"name":"Ann","birthday":"1957-12-25","hired":"2019-01-15"}}
{"lead_id":"8","data":{"name":"Bob","birthday":"1961-07-30","hired":"2024-11-20"}}
{"lead_id":"9","data":{"name":"Cyd","birthday":"1999-06-17","hired":"2023-02-28"}}
END
  diff wanted got
}

@test "without a century nothing is read, and the help says what to look at" {
  printf 'Id,Born\n1,12/05/57\n' >born.csv
  printf '%s\n' 'version: 1' 'procedure: lead' 'lead_id: Id' \
    'data: {born: {column: Born, type: date, format: "%d/%m/%y"}}' >m.yaml
  start_sandbox
  run_split csv2chakra import m.yaml born.csv
  expect_status 2
  in_file err 'm.yaml:4:56: error:'
  in_file err '[mapping.ambiguous_year]'
  in_file err 'check first which years the column holds'
  in_file err 'century: 1969 as 1969 to 2068'
  [ -z "$(held)" ]
}

@test "a run keeps the years of the mapping that it began with" {
  printf 'Id,Born\n1,12/05/57\n2,31/02/61\n' >born.csv
  printf '%s\n' 'version: 1' 'procedure: lead' 'lead_id: Id' \
    'data: {born: {column: Born, type: date, as: iso, format: "%d/%m/%y", century: 1969}}' >m.yaml
  start_sandbox
  run_split csv2chakra import m.yaml born.csv
  expect_status 1
  [ "$(held)" = '{"lead_id":"1","data":{"born":"2057-05-12"}}' ]
  # As the folder of a run of 0.1.0 has it.
  sed -i 's/, century: 1969//' runs/latest/mapping.yaml
  forget_sums runs/latest
  run_split csv2chakra report latest
  expect_status 0
  not_in_file err ambiguous_year
  run_split csv2chakra retry latest
  not_in_file err ambiguous_year
  # With a mapping of today it is asked for again.
  sed 's/, century: 1969//' m.yaml >old.yaml
  run_split csv2chakra retry latest --mapping old.yaml
  expect_status 2
  in_file err '[mapping.ambiguous_year]'
}

@test "a phone list with two numbers in a cell" {
  cat >phones.csv <<'END'
Ref,Name,Phone
1,Ann,+49 30 1234567
2,Bob,555-1234 / 555-9999
3,Cyd,+44 20 7946 0958
4,Dan,+1 212 555 0100 or +1 212 555 0199
END
  start_sandbox
  init_mapping phones.csv
  [ "$(field phone)" = '  phone: Phone' ]
  tr '\n#' '  ' <m.yaml | tr -s ' ' >words
  in_file words 'kept as text: phone numbers; 2 cells hold two of them'
  # Whoever says phone all the same gets the good rows, and the words.
  sed -i 's/^  phone: Phone/  phone: {column: Phone, type: phone}/' m.yaml
  run_split csv2chakra import m.yaml phones.csv
  expect_status 1
  cat out err >said
  in_file said 'this cell holds two phone numbers'
  in_file said 'give each number a column of its own'
  held >got
  cat >wanted <<'END'
{"lead_id":"1","data":{"name":"Ann","phone":"49301234567"}}
{"lead_id":"3","data":{"name":"Cyd","phone":"442079460958"}}
END
  diff wanted got
}

@test "day numbers, months of other languages and quoted tags, from init to import" {
  cat >crm.csv <<'END'
Lead Ref;Start Date;Seats;Tags;Last Datetime;Booked;Seen
L-1;45123;45123;"""Customer"",""VIP, gold""";45123.75;3. März 2026;14-févr.-26
L-2;45200;45200;"""New""";45200.5;14. Okt 2026;01-août-25
L-3;46001;46001;"""Customer""";46001.520833;1. Dez 2026;03-mars-26
END
  start_sandbox
  init_mapping crm.csv
  [ "$(field start_date)" = '  start_date: {column: Start Date, type: date, format: excel}' ]
  [ "$(field last_datetime)" = '  last_datetime: {column: Last Datetime, type: datetime, format: excel}' ]
  # The same digits under another name are a number.
  [ "$(field seats)" = '  seats: {column: Seats, type: integer}' ]
  [ "$(field tags)" = '  tags: {column: Tags, type: multiString, quoted: true}' ]
  tr '\n#' '  ' <m.yaml | tr -s ' ' >words
  in_file words "guessed, check first: named like a date, and every value is a spreadsheet's day number: B2 '45123' would be 2023-07-16"
  in_file words 'guessed: every value is a list of items in quotes, with commas between'
  in_file words 'guessed: every value is date %d. %b %Y, names of months in German'
  in_file words 'names of months in French; century guessed, check first'
  field booked | grep -F '[Mär, März, Mrz], [Apr, April], Mai'
  field seen | grep -F 'format: ["%d-%b.-%y", "%d-%b-%y"], month_names: ['
  run_split csv2chakra check m.yaml crm.csv
  expect_status 0
  not_in_file err hazard.quoted_list
  run_split csv2chakra preview --explain --field data.tags --rows 2 m.yaml crm.csv
  in_file out 'Customer","VIP, gold'
  in_file out 'item'
  sed -i 's/type: date\(time\)\?,/&  as: iso,/' m.yaml
  run_split csv2chakra import m.yaml crm.csv
  expect_status 0
  cat >wanted <<'END'
{"lead_id":"L-1","data":{"start_date":"2023-07-16","seats":45123,"tags":["Customer","VIP, gold"],"last_datetime":"2023-07-16T18:00:00Z","booked":"2026-03-03","seen":"2026-02-14"}}
{"lead_id":"L-2","data":{"start_date":"2023-10-01","seats":45200,"tags":["New"],"last_datetime":"2023-10-01T12:00:00Z","booked":"2026-10-14","seen":"2025-08-01"}}
{"lead_id":"L-3","data":{"start_date":"2025-12-10","seats":46001,"tags":["Customer"],"last_datetime":"2025-12-10T12:30:00Z","booked":"2026-12-01","seen":"2026-03-03"}}
END
  held | diff wanted -
  # Where quotes are text, check says what it sees.
  printf '%s\n' 'version: 1' 'lead_id: Lead Ref' 'data: {tags: Tags}' >plain.yaml
  run_split csv2chakra check plain.yaml crm.csv
  in_file err 'hazard.quoted_list'
  in_file err 'quoted: true reads them'
}

@test "wrapped cells, ids with .0 and lists without items, from init to check" {
  cat >crm.csv <<'END'
Id,Zip,Owner Id,Staff,Tags
"=""007""","=""01067""",7.0,12.0,a;b
"=""008""",10115,8.0,, ;
"=""009""","=""0200""",,250.0,c
END
  init_mapping crm.csv
  in_file m.yaml 'lead_id: {column: Id, unwrap: formula_text}'
  [ "$(field zip)" = '  zip: {column: Zip, unwrap: formula_text}' ]
  [ "$(field staff)" = "  staff: {column: Staff, replace: {pattern: '\\.0\$', with: \"\"}, type: integer}" ]
  in_file m.yaml 'hazard.float_id'
  in_file m.yaml 'hazard.formula_text'
  sed -i 's/^  tags: Tags/  tags: {column: Tags, type: multiString, separator: ";"}/' m.yaml
  run_split csv2chakra check m.yaml crm.csv
  expect_status 0
  not_in_file err hazard.formula_text
  not_in_file err hazard.float_id
  csv2chakra convert m.yaml crm.csv >got
  cat >wanted <<'END'
{"lead_id":"007","data":{"zip":"01067","owner_id":7,"staff":12,"tags":["a","b"]}}
{"lead_id":"008","data":{"zip":"10115","owner_id":8}}
{"lead_id":"009","data":{"zip":"0200","staff":250,"tags":["c"]}}
END
  diff wanted got
  # Without the keys check says what it sees.
  printf '%s\n' 'version: 1' 'lead_id: Id' 'data: {zip: Zip, owner: Owner Id}' >plain.yaml
  run_split csv2chakra check plain.yaml crm.csv
  in_file err '"Zip" (B): cells wrapped as ="…"'
  in_file err 'unwrap: formula_text in the field'
  in_file err '"Owner Id" (C): whole numbers written as 7.0: 2 cells'
}
