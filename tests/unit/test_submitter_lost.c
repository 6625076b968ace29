/* SPDX-License-Identifier: MIT */
#include "submitter_scene.h"
#include "test.h"

/* Answers that were lost: looked up, and never sent twice unasked. */

TEST(a_lost_answer_is_looked_up_and_never_sent_again)
{
	CASES(cases, enum fake_create what; uint64_t created, unknown) = {
	    {FAKE_LOST_AFTER, 30, 0},
	    {FAKE_LOST_BEFORE, 20, 10},
	    {FAKE_LOST_HALF, 25, 5},
	    {FAKE_500, 20, 10},
	};

	EACH (i, cases) {
		struct scene s;

		scene_init(&s, 3, 10);
		SCRIPT(&s, FAKE_ACK_JOB, cases[i].what);
		scene_run(&s);
		assert_int_equal(count(&s, OUTCOME_CREATED), cases[i].created);
		assert_int_equal(count(&s, OUTCOME_UNKNOWN), cases[i].unknown);
		assert_each_received_once(&s);
		scene_end(&s);
	}
}

TEST(hold_looks_nothing_up)
{
	struct scene s;

	scene_init(&s, 3, 10);
	s.options.settings.on_unknown = UNKNOWN_HOLD;
	SCRIPT(&s, FAKE_ACK_JOB, FAKE_LOST_AFTER);
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	assert_int_equal(s.fake.lists, 0);
	scene_end(&s);
}

TEST(after_an_unknown_answer_nothing_is_sent_before_the_service_answers)
{
	struct scene s;

	scene_init(&s, 5, 2);
	s.options.settings.in_flight = 1;
	SCRIPT(&s, FAKE_ACK_JOB, FAKE_LOST_BEFORE);
	scene_run(&s);
	assert_true(s.fake.probes >= 1);
	assert_int_equal(s.fake.creates, 5);
	scene_end(&s);
}

TEST(nothing_is_read_ahead_while_an_unknown_answer_is_asked_about)
{
	struct scene s;
	struct diag d = DIAG_INIT;

	scene_init(&s, 9, 2);
	s.fake.rest = FAKE_LOST_BEFORE;
	s.fake.list_down = true;
	scene_start(&s);
	assert_true(submitter_wants_chunk(s.submitter));
	assert_int_equal(submitter_step(s.submitter, 20, &d), 0);
	assert_false(submitter_wants_chunk(s.submitter));
	scene_end(&s);
}

TEST(resend_absent_sends_once_more_what_was_never_found)
{
	struct scene s;
	char *events;

	scene_init(&s, 3, 10);
	s.options.settings.on_unknown = UNKNOWN_RESEND_ABSENT;
	SCRIPT(&s, FAKE_ACK_JOB, FAKE_LOST_BEFORE);
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 30);
	assert_int_equal(s.fake.creates, 4);
	events = scene_events(&s);
	assert_non_null(strstr(events, "unknown: rows 12-21: timed out\n"));
	assert_non_null(strstr(
	    events, "resend: rows 12-21: none was found, sent again once\n"));
	free(events);
	scene_end(&s);
}

TEST(resend_absent_leaves_a_call_alone_of_which_a_row_was_found)
{
	struct scene s;

	scene_init(&s, 3, 10);
	s.options.settings.on_unknown = UNKNOWN_RESEND_ABSENT;
	SCRIPT(&s, FAKE_ACK_JOB, FAKE_LOST_HALF);
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 25);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 5);
	assert_int_equal(s.fake.creates, 3);
	assert_each_received_once(&s);
	scene_end(&s);
}

TEST(resend_absent_resends_once_only)
{
	struct scene s;

	scene_init(&s, 2, 10);
	s.options.settings.on_unknown = UNKNOWN_RESEND_ABSENT;
	SCRIPT(&s, FAKE_ACK_JOB, FAKE_LOST_BEFORE, FAKE_LOST_BEFORE);
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	assert_int_equal(s.fake.creates, 3);
	scene_end(&s);
}

TEST(nothing_that_left_this_machine_is_tried_again_with_backoff)
{
	struct scene s;

	scene_init(&s, 3, 10);
	for (size_t i = 0; i < 6; i++)
		s.fake.script[i] = FAKE_NOT_SENT;
	s.fake.script_len = 6;
	scene_run(&s);
	assert_null(submitter_stopped(s.submitter));
	assert_int_equal(count(&s, OUTCOME_CREATED), 30);
	assert_each_received_once(&s);
	scene_end(&s);
}

/* A service that always says that there is more: what was not found may still
 * come, so nothing is sent again, and the run ends. */
TEST(a_list_without_an_end_proves_nothing)
{
	struct scene s;

	scene_init(&s, 1, 10);
	s.options.settings.on_unknown = UNKNOWN_RESEND_ABSENT;
	s.fake.list_foreign_pages = SIZE_MAX;
	SCRIPT(&s, FAKE_LOST_BEFORE);
	scene_run(&s);
	assert_int_equal(s.fake.creates, 1);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	assert_in_range(s.fake.lists, 200, 10000);
	scene_end(&s);
}

TEST(a_list_of_two_hundred_pages_has_an_end)
{
	CASES(cases, size_t others; bool ends) = {{199, true}, {200, false}};

	EACH (i, cases) {
		struct scene s;

		scene_init(&s, 1, 10);
		s.options.settings.skip_existing = true;
		s.fake.list_foreign_pages = cases[i].others;
		scene_run(&s);
		assert_int_equal(s.fake.creates, cases[i].ends);
		assert_int_equal(
		    submitter_stopped(s.submitter) == NULL, cases[i].ends);
		assert_int_equal(s.fake.lists, cases[i].ends ? 200 : 2000);
		scene_end(&s);
	}
}

/* One call of ten, whose rows are not there, and a service about which
 * something is odd: sent again only by one that shows what it should. */
TEST(absence_is_believed_only_of_a_service_that_can_see)
{
	static const struct {
		enum fake_list way;
		const char *code; /* NULL = sent again */
	} cases[] = {
	    {FAKE_LIST_GOOD, NULL},
	    {FAKE_LIST_BLIND, "lookup.control_missing"},
	    {FAKE_LIST_OLDER, "lookup.older"},
	    {FAKE_LIST_ALL, "lookup.where_ignored"},
	    {FAKE_LIST_EMPTY_MORE, "lookup.no_end"},
	};

	EACH (i, cases) {
		struct scene s;

		scene_init(&s, 3, 10);
		s.options.settings.on_unknown = UNKNOWN_RESEND_ABSENT;
		s.fake.list_way = cases[i].way;
		SCRIPT(&s, FAKE_ACK_JOB, FAKE_LOST_BEFORE);
		scene_run(&s);
		assert_int_equal(s.fake.creates, cases[i].code ? 3 : 4);
		assert_int_equal(
		    count(&s, OUTCOME_UNKNOWN), cases[i].code ? 10 : 0);
		if (cases[i].code)
			assert_true(scene_has_code(&s, cases[i].code));
		scene_end(&s);
	}
}

/* Nothing is known to be there, and so nothing proves that a list sees. */
TEST(an_empty_procedure_is_no_control)
{
	struct scene s;

	scene_init(&s, 1, 10);
	s.options.settings.on_unknown = UNKNOWN_RESEND_ABSENT;
	s.fake.list_way = FAKE_LIST_EMPTY;
	SCRIPT(&s, FAKE_LOST_BEFORE);
	scene_run(&s);
	assert_int_equal(s.fake.creates, 1);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	assert_true(scene_has_code(&s, "lookup.no_control"));
	scene_end(&s);
}

/* Rows that are there and look otherwise: neither found nor sent again. */
TEST(a_key_in_another_spelling_is_said_and_not_sent_again)
{
	struct scene s;

	scene_init(&s, 2, 10);
	s.options.settings.on_unknown = UNKNOWN_RESEND_ABSENT;
	s.fake.list_way = FAKE_LIST_LOWER;
	SCRIPT(&s, FAKE_ACK_JOB, FAKE_LOST_AFTER);
	scene_run(&s);
	assert_int_equal(s.fake.creates, 2);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	assert_true(scene_has_code(&s, "lookup.key_changed"));
	assert_each_received_once(&s);
	scene_end(&s);
}

/* What is there, since nobody knows when, is nobody's. */
TEST(a_created_at_that_cannot_be_read_settles_nothing)
{
	struct scene s;

	scene_init(&s, 2, 10);
	s.options.settings.on_unknown = UNKNOWN_RESEND_ABSENT;
	s.fake.list_way = FAKE_LIST_WORDS;
	SCRIPT(&s, FAKE_ACK_JOB, FAKE_LOST_AFTER);
	scene_run(&s);
	assert_int_equal(s.fake.creates, 2);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	assert_true(scene_has_code(&s, "lookup.bad_time"));
	scene_end(&s);
}

/* The control is one that was always there: it proves that the list sees, not
 * that it sees what is new, and so the time is doubled. */
TEST(a_listed_control_takes_twice_the_time)
{
	struct scene s;

	scene_init(&s, 1, 10);
	s.options.settings.on_unknown = UNKNOWN_RESEND_ABSENT;
	s.fake.list_way = FAKE_LIST_LATE;
	s.fake.list_lag_ms = s.options.settings.settle_ms * 3 / 2;
	SCRIPT(&s, FAKE_LOST_AFTER);
	scene_run(&s);
	assert_int_equal(s.fake.creates, 1);
	assert_int_equal(count(&s, OUTCOME_CREATED), 10);
	scene_end(&s);
}

/* A newer row of ours is the witness: a list that lags does not show it
 * either. */
TEST(a_list_that_lags_does_not_show_the_control)
{
	struct scene s;

	scene_init(&s, 4, 10);
	s.options.settings.on_unknown = UNKNOWN_RESEND_ABSENT;
	s.options.settings.in_flight = 1;
	s.fake.list_way = FAKE_LIST_LATE;
	s.fake.list_lag_ms = s.options.settings.settle_ms * 5;
	SCRIPT(&s, FAKE_ACK_JOB, FAKE_LOST_AFTER);
	scene_run(&s);
	assert_int_equal(s.fake.creates, 4);
	assert_true(scene_has_code(&s, "lookup.control_missing"));
	assert_each_received_once(&s);
	scene_end(&s);
}

/* {} is no job: what no lookup shows is sent again like a lost answer. */
TEST(rows_acknowledged_without_a_job_and_absent_can_be_sent_again)
{
	struct scene s;

	scene_init(&s, 2, 10);
	s.options.settings.on_unknown = UNKNOWN_RESEND_ABSENT;
	SCRIPT(&s, FAKE_ACK_JOB, FAKE_ACK_NOTHING);
	scene_run(&s);
	assert_int_equal(s.fake.creates, 3);
	assert_int_equal(count(&s, OUTCOME_CREATED), 20);
	scene_end(&s);
}

TEST(a_lookup_holds_a_hundred_keys_and_is_halved_when_refused)
{
	CASES(cases, size_t keys_max, lists; uint64_t created) = {
	    {0, 3, 500}, {100, 3, 500}, {60, 7, 500}, {9, 54, 500},
	    {2, 256, 500}, {1, 17, 250}, /* nothing can be asked */
	};

	EACH (i, cases) {
		struct scene s;

		scene_init(&s, 2, 250);
		s.options.settings.on_unknown = UNKNOWN_RESEND_ABSENT;
		s.fake.list_keys_max = cases[i].keys_max;
		SCRIPT(&s, FAKE_ACK_JOB, FAKE_LOST_AFTER);
		scene_run(&s);
		assert_int_equal(count(&s, OUTCOME_CREATED), cases[i].created);
		assert_int_equal(s.fake.list_keys_peak, 100);
		assert_int_equal(s.fake.lists, cases[i].lists);
		scene_end(&s);
	}
}

/* Between two pages the service asks for a pause: the question after it is
 * the same, and not one without keys, which asks for everything. */
TEST(a_pause_between_pages_begins_the_list_again)
{
	struct scene s;

	scene_init(&s, 1, 10);
	s.fake.list_foreign_pages = 3;
	s.fake.list_429_at = 3;
	SCRIPT(&s, FAKE_LOST_AFTER);
	scene_run(&s);
	assert_int_equal(s.fake.lists_of_all, 0);
	assert_int_equal(s.fake.lists, 3 + 4);
	assert_int_equal(count(&s, OUTCOME_CREATED), 10);
	scene_end(&s);
}

static void
run_to_the_end(struct scene *s)
{
	struct diag d = DIAG_INIT;

	submitter_input_ended(s->submitter);
	for (int steps = 0; !submitter_is_idle(s->submitter); steps++) {
		assert_int_equal(submitter_step(s->submitter, 250, &d), 0);
		assert_true(steps < 10000);
	}
	scene_close_books(s);
}

TEST(a_whole_list_makes_up_for_lookups_that_failed_before_it)
{
	struct scene s;
	struct diag d = DIAG_INIT;

	scene_init(&s, 1, 10);
	s.options.settings.on_unknown = UNKNOWN_RESEND_ABSENT;
	SCRIPT(&s, FAKE_LOST_BEFORE);
	s.fake.list_foreign = true;
	scene_start(&s);
	while (s.fake.lists < 2)
		assert_int_equal(submitter_step(s.submitter, 250, &d), 0);
	s.fake.list_foreign = false;
	run_to_the_end(&s);
	assert_int_equal(s.fake.creates, 2);
	assert_int_equal(count(&s, OUTCOME_CREATED), 10);
	scene_end(&s);
}

/* One chunk, of which the row `i` has no key. */
static void
run_without_key(struct scene *s, size_t i)
{
	struct diag d = DIAG_INIT;
	struct chunk c;

	s->submitter =
	    submitter_new(&s->options, &s->transport, s->ledger, &s->clock);
	make_chunk(&c, 0, s->rows, true);
	c.rows[i].key_len = 0;
	assert_int_equal(submitter_add(s->submitter, &c, &d), 0);
	chunk_release(&c);
	run_to_the_end(s);
}

/* No lookup can tell of it, whatever it tells of the others. */
TEST(a_row_without_a_key_among_others_is_accepted)
{
	CASES(cases, enum fake_create way; size_t keyless; uint64_t created) = {
	    {FAKE_ACK_EMPTY, 0, 9},
	    {FAKE_ACK_NOTHING, 0, 0},
	    {FAKE_ACK_NOTHING, 9, 0},
	};

	EACH (i, cases) {
		struct scene s;

		scene_init(&s, 1, 10);
		s.fake.rest = cases[i].way;
		run_without_key(&s, cases[i].keyless);
		assert_int_equal(count(&s, OUTCOME_ACCEPTED), 1);
		assert_int_equal(count(&s, OUTCOME_CREATED), cases[i].created);
		assert_int_equal(
		    count(&s, OUTCOME_UNKNOWN), 9 - cases[i].created);
		scene_end(&s);
	}
}

/* A job may take as long as others did before its rows are seen. */
TEST(what_was_lost_is_looked_up_for_four_times_the_slowest_job)
{
	CASES(cases, int64_t job_ms; bool is_slow) = {
	    {20000, false},
	    {50000, true},
	};

	EACH (i, cases) {
		int64_t took, settle_ms = 120000;
		struct scene s;

		scene_init(&s, 2, 5);
		s.options.settings.open_jobs = 1;
		s.fake.job_ms = cases[i].job_ms;
		SCRIPT(&s, FAKE_ACK_JOB, FAKE_LOST_BEFORE);
		scene_run(&s);
		assert_int_equal(count(&s, OUTCOME_UNKNOWN), 5);
		took = s.fake.create_times[1] - s.fake.create_times[0];
		if (cases[i].is_slow)
			settle_ms = 4 * took;
		assert_in_range(s.fake.mono - s.fake.create_times[1],
		    settle_ms - 200, settle_ms + 200);
		scene_end(&s);
	}
}
