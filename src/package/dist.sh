#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the source tarball: the files of the commit, or of an unpacked tarball,
# with sorted names, one owner and the commit's time. The same commit gives the
# same bytes, from a checkout and from its own tarball.
# usage: VERSION=0.2.0 dist.sh OUT_FOLDER
set -eu
export LC_ALL=C TZ=UTC

name=csv2chakra-${VERSION:?}
out=$1
date=$(sh src/package/date.sh)
mkdir -p "$out"
tree=$(mktemp -d "$out/tree.XXXXXX")
trap 'rm -rf "$tree"' EXIT
trap 'exit 130' INT TERM
mkdir "$tree/$name"

if [ -e .git ]; then
  changed=$(git status --porcelain | wc -l)
  if [ "$changed" -gt 0 ]; then
    echo "dist: what is not committed ($changed files) is not in the tarball" >&2
  fi
  git archive --format=tar HEAD >"$tree/commit.tar"
  tar -xf "$tree/commit.tar" -C "$tree/$name"
else
  # What .gitignore names is made, not written.
  find . -path ./build -prune -o -name node_modules -prune -o -name '*.o' -o \
    -name '*.swp' -o ! -type d -print >"$tree/list"
  tar -cf - -T "$tree/list" | tar -xf - -C "$tree/$name"
fi
[ -f "$tree/$name/Makefile" ]

# Only "may it be run" is kept of the modes.
chmod -R u+rwX,go+rX,go-w "$tree/$name"
tar --format=ustar --sort=name --owner=root:0 --group=root:0 \
  --mtime="@$date" -C "$tree" -cf "$tree/$name.tar" "$name"
gzip -9n "$tree/$name.tar"
mv "$tree/$name.tar.gz" "$out/$name.tar.gz"
echo "$out/$name.tar.gz"
