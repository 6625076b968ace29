#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Cuts the examples out of the documents, so that tests can run them.

doc_examples.py PAGE.N DIR     the displays of a man page's EXAMPLES
doc_examples.py FILE.md DIR    the fenced blocks of a Markdown file

Writes DIR/1.yaml, DIR/2.sh ... in the order of the document: yaml for a
mapping, csv for what the mapping before it reads, sh for commands, without
the prompt; and prints their names.
"""
import pathlib
import re
import sys

ESCAPES = {r'\&': '', r'\e': '\\', r'\-': '-', r'\(dq': '"', r'\(aq': "'"}


def man_blocks(text):
    inside = block = None
    for line in text.split('\n'):
        if line.startswith('.Sh '):
            inside = line == '.Sh EXAMPLES'
        elif inside and line.startswith('.Bd '):
            block = []
        elif inside and line == '.Ed':
            yield '', block
            block = None
        elif block is not None:
            if line.startswith('.'):
                sys.exit('a macro inside an example: ' + line)
            block.append(re.sub(r'\\(\(..|.)', lambda m: ESCAPES[m.group()], line))


def markdown_blocks(text):
    for m in re.finditer(r'^```(\w*)\n(.*?)^```$', text, re.M | re.S):
        yield m.group(1), m.group(2).rstrip('\n').split('\n')


def kind_of(line, is_markdown):
    if line.startswith('version:'):
        return 'yaml'
    if is_markdown:
        return 'txt'
    return 'csv' if re.match(r'\w+,\w+,', line) else 'sh'


def main(path, folder):
    text = pathlib.Path(path).read_text('utf-8')
    blocks = markdown_blocks(text) if path.endswith('.md') else man_blocks(text)
    for number, (kind, lines) in enumerate(blocks, 1):
        if not kind:
            kind = kind_of(lines[0], path.endswith('.md'))
        lines = [x[2:] if x.startswith('$ ') else x for x in lines]
        name = '%s/%d.%s' % (folder, number, kind)
        pathlib.Path(name).write_text('\n'.join(lines) + '\n', 'utf-8')
        print(name)


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(sys.argv[1], sys.argv[2])
