/* SPDX-License-Identifier: MIT */
/* Runs of parts in several runs folders: which one counts. */
#include "part_runs.h"

#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

/* It sent something, or may have. */
static bool
counts(const struct run_summary *s)
{
	return s->sent || strcmp(s->state, "damaged") == 0 ||
	       strcmp(s->state, "running") == 0 ||
	       strcmp(s->state, "in use") == 0;
}

static int
choose(void *ctx, const struct run_summary *s)
{
	struct run_summary *found = ctx;

	if (counts(s) || found->state[0] == '\0')
		*found = *s;
	return counts(s);
}

const struct place_of_runs *
part_runs_find(const struct part_runs *r, const struct run_filter *f,
    struct run_summary *s, const struct place_of_runs **twice)
{
	const struct place_of_runs *found = NULL;
	struct run_summary *x = xmalloc(sizeof(*x));

	memset(s, 0, sizeof(*s));
	*twice = NULL;
	for (size_t i = 0; i < r->count && *twice == NULL; i++) {
		memset(x, 0, sizeof(*x));
		(void)run_list_each(r->places[i].runs, f, choose, x);
		if (x->state[0] == '\0' || (found && !counts(x)))
			continue;
		if (!found || !counts(s)) {
			found = &r->places[i];
			*s = *x;
		} else if (strcmp(x->identity.id, s->identity.id) != 0) {
			*twice = &r->places[i];
		}
	}
	free(x);
	return found;
}

int
part_runs_open(struct part_runs *r, const struct settings *s,
    const struct folders *said, struct diag *d)
{
	r->count = said->count > 0 ? said->count : 1;
	r->places = xcalloc(r->count, sizeof(*r->places));
	for (size_t i = 0; i < r->count; i++) {
		struct place_of_runs *x = &r->places[i];
		const char *dir = said->count > 0 ? said->said[i] : NULL;

		x->where = settings_where(s);
		if (x->where.runs_dir != NULL)
			x->where.runs_dir = dir;
		x->dir = runs_dir_default(dir, d);
		x->runs = x->dir ? run_list_read(x->dir, d) : NULL;
		if (x->runs == NULL)
			return -1;
	}
	return 0;
}

void
part_runs_close(struct part_runs *r)
{
	for (size_t i = 0; i < r->count; i++) {
		run_list_free(r->places[i].runs);
		free(r->places[i].dir);
	}
	free(r->places);
}
