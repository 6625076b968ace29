#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Rehearsals: proof that nothing is lost and nothing is sent twice.

rehearse.py [--seeds N] [--kills N] [--rows N] [--jobs N] [--limit SECONDS] [--from N --to M] PART...
PART: faults slow crash lives torture commands wire ledgers batches parts modes undo; faults:KIND, crash:POINT, torture:FUNCTION, wire:WAY for one of them
only; lives:SEED; ledgers:damage|kill|edges; batches:FILESxROWS; parts:PARTSxROWSxKILLS; modes:ROWSxKILLS; undo:ROWSxKILLS;
quick:PART for the small one of `make check`
Exits 1 if a promise did not hold; the folder of such a run is kept.
"""
import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
import batches  # noqa: E402
import commands  # noqa: E402
import crash  # noqa: E402
import faults  # noqa: E402
import ledgers  # noqa: E402
import lives  # noqa: E402
import modes  # noqa: E402
import parts  # noqa: E402
import torture  # noqa: E402
import undo  # noqa: E402
import wire  # noqa: E402
from rig import campaign  # noqa: E402

PARTS = ['faults', 'slow', 'crash', 'lives', 'torture', 'commands', 'wire', 'ledgers', 'batches', 'parts', 'modes', 'undo']


def run_part(part, o):
    name, _, what = part.partition(':')
    if name == 'faults':
        kinds = what.split(',') if what else list(faults.KINDS) + ['mix']
        return sum(campaign('faults ' + kind, [(kind, seed, o.rows) for seed in range(1, o.seeds + 1)], faults.one,
                            o.jobs, o.limit) for kind in kinds)
    if name == 'slow':
        return campaign('slow', range(1, o.seeds + 1), faults.slow, o.jobs, o.limit)
    if name == 'quick':
        return QUICK[what](o)
    return {'crash': crash, 'lives': lives, 'torture': torture, 'commands': commands, 'wire': wire,
            'ledgers': ledgers, 'batches': batches, 'parts': parts, 'modes': modes, 'undo': undo}[name].run(what, o)


def quick_faults(o):
    """Every kind under three seeds, all at once."""
    cases = [(kind, seed, 30) for seed in (1, 2, 3) for kind in faults.KINDS] + [('mix', s, 60) for s in (1, 2, 3)]
    return campaign('faults', cases, faults.one, o.jobs, o.limit) + campaign('slow', [1], faults.slow, 1, o.limit)


def quick_wire(o):
    o.seeds = 2
    return wire.run('', o)


QUICK = {'faults': quick_faults, 'crash': crash.quick, 'lives': lives.quick, 'torture': torture.quick, 'commands': commands.quick,
         'wire': quick_wire, 'ledgers': ledgers.quick,
         'batches': batches.quick, 'parts': parts.quick,
         'modes': modes.quick, 'undo': undo.quick}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--seeds', type=int, default=50)
    p.add_argument('--kills', type=int, default=200, help='crash: from outside, at any moment; lives: in all')
    p.add_argument('--rows', type=int, default=200)
    p.add_argument('--jobs', type=int, default=8)
    p.add_argument('--limit', type=float, default=7200, help='seconds for each campaign')
    p.add_argument('--every', type=int, default=1, help='crash, torture: every N-th place only')
    p.add_argument('--from', type=int, default=1, dest='first', metavar='N', help='torture: from the N-th call')
    p.add_argument('--to', type=int, metavar='M', help='torture: to the M-th call')
    p.add_argument('parts', nargs='*')
    o = p.parse_args()
    failed = sum(run_part(part, o) for part in o.parts or PARTS)
    print('%s' % ('all promises held' if failed == 0 else '%d runs broke a promise' % failed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
