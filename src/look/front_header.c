/* SPDX-License-Identifier: MIT */
/*
 * Two questions about the first record. Is it a title above the header? Then
 * a record further down is filled, different in each cell and text, above
 * rows of its width. Is it a row? Then its cells are what the cells below
 * them are, where a name would be text. Both are answered by what differs
 * between a line and the lines below it; a list of words that titles and
 * headers are made of was refused: it would have to know every language.
 */
#include "front_looks.h"

#include <string.h>

#define ROW_WEIGHT 2 /* one cell of a kind, or two words met again */

/* Shares in percent. */
enum {
	TABLE_SHARE = 60, /* of the records after a header, of its width */
	TYPED_SHARE = 80  /* of a column's cells, of one kind */
};

static bool
same_text(struct text a, struct text b)
{
	return a.len == b.len && memcmp(a.s, b.s, a.len) == 0;
}

static bool
is_same_record(const struct front_record *a, const struct front_record *b)
{
	if (a->cell_count != b->cell_count)
		return false;
	for (size_t i = 0; i < a->cell_count; i++)
		if (!same_text(a->cells[i], b->cells[i]))
			return false;
	return true;
}

/* What stands below record `at` in column `c`. */
struct below {
	size_t rows; /* filled cells */
	size_t kinds[FRONT_URL + 1];
	size_t years;
	size_t equal;	   /* cells equal to the one of record `at` */
	size_t shaped;	   /* of the shape of the cell of record `at` */
	size_t same_shape; /* of the shape of the first of them */
	bool has_digits;   /* that shape has some */
};

/* "Lead-0017" and "Call-3" are of one shape: Aa-9. */
static bool
is_same_shape(struct text a, struct text b)
{
	size_t i = 0, k = 0;

	while (i < a.len && k < b.len) {
		bool da = a.s[i] >= '0' && a.s[i] <= '9';
		bool db = b.s[k] >= '0' && b.s[k] <= '9';
		char ca = a.s[i], cb = b.s[k];

		if (da != db)
			return false;
		if (da) {
			while (i < a.len && a.s[i] >= '0' && a.s[i] <= '9')
				i++;
			while (k < b.len && b.s[k] >= '0' && b.s[k] <= '9')
				k++;
			continue;
		}
		if (((ca | 0x20) >= 'a' && (ca | 0x20) <= 'z')
			? !((cb | 0x20) >= 'a' && (cb | 0x20) <= 'z') ||
			      (ca & 0x20) != (cb & 0x20)
			: ca != cb)
			return false;
		i++;
		k++;
	}
	return i == a.len && k == b.len;
}

static void
look_below(const struct front *f, size_t at, size_t c, struct below *b)
{
	const struct front_record *head = &f->records[at];
	struct text first = {NULL, 0};

	*b = (struct below){0};
	for (size_t i = at + 1; i < f->count; i++) {
		const struct front_record *r = &f->records[i];
		enum front_cell kind;

		if (r->width != head->width || c >= r->cell_count ||
		    is_same_record(r, head))
			continue;
		kind = front_cell(r->cells[c]);
		if (kind == FRONT_EMPTY)
			continue;
		b->rows++;
		b->kinds[kind]++;
		if (!first.s) {
			first = r->cells[c];
			b->has_digits = front_digits(first) > 0;
		}
		b->years += front_is_year(r->cells[c]);
		b->equal += same_text(r->cells[c], head->cells[c]);
		b->shaped += is_same_shape(r->cells[c], head->cells[c]);
		b->same_shape += is_same_shape(r->cells[c], first);
	}
}

/* The kind that nearly all of a column's cells are; FRONT_TEXT if none. */
static enum front_cell
column_kind(const struct below *b)
{
	for (int k = FRONT_NUMBER; k <= FRONT_URL; k++)
		if (b->rows > 0 && b->kinds[k] * 100 >= b->rows * TYPED_SHARE)
			return (enum front_cell)k;
	/* Phones with and without signs. */
	if (b->kinds[FRONT_PHONE] > 0 &&
	    b->kinds[FRONT_PHONE] + b->kinds[FRONT_NUMBER] == b->rows)
		return FRONT_PHONE;
	return FRONT_TEXT;
}

/* No record from `at` on has anything in column `c`. */
static bool
is_empty_column(const struct front *f, size_t at, size_t c)
{
	for (size_t i = at; i < f->count; i++)
		if (c < f->records[i].cell_count &&
		    f->records[i].cells[c].len > 0)
			return false;
	return true;
}

/* Numbers with one step from each to the next: 1, 2, 3. */
static bool
has_steps(const struct front_record *r)
{
	long long last = 0, step = 0;
	size_t count = 0;

	for (size_t i = 0; i < r->cell_count; i++) {
		long long n = 0;

		if (front_cell(r->cells[i]) != FRONT_NUMBER)
			continue;
		if (front_is_decimal(r->cells[i]) || r->cells[i].len > 9)
			return false;
		for (size_t k = 0; k < r->cells[i].len; k++)
			if (r->cells[i].s[k] >= '0' && r->cells[i].s[k] <= '9')
				n = n * 10 + (r->cells[i].s[k] - '0');
		if (count > 0 && (n <= last || (count > 1 && n - last != step)))
			return false;
		step = n - last;
		last = n;
		count++;
	}
	return count > 2 || (count == 2 && step == 1);
}

/* Such numbers are labels of a header if the row below has none. */
static bool
has_labels(const struct front *f, size_t at)
{
	return has_steps(&f->records[at]) &&
	       !(at + 1 < f->count && has_steps(&f->records[at + 1]));
}

/* What speaks for a record as the header: columns by the cell there. */
struct names {
	size_t texts;
	size_t years;
	size_t odd;   /* a value above another kind of values: 2024-01-01 */
	size_t gaps;  /* no name, and something below */
	size_t typed; /* a name above values */
	bool is_none; /* a value above its like; a word met again below */
};

static void
add_name(const struct front *f, size_t at, size_t c, bool is_labelled,
    struct names *n)
{
	struct text t = f->records[at].cells[c];
	enum front_cell kind = front_cell(t);
	struct below b;

	if (t.len == 0) {
		n->gaps += !is_empty_column(f, at, c);
		return;
	}
	look_below(f, at, c, &b);
	for (size_t k = 0; k < c; k++)
		n->is_none |= same_text(t, f->records[at].cells[k]);
	n->is_none |= b.equal > 0;
	if (kind == FRONT_TEXT || kind == FRONT_CODE || kind == FRONT_EMPTY) {
		n->texts++;
		n->typed += b.rows > 0 && kind != FRONT_EMPTY &&
			    (column_kind(&b) != FRONT_TEXT ||
				(b.has_digits && b.shaped == 0 && b.rows > 1 &&
				    b.same_shape == b.rows));
	} else if (front_is_year(t)) {
		n->years++;
	} else {
		n->odd++;
		n->is_none |= kind == FRONT_NUMBER ? !is_labelled
						   : column_kind(&b) == kind;
	}
}

/* Record `at` may be the header: names, different, in nearly all columns,
 * above rows of its width. */
static bool
is_like_header(const struct front *f, size_t at, struct names *n)
{
	const struct front_record *r = &f->records[at];
	size_t after = f->count - at - 1, even = 0;
	bool is_labelled = has_labels(f, at);

	*n = (struct names){0};
	if (r->width < 2 || r->filled < (r->width > 2 ? 2 : 1))
		return false;
	for (size_t i = at + 1; i < f->count; i++)
		even += f->records[i].width == r->width;
	if (even * 100 < after * TABLE_SHARE)
		return false;
	for (size_t c = 0; c < r->cell_count && !n->is_none; c++)
		add_name(f, at, c, is_labelled, n);
	if (n->is_none || n->texts == 0)
		return false;
	/* What is not a name must be made up for. */
	return (n->odd == 0 && n->gaps == 0) || (n->typed > 0 && n->gaps <= 1);
}

/* Several words in a cell: a title, and no name of one word. */
static bool
has_prose(const struct front_record *r)
{
	size_t blanks = 0;

	for (size_t i = 0; i < r->cell_count; i++)
		for (size_t k = 0; k < r->cells[i].len; k++)
			blanks += r->cells[i].s[k] == ' ';
	return blanks >= 3;
}

static size_t
first_filled(const struct front_record *r)
{
	for (size_t i = 0; i < r->cell_count; i++)
		if (r->cells[i].len > 0)
			return i;
	return r->cell_count;
}

/* The first record is not a header of the table whose names seem to be in
 * `head`, with so many rows below it, and columns of values. */
static bool
is_title(const struct front_record *r, const struct front_record *head,
    size_t rows, size_t typed)
{
	size_t at = first_filled(r), width = head->width;

	if (r->width == 0)
		return typed > 0;
	if (r->filled == 0)
		return true;
	if (r->filled == 1) {
		/* A name alone, with a second column that has none. */
		if (r->width == 2 && width == 2)
			return typed > 0 || (at == 0 && has_prose(r));
		/* The only row below a header of one name? */
		return typed > 0 || rows > 0 || has_prose(r) || width > 2;
	}
	/* Also what has a name for each column but one in the middle. */
	if (r->filled < r->width && r->width == width)
		return r->filled * 2 <= head->filled ||
		       (typed > 0 && (r->width - r->filled > 1 || at == 0));
	return r->width != width && (typed > 0 || has_prose(r));
}

/* It may stand above a header: no full row of values. */
static bool
may_precede(const struct front_record *r, const struct front_record *head)
{
	return r->width != head->width || r->filled < head->filled;
}

static bool
find_names(struct front *f, size_t *found)
{
	for (size_t k = 1; k < f->count; k++) {
		struct names names;

		if (is_like_header(f, k, &names) &&
		    is_title(&f->records[0], &f->records[k], f->count - k - 1,
			names.typed)) {
			*found = k;
			break;
		}
	}
	for (size_t i = 0; i < *found; i++)
		if (!may_precede(&f->records[i], &f->records[*found]))
			*found = 0;
	/* A record without a word is not a header, whatever follows it. */
	for (size_t k = 0; k < f->count && *found == 0; k++)
		if (f->records[0].width > 0 && f->records[0].filled == 0 &&
		    f->records[k].filled > 0)
			*found = k;
	return *found > 0;
}

bool
front_find_preamble(
    struct front *f, const struct dialect *dialect, bool has_header)
{
	size_t found = 0;

	if (has_header && find_names(f, &found)) {
		f->kind = FRONT_PREAMBLE;
		f->width = f->records[found].width;
		f->skip_lines = f->records[found].line - 1;
		return true;
	}
	if (dialect->preamble_lines == 0)
		return false;
	f->kind = FRONT_PREAMBLE;
	f->skip_lines = dialect->preamble_lines;
	for (size_t i = 0; i < f->count && f->width == 0; i++)
		if (f->records[i].line > f->skip_lines)
			f->width = f->records[i].width;
	return true;
}

/* For a row, and for a header. */
struct weights {
	unsigned row, name;
	unsigned alone; /* kinds of values with nothing to compare with */
};

/* A word: met again, or of the shape of a column of codes; or above values. */
static void
weigh_word(const struct below *b, struct weights *w)
{
	if (b->equal > 0)
		w->row += 1;
	else if (column_kind(b) != FRONT_TEXT)
		w->name += 2;
	else if (b->has_digits && b->rows > 1 && b->same_shape == b->rows)
		*(b->shaped > 0 ? &w->row : &w->name) += 2;
	else if (b->has_digits && b->shaped * 100 >= b->rows * TYPED_SHARE)
		w->row += 2;
}

static void
weigh_value(enum front_cell kind, const struct below *b, struct weights *w)
{
	enum front_cell column = column_kind(b);

	if (column == kind || (column == FRONT_PHONE && kind == FRONT_NUMBER) ||
	    (column == FRONT_NUMBER && kind == FRONT_PHONE))
		w->row += 2;
	else if (column != FRONT_TEXT)
		w->name += 1;
	else if (kind == FRONT_EMAIL || kind == FRONT_URL)
		w->row += 1;
}

static void
weigh_cell(const struct front *f, size_t c, bool has_labels, struct weights *w)
{
	struct text t = f->records[0].cells[c];
	enum front_cell kind = front_cell(t);
	struct below b;

	if (kind == FRONT_EMPTY)
		return;
	look_below(f, 0, c, &b);
	if (kind == FRONT_NUMBER && !front_is_value(t) &&
	    (has_labels || (front_is_year(t) && b.years < b.rows)))
		return;
	if (b.rows == 0)
		w->alone |=
		    front_is_value(t) || kind == FRONT_URL ? 1U << kind : 0;
	else if (kind == FRONT_TEXT || kind == FRONT_CODE)
		weigh_word(&b, w);
	else
		weigh_value(kind, &b, w);
}

bool
front_find_data(struct front *f)
{
	const struct front_record *r = &f->records[0];
	struct weights w = {0, 0, 0};
	bool is_labelled = has_labels(f, 0);

	for (size_t c = 0; c < r->cell_count; c++)
		weigh_cell(f, c, is_labelled, &w);
	/* What no column is called; dates or numbers alone may be labels. */
	if (w.alone &
		(1U << FRONT_EMAIL | 1U << FRONT_PHONE | 1U << FRONT_URL) ||
	    (w.alone & 1U << FRONT_DATE && w.alone & 1U << FRONT_NUMBER))
		w.row += ROW_WEIGHT;
	if (w.row < ROW_WEIGHT || w.row < 3 * w.name)
		return false;
	f->kind = FRONT_NO_HEADER;
	return true;
}
