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
