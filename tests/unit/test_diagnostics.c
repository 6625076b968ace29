/* SPDX-License-Identifier: MIT */
#include "mapping/mapping.h"
#include "test.h"

static struct diagnostic *
add(struct diagnostics *l, int line, int column, int length)
{
	struct diagnostic *x = diagnostics_add(l, SEVERITY_ERROR,
	    "mapping.unknown_key", "m.yaml", line, column, "unknown '%s'", "k");
	x->length = length;
	return x;
}

static void
assert_printed(
    struct diagnostics *l, const char *bytes, bool colour, const char *expected)
{
	struct buf b = BUF_INIT(0);
	diagnostics_text(l, text_of(bytes), colour, &b);
	assert_string_equal(buf_str(&b), expected);
	buf_release(&b);
}

TEST(shows_the_line_with_a_caret_and_the_help)
{
	struct diagnostics l;
	diagnostics_init(&l);
	struct diagnostic *x = add(&l, 2, 3, 4);
	diagnostics_help(&l, x, "did you mean '%s'?", "keys");
	assert_printed(&l, "a: b\n  kees: 1\r\n", false,
	    "m.yaml:2:3: error: unknown 'k' [mapping.unknown_key]\n"
	    "    2 |   kees: 1\n"
	    "      |   ^~~~\n"
	    "      help: did you mean 'keys'?\n");
	diagnostics_release(&l);
}

TEST(the_caret_stands_right_behind_tabs_and_letters_of_many_bytes)
{
	struct diagnostics l;
	diagnostics_init(&l);
	add(&l, 1, 6, 1);
	assert_printed(&l, "\xef\xbb\xbf\té日: x\x1b\n", false,
	    "m.yaml:1:6: error: unknown 'k' [mapping.unknown_key]\n"
	    "    1 |  é日: x.\n"
	    "      |      ^\n");
	diagnostics_release(&l);
}

TEST(a_place_behind_the_end_or_no_place_does_no_harm)
{
	struct diagnostics l;
	diagnostics_init(&l);
	add(&l, 1, 99, 50);
	add(&l, 9, 1, 1);
	add(&l, 0, 0, 1);
	assert_printed(&l, "ab", false,
	    "m.yaml:1:99: error: unknown 'k' [mapping.unknown_key]\n"
	    "    1 | ab\n"
	    "      |   ^\n"
	    "m.yaml:9:1: error: unknown 'k' [mapping.unknown_key]\n"
	    "m.yaml: error: unknown 'k' [mapping.unknown_key]\n");
	assert_printed(&l, "", false,
	    "m.yaml:1:99: error: unknown 'k' [mapping.unknown_key]\n"
	    "m.yaml:9:1: error: unknown 'k' [mapping.unknown_key]\n"
	    "m.yaml: error: unknown 'k' [mapping.unknown_key]\n");
	diagnostics_release(&l);
}

TEST(cuts_a_long_line_around_the_place)
{
	struct diagnostics l;
	char line[1001];
	memset(line, 'a', 1000);
	line[500] = 'X';
	line[1000] = '\0';
	diagnostics_init(&l);
	add(&l, 1, 501, 1);
	struct buf b = BUF_INIT(0);
	diagnostics_text(&l, text_of(line), false, &b);
	/* The caret's column on the screen is that of the X. */
	const char *source = strstr(buf_str(&b), "| ") + 2;
	const char *caret = strstr(source, "| ") + 2;
	size_t at = (size_t)(strchr(source, 'X') - source);
	/* "…" has three bytes and one column. */
	assert_int_equal(strchr(caret, '^') - caret, at - 2);
	assert_true(b.len < 500);
	buf_release(&b);
	diagnostics_release(&l);
}

TEST(colours_only_when_asked)
{
	struct diagnostics l;
	struct buf b = BUF_INIT(0);
	diagnostics_init(&l);
	add(&l, 1, 1, 1);
	diagnostics_text(&l, text_of("a"), false, &b);
	assert_null(strchr(buf_str(&b), '\033'));
	diagnostics_text(&l, text_of("a"), true, &b);
	assert_non_null(strstr(buf_str(&b), "\033[1;31merror:\033[0m"));
	buf_release(&b);
	diagnostics_release(&l);
}

TEST(counts_errors_and_warnings)
{
	struct diagnostics l;
	diagnostics_init(&l);
	for (int i = 0; i < 100; i++) {
		diagnostics_add(&l, SEVERITY_ERROR, "a.b", "f", 1, 1, "x");
		diagnostics_add(&l, SEVERITY_WARNING, "a.b", "f", 1, 1, "x");
		diagnostics_add(&l, SEVERITY_NOTE, "a.b", "g", 1, 1, "x");
	}
	assert_int_equal(l.count, 300);
	assert_int_equal(l.errors, 100);
	assert_int_equal(l.warnings, 100);
	assert_string_equal(l.items[299].file, "g");
	diagnostics_release(&l);
	assert_int_equal(l.count, 0);
}

TEST(writes_json_that_anybody_can_read)
{
	struct diagnostics l;
	struct buf b = BUF_INIT(0);
	diagnostics_init(&l);
	diagnostics_json(&l, &b);
	assert_string_equal(buf_str(&b), "[]");
	buf_clear(&b);
	struct diagnostic *x = diagnostics_add(&l, SEVERITY_WARNING, "a.b",
	    "dir/\xff\"m\".yaml", 3, 4, "a\tb \"c\" \\ é");
	diagnostics_help(&l, x, "do\nthis");
	diagnostics_add(&l, SEVERITY_NOTE, "c.d", "x", 0, 0, "y");
	diagnostics_json(&l, &b);
	assert_string_equal(buf_str(&b),
	    "[{\"code\":\"a.b\",\"severity\":\"warning\",\"message\":\"a\\tb "
	    "\\\"c\\\" \\\\ é\",\"file\":\"dir/\xef\xbf\xbd\\\"m\\\".yaml\","
	    "\"line\":3,\"column\":4,\"help\":\"do\\nthis\"},{\"code\":\"c.d\","
	    "\"severity\":\"note\",\"message\":\"y\",\"file\":\"x\",\"line\":"
	    "null,\"column\":null,\"help\":null}]");
	buf_release(&b);
	diagnostics_release(&l);
}

TEST(writes_workflow_commands_with_their_escapes)
{
	struct diagnostics l;
	struct buf b = BUF_INIT(0);
	diagnostics_init(&l);
	struct diagnostic *x = diagnostics_add(&l, SEVERITY_ERROR, "a.b",
	    "a,b:c%.yaml", 3, 4, "50%% of: this,\nand");
	diagnostics_help(&l, x, "write %%d");
	diagnostics_add(&l, SEVERITY_NOTE, "c.d", "x", 0, 0, "y");
	diagnostics_github(&l, &b);
	assert_string_equal(buf_str(&b),
	    "::error file=a%2Cb%3Ac%25.yaml,line=3,col=4,title=a.b::50%25 of: "
	    "this,%0Aand%0Ahelp: write %25d\n"
	    "::notice file=x,title=c.d::y\n");
	buf_release(&b);
	diagnostics_release(&l);
}
