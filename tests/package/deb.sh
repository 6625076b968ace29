#!/bin/sh
# SPDX-License-Identifier: MIT
# The Debian package: lintian, then a clean root that debootstrap makes, where
# it is installed, used by somebody without rights, and purged. Needs root, the
# network for Debian's packages, debootstrap and lintian. The last line is
# "N passed, N failed".
# usage: VERSION=0.2.0 deb.sh FOLDER_OF_THE_PACKAGE
# DEBIAN_MIRROR: where to get Debian from, instead of deb.debian.org.
set -eu
export LC_ALL=C.UTF-8

for tool in debootstrap lintian dpkg-deb; do
  command -v $tool >/dev/null || {
    echo "check-deb: $tool is missing; apt-get install debootstrap lintian" >&2
    exit 1
  }
done
[ "$(id -u)" = 0 ] || {
  echo "check-deb: a clean root needs root rights" >&2
  exit 1
}
deb=$(ls "$1"/csv2chakra_"${VERSION:?}"-1_*.deb)
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM
# shellcheck source=tests/package/holds.sh
. "$(dirname "$0")/holds.sh"

field() { dpkg-deb -f "$deb" "$1"; }

lintian_is_content() {
  lintian --allow-root --no-tag-display-limit --fail-on error,warning "$deb"
}

libraries_are_named() {
  for soname in ${SONAMES:?}; do
    owner=$(dpkg-query -S "*/$soname" | sed -n '1s/:.*//p')
    field Depends | tr ',' '\n' | grep -qE "^ *$owner( |\$)" || {
      echo "no $owner in: $(field Depends)"
      return 1
    }
  done
}

no_scripts() {
  dpkg-deb -e "$deb" "$work/control"
  [ "$(ls "$work/control")" = "$(printf 'control\nmd5sums')" ]
}

root=$work/root
in_root() {
  chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp \
    LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

# The rights of nobody, who owns nothing there.
as_nobody() {
  chroot --userspec=nobody:nogroup "$root" env -i HOME=/tmp/nobody \
    PATH=/usr/bin:/bin LC_ALL=C.UTF-8 "$@"
}

# All names, but of what the kernel and man-db's cache hold.
files() {
  (cd "$root" && find . -xdev \( -path ./proc -o -path ./sys -o -path ./dev \
    -o -path ./tmp -o -path ./var/cache/man \) -prune -o -print | sort)
}

clean_root() {
  suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  # shellcheck disable=SC2086 # a mirror or nothing
  debootstrap --variant=minbase "$suite" "$root" ${DEBIAN_MIRROR:-}
}

# What it asks for, and what the look at it needs; not the package.
needs() {
  in_root apt-get update -q
  in_root apt-get satisfy -q -y --no-install-recommends \
    "$(field Depends), man-db"
  # apt's package lists and archives are no part of the look.
  in_root apt-get clean
}

installs() {
  cp "$deb" "$root/tmp/package.deb"
  in_root dpkg -i /tmp/package.deb
  rm "$root/tmp/package.deb"
  [ -z "$(in_root dpkg --audit)" ]
}

works() {
  cp "$here/deb_use.sh" "$root/tmp/use.sh"
  mkdir -m 700 "$root/tmp/nobody"
  in_root chown nobody:nogroup /tmp/nobody
  as_nobody sh /tmp/use.sh "$VERSION"
}

purges() {
  in_root dpkg --purge csv2chakra
  rm -rf "$root/tmp/nobody" "$root/tmp/use.sh"
}

nothing_left() {
  files >"$work/after"
  diff "$work/before" "$work/after" && [ -z "$(ls -A "$root/tmp")" ]
}

holds "lintian has no error and no warning" lintian_is_content
holds "the libraries that are opened at run time are named" libraries_are_named
holds "no maintainer script" no_scripts
holds "a clean root" clean_root
holds "what the package depends on can be had" needs
files >"$work/before"
holds "dpkg installs it, and it lacks nothing" installs
holds "it works for somebody without rights" works
holds "purging works" purges
holds "no file is left behind" nothing_left

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
