#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# init: a mapping for a file that has none, which check then takes.

load helpers

# init FILE, then check: nothing may be rejected.
init_and_check() {
  rm -f mapping.yaml
  csv2chakra init -q -o mapping.yaml "$1"
  run_split csv2chakra check --procedure lead mapping.yaml "$1"
  expect_status 0
}

@test "every good sample: init, then check rejects nothing" {
  for csv in "$BATS_TEST_DIRNAME"/../../samples/*.csv; do
    case $csv in
    *-bad.csv) continue ;;
    esac
    init_and_check "$csv"
  done
}

@test "rows that nothing can take are named in the mapping" {
  printf 'Id,A\n1,2\n2\n3,4,5\n' >ragged.csv
  csv2chakra init -o mapping.yaml ragged.csv
  in_file mapping.yaml 'Will be rejected: 1 row [csv.ragged_row]: row 3; '
  in_file mapping.yaml 'Will be rejected: 1 row [csv.ragged_row]: row 4; '
  run_split csv2chakra check --procedure lead mapping.yaml ragged.csv
  expect_status 1
  in_file out 'csv.ragged_row'
}

@test "guesses are marked, with what they rest on" {
  good_csv 20 >leads.csv
  init_and_check leads.csv
  in_file mapping.yaml '# guessed: every byte is UTF-8'
  in_file mapping.yaml 'lead_id: Lead Ref'
  in_file mapping.yaml \
    '# guessed: named like a key, filled and different in each of 20 rows'
  in_file mapping.yaml '  score: {column: Score, type: integer}'
  in_file mapping.yaml '# guessed: every value is integer'
  in_file mapping.yaml "# B: always filled; values: 'Open' 20"
  in_file mapping.yaml '  status: Status'
}

@test "a key needs a name and a value of its own in each row" {
  printf 'Ref,Name\n1,a\n1,b\n' >twice.csv
  init_and_check twice.csv
  in_file mapping.yaml '# lead_id: '
  printf 'Ref,Name\n1,a\n,b\n' >gap.csv
  init_and_check gap.csv
  in_file mapping.yaml '# lead_id: '
  printf 'Name,City\na,b\nc,d\n' >none.csv
  init_and_check none.csv
  in_file mapping.yaml '# lead_id: '
  printf 'Name,Order No\na,7\nb,8\n' >second.csv
  init_and_check second.csv
  in_file mapping.yaml 'lead_id: Order No'
}

@test "what can be read in two ways stays text, and says so" {
  {
    echo 'Id,When,Sum,Clear,PIN,Phone'
    echo '1,03/04/2025,"1,234",25/12/2025,110001,089 4986267'
    echo '2,05/06/2025,"2,345",03/04/2025,010002,+49 89 4986267'
  } >two.csv
  init_and_check two.csv
  in_file mapping.yaml '  when: When'
  in_file mapping.yaml 'kept as text: date, ambiguous: %d/%m/%Y or %m/%d/%Y'
  in_file mapping.yaml '  sum: Sum'
  # Each way is a line to choose, and what it reads is what it says.
  in_file mapping.yaml 'which is meant, and use'
  in_file mapping.yaml '  # when: {column: When, type: date, format: "%d/%m/%Y"}'
  in_file mapping.yaml '  # when: {column: When, type: date, format: "%m/%d/%Y"}'
  in_file mapping.yaml '  # sum: {column: Sum, type: decimal, thousands: ","}'
  sed -e '/^  when: /d; /^  sum: /d' -e 's/^  # \(when.*m\/%d\)/  \1/' -e 's/^  # \(sum.*l, decimal\)/  \1/' mapping.yaml >chosen.yaml
  csv2chakra convert chosen.yaml two.csv >out
  head -n 1 out | jq -e '.data.when == 1741046400000 and .data.sum == 1.234'
  in_file mapping.yaml '{column: Clear, type: date, format: "%d/%m/%Y"}'
  in_file mapping.yaml '  pin: PIN'
  in_file mapping.yaml '  phone: Phone'
}

@test "names of every kind become keys and columns that are found again" {
  {
    printf '"Größe (cm)","first: name","true","# x","2025","a\nb","नाम",'
    printf '"q""uote","{brace}","FirstName","first name","- dash","*a",'
    printf '"back\\slash","a\302\205b","a\342\200\250b","%%d","id"\n'
    printf '1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,k\n'
    printf '1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,"17\342\200\250\n#",l\n'
  } >names.csv
  init_and_check names.csv
  in_file mapping.yaml '  grosse_cm: {column: "Größe (cm)", type: integer}'
  in_file mapping.yaml '  column_e: {column: "2025", type: integer}'
  in_file mapping.yaml '  column_g: {column: "नाम", type: integer}'
  in_file mapping.yaml '  first_name_2: {column: FirstName, type: integer}'
  in_file mapping.yaml '  first_name_3: {column: first name, type: integer}'
  in_file mapping.yaml 'lead_id: id'
  csv2chakra convert mapping.yaml names.csv >out
  [ "$(jq -s 'length' out)" -eq 2 ]
  [ "$(jq -s '.[0].data | length' out)" -eq 17 ]
}

@test "empty and repeated names are addressed by their place" {
  printf 'Name,,Name,Id\na,b,c,1\nd,e,f,2\n' >same.csv
  init_and_check same.csv
  in_file mapping.yaml '  name: {index: 1}'
  in_file mapping.yaml '  column_b: {index: 2}'
  in_file mapping.yaml '  name_2: {index: 3}'
  csv2chakra convert mapping.yaml same.csv >out
  in_file out '"data":{"name":"a","column_b":"b","name_2":"c"}'
}

@test "source settings are pinned as they were found" {
  {
    printf 'Id;Straße\n1;Grünweg\n2;Allee\n'
    seq -f '%.0f;Schützenstraße am Mühlgäßchen' 3 9
  } | iconv -f utf-8 -t windows-1252 >latin.csv
  csv2chakra init -o mapping.yaml latin.csv
  grep -qx '  encoding: windows-1252' mapping.yaml
  in_file mapping.yaml "B2 'Grünweg'"
  in_file mapping.yaml '  delimiter: ";"'
  run_split csv2chakra check --procedure lead mapping.yaml latin.csv
  expect_status 0
  printf 'Id\tName\n1\ta\n' >tab.csv
  init_and_check tab.csv
  in_file mapping.yaml '  delimiter: tab'
  printf '\n\nx\nId,Name\n1,a\n' >skip.csv
  csv2chakra init --skip-lines 3 >skip.yaml skip.csv
  in_file skip.yaml '  skip_lines: 3'
  run_split csv2chakra check --procedure lead skip.yaml skip.csv
  expect_status 0
  printf '1,a\n2,b\n' >bare.csv
  csv2chakra init --no-header >bare.yaml bare.csv
  in_file bare.yaml '  header: false'
  run_split csv2chakra check --procedure lead bare.yaml bare.csv
  expect_status 0
}

@test "hazards of a column stand beside its field" {
  printf 'Id,Amount\n1,#REF!\n2,1.23E+15\nTotal,5\n' >hazards.csv
  init_and_check hazards.csv
  in_file mapping.yaml '# careful: formula errors: 1 cell, B2'
  in_file mapping.yaml '# careful: a total among the last rows: 1 row (row 4)'
  # The rule that leaves it out is there to be taken over.
  grep -qx '# rows: {except: {column: Id, in: \[Total\]}}' mapping.yaml
  sed 's/^# rows: /rows: /' mapping.yaml >less.yaml
  run_split csv2chakra check --procedure lead less.yaml hazards.csv
  expect_status 0
  in_file out 'All 2 of 3 rows' || in_file out '2 to send'
}

@test "a file that is there is not overwritten" {
  good_csv 3 >leads.csv
  echo 'mine' >mapping.yaml
  run_split csv2chakra init -o mapping.yaml leads.csv
  expect_status 2
  in_file err "'mapping.yaml' already exists"
  [ "$(cat mapping.yaml)" = mine ]
  ln -s nowhere link.yaml
  run_split csv2chakra init -o link.yaml leads.csv
  expect_status 2
  run_split csv2chakra init -o no/such/folder.yaml leads.csv
  expect_status 4
}

@test "stdout without -o, the next command with it, nothing with -q" {
  good_csv 3 >leads.csv
  run_split csv2chakra init leads.csv
  expect_status 0
  is_empty err
  in_file out 'version: 1'
  run_split csv2chakra init -o a.yaml leads.csv
  expect_status 0
  is_empty out
  in_file err 'csv2chakra rehearse a.yaml leads.csv'
  run_split csv2chakra init -q -o b.yaml leads.csv
  is_empty err
  csv2chakra init - <leads.csv >c.yaml
  run_split csv2chakra check --procedure lead c.yaml leads.csv
  expect_status 0
}

@test "a header alone, and a file that cannot be read" {
  echo 'Id,Name' >header.csv
  init_and_check header.csv
  printf 'a,b;c,d\ne,f;g,h\n' >two.csv
  run_split csv2chakra init -o two.yaml two.csv
  expect_status 7
  [ ! -e two.yaml ]
}

@test "a table of ten thousand columns" {
  python3 - <<'PY' >wide.csv
print(','.join('Column %d' % i for i in range(10000)))
print(','.join(str(i) for i in range(10000)))
PY
  init_and_check wide.csv
}

@test "a column that is nearly a key is named with what keeps it from being one" {
  { echo 'Beleg-Nr.;Ort'; for i in $(seq 50); do echo "B-$i;Ulm"; done; echo 'B-7;Hof'; echo ';Hof'; } >belege.csv
  csv2chakra init -q -o nah.yaml belege.csv
  tr -d '\n' <nah.yaml | sed 's/# / /g; s/  */ /g' >words
  in_file words 'Beleg-Nr.: 50 different of 52; row 52 repeats row 8; 1 empty, the first in row 53'
  in_file nah.yaml '# lead_id: Beleg-Nr.'
}

@test "a column that is named like a state is laid out as a map with every value" {
  printf 'Id;Lead Stage\n1;neu: heiß\n2;alt\n3;alt\n' >stufen.csv
  csv2chakra init -q -o stufen.yaml stufen.csv
  in_file stufen.yaml '#     alt: STATE # 2 rows'
  in_file stufen.yaml '#     "neu: heiß": STATE # 1 row'
  # Without the first signs it is part of the mapping.
  sed -i -E '/^# state:/,/^$/s/^# //; s/STATE/NEW/; s/your-procedure/lead/' stufen.yaml
  run_split csv2chakra convert stufen.yaml stufen.csv
  expect_status 0
  [ "$(grep -c '"state":"NEW"' out)" -eq 3 ]
}

@test "the first line is for editors, and file names in comments can be pasted" {
  printf 'Id,B\n1,2\n' >"two words.csv"
  csv2chakra init -q -o "my map.yaml" "two words.csv"
  [ "$(head -n 1 'my map.yaml')" = "# yaml-language-server: \$schema=csv2chakra.schema.json" ]
  in_file 'my map.yaml' "csv2chakra rehearse 'my map.yaml' 'two words.csv'"
}
