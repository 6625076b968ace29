#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What must never change a payload, a row number or the books: how the bytes arrive (a pipe in pieces, compressed),
how they are written (line ends, encoding, quotes), where the program runs (locale, time zone), and how they are sent
(chunk size, calls in flight). Random tables; a failure prints its seed: property.py --seed N --cases 1."""
import argparse
import bz2
import csv
import gzip
import json
import lzma
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from cases import Case

BIN = os.environ.get('CSV2CHAKRA_BIN', os.path.join(os.getcwd(), 'build', 'release', 'bin'))
ENV = {k: v for k, v in os.environ.items() if not k.startswith(('CHAKRA_', 'CSV2CHAKRA_', 'XDG_STATE', 'LC_', 'LANG'))}
LOCALES = ('tr_TR', 'de_DE')
ZONES = ('Asia/Kolkata', 'America/St_Johns', 'Pacific/Apia')


class Differs(Exception):
    """A property did not hold."""


def expect(holds, words):
    if not holds:
        raise Differs(words)


class Place:
    """A folder for the files of the cases, and the locales that the machine can make."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='property-')
        self.locales = []
        os.mkdir(self.path('locales'))
        for name in LOCALES:
            made = shutil.which('localedef') and subprocess.run(
                ['localedef', '-i', name, '-f', 'UTF-8', self.path('locales', name + '.UTF-8')], check=False,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
            if made:
                self.locales.append(name + '.UTF-8')

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, data):
        with open(self.path(name), 'wb') as f:
            f.write(data)
        return name


def run(place, args, env=None, pieces=None):
    """(status, stdout, stderr); pieces: what comes through a pipe, as it is cut."""
    p = subprocess.Popen([os.path.join(BIN, 'csv2chakra'), *args], cwd=place.folder,
                         env={**ENV, 'LC_ALL': 'C.UTF-8', 'HOME': place.folder, **(env or {})},
                         stdin=subprocess.PIPE if pieces else subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE)
    feeder = None
    if pieces:
        feeder = threading.Thread(target=feed, args=(p.stdin, pieces))
        p.stdin = None
        feeder.start()
    out, err = p.communicate(timeout=120)
    if feeder:
        feeder.join()
    return p.returncode, out, err.decode('utf-8', 'replace')


def feed(pipe, pieces):
    try:
        for piece in pieces:
            os.write(pipe.fileno(), piece)
            time.sleep(0.0005)
        pipe.close()
    except BrokenPipeError:
        pass


def cut(data, r):
    """At most 200 pieces, at any byte."""
    places = sorted(r.sample(range(len(data) + 1), min(200, len(data))))
    return [data[a:b] for a, b in zip([0] + places, places + [len(data)]) if b > a]


def books(place, folder):
    """What check -o says that may not depend on the way: rows, problems, and each bad row's place."""
    with open(place.path(folder, 'report.json'), encoding='utf-8') as f:
        report = json.load(f)
    expect(report['accounts']['balanced'] is True, 'the books do not balance')
    problems = []
    with open(place.path(folder, 'rejected.reasons.csv'), encoding='utf-8-sig', newline='') as f:
        for line in csv.DictReader(f):
            problems.append({k: line[k] for k in ('row', 'line', 'cell', 'column', 'lead_id', 'outcome', 'stage', 'code',
                                                  'value', 'message')})
    accounts = report['accounts']
    return {'rows': accounts['rows'], 'blank_lines': accounts['blank_lines'], 'problems': problems,
            'exit': report['exit_status']}


def outcome(place, name, options, env=None, pieces=None):
    """What convert and check say about a variant."""
    status, out, err = run(place, ['convert', 'm.yaml', name, *options], env, pieces)
    expect(status in (0, 1), 'convert: status %d: %s' % (status, err[-600:]))
    shutil.rmtree(place.path('dry'), ignore_errors=True)
    checked, _, err = run(place, ['check', '-o', 'dry', 'm.yaml', name, *options], env, pieces)
    expect(checked in (0, 1), 'check: status %d: %s' % (checked, err[-600:]))
    return {'convert': out, 'status': status, 'check': checked, 'books': books(place, 'dry')}


def variants(place, case, text, r):
    """(name, file, options, environment, pieces) of everything that may not matter."""
    data = text.encode()
    whole = len(data)
    yield 'another line end (CRLF)', place.write('crlf', case.write('\r\n').encode()), (), None, None
    yield 'another line end (CR)', place.write('cr', case.write('\r').encode()), (), None, None
    yield 'all cells in quotes', place.write('quotes', case.write(always_quote=True).encode()), (), None, None
    yield 'UTF-8 with BOM', place.write('bom', b'\xef\xbb\xbf' + data), (), None, None
    yield 'UTF-16 with BOM', place.write('u16', text.encode('utf-16')), (), None, None
    yield 'UTF-16BE', place.write('u16be', text.encode('utf-16-be')), ('--encoding', 'utf-16be'), None, None
    if not case.beyond:
        yield 'windows-1252', place.write('1252', text.encode('cp1252')), ('--encoding', 'windows-1252'), None, None
    for name, made in (('gzip', gzip.compress(data)), ('xz', lzma.compress(data)), ('bzip2', bz2.compress(data))):
        yield name, place.write(name, made), (), None, None
    if shutil.which('zstd'):
        made = subprocess.run(['zstd', '-q', '-c'], input=data, stdout=subprocess.PIPE, check=True).stdout
        yield 'zstd', place.write('zst', made), (), None, None
    yield 'a pipe in pieces', '-', ('--encoding', 'utf-8'), None, cut(data, r)
    yield 'UTF-16 through a pipe in pieces', '-', (), None, cut(text.encode('utf-16'), r)
    yield 'gzip through a pipe in pieces', '-', (), None, cut(gzip.compress(data), r)
    for name in place.locales:
        yield 'the locale ' + name, 'csv', (), {'LC_ALL': name, 'LOCPATH': place.path('locales')}, None
    yield 'a time zone', 'csv', (), {'TZ': r.choice(ZONES)}, None
    yield 'chunks of another size', 'csv', ('--chunk-rows', str(r.randint(1, 40)), '--chunk-bytes', str(
        r.randint(2000, 20000))), None, None
    if whole > 0 and not data[:-1].endswith((b'\n', b'\r')):  # else a blank line goes
        yield 'the end without a line end', place.write('bare', data[:-1]), (), None, None


def check_case(place, case, r):
    text = case.write()
    place.write('m.yaml', case.mapping.encode())
    place.write('csv', text.encode())
    wanted = outcome(place, 'csv', ())
    count = 0
    for name, file, options, env, pieces in variants(place, case, text, r):
        try:
            got = outcome(place, file, options, env, pieces)
        except Differs as e:
            raise Differs('%s: %s' % (name, e)) from None
        for what, value in wanted.items():
            if got[what] != value:
                raise Differs('%s changes %s:\n%s\n%s' % (name, what, *first_difference(value, got[what])))
        count += 1
    return count


def first_difference(a, b):
    if isinstance(a, bytes):
        for x, y in zip(a.split(b'\n'), b.split(b'\n')):
            if x != y:
                return '- %r' % x, '+ %r' % y
    if isinstance(a, dict):
        for k in a:
            if a[k] != b[k]:
                return first_difference(a[k], b[k])
    if isinstance(a, list):
        for x, y in zip(a, b):
            if x != y:
                return '- %s' % x, '+ %s' % y
    return '- %s' % (a,), '+ %s' % (b,)


class Sandbox:
    """A fresh service for one import."""

    def __init__(self, place):
        self.place = place
        place.write('token', b'a-token\n')
        os.chmod(place.path('token'), 0o600)

    def __enter__(self):
        port = self.place.path('port')
        if os.path.exists(port):
            os.unlink(port)
        self.process = subprocess.Popen(
            [os.path.join(BIN, 'chakra-sandbox'), '--listen', '127.0.0.1:0', '--port-file', port, '--token-file',
             self.place.path('token'), '--duplicates', 'allow'], env=ENV, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        for _ in range(2000):
            if os.path.exists(port):
                break
            time.sleep(0.01)
        with open(port, encoding='ascii') as f:
            self.url = 'http://127.0.0.1:' + f.read().strip()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def held(self):
        with urllib.request.urlopen(self.url + '/sandbox/processes', timeout=20) as answer:
            return sorted(answer.read().split(b'\n')[:-1])


def import_case(place, case, r):
    """The same rows arrive, with the same outcomes, however they are grouped and sent."""
    text = case.write()
    place.write('m.yaml', case.mapping.encode())
    place.write('csv', text.encode())
    _, out, _ = run(place, ['convert', 'm.yaml', 'csv'])
    wanted = sorted(out.split(b'\n')[:-1])
    lines = None
    ways = [(), ('--chunk-rows', '1', '--in-flight', '16'), ('--chunk-rows', str(r.randint(2, 30)), '--in-flight', '1'),
            ('--chunk-bytes', str(r.randint(2000, 9000)), '--in-flight', str(r.randint(2, 9)))]
    for way in ways:
        with Sandbox(place) as sandbox:
            env = {'CHAKRA_BASE_URL': sandbox.url, 'CHAKRA_API_TOKEN_FILE': place.path('token'),
                   'CSV2CHAKRA_RUNS_DIR': place.path('runs')}
            shutil.rmtree(place.path('runs'), ignore_errors=True)
            status, _, err = run(place, ['import', 'm.yaml', 'csv', '--progress', 'none', *way], env)
            expect(status in (0, 1), 'import %s: status %d: %s' % (way, status, err[-600:]))
            expect(sandbox.held() == wanted, 'import %s: the sandbox holds other bytes than convert prints' % (way,))
            with open(place.path('runs', 'latest', 'results.csv'), encoding='utf-8-sig', newline='') as f:
                got = [{k: v for k, v in line.items() if k in ('row', 'line', 'lead_id', 'outcome', 'message')}
                       for line in csv.DictReader(f)]
            lines = got if lines is None else lines
            expect(got == lines, 'import %s: results.csv differs:\n%s\n%s' % (way, *first_difference(lines, got)))
    return len(ways)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--cases', type=int, default=100, help='every fifth is imported, too')
    o = p.parse_args()
    place = Place()
    count = 0
    for seed in range(o.seed, o.seed + o.cases):
        case = Case(seed)
        try:
            count += check_case(place, case, random.Random(seed))
            if (seed - o.seed) % 5 == 0:
                count += import_case(place, case, random.Random(seed))
        except Differs as e:
            print('seed %d: %s\nthe files are in %s; again: --seed %d --cases 1' % (seed, e, place.folder, seed))
            return 1
    shutil.rmtree(place.folder)
    print('%d tables in %d ways, locales %s: nothing changed (seed %d)' % (
        o.cases, count, ' '.join(place.locales) or 'none', o.seed))
    return 0


if __name__ == '__main__':
    sys.exit(main())
