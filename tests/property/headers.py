#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whether the first record is the header: random files that have none must be found, files that have one must not be
taken for such, titles above it must be passed over. Whatever is found, init must write a mapping with which check
counts every row. With a folder, the findings over its files are listed as well, for a person to look at."""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

BIN = os.path.join(os.environ.get('CSV2CHAKRA_BIN', os.path.join(os.getcwd(), 'build', 'release', 'bin')), 'csv2chakra')
ENV = {k: v for k, v in os.environ.items() if not k.startswith(('CHAKRA_', 'CSV2CHAKRA_', 'LC_', 'LANG'))}
CODES = ('csv.preamble', 'csv.no_header', 'csv.mixed_delimiters', 'csv.quoted_lines', 'csv.apostrophe_quotes')

PEOPLE = ('Ana Sousa', 'Jörg Müller', 'Zoé Petit', 'Luca Rossi', 'Asha Rao', 'Øystein Berg', 'Łukasz Nowak', 'Eva Sánchez',
          '佐藤 健', '김민준', 'Иван Петров', 'Νίκος Π.', "Sean O'Neil", 'Mehmet Öz', 'Linh Trần', 'Noor', 'Bo', 'Tomás')
PLACES = ('Porto', 'Köln', 'Lyon', 'Bari', 'Pune', 'Oslo', 'Łódź', 'León', '大阪', '부산', 'Казань', 'Πάτρα', 'Cork', 'İzmir')
WORDS = ('open', 'won', 'lost', 'new', 'offen', 'neu', 'gagné', 'abierto', 'yes', 'no')
PROSE = ('called, will call back', 'ruft Montag an', 'rien à signaler', 'pide oferta', 'no answer', 'see 2nd mail', '')

# What columns are called, language by language: key, text, e-mail, phone, date, number, code, word, note.
NAMES = {
    'en': ('Lead ID', 'Full Name', 'E-mail', 'Phone', 'Created On', 'Amount', 'SKU', 'Status', 'Note', 'Address 2', 'Q1'),
    'de': ('Nr.', 'Name', 'E-Mail', 'Telefon', 'Datum', 'Betrag (EUR)', 'Artikel', 'Stand', 'Notiz', 'Straße', 'PLZ'),
    'fr': ('N°', 'Nom', 'Courriel', 'Téléphone', 'Créé le', 'Montant', 'Réf.', 'État', 'Remarque', 'Ville', '1er achat'),
    'es': ('Nº', 'Nombre', 'Correo', 'Teléfono', 'Fecha', 'Importe', 'Código', 'Estado', 'Nota', 'Año', 'CP'),
    'pt': ('Id', 'Nome', 'E-mail', 'Telemóvel', 'Data', 'Valor', 'Ref', 'Situação', 'Obs', 'Cidade', 'NIF'),
    'pl': ('Lp.', 'Imię', 'E-mail', 'Telefon', 'Utworzono', 'Kwota', 'Kod', 'Stan', 'Uwagi', 'Miasto', 'NIP'),
    'tr': ('No', 'Ad', 'E-posta', 'Telefon', 'Tarih', 'Tutar', 'Kod', 'Durum', 'Not', 'Şehir', 'İlçe'),
    'ru': ('№', 'Имя', 'Почта', 'Телефон', 'Дата', 'Сумма', 'Код', 'Статус', 'Заметка', 'Город', 'ИНН'),
    'ja': ('番号', '氏名', 'メール', '電話', '日付', '金額', '品番', '状態', '備考', '都市', '〒'),
    'el': ('Α/Α', 'Όνομα', 'Email', 'Τηλέφωνο', 'Ημερομηνία', 'Ποσό', 'Κωδ.', 'Κατάσταση', 'Σχόλιο', 'Πόλη', 'ΑΦΜ'),
    'db': ('id', 'full_name', 'e_mail', 'phone1', 'created_at', 'amount_2', 'sku', 'is_open', 'note', 'addr2', 'x'),
}
TITLES = ('Offers of {y}', 'Export, made on Monday, May 4 {y}', 'Kundenliste', 'Rapport du mois', '顧客一覧', 'Clientes ({y})',
          'Pipeline Report - confidential', 'Lista lead, {y}')


class Table:
    """Columns of random kinds, with names; rows of cells."""

    def __init__(self, rng):
        self.rng = rng
        self.delimiter = rng.choice(',,,;;\t|')
        self.comma = self.delimiter == ';' and rng.random() < 0.7
        self.rows_count = rng.choice((1, 2, 3, 5, 8, 20, 60, 200))
        self.first = rng.choice((1, 1, 7, 1001, 480233))
        self.date = rng.choice(('{y}-{m:02}-{d:02}', '{d:02}.{m:02}.{y}', '{m}/{d}/{y}', '{d:02}/{m:02}/{y}',
                                '{y}-{m:02}-{d:02} 0{h}:30:00', '{d} {n} {y}', '{y}{m:02}{d:02}'))
        self.phone = rng.choice(('+44 20 7946 0{:03}', '+4930{:07}', '(030) 55{:05}', '98{:08}', '020-794{:04}'))
        self.code = rng.choice(('L-{}', 'SKU{:05}', '{:04}-DE', 'ab{}c{}', '00{:04}'))
        self.blank = rng.choice((0, 0, 0.1, 0.3))
        names = NAMES[rng.choice(list(NAMES))]
        kinds = rng.sample(range(9), rng.randint(2, 9))
        self.kinds = sorted(kinds) if rng.random() < 0.6 else kinds
        self.names = [names[k] for k in self.kinds]
        for extra in range(rng.choice((0, 0, 1, 2))):
            self.kinds.append(rng.choice((1, 7, 8, 5)))
            self.names.append(names[9 + extra])
        if rng.random() < 0.15:  # a pivot
            year = rng.randint(2015, 2022)
            count = rng.randint(2, 5)
            labels = rng.choice(([str(year + i) for i in range(count)], [str(i + 1) for i in range(count)],
                                 ['Q%d' % (i + 1) for i in range(count)], ['%d-0%d-01' % (year, i + 1) for i in range(count)]))
            self.kinds += [5] * count
            self.names += labels
        if rng.random() < 0.1:
            self.names[rng.randrange(len(self.names))] = ''
        if rng.random() < 0.1:
            self.names = [n.upper() for n in self.names]
        self.rows = [[self.cell(k, i) for k in self.kinds] for i in range(self.rows_count)]

    def cell(self, kind, row):
        r = self.rng
        if kind not in (0, 6) and r.random() < self.blank:
            return r.choice(('', '', 'N/A', '-')) if kind > 3 else ''
        if kind == 0:
            return str(self.first + row)
        if kind == 1:
            return r.choice(PEOPLE if self.first != 7 else PLACES)
        if kind == 2:
            return '%s%d@example.%s' % (r.choice(('ana', 'k.lee', 'info', 'zoe_p')), r.randint(1, 9999), r.choice(('org', 'de', 'co.in')))
        if kind == 3:
            return self.phone.format(r.randint(0, 999))
        if kind == 4:
            return self.date.format(y=r.randint(2019, 2026), m=r.randint(1, 12), d=r.randint(1, 28), h=r.randint(0, 9),
                                    n=r.choice(('Jan', 'Mar', 'Oct')))
        if kind == 5:
            text = r.choice(('{:.2f}', '{:.2f}', '{:,.2f}', '{:.0f}')).format(r.uniform(-50, 20000))
            return text.translate(str.maketrans(',.', '.,')) if self.comma else text
        if kind == 6:
            return self.code.format(r.randint(1, 99999), r.randint(1, 99))
        return r.choice(WORDS if kind == 7 else PROSE)

    def line(self, cells, always=False):
        def quoted(c):
            return '"%s"' % c.replace('"', '""') if always or any(x in c for x in self.delimiter + '"\n') else c
        return self.delimiter.join(quoted(c) for c in cells)

    def text(self, with_header, title):
        r = self.rng
        always = r.random() < 0.25
        end = r.choice(('\n', '\n', '\r\n'))
        lines = list(title)
        if with_header:
            lines.append(self.line(self.names, always))
        lines += [self.line(row, always) for row in self.rows]
        return end.join(lines) + (end if r.random() < 0.9 else '')

    def title(self):
        """Lines above the header: padded to the table or not, with empty ones."""
        r = self.rng
        width = len(self.names)
        lines = []
        for _ in range(r.choice((1, 1, 2, 3))):
            cell = r.choice(TITLES).format(y=r.randint(2020, 2026))
            lines.append(self.line([cell] + [''] * (width - 1)) if r.random() < 0.7 else self.line([cell]))
        if r.random() < 0.4:
            lines.append(r.choice(('', self.delimiter * (width - 1))))
        return lines


def run(*arguments):
    return subprocess.run([BIN, *arguments], capture_output=True, env=ENV, check=False, timeout=60)


def inspect(path):
    """The findings over a file, and its facts; None where it cannot be read."""
    result = run('inspect', '--format', 'json', path)
    try:
        facts = json.loads(result.stdout)
    except ValueError:
        return [], None
    return [h for h in facts['hazards'] if h['code'] in CODES], facts


def counts_all(path, folder, rows):
    """init, then check: the rows that the books have, and the words if they are not all."""
    mapping = os.path.join(folder, 'made.yaml')
    if os.path.exists(mapping):
        os.unlink(mapping)
    made = run('init', '-q', '-o', mapping, path)
    checked = run('check', '--procedure', 'lead', '--format', 'json', mapping, path)
    try:
        read = json.loads(checked.stdout)['accounts']['rows']['read']
    except (ValueError, KeyError):
        return (made.stderr + checked.stderr).decode('utf-8', 'replace')[:400]
    return '' if read == rows else '%d of %d rows' % (read, rows)


def make(rng, folder, kind, number):
    """A file of one kind: its path, its rows, the lines above its header."""
    table = Table(rng)
    title = table.title() if kind == 'titled' else []
    path = os.path.join(folder, '%s%d.csv' % (kind, number))
    with open(path, 'w', encoding='utf-8', newline='') as f:
        f.write(table.text(kind != 'bare', title))
    return path, len(table.rows), len(title)


def judge(kind, path, lines):
    """True if the finding is the right one."""
    found, facts = inspect(path)
    codes = [h['code'] for h in found]
    if kind == 'bare':
        return codes == ['csv.no_header']
    if kind == 'headed':
        return not codes
    return codes == ['csv.preamble'] and facts['dialect']['skip_lines'] == lines


def measure(rng, folder, kind, count, show):
    right = lost = 0
    for i in range(count):
        path, rows, lines = make(rng, folder, kind, i)
        is_right = judge(kind, path, lines)
        right += is_right
        words = counts_all(path, folder, rows) if is_right else ''
        lost += bool(words)
        if not is_right or words:
            with open(path, encoding='utf-8') as f:
                head = f.read(300).split('\n')[:3]
            print('%s %s: %s' % (kind, words or 'wrong', ' / '.join(head)) if show else '', end='\n' if show else '')
    return right, lost


def look(folder):
    """What is found over the files of a folder."""
    count = 0
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if not name.endswith(('.csv', '.tsv', '.txt')) or not os.path.isfile(path):
            continue
        count += 1
        for h in inspect(path)[0]:
            print('%s: %s [%s]' % (name, h['title'], h['code']))
    print('%d files in %s' % (count, folder))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--bare', type=int, default=20, help='files without a header')
    parser.add_argument('--headed', type=int, default=100, help='files with one')
    parser.add_argument('--titled', type=int, default=40, help='files with lines above it')
    parser.add_argument('-v', action='store_true', help='show what went wrong')
    parser.add_argument('folder', nargs='*', help='files to look at as well')
    o = parser.parse_args()
    rng = random.Random(o.seed)
    with tempfile.TemporaryDirectory(prefix='headers-') as folder:
        bare, lost_bare = measure(rng, folder, 'bare', o.bare, o.v)
        headed, lost_headed = measure(rng, folder, 'headed', o.headed, o.v)
        titled, lost_titled = measure(rng, folder, 'titled', o.titled, o.v)
    for path in o.folder:
        look(path)
    alarms, lost = o.headed - headed, lost_bare + lost_headed + lost_titled
    print('seed %d: %d of %d files without a header found, %d false alarms of %d, %d of %d titles, %d files with rows that '
          'init and check do not count' % (o.seed, bare, o.bare, alarms, o.headed, titled, o.titled, lost))
    # At least 18 of 20, at most 2 of 100, nine titles of ten, and no row lost.
    sys.exit(bare * 10 < o.bare * 9 or alarms * 50 > o.headed or titled * 10 < o.titled * 9 or lost > 0)


if __name__ == '__main__':
    main()
