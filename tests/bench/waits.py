# SPDX-License-Identifier: MIT
"""Where people wait: what a command takes, as a multiple of one that does the least of it, by CPU time. Both are run in each
round; the goal is on the median of the ratios."""
import os
import shutil
import signal
import statistics
import subprocess
import time

import contenders

HERE = os.path.dirname(os.path.abspath(__file__))
KEY = 'lead_id: {column: Ref, pattern: "[A-Z]{2}-[0-9]{7}"}\n'
QUIET = ['--quiet', '--progress', 'none']
STARTS = 200
BYTES = {'leads': 146, 'analyst': 142}  # a row, about


def write(path, text):
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)
    return path


class Waits:
    def __init__(self, bench, sandbox, web):
        self.b = bench
        self.sandbox = sandbox
        self.web = web  # nginx, or None
        self.program = os.path.join(bench.bin, 'csv2chakra')
        self.runs = os.path.join(bench.work, 'waits-runs')
        self.csv = {k: bench.data(k, max(1000, int(bench.o.size * 1e6 / n))) for k, n in BYTES.items()}
        # What is looked up goes to the sandbox, which is slower than what it measures.
        self.few = {k: bench.data(k, max(1000, int(bench.o.size * 1e6 / n / 7))) for k, n in BYTES.items()}
        self.changed = {k: self.change(k) for k in BYTES}
        self.yaml = self.mappings()

    def change(self, kind):
        """One row in a hundred has another city, or company."""
        path = self.few[kind][:-4] + '-changed.csv'
        words = {'leads': (b'Mumbai', b'Globex'), 'analyst': (b'Globex', b'Initech')}[kind]
        with open(self.few[kind], 'rb') as f, open(path, 'wb') as out:
            for number, line in enumerate(f):
                for word in words if number % 20 == 5 else ():
                    line = line.replace(word, b'Pune')
                out.write(line)
        return path

    def mappings(self):
        work = self.b.work
        with open(os.path.join(HERE, 'analyst.yaml'), encoding='utf-8') as f:
            analyst = f.read().replace('procedure: deal', 'procedure: lead')
        texts = ''.join('  c%d: {index: %d}\n' % (i, i) for i in range(1, 13))
        keyed = analyst.replace('data:\n', KEY + 'data:\n', 1)
        paths = {name: os.path.join(work, 'waits-%s.yaml' % name) for name in ('leads', 'leads-nokey')}
        contenders.write_mapping(paths['leads'], self.csv['leads'], 'ref')
        contenders.write_mapping(paths['leads-nokey'], self.csv['leads'], None)
        for name, text in (('analyst', analyst), ('analyst-keyed', keyed),
                           ('analyst-text', 'version: 1\nprocedure: lead\ndata:\n' + texts)):
            paths[name] = write(os.path.join(work, 'waits-%s.yaml' % name), text)
        for name in ('leads', 'analyst-keyed'):
            with open(paths[name], encoding='utf-8') as f:
                paths[name + '-update'] = write(os.path.join(work, 'waits-%s-update.yaml' % name),
                                                f.read().replace('version: 1\n', 'version: 1\nmode: update\n'))
        return paths

    def of(self, command, mapping, csv):
        return [self.program, command, self.yaml[mapping], csv]

    @staticmethod
    def asks(server):
        return QUIET + ['--base-url', server.url, '--token-file', server.token_file]

    def at(self, server):
        return self.asks(server) + ['--runs-dir', self.runs]

    def starts(self, words):
        script = 'i=0; while [ $i -lt %d ]; do "$@" >/dev/null; i=$((i+1)); done' % STARTS
        return ['sh', '-c', script, 'sh', self.program] + words

    def pairs(self):
        """Name, what is measured, what it is compared with, at most."""
        small = self.b.data('plain', 10)
        plain = os.path.join(self.b.work, 'waits-plain.yaml')
        contenders.write_mapping(plain, small, 'ref')
        leads, analyst = self.csv['leads'], self.csv['analyst']
        found = [
            ('convert with rules / as text, analyst', self.of('convert', 'analyst', analyst), self.of('convert', 'analyst-text', analyst),
             4.5),
            ('check / convert, leads', self.of('check', 'leads', leads), self.of('convert', 'leads', leads), 1.6),
            ('check / convert, analyst', self.of('check', 'analyst', analyst), self.of('convert', 'analyst', analyst), 1.25),
            ('key / no key, leads', self.of('convert', 'leads', leads), self.of('convert', 'leads-nokey', leads), 1.5),
            ('key / no key, analyst', self.of('convert', 'analyst-keyed', analyst), self.of('convert', 'analyst', analyst), 1.8),
            ('200 small checks / 200 version', self.starts(['check', plain, small]), self.starts(['version']), 2),
        ]
        for kind, mapping in (('leads', 'leads'), ('analyst', 'analyst-keyed')):
            self.import_all(mapping, self.few[kind])
            update = mapping + '-update'
            found.append(('diff / check, %s' % kind, self.of('diff', update, self.changed[kind]) + self.asks(self.sandbox),
                          self.of('check', update, self.changed[kind]), 2))
        if self.web:
            for kind, mapping, most in (('leads', 'leads', 3.5), ('analyst', 'analyst-keyed', 1.9)):
                found.append(('import --no-wait / convert, %s' % kind, self.sends(mapping, self.csv[kind]),
                              self.of('convert', mapping, self.csv[kind]), most))
        return found

    def import_all(self, mapping, csv):
        subprocess.run(self.of('import', mapping, csv) + ['--chunk-rows', '1000', '--again'] + self.at(self.sandbox), check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def sends(self, mapping, csv):
        return self.of('import', mapping, csv) + ['--no-wait', '--again', '--settle', '0s'] + self.at(self.web)

    def resume(self):
        """CPU of what is left of an import that was stopped after half of its time, by that of all of it."""
        argv = self.sends('leads', self.csv['leads'])
        shutil.rmtree(self.runs, ignore_errors=True)
        whole = self.b.run(argv, ok=(0, 4))
        shutil.rmtree(self.runs, ignore_errors=True)
        with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as half:
            time.sleep(whole['wall_s'] / 2)
            half.send_signal(signal.SIGTERM)
        left = self.b.run([self.program, 'resume', 'latest', '--no-wait', '--settle', '0s'] + self.at(self.web), ok=(0, 4))
        return self.b.cpu(left) / self.b.cpu(whole)

    def measure(self, say):
        lines = []
        for name, measured, base, most in self.pairs():
            ratios = []
            for _ in range(self.b.o.rounds):
                shutil.rmtree(self.runs, ignore_errors=True)
                ratios.append(self.b.cpu(self.b.run(measured, ok=(0, 1, 4))) / self.b.cpu(self.b.run(base, ok=(0, 1))))
            lines.append({'name': name, 'ratio': round(statistics.median(ratios), 2), 'goal': most})
            say('%s: %.2f' % (name, lines[-1]['ratio']))
        if self.web:
            ratio = statistics.median(self.resume() for _ in range(self.b.o.rounds))
            lines.append({'name': 'resume after half / import, leads', 'ratio': round(ratio, 2), 'goal': 1})
        shutil.rmtree(self.runs, ignore_errors=True)
        return lines


def as_text(lines):
    out = ['', 'where people wait (ratios of CPU time)']
    for x in lines:
        verdict = 'reached' if x['ratio'] <= x['goal'] else 'NOT'
        out.append('  %-8s %s: %.2f, goal %.2f' % (verdict, x['name'], x['ratio'], x['goal']))
    return out
