/* SPDX-License-Identifier: MIT */
/*
 * What the whole column or file says about what was collected, and the words
 * for it.
 */
#include "base/xalloc.h"
#include "hazard_counts.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *code, *title, *advice;
} kinds[HAZARD_KIND_COUNT] = {
    [HAZARD_ROW_CAP] = {"hazard.row_cap",
	"exactly as many rows as a worksheet or an export holds",
	"the rows after it are probably missing: export in parts"},
    [HAZARD_FOOTER] = {"hazard.footer",
	"last rows with one filled cell, as footers have",
	"they would be imported as rows: check first; source: ignore leaves "
	"them out"},
    [HAZARD_TOTAL_ROW] = {"hazard.total_row", "a total among the last rows",
	"check first: it would be imported as a row; rows: {except: {column: "
	"NAME, in: [WORD]}} leaves it out"},
    [HAZARD_SWALLOWED] = {"hazard.swallowed",
	"a quote that swallowed lines which look like rows",
	"look for an extra quote in or before this cell"},
    [HAZARD_SCIENTIFIC] = {"hazard.scientific",
	"numbers in scientific notation",
	"a spreadsheet dropped their digits: export again with the column as "
	"text"},
    [HAZARD_ROUNDED] = {"hazard.rounded",
	"long numbers with only zeros after the 15th digit",
	"a spreadsheet keeps 15 digits: export again from the source, as text"},
    [HAZARD_LOST_ZEROS] = {"hazard.lost_zeros",
	"leading zeros were probably lost",
	"some numbers are shorter than nearly all: export again with the "
	"column as text"},
    [HAZARD_ERROR_VALUE] = {"hazard.error_value", "formula errors",
	"fix the formulas; check first: source: nulls treats these words as "
	"missing"},
    [HAZARD_HASHES] = {"hazard.hashes", "#### instead of a value",
	"the column was too narrow when it was saved: widen it, export again"},
    [HAZARD_MOJIBAKE] = {"hazard.mojibake",
	"text that was decoded wrongly, here or earlier",
	"check the encoding (csv2chakra inspect); if it is right, characters "
	"were lost earlier: export again as UTF-8"},
    [HAZARD_NBSP] = {"hazard.nbsp", "no-break spaces inside text",
	"they look like spaces but are not equal to them; check first: a "
	"replace: rule changes them"},
    [HAZARD_INVISIBLE] = {"hazard.invisible",
	"zero-width characters inside text",
	"values that look alike are not equal; check first: a replace: rule "
	"removes them"},
    [HAZARD_MIXED_FORMS] = {"hazard.mixed_forms",
	"accents as combining marks here, as part of the letter elsewhere",
	"texts that look alike are sent as different ones: export again, all "
	"in one Unicode form (NFC)"},
    [HAZARD_CUT] = {"hazard.cut", "cells of exactly 255 or 32,767 characters",
	"the program that wrote them probably cut them there"},
    [HAZARD_DATE_ORDER] = {"hazard.date_order",
	"dates with the day first and dates with the month first",
	"no format fits all; those that fit both may be wrong already: "
	"export as 2026-04-15"},
    [HAZARD_FORMULA] = {"hazard.formula",
	"cells that a spreadsheet would run as a formula",
	"they are imported as text; take care when you open the file or an "
	"export of it"},
    [HAZARD_FORMULA_TEXT] = {"hazard.formula_text",
	"cells wrapped as =\"…\", to keep their zeros",
	"unwrap: formula_text in the field, or in defaults, removes the "
	"wrapper"},
    [HAZARD_QUOTED_LIST] = {"hazard.quoted_list",
	"lists of quoted items inside cells",
	"check first: a list type with quoted: true reads them; without it a "
	"list is split inside the quotes, too"},
    [HAZARD_FLOAT_ID] = {"hazard.float_id", "whole numbers written as 7.0",
	"check first: if they are ids or counts, replace: {pattern: '\\.0$', "
	"with: \"\"} makes them whole"},
};

const char *
hazard_code(enum hazard_kind kind)
{
	return kinds[kind].code;
}

const char *
hazard_title(enum hazard_kind kind)
{
	return kinds[kind].title;
}

const char *
hazard_advice(enum hazard_kind kind)
{
	return kinds[kind].advice;
}

static void
drop(struct column_watch *w, enum hazard_kind kind)
{
	free(w->found[kind]);
	w->found[kind] = NULL;
}

#define ZEROS_CELLS_MIN 10

/* The length that most numbers have; 0 if they do not look like codes of one
 * length some of which lost their zeros. */
static size_t
length_with_zeros(const struct column_watch *w)
{
	const struct digit_watch *g = w->digits;
	size_t usual = 0, least = w->zero_name == 2   ? 4
				  : w->zero_name == 1 ? 6
						      : 8;

	if (!g || g->has_zero || !g->is_unsorted ||
	    g->count < ZEROS_CELLS_MIN || g->count * 20 < w->filled * 19)
		return 0;
	for (size_t i = 1; i <= LENGTHS_MAX; i++)
		if (g->by_length[i] > g->by_length[usual])
			usual = i;
	if (usual < least || usual == LENGTHS_MAX ||
	    g->by_length[usual] == g->count ||
	    g->by_length[usual] * 10 < g->count * 6)
		return 0;
	for (size_t i = 1; i <= LENGTHS_MAX; i++)
		if (g->by_length[i] > 0 && (i > usual || i + 3 < usual))
			return 0;
	return usual;
}

static void
judge_zeros(struct column_watch *w, int column)
{
	const struct digit_watch *g = w->digits;
	size_t usual = length_with_zeros(w);

	for (size_t i = usual; i-- > 1 && i + 3 >= usual;) {
		struct hazard_cell cell;

		if (g->by_length[i] == 0)
			continue;
		hazard_cell_set(&cell, g->first_row[i], column,
		    (struct text){g->first[i], i});
		hazards_add(w, HAZARD_LOST_ZEROS, column, &cell);
		w->found[HAZARD_LOST_ZEROS]->count += g->by_length[i] - 1;
	}
}

static void
judge_column(struct column_watch *w, int column)
{
	const struct hazard *f = w->found[HAZARD_ROUNDED];

	/* A single number of 16 digits ends in a zero by chance once in ten;
	 * one that kept its digits clears the column. */
	if (f && (f->count < w->digits->long_ids ||
		     (f->count == 1 && f->cells[0].value_len < 17)))
		drop(w, HAZARD_ROUNDED);
	if (w->day_first == 0 || w->month_first == 0)
		drop(w, HAZARD_DATE_ORDER);
	if (!w->has_composed)
		drop(w, HAZARD_MIXED_FORMS);
	f = w->found[HAZARD_CUT];
	if (f && w->longest != 255 && w->longest != 32767)
		drop(w, HAZARD_CUT);
	/* One cell with another ending, and the column holds decimals. */
	if (w->floats < w->filled || w->takes_decimals)
		drop(w, HAZARD_FLOAT_ID);
	judge_zeros(w, column);
}

/* Where other rows have one cell too, the last ones are rows like them. */
static void
judge_footer(struct hazards *h)
{
	if (h->column_count < 3 || h->lone_at_end == 0 ||
	    h->lone > h->lone_at_end || h->lone * 2 > h->records)
		return;
	for (uint64_t i = 0; i < h->lone_at_end; i++)
		hazards_add(&h->file, HAZARD_FOOTER, -1,
		    i < HAZARD_CELLS ? &h->lone_cells[i] : NULL);
}

static void
judge_file(struct hazards *h)
{
	static const uint64_t caps[] = {65535, 65536, 1048575, 1048576};
	size_t ends = h->records < LAST_ROWS ? (size_t)h->records : LAST_ROWS;

	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++) {
		if (h->records != caps[i])
			continue;
		hazards_add(&h->file, HAZARD_ROW_CAP, -1, NULL);
		h->file.found[HAZARD_ROW_CAP]->count = h->records;
	}
	judge_footer(h);
	for (size_t i = ends; i-- > 0;) {
		const struct last_row *last =
		    &h->last[(h->records - 1 - i) % LAST_ROWS];

		if (last->is_total)
			hazards_add(
			    &h->file, HAZARD_TOTAL_ROW, -1, &last->cell);
	}
}

static void
take(struct hazards *h, const struct column_watch *w, size_t *cap)
{
	for (size_t k = 0; k < HAZARD_KIND_COUNT; k++) {
		if (!w->found[k])
			continue;
		ARRAY_ROOM(h->list, h->count, *cap);
		h->list[h->count++] = *w->found[k];
	}
}

const struct hazard *
hazards_finish(struct hazards *h, size_t *count)
{
	size_t cap = 0;

	judge_file(h);
	take(h, &h->file, &cap);
	for (size_t i = 0; i < h->column_count; i++) {
		judge_column(&h->columns[i], (int)i);
		take(h, &h->columns[i], &cap);
	}
	*count = h->count;
	return h->list;
}
