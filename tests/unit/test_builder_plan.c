/* SPDX-License-Identifier: MIT */
/* Which way a field's value takes: what is slower makes the same bytes, so
 * that nothing else would tell. */
#include "build/builder_plan.h"
#include "builder_rig.h"
#include "temp_folder.h"

enum { CELL = 1, MEMO = 2, SPECIAL = 4, ALONE = 8, RULES = 16, EARLY = 32 };

static unsigned
flags_of(const struct plan_field *p)
{
	return (p->takes_cell ? CELL : 0) | (p->memo != NULL ? MEMO : 0) |
	       (p->is_special ? SPECIAL : 0) | (p->is_map_alone ? ALONE : 0) |
	       (p->cell.are_any ? RULES : 0) |
	       (p->cell.early != NULL ? EARLY : 0);
}

#define TABLE "{column: B, map: {file: t.csv, from: k, to: v}"

TEST(each_field_takes_the_shortest_way_to_its_value)
{
	CASES(cases, const char *rule; enum plan_kind kind; unsigned flags) = {
	    {"B", PLAN_PLAIN, CELL},
	    {"{column: B, trim: false}", PLAN_PLAIN, CELL},
	    {"{index: 2}", PLAN_PLAIN, CELL},
	    {"{column: [B, C]}", PLAN_VALUE, 0},
	    {"{column: B, unwrap: formula_text}", PLAN_VALUE, MEMO},
	    {"{column: B, clear: [x]}", PLAN_VALUE, MEMO},
	    {"{column: B, empty: null}", PLAN_VALUE, CELL | MEMO},
	    {"{column: B, required: true}", PLAN_VALUE, CELL | MEMO},
	    {"{column: B, default: x}", PLAN_VALUE, CELL | MEMO},
	    {"{column: B, unique: true}", PLAN_VALUE, CELL},
	    {"{column: B, one_of: [x]}", PLAN_VALUE, CELL | MEMO},
	    {"{column: B, pattern: x}", PLAN_VALUE, CELL | MEMO},
	    {"{column: B, min_length: 1}", PLAN_VALUE, CELL | MEMO},
	    {"{column: B, max_length: 9}", PLAN_VALUE, CELL | MEMO},
	    {"{column: B, case: upper}", PLAN_VALUE, CELL | MEMO | RULES},
	    {"{column: B, replace: {pattern: x, with: y}}", PLAN_VALUE,
		CELL | MEMO | RULES},
	    {"{column: B, map: {x: y}}", PLAN_VALUE, CELL | MEMO | RULES},
	    {TABLE "}", PLAN_VALUE, CELL | ALONE | RULES | EARLY},
	    {TABLE ", case: upper}", PLAN_VALUE, CELL | MEMO | RULES},
	    {TABLE ", replace: {pattern: x, with: y}}", PLAN_VALUE,
		CELL | MEMO | RULES},
	    {TABLE ", unwrap: formula_text}", PLAN_VALUE, MEMO | RULES},
	    {TABLE ", type: integer}", PLAN_VALUE, CELL | MEMO | RULES | EARLY},
	    {TABLE ", type: email}", PLAN_VALUE, CELL | MEMO | RULES | EARLY},
	    {TABLE ", pattern: x}", PLAN_VALUE, CELL | MEMO | RULES | EARLY},
	    {TABLE ", min_length: 1}", PLAN_VALUE, CELL | MEMO | RULES | EARLY},
	    {TABLE ", max_length: 9}", PLAN_VALUE, CELL | MEMO | RULES | EARLY},
	    {TABLE ", one_of: [x]}", PLAN_VALUE, CELL | MEMO | RULES | EARLY},
	    {TABLE ", unique: true}", PLAN_VALUE, CELL | RULES | EARLY},
	    {TABLE ", clear: [x]}", PLAN_VALUE, MEMO | RULES | EARLY},
	    {"{column: B, type: integer}", PLAN_VALUE, CELL | MEMO},
	    {"{column: B, type: integer, units: [kg]}", PLAN_VALUE,
		CELL | MEMO | SPECIAL},
	    {"{index: 2, type: boolean}", PLAN_VALUE, CELL | MEMO},
	    {"{column: [B, C], type: integer}", PLAN_VALUE, 0},
	    {"{column: B, type: date, format: \"%d %b %Y\", month_names: [a, "
	     "b, c, d, e, f, g, h, i, j, k, l]}",
		PLAN_VALUE, CELL | MEMO | SPECIAL},
	    {"{column: B, type: multiString}", PLAN_VALUE,
		CELL | MEMO | SPECIAL},
	    {"{template: \"{B} {C}\"}", PLAN_VALUE, 0},
	    {"{value: 5}", PLAN_CONSTANT, 0},
	    {"{value: \"5\"}", PLAN_CONSTANT, 0},
	    {"{value: \"\"}", PLAN_VALUE, 0},
	    {"{value: 5, type: integer}", PLAN_CONSTANT, 0},
	    {"{meta: row}", PLAN_VALUE, 0},
	    {"{fields: {y: B}}", PLAN_OBJECT, 0},
	    {"{items: [{fields: {y: B}}]}", PLAN_ITEMS, 0},
	};

	char folder[64], path[96];

	assert_true(temp_folder_make(folder, sizeof(folder), "builder_plan"));
	temp_folder_put(folder, "t.csv", "k,v\nx,y\n");
	snprintf(path, sizeof(path), "%s/m.yaml", folder);
	EACH (i, cases) {
		struct rig g;
		struct buf yaml = BUF_INIT(0);
		const struct plan_field *data;

		buf_addf(&yaml, "version: 1\nprocedure: lead\ndata:\n  x: %s\n",
		    cases[i].rule);
		rig_open_at(&g, path, buf_str(&yaml), "A|B|C");
		data = &g.b->fields[0];
		if (data->children[0].kind != cases[i].kind ||
		    flags_of(&data->children[0]) != cases[i].flags)
			fail_msg("%s: kind %d, flags %u", cases[i].rule,
			    (int)data->children[0].kind,
			    flags_of(&data->children[0]));
		rig_close(&g);
		buf_release(&yaml);
	}
	assert_true(temp_folder_remove(folder));
}

/* Constants are written once; cells beside each other in one go. */
TEST(plain_fields_without_a_gap_are_one_run)
{
	struct rig g;
	const struct plan_field *f;

	rig_open(&g,
	    "version: 1\nprocedure: lead\nlead_id: A\ndata:\n"
	    "  a: A\n  b: B\n  again: A\n"
	    "  n: {column: C, type: integer}\n  c: C\n  k: {value: 1}\n",
	    "A|B|C");
	f = g.b->fields[1].children;
	assert_int_equal(g.b->fields[0].kind, PLAN_KEY);
	assert_int_equal(f[0].run->fields, 3);
	assert_int_equal(f[0].run->count, 3);
	assert_int_equal(f[0].run->width, 2);
	assert_int_equal(f[0].run->copies, 2);
	for (int i = 1; i < 4; i++)
		assert_null(f[i].run);
	assert_int_equal(f[4].run->fields, 1);
	assert_int_equal(f[4].run->width, 3);
	assert_int_equal(f[4].run->copies, 1);
	assert_null(f[5].run);
	assert_true(f[0].shares_column && f[2].shares_column);
	assert_false(f[1].shares_column);
	assert_true(f[3].shares_column && f[4].shares_column);
	rig_close(&g);
}
