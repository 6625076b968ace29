#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# convert: one JSON object a line on stdout, problems on stderr.

load helpers

setup() {
  setup_folder
  good_mapping
  good_csv >leads.csv
}

@test "one object per row, keys in the order of the mapping, text stays text" {
  run_split csv2chakra convert leads.yaml leads.csv
  expect_status 0
  is_empty err
  [ "$(wc -l <out)" -eq 3 ]
  wanted='{"lead_id":"L-1","state":"NEW","data":{"full_name":"Ann Lee",'
  wanted="$wanted"'"score":1,"note":"a, \"note\""}}'
  [ "$(head -1 out)" = "$wanted" ]
}

@test "a pipe gives the same bytes as the file" {
  csv2chakra convert leads.yaml leads.csv >first
  csv2chakra convert leads.yaml - <leads.csv >second
  # shellcheck disable=SC2002 # a pipe is meant
  cat leads.csv | csv2chakra convert leads.yaml - >third
  cmp first second
  cmp first third
}

@test "compressed input gives the same bytes" {
  csv2chakra convert leads.yaml leads.csv >first
  gzip -k leads.csv
  csv2chakra convert leads.yaml leads.csv.gz >second
  cmp first second
  gzip -c leads.csv | csv2chakra convert leads.yaml - >third
  cmp first third
}

@test "rejected rows are missing on stdout and named on stderr, exit 1" {
  echo 'L-9,Lost,Bo,Ek,12x,' >>leads.csv
  echo 'L-1,Open,Bo,Ek,5,' >>leads.csv
  run_split csv2chakra convert leads.yaml leads.csv
  expect_status 1
  [ "$(wc -l <out)" -eq 3 ]
  in_file err "B5 'Lost'"
  in_file err '[map.no_entry]'
  in_file err 'column "Score": a whole'
  in_file err '[type.integer]'
  in_file err "A6 'L-1'"
  in_file err '[rule.not_unique]'
}

@test "the limit counts records" {
  good_csv 10 >leads.csv
  run_split csv2chakra convert --limit 4 leads.yaml leads.csv
  expect_status 0
  [ "$(wc -l <out)" -eq 4 ]
}

@test "a reader that goes away ends it by SIGPIPE" {
  good_csv 20000 >leads.csv
  {
    csv2chakra convert leads.yaml leads.csv 2>err && echo 0 >ended ||
      echo "$?" >ended
  } | head -1 >out
  [ "$(cat ended)" -eq 141 ]
  [ "$(wc -l <out)" -eq 1 ]
}

@test "a full disk is exit 4" {
  status=0
  csv2chakra convert leads.yaml leads.csv >/dev/full 2>err || status=$?
  [ "$status" -eq 4 ]
  in_file err "unable to write to standard output"
}

@test "latin text with a named encoding arrives as UTF-8" {
  printf 'Lead Ref,Status,First,Last,Score,Note\nL-1,Open,Ren\351,Lee,1,x\n' \
    >leads.csv
  run_split csv2chakra convert --encoding windows-1252 leads.yaml leads.csv
  expect_status 0
  in_file out '"full_name":"René Lee"'
}

@test "a guessed encoding is used, and exit 7 says how to pin it" {
  printf 'Lead Ref,Status,First,Last,Score,Note\nL-1,Open,Ren\351,Lee,1,x\n' \
    >leads.csv
  run_split csv2chakra convert leads.yaml leads.csv
  expect_status 7
  [ "$(wc -l <out)" -eq 1 ]
  in_file err "--encoding"
}

@test "a pipe that stops being UTF-8 is exit 7" {
  good_csv 40000 >leads.csv
  printf 'L-x,Open,Ren\351,Lee,1,x\n' >>leads.csv
  mkfifo pipe
  cat leads.csv >pipe &
  run_split csv2chakra convert leads.yaml pipe
  wait
  expect_status 7
  in_file err "pipe:40002:"
}

@test "a quote that never closes is exit 7, rows before it stand" {
  echo 'L-4,Open,Ann,"Lee,4,x' >>leads.csv
  echo 'L-5,Open,Ann,Lee,5,x' >>leads.csv
  run_split csv2chakra convert leads.yaml leads.csv
  expect_status 7
  [ "$(wc -l <out)" -eq 3 ]
  in_file err '[csv.unclosed_quote]'
}

@test "options win over the mapping's source settings" {
  good_csv | sed 's/"a, ""note"""/n/; s/,/;/g' >semi.csv
  run_split csv2chakra convert leads.yaml semi.csv
  expect_status 0
  cp out first
  run_split csv2chakra convert --delimiter ';' leads.yaml semi.csv
  expect_status 0
  cmp out first
  run_split csv2chakra convert --delimiter '|' leads.yaml semi.csv
  expect_status 2
  is_empty out
}

@test "memory stays small on a long file" {
  good_csv 200000 >leads.csv
  peak=$(python3 - "$CSV2CHAKRA_BIN/csv2chakra" <<'PY'
import resource, subprocess, sys
subprocess.run([sys.argv[1], "convert", "leads.yaml", "leads.csv"],
               stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
PY
)
  if [ "$CSV2CHAKRA_BUILD" = release ]; then
    # The unique index of 200,000 keys may take 8 MB beside the 16.
    [ "$peak" -le $(((16 + 8) * 1024)) ]
  fi
}

# long_csv: more ASCII rows than the first look at a file holds (1 MiB).
long_csv() {
  good_csv | head -n 1
  seq -f 'A-%08.0f,Open,Ann,Lee,1,plain words that take some room in the file, of no' 1 20000 | sed 's/, of no/ of no/'
}

@test "a byte far after that is not UTF-8 makes the whole file what it suggests, each row written once" {
  {
    long_csv
    printf 'L-1,Open,J\xfcrgen,M\xfcller,2,K\xf6ln\n'
    seq -f 'B-%08.0f,Open,Ann,Lee,3,x' 1 9000
  } >latin.csv
  csv2chakra convert --encoding windows-1252 leads.yaml latin.csv >wanted
  run_split csv2chakra convert leads.yaml latin.csv
  expect_status 7
  cmp out wanted
  in_file err 'line 20002'
  in_file err '--encoding windows-1252'
  # The rows' problems are told once, too.
  sed -i '3s/Open/Lost/' latin.csv
  run_split csv2chakra convert leads.yaml latin.csv
  expect_status 7
  [ "$(grep -c "B3 'Lost'" err)" -eq 1 ]
}

@test "a byte that is not UTF-8 behind text that is ends the output there" {
  {
    long_csv
    printf 'L-1,Open,J\xc3\xbcrgen,Lee,2,x\nL-2,Open,J\xfcrgen,M\xfcller,2,K\xf6ln\n'
  } >mixed.csv
  run_split csv2chakra convert leads.yaml mixed.csv
  expect_status 7
  in_file err 'mixed.csv:20003: '
  in_file err "'mixed.csv' began as UTF-8"
  in_file err '--encoding'
  long_csv >good.csv
  csv2chakra convert leads.yaml good.csv >all
  head -n "$(wc -l <out)" all | cmp - out
  [ -s out ]
}
