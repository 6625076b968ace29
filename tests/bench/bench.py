#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures csv2chakra beside libcsv alone and what people would use instead, on the same files with the same mapping.

Rounds are interleaved: each runs every contender once, so that a busy machine slows all alike; ratios are made within a round and
their median is printed. A slow contender gets the first part of the file, and its speed is compared by bytes. Before anything is
timed, the objects that a contender prints are compared with those of `convert`.
"""
import argparse
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import urllib.request

import contenders
import servers
import waits

SIZES = {'leads': 146, 'plain': 133, 'wide': 792, 'heavy': 169}  # bytes a row, about


def say(text):
    print(text, file=sys.stderr, flush=True)


class Bench:
    def __init__(self, options):
        self.o = options
        self.tools = os.path.join(options.build, 'bin', 'bench')
        self.bin = os.path.join(options.build, 'bin')
        self.work = options.work
        os.makedirs(self.work, mode=0o700, exist_ok=True)

    def data(self, kind, rows):
        path = os.path.join(self.work, '%s-%d.csv' % (kind, rows))
        if not os.path.exists(path):
            with open(path + '.new', 'wb') as f:
                subprocess.run([os.path.join(self.tools, 'make-data'), kind, str(rows)], stdout=f, check=True)
            os.rename(path + '.new', path)
        return path

    def mapping(self, kind, csv_path, key):
        path = os.path.join(self.work, '%s%s.yaml' % (kind, '' if key else '-nokey'))
        contenders.write_mapping(path, csv_path, key)
        return path

    def run(self, argv, ok=(0,)):
        done = subprocess.run([os.path.join(self.tools, 'run-measured')] + argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=120)
        result = json.loads(done.stdout or b'{"status":-1}')
        if result['status'] not in ok:
            say(done.stderr.decode(errors='replace')[-400:])
            raise RuntimeError('%s ended with status %d' % (' '.join(argv[:3]), result['status']))
        return result

    def agrees(self, contender, kind):
        """Whether it prints the objects that convert prints, on a few rows."""
        if not contender.objects:
            return True
        path = self.data(kind, 500)
        mapping = self.mapping(kind, path, contenders.KEYS[kind])

        def objects(argv):
            lines = subprocess.run(argv, stdout=subprocess.PIPE, check=True, timeout=60).stdout.decode().splitlines()
            return [self.without_nulls(json.loads(x)) for x in lines]
        return objects(contender.argv(mapping, path)) == objects([os.path.join(self.bin, 'csv2chakra'), 'convert', mapping, path])

    @staticmethod
    def without_nulls(value):
        if isinstance(value, dict):
            return {k: Bench.without_nulls(v) for k, v in value.items() if v is not None}
        return value

    def measure(self, kind, field):
        """Rounds over all of `field`; what each took, by name."""
        whole = max(1000, int(self.o.size * 1e6 / SIZES[kind]))
        jobs = []
        for c in field:
            try:
                if not self.agrees(c, kind):
                    say('%s: %s prints other objects; left out' % (kind, c.name))
                    continue
            except (RuntimeError, subprocess.SubprocessError, ValueError, OSError) as e:
                say('%s: %s does not work here: %s' % (kind, c.name, e))
                continue
            path = self.data(kind, whole if c.slow == 1 else max(1000, whole // min(c.slow, 10)))
            with open(path, 'rb') as f:
                rows = sum(1 for _ in f) - 1 if kind in ('plain', 'wide') else int(path.rsplit('-', 1)[1][:-4])
            self.mapping(kind, path, None)
            jobs.append((c, path, self.mapping(kind, path, contenders.KEYS[kind]), os.path.getsize(path), rows))
        taken = {c.name: {'bytes': size, 'rows': rows, 'runs': []} for c, _, _, size, rows in jobs}
        for number in range(self.o.rounds):
            for c, path, mapping, _, _ in jobs:
                if c.before:
                    c.before()
                try:
                    taken[c.name]['runs'].append(self.run(c.argv(mapping, path)))
                except (RuntimeError, subprocess.SubprocessError) as e:
                    say('%s: %s' % (kind, e))
                    taken[c.name]['runs'].append(None)
            say('%s: round %d of %d' % (kind, number + 1, self.o.rounds))
        return taken

    @staticmethod
    def cpu(run):
        return max(run['user_s'] + run['sys_s'], 0.001)

    def summary(self, taken):
        base = taken.get('libcsv alone', {'runs': []})
        lines = []
        for name, t in taken.items():
            runs = [r for r in t['runs'] if r]
            if not runs:
                continue
            wall = statistics.median(r['wall_s'] for r in runs)
            pairs = [(r, b) for r, b in zip(t['runs'], base['runs']) if r and b]
            share = t['bytes'] / base['bytes'] if pairs else 0
            ratios = [share * b['wall_s'] / r['wall_s'] for r, b in pairs]
            cpu_ratios = [share * self.cpu(b) / self.cpu(r) for r, b in pairs]
            lines.append({
                'name': name, 'mb': round(t['bytes'] / 1e6, 1), 'wall_s': round(wall, 4),
                'best_s': round(min(r['wall_s'] for r in runs), 4), 'mb_per_s': round(t['bytes'] / 1e6 / wall, 1),
                'rows_per_s': round(t['rows'] / wall), 'peak_mb': round(max(r['peak_kib'] for r in runs) / 1024, 1),
                'cpu_s': round(statistics.median(self.cpu(r) for r in runs), 4),
                'x_libcsv': round(statistics.median(ratios), 3) if ratios else None,
                'x_libcsv_cpu': round(statistics.median(cpu_ratios), 3) if ratios else None, 'runs': len(runs)})
        return lines

    def counted(self, argv, ok=(0,)):
        """Calls that allocate, and calls that sync, of a command and its children."""
        read, write = os.pipe()
        env = dict(os.environ, LD_PRELOAD=os.path.abspath(os.path.join(self.tools, 'count-allocs.so')), COUNT_ALLOCS_FD=str(write))
        done = subprocess.run(argv, env=env, pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
                              timeout=60)
        os.close(write)
        with os.fdopen(read) as f:
            lines = [[int(n) for n in line.split()] for line in f]
        if done.returncode not in ok or not lines:
            raise RuntimeError('%s ended with status %d' % (' '.join(argv[:3]), done.returncode))
        return [sum(column) for column in zip(*lines)]

    def allocations(self, argv):
        return self.counted(argv)[0]

    def latency(self, csv, mapping):
        """With 50 ms a call: the share of in-flight calls / 50 ms that an import reaches, by calls in flight; medians of three."""
        slow = servers.slow(os.path.join(self.work, 'slow'), 50)
        runs, shares = os.path.join(self.work, 'runs'), {1: [], 4: [], 16: []}
        try:
            for flight in sorted(shares) * 3:
                shutil.rmtree(runs, ignore_errors=True)
                self.run([os.path.join(self.bin, 'csv2chakra'), 'import', mapping, csv, '--no-wait', '--quiet', '--progress', 'none',
                          '--settle', '0s', '--in-flight', str(flight), '--limit', str(20000 * flight), '--base-url', slow.url,
                          '--token-file', slow.token_file, '--runs-dir', runs], ok=(0, 4))
                with urllib.request.urlopen(slow.url + '/rate') as answer:
                    seen = json.load(answer)
                shares[flight].append(seen['calls'] / seen['seconds'] / (flight / 0.05))
        finally:
            slow.stop()
        return {str(flight): round(statistics.median(share), 3) for flight, share in shares.items()}

    def facts(self):
        """What is not a race: bytes a key, allocations a row, the start."""
        program = os.path.join(self.bin, 'csv2chakra')
        few, many = self.data('leads', 20000), self.data('leads', 40000)
        big = self.data('leads', 500000)
        keyed, plain = self.mapping('leads', big, 'ref'), self.mapping('leads', big, None)
        with_keys = self.run([program, 'convert', keyed, big])['peak_kib']
        without = self.run([program, 'convert', plain, big])['peak_kib']
        allocs = [self.allocations([program, 'convert', plain, f]) for f in (few, many)]
        latency = self.latency(big, keyed)
        start = [self.run([program, 'version'])['wall_s'] for _ in range(11)]
        return {'bytes_per_unique_key': round((with_keys - without) * 1024 / 500000, 1), 'peak_mb_without_keys': round(without / 1024, 1),
                'allocations_per_row': round((allocs[1] - allocs[0]) / 20000, 4), 'allocations_at_start': allocs[0],
                'latency': latency,
                'version_ms': round(statistics.median(start) * 1000, 1)}


GOALS = (
    # what, of which file, contender, compared with, at least (throughput) or at most (time)
    ('leads', 'convert, no key', 'libcsv alone', 1.8), ('wide', 'convert, no key', 'libcsv alone', 1.8),
    ('heavy', 'convert, no key', 'libcsv alone', 1.5), ('plain', 'convert, no key', 'libcsv alone', 2.5),
    ('leads', 'convert, no key', 'read and memchr', 0.12), ('leads', 'check, typed', 'convert, typed', 0.6),
    ('leads', 'convert, no key', 'miller (flat)', 20), ('leads', 'convert, no key', 'python csv + json', 20),
    ('leads', 'convert, no key', 'node papaparse', 15), ('leads', 'convert, no key', 'node csv-parse', 25),
    ('leads', 'convert, no key', 'node duckdb', 4), ('leads', 'convert, no key', 'zsv (flat)', 2.5),
    ('leads', 'convert by libcsv', 'import to nginx', -1.6), ('leads', 'convert by libcsv', '.. by libcsv', -1.6),
    ('leads', 'convert by libcsv', 'import to nginx, TLS', -1.8))


def as_goals(report):
    out = ['', 'goals (ratios of the medians)']
    for kind, a, b, goal in GOALS:
        speed = {x['name']: x['mb_per_s'] for x in report['data'].get(kind, [])}
        if a not in speed or b not in speed:
            continue
        ratio = speed[a] / speed[b]
        if goal > 0:
            words = '%s: %s, %.2f x %s, at least %.2f' % (kind, a, ratio, b, goal)
        else:
            words = '%s: %s takes %.2f x the time of %s, at most %.2f' % (kind, b, ratio, a, -goal)
        out.append('  %-6s %s' % ('holds' if (ratio >= goal if goal > 0 else ratio <= -goal) else 'NOT', words))
    return out


def machine():
    cpu = 'unknown CPU'
    try:
        with open('/proc/cpuinfo') as f:
            cpu = next((x.split(':', 1)[1].strip() for x in f if x.startswith('model name')), cpu)
    except OSError:
        pass
    return '%s, %d CPUs, %s' % (cpu, os.cpu_count() or 1, platform.platform(terse=True))


def as_text(report):
    out = ['csv2chakra %s; %s' % (report['version'], report['machine']), '%d interleaved rounds; "x libcsv" is the median of the ratios '
           'of throughput within a round, by the clock and by CPU time' % report['rounds'], '']
    for kind, lines in report['data'].items():
        out += ['%-20s %6s %8s %7s %7s %7s %10s %8s %9s %7s' % (
            kind, 'MB', 'median s', 'best s', 'CPU s', 'MB/s', 'rows/s', 'peak MB', 'x libcsv', 'by CPU')]
        for x in lines:
            ratios = ['%.2f' % r if r is not None else '-' for r in (x['x_libcsv'], x['x_libcsv_cpu'])]
            out.append('%-20s %6.1f %8.3f %7.3f %7.3f %7.1f %10s %8.1f %9s %7s' % (
                x['name'], x['mb'], x['wall_s'], x['best_s'], x['cpu_s'], x['mb_per_s'], format(x['rows_per_s'], ','), x['peak_mb'],
                *ratios))
        out.append('')
    f = report['facts']
    out += [] if f is None else ['memory of a unique key at the peak: %.1f bytes; peak without keys: %.1f MB' % (
                f['bytes_per_unique_key'], f['peak_mb_without_keys']),
            'allocations: %.4f a row, %d at the start and the end' % (f['allocations_per_row'], f['allocations_at_start']),
            '50 ms a call: %s' % ', '.join('%s in flight reach %.2f of what is possible' % x for x in f['latency'].items()),
            '`version` starts and ends in %.1f ms' % f['version_ms']]
    out += as_goals(report)
    out += waits.as_text(report['waits'])
    if report['missing']:
        out.append('not here: ' + ', '.join(report['missing']) + ' (make bench-deps installs what can be)')
    return '\n'.join(['```'] + out + ['```'])


def arguments():
    p = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    p.add_argument('--build', default='build/release', help='folder of the build (default: build/release)')
    p.add_argument('--work', default='build/bench', help='folder for data and results (default: build/bench)')
    p.add_argument('--size', type=float, default=100, metavar='MB', help='size of each file (default: 100)')
    p.add_argument('--rounds', type=int, default=5, help='default: 5')
    p.add_argument('--data', default='leads,plain,wide,heavy', help='which files, by comma (default: all; "": only where people wait)')
    p.add_argument('--only', default='', help='only contenders whose name has this word in it, and libcsv')
    p.add_argument('--format', choices=('text', 'json'), default='text')
    return p.parse_args()


def main():
    o = arguments()
    b = Bench(o)
    version = subprocess.run([os.path.join(b.bin, 'csv2chakra'), 'version'], stdout=subprocess.PIPE, check=True).stdout.decode()
    report = {'schema': 'csv2chakra.bench/1', 'version': version.split()[1], 'machine': machine(), 'rounds': o.rounds, 'data': {}}
    running = []
    try:
        running.append(servers.sandbox(b.bin, os.path.join(b.work, 'sandbox')))
        web = [servers.nginx(os.path.join(b.work, 'nginx')), servers.nginx(os.path.join(b.work, 'nginx-tls'), tls=True)]
        report['missing'] = [] if web[0] else ['nginx']
        running += [s for s in web if s]
        report['waits'] = waits.Waits(b, running[0], web[0]).measure(say)
        for kind in o.data.split(',') if o.data else ():
            others, missing = contenders.peers(b.work, contenders.KEYS[kind])
            field = contenders.ours(b.bin, b.tools, b.work, kind) + contenders.imports(b.bin, running, b.work) + others
            field = [c for c in field if o.only in c.name or c.name == 'libcsv alone']
            report['missing'] = sorted(set(report['missing'] + missing))
            report['data'][kind] = b.summary(b.measure(kind, field))
        report['facts'] = b.facts() if o.data else None
    finally:
        for s in running:
            s.stop()
        shutil.rmtree(os.path.join(b.work, 'runs'), ignore_errors=True)
    print(json.dumps(report, indent=1) if o.format == 'json' else as_text(report))


if __name__ == '__main__':
    # Ended from outside, it ends its servers, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    main()
