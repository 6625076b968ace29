#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Instructions per byte of the CSV, counted by callgrind: the same on a busy machine as on an idle one, so a slowdown shows
# without a clock. What the start costs is taken out by reading two files, both longer than the sample that the dialect is
# detected from. The ceilings leave 5 % for other compilers' minds and other libcs. There are two of each: without AVX2 there
# are more instructions. Long: callgrind over 30,000 records, twice.
# bats file_tags=long

load service

setup() {
  setup_folder
  [ "${CSV2CHAKRA_BUILD:-release}" = release ] || skip "instructions are counted in the release build only"
  command -v valgrind >/dev/null || skip "valgrind is not installed: instructions are not counted"
  make_two leads
}

# make_two KIND: the two files.
make_two() {
  "$CSV2CHAKRA_BIN/bench/make-data" "$1" 10000 >few.csv
  "$CSV2CHAKRA_BIN/bench/make-data" "$1" 20000 >many.csv
}

teardown() { stop_sandbox; }

# count CSV: instructions of $words with CSV.
count() {
  # shellcheck disable=SC2086 # the words of a command
  valgrind --tool=callgrind --callgrind-out-file=/dev/null csv2chakra $words "$1" 2>&1 >/dev/null |
    sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

# at_most HUNDREDTHS WITHOUT_AVX2 [WORDS]: instructions per byte between the two files, of `convert mapping.yaml` or of WORDS.
at_most() {
  local few many bytes words=${3:-convert mapping.yaml}
  grep -qw avx2 /proc/cpuinfo || shift
  few=$(count few.csv)
  many=$(count many.csv)
  bytes=$(($(stat -c %s many.csv) - $(stat -c %s few.csv)))
  echo "$(((many - few) * 100 / bytes)) hundredths of an instruction per byte, at most $1 are allowed"
  [ "$few" -gt 1000000 ]
  [ $(((many - few) * 100 / bytes)) -le "$1" ]
}

# map_all KEY: every column as text, KEY (may be empty) as lead_id.
map_all() {
  {
    printf 'version: 1\nprocedure: lead\n'
    [ -z "$1" ] || echo "lead_id: $1"
    echo 'data:'
    head -n 1 few.csv | tr ',' '\n' | grep -vx "$1" | sed 's/.*/  &: &/'
  } >mapping.yaml
}

@test "twelve columns as text take at most 17.2 instructions a byte" {
  map_all ''
  [ "$(grep -c '^  ' mapping.yaml)" -eq 12 ]
  at_most 1720 2050
}

@test "a unique key among them makes it at most 25.8" {
  map_all ref
  at_most 2580 2900
}

# of_diff CSV: instructions of `diff update.yaml CSV`.
of_diff() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null csv2chakra diff -q update.yaml "$1" 2>&1 >/dev/null |
    sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

@test "a diff takes at most 13,800 instructions a row of twelve columns" {
  map_all ref
  { echo 'mode: update' && cat mapping.yaml; } >update.yaml
  start_sandbox
  csv2chakra import -q --chunk-rows 1000 mapping.yaml many.csv >out
  head -n 5001 many.csv >half.csv
  # One row in a hundred differs.
  sed -i '5~100s/Mumbai/Pune/' half.csv many.csv
  half=$(of_diff half.csv)
  all=$(of_diff many.csv)
  rows=$(($(wc -l <many.csv) - 5001))
  echo "$(((all - half) / rows)) instructions a row"
  [ "$half" -gt 1000000 ]
  [ $(((all - half) / rows)) -le 13800 ]
}

# of_import CSV: instructions of `import mapping.yaml CSV`, into a sandbox of its own.
of_import() {
  rm -rf runs
  start_sandbox
  valgrind --tool=callgrind --callgrind-out-file=/dev/null csv2chakra import -q mapping.yaml "$1" 2>&1 >/dev/null |
    sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
  stop_sandbox
}

# Of these a third is SHA-256 without the processor's instructions for it, which valgrind does not have; 19 are for what the ledger
# keeps of the rows.
@test "an import of twelve columns as text, one of them the key, takes at most 204 instructions a byte" {
  grep -qw avx2 /proc/cpuinfo || skip "counted with AVX2 only"
  map_all ref
  few=$(of_import few.csv)
  many=$(of_import many.csv)
  bytes=$(($(stat -c %s many.csv) - $(stat -c %s few.csv)))
  echo "$(((many - few) / bytes)) instructions a byte"
  [ "$few" -gt 1000000 ]
  [ $(((many - few) / bytes)) -le 204 ]
}

@test "check of twelve columns as text takes at most 27.7 instructions a byte" {
  map_all ''
  at_most 2770 3520 'check mapping.yaml'
}

@test "inspect takes at most 88.9 instructions a byte" {
  at_most 8890 9700 inspect
}

@test "init takes at most 93.3 instructions a byte" {
  at_most 9330 10130 init
}

@test "inspect of columns of all kinds takes at most 125.4 instructions a byte" {
  make_two analyst
  at_most 12540 13350 inspect
}

@test "twelve columns with a rule each take at most 72.1 instructions a byte, and check 84.7" {
  make_two analyst
  cp "$BATS_TEST_DIRNAME/../bench/analyst.yaml" mapping.yaml
  at_most 7210 7610
  at_most 8470 9270 'check mapping.yaml'
}
