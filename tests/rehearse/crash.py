# SPDX-License-Identifier: MIT
"""An import that is killed: at every passing of every point of system/fault.h, and at any moment from outside."""
import random
import shlex
import time

from rig import Rig, campaign, check_status, compare, expect, finish


def counts(rows):
    """How often each point is passed by an import that nobody kills, and how many seconds that takes."""
    with Rig(rows=rows) as rig:
        began = time.monotonic()
        ended = rig.import_(program='csv2chakra-faults', env={'CSV2CHAKRA_FAULT_COUNT': rig.path('points')})
        took_s = time.monotonic() - began
        expect(ended.status == 0, str(ended))
        with open(rig.path('points'), encoding='ascii') as f:
            return {name: int(n) for name, n in (line.split() for line in f)}, took_s


def told(err):
    """The command that exit 8 tells."""
    for line in err.splitlines():
        words = shlex.split(line.split('help:', 1)[1]) if 'help:' in line else []
        if words[:1] == ['csv2chakra']:
            return words[1:]
    return None


def go_on(rig):
    """What an operator does after a kill: the same import again, then what it tells. Compares at the end."""
    ended = rig.import_()
    if ended.status == 8:
        command = told(ended.err)
        if command is None:
            # It was whole; only its report may be missing.
            ended = rig.run('report', 'latest')
        else:
            expect(command[0] in ('resume', 'reconcile'), ended.err)
            ended = rig.run(*command, *rig.lookups)
    expect(ended.status in (0, 6), str(ended))
    keys, books = rig.settle(), rig.books()
    books.check_whole()
    compare(books, keys)
    check_status(ended, books)
    for name, seen in keys.items():
        expect(seen['received'] <= 1, 'received twice before anybody asked for it: ' + name)
    before = books.has('unknown')
    books = finish(rig, rig.rows)
    expect(rig.run('status').status == 0, 'status fails')
    return {'unknown after resume': before, 'created': books.has('created')}


def kill_at(case):
    point, n, rows = case
    with Rig(rows=rows) as rig:
        ended = rig.import_(program='csv2chakra-faults', env={'CSV2CHAKRA_FAULT': '%s:%d:kill' % (point, n)})
        # How often a job is asked for differs a little from run to run.
        expect(ended.status in (-9, 0), str(ended))
        return dict(go_on(rig), killed=int(ended.status == -9))


def kill_outside(case):
    seed, rows, took_s = case
    with Rig(rows=rows) as rig:
        status = rig.kill_after(random.Random(seed).uniform(0, took_s), 'import', 'leads.yaml', 'leads.csv', *rig.import_args)
        return dict(go_on(rig), killed=int(status == -9))


def kill_resume(case):
    """Killed, and killed again while it is resumed."""
    point, n, rows = case
    with Rig(rows=rows) as rig:
        rig.import_(program='csv2chakra-faults', env={'CSV2CHAKRA_FAULT': 'ledger.committed:%d:kill' % n})
        rig.run('resume', 'latest', *rig.lookups, program='csv2chakra-faults', env={'CSV2CHAKRA_FAULT': '%s:%d:kill' % (point, n)})
        return go_on(rig)


def quick(o):
    """Every point, at its first, its last and a middle passing; some kills from outside."""
    rows = 60
    passed, took_s = counts(rows)
    cases = [(p, n, rows) for p, last in passed.items() for n in sorted({1, (last + 1) // 2, last})
             if p != 'books.miscount']
    return campaign('crash', cases, kill_at, o.jobs, o.limit) + campaign(
        'outside', [(seed, rows, took_s) for seed in range(1, 7)], kill_outside, o.jobs, o.limit)


def run(what, o):
    passed, took_s = counts(o.rows)
    failed = 0
    points = [p for p in sorted(passed) if p != 'books.miscount' and (not what or p in what.split(','))]
    print('points: ' + ', '.join('%s %d' % (p, passed[p]) for p in points), flush=True)
    for point in points:
        cases = [(point, n, o.rows) for n in range(1, passed[point] + 1, o.every)]
        failed += campaign('crash ' + point, cases, kill_at, o.jobs, o.limit)
    if what in ('', 'outside'):
        failed += campaign('crash outside', [(seed, o.rows, took_s) for seed in range(1, o.kills + 1)], kill_outside, o.jobs,
                           o.limit)
    if what in ('', 'twice'):
        twice = [(p, n, o.rows) for n in range(3, 3 + o.seeds * 4 // 10) for p in ('submit.started', 'submit.answered')]
        failed += campaign('crash twice', twice, kill_resume, o.jobs, o.limit)
    return failed
