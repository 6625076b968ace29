/* SPDX-License-Identifier: MIT */
/*
 * The lines of the files with a line per row. results.csv and
 * rejected.reasons.csv are for programs first: LF. to-fix.csv is for a
 * spreadsheet: BOM, CRLF. People open all three, so that the cells of all are
 * guarded against formulas, also the words of a server. rejected.csv is bytes.
 */
#include "row_writer.h"

#include "base/xalloc.h"
#include "csv_writer.h"
#include "results/raw_ranges.h"
#include "system/atomic_file.h"

#include <stdlib.h>
#include <string.h>

/* More does not go into a spreadsheet's cell. */
#define RAW_TEXT_MAX ((size_t)32000)

/* The places of own_files.h, so that the names are there and nowhere else. */
enum {
	RESULTS = OWN_RESULTS,
	REJECTED = OWN_REJECTED,
	REASONS = OWN_REASONS,
	TO_FIX = OWN_TO_FIX,
	FILES
};

/* The cells of results.csv that say what became of a row, for neighbours
 * mostly the same: as they stand there, and of which line. */
struct row_end {
	struct row_line line;
	size_t len; /* 0 = none is kept */
	char bytes[512];
};

struct row_writer {
	const struct row_files_options *o;
	const struct header *header;
	struct atomic_file files[FILES];
	bool is_open[FILES];
	bool is_finished;
	struct own_files own;
	struct csv_writer results, reasons, to_fix;
	struct raw_ranges raw;
	struct buf shown, cell, text, raw_bytes;
	struct row_end end; /* of the line of results.csv before */
};

/* So that no spreadsheet runs it. */
static void
put_guarded(struct row_writer *w, struct csv_writer *csv, struct text t)
{
	buf_clear(&w->cell);
	to_fix_guard(&w->cell, t);
	csv_cell(csv, buf_text(&w->cell));
}

/* Letters, digits and underscores, as most keys: nothing is to be done. */
static bool
is_word(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if (!ascii_is_digit(t.s[i]) && !ascii_is_letter(t.s[i]) &&
		    t.s[i] != '_')
			return false;
	return true;
}

/* The value itself, or, when it cannot be put into a UTF-8 file, its
 * display. */
static void
put_value(struct row_writer *w, struct csv_writer *csv, struct text t)
{
	if (is_word(t)) {
		csv_cell_as_is(csv, t);
		return;
	}
	if (utf8_check(t.s, t.len) != t.len ||
	    (t.len > 0 && memchr(t.s, '\0', t.len))) {
		buf_clear(&w->shown);
		text_display(&w->shown, t, 0);
		t = buf_text(&w->shown);
	}
	put_guarded(w, csv, t);
}

static void
put_to_fix(struct row_writer *w, const struct buf *b)
{
	put_guarded(w, &w->to_fix, buf_text(b));
}

static void
put_headings(struct csv_writer *csv, const char *const *names)
{
	for (; *names; names++)
		csv_cell_str(csv, *names);
	csv_end_row(csv);
}

/* The input was a to-fix.csv: its columns of ours are not repeated, or a retry
 * would not know which ones to go by. */
static bool
is_our_column(const struct row_writer *w, size_t i)
{
	const struct header *h = w->header;

	return h->row > 0 && i < h->count &&
	       (text_is(h->names[i], TO_FIX_ROW_COLUMN) ||
		   text_is(h->names[i], TO_FIX_PROBLEM_COLUMN));
}

static void
put_to_fix_heading(struct row_writer *w)
{
	char letters[8];

	fputs(UTF8_BOM, w->files[TO_FIX].stream);
	csv_cell_str(&w->to_fix, TO_FIX_ROW_COLUMN);
	csv_cell_str(&w->to_fix, TO_FIX_PROBLEM_COLUMN);
	for (size_t i = 0; i < w->header->count; i++) {
		if (is_our_column(w, i))
			continue;
		if (w->header->row > 0) {
			put_guarded(w, &w->to_fix, w->header->names[i]);
		} else {
			text_column_letters(i, letters);
			csv_cell_str(&w->to_fix, letters);
		}
	}
	csv_end_row(&w->to_fix);
}

static int
open_files(struct row_writer *w, struct diag *d)
{
	for (int i = 0; i < FILES; i++) {
		if ((i == RESULTS && !w->o->ledger) ||
		    (i == REJECTED && !w->o->raw.read))
			continue;
		if (atomic_open_in(&w->files[i], w->o->folder, d) != 0)
			return -1;
		w->is_open[i] = true;
	}
	return 0;
}

static int
put_beginnings(struct row_writer *w, struct diag *d)
{
	static const char *const results[] = {"row", "line", "lead_id",
	    "process_id", "chunk", "job_id", "outcome", "evidence", "message",
	    "verb", NULL};
	static const char *const reasons[] = {"row", "line", "byte", "cell",
	    "column", "lead_id", "outcome", "stage", "code", "value", "message",
	    "hint", NULL};

	if (w->is_open[RESULTS]) {
		csv_writer_init(
		    &w->results, w->files[RESULTS].stream, ',', "\n");
		put_headings(&w->results, results);
	}
	csv_writer_init(&w->reasons, w->files[REASONS].stream, ',', "\n");
	put_headings(&w->reasons, reasons);
	csv_writer_init(
	    &w->to_fix, w->files[TO_FIX].stream, w->o->delimiter, "\r\n");
	put_to_fix_heading(w);
	return raw_ranges_copy(&w->raw, 0, reader_body_begin(w->o->reader),
	    w->files[REJECTED].stream, NULL, d);
}

struct row_writer *
row_writer_new(const struct row_files_options *o, struct diag *d)
{
	struct row_writer *w = xcalloc(1, sizeof(*w));

	w->o = o;
	w->header = reader_header(o->reader);
	buf_init(&w->shown, 0);
	buf_init(&w->cell, 0);
	buf_init(&w->text, 0);
	buf_init(&w->raw_bytes, RAW_TEXT_MAX);
	raw_ranges_init(&w->raw, o->raw);
	own_files_load(&w->own, o->folder);
	if (open_files(w, d) != 0 || put_beginnings(w, d) != 0) {
		row_writer_free(w);
		return NULL;
	}
	return w;
}

void
row_writer_free(struct row_writer *w)
{
	if (!w)
		return;
	for (int i = 0; i < FILES; i++) {
		if (w->is_open[i])
			atomic_abort(&w->files[i]);
	}
	own_files_release(&w->own);
	raw_ranges_release(&w->raw);
	buf_release(&w->shown);
	buf_release(&w->cell);
	buf_release(&w->text);
	buf_release(&w->raw_bytes);
	free(w);
}

struct own_files *
row_writer_own(struct row_writer *w)
{
	return &w->own;
}

int
row_writer_finish(struct row_writer *w, struct diag *d)
{
	for (int i = 0; i < FILES; i++) {
		char sum[SHA256_HEX_SIZE];

		if (w->is_open[i] &&
		    (atomic_finish(&w->files[i], sum, d) != 0 ||
			own_files_choose(&w->own, (enum own_file)i, sum, d) !=
			    0))
			return -1;
	}
	w->is_finished = true;
	return 0;
}

/* The last one's commit makes the names of all last. */
int
row_writer_commit(struct row_writer *w, struct diag *d)
{
	int last = FILES;

	if (!w->is_finished && row_writer_finish(w, d) != 0)
		return -1;
	while (last > 0 && !w->is_open[last - 1])
		last--;
	for (int i = 0; i < last; i++) {
		const struct own_entry *e = &w->own.file[i];

		if (!w->is_open[i])
			continue;
		w->is_open[i] = false;
		atomic_name(&w->files[i], e->new_name, e->is_new);
		if ((i + 1 < last ? atomic_commit_early(&w->files[i], d)
				  : atomic_commit(&w->files[i], d)) != 0)
			return -1;
	}
	return 0;
}

static void
put_number(struct csv_writer *csv, uint64_t n, bool is_known)
{
	if (is_known)
		csv_cell_uint(csv, n);
	else
		csv_cell_str(csv, "");
}

/* Row and line. */
static void
put_place(struct csv_writer *csv, const struct row_line *line)
{
	put_number(csv, line->rec->row, line->rec->row > 0);
	put_number(csv, line->rec->line, !line->is_lost);
}

/* The texts of a chunk's rows are shared where they are the same. */
static bool
ends_as_before(const struct row_writer *w, const struct row_line *line)
{
	const struct row_line *b = &w->end.line;

	return w->end.len > 0 && line->has_chunk && b->chunk == line->chunk &&
	       b->outcome == line->outcome && b->evidence == line->evidence &&
	       b->code == line->code && b->words == line->words &&
	       b->job == line->job && b->verb == line->verb;
}

/* The message of a row of ours is made of its problems, and nobody else's. */
static void
keep_end(struct row_writer *w, const struct row_line *line, struct text written)
{
	struct row_end *e = &w->end;

	e->len = 0;
	if (!line->has_chunk || outcome_is(line->outcome, TRAIT_OURS) ||
	    written.len > sizeof(e->bytes))
		return;
	e->line = *line;
	e->len = written.len;
	memcpy(e->bytes, written.s, e->len);
}

static void
add_results(struct row_writer *w, const struct row_line *line)
{
	struct csv_writer *csv = &w->results;
	size_t begin;

	put_place(csv, line);
	put_value(w, csv, line->lead_id);
	put_value(w, csv, text_of(line->process_id));
	if (ends_as_before(w, line)) {
		csv_cell_as_is(csv, (struct text){w->end.bytes, w->end.len});
		csv_end_row(csv);
		return;
	}
	begin = csv->len;
	put_number(csv, line->chunk, line->has_chunk);
	put_value(w, csv, text_of(line->job));
	csv_cell_str(csv, outcome_name(line->outcome));
	csv_cell_str(csv, line->evidence);
	buf_clear(&w->text);
	row_line_message(&w->text, line, w->header, true);
	put_value(w, csv, buf_text(&w->text));
	csv_cell_str(csv, line->verb);
	keep_end(w, line, csv_row_from(csv, begin + 1));
	csv_end_row(csv);
}

/* The columns that all reasons of a row share, up to `outcome`. */
static void
begin_reason(struct row_writer *w, const struct row_line *line, uint64_t byte,
    int column)
{
	struct csv_writer *csv = &w->reasons;
	struct text name = {NULL, 0};
	char cell[24];

	if (column >= 0 && (size_t)column < w->header->count)
		name = w->header->names[column];
	put_place(csv, line);
	if (byte == PROBLEM_NO_BYTE)
		byte = line->rec->begin;
	put_number(csv, byte + (line->rec->whole_begin - line->rec->begin),
	    !line->is_lost);
	csv_cell_str(csv, problem_cell(column, line->rec->row, cell));
	put_value(w, csv, name);
	put_value(w, csv, line->lead_id);
	csv_cell_str(csv, outcome_name(line->outcome));
}

static void
add_refusal(struct row_writer *w, const struct row_line *line)
{
	bool is_job = strncmp(line->code, "job.", 4) == 0;

	begin_reason(w, line, PROBLEM_NO_BYTE, PROBLEM_NO_COLUMN);
	csv_cell_str(
	    &w->reasons, problem_stage_name(is_job ? STAGE_JOB : STAGE_SEND));
	csv_cell_str(&w->reasons, line->code);
	csv_cell_str(&w->reasons, "");
	put_value(w, &w->reasons, text_of(line->words));
	csv_cell_str(&w->reasons, "");
	csv_end_row(&w->reasons);
}

static void
add_reasons(struct row_writer *w, const struct row_line *line)
{
	const struct problem_list *l = line->problems;
	struct csv_writer *csv = &w->reasons;

	if (!outcome_is(line->outcome, TRAIT_OURS) || line->is_lost) {
		add_refusal(w, line);
		return;
	}
	for (size_t i = 0; i < l->count; i++) {
		const struct problem *p = &l->items[i];

		if (p->level != PROBLEM_REJECT || problem_twin(l, i) != i)
			continue;
		begin_reason(w, line, p->byte, p->column);
		csv_cell_str(csv, problem_stage_name(p->stage));
		csv_cell_str(csv, p->code);
		put_value(w, csv, problem_value(l, p));
		put_value(w, csv, problem_message(l, p));
		put_value(w, csv, problem_hint(l, p));
		csv_end_row(csv);
	}
	if (l->dropped == 0)
		return;
	begin_reason(w, line, PROBLEM_NO_BYTE, PROBLEM_NO_COLUMN);
	csv_cell_str(csv, problem_stage_name(STAGE_MAP));
	csv_cell_str(csv, "row.more_problems");
	csv_cell_uint(csv, l->dropped);
	csv_cell_str(csv, "more problems than a row can list");
	csv_cell_str(csv, "");
	csv_end_row(csv);
}

/* The row's bytes as text, in one cell, without their line end. */
static int
put_raw_cell(struct row_writer *w, struct diag *d)
{
	buf_clear(&w->text);
	if (raw_ranges_decode(
		&w->raw, &w->raw_bytes, w->o->encoding, &w->text, d) != 0)
		return -1;
	while (w->text.len > 0 && (w->text.data[w->text.len - 1] == '\n' ||
				      w->text.data[w->text.len - 1] == '\r'))
		buf_truncate(&w->text, w->text.len - 1);
	put_to_fix(w, &w->text);
	return 0;
}

static int
add_to_fix(struct row_writer *w, const struct row_line *line, struct diag *d)
{
	const struct record *rec = line->rec;

	csv_cell_uint(&w->to_fix, rec->row);
	buf_clear(&w->text);
	row_line_message(&w->text, line, w->header, false);
	if (rec->cell_count == 0 &&
	    rec->source_end - rec->source_begin > RAW_TEXT_MAX)
		buf_adds(&w->text,
		    "; its text is cut here; rejected.csv has the whole row");
	put_to_fix(w, &w->text);
	if (rec->cell_count == 0 && put_raw_cell(w, d) != 0)
		return -1;
	for (size_t i = 0; i < rec->cell_count; i++) {
		if (is_our_column(w, i))
			continue;
		buf_clear(&w->text);
		text_repair(&w->text, rec->cells[i]);
		put_to_fix(w, &w->text);
	}
	csv_end_row(&w->to_fix);
	return 0;
}

int
row_writer_add(
    struct row_writer *w, const struct row_line *line, struct diag *d)
{
	if (w->is_open[RESULTS])
		add_results(w, line);
	if (!outcome_is(line->outcome, TRAIT_FAILED))
		return 0;
	if (line->is_lost) {
		add_reasons(w, line);
		return 0;
	}
	buf_clear(&w->raw_bytes);
	if (raw_ranges_copy(&w->raw, line->rec->source_begin,
		line->rec->source_end, w->files[REJECTED].stream, &w->raw_bytes,
		d) != 0)
		return -1;
	add_reasons(w, line);
	return add_to_fix(w, line, d);
}
