/* SPDX-License-Identifier: MIT */
/*
 * One walk over the record's cells as they are in the file answers all
 * questions about columns; the tracker has already said where quotes broke.
 * A record that is too long is judged by what the tracker and the scan for
 * damage kept of it, the same whether its bytes happened to be in memory or
 * not, so that the size of reads never changes what is reported.
 */
#include "structure.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define UTF8_LONGEST 4

size_t
damage_scan(struct damage *g, const char *s, size_t n, bool is_last_piece)
{
	const char *nul;
	size_t bad = n;

	if (!g->has_nul && (nul = memchr(s, 0, n))) {
		g->has_nul = true;
		g->nul_at = g->scanned + (uint64_t)(nul - s);
	}
	if (!g->has_bad)
		bad = utf8_check(s, n);
	if (bad < n) {
		if (!is_last_piece && n - bad < UTF8_LONGEST) {
			g->scanned += bad;
			return bad;
		}
		g->has_bad = true;
		g->bad_at = g->scanned + bad;
		g->bad_byte = (unsigned char)s[bad];
	}
	g->scanned += n;
	return n;
}

static int
column_of(uint64_t column)
{
	return column < INT32_MAX ? (int)column : PROBLEM_NO_COLUMN;
}

static struct problem *
reject(struct problem_list *l, const char *code, int column, uint64_t byte,
    struct text value, const char *message)
{
	struct problem *p = problem_add(
	    l, PROBLEM_REJECT, STAGE_READ, code, column, value, "%s", message);

	if (p)
		p->byte = byte;
	return p;
}

static void
hint(struct problem_list *l, struct problem *p, const char *words)
{
	if (p)
		problem_set_hint(l, p, "%s", words);
}

static void
add_nul(const struct record_shape *sh, int column, struct text value,
    struct problem_list *l)
{
	struct problem *p = reject(l, "csv.nul_byte", column,
	    sh->begin + sh->damage->nul_at, value, "a NUL byte");

	hint(l, p,
	    "check first: is the file UTF-16, or was it cut? name its "
	    "encoding, or "
	    "export it again");
}

static void
add_bad_encoding(const struct record_shape *sh, int column, struct text value,
    struct problem_list *l)
{
	const struct encoding_advice *advice = &sh->advice;
	const char *tried = advice->tried ? advice->tried : "utf-8";
	bool is_utf8 = encoding_is_same(tried, "utf-8");
	char message[96];
	struct problem *p;

	/* 0xFF stands for what the decoder could not decode. */
	if (sh->damage->bad_byte == 0xFF && !is_utf8)
		snprintf(message, sizeof(message),
		    "a byte that does not decode as %.60s", tried);
	else
		snprintf(message, sizeof(message),
		    "byte 0x%02X is not valid UTF-8",
		    (unsigned)sh->damage->bad_byte);
	p = reject(l, "csv.bad_encoding", column,
	    sh->begin + sh->damage->bad_at, value, message);
	if (advice->words)
		hint(l, p, advice->words(advice->ctx));
}

/* Before the stray text there is a \", as other programs escape quotes. */
static bool
has_backslash_quote(const struct record_shape *sh)
{
	uint64_t end = sh->extent->stray_at;

	for (uint64_t i = 0; sh->content && i < end; i++)
		if (sh->content[i] == '\\' &&
		    sh->content[i + 1] == sh->extent->quote)
			return true;
	return false;
}

/* What follows the closing quote are blanks, then a delimiter. */
static bool
ends_with_blanks(const struct record_shape *sh)
{
	const struct extent *e = sh->extent;
	uint64_t at = e->stray_at;

	if (!sh->content)
		return false;
	while (
	    at < e->length && is_skipped_blank(sh->content[at], e->delimiter))
		at++;
	return at > e->stray_at &&
	       (at == e->length || sh->content[at] == e->delimiter);
}

static void
add_stray(
    const struct record_shape *sh, struct text value, struct problem_list *l)
{
	struct problem *p =
	    reject(l, "csv.stray_quote", column_of(sh->extent->stray_column),
		sh->begin + sh->extent->stray_at, value,
		"text after a closing quote");

	hint(l, p,
	    has_backslash_quote(sh)
		? "this file escapes quotes with a backslash: export it again "
		  "with quotes in quoted cells written twice"
	    : ends_with_blanks(sh)
		? STRUCTURE_BLANKS_HINT
		: "within a quoted cell, write each quote twice");
}

static void
add_unclosed(
    const struct record_shape *sh, struct text value, struct problem_list *l)
{
	char message[128];
	struct problem *p;

	snprintf(message, sizeof(message),
	    "the quote that opens on line %" PRIu64
	    " is never closed: everything after it is in this row",
	    sh->line + sh->extent->open_line);
	p = reject(l, "csv.unclosed_quote", column_of(sh->extent->column),
	    sh->begin + sh->extent->open_at, value, message);
	hint(l, p, "close the quote, or delete it");
}

struct limit {
	const char *code, *what, *unit, *option;
};
static const struct limit CELL_LIMIT = {
    "csv.cell_too_long", "a cell of", "bytes", "--max-cell"};
static const struct limit RECORD_LIMIT = {
    "csv.record_too_long", "a record of", "bytes", "--max-record"};
static const struct limit COLUMN_LIMIT = {
    "csv.too_many_columns", "a record of", "cells", "--max-columns"};

/* "a record of 5,000,000 bytes, the limit is 4,194,304" */
static void
add_limit(struct problem_list *l, const struct limit *limit, int column,
    uint64_t byte, uint64_t is, uint64_t max)
{
	char is_text[32], max_text[32], message[160];
	struct problem *p;

	snprintf(message, sizeof(message), "%s %s %s, the limit is %s",
	    limit->what, text_count(is, is_text), limit->unit,
	    text_count(max, max_text));
	p = reject(
	    l, limit->code, column, byte, (struct text){NULL, 0}, message);
	if (p)
		problem_set_hint(
		    l, p, "check first: %s raises the limit", limit->option);
}

/* The text of a raw cell for a message: its first line. */
static struct text
cell_text(const struct record_shape *sh, const struct raw_cell *cell)
{
	const char *s = sh->content + cell->begin;

	return (struct text){s, line_length(s, cell->end - cell->begin)};
}

static bool
holds(const struct raw_cell *cell, uint64_t at)
{
	return at >= cell->begin && at < cell->end;
}

/* Bytes of the cell when it is unescaped. */
static size_t
cell_length(const struct record_shape *sh, const struct raw_cell *cell)
{
	const char *s = sh->content + cell->begin;
	size_t len = cell->end - cell->begin, quotes = 0;

	if (!cell->is_quoted || len <= sh->limits.max_cell)
		return len;
	for (size_t i = 0; i < len; i++)
		quotes += s[i] == sh->extent->quote;
	/* Two around it, the others in pairs. */
	return len - 2 - (quotes - 2) / 2;
}

static void
check_damage(const struct record_shape *sh, const struct raw_cell *cell,
    struct problem_list *l)
{
	const struct damage *g = sh->damage;
	int column = column_of(cell->column);

	if (g->has_nul && holds(cell, g->nul_at))
		add_nul(sh, column, cell_text(sh, cell), l);
	if (g->has_bad && holds(cell, g->bad_at))
		add_bad_encoding(sh, column, cell_text(sh, cell), l);
}

static void
add_bare(const struct record_shape *sh, int column, struct text value,
    struct problem_list *l)
{
	struct problem *p = problem_add(l, PROBLEM_NOTE, STAGE_READ,
	    "csv.bare_quote", column, value,
	    "a quote inside a cell without quotes around it is kept as it is");
	size_t at = 0;

	while (at < value.len &&
	       is_skipped_blank(value.s[at], sh->extent->delimiter))
		at++;
	if (p && at > 0 && at < value.len && value.s[at] == sh->extent->quote)
		problem_set_hint(l, p, STRUCTURE_BLANKS_HINT);
}

static void
check_quotes(const struct record_shape *sh, const struct raw_cell *cell,
    struct problem_list *l)
{
	const struct extent *e = sh->extent;

	if (e->has_stray && cell->column == e->stray_column)
		add_stray(sh, cell_text(sh, cell), l);
	else if (sh->is_unclosed && cell->column == e->column)
		add_unclosed(sh, cell_text(sh, cell), l);
	if (cell->has_bare_quote)
		add_bare(sh, column_of(cell->column), cell_text(sh, cell), l);
}

static size_t
check_cells(const struct record_shape *sh, struct problem_list *l)
{
	const struct extent *e = sh->extent;
	bool is_broken = e->has_stray || sh->is_unclosed;
	struct raw_cells walk;
	struct raw_cell cell;
	size_t count = 0, length;

	raw_cells_begin(
	    &walk, sh->content, (size_t)e->length, e->delimiter, e->quote);
	walk.skips_blanks = e->skips_blanks;
	while (raw_cells_next(&walk, &cell)) {
		count++;
		check_damage(sh, &cell, l);
		check_quotes(sh, &cell, l);
		length = is_broken ? 0 : cell_length(sh, &cell);
		if (length > sh->limits.max_cell)
			add_limit(l, &CELL_LIMIT, column_of(cell.column),
			    sh->begin + cell.begin, length,
			    sh->limits.max_cell);
	}
	return is_broken ? 0 : count;
}

/* A record of which nothing is in memory. */
static void
check_too_long(const struct record_shape *sh, struct problem_list *l)
{
	const struct text none = {NULL, 0};

	/* With a quote left open, its length is only a consequence. */
	if (!sh->is_unclosed)
		add_limit(l, &RECORD_LIMIT, PROBLEM_NO_COLUMN, sh->begin,
		    sh->extent->length, sh->limits.max_record);
	if (sh->damage->has_nul)
		add_nul(sh, PROBLEM_NO_COLUMN, none, l);
	if (sh->damage->has_bad)
		add_bad_encoding(sh, PROBLEM_NO_COLUMN, none, l);
	if (sh->extent->has_stray)
		add_stray(sh, none, l);
	else if (sh->is_unclosed)
		add_unclosed(sh, none, l);
}

size_t
structure_check(const struct record_shape *sh, struct problem_list *l)
{
	size_t cells;

	if (!sh->content) {
		check_too_long(sh, l);
		return 0;
	}
	cells = check_cells(sh, l);
	if (cells > sh->limits.max_columns)
		add_limit(l, &COLUMN_LIMIT, PROBLEM_NO_COLUMN, sh->begin, cells,
		    sh->limits.max_columns);
	return cells;
}
