#!/bin/sh
# SPDX-License-Identifier: MIT
# An outcome is named where it is described (base/outcome) and where a row is
# given it. Whoever asks what follows from it asks the table.
set -eu

python3 - <<'PY'
import pathlib
import re
import sys

# These give a row its outcome; report_verdict begins its sentence with one.
GIVE = {
    'outcome.c', 'outcome.h',
    'ledger_write.c',     # what the state of a call says of its rows
    'ledger_totals.c', 'ledger_outcomes.c',  # rows without a call
    'submit_facts.c', 'submit_follow.c', 'submit_change.c', 'job_entries.c', 'lookup.c',
    'verb.c',             # a verb's is in its row
    'row_files.c', 'csv_look.c',  # what our checks said
    'parts.c',            # rows that no run has read
    'problems.c', 'ragged_groups.c', 'init_ragged.c', 'inspect_text.c', 'answer.c',
    'report_verdict.c',
    'undo_rows.c', 'undo_delete.c',  # what becomes of a row that is taken back
}
# These have words of their own that are spelled like one.
SPELL = {
    'outcome.c',
    'ledger_write.c',     # states of calls
    'report_items.c', 'inspect_json.c', 'cmd_preview.c',  # counts of chunks, verdicts of rows
    'keys.c',             # a word of the mapping
    'cmd_prune.c', 'undo_tell.c',  # a run that stays, a count
    'contact.h',          # what a second create of a key did
    'timeline.c', 'submit_answer.c', 'submit_resume.c',  # a kind of event
    'run.h', 'run_books.c', 'encoding_advice.c', 'front_cell.c',  # an end, a word of people
}
root = pathlib.Path('src/base/outcome.c').read_text()
names = re.findall(r'\.name = "(\w+)"', root)
tints = re.findall(r'\.tint = "(\w+)"', root)
if len(names) < 2:
    sys.exit('src/base/outcome.c: no names')
enum = re.compile(r'\bOUTCOME_(%s)\b' % '|'.join(n.upper() for n in names))
text = re.compile(r'"(%s)"' % '|'.join(names))
comment = re.compile(r'/\*.*?\*/', re.S)
bad = 0
for top in ('src', 'include'):
    for path in sorted(pathlib.Path(top).rglob('*.[ch]')):
        if {'sandbox', 'serve'} & set(path.parts):
            continue
        source = comment.sub(lambda m: '\n' * m.group().count('\n'), path.read_text())
        for number, line in enumerate(source.split('\n'), 1):
            for pattern, may in ((enum, GIVE), (text, SPELL)):
                for m in pattern.finditer(line):
                    if path.name not in may:
                        print('%s:%d: %s belongs into base/outcome' % (path, number, m.group()))
                        bad = 1
for path in pathlib.Path('src').rglob('page.css'):
    for tint in tints:
        if '.o-%s {' % tint not in path.read_text():
            print('%s: no colour .o-%s' % (path, tint))
            bad = 1
sys.exit(bad)
PY
