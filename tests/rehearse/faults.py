# SPDX-License-Identifier: MIT
"""Imports under every fault of the sandbox, and with jobs that take longer than anybody waits."""
from rig import Rig, check_status, compare, compare_rows, expect, finish

RATE = 0.2
KINDS = {
    '503': ['503=R'], '503-wait': ['503=R,1s'], '429': ['429=R'], '500-before': ['500-before=R'],
    '500-after': ['500-after=R'], 'reset-before': ['reset-before=R'], 'reset-mid': ['reset-mid=R'],
    'reset-after': ['reset-after=R'], 'reset-after-fin': ['reset-after=R,fin'], 'hang-after': ['hang-after=R,300ms'],
    'html-502': ['html-502=R'], 'html-502-after': ['html-502=R,after'], 'truncated': ['truncated=R'],
    'drip': ['drip=R,1ms'], '413': ['413=R'], '400-whole': ['400-whole=R'], 'entry-error': ['entry-error=R'],
    'entry-invalid': ['entry-invalid=R'], 'slow-job': ['slow-job=R,600ms'],
    # The calls that follow a create fail, too.
    'lookups': ['500-after=R', 'truncated=R,lookups', '500-before=R,lookups'],
    # A service that is not to be trusted.
    'job-404': ['job-404=R,2s', 'entry-error=0.05'], 'same-job': ['same-job=R', 'entry-error=R'],
    'counts-disagree': ['counts-disagree=R', 'entry-error=R'], 'entries-swapped': ['entries-swapped=R', 'entry-error=R'],
    'echo-token': ['echo-token=R', 'echo-token=R,jobs', 'echo-token=R,lookups'],
    'expired': ['status=R,401', 'status=0.05,401,jobs'], 'quota': ['status=R,403', '429=R,1h'],
    'clocks': ['reset-after=R', 'reset-before=0.05'],
    'entries-duplicate': ['entries-duplicate=1', 'entry-error=R'],
    'where-ignored': ['where-ignored=1', 'reset-after=R', 'reset-before=0.05'],
    'list-lag': ['list-lag=1,1h', 'reset-after=R', 'reset-before=0.05'],
    'key-case': ['key-case=1', 'reset-after=R', 'reset-before=0.05'],
    'createdat-words': ['createdat-words=1', 'reset-after=R', 'reset-before=0.05'],
    'jobs': ['truncated=R,jobs', 'reset-after=R,jobs', 'entry-error=R'],
}
ODD = ('job-404', 'same-job', 'counts-disagree', 'entries-swapped', 'echo-token', 'clocks', 'entries-duplicate', 'where-ignored', 'list-lag', 'key-case',
       'createdat-words')
MIX = [f.replace('=R', '=0.03') for k, v in KINDS.items() if k not in ODD + ('lookups', 'jobs', 'expired', 'quota') for f in v] + [
    'truncated=0.05,lookups', '500-before=0.05,jobs', 'reset-after=0.05,all']


def faults_of(kind):
    return MIX if kind == 'mix' else [f.replace('=R', '=%g' % RATE) for f in KINDS[kind]]


def resend_of(kind):
    """Whatever an unfriendly service says, a resend must not double a row."""
    return ['--on-unknown', 'resend-absent'] if kind in ODD else []


def sandbox_of(kind, seed):
    """A service whose clock is not ours."""
    return ['--clock-offset', ('6m', '-6m', '1d', '-1d')[seed % 4]] if kind == 'clocks' else []


def one(case):
    """One import under faults; then, without them, to its end."""
    kind, seed, rows = case
    with Rig(rows=rows, faults=faults_of(kind), seed=seed, sandbox=sandbox_of(kind, seed),
             options=['--timeout', '20s'] + resend_of(kind)) as rig:
        ended = rig.import_()
        expect(ended.status in (0, 1, 3, 4, 6), str(ended))
        keys, books = rig.settle(), rig.books()
        compare(books, keys)
        check_status(ended, books)
        rig.check_secret(ended)
        # It is patient with a job that is not known yet, which then says of every row what became of it.
        expect(kind != 'job-404' or not books.has('unknown'), 'no patience: %s' % dict(books.counts))
        counts = {'first ' + k: v for k, v in books.counts.items()}
        rig.restart()
        books = finish(rig)
        keys = rig.settle()
        created, about = books.has('created'), rig.status(rig.status()[0]['id'])[0]
        ways, lost = rig.next_words(), []
        for name, line in books.by_key.items():
            seen = keys.get(name, {'accepted': 0, 'created': 0})
            if line['outcome'] == 'unknown' and seen['accepted']:
                # The call landed, the entry failed, and nobody said so: never sent again.
                expect(seen['accepted'] == 1 and seen['created'] == 0, 'still unknown: %s %s' % (name, line['message']))
            elif line['outcome'] == 'unknown':
                lost.append(name)
        if lost and books.has('unknown') == len(lost):
            # Sent twice in vain: the next import sends them.
            expect(ways[:3] == ['import', '--again', '--skip-existing'], 'no way on from %s: %s' % (lost, ways))
        elif books.has('unknown') and not books.has('refused'):
            # A person has to look; nothing that the program names sends them.
            expect(ways[:1] == ['prune'] and 'check_first' in about, 'no end for unknown rows: %s' % ways)
            expect(rig.run(*ways).status == 0, 'the run cannot be pruned')
        if ways[:1] == ['import']:
            ended = rig.run(*ways, *rig.lookups)
            expect(ended.status in (0, 1), str(ended))
            sent = {k: line for k, line in rig.books().by_key.items() if line['outcome'] != 'skipped'}
            compare_rows(dict(books.by_key, **sent), rig.settle(), True)
            created += rig.books().has('created')
        if kind not in ('413', '400-whole', 'entry-error', 'entry-invalid', 'jobs', 'mix', 'job-404', 'entries-duplicate',
                        'entries-swapped', 'echo-token', 'same-job', 'counts-disagree'):
            expect(created == rows, 'at the end: %s' % dict(books.counts))
        counts.update({'last ' + k: v for k, v in books.counts.items()})
        return counts


def slow(seed):
    """Jobs take longer than --settle, and answers are lost: unknown, and nothing is sent again."""
    with Rig(rows=100, faults=['reset-after=0.2'], seed=seed, job_delay='30s', sandbox=['--ack', 'empty']) as rig:
        ended = rig.import_('--settle', '300ms', '--open-jobs', '64')
        books = rig.books()
        compare(books, rig.keys()[1])
        expect(ended.status == 6 and books.has('unknown') > 0, str(ended))
        first = books.has('unknown')
        keys = rig.settle()
        compare(books, keys)
        rig.restart()
        # What is there by now is found; nothing has to be sent.
        ended = rig.run('reconcile', 'latest', '--settle', '300ms', '--progress', 'none')
        books = rig.books()
        compare(books, rig.settle())
        expect(ended.status == 0 and books.has('created') == 100, str(ended))
        return {'first unknown': first, 'last created': 100}
