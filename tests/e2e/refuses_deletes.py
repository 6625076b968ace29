# SPDX-License-Identifier: MIT
"""refuses_deletes.py SANDBOX_URL PORT_FILE IDS_FILE: a sandbox that answers 409 to the deletion of each process whose id is in IDS_FILE,
which is read for each request. What else it is asked goes to the sandbox, and its answers back, as they are."""

import http.client
import http.server
import os
import sys
import urllib.parse

SANDBOX, PORT_FILE, IDS_FILE = sys.argv[1:4]


class Gate(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *ignored):
        pass

    def handle_one(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with open(IDS_FILE, encoding="ascii") as f:
            ids = f.read().split()
        if self.command == "DELETE" and self.path.rsplit("/", 1)[1] in ids:
            status, headers, data = 409, [], b'{"_errors":["it has open tasks"]}'
        else:
            to = http.client.HTTPConnection(urllib.parse.urlsplit(SANDBOX).netloc)
            own = {n: v for n, v in self.headers.items() if n.lower() not in ("host", "content-length", "connection")}
            to.request(self.command, self.path, body or None, own)
            answer = to.getresponse()
            status, headers, data = answer.status, answer.getheaders(), answer.read()
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gate)
server.daemon_threads = True
with open(PORT_FILE + ".new", "w", encoding="ascii") as f:
    f.write(str(server.server_address[1]))
os.rename(PORT_FILE + ".new", PORT_FILE)
server.serve_forever()
