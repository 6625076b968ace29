/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_ROW_FILES_SCENE_H
#define TESTS_UNIT_ROW_FILES_SCENE_H

/*
 * The files with a line for every row, written over a CSV in memory. The
 * reader and the ledger are real; what the builder would say of a row is read
 * off its first cell: "bad" is rejected, "skip" is skipped, everything else is
 * built. A chunk ends after two built rows.
 */

#include "csv/reader.h"
#include "input/decoder.h"
#include "ledger/ledger.h"
#include "report/problems.h"
#include "memory.h"
#include "results/row_files.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CSV(text) text, sizeof(text) - 1

#define ROW_FILES 4
extern const char *const row_file_names[ROW_FILES];

struct scene {
	char folder[64];
	const char *csv; /* borrowed */
	size_t csv_len;
	const char *encoding;
	bool no_header, no_raw, no_folder;
	char delimiter;
	struct ledger *ledger;
	struct problem_groups groups;
	/* What came of write_files. */
	struct row_files_reread seen;
	struct diag d;
	int rc;
};

struct scene scene_of(const char *csv, size_t len);
/* Fails if anything but the four files was left behind. */
void scene_close(struct scene *s);

/* The chunks that a run would have planned go into a ledger. */
void plan(struct scene *s);
/* A call of both rows of a chunk, in this state. */
void settle(struct scene *s, uint64_t chunk, enum call_state state,
    const char *code, const char *answer);
/* Reads the input and writes the files; keeps what came of it in *s. */
void write_files(struct scene *s);

/* Owned; NULL = there is no such file. */
char *file_of(struct scene *s, const char *name, size_t *len);
void expect_file(struct scene *s, const char *name, const char *expected);
void expect_no_file(struct scene *s, const char *name);

/* One reading of the scene's input. */
struct scene_reading {
	struct memory memory;
	struct decoder *decoder;
	struct reader *reader;
};

void scene_reading_open(struct scene_reading *r, const struct scene *s);
void scene_reading_close(struct scene_reading *r);

#endif
