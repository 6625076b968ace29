/* SPDX-License-Identifier: MIT */
#ifndef CSV_DIALECT_H
#define CSV_DIALECT_H

/*
 * The dialect of a CSV: delimiter, quote, `sep=` line. Detection is a pure
 * function of the first bytes (256 KiB when there are as many) in UTF-8, so
 * that the same file always gets the same answer; when two readings survive it
 * says so instead of choosing.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIALECT_AUTO '\xff'

/* What blanks (space, tab) between a delimiter and a quote are. */
enum blanks_policy {
	BLANKS_KEEP,	      /* part of the cell */
	BLANKS_AROUND_QUOTES, /* nothing: `1, "Ann, Jr" ,x` has three cells */
	BLANKS_AUTO	      /* dialect_detect looks which of them it is */
};

struct pattern;
/* Records whose raw text begins with a match are left out (ignore.h). */
struct ignore_rule {
	struct text text; /* as written */
	struct pattern *pattern;
};

struct dialect {
	char delimiter; /* an ASCII character, or DIALECT_AUTO */
	char quote;	/* '"', another ASCII character, or 0 = none */
	bool has_header;
	uint64_t skip_lines; /* physical lines before the header */
	bool has_sep_line;   /* line 1 is Excel's `sep=…`: preamble */
	/* Written out, in the mapping or as an option: nobody asks whether
	 * it is so (front.h). */
	bool says_header, says_skip_lines, says_quote;
	/* What detection had to pass over to find a table: physical lines
	 * before it, 0 = none. Nothing is skipped for it. */
	uint64_t preamble_lines;
	enum blanks_policy blanks;
	const struct ignore_rule *ignore; /* borrowed */
	size_t ignore_count;
};

#define DIALECT_SAMPLE ((size_t)256 << 10)

/* Fills what is AUTO in *dialect, from `len` bytes of decoded input that
 * begin at its first byte. `evidence` (may be NULL) gets a sentence or two.
 * Two surviving readings: -1, DIAG_INPUT, the message shows both readings of
 * the same two rows and the help names the option that pins each. */
int dialect_detect(const char *sample, size_t len, bool is_whole,
    struct dialect *dialect, struct buf *evidence, struct diag *d);

#endif
