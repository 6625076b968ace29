#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares what tells of the options of csv2chakra: `--help` of each command,
which is the option table itself, the man page, and three completion scripts.

doc_options.py PROGRAM MAN_PAGE...

Names and letters, which of them take a value, defaults, environment
variables and words of a choice must be the same everywhere, and the synopsis
must have every command with its operands. Prints what differs, after the name
of the page.
"""
import functools
import re
import subprocess
import sys


@functools.lru_cache(maxsize=None)
def run(*arguments):
    return subprocess.run([program, *arguments], check=True, text=True, capture_output=True).stdout


def commands():
    listed = run('help').split('\nCommands:\n')[1].split('\n\n')[0]
    return [line.split()[0] for line in listed.split('\n')]


def helped(command):
    """name -> {letter, value, default, environment} of a command's help."""
    options, last = {}, None
    for line in run(command, '--help').split('\n'):
        m = re.match(r'  (?:-(\w), |    )--([a-z-]+)(?: (\S+))?(.*)', line) or re.match(r'  -(\w)()(?: (\S+))?(.*)', line)
        if m:
            last = options[m.group(2) or m.group(1)] = {'letter': m.group(1), 'value': m.group(3), 'text': m.group(4)}
        elif last is not None and line.startswith(' ' * 20):
            last['text'] += ' ' + line.strip()
        else:
            last = None
    for o in options.values():
        o['default'] = (re.findall(r'\(default: ([^;)]+)', o['text']) or [None])[0]
        o['environment'] = (re.findall(r'environment:\s+(\w+)', o['text']) or [None])[0]
    return options


def paged(text):
    """name -> {letter, value, words, text} of the man page."""
    text = text.split('.Sh OPTIONS')[1].split('\n.Sh ')[0]
    options = {}
    for item in re.split(r'\n\.It ', text)[1:]:
        head, _, body = item.partition('\n')
        names = re.findall(r'Fl -?([a-zA-Z0-9][\w-]*)', head)
        rest = re.sub(r'.*Fl -?[a-zA-Z0-9][\w-]*', '', head)
        long = [n for n in names if len(n) > 1]
        name = long[0] if long else names[0]
        words = re.findall(r'[a-z][a-z-]*', rest[rest.index('Cm'):].replace('Cm ', '')) if ' | ' in rest and 'Ar' not in rest else []
        options[name] = {'letter': ([n for n in names if len(n) == 1] or [None])[0], 'value': bool(rest.strip()),
                         'words': set(words), 'text': body}
    return options


def say(what, name, here, there):
    if here != there:
        wrong.append('%s of %s: %r in the help, %r elsewhere' % (what, name, here, there))


def compare_page(tables, page):
    names = set()
    for command, options in tables.items():
        for name, o in options.items():
            names.add(name)
            if name not in page:
                wrong.append('not in the page: ' + name)
                continue
            p = page[name]
            say('the letter', name, o['letter'], p['letter'])
            say('a value', name, bool(o['value']), p['value'])
            default = o['default']
            # Defaults that are somebody else's ("the mapping's") are words.
            if default and re.fullmatch(r'[\d.]+\w*|https://\S+', default) and default not in p['text'].replace(',', ''):
                wrong.append('the default of %s, %s, is not in the page' % (name, default))
            if o['environment'] and '.It Ev %s\nAs\n.Fl -%s ' % (o['environment'], name) not in text:
                wrong.append('the variable %s of %s is not in the page' % (o['environment'], name))
    say('the names', 'all options', sorted(names), sorted(page))


def compare_words(tables, page):
    """Words of a choice, of all commands together: page and completion."""
    words = {}
    for command, options in tables.items():
        for name, o in options.items():
            if o['value'] and len(name) > 1:
                head, *offered = run('__complete', command, '--%s=' % name).split('\n')
                if head.startswith('words'):
                    words.setdefault(name, set()).update(filter(None, offered))
    words.pop('rows')  # outcomes, which have a section of their own
    assert len(words) >= 3
    for name in set(words) | {n for n in page if page[n]['words']}:
        say('the words', name, sorted(words.get(name, ())), sorted(page[name]['words']))


def compare_synopsis(listed):
    synopsis = text.split('.Sh SYNOPSIS')[1].split('.Sh ')[0]
    found = {}
    for part in synopsis.split('.Nm\n')[1:]:
        lines = part.strip().split('\n')
        rest = [re.sub(r'^\.(Op )?(Ar|Cm) (.*)$', lambda m: '[%s]' % m.group(3) if m.group(1) else m.group(3), x)
                for x in lines[1:] if x != '.Op Ar option ...']
        found[lines[0].replace('.Cm ', '')] = ' '.join(rest).replace(' | ', '|').replace(' ...]', ']...').replace(' ...', '...').lower()
    say('the commands', 'the synopsis', listed, list(found))
    for command in listed:
        usage = re.match(r'usage: csv2chakra \S+ \[OPTION\]\.\.\. ?(.*)', run(command, '--help')).group(1)
        say('the operands', command, usage.lower(), found.get(command))


program, *pages = sys.argv[1:]
tables = {c: helped(c) for c in commands()}
differs = False
for man in pages:
    with open(man, encoding='utf-8') as file:
        text = file.read()
    page = paged(text)
    wrong = []
    assert len(tables) >= 17 and len(tables['import']) > 40 and len(page) > 40
    compare_page(tables, page)
    compare_words(tables, page)
    compare_synopsis(list(tables))
    differs |= bool(wrong)
    for line in sorted(set(wrong)):
        print('%s: %s' % (man, line))
sys.exit(differs)
