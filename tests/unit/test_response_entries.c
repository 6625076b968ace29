/* SPDX-License-Identifier: MIT */
/* The entries of a job: one line of an answer for one row. */
#include "chakra/response.h"
#include "response_answer.h"
#include "test.h"

#define BASE "https://api.chakrahq.com"

struct entry_case {
	const char *entry;
	const char *status, *key, *message, *process_id;
};

TEST(reads_an_entry_under_many_names)
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
	    {"{\"status\":\"az `{\"}", "AZ `{", "", "", ""},
	    {"{}", "", "", "", ""},
	    {"null", "", "", "", ""},
	    {"17", "", "", "", ""},
	    {"\"SUCCESS\"", "", "", "", ""},
	    {"[]", "", "", "", ""},
	};

	EACH (i, cases) {
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
TEST(renders_keys_as_the_writer_would)
{
	CASES(cases, const char *json, *token) = {
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

	EACH (i, cases) {
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

TEST(finds_the_total_and_the_next_page)
{
	CASES(cases, const char *meta, *next; int64_t total) = {
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
	    {"{\"total\":1e15}", "", INT64_C(1000000000000000)},
	    {"{\"total\":2e15,\"count\":2}", "", 2},
	};

	EACH (i, cases) {
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

TEST(says_why_entries_cannot_be_read)
{
	CASES(cases, int status; const char *body, *words) = {
	    {200, "{}", "no list of entries"},
	    {200, "{\"_data\":{}}", "no list of entries"},
	    {200, "{\"_errors\":[\"gone\"]}", "gone"},
	    {200, "[]", "not a JSON object"},
	    {200, "", "empty"},
	    {200, "{\"_data\":[", "not JSON"},
	    {500, "{\"_data\":[],\"message\":\"oops\"}", "oops"},
	    {404, "nothing here", "nothing here"},
	};

	EACH (i, cases) {
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

TEST(takes_entries_from_a_list_inside_data)
{
	CASES(cases, const char *name; bool is_one) = {
	    {"entries", true},
	    {"items", true},
	    {"results", true},
	    {"data", true},
	    {"others", false},
	};

	EACH (i, cases) {
		struct http_response r = answer(200, "");
		struct entries_page page;
		char words[64];

		buf_addf(&r.body, "{\"_data\":{\"%s\":[{\"k\":1},{\"k\":2}]}}",
		    cases[i].name);
		assert_int_equal(response_entries(&r, "k", BASE, &page, words,
				     sizeof(words)),
		    cases[i].is_one ? 0 : -1);
		assert_int_equal(page.count, cases[i].is_one ? 2 : 0);
		if (cases[i].is_one)
			assert_true(text_is(page.items[1].key_token, "2"));
		entries_page_release(&page);
		entries_page_release(&page);
		http_response_release(&r);
	}
}

/* A part of one would be another process's. */
TEST(leaves_out_a_process_id_that_does_not_fit)
{
	const size_t room = sizeof(((struct job_entry *)0)->process_id);

	for (size_t len = room - 1; len <= room; len++) {
		struct http_response r = answer(200, "{\"_data\":[");
		struct entries_page page;
		char words[64];

		buf_addf(&r.body, "{\"processId\":\"%0*d\"}]}", (int)len, 7);
		assert_int_equal(response_entries(&r, "k", BASE, &page, words,
				     sizeof(words)),
		    0);
		assert_int_equal(
		    strlen(page.items[0].process_id), len < room ? len : 0);
		entries_page_release(&page);
		http_response_release(&r);
	}
}
