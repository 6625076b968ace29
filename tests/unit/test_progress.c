/* SPDX-License-Identifier: MIT */
#include "base/buf.h"
#include "base/text.h"
#include "csv/reader.h"
#include "report/terminal.h"
#include "still_clock.h"
#include "system/screen.h"
#include "test.h"

#include <cjson/cJSON.h>

struct stage {
	int64_t now_ms;
	struct clock clock;
	char *data;
	size_t len;
	FILE *stream;
	struct progress *progress;
};

static void
stage_open(struct stage *s, enum progress_mode mode)
{
	*s = (struct stage){.now_ms = 0};
	s->clock = still_clock(&s->now_ms);
	s->stream = open_memstream(&s->data, &s->len);
	s->progress = progress_new(s->stream, mode, false, &s->clock);
}

static void
stage_close(struct stage *s)
{
	progress_free(s->progress);
	fclose(s->stream);
	free(s->data);
}

TEST(draws_the_bar_at_most_ten_times_a_second)
{
	struct progress_facts f = {.phase = "sending", .rows_read = 1000};
	struct stage s;

	stage_open(&s, PROGRESS_BAR);
	for (s.now_ms = 0; s.now_ms < 2000; s.now_ms++) {
		f.rows_settled = (uint64_t)s.now_ms / 2;
		progress_update(s.progress, &f);
	}
	fflush(s.stream);
	assert_in_range(count_of(s.data, "\r"), 18, 20);
	stage_close(&s);
}

TEST(erases_the_bar_at_the_end_and_before_messages)
{
	struct progress_facts f = {.phase = "sending", .rows_read = 1000};
	struct stage s;
	size_t before;

	stage_open(&s, PROGRESS_BAR);
	progress_clear(s.progress);
	fflush(s.stream);
	assert_int_equal(s.len, 0);
	progress_update(s.progress, &f);
	s.now_ms = 200;
	progress_update(s.progress, &f);
	progress_clear(s.progress);
	progress_clear(s.progress);
	assert_int_equal(count_of(s.data, "\r\x1b[K"), 1);
	s.now_ms = 400;
	progress_update(s.progress, &f);
	progress_end(s.progress, &f);
	assert_int_equal(count_of(s.data, "\r\x1b[K"), 2);
	before = s.len;
	assert_memory_equal(s.data + before - 4, "\r\x1b[K", 4);
	assert_null(strchr(s.data, '\n'));
	stage_close(&s);
}

TEST(says_a_line_every_ten_seconds_elsewhere)
{
	struct progress_facts f = {.phase = "sending",
	    .bytes_total = 1000000,
	    .in_flight = 4,
	    .rows.rows[OUTCOME_REJECTED] = 12,
	    .rows.rows[OUTCOME_REFUSED] = 3};
	struct stage s;

	stage_open(&s, PROGRESS_LINES);
	for (s.now_ms = 0; s.now_ms <= 20000; s.now_ms += 100) {
		f.rows_settled = (uint64_t)s.now_ms / 10;
		f.rows_read = f.rows_settled + 100;
		f.bytes_consumed = f.rows_read * 100;
		progress_update(s.progress, &f);
	}
	fflush(s.stream);
	assert_int_equal(count_of(s.data, "\n"), 2);
	assert_string_equal(s.data,
	    "csv2chakra: 14:00:10  sending: 1,000 of about 10,000 rows "
	    "(9%), 100 rows/s, 1:30 left, 12 rejected, 3 refused, "
	    "4 in flight\n"
	    "csv2chakra: 14:00:20  sending: 2,000 of about 10,000 rows "
	    "(19%), 100 rows/s, 1:20 left, 12 rejected, 3 refused, "
	    "4 in flight\n");
	progress_end(s.progress, &f);
	assert_int_equal(count_of(s.data, "\n"), 3);
	stage_close(&s);
}

TEST(a_short_run_says_nothing_in_lines_that_nobody_asked_for)
{
	static const struct {
		enum progress_mode mode;
		const char *said;
	} cases[] = {{PROGRESS_AUTO, ""},
	    {PROGRESS_LINES,
		"csv2chakra: 14:00:09  done: 10 of 10 rows (100%), 0.0 "
		"rows/s\n"}};

	EACH (i, cases) {
		struct progress_facts f = {
		    .rows_read = 10, .rows_settled = 10, .rows_total = 10};
		struct stage s;

		stage_open(&s, cases[i].mode);
		progress_update(s.progress, &f);
		s.now_ms = 9000;
		progress_update(s.progress, &f);
		f.phase = "done";
		progress_end(s.progress, &f);
		fflush(s.stream);
		assert_string_equal(s.data, cases[i].said);
		stage_close(&s);
	}
}

/* The lines of a stage's stream, one after the other. */
static cJSON *
next_event(char **rest)
{
	char *line = strsep(rest, "\n");

	return line && line[0] ? cJSON_Parse(line) : NULL;
}

static double
number_of(const cJSON *o, const char *name)
{
	const cJSON *x = cJSON_GetObjectItem(o, name);

	return x ? x->valuedouble : -1;
}

TEST(the_percentage_never_falls_while_rows_are_sent)
{
	/* What was taken for half of the file is a tenth of it; then a job
	 * that is followed, then the end. */
	static const struct progress_facts steps[] = {{.phase = "sending",
							  .rows_settled = 40,
							  .rows_read = 50,
							  .bytes_consumed = 500,
							  .bytes_total = 1000},
	    {.phase = "sending",
		.rows_settled = 50,
		.rows_read = 450,
		.bytes_consumed = 510,
		.bytes_total = 1000},
	    {.phase = "following",
		.rows_settled = 300,
		.rows_read = 900,
		.rows_total = 900},
	    {.phase = "settling",
		.rows_settled = 900,
		.rows_read = 900,
		.rows_total = 900}};
	static const double percent[] = {38.8, 38.8, 38.8, 97};
	struct stage s;
	char *rest;

	stage_open(&s, PROGRESS_JSON);
	EACH (i, steps) {
		progress_update(s.progress, &steps[i]);
		s.now_ms += 1000;
	}
	fflush(s.stream);
	rest = s.data;
	EACH (i, percent) {
		cJSON *o = next_event(&rest);

		assert_non_null(o);
		assert_float_equal(number_of(o, "percent"), percent[i], 0.01);
		cJSON_Delete(o);
	}
	stage_close(&s);
}

TEST(each_phase_of_a_reading_is_shown_and_comes_to_its_end)
{
	struct stage s;
	struct meter *m;
	char *rest;
	cJSON *o;
	/* phase, bytes, percent; another reader of the input is behind. */
	static const struct {
		const char *phase;
		uint64_t done;
		double shown, percent;
	} events[] = {{"surveying", 0, 0, 0}, {"surveying", 10, 10, 0.02},
	    {"surveying", 900, 900, 1.8}, {"surveying", 400, 900, 1.8}};

	stage_open(&s, PROGRESS_JSON);
	m = progress_meter(s.progress);
	meter_tick(m, 0, 1000); /* no phase yet: told when one begins */
	(void)meter_phase(m, "surveying");
	s.now_ms += 500;
	EACH (i, events) {
		meter_tick(m, events[i].done, 1000);
		s.now_ms += 1000;
	}
	(void)meter_phase(m, NULL);
	meter_tick(m, 3, 1000); /* read anew */
	(void)meter_phase(m, "reading");
	fflush(s.stream);
	rest = s.data;
	EACH (i, events) {
		o = next_event(&rest);
		assert_non_null(o);
		assert_string_equal(
		    cJSON_GetObjectItem(o, "phase")->valuestring, "surveying");
		assert_float_equal(
		    number_of(o, "bytes_done"), events[i].shown, 0.01);
		assert_float_equal(
		    number_of(o, "percent"), events[i].percent, 0.1);
		assert_null(cJSON_GetObjectItem(o, "rows_settled"));
		cJSON_Delete(o);
	}
	cJSON_Delete(next_event(&rest)); /* the phase's end */
	o = next_event(&rest);
	assert_non_null(o);
	assert_string_equal(
	    cJSON_GetObjectItem(o, "phase")->valuestring, "reading");
	assert_float_equal(number_of(o, "percent"), 2.1, 0.1);
	cJSON_Delete(o);
	stage_close(&s);
}

TEST(a_stop_says_what_it_waits_for)
{
	struct stage s;

	stage_open(&s, PROGRESS_LINES);
	progress_stopping(s.progress, 0, 20000);
	progress_stopping(s.progress, 4, 20000);
	progress_stopping(s.progress, 1, 1500);
	fflush(s.stream);
	assert_string_equal(s.data,
	    "csv2chakra: stopping after 4 running calls (up to 20 s)\n"
	    "csv2chakra: stopping after 1 running call (up to 2 s)\n");
	stage_close(&s);
}

TEST(nobody_need_look)
{
	struct progress_facts f = {.rows_read = 10};

	progress_begin(NULL, 1, 2);
	progress_update(NULL, &f);
	progress_clear(NULL);
	progress_stopping(NULL, 3, 1);
	progress_end(NULL, &f);
	progress_free(NULL);
	assert_null(progress_meter(NULL));
	assert_null(meter_phase(NULL, "reading"));
	meter_tick(NULL, 1, 2);
}

TEST(automatic_without_a_terminal_means_lines)
{
	struct progress_facts f = {.rows_read = 10};
	struct stage s;

	stage_open(&s, PROGRESS_AUTO);
	progress_update(s.progress, &f);
	s.now_ms = 10000;
	progress_update(s.progress, &f);
	fflush(s.stream);
	assert_memory_equal(s.data, "csv2chakra: ", 12);
	assert_null(strchr(s.data, '\x1b'));
	stage_close(&s);
}

TEST(none_says_nothing_at_all)
{
	struct progress_facts f = {.rows_read = 10};
	struct stage s;

	stage_open(&s, PROGRESS_NONE);
	for (; s.now_ms < 60000; s.now_ms += 1000)
		progress_update(s.progress, &f);
	progress_end(s.progress, &f);
	fflush(s.stream);
	assert_int_equal(s.len, 0);
	stage_close(&s);
}

TEST(each_json_line_is_one_event)
{
	struct progress_facts f = {.phase = "sending",
	    .rows_settled = 10,
	    .rows_read = 20,
	    .waits_for = "rate limited",
	    .waits_until_ms = WALL_START + 130000};
	struct stage s;
	char *line, *rest = NULL;
	size_t lines = 0;

	stage_open(&s, PROGRESS_JSON);
	for (; s.now_ms < 3000; s.now_ms += 100)
		progress_update(s.progress, &f);
	progress_end(s.progress, &f);
	fflush(s.stream);
	for (line = strtok_r(s.data, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		cJSON *o = cJSON_Parse(line);

		assert_non_null(o);
		assert_string_equal(
		    cJSON_GetObjectItem(o, "waits_until")->valuestring,
		    "2026-11-23T14:02:10Z");
		assert_int_equal(
		    cJSON_GetObjectItem(o, "rows_settled")->valuedouble, 10);
		assert_string_equal(
		    cJSON_GetObjectItem(o, "event")->valuestring,
		    lines == 3 ? "end" : "progress");
		assert_null(cJSON_GetObjectItem(o, "percent"));
		cJSON_Delete(o);
		lines++;
	}
	assert_int_equal(lines, 4);
	stage_close(&s);
}

TEST(says_a_stall_only_when_something_is_outstanding)
{
	struct progress_facts f = {
	    .phase = "sending", .rows_read = 20, .rows_settled = 10};
	struct stage s;

	stage_open(&s, PROGRESS_LINES);
	for (; s.now_ms <= 29000; s.now_ms += 1000)
		progress_update(s.progress, &f);
	fflush(s.stream);
	assert_null(strstr(s.data, "nothing settled"));
	for (; s.now_ms <= 45000; s.now_ms += 1000)
		progress_update(s.progress, &f);
	assert_non_null(strstr(s.data, "; nothing settled for 0:30\n"));
	f.rows_settled = 20;
	for (; s.now_ms <= 90000; s.now_ms += 1000)
		progress_update(s.progress, &f);
	assert_int_equal(count_of(s.data, "nothing settled"), 2);
	stage_close(&s);
}

TEST(the_rate_is_that_of_the_last_minute)
{
	struct progress_facts f = {.rows_read = 100000};
	struct stage s;

	stage_open(&s, PROGRESS_LINES);
	for (; s.now_ms <= 120000; s.now_ms += 500) {
		/* 1,000 a second for half a minute, then 10 a second. */
		f.rows_settled =
		    s.now_ms < 30000
			? (uint64_t)s.now_ms
			: 30000 + ((uint64_t)s.now_ms - 30000) / 100;
		progress_update(s.progress, &f);
	}
	fflush(s.stream);
	assert_non_null(
	    strstr(s.data, "14:00:20  20,000 rows, 1,000 rows/s\n"));
	assert_non_null(strstr(s.data, "14:02:00  30,900 rows, 10 rows/s\n"));
	stage_close(&s);
}

TEST(a_pipe_has_no_share_and_no_end)
{
	struct progress_facts f = {.phase = "sending", .rows_read = 5000};
	struct stage s;

	stage_open(&s, PROGRESS_LINES);
	for (s.now_ms = 0; s.now_ms <= 20000; s.now_ms += 500) {
		f.rows_settled = (uint64_t)s.now_ms / 10;
		progress_update(s.progress, &f);
	}
	fflush(s.stream);
	assert_null(strchr(s.data, '%'));
	assert_null(strstr(s.data, "left"));
	assert_non_null(strstr(s.data, "sending: 2,000 rows, 100 rows/s\n"));
	stage_close(&s);
}

TEST(never_says_more_than_all)
{
	static const struct progress_facts cases[] = {
	    {.rows_settled = 50, .rows_read = 40, .rows_total = 30},
	    {.rows_settled = 50,
		.rows_read = 50,
		.bytes_total = 10,
		.bytes_consumed = 99},
	    {.rows_settled = 0,
		.rows_read = 0,
		.bytes_total = 10,
		.bytes_consumed = 20},
	};

	EACH (i, cases) {
		struct stage s;
		cJSON *o;

		stage_open(&s, PROGRESS_JSON);
		progress_update(s.progress, &cases[i]);
		fflush(s.stream);
		o = cJSON_Parse(s.data);
		assert_non_null(o);
		assert_true(
		    cJSON_GetObjectItem(o, "percent")->valuedouble <= 100);
		cJSON_Delete(o);
		stage_close(&s);
	}
}

TEST(what_was_read_ahead_is_not_consumed)
{
	struct reader_tally tally = {
	    .bom_bytes = 3, .header_bytes = 7, .record_bytes = 240};

	assert_int_equal(progress_bytes_consumed(1000, 1000, &tally), 250);
	assert_int_equal(progress_bytes_consumed(400, 1000, &tally), 100);
	assert_int_equal(progress_bytes_consumed(400, 250, &tally), 400);
	assert_int_equal(progress_bytes_consumed(0, 0, &tally), 0);
}

static int
in_utc(void **state)
{
	(void)state;
	return setenv("TZ", "UTC0", 1);
}
AROUND_ALL(in_utc, NULL);
