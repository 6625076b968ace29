/* SPDX-License-Identifier: MIT */
#include "report/problems.h"
#include "test.h"

#define T TEXT_LITERAL

static struct header
people(void)
{
	static struct text names[5];

	names[0] = T("Lead Ref");
	names[1] = T("Name");
	names[2] = T("City");
	names[3] = T("Score");
	names[4] = T("");
	return (struct header){.count = 5, .names = names, .row = 1, .line = 1};
}

static struct record
at_row(uint64_t row)
{
	return (struct record){.number = row - 1, .row = row, .line = row + 2};
}

TEST(formats_a_problem_with_its_place_column_cell_value_and_code)
{
	CASES(cases, int column;
	      const char *path, *value, *message, *expected) = {
	    {3, "data.score", "abc", "not a whole number",
		"leads.csv:131: row 129, column \"Score\" (D129): "
		"not a whole number: 'abc' [type.integer]"},
	    {4, "", "x", "not a whole number",
		"leads.csv:131: row 129, column E (E129): "
		"not a whole number: 'x' [type.integer]"},
	    {30, "", "x", "nope",
		"leads.csv:131: row 129, column AE (AE129): nope: 'x' "
		"[type.integer]"},
	    {-1, "data.source", "", "no value",
		"leads.csv:131: row 129, field data.source: no value "
		"[type.integer]"},
	    {-1, "", "", "5 cells where the header has 4",
		"leads.csv:131: row 129: 5 cells where the header has 4 "
		"[type.integer]"},
	    {1, "", "\x1b[31mred\r\n", "no",
		"leads.csv:131: row 129, column \"Name\" (B129): no: "
		"'\\x1B[31mred\\r\\n' [type.integer]"},
	};
	struct header header = people();
	struct record rec = at_row(129);

	EACH (i, cases) {
		struct problem_list l;
		struct problem *p;
		struct buf b = BUF_INIT(0);

		problem_list_init(&l);
		p = problem_add(&l, PROBLEM_REJECT, STAGE_MAP, "type.integer",
		    cases[i].column, text_of(cases[i].value), "%s",
		    cases[i].message);
		problem_set_path(&l, p, text_of(cases[i].path));
		problem_format(&b, "leads.csv", &rec, &header, &l, p);
		assert_string_equal(buf_str(&b), cases[i].expected);
		buf_release(&b);
		problem_list_release(&l);
	}
}

static void
add_one(struct problem_groups *g, uint64_t row, enum problem_level level,
    const char *code, int column, const char *value, const char *message)
{
	struct header header = people();
	struct record rec = at_row(row);
	struct problem_list l;

	problem_list_init(&l);
	problem_add(
	    &l, level, STAGE_MAP, code, column, text_of(value), "%s", message);
	problem_groups_add(g, &rec, &l, &header);
	problem_list_release(&l);
}

TEST(groups_by_code_and_column_and_keeps_three_examples)
{
	const struct problem_group *top[8];
	struct problem_groups g;

	problem_groups_init(&g, "leads.csv");
	add_one(&g, 2, PROBLEM_REJECT, "rule.required", 0, "", "no value");
	for (uint64_t row = 3; row < 13; row++)
		add_one(&g, row, PROBLEM_REJECT, "type.integer", 3, "abc",
		    "not a whole number");
	add_one(&g, 20, PROBLEM_REJECT, "type.integer", 1, "x", "no");
	add_one(&g, 21, PROBLEM_NOTE, "csv.bare_quote", 1, "5\"", "a quote");
	assert_int_equal(problem_groups_count(&g, OUTCOME_REJECTED), 3);
	assert_int_equal(problem_groups_count(&g, GROUP_NOTE), 1);
	assert_int_equal(
	    problem_groups_sorted(&g, OUTCOME_REJECTED, top, 8), 3);
	assert_string_equal(top[0]->code, "type.integer");
	assert_string_equal(top[0]->column_name, "Score");
	assert_int_equal(top[0]->rows, 10);
	assert_int_equal(top[0]->problems, 10);
	assert_int_equal(top[0]->example_count, 3);
	assert_string_equal(top[0]->examples[0].cell, "D3");
	assert_string_equal(top[0]->examples[2].cell, "D5");
	assert_string_equal(top[0]->examples[2].value, "abc");
	assert_int_equal(top[0]->examples[2].line, 7);
	/* Equal counts: the one that came up first. */
	assert_string_equal(top[1]->code, "rule.required");
	assert_int_equal(
	    problem_groups_sorted(&g, OUTCOME_REJECTED, top, 1), 1);
	assert_int_equal(g.reject_rows, 12);
	assert_int_equal(g.note_rows, 1);
	problem_groups_release(&g);
}

/* One row that has the same problem so many times. */
static void
add_often(struct problem_groups *g, int times)
{
	struct header header = people();
	struct record rec = at_row(7);
	struct problem_list l;

	problem_list_init(&l);
	for (int i = 0; i < times; i++)
		problem_add(&l, PROBLEM_REJECT, STAGE_MAP, "rule.pattern", 2,
		    T("x"), "no match");
	problem_groups_add(g, &rec, &l, &header);
	problem_list_release(&l);
}

TEST(counts_a_row_once_in_a_group_however_many_problems_it_has)
{
	const struct problem_group *top[1];
	struct problem_groups g;

	problem_groups_init(&g, "leads.csv");
	add_often(&g, 4);
	problem_groups_sorted(&g, OUTCOME_REJECTED, top, 1);
	assert_int_equal(top[0]->rows, 1);
	assert_int_equal(top[0]->problems, 4);
	assert_int_equal(g.reject_rows, 1);
	assert_int_equal(g.reject_problems, 4);
	problem_groups_release(&g);
}

TEST(says_when_the_messages_of_a_group_differ)
{
	struct problem_groups g;

	problem_groups_init(&g, "x.csv");
	add_one(&g, 2, PROBLEM_REJECT, "a", 0, "", "same");
	add_one(&g, 3, PROBLEM_REJECT, "a", 0, "", "same");
	add_one(&g, 2, PROBLEM_REJECT, "b", 0, "", "on row 1");
	add_one(&g, 3, PROBLEM_REJECT, "b", 0, "", "on row 2");
	assert_false(g.items[0].varied);
	assert_true(g.items[1].varied);
	problem_groups_release(&g);
}

TEST(makes_a_group_of_each_cause_and_each_field)
{
	static const struct {
		const char *cause, *path;
		bool is_shared;
		const char *place; /* what the group says of where it is */
	} cases[] = {
	    {"no_such_day", "data.born", true,
		"column \"Score\", field data.born: "},
	    {"letter", "data.born", true,
		"column \"Score\", field data.born: "},
	    {"letter", "data.since", true,
		"column \"Score\", field data.since: "},
	    {"letter", "data.only", false, "column \"Score\": "},
	    {"", "", false, "column \"Score\": "},
	};
	struct header header = people();
	struct problem_groups g;

	problem_groups_init(&g, "x.csv");
	for (uint64_t row = 2; row < 4; row++) {
		EACH (i, cases) {
			struct record rec = at_row(row);
			struct problem_list l;
			struct problem *p;

			problem_list_init(&l);
			p = problem_add(&l, PROBLEM_REJECT, STAGE_MAP,
			    "type.date", 3, T("x"), "row %d", (int)row);
			problem_set_cause(p, cases[i].cause);
			problem_set_path(&l, p, text_of(cases[i].path));
			p->is_shared = cases[i].is_shared;
			problem_groups_add(&g, &rec, &l, &header);
			problem_list_release(&l);
		}
	}
	assert_int_equal(g.count, sizeof(cases) / sizeof(cases[0]));
	for (size_t i = 0; i < g.count; i++) {
		struct buf place = BUF_INIT(0);

		problem_group_place(&place, &g.items[i]);
		assert_string_equal(buf_str(&place), cases[i].place);
		assert_string_equal(g.items[i].cause, cases[i].cause);
		assert_int_equal(g.items[i].rows, 2);
		buf_release(&place);
	}
	problem_groups_release(&g);
}

/* Two fields of one column, as their problems stand in a row's list. */
TEST(says_once_what_two_fields_find_in_one_cell)
{
	CASES(second, const char *value, *message, *cause; int column;
	      bool is_twin) = {
	    {"v", "m", "c", 0, true},
	    {"w", "m", "c", 0, false},
	    {"v", "n", "c", 0, false},
	    {"v", "m", "d", 0, false},
	    {"v", "m", "c", 1, false},
	};
	struct header header = people();
	struct record rec = at_row(2);

	EACH (i, second) {
		struct problem_groups g;
		struct problem_list l;
		struct problem *p;

		problem_list_init(&l);
		for (int k = 0; k < 2; k++) {
			p = problem_add(&l, PROBLEM_REJECT, STAGE_MAP, "a",
			    k ? second[i].column : 0,
			    text_of(k ? second[i].value : "v"), "%s",
			    k ? second[i].message : "m");
			problem_set_cause(p, k ? second[i].cause : "c");
			problem_set_path(
			    &l, p, k ? T("data.copy") : T("lead_id"));
			p->is_shared = true;
		}
		problem_groups_init(&g, "x.csv");
		problem_groups_add(&g, &rec, &l, &header);
		assert_int_equal(g.count, second[i].is_twin ? 1 : 2);
		assert_int_equal(g.reject_problems, g.count);
		assert_int_equal(g.first_count, g.count);
		assert_int_equal(g.items[0].example_count, 1);
		assert_int_equal(g.reject_rows, 1);
		assert_string_equal(g.items[0].fields,
		    second[i].is_twin ? "lead_id, data.copy" : "lead_id");
		if (second[i].is_twin)
			assert_string_equal(g.first[0],
			    "x.csv:4: row 2, column \"Lead Ref\" (A2), fields "
			    "lead_id, data.copy: m: 'v' [a]");
		problem_groups_release(&g);
		problem_list_release(&l);
	}
}

TEST(prefers_examples_of_different_values)
{
	struct problem_groups g;
	const struct problem_group *x;

	problem_groups_init(&g, "x.csv");
	for (uint64_t row = 2; row < 10; row++)
		add_one(&g, row, PROBLEM_REJECT, "a", 0, "same", "m");
	assert_int_equal(g.items[0].examples[2].row, 4);
	add_one(&g, 10, PROBLEM_REJECT, "a", 0, "new", "m");
	add_one(&g, 11, PROBLEM_REJECT, "a", 0, "new", "m");
	add_one(&g, 12, PROBLEM_REJECT, "a", 0, "third", "m");
	add_one(&g, 13, PROBLEM_REJECT, "a", 0, "fourth", "m");
	x = &g.items[0];
	assert_int_equal(x->example_count, 3);
	assert_string_equal(x->examples[0].value, "same");
	assert_int_equal(x->examples[0].row, 2);
	assert_string_equal(x->examples[1].value, "new");
	assert_int_equal(x->examples[1].row, 10);
	assert_string_equal(x->examples[2].value, "third");
	assert_int_equal(x->problems, 12);
	problem_groups_release(&g);
}

TEST(keeps_the_first_twenty_problems_as_lines_and_counts_the_rest)
{
	struct problem_groups g;

	problem_groups_init(&g, "leads.csv");
	for (uint64_t row = 2; row < 27; row++)
		add_one(&g, row, PROBLEM_REJECT, "rule.required", 0, "", "m");
	add_one(&g, 30, PROBLEM_NOTE, "csv.bare_quote", 0, "", "m");
	problem_groups_add_outcome(
	    &g, OUTCOME_REFUSED, "http.422", "no", 31, 31);
	assert_int_equal(g.first_count, GROUPS_FIRST);
	assert_int_equal(g.unshown, 6);
	assert_string_equal(g.first[0],
	    "leads.csv:4: row 2, column \"Lead Ref\" (A2): m [rule.required]");
	problem_groups_release(&g);
}

TEST(bounds_its_memory_and_still_counts_everything)
{
	const struct problem_group **all = calloc(4096, sizeof(*all));
	struct problem_groups g;
	uint64_t rows = 0;
	size_t n;

	problem_groups_init(&g, "x.csv");
	for (int column = 0; column < 3000; column++)
		add_one(&g, (uint64_t)column + 2, PROBLEM_REJECT, "rule.max",
		    column, "v", "too large");
	for (int column = 0; column < 50; column++)
		add_one(&g, (uint64_t)column + 2, PROBLEM_NOTE, "n", column,
		    "v", "note");
	assert_true(g.count <= GROUPS_MAX + GROUP_KIND_COUNT);
	n = problem_groups_sorted(&g, OUTCOME_REJECTED, all, 4096);
	assert_int_equal(n, GROUPS_MAX + 1);
	for (size_t i = 0; i < n; i++)
		rows += all[i]->rows;
	assert_int_equal(rows, 3000);
	assert_string_equal(all[n - 1]->code, GROUP_OTHER_CODE);
	assert_int_equal(all[n - 1]->rows, 2000);
	assert_int_equal(problem_groups_count(&g, GROUP_NOTE), 1);
	free(all);
	problem_groups_release(&g);
}

TEST(counts_what_a_full_problem_list_dropped)
{
	struct problem_groups g;

	problem_groups_init(&g, "x.csv");
	add_often(&g, PROBLEM_MAX + 10);
	assert_int_equal(g.reject_problems, PROBLEM_MAX + 10);
	assert_int_equal(g.first_count + g.unshown, PROBLEM_MAX + 10);
	assert_int_equal(g.reject_rows, 1);
	problem_groups_release(&g);
}

TEST(groups_refusals_by_the_shape_of_their_words)
{
	const struct problem_group *top[8];
	struct problem_groups g;
	char words[64];

	problem_groups_init(&g, "x.csv");
	for (unsigned i = 0; i < 40; i++) {
		snprintf(words, sizeof(words), "lead L-%u already exists", i);
		problem_groups_add_outcome(
		    &g, OUTCOME_REFUSED, "job.INVALID", words, i + 2, i + 2);
	}
	problem_groups_add_outcome(&g, OUTCOME_REFUSED, "job.INVALID",
	    "state \"FOO\" is not known", 50, 50);
	problem_groups_add_outcome(&g, OUTCOME_REFUSED, "job.INVALID",
	    "state \"B A R\" is not known", 51, 51);
	problem_groups_add_outcome(
	    &g, OUTCOME_UNKNOWN, "http.no_answer", "reset", 52, 52);
	problem_groups_add_outcome(
	    &g, OUTCOME_SKIPPED, "rows.only", "", 53, 53);
	problem_groups_add_outcome(&g, OUTCOME_CREATED, "", "", 54, 54);
	assert_int_equal(problem_groups_sorted(&g, OUTCOME_REFUSED, top, 8), 2);
	assert_int_equal(top[0]->rows, 40);
	assert_int_equal(top[0]->stage, STAGE_JOB);
	assert_true(top[0]->varied);
	assert_string_equal(top[0]->message, "lead L-0 already exists");
	assert_int_equal(top[1]->rows, 2);
	assert_int_equal(problem_groups_count(&g, OUTCOME_UNKNOWN), 1);
	assert_int_equal(problem_groups_sorted(&g, OUTCOME_SKIPPED, top, 8), 1);
	assert_int_equal(top[0]->stage, STAGE_MAP);
	assert_int_equal(g.refused_problems, 42);
	assert_string_equal(g.first[0],
	    "x.csv:2: row 2: ChakraHQ refused it: lead L-0 already exists "
	    "[job.INVALID]");
	problem_groups_release(&g);
}

TEST(takes_values_out_of_a_servers_sentence)
{
	CASES(cases, const char *words, *shape) = {
	    {"lead L-7 exists", "lead # exists"},
	    {"state \"FOO\" unknown", "state '' unknown"},
	    {"can't find 'x'", "can't find ''"},
	    {"user a@b.c is gone", "user # is gone"},
	    {"at 2026-11-23T14:02:10Z", "at #:#:#"},
	    {"", ""},
	    {"plain words", "plain words"},
	    {"open \"quote", "open \"quote"},
	};

	EACH (i, cases) {
		struct buf b = BUF_INIT(0);

		problem_words_shape(&b, cases[i].words);
		assert_string_equal(buf_str(&b), cases[i].shape);
		buf_release(&b);
	}
}

TEST(neutralises_control_characters_from_a_server)
{
	struct problem_groups g;

	problem_groups_init(&g, "x.csv");
	problem_groups_add_outcome(
	    &g, OUTCOME_REFUSED, "http.400", "\x1b]0;owned\a\n", 2, 2);
	assert_null(strchr(g.items[0].message, '\x1b'));
	assert_null(strchr(g.first[0], '\x1b'));
	assert_null(strchr(g.first[0], '\n'));
	problem_groups_release(&g);
}
