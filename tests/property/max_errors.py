#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""max_errors.py [--cases N] [--seed S]: does a dry run stop where an import does?

Random tables with bad rows in random places, random --max-errors (N, P%), chunk rows and bytes: `check` and an `import` into a
sandbox of its own must reject the same rows and stop at the same chunk; the import sends the calls that `check` counted, less those
that wait when the limit is passed. A failure prints
its case: max_errors.py --seed S --cases 1."""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time

BIN = os.environ.get('CSV2CHAKRA_BIN', os.path.join(os.getcwd(), 'build', 'release', 'bin'))
ENV = {k: v for k, v in os.environ.items() if not k.startswith(('CHAKRA_', 'CSV2CHAKRA_', 'LC_', 'LANG'))}
MAPPING = 'version: 1\nprocedure: lead\nlead_id: id\ndata: {n: {column: n, type: integer}, note: note}\n'


def table(r, name):
    """Bad rows are spread, or stand together, or fill a part."""
    rows = r.choice((5, 40, 300, 999, 1000, 1001, 2500))
    share = r.choice((0, 0.01, 0.05, 0.2, 0.5))
    begin, end = sorted((r.randrange(rows + 1), r.randrange(rows + 1)))
    together = r.random() < 0.4
    with open(name, 'w', encoding='utf-8') as f:
        f.write('id,n,note\n')
        for i in range(rows):
            bad = begin <= i < end and share > 0 if together else r.random() < share
            f.write(f'{name}-{i},{"many" if bad else i},{"x" * r.randrange(60)}\n')
            if r.random() < 0.01:
                f.write('\n')


def options(r):
    words = ['--max-errors', r.choice((str(r.choice((0, 1, 3, 10, 50, 200))), f'{r.choice((0.5, 1, 2.5, 5, 20, 50))}%'))]
    if r.random() < 0.7:
        words += ['--chunk-rows', str(r.choice((1, 3, 7, 50, 99, 250, 500)))]
    if r.random() < 0.5:
        words += ['--chunk-bytes', str(r.choice((1024, 1500, 4000, 20000)))]
    return words


def run(*words):
    return subprocess.run([os.path.join(BIN, 'csv2chakra'), *words], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, check=False)


def facts(report):
    """What both must agree on."""
    a = report['accounts']
    return {'read': a['rows']['read'], 'rejected': a['rows']['rejected'], 'skipped': a['rows']['skipped'],
            'bytes': a['bytes'], 'exit': report['exit_status']}


def case(seed, url, token):
    r = random.Random(seed)
    name = f't{seed}.csv'
    table(r, name)
    words = options(r)
    dry = run('check', '--format', 'json', *words, 'm.yaml', name)
    real = run('import', '--format', 'json', '--base-url', url, '--token-file', token, '--runs-dir', f'runs{seed}', '--in-flight', '1',
               *words, 'm.yaml', name)
    told, done = json.loads(dry.stdout), json.loads(real.stdout)
    would, sent = told['would_send']['requests'], len(done['calls'])
    if facts(told) != facts(done) or sent > would or (real.returncode != 3 and sent < would):
        sys.exit(f'seed {seed}: {" ".join(words)}: check {facts(told)}, {would} calls; import {facts(done)}, {sent} calls')
    return dry.returncode == 3


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--cases', type=int, default=200)
    ap.add_argument('--seed', type=int, default=1)
    a = ap.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        with open('m.yaml', 'w', encoding='utf-8') as f:
            f.write(MAPPING)
        with open('token', 'w', encoding='utf-8') as f:
            f.write('property-token')
        os.chmod('token', 0o600)
        with open('log', 'w', encoding='utf-8') as log:
            server = subprocess.Popen([os.path.join(BIN, 'chakra-sandbox'), '--listen', '127.0.0.1:0', '--port-file', 'port', '--token-file',
                                       'token', '--ack', 'empty'], env=ENV, stdout=log, stderr=log)
        try:
            for _ in range(200):
                if os.path.exists('port') and os.path.getsize('port'):
                    break
                time.sleep(0.05)
            url = f'http://127.0.0.1:{open("port", encoding="utf-8").read().strip()}'
            stopped = sum(case(a.seed + i, url, 'token') for i in range(a.cases))
        finally:
            server.terminate()
            server.wait(timeout=20)
    print(f'{a.cases} cases from seed {a.seed}, {stopped} stopped by the limit: check and import agree in all')


if __name__ == '__main__':
    main()
