/* SPDX-License-Identifier: MIT */
/* Jobs and look-ups: answers whose field names nobody knows. */
#include "chakra/response.h"
#include "response_answer.h"
#include "test.h"

#define COUNTS(x) "{\"_meta\":{\"bjEntryCompletionStatusVsCount\":" x "}}"

TEST(knows_how_far_a_job_is)
{
	CASES(cases, int status; const char *body; enum job_state want;
	      uint64_t not_started, success, error, invalid, other) = {
	    {200,
		COUNTS("{\"INVALID\":100,\"NOT_STARTED\":120,"
		       "\"SUCCESS\":389,\"ERROR\":3}"),
		JOB_RUNNING, 120, 389, 3, 100, 0},
	    {200, COUNTS("{\"SUCCESS\":10}"), JOB_DONE, 0, 10, 0, 0, 0},
	    {200, COUNTS("{\"SUCCESS\":7,\"ERROR\":2,\"INVALID\":1}"), JOB_DONE,
		0, 7, 2, 1, 0},
	    {200, COUNTS("{\"SUCCESS\":10,\"NOT_STARTED\":0}"), JOB_DONE, 0, 10,
		0, 0, 0},
	    {200, COUNTS("{\"success\":10,\"WAITING\":0,\"ERROR\":null}"),
		JOB_DONE, 0, 10, 0, 0, 0},
	    {200, COUNTS("{\"SUCCESS\":9}"), JOB_SUM_WRONG, 0, 9, 0, 0, 0},
	    {200, COUNTS("{\"SUCCESS\":11}"), JOB_SUM_WRONG, 0, 11, 0, 0, 0},
	    {200, COUNTS("{}"), JOB_SUM_WRONG, 0, 0, 0, 0, 0},
	    {200, COUNTS("{\"SUCCESS\":9,\"RUNNING\":1}"), JOB_RUNNING, 0, 9, 0,
		0, 1},
	    {200, COUNTS("{\"SUCCESS\":\"10\"}"), JOB_DONE, 0, 10, 0, 0, 0},
	    {200, COUNTS("{\"SUCCESS\":1e1}"), JOB_DONE, 0, 10, 0, 0, 0},
	    {200,
		"{\"_data\":{\"bjEntryCompletionStatusVsCount\":"
		"{\"SUCCESS\":10}}}",
		JOB_DONE, 0, 10, 0, 0, 0},
	    {200, "{\"bjEntryCompletionStatusVsCount\":{\"SUCCESS\":10}}",
		JOB_DONE, 0, 10, 0, 0, 0},
	    {404, "{}", JOB_GONE, 0, 0, 0, 0, 0},
	    {410, "", JOB_GONE, 0, 0, 0, 0, 0},
	    {200, COUNTS("{\"SUCCESS\":-1}"), JOB_UNREADABLE, 0, 0, 0, 0, 0},
	    {200, COUNTS("{\"SUCCESS\":1.5}"), JOB_UNREADABLE, 0, 0, 0, 0, 0},
	    {200, COUNTS("{\"ERROR\":1,\"SUCCESS\":1e300}"), JOB_UNREADABLE, 0,
		0, 0, 0, 0},
	    {200, COUNTS("{\"SUCCESS\":[]}"), JOB_UNREADABLE, 0, 0, 0, 0, 0},
	    {200, COUNTS("{\"SUCCESS\":1000000000000}"), JOB_SUM_WRONG, 0,
		1000000000000, 0, 0, 0},
	    {200, COUNTS("{\"SUCCESS\":1000000000001}"), JOB_UNREADABLE, 0, 0,
		0, 0, 0},
	    {200, COUNTS("[10]"), JOB_UNREADABLE, 0, 0, 0, 0, 0},
	    {200, COUNTS("null"), JOB_UNREADABLE, 0, 0, 0, 0, 0},
	    {200, "{\"_data\":{\"completionStatus\":\"COMPLETED\"}}",
		JOB_UNREADABLE, 0, 0, 0, 0, 0},
	    {200, "{\"_errors\":[\"x\"]}", JOB_UNREADABLE, 0, 0, 0, 0, 0},
	    {200, "[]", JOB_UNREADABLE, 0, 0, 0, 0, 0},
	    {200, "", JOB_UNREADABLE, 0, 0, 0, 0, 0},
	    {200, "<html>", JOB_UNREADABLE, 0, 0, 0, 0, 0},
	    {500, COUNTS("{\"SUCCESS\":10}"), JOB_UNREADABLE, 0, 0, 0, 0, 0},
	    {401, "{}", JOB_UNREADABLE, 0, 0, 0, 0, 0},
	    {0, "", JOB_UNREADABLE, 0, 0, 0, 0, 0},
	};

	EACH (i, cases) {
		struct http_response r = answer(cases[i].status, cases[i].body);
		struct job_counts c;
		char words[256];
		enum job_state got =
		    response_job(&r, "", 10, &c, words, sizeof(words));
		if (got != cases[i].want ||
		    c.not_started != cases[i].not_started ||
		    c.success != cases[i].success ||
		    c.error != cases[i].error ||
		    c.invalid != cases[i].invalid || c.other != cases[i].other)
			fail_msg("case %zu: %d '%s'", i, (int)got, words);
		assert_int_equal(c.sum,
		    c.not_started + c.success + c.error + c.invalid + c.other);
		if (c.other > 0)
			assert_string_equal(c.other_name, "RUNNING");
		if (got == JOB_UNREADABLE)
			assert_string_not_equal(words, "");
		http_response_release(&r);
	}
}

TEST(does_not_take_a_cut_job_for_a_finished_one)
{
	struct http_response r = answer(200, COUNTS("{\"SUCCESS\":10}"));
	struct job_counts c;
	char words[64];

	r.cut = true;
	assert_int_equal(
	    response_job(&r, "", 10, &c, words, sizeof(words)), JOB_UNREADABLE);
	assert_int_equal(c.sum, 0);
	http_response_release(&r);
}

static void
read_list(
    const struct http_response *r, const char *key_name, struct list_page *page)
{
	char words[64];

	assert_int_equal(
	    response_list(r, key_name, page, words, sizeof(words)), 0);
}

TEST(reads_found_processes)
{
	CASES(cases, const char *process, *key, *id; int64_t created) = {
	    {"{\"id\":\"u1\",\"lead_id\":\"A\",\"createdAt\":1617966536211}",
		"\"A\"", "u1", INT64_C(1617966536211)},
	    {"{\"data\":{\"lead_id\":\"B\"},\"createdAt\":1617966536}", "\"B\"",
		"", INT64_C(1617966536000)},
	    {"{\"record\":{\"data\":{\"lead_id\":\"C\"}},\"createdAt\":"
	     "\"1994-11-06T14:19:37+05:30\"}",
		"\"C\"", "", INT64_C(784111777000)},
	    {"{\"record\":{\"lead_id\":\"D\"},\"createdAt\":\"784111777000\"}",
		"\"D\"", "", INT64_C(784111777000)},
	    /* the attribute, not the root field of that name */
	    {"{\"lead_id\":\"root\",\"data\":{\"lead_id\":\"E\"}}", "\"E\"", "",
		-1},
	    {"{\"lead_id\":\"F\",\"createdAt\":\"yesterday\"}", "\"F\"", "",
		FOUND_BAD_TIME},
	    {"{\"lead_id\":\"G\",\"createdAt\":null}", "\"G\"", "", -1},
	    {"{\"lead_id\":\"H\",\"createdAt\":-5}", "\"H\"", "",
		FOUND_BAD_TIME},
	    {"{\"LEAD_ID\":\"I\"}", "", "", -1},
	    {"{\"lead_id\":\"J\",\"createdAt\":1.617966536211e12}", "\"J\"", "",
		INT64_C(1617966536211)},
	    /* seconds to the third of March 1973, milliseconds from then on */
	    {"{\"lead_id\":\"M\",\"createdAt\":99999999999}", "\"M\"", "",
		INT64_C(99999999999000)},
	    {"{\"lead_id\":\"N\",\"createdAt\":100000000000}", "\"N\"", "",
		INT64_C(100000000000)},
	    {"{\"lead_id\":\"K\",\"createdAt\":\"1970-01-01T00:00:00Z\"}",
		"\"K\"", "", 0},
	    {"{\"lead_id\":\"L\",\"createdAt\":\"1969-12-31T23:59:59Z\"}",
		"\"L\"", "", FOUND_BAD_TIME},
	    {"null", "", "", -1},
	};

	EACH (i, cases) {
		struct http_response r = answer(200, "{\"_data\":[");
		struct list_page page;

		buf_addf(&r.body, "%s]}", cases[i].process);
		read_list(&r, "lead_id", &page);
		assert_int_equal(page.count, 1);
		const struct found_process *p = &page.items[0];
		if (!text_is(p->key_token, cases[i].key) ||
		    strcmp(p->id, cases[i].id) != 0 ||
		    p->created_at_ms != cases[i].created)
			fail_msg("%s: '%s' %lld", cases[i].process, p->id,
			    (long long)p->created_at_ms);
		list_page_release(&page);
		http_response_release(&r);
	}
}

TEST(knows_whether_a_list_goes_on)
{
	static const struct {
		const char *meta;
		bool more;
	} cases[] = {{"{\"hasMore\":true}", true},
	    {"{\"hasMore\":\"true\"}", true}, {"{\"hasMore\":false}", false},
	    {"{\"hasMore\":\"false\"}", false}, {"{\"hasMore\":null}", false},
	    {"{}", false}, {"null", false}};

	EACH (i, cases) {
		struct http_response r = answer(200, "{\"_data\":[],");
		struct list_page page;

		buf_addf(&r.body, "\"_meta\":%s}", cases[i].meta);
		read_list(&r, NULL, &page);
		assert_int_equal(page.has_more, cases[i].more);
		list_page_release(&page);
		http_response_release(&r);
	}
}

/* "None found" may send rows again: nothing doubtful may look like it. */
TEST(never_takes_a_doubtful_list_for_an_empty_one)
{
	static const struct {
		int status;
		const char *body;
	} cases[] = {{200, "{}"}, {200, "{\"_data\":null}"},
	    {200, "{\"_data\":{}}"}, {200, "[]"}, {200, ""},
	    {200, "{\"_data\":[],\"_errors\":[\"bad where\"]}"},
	    {200, "{\"_errors\":[],\"_data\":[],\"_errors\":{\"m\":1}}"},
	    {200, "{\"_data\":[],\"_data\":[{\"id\":\"u\",\"k\":\"A\"}]}"},
	    {200, "{\"_d\\u0061ta\":[],\"_data\":[]}"},
	    {200, "{\"x\":{\"_data\":[]}}"}, {200, "[{\"_data\":[]}]"},
	    {200, "{\"_data\":[]}{}"}, {200, "{\"_data\":[]"},
	    {404, "{\"_data\":[]}"}, {500, "{\"_data\":[]}"},
	    {302, "{\"_data\":[]}"}, {0, "{\"_data\":[]}"}};

	EACH (i, cases) {
		struct http_response r = answer(cases[i].status, cases[i].body);
		struct list_page page;
		char words[64] = "";
		assert_int_equal(
		    response_list(&r, "k", &page, words, sizeof(words)), -1);
		assert_string_not_equal(words, "");
		list_page_release(&page);
		http_response_release(&r);
	}
	struct http_response r = answer(200, "{\"_data\":[]}");
	struct list_page page;
	char words[64];
	r.too_large = true;
	assert_int_equal(
	    response_list(&r, "k", &page, words, sizeof(words)), -1);
	http_response_release(&r);
}

TEST(one_process_is_there_gone_or_cannot_be_read)
{
	CASES(cases, int status; const char *body; int got; size_t count) = {
	    {200, "{\"_data\":{\"id\":\"p1\",\"k\":\"A\"}}", 0, 1},
	    {200, "\xef\xbb\xbf {\"_data\":{\"id\":\"p1\",\"k\":\"A\"}}", 0, 1},
	    {200, "{\"_data\":{\"id\":\"p1\",\"isDeleted\":false}}", 0, 1},
	    {200, "{\"_data\":{\"id\":\"p1\",\"isDeleted\":true}}", 0, 0},
	    {404, "{\"_errors\":[\"none\"]}", 0, 0},
	    {410, "", 0, 0},
	    {200, "{\"_data\":[]}", -1, 0},
	    {200, "{\"_data\":null}", -1, 0},
	    {200, "{\"_data\":{\"id\":\"p1\"},\"_errors\":[\"x\"]}", -1, 0},
	    {200, "{\"_data\":{\"id\":\"p1\"}", -1, 0},
	    {500, "{\"_data\":{\"id\":\"p1\"}}", -1, 0},
	    {0, "", -1, 0},
	};

	EACH (i, cases) {
		struct http_response r = answer(cases[i].status, cases[i].body);
		struct list_page page;
		char words[64] = "";

		assert_int_equal(
		    response_process(&r, "k", &page, words, sizeof(words)),
		    cases[i].got);
		assert_int_equal(page.count, cases[i].count);
		if (page.count > 0)
			assert_string_equal(page.items[0].id, "p1");
		if (page.count > 0)
			assert_int_equal(page.items[0].json.s[0], '{');
		list_page_release(&page);
		http_response_release(&r);
	}
}
