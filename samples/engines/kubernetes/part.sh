#!/bin/sh
# SPDX-License-Identifier: MIT
# The task of one index of an Indexed Job (job.yaml): index 0 is part-0001.csv.
# 1 and 6 count as done: some rows want a person, and `csv2chakra report DIR`
# says which. Every other exit status is the importer's, for podFailurePolicy.
set -u

if [ $# -ne 2 ] || [ -z "${JOB_COMPLETION_INDEX:-}" ]; then
  echo "usage: JOB_COMPLETION_INDEX=0 part.sh DIR MAPPING" >&2
  exit 2
fi
part=$(printf '%s/part-%04d.csv' "$1" $((JOB_COMPLETION_INDEX + 1)))
mapping=$2
set --
if [ -n "${RATE:-}" ]; then
  : "${WORKERS:?RATE needs WORKERS, the parallelism of the job}"
  set -- --rate "$RATE" --rate-share "$JOB_COMPLETION_INDEX/$WORKERS"
fi
csv2chakra import --if-changed --resume --progress lines "$@" "$mapping" \
  "$part" &
importer=$!
# The kubelet tells the first process of a container only.
trap 'kill -TERM $importer' TERM
while :; do # a signal ends the wait, not the importer
  status=0
  wait $importer || status=$?
  kill -0 $importer 2>/dev/null || break
done
case $status in
1 | 6) status=0 ;;
esac
exit "$status"
