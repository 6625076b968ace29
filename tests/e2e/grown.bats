#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A sheet that grew: its first rows are not sent again, its new ones are.

# shellcheck disable=SC2154 # helpers.bash sets status, service.bash url

load service

setup() {
  setup_folder
  start_sandbox
  cat >parts.yaml <<'YAML'
version: 1
procedure: lead
lead_id: Part No
source: {delimiter: ";"}
data:
  name: Name
  stock: {column: Stock, type: integer}
YAML
  parts 1 300 >week1.csv
  (cat week1.csv && parts 301 500 | tail -n +2) >week2.csv
}

# parts FROM TO: rows that are all different.
parts() {
  echo 'Part No;Name;Stock'
  awk -v from="$1" -v to="$2" 'BEGIN {
    for (i = from; i <= to; i++)
      printf "P-%d;\"part; %d\";%d\n", i, i, i * 7
  }'
}

import() { run_split csv2chakra import parts.yaml "$@"; }
latest() { readlink runs/latest; }
held() { curl -s "$url/sandbox/processes" | wc -l; }

@test "a sheet that grew by 200 rows is refused, and --after sends these and nothing else" {
  import week1.csv
  expect_status 0
  first=$(latest)
  import week2.csv
  expect_status 8
  in_file err "the first 300 rows of 'week2.csv' were imported by run $first; nothing was sent"
  in_file err "csv2chakra import --after $first parts.yaml week2.csv"
  import week2.csv --if-changed --resume
  expect_status 8
  [ "$(latest)" = "$first" ]
  run_split csv2chakra import --after "$first" parts.yaml week2.csv
  expect_status 0
  in_file out "500 read"
  in_file out "200 created"
  in_file out "300 skipped"
  # Row numbers are the file's.
  grep -q '^301,301,P-300,,,,skipped,,the run that --after names imported it \[rows.imported\]' runs/latest/results.csv
  grep -qE '^302,302,P-301,.*,created,' runs/latest/results.csv
  [ "$(grep -c ',created,' runs/latest/results.csv)" -eq 200 ]
  [ "$(jq '[.calls[].rows] | add' runs/latest/report.json)" -eq 200 ]
  [ "$(jq -r '.settings.after.value' runs/latest/report.json)" = "$first" ]
  # The report reads the same again, and the whole file is an earlier input now.
  cp runs/latest/results.csv before
  csv2chakra report latest >/dev/null
  cmp before runs/latest/results.csv
  import week2.csv
  expect_status 8
  not_in_file err "first 500 rows"
  second=$(latest)
  import week2.csv --after "$first"
  expect_status 8
  (cat week2.csv && parts 501 510 | tail -n +2) >week3.csv
  import week3.csv --after "$first"
  expect_status 8
  in_file err "the first 500 rows of 'week3.csv' were imported by run $second"
  import week3.csv --after latest
  expect_status 0
  in_file out "10 created"
  in_file out "500 skipped"
  parts 9001 9001 >one.csv
  parts 9001 9002 >two.csv
  import one.csv
  expect_status 0
  import two.csv
  expect_status 8
  in_file err "the first 1 row of 'two.csv' was imported by run $(latest); nothing was sent"
}

@test "a dry run with --after tells what would be sent, and sends nothing" {
  import week1.csv
  import week2.csv --dry-run --after latest
  expect_status 0
  in_file out "200 to send"
  in_file out "300 skipped"
  import week2.csv --dry-run --after latest --format json
  [ "$(jq .would_send.rows out)" -eq 200 ]
  [ "$(find runs -maxdepth 1 -name '2*' | wc -l)" -eq 1 ]
}

@test "a run that cannot be read may be what a file begins with: its sums tell, and without them nothing is sent" {
  import week1.csv
  first=$(latest)
  parts 1001 1100 >other.csv
  before=$(held)
  for gone in run.json input.sums; do
    mv "runs/$first/$gone" "$gone"
    import week2.csv
    expect_status 7
    in_file err "run $first may have sent rows of this input, and it is unknown which"
    in_file err '[run.damaged]'
    [ "$(held)" = "$before" ]
    # Of a file that begins otherwise, only the sums can say that.
    import other.csv
    case $gone in
    input.sums) expect_status 7 && in_file err '[run.damaged]' ;;
    *) expect_status 0 ;;
    esac
    before=$(held)
  done
  import --skip-existing week2.csv
  expect_status 0
  in_file out '200 of 500 rows are in'
  # A person who looked at it takes it out of the way.
  csv2chakra prune "$first" >out
  parts 2001 2100 >third.csv
  import third.csv
  expect_status 0
}

@test "a row in the middle that changed, and a sheet that was cut, get their own words" {
  import week1.csv
  first=$(latest)
  sed 's/^P-17;/P-17x;/; s/part; 17"/part; 1"/' week2.csv >changed.csv
  [ "$(head -c 5 changed.csv)" = "$(head -c 5 week2.csv)" ]
  import changed.csv --after "$first"
  expect_status 2
  in_file err "'changed.csv' does not begin with the bytes that run $first imported; nothing was sent"
  head -n 200 week1.csv >cut.csv
  import cut.csv --after "$first"
  expect_status 2
  in_file err "'cut.csv' is shorter than the file that run $first imported"
  # Another file: the guard has nothing against it.
  parts 601 602 >other.csv
  import other.csv
  expect_status 0
  parts 601 602 >same.csv
  import same.csv --after "$first"
  expect_status 2
  in_file err "is shorter than the file"
}

@test "the earlier bytes must end a row: with or without a line end, but not inside a cell" {
  head -c -1 week1.csv >open.csv
  import open.csv
  expect_status 0
  first=$(latest)
  import week2.csv
  expect_status 8
  in_file err "the first 300 rows"
  import week2.csv --after latest
  expect_status 0
  in_file out "200 created"
  # The last cell goes on: another row 301.
  (cat open.csv && printf '1\n' && parts 900 901 | tail -n +2) >longer.csv
  import longer.csv --after "$first"
  expect_status 2
  in_file err "does not end a row where the file ends that run $first imported"
  (cat open.csv && printf '1\n') >one.csv
  import one.csv --dry-run --after "$first"
  expect_status 2
}

@test "line ends of two bytes, a mark and another encoding do not matter" {
  for form in crlf utf-16; do
    printf '' >"$form.1"
    case $form in
    crlf)
      parts 1001 1010 | sed 's/$/\r/' >c1.csv
      (cat c1.csv && parts 1011 1013 | tail -n +2 | sed 's/$/\r/') >c2.csv
      ;;
    *)
      parts 2001 2010 | iconv -t utf-16 >c1.csv
      (parts 2001 2010 && parts 2011 2013 | tail -n +2) | iconv -t utf-16 >c2.csv
      ;;
    esac
    import c1.csv
    expect_status 0
    import c2.csv
    expect_status 8
    in_file err "the first 10 rows of 'c2.csv'"
    import c2.csv --after latest
    expect_status 0
    in_file out "3 created"
  done
}

@test "a key of an earlier row counts, and an earlier row that failed is not failed again" {
  sed -i 's/^P-5;\(.*\);35$/P-5;\1;many/' week1.csv week2.csv
  echo 'P-17;once more;1' >>week2.csv
  import week1.csv
  expect_status 1
  import week2.csv --after latest
  expect_status 1
  in_file out "200 created"
  in_file out "300 skipped"
  in_file out "1 rejected"
  grep -q '^502,502,P-17,.*,rejected,' runs/latest/results.csv
  [ "$(grep -c . runs/latest/rejected.reasons.csv)" -eq 2 ]
}

@test "a run that stopped, or has unknown rows, comes first" {
  import week1.csv --limit 100
  first=$(latest)
  for option in "" --resume "--after $first" "--if-changed --resume"; do
    # shellcheck disable=SC2086 # words
    import week2.csv $option
    expect_status 8
    in_file err "run $first, which stopped before its end; nothing was sent"
    in_file err "csv2chakra resume $first"
  done
  csv2chakra resume "$first" >/dev/null
  import week2.csv --after "$first"
  expect_status 0
  in_file out "200 created"
  stop_sandbox
  rm -r runs
  start_sandbox --fault reset-after=1,calls=1
  import week1.csv --on-unknown hold --chunk-rows 100
  expect_status 6
  import week2.csv --after latest
  expect_status 8
  in_file err "what became of some is unknown"
  in_file err "csv2chakra reconcile $(latest)"
}

@test "a run of --after that is killed goes on with the same rows" {
  import week1.csv
  first=$(latest)
  CSV2CHAKRA_FAULT=submit.started:5:kill run_split csv2chakra-faults import \
    --on-unknown resend-absent --settle 1s \
    parts.yaml week2.csv --after "$first" --chunk-rows 20
  [ "$status" -eq 137 ]
  second=$(latest)
  [ "$first" != "$second" ]
  run_split csv2chakra-faults import --resume --settle 1s --chunk-rows 20 \
    --on-unknown resend-absent parts.yaml week2.csv --after "$first"
  expect_status 0
  [ "$(latest)" = "$second" ]
  [ "$(grep -c ',created,' runs/latest/results.csv)" -eq 200 ]
  [ "$(grep -c ',skipped,' runs/latest/results.csv)" -eq 300 ]
}

@test "--skip-existing and --again go their own ways, and not with --after" {
  import week1.csv
  import week2.csv --after latest --again
  expect_status 2
  in_file err "does not go with --again"
  import week2.csv --after latest --skip-existing
  expect_status 2
  import week2.csv week1.csv --after latest
  expect_status 2
  in_file err "--after is for one file"
  import week2.csv --skip-existing
  expect_status 0
  in_file out "200 created"
}

@test "--after is for the same target, and for a run that sent" {
  import week1.csv
  first=$(latest)
  import week2.csv --after "$first" --procedure order
  expect_status 2
  in_file err "into the procedure 'lead'"
  sed 's/;[0-9]*$/;none/' week1.csv >bad.csv
  import bad.csv
  expect_status 1
  (cat bad.csv && echo 'P-999;x;1') >worse.csv
  import worse.csv --after latest
  expect_status 2
  in_file err "sent no row"
  import worse.csv
  expect_status 1
  import week2.csv --after nobody
  expect_status 2
  mv runs/"$first" elsewhere
  import week2.csv --after "$PWD/elsewhere"
  expect_status 2
  in_file err "[run.unknown]"
  in_file err "name its folder with --runs-dir"
}

@test "a sheet whose run was pruned is known still" {
  import week1.csv
  first=$(latest)
  csv2chakra prune latest >/dev/null
  import week2.csv
  expect_status 8
  in_file err "--after $first"
  import week2.csv --after "$first"
  expect_status 0
  in_file out "200 created"
}
