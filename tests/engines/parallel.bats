#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# GNU parallel with samples/engines/parallel/part.sh, for real.

# shellcheck disable=SC2154,SC2030,SC2031 # service.bash and engine.bash set
# them; a test is one process

load engine

teardown() {
  if [ -n "${engine:-}" ]; then
    kill -TERM "$engine" 2>/dev/null || :
    kill -TERM "$engine" 2>/dev/null || :
    wait "$engine" 2>/dev/null || :
  fi
  stop_sandbox
}

# script PART: the process of part.sh for it.
script() { pgrep -f "part.sh leads.yaml $PWD/parts/part-$1.csv\$"; }
# … after the one that was killed.
another_script() { script "$1" | grep -qvx "$killed"; }
ended() { ! kill -0 "$engine" 2>/dev/null; }

@test "16 parts, 8 at once, with kills: every row once" {
  command -v parallel >/dev/null || skip "GNU parallel is missing"
  start_sandbox --latency 60ms --job-delay 100ms --duplicates allow --seed 16
  in_parts 16 120
  find parts -name 'part-*.csv' | sort >list
  PAUSE=1 parallel --will-cite -j8 --retries 3 --joblog jobs \
    "$engines/parallel/part.sh" leads.yaml "$PWD/{}" <list \
    >engine.out 2>engine.err 3>&- &
  engine=$!
  # Five importers are killed, one is told to stop, and a script is killed
  # while its importer goes on: parallel starts the part a second time.
  local part kills=0
  for part in 0001 0002 0003 0004 0005; do
    wait_until 30 the_importer $part
    kill -KILL "$(the_importer $part)"
    kills=$((kills + 1))
  done
  wait_until 30 the_importer 0006
  kill -TERM "$(the_importer 0006)"
  wait_until 30 the_importer 0007
  killed=$(script 0007)
  kill -KILL "$killed"
  the_importer 0007
  wait_until 30 another_script 0007
  wait_until 120 ended
  wait "$engine" || { cat engine.err jobs && return 1; }
  engine=
  [ $kills -eq 5 ]
  # Columns 7, 8 and the last word: exit status, signal, part.
  awk 'NR > 1 && $7 == 0 && $8 == 0 { print $NF }' jobs | sort -u >good
  [ "$(wc -l <good)" -eq 16 ]
  each_row_once
  report_balances
}

