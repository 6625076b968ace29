/* SPDX-License-Identifier: MIT */
#include "base/outcome.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

/* The table of outcomes: what follows from each. */

TEST(names_are_the_words_of_the_option_in_their_order)
{
	const char *word = OUTCOME_WORDS;

	for (int o = 0; o < OUTCOME_COUNT; o++) {
		size_t len = strcspn(word, "|");
		const char *name = outcome_name((enum outcome)o);

		assert_int_equal(len, strlen(name));
		assert_memory_equal(word, name, len);
		assert_int_equal(outcome_parse(name), o);
		word += len + (word[len] == '|');
	}
	assert_string_equal(word, "");
	assert_int_equal(outcome_parse("lost"), -1);
	assert_int_equal(outcome_parse(""), -1);
}

TEST(each_row_of_the_table_is_whole)
{
	for (int i = 0; i < OUTCOME_COUNT; i++) {
		enum outcome o = (enum outcome)i;
		const struct outcome_row *r = outcome_row(o);
		bool is_trouble = false;

		assert_non_null(r->tint);
		assert_non_null(r->meaning);
		assert_non_null(r->would_mean);
		assert_non_null(r->was);
		assert_non_null(r->were);
		for (size_t k = 0; outcome_trouble(k) != OUTCOME_COUNT; k++)
			is_trouble |= outcome_trouble(k) == o;
		assert_true(is_trouble == (r->heading != NULL));
		/* What ends a run with a status is told with a reason. */
		assert_true(is_trouble || r->exit_status == EXIT_GOOD);
		/* What nobody knows of was sent and can be asked for. */
		if (outcome_is(o, TRAIT_LOST))
			assert_true(outcome_is(o, TRAIT_SENT | TRAIT_OPEN));
		if (outcome_is(o, TRAIT_DUE))
			assert_false(outcome_is(o, TRAIT_SENT));
		if (outcome_is(o, TRAIT_FAILED))
			assert_int_equal(r->exit_status, EXIT_BAD_ROWS);
		/* Of a failed row a reason can always be said. */
		if (outcome_is(o, TRAIT_FAILED) && !outcome_is(o, TRAIT_OURS))
			assert_non_null(r->wordless);
	}
}

TEST(traits_say_what_may_be_done_with_a_row)
{
	CASES(cases, enum outcome o;
	      bool sent, failed, open, lost, due, ours) = {
	    {OUTCOME_CREATED, true, false, false, false, false, false},
	    {OUTCOME_UPDATED, true, false, false, false, false, false},
	    {OUTCOME_UNCHANGED, false, false, false, false, false, false},
	    {OUTCOME_ACCEPTED, true, false, true, false, false, false},
	    {OUTCOME_REFUSED, true, true, false, false, false, false},
	    {OUTCOME_REJECTED, false, true, false, false, false, true},
	    {OUTCOME_SKIPPED, false, false, false, false, false, false},
	    {OUTCOME_ABSENT, false, true, false, false, false, false},
	    {OUTCOME_CONFLICT, true, true, false, false, false, false},
	    {OUTCOME_UNKNOWN, true, false, true, true, false, false},
	    {OUTCOME_UNSENT, false, false, false, false, true, false},
	};

	EACH (i, cases) {
		enum outcome o = cases[i].o;

		assert_int_equal(outcome_is(o, TRAIT_SENT), cases[i].sent);
		assert_int_equal(outcome_is(o, TRAIT_FAILED), cases[i].failed);
		assert_int_equal(outcome_is(o, TRAIT_OPEN), cases[i].open);
		assert_int_equal(outcome_is(o, TRAIT_LOST), cases[i].lost);
		assert_int_equal(outcome_is(o, TRAIT_DUE), cases[i].due);
		assert_int_equal(outcome_is(o, TRAIT_OURS), cases[i].ours);
	}
}

TEST(counts_rows_by_any_of_the_traits)
{
	static const struct outcome_counts c = {
	    .rows = {[OUTCOME_CREATED] = 1,
		[OUTCOME_ACCEPTED] = 10,
		[OUTCOME_REFUSED] = 100,
		[OUTCOME_REJECTED] = 1000,
		[OUTCOME_SKIPPED] = 10000,
		[OUTCOME_UNKNOWN] = 100000,
		[OUTCOME_UNSENT] = 1000000}};

	assert_int_equal(outcome_counts_of(&c, TRAIT_FAILED), 1100);
	assert_int_equal(outcome_counts_of(&c, TRAIT_SENT), 100111);
	assert_int_equal(outcome_counts_of(&c, TRAIT_OPEN), 100010);
	assert_int_equal(
	    outcome_counts_of(&c, TRAIT_LOST | TRAIT_DUE), 1100000);
	assert_int_equal(outcome_counts_of(&c, 0), 0);
	assert_int_equal(outcome_counts_sum(&c), 1111111);
}

TEST(derives_the_exit_status_from_the_outcomes)
{
	CASES(cases, struct outcome_counts counts; int status) = {
	    {{{[OUTCOME_CREATED] = 5,
		 [OUTCOME_ACCEPTED] = 5,
		 [OUTCOME_SKIPPED] = 5,
		 [OUTCOME_UNSENT] = 5}},
		0},
	    {{{[OUTCOME_CREATED] = 5, [OUTCOME_REJECTED] = 1}}, 1},
	    {{{[OUTCOME_CREATED] = 5, [OUTCOME_REFUSED] = 1}}, 1},
	    {{{[OUTCOME_UPDATED] = 5, [OUTCOME_UNCHANGED] = 5}}, 0},
	    {{{[OUTCOME_UPDATED] = 5, [OUTCOME_ABSENT] = 1}}, 1},
	    {{{[OUTCOME_UNCHANGED] = 5, [OUTCOME_CONFLICT] = 1}}, 1},
	    {{{[OUTCOME_REFUSED] = 1, [OUTCOME_UNKNOWN] = 1}}, 6},
	    {{{[OUTCOME_UNKNOWN] = 1, [OUTCOME_UNSENT] = 1}}, 6},
	    {{{0}}, 0},
	};

	EACH (i, cases)
		assert_int_equal(
		    exit_status_of_rows(&cases[i].counts), cases[i].status);
}

TEST(the_worse_exit_status_wins_in_the_frozen_order)
{
	static const int order[] = {70, 2, 75, 8, 5, 4, 3, 7, 6, 1, 0};
	size_t n = sizeof(order) / sizeof(order[0]);

	for (size_t i = 0; i < n; i++) {
		for (size_t j = i; j < n; j++) {
			assert_int_equal(
			    exit_status_worse(order[i], order[j]), order[i]);
			assert_int_equal(
			    exit_status_worse(order[j], order[i]), order[i]);
		}
	}
}

TEST(words_name_the_service_where_they_leave_room)
{
	struct buf b = BUF_INIT(0);

	outcome_say(&b, "was refused by *", "the sandbox");
	assert_string_equal(buf_str(&b), "was refused by the sandbox");
	buf_clear(&b);
	outcome_say(&b, "* refused them", "ChakraHQ");
	assert_string_equal(buf_str(&b), "ChakraHQ refused them");
	buf_clear(&b);
	outcome_say(&b, "was not sent", "ChakraHQ");
	assert_string_equal(buf_str(&b), "was not sent");
	buf_release(&b);
}
