# SPDX-License-Identifier: MIT
"""What lies between: lines that are cut, slow or dead, certificates that are not good, names that do not resolve."""
import random
import ssl
import subprocess

from proxy import Proxy, Way
from rig import Rig, campaign, check_status, compare, expect, finish

ROWS = 100


def through(rig, proxy, *more, scheme='http', host='127.0.0.1'):
    return rig.import_(*more, env={'CHAKRA_BASE_URL': '%s://%s:%d' % (scheme, host, proxy.port)})


def end(rig, proxy):
    """The line is good again: to the end by the same address."""
    proxy.way_of = lambda n: Way()
    rig.env['CHAKRA_BASE_URL'] = 'http://127.0.0.1:%d' % proxy.port
    return finish(rig, ROWS)


def cut(seed):
    """Every third connection ends after some bytes, in the request or in the answer, by FIN or by a reset."""
    chance = random.Random(seed)

    def way_of(n):
        if n % 3:
            return Way()
        at = chance.choice((1, 40, 200, 300, 420, 600, 900, chance.randrange(1, 3000)))
        return Way(reset=chance.random() < 0.5, **{chance.choice(('cut_up', 'cut_down')): at})

    with Rig(rows=ROWS, speed=1) as rig, Proxy(rig.port, way_of) as proxy:
        ended = through(rig, proxy, '--timeout', '2s', '--retry-for', '20s', '--in-flight', '3')
        expect(ended.status in (0, 4, 6), str(ended))
        keys, books = rig.settle(), rig.books()
        compare(books, keys)
        check_status(ended, books)
        first = books.has('unknown')
        end(rig, proxy)
        return {'unknown': first, 'connections': proxy.connections}


def slow(_):
    """Slow is not dead: an answer takes longer than --timeout, but its bytes come."""
    with Rig(rows=40, speed=1) as rig, Proxy(rig.port, lambda n: Way(delay_s=0.02, bytes_per_s=400)) as proxy:
        ended = through(rig, proxy, '--timeout', '400ms', '--chunk-rows', '40')
        expect(ended.status == 0, str(ended))
        books = rig.books()
        compare(books, rig.settle())
        expect(books.has('created') == 40, str(books.counts))
        return {'created': 40}


def hole(_):
    """Nothing comes back: unknown after --timeout, and the brake stops the run before it costs more."""
    with Rig(rows=ROWS, speed=1) as rig, Proxy(rig.port, lambda n: Way(hole=True)) as proxy:
        ended = through(rig, proxy, '--timeout', '300ms', '--retry-for', '1s')
        books = rig.books()
        compare(books, rig.settle())
        expect(ended.status == 4 and 'no traffic for' in ended.err, str(ended))
        expect(0 < books.has('unknown') <= 5 * 4, str(books.counts))
        first = books.has('unknown')
        end(rig, proxy)
        return {'unknown': first}


def nothing_left(rig, ended, *words):
    """No byte of a call left: unsent, exit 4, and the message says why."""
    expect(ended.status == 4, str(ended))
    for word in words:
        expect(word in ended.err, '%s is not in: %s' % (word, ended.err))
    books = rig.books()
    books.check_balance()
    expect(set(books.counts) <= {'unsent'}, str(books.counts))
    expect(not rig.keys()[1], 'something was received')


def name(_):
    with Rig(rows=10, speed=1) as rig:
        ended = rig.import_('--retry-for', '0s', env={'CHAKRA_BASE_URL': 'https://chakra.invalid'})
        nothing_left(rig, ended, 'chakra.invalid')
        return {'unsent': 10}


def certificate(_):
    """A certificate that nobody signed is refused; with --ca-file it is good, but not for another name."""
    with Rig(rows=10, speed=1) as rig:
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', 'key.pem', '-out',
                        'cert.pem', '-subj', '/CN=rehearsal', '-addext', 'subjectAltName=IP:127.0.0.1'], cwd=rig.folder,
                       check=True, capture_output=True)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(rig.path('cert.pem'), rig.path('key.pem'))
        with Proxy(rig.port, lambda n: Way(), tls) as proxy:
            nothing_left(rig, through(rig, proxy, '--retry-for', '0s', scheme='https'), 'certificate')
            nothing_left(rig, through(rig, proxy, '--retry-for', '0s', '--ca-file', 'cert.pem', scheme='https',
                                      host='localhost'), 'certificate')
            ended = through(rig, proxy, '--ca-file', 'cert.pem', scheme='https')
            expect(ended.status == 0, str(ended))
            compare(rig.books(), rig.settle())
        return {'created': 10}


def run(what, o):
    others = {'slow': slow, 'hole': hole, 'name': name, 'certificate': certificate}
    wanted = what.split(',') if what else ['cut', *others]
    cases = [('cut', seed) for seed in range(1, o.seeds + 1)] if 'cut' in wanted else []
    cases += [(one, 0) for one in wanted if one in others]
    return campaign('wire', cases, lambda case: dict(cut=cut, **others)[case[0]](case[1]), o.jobs, o.limit)
