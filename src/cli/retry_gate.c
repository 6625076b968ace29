/* SPDX-License-Identifier: MIT */
#include "cli/retry_gate.h"

#include "cli/result_files.h"
#include "report/row_files.h"

/* Reads the files of the parents, and the retry's own input once ahead, into
 * the matcher, which decides. */

static int
read_own_keys(
    struct retry_match *m, const struct pipeline *pipeline, struct diag *d)
{
	struct pipeline ahead = {0};
	struct chunk chunk;
	int got;

	chunk_init(&chunk);
	got = pipeline_reopen(&ahead, pipeline, d);
	if (got == 0) {
		ahead.chunker_options.gate = retry_match_collector(m);
		pipeline_start(&ahead, NULL);
		do
			got = chunker_next(ahead.chunker, &chunk, d);
		while (got > 0);
	}
	chunk_release(&chunk);
	pipeline_release(&ahead);
	retry_match_sort(m);
	return got;
}

/* The results of the parent and of its parents. */
static int
read_chain(struct retry_match *m, const char *runs_dir,
    const struct run *parent, struct diag *d)
{
	struct run *up = NULL;
	int depth = 0, result;

	result = result_file_each(
	    parent, "results.csv", retry_match_mark_taken, m, d);
	while (result == 0 && run_identity(parent)->parent[0] && depth++ < 1000) {
		struct run *next =
		    run_open(runs_dir, run_identity(parent)->parent, d);

		run_free(up);
		up = next;
		parent = next;
		if (next == NULL)
			return -1;
		result = result_file_each(
		    parent, "results.csv", retry_match_mark_taken, m, d);
	}
	run_free(up);
	return result;
}

struct retry_match *
retry_gate_open(const char *runs_dir, const struct run *parent,
    const struct pipeline *pipeline, enum retry_input input, struct diag *d)
{
	const struct header *h = reader_header(pipeline->reader);
	struct retry_match_options o = {.parent_id = run_identity(parent)->id,
	    .is_to_fix = input == RETRY_TO_FIX,
	    .is_guarded = input != RETRY_REJECTED,
	    .row_column = -1};
	struct retry_match *m;

	for (size_t i = 0; o.is_to_fix && i < h->count; i++)
		if (text_is(h->names[i], TO_FIX_ROW_COLUMN))
			o.row_column = (int)i;
	m = retry_match_new(&o);
	if (result_file_each(parent, "rejected.reasons.csv",
		retry_match_add_failed, m, d) ||
	    read_own_keys(m, pipeline, d) ||
	    read_chain(m, runs_dir, parent, d)) {
		retry_match_free(m);
		return NULL;
	}
	return m;
}
