/* SPDX-License-Identifier: MIT */
#ifndef RESULTS_FAILED_ROWS_H
#define RESULTS_FAILED_ROWS_H

/*
 * The lines of report.html's table of failed rows: rejected, refused and
 * unknown ones, a line per problem. They are written while the rows stream
 * by, into a file without a name in `folder`, and copied into the page at the
 * end, so that they take no memory. Only the first FAILED_ROWS_SHOWN rows are
 * kept, of each only FAILED_LINES_SHOWN problems; all are counted.
 */

#include "base/diag.h"
#include "row_writer.h"

#include <stdint.h>
#include <stdio.h>

#define FAILED_ROWS_SHOWN 1000
#define FAILED_LINES_SHOWN 8
#define FAILED_VALUE_CHARS 120

struct failed_rows;

/* Returns owned, or NULL (DIAG_DISK). */
struct failed_rows *failed_rows_new(const char *folder, struct diag *d);
void failed_rows_free(struct failed_rows *f);
/* Rows with other outcomes cost nothing. Write errors are kept, and reported by
 * failed_rows_copy. */
void failed_rows_add(struct failed_rows *f, const struct row_line *line,
    const struct header *header);
/* Copies the <tr>s to out, as often as asked. */
int failed_rows_copy(struct failed_rows *f, FILE *out, struct diag *d);

struct failed_rows_counts {
	uint64_t rows, rows_shown, lines_shown;
	bool has_keys; /* a row that is shown has a key */
};
struct failed_rows_counts failed_rows_counts(const struct failed_rows *f);

#endif
