/* SPDX-License-Identifier: MIT */
/*
 * Texts that somebody may export, written in one encoding and decided without
 * a name: the guess must read what was written. The words are not those that
 * the program knows.
 */
#include "base/buf.h"
#include "input/decoder.h"
#include "memory.h"
#include "test.h"

#include <iconv.h>

/* UTF-8 in `text` as bytes in `encoding`. */
static void
encode(const char *text, const char *encoding, struct buf *out)
{
	iconv_t cd = iconv_open(encoding, "UTF-8");
	char bytes[4096], *in = (char *)(uintptr_t)text, *end = bytes;
	size_t left = strlen(text), room = sizeof(bytes);

	assert_true((intptr_t)cd != -1);
	if (iconv(cd, &in, &left, &end, &room) == (size_t)-1)
		fail_msg("'%s' cannot be written in %s", text, encoding);
	iconv_close(cd);
	buf_clear(out);
	buf_add(out, bytes, (size_t)(end - bytes));
}

static void
decide(const struct buf *bytes, struct encoding_decision *out)
{
	struct diag d = DIAG_INIT;

	if (encoding_decide(buf_str(bytes), bytes->len, true, NULL, out, &d) <
	    0)
		fail_msg("%s", d.message);
}

/* The bytes, decided and read again, are the text. */
static void
expect_read(const char *text, const char *encoding)
{
	struct buf bytes = BUF_INIT(0), again = BUF_INIT(0);
	struct encoding_decision got;

	encode(text, encoding, &bytes);
	decide(&bytes, &got);
	if (got.evidence != ENCODING_GUESSED)
		fail_msg("%s: evidence %d for '%s'", encoding,
		    (int)got.evidence, text);
	if (!encoding_reread(&again, text_of(text), encoding, got.name) ||
	    strcmp(buf_str(&again), text) != 0)
		fail_msg("%s is taken for %s: '%s' becomes '%s'", encoding,
		    got.name, text, buf_str(&again));
	buf_release(&bytes);
	buf_release(&again);
}

struct written {
	const char *encoding, *text;
};

static const struct written WRITTEN[] = {
    /* Only CR ends the lines of an old Macintosh. */
    {"macintosh", "Nr,Ware\r1,Brötchen\r2,Käsekuchen\r3,Gemüsebrühe\r"},
    {"macintosh", "Nr;Produit\r1;pâtisserie\r2;café moulu\r3;forêt noire\r"},
    {"macintosh", "Nr,Plato\r1,piñones\r2,albóndigas\r3,salmón\r4,puré\r"},
    {"macintosh", "Nr\tNome\r1\tAlcobaça\r2\tSão Tomé\r3\tpastéis\r"},
    {"macintosh", "Nr,Nome\r1,perché\r2,quantità\r3,Così fan tutte\r"},
    {"macintosh", "Nr,Vara\n1,Rökt ål\n2,Färskt kött\n3,Blåbärssylt\n"},
    /* DOS. */
    {"cp850", "Nr;Ware\r\n1;Dübel\r\n2;Schläuche\r\n3;Röhren\r\n4;Gefäß\r\n"},
    {"cp850", "Nr;Plato\r\n1;ñoquis\r\n2;bizcochón\r\n3;café\r\n4;atún\r\n"},
    {"cp850", "Nr;Produit\r\n1;chaîne\r\n2;brûlé\r\n3;clé à molette\r\n"},
    {"cp850", "Nr;Vare\r\n1;Søm\r\n2;Hængsel\r\n3;Målebånd\r\n4;Lås\r\n"},
    {"cp850", "Nr,Nome\n1,Caminhão\n2,Relação\n3,Pilhões\n4,Macarrão\n"},
    {"cp437", "Nr;Ware\r\n1;Schüsseln\r\n2;Möhren\r\n3;Käfige\r\n4;Öfen\r\n"},
    {"cp437", "Nr,Item\n1,soufflé\n2,piñata\n3,crème brûlée\n4,jalapeño\n"},
    {"cp852", "Nr;Towar\r\n1;śruby\r\n2;wkręty\r\n3;pędzle\r\n4;młotek\r\n"},
    {"cp852",
	"Nr;Zboží\r\n1;šrouby\r\n2;hřebíky\r\n3;žebřík\r\n4;kladívko\r\n"},
    {"cp866", "Код;Товар\r\n1;гвозди\r\n2;шурупы\r\n3;лестница\r\n"},
    /* Windows writes cp932, which is not shift_jis. */
    {"cp932", "番号,品名\r\n1,㈱みどり商店\r\n2,①番の部品\r\n3,髙島屋\r\n"},
    {"cp932", "コード,店名\n1,さつま揚げ～\n2,ﾊﾝｶｸ ｶﾅ\n3,第１－２号\n"},
    {"cp932", "型,説明\n1,C:\\temp ~x\n2,ねじ\n3,ボルト\n"},
    {"cp932", "氏名;都市\r\n杉本 舞;鎌倉\r\n平野 陸;奈良\r\n"},
    {"cp932", "id\tメモ\n1\tありがとうございます\n2\tまた来週\n"},
    {"euc-jp", "番号,品名\n1,だいこん\n2,キャベツ\n3,東北の林檎\n"},
    {"gb18030", "编号,品名\n1,螺丝刀\n2,锤子\n3,北京烤鸭\n4,自行车\n"},
    {"gb18030", "姓名;城市\n欧阳娜;上海\n司马光;洛阳\n诸葛亮;南阳\n"},
    {"big5", "編號,品名\n1,螺絲起子\n2,鐵鎚\n3,腳踏車\n4,牛肉麵\n"},
    {"euc-kr", "번호,이름\n1,독고영재\n2,남궁민\n3,제갈공명\n4,선우은숙\n"},
    {"cp949", "번호,품목\n1,찦차\n2,햏햏\n3,자전거\n4,바나나\n"},
    /* By language. */
    {"windows-1250", "Nr;Towar\n1;śrubokręt\n2;wąż\n3;dźwignia\n4;kołek\n"},
    {"windows-1250", "Nr;Áru\n1;fűrész\n2;csavarhúzó\n3;őrlő\n4;gyűszű\n"},
    {"windows-1250", "Nr;Roba\n1;čavli\n2;ključevi\n3;žica\n4;šrafovi\n"},
    {"iso-8859-2", "Nr;Towar\n1;śrubokręt\n2;wąż\n3;dźwignia\n4;kołek\n"},
    {"iso-8859-2", "Nr;Zboží\n1;šroubovák\n2;kleště\n3;hřeb\n4;ťapka\n"},
    {"windows-1251", "Код;Товар\n1;отвёртка\n2;молоток\n3;проволока\n"},
    {"koi8-r", "Код;Товар\n1;отвёртка\n2;молоток\n3;проволока\n"},
    {"iso-8859-5", "Код;Товар\n1;отвёртка\n2;молоток\n3;проволока\n"},
    {"windows-1251", "Код;Товар\n1;цвяхи\n2;дріт\n3;драбинка їхня\n"},
    {"windows-1253", "Κωδ;Είδος\n1;κατσαβίδι\n2;σφυρί\n3;καρφιά\n"},
    {"windows-1254",
	"No;Ürün\n1;çekiç\n2;tornavida ucu\n3;bıçağı\n4;ağaç vidası\n"},
    {"windows-1255", "מס;פריט\n1;מברג\n2;פטיש\n3;מסמרים\n"},
    {"windows-1256", "رقم;صنف\n1;مفك براغي\n2;مطرقة\n3;مسامير\n"},
    {"windows-1257", "Nr;Prekė\n1;veržlė\n2;plaktukai\n3;šulinys\n4;dėžių\n"},
    {"windows-1257", "Nr;Prece\n1;skrūve\n2;āmurs\n3;uzgrieznis ķēde\n"},
    {"windows-1252", "Nr;Ware\n1;Häkelgarn\n2;Nähmaschine\n3;Strümpfe\n"},
    {"windows-874", "เลข;สินค้า\n1;ไขควง\n2;ค้อน\n3;ตะปู\n"},
    {"iso-8859-15", "Nr;Preis\n1;5 €\n2;9 €\n3;Gebühr\n4;Zuschläge\n"},
    /* Signs alone, and nothing else beyond ASCII. */
    {"windows-1252", "id,note\n1,the driver’s seat\n2,it’s late\n"},
    {"windows-1252", "id,note\n1,D’Angelo\n"},
    {"windows-1252", "id,unit\n1,µ\n"},
    {"windows-1252", "id,unit\n1,5 µ\n2,7 µm\n"},
    {"windows-1252", "id,note\n1,she said “go” twice\n2,“fine”\n"},
    {"windows-1252", "id,note\n1,open – shut\n2,Monday – Friday\n"},
    {"windows-1252", "id,note\n1,wait … what\n2,99 € a day\n3,Acme™\n"},
    {"windows-1252", "id;note\n1;l’heure d’hiver\n2;qu’il vente\n"},
    {"windows-1252", "id;note\n1;„ja“ sagt er\n2;das „Nein“\n"},
};

TEST(reads_what_was_written)
{
	EACH (i, WRITTEN)
		expect_read(WRITTEN[i].text, WRITTEN[i].encoding);
}

/* Bytes of another encoding that are UTF-8, all of them. */
TEST(doubts_a_few_characters_that_are_utf8_by_accident)
{
	CASES(cases, const char *bytes, *read;
	      enum encoding_evidence evidence) = {
	    /* Names in gb18030, which as UTF-8 are letters of three scripts. */
	    {"id,name\n1,\xcf\xb2\xc7\xb1\n2,\xd4\xb0\n", "gb18030",
		ENCODING_GUESSED},
	    /* The same with enough that is UTF-8 and nothing else. */
	    {"id,name\n1,\xcf\xb2\xc7\xb1\n2,\xe2\x82\xac\n", "utf-8",
		ENCODING_UTF8},
	    {"id,name\n1,Jos\xc3\xa9\n", "utf-8", ENCODING_UTF8},
	    {"id,name\n1,\xd0\x98\xd0\xb3\xd0\xbe\xd1\x80\n", "utf-8",
		ENCODING_UTF8},
	    {"id,name\n1,\xce\x94\n2,5 \xc2\xb5m\n", "utf-8", ENCODING_UTF8},
	    {"id,name\n1,\xd5\xa1\xd6\x80\n", "utf-8", ENCODING_UTF8},
	};

	EACH (i, cases) {
		struct encoding_decision got;
		struct diag d = DIAG_INIT;

		if (encoding_decide(cases[i].bytes, strlen(cases[i].bytes),
			true, NULL, &got, &d) < 0)
			fail_msg("%s", d.message);
		if (got.evidence != cases[i].evidence ||
		    strcmp(got.name, cases[i].read) != 0 ||
		    (got.evidence == ENCODING_GUESSED && !got.ranking.is_weak))
			fail_msg("case %zu: %s, evidence %d", i, got.name,
			    (int)got.evidence);
	}
}

TEST(takes_utf16_without_a_mark_for_what_it_is)
{
	static const struct written cases[] = {
	    {"UTF-16LE", "id,name\n1,plain\n2,words\n"},
	    {"UTF-16BE", "id,name\n1,plain\n2,words\n"},
	    {"UTF-16LE", "Nr;Ware\r\n1;Käse\r\n2;Öl\r\n"},
	    {"UTF-16BE", "Код;Товар\n1;гвозди\n2;лампа\n"},
	    {"UTF-16LE", "番号,品名\n1,鉛筆\n2,消しゴム\n"},
	};

	EACH (i, cases)
		expect_read(cases[i].text, cases[i].encoding);
}

TEST(pins_no_guess_for_ascii_with_a_nul_byte)
{
	static const char bytes[] = "id,name\n1,pl\0ain\n2,wo\0rds\n";
	struct buf b = BUF_INIT(0);
	struct encoding_decision got;

	buf_add(&b, bytes, sizeof(bytes) - 1);
	decide(&b, &got);
	assert_int_equal(got.evidence, ENCODING_UTF8);
	buf_release(&b);
}

static const struct {
	const char *bytes;
	enum encoding_evidence evidence;
	uint64_t bad, good;
	bool is_cut;
} BROKEN[] = {
    /* Two good characters for each place, wherever it is. */
    {"a\nżółw\nJos\xe9\n", ENCODING_NEARLY, 1, 3, false},
    {"\xfc\nкіт\n", ENCODING_NEARLY, 1, 3, false},
    {"n,t\n1,Ærø\n2,caf\xe9\n3,“x”\n4,na\xefve\n", ENCODING_NEARLY, 2, 4,
	false},
    {"東京\n\x93\n", ENCODING_NEARLY, 1, 2, false},
    {"x;y\nÇa;là\n\x80;b\n", ENCODING_NEARLY, 1, 2, false},
    {"żółw\n\xf0\x9f\x98\n", ENCODING_NEARLY, 1, 3, false},
    /* Cut within the last character. */
    {"n\n1,Zoë\n2,Zo\xc3", ENCODING_NEARLY, 1, 1, true},
    {"n\n1,€\n2,\xe2\x82", ENCODING_NEARLY, 1, 1, true},
    {"n\nмир\nми\xd1", ENCODING_NEARLY, 1, 5, true},
    {"😀\n\xf0\x9f\x98", ENCODING_NEARLY, 1, 1, true},
    {"名\n名\xe5", ENCODING_NEARLY, 1, 2, true},
    /* Too many for that: neither UTF-8 nor anything else. */
    {"a\nKöln\nM\xfcnchen\n", ENCODING_MIXED, 1, 1, false},
    {"1,é\n2,è\n3,ê\n4,d\xe9j\xe0\n", ENCODING_MIXED, 2, 3, false},
    {"мир\nl\xe9ger\n\xe9t\xe9\n", ENCODING_MIXED, 3, 3, false},
    {"“a”\n\x93z\x94\n", ENCODING_MIXED, 2, 2, false},
    {"日本\nr\xe9sum\xe9\n", ENCODING_MIXED, 2, 2, false},
};

TEST(keeps_to_utf8_with_a_few_broken_places_and_guesses_nothing_for_a_mixture)
{
	EACH (i, BROKEN) {
		struct buf b = BUF_INIT(0);
		struct encoding_decision got;

		buf_adds(&b, BROKEN[i].bytes);
		decide(&b, &got);
		if (got.evidence != BROKEN[i].evidence ||
		    got.bad_places != BROKEN[i].bad ||
		    got.good_characters != BROKEN[i].good ||
		    got.is_cut != BROKEN[i].is_cut ||
		    strcmp(got.name, "utf-8") != 0)
			fail_msg("case %zu: %s %d, %d bad, %d good, %d", i,
			    got.name, (int)got.evidence, (int)got.bad_places,
			    (int)got.good_characters, got.is_cut);
		buf_release(&b);
	}
}

/* ASCII, then words: far more than the bytes that are kept. */
TEST(decides_the_same_however_the_bytes_are_read)
{
	static const size_t steps[] = {1, 2, 3, 7, 4095, 4096, 4097, 70000};
	struct buf text = BUF_INIT(0), bytes = BUF_INIT(0);
	struct encoding_decision whole;

	for (int i = 0; i < 3000; i++)
		buf_addf(&text, "%d,plain words\n", i);
	encode("1,Häkelgarn\n2,Strümpfe\n3,Knöpfe\n", "windows-1252", &bytes);
	for (int i = 0; i < 700; i++)
		buf_add(&text, bytes.data, bytes.len);
	decide(&text, &whole);
	assert_string_equal(whole.name, "windows-1252");
	assert_int_equal(whole.first_bad_line, 3001);
	EACH (i, steps) {
		struct memory m = {text.data, text.len, 0, steps[i]};
		struct survey s;
		struct diag d = DIAG_INIT;

		assert_int_equal(
		    survey_input(memory_source(&m), NULL, NULL, &s, &d), 0);
		assert_string_equal(s.encoding.name, whole.name);
		assert_int_equal(s.encoding.bad_places, whole.bad_places);
		assert_int_equal(
		    s.encoding.first_bad_offset, whole.first_bad_offset);
		assert_int_equal(s.encoding.ranking.odd, whole.ranking.odd);
		assert_memory_equal(&s.encoding.ranking.list[0].score,
		    &whole.ranking.list[0].score, sizeof(long));
	}
	buf_release(&text);
	buf_release(&bytes);
}

TEST(calls_a_guess_weak_that_rests_on_little)
{
	struct buf few = BUF_INIT(0), many = BUF_INIT(0);
	struct encoding_decision got;

	encode("id,dish\n1,Käsespätzle\n2,soup\n", "windows-1252", &few);
	decide(&few, &got);
	assert_int_equal(got.evidence, ENCODING_GUESSED);
	assert_true(got.ranking.is_weak);
	assert_int_equal(got.ranking.odd, 2);
	encode("1,Käsespätzle\n2,Frühstück\n3,Gemüsebrühe\n4,Heißgetränk\n"
	       "5,Kürbiskernöl\n6,Räucherlachs\n7,Nüsse\n8,Pfälzer\n"
	       "9,Möhrensalat\n10,Weißkäse\n11,Brötchen\n12,Süßmost\n13,"
	       "Rührei\n14,Hörnchen\n",
	    "windows-1252", &many);
	decide(&many, &got);
	assert_false(got.ranking.is_weak);
	assert_string_equal(got.ranking.list[0].language, "German");
	buf_release(&few);
	buf_release(&many);
}

/* Every byte beyond ASCII: some candidates decode it, none to words. */
TEST(guesses_nothing_for_what_is_no_text)
{
	static const char *const noise[] = {
	    "\x81\x8d\x8f\x90\x9d\xff\xfe\x80 \xa0\xfd\xfe\xff,\x81 \x9f\xff\n",
	    "PK\x03\x04\x14\xf2\x90\x88\xff\x81\x05\x99\xb7\xc4\xf1\x1c",
	    "\x89PNG\r\n\x1a\n\xae\xb0\xcd\x9d\x81\xff\x17\xee\x10",
	};

	EACH (i, noise) {
		struct buf b = BUF_INIT(0);
		struct encoding_decision got;

		buf_adds(&b, noise[i]);
		decide(&b, &got);
		if (got.evidence == ENCODING_GUESSED && !got.ranking.is_weak)
			fail_msg("case %zu is taken for %s", i, got.name);
		buf_release(&b);
	}
}

TEST(advises_only_what_decodes_and_never_what_failed)
{
	CASES(cases, const char *encoding, *text, *tried, *wanted,
	    *not_wanted) = {
	    {"windows-1252", "a\n1,Äpfel\n2,Nüsse\n", "utf-8", "windows-1252",
		"utf-8"},
	    {"cp932", "a\n1,㈱みどり商店\n", "shift_jis", "cp932", "shift_jis"},
	    {"cp932", "a\n1,①番の部品\n", "utf-8", "cp932", "windows-1252"},
	    {"utf-8", "a\n1,Łódka\n", "ascii", "encoding: utf-8",
		"windows-1252"},
	    {"koi8-r", "а\n1,гвозди\n", "utf-8", "koi8-r", "utf-8,"},
	};

	EACH (i, cases) {
		struct buf bytes = BUF_INIT(0), words = BUF_INIT(0);
		struct encoding_decision e;

		encode(cases[i].text, cases[i].encoding, &bytes);
		decide(&bytes, &e);
		encoding_advice_words(&words, cases[i].tried, &e);
		if (!strstr(buf_str(&words), cases[i].wanted) ||
		    strstr(buf_str(&words), cases[i].not_wanted))
			fail_msg("case %zu: %s", i, buf_str(&words));
		/* What was guessed is a question, from its first word on. */
		if ((strncmp(buf_str(&words), "check first: ", 13) == 0) !=
		    (e.evidence == ENCODING_GUESSED))
			fail_msg("case %zu asks: %s", i, buf_str(&words));
		buf_release(&bytes);
		buf_release(&words);
	}
}
