# SPDX-License-Identifier: MIT
"""Who is measured: csv2chakra's commands, libcsv alone, and what people would use instead, as far as it is on the machine."""
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
KEYS = {'leads': 'ref', 'plain': 'ref', 'heavy': 'ref', 'wide': 'c1'}


class Contender:
    def __init__(self, name, argv, before=None, slow=1, objects=True):
        self.name = name
        self.argv = argv        # of (mapping, csv) -> list
        self.before = before    # called before each run, not measured
        self.slow = slow        # a guess of how much slower than convert: it gets a part of the file
        self.objects = objects  # prints the objects that convert prints


def header_of(csv_path):
    with open(csv_path, encoding='utf-8') as f:
        return f.readline().rstrip('\n').split(',')


# Of the leads file: types, required, two patterns, a unique key.
TYPED = """version: 1
procedure: lead
lead_id: {column: ref, pattern: "[A-Z]+-[0-9]+"}
data:
  first: first
  last: {column: last, required: true}
  email: {column: email, pattern: "[^@ ]+@[^@ ]+"}
  phone: phone
  company: company
  city: city
  status: status
  score: {column: score, type: integer}
  amount: {column: amount, type: decimal}
  notes: notes
  joined: {column: joined, type: date}
"""


def write_typed(path):
    with open(path, 'w', encoding='utf-8') as f:
        f.write(TYPED)
    return path


def write_mapping(path, csv_path, key):
    """All columns as text; `key` (None: none) as lead_id."""
    names = [n for n in header_of(csv_path) if n != key]
    with open(path, 'w', encoding='utf-8') as f:
        f.write('version: 1\nprocedure: lead\n')
        if key:
            f.write('lead_id: %s\n' % key)
        f.write('data:\n')
        f.writelines('  %s: %s\n' % (n, n) for n in names)


def ours(bin_folder, tools, work, kind):
    program = os.path.join(bin_folder, 'csv2chakra')
    split = os.path.join(tools, 'split-alone')
    result = [
        Contender('libcsv alone', lambda m, c: [split, c], objects=False),
        Contender('libcsv, keeps blanks', lambda m, c: [split, '--keep-blanks', c], objects=False),
        Contender('read and memchr', lambda m, c: [split, '--memchr', c], objects=False),
        Contender('convert', lambda m, c: [program, 'convert', m, c]),
        Contender('convert, no key', lambda m, c: [program, 'convert', m[:-5] + '-nokey.yaml', c], objects=False),
        Contender('convert by libcsv', lambda m, c: [program, 'convert', '--engine', 'libcsv', m, c]),
        Contender('check', lambda m, c: [program, 'check', m, c], objects=False),
    ]
    if kind == 'leads':
        typed = write_typed(os.path.join(work, 'leads-typed.yaml'))
        result += [Contender('convert, typed', lambda m, c: [program, 'convert', typed, c], objects=False),
                   Contender('check, typed', lambda m, c: [program, 'check', typed, c], objects=False)]
    return result


def imports(bin_folder, servers, work):
    """An import into each server; a run folder that is thrown away before the next."""
    program = os.path.join(bin_folder, 'csv2chakra')
    runs = os.path.join(work, 'runs')
    result = []

    def add(name, s, more):
        def argv(m, c):
            return [program, 'import', m, c, '--no-wait', '--again', '--quiet', '--progress', 'none', '--settle', '0s',
                    '--base-url', s.url, '--token-file', s.token_file, '--runs-dir', runs] + more
        result.append(Contender(name, argv, before=lambda: shutil.rmtree(runs, ignore_errors=True),
                                slow=20 if s.name == 'sandbox' else 1, objects=False))
    for s in servers:
        trust = ['--ca-file', s.ca_file] if s.ca_file else []
        add('import to %s' % s.name, s, trust)
        if s.name == 'nginx':
            add('.. by libcsv', s, ['--engine', 'libcsv'])
        if s.ca_file:
            add('.. 16 in flight', s, trust + ['--in-flight', '16'])
    return result


def peers(node_folder, key):
    """Those that are here; the others are named in `missing`."""
    found, missing = [], []
    found.append(Contender('python csv + json', lambda m, c: [sys.executable, os.path.join(HERE, 'peer_csv.py'), key, c], slow=12))
    node = shutil.which('node')
    for tool, package, slow in (('papaparse', 'papaparse', 9), ('csv-parse', 'csv-parse', 14), ('duckdb', '@duckdb/node-api', 3)):
        if node and os.path.isdir(os.path.join(node_folder, 'node_modules', package)):
            argv = [node, os.path.join(HERE, 'peer_node.mjs'), tool, node_folder, key]
            found.append(Contender('node ' + tool, lambda m, c, argv=argv: argv + [c], slow=slow))
        else:
            missing.append('node ' + tool)
    # These two print flat objects, which is less than the mapping asks for.
    if shutil.which('mlr'):
        found.append(Contender('miller (flat)', lambda m, c: ['mlr', '--icsv', '--ojsonl', '-S', 'cat', c], slow=9, objects=False))
    else:
        missing.append('miller')
    if shutil.which('zsv'):
        found.append(Contender('zsv (flat)', lambda m, c: ['zsv', '2json', '--object', c], slow=3, objects=False))
    else:
        missing.append('zsv')
    return found, missing
