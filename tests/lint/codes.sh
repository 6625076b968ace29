#!/bin/sh
# SPDX-License-Identifier: MIT
# Scripts go by the code of a refusal, so a test reads every one of them.
set -eu

python3 - <<'PY'
import pathlib
import re
import sys

# Nothing that a test can do brings them about.
UNREACHED = {
    'ledger.internal',  # SQLite says what it does not document
    'split.books',      # parts that do not add up: a fault of ours
}

source = '\n'.join(p.read_text() for p in sorted(pathlib.Path('src').glob('*/*.c')))
tests = '\n'.join(p.read_text() for folder, ending in (('unit', 'c'), ('e2e', 'bats'))
                  for p in sorted(pathlib.Path('tests', folder).glob('*.' + ending))
                  if p.name != 'lint.bats')
codes = set(re.findall(r'"([a-z]+\.[a-z_]+)"', ' '.join(re.findall(r'diag_code\([^;]*;', source))))
bad = ['%s: no test reads this code' % c for c in sorted(codes) if c not in tests and c not in UNREACHED]
bad += ['%s: it is no code, or a test reads it' % c for c in sorted(UNREACHED) if c not in codes or c in tests]
print('\n'.join(bad))
sys.exit(bool(bad))
PY
