#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""split.py [--corpora FOLDER] [-v]: are the parts of a file the file?

Inputs of every kind that makes cutting hard, and with --corpora the CSV files that a manifest.json there describes, are split into
1, 2, 7 and 40 parts and into one record a part. Each time:

- what a part holds are the whole's bytes before its first record, and then bytes of the whole, from where its .rows says;
- `convert` of all parts prints what `convert` of the whole does, with the rows, the file and the input key of the whole;
- `preview` says of each record the row and line that it has in the whole;
- rejects, reasons and to-fix are those of `check -o`, and the books add up;
- what `check` cannot read makes no folder."""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

BIN = os.environ.get('CSV2CHAKRA_BIN', os.path.join(os.getcwd(), 'build', 'release', 'bin'))
ENV = {k: v for k, v in os.environ.items() if not k.startswith(('CHAKRA_', 'CSV2CHAKRA_', 'LC_', 'LANG'))}
CUTS = (('--parts', '1'), ('--parts', '2'), ('--parts', '7'), ('--parts', '40'), ('--rows', '1'))
LEFT = ('rejected.csv', 'rejected.reasons.csv', 'to-fix.csv')


def run(*words):
    return subprocess.run([os.path.join(BIN, 'csv2chakra'), *words], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, check=False)


def mapping(columns, source, extra=''):
    """Each column by its number, and where the record stood."""
    out = ['version: 1', 'procedure: lead', 'source: {%s}' % source, 'defaults: {trim: false, empty: keep}', 'data:',
           '  at: {meta: row}', '  file: {meta: file}', '  key: {meta: input_key}']
    out += ['  c%d: {index: %d}' % (i, i) for i in range(1, columns + 1)]
    return '\n'.join(out) + '\n' + extra


def numbered(n, row, head=''):
    return head + ''.join(row % {'i': i, 'bad': 'x' if i % 9 == 4 else i} for i in range(1, n + 1))


def ours():
    """(name, bytes, mapping)"""
    unique = '  n: {index: 2, type: integer, unique: true}\n'
    rows = numbered(90, 'K%(i)d,%(bad)s,"caf\u00e9\nof %(i)d"\n', 'Key,N,Note\n')
    yield 'quoted line ends', rows.encode(), mapping(3, 'encoding: utf-8', unique)
    yield 'a mark of UTF-8', b'\xef\xbb\xbf' + rows.encode(), mapping(3, '', unique)
    yield 'UTF-16', rows.encode('utf-16'), mapping(3, '', unique)
    yield 'UTF-16 without a mark', rows.encode('utf-16-be'), mapping(3, 'encoding: utf-16be', unique)
    yield 'windows-1252', rows.encode('cp1252'), mapping(3, 'encoding: windows-1252', unique)
    yield 'cp932', numbered(60, '\u90e8\u54c1%(i)d,%(bad)s,\u8868\u793a\u30bd\n', '\u90e8,\u6570,\u30e1\u30e2\n').encode('cp932'), \
        mapping(3, 'encoding: cp932', unique)
    yield 'titles, blank lines', ('Stock,,\n\nof May,,\n' + rows.replace('\n"\n', '"\n').replace('K30,', '\n\nK30,')).encode(), \
        mapping(3, 'skip_lines: 3', unique)
    yield 'sep=, CRLF', ('sep=;\r\n' + numbered(50, 'K%(i)d;%(bad)s;a,b\r\n', 'Key;N;Note\r\n')).encode(), mapping(3, '', unique)
    yield 'no header, short rows', numbered(40, 'K%(i)d,%(bad)s,a\nL%(i)d,1%(i)d\n').encode(), \
        mapping(3, 'header: false, ragged: fit')
    yield 'no header, a mark within', ('K,1\n' + numbered(20, '\ufeffK%(i)d,%(i)d\n')).encode(), mapping(2, 'header: false')
    yield 'one column, blank lines are records', numbered(30, '%(i)d\n\n', 'N\n').encode(), \
        mapping(1, 'blank_lines: record')
    yield 'ignored lines, the header again', numbered(
        40, 'K%(i)d,%(bad)s,x\n# a note of %(i)d\n', 'Key,N,Note\n').replace('K20,', 'Key,N,Note\nK20,').encode(), \
        mapping(3, "ignore: ['#']", unique)
    yield 'lone CR, no line end', numbered(30, 'K%(i)d\t%(bad)s\t"a\r%(i)d"\r', 'Key\tN\tNote\r').encode()[:-1], \
        mapping(3, 'delimiter: tab', unique)
    yield 'the same row again', b'A,1\n' * 45, mapping(2, 'header: false')


def corpora(folder):
    with open(os.path.join(folder, 'manifest.json'), encoding='utf-8') as f:
        entries = json.load(f)
    for m in entries:
        with open(os.path.join(folder, m['file']), 'rb') as f:
            data = f.read()
        delimiter = 'tab' if m['delimiter'] == '\t' else json.dumps(m['delimiter'])
        source = 'encoding: %s, delimiter: %s, quote: %s, header: %s, skip_lines: %d' % (
            json.dumps(m['encoding']), delimiter, json.dumps(m['quote']), 'true' if m['header'] else 'false', m['skip_lines'])
        yield m['id'], data, mapping(m['cols'] or 1, source, 'rows: {empty: keep}\n')


def decoded(data, encoding):
    """As csv2chakra counts bytes; None where a codec here reads otherwise."""
    if encoding == 'utf-8':
        return data
    if encoding in ('utf-16', 'utf-32'):
        encoding += '-be' if data.startswith((b'\xfe\xff', b'\0\0\xfe\xff')) else '-le'
    try:
        text = data.decode('cp1252' if encoding == 'windows-1252' else encoding)
    except (LookupError, UnicodeDecodeError):
        return None
    return text.encode()


class Wrong(Exception):
    pass


def check(is_so, why):
    if not is_so:
        raise Wrong(why)


def read(*path):
    with open(os.path.join(*path), 'rb') as f:
        return f.read()


def places(path, map_path):
    """{row: line} of what would be sent."""
    shown = run('preview', '-n', '1000000', map_path, path)
    return dict(re.findall(r'^row (\d+), line (\d+): would be sent', shown.stdout.decode(errors='replace'), re.M))


def check_part(folder, part, whole, front):
    data = read(folder, part['name'])
    lines = read(folder, part['name'][:-3] + 'rows').decode().split('\n')
    encoding = json.loads(lines[0])['reading']['encoding']
    stretches = [tuple(map(int, line.split())) for line in lines[1:-2]]
    check(data.startswith(front), '%s does not begin as the whole' % part['name'])
    data, whole = decoded(data, encoding), decoded(whole, encoding)
    if data is None or whole is None:
        return
    ends = [s[0] for s in stretches[1:]] + [len(data)]
    check(data[:stretches[0][0]] == whole[:stretches[0][0]], '%s: another front' % part['name'])
    for (at, _, _, begin), end in zip(stretches, ends):
        check(data[at:end] == whole[begin:begin + end - at], '%s: other bytes at %d' % (part['name'], at))


def check_cut(path, map_path, whole, cut, folder, expected):
    made = run('split', '-o', folder, *cut, map_path, path)
    check(made.returncode == expected['exit'], 'split exits %d, check %d: %s' % (
        made.returncode, expected['exit'], made.stderr.decode(errors='replace')[-300:]))
    if expected['exit'] not in (0, 1):
        check(not os.path.exists(folder), 'there is a folder')
        return 0
    split = json.loads(read(folder, 'split.json'))
    parts = split['parts']
    if cut[0] == '--parts':
        check(len(parts) <= int(cut[1]), '%d parts' % len(parts))
    else:
        check(all(p['records'] == 1 for p in parts), 'more than a record a part')
    for name in LEFT:
        check(read(folder, name) == expected[name], name + ' differs')
    check(sum(p['records'] for p in parts) + split['left_behind']['records'] == split['books']['rows']['read'], 'the books')
    objects, seen = b'', {}
    for part in parts:
        check_part(folder, part, whole, b'')
        got = run('convert', map_path, os.path.join(folder, part['name']))
        check(got.returncode == 0, 'convert of %s exits %d: %s' % (
            part['name'], got.returncode, got.stderr.decode(errors='replace')[-300:]))
        objects += got.stdout
        if cut[1] in ('2', '7'):
            seen.update(places(os.path.join(folder, part['name']), map_path))
    check(objects == expected['objects'], 'other objects')
    check(cut[1] not in ('2', '7') or seen == expected['places'], 'other rows or lines')
    return len(parts)


def check_input(name, data, map_text, top):
    path, map_path = os.path.join(top, 'a file.csv'), os.path.join(top, 'm.yaml')
    with open(path, 'wb') as f:
        f.write(data)
    with open(map_path, 'w', encoding='utf-8') as f:
        f.write(map_text)
    out = os.path.join(top, 'check')
    expected = {'exit': run('check', '-o', out, map_path, path).returncode}
    if expected['exit'] in (0, 1):
        expected.update((left, read(out, left)) for left in LEFT)
        expected['objects'] = run('convert', map_path, path).stdout
        expected['places'] = places(path, map_path)
    count = 0
    for i, cut in enumerate(CUTS):
        try:
            count += check_cut(path, map_path, data, cut, os.path.join(top, 'cut%d' % i), expected)
        except Wrong as wrong:
            print('FAIL %s, %s %s: %s' % (name, *cut, wrong))
            return -1, expected['exit']
    return count, expected['exit']


def main():
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument('--corpora')
    a.add_argument('-v', action='store_true')
    a = a.parse_args()
    inputs = list(ours()) + (list(corpora(a.corpora)) if a.corpora else [])
    failed = parts = unread = 0
    for name, data, map_text in inputs:
        with tempfile.TemporaryDirectory() as top:
            count, status = check_input(name, data, map_text, top)
        failed += count < 0
        parts += max(count, 0)
        unread += status not in (0, 1)
        if a.v and count >= 0:
            print('ok   %s: %d parts, exit %d' % (name, count, status))
    print('%d files in %d parts; %d that cannot be read made none; %d failed' % (len(inputs), parts, unread, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
