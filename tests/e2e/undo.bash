# SPDX-License-Identifier: MIT
# What the tests of undo share, beside service.bash.
# shellcheck disable=SC2154 # service.bash sets url
# shellcheck shell=bash

# fill [OPTION]...: a sandbox, and the run $run in it.
fill() {
  start_sandbox "$@"
  csv2chakra import -q praxis.yaml praxis.csv >fill.out
  # shellcheck disable=SC2034 # tests read it
  run=$(newest)
}

newest() { basename "$(readlink runs/latest)"; }

undo() { run_split csv2chakra undo "$@" --progress none; }

# edit JSON: what a colleague does.
edit() {
  curl -sf -X POST -H "Authorization: Bearer $(cat token)" -d "$1" "$url/sandbox/edit" >edit.out
}

# keys_there: of the processes that there are now, a line each; there: how many.
keys_there() {
  curl -sf "$url/sandbox/processes?now=1" | jq -r 'select(.deleted | not) | .key'
}

there() { keys_there | wc -l; }
