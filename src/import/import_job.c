/* SPDX-License-Identifier: MIT */
/*
 * What must hold before anything is sent comes first, in the order in which
 * it is cheapest to know: token and address, mapping, input, lock, the guard
 * against a second import; then the run folder, the sending, the books.
 */
#include "answer.h"
#include "base/xalloc.h"
#include "changes.h"
#include "grown.h"
#include "guard.h"
#include "import/import.h"
#include "input/input.h"
#include "plan/part.h"
#include "plan/reading.h"
#include "plan/plan.h"
#include "retry_columns.h"
#include "retry_gate.h"
#include "readiness.h"
#include "run_reopen.h"
#include "run_settings.h"
#include "session.h"
#include "shared_keys.h"
#include "system/atomic_file.h"
#include "system/fault.h"
#include "system/log.h"
#include "system/screen.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct import {
	struct session s;
	const struct import_request *request;
	const char *mapping_path, *csv_path;
	struct grown grown;	      /* until the sending begins */
	struct retry_match *gate;     /* a retry's; owned */
	struct run_lock *family_lock; /* a retry's */
	struct retry_keys keys;	      /* a retry's */
	struct run_changes *changes;  /* of --changes; owned */
	char *own_mapping, *own_csv;  /* owned; of a way back */
	char *stdin_path;    /* owned; the file that standard input is */
	char *spool;	     /* owned; NULL once a run took it over */
	char resume_id[128]; /* --resume: the run to go on with */
};

/* A pipe is read to its end into a file of ours before anything else. */
static int
spool_if_needed(struct import *i, struct diag *d)
{
	struct input_limits limits = settings_limits(&i->s.settings);
	struct buf path = BUF_INIT(PATH_MAX);

	if (!input_needs_spool(i->csv_path) &&
	    (strcmp(i->csv_path, "-") != 0 ||
		(i->stdin_path = stdin_file()) != NULL)) {
		if (i->stdin_path)
			i->csv_path = i->stdin_path;
		return 0;
	}
	if (runs_dir_make(i->s.runs_dir, d))
		return -1;
	buf_addf(&path, "%s/.spool-%016llx", i->s.runs_dir,
	    (unsigned long long)i->s.clock.random(i->s.clock.ctx));
	i->spool = buf_detach(&path);
	return spool_input(i->csv_path, i->spool, &limits, d);
}

/* A retry with its parent's mapping reads it as the parent did. */
static int
payload_version(const struct import *i)
{
	return i->request->mapping_is_stored
		   ? run_identity(i->request->parent)->payload_version
		   : RUN_PAYLOAD_VERSION;
}

static int
make_plan(struct import *i, struct diag *d)
{
	struct plan_request r = {
	    .settings = &i->s.settings,
	    .mapping_path = i->mapping_path,
	    .mapping_is_stored = i->request->mapping_is_stored,
	    .payload_version = payload_version(i),
	    .is_to_fix = i->request->input != RETRY_REJECTED,
	    .csv_path = i->spool ? i->spool : i->csv_path,
	    .csv_name = i->spool ? "<stdin>" : i->csv_path,
	    .must_survey = true,
	    .looks_at_text = true,
	    .keys_folder = i->s.runs_dir,
	};
	int failed;

	if (i->request->parent == NULL) {
		if (grown_begin(&i->grown, i->s.runs_dir, d))
			return -1;
		r.marks = &i->grown.marks;
	}
	failed = plan_make(&i->s.plan, &r, d);
	show_diagnostics(
	    &i->s.plan, &i->s.settings, i->mapping_path, i->s.audience.shown);
	if (failed)
		return -1;
	i->s.settings = i->s.plan.settings;
	if (plan_check_guess(&i->s.plan, d) ||
	    (i->request->keys &&
		shared_keys_use(i->request->keys, &i->s.plan, d)))
		return -1;
	return grown_settle_after(&i->grown, &i->s.plan, &i->s.settings, d);
}

/* The path without symlinks, or as it was given. */
static void
set_real_path(char out[RUN_PATH_SIZE], const char *path)
{
	char *real = realpath(path, NULL);

	snprintf(out, RUN_PATH_SIZE, "%s", real ? real : path);
	free(real);
}

static void
set_identity(const struct import *i, struct run_identity *id)
{
	const struct plan *p = &i->s.plan;

	plan_identify(p, id);
	if (i->spool)
		snprintf(id->input_path, sizeof(id->input_path), "<stdin>");
	else
		set_real_path(id->input_path, i->csv_path);
	set_real_path(id->mapping_path, i->mapping_path);
	if (i->request->parent)
		snprintf(id->parent, sizeof(id->parent), "%s",
		    run_identity(i->request->parent)->id);
	id->payload_version = payload_version(i) - FAULT("run.older");
	import_run_key(p, id->payload_version, id->run_key);
}

/* The spooled input becomes the run's own file. */
static int
take_over_spool(struct import *i, struct diag *d)
{
	char *to;
	int failed;

	if (i->spool == NULL)
		return 0;
	to = run_path(i->s.run, "input");
	failed = rename(i->spool, to);
	if (failed && errno == EXDEV) {
		failed = atomic_copy(i->spool, to, d);
		if (!failed)
			(void)unlink(i->spool);
	} else if (failed) {
		diag_set_errno(d, DIAG_DISK, errno,
		    "unable to move the input to '%s'", to);
	}
	if (failed) {
		free(to);
		return -1;
	}
	free(i->spool);
	i->spool = NULL;
	free(i->s.plan.csv_path);
	i->s.plan.csv_path = to;
	input_moved(i->s.plan.input, to);
	return 0;
}

/* What the ledger begins with: whose it is, and how the run was meant. */
static int
fill_ledger(void *ctx, struct ledger *l, struct diag *d)
{
	struct import *i = ctx;
	int failed;

	if (ledger_set(l, META_RUN_ID, run_identity(i->s.run)->id, d) ||
	    ledger_set(l, RUN_INPUT_KEY, i->s.plan.input_key, d) ||
	    ledger_set(l, RUN_PARENT, run_identity(i->s.run)->parent, d) ||
	    ledger_set(l, META_MAPPING_FILE, i->mapping_path, d) ||
	    run_sums_store(l, i->s.run, d) ||
	    run_settings_store(l, &i->s.settings, &i->s.plan, d) ||
	    run_limits_add(l, i->s.settings.limit, d) ||
	    ledger_set_number(
		l, META_AFTER, i->s.plan.chunker_options.imported_end, d) ||
	    ledger_set_number(l, META_TO_FIX, i->request->input, d))
		return -1;
	i->s.ledger = l;
	failed = session_begin(&i->s, i->request->command, d);
	i->s.ledger = NULL;
	return failed;
}

static int
open_ledger(struct import *i, struct diag *d)
{
	char *path = run_path(i->s.run, "ledger.sqlite");

	i->s.ledger = ledger_create_filled(path, fill_ledger, i, d);
	free(path);
	return i->s.ledger ? 0 : -1;
}

/* A run goes on with the tables that it began with. */
static int
keep_tables(const struct import *i, struct diag *d)
{
	const struct mapping *m = i->s.plan.mapping;

	for (size_t n = 0; n < m->lookup_file_count; n++)
		if (run_keep_table(i->s.run, i->s.runs_dir, n + 1,
			m->lookup_files[n].path, m->lookup_files[n].sha256,
			&i->s.clock, d) != 0)
			return -1;
	return 0;
}

static int
create_run(struct import *i, struct diag *d)
{
	struct run_identity id;
	char *path;
	int failed;

	set_identity(i, &id);
	i->s.run = run_create(i->s.runs_dir, i->spool ? "-" : i->csv_path, &id,
	    i->s.plan.mapping->bytes, &i->s.clock, d);
	/* Once more: of a part and its whole that start at once, each sees the
	 * run of the other now. */
	if (i->s.run == NULL || run_lock_check(i->s.lock, d) ||
	    guard_check_split(i->s.runs_dir, &i->s.plan, &i->s.settings, d) ||
	    keep_tables(i, d) || shared_keys_keep(i->s.run, &i->s.plan, d) ||
	    take_over_spool(i, d))
		return -1;
	path = run_path(i->s.run, RUN_SUMS);
	failed = block_sums_write(i->s.plan.sums, path, d);
	free(path);
	if (!failed && i->changes)
		failed = run_changes_keep(i->changes, i->s.run, d);
	if (!failed && i->s.plan.part) {
		path = run_path(i->s.run, RUN_ROWS);
		failed = part_copy(i->s.plan.part, path, d);
		free(path);
	}
	return failed ? -1 : open_ledger(i, d);
}

/* The answer of an import that has nothing to do. */
static int
nothing_to_do(const struct import *i, const char *why, const char *name,
    const char *run_id, struct diag *d)
{
	struct buf words = BUF_INIT(8192);
	struct run_answer answer = {.run_id = run_id};
	int failed;

	buf_addf(&words, "%s %s", why, name);
	answer.words = buf_str(&words);
	failed = answer_nothing(&i->s.audience, &answer, &i->s.settings, d);
	buf_release(&words);
	return failed ? -1 : EXIT_GOOD;
}

/* Imported before, and not settled: a schedule must not go quiet over it. */
static int
still_unknown(
    const struct import *i, const struct guard_find *found, struct diag *d)
{
	const char *run_id = found->run.identity.id;
	struct buf next = BUF_INIT(8192), words = BUF_INIT(8192);
	struct run_answer answer = {.run_id = run_id, .is_unknown = true};
	int failed;

	shell_command(&next, "reconcile", settings_where(&i->s.settings));
	shell_add(&next, run_id);
	buf_addf(
	    &words, "rows of run %s are unknown, and nothing was sent", run_id);
	answer.words = buf_str(&words);
	answer.next = buf_str(&next);
	failed = answer_nothing(&i->s.audience, &answer, &i->s.settings, d);
	buf_release(&next);
	buf_release(&words);
	return failed ? -1 : EXIT_UNKNOWN;
}

/* An earlier run of this input: what the options say of it. *goes_on: there
 * is none, or --again. */
static int
meet_earlier(struct import *i, bool *goes_on, struct diag *d)
{
	struct session *s = &i->s;
	const struct settings *o = &s->settings;
	struct guard_find found;

	*goes_on = false;
	if (guard_look(s->runs_dir, &s->plan, &found, d))
		return -1;
	if (guard_check_in_use(&found, d))
		return -1;
	if (guard_check_split(s->runs_dir, &s->plan, o, d))
		return -1;
	if (!found.has_found && !o->again && !o->submit.skip_existing &&
	    i->request->parent == NULL && s->plan.part == NULL &&
	    grown_check(&i->grown, &s->plan, o, d))
		return -1;
	if (!found.has_found || o->again) {
		*goes_on = true;
		return shared_keys_check(
		    i->request->keys, found.has_found, s->plan.csv_name, d);
	}
	if (o->resume && guard_is_stopped(&found)) {
		snprintf(i->resume_id, sizeof(i->resume_id), "%s",
		    found.run.identity.id);
		return 0;
	}
	if (o->if_changed && guard_is_over(&found) &&
	    strcmp(found.run.verdict, "exit 6") == 0)
		return still_unknown(i, &found, d);
	if (o->if_changed && guard_is_over(&found))
		return nothing_to_do(i, "imported before, by run",
		    found.run.identity.id, found.run.identity.id, d);
	return guard_refuse(&found, o, d);
}

static int
show_rejected(const struct import *i, struct diag *d)
{
	const struct session *s = &i->s;
	const struct import_request r = {
	    .settings = &s->settings,
	    .mapping_path = i->mapping_path,
	    .csv_path = s->plan.csv_path,
	    .audience = &s->audience,
	    .keys = i->request->keys,
	};

	return check_run(&r, d);
}

static int
send_new(struct import *i, struct diag *d)
{
	struct session *s = &i->s;
	int got;

	if (plan_keys_bytes(&s->plan) > 0 &&
	    (session_check_ready(s, s->runs_dir, true, d) ||
		reading_settle_keys(s->reading, d)))
		return -1;
	got = readiness_look_ahead(&s->plan, &s->settings, d);
	if (got < 0)
		return -1;
	if (got > 0) {
		if (!s->settings.quiet)
			log_words(LOG_NOTE,
			    "csv2chakra: nothing was sent (--all-or-nothing); "
			    "this is what would be rejected:\n");
		return show_rejected(i, d);
	}
	got = send_loop_prime(&s->loop, d);
	if (got < 0)
		return -1;
	if (got == 0)
		return nothing_to_do(i, "no rows after the header of",
		    s->plan.csv_name, NULL, d);
	if (diag_stopped(d) || session_check_ready(s, s->runs_dir, true, d) ||
	    create_run(i, d))
		return -1;
	session_make_submitter(s);
	return session_finish(s, d);
}

/* Which rows may be sent: of a retry (and what `meta:` means for them), and of
 * a list of changes. */
static int
open_gate(struct import *i, struct diag *d)
{
	const struct import_request *r = i->request;
	struct plan *p = &i->s.plan;

	if (i->s.settings.changes != NULL) {
		i->changes = run_changes_open(i->s.settings.changes, p, d);
		i->s.changes = i->changes;
		return i->changes == NULL ? -1
					  : run_changes_check(i->changes, p, d);
	}
	if (r->parent == NULL)
		return 0;
	if (retry_gate_lock(
		i->s.runs_dir, r->parent, p->input_key, &i->family_lock, d))
		return -1;
	plan_set_parent(p, run_identity(r->parent));
	if (r->input != RETRY_REJECTED &&
	    retry_columns_place(p, i->s.runs_dir, r->parent, d))
		return -1;
	i->gate =
	    retry_gate_open(i->s.runs_dir, r->parent, NULL, p, r->input, d);
	if (i->gate == NULL)
		return -1;
	p->chunker_options.gate = retry_match_gate(i->gate);
	return r->parent_keys ? retry_keys_share(&i->keys, r->parent_keys, p, d)
			      : 0;
}

/* The way back of a run has them in its folder. */
static int
take_operands(struct import *i, struct diag *d)
{
	if (i->mapping_path != NULL)
		return 0;
	if (run_changes_operands(
		i->s.settings.changes, &i->own_mapping, &i->own_csv, d))
		return -1;
	i->mapping_path = i->own_mapping;
	i->csv_path = i->own_csv;
	return 0;
}

static int
import_with(struct import *i, struct diag *d)
{
	struct session *s = &i->s;
	bool goes_on;
	int status;

	if (guard_check_options(&s->settings, d) || take_operands(i, d) ||
	    session_open_transport(s, s->settings.base_url, d) ||
	    spool_if_needed(i, d) || make_plan(i, d))
		return -1;
	if (guard_check_skipping(
		&s->settings, s->plan.mapping, i->mapping_path, d))
		return -1;
	if (open_gate(i, d) || session_prepare(s, d))
		return -1;
	s->lock = run_lock_take(s->runs_dir, s->plan.input_key, d);
	if (s->lock == NULL)
		return -1;
	status = meet_earlier(i, &goes_on, d);
	grown_release(&i->grown);
	return status || !goes_on ? status : send_new(i, d);
}

int
import_job_ready(const struct settings *settings, struct diag *d)
{
	struct session s;
	int ret = -1;

	if (session_init(&s, settings, d) == 0 &&
	    guard_check_options(settings, d) == 0)
		ret = session_open_transport(&s, settings->base_url, d);
	session_release(&s);
	return ret;
}

int
import_job_run(const struct import_request *request, struct diag *d)
{
	struct import i = {
	    .request = request,
	    .mapping_path = request->mapping_path,
	    .csv_path = request->csv_path,
	};
	int status = -1;

	if (session_init(&i.s, request->settings, d) == 0) {
		i.s.audience = *request->audience;
		status = import_with(&i, d);
	}
	grown_release(&i.grown);
	session_release(&i.s);
	run_lock_release(i.family_lock);
	retry_match_free(i.gate);
	run_changes_free(i.changes);
	retry_keys_release(&i.keys);
	if (i.spool)
		unlink(i.spool); /* no run took it over */
	if (status == 0 && i.resume_id[0]) {
		struct again_request again = {
		    .settings = request->settings,
		    .run = i.resume_id,
		    .csv = i.spool ? NULL : i.csv_path,
		    .audience = request->audience,
		};

		status = resume_run(&again, d);
	}
	free(i.spool);
	free(i.stdin_path);
	free(i.own_mapping);
	free(i.own_csv);
	return status;
}
