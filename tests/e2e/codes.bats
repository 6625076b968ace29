#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Scripts go by the code of a refusal: [room.what]. Those that no other test reads.

# shellcheck disable=SC2154 # helpers.bash sets status, service.bash url

load service

setup() {
  setup_folder
  good_leads 20
}

# refused STATUS CODE COMMAND...
refused() {
  run_split csv2chakra "${@:3}"
  expect_status "$1"
  in_file err "[$2]"
}

@test "a run that is not there, has no ledger, or is in use is told apart" {
  start_sandbox
  refused 2 run.none report latest
  csv2chakra import leads.yaml leads.csv
  refused 2 run.unknown report nosuch
  run=$(readlink -f runs/latest)
  # Somebody else works on it.
  exec 7<"$run"
  flock -n 7
  refused 75 run.locked resume latest
  exec 7<&-
  mv "$run/ledger.sqlite" kept
  refused 7 ledger.missing resume latest
  mv kept "$run/ledger.sqlite"
  [ "$(id -u)" = 0 ] || skip "the owner of a folder can only be changed by root"
  chown 65534 "$run"
  refused 2 run.owner resume latest
}

@test "--after wants a run that sent something, to the same place" {
  start_sandbox
  sed 's/^lead_id: .*/lead_id: {column: Lead Ref, pattern: "[0-9]+"}/' leads.yaml >strict.yaml
  run_split csv2chakra import strict.yaml leads.csv
  expect_status 1
  first=$(readlink runs/latest)
  { cat leads.csv && tail -n 1 leads.csv | sed 's/^[^,]*/L-9999/'; } >more.csv
  refused 2 after.nothing_sent import --after "$first" strict.yaml more.csv
  csv2chakra import leads.yaml leads.csv
  first=$(readlink runs/latest)
  sed 's/procedure: lead/procedure: ticket/' leads.yaml >tickets.yaml
  refused 2 after.target import --after "$first" tickets.yaml more.csv
}

@test "what cannot be cut into parts is refused by its cause" {
  sed 's/Ann/山田/' leads.csv | iconv -f UTF-8 -t ISO-2022-JP >jp.csv
  { cat leads.yaml && echo 'source: {encoding: ISO-2022-JP}'; } >jp.yaml
  refused 2 split.encoding split -o parts --parts 2 jp.yaml jp.csv
  cp leads.csv "$(printf 'l\377.csv')"
  refused 2 split.name split -o parts --parts 2 leads.yaml "$(printf 'l\377.csv')"
  { head -c 17000000 /dev/zero | tr '\0' 'x' && echo && cat leads.csv; } >front.csv
  { cat leads.yaml && echo 'source: {skip_lines: 1}'; } >front.yaml
  refused 2 split.front split -o parts --parts 2 front.yaml front.csv
  mkdir .parts.csv2chakra-split
  exec 7<.parts.csv2chakra-split
  flock -n 7
  refused 75 split.locked split -o parts --parts 2 leads.yaml leads.csv
  exec 7<&-
}

@test "an address that is none has one code" {
  for url in ftp://a.example http://a.example 'https://a.example/?x=1' 'https://user@a.example'; do
    refused 2 usage.base_url import --base-url "$url" --dry-run leads.yaml leads.csv
  done
}
