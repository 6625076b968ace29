#!/bin/sh
# SPDX-License-Identifier: MIT
# Every C file says its licence and what it is for, every header is guarded by
# its own name, none is longer than 500 lines, and nothing names a folder of
# the machine that it was written on.
set -eu

bad=0
wrong() {
  echo "$1: $2"
  bad=1
}

for f in $(find src include tests -name '*.[ch]' | sort); do
  case $(head -n 1 "$f") in
  '/* SPDX-License-Identifier: MIT */') ;;
  *) wrong "$f:1" "does not begin with the SPDX line" ;;
  esac
done
for f in $(find src include tests \( -name '*.[ch]' -o -name '*.bats' \
  -o -name '*.sh' -o -name '*.py' -o -name '*.bash' \) | sort); do
  lines=$(wc -l <"$f")
  [ "$lines" -le 500 ] || wrong "$f" "$lines lines, at most 500"
done
for f in $(find src -name '*.c' | sort); do
  case $(sed -n '2p' "$f") in
  '/*'*) ;;
  *) wrong "$f" "its second line does not say what the file is for" ;;
  esac
done
for f in $(find include src -name '*.h' | sort); do
  guard=$(echo "${f#*/}" | tr 'a-z/.' 'A-Z__')
  grep -qx "#ifndef $guard" "$f" || wrong "$f" "no include guard $guard"
  grep -q '^/\*' "$f" || wrong "$f" "no comment"
done

top=
for f in src include tests man mappings samples Makefile README.md HACKING.md \
  CHANGELOG.md .ci; do
  [ ! -e "$f" ] || top="$top $f"
done
# shellcheck disable=SC2086 # a list of words
# The folder that this tree lies in, and root's home.
if grep -rnIE "(^|[^[:alnum:]_.~-])($PWD|/root)/" \
  $top --exclude=files.sh --exclude=lint.bats; then
  wrong "above" "the name of a folder of one machine"
fi
exit $bad
