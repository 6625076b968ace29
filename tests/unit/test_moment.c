/* SPDX-License-Identifier: MIT */
#include "builder_rig.h"
#include "mapping/mapping.h"

/*
 * min and max of dates: how a moment can be written in a mapping, and where
 * exactly the limit lies. Each is written once more as the first millisecond
 * that is good, so the arithmetic is checked against the converters'.
 */

struct limit {
	const char *options; /* of the field, after its type */
	const char *min;
	const char *good, *bad; /* cells: the first that is in, the last out */
};

TEST(the_limit_is_where_it_is_written)
{
	static const struct limit limits[] = {
	    {"", "2026-04-15", "2026-04-15T00:00:00Z",
		"2026-04-14T23:59:59.999Z"},
	    {"", "2026-04-15T10:30", "2026-04-15T10:30:00Z",
		"2026-04-15T10:29:59Z"},
	    {"", "2026-04-15 10:30:05", "2026-04-15T10:30:05Z",
		"2026-04-15T10:30:04Z"},
	    {"", "2026-04-15T10:30:05.25", "2026-04-15T10:30:05.250Z",
		"2026-04-15T10:30:05.249Z"},
	    {"", "2026-04-15T10:30:05.123456Z", "2026-04-15T10:30:05.123Z",
		"2026-04-15T10:30:05.122Z"},
	    {"", "2026-04-15t10:30z", "2026-04-15T10:30:00Z",
		"2026-04-15T10:29:59Z"},
	    {"", "2026-04-15T10:30+05:30", "2026-04-15T05:00:00Z",
		"2026-04-15T04:59:59Z"},
	    {"", "2026-04-15T10:30-0330", "2026-04-15T14:00:00Z",
		"2026-04-15T13:59:59Z"},
	    {"", "2026-04-15T10:30+02", "2026-04-15T08:30:00Z",
		"2026-04-15T08:29:59Z"},
	    /* Without an offset it is the field's zone. */
	    {", timezone: Asia/Kolkata", "2026-04-15T05:30",
		"2026-04-15T00:00:00Z", "2026-04-14T23:59:59Z"},
	    {", timezone: Asia/Kolkata", "2026-04-15T00:00Z",
		"2026-04-15T00:00:00Z", "2026-04-14T23:59:59Z"},
	    {", timezone: America/New_York", "1969-12-31T19:00:00.5",
		"1970-01-01T00:00:00.500Z", "1970-01-01T00:00:00.499Z"},
	    {", timezone: America/New_York", "1965-07-01T00:00:00.5",
		"1965-07-01T04:00:00.500Z", "1965-07-01T04:00:00.499Z"},
	    /* Leap days, and centuries. */
	    {"", "2024-02-29", "2024-02-29T00:00:00Z", "2024-02-28T23:59:59Z"},
	    {"", "2000-03-01", "2000-03-01T00:00:00Z", "2000-02-29T23:59:59Z"},
	    {"", "1900-03-01", "1900-03-01T00:00:00Z", "1900-02-28T23:59:59Z"},
	    /* As the field's own format writes it. */
	    {", format: [\"%d/%m/%Y %H:%M\", \"%Y-%m-%dT%H:%M:%S%z\"]",
		"15/04/2026 10:30", "15/04/2026 10:30", "15/04/2026 10:29"},
	    {", format: [\"%d/%m/%Y\"]", "15/04/2026", "15/04/2026",
		"14/04/2026"},
	    {", format: [\"%Y%m%d %H%M %z\"]", "20260415 1030 +0200",
		"20260415 0830 +0000", "20260415 0829 +0000"},
	    /* What only the reader of cells knows. */
	    {", format: \"%d. %b %Y\", month_names: [leden, únor, březen, "
	     "duben, "
	     "květen, červen, červenec, srpen, září, říjen, listopad, "
	     "prosinec]",
		"7. Březen 2026", "7. březen 2026", "6. březen 2026"},
	    {", format: \"%s\"", "1776211200", "1776211200", "1776211199"},
	    {", format: \"%Y-%m-%d %H:%M:%S.%f\"", "2026-04-15 10:30:05.250",
		"2026-04-15 10:30:05.250", "2026-04-15 10:30:05.249"},
	};

	EACH (i, limits) {
		const struct limit *l = &limits[i];
		char yaml[512], row[128];
		struct rig g;

		snprintf(yaml, sizeof(yaml),
		    "version: 1\nprocedure: p\nlead_id: A\ndata:\n"
		    "  at: {column: B, type: datetime, min: \"%s\"%s}\n",
		    l->min, l->options);
		rig_open(&g, yaml, "A|B");
		snprintf(row, sizeof(row), "1|%s", l->bad);
		rig_rejects(&g, row, "rule.min");
		snprintf(row, sizeof(row), "2|%s", l->good);
		rig_row(&g, row);
		if (g.verdict != ROW_BUILT)
			fail_msg("min %s%s: %s is out: %s", l->min, l->options,
			    l->good, g.codes);
		rig_close(&g);
	}
}

TEST(a_day_as_max_means_the_whole_day)
{
	struct rig g;

	rig_open(&g,
	    "version: 1\nprocedure: p\nlead_id: A\ndata:\n"
	    "  at: {column: B, type: datetime, max: 2026-04-15}\n",
	    "A|B");
	rig_row(&g, "1|2026-04-15T23:59:59.999Z");
	assert_int_equal(g.verdict, ROW_BUILT);
	rig_rejects(&g, "2|2026-04-16T00:00:00Z", "rule.max");
	rig_close(&g);
}

TEST(what_is_no_moment_is_a_mistake_of_the_mapping)
{
	static const char *const wrong[] = {"2026-02-29", "2026-13-01",
	    "2026-00-10", "2026-04-31", "0000-01-01", "1900-02-29", "2026-04",
	    "2026-04-15x", "2026-04-15T", "2026-04-15T25:00",
	    "2026-04-15T10:60", "2026-04-15T10:30:61", "2026-04-15T10",
	    "2026-04-15T10:30:05.", "2026-04-15T10:30+19:00",
	    "2026-04-15T10:30+05:", "2026-04-15T10:30+05:60",
	    "2026-04-15T10:30+5", "2026-04-15T10:30Zx", "2026-04-15T10:30:5",
	    "15/04/2026", "soon", "20260415"};

	EACH (i, wrong) {
		struct diagnostics list;
		struct buf text = BUF_INIT(0);
		struct mapping *m;
		char yaml[256];

		snprintf(yaml, sizeof(yaml),
		    "version: 1\nprocedure: p\nlead_id: A\ndata:\n"
		    "  at: {column: B, type: datetime, min: \"%s\"}\n",
		    wrong[i]);
		diagnostics_init(&list);
		m = mapping_parse("m.yaml", text_of(yaml), &list);
		diagnostics_text(&list, text_of(yaml), false, &text);
		if (list.errors != 1 || !strstr(buf_str(&text), "m.yaml:5:"))
			fail_msg("%s: %zu errors\n%s", wrong[i], list.errors,
			    buf_str(&text));
		mapping_free(m);
		diagnostics_release(&list);
		buf_release(&text);
	}
}

TEST(a_time_that_a_zone_does_not_have_is_no_limit)
{
	struct diagnostics list;
	const char *yaml = "version: 1\nprocedure: p\nlead_id: A\ndata:\n"
			   "  at: {column: B, type: datetime, "
			   "timezone: Europe/Berlin, "
			   "min: \"2026-03-29T02:30\"}\n";

	diagnostics_init(&list);
	mapping_free(mapping_parse("m.yaml", text_of(yaml), &list));
	assert_int_equal(list.errors, 1);
	diagnostics_release(&list);
}
