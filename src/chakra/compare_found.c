/* SPDX-License-Identifier: MIT */
/* Where each field of a row is in a process, and whether all are the same. */
#include "compare_found.h"

#include "base/json_read.h"
#include "chakra/response.h"

#include <stdlib.h>
#include <string.h>

/* The rows are the program's own. */
#define ROW_LEVELS 64

struct found_page *
found_page_new(void)
{
	struct found_page *p = xmalloc(sizeof(*p));

	/* What else is in it is written before it is read. */
	p->found.names = p->wanted.names = p->memory =
	    (struct arena){.head = NULL};
	p->is_other = true;
	found_page_begin(p);
	return p;
}

void
found_page_free(struct found_page *p)
{
	if (p == NULL)
		return;
	outlines_clear(&p->found);
	outlines_clear(&p->wanted);
	arena_release(&p->memory);
	free(p);
}

static bool
is_full(const struct outlines *o)
{
	bool is = false;

	for (int i = 0; i < OUTLINE_PLACES; i++)
		is |= o->places[i].count == OUTLINE_NAMES;
	return is;
}

void
found_page_begin(struct found_page *p)
{
	if (!p->is_other && !is_full(&p->found) && !is_full(&p->wanted))
		return;
	outlines_clear(&p->found);
	outlines_clear(&p->wanted);
	p->is_other = false;
	p->data = -1;
	p->rules = NULL;
	p->known = 0;
}

static struct found_peer
find_peer(const struct found_page *p, const struct compare_rules *rules,
    enum outline_place place, const struct outline_name *n)
{
	static const char *const paths[] = {[OUTLINE_ROOT] = NULL,
	    [OUTLINE_DATA] = "data",
	    [OUTLINE_RECORD_DATA] = "record.data"};
	struct text name = {n->token.s, n->token.len - 1};

	if (n->inner >= 0)
		return (struct found_peer){.is_inner = true};
	/* Of a record only its data is compared. */
	if (place == OUTLINE_RECORD)
		return (struct found_peer){.is_compared = false};
	return (struct found_peer){
	    .number = outline_number(&p->found, place, n->token),
	    .in_data = place == OUTLINE_ROOT
			   ? outline_number(&p->found, OUTLINE_DATA, n->token)
			   : -1,
	    .is_compared = compare_looks_at(rules, paths[place], name),
	};
}

static void
find_peers(struct found_page *p, const struct compare_rules *rules)
{
	for (int place = 0; place < OUTLINE_PLACES; place++) {
		const struct outline *o = &p->wanted.places[place];

		for (size_t i = 0; i < o->count; i++)
			p->peers[place][i] = find_peer(
			    p, rules, (enum outline_place)place, &o->names[i]);
	}
	p->rules = rules;
	p->known = outline_room(&p->found) + outline_room(&p->wanted);
}

static bool
is_same(const struct found_peer *peer, enum outline_place place,
    const struct outlined *found, struct text wanted)
{
	struct text before;

	if (peer->is_inner)
		return *wanted.s == '{';
	if (!peer->is_compared)
		return true;
	before = outline_value(found, place, peer->number);
	if (before.s == NULL)
		before = outline_value(found, OUTLINE_DATA, peer->in_data);
	return text_equal(wanted, before) || json_same(wanted, before);
}

bool
compare_is_same(const struct compare_rules *rules, struct text wanted,
    const struct found_process *found)
{
	struct outline_text t = {.text = wanted, .levels = ROW_LEVELS};
	struct found_page *p;
	struct outlined row;
	size_t values = 0;

	if (found->fields == NULL)
		return false;
	p = found->fields->page;
	/* The same bytes are the same data. */
	t.data = outline_value(&found->fields->at, OUTLINE_ROOT, p->data);
	memset(p->room, 0, outline_room(&p->wanted) * sizeof(p->room[0]));
	if (outline_read(&p->wanted, &t, p->room, &row, &values) !=
	    wanted.s + wanted.len) {
		outline_learn(&p->wanted, wanted);
		return false;
	}
	if (p->rules != rules ||
	    p->known != outline_room(&p->found) + outline_room(&p->wanted))
		find_peers(p, rules);
	for (int place = 0; place < OUTLINE_PLACES; place++)
		for (size_t i = 0; i < row.count[place]; i++)
			if (row.values[place][i].s != NULL &&
			    !is_same(&p->peers[place][i],
				(enum outline_place)place, &found->fields->at,
				row.values[place][i]))
				return false;
	return true;
}
