#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# inspect: what a file is, column by column, and what may be wrong with it.

load helpers

# A file with one of nearly everything that spreadsheets do.
hazards_csv() {
  {
    echo 'Order,Card,PIN,Price,Note,When,Formula'
    echo '1.23E+15,1234567890123450000,110001,#REF!,cafÃ©,25/12/2025,=1+1'
    printf '9.1E+11,1234567890123460000,10002,####,a\302\240b,12/25/2025,+91 98\n'
    printf '7,1234567890123470000,110003,1,x\342\200\213y,01/02/2025,-5.50\n'
    for i in 10 20 30 40 60 50 70 80 90; do
      echo "$i,,1100$i,2,fine,,@handle"
    done
    printf '11,,110099,3,"%s",,-\n' "$(printf 'x%.0s' $(seq 255))"
    printf '12,,110098,3,"a\n1,2,3,4,5,6,7\n2,2,3,4,5,6,7\n3,2,3,4,5,6,7\n4,2,3,4,5,6,7\n5,2,3,4,5,6,7\n6",,-\n'
    echo 'Total,,,99,,,'
  } >hazards.csv
}

@test "encoding, dialect, rows and columns, with the evidence" {
  good_csv 12 >leads.csv
  run_split csv2chakra inspect leads.csv
  expect_status 0
  is_empty err
  in_file out 'leads.csv: 12 rows, 6 columns'
  in_file out 'utf-8: every byte is UTF-8'
  in_file out '13 of the first 13 records have 6'
  grep -Eq '^  A   Lead Ref  100.0%         12 +3-4  text$' out
  grep -Eq '^  E   Score     100.0%         12 +1-2  integer$' out
  in_file out "'L-1', 'L-2', 'L-3'"
  in_file out 'none found'
  in_file out 'csv2chakra init -o mapping.yaml leads.csv'
}

@test "nothing that is printed is wider than 80 columns" {
  hazards_csv
  csv2chakra inspect hazards.csv >out
  run awk 'length($0) > 84 {print; bad = 1} END {exit bad}' out
  [ "$status" -eq 0 ]
}

@test "every hazard has its code, its count, its cells and advice" {
  hazards_csv
  run_split csv2chakra inspect --format json hazards.csv
  expect_status 0
  jq -e '.schema == "csv2chakra.inspect/1"' out
  want='hazard.total_row - 1 A16
hazard.scientific A 2 A2 A3
hazard.rounded B 3 B2 B3 B4
hazard.lost_zeros C 1 C3
hazard.error_value D 1 D2
hazard.hashes D 1 D3
hazard.mojibake E 1 E2
hazard.cut E 1 E14
hazard.nbsp E 1 E3
hazard.invisible E 1 E4
hazard.swallowed E 1 E15
hazard.date_order F 2 F2 F3
hazard.formula G 10 G2 G5 G6'
  got=$(jq -r '.hazards | sort_by(.letter, .code)[] |
    "\(.code) \(.letter // "-") \(.count) \([.cells[].cell] | join(" "))"' \
    out)
  [ "$(echo "$got" | sort)" = "$(echo "$want" | sort)" ] || {
    echo "$got"
    return 1
  }
  [ "$(jq '[.hazards[].advice | length > 10] | all' out)" = true ]
  run_split csv2chakra inspect hazards.csv
  expect_status 0
  in_file out 'column "PIN" (C): leading zeros were probably lost: 1 cell'
  in_file out "C3 '10002'"
}

@test "a cell cut at 255 characters" {
  {
    echo 'Id,Note'
    for i in 1 2 3 4; do
      printf '%d,%s\n' "$i" "$(printf 'é%.0s' $(seq $((250 + i + i / 4))))"
    done
    printf '5,%s\n' "$(printf 'x%.0s' $(seq 255))"
  } >cut.csv
  csv2chakra inspect --format json cut.csv >out
  [ "$(jq -r '.hazards[] | .code + " " + .cells[0].cell' out)" = \
    'hazard.cut B5' ]
  # A longer one shows that nothing was cut.
  printf '6,%s\n' "$(printf 'x%.0s' $(seq 256))" >>cut.csv
  csv2chakra inspect --format json cut.csv >out
  [ "$(jq '.hazards | length' out)" -eq 0 ]
}

@test "exactly as many rows as an export holds" {
  {
    echo Id
    seq 65535
  } >cap.csv
  csv2chakra inspect --format json cap.csv >out
  [ "$(jq -r '.hazards[].code' out)" = 'hazard.row_cap' ]
  echo 65536 >>cap.csv
  echo 65537 >>cap.csv
  csv2chakra inspect --format json cap.csv >out
  [ "$(jq '.hazards | length' out)" -eq 0 ]
  [ "$(jq '.columns[0].different > 60000 and
    .columns[0].different < 71000' out)" = true ]
}

@test "a guessed encoding is shown with cells and how to pin it" {
  printf 'Id,City\n1,Z\374rich\n2,K\366ln\n3,Bern\n' >latin.csv
  run_split csv2chakra inspect latin.csv
  expect_status 0
  in_file out 'guessed by its letters (German); byte 11 on line 2'
  in_file out "B2 'Zürich'"
  in_file out "B3 'Köln'"
  in_file out '--encoding windows-1252'
}

@test "a pipe and a compressed file give what the file gives" {
  good_csv 40 >leads.csv
  csv2chakra inspect --format json leads.csv | jq '.rows,.columns' >want
  csv2chakra inspect --format json - < <(cat leads.csv) |
    jq '.rows,.columns' | cmp - want
  gzip -k leads.csv
  csv2chakra inspect --format json leads.csv.gz | jq '.rows,.columns' |
    cmp - want
  gzip -c leads.csv | csv2chakra inspect - >out
  in_file out '<stdin>: 40 rows, 6 columns'
}

@test "dates in two orders of day and month are not guessed" {
  printf 'A,B,C\n03/04/2025,2025-04-03,13/04/2025\n05/06/2025,,01/02/2025\n' \
    >dates.csv
  csv2chakra inspect dates.csv >out
  in_file out 'date, ambiguous: %d/%m/%Y or'
  in_file out 'date ISO 8601'
  grep -Eq '^  C .*  date %d/%m/%Y$' out
}

@test "rows with a broken structure are counted and change no exit status" {
  printf 'A,B\n1,2\n3\n4,5,6\n"x" y,1\n' >ragged.csv
  run_split csv2chakra inspect ragged.csv
  expect_status 0
  in_file out 'csv.ragged_row'
  in_file out 'csv.stray_quote'
  in_file out '3 rejected (below)'
}

@test "a quote that never closes is shown, and exit 7" {
  printf 'A,B\n1,2\n3,"x\n4,5\n' >open.csv
  run_split csv2chakra inspect open.csv
  expect_status 7
  in_file out 'csv.unclosed_quote'
  in_file err 'never closes'
}

@test "two readings, an empty file: refused as they are" {
  printf 'a,b;c,d\ne,f;g,h\n' >two.csv
  run_split csv2chakra inspect two.csv
  expect_status 7
  is_empty out
  in_file err "name one: --delimiter ',' or --delimiter ';'"
  : >empty.csv
  run_split csv2chakra inspect empty.csv
  expect_status 7
}

@test "a header alone has columns without values" {
  echo 'A,B' >header.csv
  run_split csv2chakra inspect header.csv
  expect_status 0
  in_file out 'header.csv: 0 rows, 2 columns'
  grep -Eq '^  B .*empty$' out
}

@test "check warns of hazards in columns that the mapping uses, only there" {
  printf 'Id,A,B,C\n1,#REF!,#N/A,=x()\n2,y,#N/A,=x()\nTotal,,,\n' >h.csv
  cat >m.yaml <<'YAML'
version: 1
procedure: lead
source: {nulls: ["#N/A"]}
lead_id: Id
data: {a: A, b: B}
YAML
  run_split csv2chakra check m.yaml h.csv
  expect_status 0
  in_file err 'h.csv: warning: a total among the last rows: 1 row: A4'
  in_file err \
    "h.csv: warning: column \"A\" (B): formula errors: 1 cell: B2 '#REF!'"
  in_file err '[hazard.error_value]'
  not_in_file err '#N/A'
  not_in_file err 'hazard.formula'
  run_split csv2chakra check -q m.yaml h.csv
  expect_status 0
  is_empty err
  run_split csv2chakra check --format github m.yaml h.csv
  in_file out '::warning file=h.csv,title=hazard.total_row::a total among the last rows: 1 row: A4 '\''Total'\''; '
  # Rows that the mapping leaves out hold nothing to warn of.
  echo 'rows: {except: {column: Id, in: [Total]}}' >>m.yaml
  run_split csv2chakra check m.yaml h.csv
  expect_status 0
  not_in_file err 'hazard.total_row'
}

@test "convert and import look for no hazards" {
  printf 'Id,A\n1,#REF!\n' >h.csv
  printf 'version: 1\nprocedure: lead\nlead_id: Id\ndata: {a: A}\n' >m.yaml
  run_split csv2chakra convert m.yaml h.csv
  expect_status 0
  is_empty err
}

@test "a pipe with a bad byte beyond its first MiB is read to its end" {
  { printf 'A,B\n'
    seq -f '%.0f,twenty-five bytes a line, about' 40000 | tr -d ' '
    printf '9,\377,x\n10,y,x\n'; } | sed '1s/$/,C/' >long.csv
  # shellcheck disable=SC2002 # a pipe, not a file
  cat long.csv | csv2chakra inspect - >out
  in_file out 'the first bytes are UTF-8'
  in_file out '40,002 rows, 1 rejected'
}

@test "a long name of a column is cut where check warns of it" {
  name=$(printf 'x%.0s' {1..50})
  printf 'Id,%s\n1,#REF!\n' "$name" >h.csv
  printf 'version: 1\nprocedure: lead\nlead_id: Id\ndata: {v: %s}\n' "$name" >m.yaml
  run_split csv2chakra check m.yaml h.csv
  in_file err "column \"${name:0:40}…\" (B): formula errors: 1 cell: B2 '#REF!'"
}
