/* SPDX-License-Identifier: MIT */
/* What the sandbox kept: jobs, entries, lists, duplicates, counts. */
#include "sandbox_bench.h"

TEST(entries_become_final_over_the_delay_and_lookups_see_them_then)
{
	struct bench b;
	char job[40];

	bench_open(&b, "--job-delay 4s");
	bench_send(&b,
	    "[{\"lead_id\":\"A\"},7,{\"lead_id\":\"B\",\"state\":\"X\"},"
	    "{\"lead_id\":\"C\"}]",
	    job);
	assert_string_equal(
	    bench_text(&b, "_data.completionStatus"), "IN_PROGRESS");
	bench_assert_counts(&b, job, 4, 0, 0, 0);
	assert_int_equal(bench_found(&b, "{}"), 0);
	b.now_ms += 999;
	bench_assert_counts(&b, job, 4, 0, 0, 0);
	b.now_ms += 1;
	bench_assert_counts(&b, job, 3, 1, 0, 0);
	assert_int_equal(bench_found(&b, "{\"lead_id\":\"A\"}"), 1);
	assert_int_equal(bench_found(&b, "{\"lead_id\":\"C\"}"), 0);
	b.now_ms += 2000;
	bench_assert_counts(&b, job, 1, 1, 1, 1);
	b.now_ms += 1000;
	bench_assert_counts(&b, job, 0, 2, 1, 1);
	assert_int_equal(bench_found(&b, "{}"), 2);
	bench_close(&b);
}

TEST(entries_come_in_pages_with_their_input)
{
	struct bench b;
	char job[40], path[256];
	int seen = 0;

	bench_open(&b, "--page-size 2");
	bench_send(&b,
	    "[{\"lead_id\":\"A\",\"data\":{\"x\":1.50}},7,"
	    "{\"lead_id\":\"A\"},{},{\"state\":\"X\"}]",
	    job);
	snprintf(path, sizeof(path), "/v1/ext/background-job/%s/entries", job);
	for (int page = 0; page < 3; page++) {
		assert_int_equal(bench_ask(&b, "GET", path, NULL), 200);
		assert_int_equal(bench_number(&b, "_meta.total"), 5);
		assert_int_equal(bench_number(&b, "_data.0.index"), seen);
		if (page == 0) {
			assert_non_null(strstr(buf_str(&b.body),
			    "\"input\":{\"lead_id\":\"A\","
			    "\"data\":{\"x\":1.50}}"));
			assert_string_equal(
			    bench_text(&b, "_data.0.completionStatus"),
			    "SUCCESS");
			assert_string_equal(
			    bench_text(&b, "_data.1.completionStatus"),
			    "INVALID");
		} else if (page == 1) {
			assert_string_equal(
			    bench_text(&b, "_data.0.statusMessage"),
			    "a process with this lead_id already exists");
		}
		seen += cJSON_GetArraySize(bench_at(&b, "_data"));
		snprintf(
		    path, sizeof(path), "%s", bench_text(&b, "_meta.nextPath"));
	}
	assert_int_equal(seen, 5);
	assert_string_equal(path, "");
	bench_close(&b);
}

/* The third row has no key, the fourth is not a process. */
TEST(entries_name_their_parts_in_three_ways)
{
	CASES(cases, const char *shape, *first, *keyless) = {
	    {"1",
		"\"completionStatus\":\"SUCCESS\",\"statusMessage\":null,"
		"\"processId\":\"",
		"\"input\":{\"data\":{\"x\":1}}}"},
	    {"2",
		"\"entryStatus\":\"SUCCESS\",\"errorMessage\":null,"
		"\"createdProcessId\":\"",
		"\"payload\":\"{\\\"data\\\":{\\\"x\\\":1}}\"}"},
	    {"3", "\"status\":\"SUCCESS\",\"reason\":null,\"process_id\":\"",
		"\"}"},
	};
	static const char *const keys[] = {"\"input\":{\"lead_id\":\"Ö-1\"}}",
	    "\"payload\":\"{\\\"lead_id\\\":\\\"Ö-1\\\"}\"}",
	    ",\"lead_id\":\"Ö-1\"}"};

	EACH (i, cases) {
		struct bench b;
		char job[40], path[128], arguments[32];
		const char *body;

		snprintf(arguments, sizeof(arguments), "--entry-shape %s",
		    cases[i].shape);
		bench_open(&b, arguments);
		bench_send(
		    &b, "[{\"lead_id\":\"Ö-1\"},{\"data\":{\"x\":1}},7]", job);
		snprintf(path, sizeof(path),
		    "/v1/ext/background-job/%s/entries", job);
		assert_int_equal(bench_ask(&b, "GET", path, NULL), 200);
		body = buf_str(&b.body);
		if (!strstr(body, cases[i].first) || !strstr(body, keys[i]) ||
		    !strstr(body, cases[i].keyless))
			fail_msg("shape %s: %s", cases[i].shape, body);
		assert_int_equal(cJSON_GetArraySize(bench_at(&b, "_data")), 3);
		bench_close(&b);
	}
}

TEST(listed_processes_have_the_key_where_it_was_sent_or_in_data)
{
	CASES(cases, const char *shape, *first, *second) = {
	    {"1", ",\"lead_id\":\"A\",\"data\":{\"x\":1}}",
		",\"data\":{\"x\":2,\"lead_id\":7}}"},
	    {"2", ",\"data\":{\"lead_id\":\"A\",\"x\":1}}",
		",\"data\":{\"lead_id\":7,\"x\":2}}"},
	};

	EACH (i, cases) {
		struct bench b;
		char job[40], arguments[32];
		const char *body;

		snprintf(arguments, sizeof(arguments), "--list-shape %s",
		    cases[i].shape);
		bench_open(&b, arguments);
		bench_send(&b,
		    "[{\"lead_id\":\"A\",\"data\":{\"x\":1}},"
		    "{\"data\":{\"x\":2,\"lead_id\":7}}]",
		    job);
		assert_int_equal(bench_ask(&b, "POST", BENCH_LIST, "{}"), 200);
		body = buf_str(&b.body);
		if (!strstr(body, cases[i].first) ||
		    !strstr(body, cases[i].second))
			fail_msg("shape %s: %s", cases[i].shape, body);
		/* Found by its key all the same. */
		assert_int_equal(bench_found(&b, "{\"lead_id\":\"A\"}"), 1);
		bench_close(&b);
	}
}

TEST(entries_swapped_changes_the_places_of_the_first_two)
{
	static const char *const bodies[] = {
	    "[{\"lead_id\":\"A\"},{\"lead_id\":\"B\"},{\"lead_id\":\"C\"}]",
	    "[{\"lead_id\":\"D\"}]"};
	static const char *const order[] = {"1 0 2", "0"};

	for (size_t i = 0; i < 2; i++) {
		struct bench b;
		char job[40], path[128], seen[32] = "";
		const cJSON *entry;

		bench_open(&b, "--fault entries-swapped=1");
		bench_send(&b, bodies[i], job);
		snprintf(path, sizeof(path),
		    "/v1/ext/background-job/%s/entries", job);
		assert_int_equal(bench_ask(&b, "GET", path, NULL), 200);
		cJSON_ArrayForEach(entry, bench_at(&b, "_data"))
		    snprintf(seen + strlen(seen), 8, "%s%d", seen[0] ? " " : "",
			cJSON_GetObjectItem(entry, "index")->valueint);
		assert_string_equal(seen, order[i]);
		bench_close(&b);
	}
}

TEST(a_key_that_exists_is_an_error_is_merged_or_is_allowed)
{
	CASES(cases, const char *mode; int good, bad, processes) = {
	    {"error", 2, 2, 2}, {"merge", 4, 0, 2}, {"allow", 4, 0, 4}};

	EACH (i, cases) {
		struct bench b;
		char job[40], arguments[64];

		snprintf(arguments, sizeof(arguments), "--duplicates %s",
		    cases[i].mode);
		bench_open(&b, arguments);
		bench_send(&b,
		    "[{\"lead_id\":\"A\",\"data\":{\"x\":1.50}},"
		    "{\"lead_id\":\"A\",\"data\":{\"y\":2}},"
		    "{\"data\":{\"lead_id\":\"A\"}},{\"lead_id\":\"B\"}]",
		    job);
		bench_assert_counts(&b, job, 0, cases[i].good, cases[i].bad, 0);
		assert_int_equal(bench_found(&b, "{}"), cases[i].processes);
		/* The same key of another procedure is another key. */
		assert_int_equal(bench_ask(&b, "POST",
				     "/v1/ext/procedure/ticket/process/"
				     "bulk-create",
				     "[{\"ticket_id\":\"A\"}]"),
		    200);
		assert_int_equal(store_totals(b.store, ACT_CREATE).created,
		    cases[i].processes + 1);
		bench_close(&b);
	}
}

TEST(merged_data_shows_when_its_entry_is_due)
{
	struct bench b;
	char job[40], path[128];

	bench_open(&b, "--duplicates merge --job-delay 1s");
	bench_send(
	    &b, "[{\"lead_id\":\"A\",\"data\":{\"x\":1.50,\"y\":1}}]", job);
	b.now_ms += 1000;
	bench_send(&b,
	    "[{\"lead_id\":\"A\",\"state\":\"LOST\",\"data\":{\"y\":2}}]", job);
	assert_int_equal(bench_found(&b, "{\"y\":1,\"state\":\"NEW\"}"), 1);
	b.now_ms += 1000;
	assert_int_equal(bench_found(&b, "{\"y\":1}"), 0);
	assert_int_equal(bench_found(&b, "{\"y\":2,\"state\":\"LOST\"}"), 1);
	assert_non_null(
	    strstr(buf_str(&b.body), "\"data\":{\"x\":1.50,\"y\":2}"));
	snprintf(path, sizeof(path), "/v1/ext/procedure/lead/process/%s",
	    bench_text(&b, "_data.0.id"));
	assert_int_equal(bench_ask(&b, "GET", path, NULL), 200);
	assert_string_equal(bench_text(&b, "_data.state"), "LOST");
	assert_int_equal(bench_number(&b, "_data.data.y"), 2);
	bench_close(&b);
}

TEST(lists_with_skip_limit_and_has_more)
{
	struct bench b;
	char body[2048] = "[", job[40];

	bench_open(&b, "");
	for (int i = 0; i < 25; i++)
		snprintf(body + strlen(body), sizeof(body) - strlen(body),
		    "%s{\"lead_id\":\"K%02d\"}", i > 0 ? "," : "", i);
	snprintf(body + strlen(body), sizeof(body) - strlen(body), "]");
	bench_send(&b, body, job);
	assert_int_equal(bench_ask(&b, "POST", BENCH_LIST, "{}"), 200);
	assert_int_equal(cJSON_GetArraySize(bench_at(&b, "_data")), 10);
	assert_true(cJSON_IsTrue(bench_at(&b, "_meta.hasMore")));
	assert_int_equal(
	    bench_ask(&b, "POST", BENCH_LIST, "{\"skip\":20,\"limit\":5}"),
	    200);
	assert_int_equal(cJSON_GetArraySize(bench_at(&b, "_data")), 5);
	assert_true(cJSON_IsFalse(bench_at(&b, "_meta.hasMore")));
	assert_string_equal(bench_text(&b, "_data.0.lead_id"), "K20");
	assert_int_equal(
	    bench_ask(&b, "POST", BENCH_LIST,
		"{\"where\":{\"lead_id\":[\"K07\",\"K03\",\"K07\",\"no\"]},"
		"\"skip\":1}"),
	    200);
	assert_int_equal(cJSON_GetArraySize(bench_at(&b, "_data")), 1);
	assert_string_equal(bench_text(&b, "_data.0.lead_id"), "K07");
	assert_int_equal(bench_ask(&b, "POST", BENCH_LIST,
			     "{\"where\":{\"or\":[{\"lead_id\":\"K01\"},"
			     "{\"lead_id\":\"K02\"}]},\"limit\":1}"),
	    200);
	assert_true(cJSON_IsTrue(bench_at(&b, "_meta.hasMore")));
	bench_close(&b);
}

TEST(a_lookup_may_show_nothing_and_say_that_there_is_more)
{
	struct bench b;
	char job[40];

	bench_open(&b, "--fault list-empty=1,calls=1");
	bench_send(&b, "[{\"lead_id\":\"A\"}]", job);
	assert_int_equal(bench_found(&b, "{\"lead_id\":\"A\"}"), 0);
	assert_true(cJSON_IsTrue(bench_at(&b, "_meta.hasMore")));
	assert_int_equal(bench_found(&b, "{\"lead_id\":\"A\"}"), 1);
	assert_true(cJSON_IsFalse(bench_at(&b, "_meta.hasMore")));
	bench_close(&b);
}

TEST(refuses_lists_that_are_none)
{
	static const char *const bad[] = {"", "[]", "{\"limit\":101}",
	    "{\"limit\":0}", "{\"limit\":1.5}", "{\"limit\":\"5\"}",
	    "{\"skip\":-1}", "{\"where\":[]}", "{\"where\":{\"a\":{\"~\":1}}}",
	    "{\"where\":{}"};
	struct bench b;

	bench_open(&b, "");
	EACH (i, bad)
		if (bench_ask(&b, "POST", BENCH_LIST, bad[i]) != 400)
			fail_msg("%s: %d", bad[i], b.status);
	bench_close(&b);
}

TEST(gives_processes_back_as_the_bytes_that_came)
{
	struct buf out = BUF_INIT(0);
	struct diag d = DIAG_INIT;
	struct bench b;
	struct reply due = {.lines_procedure = -1};
	char job[40];
	int64_t after = 0;

	bench_open(&b, "");
	bench_send(&b,
	    " [ {\"lead_id\" : \"B\",\r\n \"data\":{\"n\":12345678901234567890,"
	    "\"x\":1.50,\"u\":\"\\u00e9\\n\"}} , 7,{\"lead_id\":\"A\"},"
	    "{\"lead_id\":\"A\"} ]\n",
	    job);
	assert_int_equal(bench_ask(&b, "GET", "/sandbox/processes", NULL), 200);
	assert_int_equal(
	    processes_lines(&b.sandbox, &after, &due, 1, &out, &d), 1);
	assert_string_equal(buf_str(&out),
	    "{\"lead_id\" : \"B\",   \"data\":{\"n\":12345678901234567890,"
	    "\"x\":1.50,\"u\":\"\\u00e9\\n\"}}\n");
	buf_clear(&out);
	assert_int_equal(
	    processes_lines(&b.sandbox, &after, &due, 1000, &out, &d), 0);
	assert_string_equal(buf_str(&out), "{\"lead_id\":\"A\"}\n");
	buf_release(&out);
	bench_close(&b);
}

TEST(counts_keys_that_came_twice)
{
	struct bench b;
	char job[40];

	bench_open(&b, "--duplicates allow --fault 503=1,calls=2");
	bench_send(&b, "[{\"lead_id\":\"A\"},{\"lead_id\":\"B\"},{}]", job);
	assert_int_equal(
	    bench_ask(&b, "POST", BENCH_CREATE, "[{\"lead_id\":\"B\"}]"), 503);
	bench_send(&b, "[{\"lead_id\":\"A\"}]", job);
	assert_int_equal(
	    bench_ask(&b, "GET", "/sandbox/stats?keys=1", NULL), 200);
	assert_int_equal(bench_number(&b, "rows.received"), 5);
	assert_int_equal(bench_number(&b, "rows.accepted"), 4);
	assert_int_equal(bench_number(&b, "rows.created"), 4);
	assert_int_equal(bench_number(&b, "keys.distinct"), 2);
	assert_int_equal(bench_number(&b, "keys.received_twice"), 2);
	assert_int_equal(bench_number(&b, "keys.accepted_twice"), 1);
	assert_int_equal(bench_number(&b, "keys.created_twice"), 1);
	assert_int_equal(bench_number(&b, "calls.status.200"), 2);
	assert_int_equal(bench_number(&b, "calls.status.503"), 1);
	assert_int_equal(bench_number(&b, "faults.503"), 1);
	assert_string_equal(bench_text(&b, "by_key.1.key"), "B");
	assert_int_equal(bench_number(&b, "by_key.1.received"), 2);
	assert_int_equal(bench_number(&b, "by_key.1.accepted"), 1);
	bench_close(&b);
}

TEST(a_slow_job_takes_longer_and_entry_faults_hit_one_entry)
{
	struct bench b;
	char job[40];

	bench_open(
	    &b, "--fault slow-job=1,2s --fault entry-invalid=1,match=\"B\"");
	bench_send(&b, "[{\"lead_id\":\"A\"},{\"lead_id\":\"B\"}]", job);
	bench_assert_counts(&b, job, 2, 0, 0, 0);
	b.now_ms += 2000;
	bench_assert_counts(&b, job, 0, 1, 0, 1);
	bench_close(&b);
}
