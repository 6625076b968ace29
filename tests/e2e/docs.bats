#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the documents show is true: the README's blocks and the examples of the
# man pages are cut out and run, the pages are clean, and what the makefile
# offers is what `make help` says. One sandbox serves the whole file.
# shellcheck disable=SC2030,SC2031 # bats runs each test in a subshell
# shellcheck disable=SC2154 # service.bash sets url

load service

setup_file() {
  # The same rows go there more than once.
  file_sandbox --duplicates allow
}

teardown_file() {
  stop_sandbox
  no_secret_left "$BATS_FILE_TMPDIR"
}

setup() {
  setup_folder
  export CHAKRA_BASE_URL=$url
  export CHAKRA_API_TOKEN_FILE=$BATS_FILE_TMPDIR/token
  mkdir examples bin here
}

teardown() {
  if [ -f servers ]; then
    xargs -r kill <servers 2>/dev/null || :
  fi
  no_secret_left
}

# The rows of samples/leads.csv that the README's and the page's maps know.
small_leads() {
  python3 - "$ROOT/samples/leads.csv" <<'PY' >leads.csv
import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding='utf-8', newline='')))
state = rows[0].index('Status')
out = csv.writer(sys.stdout, lineterminator='\n')
out.writerows(rows[:1] + [r for r in rows[1:60] if r and r[state] in ('Open', 'Won')])
PY
  [ "$(wc -l <leads.csv)" -gt 20 ]
  cp leads.csv here
}

# One line of a document, as a person would type it, in the folder `here`.
runs_line() {
  status=0
  (cd here && sh -c "$1") >out 2>err || status=$?
  if [ "$status" -ne 0 ]; then
    echo "the documented command: $1"
    expect_status 0
  fi
}

make_targets() {
  make --no-print-directory -C "$ROOT" help |
    sed -n 's/^  make \([a-z0-9-]*\) .*/\1/p'
}

@test "the README's first mapping and commands work, its make targets exist" {
  python3 "$ROOT/tests/doc_examples.py" "$ROOT/README.md" examples >list
  cp "$(grep -m 1 'yaml$' list)" here/first.yaml
  small_leads
  make_targets >targets
  n=0
  mapfile -t blocks < <(grep 'sh$' list)
  for block in "${blocks[@]}"; do
    while read -r line; do
      line=${line%%#*}
      case $line in
      'make '*) grep -qx "$(echo "${line#make }" | tr -d ' ')" targets ;;
      # What init leaves to a person is done here.
      'csv2chakra init '*)
        runs_line "$line"
        cp here/first.yaml here/leads.yaml
        ;;
      'csv2chakra '*) runs_line "$line" ;;
      *)
        echo "not a command that this test knows: $line"
        return 1
        ;;
      esac
      n=$((n + 1))
    done <"$block"
  done
  [ "$n" -ge 6 ]
  rows=$(($(python3 -c 'import csv
print(len(list(csv.reader(open("leads.csv", encoding="utf-8")))))') - 1))
  jq -e --argjson n "$rows" '.accounts.rows.created == $n' \
    home/.local/state/csv2chakra/runs/latest/report.json
}

@test "the README's equations are those that a report prints" {
  good_mapping
  good_csv >leads.csv
  csv2chakra check leads.yaml leads.csv -o out.d
  python3 "$ROOT/tests/doc_examples.py" "$ROOT/README.md" examples >list
  cat examples/*.txt >equations
  for name in $(jq -r '.accounts.rows | keys[] |
    select(. != "read" and . != "accounted" and . != "balanced")' \
    out.d/report.json); do
    grep '^rows ' equations | grep -qw "$name"
    grep -q "^| \`$name\` |" "$ROOT/README.md"
  done
  for name in $(jq -r '.accounts.bytes | keys[] |
    select(. != "read" and . != "accounted" and . != "balanced")' \
    out.d/report.json); do
    grep '^bytes' equations | grep -qiw "${name//_/ }"
  done
}

# What differs from one run to the next, as the README has it.
as_in_readme() {
  sed -E 's|^  /.*(/.local/state)|  ~\1|; s|2[0-9]{7}T[0-9]{6}Z-leads-[0-9a-f]{6}|20261129T080000Z-leads-a1b2c3|
    s|127.0.0.1:[0-9]{5}|127.0.0.1:40123|; s| /[^ ]*/([a-z]+\.)| \1|g'
}

@test "the README's screen is what the program shows, and the README has at most 900 words" {
  python3 "$ROOT/tests/doc_examples.py" "$ROOT/README.md" examples >list
  cp "$(grep -m 1 'yaml$' list)" first.yaml
  cp "$ROOT/samples/leads.csv" leads.csv
  mapfile -t screen <"$(grep -m 1 'text$' list)"
  [ "${screen[0]}" = 'csv2chakra rehearse first.yaml leads.csv' ]
  # shellcheck disable=SC2086 # split on purpose
  run_split ${screen[0]}
  expect_status 1
  as_in_readme <out | diff - <(printf '%s\n' "${screen[@]:1}")
  [ "$(wc -w <"$ROOT/README.md")" -le 900 ]
}

@test "what TROUBLESHOOTING.md names exists in the program" {
  sed -n '/^| what you see/,/^$/p' "$ROOT/TROUBLESHOOTING.md" | sed 1,2d |
    awk -F'|' 'NF { print $2 }' >seen
  # Codes and words in backquotes, and exit statuses.
  tr '`' '\n' <seen | sed -n '/^[ ,]/!{/./p}' >named
  [ "$(wc -l <named)" -ge 12 ]
  while read -r name; do
    case $name in
    type.*) grep -rqF "\"${name#type.}\"" "$ROOT/src/mapping/types.c" ;;
    *) grep -rqF -- "$name" "$ROOT/src" --include='*.c' ;;
    esac || { echo "nobody says: $name" && return 1; }
  done <named
  # A code is in the manual, too.
  grep -E '^(csv|map|rule|input)\.' named >codes
  while read -r name; do
    grep -qE "^\.It .*\b${name//./\\.}\b" "$ROOT/man/csv2chakra.1" ||
      grep -rqF "$name" "$ROOT/man" || { echo "no page: $name" && return 1; }
  done <codes
  while read -r word n; do
    [ "$word" != exit ] || grep -qx ".It $n" "$ROOT/man/csv2chakra.1"
  done <seen
}

@test "every code of a run error is in the manual" {
  grep -rhoE 'diag_code\(&?[a-z]+, "[a-z_.]+"' "$ROOT/src" --include='*.c' |
    sed 's/.*"\(.*\)"/\1/' | sort -u >codes
  [ "$(wc -l <codes)" -ge 20 ]
  while read -r name; do
    grep -qE "^\.It Li (.* , )?${name//./\\.}( |\$)" "$ROOT/man/csv2chakra.1" ||
      { echo "no page: $name" && return 1; }
  done <codes
}

@test "the links of the Markdown files lead somewhere" {
  cd "$ROOT"
  n=0
  for file in *.md; do
    for link in $(grep -oE '\]\([^)]+\)' "$file" | tr -d ']()'); do
      case $link in http*) continue ;; esac
      [ -e "${link%%#*}" ]
      n=$((n + 1))
    done
  done
  [ "$n" -ge 2 ]
}

@test "the examples of csv2chakra(1) run" {
  python3 "$ROOT/tests/doc_examples.py" "$ROOT/man/csv2chakra.1" examples >list
  cp "$ROOT/mappings/leads.yaml" here
  small_leads
  cp "$BATS_FILE_TMPDIR/token" "$HOME/.chakra-token"
  chmod 600 "$HOME/.chakra-token"
  unset CHAKRA_API_TOKEN_FILE
  # All in one session, as somebody would who follows the page.
  n=0
  mapfile -t blocks <list
  for block in "${blocks[@]}"; do
    cat "$block" >>session
    n=$((n + 1))
  done
  runs_line "set -eu; $(cat session)"
  [ "$n" -ge 8 ]
  for command in inspect init check preview convert doctor import resume \
    status report; do
    grep -q "csv2chakra $command " session
  done
  [ -s here/out/report.json ]
  [ -s here/first.yaml ]
  # The canary and the rest are one run, and the scheduled line made none.
  runs=$HOME/.local/state/csv2chakra/runs
  [ "$(find "$runs" -name run.json | wc -l)" -eq 1 ]
  rows=$(python3 -c 'import csv
print(len(list(csv.reader(open("leads.csv", encoding="utf-8")))) - 1)')
  jq -e --argjson n "$rows" '.accounts.rows.created == $n' \
    "$runs/latest/report.json"
}

# Long: a split, and imports of its parts.
# bats test_tags=long
@test "the examples of csv2chakra-scale(7) run" {
  command -v parallel >/dev/null || skip "GNU parallel is missing"
  python3 "$ROOT/tests/doc_examples.py" "$ROOT/man/csv2chakra-scale.7" examples >list
  cp "$ROOT/mappings/leads.yaml" here
  small_leads
  PATH="$ROOT/samples/engines/parallel:$PATH"
  export CSV2CHAKRA_RUNS_DIR="$PWD/here/runs"
  mapfile -t blocks <list
  [ "${#blocks[@]}" -ge 3 ]
  cat "${blocks[@]}" >session
  runs_line "set -eu; export PARALLEL=--will-cite; $(cat session)"
  rows=$(python3 -c 'import csv
print(len(list(csv.reader(open("leads.csv", encoding="utf-8")))) - 1)')
  in_file out "$rows"
  # Nothing went twice, though the parts were imported twice.
  cat here/runs/2*/report.json | jq -s -e --argjson n "$rows" \
    'map(.accounts.rows.created) | add == $n'
}

@test "the calls and hours of csv2chakra-scale(7) are right" {
  python3 - "$ROOT/man/csv2chakra-scale.7" <<'PY'
import re, sys
text = open(sys.argv[1], encoding='utf-8').read()
units = {'hours': 3600, 'minutes': 60}
found = re.findall(r'^\.It ([0-9,]+) Ta ([0-9.]+) \* 10\^([0-9]+) Ta ([0-9.]+) (\w+) Ta ([0-9.]+) (\w+)$', text, re.M)
assert len(found) == 3
for rows, m, e, *times in found:
    calls = 2 * 10**10 / int(rows.replace(',', ''))
    assert calls == float(m) * 10**int(e), rows
    for rate, (said, unit) in zip((100, 10000), (times[:2], times[2:])):
        exact = calls / rate / units[unit]
        assert abs(exact - float(said)) <= 0.05 * exact, (rows, rate, exact)
# A file's size a part and for all of 8,000.
parts = re.findall(r'Ta ([0-9.]+) (kB|MB) Ta ([0-9.]+) (MB|GB|TB)$', text, re.M)
size = {'kB': 1e3, 'MB': 1e6, 'GB': 1e9, 'TB': 1e12}
assert len(parts) >= 6
for one, u, all_of_them, v in parts:
    exact = 8000 * float(one) * size[u]
    assert abs(exact - float(all_of_them) * size[v]) <= 0.05 * exact, (one, exact)
PY
}

@test "the mappings in csv2chakra-mapping(5) are good" {
  python3 "$ROOT/tests/doc_examples.py" "$ROOT/man/csv2chakra-mapping.5" \
    examples >list
  printf 'Email,User Id\nasha@x.example,U-1\n' >examples/owners.csv
  n=0
  mapfile -t files <list
  for file in "${files[@]}"; do
    case $file in
    *.yaml)
      run_split csv2chakra check "$file"
      expect_status 0
      not_in_file out warning
      mapping=$file
      ;;
    *.csv)
      run_split csv2chakra convert "$mapping" "$file"
      expect_status 0
      jq -r '[.lead_id, .data.city, .data.zip_code] | join("|")' out >rows
      diff - rows <<<$'a|Reus, Spain|43201\nb|Nice|'
      ;;
    *) while read -r line; do runs_line "$line"; done <"$file" ;;
    esac
    n=$((n + 1))
  done
  [ "$n" -ge 1 ]
}

# Stands before the real one: a free port, and its pid for later.
sandbox_on_a_free_port() {
  cat >bin/chakra-sandbox <<SH
#!/bin/sh
echo \$\$ >>"$PWD/servers"
exec "$CSV2CHAKRA_BIN/chakra-sandbox" "\$@" --listen 127.0.0.1:0 --log "$PWD/log"
SH
  chmod +x bin/chakra-sandbox
  PATH="$PWD/bin:$PATH"
}

@test "the examples of chakra-sandbox(1) run, and do what they say" {
  python3 "$ROOT/tests/doc_examples.py" "$ROOT/man/chakra-sandbox.1" \
    examples >list
  [ "$(wc -l <list)" -ge 3 ]
  sandbox_on_a_free_port
  ln -s "$ROOT/mappings" "$ROOT/samples" .
  unset CHAKRA_BASE_URL CHAKRA_API_TOKEN_FILE
  mapfile -t blocks <list
  for block in "${blocks[@]}"; do
    rm -f servers log exports
    if grep -q import "$block"; then
      # The whole rehearsal, from the server to the report.
      timeout 60 sh -eu "$block" >out 2>err 3>&-
      in_file out 'All 2,400 rows'
    else
      # A server in the foreground: try it, then end it.
      sh -eu "$block" >exports 2>err 3>&- &
      server=$!
      tries=0
      until grep -q TOKEN exports; do
        tries=$((tries + 1))
        [ $tries -lt 200 ]
        kill -0 $server
        sleep 0.05
      done
      # shellcheck disable=SC1091
      (. ./exports && csv2chakra import --no-wait --again --in-flight 1 \
        mappings/leads.yaml samples/leads.csv --on-unknown hold) || :
      jq -s '[.[] | select(.path | endswith("bulk-create")) | .fault]' log \
        >faults
      case $(cat "$block") in
      *calls=2*) jq -e '.[1] == "reset-after" and
        ([.[] | values] | length) == 1' faults ;;
      *) jq -e 'length >= 5' faults ;;
      esac
    fi
    [ "$(wc -l <servers)" -eq 1 ]
    xargs kill <servers
    if [ -n "${server:-}" ]; then wait "$server"; fi
    server=
  done
}

@test "every man page is clean" {
  n=0
  for page in "$ROOT"/man/*.[1-8]; do
    # Which other manuals are installed is not the page's.
    mandoc -Tlint "$page" | grep -vE 'referenced manual not found|mandoc\.db' >"$BATS_TEST_TMPDIR/lint" || true
    is_empty "$BATS_TEST_TMPDIR/lint"
    n=$((n + 1))
  done
  [ "$n" -ge 3 ]
}

@test "a page that another page or the README names exists" {
  cd "$ROOT"
  for page in $(sed -n 's/^\.Xr \(c[a-z0-9-]*chakra[a-z-]*\|chakra-sandbox\) \([1-8]\).*/\1.\2/p' \
    man/*.[1-8] | sort -u) $(grep -o 'man/[a-z0-9-]*\.[1-8]' README.md); do
    [ -f "man/${page#man/}" ]
  done
}

# The programs are there; -o keeps make from building them with other flags.
make_only() {
  make --no-print-directory -C "$ROOT" -o all \
    "BUILD=${CSV2CHAKRA_BUILD:-release}" "DESTDIR=$PWD/dest" "$@"
}

@test "what is installed works, and uninstall takes all of it away" {
  make_only install PREFIX=/opt/x
  [ "$(dest/opt/x/bin/csv2chakra version)" = "$(csv2chakra version)" ]
  [ -x dest/opt/x/bin/chakra-sandbox ]
  for page in "$ROOT"/man/*.[1-8]; do
    cmp "$page" "dest/opt/x/share/man/man${page##*.}/$(basename "$page")"
  done
  share=dest/opt/x/share/csv2chakra
  diff <(ls "$ROOT/mappings") <(ls $share/mappings)
  diff <(cd "$ROOT/samples" && ls ./*.csv) <(cd $share/samples && ls ./*.csv)
  diff -r "$ROOT/samples/engines" $share/samples/engines
  [ -x $share/samples/engines/slurm/array.sh ]
  dest/opt/x/bin/csv2chakra check $share/mappings/leads.yaml \
    $share/samples/leads.csv
  make_only uninstall PREFIX=/opt/x
  [ -z "$(find dest -not -type d)" ]
  [ ! -e $share ]
}

@test "make help lists every target that the makefile documents or declares" {
  make_targets | sort >listed
  sed -n 's/^\([a-z0-9-]*\):.*## .*/\1/p' "$ROOT/Makefile" | sort | diff - listed
  # `tests`, fuzz-targets, lint-files and FORCE are steps on the way to others.
  sed -n 's/^\.PHONY: //p' "$ROOT/Makefile" | tr ' ' '\n' |
    grep -vx -e FORCE -e tests -e fuzz-targets -e lint-files | sort | diff - listed
  [ "$(wc -l <listed)" -ge 12 ]
}

@test "the fuzz dictionary has every key and word of the mapping language" {
  csv2chakra schema | jq -r '.. | objects |
    ((.properties // {} | keys[]), (.enum // [] | .[]), (.const // empty))' |
    sort -u >words
  [ "$(wc -l <words)" -ge 150 ]
  grep -o '[A-Za-z0-9_-]*' "$ROOT/tests/fuzz/mapping.dict" | sort -u |
    comm -23 words - >missing
  diff /dev/null missing
}
