/* SPDX-License-Identifier: MIT */
#include "submitter_scene.h"
#include "test.h"

/* A run against a service that answers: jobs, look-ups, limits, entries. */

TEST(jobs_are_followed_to_created)
{
	struct scene s;

	scene_init(&s, 10, 5);
	s.fake.job_ms = 3000;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 50);
	assert_each_received_once(&s);
	assert_true(s.fake.polls >= 10);
	assert_true(s.fake.in_flight_peak <= 4);
	scene_end(&s);
}

TEST(the_first_call_goes_alone)
{
	struct scene s;

	scene_init(&s, 6, 2);
	s.fake.create_ms = 100;
	scene_run(&s);
	assert_true(s.fake.create_times[1] >= s.fake.create_times[0] + 100);
	assert_true(s.fake.create_times[2] < s.fake.create_times[1] + 100);
	scene_end(&s);
}

TEST(an_acknowledgement_without_a_job_is_confirmed_by_lookup)
{
	struct scene s;

	scene_init(&s, 3, 150); /* more keys than one lookup holds */
	s.fake.rest = FAKE_ACK_EMPTY;
	s.fake.job_ms = 4000;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 450);
	assert_true(s.fake.lists >= 6);
	assert_each_received_once(&s);
	scene_end(&s);
}

TEST(rows_that_no_lookup_finds_are_unknown_after_the_settle_time)
{
	struct scene s;
	int64_t began;

	scene_init(&s, 1, 5);
	s.fake.rest = FAKE_ACK_EMPTY;
	s.fake.job_ms = 10 * 60 * 1000; /* longer than settle */
	began = s.fake.mono;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 5);
	assert_true(s.fake.mono - began >= 120000);
	assert_true(s.fake.mono - began < 150000);
	assert_int_equal(s.fake.creates, 1);
	scene_end(&s);
}

TEST(without_a_key_an_acknowledgement_without_a_job_is_accepted)
{
	struct scene s;

	scene_init(&s, 2, 5);
	s.fake.rest = FAKE_ACK_EMPTY;
	s.options.key_name = NULL;
	s.has_keys = false;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_ACCEPTED), 10);
	assert_int_equal(s.fake.lists, 0);
	scene_end(&s);
}

TEST(no_wait_stops_at_the_acknowledgement)
{
	struct scene s;

	scene_init(&s, 4, 5);
	s.options.settings.no_wait = true;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_ACCEPTED), 20);
	assert_int_equal(s.fake.polls + s.fake.lists, 0);
	scene_end(&s);
}

TEST(other_4xx_refuse_the_rows_with_the_services_words)
{
	struct scene s;
	struct ledger_outcomes *o;
	struct row_state row;
	struct diag d = DIAG_INIT;

	scene_init(&s, 4, 5);
	SCRIPT(&s, FAKE_ACK_JOB, FAKE_400);
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 15);
	assert_int_equal(count(&s, OUTCOME_REFUSED), 5);
	o = ledger_outcomes_new(s.ledger);
	assert_int_equal(ledger_outcomes_load(o, 1, &d), 0);
	row = ledger_outcomes_get(o, 3);
	assert_int_equal(row.outcome, OUTCOME_REFUSED);
	assert_string_equal(row.code, "http.400");
	assert_non_null(strstr(row.text, "no such state"));
	ledger_outcomes_free(o);
	scene_end(&s);
}

TEST(a_413_halves_down_to_one_row_and_is_remembered)
{
	struct scene s;
	size_t body_of_five =
	    sizeof("[]") + 5 * sizeof("{\"lead_id\":\"L-99\",\"v\":2}");

	scene_init(&s, 4, 16);
	s.fake.rest = FAKE_413_OVER;
	s.fake.body_max = body_of_five;
	s.options.settings.in_flight = 1;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 64);
	assert_each_received_once(&s);
	/* 16 rows and 8 fail once; then nothing larger than what passed is
	 * sent, in parts that are as large as they may be. */
	assert_int_equal(s.fake.too_large, 2);
	assert_in_range(s.fake.creates, 2 + 16, 2 + 24);
	scene_end(&s);

	scene_init(&s, 1, 4);
	s.fake.rest = FAKE_413_OVER;
	s.fake.body_max = 3;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_REFUSED), 4);
	scene_end(&s);
}

TEST(failed_entries_are_refused_by_key_or_by_position)
{
	for (int without_keys = 0; without_keys < 2; without_keys++) {
		struct scene s;

		scene_init(&s, 2, 10);
		s.fake.errors_per_job = 3;
		s.fake.entries_without_keys = without_keys;
		scene_run(&s);
		assert_int_equal(count(&s, OUTCOME_CREATED), 14);
		assert_int_equal(count(&s, OUTCOME_REFUSED), 6);
		assert_int_equal(s.fake.entries, 2);
		scene_end(&s);
	}
}

/* What a job says and what its entries say must be one thing; where it is not,
 * only what a lookup finds is believed. */
TEST(entries_that_disagree_with_their_job_are_not_believed)
{
	CASES(cases, bool twice, fewer, without_keys;
	      uint64_t created, refused, unknown) = {
	    {false, true, false, 7, 0, 3}, /* one failure is missing */
	    {true, false, false, 7, 2, 1}, /* SUCCESS and ERROR for a row */
	    {false, true, true, 7, 0, 3},
	    {true, false, true, 7, 0, 3}, /* one more than there are rows */
	};

	EACH (i, cases) {
		struct scene s;

		scene_init(&s, 1, 10);
		s.fake.errors_per_job = 3;
		s.fake.entries_twice = cases[i].twice;
		s.fake.entries_fewer = cases[i].fewer;
		s.fake.entries_without_keys = cases[i].without_keys;
		scene_run(&s);
		assert_int_equal(count(&s, OUTCOME_CREATED), cases[i].created);
		assert_int_equal(count(&s, OUTCOME_REFUSED), cases[i].refused);
		assert_int_equal(count(&s, OUTCOME_UNKNOWN), cases[i].unknown);
		scene_end(&s);
	}
}

/* Entries without keys, of which a lookup shows that they are not in the
 * order of the rows. */
TEST(entries_in_another_order_are_not_taken_by_position)
{
	struct scene s;

	scene_init(&s, 1, 10);
	s.fake.errors_per_job = 3;
	s.fake.entries_without_keys = true;
	s.fake.entries_swapped = true;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 7);
	assert_int_equal(count(&s, OUTCOME_REFUSED), 0);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 3);
	scene_end(&s);
}

/* One id for two calls, or answers about another job: nothing of it counts. */
TEST(a_job_belongs_to_one_call)
{
	for (int way = 0; way < 2; way++) {
		struct scene s;

		scene_init(&s, 4, 10);
		s.fake.errors_per_job = 2;
		s.fake.jobs_shared = way == 0;
		s.fake.jobs_other = way == 1;
		s.fake.job_ms = 5000;
		s.options.settings.in_flight = 2;
		scene_run(&s);
		/* The two of each call that failed are never called created,
		 * nor refused for what another job says. */
		assert_int_equal(count(&s, OUTCOME_CREATED), 32);
		assert_int_equal(count(&s, OUTCOME_UNKNOWN), 8);
		assert_each_received_once(&s);
		scene_end(&s);
	}
}

TEST(a_job_that_is_not_known_yet_is_asked_for_again)
{
	struct scene s;

	scene_init(&s, 1, 10);
	s.fake.job_young_ms = 60000;
	s.fake.errors_per_job = 2;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 8);
	assert_int_equal(count(&s, OUTCOME_REFUSED), 2);
	scene_end(&s);
}

TEST(counts_that_do_not_add_up_leave_the_missing_row_unknown)
{
	struct scene s;

	scene_init(&s, 1, 10);
	s.fake.sum_short = true;
	s.fake.job_ms = 0;
	scene_run(&s);
	/* The fake holds all ten: the lookup finds the one that is missing
	 * among the entries. */
	assert_int_equal(count(&s, OUTCOME_CREATED), 10);
	assert_true(s.fake.lists >= 1);
	scene_end(&s);
}

TEST(a_job_that_never_ends_is_closed_and_its_rows_are_unknown)
{
	/* It is asked after 25, 200, 400 and 700 ms, and first known then. */
	CASES(cases, int64_t timeout_ms; size_t polls) = {
	    {60000, 15},
	    {375, 3},
	    {376, 4},
	};

	EACH (i, cases) {
		struct scene s;
		int64_t began;

		scene_init(&s, 1, 10);
		s.fake.jobs_never_end = true;
		s.fake.job_ms = INT64_C(1) << 40; /* lookups find nothing */
		s.fake.create_ms = 0;
		s.options.settings.wait_timeout_ms = cases[i].timeout_ms;
		began = s.fake.mono;
		scene_run(&s);
		assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
		assert_int_equal(s.fake.polls, cases[i].polls);
		assert_true(s.fake.mono - began >= cases[i].timeout_ms);
		scene_end(&s);
	}
}

TEST(a_job_that_is_gone_is_settled_by_lookups)
{
	struct scene s;

	scene_init(&s, 1, 10);
	s.fake.job_gone = true;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 10);
	scene_end(&s);
}

TEST(open_jobs_bound_what_is_sent_ahead)
{
	struct scene s;

	scene_init(&s, 12, 2);
	s.options.settings.open_jobs = 2;
	s.fake.job_ms = 60000;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 24);
	/* Two at a time, a minute each. */
	assert_true(
	    s.fake.create_times[11] - s.fake.create_times[0] >= 5 * 60000);
	scene_end(&s);
}

TEST(rate_holds_over_all_calls)
{
	struct scene s;
	int64_t began;
	size_t calls;

	scene_init(&s, 10, 2);
	s.options.settings.rate_per_s = 2;
	began = s.fake.mono;
	scene_run(&s);
	calls = s.fake.creates + s.fake.polls + s.fake.lists;
	assert_int_equal(count(&s, OUTCOME_CREATED), 20);
	assert_true(s.fake.mono - began >= (int64_t)(calls - 3) * 500);
	scene_end(&s);
}

/* A year off: rows that were created just now would be older than the send. */
TEST(an_answer_that_was_kept_on_its_way_tells_no_time)
{
	for (int has_age = 0; has_age < 2; has_age++) {
		struct scene s;

		scene_init(&s, 2, 10);
		s.fake.date = "Tue, 21 Sep 2027 12:00:00 GMT";
		s.fake.has_age = has_age;
		SCRIPT(&s, FAKE_ACK_JOB, FAKE_LOST_AFTER);
		scene_run(&s);
		assert_int_equal(count(&s, OUTCOME_CREATED), has_age ? 20 : 10);
		scene_end(&s);
	}
}

TEST(what_exists_is_skipped_where_that_is_asked_for)
{
	CASES(cases, bool skips; const char *there[3]; uint64_t created) = {
	    {true, {"L-2"}, 4},
	    {true, {"L-3", "L-6"}, 3},
	    {false, {"L-9"}, 5},
	};

	EACH (i, cases) {
		struct scene s;
		size_t there = 0;

		scene_init(&s, 1, 5);
		s.options.settings.skip_existing = cases[i].skips;
		for (; cases[i].there[there]; there++)
			(void)scene_stands(&s, cases[i].there[there]);
		scene_run(&s);
		assert_int_equal(s.fake.creates, 1);
		assert_int_equal(s.fake.lists, cases[i].skips);
		assert_int_equal(count(&s, OUTCOME_CREATED), cases[i].created);
		assert_int_equal(
		    count(&s, OUTCOME_SKIPPED), 5 - cases[i].created);
		for (size_t k = 0; k < there; k++)
			assert_int_equal(s.fake.keys[k].received, 0);
		scene_end(&s);
	}
}

TEST(no_more_chunks_are_kept_ready_than_can_start)
{
	CASES(cases, uint64_t in_flight, open_jobs;
	      bool changes, skips, is_begun; size_t chunks) = {
	    {4, 16, false, false, false, 4},
	    {1, 16, false, false, false, 1},
	    {4, 16, true, false, false, 4},
	    /* One of them is on its way. */
	    {4, 16, false, false, true, 4},
	    {1, 16, false, false, true, 2},
	    /* What is looked up is open; of that nobody knows how much is
	     * sent. */
	    {4, 16, false, true, false, 16},
	    {4, 3, false, true, false, 3},
	};

	EACH (i, cases) {
		struct scene s;
		struct diag d = DIAG_INIT;
		size_t n = 1;

		scene_init(&s, 99, 2);
		s.options.settings.in_flight = cases[i].in_flight;
		s.options.settings.open_jobs = cases[i].open_jobs;
		s.options.settings.skip_existing = cases[i].skips;
		if (cases[i].changes)
			scene_updates(&s);
		scene_start(&s);
		if (cases[i].is_begun)
			assert_int_equal(submitter_step(s.submitter, 0, &d), 0);
		for (; n < 99 && submitter_wants_chunk(s.submitter); n++) {
			struct chunk c;

			make_chunk(&c, n, 2, true);
			assert_int_equal(submitter_add(s.submitter, &c, &d), 0);
			chunk_release(&c);
		}
		assert_int_equal(n, cases[i].chunks);
		scene_end(&s);
	}
}

/* No list shows anything, so that rows stay open. */
TEST(a_row_that_stays_unknown_is_told_what_its_job_left_open)
{
	enum odd { GONE, OTHER, SHARED, SUM, COUNTS, ENTRIES, ENDLESS, NO_JOB };
	CASES(cases, enum odd odd; const char *said) = {
	    {GONE, "job.gone: ChakraHQ no longer knows the background job; "},
	    {OTHER,
		"job.other: the service answers with another background job; "},
	    {SHARED,
		"job.shared: acknowledged with the background job of another "
		"call; "},
	    {SUM, "job.sum: the background job's counts do not add up to the "
		  "rows that were sent; "},
	    {COUNTS,
		"job.counts: the background job's entries do not agree with "
		"its counts; "},
	    {ENTRIES,
		"job.entries: the background job reports failures, and its "
		"entries do not say which rows; "},
	    {ENDLESS, "job.unfinished: the background job did not finish; "},
	    {NO_JOB, "lookup.absent: acknowledged without a background job; "},
	};

	EACH (i, cases) {
		enum odd odd = cases[i].odd;
		char said[600];
		struct scene s;

		scene_init(&s, odd == SHARED ? 2 : 1, 10);
		s.fake.list_way = FAKE_LIST_BLIND;
		s.fake.job_gone = odd == GONE;
		s.fake.jobs_other = odd == OTHER;
		s.fake.jobs_shared = odd == SHARED;
		s.fake.sum_short = odd == SUM;
		s.fake.errors_per_job = odd == COUNTS || odd == ENTRIES ? 2 : 0;
		s.fake.entries_fewer = odd == COUNTS;
		s.fake.entries_without_keys = odd == ENTRIES;
		s.fake.jobs_never_end = odd == ENDLESS;
		s.fake.rest = odd == NO_JOB ? FAKE_ACK_EMPTY : FAKE_ACK_JOB;
		scene_run(&s);
		scene_first_unknown(&s, said, sizeof(said));
		if (strncmp(said, cases[i].said, strlen(cases[i].said)) != 0)
			fail_msg("'%s', not '%s'", said, cases[i].said);
		scene_end(&s);
	}
}
