# SPDX-License-Identifier: MIT
"""Whole lives of runs: a command of one is killed, and what `status` names brings it to its end: every row is there once,
the books of all runs balance, and all of them can be pruned."""
import collections
import random
import shlex
import signal
import time

from rig import Books, Rig, campaign, compare_rows, expect

IMPORT = ['import', 'leads.yaml', 'leads.csv']
# Of the rows of a life these are rejected, and fixed for the retry.
BAD = ('L-7,', 'L-21,', 'L-22,')
# What comes before the command that is killed, as fault points of the import; `reconcile` and `retry` need unknown and
# rejected rows instead.
COMMANDS = ('import', 'resume', 'reconcile', 'retry', 'prune')
STEPS = 12


class Life:
    def __init__(self, rig, command):
        self.rig, self.command, self.resent = rig, command, False
        with open(rig.path('leads.csv'), encoding='utf-8') as f:
            text = f.read()
        for key in BAD:
            text = text.replace('\n%sOpen' % key, '\n%sAsleep' % key)
        rig.write('leads.csv', text)

    def words_of(self, line):
        """A command as `status` names it, with the options that a rehearsal needs. A retry's file is fixed first."""
        words = shlex.split(line)
        expect(words[:1] == ['csv2chakra'], 'not a command: ' + line)
        name = words[1]
        if name == 'retry':
            # Without a file, the run's own.
            path = words[-1] if '/' in words[-1] else self.rig.path('runs', words[-1], 'to-fix.csv')
            with open(path, encoding='utf-8-sig') as f:
                text = f.read()
            with open(path, 'w', encoding='utf-8') as f:
                f.write(text.replace(',Asleep', ',Open'))
        self.resent |= '--resend-absent' in words
        return words[1:] + (self.rig.lookups if name in ('resume', 'reconcile', 'retry') else [])

    def prepare(self):
        """Brings a run to where its next command is the one that is killed; the words of that."""
        rig = self.rig
        if self.command == 'import':
            return IMPORT + rig.import_args
        fault = {'CSV2CHAKRA_FAULT': 'submit.answer:4:kill'} if self.command == 'resume' else {}
        hasty = ['--settle', '0s'] if self.command == 'reconcile' else []
        rig.import_(*hasty, program='csv2chakra-faults', env=fault)
        rig.settle()
        for _ in range(STEPS):
            line = self.rig.status(self.newest())[0].get('next', '')
            name = line.split()[1] if line else 'prune'
            if name == self.command:
                if name == 'reconcile':  # it is to send again what is absent
                    line += ' --resend-absent'
                return self.words_of(line) if line else ['prune', self.newest()]
            rig.run(*self.words_of(line))
        raise AssertionError('never came to ' + self.command)

    def newest(self):
        runs = self.rig.status()
        return runs[0]['id'] if runs else None

    def follow(self):
        """What `status` names of the newest run that is left, until it names nothing."""
        for step in range(STEPS):
            left = [run for run in self.rig.status() if run['state'] != 'pruned']
            if not left:
                # It was killed before it had a run, or that came to nothing: the same command again.
                ended = self.rig.import_()
                expect(ended.status in (0, 1, 6), str(ended))
                continue
            about = self.rig.status(left[0]['id'])[0]
            line = about.get('next', '')
            if not line:
                expect(about['state'] == 'finished', '%s without a next command' % about['state'])
                return step
            ended = self.rig.run(*self.words_of(line))
            expect(ended.status in (0, 1, 6), '%s: %s' % (line, ended))
        raise AssertionError('no end after %d commands, the next is %s' % (STEPS, line))

    def check(self):
        """The books of all runs against the sandbox; a row of a retry counts there."""
        by_key = {}
        for run in sorted(self.rig.status(), key=lambda r: r['started']):
            if run['state'] == 'pruned':
                continue
            books = Books(self.rig.path('runs', run['id']), self.rig.rows)
            books.check_balance()
            # A row that an earlier run created is skipped by one with --skip-existing.
            by_key.update({k: line for k, line in books.by_key.items() if line['outcome'] != 'skipped' or k not in by_key
                           or by_key[k]['outcome'] != 'created'})
        keys = self.rig.settle()
        compare_rows(by_key, keys, self.resent)
        expect(len(by_key) == self.rig.rows, '%d rows in the books' % len(by_key))
        for name, line in by_key.items():
            expect(line['outcome'] == 'created', '%s is %s at the end: %s' % (name, line['outcome'], line['message']))

    def prune(self):
        for run in self.rig.status():
            ended = self.rig.run('prune', run['id'])
            expect(ended.status == 0, 'prune: %s' % ended)
        expect({run['state'] for run in self.rig.status()} <= {'pruned'}, 'a run is left')


def rig_of(command, rows, seed=0):
    faults = []
    if command == 'reconcile':
        faults = ['reset-after=1,calls=3', 'reset-before=1,calls=6']
    return Rig(rows=rows, faults=faults, seed=seed)


def counts(command, rows):
    """How often each point is passed by the command, and how long it takes."""
    with rig_of(command, rows) as rig:
        words = Life(rig, command).prepare()
        began = time.monotonic()
        ended = rig.run(*words, program='csv2chakra-faults', env={'CSV2CHAKRA_FAULT_COUNT': rig.path('points')})
        expect(ended.status in (0, 1), str(ended))
        with open(rig.path('points'), encoding='ascii') as f:
            return {p: int(n) for p, n in (line.split() for line in f)}, time.monotonic() - began


def one(case):
    """Killed at the n-th passing of a point, or after so many seconds when `n` is no whole number."""
    command, point, n, rows, seed = case
    with rig_of(command, rows, seed) as rig:
        life = Life(rig, command)
        words = life.prepare()
        if command == 'prune':
            life.check()
        if point == 'outside':
            status = rig.kill_after(n, *words)
        else:
            status = rig.run(*words, program='csv2chakra-faults',
                             env={'CSV2CHAKRA_FAULT': '%s:%d:kill' % (point, n)}).status
        steps = 0
        if command != 'prune':
            steps = life.follow()
            life.check()
        if status == -signal.SIGKILL:
            tally = {command + ' killed': 1}
        else:
            tally = {command + ' ended': 1}
        life.prune()
        return dict(tally, commands=steps)


def cases_of(kills, rows, seed):
    """So many kills, as many of each command, half of them at a point, half from outside."""
    chance, cases = random.Random(seed), []
    for command in COMMANDS:
        passed, took_s = counts(command, rows)
        print('%s passes %s' % (command, ', '.join('%s %d' % item for item in sorted(passed.items()))), flush=True)
        places = [(p, n) for p, last in passed.items() for n in range(1, last + 1) if p != 'books.miscount']
        chance.shuffle(places)
        # Each point once before any of them twice.
        places.sort(key=lambda place, met=collections.Counter(): met.update([place[0]]) or met[place[0]])
        share = kills // len(COMMANDS)
        at_points = places[:share * 2 // 3]
        cases += [(command, p, n, rows, seed) for p, n in at_points]
        cases += [(command, 'outside', chance.uniform(0, took_s), rows, seed + i) for i in range(share - len(at_points))]
    return cases


def quick(o):
    return campaign('lives', cases_of(30, 40, 1), one, o.jobs, o.limit)


def run(what, o):
    seed = int(what or 1)
    return campaign('lives %d' % seed, cases_of(o.kills, o.rows, seed), one, o.jobs, o.limit)
