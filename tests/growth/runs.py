# SPDX-License-Identifier: MIT
"""Runs folders of n runs, for growth.py: one run is imported into the sandbox
of CHAKRA_BASE_URL, and copied under other names as often as it takes. What
costs little is there by the hundred, so that a loop over all pairs of runs is
seen beside it."""

import json
import os
import shutil
import subprocess


def name_of(i):
    return f"20260102T{i // 3600 % 24:02}{i // 60 % 60:02}{i % 60:02}Z-kunden-{i:06x}"


def import_one(folder, rows=3, options=(), bad=0):
    """Imports a small file, all of it but for the bad rows; the run's folder."""
    stem = f"{folder}.source"
    os.makedirs(stem)
    with open(f"{stem}/kunden.csv", "w", encoding="utf-8") as f:
        f.write("ref;zahl\n" + "".join(
            f"K-{i};{'viel' if i < bad else i}\n" for i in range(rows)))
    with open(f"{stem}/kunden.yaml", "w", encoding="utf-8") as f:
        f.write("version: 1\nprocedure: lead\nlead_id: ref\n"
                "data:\n  zahl: {column: zahl, type: integer}\n")
    done = subprocess.run(
        ["csv2chakra", "import", "-q", "--again", "--runs-dir", f"{stem}/runs", *options,
         f"{stem}/kunden.yaml", f"{stem}/kunden.csv"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode != (1 if bad else 0):
        raise SystemExit(f"growth: status {done.returncode}:\n{done.stderr.decode()}")
    return os.path.realpath(f"{stem}/runs/latest")


def change(folder, **members):
    path = f"{folder}/run.json"
    with open(path, encoding="utf-8") as f:
        identity = json.load(f)
    identity.update(members)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(identity, f)


def copies(runs, n, base, keep=None):
    """n copies of a run, or of its files that are named in keep."""
    for i in range(n):
        to = f"{runs}/{name_of(i)}"
        if keep is None:
            shutil.copytree(base, to)
        else:
            os.mkdir(to, 0o700)
            for name in keep:
                shutil.copy(f"{base}/{name}", to)
        change(to, id=name_of(i))


# Each fills the folder `runs` for size n, and returns what is asked for: the
# operands of status.


def finished(runs, n):
    copies(runs, n, import_one(runs))


def with_failed_rows(runs, n):
    copies(runs, n, import_one(runs, bad=2))


def stopped(runs, n):
    copies(runs, n, import_one(runs, options=["--limit", "1"]))


def without_ledger(runs, n):
    copies(runs, n, import_one(runs), ["run.json", "ledger.mark"])


def robbed_of_its_ledger(runs, n):
    copies(runs, n, import_one(runs), ["run.json"])


def pruned(runs, n):
    base = import_one(runs)
    subprocess.run(["csv2chakra", "prune", "-q", "--runs-dir", os.path.dirname(base), "latest"],
                   stdout=subprocess.DEVNULL, check=True)
    copies(runs, n, base, ["run.json", "pruned.json"])


def unreadable_identity(runs, n):
    for i in range(n):
        os.mkdir(f"{runs}/{name_of(i)}", 0o700)
        with open(f"{runs}/{name_of(i)}/run.json", "w", encoding="utf-8") as f:
            f.write('{"schema": ')


def ledgers_that_are_none(runs, n):
    copies(runs, n, import_one(runs), ["run.json", "ledger.mark"])
    for i in range(n):
        with open(f"{runs}/{name_of(i)}/ledger.sqlite", "w", encoding="utf-8") as f:
            f.write("no database\n" * 400)


def folders_of_others(runs, n):
    for i in range(n):
        os.mkdir(f"{runs}/Ordner {i}", 0o700)


def files_among_runs(runs, n):
    for i in range(n):
        with open(f"{runs}/{name_of(i)}", "w", encoding="utf-8"):
            pass


def long_paths(runs, n):
    copies(runs, n, import_one(runs), ["run.json", "ledger.mark"])
    for i in range(n):
        change(f"{runs}/{name_of(i)}", input_path="/tief" * 800, mapping_path="/karte" * 600)


def retries_of_one(runs, n):
    copies(runs, n, import_one(runs), ["run.json", "ledger.mark"])
    for i in range(1, n):
        change(f"{runs}/{name_of(i)}", parent=name_of(0))
    return [name_of(0)]


def retries_of_retries(runs, n):
    copies(runs, n, import_one(runs), ["run.json", "ledger.mark"])
    for i in range(1, n):
        change(f"{runs}/{name_of(i)}", parent=name_of(i - 1))
    return [name_of(n - 1)]


def calls_of_one_run(runs, n):
    base = import_one(runs, rows=n, options=["--chunk-rows", "1"])
    shutil.copytree(base, f"{runs}/{os.path.basename(base)}")
    return [os.path.basename(base)]


SHAPES = {f.__name__: (f, n) for f, n in (
    (finished, 16), (with_failed_rows, 16), (stopped, 16), (without_ledger, 400),
    (robbed_of_its_ledger, 400), (pruned, 400), (unreadable_identity, 400),
    (ledgers_that_are_none, 100), (folders_of_others, 800), (files_among_runs, 800),
    (long_paths, 100), (retries_of_one, 400), (retries_of_retries, 400), (calls_of_one_run, 100))}


def make(function, n, runs):
    """A folder of its own, filled; the operands of the command."""
    os.mkdir(runs, 0o700)
    return function(runs, n) or []
