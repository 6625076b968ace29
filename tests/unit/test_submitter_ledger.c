/* SPDX-License-Identifier: MIT */
#include "ledger/database.h"
#include "submitter_scene.h"
#include "test.h"

/*
 * A ledger that fails. What it was asked or told is not known then, and a run
 * that went on would send what it must not: whoever hits upon the failure says
 * so at once, whichever statement it was.
 */

struct failure {
	size_t at, statements; /* the at-th statement fails, from 1 */
	bool is_over;
};

static int
count_statement(unsigned event, void *ctx, void *statement, void *sql)
{
	struct failure *f = ctx;

	(void)event;
	(void)statement;
	(void)sql;
	f->statements++;
	return 0;
}

static int
fail_once(void *ctx)
{
	struct failure *f = ctx;

	if (f->is_over || f->statements < f->at)
		return 0;
	f->is_over = true;
	return 1;
}

static void
watch_ledger(struct scene *s, struct failure *f)
{
	sqlite3_trace_v2(s->ledger->db, SQLITE_TRACE_STMT, count_statement, f);
	sqlite3_progress_handler(s->ledger->db, 1, fail_once, f);
}

static int
hand_in(struct scene *s, int mode, struct diag *d)
{
	struct chunk c;
	int ret;

	make_chunk(&c, 0, s->rows, s->has_keys);
	ret = mode == FIRST_PART ? submitter_add(s->submitter, &c, d)
				 : submitter_resume_chunk(s->submitter, &c,
				       (enum resume_mode)mode, d);
	chunk_release(&c);
	return ret;
}

/* As scene_part does, until the failure. */
static void
part_that_fails(struct scene *s, int mode, const struct failure *f)
{
	struct diag d = DIAG_INIT;
	int ret = hand_in(s, mode, &d);

	submitter_input_ended(s->submitter);
	for (size_t steps = 0; ret == 0 && !f->is_over; steps++) {
		if (submitter_is_idle(s->submitter))
			break;
		ret = submitter_step(s->submitter, 250, &d);
		assert_true(steps < 200000); /* it must come to an end */
	}
	/* A run that is stopping says it when it has stopped. */
	if (ret == 0 && (!f->is_over || submitter_stopped(s->submitter)))
		ret = submitter_finish(s->submitter, &d);
	if ((ret < 0) != f->is_over)
		fail_msg("statement %zu, mode %d: %d", f->at, mode, ret);
	assert_int_equal(d.kind != DIAG_NONE, f->is_over);
}

static int
copy_call(void *ctx, const struct ledger_call *c)
{
	*(struct ledger_call *)ctx = *c;
	return 0;
}

/* As if the last call of the ledger was an update, of which it is not known
 * whether it arrived. */
static void
leave_an_update(struct scene *s)
{
	struct ledger_call call = {0};
	struct diag d = DIAG_INIT;

	assert_int_equal(
	    ledger_each_call(s->ledger, -1, copy_call, &call, &d), 0);
	call.state = CALL_SENT;
	call.done = verb_of(VERB_UPDATE)->done;
	assert_int_equal(ledger_update_call(s->ledger, &call, &d), 0);
}

enum left {
	LEFT_NOTHING,
	LEFT_PART,  /* a first part, in which calls did as `before` says */
	LEFT_UPDATE /* … and the call was an update */
};

enum odd {
	UPSERT = 1,
	SOME_THERE = 2,	  /* two of the rows stand already */
	KEYLESS = 4,	  /* entries */
	FEWER = 8,	  /* entries than the job counts */
	LIST_PAUSES = 16, /* the first lookup is a 429 */
	LIST_EMPTY = 32,  /* but for what we created */
	NEVER_ENDED = 64, /* the job of the first part */
	IDS = 128,
	DATED = 256, /* answers, by another clock */
	UPDATE = 512,
	GOOD_JOBS = 1024,
	SANDBOX = 2048,
	WATCHED = 4096,
	PROBE_PAUSES = 8192,
	HOUR = 16384, /* that long are pauses */
	RENEWED = 32768
};

static enum renewal
renew(void *ctx, struct diag *why)
{
	(void)ctx;
	(void)why;
	return RENEWAL_DONE;
}

struct failing {
	enum left left;
	enum fake_create before, first, then;
	int mode;
	unsigned odd;
};

static void
set_up(struct scene *s, const struct failing *c, struct contact_watch *watch)
{
	scene_init(s, 1, 6);
	s->options.settings.retry_for_ms = 10000;
	s->options.settings.settle_ms = 1000;
	s->options.settings.wait_timeout_ms = 5000;
	s->options.settings.ids = c->odd & IDS;
	s->options.watch = c->odd & WATCHED ? watch : NULL;
	s->transport.renew = c->odd & RENEWED ? renew : NULL;
	s->fake.errors_per_job = c->odd & GOOD_JOBS ? 0 : 1;
	s->fake.body_max = 105; /* four rows */
	s->fake.retry_after = c->odd & HOUR ? "3600" : "1";
	s->fake.date = c->odd & DATED ? "Mon, 02 Nov 2026 10:00:00 GMT" : NULL;
	s->fake.entries_without_keys = c->odd & KEYLESS;
	s->fake.entries_fewer = c->odd & FEWER;
	s->fake.list_429_at = c->odd & LIST_PAUSES ? 1 : 0;
	s->fake.slow_ms = c->odd & DATED ? 500 : 0;
	s->fake.probe_429 = c->odd & PROBE_PAUSES;
	s->fake.is_sandbox = c->odd & SANDBOX;
	s->fake.list_way = c->odd & LIST_EMPTY ? FAKE_LIST_EMPTY : 0;
	if (c->odd & UPSERT)
		scene_upserts(s);
	if (c->odd & UPDATE) {
		scene_updates(s);
		(void)scene_differs(s, "L-2");
		(void)scene_differs(s, "L-5");
		(void)scene_differs(s, "L-7");
	}
	if (c->odd & SOME_THERE) {
		scene_stands(s, "L-3");
		scene_stands(s, "L-4");
	}
	s->fake.rest = c->before;
	s->fake.jobs_never_end = c->odd & NEVER_ENDED;
	if (c->left != LEFT_NOTHING)
		scene_part(s, FIRST_PART);
	if (c->left == LEFT_UPDATE)
		leave_an_update(s);
	s->fake.jobs_never_end = false;
	s->fake.script[s->fake.creates] = c->first;
	s->fake.script_len = s->fake.creates + 1;
	s->fake.rest = c->then;
	s->submitter =
	    submitter_new(&s->options, &s->transport, s->ledger, &s->clock);
}

TEST(whichever_statement_of_the_ledger_fails_it_is_said_at_once)
{
	static const struct failing cases[] = {
	    {0, 0, FAKE_ACK_JOB, 0, FIRST_PART, 0},
	    {0, 0, FAKE_ACK_JOB, 0, FIRST_PART, IDS | DATED},
	    {0, 0, FAKE_ACK_JOB, 0, FIRST_PART, KEYLESS},
	    {0, 0, FAKE_ACK_JOB, 0, FIRST_PART, FEWER},
	    {0, 0, FAKE_LOST_HALF, 0, FIRST_PART, 0},
	    {0, 0, FAKE_LOST_HALF, 0, FIRST_PART, LIST_PAUSES},
	    {0, 0, FAKE_413_OVER, FAKE_413_OVER, FIRST_PART, 0},
	    {0, 0, FAKE_429, 0, FIRST_PART, 0},
	    {0, 0, FAKE_NOT_SENT, 0, FIRST_PART, 0},
	    {0, 0, FAKE_400, 0, FIRST_PART, 0},
	    {0, 0, FAKE_401, 0, FIRST_PART, 0},
	    {0, 0, FAKE_ACK_JOB, 0, FIRST_PART, UPSERT},
	    {0, 0, FAKE_ACK_JOB, 0, FIRST_PART, UPSERT | SOME_THERE},
	    {0, 0, FAKE_ACK_JOB, 0, FIRST_PART, UPSERT | LIST_EMPTY},
	    {0, 0, FAKE_ACK_JOB, 0, FIRST_PART, UPDATE},
	    {0, 0, FAKE_ACK_JOB, 0, FIRST_PART, UPDATE | GOOD_JOBS},
	    {0, 0, FAKE_ACK_JOB, 0, FIRST_PART, UPDATE | KEYLESS},
	    {0, 0, FAKE_LOST_BEFORE, 0, FIRST_PART, UPDATE | GOOD_JOBS},
	    {0, 0, FAKE_ACK_NOTHING, 0, FIRST_PART, UPDATE | GOOD_JOBS},
	    {0, 0, FAKE_ACK_JOB, 0, FIRST_PART, UPSERT | SANDBOX},
	    {0, 0, FAKE_ACK_JOB, 0, FIRST_PART, WATCHED | LIST_PAUSES},
	    {0, 0, FAKE_ACK_JOB, 0, FIRST_PART, UPSERT | PROBE_PAUSES},
	    {0, 0, FAKE_LOST_HALF, 0, FIRST_PART, LIST_PAUSES | HOUR},
	    {0, 0, FAKE_401, 0, FIRST_PART, RENEWED},
	    {0, 0, FAKE_ACK_JOB, 0, RESUME_AFTER_DAMAGE, 0},
	    {LEFT_PART, FAKE_401, 0, 0, RESUME_AFTER_DAMAGE, 0},
	    {LEFT_PART, FAKE_401, 0, 0, RESUME_SEND, 0},
	    {LEFT_PART, FAKE_401, 0, 0, RESUME_SEND, UPSERT},
	    {LEFT_PART, 0, 0, 0, RESUME_RECONCILE, NEVER_ENDED},
	    {LEFT_PART, FAKE_LOST_HALF, 0, 0, RESUME_RECONCILE, 0},
	    {LEFT_PART, FAKE_LOST_BEFORE, 0, 0, RESUME_RECONCILE, UPSERT},
	    {LEFT_UPDATE, FAKE_401, 0, 0, RESUME_SEND, UPSERT},
	};

	EACH (i, cases) {
		struct failure f = {.is_over = true};

		for (size_t at = 1; f.is_over; at++) {
			struct contact_watch watch = {0};
			struct scene s;

			set_up(&s, &cases[i], &watch);
			f = (struct failure){.at = at};
			watch_ledger(&s, &f);
			part_that_fails(&s, cases[i].mode, &f);
			scene_end(&s);
		}
		assert_true(f.statements > 5);
	}
}
