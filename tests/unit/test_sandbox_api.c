/* SPDX-License-Identifier: MIT */
/* The sandbox's answers without a socket: token, bodies, paths, faults. */
#include "sandbox/ids.h"
#include "sandbox_bench.h"

TEST(asks_for_the_token_everywhere_in_the_api)
{
	static const char *const gets[] = {"/v1/health", "/v1/ext/config",
	    "/v1/ext/background-job/x", "/v1/ext/background-job/x/entries",
	    "/v1/ext/procedure/lead/process/x"};
	struct bench b;

	bench_open(&b, "");
	EACH (i, gets) {
		assert_int_equal(
		    bench_ask_as(&b, false, "GET", gets[i], NULL), 401);
		assert_true(bench_text(&b, "_errors.0")[0] != '\0');
	}
	assert_int_equal(
	    bench_ask_as(&b, false, "POST", BENCH_CREATE, "[{}]"), 401);
	assert_int_equal(
	    bench_ask_as(&b, false, "POST", BENCH_LIST, "{}"), 401);
	assert_int_equal(bench_ask(&b, "GET", "/v1/health", NULL), 200);
	assert_int_equal(
	    bench_ask_as(&b, false, "GET", "/sandbox/stats", NULL), 200);
	bench_close(&b);
}

TEST(refuses_bodies_that_are_no_list_of_processes)
{
	static const struct {
		const char *body;
		int status;
	} cases[] = {{"", 400}, {"{}", 400}, {"[", 400}, {"[{}]x", 400},
	    {"[01]", 400}, {"[]", 400}, {"[{\"a\":\"\xFF\"}]", 400},
	    {"\"[]\"", 400}, {"[{\"a\":\"this body is too large\"}]", 413}};
	struct bench b;

	bench_open(&b, "--max-body 20");
	EACH (i, cases) {
		if (bench_ask(&b, "POST", BENCH_CREATE, cases[i].body) !=
		    cases[i].status)
			fail_msg("%s: %d", cases[i].body, b.status);
		assert_true(bench_text(&b, "_errors.0")[0] != '\0');
	}
	assert_int_equal(store_totals(b.store, ACT_CREATE).received, 0);
	bench_close(&b);
}

TEST(knows_paths_methods_and_procedures)
{
	struct bench b;

	bench_open(&b, "");
	assert_int_equal(bench_ask(&b, "GET", "/v1/ext", NULL), 404);
	assert_int_equal(bench_ask(&b, "GET", "/v1/ext/config/", NULL), 404);
	assert_int_equal(
	    bench_ask(&b, "GET", "/a/b/c/d/e/f/g/h/i/j", NULL), 404);
	assert_int_equal(bench_ask(&b, "GET", "//", NULL), 404);
	assert_int_equal(bench_ask(&b, "POST", "/v1/ext/config", NULL), 405);
	assert_int_equal(bench_ask(&b, "DELETE", BENCH_CREATE, NULL), 405);
	assert_int_equal(bench_ask(&b, "HEAD", "/v1/health", NULL), 200);
	assert_int_equal(
	    bench_ask(&b, "POST", "/v1/ext/procedure/nix/process/bulk-create",
		"[{}]"),
	    404);
	assert_int_equal(
	    bench_ask(&b, "POST",
		"/v1/ext/procedure/l%65ad/process/bulk-create", "[{}]"),
	    200);
	assert_int_equal(bench_ask(&b, "POST",
			     "/v1/ext/procedure/"
			     "5f0c1c52-1d5e-4a55-9a51-6c0a3d1b2e02/process/"
			     "bulk-create",
			     "[{}]"),
	    200);
	assert_int_equal(
	    bench_ask(&b, "GET", "/v1/ext/background-job/nonsense", NULL), 404);
	assert_int_equal(bench_ask(&b, "GET",
			     "/v1/ext/procedure/lead/process/nonsense", NULL),
	    404);
	bench_close(&b);
}

TEST(faults_that_answer_keep_or_keep_not)
{
	CASES(cases, const char *fault; int status, accepted;
	      const char *retry_after) = {
	    {"503=1", 503, 0, ""},
	    {"503=1,2500ms", 503, 0, "3"},
	    {"503=1,date,10s", 503, 0, "Tue, 14 Nov 2023 22:13:30 GMT"},
	    {"429=1", 429, 0, "1"},
	    {"429=1,none", 429, 0, ""},
	    {"500-before=1", 500, 0, ""},
	    {"500-after=1", 500, 1, ""},
	    {"html-502=1", 502, 0, ""},
	    {"html-502=1,after", 502, 1, ""},
	    {"413=1", 413, 0, ""},
	    {"413=1,1KiB", 200, 1, ""},
	    {"echo-token=1", 400, 0, ""},
	    {"status=1", 403, 0, ""},
	    {"status=1,401", 401, 0, ""},
	    {"status=1,599,calls=2", 200, 1, ""},
	    {"400-whole=1", 400, 0, ""},
	    {"400-whole=1,match=A", 400, 0, ""},
	    {"400-whole=1,match=Z", 200, 1, ""},
	    {"503=1,lookups", 200, 1, ""},
	};

	EACH (i, cases) {
		struct bench b;
		char arguments[64];

		snprintf(
		    arguments, sizeof(arguments), "--fault %s", cases[i].fault);
		bench_open(&b, arguments);
		if (bench_ask(&b, "POST", BENCH_CREATE,
			"[{\"lead_id\":\"A\"}]") != cases[i].status)
			fail_msg("%s: %d", cases[i].fault, b.status);
		if ((int)store_totals(b.store, ACT_CREATE).accepted !=
		    cases[i].accepted)
			fail_msg("%s: kept", cases[i].fault);
		assert_int_equal(store_totals(b.store, ACT_CREATE).received, 1);
		assert_string_equal(b.retry_after, cases[i].retry_after);
		bench_close(&b);
	}
}

TEST(echo_token_repeats_the_token_as_escapes_of_json)
{
	struct bench b;
	const char *words;

	bench_open(&b, "--fault echo-token=1,lookups");
	assert_int_equal(bench_ask(&b, "POST", BENCH_LIST, "{}"), 400);
	words = bench_text(&b, "_errors.0");
	assert_non_null(strstr(words, b.sandbox.token));
	assert_null(strstr(buf_str(&b.body), b.sandbox.token));
	bench_close(&b);
}

TEST(faults_of_a_scope_hit_its_calls_only)
{
	struct bench b;
	char job[40], path[128];

	bench_open(&b, "--fault 503=1,lookups --fault 429=1,jobs");
	bench_send(&b, "[{\"lead_id\":\"A\"}]", job);
	assert_int_equal(bench_ask(&b, "POST", BENCH_LIST, "{}"), 503);
	snprintf(path, sizeof(path), "/v1/ext/background-job/%s", job);
	assert_int_equal(bench_ask(&b, "GET", path, NULL), 429);
	assert_int_equal(bench_ask(&b, "GET", "/v1/ext/config", NULL), 200);
	bench_close(&b);
}

TEST(an_empty_acknowledgement_runs_the_job_all_the_same)
{
	struct bench b;

	bench_open(&b, "--ack empty");
	assert_int_equal(
	    bench_ask(&b, "POST", BENCH_CREATE, "[{\"lead_id\":\"A\"}]"), 200);
	assert_string_equal(buf_str(&b.body), "{}");
	assert_int_equal(bench_found(&b, "{\"lead_id\":\"A\"}"), 1);
	bench_close(&b);
}

TEST(the_config_lists_procedures_and_links_attributes)
{
	struct bench b;

	bench_open(&b, "");
	assert_int_equal(bench_ask(&b, "GET", "/v1/ext/config", NULL), 200);
	assert_string_equal(
	    bench_text(&b, "_data.procedures.0.shortId"), "lead");
	assert_string_equal(
	    bench_text(&b, "_data.procedures.0.states.0.shortId"), "NEW");
	assert_string_equal(
	    bench_text(&b, "_data.attributes.0.shortId"), "lead_id");
	assert_string_equal(bench_text(&b, "_data.attributes.0.procedure"),
	    bench_text(&b, "_data.procedures.0.id"));
	assert_string_equal(bench_text(&b, "_data.attributes.0.id"),
	    bench_text(&b, "_data.procedures.0.primaryKey"));
	bench_close(&b);
}

TEST(every_procedure_takes_rows_under_its_own_key_and_states)
{
	static const char *const rows[][4] = {
	    {"lead", "lead_id", "QUALIFIED", "DONE"},
	    {"ticket", "ticket_id", "ON_HOLD", "QUALIFIED"},
	    {"visit", "visit_id", "MISSED", "ON_HOLD"},
	};

	EACH (i, rows) {
		struct bench b;
		char path[96], body[160], job[64];

		bench_open(&b, "");
		snprintf(path, sizeof(path),
		    "/v1/ext/procedure/%s/process/bulk-create", rows[i][0]);
		snprintf(body, sizeof(body),
		    "[{\"%s\":\"A\",\"state\":\"%s\"},"
		    "{\"%s\":\"A\",\"state\":\"%s\"},"
		    "{\"%s\":\"B\",\"state\":\"%s\"}]",
		    rows[i][1], rows[i][2], rows[i][1], rows[i][2], rows[i][1],
		    rows[i][3]);
		assert_int_equal(bench_ask(&b, "POST", path, body), 200);
		snprintf(job, sizeof(job), "%s", bench_text(&b, "_data.id"));
		snprintf(path, sizeof(path), "/v1/ext/background-job/%s", job);
		assert_int_equal(bench_ask(&b, "GET", path, NULL), 200);
		/* the first; not its key again, not another's state */
		assert_int_equal(
		    bench_number(
			&b, "_meta.bjEntryCompletionStatusVsCount.SUCCESS"),
		    1);
		assert_int_equal(
		    bench_number(
			&b, "_meta.bjEntryCompletionStatusVsCount.ERROR"),
		    2);
		bench_close(&b);
	}
}

TEST(the_page_escapes_what_was_received)
{
	struct bench b;
	char job[40];

	bench_open(&b, "");
	bench_send(&b,
	    "[{\"lead_id\":\"<script>&'\\\"\\u001b[0m\",\"state\":\"LOST\"}]",
	    job);
	assert_int_equal(bench_ask(&b, "GET", "/", NULL), 200);
	assert_null(strstr(buf_str(&b.body), "<script"));
	assert_null(strchr(buf_str(&b.body), '\x1b'));
	assert_non_null(
	    strstr(buf_str(&b.body), "&lt;script&gt;&amp;&#39;&quot;"));
	assert_non_null(strstr(buf_str(&b.body), ">LOST</td>"));
	/* Whose key it is. */
	assert_non_null(strstr(buf_str(&b.body), "<small>lead_id</small> "));
	bench_close(&b);
}

TEST(pages_are_for_this_machine_only)
{
	struct request r;
	struct reply a;
	struct bench b;

	bench_open(&b, "");
	request_init(&r, "GET", "/sandbox/processes", 1);
	request_route(&b.sandbox, &r);
	reply_init(&a);
	sandbox_answer(&b.sandbox, &r, &a);
	assert_int_equal(a.status, 403);
	reply_release(&a);
	request_release(&r);
	bench_close(&b);
}

TEST(ids_can_be_turned_back_and_are_of_one_kind)
{
	const uint64_t salts[] = {0, 1, 42, UINT64_MAX, 0x123456789ABCDEF0};
	const int64_t numbers[] = {1, 2, 500, 1000000, (INT64_C(1) << 48) - 1};

	for (size_t s = 0; s < 5; s++) {
		for (size_t i = 0; i < 5; i++) {
			char id[37], other[37];
			int64_t n;

			id_make(salts[s], ID_JOB, numbers[i], id);
			id_make(salts[s], ID_PROCESS, numbers[i], other);
			assert_int_equal(strlen(id), 36);
			assert_string_not_equal(id, other);
			assert_true(
			    id_parse(salts[s], ID_JOB, text_of(id), &n));
			assert_true(n == numbers[i]);
			assert_false(
			    id_parse(salts[s], ID_PROCESS, text_of(id), &n));
			id[35] = id[35] == 'x' ? 'y' : 'x';
			assert_false(
			    id_parse(salts[s], ID_JOB, text_of(id), &n));
		}
	}
}
