/* SPDX-License-Identifier: MIT */
/* A cell that was seen before becomes what a builder makes of it that never
 * saw one, with the same problems and notes; in a buffer that is full, too. */
#include "builder_rig.h"
#include "random.h"

static const char rules[] =
    "version: 1\nlead_id: {column: A, unique: false}\n"
    "source: {nulls: [none]}\n"
    "data:\n"
    "  o: {fields: {first: {column: B, type: integer, max: 90},"
    " second: {column: B, case: upper}}}\n"
    "  n: {column: B, type: integer, on_error: omit}\n"
    "  when: {column: C, type: date, format: \"%d/%m/%Y\", on_error: omit}\n"
    "  state: {column: D, map: {a: one, b: \"\", c: \"qu\\\"ote\"},"
    " otherwise: omit, clear: [x]}\n"
    "  tags: {column: D, type: multiString, separator: \";\", default: new}\n"
    "  word: {column: D, replace: {pattern: \"a+\", with: b}, empty: keep}\n"
    "  long: {column: E, case: lower, max_length: 60}\n";

static const char *const numbers[] = {"1", " 2 ", "07", "91", "word",
    "9007199254740993", "-9007199254740994", "none", "", "3 "};
static const char *const dates[] = {
    "01/02/2003", "31/02/2003", "", "none", "1/2/2003", "01/02/1200"};
static const char *const words[] = {
    "a", "b", "c", "x", "", "a;b", ";", "aa", "A", "é;\\"};
static const char *const longs[] = {"Short",
    "A CELL THAT IS AS LONG AS ONE CAN", "exactly thirty-one bytes, of it",
    "exactly thirty-two bytes, of it.",
    "ÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉÉ",
    "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\""};

#define ONE_OF(list) (list)[next_random() % (sizeof(list) / sizeof((list)[0]))]

static void
draw(char row[512])
{
	(void)snprintf(row, 512, "k|%s|%s|%s|%s", ONE_OF(numbers),
	    ONE_OF(dates), ONE_OF(words), ONE_OF(longs));
}

/* The problems as people read them. */
static void
words_of(const struct rig *g, struct buf *out)
{
	for (size_t i = 0; i < g->problems.count; i++) {
		const struct problem *p = &g->problems.items[i];

		buf_addf(out, "%s %s %d %.*s\n", p->code, p->cause, p->column,
		    (int)p->message_len,
		    buf_str(&g->problems.text) + p->message_at);
	}
}

TEST(a_cell_seen_before_becomes_what_it_became)
{
	struct rig g, fresh;
	char row[512];

	rig_open(&g, rules, "A|B|C|D|E");
	for (int i = 0; i < 3000; i++) {
		struct buf told = BUF_INIT(0), expected = BUF_INIT(0);

		draw(row);
		rig_row(&g, row);
		rig_open(&fresh, rules, "A|B|C|D|E");
		rig_row(&fresh, row);
		assert_int_equal(g.verdict, fresh.verdict);
		assert_string_equal(g.said, fresh.said);
		words_of(&g, &told);
		words_of(&fresh, &expected);
		assert_string_equal(buf_str(&told), buf_str(&expected));
		rig_close(&fresh);
		buf_release(&told);
		buf_release(&expected);
		buf_clear(&g.out);
	}
	rig_close(&g);
}

TEST(a_full_buffer_takes_no_cell_from_memory)
{
	static const char one[] = "k|1|01/02/2003|a|SOME";
	size_t whole, most;
	struct rig g;

	rig_open(&g, rules, "A|B|C|D|E");
	rig_row(&g, one);
	whole = strlen(g.said);
	for (most = 1; most < whole + 80; most++) {
		buf_release(&g.out);
		buf_init(&g.out, most);
		rig_row(&g, one);
		assert_int_equal(g.out.overflow, false);
		if (most >= whole) {
			assert_int_equal(g.verdict, ROW_BUILT);
			assert_int_equal(strlen(g.said), whole);
		} else {
			assert_int_equal(g.verdict, ROW_REJECTED);
			assert_string_equal(g.codes, "chunk.row_too_large");
		}
	}
	rig_close(&g);
}

/* Cells that are all different, then the same ones again. */
TEST(a_memo_that_gave_up_is_right_all_the_same)
{
	char row[512], said[256];
	struct rig g;

	rig_open(&g,
	    "version: 1\nlead_id: A\ndata: {n: {column: B, "
	    "type: integer}}\n",
	    "A|B");
	for (int i = 0; i < 6000; i++) {
		int n = i < 3000 ? i : i % 3;

		(void)snprintf(row, sizeof(row), "k%d|00%d", i, n);
		(void)snprintf(said, sizeof(said),
		    "{\"lead_id\":\"k%d\",\"data\":{\"n\":%d}}", i, n);
		rig_gives(&g, row, said);
		buf_clear(&g.out);
	}
	rig_close(&g);
}
