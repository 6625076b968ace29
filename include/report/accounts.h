/* SPDX-License-Identifier: MIT */
#ifndef REPORT_ACCOUNTS_H
#define REPORT_ACCOUNTS_H

/*
 * The books of a run: promise 1 as two equations.
 *
 *   rows read = created + accepted + refused + rejected + skipped
 *               + unknown + unsent
 *   bytes     = BOM + preamble + header + blank lines + records + unread
 *
 * Each term is handed in from its own source, and none is computed from the
 * others: rows read from the reader; bytes from counting what the decoder
 * gave; outcomes, blank lines and records from the (reopened) ledger, whose
 * chunk ranges must tile the input; BOM, preamble and header from the reader;
 * unread from the ranges of the records that lie behind the ledger's last
 * chunk when the input is read to its end (row_files_reread), or from the
 * bytes that were drained behind it. A sum that does not come out is a bug or
 * a damaged file, and ends the program with exit status 70.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "base/outcome.h"
#include "ledger/ledger.h"
#include "source/input.h"
#include "source/reader.h"

#include <stdbool.h>
#include <stdint.h>

struct accounts {
	/* Left sides. */
	uint64_t rows_read;
	uint64_t bytes;
	/* Right sides. */
	struct outcome_counts rows;
	uint64_t bom_bytes, preamble_bytes, header_bytes;
	uint64_t blank_bytes, record_bytes;
	uint64_t unread_bytes;
	/* What goes with them. */
	uint64_t blank_lines;
	uint64_t unread_line;  /* the first unread line; 0 = none */
	bool may_leave_unread; /* the run was stopped or limited */
	/* The input could not be read again to its end: what is left of it
	 * cannot be counted, and the equation of bytes is not asked for. */
	bool input_lost;
	uint64_t chunks, first_begin, last_end; /* the tiling */
	bool tiles;
};

/* Fill the terms whose source it is, and no others. */
void accounts_from_ledger(
    struct accounts *a, const struct ledger_totals *totals);
/* BOM, preamble and header; rows read. */
void accounts_from_reader(struct accounts *a, const struct reader_tally *tally);

uint64_t outcome_counts_sum(const struct outcome_counts *c);

/* 0 if both equations hold, the ranges tile, and nothing is unread that
 * should have been read; else -1, DIAG_INTERNAL, code "books.rows",
 * "books.bytes", "books.tiling" or "books.unread", with both sides. */
int accounts_check(const struct accounts *a, struct diag *d);

/* Both equations in words, two spaces in front, wrapped at 80 columns; terms
 * that are 0 are left out (the sums are not). */
void accounts_text(const struct accounts *a, struct buf *out);
/* The same as an object of JSON. */
void accounts_json(const struct accounts *a, struct buf *out);

/* Counts the bytes that pass: put between decoder and reader, it is the left
 * side of the second equation. */
struct byte_counter {
	struct byte_source from;
	uint64_t bytes;
};
struct byte_source byte_counter_source(struct byte_counter *c); /* borrows c */
/* Reads on to the end, so that `bytes` is the whole input. */
int byte_counter_drain(struct byte_counter *c, struct diag *d);

#endif
