/* SPDX-License-Identifier: MIT */
/*
 * prune: removes settled runs, those that are named or those that are old
 * enough. It asks for one of the two: a bare `prune` that removes everything
 * would be typed once. A run whose retry is not settled is kept, because the
 * retry looks its rows up there.
 */
#include "base/json_write.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "command.h"
#include "import/import.h"
#include "runs/run.h"
#include "system/fault.h"
#include "system/screen.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct prune {
	const struct options *options;
	char *dir;
	struct prune_request request;
	struct run_list *runs;
	struct buf out;
	uint64_t bytes, pruned, kept;
	struct diag first; /* why the first named one was kept */
};

static bool
is_settled(const struct run_summary *s)
{
	return strcmp(s->state, "pruned") == 0 ||
	       strcmp(s->state, "empty") == 0 ||
	       (strcmp(s->state, "finished") == 0 &&
		   strcmp(s->verdict, "exit 6") != 0);
}

static int
find_unsettled(void *ctx, const struct run_summary *s)
{
	if (is_settled(s))
		return 0;
	memcpy(ctx, s->identity.id, sizeof(s->identity.id));
	return 1;
}

/* Into `retry`, of a run's own size; "" = there is none. */
static void
unsettled_retry(const struct prune *p, const char *id, char *retry)
{
	const struct run_filter retries = {.parent = id};

	retry[0] = '\0';
	(void)run_list_each(p->runs, &retries, find_unsettled, retry);
}

static void
say_text(struct prune *p, const char *id, const struct prune_result *r)
{
	char bytes[32];

	buf_addf(&p->out, "%-8s ",
	    !r->pruned && !r->was_pruned ? "kept"
	    : p->request.dry_run	 ? "to prune"
					 : "pruned");
	text_display(&p->out, text_of(id), 0);
	if (r->why[0] != '\0')
		buf_addf(&p->out, "  %s", r->why);
	else if (r->was_pruned && r->files == 0)
		buf_adds(&p->out, "  it was pruned before");
	else
		buf_addf(&p->out, "  %s bytes in %" PRIu64 " files",
		    text_count(r->bytes, bytes), r->files);
	if (r->left > 0)
		buf_addf(&p->out, "; %" PRIu64 " left%s", r->left,
		    r->has_no_list
			? ": report.json, which lists what csv2chakra wrote, "
			  "cannot be read"
			: " that csv2chakra did not write, or that were "
			  "changed since");
	buf_addc(&p->out, '\n');
}

static void
say_json(struct prune *p, const char *id, const struct prune_result *r)
{
	struct buf *out = &p->out;

	json_object(out, NULL);
	json_string(out, "id", id);
	json_bool(out, "pruned", r->pruned || r->was_pruned);
	json_uint(out, "files", r->files);
	json_uint(out, "bytes", r->bytes);
	json_uint(out, "left", r->left);
	json_string(out, "reason", r->why[0] != '\0' ? r->why : NULL);
	json_end_object(out);
}

static void
say(struct prune *p, const char *id, const struct prune_result *r)
{
	bool gone = r->pruned || r->was_pruned;

	p->pruned += gone;
	p->kept += !gone;
	p->bytes += r->bytes;
	if (p->options->settings.format == FORMAT_JSON)
		say_json(p, id, r);
	else if (!p->options->settings.quiet || !gone)
		say_text(p, id, r);
}

/* A named run that is kept is an error; the others are still tried. */
static void
blame(struct prune *p, const char *id, const struct prune_result *r)
{
	char word[SHELL_WORD_SIZE];

	if (r->pruned || r->was_pruned || p->first.kind != DIAG_NONE)
		return;
	diag_set(&p->first, DIAG_USAGE, "run '%s' is kept: %s", id, r->why);
	shell_word(id, word);
	if (strstr(r->why, "--after-damage"))
		diag_help(
		    &p->first, "csv2chakra resume --after-damage %s", word);
	else if (strstr(r->why, "resume it"))
		diag_help(&p->first, "csv2chakra resume %s", word);
	else if (strstr(r->why, "reconcile it"))
		diag_help(&p->first, "csv2chakra reconcile %s", word);
}

static int
prune_one(struct prune *p, const struct run *run, bool named, struct diag *d)
{
	const char *id = run_identity(run)->id;
	char retry[sizeof(run_identity(run)->id)];
	struct prune_request q = p->request;
	struct prune_result r = {0};

	unsettled_retry(p, id, retry);
	q.superseded = guard_is_superseded(p->runs, run_identity(run));
	if (retry[0] != '\0')
		snprintf(r.why, sizeof(r.why),
		    "run %s, which retries it or takes it back, is not settled",
		    retry);
	else if (run_prune(run, p->dir, &q, &r, d))
		return -1;
	/* Among all, those that are too young or gone are not worth a line. */
	if (!named && (r.too_young || (r.was_pruned && r.files == 0)))
		return 0;
	say(p, id, &r);
	if (named)
		blame(p, id, &r);
	return 0;
}

/* *d says why its run.json cannot be read. */
static int
prune_unreadable(struct prune *p, const char *id, struct diag *d)
{
	struct prune_result r;

	if (run_prune_unreadable(p->dir, id, p->request.dry_run, &r, d))
		return -1;
	say(p, id, &r);
	blame(p, id, &r);
	return 0;
}

static int
prune_named(struct prune *p, struct diag *d)
{
	for (size_t i = 0; i < p->options->settings.operand_count; i++) {
		const char *name = p->options->settings.operands[i];
		struct run *run = run_open(p->dir, name, d);
		int failed = run ? prune_one(p, run, true, d)
			     : strcmp(d->code, "run.damaged") == 0
				 ? prune_unreadable(p, name, d)
				 : -1;

		run_free(run);
		if (failed)
			return -1;
	}
	return 0;
}

static int
say_damaged(void *ctx, const struct run_summary *s)
{
	static const struct prune_result damaged = {
	    .why = "its run.json cannot be read"};

	say(ctx, s->identity.id, &damaged);
	return 0;
}

static int
prune_all(struct prune *p, struct diag *d)
{
	size_t count;
	const struct run_entry *entries = run_list_entries(p->runs, &count);

	for (size_t i = 0; i < count; i++) {
		const struct run_filter one = {.name = entries[i].name};
		struct diag ignored = DIAG_INIT;
		struct run *run = NULL;
		int failed = 0;

		if (run_list_has_nothing_to_prune(
			p->runs, &entries[i], &p->request))
			continue;
		if (entries[i].is_known)
			run = run_open(p->dir, entries[i].name, &ignored);
		if (run)
			failed = prune_one(p, run, false, d);
		else
			(void)run_list_each(p->runs, &one, say_damaged, p);
		run_free(run);
		if (failed)
			return -1;
	}
	return 0;
}

static int
print(struct prune *p, struct diag *d)
{
	char bytes[32];

	if (p->options->settings.format == FORMAT_JSON) {
		json_end_array(&p->out);
		json_uint(&p->out, "pruned", p->pruned);
		json_uint(&p->out, "kept", p->kept);
		json_uint(&p->out, "bytes", p->bytes);
		json_end_object(&p->out);
		buf_addc(&p->out, '\n');
		return command_answer(&p->out, true, d);
	}
	if (!p->options->settings.quiet)
		buf_addf(&p->out,
		    "%" PRIu64 " %s, %s bytes %s; %" PRIu64 " kept\n",
		    p->pruned,
		    p->request.dry_run ? "would be pruned" : "pruned",
		    text_count(p->bytes, bytes),
		    p->request.dry_run ? "in them" : "freed", p->kept);
	return p->out.len > 0 ? command_answer(&p->out, false, d) : 0;
}

static int
run_prune_command(struct options *o, struct diag *d)
{
	struct clock clock = FAULT_CLOCK(clock_system());
	struct prune p = {.options = o};
	struct diag printing = DIAG_INIT;
	int failed;

	if (o->settings.operand_count == 0 &&
	    !settings_given(&o->settings, "older-than")) {
		diag_set(d, DIAG_USAGE, "which runs?");
		return diag_help(d, "name them, or use --older-than 90d");
	}
	p.dir = runs_dir_own(o->settings.runs_dir, d);
	if (p.dir == NULL)
		return -1;
	p.request = (struct prune_request){
	    .now_ms = clock.wall_ms(clock.ctx),
	    .older_than_ms = o->older_than_ms,
	    .dry_run = o->settings.dry_run,
	};
	buf_init(&p.out, 0);
	if (o->settings.format == FORMAT_JSON) {
		json_object(&p.out, NULL);
		json_string(&p.out, "schema", "csv2chakra.prune/1");
		if (p.request.dry_run)
			json_bool(&p.out, "dry_run", true);
		json_array(&p.out, "runs");
	}
	if (!p.request.dry_run)
		runs_sweep(p.dir, p.request.now_ms);
	p.runs = run_list_read(p.dir, d);
	failed = p.runs == NULL ||
		 (o->settings.operand_count > 0 ? prune_named(&p, d)
						: prune_all(&p, d));
	if (!p.request.dry_run)
		p.bytes += runs_sweep_tables(p.dir, p.request.now_ms);
	/* What was done is printed, even if something stopped it. */
	if (print(&p, &printing) && !failed) {
		*d = printing;
		failed = 1;
	}
	if (!failed && p.first.kind != DIAG_NONE) {
		*d = p.first;
		failed = 1;
	}
	buf_release(&p.out);
	run_list_free(p.runs);
	free(p.dir);
	return failed ? -1 : EXIT_GOOD;
}

const struct command command_prune = {
    .id = COMMAND_PRUNE,
    .name = "prune",
    .operands = "[RUN]...",
    .operands_max = SIZE_MAX,
    .summary = "remove settled runs",
    .details = "Removes the ledger and the files of runs that ended without "
	       "unknown rows. run.json and pruned.json stay: the guard "
	       "against a double import needs them. A run that is running, "
	       "that stopped, or that has unknown rows is kept. A run whose "
	       "ledger is missing or damaged, whose rows are still unknown "
	       "after a reconcile, or whose books do not balance is removed "
	       "only if it is named.",
    .examples = {{"prune --older-than 90d", "runs that ended long ago"},
	{"prune 20260401T020000Z-leads-3fa9c1", "this one"}},
    .run = run_prune_command,
};
