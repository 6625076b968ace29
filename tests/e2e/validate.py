# SPDX-License-Identifier: MIT
"""What is wrong with a report by its JSON Schema, as lines; nothing if nothing
is. As much of JSON Schema as report.schema.json uses; the real one is before
ajv (make check-schema). The schema is open to members of later versions; this
one may have no other than it names.
usage: python3 validate.py SCHEMA REPORT"""
import json
import re
import sys

KINDS = {
    'object': dict, 'array': list, 'string': str, 'boolean': bool, 'null': type(None),
    'integer': int, 'number': (int, float),
}


def is_kind(x, kind):
    return isinstance(x, KINDS[kind]) and (kind == 'boolean' or not isinstance(x, bool))


def member(schema, name):
    if name in schema.get('properties', ()):
        return schema['properties'][name]
    return schema.get('additionalProperties', 'type' not in schema)


def faults(x, schema, at):
    if schema is False:
        yield at + ': may not be there'
    if not isinstance(schema, dict):
        return
    if 'const' in schema and x != schema['const']:
        yield '%s: is not %s' % (at, schema['const'])
    if 'enum' in schema and x not in schema['enum']:
        yield '%s: %s is none of %s' % (at, x, schema['enum'])
    kinds = schema.get('type', [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(is_kind(x, kind) for kind in kinds):
        yield '%s: is %s' % (at, type(x).__name__)
    if isinstance(x, str):
        if not re.search(schema.get('pattern', ''), x):
            yield '%s: %s is not like %s' % (at, x, schema['pattern'])
        if not schema.get('minLength', 0) <= len(x) <= schema.get('maxLength', len(x)):
            yield '%s: %s is too short or too long' % (at, x)
    if is_kind(x, 'number') and not schema.get('minimum', x) <= x <= schema.get('maximum', x):
        yield '%s: %s is too small or too large' % (at, x)
    if isinstance(x, list):
        if len(x) > schema.get('maxItems', len(x)):
            yield at + ': too many'
        for i, item in enumerate(x if 'items' in schema else ()):
            yield from faults(item, schema['items'], '%s[%d]' % (at, i))
    if isinstance(x, dict):
        for name in schema.get('required', ()):
            if name not in x:
                yield '%s.%s: is missing' % (at, name)
        for name in x:
            yield from faults(x[name], member(schema, name), at + '.' + name)
    if 'if' in schema:
        holds = not any(faults(x, schema['if'], at))
        yield from faults(x, schema.get('then' if holds else 'else', True), at)


with open(sys.argv[1], encoding='utf-8') as s, open(sys.argv[2], encoding='utf-8') as r:
    print('\n'.join(faults(json.load(r), json.load(s), '')), end='')
