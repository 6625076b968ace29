/* SPDX-License-Identifier: MIT */
/*
 * The mapping against a header: which cell each name means. A header name
 * that occurs twice, or none, is the header's business until the mapping
 * names it. Look-alikes (case, no-break spaces, zero-width characters) are
 * told with the escapes that YAML needs, since they cannot be seen.
 */
#include "base/unicode.h"
#include "base/xalloc.h"
#include "loader.h"
#include "mapping/mapping.h"
#include "name_index.h"

#include <stdlib.h>
#include <string.h>

#define UNUSED_SHOWN 8

struct binder {
	struct mapping *m;
	const struct header *header;
	const char *csv_name;
	struct diagnostics *list;
	bool *used;
	size_t found, guessed;		/* columns; did-you-means */
	struct name_index exact, loose; /* loose: only where it was asked for */
	struct source_cursor cursor;
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

static void
binder_begin(struct binder *b)
{
	/* Without a header there are no names to find. */
	size_t names = b->header->line ? b->header->count : 0;
	name_index_init(&b->exact, b->header->names, names, COLUMNS_EXACT);
	name_index_init(&b->loose, b->header->names,
	    b->m->source.columns == COLUMNS_LOOSE ? names : 0, COLUMNS_LOOSE);
}

static void
binder_end(struct binder *b)
{
	name_index_release(&b->exact);
	name_index_release(&b->loose);
}

/* The columns of a name: how many, and the first of their numbers. */
static size_t
find_name(const struct binder *b, struct text name, const size_t **columns)
{
	const struct name_index *x = &b->exact;
	size_t at = 0;
	size_t count = name_index_find(x, name, COLUMNS_EXACT, &at);
	if (count == 0 && b->m->source.columns == COLUMNS_LOOSE) {
		x = &b->loose;
		count = name_index_find(x, name, COLUMNS_LOOSE, &at);
	}
	*columns = count ? x->sorted + at : NULL;
	return count;
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
		bool hidden = code_point_is_unseen(c);
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

/* In what a name differs that looks the same; or that it differs only in what
 * `columns: loose` does not look at. */
static void
add_difference(const struct binder *b, struct buf *help,
    const struct column_ref *ref, struct text name)
{
	struct buf why = BUF_INIT(512), ours = BUF_INIT(0), its = BUF_INIT(0);

	name_key(&ours, ref->name, COLUMNS_LOOSE);
	name_key(&its, name, COLUMNS_LOOSE);
	if (look_alike_explain(
		&why, "the mapping's name", ref->name, "the file's name", name))
		buf_addf(help, " (%s)", buf_str(&why));
	else if (b->m->source.columns == COLUMNS_EXACT && ours.len == its.len &&
		 memcmp(ours.data, its.data, its.len) == 0)
		buf_adds(help, " (source: {columns: loose} ignores case, "
			       "blanks, '_' and '-')");
	buf_release(&why);
	buf_release(&ours);
	buf_release(&its);
}

/* What the name was meant to be, where YAML read another (hint_plain), and the
 * file has that: how it has to be written. */
static enum plain_look
add_meant(struct binder *b, const struct column_ref *ref, struct buf *help)
{
	const size_t *columns;
	struct text meant;
	enum plain_look look =
	    hint_plain(&b->cursor, ref->at, ref->name, &meant);

	if (look == PLAIN_AS_IS || find_name(b, meant, &columns) == 0)
		return PLAIN_AS_IS;
	buf_adds(help, look == PLAIN_CUT
			   ? "a # after a blank begins a comment; quote the "
			     "name: "
			   : "typographic quotes are read as part of the name; "
			     "use straight ones: ");
	add_visible(help, meant);
	return look;
}

/* A column is there, and so is the one that was meant. */
static void
warn_cut(struct binder *b, const struct column_ref *ref)
{
	struct buf help = BUF_INIT(1024);

	/* One that ends in # was told when the mapping was read. */
	if (add_meant(b, ref, &help) == PLAIN_CUT &&
	    help.data[help.len - 2] != '#')
		diagnostics_help(b->list,
		    diagnostics_add(b->list, SEVERITY_WARNING,
			"mapping.cut_by_comment", b->m->file, ref->at.line,
			ref->at.column,
			"this is column %s; what follows is a comment",
			shown(b, ref->name)),
		    "%s", buf_str(&help));
	buf_release(&help);
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
		buf_adds(&help, "the file is read without a header: use index: "
				"N, counted from 1");
	} else if (add_meant(b, ref, &help) != PLAIN_AS_IS) {
		b->guessed++;
	} else if (meant >= 0) {
		b->guessed++;
		buf_adds(&help, "did you mean ");
		add_visible(&help, h->names[meant]);
		buf_addc(&help, '?');
		add_difference(b, &help, ref, h->names[meant]);
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
	buf_adds(&help, "is it the right file, and is the delimiter right? its "
			"columns are ");
	add_columns(b, &help);
	diagnostics_help(l, x, "%s", buf_str(&help));
	buf_release(&help);
}

static void
report_twice(struct binder *b, const struct column_ref *ref,
    const size_t *columns, size_t count)
{
	struct diagnostic *x = diagnostics_add(b->list, SEVERITY_ERROR,
	    "mapping.duplicate_column", b->m->file, ref->at.line,
	    ref->at.column, "'%s' has several columns %s", b->csv_name,
	    shown(b, ref->name));
	struct buf help = BUF_INIT(4096);
	buf_adds(&help, "write one of: ");
	for (size_t i = 0; i < count && i < UNUSED_SHOWN; i++)
		buf_addf(
		    &help, "%sindex: %zu", i ? " or " : "", columns[i] + 1);
	diagnostics_help(b->list, x, "%s", buf_str(&help));
	buf_release(&help);
}

static void
report_beyond(struct binder *b, const struct column_ref *ref)
{
	diagnostics_add(b->list, SEVERITY_ERROR, "mapping.unknown_column",
	    b->m->file, ref->at.line, ref->at.column,
	    "'%s' has %zu column%s, not %lu", b->csv_name, b->header->count,
	    b->header->count == 1 ? "" : "s", (unsigned long)ref->index);
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
	const size_t *columns;
	size_t count = find_name(b, ref->name, &columns);
	if (count == 0) {
		report_unknown(b, ref, missing);
		return false;
	}
	b->found++;
	if (count > 1) {
		report_twice(b, ref, columns, count);
		return true;
	}
	ref->column = (int)columns[0];
	b->used[ref->column] = true;
	warn_cut(b, ref);
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
	/* The rows of the mapping's own tests are in no file. */
	if (unused && h->line && strcmp(b->csv_name, b->m->file) != 0)
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
	    .cursor = {.bytes = m->bytes}};
	binder_begin(&b);
	mapping_each_field(m, bind_field, &b);
	for (size_t i = 0; i < m->only_count; i++)
		bind_ref(&b, &m->only[i].column, SEVERITY_ERROR);
	for (size_t i = 0; i < m->except_count; i++)
		bind_ref(&b, &m->except[i].column, SEVERITY_ERROR);
	say_none_at_once(&b, &before);
	note_unused(&b);
	binder_end(&b);
	free(b.used);
	return list->errors > before.errors ? -1 : 0;
}

struct name_finder {
	struct binder binder;
	struct names_found *found;
};

static void
find_ref(void *ctx, const struct column_ref *ref)
{
	struct name_finder *f = ctx;
	const size_t *columns;
	if (ref->index)
		return;
	f->found->named++;
	if (find_name(&f->binder, ref->name, &columns) == 0)
		return;
	f->found->found++;
	f->binder.used[columns[0]] = true;
}

void
mapping_find_names(const struct mapping *m, const struct header *header,
    bool *is_named, struct names_found *found)
{
	struct name_finder f = {.found = found};
	f.binder.m = (struct mapping *)m;
	f.binder.header = header;
	f.binder.used = is_named;
	*found = (struct names_found){0, 0};
	binder_begin(&f.binder);
	mapping_each_column(m, find_ref, &f);
	binder_end(&f.binder);
}

static void
max_index(void *ctx, const struct column_ref *c)
{
	size_t *most = ctx;

	if (c->index > *most)
		*most = c->index;
}

size_t
mapping_max_index(const struct mapping *m)
{
	size_t most = 0;
	mapping_each_column(m, max_index, &most);
	return most;
}
