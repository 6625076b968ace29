#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs inside the clean root of deb.sh, as nobody: is what the package brought
# whole, and can it be worked with?
# usage: deb_use.sh VERSION
set -eux

share=/usr/share/csv2chakra
cd "$HOME"
sandbox=
trap 'if [ -n "$sandbox" ]; then kill "$sandbox"; fi' EXIT

[ "$(csv2chakra version)" = "csv2chakra $1" ]
for program in csv2chakra chakra-sandbox; do
  if ldd "/usr/bin/$program" | grep 'not found'; then exit 1; fi
done

# Pages: found, readable, known by their names.
for page in '1 csv2chakra' '5 csv2chakra-mapping' '5 csv2chakra-report' \
  '7 csv2chakra-scale' '1 chakra-sandbox'; do
  # shellcheck disable=SC2086 # section and name
  man -w $page
  # shellcheck disable=SC2086
  MANWIDTH=80 man $page >shown 2>warnings
  [ "$(wc -l <shown)" -gt 100 ]
  [ ! -s warnings ]
done
zcat /usr/share/doc/csv2chakra/changelog.gz | grep -q '^# Changelog'
zcat /usr/share/doc/csv2chakra/changelog.Debian.gz | grep -q "($1-1)"
grep -q '^License: MIT' /usr/share/doc/csv2chakra/copyright

# Completions stand where the shells look.
bash -c '
  . /usr/share/bash-completion/completions/csv2chakra
  COMP_WORDS=(csv2chakra imp) COMP_CWORD=1
  _csv2chakra
  [ "${COMPREPLY[*]}" = import ]'
grep -q '^#compdef csv2chakra' /usr/share/zsh/vendor-completions/_csv2chakra
grep -q '^complete -c csv2chakra' \
  /usr/share/fish/vendor_completions.d/csv2chakra.fish

# Mappings and samples fit each other (with encodings and time zones).
for mapping in "$share"/mappings/*.yaml; do
  name=$(basename "$mapping" .yaml)
  csv2chakra check "$mapping" "$share/samples/$name.csv" -q
done

# The schedules name the program where it is.
grep -q '^ExecStart=/usr/bin/csv2chakra ' \
  "$share/samples/schedule/csv2chakra@.service"
[ -f /usr/share/doc/csv2chakra/examples/engines/kubernetes/cronjob.yaml ]
program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' \
  "$share/samples/schedule/csv2chakra@.service")
[ -x "$program" ]

# An import: compressed, in another encoding, into the packaged sandbox.
iconv -t windows-1252//TRANSLIT <"$share/samples/leads.csv" | gzip >leads.csv.gz
(umask 077 && echo secret-for-a-test >token)
chakra-sandbox --listen 127.0.0.1:0 --port-file port --token-file token \
  >sandbox.log 2>&1 &
sandbox=$!
tries=0
while [ ! -s port ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 200 ]
  sleep 0.05
done
csv2chakra import "$share/mappings/leads.yaml" leads.csv.gz --token-file token \
  --encoding windows-1252 --base-url "http://127.0.0.1:$(cat port)" >report
grep -q 'All 2,400 rows' report
[ -s .local/state/csv2chakra/runs/latest/results.csv ]
