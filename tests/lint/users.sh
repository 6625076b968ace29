#!/bin/sh
# SPDX-License-Identifier: MIT
# Each library has one user: only these rooms know its header.
set -eu

bad=0
# only HEADER ROOM...: no file of src/ or include/ but of these includes it.
only() {
  header=$1
  shift
  rooms=$(echo "$*" | tr ' ' '|')
  if grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*<$header" \
    src include | grep -vE "^(src|include)/($rooms)/"; then
    echo "  <$header is for: $*"
    bad=1
  fi
}
only 'csv\.h' csv
only 'archive' input
only 'iconv\.h' input
only 'uchardet' input
only 'yaml\.h' mapping
only 'curl/' http
only 'sqlite3' ledger sandbox
only 'pcre2' value
only 'utf8proc' base
only 'openssl/' base
only 'microhttpd' serve
only 'zlib\.h' input http sandbox
exit $bad
