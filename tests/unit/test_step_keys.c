/* SPDX-License-Identifier: MIT */
/* Keys that change the text of a cell or of its items (lists of replace
 * steps, each, separator, quoted, clear): what the loader refuses, what the
 * builder makes of cells, and how they go together with the other keys. */
#include "builder_rig.h"

#define V "version: 1\nlead_id: A\ndata:\n"
#define R(pattern, with) "{pattern: '" pattern "', with: \"" with "\"}"

TEST(replace_steps_follow_each_other)
{
	static const struct rig_case cases[] = {
	    {"replace: [" R("a", "b") ", " R("b", "c") "]", "a", "\"c\""},
	    {"replace: [" R("b", "c") ", " R("a", "b") "]", "a", "\"b\""},
	    {"replace: [" R("a", "b") "]", "aa", "\"bb\""},
	    {"replace: " R("a", "b"), "aa", "\"bb\""},
	    {"replace: [" R("^(\\w+) (\\w+)$", "$2, $1") ", " R(",", ";") "]",
		"Ana Ruiz", "\"Ruiz; Ana\""},
	    /* once nothing is left, nothing more is asked */
	    {"replace: [" R(".*", "") ", " R("^$", "x") "]", "a", ""},
	    {"replace: [" R(".*", "") ", " R("^$", "x") "], default: d", "a",
		"\"d\""},
	    {"replace: [" R(".*", "") ", " R("x", "y") "], required: true", "a",
		"! rule.required"},
	    {"replace: [" R("[ .]", "") ", " R("k$", "000") "], type: integer",
		"1.2 0k", "120000"},
	    {"replace: [" R(" +", " ") ", " R(
		 "^mr ", "") "], case: title, "
			     "map: {Ann Lee: A1}, otherwise: keep",
		"mr  ann   lee", "\"A1\""},
	    {"replace: [" R("x", "y") ", " R("y", "z") "], map: {y: no}", "x",
		"! map.no_entry"},
	    {"replace: [" R("a", "b") ", " R("(x+x+)+[yz]", "") "]",
		"axxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "! rule.replace"},
	    {"replace: [" R("\\(", "-") ", " R("\\)", "") "], type: decimal",
		"(12.50)", "-12.50"},
	};

	RIG_TRIES(cases);
}

TEST(mistakes_in_replace_steps_have_a_place)
{
	static const struct rig_mistake cases[] = {
	    {"replace: []", "mapping.bad_value", "empty list"},
	    {"replace: [x]", "mapping.wrong_kind", "not text"},
	    {"replace: x", "mapping.wrong_kind", "not text"},
	    {"replace: [[" R("a", "b") "]]", "mapping.wrong_kind", "a list"},
	    {"replace: [" R("a", "b") ", {pattern: a}]", "mapping.missing_key",
		"with"},
	    {"replace: [" R("a", "b") ", {with: a}]", "mapping.missing_key",
		"pattern"},
	    {"replace: [" R("a", "b") ", " R("(", "b") "]", "mapping.pattern",
		"does not compile"},
	    {"replace: [" R("a", "b") ", " R("a", "$2") "]", "mapping.pattern",
		"a dollar sign"},
	    {"replace: [{pattern: a, with: b, wiht: c}]", "mapping.unknown_key",
		"'with'"},
	};

	RIG_MISTAKES(cases);
}

/* Half a step lends nothing to the one after it. */
TEST(two_halves_of_a_step_are_two_mistakes)
{
	static const char yaml[] = V "  f: {column: B, replace: [{pattern: a}, "
				     "{with: b}]}\n";
	struct diagnostics list;

	diagnostics_init(&list);
	assert_null(mapping_parse("m.yaml", text_of(yaml), &list));
	assert_int_equal(list.errors, 2);
	assert_string_equal(list.items[0].code, "mapping.missing_key");
	assert_string_equal(list.items[1].code, "mapping.missing_key");
	diagnostics_release(&list);
}

static struct mapping *
parse(const char *keys)
{
	struct buf yaml = BUF_INIT(0);
	struct diagnostics list;
	struct mapping *m;

	diagnostics_init(&list);
	buf_addf(&yaml, V "  f: {column: B, %s}\n", keys);
	m = mapping_parse(
	    "m.yaml", (struct text){buf_str(&yaml), yaml.len}, &list);
	assert_non_null(m);
	diagnostics_release(&list);
	buf_release(&yaml);
	return m;
}

TEST(lists_are_split_at_texts_and_quotes)
{
	static const struct rig_case cases[] = {
	    {"type: multiString, separator: \" / \"", "a / b/c / d",
		"[\"a\",\"b/c\",\"d\"]"},
	    {"type: multiString, separator: \"\\n\"", "a\nb, c\n",
		"[\"a\",\"b, c\"]"},
	    {"type: multiString, separator: '\\x1f'",
		"a\x1f"
		"b",
		"[\"a\",\"b\"]"},
	    {"type: multiString, separator: tab", "a\tb", "[\"a\",\"b\"]"},
	    {"type: multiString, separator: \" \\u2022 \"", "a \xE2\x80\xA2 b",
		"[\"a\",\"b\"]"},
	    {"type: multiFloatEnum, separator: \", \", decimal: \",\"",
		"1,5, 2", "[1.5,2]"},
	    {"type: multiIntegerEnum, separator: and, one_of: [\"1\", \"2\"]",
		"1 and 2 and 3", "! rule.one_of"},
	    {"type: multiString, quoted: true", "\"Customer\",\"VIP, gold\"",
		"[\"Customer\",\"VIP, gold\"]"},
	    {"type: multiString, quoted: true", "plain, \"a \"\"b\"\"\"",
		"[\"plain\",\"a \\\"b\\\"\"]"},
	    {"type: multiString, quoted: true, separator: \";\", max_length: 3",
		"\"a;b\";\"c;de\"", "! rule.max_length"},
	    {"type: multiIntegerEnum, quoted: true", "\"1\",\"02\"", "[1,2]"},
	    {"type: multiIntegerEnum, quoted: true", "\"1\",\"x\"",
		"! type.multiIntegerEnum"},
	    {"type: multiString, quoted: true", "\"a\",\"b",
		"! type.multiString"},
	    {"type: multiString, quoted: true", "\"a\"b", "! type.multiString"},
	    {"type: multiString, quoted: true, on_error: omit, trim: false",
		"\"\",\" \"", ""},
	    {"type: multiString, quoted: true, required: true", "\"\",\" \"",
		"! rule.required"},
	    {"type: multiString, quoted: true, default: '\"x,y\",z'", "",
		"[\"x,y\",\"z\"]"},
	    {"type: multiString, quoted: true, pattern: '\\w+'",
		"\"a\",\"b c\"", "! rule.pattern"},
	    {"type: multiString, quoted: true, case: upper", "\"a, b\"",
		"[\"A, B\"]"},
	};

	RIG_TRIES(cases);
}

TEST(each_item_has_its_steps)
{
	static const struct rig_case cases[] = {
	    {"type: multiString, each: {case: lower}", "A, Bc",
		"[\"a\",\"bc\"]"},
	    {"type: multiString, each: {replace: " R("^#", "") "}", "#a,b#,#",
		"[\"a\",\"b#\"]"},
	    {"type: multiString, each: {replace: [" R("a", "b") ", " R(
		 "b", "c") "], case: upper, map: {C: sea}, otherwise: keep}",
		"a, x", "[\"sea\",\"X\"]"},
	    {"type: multiString, each: {map: {VIP: gold}}", "VIP,New",
		"! map.no_entry"},
	    /* all items are told */
	    {"type: multiString, each: {map: {VIP: gold}}", "Old,VIP,New",
		"! map.no_entry map.no_entry"},
	    {"type: multiString, each: {map: {VIP: gold}, otherwise: omit}",
		"VIP,New", "[\"gold\"]"},
	    {"type: multiString, each: {map: {VIP: gold}, otherwise: omit}",
		"New,Old", ""},
	    {"type: multiString, required: true, "
	     "each: {map: {VIP: gold}, otherwise: omit}",
		"New", "! rule.required"},
	    /* the default is sent as it is written */
	    {"type: multiString, default: \"New,x\", "
	     "each: {map: {VIP: gold}, otherwise: omit}",
		"New", "[\"New\",\"x\"]"},
	    {"type: multiString, each: {map: {A: a}, otherwise: {value: "
	     "other}}",
		"A,B", "[\"a\",\"other\"]"},
	    /* a separator that a step makes separates nothing */
	    {"type: multiString, each: {map: {A: \"x,y\"}}", "A,A",
		"[\"x,y\",\"x,y\"]"},
	    {"type: multiString, each: {map: {\"x,y\": one}}, quoted: true",
		"\"x,y\"", "[\"one\"]"},
	    {"type: multiIntegerEnum, each: {map: {red: \"1\", blue: \"2\"}}",
		"blue, red", "[2,1]"},
	    {"type: multiIntegerEnum, each: {replace: " R(
		 "%$", "") "}, "
			   "one_of: [\"5\", \"10\"]",
		"5%,10%", "[5,10]"},
	    {"type: multiFloatEnum, separator: \" ~ \", each: {replace: " R(
		 "^[$]", "") "}, pattern: '[0-9.]+'",
		"$1.50 ~ $2", "[1.50,2]"},
	    /* the cell's own steps come before the split */
	    {"type: multiString, replace: " R(" and ",
		 ",") ", case: lower, "
		      "each: {case: title, map: {Ann: A}, otherwise: keep}",
		"ANN and BOB", "[\"A\",\"Bob\"]"},
	    {"type: multiString, one_of: [a, b], each: {case: lower}", "A,B",
		"[\"a\",\"b\"]"},
	    {"type: multiString, one_of: [a], each: {case: lower}", "A,B",
		"! rule.one_of"},
	    {"type: multiString, each: {map: {\"Cafe\\u0301\": c}}",
		"Caf\xC3\xA9", "[\"c\"]"},
	    {"type: multiString, each: {replace: " R("(x+x+)+[yz]", "") "}",
		"a,xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "! rule.replace"},
	};

	RIG_TRIES(cases);
}

TEST(mistakes_in_lists_have_a_place)
{
	static const struct rig_mistake cases[] = {
	    {"type: multiString, separator: \"\"", "mapping.bad_value",
		"1 to 32 bytes"},
	    {"type: multiString, separator: '\\n'", "mapping.bad_value",
		"in double quotes"},
	    {"type: multiString, separator: [a]", "mapping.wrong_kind",
		"separator"},
	    {"type: multiString, separator: "
	     "\"0123456789012345678901234567890123\"",
		"mapping.bad_value", "1 to 32 bytes"},
	    {"type: multiFloatEnum, separator: \",\", decimal: \",\"",
		"mapping.conflict", "both ','"},
	    {"type: multiString, quoted: true, separator: '\",\"'",
		"mapping.conflict", "cannot hold a quote"},
	    {"type: multiString, quoted: yes", "mapping.wrong_kind",
		"true or false"},
	    {"quoted: true", "mapping.not_for_type", "multiString"},
	    {"each: {case: lower}", "mapping.not_for_type", "multiString"},
	    {"type: multiString, each: {}", "mapping.bad_value", "no step"},
	    {"type: multiString, each: lower", "mapping.wrong_kind", "each"},
	    {"type: multiString, each: [{case: lower}]", "mapping.wrong_kind",
		"each"},
	    {"type: multiString, each: {cse: lower}", "mapping.unknown_key",
		"'case'"},
	    {"type: multiString, each: {case: camel}", "mapping.bad_value",
		"upper, lower or title"},
	    {"type: multiString, each: {otherwise: keep}", "mapping.conflict",
		"needs 'map'"},
	    {"type: multiString, each: {replace: {pattern: \"(\", with: x}}",
		"mapping.pattern", "does not compile"},
	    {"type: multiString, each: {map: {\"a,b\": c}}",
		"mapping.never_matches", "no separator"},
	    {"type: multiString, each: {map: {\" a\": c}}",
		"mapping.never_matches", "blanks around items"},
	    {"type: multiString, each: {map: {\"\": c}}",
		"mapping.never_matches", "empty items"},
	    {"type: multiString, each: {case: lower, map: {A: c}}",
		"mapping.never_matches", "case: lower"},
	    {"type: multiString, one_of: [x], each: {map: {A: c}}",
		"mapping.refused_value", "not in one_of"},
	    {"type: multiIntegerEnum, each: {map: {A: c}}",
		"mapping.refused_value", "not a number"},
	    {"type: multiFloatEnum, each: {map: {A: \"1\"}, otherwise: "
	     "{value: x}}",
		"mapping.refused_value", "text of otherwise"},
	};

	RIG_MISTAKES(cases);
}

TEST(a_cell_can_clear_its_field)
{
	static const struct rig_case cases[] = {
	    {"clear: [\"<null>\"]", "<null>", "null"},
	    {"clear: [\"<null>\"]", " <null> ", "null"},
	    {"clear: [\"<null>\"], trim: false", " <null>", "\" <null>\""},
	    {"clear: [\"<null>\"]", "<NULL>", "\"<NULL>\""},
	    {"clear: [\"<null>\"]", "", ""},
	    {"clear: [x, delete]", "delete", "null"},
	    {"clear: [\"0\"], type: integer", "0", "null"},
	    {"clear: [\"0\"], type: integer", "00", "0"},
	    {"clear: [none], type: multiString", "none", "null"},
	    {"clear: [none], type: multiString", "none, a", "[\"none\",\"a\"]"},
	    {"clear: [x], default: d", "x", "null"},
	    {"clear: [x], default: d", "", "\"d\""},
	    {"clear: [x], default: d, empty: keep", "x", "null"},
	    {"clear: [x], required: true", "x", "! rule.required"},
	    {"clear: [x], map: {a: b}", "x", "null"},
	    {"clear: [x], map: {a: b}", "y", "! map.no_entry"},
	    /* the cell, not what becomes of it */
	    {"clear: [x], replace: " R("y", "x"), "y", "\"x\""},
	    {"clear: [X], case: upper, pattern: '[A-Z]{2}'", "X", "null"},
	    {"clear: [x], unwrap: formula_text", "=\"x\"", "null"},
	    {"clear: [x], unique: true, min_length: 3", "x", "null"},
	};

	RIG_TRIES(cases);
}

TEST(clear_goes_with_every_source_of_cells)
{
	struct rig g;

	rig_open(&g,
	    "version: 1\n"
	    "defaults: {clear: [\"-\"], empty: omit}\n"
	    "lead_id: A\n"
	    "data:\n"
	    "  first: {column: [B, C]}\n"
	    "  both: {template: \"{B} {C}\"}\n"
	    "  own: {column: B, clear: [x]}\n"
	    "  file: {meta: file}\n"
	    "  dash: {value: \"-\"}\n",
	    "A|B|C");
	rig_gives(&g, "1|b|c",
	    "{\"lead_id\":\"1\",\"data\":{\"first\":\"b\",\"both\":\"b c\","
	    "\"own\":\"b\",\"file\":\"leads.csv\",\"dash\":\"-\"}}");
	/* the first that has a value, or clears */
	rig_gives(&g, "2|-|c",
	    "{\"lead_id\":\"2\",\"data\":{\"first\":null,\"both\":\"c\","
	    "\"own\":\"-\",\"file\":\"leads.csv\",\"dash\":\"-\"}}");
	rig_gives(&g, "3||-",
	    "{\"lead_id\":\"3\",\"data\":{\"first\":null,\"both\":null,"
	    "\"file\":\"leads.csv\",\"dash\":\"-\"}}");
	rig_gives(&g, "4|x|-",
	    "{\"lead_id\":\"4\",\"data\":{\"first\":\"x\",\"both\":\"x\","
	    "\"own\":null,\"file\":\"leads.csv\",\"dash\":\"-\"}}");
	rig_gives(&g, "5||",
	    "{\"lead_id\":\"5\",\"data\":{\"file\":\"leads.csv\",\"dash\":"
	    "\"-\"}}");
	/* no row loses its key */
	rig_rejects(&g, "-|b|c", "rule.required");
	rig_row(&g, "6|-|");
	rig_explains(&g, "data.first", "cell=-;trim=-;clear=null;");
	rig_close(&g);
	rig_open(&g,
	    "version: 1\ndefaults: {clear: [\"-\"]}\n"
	    "lead_id: {column: A, required: false}\ndata: {b: B}\n",
	    "A|B");
	rig_gives(&g, "-|b", "{\"data\":{\"b\":\"b\"}}");
	rig_close(&g);
}

TEST(mistakes_in_clear_have_a_place)
{
	CASES(cases, const char *yaml, *code, *words) = {
	    {V "  f: {column: B, clear: \"<null>\"}\n", "mapping.wrong_kind",
		"[<null>]"},
	    {V "  f: {column: B, clear: []}\n", "mapping.bad_value",
		"empty list"},
	    {V "  f: {column: B, clear: [\"\"]}\n", "mapping.never_matches",
		"empty: null"},
	    {V "  f: {column: B, clear: [\" x\"]}\n", "mapping.never_matches",
		"trim"},
	    {V "  f: {column: B, clear: [[x]]}\n", "mapping.wrong_kind",
		"a list"},
	    {V "  f: {value: x, clear: [x]}\n", "mapping.conflict",
		"a constant"},
	    {V "  f: {meta: row, clear: [x]}\n", "mapping.conflict", "meta:"},
	    {V "  f: {fields: {g: B}, clear: [x]}\n", "mapping.not_for_type",
		"an object"},
	    {"version: 1\nsource: {nulls: [x]}\n"
	     "lead_id: A\ndata:\n  f: {column: B, clear: [x]}\n",
		"mapping.never_matches", "source.nulls"},
	    {"version: 1\nsource: {nulls: [x]}\ndefaults: {clear: [x]}\n"
	     "lead_id: A\n",
		"mapping.never_matches", "source.nulls"},
	    {"version: 1\ndefaults: {clear: []}\nlead_id: A\n",
		"mapping.bad_value", "empty list"},
	    {"version: 1\nlead_id: {column: A, clear: [x]}\n", "mapping.key",
		"clear on the key"},
	    {V "  f: {column: B, claer: [x]}\n", "mapping.unknown_key",
		"'clear'"},
	};

	EACH (i, cases)
		rig_mistake(cases[i].yaml, cases[i].code, cases[i].words);
}

/* Two spellings of one meaning have one run key, two meanings have two. */
TEST(the_run_key_holds_what_the_steps_do)
{
	CASES(cases, const char *a, *b; bool is_same) = {
	    {"replace: " R("a", "b"), "replace: [" R("a", "b") "]", true},
	    {"replace: [" R("a", "b") ", " R("c", "d") "]",
		"replace: [" R("c", "d") ", " R("a", "b") "]", false},
	    {"replace: [" R("a", "b") "]",
		"replace: [" R("a", "b") ", " R("a", "b") "]", false},
	    {"type: string", "clear: [x]", false},
	    {"clear: [x, y]", "clear: [y, x]", true},
	    {"type: multiString", "type: multiString, separator: \",\"", true},
	    {"type: multiString", "type: multiString, quoted: false", true},
	    {"type: multiString", "type: multiString, quoted: true", false},
	    {"type: multiString, separator: tab",
		"type: multiString, separator: \"\\t\"", true},
	    {"type: multiString, separator: \"; \"",
		"type: multiString, separator: \";\"", false},
	    {"type: multiString, case: lower",
		"type: multiString, each: {case: lower}", false},
	    {"type: multiString, each: {map: {a: b}}",
		"type: multiString, each: {map: {a: b}, otherwise: omit}",
		false},
	};

	EACH (i, cases) {
		struct mapping *a = parse(cases[i].a), *b = parse(cases[i].b);

		if (text_equal(a->canonical, b->canonical) != cases[i].is_same)
			fail_msg("%s and %s", cases[i].a, cases[i].b);
		mapping_free(a);
		mapping_free(b);
	}
}

TEST(an_explanation_tells_each_step)
{
	struct rig g;

	rig_open(&g,
	    V "  f: {column: B, replace: [" R("a", "b") ", " R("b", "c") "]}\n",
	    "A|B");
	rig_row(&g, "1| a");
	rig_explains(&g, "data.f",
	    "cell= a;trim=a;replace=b;replace=c;type string=\"c\";");
	rig_close(&g);
	rig_open(&g,
	    V "  f: {column: B, type: multiString, quoted: true, each: {"
	      "replace: " R("^#", "") ", case: lower, map: {vip: gold}, "
				      "otherwise: keep}}\n",
	    "A|B");
	rig_row(&g, "1|\"#VIP\",New");
	rig_explains(&g, "data.f",
	    "cell=\"#VIP\",New;trim=\"#VIP\",New;"
	    "item=#VIP;each replace=VIP;each case=vip;each map=gold;"
	    "item=New;each replace=New;each case=new;each otherwise=new;"
	    "type multiString=[\"gold\",\"new\"];");
	rig_close(&g);
}
