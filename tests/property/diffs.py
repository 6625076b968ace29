#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""diffs.py [--cases N] [--seed S]: does an import that updates, or upserts, do what the diff before it said?

Random tables beside what the sandbox has: values that differ, keys that are not there, empty cells that keep or empty a field, fields
that are only filled or only sent along, rows that our checks reject; under each kind of service (what it does with keys it does not
have, with data, numbers, times, states). After the diff, an import has its counts, row by row; what the sandbox has then is what the
table says; another diff finds nothing to change or to create, and another import sends nothing. A failure prints its case: diffs.py --seed S --cases 1."""
import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request

BIN = os.environ.get('CSV2CHAKRA_BIN', os.path.join(os.getcwd(), 'build', 'release', 'bin'))
ENV = {k: v for k, v in os.environ.items() if not k.startswith(('CHAKRA_', 'CSV2CHAKRA_', 'LC_', 'LANG'))}
SERVICES = ([], ['--missing', 'create'], ['--missing', 'ignore'], ['--numbers', 'text'], ['--timestamps', 'off'],
            ['--states', 'graph'])
HEAD = 'version: 1\nprocedure: lead\nlead_id: Ref\n'


class Case:
    def __init__(self, seed):
        r = random.Random(seed)
        self.service = SERVICES[seed % len(SERVICES)]
        self.mode = ('update', 'upsert')[seed // len(SERVICES) % 2]
        self.number = 'integer' if '--numbers' not in self.service else 'string'
        self.empty = r.choice(('omit', '"null"'))
        self.update = r.choice(({}, {'fields': ['data.score', 'data.city']}, {'fill_only': ['data.note']},
                                {'send_only': ['data.note']}, {'fields': ['data.city'], 'send_only': ['data.score']},
                                {'missing': 'reject'} if self.mode == 'update' else {}))
        rows = r.choice((1, 5, 60, 230, 700))
        self.old = {'K-%d' % i: self.cells(r) for i in range(rows)}
        self.new = {}
        for key, cells in self.old.items():
            if r.random() < 0.9:
                self.new[key] = self.cells(r) if r.random() < 0.15 else cells
        for i in range(r.choice((0, 1, rows // 10))):
            self.new['NO-%d' % i] = self.cells(r)
        self.bad = set(r.sample(sorted(self.new), min(len(self.new), r.choice((0, 0, 2)))))

    @staticmethod
    def cells(r):
        return [str(r.randrange(50)), r.choice(('Goa', 'Pune', 'Caf\u00e9', 'say ""x""', '')), r.choice(('', 'n', 'two\nlines'))]

    def mapping(self, mode):
        text = HEAD + 'defaults: {empty: %s}\n' % (self.empty if mode else 'omit')
        text += 'data:\n  score: {column: Score, type: %s, pattern: "^[0-9]*$"}\n  city: City\n  note: Note\n' % self.number
        if mode:
            text += 'mode: %s\n' % self.mode + ('update: %s\n' % json.dumps(self.update) if self.update else '')
        return text

    def table(self, rows, bad=()):
        return 'Ref,Score,City,Note\n' + ''.join('%s,%s,"%s","%s"\n' % (
            key, 'x' if key in bad else cells[0], cells[1], cells[2]) for key, cells in rows.items())


def fail(words):
    raise AssertionError(words)


class Place:
    """A folder with a sandbox of that kind."""

    def __init__(self, folder, service):
        self.folder = folder
        self.write('token', '%032x' % random.getrandbits(128))
        os.chmod(self.path('token'), 0o600)
        self.sandbox = subprocess.Popen(
            [os.path.join(BIN, 'chakra-sandbox'), '--listen', '127.0.0.1:0', '--port-file', self.path('port'), '--token-file',
             self.path('token'), *service], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENV)
        for _ in range(1000):
            if os.path.exists(self.path('port')) and os.path.getsize(self.path('port')):
                break
            time.sleep(0.01)
        with open(self.path('port'), encoding='ascii') as f:
            self.url = 'http://127.0.0.1:%d' % int(f.read())

    def stop(self):
        self.sandbox.terminate()
        self.sandbox.wait()

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), 'w', encoding='utf-8', newline='') as f:
            f.write(text)

    def run(self, *args, statuses=(0,)):
        env = dict(ENV, CHAKRA_BASE_URL=self.url, CHAKRA_API_TOKEN_FILE=self.path('token'), CSV2CHAKRA_RUNS_DIR=self.path('runs'),
                   LC_ALL='C.UTF-8')
        done = subprocess.run([os.path.join(BIN, 'csv2chakra'), *args], cwd=self.folder, env=env, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=120, check=False)
        if done.returncode not in statuses:
            fail('%s: status %d\n%s' % (args, done.returncode, done.stderr.decode()[-800:] + done.stdout.decode()[-800:]))
        return done.stdout.decode()

    def now(self):
        with urllib.request.urlopen(self.url + '/sandbox/processes?now=1', timeout=20) as answer:
            return {p['key']: p for p in map(json.loads, answer) if not p['deleted']}


def compare_processes(case, before, after, changes, fresh):
    """What was to be changed is, what was to be created is there once, and nothing else."""
    for key, process in after.items():
        if key in fresh:
            if process['updates'] != 0 or (process['process'].get('data', {}).get('city') or '') != case.new[key][1].replace('""', '"'):
                fail('%s: created as %s' % (key, process))
            continue
        old, new = before[key]['process'], process['process']
        fields = changes.get(key, {})
        for name in set(old.get('data', {})) | set(new.get('data', {})) | {f[5:] for f in fields}:
            want = fields['data.' + name] if 'data.' + name in fields else old.get('data', {}).get(name)
            if new.get('data', {}).get(name) != want:
                fail('%s: data.%s is %r, wanted %r' % (key, name, new.get('data', {}).get(name), want))
        if process['updates'] != (1 if fields else 0):
            fail('%s: %d updates, changes %s' % (key, process['updates'], fields))
    if set(after) != set(before) | fresh:
        fail('processes came or went')
    return case


def once(seed):
    case = Case(seed)
    with tempfile.TemporaryDirectory() as folder:
        place = Place(folder, case.service)
        try:
            place.write('create.yaml', case.mapping(False))
            place.write('update.yaml', case.mapping(True))
            place.write('old.csv', case.table(case.old))
            place.write('new.csv', case.table(case.new, case.bad))
            place.run('import', '-q', 'create.yaml', 'old.csv')
            before = place.now()
            said = json.loads(place.run('diff', '--format', 'json', '-o', 'changes', 'update.yaml', 'new.csv'))
            with open(place.path('changes/changes.csv'), encoding='utf-8', newline='') as f:
                changes, new = {}, set()
                for line in csv.DictReader(f):
                    if line['verb'] == 'create':
                        new.add(line['key'])
                        continue
                    changes.setdefault(line['key'], {})[line['field']] = json.loads(line['after'] or 'null')
            if place.now() != before:
                fail('the diff changed something')
            place.run('import', '--again', '--chunk-rows', str(random.Random(seed).choice((1, 7, 500))), 'update.yaml', 'new.csv',
                      statuses=(0, 1))
            with open(place.path('runs/latest/report.json'), encoding='utf-8') as f:
                did = json.load(f)['accounts']['rows']
            for name, n in said['rows'].items():
                if did[{'to_change': 'updated', 'to_create': 'created'}.get(name, name)] != n:
                    fail('%s: the diff said %s, the import %s' % (name, said['rows'], did))
            if new and (case.mode == 'update' or len(new) != said['rows']['to_create']):
                fail('%s: %d to create, listed %d' % (case.mode, said['rows'].get('to_create', 0), len(new)))
            compare_processes(case, before, place.now(), changes, new)
            again = json.loads(place.run('diff', '--format', 'json', 'update.yaml', 'new.csv'))
            if again['rows']['to_change'] + again['rows'].get('to_create', 0) != 0:
                fail('afterwards still to change: %s' % again)
            place.run('import', '--again', '-q', 'update.yaml', 'new.csv', statuses=(0, 1))
            with open(place.path('runs/latest/report.json'), encoding='utf-8') as f:
                if json.load(f)['calls']:
                    fail('a second import sends something')
            return said['rows']['to_change'] + len(new)
        finally:
            place.stop()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--cases', type=int, default=50)
    p.add_argument('--seed', type=int, default=1)
    o = p.parse_args()
    changed = 0
    for seed in range(o.seed, o.seed + o.cases):
        try:
            changed += once(seed)
        except AssertionError as e:
            print('diffs.py --seed %d --cases 1: %s' % (seed, e))
            return 1
    print('%d cases, %d rows changed or created, as the diffs said' % (o.cases, changed))
    return 0


if __name__ == '__main__':
    sys.exit(main())
