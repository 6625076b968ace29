#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mutate.py map | run [--seed S] [--count N] [--jobs J] [--rooms R,...]: do the tests notice a small change?

`map` runs every test against a build with coverage, and keeps which lines each test reaches (build/mutate/map.json).
`run` draws executable lines uniformly, changes one thing on each (a comparison, a connective, a constant, a call that goes), builds that, and
runs the tests that reach the line until one fails: unit tests, unit tests with sanitizers, end-to-end tests (--e2e of them at most, those
first that see most of the file in the least time; with sanitizers, if what goes would free something). A change that does not compile, or to the same machine code, is drawn again. What no test
noticed is printed as a patch. The same seed draws the same changes from the same source and map; --skip leaves the first ones out.
Those that survived are worth more time: --again FILE takes them from what was printed, with newer tests, a larger --e2e, and the small
rehearsals (tests/e2e/faults.bats) at the end."""
import argparse
import collections
import concurrent.futures
import glob
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.getcwd()
WORK = os.path.join(ROOT, 'build', 'mutate')
MAP = os.path.join(WORK, 'map.json')
MEMORY = '/dev/shm'
ROOMS = 'send,chakra,ledger,csv,build,import'
# They look at the source, not at what it does.
BLIND = ('lint', 'docs', 'run', 'engines')


def environment(bin_dir, extra=()):
    env = {k: v for k, v in os.environ.items() if not k.startswith(('CHAKRA_', 'CSV2CHAKRA_'))}
    env.update(extra, LC_ALL='C.UTF-8', CSV2CHAKRA_BIN=bin_dir)
    # Where python3 is a script that looks for one, it has looked once.
    env['PATH'] = os.path.dirname(sys.executable) + ':' + env['PATH']
    return env


def all_tests(tree):
    """Names of tests: unit programs, fuzz corpora, end-to-end files."""
    names = ['unit/' + os.path.basename(p)[5:-2] for p in sorted(glob.glob(tree + '/tests/unit/test_*.c'))]
    names += ['fuzz/' + os.path.basename(p)[5:-2] for p in sorted(glob.glob(tree + '/tests/fuzz/fuzz_*.c'))]
    for path in sorted(glob.glob(tree + '/tests/e2e/*.bats')):
        name = os.path.basename(path)[:-5]
        with open(path, encoding='utf-8') as f:
            if name not in BLIND and not re.search(r'^# bats file_tags=long$', f.read(), re.M):
                names.append('e2e/' + name)
    return names


def command(tree, build, name):
    kind, base = name.split('/')
    bin_dir = os.path.join(tree, 'build', build, 'bin')
    if kind == 'unit':
        return [os.path.join(bin_dir, 'tests', 'test_' + base)]
    if kind == 'fuzz':
        return [os.path.join(bin_dir, 'fuzz', base), 'tests/fuzz/corpus/' + base]
    quick = ['--filter-tags', '!long'] if kind == 'e2e' else []
    return ['bats', '--formatter', 'tap'] + quick + ['tests/e2e/%s.bats' % base]


def run_test(tree, build, name, limit, extra=()):
    """True if it passed in time."""
    with tempfile.TemporaryDirectory(prefix='m', dir=MEMORY if os.path.isdir(MEMORY) else None) as tmp:
        os.chmod(tmp, 0o755)  # some tests are another user, too
        env = environment(os.path.join(tree, 'build', build, 'bin'), dict(extra, TMPDIR=tmp, CSV2CHAKRA_BUILD=build))
        done = subprocess.run(['timeout', '-k', '5', str(limit)] + command(tree, build, name), cwd=tree, env=env,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return done.returncode == 0


# Which lines a test reaches.

def reached(prefix):
    """{source: lines that ran}, {source: lines that could} from the counters below a folder."""
    lines, executable = collections.defaultdict(set), collections.defaultdict(set)
    data = [os.path.join(d, f) for d, _, files in os.walk(prefix) for f in files if f.endswith('.gcda')]
    for path in data:
        notes = path[len(prefix):-5] + '.gcno'
        if not re.search(r'/(obj|faults)/src/(%s)/' % ROOMS.replace(',', '|'), notes):
            continue
        if not os.path.exists(path[:-5] + '.gcno'):
            os.symlink(notes, path[:-5] + '.gcno')
        out = subprocess.run(['gcov', '--json-format', '--stdout', path], cwd=ROOT, capture_output=True, check=False).stdout
        for text in out.splitlines():
            for f in json.loads(text)['files']:
                name = os.path.relpath(os.path.join(ROOT, f['file']), ROOT)
                lines[name].update(x['line_number'] for x in f['lines'] if x['count'] > 0)
                executable[name].update(x['line_number'] for x in f['lines'])
    return lines, executable


def map_one(name):
    prefix = tempfile.mkdtemp(prefix='reach.', dir=WORK)
    begin = time.monotonic()
    passed = run_test(ROOT, 'cov', name, 900, {'GCOV_PREFIX': prefix})
    seconds = time.monotonic() - begin
    lines, executable = reached(prefix)
    shutil.rmtree(prefix)
    return name, passed, seconds, {f: sorted(n) for f, n in lines.items()}, executable


def make_map(args):
    os.makedirs(WORK, exist_ok=True)
    subprocess.run(['make', '-s', '-j%d' % args.jobs, 'BUILD=cov', 'WARNINGS=-w', 'all', 'tests'], check=True, stdout=subprocess.DEVNULL)
    tests, seconds, executable = {}, {}, collections.defaultdict(set)
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for name, passed, took, lines, could in pool.map(map_one, [t for t in all_tests(ROOT) if t.startswith(args.only)]):
            if not passed:
                print('%s fails under coverage: it notices nothing' % name, file=sys.stderr)
                continue
            tests[name], seconds[name] = lines, took
            for source, numbers in could.items():
                executable[source] |= numbers
    executable = {f: sorted(n) for f, n in executable.items()}
    with open(MAP, 'w', encoding='utf-8') as f:
        json.dump({'tests': tests, 'seconds': seconds, 'executable': executable}, f)
    ran = {(f, n) for t in tests.values() for f, ns in t.items() for n in ns}
    print('%d tests reach %d of %d lines' % (len(tests), len(ran), sum(map(len, executable.values()))))


# What is changed.

SWAPS = {'==': '!=', '!=': '==', '<=': '<', '>=': '>', '&&': '||', '||': '&&', '++': '--', '--': '++', '+=': '-=', '-=': '+='}
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|/\*.*?\*/|->|<<|>>|[=!<>+-]=|&&|\|\||\+\+|--|\b\d+\b|\b\w+\b|\S')
CALL = re.compile(r'^\t+(?:\(void\))?[a-z_]\w*\((?:[^;"]|"(?:[^"\\]|\\.)*")*\);$')


def changes_of(line):
    """Every way to change one thing on a line of C."""
    out = []
    code = line.rstrip('\n')
    if re.match(r'^\s*(#|\*|/\*|//|assert\()', code):
        return out
    if CALL.match(code):
        out.append(re.match(r'^\t+', code).group() + ';')
    before = ''
    for m in TOKEN.finditer(code):
        t, new = m.group(), None
        if t in SWAPS:
            new = SWAPS[t]
        elif t in '<>' and before not in ('', 'include') and code[m.start() - 1:m.start()] == ' ':
            new = t + '='
        elif t == '!' and code[m.end():m.end() + 1] != '=':
            new = ''
        elif t in ('true', 'false'):
            new = 'false' if t == 'true' else 'true'
        elif t.isdigit() and before not in ('[', 'case') and not before.startswith('_'):
            new = str(int(t) + 1) if t != '1' else '0'
        elif t in '+-' and re.search(r'[\w)\]] $', code[:m.start()]) and code[m.end():m.end() + 1] == ' ':
            new = '-' if t == '+' else '+'
        if new is not None:
            out.append(code[:m.start()] + new + code[m.end():])
        before = t
    return out


def draw(seed, executable, rooms):
    """Changes without end, each (file, line, text, new text). A room may be a file."""
    r = random.Random(seed)
    lines = sorted((f, n) for f, numbers in executable.items() if f in rooms or f.split('/')[1] in rooms for n in numbers)
    seen = set()
    while True:
        source, number = r.choice(lines)
        with open(source, encoding='utf-8') as f:
            text = f.read().split('\n')[number - 1]
        ways = changes_of(text)
        way = r.choice(ways) if ways else None
        if way is not None and (source, number, way) not in seen:
            seen.add((source, number, way))
            yield source, number, text, way


def survivors(path):
    with open(path, encoding='utf-8') as f:
        found = re.findall(r'^survived: (\S+):(\d+)\n-(.*)\n\+(.*)$', f.read(), re.M)
    return [(source, int(number), text, way) for source, number, text, way in found]


# Building and trying one.

class Workers:
    def __init__(self, count, e2e, rehearse):
        self.free, self.e2e, self.rehearse = [], e2e, rehearse
        for i in range(count):
            tree = os.path.join(WORK, 'tree%d' % i)
            shutil.rmtree(tree, ignore_errors=True)
            if i > 0:
                subprocess.run(['cp', '-a', self.free[0], tree], check=True)
            else:
                os.makedirs(tree)
                subprocess.run(['sh', '-c', 'git ls-files -z | xargs -0 cp --parents -t "$0"', tree], check=True)
                self.make(tree, ['-j%d' % count, 'all', 'tests'], True)
                self.make(tree, ['-j%d' % count, 'tests'], True, 'asan')
            self.free.append(tree)
        self.codes = {}

    @staticmethod
    def make(tree, targets, check, build='release'):
        return subprocess.run(['make', '-s', '-k', 'WARNINGS=-w', 'BUILD=' + build] + targets, cwd=tree, check=check, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0

    @staticmethod
    def made_of(source):
        """What is made of a file; of a header's users the first one."""
        if source.endswith('.h'):
            wanted = '#include "%s"' % os.path.basename(source)
            for name in sorted(glob.glob(os.path.dirname(source) + '/*.c')):
                with open(name, encoding='utf-8') as f:
                    if wanted in f.read().split('\n'):
                        source = name
                        break
        return 'build/release/obj/%s.o' % source[:-2]

    @staticmethod
    def code(tree, obj):
        out = subprocess.run(['objdump', '-dr', '--no-show-raw-insn', obj], cwd=tree, capture_output=True, check=True).stdout
        return hashlib.sha256(out.split(b'\n', 3)[-1]).hexdigest()


STEP = 8
FREES = re.compile(r'(free|release|close)\w*\(')
LEAKED = 5  # of so many end-to-end files one looks for a leak
REHEARSALS = 'whole/faults'
REHEARSALS_SECONDS = 60


def programs(build):
    return ['all', 'build/%s/bin/csv2chakra-faults' % build, 'build/%s/bin/chakra-sandbox-faults' % build, 'bench-tools']


def stages(known, change, e2e, rehearse):
    """(build, targets, tests) in the order in which they are tried; the tests of a stage run beside each other."""
    source, number, text, new = change
    reach = {t: files[source] for t, files in known['tests'].items() if files.get(source)}
    # What ran as another user, or was killed, left no counters.
    tests = [t for t, numbers in reach.items() if number in numbers] or list(reach)
    small = sorted((t for t in tests if not t.startswith('e2e/')), key=lambda t: known['seconds'][t])
    large = sorted((t for t in tests if t.startswith('e2e/')), key=lambda t: known['seconds'][t] / len(reach[t]))
    places = {'unit': 'tests/test_', 'fuzz': 'fuzz/'}
    for build in ('release', 'asan'):
        for i in range(0, len(small), STEP):
            some = small[i:i + STEP]
            yield build, ['build/%s/bin/%s%s' % (build, places[t.split('/')[0]], t.split('/')[1]) for t in some], some
    for i in range(0, min(e2e, len(large)), STEP):
        yield 'release', programs('release'), large[i:min(e2e, i + STEP)]
    if new.strip() == ';' and FREES.search(text):
        yield 'asan', programs('asan'), large[:e2e // LEAKED]
    if rehearse:
        yield 'release', programs('release'), [REHEARSALS]
        yield 'asan', programs('asan'), large[:STEP]


def try_one(workers, change, known):
    """'invalid', 'same', the name of the test that noticed it, or ''."""
    source, number, text, new = change
    tree = workers.free.pop()
    path = os.path.join(tree, source)
    with open(path, encoding='utf-8') as f:
        kept = f.read()
    try:
        obj = workers.made_of(source)
        workers.make(tree, [obj], True)  # the change before did not compile
        before = workers.codes.get((tree, source)) or workers.code(tree, obj)
        workers.codes[tree, source] = before
        lines = kept.split('\n')
        # What survived an earlier source may stand elsewhere in this one.
        places = [i for i, line in enumerate(lines) if line == text]
        if not places:
            return 'invalid'
        lines[min(places, key=lambda i: abs(i + 1 - number))] = new
        with open(path, 'w', encoding='utf-8') as f:
            f.write('\n'.join(lines))
        if not workers.make(tree, [obj], False):
            return 'invalid'
        if workers.code(tree, obj) == before:
            return 'same'
        for build, targets, tests in stages(known, change, workers.e2e, workers.rehearse):
            workers.make(tree, targets, False, build)

            def notices(test):
                # Twice: what waits may fail on a busy machine.
                limit = (30 + 6 * known['seconds'].get(test, REHEARSALS_SECONDS)) * (3 if build == 'asan' else 1)
                return not any(run_test(tree, build, test, limit) for _ in range(2))
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                found = [t for t, is_noticed in zip(tests, pool.map(notices, tests)) if is_noticed]
            if found:
                return build + '/' + found[0]
        return ''
    finally:
        with open(path, 'w', encoding='utf-8') as f:
            f.write(kept)
        workers.free.append(tree)


def run(args):
    with open(MAP, encoding='utf-8') as f:
        known = json.load(f)
    for files in known['tests'].values():
        for f in files:
            files[f] = set(files[f])
    workers = Workers(args.jobs, args.e2e, args.again)
    again = survivors(args.again) if args.again else None
    changes = draw(args.seed, known['executable'], args.rooms.split(',')) if again is None else iter(again)
    for _ in range(args.skip):
        next(changes)
    count = args.count if again is None else len(again)
    noticed, survived, by = 0, [], collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        trying = {}
        while trying or noticed + len(survived) < count:
            while len(trying) < min(args.jobs, count - noticed - len(survived)):
                change = next(changes)
                trying[pool.submit(try_one, workers, change, known)] = change
            for done in concurrent.futures.wait(trying, return_when=concurrent.futures.FIRST_COMPLETED).done:
                change, result = trying.pop(done), done.result()
                if result in ('invalid', 'same'):
                    by[result] += 1
                    count -= again is not None
                elif result:
                    noticed += 1
                    by['/'.join(result.split('/')[:2])] += 1
                else:
                    survived.append(change)
                    print('survived: %s:%d\n-%s\n+%s' % change, flush=True)
                if args.verbose:
                    print('%d %s:%d %s' % (noticed + len(survived), change[0], change[1], result or 'survived'), flush=True)
    print('seed %d: %d changes, %d noticed (%.1f %%), %d survived; %s' % (
        args.seed, noticed + len(survived), noticed, 100 * noticed / max(1, noticed + len(survived)), len(survived),
        ', '.join('%s %d' % x for x in sorted(by.items()))))
    return 0 if noticed >= 0.9 * (noticed + len(survived)) else 1


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('what', choices=('map', 'run'))
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--count', type=int, default=300)
    p.add_argument('--jobs', type=int, default=os.cpu_count() or 1)
    p.add_argument('--rooms', default=ROOMS, help='run: rooms, or files as src/csv/reader.c')
    p.add_argument('--skip', type=int, default=0, help='run: draws to leave out')
    p.add_argument('--e2e', type=int, default=40, help='run: end-to-end files a change at most')
    p.add_argument('--again', default='', help='run: a file with what a run printed, whose survivors are tried again')
    p.add_argument('--only', default='', help='map: the tests whose names begin so')
    p.add_argument('--verbose', action='store_true')
    args = p.parse_args()
    sys.exit(make_map(args) if args.what == 'map' else run(args))


if __name__ == '__main__':
    main()
