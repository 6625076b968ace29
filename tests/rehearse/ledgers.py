# SPDX-License-Identifier: MIT
"""Ledgers that were hurt: damage at random to the ledger of a stopped run, kills at each call that writes or syncs, and in
the first and the last 50 ms of a command.
Whatever the commands say then, no row is doubled, nothing hangs or dies, and the command that they name helps."""
import os
import random
import shutil
import sqlite3
import time

import torture
from crash import told
from rig import Rig, campaign, expect, finish, compare

ROWS = 60
PER_RIG = 20
HANG_S = 5
LEDGER, WAL, MARK = 'ledger.sqlite', 'ledger.sqlite-wal', 'ledger.mark'
TABLES = {
    'chunk': 'ordinal,begin,end,first_row,first_line,records,record_bytes,rows,rejected,skipped,blank_lines,blank_bytes,'
             'body_bytes,sha256',
    'call': 'id,chunk,part,first,count,rows,sha256,attempts,sent_ms,answered_ms,settled_ms,http_status,job,evidence,code,answer',
    'row_outcome': 'row,chunk,idx,call,outcome,evidence,code,text,process_id', 'event': 'id,at_ms,kind,text', 'meta': 'key,value'}
VALUES = (0, 1, -1, 2, 59, 60, 61, 2**31, 2**32, 2**62, 2**63 - 1, -2**63, 1.5, 1e300, None, '', 'x', 'created', '\x00', '1' * 600,
          b'\x00' * 32, b'\xff' * 31, '18446744073709551615', '99999999999999999999', '0x10', 'é' * 300, 'x' * 70000)
SCHEMA = (
    'CREATE TRIGGER t AFTER UPDATE ON call BEGIN DELETE FROM call; END',
    "CREATE TRIGGER t AFTER INSERT ON event BEGIN UPDATE call SET state = 'unsent'; END",
    'CREATE VIEW v AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r',
    'ALTER TABLE call RENAME TO old; CREATE VIEW call AS SELECT * FROM old',
    'CREATE TABLE more(x)', 'CREATE INDEX i ON call(state)', 'CREATE VIRTUAL TABLE f USING fts5(x)', 'DROP TABLE event',
    'DROP TABLE row_outcome', 'ALTER TABLE call ADD COLUMN extra', 'ALTER TABLE chunk ADD COLUMN g AS (rows + 1)',
    'ALTER TABLE meta RENAME COLUMN value TO worth', 'ANALYZE', 'PRAGMA user_version = 99', 'PRAGMA application_id = 7',
    'PRAGMA encoding = "UTF-16"', 'PRAGMA journal_mode = DELETE', 'PRAGMA auto_vacuum = 1; VACUUM', 'VACUUM', 'REINDEX')


def sql(run, text, values=()):
    """As somebody with the sqlite3 command might; what SQLite refuses stays undone."""
    db = sqlite3.connect(os.path.join(run, LEDGER), isolation_level=None)
    try:
        if values:
            db.execute(text, values)
        else:
            db.executescript(text)
    except sqlite3.Error:
        pass
    finally:
        db.close()


def some_file(run, rng):
    there = [n for n in (LEDGER, LEDGER, WAL, WAL, WAL, MARK) if os.path.exists(os.path.join(run, n))
             and os.path.getsize(os.path.join(run, n)) > 0]
    return os.path.join(run, rng.choice(there))


def hurt_bytes(run, rng):
    path = some_file(run, rng)
    with open(path, 'r+b') as f:
        size = os.path.getsize(path)
        for _ in range(rng.choice((1, 1, 2, 8, 64))):
            # The head more often than the rest.
            f.seek(rng.randrange(min(size, rng.choice((32, 100, 4096, size)))))
            f.write(bytes([rng.choice((0, 1, 0x7f, 0xff, rng.randrange(256)))]))


def hurt_bit(run, rng):
    path = some_file(run, rng)
    with open(path, 'r+b') as f:
        at = rng.randrange(os.path.getsize(path))
        f.seek(at)
        byte = f.read(1)[0] ^ 1 << rng.randrange(8)
        f.seek(at)
        f.write(bytes([byte]))


def hurt_pages(run, rng):
    path = os.path.join(run, rng.choice((LEDGER, LEDGER, WAL)))
    if not os.path.exists(path) or os.path.getsize(path) < 8192:
        return
    pages = os.path.getsize(path) // 4096
    with open(path, 'r+b') as f:
        one, other = rng.randrange(pages), rng.randrange(pages)
        f.seek(one * 4096)
        page = f.read(4096)
        way = rng.randrange(4)
        f.seek(other * 4096)
        f.write((page, bytes(4096), rng.randbytes(4096), page[::-1])[way])


def hurt_length(run, rng):
    path = some_file(run, rng)
    size = os.path.getsize(path)
    with open(path, 'r+b') as f:
        if rng.random() < 0.8:
            f.truncate(rng.choice((0, 1, 32, size - 1, size // 2, max(0, size - 4096), rng.randrange(size))))
        else:
            f.seek(0, 2)
            f.write(rng.randbytes(rng.choice((1, 24, 4096, 5000))))


def hurt_files(run, rng):
    names = [LEDGER, WAL, MARK]
    way = rng.randrange(4)
    path = os.path.join(run, rng.choice(names))
    if way == 0 and os.path.exists(path):
        os.unlink(path)
    elif way == 1:
        with open(os.path.join(run, LEDGER + '-journal'), 'wb') as f:
            f.write(rng.choice((b'', b'\xd9\xd5\x05\xf9\x20\xa1\x63\xd7' + rng.randbytes(500), rng.randbytes(600))))
    elif way == 2:
        with open(os.path.join(run, LEDGER + '-shm'), 'wb') as f:
            f.write(rng.randbytes(32768))
    else:
        for name in rng.sample(names, 2):
            if os.path.exists(os.path.join(run, name)):
                os.unlink(os.path.join(run, name))


def hurt_rows(run, rng):
    for _ in range(rng.choice((1, 1, 1, 3))):
        table = rng.choice(list(TABLES))
        column = rng.choice(TABLES[table].split(','))
        some = 'rowid IN (SELECT rowid FROM "%s" ORDER BY %s LIMIT %d)' % (
            table, rng.choice(('rowid', 'rowid DESC')), rng.choice((1, 1, 1, 2, 1000)))
        way = rng.randrange(5)
        if way == 0:
            sql(run, 'DELETE FROM "%s" WHERE %s' % (table, some))
        elif way == 1:
            sql(run, 'INSERT INTO "{0}" SELECT * FROM "{0}" WHERE {1}'.format(table, some))
        elif way == 2:
            sql(run, 'PRAGMA ignore_check_constraints = ON; UPDATE "%s" SET "%s" = "%s" + %d WHERE %s' % (
                table, column, column, rng.choice((1, -1, 10, 2**40)), some))
        else:
            sql(run, 'UPDATE OR IGNORE "%s" SET "%s" = ? WHERE %s' % (table, column, some), (rng.choice(VALUES),))


def hurt_schema(run, rng):
    sql(run, rng.choice(SCHEMA))


def hurt_root(run, rng):
    """sqlite_master itself, which a plain statement may not touch."""
    sql(run, 'PRAGMA writable_schema = ON; ' + rng.choice((
        "UPDATE sqlite_master SET rootpage = %d WHERE name = 'call'" % rng.choice((0, 1, 2, 3, 999, -1, 2**31)),
        "UPDATE sqlite_master SET sql = replace(sql, 'INTEGER', 'TEXT')",
        "UPDATE sqlite_master SET sql = 'CREATE TABLE call(' || hex(zeroblob(40000)) || ')' WHERE name = 'call'",
        "DELETE FROM sqlite_master WHERE name = 'chunk'", "UPDATE sqlite_master SET name = 'call' WHERE name = 'chunk'")))


KINDS = (hurt_bytes, hurt_bytes, hurt_bit, hurt_bit, hurt_pages, hurt_length, hurt_files, hurt_rows, hurt_rows, hurt_schema,
         hurt_root)


class Case:
    """One hurt ledger: the commands over it, and what the service holds of its rows."""

    def __init__(self, rig, name):
        self.rig, self.name, self.said = rig, name, []
        shutil.rmtree(rig.path('runs'), ignore_errors=True)
        rig.write('leads.csv', 'Lead Ref,Status,First,Last,Score\n' + ''.join(
            '%s-%d,Open,Ann,Lee,%d\n' % (name, n, n) for n in range(1, ROWS + 1)))

    def command(self, *args):
        began = time.monotonic()
        ended = self.rig.run(*args, *([] if args[0] in ('status', 'report', 'prune') else self.rig.lookups), timeout=60)
        took = time.monotonic() - began
        self.said.append('%s: %d' % (' '.join(args), ended.status))
        expect(ended.status in (0, 1, 2, 4, 6, 7, 8), '\n'.join(self.said + [str(ended)]))
        expect(took < HANG_S, '%s: %.1f s' % (self.said[-1], took))
        expect(ended.status == 0 or ended.err.strip() or ended.out, 'without a word: ' + self.said[-1])
        return ended

    def check(self):
        keys = self.rig.settle()
        mine = [keys.get('%s-%d' % (self.name, n), {'created': 0})['created'] for n in range(1, ROWS + 1)]
        expect(max(mine) <= 1, '%d rows created twice\n%s' % (sum(n > 1 for n in mine), '\n'.join(self.said)))
        return sum(mine)

    def obey(self, ended, tries=6):
        """Does what the help says until nothing is said any more; rows that are there at the end."""
        for _ in range(tries):
            words = told(ended.err) if ended.status in (2, 7, 8) else None
            if words is None:
                break
            self.check()
            ended = self.command(*words)
        return self.check()


def damage_one(case, rng):
    rig = case.rig
    stop = rng.randrange(2, 12)
    ended = rig.run('import', 'leads.yaml', 'leads.csv', *rig.import_args, program='csv2chakra-faults',
                    env={'CSV2CHAKRA_FAULT': '%s:%d:kill' % (rng.choice(('submit.started', 'ledger.committed')), stop)})
    expect(ended.status in (-9, 0), str(ended))
    run = os.path.realpath(rig.path('runs', 'latest'))
    for _ in range(rng.choice((1, 1, 1, 2))):
        kind = rng.choice(KINDS)
        case.said.append(kind.__name__)
        if os.path.exists(os.path.join(run, LEDGER)):
            kind(run, rng)
    case.command('status', 'latest')
    first = rng.choice((('import', '--if-changed', '--resume'), ('resume',), ('import',), ('reconcile',), ('report',)))
    words = first + (('leads.yaml', 'leads.csv') if first[0] == 'import' else ('latest',))
    ended = case.command(*words)
    kept = case.check()
    expect(kept >= 0, '')
    nightly = case.command('import', '--if-changed', '--resume', 'leads.yaml', 'leads.csv')
    there = case.obey(nightly)
    return {'exit %d' % ended.status: 1, 'whole at the end': int(there == ROWS), 'damages': 1}


def damage(case):
    seed, count = case
    tally = {}
    with Rig(rows=ROWS, chunk_rows=10, options=('--in-flight', '1')) as rig:
        for n in range(count):
            rng = random.Random('%s-%d' % (seed, n))
            one = Case(rig, 'S%dD%d' % (seed, n))
            try:
                counts = damage_one(one, rng)
            except Exception as e:
                raise type(e)('damage %d of seed %d: %s\n%s' % (n, seed, e, '\n'.join(one.said))) from e
            for name, value in counts.items():
                tally[name] = tally.get(name, 0) + value
    return tally


def kill(case):
    """The import dies at its n-th call that writes or syncs; then one of three commands, and what it says to do."""
    at, command = case
    with Rig(rows=ROWS, chunk_rows=10, options=('--in-flight', '1')) as rig:
        ended = rig.import_(env={'LD_PRELOAD': torture.LIBRARY[0], 'INJECT_KILL': str(at)})
        killed = ended.status == -9
        expect(killed or ended.status == 0, str(ended))
        words = ('resume', 'latest') if command == 'resume' else (*command.split(), 'leads.yaml', 'leads.csv')
        ended = rig.run(*words, *rig.lookups)
        tally = {'killed': int(killed), '%s %d' % (command, ended.status): 1}
        expect(ended.status in (0, 2, 6, 7, 8), str(ended))
        expect(ended.status != 7 or told(ended.err), 'exit 7 without a command\n' + ended.err)
        expect(ended.status != 2 or 'no run' in ended.err, str(ended))
        if ended.status in (2, 7, 8):
            go_on = told(ended.err) or ['import', 'leads.yaml', 'leads.csv']
            ended = rig.run(*go_on, *([] if go_on[0] in ('status', 'report') else rig.lookups))
            expect(ended.status in (0, 6, 8), str(ended))
        compare(rig.books(), rig.settle())
        finish(rig, ROWS)
        keys = rig.settle()
        expect(len(keys) == ROWS and all(k['created'] == 1 for k in keys.values()), 'a row is missing or doubled')
        return tally


def edge_ready(rig, command):
    """What the command needs; the words of the command."""
    if command == 'import':
        return ('import', 'leads.yaml', 'leads.csv', *rig.import_args)
    if command in ('resume', 'reconcile'):
        ended = rig.import_(program='csv2chakra-faults', env={'CSV2CHAKRA_FAULT': 'submit.started:4:kill'})
        expect(ended.status == -9, str(ended))
        return (command, 'latest', *rig.lookups)
    if command == 'retry':
        with open(rig.path('leads.csv'), encoding='utf-8') as f:
            rig.write('leads.csv', f.read().replace(',Open,', ',Asleep,', ROWS // 2))
        expect(rig.import_().status == 1, 'no rows were rejected')
        with open(rig.path('runs', 'latest', 'to-fix.csv'), encoding='utf-8') as f:
            rig.write('fixed.csv', f.read().replace(',Asleep,', ',Open,'))
        parent = os.path.basename(os.path.realpath(rig.path('runs', 'latest')))
        return ('retry', parent, 'fixed.csv', *rig.import_args)
    expect(rig.import_().status == 0, 'the import failed')
    return ('prune', 'latest')


def edge_after(rig, command, words):
    """The same command again, and what it says, until each row is there once."""
    if command == 'prune':
        for _ in range(2):
            ended = rig.run(*words)
            expect(ended.status == 0, str(ended))
        left = set(os.listdir(os.path.realpath(rig.path('runs', 'latest'))))
        expect(left == {'run.json', 'pruned.json'}, 'left: %s' % sorted(left))
        expect(rig.import_().status == 8, 'it does not know the pruned run')
        return
    for _ in range(6):
        ended = rig.run(*words)
        expect(ended.status in (0, 2, 4, 6, 7, 8), str(ended))
        command = told(ended.err)
        if (ended.status == 0 and words[0] != 'reconcile') or (ended.status == 8 and (command is None or command[0] == 'report')):
            return
        if ended.status in (0, 4) or words[0] == 'reconcile':
            words = ('resume', 'latest', *rig.lookups)
        elif ended.status == 6:
            words = ('reconcile', '--resend-absent', 'latest', *rig.lookups)
        elif command:
            words = (*command, *rig.lookups)
    expect(False, 'it does not come to an end: ' + str(ended))


def edge(case):
    """A kill in the first or the last 50 ms of a command."""
    command, seed, took_s = case
    rng = random.Random('%s-%d' % (command, seed))
    with Rig(rows=ROWS, chunk_rows=10) as rig:
        words = edge_ready(rig, command)
        at = rng.uniform(0, 0.05)
        killed = rig.kill_after(at if seed % 2 else max(0, took_s - at), *words) == -9
        edge_after(rig, command, words)
        keys = rig.settle()
        expect(len(keys) == ROWS and all(k['created'] == 1 for k in keys.values()),
               'a row is missing or doubled: %s' % {k: v for k, v in keys.items() if v['created'] != 1})
        return {command: 1, 'killed': int(killed)}


def edges(o):
    cases = []
    for command in ('import', 'resume', 'reconcile', 'retry', 'prune'):
        took = []
        for _ in range(3):
            with Rig(rows=ROWS, chunk_rows=10) as rig:
                words = edge_ready(rig, command)
                began = time.monotonic()
                rig.run(*words)
                took.append(time.monotonic() - began)
        cases += [(command, seed, sorted(took)[1]) for seed in range(1, o.kills + 1)]
    return campaign('edges', cases, edge, o.jobs, o.limit)


COMMANDS = ('resume', 'import', 'import --if-changed --resume')


def quick(o):
    torture.build()
    return campaign('kill', [(n, COMMANDS[n % 3]) for n in range(1, 31)], kill, o.jobs, o.limit) + campaign(
        'damage', [(seed, 5) for seed in (1, 2, 3, 4)], damage, o.jobs, o.limit)


def run(what, o):
    failed = 0
    if what in ('', 'kill'):
        torture.build()
        failed += campaign('kill', [(n, c) for n in range(o.first, (o.to or 100) + 1, o.every) for c in COMMANDS], kill, o.jobs,
                           o.limit)
    if what in ('', 'edges'):
        failed += edges(o)
    if what in ('', 'damage'):
        failed += campaign('damage', [(seed, PER_RIG) for seed in range(o.first, o.seeds + 1)], damage, o.jobs, o.limit)
    return failed
