/* SPDX-License-Identifier: MIT */
#include "base/xalloc.h"
#include "input/input.h"
#include "memory.h"
#include "temp_folder.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bytes of our own, so that they can be changed. */
struct bytes {
	char *s;
	size_t len, step;
};

static struct bytes
make_bytes(size_t len)
{
	struct bytes b = {.s = xmalloc(len + 64), .len = len};

	for (size_t i = 0; i < len; i++)
		b.s[i] = (char)('a' + (i * 31 + i / 977) % 26);
	return b;
}

static struct block_sums *
sums_of(const struct bytes *b, size_t step, bool ends_line)
{
	struct block_sums *s = block_sums_new(BLOCK_COUNT_MAX);

	for (size_t at = 0; at < b->len; at += step)
		block_sums_add(
		    s, b->s + at, b->len - at < step ? b->len - at : step);
	block_sums_end(s, ends_line);
	return s;
}

/* Reads all that a held source gives; -1 = it failed. */
static ssize_t
read_held(const struct bytes *b, const struct block_sums *sums, char *out,
    bool *grown, struct diag *d)
{
	struct memory m = {.s = b->s, .len = b->len, .step = b->step};
	struct held_source *h =
	    held_source_new(memory_source(&m), sums, "x.csv");
	struct byte_source from = held_byte_source(h);
	ssize_t n, len = 0;

	while ((n = from.read(from.ctx, out + len, 5000, d)) > 0)
		len += n;
	*grown = held_source_has_grown(h);
	held_source_free(h);
	return n < 0 ? -1 : len;
}

TEST(sums_do_not_depend_on_how_the_bytes_come)
{
	static const size_t steps[] = {1, 7, 31, 32, 33, 4096, 65536, 1 << 20};
	struct bytes b = make_bytes(3 * BLOCK_BYTES_MIN + 1234);
	struct block_sums *whole = sums_of(&b, b.len, true);

	EACH (i, steps) {
		struct block_sums *s = sums_of(&b, steps[i], true);

		assert_int_equal(block_sums_bytes(s), b.len);
		assert_true(block_sums_difference(whole, s) == UINT64_MAX);
		block_sums_free(s);
	}
	block_sums_free(whole);
	free(b.s);
}

TEST(every_changed_byte_is_seen_and_placed)
{
	struct bytes b = make_bytes(2 * BLOCK_BYTES_MIN + 777);
	struct block_sums *was = sums_of(&b, 4096, true);

	for (size_t at = 0; at < b.len; at += 997) {
		struct block_sums *now;

		b.s[at] ^= 1;
		now = sums_of(&b, 4096, true);
		assert_int_equal(block_sums_difference(was, now),
		    at / BLOCK_BYTES_MIN * BLOCK_BYTES_MIN);
		block_sums_free(now);
		b.s[at] ^= 1;
	}
	block_sums_free(was);
	free(b.s);
}

TEST(two_blocks_that_change_places_are_seen)
{
	struct bytes b = make_bytes(2 * BLOCK_BYTES_MIN);
	char *half = xmalloc(BLOCK_BYTES_MIN);
	struct block_sums *was = sums_of(&b, 4096, true), *now;

	memcpy(half, b.s, BLOCK_BYTES_MIN);
	memmove(b.s, b.s + BLOCK_BYTES_MIN, BLOCK_BYTES_MIN);
	memcpy(b.s + BLOCK_BYTES_MIN, half, BLOCK_BYTES_MIN);
	now = sums_of(&b, 4096, true);
	assert_int_equal(block_sums_difference(was, now), 0);
	block_sums_free(was);
	block_sums_free(now);
	free(half);
	free(b.s);
}

TEST(a_held_source_gives_the_surveyed_bytes_and_no_others)
{
	struct bytes b = make_bytes(2 * BLOCK_BYTES_MIN + 100);
	char *out = xmalloc(b.len + 64);
	struct block_sums *sums = sums_of(&b, 4096, true);
	struct diag d = DIAG_INIT;
	bool grown;

	for (b.step = 0; b.step < 9000; b.step += 4093) {
		assert_int_equal(read_held(&b, sums, out, &grown, &d), b.len);
		assert_memory_equal(out, b.s, b.len);
		assert_false(grown);
	}
	memcpy(b.s + b.len, "more\n", 5);
	b.len += 5;
	assert_int_equal(read_held(&b, sums, out, &grown, &d), b.len - 5);
	assert_true(grown);
	b.len -= 6; /* one byte short */
	assert_int_equal(read_held(&b, sums, out, &grown, &d), -1);
	assert_string_equal(d.code, "input.changed");
	b.len += 1;
	b.s[BLOCK_BYTES_MIN + 5] ^= 1;
	memset(out, 0, b.len);
	assert_int_equal(read_held(&b, sums, out, &grown, &d), -1);
	assert_int_equal(d.kind, DIAG_INPUT);
	/* Not a byte of the changed block got out. */
	assert_int_equal(out[BLOCK_BYTES_MIN - 1], b.s[BLOCK_BYTES_MIN - 1]);
	assert_int_equal(out[BLOCK_BYTES_MIN], 0);
	block_sums_free(sums);
	free(out);
	free(b.s);
}

TEST(bytes_after_a_record_without_an_end_are_a_change)
{
	struct bytes b = make_bytes(200);
	struct block_sums *sums = sums_of(&b, 4096, false);
	struct diag d = DIAG_INIT;
	char out[512];
	bool grown;

	assert_int_equal(read_held(&b, sums, out, &grown, &d), 200);
	b.s[b.len++] = 'x';
	assert_int_equal(read_held(&b, sums, out, &grown, &d), -1);
	assert_non_null(strstr(d.message, "half written"));
	block_sums_free(sums);
	free(b.s);
}

/* Neighbours are combined when there are too many blocks: seen from outside,
 * a large input has large blocks, and is held to them all the same. */
TEST(large_inputs_have_larger_blocks)
{
	size_t leaf = BLOCK_BYTES_MIN;
	char *same = xcalloc(1, leaf);
	struct block_sums *a = block_sums_new(8), *b = block_sums_new(8);

	for (size_t i = 0; i < 33; i++) {
		same[0] = (char)i;
		block_sums_add(a, same, leaf);
		if (i == 21)
			same[100] ^= 1;
		block_sums_add(b, same, leaf);
		if (i == 21)
			same[100] ^= 1;
	}
	block_sums_end(a, true);
	block_sums_end(b, true);
	assert_int_equal(block_sums_difference(a, b), 16 * leaf);
	block_sums_free(a);
	block_sums_free(b);
	free(same);
}

TEST(sums_come_back_from_their_file_or_not_at_all)
{
	char folder[128], path[300];
	struct bytes b = make_bytes(BLOCK_BYTES_MIN + 9);
	struct block_sums *sums = sums_of(&b, 100, true), *read;
	struct diag d = DIAG_INIT;

	assert_true(temp_folder_make(folder, sizeof(folder), "sums"));
	snprintf(path, sizeof(path), "%s/input.sums", folder);
	assert_null(block_sums_read(path));
	assert_int_equal(block_sums_write(sums, path, &d), 0);
	read = block_sums_read(path);
	assert_non_null(read);
	assert_true(block_sums_difference(sums, read) == UINT64_MAX);
	block_sums_free(read);
	/* What stands there already is not written over. */
	assert_int_equal(block_sums_write(sums, path, &d), -1);
	for (size_t cut = 0; cut < 56; cut += 5) {
		assert_int_equal(truncate(path, (off_t)(55 - cut)), 0);
		assert_null(block_sums_read(path));
	}
	block_sums_free(sums);
	free(b.s);
	assert_true(temp_folder_remove(folder));
}
