# SPDX-License-Identifier: MIT
"""Where people wait: what a command takes, as a multiple of one that does the least of it, by CPU time. Both are run in each
round; the goal is on the median of the ratios. What is counted (syncs, instructions) needs one round."""
import os
import re
import shutil
import signal
import statistics
import subprocess
import time

import contenders
import servers

HERE = os.path.dirname(os.path.abspath(__file__))
KEY = 'lead_id: {column: Ref, pattern: "[A-Z]{2}-[0-9]{7}"}\n'
QUIET = ['--quiet', '--progress', 'none']
STARTS = 200
MANY = 100000  # rows for each MB of --size: ten million by default
MANY_BYTES = 140  # a row of them, about
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
        self.node = self.summarizer()
        self.yaml = self.mappings()

    def summarizer(self):
        """What runs DuckDB's SUMMARIZE; None: it is not here."""
        node = shutil.which('node')
        if not node or not os.path.isdir(os.path.join(self.b.work, 'node_modules', '@duckdb', 'node-api')):
            return None
        return [node, os.path.join(HERE, 'peer_node.mjs'), 'summarize', self.b.work, '']

    def spoiled(self):
        """The leads with a score that is no number in each thousandth row."""
        path = self.csv['leads'][:-4] + '-spoiled.csv'
        score = re.compile(rb',(\d+),(-?\d+\.\d\d),')
        number = bad = 0
        with open(self.csv['leads'], 'rb') as f, open(path, 'wb') as out:
            for line in f:
                number += 1
                if number >= 1000 and (found := score.search(line)):
                    line = line[:found.start(1)] + b'many' + line[found.end(1):]
                    number, bad = 0, bad + 1
                out.write(line)
        if bad == 0:
            raise RuntimeError('no score was found in the leads')
        return path

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
                           ('analyst-text', 'version: 1\nprocedure: lead\ndata:\n' + texts), ('typed', contenders.TYPED)):
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
            ('check / convert, leads, no key', self.of('check', 'leads-nokey', leads), self.of('convert', 'leads-nokey', leads), 1.6),
            ('check / convert, analyst', self.of('check', 'analyst', analyst), self.of('convert', 'analyst', analyst), 1.25),
            ('key / no key, leads', self.of('convert', 'leads', leads), self.of('convert', 'leads-nokey', leads), 1.5),
            ('200 small checks / 200 version', self.starts(['check', plain, small]), self.starts(['version']), 2),
        ]
        for kind, mapping in (('leads', 'leads'), ('analyst', 'analyst-keyed')):
            self.import_all(mapping, self.few[kind])
            update = mapping + '-update'
            found.append(('diff / check, %s' % kind, self.of('diff', update, self.changed[kind]) + self.asks(self.sandbox),
                          self.of('check', update, self.changed[kind]), 2))
        if self.node:
            found.append(('inspect / DuckDB SUMMARIZE on one thread, leads', [self.program, 'inspect', leads], self.node + [leads], 0.8))
        if self.web:
            spoiled = self.spoiled()
            found.append(('import --no-wait of 0.1 % rejects / convert, leads typed', self.sends('typed', spoiled),
                          self.of('convert', 'typed', spoiled), 1.9))
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
        """Wall time of what is left of an import that was stopped after half of its time, by that of all of it."""
        argv = self.sends('leads', self.csv['leads'])
        shutil.rmtree(self.runs, ignore_errors=True)
        whole = self.b.run(argv, ok=(0, 4))
        shutil.rmtree(self.runs, ignore_errors=True)
        with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as half:
            time.sleep(whole['wall_s'] / 2)
            half.send_signal(signal.SIGTERM)
        left = self.b.run([self.program, 'resume', 'latest', '--no-wait', '--settle', '0s'] + self.at(self.web), ok=(0, 4))
        return left['wall_s'] / whole['wall_s']

    def many_keys(self):
        """A key / no key with so many rows that their index is far larger than a processor's caches; the file goes afterwards."""
        rows = int(self.b.o.size * MANY)
        if shutil.disk_usage(self.b.work).free < 2 * rows * MANY_BYTES:
            raise RuntimeError('no room for a file of %d rows' % rows)
        csv = self.b.data('plain', rows)
        keyed, none = (os.path.join(self.b.work, 'waits-many%s.yaml' % x) for x in ('', '-nokey'))
        contenders.write_mapping(keyed, csv, 'ref')
        contenders.write_mapping(none, csv, None)
        try:
            ratios = [self.b.cpu(self.b.run([self.program, 'convert', keyed, csv])) /
                      self.b.cpu(self.b.run([self.program, 'convert', none, csv])) for _ in range(min(self.b.o.rounds, 3))]
        finally:
            os.remove(csv)
        return 'key / no key, %s rows' % format(rows, ','), statistics.median(ratios), 1.8

    def syncs(self):
        """Of an import of ten rows."""
        shutil.rmtree(self.runs, ignore_errors=True)
        os.sync()  # what the other rows wrote would be waited for
        argv = [self.program, 'import', os.path.join(self.b.work, 'waits-plain.yaml'), self.b.data('plain', 10)]
        # Where nobody has these keys: a row that is there already is looked up for minutes.
        empty = servers.sandbox(self.b.bin, os.path.join(self.b.work, 'sandbox-syncs'))
        try:
            return 'syncs of an import of 10 rows (count)', self.b.counted(argv + self.at(empty))[1], 30
        finally:
            empty.stop()

    def instructions(self, words):
        done = subprocess.run(['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', self.program] + words, check=True,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120)
        return int(re.search(rb'Collected : (\d+)', done.stderr).group(1))

    def zone(self):
        """Of a start whose mapping reads local times, by the same in UTC."""
        csv = write(os.path.join(self.b.work, 'waits-zone.csv'), 'when\n01/02/2026 10:00\n')
        taken = []
        for zone in ('Asia/Kolkata', 'UTC'):
            path = write(os.path.join(self.b.work, 'waits-zone.yaml'), 'version: 1\nprocedure: lead\ndata:\n  when: {column: when, '
                         'type: datetime, format: "%%d/%%m/%%Y %%H:%%M", timezone: %s}\n' % zone)
            taken.append(self.instructions(['convert', path, csv]))
        return 'start with a zone / in UTC (instructions)', taken[0] / taken[1], 1.3

    def once(self, say):
        """What is no pair of commands: name, ratio, goal."""
        # The large file comes last: while it goes to the disk, syncs wait for it.
        tries = [self.syncs] + ([self.zone] if shutil.which('valgrind') else [])
        if self.web:
            tries.append(lambda: ('resume after half / import, leads (wall time)', statistics.median(
                self.resume() for _ in range(self.b.o.rounds)), 1))
        for one in tries + [self.many_keys]:
            try:
                yield one()
            except (RuntimeError, subprocess.SubprocessError, OSError) as e:
                say('where people wait: not measured: %s' % e)

    def measure(self, say):
        lines = []
        for name, measured, base, most in self.pairs():
            ratios = []
            for _ in range(self.b.o.rounds):
                shutil.rmtree(self.runs, ignore_errors=True)
                ratios.append(self.b.cpu(self.b.run(measured, ok=(0, 1, 3, 4))) / self.b.cpu(self.b.run(base, ok=(0, 1, 3))))
            lines.append({'name': name, 'ratio': round(statistics.median(ratios), 2), 'goal': most})
            say('%s: %.2f' % (name, lines[-1]['ratio']))
        for name, ratio, most in self.once(say):
            lines.append({'name': name, 'ratio': round(ratio, 2), 'goal': most})
            say('%s: %.2f' % (name, lines[-1]['ratio']))
        shutil.rmtree(self.runs, ignore_errors=True)
        return lines


def as_text(lines):
    out = ['', '%-58s %7s %6s' % ('where people wait (CPU time, if nothing else is said)', 'is', 'goal')]
    for x in lines:
        verdict = 'reached' if x['ratio'] <= x['goal'] else 'NOT'
        out.append('%-58s %7.2f %6.2f  %s' % (x['name'], x['ratio'], x['goal'], verdict))
    return out
