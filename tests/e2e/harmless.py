#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""harmless.py FILE...: fails if a terminal would obey something in one of the files, and says what.

Allowed are line ends, tabs and UTF-8 that is seen; not control characters (C0, DEL, C1), bidirectional controls,
zero-width marks, and bytes that are no UTF-8.
"""
import sys


def is_hidden(c):
    o = ord(c)
    return (o < 0x20 and c not in '\n\t' or 0x7f <= o < 0xa0 or o in (0x61c, 0xfeff) or 0x200b <= o <= 0x200f
            or 0x2028 <= o <= 0x202e or 0x2060 <= o <= 0x206f)


bad = 0
for name in sys.argv[1:]:
    data = open(name, 'rb').read()
    try:
        text = data.decode()
    except UnicodeDecodeError as e:
        print('%s: no UTF-8 at byte %d: %r' % (name, e.start, data[max(0, e.start - 60):e.start + 20]))
        bad, text = 1, data.decode(errors='ignore')
    found = [i for i, c in enumerate(text) if is_hidden(c)]
    if found:
        at = found[0]
        print('%s: U+%04X in %r' % (name, ord(text[at]), text[max(0, at - 60):at + 20]))
        bad = 1
sys.exit(bad)
