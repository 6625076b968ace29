/* SPDX-License-Identifier: MIT */
#include "report/run_report.h"
#include "test.h"

#include <cjson/cJSON.h>

#include <sys/stat.h>
#include <unistd.h>

static struct ledger *
small_ledger(uint64_t chunks)
{
	struct diag d = DIAG_INIT;
	struct ledger *l = ledger_create(NULL, &d);

	assert_non_null(l);
	for (uint64_t i = 0; i < chunks; i++) {
		struct ledger_chunk c = {.ordinal = i,
		    .begin = 15 + i * 100,
		    .end = 15 + (i + 1) * 100,
		    .first_row = 2 + i * 5,
		    .first_line = 2 + i * 5,
		    .records = 5,
		    .record_bytes = 100,
		    .rows = 4,
		    .rejected = 1,
		    .body_bytes = 88,
		    .sha256 = {(unsigned char)i, 0xab}};
		struct ledger_call call = {.chunk = i,
		    .count = 4,
		    .rows = 4,
		    .state = CALL_CREATED,
		    .attempts = 1,
		    .sent_ms = 1795442400000,
		    .http_status = 200,
		    .job = "job-1",
		    .evidence = "job"};

		assert_int_equal(ledger_add_chunk(l, &c, &d), 0);
		assert_int_equal(ledger_add_call(l, &call, &d), 0);
	}
	assert_int_equal(
	    ledger_add_event(l, 1795442400000, "start", "import", &d), 0);
	assert_int_equal(ledger_commit(l, &d), 0);
	return l;
}

static cJSON *
json_of(const struct run_report *r, bool all_calls)
{
	struct diag d = DIAG_INIT;
	char *data = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&data, &len);
	cJSON *o;

	assert_int_equal(report_json(r, all_calls, out, &d), 0);
	fclose(out);
	assert_memory_equal(data, "{\n\"schema\":\"csv2chakra.report/2\",", 33);
	o = cJSON_ParseWithLengthOpts(data, len + 1, NULL, true);
	assert_non_null(o);
	free(data);
	return o;
}

static const char *
string_at(const cJSON *o, const char *a, const char *b)
{
	const cJSON *x = cJSON_GetObjectItem(cJSON_GetObjectItem(o, a), b);

	assert_true(cJSON_IsString(x));
	return x->valuestring;
}

TEST(holds_all_facts_of_a_run)
{
	struct problem_groups g;
	struct ledger *l = small_ledger(2);
	const struct run_setting settings[] = {{"chunk-rows", "4", "option"}};
	const struct run_part parts[] = {
	    {"import", 1795442400000, 1795442460000},
	    {"resume", 1795442500000, 0}};
	struct run_report r = {.program_version = "0.1.0",
	    .run_id = "r-1",
	    .input_name = "leads \xff.csv",
	    .input_sha256 = "abcd",
	    .input_bytes = UINT64_C(9007199254740993),
	    .dialect = {.delimiter = '\t', .quote = 0},
	    .mapping_file = "leads.yaml",
	    .base_url = "https://api.chakrahq.com",
	    .procedure = "lead",
	    .settings = settings,
	    .setting_count = 1,
	    .parts = parts,
	    .part_count = 2,
	    .stopped_by = "HTTP 401",
	    .stop_kind = DIAG_SERVICE,
	    .exit_status = 4,
	    .balanced = true,
	    .ledger = l,
	    .groups = &g};
	const cJSON *list;
	cJSON *o;
	char *text;

	problem_groups_init(&g, "leads.csv");
	problem_groups_add_outcome(
	    &g, OUTCOME_REFUSED, "http.422", "no\x1b", 5, 5);
	r.accounts.rows_read = 10;
	r.accounts.rows.rows[OUTCOME_CREATED] = 8;
	r.accounts.rows.rows[OUTCOME_UNSENT] = 2;
	o = json_of(&r, false);
	assert_int_equal(cJSON_GetObjectItem(o, "exit_status")->valuedouble, 4);
	assert_string_equal(cJSON_GetObjectItem(o, "next_command")->valuestring,
	    "csv2chakra resume r-1");
	assert_string_equal(string_at(o, "stop", "kind"), "service");
	assert_string_equal(string_at(o, "input", "name"), "leads \\xFF.csv");
	assert_string_equal(string_at(o, "input", "delimiter"), "\t");
	list = cJSON_GetObjectItem(o, "chunks");
	assert_int_equal(cJSON_GetArraySize(list), 2);
	assert_string_equal(
	    cJSON_GetObjectItem(cJSON_GetArrayItem(list, 1), "sha256")
		->valuestring,
	    "01ab000000000000000000000000000000000000000000000000000000000000");
	list = cJSON_GetObjectItem(o, "calls");
	assert_int_equal(cJSON_GetArraySize(list), 2);
	assert_string_equal(
	    cJSON_GetObjectItem(cJSON_GetArrayItem(list, 0), "sent")
		->valuestring,
	    "2026-11-23T14:00:00Z");
	list = cJSON_GetObjectItem(o, "events");
	assert_int_equal(cJSON_GetArraySize(list), 1);
	list = cJSON_GetObjectItem(o, "groups");
	assert_int_equal(cJSON_GetArraySize(list), 1);
	assert_string_equal(
	    cJSON_GetObjectItem(cJSON_GetArrayItem(list, 0), "code")
		->valuestring,
	    "http.422");
	text = cJSON_PrintUnformatted(cJSON_GetObjectItem(o, "settings"));
	assert_string_equal(
	    text, "{\"chunk-rows\":{\"value\":\"4\",\"from\":\"option\"}}");
	cJSON_free(text);
	cJSON_Delete(o);
	ledger_free(l);
	problem_groups_release(&g);
}

TEST(an_empty_run_is_still_one_object)
{
	struct run_report r = {.balanced = true, .dry_run = true};
	cJSON *o = json_of(&r, false);

	assert_true(cJSON_IsNull(cJSON_GetObjectItem(o, "stop")));
	assert_true(cJSON_IsNull(cJSON_GetObjectItem(o, "next_command")));
	assert_true(cJSON_IsTrue(cJSON_GetObjectItem(o, "dry_run")));
	assert_int_equal(
	    cJSON_GetArraySize(cJSON_GetObjectItem(o, "chunks")), 0);
	assert_non_null(cJSON_GetObjectItem(o, "would_send"));
	cJSON_Delete(o);
}

TEST(both_reports_appear_in_the_folder_or_it_says_why_not)
{
	static const char *const names[] = {"report.json", "report.html"};
	char folder[] = "/tmp/test_report_json.XXXXXX", path[64];
	struct run_report r = {.balanced = true};
	struct diag d = DIAG_INIT;
	struct own_files own;
	struct stat st;

	assert_non_null(mkdtemp(folder));
	own_files_load(&own, folder);
	assert_int_equal(report_files_write(&r, folder, &own, NULL, &d), 0);
	EACH (i, names) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(report_files_write(&r, folder, &own, NULL, &d), -1);
	own_files_release(&own);
	assert_int_equal(d.kind, DIAG_DISK);
}

static int
length_of(const cJSON *o, const char *list)
{
	const cJSON *x = cJSON_GetObjectItem(o, list);

	return x != NULL ? cJSON_GetArraySize(x) : -1;
}

TEST(lists_chunks_and_calls_up_to_ten_thousand_or_all_if_asked)
{
	CASES(cases, uint64_t chunks; bool all, has_them) = {
	    {2000, false, true},
	    {REPORT_CHUNKS_MAX, false, true},
	    {REPORT_CHUNKS_MAX + 1, false, false},
	    {REPORT_CHUNKS_MAX + 1, true, true},
	};

	EACH (i, cases) {
		struct ledger *l = small_ledger(cases[i].chunks);
		struct run_report r = {
		    .run_id = "r-1", .balanced = true, .ledger = l};
		cJSON *o = json_of(&r, cases[i].all);
		int count = cases[i].has_them ? (int)cases[i].chunks : -1;

		assert_int_equal(length_of(o, "chunks"), count);
		assert_int_equal(length_of(o, "calls"), count);
		assert_int_equal(length_of(o, "events"), 1);
		assert_int_equal(
		    cJSON_HasObjectItem(o, "left_out"), !cases[i].has_them);
		if (!cases[i].has_them) {
			assert_string_equal(string_at(o, "left_out", "ledger"),
			    "ledger.sqlite");
			assert_string_equal(string_at(o, "left_out", "command"),
			    "csv2chakra report --format json --calls r-1");
		}
		cJSON_Delete(o);
		ledger_free(l);
	}
}
