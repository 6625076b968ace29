// SPDX-License-Identifier: MIT
//
// samples/engines/kubernetes before the types of Kubernetes' API, which are
// made from its OpenAPI: every member has a name and a type that the API knows.
// What the types leave open (words, exit statuses) is compared with the list
// that csv2chakra-scale(7) has.
'use strict'

const fs = require('node:fs')
const path = require('node:path')

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore']

// One mistake each, put into job.yaml.
const WRONG = {
  'a misspelt limit': (job) => { job.spec.backoffLimitPerIdx = 3 },
  'a number as text': (job) => { job.spec.parallelism = '8' },
  'a rule as text': (job) => { job.spec.podFailurePolicy.rules = 'FailJob' },
  'a variable as a number': (job) => { job.spec.template.spec.containers[0].env[1].value = 8 },
  'a claim at the wrong place': (job) => { job.spec.template.spec.volumes[2].claimName = 'x' },
  'a mode as text': (job) => { job.spec.template.spec.volumes[0].secret.defaultMode = '0440' },
  'no name of a container': (job) => { delete job.spec.template.spec.containers[0].name }
}

// What the compiler says of the manifest as an object of its kind.
function complaints(ts, folder, manifest) {
  const file = path.join(folder, 'manifest.ts')
  fs.writeFileSync(file, `import type { ${manifest.kind} } from 'kubernetes-types/batch/v1'
export const manifest: ${manifest.kind} = ${JSON.stringify(manifest)}
`)
  const program = ts.createProgram([file], { strict: true, noEmit: true, types: [], skipLibCheck: true, moduleResolution: ts.ModuleResolutionKind.Node10, ignoreDeprecations: '5.0' })
  return ts.getPreEmitDiagnostics(program)
    .map((d) => ts.flattenDiagnosticMessageText(d.messageText, ' '))
}

function rulesOf(manifest) {
  const spec = manifest.kind === 'CronJob' ? manifest.spec.jobTemplate.spec : manifest.spec
  return spec.podFailurePolicy.rules
}

// Exit statuses of an import that the rules name, by action: "FailJob 3".
function statuses(manifest) {
  return rulesOf(manifest).filter((r) => r.onExitCodes)
    .map((r) => `${r.action} ${r.onExitCodes.values.join(' ')}`).sort().join(', ')
}

module.exports = function (tell, YAML, ts, modules, top) {
  const folder = path.resolve(modules, 'kubernetes')
  fs.mkdirSync(folder, { recursive: true })
  const samples = path.join(top, 'samples/engines/kubernetes')
  const read = (name) => YAML.parse(fs.readFileSync(path.join(samples, name), 'utf8'))

  for (const name of fs.readdirSync(samples).filter((n) => n.endsWith('.yaml')).sort()) {
    const manifest = read(name)
    const why = complaints(ts, folder, manifest)
    tell(why.length === 0, `${name} is a ${manifest.kind} of batch/v1`, why.join('; '))
    tell(rulesOf(manifest).every((r) => ACTIONS.includes(r.action)), `the actions of ${name} exist`)
  }
  for (const [name, spoil] of Object.entries(WRONG)) {
    const job = read('job.yaml')
    spoil(job)
    tell(complaints(ts, folder, job).length > 0, `a job with ${name} is refused`)
  }
  tell(statuses(read('job.yaml')) === 'FailIndex 2 7 8 70, FailJob 3', 'the job ends for the statuses that want a person')
}
