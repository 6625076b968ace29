#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The command line itself: help, usage errors, streams, and that man page,
# help and option table agree.

load helpers

root="$BATS_TEST_DIRNAME/../.."

commands() {
  csv2chakra help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

@test "help lists all commands, on stdout" {
  run_split csv2chakra help
  expect_status 0
  is_empty err
  [ "$(commands | wc -l)" -eq 23 ]
  run_split csv2chakra --help
  expect_status 0
  in_file out "usage: csv2chakra COMMAND"
}

@test "every command has help with two examples and exit 0" {
  for c in $(commands); do
    run_split csv2chakra "$c" --help
    expect_status 0
    is_empty err
    in_file out "usage: csv2chakra $c"
    [ "$(sed -n '/^Examples:/,/^$/p' out | grep -c '^  csv2chakra')" -eq 2 ]
    cp out first
    run_split csv2chakra help "$c"
    cmp out first
  done
}

@test "help fits 80 columns" {
  csv2chakra help >all
  chakra-sandbox --help >>all
  for c in $(commands); do csv2chakra "$c" --help >>all; done
  [ "$(wc -l <all)" -gt 300 ]
  run grep -nE '^.{80,}' all
  [ "$status" -eq 1 ]
}

@test "option table, help, man page and completions say the same" {
  options="$root/tests/doc_options.py"
  page="$root/man/csv2chakra.1"
  python3 "$options" "$CSV2CHAKRA_BIN/csv2chakra" "$page"
  # It sees a name, a letter, a default, a word and an operand that differ.
  wanted=()
  while IFS='|' read -r change words; do
    sed "$change" "$page" >"page.${#wanted[@]}"
    run ! cmp -s "$page" "page.${#wanted[@]}"
    wanted+=("page.${#wanted[@]}: $words")
  done <<'CASES'
s/^.It Fl -grace /.It Fl -grease /|not in the page: grace
s/^.It Fl q , /.It Fl Q , /|the letter of quiet
s/(20s)/(21s)/|the default of grace, 20s
s/^.It Fl -no-wait$/.It Fl -no-wait Ar d/|a value of no-wait
s/ html$/ pdf/|the words of format
/^.It Ev CHAKRA_BASE_URL/,/^.It/s/-base-url/-base/|the variable CHAKRA_BASE_URL
/^.Cm retry$/,/^.Nm/s/^.Op Ar to-fix.csv$/.Ar to-fix.csv/|the operands of retry
CASES
  run python3 "$options" "$CSV2CHAKRA_BIN/csv2chakra" page.*
  [ "$status" -eq 1 ]
  for words in "${wanted[@]}"; do
    [[ $output == *"$words"* ]]
  done
}

@test "the man page has every exit status" {
  for n in 0 1 2 3 4 5 6 7 8 70 75; do
    grep -qx ".It $n" "$root/man/csv2chakra.1"
  done
}

@test "the man page is clean" {
  mandoc -Tlint -Wwarning "$root/man/csv2chakra.1"
}

@test "version says one line on stdout" {
  run_split csv2chakra version
  expect_status 0
  grep -qxE 'csv2chakra [0-9]+\.[0-9]+\.[0-9]+' out
  cp out first
  run_split csv2chakra --version
  cmp out first
  # Nothing is loaded for it; -v asks the libraries themselves.
  LD_DEBUG=files csv2chakra version 2>loaded
  not_in_file loaded libcurl
  not_in_file loaded libarchive
  run_split csv2chakra version -v
  expect_status 0
  is_empty err
  head -n 1 out | cmp - first
  in_file out "  curl      libcurl/$(dpkg-query -W -f '${source:Upstream-Version}' libcurl4) "
  [ "$(grep -cE '^  (archive|sqlite|yaml|cjson|zlib) +(libarchive )?[0-9]+\.[0-9]+' out)" -eq 5 ]
}

@test "usage errors exit 2, leave stdout empty and name the mistake" {
  while IFS='|' read -r arguments words; do
    # shellcheck disable=SC2086 # split on purpose
    run_split csv2chakra $arguments
    expect_status 2
    is_empty out
    in_file err "$words"
  done <<'CASES'
|which command?
validate|did you mean 'check'?
rollback|did you mean 'undo'?
check --separator x|did you mean '--delimiter'?
chek|did you mean 'check'?
frobnicate|unknown command 'frobnicate'
-v check|the command comes first
check|'check' needs MAPPING [CSV]
convert m.yaml|'convert' needs MAPPING CSV: CSV is missing
convert m.yaml|the CSV comes after the mapping; - is standard input
convert a.csv|'convert' needs MAPPING CSV: MAPPING is missing
import a.CSV.gz m.yml|'a.CSV.gz' looks like the CSV and 'm.yml' like the mapping
check a.csv m.yaml|the mapping comes first: csv2chakra check m.yaml a.csv
--verison|did you mean '--version'?
preview a b c|unexpected extra argument 'c'
check --frmat json a|did you mean '--format'?
check --in-flight 3 a|it is an option of: diff, rehearse, import, resume, retry
convert -o x m f|it is an option of: check, split, diff, import, undo, init
check --limit 0 a b|invalid value '0' for '--limit'
check --limit|the option '--limit' needs a value: N
import --again=yes a b|takes no value
import -x a b|unknown option '-x'
import --chunk-rows 20000 a b|expected a whole number from 1 to 10,000
import -o out a b|'--output' needs '--dry-run'
preview -n none a b|invalid value 'none' for '-n'
help improt|did you mean 'import'?
CASES
}

@test "a bad value in the environment names the variable" {
  CHAKRA_BASE_URL='' run_split csv2chakra status --runs-dir none
  expect_status 0
  CHAKRA_BASE_URL=ftp://x run_split csv2chakra check --help
  expect_status 0
}

@test "the value of an unknown option is never printed" {
  run_split csv2chakra import --token=s3cr3t a b
  expect_status 2
  not_in_file err s3cr3t
  in_file err "did you mean '--token-file'?"
}

@test "control characters in arguments do not reach the terminal" {
  run_split csv2chakra $'\e[31mred'
  expect_status 2
  not_in_file err $'\e'
}

@test "an answer that cannot be written is exit 4" {
  status=0
  csv2chakra help >/dev/full 2>err || status=$?
  [ "$status" -eq 4 ]
  in_file err "unable to write to standard output: No space left on device"
  status=0
  csv2chakra help >&- 2>err || status=$?
  [ "$status" -eq 4 ]
}

@test "schema prints JSON" {
  run_split csv2chakra schema
  expect_status 0
  jq -e '."$schema"' out
  # The copy that editors find beside the shipped mappings.
  cmp out "$BATS_TEST_DIRNAME/../../mappings/csv2chakra.schema.json"
}

@test "status of an empty place" {
  run_split csv2chakra status --runs-dir "$PWD/runs"
  expect_status 0
  in_file out "no runs in"
  run_split csv2chakra status --runs-dir "$PWD/runs" --format json
  expect_status 0
  [ "$(jq length out)" -eq 0 ]
}
