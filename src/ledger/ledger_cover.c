/* SPDX-License-Identifier: MIT */
/*
 * Calls of one chunk as a cover of its rows. All ends of all spans cut the
 * indexes into pieces; the spans are laid down oldest first, so that what
 * lies on top of a piece at the end is its newest one. A row array was
 * refused: its size would come from the file.
 */
#include "base/lower_bound.h"
#include "base/xalloc.h"
#include "database.h"

#include <stdlib.h>

void
cover_spans_release(struct cover_spans *s)
{
	free(s->items);
	free(s->owners);
	*s = (struct cover_spans){0};
}

static void
add_span(struct cover_spans *s, struct cover_span span, size_t owner)
{
	if (s->count == s->cap) {
		s->cap = s->cap == 0 ? 16 : s->cap * 2;
		s->items = xreallocarray(s->items, s->cap, sizeof(*s->items));
		s->owners =
		    xreallocarray(s->owners, s->cap, sizeof(*s->owners));
	}
	s->items[s->count] = span;
	s->owners[s->count++] = owner;
}

void
cover_add_call(struct cover_spans *s, const struct ledger_call *c, size_t owner)
{
	uint64_t end = c->first + c->count, i = c->first;

	if (c->gap_bytes == 0) {
		add_span(s, (struct cover_span){c->first, c->count}, owner);
		return;
	}
	while (i < end) {
		struct cover_span run;

		while (i < end && !ledger_call_has(c, i))
			i++;
		run.first = i;
		while (i < end && ledger_call_has(c, i))
			i++;
		run.count = i - run.first;
		if (run.count > 0)
			add_span(s, run, owner);
	}
}

void
cover_release(struct cover *c)
{
	free(c->cuts);
	free(c->owners);
	*c = (struct cover){0};
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Number of cuts that are <= value. */
static size_t
cuts_up_to(const uint64_t *cuts, size_t count, uint64_t value)
{
	return lower_bound(cuts, count, sizeof(*cuts), 0, value + 1);
}

void
cover_build(struct cover *c, const struct cover_spans *s)
{
	const struct cover_span *spans = s->items;
	size_t i, cuts = 0, count = s->count;

	c->pieces = 0;
	if (count == 0)
		return;
	if (count * 2 > c->cap) {
		c->cap = count * 2;
		c->cuts = xreallocarray(c->cuts, c->cap, sizeof(*c->cuts));
		c->owners =
		    xreallocarray(c->owners, c->cap, sizeof(*c->owners));
	}
	for (i = 0; i < count; i++) {
		c->cuts[2 * i] = spans[i].first;
		c->cuts[2 * i + 1] = spans[i].first + spans[i].count;
	}
	qsort(c->cuts, count * 2, sizeof(*c->cuts), compare);
	for (i = 0; i < count * 2; i++)
		if (cuts == 0 || c->cuts[i] != c->cuts[cuts - 1])
			c->cuts[cuts++] = c->cuts[i];
	c->pieces = cuts - 1;
	for (i = 0; i < c->pieces; i++)
		c->owners[i] = COVER_NONE;
	for (i = 0; i < count; i++) {
		size_t at = cuts_up_to(c->cuts, cuts, spans[i].first) - 1;
		uint64_t end = spans[i].first + spans[i].count;

		for (; at < c->pieces && c->cuts[at] < end; at++)
			c->owners[at] = s->owners[i];
	}
}

size_t
cover_find(const struct cover *c, uint64_t index)
{
	size_t at;

	if (c->pieces == 0)
		return COVER_NONE;
	at = cuts_up_to(c->cuts, c->pieces + 1, index);
	if (at == 0 || at > c->pieces)
		return COVER_NONE;
	return c->owners[at - 1];
}
