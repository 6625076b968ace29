/* SPDX-License-Identifier: MIT */
/*
 * What lies within quotes is the exclusive or of all quote bits before it, so
 * a few operations on whole masks tell which specials count and whether every
 * quote stands where a quote may.
 *
 * Nearly all that the splitter could guess wrong about is here, where it need
 * not guess: a block has a varying number of specials, so eight are written
 * whatever their number; and once there was a quote, all blocks are treated as
 * if they had one. With a mask for each record's blocks, and cells taken from
 * them, half of all time went into wrong guesses.
 */
#include "special_index.h"

#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

/* Instructions that not every processor has, and that are worth asking for:
 * to find and count bits takes one of them each, not ten. */
enum bits { BITS_ANYWHERE, BITS_BMI };

#if defined(__x86_64__) && defined(__GNUC__)
#define HAS_BMI()                                                              \
	(__builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt"))
#define WITH_BMI __attribute__((target("bmi,popcnt")))
#else
#define HAS_BMI() false
#define WITH_BMI
#endif
/* Blocks that are looked at before they are indexed. */
#define LOOK_AHEAD ((size_t)64)
/* So many may be written after the last one. */
#define SLACK BLOCK_BYTES

/* What the blocks before mean for the one that follows. */
struct carry {
	uint64_t inside;    /* all ones: it begins within quotes */
	uint64_t must_end;  /* 1: a quote that closes is right before it */
	uint64_t may_begin; /* 1: a cell may begin at its first byte */
	bool has_quotes;
};

static void
make_room(struct special_index *x, size_t cap)
{
	x->cap = cap;
	x->at = xreallocarray(x->at, cap + SLACK, sizeof(*x->at));
	x->totals =
	    xreallocarray(x->totals, cap / BLOCK_BYTES + 1, sizeof(*x->totals));
}

void
special_index_init(struct special_index *x, char delimiter, char quote)
{
	*x = (struct special_index){.delimiter = delimiter,
	    .quote = quote,
	    .look = block_masks_best(),
	    .has_bmi = HAS_BMI()};
	make_room(x, SPECIAL_INDEX_FIRST << 3);
	special_index_forget(x);
}

void
special_index_release(struct special_index *x)
{
	free(x->at);
	free(x->totals);
	*x = (struct special_index){.at = NULL};
}

void
special_index_forget(struct special_index *x)
{
	x->length = 0;
	x->ahead = SPECIAL_INDEX_FIRST;
}

bool
special_index_grow(struct special_index *x)
{
	if (x->ahead <= x->length)
		x->ahead = 2 * x->length;
	if (x->ahead <= x->cap)
		return true;
	if (x->cap == SPECIAL_INDEX_MAX)
		return false;
	make_room(x, 2 * x->cap);
	return true;
}

/* What is compiled for both. */
#define FOR_BOTH static inline __attribute__((always_inline))

FOR_BOTH unsigned
count_bits(uint64_t m, enum bits bits)
{
	if (bits == BITS_BMI)
		return (unsigned)__builtin_popcountll(m);
	m -= m >> 1 & UINT64_C(0x5555555555555555);
	m = (m & UINT64_C(0x3333333333333333)) +
	    (m >> 2 & UINT64_C(0x3333333333333333));
	m = (m + (m >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (unsigned)(m * UINT64_C(0x0101010101010101) >> 56);
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

/*
 * Takes what lies within quotes out of delimiters and line ends, and notes
 * what else there is. False if a quote stands where none may: one that opens
 * must be the first byte of a cell or follow one that closes (then both mean a
 * quote), and one that closes must end its cell or be followed by another. The
 * mask `all` has the bits of bytes that are there.
 */
FOR_BOTH bool
outside_quotes(const struct special_index *x, struct carry *c,
    struct block_masks *m, uint64_t all, uint64_t *flags)
{
	uint64_t inside = prefix_xor(m->quotes) ^ c->inside;
	uint64_t opening = m->quotes & inside;
	uint64_t closing = m->quotes & ~inside;
	uint64_t behind_closing = closing << 1 | c->must_end;
	uint64_t specials = m->delimiters | m->line_ends;
	uint64_t may_follow = specials | m->quotes | ~all;
	uint64_t begins = (specials & ~inside) << 1 | c->may_begin;
	uint64_t inner_ends = m->line_ends & inside;
	uint64_t inner_delimiters = m->delimiters & inside;

	if (((opening & ~(begins | behind_closing)) |
		(behind_closing & ~may_follow)) != 0)
		return false;
	*flags += BLOCK_QUOTE * ((m->quotes | inside) != 0) +
		  BLOCK_DOUBLED * ((opening & behind_closing) != 0) +
		  BLOCK_LINE_END * (inner_ends != 0);
	/* A delimiter inside a cell may have to be escaped. */
	if ((unsigned char)x->delimiter < 0x20 && inner_delimiters != 0)
		*flags |= BLOCK_ODD;
	m->delimiters ^= inner_delimiters;
	m->line_ends ^= inner_ends;
	c->inside = (uint64_t)0 - (inside >> (BLOCK_BYTES - 1));
	c->must_end = closing >> (BLOCK_BYTES - 1);
	return true;
}

/* Writes where the lowest bit is; returns the others. */
FOR_BOTH uint64_t
write_lowest(uint32_t *at, uint32_t base, uint64_t mask)
{
	/* So that there is always one to find. */
	mask |= (uint64_t)1 << (BLOCK_BYTES - 1);
	*at = base + (uint32_t)__builtin_ctzll(mask);
	return mask & (mask - 1);
}

FOR_BOTH uint64_t
write_eight(uint32_t *at, uint32_t base, uint64_t mask)
{
	mask = write_lowest(at, base, mask);
	mask = write_lowest(at + 1, base, mask);
	mask = write_lowest(at + 2, base, mask);
	mask = write_lowest(at + 3, base, mask);
	mask = write_lowest(at + 4, base, mask);
	mask = write_lowest(at + 5, base, mask);
	mask = write_lowest(at + 6, base, mask);
	return write_lowest(at + 7, base, mask);
}

/* Writes where the bits are, and more after that means nothing. Returns how
 * many there are. */
FOR_BOTH size_t
write_places(uint32_t *at, uint32_t base, uint64_t mask, enum bits bits)
{
	unsigned count = count_bits(mask, bits);

	mask = write_eight(at, base, mask);
	if (count > 8)
		mask = write_eight(at + 8, base, mask);
	for (unsigned i = 16; i < count; i++)
		mask = write_lowest(at + i, base, mask);
	return count;
}

/* What a block adds to the totals; its specials are what is left of m. */
FOR_BOTH bool
flags_of(const struct special_index *x, struct carry *c, struct block_masks *m,
    uint64_t all, uint64_t *flags)
{
	*flags = BLOCK_HIGH * m->has_high + BLOCK_ODD * m->has_odd;
	c->has_quotes |= m->quotes != 0;
	if (c->has_quotes && !outside_quotes(x, c, m, all, flags))
		return false;
	c->may_begin = (m->delimiters | m->line_ends) >> (BLOCK_BYTES - 1);
	return true;
}

/* The next n bytes, whose blocks were looked at. False: a quote stands where
 * none may, and nothing is indexed from its block on. */
FOR_BOTH bool
add_all(struct special_index *x, struct carry *carry,
    const struct block_masks *masks, size_t n, enum bits bits)
{
	struct carry c = *carry;
	uint64_t *totals = x->totals + x->length / BLOCK_BYTES;
	uint64_t total = *totals, flags;
	uint32_t *at = x->at + x->count, base = (uint32_t)x->length;
	size_t left = n;
	bool is_good = true;

	while (left > 0) {
		struct block_masks m = *masks++;
		size_t size = left < BLOCK_BYTES ? left : BLOCK_BYTES;
		uint64_t all =
		    size < BLOCK_BYTES ? ((uint64_t)1 << size) - 1 : UINT64_MAX;

		is_good = flags_of(x, &c, &m, all, &flags);
		if (!is_good)
			break;
		at += write_places(at, base, m.delimiters | m.line_ends, bits);
		*++totals = total += flags;
		base += BLOCK_BYTES;
		left -= size;
	}
	*carry = c;
	x->count = (size_t)(at - x->at);
	x->length += n - left;
	return is_good;
}

static bool
add_anywhere(struct special_index *x, struct carry *c,
    const struct block_masks *m, size_t n)
{
	return add_all(x, c, m, n, BITS_ANYWHERE);
}

static WITH_BMI bool
add_with_bmi(struct special_index *x, struct carry *c,
    const struct block_masks *m, size_t n)
{
	return add_all(x, c, m, n, BITS_BMI);
}

/* The next bytes, at most LOOK_AHEAD blocks of them. */
static bool
add_bytes(struct special_index *x, struct carry *c, const char *s, size_t n)
{
	char last[BLOCK_BYTES] = {0}; /* NUL is not a delimiter and no quote */
	struct block_masks m[LOOK_AHEAD];
	size_t whole = n / BLOCK_BYTES, rest = n % BLOCK_BYTES;

	x->look(s, whole, x->delimiter, x->quote, m);
	if (rest > 0) {
		memcpy(last, s + n - rest, rest);
		x->look(last, 1, x->delimiter, x->quote, &m[whole]);
	}
	return x->has_bmi ? add_with_bmi(x, c, m, n) : add_anywhere(x, c, m, n);
}

void
special_index_make(struct special_index *x, const char *s, size_t n)
{
	struct carry c = {.may_begin = 1, .has_quotes = x->has_quotes};
	size_t want = x->ahead < x->cap ? x->ahead : x->cap;
	bool is_good = true;
	size_t left;

	x->base = s;
	x->length = x->count = 0;
	x->totals[0] = 0;
	if (want > n)
		want = n;
	while (is_good && x->length < want) {
		left = want - x->length;
		if (left > LOOK_AHEAD * BLOCK_BYTES)
			left = LOOK_AHEAD * BLOCK_BYTES;
		is_good = add_bytes(x, &c, s + x->length, left);
	}
	x->is_cut = !is_good;
	x->is_inside = c.inside != 0;
	x->has_quotes =
	    (x->totals[(x->length + BLOCK_BYTES - 1) / BLOCK_BYTES] &
		BLOCK_TOTAL(BLOCK_QUOTE)) != 0;
	if (x->ahead < x->cap)
		x->ahead *= 2;
}
