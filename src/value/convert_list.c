/* SPDX-License-Identifier: MIT */
/*
 * Lists in one cell, and places. Outside of quotes a separator inside an item
 * cannot be escaped: an export that needs that is JSON, and type json reads
 * it.
 */
#include "base/json_write.h"
#include "value/convert.h"

#include <stdio.h>
#include <string.h>

static bool
begins_with(struct text t, struct text begin)
{
	return t.len >= begin.len && memcmp(t.s, begin.s, begin.len) == 0;
}

static struct text
without(struct text t, size_t len)
{
	return (struct text){t.s + len, t.len - len};
}

/* Where the next separator begins; NULL = there is none. */
static const char *
find_separator(struct text t, struct text separator)
{
	const char *at;

	if (separator.len == 1)
		return memchr(t.s, separator.s[0], t.len);
	while (t.len > 0) {
		at = memchr(t.s, separator.s[0], t.len);
		if (at == NULL)
			return NULL;
		t = without(t, (size_t)(at - t.s));
		if (begins_with(t, separator))
			return at;
		t = without(t, 1);
	}
	return NULL;
}

/* Takes the text up to the next separator, and the separator. */
static inline struct text
take_item(struct text *rest, struct text separator)
{
	const char *end = find_separator(*rest, separator);
	struct text item = *rest;

	if (end == NULL) {
		*rest = without(item, item.len);
		return item;
	}
	item.len = (size_t)(end - item.s);
	*rest = without(*rest, item.len + separator.len);
	return item;
}

bool
list_next(struct text *rest, struct text separator, struct text *item)
{
	while (rest->len > 0) {
		*item = text_trim(take_item(rest, separator));
		if (item->len > 0)
			return true;
	}
	return false;
}

/* Appends the content of the quotes that open at the beginning of *rest to
 * `text`, with doubled quotes as one; false: they are not closed. */
static bool
take_quotes(struct text *rest, struct buf *text)
{
	*rest = without(*rest, 1);
	for (;;) {
		const char *quote =
		    rest->len > 0 ? memchr(rest->s, '"', rest->len) : NULL;

		if (quote == NULL)
			return false;
		(void)buf_add(text, rest->s, (size_t)(quote - rest->s));
		*rest = without(*rest, (size_t)(quote - rest->s) + 1);
		if (rest->len == 0 || rest->s[0] != '"')
			return true;
		(void)buf_addc(text, '"');
		*rest = without(*rest, 1);
	}
}

/* Without the blanks before the next item or separator. */
static struct text
without_blanks(struct text t, struct text separator)
{
	struct text trimmed = text_trim(t);

	while (t.s < trimmed.s && !begins_with(t, separator))
		t = without(t, (unsigned char)t.s[0] < 0x80 ? 1 : 2);
	return t;
}

/* After a closing quote. */
static bool
take_separator(struct text *rest, struct text separator)
{
	if (rest->len > 0 && !begins_with(*rest, separator))
		return false;
	*rest = without(*rest, rest->len > 0 ? separator.len : 0);
	return true;
}

int
list_next_quoted(struct text *rest, struct text separator, struct buf *text,
    struct convert_reason *r)
{
	size_t begin = text->len;

	while (rest->len > 0) {
		struct text ahead = without_blanks(*rest, separator);
		struct text item;

		if (ahead.len == 0 || ahead.s[0] != '"') {
			item = text_trim(take_item(rest, separator));
			(void)buf_add(text, item.s, item.len);
		} else {
			*rest = ahead;
			if (!take_quotes(rest, text))
				goto unclosed;
			*rest = without_blanks(*rest, separator);
			if (!take_separator(rest, separator))
				goto stray;
			item = text_trim((struct text){
			    text->data + begin, text->len - begin});
			if (item.len > 0)
				memmove(text->data + begin, item.s, item.len);
			buf_truncate(text, begin + item.len);
		}
		if (text->len > begin)
			return 1;
	}
	return 0;
unclosed:
	convert_fail(r, "unclosed_quote", "a quote in the list is not closed");
	(void)convert_hint(r, "check first: correct the cell, or delete "
			      "`quoted:` if its quotes are text");
	buf_truncate(text, begin);
	return -1;
stray:
	convert_fail(r, "stray_quote",
	    "there is text between a closing quote and the separator");
	(void)convert_hint(r, "check first: is `separator:` right? a quote "
			      "inside quotes is written twice");
	buf_truncate(text, begin);
	return -1;
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
convert_list(const struct text *items, size_t count,
    const struct list_rules *rules, struct buf *out, struct convert_reason *r)
{
	size_t start = out->len;

	if (!buf_addc(out, '['))
		return convert_done(r, out, start, false);
	for (size_t i = 0; i < count; i++) {
		struct convert_reason why;

		if (i > 0 && !buf_addc(out, ','))
			return convert_done(r, out, start, false);
		if (add_element(items[i], rules, out, &why))
			continue;
		buf_truncate(out, start);
		if (why.message[0] == '\0')
			return convert_done(r, out, start, false);
		convert_fail(
		    r, why.cause, "element %zu: %.200s", i + 1, why.message);
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
