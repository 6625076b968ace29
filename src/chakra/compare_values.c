/* SPDX-License-Identifier: MIT */
/*
 * When two JSON values say the same, and when they differ in their form. Byte
 * ranges are compared: only where they are not the same, what they stand for.
 */
#include "compare_values.h"

#include "base/civil.h"
#include "base/json_read.h"
#include "chakra/verb.h"

#include <string.h>

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

bool
value_is_nothing(struct text t)
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
	const char *e = s, *last = NULL, *point = NULL;

	for (; e < end && *e != 'e' && *e != 'E'; e++) {
		if (*e == '.')
			point = e;
		if (*e == '.' || *e == '0')
			continue;
		n.digits = n.digits ? n.digits : e;
		last = e;
	}
	if (n.digits == NULL)
		return (struct number){.len = 0}; /* zero has no sign */
	n.len = (size_t)(last - n.digits) + 1;
	n.count = n.len - (point > n.digits && point < last);
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

/* The value of a member whose name is that token; of two, the last. */
static struct text
member_named(struct text object, struct text name)
{
	struct json_walk w;
	struct text n, v, found = {NULL, 0};

	json_walk_begin(&w, object);
	while (json_walk_next(&w, &n, &v))
		if (json_same_text(n, name))
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
	if (text_equal(a, b))
		return true;
	if (value_is_nothing(a) && value_is_nothing(b))
		return true;
	if (is_text(a))
		return is_text(b) && json_same_text(a, b);
	if (is_number(a))
		return is_number(b) && same_number(a, b);
	if (json_is_array(a))
		return json_is_array(b) && same_list(a, b);
	if (json_is_object(a))
		return json_is_object(b) && has_all(a, b) && has_all(b, a);
	return false;
}

/*
 * The hash of a value: XXH64's way with words (Collet 2012), whose finish is
 * made for each value. It spreads well and is quick; it holds nobody off who
 * knows the seed and makes up values that have one hash.
 */

#define PRIME_1 UINT64_C(0x9E3779B185EBCA87)
#define PRIME_2 UINT64_C(0xC2B2AE3D27D4EB4F)
#define PRIME_3 UINT64_C(0x165667B19E3779F9)
#define PRIME_4 UINT64_C(0x85EBCA77C2B2AE63)

static uint64_t
rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static uint64_t
mix(uint64_t hash, uint64_t word)
{
	hash ^= rotate(word * PRIME_2, 31) * PRIME_1;
	return rotate(hash, 27) * PRIME_1 + PRIME_4;
}

static uint64_t
finish(uint64_t hash)
{
	hash = (hash ^ hash >> 33) * PRIME_2;
	hash = (hash ^ hash >> 29) * PRIME_3;
	return hash ^ hash >> 32;
}

/* Little-endian on every machine. */
static inline uint64_t
load_half(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
	       (uint64_t)p[3] << 24;
}

static inline uint64_t
load_word(const char *s)
{
	return load_half(s) | load_half(s + 4) << 32;
}

/* The last word, or half, overlaps what comes before it. */
static uint64_t
hash_bytes(uint64_t seed, char kind, struct text t)
{
	uint64_t hash = seed + (unsigned char)kind + (t.len << 8);
	uint64_t word = 0;

	if (t.len < 4) {
		for (size_t i = 0; i < t.len; i++)
			word = word << 8 | (unsigned char)t.s[i];
		return finish(mix(hash, word));
	}
	if (t.len < 8)
		return finish(mix(
		    hash, load_half(t.s) | load_half(t.s + t.len - 4) << 32));
	for (size_t at = 0; t.len - at > 8; at += 8)
		hash = mix(hash, load_word(t.s + at));
	return finish(mix(hash, load_word(t.s + t.len - 8)));
}

uint64_t
text_hash(uint64_t seed, struct text t)
{
	return hash_bytes(seed, 't', t);
}

static uint64_t
hash_text(uint64_t seed, struct text token, struct buf *scratch)
{
	size_t at = scratch->len;
	uint64_t hash;

	if (memchr(token.s, '\\', token.len) == NULL)
		return text_hash(
		    seed, (struct text){token.s + 1, token.len - 2});
	json_decode(token, scratch);
	hash = text_hash(
	    seed, (struct text){buf_str(scratch) + at, scratch->len - at});
	buf_truncate(scratch, at);
	return hash;
}

static uint64_t
hash_number(uint64_t seed, struct text token, struct buf *scratch)
{
	struct number n = number_of(token);
	size_t at = scratch->len, whole = n.len;
	uint64_t hash;

	if (n.count < n.len)
		whole = (size_t)((const char *)memchr(n.digits, '.', n.len) -
				 n.digits);
	buf_addc(scratch, n.is_negative ? '-' : '+');
	buf_add(scratch, n.digits, whole);
	if (whole < n.len)
		buf_add(scratch, n.digits + whole + 1, n.len - whole - 1);
	hash = hash_bytes(mix(seed, (uint64_t)n.exponent), 'n',
	    (struct text){scratch->data + at, scratch->len - at});
	buf_truncate(scratch, at);
	return hash;
}

static uint64_t
hash_list(uint64_t seed, struct text list, struct buf *scratch)
{
	uint64_t hash = mix(seed, 'l');
	struct json_walk w;
	struct text v;

	json_walk_begin(&w, list);
	while (json_walk_next(&w, NULL, &v))
		hash = mix(hash, value_hash(seed, v, scratch));
	return finish(hash);
}

/* Whatever the order of its members. */
static uint64_t
hash_object(uint64_t seed, struct text object, struct buf *scratch)
{
	struct json_walk w;
	struct text name, v;
	uint64_t sum = 0;

	json_walk_begin(&w, object);
	while (json_walk_next(&w, &name, &v))
		if (!value_is_nothing(v))
			sum += value_hash(
			    hash_text(seed, name, scratch), v, scratch);
	return finish(mix(mix(seed, 'o'), sum));
}

uint64_t
value_hash(uint64_t seed, struct text v, struct buf *scratch)
{
	if (is_text(v))
		return hash_text(seed, v, scratch);
	if (value_is_nothing(v))
		return finish(mix(seed, '0'));
	if (is_number(v))
		return hash_number(seed, v, scratch);
	if (json_is_array(v))
		return hash_list(seed, v, scratch);
	if (json_is_object(v))
		return hash_object(seed, v, scratch);
	return hash_bytes(seed, 'w', v);
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

bool
values_differ_in_form(struct text a, struct text b)
{
	if (value_is_nothing(a) || value_is_nothing(b))
		return false;
	if (is_text(a) != is_text(b))
		return is_text(a) ? is_spelt(a, b) : is_spelt(b, a);
	return is_uuid(a) != is_uuid(b);
}
