/* SPDX-License-Identifier: MIT */
/*
 * The books. Each equation is a table of terms, so that the check, the text
 * and the JSON cannot disagree about what belongs to it.
 */
#include "base/json_write.h"
#include "report/run_report.h"

#include <stdio.h>
#include <string.h>

#define LINE_WIDTH 80
#define INDENT 10
#define TERMS_MAX OUTCOME_COUNT /* bytes have six */

struct term {
	uint64_t n;
	const char *name; /* as the text has it */
	const char *key;  /* as the JSON has it */
};
struct equation {
	const char *left_name;
	uint64_t left;
	struct term terms[TERMS_MAX];
	size_t count;
};

void
accounts_from_ledger(struct accounts *a, const struct ledger_totals *totals)
{
	a->rows = totals->outcomes;
	a->blank_bytes = totals->blank_bytes;
	a->blank_lines = totals->blank_lines;
	a->record_bytes = totals->record_bytes;
	a->chunks = totals->chunks;
	a->first_begin = totals->first_begin;
	a->last_end = totals->last_end;
	a->tiles = totals->tiles;
}

void
accounts_from_reader(struct accounts *a, const struct reader_tally *tally)
{
	a->rows_read = tally->records;
	a->bom_bytes = tally->bom_bytes;
	a->preamble_bytes = tally->preamble_bytes;
	a->header_bytes = tally->header_bytes;
}

void
accounts_add(struct accounts *a, const struct accounts *more)
{
	a->rows_read += more->rows_read;
	a->bytes += more->bytes;
	outcome_counts_add(&a->rows, &more->rows);
	a->bom_bytes += more->bom_bytes;
	a->preamble_bytes += more->preamble_bytes;
	a->header_bytes += more->header_bytes;
	a->blank_bytes += more->blank_bytes;
	a->blank_lines += more->blank_lines;
	a->record_bytes += more->record_bytes;
	a->unread_bytes += more->unread_bytes;
	a->may_leave_unread |= more->may_leave_unread;
	a->input_lost |= more->input_lost;
}

static struct equation
rows_equation(const struct accounts *a, bool is_dry)
{
	struct equation e = {
	    .left_name = "rows", .left = a->rows_read, .count = OUTCOME_COUNT};

	for (int i = 0; i < OUTCOME_COUNT; i++) {
		e.terms[i] = (struct term){a->rows.rows[i],
		    outcome_shown((enum outcome)i, is_dry),
		    outcome_name((enum outcome)i)};
	}
	return e;
}

static struct equation
bytes_equation(const struct accounts *a)
{
	return (struct equation){.left_name = "bytes",
	    .left = a->bytes,
	    .terms =
		{
		    {a->bom_bytes, "in the BOM", "bom"},
		    {a->preamble_bytes, "in the preamble", "preamble"},
		    {a->header_bytes, "in the header", "header"},
		    {a->blank_bytes, "in blank lines", "blank_lines"},
		    {a->record_bytes, "in records", "records"},
		    {a->unread_bytes, "unread", "unread"},
		},
	    .count = 6};
}

static uint64_t
equation_sum(const struct equation *e)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < e->count; i++)
		sum += e->terms[i].n;
	return sum;
}

/* "9,870 created + 130 rejected", wrapped; *column is where the line is. */
static void
add_terms(const struct equation *e, size_t column, struct buf *out)
{
	bool is_first = true;

	for (size_t i = 0; i < e->count; i++) {
		const struct term *t = &e->terms[i];
		char number[32], words[80];
		size_t len;

		if (t->n == 0)
			continue;
		snprintf(words, sizeof(words), "%s%s %s", is_first ? "" : "+ ",
		    text_count(t->n, number), t->name);
		len = strlen(words);
		if (!is_first && column + 1 + len > LINE_WIDTH) {
			buf_addf(out, "\n%*s", INDENT + 2, "");
			column = INDENT + 2;
		} else if (!is_first) {
			buf_addc(out, ' ');
			column++;
		}
		buf_adds(out, words);
		column += len;
		is_first = false;
	}
	if (is_first)
		buf_addc(out, '0');
}

static int
check_equation(const struct equation *e, const char *code, struct diag *d)
{
	struct buf terms = BUF_INIT(0);
	char left[32], right[32];
	uint64_t sum = equation_sum(e);

	if (sum == e->left)
		return 0;
	/* One line: the width of a message is not the screen's. */
	for (size_t i = 0; i < e->count; i++) {
		if (e->terms[i].n > 0)
			buf_addf(&terms, "%s%s %s", terms.len ? " + " : "",
			    text_count(e->terms[i].n, right), e->terms[i].name);
	}
	diag_set(d, DIAG_INTERNAL,
	    "the books do not balance: %s %s were read, but %s are accounted "
	    "for (%s)",
	    text_count(e->left, left), e->left_name, text_count(sum, right),
	    terms.len ? buf_str(&terms) : "nothing");
	buf_release(&terms);
	diag_code(d, code);
	diag_help(d, "this is a bug in csv2chakra or a damaged ledger; keep "
		     "the run folder and report it");
	return -1;
}

static int
check_tiling(const struct accounts *a, struct diag *d)
{
	uint64_t body = a->bom_bytes + a->preamble_bytes + a->header_bytes;
	char first[32], expected[32];

	if (a->chunks == 0 || a->is_undo)
		return 0;
	if (!a->tiles) {
		diag_set(d, DIAG_INTERNAL,
		    "the books do not balance: the chunks' byte ranges in the "
		    "ledger do not join");
		return diag_code(d, "books.tiling");
	}
	if (a->first_begin != body) {
		diag_set(d, DIAG_INTERNAL,
		    "the books do not balance: the first chunk begins at byte "
		    "%s, the header ends at byte %s",
		    text_count(a->first_begin, first),
		    text_count(body, expected));
		return diag_code(d, "books.tiling");
	}
	return 0;
}

int
accounts_check(const struct accounts *a, struct diag *d)
{
	struct equation rows = rows_equation(a, false),
			bytes = bytes_equation(a);
	char number[32], line[32];

	if (check_equation(&rows, "books.rows", d) != 0)
		return -1;
	if (!a->input_lost && !a->is_undo &&
	    check_equation(&bytes, "books.bytes", d) != 0)
		return -1;
	if (check_tiling(a, d) != 0)
		return -1;
	if (a->unread_bytes > 0 && !a->may_leave_unread && !a->input_lost) {
		diag_set(d, DIAG_INTERNAL,
		    "the books do not balance: %s bytes from line %s on were "
		    "never read, and nothing stopped the run",
		    text_count(a->unread_bytes, number),
		    text_count(a->unread_line, line));
		return diag_code(d, "books.unread");
	}
	return 0;
}

static void
add_equation(const struct equation *e, const char *what, struct buf *out)
{
	size_t begin = out->len;
	char number[32];

	buf_addf(out, "  %-8s  %s %s = ", e->left_name,
	    text_count(e->left, number), what);
	add_terms(e, out->len - begin, out);
	buf_addc(out, '\n');
}

void
accounts_text(const struct accounts *a, bool is_dry, struct buf *out)
{
	struct equation rows = rows_equation(a, is_dry),
			bytes = bytes_equation(a);
	struct diag d = DIAG_INIT;
	char line[32];

	add_equation(&rows, a->is_undo ? "were created" : "read", out);
	if (a->is_undo)
		;
	else if (a->input_lost)
		buf_adds(out,
		    "  bytes     cannot be counted: the input has changed\n");
	else
		add_equation(&bytes, "in the input", out);
	if (a->unread_bytes > 0 && a->unread_line > 0)
		buf_addf(out, "  Not read: everything from line %s on.\n",
		    text_count(a->unread_line, line));
	if (accounts_check(a, &d) != 0)
		buf_adds(out, "  THE BOOKS DO NOT BALANCE; see the error.\n");
}

static void
equation_json(const struct equation *e, const char *name, struct buf *out)
{
	uint64_t sum = equation_sum(e);

	json_object(out, name);
	json_uint(out, "read", e->left);
	for (size_t i = 0; i < e->count; i++)
		json_uint(out, e->terms[i].key, e->terms[i].n);
	json_uint(out, "accounted", sum);
	json_bool(out, "balanced", sum == e->left);
	json_end_object(out);
}

void
accounts_json(const struct accounts *a, struct buf *out)
{
	struct equation rows = rows_equation(a, false),
			bytes = bytes_equation(a);
	struct diag d = DIAG_INIT;

	json_object(out, NULL);
	equation_json(&rows, "rows", out);
	if (a->input_lost || a->is_undo)
		json_null(out, "bytes");
	else
		equation_json(&bytes, "bytes", out);
	json_uint(out, "blank_lines", a->blank_lines);
	if (a->unread_line > 0)
		json_uint(out, "first_unread_line", a->unread_line);
	json_bool(out, "tiles", a->chunks == 0 || a->tiles);
	json_bool(out, "balanced", accounts_check(a, &d) == 0);
	json_end_object(out);
}
