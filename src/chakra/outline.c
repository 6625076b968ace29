/* SPDX-License-Identifier: MIT */
/* The names stand as they are in the text, so one comparison of 16 bytes knows
 * most of them with their quotes and the colon. */
#include "outline.h"

#include "base/json_read.h"
#include "base/json_write.h"
#include "base/simd.h"

#include <string.h>

struct reading {
	const struct outlines *outlines;
	const char *end;
	unsigned levels;
	size_t values;
	struct text known; /* data that need not be read */
	struct outlined *out;
};

/* Does the text at p, which has `left` bytes, begin with the name? */
static bool
is_name(const struct outline_name *n, const char *p, size_t left)
{
	size_t len = n->token.len;

	if (len > left)
		return false;
#ifdef __SSE2__
	if (left >= OUTLINE_START) {
		unsigned same =
		    bits16(_mm_cmpeq_epi8(load16(p), load16(n->start)));
		unsigned all = len < OUTLINE_START ? (1U << len) - 1 : 0xffffU;

		if ((same & all) != all)
			return false;
		if (len <= OUTLINE_START)
			return true;
	}
#endif
	return memcmp(p, n->token.s, len) == 0;
}

static const char *
read_by_events(struct reading *r, const char *p)
{
	struct json_reader json;
	enum json_event e;

	r->out->has_nested |= *p == '{' || *p == '[';
	json_begin(&json, (struct text){p, (size_t)(r->end - p)}, r->levels);
	do {
		e = json_next(&json);
		r->values += e != JSON_NAME && e != JSON_END_OBJECT &&
			     e != JSON_END_ARRAY;
	} while (e > JSON_DONE && json.depth > 0);
	return e > JSON_DONE ? p + json.at : NULL;
}

static const char *
digits_end(const char *p, const char *end)
{
	while (p < end && ascii_is_digit(*p))
		p++;
	return p;
}

/* After the value at p, if it is of the most usual kind: a string without an
 * escape, a number that begins with 1 to 9 and has no exponent; else NULL. */
static const char *
plain_end(const char *p, const char *end)
{
	if (*p == '"') {
		p = json_plain_end(p + 1, end);
		return p < end && *p == '"' ? p + 1 : NULL;
	}
	if (*p < '1' || *p > '9')
		return NULL;
	p = digits_end(p, end);
	if (end - p > 1 && *p == '.' && ascii_is_digit(p[1]))
		p = digits_end(p + 1, end);
	return p < end && (*p == ',' || *p == '}' || *p == ']') ? p : NULL;
}

/* The same of a list of such values, which are counted. */
static const char *
plain_list_end(const char *p, const char *end, size_t *count)
{
	do {
		if (++p == end || (p = plain_end(p, end)) == NULL || p == end)
			return NULL;
		++*count;
	} while (*p == ',');
	return *p == ']' ? p + 1 : NULL;
}

/* After the value at p, which is not outlined. */
static const char *
read_value(struct reading *r, const char *p)
{
	size_t values = 1;
	const char *end = *p == '[' && r->levels > 0
			      ? plain_list_end(p, r->end, &values)
			      : plain_end(p, r->end);

	if (end == NULL)
		return read_by_events(r, p);
	r->values += values;
	return end;
}

/* Do the bytes at p begin with the data that is known? Then they are it. */
static bool
is_known(const struct reading *r, enum outline_place place, const char *p)
{
	return place == OUTLINE_DATA && r->known.len > 0 &&
	       r->known.len <= (size_t)(r->end - p) &&
	       memcmp(p, r->known.s, r->known.len) == 0;
}

/* The name at p, from the *next in the order on; NULL: it is none of them. */
static const struct outline_name *
name_at(const struct outline *o, size_t *next, const char *p, size_t left)
{
	for (; *next < o->count; ++*next)
		if (is_name(&o->names[o->order[*next]], p, left))
			return &o->names[o->order[*next]];
	return NULL;
}

static const char *
read_object(struct reading *r, enum outline_place place, const char *p)
{
	const struct outline *o = &r->outlines->places[place];
	struct text *values = r->out->values[place];
	size_t next = 0;

	r->values++;
	if (is_known(r, place, p))
		return p + r->known.len;
	if (++p < r->end && *p == '}')
		return p + 1;
	for (;; p++) {
		const struct outline_name *n =
		    name_at(o, &next, p, (size_t)(r->end - p));
		const char *from;

		if (n == NULL)
			return NULL;
		from = p += n->token.len;
		if (p == r->end)
			return NULL;
		p = n->inner >= 0 && *p == '{'
			? read_object(r, (enum outline_place)n->inner, p)
			: read_value(r, p);
		if (p == NULL || p == r->end)
			return NULL;
		values[o->order[next++]] =
		    (struct text){from, (size_t)(p - from)};
		if (*p == '}')
			return p + 1;
		if (*p != ',')
			return NULL;
	}
}

size_t
outline_room(const struct outlines *o)
{
	size_t n = 0;

	for (int i = 0; i < OUTLINE_PLACES; i++)
		n += o->places[i].count;
	return n;
}

const char *
outline_read(const struct outlines *o, const struct outline_text *t,
    struct text *room, struct outlined *out, size_t *values)
{
	struct reading r = {.outlines = o,
	    .end = t->text.s + t->text.len,
	    .levels = t->levels,
	    .known = t->data,
	    .out = out};
	const char *stop;

	if (t->text.len == 0 || *t->text.s != '{')
		return NULL;
	out->has_nested = false;
	for (int i = 0; i < OUTLINE_PLACES; i++) {
		out->values[i] = room;
		out->count[i] = (uint8_t)o->places[i].count;
		room += o->places[i].count;
	}
	stop = read_object(&r, OUTLINE_ROOT, t->text.s);
	if (stop != NULL)
		*values += r.values;
	return stop;
}

static int
inner_place(enum outline_place place, struct text name)
{
	if (place == OUTLINE_ROOT && json_is_text(name, "data"))
		return OUTLINE_DATA;
	if (place == OUTLINE_ROOT && json_is_text(name, "record"))
		return OUTLINE_RECORD;
	if (place == OUTLINE_RECORD && json_is_text(name, "data"))
		return OUTLINE_RECORD_DATA;
	return -1;
}

/* Where the token is in the order, or `count`. */
static size_t
find_in_order(const struct outline *o, struct text token)
{
	size_t i = 0;

	while (i < o->count && !text_equal(o->names[o->order[i]].token, token))
		i++;
	return i;
}

void
outlines_clear(struct outlines *o)
{
	for (int i = 0; i < OUTLINE_PLACES; i++)
		o->places[i].count = 0;
	arena_release(&o->names);
}

static void
insert(struct outlines *all, struct outline *o, size_t at, struct text token,
    int inner)
{
	struct outline_name *n = &o->names[o->count];

	token.s = arena_strndup(&all->names, token.s, token.len);
	*n = (struct outline_name){.token = token, .inner = inner};
	memcpy(n->start, token.s,
	    token.len < OUTLINE_START ? token.len : OUTLINE_START);
	memmove(o->order + at + 1, o->order + at, o->count - at);
	o->order[at] = (uint8_t)o->count++;
}

/* A member that is known, in another order or twice, changes nothing: the
 * object is read in the other way, and so will be the next one like it. */
static void
learn(struct outlines *all, enum outline_place place, struct text object)
{
	struct outline *o = &all->places[place];
	struct json_walk w;
	struct text name, value;
	size_t next = 0, at;

	if (!json_is_object(object))
		return;
	json_walk_begin(&w, object);
	while (json_walk_next(&w, &name, &value)) {
		int inner = inner_place(place, name);

		if (inner >= 0)
			learn(all, (enum outline_place)inner, value);
		/* Its colon follows at once. */
		if (name.s[name.len] != ':' ||
		    memchr(name.s, '\\', name.len) != NULL)
			continue;
		name.len++;
		at = find_in_order(o, name);
		if (at == o->count && o->count < OUTLINE_NAMES)
			insert(all, o, at = next, name, inner);
		next = at < o->count ? at + 1 : next;
	}
}

void
outline_learn(struct outlines *o, struct text object)
{
	learn(o, OUTLINE_ROOT, object);
}

int
outline_number(
    const struct outlines *o, enum outline_place place, struct text token)
{
	const struct outline *at = &o->places[place];

	for (size_t i = 0; i < at->count; i++)
		if (text_equal(at->names[i].token, token))
			return (int)i;
	return -1;
}
