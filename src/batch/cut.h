/* SPDX-License-Identifier: MIT */
#ifndef BATCH_CUT_H
#define BATCH_CUT_H

/*
 * The good rows of a dry run, cut into files: part-0001.csv, part-0001.rows
 * (plan/part.h), … and split.json, which lists them and holds the books of the
 * whole. What a part holds are the input's own bytes: all before the first
 * record, then whole records. Nothing that is kept grows with the file.
 */

#include "base/diag.h"
#include "import/import.h"

#include <stdint.h>

#define SPLIT_SCHEMA "csv2chakra.split/1"
#define SPLIT_JSON "split.json"

struct cut_options {
	/* One of them: parts of about the same bytes, or at most so many
	 * records, or bytes, in each. */
	uint64_t parts, rows, bytes;
	const char *folder; /* where they are written */
	const char *csv, *mapping;
};

struct cut;
struct cut *cut_new(const struct cut_options *o); /* borrows what is in it */
/* Without an end, files are left in the folder. */
void cut_free(struct cut *c);
/* begin, row, check and end of a tap. */
void cut_fill_tap(struct cut *c, struct dry_run_tap *tap);
uint64_t cut_parts(const struct cut *c);

#endif
