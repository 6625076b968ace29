/* SPDX-License-Identifier: MIT */
#include "import/retry_match.h"
#include "test.h"

#include <string.h>

/* Rows of a retry when other retries of the same run have sent some. The plain
 * rules are held by tests/fuzz/fuzz_retry.c. */

struct scene {
	struct retry_match *match;
	struct problem_list problems;
};

/* The parent's rows 2, 3 and 4 were rejected; 2 and 3 have keys. */
static void
scene_init(struct scene *s)
{
	struct retry_match_options o = {
	    .parent_id = "20261123T140210Z-leads-abcdef", .row_column = -1};
	const char *keys[] = {"L-2", "L-3", ""};

	problem_list_init(&s->problems);
	s->match = retry_match_new(&o);
	for (uint64_t i = 0; i < 3; i++) {
		struct result_row r = {.row = i + 2,
		    .lead_id = text_of(keys[i]),
		    .outcome = OUTCOME_REJECTED,
		    .code = text_of("type.integer")};
		struct record rec = {.number = i + 1};
		const struct row_gate *g = retry_match_collector(s->match);
		bool check_first = false;

		retry_match_add_failed(s->match, &r);
		assert_true(g->admit(g->ctx, &rec, text_of(keys[i]),
		    &s->problems, &check_first));
	}
	retry_match_sort(s->match);
}

static void
scene_release(struct scene *s)
{
	retry_match_free(s->match);
	problem_list_release(&s->problems);
}

static bool
is_admitted(struct scene *s, uint64_t number, const char *key, bool *first)
{
	const struct row_gate *g = retry_match_gate(s->match);
	struct record rec = {.number = number};

	problem_list_clear(&s->problems);
	*first = false;
	g->prepare(g->ctx, &rec);
	return g->admit(g->ctx, &rec, text_of(key), &s->problems, first);
}

TEST(without_other_retries_every_row_that_failed_is_sent)
{
	struct scene s;
	bool first;

	scene_init(&s);
	assert_true(is_admitted(&s, 1, "L-2", &first));
	assert_false(first);
	assert_true(is_admitted(&s, 3, "", &first));
	scene_release(&s);
}

TEST(what_another_retry_created_is_not_sent_and_a_row_without_key_neither)
{
	struct result_row created = {
	    .row = 2, .lead_id = text_of("L-3"), .outcome = OUTCOME_CREATED};
	struct scene s;
	bool first;

	scene_init(&s);
	retry_match_note_other(s.match, true);
	retry_match_mark_taken(s.match, &created);
	assert_true(is_admitted(&s, 1, "L-2", &first));
	assert_false(first);
	assert_false(is_admitted(&s, 2, "L-3", &first));
	assert_non_null(strstr(
	    problem_message(&s.problems, &s.problems.items[0]).s, "created"));
	assert_false(is_admitted(&s, 3, "", &first));
	assert_non_null(
	    strstr(problem_message(&s.problems, &s.problems.items[0]).s,
		"another retry"));
	scene_release(&s);
}

TEST(when_nobody_knows_what_another_retry_sent_rows_are_looked_up_first)
{
	struct scene s;
	bool first;

	scene_init(&s);
	retry_match_note_other(s.match, false);
	assert_true(is_admitted(&s, 1, "L-2", &first));
	assert_true(first);
	assert_false(is_admitted(&s, 3, "", &first));
	scene_release(&s);
}

TEST(a_first_column_without_a_row_number_is_told_from_an_unknown_row)
{
	static const struct {
		const char *cell, *why;
	} cases[] = {{"x", "does not hold a row number"},
	    {"99", "not one of those that were rejected"}};
	struct retry_match_options o = {
	    .parent_id = "20261123T140210Z-leads-abcdef",
	    .is_to_fix = true,
	    .row_column = 0};
	struct problem_list problems;
	struct retry_match *m = retry_match_new(&o);
	const struct row_gate *g = retry_match_gate(m);

	problem_list_init(&problems);
	retry_match_sort(m);
	for (size_t i = 0; i < 2; i++) {
		struct text cell = text_of(cases[i].cell);
		struct record rec = {
		    .number = i + 1, .cells = &cell, .cell_count = 1};
		bool first = false;

		problem_list_clear(&problems);
		g->prepare(g->ctx, &rec);
		assert_false(
		    g->admit(g->ctx, &rec, text_of("L-9"), &problems, &first));
		assert_non_null(
		    strstr(problem_message(&problems, &problems.items[0]).s,
			cases[i].why));
	}
	retry_match_free(m);
	problem_list_release(&problems);
}

/* Every other row failed, from row 2 to row 20; all have keys, "L-2" and so
 * on. */
static void
to_fix_init(struct scene *s, int row_column)
{
	struct retry_match_options o = {
	    .parent_id = "20261123T140210Z-leads-abcdef",
	    .is_to_fix = true,
	    .row_column = row_column};

	problem_list_init(&s->problems);
	s->match = retry_match_new(&o);
	for (uint64_t row = 2; row <= 20; row += 2) {
		const struct row_gate *g = retry_match_collector(s->match);
		struct record rec = {.number = row / 2};
		bool check_first = false;
		char key[16];
		struct result_row r = {.row = row,
		    .outcome = OUTCOME_REFUSED,
		    .code = text_of("http.400")};

		snprintf(key, sizeof(key), "L-%d", (int)row);
		r.lead_id = text_of(key);
		assert_int_equal(retry_match_add_failed(s->match, &r), 0);
		assert_true(g->admit(
		    g->ctx, &rec, text_of(key), &s->problems, &check_first));
	}
	retry_match_sort(s->match);
}

/* A record of one cell, or of none (what is behind its end is none). */
static bool
admits_cell(struct scene *s, uint64_t number, const char *cell, const char *key,
    uint64_t origin_row)
{
	const struct row_gate *g = retry_match_gate(s->match);
	struct text cells[1] = {text_of(cell != NULL ? cell : "20")};
	struct record rec = {
	    .number = number, .cells = cells, .cell_count = cell != NULL};
	bool first = false, admits;

	problem_list_clear(&s->problems);
	g->prepare(g->ctx, &rec);
	assert_int_equal(rec.origin_row, origin_row);
	admits = g->admit(g->ctx, &rec, text_of(key), &s->problems, &first);
	assert_int_equal(admits, first); /* they were sent */
	return admits;
}

static void
assert_why(const struct scene *s, const char *why)
{
	assert_non_null(strstr(
	    problem_message(&s->problems, &s->problems.items[0]).s, why));
}

TEST(rows_are_matched_by_key_in_any_order)
{
	struct scene s;
	char key[16];

	to_fix_init(&s, -1);
	for (int row = 21; row >= 1; row--) {
		snprintf(key, sizeof(key), "L-%d", row);
		assert_int_equal(
		    admits_cell(&s, (uint64_t)row, "x", key, 0), row % 2 == 0);
		if (row % 2 != 0)
			assert_why(&s, "not one of those");
	}
	assert_false(admits_cell(&s, 99, "x", "L-8", 0));
	assert_why(&s, "in the file twice");
	assert_false(admits_cell(&s, 98, "x", "", 0));
	scene_release(&s);
}

TEST(rows_are_matched_by_their_numbers_where_these_are_told)
{
	struct scene s;
	char cell[16];

	to_fix_init(&s, 0);
	for (uint64_t row = 21; row >= 1; row--) {
		snprintf(cell, sizeof(cell), " %d", (int)row);
		assert_int_equal(
		    admits_cell(&s, row, cell, "another", row), row % 2 == 0);
	}
	/* What the record before said is over. */
	assert_false(admits_cell(&s, 30, NULL, "another", 0));
	assert_why(&s, "does not hold a row number");
	assert_false(admits_cell(&s, 31, "two", "another", 0));
	assert_why(&s, "does not hold a row number");
	scene_release(&s);
}

/* Of each outcome. The last one is of a row that is not in the file. */
TEST(what_was_sent_before_and_did_not_fail_is_not_sent_again)
{
	CASES(cases, enum outcome outcome; const char *key; bool is_taken) = {
	    {OUTCOME_CREATED, "L-2", true},
	    {OUTCOME_ACCEPTED, "L-4", true},
	    {OUTCOME_UNKNOWN, "L-6", true},
	    {OUTCOME_REFUSED, "L-8", false},
	    {OUTCOME_REJECTED, "L-10", false},
	    {OUTCOME_UNSENT, "L-12", false},
	    {OUTCOME_SKIPPED, "L-14", false},
	    {OUTCOME_CREATED, "L-99", false},
	};
	struct scene s;
	uint64_t n = 0;

	to_fix_init(&s, -1);
	EACH (i, cases) {
		struct result_row r = {.row = 2 + i,
		    .lead_id = text_of(cases[i].key),
		    .outcome = cases[i].outcome};

		assert_int_equal(retry_match_mark_taken(s.match, &r), 0);
	}
	for (size_t i = 0; i < 7; i++) {
		assert_int_equal(admits_cell(&s, ++n, "x", cases[i].key, 0),
		    !cases[i].is_taken);
		if (cases[i].is_taken)
			assert_why(&s, "was created, or may have been");
	}
	for (int row = 16; row <= 20; row += 2) {
		char key[16];

		snprintf(key, sizeof(key), "L-%d", row);
		assert_true(admits_cell(&s, ++n, "x", key, 0));
	}
	scene_release(&s);
}

/* The rows of rejected.csv are the parent's, in its order. */
TEST(a_row_that_is_not_named_has_the_row_that_failed_in_its_place)
{
	const uint64_t rows[] = {2, 3, 4, 0};
	struct scene s;

	scene_init(&s);
	EACH (i, rows) {
		const struct row_gate *g = retry_match_gate(s.match);
		struct record rec = {.number = i + 1};

		g->prepare(g->ctx, &rec);
		assert_int_equal(rec.origin_row, rows[i]);
	}
	scene_release(&s);
}
