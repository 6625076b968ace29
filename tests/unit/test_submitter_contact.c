/* SPDX-License-Identifier: MIT */
#include "submitter_scene.h"
#include "test.h"

/*
 * First contact: what a run asks about its first call, how long the others
 * wait, and that nothing depends on the answers. A transport in front of the
 * fake gives requests whose path ends so another status.
 */

struct front {
	struct scene scene;
	struct contact_watch *watch;
	struct transport inner;
	const char *suffix; /* NULL = all answers are the fake's */
	int status;
	const char *limits;
	bool is_silent; /* these requests get no answer at all */
	size_t changed; /* so many did */
	uint64_t silent_tag;
	uint64_t tags[512];
	size_t tag_count;
};

static bool
ends_so(const char *path, const char *suffix)
{
	size_t len = strlen(path), n = strlen(suffix);

	return len >= n && strcmp(path + len - n, suffix) == 0;
}

static void
front_start(void *ctx, const struct http_request *q, uint64_t tag)
{
	struct front *f = ctx;

	if (f->suffix && ends_so(q->path, f->suffix) && f->is_silent) {
		f->changed++;
		return;
	}
	if (f->suffix && ends_so(q->path, f->suffix) && f->tag_count < 512)
		f->tags[f->tag_count++] = tag;
	f->inner.start(f->inner.ctx, q, tag);
}

static int
front_wait(
    void *ctx, int64_t timeout_ms, struct http_response *r, struct diag *d)
{
	struct front *f = ctx;
	int got = f->inner.wait(f->inner.ctx, timeout_ms, r, d);

	for (size_t i = 0; got == 1 && i < f->tag_count; i++) {
		if (f->tags[i] != r->tag)
			continue;
		f->tags[i] = 0;
		f->changed++;
		r->status = f->status;
		buf_clear(&r->body);
	}
	if (got == 1 && f->limits)
		snprintf(r->limits, sizeof(r->limits), "%s", f->limits);
	return got;
}

static size_t
front_active(void *ctx)
{
	struct front *f = ctx;

	return f->inner.active(f->inner.ctx);
}

static void
front_cancel(void *ctx)
{
	struct front *f = ctx;

	f->inner.cancel(f->inner.ctx);
}

/* Six chunks of three rows; jobs take ten seconds. */
static struct front *
front_new(void)
{
	struct front *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->watch = calloc(1, sizeof(*f->watch));
	assert_non_null(f->watch);
	scene_init(&f->scene, 6, 3);
	f->scene.fake.job_ms = 10000;
	f->scene.options.watch = f->watch;
	f->inner = f->scene.transport;
	f->scene.transport = (struct transport){.ctx = f,
	    .start = front_start,
	    .wait = front_wait,
	    .active = front_active,
	    .cancel = front_cancel};
	return f;
}

static void
front_run(struct front *f)
{
	scene_run(&f->scene);
	assert_int_equal(count(&f->scene, OUTCOME_CREATED), 18);
	assert_each_received_once(&f->scene);
	assert_null(submitter_stopped(f->scene.submitter));
}

static void
front_end(struct front *f)
{
	scene_end(&f->scene);
	free(f->watch);
	free(f);
}

static void
assert_seen(const struct front *f, enum contact_fact fact, const char *text)
{
	if (strcmp(f->watch->seen.facts[fact], text) != 0)
		fail_msg("%s: '%s', expected '%s'", contact_fact_name(fact),
		    f->watch->seen.facts[fact], text);
}

/* From the first create to the second. */
static int64_t
gap(const struct front *f)
{
	return f->scene.fake.create_times[1] - f->scene.fake.create_times[0];
}

TEST(the_first_call_shows_the_service_before_the_second_is_sent)
{
	struct front *f = front_new();
	const struct fake *fake = &f->scene.fake;

	front_run(f);
	assert_true(fake->create_times[1] >= fake->jobs[0].done_at);
	assert_true(gap(f) < 25000);
	/* From then on all at once. */
	assert_true(fake->create_times[4] - fake->create_times[1] < 1000);
	assert_int_equal(fake->entries, 1);
	assert_int_equal(fake->lists, 1);
	assert_seen(f, CONTACT_ACK, CONTACT_ACK_JOB);
	assert_seen(f, CONTACT_JOB_COUNTS, "_meta");
	assert_seen(f, CONTACT_LIST_KEY, "data.<key>");
	assert_seen(f, CONTACT_CREATED_AT, "milliseconds");
	assert_seen(f, CONTACT_ENTRY_MATCH, "by key");
	/* Of the job as it ended, not of one under way. */
	assert_int_equal(f->watch->seen.entry_status_count, 2);
	assert_string_equal(f->watch->seen.entry_statuses[0], "ERROR");
	assert_string_equal(f->watch->seen.entry_statuses[1], "SUCCESS");
	assert_int_equal(f->watch->seen.taken_rows, 3);
	assert_int_equal(f->watch->seen.change_count, 0);
	front_end(f);
}

TEST(a_run_of_one_call_waits_for_what_it_asks)
{
	struct front *f = front_new();

	f->scene.chunks = 1;
	scene_run(&f->scene);
	assert_seen(f, CONTACT_ENTRY_MATCH, "by key");
	assert_seen(f, CONTACT_LIST_KEY, "data.<key>");
	front_end(f);
}

TEST(entries_that_the_first_call_needs_are_not_asked_for_a_second_time)
{
	struct front *f = front_new();

	f->scene.fake.errors_per_job = 1;
	scene_run(&f->scene);
	assert_int_equal(count(&f->scene, OUTCOME_REFUSED), 6);
	assert_int_equal(f->scene.fake.entries, 6);
	assert_seen(f, CONTACT_ENTRY_MATCH, "by key");
	front_end(f);
}

TEST(a_change_is_there_before_the_second_call)
{
	CASES(cases, enum contact_fact fact; const char *known) = {
	    {CONTACT_ACK, CONTACT_ACK_EMPTY},
	    {CONTACT_JOB_COUNTS, "_data"},
	    {CONTACT_ENTRY_KEY, "elsewhere.<key>"},
	    {CONTACT_LIST_KEY, "record.<key>"},
	    {CONTACT_CREATED_AT, "seconds"},
	};

	EACH (i, cases) {
		struct front *f = front_new();
		const struct contact *seen = &f->watch->seen;
		int64_t second;

		snprintf(f->watch->known.facts[cases[i].fact], CONTACT_TEXT,
		    "%s", cases[i].known);
		front_run(f);
		assert_int_equal(seen->change_count, 1);
		assert_int_equal(seen->changes[0].fact, cases[i].fact);
		assert_string_equal(seen->changes[0].was, cases[i].known);
		second = f->scene.fake.create_times[1] - f->scene.fake.mono +
			 f->scene.fake.wall;
		if (seen->changes[0].at_ms > second)
			fail_msg("%s: named too late",
			    contact_fact_name(cases[i].fact));
		front_end(f);
	}
}

TEST(others_wait_no_longer_than_two_minutes_or_settle)
{
	static const int64_t settles[] = {5000, 90000, 600000};

	EACH (i, settles) {
		struct front *f = front_new();
		int64_t most = settles[i] < 120000 ? settles[i] : 120000;

		f->scene.options.settings.settle_ms = settles[i];
		f->scene.fake.job_ms = 900000;
		front_run(f);
		assert_true(gap(f) >= most);
		assert_true(gap(f) < most + 1500);
		front_end(f);
	}
}

TEST(without_a_job_the_first_list_is_enough)
{
	struct front *f = front_new();

	f->scene.fake.rest = FAKE_ACK_EMPTY;
	f->scene.fake.job_ms = 0;
	front_run(f);
	assert_true(gap(f) < 5000);
	assert_seen(f, CONTACT_ACK, CONTACT_ACK_EMPTY);
	assert_seen(f, CONTACT_LIST_KEY, "data.<key>");
	assert_seen(f, CONTACT_ENTRY_KEY, "");
	assert_int_equal(f->scene.fake.entries, 0);
	front_end(f);
}

TEST(where_no_answer_comes_a_lookup_shows_the_service)
{
	struct front *f = front_new();

	f->scene.fake.rest = FAKE_LOST_AFTER;
	front_run(f);
	assert_seen(f, CONTACT_ACK, "");
	assert_seen(f, CONTACT_LIST_KEY, "data.<key>");
	assert_seen(f, CONTACT_CREATED_AT, "milliseconds");
	front_end(f);
}

TEST(no_wait_asks_nothing_and_waits_for_nothing)
{
	struct front *f = front_new();

	f->scene.options.settings.no_wait = true;
	scene_run(&f->scene);
	assert_int_equal(count(&f->scene, OUTCOME_ACCEPTED), 18);
	assert_true(gap(f) < 1000);
	assert_int_equal(f->scene.fake.entries + f->scene.fake.lists, 0);
	assert_seen(f, CONTACT_ACK, CONTACT_ACK_JOB);
	front_end(f);
}

/* Whatever the answers to its own questions are, the run goes on. */
TEST(nothing_depends_on_the_answers)
{
	CASES(cases, const char *suffix;
	      int status; /* 0 = no answer, -1 = never any */
	      size_t asked) = {
	    {"/entries", 403, 1},
	    {"/entries", 401, 1},
	    {"/entries", 400, 1},
	    {"/entries", 399, 3},
	    {"/entries", 499, 1},
	    {"/entries", 500, 3},
	    {"/entries", 200, 3}, /* an empty body */
	    {"/entries", 0, 3},
	    {"/entries", -1, 1},
	    {"/list", 403, 1},
	    {"/list", 400, 1},
	    {"/list", 399, 3},
	    {"/list", 499, 1},
	    {"/list", 500, 3},
	    {"/list", 502, 3},
	    {"/list", 429, 3},
	    {"/list", 0, 3},
	    {"/list", -1, 1},
	};

	EACH (i, cases) {
		struct front *f = front_new();

		f->suffix = cases[i].suffix;
		f->status = cases[i].status;
		f->is_silent = cases[i].status < 0;
		front_run(f);
		if (f->changed != cases[i].asked)
			fail_msg("%s %d: asked %zu times", cases[i].suffix,
			    cases[i].status, f->changed);
		assert_true(gap(f) <= 121000);
		front_end(f);
	}
}

TEST(a_row_that_is_shown_late_is_asked_for_again)
{
	struct front *f = front_new();

	f->scene.fake.list_way = FAKE_LIST_LATE;
	f->scene.fake.list_lag_ms = 900;
	front_run(f);
	assert_true(f->scene.fake.lists > 1);
	assert_seen(f, CONTACT_LIST_KEY, "data.<key>");
	front_end(f);
}

TEST(the_end_of_a_run_does_not_wait_for_an_answer_for_ever)
{
	struct front *f = front_new();
	int64_t began;

	f->scene.chunks = 1;
	f->suffix = "/entries";
	f->is_silent = true;
	began = f->scene.fake.mono;
	scene_run(&f->scene);
	assert_int_equal(count(&f->scene, OUTCOME_CREATED), 3);
	assert_true(f->scene.fake.mono - began < 40000);
	front_end(f);
}

TEST(statuses_limits_and_bodies_are_seen_in_every_answer)
{
	struct front *f = front_new();
	const struct contact *seen = &f->watch->seen;

	SCRIPT(&f->scene, FAKE_429);
	f->scene.fake.retry_after = "7";
	f->limits = "x-ratelimit-limit 100\nratelimit-policy a;w=1\n";
	scene_run(&f->scene);
	contact_watch_end(f->watch);
	assert_int_equal(seen->status_count, 2);
	assert_int_equal(seen->statuses[0], 200);
	assert_int_equal(seen->statuses[1], 429);
	assert_seen(f, CONTACT_RETRY_AFTER, "seconds");
	assert_int_equal(seen->retry_after_ms, 7000);
	assert_int_equal(seen->limit_count, 2);
	assert_string_equal(seen->limits[0].name, "ratelimit-policy");
	assert_string_equal(seen->limits[0].value, "");
	assert_string_equal(seen->limits[1].value, "100");
	assert_int_equal(seen->times[CONTACT_CREATES].count, 7);
	front_end(f);
}
