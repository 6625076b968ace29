#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The two examples in the help of each command, typed as they stand there, each
# in a fresh folder with what they speak of: a mapping, a CSV, a run of which
# one row was rejected, and that row fixed.

load service

setup() {
  setup_folder
  start_sandbox --duplicates allow
  unset CSV2CHAKRA_RUNS_DIR
  mkdir kit
  cd kit || return 1
  good_csv 30 | sed 's/^\(L-7,.*\),7,/\1,seven,/' >leads.csv
  # The run's mapping wants numbers; leads.yaml is that mapping, fixed.
  good_mapping strict.yaml
  sed 's/, type: integer//' strict.yaml >leads.yaml
  { echo 'mode: update' && cat strict.yaml; } >update.yaml
  run_split csv2chakra import -q strict.yaml leads.csv
  expect_status 1
  rm -f out err
  runs=$HOME/.local/state/csv2chakra/runs
  id=$(basename "$(readlink -f "$runs/latest")")
  sed -i 's/seven/7/2' "$runs/latest/to-fix.csv"
  cp "$runs/latest/to-fix.csv" to-fix.csv
  grep -q ',7,' to-fix.csv
  mkdir place
  cp leads.csv place
  cd .. || return 1
  mv "$HOME" home.kit
}

# example COMMAND LINE: what stands in the folder afterwards is looked at by
# whoever asks for it.
example() {
  local command=$1 line=$2
  rm -rf here "$HOME"
  cp -r kit here
  cp -r home.kit "$HOME"
  case $line in
  *'import '*) rm -rf "${HOME:?}/.local" ;; # else: imported before
  *'init '*'-o leads.yaml'*) rm here/leads.yaml ;;
  esac
  line=${line//20260401T020000Z-leads-3fa9c1/$id}
  line=${line//\/new\/place/$PWD/here/place}
  line=${line/--delete 487/--delete 29} # as many as were created
  status=0
  case $line in
  # It stays until Ctrl-C.
  *--keep*) (cd here && timeout --foreground --preserve-status -s INT 6 sh -c "exec $line") >out 2>err || status=$? ;;
  *) (cd here && sh -c "$line") >out 2>err || status=$? ;;
  esac
  # Of what was rejected before, resume, reconcile and report say so again.
  case $command:$status in
  *:0 | resume:1 | reconcile:1 | report:1) ;;
  *)
    echo "the example: $line"
    expect_status 0
    ;;
  esac
  not_in_file err 'help: '
}

@test "the examples in the help of every command run" {
  local n=0
  for c in $(csv2chakra help |
    sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    csv2chakra "$c" --help |
      sed -n '/^Examples:/,/^$/s/^  \(csv2chakra .*\)/\1/p' >"lines.$c"
    [ "$(wc -l <"lines.$c")" -eq 2 ]
    while IFS= read -r line; do
      example "$c" "$line"
      n=$((n + 1))
    done <"lines.$c"
    # What some of them leave.
    case $c in
    check) [ -s here/out/report.json ] ;;
    convert) [ "$(wc -l <out)" -eq 30 ] ;;
    init) csv2chakra check --procedure lead here/leads.yaml here/leads.csv >/dev/null ;;
    report) in_file out seven ;;
    retry) in_file out 'The only row is in the sandbox at ' ;;
    diff) [ -s here/changes/changes.json ] ;;
    prune) in_file out "pruned   $id" ;;
    schema) jq -e ".properties" out >/dev/null ;;
    esac
  done
  [ "$n" -ge 34 ]
}
