/* SPDX-License-Identifier: MIT */
/*
 * The index against a walk over single bytes, with each way that the processor
 * has; and the splitter where records and indexes end in odd places.
 */
#include "base/buf.h"
#include "csv/reader.h"
#include "csv/special_index.h"
#include "csv/split.h"
#include "random.h"
#include "test.h"

/* What a walk over the bytes finds. */
struct walked {
	uint32_t at[4096];
	size_t count;
	bool is_inside;
	size_t bad; /* the first quote that stands where none may; or n */
};

static bool
may_follow_quote(const char *s, size_t i, size_t n, char delimiter, char quote)
{
	return i == n || s[i] == delimiter || s[i] == '\n' || s[i] == '\r' ||
	       s[i] == quote;
}

static void
walk(struct walked *w, const char *s, size_t n, char delimiter, char quote)
{
	bool begins = true; /* a cell may begin, or a quote be doubled */

	*w = (struct walked){.bad = n};
	for (size_t i = 0; i < n; i++) {
		char c = s[i];
		bool is_quote = quote != 0 && c == quote;

		if (is_quote && !w->is_inside && !begins) {
			w->bad = i;
			return;
		}
		if (is_quote && w->is_inside &&
		    !may_follow_quote(s, i + 1, n, delimiter, quote)) {
			w->bad = i;
			return;
		}
		begins = is_quote && w->is_inside;
		w->is_inside ^= is_quote;
		if (!w->is_inside && !is_quote &&
		    (c == delimiter || c == '\n' || c == '\r')) {
			w->at[w->count++] = (uint32_t)i;
			begins = true;
		}
	}
}

/* The index up to where it ends is the walk up to there. */
static void
check_index(
    const struct special_index *x, const struct walked *w, const char *s)
{
	size_t count = 0;

	assert_ptr_equal(x->base, s);
	while (count < w->count && w->at[count] < x->length)
		count++;
	assert_int_equal(x->count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(x->at[i], w->at[i]);
	if (x->is_cut) {
		/* Before the block of the quote, or of the byte after it. */
		assert_true(x->length <= w->bad + 1);
		assert_true(w->bad + 1 - x->length <= BLOCK_BYTES);
	}
}

static size_t
hostile_bytes(char *s, size_t max, size_t calm)
{
	static const char letters[] = ",,\"\"\n\r;\\\t x\xc3'";
	size_t n = next_random() % max;

	for (size_t i = 0; i < n; i++)
		s[i] = (next_random() % calm) != 0
			   ? 'a'
			   : letters[next_random() % (sizeof(letters) - 1)];
	return n;
}

/* Whole, well-formed cells. */
static size_t
regular_bytes(char *s, size_t max)
{
	static const char *const cells[] = {"", "a", "bcd", "\"\"", "\"q\"",
	    "\"a,b\"", "\"a\"\"b\"", "\"\r\n\"", "a longer cell than others",
	    "\"and a longer one, with \"\"quotes\"\"\""};
	static const char *const ends[] = {",", ",", ",", "\n", "\r\n", "\r"};
	size_t n = 0;

	for (;;) {
		const char *cell = cells[next_random() % 10];
		const char *end = ends[next_random() % 6];

		if (n + strlen(cell) + strlen(end) > max)
			return n;
		memcpy(s + n, cell, strlen(cell));
		n += strlen(cell);
		memcpy(s + n, end, strlen(end));
		n += strlen(end);
	}
}

static void
index_each_way(const char *s, size_t n, char delimiter, char quote)
{
	static struct walked w;
	struct special_index x;

	walk(&w, s, n, delimiter, quote);
	special_index_init(&x, delimiter, quote);
	for (int with_bmi = 0; with_bmi <= (int)x.has_bmi; with_bmi++)
		for (size_t i = 0; block_masks_way(i) != NULL; i++) {
			struct special_index way = x;

			way.has_bmi = with_bmi;
			way.look = block_masks_way(i);
			special_index_forget(&way);
			special_index_make(&way, s, n);
			check_index(&way, &w, s);
			assert_true(way.is_cut || way.length == n ||
				    way.length >= SPECIAL_INDEX_FIRST);
			if (way.length == n && !way.is_cut)
				assert_int_equal(way.is_inside, w.is_inside);
			if (w.bad == n)
				assert_false(way.is_cut);
		}
	special_index_release(&x);
}

TEST(the_index_is_what_a_walk_over_the_bytes_finds)
{
	static const char delimiters[] = ",;\t \\", quotes[] = "\"'\0\"";
	static char s[1500];

	for (int round = 0; round < 4000; round++) {
		char delimiter = delimiters[next_random() % 5];
		char quote = quotes[next_random() % 4];
		size_t n =
		    round % 3 == 0
			? regular_bytes(s, next_random() % sizeof(s))
			: hostile_bytes(s, sizeof(s), 1 + (size_t)round % 20);

		/* The last one may end without its line. */
		if (round % 3 == 0)
			index_each_way(
			    s, n > 0 ? n - (size_t)round % 2 : 0, ',', '"');
		else
			index_each_way(s, n, delimiter, quote);
	}
}

TEST(each_way_makes_the_same_masks)
{
	static char s[64 * BLOCK_BYTES];
	struct block_masks want[64], got[64];
	block_masks_look *look;

	for (int round = 0; round < 300; round++) {
		char delimiter = ",;\t|: \\\x01~"[next_random() % 9];
		char quote = round % 3 ? '"' : (char)(next_random() % 128);

		for (size_t i = 0; i < sizeof(s); i++)
			s[i] = (char)(round % 2 ? next_random() % 256
						: next_random() % 48);
		block_masks_way(0)(s, 64, delimiter, quote, want);
		for (size_t i = 1; (look = block_masks_way(i)) != NULL; i++) {
			look(s, 64, delimiter, quote, got);
			for (size_t b = 0; b < 64; b++) {
				assert_true(
				    got[b].delimiters == want[b].delimiters);
				assert_true(got[b].quotes == want[b].quotes);
				assert_true(
				    got[b].line_ends == want[b].line_ends);
				assert_int_equal(
				    got[b].has_high, want[b].has_high);
				assert_int_equal(
				    got[b].has_odd, want[b].has_odd);
			}
		}
	}
}

TEST(totals_tell_what_the_blocks_of_a_record_hold)
{
	CASES(cases, const char *s; uint64_t flags) = {
	    {"a,b", 0},
	    {"a,\xc3\xa9", BLOCK_HIGH},
	    {"a,\"b\"", BLOCK_QUOTE},
	    {"a,\"b\"\"c\"", BLOCK_QUOTE | BLOCK_DOUBLED},
	    {"a,\"b\nc\"", BLOCK_QUOTE | BLOCK_LINE_END},
	    {"a\tb,c\\d", BLOCK_ODD},
	};
	struct special_index x;
	char s[BLOCK_BYTES * 3];

	special_index_init(&x, ',', '"');
	EACH (i, cases)
		for (size_t block = 0; block < 3; block++) {
			memset(s, 'x', sizeof(s));
			if (block > 0)
				s[block * BLOCK_BYTES - 1] = ',';
			memcpy(s + block * BLOCK_BYTES, cases[i].s,
			    strlen(cases[i].s));
			s[block * BLOCK_BYTES + strlen(cases[i].s)] = ',';
			special_index_forget(&x);
			special_index_make(&x, s, sizeof(s));
			assert_int_equal(x.length, sizeof(s));
			for (size_t b = 0; b < 3; b++)
				assert_true(
				    special_index_totals(&x, b * BLOCK_BYTES,
					(b + 1) * BLOCK_BYTES) ==
				    (b == block ? cases[i].flags : 0));
		}
	special_index_release(&x);
}

/* Splits all records of the text, which may move between any two. */
static void
split_all(const struct buf *csv, size_t records, size_t columns)
{
	struct splitter p;
	size_t at = 0, n = 0;

	splitter_init(&p, ',', '"', 100000);
	for (; at < csv->len; n++) {
		assert_int_equal(
		    splitter_record(&p, csv->data + at, csv->len - at, true),
		    SPLIT_DONE);
		assert_int_equal(p.count, columns);
		at += p.length + p.end_length;
		if (next_random() % 4 == 0)
			splitter_forget(&p);
	}
	assert_int_equal(n, records);
	splitter_release(&p);
}

TEST(records_longer_than_an_index_are_split_up_to_its_maximum)
{
	static const size_t lengths[] = {
	    10, 1000, 1024, 5000, 16384, 20000, 70000, 130000};
	struct buf csv = BUF_INIT(0);
	struct splitter p;

	EACH (i, lengths) {
		buf_clear(&csv);
		for (int row = 0; row < 3; row++) {
			buf_adds(&csv, "x,\"");
			for (size_t k = 0; k < lengths[i]; k++)
				buf_addc(&csv, (char)('a' + k % 26));
			buf_adds(&csv, "\",y\r\n");
		}
		/* The padding that is there for who reads blocks. */
		assert_true(buf_reserve(&csv, RECORD_PADDING));
		split_all(&csv, 3, 3);
	}
	buf_clear(&csv);
	for (size_t k = 0; k < SPECIAL_INDEX_MAX + 10; k++)
		buf_addc(&csv, 'a');
	assert_true(buf_reserve(&csv, RECORD_PADDING));
	splitter_init(&p, ',', '"', 10);
	assert_int_equal(
	    splitter_record(&p, csv.data, csv.len, true), SPLIT_IRREGULAR);
	splitter_release(&p);
	buf_release(&csv);
}

TEST(a_record_of_many_cells_is_split)
{
	struct buf csv = BUF_INIT(0);

	for (int row = 0; row < 4; row++) {
		for (int i = 0; i < 9999; i++)
			buf_adds(&csv, i % 7 ? "1," : ",");
		buf_adds(&csv, "end\n");
	}
	assert_true(buf_reserve(&csv, RECORD_PADDING));
	split_all(&csv, 4, 10000);
	buf_release(&csv);
}

TEST(a_quote_where_none_may_stand_spoils_no_record_before_it)
{
	char s[1024];
	size_t at = 0;
	struct splitter p;
	int done = 0;

	memset(s, 0, sizeof(s));
	for (int row = 0; row < 20; row++)
		at += (size_t)snprintf(s + at, sizeof(s) - at,
		    row == 12 ? "%d,in\"ner,x\n" : "%d,\"a\"\"b\",x\n", row);
	splitter_init(&p, ',', '"', 10);
	for (size_t begin = 0; begin < at; begin += p.length + p.end_length) {
		enum split_result result =
		    splitter_record(&p, s + begin, at - begin, true);

		if (result == SPLIT_DONE) {
			assert_int_equal(p.count, 3);
			done++;
			continue;
		}
		assert_int_equal(result, SPLIT_IRREGULAR);
		p.length = (size_t)(strchr(s + begin, '\n') - (s + begin));
		p.end_length = 1;
		splitter_forget(&p);
	}
	/* Those in its block are left to others, too. */
	assert_in_range(done, 12, 19);
	splitter_release(&p);
}

static bool
is_marked(const struct splitter *p, size_t cell)
{
	return p->has_odd && (p->odd[cell / 64] >> cell % 64 & 1);
}

TEST(cells_in_which_a_byte_must_be_escaped_are_marked)
{
	CASES(cases, const char *csv; char delimiter, quote; bool marked[3]) = {
	    {"a,\"b\",c\n", ',', '"', {false, false, false}},
	    {"a,\"b,b\",c\n", ',', '"', {false, false, false}},
	    {"a,\"b\"\"b\",c\n", ',', '"', {false, true, false}},
	    {"a,\"b\nb\",c\n", ',', '"', {false, true, false}},
	    {"a,\"seventeen bytes, \r\n\",c\n", ',', '"', {false, true, false}},
	    {"\"\"\"\",b,\"\n\"\n", ',', '"', {true, false, true}},
	    {"a\t\"b\tb\"\tc\n", '\t', '"', {true, true, true}},
	    {"a,b\\,c\n", ',', '"', {true, true, true}},
	    {"a,'b\"',c\n", ',', '\'', {true, true, true}},
	};

	EACH (i, cases) {
		char s[BLOCK_BYTES + RECORD_PADDING];
		struct splitter p;

		/* A whole block: of less than one all would be marked. */
		memset(s, 'x', sizeof(s));
		memcpy(s, cases[i].csv, strlen(cases[i].csv));
		splitter_init(&p, cases[i].delimiter, cases[i].quote, 10);
		assert_int_equal(
		    splitter_record(&p, s, BLOCK_BYTES, true), SPLIT_DONE);
		assert_int_equal(p.count, 3);
		for (size_t cell = 0; cell < 3; cell++)
			assert_int_equal(
			    is_marked(&p, cell), cases[i].marked[cell]);
		splitter_release(&p);
	}
}
