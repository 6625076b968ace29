#!/bin/sh
# Runs the unit tests (cmocka), the fuzz targets over their corpora and the
# end-to-end tests (bats) of one build, a few files at a time, and adds up what
# they printed as TAP.
# usage: B=build/release tests/run.sh [unit|e2e|quick|long|all|FILE...]
#   unit   the unit tests and the corpora
#   e2e    the end-to-end tests that are not tagged long
#   quick  both of these (the default)
#   long   the end-to-end tests tagged long, `# bats test_tags=long` or
#          `# bats file_tags=long` in the file, with the reason beside it
#   all    every test
#   FILE   only these: end-to-end files, whole, or programs of unit tests
# The last line is "N passed, N failed". A file that died is a failure, and so
# is one that is not done in time, whose group of processes is killed then. An
# end-to-end file has 600 s (1800 s where long tests run), a unit test 300 s, a
# corpus 60 s; LIMIT=seconds is for all.
set -eu

: "${B:?B names the build folder}"
which=${1:-quick}
case $which in
unit | e2e | quick) tags='!long' limit=600 ;;
long) tags=long limit=1800 ;;
all) tags='' limit=1800 ;;
*/*) which=files tags='' limit=1800 ;;
*)
  echo "run.sh: $which is unknown; say unit, e2e, quick, long, all or files" >&2
  exit 2
  ;;
esac
cores=$(nproc 2>/dev/null || echo 2)
# End-to-end tests mostly wait; instrumented builds do not.
case $B in
*/release) jobs=${JOBS:-$((6 * cores))} ;;
*) jobs=${JOBS:-$cores} ;;
esac

# in_memory FOLDER: it holds what the tests write, and lets them run it.
in_memory() {
  [ "$(df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print $1, ($4 > 2000000) }')" = 'tmpfs 1' ] &&
    probe=$(mktemp "$1/XXXXXX") || return 1
  chmod +x "$probe"
  echo '#!/bin/sh' >"$probe"
  works=0
  "$probe" 2>/dev/null || works=1
  rm "$probe"
  return $works
}
# What is made durable need not reach a disk; TMPDIR=/tmp lets it.
if [ -z "${TMPDIR:-}" ] && in_memory /dev/shm; then
  export TMPDIR=/dev/shm
fi
# Where python3 is a script that looks for one (pyenv), it has looked once; and
# what most tests do with it needs none of the packages that it would look for:
# those that do say `PACKAGES='' python3`. jq takes ten times as long to start as
# gojq, which says the same, but knows no -S and sorts the members of objects.
faster_tools() {
  mkdir "$1"
  if python=$(python3 -c 'import sys; print(sys.executable)' 2>/dev/null); then
    # shellcheck disable=SC2016 # expanded by the script
    printf '#!/bin/sh\nexec "%s" ${PACKAGES--S} "$@"\n' "$python" >"$1/python3"
    chmod +x "$1/python3"
  fi
  if gojq=$(command -v gojq); then ln -s "$gojq" "$1/jq"; fi
  PATH="$1:$PATH"
}

# No test writes a file of more than 2 GiB: one that goes wrong and never stops
# writing would take the memory of all. (In blocks of 512 bytes.)
ulimit -f 4194304

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
trap 'exit 130' INT TERM
faster_tools "$out/bin"

CSV2CHAKRA_BIN=$(cd "$B/bin" && pwd)
export CSV2CHAKRA_BIN
export CSV2CHAKRA_BUILD="${B#build/}"
unset CHAKRA_API_TOKEN CHAKRA_API_TOKEN_FILE CHAKRA_BASE_URL \
  CSV2CHAKRA_RUNS_DIR XDG_STATE_HOME NO_COLOR http_proxy https_proxy \
  HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy 2>/dev/null || true
export LC_ALL=C.UTF-8

# The end-to-end tests, those that wait longest first, so that none is left for
# the end: the machine has work while they wait. A file that is long as a whole
# has no quick test, and most have no long one.
e2e() {
  first='growth faults stops progress confined_ways own_paths undo first_contact
    first_signal tls import update sandbox_net ledger token_command security
    upsert clocks report batch completion log proxy no_dead_end sandbox corporate
    retry samples examples demo hostile_server resume across moving_input'
  for t in $first; do echo "tests/e2e/$t.bats"; done >"$out/first"
  {
    while read -r t; do [ ! -e "$t" ] || echo "$t"; done <"$out/first"
    printf '%s\n' tests/e2e/*.bats | grep -vxFf "$out/first" -
  } | case $which in
  long) xargs grep -lE '^# bats (file|test)_tags=long$' ;;
  all) cat ;;
  *) xargs grep -LE '^# bats file_tags=long$' ;;
  esac || :
}

{
  case $which in unit | files) ;; *) e2e ;; esac
  case $which in unit | quick | all)
    for t in "$B"/bin/tests/test_*; do
      case $t in *.d) ;; *) [ -x "$t" ] && echo "$t" ;; esac
    done
    for t in tests/fuzz/fuzz_*.c; do
      t=${t##*/fuzz_}
      echo "$B/bin/fuzz/${t%.c}"
    done
    ;;
  files) printf '%s\n' "$@" ;;
  esac
} >"$out/list"

# shellcheck disable=SC2016 # expanded by the inner shell
xargs -P "$jobs" -I{} sh -c '
  test=$1 out=$2 tags=$3 limit=$4 name=${1##*/}
  case $test in
  *.bats) set -- bats --formatter tap ${tags:+--filter-tags "$tags"} "$test" ;;
  */fuzz/*)
    set -- "$test" "tests/fuzz/corpus/$name"
    name=fuzz_$name limit=60
    ;;
  *)
    set -- env CMOCKA_MESSAGE_OUTPUT=TAP "$test"
    limit=300
    ;;
  esac
  limit=${LIMIT:-$limit}
  # In a group of its own (timeout). nohup and the background of a shell start
  # programs deaf to signals that tests send; a shell cannot undo that.
  env --default-signal=HUP,INT,QUIT,TERM,PIPE timeout "$limit" "$@" \
    >"$out/$name.tap" 2>&1 &
  group=$! status=0
  wait $group || status=$?
  # cmocka says "not ok" of what it skips.
  sed -i "s/^not ok \(.*# SKIP\)/ok \1/" "$out/$name.tap"
  if [ $status -eq 124 ]; then
    kill -s KILL -- -$group 2>/dev/null || :
    echo "not ok - $name was not done after $limit s" >>"$out/$name.tap"
  elif [ $status -ne 0 ] && ! grep -q "^not ok" "$out/$name.tap"; then
    echo "not ok - $name ended with status $status" >>"$out/$name.tap"
  fi
  if grep -q "^not ok" "$out/$name.tap"; then
    echo "FAIL $name"
    grep -v "^ok" "$out/$name.tap" | sed "s/^/    /"
  else
    echo "ok   $name ($(grep -c "^ok" "$out/$name.tap"))"
  fi
' sh {} "$out" "$tags" "$limit" <"$out/list" || true

cat "$out"/*.tap >"$out/all" 2>/dev/null || :
passed=$(grep -c '^ok' "$out/all" || true)
skipped=$(grep -c '^ok.*# [Ss][Kk][Ii][Pp]' "$out/all" || true)
failed=$(grep -c '^not ok' "$out/all" || true)
passed=$((passed - skipped))
if [ "$skipped" -gt 0 ]; then
  echo "$passed passed, $failed failed, $skipped skipped"
else
  echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
