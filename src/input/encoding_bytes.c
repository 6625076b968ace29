/* SPDX-License-Identifier: MIT */
/*
 * Only ranges are looked at while bytes stream by; whether a pair within them
 * is a character is asked at the end, once for each pair that occurred.
 */
#include "encoding_bytes.h"

#include "base/text.h"
#include "encoding_char.h"

#include <string.h>

static bool
in(unsigned char c, unsigned from, unsigned to)
{
	return c >= from && c <= to;
}

/* Two bytes, by their ranges. */
static bool
is_pair(enum encoding_form form, unsigned char a, unsigned char b)
{
	switch (form) {
	case FORM_CP932:
		return (in(a, 0x81, 0x9f) || in(a, 0xe0, 0xfc)) &&
		       (in(b, 0x40, 0x7e) || in(b, 0x80, 0xfc));
	case FORM_EUC_JP:
		return a == 0x8e ? in(b, 0xa1, 0xdf)
				 : in(a, 0xa1, 0xfe) && in(b, 0xa1, 0xfe);
	case FORM_GB18030:
		return in(a, 0x81, 0xfe) &&
		       (in(b, 0x40, 0x7e) || in(b, 0x80, 0xfe));
	case FORM_BIG5:
		return in(a, 0x81, 0xfe) &&
		       (in(b, 0x40, 0x7e) || in(b, 0xa1, 0xfe));
	case FORM_EUC_KR:
		return in(a, 0xa1, 0xfe) && in(b, 0xa1, 0xfe);
	case FORM_CP949:
		return in(a, 0x81, 0xfe) &&
		       (in(b, 0x41, 0x5a) || in(b, 0x61, 0x7a) ||
			   in(b, 0x81, 0xfe));
	default:
		return false;
	}
}

/* As encoding_char_length; *is_cut: the bytes may begin a longer one. */
static size_t
char_length(
    enum encoding_form form, const unsigned char *s, size_t len, bool *is_cut)
{
	bool is_long;

	*is_cut = false;
	if (form == FORM_SINGLE || s[0] < 0x80 ||
	    (form == FORM_CP932 && in(s[0], 0xa1, 0xdf)))
		return 1;
	*is_cut = len < 2 && s[0] > 0x80 && s[0] < 0xff;
	if (len < 2)
		return 0;
	if (is_pair(form, s[0], s[1]))
		return 2;
	is_long = form == FORM_EUC_JP ? s[0] == 0x8f && in(s[1], 0xa1, 0xfe)
				      : form == FORM_GB18030 && s[0] > 0x80 &&
					    in(s[1], '0', '9');
	if (!is_long)
		return 0;
	*is_cut = len < 3 || (form == FORM_GB18030 && len < 4);
	if (*is_cut)
		return 0;
	if (form == FORM_EUC_JP)
		return in(s[2], 0xa1, 0xfe) ? 3 : 0;
	return in(s[2], 0x81, 0xfe) && in(s[3], '0', '9') ? 4 : 0;
}

/* Of the well-formed character at s; 1 if there is none. */
static size_t
utf8_length_at(const unsigned char *s, size_t len)
{
	size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc0 ? 2 : 1;

	return n <= len && utf8_check((const char *)s, n) == n ? n : 1;
}

size_t
encoding_char_length(
    enum encoding_form form, const unsigned char *s, size_t len)
{
	bool is_cut;

	if (form == FORM_UTF8)
		return utf8_length_at(s, len);
	return char_length(form, s, len, &is_cut);
}

static unsigned
pair_at(unsigned char lead, unsigned char trail)
{
	return (unsigned)(lead - 0x80) << 8 | trail;
}

static void
walk_step(struct byte_walk *w, enum encoding_form form, unsigned char c)
{
	bool is_cut;
	size_t n;

	w->bytes[w->count++] = c;
	n = char_length(form, w->bytes, w->count, &is_cut);
	if (n == 0 && is_cut)
		return;
	if (n == 2) {
		unsigned at = pair_at(w->bytes[0], c);

		w->pairs[at / 32] |= UINT32_C(1) << at % 32;
	}
	w->is_broken = n == 0;
	w->count = 0;
}

static void
see_byte(struct encoding_bytes *b, unsigned char c)
{
	if (c >= 0x80) {
		b->odd++;
		b->seen[c - 0x80]++;
	}
	b->is_inside = false;
	for (int form = FORM_SINGLE + 1; form < FORM_COUNT; form++) {
		struct byte_walk *w = &b->walks[form];

		if (w->is_broken || (c < 0x80 && w->count == 0))
			continue;
		walk_step(w, (enum encoding_form)form, c);
		b->is_inside |= w->count > 0;
	}
}

void
encoding_bytes_add(struct encoding_bytes *b, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] >= 0x80 || b->is_inside)
			see_byte(b, (unsigned char)s[i]);
}

bool
encoding_table(const char *name, uint32_t table[0x80])
{
	struct encoding_char x;

	if (!encoding_char_open(&x, name))
		return false;
	for (unsigned i = 0; i < 0x80; i++) {
		unsigned char c = (unsigned char)(0x80 + i);

		table[i] = encoding_char_of(&x, &c, 1);
	}
	encoding_char_close(&x);
	return true;
}

static bool
is_text(uint32_t c)
{
	return c >= 0xa0;
}

static bool
pairs_decode(const struct byte_walk *w, struct encoding_char *x)
{
	for (unsigned at = 0; at < 0x8000; at++) {
		unsigned char bytes[2] = {
		    (unsigned char)((at >> 8) + 0x80), (unsigned char)at};

		if ((w->pairs[at / 32] >> at % 32 & 1) != 0 &&
		    !is_text(encoding_char_of(x, bytes, 2)))
			return false;
	}
	return true;
}

bool
encoding_decodes(
    const struct encoding_bytes *b, const char *name, enum encoding_form form)
{
	const struct byte_walk *w = &b->walks[form];
	struct encoding_char x;
	bool ret;

	if (w->is_broken || w->count > 0 || !encoding_char_open(&x, name))
		return false;
	ret = pairs_decode(w, &x);
	encoding_char_close(&x);
	return ret;
}

bool
encoding_table_decodes(
    const struct encoding_bytes *b, const uint32_t table[0x80])
{
	bool ret = true;

	for (size_t i = 0; i < 0x80; i++)
		ret &= b->seen[i] == 0 || is_text(table[i]);
	return ret;
}
