#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Obeys every help line of `check` that a person need not judge, for random broken columns and shapes whose truth is
known, and loads again: no value changes sign or size, no record is invented, none vanishes. What is marked "check
first" is not obeyed; its share is printed. A failure prints its seed: obey.py --seed N --cases 1."""
import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from decimal import Decimal

from broken import KINDS, Table

BIN = os.environ.get('CSV2CHAKRA_BIN', os.path.join(os.getcwd(), 'build', 'release', 'bin'))
ENV = {k: v for k, v in os.environ.items() if not k.startswith(('CHAKRA_', 'CSV2CHAKRA_', 'LC_', 'LANG'))}
ROUNDS = 5


# Work for hands, outside of the mapping and the command line.
BY_HAND = (
    r'a cell that holds (\'.\'|a tab) needs quotes around it',
    r'these look like pieces of one record: a line break in a cell needs quotes around the cell',
    r'within a quoted cell, write each quote twice',
    r'export it again as UTF-8',
    r'was the export cut off',
    r'this file escapes quotes with a backslash: export it again with quotes in quoted cells written twice',
    r'a spreadsheet shortened it: format the column as a number or text there and export again',
    r'give each number a column of its own',
    r'^its columns are ',
)
# Keys that stand in "source:"; the others are the field's.
SOURCE_KEYS = ('ragged', 'ignore', 'encoding', 'blanks', 'columns', 'skip_lines', 'quote', 'delimiter', 'header', 'empty_lines',
               'repeated_header', 'escape')
FEW = 100  # tables from which on the share of questions is held to


class Wrong(Exception):
    """An obeyed line did harm."""


class Loader:
    """One table with a mapping that learns."""

    def __init__(self, folder, table):
        self.folder, self.table = folder, table
        self.source, self.field = dict(table.source), dict(table.field)
        with open(os.path.join(folder, 't.csv'), 'wb') as f:
            f.write(table.data)

    def mapping(self):
        def flow(keys):
            return ', '.join(f'{k}: {v}' for k, v in keys.items())
        return (f'version: 1\nprocedure: lead\nsource: {{{flow(self.source)}}}\nlead_id: Id\n'
                f'data: {{x: {{{flow(self.field)}}}, y: Y}}\n')

    def run(self, *args):
        """(status, stdout, stderr)"""
        with open(os.path.join(self.folder, 'm.yaml'), 'w', encoding='utf-8') as f:
            f.write(self.mapping())
        p = subprocess.run([os.path.join(BIN, 'csv2chakra'), *args, 'm.yaml', 't.csv'], cwd=self.folder, timeout=60,
                           env={**ENV, 'LC_ALL': 'C.UTF-8', 'HOME': self.folder}, capture_output=True, check=False)
        out, errors = (text.decode('utf-8', 'replace') for text in (p.stdout, p.stderr))
        helps = 'help: ' in errors or '"help":' in out
        if p.returncode not in (0, 1) and (p.returncode not in (2, 7) or not helps):
            raise Wrong(f'{args[0]} ends with {p.returncode} and helps nobody: {errors[:600]}')
        return p.returncode, out, errors

    def rows(self):
        """What would be sent: id -> (x, y)."""
        found = {}
        for line in self.run('convert')[1].splitlines():
            row = json.loads(line, parse_float=Decimal)
            data = row.get('data', {})
            if row.get('lead_id') in found and row.get('lead_id') in self.table.truth:
                raise Wrong(f'a record was invented: {row.get("lead_id")!r} comes twice')
            found[row.get('lead_id')] = (data.get('x'), data.get('y'))
        return found

    def hints(self):
        """Whether the file is read, and the help lines: (what it is about, words)."""
        status, out, errors = self.run('check', '--format', 'json')
        report = json.loads(out[:out.rindex('}') + 1])
        if status not in (0, 1):
            lines = [('refused', words) for words in re.findall(r'^\s*help: (.*)$', errors, re.M)]
            return False, lines + [(d['code'], d['help']) for d in report.get('diagnostics', []) if d.get('help')]
        return True, [(f'{g["code"]} {g.get("cause", "")}', g['hint']) for g in report.get('groups', [])
                      if g['kind'] in ('rejected', 'note') and g.get('hint')]

    def rejected(self):
        """The ids of the rows that the books name."""
        out = os.path.join(self.folder, 'dry')
        shutil.rmtree(out, ignore_errors=True)
        self.run('check', '-q', '-o', 'dry')
        if not os.path.exists(os.path.join(out, 'rejected.csv')):
            return set()
        with open(os.path.join(out, 'rejected.csv'), 'rb') as f:
            return set(re.findall(r'\br\d+\b', f.read().replace(b'\0', b'').decode('utf-8', 'replace')))

    def obey(self, hint):
        """Writes what the line says: whether it says anything that can be written, and whether that is new."""
        before = self.mapping()
        keys = re.findall(r'`(\w+): ([^`]+)`', hint)
        keys += re.findall(r"mapping's source: (ignore): (\[.*?\])(?: \(|$)", hint)
        keys += re.findall(r'(?<![`-])\b(encoding): ([\w-]+)', hint)
        keys += re.findall(r'\b(skip_lines): (\d+) \(--skip-lines', hint)
        keys += re.findall(r"^use (quote): (\"'\"|'\"') ", hint)
        keys = keys or [(key, f'"{value}"') for key, value in re.findall(r"--(encoding|delimiter) '?([^\s;']+|.)'?", hint)]
        if not keys and not any(re.search(words, hint) for words in BY_HAND):
            raise Wrong(f'a help line that neither a machine nor a hand can follow: {hint}')
        for key, value in keys:
            if key in SOURCE_KEYS:
                self.source[key] = value
            elif key == 'map':
                self.field['map'] = self.field['map'].rstrip('}') + ', ' + value.lstrip('{')
            else:
                self.field[key] = value
        return bool(keys), self.mapping() != before


def proposes(hint):
    """A line that names a change, and not only a question."""
    return re.search(r'`\w+: [^`]+`|ignore: \[|--\w', hint) is not None


def is_question(hint):
    return hint.lower().startswith('check first')


def obey_all(loader, tally):
    """Whether the file is read in the end. A line counts once for what it is about, however often it is printed."""
    table = loader.table
    for _ in range(ROUNDS):
        is_read, hints = loader.hints()
        is_new = False
        for about, hint in hints:
            key = (table.name, about)
            name = 'check first'
            if not is_question(hint):
                is_written, is_other = loader.obey(hint)
                is_new = is_new or is_other
                name = 'obeyed' if is_written else 'by hand'
            tally[name].setdefault(key, (table.kind, hint))
        if not is_new:
            break
    return is_read


def judge(loader, before, after, is_read, tally):
    truth = loader.table.truth
    for key, (x, y) in after.items():
        if key not in truth:
            if key not in before:
                raise Wrong(f'a record was invented: {key!r}')
            continue
        if (x, y) == truth[key]:
            continue
        if before.get(key) != (x, y):
            raise Wrong(f'row {key}: {x!r}, {y!r} instead of {truth[key]!r}')
        tally['as before'][loader.table.kind] += 1
    lost = set(truth) - set(after) if is_read else set()
    if lost:
        lost -= loader.rejected()
    if lost:
        raise Wrong(f'records that neither arrive nor are rejected: {sorted(lost)}')


def one(folder, seed, tally):
    rng = random.Random(seed)
    table = Table(seed, rng)
    tally['kinds'][table.kind] += 1
    loader = Loader(folder, table)
    try:
        before = loader.rows()
        is_read = obey_all(loader, tally)
        after = loader.rows()
        judge(loader, before, after, is_read, tally)
        tally['refused'] += not is_read
        tally['read before'] += len(before)
        tally['read after'] += len(after)
        tally['records'] += len(table.truth)
    except Wrong as e:
        print(f'seed {seed} ({table.kind}): {e}\n{loader.mapping()}'
              f'{table.data.decode("utf-8", "backslashreplace")[:1500]}', file=sys.stderr)
        return False
    return True


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--cases', type=int, default=len(KINDS) * 4)
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('-v', '--verbose', action='store_true', help='print the lines')
    o = p.parse_args()
    tally = {'kinds': Counter(), 'as before': Counter(), 'check first': {}, 'by hand': {}, 'obeyed': {},
             'refused': 0, 'read before': 0, 'read after': 0, 'records': 0}
    folder = tempfile.mkdtemp(prefix='obey-')
    try:
        good = sum(one(folder, o.seed + i, tally) for i in range(o.cases))
    finally:
        shutil.rmtree(folder)
    if o.verbose:
        for name in ('obeyed', 'by hand', 'check first'):
            for (table, _), (_, hint) in sorted(tally[name].items()):
                print(f'{name}: {table}: {hint}')
    return tell(o, tally, good)


def tell(o, tally, good):
    """The figures; 0 if they are as they must be."""
    obeyed, by_hand, asked = (len(tally[name]) for name in ('obeyed', 'by hand', 'check first'))
    changes = sum(proposes(hint) for _, hint in tally['check first'].values())
    share = changes / max(obeyed + changes, 1)
    print(f'{o.cases} tables from seed {o.seed}, {tally["records"]} records: {tally["read before"]} read before, '
          f'{tally["read after"]} after; {tally["refused"]} tables are not read at all')
    print(f'{obeyed} help lines obeyed, {by_hand} for hands outside of the program, {asked} to check first, of which '
          f'{changes} propose a change: {100 * share:.1f} % of the lines that do')
    for kind, tables in sorted(tally['kinds'].items()):
        print(f'  {kind}: {tables} tables', end='')
        for name in ('obeyed', 'by hand', 'check first'):
            print(f', {sum(line[0] == kind for line in tally[name].values())} {name}', end='')
        print(f', {tally["as before"][kind]} rows read as they were')
    if good < o.cases:
        print(f'{o.cases - good} tables were harmed')
        return 1
    if o.cases >= FEW and share >= 1 / 3:
        print('too many of the changes proposed are to be checked first')
        return 1
    print('no value changed its sign or size, no record was invented, none vanished')
    return 0


if __name__ == '__main__':
    sys.exit(main())
