/* SPDX-License-Identifier: MIT */
#include "send/lookup.h"
#include "test.h"

/* A call of two rows with keys. */
static struct open_call *
make_call(void)
{
	struct chunk c;
	struct open_call *call;

	chunk_init(&c);
	c.rows = calloc(2, sizeof(*c.rows));
	c.row_count = 2;
	buf_addc(&c.body, '[');
	for (size_t i = 0; i < 2; i++) {
		c.rows[i].row = 2 + i;
		c.rows[i].json_at = c.body.len;
		buf_adds(&c.body, "{\"k\":");
		c.rows[i].key_at = c.body.len;
		buf_addf(&c.body, "\"L-%zu\"", i);
		c.rows[i].key_len = c.body.len - c.rows[i].key_at;
		buf_addc(&c.body, '}');
		c.rows[i].json_len = c.body.len - c.rows[i].json_at;
		buf_addc(&c.body, i == 0 ? ',' : ']');
	}
	call = open_call_new(verb_of(VERB_CREATE), &c, 0, 2, NULL);
	chunk_release(&c);
	return call;
}

/* Rounds that take `round_ms` each, from 0 on; when the last one began. */
static int64_t
last_round_begins(int64_t until_ms, int64_t round_ms)
{
	struct open_call *call = make_call();
	int64_t began_ms = 0;
	size_t rounds = 0;

	lookup_begin(call, STEP_LOOKUP, 0, until_ms);
	while (lookup_round_over(call, began_ms + round_ms)) {
		assert_true(call->due_ms >= began_ms + round_ms);
		began_ms = call->due_ms;
		assert_true(++rounds < 1000);
	}
	open_call_free(call);
	return began_ms;
}

TEST(the_last_round_begins_when_the_time_is_over)
{
	/* Quick ones: at the end, not before and not after it. */
	assert_int_equal(last_round_begins(10000, 0), 10000);
	assert_int_equal(last_round_begins(10000, 10), 10000);
	assert_int_equal(last_round_begins(0, 50), 0);
	/* What was under way at the end may have missed the last creations. */
	assert_int_equal(last_round_begins(10000, 9990), 10000);
	assert_int_equal(last_round_begins(10000, 30000), 30000);
}

TEST(a_round_that_leaves_no_row_open_is_the_last)
{
	struct open_call *call = make_call();

	lookup_begin(call, STEP_LOOKUP, 0, 10000);
	call->rows[0].settled = ROW_FOUND;
	assert_true(lookup_round_over(call, 5));
	call->rows[1].settled = ROW_FOUND;
	assert_false(lookup_round_over(call, 50));
	assert_int_equal(call->lookup_rounds, 2);
	open_call_free(call);
}
