#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A long import: millions of rows, every 20th call goes wrong, one SIGTERM, one SIGKILL, two resumes, one reconcile.
Then the file, results.csv and the sandbox's database are read side by side in the order of the keys, each as a
stream, and the importer's memory early in a part is compared with that late in it."""
import argparse
import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter

from rig import BIN, LEADS, Broken, Rig, expect

MAPPING = LEADS.replace('lead_id: Lead Ref', 'lead_id: {column: Lead Ref, unique: %s}')
FIRSTS = ('Ann', 'Zoë', 'अनिल', 'Łukasz', 'Mary Ann', 'Søren', 'Ngozi')
LASTS = ('Lee', "O'Brien", 'Núñez', 'शर्मा', 'van der Berg')
NOTES = ('', 'call back', 'a, b and "c"', 'two lines:\nof a note', '50% down', '-', 'ü', '007', 'x' * 40, 'tab\there')
STATES = {'Open': b'NEW', 'Won': b'CONVERTED'}
NOTE_JSON = {note: json.dumps(note, ensure_ascii=False).encode() for note in NOTES}
# What hits a create; together 5 % of the calls (the entries' share: of the rows). A 413 has a size: one that does not
# would hit smaller and smaller calls, until each had a row, because no call is larger than what passed.
CREATES = ('503=%g', '503=%g,1s', '429=%g', '500-before=%g', '500-after=%g', 'reset-before=%g', 'reset-mid=%g',
           'reset-after=%g', 'reset-after=%g,fin', 'hang-after=%g,300ms', 'html-502=%g', 'html-502=%g,after',
           'truncated=%g', 'drip=%g,1ms', '413=%g,48KiB', '400-whole=%g', 'entry-error=%g', 'entry-invalid=%g',
           'slow-job=%g,2s')
OTHERS = ('503=%g', '500-before=%g', 'truncated=%g', 'reset-after=%g', 'html-502=%g')
MORE = ('--timeout', '10s', '--retry-for', '60s')
MIB = 1 << 20
# The contract: 32 MiB and twice in-flight x chunk-bytes, at their defaults.
PEAK_MIB = 32 + 2 * 4 * 1
GROWTH_MIB = 2


def kind_of(n):
    """One row in a thousand is rejected by the mapping, one is empty."""
    return {500: 'rejected', 700: 'skipped'}.get(n % 1000, 'sent')


def cells(n):
    """The n-th row is a function of n, so that nobody has to remember it."""
    if kind_of(n) == 'skipped':
        return [''] * 6
    mixed = n * 2654435761 % 4294967296
    score = 'high' if kind_of(n) == 'rejected' else str(mixed % 1000)
    return ['S-%09d' % n, 'Won' if mixed % 3 == 0 else 'Open', FIRSTS[mixed % 7], LASTS[mixed // 7 % 5], score,
            NOTES[mixed // 64 % 10]]


def body(row):
    """The row as the sandbox must have it."""
    key, status, first, last, score, note = row
    return b'{"lead_id":"%s","state":"%s","data":{"full_name":"%s %s","score":%s%s}}' % (
        key.encode(), STATES[status], first.encode(), last.encode(), score.encode(),
        b',"note":' + NOTE_JSON[note] if note else b'')


def say(words, *args):
    print('%s %s' % (time.strftime('%H:%M:%S'), words % args), flush=True)


class Memory:
    """Samples of a process's resident memory, in MiB, until it ends."""

    def __init__(self, pid, every_s):
        self.samples, self.pid, self.every_s, self.over = [], pid, every_s, threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while not self.over.wait(self.every_s):
            try:
                with open('/proc/%d/statm' % self.pid, encoding='ascii') as f:
                    pages = int(f.read().split()[1])
            except (OSError, IndexError):
                return
            if pages:
                self.samples.append(pages * os.sysconf('SC_PAGE_SIZE') / MIB)

    def end(self):
        self.over.set()
        self.thread.join()

    def facts(self):
        """(early, late, peak): medians of the second and of the last fifth; the first one warms up."""
        s = self.samples
        if len(s) < 20:
            return None
        fifth = len(s) // 5
        early, late = sorted(s[fifth:2 * fifth]), sorted(s[-fifth:])
        return early[fifth // 2], late[fifth // 2], max(s)


class Soak(Rig):
    """The rig, with a file that is written as a stream, and an importer that is watched."""

    def __init__(self, o):
        rate = 0.05 / len(CREATES)
        other = 0.05 / len(OTHERS)
        self.faults = [f % rate for f in CREATES] + [
            (f % other) + ',' + scope for f in OTHERS for scope in ('jobs', 'lookups')]
        super().__init__(rows=0, chunk_rows=o.chunk_rows, faults=self.faults, seed=o.seed, latency='0',
                         speed=o.speed, options=MORE)
        self.o, self.log_at, self.sent, self.parts = o, 0, 0, []
        self.write('leads.yaml', MAPPING % ('true' if o.unique else 'false'))
        with open(self.path('leads.csv'), 'w', encoding='utf-8', newline='') as f:
            out = csv.writer(f, lineterminator='\n')
            out.writerow(['Lead Ref', 'Status', 'First', 'Last', 'Score', 'Note'])
            out.writerows(cells(n) for n in range(1, o.rows + 1))

    def rows_sent(self):
        """Rows of all creates that the sandbox has logged so far."""
        with open(self.path('sandbox.log'), encoding='utf-8') as f:
            f.seek(self.log_at)
            while True:
                line = f.readline()
                if not line.endswith('\n'):
                    return self.sent
                self.log_at = f.tell()
                self.sent += json.loads(line).get('rows') or 0

    def part(self, name, args, stop=None, at=0):
        """Runs a part; `stop` is sent when the sandbox was sent `at` rows. Returns the exit status."""
        began = time.monotonic()
        with open(self.path('err'), 'wb') as err:
            p = subprocess.Popen([os.path.join(BIN, 'csv2chakra' + self.build), *args], cwd=self.folder, env=self.env,
                                 stdin=subprocess.DEVNULL, stdout=err, stderr=err)
            memory = Memory(p.pid, self.o.sample)
            try:
                while p.poll() is None:
                    time.sleep(0.05)
                    if stop and self.rows_sent() >= at:
                        p.send_signal(stop)
                        stop = None
                        p.wait()
            finally:
                if p.poll() is None:
                    p.kill()
                    p.wait()
                memory.end()
        expect(stop is None, '%s ended before it was stopped: %s' % (name, self.errors()))
        facts = memory.facts()
        say('%s: status %d, %.0f s, %d rows sent so far, memory %s', name, p.returncode, time.monotonic() - began,
            self.rows_sent(), 'early %.1f, late %.1f, peak %.1f MiB' % facts if facts else 'too short to say')
        self.parts.append((name, facts))
        return p.returncode

    def errors(self):
        with open(self.path('err'), encoding='utf-8', errors='replace') as f:
            return f.read()[-2000:]

    def run_folder(self):
        return os.path.join(self.path('runs'), os.readlink(self.path('runs', 'latest')))

    def report(self):
        with open(os.path.join(self.run_folder(), 'report.json'), encoding='utf-8') as f:
            return json.load(f)

    def compare(self, resent):
        """Row by row: the file, results.csv and the sandbox, which must be stopped."""
        db = sqlite3.connect(self.path('sandbox.db'))
        db.text_factory = bytes
        try:
            return self.compare_with(db.execute('SELECT key, verdict, body FROM row WHERE key IS NOT NULL ORDER BY '
                                                'key'), resent)
        finally:
            db.close()

    def compare_with(self, held, resent):
        tally, outcomes = Counter(), Counter()
        seen = next(held, None)
        with open(os.path.join(self.run_folder(), 'results.csv'), encoding='utf-8-sig', newline='') as f:
            lines = csv.reader(f)
            columns = next(lines)
            row_row, row_key, row_outcome, row_message = (columns.index(name) for name in (
                'row', 'lead_id', 'outcome', 'message'))
            for n in range(1, self.o.rows + 1):
                line = next(lines, None)
                expect(line is not None, 'results.csv ends before row %d' % (n + 1))
                key, outcome = line[row_key], line[row_outcome]
                row = cells(n)
                if line[row_row] != str(n + 1) or key != row[0]:
                    raise Broken('not row %d: %s' % (n + 1, line))
                received = accepted = created = 0
                name = key.encode()
                while seen and seen[0] == name:
                    received += 1
                    if seen[1] > 0:
                        accepted += 1
                    if seen[1] == 1:
                        created += 1
                        if seen[2] != body(row):
                            raise Broken('other bytes: %s %r' % (line, seen))
                    seen = next(held, None)
                outcomes[outcome] += 1
                if outcome != 'created' or received != 1 or created != 1 or kind_of(n) != 'sent':
                    tally.update(check_row(line, kind_of(n), outcome, line[row_message], received, accepted, created,
                                           resent))
            expect(next(lines, None) is None, 'results.csv has more rows than the file')
        expect(seen is None, 'not in the file: %s' % (seen,))
        return outcomes, tally

    def check_books(self, outcomes):
        accounts = self.report()['accounts']
        expect(accounts['balanced'] is True, 'the books do not balance')
        said = {k: v for k, v in accounts['rows'].items() if v and k not in ('read', 'balanced', 'sum')}
        expect(all(said.get(k, 0) == v for k, v in outcomes.items()) and accounts['rows']['read'] == self.o.rows,
               'report.json says %s, results.csv %s' % (said, dict(outcomes)))


def check_row(line, kind, outcome, message, received, accepted, created, resent):
    """One row's promises; the words to count."""
    where = '%s; received %d, accepted %d, created %d' % (line, received, accepted, created)
    expect(created <= 1, 'created twice: ' + where)
    # A call that landed, but none of whose rows was ever created, cannot be told from one that did not land: it is sent
    # again if that was asked for.
    expect(accepted <= (2 if resent else 1), 'accepted twice: ' + where)
    expect((outcome == kind) == (kind != 'sent'), 'not %s: %s' % (kind, where))
    if outcome == 'created':
        expect(created == 1, 'lost: ' + where)
    elif outcome in ('rejected', 'skipped'):
        expect(received == 0, 'was sent: ' + where)
    elif outcome == 'refused':
        expect(created == 0 and message, 'refused: ' + where)
    elif outcome == 'unknown':
        expect(message, 'unknown without words: ' + where)
        expect(not resent or created == 0, 'created and never found: ' + where)
    else:
        raise Broken('%s at the end: %s' % (outcome, where))
    if accepted > 1:
        yield 'accepted again on a resend that was asked for, its first entry failed'
    elif received > 1:
        # The sandbox said before it kept anything that the call was not taken.
        yield 'received again after 413, 429, 503 or a resend'


def go(rig, o):
    say('%d rows, %.0f MB, in %s; each create, job and lookup call goes wrong with 5 %%', o.rows,
        os.stat(rig.path('leads.csv')).st_size / 1e6, rig.folder)
    began = time.monotonic()
    status = rig.part('import, SIGTERM', ['import', 'leads.yaml', 'leads.csv', *rig.import_args], signal.SIGTERM,
                      o.rows // 3)
    expect(status == 5, 'SIGTERM: status %d: %s' % (status, rig.errors()))
    expect(rig.report()['accounts']['balanced'] is True, 'the books of the stopped run do not balance')
    go_on = ['resume', 'latest', *rig.lookups, *MORE]
    status = rig.part('resume, SIGKILL', go_on, signal.SIGKILL, o.rows * 2 // 3)
    expect(status == -9, 'SIGKILL: status %d: %s' % (status, rig.errors()))
    for _ in range(10):
        status = rig.part('resume', go_on)
        if status not in (3, 4):
            break
        say('it stopped by itself: %s', rig.errors().strip()[-300:])
    expect(status in (1, 6), 'the last resume: status %d: %s' % (status, rig.errors()))
    rig.stop()
    outcomes, tally = rig.compare(False)
    rig.check_books(outcomes)
    say('compared: %s; %s', dict(outcomes), dict(tally))
    rig.start()
    status = rig.part('reconcile --resend-absent', ['reconcile', 'latest', '--resend-absent', *rig.lookups])
    expect(status in (1, 6), 'reconcile: status %d: %s' % (status, rig.errors()))
    rig.stop()
    outcomes, tally = rig.compare(True)
    rig.check_books(outcomes)
    say('compared: %s; %s', dict(outcomes), dict(tally))
    for name, facts in rig.parts:
        if facts and not o.unique:
            early, late, peak = facts
            expect(late - early <= GROWTH_MIB, '%s: memory grew from %.1f to %.1f MiB' % (name, early, late))
            expect(peak <= PEAK_MIB, '%s: %.1f MiB at the peak' % (name, peak))
    say('all promises held: %d rows in %.0f s, 0 lost, 0 created twice, nothing accepted twice unasked', o.rows,
        time.monotonic() - began)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--rows', type=int, default=10_000_000)
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--speed', type=int, default=1, help='1: the release programs; more: the test builds, and their clock')
    p.add_argument('--chunk-rows', type=int, default=500)
    p.add_argument('--sample', type=float, default=0.5, help='seconds between two looks at the memory')
    p.add_argument('--unique', action='store_true', help='keys are held, so that memory grows by 40 bytes a row')
    o = p.parse_args()
    try:
        with Soak(o) as rig:
            go(rig, o)
    except Broken as e:
        say('FAILED (seed %d): %s', o.seed, e)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
