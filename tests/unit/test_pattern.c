/* SPDX-License-Identifier: MIT */
#include "test.h"
#include "value/forms.h"

static struct pattern *
must_compile(const char *source)
{
	char error[160];
	size_t at;
	struct pattern *p = pattern_compile(text_of(source), error, &at);
	if (!p)
		fail_msg("'%s' does not compile: %s at %zu", source, error, at);
	return p;
}

TEST(matches_the_whole_text_or_any_part_of_it)
{
	CASES(t, const char *pattern, *subject; int whole, any) = {
	    {"[0-9]{6}", "560001", 1, 1},
	    {"[0-9]{6}", "560001 ", 0, 1},
	    {"[0-9]{6}", "56001", 0, 0},
	    {"a|ab", "ab", 1, 1}, /* the other branch is tried for the end */
	    {"", "", 1, 1},
	    {"", "x", 0, 1},
	    {"^x$", "x\n", 0, 1},
	    {".", "é", 1, 1}, /* one character, two bytes */
	    {"..", "é", 0, 0},
	    {"\\d", "٣", 0, 0}, /* digits are ASCII */
	    {"(?i)ärger", "ÄRGER", 1, 1},
	};
	EACH (i, t) {
		struct pattern *p = must_compile(t[i].pattern);
		struct text s = text_of(t[i].subject);
		assert_int_equal(pattern_match(p, s, true), t[i].whole);
		assert_int_equal(pattern_match(p, s, false), t[i].any);
		pattern_free(p);
	}
}

TEST(says_what_is_wrong_with_a_pattern_and_where)
{
	CASES(t, const char *pattern; size_t at; const char *words) = {
	    {"^[0-9", 5, "missing terminating ]"},
	    {"a(b", 3, "missing closing parenthesis"},
	    {"*a", 0, "quantifier does not follow"},
	    {"a\\C", 3, "\\C"},
	};
	EACH (i, t) {
		char error[160];
		size_t at = 99;
		struct pattern *p =
		    pattern_compile(text_of(t[i].pattern), error, &at);
		assert_null(p);
		assert_int_equal(at, t[i].at);
		assert_non_null(strstr(error, t[i].words));
	}
}

TEST(gives_up_on_a_pattern_that_explodes)
{
	struct pattern *p = must_compile("(a+)+[bc]");
	char subject[41];
	memset(subject, 'a', 40);
	subject[40] = '\0';
	/* A last character that could end it keeps PCRE2 from seeing at once
	 * that nothing can. */
	subject[39] = '!';
	assert_int_equal(pattern_match(p, text_of(subject), true), -1);
	pattern_free(p);
}

TEST(matches_a_megabyte)
{
	struct pattern *p = must_compile("[a-z]+!");
	size_t len = 1 << 20;
	char *s = malloc(len);
	memset(s, 'x', len);
	s[len - 1] = '!';
	assert_int_equal(pattern_match(p, (struct text){s, len}, true), 1);
	free(s);
	pattern_free(p);
}

TEST(replaces_all_matches)
{
	CASES(t, const char *pattern, *subject, *with, *result) = {
	    {"[ -]", "98-860 1", "", "988601"},
	    {"^(\\d+) (\\w+)$", "12 Main", "$2 $1", "Main 12"},
	    {"(?<n>x)", "axb", "<${n}>", "a<x>b"},
	    {"z", "abc", "y", "abc"},
	    {"", "ab", "-", "-a-b-"},
	    {"(a)|(b)", "ab", "[$2]", "[][b]"},
	    {"a", "aaaa",
		"a long text that is longer than the room at first, said "
		"again and again so that it has to grow once more",
		NULL},
	};
	EACH (i, t) {
		struct pattern *p = must_compile(t[i].pattern);
		struct buf out = BUF_INIT(1 << 16);
		buf_adds(&out, "=");
		assert_int_equal(pattern_replace(p, text_of(t[i].subject),
				     text_of(t[i].with), &out),
		    0);
		if (t[i].result)
			assert_string_equal(buf_str(&out) + 1, t[i].result);
		else
			assert_int_equal(out.len, 1 + 4 * strlen(t[i].with));
		buf_release(&out);
		pattern_free(p);
	}
}

TEST(refuses_a_replacement_that_is_not_well_formed_or_too_long)
{
	struct pattern *p = must_compile("a");
	struct buf out = BUF_INIT(1 << 16);
	buf_adds(&out, "kept");
	assert_int_equal(
	    pattern_replace(p, TEXT_LITERAL("a"), TEXT_LITERAL("${nope"), &out),
	    -1);
	assert_int_equal(
	    pattern_replace(p, TEXT_LITERAL("a"), TEXT_LITERAL("$7"), &out),
	    -1);
	assert_string_equal(buf_str(&out), "kept");
	buf_release(&out);
	struct buf small = BUF_INIT(16);
	assert_int_equal(pattern_replace(p, TEXT_LITERAL("aaaaaaaaaaaa"),
			     TEXT_LITERAL("bb"), &small),
	    -1);
	buf_release(&small);
	pattern_free(p);
}
