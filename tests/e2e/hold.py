# SPDX-License-Identifier: MIT
"""Holds a ledger as another program would: hold.py LEDGER MODE READY.

Writes READY once it has it, and lets go when its standard input ends.
JOURNAL-LOCK takes a lock of SQLite under that journal mode; `backup` copies
the ledger page by page."""
import sqlite3
import sys
import time


def connect(path):
    db = sqlite3.connect(path, timeout=0, isolation_level=None)
    db.execute("PRAGMA busy_timeout = 0")
    return db


def read(db):
    db.execute("BEGIN")
    db.execute("SELECT count(*) FROM call").fetchall()


def write(db):
    db.execute("BEGIN IMMEDIATE")
    db.execute("UPDATE meta SET value = value WHERE key = 'run_id'")


def take(path, lock):
    """The connections that have it."""
    db = connect(path)
    if lock == "idle":
        db.execute("SELECT count(*) FROM call").fetchall()
    elif lock == "shared":
        read(db)
    elif lock == "reserved":
        write(db)
    elif lock == "exclusive":
        db.execute("BEGIN EXCLUSIVE")
    elif lock == "mode":  # locking_mode
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        write(db)
        db.execute("COMMIT")
    elif lock == "pending":  # one reads while another wants to commit
        other = connect(path)
        read(db)
        write(other)
        try:
            other.execute("COMMIT")
            sys.exit("the commit did not wait")
        except sqlite3.OperationalError:
            return [db, other]
    else:
        sys.exit("no such lock: " + lock)
    return [db]


def tell(ready):
    with open(ready, "w") as f:
        f.write("held\n")


def backup(path, ready):
    copy = sqlite3.connect(":memory:")

    def step(_status, _remaining, _total):
        tell(ready)
        if sys.stdin.read() == "":
            raise KeyboardInterrupt

    connect(path).backup(copy, pages=1, progress=step)


def main():
    path, mode, ready = sys.argv[1:]
    if mode == "backup":
        try:
            backup(path, ready)
        except KeyboardInterrupt:
            pass
        return
    journal, lock = mode.split("-")
    db = connect(path)
    db.execute("PRAGMA journal_mode = " + journal)
    db.close()
    held = take(path, lock)
    tell(ready)
    sys.stdin.read()
    del held
    time.sleep(0)


main()
