/* SPDX-License-Identifier: MIT */
#include "ledger/database.h"
#include "ledger_place.h"
#include "test.h"

#include <sys/stat.h>
#include <unistd.h>

/* What is written into the ledger is read from it. */

static struct ledger_call
call(uint64_t of, enum call_state state)
{
	struct ledger_call c = {.chunk = of,
	    .part = 3,
	    .first = 1,
	    .count = 7,
	    .rows = 6,
	    .state = state,
	    .attempts = 2,
	    .sent_ms = 1000,
	    .answered_ms = 2000,
	    .settled_ms = 3000,
	    .http_status = 202,
	    .job = "job-1",
	    .evidence = "job",
	    .code = "http.202",
	    .answer = "it said “yes”"};

	memset(c.sha256, 0xa5, sizeof(c.sha256));
	return c;
}

PLACE_TEST(gives_back_what_was_written)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct ledger *l = place_create(p);
	struct ledger_chunk c;
	char *value, two[3];

	assert_false(ledger_is_dirty(l));
	for (uint64_t i = 0; i < 5; i++) {
		c = sample_chunk(i);
		assert_int_equal(ledger_add_chunk(l, &c, &d), 0);
	}
	assert_true(ledger_is_dirty(l));
	assert_int_equal(ledger_set(l, "key", "one", &d), 0);
	assert_int_equal(ledger_set(l, "key", "two", &d), 0);
	assert_int_equal(ledger_commit(l, &d), 0);
	assert_false(ledger_is_dirty(l));
	place_close(l);

	l = place_open(p, true);
	assert_int_equal(count_sample_chunks(l), 5);
	assert_int_equal(ledger_get(l, "key", &value, &d), 0);
	assert_string_equal(value, "two");
	free(value);
	assert_int_equal(ledger_get(l, "none", &value, &d), 0);
	assert_null(value);
	assert_int_equal(ledger_get_into(l, "key", two, sizeof(two), &d), 0);
	assert_string_equal(two, "tw");
	assert_int_equal(ledger_get_into(l, "none", two, sizeof(two), &d), 0);
	assert_string_equal(two, "");
	place_close(l);
}

struct seen {
	struct ledger_call calls[8];
	size_t count;
	int stop_after;
};

static int
see_call(void *ctx, const struct ledger_call *c)
{
	struct seen *s = ctx;

	s->calls[s->count++] = *c;
	return s->stop_after > 0 && (int)s->count == s->stop_after ? 7 : 0;
}

static void
assert_same_call(const struct ledger_call *a, const struct ledger_call *b)
{
	const uint64_t numbers[][2] = {{a->chunk, b->chunk}, {a->part, b->part},
	    {a->first, b->first}, {a->count, b->count}, {a->rows, b->rows},
	    {a->state, b->state}, {a->attempts, b->attempts}};
	const int64_t signed_ones[][2] = {{a->id, b->id},
	    {a->sent_ms, b->sent_ms}, {a->answered_ms, b->answered_ms},
	    {a->settled_ms, b->settled_ms}, {a->http_status, b->http_status}};

	EACH (i, numbers)
		assert_int_equal(numbers[i][0], numbers[i][1]);
	EACH (i, signed_ones)
		assert_int_equal(signed_ones[i][0], signed_ones[i][1]);
	assert_memory_equal(a->sha256, b->sha256, sizeof(a->sha256));
	assert_string_equal(a->job, b->job);
	assert_string_equal(a->evidence, b->evidence);
	assert_string_equal(a->code, b->code);
	assert_string_equal(a->answer, b->answer);
}

PLACE_TEST(calls_are_updated_and_walked_by_state)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct ledger *l = place_create(p);
	struct ledger_call c[3];
	struct seen s = {0};

	for (int i = 0; i < 3; i++) {
		struct ledger_chunk chunk = sample_chunk((uint64_t)i);

		assert_int_equal(ledger_add_chunk(l, &chunk, &d), 0);
		c[i] = call((uint64_t)i, CALL_SENT);
		assert_int_equal(ledger_add_call(l, &c[i], &d), 0);
		assert_true(i == 0 || c[i].id > c[i - 1].id);
	}
	c[1].state = CALL_UNKNOWN;
	c[1].http_status = 0;
	snprintf(c[1].answer, sizeof(c[1].answer), "lost");
	assert_int_equal(ledger_update_call(l, &c[1], &d), 0);
	place_close(l);

	l = place_open(p, false);
	assert_int_equal(ledger_each_call(l, -1, see_call, &s, &d), 0);
	assert_int_equal(s.count, 3);
	for (int i = 0; i < 3; i++)
		assert_same_call(&s.calls[i], &c[i]);
	s.count = 0;
	assert_int_equal(
	    ledger_each_call(l, CALL_UNKNOWN, see_call, &s, &d), 0);
	assert_int_equal(s.count, 1);
	assert_int_equal(s.calls[0].id, c[1].id);
	s = (struct seen){.stop_after = 2};
	assert_int_equal(ledger_each_call(l, -1, see_call, &s, &d), 7);
	assert_int_equal(s.count, 2);
	c[0].id = 999;
	assert_int_equal(ledger_update_call(l, &c[0], &d), -1);
	assert_int_equal(d.kind, DIAG_INTERNAL);
	place_close(l);
}

struct adder {
	struct ledger *ledger;
	int seen;
};

static int
add_while_walking(void *ctx, const struct ledger_call *c)
{
	struct adder *a = ctx;
	struct diag d = DIAG_INIT;
	struct ledger_call changed = *c, more = call(c->chunk, CALL_SENT);

	changed.state = CALL_SUPERSEDED;
	assert_int_equal(ledger_update_call(a->ledger, &changed, &d), 0);
	assert_int_equal(ledger_add_call(a->ledger, &more, &d), 0);
	assert_int_equal(ledger_commit(a->ledger, &d), 0);
	a->seen++;
	return 0;
}

PLACE_TEST(a_walk_may_write_and_does_not_see_what_it_adds)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct adder a = {.ledger = place_create(p)};
	struct ledger_call c = call(0, CALL_UNKNOWN);
	struct seen s = {0};

	for (int i = 0; i < 3; i++)
		assert_int_equal(ledger_add_call(a.ledger, &c, &d), 0);
	assert_int_equal(
	    ledger_each_call(a.ledger, -1, add_while_walking, &a, &d), 0);
	assert_int_equal(a.seen, 3);
	assert_int_equal(
	    ledger_each_call(a.ledger, CALL_SENT, see_call, &s, &d), 0);
	assert_int_equal(s.count, 3);
	place_close(a.ledger);
}

static int
add_event_text(void *ctx, int64_t at_ms, const char *kind, const char *text)
{
	char *out = ctx, line[64];

	snprintf(
	    line, sizeof(line), "%lld %s %s;", (long long)at_ms, kind, text);
	strncat(out, line, 200 - strlen(out));
	return 0;
}

PLACE_TEST(events_come_back_in_order)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct ledger *l = place_create(p);
	char out[256] = "";

	assert_int_equal(ledger_add_event(l, 20, "start", "go", &d), 0);
	assert_int_equal(ledger_add_event(l, 10, "pause", "", &d), 0);
	place_close(l);
	l = place_open(p, true);
	assert_int_equal(ledger_each_event(l, add_event_text, out, &d), 0);
	assert_string_equal(out, "20 start go;10 pause ;");
	place_close(l);
}

TEST(a_temporary_one_leaves_nothing_behind)
{
	struct diag d = DIAG_INIT;
	struct ledger *l = ledger_create(NULL, &d);
	struct ledger_chunk c;

	assert_non_null(l);
	for (uint64_t i = 0; i < 100; i++) {
		c = sample_chunk(i);
		assert_int_equal(ledger_add_chunk(l, &c, &d), 0);
	}
	assert_int_equal(ledger_commit(l, &d), 0);
	assert_int_equal(count_sample_chunks(l), 100);
	place_close(l);
}

TEST(states_have_names_and_meanings)
{
	CASES(cases, enum call_state state; const char *name;
	      enum outcome outcome) = {
	    {CALL_SENT, "sent", OUTCOME_UNKNOWN},
	    {CALL_ACKED, "acked", OUTCOME_ACCEPTED},
	    {CALL_CREATED, "created", OUTCOME_CREATED},
	    {CALL_ACCEPTED, "accepted", OUTCOME_ACCEPTED},
	    {CALL_REFUSED, "refused", OUTCOME_REFUSED},
	    {CALL_UNSENT, "unsent", OUTCOME_UNSENT},
	    {CALL_UNKNOWN, "unknown", OUTCOME_UNKNOWN},
	    {CALL_SUPERSEDED, "superseded", OUTCOME_UNSENT},
	};

	EACH (i, cases) {
		assert_string_equal(
		    call_state_name(cases[i].state), cases[i].name);
		assert_int_equal(
		    call_state_outcome(cases[i].state, OUTCOME_CREATED),
		    cases[i].outcome);
	}
}

/* A damaged one gives a number up to the end, and it is counted on from there:
 * what was written with it is taken back. */
PLACE_TEST(a_number_that_no_ledger_can_hold_is_damage)
{
	struct place *p = *state;
	struct ledger *l = place_create(p);
	struct ledger_chunk c = sample_chunk(0);
	struct diag d = DIAG_INIT;
	char *value;

	assert_int_equal(ledger_set(l, "key", "before", &d), 0);
	assert_int_equal(ledger_commit(l, &d), 0);
	assert_int_equal(ledger_set(l, "key", "with it", &d), 0);
	c.records = (uint64_t)INT64_MAX + 1;
	assert_int_equal(ledger_add_chunk(l, &c, &d), -1);
	assert_int_equal(d.kind, DIAG_INPUT);
	assert_string_equal(d.code, "ledger.damaged");
	assert_int_equal(ledger_get(l, "key", &value, &d), 0);
	assert_string_equal(value, "before");
	free(value);
	/* Whoever goes on is told the same. */
	assert_false(ledger_is_dirty(l));
	for (int way = 0; way < 2; way++) {
		d = (struct diag)DIAG_INIT;
		assert_int_equal(way == 0 ? ledger_commit(l, &d)
					  : ledger_set(l, "key", "after", &d),
		    -1);
		assert_string_equal(d.code, "ledger.damaged");
	}
	ledger_free(l);
}

static int
see_sum(void *ctx, const struct ledger_chunk *c)
{
	memcpy(ctx, c->sha256, sizeof(c->sha256));
	return 0;
}

PLACE_TEST(a_sum_that_is_cut_is_filled_up_with_zeros)
{
	static const unsigned char cut[SHA256_BYTES] = {7};
	unsigned char seen[SHA256_BYTES];
	struct place *p = *state;
	struct ledger *l = place_create(p);
	struct diag d = DIAG_INIT;

	for (uint64_t i = 0; i < 2; i++) {
		struct ledger_chunk c = sample_chunk(i);

		assert_int_equal(ledger_add_chunk(l, &c, &d), 0);
	}
	place_close(l);
	place_sql(p, "UPDATE chunk SET sha256 = x'07' WHERE ordinal = 1");
	place_refuses(p, "ledger.damaged", "chunk 1 does not add up");
	l = ledger_open(p->path, true, false, &d);
	assert_non_null(l);
	assert_int_equal(ledger_each_chunk(l, see_sum, seen, &d), 0);
	assert_memory_equal(seen, cut, sizeof(cut));
	place_close(l);
}

TEST(a_call_has_the_rows_of_its_range_without_its_gaps)
{
	CASES(cases, uint64_t index; bool has, has_without_gaps) = {
	    {0, false, false},
	    {4, false, false},
	    {5, true, true},
	    {6, false, true},
	    {12, true, true},
	    {13, false, true},
	    {14, true, true},
	    {15, false, false},
	    {UINT64_MAX, false, false},
	};
	struct ledger_call c = {
	    .first = 5, .count = 10, .gap_bytes = 2, .gaps = {1 << 1, 1}};

	EACH (i, cases) {
		c.gap_bytes = 2;
		assert_int_equal(
		    ledger_call_has(&c, cases[i].index), cases[i].has);
		c.gap_bytes = 0;
		assert_int_equal(ledger_call_has(&c, cases[i].index),
		    cases[i].has_without_gaps);
	}
}

/* Of a temporary ledger, whose file system says nothing. */
TEST(what_sqlite_says_has_a_kind_and_a_code)
{
	CASES(cases, int rc; enum diag_kind kind; const char *code, *words) = {
	    {SQLITE_FULL, DIAG_DISK, "ledger.disk", "No space left"},
	    {SQLITE_READONLY, DIAG_DISK, "ledger.disk", "readonly"},
	    {SQLITE_IOERR_WRITE, DIAG_DISK, "ledger.disk", "I/O error"},
	    {SQLITE_IOERR_SHORT_READ, DIAG_INPUT, "ledger.damaged",
		"it is cut short"},
	    {SQLITE_NOTADB, DIAG_INPUT, "ledger.foreign", "is not a ledger"},
	    {SQLITE_CORRUPT, DIAG_INPUT, "ledger.damaged", "is damaged"},
	    {SQLITE_INTERRUPT, DIAG_INPUT, "ledger.damaged",
		"its pages lead in circles"},
	    {SQLITE_TOOBIG, DIAG_INPUT, "ledger.damaged", "a value that"},
	    {SQLITE_BUSY, DIAG_LOCKED, "ledger.locked", "another process"},
	};
	struct diag d = DIAG_INIT;
	struct ledger *l = ledger_create(NULL, &d);

	assert_non_null(l);
	EACH (i, cases) {
		assert_int_equal(ledger_sql_error(l, cases[i].rc, &d), -1);
		assert_int_equal(d.kind, cases[i].kind);
		assert_string_equal(d.code, cases[i].code);
		if (strstr(d.message, cases[i].words) == NULL ||
		    strstr(d.message, "(temporary)") == NULL)
			fail_msg("%s", d.message);
	}
	place_close(l);
}
