/* SPDX-License-Identifier: MIT */
#include "submitter_scene.h"
#include "test.h"

/* Rows whose processes are changed: what is sent, and what becomes of a change
 * whose answer does not tell it. */

/* One chunk of ten rows, L-2 to L-11, of which the first six have processes
 * that differ, and two more such as they are to be. */
static void
begin(struct scene *s)
{
	char key[16];

	scene_init(s, 1, 10);
	scene_updates(s);
	for (int i = 2; i < 10; i++) {
		snprintf(key, sizeof(key), "L-%d", i);
		(void)(i < 8 ? scene_differs(s, key) : scene_stands(s, key));
	}
}

TEST(what_differs_is_changed_and_looked_at_once_more_alone)
{
	struct scene s;

	begin(&s);
	s.fake.job_ms = 3000;
	scene_run(&s);
	assert_null(submitter_stopped(s.submitter));
	assert_int_equal(count(&s, OUTCOME_UPDATED), 6);
	assert_int_equal(count(&s, OUTCOME_UNCHANGED), 2);
	assert_int_equal(count(&s, OUTCOME_ABSENT), 2);
	/* The first one alone: does it read back as it was written? */
	assert_int_equal(s.fake.updates, 2);
	assert_true(s.fake.create_times[1] >= s.fake.create_times[0] + 3000);
	for (size_t i = 0; i < 8; i++) {
		assert_int_equal(s.fake.keys[i].v, SCENE_V);
		assert_int_equal(s.fake.keys[i].received, i < 6);
	}
	scene_end(&s);
}

#define NEITHER                                                                \
	"the answer was lost, and the process is neither as it was before "    \
	"nor as it was to become"
#define OTHER 77
#define AS_WANTED SCENE_V

/* One row, and a process that somebody else may change meanwhile. */
TEST(a_change_is_what_looks_show_of_it)
{
	CASES(cases, enum fake_create ways[4]; int was, becomes; int64_t at_ms;
	      size_t updates; enum outcome outcome;
	      const char *evidence, *code, *text) = {
	    {{0}, 1, 1, 0, 1, OUTCOME_UPDATED, "lookup", "", ""},
	    {{0}, AS_WANTED, AS_WANTED, 0, 0, OUTCOME_UNCHANGED, "", "", ""},
	    {{FAKE_LOST_AFTER}, 1, 1, 0, 1, OUTCOME_UPDATED, "lookup", "", ""},
	    {{FAKE_LOST_BEFORE}, 1, 1, 0, 2, OUTCOME_UPDATED, "lookup", "", ""},
	    {{FAKE_LOST_BEFORE, FAKE_500, FAKE_LOST_BEFORE}, 1, 1, 0, 3,
		OUTCOME_UNKNOWN, "", "update.not_settled",
		"the change was sent, and does not show"},
	    /* Changed while nobody looked. */
	    {{FAKE_LOST_BEFORE}, 1, OTHER, 25, 1, OUTCOME_CONFLICT, "lookup",
		"update.conflict", NEITHER},
	    {{FAKE_LOST_BEFORE}, 1, AS_WANTED, 25, 1, OUTCOME_UPDATED, "lookup",
		"", ""},
	    /* Before the pause is over. */
	    {{FAKE_NOT_SENT}, 1, AS_WANTED, 25, 1, OUTCOME_UNCHANGED, "", "",
		""},
	    {{FAKE_LOST_BEFORE, FAKE_429}, 1, AS_WANTED, 130000, 2,
		OUTCOME_UPDATED, "lookup", "", ""},
	    {{FAKE_LOST_BEFORE, FAKE_429}, 1, OTHER, 130000, 2,
		OUTCOME_CONFLICT, "lookup", "update.conflict", NEITHER},
	    {{FAKE_LOST_BEFORE, FAKE_429}, 1, 1, 0, 3, OUTCOME_UPDATED,
		"lookup", "", ""},
	};

	EACH (i, cases) {
		struct scene s;
		struct fake_key *k;

		scene_init(&s, 1, 1);
		scene_updates(&s);
		s.fake.retry_after = "30";
		memcpy(s.fake.script, cases[i].ways, sizeof(cases[i].ways));
		s.fake.script_len = 4;
		k = scene_stands(&s, "L-2");
		k->v_before = cases[i].was;
		k->v = cases[i].becomes;
		k->changed_at = s.fake.wall + cases[i].at_ms;
		scene_run(&s);
		assert_int_equal(s.fake.updates, cases[i].updates);
		assert_first_row(&s, cases[i].outcome, cases[i].evidence,
		    cases[i].code, cases[i].text, true);
		scene_end(&s);
	}
}

/* Two rows without a process, and two with two. */
TEST(a_row_that_means_no_process_or_two_changes_none)
{
	CASES(cases, bool is_twice, rejects; enum outcome outcome;
	      const char *code, *text) = {
	    {false, false, OUTCOME_ABSENT, "lookup.missing",
		"no process has this key"},
	    {false, true, OUTCOME_REFUSED, "lookup.missing",
		"no process has this key"},
	    {true, false, OUTCOME_REFUSED, "lookup.ambiguous",
		"2 processes have this key: nothing says which one is meant"},
	};

	EACH (i, cases) {
		for (uint64_t most = 1; most <= 2; most++) {
			struct scene s;
			bool stops =
			    cases[i].outcome == OUTCOME_REFUSED && most == 1;

			scene_init(&s, 1, 2);
			scene_updates(&s);
			s.options.rejects_missing = cases[i].rejects;
			s.options.settings.max_errors =
			    (struct error_limit){.is_set = true, .rows = most};
			if (cases[i].is_twice) {
				s.fake.list_way = FAKE_LIST_TWICE;
				(void)scene_differs(&s, "L-2");
				(void)scene_differs(&s, "L-3");
			}
			scene_run(&s);
			assert_int_equal(s.fake.updates, 0);
			assert_int_equal(count(&s, cases[i].outcome), 2);
			assert_first_row(&s, cases[i].outcome, "",
			    cases[i].code, cases[i].text, cases[i].is_twice);
			assert_int_equal(
			    submitter_stopped(s.submitter) != NULL, stops);
			scene_end(&s);
		}
	}
}

/* "Not there" is believed of a list that can be trusted, or shows nothing. */
TEST(a_lookup_that_cannot_be_trusted_ends_the_run_where_a_row_is_missing)
{
	CASES(cases, enum fake_list way; const char *there[2]; bool stops) = {
	    {FAKE_LIST_ALL, {"L-2", "L-3"}, false},
	    {FAKE_LIST_ALL, {"L-2"}, true},
	    {FAKE_LIST_ALL, {"L-3"}, true},
	    {FAKE_LIST_EMPTY, {NULL}, false},
	    {FAKE_LIST_HIDES, {NULL}, true},
	};

	EACH (i, cases) {
		struct scene s;
		int there = 0;

		scene_init(&s, 1, 2);
		scene_updates(&s);
		s.fake.list_way = cases[i].way;
		for (; there < 2 && cases[i].there[there]; there++)
			(void)scene_differs(&s, cases[i].there[there]);
		scene_run(&s);
		assert_int_equal(
		    submitter_stopped(s.submitter) != NULL, cases[i].stops);
		assert_int_equal(
		    count(&s, OUTCOME_UNSENT), cases[i].stops ? 2 : 0);
		assert_int_equal(
		    count(&s, OUTCOME_UPDATED), cases[i].stops ? 0 : there);
		assert_int_equal(
		    count(&s, OUTCOME_ABSENT), cases[i].stops ? 0 : 2 - there);
		scene_end(&s);
	}
}

/* L-2 is to be changed, and the answers to changes are lost. */
static struct fake_key *
begin_lost(struct scene *s, size_t rows)
{
	struct fake_key *k;

	scene_init(s, 1, rows);
	scene_updates(s);
	s->fake.rest = FAKE_LOST_BEFORE;
	k = scene_differs(s, "L-2");
	scene_start(s);
	submitter_input_ended(s->submitter);
	return k;
}

/* It was taken, and is no longer there. */
TEST(a_process_that_is_gone_after_its_change_is_absent)
{
	struct scene s;
	struct diag d = DIAG_INIT;
	struct fake_key *k = begin_lost(&s, 2);

	(void)scene_stands(&s, "L-3");
	while (!submitter_is_idle(s.submitter)) {
		assert_int_equal(submitter_step(s.submitter, 5, &d), 0);
		k->created = s.fake.updates == 0;
	}
	scene_close_books(&s);
	assert_int_equal(s.fake.updates, 1);
	assert_first_row(&s, OUTCOME_ABSENT, "lookup", "lookup.missing",
	    "its process is gone", true);
	scene_end(&s);
}

TEST(who_does_not_wait_or_look_waits_for_the_first_change_alone)
{
	CASES(cases, bool no_wait; enum on_unknown on_unknown;
	      enum fake_create then; enum outcome outcome) = {
	    {true, UNKNOWN_CHECK, FAKE_ACK_JOB, OUTCOME_ACCEPTED},
	    {true, UNKNOWN_CHECK, FAKE_LOST_AFTER, OUTCOME_UNKNOWN},
	    {false, UNKNOWN_HOLD, FAKE_ACK_JOB, OUTCOME_UPDATED},
	    {false, UNKNOWN_HOLD, FAKE_LOST_AFTER, OUTCOME_UNKNOWN},
	    {false, UNKNOWN_HOLD, FAKE_ACK_EMPTY, OUTCOME_ACCEPTED},
	    {false, UNKNOWN_CHECK, FAKE_LOST_AFTER, OUTCOME_UPDATED},
	    {false, UNKNOWN_CHECK, FAKE_ACK_EMPTY, OUTCOME_UPDATED},
	};

	EACH (i, cases) {
		struct scene s;
		bool is_first_alone = cases[i].outcome != OUTCOME_UPDATED;

		begin(&s);
		s.options.settings.no_wait = cases[i].no_wait;
		s.options.settings.on_unknown = cases[i].on_unknown;
		s.fake.script_len = 1;
		s.fake.rest = cases[i].then;
		scene_run(&s);
		assert_null(submitter_stopped(s.submitter));
		assert_int_equal(
		    count(&s, OUTCOME_UPDATED), is_first_alone ? 1 : 6);
		assert_int_equal(
		    count(&s, cases[i].outcome), is_first_alone ? 5 : 6);
		assert_int_equal(s.fake.updates, 2);
		scene_end(&s);
	}
}

/* A job that says what failed, by key or by position. */
TEST(a_change_that_its_job_refuses_is_refused)
{
	for (int keyless = 0; keyless < 2; keyless++) {
		struct scene s;

		begin(&s);
		s.fake.entries_without_keys = keyless;
		s.fake.errors_per_job = 1;
		scene_run(&s);
		assert_null(submitter_stopped(s.submitter));
		/* Each is the first one, until one of them is good. */
		assert_int_equal(count(&s, OUTCOME_REFUSED), 6);
		assert_int_equal(s.fake.updates, 6);
		scene_end(&s);
	}
}

static int
count_call(void *ctx, const struct ledger_call *c)
{
	(void)c;
	++*(size_t *)ctx;
	return 0;
}

/* It ends before it can tell: the next one is the first. */
TEST(a_first_change_that_is_refused_or_needless_is_not_the_only_one)
{
	CASES(cases, enum fake_create what; enum outcome outcome) = {
	    {FAKE_400, OUTCOME_REFUSED}, {FAKE_NOT_SENT, OUTCOME_UNCHANGED}};

	EACH (i, cases) {
		struct scene s;
		struct diag d = DIAG_INIT;
		size_t superseded = 0;

		begin(&s);
		SCRIPT(&s, cases[i].what);
		s.fake.keys[0].v_before = s.fake.keys[0].v;
		s.fake.keys[0].v = SCENE_V;
		s.fake.keys[0].changed_at = s.fake.wall + 35;
		scene_run(&s);
		assert_null(submitter_stopped(s.submitter));
		assert_int_equal(count(&s, OUTCOME_UPDATED), 5);
		assert_int_equal(count(&s, cases[i].outcome),
		    cases[i].outcome == OUTCOME_UNCHANGED ? 3 : 1);
		assert_int_equal(s.fake.updates, 3);
		assert_int_equal(ledger_each_call(s.ledger, CALL_SUPERSEDED,
				     count_call, &superseded, &d),
		    0);
		assert_int_equal(
		    superseded, cases[i].outcome == OUTCOME_UNCHANGED);
		scene_end(&s);
	}
}

/* Looks that are made one after the other, or wait for something, grow old:
 * what is sent was looked at less than ten seconds before. */
TEST(a_row_whose_look_is_old_is_looked_up_again)
{
	CASES(cases, size_t chunks, rows; int64_t create_ms, job_ms;
	      double rate_per_s; size_t lists, updates;
	      int64_t least_ms, most_ms; size_t keys_max) = {
	    /* Two batches, the first change and its look: none is too old. */
	    {1, 150, 10, 0, 0, 2 + 1, 2, 0, 100, 0},
	    {1, 150, 2400, 0, 0, 2 + 1, 2, 9000, 10000, 0},
	    /* … both are then, or the first is already when the second comes;
	     * then that goes by itself. */
	    {1, 150, 4000, 0, 0, 2 + 1 + 2, 2, 4000, 4000, 0},
	    {1, 150, 11000, 0, 0, 2 + 1 + 1 + 2, 3, 0, 0, 0},
	    {1, 250, 4000, 0, 0, 3 + 1 + 3, 2, 8000, 8000, 0},
	    {1, 250, 6000, 0, 0, 3 + 1 + 1 + 3, 3, 6000, 6000, 0},
	    {1, 150, 10000, 0, 0, 2 + 1 + 2, 2, 10000, 10000, 0},
	    /* One row a lookup, after six that ask for too many. */
	    {1, 2, 11000, 0, 0, 6 + 2 + 1 + 2, 2, 0, 0, 2},
	    /* Many small ones, whose memory the next ones take over. */
	    {20, 2, 10, 0, 0, 20 + 1, 21, 0, 1000, 0},
	    /* While the first change is judged. */
	    {2, 50, 10, 5000, 0, 2 + 1, 3, 5000, 10000, 0},
	    {2, 50, 10, 30000, 0, 2 + 1 + 2, 3, 0, 100, 0},
	    /* Twenty seconds a call, and two of them. */
	    {2, 50, 10, 30000, 0.05, 2 + 2 + 2, 3, 39000, 40000, 0},
	    {1, 150, 10, 0, 0.05, 2 + 1 + 2, 2, 39000, 40000, 0},
	};

	EACH (i, cases) {
		struct scene s;
		char key[16];

		scene_init(&s, cases[i].chunks, cases[i].rows);
		scene_updates(&s);
		for (size_t k = 0; k < cases[i].chunks * cases[i].rows; k++) {
			snprintf(key, sizeof(key), "L-%zu", k + 2);
			(void)scene_differs(&s, key);
		}
		s.fake.list_keys_max = cases[i].keys_max;
		s.fake.create_ms = cases[i].create_ms;
		s.fake.job_ms = cases[i].job_ms;
		s.options.settings.rate_per_s = cases[i].rate_per_s;
		scene_run(&s);
		assert_null(submitter_stopped(s.submitter));
		assert_int_equal(count(&s, OUTCOME_UPDATED),
		    cases[i].chunks * cases[i].rows);
		assert_int_equal(s.fake.lists, cases[i].lists);
		assert_int_equal(s.fake.updates, cases[i].updates);
		assert_in_range(
		    s.fake.oldest_look_ms, cases[i].least_ms, cases[i].most_ms);
		scene_end(&s);
	}
}

/* Of two calls that are looked up, the second is told to wait: both do, and
 * what the first one's look said is old then. */
TEST(a_pause_between_a_look_and_its_send_makes_it_old)
{
	struct scene s;

	scene_init(&s, 2, 1);
	scene_updates(&s);
	s.fake.retry_after = "30";
	s.fake.list_429_at = 2;
	(void)scene_differs(&s, "L-2");
	(void)scene_differs(&s, "L-3");
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_UPDATED), 2);
	assert_in_range(s.fake.oldest_look_ms, 0, 1000);
	assert_int_equal(s.fake.lists, 2 + 2 + 1);
	scene_end(&s);
}

/* What is looked up anew before each attempt is no progress, nor is what the
 * calls behind it look up. */
TEST(a_change_that_does_not_get_through_ends_the_run_after_retry_for)
{
	CASES(cases, enum fake_create way; const char *retry_after) = {
	    {FAKE_NOT_SENT, ""},
	    {FAKE_429, ""},
	    {FAKE_429, "7"},
	    {FAKE_503_AFTER, "30"},
	};

	EACH (i, cases) {
		struct scene s;
		struct diag d = DIAG_INIT;
		int64_t began, took = 0;

		scene_init(&s, 1 + (unsigned)i, 10);
		scene_updates(&s);
		(void)scene_differs(&s, "L-2");
		(void)scene_differs(&s, "L-13");
		s.fake.rest = cases[i].way;
		s.fake.retry_after = cases[i].retry_after;
		began = s.fake.mono;
		scene_start(&s);
		submitter_input_ended(s.submitter);
		while (!submitter_is_idle(s.submitter) && took < 2000000) {
			assert_int_equal(submitter_step(s.submitter, 5, &d), 0);
			took = s.fake.mono - began;
		}
		assert_in_range(took, 600000, 700000);
		/* The wait grows, where the answer does not say how long. */
		assert_true(cases[i].retry_after[0] || s.fake.updates < 60);
		scene_close_books(&s);
		assert_int_equal(
		    submitter_stopped(s.submitter)->kind, DIAG_SERVICE);
		assert_int_equal(count(&s, OUTCOME_UPDATED), 0);
		assert_int_equal(count(&s, OUTCOME_UNKNOWN), 0);
		scene_end(&s);
	}
}

/* It had waited, and needed no write after all: what is looked up after it is
 * progress, and a question that is put off later ends nothing. */
TEST(a_change_that_somebody_else_made_meanwhile_holds_up_nothing)
{
	struct scene s;
	char key[16];
	struct fake_key *k;

	scene_init(&s, 20, 1);
	scene_updates(&s);
	for (int i = 3; i < 22; i++) {
		snprintf(key, sizeof(key), "L-%d", i);
		(void)scene_stands(&s, key);
	}
	k = scene_stands(&s, "L-2");
	k->v_before = SCENE_V - 1;
	k->changed_at = s.fake.wall + 25000;
	s.options.settings.retry_for_ms = 60000;
	s.options.settings.in_flight = s.options.settings.open_jobs = 1;
	s.fake.create_ms = 10000;
	SCRIPT(&s, FAKE_429);
	s.fake.retry_after = "5";
	s.fake.list_429_at = 18;
	scene_run(&s);
	assert_null(submitter_stopped(s.submitter));
	assert_int_equal(s.fake.updates, 1);
	assert_int_equal(count(&s, OUTCOME_UNCHANGED), 20);
	scene_end(&s);
}

/* Of five, two arrived. */
TEST(what_is_as_before_is_sent_again_and_nothing_else)
{
	struct scene s;
	char *events;

	begin(&s);
	SCRIPT(&s, FAKE_ACK_JOB, FAKE_LOST_HALF);
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_UPDATED), 6);
	assert_int_equal(s.fake.updates, 3);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(s.fake.keys[i].received, i < 3 ? 1 : 2);
	events = scene_events(&s);
	assert_non_null(strstr(events,
	    "resend: rows 3-7: the change does not show, sent again\n"));
	free(events);
	scene_end(&s);
}

/* A look that was not finished shows nothing, and neither does one that lacks
 * what is known to be there. */
TEST(a_change_is_unknown_where_lookups_do_not_tell)
{
	for (int is_down = 0; is_down < 2; is_down++) {
		struct scene s;
		struct diag d = DIAG_INIT;
		struct fake_key *k = begin_lost(&s, 1);

		while (!submitter_is_idle(s.submitter)) {
			assert_int_equal(submitter_step(s.submitter, 5, &d), 0);
			if (is_down)
				s.fake.list_down = s.fake.lists >= 3;
			else
				k->created = s.fake.updates == 0;
		}
		scene_close_books(&s);
		assert_int_equal(s.fake.updates, 1);
		assert_first_row(&s, OUTCOME_UNKNOWN, "", "http.no_answer",
		    "it was sent, and what became of it is not known", true);
		k->created = 1;
		scene_end(&s);
	}
}
