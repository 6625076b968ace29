#!/bin/sh
# SPDX-License-Identifier: MIT
# The moment of this source, in seconds, for everything that carries a date:
# SOURCE_DATE_EPOCH, else the commit's time, else (in an unpacked tarball,
# whose files all have the commit's time) that of the changelog.
set -eu
if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
  echo "$SOURCE_DATE_EPOCH"
elif [ -e .git ]; then
  git log -1 --format=%ct
else
  stat -c %Y CHANGELOG.md
fi
