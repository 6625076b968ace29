#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The first records: titles, files without a header, shapes that are not a table. What is refused, what a mapping's names outweigh,
# and that each help, obeyed, leads to every row of the file and to nothing else.

load helpers

# by_index FILE [SOURCE]: by index alone, the second column as key.
by_index() {
  {
    printf 'version: 1\nprocedure: lead\n'
    [ -z "${2:-}" ] || printf 'source: {%s}\n' "$2"
    printf 'lead_id: {index: 1}\ndata: {who: {index: 2}}\n'
  } >"$1"
}

# by_name FILE KEY WHO [SOURCE]
by_name() {
  {
    printf 'version: 1\nprocedure: lead\n'
    [ -z "${4:-}" ] || printf 'source: {%s}\n' "$4"
    printf 'lead_id: "%s"\ndata: {who: "%s"}\n' "$2" "$3"
  } >"$1"
}

# refused_with STATUS CODE MAPPING CSV: by every command that takes a mapping,
# and nothing is sent.
refused_with() {
  local command
  for command in check convert preview 'import --dry-run'; do
    # shellcheck disable=SC2086 # words of the command
    run_split csv2chakra $command "$3" "$4"
    expect_status "$1"
    in_file err "[$2]"
    [ "$command" = check ] || is_empty out
  done
}

# sends COUNT FIRST MAPPING CSV [OPTION]...: the rows, and the key of the first.
sends() {
  local count=$1 first=$2
  shift 2
  csv2chakra convert "$@" >objects
  [ "$(wc -l <objects)" -eq "$count" ]
  [ "$(head -n 1 objects | jq -r .lead_id)" = "$first" ]
  run_split csv2chakra check "$@"
  expect_status 0
  in_file out "rows      $count read"
}

# Name, header's line, key column, who column, rows, first key.
titles() {
  printf 'Offers in May,,\nRef,Who,Sum\nO-1,Ana,5\nO-2,Rui,7\n' >padded.csv
  printf 'Angebote;;\n;;\nNr;Wer;Ort\nA1;Jörg;Köln\nA2;Ute;Ulm\n' >german.csv
  printf 'Team of 2026\n\nCode\tNom\nx1\tZoé\nx2\tLéa\nx3\tLuc\n' >unpadded.csv
  printf 'Offers, all, of Monday the 2nd\nRef,Who\nB1,4\nB2,5\nB3,6\n' >commas.csv
  printf '||\nRef|Who|City\nC-1|Ann|Bonn\n' >empty.csv
  printf 'Person,,Order,\nRef,Who,Day,Sum\nD1,Ann,2026-01-02,5\nD2,Bob,2026-01-03,6\n' >groups.csv
  printf '%s\n' 'padded.csv 2 Ref Who 2 O-1' 'german.csv 3 Nr Wer 2 A1' \
    'unpadded.csv 3 Code Nom 3 x1' 'commas.csv 2 Ref Who 3 B1' 'empty.csv 2 Ref Who 1 C-1' 'groups.csv 2 Ref Who 2 D1'
}

@test "a mapping whose columns stand on a later line: exit 2, the line, and a help that leads there" {
  titles >list
  while read -r csv line key who rows first; do
    by_name names.yaml "$key" "$who"
    refused_with 2 csv.preamble names.yaml "$csv"
    in_file err "names.yaml:3:10: error: the mapping's columns are on line $line of '$csv'"
    in_file err "skip_lines: $((line - 1)) (--skip-lines $((line - 1)))"
    sends "$rows" "$first" names.yaml "$csv" --skip-lines $((line - 1))
    by_name names.yaml "$key" "$who" "skip_lines: $((line - 1))"
    sends "$rows" "$first" names.yaml "$csv"
  done <list
}

@test "by index alone under a title: exit 7 until skip_lines is written out" {
  titles >list
  while read -r csv line _ _ rows first; do
    by_index index.yaml
    refused_with 7 csv.preamble index.yaml "$csv"
    in_file err "skip_lines: $((line - 1)) (--skip-lines $((line - 1)))"
    sends "$rows" "$first" index.yaml "$csv" --skip-lines $((line - 1))
    by_index index.yaml "skip_lines: $((line - 1))"
    sends "$rows" "$first" index.yaml "$csv"
  done <list
  # "I have looked": the first line is the header after all.
  by_index looked.yaml 'skip_lines: 0'
  run_split csv2chakra check looked.yaml padded.csv
  expect_status 0
  in_file out 'All 3 rows'
  run_split csv2chakra check --skip-lines 0 index.yaml groups.csv
  [ "$status" -ne 7 ]
}

@test "the title as the only name is refused, a header of which two names are known is not" {
  titles >list
  printf 'version: 1\nprocedure: lead\nlead_id: {index: 1}\ndata: {who: Offers in May}\n' >title.yaml
  refused_with 7 csv.preamble title.yaml padded.csv
  printf 'version: 1\nprocedure: lead\nlead_id: Person\ndata: {who: Order}\n' >two.yaml
  run_split csv2chakra check two.yaml groups.csv
  expect_status 0
  in_file err 'warning: the table seems to begin on line 2'
  in_file err '[csv.preamble]'
}

# made_by_init CSV TEXT: the mapping that init makes has the text, and check is content with it.
made_by_init() {
  rm -f made.yaml
  csv2chakra init -q -o made.yaml "$1"
  in_file made.yaml "$2"
  run_split csv2chakra check --procedure lead made.yaml "$1"
  expect_status 0
}

# init_takes CSV LINE CODE ROWS: the mapping that init makes has the line and the code's words, check takes so many rows
# with it, and inspect says the code, too.
init_takes() {
  made_by_init "$1" "$2"
  in_file made.yaml "[$3]"
  in_file out "rows      $4 read"
  run_split csv2chakra inspect --format json "$1"
  expect_status 0
  [ "$(jq -r '"\(.hazards[0].code) \(.rows.records)"' out)" = "$3 $4" ]
}

@test "init reads on from the header, says so, and check takes all rows" {
  titles >list
  while read -r csv line _ _ rows _; do
    init_takes "$csv" "  skip_lines: $((line - 1))" csv.preamble "$rows"
    [ "$(jq .dialect.skip_lines out)" = $((line - 1)) ]
  done <list
  run_split csv2chakra inspect padded.csv
  expect_status 0
  in_file out 'the table seems to begin on line 2'
  in_file out 'help: skip these lines with skip_lines: 1'
}

bare_files() {
  printf '71,ana@example.pt,2026-02-01\n72,rui@example.pt,2026-02-02\n' >comma.csv
  printf '17.03.2026;M-7;1,5\n18.03.2026;M-8;2,5\n19.03.2026;M-9;3,0\n' >semicolon.csv
  printf '+351 912 345 678\tAna\n+351 912 345 679\tRui\n' >tab.csv
  printf 'K-17|Léa\nK-18|Zoé\nK-20|Luc\n' >pipe.csv
  printf 'ana@example.pt,Ana\n' >one.csv
  printf '%s\n' 'comma.csv 2 71' 'semicolon.csv 3 17.03.2026' 'tab.csv 2 +351 912 345 678' 'pipe.csv 3 K-17' \
    'one.csv 1 ana@example.pt'
}

@test "without a header: exit 7 until header is written out, and then every row is there" {
  bare_files >list
  while read -r csv rows first; do
    by_index index.yaml
    refused_with 7 csv.no_header index.yaml "$csv"
    in_file err 'header: false (--no-header)'
    sends "$rows" "$first" index.yaml "$csv" --no-header
    by_index index.yaml 'header: false'
    sends "$rows" "$first" index.yaml "$csv"
    # It is the header: the word is taken.
    by_index index.yaml 'header: true'
    run_split csv2chakra check index.yaml "$csv"
    expect_status 0
    by_index index.yaml
    run_split csv2chakra check --header index.yaml "$csv"
    expect_status 0
    [ "$rows" -eq 1 ] || in_file out "rows      $((rows - 1)) read"
    init_takes "$csv" '  header: false' csv.no_header "$rows"
  done <list
}

@test "a name that the mapping finds speaks for a header, a value does not, and one value outweighs all names" {
  printf 'Total,7\nTotal,8\nOther,9\nOther,7\n' >words.csv
  printf '7,ann\n8,bob\n9,cy\n' >short.csv
  by_name short.yaml 7 ann
  run_split csv2chakra check -v short.yaml short.csv
  expect_status 0
  in_file err 'note: line 1 looks like a row'
  in_file err '[csv.no_header]'
  run_split csv2chakra check short.yaml short.csv
  expect_status 0
  not_in_file err 'csv.no_header'
  printf '%s\n' 'ann@example.org' '2026-01-05' '5.1.26' '10.50' '1,50' '44017' '020 7946 0958' >values
  while read -r value; do
    printf '"%s",7,x\n"%s",8,y\n"%s",9,z\n' "$value" "$value" "$value" | sed 's/^"\(.*\)9"/"\18"/' >value.csv
    by_name value.yaml 7 "$value"
    refused_with 7 csv.no_header value.yaml value.csv
    by_name value.yaml 7 "$value" 'header: true'
    run_split csv2chakra check value.yaml value.csv
    expect_status 0
  done <values
  # Neither name is there: the mapping does not fit, and this may be why.
  by_name none.yaml Ref Who
  run_split csv2chakra check none.yaml short.csv
  expect_status 2
  in_file err '[mapping.unknown_column]'
  in_file err '[csv.no_header]'
}

@test "--header and --no-header contradict each other, and each overrides the mapping" {
  printf 'Ref,Who\nA,Ann\n' >plain.csv
  by_name plain.yaml Ref Who 'header: false'
  run_split csv2chakra check --header --no-header plain.yaml plain.csv
  expect_status 2
  in_file err '--header and --no-header cannot both be true'
  sends 1 A plain.yaml plain.csv --header
  csv2chakra init --header plain.csv >made.yaml
  in_file made.yaml '  header: true'
  csv2chakra init --skip-lines 0 plain.csv >made.yaml
  in_file made.yaml '  skip_lines: 0'
}

@test "a header with another delimiter than its rows: refused, and both ways out keep every row" {
  by_name names.yaml Ref Who
  by_index index.yaml
  while read -r header rows; do
    printf '%b\n' "Ref${header}Who${header}City" "A${rows}Ann${rows}Bonn" "B${rows}Bob${rows}Rome" >mixed.csv
    refused_with 7 csv.mixed_delimiters names.yaml mixed.csv
    refused_with 7 csv.mixed_delimiters index.yaml mixed.csv
    delimiter=$(sed -n 's/.*help: .*delimiter: \(tab\|"."\).*/\1/p' err)
    by_index left_out.yaml "skip_lines: 1, header: false, delimiter: $delimiter"
    sends 2 A left_out.yaml mixed.csv
    made_by_init mixed.csv '[csv.mixed_delimiters]'
    in_file out 'All 2 rows'
    sed -i "1s/[$header]/$rows/g" mixed.csv
    sends 2 A names.yaml mixed.csv
  done <<'SIGNS'
; ,
, ;
\t ;
| ,
; \t
SIGNS
}

@test "whole lines in one quoted cell: refused, also by init; the help's command makes a table of them" {
  by_name names.yaml Ref Who
  by_index index.yaml
  printf '"Ref,Who"\n"A,""Lee, Ann"""\n"B,Bob"\n' >comma.csv
  printf '"Ref;Who;Ort"\r\n"A;Ute;Ulm"\r\n"B;Jo;Bonn"\r\n' >semicolon.csv
  printf '"Ref\tWho"\n"A\tZoé"\n"B\tLéa"\n' >tab.csv
  printf '\xef\xbb\xbf"Ref|Who"\n"A|x"\n"B|y"\n' >pipe.csv
  printf '"Ref,Who,Say"\n"A,Ann,""5"""" x 3"""""""\n"B,Bob,no"\n' >twice.csv
  for csv in comma semicolon tab pipe twice; do
    refused_with 7 csv.quoted_lines names.yaml $csv.csv
    refused_with 7 csv.quoted_lines index.yaml $csv.csv
    command=$(sed -n "s/.*outer quotes: \(sed '.*'\) FILE.*/\1/p" err)
    eval "$command $csv.csv >new.csv"
    sends 2 A names.yaml new.csv
    run_split csv2chakra init $csv.csv
    expect_status 7
    in_file err '[csv.quoted_lines]'
    run_split csv2chakra inspect $csv.csv
    expect_status 0
    in_file out '[csv.quoted_lines]'
  done
  [ "$(csv2chakra convert names.yaml new.csv 2>/dev/null | head -n 1 | jq -r .data.who)" = Ann ]
}

@test "apostrophes for quotes: refused until quote is written out; init writes it" {
  by_name names.yaml Ref Who
  by_name quoted.yaml Ref Who "quote: \"'\""
  while read -r sign; do
    printf '%b\n' "'Ref'${sign}'Who'" "'A'${sign}'Lee${sign}Ann'" "'B'${sign}'d''Or'" >apostrophes.csv
    refused_with 7 csv.apostrophe_quotes names.yaml apostrophes.csv
    in_file err "--quote \"'\""
    sends 2 A quoted.yaml apostrophes.csv
    sends 2 A names.yaml apostrophes.csv --quote "'"
    [ "$(sed -n 2p objects | jq -r .data.who)" = "d'Or" ]
    made_by_init apostrophes.csv "  quote: \"'\""
    in_file out 'All 2 rows'
  done <<'SIGNS'
,
;
|
\t
SIGNS
  # They belong to the text, says the mapping.
  printf "Ref,Who\n'A','Ann'\n'B','Bob'\n" >text.csv
  refused_with 7 csv.apostrophe_quotes names.yaml text.csv
  by_name text.yaml Ref Who "quote: '\"'"
  sends 2 "'A'" text.yaml text.csv
}

@test "backslashes before quotes: a warning, rows rejected with the cause, and a command that repairs them" {
  by_name names.yaml Ref Who
  printf 'Ref,Who\nA,"5\\" pipe"\nB,"x"\n' >inch.csv
  printf 'Ref;Who\nA;"say \\"yes\\"; soon"\nB;x\n' >say.csv
  printf 'Ref\tWho\nA\t"o\\"k"\nB\t"c:\\\\dir"\n' >path.csv
  printf 'Ref,Who,End\nA,"\\"x\\" y",1\nB,y,2\n' >both.csv
  printf 'Ref|Who\nA|"l\\\\\\"m"\nB|"n"\n' >three.csv
  for csv in inch say path both three; do
    run_split csv2chakra check names.yaml $csv.csv
    expect_status 1
    in_file err '[csv.backslash_quotes]'
    in_file out 'csv.stray_quote'
    grep -q 'escapes quotes with a' out
    command=$(sed -n "s/.*help: .*change them: \(sed '.*'\) FILE.*/\1/p" err)
    eval "$command $csv.csv >new.csv"
    sends 2 A names.yaml new.csv
    run_split csv2chakra inspect $csv.csv
    in_file out '[csv.backslash_quotes]'
  done
  [ "$(head -n 1 objects | jq -r .data.who)" = 'l\"m' ]
  # A Windows folder is no such file.
  printf 'Ref,Who\nA,"C:\\temp\\"\nB,"D:\\"\n' >folders.csv
  sends 2 A names.yaml folders.csv
  not_in_file err 'csv.backslash_quotes'
}

@test "JSON under the name of a CSV" {
  by_index index.yaml
  while read -r json; do
    # shellcheck disable=SC2059 # line ends are in it
    printf "$json" >data.csv
    run_split csv2chakra check index.yaml data.csv
    expect_status 7
    in_file err 'this is JSON'
    in_file err '[input.not_csv]'
    run_split csv2chakra inspect data.csv
    expect_status 7
  done <<'JSON'
[{"id":1,"name":"Ann"},\n{"id":2}]\n
{"data": [{"id": 1}]}\n
[\n  {\n    "id": 1\n  }\n]\n
{"id":1}\n{"id":2}\n
[["id","name"],["1","Ann"]]\n
\xef\xbb\xbf\n [ { "id" : 1 } ]
JSON
  while read -r csv; do
    # shellcheck disable=SC2059 # line ends are in it
    printf "$csv" >data.csv
    run_split csv2chakra inspect data.csv
    not_in_file err 'this is JSON'
  done <<'CSV'
[id],[name]\n1,Ann\n
{id},name\n1,Ann\n
id,json\n1,"{""a"":1}"\n
["id"],name\n1,x\n
CSV
}

@test "columns with neither a name nor a value are left out in one comment" {
  commas=$(printf ',%.0s' $(seq 700))
  {
    echo "Ref,Who$commas"
    echo "A,Ann$commas"
    echo "B,Bob$commas"
    echo ",$commas,"
  } >wide.csv
  csv2chakra init -o made.yaml wide.csv
  in_file made.yaml '# 700 columns without a name and without a value, C to ZZ'
  [ "$(wc -l <made.yaml)" -lt 30 ]
  run_split csv2chakra check --procedure lead made.yaml wide.csv
  expect_status 0
  run_split csv2chakra inspect wide.csv
  expect_status 0
  in_file out '  and 700 columns without a name and without a value, C to ZZ'
  [ "$(wc -l <out)" -lt 30 ]
  # One value makes a column of it.
  echo "C,Cy,,x${commas:2}" >>wide.csv
  csv2chakra init wide.csv >made.yaml
  in_file made.yaml 'column_d: {index: 4}'
  in_file made.yaml '# 699 columns'
}

@test "from a pipe, in another encoding and compressed it is the same finding" {
  by_index index.yaml
  printf 'Angebote März;;\nNr;Wer;Ort\nA1;Jörg;Köln\nA2;Ute;Ulm\n' >title.csv
  iconv -t utf-16 title.csv >utf16.csv
  gzip -k title.csv
  for csv in title.csv utf16.csv title.csv.gz; do
    refused_with 7 csv.preamble index.yaml $csv
    run_split csv2chakra inspect --format json $csv
    [ "$(jq -r '.hazards[0].code' out)" = csv.preamble ]
  done
  run_split csv2chakra check index.yaml - < <(cat title.csv)
  expect_status 7
  in_file err '[csv.preamble]'
  run_split csv2chakra init - < <(cat title.csv)
  expect_status 0
  in_file out '  skip_lines: 1'
}
