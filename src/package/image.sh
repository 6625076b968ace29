#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes a container image of the Debian package: Debian's essential packages,
# what csv2chakra depends on, the certificates, and csv2chakra; as an OCI layout,
# which needs no registry. It runs without rights (uid and gid 10001) and on a
# read-only root; only the runs folder wants a volume. The same source and the
# same state of the mirror give the same bytes.
# usage: VERSION=0.2.0 image.sh FOLDER_OF_THE_PACKAGE OUT_FOLDER
# DEBIAN_MIRROR: where to get Debian from, instead of deb.debian.org.
set -eu
export LC_ALL=C.UTF-8 TZ=UTC

package=$1
out=$2
: "${VERSION:?}"
for tool in mmdebstrap buildah; do
  command -v $tool >/dev/null || {
    echo "image: $tool is missing; apt-get install mmdebstrap buildah" >&2
    exit 1
  }
done
[ "$(id -u)" = 0 ] || {
  echo "image: a root file system with its owners needs root rights" >&2
  exit 1
}
deb=$(ls "$package/csv2chakra_$VERSION"-1_*.deb)
SOURCE_DATE_EPOCH=$(sh src/package/date.sh)
export SOURCE_DATE_EPOCH
suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
needs=$(dpkg-deb -f "$deb" Depends | sed 's/([^)]*)//g; s/ //g')
rm -rf "$out"
mkdir -p "$out/store"
out=$(cd "$out" && pwd)
trap 'rm -rf --one-file-system "$out/store" "$out/root.tar"' EXIT
trap 'exit 130' INT TERM

# Pages, texts and translations stay out, licences do not. The user needs no
# name, but some programs ask for one.
# shellcheck disable=SC2016,SC2086 # a hook's own $1; a mirror or nothing
mmdebstrap --quiet --variant=essential --mode=root \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --include="$needs,ca-certificates" \
  --customize-hook="copy-in $deb /tmp" \
  --customize-hook='chroot "$1" sh -c "dpkg -i /tmp/csv2chakra_*.deb && rm /tmp/csv2chakra_*.deb"' \
  --customize-hook='echo csv2chakra:x:10001:10001::/nonexistent:/usr/sbin/nologin >>"$1/etc/passwd"' \
  --customize-hook='echo csv2chakra:x:10001: >>"$1/etc/group"' \
  --customize-hook='install -d -m 700 -o 10001 -g 10001 "$1/var/lib/csv2chakra"' \
  "$suite" "$out/root.tar" ${DEBIAN_MIRROR:-}

builder() {
  buildah --storage-driver vfs --root "$out/store/data" \
    --runroot "$out/store/run" "$@"
}
container=$(builder from scratch)
builder add --quiet "$container" "$out/root.tar" / >/dev/null
builder config --user 10001:10001 --entrypoint '["csv2chakra"]' --cmd help \
  --workingdir / --env CSV2CHAKRA_RUNS_DIR=/var/lib/csv2chakra/runs \
  --volume /var/lib/csv2chakra \
  --label org.opencontainers.image.title=csv2chakra \
  --label "org.opencontainers.image.version=$VERSION" \
  --label org.opencontainers.image.licenses=MIT "$container"
builder commit --quiet --timestamp "$SOURCE_DATE_EPOCH" --rm "$container" \
  "oci:$out/csv2chakra:$VERSION" >/dev/null
echo "$out/csv2chakra, an OCI layout; e.g. skopeo copy oci:$out/csv2chakra:$VERSION docker://REGISTRY/csv2chakra:$VERSION"
