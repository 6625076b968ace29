/* SPDX-License-Identifier: MIT */
/*
 * Cells lie between the specials of the index. What a record's blocks hold
 * says what else is to be done: most records have nothing to unquote, to copy
 * or to count. A table has as many cells in each row, so the loop over them is
 * as long each time, which a processor guesses well.
 */
#include "split.h"

#include "base/simd.h"
#include "base/xalloc.h"
#include "csv/reader.h"
#include "input/input.h"

#include <stdlib.h>
#include <string.h>

/* What JSON escapes. */
#define ODD_BLOCKS                                                             \
	(BLOCK_TOTAL(BLOCK_ODD) | BLOCK_TOTAL(BLOCK_DOUBLED) |                 \
	    BLOCK_TOTAL(BLOCK_LINE_END))

void
splitter_init(
    struct splitter *p, char delimiter, char quote, size_t max_columns)
{
	*p = (struct splitter){.max_columns = max_columns};
	special_index_init(&p->index, delimiter, quote);
}

void
splitter_release(struct splitter *p)
{
	free(p->cells);
	free(p->copy);
	free(p->odd);
	special_index_release(&p->index);
	p->cells = NULL;
	p->copy = NULL;
	p->odd = NULL;
}

void
splitter_forget(struct splitter *p)
{
	special_index_forget(&p->index);
}

void
splitter_add(struct splitter *p, struct text cell)
{
	ARRAY_ROOM(p->cells, p->count, p->cap);
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

static void
make_room(struct splitter *p)
{
	p->cap = p->cap > 0 ? 2 * p->cap : 256;
	p->cells = xreallocarray(p->cells, p->cap, sizeof(*p->cells));
}

/*
 * The cells from `begin` to the record's end, which is the return value: the
 * place of a line end or, if there is none, the end of what is indexed. Moves
 * p->next after the last special of them, and *begin to the cell that is not
 * taken.  */
static inline __attribute__((always_inline)) size_t
take_cells(struct splitter *p, size_t *at, bool unquotes)
{
	const struct special_index *x = &p->index;
	const char *base = x->base;
	const uint32_t *places = x->at;
	char delimiter = x->delimiter, quote = x->quote;
	size_t i = p->next, limit = i, begin = *at, end, quotes;
	struct text *cell = p->cells;

	for (;;) {
		if (i == limit) {
			size_t used = (size_t)(cell - p->cells);

			if (i == x->count) {
				end = x->length;
				break;
			}
			if (used + 1 >= p->cap)
				make_room(p);
			cell = p->cells + used;
			limit = x->count - i < p->cap - used - 1
				    ? x->count
				    : i + (p->cap - used - 1);
		}
		end = places[i++];
		/* If the cell has no byte this looks at the special. */
		quotes = unquotes && base[begin] == quote;
		*cell++ = (struct text){
		    base + begin + quotes, end - begin - 2 * quotes};
		begin = end + 1;
		if (base[end] != delimiter)
			break;
	}
	p->next = i;
	p->count = (size_t)(cell - p->cells);
	*at = begin;
	return end;
}

#if defined(__SSE2__)
#define STRIDE ((size_t)16)

/* Copies 16 bytes, although only `left` of them may count; returns a bit
 * for each that is a quote, and has in *odd one for each control character. */
static inline unsigned
copy_stride(char *out, const char *s, size_t left, char quote, unsigned *odd)
{
	__m128i v = load16(s);
	__m128i control =
	    _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
	__m128i is_quote = _mm_cmpeq_epi8(v, _mm_set1_epi8(quote));
	unsigned counted = left < 16 ? (1u << left) - 1 : 0xffff;

	store16(out, v);
	*odd = bits16(control) & counted;
	return bits16(is_quote) & counted;
}
#else
#define STRIDE ((size_t)1)

static unsigned
copy_stride(char *out, const char *s, size_t left, char quote, unsigned *odd)
{
	(void)left;
	*out = *s;
	*odd = (unsigned char)*s < 0x20;
	return *s == quote;
}
#endif

/* Of a cell that had quotes: puts one for each pair, in a copy at *out, where
 * as much can be written after it as can be read after a cell. True if
 * something in it must be escaped. */
static bool
unquote(struct text *cell, char quote, char **out)
{
	const char *s = cell->s, *end = s + cell->len;
	bool has_pair = false, has_control = false;
	char *to = *out;

	while (s < end) {
		size_t left = (size_t)(end - s);
		size_t run = left < STRIDE ? left : STRIDE;
		unsigned odd, quotes = copy_stride(to, s, left, quote, &odd);
		size_t pair = quotes != 0;

		has_control |= odd != 0;
		has_pair |= quotes != 0;
		if (quotes != 0)
			run = (size_t)__builtin_ctz(quotes);
		/* Of two quotes, the first is copied. */
		to += run + pair;
		s += run + 2 * pair;
	}
	if (has_pair) {
		*cell = (struct text){*out, (size_t)(to - *out)};
		*out = to;
	}
	return has_pair || has_control;
}

static void
mark_odd(struct splitter *p, unsigned char bits)
{
	size_t words = (p->count + 63) / 64;

	if (words > p->odd_cap) {
		free(p->odd);
		p->odd_cap = 2 * words;
		p->odd = xreallocarray(NULL, p->odd_cap, sizeof(*p->odd));
	}
	memset(p->odd, bits, words * sizeof(*p->odd));
	p->has_odd = true;
}

void
splitter_mark_all_odd(struct splitter *p)
{
	mark_odd(p, 0xff);
}

/* Fixes the cells of the record at s that had quotes, and finds those that
 * are odd; of the others, none is. */
static void
unquote_cells(struct splitter *p, const char *s)
{
	char *out = splitter_copy_room(p, p->length);
	char quote = p->index.quote;

	mark_odd(p, 0);
	for (size_t i = 0; i < p->count; i++) {
		struct text *cell = &p->cells[i];

		if (cell->s == s || cell->s[-1] != quote)
			continue;
		if (unquote(cell, quote, &out))
			p->odd[i / 64] |= (uint64_t)1 << i % 64;
	}
}

/* What the record's blocks hold beside plain cells. */
static void
look_closer(struct splitter *p, const char *s, uint64_t totals)
{
	bool has_odd = (totals & BLOCK_TOTAL(BLOCK_ODD)) != 0;

	p->has_high = (totals & BLOCK_TOTAL(BLOCK_HIGH)) != 0;
	p->has_nul = has_odd && memchr(s, 0, p->length);
	if (totals & BLOCK_TOTAL(BLOCK_LINE_END)) {
		struct line_count lines = {0};

		line_count_add(&lines, s, p->length);
		p->line_ends = lines.lines;
	}
	if (totals & ODD_BLOCKS)
		unquote_cells(p, s);
	if (has_odd)
		splitter_mark_all_odd(p);
}

/* The record [begin, end) of the index, whose cells were taken. */
static enum split_result
finish(struct splitter *p, size_t begin, size_t end)
{
	const struct special_index *x = &p->index;
	uint64_t totals = special_index_totals(x, begin, end);

	if (p->count > p->max_columns)
		return SPLIT_IRREGULAR;
	p->length = end - begin;
	p->line_ends = 0;
	p->has_high = p->has_nul = false;
	p->has_odd = false;
	if (totals != 0)
		look_closer(p, x->base + begin, totals);
	if (x->quote != '"')
		splitter_mark_all_odd(p);
	return SPLIT_DONE;
}

/* The line end at `at`; n bytes are there from the index's base on. */
static enum split_result
finish_line(struct splitter *p, size_t begin, size_t at, size_t n, bool is_end)
{
	const char *end = p->index.base + at;

	p->end_length = 1;
	p->specials = p->count;
	if (*end == '\r') {
		if (at + 1 == n && !is_end)
			return SPLIT_MORE;
		if (at + 1 < n && end[1] == '\n') {
			p->end_length = 2;
			p->next += at + 1 < p->index.length;
			p->specials++;
		}
	}
	return finish(p, begin, at);
}

/* The last record, which has no line end; its last cell is not taken. */
static enum split_result
finish_last(struct splitter *p, size_t begin, size_t cell)
{
	const struct special_index *x = &p->index;
	struct text last = {x->base + cell, x->length - cell};

	if (last.len > 0 && x->quote != 0 && *last.s == x->quote) {
		last.s++;
		last.len -= 2;
	}
	splitter_add(p, last);
	p->end_length = 0;
	return finish(p, begin, x->length);
}

/* Finds the place of s in the index, which is made anew if s is not in it. */
static size_t
find_begin(struct splitter *p, const char *s, size_t n)
{
	struct special_index *x = &p->index;
	size_t begin = (size_t)((uintptr_t)s - (uintptr_t)x->base);

	if (begin >= x->length) {
		special_index_make(x, s, n);
		p->next = p->peek = 0;
		return 0;
	}
	/* Blank lines are not split. */
	while (p->next < x->count && x->at[p->next] < begin)
		p->next++;
	return begin;
}

enum split_result
splitter_record(struct splitter *p, const char *s, size_t n, bool is_end)
{
	struct special_index *x = &p->index;
	size_t begin = find_begin(p, s, n), cell, end;

	for (;;) {
		cell = begin;
		end = x->has_quotes ? take_cells(p, &cell, true)
				    : take_cells(p, &cell, false);
		if (end < x->length)
			return finish_line(p, begin, end, begin + n, is_end);
		if (x->is_cut)
			return SPLIT_IRREGULAR;
		if (x->length == begin + n)
			break;
		/* The record goes on after the index. */
		if (begin == 0 && !special_index_grow(x))
			return SPLIT_IRREGULAR;
		special_index_make(x, s, n);
		begin = p->next = p->peek = 0;
	}
	if (!is_end)
		return SPLIT_MORE;
	return x->is_inside ? SPLIT_IRREGULAR : finish_last(p, begin, cell);
}

bool
splitter_peek(struct splitter *p, size_t column, struct text *cell)
{
	const struct special_index *x = &p->index;
	size_t first, begin, end;

	if (p->peek < p->next)
		p->peek = p->next;
	first = p->peek;
	if (first == 0 || first - p->next >= PEEK_AHEAD * p->specials ||
	    first + p->specials > x->count || column >= p->specials ||
	    x->length == 0)
		return false;
	/* It ends as a record does. */
	if (x->base[x->at[first + p->specials - 1]] == x->delimiter)
		return false;
	begin = x->at[first + column - 1] + 1;
	end = x->at[first + column];
	p->peek += p->specials;
	if (x->quote != 0 && end - begin > 1 && x->base[begin] == x->quote) {
		begin++;
		end--;
	}
	*cell = (struct text){x->base + begin, end - begin};
	return true;
}
