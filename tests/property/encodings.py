#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""encodings.py [--seed N] [--files N] [-v]: does the guess at an encoding read what was written?

Makes FILES tables in many languages and encodings, 4 to 200 rows, some with a single character beyond ASCII, and asks csv2chakra
(found by CSV2CHAKRA_BIN) about each without naming an encoding:

- silently wrong: `check` and `convert` end with 0 and another text, without a mapping that names the encoding, or with the one that
  `init` writes. There must be none.
- right: the encoding that `inspect` names reads the text that was written. At least 90 %, and 97 % of the files with 20 and more
  bytes beyond ASCII.

The words are not those that the program knows (src/input/encoding_words.c): none of them may stand there, which is checked first.
"""
import argparse
import collections
import json
import os
import random
import subprocess
import sys
import tempfile

BIN = os.path.join(os.environ.get('CSV2CHAKRA_BIN', 'build/release/bin'), 'csv2chakra')
HERE = os.path.dirname(os.path.abspath(__file__))
KNOWN = os.path.join(HERE, '../../src/input/encoding_words.c')

WEST = ('cp1252', 'iso8859_15', 'iso8859_1', 'mac_roman', 'cp850', 'cp437')
CENTRAL = ('cp1250', 'iso8859_2', 'cp852')
BALTIC = ('cp1257', 'iso8859_13')
CYRILLIC = ('cp1251', 'koi8_r', 'iso8859_5', 'cp866')
WIDE = ('utf_16', 'utf_16_le', 'utf_16_be')

# language: (encodings, words). A table is made of these words and of digits.
LANGUAGES = {
    'German': (WEST, 'Lösch Brüning Kästner Röttgen Mühlbauer Dörfler Schütz Förster Hübner Jäckel Völker Schürmann Möbius Füßl '
               'Hägele Preuß Voß Gräf Ruß Sültz Bräuer Thüringen Eßlingen Gütersloh Mönchengladbach Görlitz Füssen Ulm Bonn Kiel '
               'Hauptstraße Gärtnerei Möbel Töpfe Kühlschrank Wäsche Öle Überweisung Äste Ölheizung Rüben Löffel Spülmaschine '
               'Müslischüssel Fußboden Kreißsaal Schweißer gültig hübsch müde häufig'),
    'French': (WEST, 'Lefèvre Gaëtan Mélanie Agnès Clément Solène Béatrice Rémi Thérèse Adèle Hervé Lionel Maël Mégane Honoré Barthélemy '
               'Périgueux Nevers Lunéville Montélimar Sète Troyes Châteauroux Épinal Saint-Malo Abbéville Chambéry Bézu gâteau '
               'poêle crêpes bûche légumes mètre été ébène bâtiment fraîche pêche piqûre chêne reçus déçue aînée théière '
               'huître écharpe réglé'),
    'Spanish': (WEST, 'Nicolás Verónica Ramón Inés Gascón Bermúdez Zúñiga Ordóñez Cáceres Guzmán Rincón Ríos Durán Beltrán Acuña Íñiguez '
                'Córdoba Mérida Gijón Alcalá Lérida Castellón Ibagué Bogotá Medellín Perú Cuzco sillón cajón tiburón jamón limón '
                'azúcar melocotón champú cigüeña paragüero pestaña otoño leña baño árido ébano índice óptica útiles jabón'),
    'Portuguese': (WEST[:5], 'Estêvão Lourenço Mendonça Assunção Camões Sá Falcão Galvão Brandão Simões Antunes Mário Sérgio Otávio Cecília '
                   'Letícia Viçosa Bragança Olhão Covilhã Portimão Belém Niterói Taubaté feijão sabão açúcar maçãs pêssego '
                   'melão pavão botão cartão balcão armação caixão gavião varões anões hortelã romã lã sótão bênção órfã '
                   'têxtil ótico água-pé'),
    'Italian': (WEST, 'Canù Barnabà Salomè Mosè Giosuè Noè Zanè Corrò Mandalà Calabrò Patanè Cefalù Agrò Viggiù Patrò Trani Lecce '
                'maestà bontadosità carità felicità pietà ragù tiramisù bebè oblò falò cosicché laggiù lassù altresì colibrì '
                'tassì piè caffellatte società-madre'),
    'Danish': (WEST[:5], 'Mønster Bøgh Sønderby Nørgaard Højgaard Grønbæk Bækgaard Skovgård Kjærgaard Lærke Bodil Åkjær Ringkøbing Thisted '
               'Brønderslev Hillerød Nykøbing Tønder Skælskør Værløse Møn Fanø Læsø ostemad æggekage rødgrød jordbær '
               'blåbær kærnemælk smørrebrød pølse kød fløde gulerødder løg hvidløg vådt tå skål fåreskind'),
    'Swedish': (WEST, 'Hägg Söderberg Wikström Björklund Åström Ekström Hällström Törnqvist Höglund Fålt Bäckman Östlund Ängström '
                'Märit Örjan Säffle Köping Södertälje Trollhättan Borås Gävle Mjölby Åmål Ängelholm Höganäs Lidköping smörgås '
                'köttbullar gräddfil jordgubbssylt päron äpple lök vitlök räkor strömming kräftor bröd mjöl kål ål'),
    'Polish': (CENTRAL, 'Świątek Gałązka Chrząszcz Żuraw Ćwik Śliwa Bąk Kłos Wąsik Piątkowski Żebrowski Gołąb Mączka Źrebiec Krzyżanowski '
               'Stępień Gajewska Radosław Przemysław Mirosława Bydgoszcz Chełm Słupsk Elbląg Zamość Jarosław Mielec Łomża '
               'Gniezno Wałbrzych Olkusz żurek gołąbki kiełbasa śliwki jabłko gruszka chłodnik śmietana twaróg masło '
               'mąka pączki kapuśniak jęczmień żaba źdźbło łoś'),
    'Czech': (CENTRAL, 'Řehoř Bořek Jaroslav Přemysl Květa Zdeňka Bohuš Miloš Luděk Hošek Kříž Šimek Žák Červenka Bartoš Říha Vondráček Kopřiva '
              'Šťovíček Ťoupalík Chvátal Jihlava Břeclav Kroměříž Náchod Mělník Šumperk Žatec Domažlice Tábor Písek švestka '
              'třešně hruška rohlík knedlíky smetana houby řízek kuřecí koláč švédský měď žluť květák žížala'),
    'Hungarian': (CENTRAL, 'Győző Jenő Dezső Ernő Emőke Tünde Csilla Bálint Örs Szűts Bődi Gyürki Hegedűs Dömötör Fülöp Pető Bíró Sándor Kósa '
                  'Miskolc Kecskemét Veszprém Szolnok Gyöngyös Sümeg Gödöllő Érd Mezőkövesd Tatabánya csirkepörkölt gyümölcs '
                  'szőlő szilvalekvár túró rétes tejföl kolbász körte cseresznye őszibarack tűzhely fűszer törülköző'),
    'Turkish': (('cp1254', 'iso8859_9', 'cp857'), 'Tuğçe Şebnem Gülay Barış Yiğit Çağatay Hüseyin İpek İlayda Ümit Özlem Dağhan Koç Şimşek Güneş '
                'Kaçmaz Tıraş Ağaoğlu Hacıoğlu Çınar Nevşehir Iğdır Ağrı Tekirdağ Kütahya Elazığ Gümüşhane Bingöl Muş Şırnak '
                'peynir çorbası balığı yoğurt şeker tuzluğu ıspanak soğan kabağı üzümü incir fındık çilek karpuzu'),
    'Lithuanian': (BALTIC, 'Mindaugas Šarūnas Ąžuolė Žygimantas Rūta Saulė Živilė Jurgita Kęstas Butkevičius Paulauskas Gudaitė Balčiūnas '
                   'Žukauskas Šimkutė Biržai Kretinga Tauragė Rokiškis Plungė Šilutė Visaginas Jonavą Raseiniuose žirniai agurkų '
                   'grybų sriuba mėsą duonos pyragą šaltibarščiai kugelį grietinė varškę medų ėriena vyšnią kriaušę'),
    'Latvian': (BALTIC, 'Ģertrūde Ķirsis Ņina Aļona Žanete Šarlote Ināra Dzintars Vilnītis Krūmiņa Eglīte Lācis Zvirgzdiņš Kļaviņa '
                'Bauska Valmiera Ķegums Limbaži Ventspils Aizkraukle Dobele Tukums Saldus Krāslava zirņi gurķi sēnes zupa gaļa '
                'maizīte kūkas šokolāde krējums biezpiens medus ķirši bumbieri plūmes āķis šķēres'),
    'Estonian': (BALTIC + ('cp1252',), 'Tõnis Mõisavald Rõigas Õnnela Väino Pääsuke Kütt Öövel Lääne Hüvasti Sõrve Hõim Kääriku Võsu Käsmu Mänd Põder '
                 'Püssi Tõrva Räpina Ülenurme šampus žürii mõõk kõrv hõlm võõras söök jäätis või kõrvits šeik sõstar'),
    'Greek': (('cp1253', 'iso8859_7', 'cp737'), 'Σπύρος Θεόδωρος Παναγιώτης Χρυσούλα Ευαγγελία Φωτεινή Αναστασία Κώστας Βλάχος Καραγιάννης Μακρής '
              'Σταθόπουλος Αγγελόπουλος Καβάλα Τρίκαλα Λαμία Κοζάνη Σέρρες Κατερίνη Δράμα ελιές τυρί κρασί ντομάτα αγγούρι '
              'γάλα μέλι κρεμμύδι καρπούζι πεπόνι'),
    'Russian': (CYRILLIC, 'Фёдор Григорий Вячеслав Тимофей Богдан Ксения Людмила Жанна Эльвира Зинаида Щербаков Цветков Чехонин Ежов Яшин '
                'Мухин Шубин Белоусова Тверь Калуга Рязань Псков Вологда Кострома Барнаул Иркутск Хабаровск яблоко груша '
                'картофель морковь огурцы хлеб масло сыр молоко сметана чайник скатерть'),
    'Ukrainian': (('cp1251', 'iso8859_5', 'koi8_u'), 'Ярослава Мирослав Людмила Надія Євген Їжакевич Лисенко Гнатюк Мельниченко Романюк Савчук Ужгород Житомир Рівне '
                  'Тернопіль Черкаси Суми Кременчук яблуко груші картопля морквина огірки хлібець сирник молочний глечик'),
    'Japanese': (('cp932', 'euc_jp'), '橋本 近藤 遠藤 青木 西村 藤井 福田 三浦 岡本 松田 中島 原田 小川 竹下 翔太 美咲 大輔 拓也 直樹 彩 陽菜 '
                 '千代田区 渋谷 新宿 品川 世田谷 練馬 江東区 旭川 函館 盛岡 金沢 松本 長崎 りんご みかん ばなな さかな たまご ごはん '
                 'コーヒー パソコン テレビ レモン プリンタ ソファー 有限会社 製作所 ﾊｼﾓﾄ ﾅｶｼﾞﾏ ﾌｸﾀﾞ 株式 鉛筆 机 椅子 冷蔵庫'),
    'Chinese': (('gb18030', 'gbk'), '刘洋洋 陈晓明 杨雪 赵建国 黄丽华 周杰 吴婷婷 徐志强 孙悦 马超 朱琳 胡军 林志玲 何洁 高峰 罗敏 郑凯 梁静 '
                '浦东新区 朝阳区 海淀区 南山区 天河区 武侯区 江岸区 长沙 合肥 太原 兰州 南宁 海口 拉萨 苹果 香蕉 牛奶 面包 鸡蛋 '
                '茶叶 电视机 洗衣机 铅笔 桌子 椅子'),
    'Taiwanese': (('big5', 'cp950'), '林美惠 王俊傑 張雅婷 李志豪 陳怡君 楊宗翰 吳佩珊 劉家豪 蔡依珊 許文龍 郭子儀 洪淑芬 曾國城 廖俊賢 '
                  '大安區 信義路 板橋 三重 淡水 羅東 斗六 員林 竹北 鳳山 蘋果 香蕉 牛奶 麵包 雞蛋 茶葉 電視機 洗衣機 鉛筆 桌子'),
    'Korean': (('euc_kr', 'cp949'), '김민수 이서연 박지훈 최수빈 정우성 강하늘 조은아 윤도현 임수정 한지민 오세훈 신동엽 권나라 황정민 안재욱 '
               '송파구 강남구 해운대 수성구 유성구 분당 일산 평택 천안 청주 포항 구미 목포 여수 사과 바나나 우유 빵집 계란 녹차 '
               '텔레비전 세탁기 연필 책상 의자'),
    'Hebrew': (('cp1255', 'iso8859_8'), 'נועם איתי שירה תמר אורלי גדעון אלון דנה פרידמן שפירא גולדברג רמלה אילת צפת טבריה עפולה תפוח לחם חלב '
               'גבינה ביצים עגבניה מלפפון'),
    'Arabic': (('cp1256', 'iso8859_6'), 'سامي نادية وليد رانيا طارق هشام كريم ليلى منصور حداد الخطيب النجار حلب طرابلس الإسكندرية جدة تفاح خبز حليب '
               'جبنة بيض طماطم خيار'),
    'Thai': (('cp874', 'tis_620'), 'อรุณ กมล วิภา ธนา ปิยะ นภา ศรีสุข แก้วมณี ทองดี ลำปาง สุโขทัย อยุธยา ตรัง กล้วย มะม่วง ข้าว นม ไข่ ปลา'),
}
ASCII = ('Anna Martin Peter Maria Hans Lena Robert Laura Berlin Paris Madrid Lisbon London Oslo table chair lamp order paper open '
         'closed paid sent north south red green').split()


def odd(text):
    return any(ord(c) > 127 for c in text)


def check_words():
    """No word of the generator stands among those that the program knows."""
    known = set(open(KNOWN, encoding='utf-8').read().lower().replace('"', ' ').split())
    words = {w for _, text in LANGUAGES.values() for w in text.split() if odd(w)}
    both = sorted(w for w in words if w.lower() in known)
    if both:
        sys.exit('the program knows these words of the generator: ' + ' '.join(both))


def can(text, encoding):
    try:
        return text.encode(encoding).decode(encoding) == text
    except UnicodeError:
        return False


class File:
    def __init__(self, r, language, encoding):
        self.language, self.encoding = language, encoding
        words = [w for w in LANGUAGES[language][1].split() if can(w, encoding)]
        if r.random() < 0.15:
            words = [w for w in (w.upper() for w in words) if can(w, encoding)] or words
        rows = r.choice((4, 5, 8, 12, 20, 40, 80, 200))
        self.lone = r.random() < 0.2
        self.delimiter = r.choice(',;\t')
        self.end = '\r' if encoding == 'mac_roman' and r.random() < 0.6 else r.choice(('\n', '\r\n'))
        mark = r.choice(('’', '–', '“”', '')) if encoding.startswith('cp125') and r.random() < 0.3 else ''
        self.rows = [['Id', 'Name', 'Town', 'Note', 'Sum']]
        at = r.randrange(rows)
        for i in range(rows):
            if self.lone:
                pick = [r.choice(ASCII) for _ in range(3)]
                if i == at:
                    pick[r.randrange(3)] = r.choice([w for w in words if odd(w)])
            else:
                pick = [r.choice(words) + r.choice((' ', ' ', '-')) + r.choice(words if r.random() < 0.6 else ASCII),
                        r.choice(words), r.choice(words if r.random() < 0.5 else ASCII)]
                if mark and r.random() < 0.3:
                    pick[2] = {'’': "%s’s" % pick[2], '–': pick[2] + ' – ' + r.choice(ASCII),
                               '“”': '“%s”' % pick[2]}[mark]
            self.rows.append(['%d' % (1000 + i)] + pick + ['%d' % r.randrange(9999)])
        self.text = self.end.join(self.delimiter.join(row) for row in self.rows) + self.end
        self.bytes = self.text.encode(encoding)
        self.odd = len(self.bytes.decode('latin-1').encode('latin-1').translate(None, bytes(range(128))))


def run(*args):
    p = subprocess.run([BIN, *args], capture_output=True, timeout=60)
    return p.returncode, p.stdout, p.stderr.decode('utf-8', 'replace')


def mapping(path, encoding, file):
    with open(path, 'w', encoding='utf-8') as f:
        f.write('version: 1\nprocedure: lead\nsource: {header: true, delimiter: %s%s}\ndefaults: {trim: false, empty: keep}\ndata:\n' % (
            json.dumps(file.delimiter) if file.delimiter != '\t' else 'tab', ', encoding: ' + encoding if encoding else ''))
        for i in range(5):
            f.write('  c%d: {index: %d}\n' % (i, i + 1))


def values(stdout):
    return [list(json.loads(line)['data'].values()) for line in stdout.decode('utf-8').split('\n') if line]


def reads(folder, csv, encoding, file):
    path = os.path.join(folder, 'named.yaml')
    mapping(path, encoding, file)
    status, out, _ = run('convert', path, csv)
    return status in (0, 7) and values(out) == file.rows[1:]


def judge(folder, file):
    """what inspect named, whether it is right, whether it is weak, and what was silently wrong"""
    csv = os.path.join(folder, 'in.csv')
    with open(csv, 'wb') as f:
        f.write(file.bytes)
    status, out, err = run('inspect', '--format', 'json', csv)
    if status != 0:
        return err.strip(), False, False, None
    encoding = json.loads(out)['encoding']
    named = encoding['name']
    right = reads(folder, csv, named, file)
    wrong = None
    plain = os.path.join(folder, 'plain.yaml')
    mapping(plain, None, file)
    if run('check', '-q', plain, csv)[0] == 0:
        status, out, _ = run('convert', plain, csv)
        if status == 0 and values(out) != file.rows[1:]:
            wrong = 'check without an encoding'
    pinned = os.path.join(folder, 'init.yaml')
    if os.path.exists(pinned):
        os.unlink(pinned)
    run('init', '-q', '-o', pinned, csv)
    if run('check', '-q', '--procedure', 'lead', pinned, csv)[0] == 0 and not right:
        wrong = 'check with what init wrote'
    if os.environ.get('ENCODINGS_KEEP') and (wrong or not right):
        os.makedirs(os.environ['ENCODINGS_KEEP'], exist_ok=True)
        name = '%s-%s-%d.csv' % (file.language, file.encoding, file.odd)
        with open(os.path.join(os.environ['ENCODINGS_KEEP'], name), 'wb') as f:
            f.write(file.bytes)
    return named, right, encoding.get('weak', False), wrong


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--seed', type=int, default=1)
    ap.add_argument('--files', type=int, default=300)
    ap.add_argument('-v', action='store_true')
    a = ap.parse_args()
    check_words()
    r = random.Random(a.seed)
    cases = [(language, encoding) for language, (encodings, _) in LANGUAGES.items() for encoding in encodings + WIDE[:2]]
    r.shuffle(cases)
    total, good, weak, silent = collections.Counter(), collections.Counter(), collections.Counter(), []
    by = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        for i in range(a.files):
            file = File(r, *cases[i % len(cases)])
            named, right, is_weak, wrong = judge(folder, file)
            kind = 'many' if file.odd >= 20 else 'few'
            total[kind] += 1
            good[kind] += right
            weak[kind] += is_weak
            by[file.language, file.encoding, right] += 1
            if wrong:
                silent.append((file.language, file.encoding, named, wrong))
            if wrong or (a.v and not right):
                print('%s: file %d of seed %d: %s in %s (%d bytes beyond ASCII, %d rows) read as %s%s%s' % (
                    'SILENTLY WRONG' if wrong else 'wrong', i, a.seed, file.language, file.encoding, file.odd, len(file.rows) - 1,
                    named, ', weak' if is_weak else '', ', ' + wrong if wrong else ''))
    print('%d files, %d languages, %d encodings, seed %d' % (
        a.files, len({x[0] for x in by}), len({x[1] for x in by}), a.seed))
    for kind, words in (('many', '20 and more bytes beyond ASCII'), ('few', 'fewer')):
        print('  %s: %d of %d right, %d weak' % (words, good[kind], total[kind], weak[kind]))
    share = sum(good.values()) * 100 / a.files
    share_many = good['many'] * 100 / max(1, total['many'])
    print('  %.1f %% right, %.1f %% of those with 20 and more, %d silently wrong' % (share, share_many, len(silent)))
    sys.exit(1 if silent or share < 90 or share_many < 97 else 0)


if __name__ == '__main__':
    main()
