/* SPDX-License-Identifier: MIT */
#include "submitter_scene.h"
#include "test.h"

/* A run of one chunk of `rows` rows; nobody waits for long. */
static void
one_chunk(struct scene *s, size_t rows)
{
	scene_init(s, 1, rows);
	s->options.settings.retry_for_ms = 10000;
	s->options.settings.settle_ms = 1000;
	s->options.settings.wait_timeout_ms = 5000;
}

static void
pass_time(struct scene *s, int64_t ms)
{
	s->fake.mono += ms;
	s->fake.wall += ms;
}

TEST(a_job_that_ended_since_creates_its_rows_when_reconciled)
{
	struct scene s;

	one_chunk(&s, 10);
	s.fake.job_ms = 600000;
	s.fake.jobs_never_end = true;
	scene_part(&s, FIRST_PART);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	s.fake.jobs_never_end = false;
	pass_time(&s, 1200000);
	scene_part(&s, RESUME_RECONCILE);
	assert_int_equal(count(&s, OUTCOME_CREATED), 10);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 0);
	assert_int_equal(s.facts.rows_read, 10);
	assert_int_equal(s.fake.creates, 1);
	scene_end(&s);
}

TEST(a_job_that_ended_since_refuses_its_rows_when_reconciled)
{
	struct scene s;

	one_chunk(&s, 10);
	s.fake.job_ms = 600000;
	s.fake.jobs_never_end = true;
	s.fake.errors_per_job = 3;
	scene_part(&s, FIRST_PART);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	s.fake.jobs_never_end = false;
	pass_time(&s, 1200000);
	scene_part(&s, RESUME_RECONCILE);
	assert_int_equal(count(&s, OUTCOME_CREATED), 7);
	assert_int_equal(count(&s, OUTCOME_REFUSED), 3);
	scene_end(&s);
}

/* Of an unfinished job some rows are there already: the others are still the
 * job's to decide. */
TEST(rows_found_meanwhile_do_not_end_the_following_of_a_job)
{
	struct scene s;
	struct diag d = DIAG_INIT;
	struct ledger_row found = {.row = 11,
	    .index = 9,
	    .call = 1,
	    .outcome = OUTCOME_CREATED,
	    .evidence = "lookup"};

	one_chunk(&s, 10);
	s.fake.job_ms = 600000;
	s.fake.jobs_never_end = true;
	s.fake.errors_per_job = 3;
	scene_part(&s, FIRST_PART);
	assert_int_equal(ledger_set_row(s.ledger, &found, &d), 0);
	s.fake.jobs_never_end = false;
	pass_time(&s, 1200000);
	scene_part(&s, RESUME_RECONCILE);
	assert_int_equal(count(&s, OUTCOME_CREATED), 7);
	assert_int_equal(count(&s, OUTCOME_REFUSED), 3);
	scene_end(&s);
}

static void
lose_and_never_reach(struct scene *s)
{
	s->options.settings.on_unknown = UNKNOWN_RESEND_ABSENT;
	SCRIPT(s, FAKE_LOST_BEFORE);
	s->fake.rest = FAKE_NOT_SENT;
	scene_part(s, FIRST_PART);
}

/* What may have been on the wire is never `unsent`, also while a resend of it
 * waits. */
TEST(a_resend_that_never_left_leaves_its_rows_unknown)
{
	struct scene s;

	one_chunk(&s, 10);
	lose_and_never_reach(&s);
	assert_true(s.is_stopped);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	assert_int_equal(count(&s, OUTCOME_UNSENT), 0);
	scene_end(&s);
}

TEST(a_resend_that_never_left_is_sent_only_when_asked_for_again)
{
	struct scene s;
	size_t creates;

	one_chunk(&s, 10);
	lose_and_never_reach(&s);
	s.fake.rest = FAKE_ACK_JOB;
	creates = s.fake.creates;
	s.options.settings.on_unknown = UNKNOWN_CHECK;
	scene_part(&s, RESUME_SEND);
	scene_part(&s, RESUME_RECONCILE);
	assert_int_equal(s.fake.creates, creates);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	s.options.settings.on_unknown = UNKNOWN_RESEND_ABSENT;
	scene_part(&s, RESUME_RECONCILE);
	assert_int_equal(s.fake.creates, creates + 1);
	assert_int_equal(count(&s, OUTCOME_CREATED), 10);
	scene_end(&s);
}

/* The resend was too large, its first half got through, its second half never
 * left: that one is sent when it is asked for again, and only that one. */
TEST(the_half_of_a_resend_that_never_left_is_sent_when_asked_for_again)
{
	struct scene s;
	size_t creates;

	one_chunk(&s, 10);
	s.options.settings.on_unknown = UNKNOWN_RESEND_ABSENT;
	s.fake.body_max = 155;
	SCRIPT(&s, FAKE_LOST_BEFORE, FAKE_413_OVER, FAKE_ACK_JOB);
	s.fake.rest = FAKE_NOT_SENT;
	s.options.settings.in_flight = 1;
	scene_part(&s, FIRST_PART);
	assert_int_equal(count(&s, OUTCOME_CREATED), 5);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 5);
	s.fake.rest = FAKE_ACK_JOB;
	creates = s.fake.creates;
	/* Not by itself. */
	s.options.settings.on_unknown = UNKNOWN_CHECK;
	scene_part(&s, RESUME_SEND);
	scene_part(&s, RESUME_RECONCILE);
	assert_int_equal(s.fake.creates, creates);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 5);
	s.options.settings.on_unknown = UNKNOWN_RESEND_ABSENT;
	scene_part(&s, RESUME_RECONCILE);
	assert_int_equal(s.fake.creates, creates + 1);
	assert_int_equal(count(&s, OUTCOME_CREATED), 10);
	for (size_t i = 0; i < s.fake.key_count; i++)
		assert_int_equal(s.fake.keys[i].created, 1);
	scene_part(&s, RESUME_RECONCILE);
	assert_int_equal(s.fake.creates, creates + 1);
	scene_end(&s);
}

static bool
stops_before_the_next_chunk(struct scene *s)
{
	struct submitter *submitter =
	    submitter_new(&s->options, &s->transport, s->ledger, &s->clock);
	struct diag d = DIAG_INIT;
	struct chunk c;
	bool stops;

	make_chunk(&c, 0, s->rows, s->has_keys);
	assert_int_equal(
	    submitter_resume_chunk(submitter, &c, RESUME_SEND, &d), 0);
	stops = submitter_stopped(submitter) != NULL;
	submitter_free(submitter);
	chunk_release(&c);
	return stops;
}

TEST(rows_that_an_earlier_part_refused_count_for_max_errors)
{
	struct scene s;

	one_chunk(&s, 10);
	s.fake.rest = FAKE_400;
	scene_part(&s, FIRST_PART);
	assert_int_equal(count(&s, OUTCOME_REFUSED), 10);
	s.options.settings.max_errors =
	    (struct error_limit){.is_set = true, .rows = 10};
	assert_false(stops_before_the_next_chunk(&s));
	scene_part(&s, RESUME_SEND);
	assert_false(s.is_stopped);
	s.options.settings.max_errors =
	    (struct error_limit){.is_set = true, .rows = 9};
	scene_part(&s, RESUME_RECONCILE);
	assert_false(s.is_stopped);
	assert_true(stops_before_the_next_chunk(&s));
	scene_part(&s, RESUME_SEND);
	assert_true(s.is_stopped);
	assert_int_equal(s.fake.creates, 1);
	scene_end(&s);
}

TEST(a_call_that_never_left_is_not_sent_if_each_row_has_an_entry)
{
	struct scene s;
	struct diag d = DIAG_INIT;

	one_chunk(&s, 2);
	s.fake.rest = FAKE_401;
	scene_part(&s, FIRST_PART);
	assert_int_equal(count(&s, OUTCOME_UNSENT), 2);
	s.fake.rest = FAKE_ACK_JOB;
	for (uint64_t i = 0; i < 2; i++) {
		struct ledger_row row = {.row = i + 2,
		    .index = i,
		    .outcome = OUTCOME_SKIPPED,
		    .evidence = "lookup"};

		assert_int_equal(ledger_set_row(s.ledger, &row, &d), 0);
	}
	scene_part(&s, RESUME_SEND);
	assert_int_equal(count(&s, OUTCOME_SKIPPED), 2);
	assert_int_equal(s.fake.creates, 1);
	scene_end(&s);
}

TEST(a_call_that_was_sent_again_is_not_sent_a_third_time)
{
	struct scene s;

	one_chunk(&s, 10);
	s.options.settings.on_unknown = UNKNOWN_RESEND_ABSENT;
	s.fake.rest = FAKE_LOST_BEFORE;
	scene_part(&s, FIRST_PART);
	assert_int_equal(s.fake.creates, 2);
	s.fake.rest = FAKE_ACK_JOB;
	scene_part(&s, RESUME_RECONCILE);
	assert_int_equal(s.fake.creates, 2);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	scene_end(&s);
}

TEST(reading_only_knows_the_chunk_and_sends_nothing)
{
	struct scene s;
	struct diag d = DIAG_INIT;
	struct submitter *submitter;
	struct chunk c;

	one_chunk(&s, 10);
	make_chunk(&c, 0, 10, true);
	assert_int_equal(submitter_compare_chunk(s.ledger, &c, &d), 1);
	submitter = submitter_new(&s.options, &s.transport, s.ledger, &s.clock);
	assert_int_equal(
	    submitter_resume_chunk(submitter, &c, RESUME_READ, &d), 1);
	submitter_free(submitter);
	s.fake.rest = FAKE_401;
	scene_part(&s, FIRST_PART);
	assert_int_equal(s.fake.creates, 1);
	scene_part(&s, RESUME_READ);
	assert_int_equal(s.fake.creates, 1);
	assert_int_equal(count(&s, OUTCOME_UNSENT), 10);
	assert_int_equal(submitter_compare_chunk(s.ledger, &c, &d), 0);
	c.sha256[0] ^= 1;
	assert_int_equal(submitter_compare_chunk(s.ledger, &c, &d), -1);
	d = (struct diag)DIAG_INIT;
	submitter = submitter_new(&s.options, &s.transport, s.ledger, &s.clock);
	assert_int_equal(
	    submitter_resume_chunk(submitter, &c, RESUME_READ, &d), -1);
	assert_int_equal(d.kind, DIAG_INPUT);
	submitter_free(submitter);
	chunk_release(&c);
	scene_end(&s);
}

/* A page of somebody else, with 200: every answer is a sign of life, and none
 * says what is there. */
TEST(lookups_before_a_send_that_nobody_can_read_end_the_run)
{
	const struct diag *why;
	struct scene s;

	one_chunk(&s, 10);
	s.options.settings.skip_existing = true;
	s.fake.list_foreign = true;
	scene_run(&s);
	why = submitter_stopped(s.submitter);
	assert_non_null(why);
	assert_non_null(strstr(why->message, "gave up after 10 lookups"));
	assert_string_equal(
	    why->help, "check --base-url, then resume this run");
	assert_int_equal(s.fake.lists, 10);
	assert_int_equal(s.fake.creates, 0);
	assert_int_equal(count(&s, OUTCOME_UNSENT), 10);
	scene_end(&s);
}

/* What a kill leaves: the ledger, and nothing of the submitter or the wire. */
static void
killed_after(struct scene *s, size_t steps)
{
	struct diag d = DIAG_INIT;

	scene_start(s);
	submitter_input_ended(s->submitter);
	for (size_t i = 0; i < steps; i++)
		assert_int_equal(submitter_step(s->submitter, 20, &d), 0);
	submitter_free(s->submitter);
	s->submitter = NULL;
	fake_release(&s->fake);
	s->fake.active = 0;
}

/* Its entries are asked for again; what they say was told before. */
TEST(rows_that_a_killed_part_refused_count_once)
{
	struct scene s;

	one_chunk(&s, 10);
	s.fake.errors_per_job = 2;
	s.fake.sum_short = true; /* one row is looked up */
	s.fake.list_way = FAKE_LIST_BLIND;
	killed_after(&s, 360);
	assert_int_equal(s.fake.entries, 1);
	s.options.settings.max_errors =
	    (struct error_limit){.is_set = true, .rows = 2};
	scene_part(&s, RESUME_SEND);
	assert_false(s.is_stopped);
	assert_int_equal(s.fake.entries, 2);
	assert_int_equal(count(&s, OUTCOME_REFUSED), 2);
	assert_int_equal(count(&s, OUTCOME_CREATED), 7);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 1);
	assert_int_equal(s.facts.rows.rows[OUTCOME_REFUSED], 2);
	assert_int_equal(s.facts.rows_settled, 10);
	scene_end(&s);
}

TEST(a_chunk_that_was_cut_and_killed_at_any_step_is_sent_whole_and_once)
{
	size_t rests = 0;

	for (size_t steps = 0; steps < 40; steps++) {
		struct scene s;

		one_chunk(&s, 16);
		s.options.settings.in_flight = 1;
		s.fake.rest = FAKE_413_OVER;
		s.fake.body_max = 105; /* four rows */
		killed_after(&s, steps);
		rests += s.fake.too_large > 0 && s.fake.key_count > 0 &&
			 s.fake.key_count < 16;
		scene_part(&s, RESUME_SEND);
		assert_int_equal(count(&s, OUTCOME_CREATED), 16);
		assert_int_equal(count(&s, OUTCOME_UNSENT), 0);
		assert_int_equal(count(&s, OUTCOME_UNKNOWN), 0);
		assert_each_received_once(&s);
		scene_end(&s);
	}
	assert_true(rests > 3); /* killed with some parts sent, some not */
}

/* What a kill left without an answer, and what had one. */
TEST(a_call_says_why_it_is_unknown_and_goes_on_to_say_it)
{
	CASES(cases, enum fake_create way; bool is_killed; int mode;
	      const char *code, *other) = {
	    {FAKE_500, false, RESUME_RECONCILE, "http.500", "http.no_answer"},
	    {FAKE_LOST_BEFORE, true, RESUME_SEND, "http.no_answer", "http.500"},
	};

	EACH (i, cases) {
		struct scene s;

		one_chunk(&s, 10);
		s.fake.rest = cases[i].way;
		if (cases[i].is_killed)
			killed_after(&s, 1);
		else
			scene_part(&s, FIRST_PART);
		scene_part(&s, cases[i].mode);
		assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
		assert_true(scene_has_code(&s, cases[i].code));
		assert_false(scene_has_code(&s, cases[i].other));
		scene_end(&s);
	}
}

/* What an earlier part said of its own lookups is over. */
TEST(a_row_that_stays_unknown_is_told_of_the_last_lookups_alone)
{
#define FOUND_NOTHING(at)                                                      \
	"http.no_answer: timed out; looked up 3 times until "                  \
	"2026-09-21T14:13:" at "Z, not found"
	static const char not_asked[] =
	    "http.no_answer: timed out; not looked up";
	CASES(parts, int mode; enum on_unknown on_unknown; const char *said) = {
	    {FIRST_PART, UNKNOWN_HOLD, not_asked},
	    {RESUME_RECONCILE, UNKNOWN_CHECK, FOUND_NOTHING("21")},
	    {RESUME_RECONCILE, UNKNOWN_CHECK, FOUND_NOTHING("22")},
	    {RESUME_RECONCILE, UNKNOWN_HOLD, not_asked},
	    {RESUME_RECONCILE, UNKNOWN_CHECK, FOUND_NOTHING("23")},
	};
	char said[600];
	struct scene s;

	one_chunk(&s, 10);
	s.fake.rest = FAKE_LOST_BEFORE;
	EACH (i, parts) {
		s.options.settings.on_unknown = parts[i].on_unknown;
		scene_part(&s, parts[i].mode);
		scene_first_unknown(&s, said, sizeof(said));
		assert_string_equal(said, parts[i].said);
	}
	scene_end(&s);
}
