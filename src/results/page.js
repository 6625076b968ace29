/* SPDX-License-Identifier: MIT
 * What report.html can do with a script: copy the command, search and sort
 * the failed rows. It reads the page and never makes markup out of text. */
(function () {
  'use strict'
  var root = document.documentElement
  root.className = 'js'

  /* Without a clipboard (an old browser, a mail program): by selection. */
  function copySelected (element) {
    var range = document.createRange()
    var selection = window.getSelection()
    range.selectNodeContents(element)
    selection.removeAllRanges()
    selection.addRange(range)
    try {
      return document.execCommand('copy')
    } catch (e) {
      return false
    }
  }

  function addCopy (command) {
    var button = document.createElement('button')
    button.type = 'button'
    button.className = 'copy'
    button.textContent = 'Copy'
    button.setAttribute('aria-live', 'polite')
    function tell (done) {
      button.textContent = done ? 'Copied' : 'Press Ctrl+C'
      setTimeout(function () { button.textContent = 'Copy' }, 2500)
    }
    button.addEventListener('click', function () {
      var text = command.textContent
      if (navigator.clipboard && navigator.clipboard.writeText) {
        navigator.clipboard.writeText(text).then(
          function () { tell(true) },
          function () { tell(copySelected(command)) })
      } else {
        tell(copySelected(command))
      }
    })
    command.parentNode.parentNode.appendChild(button)
  }

  var collator = new Intl.Collator(undefined, { numeric: true })

  /* 'AB129' after 'Z7': by the column, then by the row. */
  function cellOrder (text) {
    var m = /^([A-Z]*)(\d*)$/.exec(text)
    return m ? [m[1].length, m[1], Number(m[2])] : [9, text, 0]
  }

  function compareCells (a, b) {
    var x = cellOrder(a)
    var y = cellOrder(b)
    if (x[0] !== y[0]) return x[0] - y[0]
    if (x[1] !== y[1]) return x[1] < y[1] ? -1 : 1
    return x[2] - y[2]
  }

  var compare = {
    n: function (a, b) { return Number(a) - Number(b) },
    c: compareCells
  }

  function addSorting (table, lines) {
    var heads = Array.prototype.slice.call(table.tHead.rows[0].cells)
    var body = table.tBodies[0]
    heads.forEach(function (head, column) {
      var button = document.createElement('button')
      var order = compare[head.getAttribute('data-k')] || collator.compare
      button.type = 'button'
      button.textContent = head.textContent
      head.textContent = ''
      head.appendChild(button)
      button.addEventListener('click', function () {
        var down = head.getAttribute('aria-sort') === 'ascending'
        heads.forEach(function (h) { h.removeAttribute('aria-sort') })
        head.setAttribute('aria-sort', down ? 'descending' : 'ascending')
        lines.sort(function (a, b) {
          var by = order(a.cells[column], b.cells[column])
          return (down ? -by : by) || a.at - b.at
        })
        var all = document.createDocumentFragment()
        lines.forEach(function (line) { all.appendChild(line.row) })
        body.appendChild(all)
      })
    })
  }

  function addSearch (lines) {
    var find = document.getElementById('find')
    var found = document.getElementById('found')
    function search () {
      var words = find.value.toLowerCase().split(/\s+/)
      var shown = 0
      lines.forEach(function (line) {
        var holds = words.every(function (w) { return line.text.indexOf(w) >= 0 })
        line.row.hidden = !holds
        if (holds) shown++
      })
      found.textContent = find.value.trim() === ''
        ? ''
        : shown + ' of ' + lines.length + (lines.length === 1 ? ' line' : ' lines')
    }
    find.addEventListener('input', search)
    find.parentNode.hidden = false
    /* What a browser kept of the field when it came back to the page. */
    if (find.value !== '') search()
  }

  var command = document.querySelector('[data-copy]')
  var table = document.getElementById('failures')
  if (command) addCopy(command)
  if (table) {
    var lines = Array.prototype.map.call(table.tBodies[0].rows, function (row, at) {
      var cells = Array.prototype.map.call(row.cells, function (c) { return c.textContent })
      return { row: row, at: at, cells: cells, text: cells.join(' ').toLowerCase() }
    })
    addSorting(table, lines)
    addSearch(lines)
  }
})()
