# SPDX-License-Identifier: MIT
"""What the services that stand in front of a sandbox share: each passes requests on, and answers some of them itself."""

import http.client
import http.server
import os
import urllib.parse


class Gate(http.server.BaseHTTPRequestHandler):
    """A subclass has `handle_one(body)`, which ends with `answer`."""
    protocol_version = "HTTP/1.1"
    sandbox = None  # its URL

    def log_message(self, *ignored):
        pass

    def ask_sandbox(self, body, changed=()):
        """Status, headers and body of its answer to the request, with the headers in `changed` as they are there."""
        to = http.client.HTTPConnection(urllib.parse.urlsplit(self.sandbox).netloc)
        own = {n.title(): v for n, v in self.headers.items() if n.lower() not in ("host", "content-length", "connection")}
        own.update(changed)
        to.request(self.command, self.path, body or None, own)
        answer = to.getresponse()
        return answer.status, answer.getheaders(), answer.read()

    def answer(self, status, headers, data):
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def take(self):
        self.handle_one(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = take


def serve(gate, port_file):
    """For ever, on a free port of this machine, which `port_file` tells."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), gate)
    server.daemon_threads = True
    with open(port_file + ".new", "w", encoding="ascii") as f:
        f.write(str(server.server_address[1]))
    os.rename(port_file + ".new", port_file)
    server.serve_forever()
