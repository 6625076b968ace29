# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # $work is the script's own folder
# What the checks of packages share: sentences that hold or do not, counted.
passed=0 failed=0

# holds SENTENCE COMMAND...
holds() {
  sentence=$1
  shift
  if "$@" >"$work/log" 2>&1; then
    passed=$((passed + 1))
    echo "ok $sentence"
  else
    failed=$((failed + 1))
    echo "not ok $sentence"
    tail -n 60 "$work/log" | sed 's/^/    /'
  fi
}
