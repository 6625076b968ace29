/* SPDX-License-Identifier: MIT */
#include "send/job_follow.h"
#include "test.h"

/* A job's answers one by one: what is done next, and when it is asked again. */

/* A call of so many rows, acknowledged with the job job-1 at 0 ms. */
static struct open_call *
followed(size_t rows, int64_t young_until_ms)
{
	struct open_call *call;
	struct chunk c;

	chunk_init(&c);
	c.rows = calloc(rows, sizeof(*c.rows));
	c.row_count = rows;
	buf_adds(&c.body, "[]");
	call = open_call_new(verb_of(VERB_CREATE), &c, 0, rows, NULL);
	chunk_release(&c);
	snprintf(call->book.job, sizeof(call->book.job), "job-1");
	job_follow_begin(call, 0, young_until_ms);
	return call;
}

/* The answer at that time says this of the rows; NULL = it knows no job. */
static enum job_next
take_within(
    struct open_call *call, int64_t wait_ms, int64_t now_ms, const char *counts)
{
	struct http_response r = {.status = counts != NULL ? 200 : 404};
	enum job_next next;

	buf_addf(&r.body,
	    "{\"_data\":{},\"_meta\":{"
	    "\"bjEntryCompletionStatusVsCount\":{%s}}}",
	    counts != NULL ? counts : "");
	next = job_follow_take(call, &r, wait_ms, now_ms);
	http_response_release(&r);
	return next;
}

static enum job_next
take(struct open_call *call, int64_t now_ms, const char *counts)
{
	return take_within(call, 10000, now_ms, counts);
}

TEST(a_job_of_few_rows_is_asked_for_early_and_then_as_any_other)
{
	CASES(cases, size_t rows; int64_t first_ms, second_ms, third_ms) = {
	    {1, 25, 200, 400},
	    {100, 25, 200, 400},
	    {101, 200, 400, 700},
	};

	EACH (i, cases) {
		struct open_call *call = followed(cases[i].rows, 0);
		char counts[64];

		snprintf(counts, sizeof(counts), "\"NOT_STARTED\":%zu",
		    cases[i].rows);
		assert_int_equal(call->due_ms, cases[i].first_ms);
		assert_int_equal(
		    take(call, call->due_ms, counts), JOB_NEXT_POLL);
		assert_int_equal(call->due_ms, cases[i].second_ms);
		assert_int_equal(
		    take(call, call->due_ms, counts), JOB_NEXT_POLL);
		assert_int_equal(call->due_ms, cases[i].third_ms);
		open_call_free(call);
	}
}

TEST(an_answer_says_what_is_done_next)
{
	CASES(cases, int64_t now_ms; const char *counts; enum job_next next;
	      const char *code) = {
	    {1000, "\"SUCCESS\":4", JOB_NEXT_CREATED, NULL},
	    {1000, "\"SUCCESS\":3,\"ERROR\":1", JOB_NEXT_ENTRIES,
		"job.entries"},
	    {1000, "\"SUCCESS\":3,\"INVALID\":1", JOB_NEXT_ENTRIES,
		"job.entries"},
	    {1000, "\"SUCCESS\":2,\"ERROR\":1,\"INVALID\":1", JOB_NEXT_ENTRIES,
		"job.entries"},
	    {1000, "\"SUCCESS\":3,\"NOT_STARTED\":1", JOB_NEXT_POLL, NULL},
	    {1000, "\"SUCCESS\":3", JOB_NEXT_POLL, NULL},
	    /* It may need until then to be seen. */
	    {4999, NULL, JOB_NEXT_POLL, NULL},
	    {5000, NULL, JOB_NEXT_LOOKUP, "job.gone"},
	};

	EACH (i, cases) {
		struct open_call *call = followed(4, 5000);

		assert_int_equal(take(call, cases[i].now_ms, cases[i].counts),
		    cases[i].next);
		if (cases[i].code != NULL)
			assert_string_equal(call->leftover_code, cases[i].code);
		else
			assert_null(call->leftover_code);
		open_call_free(call);
	}
}

/* Whichever count it is that moves. */
TEST(a_job_is_given_up_so_long_after_its_counts_last_moved)
{
	CASES(cases, const char *before, *after; bool moves) = {
	    {"\"NOT_STARTED\":4", "\"NOT_STARTED\":4", false},
	    {"\"NOT_STARTED\":4", "\"NOT_STARTED\":3,\"SUCCESS\":1", true},
	    {"\"NOT_STARTED\":2", "\"NOT_STARTED\":2,\"SUCCESS\":1", true},
	    {"\"NOT_STARTED\":4", "\"NOT_STARTED\":2,\"RUNNING\":2", false},
	    {"\"RUNNING\":4", "\"RUNNING\":3,\"SUCCESS\":1", true},
	};

	EACH (i, cases) {
		struct open_call *call = followed(4, 0);
		bool moves = cases[i].moves;

		assert_int_equal(
		    take(call, 1000, cases[i].before), JOB_NEXT_POLL);
		assert_int_equal(
		    take(call, 3000, cases[i].after), JOB_NEXT_POLL);
		/* What moves is asked for as often as at first. */
		assert_int_equal(call->due_ms, moves ? 3200 : 3300);
		assert_int_equal(
		    take(call, 10999, cases[i].after), JOB_NEXT_POLL);
		assert_int_equal(take(call, 11000, cases[i].after),
		    moves ? JOB_NEXT_POLL : JOB_NEXT_ENTRIES);
		if (moves)
			assert_int_equal(take(call, 13000, cases[i].after),
			    JOB_NEXT_ENTRIES);
		assert_string_equal(call->leftover_code, "job.unfinished");
		open_call_free(call);
	}
}

TEST(counts_that_do_not_add_up_have_two_minutes_to_do_so)
{
	static const char counts[] = "\"SUCCESS\":3";
	struct open_call *call = followed(4, 0);

	assert_int_equal(
	    take_within(call, 500000, 1000, counts), JOB_NEXT_POLL);
	assert_int_equal(
	    take_within(call, 500000, 120999, counts), JOB_NEXT_POLL);
	assert_int_equal(
	    take_within(call, 500000, 121000, counts), JOB_NEXT_ENTRIES);
	assert_string_equal(call->leftover_code, "job.sum");
	open_call_free(call);
}
