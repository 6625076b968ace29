/* SPDX-License-Identifier: MIT */
#include "submitter_scene.h"
#include "system/log.h"
#include "test.h"

/*
 * Answers to polls, entries and lookups that are not as usual. The fake
 * behaves; a transport in front of it gives some requests another answer.
 */

struct twist {
	const char *path;   /* requests whose path holds this … */
	size_t first, last; /* … the n-th to the m-th of them, from 1 */
	int status;
	const char *retry_after, *body;
	bool is_refused_to_start; /* it never leaves */
	size_t seen;
};

struct twisted {
	struct scene scene;
	struct transport inner;
	struct twist *twists;
	size_t count;
	struct {
		uint64_t tag;
		const struct twist *twist;
	} open[64];
	uint64_t refused[64]; /* tags that wait has to answer */
	size_t refused_count;
	int64_t begun[512]; /* when requests of the first twist's path began */
};

static void
twisted_start(void *ctx, const struct http_request *q, uint64_t tag)
{
	struct twisted *t = ctx;
	const struct twist *hit = NULL;

	for (size_t i = 0; i < t->count; i++) {
		struct twist *w = &t->twists[i];

		if (strstr(q->path, w->path) == NULL)
			continue;
		w->seen++;
		if (i == 0 && w->seen <= 512)
			t->begun[w->seen - 1] = t->scene.fake.mono;
		if (w->seen >= w->first && w->seen <= w->last)
			hit = w;
	}
	if (hit && hit->is_refused_to_start) {
		t->refused[t->refused_count++ % 64] = tag;
		return;
	}
	for (size_t i = 0; hit && i < 64; i++) {
		if (t->open[i].twist)
			continue;
		t->open[i].tag = tag;
		t->open[i].twist = hit;
		break;
	}
	t->inner.start(t->inner.ctx, q, tag);
}

static int
twisted_wait(
    void *ctx, int64_t timeout_ms, struct http_response *r, struct diag *d)
{
	struct twisted *t = ctx;
	int got;

	if (t->refused_count > 0) {
		*r = (struct http_response){
		    .tag = t->refused[--t->refused_count % 64]};
		snprintf(r->error, sizeof(r->error), "no memory for a request");
		return 1;
	}
	got = t->inner.wait(t->inner.ctx, timeout_ms, r, d);
	for (size_t i = 0; got == 1 && i < 64; i++) {
		const struct twist *w = t->open[i].twist;

		if (w == NULL || t->open[i].tag != r->tag)
			continue;
		t->open[i].twist = NULL;
		r->status = w->status;
		buf_clear(&r->body);
		buf_adds(&r->body, w->body ? w->body : "");
		snprintf(r->retry_after, sizeof(r->retry_after), "%s",
		    w->retry_after ? w->retry_after : "");
		if (w->status == 0)
			snprintf(r->error, sizeof(r->error), "reset");
	}
	return got;
}

static size_t
twisted_active(void *ctx)
{
	struct twisted *t = ctx;

	return t->inner.active(t->inner.ctx);
}

static void
twisted_cancel(void *ctx)
{
	struct twisted *t = ctx;

	t->inner.cancel(t->inner.ctx);
}

/* Two chunks of five rows; jobs take a second. */
static struct twisted *
twisted_new(struct twist *twists, size_t count)
{
	struct twisted *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	scene_init(&t->scene, 2, 5);
	t->scene.fake.job_ms = 1000;
	t->inner = t->scene.transport;
	t->twists = twists;
	t->count = count;
	t->scene.transport = (struct transport){.ctx = t,
	    .start = twisted_start,
	    .wait = twisted_wait,
	    .active = twisted_active,
	    .cancel = twisted_cancel};
	return t;
}

static void
twisted_end(struct twisted *t)
{
	scene_end(&t->scene);
	free(t);
}

static const struct diag *
why(const struct twisted *t)
{
	return submitter_stopped(t->scene.submitter);
}

TEST(a_poll_that_is_told_to_wait_is_repeated_after_that)
{
	const struct {
		int status;
		const char *retry_after;
		int64_t at_least_ms;
		size_t times;
	} cases[] = {{429, "7", 7000, 1}, {503, "7", 7000, 1},
	    {429, "", 250, 1}, {408, "", 250, 1}, {429, "7", 7000, 40}};

	EACH (i, cases) {
		struct twist w = {"background-job", 1, cases[i].times,
		    cases[i].status, cases[i].retry_after, "wait", false, 0};
		struct twisted *t = twisted_new(&w, 1);

		scene_run(&t->scene);
		assert_null(why(t));
		assert_int_equal(count(&t->scene, OUTCOME_CREATED), 10);
		assert_true(t->begun[1] - t->begun[0] >= cases[i].at_least_ms);
		assert_int_equal(t->scene.fake.lists, 0);
		assert_each_received_once(&t->scene);
		twisted_end(t);
	}
}

TEST(a_poll_that_is_told_to_wait_for_an_hour_stops_the_run)
{
	struct twist w = {
	    "background-job", 1, 1, 429, "3600", "wait", false, 0};
	struct twisted *t = twisted_new(&w, 1);

	scene_run(&t->scene);
	assert_non_null(why(t));
	assert_int_equal(why(t)->kind, DIAG_SERVICE);
	assert_non_null(strstr(why(t)->message, "asks to come back at"));
	assert_int_equal(count(&t->scene, OUTCOME_UNKNOWN), 0);
	assert_int_equal(
	    count(&t->scene, OUTCOME_ACCEPTED), 5 * t->scene.fake.creates);
	twisted_end(t);
}

TEST(a_token_that_expires_while_jobs_are_followed_stops_the_run)
{
	const int statuses[] = {401, 403};

	for (size_t i = 0; i < 2; i++) {
		struct twist w = {"background-job", 1, 999, statuses[i], NULL,
		    "{\"_errors\":[\"expired\"]}", false, 0};
		struct twisted *t = twisted_new(&w, 1);

		scene_run(&t->scene);
		assert_non_null(why(t));
		assert_non_null(strstr(why(t)->message, "expired"));
		assert_non_null(strstr(why(t)->help, "check the token"));
		assert_int_equal(w.seen, 1);
		assert_int_equal(count(&t->scene, OUTCOME_UNKNOWN), 0);
		assert_each_received_once(&t->scene);
		twisted_end(t);
	}
}

TEST(entries_that_cannot_be_read_are_asked_for_again)
{
	struct twist w = {
	    "/entries", 1, 2, 200, NULL, "{\"_data\":7}", false, 0};
	struct twisted *t = twisted_new(&w, 1);

	t->scene.fake.errors_per_job = 1;
	scene_run(&t->scene);
	assert_int_equal(count(&t->scene, OUTCOME_CREATED), 8);
	assert_int_equal(count(&t->scene, OUTCOME_REFUSED), 2);
	assert_true(t->begun[1] > t->begun[0]);
	twisted_end(t);
}

TEST(entries_that_never_can_be_read_leave_it_to_lookups)
{
	struct twist w = {"/entries", 1, 999, 200, NULL, "no JSON", false, 0};
	struct twisted *t = twisted_new(&w, 1);

	t->scene.fake.errors_per_job = 1;
	scene_run(&t->scene);
	assert_null(why(t));
	assert_int_equal(count(&t->scene, OUTCOME_CREATED), 8);
	assert_int_equal(count(&t->scene, OUTCOME_REFUSED), 0);
	assert_int_equal(count(&t->scene, OUTCOME_UNKNOWN), 2);
	assert_int_equal(w.seen, 10); /* both jobs together */
	assert_each_received_once(&t->scene);
	twisted_end(t);
}

/* Of both chunks, how many rows have a process id in the ledger. */
static size_t
ids_kept(struct scene *s)
{
	struct ledger_outcomes *o = ledger_outcomes_new(s->ledger);
	struct diag d = DIAG_INIT;
	size_t n = 0;

	for (uint64_t chunk = 0; chunk < 2; chunk++) {
		assert_int_equal(ledger_outcomes_load(o, chunk, &d), 0);
		for (uint64_t i = 0; i < 5; i++)
			n += ledger_outcomes_get(o, i).process_id[0] != '\0';
	}
	ledger_outcomes_free(o);
	return n;
}

/* How many rows of both chunks the ledger tells to be without; NULL = of none
 * it tells anything. */
static void
assert_without_ids(const struct scene *s, const char *first, const char *second)
{
	char *events = scene_events(s), wanted[300];

	assert_int_equal(
	    count_of(events, "\n"), (first != NULL) + (second != NULL));
	for (int i = 0; (i == 0 ? first : second) != NULL && i < 2; i++) {
		snprintf(wanted, sizeof(wanted),
		    "ids: rows %s: %s without a process_id in results.csv: "
		    "the entries of their background job do not name it\n",
		    i == 0 ? "2-6" : "7-11", i == 0 ? first : second);
		assert_non_null(strstr(events, wanted));
	}
	free(events);
}

static void
count_line(void *ctx)
{
	++*(size_t *)ctx;
}

/* They decide nothing: without them the rows are as created as before; which
 * are missing is told of each call, and the first time on the screen. */
TEST(ids_are_asked_of_every_job_when_they_are_wanted)
{
	CASES(cases, bool wanted, keyless; unsigned errors; const char *body;
	      uint64_t ids, created, refused; const char *first, *second) = {
	    {false, false, 0, NULL, 0, 10, 0, NULL, NULL},
	    {true, false, 0, NULL, 10, 10, 0, NULL, NULL},
	    {true, false, 1, NULL, 8, 8, 2, NULL, NULL},
	    {true, true, 0, NULL, 0, 10, 0, "5", "5"},
	    {true, true, 0, NULL, 0, 5, 0, "5", NULL},
	    {true, false, 0, "no JSON", 0, 10, 0, "5", "5"},
	    {true, false, 0, "{\"_data\":[],\"_meta\":{}}", 0, 10, 0, "5", "5"},
	    {true, false, 0,
		"{\"_data\":[{\"completionStatus\":\"SUCCESS\","
		"\"processId\":\"p\",\"input\":{\"lead_id\":\"L-2\"}}],"
		"\"_meta\":{}}",
		1, 10, 0, "4", "5"},
	};

	EACH (i, cases) {
		struct twist w = {"/entries", 1, cases[i].body ? 999 : 0, 200,
		    NULL, cases[i].body, false, 0};
		struct twisted *t = twisted_new(&w, 1);
		size_t lines = 0;

		t->scene.chunks =
		    cases[i].created + cases[i].refused > 5 ? 2 : 1;
		t->scene.options.settings.ids = cases[i].wanted;
		t->scene.fake.entries_without_keys = cases[i].keyless;
		t->scene.fake.errors_per_job = cases[i].errors;
		log_before(count_line, &lines);
		scene_run(&t->scene);
		log_before(NULL, NULL);
		assert_int_equal(lines, cases[i].first != NULL);
		assert_null(why(t));
		assert_int_equal(
		    count(&t->scene, OUTCOME_CREATED), cases[i].created);
		assert_int_equal(
		    count(&t->scene, OUTCOME_REFUSED), cases[i].refused);
		assert_int_equal(ids_kept(&t->scene), cases[i].ids);
		assert_int_equal(t->scene.fake.lists, 0);
		assert_true((w.seen > 0) == cases[i].wanted);
		assert_without_ids(&t->scene, cases[i].first, cases[i].second);
		assert_each_received_once(&t->scene);
		twisted_end(t);
	}
}

/* Counts and entries that contradict each other are no proof. */
TEST(an_entry_that_failed_where_the_counts_know_no_failure_is_looked_up)
{
	struct twist w = {"/entries", 1, 1, 200, NULL,
	    "{\"_data\":[{\"completionStatus\":\"ERROR\","
	    "\"input\":{\"lead_id\":\"L-2\"}}],\"_meta\":{}}",
	    false, 0};
	struct twisted *t = twisted_new(&w, 1);

	t->scene.options.settings.ids = true;
	scene_run(&t->scene);
	assert_null(why(t));
	assert_int_equal(count(&t->scene, OUTCOME_CREATED), 10);
	assert_true(t->scene.fake.lists > 0);
	assert_each_received_once(&t->scene);
	twisted_end(t);
}

/* The first page of a job of five rows names a second one. */
TEST(entries_come_page_by_page_and_a_page_that_names_itself_ends_them)
{
	const struct {
		const char *next;
		uint64_t refused, created;
	} cases[] = {
	    /* The fake answers the second page with all entries, so that two
	     * speak of the first row. */
	    {"/v1/ext/background-job/job-0/entries?skip=1", 0, 4},
	    {"/v1/ext/background-job/job-0/entries", 1, 4},
	};

	for (size_t i = 0; i < 2; i++) {
		char body[300];
		struct twist w = {"/entries", 1, 1, 200, NULL, body, false, 0};
		struct twisted *t = twisted_new(&w, 1);

		snprintf(body, sizeof(body),
		    "{\"_data\":[{\"completionStatus\":\"ERROR\","
		    "\"statusMessage\":\"on page one\","
		    "\"input\":{\"lead_id\":\"L-2\"}}],"
		    "\"_meta\":{\"nextPath\":\"%s\"}}",
		    cases[i].next);
		t->scene.chunks = 1;
		t->scene.fake.errors_per_job = 1;
		scene_run(&t->scene);
		assert_int_equal(
		    count(&t->scene, OUTCOME_REFUSED), cases[i].refused);
		assert_int_equal(
		    count(&t->scene, OUTCOME_CREATED), cases[i].created);
		assert_int_equal(w.seen, i == 0 ? 2 : 1);
		twisted_end(t);
	}
}

/* Four answers in a row that nobody can read are borne, before each page. */
TEST(a_page_of_entries_forgets_the_failures_before_it)
{
#define ROW_OF(status, key)                                                    \
	"{\"completionStatus\":\"" status "\",\"input\":{\"lead_id\":\"" key   \
	"\"}}"
	struct twist w[] = {{"/entries", 1, 9, 200, NULL, "no JSON", false, 0},
	    {"/entries", 5, 5, 200, NULL,
		"{\"_data\":[" ROW_OF("ERROR",
		    "L-2") "],\"_meta\":{\"nextPath\":"
			   "\"/v1/ext/background-job/job-0/entries?skip=1\"}}",
		false, 0},
	    {"/entries", 10, 10, 200, NULL,
		"{\"_data\":[" ROW_OF("SUCCESS", "L-3") "," ROW_OF(
		    "SUCCESS", "L-4") "," ROW_OF("SUCCESS",
		    "L-5") "," ROW_OF("SUCCESS", "L-6") "],\"_meta\":{}}",
		false, 0}};
	struct twisted *t = twisted_new(w, 3);

	t->scene.chunks = 1;
	t->scene.fake.errors_per_job = 1;
	scene_run(&t->scene);
	assert_int_equal(count(&t->scene, OUTCOME_REFUSED), 1);
	assert_int_equal(count(&t->scene, OUTCOME_CREATED), 4);
	assert_int_equal(w[0].seen, 10);
	assert_int_equal(t->scene.fake.lists, 0);
	twisted_end(t);
}

TEST(a_request_that_cannot_be_begun_is_no_answer_and_tried_again)
{
	const char *const paths[] = {
	    "/bulk-create", "background-job/job-0", "/process/list"};

	for (size_t i = 0; i < 3; i++) {
		struct twist w = {paths[i], 1, 2, 0, NULL, NULL, true, 0};
		struct twisted *t = twisted_new(&w, 1);

		if (i == 2) { /* the second answer is lost: probe and lookup */
			SCRIPT(&t->scene, FAKE_ACK_JOB, FAKE_LOST_AFTER);
		}
		scene_run(&t->scene);
		assert_null(why(t));
		assert_int_equal(count(&t->scene, OUTCOME_CREATED), 10);
		assert_true(w.seen > 2);
		assert_true(t->begun[1] > t->begun[0]);
		assert_each_received_once(&t->scene);
		twisted_end(t);
	}
}

/* Before the first update it is asked what there is. */
TEST(who_cannot_read_a_list_asks_again_after_longer_and_longer)
{
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct twist w = {"/list", 1, 4, seed % 2 ? 200 : 500, NULL,
		    "no JSON", false, 0};
		struct twisted *t = twisted_new(&w, 1);

		t->scene.fake.random = seed;
		t->scene.options.verb = VERB_UPDATE;
		t->scene.options.missing = verb_of(VERB_CREATE);
		t->scene.options.compare.key_name = "lead_id";
		scene_run(&t->scene);
		assert_null(why(t));
		assert_int_equal(count(&t->scene, OUTCOME_CREATED), 10);
		for (int i = 0; i < 4; i++)
			assert_in_range(
			    t->begun[i + 1] - t->begun[i], 1, (500 << i) + 250);
		twisted_end(t);
	}
}

TEST(a_share_of_bad_rows_stops_at_the_end_of_a_short_input)
{
	const struct {
		double percent;
		bool stops;
	} cases[] = {{10, true}, {19.9, true}, {20, false}, {50, false}};

	EACH (i, cases) {
		struct twisted *t = twisted_new(NULL, 0);

		t->scene.fake.errors_per_job = 1; /* of five */
		t->scene.options.settings.max_errors =
		    (struct error_limit){.is_set = true,
			.is_percent = true,
			.percent = cases[i].percent};
		scene_run(&t->scene);
		assert_int_equal(why(t) != NULL, cases[i].stops);
		if (why(t)) {
			assert_int_equal(why(t)->kind, DIAG_MAX_ERRORS);
			assert_non_null(strstr(
			    why(t)->message, "of 10 rows were rejected"));
		}
		assert_int_equal(count(&t->scene, OUTCOME_REFUSED), 2);
		twisted_end(t);
	}
}

TEST(a_share_of_bad_rows_stops_early_only_from_a_thousand_rows_on)
{
	struct twisted *t = twisted_new(NULL, 0);

	t->scene.chunks = 60;
	t->scene.rows = 50;
	t->scene.fake.errors_per_job = 25;
	t->scene.options.settings.max_errors = (struct error_limit){
	    .is_set = true, .is_percent = true, .percent = 10};
	t->scene.options.settings.open_jobs = 1;
	scene_run(&t->scene);
	assert_non_null(why(t));
	assert_int_equal(why(t)->kind, DIAG_MAX_ERRORS);
	assert_true(t->scene.sent_chunks * 50 >= 1000);
	assert_true(t->scene.sent_chunks < 30);
	twisted_end(t);
}
