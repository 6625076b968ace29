/* SPDX-License-Identifier: MIT */
#include "send/change.h"
#include "send/open_call.h"
#include "test.h"

/* A chunk with these key tokens; NULL = a row without a key. */
static void
make_chunk(struct chunk *c, const char *const *keys, size_t count)
{
	chunk_init(c);
	c->ordinal = 7;
	c->rows = calloc(count, sizeof(*c->rows));
	c->row_count = count;
	buf_addc(&c->body, '[');
	for (size_t i = 0; i < count; i++) {
		struct chunk_row *r = &c->rows[i];

		if (i)
			buf_addc(&c->body, ',');
		r->row = 100 + i;
		r->json_at = c->body.len;
		buf_adds(&c->body, "{\"k\":");
		r->key_at = c->body.len;
		buf_adds(&c->body, keys[i] ? keys[i] : "null");
		r->key_len = keys[i] ? c->body.len - r->key_at : 0;
		buf_addc(&c->body, '}');
		r->json_len = c->body.len - r->json_at;
	}
	buf_addc(&c->body, ']');
}

TEST(rows_are_found_by_key_also_twice_and_in_other_spelling)
{
	static const char *const keys[] = {
	    "\"b\"", "19", NULL, "\"a\"", "\"b\"", "\"007\""};
	struct chunk c;
	struct open_call *call;

	make_chunk(&c, keys, 6);
	call = open_call_new(verb_of(VERB_CREATE), &c, 0, 6, NULL);
	assert_int_equal(open_call_find(call, text_of("\"a\"")), 3);
	assert_int_equal(open_call_find(call, text_of("\"b\"")), 0);
	/* Not the one that a job's entry spoke of, while there is another. */
	call->rows[0].has_job_entry = true;
	assert_int_equal(open_call_find(call, text_of("\"b\"")), 4);
	call->rows[4].has_job_entry = true;
	assert_int_equal(open_call_find(call, text_of("\"b\"")), 0);
	call->rows[0].has_job_entry = call->rows[4].has_job_entry = false;
	call->rows[0].settled = ROW_FOUND;
	assert_int_equal(open_call_find(call, text_of("\"b\"")), 4);
	call->rows[4].settled = ROW_FOUND;
	assert_true(open_call_find(call, text_of("\"b\"")) >= 0);
	assert_int_equal(open_call_find(call, text_of("\"19\"")), 1);
	assert_int_equal(open_call_find(call, text_of("007")), 5);
	assert_int_equal(open_call_find(call, text_of("7")), -1);
	assert_int_equal(open_call_find(call, text_of("a")), -1);
	open_call_free(call);
	chunk_release(&c);
}

/* In memory of its own, behind which there is nothing to be read. */
static struct text
alone(const char *text)
{
	size_t len = strlen(text);

	return (struct text){memcpy(malloc(len), text, len), len};
}

TEST(a_key_is_like_another_but_for_case_blanks_zeros_and_quotes)
{
	CASES(cases, const char *a, *b; bool are_alike) = {
	    {"\"L-1\"", "\"L-1\"", true},
	    {"\"L-1\"", "\" l-1 \"", true},
	    {"\"L-1\"", "\"L-2\"", false},
	    {"\"L-1\"", "\"L-10\"", false},
	    {"\"007\"", "7", true},
	    {"\"000\"", "0", true},
	    {"\"0\"", "\"\"", false},
	    {"\"\"", "", true},
	    {"70", "7", false},
	    {"\"\xC3\x84\"", "\"\xC3\xA4\"", true},
	    {"\"x\xC3\x84y\"", "\"X\xC3\xA4Y\"", true},
	    {"\"\xC3\x84\"", "\"\xC3\xB6\"", false},
	    {"\xC3\x84", "\xC3\xA4\xC3\xA4", false},
	    {"\xC3\x84", "\xC3\xA4y", false},
	    {"\xC3\x84", "", false},
	};

	EACH (i, cases) {
		struct text a = alone(cases[i].a), b = alone(cases[i].b);

		if (key_is_like(a, b) != cases[i].are_alike ||
		    key_is_like(b, a) != cases[i].are_alike)
			fail_msg("%s, %s", cases[i].a, cases[i].b);
		free((void *)a.s);
		free((void *)b.s);
	}
}

/* Also in the memory of one that had other rows, and in the order of a service
 * that has its own. */
TEST(a_call_in_the_memory_of_another_is_as_a_new_one)
{
	static const char *const before[] = {"1", "2", "3", "4", "5"};
	static const char *const keys[] = {"\"a\"", "\"b\"", "\"c\""};
	struct chunk old, c;
	struct open_call *call;

	make_chunk(&old, before, 5);
	make_chunk(&c, keys, 3);
	call = open_call_new(verb_of(VERB_UPDATE), &old, 0, 5, NULL);
	call->rows[0].settled = ROW_FOUND;
	call->rows[0].look.found = 1;
	buf_adds(&call->looks, "what was found");
	call = open_call_new(verb_of(VERB_UPDATE), &c, 0, 3, call);
	assert_int_equal(call->row_count, 3);
	assert_int_equal(call->looks.len, 0);
	for (size_t i = 0; i < 3; i++) {
		const struct open_row *r = &call->rows[i];

		assert_int_equal(r->settled, ROW_OPEN);
		assert_int_equal(r->look.found, 0);
		assert_true(text_is(open_call_key(call, i), keys[i]));
		assert_memory_equal(call->source.data + r->source_at,
		    c.body.data + c.rows[i].json_at, r->source_len);
	}
	call->lookup_to = 3;
	for (size_t i = 3; i-- > 0;)
		assert_int_equal(open_call_find(call, text_of(keys[i])), i);
	assert_null(call->by_key);
	/* A larger one does not fit into it. */
	call = open_call_new(verb_of(VERB_UPDATE), &old, 0, 5, call);
	assert_true(text_is(open_call_key(call, 4), "5"));
	open_call_free(call);
	chunk_release(&old);
	chunk_release(&c);
}

TEST(a_part_has_the_bytes_and_places_of_its_rows)
{
	static const char *const keys[] = {"1", "2", "3", "4", "5"};
	struct chunk c;
	struct open_call *call, *part;

	make_chunk(&c, keys, 5);
	call = open_call_new(verb_of(VERB_CREATE), &c, 1, 4, NULL);
	assert_string_equal(
	    buf_str(&call->body), "[{\"k\":2},{\"k\":3},{\"k\":4},{\"k\":5}]");
	part = open_call_part(call, 1, 2);
	assert_string_equal(buf_str(&part->body), "[{\"k\":3},{\"k\":4}]");
	assert_int_equal(part->book.chunk, 7);
	assert_int_equal(part->book.first, 2);
	assert_int_equal(part->book.count, 2);
	assert_int_equal(part->rows[1].row, 103);
	assert_true(text_is(open_call_key(part, 1), "4"));
	open_call_free(part);
	open_call_free(call);
	chunk_release(&c);
}

TEST(rows_that_existed_leave_the_body_and_keep_the_others_places)
{
	static const char *const keys[] = {"1", "2", "3", "4"};
	struct chunk c;
	struct open_call *call;

	make_chunk(&c, keys, 4);
	call = open_call_new(verb_of(VERB_CREATE), &c, 0, 4, NULL);
	call->rows[0].settled = ROW_EXISTED;
	call->rows[2].settled = ROW_EXISTED;
	assert_true(open_call_compact(call));
	assert_string_equal(buf_str(&call->body), "[{\"k\":2},{\"k\":4}]");
	assert_int_equal(call->book.first, 1);
	assert_int_equal(call->book.count, 3);
	assert_int_equal(call->book.rows, 2);
	assert_int_equal(open_call_find(call, text_of("4")), 1);
	assert_int_equal(call->rows[1].index, 3);
	call->rows[0].settled = call->rows[1].settled = ROW_EXISTED;
	assert_false(open_call_compact(call));
	open_call_free(call);
	chunk_release(&c);
}

TEST(a_change_whose_body_is_built_again_has_what_is_left_of_its_rows)
{
	static const char *const keys[] = {"1", "2", "3"};
	const struct compare_rules rules = {.key_name = "k"};
	struct chunk c;
	struct open_call *call, *part;

	make_chunk(&c, keys, 3);
	call = open_call_new(verb_of(VERB_UPDATE), &c, 0, 3, NULL);
	call->rules = &rules;
	part = open_call_part(call, 0, 3);
	assert_int_equal(count_of(buf_str(&part->body), "\"k\":"), 3);
	part->rows[1].settled = ROW_EXISTED;
	assert_true(open_call_compact(part));
	change_build_body(part);
	assert_int_equal(count_of(buf_str(&part->body), "\"k\":"), 2);
	assert_int_equal(count_of(buf_str(&part->body), "\"k\":2"), 0);
	open_call_free(part);
	open_call_free(call);
	chunk_release(&c);
}

TEST(ten_thousand_keys_are_sorted_and_found)
{
	enum { COUNT = 10000 };
	static char tokens[COUNT][16];
	static const char *keys[COUNT];
	struct chunk c;
	struct open_call *call;

	for (size_t i = 0; i < COUNT; i++) {
		snprintf(tokens[i], sizeof(tokens[i]), "\"%zx\"",
		    (i * 7919) % COUNT);
		keys[i] = tokens[i];
	}
	make_chunk(&c, keys, COUNT);
	call = open_call_new(verb_of(VERB_CREATE), &c, 0, COUNT, NULL);
	for (size_t i = 0; i < COUNT; i++)
		assert_int_equal(open_call_find(call, text_of(keys[i])), i);
	open_call_free(call);
	chunk_release(&c);
}
