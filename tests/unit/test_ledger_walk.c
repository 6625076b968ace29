/* SPDX-License-Identifier: MIT */
#include "ledger/database.h"
#include "test.h"

/* Every question to a ledger, and everything that is written into one: when
 * SQLite fails at any moment of it, this is said. */

static int
pass_chunk(void *ctx, const struct ledger_chunk *c)
{
	(void)c;
	return ++*(int *)ctx < 0;
}

static int
pass_call(void *ctx, const struct ledger_call *c)
{
	(void)c;
	return ++*(int *)ctx < 0;
}

static bool
is_before(const struct ledger_before *b)
{
	return b->chunk == 0 && b->index == 1 && b->looked_ms == 7 &&
	       b->sends == 2 && strcmp(b->process_id, "p-1") == 0 &&
	       text_is(b->fields, "{\"a\":1}");
}

static int
pass_event(void *ctx, int64_t at_ms, const char *kind, const char *text)
{
	(void)at_ms;
	(void)kind;
	(void)text;
	return ++*(int *)ctx < 0;
}

/* Each is 0, 1 where there is something to be found, or -1. */

static int
ask_chunks(struct ledger *l, struct diag *d)
{
	int n = 0, ret = ledger_each_chunk(l, pass_chunk, &n, d);

	return ret == 0 ? n == 2 : ret;
}

static int
ask_calls(struct ledger *l, struct diag *d)
{
	int n = 0, ret = ledger_each_call(l, CALL_CREATED, pass_call, &n, d);

	return ret == 0 ? n == 1 : ret;
}

static int
ask_calls_of_chunk(struct ledger *l, struct diag *d)
{
	int n = 0, ret = ledger_each_chunk_call(l, 0, pass_call, &n, d);

	return ret == 0 ? n == 1 : ret;
}

static int
ask_events(struct ledger *l, struct diag *d)
{
	int n = 0, ret = ledger_each_event(l, pass_event, &n, d);

	return ret == 0 ? n == 1 : ret;
}

static int
ask_chunk(struct ledger *l, struct diag *d)
{
	struct ledger_chunk c;

	return ledger_get_chunk(l, 1, &c, d);
}

static int
ask_chunk_from(struct ledger *l, struct diag *d)
{
	struct ledger_chunk c;

	return ledger_chunk_from(l, 1, &c, d);
}

static int
ask_before(struct ledger *l, struct diag *d)
{
	struct ledger_before b;
	struct buf text = BUF_INIT(0);
	int ret;

	buf_adds(&text, "of another row");
	ret = ledger_get_before(l, 0, 1, &b, &text, d);

	if (ret > 0)
		ret = is_before(&b);
	buf_release(&text);
	return ret;
}

static int
ask_after(struct ledger *l, struct diag *d)
{
	struct buf text = BUF_INIT(0);
	int ret = ledger_get_after(l, 0, 1, &text, d);

	buf_release(&text);
	return ret;
}

static int
ask_sent(struct ledger *l, struct diag *d)
{
	struct buf rows = BUF_INIT(0);
	int ret = ledger_get_sent(l, 0, &rows, d);

	buf_release(&rows);
	return ret;
}

static int
ask_fact(struct ledger *l, struct diag *d)
{
	char *value;
	int ret = ledger_get(l, "key", &value, d);

	if (value != NULL)
		ret = 1;
	free(value);
	return ret;
}

static int
ask_text(struct ledger *l, struct diag *d)
{
	char text[8];

	return ledger_query_text(
	    l, "SELECT value FROM meta", text, sizeof(text), d);
}

static int
ask_ever_sent(struct ledger *l, struct diag *d)
{
	bool sent = false;
	int ret = ledger_ever_sent(l, &sent, d);

	return ret == 0 ? sent : ret;
}

static int
ask_whether_chunks(struct ledger *l, struct diag *d)
{
	bool has = false;
	int ret = ledger_has_chunks(l, &has, d);

	return ret == 0 ? has : ret;
}

static int
count_chunks(struct ledger *l, struct diag *d)
{
	uint64_t n = 0;
	int ret = ledger_count_chunks(l, &n, d);

	return ret == 0 ? n == 2 : ret;
}

static int
ask_totals(struct ledger *l, struct diag *d)
{
	struct ledger_totals t;
	int ret = ledger_totals(l, &t, d);

	return ret == 0 ? t.chunks == 2 && t.calls == 1 : ret;
}

static int
ask_outcomes(struct ledger *l, struct diag *d)
{
	struct ledger_outcomes *o = ledger_outcomes_new(l);
	int ret = ledger_outcomes_load(o, 0, d);

	ledger_outcomes_free(o);
	return ret;
}

static int
check_all(struct ledger *l, struct diag *d)
{
	return ledger_schema_check(l, true, d);
}

static int
load_mark(struct ledger *l, struct diag *d)
{
	return ledger_mark_load(l, d) == 0 ? l->is_marked : -1;
}

static int
put_chunk(struct ledger *l, struct diag *d)
{
	struct ledger_chunk c = {.ordinal = 7};

	return ledger_add_chunk(l, &c, d);
}

static int
put_call(struct ledger *l, struct diag *d)
{
	struct ledger_call c = {.chunk = 1, .count = 1, .rows = 1};

	return ledger_add_call(l, &c, d);
}

static int
change_call(struct ledger *l, struct diag *d)
{
	struct ledger_call c = {.id = 1, .count = 4, .rows = 4};

	return ledger_update_call(l, &c, d);
}

static int
put_row(struct ledger *l, struct diag *d)
{
	struct ledger_row r = {.row = 5, .index = 3};

	return ledger_set_row(l, &r, d);
}

static int
put_before(struct ledger *l, struct diag *d)
{
	struct ledger_before b = {.index = 3, .fields = TEXT_LITERAL("{}")};

	return ledger_set_before(l, &b, d);
}

static int
put_after(struct ledger *l, struct diag *d)
{
	return ledger_set_after(l, 0, 3, TEXT_LITERAL("{}"), d);
}

static int
put_sent(struct ledger *l, struct diag *d)
{
	return ledger_set_sent(l, 1, TEXT_LITERAL("rows"), d);
}

static int
put_event(struct ledger *l, struct diag *d)
{
	return ledger_add_event(l, 2, "stop", "", d);
}

/* Also what belongs to a mark: how many calls there are. */
static int
put_fact_and_commit(struct ledger *l, struct diag *d)
{
	l->is_marked = l->has_new_calls = true;
	return ledger_set_number(l, "key", 2, d) == 0 ? ledger_commit(l, d)
						      : -1;
}

/* Two chunks, a call of the first, and something in every other table. */
static struct ledger *
filled(void)
{
	struct diag d = DIAG_INIT;
	struct ledger *l = ledger_create(NULL, &d);
	struct ledger_chunk c = {
	    .end = 10, .records = 4, .record_bytes = 10, .rows = 4};
	struct ledger_call call = {
	    .count = 4, .rows = 4, .state = CALL_CREATED};
	struct ledger_row r = {.index = 2, .call = 1};
	struct ledger_before b = {.index = 1,
	    .process_id = "p-1",
	    .looked_ms = 7,
	    .sends = 2,
	    .fields = TEXT_LITERAL("{\"a\":1}")};

	assert_non_null(l);
	assert_int_equal(ledger_add_chunk(l, &c, &d), 0);
	assert_int_equal(ledger_add_call(l, &call, &d), 0);
	c.ordinal = 1;
	c.begin = c.end;
	c.end += 10;
	assert_int_equal(ledger_add_chunk(l, &c, &d), 0);
	assert_int_equal(ledger_set_row(l, &r, &d), 0);
	assert_int_equal(ledger_set_before(l, &b, &d), 0);
	assert_int_equal(ledger_set_after(l, 0, 1, TEXT_LITERAL("{}"), &d), 0);
	assert_int_equal(ledger_set_sent(l, 0, TEXT_LITERAL("rows"), &d), 0);
	assert_int_equal(ledger_add_event(l, 1, "start", "", &d), 0);
	assert_int_equal(ledger_set(l, "key", "1", &d), 0);
	assert_int_equal(ledger_set(l, "identity", "0123456789abcdef", &d), 0);
	assert_int_equal(ledger_set_number(l, "calls", 1, &d), 0);
	assert_int_equal(ledger_commit(l, &d), 0);
	return l;
}

/* Counts down to the moment that fails, once. */
static int
fail_step(void *ctx)
{
	return --*(int *)ctx == 0;
}

static int
fail_prepare(void *ctx, int action, const char *first, const char *second,
    const char *database, const char *trigger)
{
	(void)action;
	(void)first;
	(void)second;
	(void)database;
	(void)trigger;
	return --*(int *)ctx == 0 ? SQLITE_DENY : SQLITE_OK;
}

static const struct question {
	const char *name;
	int (*ask)(struct ledger *l, struct diag *d);
	int found;
} questions[] = {
    {"chunks", ask_chunks, 1},
    {"calls", ask_calls, 1},
    {"the calls of a chunk", ask_calls_of_chunk, 1},
    {"events", ask_events, 1},
    {"a chunk", ask_chunk, 1},
    {"a chunk from", ask_chunk_from, 1},
    {"before", ask_before, 1},
    {"after", ask_after, 1},
    {"sent", ask_sent, 1},
    {"a fact", ask_fact, 1},
    {"a text", ask_text, 0},
    {"ever sent", ask_ever_sent, 1},
    {"any chunks", ask_whether_chunks, 1},
    {"how many chunks", count_chunks, 1},
    {"totals", ask_totals, 1},
    {"outcomes", ask_outcomes, 0},
    {"the check", check_all, 0},
    {"the mark", load_mark, 1},
    {"what is dropped", ledger_drop_planned, 0},
    {"a new chunk", put_chunk, 0},
    {"a new call", put_call, 0},
    {"a changed call", change_call, 0},
    {"a new row", put_row, 0},
    {"a new before", put_before, 0},
    {"a new after", put_after, 0},
    {"new rows sent", put_sent, 0},
    {"a new event", put_event, 0},
    {"a new fact", put_fact_and_commit, 0},
};

/* What was asked is not held: a statement that is in the middle of its rows
 * keeps the log from being written back, and one for one use is gone. */
static void
assert_at_rest(const struct ledger *l, const char *name)
{
	sqlite3_stmt *s = NULL;

	while ((s = sqlite3_next_stmt(l->db, s)) != NULL) {
		bool is_kept = false;

		for (size_t i = 0; i < STATEMENT_COUNT; i++)
			is_kept |= l->kept[i] == s;
		if (!is_kept || sqlite3_stmt_busy(s))
			fail_msg("%s: '%s' is left", name, sqlite3_sql(s));
	}
}

/* It fails at that moment; false if it is over by then. */
static bool
fails_at(const struct question *q, int moment, bool in_prepare)
{
	struct diag d = DIAG_INIT;
	struct ledger *l = filled();
	int left = moment, ret;

	if (in_prepare)
		sqlite3_set_authorizer(l->db, fail_prepare, &left);
	else
		sqlite3_progress_handler(l->db, 1, fail_step, &left);
	ret = q->ask(l, &d);
	sqlite3_set_authorizer(l->db, NULL, NULL);
	ledger_unwatch(l);
	if (ret != (left > 0 ? q->found : -1) ||
	    (d.kind == DIAG_NONE) != (left > 0))
		fail_msg("%s: %d at %d", q->name, ret, moment);
	assert_at_rest(l, q->name);
	ledger_free(l);
	return left <= 0;
}

TEST(whatever_fails_in_the_middle_of_a_question_or_a_write_is_said)
{
	EACH (i, questions)
		for (int prepares = 0; prepares < 2; prepares++) {
			int moment = 1;

			while (fails_at(&questions[i], moment, prepares != 0))
				moment++;
			assert_true(moment > 1);
		}
}

/* The tables' constraints do not let it in; somebody's hand does. */
TEST(a_word_that_nobody_knows_is_damage_wherever_it_is_read)
{
#define STATE "UPDATE call SET state = 'lost'"
#define VERB "UPDATE call SET verb = 'lost'"
#define OUTCOME "UPDATE row_outcome SET outcome = 'lost'"
	CASES(cases, const char *sql;
	      int (*ask)(struct ledger * l, struct diag * d)) = {
	    {STATE, ask_calls_of_chunk},
	    {STATE, ask_totals},
	    {STATE, ask_outcomes},
	    {VERB, ask_calls},
	    {VERB, ask_calls_of_chunk},
	    {VERB, ask_totals},
	    {VERB, ask_outcomes},
	    {OUTCOME, ask_totals},
	    {OUTCOME, ask_outcomes},
	};

	EACH (i, cases) {
		struct diag d = DIAG_INIT;
		struct ledger *l = filled();

		assert_int_equal(
		    ledger_exec(l, "PRAGMA ignore_check_constraints = 1", &d),
		    0);
		assert_int_equal(ledger_exec(l, cases[i].sql, &d), 0);
		assert_int_equal(cases[i].ask(l, &d), -1);
		assert_string_equal(d.code, "ledger.damaged");
		assert_at_rest(l, cases[i].sql);
		ledger_free(l);
	}
}

/* Its gaps would be read from behind the end of their room. */
TEST(a_call_of_more_rows_than_it_has_room_for_gaps_is_damage)
{
	static const unsigned char gaps[LEDGER_GAPS_MAX + 64] = {1};
	static const uint64_t mores[] = {0, 1, 64 * 8};

	EACH (i, mores) {
		uint64_t more = mores[i];
		struct diag d = DIAG_INIT;
		struct ledger *l = filled();
		struct ledger_call c = {.id = 1};
		struct binder b = {.statement = ledger_prepare(l,
				       "UPDATE call SET count = ?, rows = ?, "
				       "gaps = ? WHERE id = 1",
				       &d)};
		int n = 0;

		c.count = LEDGER_GAPS_MAX * 8 + more;
		bind_u64(&b, c.count);
		bind_u64(&b, c.count - 1);
		bind_blob(&b, gaps, LEDGER_GAP_BYTES(c.count));
		assert_int_equal(binder_run(l, &b, &d), 0);
		(void)sqlite3_finalize(b.statement);
		assert_int_equal(
		    ledger_each_call(l, -1, pass_call, &n, &d), more ? -1 : 0);
		assert_int_equal(n, more ? 0 : 1);
		ledger_free(l);
	}
}
