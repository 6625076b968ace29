#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Bytes that a terminal would obey (ESC, OSC 52, BEL, DEL, C1, bidirectional
# controls), in cells, headers, mappings, file names and arguments, through
# every command: none of them reaches stdout or stderr.

load service

setup() {
  setup_folder
  name=$'e\x1b]52;c;eA==\a\x1b[2J\x7f\xc2\x9b31m\xe2\x80\xae\xe2\x81\xa6'
  bad=$'f\xff\x1b[1m'
  mkdir "$name"
  csv="$name/$name.csv" map="$name/$name.yaml"
  python3 - "$name" <<'PY'
import json, sys
evil = '\x1b]52;c;eA==\a\x1b[2J\x7f\u009b31m\u202eevil\u2066\u200b\x08'
rows = ['Lead Ref,Status,"No%ste",Score' % evil]
rows += ['L-%d%s,Open,"a%s",%d' % (i, evil, evil, i) for i in range(3)]
rows += ['X-%d,Open%s,"b%s",x%s' % (i, evil, evil, evil) for i in range(3)]
open(sys.argv[1] + '/' + sys.argv[1] + '.csv', 'w').write('\n'.join(rows) + '\n')
good = {'version': 1, 'procedure': 'lead', 'lead_id': 'Lead Ref',
        'state': {'column': 'Status', 'map': {'Open': 'NEW', evil: 'WON'}},
        'data': {'k' + evil: 'No' + evil + 'te', 'score': {'column': 'Score', 'type': 'integer'},
                 'c': {'value': evil}}}
open(sys.argv[1] + '/' + sys.argv[1] + '.yaml', 'w').write(json.dumps(good))
wrong = dict(good, procedure=evil, lead_id=evil, **{evil: evil})
wrong['data'] = {evil: {'column': evil, 'type': evil, 'default': evil}}
open('wrong.yaml', 'w').write(json.dumps(wrong))
open('raw.yaml', 'w').write('version: 1\nprocedure: "a\x1b[2J"\n\x1b[31m: 1\n')
open('broken.yaml', 'w').write('version: [1\n# ' + evil + '\n  "' + evil)
open('unclosed.csv', 'w').write('Lead Ref,Status,"No%ste",Score\nL-1,Open,"%s,1\n' % (evil, evil))
open('latin.csv', 'wb').write('Lead Ref,Status,Note,Score\nL-1,Open,\u00e9\u009b,1\n'.encode('latin-1'))
PY
}

# shown WORDS...: whatever the command's end, what it said must be harmless;
# said/N.command has its words.
shown() {
  run_split "$@"
  if [ "$status" -ge 70 ]; then
    expect_status 0
  fi
  said=$((${said:-0} + 1))
  mkdir -p said
  cp out "said/$said.out"
  cp err "said/$said.err"
  printf '%q ' "$@" >"said/$said.command"
}

# Looks at all that was shown, at once.
teardown() {
  stop_sandbox
  [ -n "${said:-}" ] || return 0
  # What the bar is made of.
  sed -i 's/\x1b\[K//g; s/\r//g' said/*.err
  python3 "$BATS_TEST_DIRNAME/harmless.py" said/*.out said/*.err || {
    head said/*.command
    return 1
  }
}

@test "every command that reads a mapping and a CSV" {
  for arguments in "check -v" "check --format json" "check --format github" \
    "preview --failing" "preview --explain" "preview --rows 2-9"; do
    # shellcheck disable=SC2086 # words
    for file in "$csv" unclosed.csv latin.csv nosuch"$name" "$bad"; do
      shown csv2chakra $arguments "$map" "$file"
    done
    # shellcheck disable=SC2086 # words
    for mapping in wrong.yaml raw.yaml broken.yaml nosuch"$name"; do
      shown csv2chakra $arguments "$mapping" "$csv"
    done
  done
  for format in text json github; do
    for mapping in "$map" wrong.yaml raw.yaml broken.yaml; do
      shown csv2chakra check --format "$format" "$mapping"
    done
  done
  (csv2chakra check --format json "$map" "$csv" || :) | jq . >/dev/null
}

@test "inspect and init" {
  for file in "$csv" unclosed.csv latin.csv "$bad" "$name"; do
    shown csv2chakra inspect "$file"
    shown csv2chakra inspect --format json "$file"
    jq . out >/dev/null
    shown csv2chakra init "$file"
    rm -f "$name.made"
    shown csv2chakra init -o "$name.made" "$file"
  done
}

@test "every option and operand that is refused" {
  for command in $(csv2chakra help |
    sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    shown csv2chakra "$command" "--$name"
    shown csv2chakra "$command" "$name"
    shown csv2chakra "$command" "$bad" "$name"
    shown csv2chakra "$command" "$name" "$bad" "$name" "$name"
    case $command in check | preview | import | doctor | status) ;;
    *) continue ;; esac
    for option in base-url token-file procedure chunk-rows runs-dir \
      encoding format field rows; do
      shown csv2chakra "$command" "--$option=$name" "$map" "$csv"
    done
  done
  shown csv2chakra "$name"
  shown csv2chakra help "$name"
  CSV2CHAKRA_RUNS_DIR=$name CHAKRA_BASE_URL=$name shown csv2chakra status
  CHAKRA_API_TOKEN=$name shown csv2chakra import "$map" "$csv"
  CHAKRA_API_TOKEN_FILE=$name shown csv2chakra import "$map" "$csv"
}

@test "a run, and every command that speaks of it" {
  start_sandbox
  export CSV2CHAKRA_RUNS_DIR="$PWD/$name/runs"
  for progress in lines json bar; do
    shown csv2chakra import "$map" "$csv" -v --again "--progress=$progress" \
      --metrics-file m.prom
    expect_status 1
  done
  python3 "$BATS_TEST_DIRNAME/harmless.py" m.prom
  for command in status "status latest" "report latest" \
    "status --format json" "status --format json latest" \
    "report --format json latest" "doctor" "retry latest" \
    "resume latest" "reconcile latest" "prune" "prune --format json"; do
    # shellcheck disable=SC2086 # words
    shown csv2chakra $command
    [[ "$command" != *json* ]] || jq . out >/dev/null
  done
  python3 "$BATS_TEST_DIRNAME/harmless.py" "$CSV2CHAKRA_RUNS_DIR"/latest/report.json
  shown csv2chakra doctor "$map"
  shown csv2chakra doctor --format json "$map"
}

@test "a command that is shown can be pasted" {
  run_split csv2chakra check "$map" "$csv"
  expect_status 1
  line=$(grep -o "csv2chakra check .*" out | tail -1)
  bash -c "$line" >again 2>err || :
  cmp out again
}

# on_terminal WORDS...: with a terminal as stdout, which is put into ./out.
on_terminal() {
  # What printf quotes is for bash; script takes the user's shell.
  TERM=dumb SHELL=$BASH script -qec "$(printf '%q ' "$@")" /dev/null \
    >typed 2>&1 </dev/null || :
  tr -d '\r' <typed >out
}

@test "convert and exact records: exact into a file, shown on a terminal" {
  csv2chakra convert "$map" "$csv" 2>/dev/null >exact || :
  grep -q $'\xc2\x9b' exact
  on_terminal csv2chakra convert "$map" "$csv"
  python3 "$BATS_TEST_DIRNAME/harmless.py" out
  grep '^{' out | jq -c . >shown
  jq -c . exact >wanted
  cmp wanted shown
  start_sandbox
  csv2chakra import "$map" "$csv" >/dev/null 2>&1 || :
  csv2chakra report --rows rejected latest >exact
  sed -n 5,7p "$csv" | cmp - exact
  on_terminal csv2chakra report --rows rejected latest
  python3 "$BATS_TEST_DIRNAME/harmless.py" out
  [ "$(wc -l <out)" -eq 3 ]
}
