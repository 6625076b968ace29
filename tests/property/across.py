#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""across.py [--cases N] [--seed S] [--imports N]: does --unique-across judge several files as one file of all their rows is judged?

Random tables (those of unique.py), cut into two to six files. `check --unique-across` must reject the same records for the same reasons,
in the same order, as `check` of the whole. The first --imports cases are imported, too, into the sandbox: killed at random places, started
again with the same command until it ends, some files by themselves before; then each row that the whole has is there once, and `report` of
each run alone, beside files that are gone, says what the run said. A failure prints its case: across.py --seed S --cases 1 --imports 1."""
import argparse
import collections
import csv
import os
import random
import shutil
import subprocess
import sys
import time

import unique

PLACES = ('unique.write', 'unique.read', 'file.written', 'atomic.rename', 'atomic.renamed', 'ledger.filled', 'ledger.commit', 'ledger.committed',
          'ledger.mark', 'run.create', 'run.created', 'submit.start', 'submit.started', 'submit.answer', 'submit.answered', 'books.close',
          'batch.move', 'batch.rename', 'batch.moved')


def run(*words, program='csv2chakra', **env):
    return subprocess.run([os.path.join(unique.BIN, program), *words], env={**unique.ENV, **env}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=120, check=False)


def write(path, records):
    with open(path, 'w', encoding='utf-8') as f:
        f.write('\n'.join(records) + '\n')


def rejected(folder):
    """The records, and why, in their order."""
    raw = unique.read(os.path.join(folder, 'rejected.csv')) or b''
    reasons = []
    path = os.path.join(folder, 'rejected.reasons.csv')
    if os.path.exists(path):
        with open(path, encoding='utf-8', newline='') as f:
            reasons = [(r['column'], r['code'], r['value'], r['outcome']) for r in csv.DictReader(f)]
    return raw.split(b'\n', 1)[-1], reasons


def cut(r, table):
    """Names of the files, each with its part of the records."""
    count = r.randint(2, 6)
    head, rows = table.records[0], table.records[1:]
    at = [0] + sorted(r.randrange(len(rows) + 1) for _ in range(count - 1)) + [len(rows)]
    names = ['in/%c.csv' % (97 + i) for i in range(count)]
    os.makedirs('in')
    for name, begin, end in zip(names, at, at[1:]):
        write(name, [head] + rows[begin:end])
    return names


def check(names, options):
    whole = run('check', '-o', 'whole', *options, 'm.yaml', 'whole.csv')
    parts = run('check', '-o', 'parts', '--unique-across', *options, 'm.yaml', *names)
    if whole.returncode not in (0, 1):
        return 'cannot be read: %s' % whole.stderr.decode()
    if parts.returncode not in (0, 1):
        return 'ended with %d: %s' % (parts.returncode, parts.stderr.decode())
    want, got = rejected('whole'), (b'', [])
    for name in names:
        raw, reasons = rejected(os.path.join('parts', os.path.basename(name)))
        got = (got[0] + raw, got[1] + reasons)
    return None if want == got else 'other rows are rejected, or for other reasons'


class Sandbox:
    def __init__(self, clock):
        with open(os.open('token', os.O_WRONLY | os.O_CREAT, 0o600), 'w') as f:
            f.write('c2c-secret-across')
        self.process = subprocess.Popen(
            [os.path.join(unique.BIN, 'chakra-sandbox-faults'), '--listen', '127.0.0.1:0', '--port-file', 'port', '--token-file', 'token', '--ack',
             'job', '--job-delay', '0s', '--duplicates', 'allow'],
            env={**unique.ENV, 'CSV2CHAKRA_CLOCK': clock}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not os.path.exists('port') or not os.path.getsize('port'):
            time.sleep(0.02)
        with open('port', encoding='ascii') as f:
            self.url = 'http://127.0.0.1:' + f.read().strip()

    def held(self):
        out = subprocess.run(['curl', '-sf', self.url + '/sandbox/processes'], stdout=subprocess.PIPE, check=True)
        return sorted(line for line in out.stdout.splitlines() if line)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def imports(r, names, options):
    clock = '%d:200' % (time.time() * 1000)
    sandbox = Sandbox(clock)
    env = {'CSV2CHAKRA_CLOCK': clock, 'CHAKRA_BASE_URL': sandbox.url, 'CHAKRA_API_TOKEN_FILE': 'token', 'CSV2CHAKRA_RUNS_DIR': 'runs'}
    words = ['import', '--if-changed', '--resume', '--on-unknown', 'resend-absent', '--unique-across', *options, 'm.yaml']
    words += r.choice((names, ['--move-done=done', '--move-failed=done', 'in']))
    kills = 0
    # Nothing is looked up in an empty procedure.
    write('control.csv', ['Key', 'CONTROL'])
    write('control.yaml', ['version: 1', 'procedure: lead', 'lead_id: Key', 'data: {note: Key}'])
    try:
        run('import', 'control.yaml', 'control.csv', **env)
        for _ in range(12):
            fault = '%s:%d:kill' % (r.choice(PLACES), r.choice((1, 1, 2, 3, 5, 8, 20)))
            done = run(*words, program='csv2chakra-faults', CSV2CHAKRA_FAULT=fault, **env)
            kills += done.returncode == -9
            if done.returncode != -9:
                break
        if done.returncode == -9:
            done = run(*words, program='csv2chakra-faults', **env)
        if done.returncode not in (0, 1, 6):
            return 'import ended with %d: %s' % (done.returncode, (done.stdout + done.stderr).decode()), kills
        return compare(sandbox, env, done.returncode == 6), kills
    finally:
        sandbox.stop()


def compare(sandbox, env, some_unknown):
    want = sorted(run('convert', 'm.yaml', 'whole.csv').stdout.splitlines())
    got = [x for x in sandbox.held() if b'"CONTROL"' not in x]
    want, got = collections.Counter(map(key, want)), collections.Counter(map(key, got))
    # Rows of a killed run whose end nobody can tell are not sent again.
    if got - want or (want - got and not some_unknown):
        return '%d rows are there, %d should be' % (got.total(), want.total())
    shutil.rmtree('in')
    for name in os.listdir('runs'):
        folder = os.path.join('runs', name)
        # A kill may have come between the two, of a run that sent nothing.
        if os.path.islink(folder) or '-control-' in name or not os.path.exists(os.path.join(folder, 'rejected.reasons.csv')) or not os.path.exists(
                os.path.join(folder, 'rejected.csv')):
            continue
        was = rejected(folder)
        os.unlink(os.path.join(folder, 'rejected.csv'))
        done = run('report', name, 'keep/' + name.split('-')[1] + '.csv', **env)
        if done.returncode != 0 or rejected(folder) != was:
            return 'report of %s says something else: %s' % (name, done.stderr.decode())
    return None


def key(line):
    return line.split(b',"data"', 1)[0]


def case(seed, with_import):
    table = unique.Table(seed)
    r = random.Random(seed + 7)
    for folder in ('in', 'keep', 'runs', 'done', 'whole', 'parts'):
        shutil.rmtree(folder, ignore_errors=True)
    write('m.yaml', [table.mapping])
    write('whole.csv', table.records)
    names = cut(r, table)
    shutil.copytree('in', 'keep')
    options = [x for x in table.options if not x.startswith('--limit')][:2] if '--limit' not in table.options[:1] else []
    why = check(names, options)
    if why or not with_import:
        return why, 0
    if os.path.exists('port'):
        os.unlink('port')
    return imports(r, names, options)


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--cases', type=int, default=100)
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--imports', type=int, default=0)
    a = p.parse_args()
    bad, kills = unique.try_all(range(a.seed, a.seed + a.cases), lambda seed: case(seed, seed - a.seed < a.imports),
                                'across.py --seed %d --cases 1 --imports 1')
    print('%d tables, %d imported with %d kills, %s' % (a.cases, min(a.imports, a.cases), kills, '%d differ' % bad if bad else 'nothing changed'))
    sys.exit(1 if bad else 0)


if __name__ == '__main__':
    main()
