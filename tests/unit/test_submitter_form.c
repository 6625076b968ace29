/* SPDX-License-Identifier: MIT */
#include "submitter_scene.h"
#include "test.h"

/* A field that does not come back as it was written: a run that compared it
 * would change every process every time. */

/* One chunk, whose rows have processes that differ; of the `texts` last ones
 * the field comes as a text. */
static void
begin(struct scene *s, size_t rows, size_t texts)
{
	scene_init(s, 1, rows);
	scene_updates(s);
	for (size_t i = 0; i < rows; i++) {
		char key[16];

		snprintf(key, sizeof(key), "L-%zu", i + 2);
		scene_differs(s, key)->is_text = i >= rows - texts;
	}
}

static void
assert_stopped(const struct scene *s, const char *words)
{
	const struct diag *why = submitter_stopped(s->submitter);

	assert_non_null(why);
	assert_string_equal(why->code, "compare.other_form");
	assert_string_equal(why->message, words);
}

/* The first change alone shows whether the others may go. */
TEST(a_change_that_does_not_read_back_is_the_last)
{
	CASES(cases, bool vanishes; const char *words) = {
	    {true, "stopped: 'v' does not read back as it was written "
		   "(row 2: written 2, read back 1)"},
	    {false, "stopped: 'v' does not read back as it was written "
		    "(row 2: written 2, read back \"2\")"},
	};

	EACH (i, cases) {
		struct contact_watch watch = {0};
		struct scene s;

		begin(&s, 3, 3);
		s.options.watch = &watch;
		s.fake.updates_vanish = cases[i].vanishes;
		s.fake.keys[0].is_text = !cases[i].vanishes;
		scene_run(&s);
		assert_stopped(&s, cases[i].words);
		assert_int_equal(s.fake.updates, 1);
		assert_int_equal(count(&s, OUTCOME_UPDATED), 1);
		assert_int_equal(count(&s, OUTCOME_UNSENT), 2);
		assert_string_equal(
		    watch.seen.facts[CONTACT_READ_BACK], CONTACT_READ_OTHER);
		scene_end(&s);
	}
}

TEST(a_change_that_reads_back_shows_it)
{
	struct contact_watch watch = {0};
	struct scene s;

	begin(&s, 3, 0);
	s.options.watch = &watch;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_UPDATED), 3);
	assert_string_equal(
	    watch.seen.facts[CONTACT_READ_BACK], CONTACT_READ_SAME);
	scene_end(&s);
}

/* Of twenty rows each: then nothing is sent. */
TEST(a_field_that_has_another_form_in_every_row_ends_the_run_at_the_first_look)
{
	CASES(cases, size_t rows, texts; bool stops) = {
	    {20, 20, true},
	    {25, 25, true},
	    {25, 24, false},
	    {20, 19, false},
	    {19, 18, false},
	};

	EACH (i, cases) {
		struct scene s;
		bool stops = cases[i].stops;

		begin(&s, cases[i].rows, cases[i].texts);
		scene_run(&s);
		if (stops)
			assert_stopped(&s,
			    "stopped: 'v' does not read back as it was written "
			    "(row 2: written 2, read back \"1\"; row 3: "
			    "written 2, read back \"1\")");
		assert_int_equal(s.fake.updates, stops ? 0 : 2);
		assert_int_equal(
		    count(&s, OUTCOME_UPDATED), stops ? 0 : cases[i].rows);
		scene_end(&s);
	}
}
