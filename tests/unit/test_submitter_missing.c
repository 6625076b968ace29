/* SPDX-License-Identifier: MIT */
#include "submitter_scene.h"
#include "test.h"

/* An upsert: rows that no process has are created, and "not there" is believed
 * only of lookups that can be trusted. Changes are in update.bats. */

static void
upsert(struct scene *s, size_t chunks, size_t rows)
{
	scene_init(s, chunks, rows);
	scene_upserts(s);
}

TEST(what_is_not_there_is_created_and_what_is_the_same_is_left_alone)
{
	struct scene s;

	upsert(&s, 3, 10);
	scene_stands(&s, "L-3");
	scene_stands(&s, "L-14");
	scene_stands(&s, "L-31");
	scene_run(&s);
	assert_null(submitter_stopped(s.submitter));
	assert_int_equal(count(&s, OUTCOME_CREATED), 27);
	assert_int_equal(count(&s, OUTCOME_UNCHANGED), 3);
	assert_int_equal(s.fake.creates, 3);
	scene_end(&s);
}

/* Nothing is sent on the word of a lookup about which something is odd. */
TEST(a_lookup_that_cannot_be_trusted_creates_nothing)
{
	static const struct {
		enum fake_list way;
		size_t foreign_pages;
		const char *there, *words; /* words NULL = it can be */
	} cases[] = {
	    {FAKE_LIST_GOOD, 0, NULL, NULL},
	    {FAKE_LIST_HIDES, 0, NULL, "did not show a key that is known"},
	    {FAKE_LIST_ALL, 0, NULL, "processes that were not asked for"},
	    {FAKE_LIST_LOWER, 0, "L-5", "in another spelling"},
	    {FAKE_LIST_GOOD, 1, NULL, "does not tell its key"},
	    {FAKE_LIST_EMPTY_MORE, 0, NULL, "an empty page"},
	};

	EACH (i, cases) {
		struct scene s;
		const struct diag *why;

		upsert(&s, 3, 10);
		s.fake.list_way = cases[i].way;
		s.fake.list_foreign_pages = cases[i].foreign_pages;
		if (cases[i].there)
			scene_stands(&s, cases[i].there);
		scene_run(&s);
		why = submitter_stopped(s.submitter);
		assert_int_equal(s.fake.creates, cases[i].words ? 0 : 3);
		assert_int_equal(why != NULL, cases[i].words != NULL);
		if (why != NULL) {
			assert_string_equal(why->code, "lookup.untrusted");
			assert_non_null(strstr(why->message, "(rows 2-11): "));
			assert_non_null(strstr(why->message, cases[i].words));
			assert_non_null(strstr(why->help, "was sent; find"));
			assert_int_equal(why->kind, DIAG_SERVICE);
			assert_int_equal(
			    count(&s, OUTCOME_UNSENT), s.sent_chunks * 10);
		}
		scene_end(&s);
	}
}

TEST(in_an_empty_procedure_one_row_goes_first)
{
	static const struct {
		size_t chunks, rows, creates;
	} cases[] = {{1, 1, 1}, {1, 10, 2}, {3, 10, 4}, {3, 1, 3}};

	EACH (i, cases) {
		struct scene s;
		size_t rows = cases[i].chunks * cases[i].rows;

		upsert(&s, cases[i].chunks, cases[i].rows);
		s.fake.list_way = FAKE_LIST_EMPTY;
		s.fake.job_ms = 3000;
		scene_run(&s);
		assert_null(submitter_stopped(s.submitter));
		assert_int_equal(count(&s, OUTCOME_CREATED), rows);
		assert_int_equal(s.fake.creates, cases[i].creates);
		/* The others wait until it is there. */
		if (cases[i].creates > 1)
			assert_true(
			    s.fake.create_times[1] - s.fake.create_times[0] >=
			    3000);
		assert_each_received_once(&s);
		scene_end(&s);
	}
}

/* One of the rows is there, and shows that lookups see. */
TEST(in_a_procedure_of_which_only_a_row_is_seen_no_row_goes_first)
{
	static const char *const there[] = {"L-2", "L-7", "L-11"};

	EACH (i, there) {
		struct scene s;

		upsert(&s, 1, 10);
		s.fake.list_way = FAKE_LIST_EMPTY;
		(void)scene_stands(&s, there[i]);
		scene_run(&s);
		assert_null(submitter_stopped(s.submitter));
		assert_int_equal(count(&s, OUTCOME_CREATED), 9);
		assert_int_equal(s.fake.creates, 1);
		scene_end(&s);
	}
}

TEST(no_wait_waits_for_the_first_row_all_the_same)
{
	struct scene s;

	upsert(&s, 2, 10);
	s.fake.list_way = FAKE_LIST_EMPTY;
	s.options.settings.no_wait = true;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 1);
	assert_int_equal(count(&s, OUTCOME_ACCEPTED), 19);
	scene_end(&s);
}

TEST(a_first_row_that_no_lookup_shows_stops_the_run)
{
	struct scene s;
	const struct diag *why;

	upsert(&s, 3, 10);
	s.fake.list_way = FAKE_LIST_BLIND;
	scene_run(&s);
	why = submitter_stopped(s.submitter);
	assert_non_null(why);
	assert_string_equal(why->code, "lookup.untrusted");
	assert_int_equal(s.fake.creates, 1);
	assert_int_equal(count(&s, OUTCOME_CREATED), 1);
	assert_int_equal(count(&s, OUTCOME_CREATED) + count(&s, OUTCOME_UNSENT),
	    s.sent_chunks * 10);
	scene_end(&s);
}

/* The next row goes first then. */
TEST(a_first_row_that_is_refused_or_lost_is_not_the_last)
{
	static const enum fake_create firsts[] = {
	    FAKE_400, FAKE_LOST_BEFORE, FAKE_ACK_NOTHING, FAKE_LOST_AFTER};

	EACH (i, firsts) {
		struct scene s;
		bool arrives = firsts[i] == FAKE_LOST_AFTER;

		upsert(&s, 2, 10);
		s.fake.list_way = FAKE_LIST_EMPTY;
		SCRIPT(&s, firsts[i]);
		scene_run(&s);
		assert_null(submitter_stopped(s.submitter));
		assert_int_equal(count(&s, OUTCOME_CREATED), arrives ? 20 : 19);
		assert_int_equal(
		    count(&s, OUTCOME_REFUSED), firsts[i] == FAKE_400);
		assert_int_equal(count(&s, OUTCOME_UNKNOWN),
		    firsts[i] != FAKE_400 && !arrives);
		assert_each_received_once(&s);
		scene_end(&s);
	}
}

/* Also not where a resend was asked for: the next import finds what arrived. */
TEST(a_create_of_an_upsert_is_never_sent_twice)
{
	static const enum fake_create lost[] = {
	    FAKE_LOST_BEFORE, FAKE_LOST_HALF, FAKE_ACK_NOTHING, FAKE_500};

	EACH (i, lost) {
		struct scene s;

		upsert(&s, 3, 10);
		s.options.settings.on_unknown = UNKNOWN_RESEND_ABSENT;
		SCRIPT(&s, FAKE_ACK_JOB, lost[i]);
		scene_run(&s);
		assert_int_equal(s.fake.creates, 3);
		assert_int_equal(count(&s, OUTCOME_UNKNOWN),
		    lost[i] == FAKE_LOST_HALF ? 5 : 10);
		assert_each_received_once(&s);
		scene_end(&s);
	}
}

/* What was not taken is looked up again: it may be there by then. */
TEST(a_create_that_was_not_taken_is_looked_up_again)
{
	static const enum fake_create sent_back[] = {
	    FAKE_NOT_SENT, FAKE_429, FAKE_503_AFTER};

	EACH (i, sent_back) {
		struct scene s;

		upsert(&s, 1, 10);
		SCRIPT(&s, sent_back[i]);
		scene_run(&s);
		assert_null(submitter_stopped(s.submitter));
		assert_int_equal(count(&s, OUTCOME_CREATED), 10);
		assert_int_equal(s.fake.creates, 2);
		assert_int_equal(s.fake.lists, 2);
		scene_end(&s);
	}
}

struct seen_calls {
	size_t count;
	struct ledger_call items[8];
};

static int
see_call(void *ctx, const struct ledger_call *c)
{
	struct seen_calls *seen = ctx;

	seen->items[seen->count++ % 8] = *c;
	return 0;
}

/* … and is changed then, by a call of its own: the other one was a create. */
TEST(a_create_that_was_not_taken_is_a_change_of_what_is_there_by_then)
{
	struct scene s;
	struct fake_key *k;
	struct seen_calls seen = {0};
	struct diag d = DIAG_INIT;

	upsert(&s, 1, 1);
	SCRIPT(&s, FAKE_NOT_SENT);
	k = scene_differs(&s, "L-2");
	k->visible_at = s.fake.wall + 25;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_UPDATED), 1);
	assert_int_equal(
	    ledger_each_call(s.ledger, -1, see_call, &seen, &d), 0);
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.items[0].done, OUTCOME_CREATED);
	assert_int_equal(seen.items[0].state, CALL_UNSENT);
	assert_int_equal(seen.items[1].done, OUTCOME_UPDATED);
	assert_int_not_equal(seen.items[1].part, seen.items[0].part);
	scene_end(&s);
}

TEST(a_create_that_is_too_large_is_halved)
{
	struct scene s;

	upsert(&s, 1, 16);
	s.fake.rest = FAKE_413_OVER;
	s.fake.body_max = 155;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 16);
	assert_true(s.fake.too_large > 0);
	assert_each_received_once(&s);
	scene_end(&s);
}

/* A part that ended anyhow, then another one: each row once. */
TEST(a_later_part_goes_on_where_the_first_one_stopped)
{
	static const struct {
		enum fake_create what;
		int mode;
		uint64_t created, unknown;
	} cases[] = {
	    {FAKE_401, RESUME_SEND, 10, 0},
	    {FAKE_401, RESUME_RECONCILE, 0, 0},
	    {FAKE_LOST_AFTER, RESUME_SEND, 10, 0},
	    {FAKE_LOST_BEFORE, RESUME_SEND, 0, 10},
	    {FAKE_LOST_BEFORE, RESUME_RECONCILE, 0, 10},
	    {FAKE_401, RESUME_AFTER_DAMAGE, 0, 10},
	};

	EACH (i, cases) {
		struct scene s;

		upsert(&s, 1, 10);
		s.options.settings.settle_ms = 1000;
		SCRIPT(&s, cases[i].what);
		scene_part(&s, FIRST_PART);
		scene_part(&s, cases[i].mode);
		assert_int_equal(count(&s, OUTCOME_CREATED), cases[i].created);
		assert_int_equal(count(&s, OUTCOME_UNKNOWN), cases[i].unknown);
		scene_end(&s);
	}
}

TEST(a_row_without_a_key_is_never_created)
{
	struct scene s;

	upsert(&s, 1, 10);
	s.has_keys = false;
	scene_run(&s);
	assert_int_equal(s.fake.creates, 0);
	assert_int_equal(count(&s, OUTCOME_ABSENT), 10);
	scene_end(&s);
}

/* Who only looks tells what would be created, also where nothing is. */
TEST(who_only_looks_creates_nothing)
{
	static const enum fake_list ways[] = {FAKE_LIST_GOOD, FAKE_LIST_EMPTY};

	EACH (i, ways) {
		struct scene s;

		upsert(&s, 2, 10);
		s.options.looks_only = true;
		s.fake.list_way = ways[i];
		scene_run(&s);
		assert_null(submitter_stopped(s.submitter));
		assert_int_equal(s.fake.creates, 0);
		assert_int_equal(submitter_facts(s.submitter).rows_settled, 20);
		scene_end(&s);
	}
}

TEST(what_an_earlier_part_settled_is_settled_for_the_next_one)
{
	struct scene s;
	struct diag d = DIAG_INIT;
	struct chunk c;

	upsert(&s, 1, 10);
	scene_stands(&s, "L-3");
	scene_stands(&s, "L-4");
	s.fake.errors_per_job = 1;
	scene_part(&s, FIRST_PART);
	assert_int_equal(count(&s, OUTCOME_UNCHANGED), 2);
	assert_int_equal(count(&s, OUTCOME_REFUSED), 1);
	s.submitter =
	    submitter_new(&s.options, &s.transport, s.ledger, &s.clock);
	make_chunk(&c, 0, 10, true);
	assert_int_equal(
	    submitter_resume_chunk(s.submitter, &c, RESUME_SEND, &d), 0);
	assert_int_equal(submitter_facts(s.submitter).rows_settled, 10);
	chunk_release(&c);
	scene_end(&s);
}
