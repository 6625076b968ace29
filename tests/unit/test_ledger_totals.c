/* SPDX-License-Identifier: MIT */
#include "base/xalloc.h"
#include "ledger/ledger.h"
#include "test.h"

#include <time.h>

/*
 * The sums and the look-ups of outcomes, against a reference that keeps an
 * outcome for each row and paints call over call: slow, and plainly right.
 */

static struct ledger *
temporary(void)
{
	struct diag d = DIAG_INIT;
	struct ledger *l = ledger_create(NULL, &d);

	assert_non_null(l);
	return l;
}

static void
add_chunk(struct ledger *l, const struct ledger_chunk *c)
{
	struct diag d = DIAG_INIT;

	if (ledger_add_chunk(l, c, &d) != 0)
		fail_msg("%s", d.message);
}

/* gaps: a byte for each row, true = it is not the call's; or NULL. */
static int64_t
add_call_with(struct ledger *l, uint64_t chunk, uint64_t first, uint64_t count,
    enum call_state state, const bool *gaps)
{
	struct diag d = DIAG_INIT;
	struct ledger_call c = {.chunk = chunk,
	    .first = first,
	    .count = count,
	    .rows = count,
	    .state = state,
	    .http_status = state == CALL_UNSENT ? 0 : 202};

	for (uint64_t i = 0; gaps && i < count; i++) {
		c.gap_bytes = LEDGER_GAP_BYTES(count);
		c.rows -= gaps[i];
		c.gaps[i / 8] |= (unsigned char)(gaps[i] << i % 8);
	}
	snprintf(c.job, sizeof(c.job), "job-%llu-%llu",
	    (unsigned long long)chunk, (unsigned long long)first);
	snprintf(c.code, sizeof(c.code), "http.202");
	snprintf(c.answer, sizeof(c.answer), "words of a call");
	if (ledger_add_call(l, &c, &d) != 0)
		fail_msg("%s", d.message);
	return c.id;
}

static int64_t
add_call(struct ledger *l, uint64_t chunk, uint64_t first, uint64_t count,
    enum call_state state)
{
	return add_call_with(l, chunk, first, count, state, NULL);
}

static void
set_row(struct ledger *l, uint64_t chunk, uint64_t index, int64_t call,
    enum outcome outcome)
{
	struct diag d = DIAG_INIT;
	struct ledger_row r = {.row = 100 + index,
	    .chunk = chunk,
	    .index = index,
	    .call = call,
	    .outcome = outcome,
	    .evidence = "lookup",
	    .code = "rows.exists",
	    .text = "words of a row",
	    .process_id = "p-1"};

	if (ledger_set_row(l, &r, &d) != 0)
		fail_msg("%s", d.message);
}

static struct ledger_totals
totals(struct ledger *l)
{
	struct diag d = DIAG_INIT;
	struct ledger_totals t;

	if (ledger_totals(l, &t, &d) != 0)
		fail_msg("%s", d.message);
	return t;
}

static void
finish(struct ledger *l)
{
	struct diag d = DIAG_INIT;

	assert_int_equal(ledger_close(l, &d), 0);
}

/* begin and end from the bytes, one after the other. */
static struct ledger_chunk
chunk(uint64_t ordinal, uint64_t begin, uint64_t rows)
{
	return (struct ledger_chunk){.ordinal = ordinal,
	    .begin = begin,
	    .end = begin + rows * 10,
	    .records = rows,
	    .record_bytes = rows * 10,
	    .rows = rows};
}

TEST(an_empty_ledger_sums_to_nothing)
{
	struct ledger *l = temporary();
	struct ledger_totals t = totals(l);
	struct ledger_totals nothing = {.tiles = true};

	assert_memory_equal(&t.outcomes, &nothing.outcomes, sizeof(t.outcomes));
	assert_int_equal(t.chunks + t.calls + t.sent_calls, 0);
	assert_int_equal(t.first_begin + t.last_end, 0);
	assert_true(t.tiles);
	finish(l);
}

TEST(every_state_counts_as_its_outcome)
{
	struct ledger *l = temporary();
	struct ledger_totals t;
	uint64_t i;

	for (i = CALL_SENT; i <= CALL_SUPERSEDED; i++) {
		struct ledger_chunk c = chunk(i, i * 1000, 1u << i);

		add_chunk(l, &c);
		add_call(l, i, 0, 1u << i, (enum call_state)i);
	}
	t = totals(l);
	assert_int_equal(t.outcomes.rows[OUTCOME_UNKNOWN],
	    (1 << CALL_SENT) + (1 << CALL_UNKNOWN));
	assert_int_equal(t.outcomes.rows[OUTCOME_ACCEPTED],
	    (1 << CALL_ACKED) + (1 << CALL_ACCEPTED));
	assert_int_equal(t.outcomes.rows[OUTCOME_CREATED], 1 << CALL_CREATED);
	assert_int_equal(t.outcomes.rows[OUTCOME_REFUSED], 1 << CALL_REFUSED);
	assert_int_equal(t.outcomes.rows[OUTCOME_UNSENT],
	    (1 << CALL_UNSENT) + (1 << CALL_SUPERSEDED));
	assert_int_equal(t.calls, 8);
	assert_int_equal(t.sent_calls, 7);
	finish(l);
}

TEST(a_call_that_was_answered_and_is_unsent_was_on_the_wire)
{
	struct diag d = DIAG_INIT;
	struct ledger *l = temporary();
	struct ledger_chunk c = chunk(0, 0, 4);
	struct ledger_call refused = {
	    .count = 4, .state = CALL_UNSENT, .http_status = 401};

	add_chunk(l, &c);
	assert_int_equal(ledger_add_call(l, &refused, &d), 0);
	assert_int_equal(totals(l).sent_calls, 1);
	assert_int_equal(totals(l).outcomes.rows[OUTCOME_UNSENT], 4);
	finish(l);
}

/* 413: the whole chunk, then halves, one of them halved again; then a resend
 * of what was unknown; then own entries. */
TEST(splits_resends_and_own_entries_count_each_row_once)
{
	struct ledger *l = temporary();
	struct ledger_chunk c = chunk(0, 50, 100), blank = chunk(1, 1050, 0);
	struct ledger_totals t;
	int64_t whole, half, again;

	blank.blank_lines = 4;
	blank.blank_bytes = 9;
	blank.end += 9;
	add_chunk(l, &blank);

	c.rejected = 3;
	c.skipped = 2;
	c.records += 5;
	add_chunk(l, &c);
	whole = add_call(l, 0, 0, 100, CALL_SUPERSEDED);
	half = add_call(l, 0, 0, 50, CALL_UNKNOWN);
	add_call(l, 0, 50, 50, CALL_SUPERSEDED);
	add_call(l, 0, 50, 25, CALL_CREATED);
	add_call(l, 0, 75, 15, CALL_REFUSED);
	again = add_call(l, 0, 0, 50, CALL_ACKED);
	set_row(l, 0, 10, half, OUTCOME_CREATED);
	set_row(l, 0, 10, again, OUTCOME_REFUSED); /* replaces it */
	set_row(l, 0, 60, 0, OUTCOME_SKIPPED);
	set_row(l, 0, 99, whole, OUTCOME_UNKNOWN);
	t = totals(l);
	assert_int_equal(t.outcomes.rows[OUTCOME_ACCEPTED], 49);
	assert_int_equal(t.outcomes.rows[OUTCOME_CREATED], 24);
	assert_int_equal(t.outcomes.rows[OUTCOME_REFUSED], 15 + 1);
	assert_int_equal(t.outcomes.rows[OUTCOME_SKIPPED], 2 + 1);
	assert_int_equal(t.outcomes.rows[OUTCOME_REJECTED], 3);
	assert_int_equal(t.outcomes.rows[OUTCOME_UNKNOWN], 1);
	assert_int_equal(t.outcomes.rows[OUTCOME_UNSENT], 9);
	assert_int_equal(t.records, 105);
	assert_int_equal(t.first_begin, 50);
	assert_int_equal(t.last_end, 1059);
	assert_int_equal(t.chunks, 2);
	assert_int_equal(t.record_bytes, 1000);
	assert_int_equal(t.blank_lines, 4);
	assert_int_equal(t.blank_bytes, 9);
	assert_true(t.tiles);
	finish(l);
}

TEST(tiling_is_checked_chunk_by_chunk)
{
	CASES(cases, const char *what; struct ledger_chunk chunks[3];
	      bool tiles) = {
	    {"seamless",
		{{.begin = 3, .end = 13, .record_bytes = 8, .blank_bytes = 2},
		    {.begin = 13, .end = 20, .record_bytes = 7},
		    {.begin = 20, .end = 20}},
		true},
	    {"a gap that the sums hide",
		{{.begin = 0, .end = 10, .record_bytes = 11},
		    {.begin = 11, .end = 20, .record_bytes = 9},
		    {.begin = 20, .end = 20}},
		false},
	    {"two errors that cancel out",
		{{.begin = 0, .end = 10, .record_bytes = 11},
		    {.begin = 10, .end = 20, .record_bytes = 9},
		    {.begin = 20, .end = 30, .record_bytes = 10}},
		false},
	    {"an overlap",
		{{.begin = 0, .end = 10, .record_bytes = 10},
		    {.begin = 9, .end = 20, .record_bytes = 11},
		    {.begin = 20, .end = 20}},
		false},
	    {"blanks that are not counted",
		{{.begin = 0, .end = 10, .record_bytes = 10},
		    {.begin = 10, .end = 20, .record_bytes = 9},
		    {.begin = 20, .end = 20}},
		false},
	};

	EACH (i, cases) {
		struct ledger *l = temporary();

		for (uint64_t k = 3; k-- > 0;) { /* order is by ordinal */
			struct ledger_chunk c = cases[i].chunks[k];

			c.ordinal = k;
			add_chunk(l, &c);
		}
		if (totals(l).tiles != cases[i].tiles)
			fail_msg("%s", cases[i].what);
		finish(l);
	}
}

TEST(what_belongs_to_no_chunk_is_damage)
{
	struct diag d = DIAG_INIT;
	struct ledger_totals t;

	for (int i = 0; i < 5; i++) {
		struct ledger *l = temporary();
		struct ledger_chunk c = chunk(1, 0, 5);

		add_chunk(l, &c);
		if (i == 0)
			add_call(l, 0, 0, 1, CALL_CREATED);
		else if (i == 1)
			add_call(l, 2, 0, 1, CALL_CREATED);
		else if (i == 2)
			set_row(l, 0, 0, 0, OUTCOME_CREATED);
		else if (i == 3)
			set_row(l, 2, 0, 0, OUTCOME_CREATED);
		else
			set_row(l, 1, 5, 0, OUTCOME_CREATED);
		assert_int_equal(ledger_totals(l, &t, &d), -1);
		assert_int_equal(d.kind, DIAG_INPUT);
		finish(l);
	}
}

static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

#define ROWS_MAX 40

struct reference {
	uint64_t rows;
	enum outcome outcome[ROWS_MAX];
	int64_t call[ROWS_MAX];
	bool own[ROWS_MAX];
};

static void
random_chunk(
    struct ledger *l, uint64_t ordinal, struct reference *ref, uint32_t *seed)
{
	struct ledger_chunk c = chunk(ordinal, ordinal * 1000, 0);
	uint32_t calls = next(seed) % 7, own = next(seed) % 6;

	ref->rows = c.rows = next(seed) % (ROWS_MAX + 1);
	for (size_t i = 0; i < ROWS_MAX; i++) {
		ref->outcome[i] = OUTCOME_UNSENT;
		ref->call[i] = 0;
		ref->own[i] = false;
	}
	add_chunk(l, &c);
	while (calls-- > 0 && c.rows > 0) {
		uint64_t first = next(seed) % c.rows;
		uint64_t count = 1 + next(seed) % (c.rows - first);
		enum call_state s = (enum call_state)(next(seed) % 8);
		bool gaps[ROWS_MAX] = {false}, has_gaps = next(seed) % 2;
		int64_t id;

		for (uint64_t i = 0; i < count && has_gaps; i++)
			gaps[i] = next(seed) % 3 == 0;
		gaps[next(seed) % count] = false;
		id = add_call_with(
		    l, ordinal, first, count, s, has_gaps ? gaps : NULL);
		if (s == CALL_SUPERSEDED)
			continue;
		for (uint64_t i = first; i < first + count; i++) {
			if (gaps[i - first])
				continue;
			ref->outcome[i] =
			    call_state_outcome(s, OUTCOME_CREATED);
			ref->call[i] = id;
		}
	}
	while (own-- > 0 && c.rows > 0) {
		uint64_t i = next(seed) % c.rows;
		enum outcome o = (enum outcome)(next(seed) % OUTCOME_COUNT);

		set_row(l, ordinal, i, ref->call[i], o);
		ref->outcome[i] = o;
		ref->own[i] = true;
	}
}

static void
compare_chunk(
    struct ledger_outcomes *o, uint64_t ordinal, const struct reference *ref)
{
	struct diag d = DIAG_INIT;

	assert_int_equal(ledger_outcomes_load(o, ordinal, &d), 0);
	for (uint64_t i = 0; i < ref->rows; i++) {
		struct row_state s = ledger_outcomes_get(o, i);

		assert_int_equal(s.outcome, ref->outcome[i]);
		assert_int_equal(s.call, ref->call[i]);
		assert_int_equal(s.job[0] != '\0', ref->call[i] != 0);
		assert_string_equal(s.process_id, ref->own[i] ? "p-1" : "");
		assert_string_equal(s.text, ref->own[i] ? "words of a row"
					    : ref->call[i] != 0
						? "words of a call"
						: "");
	}
}

TEST(agrees_with_painting_row_by_row)
{
	enum { CHUNKS = 30, ROUNDS = 12 };
	struct reference *refs = xcalloc(CHUNKS, sizeof(*refs));
	uint32_t seed = 20261123;

	for (int round = 0; round < ROUNDS; round++) {
		struct ledger *l = temporary();
		struct ledger_outcomes *o = ledger_outcomes_new(l);
		struct outcome_counts want = {{0}};
		struct ledger_totals t;

		for (uint64_t i = 0; i < CHUNKS; i++) {
			random_chunk(l, i, &refs[i], &seed);
			for (uint64_t k = 0; k < refs[i].rows; k++)
				want.rows[refs[i].outcome[k]]++;
		}
		t = totals(l);
		assert_memory_equal(&t.outcomes, &want, sizeof(want));
		for (uint64_t i = 0; i < CHUNKS; i++)
			compare_chunk(o, i, &refs[i]);
		compare_chunk(o, 3, &refs[3]); /* backwards too */
		ledger_outcomes_free(o);
		finish(l);
	}
	free(refs);
}

TEST(an_own_entry_has_the_job_of_the_call_it_names)
{
	struct diag d = DIAG_INIT;
	struct ledger *l = temporary();
	struct ledger_outcomes *o = ledger_outcomes_new(l);
	struct ledger_chunk c = chunk(0, 0, 9);
	struct row_state s;
	int64_t old;

	add_chunk(l, &c);
	old = add_call(l, 0, 4, 5, CALL_SUPERSEDED);
	add_call(l, 0, 0, 9, CALL_UNKNOWN);
	set_row(l, 0, 7, old, OUTCOME_CREATED);
	set_row(l, 0, 8, 0, OUTCOME_SKIPPED);
	assert_int_equal(ledger_outcomes_load(o, 0, &d), 0);
	s = ledger_outcomes_get(o, 7);
	assert_string_equal(s.job, "job-0-4");
	assert_string_equal(s.evidence, "lookup");
	assert_string_equal(s.code, "rows.exists");
	assert_int_equal(s.http_status, 202);
	s = ledger_outcomes_get(o, 8);
	assert_string_equal(s.job, "");
	assert_int_equal(s.call, 0);
	s = ledger_outcomes_get(o, 6);
	assert_string_equal(s.job, "job-0-0");
	assert_int_equal(s.outcome, OUTCOME_UNKNOWN);
	/* Beyond the chunk, and a chunk that nobody knows. */
	s = ledger_outcomes_get(o, 9);
	assert_int_equal(s.outcome, OUTCOME_UNSENT);
	assert_int_equal(ledger_outcomes_load(o, 77, &d), 0);
	s = ledger_outcomes_get(o, 7);
	assert_int_equal(s.outcome, OUTCOME_UNSENT);
	assert_string_equal(s.text, "");
	ledger_outcomes_free(o);
	ledger_outcomes_free(NULL);
	finish(l);
}

/* Twenty thousand chunks of which one in a hundred has entries of its own: must
 * not grow with the square of anything. */
TEST(large_ledgers_are_summed_in_one_pass)
{
	struct ledger *l = temporary();
	struct ledger_totals t;
	uint64_t i, k;
	clock_t began;

	for (i = 0; i < 20000; i++) {
		struct ledger_chunk c = chunk(i, i * 5000, 500);

		add_chunk(l, &c);
		add_call(l, i, 0, 500, CALL_CREATED);
		for (k = 0; i % 100 == 0 && k < 250; k++)
			set_row(l, i, 2 * k, 0, OUTCOME_REFUSED);
	}
	/* One chunk in single rows, as after many 413s. */
	for (k = 0; k < 500; k++)
		add_call(l, 7, k, 1, CALL_ACKED);
	began = clock();
	t = totals(l);
	assert_true(clock() - began < 2 * CLOCKS_PER_SEC);
	assert_true(t.tiles);
	assert_int_equal(t.outcomes.rows[OUTCOME_REFUSED], 200 * 250);
	assert_int_equal(t.outcomes.rows[OUTCOME_ACCEPTED], 500);
	assert_int_equal(
	    t.outcomes.rows[OUTCOME_CREATED], 20000 * 500 - 200 * 250 - 500);
	finish(l);
}

TEST(each_row_has_the_words_of_its_own_call_or_entry)
{
	static const char *const words[] = {"one", "two", "two", "three"};
	struct diag d = DIAG_INIT;
	struct ledger *l = temporary();
	struct ledger_outcomes *o = ledger_outcomes_new(l);
	struct ledger_chunk c = chunk(0, 0, 8);

	add_chunk(l, &c);
	for (uint64_t i = 0; i < 4; i++) {
		struct ledger_call call = {
		    .first = i, .count = 1, .rows = 1, .state = CALL_REFUSED};
		struct ledger_row r = {.row = i, .index = 4 + i};

		snprintf(call.answer, sizeof(call.answer), "%s", words[i]);
		snprintf(r.text, sizeof(r.text), "row %s", words[i]);
		assert_int_equal(ledger_add_call(l, &call, &d), 0);
		assert_int_equal(ledger_set_row(l, &r, &d), 0);
	}
	assert_int_equal(ledger_outcomes_load(o, 0, &d), 0);
	for (uint64_t i = 0; i < 4; i++) {
		assert_string_equal(ledger_outcomes_get(o, i).text, words[i]);
		assert_string_equal(
		    ledger_outcomes_get(o, 4 + i).text + 4, words[i]);
	}
	ledger_outcomes_free(o);
	finish(l);
}
