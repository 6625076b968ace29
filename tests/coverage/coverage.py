#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the tests did not run: lines and branches per file, from gcov's JSON.

coverage.py BUILD NOT_COVERED.md [--lines 90] [--branches 80] [--show FILE]

A line's counts are summed over all objects that it is in (the fault build has some files a second time). Branches on
lines of an assert are left out: they are bugs, not paths. Every function with lines that nothing ran must be named in
NOT_COVERED.md with the reason, and every name there must still be such a function, unless it is marked `(timing)`."""
import argparse
import glob
import json
import os
import re
import subprocess
import sys
from collections import defaultdict

BATCH = 40


class Source:
    """One source file: what was run of it."""

    def __init__(self, path):
        self.path = path
        self.lines = defaultdict(int)
        self.branches = {}
        self.functions = {}
        with open(path, encoding='utf-8') as f:
            self.text = f.read()
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
        """The lines that nothing ran, by function."""
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
                    sources.setdefault(path, Source(path)).add(facts)
    return sources


def share(part, whole):
    return 100.0 if whole == 0 else 100.0 * part / whole


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('build')
    p.add_argument('not_covered')
    p.add_argument('--lines', type=float, default=90)
    p.add_argument('--branches', type=float, default=80)
    p.add_argument('--show', help='print the lines of these files that nothing ran')
    o = p.parse_args()
    sources = collect(o.build)
    total = [0, 0, 0, 0]
    print('%-40s %14s %7s %14s %7s' % ('file', 'lines', '%', 'branches', '%'))
    for path in sorted(sources):
        counts = sources[path].counts()
        total = [a + b for a, b in zip(total, counts)]
        print('%-40s %6d / %5d %7.1f %6d / %5d %7.1f' % (path, counts[1], counts[0], share(counts[1], counts[0]), counts[3],
                                                  counts[2], share(counts[3], counts[2])))
    print('%-40s %6d / %5d %7.1f %6d / %5d %7.1f' % ('all', total[1], total[0], share(total[1], total[0]), total[3], total[2],
                                              share(total[3], total[2])))
    if o.show:
        for path in sorted(sources):
            if not path.startswith(o.show): continue
            text = sources[path].text.split('\n')
            for f, ns in sources[path].not_run().items():
                print('%s %s:' % (path, f))
                for n in ns: print('   %4d %s' % (n, text[n-1]))


if __name__ == '__main__':
    sys.exit(main())
