# SPDX-License-Identifier: MIT
"""Random tables with a mapping that fits them: mostly good rows, some bad ones of every kind. A case is a function of
its seed."""
import random

FIRST = ('i', 'I', 'istanbul', 'TITLE', 'Zoë', 'jürgen', 'ßtraße', 'naïve', '€ 5', '“quoted”', 'Ünal', 'a', 'x y')
# Beyond windows-1252.
BEYOND = ('अनिल', 'Łukasz', 'ılık', 'İzmir', '東京', '𝒳')
AWKWARD = ('a, b', 'say "hi"', 'two\nlines', 'x;y', '  padded  ', '\u00a0nbsp\u00a0', "'=1+1", '-5', '=SUM(A1)', '007',
           '1E5', 'tab\there', 'N/A', '|', '5\' 5"', '')
TYPES = ('string', 'integer', 'decimal', 'date', 'local', 'boolean', 'list', 'upper', 'title', 'index', 'json')


def quote(cell, delimiter, always):
    if always or any(c in cell for c in (delimiter, '"', '\n', '\r')):
        return '"' + cell.replace('"', '""') + '"'
    return cell


class Case:
    """rows: lists of cells, or a text that stands for itself as a record. What a variant may change: how these
    cells are written."""

    def __init__(self, seed):
        r = random.Random(seed)
        self.seed, self.beyond = seed, r.random() < 0.5
        self.types = [r.choice(TYPES) for _ in range(r.randint(1, 7))]
        self.delimiter = r.choice((',', ';', '\t', '|'))
        self.decimal_comma = r.random() < 0.5
        self.skip_lines = r.choice((0, 0, 1, 3))
        self.has_blank = r.random() < 0.4
        self.header = ['Key'] + ['C%d %s' % (i, t) for i, t in enumerate(self.types)]
        self.rows = [self.row(r, n) for n in range(r.randint(1, 120))]
        self.mapping = self.make_mapping(r)

    def text(self, r):
        words = FIRST + BEYOND if self.beyond else FIRST
        if r.random() < 0.25:
            return r.choice(AWKWARD)
        return ' '.join(r.choice(words) for _ in range(r.randint(1, 3)))

    def good(self, r, kind):
        if kind == 'integer':
            return r.choice(('0', '-0', '+7', '007', str(r.randrange(10 ** r.randint(1, 25)))))
        if kind == 'decimal':
            sign = ',' if self.decimal_comma else '.'
            return '%d%s%02d' % (r.randrange(-5000, 5000), sign, r.randrange(100))
        if kind == 'date':
            return '%04d-%02d-%02d' % (r.randrange(1950, 2050), r.randrange(1, 13), r.randrange(1, 29))
        if kind == 'local':
            return '%02d. %s %d %02d:%02d' % (r.randrange(1, 29), r.choice(('Jan', 'april', 'DEC', 'July')),
                                              r.randrange(1971, 2037), r.randrange(4, 24), r.randrange(60))
        if kind == 'boolean':
            return r.choice(('yes', 'NO', 'i' if r.random() < 0.02 else 'y', '0', 'True'))
        if kind == 'list':
            return ' / '.join(r.choice(FIRST) for _ in range(r.randint(0, 4)))
        if kind == 'json':
            return r.choice(('{"a":[1, 2.50]}', '"i"', 'null', '[]', '12.0'))
        return self.text(r)

    def row(self, r, n):
        cells = ['K-%05d' % n] + [self.good(r, t) for t in self.types]
        luck = r.random()
        if luck < 0.04:
            cells[r.randrange(1, len(cells))] = r.choice(('high', '1,2,3', '31/02/2020', '{', 'ä'))
        elif luck < 0.06:
            cells = cells[:-1]
        elif luck < 0.08:
            cells.append('more')
        elif luck < 0.10:
            cells[0] = 'K-%05d' % r.randrange(n + 1)
        elif luck < 0.12:
            return [''] * len(cells)
        elif luck < 0.13:
            return '"x" y' + self.delimiter + 'z'
        elif luck < 0.15:
            cells[0] = ''
        return cells

    def field(self, i, kind):
        name = '"%s"' % self.header[i + 1]
        sign = '","' if self.decimal_comma else '"."'
        return {
            'integer': '{column: %s, type: integer}',
            'decimal': '{column: %s, type: decimal, decimal: ' + sign + '}',
            'date': '{column: %s, type: date}',
            'local': '{column: %s, type: datetime, format: "%%d. %%b %%Y %%H:%%M", timezone: Europe/Berlin}',
            'boolean': '{column: %s, type: boolean}',
            'list': '{column: %s, type: multiString, separator: "/"}',
            'upper': '{column: %s, case: upper}',
            'title': '{column: %s, case: title}',
            'json': '{column: %s, type: json}',
            'index': '{index: ' + str(i + 2) + ', empty: "null"}',
        }.get(kind, '%s').replace('%s', name).replace('%%', '%')

    def make_mapping(self, r):
        lines = ['version: 1', 'procedure: lead', 'source:', '  delimiter: "%s"' % self.delimiter.replace('\t', '\\t'),
                 '  skip_lines: %d' % self.skip_lines, '  nulls: ["N/A"]', 'lead_id: Key', 'data:', '  row: {meta: row}']
        lines += ['  f%d: %s' % (i, self.field(i, t)) for i, t in enumerate(self.types)]
        if r.random() < 0.3:
            lines.append('  both: {template: "{Key}/{%s}"}' % self.header[1])
        if r.random() < 0.3:
            lines += ['rows:', '  empty: ' + r.choice(('reject', 'keep'))]
        return '\n'.join(lines) + '\n'

    def write(self, line_end='\n', always_quote=False):
        """The table as text. Line ends inside of cells stay what they are."""
        out = ['preamble %d' % i for i in range(self.skip_lines)]
        for n, row in enumerate([self.header] + self.rows):
            if isinstance(row, str):
                out.append(row)
            elif row == ['']:
                out.append('""')
            else:
                out.append(self.delimiter.join(quote(c, self.delimiter, always_quote) for c in row))
            if self.has_blank and n % 17 == 5:
                out.append('')
        return line_end.join(out) + line_end
