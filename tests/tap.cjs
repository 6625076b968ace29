// SPDX-License-Identifier: MIT
//
// Counts what the checks in JavaScript find, and prints it as TAP.
'use strict'

let count = 0
let failed = 0

function tell (holds, name, why) {
  count++
  if (!holds) failed++
  console.log(`${holds ? 'ok' : 'not ok'} ${count} - ${name}`)
  if (!holds && why) console.log('# ' + String(why).replace(/\n/g, '\n# '))
}

// The last lines, and the process with its status.
function end () {
  console.log(`1..${count}`)
  console.log(`${count - failed} passed, ${failed} failed`)
  process.exit(failed > 0 || count === 0 ? 1 : 0)
}

module.exports = { tell, end }
