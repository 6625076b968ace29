/* SPDX-License-Identifier: MIT */
/* Fields of rows and processes, in one pass over their bytes. */
#include "fields.h"

#include <string.h>

void
field_walk_begin(struct field_walk *w, struct text row)
{
	w->p = row.s;
	w->end = row.s + row.len;
	w->place = NULL;
	w->in_record = false;
	buf_init(&w->path, 0);
	if (json_is_object(row))
		w->p = (const char *)memchr(row.s, '{', row.len) + 1;
	else
		w->p = w->end;
}

const char *
field_path(struct field_walk *w)
{
	buf_clear(&w->path);
	if (w->place != NULL) {
		buf_adds(&w->path, w->place);
		buf_addc(&w->path, '.');
	}
	json_decode(w->name, &w->path);
	return buf_str(&w->path);
}

static const char *
number_end(const char *p, const char *end)
{
	while (p < end && (ascii_is_digit(*p) || *p == '.' || *p == '-' ||
			      *p == '+' || (*p | 0x20) == 'e'))
		p++;
	return p;
}

struct text
value_at(const char *p, const char *end, bool *is_plain)
{
	const char *stop = *p == '"' ? plain_string_end(p, end) : NULL;
	struct json_walk w = {.p = p, .end = end};
	struct text value = {p, 0};

	*is_plain = stop != NULL;
	if (stop != NULL)
		value.len = (size_t)(stop - p);
	else if (ascii_is_digit(*p) || *p == '-')
		value.len = (size_t)(number_end(p, end) - p);
	else
		(void)json_walk_next(&w, NULL, &value);
	return value;
}

/* What stands between tokens: mostly one sign. */
static inline const char *
skip(const char *p, const char *end)
{
	p += p < end && (*p == ',' || *p == ':');
	while (p < end && (*p == ',' || *p == ':' || *p == ' ' || *p == '\n' ||
			      *p == '\t' || *p == '\r'))
		p++;
	return p;
}

/* Goes into an object that has fields; false: the member is not one. */
static bool
enter(struct field_walk *w)
{
	if (w->place != NULL)
		return false;
	if (w->name.len == 6 && memcmp(w->name.s, "\"data\"", 6) == 0) {
		w->place = w->in_record ? PLACE_RECORD_DATA : PLACE_DATA;
		return true;
	}
	if (w->in_record || w->name.len != 8 ||
	    memcmp(w->name.s, "\"record\"", 8) != 0)
		return false;
	return w->in_record = true;
}

/* False: that was the row's end. */
static bool
leave(struct field_walk *w)
{
	if (w->place != NULL)
		w->place = NULL;
	else if (w->in_record)
		w->in_record = false;
	else
		return false;
	return true;
}

bool
field_walk_next(struct field_walk *w, struct text *value)
{
	while ((w->p = skip(w->p, w->end)) < w->end) {
		if (*w->p == '}') {
			if (!leave(w))
				break;
			w->p++;
			continue;
		}
		w->name = value_at(w->p, w->end, &w->is_plain);
		w->p = skip(w->name.s + w->name.len, w->end);
		if (w->p < w->end && *w->p == '{' && enter(w)) {
			w->p++;
			continue;
		}
		*value = w->p < w->end ? value_at(w->p, w->end, &w->is_plain)
				       : (struct text){w->p, 0};
		w->p = value->s + value->len;
		/* What a record has besides its data is no field. */
		if (!w->in_record || w->place != NULL)
			return true;
	}
	w->p = w->end;
	return false;
}

/* A member that there must be one of. */
static struct text
only_member(const struct members *m, const char *name)
{
	const struct member *found = members_named(m, name);

	return found != NULL && found->first.s == found->last.s
		   ? found->first
		   : (struct text){NULL, 0};
}

bool
field_is_key(const struct field_walk *w, const char *key_name)
{
	if (key_name == NULL ||
	    (w->place != NULL && strcmp(w->place, PLACE_DATA) != 0))
		return false;
	return json_is_text(w->name, key_name);
}

void
fields_read(struct fields *f, struct text process)
{
	members_read(&f->root, process);
	members_read(&f->data, only_member(&f->root, PLACE_DATA));
	members_read(&f->record_data,
	    json_member(only_member(&f->root, "record"), PLACE_DATA));
}

void
fields_release(struct fields *f)
{
	members_release(&f->root);
	members_release(&f->data);
	members_release(&f->record_data);
}

/* An attribute that was sent at the root may come back in `data`. No process
 * has two with one name (json_has_twins); of a row's own the last one holds. */
struct text
field_in(const struct fields *f, const char *place, struct text name)
{
	const struct members *m = place == NULL ? &f->root
				  : strcmp(place, PLACE_DATA) == 0
				      ? &f->data
				      : &f->record_data;
	const struct member *found = members_find(m, name);

	if (found == NULL && place == NULL)
		found = members_find(&f->data, name);
	return found != NULL ? found->last : (struct text){NULL, 0};
}
