#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""outputs.py record FOLDER | compare FOLDER [-v]: did a change of the code change what a user sees?

Runs some 150 commands over the samples, over small files with faults, and against a sandbox of its own: text, JSON, help, pages, the
files of run folders, exit statuses. `record` keeps what each printed and wrote; `compare` runs them again and lists what differs. Only
what must differ is made equal: times, run names, ports, durations, folders, the sums of files that hold these.

Record before a move of the code, compare after each step: CSV2CHAKRA_BIN=build/release/bin tests/property/outputs.py record before"""
import argparse
import difflib
import glob
import os
import re
import subprocess
import sys
import tempfile
import time

BIN = os.path.abspath(os.environ.get('CSV2CHAKRA_BIN', 'build/release/bin'))
ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..'))
ENV = {k: v for k, v in os.environ.items() if not k.startswith(('CHAKRA_', 'CSV2CHAKRA_', 'LC_', 'LANG', 'COLUMNS'))}
COMMANDS = ('check preview convert import resume reconcile retry status report prune inspect init doctor schema completion help '
            'version').split()
PAIRS = ('leads', 'leads-de', 'fieldvisits', 'tickets', 'wide', 'salesforce-leads')

# Small files, each with something that is said.
FILES = {
    'rejects.csv': 'id,n,day\n1,5,2026-01-02\n2,many,2026-02-31\n3,,\n,7,2026-01-05\n5,"x\ny",soon\n',
    'rejects.yaml': 'version: 1\nprocedure: lead\nlead_id: id\ndata: {n: {column: n, type: integer}, day: {column: day, type: date}}\n',
    'ragged.csv': 'id;n\n1;2\n3\n4;5;6\n\n7;8\n',
    'ragged.yaml': 'version: 1\nprocedure: lead\nlead_id: id\ndata: {n: n}\n',
    'title.csv': 'Leads of May;;\nid;n;x\n1;2;3\n2;3;4\n',
    'bare.csv': '1001;ann@example.com;2026-01-05\n1002;bob@example.com;2026-01-06\n1003;cy@example.com;2026-02-07\n',
    'latin.csv': b'id,n\n1,M\xfcller\n2,Stra\xdfe\n3,\xd6l f\xfcr G\xe4rten, sch\xf6n\n',
    'nearly.csv': b'id,n\n1,M\xc3\xbcller\n2,Stra\xc3\x9fe\n3,K\xc3\xb6ln\n4,Caf\xe9\n',
    'quote.csv': 'id,n\n1,"open\n2,x\n3,y\n',
    'footer.csv': 'id,n\n1,2\n2,3\nTotal: 2 rows\n',
    'broken.yaml': 'version: 1\nprocedre: lead\nlead_id: id\ndata: {n: {column: n, type: intger}}\n',
    'column.yaml': 'version: 1\nprocedure: lead\nlead_id: ident\ndata: {n: n}\n',
    'tests.yaml': 'version: 1\nprocedure: lead\nlead_id: id\ndata: {n: {column: n, type: integer}}\ntests:\n'
                  '  - row: {id: a, n: "7"}\n    gives: {lead_id: a, data: {n: 7}}\n  - row: {id: a, n: x}\n    gives: {lead_id: a}\n',
    'empty.csv': '',
    'head.csv': 'id,n\n',
}

EQUAL = (
    (r'\d{8}T\d{6}Z-', 'RUN-'),
    (r'(RUN-[\w.-]*?)-[0-9a-f]{6}\b', r'\1-RRRRRR'),
    (r'\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z| UTC)?', 'TIME'),
    (r'127\.0\.0\.1:\d+', '127.0.0.1:PORT'),
    (r'\b\d+(\.\d+)? ?(ms|s|seconds?|rows/s|calls/s)\b', 'N'),
    (r'"(started|ended|sent|answered|settled|at|elapsed|seconds|latency|duration|rate|[a-z0-9_]*_(ms|s|seconds))":\s*[-\d.null]+', r'"\1":N'),
    (r'\{"at":"TIME","kind":"clock"[^\n]*\n', ''),
    (r'[ \n]+--latency N', ''),
    (r'[\d,]+( bytes (in \d+ files|freed))', r'N\1'),
    (r'<b>[\d,.]+</b> rows a second', '<b>N</b> rows a second'),
    (r'\b[0-9a-f]{64}\b', 'SUM'),
    (r'\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b', 'UUID'),
    (r'(id|job|background-job/)[ :"=]*[0-9a-f]{16,32}\b', r'\1 ID'),
)


def equal(text, folder):
    text = text.replace(folder, 'FOLDER').replace(ROOT, 'ROOT')
    for pattern, by in EQUAL:
        text = re.sub(pattern, by, text)
    return text


class Runner:
    def __init__(self, folder, into):
        self.folder, self.into, self.count = folder, into, 0
        os.makedirs(into, exist_ok=True)

    def keep(self, name, text):
        with open(os.path.join(self.into, name), 'w', encoding='utf-8') as f:
            f.write(equal(text, self.folder))

    def run(self, *words, stdin=None, files=()):
        """One command; `files` are patterns of what it wrote. Each run has a second of its own: lists are in order of time."""
        self.count += 1
        if words[0] == 'import' and '--base-url' in words:
            time.sleep(1.1)
        p = subprocess.run([os.path.join(BIN, 'csv2chakra'), *words], env=ENV, cwd=self.folder, input=stdin, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, timeout=60, check=False)
        name = f'{self.count:03d}-{re.sub("[^a-z0-9.]+", "-", equal(" ".join(words), self.folder).lower())[:60]}'
        self.keep(name, f'$ csv2chakra {" ".join(words)}\nstatus {p.returncode}\n--- stdout\n{p.stdout.decode("utf-8", "backslashreplace")}'
                        f'\n--- stderr\n{p.stderr.decode("utf-8", "backslashreplace")}')
        for pattern in files:
            for path in sorted(glob.glob(os.path.join(self.folder, pattern))):
                with open(path, 'rb') as f:
                    self.keep(f'{name}.{os.path.basename(path)}', f.read().decode('utf-8', 'backslashreplace'))
        return p


def local(r):
    """What needs no service."""
    for c in COMMANDS:
        r.run('help', c)
    for shell in ('bash', 'zsh', 'fish'):
        r.run('completion', shell)
    for name in ('mapping', 'report'):
        r.run('schema', name)
    for name in PAIRS:
        mapping, csv = f'{ROOT}/mappings/{name}.yaml', f'{ROOT}/samples/{name}.csv'
        r.run('check', mapping, csv)
        r.run('convert', mapping, csv)
        r.run('inspect', csv)
        r.run('init', csv)
    r.run('check', '--format', 'json', '-o', 'out', f'{ROOT}/mappings/leads.yaml', f'{ROOT}/samples/leads-bad.csv', files=('out/*',))
    r.run('preview', '--explain', '-n', '3', f'{ROOT}/mappings/leads.yaml', f'{ROOT}/samples/leads.csv')
    for name in sorted(n for n in FILES if n.endswith('.csv')):
        r.run('inspect', '--format', 'json', name)
        r.run('init', name)
        mapping = name.replace('.csv', '.yaml') if name.replace('.csv', '.yaml') in FILES else 'ragged.yaml'
        r.run('check', mapping, name)
        r.run('check', '--format', 'json', mapping, name)
        r.run('convert', mapping, name)
    for words in (('broken.yaml',), ('column.yaml', 'rejects.csv'), ('tests.yaml',), ('none.yaml',), ('rejects.yaml', 'none.csv')):
        r.run('check', *words)
        r.run('check', '--format', 'github', *words)
    for words in (('upload',), ('import',), ('check', '--chunk-row', '5', 'x'), ('import', '--in-flight', '0', 'a', 'b'), ('status', '-x')):
        r.run(*words)


def served(r, url, ack):
    """Against the sandbox: its runs, reports, and what is said of them."""
    runs = f'runs-{ack}'
    base = ('--base-url', url, '--token-file', 'token', '--runs-dir', runs, '--settle', '1s', '--progress', 'none')
    books = tuple(f'{runs}/latest/{n}' for n in ('results.csv', 'rejected.csv', 'rejected.reasons.csv', 'to-fix.csv', 'mapping.yaml',
                                                 'report.html', 'report.json'))
    r.run('import', *base, f'{ROOT}/mappings/leads.yaml', f'{ROOT}/samples/leads-bad.csv', files=books)
    r.run('import', *base, f'{ROOT}/mappings/leads.yaml', f'{ROOT}/samples/leads-bad.csv')
    r.run('import', *base, '--format', 'json', 'rejects.yaml', 'rejects.csv')
    r.run('import', *base, '--limit', '1', 'ragged.yaml', 'ragged.csv')
    r.run('resume', *base, 'latest')
    r.run('import', *base, '--max-errors', '0', '--again', 'ragged.yaml', 'ragged.csv')
    r.run('import', *base, 'ragged.yaml', 'head.csv')
    r.run('import', *base, 'ragged.yaml', '-', stdin=b'id,n\np1,1\np2,2\n')
    r.run('reconcile', *base, 'latest')
    for words in (('latest',), ('--format', 'json', 'latest'), ('--rows', 'rejected', 'latest'), ('--format', 'html', 'latest')):
        r.run('report', '--runs-dir', runs, *words)
    r.run('status', '--runs-dir', runs)
    r.run('status', '--runs-dir', runs, '--format', 'json')
    r.run('status', '--runs-dir', runs, 'latest')
    r.run('doctor', *base[:6], 'rejects.yaml')
    r.run('prune', '--runs-dir', runs, '--older-than', '0', '--dry-run')
    r.run('prune', '--runs-dir', runs, '--older-than', '0')


def with_sandbox(r, ack):
    port = os.path.join(r.folder, f'port-{ack}')
    with open(os.path.join(r.folder, 'log'), 'w', encoding='utf-8') as log:
        server = subprocess.Popen([os.path.join(BIN, 'chakra-sandbox'), '--listen', '127.0.0.1:0', '--port-file', port, '--token-file', 'token',
                                   '--ack', ack, '--job-delay', '0', '--seed', '1'], env=ENV, cwd=r.folder, stdout=log, stderr=log)
    try:
        for _ in range(200):
            if os.path.exists(port) and os.path.getsize(port):
                break
            time.sleep(0.05)
        with open(port, encoding='utf-8') as f:
            served(r, f'http://127.0.0.1:{f.read().strip()}', ack)
    finally:
        server.terminate()
        server.wait(timeout=20)


def record(into):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in FILES.items():
            with open(os.path.join(folder, name), 'wb') as f:
                f.write(text if isinstance(text, bytes) else text.encode())
        with open(os.path.join(folder, 'token'), 'w', encoding='utf-8') as f:
            f.write('outputs-token')
        os.chmod(os.path.join(folder, 'token'), 0o600)
        ENV['HOME'] = folder
        r = Runner(folder, into)
        local(r)
        for ack in ('job', 'empty'):
            with_sandbox(r, ack)
    return r.count


def compare(before, after, verbose):
    names = sorted(set(os.listdir(before)) | set(os.listdir(after)))
    differing = 0
    for name in names:
        texts = []
        for folder in (before, after):
            path = os.path.join(folder, name)
            texts.append(open(path, encoding='utf-8').read().splitlines() if os.path.exists(path) else None)
        if texts[0] == texts[1]:
            continue
        differing += 1
        print(f'differs: {name}')
        if verbose:
            print('\n'.join(difflib.unified_diff(texts[0] or [], texts[1] or [], 'before', 'after', lineterm='', n=1)))
    print(f'{len(names)} outputs, {differing} differ')
    return differing


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('act', choices=('record', 'compare'))
    ap.add_argument('folder')
    ap.add_argument('-v', action='store_true', help='show the differences')
    a = ap.parse_args()
    if a.act == 'record':
        print(f'{record(a.folder)} commands recorded in {a.folder}')
        return
    with tempfile.TemporaryDirectory() as again:
        record(again)
        sys.exit(1 if compare(a.folder, again, a.v) else 0)


if __name__ == '__main__':
    main()
