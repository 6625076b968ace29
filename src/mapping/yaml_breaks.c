/* SPDX-License-Identifier: MIT */
/*
 * Stand-ins have as many bytes as what they stand for. A candidate is taken if
 * neither it nor its number (an escape such as "\u07B2") is in the file.
 */
#include "yaml_breaks.h"

#include "base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *bytes;
	size_t len;
	uint32_t first; /* candidates to stand in for it, from here on */
} KINDS[YAML_BREAK_KINDS] = {
    {"\xc2\x85", 2, 0x780},
    {"\xe2\x80\xa8", 3, 0xE000},
    {"\xe2\x80\xa9", 3, 0xE800},
};

static bool
holds(struct text bytes, const char *what, size_t len)
{
	for (size_t i = 0; i + len <= bytes.len; i++)
		if (strncasecmp(bytes.s + i, what, len) == 0)
			return true;
	return false;
}

static void
choose(char out[4], uint32_t candidate, struct text bytes)
{
	for (;; candidate++) {
		struct buf b = BUF_INIT(0);
		char number[8];
		bool is_used;

		utf8_add(&b, candidate);
		snprintf(number, sizeof(number), "%04X", (unsigned)candidate);
		is_used = holds(bytes, buf_str(&b), b.len) ||
			  holds(bytes, number, strlen(number));
		memcpy(out, buf_str(&b), b.len);
		buf_release(&b);
		if (!is_used)
			return;
	}
}

/* Which of the three begins here, or -1. */
static int
kind_at(const char *s, size_t len)
{
	for (int k = 0; k < YAML_BREAK_KINDS; k++)
		if (len >= KINDS[k].len &&
		    memcmp(s, KINDS[k].bytes, KINDS[k].len) == 0)
			return k;
	return -1;
}

static size_t
count_all(struct text bytes)
{
	size_t count = 0;

	for (size_t i = 0; i < bytes.len; i++)
		count += kind_at(bytes.s + i, bytes.len - i) >= 0;
	return count;
}

void
yaml_breaks_hide(struct yaml_breaks *x, struct text bytes)
{
	size_t all = count_all(bytes), number = 0, i = 0;

	*x = (struct yaml_breaks){.count = 0};
	if (all == 0)
		return;
	for (int k = 0; k < YAML_BREAK_KINDS; k++)
		choose(x->stand_in[k], KINDS[k].first, bytes);
	x->copy = xstrndup(bytes.s, bytes.len);
	x->at = xcalloc(all, sizeof(*x->at));
	x->is_kept = xcalloc(all, sizeof(*x->is_kept));
	while (i < bytes.len) {
		int k = kind_at(bytes.s + i, bytes.len - i);

		if (k >= 0) {
			memcpy(x->copy + i, x->stand_in[k], KINDS[k].len);
			x->at[x->count++] = number;
		}
		(void)utf8_next(bytes.s, bytes.len, &i);
		number++;
	}
}

void
yaml_breaks_release(struct yaml_breaks *x)
{
	free(x->copy);
	free(x->at);
	free(x->is_kept);
	*x = (struct yaml_breaks){.count = 0};
}

void
yaml_breaks_show(const struct yaml_breaks *x, char *s, size_t len)
{
	for (size_t i = 0; x->count > 0 && i < len; i++)
		for (int k = 0; k < YAML_BREAK_KINDS; k++)
			if (len - i >= KINDS[k].len &&
			    memcmp(s + i, x->stand_in[k], KINDS[k].len) == 0)
				memcpy(s + i, KINDS[k].bytes, KINDS[k].len);
}

void
yaml_breaks_keep(struct yaml_breaks *x, size_t from, size_t to)
{
	for (size_t i = 0; i < x->count; i++)
		if (x->at[i] >= from && x->at[i] < to)
			x->is_kept[i] = true;
}

bool
yaml_breaks_refused(const struct yaml_breaks *x, struct text bytes,
    size_t *offset, char why[YAML_BREAKS_WHY])
{
	size_t i = 0, number = 0, at = 0;

	while (i < x->count && x->is_kept[i])
		i++;
	if (i == x->count)
		return false;
	for (; number < x->at[i]; number++)
		(void)utf8_next(bytes.s, bytes.len, &at);
	*offset = at;
	snprintf(why, YAML_BREAKS_WHY,
	    "U+%04X, which some readers of YAML take for the end of the line",
	    (unsigned)utf8_next(bytes.s, bytes.len, &at));
	return true;
}
