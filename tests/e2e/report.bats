#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# report.json is as its schema says, and the schema is what the manual says.
# shellcheck disable=SC2154 # helpers.bash sets status, service.bash url

load service

setup() {
  setup_folder
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  good_mapping
  csv2chakra schema report >schema.json
}

wrong_in() { python3 -B "$BATS_TEST_DIRNAME/validate.py" schema.json "$1"; }

# fits FILE: it is as the schema says.
fits() {
  wrong_in "$1" >wrong
  is_empty wrong
}

@test "schema report prints the schema, another word is a mistake" {
  cmp schema.json "$ROOT/src/report/report.schema.json"
  csv2chakra schema | cmp - <(csv2chakra schema mapping)
  run_split csv2chakra schema reports
  expect_status 2
  in_file err 'mapping, report, report/1, split, fields or log'
}

@test "the schema is open to later members, and that of 0.1.0 is still printed" {
  [ "$(jq '[.. | .additionalProperties? | select(. == false)] | length' schema.json)" -eq 0 ]
  csv2chakra schema report/1 >old.json
  cmp old.json "$ROOT/src/report/report-1.schema.json"
  [ "$(jq -r .properties.schema.const old.json)" = csv2chakra.report/1 ]
  [ "$(jq '.required | index("chunks") != null' old.json)" = true ]
}

# Long: ten thousand calls, and each is read.
# bats test_tags=long
@test "beyond ten thousand chunks report.json names the ledger, and --calls prints all" {
  start_sandbox
  good_csv 10001 >leads.csv
  csv2chakra import --chunk-rows 1 --no-wait --in-flight 16 -q leads.yaml leads.csv >out
  fits runs/latest/report.json
  jq -e '.left_out.chunks == 10001 and (has("chunks") or has("calls") | not)' runs/latest/report.json
  [ "$(stat -c %s runs/latest/report.json)" -lt 20000 ]
  [ -s "runs/latest/$(jq -r .left_out.ledger runs/latest/report.json)" ]
  eval "$(jq -r .left_out.command runs/latest/report.json)" >all
  fits all
  jq -e '(.chunks | length) == 10001 and (.calls | length) == 10001 and (has("left_out") | not)' all
  csv2chakra report -v latest >text
  in_file text 'this report, for programs'
  csv2chakra check --chunk-rows 1 -o dry leads.yaml leads.csv >/dev/null
  fits dry/report.json
  jq -e '.left_out == {"chunks": 10001}' dry/report.json
  csv2chakra check --chunk-rows 1 --format json --calls leads.yaml leads.csv >all
  fits all
  jq -e '[.chunks[].sha256] | length == 10001' all
}

@test "the manual has the schema's members, each with its type, and no other" {
  jq -r 'def kind: if .const then "text"
      elif .enum then (if .enum[0] | type == "number" then "number" else "word" end)
      else ([.type] | flatten) as $t
        | (if .pattern and (.pattern | endswith("Z$")) then "time"
          else {string: "text", integer: "number", boolean: "boolean", object: "object", array: "list"}[$t[0]] end)
        + (if $t[1] then " or null" else "" end) end;
    def members($at): (.properties // {} | to_entries[]
        | "\($at)\(.key) \(.value | kind)", (.key as $k | .value | members("\($at)\($k)."))),
      (if .items then .items | members($at | rtrimstr(".") + "[].") else empty end),
      (if (.additionalProperties | type) == "object" then .additionalProperties | members($at + "*.") else empty end);
    members("")' schema.json | sort >wanted
  sed -n 's/^\.It Va \([^ ]*\) , No \(.*\)$/\1 \2/p' "$ROOT/man/csv2chakra-report.5" | sort >page
  [ "$(wc -l <wanted)" -gt 120 ]
  diff wanted page
}

@test "the manual has every word that the schema lists" {
  jq -r '[.. | .enum? // empty] | flatten | .[] | strings' schema.json | sort -u >wanted
  sed -n 's/^\.Li "*\([^",]*[^",. ]\)"* *[,.]*$/\1/p' "$ROOT/man/csv2chakra-report.5" |
    sed 's/ *$//' | sort -u >page
  comm -23 wanted page >missing
  is_empty missing
}

@test "reports of dry runs are as the schema says" {
  good_csv 30 >leads.csv
  echo 'L-99,Open,Ann,Lee,many,1.23E+15' >>leads.csv
  echo 'Total,Lost,,,3,' >>leads.csv
  csv2chakra check -o out leads.yaml leads.csv >/dev/null 2>&1 || :
  fits out/report.json
  [ "$(jq '.hazards | length' out/report.json)" -ge 1 ]
  jq -e '.hazards[] | select(.code == "hazard.total_row") | .examples[0].row == 33' out/report.json
  csv2chakra check --format json leads.yaml leads.csv 2>/dev/null >told || :
  fits told
  csv2chakra check --format json leads.yaml - <leads.csv 2>/dev/null >told || :
  fits told
  csv2chakra check --format json --limit 3 leads.yaml leads.csv >told
  fits told
  [ "$(jq -r .stop.kind told)" = limit ]
  csv2chakra check --format json --max-errors 0 leads.yaml leads.csv >told 2>/dev/null || :
  fits told
  [ "$(jq -r .stop.kind told)" = max_errors ]
  good_csv 0 >empty.csv
  csv2chakra check --format json leads.yaml empty.csv >told
  fits told
  printf 'Lead Ref,Status,First,Last,Score,Note\nL-1,Open,A,B,1,"never closed' >open.csv
  csv2chakra check --format json leads.yaml open.csv >told 2>/dev/null || :
  fits told
  jq -e .input.unclosed_quote told
}

@test "reports of runs are as the schema says" {
  start_sandbox --fault 429=0.2 --fault reset-after=0.2 --seed 3
  good_csv 60 >leads.csv
  echo 'L-99,Open,Ann,Lee,many,x' >>leads.csv
  csv2chakra import --chunk-rows 5 --limit 20 --settle 1s leads.yaml leads.csv >/dev/null 2>&1 || :
  fits runs/latest/report.json
  csv2chakra resume --limit 1000 --settle 1s latest >/dev/null 2>&1 || :
  fits runs/latest/report.json
  jq -e '.run.parts | length == 2' runs/latest/report.json
  csv2chakra reconcile --format json latest >told 2>/dev/null || :
  fits told
  jq -e '.run.parts[2].command == "reconcile" and (has("hazards") | not)' told
  sed -i 's/many/7/' runs/latest/to-fix.csv
  csv2chakra retry --format json latest runs/latest/to-fix.csv >told 2>/dev/null || :
  fits told
  jq -e '.run.parent' told
}

@test "a report that is not as the schema says is refused" {
  good_csv 5 >leads.csv
  csv2chakra check --format json leads.yaml leads.csv >good
  fits good
  n=0
  while read -r spoil; do
    jq "$spoil" good >bad
    wrong_in bad >wrong
    [ -s wrong ] || {
      echo "taken: $spoil"
      return 1
    }
    n=$((n + 1))
  done <<'JQ'
del(.verdict)
.more = 1
.accounts.rows.created = "0"
.accounts.rows.created = -1
.accounts.rows.created = 0.5
.chunks[0].sha256 = "x"
.settings["chunk-rows"].from = "nowhere"
.schema = "csv2chakra.report/1"
del(.hazards)
.dry_run = false
.stop = []
.input.delimiter = ";;"
JQ
  [ "$n" -eq 12 ]
}

@test "the examples of csv2chakra-report(5) work" {
  good_csv 5 >leads.csv
  echo 'L-99,Open,Ann,Lee,many,x' >>leads.csv
  csv2chakra check -o out leads.yaml leads.csv >/dev/null || :
  python3 "$ROOT/tests/doc_examples.py" "$ROOT/man/csv2chakra-report.5" . >list
  [ "$(wc -l <list)" -eq 3 ]
  (cd out && sh ../1.sh >../one && sh ../2.sh >../two && ! sh ../3.sh)
  in_file one 'csv2chakra check leads.yaml leads.csv'
  in_file two "1 type.integer a whole number cannot contain the letter 'm'"
}

# What is wider than 80 columns, counted as a terminal does, but for a path and
# the command, which stand alone in their lines.
too_wide() {
  python3 - "$@" <<'PY'
import sys, unicodedata
for name in sys.argv[1:]:
    lines = open(name, encoding='utf-8').read().split('\n')
    for before, line in zip([''] + lines, lines):
        width = sum(2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in line)
        if width > 80 and before != 'Files in' and not line.startswith('  csv2chakra '):
            print(width, line)
PY
}

@test "with too few open files a report is the whole one, or says so" {
  start_sandbox
  good_csv 20 >leads.csv
  csv2chakra import --chunk-rows 10 leads.yaml leads.csv >/dev/null
  csv2chakra report latest >whole
  failed=0
  for most in {4..20}; do
    run_split bash -c "ulimit -n $most && exec csv2chakra report latest"
    if [ "$status" -eq 0 ]; then
      cmp out whole
    else
      is_empty out
      [ -s err ]
      failed=$((failed + 1))
    fi
  done
  # The run's folder, its ledger and its input, and what is written.
  [ "$failed" -gt 6 ]
  expect_status 0
}

@test "the text report is 80 columns wide, whatever the names and cells" {
  long=$(printf 'a%.0s' {1..90})
  wide=$(printf '\346\274\242%.0s' {1..60})
  {
    echo "version: 1"
    echo "lead_id: '$wide'"
    echo "data:"
    echo "  x: {column: '$long', type: integer}"
    echo "  y: {column: Note, max_length: 3}"
  } >wide.yaml
  {
    echo "$wide,$long,Note"
    echo "K-1,$wide,$long"
    echo "K-2,12,$wide"
    echo "K-1,12,ok"
    echo "$wide,1"
  } >"$wide.csv"
  mkdir "$long"
  run_split csv2chakra check --procedure p -o "$long/out" wide.yaml "$wide.csv"
  expect_status 1
  cp out dry
  start_sandbox
  csv2chakra import --procedure "$long" --runs-dir "$PWD/$long" wide.yaml \
    "$wide.csv" >imported 2>/dev/null || :
  too_wide dry imported >wider
  is_empty wider
  # The causes first, the command last.
  [[ "$(head -n 1 dry)" == 'Rejected by'* ]]
  [[ "$(tail -n 1 dry)" == '  csv2chakra check '* ]]
  [[ "$(tail -n 1 imported)" == '  csv2chakra re'* ]]
}

@test "the report of a rehearsal names ChakraHQ only to say that nothing is there" {
  good_csv 20 >leads.csv
  start_sandbox --fault entry-error=1,match=L-7 --fault reset-before=1,calls=2
  # One at a time: the calls that are lost are not that of L-7.
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 2 --settle 1s --in-flight 1 -v
  expect_status 6
  in_file out 'the sandbox confirmed them'
  in_file out 'Refused by the sandbox, by its answer'
  in_file out 'Ask the sandbox what became of the open rows'
  in_file runs/latest/report.html 'taken by the sandbox'
  for file in out runs/latest/report.html runs/latest/results.csv runs/latest/to-fix.csv; do
    tr -s '\n ' ' ' <$file | sed 's/nothing is in ChakraHQ//g' | grep -o '.\{60\}ChakraHQ.\{20\}' >named || :
    is_empty named || { echo "$file"; false; }
  done
}

@test "a run that was killed in a rehearsal is still one of a rehearsal" {
  good_csv 20 >leads.csv
  start_sandbox
  status=0
  CSV2CHAKRA_FAULT=submit.start:5:kill csv2chakra-faults import leads.yaml leads.csv \
    --chunk-rows 5 --in-flight 1 >out 2>err || status=$?
  [ "$status" -eq 137 ]
  run_split csv2chakra report -v latest
  in_file out '(a rehearsal; nothing is in'
  in_file out 'the sandbox confirmed them'
}

@test "colours only on a terminal that has them, and not with NO_COLOR or --no-color" {
  good_csv 3 >leads.csv
  esc=$(printf '\033')
  csv2chakra check leads.yaml leads.csv >plain
  not_in_file plain "$esc"
  TERM=xterm script -qec "csv2chakra check leads.yaml leads.csv" /dev/null >seen
  in_file seen "${esc}[1;32mAll 3 rows"
  TERM=xterm NO_COLOR=1 script -qec "csv2chakra check leads.yaml leads.csv" \
    /dev/null >seen
  not_in_file seen "${esc}["
  TERM=xterm script -qec "csv2chakra check --no-color leads.yaml leads.csv" \
    /dev/null >seen
  not_in_file seen "${esc}["
  TERM=dumb script -qec "csv2chakra check leads.yaml leads.csv" /dev/null >seen
  not_in_file seen "${esc}["
}

# nine_causes ROWS: nine.yaml, and nine.csv with ten things that are wrong, over
# and over.
nine_causes() {
  cat >nine.yaml <<'END'
version: 1
procedure: lead
lead_id: {column: Lead Ref, unique: true}
state: {column: Status, map: {Open: NEW}}
data:
  score: {column: Score, type: integer}
  note: Note
  amount: {column: Amount, type: decimal}
  day: {column: Day, type: date, format: "%Y-%m-%d"}
  mail: {column: Mail, type: email}
  active: {column: Active, type: boolean}
END
  awk -v n="$1" 'BEGIN {
    OFS = ","
    print "Lead Ref,Status,Score,Note,Amount,Day,Mail,Active"
    for (i = 1; i <= n; i++) {
      $0 = "L-" i " Open " i " note " i ".5 2026-03-04 a" i "@x.org yes"
      k = i % 250
      if (k == 1) $3 = "abc"
      if (k == 2) $5 = "1.2.3"
      if (k == 3) $6 = "04.03.2026"
      if (k == 4) $7 = "nobody"
      if (k == 5) $8 = "perhaps"
      if (k == 6) $2 = "Lost"
      if (k == 7) $1 = ""
      if (k == 8) $1 = "L-" i - 4
      if (k == 9) $9 = "more"
      if (k == 10) $3 = "99999999999999999999999"
      $1 = $1
      print
    }
  }' >nine.csv
}

# FILE as a terminal of 80 columns breaks it.
fold_to_screen() {
  python3 - "$1" <<'PY'
import sys, unicodedata
for line in open(sys.argv[1], encoding='utf-8').read().split('\n')[:-1]:
    width = sum(2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in line)
    print(line + '\n' * (max(width - 1, 0) // 80))
PY
}

@test "every report fits 24 lines of 80 columns, its verdict and what is next last" {
  start_sandbox --duplicates allow
  nine_causes 5000
  sed 's/^version: 1/&\nmode: upsert/' nine.yaml >upsert.yaml
  sed 's/,note,/,other,/' nine.csv >other.csv
  for i in 1 2 3 4 5; do
    { head -n 1 nine.csv; sed -n "${i}00,${i}99p" nine.csv; } >many$i.csv
  done
  local failed=0 what last
  # The last line or two, and the command.
  while IFS='|' read -r last what; do
    # shellcheck disable=SC2086 # words of a command
    csv2chakra $what >out 2>&1 || [ $? -eq 1 ] || { cat out; return 1; }
    # With the line for the prompt.
    fold_to_screen out >screen
    [ "$(wc -l <screen)" -le 23 ] ||
      { failed=1 && echo "$what: $(wc -l <screen) lines" && cat screen; }
    tail -n 3 out | tr '\n' '~' | grep -Eq -- "$last" ||
      { failed=1 && echo "$what ends: $(tail -n 3 out)"; }
  done <<'END'
then check again:~  csv2chakra check nine.yaml nine.csv~$|check nine.yaml nine.csv
Import it:~  csv2chakra import nine.yaml parts~parts~$|split nine.yaml nine.csv -o parts --parts 3
then send those rows again:~  csv2chakra retry [^ ]*~$|import nine.yaml nine.csv
then rehearse again:~  csv2chakra rehearse nine.yaml nine.csv~$|rehearse nine.yaml nine.csv
Import it:~  csv2chakra import upsert.yaml other.csv~$|diff upsert.yaml other.csv
then send those rows again:~  csv2chakra retry [^ ]*~$|import upsert.yaml other.csv
~5 files: 3 good, 2 with rows that would be rejected~$|check nine.yaml many1.csv many2.csv many3.csv many4.csv many5.csv
~3 files: 3 complete~$|import nine.yaml parts --again
END
  return $failed
}
