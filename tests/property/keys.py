#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""keys.py [--cases N] [--seed S]: which rows does a key with replace, case, map and a type let through?

Random rules of a key beside random cells, of which many are the same only after the rules were applied. A plain reading of the
rules says what each key becomes; `convert` must print the rows whose key was not there before, in order, and no other; with
--unique-memory 1 the same bytes. A failure prints its case: keys.py --seed S --cases 1."""
import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile

PROGRAM = ['csv2chakra', 'convert']
LETTERS = ['a', 'A', 'b', 'B', 'é', 'É', 'x', '1', '2']
MAP = {'ab': 'one', 'AB': 'one', '12': 'two', 'é': 'E', 'x1': '12'}


class Rules:
    def __init__(self, r):
        self.is_number = r.random() < 0.2
        self.replaces = r.sample([('[ -]', ''), ('^0+', ''), ('b+', 'b'), ('[.]', '-')], r.randrange(3))
        self.case = None if self.is_number else r.choice([None, 'lower', 'upper'])
        self.map = {}
        if not self.is_number and r.random() < 0.5:
            # What can never match is refused.
            self.map = {k: v for k, v in MAP.items() if self.cased(k) == k}

    def cased(self, text):
        return text.lower() if self.case == 'lower' else text.upper() if self.case == 'upper' else text

    def yaml(self):
        parts = ['column: ref']
        if self.replaces:
            parts.append('replace: [%s]' % ', '.join('{pattern: "%s", with: "%s"}' % x for x in self.replaces))
        if self.case:
            parts.append('case: ' + self.case)
        if self.map:
            parts.append('map: {%s}' % ', '.join('"%s": "%s"' % x for x in self.map.items()))
            parts.append('otherwise: keep')
        if self.is_number:
            parts.append('type: integer')
        return 'version: 1\nprocedure: lead\nlead_id: {%s}\ndata:\n  n: n\n' % ', '.join(parts)

    def key(self, cell):
        """What the cell becomes; None: nothing."""
        text = cell.strip(' ')
        for pattern, by in self.replaces:
            text = re.sub(pattern, by, text)
        text = self.cased(text)
        if self.map:
            text = self.map.get(text, text)
        if self.is_number and text:
            return int(text)
        return text or None

    def cell(self, r):
        if self.is_number:
            return ' ' * r.randrange(2) + str(r.randrange(1, 40))
        text = ''.join(r.choice(LETTERS) for _ in range(r.randrange(1, 3)))
        return r.choice(['', ' ', '0' if text[0].isdigit() else '']) + text + r.choice(['', ' ', '-', '.'])


def case(seed):
    r = random.Random(seed)
    rules = Rules(r)
    cells = [rules.cell(r) for _ in range(r.randrange(1, 400))]
    with open('keys.yaml', 'w', encoding='utf-8') as f:
        f.write(rules.yaml())
    with open('keys.csv', 'w', encoding='utf-8', newline='') as f:
        f.write('ref,n\n' + ''.join('%s,r%d\n' % (c, i) for i, c in enumerate(cells)))
    seen, expected = set(), []
    for i, c in enumerate(cells):
        key = rules.key(c)
        if key is not None and key not in seen:
            seen.add(key)
            expected.append((key, 'r%d' % i))
    texts = []
    for more in ([], ['--unique-memory', '1']):
        done = subprocess.run(PROGRAM + more + ['--encoding', 'utf-8', 'keys.yaml', 'keys.csv'], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
        if done.returncode not in (0, 1):
            return 'status %d: %s' % (done.returncode, done.stderr.decode(errors='replace')[-600:])
        texts.append(done.stdout)
    got = [(x['lead_id'], x['data']['n']) for x in map(json.loads, texts[0].decode().splitlines())]
    if texts[0] != texts[1]:
        return 'memory and disk differ'
    for a, b in zip(got + [None], expected + [None]):
        if a != b:
            return 'printed %r, expected %r' % (a, b)
    return len(cells) - len(expected)


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    p.add_argument('--cases', type=int, default=200)
    p.add_argument('--seed', type=int, default=1)
    a = p.parse_args()
    twice = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for seed in range(a.seed, a.seed + a.cases):
            said = case(seed)
            if isinstance(said, str):
                with open('keys.yaml', encoding='utf-8') as f:
                    sys.exit('keys.py --seed %d --cases 1: %s\n%s' % (seed, said, f.read()))
            twice += said
    print('%d tables, %d rows were there before' % (a.cases, twice))


if __name__ == '__main__':
    main()
