/* SPDX-License-Identifier: MIT */
#include "results/html.h"
#include "test.h"

#include <inttypes.h>

static char *
html_of(struct text t, size_t max_chars)
{
	char *data = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&data, &len);

	html_text(out, t, max_chars);
	fclose(out);
	return data;
}

static void
expect(const char *s, size_t len, size_t max_chars, const char *expected)
{
	char *got = html_of((struct text){s, len}, max_chars);

	assert_string_equal(got, expected);
	free(got);
}

TEST(markup_stays_text)
{
	CASES(cases, const char *text, *html) = {
	    {"", ""},
	    {"Anna Lee", "Anna Lee"},
	    {"<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"},
	    {"\"><img onerror='x'>",
		"&quot;&gt;&lt;img onerror=&#39;x&#39;&gt;"},
	    {"a & b &lt;", "a &amp; b &amp;lt;"},
	    {"javascript:x", "javascript:x"},
	    {"caf\xC3\xA9 \xE8\xA1\x8C", "caf\xC3\xA9 \xE8\xA1\x8C"},
	};

	EACH (i, cases)
		expect(cases[i].text, strlen(cases[i].text), 0, cases[i].html);
}

TEST(what_cannot_be_seen_is_shown_and_set_apart)
{
	CASES(cases, const char *text; size_t len; const char *html) = {
	    {"a\nb", 3, "a<i class=\"x\">\\n</i>b"},
	    {"\x1b[31m", 5, "<i class=\"x\">\\x1B</i>[31m"},
	    {"a\0b", 3, "a<i class=\"x\">\\x00</i>b"},
	    {"\x7f", 1, "<i class=\"x\">\\x7F</i>"},
	    {"\xC2\x85", 2, "<i class=\"x\">\\u{85}</i>"},
	    {"\xE2\x80\xAE", 3, "<i class=\"x\">\\u{202E}</i>"},
	    {"\xE2\x80\xA8", 3, "<i class=\"x\">\\u{2028}</i>"},
	    {"\xE2\x81\xA6", 3, "<i class=\"x\">\\u{2066}</i>"},
	    {"\xEF\xBB\xBF", 3, "<i class=\"x\">\\u{FEFF}</i>"},
	    {"\xFF<", 2, "<i class=\"x\">\\xFF</i>&lt;"},
	    /* A cell that holds these very words is not set apart. */
	    {"\\u{202E}", 8, "\\u{202E}"},
	};

	EACH (i, cases)
		expect(cases[i].text, cases[i].len, 0, cases[i].html);
}

TEST(a_long_text_is_cut_and_says_how_long_it_is)
{
	char long_text[32001];

	expect("abcde", 5, 5, "abcde");
	expect("abcdef", 6, 5,
	    "abcde\xE2\x80\xA6 <small class=\"cut\">6 characters</small>");
	expect("\xE8\xA1\x8C\xE8\xA1\x8C<", 7, 2,
	    "\xE8\xA1\x8C\xE8\xA1\x8C\xE2\x80\xA6 "
	    "<small class=\"cut\">3 characters</small>");
	memset(long_text, 'x', 32000);
	expect(long_text, 32000, 1,
	    "x\xE2\x80\xA6 <small class=\"cut\">32,000 characters</small>");
}

TEST(no_byte_of_any_text_escapes)
{
	char bytes[256], *got;

	for (int i = 0; i < 256; i++)
		bytes[i] = (char)i;
	got = html_of((struct text){bytes, sizeof(bytes)}, 0);
	/* All markup in there is our own. */
	for (char *p = got; (p = strchr(p, '<')) != NULL; p++)
		assert_true(strncmp(p, "<i class=\"x\">", 13) == 0 ||
			    strncmp(p, "</i>", 4) == 0);
	assert_int_equal(utf8_check(got, strlen(got)), strlen(got));
	for (char *p = got; *p; p++)
		assert_true((unsigned char)*p >= ' ');
	free(got);
}

TEST(values_in_markup_are_escaped_and_cut_and_counted)
{
	char *data = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&data, &len);
	const char *volatile none = NULL;

	html_put(out, "<b a=\"5%%\">%s|%.3s|%s</b> %" PRIu64 " %zu %d", "<&>",
	    "a<cde", none, UINT64_C(1234567), (size_t)1234, -5);
	fclose(out);
	assert_string_equal(data,
	    "<b a=\"5%\">&lt;&amp;&gt;|a&lt;c\xE2\x80\xA6 <small "
	    "class=\"cut\">5 characters</small>|</b> 1,234,567 1234 -5");
	free(data);
}

TEST(durations_have_the_unit_that_fits)
{
	CASES(cases, int64_t ms; const char *words) = {
	    {0, "0 s"},
	    {1, "1 ms"},
	    {999, "999 ms"},
	    {1000, "1.0 s"},
	    {1949, "1.9 s"},
	    {9949, "9.9 s"},
	    {9960, "10 s"},
	    {119400, "119 s"},
	    {119600, "2 min 0 s"},
	    {7199000, "119 min 59 s"},
	    {7200000, "2 h 0 min"},
	    {172800000, "2 d 0 h"},
	};
	char out[32];

	EACH (i, cases)
		assert_string_equal(
		    html_duration(cases[i].ms, out), cases[i].words);
}

TEST(the_policy_hash_is_that_of_the_standard)
{
	char *data = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&data, &len);

	/* The example of the Content Security Policy's specification. */
	html_csp_hash(out, TEXT_LITERAL("alert('Hello, world.');"));
	fclose(out);
	assert_string_equal(
	    data, "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='");
	free(data);
}

TEST(shares_stay_within_the_bar)
{
	static const struct {
		double n, of;
		const char *words;
	} cases[] = {{0, 0, "0.000%"}, {1, 3, "33.333%"}, {5, 4, "100.000%"},
	    {-1, 4, "0.000%"}};

	EACH (i, cases) {
		char *data = NULL;
		size_t len = 0;
		FILE *out = open_memstream(&data, &len);

		html_percent(out, cases[i].n, cases[i].of);
		fclose(out);
		assert_string_equal(data, cases[i].words);
		free(data);
	}
}
