# SPDX-License-Identifier: MIT
"""Imports that are taken back under faults and kills, half of them without their CSV, while a colleague edits processes, makes them
anew and had some before: nothing of the colleague's is deleted, and of ours everything is gone or named."""
import json
import os
import random
import time
import urllib.request
from collections import Counter

from rig import Rig, campaign, expect

FAULTS = ['503=0.05,deletes', 'reset-after=0.05,deletes', '500-after=0.04,deletes', 'truncated=0.03,deletes',
          'reset-before=0.03,deletes', '500-before=0.05,lookups', 'truncated=0.05,lookups', '503=0.05,lookups',
          '429=0.05,lookups', '500-before=0.05,jobs']
NAMED = ('kept', 'unknown', 'refused', 'unsent')


def post(rig, path, body):
    with open(rig.path('token'), encoding='ascii') as f:
        token = f.read().strip()
    urllib.request.urlopen(urllib.request.Request(
        'http://127.0.0.1:%d%s' % (rig.port, path), json.dumps(body).encode(),
        {'Authorization': 'Bearer ' + token, 'Content-Type': 'application/json'}), timeout=20).close()


def now(rig):
    with urllib.request.urlopen('http://127.0.0.1:%d/sandbox/processes?now=1' % rig.port, timeout=20) as answer:
        return [json.loads(line) for line in answer]


def theirs_before(rig, keys):
    """Leads that the colleague had before; the import is merged into them."""
    post(rig, '/v1/ext/procedure/lead/process/bulk-create',
         [{'lead_id': key, 'data': {'score': '%s' % key[2:], 'first_name': 'Ann'}} for key in keys])
    rig.settle()
    time.sleep(5 / rig.speed + 0.1)


def colleague(rig, chance, key, when):
    body = {'procedure': 'lead', 'lead_id': key, 'update': {'data': {'score': '%d' % chance.randrange(9 * 10 ** 6)}}, **when}
    if chance.random() < 0.5:
        # Half of them as they were: only who made it is another.
        body.update({'do': 'recreate', **({'update': {}} if chance.random() < 0.5 else {})})
    post(rig, '/sandbox/edit', body)


def deletions(rig):
    """The paths of all that arrived, in their order."""
    with open(rig.path('sandbox.log'), encoding='utf-8') as f:
        calls = [json.loads(line) for line in f]
    return [c['path'] for c in calls if c['method'] == 'DELETE']


def at_once(deleted, turn, process_id):
    """The edit came with the very deletion of its process, after the last look at it: nobody can see that."""
    return turn is not None and turn <= len(deleted) and deleted[turn - 1].endswith(process_id)


def undo_all(rig, run, chance, kills):
    """The number, the undo with a kill in it, and again, until it has come to its end."""
    killed = 0
    for _ in range(40):
        counted = rig.run('undo', '--dry-run', '--format', 'json', run, '--progress', 'none')
        if counted.status == 4:
            continue
        expect(counted.status in (0, 1, 6), str(counted))
        args = ('undo', run, '--delete', str(counted.json()['rows']['to_delete']), *rig.lookups)
        if killed < kills:
            killed += 1
            rig.kill_after(chance.uniform(0.02, 0.8), *args)
            continue
        ended = rig.run(*args)
        expect(ended.status in (0, 1, 2, 3, 4, 6), str(ended))
        if ended.status in (0, 1):
            return ended
    return ended


def lose_input(rig, seed):
    """In half of the cases the CSV is gone, or another one, before the undo; what puts it back."""
    path, aside = rig.path('leads.csv'), rig.path('aside.csv')
    if seed % 2 == 0:
        return lambda: None
    os.rename(path, aside)
    if seed % 4 == 3:
        with open(aside, encoding='utf-8') as f, open(path, 'w', encoding='utf-8') as other:
            other.write(f.read().replace('1', '2'))
    return lambda: os.replace(aside, path)


def one(case):
    seed, rows, kills = case
    chance = random.Random(seed)
    ids = chance.random() < 0.6
    with Rig(rows=rows, seed=seed, chunk_rows=chance.choice([5, 20, 100]), job_delay=chance.choice(['1s', '20s']),
             sandbox=('--duplicates', 'merge', '--entry-ids', 'on' if ids else 'off', '--deletes', chance.choice(['soft', 'hard']))) as rig:
        keys = ['L-%d' % n for n in range(1, rows + 1)]
        some = chance.sample(range(rows), rows // 20 * 3)
        before, early, late = some[::3], some[1::3], some[2::3]
        theirs_before(rig, [keys[i] for i in before])
        expect(rig.import_().status == 0, 'the rows are not there')
        run = rig.status()[0]['id']
        put_back = lose_input(rig, seed)
        theirs = {p['id'] for p in now(rig) if p['key'] in {keys[i] for i in before}}
        for i in early:
            colleague(rig, chance, keys[i], {})
        theirs |= {p['id'] for p in now(rig) if p['key'] in {keys[i] for i in early} and not p['deleted']}
        rig.restart(FAULTS)
        # Before so many deletions this row's turn has mostly not come.
        turns = {keys[i]: chance.randint(1, i - 2) for i in late if i > 3}
        for key, turn in turns.items():
            colleague(rig, chance, key, {'before': 'deletes:%d' % turn})
        ended = undo_all(rig, run, chance, kills)
        rig.settle()
        books = rig.books()
        expect(books.report['run']['kind'] == 'undo' and books.report['accounts']['balanced'], 'the books of the undo')
        touched = {keys[i] for i in before + early + late}
        there, gone = {}, []
        for p in now(rig):
            if p['deleted']:
                gone.append(p)
            else:
                there[p['key']] = p
        deleted = deletions(rig)
        made = Counter(p['key'] for p in now(rig))
        for i in late:
            expect(made[keys[i]] < 2 or keys[i] in there, 'deleted, and made anew by the colleague: %s' % keys[i])
        for p in gone:
            expect(p['id'] not in theirs, "deleted, and the colleague's: %s" % p['key'])
            edited = str(p['process']['data'].get('score')) != p['key'][2:]
            expect(not edited or at_once(deleted, turns.get(p['key']), p['id']), 'deleted after an edit: %s' % p['key'])
        for i in early:
            expect(keys[i] in there, 'gone, edited or made anew before the undo: %s' % keys[i])
        by_key = {line['lead_id']: line for line in books.lines}
        for key, p in there.items():
            if key in touched:
                continue
            expect(by_key[key]['outcome'] in NAMED, '%s is there, and its row is %s' % (key, by_key[key]['outcome']))
        for key, line in by_key.items():
            if line['outcome'] == 'deleted':
                expect(key not in there or key in touched, '%s is there, and was said to be deleted' % key)
        put_back()
        again = rig.run('import', 'leads.yaml', 'leads.csv', '--dry-run', '-q')
        expect(again.status == 0, str(again))
        return {'ids': int(ids), 'stopped': int(ended.status not in (0, 1)), **books.counts}


def run(what, o):
    rows, kills = (int(x) for x in (what or '60x3').split('x'))
    return campaign('undo', [(seed, rows, kills) for seed in range(1, o.seeds + 1)], one, o.jobs, o.limit)


def quick(o):
    return campaign('undo', [(seed, 40, 1) for seed in (1, 2)], one, o.jobs, o.limit)
