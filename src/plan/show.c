/* SPDX-License-Identifier: MIT */
/*
 * Diagnostics and problem groups for a terminal. They are composed in a
 * buffer and written at once, so that lines of two programs on one terminal
 * do not mix.
 */
#include "plan/plan.h"

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
		const struct log_place at = {
		    x->code, x->file, x->help, x->line, x->column};

		if (x->severity > least)
			continue;
		log_at(x->severity == SEVERITY_ERROR	 ? LOG_ERROR
		       : x->severity == SEVERITY_WARNING ? LOG_DIAGNOSTIC
							 : LOG_NOTE,
		    x->message, &at);
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

static void
problems_log(const struct problem_groups *g)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct problem_group *x = &g->items[i];
		const struct log_place at = {
		    .code = x->code, .file = g->csv_name, .help = x->hint};
		struct buf words = BUF_INIT(0);

		page_problem_line(x, &words);
		log_at(x->kind == GROUP_NOTE ? LOG_NOTE : LOG_WARNING,
		    buf_str(&words), &at);
		buf_release(&words);
	}
}

void
show_problems(const struct problem_groups *g, const struct settings *o)
{
	struct buf out = BUF_INIT(0);
	struct page p = {&out, settings_colour(o, STDERR_FILENO)};

	if (log_is_json()) {
		problems_log(g);
		return;
	}
	page_problems(&p, g, NULL, PAGE_LINES);
	if (out.len > 0)
		log_words(LOG_WARNING, buf_str(&out));
	buf_release(&out);
}
