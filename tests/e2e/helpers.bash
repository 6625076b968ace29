# SPDX-License-Identifier: MIT
# Shared by the end-to-end tests: a folder of its own for each test, the
# programs, and a good mapping with a file that fits it. `load service` has
# these, too.

bats_require_minimum_version 1.5.0

# What a sanitizer finds ends a program with a status that is none of its own;
# by default it is that of rejected rows.
export ASAN_OPTIONS="exitcode=99${ASAN_OPTIONS:+:$ASAN_OPTIONS}"

# bats notes before each command where it stands, a fifth of the time that all
# tests take. Here only the command that fails is noted, which is what a failed
# test shows (run.bats). A bats with other names for this goes on as it does.
place_of_failures() {
  declare -F bats_debug_trap bats_error_trap >/dev/null || return 0
  trap - DEBUG
  # shellcheck disable=SC2034 # bats reads them
  BATS_DEBUG_LAST_STACK_TRACE=() BATS_DEBUG_LASTLAST_STACK_TRACE=()
  trap 'bats_debug_trap "${BASH_SOURCE[0]}"
    BATS_DEBUG_LAST_STACK_TRACE_IS_VALID=1
    bats_error_trap' ERR
}

setup_folder() {
  place_of_failures
  cd "$BATS_TEST_TMPDIR" || return 1
  export HOME="$BATS_TEST_TMPDIR/home"
  mkdir -p "$HOME"
  unset CHAKRA_API_TOKEN CHAKRA_API_TOKEN_FILE CHAKRA_BASE_URL
  unset CSV2CHAKRA_RUNS_DIR XDG_STATE_HOME NO_COLOR
  unset CHAKRA_API_TOKEN_COMMAND CSV2CHAKRA_PROFILE XDG_CONFIG_HOME SSL_CERT_FILE
  PATH="$CSV2CHAKRA_BIN:$PATH"
}

# What every test begins with, if its file has no other.
setup() { setup_folder; }

# Runs a command with stdout in ./out, stderr in ./err, its status in $status.
run_split() {
  status=0
  "$@" >out 2>err || status=$?
}

# expect_status N: with what the program said when it is another one.
expect_status() {
  if [ "$status" -ne "$1" ]; then
    echo "status $status, wanted $1"
    echo "stdout: $(head -c 2000 out)"
    echo "stderr: $(head -c 2000 err)"
    return 1
  fi
}

# has_text FILE TEXT: is TEXT in FILE, whatever else is? Without a process, of
# which there would be thousands.
has_text() {
  local LC_ALL=C part parts
  mapfile -d '' -t parts <"$1" || return 1
  for part in "${parts[@]}"; do
    if [[ $part == *"$2"* ]]; then return 0; fi
  done
  return 1
}

# in_file FILE TEXT: FILE holds TEXT, or its content is shown.
in_file() {
  if ! has_text "$1" "$2"; then
    echo "'$2' is not in $1:"
    head -c 3000 "$1"
    return 1
  fi
}

not_in_file() {
  if [ ! -e "$1" ] || has_text "$1" "$2"; then
    echo "'$2' is in $1, or there is no such file:"
    head -c 3000 "$1"
    return 1
  fi
}

is_empty() {
  if [ -s "$1" ]; then
    echo "$1 is not empty:"
    head -c 3000 "$1"
    return 1
  fi
}

# lead_mapping FILE KEY: a mapping for leads, and the lines of standard input.
lead_mapping() {
  { printf 'version: 1\nprocedure: lead\nlead_id: %s\n' "$2" && cat; } >"$1"
}

good_mapping() { cp "$BATS_TEST_DIRNAME/../data/leads.yaml" "${1:-leads.yaml}"; }

# good_csv [ROWS]
good_csv() {
  echo 'Lead Ref,Status,First,Last,Score,Note'
  awk -v n="${1:-3}" 'BEGIN {
    for (i = 1; i <= n; i++)
      printf "L-%d,Open,Ann,Lee,%d,\"a, \"\"note\"\"\"\n", i, i
  }'
}

# good_leads ROWS: that mapping, and leads.csv.
good_leads() {
  good_mapping leads.yaml
  good_csv "$1" >leads.csv
}

# until_stopped PID: a fault (:stop) has halted it.
until_stopped() {
  local tries=0
  until grep -qs '^State:.T' "/proc/$1/status"; do
    tries=$((tries + 1))
    [ $tries -lt 1000 ] || return 1
    sleep 0.02
  done
}

# Every token of a test begins with this, so that one that got out is known.
SECRET_MARK=c2c-secret

# new_token [FILE]: a file that only we can read, with a token.
new_token() {
  (umask 077 && echo "$SECRET_MARK-$$-$RANDOM$RANDOM" >"${1:-token}")
}

# secret_shapes MARK: as it is, and as it looks inside base64, wherever a group
# of three bytes begins.
secret_shapes() {
  echo "$1"
  local before cut=0 shape
  for before in '' x xx; do
    shape=$(printf %s "$before$1" | base64 -w0)
    case $before in x) cut=2 ;; xx) cut=3 ;; esac
    shape=${shape:cut}
    shape=${shape%%=*}
    echo "${shape%?}"
  done
}

# Of the mark above; each test looks for them, so they are not made each time.
SECRET_SHAPES=$'c2c-secret\nYzJjLXNlY3Jld\nMyYy1zZWNyZX\njMmMtc2VjcmV'

# no_secret_left [FOLDER]...: no token is in what a test has written (but the
# files named *token*, where it has to be), nor in what it has captured. A
# SQLite file and its -wal are looked through like any other.
# shellcheck disable=SC2120 # files with a folder of their own give it
no_secret_left() {
  local found shape
  found=$(grep -rlaF --exclude='*token*' --devices=skip -e "$SECRET_SHAPES" \
    "${@:-$BATS_TEST_TMPDIR}" 2>/dev/null) || :
  if [ -n "$found" ]; then
    echo "the token is in: $found"
    return 1
  fi
  for shape in $SECRET_SHAPES; do
    if [[ ${output:-}${stderr:-} == *"$shape"* ]]; then
      echo "the token is in what was captured"
      return 1
    fi
  done
}

# What every test ends with. A file with a teardown of its own calls
# stop_sandbox or no_secret_left there (a lint test looks).
teardown() {
  if declare -F stop_sandbox >/dev/null; then stop_sandbox; fi
  # shellcheck disable=SC2119
  no_secret_left
}
