/* SPDX-License-Identifier: MIT */
#include "base/json_write.h"
#include "chakra/compare_found.h"
#include "chakra/compare_values.h"
#include "chakra/verb.h"
#include "test.h"

#include <string.h>

/* What differs between a row and a process, and what an update sends. */

TEST(values_are_the_same_by_what_they_say)
{
	CASES(cases, const char *a, *b; bool same) = {
	    {"1", "1.0", true},
	    {"100", "1e2", true},
	    {"1e10", "10e9", true},
	    {"1e-10", "10E-11", true},
	    {"1.50", "15E-1", true},
	    {"0.00120", "12e-4", true},
	    {"-0", "0.000e9", true},
	    {"1234567890123456789", "1234567890123456788", false},
	    {"10", "1", false},
	    {"0.1", "0.01", false},
	    {"-5", "5", false},
	    {"105", "\"105\"", false},
	    {"\"a\"", "\"\\u0061\"", true},
	    {"\"\\u00e9\"", "\"\xc3\xa9\"", true},
	    {"\"a\"", "\"A\"", false},
	    {"\"a \"", "\"a\"", false},
	    {"null", "", true},
	    {"null", "\"\"", false},
	    {"true", "true", true},
	    {"true", "false", false},
	    {"true", "\"true\"", false},
	    {"[1,2]", "[1.0, 2]", true},
	    {"[1,2]", "[2,1]", false},
	    {"[1]", "[1,null]", false},
	    {"{\"a\":1,\"b\":2}", "{ \"b\" : 2.0, \"a\":1 }", true},
	    {"{\"a\":1}", "{\"a\":1,\"b\":null}", true},
	    {"{\"a\":1}", "{\"a\":1,\"b\":0}", false},
	    {"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[{\"b\":\"\\u0063\"}]}", true},
	    {"[]", "{}", false},
	};

	EACH (i, cases) {
		struct text a = text_of(cases[i].a), b = text_of(cases[i].b);

		if (json_same(a, b) != cases[i].same ||
		    json_same(b, a) != cases[i].same)
			fail_msg("%s and %s", cases[i].a, cases[i].b);
	}
}

static void
add_change(void *ctx, const struct field_change *c)
{
	buf_addf(ctx, "%.*s %.*s>%.*s%s%s;", (int)c->path.len, c->path.s,
	    (int)c->before.len, c->before.s ? c->before.s : "",
	    (int)c->wanted.len, c->wanted.s, c->is_form ? " form" : "",
	    c->is_sent_only ? " too" : "");
}

static const char process[] =
    "{\"id\":\"6f1c0f0a-1111-4222-8333-123456789abc\",\"state\":\"NEW\","
    "\"data\":{\"lead_id\":\"L-1\",\"score\":\"105\",\"city\":null,"
    "\"when\":\"2026-04-15T11:22:43Z\",\"tags\":[\"a\"],\"top\":7},"
    "\"assignedTo\":\"6f1c0f0a-0000-4222-8333-123456789abc\","
    "\"record\":{\"data\":{\"email\":\"a@b.in\"}}}";

TEST(tells_which_fields_differ)
{
	const struct text fields[] = {text_of("data.score"), text_of("state")};
	const struct text fill[] = {text_of("data.city"), text_of("data.tags")};
	const struct text sent[] = {text_of("assignedTo")};
	const struct {
		struct compare_rules rules;
		const char *wanted, *changes;
	} cases[] = {
	    {{.key_name = "lead_id"},
		"{\"lead_id\":\"L-1\",\"data\":{\"score\":\"105\"}}", ""},
	    {{.key_name = "lead_id"},
		"{\"lead_id\":\"L-2\",\"data\":{\"lead_id\":\"x\","
		"\"score\":\"110\",\"city\":\"Goa\"},\"state\":\"DONE\"}",
		"data.score \"105\">\"110\";data.city null>\"Goa\";"
		"state \"NEW\">\"DONE\";"},
	    {{.key_name = "lead_id"}, "{\"data\":{\"score\":105}}",
		"data.score \"105\">105 form;"},
	    {{.key_name = "lead_id"}, "{\"data\":{\"when\":1776252163000}}",
		"data.when \"2026-04-15T11:22:43Z\">1776252163000 form;"},
	    {{.key_name = "lead_id"}, "{\"assignedTo\":\"ann@x.in\"}",
		"assignedTo \"6f1c0f0a-0000-4222-8333-123456789abc\">"
		"\"ann@x.in\" form;"},
	    {{.key_name = "lead_id"}, "{\"top\":7.0,\"new\":1}", "new >1;"},
	    {{.key_name = "lead_id"},
		"{\"record\":{\"data\":{\"email\":\"A@b.in\"}}}",
		"record.data.email \"a@b.in\">\"A@b.in\";"},
	    /* The key is the process's own, not the record's. */
	    {{.key_name = "email"},
		"{\"email\":\"x\",\"data\":{\"email\":\"x\"},"
		"\"record\":{\"data\":{\"email\":\"x\"}}}",
		"record.data.email \"a@b.in\">\"x\";"},
	    {{.fields = fields, .field_count = 2},
		"{\"data\":{\"score\":\"1\",\"city\":\"Goa\"},\"state\":null}",
		"data.score \"105\">\"1\";state \"NEW\">null;"},
	    {{.fields = fields,
		 .field_count = 2,
		 .fill_only = fill,
		 .fill_count = 2},
		"{\"data\":{\"city\":\"Goa\",\"tags\":[\"b\"]}}",
		"data.city null>\"Goa\";"},
	    {{.send_only = sent, .send_count = 1}, "{\"assignedTo\":\"ann\"}",
		""},
	    {{.send_only = sent, .send_count = 1},
		"{\"assignedTo\":\"ann\",\"state\":\"X\"}",
		"state \"NEW\">\"X\";assignedTo "
		"\"6f1c0f0a-0000-4222-8333-123456789abc\">\"ann\" form too;"},
	};

	EACH (i, cases) {
		struct buf b = BUF_INIT(0);
		size_t n = compare_process(&cases[i].rules,
		    text_of(cases[i].wanted), text_of(process), add_change, &b);

		assert_string_equal(buf_str(&b), cases[i].changes);
		assert_int_equal(n, count_of(buf_str(&b), ";") -
					count_of(buf_str(&b), " too;"));
		buf_release(&b);
	}
}

TEST(an_update_has_the_fields_that_are_sent_where_the_row_has_them)
{
	static const char wanted[] =
	    "{\"lead_id\":\"L-1\",\"data\":{\"a\\\"b\":1,\"score\":\"110\","
	    "\"city\":\"Goa\"},\"state\":\"X\",\"record\":{\"data\":{"
	    "\"email\":\"e\"}},\"status\":\"OPEN\"}";
	CASES(cases, const char *sent, *item) = {
	    {"{\"data.score\":\"105\"}",
		"{\"lead_id\":\"L-1\",\"update\":{\"data\":{\"score\":"
		"\"110\"}}}"},
	    {"{\"state\":null,\"data.a\\\"b\":0,\"data.city\":null}",
		"{\"lead_id\":\"L-1\",\"update\":{\"data\":{\"a\\\"b\":1,"
		"\"city\":\"Goa\"},\"state\":\"X\"}}"},
	    {"{\"record.data.email\":1}",
		"{\"lead_id\":\"L-1\",\"update\":{\"record\":{\"data\":{"
		"\"email\":\"e\"}}}}"},
	    {"{\"record.data.email\":1,\"status\":2}",
		"{\"lead_id\":\"L-1\",\"update\":{\"record\":{\"data\":{"
		"\"email\":\"e\"}},\"status\":\"OPEN\"}}"},
	};

	EACH (i, cases) {
		struct buf b = BUF_INIT(0);

		update_item("lead_id", text_of("\"L-1\""), text_of(wanted),
		    text_of(cases[i].sent), &b);
		assert_string_equal(buf_str(&b), cases[i].item);
		buf_release(&b);
	}
}

TEST(a_field_is_found_by_its_path)
{
	static const char *const cases[][2] = {
	    {"data.score", "\"105\""},
	    {"state", "\"NEW\""},
	    {"top", "7"},
	    {"record.data.email", "\"a@b.in\""},
	    {"data.none", NULL},
	    {"none", NULL},
	    {"date.score", NULL},
	};

	EACH (i, cases) {
		struct text t = process_field(text_of(process), cases[i][0]);

		if (cases[i][1] == NULL)
			assert_null(t.s);
		else
			assert_true(text_is(t, cases[i][1]));
	}
}

/* A row of a listed change: what was recorded of data.a and state, what is
 * there now, what that means, and what would be written. */
TEST(a_process_is_as_it_was_listed_or_it_is_not)
{
	static const char wanted[] =
	    "{\"lead_id\":\"L\",\"data\":{\"a\":\"new\",\"b\":1,\"f\":5},"
	    "\"state\":\"WON\",\"score\":7}";
	static const char two[] = "{\"data.a\":\"old\",\"state\":\"NEW\"}";
	CASES(cases, const char *recorded, *now; enum recorded_now is;
	      const char *sent, *why) = {
	    {two, "{\"data\":{\"a\":\"old\"},\"state\":\"NEW\"}",
		RECORDED_AS_THEN,
		"data.a \"old\">\"new\";state \"NEW\">\"WON\";", ""},
	    /* What is not listed may have changed. */
	    {two, "{\"data\":{\"a\":\"old\",\"b\":9},\"state\":\"NEW\"}",
		RECORDED_AS_THEN,
		"data.a \"old\">\"new\";state \"NEW\">\"WON\";", ""},
	    {two, "{\"data\":{\"a\":\"new\"},\"state\":\"WON\"}", RECORDED_DONE,
		"", ""},
	    {two, "{\"data\":{\"a\":\"mine\"},\"state\":\"NEW\"}",
		RECORDED_MOVED,
		"data.a \"mine\">\"new\";state \"NEW\">\"WON\";",
		"data.a was \"old\" when the changes were listed, and is "
		"\"mine\" now"},
	    {two, "{\"data\":{\"a\":\"new\"},\"state\":\"NEW\"}",
		RECORDED_MOVED, "state \"NEW\">\"WON\";", "some of its fields"},
	    {two, "{}", RECORDED_MOVED, "data.a >\"new\";state >\"WON\";",
		"and is nothing now"},
	    {"{\"data.b\":null}", "{\"data\":{}}", RECORDED_AS_THEN,
		"data.b >1;", ""},
	    {"{\"data.b\":2}", "{\"data\":{\"b\":2.0}}", RECORDED_AS_THEN,
		"data.b 2.0>1;", ""},
	    {"{\"data.b\":2}", "{\"data\":{\"b\":\"2\"}}", RECORDED_MOVED,
		"data.b \"2\">1;", "data.b was 2"},
	    /* f is only filled: whoever insists, what has a value stays. */
	    {"{\"data.f\":null}", "{\"data\":{}}", RECORDED_AS_THEN,
		"data.f >5;", ""},
	    {"{\"data.f\":null}", "{\"data\":{\"f\":6}}", RECORDED_KEPT, "",
		"data.f was nothing"},
	    /* score goes along, and is never compared. */
	    {"{\"data.b\":2,\"score\":1}", "{\"data\":{\"b\":2},\"score\":3}",
		RECORDED_AS_THEN, "data.b 2>1;score 3>7 too;", ""},
	    {"{\"data.b\":2,\"score\":1}", "{\"data\":{\"b\":1},\"score\":3}",
		RECORDED_DONE, "", ""},
	};
	const struct text fill = TEXT_LITERAL("data.f");
	const struct text along = TEXT_LITERAL("score");
	const struct compare_rules rules = {.key_name = "lead_id",
	    .fill_only = &fill,
	    .fill_count = 1,
	    .send_only = &along,
	    .send_count = 1};

	EACH (i, cases) {
		struct buf sent = BUF_INIT(0), words = BUF_INIT(0);
		const struct recorded_look l = {.wanted = text_of(wanted),
		    .process = text_of(cases[i].now),
		    .recorded = text_of(cases[i].recorded)};
		enum recorded_now is =
		    compare_recorded(&rules, &l, add_change, &sent, &words);

		if (is != cases[i].is ||
		    strcmp(buf_str(&sent), cases[i].sent) != 0 ||
		    strstr(buf_str(&words), cases[i].why) == NULL)
			fail_msg("case %zu: %d, %s, %s", i, (int)is,
			    buf_str(&sent), buf_str(&words));
		buf_release(&sent);
		buf_release(&words);
	}
}

TEST(a_form_is_another_spelling_of_the_same_kind_of_value)
{
#define UUID "0f8fad5b-d9cb-469f-a165-70867728950e"
#define DIGITS_32 "12345678901234567890123456789012"
	CASES(cases, const char *a, *b; bool is_form) = {
	    {"\"105\"", "104", true},
	    {"\"5\"", "4", true},
	    {"\"105\"", "true", false},
	    {"\"x\"", "105", false},
	    {"\"5 5\"", "5", false},
	    {"\"[1]\"", "5", false},
	    {"\"\"", "5", false},
	    {"\"1\\u0030\"", "10", false},
	    {"\"true\"", "false", true},
	    {"\"true\"", "1", false},
	    {"\"true\"", "null", false},
	    {"\"2026-01-01T00:00:00Z\"", "5", true},
	    {"\"2026-01-01T00:00:00Z\"", "true", false},
	    {"\"1970-01-01T00:00:00Z\"", "5", true},
	    {"\"x" DIGITS_32 DIGITS_32 "\"", "5", false},
	    {"\"x" DIGITS_32 "1234567890123456789012345678901\"", "5", false},
	    {"\"" UUID "\"", "\"ann\"", true},
	    {"\"" UUID "\"", "\"" UUID "\"", false},
	    {"\"" UUID "e\"", "\"ann\"", false},
	    {"\"x"
	     "f8fad5b-d9cb-469f-a165-70867728950e\"",
		"\"ann\"", false},
	    {"\"0f8fad5b-d9cb-469f-a165-70867728950x\"", "\"ann\"", false},
	    {"\"0f8fad5b0d9cb-469f-a165-70867728950e\"", "\"ann\"", false},
	    {"\"0f8fad5b-d9cb-469f-a165070867728950e\"", "\"ann\"", false},
	    {"1", "2", false},
	};

	EACH (i, cases) {
		struct text a = text_of(cases[i].a), b = text_of(cases[i].b);

		if (values_differ_in_form(a, b) != cases[i].is_form ||
		    values_differ_in_form(b, a) != cases[i].is_form)
			fail_msg("%s and %s", cases[i].a, cases[i].b);
	}
}

TEST(a_field_to_fill_is_looked_at_and_one_that_only_goes_along_is_not)
{
	static const struct text one = {"data.a", 6}, other = {"data.b", 6};
	CASES(cases, struct compare_rules rules; bool a, b, c) = {
	    {{.key_name = "k"}, true, true, true},
	    {{.key_name = "a"}, false, true, true},
	    {{.fields = &one, .field_count = 1}, true, false, false},
	    {{.fields = &one,
		 .field_count = 1,
		 .fill_only = &other,
		 .fill_count = 1},
		true, true, false},
	    {{.send_only = &other, .send_count = 1}, true, false, true},
	};

	EACH (i, cases) {
		const struct compare_rules *r = &cases[i].rules;

		assert_int_equal(
		    compare_looks_at(r, "data", TEXT_LITERAL("\"a\"")),
		    cases[i].a);
		assert_int_equal(
		    compare_looks_at(r, "data", TEXT_LITERAL("\"b\"")),
		    cases[i].b);
		assert_int_equal(
		    compare_looks_at(r, "data", TEXT_LITERAL("\"c\"")),
		    cases[i].c);
	}
}

static void
add_wide(struct buf *b, const char *prefix)
{
	for (int i = 0; i < 200; i++)
		buf_addf(b, "%c\"%sf%d\":%d", i == 0 ? '{' : ',', prefix, i, i);
	buf_addc(b, '}');
}

TEST(wide_objects_are_compared_as_narrow_ones_are)
{
	const struct compare_rules rules = {.key_name = "lead_id"};
	struct text wanted = TEXT_LITERAL("{\"data\":{\"f7\":7,\"f199\":0}}");
	struct buf wide = BUF_INIT(0), sent = BUF_INIT(0), item = BUF_INIT(0);

	/* At each of its places. */
	add_wide(&wide, "");
	buf_truncate(&wide, wide.len - 1);
	buf_adds(&wide, ",\"data\":");
	add_wide(&wide, "");
	buf_adds(&wide, ",\"record\":{\"data\":");
	add_wide(&wide, "");
	buf_adds(&wide, "}}");
	add_wide(&sent, "data.");
	assert_int_equal(
	    compare_process(&rules, wanted, buf_text(&wide), NULL, NULL), 1);
	assert_true(
	    text_is(process_field(buf_text(&wide), "data.f199"), "199"));
	update_item("lead_id", text_of("1"), wanted, buf_text(&sent), &item);
	assert_string_equal(buf_str(&item),
	    "{\"lead_id\":1,\"update\":{\"data\":{\"f7\":7,\"f199\":0}}}");
	buf_release(&wide);
	buf_release(&sent);
	buf_release(&item);
}
