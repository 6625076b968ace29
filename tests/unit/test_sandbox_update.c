/* SPDX-License-Identifier: MIT */
/* The sandbox's updates, without a socket: what takes effect, how often, and
 * what is said about what does not. */
#include "sandbox_bench.h"

#define PROCESSES BENCH_TICKETS
#define CREATE PROCESSES "/bulk-create"
#define LIST PROCESSES "/list"

/* The elements of a bulk update, and what becomes of each. */
TEST(an_update_is_judged_by_the_way_it_names_its_process_and_its_values)
{
	CASES(cases, const char *element, *status, *words) = {
	    {"{\"ticket_id\":\"T1\",\"update\":{\"data\":{\"attempts\":4}}}",
		"SUCCESS", ""},
	    {"{\"id\":\"@\",\"update\":{\"state\":\"RESOLVED\"}}", "SUCCESS",
		""},
	    {"{\"ticket_id\":\"T1\",\"update\":{}}", "SUCCESS", ""},
	    {"{\"ticket_id\":\"T9\",\"update\":{}}", "ERROR",
		"there is no process with this ticket_id"},
	    {"{\"id\":\"T1\",\"update\":{}}", "ERROR",
		"there is no process with this id"},
	    {"{\"ticket_id\":\"T1\",\"id\":\"@\",\"update\":{}}", "INVALID",
		"by id or by ticket_id"},
	    {"{\"update\":{}}", "INVALID", "by id or by ticket_id"},
	    {"{\"ticket_id\":\"T1\"}", "INVALID", "must have an object update"},
	    {"{\"ticket_id\":\"T1\",\"update\":[]}", "INVALID",
		"update must be an object"},
	    {"7", "INVALID", "an update must be an object"},
	    {"{\"ticket_id\":\"T1\",\"update\":{\"data\":7}}", "INVALID",
		"data must be an object"},
	    {"{\"ticket_id\":\"T1\",\"update\":{\"state\":\"GONE\"}}", "ERROR",
		"'GONE' is not a state"},
	    {"{\"ticket_id\":\"T1\",\"update\":{\"state\":null}}", "ERROR",
		"a state cannot be cleared"},
	    {"{\"ticket_id\":\"T1\",\"update\":{\"status\":null}}", "ERROR",
		"a status cannot be cleared"},
	    {"{\"ticket_id\":\"T1\",\"update\":{\"ticket_id\":\"T3\"}}",
		"ERROR", "ticket_id cannot be changed"},
	    {"{\"ticket_id\":\"T1\",\"update\":{\"ticket_id\":\"T1\"}}",
		"SUCCESS", ""},
	};

	EACH (i, cases) {
		struct bench b;
		char id[40], element[256];
		const char *at = strchr(cases[i].element, '@');

		bench_tickets(&b, "");
		bench_id_of(&b, "T1", id);
		if (at != NULL)
			snprintf(element, sizeof(element), "[%.*s%s%s]",
			    (int)(at - cases[i].element), cases[i].element, id,
			    at + 1);
		else
			snprintf(
			    element, sizeof(element), "[%s]", cases[i].element);
		bench_update(&b, element);
		if (strcmp(bench_text(&b, "_data.0.completionStatus"),
			cases[i].status) != 0 ||
		    strstr(bench_text(&b, "_data.0.statusMessage"),
			cases[i].words) == NULL)
			fail_msg("%s: %s", cases[i].element, buf_str(&b.body));
		if (strcmp(cases[i].status, "SUCCESS") == 0)
			assert_string_equal(
			    bench_text(&b, "_data.0.processId"), id);
		else
			bench_assert_now(&b, "T1", 0, "\"updates\":0");
		bench_close(&b);
	}
}

TEST(a_body_that_is_no_list_of_updates_is_refused_whole)
{
	static const char *const bodies[] = {"", "[]", "{}",
	    "{\"processes\":{}}", "{\"processes\":[]}", "{\"processes\":[01]}"};
	struct bench b;

	bench_tickets(&b, "");
	EACH (i, bodies) {
		if (bench_ask(&b, "PATCH", PROCESSES, bodies[i]) != 400)
			fail_msg("%s: %d", bodies[i], b.status);
		assert_true(bench_text(&b, "_errors.0")[0] != '\0');
	}
	assert_int_equal(store_totals(b.store, ACT_UPDATE).received, 0);
	bench_close(&b);
}

/* What an update leaves of a process; PATCH and PUT, by key and by id. */
TEST(an_update_changes_what_it_names_in_each_way_that_it_can_come)
{
	CASES(cases, const char *arguments, *update, *left) = {
	    {"", "{\"data\":{\"attempts\":4}}",
		"\"ticket_id\":\"T1\",\"data\":{\"subject\":\"pump\","
		"\"attempts\":4}}"},
	    {"", "{\"data\":{\"subject\":null,\"due_on\":5}}",
		"\"data\":{\"attempts\":3,\"subject\":null,\"due_on\":5}}"},
	    {"", "{\"status\":\"COMPLETED\",\"nextActionAt\":9}",
		"\"status\":\"COMPLETED\",\"state\":\"IN_PROGRESS\""},
	    {"--updates replace", "{\"data\":{\"attempts\":4}}",
		"\"ticket_id\":\"T1\",\"data\":{\"attempts\":4}}"},
	    {"--updates replace", "{\"state\":\"CLOSED\"}",
		"\"data\":{\"subject\":\"pump\",\"attempts\":3}}"},
	    {"--numbers text",
		"{\"data\":{\"attempts\":4.50,\"a\":[1,{\"b\":2}]}}",
		"\"attempts\":\"4.50\",\"a\":[\"1\",{\"b\":\"2\"}]}}"},
	    {"--numbers text", "{\"nextActionAt\":9}", "\"nextActionAt\":9"},
	    {"--state-form uuid", "{\"state\":\"OPEN\"}",
		"\"state\":\"5f0c1c52-1d5e-4a55-9a51-b20000000001\""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]) * 4; i++) {
		struct bench b;
		char id[40], text[512], path[160];

		bench_tickets(&b, cases[i / 4].arguments);
		bench_id_of(&b, "T1", id);
		b.now_ms += 500;
		if (i % 4 < 2) {
			snprintf(text, sizeof(text),
			    "[{\"%s\":\"%s\",\"update\":%s}]",
			    i % 4 == 0 ? "ticket_id" : "id",
			    i % 4 == 0 ? "T1" : id, cases[i / 4].update);
			bench_update(&b, text);
		} else {
			snprintf(path, sizeof(path), PROCESSES "/%s%s",
			    i % 4 == 2 ? "ticket_id/T1" : "",
			    i % 4 == 2 ? "" : id);
			assert_int_equal(
			    bench_ask(&b, "PUT", path, cases[i / 4].update),
			    200);
			assert_non_null(
			    strstr(buf_str(&b.body), cases[i / 4].left));
		}
		snprintf(path, sizeof(path), PROCESSES "/%s", id);
		assert_int_equal(bench_ask(&b, "GET", path, NULL), 200);
		if (strstr(buf_str(&b.body), cases[i / 4].left) == NULL)
			fail_msg("%zu: no %s in %s", i % 4, cases[i / 4].left,
			    buf_str(&b.body));
		assert_true(bench_at(&b, "_data.updatedAt")->valuedouble -
				bench_at(&b, "_data.createdAt")->valuedouble >
			    1499);
		bench_assert_now(&b, "T1", 0, "\"updates\":1,\"deletes\":0");
		bench_assert_now(&b, "T2", 0, "\"updates\":0");
		bench_close(&b);
	}
}

TEST(a_key_in_data_stays_when_data_is_replaced)
{
	struct bench b;

	bench_open(&b, "--updates replace");
	bench_ask(&b, "POST", CREATE,
	    "[{\"data\":{\"ticket_id\":\"K\",\"subject\":\"x\"}}]");
	bench_update(
	    &b, "[{\"ticket_id\":\"K\",\"update\":{\"data\":{\"tags\":[]}}}]");
	bench_assert_now(
	    &b, "K", 0, "\"data\":{\"ticket_id\":\"K\",\"tags\":[]}");
	bench_close(&b);
}

TEST(states_follow_the_list_only_with_graph)
{
	CASES(cases, const char *arguments, *to, *status) = {
	    {"", "NEW", "SUCCESS"},
	    {"--states graph", "NEW", "ERROR"},
	    {"--states graph", "OPEN", "ERROR"},
	    {"--states graph", "IN_PROGRESS", "SUCCESS"},
	    {"--states graph", "CLOSED", "SUCCESS"},
	};

	EACH (i, cases) {
		bool good = strcmp(cases[i].status, "SUCCESS") == 0;
		struct bench b;
		char text[128];

		bench_tickets(&b, cases[i].arguments);
		snprintf(text, sizeof(text), "{\"state\":\"%s\"}", cases[i].to);
		assert_int_equal(
		    bench_ask(&b, "PUT", PROCESSES "/ticket_id/T1", text),
		    good ? 200 : 400);
		bench_close(&b);
		bench_tickets(&b, cases[i].arguments);
		snprintf(text, sizeof(text),
		    "[{\"ticket_id\":\"T1\",\"update\":{\"state\":\"%s\"}}]",
		    cases[i].to);
		bench_update(&b, text);
		assert_string_equal(bench_text(&b, "_data.0.completionStatus"),
		    cases[i].status);
		if (!good)
			assert_non_null(
			    strstr(bench_text(&b, "_data.0.statusMessage"),
				"there is no way from state"));
		bench_close(&b);
	}
}

TEST(an_update_of_what_is_not_there_does_what_missing_says)
{
	CASES(cases, const char *arguments, *status; int put, processes) = {
	    {"--missing error", "ERROR", 404, 2},
	    {"--missing ignore", "SUCCESS", 200, 2},
	    {"--missing create", "SUCCESS", 200, 4},
	};

	EACH (i, cases) {
		struct bench b;

		bench_tickets(&b, cases[i].arguments);
		bench_update(&b, "[{\"ticket_id\":\"T8\",\"update\":{\"data\":"
				 "{\"subject\":\"belt\"}}}]");
		assert_string_equal(bench_text(&b, "_data.0.completionStatus"),
		    cases[i].status);
		assert_int_equal(bench_ask(&b, "PUT", PROCESSES "/ticket_id/T9",
				     "{\"data\":{\"subject\":\"belt\"}}"),
		    cases[i].put);
		assert_int_equal(bench_ask(&b, "POST", LIST, "{}"), 200);
		assert_int_equal(cJSON_GetArraySize(bench_at(&b, "_data")),
		    cases[i].processes);
		if (cases[i].processes == 4) {
			bench_assert_now(&b, "T8", 0,
			    "\"ticket_id\":\"T8\",\"data\":{\"subject\":"
			    "\"belt\"}");
			bench_assert_now(&b, "T9", 0,
			    "\"ticket_id\":\"T9\",\"data\":{\"subject\":"
			    "\"belt\"}");
		}
		/* Nobody can be made with a uuid of the client's. */
		assert_int_equal(
		    bench_ask(&b, "PUT", PROCESSES "/nobody", "{}"),
		    i == 1 ? 200 : 404);
		bench_close(&b);
	}
}

/* Or there would be two with one key. */
TEST(an_update_does_not_make_what_a_create_has_begun_to_make)
{
	struct bench b;

	bench_open(&b, "--missing create --fault slow-job=1,9s,creates");
	bench_ask(&b, "POST", CREATE, "[{\"ticket_id\":\"T7\"}]");
	bench_update(&b, "[{\"ticket_id\":\"T7\",\"update\":{}}]");
	assert_string_equal(
	    bench_text(&b, "_data.0.completionStatus"), "ERROR");
	b.now_ms += 9000;
	assert_int_equal(bench_ask(&b, "POST", LIST, "{}"), 200);
	assert_int_equal(cJSON_GetArraySize(bench_at(&b, "_data")), 1);
	bench_close(&b);
}

/* A job that is late overwrites what came after it was sent. */
TEST(updates_take_effect_in_the_order_in_which_they_are_due)
{
	struct bench b;

	bench_tickets(&b, "--fault slow-job=1,5s,updates,calls=1");
	bench_update(&b, "[{\"ticket_id\":\"T1\",\"update\":{\"data\":"
			 "{\"subject\":\"late\"}}}]");
	assert_string_equal(
	    bench_text(&b, "_data.0.completionStatus"), "NOT_STARTED");
	bench_assert_now(&b, "T1", 0, "\"updates\":0");
	b.now_ms += 1000;
	bench_update(&b, "[{\"ticket_id\":\"T1\",\"update\":{\"data\":"
			 "{\"subject\":\"quick\"}}}]");
	bench_assert_now(&b, "T1", 0, "\"subject\":\"quick\"");
	b.now_ms += 4000;
	bench_ask(&b, "GET", "/sandbox/stats", NULL);
	assert_int_equal(bench_number(&b, "updates.updated"), 2);
	bench_assert_now(&b, "T1", 0, "\"subject\":\"late\"");
	bench_close(&b);
}

/* What is due when the process is gone finds nothing. */
TEST(an_update_that_is_due_after_the_deletion_is_an_error)
{
	struct bench b;
	char path[128];

	bench_tickets(&b, "--job-delay 4s");
	b.now_ms += 4000;
	assert_int_equal(
	    bench_ask(&b, "PATCH", PROCESSES,
		"{\"processes\":[{\"ticket_id\":\"T1\",\"update\":{}}]}"),
	    200);
	snprintf(path, sizeof(path), "/v1/ext/background-job/%s",
	    bench_text(&b, "_data.id"));
	b.now_ms += 1000;
	assert_int_equal(
	    bench_ask(&b, "DELETE", PROCESSES "/ticket_id/T1", NULL), 200);
	b.now_ms += 4000;
	assert_int_equal(bench_ask(&b, "GET", path, NULL), 200);
	assert_int_equal(
	    bench_number(&b, "_meta.bjEntryCompletionStatusVsCount.ERROR"), 1);
	bench_assert_now(&b, "T1", 0, "\"updates\":0,\"deletes\":1");
	bench_close(&b);
}
