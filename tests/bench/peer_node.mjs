// SPDX-License-Identifier: MIT
// The same mapping with what Node has: peer_node.mjs papaparse|csv-parse|duckdb FOLDER KEY CSV
// `summarize` is what is compared with `inspect`: DuckDB's profile of all columns, with one thread.
// FOLDER holds node_modules. An object a line: the column KEY as lead_id, all others as texts in data, empty ones left out.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [, , tool, folder, key, file] = process.argv;
const require = createRequire(path.join(path.resolve(folder), 'x.js'));
let pending = '';

function put(object) {
  pending += JSON.stringify(object) + '\n';
  if (pending.length > 1 << 18) flush();
}

function flush() {
  let bytes = Buffer.from(pending);
  pending = '';
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(fs.writeSync(1, bytes));
    } catch (e) {
      if (e.code !== 'EAGAIN') throw e;
    }
  }
}

function shape(names, row) {
  const data = {};
  const object = {};
  for (let i = 0; i < names.length; i++) {
    if (names[i] === key) object.lead_id = row[i];
    else if (row[i] !== '') data[names[i]] = row[i];
  }
  object.data = data;
  return object;
}

async function withPapaparse() {
  const Papa = require('papaparse');
  let names;
  await new Promise((resolve, reject) => {
    Papa.parse(fs.createReadStream(file, 'utf8'), {
      skipEmptyLines: true,
      chunk({ data }) {
        for (const row of data) {
          if (names) put(shape(names, row));
          else names = row;
        }
      },
      complete: resolve,
      error: reject,
    });
  });
}

async function withCsvParse() {
  const { parse } = require('csv-parse');
  const parser = fs.createReadStream(file).pipe(parse());
  let names;
  await new Promise((resolve, reject) => {
    parser.on('readable', () => {
      for (let row = parser.read(); row !== null; row = parser.read()) {
        if (names) put(shape(names, row));
        else names = row;
      }
    });
    parser.on('end', resolve);
    parser.on('error', reject);
  });
}

function firstLine(name) {
  const bytes = Buffer.alloc(1 << 16);
  const fd = fs.openSync(name);
  const n = fs.readSync(fd, bytes);
  fs.closeSync(fd);
  return bytes.toString('utf8', 0, n).split('\n', 1)[0];
}

async function withDuckdb() {
  const { DuckDBInstance } = require('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const head = firstLine(file).split(',');
  const data = head.filter((n) => n !== key).map((n) => `"${n}" := nullif("${n}", '')`).join(', ');
  const id = key ? `"${key}" AS lead_id, ` : '';
  await connection.run(
    `COPY (SELECT ${id}struct_pack(${data}) AS data FROM read_csv('${file}', header = true, all_varchar = true)) TO '/dev/stdout' (FORMAT json)`);
}

async function withSummarize() {
  const { DuckDBInstance } = require('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const found = await connection.runAndReadAll(`SUMMARIZE FROM read_csv('${file}', header = true)`);
  put(found.getRowsJson());
}

const tools = { summarize: withSummarize, papaparse: withPapaparse, 'csv-parse': withCsvParse, duckdb: withDuckdb };
await tools[tool]();
flush();
