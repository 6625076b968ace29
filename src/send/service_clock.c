/* SPDX-License-Identifier: MIT */
/* Epochs in the order of their time, each with its best answer. */
#include "base/xalloc.h"
#include "send/submitter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A Date may be up to a second old: its middle is the best guess. */
#define DATE_HALF_MS INT64_C(500)
/* Longer answers, and dates farther off, are of no use. */
#define SANE_MS (INT64_C(100) * 366 * 24 * 3600 * 1000)

void
service_clock_release(struct service_clock *c)
{
	free(c->epochs);
	*c = (struct service_clock){0};
}

static void
begin_epoch(struct service_clock *c, int64_t start_ms)
{
	ARRAY_ROOM(c->epochs, c->count, c->cap);
	c->epochs[c->count++] =
	    (struct clock_epoch){.start_ms = start_ms, .within_ms = -1};
	c->noted_within_ms = -1;
}

bool
service_clock_parse(const char *text, int64_t *offset_ms, int64_t *within_ms)
{
	static const char before[] = "offset ", between[] = " ms, within ";
	char *end;

	if (strncmp(text, before, sizeof(before) - 1) != 0)
		return false;
	*offset_ms = strtoll(text + sizeof(before) - 1, &end, 10);
	if (strncmp(end, between, sizeof(between) - 1) != 0)
		return false;
	*within_ms = strtoll(end + sizeof(between) - 1, &end, 10);
	return strcmp(end, " ms") == 0 && *within_ms >= 0 &&
	       *within_ms < SANE_MS && llabs(*offset_ms) < SANE_MS;
}

static int
take_event(void *ctx, int64_t at_ms, const char *kind, const char *text)
{
	struct service_clock *c = ctx;
	int64_t offset, within;

	bool is_clock = strcmp(kind, CLOCK_EVENT) == 0;
	bool is_measured =
	    is_clock && service_clock_parse(text, &offset, &within);

	/* A part begins, or the clock was stepped. */
	if (strcmp(kind, "start") == 0 || (is_clock && !is_measured) ||
	    (is_measured && c->count == 0))
		begin_epoch(c, at_ms);
	if (is_measured) {
		c->epochs[c->count - 1].offset_ms = offset;
		c->epochs[c->count - 1].within_ms = within;
	}
	return 0;
}

int
service_clock_begin(struct service_clock *c, struct ledger *l, int64_t wall_ms,
    int64_t mono_ms, struct diag *d)
{
	int failed;

	*c = (struct service_clock){0};
	failed = ledger_each_event(l, take_event, c, d);

	begin_epoch(c, wall_ms);
	c->base_ms = wall_ms - mono_ms;
	return failed;
}

static int64_t
distance(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

void
service_clock_note(struct service_clock *c, int64_t wall_ms, int64_t mono_ms,
    int64_t elapsed_ms, int64_t date_ms)
{
	struct clock_epoch *e;
	int64_t within = DATE_HALF_MS + elapsed_ms / 2;

	if (distance(wall_ms - mono_ms, c->base_ms) > CLOCK_STEP_MS) {
		begin_epoch(c, wall_ms);
		c->base_ms = wall_ms - mono_ms;
	}
	e = &c->epochs[c->count - 1];
	if (date_ms < 0 || date_ms > SANE_MS || elapsed_ms < 0 ||
	    elapsed_ms > SANE_MS ||
	    (e->within_ms >= 0 && e->within_ms <= within))
		return;
	e->offset_ms = date_ms + DATE_HALF_MS - (wall_ms - elapsed_ms / 2);
	e->within_ms = within;
}

int
service_clock_store(struct service_clock *c, struct ledger *l, int64_t wall_ms,
    bool at_end, struct diag *d)
{
	const struct clock_epoch *e = &c->epochs[c->count - 1];
	char text[96];

	if (e->within_ms < 0 || e->within_ms == c->noted_within_ms ||
	    (c->noted_within_ms >= 0 && !at_end))
		return 0;
	c->noted_within_ms = e->within_ms;
	snprintf(text, sizeof(text), CLOCK_EVENT_FORMAT,
	    (long long)e->offset_ms, (long long)e->within_ms);
	return ledger_add_event(l, wall_ms, CLOCK_EVENT, text, d);
}

bool
service_clock_offset(
    const struct service_clock *c, int64_t *offset_ms, int64_t *within_ms)
{
	const struct clock_epoch *e = &c->epochs[c->count - 1];

	if (e->within_ms < 0)
		return false;
	*offset_ms = e->offset_ms;
	*within_ms = e->within_ms;
	return true;
}

size_t
service_clock_epoch(const struct service_clock *c)
{
	return c->count - 1;
}

bool
service_clock_at(const struct service_clock *c, int64_t sent_ms, size_t epoch,
    int64_t *offset_ms, int64_t *within_ms)
{
	size_t i = epoch;

	if (i >= c->count)
		for (i = c->count - 1; i > 0; i--)
			if (c->epochs[i].start_ms <= sent_ms)
				break;
	while (i < c->count && c->epochs[i].within_ms < 0)
		i++;
	if (i >= c->count)
		return false;
	*offset_ms = c->epochs[i].offset_ms;
	*within_ms = c->epochs[i].within_ms;
	return true;
}

int64_t
service_clock_earliest(
    const struct service_clock *c, int64_t sent_ms, size_t epoch)
{
	int64_t offset, within;

	return service_clock_at(c, sent_ms, epoch, &offset, &within)
		   ? sent_ms + offset - within - CLOCK_SERVICE_MS
		   : sent_ms - CLOCK_UNKNOWN_MS;
}
