/* SPDX-License-Identifier: MIT */
/*
 * The reader against itself, on inputs that nobody would write by hand: with
 * its fast way and with libcsv, whole and in pieces; and with inputs that are
 * huge, break off, or must be found again in their source.
 */
#include "transcript.h"
#include "value/forms.h"

#if defined(__SANITIZE_ADDRESS__)
#define HOSTILE_INPUTS 40000
#else
#define HOSTILE_INPUTS 200000
#endif

static uint64_t
count_lines(const char *s, size_t len)
{
	uint64_t lines = 0;

	if (len >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0) {
		s += 3;
		len -= 3;
	}
	for (size_t i = 0; i < len; i++)
		if (s[i] == '\r' ||
		    (s[i] == '\n' && (i == 0 || s[i - 1] != '\r')))
			lines++;
	return lines + (len > 0 && s[len - 1] != '\n' && s[len - 1] != '\r');
}

static uint64_t
next_random(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

static size_t
hostile_input(uint64_t *random, char *s, size_t max)
{
	static const char *const pieces[] = {",", ",", ",", "\"", "\"", "\n",
	    "\n", "\r", "\r\n", "a", "b c", " ", "\"\"", "\xc3\xa9", "\xe9",
	    "\xef\xbb\xbf", "\xf0\x9f\x98", "longer text than most", "\",\"",
	    "\"\n\"", "\"x\",", "\t", " \"", "\" ", "\x1a"};
	size_t count = (size_t)(next_random(random) % 24), len = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t pick = next_random(random) % 64;
		const char *piece =
		    pieces[pick % (sizeof(pieces) / sizeof(*pieces))];
		size_t n = pick == 63 ? 1 : strlen(piece);

		if (len + n > max)
			break;
		memcpy(s + len, pick == 63 ? "" : piece, n);
		len += n;
	}
	return len;
}

/* Of what the pieces above make, some. */
static struct ignore_rule
hostile_rule(void)
{
	struct ignore_rule rule = {
	    .text = TEXT_LITERAL("b c|.*\"x|a*,,|\xc3\xa9")};
	char error[160];
	size_t at;

	rule.pattern = pattern_compile_at_start(rule.text, error, &at);
	assert_non_null(rule.pattern);
	return rule;
}

static struct reader_options
hostile_options(uint64_t *random, const struct ignore_rule *rule)
{
	struct reader_options o = defaults();
	uint64_t bits = next_random(random);

	o.dialect.has_header = bits & 1;
	o.blank_line_is_record = (bits & 6) == 6;
	o.ragged = (enum ragged_policy)(bits >> 20 & 3);
	o.repeated_header_is_record = bits & (1 << 22);
	o.dialect.blanks =
	    (bits & (1 << 23)) ? BLANKS_AROUND_QUOTES : BLANKS_KEEP;
	if ((bits & (3 << 24)) == 0) {
		o.dialect.ignore = rule;
		o.dialect.ignore_count = 1;
	}
	o.trim = bits & 16;
	o.dialect.quote = (bits & 0xe0) == 0 ? 0 : '"';
	o.dialect.skip_lines = (bits & 0x700) == 0 ? 1 : 0;
	if ((bits & 0x3000) == 0) {
		o.max_cell = 3;
		o.max_record = 10;
		o.max_columns = 4;
	}
	return o;
}

/* The fast way and libcsv, whole and in small pieces, on inputs that nobody
 * would write by hand. */
TEST(gives_the_same_records_in_every_way_for_hostile_inputs)
{
	static const size_t sizes[] = {0, 1, 2, 3, 4, 7, 11, 64};
	uint64_t random = 0x9e3779b97f4a7c15u;
	struct ignore_rule rule = hostile_rule();
	struct buf fast = BUF_INIT(0), slow = BUF_INIT(0);
	char s[256];

	for (int i = 0; i < HOSTILE_INPUTS; i++) {
		struct text input = {s, hostile_input(&random, s, sizeof(s))};
		struct reader_options o = hostile_options(&random, &rule);

		o.read_size = sizes[next_random(&random) % 8];
		transcribe(input, &o, 0, &fast);
		o.libcsv_only = true;
		o.read_size = sizes[next_random(&random) % 8];
		transcribe(input, &o, 0, &slow);
		if (fast.len != slow.len ||
		    memcmp(buf_str(&fast), buf_str(&slow), fast.len) != 0)
			fail_msg("input %d: %.*s\n%s\n%s", i, (int)input.len, s,
			    buf_str(&fast), buf_str(&slow));
	}
	buf_release(&fast);
	buf_release(&slow);
	pattern_free(rule.pattern);
}

TEST(counts_every_line_of_hostile_inputs)
{
	uint64_t random = 42;
	struct ignore_rule rule = hostile_rule();
	char s[256];

	for (int i = 0; i < 2000; i++) {
		struct text input = {s, hostile_input(&random, s, sizeof(s))};
		struct memory m = {.s = s, .len = input.len};
		struct reader_options o = hostile_options(&random, &rule);
		struct diag d = DIAG_INIT;
		struct problem_list problems;
		struct record rec;
		struct reader *r =
		    reader_new(memory_source(&m), NULL, NULL, &o, &d);

		if (!r)
			continue;
		problem_list_init(&problems);
		while (reader_next(r, &rec, &problems, &d) != READER_END)
			problem_list_clear(&problems);
		assert_int_equal(
		    reader_tally(r)->lines, count_lines(s, input.len));
		problem_list_release(&problems);
		reader_free(r);
	}
	pattern_free(rule.pattern);
}

TEST(gives_the_same_records_with_other_line_ends)
{
	struct reader_options o = defaults();
	struct buf lf = BUF_INIT(0), other = BUF_INIT(0);
	const char *ends[] = {"\n", "\r\n", "\r"};

	for (int last = 0; last < 2; last++) {
		for (size_t i = 0; i < 3; i++) {
			struct buf in = BUF_INIT(0);
			struct memory m;
			struct reader *r;
			struct diag d = DIAG_INIT;
			struct problem_list problems;
			struct record rec;

			buf_addf(&in, "a,b%s1,\"2\"\"\"%s%s3,4%s", ends[i],
			    ends[i], ends[i], last ? ends[i] : "");
			m = (struct memory){.s = in.data, .len = in.len};
			r = reader_new(memory_source(&m), NULL, NULL, &o, &d);
			assert_non_null(r);
			problem_list_init(&problems);
			buf_clear(&other);
			while (
			    reader_next(r, &rec, &problems, &d) != READER_END) {
				rec.begin = rec.end = 0;
				put_record(&other, &rec);
			}
			if (i == 0 && last == 0)
				buf_add(&lf, other.data, other.len);
			assert_string_equal(buf_str(&other), buf_str(&lf));
			problem_list_release(&problems);
			reader_free(r);
			buf_release(&in);
		}
	}
	buf_release(&lf);
	buf_release(&other);
}

/* A record longer than the window may ever be. */
TEST(passes_a_huge_record_without_keeping_it)
{
	struct reader_options o = defaults();
	size_t len = 3 * 1024 * 1024;
	char *s = malloc(len);
	struct buf got = BUF_INIT(0), other = BUF_INIT(0);

	assert_non_null(s);
	memset(s, 'x', len);
	memcpy(s, "a\n\"", 3);
	s[len / 2] = '\xe2';
	s[len - 4] = '"';
	s[len - 3] = '\n';
	s[len - 2] = 'y';
	s[len - 1] = '\n';
	o.max_record = 100 * 1000;
	o.max_cell = 1000;
	transcribe((struct text){s, len}, &o, 0, &got);
	assert_string_equal(buf_str(&got),
	    "h1: [a]\n"
	    "n1 r2 l2+1 2-3145726 !csv.record_too_long@-1+2(a record of "
	    "3,145,723 bytes, the limit is 100,000|) "
	    "!csv.bad_encoding@-1+1572864(byte 0xE2 is not valid UTF-8|)\n"
	    "n2 r3 l3+1 3145726-3145728 [y]\n"
	    "lines 3 blank 0");
	s[len - 4] = 'x';
	transcribe((struct text){s, len}, &o, 0, &other);
	assert_string_equal(buf_str(&other),
	    "h1: [a]\n"
	    "n1 r2 l2+2 2-3145728 !csv.bad_encoding@-1+1572864(byte 0xE2 is "
	    "not valid UTF-8|) !csv.unclosed_quote@0+2(the quote that opens "
	    "on line 2 is never closed: everything after it is in this "
	    "row|)\n"
	    "lines 3 blank 0 unclosed");
	s[len - 4] = '"';
	o.read_size = 4093;
	transcribe((struct text){s, len}, &o, 0, &other);
	assert_string_equal(buf_str(&other), buf_str(&got));
	buf_release(&got);
	buf_release(&other);
	free(s);
}

struct broken_input {
	const char *s; /* what comes before it breaks */
	bool has_header, is_opened;
	int records;
};

static ssize_t
broken_read(void *ctx, char *buf, size_t max, struct diag *d)
{
	const char **left = ctx;
	size_t n = strlen(*left);

	if (n == 0)
		return diag_set(d, DIAG_INPUT, "the disk is gone");
	assert_true(max >= n);
	memcpy(buf, *left, n);
	*left += n;
	return (ssize_t)n;
}

static void
expect_broken(const struct broken_input *input)
{
	struct reader_options o = defaults();
	const char *left = input->s;
	struct diag d = DIAG_INIT;
	struct problem_list problems;
	struct record rec;
	struct reader *r;

	o.dialect.has_header = input->has_header;
	r = reader_new(
	    (struct byte_source){&left, broken_read}, NULL, NULL, &o, &d);
	assert_true((r != NULL) == input->is_opened);
	problem_list_init(&problems);
	for (int i = 0; i < input->records; i++)
		assert_int_equal(
		    reader_next(r, &rec, &problems, &d), READER_RECORD);
	if (r != NULL)
		assert_int_equal(reader_next(r, &rec, &problems, &d), -1);
	assert_string_equal(d.message, "the disk is gone");
	problem_list_release(&problems);
	reader_free(r);
}

TEST(reports_an_input_that_stops_working)
{
	static const struct broken_input inputs[] = {
	    {"a\n1\n2,", true, true, 1},
	    /* behind what may be the end's marker */
	    {"a\n1\n\x1a", true, true, 1},
	    /* within the header, and within the record that gives the width */
	    {"a,b", true, false, 0},
	    {"1,2", false, false, 0},
	};

	EACH (i, inputs)
		expect_broken(&inputs[i]);
}

static uint64_t
twice(void *ctx, uint64_t offset)
{
	uint64_t *last = ctx;

	assert_true(offset >= *last);
	*last = offset;
	return 2 * offset;
}

TEST(maps_offsets_to_the_source_in_ascending_order)
{
	static const char input[] = "a,b\n\n1,2\n3,4\n";
	struct memory m = {.s = input, .len = sizeof(input) - 1};
	struct reader_options o = defaults();
	uint64_t last = 0;
	struct diag d = DIAG_INIT;
	struct problem_list problems;
	struct record rec;
	struct reader *r = reader_new(memory_source(&m), twice, &last, &o, &d);

	assert_non_null(r);
	problem_list_init(&problems);
	assert_int_equal(reader_body_begin(r), 8);
	while (reader_next(r, &rec, &problems, &d) != READER_END) {
		assert_int_equal(rec.source_begin, 2 * rec.begin);
		assert_int_equal(rec.source_end, 2 * rec.end);
	}
	problem_list_release(&problems);
	reader_free(r);
}

/* Of a table like any other, nearly all cells are known ahead, and no other
 * ones. */
TEST(peeks_at_cells_that_will_come)
{
	static const char *const ends[] = {"\n", "\r\n"};
	struct buf input = BUF_INIT(0), peeked = BUF_INIT(0);
	struct buf came = BUF_INIT(0);

	for (size_t column = 0; column < 6; column++) {
		const struct reader_options o = defaults();
		struct problem_list problems;
		struct diag d = DIAG_INIT;
		struct record rec = {0};
		struct reader *r;
		struct text cell;
		struct memory m = {.step = 0};
		size_t guesses = 0, at = 0;

		buf_clear(&input);
		buf_clear(&peeked);
		buf_clear(&came);
		buf_addf(&input, "a,b,c%s", ends[column / 3]);
		for (int i = 0; i < 2000; i++)
			buf_addf(&input,
			    i % 3 ? "K%d,\"x,%d\",%d%s" : "\"K%d\",y%d,%d%s", i,
			    i, i * i, ends[column / 3]);
		m.s = buf_str(&input);
		m.len = input.len;
		r = reader_new(memory_source(&m), NULL, NULL, &o, &d);
		problem_list_init(&problems);
		while (reader_next(r, &rec, &problems, &d) == READER_RECORD) {
			cell = rec.cells[column % 3];
			buf_addf(&came, "%.*s;", (int)cell.len, cell.s);
			while (reader_peek(r, column % 3, &cell)) {
				buf_addf(
				    &peeked, "%.*s;", (int)cell.len, cell.s);
				guesses++;
			}
		}
		assert_in_range(guesses, 1900, 2000);
		/* In the same order, each once. */
		for (size_t i = 0; i < peeked.len;) {
			size_t n = strcspn(buf_str(&peeked) + i, ";") + 1;

			while (
			    strncmp(came.data + at, peeked.data + i, n) != 0) {
				assert_true(at < came.len);
				at += strcspn(came.data + at, ";") + 1;
			}
			at += n;
			i += n;
		}
		problem_list_release(&problems);
		reader_free(r);
	}
	buf_release(&input);
	buf_release(&peeked);
	buf_release(&came);
}

TEST(peeks_no_further_than_eight_records)
{
	const struct reader_options o = defaults();
	struct buf input = BUF_INIT(0);
	struct memory m = {.step = 0};
	struct problem_list problems;
	struct diag d = DIAG_INIT;
	struct record rec;
	struct reader *r;
	struct text cell;
	size_t guesses = 0;

	buf_adds(&input, "a,b\n");
	for (int i = 0; i < 100; i++)
		buf_addf(&input, "%d,x\n", i);
	m.s = buf_str(&input);
	m.len = input.len;
	r = reader_new(memory_source(&m), NULL, NULL, &o, &d);
	problem_list_init(&problems);
	assert_int_equal(reader_next(r, &rec, &problems, &d), READER_RECORD);
	while (reader_peek(r, 0, &cell))
		guesses++;
	assert_int_equal(guesses, 8);
	assert_int_equal(reader_next(r, &rec, &problems, &d), READER_RECORD);
	assert_true(reader_peek(r, 0, &cell));
	assert_true(text_is(cell, "9"));
	assert_false(reader_peek(r, 0, &cell));
	problem_list_release(&problems);
	reader_free(r);
	buf_release(&input);
}
