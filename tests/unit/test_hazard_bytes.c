/* SPDX-License-Identifier: MIT */
/* Cells that may be read beyond their end are looked at many bytes at once.
 * What is found is what is found byte by byte. */
#include "look/hazards.h"
#include "test.h"

#include <string.h>

#define CELLS 60
#define COLUMNS 5
#define CELL_ROOM 80

/* What cells are made of, and what may be read after them. */
static const char *const pieces[] = {"a", "Jos", "\xC3\xA9", "\xC5\x81",
    "\xC3\xA3\xC2\xA4", "\xC3", "\xA9", "\xD0\x9C", "\xD1\x8F", "\xC2\xA0",
    "e\xCC\x81", "\xE0\xA4\xB6\xE0\xA4\xB0\xE0\xA5\x8D", "\xE2\x80\x8B", " ",
    "12", "007", "1234567890123456", "+", "-", "=", "#", "\"", ".", ".0", "/",
    "N/A", "E+11", "Total", "\xEF\xBF\xBD", "\xC4", "\xCC\x81"};

static uint32_t
chance(uint32_t *state, uint32_t below)
{
	*state = *state * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)*state * below >> 32);
}

/* Any bytes up to the end, then RECORD_PADDING of others. */
static struct text
make_cell(uint32_t *state, char room[CELL_ROOM + RECORD_PADDING])
{
	size_t len = 0, limit = chance(state, 6);

	for (size_t i = 0; i < limit; i++) {
		const char *piece =
		    pieces[chance(state, sizeof(pieces) / sizeof(*pieces))];

		if (len + strlen(piece) > CELL_ROOM)
			break;
		memcpy(room + len, piece, strlen(piece));
		len += strlen(piece);
	}
	for (size_t i = 0; i < RECORD_PADDING; i++)
		room[len + i] = "7\xA9 \xC3"[chance(state, 4)];
	return (struct text){room, len};
}

static struct hazards *
collect(uint32_t seed, bool is_padded, bool trims)
{
	static const struct text nulls[] = {
	    {"-", 1}, {"N/A", 3}, {"\xC3\xA9", 2}};
	static char room[COLUMNS][CELL_ROOM + RECORD_PADDING];
	struct text names[COLUMNS], cells[COLUMNS];
	struct header header = {.count = COLUMNS, .names = names, .row = 1};
	struct hazards *h;

	for (size_t i = 0; i < COLUMNS; i++)
		names[i] = text_of("Zip");
	h = hazards_new(&header, ',');
	hazards_nulls(h, nulls, 3, trims);
	hazards_unwrap(h, 1);
	for (uint64_t row = 2; row < 2 + CELLS; row++) {
		struct record rec = {.row = row,
		    .line_count = 1 + chance(&seed, 7),
		    .cell_count = COLUMNS,
		    .cells = cells,
		    .is_padded = is_padded};

		for (size_t i = 0; i < COLUMNS; i++)
			cells[i] = make_cell(&seed, room[i]);
		hazards_record(h, &rec);
	}
	return h;
}

static void
assert_same(const struct hazard *a, const struct hazard *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->column, b->column);
	assert_int_equal(a->count, b->count);
	assert_int_equal(a->cell_count, b->cell_count);
	for (size_t i = 0; i < a->cell_count; i++) {
		const struct hazard_cell *x = &a->cells[i], *y = &b->cells[i];

		assert_int_equal(x->row, y->row);
		assert_int_equal(x->column, y->column);
		assert_int_equal(x->value_len, y->value_len);
		assert_memory_equal(x->value, y->value, x->value_len);
	}
}

TEST(padded_cells_show_what_others_show)
{
	size_t all = 0;

	for (uint32_t seed = 1; seed <= 4000; seed++) {
		struct hazards *one = collect(seed, true, seed % 2);
		struct hazards *other = collect(seed, false, seed % 2);
		const struct hazard *a, *b;
		size_t count, others;

		a = hazards_finish(one, &count);
		b = hazards_finish(other, &others);
		assert_int_equal(count, others);
		for (size_t i = 0; i < count; i++)
			assert_same(&a[i], &b[i]);
		all += count;
		hazards_free(one);
		hazards_free(other);
	}
	assert_true(all > 4000);
}

/* By what each cell alone is, not by what a column holds. */
TEST(words_for_no_value_are_nothing)
{
	CASES(cases, const char *cell; bool trims; size_t found) = {
	    {"#N/A", true, 0},
	    {" #N/A ", true, 0},
	    {" #N/A ", false, 1},
	    {"#N/A", false, 0},
	    {"#REF!", true, 1},
	};

	EACH (i, cases)
		for (int is_padded = 0; is_padded < 2; is_padded++) {
			static const struct text nulls[] = {
			    {"#N/A", 4}, {"-", 1}};
			char room[CELL_ROOM + RECORD_PADDING] = "";
			struct text name = text_of("x"), cell;
			struct header header = {
			    .count = 1, .names = &name, .row = 1};
			struct record rec = {.row = 2,
			    .line_count = 1,
			    .cell_count = 1,
			    .cells = &cell,
			    .is_padded = is_padded == 1};
			struct hazards *h = hazards_new(&header, ',');
			size_t count;

			memcpy(room, cases[i].cell, strlen(cases[i].cell));
			cell = text_of(room);
			hazards_nulls(h, nulls, 2, cases[i].trims);
			hazards_record(h, &rec);
			(void)hazards_finish(h, &count);
			assert_int_equal(count, cases[i].found);
			hazards_free(h);
		}
}
