/* SPDX-License-Identifier: MIT */
/* An "end" closes the part before it; a part that was killed has none. */
#include "base/xalloc.h"
#include "runs/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
take_event(void *ctx, int64_t at_ms, const char *kind, const char *text)
{
	struct run_story *s = ctx;

	if (at_ms > s->last_ms)
		s->last_ms = at_ms;
	if (strcmp(kind, "start") == 0) {
		struct run_part *p;

		ARRAY_ROOM(s->parts, s->count, s->cap);
		p = &s->parts[s->count++];
		*p = (struct run_part){.started_ms = at_ms};
		snprintf(p->command, sizeof(p->command), "%s", text);
	} else if (strcmp(kind, "end") == 0 && s->count > 0) {
		s->parts[s->count - 1].ended_ms = at_ms;
	}
	return 0;
}

int
run_story_load(struct run_story *s, struct ledger *l, struct diag *d)
{
	*s = (struct run_story){0};
	return ledger_each_event(l, take_event, s, d);
}

void
run_story_release(struct run_story *s)
{
	free(s->parts);
	*s = (struct run_story){0};
}

bool
run_story_was_asked(const struct run_story *s)
{
	const struct run_part *last = s->count ? &s->parts[s->count - 1] : NULL;

	return last && strcmp(last->command, "reconcile") == 0 &&
	       last->ended_ms > 0;
}
