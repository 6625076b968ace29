/* SPDX-License-Identifier: MIT */
#include "submitter_scene.h"
#include "test.h"

/* Changes that were listed: who only looks and is told, and rows that change
 * what a diff recorded and nothing else. */

struct recorded {
	const char *fields, *id; /* of row 2 */
};

static int
record(void *ctx, uint64_t row, struct text *fields, struct text *process_id,
    struct diag *d)
{
	const struct recorded *r = ctx;

	(void)d;
	*fields = text_of(row == 2 ? r->fields : "{\"v\":1}");
	*process_id = text_of(row == 2 ? r->id : "");
	return 0;
}

TEST(a_row_of_a_diff_changes_what_was_there_then)
{
	CASES(cases, struct recorded then; bool is_there, overwrites;
	      enum outcome outcome; const char *text) = {
	    {{"{\"v\":1}", ""}, true, false, OUTCOME_UPDATED, ""},
	    {{"{\"v\":1}", "p-L-2"}, true, false, OUTCOME_UPDATED, ""},
	    {{"{\"v\":1}", "p-other"}, true, false, OUTCOME_CONFLICT,
		"another process has its key than when the changes were "
		"listed"},
	    {{"{\"v\":5}", ""}, true, false, OUTCOME_CONFLICT,
		"v was 5 when the changes were listed, and is 1 now"},
	    {{"{\"v\":5}", ""}, true, true, OUTCOME_UPDATED, ""},
	    {{"", ""}, true, false, OUTCOME_CONFLICT,
		"it was not there when the changes were listed"},
	    {{"{\"v\":1}", ""}, false, false, OUTCOME_CONFLICT,
		"its process was there when the changes were listed, and is "
		"gone"},
	    {{"", ""}, false, false, OUTCOME_ABSENT, "no process has this key"},
	};

	EACH (i, cases) {
		struct scene s;
		struct recorded then = cases[i].then;
		enum outcome outcome = cases[i].outcome;

		scene_init(&s, 1, 2);
		scene_updates(&s);
		s.options.recorded = record;
		s.options.recorded_ctx = &then;
		s.options.compare.overwrites = cases[i].overwrites;
		(void)scene_stands(&s, "L-3");
		if (cases[i].is_there)
			(void)scene_differs(&s, "L-2");
		scene_run(&s);
		assert_first_row(&s, outcome,
		    outcome == OUTCOME_ABSENT ? "" : "lookup",
		    outcome == OUTCOME_CONFLICT ? "update.conflict"
		    : outcome == OUTCOME_ABSENT ? "lookup.missing"
						: "",
		    cases[i].text, cases[i].is_there);
		assert_int_equal(s.fake.updates, outcome == OUTCOME_UPDATED);
		scene_end(&s);
	}
}

static void
write_told(void *ctx, const struct told_row *t)
{
	buf_addf(ctx, "%llu %llu.%llu %s %.*s %.*s %.*s %.*s\n",
	    (unsigned long long)t->row, (unsigned long long)t->chunk,
	    (unsigned long long)t->index, outcome_name(t->outcome),
	    (int)t->key.len, t->key.s, (int)t->process_id.len, t->process_id.s,
	    (int)t->wanted.len, t->wanted.s, (int)t->before.len, t->before.s);
}

#define WANTED(row) "{\"lead_id\":\"L-" #row "\",\"v\":2}"

TEST(who_only_looks_is_told_what_would_be_done_row_by_row)
{
	CASES(cases, bool upserts, is_twice; const char *told) = {
	    {false, false,
		"2 0.0 updated \"L-2\" p-L-2 " WANTED(
		    2) " {\"v\":1}\n"
		       "3 0.1 absent \"L-3\"  " WANTED(
			   3) " \n"
			      "4 1.0 unchanged \"L-4\" p-L-4 " WANTED(
				  4) " \n"
				     "5 1.1 absent \"L-5\"  " WANTED(5) " \n"},
	    {true, false,
		"2 0.0 updated \"L-2\" p-L-2 " WANTED(
		    2) " {\"v\":1}\n"
		       "3 0.1 created \"L-3\"  " WANTED(
			   3) " \n"
			      "4 1.0 unchanged \"L-4\" p-L-4 " WANTED(
				  4) " \n"
				     "5 1.1 created \"L-5\"  " WANTED(5) " \n"},
	    {false, true,
		"2 0.0 refused \"L-2\" p-L-2 " WANTED(
		    2) " {\"v\":1}\n"
		       "3 0.1 absent \"L-3\"  " WANTED(
			   3) " \n"
			      "4 1.0 refused \"L-4\" p-L-4 " WANTED(
				  4) " \n"
				     "5 1.1 absent \"L-5\"  " WANTED(5) " \n"},
	};

	EACH (i, cases) {
		struct scene s;
		struct buf told = BUF_INIT(0);

		scene_init(&s, 2, 2);
		scene_updates(&s);
		if (cases[i].upserts)
			scene_upserts(&s);
		if (cases[i].is_twice)
			s.fake.list_way = FAKE_LIST_TWICE;
		s.options.looks_only = true;
		s.options.told = write_told;
		s.options.told_ctx = &told;
		(void)scene_differs(&s, "L-2");
		(void)scene_stands(&s, "L-4");
		scene_run(&s);
		assert_string_equal(buf_str(&told), cases[i].told);
		assert_int_equal(s.fake.creates, 0);
		assert_int_equal(submitter_facts(s.submitter).rows_settled, 4);
		buf_release(&told);
		scene_end(&s);
	}
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

		scene_init(&s, 1, 10);
		scene_updates(&s);
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
