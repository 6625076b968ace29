/* SPDX-License-Identifier: MIT */
/* Jobs, their entries, lookups: answers whose field names nobody knows. */
#include "test.h"

#include "submit/response.h"
#include "submit/response_header.h"

#define BASE "https://api.chakrahq.com"

static struct http_response
answer(int status, const char *body)
{
	struct http_response r = {.status = status, .sends = 1};

	buf_init(&r.body, 0);
	buf_adds(&r.body, body);
	return r;
}

#define COUNTS(x) "{\"_meta\":{\"bjEntryCompletionStatusVsCount\":" x "}}"

static void
knows_how_far_a_job_is(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum job_state want;
		uint64_t not_started, success, error, invalid, other;
	} cases[] = {
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

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_response r = answer(cases[i].status, cases[i].body);
		struct job_counts c;
		char words[256];
		enum job_state got =
		    response_job(&r, 10, &c, words, sizeof(words));
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

static void
does_not_take_a_cut_job_for_a_finished_one(void **state)
{
	struct http_response r = answer(200, COUNTS("{\"SUCCESS\":10}"));
	struct job_counts c;
	char words[64];

	(void)state;
	r.cut = true;
	assert_int_equal(
	    response_job(&r, 10, &c, words, sizeof(words)), JOB_UNREADABLE);
	assert_int_equal(c.sum, 0);
	http_response_release(&r);
}

struct entry_case {
	const char *entry;
	const char *status, *key, *message, *process_id;
};

static void
reads_an_entry_under_many_names(void **state)
{
	static const struct entry_case cases[] = {
	    {"{\"completionStatus\":\"SUCCESS\",\"input\":{\"lead_id\":"
	     "\"A\"},\"processId\":\"p1\"}",
		"SUCCESS", "\"A\"", "", "p1"},
	    {"{\"status\":\"error\",\"statusMessage\":\"dup\",\"data\":"
	     "{\"lead_id\":\"B\"}}",
		"ERROR", "\"B\"", "dup", ""},
	    {"{\"status\":\"OPEN\",\"completionStatus\":\"INVALID\"}",
		"INVALID", "", "", ""},
	    {"{\"state\":\"SUCCESS\",\"payload\":{\"data\":{\"lead_id\":"
	     "\"C\"}}}",
		"SUCCESS", "\"C\"", "", ""},
	    {"{\"entryStatus\":\"ERROR\",\"error\":{\"message\":\"deep\"},"
	     "\"request\":{\"record\":{\"data\":{\"lead_id\":\"D\"}}}}",
		"ERROR", "\"D\"", "deep", ""},
	    {"{\"status\":\"ERROR\",\"errors\":[\"a\",{\"message\":\"b\"}],"
	     "\"lead_id\":\"E\"}",
		"ERROR", "\"E\"", "a; b", ""},
	    {"{\"status\":\"ERROR\",\"errors\":[],\"message\":null,"
	     "\"error\":false,\"reason\":\"why\"}",
		"ERROR", "", "why", ""},
	    {"{\"process\":{\"id\":\"p9\",\"data\":{\"lead_id\":\"F\"}}}", "",
		"\"F\"", "", "p9"},
	    {"{\"result\":{\"id\":\"p8\"},\"input\":\"{\\\"lead_id\\\":"
	     "\\\"G\\\"}\"}",
		"", "\"G\"", "", "p8"},
	    {"{\"input\":\"{broken\",\"data\":{\"lead_id\":\"H\"}}", "",
		"\"H\"", "", ""},
	    {"{\"input\":{\"lead_id\":null,\"data\":{\"lead_id\":\"I\"}}}", "",
		"\"I\"", "", ""},
	    {"{\"input\":{\"lead_id\":{\"x\":1}}}", "", "", "", ""},
	    {"{}", "", "", "", ""},
	    {"null", "", "", "", ""},
	    {"17", "", "", "", ""},
	    {"\"SUCCESS\"", "", "", "", ""},
	    {"[]", "", "", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_response r = answer(200, "{\"_data\":[");
		struct entries_page page;
		char words[64];
		buf_addf(&r.body, "%s]}", cases[i].entry);
		assert_int_equal(response_entries(&r, "lead_id", BASE, &page,
				     words, sizeof(words)),
		    0);
		assert_int_equal(page.count, 1);
		const struct job_entry *e = &page.items[0];
		if (strcmp(e->status, cases[i].status) != 0 ||
		    strcmp(e->message, cases[i].message) != 0 ||
		    strcmp(e->process_id, cases[i].process_id) != 0 ||
		    !text_is(e->key_token, cases[i].key))
			fail_msg("%s: '%s' '%.*s' '%s' '%s'", cases[i].entry,
			    e->status, (int)e->key_token.len, e->key_token.s,
			    e->message, e->process_id);
		entries_page_release(&page);
		http_response_release(&r);
	}
}

/* The token must be what the writer sends, so that bytes can be compared. */
static void
renders_keys_as_the_writer_would(void **state)
{
	static const struct {
		const char *json, *token;
	} cases[] = {
	    {"\"plain\"", "\"plain\""},
	    {"\"\\u0041\\/\\u00e9\"", "\"A/\xc3\xa9\""},
	    {"\"q\\\"b\\\\\"", "\"q\\\"b\\\\\""},
	    {"\"\\n\\t\\u0001\\u007f\"", "\"\\n\\t\\u0001\x7f\""},
	    {"\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\""},
	    /* an escaped NUL does not end it */
	    {"\"A\\u0000B\"", "\"A\xef\xbf\xbd"
			      "B\""},
	    {"\"A\\\\u0000B\"", "\"A\\\\u0000B\""},
	    {"17", "17"},
	    {"-0", "-0"},
	    {"9007199254740993", "9007199254740993"},
	    {"123456789012345678901234567890",
		"123456789012345678901234567890"},
	    {"1.50", "1.50"},
	    {"1E5", "1E5"},
	    {"true", ""},
	    {"null", ""},
	    {"[1]", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* Other numbers around it must not be taken for it. */
		struct http_response r =
		    answer(200, "{\"n\":[1,2,{\"x\":\"3\"}],\"_data\":[");
		struct list_page page;
		char words[64];
		buf_addf(&r.body,
		    "{\"a\":4,\"k\":%s},{\"k\":5}],\"_meta\":{\"t\":6}}",
		    cases[i].json);
		assert_int_equal(
		    response_list(&r, "k", &page, words, sizeof(words)), 0);
		assert_int_equal(page.count, 2);
		if (!text_is(page.items[0].key_token, cases[i].token))
			fail_msg("%s: %.*s", cases[i].json,
			    (int)page.items[0].key_token.len,
			    page.items[0].key_token.s);
		assert_true(text_is(page.items[1].key_token, "5"));
		list_page_release(&page);
		http_response_release(&r);
	}
}

static void
finds_the_total_and_the_next_page(void **state)
{
	static const struct {
		const char *meta, *next;
		int64_t total;
	} cases[] = {
	    {"{}", "", -1},
	    {"null", "", -1},
	    {"[]", "", -1},
	    {"{\"total\":5,\"next\":\"/v1/x?s=2\"}", "/v1/x?s=2", 5},
	    {"{\"totalEntries\":\"7\",\"nextPagePath\":\"v1/x\"}", "/v1/x", 7},
	    {"{\"count\":3,\"path\":\"" BASE "/v1/y\"}", "/v1/y", 3},
	    {"{\"nextPage\":2,\"nextUrl\":\"/v1/z\"}", "/v1/z", -1},
	    {"{\"next\":null}", "", -1},
	    {"{\"next\":{\"href\":\"/v1/h\"}}", "/v1/h", -1},
	    {"{\"links\":{\"next\":\"/v1/l\"}}", "/v1/l", -1},
	    {"{\"next\":\"https://evil.example/v1/x\"}", "", -1},
	    {"{\"next\":\"//evil.example/v1/x\"}", "", -1},
	    {"{\"next\":\"/v1\\r\\nX: y\"}", "", -1},
	    {"{\"total\":-1}", "", -1},
	    {"{\"total\":1.5,\"count\":2}", "", 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_response r = answer(200, "{\"_data\":[],");
		struct entries_page page;
		char words[64];
		buf_addf(&r.body, "\"_meta\":%s}", cases[i].meta);
		assert_int_equal(response_entries(&r, "k", BASE, &page, words,
				     sizeof(words)),
		    0);
		if (page.total != cases[i].total ||
		    strcmp(page.next, cases[i].next) != 0)
			fail_msg("%s: %lld '%s'", cases[i].meta,
			    (long long)page.total, page.next);
		entries_page_release(&page);
		http_response_release(&r);
	}
}

static void
says_why_entries_cannot_be_read(void **state)
{
	static const struct {
		int status;
		const char *body, *words;
	} cases[] = {
	    {200, "{}", "no list of entries"},
	    {200, "{\"_data\":{}}", "no list of entries"},
	    {200, "{\"_errors\":[\"gone\"]}", "gone"},
	    {200, "[]", "not a JSON object"},
	    {200, "", "empty"},
	    {200, "{\"_data\":[", "not JSON"},
	    {500, "{\"_data\":[],\"message\":\"oops\"}", "oops"},
	    {404, "nothing here", "nothing here"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_response r = answer(cases[i].status, cases[i].body);
		struct entries_page page;
		char words[128];
		assert_int_equal(response_entries(&r, "k", BASE, &page, words,
				     sizeof(words)),
		    -1);
		if (strstr(words, cases[i].words) == NULL)
			fail_msg("%s: '%s'", cases[i].body, words);
		assert_int_equal(page.count, 0);
		entries_page_release(&page);
		http_response_release(&r);
	}
}

static void
takes_entries_from_a_list_inside_data(void **state)
{
	struct http_response r =
	    answer(200, "{\"_data\":{\"entries\":[{\"k\":1},{\"k\":2}]}}");
	struct entries_page page;
	char words[64];

	(void)state;
	assert_int_equal(
	    response_entries(&r, "k", BASE, &page, words, sizeof(words)), 0);
	assert_int_equal(page.count, 2);
	assert_true(text_is(page.items[1].key_token, "2"));
	entries_page_release(&page);
	entries_page_release(&page);
	http_response_release(&r);
}

static void
reads_found_processes(void **state)
{
	static const struct {
		const char *process, *key, *id;
		int64_t created;
	} cases[] = {
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
		-1},
	    {"{\"lead_id\":\"G\",\"createdAt\":null}", "\"G\"", "", -1},
	    {"{\"lead_id\":\"H\",\"createdAt\":-5}", "\"H\"", "", -1},
	    {"{\"LEAD_ID\":\"I\"}", "", "", -1},
	    {"null", "", "", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_response r = answer(200, "{\"_data\":[");
		struct list_page page;
		char words[64];
		buf_addf(&r.body, "%s]}", cases[i].process);
		assert_int_equal(
		    response_list(&r, "lead_id", &page, words, sizeof(words)),
		    0);
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

static void
knows_whether_a_list_goes_on(void **state)
{
	static const struct {
		const char *meta;
		bool more;
	} cases[] = {{"{\"hasMore\":true}", true},
	    {"{\"hasMore\":\"true\"}", true}, {"{\"hasMore\":false}", false},
	    {"{\"hasMore\":\"false\"}", false}, {"{\"hasMore\":null}", false},
	    {"{}", false}, {"null", false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_response r = answer(200, "{\"_data\":[],");
		struct list_page page;
		char words[64];
		buf_addf(&r.body, "\"_meta\":%s}", cases[i].meta);
		assert_int_equal(
		    response_list(&r, NULL, &page, words, sizeof(words)), 0);
		assert_int_equal(page.has_more, cases[i].more);
		list_page_release(&page);
		http_response_release(&r);
	}
}

/* "None found" may send rows again: nothing doubtful may look like it. */
static void
never_takes_a_doubtful_list_for_an_empty_one(void **state)
{
	static const struct {
		int status;
		const char *body;
	} cases[] = {{200, "{}"}, {200, "{\"_data\":null}"},
	    {200, "{\"_data\":{}}"}, {200, "[]"}, {200, ""},
	    {200, "{\"_data\":[],\"_errors\":[\"bad where\"]}"},
	    {200, "{\"_data\":[]"}, {404, "{\"_data\":[]}"},
	    {500, "{\"_data\":[]}"}, {302, "{\"_data\":[]}"},
	    {0, "{\"_data\":[]}"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
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

static void
keeps_headers_of_the_last_block_and_their_first_occurrence(void **state)
{
	static const char *const lines[] = {"HTTP/1.1 100 Continue\r\n",
	    "Retry-After: 1\r\n", "\r\n", "HTTP/1.1 503 Busy\r\n",
	    "RETRY-AFTER:\t 2 \r\n", "Retry-After: 3\r\n",
	    "Retry-After-Not: 4\r\n", "Date: \r\n", "Date: d\r\n",
	    "X-Location: no\r\n", "Location: l\n", ": nothing\r\n",
	    " folded\r\n", "Content-Type : t\r\n", "\r\n", "Date: late\r\n",
	    "Content-Type: trailer\r\n"};
	struct http_response r = {.status = 0};
	struct header_reader h = {.status = 0};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		header_line(&h, &r, lines[i], strlen(lines[i]));
		assert_int_equal(h.status, i < 3 ? 100 : 503);
		assert_int_equal(h.done, i >= 14);
	}
	assert_int_equal(h.status, 503);
	assert_string_equal(r.retry_after, "2");
	assert_string_equal(r.date, "d");
	assert_string_equal(r.location, "l");
	assert_string_equal(r.content_type, "");
}

static void
leaves_out_machine_headers_that_do_not_fit(void **state)
{
	struct http_response r = {.status = 0};
	struct header_reader h = {.status = 200};
	char line[1024];

	(void)state;
	memset(line, '1', sizeof(line));
	memcpy(line, "Retry-After:", 12);
	header_line(&h, &r, line, sizeof(line));
	assert_string_equal(r.retry_after, "");
	memcpy(line, "Location:111", 12);
	header_line(&h, &r, line, sizeof(line));
	assert_int_equal(strlen(r.location), sizeof(r.location) - 1);
}

static void
knows_a_status_line_from_others(void **state)
{
	static const struct {
		const char *line;
		int status;
	} cases[] = {{"HTTP/1.1 204 No Content", 204}, {"HTTP/2 204", 204},
	    {"HTTP/1.0  204\r\n", 204}, {"HTTP/1.1", 0}, {"HTTP/1.1 ", 0},
	    {"HTTP/1.1 20", 0}, {"HTTP/1.1 2x0", 0}, {"HTTP/", 0},
	    {"http/1.1 200", 0}, {"X: HTTP/1.1 200", 0}, {"", 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_response r = {.status = 0};
		struct header_reader h = {.status = 0};
		header_line(&h, &r, cases[i].line, strlen(cases[i].line));
		assert_int_equal(h.status, cases[i].status);
		assert_false(h.done);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(knows_how_far_a_job_is),
	    cmocka_unit_test(does_not_take_a_cut_job_for_a_finished_one),
	    cmocka_unit_test(reads_an_entry_under_many_names),
	    cmocka_unit_test(renders_keys_as_the_writer_would),
	    cmocka_unit_test(finds_the_total_and_the_next_page),
	    cmocka_unit_test(says_why_entries_cannot_be_read),
	    cmocka_unit_test(takes_entries_from_a_list_inside_data),
	    cmocka_unit_test(reads_found_processes),
	    cmocka_unit_test(knows_whether_a_list_goes_on),
	    cmocka_unit_test(never_takes_a_doubtful_list_for_an_empty_one),
	    cmocka_unit_test(
		keeps_headers_of_the_last_block_and_their_first_occurrence),
	    cmocka_unit_test(leaves_out_machine_headers_that_do_not_fit),
	    cmocka_unit_test(knows_a_status_line_from_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
