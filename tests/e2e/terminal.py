# SPDX-License-Identifier: MIT
"""A terminal, as far as progress needs one: what a person sees, and when.

Terminal(columns, rows) draws what a program writes: carriage return, line
feed, erasing (CSI K, CSI J), up (CSI n A), colours, and the wrap of a line
that is too long. run() starts a command on a pseudo-terminal of that size and
keeps each picture of the line that is drawn again and again, with its time.
"""
import concurrent.futures
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
import unicodedata

PIECE = re.compile(r"\x1b\[(\?)?([0-9;]*)([A-Za-z])|\x1b.|.", re.S)


class Terminal:
    def __init__(self, columns, rows=24):
        self.columns, self.rows = columns, rows
        self.lines, self.y, self.x = [[]], 0, 0
        self.wrapped = []  # lines that did not fit

    def text(self, y=None):
        return "".join(self.lines[self.y if y is None else y]).rstrip()

    def screen(self):
        """All lines that were written, those that scrolled away first."""
        return ["".join(line).rstrip() for line in self.lines]

    def put(self, c):
        width = 2 if unicodedata.east_asian_width(c) in "WF" else 1
        if unicodedata.combining(c):
            return
        if self.x + width > self.columns:
            self.wrapped.append(self.text())
            self.down()
            self.x = 0
        line = self.lines[self.y]
        line.extend(" " * (self.x + width - len(line)))
        line[self.x] = c
        if width == 2:
            line[self.x + 1] = ""
        self.x += width

    def down(self):
        self.y += 1
        if self.y == len(self.lines):
            self.lines.append([])

    def control(self, words, what):
        n = int(words) if words.isdigit() else 1
        if what == "A":
            self.y = max(self.y - n, len(self.lines) - self.rows, 0)
        elif what == "K":
            del self.lines[self.y][self.x:]
        elif what == "J":
            del self.lines[self.y][self.x:]
            del self.lines[self.y + 1:]
        elif what != "m":
            raise SystemExit(f"what is CSI {words}{what}?")

    def write(self, text):
        for m in PIECE.finditer(text):
            c = m.group(0)
            if m.group(3):
                self.control(m.group(2), m.group(3))
            elif c == "\r":
                self.x = 0
            elif c == "\n":
                self.down()
            elif c == "\b":
                self.x = max(0, self.x - 1)
            elif c >= " ":
                self.put(c)


class Seen:
    """What one command showed. pictures: (seconds, line), each time that the
    line at the cursor changed without ending."""

    def __init__(self, columns, rows):
        self.terminal = Terminal(columns, rows)
        self.pictures, self.status, self.keys_at = [], None, None
        self.raw, self.ended_at = [], None  # (seconds, what was written)


def start(command, columns, rows, env):
    pid, fd = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execvpe(command[0], command, {**env, "TERM": "xterm"})
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    return pid, fd


def run(command, columns, rows=24, env=os.environ, press=None, most=60):
    """press: (pattern, seconds, keys): pressed so long after the line first
    matched."""
    seen = Seen(columns, rows)
    pid, fd = start(command, columns, rows, env)
    begin, matched, rest = time.monotonic(), None, b""
    while time.monotonic() - begin < most:
        ready, _, _ = select.select([fd], [], [], 0.02)
        now = time.monotonic() - begin
        if press and matched and seen.keys_at is None and now - matched >= press[1]:
            os.write(fd, press[2])
            seen.keys_at = now
        if not ready:
            continue
        try:
            got = os.read(fd, 65536)
        except OSError:
            break
        if not got:
            break
        rest += got
        text = rest.decode("utf-8", "ignore")
        rest = rest[len(text.encode()):]
        for part in re.split(r"(?<=\x1b\[K)|(?<=\n)", text):
            seen.terminal.write(part)
            seen.raw.append((now, re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", part)))
            line = seen.terminal.text()
            if part.endswith("\n"):
                continue
            if not seen.pictures or seen.pictures[-1][1] != line:
                seen.pictures.append((now, line))
            if press and matched is None and re.search(press[0], line):
                matched = now
    else:
        os.kill(pid, signal.SIGKILL)
    seen.ended_at = time.monotonic() - begin
    _, status = os.waitpid(pid, 0)
    os.close(fd)
    seen.status = os.waitstatus_to_exitcode(status)
    return seen


MOVES = 1.5  # a second, and what a busy machine takes of it
ANSWERS = 0.9  # half a second, likewise


def faults(seen, columns, press, answer):
    """What a person would see go wrong: a list of sentences."""
    found = []
    bars = [(at, x) for at, x in seen.pictures if x and "^C" not in x]
    shown = bars and [p for p in bars if seen.keys_at is None or p[0] <= seen.keys_at]
    if not shown or not any(re.search(press, x) for _, x in shown):
        return [f"no picture of '{press}': {seen.pictures}"]
    for (a, x), (b, _) in zip(shown, shown[1:]):
        if b - a > MOVES:
            found.append(f"nothing moved for {b - a:.2f} s: {x}")
    for at, x in bars:
        if re.search(r"%|waiting|\]", x) and len(x) > columns - 3:
            found.append(f"too long: {x}")
    parts = [int(m.group(1)) for _, x in shown if (m := re.search(r"(\d+)%", x))]
    if parts != sorted(parts):
        found.append(f"the percentage went back: {parts}")
    if seen.keys_at is None:
        return found + ["no key was pressed"]
    if answer == "ends":  # what only reads, and has nothing to end
        if seen.ended_at - seen.keys_at > ANSWERS:
            found.append(f"Ctrl-C: {seen.ended_at - seen.keys_at:.2f} s")
        return found
    said = [(at, x) for at, x in seen.raw if at >= seen.keys_at]
    if not any(re.search(answer, x) and at - seen.keys_at <= ANSWERS for at, x in said):
        found.append(f"Ctrl-C at {seen.keys_at:.2f} was not answered: {said}")
    left = [x for x in seen.terminal.screen() if re.search(r"\[=*>? *\]  ", x) and "^C" not in x]
    return found + [f"left on the screen: {x}" for x in left]


def table(path):
    """Lines of a file, 'PRESS | SECONDS | ANSWER | COMMAND', each at five widths
    and all at once. In the command {n} is another number for each."""
    jobs, found = [], []
    for line in open(path):
        press, seconds, answer, command = (x.strip() for x in line.split(" | ", 3))
        for columns in 30, 40, 60, 80, 120:
            words = command.replace("{n}", str(len(jobs)))
            jobs.append((columns, press, float(seconds), answer, words))

    def one(job):
        columns, press, seconds, answer, words = job
        seen = run(["sh", "-c", words], columns, press=(press, seconds, b"\x03"), most=20)
        found.extend(f"{columns} columns: {words}: {x}"
                     for x in faults(seen, columns, press, answer))

    with concurrent.futures.ThreadPoolExecutor(len(jobs)) as pool:
        list(pool.map(one, jobs))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    if sys.argv[1] == "--table":
        sys.exit(table(sys.argv[2]))
    # COLUMNS [-k PATTERN SECONDS] COMMAND...: the pictures, then the screen.
    words = sys.argv[2:]
    keys = None
    if words[0] == "-k":
        keys = (words[1], float(words[2]), b"\x03")
        words = words[3:]
    it = run(words, int(sys.argv[1]), press=keys)
    for at, line in it.pictures:
        print(f"{at:7.2f}  |{line}")
    print("\n".join(it.terminal.screen()[-40:]))
    print("exit", it.status, "keys at", it.keys_at, "wrapped", it.terminal.wrapped)
