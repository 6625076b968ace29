#!/bin/sh
# SPDX-License-Identifier: MIT
# The container image: its layout is whole, and its root file system, read-only
# and without rights, imports a file from a sandbox outside of it. Needs root
# and bubblewrap; no registry and no container engine. The last line is
# "N passed, N failed".
# usage: B=build/release VERSION=0.2.0 image.sh FOLDER_OF_THE_IMAGE
set -eu
export LC_ALL=C.UTF-8

image=$1/csv2chakra
: "${VERSION:?}" "${B:?}"
for tool in bwrap jq; do
  command -v $tool >/dev/null || {
    echo "check-image: $tool is missing; apt-get install bubblewrap jq" >&2
    exit 1
  }
done
work=$(mktemp -d)
chmod 755 "$work"
sandbox=
finish() {
  [ -z "$sandbox" ] || kill "$sandbox" 2>/dev/null || :
  rm -rf --one-file-system "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
# shellcheck source=tests/package/holds.sh
. "$(dirname "$0")/holds.sh"

blob() { echo "$image/blobs/sha256/${1#sha256:}"; }

sums_are_right() {
  (cd "$image/blobs/sha256" && for file in *; do
    echo "$file  $file"
  done | sha256sum --check --quiet)
}

config_is_right() {
  manifest=$(blob "$(jq -r '.manifests[0].digest' "$image/index.json")")
  jq -e --arg v "$VERSION" \
    '.manifests[0].annotations["org.opencontainers.image.ref.name"] == $v' \
    "$image/index.json"
  jq -e '.config.User == "10001:10001" and .config.Entrypoint == ["csv2chakra"]
    and (.config.Env | index("CSV2CHAKRA_RUNS_DIR=/var/lib/csv2chakra/runs"))' \
    "$(blob "$(jq -r .config.digest "$manifest")")"
}

unpacks() {
  mkdir "$work/root"
  for layer in $(jq -r '.layers[].digest' "$manifest"); do
    tar -xf "$(blob "$layer")" -C "$work/root"
  done
  # Nothing that gives rights, and nobody can write where others run programs.
  [ "$(stat -c '%u %a' "$work/root/var/lib/csv2chakra")" = '10001 700' ]
  [ -s "$work/root/etc/ssl/certs/ca-certificates.crt" ]
}

# What a container engine does: a user without rights or new ones, a root that
# is read-only, the state, the inputs and the token as volumes.
contained() {
  bwrap --unshare-pid --unshare-ipc --unshare-uts --die-with-parent \
    --new-session --cap-drop ALL --cap-add CAP_SETUID --cap-add CAP_SETGID \
    --cap-add CAP_SETPCAP \
    --ro-bind "$work/root" / --proc /proc --dev /dev \
    --bind "$work/state" /var/lib/csv2chakra \
    --ro-bind "$work/in" /srv --ro-bind "$work/token" /run \
    --clearenv --setenv PATH /usr/bin:/bin --setenv HOME /nonexistent \
    --setenv CSV2CHAKRA_RUNS_DIR /var/lib/csv2chakra/runs \
    --setenv CHAKRA_API_TOKEN_FILE /run/token \
    --setenv CHAKRA_BASE_URL "${url:-http://127.0.0.1:1}" \
    --setenv JOB_COMPLETION_INDEX 0 \
    setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs \
    --inh-caps=-all --bounding-set=-all "$@"
}

start_sandbox() {
  mkdir "$work/state" "$work/in" "$work/token"
  (umask 077 && head -c 18 /dev/urandom | base64 >"$work/token/token")
  cp samples/leads.csv mappings/leads.yaml "$work/in"
  mkdir "$work/in/parts"
  cp samples/leads.csv "$work/in/parts/part-0001.csv"
  "$B/bin/chakra-sandbox" --listen 127.0.0.1:0 --port-file "$work/port" \
    --token-file "$work/token/token" >"$work/sandbox.out" 2>&1 &
  sandbox=$!
  tries=0
  while [ ! -s "$work/port" ] && [ $tries -lt 100 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
  url=http://127.0.0.1:$(cat "$work/port")
  chown -R 10001:10001 "$work/state" "$work/token"
  chmod 700 "$work/state"
}

runs_without_rights() {
  [ "$(contained csv2chakra version)" = "csv2chakra $VERSION" ]
  [ "$(contained id -u)" = 10001 ]
  ! contained sh -c 'echo x >/etc/x' || return 1
  ! contained sh -c 'echo x >/srv/x' || return 1
  contained csv2chakra doctor
}

held() { curl -sf "$url/sandbox/processes" | wc -l; }

imports_once() {
  status=0
  contained csv2chakra import --if-changed --resume -q /srv/leads.yaml \
    /srv/leads.csv || status=$?
  [ $status -le 1 ]
  rows=$(held)
  [ "$rows" -gt 100 ]
  # The task of an Indexed Job takes the same bytes for imported.
  contained sh /usr/share/csv2chakra/samples/engines/kubernetes/part.sh \
    /srv/parts /srv/leads.yaml
  [ "$(held)" -eq "$rows" ]
  [ "$(find "$work/state/runs" -name run.json | wc -l)" -eq 1 ]
}

holds "every blob has its own sum" sums_are_right
holds "the image names its user, its program and its runs folder" config_is_right
holds "its layers make a root file system" unpacks
holds "a sandbox outside of it starts" start_sandbox
holds "it runs without rights on a read-only root" runs_without_rights
holds "it imports a file, and a second time not again" imports_once

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
