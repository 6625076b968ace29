/* SPDX-License-Identifier: MIT */
/* The index of values, the hash below it, the log of places beside it. */
#include "base/hash.h"
#include "build/builder.h"
#include "build/place_log.h"
#include "random.h"
#include "test.h"

#include <malloc.h>

static const unsigned char seed[16] = "sixteen bytes !";

/* The paper's own test: key 00..0f, text 00..0e. */
TEST(hashes_as_the_paper_says)
{
	unsigned char key[16], text[15];
	size_t i;

	for (i = 0; i < sizeof(key); i++)
		key[i] = (unsigned char)i;
	for (i = 0; i < sizeof(text); i++)
		text[i] = (unsigned char)i;
	assert_true(hash64(key, (struct text){(char *)text, 15}) ==
		    UINT64_C(0xa129ca6149be45e5));
}

/* The same key; the values are OpenSSL's (`openssl mac -macopt size:16
 * SIPHASH`), of texts of x and of 00..0e. */
TEST(hashes_to_128_bits_as_openssl_does)
{
	CASES(cases, const char *text; size_t len; unsigned char mac[17]) = {
	    {"", 0,
		"\xA3\x81\x7F\x04\xBA\x25\xA8\xE6\x6D\xF6\x72\x14\xC7\x55"
		"\x02\x93"},
	    {"x", 1,
		"\x26\xF4\x79\x41\x89\xA9\xB5\x9D\x5B\x25\x10\xF6\x93\x6C"
		"\xAF\x80"},
	    {"xxxxxxxx", 8,
		"\x17\xEC\xEE\x36\x7B\x9C\x17\x82\x98\x78\xD4\x75\x05\xD0"
		"\x67\x11"},
	    {"\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16", 15,
		"\x54\x93\xE9\x99\x33\xB0\xA8\x11\x7E\x08\xEC\x0F\x97\xCF"
		"\xC3\xD9"},
	};
	unsigned char key[16];

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (unsigned char)i;
	EACH (i, cases) {
		uint64_t hash[2];
		unsigned char mac[16];

		hash128(key, (struct text){cases[i].text, cases[i].len}, hash);
		for (size_t k = 0; k < sizeof(mac); k++)
			mac[k] = (unsigned char)(hash[k / 8] >> (k % 8 * 8));
		assert_memory_equal(mac, cases[i].mac, sizeof(mac));
	}
}

TEST(remembers_who_was_first)
{
	struct unique_index *u = unique_new(seed);
	uint64_t first = 0;

	assert_true(unique_add(u, TEXT_LITERAL("\"a\""), 7, &first));
	assert_true(unique_add(u, TEXT_LITERAL("\"b\""), 8, &first));
	assert_false(unique_add(u, TEXT_LITERAL("\"a\""), 9, &first));
	assert_int_equal(first, 7);
	assert_false(unique_add(u, TEXT_LITERAL("\"b\""), 10, &first));
	assert_int_equal(first, 8);
	assert_true(unique_add(u, TEXT_LITERAL(""), 11, &first));
	assert_false(unique_add(u, TEXT_LITERAL(""), 12, &first));
	assert_int_equal(first, 11);
	assert_int_equal(unique_count(u), 3);
	assert_in_range(unique_bytes(u), 36, 65536);
	unique_clear(u);
	assert_int_equal(unique_bytes(u), 0);
	assert_true(unique_add(u, TEXT_LITERAL("\"a\""), 13, &first));
	unique_free(u);
}

TEST(keeps_numbers_of_forty_bits)
{
	struct unique_index *u = unique_new(seed);
	const uint64_t big = (UINT64_C(1) << 40) - 1;
	uint64_t first = 0;

	assert_true(unique_add(u, TEXT_LITERAL("x"), big, &first));
	assert_true(
	    unique_add(u, TEXT_LITERAL("y"), UINT64_C(1) << 32, &first));
	assert_false(unique_add(u, TEXT_LITERAL("x"), 1, &first));
	assert_true(first == big);
	assert_false(unique_add(u, TEXT_LITERAL("y"), 1, &first));
	assert_true(first == UINT64_C(1) << 32);
	unique_free(u);
}

static struct text
number_text(uint64_t n, char text[32])
{
	int len = snprintf(text, 32, "\"L-%llu\"", (unsigned long long)n);

	return (struct text){text, (size_t)len};
}

static size_t
memory_in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* Two texts whose hashes differ in bits 32-55 only (found by trying four
 * million): they must not be taken for one. */
TEST(looks_at_all_bits_of_a_hash)
{
	const uint64_t mask = UINT64_C(0xff000000ffffffff);
	struct text a = TEXT_LITERAL("\"L-2314895\"");
	struct text b = TEXT_LITERAL("\"L-2532612\"");
	struct unique_index *u = unique_new(seed);
	uint64_t first;

	assert_true((hash64(seed, a) & mask) == (hash64(seed, b) & mask));
	assert_true(hash64(seed, a) != hash64(seed, b));
	assert_true(unique_add(u, a, 1, &first));
	assert_true(unique_add(u, b, 2, &first));
	assert_false(unique_add(u, b, 3, &first));
	assert_int_equal(first, 2);
	unique_free(u);
}

/* With the log of places, at the peak, growth included. */
TEST(takes_less_than_forty_bytes_a_key)
{
	const uint64_t count = 300000;
	size_t before = memory_in_use(), peak = 0;
	struct unique_index *u = unique_new(seed);
	struct place_log *l = place_log_new();
	uint64_t first, n;
	char text[32];

	for (n = 1; n <= count; n++) {
		assert_true(unique_add(u, number_text(n, text),
		    place_log_add(l, n + 1, 3 * n), &first));
		if (n >= 100000 && n % 64 == 0) {
			size_t now = memory_in_use() - before;

			peak = now / n > peak ? now / n : peak;
		}
	}
	for (n = 1; n <= count; n += 37) {
		assert_false(
		    unique_add(u, number_text(n, text), count + 1, &first));
		assert_true(first == n);
	}
	assert_int_equal(unique_count(u), count);
#ifndef __SANITIZE_ADDRESS__
	assert_in_range(peak, 12, 40);
#endif
	unique_free(u);
	place_log_free(l);
}

TEST(finds_row_and_line_of_every_place)
{
	struct place_log *l = place_log_new();
	uint64_t rows[5000], lines[5000], row = 1, line = 1;
	size_t i;

	for (i = 0; i < 5000; i++) {
		row += i % 11 == 0 ? 5 : 1;
		line += i % 7 == 0 ? 300 : i % 5;
		if (i % 13 == 0)
			line = line - i % 5 + 250 + i % 9;
		if (i == 2000)
			line = UINT64_C(1) << 50;
		if (i == 3000)
			row = 2; /* not even order is asked for */
		rows[i] = row;
		lines[i] = line;
		assert_int_equal(place_log_add(l, row, line), i + 1);
	}
	for (i = 0; i < 5000; i++) {
		place_log_get(l, i + 1, &row, &line);
		assert_true(row == rows[i]);
		assert_true(line == lines[i]);
	}
	place_log_free(l);
}

TEST(a_place_takes_about_a_byte)
{
	struct place_log *l = place_log_new();
	uint64_t n, row, line;

	for (n = 1; n <= 1000000; n++)
		place_log_add(l, n + 1, n * 2);
	assert_in_range(place_log_bytes(l), 1000000, 1500000);
	place_log_get(l, 999999, &row, &line);
	assert_int_equal(row, 1000000);
	assert_int_equal(line, 1999998);
	place_log_free(l);
}

/* True ones, in order and not, false ones, long ones, and far too many. */
TEST(hints_change_no_answer)
{
	for (unsigned round = 0; round < 40; round++) {
		struct unique_index *plain = unique_new(seed);
		struct unique_index *hinted = unique_new(seed);
		const char *front =
		    round % 3 ? "L-"
			      : "e\xCC\x81 and some thirty letters more ";
		unsigned queue[20];

		for (unsigned i = 0; i < 20; i++)
			queue[i] = next_random() % 3000;
		for (uint64_t n = 1; n <= 2000; n++) {
			unsigned value = queue[n % 20],
				 far = next_random() % 12;
			char text[64];
			struct text t = {text, 0};
			uint64_t first = 0, other = 0;
			bool is_new;

			queue[n % 20] = next_random() % 3000;
			for (unsigned i = 0; i < round % 4; i++) {
				t.len = (size_t)snprintf(text, sizeof(text),
				    "\"%s%u\"", front,
				    far < 10 ? queue[(n + 1 + far) % 20]
					     : next_random());
				unique_hint(hinted, t);
			}
			t.len = (size_t)snprintf(
			    text, sizeof(text), "\"%s%u\"", front, value);
			is_new = unique_add(plain, t, n, &first);
			assert_int_equal(
			    unique_add(hinted, t, n, &other), is_new);
			assert_int_equal(first, other);
		}
		unique_free(plain);
		unique_free(hinted);
	}
}

TEST(takes_no_more_hints_of_what_does_not_come)
{
	struct unique_index *u = unique_new(seed);
	uint64_t first;
	char text[32];

	for (uint64_t n = 1; n < 2000; n++) {
		assert_true(unique_takes_hints(u));
		unique_hint(u, number_text(n, text));
		(void)unique_add(u, number_text(n, text), n, &first);
	}
	for (uint64_t n = 1; n < 1000; n++) {
		unique_hint(u, number_text(n, text));
		(void)unique_add(u, number_text(n + 5000, text), n, &first);
	}
	assert_false(unique_takes_hints(u));
	unique_free(u);
}
