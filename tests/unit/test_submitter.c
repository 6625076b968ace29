/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "fake_service.h"
#include "submit/submitter.h"

/* One import of `chunks` chunks of `rows` rows against the fake. */
struct scene {
	struct fake fake;
	struct transport transport;
	struct clock clock;
	struct ledger *ledger;
	struct submitter_options options;
	struct submitter *submitter;
	struct ledger_totals totals;
	size_t chunks, rows, sent_chunks;
	bool has_keys;
};

static void
scene_init(struct scene *s, size_t chunks, size_t rows)
{
	struct diag d = DIAG_INIT;

	memset(s, 0, sizeof(*s));
	fake_init(&s->fake);
	s->transport = fake_transport(&s->fake);
	s->clock = fake_clock(&s->fake);
	s->ledger = ledger_create(NULL, &d);
	assert_non_null(s->ledger);
	s->chunks = chunks;
	s->rows = rows;
	s->has_keys = true;
	s->options = (struct submitter_options){
	    .procedure = "lead",
	    .base_url = "http://127.0.0.1:1",
	    .key_name = "lead_id",
	    .in_flight = 4,
	    .open_jobs = 16,
	    .retry_for_ms = 600000,
	    .settle_ms = 120000,
	    .wait_timeout_ms = 1800000,
	    .on_unknown = UNKNOWN_CHECK,
	    .max_errors = UINT64_MAX,
	    .max_errors_percent = -1,
	};
}

static void
make_chunk(struct chunk *c, size_t ordinal, size_t rows, bool has_keys)
{
	uint64_t row = ordinal * rows + 2;

	chunk_init(c);
	c->ordinal = ordinal;
	c->begin = ordinal * rows * 10;
	c->end = (ordinal + 1) * rows * 10;
	c->first_row = row;
	c->first_line = row;
	c->records = rows;
	c->record_bytes = c->end - c->begin;
	c->row_count = rows;
	c->rows = calloc(rows, sizeof(*c->rows));
	buf_addc(&c->body, '[');
	for (size_t i = 0; i < rows; i++) {
		struct chunk_row *r = &c->rows[i];

		if (i)
			buf_addc(&c->body, ',');
		r->row = r->line = row + i;
		r->json_at = c->body.len;
		buf_addf(&c->body, "{\"lead_id\":");
		r->key_at = c->body.len;
		buf_addf(&c->body, "\"L-%llu\"", (unsigned long long)r->row);
		r->key_len = has_keys ? c->body.len - r->key_at : 0;
		buf_addc(&c->body, '}');
		r->json_len = c->body.len - r->json_at;
	}
	buf_addc(&c->body, ']');
	sha256_of(c->body.data, c->body.len, c->sha256);
}

static void
scene_run(struct scene *s)
{
	struct diag d = DIAG_INIT;
	size_t steps = 0;

	s->submitter = submitter_new(
	    &s->options, &s->transport, s->ledger, &s->clock);
	for (;;) {
		while (s->sent_chunks < s->chunks &&
		    submitter_wants_chunk(s->submitter)) {
			struct chunk c;

			make_chunk(&c, s->sent_chunks++, s->rows,
			    s->has_keys);
			assert_int_equal(
			    submitter_add(s->submitter, &c, &d), 0);
			chunk_release(&c);
			if (s->sent_chunks == s->chunks)
				submitter_input_ended(s->submitter);
		}
		assert_int_equal(
		    submitter_step(s->submitter, 250, &d), 0);
		if (submitter_is_idle(s->submitter) &&
		    (s->sent_chunks == s->chunks ||
			submitter_stopped(s->submitter)))
			break;
		assert_true(++steps < 200000); /* it must come to an end */
	}
	assert_int_equal(submitter_finish(s->submitter, &d), 0);
	assert_int_equal(ledger_totals(s->ledger, &s->totals, &d), 0);
	assert_true(s->totals.tiles);
}

static uint64_t
count(const struct scene *s, enum outcome o)
{
	return s->totals.outcomes.rows[o];
}

/* Nothing may ever be received twice, but where a resend was asked for. */
static void
scene_end(struct scene *s)
{
	for (size_t i = 0; i < s->fake.key_count; i++)
		assert_true(s->fake.keys[i].created <= 1);
	submitter_free(s->submitter);
	ledger_free(s->ledger);
	fake_release(&s->fake);
}

static void
assert_each_received_once(const struct scene *s)
{
	assert_int_equal(s->fake.key_count, s->chunks * s->rows);
	for (size_t i = 0; i < s->fake.key_count; i++)
		assert_int_equal(s->fake.keys[i].received, 1);
}

static void
jobs_are_followed_to_created(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 10, 5);
	s.fake.job_ms = 3000;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 50);
	assert_each_received_once(&s);
	assert_true(s.fake.polls >= 10);
	assert_true(s.fake.in_flight_peak <= 4);
	scene_end(&s);
}

static void
the_first_call_goes_alone(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 6, 2);
	s.fake.create_ms = 100;
	scene_run(&s);
	assert_true(
	    s.fake.create_times[1] >= s.fake.create_times[0] + 100);
	assert_true(
	    s.fake.create_times[2] < s.fake.create_times[1] + 100);
	scene_end(&s);
}

static void
an_acknowledgement_without_a_job_is_confirmed_by_lookup(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 3, 150); /* more keys than one lookup holds */
	s.fake.rest = FAKE_ACK_EMPTY;
	s.fake.job_ms = 4000;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 450);
	assert_true(s.fake.lists >= 6);
	assert_each_received_once(&s);
	scene_end(&s);
}

static void
rows_that_no_lookup_finds_are_unknown_after_the_settle_time(void **state)
{
	struct scene s;
	int64_t began;

	(void)state;
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

static void
without_a_key_an_acknowledgement_without_a_job_is_accepted(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 2, 5);
	s.fake.rest = FAKE_ACK_EMPTY;
	s.options.key_name = NULL;
	s.has_keys = false;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_ACCEPTED), 10);
	assert_int_equal(s.fake.lists, 0);
	scene_end(&s);
}

static void
no_wait_stops_at_the_acknowledgement(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 4, 5);
	s.options.no_wait = true;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_ACCEPTED), 20);
	assert_int_equal(s.fake.polls + s.fake.lists, 0);
	scene_end(&s);
}

static void
a_lost_answer_is_looked_up_and_never_sent_again(void **state)
{
	static const struct {
		enum fake_create what;
		uint64_t created, unknown;
	} cases[] = {
	    {FAKE_LOST_AFTER, 30, 0},
	    {FAKE_LOST_BEFORE, 20, 10},
	    {FAKE_LOST_HALF, 25, 5},
	    {FAKE_500, 20, 10},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene s;

		scene_init(&s, 3, 10);
		s.fake.script[0] = FAKE_ACK_JOB;
		s.fake.script[1] = cases[i].what;
		s.fake.script_len = 2;
		scene_run(&s);
		assert_int_equal(
		    count(&s, OUTCOME_CREATED), cases[i].created);
		assert_int_equal(
		    count(&s, OUTCOME_UNKNOWN), cases[i].unknown);
		assert_each_received_once(&s);
		scene_end(&s);
	}
}

static void
hold_looks_nothing_up(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 3, 10);
	s.options.on_unknown = UNKNOWN_HOLD;
	s.fake.script[1] = FAKE_LOST_AFTER;
	s.fake.script_len = 2;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	assert_int_equal(s.fake.lists, 0);
	scene_end(&s);
}

static void
after_an_unknown_answer_nothing_is_sent_before_the_service_answers(
    void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 5, 2);
	s.options.in_flight = 1;
	s.fake.script[1] = FAKE_LOST_BEFORE;
	s.fake.script_len = 2;
	scene_run(&s);
	assert_true(s.fake.probes >= 1);
	assert_int_equal(s.fake.creates, 5);
	scene_end(&s);
}

static void
a_service_that_stays_away_ends_the_run_after_retry_for(void **state)
{
	struct scene s;
	const struct diag *why;

	(void)state;
	scene_init(&s, 9, 2);
	s.options.in_flight = 1;
	s.fake.script[1] = FAKE_LOST_BEFORE;
	s.fake.script_len = 2;
	s.fake.list_down = true;
	scene_run(&s);
	why = submitter_stopped(s.submitter);
	assert_non_null(why);
	assert_int_equal(why->kind, DIAG_SERVICE);
	assert_int_equal(s.fake.creates, 2);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 2);
	assert_int_equal(count(&s, OUTCOME_CREATED), 2);
	scene_end(&s);
}

static void
resend_absent_sends_once_more_what_was_never_found(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 3, 10);
	s.options.on_unknown = UNKNOWN_RESEND_ABSENT;
	s.fake.script[1] = FAKE_LOST_BEFORE;
	s.fake.script_len = 2;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 30);
	assert_int_equal(s.fake.creates, 4);
	scene_end(&s);
}

static void
resend_absent_leaves_a_call_alone_of_which_a_row_was_found(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 3, 10);
	s.options.on_unknown = UNKNOWN_RESEND_ABSENT;
	s.fake.script[1] = FAKE_LOST_HALF;
	s.fake.script_len = 2;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 25);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 5);
	assert_int_equal(s.fake.creates, 3);
	assert_each_received_once(&s);
	scene_end(&s);
}

static void
resend_absent_resends_once_only(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 2, 10);
	s.options.on_unknown = UNKNOWN_RESEND_ABSENT;
	s.fake.script[1] = FAKE_LOST_BEFORE;
	s.fake.script[2] = FAKE_LOST_BEFORE;
	s.fake.script_len = 3;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	assert_int_equal(s.fake.creates, 3);
	scene_end(&s);
}

static void
nothing_that_left_this_machine_is_tried_again_with_backoff(void **state)
{
	struct scene s;

	(void)state;
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

static void
no_connection_for_retry_for_leaves_rows_unsent(void **state)
{
	struct scene s;
	int64_t began;

	(void)state;
	scene_init(&s, 3, 10);
	s.fake.rest = FAKE_NOT_SENT;
	began = s.fake.mono;
	scene_run(&s);
	assert_non_null(submitter_stopped(s.submitter));
	assert_int_equal(submitter_stopped(s.submitter)->kind, DIAG_SERVICE);
	assert_true(s.fake.mono - began >= 600000);
	assert_int_equal(
	    count(&s, OUTCOME_UNSENT), 10 * s.sent_chunks);
	scene_end(&s);
}

static void
retry_after_is_waited_for_and_the_rows_are_sent_once(void **state)
{
	static const enum fake_create kinds[] = {FAKE_429, FAKE_503_AFTER};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct scene s;

		scene_init(&s, 4, 5);
		s.fake.script[1] = kinds[i];
		s.fake.script_len = 2;
		s.fake.retry_after = "30";
		scene_run(&s);
		assert_int_equal(count(&s, OUTCOME_CREATED), 20);
		for (size_t k = 0; k < s.fake.key_count; k++)
			assert_int_equal(s.fake.keys[k].created, 1);
		assert_int_equal(s.fake.creates, 5);
		assert_true(s.fake.create_times[4] >=
		    s.fake.create_times[1] + 30000);
		scene_end(&s);
	}
}

static void
a_retry_after_beyond_fifteen_minutes_stops_the_run(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 4, 5);
	s.fake.script[1] = FAKE_429;
	s.fake.script_len = 2;
	s.options.in_flight = 1;
	s.fake.retry_after = "3600";
	scene_run(&s);
	assert_non_null(submitter_stopped(s.submitter));
	assert_int_equal(submitter_stopped(s.submitter)->kind, DIAG_SERVICE);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 0);
	assert_int_equal(s.fake.creates, 2);
	scene_end(&s);
}

static void
a_refused_token_stops_at_once_and_leaves_rows_unsent(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 5, 5);
	s.fake.rest = FAKE_401;
	scene_run(&s);
	assert_non_null(submitter_stopped(s.submitter));
	assert_int_equal(s.fake.creates, 1);
	assert_int_equal(count(&s, OUTCOME_UNSENT), 5 * s.sent_chunks);
	scene_end(&s);
}

static void
other_4xx_refuse_the_rows_with_the_services_words(void **state)
{
	struct scene s;
	struct ledger_outcomes *o;
	struct row_state row;
	struct diag d = DIAG_INIT;

	(void)state;
	scene_init(&s, 4, 5);
	s.fake.script[1] = FAKE_400;
	s.fake.script_len = 2;
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

static void
three_refused_first_calls_stop_the_run(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 20, 5);
	s.fake.rest = FAKE_400;
	s.options.in_flight = 1;
	scene_run(&s);
	assert_int_equal(
	    submitter_stopped(s.submitter)->kind, DIAG_MAX_ERRORS);
	assert_int_equal(s.fake.creates, 3);
	scene_end(&s);
}

static void
a_413_halves_down_to_one_row_and_is_remembered(void **state)
{
	struct scene s;
	size_t body_of_five = sizeof("[]") + 5 * sizeof("{\"lead_id\":\"L-99\"}");

	(void)state;
	scene_init(&s, 4, 16);
	s.fake.rest = FAKE_413_OVER;
	s.fake.body_max = body_of_five;
	s.options.in_flight = 1;
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

static void
failed_entries_are_refused_by_key_or_by_position(void **state)
{
	(void)state;
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

static void
counts_that_do_not_add_up_leave_the_missing_row_unknown(void **state)
{
	struct scene s;

	(void)state;
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

static void
a_job_that_never_ends_is_closed_and_its_rows_are_unknown(void **state)
{
	struct scene s;
	int64_t began;

	(void)state;
	scene_init(&s, 1, 10);
	s.fake.jobs_never_end = true;
	s.fake.job_ms = INT64_C(1) << 40; /* lookups find nothing */
	s.options.wait_timeout_ms = 60000;
	began = s.fake.mono;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	assert_true(s.fake.mono - began >= 60000);
	scene_end(&s);
}

static void
a_job_that_is_gone_is_settled_by_lookups(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 1, 10);
	s.fake.job_gone = true;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 10);
	scene_end(&s);
}

static void
max_errors_stops_when_more_rows_than_that_are_bad(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 20, 5);
	s.fake.script[0] = FAKE_ACK_JOB;
	s.fake.script[1] = FAKE_400;
	s.fake.script[2] = FAKE_400;
	s.fake.script_len = 3;
	s.options.in_flight = 1;
	s.options.max_errors = 9;
	scene_run(&s);
	assert_int_equal(
	    submitter_stopped(s.submitter)->kind, DIAG_MAX_ERRORS);
	assert_int_equal(s.fake.creates, 3);
	assert_int_equal(count(&s, OUTCOME_CREATED), 5);
	scene_end(&s);

	scene_init(&s, 20, 5);
	s.fake.script[1] = FAKE_400;
	s.fake.script_len = 2;
	s.options.max_errors = 5;
	scene_run(&s);
	assert_null(submitter_stopped(s.submitter));
	scene_end(&s);
}

static void
ten_unknown_calls_of_twenty_stop_the_run(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 60, 2);
	s.fake.rest = FAKE_LOST_BEFORE;
	s.options.on_unknown = UNKNOWN_HOLD;
	s.options.in_flight = 1;
	scene_run(&s);
	assert_non_null(submitter_stopped(s.submitter));
	assert_int_equal(s.fake.creates, 10);
	scene_end(&s);
}

static void
open_jobs_bound_what_is_sent_ahead(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 12, 2);
	s.options.open_jobs = 2;
	s.fake.job_ms = 60000;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 24);
	/* Two at a time, a minute each. */
	assert_true(s.fake.create_times[11] - s.fake.create_times[0] >=
	    5 * 60000);
	scene_end(&s);
}

static void
rate_holds_over_all_calls(void **state)
{
	struct scene s;
	int64_t began;
	size_t calls;

	(void)state;
	scene_init(&s, 10, 2);
	s.options.rate_per_s = 2;
	began = s.fake.mono;
	scene_run(&s);
	calls = s.fake.creates + s.fake.polls + s.fake.lists;
	assert_int_equal(count(&s, OUTCOME_CREATED), 20);
	assert_true(s.fake.mono - began >= (int64_t)(calls - 3) * 500);
	scene_end(&s);
}

static void
a_stop_leaves_what_is_acknowledged_as_accepted(void **state)
{
	struct scene s;
	struct diag d = DIAG_INIT, why = DIAG_INIT;
	struct chunk c;

	(void)state;
	scene_init(&s, 1, 5);
	s.fake.job_ms = INT64_C(1) << 40;
	s.submitter = submitter_new(
	    &s.options, &s.transport, s.ledger, &s.clock);
	make_chunk(&c, 0, 5, true);
	assert_int_equal(submitter_add(s.submitter, &c, &d), 0);
	chunk_release(&c);
	for (int i = 0; i < 20; i++)
		assert_int_equal(submitter_step(s.submitter, 100, &d), 0);
	diag_set(&why, DIAG_SIGNAL, "stopped by SIGTERM");
	submitter_stop(s.submitter, &why, STOP_LEAVE);
	while (!submitter_is_idle(s.submitter))
		assert_int_equal(submitter_step(s.submitter, 100, &d), 0);
	assert_int_equal(submitter_finish(s.submitter, &d), 0);
	assert_int_equal(ledger_totals(s.ledger, &s.totals, &d), 0);
	assert_int_equal(count(&s, OUTCOME_ACCEPTED), 5);
	scene_end(&s);
}

static void
giving_up_on_the_wire_makes_rows_unknown(void **state)
{
	struct scene s;
	struct diag d = DIAG_INIT, why = DIAG_INIT;
	struct chunk c;

	(void)state;
	scene_init(&s, 1, 5);
	s.fake.create_ms = INT64_C(1) << 40;
	s.submitter = submitter_new(
	    &s.options, &s.transport, s.ledger, &s.clock);
	make_chunk(&c, 0, 5, true);
	assert_int_equal(submitter_add(s.submitter, &c, &d), 0);
	chunk_release(&c);
	assert_int_equal(submitter_step(s.submitter, 100, &d), 0);
	diag_set(&why, DIAG_SIGNAL, "stopped by SIGTERM");
	submitter_stop(s.submitter, &why, STOP_LEAVE);
	assert_false(submitter_is_idle(s.submitter));
	assert_int_equal(submitter_cancel(s.submitter, &d), 0);
	assert_true(submitter_is_idle(s.submitter));
	assert_int_equal(submitter_finish(s.submitter, &d), 0);
	assert_int_equal(ledger_totals(s.ledger, &s.totals, &d), 0);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 5);
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(jobs_are_followed_to_created),
	    cmocka_unit_test(the_first_call_goes_alone),
	    cmocka_unit_test(
		an_acknowledgement_without_a_job_is_confirmed_by_lookup),
	    cmocka_unit_test(
		rows_that_no_lookup_finds_are_unknown_after_the_settle_time),
	    cmocka_unit_test(
		without_a_key_an_acknowledgement_without_a_job_is_accepted),
	    cmocka_unit_test(no_wait_stops_at_the_acknowledgement),
	    cmocka_unit_test(a_lost_answer_is_looked_up_and_never_sent_again),
	    cmocka_unit_test(hold_looks_nothing_up),
	    cmocka_unit_test(
		after_an_unknown_answer_nothing_is_sent_before_the_service_answers),
	    cmocka_unit_test(
		a_service_that_stays_away_ends_the_run_after_retry_for),
	    cmocka_unit_test(resend_absent_sends_once_more_what_was_never_found),
	    cmocka_unit_test(
		resend_absent_leaves_a_call_alone_of_which_a_row_was_found),
	    cmocka_unit_test(resend_absent_resends_once_only),
	    cmocka_unit_test(
		nothing_that_left_this_machine_is_tried_again_with_backoff),
	    cmocka_unit_test(no_connection_for_retry_for_leaves_rows_unsent),
	    cmocka_unit_test(
		retry_after_is_waited_for_and_the_rows_are_sent_once),
	    cmocka_unit_test(
		a_retry_after_beyond_fifteen_minutes_stops_the_run),
	    cmocka_unit_test(
		a_refused_token_stops_at_once_and_leaves_rows_unsent),
	    cmocka_unit_test(other_4xx_refuse_the_rows_with_the_services_words),
	    cmocka_unit_test(three_refused_first_calls_stop_the_run),
	    cmocka_unit_test(a_413_halves_down_to_one_row_and_is_remembered),
	    cmocka_unit_test(failed_entries_are_refused_by_key_or_by_position),
	    cmocka_unit_test(
		counts_that_do_not_add_up_leave_the_missing_row_unknown),
	    cmocka_unit_test(
		a_job_that_never_ends_is_closed_and_its_rows_are_unknown),
	    cmocka_unit_test(a_job_that_is_gone_is_settled_by_lookups),
	    cmocka_unit_test(max_errors_stops_when_more_rows_than_that_are_bad),
	    cmocka_unit_test(ten_unknown_calls_of_twenty_stop_the_run),
	    cmocka_unit_test(open_jobs_bound_what_is_sent_ahead),
	    cmocka_unit_test(rate_holds_over_all_calls),
	    cmocka_unit_test(a_stop_leaves_what_is_acknowledged_as_accepted),
	    cmocka_unit_test(giving_up_on_the_wire_makes_rows_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
