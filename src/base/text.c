/* SPDX-License-Identifier: MIT */
/* Comparing, trimming and showing text; numbers with units. */
#include "base/text.h"

#include <stdio.h>
#include <string.h>

struct text
text_of(const char *s)
{
	return (struct text){s, strlen(s)};
}

bool
text_equal(struct text a, struct text b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.s, b.s, a.len) == 0);
}

bool
text_is(struct text a, const char *s)
{
	return text_equal(a, text_of(s));
}

struct text
text_after_bom(struct text t)
{
	if (t.len < UTF8_BOM_LENGTH ||
	    memcmp(t.s, UTF8_BOM, UTF8_BOM_LENGTH) != 0)
		return t;
	return (struct text){t.s + UTF8_BOM_LENGTH, t.len - UTF8_BOM_LENGTH};
}

struct text
text_whole(const char *s)
{
	return (struct text){s, utf8_check(s, strlen(s))};
}

/* Length of the blank at the start: 1 for space and tab, 2 for NBSP. */
static size_t
blank_first(struct text t)
{
	if (t.len && (t.s[0] == ' ' || t.s[0] == '\t'))
		return 1;
	if (t.len >= 2 && memcmp(t.s, "\xC2\xA0", 2) == 0)
		return 2;
	return 0;
}

static size_t
blank_last(struct text t)
{
	if (t.len && (t.s[t.len - 1] == ' ' || t.s[t.len - 1] == '\t'))
		return 1;
	if (t.len >= 2 && memcmp(t.s + t.len - 2, "\xC2\xA0", 2) == 0)
		return 2;
	return 0;
}

struct text
text_trim_slowly(struct text t)
{
	size_t n;

	while ((n = blank_first(t)) != 0) {
		t.s += n;
		t.len -= n;
	}
	while ((n = blank_last(t)) != 0)
		t.len -= n;
	return t;
}

bool
text_is_hidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C ||
	       (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
	       (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
	       (c >= 0xFFF9 && c <= 0xFFFB);
}

static void
display_ascii(struct buf *b, unsigned char c)
{
	if (c == '\n')
		buf_adds(b, "\\n");
	else if (c == '\r')
		buf_adds(b, "\\r");
	else if (c == '\t')
		buf_adds(b, "\\t");
	else if (c < 0x20 || c == 0x7F)
		buf_addf(b, "\\x%02X", c);
	else
		buf_addc(b, (char)c);
}

void
text_display(struct buf *b, struct text t, size_t max_chars)
{
	size_t pos = 0;

	for (size_t chars = 0; pos < t.len; chars++) {
		size_t from = pos;
		uint32_t c;

		if (max_chars && chars == max_chars) {
			buf_adds(b, "\xE2\x80\xA6"); /* … */
			return;
		}
		c = utf8_next(t.s, t.len, &pos);
		if (c < 0x80)
			display_ascii(b, (unsigned char)c);
		else if (c == 0xFFFD && pos == from + 1)
			buf_addf(b, "\\x%02X", (unsigned char)t.s[from]);
		else if (text_is_hidden(c))
			buf_addf(b, "\\u{%X}", (unsigned)c);
		else
			buf_add(b, t.s + from, pos - from);
	}
}

void
text_column_letters(size_t column, char out[8])
{
	char reversed[8];
	size_t n = 0;

	do {
		reversed[n++] = (char)('A' + column % 26);
		column /= 26;
	} while (column-- > 0 && n < 7);
	for (size_t i = 0; i < n; i++)
		out[i] = reversed[n - 1 - i];
	out[n] = '\0';
}

char *
text_count(uint64_t n, char out[32])
{
	char digits[24];
	int len =
	    snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
	size_t at = 0;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
	return out;
}

bool
text_parse_uint(struct text t, uint64_t *n)
{
	uint64_t v = 0;

	if (t.len == 0)
		return false;
	for (size_t i = 0; i < t.len; i++) {
		unsigned digit = (unsigned)(unsigned char)t.s[i] - '0';

		if (digit > 9 || v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*n = v;
	return true;
}

struct unit {
	const char *name;
	uint64_t factor;
};

static bool
parse_with_unit(
    struct text t, const struct unit *units, size_t count, uint64_t *out)
{
	struct text digits = {t.s, 0};
	struct text unit;
	uint64_t n;

	while (digits.len < t.len && t.s[digits.len] >= '0' &&
	       t.s[digits.len] <= '9')
		digits.len++;
	if (!text_parse_uint(digits, &n))
		return false;
	unit = (struct text){t.s + digits.len, t.len - digits.len};
	for (size_t i = 0; i < count; i++) {
		if (!text_is(unit, units[i].name))
			continue;
		if (n > (uint64_t)INT64_MAX / units[i].factor)
			return false;
		*out = n * units[i].factor;
		return true;
	}
	return false;
}

bool
text_parse_size(struct text t, uint64_t *bytes)
{
	static const struct unit units[] = {
	    {"", 1},
	    {"B", 1},
	    {"KB", 1000},
	    {"MB", 1000000},
	    {"GB", 1000000000},
	    {"KiB", 1 << 10},
	    {"MiB", 1 << 20},
	    {"GiB", 1 << 30},
	};

	return parse_with_unit(
	    t, units, sizeof(units) / sizeof(units[0]), bytes);
}

bool
text_parse_duration(struct text t, int64_t *ms)
{
	static const struct unit units[] = {
	    {"", 1000},
	    {"ms", 1},
	    {"s", 1000},
	    {"m", UINT64_C(60) * 1000},
	    {"h", UINT64_C(3600) * 1000},
	    {"d", UINT64_C(24) * 3600 * 1000},
	};
	uint64_t n;

	if (!parse_with_unit(t, units, sizeof(units) / sizeof(units[0]), &n))
		return false;
	*ms = (int64_t)n;
	return true;
}

int
text_hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

bool
text_parse_sign(struct text t, char *sign)
{
	int high, low;

	if (t.len == 1) {
		*sign = t.s[0];
	} else if (text_is(t, "tab") || text_is(t, "\\t")) {
		*sign = '\t';
	} else if (t.len == 4 && t.s[0] == '\\' && t.s[1] == 'x') {
		high = text_hex_digit(t.s[2]);
		low = text_hex_digit(t.s[3]);
		if (high < 0 || low < 0)
			return false;
		*sign = (char)(high << 4 | low);
	} else {
		return false;
	}
	return *sign != '\0' && *sign != '\n' && *sign != '\r' &&
	       (unsigned char)*sign < 0x80;
}

void
text_add_sign(struct buf *out, char sign)
{
	if (sign == '\t')
		buf_adds(out, "tab");
	else if (sign == '\'')
		buf_adds(out, "\"'\"");
	else if ((unsigned char)sign < ' ' || sign == 0x7f)
		buf_addf(out, "'\\x%02x'", (unsigned)sign);
	else
		buf_addf(out, "'%c'", sign);
}

struct text
text_in_formula(struct text t)
{
	struct text none = {NULL, 0}, inner;

	if (t.len < 3 || t.s[0] != '=' || t.s[1] != '"' ||
	    t.s[t.len - 1] != '"')
		return none;
	inner = (struct text){t.s + 2, t.len - 3};
	for (size_t i = 0; i < inner.len; i++) {
		if (inner.s[i] != '"')
			continue;
		if (i + 1 == inner.len || inner.s[i + 1] != '"')
			return none;
		i++;
	}
	return inner;
}
