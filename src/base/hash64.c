/* SPDX-License-Identifier: MIT */
/*
 * SipHash-2-4 after its paper. Refused: a faster unkeyed hash; keys of a file
 * come from strangers, and a run of equal hashes would make the index slow
 * and its answers wrong.
 */
#include "base/hash.h"

#include <stddef.h>

struct sip {
	uint64_t v0, v1, v2, v3;
};

static inline uint64_t
rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

/* Little-endian on every machine: the same file gives the same hashes. */
static inline uint64_t
load_half(const unsigned char *p)
{
	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
	       (uint64_t)p[3] << 24;
}

/* Fewer than eight bytes. Some are loaded twice, into the same place: cheaper
 * than to guess how many there are. */
static inline uint64_t
load(const unsigned char *p, size_t len)
{
	if (len >= 4)
		return load_half(p) | load_half(p + len - 4) << (8 * (len - 4));
	if (len == 0)
		return 0;
	return (uint64_t)p[0] | (uint64_t)p[len / 2] << (8 * (len / 2)) |
	       (uint64_t)p[len - 1] << (8 * (len - 1));
}

static inline uint64_t
load_word(const unsigned char *p)
{
	return load_half(p) | load_half(p + 4) << 32;
}

static inline void
mix(struct sip *s)
{
	s->v0 += s->v1;
	s->v2 += s->v3;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 = rotate(s->v0, 32) + s->v3;
	s->v2 += s->v1;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v2 = rotate(s->v2, 32);
}

static inline void
absorb(struct sip *s, uint64_t word)
{
	s->v3 ^= word;
	mix(s);
	mix(s);
	s->v0 ^= word;
}

/* The last `left` bytes, fewer than a word: from the word that ends with them
 * where there is one. */
static inline uint64_t
load_rest(struct text t, size_t left)
{
	const unsigned char *end = (const unsigned char *)t.s + t.len;

	if (t.len < 8)
		return load(end - left, left);
	return left > 0 ? load_word(end - 8) >> (8 * (8 - left)) : 0;
}

static inline struct sip
begin(const unsigned char key[16])
{
	uint64_t k0 = load_word(key), k1 = load_word(key + 8);

	return (struct sip){
	    k0 ^ UINT64_C(0x736f6d6570736575),
	    k1 ^ UINT64_C(0x646f72616e646f6d),
	    k0 ^ UINT64_C(0x6c7967656e657261),
	    k1 ^ UINT64_C(0x7465646279746573),
	};
}

static inline void
absorb_text(struct sip *s, struct text t)
{
	const unsigned char *p = (const unsigned char *)t.s;
	size_t left = t.len;

	for (; left >= 8; left -= 8, p += 8)
		absorb(s, load_word(p));
	absorb(s, (uint64_t)t.len << 56 | load_rest(t, left));
}

static inline uint64_t
squeeze(struct sip *s)
{
	mix(s);
	mix(s);
	mix(s);
	mix(s);
	return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

uint64_t
hash64(const unsigned char key[16], struct text t)
{
	struct sip s = begin(key);

	absorb_text(&s, t);
	s.v2 ^= 0xff;
	return squeeze(&s);
}

void
hash128(const unsigned char key[16], struct text t, uint64_t out[2])
{
	struct sip s = begin(key);

	s.v1 ^= 0xee;
	absorb_text(&s, t);
	s.v2 ^= 0xee;
	out[0] = squeeze(&s);
	s.v1 ^= 0xdd;
	out[1] = squeeze(&s);
}
