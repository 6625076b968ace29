# SPDX-License-Identifier: MIT
"""The parts of a file, as an engine runs them: each in a process of its own, all at once, killed at any moment, started
again by their exit status, and now and then twice at the same time. Each row once."""
import os
import random
import signal
import subprocess
import threading
import time

from rig import BIN, Broken, Rig, campaign, expect

# A fifth of all calls.
FAULTS = ['503=0.08', 'reset-after=0.04', '500-before=0.04', 'truncated=0.04']
# What an engine starts again, and what is done (6: some rows want a reconcile).
AGAIN, DONE = (4, 5, 75, -signal.SIGKILL), (0, 6)


def make_parts(rig, parts, rows):
    """A file of parts x rows good rows, cut by `split`; its keys."""
    keys = ['P-%d' % n for n in range(parts * rows)]
    rig.write('leads.csv', 'Lead Ref,Status,First,Last,Score\n' + ''.join(
        '%s,Won,Kim,"Ng,\nJr",%d\n' % (key, n % 100) for n, key in enumerate(keys)))
    ended = rig.run('split', '--parts', str(parts), '-o', 'parts', 'leads.yaml', 'leads.csv')
    expect(ended.status == 0, str(ended))
    made = [n for n in os.listdir(rig.path('parts')) if n.startswith('part-') and n.endswith('.csv')]
    expect(len(made) == parts, 'parts: %s' % made)
    return set(keys)


class Engine:
    """Eight parts, a killer, and a machine that sometimes starts a part twice."""

    def __init__(self, rig, parts, seed, kills):
        self.rig, self.chance, self.lock = rig, random.Random(seed), threading.Lock()
        self.running, self.broken = [], None
        self.kills_left, self.killed, self.twins, self.starts = kills, 0, 0, 0
        self.workers = [threading.Thread(target=self.work, args=(p + 1,)) for p in range(parts)]

    def start(self, part):
        with self.lock:
            self.starts += 1
            with open(self.rig.path('part-%d.err' % part), 'ab') as err:
                p = subprocess.Popen(
                    [os.path.join(BIN, 'csv2chakra' + self.rig.build), 'import', '--if-changed', '--resume',
                     '--chunk-rows', '10', *self.rig.lookups, 'leads.yaml', 'parts/part-%04d.csv' % part],
                    cwd=self.rig.folder, env=self.rig.env, stdin=subprocess.DEVNULL, stdout=err, stderr=err)
            self.running.append(p)
        return p

    def end(self, p, part):
        status = p.wait(600)
        with self.lock:
            self.running.remove(p)
        if status not in AGAIN + DONE:
            self.broken = self.broken or 'part %d ended with %d' % (part, status)
        return status

    def twin(self, part):
        self.end(self.start(part), part)

    def work(self, part):
        while self.broken is None:
            with self.lock:
                twice = self.chance.random() < 0.25
                self.twins += twice
            other = threading.Thread(target=self.twin, args=(part,)) if twice else None
            if other:
                other.start()
            status = self.end(self.start(part), part)
            if other:
                other.join()
            if status in DONE:
                return
            time.sleep(0.02)

    def kill_some(self):
        while any(w.is_alive() for w in self.workers) and self.kills_left > 0:
            time.sleep(self.chance.uniform(0.02, 0.15))
            with self.lock:
                if self.running:
                    p = self.chance.choice(self.running)
                    if p.poll() is None:
                        p.send_signal(signal.SIGKILL)
                        self.kills_left -= 1
                        self.killed += 1

    def run(self):
        for w in self.workers:
            w.start()
        self.kill_some()
        for w in self.workers:
            w.join()
        if self.broken:
            raise Broken(self.broken)


def settle_all(rig, parts):
    """Without faults: what stopped goes on, what is unknown is looked up. The summary of all parts."""
    files = ['parts/part-%04d.csv' % (p + 1) for p in range(parts)]
    for _ in range(5):
        ended = rig.run('import', '--if-changed', '--resume', '--chunk-rows', '10', *rig.lookups, '--format', 'json',
                        'leads.yaml', *files, timeout=900)
        answer = ended.json()
        for file in [f for f in answer['files'] if f['end'] == 'rows_unknown']:
            rig.run('reconcile', file['run'], '--resend-absent', *rig.lookups)
        if ended.status == 0:
            break
    expect(ended.status == 0, str(ended))
    return rig.run('report', '--format', 'json', 'parts', timeout=900).json()['sum']


def one(case):
    seed, parts, rows, kills = case
    with Rig(rows=1, faults=FAULTS, seed=seed, job_delay='100ms', latency='1ms') as rig:
        wanted = make_parts(rig, parts, rows)
        engine = Engine(rig, parts, seed, kills)
        engine.run()
        expect(engine.killed == kills, 'only %d kills before the end' % engine.killed)
        rig.restart()
        total = settle_all(rig, parts)
        keys = rig.settle()
        lost = wanted - {k for k, v in keys.items() if v['created']}
        expect(not lost and set(keys) == wanted, 'lost: %d, %s' % (len(lost), sorted(lost)[:3]))
        twice = [k for k, v in keys.items() if v['created'] != 1]
        expect(not twice, 'not once: %s' % twice[:3])
        expect(total['files'] == parts and total['exit_status'] == 0, 'the report: %s' % total)
        expect(total['rows']['read'] == total['rows']['created'] == parts * rows, 'the sum: %s' % total)
        return {'killed': engine.killed, 'twins': engine.twins, 'starts': engine.starts, 'rows': parts * rows, 'lost': 0,
                'doubled': 0}


def run(what, o):
    parts, rows, kills = (int(x) for x in (what or '8x12000x100').split('x'))
    return campaign('parts', [(seed, parts, rows, kills) for seed in range(1, o.seeds + 1)], one,
                    min(o.jobs, 2), o.limit)


def quick(o):
    return campaign('parts', [(1, 4, 5000, 8)], one, 1, o.limit)
