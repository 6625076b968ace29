/* SPDX-License-Identifier: MIT */
/* A builder that tells its rows once more says of each what it said, though it
 * builds only those of which there was something to say. */
#include "builder_rig.h"
#include "random.h"

static const char rules[] =
    "version: 1\n"
    "lead_id: {column: A, case: upper, required: true}\n"
    "source: {nulls: [none]}\n"
    "rows: {except: [{column: B, in: [\"7\"]}]}\n"
    "data:\n"
    "  n: {column: B, type: integer, max: 90, on_error: omit}\n"
    "  state: {column: C, map: {alpha: one, beta: two, gamma: three}}\n"
    "  mail: {column: D, unique: true, on_error: omit}\n";

static const char *const numbers[] = {
    "1", "2", "7", "91", "word", "9007199254740993", "none", "", "3 "};
static const char *const words[] = {
    "alpha", "beta", "gamma", "", "alpha", "beta", "alfa", "betta"};

#define ROWS 2000
#define ONE_OF(list) (list)[next_random() % (sizeof(list) / sizeof((list)[0]))]

static char rows[ROWS][64];

static void
draw_rows(const char *key)
{
	for (size_t i = 0; i < ROWS; i++)
		(void)snprintf(rows[i], sizeof(rows[i]), "%s%u|%s|%s|m%u", key,
		    (unsigned)next_random() % (4 * ROWS), ONE_OF(numbers),
		    ONE_OF(words), (unsigned)next_random() % (4 * ROWS));
}

/* What is said of a row, but for its object. */
static void
say(const struct rig *g, struct buf *out)
{
	struct text key = builder_key_text(g->b);

	buf_addf(out, "%d %s %.*s\n", (int)g->verdict, g->codes, (int)key.len,
	    key.s);
	for (size_t i = 0; i < g->problems.count; i++) {
		const struct problem *p = &g->problems.items[i];
		struct text message = problem_message(&g->problems, p);
		struct text hint = problem_hint(&g->problems, p);

		buf_addf(out, "%d %llu %.*s %.*s\n", p->column,
		    (unsigned long long)p->other_row, (int)message.len,
		    message.s, (int)hint.len, hint.s);
	}
}

/* Returns how many rows had no object. */
static size_t
tell(struct rig *g, size_t count, bool is_first, struct buf *out)
{
	size_t without = 0;

	g->rec.row = g->rec.line = 1;
	for (size_t i = 0; i < count; i++) {
		rig_row(g, rows[i]);
		if (is_first && g->verdict == ROW_BUILT &&
		    g->problems.count == 0)
			builder_note_quiet(g->b);
		without += g->verdict == ROW_BUILT && g->built.json_len == 0;
		say(g, out);
		buf_clear(&g->out);
	}
	return without;
}

static void
check_retold(const char *yaml, size_t least, size_t most)
{
	struct buf told = BUF_INIT(0), again = BUF_INIT(0);
	struct rig g;
	size_t without;

	rig_open(&g, yaml, "A|B|C|D");
	assert_int_equal(tell(&g, ROWS, true, &told), 0);
	for (int times = 0; times < 2; times++) {
		builder_retell(g.b);
		assert_true(builder_retells(g.b));
		buf_clear(&again);
		without = tell(&g, ROWS, false, &again);
		assert_string_equal(buf_str(&again), buf_str(&told));
		assert_in_range(without, least, most);
	}
	rig_close(&g);
	buf_release(&told);
	buf_release(&again);
}

TEST(a_row_is_told_once_more_as_it_was_told)
{
	draw_rows("k");
	check_retold(rules, ROWS / 4, ROWS - 1);
}

/* Its key is written anew: the text of a number is what became of it. */
TEST(a_key_that_its_type_changes_is_built_again)
{
	draw_rows("00");
	check_retold("version: 1\n"
		     "lead_id: {column: A, type: integer}\n"
		     "data: {n: B, state: C}\n",
	    0, 0);
}

TEST(a_key_without_rules_is_told_as_it_was)
{
	draw_rows(" k");
	check_retold(
	    "version: 1\nlead_id: A\ndata: {n: B, state: C}\n", ROWS / 2, ROWS);
}

/* A first reading that ended early: what follows is told as if it had not. */
TEST(rows_beyond_the_first_reading_are_as_any_others)
{
	struct buf told = BUF_INIT(0), again = BUF_INIT(0);
	struct rig whole, g;

	for (size_t first = 0; first <= ROWS; first += ROWS / 4) {
		draw_rows("k");
		rig_open(&whole, rules, "A|B|C|D");
		rig_open(&g, rules, "A|B|C|D");
		buf_clear(&told);
		(void)tell(&whole, ROWS, true, &told);
		(void)tell(&g, first, true, &again);
		for (int times = 0; times < 2; times++) {
			builder_retell(g.b);
			assert_int_equal(
			    builder_retells(g.b), first > 0 || times > 0);
			buf_clear(&again);
			(void)tell(&g, ROWS, false, &again);
			assert_string_equal(buf_str(&again), buf_str(&told));
			assert_false(builder_retells(g.b));
		}
		rig_row(&g, "new1|1|alpha|new");
		assert_string_equal(g.said,
		    "{\"lead_id\":\"NEW1\",\"data\":{\"n\":1,"
		    "\"state\":\"one\",\"mail\":\"new\"}}");
		rig_close(&whole);
		rig_close(&g);
	}
	buf_release(&told);
	buf_release(&again);
}
