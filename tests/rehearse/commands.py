# SPDX-License-Identifier: MIT
"""The n-th call of one function fails in every command but import: it says so and ends, never by a crash and never as
if all were well with half an answer; and the run that it looked at is what it was."""
import os
import shutil

import torture
from rig import Rig, campaign, expect

FUNCTIONS = ('open', 'read', 'write', 'fsync', 'rename', 'link', 'step')
COMMANDS = {
    'check': ['check', 'leads.yaml'], 'check -o': ['check', '-o', 'out', 'leads.yaml', 'bad.csv'],
    'convert': ['convert', 'leads.yaml', 'bad.csv'], 'preview': ['preview', 'leads.yaml', 'bad.csv', '--failing'],
    'inspect': ['inspect', 'bad.csv'], 'init': ['init', 'bad.csv', '-o', 'new.yaml'],
    'status': ['status'], 'status RUN': ['status', 'latest', '--format', 'json'], 'report': ['report', 'latest'],
    'report --html': ['report', '--format', 'html', 'latest'],
    'report --rows': ['report', '--rows', 'rejected', 'latest'], 'reconcile': ['reconcile', 'latest'],
    'resume': ['resume', 'latest'], 'retry': ['retry', 'latest'], 'doctor': ['doctor', 'leads.yaml'],
    'prune': ['prune', 'latest'], 'metrics': ['resume', 'latest', '--metrics-file', 'facts.prom'],
    'diff': ['diff', '-o', 'out', 'update.yaml', 'bad.csv'], 'split': ['split', '-o', 'out', '--parts', '3', 'leads.yaml', 'bad.csv'],
    'service': ['service'], 'fields': ['fields', 'lead'], 'undo': ['undo', 'latest'],
    'import again': ['import', 'leads.yaml', 'bad.csv'], 'import grown': ['import', 'leads.yaml', 'grown.csv'],
    'import part': ['import', 'leads.yaml', 'parts/part-0002.csv'],
    'import --if-changed': ['import', '--if-changed', 'leads.yaml', 'bad.csv'],
    'import --skip-existing': ['import', '--again', '--skip-existing', 'leads.yaml', 'bad.csv'],
    'import two': ['import', 'leads.yaml', 'bad.csv', 'grown.csv'],
    'check two': ['check', '--unique-across', 'leads.yaml', 'bad.csv', 'grown.csv'],
    'import --after': ['import', '--after', 'latest', 'leads.yaml', 'grown.csv'],
}
# What they print depends on the time that they took.
SENDING = ('reconcile', 'resume', 'retry', 'metrics', 'import --after', 'import --skip-existing')
# What was imported is refused: whatever cannot be read, nothing is sent.
REFUSED = {'import again': 8, 'import grown': 8, 'undo': 2, 'import part': 8, 'import --if-changed': 0,
           'import two': 8}
# What they say of a thing that cannot be looked at is an answer, too.
LOOKING = ('doctor', 'prune', 'status', 'status RUN')


def prepare(rig):
    """A run with rejected rows that was killed in its middle, so that every command has something to do."""
    with open(rig.path('leads.csv'), encoding='utf-8') as f:
        text = f.read()
    text = text.replace('L-7,Open', 'L-7,Asleep').replace('L-9,Open', 'L-9,Asleep')
    rig.write('bad.csv', text)
    rig.write('grown.csv', text + 'L-99,Open,Ann,Lee,99\n')
    with open(rig.path('leads.yaml'), encoding='utf-8') as f:
        rig.write('update.yaml', 'mode: update\n' + f.read())
    ended = rig.run('split', '-o', 'parts', '--parts', '3', 'leads.yaml', 'bad.csv')
    expect(ended.status in (0, 1), str(ended))
    ended = rig.run('import', 'leads.yaml', 'bad.csv', *rig.import_args, program='csv2chakra-faults',
                    env={'CSV2CHAKRA_FAULT': 'submit.answer:4:kill'})
    expect(ended.status == -9, str(ended))
    rig.settle()
    ended = rig.run('resume', 'latest', *rig.lookups)
    expect(ended.status in (1, 6), str(ended))
    shutil.copytree(rig.path('runs'), rig.path('kept'), symlinks=True)


def once(rig, name, env):
    """The command over a fresh copy of the run; with its answer."""
    shutil.rmtree(rig.path('runs'))
    shutil.copytree(rig.path('kept'), rig.path('runs'), symlinks=True)
    for made in ('out', 'new.yaml', 'facts.prom'):
        path = rig.path(made)
        if os.path.isdir(path):
            shutil.rmtree(path)
        elif os.path.exists(path):
            os.unlink(path)
    more = rig.lookups if name in SENDING else []
    return rig.run(*COMMANDS[name], *more, env=dict(env, LD_PRELOAD=torture.LIBRARY[0]))


def one(case):
    name, few = case
    with Rig(rows=30) as rig:
        prepare(rig)
        whole = once(rig, name, {'INJECT_COUNT': rig.path('counts')})
        expect(whole.status in ((REFUSED[name],) if name in REFUSED else (0, 1, 6)), str(whole))
        with open(rig.path('counts'), encoding='ascii') as f:
            passed = {function: int(n) for function, n in (line.split() for line in f)}
        tally = {}
        for function in FUNCTIONS:
            last, places = passed[function], few * (3 if function == 'step' else 1)
            for n in sorted({1 + (last - 1) * i // max(1, places - 1) for i in range(places)} if last else ()):
                ended = once(rig, name, {'INJECT': '%s:%d' % (function, n)})
                where = '%s with %s:%d: %s' % (name, function, n, ended)
                expect(0 <= ended.status < 100, 'crashed: ' + where)
                expect(name not in REFUSED or ended.status in (whole.status, 2, 4, 7, 8), 'not refused: ' + where)
                expect(name != 'import --after' or ended.status or ' = 1 created + 30 skipped' in ended.out, 'sent again: ' + where)
                expect(ended.status == whole.status or ended.err.strip() or name in ('doctor', 'import two'), 'not a word: ' + where)
                if ended.status == whole.status and not ended.err.strip() and name not in SENDING:
                    # It did without that call: then the answer is whole, too.
                    expect(len(ended.out.splitlines()) == len(whole.out.splitlines()) if name in LOOKING else
                           ended.out == whole.out, 'half an answer: ' + where)
                tally['%s exit %d' % (function, ended.status)] = tally.get('%s exit %d' % (function, ended.status), 0) + 1
        keys = rig.settle()
        twice = [k for k, seen in keys.items() if k != 'L-99' and seen['created'] > 1]
        expect(not twice, '%s created twice: %s' % (name, twice[:3]))
        # The run that they looked at goes on as ever.
        again = once(rig, name, {})
        expect(again.status == whole.status, 'afterwards: %s' % again)
        return tally


def run(what, o, places=200):
    torture.build()
    names = what.split(',') if what else sorted(COMMANDS)
    try:
        return campaign('commands', [(name, places) for name in names], one, o.jobs, o.limit)
    finally:
        torture.remove()


def quick(o):
    return run('', o, 4)
