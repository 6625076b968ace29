#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the tests did not run: lines and branches per file, from gcov's JSON.

A line's counts are summed over all objects that it is in (the fault build has some files a second time, headers are in
many). Branches on the lines of an assert are left out: they are bugs, not paths. What is not run must have a reason in
NOT_COVERED.md: a line that one of its patterns describes (an error on its way up), or a function that it names. A
function with up to four other lines needs none. A name there of a function that is run whole, or that is gone, is an
error, and so is a pattern that describes nothing."""
import argparse
import glob
import json
import os
import re
import subprocess
import sys
from collections import defaultdict

BATCH = 40
# So few lines of a function that is run otherwise are no path of its own.
FEW = 4


class Source:
    """One source file: what was run of it."""

    def __init__(self, path):
        self.path = path
        self.lines = defaultdict(int)
        self.branches = {}
        self.functions = {}
        with open(path, encoding='utf-8') as f:
            self.text = f.read()
        self.rows = self.text.split('\n')
        self.asserts = assert_lines(self.text)

    def add(self, facts):
        for f in facts['functions']:
            self.functions[f['name']] = (f['start_line'], f['end_line'])
        for line in facts['lines']:
            n = line['line_number']
            self.lines[n] += line['count']
            taken = [b['count'] for b in line['branches']]
            if n in self.asserts or not taken:
                continue
            have = self.branches.get(n, [])
            if len(have) == len(taken):
                taken = [a + b for a, b in zip(have, taken)]
            # The fault build has more branches on some lines: the longer list is the whole one.
            if len(taken) >= len(have):
                self.branches[n] = taken

    def counts(self):
        """(lines, run, branches, taken)"""
        taken = [c for line in self.branches.values() for c in line]
        return (len(self.lines), sum(c > 0 for c in self.lines.values()), len(taken), sum(c > 0 for c in taken))

    def not_run(self):
        """Line numbers that nothing ran, by function."""
        by_function = defaultdict(list)
        for n in sorted(n for n, c in self.lines.items() if c == 0):
            for name, (first, last) in self.functions.items():
                if first <= n <= last:
                    by_function[name].append(n)
        return by_function


def assert_lines(text):
    """The numbers of the lines that an assert spans."""
    found = set()
    for m in re.finditer(r'^\s*assert\(', text, re.M):
        depth, at = 1, m.end()
        while depth:
            depth += {'(': 1, ')': -1}.get(text[at], 0)
            at += 1
        found.update(range(text.count('\n', 0, m.end()) + 1, text.count('\n', 0, at) + 2))
    return found


def collect(build):
    """Every file below src and include, by its path."""
    notes = sorted(glob.glob(build + '/obj/src/*/*.gcno') + glob.glob(build + '/faults/src/*/*.gcno'))
    if not notes:
        sys.exit('coverage: nothing is built in %s with BUILD=cov' % build)
    sources = {}
    for at in range(0, len(notes), BATCH):
        done = subprocess.run([os.environ.get('GCOV', 'gcov'), '--json-format', '--stdout', '-b', *notes[at:at + BATCH]],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
        for line in done.stdout.splitlines():
            for facts in json.loads(line)['files']:
                path = os.path.normpath(facts['file'])
                if path.startswith(('src/', 'include/')):
                    if path not in sources:
                        sources[path] = Source(path)
                    sources[path].add(facts)
    return sources


class Reasons:
    """NOT_COVERED.md: patterns of lines, and functions by file under headings that say why."""

    def __init__(self, path):
        self.patterns, self.functions, self.at_times = {}, set(), set()
        at_times = False
        with open(path, encoding='utf-8') as f:
            for line in f:
                if line.startswith('#'):
                    at_times = '(at times)' in line
                pattern = re.match(r'- lines: `(.*)`$', line)
                named = re.match(r'- `([^`]+)`: (.*)$', line)
                if pattern:
                    self.patterns[re.compile(pattern.group(1))] = 0
                elif named:
                    for function in named.group(2).split(', '):
                        (self.at_times if at_times else self.functions).add((named.group(1), function.strip()))

    def explains_line(self, text):
        for pattern in self.patterns:
            if pattern.fullmatch(text.strip()):
                self.patterns[pattern] += 1
                return True
        return False

    def judge(self, sources):
        """What is wrong: lines without a reason, reasons without a line."""
        wrong, missing, seen = [], 0, set()
        for path in sorted(sources):
            for function, numbers in sources[path].not_run().items():
                seen.add((path, function))
                left = [n for n in numbers if not self.explains_line(sources[path].rows[n - 1])]
                missing += len(numbers)
                if len(left) > FEW and (path, function) not in self.functions | self.at_times:
                    wrong.append('%s:%d: %s has %d lines that no test runs, and no reason' % (
                        path, left[0], function, len(left)))
        wrong += ['%s: %s is run whole, or is gone: take it off the list' % x for x in sorted(self.functions - seen)]
        wrong += ['no line that is not run is like `%s`: take it off the list' % p.pattern
                  for p, n in self.patterns.items() if n == 0]
        return wrong, missing


def share(part, whole):
    return 100.0 if whole == 0 else 100.0 * part / whole


def row(name, counts):
    print('%-36s %6d / %5d %6.1f %% %6d / %5d %6.1f %%' % (
        name, counts[1], counts[0], share(counts[1], counts[0]), counts[3], counts[2], share(counts[3], counts[2])))


def show(sources, prefix):
    for path in sorted(sources):
        if path.startswith(prefix):
            for function, numbers in sources[path].not_run().items():
                print('%s: %s' % (path, function))
                for n in numbers:
                    print('  %5d %s' % (n, sources[path].rows[n - 1]))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('build', help='the folder of BUILD=cov')
    p.add_argument('not_covered', help='NOT_COVERED.md')
    p.add_argument('--lines', type=float, default=92, help='%% of lines that must be run')
    p.add_argument('--branches', type=float, default=85, help='%% of branches outside of assert')
    p.add_argument('--show', metavar='PATH', help='the lines of these files that nothing ran')
    o = p.parse_args()
    sources = collect(o.build)
    if o.show:
        show(sources, o.show)
        return 0
    total = (0, 0, 0, 0)
    print('%-36s %24s %26s' % ('', 'lines run', 'branches taken'))
    for path in sorted(sources):
        counts = sources[path].counts()
        total = tuple(a + b for a, b in zip(total, counts))
        row(path, counts)
    row('all', total)
    wrong, missing = Reasons(o.not_covered).judge(sources)
    if share(total[1], total[0]) < o.lines:
        wrong.append('fewer than %g %% of the lines are run' % o.lines)
    if share(total[3], total[2]) < o.branches:
        wrong.append('fewer than %g %% of the branches are taken' % o.branches)
    for words in wrong:
        print(words)
    print('coverage: %.1f %% of lines, %.1f %% of branches outside of assert; %d lines not run, %s' % (
        share(total[1], total[0]), share(total[3], total[2]), missing,
        'all with a reason' if not wrong else 'and the above'))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
