/* SPDX-License-Identifier: MIT */
/*
 * The row path allocates nothing once it is warm. malloc and its family are
 * replaced in this program and count; what libraries allocate counts too.
 * (glibc only, and not under a sanitizer, which has its own.)
 */
#include "builder_rig.h"

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) &&                    \
    !defined(__SANITIZE_THREAD__)
#define COUNTS 1
#else
#define COUNTS 0
#endif

static size_t allocations;

#if COUNTS
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t size);

void *
malloc(size_t size)
{
	allocations++;
	return __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	allocations++;
	return __libc_calloc(count, size);
}

void *
realloc(void *p, size_t size)
{
	allocations++;
	return __libc_realloc(p, size);
}
#endif

static const char row[] =
    "L-1|some \"text\"|12.50|15/04/2026|a, b|+91 99012 58433|bad|"
    "{\"a\": [1, 2]}|Open";

/* Every kind of step, also one that fails and is noted. */
static const char yaml[] =
    "version: 1\nprocedure: lead\n"
    "lead_id: {column: A, unique: false}\n"
    "data:\n"
    "  s: B\n"
    "  d: {column: C, type: decimal, min: 0, max: 100}\n"
    "  w: {column: D, type: datetime, format: \"%d/%m/%Y\", timezone: "
    "Asia/Kolkata}\n"
    "  l: {column: E, type: multiString}\n"
    "  p: {column: F, type: phone, calling_code: \"91\"}\n"
    "  x: {column: G, type: integer, on_error: omit}\n"
    "  j: {column: H, type: json}\n"
    "  m: {column: I, map: {Open: NEW}}\n"
    "  t: {template: \"{A} {B}\", case: title, replace: {pattern: \"o\", "
    "with: \"0\"}, pattern: \".*\", max_length: 50}\n"
    "rows: {only: {column: A, matches: \"^L\"}}\n";

TEST(allocates_nothing_in_a_steady_state)
{
	size_t warm = 0;
	struct rig g;
	int i;

	rig_open(&g, yaml, "A|B|C|D|E|F|G|H|I");
	for (i = 0; i < 1000; i++) {
		if (i == 10)
			warm = allocations;
		buf_clear(&g.out);
		rig_row(&g, row);
		assert_int_equal(g.verdict, ROW_BUILT);
		assert_string_equal(g.codes, "(type.integer)");
	}
	assert_true(!COUNTS || warm > 0);
	assert_int_equal(allocations - warm, 0);
	rig_close(&g);
}

/* The index of keys grows, but seldom: by half. */
TEST(the_index_of_keys_grows_seldom)
{
	struct text cell;
	size_t before;
	struct rig g;
	char key[32];
	int i, len;

	rig_open(&g, "version: 1\nprocedure: lead\nlead_id: A\n", "A");
	before = allocations;
	for (i = 0; i < 50000; i++) {
		len = snprintf(key, sizeof(key), "LEAD-%06d", i);
		cell = (struct text){key, (size_t)len};
		g.rec.cells = &cell;
		g.rec.cell_count = 1;
		g.rec.row++;
		g.rec.line += 2;
		buf_clear(&g.out);
		problem_list_clear(&g.problems);
		rig_build(&g, false);
		assert_int_equal(g.verdict, ROW_BUILT);
	}
	assert_in_range(allocations - before, 0, 3000);
	rig_close(&g);
}
