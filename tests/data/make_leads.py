#!/usr/bin/env python3
"""Writes samples/leads.csv and samples/leads-bad.csv: seeded, the same bytes every time.

make_leads.py [ROWS]   the good sample on stdout, ROWS rows (2,400 by default)
make_leads.py bad      the bad one
"""
import random
import sys

NAMES = [
    ('Ted', 'Mosby'), ('Zoë', 'Núñez'), ('José', 'Álvarez'), ('Chloé', 'Lefèvre'), ('Jürgen', 'Groß'),
    ('Søren', 'Åkesson'), ('अनिल', 'शर्मा'), ('प्रिया', 'वर्मा'), ('राहुल', 'देशमुख'), ('सुनीता', 'अय्यर'),
    ('Cixin', 'Liu'), ('Maeve', "O'Brien"), ('Ravi', 'Kumar'), ('Anita', 'Desai'), ('Łukasz', 'Żak'),
    ('Mary Ann', 'van der Berg'), ('Ngozi', 'Okafor'), ('Tomás', 'Ó Súilleabháin'), ('Björk', 'Jónsdóttir'), ('Imran', 'Shaikh'),
]
CITIES = ['Goa', 'Pune', 'Bengaluru', 'New Delhi', 'São Paulo', 'München', 'Córdoba', 'Mumbai', 'Kochi', 'मुंबई']
COMPANIES = ['Acme, Inc.', 'Globex', 'Umbrella "Health" Ltd', 'Initech', 'Stark & Sons', 'Hooli, Pvt. Ltd.', 'Müller GmbH', '', 'N/A', 'Wayne Enterprises']
STREETS = ['MG Road', 'Park Street', 'Rue de l’Église', 'Hauptstraße', 'Calle Mayor', 'लिंक रोड']
NOTES = ['', '', '', 'Call back, please', 'Said: "maybe next month"', 'Two lines:\nprefers e-mail\nnever before 10', 'VIP; ask for the manager', '-', '50% down, rest later', 'Tab\there']
HEADER = ['Lead Ref', 'First Name', 'Last Name', 'Email', 'Phone', 'Company', 'City', 'Town', 'Status', 'Score', 'Amount', 'Employees', 'Customer', 'Joined', 'Address', 'PIN', 'Notes']


def cell(text):
    if any(c in text for c in ',"\n\r') or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text


def line(cells):
    return ','.join(cell(c) for c in cells) + '\n'


def lead(r, n):
    first, last = r.choice(NAMES)
    city = r.choice(CITIES)
    at = r.random() < 0.9
    return [
        'EXT-%05d' % n, first, last, 'Lead%d@Example.com' % n, r.choice(['0', '00', '+91 ']) + ''.join(r.choice('0123456789') for _ in range(9)),
        r.choice(COMPANIES), city if at else '', '' if at else city, r.choice(['Open', 'In progress', 'Won', 'Lost']),
        '%03d' % r.randrange(1000), r.choice(['', '0', '10.50', '1,250.00', '98,765.43', '-5.00']), r.choice(['', '1', '25', '10000']),
        r.choice(['yes', 'no', 'Y', 'N', '']), '%02d/%02d/%d' % (r.randrange(1, 29), r.randrange(1, 13), r.randrange(2015, 2026)),
        '%d, %s' % (r.randrange(1, 400), r.choice(STREETS)), '%06d' % r.randrange(11001, 855126), r.choice(NOTES),
    ]


def good(rows):
    r = random.Random(20260415)
    out = [line(HEADER)]
    for n in range(1, rows + 1):
        out.append(line(lead(r, n)))
        if n == 1200:
            out.append('\n')  # a blank line, as exports have them
    return ''.join(out)


def bad():
    r = random.Random(7)
    rows = [lead(r, n) for n in range(1, 41)]
    rows[2][0] = ''                       # no key
    rows[5][8] = 'Sleeping'               # a status that the map does not have
    rows[7][10] = '1.250,00'              # decimal comma
    rows[9][13] = '31/02/2025'            # no such day
    rows[11][13] = '2025-04-15'           # another format
    rows[13][0] = 'EXT-00002'             # the key of row 3
    rows[15][11] = 'about 20'             # no integer
    rows[17][12] = 'perhaps'              # no boolean
    rows[19] = rows[19][:9]               # a short row
    rows[21].append('one too many')       # a long row
    rows[23][11] = '12.5'                 # two problems in one row
    rows[23][8] = 'sleeping'
    text = [line(HEADER)] + [line(x) for x in rows]
    text[26] = 'EXT-00026,"Anna" B,Stray,a@example.com' + ',' * 13 + '\n'  # text after a closing quote
    text[28] = text[28].replace('EXT-00028', 'EXT-00028\x00')       # a NUL byte
    data = ''.join(text).encode()
    data = data.replace(b'EXT-00030,', b'EXT-00030\xff,')           # no UTF-8
    return data


if __name__ == '__main__':
    arg = sys.argv[1] if len(sys.argv) > 1 else '2400'
    sys.stdout.buffer.write(bad() if arg == 'bad' else good(int(arg)).encode())
