/* SPDX-License-Identifier: MIT */
#include "report/terminal.h"
#include "still_clock.h"
#include "test.h"

#include <cjson/cJSON.h>

#define BYTES(done, all)                                                       \
	{                                                                      \
		.by_bytes = true, .bytes_consumed = (done),                    \
		.bytes_total = (all)                                           \
	}
#define ROWS(done, all)                                                        \
	{                                                                      \
		.rows_settled = (done), .rows_read = (all),                    \
		.rows_total = (all)                                            \
	}

TEST(the_percentage_is_of_the_whole_command_and_never_falls)
{
	/* Two inputs, each read ahead, surveyed, sent and closed; of the second
	 * one not all rows are settled. */
	static const struct {
		const char *phase;
		size_t input;
		bool is_ahead;
		struct progress_facts f;
		double percent;
	} steps[] = {
	    {"reading keys", 1, true, BYTES(50, 100), 5},
	    {"reading keys", 2, true, BYTES(10, 100), 11},
	    {"surveying", 1, false, BYTES(50, 100), 20.4},
	    {"sending", 1, false, ROWS(50, 100), 39.6},
	    {"closing", 1, false, BYTES(100, 100), 60},
	    {"surveying", 2, false, BYTES(0, 100), 60},
	    {"sending", 2, false, ROWS(10, 100), 63.9},
	    {"closing", 2, false,
		{.by_bytes = true,
		    .bytes_consumed = 100,
		    .bytes_total = 100,
		    .rows_settled = 20,
		    .rows_read = 100,
		    .rows_total = 100},
		68},
	};
	int64_t now_ms = 0;
	struct clock clock = still_clock(&now_ms);
	char *data = NULL, *rest;
	size_t len = 0, input = 0;
	FILE *out = open_memstream(&data, &len);
	struct progress *p = progress_new(out, PROGRESS_JSON, false, &clock);

	EACH (i, steps) {
		struct progress_facts f = steps[i].f;

		f.phase = steps[i].phase;
		if (steps[i].input != input)
			(steps[i].is_ahead
				? progress_begin_ahead
				: progress_begin)(p, steps[i].input, 2);
		input = steps[i].input;
		progress_update(p, &f);
		now_ms += 1000;
	}
	fflush(out);
	rest = data;
	EACH (i, steps) {
		cJSON *o = cJSON_Parse(strsep(&rest, "\n"));

		assert_non_null(o);
		assert_string_equal(
		    cJSON_GetObjectItem(o, "phase")->valuestring,
		    steps[i].phase);
		assert_float_equal(
		    cJSON_GetObjectItem(o, "percent")->valuedouble,
		    steps[i].percent, 0.1);
		cJSON_Delete(o);
	}
	progress_free(p);
	fclose(out);
	free(data);
}
