#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does the sandbox count what took effect, whatever became of the answers?

effects.py URL TOKEN_FILE LOG SEED [--missing create|ignore] [--replace]

A client updates and deletes at random, by key and by id, in bulk and one by one, while a colleague edits, deletes and
makes anew; answers are lost and calls are refused. The sandbox's log says of each call which fault it met, so that what
must be there can be worked out: each process ever made, its values, and how many updates, deletes and edits took
effect on it, exactly.
"""
import http.client
import json
import random
import sys
import urllib.parse

KEPT = {None, '500-after', 'reset-after', 'hang-after', 'truncated', 'drip'}
PROCESSES = '/v1/ext/procedure/visit/process'
FIELDS = ('agent', 'city', 'remarks')


class Client:
    def __init__(self, url, token):
        self.address = urllib.parse.urlsplit(url).netloc
        self.token = token
        self.calls = {'update': 0, 'delete': 0}

    def ask(self, method, path, body=None, may_fail=False):
        """The answer's body; None where there was none that could be read. A connection each: one call each."""
        if method in ('PATCH', 'PUT'):
            self.calls['update'] += 1
        elif method == 'DELETE':
            self.calls['delete'] += 1
        line = http.client.HTTPConnection(self.address, timeout=20)
        try:
            line.request(method, path, None if body is None else json.dumps(body),
                         {'Authorization': 'Bearer ' + self.token})
            answer = line.getresponse()
            text = answer.read()
            if answer.status >= 400 and not may_fail:
                sys.exit('%s %s: %d %s' % (method, path, answer.status, text))
            return json.loads(text)
        except (OSError, http.client.HTTPException, ValueError):
            if not may_fail:
                raise
            return None
        finally:
            line.close()

    def id_of(self, key):
        found = self.ask('POST', PROCESSES + '/list', {'where': {'visit_id': key}})['_data']
        return found[0]['id'] if found else None


def values(chance):
    return {name: chance.choice(('a', 'b', 7, None, [1, 2])) for name in chance.sample(FIELDS, chance.randint(0, 2))}


def act(client, chance, keys):
    """Does one thing; returns what it was."""
    key, changed = chance.choice(keys), {'data': values(chance)}
    way = chance.randrange(10)
    if way < 4:
        elements = []
        for other in chance.sample(keys, chance.randint(1, 6)):
            name = {'visit_id': other}
            if chance.random() < 0.5 and client.id_of(other):
                name = {'id': client.id_of(other)}
            elements.append(dict(name, update={'data': values(chance)}))
        client.ask('PATCH', PROCESSES, {'processes': elements}, may_fail=True)
        return 'update', client.calls['update'], elements
    known = client.id_of(key) if chance.random() < 0.5 else None
    path = PROCESSES + ('/' + known if known else '/visit_id/' + key)
    name = {'id': known} if known else {'visit_id': key}
    if way < 6:
        client.ask('PUT', path, changed, may_fail=True)
        return 'update', client.calls['update'], [dict(name, update=changed)]
    if way == 6:
        client.ask('DELETE', path, may_fail=True)
        return 'delete', client.calls['delete'], [name]
    if way == 7:
        client.ask('POST', PROCESSES + '/bulk-create', [dict(changed, visit_id=key)])
        return 'create', None, [dict(changed, visit_id=key)]
    deed = chance.choice(('change', 'change', 'delete', 'recreate'))
    client.ask('POST', '/sandbox/edit', dict(name, procedure='visit', do=deed, update=changed), may_fail=True)
    return 'edit ' + deed, None, [dict(name, update=changed)]


class Model:
    """What must be there."""

    def __init__(self, ids, missing, replace):
        self.ids, self.missing, self.replace = ids, missing, replace
        self.made, self.live = [], {}

    def make(self, key, data):
        self.live[key] = {'key': key, 'updates': 0, 'deletes': 0, 'edits': 0, 'deleted': False, 'data': data}
        self.made.append(self.live[key])

    def find(self, name):
        if 'visit_id' in name:
            return self.live.get(name['visit_id'])
        one = self.made[self.ids.index(name['id'])]
        return None if one['deleted'] else one

    def remove(self, one, count):
        one['deleted'] = True
        one[count] += 1
        del self.live[one['key']]

    def update(self, name):
        one, data = self.find(name), name['update']['data']
        if one is None:
            if self.missing == 'create' and 'visit_id' in name:
                self.make(name['visit_id'], dict(data))
            return
        one['updates'] += 1
        one['data'] = dict(data) if self.replace else dict(one['data'], **data)

    def edit(self, deed, name):
        one, data = self.find(name), name['update']['data']
        if deed == 'recreate' and (one or 'visit_id' in name):
            before = {}
            if one:
                self.remove(one, 'edits')
                before = one['data']
            self.make(one['key'] if one else name['visit_id'], dict(before, **data))
        elif one and deed == 'delete':
            self.remove(one, 'edits')
        elif one and deed == 'change':
            one['edits'] += 1
            one['data'] = dict(one['data'], **data)

    def take(self, what, names):
        for name in names:
            if what == 'create':
                if name['visit_id'] not in self.live:
                    self.make(name['visit_id'], dict(name['data']))
            elif what == 'update':
                self.update(name)
            elif what == 'delete':
                if self.find(name):
                    self.remove(self.find(name), 'deletes')
            else:
                self.edit(what.split()[1], name)


def faults_of(log):
    met = {}
    with open(log, encoding='utf-8') as lines:
        for line in map(json.loads, lines):
            if line['method'] in ('PATCH', 'PUT', 'DELETE'):
                met['delete' if line['method'] == 'DELETE' else 'update', line['call']] = line['fault']
    return met


def main(url, token_file, log, seed, *more):
    with open(token_file, encoding='utf-8') as file:
        client = Client(url, file.read().strip())
    chance = random.Random(int(seed))
    keys = ['V-%d' % i for i in range(12)]
    done = [('create', None, [{'visit_id': key, 'data': {'city': key}} for key in keys])]
    client.ask('POST', PROCESSES + '/bulk-create', done[0][2])
    for _ in range(150):
        done.append(act(client, chance, keys))

    line = http.client.HTTPConnection(client.address, timeout=20)
    line.request('GET', '/sandbox/processes?now=1')
    held = [json.loads(one) for one in line.getresponse().read().decode().splitlines()]
    missing = more[more.index('--missing') + 1] if '--missing' in more else 'error'
    model = Model([one['id'] for one in held], missing, '--replace' in more)
    met, lost = faults_of(log), 0
    for what, number, names in done:
        fault = met[what, number] if number else None
        lost += fault is not None
        if fault in KEPT:
            model.take(what, names)
    shown = [dict({name: one[name] for name in ('key', 'updates', 'deletes', 'edits', 'deleted')},
                  data={name: value for name, value in one['process'].get('data', {}).items() if name in FIELDS})
             for one in held]
    for index, (must, has) in enumerate(zip(model.made + [None] * len(shown), shown + [None] * len(model.made))):
        if must != has:
            sys.exit('seed %s, process %d:\nmust be %s\nis      %s' % (seed, index, must, has))
    print('%d processes, %d updates, %d deletes, %d edits as they must be; %d calls met a fault' % (
        len(shown), *(sum(one[name] for one in shown) for name in ('updates', 'deletes', 'edits')), lost))
    if lost < 10 or len(shown) <= len(keys):
        sys.exit('nothing much happened')


if __name__ == '__main__':
    main(*sys.argv[1:])
