/* SPDX-License-Identifier: MIT */
/*
 * Each block of 64 bytes becomes a mask of the bytes that matter (delimiter,
 * quote, line ends); then only the set bits are visited, those that end plain
 * cells in a loop of their own. SSE2 is part of every x86-64, so no dispatch
 * at run time; elsewhere a byte loop makes the same mask. AVX2 was refused: it
 * would gain 10 to 20 % and cost a dispatch.
 */
#include "source/split.h"

#include "base/xalloc.h"
#include "source/record.h"

#include <stdlib.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define BLOCK ((size_t)64)

/* What a block holds. */
struct look {
	uint64_t special;
	bool has_high, has_nul;
};

struct walk {
	const char *s;
	size_t n;
	bool is_end;
	size_t cell; /* where the current cell begins */
	size_t skip; /* specials before this offset are done with */
	bool in_quotes, was_quoted;
};

void
splitter_init(
    struct splitter *p, char delimiter, char quote, size_t max_columns)
{
	*p = (struct splitter){.delimiter = delimiter,
	    .quote = quote,
	    .quote_or_delimiter = delimiter,
	    .max_columns = max_columns};
	if (quote != 0)
		p->quote_or_delimiter = quote;
}

void
splitter_release(struct splitter *p)
{
	free(p->cells);
	free(p->copy);
	p->cells = NULL;
	p->copy = NULL;
}

void
splitter_add(struct splitter *p, struct text cell)
{
	if (p->count == p->cap) {
		p->cap = p->cap > 0 ? 2 * p->cap : 32;
		p->cells = xreallocarray(p->cells, p->cap, sizeof(*p->cells));
	}
	p->cells[p->count++] = cell;
}

char *
splitter_copy_room(struct splitter *p, size_t n)
{
	if (n > p->copy_cap) {
		/* What was in it is not kept. */
		free(p->copy);
		p->copy = xmalloc(n + RECORD_PADDING);
		p->copy_cap = n;
	}
	return p->copy;
}

#if defined(__SSE2__)
static inline __m128i
load16(const char *s)
{
	return _mm_loadu_si128((const __m128i *)(const void *)s);
}

static inline struct look
look_at(const struct splitter *p, const char *s)
{
	const __m128i lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r');
	const __m128i delimiter = _mm_set1_epi8(p->delimiter);
	const __m128i quote = _mm_set1_epi8(p->quote_or_delimiter);
	const __m128i v[4] = {
	    load16(s), load16(s + 16), load16(s + 32), load16(s + 48)};
	__m128i any =
	    _mm_or_si128(_mm_or_si128(v[0], v[1]), _mm_or_si128(v[2], v[3]));
	__m128i least =
	    _mm_min_epu8(_mm_min_epu8(v[0], v[1]), _mm_min_epu8(v[2], v[3]));
	uint64_t mask = 0;

#define ADD_SPECIALS(i)                                                        \
	mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(                         \
		    _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v[i], lf),        \
				     _mm_cmpeq_epi8(v[i], cr)),                \
			_mm_or_si128(_mm_cmpeq_epi8(v[i], delimiter),          \
			    _mm_cmpeq_epi8(v[i], quote))))                     \
		<< (16 * (i))
	ADD_SPECIALS(0);
	ADD_SPECIALS(1);
	ADD_SPECIALS(2);
	ADD_SPECIALS(3);
	least = _mm_cmpeq_epi8(least, _mm_setzero_si128());
	return (struct look){
	    mask, _mm_movemask_epi8(any) != 0, _mm_movemask_epi8(least) != 0};
}
#else
static struct look
look_at(const struct splitter *p, const char *s)
{
	struct look look = {0, false, false};

	for (size_t i = 0; i < BLOCK; i++) {
		uint64_t bit = (uint64_t)1 << i;
		char c = s[i];

		if (c == p->delimiter || c == '\n' || c == '\r' ||
		    (p->quote != 0 && c == p->quote))
			look.special |= bit;
		look.has_high |= (unsigned char)c >= 0x80;
		look.has_nul |= c == 0;
	}
	return look;
}
#endif

static unsigned
lowest_bit(uint64_t mask)
{
#if defined(__GNUC__)
	return (unsigned)__builtin_ctzll(mask);
#else
	unsigned i = 0;

	while (!(mask >> i & 1))
		i++;
	return i;
#endif
}

/* Takes the cell that ends before offset `at`. */
static bool
take_cell(struct splitter *p, struct walk *w, size_t at)
{
	struct text cell = {w->s + w->cell, at - w->cell};

	if (p->count == p->max_columns)
		return false;
	if (w->was_quoted) {
		cell.s++;
		cell.len -= 2;
	}
	if (p->count < p->cap)
		p->cells[p->count++] = cell;
	else
		splitter_add(p, cell);
	w->cell = at + 1;
	w->was_quoted = false;
	return true;
}

/* The record ends with the line end at offset `at`. */
static enum split_result
finish(struct splitter *p, struct walk *w, size_t at)
{
	p->length = at;
	p->end_length = at < w->n;
	if (at < w->n && w->s[at] == '\r') {
		if (at + 1 == w->n && !w->is_end)
			return SPLIT_MORE;
		p->end_length += at + 1 < w->n && w->s[at + 1] == '\n';
	}
	return take_cell(p, w, at) ? SPLIT_DONE : SPLIT_IRREGULAR;
}

/* A quote outside quotes opens a cell or is irregular. */
static bool
open_quotes(struct walk *w, size_t at)
{
	if (at != w->cell || w->was_quoted)
		return false;
	w->in_quotes = w->was_quoted = true;
	return true;
}

/* Something that matters within quotes. SPLIT_DONE: go on. */
static enum split_result
within_quotes(struct splitter *p, struct walk *w, size_t at)
{
	char c = w->s[at], next;

	if (c == p->delimiter)
		return SPLIT_DONE;
	if (c == '\n') {
		p->line_ends++;
		return SPLIT_DONE;
	}
	if (at + 1 == w->n && !w->is_end)
		return SPLIT_MORE;
	next = '\n';
	if (at + 1 < w->n)
		next = w->s[at + 1];
	if (c == '\r') {
		/* A CR before an LF is counted with it. */
		p->line_ends += at + 1 == w->n || next != '\n';
		return SPLIT_DONE;
	}
	if (next == p->quote && at + 1 < w->n) {
		p->has_doubled = true;
		w->skip = at + 2;
		return SPLIT_DONE;
	}
	w->in_quotes = false;
	return next == p->delimiter || next == '\n' || next == '\r'
		   ? SPLIT_DONE
		   : SPLIT_IRREGULAR;
}

/* Outside quotes: takes the cells that a delimiter ends, until something else
 * comes. Returns the specials that are left. */
static inline uint64_t
take_plain_cells(
    struct splitter *p, struct walk *w, size_t base, uint64_t special)
{
	size_t limit = p->cap < p->max_columns ? p->cap : p->max_columns;
	size_t count = p->count, begin = w->cell;
	struct text *cells = p->cells;
	const char *s = w->s;
	char delimiter = p->delimiter;

	for (; special != 0 && count < limit; special &= special - 1) {
		size_t at = base + lowest_bit(special);

		if (s[at] != delimiter)
			break;
		cells[count++] = (struct text){s + begin, at - begin};
		begin = at + 1;
	}
	p->count = count;
	w->cell = begin;
	return special;
}

/* Visits the specials of the block at `base`. *result is final when true is
 * returned. */
static bool
visit(struct splitter *p, struct walk *w, size_t base, uint64_t special,
    enum split_result *result)
{
	for (; special != 0; special &= special - 1) {
		size_t at;
		char c;

		if (!w->in_quotes && !w->was_quoted) {
			special = take_plain_cells(p, w, base, special);
			if (special == 0)
				break;
		}
		at = base + lowest_bit(special);
		c = w->s[at];
		if (at < w->skip)
			continue;
		*result = SPLIT_IRREGULAR;
		if (w->in_quotes) {
			*result = within_quotes(p, w, at);
			if (*result != SPLIT_DONE)
				return true;
		} else if (c == p->delimiter) {
			if (!take_cell(p, w, at))
				return true;
		} else if (c == '\n' || c == '\r') {
			*result = finish(p, w, at);
			return true;
		} else if (!open_quotes(w, at)) {
			return true;
		}
	}
	return false;
}

/* Of the block, the first `len` bytes are the record's. */
static void
note_bytes(
    struct splitter *p, const struct look *look, const char *block, size_t len)
{
	p->has_high |= look->has_high;
	p->has_nul |= look->has_nul && memchr(block, 0, len);
}

static uint64_t
first_bits(size_t n)
{
	return n < BLOCK ? ((uint64_t)1 << n) - 1 : UINT64_MAX;
}

/* Copies the quoted cells that hold a quote, each pair as one. */
static void
copy_doubled(struct splitter *p, const char *record)
{
	char *out = splitter_copy_room(p, p->length);

	for (size_t i = 0; i < p->count; i++) {
		struct text *cell = &p->cells[i];
		const char *s = cell->s, *end = s + cell->len;
		const char *q;
		char *begin = out;

		if (s == record || s[-1] != p->quote)
			continue;
		while ((q = memchr(s, p->quote, (size_t)(end - s)))) {
			size_t len = (size_t)(q - s) + 1;

			memcpy(out, s, len);
			out += len;
			s = q + 2;
		}
		if (s == cell->s)
			continue;
		memcpy(out, s, (size_t)(end - s));
		out += end - s;
		*cell = (struct text){begin, (size_t)(out - begin)};
	}
}

static enum split_result
split(struct splitter *p, struct walk *w)
{
	char tail[BLOCK];
	enum split_result result;

	for (size_t base = 0; base < w->n; base += BLOCK) {
		size_t len = w->n - base < BLOCK ? w->n - base : BLOCK;
		const char *block = w->s + base;
		struct look look;

		if (len < BLOCK) {
			memset(tail, ' ', sizeof(tail));
			memcpy(tail, block, len);
			block = tail;
		}
		look = look_at(p, block);
		look.special &= first_bits(len);
		if (visit(p, w, base, look.special, &result)) {
			if (result == SPLIT_DONE)
				note_bytes(p, &look, block, p->length - base);
			return result;
		}
		note_bytes(p, &look, block, len);
	}
	if (!w->is_end)
		return SPLIT_MORE;
	return w->in_quotes ? SPLIT_IRREGULAR : finish(p, w, w->n);
}

enum split_result
splitter_record(struct splitter *p, const char *s, size_t n, bool is_end)
{
	struct walk w = {.s = s, .n = n, .is_end = is_end};
	enum split_result result;

	p->count = 0;
	p->line_ends = 0;
	p->has_high = p->has_nul = p->has_doubled = false;
	result = split(p, &w);
	if (result == SPLIT_DONE && p->has_doubled)
		copy_doubled(p, s);
	return result;
}
