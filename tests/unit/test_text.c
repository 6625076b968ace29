/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "test.h"

TEST(utf8_check_finds_the_first_bad_byte)
{
	CASES(cases, const char *s; size_t len, bad) = {
	    {"", 0, 0},
	    {"abc", 3, 3},
	    {"caf\xC3\xA9", 5, 5},
	    {"\xE0\xA4\xB9\xE0\xA4\xBF", 6, 6},
	    {"\xF0\x9F\x98\x80", 4, 4},
	    {"a\xFFz", 3, 1},
	    {"a\xC3", 2, 1},
	    {"\xC0\xAF", 2, 0},		/* overlong */
	    {"\xE0\x80\xAF", 3, 0},	/* overlong */
	    {"\xED\xA0\x80", 3, 0},	/* surrogate */
	    {"\xF4\x90\x80\x80", 4, 0}, /* above U+10FFFF */
	    {"\xF0\x80\x80\x80", 4, 0}, /* overlong */
	    {"0123456789abcdef\x80", 17, 16},
	    {"0123456789abcde\xC3\xA9x", 18, 18},
	};

	EACH (i, cases)
		assert_int_equal(
		    utf8_check(cases[i].s, cases[i].len), cases[i].bad);
}

TEST(utf8_check_agrees_with_itself_at_every_alignment)
{
	char s[64];

	for (size_t at = 0; at < 40; at++) {
		memset(s, 'x', sizeof(s));
		memcpy(s + at, "\xE2\x82\xAC", 3);
		assert_int_equal(utf8_check(s, sizeof(s)), sizeof(s));
		s[at + 2] = 'x';
		assert_int_equal(utf8_check(s, sizeof(s)), at);
	}
}

TEST(utf8_next_and_add_are_inverse)
{
	static const uint32_t points[] = {
	    0, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF};

	EACH (i, points) {
		struct buf b = BUF_INIT(16);
		size_t pos = 0;

		utf8_add(&b, points[i]);
		assert_int_equal(utf8_next(b.data, b.len, &pos), points[i]);
		assert_int_equal(pos, b.len);
		assert_int_equal(utf8_length(b.data, b.len), 1);
		buf_release(&b);
	}
}

TEST(trims_space_tab_and_nbsp_only)
{
	struct text t = text_trim(text_of(" \t\xC2\xA0 x y\xC2\xA0\t "));

	assert_true(text_is(t, "x y"));
	assert_true(text_is(text_trim(text_of("\n")), "\n"));
	assert_int_equal(text_trim(text_of(" \xC2\xA0")).len, 0);
}

TEST(display_neutralises_what_a_terminal_would_act_on)
{
	CASES(cases, const char *in; size_t max; const char *out) = {
	    {"plain", 0, "plain"},
	    {"a\x1B[31mb", 0, "a\\x1B[31mb"},
	    {"a\nb\tc\rd", 0, "a\\nb\\tc\\rd"},
	    {"x\xE2\x80\xAEy", 0, "x\\u{202E}y"},
	    {"x\xC2\x9By", 0, "x\\u{9B}y"},
	    {"x\xFFy", 0, "x\\xFFy"},
	    {"h\xC3\xA9llo", 3, "h\xC3\xA9l\xE2\x80\xA6"},
	    {"abc", 3, "abc"},
	};

	EACH (i, cases) {
		struct buf b = BUF_INIT(256);

		text_display(&b, text_of(cases[i].in), cases[i].max);
		assert_string_equal(buf_str(&b), cases[i].out);
		buf_release(&b);
	}
}

TEST(distance_counts_swaps_as_one)
{
	assert_int_equal(
	    text_distance(text_of("colum"), text_of("column"), 3), 1);
	assert_int_equal(text_distance(text_of("tpye"), text_of("type"), 3), 1);
	assert_int_equal(text_distance(text_of("Type"), text_of("type"), 3), 0);
	assert_int_equal(
	    text_distance(text_of("abc"), text_of("xyz12345"), 2), 3);
	assert_int_equal(text_distance(text_of(""), text_of("ab"), 2), 2);
}

TEST(did_you_mean_takes_the_nearest_or_none)
{
	struct text c[] = {TEXT_LITERAL("column"), TEXT_LITERAL("template"),
	    TEXT_LITERAL("Lead Ref"), TEXT_LITERAL("value")};

	assert_int_equal(text_did_you_mean(text_of("colunm"), c, 4), 0);
	assert_int_equal(text_did_you_mean(text_of("tempalte"), c, 4), 1);
	assert_int_equal(
	    text_did_you_mean(text_of("lead\xC2\xA0ref"), c, 4), 2);
	assert_int_equal(text_did_you_mean(text_of("zzz"), c, 4), -1);
	assert_int_equal(text_did_you_mean(text_of("v"), c, 4), -1);
}

TEST(column_letters_are_those_of_a_spreadsheet)
{
	static const struct {
		size_t column;
		const char *letters;
	} cases[] = {{0, "A"}, {25, "Z"}, {26, "AA"}, {51, "AZ"}, {52, "BA"},
	    {701, "ZZ"}, {702, "AAA"}, {16383, "XFD"}};
	char out[8];

	EACH (i, cases) {
		text_column_letters(cases[i].column, out);
		assert_string_equal(out, cases[i].letters);
	}
}

TEST(sizes_and_durations_take_units_and_refuse_the_rest)
{
	uint64_t bytes;
	int64_t ms;
	char out[32];

	assert_true(text_parse_size(text_of("512KiB"), &bytes));
	assert_int_equal(bytes, 512 * 1024);
	assert_true(text_parse_size(text_of("7"), &bytes));
	assert_int_equal(bytes, 7);
	assert_false(text_parse_size(text_of("1.5MiB"), &bytes));
	assert_false(text_parse_size(text_of("-1"), &bytes));
	assert_false(text_parse_size(text_of("MiB"), &bytes));
	assert_false(text_parse_size(text_of("99999999999999GiB"), &bytes));
	assert_true(text_parse_duration(text_of("10m"), &ms));
	assert_int_equal(ms, 600000);
	assert_true(text_parse_duration(text_of("500ms"), &ms));
	assert_int_equal(ms, 500);
	assert_false(text_parse_duration(text_of("10 m"), &ms));
	assert_false(text_parse_duration(text_of(""), &ms));
	assert_string_equal(text_count(1048576, out), "1,048,576");
	assert_string_equal(text_count(0, out), "0");
	assert_string_equal(text_count(999, out), "999");
}

TEST(reads_and_writes_a_sign_in_every_spelling)
{
	static const struct {
		const char *text;
		int sign; /* -1 = none */
		const char *written;
	} cases[] = {
	    {",", ',', "','"},
	    {"\t", '\t', "tab"},
	    {"tab", '\t', "tab"},
	    {"\\t", '\t', "tab"},
	    {"\\x1f", 0x1f, "'\\x1f'"},
	    {"\\x1F", 0x1f, "'\\x1f'"},
	    {"\x1f", 0x1f, "'\\x1f'"},
	    {"\\x01", 1, "'\\x01'"},
	    {"\\x7f", 0x7f, "'\\x7f'"},
	    {"\\x3b", ';', "';'"},
	    {"'", '\'', "\"'\""},
	    {"\\", '\\', "'\\'"},
	    {"", -1, NULL},
	    {"\n", -1, NULL},
	    {"\r", -1, NULL},
	    {"\\x0a", -1, NULL},
	    {"\\x0d", -1, NULL},
	    {"\\x00", -1, NULL},
	    {"\\x80", -1, NULL},
	    {"\\xg1", -1, NULL},
	    {"\\x1", -1, NULL},
	    {"\xc2\xa7", -1, NULL},
	    {",,", -1, NULL},
	};

	EACH (i, cases) {
		struct buf out = BUF_INIT(0);
		char sign = 0;
		bool is_one = text_parse_sign(text_of(cases[i].text), &sign);

		assert_int_equal(is_one, cases[i].sign >= 0);
		if (is_one) {
			assert_int_equal(sign, cases[i].sign);
			text_add_sign(&out, sign);
			assert_string_equal(buf_str(&out), cases[i].written);
		}
		buf_release(&out);
	}
}

TEST(leads_of_characters_are_counted_in_any_length)
{
	static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
	char bytes[1000];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = text[i % (sizeof(text) - 1)];
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		uint64_t two, more, all = 0, long_ones = 0;

		utf8_count_leads(bytes, len, &two, &more);
		for (size_t i = 0; i < len; i++) {
			all += (unsigned char)bytes[i] >= 0xc0;
			long_ones += (unsigned char)bytes[i] >= 0xe0;
		}
		assert_int_equal(two, all);
		assert_int_equal(more, long_ones);
	}
}
