/* SPDX-License-Identifier: MIT */
#include "base/buf.h"
#include "base/civil.h"
#include "base/diag.h"
#include "base/hash.h"
#include "base/lower_bound.h"
#include "base/outcome.h"
#include "base/problem.h"
#include "base/xalloc.h"
#include "test.h"

#include <malloc.h>

TEST(a_buffer_keeps_what_it_had_when_it_reaches_its_maximum)
{
	struct buf b = BUF_INIT(8);

	assert_true(buf_adds(&b, "12345"));
	assert_false(buf_adds(&b, "6789"));
	assert_true(b.overflow);
	assert_string_equal(buf_str(&b), "12345");
	assert_true(buf_adds(&b, "678"));
	assert_int_equal(b.len, 8);
	assert_false(buf_addc(&b, 'x'));
	buf_clear(&b);
	assert_false(b.overflow);
	assert_string_equal(buf_str(&b), "");
	buf_release(&b);
}

TEST(a_buffer_formats_and_truncates)
{
	struct buf b = BUF_INIT(0);
	char *s;

	assert_true(buf_addf(&b, "%s-%d", "row", 12));
	buf_truncate(&b, 3);
	assert_string_equal(buf_str(&b), "row");
	for (int i = 0; i < 1000; i++)
		assert_true(buf_addf(&b, "%03d", i));
	assert_int_equal(b.len, 3003);
	s = buf_detach(&b);
	assert_int_equal(strlen(s), 3003);
	assert_int_equal(b.len, 0);
	free(s);
}

TEST(an_arena_gives_zeroed_aligned_memory_of_any_size)
{
	struct arena a = ARENA_INIT;

	for (size_t size = 1; size < 40000; size = size * 3 + 1) {
		unsigned char *p = arena_alloc(&a, size);

		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xAA, size);
	}
	assert_string_equal(arena_strndup(&a, "abcdef", 3), "abc");
	arena_release(&a);
	assert_null(a.head);
}

TEST(an_arena_that_is_used_again_gives_zeroed_memory_and_takes_no_more)
{
	static const size_t sizes[] = {1, 40000, 16000, 5000, 4096, 7, 12000};
	struct arena a = ARENA_INIT;
	size_t in_use = 0;

	for (int round = 0; round < 5; round++) {
		EACH (i, sizes) {
			unsigned char *p = arena_alloc(&a, sizes[i]);

			for (size_t at = 0; at < sizes[i]; at++)
				assert_int_equal(p[at], 0);
			memset(p, 0xff, sizes[i]);
		}
		if (round == 1)
			in_use = mallinfo2().uordblks;
		else if (round > 1)
			assert_int_equal(mallinfo2().uordblks, in_use);
		/* Too large to be kept; it is not taken for another. */
		memset(arena_alloc(&a, 70000), 0xff, 70000);
		arena_reset(&a);
	}
	arena_release(&a);
}

TEST(a_diag_keeps_kind_place_and_next_step)
{
	struct diag d = DIAG_INIT;

	assert_int_equal(
	    diag_set_errno(&d, DIAG_INPUT, 2, "unable to open '%s'", "x.csv"),
	    -1);
	assert_string_equal(
	    d.message, "unable to open 'x.csv': No such file or directory");
	diag_at(&d, "m.yaml", 3, 7);
	diag_help(&d, "say %d", 5);
	assert_string_equal(d.help, "say 5");
	assert_int_equal(d.line, 3);
	assert_int_equal(diag_exit_status(d.kind), 7);
	diag_set(&d, DIAG_USAGE, "other");
	assert_string_equal(d.help, "");
	assert_int_equal(d.line, 0);
}

TEST(exit_statuses_are_those_of_the_manual)
{
	static const struct {
		enum diag_kind kind;
		int status;
	} cases[] = {{DIAG_NONE, 0}, {DIAG_USAGE, 2}, {DIAG_MAX_ERRORS, 3},
	    {DIAG_SERVICE, 4}, {DIAG_DISK, 4}, {DIAG_SIGNAL, 5},
	    {DIAG_INPUT, 7}, {DIAG_IMPORTED, 8}, {DIAG_INTERNAL, 70},
	    {DIAG_LOCKED, 75}};

	EACH (i, cases)
		assert_int_equal(
		    diag_exit_status(cases[i].kind), cases[i].status);
}

TEST(sha256_gives_the_digest_of_fips_180)
{
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX_SIZE];
	struct sha256 *h = sha256_new();

	sha256_of("abc", 3, digest);
	sha256_hex(digest, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177"
				 "a9cb410ff61f20015ad");
	sha256_add(h, "ab", 2);
	sha256_digest(h, digest);
	sha256_add(h, "c", 1); /* the state goes on after a digest */
	sha256_digest(h, digest);
	sha256_hex(digest, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177"
				 "a9cb410ff61f20015ad");
	sha256_free(h);
}

TEST(a_problem_list_keeps_texts_and_counts_what_it_drops)
{
	struct problem_list l;
	struct problem *p;

	problem_list_init(&l);
	p = problem_add(&l, PROBLEM_REJECT, STAGE_MAP, "rule.required", 3,
	    text_of("v"), "a value is %s", "missing");
	problem_set_path(&l, p, text_of("data.x"));
	problem_set_hint(&l, p, "fill %s", "it");
	assert_true(text_is(problem_message(&l, p), "a value is missing"));
	assert_true(text_is(problem_path(&l, p), "data.x"));
	assert_true(text_is(problem_value(&l, p), "v"));
	assert_true(text_is(problem_hint(&l, p), "fill it"));
	for (int i = 0; i < PROBLEM_MAX + 9; i++)
		problem_add(&l, PROBLEM_REJECT, STAGE_MAP, "x", -1,
		    (struct text){NULL, 0}, "m");
	assert_int_equal(l.count, PROBLEM_MAX);
	assert_int_equal(l.dropped, 10);
	assert_int_equal(l.rejects, PROBLEM_MAX + 10);
	problem_list_clear(&l);
	assert_int_equal(l.rejects, 0);
	problem_list_release(&l);
}

TEST(outcomes_have_names_that_parse_back)
{
	for (int i = 0; i < OUTCOME_COUNT; i++)
		assert_int_equal(
		    outcome_parse(outcome_name((enum outcome)i)), i);
	assert_int_equal(outcome_parse("failed"), -1);
}

TEST(moments_are_written_in_utc)
{
	char out[32];

	assert_string_equal(
	    civil_iso8601(1776252163000, out), "2026-04-15T11:22:43Z");
	assert_string_equal(
	    civil_iso8601_ms(1776252163007, out), "2026-04-15T11:22:43.007Z");
	assert_string_equal(
	    civil_compact(1776252163999, out), "20260415T112243Z");
}

TEST(moments_are_read_as_they_were_written)
{
	static const char *const wrong[] = {"", "Z", "2026-04-15",
	    "2026-04-15T11:22:43", "2026-04-15T11:22:43z",
	    "2026-04-15T11:22:43ZZ", "2026-04-15T11:22:43.7Z",
	    "2026-04-15T11:22:43.007", "2026-04-15T11:22:43.0070Z",
	    "2026-04-31T11:22:43Z", "2026-13-15T11:22:43Z",
	    "2026-00-15T11:22:43Z", "2026-04-00T11:22:43Z",
	    "2026-04-15T24:00:00Z", "2026-04-15T11:60:43Z",
	    "2026-04-15T11:22:60Z", "1969-12-31T23:59:59Z",
	    " 026-04-15T11:22:43Z", "-026-04-15T11:22:43Z",
	    "2026-04-15T11:22:43+", "2026Z04-15T11:22:43Z"};
	static const int64_t moments[] = {0, 999, 951782399000, 951782400123,
	    1776252163007, 4102444800000, 253402300799999};
	int64_t ms;
	char out[32];

	EACH (i, moments) {
		assert_true(
		    civil_read_iso8601(civil_iso8601_ms(moments[i], out), &ms));
		assert_int_equal(ms, moments[i]);
		assert_true(
		    civil_read_iso8601(civil_iso8601(moments[i], out), &ms));
		assert_int_equal(ms, moments[i] / 1000 * 1000);
	}
	EACH (i, wrong)
		if (civil_read_iso8601(wrong[i], &ms))
			fail_msg("read '%s'", wrong[i]);
}

TEST(an_array_grows_and_keeps_what_it_holds)
{
	size_t *items = NULL, count = 0, cap = 0, moves = 0;

	while (count < 5000) {
		size_t before = cap;

		ARRAY_ROOM(items, count, cap);
		assert_true(cap > count);
		moves += cap != before;
		items[count] = count;
		count++;
	}
	for (size_t i = 0; i < count; i++)
		assert_int_equal(items[i], i);
	/* It doubles. */
	assert_true(moves <= 10);
	free(items);
	/* One that is far behind catches up. */
	items = NULL;
	cap = 1;
	ARRAY_ROOM(items, count, cap);
	assert_true(cap > count);
	free(items);
}

TEST(a_lower_bound_is_where_a_walk_would_stop)
{
	struct item {
		char before;
		uint64_t n;
	} items[20] = {{0}};

	for (size_t count = 0; count <= 20; count++) {
		for (size_t i = 0; i < count; i++)
			items[i].n = i / 3 * 5 + (i == 19 ? UINT64_MAX / 2 : 0);
		for (uint64_t key = 0; key < 40; key++) {
			size_t walk = 0;

			while (walk < count && items[walk].n < key)
				walk++;
			assert_int_equal(
			    lower_bound(items, count, sizeof(items[0]),
				offsetof(struct item, n), key),
			    walk);
		}
	}
}
