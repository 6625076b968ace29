#!/bin/sh
# SPDX-License-Identifier: MIT
# Calls that cannot be made safely, or that are slower to check than to avoid.
# Comments and texts may name them.
set -eu

python3 - <<'PY'
import pathlib
import re
import sys

BANNED = ['strcpy', 'strcat', 'sprintf', 'vsprintf', 'gets', 'atoi', 'atol', 'strtok', 'system', 'alloca', 'popen']
call = re.compile(r'(?<![\w.>])(%s)\s*\(' % '|'.join(BANNED))
# What is taken out keeps its line ends, so that places stay right.
quiet = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
bad = 0
for top in ('src', 'include', 'tests'):
    for path in sorted(pathlib.Path(top).rglob('*.[ch]')):
        text = quiet.sub(lambda m: '\n' * m.group().count('\n') or ' ', path.read_text('utf-8', 'replace'))
        for number, line in enumerate(text.split('\n'), 1):
            for m in call.finditer(line):
                print('%s:%d: %s() is banned' % (path, number, m.group(1)))
                bad = 1
sys.exit(bad)
PY
