# SPDX-License-Identifier: MIT
"""What every rehearsal needs: a folder with an input, a sandbox, the importer, and the comparison of what the sandbox
received and holds with what the run's books say, key by key."""
import csv
import json
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed

from kept_port import kept_port

BIN = os.environ.get('CSV2CHAKRA_BIN', os.path.join(os.getcwd(), 'build', 'release', 'bin'))
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'data', 'leads.yaml'), encoding='utf-8') as f:
    LEADS = f.read()
MAPPING = LEADS.replace('  note: Note\n', '')
BASE_ENV = {k: v for k, v in os.environ.items() if not k.startswith(('CHAKRA_', 'CSV2CHAKRA_', 'XDG_STATE'))
            and not k.lower().endswith('_proxy')}


# How many times as fast as the machine's the time of both programs runs (include/system/fault.h); 1: the release
# programs, in the machine's time.
SPEED = 50

SECRET = 'c2c-secret-of-the-rehearsal'


class Broken(Exception):
    """A promise did not hold."""


def expect(holds, words):
    if not holds:
        raise Broken(words)


class Ended:
    """A command that ended."""

    def __init__(self, args, status, out, err):
        self.args, self.status, self.out, self.err = args, status, out, err

    def json(self):
        return json.loads(self.out)

    def __str__(self):
        return '%s: status %s\n%s' % (' '.join(self.args[:3]), self.status, self.err[-1500:])


class Rig:
    """A folder of its own, with leads.csv of `rows` rows, and a sandbox that can be started again on the same port."""

    def __init__(self, rows=200, chunk_rows=5, faults=(), seed=0, job_delay=None, latency='1ms', sandbox=(),
                 options=(), speed=None):
        self.folder = tempfile.mkdtemp(prefix='rehearse-')
        self.rows, self.sandbox = rows, None
        self.kept = kept_port()
        self.port = self.kept.getsockname()[1]
        self.speed = speed or SPEED
        self.build = '-faults' if self.speed > 1 else ''
        # So long lookups go on: longer than jobs take.
        self.lookups = ['--settle', '5s' if self.speed > 1 else '500ms', '--progress', 'none']
        job_delay = job_delay or ('1s' if self.speed > 1 else '100ms')
        self.sandbox_args = ['--duplicates', 'allow', '--job-delay', job_delay, '--latency', latency, '--seed',
                             str(seed), *sandbox]
        self.import_args = ['--chunk-rows', str(chunk_rows), *self.lookups, *options]
        self.time = {} if self.speed == 1 else {'CSV2CHAKRA_CLOCK': '%d:%d' % (time.time() * 1000, self.speed)}
        self.write('leads.yaml', MAPPING)
        self.write('leads.csv', 'Lead Ref,Status,First,Last,Score\n' + ''.join(
            'L-%d,Open,Ann,Lee,%d\n' % (n, n) for n in range(1, rows + 1)))
        self.write('token', SECRET + '\n')
        os.chmod(self.path('token'), 0o600)
        self.start(faults)
        self.env = dict(BASE_ENV, **self.time, HOME=self.folder, CHAKRA_BASE_URL='http://127.0.0.1:%d' % self.port,
                        CHAKRA_API_TOKEN_FILE=self.path('token'), CSV2CHAKRA_RUNS_DIR=self.path('runs'), LC_ALL='C.UTF-8')

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.stop()
        self.kept.close()
        if kind is None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        with open(self.path(name), 'w', encoding='utf-8') as f:
            f.write(text)

    def start(self, faults=()):
        port_file = self.path('port')
        if os.path.exists(port_file):
            os.unlink(port_file)
        args = [os.path.join(BIN, 'chakra-sandbox' + self.build), '--listen', '127.0.0.1:%d' % self.port, '--port-file', port_file,
                '--token-file', self.path('token'), '--db', self.path('sandbox.db'), '--log', self.path('sandbox.log'),
                *self.sandbox_args]
        for fault in faults:
            args += ['--fault', fault]
        with open(self.path('sandbox.out'), 'ab') as out:
            self.sandbox = subprocess.Popen(args, stdout=out, stderr=out,
                                            env=dict(BASE_ENV, **self.time))
        # It counts what it has: minutes, with ten million rows on a busy machine.
        for _ in range(60000):
            if os.path.exists(port_file):
                break
            expect(self.sandbox.poll() is None, 'the sandbox did not start: see ' + self.path('sandbox.out'))
            time.sleep(0.01)

    def stop(self):
        if self.sandbox:
            self.sandbox.terminate()
            self.sandbox.wait()
            self.sandbox = None

    def restart(self, faults=()):
        self.stop()
        self.start(faults)

    def run(self, *args, program=None, env=None, timeout=120):
        done = subprocess.run([os.path.join(BIN, program or 'csv2chakra' + self.build), *args], cwd=self.folder, env=dict(self.env, **(env or {})),
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False)
        return Ended(args, done.returncode, done.stdout.decode('utf-8', 'replace'),
                     done.stderr.decode('utf-8', 'replace'))

    def import_(self, *more, **how):
        return self.run('import', 'leads.yaml', 'leads.csv', *self.import_args, *more, **how)

    def kill_after(self, seconds, *args):
        """SIGKILL from outside, at any moment. Its status."""
        with open(self.path('killed.err'), 'wb') as err:
            p = subprocess.Popen([os.path.join(BIN, 'csv2chakra' + self.build), *args], cwd=self.folder, env=self.env,
                                 stdout=err, stderr=err)
            try:
                p.wait(seconds)
            except subprocess.TimeoutExpired:
                p.send_signal(signal.SIGKILL)
                p.wait()
        return p.returncode

    def keys(self):
        """What the sandbox saw of each key: received, accepted, created. `pending` rows are not created yet."""
        with urllib.request.urlopen('http://127.0.0.1:%d/sandbox/stats?keys=1' % self.port, timeout=20) as answer:
            stats = json.load(answer)
        return stats, {k['key']: k for k in stats['by_key']}

    def check_secret(self, ended):
        """The token is in nothing that a command wrote."""
        texts = [ended.out.encode(), ended.err.encode()]
        for folder, _, names in os.walk(self.path('runs')):
            for name in names:
                with open(os.path.join(folder, name), 'rb') as f:
                    texts.append(f.read())
        expect(not any(SECRET.encode() in text for text in texts), 'the token is written somewhere')

    def settle(self):
        """Waits until no job of the sandbox runs any more."""
        for _ in range(1500):
            stats, keys = self.keys()
            if stats['jobs']['unfinished'] == 0:
                return keys
            time.sleep(0.02)
        raise Broken("the sandbox's jobs do not end")

    def status(self, run=None):
        """Of all runs, the newest first; or all that is known of one."""
        ended = self.run('status', '--format', 'json', *([run] if run else []))
        expect(ended.status == 0, 'status: %s' % ended)
        return sorted(ended.json(), key=lambda r: r['started'], reverse=True)

    def next_words(self):
        """The command that `status` names for the newest run, without the program."""
        return shlex.split(self.status(self.status()[0]['id'])[0].get('next', ''))[1:]

    def books(self):
        """Of the newest run; `latest` is a convenience that may be missing."""
        runs = [self.path('runs', n) for n in os.listdir(self.path('runs'))
                if n != 'latest' and os.path.exists(self.path('runs', n, 'report.json'))]
        expect(runs, 'there is no report')
        return Books(max(runs, key=lambda run: os.stat(os.path.join(run, 'run.json')).st_mtime_ns), self.rows)


class Books:
    """A run's report.json and results.csv."""

    def __init__(self, folder, rows):
        with open(os.path.join(folder, 'report.json'), encoding='utf-8') as f:
            self.report = json.load(f)
        with open(os.path.join(folder, 'results.csv'), encoding='utf-8-sig', newline='') as f:
            self.lines = list(csv.DictReader(f))
        self.by_key = {line['lead_id']: line for line in self.lines}
        self.counts = Counter(line['outcome'] for line in self.lines)
        self.rows = rows

    def has(self, outcome):
        return self.counts[outcome]

    def check_balance(self):
        accounts = self.report['accounts']
        expect(accounts['balanced'] is True, 'the books do not balance')
        said = {k: v for k, v in accounts['rows'].items() if k in ('created', 'accepted', 'refused', 'rejected',
                                                                'skipped', 'unknown', 'unsent') and v}
        expect(said == dict(self.counts), 'report.json says %s, results.csv %s' % (said, dict(self.counts)))
        expect(len(self.by_key) == len(self.lines), 'a key is in results.csv twice')

    def check_whole(self):
        expect(len(self.lines) == self.rows, 'results.csv has %d rows of %d' % (len(self.lines), self.rows))


def compare(books, keys, resent=False):
    """Nothing lost, nothing twice; keys: what the sandbox says."""
    books.check_balance()
    compare_rows(books.by_key, keys, resent)


def compare_rows(by_key, keys, resent):
    for name, line in by_key.items():
        seen = keys.get(name, {'received': 0, 'accepted': 0, 'created': 0})
        outcome = line['outcome']
        where = '%s (chunk %s, %s, %s)' % (name, line['chunk'], outcome, line['message'])
        expect(seen['created'] <= 1, 'created twice: ' + where)
        expect(seen['accepted'] <= (2 if resent else 1), 'accepted twice: ' + where)
        if outcome == 'created':
            expect(seen['created'] == 1, 'lost: ' + where)
        elif outcome in ('refused', 'rejected', 'skipped'):
            expect(seen['created'] == 0, 'created: ' + where)
        elif outcome == 'unsent':
            expect(seen['accepted'] == 0, 'was sent: ' + where)
        elif outcome == 'unknown':
            expect(line['message'] != '', 'unknown without words: ' + where)
    for name, seen in keys.items():
        expect(name in by_key or seen['accepted'] == 0, 'not in the books: ' + name)


def check_status(ended, books):
    """The exit status is the one that the outcomes ask for."""
    status = ended.status
    said = books.report['exit_status']
    expect(said == status, 'exit %s, report.json says %s' % (status, said))
    if books.has('unsent'):
        allowed = (3, 4, 5)
    elif books.has('unknown'):
        allowed = (6, 3, 4)
    elif books.has('refused') or books.has('rejected'):
        allowed = (1, 3, 4)
    else:
        allowed = (0, 4)
    expect(status in allowed, 'outcomes %s and status %s\n%s' % (dict(books.counts), status, ended.err))
    expect(status == 0 or ended.err or ended.out, 'status %s without a word' % status)


def finish(rig, wanted_created=None):
    """Brings the newest run to its end against a sandbox without faults; compares at each step."""
    resent = False
    for _ in range(8):
        books = rig.books()
        stopped = books.report['exit_status'] in (3, 4, 5)
        if stopped or books.has('unsent') or books.has('accepted') or len(books.lines) < rig.rows:
            ended = rig.run('resume', 'latest', *rig.lookups)
        elif books.has('unknown'):
            ended = rig.run('reconcile', 'latest', '--resend-absent', *rig.lookups)
            resent = True
        else:
            break
        expect(ended.status in (0, 1, 3, 6), str(ended))
        before, books = books, rig.books()
        compare(books, rig.settle(), resent)
        check_status(ended, books)
        if books.counts == before.counts and resent:
            break
    books.check_whole()
    expect(books.has('unsent') == 0, 'rows stay unsent: %s' % dict(books.counts))
    if wanted_created is not None:
        expect(books.has('created') == wanted_created, 'at the end: %s' % dict(books.counts))
    return books


def campaign(title, cases, run, jobs, limit_s):
    """Runs run(case) for all cases, `jobs` at a time, until time is up. Prints a line, and one every minute; returns the
    number of failures."""
    began, done, failed, tally = time.monotonic(), 0, 0, Counter()
    said = began

    def one(case):
        if time.monotonic() - began > limit_s:
            return case, None, None
        try:
            return case, run(case), None
        except Exception as e:  # pylint: disable=broad-except
            return case, None, e

    with ThreadPoolExecutor(jobs) as pool:
        for future in as_completed([pool.submit(one, c) for c in cases]):
            case, counts, error = future.result()
            if error is not None:
                failed += 1
                print('FAILED %s %s: %s: %s' % (title, shlex.quote(str(case)), type(error).__name__, error), flush=True)
            elif counts is not None:
                tally.update(counts)
            done += counts is not None or error is not None
            if time.monotonic() - said > 60:
                said = time.monotonic()
                print('... %d of %d' % (done, len(cases)), flush=True)
    skipped = len(cases) - done
    print('%-9s %4d runs, %d failed%s, %.0f s; %s' % (
        title, done, failed, ', %d not run (time is up)' % skipped if skipped else '', time.monotonic() - began,
        ', '.join('%s %d' % item for item in sorted(tally.items()))), flush=True)
    return failed + (skipped and not limit_s)
