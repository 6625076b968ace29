#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A service that means harm: whatever it answers, the program ends soon, with
# little memory, asks nobody else, says what happened, and the books balance.

bats_require_minimum_version 1.5.0
load helpers
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

# Nothing in these files, nor in what the commands say of the run, is obeyed
# by a terminal.
nothing_to_obey() {
  local command
  for command in "report latest" "report --format json latest" "status" \
    "status latest" "status --format json latest"; do
    # shellcheck disable=SC2086 # words
    csv2chakra $command >>shown 2>&1 || :
  done
  set -- out err shown
  for file in report.json results.csv rejected.reasons.csv; do
    [ ! -e "runs/latest/$file" ] || set -- "$@" "runs/latest/$file"
  done
  python3 "$BATS_TEST_DIRNAME/harmless.py" "$@"
}

# endure WAY STATUSES [OPTION]...: an import of it, in a folder of its own,
# ends with one of these statuses, in time and below 400 MB of addresses;
# nobody else is asked.
endure() {
  mkdir "$1" && cd "$1" || return 1
  cp ../leads.yaml ../leads.csv .
  start_hostile "$1" || return 1
  trap stop_sandbox EXIT
  status=0
  (
    case "${CSV2CHAKRA_BUILD:-release}" in
    release | clang) ulimit -v 400000 ;; # sanitizers map terabytes
    esac
    timeout 100 csv2chakra import leads.yaml leads.csv -v --settle 1s \
      --wait-timeout 1s --retry-for 2s --timeout 2s --progress none "${@:3}"
  ) >out 2>err || status=$?
  [[ ",$2," = *",$status,"* ]] || expect_status "${2%%,*}" || return 1
  nothing_to_obey || return 1
  ! grep -a STOLEN hostile_log || return 1
  touch good
}

# endure_all WAY:STATUSES...: side by side, for most of it is waiting.
endure_all() {
  local way pids=()
  for way in "$@"; do
    (endure "${way%:*}" "${way#*:}") >"${way%:*}.said" 2>&1 3>&- &
    pids+=($!)
  done
  wait "${pids[@]}" || :
  for way in "$@"; do
    if [ ! -e "${way%:*}/good" ]; then
      echo "--- ${way%:*}"
      cat "${way%:*}.said"
      return 1
    fi
  done
}

asked() { grep -c "$1" "$2/hostile_log" || :; }

@test "words that a terminal would obey" {
  endure_all words:1 page:4,6 entries:6 statuses:6 location:4
}

@test "a job's id is one part of a path, or none" {
  endure_all id-lines:6 id-huge:6 id-evil:6 id-path:6 id-host:6
  cat ./*/hostile_log >asked
  run ! grep -i x-evil asked
  jq -r .path asked >paths
  run ! grep -vE '^/v1/ext/(background-job/[^/?#]*(/entries)?|procedure/lead/process/[^/?#]*)$' \
    paths
}

# What the server says is shown, logged and kept; teardown looks for the token
# and its base64 in all of it, this for the other spellings.
@test "a token that comes back in another spelling is hidden" {
  endure_all echo-json:1 echo-twice:1 echo-percent:1 echo-base64:1 echo-url64:1
  for way in echo-*/; do
    grep -qa '\*\*\*\*' "$way/err" || grep -qa '\*\*\*\*' "$way/out"
    run ! grep -rlaiE --exclude=token --exclude=hostile_log \
      'u0063u0032|%63%32%63|u0063\\u0032' "$way"
  done
}

@test "pages lead nowhere else, and to an end" {
  endure_all next-other:6 next-file:6 next-slashes:6 next-user:6 \
    next-loop:6 next-forever:6
  for way in next-*/; do
    [ "$(asked entries "$way")" -le 4 ]
  done
}

@test "a list of processes without an end" {
  endure_all more-forever:4,6
  [ "$(asked process/list more-forever)" -le 1000 ]
}

@test "ten million entries, pages of a hundred thousand" {
  endure_all ten-million:4,6 many:4,6
}

@test "counts that are none" {
  endure_all negative:6 words-as-counts:6 huge-counts:6 floats:6 strings:0
}

@test "JSON that is deep, wide or large, and a bomb in gzip" {
  endure_all deep:4,6 deep-object:4,6 numbers:4,6 large:4,6 gzip:4,6
}

@test "headers and answers without an end" {
  endure_all endless-headers:4,6 long-header:4,6 interim:4,6 chunks:4,6
}

@test "an answer of a byte now and then does not hold the run" {
  (endure drip 4,6 --timeout 100ms --retry-for 1s)
}

@test "redirects are not followed, cookies not kept" {
  endure_all redirect-301:4 redirect-302:4 redirect-303:4 redirect-307:4 \
    redirect-308:4 redirect-file:4 cookies:0
  run ! grep -i '"cookie"' cookies/hostile_log
}

@test "doctor endures them, too" {
  for way in config page location deep numbers endless-headers chunks; do
    start_hostile "$way"
    run_split timeout 30 csv2chakra doctor leads.yaml --timeout 2s
    [ "$status" -eq 2 ] || [ "$status" -eq 4 ] || [ "$status" -eq 0 ]
    csv2chakra doctor --format json leads.yaml --timeout 2s >shown || :
    jq . shown >/dev/null
    python3 "$BATS_TEST_DIRNAME/harmless.py" out err shown
    run ! grep STOLEN hostile_log
    stop_sandbox
  done
}
