# SPDX-License-Identifier: MIT
"""stub.py PORT_FILE STATUS [BODY_FILE [HEADER: VALUE]...]: a server on a free loopback port, or on STUB_PORT, that gives
every request the same answer. "Date: -" leaves the Date header out. Ends with its parent's SIGTERM."""
import http.server
import os
import sys


class Stub(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def answer(self):
        self.rfile.read(int(self.headers.get('Content-Length') or 0))
        headers = dict(h.split(': ', 1) for h in sys.argv[4:])
        body = b''
        if len(sys.argv) > 3:
            with open(sys.argv[3], 'rb') as f:
                body = f.read()
        self.send_response_only(int(sys.argv[2]))
        headers.setdefault('Date', self.date_time_string())
        for name, value in headers.items():
            if value != '-':
                self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(('127.0.0.1', int(os.environ.get('STUB_PORT', '0'))), Stub)
with open(sys.argv[1] + '.new', 'w', encoding='ascii') as f:
    f.write(str(server.server_port))
os.rename(sys.argv[1] + '.new', sys.argv[1])
server.serve_forever()
