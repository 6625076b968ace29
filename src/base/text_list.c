/* SPDX-License-Identifier: MIT */
/*
 * Binary search: of n words some log n are looked at. A hash table was
 * refused, since the lists are sorted anyway, for one order in every run.
 */
#include "base/text.h"
#include "base/unicode.h"

#include <stdlib.h>
#include <string.h>

int
text_order(struct text a, struct text b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len > 0 ? memcmp(a.s, b.s, len) : 0;

	if (order != 0)
		return order < 0 ? -1 : 1;
	return a.len < b.len ? -1 : a.len > b.len;
}

int
text_order_fold(struct text a, struct text b)
{
	size_t i = 0, j = 0;

	while (i < a.len && j < b.len) {
		uint32_t c = utf8_next(a.s, a.len, &i);
		uint32_t d = utf8_next(b.s, b.len, &j);

		if (c != d) {
			c = code_point_lower(c);
			d = code_point_lower(d);
		}
		if (c != d)
			return c < d ? -1 : 1;
	}
	return i < a.len ? 1 : j < b.len ? -1 : 0;
}

static int
compare(const void *a, const void *b)
{
	return text_order(*(const struct text *)a, *(const struct text *)b);
}

static int
compare_fold(const void *a, const void *b)
{
	return text_order_fold(
	    *(const struct text *)a, *(const struct text *)b);
}

void
texts_sort(struct text *list, size_t count)
{
	if (count > 1)
		qsort(list, count, sizeof(*list), compare);
}

void
texts_sort_fold(struct text *list, size_t count)
{
	if (count > 1)
		qsort(list, count, sizeof(*list), compare_fold);
}

/* Of so few texts the first byte or the length tells nearly each. */
#define FEW_TEXTS ((size_t)8)

bool
texts_have(const struct text *sorted, size_t count, struct text t)
{
	if (count > FEW_TEXTS)
		return bsearch(&t, sorted, count, sizeof(t), compare) != NULL;
	for (size_t i = 0; i < count; i++)
		if (t.len == sorted[i].len &&
		    (t.len == 0 || (t.s[0] == sorted[i].s[0] &&
				       memcmp(t.s, sorted[i].s, t.len) == 0)))
			return true;
	return false;
}

bool
texts_have_fold(const struct text *sorted, size_t count, struct text t)
{
	return count > 0 &&
	       bsearch(&t, sorted, count, sizeof(t), compare_fold) != NULL;
}
