#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""own_paths.py OUTPUT...: every path that a command writes, with everything that may stand there.

For each pair the folder is made anew, the command runs (20 seconds at most), and then: its status is the one in the
table; whatever stood anywhere and is not ours is as it was (kind, bytes, target, inode); and the output is where the
table says: in its place, under the next name, or nowhere. CHAKRA_BASE_URL is a sandbox's.
"""
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile

TABLE = b'Ref;Betrag;Ort\r\nR-1;12;Wien\r\nR-2;zwoelf;Graz\r\nR-3;7;Linz\r\n'
MAPPING = b'''version: 1
procedure: lead
source: {delimiter: ";"}
lead_id: Ref
data:
  betrag: {column: Betrag, type: integer}
  ort: Ort
'''
TOKEN = b'not-a-real-token\n'
FIX_ME = b'this took an afternoon\n'
REPORT_FILES = ['results.csv', 'rejected.csv', 'rejected.reasons.csv', 'to-fix.csv', 'report.html', 'report.json']

# What may stand at a path.
STANDINGS = ['nothing', 'empty', 'ours', 'ours changed', 'person', 'folder', 'link to person', 'link to nothing',
             'link to input', 'fifo', 'hard link to person', 'hard link to input', 'input', 'mapping', 'token',
             'certificates', 'another run']


def sha(path):
    with open(path, 'rb') as f:
        return hashlib.sha256(f.read()).hexdigest()


def snapshot(top):
    """Every path below top: what it is, so that nothing can change unseen."""
    seen = {}
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            path = os.path.join(folder, name)
            st = os.lstat(path)
            kind = stat.S_IFMT(st.st_mode)
            what = os.readlink(path) if stat.S_ISLNK(kind) else sha(path) if stat.S_ISREG(kind) else ''
            seen[os.path.relpath(path, top)] = (kind, st.st_ino if not stat.S_ISDIR(kind) else 0, what)
    return seen


def write(path, data):
    with open(path, 'wb') as f:
        f.write(data)


def run(command, cwd, stdout=None, stderr=None, stdin=None, seconds=20):
    try:
        p = subprocess.run(command, cwd=cwd, stdin=stdin or subprocess.DEVNULL, stdout=stdout or subprocess.PIPE,
                           stderr=stderr or subprocess.PIPE, timeout=seconds)
    except subprocess.TimeoutExpired:
        return 'no end', b'', b''
    return p.returncode, p.stdout or b'', p.stderr or b''


class Place:
    """A folder with an input, a mapping, a token, another run, and somebody's file."""

    def __init__(self, template):
        # Where the run in it was made: run.json names its input by its path.
        self.top = self.at = os.path.join(os.path.dirname(template), 'w')
        shutil.rmtree(self.at, ignore_errors=True)
        shutil.copytree(template, self.at, symlinks=True)

    def path(self, *names):
        return os.path.join(self.at, *names)

    def stand(self, path, what, ours):
        """Puts that at the path; returns the path that the command is to be given (an input is where it is)."""
        named = {'input': 'orte.csv', 'mapping': 'orte.yaml', 'token': 'token', 'certificates': 'ca.pem'}
        if what in named:
            return self.path(named[what])
        if what == 'another run':
            return self.path('runs', os.readlink(self.path('runs', 'latest')), os.path.basename(path))
        if os.path.lexists(path) and what not in ('ours', 'ours changed'):
            os.remove(path)
        if what == 'empty':
            write(path, b'')
        elif what == 'ours' and ours is not None:
            ours(path)
        elif what == 'ours changed':
            if ours is not None:
                ours(path)
            with open(path, 'ab') as f:
                f.write(b'and a line of my own\n')
        elif what == 'person':
            write(path, FIX_ME)
        elif what == 'folder':
            os.mkdir(path)
        elif what.startswith('link to'):
            to = {'person': 'mine.txt', 'nothing': 'nowhere', 'input': 'orte.csv'}[what.split()[-1]]
            os.symlink(self.path(to), path)
        elif what == 'fifo':
            os.mkfifo(path)
        elif what.startswith('hard link to'):
            os.link(self.path({'person': 'mine.txt', 'input': 'orte.csv'}[what.split()[-1]]), path)
        return path


def is_common(path):
    """What every run shares."""
    return path.startswith('runs/.locks') or path == 'runs/service.json'


class Tables:
    def __init__(self, template):
        self.template = template
        self.wrong = []
        self.count = 0

    def hold(self, label, place, command, expected, may_change, **how):
        """The command; its status; and that nothing changed but paths for which may_change(path) is true."""
        before = snapshot(place.at)
        status, out, err = run(command, place.at, **how)
        after = snapshot(place.at)
        self.count += 1
        problems = []
        if status not in expected:
            problems.append('status %s, not %s: %s' % (status, expected, err.decode(errors='replace')[:300]))
        for path, was in before.items():
            if after.get(path) != was and not may_change(path) and not is_common(path):
                problems.append("'%s' was %s and is %s" % (path, was, after.get(path)))
        if problems:
            self.wrong.append('%s: %s' % (label, '; '.join(problems)))
        return status, out, err, set(after) - set(before)

    def need(self, label, holds, words):
        if not holds:
            self.wrong.append('%s: %s' % (label, words))


def second(name):
    stem, dot, end = name.rpartition('.')
    return '%s.2.%s' % (stem, end)


def report_files(t, label, place, folder, command, name, what, expected, before=(), refused=False):
    """A command that writes a report into a folder, with `what` at one of its names."""
    written = [os.path.join(folder, n) for n in REPORT_FILES]
    target = os.path.join(folder, name)
    stays = what not in ('nothing', 'ours') and not (what == 'ours changed' and name == 'report.json')

    def may_change(path):
        return not refused and path in written and not (stays and path == target)

    status, out, err, new = t.hold(label, place, command, expected, may_change)
    if refused:
        t.need(label, not [n for n in new if n.startswith(folder)], 'it wrote %s' % sorted(new))
        return
    other = os.path.join(folder, second(name))
    t.need(label, (other in new) == stays, "'%s' is %sthere" % (other, 'not ' if stays else ''))
    if stays:
        named = name.encode() in err and second(name).encode() in err
        t.need(label, named, 'not both are named: %r' % err)
    for path in set(REPORT_FILES) - {name} - set(before):
        t.need(label, os.path.isfile(os.path.join(place.at, folder, path)), 'no %s' % path)


def check_folder(t):
    """check -o DIR"""
    for name in REPORT_FILES:
        if name == 'results.csv':
            continue  # a dry run has none
        for what in STANDINGS:
            if what in ('mapping', 'token', 'certificates', 'another run', 'empty'):
                continue
            place = Place(t.template)
            run(['csv2chakra', 'check', '-o', 'out', 'orte.yaml', 'orte.csv'], place.at)
            csv = 'orte.csv'
            path = place.path('out', name)
            if what == 'input':
                csv = 'out/' + name
                shutil.copy(place.path('orte.csv'), path)
            elif what == 'nothing':
                os.remove(path)
            else:
                place.stand(path, what, None)
            report_files(t, 'check -o, %s at %s' % (what, name), place, 'out',
                         ['csv2chakra', 'check', '-o', 'out', 'orte.yaml', csv], name, what,
                         [2] if what in ('input', 'hard link to input', 'link to input') else [1], ['results.csv'],
                         refused=what in ('input', 'hard link to input', 'link to input'))
            shutil.rmtree(place.top)
    for what, command, expected in [
            ('another run', ['csv2chakra', 'check', '-o', 'runs/latest', 'orte.yaml', 'orte.csv'], [2]),
            ('rejected.csv as the input', ['csv2chakra', 'check', '-o', 'out', 'orte.yaml', 'out/rejected.csv'], [2]),
            ('a mapping there', ['csv2chakra', 'check', '-o', 'out', 'out/report.json', 'orte.csv'], [2]),
            ('a file as the folder', ['csv2chakra', 'check', '-o', 'mine.txt', 'orte.yaml', 'orte.csv'], [2])]:
        place = Place(t.template)
        run(['csv2chakra', 'check', '-o', 'out', 'orte.yaml', 'orte.csv'], place.at)
        t.hold('check -o, ' + what, place, command, expected, lambda path: False)
        shutil.rmtree(place.top)


def run_folder(t):
    """report, and resume and reconcile, in a run's folder"""
    for name in REPORT_FILES:
        for what in STANDINGS:
            if what in ('input', 'mapping', 'token', 'certificates', 'another run', 'empty'):
                continue
            place = Place(t.template)
            folder = os.path.join('runs', os.readlink(place.path('runs', 'latest')))
            path = place.path(folder, name)
            if what == 'nothing':
                os.remove(path)
            else:
                place.stand(path, what, None)
            label = 'report, %s at %s' % (what, name)
            # Without its list, or with another one, nothing is known to be ours.
            if name == 'report.json' and what not in ('ours', 'ours changed'):
                status, out, err, new = t.hold(label, place, ['csv2chakra', 'report', 'latest'], [0],
                                               lambda path: False)
                t.need(label, os.path.join(folder, 'to-fix.2.csv') in new, 'no to-fix.2.csv: %s' % sorted(new))
            else:
                report_files(t, label, place, folder, ['csv2chakra', 'report', 'latest'], name, what, [0])
                # A second time it is the same names again.
                names = set(os.listdir(place.path(folder)))
                run(['csv2chakra', 'report', 'latest'], place.at)
                t.need(label, names == set(os.listdir(place.path(folder))), 'the names change')
            shutil.rmtree(place.top)
    for command in ['reconcile']:
        place = Place(t.template)
        folder = os.path.join('runs', os.readlink(place.path('runs', 'latest')))
        write(place.path(folder, 'to-fix.csv'), FIX_ME)
        ledger = {os.path.join(folder, n) for n in ('ledger.sqlite', 'ledger.sqlite-wal', 'ledger.mark')}
        status, out, err, new = t.hold(
            command, place, ['csv2chakra', command, 'latest'], [0, 1, 6],
            lambda path: path in ledger or (path.startswith(folder) and path.split('/')[-1] in REPORT_FILES and
                                            not path.endswith('to-fix.csv')))
        t.need(command, os.path.join(folder, 'to-fix.2.csv') in new, 'no second name')
        status, out, err, new = t.hold('retry', place, ['csv2chakra', 'retry', 'latest', '--limit', '1'],
                                       [0, 1, 2, 7, 8], lambda path: not path.startswith(folder))
        shutil.rmtree(place.top)
    # prune leaves what was worked on, and takes the rest.
    place = Place(t.template)
    folder = os.path.join('runs', os.readlink(place.path('runs', 'latest')))
    write(place.path(folder, 'to-fix.csv'), FIX_ME)
    t.hold('prune', place, ['csv2chakra', 'prune', 'latest'], [0],
           lambda path: path.startswith(folder + '/') and not path.endswith('to-fix.csv'))
    t.need('prune', not os.path.exists(place.path(folder, 'results.csv')), 'results.csv is left')
    shutil.rmtree(place.top)


def metrics_file(t):
    """--metrics-file"""
    def ours(path):
        status, out, err = run(['csv2chakra', 'import', '--again', '--metrics-file', path, 'orte.yaml', 'orte.csv'],
                               os.path.dirname(path))
        assert status == 1, err

    options = ['--again', '--ca-file', 'ca.pem', '--token-file', 'token']
    for what in STANDINGS:
        place = Place(t.template)
        path = place.stand(place.path('m.prom'), what, ours)
        if what == 'another run':
            path = os.path.join(os.path.dirname(path), 'ledger.sqlite')
        good = what in ('nothing', 'empty', 'ours', 'ours changed')
        label = '--metrics-file, %s' % what
        status, out, err, new = t.hold(
            label, place,
            ['csv2chakra', 'import'] + options + ['--metrics-file', path, 'orte.yaml', 'orte.csv'],
            [1] if good else [2],
            lambda p: good and (p == 'm.prom' or p == 'runs/latest' or p.startswith('runs/.locks')))
        if good:
            t.need(label, os.path.isfile(place.path('m.prom')) and b'csv2chakra_rows' in
                   open(place.path('m.prom'), 'rb').read(), 'no metrics')
        else:
            t.need(label, not [n for n in new if n.startswith('runs/2')], 'a run began')
        shutil.rmtree(place.top)
    for command in ['resume', 'retry']:
        place = Place(t.template)
        t.hold(command + ' --metrics-file', place,
               ['csv2chakra', command, '--metrics-file', 'mine.txt', 'latest'], [2], lambda path: False)
        shutil.rmtree(place.top)


def init_output(t):
    """init -o: never in the place of anything"""
    for what in STANDINGS:
        place = Place(t.template)
        path = place.stand(place.path('new.yaml'), what,
                           lambda p: run(['csv2chakra', 'init', '-o', p, 'orte.csv'], os.path.dirname(p)))
        t.hold('init -o, %s' % what, place, ['csv2chakra', 'init', '-o', path, 'orte.csv'],
               [0] if what in ('nothing', 'another run') else [2], lambda p: False)
        shutil.rmtree(place.top)


def redirected(t):
    """standard output and standard error, redirected to what is read"""
    reads = {
        'check': ['orte.yaml', 'orte.csv'], 'preview': ['orte.yaml', 'orte.csv'],
        'convert': ['orte.yaml', 'orte.csv'], 'inspect': ['orte.csv'], 'init': ['orte.csv'],
        'import': ['--token-file', 'token', '--ca-file', 'ca.pem', 'orte.yaml', 'orte.csv'],
        'retry': ['--token-file', 'token', 'latest', 'fixed.csv'], 'resume': ['--token-file', 'token', 'latest'],
        'reconcile': ['--token-file', 'token', 'latest'], 'report': ['latest'],
        'doctor': ['--token-file', 'token', 'orte.yaml'], 'status': [], 'schema': [], 'version': [],
    }
    for command, words in reads.items():
        read = {w for w in words if '.' in w or w == 'token'}
        if command in ('retry', 'resume', 'reconcile', 'report'):
            read |= {'orte.csv'} if command != 'retry' else set()
        for target in sorted(read) + ['run: results.csv', 'run: ledger.sqlite', 'link: results.csv']:
            for which in ('stdout', 'stderr'):
                place = Place(t.template)
                shutil.copy(place.path('orte.csv'), place.path('fixed.csv'))
                path = place.path(target)
                if target.startswith('run: '):
                    path = place.path('runs', 'latest', target[5:])
                elif target.startswith('link: '):
                    path = place.path('other name')
                    os.link(place.path('runs', 'latest', target[6:]), path)
                label = '%s, %s into %s' % (command, which, target)
                with open(path, 'ab') as out:
                    t.hold(label, place, ['csv2chakra', command] + words, [2], lambda p: False, **{which: out})
                shutil.rmtree(place.top)
    for command, words in [('convert', ['--no-such-option', 'orte.yaml', 'orte.csv']),
                           ('convert', ['--limit=many', '--token-file=token', 'orte.csv'])]:
        for target in ('orte.csv', 'token'):
            place = Place(t.template)
            if target in ' '.join(words):
                with open(place.path(target), 'ab') as out:
                    t.hold('a mistake told into %s' % target, place, ['csv2chakra', command] + words, [2],
                           lambda p: False, stderr=out)
            shutil.rmtree(place.top)
    place = Place(t.template)
    with open(place.path('orte.csv'), 'ab') as out, open(place.path('orte.csv'), 'rb') as csv:
        t.hold('convert - from and into one file', place, ['csv2chakra', 'convert', 'orte.yaml', '-'], [2],
               lambda p: False, stdout=out, stdin=csv)
    # Names that are only words, and a file of a person's: nothing is in the way.
    for words, name in [(['report', 'latest'], 'latest'), (['status'], 'status'), (['schema'], 'x.json'),
                        (['convert', 'orte.yaml', 'orte.csv'], 'new.json')]:
        with open(place.path(name), 'ab') as out:
            status, _, err = run(['csv2chakra'] + words, place.at, stdout=out)
            t.need(' '.join(words), status in (0, 1), '%s %r' % (status, err))
    shutil.rmtree(place.top)


def sandbox(t):
    """chakra-sandbox --db, --log, --port-file"""
    # --foreground: else a SIGCONT follows, and if a leak checker is just halting the process it waits for ever.
    def ours(path):
        run(['timeout', '--foreground', '1', 'chakra-sandbox', '--listen', '127.0.0.1:0', option, path], os.path.dirname(path))

    for option in ['--db', '--log', '--port-file']:
        for what in STANDINGS:
            place = Place(t.template)
            path = place.stand(place.path('s.file'), what, ours)
            if what == 'ours' and option == '--log':
                write(path, b'{"time":"2026-01-02T03:04:05.678Z","method":"GET"}\n')
            if what == 'ours changed':
                if option == '--log':
                    write(path, b'{"time":"2026-01-02T03:04:05.678Z","method":"GET"}\nmine\n')
                elif option == '--db':
                    continue  # SQLite's own matter
            # In another run's folder it is a new name.
            good = what in ('nothing', 'empty', 'ours', 'another run') or (what == 'ours changed' and option == '--log')
            label = 'chakra-sandbox %s, %s' % (option, what)
            expected = [124] if good else [4] if what == 'fifo' and option == '--log' else [2]
            command = ['timeout', '--foreground', '1', 'chakra-sandbox', '--listen', '127.0.0.1:0', '--token-file', 'token', option,
                       path]
            t.hold(label, place, command, expected + ([0] if good else []),
                   lambda p: good and p.startswith('s.file'))
            if good and option != '--log':
                t.need(label, os.path.exists(path), 'no file')
            shutil.rmtree(place.top)
    place = Place(t.template)
    for a, b in [('--db', '--log'), ('--log', '--port-file'), ('--db', '--port-file')]:
        t.hold('one file for %s and %s' % (a, b), place,
               ['timeout', '5', 'chakra-sandbox', '--listen', '127.0.0.1:0', a, 'new', b, './new'], [2],
               lambda p: False)
    shutil.rmtree(place.top)


def runs_dir(t):
    """what a run makes in the runs folder beside its own"""
    for what in ('person', 'folder', 'fifo', 'hard link to person'):
        place = Place(t.template)
        place.stand(place.path('runs', 'latest'), what, None)
        t.hold('latest, %s' % what, place, ['csv2chakra', 'import', '--again', 'orte.yaml', 'orte.csv'], [1],
               lambda path: path.startswith('runs/.locks'))
        shutil.rmtree(place.top)


OUTPUTS = {'check_folder': check_folder, 'run_folder': run_folder, 'metrics_file': metrics_file,
           'init_output': init_output, 'redirected': redirected, 'sandbox': sandbox, 'runs_dir': runs_dir}


def make_template(top):
    at = os.path.join(top, 'w')
    os.mkdir(at)
    for name, data in [('orte.csv', TABLE), ('orte.yaml', MAPPING), ('ca.pem', b'none\n'), ('mine.txt', FIX_ME)]:
        write(os.path.join(at, name), data)
    shutil.copy(os.environ['CHAKRA_API_TOKEN_FILE'], os.path.join(at, 'token'))
    os.chmod(os.path.join(at, 'token'), 0o600)
    return at


def main(names):
    top = tempfile.mkdtemp(prefix='own_paths.')
    try:
        template = make_template(top)
        os.environ['CSV2CHAKRA_RUNS_DIR'] = 'runs'
        status, out, err = run(['csv2chakra', 'import', 'orte.yaml', 'orte.csv'], template)
        if status != 1:
            print('no run to begin with: %s %r' % (status, err))
            return 1
        shutil.copytree(template, os.path.join(top, 'template'), symlinks=True)
        template = os.path.join(top, 'template')
        wrong = 0
        for name in names:
            t = Tables(template)
            OUTPUTS[name](t)
            print('%s: %d commands, %d wrong' % (name, t.count, len(t.wrong)))
            for line in t.wrong:
                print('  ' + line)
            wrong += len(t.wrong) + (t.count == 0)
        return 1 if wrong else 0
    finally:
        shutil.rmtree(top)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:] or list(OUTPUTS)))
