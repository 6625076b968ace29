/* SPDX-License-Identifier: MIT */
/* Each way to check a block against a decoder that knows nothing of blocks. */
#include "base/text.h"
#include "base/utf8_block.h"
#include "random.h"
#include "test.h"

#if defined(__SANITIZE_ADDRESS__)
#define RANDOM_BLOCKS 20000
#else
#define RANDOM_BLOCKS 200000
#endif

/* Length of the character at s[0, len): 0 = none, -1 = it is cut off. By its
 * code point, not by the table of byte ranges. */
static int
character(const unsigned char *s, size_t len)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t c;
	size_t n;

	if (s[0] < 0x80)
		return 1;
	n = s[0] >= 0xF8   ? 0
	    : s[0] >= 0xF0 ? 4
	    : s[0] >= 0xE0 ? 3
	    : s[0] >= 0xC0 ? 2
			   : 0;
	if (n == 0)
		return 0;
	c = s[0] & (0x7Fu >> n);
	for (size_t i = 1; i < n; i++) {
		if (i == len)
			return -1;
		if ((s[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3Fu);
	}
	return c >= least[n] && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF)
		   ? (int)n
		   : 0;
}

/* The first byte that begins no whole character; *is_cut: one that goes on. */
static size_t
good_bytes(const unsigned char *s, size_t len, bool *is_cut)
{
	size_t i = 0;

	*is_cut = false;
	while (i < len) {
		int n = character(s + i, len - i);

		*is_cut = n < 0;
		if (n <= 0)
			break;
		i += (size_t)n;
	}
	return i;
}

static bool
has_four(const unsigned char *s)
{
	for (size_t i = 0; i < UTF8_BLOCK; i++)
		if (s[i] >= 0xF0)
			return true;
	return false;
}

static void
check_block(const unsigned char *s)
{
	bool is_cut;
	size_t good = good_bytes(s, UTF8_BLOCK, &is_cut);
	utf8_block_check *check;

	for (size_t i = 0; (check = utf8_block_way(i)) != NULL; i++) {
		size_t n = check((const char *)s, UTF8_BLOCK);

		if (good == UTF8_BLOCK && !has_four(s)) {
			assert_int_equal(n, UTF8_BLOCK);
		} else if (n > 0) {
			/* No more than is good, and what is left may be. */
			assert_int_equal(n, good);
			assert_true(is_cut && n >= UTF8_BLOCK - 2);
		}
	}
}

TEST(each_way_agrees_with_a_decoder_on_random_blocks)
{
	static const char *const pieces[] = {"a", "bc", " ", "1234567",
	    "\xc3\xa9", "\xdf\xbf", "\xe0\xa4\xa4", "\xe0\xa0\x80",
	    "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf", "\xe2\x82\xac",
	    "\xf0\x9f\x98\x80", "\x80", "\xc0\x80", "\xe0\x9f\x80",
	    "\xed\xa0\x80", "\xc3", "\xe2\x82", "\xff", "\xf8", "\xc1"};
	unsigned char s[UTF8_BLOCK + 16];

	for (int round = 0; round < RANDOM_BLOCKS; round++) {
		/* Mostly good ones, in which few are bad. */
		size_t kinds = round % 4 == 0 ? 22 : round % 4 == 1 ? 13 : 12;
		size_t len = 0;

		while (len < UTF8_BLOCK) {
			const char *piece = pieces[next_random() % kinds];

			memcpy(s + len, piece, strlen(piece));
			len += strlen(piece);
		}
		check_block(s);
	}
}

TEST(each_way_agrees_with_a_decoder_on_all_pairs_in_all_places)
{
	static const size_t places[] = {
	    0, 1, 14, 15, 16, 30, 31, 32, 33, 46, 47, 60, 61, 62};
	unsigned char s[UTF8_BLOCK];

	EACH (p, places)
		for (unsigned a = 0x7F; a <= 0xFF; a++)
			for (unsigned b = 0x7F; b <= 0xFF; b++) {
				size_t at = places[p];

				memset(s, 'x', sizeof(s));
				s[at] = (unsigned char)a;
				s[at + 1] = (unsigned char)b;
				check_block(s);
				if (at + 2 < UTF8_BLOCK)
					s[at + 2] = 0xBF;
				check_block(s);
			}
}

TEST(a_long_text_is_checked_as_its_bytes_are)
{
	static const char *const pieces[] = {
	    "a", "bc", "d", "\xc3\xa9", "\xe0\xa4\xb9", "\xf0\x9f\x98\x80"};
	unsigned char s[300];
	bool is_cut;

	for (int round = 0; round < 3000; round++) {
		size_t len = next_random() % sizeof(s), at = 0;

		while (at + 4 <= len) {
			const char *piece = pieces[next_random() % 6];

			memcpy(s + at, piece, strlen(piece));
			at += strlen(piece);
		}
		memset(s + at, 'z', len - at);
		if (len > 0 && round % 2)
			s[next_random() % len] = (unsigned char)next_random();
		assert_int_equal(utf8_check((const char *)s, len),
		    good_bytes(s, len, &is_cut));
	}
}

TEST(each_way_goes_through_long_texts_up_to_the_last_block)
{
	static const char *const pieces[] = {
	    "a", "bc", "\xc3\xa9", "\xe0\xa4\xb9"};
	static unsigned char s[2000];
	utf8_block_check *check;
	bool is_cut;

	for (int round = 0; round < 2000; round++) {
		size_t len = next_random() % sizeof(s), at = 0;
		/* None, few, or many characters that are not ASCII. */
		size_t kinds = round % 3 == 0 ? 2 : 4;

		while (at + 3 <= len) {
			size_t calm = round % 3 == 1 && next_random() % 100;
			const char *piece =
			    pieces[next_random() % (calm ? 2 : kinds)];

			memcpy(s + at, piece, strlen(piece));
			at += strlen(piece);
		}
		memset(s + at, 'z', len - at);
		for (size_t i = 0; (check = utf8_block_way(i)) != NULL; i++) {
			size_t n = check((const char *)s, len);

			assert_true(n <= len && len - n < UTF8_BLOCK);
			assert_int_equal(good_bytes(s, n, &is_cut), n);
		}
		if (len == 0)
			continue;
		s[next_random() % len] = 0xff;
		at = good_bytes(s, len, &is_cut);
		for (size_t i = 0; (check = utf8_block_way(i)) != NULL; i++)
			assert_true(check((const char *)s, len) <= at);
	}
}
