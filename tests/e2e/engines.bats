#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The scripts for engines with programs that only say what they are told to:
# which exit statuses of an import are done, tried again, or end everything.
# `make check-engines` runs them under the engines themselves.

# shellcheck disable=SC2030,SC2031 # a test is one process

load helpers

engines="$BATS_TEST_DIRNAME/../../samples/engines"

# An importer that ends with the next of the statuses in ./says, the last one
# again and again, and notes its arguments; ./calls has what was called.
setup() {
  setup_folder
  mkdir bin parts
  cat >bin/csv2chakra <<'SH'
#!/bin/sh
echo "csv2chakra $*" >>calls
says=$(head -n 1 says)
[ "$(wc -l <says)" -eq 1 ] || sed -i 1d says
case $says in
kill) kill -KILL $$ ;;
term) kill -TERM $$ ;;
term-both) kill -TERM "$PPID" && exit 5 ;;
usr1 | told)
  trap 'exit 5' TERM
  [ "$says" = told ] && kill -TERM "$PPID" || kill -USR1 "$PPID"
  while :; do command -p sleep 0.1; done
  ;;
*) exit "$says" ;;
esac
SH
  for name in scontrol scancel sbatch sleep; do
    # shellcheck disable=SC2016 # the words of the script
    printf '#!/bin/sh\necho "%s $*" >>calls\n%s\n' $name \
      'cat "out.${0##*/}" 2>/dev/null || :' >bin/$name
  done
  chmod +x bin/*
  PATH="$PWD/bin:$PATH"
  touch parts/part-0001.csv parts/part-0017.csv map.yaml
  : >calls
}

# says STATUS...: of the importer.
says() { printf '%s\n' "$@" >says; }

# ended STATUS CALLS: the script's status, and how often it called the importer.
ended() {
  if [ "$status" -ne "$1" ] || [ "$(grep -c ^csv2chakra calls)" -ne "$2" ]; then
    echo "status $status, wanted $1, with $2 imports:"
    cat calls err
    return 1
  fi
}

@test "GNU parallel: what is done, tried again, and ended" {
  local want imports list n=0
  while read -r want imports list; do
    n=$((n + 1))
    # shellcheck disable=SC2086 # a list of words
    says $list
    : >calls
    run_split "$engines/parallel/part.sh" map.yaml parts/part-0017.csv
    ended "$want" "$imports"
    [ "$(grep -c '^sleep 30$' calls)" -eq $((imports - 1)) ]
  done <<'CASES'
0 1 0
0 1 1
0 1 6
2 1 2
3 1 3
7 1 7
8 1 8
70 1 70
127 1 127
0 2 4 0
0 2 5 0
0 2 75 0
0 2 kill 0
0 2 term 0
0 4 4 kill 75 1
8 3 75 4 8
4 5 4
137 5 kill
CASES
  [ "$n" -eq 18 ]
  grep -q '^csv2chakra import --if-changed --resume -q map.yaml parts/part-0017.csv$' calls
  TRIES=2 PAUSE=7 run_split "$engines/parallel/part.sh" map.yaml p
  ended 137 7
  [ "$(grep -c '^sleep 7$' calls)" -eq 1 ]
}

@test "GNU parallel: after too many errors no further part is started" {
  says 3
  sh -c 'trap "echo told >told" HUP; PARALLEL_PID=$$; export PARALLEL_PID
    "$0"/parallel/part.sh map.yaml p || :' "$engines"
  in_file told told
  rm told
  # A number of another machine is somebody else's here.
  sh -c 'trap "echo told >told" HUP; PARALLEL_PID=$$ PARALLEL_SSHLOGIN=n2
    export PARALLEL_PID PARALLEL_SSHLOGIN
    "$0"/parallel/part.sh map.yaml p || :' "$engines"
  [ ! -e told ]
}

@test "one rate for all parts" {
  says 0
  RATE=90/s WORKERS=8 PARALLEL_JOBSLOT=3 \
    "$engines/parallel/part.sh" map.yaml p
  in_file calls 'csv2chakra import --if-changed --resume -q --rate 90/s --rate-share 3/8 map.yaml p'
  RATE=90/s run_split "$engines/parallel/part.sh" map.yaml p
  expect_status 2
  in_file err 'RATE needs WORKERS'
  RATE=90/s WORKERS=4 SLURM_ARRAY_TASK_ID=17 \
    "$engines/slurm/array.sh" parts map.yaml
  in_file calls 'csv2chakra import --if-changed --resume -q --rate 90/s --rate-share 17/4 map.yaml parts/part-0017.csv'
}

@test "Slurm: what is done, requeued, and ended" {
  export SLURM_ARRAY_JOB_ID=90 SLURM_ARRAY_TASK_ID=17
  local want list n=0
  while read -r list want next; do
    n=$((n + 1))
    says "$list"
    : >calls
    run_split "$engines/slurm/array.sh" parts map.yaml
    ended "$want" 1
    grep -E '^(scontrol requeue|scancel)' calls >did || :
    [ "$(cat did)" = "$next" ] || { cat calls && return 1; }
  done <<'CASES'
0 0
1 0
6 0
2 2
7 7
8 8
70 70
127 127
3 3 scancel 90
4 4 scontrol requeue 90_17
5 5 scontrol requeue 90_17
75 75 scontrol requeue 90_17
kill 137 scontrol requeue 90_17
term 143 scontrol requeue 90_17
CASES
  [ "$n" -eq 14 ]
}

@test "Slurm: a task that was cancelled, or tried often enough, is not requeued" {
  export SLURM_ARRAY_JOB_ID=90 SLURM_ARRAY_TASK_ID=1
  # Slurm tells the script and the importer.
  says term-both
  run_split "$engines/slurm/array.sh" parts map.yaml
  ended 5 1
  not_in_file calls 'scontrol requeue'
  # Near the time limit only the script is told, and tells the importer.
  says usr1
  : >calls
  run_split "$engines/slurm/array.sh" parts map.yaml
  ended 5 1
  in_file calls 'scontrol requeue 90_1'
  says 5
  : >calls
  SLURM_RESTART_COUNT=20 run_split "$engines/slurm/array.sh" parts map.yaml
  not_in_file calls 'scontrol requeue'
  SLURM_RESTART_COUNT=19 run_split "$engines/slurm/array.sh" parts map.yaml
  in_file calls 'scontrol requeue 90_1'
}

@test "Slurm: all parts are submitted, or some, and a report after them" {
  unset SLURM_ARRAY_TASK_ID
  echo '90;cluster' >out.sbatch
  run_split "$engines/slurm/array.sh" parts map.yaml
  expect_status 0
  in_file out 'parts: job 90; their report: job 90'
  in_file calls "sbatch --parsable --array=1-2%8 "
  in_file calls "/slurm/array.sh $PWD/parts $PWD/map.yaml"
  in_file calls "sbatch --parsable --dependency=afterany:90 "
  in_file calls "/slurm/report.sh $PWD/parts"
  WORKERS=3 run_split "$engines/slurm/array.sh" parts map.yaml 3,17-19
  in_file calls "--array=3,17-19%3"
  : >calls
  mkdir empty
  run_split "$engines/slurm/array.sh" empty map.yaml
  expect_status 2
  in_file err "there is no part-0001.csv in '$PWD/empty'"
  run_split "$engines/slurm/array.sh" parts
  expect_status 2
  in_file err 'usage: array.sh DIR MAPPING [PARTS]'
  # Slurm keeps a job's environment on disk.
  CHAKRA_API_TOKEN=$SECRET_MARK run_split "$engines/slurm/array.sh" parts map.yaml
  expect_status 2
  in_file err 'use CHAKRA_API_TOKEN_FILE'
  is_empty calls
}

@test "Kubernetes: what is done, and which status the job is told" {
  local want list n=0
  while read -r want list; do
    n=$((n + 1))
    says "$list"
    : >calls
    JOB_COMPLETION_INDEX=16 run_split "$engines/kubernetes/part.sh" parts map.yaml
    ended "$want" 1
    in_file calls 'import --if-changed --resume --progress lines map.yaml parts/part-0017.csv'
  done <<'CASES'
0 0
0 1
0 6
2 2
3 3
4 4
5 5
5 told
7 7
8 8
70 70
75 75
137 kill
CASES
  [ "$n" -eq 13 ]
  says 0
  JOB_COMPLETION_INDEX=0 RATE=5/s WORKERS=8 \
    "$engines/kubernetes/part.sh" parts map.yaml
  in_file calls '--rate 5/s --rate-share 0/8 map.yaml parts/part-0001.csv'
  run_split "$engines/kubernetes/part.sh" parts map.yaml
  expect_status 2
  in_file err 'usage: '
}

@test "what the scripts say of the importer is what it takes" {
  for script in "$engines"/*/*.sh; do
    head -n 1 "$script" | grep -qx '#!/bin/sh'
    sh -n "$script"
    [ -x "$script" ]
  done
  # The options that they use are options of import.
  for option in if-changed resume rate rate-share; do
    "$CSV2CHAKRA_BIN/csv2chakra" import --help | grep -q -- "--$option"
  done
}
