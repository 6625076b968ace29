# SPDX-License-Identifier: MIT
"""Each write, fsync, rename, link, open, read, SQLite step and allocation of a small import fails, one at a time."""
import os
import subprocess
import tempfile
import threading

from rig import Rig, campaign, compare, expect, finish

# Two calls: one full chunk, and the rest.
ROWS = 6
LIBRARY = []
MINE = threading.local()


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


def fail(rig, case):
    """One import with a call that fails, and what brings it to its end. Says whether it left anything behind."""
    ended = rig.import_(env={'LD_PRELOAD': LIBRARY[0], 'INJECT': '%s:%s' % case})
    expect(ended.status in (0, 2, 4, 6, 7, 70), str(ended))
    expect(ended.status == 0 or ended.err.strip() or ended.out, 'status %d without a word' % ended.status)
    tally = {'exit %d' % ended.status: 1}
    keys = rig.settle()
    if not keys and not os.path.exists(rig.path('runs')):
        # It ended before it touched anything: the next one is a first one.
        expect(ended.status != 0, 'status 0, and there is no run')
        return False, tally
    if ended.status == 0:
        # Nothing that matters failed: all is there, and said.
        books = rig.books()
        compare(books, keys)
        books.check_whole()
        expect(books.has('created') == ROWS, str(books.counts))
        return True, tally
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
    return True, tally


def one(case):
    """Each thread keeps its rig for as long as nothing has come to it."""
    rig = getattr(MINE, 'rig', None) or Rig(rows=ROWS)
    MINE.rig = None
    try:
        used, tally = fail(rig, case)
    except BaseException:
        rig.stop()
        raise
    if used:
        rig.__exit__(None)
    else:
        MINE.rig = rig
        RIGS.add(rig)
    return tally


# Rigs that were kept, for the end.
RIGS = set()


def remove():
    for rig in RIGS:
        rig.__exit__(None)
    RIGS.clear()
    library = LIBRARY.pop()
    os.unlink(library)
    os.rmdir(os.path.dirname(library))


def quick(o):
    """All at once, of the many allocations a few."""
    build()
    passed = counts()
    some = passed.pop('malloc')
    cases = [(function, str(n)) for function, last in passed.items() for n in range(1, last + 1)]
    # Counters of coverage are written at the end, by a library that does not survive a failing allocation.
    if os.environ.get('CSV2CHAKRA_BUILD') != 'cov':
        cases += [('malloc', str(1 + some * i // 50)) for i in range(50)]
    try:
        return campaign('torture', cases, one, o.jobs, o.limit)
    finally:
        remove()


def run(what, o):
    build()
    passed = counts()
    print('calls: ' + ', '.join('%s %d' % item for item in passed.items()), flush=True)
    failed = 0
    for function in what.split(',') if what else passed:
        last = min(passed[function], o.to or passed[function])
        cases = [(function, str(n)) for n in range(o.first, last + 1, o.every)]
        if function in ('write', 'fsync'):
            # A disk that stays full, or broken.
            cases += [(function, '%d+' % n) for n in range(o.first, last + 1, o.every)]
        failed += campaign('torture %s %d-%d' % (function, o.first, last), cases, one, o.jobs, o.limit)
    remove()
    return failed
