/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "report/raw_ranges.h"
#include "mapping/mapping.h"
#include "report/row_files.h"
#include "source/decoder.h"

#include <sys/stat.h>
#include <unistd.h>

/*
 * The reader and the ledger are real; what the builder would say of a row is
 * read off its first cell: "bad" is rejected, "skip" is skipped, everything
 * else is built. A chunk ends after two built rows.
 */
struct memory {
	const char *s;
	size_t len, at, step;
};

static ssize_t
read_memory(void *ctx, char *buf, size_t max, struct diag *d)
{
	struct memory *m = ctx;
	size_t n = m->len - m->at;

	(void)d;
	n = n < max ? n : max;
	n = n < m->step ? n : m->step;
	memcpy(buf, m->s + m->at, n);
	m->at += n;
	return (ssize_t)n;
}

struct scene {
	char folder[64];
	const char *csv;
	size_t csv_len;
	const char *encoding;
	bool no_header, no_raw, no_folder;
	char delimiter;
	struct ledger *ledger;
	struct problem_groups groups;
	struct row_files_reread seen;
	struct diag d;
	int rc;
};

static struct scene
scene_of(const char *csv, size_t len)
{
	struct scene s = {
	    .csv = csv, .csv_len = len, .encoding = "utf-8", .delimiter = ','};

	snprintf(s.folder, sizeof(s.folder), "/tmp/test_row_files.XXXXXX");
	assert_non_null(mkdtemp(s.folder));
	problem_groups_init(&s.groups, "leads.csv");
	return s;
}

static const char *const names[] = {
    "results.csv", "rejected.csv", "rejected.reasons.csv", "to-fix.csv"};

static void
scene_close(struct scene *s)
{
	char path[128];

	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", s->folder, names[i]);
		(void)unlink(path);
	}
	/* Fails if a temporary file was left behind. */
	assert_int_equal(rmdir(s->folder), 0);
	problem_groups_release(&s->groups);
	ledger_free(s->ledger);
}

static char *
file_of(struct scene *s, const char *name, size_t *len)
{
	char path[128], *data = calloc(1, 1 << 20);
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	f = fopen(path, "rb");
	*len = 0;
	if (!f) {
		free(data);
		return NULL;
	}
	*len = fread(data, 1, (1 << 20) - 1, f);
	fclose(f);
	return data;
}

static void
expect_file(struct scene *s, const char *name, const char *expected)
{
	size_t len;
	char *data = file_of(s, name, &len);

	assert_non_null(data);
	assert_string_equal(data, expected);
	assert_int_equal(len, strlen(expected));
	free(data);
}

static void
expect_no_file(struct scene *s, const char *name)
{
	size_t len;

	assert_null(file_of(s, name, &len));
}

static enum row_verdict
verdict_of(const struct record *rec, struct problem_list *problems,
    struct built_row *built)
{
	*built = (struct built_row){.json_at = 0};
	if (problems->rejects > 0)
		return ROW_REJECTED;
	if (rec->cell_count > 0 && text_is(rec->cells[0], "bad")) {
		struct problem *p =
		    problem_add(problems, PROBLEM_REJECT, STAGE_MAP,
			"rule.pattern", 1, rec->cells[1], "does not match");

		problem_set_hint(problems, p, "six digits");
		p = problem_add(problems, PROBLEM_REJECT, STAGE_MAP,
		    "rule.required", PROBLEM_NO_COLUMN, (struct text){NULL, 0},
		    "no value");
		problem_set_path(problems, p, TEXT_LITERAL("data.x"));
		problem_add(problems, PROBLEM_NOTE, STAGE_MAP, "a.note", 0,
		    (struct text){NULL, 0}, "a note");
		return ROW_REJECTED;
	}
	if (rec->cell_count > 0 && text_is(rec->cells[0], "skip")) {
		built->skip_code = "rows.except";
		return ROW_SKIPPED;
	}
	return ROW_BUILT;
}

typedef void each_record(void *ctx, int event, const struct record *rec,
    enum row_verdict verdict, const struct problem_list *problems,
    const struct built_row *built);

static uint64_t
source_offset(void *ctx, uint64_t offset)
{
	return decoder_source_offset(ctx, offset);
}

struct reading {
	struct memory memory;
	struct decoder *decoder;
	struct reader *reader;
};

static void
reading_open(struct reading *r, const struct scene *s)
{
	struct diag d = DIAG_INIT;
	struct reader_options o = {.dialect = {.delimiter = s->delimiter,
				       .quote = '"',
				       .has_header = !s->no_header},
	    .max_cell = READER_MAX_CELL,
	    .max_record = READER_MAX_RECORD,
	    .max_columns = READER_MAX_COLUMNS,
	    .name = "leads.csv"};
	struct byte_source bytes = {&r->memory, read_memory};

	r->memory = (struct memory){s->csv, s->csv_len, 0, 1000};
	r->decoder = decoder_new(bytes, s->encoding, &d);
	assert_non_null(r->decoder);
	r->reader = reader_new(
	    decoder_source(r->decoder), source_offset, r->decoder, &o, &d);
	assert_non_null(r->reader);
}

static void
reading_close(struct reading *r)
{
	reader_free(r->reader);
	decoder_free(r->decoder);
}

static void
read_all(struct reading *r, each_record *each, void *ctx)
{
	struct problem_list problems;
	struct diag d = DIAG_INIT;
	struct record rec;
	int event;

	problem_list_init(&problems);
	for (;;) {
		struct built_row built;
		enum row_verdict verdict = ROW_BUILT;

		problem_list_clear(&problems);
		event = reader_next(r->reader, &rec, &problems, &d);
		assert_true(event >= 0);
		if (event == READER_END)
			break;
		if (event == READER_RECORD)
			verdict = verdict_of(&rec, &problems, &built);
		each(ctx, event, &rec, verdict, &problems, &built);
	}
	problem_list_release(&problems);
}

struct planner {
	struct scene *scene;
	struct ledger_chunk chunk;
};

static void
end_chunk(struct planner *p)
{
	struct ledger_chunk next = {.ordinal = p->chunk.ordinal + 1,
	    .begin = p->chunk.end,
	    .end = p->chunk.end};

	assert_int_equal(
	    ledger_add_chunk(p->scene->ledger, &p->chunk, &p->scene->d), 0);
	p->chunk = next;
}

static void
plan_record(void *ctx, int event, const struct record *rec,
    enum row_verdict verdict, const struct problem_list *problems,
    const struct built_row *built)
{
	struct planner *p = ctx;

	(void)problems;
	(void)built;
	if (p->chunk.end == 0)
		p->chunk.begin = rec->begin;
	p->chunk.end = rec->end;
	if (event == READER_BLANK) {
		p->chunk.blank_lines++;
		p->chunk.blank_bytes += rec->end - rec->begin;
		return;
	}
	p->chunk.records++;
	p->chunk.record_bytes += rec->end - rec->begin;
	p->chunk.rejected += verdict == ROW_REJECTED;
	p->chunk.skipped += verdict == ROW_SKIPPED;
	p->chunk.rows += verdict == ROW_BUILT;
	if (p->chunk.rows == 2)
		end_chunk(p);
}

/* The chunks that a run would have planned. */
static void
plan(struct scene *s)
{
	struct planner p = {.scene = s};
	struct reading r;

	s->ledger = ledger_create(NULL, &s->d);
	assert_non_null(s->ledger);
	reading_open(&r, s);
	read_all(&r, plan_record, &p);
	if (p.chunk.records > 0 || p.chunk.blank_lines > 0)
		end_chunk(&p);
	reading_close(&r);
	assert_int_equal(ledger_commit(s->ledger, &s->d), 0);
}

static void
observe(void *ctx, int event, const struct record *rec,
    enum row_verdict verdict, const struct problem_list *problems,
    const struct built_row *built)
{
	const struct row_observer *o = ctx;

	if (event == READER_BLANK)
		o->blank(o->ctx, rec);
	else
		o->row(o->ctx, rec, verdict, problems, built,
		    (struct text){NULL, 0});
}

/* Reads the input and writes the files; keeps what came of it in *s. */
static void
write_files(struct scene *s)
{
	struct memory raw = {s->csv, s->csv_len, 0, 7};
	struct row_files_options o = {.folder = s->folder,
	    .ledger = s->ledger,
	    .raw = {&raw, read_memory},
	    .encoding = s->encoding,
	    .delimiter = s->delimiter,
	    .groups = &s->groups};
	struct row_files *f;
	struct reading r;

	reading_open(&r, s);
	o.reader = r.reader;
	if (s->no_folder)
		o.folder = NULL;
	if (s->no_raw)
		o.raw.read = NULL;
	f = row_files_new(&o, &s->d);
	assert_non_null(f);
	read_all(&r, observe, (void *)(uintptr_t)row_files_observer(f));
	s->seen = *row_files_reread(f);
	s->rc = row_files_commit(f, &s->d);
	row_files_free(f);
	reading_close(&r);
}

#define CSV(text) text, sizeof(text) - 1

static void
settle(struct scene *s, uint64_t chunk, enum call_state state, const char *code,
    const char *answer)
{
	struct ledger_call c = {.chunk = chunk,
	    .count = 2,
	    .rows = 2,
	    .state = state,
	    .sent_ms = 1,
	    .job = "job-7"};

	snprintf(c.code, sizeof(c.code), "%s", code);
	snprintf(c.answer, sizeof(c.answer), "%s", answer);
	if (state == CALL_CREATED)
		snprintf(c.evidence, sizeof(c.evidence), "job");
	assert_int_equal(ledger_add_call(s->ledger, &c, &s->d), 0);
}

static void
every_row_has_its_line_and_its_outcome(void **state)
{
	struct scene s = scene_of(CSV("ref,pin\n"
				      "a,1\n"
				      "bad,2\n"
				      "b,3\n"
				      "\n"
				      "skip,4\n"
				      "c,5\n"
				      "d,6\n"
				      "e,7\n"));
	struct ledger_row own = {.row = 7,
	    .chunk = 1,
	    .index = 1,
	    .call = 2,
	    .outcome = OUTCOME_REFUSED,
	    .code = "job.INVALID",
	    .text = "pin, unknown",
	    .process_id = "p-9"};

	(void)state;
	plan(&s);
	settle(&s, 0, CALL_CREATED, "", "");
	settle(&s, 1, CALL_UNKNOWN, "http.no_answer", "reset by peer");
	own.row = 8;
	assert_int_equal(ledger_set_row(s.ledger, &own, &s.d), 0);
	write_files(&s);
	assert_int_equal(s.rc, 0);
	expect_file(&s, "results.csv",
	    "row,line,lead_id,process_id,chunk,job_id,outcome,evidence,"
	    "message\n"
	    "2,2,,,0,job-7,created,job,\n"
	    "3,3,,,,,rejected,,pin (B3): does not match: '2' [rule.pattern]; "
	    "data.x: no value [rule.required]\n"
	    "4,4,,,0,job-7,created,job,\n"
	    "6,6,,,,,skipped,,rows.except of the mapping leaves it out "
	    "[rows.except]\n"
	    "7,7,,,1,job-7,unknown,,reset by peer [http.no_answer]\n"
	    "8,8,,p-9,1,job-7,refused,,\"pin, unknown [job.INVALID]\"\n"
	    "9,9,,,2,,unsent,,\n");
	expect_file(&s, "rejected.csv", "ref,pin\nbad,2\nd,6\n");
	expect_file(&s, "rejected.reasons.csv",
	    "row,line,byte,cell,column,lead_id,outcome,stage,code,value,"
	    "message,hint\n"
	    "3,3,12,B3,pin,,rejected,map,rule.pattern,2,does not match,six "
	    "digits\n"
	    "3,3,12,,,,rejected,map,rule.required,,no value,\n"
	    "8,8,34,,,,refused,job,job.INVALID,,\"pin, unknown\",\n");
	expect_file(&s, "to-fix.csv",
	    "\xef\xbb\xbf"
	    "csv2chakra_row,csv2chakra_problem,ref,pin\r\n"
	    "3,pin (B3): does not match: '2'; data.x: no value,bad,2\r\n"
	    "8,\"ChakraHQ refused it: pin, unknown\",d,6\r\n");
	assert_int_equal(s.seen.records, 7);
	assert_int_equal(s.seen.failed_rows, 2);
	assert_int_equal(s.seen.outcomes.rows[OUTCOME_CREATED], 2);
	assert_int_equal(s.seen.outcomes.rows[OUTCOME_UNKNOWN], 1);
	assert_int_equal(s.seen.outcomes.rows[OUTCOME_UNSENT], 1);
	assert_int_equal(s.seen.outcomes.rows[OUTCOME_SKIPPED], 1);
	assert_int_equal(s.seen.unread_bytes, 0);
	assert_int_equal(problem_groups_count(&s.groups, GROUP_REJECTED), 2);
	assert_int_equal(problem_groups_count(&s.groups, GROUP_REFUSED), 1);
	assert_int_equal(problem_groups_count(&s.groups, GROUP_UNKNOWN), 1);
	assert_int_equal(problem_groups_count(&s.groups, GROUP_SKIPPED), 1);
	assert_int_equal(problem_groups_count(&s.groups, GROUP_NOTE), 1);
	assert_int_equal(problem_groups_count(&s.groups, GROUP_UNSENT), 0);
	scene_close(&s);
}

static void
a_call_that_never_got_an_answer_says_so(void **state)
{
	struct scene s = scene_of(CSV("ref,pin\na,1\nb,2\n"));

	(void)state;
	plan(&s);
	settle(&s, 0, CALL_SENT, "", "");
	write_files(&s);
	expect_file(&s, "results.csv",
	    "row,line,lead_id,process_id,chunk,job_id,outcome,evidence,"
	    "message\n"
	    "2,2,,,0,job-7,unknown,,csv2chakra ended before the answer came\n"
	    "3,3,,,0,job-7,unknown,,csv2chakra ended before the answer "
	    "came\n");
	assert_int_equal(problem_groups_count(&s.groups, GROUP_UNKNOWN), 1);
	expect_file(&s, "rejected.csv", "ref,pin\n");
	scene_close(&s);
}

static void
a_dry_run_has_no_results_and_sends_nothing(void **state)
{
	struct scene s = scene_of(CSV("ref,pin\na,1\nbad,2\n"));

	(void)state;
	write_files(&s);
	assert_int_equal(s.rc, 0);
	expect_no_file(&s, "results.csv");
	expect_file(&s, "rejected.csv", "ref,pin\nbad,2\n");
	assert_int_equal(s.seen.records, 2);
	assert_int_equal(s.seen.outcomes.rows[OUTCOME_UNSENT], 1);
	scene_close(&s);
}

static void
rejects_are_the_exact_bytes_of_the_input(void **state)
{
	struct scene s = scene_of(CSV("\xef\xbb\xbf\"ref\", pin\r\n"
				      "a,1\r"
				      "\"bad\",\"x\r\ny\"\"z\"\n"
				      "\n"
				      "b,2\r\n"
				      "bad,  9"));

	(void)state;
	write_files(&s);
	expect_file(&s, "rejected.csv",
	    "\xef\xbb\xbf\"ref\", pin\r\n"
	    "\"bad\",\"x\r\ny\"\"z\"\n"
	    "bad,  9");
	scene_close(&s);
}

static void
a_ragged_row_stays_ragged_and_a_broken_one_keeps_its_text(void **state)
{
	struct scene s = scene_of(CSV("ref;pin\n"
				      "a;1;2\n"
				      "b\n"
				      "\"c\" d;5\n"
				      "=1+1;-5;@x\n"
				      "\"e;6\nend\n"));
	size_t len;
	char *data;

	(void)state;
	s.delimiter = ';';
	write_files(&s);
	assert_int_equal(s.rc, 0);
	data = file_of(&s, "to-fix.csv", &len);
	assert_non_null(strstr(data, "csv2chakra_row;csv2chakra_problem;"
				     "ref;pin\r\n"));
	assert_non_null(strstr(data, ";a;1;2\r\n"));
	assert_non_null(strstr(data, ";b\r\n"));
	assert_non_null(strstr(data, ";\"\"\"c\"\" d;5\"\r\n"));
	assert_non_null(strstr(data, ";'=1+1;-5;'@x\r\n"));
	assert_non_null(strstr(data, ";\"\"\"e;6\nend\"\r\n"));
	free(data);
	scene_close(&s);
}

static void
a_broken_row_in_utf_16_keeps_its_text_too(void **state)
{
	static const char text[] = "a,b\n\"c\" d,5\nbad,7\n";
	char be[2 + 2 * sizeof(text)] = {(char)0xfe, (char)0xff};
	struct scene s;
	size_t len;
	char *data;

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(text); i++) {
		be[2 + 2 * i] = i == 7 ? 1 : 0; /* U+0120 for the blank */
		be[3 + 2 * i] = text[i];
	}
	s = scene_of(be, 2 * sizeof(text));
	s.encoding = "utf-16";
	write_files(&s);
	assert_int_equal(s.rc, 0);
	data = file_of(&s, "to-fix.csv", &len);
	assert_non_null(strstr(data, ",\"\"\"c\"\"\xc4\xa0"
				     "d,5\"\r\n"));
	free(data);
	data = file_of(&s, "rejected.csv", &len);
	assert_int_equal(len, 2 * sizeof(text));
	assert_memory_equal(data, be, len);
	free(data);
	scene_close(&s);
}

static void
bytes_that_are_no_utf_8_are_marked(void **state)
{
	struct scene s = scene_of(CSV("ref,pin\na\xff,1\n"));
	size_t len;
	char *data;

	(void)state;
	write_files(&s);
	data = file_of(&s, "to-fix.csv", &len);
	assert_int_equal(utf8_check(data, len), len);
	assert_non_null(strstr(data, "a\xef\xbf\xbd"));
	free(data);
	data = file_of(&s, "rejected.reasons.csv", &len);
	assert_int_equal(utf8_check(data, len), len);
	assert_non_null(strstr(data, "csv.bad_encoding"));
	free(data);
	expect_file(&s, "rejected.csv", "ref,pin\na\xff,1\n");
	scene_close(&s);
}

static void
columns_without_names_are_named_by_letters(void **state)
{
	struct scene s = scene_of(CSV("bad,1\nb,2\n"));

	(void)state;
	s.no_header = true;
	write_files(&s);
	expect_file(&s, "to-fix.csv",
	    "\xef\xbb\xbf"
	    "csv2chakra_row,csv2chakra_problem,A,B\r\n"
	    "1,B1: does not match: '1'; data.x: no value,bad,1\r\n");
	expect_file(&s, "rejected.csv", "bad,1\n");
	scene_close(&s);
}

static void
what_lies_behind_the_last_chunk_is_unread(void **state)
{
	static const char csv[] = "ref,pin\na,1\nb,2\nbad,3\nc,4\n\nd,5\ne,6\n";
	struct scene s = scene_of(csv, 16);

	(void)state;
	/* The ledger knows the first sixteen bytes: one chunk. */
	plan(&s);
	s.csv_len = sizeof(csv) - 1;
	write_files(&s);
	assert_int_equal(s.rc, 0);
	assert_int_equal(s.seen.records, 2);
	assert_int_equal(s.seen.unread_records, 4);
	assert_int_equal(s.seen.unread_bytes, sizeof(csv) - 1 - 16);
	assert_int_equal(s.seen.unread_line, 4);
	expect_file(&s, "rejected.csv", "ref,pin\n");
	assert_int_equal(problem_groups_count(&s.groups, GROUP_REJECTED), 0);
	scene_close(&s);
}

static void
an_input_that_reads_differently_leaves_no_files(void **state)
{
	struct scene s = scene_of(CSV("ref,pin\na,1\nb,2\nc,3\nd,4\n"));

	(void)state;
	plan(&s);
	s.csv = "ref,pin\na,1\nbad,\nc,3\nd,4\n";
	write_files(&s);
	assert_int_equal(s.rc, -1);
	assert_int_equal(s.d.kind, DIAG_INPUT);
	assert_string_equal(s.d.code, "input.changed");
	for (size_t i = 0; i < 4; i++)
		expect_no_file(&s, names[i]);
	scene_close(&s);
}

static void
an_input_that_ends_early_leaves_no_files(void **state)
{
	struct scene s = scene_of(CSV("ref,pin\na,1\nb,2\nc,3\nd,4\n"));

	(void)state;
	plan(&s);
	s.csv_len = 16;
	write_files(&s);
	assert_int_equal(s.rc, -1);
	assert_string_equal(s.d.code, "input.changed");
	expect_no_file(&s, "results.csv");
	scene_close(&s);
}

static void
without_a_raw_source_there_is_no_rejected_csv(void **state)
{
	struct scene s = scene_of(CSV("ref,pin\nbad,1\n"));

	(void)state;
	s.no_raw = true;
	write_files(&s);
	assert_int_equal(s.rc, 0);
	expect_no_file(&s, "rejected.csv");
	expect_file(&s, "to-fix.csv",
	    "\xef\xbb\xbf"
	    "csv2chakra_row,csv2chakra_problem,ref,pin\r\n"
	    "2,pin (B2): does not match: '1'; data.x: no value,bad,1\r\n");
	scene_close(&s);
}

static void
without_a_folder_it_only_counts_and_groups(void **state)
{
	struct scene s = scene_of(CSV("ref,pin\nbad,1\na,2\n"));

	(void)state;
	s.no_folder = true;
	write_files(&s);
	assert_int_equal(s.rc, 0);
	assert_int_equal(s.seen.records, 2);
	assert_int_equal(s.seen.failed_rows, 1);
	assert_int_equal(s.groups.reject_rows, 1);
	scene_close(&s);
}

static void
a_folder_that_is_not_there_is_an_error(void **state)
{
	struct scene s = scene_of(CSV("ref,pin\nbad,1\n"));
	struct row_files_options o = {.folder = "/nonexistent/folder",
	    .encoding = "utf-8",
	    .delimiter = ','};
	struct reading r;

	(void)state;
	reading_open(&r, &s);
	o.reader = r.reader;
	assert_null(row_files_new(&o, &s.d));
	assert_int_equal(s.d.kind, DIAG_DISK);
	reading_close(&r);
	scene_close(&s);
}

static void
the_key_of_a_row_stands_in_its_lines(void **state)
{
	struct scene s = scene_of(CSV("ref,pin\n"
				      " L-1 ,1\n"
				      "L-2,x\n"
				      "\"L\" 3,5\n"
				      "L-4,4\n"));
	struct memory raw = {s.csv, s.csv_len, 0, 1000};
	struct builder_facts facts = {.file_name = "leads.csv"};
	struct chunker_options limits = {
	    .chunk_rows = 10, .chunk_bytes = 1 << 20};
	struct row_files_options o = {.folder = s.folder,
	    .raw = {&raw, read_memory},
	    .encoding = "utf-8",
	    .delimiter = ',',
	    .groups = &s.groups};
	struct diagnostics list;
	struct mapping *mapping;
	struct builder *builder;
	struct chunker *chunker;
	struct row_files *f;
	struct chunk chunk;
	struct reading r;
	size_t len;
	char *data;

	(void)state;
	diagnostics_init(&list);
	mapping = mapping_parse("m.yaml",
	    TEXT_LITERAL("version: 1\nprocedure: lead\nlead_id: ref\n"
			 "data: {pin: {column: pin, type: integer}}\n"),
	    &list);
	assert_non_null(mapping);
	reading_open(&r, &s);
	assert_int_equal(
	    mapping_bind(mapping, reader_header(r.reader), "leads.csv", &list),
	    0);
	builder = builder_new(mapping, &facts);
	o.reader = r.reader;
	o.builder = builder;
	f = row_files_new(&o, &s.d);
	assert_non_null(f);
	chunker =
	    chunker_new(r.reader, builder, &limits, row_files_observer(f));
	chunk_init(&chunk);
	while (chunker_next(chunker, &chunk, &s.d) > 0)
		continue;
	assert_int_equal(row_files_commit(f, &s.d), 0);
	data = file_of(&s, "rejected.reasons.csv", &len);
	assert_non_null(strstr(data, "\n3,3,16,B3,pin,L-2,rejected,map,"
				     "type.integer,x,"));
	assert_non_null(strstr(data, "\n4,4,25,A4,ref,,rejected,read,"
				     "csv.stray_quote,"));
	free(data);
	expect_file(&s, "rejected.csv", "ref,pin\nL-2,x\n\"L\" 3,5\n");
	chunk_release(&chunk);
	chunker_free(chunker);
	row_files_free(f);
	builder_free(builder);
	reading_close(&r);
	mapping_free(mapping);
	diagnostics_release(&list);
	scene_close(&s);
}

static void
guards_what_a_spreadsheet_would_run(void **state)
{
	static const struct {
		const char *cell, *written;
	} cases[] = {
	    {"", ""},
	    {"plain", "plain"},
	    {"=1+1", "'=1+1"},
	    {"@SUM(A1)", "'@SUM(A1)"},
	    {"+919901258433", "'+919901258433"},
	    {"-5", "-5"},
	    {"-1,234.50", "-1,234.50"},
	    {"-.5", "-.5"},
	    {"-", "'-"},
	    {"-,", "'-,"},
	    {"-2+3", "'-2+3"},
	    {"-5 ", "'-5 "},
	    {"--5", "'--5"},
	    {"\t=1", "'\t=1"},
	    {"\r=1", "'\r=1"},
	    {"'", "'"},
	    {"'til", "'til"},
	    {"'=1", "''=1"},
	    {"'-5", "''-5"},
	    {"''x", "'''x"},
	    {" =1", " =1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = BUF_INIT(0);

		to_fix_guard(&b, text_of(cases[i].cell));
		assert_string_equal(buf_str(&b), cases[i].written);
		assert_true(
		    text_is(to_fix_unguard((struct text){buf_str(&b), b.len}),
			cases[i].cell));
		buf_release(&b);
	}
}

static void
taking_the_guard_off_gives_every_cell_back(void **state)
{
	static const char letters[] = "=+-@\t\r'5,.a";
	size_t n = sizeof(letters) - 1;
	struct buf b = BUF_INIT(0);

	(void)state;
	for (size_t code = 0; code < n * n * n * n; code++) {
		char cell[4];

		for (size_t i = 0, c = code; i < 4; i++, c /= n)
			cell[i] = letters[c % n];
		for (size_t len = 0; len <= 4; len++) {
			struct text t = {cell, len};

			buf_clear(&b);
			to_fix_guard(&b, t);
			assert_true(text_equal(t,
			    to_fix_unguard((struct text){buf_str(&b), b.len})));
		}
	}
	buf_release(&b);
}

static void
copies_ranges_and_notices_an_early_end(void **state)
{
	struct memory m = {"0123456789", 10, 0, 3};
	struct byte_source from = {&m, read_memory};
	struct diag d = DIAG_INIT;
	struct raw_ranges r;
	struct buf copy = BUF_INIT(4);

	(void)state;
	raw_ranges_init(&r, from);
	assert_int_equal(raw_ranges_copy(&r, 1, 7, NULL, &copy, &d), 0);
	assert_string_equal(buf_str(&copy), "1234");
	buf_clear(&copy);
	assert_int_equal(raw_ranges_copy(&r, 7, 9, NULL, &copy, &d), 0);
	assert_string_equal(buf_str(&copy), "78");
	assert_int_equal(raw_ranges_copy(&r, 9, 11, NULL, &copy, &d), -1);
	assert_int_equal(d.kind, DIAG_INPUT);
	raw_ranges_release(&r);
	buf_release(&copy);
}

static void
repairs_text_for_a_utf_8_file(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *text;
	} cases[] = {
	    {CSV(""), ""},
	    {CSV("abc"), "abc"},
	    {CSV("a\0b"), "a\xef\xbf\xbd"
			  "b"},
	    {CSV("\xff"), "\xef\xbf\xbd"},
	    {CSV("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd"},
	    {CSV("x\xe2\x82\xacy\xc0"), "x\xe2\x82\xacy\xef\xbf\xbd"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = BUF_INIT(0);

		text_repair(&b, (struct text){cases[i].bytes, cases[i].len});
		assert_string_equal(buf_str(&b), cases[i].text);
		buf_release(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_row_has_its_line_and_its_outcome),
	    cmocka_unit_test(a_call_that_never_got_an_answer_says_so),
	    cmocka_unit_test(a_dry_run_has_no_results_and_sends_nothing),
	    cmocka_unit_test(rejects_are_the_exact_bytes_of_the_input),
	    cmocka_unit_test(
		a_ragged_row_stays_ragged_and_a_broken_one_keeps_its_text),
	    cmocka_unit_test(a_broken_row_in_utf_16_keeps_its_text_too),
	    cmocka_unit_test(bytes_that_are_no_utf_8_are_marked),
	    cmocka_unit_test(columns_without_names_are_named_by_letters),
	    cmocka_unit_test(what_lies_behind_the_last_chunk_is_unread),
	    cmocka_unit_test(an_input_that_reads_differently_leaves_no_files),
	    cmocka_unit_test(an_input_that_ends_early_leaves_no_files),
	    cmocka_unit_test(without_a_raw_source_there_is_no_rejected_csv),
	    cmocka_unit_test(without_a_folder_it_only_counts_and_groups),
	    cmocka_unit_test(a_folder_that_is_not_there_is_an_error),
	    cmocka_unit_test(the_key_of_a_row_stands_in_its_lines),
	    cmocka_unit_test(guards_what_a_spreadsheet_would_run),
	    cmocka_unit_test(taking_the_guard_off_gives_every_cell_back),
	    cmocka_unit_test(copies_ranges_and_notices_an_early_end),
	    cmocka_unit_test(repairs_text_for_a_utf_8_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
