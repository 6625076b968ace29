/* SPDX-License-Identifier: MIT */
#include "chakra/verb.h"
#include "test.h"

/* What is asked of ChakraHQ: paths, bodies, and what a verb says of them. */

TEST(each_row_of_the_table_is_whole)
{
	for (int i = 0; i < VERB_COUNT; i++) {
		const struct verb *v = verb_of((enum verb_id)i);

		assert_non_null(v->method);
		assert_true(v->path[0] == '/' || v->path[0] == '\0');
		assert_non_null(v->open);
		assert_non_null(v->between);
		assert_non_null(v->close);
		assert_non_null(v->job[0]);
		/* A row that is done was sent and is not open. */
		assert_true(outcome_is(v->done, TRAIT_SENT));
		assert_false(outcome_is(v->done, TRAIT_OPEN));
		assert_false(outcome_is(v->done, TRAIT_FAILED));
	}
}

TEST(creating_may_not_be_repeated)
{
	const struct verb *v = verb_of(VERB_CREATE);
	struct buf b = BUF_INIT(0);

	assert_false(v->repeatable);
	path_of_verb(&b, "/p", v);
	assert_string_equal(buf_str(&b), "/p/bulk-create");
	buf_release(&b);
}

TEST(a_body_is_framed_rows)
{
	static const struct verb wide = {
	    .open = "{\"rows\":[", .between = ", ", .close = "]}"};
	const struct verb *verbs[] = {verb_of(VERB_CREATE), &wide};
	static const char *const bodies[] = {
	    "[{},{\"a\":1},{}]", "{\"rows\":[{}, {\"a\":1}, {}]}"};

	for (size_t i = 0; i < 2; i++) {
		struct buf b = BUF_INIT(0);

		verb_body_add(verbs[i], &b, TEXT_LITERAL("{}"));
		verb_body_add(verbs[i], &b, TEXT_LITERAL("{\"a\":1}"));
		verb_body_add(verbs[i], &b, TEXT_LITERAL("{}"));
		verb_body_end(verbs[i], &b);
		assert_string_equal(buf_str(&b), bodies[i]);
		assert_int_equal(
		    b.len, 2 + 7 + 2 + verb_frame_bytes(verbs[i], 3));
		buf_release(&b);
	}
	assert_int_equal(verb_frame_bytes(verbs[0], 1), 2);
}

TEST(ids_are_percent_encoded_in_paths)
{
	struct buf b = BUF_INIT(0);

	path_of_processes(&b, "a b/\xC3\xA4-._~Z9");
	assert_string_equal(
	    buf_str(&b), "/v1/ext/procedure/a%20b%2F%C3%A4-._~Z9/process");
	buf_clear(&b);
	path_of_job(&b, "j?1");
	assert_string_equal(buf_str(&b), "/v1/ext/background-job/j%3F1");
	buf_clear(&b);
	path_of_entries(&b, "j");
	assert_string_equal(buf_str(&b), "/v1/ext/background-job/j/entries");
	buf_clear(&b);
	path_of_process(&b, "/p", "a/../b");
	assert_string_equal(buf_str(&b), "/p/a%2F..%2Fb");
	buf_clear(&b);
	path_of_list(&b, "/p");
	assert_string_equal(buf_str(&b), "/p/list");
	buf_release(&b);
}
