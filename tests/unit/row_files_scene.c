/* SPDX-License-Identifier: MIT */
#include "row_files_scene.h"
#include "temp_folder.h"
#include "test.h"

#include <unistd.h>

const char *const row_file_names[ROW_FILES] = {
    "results.csv", "rejected.csv", "rejected.reasons.csv", "to-fix.csv"};

struct scene
scene_of(const char *csv, size_t len)
{
	struct scene s = {
	    .csv = csv, .csv_len = len, .encoding = "utf-8", .delimiter = ','};

	assert_true(
	    temp_folder_make(s.folder, sizeof(s.folder), "test_row_files"));
	problem_groups_init(&s.groups, "leads.csv");
	return s;
}

void
scene_close(struct scene *s)
{
	char path[128];

	for (size_t i = 0; i < ROW_FILES; i++) {
		snprintf(
		    path, sizeof(path), "%s/%s", s->folder, row_file_names[i]);
		(void)unlink(path);
	}
	/* Fails if a temporary file was left behind. */
	assert_int_equal(rmdir(s->folder), 0);
	problem_groups_release(&s->groups);
	ledger_free(s->ledger);
}

char *
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

void
expect_file(struct scene *s, const char *name, const char *expected)
{
	size_t len;
	char *data = file_of(s, name, &len);

	assert_non_null(data);
	assert_string_equal(data, expected);
	assert_int_equal(len, strlen(expected));
	free(data);
}

void
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

void
scene_reading_open(struct scene_reading *r, const struct scene *s)
{
	struct diag d = DIAG_INIT;
	struct reader_options o = {.dialect = {.delimiter = s->delimiter,
				       .quote = '"',
				       .has_header = !s->no_header},
	    .max_cell = READER_MAX_CELL,
	    .max_record = READER_MAX_RECORD,
	    .max_columns = READER_MAX_COLUMNS,
	    .name = "leads.csv"};
	struct byte_source bytes = {&r->memory, memory_read};

	r->memory = (struct memory){s->csv, s->csv_len, 0, 1000};
	r->decoder = decoder_new(bytes, s->encoding, &d);
	assert_non_null(r->decoder);
	r->reader = reader_new(
	    decoder_source(r->decoder), source_offset, r->decoder, &o, &d);
	assert_non_null(r->reader);
}

void
scene_reading_close(struct scene_reading *r)
{
	reader_free(r->reader);
	decoder_free(r->decoder);
}

static void
read_all(struct scene_reading *r, each_record *each, void *ctx)
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

void
plan(struct scene *s)
{
	struct planner p = {.scene = s};
	struct scene_reading r;

	s->ledger = ledger_create(NULL, &s->d);
	assert_non_null(s->ledger);
	scene_reading_open(&r, s);
	read_all(&r, plan_record, &p);
	if (p.chunk.records > 0 || p.chunk.blank_lines > 0)
		end_chunk(&p);
	scene_reading_close(&r);
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

void
write_files(struct scene *s)
{
	struct memory raw = {s->csv, s->csv_len, 0, 7};
	struct row_files_options o = {.folder = s->folder,
	    .ledger = s->ledger,
	    .raw = {&raw, memory_read},
	    .encoding = s->encoding,
	    .delimiter = s->delimiter,
	    .groups = &s->groups};
	struct row_files *f;
	struct scene_reading r;

	scene_reading_open(&r, s);
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
	scene_reading_close(&r);
}

void
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
