/* SPDX-License-Identifier: MIT */
/* Times of day and months. */
#include "convert_cases.h"
#include "value/convert.h"

TEST(reads_times_of_day)
{
	CASES(cases, const char *cell, *format; enum time_form form;
	      const char *json, *message, *hint) = {
	    {.cell = "13:45", .json = "\"13:45:00\""},
	    {.cell = "13:45:07", .json = "\"13:45:07\""},
	    {.cell = "13:45:07.250", .json = "\"13:45:07\""},
	    {.cell = "13:45:07.250", .form = TIME_AS_MS, .json = "49507250"},
	    {.cell = "13:45:07", .form = TIME_AS_SECONDS, .json = "49507"},
	    {.cell = "00:00", .form = TIME_AS_SECONDS, .json = "0"},
	    {.cell = "1:45 pm", .format = "%I:%M %p", .json = "\"13:45:00\""},
	    {.cell = "5 AM", .format = "%I %p", .json = "\"05:00:00\""},
	    {.cell = "1345", .format = "%H%M", .json = "\"13:45:00\""},
	    {.cell = "24:00", .message = "an hour is"},
	    {.cell = "1:45", .message = "not a time of day"},
	    {.cell = "noon", .message = "not a time of day"},
	    {.cell = "13:45x", .message = "not a time of day"},
	    {.cell = "13.45", .format = "%H:%M", .message = "':'"},
	};
	struct buf out = BUF_INIT(0);
	struct convert_reason r;
	int64_t ms;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool has = cases[i].format != NULL;
		struct text format =
		    has ? text_of(cases[i].format) : (struct text){"", 0};
		bool ok = convert_time(text_of(cases[i].cell), &format, has,
		    cases[i].form, &out, &ms, &r);

		expect(cases[i].cell, ok, &out, &r, cases[i].json,
		    cases[i].message, cases[i].hint);
	}
	buf_release(&out);
}

TEST(reads_months)
{
	CASES(cases, const char *cell, *json, *message) = {
	    {"1", "1", NULL},
	    {"04", "4", NULL},
	    {"12", "12", NULL},
	    {"April", "4", NULL},
	    {"apr", "4", NULL},
	    {"SEPT", "9", NULL},
	    {"September", "9", NULL},
	    {"0", NULL, "1 to 12"},
	    {"13", NULL, "1 to 12"},
	    {"99999999999999999999", NULL, "1 to 12"},
	    {"4.", NULL, "1 to 12"},
	    {"Mai", NULL, "English name"},
	    {"Aprilx", NULL, "English name"},
	    {"", NULL, "English name"},
	};
	struct buf out = BUF_INIT(0);
	struct convert_reason r;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct month_names english = {NULL, 0};
		bool ok =
		    convert_month(text_of(cases[i].cell), &english, &out, &r);

		expect(cases[i].cell, ok, &out, &r, cases[i].json,
		    cases[i].message, NULL);
	}
	buf_release(&out);
}
