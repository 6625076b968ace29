#!/bin/sh
# SPDX-License-Identifier: MIT
# The source tarball: always the same bytes, everything of the commit and
# nothing else; unpacked in an empty folder it builds, passes its tests, makes
# the same tarball and the same Debian package again. The last line is
# "N passed, N failed".
# usage: VERSION=0.2.0 MAKE=make dist.sh FOLDER_OF_THE_TARBALL
# CHECK=check-unit: only those tests of it.
set -eu
export LC_ALL=C.UTF-8

out=$(cd "$1" && pwd)
name=csv2chakra-${VERSION:?}
make=${MAKE:-make}
check=${CHECK:-check}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
# Nothing of the build that called this.
unset MAKEFLAGS MFLAGS MAKELEVEL
# shellcheck source=tests/package/holds.sh
. "$(dirname "$0")/holds.sh"

same_again() {
  VERSION=$VERSION sh src/package/dist.sh "$work/again" &&
    cmp "$out/$name.tar.gz" "$work/again/$name.tar.gz"
}

all_of_the_commit() {
  tar -tzf "$out/$name.tar.gz" | sed -n "s|^$name/\(.*[^/]\)\$|\1|p" |
    sort >"$work/packed"
  git ls-tree -r --name-only HEAD | sort | diff - "$work/packed"
}

one_owner_and_time() {
  TZ=UTC tar -tvzf "$out/$name.tar.gz" --full-time |
    awk '{ print $2, $4, $5 }' | sort -u >"$work/who"
  [ "$(wc -l <"$work/who")" -eq 1 ] && grep -q '^root/root ' "$work/who"
}

unpacks() {
  mkdir "$work/empty" && tar -xzf "$out/$name.tar.gz" -C "$work/empty" &&
    [ "$(ls "$work/empty")" = "$name" ]
}

there() { (cd "$work/empty/$name" && "$make" --no-print-directory "$@"); }

passes() {
  there DEPS=no WERROR=yes "$check" >"$work/check" 2>&1 || {
    grep -A 40 '^FAIL' "$work/check" || tail -n 40 "$work/check"
    return 1
  }
  tail -n 1 "$work/check"
}

same_tarball() {
  there dist && cmp "$out/$name.tar.gz" \
    "$work/empty/$name/build/package/$name.tar.gz"
}

same_package() {
  "$make" --no-print-directory deb && there deb &&
    (cd "$work/empty/$name/build/package" && ls ./*.deb >"$work/debs" &&
      while read -r deb; do cmp "$deb" "$out/$deb"; done <"$work/debs")
}

holds "the same bytes again" same_again
if [ -e .git ]; then
  holds "all files of the commit, and no other" all_of_the_commit
fi
holds "one owner, one time" one_owner_and_time
holds "it unpacks into one folder" unpacks
holds "make $check passes there" passes
holds "it makes its own tarball again" same_tarball
if command -v dpkg-shlibdeps >/dev/null; then
  holds "the Debian package is the same in another folder" same_package
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
