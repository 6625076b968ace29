#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same mapping with Python's csv and json: peer_csv.py KEY CSV.

An object a line: the column KEY as lead_id (no KEY: ""), all others as texts in data, empty ones left out.
"""
import csv
import json
import sys


def main(key, path):
    dump = json.JSONEncoder(ensure_ascii=False, separators=(',', ':')).encode
    out = sys.stdout
    with open(path, encoding='utf-8', newline='') as source:
        rows = csv.reader(source)
        names = next(rows)
        at = names.index(key) if key else -1
        for row in rows:
            data = {n: v for i, (n, v) in enumerate(zip(names, row)) if v and i != at}
            out.write(dump({'lead_id': row[at], 'data': data} if key else {'data': data}))
            out.write('\n')


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2])
