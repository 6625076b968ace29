/* SPDX-License-Identifier: MIT */
#include "ledger/ledger.h"
#include "ledger_place.h"
#include "test.h"

/* What a ledger keeps for an undo, and one that keeps none of it. */

#define WITHOUT "DROP TABLE sent; DROP TABLE after"

static void
put(struct ledger *l)
{
	struct diag d = DIAG_INIT;

	for (uint64_t i = 0; i < 3; i++) {
		struct ledger_chunk c = sample_chunk(i);

		assert_int_equal(ledger_add_chunk(l, &c, &d), 0);
		assert_int_equal(
		    ledger_set_sent(l, i, (struct text){"a\0c", 3}, &d), 0);
	}
	assert_int_equal(ledger_set_sent(l, 1, TEXT_LITERAL("again"), &d), 0);
	assert_int_equal(
	    ledger_set_after(l, 1, 0, TEXT_LITERAL("{\"a\":1}"), &d), 0);
	assert_int_equal(ledger_commit(l, &d), 0);
}

static bool
holds(struct ledger *l, uint64_t chunk, const char *text)
{
	struct diag d = DIAG_INIT;
	struct buf rows = BUF_INIT(0);
	int got = ledger_get_sent(l, chunk, &rows, &d);
	bool is = got == (text != NULL) &&
		  (text == NULL || text_is(buf_text(&rows), text));

	buf_release(&rows);
	return is;
}

PLACE_TEST(rows_are_kept_by_their_chunk_and_the_last_ones_stay)
{
	struct place *p = *state;
	struct ledger *l = place_create(p);
	struct diag d = DIAG_INIT;
	struct buf rows = BUF_INIT(0);

	assert_true(ledger_has_sent(l));
	put(l);
	place_close(l);
	l = place_open(p, true);
	assert_true(ledger_has_sent(l));
	assert_int_equal(ledger_get_sent(l, 0, &rows, &d), 1);
	assert_int_equal(rows.len, 3);
	assert_memory_equal(rows.data, "a\0c", 3);
	assert_true(holds(l, 1, "again"));
	assert_true(holds(l, 7, NULL));
	assert_int_equal(ledger_get_after(l, 1, 0, &rows, &d), 1);
	assert_string_equal(buf_str(&rows), "{\"a\":1}");
	assert_int_equal(ledger_get_after(l, 1, 1, &rows, &d), 0);
	buf_release(&rows);
	place_close(l);
}

PLACE_TEST(what_was_planned_and_never_sent_is_forgotten_with_its_chunk)
{
	struct place *p = *state;
	struct ledger *l = place_create(p);
	struct diag d = DIAG_INIT;
	struct ledger_chunk first = sample_chunk(0);
	struct ledger_call call = sample_call(&first, CALL_SENT);

	put(l);
	assert_int_equal(ledger_add_call(l, &call, &d), 0);
	assert_int_equal(ledger_drop_planned(l, &d), 0);
	assert_int_equal(ledger_commit(l, &d), 0);
	assert_true(holds(l, 1, NULL) && holds(l, 2, NULL));
	place_close(l);
}

PLACE_TEST(a_ledger_that_keeps_no_rows_is_read_and_written_on_as_it_is)
{
	struct place *p = *state;
	struct ledger *l = place_create(p);
	struct diag d = DIAG_INIT;

	place_close(l);
	place_sql(p, WITHOUT);
	l = place_open(p, false);
	assert_false(ledger_has_sent(l));
	put(l);
	assert_true(holds(l, 0, NULL) && holds(l, 1, NULL));
	assert_int_equal(ledger_drop_planned(l, &d), 0);
	place_close(l);
	place_sql(p, "CREATE TABLE sent(chunk, rows)");
	place_refuses(
	    p, "ledger.damaged", "differs from what csv2chakra creates");
}

#define AS_0_1_0                                                               \
	"DROP TABLE before; DROP TABLE after; DROP TABLE sent; "               \
	"ALTER TABLE call DROP COLUMN gaps; "                                  \
	"ALTER TABLE call DROP COLUMN verb; PRAGMA user_version = 1"

static int
see_call(void *ctx, const struct ledger_call *c)
{
	*(struct ledger_call *)ctx = *c;
	return 0;
}

PLACE_TEST(a_ledger_of_the_first_schema_is_asked_and_written_on_as_it_is)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct ledger_chunk chunk = sample_chunk(0);
	struct ledger_call call = sample_call(&chunk, CALL_SENT), seen;
	struct ledger_totals totals;
	struct ledger_outcomes *o;
	struct ledger_before before;
	struct buf text = BUF_INIT(0);
	struct ledger *l;

	place_close(place_create(p));
	place_sql(p, AS_0_1_0);
	l = place_open(p, false);
	assert_int_equal(ledger_add_chunk(l, &chunk, &d), 0);
	assert_int_equal(ledger_add_call(l, &call, &d), 0);
	call.state = CALL_CREATED;
	assert_int_equal(ledger_update_call(l, &call, &d), 0);
	place_close(l);
	l = place_open(p, false);
	assert_int_equal(ledger_each_call(l, -1, see_call, &seen, &d), 0);
	assert_int_equal(seen.id, call.id);
	assert_int_equal(seen.state, CALL_CREATED);
	assert_int_equal(seen.done, OUTCOME_CREATED);
	assert_int_equal(ledger_totals(l, &totals, &d), 0);
	assert_int_equal(totals.outcomes.rows[OUTCOME_CREATED], chunk.rows);
	o = ledger_outcomes_new(l);
	assert_int_equal(ledger_outcomes_load(o, 0, &d), 0);
	assert_int_equal(ledger_outcomes_get(o, 0).outcome, OUTCOME_CREATED);
	ledger_outcomes_free(o);
	assert_int_equal(ledger_get_before(l, 0, 0, &before, &text, &d), 0);
	assert_int_equal(ledger_get_after(l, 0, 0, &text, &d), 0);
	/* It takes one verb. */
	call.done = OUTCOME_UPDATED;
	assert_int_equal(ledger_update_call(l, &call, &d), -1);
	assert_int_equal(d.kind, DIAG_INTERNAL);
	place_close(l);
}
