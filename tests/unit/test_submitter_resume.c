/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "fake_service.h"
#include "submit/submitter.h"

/* A run of one chunk in parts: the ledger stays, the submitter is a new one
 * in each. */
struct scene {
	struct fake fake;
	struct transport transport;
	struct clock clock;
	struct ledger *ledger;
	struct submitter_options options;
	struct chunk chunk;
	struct ledger_totals totals;
	bool is_stopped;
};

static void
make_chunk(struct chunk *c, size_t rows)
{
	chunk_init(c);
	c->end = rows * 10;
	c->first_row = c->first_line = 2;
	c->records = c->row_count = rows;
	c->record_bytes = c->end;
	c->rows = calloc(rows, sizeof(*c->rows));
	buf_addc(&c->body, '[');
	for (size_t i = 0; i < rows; i++) {
		struct chunk_row *r = &c->rows[i];

		if (i)
			buf_addc(&c->body, ',');
		r->row = r->line = 2 + i;
		r->json_at = c->body.len;
		buf_addf(&c->body, "{\"lead_id\":");
		r->key_at = c->body.len;
		buf_addf(&c->body, "\"L-%zu\"", i);
		r->key_len = c->body.len - r->key_at;
		buf_addc(&c->body, '}');
		r->json_len = c->body.len - r->json_at;
	}
	buf_addc(&c->body, ']');
	sha256_of(c->body.data, c->body.len, c->sha256);
}

static void
scene_init(struct scene *s, size_t rows)
{
	struct diag d = DIAG_INIT;

	memset(s, 0, sizeof(*s));
	fake_init(&s->fake);
	s->transport = fake_transport(&s->fake);
	s->clock = fake_clock(&s->fake);
	s->ledger = ledger_create(NULL, &d);
	assert_non_null(s->ledger);
	make_chunk(&s->chunk, rows);
	s->options = (struct submitter_options){
	    .procedure = "lead",
	    .base_url = "http://127.0.0.1:1",
	    .key_name = "lead_id",
	    .in_flight = 4,
	    .open_jobs = 16,
	    .retry_for_ms = 10000,
	    .settle_ms = 1000,
	    .wait_timeout_ms = 5000,
	    .on_unknown = UNKNOWN_CHECK,
	    .max_errors = UINT64_MAX,
	    .max_errors_percent = -1,
	};
}

static void
scene_end(struct scene *s)
{
	for (size_t i = 0; i < s->fake.key_count; i++)
		assert_true(s->fake.keys[i].created <= 1);
	chunk_release(&s->chunk);
	ledger_free(s->ledger);
	fake_release(&s->fake);
}

/* One part of the run to its end: mode < 0 = the first one. */
static void
part(struct scene *s, int mode)
{
	struct diag d = DIAG_INIT;
	size_t steps = 0;
	struct submitter *submitter = submitter_new(
	    &s->options, &s->transport, s->ledger, &s->clock);

	if (mode < 0)
		assert_int_equal(submitter_add(submitter, &s->chunk, &d), 0);
	else
		assert_int_equal(submitter_resume_chunk(submitter, &s->chunk,
				     (enum resume_mode)mode, &d),
		    0);
	submitter_input_ended(submitter);
	do {
		assert_int_equal(submitter_step(submitter, 250, &d), 0);
		assert_true(++steps < 200000); /* it must come to an end */
	} while (!submitter_is_idle(submitter));
	s->is_stopped = submitter_stopped(submitter) != NULL;
	assert_int_equal(submitter_finish(submitter, &d), 0);
	submitter_free(submitter);
	assert_int_equal(ledger_totals(s->ledger, &s->totals, &d), 0);
	assert_true(s->totals.tiles);
}

static uint64_t
count(const struct scene *s, enum outcome o)
{
	return s->totals.outcomes.rows[o];
}

static void
pass_time(struct scene *s, int64_t ms)
{
	s->fake.mono += ms;
	s->fake.wall += ms;
}

static void
a_job_that_ended_since_creates_its_rows_when_reconciled(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 10);
	s.fake.job_ms = 600000;
	s.fake.jobs_never_end = true;
	part(&s, -1);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	s.fake.jobs_never_end = false;
	pass_time(&s, 1200000);
	part(&s, RESUME_RECONCILE);
	assert_int_equal(count(&s, OUTCOME_CREATED), 10);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 0);
	assert_int_equal(s.fake.creates, 1);
	scene_end(&s);
}

static void
a_job_that_ended_since_refuses_its_rows_when_reconciled(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 10);
	s.fake.job_ms = 600000;
	s.fake.jobs_never_end = true;
	s.fake.errors_per_job = 3;
	part(&s, -1);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	s.fake.jobs_never_end = false;
	pass_time(&s, 1200000);
	part(&s, RESUME_RECONCILE);
	assert_int_equal(count(&s, OUTCOME_CREATED), 7);
	assert_int_equal(count(&s, OUTCOME_REFUSED), 3);
	scene_end(&s);
}

/* Of an unfinished job some rows are there already: the others are still the
 * job's to decide. */
static void
rows_found_meanwhile_do_not_end_the_following_of_a_job(void **state)
{
	struct scene s;
	struct diag d = DIAG_INIT;
	struct ledger_row found = {.row = 11,
	    .index = 9,
	    .call = 1,
	    .outcome = OUTCOME_CREATED,
	    .evidence = "lookup"};

	(void)state;
	scene_init(&s, 10);
	s.fake.job_ms = 600000;
	s.fake.jobs_never_end = true;
	s.fake.errors_per_job = 3;
	part(&s, -1);
	assert_int_equal(ledger_set_row(s.ledger, &found, &d), 0);
	s.fake.jobs_never_end = false;
	pass_time(&s, 1200000);
	part(&s, RESUME_RECONCILE);
	assert_int_equal(count(&s, OUTCOME_CREATED), 7);
	assert_int_equal(count(&s, OUTCOME_REFUSED), 3);
	scene_end(&s);
}

static void
lose_and_never_reach(struct scene *s)
{
	s->options.on_unknown = UNKNOWN_RESEND_ABSENT;
	s->fake.script[0] = FAKE_LOST_BEFORE;
	s->fake.script_len = 1;
	s->fake.rest = FAKE_NOT_SENT;
	part(s, -1);
}

/* What may have been on the wire is never `unsent`, also while a resend of it
 * waits. */
static void
a_resend_that_never_left_leaves_its_rows_unknown(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 10);
	lose_and_never_reach(&s);
	assert_true(s.is_stopped);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	assert_int_equal(count(&s, OUTCOME_UNSENT), 0);
	scene_end(&s);
}

static void
a_resend_that_never_left_is_sent_only_when_asked_for_again(void **state)
{
	struct scene s;
	size_t creates;

	(void)state;
	scene_init(&s, 10);
	lose_and_never_reach(&s);
	s.fake.rest = FAKE_ACK_JOB;
	creates = s.fake.creates;
	s.options.on_unknown = UNKNOWN_CHECK;
	part(&s, RESUME_SEND);
	part(&s, RESUME_RECONCILE);
	assert_int_equal(s.fake.creates, creates);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	s.options.on_unknown = UNKNOWN_RESEND_ABSENT;
	part(&s, RESUME_RECONCILE);
	assert_int_equal(s.fake.creates, creates + 1);
	assert_int_equal(count(&s, OUTCOME_CREATED), 10);
	scene_end(&s);
}

static void
a_call_that_was_sent_again_is_not_sent_a_third_time(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 10);
	s.options.on_unknown = UNKNOWN_RESEND_ABSENT;
	s.fake.rest = FAKE_LOST_BEFORE;
	part(&s, -1);
	assert_int_equal(s.fake.creates, 2);
	s.fake.rest = FAKE_ACK_JOB;
	part(&s, RESUME_RECONCILE);
	assert_int_equal(s.fake.creates, 2);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	scene_end(&s);
}

static void
reading_only_knows_the_chunk_and_sends_nothing(void **state)
{
	struct scene s;
	struct diag d = DIAG_INIT;
	struct submitter *submitter;

	(void)state;
	scene_init(&s, 10);
	submitter = submitter_new(
	    &s.options, &s.transport, s.ledger, &s.clock);
	assert_int_equal(submitter_resume_chunk(
			     submitter, &s.chunk, RESUME_READ, &d),
	    1);
	submitter_free(submitter);
	s.fake.rest = FAKE_401;
	part(&s, -1);
	assert_int_equal(s.fake.creates, 1);
	part(&s, RESUME_READ);
	assert_int_equal(s.fake.creates, 1);
	assert_int_equal(count(&s, OUTCOME_UNSENT), 10);
	s.chunk.sha256[0] ^= 1;
	submitter = submitter_new(
	    &s.options, &s.transport, s.ledger, &s.clock);
	assert_int_equal(submitter_resume_chunk(
			     submitter, &s.chunk, RESUME_READ, &d),
	    -1);
	assert_int_equal(d.kind, DIAG_INPUT);
	submitter_free(submitter);
	scene_end(&s);
}

/* A page of somebody else, with 200: every answer is a sign of life, and none
 * says what is there. */
static void
lookups_before_a_send_that_nobody_can_read_end_the_run(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 10);
	s.options.skip_existing = true;
	s.fake.list_foreign = true;
	part(&s, -1);
	assert_true(s.is_stopped);
	assert_int_equal(s.fake.creates, 0);
	assert_int_equal(count(&s, OUTCOME_UNSENT), 10);
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		a_job_that_ended_since_creates_its_rows_when_reconciled),
	    cmocka_unit_test(
		a_job_that_ended_since_refuses_its_rows_when_reconciled),
	    cmocka_unit_test(
		rows_found_meanwhile_do_not_end_the_following_of_a_job),
	    cmocka_unit_test(a_resend_that_never_left_leaves_its_rows_unknown),
	    cmocka_unit_test(
		a_resend_that_never_left_is_sent_only_when_asked_for_again),
	    cmocka_unit_test(
		a_call_that_was_sent_again_is_not_sent_a_third_time),
	    cmocka_unit_test(reading_only_knows_the_chunk_and_sends_nothing),
	    cmocka_unit_test(
		lookups_before_a_send_that_nobody_can_read_end_the_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
