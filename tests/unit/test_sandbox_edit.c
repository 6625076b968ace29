/* SPDX-License-Identifier: MIT */
/* The sandbox without a socket: deletions, paths of one process, roles, faults
 * of what changes something, and a colleague's edits. */
#include "sandbox_bench.h"

#define PROCESSES BENCH_TICKETS
#define CREATE PROCESSES "/bulk-create"
#define LIST PROCESSES "/list"

TEST(a_deleted_process_is_hidden_or_gone_and_its_key_is_free)
{
	for (int i = 0; i < 4; i++) {
		bool is_soft = i < 2, by_key = i % 2 == 0;
		char id[40], again[40], by_id[160], element[160];
		struct bench b;

		bench_tickets(
		    &b, is_soft ? "--deletes soft" : "--deletes hard");
		bench_id_of(&b, "T1", id);
		snprintf(by_id, sizeof(by_id), PROCESSES "/%s", id);
		assert_int_equal(bench_ask(&b, "GET", by_id, NULL), 200);
		assert_int_equal(
		    strstr(buf_str(&b.body), "\"isDeleted\":false") != NULL,
		    is_soft);
		b.now_ms += 100;
		assert_int_equal(
		    bench_ask(&b, "DELETE",
			by_key ? PROCESSES "/ticket_id/T1" : by_id, NULL),
		    200);
		assert_string_equal(bench_text(&b, "_data.id"), id);
		bench_id_of(&b, "T1", again);
		assert_string_equal(again, "");
		assert_int_equal(
		    bench_ask(&b, "GET", by_id, NULL), is_soft ? 200 : 404);
		if (is_soft)
			assert_true(
			    cJSON_IsTrue(bench_at(&b, "_data.isDeleted")));
		assert_int_equal(bench_ask(&b, "DELETE", by_id, NULL), 404);
		assert_int_equal(bench_ask(&b, "PUT", by_id, "{}"), 404);
		snprintf(element, sizeof(element),
		    "[{\"id\":\"%s\",\"update\":{}},"
		    "{\"ticket_id\":\"T1\",\"update\":{}}]",
		    id);
		bench_update(&b, element);
		assert_string_equal(bench_text(&b, "_data.0.statusMessage"),
		    "there is no process with this id");
		assert_string_equal(bench_text(&b, "_data.1.statusMessage"),
		    "there is no process with this ticket_id");
		assert_int_equal(
		    bench_ask(&b, "POST", CREATE, "[{\"ticket_id\":\"T1\"}]"),
		    200);
		bench_id_of(&b, "T1", again);
		assert_string_not_equal(again, "");
		assert_string_not_equal(again, id);
		bench_assert_now(
		    &b, "T1", 0, "\"deletes\":1,\"edits\":0,\"deleted\":true");
		bench_assert_now(
		    &b, "T1", 1, "\"deletes\":0,\"edits\":0,\"deleted\":false");
		bench_close(&b);
	}
}

TEST(several_processes_with_one_key_are_not_updated_by_it)
{
	struct bench b;

	bench_tickets(&b, "--duplicates allow");
	bench_ask(&b, "POST", CREATE, "[{\"ticket_id\":\"T1\"}]");
	bench_update(&b, "[{\"ticket_id\":\"T1\",\"update\":{}}]");
	assert_string_equal(bench_text(&b, "_data.0.statusMessage"),
	    "several processes have this ticket_id");
	assert_int_equal(
	    bench_ask(&b, "PUT", PROCESSES "/ticket_id/T1", "{}"), 409);
	assert_int_equal(
	    bench_ask(&b, "DELETE", PROCESSES "/ticket_id/T1", NULL), 409);
	bench_assert_now(&b, "T1", 0, "\"updates\":0,\"deletes\":0");
	bench_close(&b);
}

TEST(paths_of_one_process_are_by_the_procedures_own_key)
{
	struct bench b;

	bench_tickets(&b, "");
	assert_int_equal(
	    bench_ask(&b, "PUT", PROCESSES "/subject/pump", "{}"), 400);
	assert_int_equal(
	    bench_ask(&b, "DELETE", PROCESSES "/lead_id/T1", NULL), 400);
	assert_int_equal(
	    bench_ask(&b, "GET", PROCESSES "/ticket_id/T1", NULL), 405);
	assert_int_equal(
	    bench_ask(&b, "PUT", PROCESSES "/ticket_id/T%31", "{}"), 200);
	assert_int_equal(
	    bench_ask(&b, "PUT", PROCESSES "/ticket_id/T1", "[]"), 400);
	assert_int_equal(
	    bench_ask(&b, "PUT", PROCESSES "/ticket_id/T1", ""), 400);
	bench_close(&b);
}

TEST(a_role_without_delete_may_do_all_else)
{
	struct bench b;

	bench_tickets(&b, "--role no-delete");
	assert_int_equal(
	    bench_ask(&b, "DELETE", PROCESSES "/ticket_id/T1", NULL), 403);
	assert_int_equal(
	    bench_ask(&b, "PUT", PROCESSES "/ticket_id/T1", "{}"), 200);
	bench_close(&b);
}

TEST(what_is_shown_of_times_and_of_entries_can_be_left_out)
{
	struct bench b;

	bench_tickets(&b, "--timestamps off --entry-ids off");
	bench_ask(&b, "POST", LIST, "{}");
	assert_null(strstr(buf_str(&b.body), "updatedAt"));
	assert_null(strstr(buf_str(&b.body), "createdAt"));
	assert_null(strstr(buf_str(&b.body), "createdBy"));
	bench_update(&b, "[{\"ticket_id\":\"T1\",\"update\":{}}]");
	assert_null(strstr(buf_str(&b.body), "rocessId"));
	bench_close(&b);
}

TEST(faults_of_updates_and_deletes_hit_these_alone)
{
	CASES(cases, const char *fault;
	      int create, patch, put, gone, updates) = {
	    {"503=1", 503, 200, 200, 200, 2},
	    {"503=1,updates", 200, 503, 503, 200, 0},
	    {"500-after=1,updates", 200, 500, 500, 200, 2},
	    {"429=1,deletes", 200, 200, 200, 429, 2},
	    {"status=1,403,updates,deletes", 200, 403, 403, 403, 0},
	    {"500-before=1,creates,deletes", 500, 200, 200, 500, 2},
	    {"413=1,updates", 200, 413, 413, 200, 0},
	    {"400-whole=1,updates", 200, 400, 200, 200, 1},
	    {"html-502=1,all", 502, 502, 502, 502, 0},
	    {"503=1,updates,calls=2", 200, 200, 503, 200, 1},
	};

	EACH (i, cases) {
		struct bench b, *with = &b;
		char arguments[80];

		snprintf(arguments, sizeof(arguments),
		    "--fault %s --duplicates allow", cases[i].fault);
		bench_open(&b, arguments);
		/* The first create may be hit itself; another way in is a
		 * colleague's. */
		bench_ask(with, "POST", "/sandbox/edit",
		    "{\"procedure\":\"ticket\",\"ticket_id\":\"T1\","
		    "\"do\":\"recreate\"}");
		if (bench_ask(with, "POST", CREATE,
			"[{\"ticket_id\":\"T5\"}]") != cases[i].create ||
		    bench_ask(with, "PATCH", PROCESSES,
			"{\"processes\":[{\"ticket_id\":\"T1\",\"update\":"
			"{\"data\":{\"a\":1}}}]}") != cases[i].patch ||
		    bench_ask(with, "PUT", PROCESSES "/ticket_id/T1", "{}") !=
			cases[i].put ||
		    bench_ask(with, "GET", "/sandbox/stats", NULL) != 200)
			fail_msg("%s: %d", cases[i].fault, b.status);
		if (bench_number(&b, "updates.updated") != cases[i].updates)
			fail_msg("%s: %s", cases[i].fault, buf_str(&b.body));
		if (bench_ask(with, "DELETE", PROCESSES "/ticket_id/T1",
			NULL) != cases[i].gone)
			fail_msg("%s: %d", cases[i].fault, b.status);
		bench_close(&b);
	}
}

TEST(entries_of_updates_fail_by_their_own_faults)
{
	struct bench b;

	bench_tickets(&b, "--fault entry-error=1,updates,match=T1 "
			  "--fault entry-invalid=1,updates,match=T2");
	bench_update(&b, "[{\"ticket_id\":\"T1\",\"update\":{}},"
			 "{\"ticket_id\":\"T2\",\"update\":{}},"
			 "{\"ticket_id\":\"T3\",\"update\":{}}]");
	assert_string_equal(bench_text(&b, "_data.0.statusMessage"),
	    "entry failed (sandbox fault)");
	assert_string_equal(
	    bench_text(&b, "_data.1.completionStatus"), "INVALID");
	assert_string_equal(
	    bench_text(&b, "_data.2.completionStatus"), "ERROR");
	bench_ask(&b, "GET", "/sandbox/stats?keys=1", NULL);
	assert_int_equal(bench_number(&b, "by_key.0.updates_received"), 1);
	assert_int_equal(bench_number(&b, "by_key.0.updates"), 0);
	bench_close(&b);
}

/* A colleague's edits, at once. */
TEST(a_colleague_changes_deletes_and_makes_anew)
{
	struct bench b;
	char id[40], again[40], body[160];

	bench_tickets(&b, "--updates replace --states graph");
	bench_id_of(&b, "T1", id);
	b.now_ms += 250;
	snprintf(body, sizeof(body),
	    "{\"procedure\":\"ticket\",\"id\":\"%s\",\"update\":{\"data\":"
	    "{\"subject\":\"hose\"},\"state\":\"NEW\"}}",
	    id);
	assert_int_equal(bench_ask(&b, "POST", "/sandbox/edit", body), 200);
	bench_assert_now(
	    &b, "T1", 0, "\"updates\":0,\"deletes\":0,\"edits\":1");
	bench_assert_now(&b, "T1", 0, "\"subject\":\"hose\"");
	bench_assert_now(&b, "T1", 0, "\"attempts\":3");
	bench_assert_now(&b, "T1", 0, "\"updatedAt\":1700000001250");
	assert_int_equal(
	    bench_ask(&b, "POST", "/sandbox/edit",
		"{\"procedure\":\"ticket\",\"ticket_id\":\"T1\",\"do\":"
		"\"recreate\",\"update\":{\"data\":{\"attempts\":8}}}"),
	    200);
	bench_id_of(&b, "T1", again);
	assert_string_not_equal(id, again);
	assert_non_null(strstr(buf_str(&b.body), "\"attempts\":8"));
	assert_non_null(strstr(buf_str(&b.body), "\"subject\":\"hose\""));
	assert_non_null(strstr(buf_str(&b.body), schema_colleague()));
	assert_int_equal(bench_ask(&b, "POST", "/sandbox/edit",
			     "{\"procedure\":\"ticket\",\"ticket_id\":\"T1\","
			     "\"do\":\"delete\"}"),
	    200);
	bench_id_of(&b, "T1", id);
	assert_string_equal(id, "");
	assert_int_equal(bench_ask(&b, "POST", "/sandbox/edit",
			     "{\"procedure\":\"ticket\",\"ticket_id\":\"T1\","
			     "\"do\":\"delete\"}"),
	    404);
	bench_close(&b);
}

TEST(an_edit_waits_for_the_call_that_it_names)
{
	struct bench b;

	bench_tickets(&b, "");
	assert_int_equal(
	    bench_ask(&b, "POST", "/sandbox/edit",
		"{\"procedure\":\"ticket\",\"ticket_id\":\"T1\",\"before\":"
		"\"updates:2\",\"update\":{\"data\":{\"subject\":\"B\"}}}"),
	    202);
	assert_int_equal(
	    bench_ask(&b, "POST", "/sandbox/edit",
		"{\"procedure\":\"ticket\",\"ticket_id\":\"T2\",\"after\":"
		"\"lookups:1\",\"update\":{\"data\":{\"subject\":\"A\"}}}"),
	    202);
	assert_int_equal(
	    bench_ask(&b, "POST", "/sandbox/edit",
		"{\"procedure\":\"ticket\",\"ticket_id\":\"T7\",\"after\":"
		"\"lookups:2\",\"do\":\"delete\"}"),
	    202);
	/* The look does not see it; after it, it is there. */
	bench_ask(&b, "POST", LIST, "{\"where\":{\"ticket_id\":\"T2\"}}");
	assert_null(strstr(buf_str(&b.body), "\"subject\":\"A\""));
	bench_assert_now(&b, "T2", 0, "\"subject\":\"A\"");
	b.now_ms += 10;
	bench_ask(&b, "PUT", PROCESSES "/ticket_id/T1", "{}");
	bench_assert_now(&b, "T1", 0, "\"subject\":\"pump\"");
	bench_ask(&b, "PUT", PROCESSES "/ticket_id/T1", "{}");
	assert_non_null(strstr(buf_str(&b.body), "\"subject\":\"B\""));
	bench_ask(&b, "POST", LIST, "{}");
	bench_ask(&b, "GET", "/sandbox/stats", NULL);
	assert_int_equal(bench_number(&b, "edits.changed"), 2);
	assert_int_equal(bench_number(&b, "edits.waiting"), 0);
	assert_int_equal(bench_number(&b, "edits.failed"), 1);
	assert_int_equal(
	    bench_number(&b, "calls_by_class.lookups.status.200"), 2);
	assert_int_equal(bench_number(&b, "calls_by_class.updates.total"), 2);
	bench_close(&b);
}

TEST(an_edit_that_cannot_be_is_refused_with_the_reason)
{
#define EDIT "{\"procedure\":\"ticket\",\"ticket_id\":\"T1\""
	CASES(cases, const char *body; int status; const char *words) = {
	    {"[", 400, "invalid JSON"},
	    {"{\"ticket_id\":\"T1\",\"update\":{}}", 400,
		"names the procedure"},
	    {"{\"procedure\":\"ticket\",\"update\":{}}", 400,
		"by id or by ticket_id"},
	    {EDIT "}", 400, "must have an object update"},
	    {EDIT ",\"do\":\"burn\"}", 400, "change, delete or recreate"},
	    {EDIT ",\"do\":\"recreate\",\"update\":{\"state\":\"X\"}}", 400,
		"is not a state"},
	    {EDIT ",\"do\":\"delete\",\"before\":\"updates\"}", 400,
		"updates:3"},
	    {EDIT ",\"do\":\"delete\",\"before\":\"updates:0\"}", 400,
		"updates:3"},
	    {EDIT ",\"do\":\"delete\",\"before\":\"creates:2\","
		  "\"after\":\"creates:2\"}",
		400, "one of the two"},
	    {EDIT ",\"do\":\"delete\",\"before\":\"creates:1\"}", 409,
		"there were 1 calls of creates already"},
	};
	struct bench b;

	bench_tickets(&b, "");
	EACH (i, cases)
		if (bench_ask(&b, "POST", "/sandbox/edit", cases[i].body) !=
			cases[i].status ||
		    strstr(bench_text(&b, "_errors.0"), cases[i].words) == NULL)
			fail_msg("%s: %d %s", cases[i].body, b.status,
			    buf_str(&b.body));
	assert_int_equal(bench_ask_as(&b, false, "POST", "/sandbox/edit",
			     EDIT ",\"do\":\"delete\"}"),
	    401);
	bench_assert_now(&b, "T1", 0, "\"deleted\":false");
	bench_close(&b);
}
