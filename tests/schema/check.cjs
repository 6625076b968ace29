// SPDX-License-Identifier: MIT
//
// `csv2chakra schema` before an independent validator: it is valid JSON Schema
// 2020-12 with no keyword that ajv does not know; it takes every shipped
// mapping and every valid fixture; it refuses what a schema can refuse.
// usage: node tests/schema/check.cjs FOLDER-WITH-node_modules CSV2CHAKRA [YAML...]
// RUNS in the environment: a folder of runs, whose reports are put before the
// schema of reports, too (reports.cjs). With files after: only these; those that csv2chakra takes and that are YAML
// by the letter (libyaml is more patient) must pass.
'use strict'

const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const { createRequire } = require('node:module')
const { tell, end } = require('../tap.cjs')

const [modules, program, ...files] = process.argv.slice(2)
const from = createRequire(path.resolve(modules, 'package.json'))
const Ajv2020 = from('ajv/dist/2020').default
const YAML = from('yaml')

const top = path.resolve(__dirname, '../..')
const VALID = ['mappings', 'tests/data/mappings/valid']
const MALFORMED = 'tests/data/mappings/malformed'

// What only the loader can see, by the code that a fixture expects: formats,
// zones, and values that a field's own rules refuse.
const BEYOND = ['mapping.format', 'mapping.refused_value', 'mapping.unknown_zone']

// One mistake each that an editor has to underline.
const WRONG = {
  'a list': '- version: 1',
  'text': 'version',
  'no version': 'lead_id: A',
  'a version as a word': 'version: "one"\nlead_id: A',
  'an unknown key': 'version: 1\nlead_id: A\nprocedures: x',
  'data as text': 'version: 1\ndata: A',
  'a field as a list': 'version: 1\ndata: {a: [A]}',
  'an unknown type': 'version: 1\ndata: {a: {column: A, type: strnig}}',
  'a switch as text': 'version: 1\ndata: {a: {column: A, required: sometimes}}',
  'a length as text': 'version: 1\ndata: {a: {column: A, max_length: long}}',
  'an index of none': 'version: 1\ndata: {a: {index: 0}}',
  'a lookup table with a key too many': 'version: 1\ndata: {a: {column: A, map: {file: t.csv, from: A, to: B, source: {sep: x}}}}',
  'a word for the case of a map': 'version: 1\ndata: {a: {column: A, map: {x: y}, map_case: lower}}',
  'items as a map': 'version: 1\ndata: {a: {items: {fields: {b: B}}}}',
  'an item without fields': 'version: 1\ndata: {a: {items: [{b: B}]}}',
  'a map as a list': 'version: 1\ndata: {a: {column: A, map: [x]}}',
  'an unknown word': 'version: 1\ndata: {a: {column: A, on_error: ignore}}',
  'half a replacement': 'version: 1\ndata: {a: {column: A, replace: {with: x}}}',
  'a list with half a replacement': 'version: 1\ndata: {a: {column: A, replace: [{pattern: x}]}}',
  'an unknown step of each': 'version: 1\ndata: {a: {column: A, type: multiString, each: {trim: true}}}',
  'an empty separator': 'version: 1\ndata: {a: {column: A, type: multiString, separator: ""}}',
  'quoted as a word': 'version: 1\ndata: {a: {column: A, type: multiString, quoted: always}}',
  'clear as text': 'version: 1\nlead_id: A\ndefaults: {clear: x}',
  'eleven months': 'version: 1\ndata: {a: {column: A, type: date, format: "%d %b %Y", month_names: [a, b, c, d, e, f, g, h, i, j, k]}}',
  'an unknown source key': 'version: 1\nlead_id: A\nsource: {delimeter: ","}',
  'ragged rows as they come': 'version: 1\nlead_id: A\nsource: {ragged: keep}',
  'chunks of nothing': 'version: 1\nlead_id: A\nsubmit: {chunk_rows: 0}',
  'a test without a row': 'version: 1\nlead_id: A\ntests: [{rejects: x}]'
}

// The document's value; throws what is wrong with it as YAML.
function read (text) {
  const documents = YAML.parseAllDocuments(text, { version: '1.2', schema: 'core', uniqueKeys: true })
  if (documents.length !== 1) throw new Error('several documents')
  if (documents[0].errors.length > 0) throw documents[0].errors[0]
  return documents[0].toJS()
}

// null, or why the text is refused: the parser's words or the schema's.
function refusal (text, isPatient) {
  let value
  try {
    value = read(text)
  } catch (e) {
    return isPatient ? null : e.message
  }
  return validate(value) ? null : ajv.errorsText(validate.errors, { separator: '\n' })
}

function yamlFiles (folder) {
  return fs.readdirSync(path.join(top, folder))
    .filter((name) => name.endsWith('.yaml')).sort()
    .map((name) => path.join(folder, name))
}

const made = spawnSync(program, ['schema'], { encoding: 'utf8' })
if (made.status !== 0) throw new Error(`${program} schema: status ${made.status}`)
const schema = JSON.parse(made.stdout)

// strictRequired would want `properties` beside each `required` of a oneOf.
const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true })
if (files.length === 0) {
  tell(schema.$schema === 'https://json-schema.org/draft/2020-12/schema', 'the schema names its draft')
  tell(ajv.validateSchema(schema), 'the schema is valid JSON Schema 2020-12', ajv.errorsText())
}
const validate = ajv.compile(schema)

for (const file of files) {
  const taken = spawnSync(program, ['check', file]).status === 0
  const why = taken ? refusal(fs.readFileSync(file, 'utf8'), true) : null
  if (taken) tell(why === null, `${file} passes, as csv2chakra takes it`, why)
}
if (files.length === 0) {
  for (const file of VALID.flatMap(yamlFiles)) {
    const why = refusal(fs.readFileSync(path.join(top, file), 'utf8'))
    tell(why === null, `${file} passes`, why)
  }
  for (const file of yamlFiles(MALFORMED)) {
    const text = fs.readFileSync(path.join(top, file), 'utf8')
    const code = /^# expect: (\S+)/.exec(text)[1]
    const why = refusal(text)
    if (BEYOND.includes(code)) tell(why === null, `${file} is for the loader to refuse (${code})`, why)
    else tell(why !== null, `${file} is refused (${code})`)
  }
  for (const [name, text] of Object.entries(WRONG)) tell(refusal(text) !== null, `${name} is refused`)
}
if (files.length === 0) require('./kubernetes.cjs')(tell, YAML, from('typescript'), modules, top)
if (process.env.RUNS) require('./reports.cjs')(tell, Ajv2020, program, process.env.RUNS)
end()
