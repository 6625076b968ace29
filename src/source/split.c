/* SPDX-License-Identifier: MIT */
/*
 * Each block of 64 bytes becomes a mask of delimiters, one of line ends and
 * one of quotes; what lies within quotes is the exclusive or of all quote bits
 * before it. With that, a few operations on whole masks say where the cells
 * and the record end and whether every quote stands where a quote may, and no
 * byte is looked at one by one but the ends of cells. SSE2 is part of every
 * x86-64, so no dispatch at run time; elsewhere a byte loop makes the same
 * masks. AVX2 was refused: it would gain 10 to 20 % and cost a dispatch.
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

/* What a block holds: bit i is byte i. */
struct look {
	uint64_t delimiters, line_ends, quotes;
	bool has_high, has_nul;
};

struct walk {
	const char *s;
	size_t n;
	bool is_end;
	size_t cell;	 /* where the current cell begins */
	uint64_t inside; /* all ones: the last block ended within quotes */
	bool may_open;	 /* its last byte was a delimiter outside quotes or
			  * a quote that closes; so it is at the start */
	bool must_end;	 /* its last byte was a quote that closes */
	bool has_quotes;
	size_t unquoted; /* so many cells from the first on have no quotes */
};

void
splitter_init(
    struct splitter *p, char delimiter, char quote, size_t max_columns)
{
	*p = (struct splitter){
	    .delimiter = delimiter, .quote = quote, .max_columns = max_columns};
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

static inline uint64_t
bits(__m128i a, __m128i b, __m128i c, __m128i d)
{
	uint32_t low = (uint32_t)_mm_movemask_epi8(a) |
		       (uint32_t)_mm_movemask_epi8(b) << 16;
	uint32_t high = (uint32_t)_mm_movemask_epi8(c) |
			(uint32_t)_mm_movemask_epi8(d) << 16;

	return (uint64_t)high << 32 | low;
}

static inline uint64_t
bits_of(const __m128i v[4], __m128i wanted)
{
	return bits(_mm_cmpeq_epi8(v[0], wanted), _mm_cmpeq_epi8(v[1], wanted),
	    _mm_cmpeq_epi8(v[2], wanted), _mm_cmpeq_epi8(v[3], wanted));
}

static inline __m128i
is_line_end(__m128i v)
{
	return _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')),
	    _mm_cmpeq_epi8(v, _mm_set1_epi8('\r')));
}

static inline struct look
look_at(const struct splitter *p, const char *s)
{
	const __m128i v[4] = {
	    load16(s), load16(s + 16), load16(s + 32), load16(s + 48)};
	__m128i any =
	    _mm_or_si128(_mm_or_si128(v[0], v[1]), _mm_or_si128(v[2], v[3]));
	__m128i least =
	    _mm_min_epu8(_mm_min_epu8(v[0], v[1]), _mm_min_epu8(v[2], v[3]));

	least = _mm_cmpeq_epi8(least, _mm_setzero_si128());
	return (struct look){
	    .delimiters = bits_of(v, _mm_set1_epi8(p->delimiter)),
	    .line_ends = bits(is_line_end(v[0]), is_line_end(v[1]),
		is_line_end(v[2]), is_line_end(v[3])),
	    .quotes = p->quote != 0 ? bits_of(v, _mm_set1_epi8(p->quote)) : 0,
	    .has_high = _mm_movemask_epi8(any) != 0,
	    .has_nul = _mm_movemask_epi8(least) != 0};
}
#else
static struct look
look_at(const struct splitter *p, const char *s)
{
	struct look look = {.delimiters = 0};

	for (size_t i = 0; i < BLOCK; i++) {
		uint64_t bit = (uint64_t)1 << i;
		char c = s[i];

		if (c == p->delimiter)
			look.delimiters |= bit;
		else if (c == '\n' || c == '\r')
			look.line_ends |= bit;
		else if (p->quote != 0 && c == p->quote)
			look.quotes |= bit;
		look.has_high |= (unsigned char)c >= 0x80;
		look.has_nul |= c == 0;
	}
	return look;
}
#endif

static inline unsigned
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

/* Bit i of the result: an odd number of bits up to i is set. */
static inline uint64_t
prefix_xor(uint64_t m)
{
	m ^= m << 1;
	m ^= m << 2;
	m ^= m << 4;
	m ^= m << 8;
	m ^= m << 16;
	return m ^ m << 32;
}

/* Every bit up to the lowest one, and it; all of them if there is none. */
static inline uint64_t
up_to_lowest(uint64_t m)
{
	return m ^ (m - 1);
}

/* Line ends within quotes: LF, CRLF and a lone CR are one each. */
static void
count_line_ends(
    struct splitter *p, const struct walk *w, size_t base, uint64_t found)
{
	for (; found != 0; found &= found - 1) {
		size_t at = base + lowest_bit(found);

		/* A CR before an LF is counted with it. */
		p->line_ends +=
		    w->s[at] == '\n' || at + 1 == w->n || w->s[at + 1] != '\n';
	}
}

/*
 * Takes what lies within quotes out of delimiters and line ends. False if a
 * quote stands where none may: one that opens must be the first byte of a
 * cell or follow one that closes (then both mean a quote), and one that closes
 * must end its cell or be followed by another. The mask `all` has the bits of
 * bytes that are there.
 */
static bool
outside_quotes(struct splitter *p, struct walk *w, size_t base,
    struct look *look, uint64_t all)
{
	uint64_t inside = prefix_xor(look->quotes) ^ w->inside;
	uint64_t opening = look->quotes & inside;
	uint64_t closing = look->quotes & ~inside;
	uint64_t behind_closing = closing << 1 | w->must_end;
	uint64_t may_follow =
	    look->delimiters | look->line_ends | look->quotes | ~all;
	uint64_t delimiters = look->delimiters & ~inside;
	uint64_t ends = look->line_ends & ~inside;
	uint64_t may_open = delimiters << 1 | closing << 1 | w->may_open;
	uint64_t ours = up_to_lowest(ends);

	if (((opening & ~may_open) | (behind_closing & ~may_follow)) & ours)
		return false;
	p->has_doubled |= (opening & behind_closing & ours) != 0;
	if (look->line_ends & inside & ours)
		count_line_ends(
		    p, w, base, look->line_ends & inside & ours & all);
	look->delimiters = delimiters;
	look->line_ends = ends;
	if (!w->has_quotes)
		w->unquoted = p->count;
	w->has_quotes = true;
	w->inside = (uint64_t)0 - (inside >> (BLOCK - 1));
	w->must_end = closing >> (BLOCK - 1);
	w->may_open = (delimiters | closing) >> (BLOCK - 1);
	return true;
}

static void
make_room(struct splitter *p)
{
	p->cap = p->cap > 0 ? 2 * p->cap : 4 * BLOCK;
	p->cells = xreallocarray(p->cells, p->cap, sizeof(*p->cells));
}

/* The cells that the delimiters end. False: there are too many. */
static inline bool
take_cells(struct splitter *p, struct walk *w, size_t base, uint64_t delimiters)
{
	const char *block = w->s + base, *begin = w->s + w->cell;
	struct text *cell;

	if (p->cap - p->count <= BLOCK)
		make_room(p);
	cell = p->cells + p->count;
	for (; delimiters != 0; delimiters &= delimiters - 1) {
		const char *at = block + lowest_bit(delimiters);

		cell->s = begin;
		cell->len = (size_t)(at - begin);
		cell++;
		begin = at + 1;
	}
	p->count = (size_t)(cell - p->cells);
	w->cell = (size_t)(begin - w->s);
	return p->count < p->max_columns;
}

/* The record ends with the line end at offset `at`, and so does its last
 * cell, for which take_cells left room. */
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
	p->cells[p->count++] = (struct text){w->s + w->cell, at - w->cell};
	return SPLIT_DONE;
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

/* Copies the cell with each pair of quotes as one; returns where it ends. */
static char *
copy_doubled(const struct splitter *p, struct text *cell, char *out)
{
	const char *s = cell->s, *end = s + cell->len;
	char *begin = out;
	const char *q;

	while ((q = memchr(s, p->quote, (size_t)(end - s)))) {
		size_t len = (size_t)(q - s) + 1;

		memcpy(out, s, len);
		out += len;
		s = q + 2;
	}
	if (s == cell->s)
		return out;
	memcpy(out, s, (size_t)(end - s));
	out += end - s;
	*cell = (struct text){begin, (size_t)(out - begin)};
	return out;
}

/* Takes the quotes off the cells that have them, from cell `first` on. */
static void
unquote(struct splitter *p, size_t first)
{
	char *out = p->has_doubled ? splitter_copy_room(p, p->length) : NULL;
	struct text *end = p->cells + p->count;
	char quote = p->quote;

	for (struct text *cell = p->cells + first; cell < end; cell++) {
		if (cell->len == 0 || *cell->s != quote)
			continue;
		cell->s++;
		cell->len -= 2;
		if (out)
			out = copy_doubled(p, cell, out);
	}
}

/* The block at `base`. *result is final when true is returned. */
static inline bool
split_block(
    struct splitter *p, struct walk *w, size_t base, enum split_result *result)
{
	size_t len = w->n - base < BLOCK ? w->n - base : BLOCK;
	const char *block = w->s + base;
	uint64_t all = first_bits(len);
	char tail[BLOCK];
	struct look look;

	if (len < BLOCK) {
		memset(tail, ' ', sizeof(tail));
		memcpy(tail, block, len);
		block = tail;
	}
	look = look_at(p, block);
	/* Behind the last byte anything may stand. */
	look.delimiters &= all;
	look.line_ends &= all;
	look.quotes &= all;
	*result = SPLIT_IRREGULAR;
	if ((look.quotes | w->inside) != 0 || w->must_end) {
		if (!outside_quotes(p, w, base, &look, all))
			return true;
	} else {
		w->may_open = look.delimiters >> (BLOCK - 1);
	}
	if (!take_cells(
		p, w, base, look.delimiters & up_to_lowest(look.line_ends)))
		return true;
	if (look.line_ends == 0) {
		note_bytes(p, &look, block, len);
		return false;
	}
	*result = finish(p, w, base + lowest_bit(look.line_ends));
	if (*result == SPLIT_DONE)
		note_bytes(p, &look, block, p->length - base);
	return true;
}

static enum split_result
split(struct splitter *p, struct walk *w)
{
	enum split_result result;

	for (size_t base = 0; base < w->n; base += BLOCK)
		if (split_block(p, w, base, &result))
			return result;
	if (!w->is_end)
		return SPLIT_MORE;
	if (w->inside)
		return SPLIT_IRREGULAR;
	/* Without a byte there was no block, and there is no room yet. */
	return take_cells(p, w, w->n, 0) ? finish(p, w, w->n) : SPLIT_IRREGULAR;
}

enum split_result
splitter_record(struct splitter *p, const char *s, size_t n, bool is_end)
{
	struct walk w = {.s = s, .n = n, .is_end = is_end, .may_open = true};
	enum split_result result;

	p->count = 0;
	p->line_ends = 0;
	p->has_high = p->has_nul = p->has_doubled = false;
	result = split(p, &w);
	if (result == SPLIT_DONE && w.has_quotes)
		unquote(p, w.unquoted);
	return result;
}
