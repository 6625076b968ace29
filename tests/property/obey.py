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
        with open(os.path.join(self.folder, 'm.yaml'), 'w', encoding='utf-8') as f:
            f.write(self.mapping())
        p = subprocess.run([os.path.join(BIN, 'csv2chakra'), *args, 'm.yaml', 't.csv'], cwd=self.folder, timeout=60,
                           env={**ENV, 'LC_ALL': 'C.UTF-8', 'HOME': self.folder}, capture_output=True, check=False)
        if p.returncode not in (0, 1, 7):
            raise Wrong(f'{args[0]} ends with {p.returncode}: {p.stderr.decode("utf-8", "replace")[:600]}')
        return p.stdout.decode('utf-8', 'replace')

    def rows(self):
        """What would be sent: id -> (x, y)."""
        found = {}
        for line in self.run('convert').splitlines():
            row = json.loads(line, parse_float=Decimal)
            data = row.get('data', {})
            found[row.get('lead_id')] = (data.get('x'), data.get('y'))
        return found

    def report(self):
        text = self.run('check', '--format', 'json')
        return json.loads(text[:text.rindex('}') + 1])

    def obey(self, hint):
        """Writes what the line says; True if that is anything new."""
        before = self.mapping()
        keys = re.findall(r'`(\w+): ([^`]+)`', hint)
        keys += re.findall(r"mapping's source: (ignore): (\[.*?\])(?: \(|$)", hint)
        keys += re.findall(r'(?<!`)\b(encoding): ([\w-]+)', hint)
        for key, value in keys:
            if key in ('ragged', 'ignore', 'encoding', 'blanks', 'columns', 'skip_lines'):
                self.source[key] = value
            elif key == 'map':
                self.field['map'] = self.field['map'].rstrip('}') + ', ' + value.lstrip('{')
            else:
                self.field[key] = value
        return self.mapping() != before


def is_question(hint):
    return hint.lower().startswith('check first')


def obey_all(loader, tally):
    for _ in range(ROUNDS):
        report, is_new = loader.report(), False
        hints = [g.get('hint', '') for g in report.get('groups', []) if g['kind'] in ('rejected', 'note')]
        for hint in hints:
            if hint == '':
                continue
            if is_question(hint):
                tally['check first'].add((loader.table.name, hint))
                continue
            tally['help'].add((loader.table.name, hint))
            if loader.obey(hint):
                is_new = True
                tally['obeyed'].add((loader.table.name, hint))
        if not is_new:
            break
    return report


def judge(loader, before, after, report):
    truth = loader.table.truth
    rejected = report['accounts']['rows']['rejected'] if 'rows' in report.get('accounts', {}) else None
    for key, (x, y) in after.items():
        if key not in truth:
            if key not in before:
                raise Wrong(f'a record was invented: {key!r}')
            continue
        if (x, y) == truth[key] or before.get(key) == (x, y):
            continue
        raise Wrong(f'row {key}: {x!r}, {y!r} instead of {truth[key]!r}')
    lost = [key for key in truth if key not in after]
    if rejected is not None and len(lost) > rejected:
        raise Wrong(f'{len(lost)} records are missing, and {rejected} rows were rejected')


def one(folder, seed, tally):
    rng = random.Random(seed)
    table = Table(seed, rng)
    tally['kinds'][table.kind] += 1
    loader = Loader(folder, table)
    try:
        before = loader.rows()
        report = obey_all(loader, tally)
        after = loader.rows()
        judge(loader, before, after, report)
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
    tally = {'kinds': Counter(), 'check first': set(), 'help': set(), 'obeyed': set(), 'read before': 0,
             'read after': 0, 'records': 0}
    folder = tempfile.mkdtemp(prefix='obey-')
    try:
        good = sum(one(folder, o.seed + i, tally) for i in range(o.cases))
    finally:
        shutil.rmtree(folder)
    if o.verbose:
        for name in ('obeyed', 'help', 'check first'):
            for table, hint in sorted(tally[name]):
                print(f'{name}: {table}: {hint}')
    lines = len(tally['help']) + len(tally['check first'])
    share = 100 * len(tally['check first']) / max(lines, 1)
    print(f'{o.cases} tables from seed {o.seed}, {tally["records"]} records: {tally["read before"]} read before, '
          f'{tally["read after"]} after obeying {len(tally["obeyed"])} of {lines} help lines; '
          f'check first: {len(tally["check first"])} ({share:.1f} %)')
    print(', '.join(f'{k} {n}' for k, n in sorted(tally['kinds'].items())))
    if good < o.cases:
        print(f'{o.cases - good} tables were harmed')
        return 1
    print('no value changed its sign or size, no record was invented, none vanished')
    return 0


if __name__ == '__main__':
    sys.exit(main())
