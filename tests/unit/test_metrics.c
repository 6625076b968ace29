/* SPDX-License-Identifier: MIT */
/* Metrics as text, and the one sample that is read back. */
#include "report/run_report.h"
#include "test.h"

static struct run_metrics
good_metrics(const char *path)
{
	struct run_metrics m = {
	    .path = path,
	    .command = "import",
	    .started_ms = 1795442530999,
	    .has_books = true,
	};

	m.accounts.rows_read = 12;
	m.accounts.bytes = 3456;
	m.accounts.rows.rows[OUTCOME_CREATED] = 10;
	m.accounts.rows.rows[OUTCOME_REJECTED] = 2;
	return m;
}

static void
assert_has(const struct buf *text, const char *words)
{
	if (strstr(buf_str(text), words) == NULL)
		fail_msg("no '%s' in:\n%s", words, buf_str(text));
}

TEST(says_rows_bytes_times_and_status)
{
	struct run_metrics m = good_metrics("/var/lib/x/leads.prom");
	struct buf text = BUF_INIT(0);

	m.last_success_ms = 1795000000000;
	m.last_change_ms = 1794000000999;
	metrics_text(&m, 1, 1795442590001, 59002, &text);
	assert_has(&text,
	    "csv2chakra_rows{import=\"leads\",outcome=\"created\"} 10\n");
	assert_has(
	    &text, "csv2chakra_rows{import=\"leads\",outcome=\"unsent\"} 0\n");
	assert_has(&text, "csv2chakra_rows_read{import=\"leads\"} 12\n");
	assert_has(&text, "csv2chakra_input_bytes{import=\"leads\"} 3456\n");
	assert_has(&text, "csv2chakra_exit_status{import=\"leads\"} 1\n");
	assert_has(
	    &text, "csv2chakra_duration_seconds{import=\"leads\"} 59.002\n");
	assert_has(&text,
	    "csv2chakra_start_timestamp_seconds{import=\"leads\"} "
	    "1795442530\n");
	assert_has(&text,
	    "csv2chakra_last_success_timestamp_seconds{import=\"leads\"} "
	    "1795000000\n");
	assert_has(&text,
	    "csv2chakra_last_change_timestamp_seconds{import=\"leads\"} "
	    "1794000000\n");
	assert_int_equal(metrics_last_change(buf_str(&text)), 1794000000000);
	assert_int_equal(metrics_last_success(buf_str(&text)), 1795000000000);
	buf_release(&text);
}

/* A file that was imported before: its rows, and when they came. */
TEST(an_unchanged_input_has_the_rows_and_the_time_that_it_had)
{
	struct run_metrics m = {.path = "a.prom", .command = "import"};
	struct accounts a = {.rows_read = 7, .bytes = 70};
	struct run_identity id = {.id = "20260401T020000Z-a-3fa9c1",
	    .started = "2026-04-01T02:00:00.250Z",
	    .procedure = "lead"};
	struct buf text = BUF_INIT(0);

	a.rows.rows[OUTCOME_CREATED] = 7;
	metrics_take_earlier(&m, &a, &id);
	metrics_take_earlier(NULL, &a, &id);
	metrics_text(&m, 0, 1795442590001, 5, &text);
	assert_has(
	    &text, "csv2chakra_rows{import=\"a\",outcome=\"created\"} 7\n");
	assert_has(&text, "csv2chakra_rows_read{import=\"a\"} 7\n");
	assert_has(&text, "run=\"20260401T020000Z-a-3fa9c1\"");
	assert_int_equal(metrics_last_change(buf_str(&text)), 1775008800000);
	assert_int_equal(metrics_last_success(buf_str(&text)), 1795442590000);
	/* Another one, older: the newest counts, and no run has both. */
	snprintf(id.started, sizeof(id.started), "2026-03-01T02:00:00Z");
	metrics_take_earlier(&m, &a, &id);
	buf_clear(&text);
	metrics_text(&m, 0, 1795442590001, 5, &text);
	assert_has(&text, "csv2chakra_rows_read{import=\"a\"} 14\n");
	assert_has(&text, "run=\"\"");
	assert_int_equal(metrics_last_change(buf_str(&text)), 1775008800000);
	buf_release(&text);
}

TEST(begins_every_metric_with_help_and_type_once)
{
	struct run_metrics m = good_metrics("a.prom");
	struct buf text = BUF_INIT(0);
	size_t help = 0, type = 0;

	metrics_text(&m, 0, 1795442590001, 1, &text);
	for (const char *p = buf_str(&text); *p; p++) {
		help += strncmp(p, "# HELP csv2chakra_", 18) == 0;
		type += strncmp(p, "# TYPE csv2chakra_", 18) == 0;
	}
	assert_int_equal(help, 9);
	assert_int_equal(type, 9);
	assert_int_equal(text.data[text.len - 1], '\n');
	buf_release(&text);
}

TEST(leaves_out_what_is_not_known)
{
	struct run_metrics m = good_metrics("a.prom");
	struct buf text = BUF_INIT(0);

	m.has_books = false;
	metrics_text(&m, 4, 1795442590001, 1, &text);
	assert_null(strstr(buf_str(&text), "csv2chakra_rows"));
	assert_null(strstr(buf_str(&text), "last_success"));
	buf_clear(&text);
	metrics_text(&m, 0, 1795442590001, 1, &text);
	assert_has(&text,
	    "csv2chakra_last_success_timestamp_seconds{import=\"a\"} "
	    "1795442590\n");
	assert_int_equal(metrics_last_success(buf_str(&text)), 1795442590000);
	buf_release(&text);
}

TEST(escapes_label_values)
{
	CASES(cases, const char *path, *label) = {
	    {"x/a\"b.prom", "{import=\"a\\\"b\"}"},
	    {"a\nb", "{import=\"a\\\\nb\"}"},
	    {"a\xff", "{import=\"a\\\\xFF\"}"},
	    {"caf\xc3\xa9.prom", "{import=\"caf\xc3\xa9\"}"},
	    {".prom", "{import=\".prom\"}"},
	    {"a b.txt", "{import=\"a b.txt\"}"},
	};

	EACH (i, cases) {
		struct run_metrics m = good_metrics(cases[i].path);
		struct buf text = BUF_INIT(0);

		metrics_text(&m, 0, 1795442590001, 1, &text);
		assert_has(&text, cases[i].label);
		buf_release(&text);
	}
}

TEST(finds_the_last_success_and_nothing_else)
{
#define NAME "csv2chakra_last_success_timestamp_seconds"
	CASES(cases, const char *text; int64_t ms) = {
	    {"", 0},
	    {"\n\n", 0},
	    {"# HELP " NAME " x\n", 0},
	    {NAME "{import=\"a b\"} 17\n", 17000},
	    {"x 1\n" NAME "{import=\"a\"} 17", 17000},
	    {NAME "{import=\"a\"} -17\n", 0},
	    {NAME "{import=\"a\"} 1.7e9\n", 0},
	    {NAME "{import=\"a\"}\n", 0},
	    {NAME "{import=\"a\"} 99999999999999999999\n", 0},
	    {NAME "{import=\"a\"} 9999999999999999\n", 0},
	    {NAME "_x{import=\"a\"} 17\n", 0},
	};

	EACH (i, cases)
		if (metrics_last_success(cases[i].text) != cases[i].ms)
			fail_msg("%s", cases[i].text);
}
