#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The samples for systemd, cron and Kubernetes: their command lines are run as
# they stand, with other folders; the units are verified.

# shellcheck disable=SC2154 # service.bash sets url

load service

schedule="$BATS_TEST_DIRNAME/../../samples/schedule"
cronjob="$BATS_TEST_DIRNAME/../../samples/engines/kubernetes/cronjob.yaml"

setup() {
  setup_folder
  start_sandbox
  unset CHAKRA_API_TOKEN_FILE CSV2CHAKRA_RUNS_DIR
  mkdir etc srv
  chmod 700 .
  good_mapping etc/leads.yaml
  good_csv 6 >srv/leads.csv
}

# here: a command line on stdin, with the folders of this test.
here() {
  sed -e "s|/usr/local/bin/csv2chakra|csv2chakra|g" \
    -e "s|/etc/csv2chakra/token|$PWD/token|g" \
    -e "s|/run/secrets/chakra|$PWD|g" \
    -e "s|/etc/csv2chakra|$PWD/etc|g" -e "s|/srv/csv2chakra|$PWD/srv|g" \
    -e "s|/var/lib/csv2chakra|$PWD|g" -e 's|%i|leads|g'
}

# A first night, a second one without a new file, and a run that stopped.
works() {
  run_split sh "$1"
  expect_status 0
  [ "$(held | wc -l)" -eq 6 ]
  run_split sh "$1"
  expect_status 0
  [ "$(held | wc -l)" -eq 6 ]
  [ "$(find runs -name run.json | wc -l)" -eq 1 ]
  good_csv 12 | sed 's/^L-/M-/' >srv/leads.csv
  run_split csv2chakra import etc/leads.yaml srv/leads.csv --limit 5 \
    --token-file token --runs-dir runs
  expect_status 0
  run_split sh "$1"
  expect_status 0
  [ "$(held | wc -l)" -eq 18 ]
  [ "$(find runs -name run.json | wc -l)" -eq 2 ]
  [ "$(curl -sf "$url/sandbox/stats" | jq .keys.received_twice)" = 0 ]
}

@test "the command of the service" {
  sed -n 's/^ExecStart=//p' "$schedule/csv2chakra@.service" | here >line
  [ "$(wc -l <line)" -eq 1 ]
  CREDENTIALS_DIRECTORY=$PWD STATE_DIRECTORY=$PWD
  export CREDENTIALS_DIRECTORY STATE_DIRECTORY
  works line
}

@test "the lines of the crontab" {
  # Five columns of time, then the user.
  grep -E '^[0-9]' "$schedule/crontab" | cut -d ' ' -f 7- | here >lines
  [ "$(wc -l <lines)" -eq 3 ]
  grep ' import .*/leads.csv' lines >line
  works line
  is_empty out
  is_empty err
  # Nor is there mail of a night without a new file, and there is of a bad one.
  run_split sh line
  expect_status 0
  is_empty out
  is_empty err
  good_csv 3 | sed 's/^L-2,Open/N-2,Lost/; s/^L-/N-/' >srv/leads.csv
  run_split sh line
  expect_status 1
  in_file out '1 was rejected'
  grep ' prune ' lines >line
  run_split sh line
  expect_status 0
  is_empty out
}

# nights LINE FOLDER: a first night, one with a file that failed, an empty one.
nights() {
  mkdir -p "$2"
  good_csv 6 >"$2/a.csv"
  run_split sh "$1"
  expect_status 0
  in_file out 'left for later'
  sed -i 's/--quiet-for 60s //' "$1"
  good_csv 3 | sed 's/^L-2,Open/N-2,Lost/; s/^L-/N-/' >"$2/b.csv"
  run_split sh "$1"
  expect_status 1
  [ "$(cd "$2" && find . -type f | sort | tr '\n' ' ')" = \
    './done/a.csv ./failed/b.csv ./failed/b.to-fix.csv ' ]
  run_split sh "$1"
  expect_status 0
  [ "$(held | wc -l)" -eq 8 ]
}

@test "the inbox of the service and of the crontab; somebody is told of a bad night" {
  cp "$schedule/notify.sh" etc/
  mkdir bin
  # shellcheck disable=SC2016 # the program is told so
  printf '#!/bin/sh\n{ echo "$@"; cat; } >>%s/mails\n' "$PWD" >bin/mail
  chmod +x bin/mail
  PATH="$PWD/bin:$PATH"
  sed -n 's/^ExecStart=//p' "$schedule/csv2chakra-inbox@.service" | here >line
  CREDENTIALS_DIRECTORY=$PWD STATE_DIRECTORY=$PWD
  export CREDENTIALS_DIRECTORY STATE_DIRECTORY
  nights line srv/leads
  [ "$(grep -c '^-s csv2chakra import on .*: exit 1, run .*-b-.* operators@example.org$' mails)" -eq 1 ]
  [ "$(wc -l <mails)" -eq 2 ]
  stop_sandbox
  start_sandbox
  unset CHAKRA_API_TOKEN_FILE CSV2CHAKRA_RUNS_DIR
  rm -r runs
  grep -E '^[0-9]' "$schedule/crontab" | cut -d ' ' -f 7- | here |
    grep /inbox | sed 's/ -q / /' >line
  nights line srv/inbox
}

@test "the arguments of the CronJob, and a mode that the token may have" {
  sed -n '/^ *args:/,/^ *securityContext:/s/^ *- //p' \
    "$cronjob" | here >args
  [ "$(wc -l <args)" -eq 8 ]
  { printf 'exec csv2chakra' && sed "s/.*/ '&'/" args | tr -d '\n'; } >line
  # As the kubelet lays a secret out: a link to a file behind a linked folder.
  mode=$(sed -n 's/^ *defaultMode: //p' "$cronjob")
  mkdir ..2026_01_01
  mv token ..2026_01_01/token
  ln -s ..2026_01_01 ..data
  ln -s ..data/token token
  chmod "$mode" ..data/token
  works line
  chmod 0644 ..data/token
  run_split sh line
  expect_status 2
}

@test "the CronJob is YAML" {
  PACKAGES='' python3 -c 'import yaml' 2>/dev/null || skip "no YAML for python here"
  PACKAGES='' python3 - "$cronjob" <<'PY'
import sys, yaml
job = yaml.safe_load(open(sys.argv[1]))
assert job['kind'] == 'CronJob'
pod = job['spec']['jobTemplate']['spec']['template']['spec']
names = {v['name'] for v in pod['volumes']}
mounts = pod['containers'][0]['volumeMounts']
assert {m['name'] for m in mounts} == names
secret = [v for v in pod['volumes'] if v['name'] == 'token'][0]['secret']
assert secret['defaultMode'] == 0o440
PY
}

@test "two timers at once: the second one ends with 75 and sends nothing" {
  stop_sandbox
  start_sandbox --latency 1s
  sed -n 's/^ExecStart=//p' "$schedule/csv2chakra@.service" | here >line
  CREDENTIALS_DIRECTORY=$PWD STATE_DIRECTORY=$PWD
  export CREDENTIALS_DIRECTORY STATE_DIRECTORY
  sh line >first.out 2>first.err 3>&- &
  local first=$! tries=0
  until [ -n "$(find runs -name run.json 2>/dev/null)" ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ]
    sleep 0.05
  done
  run_split sh line
  expect_status 75
  in_file err "another process"
  wait $first
  [ "$(held | wc -l)" -eq 6 ]
  [ "$(find runs -name run.json | wc -l)" -eq 1 ]
  # The services try again: 75 is none of those that want a person.
  grep '^RestartPreventExitStatus=' "$schedule/csv2chakra@.service" >codes
  not_in_file codes 75
  sed -n 's/^ *values: //p' "$cronjob" >codes
  not_in_file codes 75
}

@test "an export that came out empty is stopped by --expect-rows" {
  sed -n 's/^ExecStart=//p' "$schedule/csv2chakra@.service" | here |
    sed 's/ import / import --expect-rows 4..8 /' >line
  CREDENTIALS_DIRECTORY=$PWD STATE_DIRECTORY=$PWD
  export CREDENTIALS_DIRECTORY STATE_DIRECTORY
  for rows in 0 3 9; do
    good_csv $rows >srv/leads.csv
    run_split sh line
    expect_status 7
    in_file err "has $rows records, and --expect-rows allows 4 to 8"
    in_file err '[input.row_count]'
  done
  [ "$(held | wc -l)" -eq 0 ]
  good_csv 6 >srv/leads.csv
  run_split sh line
  expect_status 0
  [ "$(held | wc -l)" -eq 6 ]
}

@test "the command of the prune service" {
  STATE_DIRECTORY=$PWD
  export STATE_DIRECTORY
  run_split csv2chakra import etc/leads.yaml srv/leads.csv --token-file token \
    --runs-dir runs
  expect_status 0
  sed -n 's/^ExecStart=//p' "$schedule/csv2chakra-prune.service" | here >line
  run_split sh line
  expect_status 0
  in_file out '0 pruned'
  sed -i 's/--older-than 90d/--older-than 0s/' line
  run_split sh line
  expect_status 0
  in_file out '1 pruned'
}

@test "systemd has nothing to say against the units" {
  command -v systemd-analyze >/dev/null || skip "no systemd-analyze here"
  local unit quoted
  mkdir units
  cp "$schedule"/*.timer units/
  for unit in csv2chakra csv2chakra-inbox; do
    sed "s|/usr/local/bin/csv2chakra|$CSV2CHAKRA_BIN/csv2chakra|" \
      "$schedule/$unit@.service" >"units/$unit@.service"
  done
  sed "s|/usr/local/bin/csv2chakra|$CSV2CHAKRA_BIN/csv2chakra|" \
    "$schedule/csv2chakra-prune.service" >units/csv2chakra-prune.service
  cd units || return 1
  run_split systemd-analyze verify --man=no ./csv2chakra-prune.service \
    ./csv2chakra-prune.timer
  expect_status 0
  not_in_file err csv2chakra-prune
  for unit in csv2chakra csv2chakra-inbox; do
    run_split systemd-analyze verify --man=no "./$unit@leads.service" \
      "./$unit@leads.timer"
    expect_status 0
    not_in_file err csv2chakra@
    # The figure that the unit quotes, by the systemd that it names.
    quoted=$(sed -n "s/^# level for $unit@i.service: \([0-9.]*\) .*/\1/p" \
      "$unit@.service")
    [ -n "$quoted" ]
    systemd-analyze --version | grep -q '^systemd 252 ' || continue
    cp "$unit@.service" "$unit@i.service"
    systemd-analyze security --offline=yes --no-pager "./$unit@i.service" |
      grep "exposure level for $unit@i.service: $quoted OK"
  done
}

@test "the alert rules are YAML, and ask for metrics that an import writes" {
  csv2chakra import -q etc/leads.yaml srv/leads.csv --token-file token --runs-dir runs \
    --metrics-file m.prom
  PACKAGES='' python3 - "$schedule/alerts.yml" >rules <<'PY' || { cat rules; return 1; }
import re, sys
try:
    import yaml
except ImportError:
    yaml = None
text = open(sys.argv[1]).read()
if yaml:
    for rule in yaml.safe_load(text)['groups'][0]['rules']:
        assert set(rule) <= {'alert', 'expr', 'for', 'labels', 'annotations'}, rule
        assert rule['annotations']['summary'] and rule['labels']['severity'], rule
        print(rule['expr'])
else:
    for expr in re.findall(r'^ +expr: (.*)$', text, re.M):
        print(expr)
PY
  [ "$(wc -l <rules)" -eq 6 ]
  grep -oE 'csv2chakra_[a-z_]+' rules | sort -u >asked
  while read -r name; do
    grep -q "^$name{" m.prom || { echo "nobody writes $name"; return 1; }
  done <asked
  # The outcomes are those of the program.
  grep -oE 'outcome=~?"[a-z|]+"' rules | grep -oE '[a-z|]+"' | tr '|' '\n' | tr -d '"' |
    while read -r outcome; do
      grep -q "outcome=\"$outcome\"" m.prom || { echo "no $outcome"; return 1; }
    done
}
