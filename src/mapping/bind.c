/* SPDX-License-Identifier: MIT */
#include "mapping/mapping.h"

/*
 * The mapping against a header: which cell each name means. A header name
 * that occurs twice, or none, is the header's business until the mapping
 * names it. Look-alikes (case, no-break spaces, zero-width characters) are
 * told with the escapes that YAML needs, since they cannot be seen.
 */

#include "base/xalloc.h"
#include "mapping/loader.h"

#include <stdlib.h>
#include <string.h>

#define UNUSED_SHOWN 8

struct binder {
	struct mapping *m;
	const struct header *header;
	const char *csv_name;
	struct diagnostics *list;
	bool *used;
	size_t found, guessed; /* columns; did-you-means */
	/* Header names in byte order, for bsearch: indexes into header. */
	size_t *sorted;
};

static void
show(struct buf *b, struct text t)
{
	buf_addc(b, '\'');
	text_display(b, t, 60);
	buf_addc(b, '\'');
}

static const char *
shown(struct binder *b, struct text t)
{
	struct buf out = BUF_INIT(4096);
	show(&out, t);
	const char *s = arena_strdup(&b->list->arena, buf_str(&out));
	buf_release(&out);
	return s;
}

/* The position of the first header name that is not before `name`. */
static size_t
lower_bound(const struct binder *b, struct text name)
{
	size_t low = 0, high = b->header->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (text_compare(
			b->header->names[b->sorted[middle]], name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A merge sort bottom up: stable, so that equal names stand in the order of
 * their columns, and without a global for qsort. */
static void
sort_names(struct binder *b)
{
	size_t n = b->header->count;
	size_t *from = b->sorted, *to = xcalloc(n ? n : 1, sizeof(*to));
	size_t *spare = to;
	for (size_t width = 1; width < n; width *= 2) {
		for (size_t at = 0; at < n; at += 2 * width) {
			size_t i = at;
			size_t middle = at + width < n ? at + width : n;
			size_t k = middle;
			size_t end = at + 2 * width < n ? at + 2 * width : n;
			for (size_t o = at; o < end; o++) {
				bool left = k == end ||
				    (i < middle &&
					text_compare(
					    b->header->names[from[i]],
					    b->header->names[from[k]]) <= 0);
				to[o] = left ? from[i++] : from[k++];
			}
		}
		size_t *other = from;
		from = to;
		to = other;
	}
	if (from != b->sorted)
		memcpy(b->sorted, from, n * sizeof(*from));
	free(spare);
}

/* t for YAML in double quotes, with what cannot be seen as \u escapes. */
static void
add_visible(struct buf *b, struct text t)
{
	size_t at = 0;
	buf_addc(b, '"');
	while (at < t.len) {
		size_t begin = at;
		uint32_t c = utf8_next(t.s, t.len, &at);
		bool hidden = c == 0xa0 || c == 0xad || c == 0x180e ||
		    (c >= 0x2000 && c <= 0x200f) ||
		    (c >= 0x2028 && c <= 0x202f) || c == 0x205f ||
		    (c >= 0x2060 && c <= 0x2064) || c == 0x3000 ||
		    c == 0xfeff || c < 0x20;
		if (hidden)
			buf_addf(b, "\\u%04X", (unsigned)c);
		else if (c == '"' || c == '\\')
			buf_addf(b, "\\%c", (char)c);
		else
			buf_add(b, t.s + begin, at - begin);
	}
	buf_addc(b, '"');
}

/* What the columns of the file are, as far as there is room. */
static void
add_columns(const struct binder *b, struct buf *out)
{
	const struct header *h = b->header;
	for (size_t i = 0; i < h->count && i < UNUSED_SHOWN; i++) {
		if (i)
			buf_adds(out, ", ");
		show(out, h->names[i]);
	}
	if (h->count > UNUSED_SHOWN)
		buf_addf(out, " and %zu more", h->count - UNUSED_SHOWN);
}

static void
report_unknown(
    struct binder *b, const struct column_ref *ref, enum severity severity)
{
	const struct header *h = b->header;
	struct diagnostic *x = diagnostics_add(b->list, severity,
	    "mapping.unknown_column", b->m->file, ref->at.line, ref->at.column,
	    "'%s' has no column %s", b->csv_name, shown(b, ref->name));
	struct buf help = BUF_INIT(8192);
	int meant = -1;
	if (b->list->count <= SUGGESTIONS_MAX)
		meant = text_did_you_mean(ref->name, h->names, h->count);
	if (h->line == 0) {
		buf_adds(&help, "the file is read without a header: say index: "
				"N, from 1");
	} else if (meant >= 0) {
		b->guessed++;
		buf_adds(&help, "did you mean ");
		add_visible(&help, h->names[meant]);
		buf_addc(&help, '?');
	} else {
		buf_adds(&help, "its columns are ");
		add_columns(b, &help);
	}
	diagnostics_help(b->list, x, "%s", buf_str(&help));
	buf_release(&help);
}

/* A file that has none of the columns, nor one like them, is another file, or
 * is read with another delimiter: said once, at the first of them, instead of
 * what was said of each since `before`. */
static void
say_none_at_once(struct binder *b, const struct diagnostics *before)
{
	struct diagnostics *l = b->list;
	struct buf help = BUF_INIT(8192);
	size_t missing = l->count - before->count;
	if (missing < 2 || b->found || b->guessed || !b->header->line)
		return;
	for (size_t i = before->count; i < l->count; i++)
		if (strcmp(l->items[i].code, "mapping.unknown_column") != 0)
			return;
	struct diagnostic first = l->items[before->count];
	l->count = before->count;
	l->errors = before->errors;
	l->warnings = before->warnings;
	struct diagnostic *x = diagnostics_add(l, SEVERITY_ERROR, first.code,
	    b->m->file, first.line, first.column,
	    "'%s' has none of the mapping's columns", b->csv_name);
	buf_adds(&help, "is it the right file, and its delimiter right? "
			"its columns are ");
	add_columns(b, &help);
	diagnostics_help(l, x, "%s", buf_str(&help));
	buf_release(&help);
}

static bool
is_twice(const struct binder *b, size_t at, struct text name)
{
	return at + 1 < b->header->count &&
	    text_equal(b->header->names[b->sorted[at + 1]], name);
}

static void
report_twice(struct binder *b, const struct column_ref *ref, size_t at)
{
	struct diagnostic *x = diagnostics_add(b->list, SEVERITY_ERROR,
	    "mapping.duplicate_column", b->m->file, ref->at.line,
	    ref->at.column, "'%s' has several columns %s", b->csv_name,
	    shown(b, ref->name));
	struct buf help = BUF_INIT(4096);
	buf_adds(&help, "say which: ");
	size_t shown_count = 0;
	for (; at < b->header->count &&
	     text_equal(b->header->names[b->sorted[at]], ref->name) &&
	     shown_count < UNUSED_SHOWN;
	     at++)
		buf_addf(&help, "%sindex: %zu", shown_count++ ? " or " : "",
		    b->sorted[at] + 1);
	diagnostics_help(b->list, x, "%s", buf_str(&help));
	buf_release(&help);
}

static void
report_beyond(struct binder *b, const struct column_ref *ref)
{
	diagnostics_add(b->list, SEVERITY_ERROR, "mapping.unknown_column",
	    b->m->file, ref->at.line, ref->at.column,
	    "'%s' has %zu columns, not %lu", b->csv_name, b->header->count,
	    (unsigned long)ref->index);
}

/* True if the column is there. `missing`: how bad it is if it is not. */
static bool
bind_ref(struct binder *b, struct column_ref *ref, enum severity missing)
{
	ref->column = -1;
	if (ref->index) {
		/* Without a header a row may be wider than the first one. */
		if (ref->index > b->header->count && b->header->line != 0) {
			report_beyond(b, ref);
			return false;
		}
		b->found++;
		ref->column = (int)ref->index - 1;
		if (ref->index <= b->header->count)
			b->used[ref->index - 1] = true;
		return true;
	}
	size_t at = b->header->line ? lower_bound(b, ref->name)
				    : b->header->count;
	if (at == b->header->count ||
	    !text_equal(b->header->names[b->sorted[at]], ref->name)) {
		report_unknown(b, ref, missing);
		return false;
	}
	b->found++;
	if (is_twice(b, at, ref->name)) {
		report_twice(b, ref, at);
		return true;
	}
	ref->column = (int)b->sorted[at];
	b->used[ref->column] = true;
	return true;
}

static void
bind_field(void *ctx, struct field *f)
{
	struct binder *b = ctx;
	size_t before = b->list->count, found = 0;
	bool is_choice = f->source == SOURCE_COLUMN && f->column_count > 1;
	for (size_t i = 0; i < f->column_count; i++)
		if (bind_ref(b, &f->columns[i],
			is_choice ? SEVERITY_WARNING : SEVERITY_ERROR))
			found++;
	if (!is_choice || found)
		return;
	/* One of them must be there: the warnings become errors. */
	for (size_t i = before; i < b->list->count; i++)
		if (b->list->items[i].severity == SEVERITY_WARNING) {
			b->list->items[i].severity = SEVERITY_ERROR;
			b->list->warnings--;
			b->list->errors++;
		}
}

static void
note_unused(struct binder *b)
{
	const struct header *h = b->header;
	struct buf names = BUF_INIT(8192);
	size_t unused = 0;
	for (size_t i = 0; i < h->count; i++) {
		if (b->used[i] || unused++ >= UNUSED_SHOWN)
			continue;
		if (names.len)
			buf_adds(&names, ", ");
		if (h->names[i].len)
			show(&names, h->names[i]);
		else
			buf_addf(&names, "column %zu", i + 1);
	}
	if (unused > UNUSED_SHOWN)
		buf_addf(&names, " and %zu more", unused - UNUSED_SHOWN);
	if (unused && h->line)
		diagnostics_add(b->list, SEVERITY_NOTE,
		    "mapping.columns_unused", b->m->file, 0, 0,
		    "the mapping does not use %s of '%s'", buf_str(&names),
		    b->csv_name);
	buf_release(&names);
}

int
mapping_bind(struct mapping *m, const struct header *header,
    const char *csv_name, struct diagnostics *list)
{
	const struct diagnostics before = *list;
	size_t n = header->count ? header->count : 1;
	struct binder b = {.m = m,
	    .header = header,
	    .csv_name = csv_name,
	    .list = list,
	    .used = xcalloc(n, sizeof(bool)),
	    .sorted = xcalloc(n, sizeof(size_t))};
	for (size_t i = 0; i < header->count; i++)
		b.sorted[i] = i;
	sort_names(&b);
	mapping_each_field(m, bind_field, &b);
	for (size_t i = 0; i < m->only_count; i++)
		bind_ref(&b, &m->only[i].column, SEVERITY_ERROR);
	for (size_t i = 0; i < m->except_count; i++)
		bind_ref(&b, &m->except[i].column, SEVERITY_ERROR);
	say_none_at_once(&b, &before);
	note_unused(&b);
	free(b.sorted);
	free(b.used);
	return list->errors > before.errors ? -1 : 0;
}

static void
max_index(void *ctx, struct field *f)
{
	size_t *most = ctx;
	for (size_t i = 0; i < f->column_count; i++)
		if (f->columns[i].index > *most)
			*most = f->columns[i].index;
}

static void
max_of_conditions(
    const struct row_condition *list, size_t count, size_t *most)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].column.index > *most)
			*most = list[i].column.index;
}

size_t
mapping_max_index(const struct mapping *m)
{
	size_t most = 0;
	/* The visitor only reads. */
	mapping_each_field((struct mapping *)m, max_index, &most);
	max_of_conditions(m->only, m->only_count, &most);
	max_of_conditions(m->except, m->except_count, &most);
	return most;
}
