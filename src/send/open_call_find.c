/* SPDX-License-Identifier: MIT */
/* A row by its key. Keys are sorted once, when they are first asked for, so
 * that a call of 10,000 rows matches its entries in n log n. */
#include "base/unicode.h"
#include "base/xalloc.h"
#include "open_call.h"

#include <string.h>

static int
compare_rows(const struct open_call *call, size_t a, size_t b)
{
	int c = text_order(open_call_key(call, a), open_call_key(call, b));

	if (c)
		return c;
	return a < b ? -1 : a > b;
}

/* Heap sort, because qsort has no context to find the keys by. */
static void
sift(const struct open_call *call, size_t *v, size_t at, size_t n)
{
	for (;;) {
		size_t child = 2 * at + 1, keep = v[at];

		if (child >= n)
			return;
		if (child + 1 < n &&
		    compare_rows(call, v[child], v[child + 1]) < 0)
			child++;
		if (compare_rows(call, keep, v[child]) >= 0)
			return;
		v[at] = v[child];
		v[child] = keep;
		at = child;
	}
}

static void
sort_keys(struct open_call *call)
{
	size_t n = 0;

	call->by_key = xcalloc(call->row_count, sizeof(*call->by_key));
	for (size_t i = 0; i < call->row_count; i++)
		if (call->rows[i].key_len)
			call->by_key[n++] = i;
	call->key_count = n;
	for (size_t i = n / 2; i-- > 0;)
		sift(call, call->by_key, i, n);
	while (n > 1) {
		size_t last = call->by_key[--n];

		call->by_key[n] = call->by_key[0];
		call->by_key[0] = last;
		sift(call, call->by_key, 0, n);
	}
}

/* By text, where base/lower_bound.h goes by number. */
static ptrdiff_t
find_token(struct open_call *call, struct text key_token)
{
	size_t low = 0, high;
	ptrdiff_t any = -1;

	if (call->by_key == NULL)
		sort_keys(call);
	high = call->key_count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (text_order(
			open_call_key(call, call->by_key[mid]), key_token) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < call->key_count; low++) {
		size_t i = call->by_key[low];

		if (!text_equal(open_call_key(call, i), key_token))
			break;
		if (call->rows[i].settled == ROW_OPEN &&
		    !call->rows[i].has_job_entry)
			return (ptrdiff_t)i;
		if (any < 0 || call->rows[any].settled != ROW_OPEN)
			any = (ptrdiff_t)i;
	}
	return any;
}

/* A key of digits may come back as a number where we sent text, or the other
 * way round. */
static bool
other_spelling(struct text token, char *out, size_t size, struct text *other)
{
	bool quoted = token.len > 2 && token.s[0] == '"';
	struct text digits =
	    quoted ? (struct text){token.s + 1, token.len - 2} : token;

	if (digits.len == 0 || digits.len + 3 > size)
		return false;
	for (size_t i = 0; i < digits.len; i++)
		if (digits.s[i] < '0' || digits.s[i] > '9')
			return false;
	*other = digits;
	if (quoted)
		return true;
	out[0] = '"';
	memcpy(out + 1, digits.s, digits.len);
	out[digits.len + 1] = '"';
	*other = (struct text){out, digits.len + 2};
	return true;
}

/* Answers come in the order of what was asked, mostly. Where keys are unique
 * the row after the last one is the one, or none. */
static ptrdiff_t
find_at(const struct open_call *call, size_t i, struct text key_token)
{
	if (!call->verb->changes || i >= call->row_count ||
	    call->rows[i].settled != ROW_OPEN || call->rows[i].has_job_entry ||
	    !text_equal(open_call_key(call, i), key_token))
		return -1;
	return (ptrdiff_t)i;
}

ptrdiff_t
open_call_find(struct open_call *call, struct text key_token)
{
	ptrdiff_t index = find_at(call, call->next_found, key_token);
	struct text other;
	char spelt[128];

	for (size_t i = call->lookup_from; index < 0 && i < call->lookup_to;
	     i++)
		index = find_at(call, i, key_token);
	if (index < 0)
		index = find_token(call, key_token);
	if (index < 0 &&
	    other_spelling(key_token, spelt, sizeof(spelt), &other))
		index = find_token(call, other);
	if (index >= 0)
		call->next_found = (size_t)index + 1;
	return index;
}

/* A key without what a service may change about it. Escapes stay as they are:
 * a key that differs in one more thing than these is another key. */
static struct text
bare_key(struct text token)
{
	if (token.len >= 2 && token.s[0] == '"')
		token = (struct text){token.s + 1, token.len - 2};
	token = text_trim(token);
	while (token.len > 1 && token.s[0] == '0')
		token = (struct text){token.s + 1, token.len - 1};
	return token;
}

bool
key_is_like(struct text a, struct text b)
{
	size_t i = 0, j = 0;

	if (text_equal(a, b))
		return true;
	a = bare_key(a);
	b = bare_key(b);
	/* Most keys differ where they are ASCII. */
	for (; i < a.len && i < b.len && ((a.s[i] | b.s[i]) & 0x80) == 0; i++)
		if (ascii_lower(a.s[i]) != ascii_lower(b.s[i]))
			return false;
	j = i;
	while (i < a.len && j < b.len)
		if (code_point_lower(utf8_next(a.s, a.len, &i)) !=
		    code_point_lower(utf8_next(b.s, b.len, &j)))
			return false;
	return i == a.len && j == b.len;
}

ptrdiff_t
open_call_find_like(const struct open_call *call, struct text key_token)
{
	for (size_t i = 0; i < call->row_count; i++)
		if (call->rows[i].key_len &&
		    key_is_like(open_call_key(call, i), key_token))
			return (ptrdiff_t)i;
	return -1;
}
