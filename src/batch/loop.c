/* SPDX-License-Identifier: MIT */
/*
 * One file after the other, each as if it were alone. What would fail for
 * every file is asked once, before the first; a file that another process has
 * gets a second turn at the end.
 */
#include "batch/batch.h"

#include "across.h"
#include "base/signals.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "http/retry.h"
#include "inbox.h"
#include "import/import.h"
#include "list.h"
#include "plan/plan.h"
#include "sum.h"
#include "system/fault.h"
#include "system/log.h"
#include "system/screen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct batch {
	const struct options *o;
	const char *mapping;
	bool is_dry;
	struct clock clock;
	struct batch_list list;
	struct batch_sum sum;
	size_t shown; /* diagnostics of the mapping */
	/* --unique-across; else not begun. */
	bool is_across;
	struct across across;
	struct rate_limit rate;
};

bool
batch_is_meant(const struct options *o)
{
	const struct settings *s = &o->settings;
	struct stat st;

	if (o->files_from || o->move_done || o->move_failed ||
	    o->quiet_for_ms != 0 || s->operand_count > 2)
		return true;
	return s->operand_count == 2 && stat(s->operands[1], &st) == 0 &&
	       S_ISDIR(st.st_mode);
}

/* The mapping's own mistakes are every file's. */
static int
look_at_mapping(struct batch *b, struct diag *d)
{
	const struct run_audience screen = {.metrics = NULL};
	struct plan p;
	int ret = plan_load_mapping(&p, b->mapping, &b->o->settings, d);

	if (ret != 0 && b->is_dry)
		check_tell_diagnostics(
		    &p, &b->o->settings, b->mapping, &screen, d);
	else
		show_diagnostics(&p, &b->o->settings, b->mapping, 0);
	b->shown = p.diagnostics.count;
	if (ret == 0 && b->is_across)
		ret = across_check(
		    b->mapping, p.mapping->unique_count, &b->list, d);
	plan_release(&p);
	return ret;
}

/* With -o each file has a folder of its own in it, by its name; of two files
 * with one name the later one's ends in its number. Owned. */
static char *
make_folder(const struct batch *b, size_t i, struct diag *d)
{
	const char *output = b->o->settings.output;
	const char *path = b->list.items[i].path;
	const char *name = batch_name(path);
	bool is_taken = false;
	struct buf out = BUF_INIT(0);

	if (output == NULL)
		return NULL;
	if (mkdir(output, S_IRWXU) != 0 && errno != EEXIST)
		diag_no_folder(d, errno, output);
	for (size_t k = 0; k < i && !is_taken; k++)
		is_taken = strcmp(batch_name(b->list.items[k].path), name) == 0;
	buf_addf(&out, "%s/%s", output, name);
	if (is_taken)
		buf_addf(&out, "-%zu", i + 1);
	return buf_detach(&out);
}

/* The engine, for this file alone. */
static int
work(struct batch *b, size_t i, struct diag *d)
{
	const char *const operands[] = {b->mapping, b->list.items[i].path};
	struct settings s = b->o->settings;
	struct run_audience audience = batch_sum_audience(&b->sum);
	const struct import_request r = {
	    .settings = &s,
	    .command = "import",
	    .mapping_path = operands[0],
	    .csv_path = operands[1],
	    .audience = &audience,
	    .keys = b->is_across ? across_keys(&b->across, i) : NULL,
	};
	char *folder = make_folder(b, i, d);
	int ret = -1;

	s.operands = operands;
	s.operand_count = 2;
	s.output = folder;
	audience.shown = b->shown;
	audience.rate = &b->rate;
	if (strcmp(operands[1], "-") != 0 && outputs_spare(operands[1], d))
		ret = -1;
	else if (d->kind == DIAG_NONE)
		ret = b->is_dry ? check_run(&r, d) : import_job_run(&r, d);
	free(folder);
	return ret;
}

/* Why the file is not to be touched now; false: it is. */
static bool
is_left(const struct batch *b, const struct batch_file *f, struct buf *why)
{
	struct stat st;

	if (f->is_found && lstat(f->path, &st) != 0 && errno == ENOENT) {
		buf_adds(why, "it was removed after the folder was read");
		return true;
	}
	return !inbox_is_quiet(
	    f, b->o->quiet_for_ms, b->clock.wall_ms(b->clock.ctx), why);
}

/* Owned; NULL: it is to be touched. */
static char *
why_left(void *ctx, size_t i)
{
	const struct batch *b = ctx;
	struct buf why = BUF_INIT(0);

	if (is_left(b, &b->list.items[i], &why))
		return buf_detach(&why);
	buf_release(&why);
	return NULL;
}

static void
move(struct batch *b, size_t i)
{
	struct diag own = DIAG_INIT;

	if (inbox_move(b->o, &b->list.items[i], b->sum.now, &own))
		batch_sum_fail(&b->sum, &own);
}

/* No row of it was sent, and none will be. */
static bool
was_dropped(const struct batch *b)
{
	const struct batch_item *x = b->sum.now;

	return x->run_id == NULL && !(b->is_dry && x->has_report) &&
	       (x->status == EXIT_USAGE || x->status == EXIT_INPUT ||
		   x->status == EXIT_BAD_ROWS);
}

static int
run_file(struct batch *b, size_t i, struct diag *d)
{
	struct batch_file *f = &b->list.items[i];
	struct diag own = DIAG_INIT;
	char *left;
	int status;

	batch_sum_next(&b->sum, i);
	/* What was not compared is left, also if it could be taken now. */
	left = b->is_across && b->across.files[i].left
		   ? xstrdup(b->across.files[i].left)
		   : why_left(b, i);
	if (left) {
		batch_sum_leave(&b->sum, left);
	} else {
		/* What is moved at the end is what was read. */
		f->has_stat = stat(f->path, &f->st) == 0;
		status = work(b, i, &own);
		batch_sum_end(&b->sum, status, &own);
		if (!b->is_across)
			move(b, i);
	}
	free(left);
	if (batch_sum_print(&b->sum, d))
		return -1;
	return b->is_across && was_dropped(b) ? across_drop(&b->across, i, d)
					      : 0;
}

/* With --unique-across a file stays until all have had their turn: a command
 * that is started again compares the same files. */
static int
move_compared(struct batch *b, struct diag *d)
{
	size_t *order = across_last_first(&b->across);
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < b->sum.count; i++) {
		b->sum.now = &b->sum.items[order[i]];
		move(b, order[i]);
		ret = batch_sum_print_move(&b->sum, d);
	}
	free(order);
	return ret;
}

/* Would the next file end in the same way? */
static bool
must_stop(int status)
{
	return status == EXIT_MAX_ERRORS || status == EXIT_SERVICE ||
	       status == EXIT_SIGNAL || status == EXIT_INTERNAL ||
	       signals_stop() != 0;
}

/* All of them in their order, or only those that another process had. */
static int
run_files(struct batch *b, int only_status, struct diag *d)
{
	for (size_t i = 0; i < b->sum.count; i++) {
		if (b->sum.items[i].status != only_status)
			continue;
		if (run_file(b, i, d))
			return -1;
		if (must_stop(b->sum.now->status))
			return 1;
	}
	return 0;
}

/* The command that imports what was checked, as far as it fits a line or
 * two. */
static void
add_import(const struct batch *b, struct buf *out)
{
	if (!batch_fits_line(b->o))
		return;
	buf_adds(out, "\nNext\n  ");
	shell_command(out, "import", settings_where(&b->o->settings));
	batch_add_operands(b->o, out);
	buf_addc(out, '\n');
}

/* What to do next, if there is one thing for all of them. */
static void
add_hint(const struct batch *b, struct buf *out)
{
	bool is_open = false, is_good = true;

	for (size_t i = 0; i < b->sum.count; i++) {
		int status = b->sum.items[i].status;

		is_good &= status == EXIT_GOOD;
		/* With both options it would be refused again: its own help
		 * says what to do. */
		is_open |=
		    status == -1 || status == EXIT_LOCKED ||
		    (status == EXIT_IMPORTED && !(b->o->settings.if_changed &&
						    b->o->settings.resume)) ||
		    (status >= 0 && must_stop(status));
	}
	if (b->is_dry && is_good)
		add_import(b, out);
	if (!b->is_dry && is_open)
		buf_adds(out, "\nThe same command with --if-changed --resume "
			      "continues where this one ended;\nwhat is "
			      "imported is not sent again.\n");
}

/* A folder that is empty on some night is all right; one that is to be checked
 * is probably another one than was meant. */
static int
check_any(const struct batch *b, struct diag *d)
{
	const struct settings *s = &b->o->settings;

	if (b->list.count > 0)
		return 0;
	if (!b->is_dry) {
		if (!s->quiet)
			log_note("note: no files to import\n");
		return 0;
	}
	if (b->o->files_from)
		return diag_set(
		    d, DIAG_INPUT, "'%s' names no file", b->o->files_from);
	diag_set(d, DIAG_INPUT, "the folder '%s' has no .csv or .tsv",
	    s->operands[1]);
	return diag_help(d, "name the file, or the folder that has it");
}

/* Who has it may still be stopped before the file has a run. */
static bool
is_any_in_use(const struct batch *b)
{
	for (size_t i = 0; i < b->sum.count; i++)
		if (b->sum.items[i].status == EXIT_LOCKED)
			return true;
	return false;
}

static int
run_all(struct batch *b, struct diag *d)
{
	const struct settings *s = &b->o->settings;
	struct buf hint = BUF_INIT(1 << 20);
	int ended;

	for (size_t i = 0; i < b->list.count; i++)
		batch_sum_add(&b->sum, b->list.items[i].path);
	if (b->list.twins > 0 && !s->quiet)
		log_note("note: %zu name%s repeated; each file is taken once\n",
		    b->list.twins, b->list.twins == 1 ? " is" : "s are");
	ended = run_files(b, -1, d);
	if (ended == 0)
		ended = run_files(b, EXIT_LOCKED, d);
	if (ended == 0 && b->is_across && !is_any_in_use(b))
		ended = move_compared(b, d);
	if (ended < 0)
		return -1;
	add_hint(b, &hint);
	ended = batch_sum_finish(&b->sum, buf_str(&hint), d);
	buf_release(&hint);
	if (signals_stop() && d->kind == DIAG_NONE)
		diag_set(d, DIAG_SIGNAL, "stopped by a signal");
	return ended;
}

static int
confine(const struct batch *b, struct diag *d)
{
	const char **paths = xcalloc(b->list.count + 1, sizeof(*paths));
	int ret;

	for (size_t i = 0; i < b->list.count; i++)
		paths[i] = b->list.items[i].path;
	ret = options_confine(b->o, paths, b->list.count, d);
	free(paths);
	return ret;
}

int
batch_run(const struct options *o, const struct run_audience *audience,
    struct diag *d)
{
	const struct settings *s = &o->settings;
	struct batch b = {
	    .o = o,
	    .mapping = s->operands[0],
	    .is_dry = s->command == COMMAND_CHECK || s->dry_run,
	    .is_across = s->unique_across,
	    .clock = FAULT_CLOCK(clock_system()),
	};
	int ret = -1;

	if (batch_list_make(&b.list, o, d) == 0 && check_any(&b, d) == 0 &&
	    inbox_ready(o, d) == 0 && confine(&b, d) == 0 &&
	    look_at_mapping(&b, d) == 0 &&
	    (b.is_dry || import_job_ready(s, d) == 0) &&
	    (!b.is_across || across_begin(&b.across, o, b.mapping, &b.list,
				 why_left, &b, d) == 0)) {
		batch_sum_begin(&b.sum, s, b.is_dry, audience->metrics);
		rate_limit_init(&b.rate, s->submit.rate_per_s,
		    s->submit.rate_share, b.clock.mono_ms(b.clock.ctx));
		ret = run_all(&b, d);
	}
	batch_sum_release(&b.sum);
	across_release(&b.across);
	batch_list_release(&b.list);
	return ret;
}
