/* SPDX-License-Identifier: MIT */
#include "cli/show.h"

#include "base/xalloc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * Diagnostics and problem groups for a terminal. They are composed in a
 * buffer and written at once, so that lines of two programs on one terminal
 * do not mix.
 */

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

void
diagnostics_render(const struct pipeline *p, const char *mapping_path,
    enum severity least, bool with_colour, struct buf *out)
{
	const struct diagnostics *all = &p->diagnostics;
	struct buf again = BUF_INIT(MAPPING_BYTES_MAX);
	struct diagnostics some = *all;
	struct text bytes;

	some.items = xreallocarray(NULL, all->count + 1, sizeof(*some.items));
	some.count = 0;
	for (size_t i = 0; i < all->count; i++)
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

void
show_diagnostics(
    const struct pipeline *p, const struct options *o, const char *mapping_path)
{
	struct buf out = BUF_INIT(0);
	enum severity least = o->verbose ? SEVERITY_NOTE
			      : o->quiet ? SEVERITY_ERROR
					 : SEVERITY_WARNING;

	diagnostics_render(
	    p, mapping_path, least, options_colour(o, STDERR_FILENO), &out);
	fwrite(buf_str(&out), 1, out.len, stderr);
	buf_release(&out);
}

static void
add_examples(struct buf *out, const struct problem_group *g)
{
	for (size_t i = 0; i < g->example_count; i++) {
		const struct problem_example *e = &g->examples[i];

		buf_addf(out, "%s row %" PRIu64, i > 0 ? "," : "", e->row);
		if (e->cell[0] != '\0')
			buf_addf(out, " (%s)", e->cell);
		if (e->value && e->value[0] != '\0')
			buf_addf(out, " '%s'", e->value);
	}
}

static void
add_groups(struct buf *out, const struct problem_groups *g,
    enum group_kind kind, const char *heading)
{
	const struct problem_group *sorted[GROUPS_MAX + 1];
	size_t count = problem_groups_sorted(
	    g, kind, sorted, sizeof(sorted) / sizeof(sorted[0]));
	char number[32];

	if (count == 0)
		return;
	buf_addf(out, "%s\n", heading);
	for (size_t i = 0; i < count; i++) {
		const struct problem_group *x = sorted[i];

		buf_addf(
		    out, "  %8s  %s", text_count(x->rows, number), x->code);
		if (x->column_name && x->column_name[0] != '\0')
			buf_addf(out, "  \"%s\"", x->column_name);
		if (x->message && x->message[0] != '\0')
			buf_addf(out, "  %s", x->message);
		buf_addc(out, '\n');
		if (x->example_count > 0) {
			buf_adds(out, "           ");
			add_examples(out, x);
			buf_addc(out, '\n');
		}
		if (x->hint && x->hint[0] != '\0')
			buf_addf(out, "            help: %s\n", x->hint);
	}
}

void
show_problems(const struct problem_groups *g)
{
	struct buf out = BUF_INIT(0);
	char number[32];

	for (size_t i = 0; i < g->first_count; i++)
		buf_addf(&out, "%s\n", g->first[i]);
	if (g->unshown > 0)
		buf_addf(
		    &out, "… and %s more\n", text_count(g->unshown, number));
	add_groups(&out, g, GROUP_REJECTED, "rows rejected:");
	add_groups(&out, g, GROUP_NOTE, "notes:");
	fwrite(buf_str(&out), 1, out.len, stderr);
	buf_release(&out);
}
