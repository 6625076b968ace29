/* SPDX-License-Identifier: MIT */
/*
 * The collector: each cell goes through the rules that its first byte and
 * length allow, so that plain text costs one look. What only the whole column
 * can tell (lost zeros, contradictory dates) is counted here and judged in
 * hazards_verdict.c.
 */
#include "look/hazards.h"

#include "base/xalloc.h"
#include "hazard_bytes.h"
#include "hazard_counts.h"

#include <stdlib.h>
#include <string.h>

/* A cell that begins with this byte of ASCII concerns see_first_byte, or has
 * something to trim. */
static bool
may_have_rule(unsigned char c)
{
	return c <= ' ' || (c < 0x80 && strchr("#\"=@+-0123456789", c) != NULL);
}

struct hazards *
hazards_new(const struct header *header, char delimiter)
{
	struct hazards *h = xcalloc(1, sizeof(*h));

	h->delimiter = delimiter;
	h->column_count = header->count;
	h->columns = xcalloc(header->count + 1, sizeof(*h->columns));
	for (size_t c = 0; c < sizeof(h->looks); c++)
		h->looks[c] = may_have_rule((unsigned char)c)
				  ? LOOKS_AT_RULES
				  : LOOKS_AT_NOTHING;
	for (size_t i = 0; i < header->count; i++)
		if (header->names[i].len > 0)
			h->columns[i].zero_name =
			    hazard_zero_name(header->names[i]);
	return h;
}

static void
release_watch(struct column_watch *w)
{
	for (size_t k = 0; k < HAZARD_KIND_COUNT; k++)
		free(w->found[k]);
	free(w->digits);
}

void
hazards_free(struct hazards *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->column_count; i++)
		release_watch(&h->columns[i]);
	release_watch(&h->file);
	free(h->columns);
	free(h->list);
	free(h);
}

void
hazards_ignore(struct hazards *h, size_t column)
{
	h->columns[column].is_ignored = true;
}

void
hazards_unwrap(struct hazards *h, size_t column)
{
	h->columns[column].is_unwrapped = true;
}

void
hazards_take_decimals(struct hazards *h, size_t column)
{
	h->columns[column].takes_decimals = true;
}

void
hazards_unquote(struct hazards *h, size_t column)
{
	h->columns[column].is_unquoted = true;
}

void
hazards_nulls(
    struct hazards *h, const struct text *nulls, size_t count, bool trims)
{
	h->nulls = nulls;
	h->null_count = count;
	h->trims_nulls = trims;
	for (size_t i = 0; i < count; i++) {
		if (nulls[i].len == 0)
			continue;
		h->looks[(unsigned char)nulls[i].s[0]] = LOOKS_AT_NULLS;
	}
}

void
hazard_cell_set(
    struct hazard_cell *cell, uint64_t row, int column, struct text value)
{
	size_t len = value.len;

	cell->is_cut = len > HAZARD_VALUE;
	if (cell->is_cut) {
		len = HAZARD_VALUE;
		while (len > 0 && ((unsigned char)value.s[len] & 0xc0) == 0x80)
			len--;
	}
	cell->row = row;
	cell->column = column;
	cell->value_len = len;
	if (len > 0)
		memcpy(cell->value, value.s, len);
}

void
hazards_add(struct column_watch *w, enum hazard_kind kind, int column,
    const struct hazard_cell *cell)
{
	struct hazard *f = w->found[kind];

	if (!f) {
		f = w->found[kind] = xcalloc(1, sizeof(*f));
		f->kind = kind;
		f->column = column;
	}
	f->count++;
	if (cell && f->cell_count < HAZARD_CELLS)
		f->cells[f->cell_count++] = *cell;
}

/* The place of the cell that is looked at. */
struct place_of {
	struct column_watch *watch;
	uint64_t row;
	int column;
	bool is_padded; /* record.is_padded */
};

static void
found(const struct place_of *p, enum hazard_kind kind, struct text value)
{
	const struct hazard *f = p->watch->found[kind];
	struct hazard_cell cell;

	if (f && f->cell_count == HAZARD_CELLS) {
		p->watch->found[kind]->count++;
		return;
	}
	hazard_cell_set(&cell, p->row, p->column, value);
	hazards_add(p->watch, kind, p->column, &cell);
}

static void
see_order(struct digit_watch *w, struct text t)
{
	uint64_t value = 0;

	for (size_t i = 0; i < t.len && i < 19; i++)
		value = value * 10 + (uint64_t)(t.s[i] - '0');
	w->is_unsorted = w->count > 0 && value <= w->last;
	w->last = value;
}

static void
see_digits(const struct place_of *p, struct text t)
{
	struct digit_watch *w = p->watch->digits;
	size_t len = t.len < LENGTHS_MAX ? t.len : LENGTHS_MAX;

	if (!w)
		w = p->watch->digits = xcalloc(1, sizeof(*w));
	if (!w->is_unsorted)
		see_order(w, t);
	w->count++;
	if (w->by_length[len]++ == 0) {
		w->first_row[len] = p->row;
		memcpy(w->first[len], t.s, len);
	}
	if (t.s[0] == '0' && t.len > 1)
		w->has_zero = true;
	if (t.len > 15) {
		w->long_ids++;
		if (hazard_is_rounded(t))
			found(p, HAZARD_ROUNDED, t);
	}
}

/* Both orders are needed before there is a hazard; one cell of each is kept,
 * the first of its kind, and the next of either. */
static void
see_date(const struct place_of *p, struct text t)
{
	struct column_watch *w = p->watch;
	enum date_order order = hazard_date_order(t);
	bool is_first;
	struct hazard *f;

	if (order == ORDER_NONE)
		return;
	is_first =
	    (order == ORDER_DAY_FIRST ? w->day_first++ : w->month_first++) == 0;
	f = w->found[HAZARD_DATE_ORDER];
	if (is_first && f && f->cell_count == HAZARD_CELLS)
		f->cell_count--; /* three of one order: the last makes room */
	found(p, HAZARD_DATE_ORDER, t);
}

static void
see_float(const struct place_of *p, struct text t)
{
	p->watch->floats++;
	found(p, HAZARD_FLOAT_ID, t);
}

/* A cell that begins with a digit. How many there are, and what follows them,
 * leaves one rule at most, and most cells none. */
static void
see_number(const struct place_of *p, struct text t)
{
	size_t digits = leading_digits(t, p->is_padded);

	if (digits == t.len)
		see_digits(p, t);
	else if (digits == 1 && hazard_is_scientific(t))
		found(p, HAZARD_SCIENTIFIC, t);
	else if (t.s[digits] == '.' && hazard_is_whole_float(t))
		see_float(p, t);
	else if (digits <= 2)
		see_date(p, t);
}

/* A cell that begins with a sign. Most are phone numbers: digits and no more
 * follow, of which no rule has anything to say. */
static void
see_signed(const struct place_of *p, struct text t)
{
	struct text rest = {t.s + 1, t.len - 1};

	if (t.s[0] == '+' && rest.len > 0 &&
	    leading_digits(rest, p->is_padded) == rest.len)
		return;
	if (hazard_is_scientific(t))
		found(p, HAZARD_SCIENTIFIC, t);
	else if (text_in_formula(t).s != NULL)
		found(p, HAZARD_FORMULA_TEXT, t);
	else if (hazard_is_formula(t))
		found(p, HAZARD_FORMULA, t);
	else if (hazard_is_whole_float(t))
		see_float(p, t);
}

static void
see_first_byte(const struct place_of *p, struct text t)
{
	switch (t.s[0]) {
	case '#':
		if (hazard_is_error_value(t))
			found(p, HAZARD_ERROR_VALUE, t);
		else if (hazard_is_hashes(t))
			found(p, HAZARD_HASHES, t);
		break;
	case '"':
		if (!p->watch->is_unquoted && hazard_is_quoted_list(t))
			found(p, HAZARD_QUOTED_LIST, t);
		break;
	case '=':
	case '@':
	case '+':
	case '-':
		see_signed(p, t);
		break;
	default:
		if (ascii_is_digit(t.s[0]))
			see_number(p, t);
	}
}

#define CUT_SHORT UINT64_C(255)
#define CUT_LONG UINT64_C(32767)
#define SWALLOWED_LINES 5

static void
see_long(const struct place_of *p, struct text cell)
{
	uint64_t length = hazard_length(cell);

	if (length > p->watch->longest)
		p->watch->longest = length;
	if (length == CUT_SHORT || length == CUT_LONG)
		found(p, HAZARD_CUT, cell);
}

static void
see_marks(const struct place_of *p, struct text t)
{
	struct hazard_marks m = hazard_marks(t);

	if (m.mojibake)
		found(p, HAZARD_MOJIBAKE, t);
	if (m.nbsp)
		found(p, HAZARD_NBSP, t);
	if (m.invisible)
		found(p, HAZARD_INVISIBLE, t);
	if (m.decomposed)
		found(p, HAZARD_MIXED_FORMS, t);
	if (!p->watch->has_composed)
		p->watch->has_composed = hazard_has_composed(t);
}

/* What stands in a cell, if something does. */
static inline struct text
cell_text(const struct hazards *h, struct text cell)
{
	struct text t = text_trim(cell), word = h->trims_nulls ? t : cell;

	if (word.len > 0 &&
	    h->looks[(unsigned char)word.s[0]] == LOOKS_AT_NULLS &&
	    texts_have(h->nulls, h->null_count, word))
		t.len = 0;
	return t;
}

/* Text that is not empty has nothing for see_marks. */
static inline bool
is_unmarked(const struct column_watch *w, struct text t, bool is_padded)
{
	uint64_t high;

	if (!is_padded || t.len > SHORT_CELL)
		return text_is_ascii(t);
	high = high_bits(t);
	return high == 0 || (w->has_composed && are_plain_letters(t, high));
}

/* A padded cell, not empty, that only counts as filled: see_cell would find
 * no blank, no rule and no mark in it. */
static inline bool
is_plain(
    const struct hazards *h, const struct column_watch *w, struct text cell)
{
	return cell.len <= SHORT_CELL &&
	       h->looks[(unsigned char)cell.s[0]] == LOOKS_AT_NOTHING &&
	       (unsigned char)cell.s[cell.len - 1] > ' ' &&
	       is_unmarked(w, cell, true);
}

static void
see_cell(struct hazards *h, const struct record *rec, size_t i)
{
	struct place_of p = {&h->columns[i], rec->row, (int)i, rec->is_padded};
	struct text cell = rec->cells[i], t = cell_text(h, cell), inner;

	if (p.watch->is_unwrapped) {
		inner = text_in_formula(t);
		t = inner.s != NULL ? text_trim(inner) : t;
	}
	if (t.len == 0)
		return;
	p.watch->filled++;
	see_first_byte(&p, t);
	if (!is_unmarked(p.watch, t, p.is_padded))
		see_marks(&p, t);
	if (cell.len >= CUT_SHORT)
		see_long(&p, cell);
	if (rec->line_count > SWALLOWED_LINES &&
	    hazard_is_swallowed(cell, h->delimiter, h->column_count))
		found(&p, HAZARD_SWALLOWED, t);
}

/* A total is told by the first cell that is filled; with more words after it
 * only when the row is mostly empty, as totals are. */
static void
see_end(struct hazards *h, const struct record *rec)
{
	struct last_row *last = &h->last[h->records % LAST_ROWS];
	size_t filled = 0, first = 0;
	struct text t = {"", 0};
	bool is_alone = false;

	last->is_total = false;
	for (; first < rec->cell_count; first++) {
		t = cell_text(h, rec->cells[first]);
		if (t.len > 0)
			break;
	}
	if (!hazard_is_total(t, &is_alone))
		return;
	for (size_t i = first; i < rec->cell_count; i++)
		filled += cell_text(h, rec->cells[i]).len > 0 ? 1 : 0;
	if (!is_alone && filled * 2 > h->column_count)
		return;
	last->is_total = true;
	hazard_cell_set(&last->cell, rec->row, (int)first, t);
}

/* A footer, as spreadsheets pad it to the table's width: "Printed on 1 May",
 * and then nothing. Rows without anything are no end to it. */
static void
see_lone(struct hazards *h, const struct record *rec)
{
	size_t filled = 0, at = 0;

	for (size_t i = 0; i < rec->cell_count && filled < 2; i++)
		if (cell_text(h, rec->cells[i]).len > 0 && filled++ == 0)
			at = i;
	if (filled > 1)
		h->lone_at_end = 0;
	if (filled != 1)
		return;
	if (h->lone_at_end < HAZARD_CELLS)
		hazard_cell_set(&h->lone_cells[h->lone_at_end], rec->row,
		    (int)at, cell_text(h, rec->cells[at]));
	h->lone_at_end++;
	h->lone++;
}

void
hazards_record(struct hazards *h, const struct record *rec)
{
	size_t count = rec->cell_count < h->column_count ? rec->cell_count
							 : h->column_count;
	bool is_usual = rec->is_padded && rec->line_count <= SWALLOWED_LINES;
	const struct text *cell = rec->cells;
	struct column_watch *w = h->columns;

	for (size_t i = 0; i < count; i++, cell++, w++) {
		if (cell->len == 0 || w->is_ignored)
			continue;
		if (is_usual && is_plain(h, w, *cell))
			w->filled++;
		else
			see_cell(h, rec, i);
	}
	see_end(h, rec);
	see_lone(h, rec);
	h->records++;
}
