# SPDX-License-Identifier: MIT
"""TLS before a sandbox, and a proxy that leads there: tls_proxy.py SANDBOX_URL CERTIFICATE KEY PORTS LOG [USER:PASSWORD].

PORTS gets two numbers: that of the service with TLS, and that of the proxy, which takes every CONNECT for the way to it, whatever
host is named, and wants USER:PASSWORD if there is one. LOG gets a line a connection: `direct`, `CONNECT HOST:PORT`, `407`."""

import base64
import os
import socket
import ssl
import sys
import threading
import urllib.parse

SANDBOX, CERTIFICATE, KEY, PORTS, LOG = sys.argv[1:6]
WANTED = "Basic " + base64.b64encode(sys.argv[6].encode()).decode() if len(sys.argv) > 6 else None
CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
CONTEXT.load_cert_chain(CERTIFICATE, KEY)


def note(line):
    with open(LOG, "a", encoding="ascii") as log:
        log.write(line + "\n")


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(connection):
    """What comes by TLS goes to the sandbox as it is."""
    try:
        inside = CONTEXT.wrap_socket(connection, server_side=True)
    except (OSError, ssl.SSLError):
        return
    place = urllib.parse.urlsplit(SANDBOX)
    outside = socket.create_connection((place.hostname, place.port))
    threading.Thread(target=pump, args=(outside, inside), daemon=True).start()
    pump(inside, outside)


def lead(connection):
    text = b""
    while b"\r\n\r\n" not in text:
        more = connection.recv(4096)
        if not more:
            return
        text += more
    lines = text.decode("latin-1").split("\r\n")
    given = [line.split(": ", 1)[1] for line in lines if line.lower().startswith("proxy-authorization: ")]
    if WANTED and given != [WANTED]:
        note("407")
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")
        connection.close()
        return
    note(" ".join(lines[0].split()[:2]))
    connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    serve(connection)


def listen(handle):
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(16)

    def accept():
        while True:
            connection, _ = listener.accept()
            connection.settimeout(60)
            threading.Thread(target=handle, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept)
    thread.start()
    return listener.getsockname()[1]


def direct(connection):
    note("direct")
    serve(connection)


found = f"{listen(direct)} {listen(lead)}\n"
with open(PORTS + ".new", "w", encoding="ascii") as f:
    f.write(found)
os.rename(PORTS + ".new", PORTS)
