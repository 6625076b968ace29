/* SPDX-License-Identifier: MIT */
#include "base/buf.h"
#include "base/hash.h"
#include "input/decoder.h"
#include "memory.h"
#include "test.h"

/* Decodes all of it, `step` bytes a read on either side. */
static void
decode(const char *s, size_t len, const char *encoding, size_t step,
    struct buf *out)
{
	struct memory m = {.s = s, .len = len, .step = step};
	struct diag d = DIAG_INIT;
	struct decoder *dec = decoder_new(memory_source(&m), encoding, &d);
	struct byte_source from;
	char bytes[4096];
	ssize_t n;

	assert_non_null(dec);
	from = decoder_source(dec);
	buf_clear(out);
	while ((n = from.read(from.ctx, bytes,
		    step < sizeof(bytes) ? step : sizeof(bytes), &d)) > 0)
		buf_add(out, bytes, (size_t)n);
	assert_int_equal(n, 0);
	decoder_free(dec);
}

#define CASE(encoding, in, out)                                                \
	{                                                                      \
		encoding, in, sizeof(in) - 1, out                              \
	}

static const struct {
	const char *encoding, *in;
	size_t in_len;
	const char *out;
} CASES[] = {
    CASE("utf-8", "\xef\xbb\xbf\xc3\xa9,\xe9\n", "\xef\xbb\xbf\xc3\xa9,\xe9\n"),
    CASE("UTF8", "a\xff", "a\xff"),
    CASE("windows-1252", "caf\xe9 \x80\n", "caf\xc3\xa9 \xe2\x82\xac\n"),
    CASE("windows-1252", "a\x81z\x8d", "a\xffz\xff"),
    /* A control of C1 is not text, but in an encoding of Unicode. */
    CASE("iso-8859-1", "\xe9\x85", "\xc3\xa9\xff\x80"),
    CASE("iso-8859-7", "\x93x\xe1\x9f", "\xff\x80x\xce\xb1\xff\x80"),
    CASE("iso-8859-15", "\xa0\x80\xbf",
	"\xc2\xa0\xff\x80"
	"\xc2\xbf"),
    CASE("utf-16le", "\x85\x00\x61\x00",
	"\xc2\x85"
	"a"),
    CASE("ascii", "a\xe9z", "a\xffz"),
    CASE("utf-16", "\xff\xfe\x61\x00\x0a\x00",
	"\xef\xbb\xbf"
	"a\n"),
    CASE("utf-16", "\xfe\xff\x00\x61\x00\x0a",
	"\xef\xbb\xbf"
	"a\n"),
    CASE("UTF-16", "\x61\x00\xac\x20", "a\xe2\x82\xac"),
    CASE("utf-16le", "\x3d\xd8\x00\xde", "\xf0\x9f\x98\x80"),
    /* A high surrogate without a low one, a low one alone, half a unit. */
    CASE("utf-16le", "\x3d\xd8\x61\x00",
	"\xff"
	"a"),
    CASE("utf-16le", "\x00\xde\x61\x00",
	"\xff"
	"a"),
    CASE("utf-16le", "\x61\x00\x62", "a\xff"),
    CASE("utf-32", "\xff\xfe\x00\x00\x61\x00\x00\x00",
	"\xef\xbb\xbf"
	"a"),
    CASE("utf-32", "\x00\x00\xfe\xff\x00\x00\x00\x61",
	"\xef\xbb\xbf"
	"a"),
    CASE("shift_jis", "\x8a\xbf\x8e\x9a,\x8a", "\xe6\xbc\xa2\xe5\xad\x97,\xff"),
    CASE("gb18030", "\xd6\xd0\xce\xc4\n", "\xe4\xb8\xad\xe6\x96\x87\n"),
    CASE("iso-2022-jp", "\x1b$B4A;z\x1b(B\n", "\xe6\xbc\xa2\xe5\xad\x97\n"),
    /* Keeps the last letter back, for a tone mark that may follow. */
    CASE("cp1258", "Vi\xea\xf2t A", "Vi\xe1\xbb\x87t A"),
    CASE("windows-1252", "", ""),
};

TEST(decodes_in_reads_of_every_size)
{
	struct buf out = BUF_INIT(0);

	EACH (i, CASES)
		for (size_t step = 1; step <= 9; step++) {
			decode(CASES[i].in, CASES[i].in_len, CASES[i].encoding,
			    step, &out);
			if (strcmp(buf_str(&out), CASES[i].out) != 0)
				fail_msg("case %zu (%s), step %zu: '%s'", i,
				    CASES[i].encoding, step, buf_str(&out));
		}
	buf_release(&out);
}

TEST(refuses_encodings_that_nobody_knows)
{
	static const char *const names[] = {
	    "klingon", "", "ascii//TRANSLIT", "char", "wchar_t"};
	struct memory m = {.s = "", .step = 1};

	EACH (i, names) {
		struct diag d = DIAG_INIT;

		assert_null(decoder_new(memory_source(&m), names[i], &d));
		assert_int_equal(d.kind, DIAG_USAGE);
		assert_non_null(strstr(d.message, "unknown encoding '"));
	}
}

/* Rows of one encoding; each row's place in both is known as it is made. */
struct rows {
	struct buf source;
	size_t count;
	uint64_t decoded[3000], source_at[3000];
};

static void
make_rows(struct rows *rows, const char *row, size_t len, size_t decoded_len)
{
	uint64_t decoded = 0;

	for (rows->count = 0; rows->count < 3000; rows->count++) {
		buf_add(&rows->source, row, len);
		decoded += decoded_len;
		rows->decoded[rows->count] = decoded;
		rows->source_at[rows->count] = rows->source.len;
	}
}

TEST(finds_the_source_offset_of_every_row)
{
	CASES(cases, const char *encoding, *row; size_t len, decoded_len) = {
	    {"utf-8", "\xc3\xa9,b\n", 5, 5},
	    {"windows-1252", "\xe9\x80,\x81\n", 5, 8},
	    {"utf-16le", "\xe9\x00\xac\x20\x3d\xd8\x00\xde,\x00\x00\xde\n\x00",
		14, 12},
	    {"shift_jis", "\x8a\xbf\x8e\x9a,x\n", 7, 9},
	    {"iso-2022-jp", "\x1b$B4A;z\x1b(B,x\n", 13, 9},
	    {"utf-32be", "\x00\x00\x00\xe9\x00\x00\x00\x0a", 8, 3},
	};
	static const size_t ahead[] = {1, 100, 5000};

	EACH (c, cases) {
		for (size_t a = 0; a < 3; a++) {
			static struct rows rows;
			struct memory m = {.step = 777};
			struct diag d = DIAG_INIT;
			struct decoder *dec;
			uint64_t got = 0;
			char bytes[5000];

			make_rows(&rows, cases[c].row, cases[c].len,
			    cases[c].decoded_len);
			m.s = rows.source.data;
			m.len = rows.source.len;
			dec = decoder_new(
			    memory_source(&m), cases[c].encoding, &d);
			assert_non_null(dec);
			for (size_t i = 0; i < rows.count; i++) {
				ssize_t n = 1;

				while (got < rows.decoded[i] && n > 0) {
					n = decoder_read(
					    dec, bytes, ahead[a], &d);
					assert_true(n > 0);
					got += (uint64_t)n;
				}
				if (decoder_source_offset(dec,
					rows.decoded[i]) != rows.source_at[i])
					fail_msg("%s row %zu ahead %zu",
					    cases[c].encoding, i, ahead[a]);
			}
			decoder_free(dec);
			buf_release(&rows.source);
		}
	}
}

#define DECIDE(bytes, name, evidence, at, line)                                \
	{                                                                      \
		bytes, sizeof(bytes) - 1, name, evidence, at, line             \
	}

static const struct {
	const char *bytes;
	size_t len;
	const char *name;
	enum encoding_evidence evidence;
	uint64_t bad_at, bad_line;
} DECISIONS[] = {
    DECIDE("a,b\n1,2\n", "utf-8", ENCODING_UTF8, 0, 0),
    DECIDE("", "utf-8", ENCODING_UTF8, 0, 0),
    DECIDE("name\nJos\xc3\xa9\n\xe2\x82\xac \xf0\x9f\x98\x80\n", "utf-8",
	ENCODING_UTF8, 0, 0),
    DECIDE("\xef\xbb\xbfname\n\xe9\n", "utf-8", ENCODING_BOM, 8, 2),
    DECIDE("\xff\xfe"
	   "a\0\n\0",
	"utf-16", ENCODING_BOM, 0, 1),
    DECIDE("\xfe\xff\0a\0\n", "utf-16", ENCODING_BOM, 0, 1),
    DECIDE("\xff\xfe\0\0a\0\0\0", "utf-32", ENCODING_BOM, 0, 1),
    DECIDE("\0\0\xfe\xff\0\0\0a", "utf-32", ENCODING_BOM, 2, 1),
    DECIDE("na\rm\r\ne\nJos\xe9,\xd6sterreich,Stra\xdf"
	   "e\n",
	"windows-1252", ENCODING_GUESSED, 11, 4),
    DECIDE("x\n\xe2\x82", "windows-1252", ENCODING_GUESSED, 2, 2),
    DECIDE("\xed\xa0\x80\n", "windows-1252", ENCODING_GUESSED, 0, 1),
};

TEST(decides_the_encoding_by_bom_then_utf8_then_a_guess)
{
	EACH (i, DECISIONS)
		for (size_t step = 0; step < 9; step++) {
			struct memory m = {.s = DECISIONS[i].bytes,
			    .len = DECISIONS[i].len,
			    .step = step};
			struct survey survey = {.bytes = 0};
			struct encoding_decision *got = &survey.encoding;
			struct diag d = DIAG_INIT;

			if (step == 0)
				assert_int_equal(
				    encoding_decide(DECISIONS[i].bytes,
					DECISIONS[i].len, true, NULL, got, &d),
				    0);
			else
				assert_int_equal(survey_input(memory_source(&m),
						     NULL, NULL, &survey, &d),
				    0);
			if (got->evidence != DECISIONS[i].evidence ||
			    got->first_bad_offset != DECISIONS[i].bad_at ||
			    got->first_bad_line != DECISIONS[i].bad_line ||
			    (strcmp(got->name, DECISIONS[i].name) != 0 &&
				got->evidence != ENCODING_GUESSED))
				fail_msg("case %zu step %zu: %s %d %d %d", i,
				    step, got->name, (int)got->evidence,
				    (int)got->first_bad_offset,
				    (int)got->first_bad_line);
		}
}

static void
decide_whole(const char *head, size_t len, bool is_whole, const char *named,
    struct encoding_decision *out)
{
	struct diag d = DIAG_INIT;

	assert_int_equal(
	    encoding_decide(head, len, is_whole, named, out, &d), 0);
}

/* What stands around a few characters is the same in pieces of any size. */
TEST(doubts_few_characters_the_same_however_they_are_read)
{
	static const char bytes[] =
	    "a long line of ASCII before it, over thirty-two bytes,"
	    "\xcf\xb2\xc7\xb1,and more than thirty-two bytes of ASCII\n"
	    "\xd4\xb0\n";
	static const size_t steps[] = {1, 2, 33, 55};
	struct encoding_decision whole;

	decide_whole(bytes, sizeof(bytes) - 1, true, NULL, &whole);
	assert_int_equal(whole.evidence, ENCODING_GUESSED);
	/* Each asks for a whole guess: a few sizes must do. */
	EACH (i, steps) {
		struct memory m = {
		    .s = bytes, .len = sizeof(bytes) - 1, .step = steps[i]};
		struct survey survey;
		struct diag d = DIAG_INIT;

		assert_int_equal(
		    survey_encoding(memory_source(&m), NULL, &survey, &d), 0);
		assert_string_equal(survey.encoding.name, whole.name);
		assert_int_equal(survey.encoding.ranking.list[0].score,
		    whole.ranking.list[0].score);
	}
}

/* uchardet's answer depends on how the bytes are cut. */
TEST(guesses_the_same_however_the_bytes_are_read)
{
	static const char bytes[] = "\x9e+\xdb\xc9Kw,+AOk-";
	struct encoding_decision whole;

	decide_whole(bytes, sizeof(bytes) - 1, true, NULL, &whole);
	assert_int_equal(whole.evidence, ENCODING_GUESSED);
	for (size_t step = 1; step < sizeof(bytes); step++) {
		struct memory m = {
		    .s = bytes, .len = sizeof(bytes) - 1, .step = step};
		struct survey survey;
		struct diag d = DIAG_INIT;

		assert_int_equal(
		    survey_input(memory_source(&m), NULL, NULL, &survey, &d),
		    0);
		assert_string_equal(survey.encoding.name, whole.name);
	}
}

TEST(decides_from_a_head_that_may_cut_a_character)
{
	struct encoding_decision got;

	decide_whole("abc\xe2\x82", 5, false, NULL, &got);
	assert_int_equal(got.evidence, ENCODING_UTF8);
	decide_whole("abc\xe2\x82", 5, true, NULL, &got);
	assert_int_equal(got.evidence, ENCODING_GUESSED);
	decide_whole("abc\xe2", 4, true, "iso-8859-15", &got);
	assert_int_equal(got.evidence, ENCODING_NAMED);
	assert_string_equal(got.name, "iso-8859-15");
	assert_int_equal(got.first_bad_offset, 3);
}

TEST(guesses_encodings_of_real_sentences_that_iconv_knows)
{
	static const char german[] =
	    "Name,Ort,Anmerkung\nJ\xfcrgen M\xfcller,K\xf6ln,hei\xdft jetzt "
	    "anders und m\xf6"
	    "chte zur\xfc"
	    "ckgerufen werden\nBj\xf6rn "
	    "Gr\xfc\xdf"
	    "e,D\xfcsseldorf,gr\xfc\xdft \x84sch\xf6n\x93\n";
	static const char japanese[] =
	    "\x96\xbc\x91\x4f,\x8f\x5a\x8f\x8a\n\x8e\x52\x93\x63\x91\xbe\x98"
	    "Y,\x93\x8c\x8b\x9e\x93\x73\x90\x56\x8f\x68\x8b\xe6\n\x83\x65"
	    "\x83\x58\x83\x67\x82\xc5\x82\xb7\n";
	struct encoding_decision got;

	decide_whole(german, sizeof(german) - 1, true, NULL, &got);
	assert_string_equal(got.name, "windows-1252");
	decide_whole(japanese, sizeof(japanese) - 1, true, NULL, &got);
	assert_string_equal(got.name, "cp932");
}

TEST(surveys_hash_bytes_and_lines)
{
	static const struct {
		const char *bytes;
		uint64_t lines;
	} cases[] = {{"", 0}, {"a", 1}, {"a\n", 1}, {"a\r\nb", 2},
	    {"a\rb\r\r\n\n", 4}, {"\n\n", 2}};

	EACH (i, cases)
		for (size_t step = 1; step < 4; step++) {
			struct memory m = {.s = cases[i].bytes,
			    .len = strlen(cases[i].bytes),
			    .step = step};
			unsigned char hash[SHA256_BYTES];
			struct survey survey;
			struct diag d = DIAG_INIT;

			assert_int_equal(survey_input(memory_source(&m), NULL,
					     NULL, &survey, &d),
			    0);
			sha256_of(m.s, m.len, hash);
			assert_memory_equal(survey.sha256, hash, SHA256_BYTES);
			assert_int_equal(survey.bytes, m.len);
			assert_int_equal(survey.lines, cases[i].lines);
		}
}

TEST(keeps_the_hash_at_each_length_that_was_asked_for)
{
	static const char text[] = "alpha;1\nbeta;2\ngamma;3\n";
	static const uint64_t lengths[] = {1, 7, 8, 9, 16, 23, 24, 25, 1000};
	size_t len = sizeof(text) - 1;

	for (size_t step = 1; step <= len + 1; step++) {
		struct memory m = {.s = text, .len = len, .step = step};
		unsigned char kept[9][SHA256_BYTES], hash[SHA256_BYTES];
		struct survey_marks marks = {
		    .lengths = lengths, .count = 9, .sha256 = kept};
		struct survey survey;
		struct diag d = DIAG_INIT;

		assert_int_equal(survey_marked(memory_source(&m), NULL, NULL,
				     &marks, &survey, &d),
		    0);
		assert_int_equal(marks.reached, 6);
		for (size_t i = 0; i < marks.reached; i++) {
			sha256_of(text, (size_t)lengths[i], hash);
			assert_memory_equal(kept[i], hash, SHA256_BYTES);
		}
		sha256_of(text, len, hash);
		assert_memory_equal(survey.sha256, hash, SHA256_BYTES);
	}
}

TEST(counts_the_lines_of_utf16)
{
	static const char bytes[] = "\xff\xfe"
				    "a\0\r\0\n\0b\0\n\0c\0";
	struct memory m = {.s = bytes, .len = sizeof(bytes) - 1, .step = 3};
	struct survey survey;
	struct diag d = DIAG_INIT;

	assert_int_equal(
	    survey_input(memory_source(&m), NULL, NULL, &survey, &d), 0);
	assert_int_equal(survey.lines, 3);
}

static ssize_t
broken_read(void *ctx, char *buf, size_t max, struct diag *d)
{
	(void)ctx;
	(void)buf;
	(void)max;
	return diag_set(d, DIAG_INPUT, "the disk is gone");
}

TEST(passes_on_that_the_source_cannot_be_read)
{
	struct byte_source from = {NULL, broken_read};
	struct survey survey;
	struct diag d = DIAG_INIT;
	struct decoder *dec = decoder_new(from, "windows-1252", &d);
	char byte;

	assert_int_equal(survey_input(from, NULL, NULL, &survey, &d), -1);
	assert_string_equal(d.message, "the disk is gone");
	assert_int_equal(decoder_read(dec, &byte, 1, &d), -1);
	decoder_free(dec);
	assert_null(decoder_new(from, "utf-16", &d));
}
