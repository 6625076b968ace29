/* SPDX-License-Identifier: MIT */
#ifndef CSV_READER_CORE_H
#define CSV_READER_CORE_H

/* What reader.c (records) and reader_front.c (what comes before the first of
 * them) share. */

#include "csv/reader.h"
#include "finder.h"
#include "left_out.h"

struct reader {
	struct reader_options o;
	struct finder finder;
	struct header header;
	struct text *header_names;
	char *header_text;
	struct header_watch again; /* looks for the header among the records */
	struct reader_tally tally;
	uint64_t row; /* rows so far */
	size_t width; /* 0 = not known yet */
	uint64_t body_begin;
	struct stretch stretch; /* the next one; .at UINT64_MAX = none */
	uint64_t moved;		/* whole_begin - begin */
};

/* BOM, preamble and header; without a header, the width. */
int reader_read_front(struct reader *r, struct diag *d);

/* The record that begins where the window does. */
void reader_begin_record(struct reader *r, struct record *record);
/* Takes what was found out of the window and says where it stood. */
void reader_take(
    struct reader *r, const struct found *found, struct record *record);
/* Takes the record that was measured if its raw text says that it is to be
 * left out, which its skip_code then says, too. A rule that gave up is among
 * the problems. */
bool reader_take_ignored(
    struct reader *r, struct record *record, struct problem_list *problems);
/* *is_blank: the window begins with a line that is not a record, which
 * reader_take_blank takes. */
int reader_look_for_blank(struct reader *r, bool *is_blank, struct diag *d);
int reader_take_blank(struct reader *r, struct record *record, struct diag *d);

#endif
