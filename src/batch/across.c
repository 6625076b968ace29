/* SPDX-License-Identifier: MIT */
/*
 * Numbers in the verdicts: file i has the number i if rows of it were sent
 * before, else i after all of these, or after all others if it is held.
 */
#include "across.h"

#include "base/xalloc.h"
#include "build/builder.h"
#include "plan/reading.h"
#include "report/terminal.h"
#include "system/atomic_file.h"
#include "system/log.h"
#include "system/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
across_check(const char *mapping, size_t unique, const struct batch_list *l,
    struct diag *d)
{
	if (unique == 0) {
		diag_set(d, DIAG_USAGE,
		    "--unique-across compares unique fields, and the mapping "
		    "'%s' has none",
		    mapping);
		return diag_help(d, "write `unique: true` at a field, or omit "
				    "--unique-across");
	}
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->items[i].path, "-") == 0 ||
		    input_needs_spool(l->items[i].path)) {
			diag_set(d, DIAG_USAGE,
			    "--unique-across reads each file twice, and '%s' "
			    "can be read only once",
			    l->items[i].path);
			return diag_help(
			    d, "write it to a file, and name that");
		}
	return 0;
}

/* One comparison. */
struct pass {
	struct across *a;
	struct key_spool *spool;
	uint64_t bytes; /* that it may take on the disk */
};

/* A file's own error is told when its turn comes. */
static bool
is_own(const struct diag *why)
{
	return why->kind == DIAG_USAGE || why->kind == DIAG_INPUT;
}

static int
help_disk(const struct across *a, struct diag *d)
{
	if (d->kind == DIAG_DISK)
		diag_help(d, "%s",
		    a->folder ? "free some room in the runs folder, or name "
				"another one with --runs-dir"
			      : "free some room there, or name a folder on "
				"another disk with TMPDIR");
	return -1;
}

static int
open_spool(struct pass *s, struct plan *p, struct diag *d)
{
	const char *folder =
	    s->a->folder ? s->a->folder : keys_folder_default();
	const struct key_spool_options o = {
	    .folder = folder,
	    .names = s->a->names,
	};

	s->bytes +=
	    (p->survey.lines + 1) * p->mapping->unique_count * KEY_SPOOL_BYTES;
	if (disk_room_check(folder, s->bytes, "the unique keys", d))
		return -1;
	if (s->spool == NULL)
		s->spool = plan_spool_new(p, &o, d);
	return s->spool ? 0 : -1;
}

/* Does it have the rows that --expect-rows asks for? */
static bool
turns_out_held(struct across_file *f, const struct plan *p, uint64_t records)
{
	const struct settings *s = &p->settings;
	struct diag ignored = DIAG_INIT;

	if (s->limit > 0 && records > s->limit)
		records = s->limit;
	if (f->was_sent || f->is_held ||
	    expected_rows_check(
		&s->expect_rows, records, p->csv_name, &ignored) == 0)
		return false;
	f->is_held = true;
	return true;
}

/* Was it sent as it was when it was compared? Nobody knows of a dry run. */
static int
was_sent(const struct across *a, const struct across_file *f, struct diag *d)
{
	if (a->folder == NULL || f->input_key[0] == '\0')
		return 0;
	return f->was_sent ? 1
			   : import_was_sent(&a->o->settings, f->input_key, d);
}

/* A file that cannot be read: returns `ret`, or -1. What was sent of it when it
 * was compared before counts, and cannot be compared any more. */
static int
leave_out(
    struct across *a, size_t i, int ret, const struct diag *why, struct diag *d)
{
	struct across_file *f = &a->files[i];
	int sent = 0;

	if (!is_own(why)) {
		*d = *why;
		return -1;
	}
	sent = was_sent(a, f, d);
	if (sent > 0) {
		diag_set(d, DIAG_INPUT,
		    "'%s', whose unique keys are to be compared again, was "
		    "sent and is gone or changed since",
		    a->list->items[i].path);
		diag_code(d, "input.changed");
		diag_help(d, "run this command again when no other command "
			     "moves the files");
	}
	f->is_out = true;
	f->run_key[0] = '\0';
	return sent == 0 ? ret : -1;
}

/* -1: it is another file than it was when it was compared before. */
static int
take_look(struct across *a, size_t i, const struct import_outlook *look,
    struct diag *why)
{
	struct across_file *f = &a->files[i];
	size_t count = a->list->count;

	if (f->input_key[0] != '\0' &&
	    strcmp(f->input_key, look->input_key) != 0)
		return diag_set(why, DIAG_INPUT, "it changed");
	f->was_sent = look->was_sent;
	f->is_held |= look->is_held && !look->was_sent;
	if (f->was_sent)
		f->number = i;
	else
		f->number = (f->is_held ? 2 * count : count) + i;
	memcpy(f->run_key, look->run_key, sizeof(f->run_key));
	memcpy(f->input_key, look->input_key, sizeof(f->input_key));
	return 0;
}

static int
collect_keys(struct pass *s, struct plan *p, uint64_t number, uint64_t *records,
    struct diag *d)
{
	struct meter *meter = settings_meter(&s->a->o->settings);
	int failed;

	(void)meter_phase(meter, "reading keys");
	failed = plan_collect_keys(p, NULL, s->spool, number, records, d);
	(void)meter_phase(meter, NULL);
	return failed;
}

/* 0 = its keys are in the spool; 1 = the file is out; 2 = it is out, and a part
 * of its keys are in the spool; 3 = all of them, with the wrong number; -1. */
static int
collect(struct pass *s, size_t i, struct diag *d)
{
	struct across *a = s->a;
	struct across_file *f = &a->files[i];
	const struct import_request r = {
	    .settings = &a->o->settings,
	    .mapping_path = a->mapping,
	    .csv_path = a->list->items[i].path,
	};
	struct import_outlook look;
	struct diag why = DIAG_INIT;
	struct plan p;
	uint64_t records;
	int ret = 0;

	progress_begin_ahead(a->o->settings.view, i + 1, a->list->count);
	if (import_look(&r, &p, &look, &why) != 0 ||
	    take_look(a, i, &look, &why) != 0)
		ret = 1;
	else if (open_spool(s, &p, d) != 0)
		ret = -1;
	else if (collect_keys(s, &p, f->number, &records, &why) != 0)
		ret = 2;
	else if (turns_out_held(f, &p, records))
		ret = 3;
	plan_release(&p);
	import_outlook_release(&look);
	return ret == 1 || ret == 2 ? leave_out(a, i, ret, &why, d) : ret;
}

/* 0, -1, or more: to be done again. */
static int
compare_once(struct across *a, struct diag *d)
{
	struct pass s = {.a = a};
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < a->list->count; i++)
		if (!a->files[i].is_out) {
			ret = collect(&s, i, d);
			ret = ret == 1 ? 0 : ret;
		}
	if (ret == 0 && s.spool) {
		a->verdicts = key_spool_settle(s.spool, d);
		ret = a->verdicts ? 0 : -1;
	}
	key_spool_free(s.spool);
	return ret;
}

static int
compare(struct across *a, struct diag *d)
{
	int ret;

	key_verdicts_free(a->verdicts);
	a->verdicts = NULL;
	do
		ret = compare_once(a, d);
	while (ret > 0);
	for (size_t i = 0; i < a->list->count; i++) {
		struct across_file *f = &a->files[i];

		f->keys = (struct shared_keys){
		    .verdicts = a->verdicts,
		    .file = f->number,
		    .was_sent = f->was_sent,
		    .run_key = f->run_key,
		    .next = a->next,
		};
	}
	return ret == 0 ? 0 : help_disk(a, d);
}

static int
find_folder(struct across *a, struct diag *d)
{
	const struct settings *s = &a->o->settings;

	if (s->command == COMMAND_CHECK || s->dry_run)
		return 0;
	a->folder = runs_dir_own(s->runs_dir, d);
	return a->folder ? runs_dir_make(a->folder, d) : -1;
}

/* Alone a file would be judged otherwise. */
static char *
make_next(const struct options *o)
{
	const struct settings *s = &o->settings;
	struct buf out = BUF_INIT(0);

	if (batch_fits_line(o)) {
		/* It has no runs. */
		shell_command(&out, "check -o",
		    (struct shell_where){.profile = settings_where(s).profile});
		shell_add(&out, s->output ? s->output : "out");
		batch_add_operands(o, &out);
	}
	return buf_detach(&out);
}

int
across_begin(struct across *a, const struct options *o, const char *mapping,
    const struct batch_list *l, char *(*left)(void *ctx, size_t i), void *ctx,
    struct diag *d)
{
	size_t count = l->count;

	*a = (struct across){.o = o, .mapping = mapping, .list = l};
	a->files = xcalloc(count + 1, sizeof(*a->files));
	a->names = xcalloc(3 * count + 1, sizeof(*a->names));
	for (size_t i = 0; i < count; i++) {
		a->names[i] = a->names[count + i] = a->names[2 * count + i] =
		    l->items[i].path;
		a->files[i].left = left(ctx, i);
		a->files[i].is_out = a->files[i].left != NULL;
	}
	a->next = make_next(o);
	if (find_folder(a, d))
		return -1;
	if (!o->settings.quiet)
		log_note(
		    "reading the unique keys of %zu file%s, to compare them\n",
		    count, count == 1 ? "" : "s");
	return compare(a, d);
}

void
across_release(struct across *a)
{
	for (size_t i = 0; a->files && i < a->list->count; i++)
		free(a->files[i].left);
	key_verdicts_free(a->verdicts);
	free(a->files);
	free(a->names);
	free(a->folder);
	free(a->next);
}

const struct shared_keys *
across_keys(const struct across *a, size_t i)
{
	return &a->files[i].keys;
}

struct turn {
	size_t number, at;
};

static int
by_number(const void *a, const void *b)
{
	size_t x = ((const struct turn *)a)->number;
	size_t y = ((const struct turn *)b)->number;

	return x < y ? 1 : x > y ? -1 : 0;
}

size_t *
across_last_first(const struct across *a)
{
	size_t count = a->list->count;
	struct turn *turns = xcalloc(count + 1, sizeof(*turns));
	size_t *order = xcalloc(count + 1, sizeof(*order));

	for (size_t i = 0; i < count; i++)
		turns[i] = (struct turn){a->files[i].number, i};
	qsort(turns, count, sizeof(*turns), by_number);
	for (size_t i = 0; i < count; i++)
		order[i] = turns[i].at;
	free(turns);
	return order;
}

int
across_drop(struct across *a, size_t i, struct diag *d)
{
	struct across_file *f = &a->files[i];
	int refer, sent;

	if (f->is_out || f->is_held)
		return 0;
	sent = was_sent(a, f, d);
	if (sent != 0)
		return sent < 0 ? -1 : 0;
	f->is_out = true;
	f->run_key[0] = '\0';
	refer = key_verdicts_refer(a->verdicts, f->number, d);
	if (refer <= 0)
		return refer;
	if (!a->o->settings.quiet)
		log_note(
		    "note: '%s' was not imported: reading the unique keys of "
		    "the other files again, to compare them without it\n",
		    a->list->items[i].path);
	return compare(a, d);
}
