# SPDX-License-Identifier: MIT
"""refuses_deletes.py SANDBOX_URL PORT_FILE IDS_FILE: a sandbox that answers 409 to the deletion of each process whose id is in IDS_FILE,
which is read for each request."""

import sys

import pass_on

SANDBOX, PORT_FILE, IDS_FILE = sys.argv[1:4]


class Gate(pass_on.Gate):
    sandbox = SANDBOX

    def handle_one(self, body):
        with open(IDS_FILE, encoding="ascii") as f:
            ids = f.read().split()
        if self.command == "DELETE" and self.path.rsplit("/", 1)[1] in ids:
            self.answer(409, [], b'{"_errors":["it has open tasks"]}')
        else:
            self.answer(*self.ask_sandbox(body))


pass_on.serve(Gate, PORT_FILE)
