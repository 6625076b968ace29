# SPDX-License-Identifier: MIT
"""Rows that change processes: under faults and kills, with a colleague's edits in between, what is in ChakraHQ at the end
is what the file says, but for the rows that are named. Every second seed upserts: then no row is created twice either."""
import json
import random
import urllib.request

from rig import Rig, campaign, expect

NEW_FAULTS = ['503=0.05,creates', 'reset-after=0.06,creates', '500-after=0.03,creates', 'truncated=0.03,creates',
              'reset-before=0.06,creates']
FAULTS = ['503=0.05,updates', 'reset-after=0.05,updates', '500-after=0.03,updates', 'truncated=0.03,updates',
          'reset-before=0.04,updates', '503=0.05,lookups', 'truncated=0.05,lookups', '500-before=0.05,jobs']


def changed_file(rig, rows, chance, mode):
    """Every row again: some with another score, some keys that nobody has. Key: what the file says."""
    wanted, lines = {}, []
    for n in range(1, rows + 1):
        score = n + 1000 if chance.random() < 0.3 else n
        wanted['L-%d' % n] = score
        lines.append('L-%d,Open,Ann,Lee,%d\n' % (n, score))
    for n in range(1, 1 + rows // (40 if mode == 'update' else 5)):
        lines.insert(chance.randrange(len(lines)), 'NO-%d,Open,Ann,Lee,%d\n' % (n, n))
    rig.write('leads.csv', 'Lead Ref,Status,First,Last,Score\n' + ''.join(lines))
    rig.write('leads.yaml', open(rig.path('leads.yaml'), encoding='utf-8').read() + 'mode: %s\n' % mode)
    return wanted


def edit(rig, key, score, when):
    with open(rig.path('token'), encoding='ascii') as f:
        token = f.read().strip()
    body = {'procedure': 'lead', 'lead_id': key, 'update': {'data': {'score': score}}, **when}
    urllib.request.urlopen(urllib.request.Request(
        'http://127.0.0.1:%d/sandbox/edit' % rig.port, json.dumps(body).encode(),
        {'Authorization': 'Bearer ' + token, 'Content-Type': 'application/json'}), timeout=20).close()


def now(rig):
    with urllib.request.urlopen('http://127.0.0.1:%d/sandbox/processes?now=1' % rig.port, timeout=20) as answer:
        return [json.loads(line) for line in answer]


def resends(books):
    return sum(e['kind'] == 'resend' for e in books.report['events'])


def finish(rig):
    """Resumes and reconciles until nothing is open."""
    for _ in range(12):
        ended = rig.run('import', '--if-changed', '--resume', 'leads.yaml', 'leads.csv', *rig.import_args)
        if ended.status == 6:
            rig.run('reconcile', 'latest', '--resend-absent', *rig.lookups)
        if ended.status in (0, 1, 8):
            return ended
    return ended


def all_there(rig):
    """What was lost is found, or created, by the next import; nothing is there twice, or was sent twice."""
    last = rig.run('import', '--again', 'leads.yaml', 'leads.csv', *rig.import_args)
    expect(last.status == 0, str(last))
    rig.settle()
    keys = [p['key'] for p in now(rig) if not p['deleted']]
    expect(len(keys) == len(set(keys)), 'a key is there twice')
    books = rig.books()
    expect(not {line['lead_id'] for line in books.lines} - set(keys), 'rows are missing')
    expect(not books.counts['refused'], 'a create was sent twice')


def one(case):
    seed, rows, kills = case
    chance = random.Random(seed)
    mode = ('update', 'upsert')[seed % 2]
    with Rig(rows=rows, faults=(), seed=seed, job_delay='300ms', latency='1ms') as rig:
        expect(rig.import_().status == 0, 'the rows are not there')
        before = {'L-%d' % n: n for n in range(1, rows + 1)}
        wanted = changed_file(rig, rows, chance, mode)
        rig.restart(FAULTS + (NEW_FAULTS if mode == 'upsert' else []))
        edits = {}
        for key in chance.sample(sorted(wanted), rows // 20):
            edits[key] = 900000 + chance.randrange(1000)
            edit(rig, key, edits[key], {chance.choice(['before', 'after']): 'updates:%d' % chance.randint(1, rows // 4)})
        killed = 0
        for _ in range(kills):
            killed += rig.kill_after(chance.uniform(0.01, 0.6), 'import', '--if-changed', '--resume', 'leads.yaml',
                                     'leads.csv', *rig.import_args) == -9
        ended = finish(rig)
        expect(ended.status in (0, 1, 6, 8), str(ended))
        rig.settle()
        books = rig.books()
        there = {p['key']: p for p in now(rig) if not p['deleted']}
        again = resends(books)
        for line in books.lines:
            key, outcome = line['lead_id'], line['outcome']
            if key.startswith('NO-') and mode == 'upsert':
                expect(outcome in ('created', 'unknown', 'unchanged'), '%s is %s' % (key, outcome))
                expect(outcome == 'unknown' or key in there, '%s is %s, and is not there' % (key, outcome))
                continue
            if key.startswith('NO-'):
                expect(outcome == 'absent' and key not in there, '%s: %s' % (key, outcome))
                continue
            score = there[key]['process']['data']['score']
            allowed = {'updated': {wanted[key]}, 'unchanged': {wanted[key]}, 'conflict': set(),
                       'unknown': {wanted[key], before[key]}, 'refused': {before[key]}}.get(outcome)
            expect(allowed is not None, '%s is %s' % (key, outcome))
            if key in edits:
                allowed = allowed | {edits[key]}
            expect(score in allowed, '%s is %s, and has %s: wanted %s' % (key, outcome, score, sorted(allowed)))
            effects = there[key]['updates']
            # A second one would have been sent over what the colleague made of the first.
            expect(effects <= 1 or (again and key not in edits), '%s was updated %d times' % (key, effects))
            expect(effects == 0 or wanted[key] != before[key] or key in edits, '%s was sent unchanged' % key)
        named = {o: n for o, n in books.counts.items()}
        rig.restart()
        if books.counts['unknown'] == 0 and ended.status != 6:
            last = rig.run('diff', 'leads.yaml', 'leads.csv', '--format', 'json')
            expect(last.status == 0, str(last))
            left = last.json()['rows']['to_change'] + last.json()['rows'].get('to_create', 0)
            expect(left <= len(edits), 'to change afterwards: %d' % left)
        if mode == 'upsert':
            all_there(rig)
        return {'killed': killed, 'resends': again, **named}


def run(what, o):
    rows, kills = (int(x) for x in (what or '200x5').split('x'))
    return campaign('modes', [(seed, rows, kills) for seed in range(1, o.seeds + 1)], one, o.jobs, o.limit)


def quick(o):
    return campaign('modes', [(seed, 60, 2) for seed in (1, 2, 3)], one, o.jobs, o.limit)
