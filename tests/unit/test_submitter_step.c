/* SPDX-License-Identifier: MIT */
#include "submitter_scene.h"
#include "test.h"

/* One step: what it commits when, what an answer leaves in the ledger besides
 * its call, and a transport that fails. */

TEST(an_answer_is_committed_within_a_tenth_of_a_second)
{
	struct scene s;
	struct diag d = DIAG_INIT;
	int64_t dirty_at = 0;
	size_t commits = 0;

	scene_init(&s, 1, 5);
	s.fake.job_ms = 1000;
	scene_start(&s);
	for (int i = 0; i < 500; i++) {
		bool was_dirty = dirty_at != 0;

		assert_int_equal(submitter_step(s.submitter, 1, &d), 0);
		if (!ledger_is_dirty(s.ledger)) {
			/* Not at once either: others may come. */
			if (was_dirty)
				assert_int_equal(s.fake.mono - dirty_at, 100);
			commits += was_dirty;
			dirty_at = 0;
		} else if (!was_dirty) {
			dirty_at = s.fake.mono;
		}
	}
	assert_int_equal(dirty_at, 0);
	assert_int_equal(commits, 1);
	scene_end(&s);
}

/* Nothing is to be waited for then. */
static void
start_and_take_the_answer(struct scene *s, size_t chunks)
{
	struct diag d = DIAG_INIT;

	scene_init(s, chunks, 5);
	s->options.settings.no_wait = true;
	scene_start(s);
	while (s->fake.creates == 0 || s->fake.active > 0)
		assert_int_equal(submitter_step(s->submitter, 250, &d), 0);
}

static void
start_another(struct scene *s, size_t ordinal, int64_t takes_ms)
{
	struct diag d = DIAG_INIT;
	struct chunk c;

	s->fake.create_ms = takes_ms;
	make_chunk(&c, ordinal, s->rows, s->has_keys);
	assert_int_equal(submitter_add(s->submitter, &c, &d), 0);
	chunk_release(&c);
	assert_int_equal(submitter_step(s->submitter, 0, &d), 0);
}

TEST(what_is_to_be_committed_waits_for_no_answer)
{
	struct scene s;
	struct diag d = DIAG_INIT;
	int64_t dirty_at;

	start_and_take_the_answer(&s, 3);
	start_another(&s, 1, 20);
	start_another(&s, 2, 100000);
	assert_int_equal(s.fake.active, 2);
	while (s.fake.active == 2)
		assert_int_equal(submitter_step(s.submitter, 1, &d), 0);
	assert_true(ledger_is_dirty(s.ledger));
	dirty_at = s.fake.mono;
	while (ledger_is_dirty(s.ledger))
		assert_int_equal(submitter_step(s.submitter, 90000, &d), 0);
	assert_int_equal(s.fake.mono - dirty_at, 100);
	scene_end(&s);
}

TEST(where_nothing_can_come_nothing_is_waited_for)
{
	struct scene s;
	struct diag d = DIAG_INIT;
	int64_t begin;

	start_and_take_the_answer(&s, 1);
	begin = s.fake.mono;
	assert_int_equal(submitter_step(s.submitter, 250, &d), 0);
	assert_int_equal(s.fake.mono, begin);
	assert_true(submitter_is_idle(s.submitter));
	scene_end(&s);
}

TEST(a_ledger_says_that_its_answers_are_the_sandboxs)
{
	for (int is_sandbox = 0; is_sandbox < 2; is_sandbox++) {
		struct scene s;
		struct diag d = DIAG_INIT;
		char *value;

		scene_init(&s, 1, 5);
		s.fake.is_sandbox = is_sandbox;
		s.options.settings.no_wait = true; /* one answer says it */
		scene_run(&s);
		assert_int_equal(
		    ledger_get(s.ledger, LEDGER_REHEARSAL, &value, &d), 0);
		assert_int_equal(value != NULL, is_sandbox);
		if (value != NULL)
			assert_string_equal(value, "1");
		free(value);
		scene_end(&s);
	}
}

/* Once when it is known, and what is known better at the end. */
TEST(the_clock_of_the_service_is_noted_twice_at_most)
{
	static const int64_t slow[] = {0, 500};

	EACH (i, slow) {
		struct scene s;
		char *events;

		scene_init(&s, 3, 5);
		s.fake.date = "Mon, 21 Sep 2026 14:13:20 GMT";
		s.fake.slow_ms = slow[i];
		scene_run(&s);
		events = scene_events(&s);
		assert_string_equal(
		    events, slow[i] ? "clock: offset 740 ms, within 750 ms\n"
				      "clock: offset 480 ms, within 500 ms\n"
				    : "clock: offset 490 ms, within 500 ms\n");
		free(events);
		scene_end(&s);
	}
}

static int
fail_to_wait(
    void *ctx, int64_t timeout_ms, struct http_response *r, struct diag *d)
{
	(void)ctx;
	(void)timeout_ms;
	(void)r;
	return diag_set(d, DIAG_INTERNAL, "no network today");
}

static int
answer_another(
    void *ctx, int64_t timeout_ms, struct http_response *r, struct diag *d)
{
	(void)ctx;
	(void)timeout_ms;
	(void)d;
	*r = (struct http_response){.tag = 12345, .status = 200};
	return 1;
}

TEST(a_transport_that_fails_ends_the_run)
{
	CASES(cases, int (*wait)(void *ctx, int64_t timeout_ms,
			 struct http_response *r, struct diag *d);
	      const char *words) = {
	    {fail_to_wait, "no network today"},
	    {answer_another, "an answer came for an unknown request"},
	};

	EACH (i, cases) {
		struct scene s;
		struct diag d = DIAG_INIT;

		scene_init(&s, 1, 5);
		s.transport.wait = cases[i].wait;
		scene_start(&s);
		assert_int_equal(submitter_step(s.submitter, 10, &d), -1);
		assert_string_equal(d.message, cases[i].words);
		scene_end(&s);
	}
}

/* The last of many small files waits for all before it. */
TEST(a_small_call_is_over_when_its_job_is)
{
	CASES(cases, size_t rows; int64_t job_ms, least, most) = {
	    {20, 0, 0, 100},
	    {20, 20, 0, 100},
	    {20, 150, 150, 300}, /* the early question changes no other */
	    {200, 20, 190, 300},
	};

	EACH (i, cases) {
		struct scene s;
		int64_t began;

		scene_init(&s, 1, cases[i].rows);
		s.fake.create_ms = 1;
		s.fake.job_ms = cases[i].job_ms;
		began = s.fake.mono;
		scene_run(&s);
		assert_int_equal(
		    count(&s, OUTCOME_CREATED), (int)cases[i].rows);
		assert_in_range(
		    s.fake.mono - began, cases[i].least, cases[i].most);
		scene_end(&s);
	}
}

/* Notes how much of an answer to its create would be read. */
struct noting {
	struct transport inner;
	size_t body_len, answer_max;
};

static void
note_start(void *ctx, const struct http_request *q, uint64_t tag)
{
	struct noting *n = ctx;

	if (strstr(q->path, "/bulk-create") != NULL) {
		n->body_len = q->body_len;
		n->answer_max = q->answer_max;
	}
	n->inner.start(n->inner.ctx, q, tag);
}

static int
note_wait(
    void *ctx, int64_t timeout_ms, struct http_response *r, struct diag *d)
{
	struct noting *n = ctx;

	return n->inner.wait(n->inner.ctx, timeout_ms, r, d);
}

static size_t
note_active(void *ctx)
{
	struct noting *n = ctx;

	return n->inner.active(n->inner.ctx);
}

/* It may repeat what was sent, and say something about it. */
TEST(an_answer_may_be_four_times_the_request_and_four_mebibytes_in_any_case)
{
	const size_t MiB = (size_t)1 << 20;
	const size_t lengths[] = {100, MiB - 100, MiB, MiB + 1, 3 * MiB};

	EACH (i, lengths) {
		struct scene s;
		struct noting n;
		struct diag d = DIAG_INIT;
		struct chunk c;

		scene_init(&s, 1, 1);
		n = (struct noting){.inner = s.transport};
		s.transport = (struct transport){.ctx = &n,
		    .start = note_start,
		    .wait = note_wait,
		    .active = note_active};
		s.submitter =
		    submitter_new(&s.options, &s.transport, s.ledger, &s.clock);
		make_chunk(&c, 0, 1, true);
		buf_truncate(&c.body, c.body.len - 2);
		buf_adds(&c.body, ",\"t\":\"");
		while (c.body.len < lengths[i] - 3)
			buf_addc(&c.body, 'x');
		buf_adds(&c.body, "\"}]");
		c.rows[0].json_len = c.body.len - 2;
		sha256_of(c.body.data, c.body.len, c.sha256);
		assert_int_equal(submitter_add(s.submitter, &c, &d), 0);
		assert_int_equal(submitter_step(s.submitter, 1, &d), 0);
		assert_int_equal(n.body_len, lengths[i]);
		assert_int_equal(
		    n.answer_max, lengths[i] > MiB ? 4 * lengths[i] : 4 * MiB);
		chunk_release(&c);
		scene_end(&s);
	}
}
