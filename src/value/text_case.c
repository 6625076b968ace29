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

bool
text_add_upper(struct buf *out, struct text t)
{
	size_t at = out->len;

	if (!text_is_ascii(t))
		return add_mapped(out, t, code_point_upper);
	if (!buf_add(out, t.s, t.len))
		return false;
	for (; at < out->len; at++)
		out->data[at] = ascii_upper(out->data[at]);
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
	for (; at < out->len; at++)
		out->data[at] = ascii_lower(out->data[at]);
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

		if (code_point_is_word(c)) {
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
