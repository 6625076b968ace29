// SPDX-License-Identifier: MIT
//
// report.html in a real browser (Debian's chromium, driven by playwright-core):
// each kind of run that make_runs.sh makes, on a desk and on a phone, in light
// and in dark. No error, no request, no harm from hostile cells, search and
// sort, the copied command, no page wider than its screen, no serious fault
// that axe-core finds, all of it readable without the script and on paper.
// usage: node tests/page/check.cjs FOLDER-WITH-node_modules FOLDER-OF-RUNS
'use strict'

const fs = require('node:fs')
const path = require('node:path')
const { pathToFileURL } = require('node:url')
const { createRequire } = require('node:module')
const { tell, end } = require('../tap.cjs')

const [modules, runs] = process.argv.slice(2)
const from = createRequire(path.resolve(modules, 'package.json'))
const { chromium } = from('playwright-core')
const axe = fs.readFileSync(from.resolve('axe-core/axe.min.js'), 'utf8')

// Of a run with its report.json.
const KINDS = ['good', 'failures', 'parts', 'stopped', 'empty', 'ready', 'many', 'hostile', 'hazards',
  'rehearsal', 'split', 'wide', 'undo']
// Only looked at.
const OTHERS = ['diff', 'files', 'sandbox']
const PAGES = { diff: 'changes.html' }
const DESK = { width: 1280, height: 900 }
const PHONE = { width: 360, height: 740 }
const PASSWORD = 'secret-token-of-the-page-test'

function same (got, wanted, name) {
  tell(JSON.stringify(got) === JSON.stringify(wanted), name, `got ${JSON.stringify(got)}\nwanted ${JSON.stringify(wanted)}`)
}

function fileOf (kind, name) {
  const plain = path.resolve(runs, kind, name)
  return fs.existsSync(plain) ? plain : path.resolve(runs, kind, 'latest', name)
}

const pageOf = (kind) => fileOf(kind, PAGES[kind] || 'report.html')

function reportOf (kind) {
  return JSON.parse(fs.readFileSync(fileOf(kind, 'report.json'), 'utf8'))
}

// A page with what it complained of and asked for.
async function open (browser, kind, options) {
  const context = await browser.newContext({ viewport: DESK, ...options })
  const page = await context.newPage()
  const url = pathToFileURL(pageOf(kind)).href
  page.complaints = []
  page.requests = []
  page.on('console', (m) => { if (m.type() !== 'log') page.complaints.push(m.text()) })
  page.on('pageerror', (e) => page.complaints.push(e.message))
  page.on('dialog', (d) => { page.complaints.push('dialog ' + d.message()); d.dismiss() })
  page.on('request', (r) => { if (r.url() !== url) page.requests.push(r.url()) })
  await page.goto(url)
  return page
}

// Words of letters and digits, no longer than a key or a column's name, that
// stand in two lines; Chinese may be broken anywhere.
function brokenWords () {
  const found = []
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (!node.parentElement.checkVisibility() || node.parentElement.closest('script, style, .hash, pre')) continue
    for (const m of node.data.matchAll(/[\p{L}\p{N}_]{2,24}(?![\p{L}\p{N}_])/gu)) {
      if (/\p{Script=Han}/u.test(m[0]) || /[\p{L}\p{N}_]$/u.test(node.data.slice(0, m.index))) continue
      const range = document.createRange()
      range.setStart(node, m.index)
      range.setEnd(node, m.index + m[0].length)
      const lines = new Set(Array.from(range.getClientRects(), (r) => Math.round(r.top)))
      if (lines.size > 1) found.push(`${node.parentElement.tagName}.${node.parentElement.className}: ${m[0]}`)
    }
  }
  return found.slice(0, 8)
}

async function looks (browser, kind) {
  for (const [screen, viewport] of [['desk', DESK], ['phone', PHONE]]) {
    for (const colorScheme of ['light', 'dark']) {
      const page = await open(browser, kind, { viewport, colorScheme, hasTouch: screen === 'phone' })
      const name = `${kind}, ${screen}, ${colorScheme}`
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      tell(width <= viewport.width, `${name}: no wider than the screen`, `${width} pixels`)
      // Cells that are as bad as can be, and objects without a blank.
      if (!['hostile', 'sandbox'].includes(kind)) same(await page.evaluate(brokenWords), [], `${name}: no word is broken`)
      same(page.complaints, [], `${name}: nothing in the console`)
      same(page.requests, [], `${name}: nothing was asked for`)
      // axe comes through the debugger, not through the page's policy.
      await page.evaluate(axe)
      const result = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }))
      const faults = result.violations.filter((v) => ['serious', 'critical'].includes(v.impact) &&
        !(kind === 'sandbox' && v.id === 'meta-refresh'))
      tell(faults.length === 0, `${name}: axe finds nothing serious`,
        faults.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html + ' ' + n.failureSummary).join(' | ')}`).join('\n'))
      if (screen === 'phone' && await page.locator('.rows').count() > 0) {
        // Ten million rows: the axis has room for them.
        const cut = await page.$$eval('.rows', (all) => all.map((x) => {
          x.firstElementChild.textContent = '10,000,000'
          return x.scrollWidth > x.clientWidth || x.firstElementChild.scrollWidth > x.clientWidth
        }))
        tell(!cut.includes(true), `${name}: the labels of the axis are whole`)
      }
      // Those of the sandbox lead to itself.
      const hrefs = await page.$$eval('a', (all) => all.map((a) => a.getAttribute('href')))
      for (const href of hrefs.filter((h) => !h.startsWith('/sandbox/'))) {
        tell(fs.existsSync(path.join(path.dirname(pageOf(kind)), href)), `${name}: the file ${href} is there`)
      }
      await page.context().close()
    }
  }
}

async function sayings (browser, kind) {
  const page = await open(browser, kind)
  const report = reportOf(kind)
  const text = await page.evaluate(() => document.body.innerText)
  same(await page.locator('h1').textContent(), report.verdict, `${kind}: the verdict is report.json's`)
  same(await page.locator('h1').count(), 1, `${kind}: one heading at the top`)
  if (report.next_command) same(await page.locator('#command').textContent(), report.next_command, `${kind}: the next command is report.json's`)
  else same(await page.locator('#command').count(), 0, `${kind}: no next command where there is none`)
  if (report.input.sha256) tell(text.includes(report.input.sha256), `${kind}: the input's SHA-256 is there`)
  tell(text.includes(report.mapping.sha256), `${kind}: the mapping's SHA-256 is there`)
  tell(text.includes(report.program_version), `${kind}: the version is there`)
  for (const [name, n] of Object.entries(report.accounts.rows)) {
    if (!['read', 'accounted', 'balanced', 'unsent'].includes(name) && n > 0) tell(text.includes(`${n.toLocaleString('en')} ${name}`), `${kind}: ${n} ${name} in the equation`)
  }
  for (const g of report.groups) {
    const where = await page.locator('#problems tr', { hasText: g.code }).count()
    tell(where > 0, `${kind}: the group ${g.code} is there`)
  }
  const bytes = fs.readFileSync(pageOf(kind))
  tell(!bytes.includes(PASSWORD), `${kind}: the token is not in it`)
  tell(!/\b(?:src|href)\s*=\s*["']?(?:https?:)?\/\//i.test(bytes.toString().replace(/&[a-z#0-9]+;/g, '')) ||
    kind === 'hostile', `${kind}: it names no address to load from`)
  await page.context().close()
}

const rowsShown = (page) => page.locator('#failures tbody tr:not([hidden])').count()
const column = (page, n) => page.$$eval('#failures tbody tr', (rows, n) => rows.map((r) => r.cells[n].textContent), n)

async function searchAndSort (browser) {
  const page = await open(browser, 'failures', { permissions: ['clipboard-read', 'clipboard-write'] })
  const all = await rowsShown(page)
  const find = page.getByLabel('Find')
  await find.fill('in progress')
  const some = await rowsShown(page)
  tell(some > 0 && some < all, 'search: fewer rows', `${some} of ${all}`)
  tell((await column(page, 4)).filter((v) => v === 'In progress').length === some, 'search: those that hold the words')
  same(await page.locator('#found').textContent(), `${some} of ${all} lines`, 'search: says how many')
  await find.fill('zzz nothing')
  same(await rowsShown(page), 0, 'search: nothing found')
  await find.fill('')
  same(await rowsShown(page), all, 'search: everything again')
  const row = page.getByRole('button', { name: 'Row' })
  await row.focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  const numbers = (await column(page, 0)).map(Number)
  tell(numbers.every((n, i) => i === 0 || numbers[i - 1] >= n), 'sort: by row, downward, with the keyboard')
  same(await page.locator('th[aria-sort]').getAttribute('aria-sort'), 'descending', 'sort: says so')
  await page.getByRole('button', { name: 'Cell' }).click()
  const cells = (await column(page, 2)).filter((c) => c !== '')
  const order = (c) => c.replace(/\d+/, '').padStart(4) + c.replace(/\D+/, '').padStart(9)
  tell(cells.length > 5 && cells.every((c, i) => i === 0 || order(cells[i - 1]) <= order(c)), 'sort: by cell, columns first')
  same(await page.locator('th[aria-sort]').count(), 1, 'sort: by one column at a time')
  await page.getByRole('button', { name: 'Copy' }).click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  same(await page.evaluate(() => navigator.clipboard.readText()), reportOf('failures').next_command, 'copy: the exact command')
  await page.evaluate(() => { Object.defineProperty(navigator, 'clipboard', { value: undefined }) })
  await page.waitForTimeout(2600)
  await page.getByRole('button', { name: 'Copy' }).click()
  same(await page.evaluate(() => window.getSelection().toString().replace(/\s+/g, ' ')), reportOf('failures').next_command, 'copy: by selection where there is no clipboard')
  same(page.complaints, [], 'search, sort, copy: nothing in the console')
  await page.context().close()
}

async function tabs (browser) {
  const page = await open(browser, 'failures')
  const seen = []
  for (let i = 0; i < 9; i++) {
    await page.keyboard.press('Tab')
    seen.push(await page.evaluate(() => document.activeElement.id || document.activeElement.textContent))
  }
  same(seen, ['Copy', 'to-fix.csv', 'find', 'Row', 'Key', 'Cell', 'Column', 'Value', 'Problem'], 'keyboard: everything in the order of the page')
  await page.context().close()
}

async function hostile (browser) {
  const page = await open(browser, 'hostile')
  await page.getByLabel('Find').fill('<script>')
  await page.getByRole('button', { name: 'Value' }).click()
  await page.getByLabel('Find').fill('')
  same(await page.evaluate(() => window.hacked), undefined, 'hostile: nothing ran')
  same(await page.locator('img, iframe, object, embed, link, a:not([href$=".csv"], [href$=".json"]), form, base').count(), 0, 'hostile: no element that they named')
  same(await page.locator('script').count(), 1, 'hostile: one script, ours')
  same(await page.locator('style').count(), 1, 'hostile: one style, ours')
  same(await page.locator('h1').count(), 1, 'hostile: one heading')
  const inline = await page.evaluate(() => Array.from(document.querySelectorAll('*'))
    .flatMap((e) => e.getAttributeNames().filter((n) => /^on|^style$/.test(n))))
  same(inline, [], 'hostile: no attribute with code or style')
  const values = await column(page, 4)
  tell(values.some((v) => v === '<script>window.hacked = 1</script>'), 'hostile: markup is shown as it was')
  tell(values.some((v) => v.includes('\\u{202E}evil')), 'hostile: a direction override is shown')
  tell(values.some((v) => v.includes('\\u{2028}')), 'hostile: a line separator is shown')
  tell(values.some((v) => v.includes('\\x1B[31m')), 'hostile: a control character is shown')
  tell(values.some((v) => /^x{120}… 32,000 characters$/.test(v)), 'hostile: a cell of 32,000 characters is cut and says so')
  const isolated = await page.$$eval('#failures tbody td:nth-child(5)', (cells) => cells.every((c) => c.firstElementChild.tagName === 'BDI'))
  tell(isolated, 'hostile: every value is isolated')
  const raw = fs.readFileSync(fileOf('hostile', 'report.html'), 'utf8')
  // eslint-disable-next-line no-control-regex
  tell(!/[\u202a-\u202e\u2066-\u2069\u2028\u2029\u200b\ufeff\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(raw), 'hostile: no character in the file that cannot be seen')
  same(page.complaints, [], 'hostile: nothing in the console')
  same(page.requests, [], 'hostile: nothing was asked for')
  await page.context().close()
}

// The policy holds even if markup came through somehow.
async function policy (browser) {
  const page = await open(browser, 'good')
  await page.evaluate(() => {
    const div = document.createElement('div')
    div.innerHTML = '<img src="https://example.invalid/x.png" onerror="window.hacked = 1"><p style="color:red">x</p>'
    document.body.appendChild(div)
    const script = document.createElement('script')
    script.textContent = 'window.hacked = 1'
    document.body.appendChild(script)
  })
  await page.waitForTimeout(200)
  same(await page.evaluate(() => window.hacked), undefined, 'policy: a script that is not ours does not run')
  tell(page.complaints.filter((c) => /Content Security Policy/.test(c)).length >= 3, 'policy: the browser says what it refused', page.complaints.join('\n'))
  await page.context().close()
}

async function withoutScript (browser) {
  const page = await open(browser, 'failures', { javaScriptEnabled: false, viewport: PHONE })
  same(await page.locator('button').count(), 0, 'without script: no button that does nothing')
  tell(!(await page.locator('.tools').isVisible()), 'without script: no search field')
  tell(await page.locator('#failures tbody tr').first().isVisible(), 'without script: the rows are there')
  tell(await page.locator('#command').isVisible(), 'without script: the command is there')
  await page.context().close()
}

async function onPaper (browser) {
  const page = await open(browser, 'failures', { colorScheme: 'dark' })
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  same(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)', 'paper: white, in dark mode too')
  tell(!(await page.locator('.copy').isVisible()), 'paper: no button')
  tell(await page.locator('#failures tbody tr').last().isVisible(), 'paper: all rows')
  const pdf = await page.pdf({ format: 'A4' })
  tell(pdf.length > 20000, 'paper: it prints')
  await page.context().close()
}

async function many (browser) {
  const page = await open(browser, 'many')
  same(await page.locator('#failures tbody tr').count(), 1000, 'many: the first 1,000 rows')
  const words = await page.locator('#failed > p').textContent()
  tell(words.includes('first 1,000 of 3,000') && words.includes('rejected.reasons.csv'), 'many: says where the rest is', words)
  await page.context().close()
}

async function parts (browser) {
  const page = await open(browser, 'parts')
  same(await page.locator('#timeline svg.line').count(), 1, 'parts: a timeline')
  same(await page.locator('#timeline .part').count(), 1, 'parts: with the line where it was resumed')
  tell(await page.locator('#timeline .wait').count() > 0, 'parts: with its waits')
  tell(await page.locator('#timeline .again').count() > 0, 'parts: with its retries')
  await page.context().close()
}

async function main () {
  const sandboxed = process.getuid && process.getuid() === 0 ? ['--no-sandbox'] : []
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: sandboxed })
  for (const kind of [...KINDS, ...OTHERS]) await looks(browser, kind)
  for (const kind of KINDS) await sayings(browser, kind)
  for (const test of [searchAndSort, tabs, hostile, policy, withoutScript, onPaper, many, parts]) await test(browser)
  await browser.close()
  end()
}

main().catch((e) => {
  console.log(`not ok - ${e.stack}`)
  process.exit(1)
})
