#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""unique.py [--cases N] [--seed S]: does anything tell unique keys that are compared on disk from those in memory?

Random tables with duplicates at random distances, several unique fields (texts in two Unicode forms, numbers, dates, lists, fields
of items, with `case`, `default`, nulls and on_error: omit), rows of another width, empty and left-out ones. With --unique-memory from
1 byte to more than is needed, `convert` must print the same, and `check -o` write the same rows, reasons and report, chunk by chunk.
A failure prints its case: unique.py --seed S --cases 1."""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

BIN = os.environ.get('CSV2CHAKRA_BIN', os.path.join(os.getcwd(), 'build', 'release', 'bin'))
ENV = {k: v for k, v in os.environ.items() if not k.startswith(('CHAKRA_', 'CSV2CHAKRA_', 'LC_', 'LANG'))}
MEMORY = '1GiB'
FILES = ('rejected.csv', 'rejected.reasons.csv', 'to-fix.csv')


def text(r, n):
    return r.choice(('Caf\u00e9 %d', 'Cafe\u0301 %d', 'caf\u00e9 %d', 'say ""%d""', 'two\nlines %d')) % n


FIELDS = {
    'text': ('', text),
    'lower': (', case: lower', text),
    'number': (', type: decimal', lambda r, n: r.choice(('%d', '%d.0', '+%d', '%d.50', 'x%d')) % n),
    'integer': (', type: integer', lambda r, n: r.choice(('%d', '0%d', '%d.5')) % n),
    'list': (', type: multiString', lambda r, n: r.choice(('a%d,b', 'a%d, b', 'b,a%d')) % n),
    'default': (', default: none', lambda r, n: '' if n % 3 else 'd%d' % n),
    'clear': (', clear: ["gone"], empty: null',
              lambda r, n: r.choice(('gone', 'v%d' % n))),
    'nulls': ('', lambda r, n: r.choice(('-', 'n/a', '', 'v%d' % n))),
    'pattern': (', pattern: "^[a-y]"', lambda r, n: '%s%d' % (r.choice('ayz'), n)),
    'one': ('', lambda r, n: 'always'),
}


class Table:
    def __init__(self, seed):
        r = random.Random(seed)
        self.kinds = [r.choice(list(FIELDS)) for _ in range(r.randint(1, 5))]
        self.omits = [r.random() < 0.3 for _ in self.kinds]
        self.in_items = r.random() < 0.3
        rows = r.choice((5, 300, 2500, 7000))
        spread = r.choice((1, 10, rows, 50 * rows))
        lines = ['Key,Note,' + ','.join('F%d' % i for i in range(len(self.kinds)))]
        for i in range(rows):
            key = r.randrange(i + 1) if r.random() < 0.05 else i
            cells = ['K%d' % key if r.random() < 0.99 else '', 'skip' if r.random() < 0.02 else 'n%d' % i]
            cells += ['"%s"' % FIELDS[kind][1](r, r.randrange(spread)) for kind in self.kinds]
            if r.random() < 0.01:
                cells.append('too many')
            lines.append('' if r.random() < 0.01 else ',' * len(cells) if r.random() < 0.005 else ','.join(cells))
        self.records = lines
        self.csv = '\n'.join(lines) + '\n'
        self.mapping = self.make_mapping(r)
        self.options = r.choice((['--chunk-rows', '7'], ['--chunk-rows', '500'], ['--chunk-bytes', '2000'], []))
        self.options += r.choice(([], [], ['--limit', str(1 + rows // 2)]))

    def make_mapping(self, r):
        out = ['version: 1', 'procedure: lead', 'source: {nulls: ["-", "n/a"]}', 'lead_id: Key', 'rows: {except: [{column: Note, in: [skip]}]}', 'data:',
               '  note: Note']
        for i, kind in enumerate(self.kinds):
            rule = '{column: F%d, unique: true%s%s}' % (
                i, FIELDS[kind][0], ', on_error: omit' if self.omits[i] else '')
            if self.in_items and kind != 'list':
                out.append('  g%d: {items: [{fields: {v: %s}}]}' % (i, rule))
            elif r.random() < 0.3:
                out.append('  g%d: {fields: {v: %s}}' % (i, rule))
            else:
                out.append('  f%d: %s' % (i, rule))
        return '\n'.join(out) + '\n'


def run(*words):
    return subprocess.run([os.path.join(BIN, 'csv2chakra'), *words], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=120, check=False)


def read(path):
    if not os.path.exists(path):
        return None
    with open(path, 'rb') as f:
        return f.read()


def answers(table, memory):
    """All that is said and written with that much memory; `out` is the folder in both."""
    words = ['--unique-memory', memory, *table.options]
    converted = run('convert', *words, 'm.yaml', 'x.csv')
    subprocess.run(['rm', '-rf', 'out'], check=True)
    checked = run('check', '--all-problems', '-o', 'out', *words, 'm.yaml', 'x.csv')
    files = {name: read(os.path.join('out', name)) for name in FILES}
    report = json.loads(read('out/report.json') or b'null')
    if report:
        report.pop('settings', None)
    return {'convert': (converted.returncode, converted.stdout, converted.stderr),
            'check': (checked.returncode, checked.stdout, checked.stderr), 'report': report, **files}


def case(seed):
    table = Table(seed)
    with open('m.yaml', 'w', encoding='utf-8') as f:
        f.write(table.mapping)
    with open('x.csv', 'w', encoding='utf-8') as f:
        f.write(table.csv)
    want = answers(table, MEMORY)
    if want['check'][0] not in (0, 1) or want['convert'][0] not in (0, 1):
        return 'cannot be read: %s' % want['check'][2].decode(), 0
    r = random.Random(seed + 1)
    for memory in ('1', r.choice(('64KiB', '150KiB', '200KiB', '300KiB', '500KiB'))):
        got = answers(table, memory)
        for what, value in want.items():
            if got[what] != value:
                return '%s differs with --unique-memory %s' % (what, memory), 0
    return None, b'not_unique' in want['check'][1]


def try_all(seeds, one, command):
    """Calls one(seed), in a folder of its own, for each: why it fails, or None, and a number. Tells each failure with the command that
    repeats it. How many failed, and the sum of the numbers."""
    bad = total = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        ENV['TMPDIR'] = folder
        for seed in seeds:
            why, number = one(seed)
            total += number
            if why:
                bad += 1
                print('%s: %s' % (command % seed, why))
        os.chdir('/')
    return bad, total


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--cases', type=int, default=100)
    p.add_argument('--seed', type=int, default=1)
    a = p.parse_args()
    bad, met = try_all(range(a.seed, a.seed + a.cases), case, 'unique.py --seed %d --cases 1')
    print('%d tables, %d with duplicates, %s' % (a.cases, met, '%d differ' % bad if bad else 'nothing changed'))
    sys.exit(1 if bad or met * 2 < a.cases else 0)


if __name__ == '__main__':
    main()
