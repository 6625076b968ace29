#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes a Debian package of what `make install` has put into a folder. No
# debhelper: dpkg-dev and what every Debian has. The same source gives the same
# bytes. There are no maintainer scripts: the package makes no user, starts
# nothing, and leaves nothing behind.
# usage: VERSION=0.2.0 MAINTAINER='A <a@b>' SONAMES='libx.so.1' \
#          deb.sh STAGING_FOLDER OUT_FOLDER
# SONAMES: libraries that are opened at run time, which no linker knows of.
set -eu
export LC_ALL=C TZ=UTC

root=$1
out=$2
: "${VERSION:?}" "${MAINTAINER:?}" "${SONAMES=}"
package=csv2chakra
revision=$VERSION-1
date=$(sh src/package/date.sh)
export SOURCE_DATE_EPOCH="$date"
for tool in dpkg-deb dpkg-shlibdeps strip gzip; do
  command -v $tool >/dev/null || {
    echo "deb: $tool is missing; apt-get install dpkg-dev binutils gzip" >&2
    exit 1
  }
done
umask 022
work=$(mktemp -d "$out/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# Programs without their symbols, pages and changelogs compressed.
for program in "$root"/usr/bin/*; do
  strip --strip-unneeded --remove-section=.comment --remove-section=.note \
    "$program"
done
find "$root/usr/share/man" -type f -name '*.[1-8]' -exec gzip -9nf {} +
doc=$root/usr/share/doc/$package
mkdir -p "$doc"
gzip -9nc CHANGELOG.md >"$doc/changelog.gz"
{
  echo "$package ($revision) unstable; urgency=medium"
  printf '\n  * Version %s; changelog.gz says what is new.\n\n' "$VERSION"
  echo " -- $MAINTAINER  $(date -u -R -d "@$date")"
} | gzip -9nc >"$doc/changelog.Debian.gz"
{
  echo 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/'
  echo 'Upstream-Name: csv2chakra'
  printf '\nFiles: *\n'
  sed -n 's/^Copyright (c) /Copyright: /p' LICENSE
  echo 'License: MIT'
  sed '1,/^Copyright/d' LICENSE | sed '1{/^$/d}; s/^$/./; s/^/ /'
} >"$doc/copyright"
for text in README.md BENCHMARKS.md TROUBLESHOOTING.md SECURITY.md; do
  [ ! -f "$text" ] || cp "$text" "$doc/"
done
lintian=$root/usr/share/lintian/overrides
mkdir -p "$lintian"
# It is made for its users, and not for Debian's archive.
echo "$package: initial-upload-closes-no-bugs *" >"$lintian/$package"
ln -sfn "../../$package/samples" "$doc/examples"

# What the programs need: what they are linked with, and what they open.
mkdir "$work/debian"
echo "Source: $package" >"$work/debian/control"
mkdir "$root/DEBIAN" # dpkg-shlibdeps looks for it
linked=$(cd "$work" && dpkg-shlibdeps -O "$root"/usr/bin/* |
  sed -n 's/^shlibs:Depends=//p')
opened=
for soname in $SONAMES; do
  owner=$(dpkg-query -S "*/$soname" | sed -n '1s/:.*//p')
  [ -n "$owner" ] || exit 1
  case ", $linked," in
  *", $owner "* | *", $owner,"*) ;; # linked as well
  *) opened="$opened, $owner" ;;
  esac
done

arch=$(dpkg --print-architecture)
size=$(find "$root/usr" -type f -printf '%s\n' |
  awk '{ kib += int(($1 + 1023) / 1024) } END { print kib }')
sed -e "s|@VERSION@|$revision|" -e "s|@ARCH@|$arch|" \
  -e "s|@MAINTAINER@|$MAINTAINER|" -e "s|@SIZE@|$size|" \
  -e "s|@DEPENDS@|$linked$opened|" src/package/control.in \
  >"$root/DEBIAN/control"
(cd "$root" && find usr -type f | sort | xargs -d '\n' md5sum) \
  >"$root/DEBIAN/md5sums"

find "$root" ! -type l -exec chmod u+rwX,go+rX,go-w {} +
find "$root" -exec touch --no-dereference --date="@$date" {} +
deb=$out/${package}_${revision}_$arch.deb
dpkg-deb --root-owner-group -Zxz --build "$root" "$deb" >/dev/null
echo "$deb"
