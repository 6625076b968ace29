# SPDX-License-Identifier: MIT
"""Many files under one command, which is killed and started again, twice at once now and then: each row once, no file
lost, and one summary that adds up."""
import os
import random
import subprocess

from rig import BIN, Rig, campaign, expect

FAULTS = ['503=0.08', 'reset-after=0.04', '500-before=0.04', 'truncated=0.04']


def keys_of(files, rows):
    return {'F%d-%d' % (f, n) for f in range(files) for n in range(rows)}


def write_files(rig, files, rows):
    os.makedirs(rig.path('in'))
    for f in range(files):
        rig.write('in/%05d.csv' % f, 'Lead Ref,Status,First,Last,Score\n' + ''.join(
            'F%d-%d,Open,Ann,Lee,%d\n' % (f, n, n % 100) for n in range(rows)))


def command(rig):
    return ['import', '--if-changed', '--resume', '--move-done', 'done', '--chunk-rows', '500', *rig.lookups,
            'leads.yaml', 'in']


def twin(rig):
    """The same command at the same time; it ends when it ends."""
    with open(rig.path('twin.out'), 'ab') as out:
        return subprocess.Popen([os.path.join(BIN, 'csv2chakra' + rig.build), *command(rig)], cwd=rig.folder, env=rig.env,
                                stdout=out, stderr=out)


def one(case):
    seed, files, rows, kills = case
    chance = random.Random(seed)
    with Rig(rows=1, faults=FAULTS, seed=seed, job_delay='100ms', latency='0ms') as rig:
        write_files(rig, files, rows)
        killed = twins = 0
        for _ in range(3 * kills):
            if killed == kills:
                break
            other = twin(rig) if chance.random() < 0.3 else None
            killed += rig.kill_after(chance.uniform(0.02, 0.3 + files * rows / 150000), *command(rig)) == -9
            if other:
                twins += 1
                other.wait(600)
        rig.restart()
        for _ in range(5):
            ended = rig.run(*command(rig), '--format', 'json', timeout=900)
            for file in [f for f in ended.json()['files'] if f['end'] == 'rows_unknown']:
                rig.run('reconcile', file['run'], '--resend-absent', *rig.lookups)
            if ended.status == 0:
                break
        expect(ended.status == 0, str(ended))
        answer = rig.run('import', '--if-changed', 'leads.yaml', 'done', '--format', 'json', timeout=900).json()
        expect(answer['sum']['files'] == files, 'files: %s' % answer['sum'])
        left = os.listdir(rig.path('in'))
        expect(not left and len(os.listdir(rig.path('done'))) == files, 'not moved: %s' % left[:3])
        keys = rig.settle()
        expect(set(keys) == keys_of(files, rows), 'keys: %d' % len(keys))
        twice = [k for k, v in keys.items() if v['created'] != 1]
        expect(not twice, 'not once: %s' % twice[:3])
        # Every file's run, in one report.
        runs = [f['run'] for f in answer['files']]
        total = rig.run('report', '--format', 'json', *runs, timeout=900).json()['sum']
        expect(total['rows']['read'] == total['rows']['created'] == files * rows, 'the sum: %s' % total)
        return {'killed': killed, 'twins': twins, 'rows': files * rows}


def run(what, o):
    files, rows = (int(x) for x in (what or '40x100').split('x'))
    return campaign('batches', [(seed, files, rows, 10) for seed in range(1, o.seeds + 1)], one, o.jobs, o.limit)


def quick(o):
    return campaign('batches', [(1, 12, 60, 4)], one, 1, o.limit)
