#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Lines that are in a file and are not its rows: headers that come again, footers, notes, pieces of rows. None of them is sent,
# none is lost from the books, and the advice that is given can be followed as it is printed.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() { setup_folder; }
# map KEY FIELD [SOURCE]: a mapping of two columns.
map() {
  printf 'version: 1\nprocedure: lead\n' >m.yaml
  [ -z "${3:-}" ] || printf 'source: {%s}\n' "$3" >>m.yaml
  printf 'lead_id: %s\ndata: {x: %s}\n' "$1" "$2" >>m.yaml
}

# keys: of what would be sent, on one line.
keys() { csv2chakra convert m.yaml t.csv 2>convert.err | jq -r .lead_id | tr '\n' ' '; }

# balanced N: check says that all bytes and N rows are in the books, and ends with 0.
balanced() {
  run_split csv2chakra check --format json m.yaml t.csv
  expect_status 0
  jq -e --argjson n "$1" '.accounts | .balanced and .rows.read == $n' out
}

# advice CAUSE: the help of the group of that cause.
advice() {
  csv2chakra check --format json m.yaml t.csv |
    jq -r --arg cause "$1" '.groups[] | select(.cause == $cause) | .hint'
}

@test "a header that comes again is skipped and counted, whatever stands before it" {
  printf 'Nr;Ort;Land\n1;Ulm;DE\nNr;Ort;Land\n\xef\xbb\xbfNr;Ort;Land\n2;Graz;AT\n"Nr";" Ort ";Land\n3;Bern;CH\n' >t.csv
  map Nr Ort
  balanced 6
  [ "$(jq -c '.groups | map([.code, .kind, .rows])' out)" = '[["csv.repeated_header","skipped",3]]' ]
  [ "$(keys)" = "1 2 3 " ]
  run_split csv2chakra inspect t.csv
  in_file out '3 that repeat the header (rows 3, 4, 6)'
  map Nr Ort 'repeated_header: record'
  [ "$(keys)" = "1 Nr $(printf '\xef\xbb\xbf')Nr 2 3 " ]
}

@test "joined exports of any layout give their rows and no header" {
  local text
  # Joined with a title, with CRLF and a mark, at the very end, twice in a row, in capitals of its own, with other quotes.
  for text in 'Liste Mai\nnr,ort\n1,Ulm\nnr,ort\n2,Bonn\n' \
    '\xef\xbb\xbfnr;ort\r\n1;Ulm\r\n\xef\xbb\xbfnr;ort\r\n2;Bonn\r\n' \
    'nr\tort\n1\tUlm\n2\tBonn\nnr\tort\n' \
    'nr|ort\n1|Ulm\nnr|ort\nnr|ort\n\n2|Bonn' \
    'номер,ort\n1,Ulm\n"номер","ort"\n2,Bonn\n' \
    'nr,"ort, or\ntown"\n1,Ulm\nnr,"ort, or\ntown"\n2,Bonn\n'; do
    # shellcheck disable=SC2059 # the text has its escapes
    printf "$text" >t.csv
    case $text in
    Liste*) map nr ort 'skip_lines: 1' ;;
    *номер*) map номер ort ;;
    *town*) map nr '{index: 2}' ;;
    *) map nr ort ;;
    esac
    run_split csv2chakra check --format json m.yaml t.csv
    expect_status 0
    jq -e '.accounts | .balanced and .rows.unsent == 2 and .rows.skipped >= 1' out
    [ "$(keys)" = "1 2 " ]
  done
  # What only resembles the header is a row: another order, a part of it, one filled cell.
  printf 'nr,ort\n1,Ulm\nort,nr\nnr,\nNR,ort\n' >t.csv
  map nr ort
  [ "$(keys)" = "1 ort nr NR " ]
}

@test "an import sends no header that comes again, and results.csv says what became of it" {
  start_sandbox
  printf 'ref\tclient\na1\tLi\nref\tclient\nb2\tOu\n' >t.csv
  map ref client
  run_split csv2chakra import m.yaml t.csv
  expect_status 0
  [ "$(held | jq -r .lead_id | tr '\n' ' ')" = "a1 b2 " ]
  [ "$(report .accounts.rows.skipped)" = 1 ]
  in_file runs/latest/results.csv '3,3,,,,,skipped,,it is the header again [csv.repeated_header]'
}

@test "ignored lines are skipped, and before the header they are preamble" {
  printf '# list; of; towns\n# 2026\n\nnr;town\n1;Pau\n# half; way\n2;Albi\n"# in\nquotes";x\n' >t.csv
  map nr town "ignore: ['\"?#']"
  balanced 4
  [ "$(jq .accounts.bytes.preamble out)" -eq 26 ]
  [ "$(jq -c '.groups | map([.code, .kind, .rows])' out)" = '[["rows.ignored","skipped",2]]' ]
  [ "$(keys)" = "1 2 " ]
  run_split csv2chakra preview -n 9 --explain m.yaml t.csv
  in_file out "row 6, line 6: skipped [rows.ignored]"
  in_file out "ignore '\"?#'"
}

@test "comments, subtotals and footers of any layout are left out by their beginning" {
  local text rule
  while read -r rule text; do
    # shellcheck disable=SC2059 # the text has its escapes
    printf "$text" >t.csv
    map nr ort "ignore: [$rule]"
    run_split csv2chakra check --format json m.yaml t.csv
    expect_status 0
    jq -e '.accounts | .balanced and .rows.unsent == 2 and .rows.skipped >= 1' out
    [ "$(keys)" = "1 2 " ]
  done <<'LIST'
'Summe' nr;ort;wert\n1;Ulm;5\nSumme;;5\n2;Bonn;6\nSumme;;11\n
'//' nr,ort\n//,first\n1,Ulm\n//second\n2,Bonn\n
'"?©' nr\tort\n1\tUlm\n2\tBonn\n"©\tExample"\n© 2026\n
'итого' nr|ort\n1|Ulm\n2|Bonn\nитого|2|строки\n
'[^0-9nN]' nr,ort\r\n1,Ulm\r\n=== page 2 ===\r\n2,Bonn\r\n--- end,\r\n
'"END','\(' nr,ort\n1,Ulm\n"END\nof,""A""",x,y\n(none)\n2,Bonn\n
LIST
  # A rule that matches nothing leaves nothing out; one that matches all leaves no header.
  printf 'nr,ort\n1,Ulm\n2,Bonn\n' >t.csv
  map nr ort "ignore: ['Ulm']"
  [ "$(keys)" = "1 2 " ]
  map nr ort "ignore: ['.']"
  run_split csv2chakra check m.yaml t.csv
  expect_status 7
  in_file err 'source.ignore leaves out all of its text'
}

@test "rejected rows of a file with ignored lines load again with the same mapping" {
  start_sandbox
  printf -- '-- made by hand\nid,qty\n1,5\n-- note, too\n2,many\n' >t.csv
  printf 'version: 1\nprocedure: lead\nsource: {ignore: ["--"]}\nlead_id: id\ndata: {q: {column: qty, type: integer}}\n' >m.yaml
  run_split csv2chakra import m.yaml t.csv
  expect_status 1
  [ "$(cat runs/latest/rejected.csv)" = "$(printf -- '-- made by hand\nid,qty\n2,many\n')" ]
  sed -i 's/type: integer/type: string/' m.yaml
  run_split csv2chakra retry --mapping m.yaml latest
  expect_status 0
  [ "$(held | jq -r .lead_id | tr '\n' ' ')" = "1 2 " ]
}

@test "a fixed to-fix.csv is not asked for lines to ignore" {
  start_sandbox
  printf 'id,qty\n1,5\n2,many\n' >t.csv
  # The first column of a to-fix.csv is the row: 3.
  printf "version: 1\nprocedure: lead\nsource: {ignore: ['3']}\nlead_id: id\ndata: {q: {column: qty, type: integer}}\n" >m.yaml
  run_split csv2chakra import m.yaml t.csv
  expect_status 1
  sed -E 's/,many(\r?)$/,7\1/' runs/latest/to-fix.csv >fixed.csv
  run_split csv2chakra retry latest fixed.csv
  expect_status 0
  [ "$(held | jq -r .lead_id | tr '\n' ' ')" = "1 2 " ]
}

@test "a footer is named, and the patterns that are offered leave out just it" {
  local ends=0
  for ends in 1 2 3 4 5; do
    case $ends in
    1) printf 'Kd-Nr;Name;Ort\n1;Abt;Ulm\n2;Beh;Bonn\n\nEnde der Liste\nStand: 28.11.2026 08:15 Uhr\n' ;;
    2) printf 'Kd-Nr,Name,Ort\n1,Abt,Ulm\n2,Beh,Bonn\n"Vertraulich, nur intern"\n' ;;
    3) printf 'Kd-Nr\tName\tOrt\n1\tAbt\tUlm\n2\tBeh\tBonn\nL'\''été à Pau\n"(c) 2026 Example SARL"\n' ;;
    4) printf 'Kd-Nr|Name|Ort\n1|Abt|Ulm\n2|Beh|Bonn\n合計 2 件\n' ;;
    5) printf '"Kd-Nr","Name","Ort"\r\n"1","Abt","Ulm"\r\n"2","Beh","Bonn"\r\n"Report [x]: 2 rows (all)"\r\n' ;;
    esac >t.csv
    map Kd-Nr Name
    help=$(advice footer)
    [[ $help == *"look like a footer"* && $help != *pad* ]]
    patterns=${help#*ignore: }
    map Kd-Nr Name "ignore: $patterns"
    run_split csv2chakra check m.yaml t.csv
    expect_status 0
    [ "$(keys)" = "1 2 " ]
    # pad makes rows of it, and says so.
    map Kd-Nr Name 'ragged: pad'
    [[ $(advice footer) == *"look like a footer"* ]]
  done
}

@test "the pieces of a row that a line break cut are named, and pad is not offered" {
  local text
  for text in 'id,name,note,sum\n1,Jo,first\nsecond,5\n2,Al,x,6\n' \
    'id;name;note;sum\n1;Jo;un\ndeux;5\n2;Al;x;6\n3;Bo;trois\nquatre;7\n' \
    'id\tname\tnote\tsum\n1\tJo\nsmith\tx\t5\n2\tAl\tx\t6\n' \
    'id|name|note|sum\n1|Jo|a\nb\nc|5\n' \
    'id,name,note,sum\n2,Al,x,6\n1,Jo,über\nändern,5'; do
    # shellcheck disable=SC2059 # the text has its escapes
    printf "$text" >t.csv
    map id name
    [[ $(advice line_break) == *"a line break in a cell needs quotes"* ]]
    run_split csv2chakra check m.yaml t.csv
    expect_status 1
    not_in_file out pad
    map id name 'ragged: pad'
    [[ $(advice line_break) == *"makes a record of each piece"* ]]
  done
}

@test "pad is offered where rows end early, and nowhere else" {
  printf 'a,b,c\n1,2,3\n4,5\n6,7,8\n' >t.csv
  map a b
  [[ $(advice ends_early) == *"ragged: pad"* ]]
  printf 'the end\n' >>t.csv
  [[ $(advice ends_early) != *pad* ]]
}

@test "empty cells in excess are dropped with trim, as the help and init say" {
  local ends
  for ends in 'id,x\n1,Ann,\n2,Bo,\n' 'id;x\r\n1;Ann;;\r\n2;Bo;;\r\n' 'id\tx\n1\tAnn\t\t\t\n2\tBo\t""\n' \
    '"id"|"x"\n"1"|"Ann"|" "\n2|Bo\n' 'id,x\n1,Ann,\n2,Bo'; do
    # shellcheck disable=SC2059 # the text has its escapes
    printf "$ends" >t.csv
    map id x
    [[ $(advice excess_empty) == *"ragged: trim"* ]]
    map id x 'ragged: trim'
    balanced 2
    [ "$(keys)" = "1 2 " ]
    rm -f init.yaml
    csv2chakra init -o init.yaml t.csv
    in_file init.yaml '  ragged: trim'
    run_split csv2chakra check --procedure lead init.yaml t.csv
    expect_status 0
  done
  printf 'id,x\n1,Ann,\n2,Bo,y\n3\n' >t.csv
  map id x 'ragged: fit'
  run_split csv2chakra check m.yaml t.csv
  expect_status 1
  [ "$(keys)" = "1 3 " ]
}

@test "init offers to leave a footer out, and check says so before anybody agrees" {
  printf 'id;x\n1;a\n2;b\nFin de la liste\n' >t.csv
  csv2chakra init -o init.yaml t.csv
  in_file init.yaml "  # ignore: ['^\"?Fin de la liste\"?\$']"
  run_split csv2chakra check --procedure lead init.yaml t.csv
  expect_status 1
  sed -i 's/# ignore:/ignore:/' init.yaml
  run_split csv2chakra check --procedure lead init.yaml t.csv
  expect_status 0
}

@test "blanks around quotes: refused with the key that reads them, and init writes it" {
  local text
  for text in '"nr" ; "ort"\n1,5 ; 2,5\n3,5 ; 4,5\n' '"nr" , "ort"\n"1" , "Bad, Tölz"\n"2" , "x"\n' \
    '"nr" | "ort"\n"1" |\t"a"\n' '"nr" ;"ort"\n1;2\n' ' "nr"  |"ort"\t|"zip"\n1|2|3\n4| "5"|6\n'; do
    # shellcheck disable=SC2059 # the text has its escapes
    printf "$text" >t.csv
    map nr ort
    run_split csv2chakra check m.yaml t.csv
    [ "$status" -ne 0 ]
    in_file err 'blanks: around_quotes'
    not_in_file err skip_lines
    map nr ort 'blanks: around_quotes'
    run_split csv2chakra check m.yaml t.csv
    expect_status 0
    rm -f init.yaml
    csv2chakra init -o init.yaml t.csv
    in_file init.yaml '  blanks: around_quotes'
    in_file init.yaml ' ort'
    run_split csv2chakra check --procedure lead init.yaml t.csv
    expect_status 0
  done
}

@test "a last line of 0x1A is no row, in any layout" {
  local text
  for text in 'id\n7\n\x1a' 'id,x\r\n7,a\r\n\x1a' 'id;x\n7;a\n\x1a\n' 'id\tx\n7\ta\n\x1a\x1a\x1a' 'id|x\r7|a\r\x1a'; do
    # shellcheck disable=SC2059 # the text has its escapes
    printf "$text" >t.csv
    printf 'version: 1\nprocedure: lead\nlead_id: id\n' >m.yaml
    balanced 1
    [ "$(jq .accounts.blank_lines out)" -eq 1 ]
    [ "$(keys)" = "7 " ]
  done
}

@test "a run of 0.1.0 keeps the rows that it had, a new one does not have them" {
  start_sandbox
  printf 'id,x\n1,a\nid,x\n2,b\n' >t.csv
  map id x
  run_split csv2chakra import --limit 1 m.yaml t.csv
  expect_status 0
  jq 'del(.payload)' runs/latest/run.json >run.json
  cat run.json >runs/latest/run.json
  forget_sums runs/latest
  run_split csv2chakra resume latest
  expect_status 0
  [ "$(held | jq -r .lead_id | tr '\n' ' ')" = "1 2 id " ]

  printf 'id\n7\n\x1a' >t.csv
  printf 'version: 1\nprocedure: lead\nlead_id: id\n' >m.yaml
  run_split csv2chakra import --limit 1 m.yaml t.csv
  expect_status 0
  run_split csv2chakra resume latest
  expect_status 0
  [ "$(report .accounts.rows.created)" = 1 ]
}
