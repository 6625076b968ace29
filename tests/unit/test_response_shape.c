/* SPDX-License-Identifier: MIT */
/* What answers look like: names and places, never values. */
#include "chakra/response.h"
#include "response_answer.h"
#include "test.h"

static bool
is_value(void *ctx, const char *name)
{
	return strcmp(ctx, name) == 0;
}

static struct contact_watch watch;

static struct shape_reader
reader_of(const char *key_name)
{
	static char key[] = "Zebra";

	memset(&watch, 0, sizeof(watch));
	return (struct shape_reader){.watch = &watch,
	    .key_name = key_name,
	    .is_value = is_value,
	    .ctx = key};
}

static void
look(void (*shape)(const struct shape_reader *, const struct http_response *),
    const char *key_name, int status, const char *body)
{
	struct shape_reader reader = reader_of(key_name);
	struct http_response r = answer(status, body);

	shape(&reader, &r);
	http_response_release(&r);
}

static void
assert_seen(enum contact_fact fact, const char *text, const char *body)
{
	if (strcmp(watch.seen.facts[fact], text) != 0)
		fail_msg("%s of %s: '%s', expected '%s'",
		    contact_fact_name(fact), body, watch.seen.facts[fact],
		    text);
}

TEST(acknowledgements_name_a_job_or_none)
{
	CASES(cases, int status; const char *body, *ack, *members) = {
	    {200, "{\"_data\":{\"type\":\"t\",\"id\":\"j\"}}", CONTACT_ACK_JOB,
		"id, type"},
	    {200, "{\"_data\":{\"id\":7}}", CONTACT_ACK_EMPTY, "id"},
	    {202, "{}", CONTACT_ACK_EMPTY, CONTACT_NONE},
	    {200, "{\"accepted\":true}", CONTACT_ACK_EMPTY, "accepted"},
	    {200, "{\"_data\":[1]}", CONTACT_ACK_EMPTY, CONTACT_NONE},
	    {200, "", "", ""},
	    {200, "<html>", "", ""},
	    {500, "{\"_data\":{\"id\":\"j\"}}", "", ""},
	};

	EACH (i, cases) {
		look(shape_acknowledgement, NULL, cases[i].status,
		    cases[i].body);
		assert_seen(CONTACT_ACK, cases[i].ack, cases[i].body);
		assert_seen(
		    CONTACT_ACK_MEMBERS, cases[i].members, cases[i].body);
	}
}

TEST(names_that_are_no_names_or_keys_of_ours_are_only_counted)
{
	CASES(cases, const char *body, *members) = {
	    {"{\"_data\":{\"id\":\"j\",\"Zebra\":1}}", "id, 1 more"},
	    {"{\"_data\":{\"ann@example.test\":1,\"Ann Lee\":2,\"\":3}}",
		"3 more"},
	    {"{\"_data\":{\"\\u001b[0m\":1,\"b\":2,\"a_1\":3}}", "a_1, b, "
								 "1 more"},
	    {"{\"_data\":{\"1a\":1,\"Straße\":2}}", "2 more"},
	    {"{\"_data\":{\"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddx\":1}}",
		"1 more"},
	};

	EACH (i, cases) {
		look(shape_acknowledgement, NULL, 200, cases[i].body);
		assert_seen(
		    CONTACT_ACK_MEMBERS, cases[i].members, cases[i].body);
	}
}

TEST(very_many_members_are_cut_and_fit)
{
	struct buf body = BUF_INIT(0);

	buf_adds(&body, "{\"_data\":{");
	for (int i = 0; i < 5000; i++)
		buf_addf(&body, "%s\"member_number_%d\":1", i ? "," : "", i);
	buf_adds(&body, "}}");
	look(shape_acknowledgement, NULL, 200, buf_str(&body));
	assert_true(strlen(watch.seen.facts[CONTACT_ACK_MEMBERS]) > 100);
	assert_true(
	    strlen(watch.seen.facts[CONTACT_ACK_MEMBERS]) < CONTACT_TEXT);
	buf_release(&body);
}

#define COUNTS "\"bjEntryCompletionStatusVsCount\":{\"SUCCESS\":2,\"DONE\":1}"

TEST(jobs_show_where_they_count_and_their_status)
{
	CASES(cases, const char *body, *counts, *status) = {
	    {"{\"_data\":{\"id\":\"j\"},\"_meta\":{" COUNTS "}}", "_meta",
		CONTACT_NONE},
	    {"{\"_data\":{\"completionStatus\":\"COMPLETED\"," COUNTS "}}",
		"_data", "COMPLETED"},
	    {"{" COUNTS ",\"_data\":{\"completionStatus\":\"all done\"}}",
		"the answer itself", CONTACT_NONE},
	    {"{\"_data\":{}}", CONTACT_NONE, CONTACT_NONE},
	};

	EACH (i, cases) {
		look(shape_job, NULL, 200, cases[i].body);
		assert_seen(CONTACT_JOB_COUNTS, cases[i].counts, cases[i].body);
		assert_seen(CONTACT_JOB_STATUS, cases[i].status, cases[i].body);
		assert_int_equal(watch.seen.entry_status_count, i < 3 ? 2 : 0);
	}
}

TEST(entries_show_where_they_have_the_key_and_the_outcome)
{
	CASES(cases, const char *entry, *key, *status, *members) = {
	    {"{\"completionStatus\":\"SUCCESS\",\"input\":{\"ref\":\"Zebra\"}}",
		"input.<key>", "completionStatus", "completionStatus, input"},
	    {"{\"status\":\"success\",\"payload\":\"{\\\"ref\\\":7}\"}",
		"payload (a text).<key>", "status", "payload, status"},
	    {"{\"state\":\"ERROR\",\"ref\":\"Zebra\"}", "<key>", "state", ""},
	    {"{\"entryStatus\":\"INVALID\",\"process\":{\"data\":{\"ref\":1}}}",
		"process.data.<key>", "entryStatus", ""},
	    {"{\"status\":\"SUCCESS\",\"other\":{\"ref\":\"Zebra\"}}",
		CONTACT_NONE, "status", "other, status"},
	    {"7", CONTACT_NONE, CONTACT_NONE, ""},
	    {"{\"status\":\"Zebra\"}", CONTACT_NONE, "status", ""},
	};

	EACH (i, cases) {
		char body[256];

		snprintf(
		    body, sizeof(body), "{\"_data\":[%s]}", cases[i].entry);
		look(shape_entries, "ref", 200, body);
		assert_seen(CONTACT_ENTRY_KEY, cases[i].key, body);
		assert_seen(CONTACT_ENTRY_STATUS, cases[i].status, body);
		assert_seen(CONTACT_ENTRY_MEMBERS, cases[i].members, body);
		assert_seen(CONTACT_ENTRY_MATCH,
		    strcmp(cases[i].key, CONTACT_NONE) == 0 ? "by position"
							    : "by key",
		    body);
		look(shape_entries, NULL, 200, body);
		assert_seen(CONTACT_ENTRY_KEY, "", body);
	}
}

TEST(entries_of_updates_are_kept_apart)
{
	static const char body[] =
	    "{\"_data\":[{\"status\":\"SUCCESS\",\"ref\":\"Zebra\"}]}";
	struct shape_reader reader = reader_of("ref");
	struct http_response r = answer(200, body);

	reader.is_change = true;
	shape_entries(&reader, &r);
	assert_seen(CONTACT_CHANGED_KEY, "<key>", body);
	assert_seen(CONTACT_CHANGED_STATUS, "status", body);
	assert_seen(CONTACT_CHANGED_MEMBERS, "ref, status", body);
	assert_seen(CONTACT_CHANGED_MATCH, "by key", body);
	assert_seen(CONTACT_ENTRY_KEY, "", body);
	assert_seen(CONTACT_ENTRY_STATUS, "", body);
	assert_seen(CONTACT_ENTRY_MEMBERS, "", body);
	assert_seen(CONTACT_ENTRY_MATCH, "", body);
	http_response_release(&r);
}

TEST(lists_show_the_key_the_time_and_what_more_there_is)
{
	CASES(cases, const char *body, *key, *created, *more) = {
	    {"{\"_data\":[{\"ref\":\"Z\",\"createdAt\":1617966536211}],"
	     "\"_meta\":{\"hasMore\":false}}",
		"<key>", "milliseconds", "boolean"},
	    {"{\"_data\":[{\"data\":{\"ref\":7},\"createdAt\":1617966536}],"
	     "\"_meta\":{\"hasMore\":\"true\"}}",
		"data.<key>", "seconds", "text"},
	    {"{\"_data\":[{\"record\":{\"data\":{\"ref\":7}},"
	     "\"createdAt\":\"2026-04-15T11:22:43Z\"}],\"_meta\":{}}",
		"record.data.<key>", "ISO 8601", CONTACT_NONE},
	    {"{\"_data\":[{\"Ref\":7,\"createdAt\":\"yesterday\"}],"
	     "\"_meta\":{\"hasMore\":0}}",
		CONTACT_NONE, "not a time", "another type"},
	    {"{\"_data\":[{\"ref\":7}]}", "<key>", CONTACT_NONE, CONTACT_NONE},
	    {"{\"_data\":[]}", "", "", CONTACT_NONE},
	    {"{\"_data\":[{\"ref\":7}],\"_errors\":[\"no\"]}", "", "", ""},
	    {"{\"_data\":{}}", "", "", ""},
	};

	EACH (i, cases) {
		look(shape_list, "ref", 200, cases[i].body);
		assert_seen(CONTACT_LIST_KEY, cases[i].key, cases[i].body);
		assert_seen(
		    CONTACT_CREATED_AT, cases[i].created, cases[i].body);
		assert_seen(CONTACT_HAS_MORE, cases[i].more, cases[i].body);
	}
}
