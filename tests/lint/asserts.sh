#!/bin/sh
# SPDX-License-Identifier: MIT
# Conditions of the end-to-end tests that could not fail a test: bash ends a
# test at a command that fails, but not at one that stands before `&&` or after
# `!`, or that has another way out behind `||`.
set -eu

python3 - <<'PY'
import pathlib
import re
import sys

ASKS = r'(?:\[\[?|grep|jq|diff|cmp|in_file|not_in_file|is_empty) '
KINDS = (
    re.compile(ASKS + r'[^|]* && !? ?' + ASKS + r'[^|]*$'),
    re.compile(r'! [^|]*$'),
    re.compile(r'[^#]*\|\| (?:cat|curl|ls|head|tail|jq) [^>]*$'),
)
quoted = re.compile(r"'[^']*'")
substitution = re.compile(r'[$<]\([^()]*\)')
bad = 0
for path in sorted(pathlib.Path('tests/e2e').glob('*.ba*s*')):
    lines = path.read_text('utf-8').split('\n')
    for i, line in enumerate(lines):
        words = line.strip()
        if words.endswith('||') and i + 1 < len(lines):
            words += ' ' + lines[i + 1].strip()
        words = quoted.sub('QUOTED', words)
        while substitution.search(words):
            words = substitution.sub('SUBSTITUTED', words)
        # What went wrong is shown; the next line asks for the status.
        if words == '[ "$status" -eq 0 ] || cat out err' and lines[i + 1].strip() == 'expect_status 0':
            continue
        if any(kind.match(words) for kind in KINDS):
            print('%s:%d: cannot fail the test: %s' % (path, i + 1, words))
            bad = 1
sys.exit(bad)
PY
