/* SPDX-License-Identifier: MIT */
/*
 * Lists in one cell, and places. A separator inside an element cannot be
 * escaped: an export that needs that is JSON, and type json reads it.
 */
#include "base/json_write.h"
#include "value/convert_json.h"

#include <stdio.h>
#include <string.h>

bool
list_next(struct text *rest, char separator, struct text *element)
{
	while (rest->len > 0) {
		const char *end = memchr(rest->s, separator, rest->len);
		size_t len = end != NULL ? (size_t)(end - rest->s) : rest->len;

		*element = text_trim((struct text){rest->s, len});
		len += end != NULL;
		rest->s += len;
		rest->len -= len;
		if (element->len > 0)
			return true;
	}
	return false;
}

static bool
add_element(struct text t, const struct list_rules *rules, struct buf *out,
    struct convert_reason *r)
{
	switch (rules->element) {
	case LIST_INTEGER:
		return convert_integer(t, out, r);
	case LIST_DECIMAL:
		return convert_decimal(t, rules->signs, out, r);
	default:
		return convert_done(r, out, out->len, json_add_string(out, t));
	}
}

bool
convert_list(struct text t, const struct list_rules *rules, struct buf *out,
    struct convert_reason *r)
{
	size_t start = out->len, count = 0;
	struct text rest = t, element;

	if (!buf_addc(out, '['))
		return convert_done(r, out, start, false);
	while (list_next(&rest, rules->separator, &element)) {
		struct convert_reason why;

		if (count++ > 0 && !buf_addc(out, ','))
			return convert_done(r, out, start, false);
		if (add_element(element, rules, out, &why))
			continue;
		buf_truncate(out, start);
		if (why.message[0] == '\0')
			return convert_done(r, out, start, false);
		convert_fail(
		    r, why.cause, "element %zu: %.200s", count, why.message);
		if (why.hint[0] != '\0')
			convert_hint(r, "%s", why.hint);
		return false;
	}
	return convert_done(r, out, start, buf_addc(out, ']'));
}

static bool
add_degrees(struct text t, char decimal_sign, const char *name, int limit,
    struct buf *out, struct convert_reason *r)
{
	struct decimal_signs signs = {decimal_sign, 0};
	struct convert_reason why;
	size_t start = out->len;
	struct text json, least, most;
	char texts[2][8];

	if (!convert_decimal(t, signs, out, &why)) {
		if (why.message[0] == '\0')
			return convert_done(r, out, start, false);
		return convert_fail(
		    r, why.cause, "the %s: %.200s", name, why.message);
	}
	json = (struct text){out->data + start, out->len - start};
	(void)snprintf(texts[0], sizeof(texts[0]), "-%d", limit);
	(void)snprintf(texts[1], sizeof(texts[1]), "%d", limit);
	least = text_of(texts[0]);
	most = text_of(texts[1]);
	if (number_compare(json, least) >= 0 && number_compare(json, most) <= 0)
		return true;
	convert_fail(
	    r, "out_of_range", "a %s is -%d to %d degrees", name, limit, limit);
	if (limit == 90)
		convert_hint(r, "the latitude comes first");
	return false;
}

bool
convert_place(struct text t, char decimal_sign, enum place_form form,
    struct buf *out, struct convert_reason *r)
{
	static const char *const open[] = {"[", "{\"lat\":", "\""};
	static const char *const middle[] = {",", ",\"lng\":", ","};
	static const char *const close[] = {"]", "}", "\""};
	char separator = decimal_sign == ',' ? ';' : ',';
	const char *at = t.len > 0 ? memchr(t.s, separator, t.len) : NULL;
	size_t start = out->len, len;
	struct text lat, lng;

	if (at == NULL)
		return convert_fail(r, "one_part",
		    "a place is a latitude and a longitude "
		    "with a '%c' between them",
		    separator);
	len = (size_t)(at - t.s);
	lat = text_trim((struct text){t.s, len});
	lng = text_trim((struct text){at + 1, t.len - len - 1});
	if (!buf_adds(out, open[form]))
		return convert_done(r, out, start, false);
	if (!add_degrees(lat, decimal_sign, "latitude", 90, out, r))
		goto refused;
	if (!buf_adds(out, middle[form]))
		return convert_done(r, out, start, false);
	if (!add_degrees(lng, decimal_sign, "longitude", 180, out, r))
		goto refused;
	return convert_done(r, out, start, buf_adds(out, close[form]));
refused:
	buf_truncate(out, start);
	return false;
}
