/* SPDX-License-Identifier: MIT */
#ifndef PLAN_PART_H
#define PLAN_PART_H

/*
 * A part of a file that `split` cut, and the file that lies beside it:
 * part-0001.csv and part-0001.rows. It says which bytes the part has, how the
 * whole was read, so that nothing is guessed again from a part of it, and
 * where the part's records stood in the whole:
 *
 *   {"schema":"csv2chakra.rows/1","part":{…},"whole":{…},"reading":{…}}
 *   AT ROW LINE BEGIN      a line a stretch (csv/reader.h), ascending
 *   sha256 HEX             of all bytes before
 *
 * A stretch is a run of records that stood in the whole without anything
 * between them, and AT and BEGIN are decoded bytes, so that whoever counts
 * records in another way than `split` did still gets the right rows. Nothing
 * here is as large as the file.
 */

#include "base/diag.h"
#include "base/hash.h"
#include "csv/dialect.h"
#include "csv/reader.h"
#include "plan/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ROWS_SCHEMA "csv2chakra.rows/1"

/* How the whole was read. */
struct part_reading {
	char encoding[64];
	char delimiter, quote; /* quote 0 = none */
	bool has_header, has_sep_line, skips_blanks;
	uint64_t skip_lines;
	uint64_t front_bytes; /* decoded, before the first record */
	uint64_t width;	      /* of records without a header, else 0 */
};

struct part {
	uint64_t number; /* from 1 */
	char sha256[SHA256_HEX_SIZE];
	uint64_t bytes, records, first_row, last_row;
	char whole_name[256]; /* without its folder */
	char whole_sha256[SHA256_HEX_SIZE];
	uint64_t whole_bytes;
	struct part_reading reading;
	/* Of one that was opened: the file, its stretches' bytes, its sum. */
	int fd;
	uint64_t begin, end;
	char rows_sha256[SHA256_HEX_SIZE];
};

/* What a stretch is told as, into a file that part_write takes. */
void part_add_stretch(FILE *stretches, const struct stretch *s);
/* Writes the .rows; write errors stay in `out`. -1 (DIAG_DISK): the stretches
 * cannot be read again. */
int part_write(
    const struct part *p, FILE *stretches, FILE *out, struct diag *d);

/* Where the .rows of a CSV would lie: "part-0001.rows" for part-0001.csv and
 * part-0001.csv.gz. Owned; NULL: the name is not that of a CSV. */
char *part_rows_path(const char *csv_path);
/* Reads and checks the whole file. *out is owned; it is NULL if there is no
 * such file, or if it is not one of ours. -1: DIAG_INPUT, part.damaged. */
int part_open(const char *path, struct part **out, struct diag *d);
void part_free(struct part *p);
/* -1 (DIAG_INPUT, part.changed): the CSV has another SHA-256. */
int part_check(const struct part *p, const char *csv_name, const char *sha256,
    struct diag *d);
/* Puts into *dialect how the whole was read. -1 (DIAG_USAGE,
 * part.other_reading): an option says otherwise. */
int part_settle_dialect(const struct part *p, const struct settings *o,
    struct dialect *dialect, struct diag *d);
/* The same file under another name, synced. */
int part_copy(const struct part *p, const char *to, struct diag *d);

/* The stretches, once for each reading; borrows p. */
struct part_way;
struct part_way *part_way_new(const struct part *p);
void part_way_free(struct part_way *w);
struct stretch_source part_way_source(struct part_way *w);

#endif
