/* SPDX-License-Identifier: MIT */
#include "build/chunker.h"
#include "build/key_record.h"
#include "mapping/mapping.h"
#include "test.h"

#include <cjson/cJSON.h>
#include <fcntl.h>

/* A whole pipeline over a text in memory. */
struct scene {
	const char *at;
	size_t left, read_size;
	bool fails; /* at the text's end */
	struct mapping *mapping;
	struct reader *reader;
	struct builder *builder;
	struct chunker *chunker;
	struct builder_facts facts;
};

static ssize_t
read_text(void *ctx, char *out, size_t max, struct diag *d)
{
	struct scene *s = ctx;
	size_t n = s->left < max ? s->left : max;

	if (n == 0 && s->fails)
		return diag_set(d, DIAG_INPUT, "the disk is gone");
	if (s->read_size && n > s->read_size)
		n = s->read_size;
	memcpy(out, s->at, n);
	s->at += n;
	s->left -= n;
	return (ssize_t)n;
}

/* From the first byte on. */
static void
open_reader(struct scene *s, const char *csv)
{
	struct diag d = DIAG_INIT;
	struct reader_options ro = {
	    .dialect = {.delimiter = ',', .quote = '"', .has_header = true},
	    .max_cell = READER_MAX_CELL,
	    .max_record = READER_MAX_RECORD,
	    .max_columns = READER_MAX_COLUMNS,
	    .trim = true,
	    .name = "x.csv",
	};

	s->at = csv;
	s->left = strlen(csv);
	s->reader =
	    reader_new((struct byte_source){s, read_text}, NULL, NULL, &ro, &d);
	assert_non_null(s->reader);
}

static void
scene_open(struct scene *s, const char *mapping, const char *csv,
    const struct chunker_options *o)
{
	struct diagnostics list;
	const struct scene asked = *s;

	memset(s, 0, sizeof(*s));
	s->read_size = asked.read_size;
	s->fails = asked.fails;
	s->facts = (struct builder_facts){"x.csv", ""};
	diagnostics_init(&list);
	s->mapping = mapping_parse("m.yaml", text_of(mapping), &list);
	assert_non_null(s->mapping);
	open_reader(s, csv);
	assert_int_equal(
	    mapping_bind(s->mapping, reader_header(s->reader), "x.csv", &list),
	    0);
	diagnostics_release(&list);
	s->builder = builder_new(s->mapping, &s->facts);
	s->chunker = chunker_new(s->reader, s->builder, o, NULL);
}

static void
scene_close(struct scene *s)
{
	chunker_free(s->chunker);
	builder_free(s->builder);
	reader_free(s->reader);
	mapping_free(s->mapping);
}

static const char mapping[] = "version: 1\nprocedure: lead\nlead_id: K\n"
			      "data: {v: {column: V, type: integer}}\n";

/* An array of the rows' objects, and its hash. */
static void
check_body(const struct chunk *c)
{
	unsigned char sha256[SHA256_BYTES] = {0};
	size_t at = 0;

	for (size_t i = 0; i < c->row_count; i++) {
		assert_int_equal(c->body.data[at], i > 0 ? ',' : '[');
		assert_int_equal(c->rows[i].json_at, at + 1);
		at += c->rows[i].json_len;
		assert_int_equal(c->body.data[at++], '}');
	}
	assert_string_equal(buf_str(&c->body) + at, at > 0 ? "]" : "");
	if (at > 0)
		sha256_of(c->body.data, c->body.len, sha256);
	assert_memory_equal(sha256, c->sha256, SHA256_BYTES);
}

/* What all chunks of an input are, as one text. */
static char *
describe(const char *csv, const struct chunker_options *o, size_t read_size)
{
	struct scene s = {.read_size = read_size};
	struct chunk c;
	struct diag d = DIAG_INIT;
	struct buf out = BUF_INIT(0);
	uint64_t end = 0;

	scene_open(&s, mapping, csv, o);
	chunk_init(&c);
	while (chunker_next(s.chunker, &c, &d) > 0) {
		if (end)
			assert_int_equal(c.begin, end); /* they tile */
		end = c.end;
		assert_int_equal(
		    c.record_bytes + c.blank_bytes, c.end - c.begin);
		assert_int_equal(
		    c.records, c.row_count + c.rejected + c.skipped);
		assert_true(c.row_count <= o->chunk_rows);
		assert_true(c.body.len <= o->chunk_bytes);
		check_body(&c);
		buf_addf(&out, "%llu:%zu+%llu-%llu ",
		    (unsigned long long)c.ordinal, c.row_count,
		    (unsigned long long)c.rejected,
		    (unsigned long long)c.skipped);
		for (size_t i = 0; i < c.row_count; i++)
			buf_add(&out, c.body.data + c.rows[i].key_at,
			    c.rows[i].key_len);
		buf_addc(&out, '\n');
	}
	assert_int_equal(d.kind, DIAG_NONE);
	/* What a large row took was given back. */
	assert_true(c.body.cap <= 2 * o->chunk_bytes + 4096);
	chunk_release(&c);
	scene_close(&s);
	return buf_detach(&out);
}

TEST(rejected_skipped_and_blank_rows_belong_to_the_open_chunk)
{
	static const char csv[] =
	    "K,V\na,1\nb,x\n\nc,3\nd,4\n,,,\ne,y\nf,6\n\ng,z\n";
	struct chunker_options o = {.chunk_rows = 2, .chunk_bytes = 1 << 20};
	char *got = describe(csv, &o, 0);

	assert_string_equal(got, "0:2+1-0 \"a\"\"c\"\n"
				 "1:2+1-1 \"d\"\"f\"\n"
				 "2:0+1-0 \n");
	free(got);
}

TEST(a_chunk_ends_before_the_row_that_would_be_too_many_bytes)
{
	/* Each object is {"lead_id":"a","data":{"v":1}}: 30 bytes. */
	static const char csv[] = "K,V\na,1\nb,2\nc,3\n";
	CASES(cases, uint64_t bytes; const char *chunks) = {
	    {2 + 30 * 2 + 1, "0:2+0-0 \"a\"\"b\"\n1:1+0-0 \"c\"\n"},
	    {2 + 30 * 2, /* one byte short */
		"0:1+0-0 \"a\"\n1:1+0-0 \"b\"\n2:1+0-0 \"c\"\n"},
	    {2 + 30, "0:1+0-0 \"a\"\n1:1+0-0 \"b\"\n2:1+0-0 \"c\"\n"},
	    {2 + 29, "0:0+3-0 \n"},
	};

	EACH (i, cases) {
		struct chunker_options o = {
		    .chunk_rows = 100, .chunk_bytes = cases[i].bytes};
		char *got = describe(csv, &o, 0);

		assert_string_equal(got, cases[i].chunks);
		free(got);
	}
}

TEST(a_row_larger_than_a_call_is_rejected_with_its_size)
{
	struct chunker_options o = {.chunk_rows = 10, .chunk_bytes = 40};
	char csv[9000], *got;

	snprintf(csv, sizeof(csv), "K,V\na,1\n%08000d,2\nc,3\n", 0);
	got = describe(csv, &o, 0);
	assert_string_equal(got, "0:1+1-0 \"a\"\n1:1+0-0 \"c\"\n");
	free(got);
}

TEST(a_limit_stops_and_a_break_goes_on_with_the_same_chunks)
{
	static const char csv[] = "K,V\na,1\nb,2\nc,x\nd,4\ne,5\nf,6\ng,7\n";
	static const uint64_t breaks[] = {3, 4};
	struct chunker_options limited = {
	    .chunk_rows = 3, .chunk_bytes = 1 << 20, .limit = 4};
	struct chunker_options resumed = {.chunk_rows = 3,
	    .chunk_bytes = 1 << 20,
	    .breaks = breaks,
	    .break_count = 2};
	char *got = describe(csv, &limited, 0);

	assert_string_equal(got, "0:3+1-0 \"a\"\"b\"\"d\"\n");
	free(got);
	got = describe(csv, &resumed, 0);
	assert_string_equal(got, "0:2+1-0 \"a\"\"b\"\n1:1+0-0 \"d\"\n"
				 "2:3+0-0 \"e\"\"f\"\"g\"\n");
	free(got);
}

/* Where a part of a run was limited, the next part has the same chunks in
 * front, whatever the limits in bytes do to the row at the edge. */
TEST(chunks_before_a_break_are_those_of_the_limited_part)
{
	static const char csv[] =
	    "K,V\na,1\nbb,2\nccc,3\n\ndddd,4\ne,x\nf,6\ngg,7\nhhh,8\n";

	for (uint64_t limit = 1; limit <= 8; limit++) {
		for (uint64_t bytes = 36; bytes < 140; bytes += 7) {
			struct chunker_options a = {.chunk_rows = 3,
			    .chunk_bytes = bytes,
			    .limit = limit};
			struct chunker_options b = {.chunk_rows = 3,
			    .chunk_bytes = bytes,
			    .breaks = &limit,
			    .break_count = 1};
			char *part = describe(csv, &a, 0);
			char *whole = describe(csv, &b, 0);

			assert_memory_equal(part, whole, strlen(part));
			free(part);
			free(whole);
		}
	}
}

TEST(no_split_of_the_input_into_reads_changes_a_chunk)
{
	static const char csv[] = "K,V\r\na,1\r\n\"b\nb\",2\r\n\r\nc,x\rd,4\n"
				  "\"e\"\"e\",5\nf,6";
	struct chunker_options o = {.chunk_rows = 2, .chunk_bytes = 70};
	char *want = describe(csv, &o, 0);

	for (size_t n = 1; n < sizeof(csv); n++) {
		char *got = describe(csv, &o, n);

		assert_string_equal(got, want);
		free(got);
	}
	free(want);
}

TEST(a_body_is_a_json_array_of_its_rows)
{
	struct chunker_options o = {.chunk_rows = 5, .chunk_bytes = 1 << 20};
	struct scene s = {0};
	struct diag d = DIAG_INIT;
	struct chunk c;
	cJSON *json;

	scene_open(&s, mapping, "K,V\n\"q\"\"\n\",1\nb,2\n", &o);
	chunk_init(&c);
	assert_int_equal(chunker_next(s.chunker, &c, &d), 1);
	json = cJSON_ParseWithLength(c.body.data, c.body.len);
	assert_int_equal(cJSON_GetArraySize(json), 2);
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(
				cJSON_GetArrayItem(json, 0), "lead_id")),
	    "q\"\n");
	cJSON_Delete(json);
	assert_int_equal(c.first_row, 2);
	assert_int_equal(c.first_line, 2);
	assert_int_equal(c.begin, 4); /* behind the header */
	assert_int_equal(c.rows[1].row, 3);
	assert_false(c.rows[1].check_first);
	assert_int_equal(c.rows[1].line, 4);
	assert_int_equal(chunker_next(s.chunker, &c, &d), 0);
	chunk_release(&c);
	scene_close(&s);
}

static int
count_to_two(void *ctx, struct diag *d)
{
	return ++*(int *)ctx > 2 ? diag_set(d, DIAG_DISK, "no room") : 0;
}

/* What is behind the last row that was read may belong to it. */
TEST(an_input_that_fails_cuts_the_chunk_and_then_says_so)
{
	CASES(cases, const char *csv; bool fails, asks; size_t whole;
	      bool is_cut; const char *words; int asked) = {
	    {"K,V\na,1\n\nb,2\nc,3\n", false, true, 2, false, NULL, 2},
	    {"K,V\na,1\n\nb,2\nc,3\n", true, false, 1, true, "disk is gone", 0},
	    {"K,V\na,1\n\nb,2\nc,3\nd,4\ne,5\n", false, true, 2, false,
		"no room", 3},
	};

	EACH (i, cases) {
		int asked = 0;
		struct chunker_options o = {.chunk_rows = 2,
		    .chunk_bytes = 1000,
		    .before_chunk = cases[i].asks ? count_to_two : NULL,
		    .before_ctx = &asked};
		struct scene s = {.fails = cases[i].fails, .read_size = 1};
		struct diag d = DIAG_INIT;
		struct chunk c;

		scene_open(&s, mapping, cases[i].csv, &o);
		chunk_init(&c);
		for (size_t n = 0; n < cases[i].whole; n++) {
			assert_int_equal(chunker_next(s.chunker, &c, &d), 1);
			assert_false(c.cut);
			assert_int_equal(c.blank_lines, n == 0);
		}
		if (cases[i].is_cut) {
			assert_int_equal(chunker_next(s.chunker, &c, &d), 1);
			assert_true(c.cut);
		}
		assert_int_equal(chunker_next(s.chunker, &c, &d),
		    cases[i].words != NULL ? -1 : 0);
		if (cases[i].words != NULL)
			assert_non_null(strstr(d.message, cases[i].words));
		assert_int_equal(asked, cases[i].asked);
		chunk_release(&c);
		scene_close(&s);
	}
}

static void
leave_out_row_2(void *ctx, struct record *rec)
{
	(void)ctx;
	if (rec->row == 2)
		rec->skip_code = "rows.imported";
}

static bool
admit_all(void *ctx, const struct record *rec, struct text key,
    struct problem_list *problems, bool *check_first)
{
	(void)ctx;
	(void)rec;
	(void)key;
	(void)problems;
	(void)check_first;
	return true;
}

static bool
admit_none(void *ctx, const struct record *rec, struct text key,
    struct problem_list *problems, bool *check_first)
{
	(void)admit_all(ctx, rec, key, problems, check_first);
	assert_true(text_is(key, "c")); /* others were not built */
	return false;
}

/* "row verdict problems JSON" */
static void
note_row(void *ctx, const struct record *rec, enum row_verdict verdict,
    const struct problem_list *problems, const struct built_row *built,
    struct text json)
{
	(void)built;
	buf_addf(ctx, "%llu %s %zu %.*s\n", (unsigned long long)rec->row,
	    verdict == ROW_SKIPPED ? "skipped"
	    : verdict == ROW_BUILT ? "built"
				   : "rejected",
	    problems->count, (int)json.len, json.s);
	assert_true(json.len == 0 || verdict == ROW_BUILT);
}

/* By a gate, or because an earlier run imported it. */
TEST(a_row_that_is_left_out_is_skipped_whatever_is_wrong_with_it)
{
	static const struct row_gate open = {.prepare = leave_out_row_2,
					 .admit = admit_all},
				     strict = {.prepare = leave_out_row_2,
					 .admit = admit_none},
				     quiet = {.prepare = leave_out_row_2,
					 .admit = admit_none,
					 .skip_code = "rows.other"};
	static const char built[] =
	    "4 built 0 {\"lead_id\":\"c\",\"data\":{\"v\":3}}\n";
	static const char csv[] = "K,V\na,1,more\nb,2,more\nc,3\n";
	CASES(cases, const struct row_gate *gate; uint64_t imported_end;
	      const char *told) = {
	    {&open, 0, built},
	    {&strict, 0, "4 rejected 0 \n"},
	    {&quiet, 0, "4 skipped 0 \n"},
	    {NULL, 5, built},
	    {NULL, 13, built},
	};

	EACH (i, cases) {
		const struct chunker_options o = {.chunk_rows = 9,
		    .chunk_bytes = 1000,
		    .gate = cases[i].gate,
		    .imported_end = cases[i].imported_end};
		struct buf told = BUF_INIT(0);
		const struct row_observer observer = {
		    .ctx = &told, .row = note_row};
		struct scene s = {.read_size = 0};
		struct diag d = DIAG_INIT;
		struct chunk c;

		scene_open(&s, mapping, csv, &o);
		chunker_free(s.chunker);
		s.chunker = chunker_new(s.reader, s.builder, &o, &observer);
		chunk_init(&c);
		assert_int_equal(chunker_next(s.chunker, &c, &d), 1);
		assert_memory_equal(
		    buf_str(&told), "2 skipped 0 \n3 rejected 1 \n", 27);
		assert_string_equal(buf_str(&told) + 27, cases[i].told);
		chunk_release(&c);
		scene_close(&s);
		buf_release(&told);
	}
}

/* But where nothing is to be sent: there is no second reading then. */
TEST(rows_of_which_nothing_was_said_are_not_built_when_they_are_told_again)
{
	static const char omits[] =
	    "version: 1\nprocedure: lead\nlead_id: K\n"
	    "data: {v: {column: V, type: integer, on_error: omit}}\n";
	static const char csv[] = "K,V\na,1\nb,x\nc,\n";
	CASES(cases, bool no_digest; const char *told) = {
	    {false, "2 built 0 \n3 built 1 {\"lead_id\":\"b\"}\n4 built 0 \n"},
	    {true, "2 built 0 {\"lead_id\":\"a\",\"data\":{\"v\":1}}\n"
		   "3 built 1 {\"lead_id\":\"b\"}\n"
		   "4 built 0 {\"lead_id\":\"c\"}\n"},
	};

	EACH (i, cases) {
		const struct chunker_options o = {.chunk_rows = 9,
		    .chunk_bytes = 1000,
		    .no_digest = cases[i].no_digest};
		struct buf told = BUF_INIT(0);
		const struct row_observer observer = {
		    .ctx = &told, .row = note_row};
		struct scene s = {.read_size = 0};
		struct diag d = DIAG_INIT;
		struct chunk c;

		scene_open(&s, omits, csv, &o);
		chunk_init(&c);
		assert_int_equal(chunker_next(s.chunker, &c, &d), 1);
		chunker_free(s.chunker);
		reader_free(s.reader);
		builder_retell(s.builder);
		open_reader(&s, csv);
		s.chunker = chunker_new(s.reader, s.builder, &o, &observer);
		assert_int_equal(chunker_next(s.chunker, &c, &d), 1);
		assert_string_equal(buf_str(&told), cases[i].told);
		chunk_release(&c);
		scene_close(&s);
		buf_release(&told);
	}
}

/* Verdicts on unique keys that cannot be read are no verdicts: the chunks with
 * the rows that were judged by them are cut, also the row that had no room in
 * the first one. */
TEST(rows_whose_verdicts_cannot_be_read_are_not_to_be_sent)
{
	static const char csv[] = "K,V\nabcdefghij,1\nklmnopqrst,2\nu,3\n";
	struct chunker_options o = {.chunk_rows = 9, .chunk_bytes = 64};
	struct key_spool_options spool = {.folder = ".", .fields = 1};
	struct key_verdicts *v;
	struct scene s = {.read_size = 0};
	struct diag d = DIAG_INIT;
	struct chunk c;
	size_t chunks = 0, rows = 0;
	int fd = open("/dev/null", O_RDONLY);

	assert_true(fd >= 0);
	v = key_verdicts_new(fd, 5, &spool);
	scene_open(&s, mapping, csv, &o);
	builder_ask_verdicts(s.builder, v, 0);
	chunk_init(&c);
	for (; chunker_next(s.chunker, &c, &d) > 0; chunks++) {
		assert_true(c.cut);
		rows += c.row_count;
	}
	assert_int_equal(chunks, 2);
	assert_int_equal(rows, 2);
	assert_int_equal(d.kind, DIAG_DISK);
	chunk_release(&c);
	scene_close(&s);
	key_verdicts_free(v);
}
