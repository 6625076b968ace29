/* SPDX-License-Identifier: MIT */
/*
 * Texts in another case, character by character.
 */
#include "base/unicode.h"
#include "value/convert.h"

static bool
add_mapped(struct buf *out, struct text t, uint32_t (*map)(uint32_t))
{
	size_t pos = 0;

	while (pos < t.len && !out->overflow)
		utf8_add(out, map(utf8_next(t.s, t.len, &pos)));
	return !out->overflow;
}

/* What was added from `at` on; by way of a pointer of its own, so that it goes
 * in blocks. */
static void
change_added(struct buf *out, size_t at, char (*map)(char))
{
	char *s = out->data;

	for (size_t end = out->len; at < end; at++)
		s[at] = map(s[at]);
}

bool
text_add_upper(struct buf *out, struct text t)
{
	size_t at = out->len;

	if (!text_is_ascii(t))
		return add_mapped(out, t, code_point_upper);
	if (!buf_add(out, t.s, t.len))
		return false;
	change_added(out, at, ascii_upper);
	return true;
}

bool
text_add_lower(struct buf *out, struct text t)
{
	size_t at = out->len;

	if (!text_is_ascii(t))
		return add_mapped(out, t, code_point_lower);
	if (!buf_add(out, t.s, t.len))
		return false;
	change_added(out, at, ascii_lower);
	return true;
}

static bool
is_apostrophe(uint32_t c)
{
	return c == '\'' || c == 0x2019;
}

bool
text_add_title(struct buf *out, struct text t)
{
	bool inside = false;
	size_t pos = 0;

	while (pos < t.len && !out->overflow) {
		uint32_t c = utf8_next(t.s, t.len, &pos);

		if (c < 0x80) {
			(void)buf_addc(out, inside ? ascii_lower((char)c)
						   : ascii_upper((char)c));
			inside = ascii_is_letter((char)c) ||
				 ascii_is_digit((char)c) ||
				 (inside && c == '\'');
		} else if (code_point_is_word(c)) {
			utf8_add(out,
			    inside ? code_point_lower(c) : code_point_upper(c));
			inside = true;
		} else {
			utf8_add(out, c);
			inside = inside && is_apostrophe(c);
		}
	}
	return !out->overflow;
}
