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

# ARGUMENTS|EXIT|WORDS
is_said_of_all() {
  local n=0
  while IFS='|' read -r arguments expected words; do
    [ -n "$arguments" ] || continue
    # shellcheck disable=SC2086 # split on purpose
    run_split csv2chakra $arguments
    echo "csv2chakra $arguments"
    expect_status "$expected"
    in_file err "$words"
    keeps_the_rules
    n=$((n + 1))
  done
  [ "$n" -eq 10 ]
}

@test "ten mistakes of who has a spreadsheet" {
  csv2chakra init -q -o fresh.yaml bees.csv
  is_said_of_all <<'LIST'
upload bees.yaml bees.csv|2|did you mean 'import'?
check bees.csv bees.yaml|2|bees.csv
check bees.yaml bee.csv|7|bee.csv
check bees.yaml empty.csv|7|empty.csv
check bees.yaml book.csv|7|book.csv
check bees.yaml semicolons.csv|2|Weight
check fresh.yaml bees.csv|2|your-procedure
init bees.csv -o bees.yaml|2|already exists
rehearse bees.yaml|2|CSV
check bees.yaml bees.csv --delimiter ;;|2|--delimiter
LIST
}

@test "ten mistakes of who runs it every night" {
  is_said_of_all <<'LIST'
import bees.yaml bees.csv --url https://x.example|2|did you mean '--base-url'?
import bees.yaml bees.csv --batch-size 5|2|did you mean '--chunk-rows'?
import bees.yaml bees.csv --concurrency 5|2|did you mean '--in-flight'?
import bees.yaml bees.csv --base-url http://x.example|2|http://
import bees.yaml bees.csv --token-file token|2|can be read by other users
import bees.yaml bees.csv --token-file nowhere|2|nowhere
import bees.yaml bees.csv --timeout soon|2|--timeout
import bees.yaml bees.csv --rate fast|2|--rate
resume 20200101T000000Z-none-000000|2|there are no runs
check bees.yaml bees.csv --expect-rows 10..|7|rows
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
  is_said_of_all <<'LIST'
check int.yaml|2|did you mean 'integer'?
check bool.yaml|2|did you mean 'boolean'?
check format.yaml|2|format: "%m/%d/%Y"
check column.yaml bees.csv|2|Weight
check key.yaml|2|did you mean
check version.yaml|2|version
check tab.yaml|2|tab.yaml:5
check twice.yaml|2|lead_id
check range.yaml|2|range.yaml:5
check pattern.yaml|2|pattern.yaml:5
LIST
}
