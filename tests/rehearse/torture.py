# SPDX-License-Identifier: MIT
"""The n-th write, fsync, rename, link, open, SQLite step or allocation of a small import fails."""
import os
import subprocess
import tempfile

from rig import Rig, campaign, compare, expect, finish

ROWS = 30
# Places of an allocation are too many: this many of them, evenly spread.
MALLOC_PLACES = 400
LIBRARY = []


def build():
    folder = tempfile.mkdtemp(prefix='rehearse-inject-')
    library = os.path.join(folder, 'inject.so')
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'inject.c')
    subprocess.run([os.environ.get('CC', 'cc'), '-shared', '-fPIC', '-O1', '-w', '-D_LARGEFILE64_SOURCE', '-o', library,
                    source, '-ldl'], check=True)
    LIBRARY.append(library)


def counts():
    with Rig(rows=ROWS) as rig:
        ended = rig.import_(env={'LD_PRELOAD': LIBRARY[0], 'INJECT_COUNT': rig.path('counts')})
        expect(ended.status == 0, str(ended))
        with open(rig.path('counts'), encoding='ascii') as f:
            return {name: int(n) for name, n in (line.split() for line in f)}


def one(case):
    function, n = case
    with Rig(rows=ROWS) as rig:
        ended = rig.import_(env={'LD_PRELOAD': LIBRARY[0], 'INJECT': '%s:%s' % (function, n)})
        if function == 'malloc' and ended.status == -11 and not rig.keys()[1] and not os.path.exists(rig.path('runs')):
            # libcrypto's own start does not survive it; nothing of ours has begun.
            return {'libcrypto': 1}
        expect(ended.status in (0, 2, 4, 6, 7, 70), str(ended))
        expect(ended.status == 0 or ended.err.strip() or ended.out, 'status %d without a word' % ended.status)
        tally = {'exit %d' % ended.status: 1}
        keys = rig.settle()
        if keys:
            # What was on the wire is never reported as unsent.
            ended = rig.run('report', 'latest')
            expect(ended.status == 0, 'the report cannot be made: %s' % ended)
            compare(rig.books(), keys)
        # The same command again does it, or says what does.
        again = rig.import_()
        expect(again.status == 8 or not keys and again.status == 0, str(again))
        if again.status == 8:
            expect(rig.run('report', 'latest').status == 0, 'the report cannot be made')
        books = finish(rig, ROWS)
        compare(books, rig.settle(), True)
        return tally


def quick(o):
    """A few places of each function, all at once."""
    build()
    # Counters of coverage are written at the end, by a library that does not survive a failing allocation.
    left_out = ('malloc',) if os.environ.get('CSV2CHAKRA_BUILD') == 'cov' else ()
    cases = [(function, str(n)) for function, last in counts().items() if function not in left_out
             for n in sorted({1 + (last - 1) * i // 4 for i in range(5)})]
    try:
        return campaign('torture', cases, one, o.jobs, o.limit)
    finally:
        remove()


def remove():
    os.unlink(LIBRARY[0])
    os.rmdir(os.path.dirname(LIBRARY[0]))


def run(what, o):
    build()
    passed = counts()
    print('calls: ' + ', '.join('%s %d' % item for item in passed.items()), flush=True)
    failed = 0
    for function in what.split(',') if what else passed:
        step = o.every
        if function == 'malloc':
            step *= max(1, passed[function] // MALLOC_PLACES)
        cases = [(function, str(n)) for n in range(1, passed[function] + 1, step)]
        if function in ('write', 'fsync'):
            cases += [(function, '%d+' % n) for n in range(1, passed[function] + 1, step * 3)]
        failed += campaign('torture ' + function, cases, one, o.jobs, o.limit)
    remove()
    return failed
