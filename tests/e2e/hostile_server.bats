#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A service that means harm: whatever it answers, the program ends soon, with
# little memory, asks nobody else, says what happened, and the books balance.
# Long are those that send as much as they can, or as slowly.

load service

setup() {
  setup_folder
  cat >leads.yaml <<'YAML'
version: 1
procedure: lead
lead_id: Lead Ref
data:
  note: Note
YAML
  printf 'Lead Ref,Note\nL-1,a\nL-2,b\nL-3,c\n' >leads.csv
}

# What the commands say of the run.
say_all() {
  local command
  for command in "report latest" "report --format json latest" "status" \
    "status latest" "status --format json latest"; do
    # shellcheck disable=SC2086 # words
    csv2chakra $command >>shown 2>&1 || :
  done
}

# nothing_to_obey WAY...: nothing in what was said, nor in the files of the
# runs, is obeyed by a terminal.
nothing_to_obey() {
  local way file
  local -a files=()
  for way in "$@"; do
    files+=("$way/out" "$way/err" "$way/shown")
    for file in report.json results.csv rejected.reasons.csv; do
      [ ! -e "$way/runs/latest/$file" ] || files+=("$way/runs/latest/$file")
    done
  done
  python3 "$BATS_TEST_DIRNAME/harmless.py" "${files[@]}"
}

# face WAY: a folder of its own, before a server of that way.
face() {
  mkdir "$1" && cd "$1" || return 1
  cp ../leads.yaml ../leads.csv .
  start_hostile "$1" || return 1
  trap stop_sandbox EXIT
}

# endure WAY:STATUSES [OPTION]...: an import of it ends with one of these
# statuses, in time and below 400 MB of addresses; nobody else is asked.
endure() {
  face "${1%:*}" || return 1
  status=0
  (
    case "${CSV2CHAKRA_BUILD:-release}" in
    release | clang) ulimit -v 400000 ;; # sanitizers map terabytes
    esac
    timeout 100 csv2chakra import leads.yaml leads.csv -v --settle 1s \
      --wait-timeout 1s --retry-for 2s --timeout 2s --progress none "${@:2}"
  ) >out 2>err || status=$?
  [[ ",${1#*:}," = *",$status,"* ]] || expect_status "${1#*:}" || return 1
  say_all
  ! grep -a STOLEN hostile_log || return 1
  touch good
}

# endure_doctor WAY: the same of `doctor`.
endure_doctor() {
  face "$1" || return 1
  run_split timeout 30 csv2chakra doctor leads.yaml --timeout 2s
  case $status in 0 | 2 | 4) ;; *) expect_status 4 || return 1 ;; esac
  csv2chakra doctor --format json leads.yaml --timeout 2s >shown || :
  jq . shown >/dev/null || return 1
  ! grep -a STOLEN hostile_log || return 1
  touch good
}

# side_by_side COMMAND WAY[:STATUSES]...: for most of it is waiting.
side_by_side() {
  local way pids=()
  for way in "${@:2}"; do
    ("$1" "$way") >"${way%:*}.said" 2>&1 3>&- &
    pids+=($!)
  done
  wait "${pids[@]}" || :
  shift
  for way in "${@%:*}"; do
    if [ ! -e "$way/good" ]; then
      echo "--- $way"
      cat "$way.said"
      return 1
    fi
  done
  nothing_to_obey "${@%:*}"
}

asked() { grep -c "$1" "$2/hostile_log" || :; }

@test "words that a terminal would obey" {
  side_by_side endure words:1 page:4,6 entries:6 statuses:6 location:4
}

# Long: an import for each kind of answer.
# bats test_tags=long
@test "a job's id is one part of a path, or none" {
  side_by_side endure id-lines:6 id-huge:6 id-evil:6 id-path:6 id-host:6
  cat ./*/hostile_log >asked
  run ! grep -i x-evil asked
  jq -r .path asked >paths
  run ! grep -vE '^/v1/ext/(background-job/[^/?#]*(/entries)?|procedure/lead/process/[^/?#]*)$' \
    paths
}

# What the server says is shown, logged and kept; teardown looks for the token
# and its base64 in all of it, this for the other spellings.
@test "a token that comes back in another spelling is hidden" {
  side_by_side endure echo-json:1 echo-twice:1 echo-percent:1 echo-base64:1 echo-url64:1
  for way in echo-*/; do
    grep -qa '\*\*\*\*' "$way/err" || grep -qa '\*\*\*\*' "$way/out"
    run ! grep -rlaiE --exclude=token --exclude=hostile_log \
      'u0063u0032|%63%32%63|u0063\\u0032' "$way"
  done
}

# Long: an import for each kind of answer.
# bats test_tags=long
@test "pages lead nowhere else, and to an end" {
  side_by_side endure next-other:6 next-file:6 next-slashes:6 next-user:6 \
    next-loop:6 next-forever:6
  for way in next-*/; do
    [ "$(asked entries "$way")" -le 4 ]
  done
}

# bats test_tags=long
@test "a list of processes without an end" {
  side_by_side endure more-forever:4,6
  [ "$(asked process/list more-forever)" -le 1000 ]
}

# bats test_tags=long
@test "ten million entries, pages of a hundred thousand" {
  side_by_side endure ten-million:4,6 many:4,6
}

# Long: an import for each kind of answer.
# bats test_tags=long
@test "counts that are none" {
  side_by_side endure negative:6 words-as-counts:6 huge-counts:6 floats:6 strings:0
}

# bats test_tags=long
@test "JSON that is deep, wide or large, and a bomb in gzip" {
  side_by_side endure deep:4,6 deep-object:4,6 numbers:4,6 large:4,6 gzip:4,6
}

# bats test_tags=long
@test "headers and answers without an end" {
  side_by_side endure endless-headers:4,6 long-header:4,6 interim:4,6 chunks:4,6
}

# bats test_tags=long
@test "an answer of a byte now and then does not hold the run" {
  (endure drip:4,6 --timeout 100ms --retry-for 1s)
  [ -e drip/good ]
  nothing_to_obey drip
}

# Long: an import for each kind of answer.
# bats test_tags=long
@test "redirects are not followed, cookies not kept" {
  side_by_side endure redirect-301:4 redirect-302:4 redirect-303:4 redirect-307:4 \
    redirect-308:4 redirect-file:4 cookies:0
  run ! grep -i '"cookie"' cookies/hostile_log
}

# bats test_tags=long
@test "doctor endures them, too" {
  side_by_side endure_doctor config page location deep numbers endless-headers \
    chunks
}
