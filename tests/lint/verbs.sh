#!/bin/sh
# SPDX-License-Identifier: MIT
# The paths of ChakraHQ's API, the form of a call that writes and whether it
# may be sent twice stand in chakra/verb: nobody else names a verb or spells a
# path, and what is sent once is what the verb says.
set -eu

python3 - <<'PY'
import pathlib
import re
import sys

rules = (
    (re.compile(r'\bVERB_(?!COUNT\b)[A-Z]+\b'), 'a verb is named'),
    (re.compile(r'"[^"\n]*(/v1/ext|bulk-create|/process\b|/list\b|/entries\b)[^"\n]*"'), 'a path of the API'),
    (re.compile(r'\.once = (?!!?[\w>.-]*repeatable)'), 'what may be sent twice'),
)
comment = re.compile(r'/\*.*?\*/', re.S)
bad = 0
for top in ('src', 'include'):
    for path in sorted(pathlib.Path(top).rglob('*.[ch]')):
        if {'sandbox', 'serve'} & set(path.parts) or path.stem == 'verb':
            continue
        source = comment.sub(lambda m: '\n' * m.group().count('\n'), path.read_text())
        for number, line in enumerate(source.split('\n'), 1):
            for pattern, what in rules:
                m = pattern.search(line)
                if m:
                    print('%s:%d: %s outside of chakra/verb: %s' % (path, number, what, m.group()))
                    bad = 1
sys.exit(bad)
PY
