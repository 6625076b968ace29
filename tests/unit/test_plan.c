/* SPDX-License-Identifier: MIT */
#include "author/json_text.h"
#include "plan/options.h"
#include "plan/reading.h"
#include "test.h"

#include <unistd.h>

/* The sources between the stages, JSON as text, and plans over real
 * files: the same chunks on every reading. */

/* Gives `bytes` at most `step` at a time. */
struct feeder {
	const char *bytes;
	size_t len, at, step;
};

static ssize_t
feed(void *ctx, char *buf, size_t max, struct diag *d)
{
	struct feeder *f = ctx;
	size_t n = f->len - f->at;

	(void)d;
	if (n > f->step)
		n = f->step;
	if (n > max)
		n = max;
	memcpy(buf, f->bytes + f->at, n);
	f->at += n;
	return (ssize_t)n;
}

static void
drain(struct byte_source s, size_t step, struct buf *out)
{
	struct diag d = DIAG_INIT;
	char bytes[64];
	ssize_t n;

	while ((n = s.read(s.ctx, bytes, step, &d)) > 0)
		buf_add(out, bytes, (size_t)n);
	assert_int_equal(n, 0);
}

TEST(replays_what_was_recorded_at_every_split)
{
	static const char text[] = "one,two\n3,4\n5,6\n";

	for (size_t step = 1; step < 20; step++) {
		for (size_t fill = 0; fill < 20; fill += 3) {
			struct feeder f = {text, sizeof(text) - 1, 0, step};
			struct replay_source *r =
			    replay_new((struct byte_source){&f, feed});
			struct diag d = DIAG_INIT;
			struct buf second = BUF_INIT(100);
			struct byte_source s = replay_byte_source(r);
			const char *data;
			char bytes[8];
			size_t len;
			bool whole;

			assert_int_equal(
			    replay_fill(r, fill, &data, &len, &whole, &d), 0);
			assert_true(len >= fill || whole);
			assert_memory_equal(data, text, len);
			assert_true(s.read(s.ctx, bytes, 5, &d) >= 0);
			replay_rewind(r);
			drain(s, step, &second);
			assert_string_equal(buf_str(&second), text);
			assert_int_equal(s.read(s.ctx, bytes, 5, &d), 0);
			buf_release(&second);
			replay_free(r);
		}
	}
}

TEST(guards_utf8_across_reads)
{
	static const char good[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
	static const struct {
		const char *bytes;
		size_t len;
		int line;
	} bad[] = {{"ab\xff", 3, 1}, {"a\nb\r\nc\xc3(", 8, 3},
	    {"a\xe2\x82", 3, 1}, {"\xed\xa0\x80", 3, 1},
	    {"a\rb\nc\xf0\x9f\x98(x", 9, 3}};

	for (size_t step = 1; step < 12; step++) {
		struct feeder f = {good, sizeof(good) - 1, 0, step};
		struct utf8_guard *g =
		    utf8_guard_new((struct byte_source){&f, feed}, "x", true);
		struct buf out = BUF_INIT(100);

		drain(utf8_guard_source(g), 64, &out);
		assert_string_equal(buf_str(&out), good);
		buf_release(&out);
		utf8_guard_free(g);
		EACH (i, bad) {
			struct feeder b = {bad[i].bytes, bad[i].len, 0, step};
			struct diag d = DIAG_INIT;
			struct byte_source s;
			char bytes[16];
			ssize_t n;

			g = utf8_guard_new(
			    (struct byte_source){&b, feed}, "x", true);
			s = utf8_guard_source(g);
			while ((n = s.read(s.ctx, bytes, 16, &d)) > 0)
				;
			assert_int_equal(n, -1);
			assert_int_equal(d.kind, DIAG_INPUT);
			assert_int_equal(d.line, bad[i].line);
			utf8_guard_free(g);
		}
	}
}

TEST(compares_objects_by_path_and_not_by_order)
{
	CASES(cases, const char *wanted, *got, *lines) = {
	    {"{\"a\":1,\"b\":{\"c\":\"x\"}}", "{\"b\":{\"c\":\"x\"},\"a\":1}",
		""},
	    {"{\"a\":\"105\"}", "{\"a\":105}",
		"    - a: \"105\"\n    + a: 105\n"},
	    {"{\"a\":{\"b\":1.50}}", "{\"a\":{\"b\":1.5}}",
		"    - a.b: 1.50\n    + a.b: 1.5\n"},
	    {"{\"a\":1,\"b\":2}", "{\"a\":1}", "    - b: 2\n"},
	    {"{\"a\":1}", "{\"a\":1,\"c\":[1,{\"x\":\"]\"}]}",
		"    + c: [1,{\"x\":\"]\"}]\n"},
	    {"{}", "{}", ""},
	    {"{\"a\":{}}", "{\"a\":{\"b\":1}}", "    - a: {}\n    + a.b: 1\n"},
	};

	EACH (i, cases) {
		struct buf out = BUF_INIT(1 << 12);

		assert_int_equal(json_difference(text_of(cases[i].wanted),
				     text_of(cases[i].got), &out),
		    cases[i].lines[0] != '\0');
		assert_string_equal(buf_str(&out), cases[i].lines);
		buf_release(&out);
	}
}

static void
write_file(const char *path, const char *bytes)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(bytes, f);
	assert_int_equal(fclose(f), 0);
}

/* The digests of all chunks, one after the other. */
static size_t
chunk_digests(struct reading *r, unsigned char *out, size_t max)
{
	struct diag d = DIAG_INIT;
	struct chunk chunk;
	size_t count = 0;
	int got;

	chunk_init(&chunk);
	reading_start(r, NULL, NULL);
	while ((got = chunker_next(r->chunker, &chunk, &d)) > 0) {
		assert_true(count < max);
		memcpy(
		    out + count++ * SHA256_BYTES, chunk.sha256, SHA256_BYTES);
	}
	assert_int_equal(got, 0);
	chunk_release(&chunk);
	return count;
}

static char *
no_environment(const char *name)
{
	(void)name;
	return NULL;
}

/* The files of a plan, in a folder of their own. */
struct files {
	char folder[32], mapping[64], csv[64];
};

static void
make_files(struct files *f, struct plan_request *r)
{
	snprintf(f->folder, sizeof(f->folder), "/tmp/test_plan.XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->mapping, sizeof(f->mapping), "%s/m.yaml", f->folder);
	snprintf(f->csv, sizeof(f->csv), "%s/x.csv", f->folder);
	r->mapping_path = f->mapping;
	r->csv_path = f->csv;
}

static void
remove_files(const struct files *f)
{
	assert_int_equal(unlink(f->csv), 0);
	assert_int_equal(unlink(f->mapping), 0);
	assert_int_equal(rmdir(f->folder), 0);
}

TEST(makes_the_same_chunks_on_every_reading)
{
	struct files files;
	unsigned char first[8 * SHA256_BYTES], second[8 * SHA256_BYTES];
	char limit[] = "--chunk-rows=2";
	char *argv[] = {limit};
	struct plan p;
	struct reading *a, *b;
	struct options o;
	struct diag d = DIAG_INIT;
	struct plan_request r = {.settings = &o.settings, .must_survey = true};

	make_files(&files, &r);
	write_file(files.mapping,
	    "version: 1\nprocedure: lead\nlead_id: Id\n"
	    "data: {name: Name, key: {meta: input_key}}\n"
	    "submit: {chunk_rows: 3, chunk_bytes: 4096}\n");
	write_file(files.csv, "Id;Name\n1;a\n2;b\n3;c\n1;d\n5;e\n");
	assert_int_equal(
	    options_parse(&o, COMMAND_IMPORT, 1, argv, no_environment, &d), 0);
	assert_int_equal(plan_make(&p, &r, &d), 0);
	assert_int_equal(p.chunker_options.chunk_rows, 2);
	assert_int_equal(p.chunker_options.chunk_bytes, 4096);
	assert_int_equal(p.settings.chunk_bytes, 4096);
	assert_int_equal(o.settings.chunk_bytes, 1 << 20);
	assert_int_equal(p.dialect.delimiter, ';');
	assert_int_equal(strlen(p.input_key), 64);
	a = reading_open(&p, &d);
	assert_non_null(a);
	assert_int_equal(chunk_digests(a, first, 8), 2);
	b = reading_open(&p, &d);
	assert_non_null(b);
	assert_int_equal(chunk_digests(b, second, 8), 2);
	assert_memory_equal(first, second, 2 * SHA256_BYTES);
	assert_int_equal(b->counter.bytes, a->counter.bytes);
	reading_free(b);

	write_file(files.csv, "Id;Name\n1;a\n2;b\n3;c\n1;d\n5;e\n6;f\n");
	/* What was appended is not the run's. */
	b = reading_open(&p, &d);
	assert_non_null(b);
	assert_int_equal(chunk_digests(b, second, 8), 2);
	assert_memory_equal(first, second, 2 * SHA256_BYTES);
	assert_true(reading_has_grown(b));
	reading_free(b);
	write_file(files.csv, "Id;Name\n1;a\n2;B\n3;c\n1;d\n5;e\n");
	assert_null(reading_open(&p, &d));
	assert_int_equal(d.kind, DIAG_INPUT);
	assert_string_equal(d.code, "input.changed");
	reading_free(a);
	plan_release(&p);
	remove_files(&files);
}

/* A doubt about the header ends whoever begins with a mapping, and nobody who
 * goes on with a run's own copy of one. */
TEST(doubts_no_header_that_a_run_began_with)
{
	CASES(cases, const char *csv, *data, *code) = {
	    {"Offers,,\nRef,Who,Sum\nA,Ann,5\n", "{index: 1}", "csv.preamble"},
	    {"7,Ann,a@x.org\n8,Bob,b@x.org\n", "{index: 1}", "csv.no_header"},
	    {"7,a@x.org\n8,b@x.org\n", "a@x.org", "csv.no_header"},
	    {"Ref;Who\nA,Ann\nB,Bob\n", "{index: 1}", "csv.mixed_delimiters"},
	    {"\"Ref;Who\"\n\"A;Ann\"\n", "{index: 1}", "csv.quoted_lines"},
	    {"'Ref','Who'\n'A','Ann'\n", "{index: 1}", "csv.apostrophe_quotes"},
	};
	struct files files;
	struct options o;
	struct diag d = DIAG_INIT;
	struct plan_request r = {.settings = &o.settings, .must_survey = true};

	make_files(&files, &r);
	assert_int_equal(
	    options_parse(&o, COMMAND_IMPORT, 0, NULL, no_environment, &d), 0);
	EACH (i, cases) {
		struct plan p;
		char text[160];

		snprintf(text, sizeof(text),
		    "version: 1\nprocedure: lead\ndata: {x: \"%s\"}\n",
		    cases[i].data);
		if (cases[i].data[0] == '{')
			snprintf(text, sizeof(text),
			    "version: 1\nprocedure: lead\ndata: {x: %s}\n",
			    cases[i].data);
		write_file(files.mapping, text);
		write_file(files.csv, cases[i].csv);
		r.mapping_is_stored = false;
		assert_int_equal(plan_make(&p, &r, &d), -1);
		assert_int_equal(d.kind, DIAG_INPUT);
		assert_string_equal(d.code, cases[i].code);
		plan_release(&p);
		r.mapping_is_stored = true;
		if (plan_make(&p, &r, &d) < 0)
			fail_msg("%zu: %s", i, d.message);
		assert_int_equal(p.dialect.skip_lines, 0);
		assert_true(p.dialect.has_header);
		plan_release(&p);
	}
	remove_files(&files);
}
