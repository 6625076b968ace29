#!/bin/sh
# SPDX-License-Identifier: MIT
# Imports the parts of a file as a Slurm job array, and reports at the end:
#
#   csv2chakra split leads.yaml leads.csv -o parts
#   array.sh parts leads.yaml            all parts
#   array.sh parts leads.yaml 3,17-19    these, as the report has named them
#
# All nodes see the same files. CHAKRA_API_TOKEN_FILE names the token's file:
# Slurm writes the environment of a job to disk, so the token itself must not be
# in it. CSV2CHAKRA_RUNS_DIR is a folder that all nodes share and whose locks
# hold (try it on a node: csv2chakra doctor --runs-dir DIR).
#
# WORKERS parts run at once (8). RATE=100/s is the rate of all of them
# together. A part that stopped (network, a signal, a kill, a time limit, a lost
# node) is requeued, TRIES times at most (20). 1 and 6 count as done: some rows
# want a person, and the report says which. After too many errors (3) the array
# is cancelled. Everything may be started again at any time: what was imported
# is left alone.
#SBATCH --job-name=csv2chakra
#SBATCH --ntasks=1
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:USR1@60
set -u

fail() {
  echo "array.sh: $1" >&2
  exit 2
}

# On the machine where it was started by hand.
submit() {
  if [ $# -lt 2 ] || [ $# -gt 3 ]; then
    fail "usage: array.sh DIR MAPPING [PARTS]"
  fi
  [ -z "${CHAKRA_API_TOKEN:-}" ] ||
    fail "Slurm would write CHAKRA_API_TOKEN to disk; use CHAKRA_API_TOKEN_FILE"
  dir=$(cd "$1" && pwd) || exit 2
  mapping=$(realpath -e -- "$2") || exit 2
  here=$(cd "$(dirname "$0")" && pwd)
  count=$(find "$dir/" -maxdepth 1 -name 'part-*.csv' | wc -l)
  [ "$count" -gt 0 ] || fail "there is no part-0001.csv in '$dir'"
  array=$(sbatch --parsable --array="${3:-1-$count}%${WORKERS:-8}" \
    "$here/array.sh" "$dir" "$mapping") || exit 1
  array=${array%%;*}
  report=$(sbatch --parsable --dependency="afterany:$array" \
    "$here/report.sh" "$dir") || exit 1
  echo "parts: job $array; their report: job ${report%%;*}"
}

# The part stopped, and may go on later. If Slurm itself ended the task, it also
# knows whether it is to run again: who cancelled it does not want that.
again() {
  [ -z "$ended" ] || return
  [ "${SLURM_RESTART_COUNT:-0}" -lt "${TRIES:-20}" ] || return
  # Slurm ends this script meanwhile.
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" && sleep 30
}

task() {
  part=$(printf '%s/part-%04d.csv' "$1" "$SLURM_ARRAY_TASK_ID")
  mapping=$2
  set --
  [ -z "${RATE:-}" ] ||
    set -- --rate "$RATE" --rate-share "$SLURM_ARRAY_TASK_ID/${WORKERS:-8}"
  csv2chakra import --if-changed --resume -q "$@" "$mapping" "$part" &
  importer=$!
  # Near the time limit Slurm tells this shell alone; TERM goes to everybody.
  ended=
  trap 'kill -TERM $importer' USR1
  trap 'ended=yes' TERM
  while :; do # a signal ends the wait, not the importer
    status=0
    wait $importer || status=$?
    kill -0 $importer 2>/dev/null || break
  done
  case $status in
  1 | 6) status=0 ;;
  3) scancel "$SLURM_ARRAY_JOB_ID" ;;
  4 | 5 | 75) again ;;
  *) [ "$status" -lt 128 ] || again ;;
  esac
  exit "$status"
}

if [ -n "${SLURM_ARRAY_TASK_ID:-}" ]; then
  task "$@"
else
  submit "$@"
fi
