#!/usr/bin/env python3
"""Writes the samples that go with mappings/*.yaml (but leads.yaml: make_leads.py).

make_samples.py NAME    the bytes of samples/NAME.csv on stdout, the same every time
make_samples.py --list  the names
make_samples.py --tables  the names of lookup tables
"""
import datetime
import random
import sys

PEOPLE = [
    ('Meera', 'Iyer'), ('Arjun', 'Reddy'), ('Farah', 'Khan'), ('Dev', 'Patel'), ('Lakshmi', 'Nair'), ('कविता', 'जोशी'),
    ('Joseph', 'D’Souza'), ('Hélène', 'Dubois'), ('Oluwaseun', 'Adeyemi'), ('Siobhán', 'Byrne'), ('Wei', 'Zhang'), ('Ana', 'Peña Ruiz'),
]
FIRMS = ['Acme, Inc.', 'Globex', 'Umbrella "Health" Ltd', 'Initech', 'Stark & Sons', 'Hooli, Pvt. Ltd.', 'Wayne Enterprises']
INDIA = [
    ('Bengaluru', 'Karnataka', 12.9716, 77.5946), ('Pune', 'Maharashtra', 18.5204, 73.8567), ('Kochi', 'Kerala', 9.9312, 76.2673),
    ('Panaji', 'Goa', 15.4909, 73.8278), ('Jaipur', 'Rajasthan', 26.9124, 75.7873),
]
START = datetime.datetime(2025, 1, 6)


def cell(text, delimiter=',', always=False):
    if always or any(c in text for c in delimiter + '"\n\r'):
        return '"' + text.replace('"', '""') + '"'
    return text


def table(rows, delimiter=',', end='\n', always=False):
    return ''.join(delimiter.join(cell(c, delimiter, always) for c in row) + end for row in rows)


def digits(r, n):
    return ''.join(r.choice('0123456789') for _ in range(n))


def in_lakhs(n):
    """12345678 as 1,23,45,678."""
    text = str(n)
    left, right = text[:-3], text[-3:]
    groups = []
    while left:
        groups.insert(0, left[-2:])
        left = left[:-2]
    return ','.join(groups + [right])


def working_hour(r, days):
    return START + datetime.timedelta(days=r.randrange(days), hours=r.randrange(8, 19), minutes=r.randrange(60))


def tickets():
    r = random.Random(301)
    subjects = [
        'Cannot log in', 'Invoice is wrong', 'Refund, please', 'App crashes on "Save"', 'Where is my order?', 'Change of address',
        'पासवर्ड भूल गया', 'Feature request: dark mode',
    ]
    bodies = [
        '', 'It worked yesterday.', 'Steps:\n1. open the app\n2. press "Save"\n3. it closes', 'See the attached picture; thank you!',
        'Order 000123, paid twice, one refund due', '=== forwarded message ===',
    ]
    tags = ['billing', 'mobile', 'web', 'vip', 'returning']
    out = [['Ticket No', 'Queue', 'Subject', 'Description', 'Customer Email', 'Phone', 'Priority', 'Category', 'Tags', 'Opened', 'Due', 'Attempts', 'Status']]
    for n in range(1, 181):
        first, last = r.choice(PEOPLE)
        opened = working_hour(r, 180)
        # Two systems fed this export: each writes its dates in its own way.
        written = opened.strftime('%Y-%m-%d %H:%M' if r.random() < 0.7 else '%d/%m/%Y %H:%M')
        due = opened + datetime.timedelta(days=r.randrange(1, 15))
        out.append([
            'T-%06d' % (4200 + n), r.choice(['Support'] * 6 + ['Sales'] * 2 + ['Spam']), r.choice(subjects), r.choice(bodies),
            'User.%d@Example.org' % n if r.random() < 0.95 else '', r.choice(['', '+44 20 7946 0%s' % digits(r, 3), '0%s' % digits(r, 9)]),
            r.choice(['P1', 'P2', 'P3', 'P3', 'P4', '']), r.choice(['Billing', 'Technical', 'Account', 'Other']),
            '; '.join(r.sample(tags, r.randrange(0, 4))), written, due.strftime('%d-%b-%Y') if r.random() < 0.8 else '-',
            r.choice(['', '0', '1', '2', '03']), r.choice(['new', 'open', 'open', 'waiting', 'solved', 'closed']),
        ])
    return table(out).encode()


def fieldvisits():
    r = random.Random(302)
    out = [['Visit No', 'Lead Ref', 'Agent', 'Phone', 'Date', 'Started', 'Ended', 'Latitude', 'Longitude', 'City', 'Distance (km)', 'Billing Month', 'Result', 'Photos', 'Checklist', 'Next Visit', 'Remarks']]
    results = ['Met', 'Met', 'Met', 'Not at home', 'Rescheduled', 'Refused']
    for n in range(1, 151):
        first, last = r.choice(PEOPLE)
        city, _, lat, lng = r.choice(INDIA)
        at = working_hour(r, 150)
        end = at + datetime.timedelta(minutes=r.randrange(10, 120))
        local = digits(r, 9)
        phone = r.choice(['9' + local, '09' + local, '+91 9' + local, '9%s %s' % (local[:4], local[4:]), '+971 50 %s' % local[:7], '0091-9' + local])
        result = r.choice(results)
        photos = ['https://photos.example.com/v%d/%d.jpg' % (n, i) for i in range(1, r.randrange(1, 4))]
        check = '{"id_seen": %s, "documents": ["%s"], "floor": %d}' % (r.choice(['true', 'false']), r.choice(['PAN', 'Aadhaar', 'Passport']), r.randrange(0, 20))
        no_fix = r.random() < 0.1
        out.append([
            'FV-%04d' % n, 'EXT-%05d' % r.randrange(1, 2401), first + ' ' + last, phone, at.strftime('%d-%m-%Y'), at.strftime('%I:%M %p'),
            end.strftime('%I:%M %p'), '' if no_fix else '%.5f' % (lat + r.uniform(-.1, .1)), '' if no_fix else '%.5f' % (lng + r.uniform(-.1, .1)),
            city, '%.1f' % r.uniform(0, 60), r.choice([at.strftime('%B'), at.strftime('%b'), str(at.month)]), result, '|'.join(photos),
            check if result == 'Met' else '', (at + datetime.timedelta(days=7)).strftime('%d-%m-%Y %H:%M') if result in ('Rescheduled', 'Not at home') else '',
            r.choice(['', 'Gate code 0042', 'Ask for "Uncle"', 'Dog!\nRing twice', 'दरवाज़ा नीला है']),
        ])
    return table(out).encode()


def leads_de():
    r = random.Random(303)
    people = [('Jürgen', 'Groß'), ('Käthe', 'Müller'), ('Ayşe', 'Yılmaz'), ('Björn', 'Weiß'), ('Sören', 'von der Heide'), ('Małgorzata', 'Kowalska'), ('Anna-Lena', 'Schäfer'), ('Uwe', 'Öztürk')]
    firms = ['Müller & Söhne GmbH', 'Bäckerei Groß', 'Autohaus "Zum Stern" KG', 'Stadtwerke; Abt. Einkauf', 'Weiß AG', '']
    towns = [('80331', 'München'), ('01067', 'Dresden'), ('50667', 'Köln'), ('04109', 'Leipzig'), ('20095', 'Hamburg'), ('97070', 'Würzburg')]
    out = [['Lead-Nr.', 'Anrede', 'Vorname', 'Nachname', 'Firma', 'E-Mail', 'Telefon', 'PLZ', 'Ort', 'Status', 'Betrag', 'Mitarbeiter', 'Kunde', 'Erstellt am', 'Bemerkung']]
    for n in range(1, 121):
        first, last = r.choice(people)
        plz, town = r.choice(towns)
        made = working_hour(r, 400)
        out.append([
            'DE-%04d' % n, r.choice(['Herr', 'Frau', '']), first, last, r.choice(firms), 'kontakt%d@firma.example' % n,
            r.choice(['089 %s' % digits(r, 7), '0351/%s' % digits(r, 6), '+49 (221) %s' % digits(r, 6)]), plz, town,
            r.choice(['Offen', 'In Bearbeitung', 'Gewonnen', 'Verloren']), r.choice(['', '0,00', '99,90', '1.234,56', '12.500,00', '1.000.000,00', '-5,00']),
            r.choice(['', '1', '25', '1.200']), r.choice(['Ja', 'Nein', 'ja', '']),
            made.strftime(r.choice(['%d.%m.%Y', '%d.%m.%Y %H:%M'])), r.choice(['', 'Rückruf; am Vormittag', 'Sagt: "vielleicht später"', 'Zwei Zeilen:\nbevorzugt E-Mail', 'k. A.']),
        ])
    return ('\ufeff' + table(out, ';', '\r\n')).encode()


def wide():
    r = random.Random(304)
    person = ['First Name', 'Middle Name', 'Last Name', 'Date of Birth', 'Gender', 'Marital Status', 'Email', 'Mobile', 'PAN', 'Dependents']
    address = ['Line 1', 'Line 2', 'City', 'State', 'PIN', 'Since']
    months = ['%s 2025' % m for m in 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split()]
    head = ['Application No', 'Application Date', 'Branch Code', 'Channel', 'Status']
    head += ['Applicant ' + c for c in person] + ['Co-applicant ' + c for c in person]
    head += ['Current ' + c for c in address] + ['Permanent ' + c for c in address]
    head += ['Employer', 'Designation', 'Employment Type', 'Monthly Income', 'Years in Job', 'Work Email']
    head += ['Loan Purpose', 'Loan Amount', 'Tenure (months)', 'Rate (%)', 'EMI', 'Down Payment']
    head += ['Balance ' + m for m in months]
    head += ['Consent SMS', 'Consent Email', 'Consent Bureau', 'Remarks']

    def money(low, high):
        return in_lakhs(r.randrange(low, high)) + r.choice(['', '.50', '.00'])

    def somebody(n, kind):
        first, last = r.choice(PEOPLE)
        born = datetime.date(1960, 1, 1) + datetime.timedelta(days=r.randrange(0, 15000))
        return [
            first, r.choice(['', '', 'K.']), last, born.strftime('%d/%m/%Y'), r.choice(['F', 'M', 'X']), r.choice(['Single', 'Married', 'Widowed']),
            '%s%d@mail.example' % (kind, n), '9' + digits(r, 9), ''.join(r.choice('ABCDEFGHJKLMNPQRSTUVWXYZ') for _ in range(5)) + digits(r, 4) + r.choice('ABCDEFGH'),
            str(r.randrange(0, 5)),
        ]

    def somewhere():
        city, state, _, _ = r.choice(INDIA)
        return ['%d, MG Road' % r.randrange(1, 300), r.choice(['', 'Near "Big" Temple', 'Flat 0%d' % r.randrange(1, 9)]), city, state, '%06d' % r.randrange(110001, 855126), str(r.randrange(1990, 2025))]

    out = [head]
    for n in range(1, 81):
        at = working_hour(r, 300)
        row = ['HL%07d' % (n * 37), at.strftime('%d/%m/%Y'), '%04d' % r.randrange(1, 400), r.choice(['Branch', 'Web', 'Agent']), r.choice(['Received', 'In review', 'Sanctioned', 'Declined'])]
        row += somebody(n, 'a')
        row += somebody(n, 'c') if r.random() < 0.5 else [''] * len(person)
        row += somewhere()
        row += somewhere() if r.random() < 0.6 else [''] * len(address)
        row += [r.choice(FIRMS), r.choice(['Engineer', 'Manager', 'Nurse']), r.choice(['Salaried', 'Self-employed']), money(25000, 900000), r.choice(['.5', '2', '7.5']), '']
        row += [r.choice(['Home', 'Plot', 'Renovation']), money(500000, 20000000), str(r.choice([120, 180, 240])), r.choice(['8.35', '8.5', '9']), money(5000, 200000), money(1000, 900000)]
        row += [money(1000, 500000) if r.random() < 0.9 else '' for _ in months]
        row += [r.choice('YN'), r.choice('YN'), r.choice('YN'), r.choice(['', 'Papers, complete', 'Call after 6'])]
        out.append(row)
    return table(out).encode()


def salesforce_leads():
    r = random.Random(305)
    letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

    def sf_id(prefix, n):
        # 15 characters that tell upper from lower case, and 3 that spell
        # out which were capitals.
        text = prefix + '5g00000' + ''.join(r.choice(letters) for _ in range(2)) + '%03d' % n
        check = ''
        for block in (text[0:5], text[5:10], text[10:15]):
            check += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'[sum(1 << i for i, c in enumerate(block) if c.isupper())]
        return text + check

    places = [('415 Mission St', 'San Francisco', 'CA', '94105', 'USA'), ('1 Rue de la Paix', 'Paris', '', '75002', 'France'), ('30 MG Road\nFloor 2', 'Bengaluru', 'Karnataka', '560001', 'India'), ('', 'Boston', 'MA', '02108', 'USA'), ('', '', '', '', '')]
    head = ['Id', 'IsDeleted', 'FirstName', 'LastName', 'Title', 'Company', 'Street', 'City', 'State', 'PostalCode', 'Country', 'Phone', 'Email', 'Website', 'Description', 'LeadSource', 'Status', 'Industry', 'Rating', 'AnnualRevenue', 'NumberOfEmployees', 'OwnerId', 'IsConverted', 'CreatedDate', 'LastModifiedDate']
    owners = [sf_id('005', n) for n in range(1, 5)]
    out = [head]
    for n in range(1, 161):
        first, last = r.choice(PEOPLE)
        made = working_hour(r, 500)
        changed = made + datetime.timedelta(seconds=r.randrange(60, 9000000))
        status = r.choice(['Open - Not Contacted', 'Working - Contacted', 'Closed - Converted', 'Closed - Not Converted'])
        street, city, state, code, country = r.choice(places)
        out.append([
            sf_id('00Q', n), 'true' if n % 53 == 0 else 'false', first if r.random() < 0.9 else '', last, r.choice(['CEO', 'VP, Sales', '']), r.choice(FIRMS), street, city, state, code, country,
            r.choice(['(415) 555-0%s' % digits(r, 3), '+33 1 70 18 %s' % digits(r, 4), '']), 'Person%d@Example.com' % n, r.choice(['www.example.com', 'https://example.org/a?b=c', '']),
            r.choice(['', 'Met at the fair.\n\nWants a "demo"', 'Budget: 10,000']), r.choice(['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', '']), status,
            r.choice(['Energy', 'Banking', 'Not For Profit', '']), r.choice(['Hot', 'Warm', 'Cold', '']), r.choice(['', '0', '120000.0', '9500000', '350000000.55']), r.choice(['', '12', '265', '145000']),
            r.choice(owners), 'true' if status == 'Closed - Converted' else 'false', made.strftime('%Y-%m-%dT%H:%M:') + '%02d.000Z' % r.randrange(60), changed.strftime('%Y-%m-%dT%H:%M:%S.000+0000'),
        ])
    return table(out, always=True).encode()


def bank_transactions():
    r = random.Random(306)
    out = [['Transaction ID', 'Posted', 'Value Date', 'Account', 'Narration', 'Cheque No', 'Amount', 'Balance']]
    words = ['NEFT CR SALARY', 'UPI/GROCERY/4471', 'POS 4055XXXX "FUEL"', 'ATM WDL, MG ROAD', 'CHQ DEP', 'LOAN EMI', 'INT.PD', 'BANK CHARGES, GST']

    def grouped(n):
        rupees, rest = divmod(n, 100)
        return in_lakhs(rupees) + '.%02d' % rest

    balance = 4512075
    for n in range(1, 141):
        at = START + datetime.timedelta(days=n // 2)
        amount = r.randrange(1000, 2500000) * r.choice([1, -1, -1])
        if balance + amount < 0:
            amount = -amount
        balance += amount
        # An accountant's export: what goes out stands in parentheses.
        written = 'Rs. %s' % grouped(abs(amount))
        out.append([
            'TX%08d' % (7100000 + n * 13), at.strftime('%d-%b-%y'), (at + datetime.timedelta(days=r.randrange(0, 3))).strftime('%d-%b-%y') if r.random() < 0.9 else '',
            '="00%s"' % '4410007712', r.choice(words), '="%06d"' % r.randrange(1, 999) if r.random() < 0.2 else '',
            '(%s)' % written if amount < 0 else written, grouped(balance),
        ])
    total = ['Closing balance'] + [''] * 6 + [grouped(balance)]
    return table(out + [total], end='\r\n').encode()


OWNERS = [('meera.iyer@example.com', 'Meera Iyer', 'usr_01'), ('arjun.reddy@example.com', 'Arjun Reddy', 'usr_02'), ('farah.khan@example.com', 'Farah Khan', 'usr_03'), ('d.patel@example.com', 'Dev Patel', 'usr_07')]


def owners():
    return table([['Email', 'Name', 'ChakraHQ User']] + [list(o) for o in OWNERS]).encode()


def hubspot_contacts():
    r = random.Random(307)
    out = [['Record ID', 'First Name', 'Last Name', 'Email', 'Phone Number', 'Mobile Phone Number', 'Contact owner', 'Lifecycle Stage', 'Lead Status', 'Associated Company', 'Number of Employees', 'Create Date', 'Last Activity Date', 'Unsubscribed from all email']]
    for n in range(1, 161):
        first, last = r.choice(PEOPLE)
        made = working_hour(r, 300)
        owner = r.choice([o[0] for o in OWNERS] + [''])
        out.append([
            str(40210000 + n * 7), first, last, 'Person.%d@Client.example' % n, r.choice(['', '+91 80 4%s' % digits(r, 7)]), r.choice(['', '098%s' % digits(r, 8), '+971 50 %s' % digits(r, 7)]),
            # People type it as they like; one of them has left.
            r.choice([owner, owner.title(), 'left.long.ago@example.com' if n % 40 == 0 else owner]), r.choice(['Lead', 'Marketing Qualified Lead', 'Sales Qualified Lead', 'Opportunity', 'Customer']),
            r.choice(['New', 'Open', 'In Progress', 'Connected', 'Unqualified', '']), r.choice(FIRMS), r.choice(['', '12', '1,200', '45000']), made.strftime('%Y-%m-%d %H:%M'),
            (made + datetime.timedelta(days=r.randrange(1, 60))).strftime('%Y-%m-%d %H:%M') if r.random() < 0.7 else '', r.choice(['true', 'false', '']),
        ])
    return table(out, always=True).encode()


def mailchimp_audience():
    r = random.Random(308)
    tags = ['Customer', 'VIP, gold', 'Newsletter', 'Met at "Expo"', 'Webinar 2025', 'Partner']
    out = [['Email Address', 'First Name', 'Last Name', 'Phone Number', 'MEMBER_RATING', 'OPTIN_TIME', 'OPTIN_IP', 'CONFIRM_TIME', 'LATITUDE', 'LONGITUDE', 'CC', 'REGION', 'LAST_CHANGED', 'LEID', 'EUID', 'NOTES', 'TAGS']]
    for n in range(1, 151):
        first, last = r.choice(PEOPLE)
        city, state, lat, lng = r.choice(INDIA)
        joined = working_hour(r, 600)
        chosen = r.sample(tags, r.randrange(0, 4))
        out.append([
            'reader%d@mail.example' % n, first if r.random() < 0.9 else '', last, r.choice(['', '9' + digits(r, 9)]), str(r.randrange(1, 6)), joined.strftime('%Y-%m-%d %H:%M:%S'), '203.0.113.%d' % r.randrange(1, 255),
            (joined + datetime.timedelta(minutes=3)).strftime('%Y-%m-%d %H:%M:%S'), '%.4f' % lat, '%.4f' % lng, 'IN', state, (joined + datetime.timedelta(days=r.randrange(1, 90))).strftime('%Y-%m-%d %H:%M:%S'),
            str(52000000 + n), ''.join(r.choice('0123456789abcdef') for _ in range(10)), r.choice(['', 'Prefers phone', 'Asked about prices, twice']), ','.join('"%s"' % t.replace('"', '""') for t in chosen),
        ])
    return table(out).encode()


def erp_de():
    r = random.Random(309)
    months = ['Januar', 'Februar', 'März', 'April', 'Mai', 'Juni', 'Juli', 'August', 'September', 'Oktober', 'November', 'Dezember']
    firms = ['Müller & Söhne GmbH', 'Bäckerei Groß', 'Autohaus "Zum Stern" KG', 'Stadtwerke; Abt. Einkauf', 'Weiß AG']

    def day(d, long):
        name = months[d.month - 1]
        return '%d. %s %d' % (d.day, name, d.year) if long else '%02d-%s-%d' % (d.day, 'Mrz' if d.month == 3 else name[:3], d.year)

    def money(n, unit=''):
        euros, cents = divmod(abs(n), 100)
        text = '{:,}'.format(euros).replace(',', '.') + ',%02d' % cents
        return text + unit + ('-' if n < 0 else '')

    out = [['Belegnr.', 'Belegart', 'Kundennr.', 'Kunde', 'Belegdatum', 'Liefertermin', 'Netto', 'MwSt', 'Brutto', 'Pos. 1 Artikel', 'Pos. 1 Menge', 'Pos. 2 Artikel', 'Pos. 2 Menge', 'Erledigt', 'Bearbeiter']]
    for n in range(1, 131):
        made = START + datetime.timedelta(days=r.randrange(360))
        credit = r.random() < 0.15
        net = r.randrange(2000, 3000000) * (-1 if credit else 1)
        rate = r.choice([19, 7])
        gross = (abs(net) * (100 + rate) // 100) * (-1 if credit else 1)
        two = r.random() < 0.5
        out.append([
            '%s-%06d' % ('GS' if credit else 'AB', 250000 + n), 'Gutschrift' if credit else r.choice(['Auftrag', 'Auftrag', 'Angebot']), '%05d' % r.randrange(1, 800), r.choice(firms),
            day(made, True), day(made + datetime.timedelta(days=r.randrange(3, 40)), False) if not credit else '', money(net), '%d %%' % rate, money(gross),
            'A-%04d' % r.randrange(1, 400), money(r.randrange(100, 90000)), 'A-%04d' % r.randrange(1, 400) if two else '', money(r.randrange(100, 90000)) if two else '', r.choice(['Ja', 'Nein']), r.choice(['Käthe', 'Jürgen', '']),
        ])
    return table(out, ';', '\r\n').encode()


SAMPLES = {'tickets': tickets, 'fieldvisits': fieldvisits, 'leads-de': leads_de, 'wide': wide, 'salesforce-leads': salesforce_leads,
           'bank-transactions': bank_transactions, 'hubspot-contacts': hubspot_contacts, 'mailchimp-audience': mailchimp_audience, 'erp-de': erp_de}
TABLES = {'tables/owners': owners}

if __name__ == '__main__':
    if sys.argv[1:] == ['--list']:
        print('\n'.join(SAMPLES))
    elif sys.argv[1:] == ['--tables']:
        print('\n'.join(TABLES))
    elif len(sys.argv) == 2 and sys.argv[1] in {**SAMPLES, **TABLES}:
        sys.stdout.buffer.write({**SAMPLES, **TABLES}[sys.argv[1]]())
    else:
        sys.exit(__doc__)
