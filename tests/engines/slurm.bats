#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A Slurm job array with samples/engines/slurm/array.sh, for real, on two nodes
# of this machine.

# shellcheck disable=SC2154,SC2030,SC2031 # service.bash and engine.bash set
# them; a test is one process

load engine
load slurm

setup() {
  for program in slurmctld slurmd munged; do
    command -v $program >/dev/null || skip "$program is missing"
  done
  [ "$(id -u)" -eq 0 ] || skip "Slurm's daemons need root"
  setup_folder
}

teardown() {
  if [ -n "${frozen:-}" ]; then kill -CONT "$frozen" 2>/dev/null || :; fi
  stop_slurm
  stop_sandbox
}

# A requeued task waits two minutes. Here it starts after five seconds: not
# before Slurm has seen the end of its first run, which it would take for the
# second one's.
hurry() {
  local task
  for task in $(squeue -h -r -t PD -o '%F_%K %r' | sed -n 's/ BeginTime$//p'); do
    if [ -z "${seen[$task]:-}" ]; then
      seen[$task]=$SECONDS
    elif [ $((SECONDS - seen[$task])) -ge 5 ]; then
      scontrol update "JobId=$task" StartTime=now 2>/dev/null || :
      unset "seen[$task]"
    fi
  done
}

# hurry_until SECONDS COMMAND...
hurry_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    if [ $SECONDS -ge $end ]; then
      echo "this did not come true in time: $*"
      squeue -r
      sinfo
      return 1
    fi
    hurry
    sleep 0.3
  done
}

# report_of SUBMITTED: what the job of the report wrote.
report_of() { echo "slurm-$(sed 's/.*their report: job //' "$1").out"; }
no_job() { [ -z "$(squeue -h)" ]; }
says_locked() { grep -q 'another process' "slurm-${array}_$1.out"; }

@test "40 parts, 8 at once, two nodes, one of them lost: every row once" {
  declare -A seen
  start_sandbox --latency 150ms --job-delay 100ms --duplicates allow --seed 40
  in_parts 40 80
  start_slurm
  "$engines/slurm/array.sh" parts leads.yaml >submitted
  array=$(sed 's/^parts: job \([0-9]*\);.*/\1/' submitted)
  # One is killed, one is told to stop, one is requeued while it runs.
  wait_until 30 the_importer 0003
  kill -KILL "$(the_importer 0003)"
  wait_until 30 the_importer 0005
  kill -TERM "$(the_importer 0005)"
  wait_until 30 the_importer 0006
  scontrol requeue "${array}_6"
  # A node is lost, as Slurm sees it, and a program goes on there.
  local task
  wait_until 30 runs_on n2
  task=$(squeue -h -r -t R -w n2 -o %K | tail -n 1)
  wait_until 10 the_importer "$(printf %04d "$task")"
  frozen=$(the_importer "$(printf %04d "$task")")
  kill -STOP "$frozen"
  kill -KILL "$(cat "$slurm/run/n2.pid")"
  # Slurm starts its part again, which finds that it is being imported.
  hurry_until 120 says_locked "$task"
  grep -q '^State:[[:space:]]*T' "/proc/$frozen/status"
  nodes_are down 1
  kill -CONT "$frozen"
  frozen=
  hurry_until 240 no_job
  each_row_once
  report_balances
  # The job after the array said so, too.
  all_done "$(report_of submitted)"
  # All four were started again.
  for task in 3 5 6 "$task"; do
    scontrol show job --oneliner "${array}_$task" | grep -q ' Restarts=[1-9]'
  done
}

runs_on() { [ -n "$(squeue -h -r -t R -w "$1" -o %K)" ]; }

@test "a part with too many errors cancels the array" {
  declare -A seen
  start_sandbox --latency 150ms --duplicates allow --fault 400-whole=1,match=Poison
  # The first rows of the first part are refused.
  in_parts 12 80 60
  first=$(jq '.parts[0].records' parts/split.json)
  start_slurm
  WORKERS=2 "$engines/slurm/array.sh" parts leads.yaml >submitted
  hurry_until 90 no_job
  grep -q 'CANCELLED' slurm-*_*.out
  in_file "$(report_of submitted)" 'not done: 1-12'
  # What ran beside it stopped, and nothing began after it.
  [ "$(find runs -name run.json | wc -l)" -le 3 ]
  run ! arrived 320
  # Without that part everything goes on where it stopped.
  "$engines/slurm/array.sh" parts leads.yaml 2-12 >submitted
  hurry_until 120 no_job
  curl -sf "$url/sandbox/stats" >stats
  [ "$(jq .keys.created_twice stats)" -eq 0 ]
  [ "$(jq .rows.created stats)" -eq "$((all_rows - first))" ]
}
