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
		if (submitter_is_idle(s->submitter)) {
			ret = submitter_finish(s->submitter, &d);
			break;
		}
		ret = submitter_step(s->submitter, 250, &d);
		assert_true(steps < 200000); /* it must come to an end */
	}
	if ((ret < 0) != f->is_over)
		fail_msg("statement %zu, mode %d: %d", f->at, mode, ret);
	assert_int_equal(d.kind != DIAG_NONE, f->is_over);
}

static void
upsert(struct scene *s)
{
	s->options.verb = VERB_UPDATE;
	s->options.missing = verb_of(VERB_CREATE);
	s->options.compare.key_name = s->options.key_name;
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

TEST(whichever_statement_of_the_ledger_fails_it_is_said_at_once)
{
	CASES(cases, enum left left; enum fake_create before, now; int mode;
	      bool is_upsert; size_t least) = {
	    {LEFT_NOTHING, 0, FAKE_ACK_JOB, FIRST_PART, false, 15},
	    {LEFT_NOTHING, 0, FAKE_LOST_HALF, FIRST_PART, false, 15},
	    {LEFT_NOTHING, 0, FAKE_413_OVER, FIRST_PART, false, 25},
	    {LEFT_NOTHING, 0, FAKE_ACK_JOB, FIRST_PART, true, 15},
	    {LEFT_NOTHING, 0, FAKE_ACK_JOB, RESUME_AFTER_DAMAGE, false, 14},
	    {LEFT_PART, FAKE_401, FAKE_ACK_JOB, RESUME_AFTER_DAMAGE, false, 11},
	    {LEFT_PART, FAKE_401, FAKE_ACK_JOB, RESUME_SEND, false, 17},
	    {LEFT_PART, FAKE_401, FAKE_ACK_JOB, RESUME_SEND, true, 17},
	    {LEFT_PART, FAKE_LOST_HALF, 0, RESUME_RECONCILE, false, 7},
	    {LEFT_PART, FAKE_LOST_BEFORE, 0, RESUME_RECONCILE, true, 7},
	    {LEFT_UPDATE, FAKE_401, FAKE_ACK_JOB, RESUME_SEND, true, 11},
	};

	EACH (i, cases) {
		struct failure f = {.is_over = true};

		for (size_t at = 1; f.is_over; at++) {
			struct scene s;

			scene_init(&s, 1, 6);
			s.options.settings.retry_for_ms = 10000;
			s.options.settings.settle_ms = 1000;
			s.fake.errors_per_job = 1;
			s.fake.body_max = 80; /* four rows */
			if (cases[i].is_upsert)
				upsert(&s);
			s.fake.rest = cases[i].before;
			if (cases[i].left != LEFT_NOTHING)
				scene_part(&s, FIRST_PART);
			if (cases[i].left == LEFT_UPDATE)
				leave_an_update(&s);
			s.fake.rest = cases[i].now;
			s.submitter = submitter_new(
			    &s.options, &s.transport, s.ledger, &s.clock);
			f = (struct failure){.at = at};
			watch_ledger(&s, &f);
			part_that_fails(&s, cases[i].mode, &f);
			scene_end(&s);
		}
		assert_true(f.statements >= cases[i].least);
	}
}
