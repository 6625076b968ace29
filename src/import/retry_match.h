/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_RETRY_MATCH_H
#define IMPORT_RETRY_MATCH_H

/*
 * Which record of a retry is which row of the parent run, and whether it may
 * be sent: each of the parent's failed rows once, unless its key was created,
 * accepted or is unknown in one of the runs before: its parents, and whatever
 * else retried their rows. Pure: it is told what
 * stands in the files (retry_gate reads them), in this order:
 *
 *   add_failed*, the retry's records through retry_match_collector,
 *   sort, mark_taken*, the records again through retry_match_gate.
 */

#include "base/text.h"
#include "build/chunker.h"
#include "result_files.h"

#include <stdbool.h>
#include <stdint.h>

struct retry_match_options {
	const char *parent_id; /* for messages; borrowed */
	bool is_to_fix;	 /* rows are named in it, else in the parent's order */
	bool is_guarded; /* cells may have a guard against formulas */
	int row_column;	 /* of csv2chakra_row, or -1: matched by key */
};

struct retry_match;

struct retry_match *retry_match_new(const struct retry_match_options *o);
void retry_match_free(struct retry_match *m);

/* A line of the parent's rejected.reasons.csv; ascending rows, any number of
 * lines for each. As a callback of result_file_each: returns 0. */
int retry_match_add_failed(void *match, const struct result_row *r);
/* Admits every record and keeps its key. Valid as long as the match. */
const struct row_gate *retry_match_collector(struct retry_match *m);
/* All failed rows and all keys are known. */
void retry_match_sort(struct retry_match *m);
/* A line of the results.csv of a run before. As a callback: returns 0. */
int retry_match_mark_taken(void *match, const struct result_row *r);
/* A run that is none of the parents retried the same rows and has sent some.
 * Its rows have numbers of their own, so that rows without a key are refused;
 * if its results are not known either, those with one are looked up first. */
void retry_match_note_other(struct retry_match *m, bool is_known);
/* Admits the records that may be sent. Valid as long as the match. */
const struct row_gate *retry_match_gate(struct retry_match *m);

#endif
