/* SPDX-License-Identifier: MIT */
/*
 * Bytes decide, not names or times: a sheet is saved under a new name each
 * week, and a row that was changed makes another file. Where the earlier bytes
 * end is looked at by reading up to there, once, and only of a file that does
 * begin so.
 */
#include "grown.h"

#include "base/hash.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "guard.h"
#include "plan/reading.h"
#include "system/screen.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int
by_length(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* How long the input of a run was, as its sums have it; 0: nobody knows. */
static uint64_t
length_by_sums(const struct grown *g, const char *name)
{
	struct buf path = BUF_INIT(0);
	struct block_sums *sums;
	uint64_t length;

	buf_addf(&path, "%s/%s/" RUN_SUMS, g->runs_dir, name);
	sums = block_sums_read(buf_str(&path));
	length = sums ? block_sums_bytes(sums) : 0;
	block_sums_free(sums);
	buf_release(&path);
	return length;
}

int
grown_begin(struct grown *g, const char *runs_dir, struct diag *d)
{
	const struct run_entry *e;
	size_t count, kept = 0;

	g->runs_dir = xstrdup(runs_dir);

	g->runs = run_list_read(runs_dir, d);
	if (g->runs == NULL)
		return -1;
	e = run_list_entries(g->runs, &count);
	g->lengths = xcalloc(count, sizeof(*g->lengths));
	for (size_t i = 0; i < count; i++)
		if ((g->lengths[kept] = e[i].is_known
					    ? e[i].input_bytes
					    : length_by_sums(g, e[i].name)) > 0)
			kept++;
	qsort(g->lengths, kept, sizeof(*g->lengths), by_length);
	for (size_t i = 0; i < kept; i++)
		if (i == 0 || g->lengths[i] != g->lengths[i - 1])
			g->lengths[g->marks.count++] = g->lengths[i];
	g->marks.lengths = g->lengths;
	g->marks.sha256 = xcalloc(g->marks.count, sizeof(*g->marks.sha256));
	return 0;
}

void
grown_release(struct grown *g)
{
	run_list_free(g->runs);
	free(g->runs_dir);
	free(g->lengths);
	free(g->marks.sha256);
	memset(g, 0, sizeof(*g));
}

/* The input key that the file's first bytes have alone. */
static void
key_of_mark(const struct grown *g, size_t i, const struct plan *p, char key[65])
{
	char hex[SHA256_HEX_SIZE];

	sha256_hex(g->marks.sha256[i], hex);
	run_input_key(hex, p->base_url, p->procedure, key);
}

#define BLOCK ((size_t)64 << 10)

/* Is what lies between an earlier end and the record's own a line end alone?
 * The earlier file had none after its last row. */
static int
is_line_end(
    const struct plan *p, uint64_t from, uint64_t to, bool *is, struct diag *d)
{
	struct raw_reading raw;
	int failed = raw_reading_open(&raw, p, d);
	struct byte_source source = raw_reading_source(&raw);
	char *block = xmalloc(BLOCK);
	uint64_t at = 0;
	ssize_t n = failed ? -1 : 1;

	*is = true;
	while (n > 0 && at < to) {
		n = diag_stopped(d) ? -1
				    : source.read(source.ctx, block, BLOCK, d);
		for (ssize_t i = 0; i < n; i++, at++)
			if (at >= from && at < to)
				*is &= block[i] == '\n' || block[i] == '\r' ||
				       block[i] == '\0';
	}
	free(block);
	raw_reading_release(&raw);
	return n < 0 ? -1 : 0;
}

/* How many rows there are in the first `length` bytes, and whether they end
 * where a record ends. */
static int
count_rows(struct plan *p, uint64_t length, uint64_t *rows, bool *at_end,
    struct diag *d)
{
	struct reading *ahead = reading_open(p, d);
	struct problem_list problems;
	struct record rec = {.source_begin = 0};
	uint64_t end = 0;
	int event = -1;

	*rows = 0;
	*at_end = false;
	problem_list_init(&problems);
	while (ahead &&
	       (event = reader_next(ahead->reader, &rec, &problems, d)) >= 0) {
		if (diag_stopped(d))
			event = -1;
		if (event < 0 || event == READER_END ||
		    rec.source_begin >= length)
			break;
		*rows += event == READER_RECORD;
		end = rec.source_end;
		problem_list_clear(&problems);
	}
	problem_list_release(&problems);
	reading_free(ahead);
	if (event < 0)
		return -1;
	*at_end = *rows > 0 && end <= length;
	return *rows > 0 && end > length
		   ? is_line_end(p, length, end, at_end, d)
		   : 0;
}

static int
stop_here(const struct guard_find *f, const char *command, struct diag *d)
{
	char word[SHELL_WORD_SIZE];

	return diag_help(d, "that run first: csv2chakra %s %s", command,
	    shell_word(f->run.identity.id, word));
}

/* What is said of a file whose first rows a run imported. */
static int
refuse(const struct guard_find *f, uint64_t rows, const struct plan *p,
    const struct settings *o, struct diag *d)
{
	struct buf line = BUF_INIT(8192);
	/* Of a part, --after would send the rows of the other parts again. */
	bool is_part = f->run.identity.whole_key[0] != '\0';
	bool is_lost = guard_left_unknown(f) || is_part;
	bool is_unknown = strcmp(f->run.verdict, "exit 6") == 0;
	char n[32];

	diag_set(d, DIAG_IMPORTED,
	    "the first %s %s of '%s' %s imported by run %s%s; nothing was sent",
	    text_count(rows, n), rows == 1 ? "row" : "rows", p->csv_name,
	    rows == 1 ? "was" : "were", f->run.identity.id,
	    guard_is_stopped(f)	    ? ", which stopped before its end"
	    : is_lost || is_unknown ? ", and what became of some is unknown"
				    : "");
	diag_code(d, "guard.grown");
	if (guard_is_stopped(f))
		return stop_here(f, "resume", d);
	if (is_unknown && !is_lost)
		return stop_here(f, "reconcile", d);
	if (p->mapping->mode != MODE_CREATE) {
		buf_adds(&line, " --again");
	} else if (!is_lost) {
		buf_adds(&line, " --after ");
		shell_quote(&line, f->run.identity.id);
	} else {
		buf_adds(&line, " --skip-existing");
	}
	settings_typed_input(o, &line);
	diag_help(d, "%s: csv2chakra import%s",
	    p->mapping->mode != MODE_CREATE
		? "its rows are looked up before they are sent, and only what "
		  "differs is"
	    : is_lost ? "to look each row up before it is sent"
		      : "to send the new ones (--skip-existing looks all up "
			"instead, --again sends all)",
	    buf_str(&line));
	buf_release(&line);
	return -1;
}

/* The longest earlier input that the file begins with, and of which a run sent
 * rows. 1 = *f, its length and its rows; 0 = there is none; -1. */
static int
find_longest(const struct grown *g, struct plan *p, struct guard_find *f,
    uint64_t *length, uint64_t *rows, struct diag *d)
{
	for (size_t i = g->marks.reached; i-- > 0;) {
		char key[65];
		bool at_end;

		if (g->marks.lengths[i] >= p->survey.bytes)
			continue;
		key_of_mark(g, i, p, key);
		if (!guard_look_in(g->runs, key, f))
			continue;
		*length = g->marks.lengths[i];
		if (count_rows(p, *length, rows, &at_end, d) != 0)
			return -1;
		if (at_end)
			return 1;
	}
	return 0;
}

static bool
may_be_longer(const void *ctx, const char *name)
{
	return length_by_sums(ctx, name) == 0;
}

int
grown_check(const struct grown *g, struct plan *p, const struct settings *o,
    struct diag *d)
{
	struct guard_find *f = xcalloc(1, sizeof(*f));
	uint64_t length, rows;
	int got = find_longest(g, p, f, &length, &rows, d), ret = -1;

	/* Of a run that sent something, and nobody can say how long its input
	 * was, this file may be a longer one. */
	if (got == 0)
		ret = guard_look_damaged(g->runs, may_be_longer, g, f)
			  ? guard_check_damaged(f, o, d)
			  : 0;
	else if (got > 0 && length <= p->chunker_options.imported_end)
		ret = 0;
	else if (got > 0 && guard_check_in_use(f, d) == 0 &&
		 guard_check_damaged(f, o, d) == 0)
		ret = refuse(f, rows, p, o, d);
	free(f);
	return ret;
}

static int
take_run(void *ctx, const struct run_summary *s)
{
	struct guard_find *f = ctx;

	f->has_found = true;
	f->run = *s;
	return 1;
}

static int
not_grown(const struct guard_find *f, const struct plan *p, const char *code,
    const char *why, struct diag *d)
{
	diag_set(d, DIAG_USAGE, "'%s' %s run %s imported; nothing was sent",
	    p->csv_name, why, f->run.identity.id);
	diag_code(d, code);
	return diag_help(d,
	    "--after is for a file to which rows were added at the end; "
	    "--skip-existing looks each row up instead");
}

/* Does the file begin with its input, to its end, and for the same target? */
static int
check_begins_with(const struct grown *g, struct plan *p,
    const struct guard_find *f, uint64_t *rows, struct diag *d)
{
	const struct run_identity *id = &f->run.identity;
	char hex[SHA256_HEX_SIZE], key[65];
	bool at_end = true;
	size_t i = 0;

	if (id->whole_key[0] != '\0')
		return not_grown(
		    f, p, "after.part", "is not the part of a file that", d);
	while (i < g->marks.reached && g->marks.lengths[i] != id->input_bytes)
		i++;
	if (i == g->marks.reached)
		return not_grown(
		    f, p, "after.cut", "is shorter than the file that", d);
	sha256_hex(g->marks.sha256[i], hex);
	if (strcmp(hex, id->input_sha256) != 0)
		return not_grown(f, p, "after.changed",
		    "does not begin with the bytes that", d);
	key_of_mark(g, i, p, key);
	if (strcmp(key, id->input_key) != 0) {
		diag_set(d, DIAG_USAGE,
		    "run %s imported the first rows into the procedure '%s' at "
		    "%s, not into '%s' at %s; nothing was sent",
		    id->id, id->procedure, id->base_url, p->procedure,
		    p->base_url);
		diag_code(d, "after.target");
		return diag_help(d, "leave --after out");
	}
	if (id->input_bytes < p->survey.bytes &&
	    count_rows(p, id->input_bytes, rows, &at_end, d) != 0)
		return -1;
	return at_end ? 0
		      : not_grown(f, p, "after.changed",
			    "does not end a row where the file ends that", d);
}

/* What it says about RUN: its rows are where they are, for good. */
static int
check_is_over(const struct guard_find *f, uint64_t rows, const struct plan *p,
    const struct settings *o, struct diag *d)
{
	if (guard_check_in_use(f, d) || guard_check_damaged(f, o, d))
		return -1;
	if (!f->run.sent) {
		diag_set(d, DIAG_USAGE, "run %s sent no row; nothing was sent",
		    f->run.identity.id);
		diag_code(d, "after.nothing_sent");
		return diag_help(d, "import the whole file, without --after");
	}
	return guard_is_stopped(f) || guard_left_unknown(f) ||
		       strcmp(f->run.verdict, "exit 6") == 0
		   ? refuse(f, rows, p, o, d)
		   : 0;
}

static int
take_after(const struct grown *g, struct plan *p, const struct guard_find *f,
    const struct settings *o, struct diag *d)
{
	uint64_t length = f->run.identity.input_bytes, rows = 0;

	if (check_begins_with(g, p, f, &rows, d) != 0)
		return -1;
	/* The very file: the guard has its own word for it. */
	if (length == p->survey.bytes && f->run.sent)
		return 0;
	if (check_is_over(f, rows, p, o, d) != 0)
		return -1;
	p->chunker_options.imported_end = length;
	return 0;
}

int
grown_settle_after(const struct grown *g, struct plan *p,
    const struct settings *o, struct diag *d)
{
	struct guard_find *f;
	char *runs_dir;
	struct run *run;
	int ret = -1;

	if (o->after == NULL)
		return 0;
	runs_dir = runs_dir_default(o->runs_dir, d);
	run = runs_dir ? run_open(runs_dir, o->after, d) : NULL;
	f = xcalloc(1, sizeof(*f));
	if (run) {
		const struct run_filter one = {.name = run_identity(run)->id};

		(void)run_list_each(g->runs, &one, take_run, f);
		if (!f->has_found) {
			diag_set(d, DIAG_USAGE,
			    "run %s is not in the runs folder '%s'",
			    run_identity(run)->id, runs_dir);
			diag_code(d, "run.unknown");
			diag_help(d, "name its folder with --runs-dir");
		} else {
			ret = take_after(g, p, f, o, d);
		}
	}
	free(f);
	run_free(run);
	free(runs_dir);
	return ret;
}
