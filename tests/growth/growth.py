#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts instructions at n, 2n and 4n, to see what grows faster than its input.

usage: growth.py COMMAND [--all] [--times N] [--shape NAME]...

COMMAND is one of inspect, init, check, preview, convert, import, status, report, diff, send (with a row a call).
For each shape an input is made in the current folder in three sizes, and the
command reads it under callgrind: the same counts on a busy machine as on an
idle one. What is linear grows from 2n to 4n by twice as much as from n to 2n,
what is quadratic by four times, whatever starting costs; more than 2.5 times is
a failure (sorting needs 2.2). Where the first step is small beside the rest, or
the second is too small because something is done for the first few of many
only, such as "did you mean", nothing is decided: n is doubled, four times at
most. --times makes the sizes larger.

The shapes are a CSV and a mapping (for `report` and `diff` imported into the
sandbox of CHAKRA_BASE_URL first), for `status` a folder with n runs (runs.py).

The last line is "N shapes, N grow too fast"; the exit status 1 if any does.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys

import runs

NOISE = 1_500_000  # what the start of a program varies by
LINEAR, WORST = 1.8, 2.5
DOUBLED_AT_MOST = 4


def mapping(data="  a: {index: 1}\n", source="", key="", rest=""):
    return f"version: 1\nprocedure: lead\n{source}{key}data:\n{data}{rest}"


def table(header, rows):
    return header + "\n" + "".join(row + "\n" for row in rows)


def words(prefix, n):
    return [f"{prefix}{i}" for i in range(n)]


def quoted_list(items):
    return "[" + ", ".join(f'"{i}"' for i in items) + "]"


# Each takes n and returns (mapping, CSV). All rows of a shape can be read, so
# that there is something to report on.


def rows(n):
    return mapping(key="lead_id: ref\n", data="  a: name\n"), table(
        "ref,name", [f"R-{i},Anouk {i}" for i in range(n)])


def distinct_columns(n):
    names = words("spalte", n)
    return mapping("".join(f"  {x}: {x}\n" for x in names)), table(
        ",".join(names), [",".join(["7"] * n)] * 2)


def columns_of_one_name(n):
    return mapping("".join(
        f"  f{i}: {{index: {i + 1}}}\n" for i in range(n))), table(
            ",".join(["x"] * n), [",".join(["7"] * n)] * 2)


def columns_without_names(n):
    return mapping("".join(
        f"  f{i}: {{index: {i + 1}}}\n" for i in range(n))), table(
            "k" + "," * (n - 1), [",".join(["b"] * n)] * 2)


def columns_alike_in_case(n):
    names = [f"Betrag{'' if i % 2 else ' '}{i // 2}" for i in range(n)]
    return mapping(), table(",".join(names), [",".join(["3"] * n)])


def long_cell(n):
    return mapping(), table("text;z", ["lorem ipsum " * n + ";1"] * 3)


def quotes_in_a_cell(n):
    return mapping(), table("text,z", ['"' + 'say ""so"", ' * n + '",1'] * 2)


def lines_in_a_cell(n):
    return mapping(), table("text,z", ['"' + "one\r\n" * n + '",1'] * 2)


def blank_and_short_records(n):
    return mapping(), table("a,b,c", ["1,2,3", "", "4,5"] * n)


def misspelt_map(n):
    entries = ", ".join(f'"Gleis {i:05}": {i}' for i in range(n))
    return mapping("  ort: {column: ort, map: {" + entries + "}}\n"), table(
        "ort,z", [f"Gleis {i:05}n,1" for i in range(n)])


def misspelt_one_of(n):
    return mapping("  ort: {column: ort, one_of: " + quoted_list(
        words("Bahnhof ", n)) + "}\n"), table(
            "ort,z", [f"Banhof {i}x,1" for i in range(n)])


def many_nulls(n):
    return mapping("  ort: ort\n", source="source:\n  nulls: " + quoted_list(
        words("n/a ", n)) + "\n"), table(
            "ort,z", [f"n/a {i}{'' if i % 2 else '?'},1" for i in range(n)])


def many_words_for_true(n):
    return mapping(
        "  an: {column: an, type: boolean, true_words: " + quoted_list(
            words("Jawohl", n)) + ", false_words: " + quoted_list(
                words("Nimmer", n)) + "}\n"), table(
                    "an,z", [f"NIMMER{i},1" for i in range(n)])


def many_wrong_cells(n):
    return mapping("  a: {column: a, type: integer}\n  b: {column: b, type: date}\n"), table(
        "a,b", [f"x{i},{i}.{i}" for i in range(n)])


def many_columns_with_problems(n):
    return mapping("".join(
        f"  f{i}: {{index: {i + 1}, type: integer}}\n" for i in range(n))), table(
            ",".join(words("c", n)), [",".join(["x"] * n)] * 3)


def one_key_again_and_again(n):
    return mapping(key="lead_id: ref\n", data="  a: z\n"), table(
        "ref,z", ["same,1"] * n)


def dates_and_numbers(n):
    return mapping('  d: {column: d, type: date, format: "%d.%m.%Y"}\n'
                   '  e: {column: e, type: float, decimal: ","}\n'), table(
                       "d;e", [f"{i % 28 + 1}.{i % 12 + 1}.20{i % 30:02};{i},5"
                               for i in range(n)])


def many_fields_of_one_column(n):
    return mapping("".join(f"  f{i}: a\n" for i in range(n))), table(
        "a,b", ["1,2"] * 3)


def long_template(n):
    return mapping('  t: {template: "' + "{a}-" * n + '"}\n'), table(
        "a,b", ["one,2"] * 3)


def keyed_columns(n):
    names = words("spalte", n)
    return mapping("".join(f"  {x}: {x}\n" for x in names), key="lead_id: ref\n"), table(
        "ref," + ",".join(names), [f"K-{i}," + ",".join(["7"] * n) for i in range(4)])


def numbers_of(n, *functions):
    return {f.__name__: (f, n) for f in functions}


# name: (function, n). The first 256 KiB of a file and cells of more than 32 KiB
# are looked at more closely: the sizes of a shape of long cells do not lie on
# both sides.
SHAPES = {
    **numbers_of(1000, rows),
    **numbers_of(250, distinct_columns, columns_of_one_name, columns_without_names),
    **numbers_of(16000, long_cell),
    **numbers_of(700, quotes_in_a_cell),
    **numbers_of(1600, lines_in_a_cell),
    **numbers_of(400, blank_and_short_records),
    **numbers_of(1600, misspelt_map),
    **numbers_of(200, misspelt_one_of, many_words_for_true),
    **numbers_of(300, many_nulls, many_wrong_cells, columns_alike_in_case),
    **numbers_of(300, many_columns_with_problems),
    **numbers_of(500, one_key_again_and_again, dates_and_numbers, long_template),
    **numbers_of(200, many_fields_of_one_column),
}
# For commands that ask a service for every row, or every call.
ASKING = {
    "diff": numbers_of(1000, rows) | numbers_of(100, keyed_columns),
    "send": numbers_of(60, rows),
}
# What is looked at without --all, by those who take a mapping and by those who
# take a CSV alone.
QUICK = (
    "rows", "distinct_columns", "columns_of_one_name", "long_cell", "quotes_in_a_cell",
    "blank_and_short_records", "misspelt_map", "misspelt_one_of", "many_nulls",
    "many_words_for_true", "many_columns_with_problems", "one_key_again_and_again")
QUICK_CSV = (
    "rows", "distinct_columns", "columns_of_one_name", "columns_without_names",
    "columns_alike_in_case", "long_cell", "quotes_in_a_cell", "lines_in_a_cell",
    "blank_and_short_records", "many_wrong_cells", "many_columns_with_problems",
    "dates_and_numbers")

COMMANDS = {
    "inspect": "inspect {csv}",
    "init": "init {csv}",
    "check": "check {yaml} {csv}",
    "preview": "preview {yaml} {csv}",
    "convert": "convert {yaml} {csv}",
    "import": "import --dry-run {yaml} {csv}",
    "status": "status --runs-dir {runs}",
    "report": "report --runs-dir {runs} latest",
    "diff": "diff -q {update} {csv}",
    "send": "import -q --again --no-wait --chunk-rows 1 --runs-dir {runs} {yaml} {csv}",
}
OPTIONS = ["--max-columns", "100000"]


def all_shapes(command):
    return runs.SHAPES if command == "status" else ASKING.get(command, SHAPES)


def shapes_of(command, everything):
    if everything or command == "status" or command in ASKING:
        return list(all_shapes(command))
    return QUICK_CSV if command in ("inspect", "init") else QUICK


def change_every_tenth(stem):
    """The rows of an update beside what was imported; every 7 is an 8."""
    with open(f"{stem}.yaml", encoding="utf-8") as f:
        text = f.read()
    with open(f"{stem}.update.yaml", "w", encoding="utf-8") as f:
        f.write(text.replace("version: 1\n", "version: 1\nmode: update\n"))
    with open(f"{stem}.csv", encoding="utf-8") as f:
        lines = f.read().splitlines()
    with open(f"{stem}.csv", "w", encoding="utf-8") as f:
        f.write("".join(
            line.replace(",7", ",8") + ("2" if i % 10 == 1 else "") + "\n"
            for i, line in enumerate(lines)))


def make(function, n, command, stem):
    """Makes the input; the command line that reads it."""
    words = COMMANDS[command].format(
        csv=f"{stem}.csv", yaml=f"{stem}.yaml", update=f"{stem}.update.yaml",
        runs=f"{stem}.runs").split()
    if command == "status":
        return ["csv2chakra", *words, *(runs.make(function, n, f"{stem}.runs") or ["--all"])]
    for end, text in zip((".yaml", ".csv"), function(n)):
        with open(stem + end, "w", encoding="utf-8", newline="") as f:
            f.write(text)
    if command not in ("report", "diff"):
        return ["csv2chakra", *words, *OPTIONS]
    subprocess.run(
        ["csv2chakra", "import", "--runs-dir", f"{stem}.runs", "-q", "--again",
         *OPTIONS, f"{stem}.yaml", f"{stem}.csv"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    if not os.path.isdir(f"{stem}.runs"):
        sys.exit(f"growth: no run was made of {stem}")
    if command == "diff":
        change_every_tenth(stem)
        words += OPTIONS
    return ["csv2chakra", *words]


def count(line):
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *line],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    err = done.stderr.decode("utf-8", "replace")
    found = re.search(r"Collected : (\d+)", err)
    # 2 and 70 and beyond: it did not do what is to be counted.
    if not found or done.returncode in (2, 64, 70) or done.returncode > 75:
        sys.exit(f"growth: {' '.join(line)}: status {done.returncode}\n{err[-2000:]}")
    return int(found.group(1))


def measure(command, name, times):
    """Where the last three counts are from, all counts, and their factor."""
    function, n = all_shapes(command)[name]
    n *= times
    counts = []
    while True:
        size = n << len(counts)
        counts.append(count(make(function, size, command, f"{command}-{name}-{size}")))
        if len(counts) < 3:
            continue
        first, second = counts[-2] - counts[-3], counts[-1] - counts[-2]
        factor = second / max(first, NOISE)
        tells = LINEAR <= factor and first > counts[-3] // 10
        if tells or len(counts) == 3 + DOUBLED_AT_MOST:
            return name, n, counts, factor


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--shape", action="append")
    parser.add_argument("--all", action="store_true")
    args = parser.parse_args()
    names = args.shape or shapes_of(args.command, args.all)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        jobs = [pool.submit(measure, args.command, name, args.times) for name in names]
        for job in jobs:
            name, n, counts, factor = job.result()
            too_fast = factor > WORST
            failed += too_fast
            print(f"{args.command} {name} from {n}: "
                  + ", ".join(f"{c / 1e6:.1f}" for c in counts)
                  + f" million; x{factor:.2f}" + (" TOO FAST" if too_fast else ""),
                  flush=True)
    print(f"{len(names)} shapes, {failed} grow too fast")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
