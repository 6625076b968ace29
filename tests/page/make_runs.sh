#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes a report.html and report.json of every kind in a folder: a good run,
# one with many kinds of failures, one that was stopped with unknown rows, a
# run in parts with waits and retries, dry runs with hostile cells, of an
# empty file, with 3,000 failed rows, with hazards; a rehearsal, a diff
# (changes.html), an undo, a split, several files, and a table of 100 columns
# with names in several scripts. Each is a folder KIND/.
# usage: tests/page/make_runs.sh BIN-FOLDER FOLDER
set -eu

bin=$(cd "$1" && pwd)
data=$(cd "$(dirname "$0")/../data" && pwd)
mkdir -p "$2"
cd "$2"
PATH=$bin:$PATH
unset CHAKRA_API_TOKEN CHAKRA_BASE_URL CSV2CHAKRA_RUNS_DIR NO_COLOR
HOME=$PWD
export HOME
sandbox=
trap '[ -z "$sandbox" ] || kill "$sandbox" 2>/dev/null || :' EXIT

# serve OPTION...: a sandbox of its own for what comes next.
serve() {
  if [ -n "$sandbox" ]; then
    kill "$sandbox" 2>/dev/null || :
    wait "$sandbox" 2>/dev/null || :
  fi
  rm -f port
  (umask 077 && echo "secret-token-of-the-page-test" >token)
  chakra-sandbox --listen 127.0.0.1:0 --port-file port --token-file token \
    "$@" >/dev/null 2>&1 &
  sandbox=$!
  tries=0
  until [ -s port ]; do
    tries=$((tries + 1))
    if [ $tries -gt 200 ]; then
      echo "the sandbox does not come up" >&2
      exit 1
    fi
    sleep 0.05
  done
  CHAKRA_BASE_URL=http://127.0.0.1:$(cat port)
  CHAKRA_API_TOKEN_FILE=$PWD/token
  export CHAKRA_BASE_URL CHAKRA_API_TOKEN_FILE
}

# keep KIND STATUS COMMAND...: runs it with runs in KIND, wants that status.
keep() {
  kind=$1 wanted=$2
  shift 2
  status=0
  csv2chakra "$@" >"$kind.out" 2>"$kind.err" || status=$?
  if [ "$status" -ne "$wanted" ]; then
    echo "$kind: status $status, wanted $wanted" >&2
    cat "$kind.out" "$kind.err" >&2
    exit 1
  fi
}

leads() {
  awk -v n="$1" -v bad="${2:-0}" 'BEGIN {
    print "Lead Ref,Status,First,Last,Score,Joined,Note"
    for (i = 1; i <= n; i++) {
      score = i * 3; state = "Open"; joined = "2026-01-" (10 + i % 18); ref = "L-" i
      if (bad && i % 11 == 0) score = "about " i
      if (bad && i % 17 == 0) state = "In progress"
      if (bad && i % 23 == 0) joined = "31/02/2026"
      if (bad && i % 41 == 0) ref = "L-" (i - 1)
      printf "%s,%s,Asha,Rao %d,%s,%s,\"a, \"\"note\"\"\"\n", ref, state, i, score, joined
      if (bad && i % 37 == 0) print "L-x" i ",Open,only three"
    }
  }'
}

sed '/^  note: /i\  joined_on: {column: Joined, type: datetime, format: "%Y-%m-%d", timezone: UTC}' \
  "$data/leads.yaml" >leads.yaml

serve
leads 400 >good.csv
keep good 0 import --runs-dir good --chunk-rows 20 leads.yaml good.csv

serve
leads 40 >again.csv
keep failures.first 0 import --runs-dir failures.runs leads.yaml again.csv
leads 1200 bad >failures.csv
keep failures 1 import --runs-dir failures --chunk-rows 50 leads.yaml failures.csv

# Waits and retries, and a canary that is resumed.
serve --fault 429=0.12 --fault 503=0.06,1s --job-delay 200ms --seed 5
leads 900 >parts.csv
keep parts.first 0 import --runs-dir parts --chunk-rows 25 --limit 300 \
  leads.yaml parts.csv
sleep 1
keep parts 0 resume --runs-dir parts --limit 100000 latest

# Answers are lost, and nobody is asked what became of the rows.
serve --fault reset-after=0.3 --seed 3
leads 600 >stopped.csv
keep stopped 4 import --runs-dir stopped --chunk-rows 10 --in-flight 1 \
  --on-unknown hold leads.yaml stopped.csv

printf 'Lead Ref,Status,First,Last,Score,Joined,Note\n' >empty.csv
keep empty 0 check -o empty leads.yaml empty.csv
keep ready 0 check -o ready leads.yaml good.csv
leads 3000 | sed '2,$s/,Open,/,Closed,/' >many.csv
keep many 1 check -o many leads.yaml many.csv

# Cells that want to be more than text, in names, keys and values.
python3 - <<'PY'
import csv
evil = ['<script>window.hacked = 1</script>', '</script><script>window.hacked = 1</script>',
        '"><img src=x onerror="window.hacked = 1">', "' onmouseover='window.hacked = 1",
        'javascript:window.hacked=1', '</td></tr></table><h1>owned</h1>', '<!--', ']]>', '&lt;b&gt; &amp;',
        '</style><style>*{display:none}</style>', '<svg onload="window.hacked=1">', '${window.hacked=1}', '\\x1b[31m',
        '\u202eevil\u202c txt.exe', '\u2066\u2067\u2028\u2029\u200b\ufeff', '\x1b[31mred\x07', 'a\x00b'.replace('\0', '\x01'),
        'line one\nline two\r\nthree\ttab', 'שלום עולם', 'مرحبا <b>', 'x' * 32000, '行' * 500,
        '=HYPERLINK("http://evil.example/","x")', 'http://evil.example/' + 'y' * 300, 'z\u0300' * 300]
names = ['Lead Ref', '<b>Status</b>', 'First"\'>', 'Last\u202e', 'Score </script>', 'Joined', 'Note']
with open('hostile.csv', 'w', encoding='utf-8', newline='') as f:
    out = csv.writer(f)
    out.writerow(names)
    for i, text in enumerate(evil):
        out.writerow([text if i % 3 == 0 else 'K-%d' % i, 'Open', 'A', 'B', text, '2026-01-02', text])
        out.writerow(['S-%d' % i, text, 'A', 'B', str(i), '2026-01-02', 'fine'])
with open('hostile.yaml', 'w', encoding='utf-8') as f:
    f.write('''version: 1
procedure: "lead<b>"
lead_id: Lead Ref
state:
  index: 2
  map: {Open: NEW}
data:
  score: {index: 5, type: integer}
  note: Note
''')
PY
keep hostile 1 check -o hostile hostile.yaml hostile.csv

{
  echo 'Lead Ref,Status,First,Last,Score,Joined,Note'
  i=0
  while [ $i -lt 40 ]; do
    i=$((i + 1))
    echo "L-$i,Open,Asha,Rao,$i,2026-01-02,1.23E+15"
    echo "M-$i,Open,Asha,Rao,$i,2026-01-02,#REF!"
  done
  echo 'Total,Open,,,860,2026-01-02,'
} >hazards.csv
keep hazards 0 check -o hazards leads.yaml hazards.csv

keep rehearsal 1 rehearse --runs-dir rehearsal.runs leads.yaml failures.csv
mv rehearsal.runs/rehearsals/*-failures-* rehearsal
keep split 1 split -o split --parts 3 leads.yaml failures.csv

# Values that change, long ones too, in names of several scripts.
serve --duplicates allow
python3 - <<'PY'
import csv
names = ['Lead Ref', 'Status', 'First', 'Last', 'Score', 'Joined', 'Note',
         'Customer Relationship Management Identifier of the Previous System', 'العنوان البريدي الكامل',
         '客户的详细通讯地址', 'AVeryLongColumnNameWithoutAnyBlankInIt_AsDatabasesLikeToHaveThem_2026']
fill = ['c%03d' % i for i in range(len(names), 100)]
for name, what in (('wide', ''), ('wide_new', ' and more')):
    with open(name + '.csv', 'w', encoding='utf-8', newline='') as f:
        out = csv.writer(f)
        out.writerow(names + fill)
        for i in range(1, 61):
            row = ['CUSTOMER-2026-%06d' % i, 'Open', 'Asha', 'Rao', i, '2026-01-02', 'a note' + what,
                   'identifier-%d' % i + what, 'شارع الملك' + what, '上海市浦东新区' * (i % 9) + what,
                   'Nordrhein-Westfalen, Landesversicherungsanstalt' + what + ' x' * (i % 50)]
            out.writerow(row + ['v%d' % i] * len(fill))
    with open(name + '.yaml', 'w', encoding='utf-8') as f:
        f.write('version: 1\nmode: upsert\nprocedure: lead\nlead_id: Lead Ref\n'
                'state: {column: Status, map: {Open: NEW}}\ndata:\n')
        for n, column in enumerate(names[4:]):
            f.write('  field_with_a_long_name_%d: {column: "%s"}\n' % (n, column))
        for column in fill:
            f.write('  %s: %s\n' % (column, column))
    with open(name + '_strict.yaml', 'w', encoding='utf-8') as f:
        f.write('version: 1\nprocedure: lead\nlead_id: Lead Ref\nstate: {column: Status, map: {Open: NEW}}\ndata:\n')
        for n, column in enumerate(names[4:]):
            f.write('  field_with_a_long_name_%d: {column: "%s", type: integer}\n' % (n, column))
PY
keep wide 1 check -o wide wide_strict.yaml wide.csv
keep diff.first 0 import --runs-dir diff.runs wide.yaml wide.csv
keep diff 0 diff -o diff wide.yaml wide_new.csv
keep undo.first 0 undo --runs-dir diff.runs --delete 60 latest
mv "diff.runs/$(readlink diff.runs/latest)" undo
leads 30 >one.csv
leads 60 bad | sed 's/L-/M-/' >two.csv
keep files.runs 1 import --runs-dir files.runs leads.yaml one.csv two.csv
mkdir files
set -- files.runs/*-one-* files.runs/*-two-*
keep files 0 report --runs-dir files.runs --format html "${1##*/}" "${2##*/}"
mv files.out files/report.html
mkdir sandbox
curl -sf "$CHAKRA_BASE_URL/" >sandbox/report.html
