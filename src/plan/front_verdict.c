/* SPDX-License-Identifier: MIT */
/*
 * A doubt about the header is a refusal only where the mapping gives no
 * reason to believe the first record: a name that is found there is a person's
 * word. A name that is itself a value is not: that is how a mapping made from
 * a file without a header looks.
 */
#include "front_verdict.h"

#include "base/xalloc.h"

#include <inttypes.h>
#include <stdlib.h>

static void
note(const struct front *f, const char *csv_name, enum severity severity,
    struct diagnostics *list)
{
	struct buf message = BUF_INIT(0), help = BUF_INIT(0);
	struct diagnostic *x;

	front_message(f, &message);
	front_help(f, &help);
	x = diagnostics_add(list, severity, front_code(f->kind), csv_name, 0, 0,
	    "%s", buf_str(&message));
	diagnostics_help(list, x, "%s", buf_str(&help));
	buf_release(&message);
	buf_release(&help);
}

int
front_refuse(const struct front *f, const struct mapping *m,
    const char *csv_name, struct diag *d)
{
	const struct header none = {.count = 0};
	struct names_found found;

	switch (f->kind) {
	case FRONT_QUOTED_LINES:
	case FRONT_APOSTROPHES:
	case FRONT_MIXED_DELIMITERS:
		return front_fail(f, csv_name, d);
	case FRONT_PREAMBLE:
	case FRONT_NO_HEADER:
		mapping_find_names(m, &none, NULL, &found);
		return found.named == 0 ? front_fail(f, csv_name, d) : 0;
	case FRONT_PLAIN:
	case FRONT_BACKSLASHES:
		break;
	}
	return 0;
}

/* The names speak for a header: several of a title's cells, or one that is
 * not all there is in it. */
static bool
names_outweigh_title(const struct front *f, const bool *is_named, size_t count)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += is_named[i];
	return found > 1 || (found == 1 && f->records[0].filled > 1);
}

/* Some are named, and none of these is a value. */
static bool
names_outweigh_row(const struct header *header, const bool *is_named)
{
	size_t found = 0;

	for (size_t i = 0; i < header->count; i++) {
		if (!is_named[i])
			continue;
		if (front_is_value(header->names[i]))
			return false;
		found++;
	}
	return found > 0;
}

int
front_weigh(const struct front *f, const struct mapping *m,
    const struct header *header, const char *csv_name, struct diagnostics *list,
    struct diag *d)
{
	struct names_found found;
	bool *is_named, is_title = f->kind == FRONT_PREAMBLE;
	bool outweighs;

	if (f->kind == FRONT_BACKSLASHES)
		note(f, csv_name, SEVERITY_WARNING, list);
	if (!is_title && f->kind != FRONT_NO_HEADER)
		return 0;
	is_named = xcalloc(header->count + 1, sizeof(*is_named));
	mapping_find_names(m, header, is_named, &found);
	outweighs = is_title ? names_outweigh_title(f, is_named, header->count)
			     : names_outweigh_row(header, is_named);
	free(is_named);
	if (!outweighs)
		return front_fail(f, csv_name, d);
	note(f, csv_name, is_title ? SEVERITY_WARNING : SEVERITY_NOTE, list);
	return 0;
}

/* The record that has most of the mapping's names, if it has more of them
 * than the header: all of those that it must have, or two. */
static const struct front_record *
find_names(
    const struct front *f, const struct mapping *m, const struct header *header)
{
	const struct front_record *best = NULL;
	bool *is_named = xcalloc(header->count + FRONT_CELLS + 1, sizeof(bool));
	struct names_found found;
	size_t most;

	mapping_find_names(m, header, is_named, &found);
	most = found.found;
	for (size_t i = 0; i < f->count; i++) {
		const struct front_record *r = &f->records[i];
		struct header names = {.count = r->cell_count,
		    .names = r->cells,
		    .row = 1,
		    .line = r->line};

		if (r->line <= header->line)
			continue;
		mapping_find_names(m, &names, is_named, &found);
		if (found.found <= most ||
		    (found.found < 2 && found.found < found.named))
			continue;
		most = found.found;
		best = r;
	}
	free(is_named);
	return best;
}

/* What went wrong with the binding first. */
static struct diagnostic
first_error(const struct diagnostics *before, const struct diagnostics *list)
{
	for (size_t i = before->count; i < list->count; i++)
		if (list->items[i].severity == SEVERITY_ERROR)
			return list->items[i];
	return (struct diagnostic){.line = 0};
}

void
front_explain(const struct front *f, const struct mapping *m,
    const struct header *header, const char *csv_name,
    const struct diagnostics *before, struct diagnostics *list)
{
	const struct front_record *r =
	    header->line > 0 ? find_names(f, m, header) : NULL;
	const struct diagnostic first = first_error(before, list);
	struct diagnostic *x;

	if (!r) {
		if (f->kind != FRONT_PLAIN)
			note(f, csv_name, SEVERITY_WARNING, list);
		return;
	}
	list->count = before->count;
	list->errors = before->errors;
	list->warnings = before->warnings;
	x = diagnostics_add(list, SEVERITY_ERROR, front_code(FRONT_PREAMBLE),
	    m->file, first.line, first.column,
	    "the mapping's columns are on line %" PRIu64
	    " of '%s'; its header is read from line %" PRIu64,
	    r->line, csv_name, header->line);
	diagnostics_help(list, x,
	    "skip the lines before them with skip_lines: %" PRIu64
	    " (--skip-lines %" PRIu64 ")",
	    r->line - 1, r->line - 1);
}
