/* SPDX-License-Identifier: MIT */
#ifndef CSV_LEFT_OUT_H
#define CSV_LEFT_OUT_H

/*
 * What is in the file and is not data, although it looks like records: lines
 * that source.ignore names, header lines that come again (exports put
 * together), and the end-of-file byte of old systems. The reader asks; a
 * reading without any of these pays a look at two bytes of a record.
 */

#include "csv/dialect.h"
#include "csv/reader.h"

/* 1 = a rule matches the start of the record's raw text (its bytes as they
 * stand in the file, quotes and all, without the line end), 0 = none does,
 * -1 = a rule gave up. *rule is its index. */
int ignore_find(const struct dialect *dialect, struct text raw, size_t *rule);

/* 0x1A, which CP/M and DOS wrote at the end of text files and filled their
 * last block with. */
#define END_MARKER '\x1a'
/* Nothing but such bytes. */
bool is_end_marker(const char *s, size_t n);

/*
 * Finds records that are the header again: each cell, trimmed and in NFC, is
 * the column's name. A BOM may stand before the first one. A header with
 * fewer than two names is not looked for, nor one in which each name comes
 * more than once: such words may be values.
 */
struct header_watch {
	const struct header *header; /* NULL = nothing is looked for */
	struct buf raw;		     /* its bytes in the file */
	size_t columns[2];	     /* of the first two names */
	bool may_begin[2][256];	     /* first bytes that their cells may have */
};

/* Borrows the header, copies its raw text. */
void header_watch_init(
    struct header_watch *w, const struct header *header, struct text raw);
void header_watch_release(struct header_watch *w);
/* A record as it stands in the file: a BOM, then the header's very bytes. */
bool header_watch_is_raw(const struct header_watch *w, struct text raw);
bool header_watch_equals(
    const struct header_watch *w, const struct text *cells, size_t count);

/* What rules most records out. */
static inline bool
header_watch_may_equal(
    const struct header_watch *w, const struct text *cells, size_t count)
{
	for (int i = 0; i < 2; i++) {
		const struct text *cell;

		if (w->columns[i] >= count)
			return false;
		cell = &cells[w->columns[i]];
		if (cell->len == 0 || !w->may_begin[i][(unsigned char)*cell->s])
			return false;
	}
	return true;
}

#endif
