/* SPDX-License-Identifier: MIT */
/* The builder: sources, order of the steps, keys, limits, explanations. */
#include "builder_rig.h"

#include <cjson/cJSON.h>

#define HEAD                                                                   \
	"version: 1\nprocedure: lead\nlead_id: {column: A, "                   \
	"unique: false}\n"

TEST(writes_keys_in_the_order_of_the_mapping)
{
	struct rig g;

	rig_open(&g,
	    "version: 1\nprocedure: lead\nstate: {value: NEW}\n"
	    "data:\n  \"q\\\"uote\": B\n  n: {value: 10.50}\n"
	    "  t: {value: \"10.50\"}\n  f: {value: true}\n"
	    "  in: {fields: {x: C, y: B}}\n"
	    "lead_id: A\n",
	    "A|B|C");
	rig_gives(&g, "L-1|b|c",
	    "{\"state\":\"NEW\",\"data\":{\"q\\\"uote\":\"b\",\"n\":10.50,"
	    "\"t\":\"10.50\",\"f\":true,\"in\":{\"x\":\"c\",\"y\":\"b\"}},"
	    "\"lead_id\":\"L-1\"}");
	assert_int_equal(g.built.key_len, 5);
	assert_memory_equal(g.out.data + g.built.key_at, "\"L-1\"", 5);
	assert_true(text_is(builder_key_text(g.b), "L-1"));
	rig_close(&g);
}

TEST(leaves_out_what_has_no_value)
{
	struct rig g;

	rig_open(&g,
	    HEAD "data:\n  o: {fields: {x: B, y: {fields: {z: C}}}}\n"
		 "  n: {column: B, empty: \"null\"}\n"
		 "  k: {column: C, empty: keep, type: integer}\n",
	    "A|B|C");
	rig_gives(
	    &g, "1||", "{\"lead_id\":\"1\",\"data\":{\"n\":null,\"k\":\"\"}}");
	rig_gives(&g, "2||3",
	    "{\"lead_id\":\"2\",\"data\":{\"o\":{\"y\":{\"z\":\"3\"}},"
	    "\"n\":null,\"k\":3}}");
	rig_close(&g);

	rig_open(&g, HEAD "data: {x: B, y: {fields: {z: B}}}\n", "A|B");
	rig_gives(&g, "1|", "{\"lead_id\":\"1\"}");
	rig_gives(&g, "1| \t\xC2\xA0 ", "{\"lead_id\":\"1\"}");
	rig_gives(&g, "1", "{\"lead_id\":\"1\"}");
	rig_close(&g);
}

TEST(takes_values_from_every_source)
{
	struct rig g;

	rig_open(&g,
	    "version: 1\nprocedure: lead\nsource: {nulls: [\"N/A\"]}\n"
	    "lead_id: {meta: row, type: integer}\n"
	    "data:\n  city: {column: [City, Town]}\n  third: {index: 3}\n"
	    "  file: {meta: file}\n  run: {meta: input_key}\n"
	    "  row: {meta: row}\n"
	    "  name: {template: \"{{{City}}} & {Town}\"}\n",
	    "City|Town|X");
	rig_gives(&g, "a|b|c",
	    "{\"lead_id\":2,\"data\":{\"city\":\"a\",\"third\":\"c\","
	    "\"file\":\"leads.csv\",\"run\":\"0123abcd\",\"row\":\"2\","
	    "\"name\":\"{a} & b\"}}");
	assert_true(text_is(builder_key_text(g.b), "2"));
	rig_gives(&g, " N/A | b |",
	    "{\"lead_id\":3,\"data\":{\"city\":\"b\",\"file\":\"leads.csv\","
	    "\"run\":\"0123abcd\",\"row\":\"3\",\"name\":\"{} & b\"}}");
	rig_gives(&g, "N/A||N/A",
	    "{\"lead_id\":4,\"data\":{\"file\":\"leads.csv\","
	    "\"run\":\"0123abcd\",\"row\":\"4\"}}");
	rig_close(&g);
}

TEST(a_template_without_its_last_cell_has_no_blank_at_the_end)
{
	struct rig g;

	rig_open(&g,
	    HEAD "data:\n"
		 "  n: {template: \"{B} {C}\"}\n"
		 "  m: {template: \"{B} {C}\", trim: false}\n",
	    "A|B|C");
	rig_gives(&g, "1|Ann|",
	    "{\"lead_id\":\"1\",\"data\":{\"n\":\"Ann\",\"m\":\"Ann \"}}");
	rig_gives(&g, "1||Lee",
	    "{\"lead_id\":\"1\",\"data\":{\"n\":\"Lee\",\"m\":\" Lee\"}}");
	rig_close(&g);
}

TEST(applies_the_steps_in_their_order)
{
	struct rig g;

	/* trim, nulls, replace, case, map, default, required, type, checks */
	rig_open(&g,
	    "version: 1\nprocedure: lead\nsource: {nulls: [\"none\"]}\n"
	    "lead_id: {column: A, unique: false}\n"
	    "data:\n  v:\n    column: B\n"
	    "    one_of: [\"1\", \"2\", \"9\"]\n"
	    "    type: integer\n    required: true\n    default: \"09\"\n"
	    "    map: {ONE: \"+1\", TWO: \"2\", FIVE: \"5\"}\n"
	    "    otherwise: omit\n    case: upper\n"
	    "    replace: {pattern: \"^(.*)-x$\", with: \"$1\"}\n",
	    "A|B");
	rig_gives(&g, "1| one-x ", "{\"lead_id\":\"1\",\"data\":{\"v\":1}}");
	rig_gives(&g, "1|Two", "{\"lead_id\":\"1\",\"data\":{\"v\":2}}");
	rig_gives(&g, "1| none ", "{\"lead_id\":\"1\",\"data\":{\"v\":9}}");
	rig_gives(&g, "1|three", "{\"lead_id\":\"1\",\"data\":{\"v\":9}}");
	rig_gives(&g, "1|-x", "{\"lead_id\":\"1\",\"data\":{\"v\":9}}");
	rig_rejects(&g, "1|five", "rule.one_of");
	rig_close(&g);
}

TEST(knows_four_ways_for_what_the_map_lacks)
{
	struct rig g;

	rig_open(&g,
	    HEAD "data:\n"
		 "  r: {column: B, map: {Open: NEW, Won: DONE}}\n"
		 "  k: {column: C, map: {a: b}, otherwise: keep}\n"
		 "  o: {column: C, map: {a: b}, otherwise: omit}\n"
		 "  v: {column: C, map: {a: b}, otherwise: {value: z}}\n",
	    "A|B|C");
	rig_gives(&g, "1|Open|a",
	    "{\"lead_id\":\"1\",\"data\":{\"r\":\"NEW\",\"k\":\"b\","
	    "\"o\":\"b\",\"v\":\"b\"}}");
	rig_gives(&g, "1|Won|q",
	    "{\"lead_id\":\"1\",\"data\":{\"r\":\"DONE\",\"k\":\"q\","
	    "\"v\":\"z\"}}");
	/* a map is not asked for a field without a value */
	rig_gives(&g, "1||", "{\"lead_id\":\"1\"}");
	rig_rejects(&g, "1|open|a", "map.no_entry");
	assert_true(
	    text_is(problem_value(&g.problems, g.problems.items), "open"));
	assert_true(
	    text_is(problem_path(&g.problems, g.problems.items), "data.r"));
	assert_int_equal(g.problems.items[0].column, 1);
	assert_int_equal(g.problems.items[0].stage, STAGE_MAP);
	rig_close(&g);
}

TEST(reports_all_problems_of_a_row)
{
	struct rig g;

	rig_open(&g,
	    "version: 1\nprocedure: lead\nlead_id: A\n"
	    "data:\n  a: {column: B, type: integer}\n"
	    "  b: {column: B, pattern: \"[0-9]+\", max_length: 2}\n"
	    "  c: {column: C, required: true}\n"
	    "  d: {column: B, type: integer, on_error: omit}\n",
	    "A|B|C");
	rig_rejects(&g, "|abc|",
	    "rule.required type.integer rule.pattern rule.max_length "
	    "rule.required (type.integer)");
	assert_int_equal(g.problems.rejects, 5);
	rig_gives(&g, "1|12|x",
	    "{\"lead_id\":\"1\",\"data\":{\"a\":12,\"b\":\"12\",\"c\":\"x\","
	    "\"d\":12}}");
	rig_close(&g);
}

TEST(a_quoted_list_that_breaks_is_left_out_where_that_is_asked)
{
	struct rig g;

	rig_open(&g,
	    "version: 1\nprocedure: lead\nlead_id: A\n"
	    "data: {l: {column: B, type: multiString, separator: \";\", "
	    "quoted: true, on_error: omit}}\n",
	    "A|B");
	rig_gives(&g, "1|\"a;b\";c",
	    "{\"lead_id\":\"1\",\"data\":{\"l\":[\"a;b\",\"c\"]}}");
	rig_notes(&g, "2|\"a;b", "{\"lead_id\":\"2\"}", "(type.multiString)");
	rig_close(&g);
}

TEST(structural_rejects_come_before_rules)
{
	struct rig g;

	rig_open(&g,
	    "version: 1\nprocedure: lead\nlead_id: {column: A, case: upper}\n"
	    "data: {x: {column: B, type: integer}}\n",
	    "A|B");
	g.rec.cell_count = rig_split(" l-1 |x|extra", g.cells);
	g.rec.cells = g.cells;
	problem_add(&g.problems, PROBLEM_REJECT, STAGE_READ, "csv.ragged_row",
	    PROBLEM_NO_COLUMN, (struct text){"", 0}, "x");
	rig_build(&g, false);
	assert_int_equal(g.verdict, ROW_REJECTED);
	assert_string_equal(g.codes, "csv.ragged_row");
	assert_true(text_is(builder_key_text(g.b), "L-1"));
	/* it did not enter `unique` */
	rig_gives(&g, "l-1|1", "{\"lead_id\":\"L-1\",\"data\":{\"x\":1}}");

	problem_list_clear(&g.problems);
	problem_add(&g.problems, PROBLEM_REJECT, STAGE_READ,
	    "csv.unclosed_quote", PROBLEM_NO_COLUMN, (struct text){"", 0}, "x");
	g.rec.cell_count = 0;
	g.rec.cells = NULL;
	rig_build(&g, false);
	assert_int_equal(g.verdict, ROW_REJECTED);
	assert_int_equal(builder_key_text(g.b).len, 0);
	rig_close(&g);
}

TEST(skips_rows_that_are_not_wanted)
{
	struct rig g;

	rig_open(&g,
	    "version: 1\nprocedure: lead\nsource: {nulls: [\"-\"]}\n"
	    "lead_id: A\n"
	    "rows:\n"
	    "  only: [{column: B, in: [IN, AE]}, {column: C, empty: false}]\n"
	    "  except: [{column: C, matches: \"^T\"}, "
	    "{column: C, not_in: [x, y, Tx]}]\n",
	    "A|B|C");
	rig_gives(&g, "1| IN |x", "{\"lead_id\":\"1\"}");
	rig_row(&g, "2|US|x");
	assert_int_equal(g.verdict, ROW_SKIPPED);
	assert_string_equal(g.built.skip_code, "rows.only");
	assert_true(text_is(builder_key_text(g.b), "2"));
	rig_row(&g, "2|IN| - ");
	assert_int_equal(g.verdict, ROW_SKIPPED);
	assert_string_equal(g.built.skip_code, "rows.only");
	rig_row(&g, "2|IN|Tx");
	assert_int_equal(g.verdict, ROW_SKIPPED);
	assert_string_equal(g.built.skip_code, "rows.except");
	rig_row(&g, "2|IN|z");
	assert_string_equal(g.built.skip_code, "rows.except");
	rig_row(&g, "||");
	assert_int_equal(g.verdict, ROW_SKIPPED);
	assert_string_equal(g.built.skip_code, "rows.empty");
	/* skipped rows did not enter `unique` */
	rig_gives(&g, "2|AE|y", "{\"lead_id\":\"2\"}");
	rig_close(&g);

	rig_open(&g, HEAD "rows: {empty: reject}\n", "A|B");
	rig_rejects(&g, "|", "rows.empty");
	rig_close(&g);
	rig_open(&g, HEAD "rows: {empty: keep}\n", "A|B");
	rig_rejects(&g, "|", "rule.required");
	rig_close(&g);
}

TEST(names_row_and_line_of_the_first)
{
	const struct problem *p;
	struct rig g;

	rig_open(&g,
	    "version: 1\nprocedure: lead\n"
	    "lead_id: {column: A, max_length: 9}\n"
	    "data:\n  x: {column: B, type: integer}\n"
	    "  e: {column: C, type: email, unique: true, on_error: omit}\n",
	    "A|B|C");
	g.rec.row = 40;
	g.rec.line = 100;
	rig_gives(&g, "L-1|1|", "{\"lead_id\":\"L-1\",\"data\":{\"x\":1}}");
	g.rec.line = 200;
	/* rejected for another reason: it is in the file all the same */
	rig_rejects(&g, "L-2|x|", "type.integer");
	assert_true(text_is(builder_key_text(g.b), "L-2"));
	rig_rejects(&g, "L-2|1|", "rule.not_unique");
	p = g.problems.items;
	assert_int_equal(p->other_row, 42);
	assert_int_equal(p->other_line, 201);
	assert_true(text_is(problem_message(&g.problems, p),
	    "the value is already in row 42 (line 201)"));
	assert_true(text_is(problem_value(&g.problems, p), "L-2"));
	assert_int_equal(p->column, 0);
	rig_rejects(&g, "L-1|1|", "rule.not_unique");
	assert_int_equal(g.problems.items[0].other_row, 41);
	assert_int_equal(g.problems.items[0].other_line, 101);
	/* rejected by a check of the same field */
	rig_rejects(&g, "toolongakey|1|", "rule.max_length");
	rig_rejects(&g, "toolongakey|1|", "rule.max_length rule.not_unique");
	/* no value, no comparison; a second field has its own index */
	rig_gives(&g, "L-3|3|a@b.com",
	    "{\"lead_id\":\"L-3\",\"data\":{\"x\":3,\"e\":\"a@b.com\"}}");
	rig_notes(&g, "L-4|3|a@b.com",
	    "{\"lead_id\":\"L-4\",\"data\":{\"x\":3}}", "(rule.not_unique)");
	rig_close(&g);
}

TEST(unique_compares_the_json_behind_the_type)
{
	struct rig g;

	rig_open(&g,
	    "version: 1\nprocedure: lead\n"
	    "lead_id: {column: A, type: integer}\n",
	    "A");
	rig_gives(&g, "007", "{\"lead_id\":7}");
	assert_true(text_is(builder_key_text(g.b), "7"));
	assert_int_equal(g.built.key_len, 1);
	assert_int_equal(g.out.data[g.built.key_at], '7');
	rig_rejects(&g, "+7", "rule.not_unique");
	rig_rejects(&g, "x7", "type.integer");
	assert_true(text_is(builder_key_text(g.b), "x7"));
	rig_notes(&g, "9007199254740993", "{\"lead_id\":9007199254740993}",
	    "(type.big_integer)");
	rig_close(&g);
}

TEST(judges_a_row_that_does_not_fit_to_its_end)
{
	static const char yaml[] =
	    "version: 1\nprocedure: lead\nlead_id: A\n"
	    "data:\n  a: B\n  b: {column: B, case: upper}\n"
	    "  o: {fields: {c: {column: C, type: integer}, d: B}}\n"
	    "  e: {column: D, unique: true}\n";
	static const char full[] =
	    "{\"lead_id\":\"L-1\",\"data\":{\"a\":\"some text\","
	    "\"b\":\"SOME TEXT\",\"o\":{\"c\":5,\"d\":\"some text\"},"
	    "\"e\":\"dd\"}}";
	const size_t need = sizeof(full) - 1;
	struct rig g;
	char words[128];
	size_t max;

	for (max = 1; max <= need + 3; max++) {
		rig_open(&g, yaml, "A|B|C|D");
		g.out.max = max + 2;
		buf_adds(&g.out, "[,");
		rig_row(&g, "L-1|some text|5|dd");
		if (max >= need) {
			assert_int_equal(g.verdict, ROW_BUILT);
			assert_string_equal(g.said, full);
			assert_memory_equal(
			    g.out.data + g.built.key_at, "\"L-1\"", 5);
		} else {
			assert_int_equal(g.verdict, ROW_REJECTED);
			assert_string_equal(g.codes, "chunk.row_too_large");
			snprintf(words, sizeof(words),
			    "the process object is larger than the %zu bytes "
			    "available",
			    max);
			assert_true(text_is(
			    problem_message(&g.problems, &g.problems.items[0]),
			    words));
			assert_true(
			    text_is(builder_key_text(g.b), "L-1") || max < 5);
		}
		assert_false(g.out.overflow);
		assert_int_equal(g.built.key_len, max >= need ? 5 : 0);
		rig_close(&g);
	}
	/* what else is wrong with it is said, and its values are in the
	 * file */
	rig_open(&g, yaml, "A|B|C|D");
	g.out.max = 74;
	rig_rejects(
	    &g, "L-1|some text|x|dd", "type.integer chunk.row_too_large");
	rig_rejects(&g, "L-1|s|1|dd", "rule.not_unique rule.not_unique");
	assert_int_equal(g.problems.items[1].other_row, 2);
	rig_close(&g);
	/* also with the value that has no room */
	for (max = 30; max < 60; max++) {
		rig_open(&g,
		    "version: 1\nprocedure: lead\nlead_id: A\n"
		    "data: {v: {column: B, case: upper, pattern: \"x\"}}\n",
		    "A|B");
		g.out.max = max;
		rig_rejects(&g, "L-1|some text that is longer",
		    max < 55 ? "rule.pattern chunk.row_too_large"
			     : "rule.pattern");
		rig_close(&g);
	}
	rig_open(&g,
	    "version: 1\nlead_id: A\n"
	    "data: {s: B, v: {column: C, type: json, unique: true}}\n",
	    "A|B|C");
	g.out.max = 50;
	rig_rejects(&g, "L-1|some text that is|[1]", "chunk.row_too_large");
	rig_rejects(&g, "L-2||[1]", "rule.not_unique");
	rig_close(&g);
}

TEST(a_key_that_the_map_lacks_is_told_as_it_is_in_the_file)
{
	struct rig g;

	rig_open(&g,
	    "version: 1\nlead_id: {column: A, case: upper, map: {A: B}}\n",
	    "A");
	rig_rejects(&g, "x", "map.no_entry");
	assert_true(text_is(builder_key_text(g.b), "X"));
	rig_close(&g);
}

TEST(survives_hostile_cells)
{
	static const char *const parts[] = {"\x01", "\x1f", "\x7f", "\"", "\\",
	    "\xE2\x80\xA8", "\xF0\x9F\x98\x80", "\xEF\xBB\xBF", "\xE2\x80\xAE",
	    "{", "}", "$1", "%d", "\xC2\xA0"};
	const size_t size = (size_t)1 << 20;
	struct buf cell = BUF_INIT(0);
	struct text cells[2];
	struct rig g;
	cJSON *json;
	size_t i;

	for (i = 0; cell.len < size; i++)
		buf_adds(&cell, parts[i % 14]);
	buf_adds(&cell, "x");
	rig_open(&g,
	    HEAD "data: {s: B, u: {column: B, case: lower}, "
		 "i: {column: B, type: integer, on_error: omit}, "
		 "t: {template: \"{B}\", max_length: 3, on_error: omit}}\n",
	    "A|B");
	cells[0] = TEXT_LITERAL("k");
	cells[1] = (struct text){cell.data, cell.len};
	g.rec.cells = cells;
	g.rec.cell_count = 2;
	rig_build(&g, false);
	assert_int_equal(g.verdict, ROW_BUILT);
	assert_string_equal(g.codes, "(type.integer) (rule.max_length)");
	json = cJSON_ParseWithLength(g.out.data, g.out.len);
	assert_non_null(json);
	assert_string_equal(
	    cJSON_GetObjectItem(cJSON_GetObjectItem(json, "data"), "s")
		->valuestring,
	    buf_str(&cell));
	cJSON_Delete(json);
	buf_release(&cell);
	rig_close(&g);
}

struct told {
	struct buf text;
};

static void
tell(void *ctx, const struct field *f, const struct explain_step *s)
{
	struct told *told = ctx;

	buf_add(&told->text, f->path.s, f->path.len);
	buf_addf(&told->text, " %s=", s->rule);
	buf_add(&told->text, s->value.s, s->value.len);
	buf_addc(&told->text, ';');
}

TEST(explains_every_step)
{
	struct told told = {.text = BUF_INIT(0)};
	struct rig g;

	rig_open(&g,
	    "version: 1\nprocedure: lead\nsource: {nulls: [\"-\"]}\n"
	    "lead_id: A\n"
	    "data:\n  v: {column: B, case: upper, map: {ONE: \"1\"}, "
	    "type: integer}\n  c: {value: 3}\n  o: {fields: {x: C}}\n"
	    "  d: {column: C, default: zz}\n",
	    "A|B|C");
	g.rec.cell_count = rig_split(" L-1| one|-", g.cells);
	g.rec.cells = g.cells;
	builder_explain(g.b, &g.rec, (struct text){NULL, 0}, tell, &told);
	assert_string_equal(buf_str(&told.text),
	    "lead_id cell= L-1;lead_id trim=L-1;lead_id nulls=L-1;"
	    "lead_id type string=\"L-1\";"
	    "data.v cell= one;data.v trim=one;data.v nulls=one;"
	    "data.v case=ONE;data.v map=1;data.v type integer=1;"
	    "data.c value=3;"
	    "data.o.x cell=-;data.o.x trim=-;data.o.x nulls=;"
	    "data.o.x no value=;"
	    "data.d cell=-;data.d trim=-;data.d nulls=;data.d default=zz;"
	    "data.d type string=\"zz\";");
	buf_clear(&told.text);
	g.rec.cell_count = rig_split("L-1|two|", g.cells);
	builder_explain(g.b, &g.rec, TEXT_LITERAL("data.v"), tell, &told);
	assert_string_equal(buf_str(&told.text),
	    "data.v cell=two;data.v trim=two;data.v nulls=two;"
	    "data.v case=TWO;"
	    "data.v map.no_entry=the map has no entry for this value;");
	buf_clear(&told.text);
	builder_explain(g.b, &g.rec, TEXT_LITERAL("data.o"), tell, &told);
	assert_non_null(strstr(buf_str(&told.text), "data.o.x cell=;"));
	assert_null(strstr(buf_str(&told.text), "data.v"));
	/* explaining is not building: the row is still the first */
	rig_gives(&g, "L-1|one|",
	    "{\"lead_id\":\"L-1\",\"data\":{\"v\":1,\"c\":3,\"d\":\"zz\"}}");
	buf_release(&told.text);
	rig_close(&g);
}
