/* SPDX-License-Identifier: MIT */
/*
 * Diagnostics and problem groups for a terminal. They are composed in a
 * buffer and written at once, so that lines of two programs on one terminal
 * do not mix.
 */
#include "plan/plan.h"

#include "base/json_write.h"
#include "base/xalloc.h"
#include "report/terminal.h"
#include "system/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MAPPING_BYTES_MAX ((size_t)1 << 20)

/* A mapping with errors is gone; its lines are read again for the carets. */
static void
read_lines(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "re");
	char bytes[4096];
	size_t n;

	if (!f)
		return;
	while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		if (!buf_add(out, bytes, n))
			break;
	fclose(f);
}

/* The diagnostics as text: those that are at least that severe. */
static void
diagnostics_render(const struct plan *p, const char *mapping_path, size_t shown,
    enum severity least, bool with_colour, struct buf *out)
{
	const struct diagnostics *all = &p->diagnostics;
	struct buf again = BUF_INIT(MAPPING_BYTES_MAX);
	struct diagnostics some = *all;
	struct text bytes;

	some.items = xreallocarray(NULL, all->count + 1, sizeof(*some.items));
	some.count = 0;
	for (size_t i = shown; i < all->count; i++)
		if (all->items[i].severity <= least)
			some.items[some.count++] = all->items[i];
	if (p->mapping) {
		bytes = p->mapping->bytes;
	} else {
		read_lines(mapping_path, &again);
		bytes = (struct text){buf_str(&again), again.len};
	}
	diagnostics_text(&some, bytes, with_colour, out);
	free(some.items);
	buf_release(&again);
}

/* An object each. */
static void
diagnostics_log(
    const struct diagnostics *all, size_t shown, enum severity least)
{
	for (size_t i = shown; i < all->count; i++) {
		const struct diagnostic *x = &all->items[i];
		struct buf members = BUF_INIT(0);

		if (x->severity > least)
			continue;
		json_string_if(&members, "code", x->code);
		json_string_if(&members, "file", x->file);
		if (x->line > 0) {
			json_int(&members, "line", x->line);
			json_int(&members, "column", x->column);
		}
		json_string_if(&members, "help", x->help);
		log_event(x->severity == SEVERITY_ERROR	    ? LOG_ERROR
			  : x->severity == SEVERITY_WARNING ? LOG_DIAGNOSTIC
							    : LOG_NOTE,
		    x->message, &members);
		buf_release(&members);
	}
}

void
show_diagnostics(const struct plan *p, const struct settings *o,
    const char *mapping_path, size_t shown)
{
	struct buf out = BUF_INIT(0);
	enum severity least = o->verbose ? SEVERITY_NOTE
			      : o->quiet ? SEVERITY_ERROR
					 : SEVERITY_WARNING;

	if (log_is_json()) {
		diagnostics_log(&p->diagnostics, shown, least);
		return;
	}
	diagnostics_render(p, mapping_path, shown, least,
	    settings_colour(o, STDERR_FILENO), &out);
	log_words(LOG_DIAGNOSTIC, buf_str(&out));
	buf_release(&out);
}

void
show_problems(const struct problem_groups *g, const struct settings *o)
{
	struct buf out = BUF_INIT(0);
	struct page p = {&out, settings_colour(o, STDERR_FILENO)};

	page_problems(&p, g, NULL, PAGE_LINES);
	if (out.len > 0)
		log_words(LOG_WARNING, buf_str(&out));
	buf_release(&out);
}
