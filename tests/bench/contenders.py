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


def write_mapping(path, csv_path, key):
    """All columns as text; `key` (None: none) as lead_id."""
    names = [n for n in header_of(csv_path) if n != key]
    with open(path, 'w', encoding='utf-8') as f:
        f.write('version: 1\nprocedure: lead\n')
        if key:
            f.write('lead_id: %s\n' % key)
        f.write('data:\n')
        f.writelines('  %s: %s\n' % (n, n) for n in names)


def ours(bin_folder, tools):
    program = os.path.join(bin_folder, 'csv2chakra')
    return [
        Contender('libcsv alone', lambda m, c: [os.path.join(tools, 'split-alone'), c], objects=False),
        Contender('convert', lambda m, c: [program, 'convert', m, c]),
        Contender('convert, no key', lambda m, c: [program, 'convert', m[:-5] + '-nokey.yaml', c], objects=False),
        Contender('check', lambda m, c: [program, 'check', m, c], objects=False),
    ]


def imports(bin_folder, servers, work):
    """An import into each server; a run folder that is thrown away before the next."""
    program = os.path.join(bin_folder, 'csv2chakra')
    runs = os.path.join(work, 'runs')
    result = []
    for s in servers:
        def argv(m, c, s=s):
            return [program, 'import', m, c, '--no-wait', '--again', '--quiet', '--progress', 'none', '--settle', '0s',
                    '--base-url', s.url, '--token-file', s.token_file, '--runs-dir', runs]
        result.append(Contender('import to %s' % s.name, argv, before=lambda: shutil.rmtree(runs, ignore_errors=True),
                                slow=20 if s.name == 'sandbox' else 4, objects=False))
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
