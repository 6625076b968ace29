#!/bin/sh
# Installs the Debian packages named as arguments that are missing, and says
# which before it uses root rights. DEPS=no: does nothing at all.
set -eu

[ "${DEPS:-yes}" = no ] && exit 0
missing=
for package in "$@"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
  [ "$state" = installed ] || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

echo "These Debian packages are missing and will be installed with apt-get:"
echo " $missing"
echo "(DEPS=no leaves them alone.)"
if [ "$(id -u)" = 0 ]; then
  sudo=
elif command -v sudo >/dev/null 2>&1; then
  sudo=sudo
else
  echo "deps: neither root nor sudo; install them by hand, then say DEPS=no" >&2
  exit 1
fi
# shellcheck disable=SC2086 # both are lists of words
{
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get update -q
  $sudo env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends $missing
}
