/* SPDX-License-Identifier: MIT */
/* `items`, an array of objects: what the loader refuses, what rows become, and
 * how it goes together with other keys. */
#include "builder_rig.h"

#include <string.h>

#define V "version: 1\nlead_id: {column: A, unique: false}\ndata:\n  f: "

TEST(mistakes_are_named_with_what_to_write)
{
	CASES(cases, const char *field, *code, *words) = {
	    {"{items: []}", "mapping.wrong_kind", "an empty one"},
	    {"{items: {fields: {x: B}}}", "mapping.wrong_kind", "a list of"},
	    {"{items: B}", "mapping.wrong_kind", "a list of items"},
	    {"{items: [B]}", "mapping.wrong_kind", "item must be a map"},
	    {"{items: [{field: {x: B}}]}", "mapping.unknown_key",
		"did you mean 'fields'?"},
	    {"{items: [{}]}", "mapping.missing_key", "'fields' is missing"},
	    {"{items: [{fields: {}}]}", "mapping.wrong_kind", "map of fields"},
	    {"{items: [{fields: {x: B}, required: true}]}",
		"mapping.unknown_key", "'required' in item"},
	    {"{items: [{fields: {x: {value: 1}, y: {meta: row}}}]}",
		"mapping.conflict", "constants alone"},
	    {"{items: [{fields: {x: B}}], type: multiString}",
		"mapping.not_for_type", "list of items"},
	    {"{items: [{fields: {x: B}}], empty: null}", "mapping.not_for_type",
		"'empty'"},
	    {"{items: [{fields: {x: B}}], column: B}", "mapping.two_sources",
		"'column' and 'items'"},
	    {"{items: [{fields: {x: {column: B, typ: date}}}]}",
		"mapping.unknown_key", "did you mean 'type'?"},
	};

	EACH (i, cases) {
		char yaml[512];
		struct diagnostics list;
		struct mapping *m;
		bool found = false;

		snprintf(yaml, sizeof(yaml), "%s%s\n", V, cases[i].field);
		diagnostics_init(&list);
		m = mapping_parse("m.yaml", text_of(yaml), &list);
		for (size_t k = 0; k < list.count; k++) {
			const struct diagnostic *x = &list.items[k];

			found = found ||
				(strcmp(x->code, cases[i].code) == 0 &&
				    x->line == 4 &&
				    (strstr(x->message, cases[i].words) ||
					(x->help &&
					    strstr(x->help, cases[i].words))));
		}
		if (m || !found)
			fail_msg("%s: not %s, %s", cases[i].field,
			    cases[i].code, cases[i].words);
		diagnostics_release(&list);
	}
	/* The key is text. */
	{
		struct diagnostics list;

		diagnostics_init(&list);
		assert_null(mapping_parse("m.yaml",
		    TEXT_LITERAL("version: 1\nkey: {name: k, items: "
				 "[{fields: {x: B}}]}\n"),
		    &list));
		assert_string_equal(list.items[0].code, "mapping.key");
		diagnostics_release(&list);
	}
}

TEST(rows_become_arrays_of_what_they_have)
{
#define TWO                                                                    \
	"{items: [{fields: {kind: {value: work}, n: B}}, "                     \
	"{fields: {kind: {value: home}, n: C}}]"
	static const struct {
		const char *field, *row;
		const char *json; /* of f; "" = none, NULL = rejected */
		const char *codes;
	} cases[] = {
	    {TWO "}", "k|1|2",
		"[{\"kind\":\"work\",\"n\":\"1\"},{\"kind\":\"home\",\"n\":"
		"\"2\"}]",
		""},
	    {TWO "}", "k||2", "[{\"kind\":\"home\",\"n\":\"2\"}]", ""},
	    {TWO "}", "k|1| ", "[{\"kind\":\"work\",\"n\":\"1\"}]", ""},
	    {TWO "}", "k||", "", ""},
	    {TWO ", required: true}", "k||", NULL, "rule.required"},
	    {TWO ", required: true}", "k|1|",
		"[{\"kind\":\"work\",\"n\":\"1\"}]", ""},
	    /* Nothing is a value only because it is written. */
	    {"{items: [{fields: {n: {column: B, empty: null}}}]}", "k||x", "",
		""},
	    {"{items: [{fields: {n: {column: B, empty: null}, m: C}}]}", "k||x",
		"[{\"n\":null,\"m\":\"x\"}]", ""},
	    /* But for the cell that asks for it. */
	    {"{items: [{fields: {n: {column: B, clear: [\"-\"]}}}]}", "k|-|",
		"[{\"n\":null}]", ""},
	    {"{items: [{fields: {n: {column: B, default: \"0\"}}}]}", "k||",
		"[{\"n\":\"0\"}]", ""},
	    {"{items: [{fields: {n: {column: B, type: integer, min: 3}}}]}",
		"k|2|", NULL, "rule.min"},
	    {"{items: [{fields: {n: {column: B, type: integer, on_error: "
	     "omit}}}]}",
		"k|x|", "", "(type.integer)"},
	    {"{items: [{fields: {n: {column: B, type: integer, on_error: "
	     "omit}, m: C}}]}",
		"k|x|y", "[{\"m\":\"y\"}]", "(type.integer)"},
	    {"{items: [{fields: {n: {column: B, map: {a: x}, otherwise: "
	     "omit}}}]}",
		"k|b|", "", ""},
	    {"{items: [{fields: {t: {column: B, type: multiString, quoted: "
	     "true, on_error: omit}}}]}",
		"k|\"b|", "", "(type.multiString)"},
	    {"{items: [{fields: {o: {fields: {n: B, c: {value: 1}}}}}]}",
		"k|1|", "[{\"o\":{\"n\":\"1\",\"c\":1}}]", ""},
	    {"{items: [{fields: {o: {fields: {n: B, c: {value: 1}}}}}]}", "k||",
		"", ""},
	    {"{items: [{fields: {o: {fields: {n: C}}, m: B}}]}", "k|1|",
		"[{\"m\":\"1\"}]", ""},
	    {"{items: [{fields: {l: {items: [{fields: {n: B}}, {fields: {n: "
	     "C}}]}}}]}",
		"k||2", "[{\"l\":[{\"n\":\"2\"}]}]", ""},
	    {"{items: [{fields: {l: {items: [{fields: {n: B}}]}}}]}", "k||2",
		"", ""},
	    {"{items: [{fields: {n: {template: \"{B}-{C}\"}}}]}", "k||", "",
		""},
	    {"{items: [{fields: {t: {column: B, type: multiString}}}]}",
		"k|a,b|", "[{\"t\":[\"a\",\"b\"]}]", ""},
	    {"{items: [{fields: {r: {meta: row}, n: B}}]}", "k|1|",
		"[{\"r\":\"2\",\"n\":\"1\"}]", ""},
	};

	EACH (i, cases) {
		char yaml[1024];
		struct rig g;

		snprintf(yaml, sizeof(yaml), "%s%s\n", V, cases[i].field);
		rig_open(&g, yaml, "A|B|C");
		/* Its cells are known when it comes a second time. */
		for (int again = 0; again < 2; again++) {
			rig_row(&g, cases[i].row);
			rig_gave(&g, cases[i].json, cases[i].codes,
			    cases[i].field, cases[i].row);
			g.rec.row--;
		}
		rig_close(&g);
	}
}

TEST(a_problem_names_the_item_by_its_number)
{
	struct rig g;

	rig_open(&g,
	    V "{items: [{fields: {n: B}}, {fields: {n: {column: C, type: "
	      "integer}}}]}\n",
	    "A|B|C");
	rig_rejects(&g, "k|1|x", "type.integer");
	assert_true(text_is(
	    problem_path(&g.problems, &g.problems.items[0]), "data.f.2.n"));
	rig_close(&g);
}

TEST(a_row_that_lacks_an_item_or_has_no_room_is_told_in_words)
{
	CASES(cases, size_t max; const char *message, *hint) = {
	    {500, "at least one item is required", ""},
	    {10, "the process object is larger than the 10 bytes available",
		"check first: map fewer columns"},
	};

	EACH (i, cases) {
		const struct problem *p;
		struct rig g;

		rig_open(&g, V "{items: [{fields: {n: B}}], required: true}\n",
		    "A|B");
		buf_init(&g.out, cases[i].max);
		rig_row(&g, i == 0 ? "k|" : "k|1");
		assert_int_equal(g.problems.count, 1);
		p = &g.problems.items[0];
		assert_true(
		    text_is(problem_message(&g.problems, p), cases[i].message));
		assert_true(
		    text_is(problem_hint(&g.problems, p), cases[i].hint));
		assert_int_equal(problem_value(&g.problems, p).len, 0);
		assert_int_equal(p->level, PROBLEM_REJECT);
		rig_close(&g);
	}
}

TEST(a_unique_field_in_an_item_is_compared_with_those_of_other_rows)
{
	struct rig g;

	rig_open(&g, V "{items: [{fields: {n: {column: B, unique: true}}}]}\n",
	    "A|B");
	rig_gives(
	    &g, "k|1", "{\"lead_id\":\"k\",\"data\":{\"f\":[{\"n\":\"1\"}]}}");
	rig_gives(&g, "l|", "{\"lead_id\":\"l\"}");
	rig_rejects(&g, "m|1", "rule.not_unique");
	rig_close(&g);
}

/* A row that does not fit is judged to its end and leaves nothing. */
TEST(a_row_that_does_not_fit_leaves_nothing)
{
	static const char yaml[] =
	    "version: 1\nlead_id: {column: A, unique: false}\ndata:\n"
	    "  f: {items: [{fields: {kind: {value: work}, o: {fields: {n: "
	    "B}}}}, {fields: {o: {fields: {n: C, i: {column: D, type: "
	    "integer}}}}}]}\n";
	char row[400], cell[181];
	size_t whole = 0;

	memset(cell, 'x', 180);
	cell[180] = '\0';
	snprintf(row, sizeof(row), "k|%s|%s|7", cell, cell);
	for (size_t max = 500; max > 0; max--) {
		struct rig g;

		rig_open(&g, yaml, "A|B|C|D");
		buf_init(&g.out, max);
		rig_row(&g, row);
		if (max == 500)
			whole = g.out.len;
		assert_int_equal(
		    g.verdict, max >= whole ? ROW_BUILT : ROW_REJECTED);
		assert_string_equal(
		    g.codes, max >= whole ? "" : "chunk.row_too_large");
		buf_clear(&g.out);
		row[strlen(row) - 1] = 'y';
		rig_rejects(&g, row,
		    max >= whole - 6 ? "type.integer"
				     : "type.integer chunk.row_too_large");
		row[strlen(row) - 1] = '7';
		rig_close(&g);
	}
	assert_in_range(whole, 400, 500);
}
