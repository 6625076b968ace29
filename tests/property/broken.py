# SPDX-License-Identifier: MIT
"""Tables that a mapping does not read yet, with what they mean: Id, X (the broken column) and Y."""
import datetime
import unicodedata
from decimal import Decimal

WAYS = (('.', ''), (',', ''), ('.', ','), (',', '.'), (',', ' '), ('.', "'"))
MONEY = ('$', '€', '£', '₹', 'EUR', 'USD', 'Rs.', 'INR')
OTHER_UNITS = ('kg', 'k', 'Stk', 'lakh', 'CR')
NEGATIVES = ('-{}', '({})', '{}-', '\u2212{}')
DATE_STYLES = ('%d/%m/%Y', '%m/%d/%Y', '%d.%m.%Y', '%Y/%m/%d', '%d-%m-%Y', '%d %b %Y', '%Y%m%d', '%d/%m/%Y %H:%M',
               '%b %d, %Y', '%Y-%m-%d')
GARBAGE = ('n/a', 'soon', 'x', '??', '1,2,3', '12.', '31/31/2025', '2025-02-30', '00000000', '1E+15', '--5')


def group(digits, sign):
    if not sign:
        return digits
    head = len(digits) % 3 or 3
    return sign.join([digits[:head]] + [digits[i:i + 3] for i in range(head, len(digits), 3)])


def amount(rng, way, negative, unit):
    """(cell, value)"""
    places = rng.choice((0, 2, 2, 2, 1, 3) if rng.random() < 0.2 else (2,))
    whole = str(rng.choice((0, rng.randint(1, 999), rng.randint(1000, 9999999))))
    fraction = ''.join(rng.choice('0123456789') for _ in range(places))
    text = group(whole, way[1]) + (way[0] + fraction if fraction else '')
    value = Decimal(whole + ('.' + fraction if fraction else ''))
    if unit and rng.random() < 0.8:
        text = unit + text if unit in '$£₹Rs.' else f'{text} {unit}'
    if rng.random() < 0.3:
        text = negative.format(text)
        value = -value
    return text, value


class Table:
    """One of them, from a seed: kind, data (bytes), source and field (keys of the mapping), truth (id -> x, y)."""

    def __init__(self, seed, rng):
        self.kind = KINDS[seed % len(KINDS)]
        self.name = f'{self.kind} {seed}'
        self.rng = rng
        self.source, self.field, self.truth = {'delimiter': '";"'}, {'column': 'X'}, {}
        self.encoding = 'utf-8'
        self.cells, self.raw, self.data, self.head = [], None, None, ''
        getattr(self, self.kind)()
        if self.raw is None:
            self.raw = ''.join(f'r{i};{cell};y{i}\n' for i, (cell, _) in enumerate(self.cells))
            for i, (_, value) in enumerate(self.cells):
                self.truth[f'r{i}'] = (value, f'y{i}')
        if self.data is None:
            self.data = (self.head + 'Id;X;Y\n' + self.raw).encode(self.encoding)

    def spoil(self, share):
        """Some cells that are nothing."""
        for i in range(len(self.cells)):
            if self.rng.random() < share:
                self.cells[i] = (self.rng.choice(GARBAGE), None)

    def some(self, make, least=2, most=30):
        self.cells = [make() for _ in range(self.rng.randint(least, most))]

    # amounts
    def amounts(self, unit=''):
        rng = self.rng
        way, negative = rng.choice(WAYS), rng.choice(NEGATIVES)
        self.field['type'] = 'decimal'
        self.some(lambda: amount(rng, way, negative, unit))

    def spoilt_amounts(self):
        self.amounts(self.rng.choice(('', '$')))
        self.spoil(0.2)

    def money(self):
        self.amounts(self.rng.choice(MONEY))

    def units(self):
        self.amounts(self.rng.choice(OTHER_UNITS))

    def mixed_signs(self):
        """Two sources in one column."""
        rng = self.rng
        ways = rng.sample(WAYS, 2)
        self.field['type'] = 'decimal'
        self.some(lambda: amount(rng, rng.choice(ways), '-{}', ''), least=12)

    def mixed_negatives(self):
        rng, way, unit = self.rng, self.rng.choice(WAYS), self.rng.choice(('', '$', '€', '£'))
        self.field['type'] = 'decimal'
        self.some(lambda: amount(rng, way, rng.choice(NEGATIVES), unit), least=6)

    def debts(self):
        """One way to write what is owed, in a column of plain amounts."""
        rng, negative = self.rng, self.rng.choice(NEGATIVES[1:] + ('{} -', '( {} )'))
        self.field['type'] = 'decimal'
        self.some(lambda: amount(rng, ('.', ''), negative, ''), least=8)

    def grouped_numbers(self):
        """Whole numbers with a sign between the thousands, or as they are grouped in India."""
        rng, sign = self.rng, self.rng.choice((',', ' ', "'", '.'))
        is_indian = sign == ',' and rng.random() < 0.5
        self.field['type'] = rng.choice(('integer', 'decimal'))

        def make():
            digits = str(rng.randint(1, 99999999))
            text = group(digits, sign)
            if is_indian and len(digits) > 3:
                head = digits[:-3]
                odd = len(head) % 2
                text = sign.join(([head[:1]] if odd else []) + [head[k:k + 2] for k in range(odd, len(head), 2)] + [digits[-3:]])
            return text, Decimal(digits)
        self.some(make)

    def whole_numbers(self):
        rng, unit = self.rng, self.rng.choice(('', '$', '€', 'INR'))
        negative = rng.choice(NEGATIVES)
        self.field['type'] = 'integer'
        self.some(lambda: amount(rng, ('.', rng.choice(('', ''))), negative, unit))
        self.cells = [(c, v) for c, v in self.cells if v == v.to_integral_value()] or [('7-', Decimal(-7))]

    def other_digits(self):
        rng = self.rng
        zero = rng.choice((0x660, 0x966, 0x6F0))
        self.field['type'] = 'decimal'

        def make():
            cell, value = amount(rng, ('.', ''), '-{}', '')
            return ''.join(chr(zero + int(c)) if c.isdigit() and rng.random() < 0.9 else c for c in cell), value
        self.some(make)

    def percents(self):
        self.amounts('%')

    def exponents(self):
        rng, (mark, _) = self.rng, self.rng.choice(WAYS)
        self.field['type'] = self.rng.choice(('decimal', 'decimal', 'integer'))

        def make():
            cell = f'{rng.choice(("", "-"))}{rng.randint(1, 9)}.{rng.randint(1, 99):02}E+{rng.randint(2, 9):02}'
            return cell.replace('.', mark), Decimal(cell)
        self.some(make)

    def fractions_of_nothing(self):
        """12,00 and 12.0 in a column of whole numbers."""
        rng, mark = self.rng, self.rng.choice('.,')
        zeros = rng.choice(('0', '00', '000'))
        self.field['type'] = 'integer'

        def make():
            whole = rng.randint(1, 99999)
            if rng.random() < 0.1:
                return f'{whole}{mark}5', None
            return rng.choice((f'{whole}{mark}{zeros}', str(whole))), Decimal(whole)
        self.some(make)

    def two_currencies(self):
        rng, way = self.rng, self.rng.choice(WAYS)
        units = rng.sample(MONEY, 2)
        self.field['type'] = 'decimal'
        self.some(lambda: amount(rng, way, '-{}', rng.choice(units)), least=6)

    def formulas(self):
        """What Excel is made to keep as text."""
        rng, quote = self.rng, self.rng.choice('xy')
        self.field['type'] = rng.choice(('integer', 'decimal'))

        def make():
            value = rng.randint(-99999, 99999)
            if rng.random() < 0.3:
                return str(value), Decimal(value)
            return f'="{value}"' if quote == 'x' else f'"=""{value}"""', Decimal(value)
        self.some(make)

    def thousands_or_fractions(self):
        """1,234 and nothing that tells which it is, or one cell that does."""
        rng, sign, is_fraction = self.rng, self.rng.choice(',.'), self.rng.random() < 0.5
        self.field['type'] = 'decimal'
        if sign == '.':
            is_fraction = True

        def make():
            head, tail = rng.randint(1, 999), f'{rng.randint(0, 999):03}'
            return f'{head}{sign}{tail}', Decimal(f'{head}.{tail}' if is_fraction else f'{head}{tail}')
        self.some(make, most=8)
        if rng.random() < 0.3:
            self.cells.append((f'12{sign}5', Decimal('12.5')) if is_fraction else ('1,234,567', Decimal(1234567)))

    def lined_up_amounts(self):
        """Blanks of every kind within and around."""
        rng, (mark, _) = self.rng, self.rng.choice(WAYS)
        blank = rng.choice(('\u00A0', '\u202F', '\u2009', '  '))
        self.field['type'] = 'decimal'
        self.some(lambda: amount(rng, (mark, blank), rng.choice(('-{}', '- {}')), ''))

    # dates
    def date_cell(self, style):
        rng = self.rng
        day = datetime.date(rng.randint(1950, 2030), rng.randint(1, 12), rng.randint(1, 28))
        moment = datetime.datetime(day.year, day.month, day.day)
        if '%H' in style:
            moment = moment.replace(hour=rng.randint(0, 23), minute=rng.randint(0, 59))
        ms = (moment - datetime.datetime(1970, 1, 1)) // datetime.timedelta(milliseconds=1)
        return moment.strftime(style), Decimal(ms)

    def dates(self):
        style = self.rng.choice(DATE_STYLES)
        self.field['type'] = 'datetime'
        self.some(lambda: self.date_cell(style), least=8)

    def spoilt_dates(self):
        self.dates()
        self.spoil(0.2)

    def dates_in_two_ways(self):
        a, b = self.rng.sample([s for s in DATE_STYLES if s not in ('%m/%d/%Y', '%d/%m/%Y %H:%M')], 2)
        self.field['type'] = 'datetime'
        self.some(lambda: self.date_cell(self.rng.choice((a, b))), least=10)

    def dates_with_a_format(self):
        a, b = self.rng.sample(DATE_STYLES, 2)
        self.field.update(type='datetime', format=f'"{a}"')
        self.some(lambda: self.date_cell(a if self.rng.random() < 0.7 else b), least=20, most=60)

    def short_years(self):
        style = self.rng.choice(('%d/%m/%y', '%m/%d/%y', '%d.%m.%y'))
        self.field['type'] = 'datetime'
        self.some(lambda: self.date_cell(style))

    def times(self):
        rng = self.rng
        style = rng.choice(('%I:%M %p', '%H.%M', '%Hh%M', '%I:%M:%S %p', '%I %p'))
        self.field['type'] = 'time'

        def make():
            moment = datetime.datetime(2001, 1, 1, rng.randint(0, 23), 0 if style == '%I %p' else rng.randint(0, 59))
            return moment.strftime(style), moment.strftime('%H:%M:%S')
        self.some(make)

    # words
    def lists(self):
        rng = self.rng
        self.field.update(type='multiFloatEnum', separator='"|"')

        def make():
            items = [amount(rng, rng.choice((('.', ''), (',', ''))), '-{}', '') for _ in range(rng.randint(1, 3))]
            return '|'.join(c for c, _ in items), [v for _, v in items]
        self.some(make)

    def emails(self):
        rng = self.rng
        self.field['type'] = 'email'

        def make():
            mail = f'u{rng.randint(1, 99)}@x.org'
            bad = rng.choice((f'{mail}, b@x.org', mail.replace('@', ' at '), f'<{mail}>', f'{mail}.', 'none'))
            return (mail, mail) if rng.random() < 0.6 else (bad, None)
        self.some(make)

    def phones(self):
        rng = self.rng
        self.field['type'] = 'phone'

        def make():
            digits = '49' + ''.join(rng.choice('123456789') for _ in range(9))
            bad = rng.choice((f'+{digits} / +{digits[::-1]}', f'+{digits} ext. 5', digits[5:], 'call me', f'0{digits}x'))
            return (f'+{digits}', digits) if rng.random() < 0.6 else (bad, None)
        self.some(make)

    def booleans(self):
        rng = self.rng
        yes, no = rng.choice((('ja', 'nein'), ('oui', 'non'), ('X', '-'), ('active', 'inactive')))
        self.field['type'] = 'boolean'
        self.some(lambda: rng.choice(((yes, True), (no, False), ('yes', True), ('no', False))))

    def maps(self):
        rng = self.rng
        entries = {'Open': 'NEW', 'Won': 'DONE', 'In progress': 'WORK'}
        self.field['map'] = '{Open: NEW, Won: DONE, "In progress": WORK}'
        strange = rng.choice(((), (), ('Lost', 'opened', 'Wom')))

        def make():
            name = rng.choice(list(entries))
            spelt = rng.choice((name, name, name.upper(), name.lower(), name.replace(' ', '\u00A0')))
            return (rng.choice(strange), None) if strange and rng.random() < 0.2 else (spelt, entries[name])
        self.some(make)

    def maps_in_other_forms(self):
        """The same letters, composed, decomposed and wide."""
        rng = self.rng
        entries = {'Caf\u00E9': 'EAT', 'M\u00FCll': 'BIN', 'Open': 'NEW'}
        self.field['map'] = '{Caf\u00E9: EAT, M\u00FCll: BIN, Open: NEW}'

        def wide(word):
            return ''.join(chr(ord(c) + 0xFEE0) if '!' <= c <= '~' else c for c in word)

        def make():
            name = rng.choice(list(entries))
            spelt = rng.choice((name, unicodedata.normalize('NFD', name), wide(name), name.upper(), name + '\u200B'))
            return spelt, entries[name]
        self.some(make)

    def maps_that_clash(self):
        """Two entries that only capitals tell apart."""
        rng = self.rng
        entries = {'on': 'ACTIVE', 'ON': 'ONTARIO', 'off': 'IDLE'}
        self.field['map'] = '{"on": ACTIVE, "ON": ONTARIO, "off": IDLE}'

        def make():
            name = rng.choice(list(entries))
            return rng.choice(((name, entries[name]), ('On', None), ('OFF', 'IDLE')))
        self.some(make)

    # shapes
    def shape(self, spoil):
        lines = []
        count = self.rng.randint(6, 25)
        for i in range(count):
            row = [f'r{i}', f'text {i}', f'y{i}']
            self.truth[f'r{i}'] = (row[1], row[2])
            lines += spoil(i, count, row)
        self.raw = ''.join(line + '\n' for line in lines)

    def trailing_delimiters(self):
        share = self.rng.choice((0.3, 1))
        self.shape(lambda i, n, row: [';'.join(row) + ';' * (self.rng.random() < share)])

    def broken_lines(self):
        def spoil(i, _, row):
            if self.rng.random() < 0.7:
                return [';'.join(row)]
            self.truth[row[0]] = (row[1] + '\nmore', row[2])
            return [f'{row[0]};{row[1]}', f'more;{row[2]}']
        self.shape(spoil)

    def footers(self):
        def spoil(i, n, row):
            return [';'.join(row)] + (['End of report', 'printed by nobody'][:self.rng.randint(1, 2)]
                                      if i == n - 1 else [])
        self.shape(spoil)

    def delimiters_in_cells(self):
        def spoil(_, __, row):
            if self.rng.random() < 0.7:
                return [';'.join(row)]
            self.truth[row[0]] = (row[1] + ';b', row[2])
            return [f'{row[0]};{row[1]};b;{row[2]}']
        self.shape(spoil)

    def extra_cells(self):
        """Notes beyond the last column."""
        self.shape(lambda i, n, row: [';'.join(row) + self.rng.choice(('', '', ';;', ';note'))])

    def repeated_headers(self):
        every = self.rng.randint(2, 9)
        self.shape(lambda i, n, row: (['Id;X;Y'] if i and i % every == 0 else []) + [';'.join(row)])

    def titles(self):
        words = ('Sales report', 'Made on 2025-03-04', 'All branches', '', 'Confidential;;')
        self.head = ''.join(line + '\n' for line in self.rng.sample(words, self.rng.randint(1, 3)))
        self.shape(lambda i, n, row: [';'.join(row)])

    def blanks_at_quotes(self):
        def spoil(i, n, row):
            if self.rng.random() < 0.4:
                return [';'.join(row)]
            self.truth[row[0]] = (row[1] + ';b', row[2])
            return [f'{row[0]}; "{row[1]};b"; "{row[2]}"']
        self.shape(spoil)

    def apostrophes(self):
        def spoil(i, n, row):
            self.truth[row[0]] = (row[1] + ';b', row[2])
            return [f"'{row[0]}';'{row[1]};b';'{row[2]}'"]
        self.shape(spoil)

    def backslashes(self):
        def spoil(i, n, row):
            if self.rng.random() < 0.5:
                return [f'"{row[0]}";"{row[1]}";"{row[2]}"']
            self.truth[row[0]] = (row[1] + ' "b"; c', row[2])
            return [f'"{row[0]}";"{row[1]} \\"b\\"; c";"{row[2]}"']
        self.shape(spoil)

    def loose_quotes(self):
        def spoil(i, n, row):
            if self.rng.random() < 0.7:
                return [';'.join(row)]
            self.truth[row[0]] = (row[1] + ' 5" b', row[2])
            return [self.rng.choice((f'{row[0]};{row[1]} 5" b;{row[2]}', f'{row[0]};"{row[1]} 5" b";{row[2]}'))]
        self.shape(spoil)

    def unsaid_delimiters(self):
        del self.source['delimiter']
        other = self.rng.choice(',|\t')

        def spoil(i, n, row):
            self.truth[row[0]] = (row[1] + other + 'b', row[2])
            return [f'{row[0]};{row[1]}{other}b;{row[2]}']
        self.shape(spoil)

    def combined(self):
        """A broken column in a broken file."""
        rng = self.rng
        getattr(self, rng.choice(('money', 'mixed_negatives', 'dates', 'spoilt_amounts', 'maps', 'booleans')))()
        every, ends = rng.randint(3, 9), rng.choice(('', ';', ';;'))
        shapes = rng.sample(('header', 'end', 'early', 'footer'), 2)
        lines = []
        for i, (cell, value) in enumerate(self.cells):
            self.truth[f'r{i}'] = (value, f'y{i}')
            line = f'r{i};{cell};y{i}'
            if 'header' in shapes and i and i % every == 0:
                lines.append('Id;X;Y')
            if 'early' in shapes and rng.random() < 0.2:
                self.truth[f'r{i}'] = (value, None)
                line = f'r{i};{cell}'
            elif 'end' in shapes and rng.random() < 0.5:
                line += ends
            lines.append(line)
        if 'footer' in shapes:
            lines += ['Total', 'Page 1 of 1'][:rng.randint(1, 2)]
        self.raw = ''.join(line + '\n' for line in lines)

    def rows_that_end_early(self):
        def spoil(i, n, row):
            if self.rng.random() < 0.7:
                return [';'.join(row)]
            self.truth[row[0]] = (row[1], None)
            return [f'{row[0]};{row[1]}']
        self.shape(spoil)

    def missing_cells(self):
        """The cell in the middle was left out, with its delimiter."""
        def spoil(i, n, row):
            if self.rng.random() < 0.7:
                return [';'.join(row)]
            self.truth[row[0]] = (None, row[2])
            return [f'{row[0]};{row[2]}']
        self.shape(spoil)

    def cut_files(self):
        def spoil(i, n, row):
            if i < n - 1:
                return [';'.join(row)]
            self.truth[row[0]] = (None, None)
            return [row[0]]
        self.shape(spoil)

    # encodings
    def encodings(self):
        rng = self.rng
        self.encoding = rng.choice(('cp1252', 'cp1251', 'cp850', 'mac_roman'))
        words = ('привет мир', 'Москва', 'ещё раз') if self.encoding == 'cp1251' else ('Café', 'Müller', 'señor', 'déjà')
        self.source['encoding'] = 'utf-8'
        self.some(lambda: 2 * (rng.choice(words) if rng.random() < 0.5 else 'plain',))

    def unsaid_encodings(self):
        rng = self.rng
        self.encoding = rng.choice(('cp1252', 'latin-1', 'mac_roman', 'cp932', 'cp1251', 'cp1250', 'utf-16', 'utf-16-le'))
        words = {'cp932': ('橋本 翔太', '渋谷', 'コーヒー'), 'cp1251': ('Тверь', 'Рязань', 'молоко'),
                 'cp1250': ('Łódź', 'Żak', 'źrebię')}.get(self.encoding, ('Zoë', 'Jürgen', 'leçon', 'mañana'))
        self.some(lambda: 2 * (rng.choice(words) if rng.random() < 0.7 else 'plain',), least=8)

    def encodings_said_wrong(self):
        """UTF-8 and UTF-16 that the mapping takes for something else."""
        rng = self.rng
        self.encoding = rng.choice(('utf-8', 'utf-8', 'utf-8-sig', 'utf-16'))
        self.source['encoding'] = rng.choice(('windows-1252', 'ascii', 'windows-1253', 'cp932'))
        self.some(lambda: 2 * (rng.choice(('Ágnes', 'Čapek', '“so”', 'À bientôt', 'Ísafjörður', 'plain')),), least=8)

    def broken_utf8(self):
        """A few places that are not UTF-8, in cells of a file that is."""
        rng = self.rng
        if rng.random() < 0.5:
            self.source['encoding'] = 'utf-8'
        lines = []
        for i in range(rng.randint(8, 30)):
            word = rng.choice(('Zoë', 'Jürgen', 'leçon', 'plain'))
            bad = rng.random() < 0.2 and word != 'plain'
            self.truth[f'r{i}'] = (None if bad else word, f'y{i}')
            lines.append(f'r{i};'.encode() + word.encode('cp1252' if bad else 'utf-8') + f';y{i}\n'.encode())
        self.data = b'Id;X;Y\n' + b''.join(lines)
        self.raw = ''


KINDS = tuple(sorted(name for name, f in vars(Table).items()
                     if callable(f) and not name.startswith('_')
                     and name not in ('spoil', 'some', 'date_cell', 'shape')))
