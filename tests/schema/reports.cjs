// SPDX-License-Identifier: MIT
//
// `csv2chakra schema report` before ajv: valid JSON Schema 2020-12, takes the
// reports of all kinds of runs (tests/page/make_runs.sh), refuses each of
// them when a member is missing, another is there, or one is of another type.
// Called by check.cjs.
'use strict'

const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

function reportFiles (folder) {
  return fs.readdirSync(folder).sort()
    .flatMap((kind) => [path.join(folder, kind, 'report.json'), path.join(folder, kind, 'latest', 'report.json')])
    .filter((file) => fs.existsSync(file))
}

// Every object in x with the path to it, of lists the first item only.
function objects (x, at = []) {
  if (Array.isArray(x)) return x.length > 0 ? objects(x[0], [...at, 0]) : []
  if (x === null || typeof x !== 'object') return []
  return [at, ...Object.entries(x).flatMap(([k, v]) => objects(v, [...at, k]))]
}

// The report with one item in each list, which is enough to be spoilt.
function small (text) {
  return JSON.parse(text, (k, v) => Array.isArray(v) ? v.slice(0, 1) : v)
}

const reach = (x, at) => at.reduce((o, k) => o[k], x)

// The members that may be absent, by the paths in which they stand.
function isOptional (schema, at, name) {
  let s = schema
  for (const k of at) s = typeof k === 'number' ? s.items : (s.properties && s.properties[k]) || s.additionalProperties
  const required = at.length === 0 ? schema.required.concat('would_send', 'hazards') : s.required || []
  return !required.includes(name)
}

function closed (s) {
  if (Array.isArray(s)) return s.map(closed)
  if (s === null || typeof s !== 'object') return s
  const all = Object.fromEntries(Object.entries(s).map(([k, v]) => [k, closed(v)]))
  const isOpen = s.type && s.properties && typeof s.properties === 'object' && s.additionalProperties === undefined
  return isOpen ? { ...all, additionalProperties: false } : all
}

module.exports = function (tell, Ajv2020, program, folder) {
  const made = spawnSync(program, ['schema', 'report'], { encoding: 'utf8' })
  const schema = JSON.parse(made.stdout)
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true })
  tell(made.status === 0 && ajv.validateSchema(schema), 'the schema of reports is valid JSON Schema 2020-12', ajv.errorsText())
  // Open to members of later versions; this one has no other than it names.
  const validate = ajv.compile(closed(schema))
  const files = reportFiles(folder)
  tell(files.length >= 9, 'there are reports of all kinds', files.join('\n'))
  for (const file of files) {
    const name = path.relative(folder, file)
    const text = fs.readFileSync(file, 'utf8')
    const report = JSON.parse(text)
    tell(validate(report), `${name} is as the schema says`, ajv.errorsText(validate.errors, { separator: '\n' }))
    const taken = []
    for (const at of objects(report)) {
      const spoilt = [['another member', (o) => { o.more = 1 }]]
      for (const k of Object.keys(reach(report, at))) {
        spoilt.push([`a list as ${k}`, (o) => { o[k] = [[]] }])
        if (!isOptional(schema, at, k)) spoilt.push([`no ${k}`, (o) => { delete o[k] }])
      }
      for (const [what, spoil] of spoilt) {
        const copy = small(text)
        spoil(reach(copy, at))
        if (validate(copy)) taken.push(`${at.join('.')}: ${what}`)
      }
    }
    tell(taken.length === 0, `${name} spoilt anywhere is refused`, taken.join('\n'))
  }
}
