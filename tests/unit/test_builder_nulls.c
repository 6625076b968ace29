/* SPDX-License-Identifier: MIT */
/* What a cell is after trim and nulls, for fields of all kinds that are one
 * cell: as a plain reading of the rules says, whatever stands at its ends. */
#include "builder_rig.h"
#include "random.h"

static const char *const nulls[] = {"-", "N/A", "none", "x y"};
static const char *const pieces[] = {"-", "N/A", "none", "x y", " ", "\t", "N",
    "n", "x", "/", "\xc2\xa0", "\xc2\xa9", "e", ""};

#define ONE_OF(list) (list)[next_random() % (sizeof(list) / sizeof((list)[0]))]

static void
expect(struct buf *out, const char *cell, bool trim)
{
	struct text t = text_of(cell);

	if (trim)
		t = text_trim(t);
	for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++)
		if (text_is(t, nulls[i]))
			t.len = 0;
	buf_adds(out, "{\"lead_id\":\"k\"");
	for (const char *name = "abc"; *name && t.len > 0; name++) {
		buf_addf(out, "%s\"%c\":\"", *name == 'a' ? ",\"data\":{" : ",",
		    *name);
		for (size_t i = 0; i < t.len; i++)
			if (t.s[i] == '\t')
				buf_adds(out, "\\t");
			else
				buf_addc(out, t.s[i]);
		buf_adds(out, *name == 'c' ? "\"}" : "\"");
	}
	buf_addc(out, '}');
}

static void
check(const char *yaml, bool trim)
{
	struct buf wanted = BUF_INIT(0);
	struct rig g;

	rig_open(&g, yaml, "A|B");
	for (int i = 0; i < 20000; i++) {
		char row[64], *cell = row + 2;

		(void)snprintf(row, sizeof(row), "k|%s%s%s%s", ONE_OF(pieces),
		    ONE_OF(pieces), ONE_OF(pieces), ONE_OF(pieces));
		buf_clear(&wanted);
		expect(&wanted, cell, trim);
		rig_gives(&g, row, buf_str(&wanted));
		buf_clear(&g.out);
	}
	rig_close(&g);
	buf_release(&wanted);
}

#define HEAD                                                                   \
	"version: 1\nsource: {nulls: [\"-\", N/A, none, \"x y\"]}\n"           \
	"lead_id: {column: A, unique: false}\ndata:\n"
/* Plain, and with a rule of its own. */
#define FIELDS(trim)                                                           \
	"  a: {column: B" trim "}\n"                                           \
	"  b: {column: B, max_length: 60" trim "}\n"                           \
	"  c: {column: B, type: string, min_length: 0" trim "}\n"

TEST(a_cell_is_cut_and_compared_with_nulls_whatever_it_begins_with)
{
	check(HEAD FIELDS(""), true);
}

TEST(a_field_that_is_cut_may_follow_one_that_is_not)
{
	struct rig g;

	rig_open(&g,
	    "version: 1\nsource: {nulls: [\"-\"]}\n"
	    "lead_id: {column: A, trim: false, unique: false}\n"
	    "data: {a: {column: B}}\n",
	    "A|B");
	rig_gives(&g, " k| x ", "{\"lead_id\":\" k\",\"data\":{\"a\":\"x\"}}");
	rig_close(&g);
}

TEST(a_cell_that_is_not_cut_is_compared_as_it_is)
{
	check(HEAD FIELDS(", trim: false"), false);
}
