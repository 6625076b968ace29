/* SPDX-License-Identifier: MIT */
/*
 * Phone numbers, as digits with their country code. A number is not judged by
 * the numbering plan of its country: those change every month, and a table of
 * them would be wrong before it is used. 15 digits is the limit of ITU-T
 * E.164; fewer than 8 is not a number with its code.
 */
#include "value/convert.h"

#include <string.h>

#define DIGITS_MIN 8
#define DIGITS_MAX 15
/* More than any code, prefix and number together. */
#define DIGITS_CAP 64

struct digits {
	char d[DIGITS_CAP];
	size_t count; /* may pass the cap: then it is too long anyway */
};

static bool
is_separator(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '-' || c == '.' || c == '(' ||
	       c == ')' || c == '/' || c == 0xA0 || c == 0xAD ||
	       (c >= 0x2000 && c <= 0x2015) || (c >= 0x202A && c <= 0x202F) ||
	       (c >= 0x2060 && c <= 0x2069) || c == 0x2212 || c == 0xFEFF;
}

static void
add_digit(struct digits *n, char d)
{
	if (n->count < DIGITS_CAP)
		n->d[n->count] = d;
	n->count++;
}

/* A run of digits between separators, and what comes before it. */
struct group {
	size_t digits;
	bool after_gap; /* a blank, a slash, or the beginning */
};

#define GROUPS_MAX 32
#define NUMBER_MIN ((size_t)7) /* digits of a number without its area code */

/* The digits from `at` on. */
static size_t
digits_from(struct text t, size_t at)
{
	size_t count = 0;

	for (; at < t.len; at++)
		count += t.s[at] >= '0' && t.s[at] <= '9';
	return count;
}

static size_t
find_groups(struct text t, struct group groups[GROUPS_MAX])
{
	size_t count = 0, pos = 0;
	bool in_group = false, after_gap = true;

	while (pos < t.len) {
		uint32_t c = utf8_next(t.s, t.len, &pos);

		if (c >= '0' && c <= '9') {
			if (!in_group && count == GROUPS_MAX)
				return count;
			if (!in_group)
				groups[count++] = (struct group){0, after_gap};
			groups[count - 1].digits++;
			in_group = true;
			after_gap = false;
			continue;
		}
		in_group = false;
		if (c == ' ' || c == '\t' || c == '/' || c == 0xA0 ||
		    c == 0x202F)
			after_gap = true;
	}
	return count;
}

/* Two numbers where one should be: two parts of seven digits and more with a
 * blank or a slash between them (030/1234567 has one), or the same widths
 * twice, of fourteen digits and more (555.1234.555.9999). */
static bool
is_two_numbers(struct text t)
{
	struct group groups[GROUPS_MAX];
	size_t count = find_groups(t, groups), half = count / 2, sum = 0;
	size_t part = 0, long_parts = 0;
	bool repeats = count % 2 == 0 && count >= 4;

	for (size_t i = 0; i < count; i++) {
		if (groups[i].after_gap)
			part = 0;
		part += groups[i].digits;
		/* Counted when it becomes long. */
		long_parts +=
		    part >= NUMBER_MIN && part - groups[i].digits < NUMBER_MIN;
		sum += groups[i].digits;
		repeats = repeats && (i >= half || groups[i].digits ==
						       groups[i + half].digits);
	}
	return long_parts > 1 || (repeats && sum >= 2 * NUMBER_MIN);
}

static bool
fail_two(struct convert_reason *r)
{
	convert_fail(r, "two_numbers", "this cell holds two phone numbers");
	return convert_hint(r, "give each number a column of its own");
}

/* After so many digits. */
static bool
fail_char(struct text t, size_t at, size_t digits, struct convert_reason *r)
{
	char name[48];

	if (digits >= NUMBER_MIN && digits_from(t, at) >= NUMBER_MIN)
		return fail_two(r);
	convert_fail(r, convert_char_cause(t, at),
	    "a phone number cannot contain %s", convert_name_char(t, at, name));
	if (digits >= DIGITS_MIN)
		convert_hint(r,
		    "check first: an extension can be taken off with replace");
	return false;
}

/* Collects the digits; *is_plus: it begins with a plus sign. */
static bool
collect(
    struct text t, struct digits *n, bool *is_plus, struct convert_reason *r)
{
	size_t pos = 0;

	n->count = 0;
	*is_plus = false;
	while (pos < t.len) {
		size_t here = pos;
		uint32_t c = utf8_next(t.s, t.len, &pos);

		if (c == '(' && (*is_plus || n->d[0] == '0') && n->count > 0 &&
		    t.len - pos >= 2 && !memcmp(t.s + pos, "0)", 2) &&
		    (*is_plus || (n->count > 2 && n->d[1] == '0'))) {
			pos += 2; /* +44 (0)20: dialled at home only */
		} else if (c >= '0' && c <= '9') {
			add_digit(n, (char)c);
		} else if (c == '+' && n->count == 0 && !*is_plus) {
			*is_plus = true;
		} else if (!is_separator(c)) {
			return fail_char(t, here, n->count, r);
		}
	}
	return true;
}

static bool
fail_count(size_t count, bool has_code, struct convert_reason *r)
{
	convert_fail(r, count < DIGITS_MIN ? "too_short" : "too_long",
	    "a phone number has 8 to 15 digits, this has %zu", count);
	if (count < DIGITS_MIN && !has_code)
		convert_hint(r, "check first: if these are numbers of one "
				"country, name its `calling_code:`");
	return false;
}

bool
convert_phone(struct text t, const struct phone_rules *rules, struct buf *out,
    struct convert_reason *r)
{
	size_t start = out->len, skip = 0, count;
	struct text code = {NULL, 0}, trunk = rules->trunk_prefix;
	bool is_plus, added;
	struct digits n = {.count = 0};

	if (!collect(t, &n, &is_plus, r))
		return false;
	if (n.count >= 2 * NUMBER_MIN && is_two_numbers(t))
		return fail_two(r);
	if (!is_plus && n.count > 2 && !memcmp(n.d, "00", 2)) {
		skip = 2;
	} else if (!is_plus) {
		if (trunk.len > 0 && trunk.len < DIGITS_CAP &&
		    n.count > trunk.len && !memcmp(n.d, trunk.s, trunk.len))
			skip = trunk.len;
		code = rules->calling_code;
	}
	count = code.len + n.count - skip;
	if (count < DIGITS_MIN || count > DIGITS_MAX)
		return fail_count(count, rules->calling_code.len > 0, r);
	added = buf_addc(out, '"') && buf_add(out, code.s, code.len) &&
		buf_add(out, n.d + skip, n.count - skip) && buf_addc(out, '"');
	return convert_done(r, out, start, added);
}
