/* SPDX-License-Identifier: MIT */
#include "base/buf.h"
#include "chakra/members.h"
#include "test.h"

#include <stdio.h>

TEST(a_member_is_found_by_its_name_however_it_is_escaped)
{
	static const char object[] =
	    "{\"a\": 1, \"b\\u0062\":[2,{\"a\":9}], \"\\u00e9\":{\"x\":3},"
	    "\"a\":4,\"\":5, \"twice\\\"\":6}";
	CASES(cases, const char *token, *first, *last) = {
	    {"\"a\"", "1", "4"},
	    {"\"\\u0061\"", "1", "4"},
	    {"\"bb\"", "[2,{\"a\":9}]", "[2,{\"a\":9}]"},
	    {"\"\xc3\xa9\"", "{\"x\":3}", "{\"x\":3}"},
	    {"\"\"", "5", "5"},
	    {"\"twice\\u0022\"", "6", "6"},
	    {"\"x\"", NULL, NULL},
	    {"\"A\"", NULL, NULL},
	};
	struct members m;

	members_read(&m, text_of(object));
	assert_int_equal(m.count, 5);
	EACH (i, cases) {
		const struct member *found =
		    members_find(&m, text_of(cases[i].token));

		assert_int_equal(found != NULL, cases[i].first != NULL);
		assert_true(
		    found == NULL || (text_is(found->first, cases[i].first) &&
					 text_is(found->last, cases[i].last)));
	}
	assert_true(text_is(members_named(&m, "bb")->first, cases[2].first));
	assert_null(members_named(&m, "b"));
	members_release(&m);
	members_read(&m, text_of("[1]"));
	assert_int_equal(m.count, 0);
	assert_null(members_named(&m, "a"));
	members_release(&m);
}

/* Around the number that lies in the struct itself, and far more. */
TEST(objects_of_any_width_keep_all_their_members)
{
	static const size_t widths[] = {63, 64, 65, 128, 129, 3000};

	EACH (i, widths) {
		struct buf object = BUF_INIT(0);
		struct members m;
		char name[32], value[32];

		for (size_t k = 0; k < widths[i]; k++)
			buf_addf(&object, "%c\"column %zu\":%zu",
			    k == 0 ? '{' : ',', k, k);
		buf_addc(&object, '}');
		members_read(&m, buf_text(&object));
		assert_int_equal(m.count, widths[i]);
		for (size_t k = 0; k < widths[i]; k++) {
			snprintf(name, sizeof(name), "column %zu", k);
			snprintf(value, sizeof(value), "%zu", k);
			assert_true(
			    text_is(members_named(&m, name)->last, value));
		}
		assert_null(members_named(&m, "column"));
		assert_false(json_has_twins(buf_text(&object)));
		members_release(&m);
		buf_release(&object);
	}
}

TEST(twins_are_found_however_deep_they_are)
{
	CASES(cases, const char *json; bool has) = {
	    {"", false},
	    {"7", false},
	    {"\"{\"", false},
	    {"[[1],[1]]", false},
	    {"{\"a\":1,\"b\":1}", false},
	    {"{\"a\":1,\"\\u0061\":1}", true},
	    {"[{\"a\":1},{\"a\":1}]", false},
	    {"[[],{\"a\":1,\"a\":1}]", true},
	    {"{\"a\":{\"c\":1},\"b\":{\"c\":1}}", false},
	    {"{\"a\":{\"c\":1},\"b\":{\"c\":1,\"c\":1}}", true},
	    {"{\"a\":{\"c\":1,\"c\":1},\"b\":{\"c\":1}}", true},
	    {"{\"a\":0,\"b\":[0,{\"c\":{\"d\":1,\"d\":1}},0]}", true},
	};

	EACH (i, cases)
		if (json_has_twins(text_of(cases[i].json)) != cases[i].has)
			fail_msg("%s", cases[i].json);
}
