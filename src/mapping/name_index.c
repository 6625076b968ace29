/* SPDX-License-Identifier: MIT */
/*
 * A merge sort bottom up: stable, so that equal names stand in the order of
 * their columns, and without a global for qsort.
 */
#include "name_index.h"

#include "base/unicode.h"
#include "base/xalloc.h"
#include "loader.h"

#include <stdlib.h>
#include <string.h>

void
name_key(struct buf *out, struct text name, enum columns_policy policy)
{
	size_t at = 0;
	struct buf work = BUF_INIT(0);
	struct text t = text_nfc(&work, text_trim(name));

	if (policy == COLUMNS_EXACT)
		buf_add(out, t.s, t.len);
	while (policy == COLUMNS_LOOSE && at < t.len) {
		uint32_t c = utf8_next(t.s, t.len, &at);

		if (c != ' ' && c != '_' && c != '-' &&
		    !code_point_is_unseen(c))
			utf8_add(out, code_point_lower(c));
	}
	buf_release(&work);
}

static bool
is_in_order(const struct name_index *x, size_t a, size_t b)
{
	return text_order(x->keys[a], x->keys[b]) <= 0;
}

/* Merges the runs [at, middle) and [middle, end) of `from` into `to`. */
static void
merge(const struct name_index *x, const size_t *from, size_t *to, size_t at,
    size_t middle, size_t end)
{
	size_t i = at, k = middle;

	for (size_t o = at; o < end; o++) {
		bool left = k == end ||
			    (i < middle && is_in_order(x, from[i], from[k]));

		to[o] = left ? from[i++] : from[k++];
	}
}

static void
sort(struct name_index *x)
{
	size_t n = x->count;
	size_t *from = x->sorted, *to = xcalloc(n ? n : 1, sizeof(*to));
	size_t *spare = to;

	for (size_t width = 1; width < n; width *= 2) {
		for (size_t at = 0; at < n; at += 2 * width) {
			size_t middle = at + width < n ? at + width : n;
			size_t end = at + 2 * width < n ? at + 2 * width : n;

			merge(x, from, to, at, middle, end);
		}
		size_t *other = from;
		from = to;
		to = other;
	}
	if (from != x->sorted)
		memcpy(x->sorted, from, n * sizeof(*from));
	free(spare);
}

void
name_index_init(struct name_index *x, const struct text *names, size_t count,
    enum columns_policy policy)
{
	struct buf key = BUF_INIT(0);

	*x = (struct name_index){.count = count};
	x->keys = xcalloc(count ? count : 1, sizeof(*x->keys));
	x->sorted = xcalloc(count ? count : 1, sizeof(*x->sorted));
	for (size_t i = 0; i < count; i++) {
		buf_clear(&key);
		name_key(&key, names[i], policy);
		x->keys[i] = (struct text){
		    arena_strndup(&x->arena, buf_str(&key), key.len), key.len};
		x->sorted[i] = i;
	}
	buf_release(&key);
	sort(x);
}

void
name_index_release(struct name_index *x)
{
	free(x->keys);
	free(x->sorted);
	arena_release(&x->arena);
	*x = (struct name_index){.count = 0};
}

/* The first place in `sorted` whose key is not before `key`; by text, where
 * base/lower_bound.h goes by number. */
static size_t
first_place(const struct name_index *x, struct text key)
{
	size_t low = 0, high = x->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (text_order(x->keys[x->sorted[middle]], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t
name_index_find(const struct name_index *x, struct text name,
    enum columns_policy policy, size_t *first)
{
	struct buf b = BUF_INIT(0);
	struct text key;
	size_t end;

	name_key(&b, name, policy);
	key = (struct text){buf_str(&b), b.len};
	*first = first_place(x, key);
	for (end = *first; end < x->count; end++)
		if (!text_equal(x->keys[x->sorted[end]], key))
			break;
	buf_release(&b);
	return end - *first;
}
