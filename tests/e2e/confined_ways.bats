#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# All that a command reads, writes, loads and starts works under the kernel's confinement: under that of this kernel, and under each
# version of Landlock before it, as if the kernel were as old; under 0 there is none. Whether it holds is in confined.bats.

# shellcheck disable=SC2030,SC2031 # a test is a subshell
# shellcheck disable=SC2154 # service.bash sets url, tls_url, proxy

load service

setup() {
  setup_folder
  good_leads 4
  export TMPDIR="$PWD/tmp"
  mkdir tmp
  other_mount=
}

teardown() {
  [ -z "$other_mount" ] || rm -r "$other_mount"
  stop_tls_proxy
  stop_sandbox
}

versions() {
  local newest
  newest=$(csv2chakra doctor --base-url http://127.0.0.1:1 --runs-dir none 2>&1 | sed -n 's/.*Landlock, version \([0-9]*\)).*/\1/p')
  seq 0 "${newest:-0}"
}

# way STATUS COMMAND...: the command ends so under each version, and says that it was confined. What is different from version to
# version (names of keys, folders) has @ in it.
way() {
  local wanted="$1" version command
  shift
  for version in $(versions); do
    command=("${@//@/$version}")
    [ "$(type -t before)" != function ] || before "$version"
    CSV2CHAKRA_FAULT="confine.version.$version:1:fail" run_split csv2chakra-faults "${command[@]}" -v --progress none
    if [ "$status" -ne "$wanted" ]; then
      echo "version $version: ${command[*]}"
      expect_status "$wanted"
    fi
    if [ "$version" -eq 0 ]; then
      in_file err ': not confined: '
    else
      in_file err ': confined: '
    fi
    [ "$(type -t after)" != function ] || after "$version"
  done
}

# way without --progress.
quiet_way() {
  local wanted="$1" version
  shift
  for version in $(versions); do
    CSV2CHAKRA_FAULT="confine.version.$version:1:fail" run_split csv2chakra-faults "${@//@/$version}" -v
    expect_status "$wanted" || { echo "version $version: $*"; return 1; }
    [ "$(type -t after)" != function ] || after "$version"
  done
}

# leads-N.csv of its own for each version, with keys of its own.
own_leads() {
  local version
  for version in $(versions); do
    sed "2,\$s/^/V$version$1-/" leads.csv >"$1-$version.csv"
  done
}

@test "check -o, convert, split -o: files beside the input, in a new folder" {
  mkdir -p out_of_way
  after() { [ -s "out_of_way/checked-$1/report.json" ]; }
  quiet_way 0 check -o out_of_way/checked-@ leads.yaml leads.csv
  after() { [ -s out ]; }
  quiet_way 0 convert leads.yaml leads.csv
  after() { [ -s "out_of_way/parts-$1/split.json" ]; }
  quiet_way 0 split --parts 2 -o out_of_way/parts-@ leads.yaml leads.csv
}

@test "a token command, also after a 401 (token_command.bats), and a command of --notify, which may write elsewhere" {
  start_sandbox
  unset CHAKRA_API_TOKEN_FILE
  mkdir elsewhere
  own_leads token
  # shellcheck disable=SC2016 # the program is told so
  printf '#!/bin/sh\necho "$CSV2CHAKRA_EXIT" >"$PWD/elsewhere/$1"\n' >teller
  chmod +x teller
  after() { [ "$(cat "elsewhere/$1")" = 0 ]; }
  way 0 import --token-command 'cat token' --notify './teller @' leads.yaml token-@.csv
}

@test "a rehearsal, once its sandbox runs" {
  after() { in_file out 'All 4 rows are in the sandbox'; }
  way 0 rehearse leads.yaml leads.csv
  # Its runs folder need not be there, and is on another mount.
  if [ -w /dev/shm ]; then
    other_mount=$(mktemp -d /dev/shm/confined.XXXXXX)
    chmod 700 "$other_mount"
    way 0 rehearse --runs-dir "$other_mount/runs-@" leads.yaml leads.csv
  fi
  run_split csv2chakra rehearse -v --no-confinement leads.yaml leads.csv
  expect_status 0
  in_file err 'not confined: --no-confinement was given'
}

@test "files from several folders, with --move-done to a third, --move-failed to a fourth, and metrics to a fifth" {
  start_sandbox
  mkdir one two metrics
  before() {
    sed "2,\$s/^/A$1-/" leads.csv >"one/a-$1.csv"
    sed "2,\$s/^/B$1-/; 3s/Open/Lost/" leads.csv >"two/b-$1.csv"
  }
  after() {
    [ -e "done/a-$1.csv" ]
    [ -e "failed/b-$1.csv" ]
    [ -e "failed/b-$1.to-fix.csv" ]
    [ -s "metrics/m-$1.prom" ]
    [ ! -e "one/a-$1.csv" ]
    [ ! -e "two/b-$1.csv" ]
  }
  way 1 import --move-done=done --move-failed failed/ --metrics-file metrics/m-@.prom leads.yaml one/a-@.csv two/b-@.csv
}

@test "resume, reconcile, retry and undo, of a run in a runs folder and of one that is named by its folder" {
  start_sandbox
  for version in $(versions); do
    sed "2,\$s/^/C$version-/; 3s/Open/Lost/" leads.csv >"in-$version.csv"
    csv2chakra import --runs-dir "kept-$version" --limit 2 --progress none leads.yaml "in-$version.csv" >out 2>err || [ $? -eq 1 ]
    ln -s "$(readlink "kept-$version/latest")" "kept-$version/first"
  done
  way 1 resume --runs-dir kept-@ latest
  way 1 reconcile kept-@/first
  before() { sed -i 's/,Lost,/,Open,/; s/Lost/Open/g' "kept-$1/first/to-fix.csv"; }
  way 0 retry --runs-dir kept-@ kept-@/first --metrics-file m-@.prom
  unset -f before
  way 0 undo --delete 3 kept-@/first --metrics-file m-@.prom
}

@test "diff -o, an import of what it listed, and undo -o with the way back" {
  start_sandbox
  csv2chakra import -q leads.yaml leads.csv
  { echo 'mode: update' && cat leads.yaml; } >update.yaml
  for version in $(versions); do
    awk -F, -v OFS=, -v v="$version" 'NR > 1 { $5 = 100 + v } { print }' leads.csv >"new-$version.csv"
  done
  after() {
    [ -s "lists/changes-$1/changes.csv" ]
    run_split csv2chakra import --changes "lists/changes-$1" update.yaml "new-$1.csv"
    expect_status 0
    CSV2CHAKRA_FAULT="confine.version.$1:1:fail" run_split csv2chakra-faults undo -v latest -o "lists/back-$1"
    expect_status 0
    [ -n "$(ls "lists/back-$1")" ]
  }
  mkdir lists
  way 0 diff -o lists/changes-@ update.yaml new-@.csv
}

@test "a runs folder on another mount, with a pipe as the input and a table to look values up in" {
  [ -w /dev/shm ] && [ "$(stat -c %d /dev/shm)" != "$(stat -c %d .)" ] || skip "there is no other mount that can be written to"
  start_sandbox
  unset CSV2CHAKRA_RUNS_DIR
  other_mount=$(mktemp -d /dev/shm/confined.XXXXXX)
  chmod 700 "$other_mount"
  printf 'From,To\nAnn,Anna\n' >table.csv
  sed 's/^  note: Note/  note: {column: First, map: {file: table.csv, from: From, to: To}}/' leads.yaml >looks.yaml
  before() { sed "2,\$s/^/D$1-/" leads.csv >"pipe-$1.csv"; }
  after() {
    [ -n "$(ls "$other_mount/runs-$1/tables")" ]
    [ "$(jq -r .accounts.rows.created "$other_mount/runs-$1/latest/report.json")" -eq 4 ]
  }
  for version in $(versions); do
    before "$version"
    CSV2CHAKRA_FAULT="confine.version.$version:1:fail" run_split csv2chakra-faults import --runs-dir "$other_mount/runs-$version" \
      --progress none looks.yaml - < <(cat "pipe-$version.csv")
    expect_status 0
    after "$version"
  done
  before() { sed "2,\$s/^/E$1-/" leads.csv >"pipe-$1.csv"; }
  way 0 import --runs-dir "$other_mount/runs-@" looks.yaml pipe-@.csv
}

@test "libraries that are loaded late: an archive, a guess of the encoding, a converter of iconv" {
  start_sandbox
  command -v zip >/dev/null || python3 -c 'import zipfile'
  for version in $(versions); do
    sed "2,\$s/^/F$version-/; s/Ann/Jörg Müller-Lüdenscheid aus Köln für Änne/" leads.csv | iconv -t windows-1252 >"guess-$version.csv"
    xz -c <(sed "2,\$s/^/G$version-/" leads.csv) >"packed-$version.csv.xz"
    sed "2,\$s/^/H$version-/" leads.csv | gzip >"packed-$version.csv.gz"
    python3 -c 'import sys, zipfile
zipfile.ZipFile(sys.argv[1], "w").writestr("leads.csv", open("leads.csv").read().replace("L-", "Z%s-" % sys.argv[2]))' \
      "packed-$version.zip" "$version"
    sed "2,\$s/^/I$version-/; s/Lee/李/" leads.csv | iconv -t big5 >"chinese-$version.csv"
  done
  way 0 import leads.yaml packed-@.csv.xz
  way 0 import leads.yaml packed-@.csv.gz
  way 0 import leads.yaml packed-@.zip
  way 0 import --encoding windows-1252 leads.yaml guess-@.csv
  way 0 import --encoding big5 leads.yaml chinese-@.csv
  # A guess is looked at, and said.
  after() { in_file out '(guessed)'; }
  quiet_way 7 check leads.yaml guess-@.csv
}

@test "time zones by name, and a locale" {
  start_sandbox
  { cat leads.yaml && echo '  at: {column: At, type: datetime, format: "%d.%m.%Y %H:%M", timezone: America/Sao_Paulo}'; } >zones.yaml
  for version in $(versions); do
    sed "1s/\$/,At/; 2,\$s/\$/,05.06.2026 07:08/; 2,\$s/^/T$version-/" leads.csv >"zones-$version.csv"
  done
  export LC_ALL=C.UTF-8 TZ=Asia/Tokyo
  after() { held | grep -F "T$1-L-1" | grep -qF '"at":1780654080000'; }
  way 0 import zones.yaml zones-@.csv
}

@test "TLS with a CA that is named, with those of the system, and by way of a proxy" {
  command -v openssl >/dev/null || skip "openssl is not installed"
  unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY
  start_sandbox
  start_tls_proxy user:password-of-the-proxy
  own_leads tls
  export CHAKRA_BASE_URL=$tls_url
  way 0 import --ca-file ca.pem leads.yaml tls-@.csv
  # The system's are read, and do not know ours.
  after() { in_file err 'the certificate is not trusted'; }
  way 4 import --again leads.yaml tls-@.csv
  unset -f after
  own_leads proxied
  export CHAKRA_BASE_URL=https://chakra.example.invalid SSL_CERT_FILE=ca.pem
  export https_proxy="http://user:password-of-the-proxy@$proxy"
  way 0 import leads.yaml proxied-@.csv
}
