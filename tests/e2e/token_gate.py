# SPDX-License-Identifier: MIT
"""A service whose token expires, in front of a sandbox: token_gate.py SANDBOX_URL TOKEN_FILE PORT_FILE LOG PLAN.

PLAN is a file that is read for each request: lines `N TOKEN`, the token that is good for the next N requests that have it (the
last line's for all that follow; a plan that changes begins anew). A request with another one is answered 401 and repeats what it had, as careless services do.
What has the good one goes to the sandbox, with the sandbox's own. LOG gets a line a request: status, method, path."""

import sys
import threading

import pass_on

SANDBOX, TOKEN_FILE, PORT_FILE, LOG, PLAN = sys.argv[1:6]
LOCK = threading.Lock()
USED = [0, 0, None]  # line of the plan, requests that had its token, the plan


def is_good(token):
    plan = [line.split() for line in open(PLAN, encoding="ascii")]
    with LOCK:
        if USED[2] != plan:  # another one begins anew
            USED[:] = [0, 0, plan]
        while USED[0] + 1 < len(plan) and USED[1] >= int(plan[USED[0]][0]):
            USED[:2] = [USED[0] + 1, 0]
        if token != plan[USED[0]][1]:
            return False
        USED[1] += 1
        return True


class Gate(pass_on.Gate):
    sandbox = SANDBOX

    def handle_one(self, body):
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if is_good(token):
            with open(TOKEN_FILE, encoding="ascii") as f:
                status, headers, data = self.ask_sandbox(body, {"Authorization": "Bearer " + f.read().strip()})
        else:
            status, headers = 401, [("Content-Type", "application/json")]
            data = ('{"error": {"message": "token %s is not good"}}' % token).encode()
        with LOCK, open(LOG, "a", encoding="ascii") as log:
            log.write("%d %s %s\n" % (status, self.command, self.path))
        self.answer(status, headers, data)


pass_on.serve(Gate, PORT_FILE)
