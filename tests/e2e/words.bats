#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Thirty mistakes, ten of each kind of user, and the rules for what the screen
# says of them: the thing, the cause and the next step, in a few lines.

load helpers

setup() {
  setup_folder
  export CSV2CHAKRA_RUNS_DIR="$PWD/runs" CHAKRA_API_TOKEN=not-a-real-one
  printf 'Ref,Mood,Weight,Born\nB-1,calm,12,2020-03-04\nB-2,cross,x,2020-13-04\n' >bees.csv
  cat >bees.yaml <<'YAML'
version: 1
procedure: hive
lead_id: Ref
data:
  weight: {column: Weight, type: integer}
YAML
  : >empty.csv
  printf 'PK\003\004' >book.csv
  printf 'Ref;Mood\nB-1;calm\n' >semicolons.csv
  echo secret >token
  chmod 644 token
  mkdir folder
}

# A mapping in which one line is another.
made() { sed "s/$1/$2/" bees.yaml >"$3"; }

# What is on the screen keeps the rules.
keeps_the_rules() {
  cat err out >screen
  [ -s err ] || { echo "nothing on stderr" && return 1; }
  [ "$(wc -l <err)" -le 12 ]
  # Where it is said whose mistake it is, a next step follows.
  grep -qE '^ *(help|next): |: expected ' screen || { echo "no next step" && return 1; }
  # No full stop at the end of an error, no capital at its beginning.
  run ! grep -E '^csv2chakra: [A-Z][a-z]|^csv2chakra: .*[^.]\.$' err
  # Words that are not the ones of a busy colleague.
  run ! grep -wiE 'mend|mended|is no|behind|wanted|the house' screen
  run ! grep -i 'not-a-real-one' screen
}

# ARGUMENTS|EXIT|WORDS|OBEYED|ITS EXIT: what is typed and what is said of it; then
# what the advice says to do, which gets past the mistake and leaves the data as
# they were.
is_said_of_all() {
  local n=0 table=$1
  while IFS='|' read -r arguments expected words obeyed good; do
    [ -n "$arguments" ] || continue
    # shellcheck disable=SC2086 # split on purpose
    run_split csv2chakra $arguments
    echo "csv2chakra $arguments"
    expect_status "$expected"
    in_file err "$words"
    keeps_the_rules
    echo "obeyed: $obeyed"
    run_split bash -c "$obeyed"
    expect_status "$good"
    not_in_file err "$words"
    cmp bees.csv "$table"
    n=$((n + 1))
  done
  [ "$n" -eq 10 ]
}

@test "ten mistakes of who has a spreadsheet" {
  csv2chakra init -q -o fresh.yaml bees.csv
  cp bees.csv kept.csv
  is_said_of_all kept.csv <<'LIST'
upload bees.yaml bees.csv|2|did you mean 'import'?|csv2chakra import --dry-run bees.yaml bees.csv|1
check bees.csv bees.yaml|2|the mapping comes first|csv2chakra check bees.yaml bees.csv|1
check bees.yaml bee.csv|7|bee.csv|csv2chakra check bees.yaml "$PWD/bees.csv"|1
check bees.yaml empty.csv|7|empty.csv|cp bees.csv empty.csv; csv2chakra check -q bees.yaml empty.csv|1
check bees.yaml book.csv|7|book.csv|cp bees.csv book.csv; csv2chakra check -q bees.yaml book.csv|1
check bees.yaml semicolons.csv|2|no column 'Weight'|sed -i 's/Weight, type: integer/Mood/' bees.yaml; csv2chakra check bees.yaml semicolons.csv|0
check fresh.yaml bees.csv|2|your-procedure|csv2chakra check fresh.yaml bees.csv --procedure hive|0
init bees.csv -o bees.yaml|2|already exists|csv2chakra init bees.csv -o more.yaml|0
rehearse bees.yaml|2|CSV|csv2chakra rehearse -q bees.yaml bees.csv|0
check bees.yaml bees.csv --delimiter ;;|2|--delimiter|csv2chakra check bees.yaml semicolons.csv --delimiter ';'|0
LIST
}

@test "ten mistakes of who runs it every night" {
  cp bees.csv kept.csv
  export LATER='import --dry-run bees.yaml bees.csv'
  is_said_of_all kept.csv <<'LIST'
resume 20200101T000000Z-none-000000|2|there are no runs|csv2chakra status|0
import bees.yaml bees.csv --url https://x.example|2|did you mean '--base-url'?|csv2chakra $LATER --base-url https://x.example|1
import bees.yaml bees.csv --batch-size 5|2|did you mean '--chunk-rows'?|csv2chakra $LATER --chunk-rows 5|1
import bees.yaml bees.csv --concurrency 5|2|did you mean '--in-flight'?|csv2chakra $LATER --in-flight 5|1
import bees.yaml bees.csv --base-url http://x.example|2|http://|csv2chakra $LATER --base-url https://x.example|1
import bees.yaml bees.csv --token-file nowhere|2|nowhere|csv2chakra import --token-file token bees.yaml bees.csv|2
import bees.yaml bees.csv --token-file token|2|can be read by other users|chmod o= token; csv2chakra import --token-file token --base-url http://127.0.0.1:9 --retry-for 1s bees.yaml bees.csv|4
import bees.yaml bees.csv --timeout soon|2|--timeout|csv2chakra $LATER --timeout 500ms|1
import bees.yaml bees.csv --rate fast|2|--rate|csv2chakra $LATER --rate 90/m|1
check bees.yaml bees.csv --expect-rows 10..|7|--expect-rows allows|csv2chakra check bees.yaml bees.csv --expect-rows 1..|1
LIST
}

@test "without a command the first steps are shown" {
  run_split csv2chakra
  expect_status 2
  is_empty out
  for command in init rehearse import help; do
    in_file err "csv2chakra $command"
  done
  in_file err 'which command?'
  keeps_the_rules
}

@test "a comment that cuts a name, and quotes of a word processor" {
  printf 'Deal #,Deal,Weight,Deal # of the contract\nD-1,1,12,3\n' >deals.csv
  deals() { printf 'version: 1\nprocedure: hive\nlead_id: %s\n' "$1" >deals.yaml; }
  while IFS='|' read -r name status words; do
    deals "$name"
    run_split csv2chakra check deals.yaml deals.csv
    echo "$name"
    expect_status "$status"
    in_file err "$words"
    keeps_the_rules
  done <<'LIST'
Deal #|0|if # belongs to it: "Deal #"
Deal # of the contract|0|this is column 'Deal'; what follows is a comment
{column: Deal #, type: text}|2|write column: "Deal #"
“Deal #”|2|use straight ones: "Deal #"
‘Weight’|2|use straight ones: "Weight"
{column: „Weight“, type: text}|2|use straight ones: "Weight"
“a: b”|2|write lead_id: "a: b"
LIST
  # Nothing is said of a comment, nor of such quotes inside a text.
  printf 'version: 1\nprocedure: hive\nlead_id: Deal # the key\ndata: {x: {value: an “x” here}}\n' >deals.yaml
  run_split csv2chakra check deals.yaml deals.csv
  expect_status 0
  run ! grep -qE 'cut_by|curly' err
}

@test "a mapping test names a code that exists" {
  { echo 'tests:' && grep -hoE '(rule|type|rows|map)\.[a-zA-Z0-9_]+' "$BATS_TEST_DIRNAME"/../../man/csv2chakra-mapping.5 | sort -u |
    grep -vE 'type\.big_integer|rows\.(exists|imported|ignored|not_named)' |
    sed 's/.*/  - {row: {Ref: x}, rejects: &}/'; } >codes
  [ "$(wc -l <codes)" -gt 12 ]
  cat bees.yaml codes >all.yaml
  run_split csv2chakra check all.yaml
  run ! grep -q 'no row is rejected' err
  { cat bees.yaml && printf 'tests:\n  - {row: {Ref: x}, rejects: rule.require}\n'; } >near.yaml
  run_split csv2chakra check near.yaml
  expect_status 2
  in_file err "near.yaml:7:30: error: no row is rejected with the code rule.require"
  in_file err "did you mean 'rule.required'?"
  keeps_the_rules
}

@test "ten mistakes of who writes a mapping" {
  made 'type: integer' 'type: int' int.yaml
  made 'type: integer' 'type: bool' bool.yaml
  made 'type: integer' 'type: date, format: MM\/DD\/YYYY' format.yaml
  made 'column: Weight' 'column: Wieght' column.yaml
  made 'lead_id' 'led_id' key.yaml
  made '^version: 1' 'version: 9' version.yaml
  made '^  weight' '\tweight' tab.yaml
  made '^lead_id: Ref' 'lead_id: Ref\nlead_id: Ref' twice.yaml
  made 'type: integer' 'type: integer, min: 9, max: 3' range.yaml
  made 'type: integer' 'pattern: "[a"' pattern.yaml
  cp bees.csv kept.csv
  is_said_of_all kept.csv <<'LIST'
check int.yaml|2|did you mean 'integer'?|sed -i s/int}/integer}/ int.yaml; csv2chakra check int.yaml|0
check bool.yaml|2|did you mean 'boolean'?|sed -i s/bool}/boolean}/ bool.yaml; csv2chakra check bool.yaml|0
check format.yaml|2|format: "%m/%d/%Y"|sed -i 's:MM/DD/YYYY:"%m/%d/%Y":' format.yaml; csv2chakra check format.yaml|0
check column.yaml bees.csv|2|did you mean "Weight"?|sed -i s/Wieght/Weight/ column.yaml; csv2chakra check column.yaml bees.csv|1
check key.yaml|2|did you mean 'lead_id'?|sed -i s/led_id/lead_id/ key.yaml; csv2chakra check key.yaml|0
check version.yaml|2|version|sed -i 's/version: 9/version: 1/' version.yaml; csv2chakra check version.yaml|0
check tab.yaml|2|tab.yaml:5:1: error: a tab|sed -i 's/^\t/  /' tab.yaml; csv2chakra check tab.yaml|0
check twice.yaml|2|keep one of the two|sed -i 4d twice.yaml; csv2chakra check twice.yaml|0
check range.yaml|2|'min' is above 'max'|sed -i 's/min: 9/min: 1/' range.yaml; csv2chakra check range.yaml|0
check pattern.yaml|2|put \ before a character|sed -i 's/"\[a"/"\\\\[a"/' pattern.yaml; csv2chakra check pattern.yaml|0
LIST
}
