/* SPDX-License-Identifier: MIT */
#include "submitter_scene.h"
#include "test.h"

/* Rows whose processes are changed: what is sent, and what becomes of a change
 * whose answer does not tell it. */

/* One chunk of ten rows, L-2 to L-11, of which the first six have processes
 * that differ, and two more such as they are to be. */
static void
begin(struct scene *s)
{
	char key[16];

	scene_init(s, 1, 10);
	scene_updates(s);
	for (int i = 2; i < 10; i++) {
		snprintf(key, sizeof(key), "L-%d", i);
		(void)(i < 8 ? scene_differs(s, key) : scene_stands(s, key));
	}
}

TEST(what_differs_is_changed_and_looked_at_once_more_alone)
{
	struct scene s;

	begin(&s);
	s.fake.job_ms = 3000;
	scene_run(&s);
	assert_null(submitter_stopped(s.submitter));
	assert_int_equal(count(&s, OUTCOME_UPDATED), 6);
	assert_int_equal(count(&s, OUTCOME_UNCHANGED), 2);
	assert_int_equal(count(&s, OUTCOME_ABSENT), 2);
	/* The first one alone: does it read back as it was written? */
	assert_int_equal(s.fake.updates, 2);
	assert_true(s.fake.create_times[1] >= s.fake.create_times[0] + 3000);
	for (size_t i = 0; i < 8; i++) {
		assert_int_equal(s.fake.keys[i].v, SCENE_V);
		assert_int_equal(s.fake.keys[i].received, i < 6);
	}
	scene_end(&s);
}

static int
forget(void *ctx, uint64_t row, struct text *fields, struct text *process_id,
    struct diag *d)
{
	const uint64_t *unknown = ctx;

	*fields = *process_id = (struct text){"", 0};
	return row < *unknown ? 0 : diag_set(d, DIAG_INPUT, "not in the diff");
}

TEST(a_row_that_no_diff_recorded_ends_the_run_before_anything_is_sent)
{
	for (uint64_t row = 2; row <= 12; row++) {
		struct scene s;
		struct diag d = DIAG_INIT;

		begin(&s);
		s.options.recorded = forget;
		s.options.recorded_ctx = &row;
		scene_start(&s);
		assert_int_equal(
		    submitter_step(s.submitter, 250, &d), row < 12 ? -1 : 0);
		assert_int_equal(d.kind, row < 12 ? DIAG_INPUT : DIAG_NONE);
		assert_int_equal(s.fake.begun > 0, row == 12);
		scene_end(&s);
	}
}
