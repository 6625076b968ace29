/* SPDX-License-Identifier: MIT */
/*
 * `report DIR`: what split.json says was cut, and what the ledgers of the
 * parts' runs say became of it. Nothing is read but these: each run's own
 * report has its rows. A part is found by its input key and its place, so that
 * runs of other files, of other targets, and of parts with the same bytes are
 * not taken for it.
 */
#include "base/json_read.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "batch/batch.h"
#include "cut.h"
#include "http/transport.h"
#include "import/run_facts.h"
#include "part_runs.h"
#include "runs/run.h"
#include "sum.h"
#include "system/atomic_file.h"
#include "system/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPLIT_MAX ((size_t)256 << 20)
/* Parts that are told of one by one. */
#define SHOWN_MAX 20

/* As split.json has it. */
struct cut_part {
	char name[64], sha256[65];
	uint64_t records, record_bytes, first_row, last_row;
};

struct parts {
	const struct settings *settings;
	struct part_runs places;
	char *folder, *base_url, *procedure, *mapping;
	char *path; /* of split.json */
	struct buf text;
	struct text root;
	char whole_key[65];
	struct batch_sum sum;
	struct buf not_done;		    /* "3,17-19" */
	uint64_t number, last, range_begin; /* … as it is made */
	bool is_unbalanced;
};

bool
batch_split_is_meant(const struct options *o)
{
	struct buf path = BUF_INIT(0);
	bool is;

	if (o->settings.operand_count != 1)
		return false;
	buf_addf(&path, "%s/" SPLIT_JSON, o->settings.operands[0]);
	is = access(buf_str(&path), F_OK) == 0;
	buf_release(&path);
	return is;
}

static int
damaged(const struct parts *p, const char *why, struct diag *d)
{
	diag_set(d, DIAG_INPUT, "unable to read '%s': %s", p->path, why);
	diag_code(d, "split.damaged");
	return diag_help(d, "restore it from a copy, or split the file again");
}

static bool
take_count(struct text object, const char *name, uint64_t *out)
{
	return json_get_uint(json_member(object, name), out);
}

static bool
take_part(struct text token, struct cut_part *c)
{
	return json_get_text(
		   json_member(token, "name"), c->name, sizeof(c->name)) &&
	       json_get_text(json_member(token, "sha256"), c->sha256,
		   sizeof(c->sha256)) &&
	       strlen(c->sha256) == sizeof(c->sha256) - 1 &&
	       strchr(c->name, '/') == NULL &&
	       take_count(token, "records", &c->records) &&
	       take_count(token, "record_bytes", &c->record_bytes) &&
	       take_count(token, "first_row", &c->first_row) &&
	       take_count(token, "last_row", &c->last_row);
}

static char *
take_text(struct text object, const char *name)
{
	char text[8192];

	return json_get_text(json_member(object, name), text, sizeof(text))
		   ? xstrdup(text)
		   : NULL;
}

/* What the whole's books say of all that is in no part. */
static bool
take_books(struct parts *p)
{
	struct text books = json_member(p->root, "books");
	struct text rows = json_member(books, "rows");
	struct text bytes = json_member(books, "bytes");
	struct text left = json_member(p->root, "left_behind");
	struct accounts *a = &p->sum.accounts;

	/* What was due then is in a part. */
	for (int i = 0; i < OUTCOME_COUNT; i++)
		if (!outcome_is((enum outcome)i, TRAIT_DUE) &&
		    !take_count(
			rows, outcome_name((enum outcome)i), &a->rows.rows[i]))
			return false;
	return take_count(rows, "read", &a->rows_read) &&
	       take_count(bytes, "read", &a->bytes) &&
	       take_count(bytes, "bom", &a->bom_bytes) &&
	       take_count(bytes, "preamble", &a->preamble_bytes) &&
	       take_count(bytes, "header", &a->header_bytes) &&
	       take_count(bytes, "blank_lines", &a->blank_bytes) &&
	       take_count(books, "blank_lines", &a->blank_lines) &&
	       take_count(left, "bytes", &a->record_bytes);
}

static int
read_split(struct parts *p, struct diag *d)
{
	const struct settings *o = p->settings;
	const char *why;
	struct text input, mapping;
	char sha256[65];

	why = file_read_whole(AT_FDCWD, p->path, &p->text);
	if (why)
		return damaged(p, why, d);
	if (!json_document(buf_text(&p->text), &p->root) ||
	    !json_is_text(json_member(p->root, "schema"), SPLIT_SCHEMA))
		return damaged(p, "it is not as split writes it", d);
	input = json_member(p->root, "input");
	mapping = json_member(p->root, "mapping");
	p->mapping = take_text(mapping, "file");
	p->procedure = o->procedure ? xstrdup(o->procedure)
				    : take_text(mapping, "procedure");
	if (p->procedure == NULL || p->mapping == NULL ||
	    !json_get_text(
		json_member(input, "sha256"), sha256, sizeof(sha256)) ||
	    !take_books(p))
		return damaged(p, "it is not as split writes it", d);
	run_input_key(sha256, p->base_url, p->procedure, p->whole_key);
	return 0;
}

/* Its number goes into the array spec. */
static void
add_not_done(struct parts *p, uint64_t number)
{
	if (p->last > 0 && number == p->last + 1) {
		size_t keep = p->not_done.len;

		while (p->range_begin < p->last && keep > 0 &&
		       p->not_done.data[keep - 1] != '-')
			keep--;
		buf_truncate(&p->not_done, keep);
		if (p->range_begin == p->last)
			buf_addc(&p->not_done, '-');
		buf_addf(&p->not_done, "%" PRIu64, number);
	} else {
		buf_addf(
		    &p->not_done, "%s%" PRIu64, p->last > 0 ? "," : "", number);
		p->range_begin = number;
	}
	p->last = number;
}

static void
add_import(const struct parts *p, const struct cut_part *c, struct buf *out)
{
	struct buf path = BUF_INIT(0);

	buf_addf(&path, "%s/%s", p->folder, c->name);
	shell_command(out, "import", settings_where(p->settings));
	settings_typed_place(p->settings, out);
	shell_add(out, p->mapping);
	shell_add(out, buf_str(&path));
	buf_release(&path);
}

/* What there is of the part in the books of its run. */
static void
count_run(struct parts *p, const struct cut_part *c, const struct run_facts *f,
    bool is_done)
{
	const struct outcome_counts *rows =
	    f->is_pruned ? &f->stub.rows : &f->totals.outcomes;
	struct accounts *a = &p->sum.accounts;
	uint64_t bytes =
	    f->is_pruned && is_done ? c->record_bytes : f->totals.record_bytes;
	uint64_t all = 0;

	for (int i = 0; i < OUTCOME_COUNT; i++) {
		a->rows.rows[i] += rows->rows[i];
		all += rows->rows[i];
	}
	a->record_bytes += bytes;
	if (all > c->records || bytes > c->record_bytes ||
	    (is_done && (all != c->records || bytes != c->record_bytes))) {
		p->is_unbalanced = true;
		return;
	}
	/* What its run did not read is due, as what no run has begun. */
	a->rows.rows[OUTCOME_UNSENT] += c->records - all;
	a->unread_bytes += c->record_bytes - bytes;
}

static void
add_outcomes(struct buf *out, const struct cut_part *c,
    const struct outcome_counts *rows)
{
	char n[32];
	const char *between = ": ";

	buf_addf(out, "%s row%s", text_count(c->records, n),
	    c->records == 1 ? "" : "s");
	for (int i = 0; i < OUTCOME_COUNT; i++) {
		if (rows->rows[i] == 0)
			continue;
		buf_addf(out, "%s%s %s", between, text_count(rows->rows[i], n),
		    outcome_name((enum outcome)i));
		between = ", ";
	}
}

static bool
is_over(const struct run_summary *s, const struct run_facts *f)
{
	if (strcmp(s->state, "pruned") == 0)
		return f->is_pruned && f->stub.sent;
	return strcmp(s->state, "finished") == 0 && f->has_books;
}

/* From its run to the line of the part, and into the sums. */
static void
tell_run(struct parts *p, const struct cut_part *c, const struct run_summary *s,
    const struct run_facts *f, const struct place_of_runs *twice)
{
	struct batch_item *x = p->sum.now;
	const struct outcome_counts *rows =
	    f->is_pruned ? &f->stub.rows : &f->totals.outcomes;
	bool is_done = is_over(s, f);
	struct buf words = BUF_INIT(0);

	x->run_id = xstrdup(s->identity.id);
	x->has_report = true;
	if (strcmp(s->state, "damaged") == 0) {
		x->status = EXIT_INPUT;
		buf_addf(&words, "run %s is damaged: %s", x->run_id, s->damage);
	} else if (is_done) {
		x->status = exit_status_of_rows(rows);
		add_outcomes(&words, c, rows);
	} else {
		x->status = strcmp(s->state, "running") == 0 ||
				    strcmp(s->state, "in use") == 0
				? EXIT_LOCKED
				: EXIT_SERVICE;
		buf_addf(&words, "run %s %s%s%s", x->run_id,
		    x->status == EXIT_LOCKED ? "is running"
		    : s->sent		     ? "has stopped"
					     : "sent nothing",
		    f->stopped_by[0] ? ": " : "", f->stopped_by);
	}
	if (twice) {
		x->status = EXIT_BAD_ROWS;
		buf_addf(&words, "; sent a second time by a run in '%s'",
		    twice->dir);
	}
	if (f->next[0])
		x->next = xstrdup(f->next);
	x->ended = x->status;
	x->words = buf_detach(&words);
	count_run(p, c, f, is_done);
	p->sum.rehearsals += f->rehearsal;
	p->sum.with_books++;
	if (!is_done)
		add_not_done(p, p->number);
}

static void
tell_none(struct parts *p, const struct cut_part *c)
{
	struct batch_item *x = p->sum.now;
	struct buf next = BUF_INIT(65536);

	add_import(p, c, &next);
	x->next = buf_detach(&next);
	x->words = xstrdup(p->places.count == 1
			       ? "no run of it is in the runs folder"
			       : "no run of it is in the runs folders");
	p->sum.accounts.rows.rows[OUTCOME_UNSENT] += c->records;
	p->sum.accounts.unread_bytes += c->record_bytes;
	p->sum.with_books++;
	add_not_done(p, p->number);
}

static const struct place_of_runs *
look_up(const struct parts *p, const struct cut_part *c, struct run_summary *s,
    const struct place_of_runs **twice)
{
	struct run_identity *place = xcalloc(1, sizeof(*place));
	const struct place_of_runs *found;
	char key[65];
	const struct run_filter f = {.input_key = key, .place = place};

	run_input_key(c->sha256, p->base_url, p->procedure, key);
	memcpy(place->whole_key, p->whole_key, sizeof(place->whole_key));
	place->first_row = c->first_row;
	place->last_row = c->last_row;
	found = part_runs_find(&p->places, &f, s, twice);
	free(place);
	return found;
}

static void
look_at_part(struct parts *p, const struct cut_part *c)
{
	struct run_summary *s = xmalloc(sizeof(*s));
	struct run_facts *f = xcalloc(1, sizeof(*f));
	struct diag ignored = DIAG_INIT;
	struct run *run = NULL;
	const struct place_of_runs *twice, *place = look_up(p, c, s, &twice);

	if (place == NULL) {
		tell_none(p, c);
	} else {
		run = run_open(place->dir, s->identity.id, &ignored);
		if (run)
			run_facts_load(f, run, s, false, place->runs,
			    place->dir, place->where);
		tell_run(p, c, s, f, twice);
		run_facts_release(f);
	}
	run_free(run);
	free(f);
	free(s);
}

static int
look_at_parts(struct parts *p, struct diag *d)
{
	struct json_walk w;
	struct text token;
	size_t shown = 0;
	int ret = 0;

	if (!json_is_array(json_member(p->root, "parts")))
		return damaged(p, "it is not as split writes it", d);
	json_walk_begin(&w, json_member(p->root, "parts"));
	while (ret == 0 && json_walk_next(&w, NULL, &token)) {
		struct cut_part c;

		if (diag_stopped(d))
			return -1;
		if (!take_part(token, &c))
			return damaged(
			    p, "a part is not as split writes it", d);
		p->number++;
		batch_sum_add(&p->sum, c.name);
		batch_sum_next(&p->sum, p->sum.count - 1);
		look_at_part(p, &c);
		if (p->sum.now->status != EXIT_GOOD && shown++ < SHOWN_MAX)
			ret = batch_sum_print(&p->sum, d);
	}
	return ret;
}

static int
begin(struct parts *p, const struct options *o, struct diag *d)
{
	const struct settings *s = &o->settings;
	struct buf path = BUF_INIT(0), url = BUF_INIT(4096);

	p->settings = s;
	p->folder = xstrdup(s->operands[0]);
	for (size_t n = strlen(p->folder); n > 1 && p->folder[n - 1] == '/';)
		p->folder[--n] = '\0';
	buf_addf(&path, "%s/" SPLIT_JSON, p->folder);
	p->path = buf_detach(&path);
	buf_init(&p->text, SPLIT_MAX);
	if (o->rows_outcome >= 0)
		return diag_set(d, DIAG_USAGE,
		    "--rows prints the records of one run, and '%s' is split",
		    p->folder);
	if (base_url_normalise(s->base_url, &url, d) < 0) {
		buf_release(&url);
		return -1;
	}
	p->base_url = buf_detach(&url);
	return read_split(p, d) < 0
		   ? -1
		   : part_runs_open(&p->places, s, &o->folders, d);
}

/* What is not right beyond the parts themselves, and what comes next. */
static int
finish(struct parts *p, struct diag *d)
{
	struct batch_sum *sum = &p->sum;
	struct accounts *a = &sum->accounts;
	struct buf hint = BUF_INIT(1 << 20);
	struct diag unbalanced = DIAG_INIT;
	int ret;

	a->may_leave_unread = p->not_done.len > 0;
	sum->at_least = exit_status_of_rows(&a->rows) == EXIT_BAD_ROWS
			    ? EXIT_BAD_ROWS
			    : EXIT_GOOD;
	if (p->not_done.len > 0) {
		sum->at_least = EXIT_SERVICE;
		sum->not_done = buf_str(&p->not_done);
		buf_addf(&hint, "\nnot done: %s\n", sum->not_done);
	}
	if (p->is_unbalanced)
		diag_set(&unbalanced, DIAG_INTERNAL,
		    "the runs have other rows than the parts in '%s'", p->path);
	if (p->is_unbalanced || accounts_check(a, &unbalanced) < 0)
		sum->at_least = EXIT_INTERNAL;
	ret = batch_sum_finish(sum, buf_str(&hint), d);
	if (ret == EXIT_INTERNAL && d->kind == DIAG_NONE) {
		*d = unbalanced;
		diag_code(d, "books.parts");
	}
	buf_release(&hint);
	return ret;
}

int
batch_report_split(const struct options *o, struct diag *d)
{
	struct parts p = {.folder = NULL};
	int ret = -1;

	batch_sum_begin(&p.sum, &o->settings, false, NULL);
	p.sum.noun = "part";
	if (begin(&p, o, d) == 0 && look_at_parts(&p, d) == 0)
		ret = finish(&p, d);
	batch_sum_release(&p.sum);
	part_runs_close(&p.places);
	buf_release(&p.not_done);
	buf_release(&p.text);
	free(p.path);
	free(p.folder);
	free(p.base_url);
	free(p.procedure);
	free(p.mapping);
	return ret;
}
