#!/bin/sh
# SPDX-License-Identifier: MIT
# Every C file says its licence and what it is for, every header is guarded by
# its own name, none is longer than 500 lines, and nothing names a folder of
# the machine that it was written on.
set -eu

bad=0
# One awk reads them all; what it prints is wrong.
# shellcheck disable=SC2016 # the fields are awk's
wrongs=$(
  find src include tests -name '*.[ch]' | sort | xargs awk '
    function wrong(place, what) { print place ": " what }
    function file_done() {
      if (file ~ /^src\/.*\.c$/ && !said)
        wrong(file, "its second line does not say what the file is for")
      if (file ~ /^(include|src)\/.*\.h$/) {
        if (!guarded) wrong(file, "no include guard " guard)
        if (!commented) wrong(file, "no comment")
      }
    }
    FNR == 1 {
      file_done()
      file = guard = FILENAME
      sub(/^[^\/]*\//, "", guard)
      gsub(/[\/.]/, "_", guard)
      guard = toupper(guard)
      guarded = commented = said = 0
      if ($0 != "/* SPDX-License-Identifier: MIT */")
        wrong(file ":1", "does not begin with the SPDX line")
    }
    FNR == 2 && /^\/\*/ { said = 1 }
    $0 == "#ifndef " guard { guarded = 1 }
    /^\/\*/ { commented = 1 }
    END { file_done() }'
  find src include tests \( -name '*.[ch]' -o -name '*.bats' \
    -o -name '*.sh' -o -name '*.py' -o -name '*.bash' \) | sort |
    xargs wc -l | awk '$1 > 500 && $2 != "total" {
      print $2 ": " $1 " lines, at most 500" }'
)
[ -z "$wrongs" ] || {
  echo "$wrongs"
  bad=1
}

top=
for f in src include tests man mappings samples Makefile README.md HACKING.md \
  CHANGELOG.md .ci; do
  [ ! -e "$f" ] || top="$top $f"
done
# shellcheck disable=SC2086 # a list of words
# The folder that this tree lies in, and root's home.
if grep -rnIE "(^|[^[:alnum:]_.~-])($PWD|/root)/" \
  $top --exclude=files.sh --exclude=lint.bats; then
  echo "above: the name of a folder of one machine"
  bad=1
fi
exit $bad
