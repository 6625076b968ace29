/* SPDX-License-Identifier: MIT */
#include "base/json_read.h"
#include "chakra/compare_values.h"
#include "chakra/members.h"
#include "chakra/verb.h"
#include "random.h"
#include "test.h"

/* What a ledger keeps of rows that were sent. That it says what comparing says
 * is the fuzz target `compare`. */

static const unsigned char key[8] = {7, 1, 9};

TEST(values_have_one_hash_exactly_if_they_are_the_same)
{
	/* Each line is of one value; no two lines are. */
	static const char *const values[][4] = {
	    {"1", "1.0", "10e-1", "0.1E+1"},
	    {"-1"},
	    {"10", "1e1"},
	    {"12345678901234567890", "1234567890123456789e1"},
	    {"12345678901234567891"},
	    {"0", "-0", "0.000", "0e9"},
	    {"null", ""},
	    {"\"\""},
	    {"\"1\"", "\"\\u0031\""},
	    {"\"null\""},
	    {"\"abcdefgh\"", "\"abcdefg\\u0068\""},
	    {"\"abcdefghabcdefgh\""},
	    {"\"abcdefgha\""},
	    {"\"hgfedcba\""},
	    /* beyond a word, from wherever it is read */
	    {"\"abcdefghijklmnopqrstuvwxy\"", "\"abcdefghijklmnopqrstuvwxy\"",
		"\"\\u0061bcdefghijklmnopqrstuvwxy\""},
	    {"\"abcdefghijklmnopQrstuvwxy\""},
	    {"\"Abcdefghijklmnopqrstuvwxy\""},
	    {"\"abcdefghIjklmnopqrstuvwxy\""},
	    {"\"abcde\"", "\"\\u0061bcde\""},
	    {"\"abcdE\""},
	    {"true"},
	    {"false"},
	    {"[]"},
	    {"[null]"},
	    {"[[]]"},
	    {"[1,2]", "[ 1.0 , 2 ]"},
	    {"[2,1]"},
	    {"{}", "{\"a\":null}"},
	    {"{\"a\":1,\"b\":2}", "{\"b\":2.0,\"a\":1}"},
	    {"{\"a\":2,\"b\":1}"},
	    {"{\"a\":{\"b\":1}}"},
	};
	struct buf scratch = BUF_INIT(0);
	uint64_t seen[sizeof(values) / sizeof(values[0])];

	/* What is there already is kept. */
	buf_adds(&scratch, "kept");
	EACH (i, values) {
		seen[i] = value_hash(3, text_of(values[i][0]), &scratch);
		for (size_t k = 1; k < 4 && values[i][k] != NULL; k++)
			assert_int_equal(
			    value_hash(3, text_of(values[i][k]), &scratch),
			    seen[i]);
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(seen[k], seen[i]);
		assert_int_not_equal(
		    value_hash(4, text_of(values[i][0]), &scratch), seen[i]);
	}
	assert_string_equal(buf_str(&scratch), "kept");
	buf_release(&scratch);
}

static struct text
write_two(struct sent_writer *w, const char *a, const char *b)
{
	sent_begin(w, "lead_id", key);
	sent_add(w, 2, 2, text_of("\"A\""), text_of(a));
	sent_add(w, 5, 9, text_of("17"), text_of(b));
	return sent_end(w);
}

TEST(the_field_that_was_changed_is_named)
{
	static const char row[] =
	    "{\"lead_id\":\"A\",\"state\":\"NEW\",\"data\":{\"score\":105,"
	    "\"a.b\":\"x\"},\"record\":{\"id\":3,\"data\":{\"mail\":\"m@x\"}}}";
	CASES(cases, const char *process, *differs) = {
	    {"{\"lead_id\":\"B\",\"state\":\"NEW\",\"data\":{\"score\":1.05e2,"
	     "\"a.b\":\"x\",\"more\":1},\"record\":{\"data\":{\"mail\":\"m@x\"}"
	     "}"
	     "}",
		NULL},
	    {"{\"data\":{\"state\":\"NEW\",\"score\":105,\"a.b\":\"x\"},"
	     "\"record\":{\"data\":{\"mail\":\"m@x\"}}}",
		NULL},
	    {"{\"state\":\"WON\",\"data\":{\"score\":105,\"a.b\":\"x\"},"
	     "\"record\":{\"data\":{\"mail\":\"m@x\"}}}",
		"state"},
	    {"{\"state\":\"NEW\",\"data\":{\"score\":\"105\",\"a.b\":\"x\"},"
	     "\"record\":{\"data\":{\"mail\":\"m@x\"}}}",
		"data.score"},
	    {"{\"state\":\"NEW\",\"data\":{\"score\":105,\"a\":{\"b\":\"x\"}},"
	     "\"record\":{\"data\":{\"mail\":\"m@x\"}}}",
		"data.a.b"},
	    {"{\"state\":\"NEW\",\"data\":{\"score\":105,\"a.b\":\"x\","
	     "\"mail\":"
	     "\"m@x\"}}",
		"record.data.mail"},
	    {"{}", "state"},
	    {"[]", "state"},
	};
	struct sent_writer w = {.count = 0};
	struct sent_reader r = {.count = 0};
	struct sent_row sent;
	struct buf path = BUF_INIT(0);

	EACH (i, cases) {
		assert_true(sent_open(&r, write_two(&w, row, row), key));
		for (int n = 0; n < 2; n++) {
			buf_clear(&path);
			assert_int_equal(sent_next(&r, &sent), 1);
			assert_int_equal(sent_is_there(&r, &sent,
					     text_of(cases[i].process), &path),
			    cases[i].differs == NULL);
			assert_string_equal(buf_str(&path),
			    cases[i].differs ? cases[i].differs : "");
		}
		assert_int_equal(sent_next(&r, &sent), 0);
	}
	sent_writer_release(&w);
	sent_reader_release(&r);
	buf_release(&path);
}

TEST(each_row_has_its_own_fields)
{
	static const char *const rows[] = {
	    "{\"data\":{\"a\":1,\"c\":3}}",
	    "{\"data\":{\"a\":1,\"b\":2,\"c\":3}}", /* not in order any more */
	    "{\"data\":{\"a\":1,\"b\":2,\"c\":3}}",
	    "{}",
	    "{\"data\":{\"b\":2}}",
	    "{\"data\":{\"b\":\"two \\\"2\\\"\"}}",
	    "{\"lead_id\":\"x\",\"data\":{\"b\":[{\"a\":1}],\"c\":null}}",
	};
	struct sent_writer w = {.count = 0};
	struct sent_reader r = {.count = 0};
	struct sent_row sent;
	struct buf path = BUF_INIT(0);

	sent_begin(&w, "lead_id", key);
	EACH (i, rows)
		sent_add(
		    &w, 10 + i, 20 - i, TEXT_LITERAL(""), text_of(rows[i]));
	assert_true(sent_open(&r, sent_end(&w), key));
	EACH (i, rows) {
		assert_int_equal(sent_next(&r, &sent), 1);
		assert_int_equal(sent.row, 10 + i);
		assert_int_equal(sent.line, 20 - i);
		assert_int_equal(sent.key.len, 0);
		EACH (k, rows) {
			struct compare_rules rules = {.key_name = "lead_id"};
			size_t differ = compare_process(&rules,
			    text_of(rows[i]), text_of(rows[k]), NULL, NULL);

			buf_clear(&path);
			assert_int_equal(
			    sent_is_there(&r, &sent, text_of(rows[k]), &path),
			    differ == 0);
		}
	}
	assert_int_equal(sent_next(&r, &sent), 0);
	sent_writer_release(&w);
	sent_reader_release(&r);
	buf_release(&path);
}

/* Of two rows with the same fields the second says so in short. Where it stands
 * first, there is none that it could mean: not the last of another chunk. */
TEST(the_first_row_of_a_chunk_cannot_be_as_the_one_before)
{
	static const char row[] = "{\"data\":{\"a\":1,\"b\":2}}";
	struct sent_writer w = {.count = 0};
	struct sent_reader r = {.count = 0};
	struct buf second = BUF_INIT(0);
	struct sent_row sent;
	struct text all = write_two(&w, row, row);
	size_t head, first;

	assert_true(sent_open(&r, all, key));
	head = (size_t)(r.p - (const unsigned char *)all.s);
	assert_int_equal(sent_next(&r, &sent), 1);
	first = (size_t)(r.p - (const unsigned char *)all.s);
	buf_add(&second, all.s, head);
	buf_add(&second, all.s + first, all.len - first);
	assert_int_equal(sent_next(&r, &sent), 1);
	assert_int_equal(sent_next(&r, &sent), 0);
	assert_true(sent_open(&r, buf_text(&second), key));
	assert_int_equal(sent_next(&r, &sent), -1);
	sent_writer_release(&w);
	sent_reader_release(&r);
	buf_release(&second);
}

/* Any of twelve fields, or none, in rows of many shapes: more than are known.
 */
TEST(rows_of_many_shapes_are_what_they_were)
{
	enum { ROWS = 3000 };
	static char rows[ROWS][400];
	struct sent_writer w = {.count = 0};
	struct sent_reader r = {.count = 0};
	struct sent_row sent;
	struct buf path = BUF_INIT(0);

	for (size_t i = 0; i < ROWS; i++) {
		/* At first of few shapes, in turn. */
		unsigned has = i < 1000 ? 0xfff0U + (unsigned)i % 3
					: (unsigned)next_random();
		int at = snprintf(rows[i], sizeof(rows[i]),
		    "{\"lead_id\":\"k%zu\",\"data\":{", i);

		for (unsigned k = 0; k < 12; k++)
			if (has >> k & 1)
				at += snprintf(rows[i] + at,
				    sizeof(rows[i]) - (size_t)at,
				    k % 3 ? "%s\"f%u\":\"v%u\""
					  : "%s\"f%u\":[%u,{\"a\":1.50}]",
				    rows[i][at - 1] == '{' ? "" : ",", k,
				    (unsigned)next_random() % 1000);
		(void)snprintf(
		    rows[i] + at, sizeof(rows[i]) - (size_t)at, "}}");
	}
	for (int times = 0; times < 2; times++) {
		sent_begin(&w, "lead_id", key);
		for (size_t i = 0; i < ROWS; i++)
			sent_add(
			    &w, i, i, TEXT_LITERAL("\"k\""), text_of(rows[i]));
		assert_true(sent_open(&r, sent_end(&w), key));
		for (size_t i = 0; i < ROWS; i++) {
			assert_int_equal(sent_next(&r, &sent), 1);
			buf_clear(&path);
			if (!sent_is_there(&r, &sent, text_of(rows[i]), &path))
				fail_msg("row %zu: %s", i, buf_str(&path));
			assert_false(i > 0 && strlen(rows[i]) > 40 &&
				     strlen(rows[i - 1]) > 40 &&
				     sent_is_there(&r, &sent,
					 text_of(rows[i - 1]), &path));
		}
		assert_int_equal(sent_next(&r, &sent), 0);
	}
	sent_writer_release(&w);
	sent_reader_release(&r);
	buf_release(&path);
}

/* Each in memory of its own, where a look beside it is noticed (asan). */
TEST(a_row_is_read_to_its_last_byte_and_no_further)
{
	struct sent_writer w = {.count = 0};
	struct sent_reader r = {.count = 0};
	struct sent_row sent;
	struct buf path = BUF_INIT(0);

	for (int len = 0; len < 20; len++) {
		char text[64], *row;
		size_t size = (size_t)snprintf(text, sizeof(text),
		    "{\"a\":\"%.*s\",\"b\":1}", len, "abcdefghijklmnopqrst");

		row = malloc(size);
		assert_non_null(row);
		memcpy(row, text, size);
		sent_begin(&w, "lead_id", key);
		for (uint64_t i = 0; i < 3; i++)
			sent_add(&w, i, i, TEXT_LITERAL("\"k\""),
			    (struct text){row, size});
		assert_true(sent_open(&r, sent_end(&w), key));
		for (int i = 0; i < 3; i++) {
			assert_int_equal(sent_next(&r, &sent), 1);
			assert_true(sent_is_there(
			    &r, &sent, (struct text){row, size}, &path));
		}
		free(row);
	}
	sent_writer_release(&w);
	sent_reader_release(&r);
	buf_release(&path);
}

TEST(bytes_that_are_not_whole_are_refused)
{
	static const char row[] = "{\"state\":\"NEW\",\"data\":{\"a\":1}}";
	struct sent_writer w = {.count = 0};
	struct sent_reader r = {.count = 0};
	struct sent_row sent;
	struct text all = write_two(&w, row, row);

	for (size_t len = 0; len < all.len; len++) {
		/* A copy, so that a read behind its end is seen. */
		char *cut = malloc(len + 1);
		int got = -1, rows = 0;

		memcpy(cut, all.s, len);
		if (sent_open(&r, (struct text){cut, len}, key))
			while ((got = sent_next(&r, &sent)) > 0)
				rows++;
		assert_true(got < 0 || rows < 2);
		free(cut);
	}
	sent_writer_release(&w);
	sent_reader_release(&r);
}

TEST(what_was_sent_has_the_paths_of_what_was_before)
{
	struct buf out = BUF_INIT(0);

	fields_like(text_of("{\"data.score\":1,\"state\":null,\"data.x\":2}"),
	    text_of("{\"state\":\"WON\",\"data\":{\"score\":[1]}}"), &out);
	assert_string_equal(buf_str(&out),
	    "{\"data.score\":[1],\"state\":\"WON\",\"data.x\":null}");
	buf_release(&out);
}

TEST(twins_are_found_at_any_depth)
{
	CASES(cases, const char *json; bool has) = {
	    {"{\"a\":1,\"b\":{\"a\":1}}", false},
	    {"{\"a\":1,\"a\":1}", true},
	    {"{\"a\":1,\"\\u0061\":2}", true},
	    {"{\"a\":[1,{\"b\":[{\"c\":1,\"c\":2}]}]}", true},
	    {"{\"a\":[{\"c\":1},{\"c\":2}]}", false},
	    {"[]", false},
	    {"\"a\"", false},
	};

	EACH (i, cases)
		assert_int_equal(
		    json_has_twins(text_of(cases[i].json)), cases[i].has);
}
