/* SPDX-License-Identifier: MIT */
/*
 * What differs between a row and the process that ChakraHQ has.
 *
 * Byte ranges of the two texts are compared, no trees: most fields are the
 * same to the byte. Only where they are not, their values are looked at.
 */
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/xalloc.h"
#include "chakra/verb.h"
#include "compare_found.h"
#include "compare_values.h"
#include "fields.h"

#include <stdlib.h>
#include <string.h>

static bool
is_among(const char *path, const struct text *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_is(list[i], path))
			return true;
	return false;
}

struct process_fields {
	struct fields fields;
};

struct process_fields *
process_fields_new(struct text process)
{
	struct process_fields *f = xmalloc(sizeof(*f));

	fields_read(&f->fields, process);
	return f;
}

void
process_fields_free(struct process_fields *f)
{
	fields_release(&f->fields);
	free(f);
}

struct text
process_fields_of(const struct process_fields *f, const char *path)
{
	static const char *const places[] = {PLACE_RECORD_DATA, PLACE_DATA};
	const char *place = NULL, *rest = path;
	struct buf name = BUF_INIT(0);
	struct text found;

	for (size_t i = 0; i < 2 && place == NULL; i++) {
		size_t len = strlen(places[i]);

		if (strncmp(path, places[i], len) == 0 && path[len] == '.') {
			place = places[i];
			rest = path + len + 1;
		}
	}
	json_string(&name, NULL, rest);
	found = field_in(&f->fields, place, buf_text(&name));
	buf_release(&name);
	return found;
}

struct text
process_field(struct text process, const char *path)
{
	struct process_fields *f = process_fields_new(process);
	struct text found = process_fields_of(f, path);

	process_fields_free(f);
	return found;
}

static bool
is_sent_only(const struct compare_rules *r, struct field_walk *w)
{
	return r->send_count > 0 &&
	       is_among(field_path(w), r->send_only, r->send_count);
}

static bool
is_fill_only(const struct compare_rules *r, struct field_walk *w)
{
	return r->fill_count > 0 &&
	       is_among(field_path(w), r->fill_only, r->fill_count);
}

/* Is it compared? */
static bool
is_compared(const struct compare_rules *r, struct field_walk *w)
{
	if (field_is_key(w, r->key_name) || is_sent_only(r, w))
		return false;
	return r->fields == NULL || is_fill_only(r, w) ||
	       is_among(field_path(w), r->fields, r->field_count);
}

bool
compare_looks_at(
    const struct compare_rules *r, const char *place, struct text name)
{
	struct field_walk w = {
	    .place = place, .name = name, .path = BUF_INIT(0)};
	bool is_looked_at = is_compared(r, &w);

	buf_release(&w.path);
	return is_looked_at;
}

static size_t
walk_changes(const struct compare_rules *rules, struct text wanted,
    const struct fields *fields, bool sent_only, compare_each *each, void *ctx)
{
	struct field_walk w;
	struct text value;
	size_t n = 0;

	field_walk_begin(&w, wanted);
	while (field_walk_next(&w, &value)) {
		struct field_change c = {.is_sent_only = sent_only};

		if (!(sent_only ? is_sent_only(rules, &w)
				: is_compared(rules, &w)))
			continue;
		c.before = field_in(fields, w.place, w.name);
		if (!sent_only && (json_same(value, c.before) ||
				      (!value_is_nothing(c.before) &&
					  is_fill_only(rules, &w))))
			continue;
		(void)field_path(&w);
		c.path = buf_text(&w.path);
		c.wanted = value;
		c.is_form = values_differ_in_form(value, c.before);
		n++;
		if (each != NULL)
			each(ctx, &c);
	}
	buf_release(&w.path);
	return n;
}

size_t
compare_process(const struct compare_rules *rules, struct text wanted,
    struct text process, compare_each *each, void *ctx)
{
	struct fields fields;
	size_t n;

	fields_read(&fields, process);
	n = walk_changes(rules, wanted, &fields, false, each, ctx);
	if (n > 0 && rules->send_count > 0 && each != NULL)
		(void)walk_changes(rules, wanted, &fields, true, each, ctx);
	fields_release(&fields);
	return n;
}

void
update_item(const char *key_name, struct text key, struct text wanted,
    struct text sent, struct buf *out)
{
	struct buf member = BUF_INIT(0);
	struct members paths;
	struct field_walk w;
	struct text value;
	const char *open = NULL;

	members_read(&paths, sent);
	json_object(out, NULL);
	json_token(out, key_name, key);
	json_object(out, "update");
	field_walk_begin(&w, wanted);
	while (field_walk_next(&w, &value)) {
		buf_clear(&member);
		json_string(&member, NULL, field_path(&w));
		if (members_find(&paths, buf_text(&member)) == NULL)
			continue;
		if (open != w.place && open != NULL) {
			json_end_object(out);
			if (strcmp(open, PLACE_RECORD_DATA) == 0)
				json_end_object(out);
		}
		if (open != w.place && w.place != NULL) {
			if (strcmp(w.place, PLACE_RECORD_DATA) == 0)
				json_object(out, "record");
			json_object(out, PLACE_DATA);
		}
		open = w.place;
		buf_clear(&member);
		json_decode(w.name, &member);
		json_token(out, buf_str(&member), value);
	}
	if (open != NULL) {
		json_end_object(out);
		if (strcmp(open, PLACE_RECORD_DATA) == 0)
			json_end_object(out);
	}
	json_end_object(out);
	json_end_object(out);
	members_release(&paths);
	buf_release(&w.path);
	buf_release(&member);
}
