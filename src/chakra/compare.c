/* SPDX-License-Identifier: MIT */
/*
 * What differs between a row and the process that ChakraHQ has.
 *
 * Byte ranges of the two texts are compared, no trees: most fields are the
 * same to the byte. Only where they are not, their values are looked at.
 */
#include "base/civil.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "chakra/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATA "data"
#define RECORD "record"
#define RECORD_DATA "record.data"

/* A JSON number as sign, digits without zeros at either end, and the power of
 * ten of the last one. */
struct number {
	bool is_negative;
	const char *digits;
	size_t len; /* with a point among them, which is skipped */
	size_t count;
	int64_t exponent;
};

static bool
is_number(struct text t)
{
	return t.len > 0 && (t.s[0] == '-' || ascii_is_digit(t.s[0]));
}

static bool
is_text(struct text t)
{
	return t.len > 1 && t.s[0] == '"';
}

static bool
is_nothing(struct text t)
{
	return t.len == 0 || text_is(t, "null");
}

/* The exponent that is written; far beyond all that matters it stays there. */
static int64_t
written_exponent(const char *s, size_t len)
{
	const int64_t most = INT64_C(1000000000000);
	bool is_negative = len > 0 && *s == '-';
	int64_t n = 0;

	for (size_t i = 0; i < len; i++)
		if (ascii_is_digit(s[i]) && n < most)
			n = n * 10 + (s[i] - '0');
	return is_negative ? -n : n;
}

static struct number
number_of(struct text t)
{
	struct number n = {.is_negative = t.s[0] == '-'};
	const char *s = t.s + n.is_negative, *end = t.s + t.len;
	const char *e = s, *last = NULL, *point;

	while (e < end && *e != 'e' && *e != 'E')
		e++;
	point = memchr(s, '.', (size_t)(e - s));
	for (const char *p = s; p < e; p++) {
		if (*p == '.' || *p == '0')
			continue;
		n.digits = n.digits ? n.digits : p;
		last = p;
	}
	if (n.digits == NULL)
		return (struct number){.len = 0}; /* zero has no sign */
	n.len = (size_t)(last - n.digits) + 1;
	n.count = n.len - (memchr(n.digits, '.', n.len) != NULL);
	n.exponent = point == NULL  ? e - last - 1
		     : last < point ? point - last - 1
				    : point - last;
	if (e < end)
		n.exponent += written_exponent(e + 1, (size_t)(end - e - 1));
	return n;
}

static bool
same_number(struct text a, struct text b)
{
	struct number x = number_of(a), y = number_of(b);
	size_t i = 0, j = 0;

	if (x.is_negative != y.is_negative || x.count != y.count ||
	    x.exponent != y.exponent)
		return false;
	while (i < x.len && j < y.len) {
		if (x.digits[i] == '.')
			i++;
		else if (y.digits[j] == '.')
			j++;
		else if (x.digits[i++] != y.digits[j++])
			return false;
	}
	return true;
}

static bool
same_text(struct text a, struct text b)
{
	struct buf x = BUF_INIT(0), y = BUF_INIT(0);
	bool is_same = false;

	/* Without an escape, other bytes are another text. */
	if (memchr(a.s, '\\', a.len) || memchr(b.s, '\\', b.len)) {
		json_decode(a, &x);
		json_decode(b, &y);
		is_same = text_equal(buf_text(&x), buf_text(&y));
	}
	buf_release(&x);
	buf_release(&y);
	return is_same;
}

/* The value of a member whose name is that token; of two, the last. */
static struct text
member_named(struct text object, struct text name)
{
	struct json_walk w;
	struct text n, v, found = {NULL, 0};

	json_walk_begin(&w, object);
	while (json_walk_next(&w, &n, &v))
		if (text_equal(n, name) || same_text(n, name))
			found = v;
	return found;
}

static size_t
members_of(struct text container)
{
	struct json_walk w;
	struct text v;
	size_t n = 0;

	json_walk_begin(&w, container);
	while (json_walk_next(&w, NULL, &v))
		n++;
	return n;
}

static bool
same_list(struct text a, struct text b)
{
	struct json_walk x, y;
	struct text v, w;

	if (members_of(a) != members_of(b))
		return false;
	json_walk_begin(&x, a);
	json_walk_begin(&y, b);
	while (json_walk_next(&x, NULL, &v) && json_walk_next(&y, NULL, &w))
		if (!json_same(v, w))
			return false;
	return true;
}

/* A member that is null is one that is not there. */
static bool
has_all(struct text a, struct text of)
{
	struct json_walk w;
	struct text name, value;

	json_walk_begin(&w, of);
	while (json_walk_next(&w, &name, &value))
		if (!json_same(value, member_named(a, name)))
			return false;
	return true;
}

/* As deep as the value is: what is read here was read by a reader that has a
 * limit. */
bool
json_same(struct text a, struct text b)
{
	if (is_nothing(a) || is_nothing(b))
		return is_nothing(a) && is_nothing(b);
	if (text_equal(a, b))
		return true;
	if (is_text(a))
		return is_text(b) && same_text(a, b);
	if (is_number(a))
		return is_number(b) && same_number(a, b);
	if (json_is_array(a))
		return json_is_array(b) && same_list(a, b);
	if (json_is_object(a))
		return json_is_object(b) && has_all(a, b) && has_all(b, a);
	return false;
}

/* The text inside the quotes, if nothing in it is escaped. */
static bool
plain_text(struct text t, struct text *out)
{
	if (!is_text(t) || memchr(t.s, '\\', t.len))
		return false;
	*out = (struct text){t.s + 1, t.len - 2};
	return true;
}

/* Is the text one of a number, or of true or false, where the other is one; or
 * a moment, where the other is a number? */
static bool
is_spelt(struct text text, struct text other)
{
	struct json_reader r;
	struct text inside;
	char iso[64];
	enum json_event e;

	if (!plain_text(text, &inside) || inside.len == 0)
		return false;
	json_begin(&r, inside, 1);
	e = json_next(&r);
	if ((e == JSON_NUMBER || e == JSON_WORD) && json_next(&r) == JSON_DONE)
		return is_number(other) == (e == JSON_NUMBER);
	if (!is_number(other) || inside.len >= sizeof(iso))
		return false;
	memcpy(iso, inside.s, inside.len);
	iso[inside.len] = '\0';
	return iso_date_ms(iso) >= 0;
}

static bool
is_uuid(struct text t)
{
	struct text s;

	if (!plain_text(t, &s) || s.len != 36)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (is_dash ? s.s[i] != '-' : text_hex_digit(s.s[i]) < 0)
			return false;
	}
	return true;
}

static bool
is_other_form(struct text a, struct text b)
{
	if (is_nothing(a) || is_nothing(b))
		return false;
	if (is_text(a) != is_text(b))
		return is_text(a) ? is_spelt(a, b) : is_spelt(b, a);
	return is_uuid(a) != is_uuid(b);
}

static bool
is_among(const char *path, const struct text *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_is(list[i], path))
			return true;
	return false;
}

/* Goes through the fields of a row's object. */
struct field_walk {
	struct json_walk top, inner;
	const char *place; /* of the inner one, or NULL */
	struct buf path;
};

static void
field_walk_begin(struct field_walk *w, struct text row)
{
	json_walk_begin(&w->top, row);
	w->place = NULL;
	buf_init(&w->path, 0);
}

static void
set_path(struct field_walk *w, const char *place, struct text name)
{
	buf_clear(&w->path);
	if (place != NULL)
		buf_addf(&w->path, "%s.", place);
	json_decode(name, &w->path);
}

/* False after the last one. */
static bool
field_walk_next(struct field_walk *w, struct text *name, struct text *value)
{
	for (;;) {
		if (w->place != NULL) {
			if (json_walk_next(&w->inner, name, value)) {
				set_path(w, w->place, *name);
				return true;
			}
			w->place = NULL;
		}
		if (!json_walk_next(&w->top, name, value))
			return false;
		if (json_is_text(*name, DATA)) {
			w->place = DATA;
			json_walk_begin(&w->inner, *value);
		} else if (json_is_text(*name, RECORD)) {
			w->place = RECORD_DATA;
			json_walk_begin(&w->inner, json_member(*value, DATA));
		} else {
			set_path(w, NULL, *name);
			return true;
		}
	}
}

/* An attribute that was sent at the root may come back in `data`. */
static struct text
field_in(struct text process, const char *place, struct text name)
{
	struct text data = json_member(process, DATA), found;

	if (place == NULL) {
		found = member_named(process, name);
		return found.s != NULL ? found : member_named(data, name);
	}
	if (strcmp(place, DATA) == 0)
		return member_named(data, name);
	return member_named(
	    json_member(json_member(process, RECORD), DATA), name);
}

struct text
process_field(struct text process, const char *path)
{
	static const char *const places[] = {RECORD_DATA, DATA};
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
	found = field_in(process, place, buf_text(&name));
	buf_release(&name);
	return found;
}

/* At the top of the process, or in its data: elsewhere the name is another
 * field's. */
static bool
is_key(const struct compare_rules *r, const char *path)
{
	if (r->key_name == NULL)
		return false;
	if (strncmp(path, DATA ".", sizeof(DATA)) == 0)
		path += sizeof(DATA);
	return strcmp(path, r->key_name) == 0;
}

/* Is it compared? */
static bool
is_compared(const struct compare_rules *r, const char *path)
{
	if (is_key(r, path))
		return false;
	if (is_among(path, r->send_only, r->send_count))
		return false;
	return r->fields == NULL || is_among(path, r->fields, r->field_count) ||
	       is_among(path, r->fill_only, r->fill_count);
}

static size_t
walk_changes(const struct compare_rules *rules, struct text wanted,
    struct text process, bool sent_only, compare_each *each, void *ctx)
{
	struct field_walk w;
	struct text name, value;
	size_t n = 0;

	field_walk_begin(&w, wanted);
	while (field_walk_next(&w, &name, &value)) {
		const char *path = buf_str(&w.path);
		struct field_change c = {.is_sent_only = sent_only};

		if (sent_only
			? !is_among(path, rules->send_only, rules->send_count)
			: !is_compared(rules, path))
			continue;
		c.before = field_in(process, w.place, name);
		if (!sent_only && (json_same(value, c.before) ||
				      (!is_nothing(c.before) &&
					  is_among(path, rules->fill_only,
					      rules->fill_count))))
			continue;
		c.path = buf_text(&w.path);
		c.wanted = value;
		c.is_form = is_other_form(value, c.before);
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
	size_t n = walk_changes(rules, wanted, process, false, each, ctx);

	if (n > 0 && rules->send_count > 0 && each != NULL)
		(void)walk_changes(rules, wanted, process, true, each, ctx);
	return n;
}

void
update_item(const char *key_name, struct text key, struct text wanted,
    struct text sent, struct buf *out)
{
	struct buf member = BUF_INIT(0);
	struct field_walk w;
	struct text name, value;
	const char *open = NULL;

	json_object(out, NULL);
	json_token(out, key_name, key);
	json_object(out, "update");
	field_walk_begin(&w, wanted);
	while (field_walk_next(&w, &name, &value)) {
		if (json_member(sent, buf_str(&w.path)).s == NULL)
			continue;
		if (open != w.place && open != NULL) {
			json_end_object(out);
			if (strcmp(open, RECORD_DATA) == 0)
				json_end_object(out);
		}
		if (open != w.place && w.place != NULL) {
			if (strcmp(w.place, RECORD_DATA) == 0)
				json_object(out, RECORD);
			json_object(out, DATA);
		}
		open = w.place;
		buf_clear(&member);
		json_decode(name, &member);
		json_token(out, buf_str(&member), value);
	}
	if (open != NULL) {
		json_end_object(out);
		if (strcmp(open, RECORD_DATA) == 0)
			json_end_object(out);
	}
	json_end_object(out);
	json_end_object(out);
	buf_release(&w.path);
	buf_release(&member);
}
