# SPDX-License-Identifier: MIT
# What the tests of the engines share: a file in parts, a slow sandbox, kills,
# and the proof that each row arrived once.

# shellcheck source=/dev/null
source "$BATS_TEST_DIRNAME/../e2e/service.bash"

# shellcheck disable=SC2034 # the tests use it
engines="$BATS_TEST_DIRNAME/../../samples/engines"

# in_parts PARTS ROWS [BAD]: a mapping that sends a few rows a call, a file, and
# its parts in ./parts. The first BAD rows are called Poison.
in_parts() {
  {
    cat "$BATS_TEST_DIRNAME/../data/leads.yaml"
    echo 'submit: {chunk_rows: 5, in_flight: 2}'
  } >leads.yaml
  sed -i '/^  note: /d' leads.yaml
  awk -v parts="$1" -v rows="$2" -v bad="${3:-0}" 'BEGIN {
    print "Lead Ref,Status,First,Last,Score"
    for (i = 1; i <= parts * rows; i++)
      printf "E-%06d,Won,%s,\"Ng,\nJr\",%02d\n", i, (i > bad ? "Kim" : "Poison"),
        i % 100
  }' >leads.csv
  csv2chakra split -q --parts "$1" -o parts leads.yaml leads.csv
  [ "$(find parts -name 'part-*.csv' | wc -l)" -eq "$1" ]
  all_rows=$(($1 * $2))
}

# the_importer PART: the process that imports it, for a part's number.
the_importer() { pgrep -f "^csv2chakra import .*$PWD/parts/part-$1.csv\$"; }

# wait_until SECONDS COMMAND...: until it succeeds.
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    if [ $SECONDS -ge $end ]; then
      echo "this did not come true in time: $*"
      return 1
    fi
    sleep 0.1
  done
}

# At least N rows have arrived.
arrived() {
  # shellcheck disable=SC2154 # service.bash sets url
  [ "$(curl -sf "$url/sandbox/stats" | jq .rows.created)" -ge "$1" ]
}

each_row_once() {
  curl -sf "$url/sandbox/stats" >stats
  jq -c '[.rows.created, .keys]' stats
  [ "$(jq .keys.created_twice stats)" -eq 0 ]
  [ "$(jq .rows.created stats)" -eq "$all_rows" ]
  [ "$(jq .keys.distinct stats)" -eq "$all_rows" ]
}

# One summary over all parts: each is done, and both equations hold.
report_balances() {
  csv2chakra report parts >all.txt || { cat all.txt && return 1; }
  all_done all.txt
  csv2chakra report --format json parts >all.json
  jq -c .sum all.json
  [ "$(jq .sum.exit_status all.json)" -eq 0 ]
  [ "$(jq .sum.rows.read all.json)" -eq "$all_rows" ]
  [ "$(jq .sum.rows.created all.json)" -eq "$all_rows" ]
}

# all_done REPORT
all_done() {
  local parts
  parts=$(find parts -name 'part-*.csv' | wc -l)
  in_file "$1" "$parts parts: $parts complete"
  not_in_file "$1" 'NOT BALANCE'
}
