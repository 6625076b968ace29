#!/bin/sh
# SPDX-License-Identifier: MIT
# Imports one part, for GNU parallel:
#
#   csv2chakra split leads.yaml leads.csv -o parts
#   ls parts/part-*.csv | parallel -j8 part.sh leads.yaml {}
#   csv2chakra report parts
#
# The last command says whether every row is in. A part that stopped (network,
# a signal, a kill) is started again here, TRIES times (5), PAUSE seconds (30)
# later. 1 and 6 count as done: some rows want a person, and `report` says
# which. After too many errors (3) parallel starts no further part. Everything
# may be started again at any time: what was imported is left alone.
#
# One rate for all: RATE=100/s WORKERS=8 parallel -j8 ... (WORKERS is the -j).
# To stop: kill -TERM parallel twice, and give calls under way their time:
# parallel --termseq TERM,30000,KILL,25 ...
set -u

if [ $# -ne 2 ]; then
  echo "usage: part.sh MAPPING PART" >&2
  exit 2
fi
mapping=$1 part=$2
set --
if [ -n "${RATE:-}" ]; then
  : "${WORKERS:?RATE needs WORKERS, the number of parts at once}"
  set -- --rate "$RATE" --rate-share "${PARALLEL_JOBSLOT:-0}/$WORKERS"
fi

# parallel tells the whole process group, so the importer knows, too.
told=
trap 'told=yes' TERM

try=1
while :; do
  status=0
  csv2chakra import --if-changed --resume -q "$@" "$mapping" "$part" ||
    status=$?
  case $status in
  0 | 1 | 6) exit 0 ;;
  4 | 5 | 75) ;; # network, server, disk; a signal; somebody else imports it
  3)
    # The others would meet the same. A parallel on another machine cannot be
    # told from here.
    if [ -n "${PARALLEL_PID:-}" ] && [ "${PARALLEL_SSHLOGIN:-:}" = : ]; then
      kill -HUP "$PARALLEL_PID"
    fi
    exit 3
    ;;
  *) [ $status -ge 128 ] || exit $status ;;
  esac
  if [ -n "$told" ] || [ $try -ge "${TRIES:-5}" ]; then
    exit $status
  fi
  try=$((try + 1))
  sleep "${PAUSE:-30}"
done
