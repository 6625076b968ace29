/* SPDX-License-Identifier: MIT */
/*
 * What became of each row, while the input streams by. A row's chunk is found
 * by its byte offset among the ranges in the ledger, whose table is walked
 * beside the reader, a chunk at a time; not by counting calls of the observer:
 * the chunker may judge a row before it knows which chunk it goes into.
 */
#include "results/row_files.h"

#include "base/xalloc.h"
#include "failed_rows.h"
#include "results/raw_ranges.h"
#include "row_writer.h"
#include "system/screen.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What was seen of a chunk. */
struct chunk_seen {
	uint64_t rows, rejected, skipped;
};

struct row_files {
	struct row_files_options o;
	struct row_observer observer;
	struct row_writer *writer;  /* NULL without a folder */
	struct failed_rows *failed; /* as well */
	struct raw_ranges exact;    /* for o.exact_out */
	struct ledger_outcomes *outcomes;
	struct ledger_chunk chunk; /* the one that is being read */
	bool has_chunk;		   /* false after the last one */
	bool is_loaded;		   /* its outcomes are */
	struct chunk_seen seen;
	struct row_files_reread reread;
	bool has_failed, is_finished;
	struct diag error;
};

static int
fail(struct row_files *f)
{
	f->has_failed = true;
	return -1;
}

/* The first chunk from `ordinal` on. */
static int
take_chunk(struct row_files *f, uint64_t ordinal)
{
	int got = ledger_chunk_from(f->o.ledger, ordinal, &f->chunk, &f->error);

	f->has_chunk = got == 1;
	f->seen = (struct chunk_seen){0};
	f->is_loaded = false;
	return got >= 0 ? 0 : fail(f);
}

/* The chunk is read: did it hold what the ledger says? */
static int
leave_chunk(struct row_files *f)
{
	const struct ledger_chunk *m = &f->chunk;
	const struct chunk_seen *s = &f->seen;

	if (s->rows != m->rows || s->rejected != m->rejected ||
	    s->skipped != m->skipped) {
		diag_set(&f->error, DIAG_INPUT,
		    "the input does not read as it did: chunk %" PRIu64
		    " has %" PRIu64 " rows to send, %" PRIu64
		    " rejected and %" PRIu64 " skipped, and had %" PRIu64
		    ", %" PRIu64 " and %" PRIu64,
		    m->ordinal, s->rows, s->rejected, s->skipped, m->rows,
		    m->rejected, m->skipped);
		diag_code(&f->error, "input.changed");
		return fail(f);
	}
	return take_chunk(f, m->ordinal + 1);
}

/* Moves to the chunk of the record that begins at `begin`. False if it lies
 * after the last one, or something failed. */
static bool
find_chunk(struct row_files *f, uint64_t begin)
{
	while (f->has_chunk && begin >= f->chunk.end) {
		if (leave_chunk(f) != 0)
			return false;
	}
	return f->has_chunk;
}

static void
count_unread(struct row_files *f, const struct record *rec, bool is_record)
{
	f->reread.unread_records += is_record;
	f->reread.unread_bytes += rec->end - rec->begin;
	if (f->reread.unread_line == 0)
		f->reread.unread_line = rec->line;
}

const char *
row_skip_words(const char *code)
{
	static const struct {
		const char *code, *words;
	} words[] = {
	    {"rows.empty", "all its cells are empty"},
	    {"rows.only", "rows.only of the mapping leaves it out"},
	    {"rows.except", "rows.except of the mapping leaves it out"},
	    {"rows.exists", "it already exists"},
	    {"rows.imported", "the run that --after names imported it"},
	    {"rows.not_named", "not among the changes that --changes lists"},
	    {"rows.ignored", "source.ignore of the mapping leaves it out"},
	    {"csv.repeated_header", "it is the header again"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(code, words[i].code) == 0)
			return words[i].words;
	}
	return "";
}

/* What the ledger knows about the next sendable row of the chunk. */
static int
ask_ledger(struct row_files *f, struct row_line *line)
{
	struct row_state s;

	line->outcome = OUTCOME_UNSENT;
	if (!f->o.ledger)
		return 0;
	line->has_chunk = true;
	line->chunk = f->chunk.ordinal;
	if (!f->is_loaded &&
	    ledger_outcomes_load(f->outcomes, line->chunk, &f->error) != 0)
		return fail(f);
	f->is_loaded = true;
	if (f->seen.rows >= f->chunk.rows) {
		diag_set(&f->error, DIAG_INPUT,
		    "the input does not read as it did: chunk %" PRIu64
		    " had %" PRIu64 " rows to send, and now has more",
		    line->chunk, f->chunk.rows);
		diag_code(&f->error, "input.changed");
		return fail(f);
	}
	s = ledger_outcomes_get(f->outcomes, f->seen.rows);
	line->outcome = s.outcome;
	line->evidence = s.evidence;
	line->code = s.code;
	line->words = s.text;
	line->process_id = s.process_id;
	line->job = s.job;
	line->verb = s.verb;
	if (s.text[0] == '\0' && s.code[0] != '\0')
		line->words = row_skip_words(s.code);
	else if (s.text[0] == '\0' && outcome_row(s.outcome)->silent)
		line->words = outcome_row(s.outcome)->silent;
	return 0;
}

static int
judge(struct row_files *f, enum row_verdict verdict,
    const struct built_row *built, struct row_line *line)
{
	switch (verdict) {
	case ROW_REJECTED:
		line->outcome = OUTCOME_REJECTED;
		f->seen.rejected++;
		break;
	case ROW_SKIPPED:
		line->outcome = OUTCOME_SKIPPED;
		line->code = built && built->skip_code ? built->skip_code : "";
		line->words = row_skip_words(line->code);
		f->seen.skipped++;
		break;
	case ROW_BUILT:
		if (ask_ledger(f, line) != 0)
			return -1;
		f->seen.rows++;
		break;
	}
	return 0;
}

/* A row that a stop left unsent has no reason of its own. */
static bool
has_reason(const struct row_line *line)
{
	return line->code[0] != '\0' ||
	       outcome_row(line->outcome)->exit_status != EXIT_GOOD;
}

static void
add_to_groups(struct row_files *f, const struct row_line *line)
{
	struct problem_groups *g = f->o.groups;

	if (!g)
		return;
	problem_groups_add(
	    g, line->rec, line->problems, reader_header(f->o.reader));
	if (has_reason(line))
		problem_groups_add_outcome(g, line->outcome, line->code,
		    line->words, line->rec->row, line->rec->line);
}

/* The record's bytes; on a terminal as text. */
static int
put_exact(struct row_files *f, const struct record *rec)
{
	struct buf bytes = BUF_INIT(BUF_MAX_DEFAULT), text = BUF_INIT(0);
	struct buf shown = BUF_INIT(0);
	int ret;

	if (!f->o.exact_is_screen)
		return raw_ranges_copy(&f->exact, rec->source_begin,
		    rec->source_end, f->o.exact_out, NULL, &f->error);
	ret = raw_ranges_copy(&f->exact, rec->source_begin, rec->source_end,
	    NULL, &bytes, &f->error);
	if (ret == 0)
		ret = raw_ranges_decode(
		    &f->exact, &bytes, f->o.encoding, &text, &f->error);
	if (ret == 0) {
		screen_records(&shown, buf_text(&text));
		fwrite(buf_str(&shown), 1, shown.len, f->o.exact_out);
	}
	buf_release(&shown);
	buf_release(&text);
	buf_release(&bytes);
	return ret;
}

/* A line about which nothing is known yet. */
static struct row_line
new_line(const struct row_files *f, const struct record *rec,
    const struct problem_list *problems)
{
	return (struct row_line){.rec = rec,
	    .problems = problems,
	    .evidence = "",
	    .code = "",
	    .words = "",
	    .process_id = "",
	    .job = "",
	    .verb = "",
	    .service = f->o.groups ? f->o.groups->service : ""};
}

static void
count_row(struct row_files *f, enum outcome outcome)
{
	f->reread.records++;
	f->reread.outcomes.rows[outcome]++;
}

/* Into the counts and the files. */
static void
put_line(struct row_files *f, const struct row_line *line)
{
	count_row(f, line->outcome);
	add_to_groups(f, line);
	if (f->failed)
		failed_rows_add(f->failed, line, reader_header(f->o.reader));
	if (f->writer && row_writer_add(f->writer, line, &f->error) != 0)
		fail(f);
}

/* A row that would be sent, of which nothing is written and nothing is to be
 * said: nearly all that a dry run sees. Otherwise false. */
static bool
take_silently(struct row_files *f, enum row_verdict verdict,
    const struct problem_list *problems)
{
	if (verdict != ROW_BUILT || f->o.ledger || f->writer ||
	    f->o.exact_out || problems->count > 0 || problems->dropped > 0)
		return false;
	f->seen.rows++;
	count_row(f, OUTCOME_UNSENT);
	return true;
}

static void
see_row(void *ctx, const struct record *rec, enum row_verdict verdict,
    const struct problem_list *problems, const struct built_row *built,
    struct text json)
{
	struct row_files *f = ctx;
	struct row_line line;

	(void)json;
	if (f->has_failed || take_silently(f, verdict, problems))
		return;
	line = new_line(f, rec, problems);
	if (f->o.ledger && !find_chunk(f, rec->begin)) {
		if (!f->has_failed)
			count_unread(f, rec, true);
		return;
	}
	if (judge(f, verdict, built, &line) != 0)
		return;
	if (f->o.builder)
		line.lead_id = builder_key_text(f->o.builder);
	f->reread.failed_rows += outcome_is(line.outcome, TRAIT_FAILED);
	put_line(f, &line);
	if (f->o.exact_out && line.outcome == f->o.exact_outcome &&
	    put_exact(f, rec) != 0)
		fail(f);
}

static void
see_blank(void *ctx, const struct record *rec)
{
	struct row_files *f = ctx;

	if (!f->has_failed && f->o.ledger && !find_chunk(f, rec->begin) &&
	    !f->has_failed)
		count_unread(f, rec, false);
}

/* The number of the next row of the chunk that was not seen: known where no
 * blank, rejected or skipped record, and none of another part, can lie
 * between. */
static uint64_t
lost_row(const struct row_files *f)
{
	const struct ledger_chunk *m = &f->chunk;
	const struct chunk_seen *seen = &f->seen;

	if (reader_is_part(f->o.reader) || m->blank_lines > 0 ||
	    m->rejected != seen->rejected || m->skipped != seen->skipped)
		return 0;
	return m->first_row + seen->rows + seen->rejected + seen->skipped;
}

static void
lose_row(struct row_files *f, enum row_verdict verdict)
{
	static const struct problem_list none = {.count = 0};
	struct record rec = {.row = lost_row(f)};
	struct row_line line = new_line(f, &rec, &none);

	line.is_lost = true;
	if (judge(f, verdict, NULL, &line) != 0)
		return;
	if (verdict != ROW_BUILT) {
		line.code = "input.changed";
		line.words = "the input does not read as it did; the row's "
			     "reason is no longer known";
	}
	put_line(f, &line);
}

void
row_files_lose_rest(struct row_files *f)
{
	while (!f->has_failed && f->has_chunk) {
		while (!f->has_failed && f->seen.rows < f->chunk.rows)
			lose_row(f, ROW_BUILT);
		while (!f->has_failed && f->seen.rejected < f->chunk.rejected)
			lose_row(f, ROW_REJECTED);
		while (!f->has_failed && f->seen.skipped < f->chunk.skipped)
			lose_row(f, ROW_SKIPPED);
		if (!f->has_failed)
			leave_chunk(f);
	}
}

struct row_files *
row_files_new(const struct row_files_options *o, struct diag *d)
{
	struct row_files *f = xcalloc(1, sizeof(*f));

	f->o = *o;
	raw_ranges_init(&f->exact, o->raw);
	f->observer =
	    (struct row_observer){.ctx = f, .row = see_row, .blank = see_blank};
	if (o->ledger) {
		f->outcomes = ledger_outcomes_new(o->ledger);
		if (take_chunk(f, 0) != 0) {
			*d = f->error;
			goto failed;
		}
	}
	if (o->folder) {
		f->writer = row_writer_new(&f->o, d);
		if (!f->writer)
			goto failed;
		f->failed = failed_rows_new(o->folder, d);
		if (!f->failed)
			goto failed;
	}
	return f;
failed:
	row_files_free(f);
	return NULL;
}

void
row_files_free(struct row_files *f)
{
	if (!f)
		return;
	row_writer_free(f->writer);
	failed_rows_free(f->failed);
	raw_ranges_release(&f->exact);
	ledger_outcomes_free(f->outcomes);
	free(f);
}

const struct row_observer *
row_files_observer(struct row_files *f)
{
	return &f->observer;
}

const struct row_files_reread *
row_files_reread(const struct row_files *f)
{
	return &f->reread;
}

struct failed_rows *
row_files_failed(struct row_files *f)
{
	return f->failed;
}

struct own_files *
row_files_own(struct row_files *f)
{
	return f->writer ? row_writer_own(f->writer) : NULL;
}

int
row_files_finish(struct row_files *f, struct diag *d)
{
	while (!f->has_failed && f->has_chunk)
		leave_chunk(f);
	if (f->has_failed) {
		*d = f->error;
		return -1;
	}
	f->is_finished = true;
	return f->writer ? row_writer_finish(f->writer, d) : 0;
}

int
row_files_commit(struct row_files *f, struct diag *d)
{
	if (!f->is_finished && row_files_finish(f, d) != 0)
		return -1;
	return f->writer ? row_writer_commit(f->writer, d) : 0;
}
