/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

/*
 * import: the main job. What must hold before anything is sent comes first,
 * in the order in which it is cheapest to know: token and address, mapping,
 * input, lock, the guard against a second import; then the run folder, the
 * sending, the books.
 */

#include "base/clock.h"
#include "base/log.h"
#include "base/signals.h"
#include "base/xalloc.h"
#include "cli/answer.h"
#include "cli/guard.h"
#include "cli/pipeline.h"
#include "cli/run_books.h"
#include "cli/run_settings.h"
#include "cli/send_loop.h"
#include "cli/show.h"
#include "cli/token.h"
#include "ledger/run.h"
#include "report/progress.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct import {
	struct options *options;
	struct clock clock;
	const char *mapping_path, *csv_path;
	char *runs_dir, *spool;
	struct pipeline pipeline;
	struct transport transport;
	bool has_transport;
	struct run_lock *lock;
	struct run *run;
	struct ledger *ledger;
	struct submitter *submitter;
	struct progress *progress;
	struct send_loop loop;
	char key_name[256];
};

static void
import_release(struct import *i)
{
	submitter_free(i->submitter);
	send_loop_release(&i->loop);
	if (i->has_transport)
		transport_curl_free(&i->transport);
	ledger_free(i->ledger);
	progress_free(i->progress);
	pipeline_release(&i->pipeline);
	run_free(i->run);
	run_lock_release(i->lock);
	if (i->spool)
		unlink(i->spool); /* still there: no run took it over */
	free(i->spool);
	free(i->runs_dir);
}

static int
open_transport(struct import *i, struct diag *d)
{
	const struct options *o = i->options;
	char *token = token_load(o, getenv, d);
	struct transport_options t = {
	    .base_url = o->base_url,
	    .token = token,
	    .user_agent = "csv2chakra/" CSV2CHAKRA_VERSION,
	    .ca_file = o->ca_file,
	    .connect_timeout_ms = o->connect_timeout_ms,
	    .idle_timeout_ms = o->timeout_ms,
	    .max_connections = (size_t)o->in_flight,
	};
	int failed;

	if (token == NULL)
		return -1;
	failed = transport_curl_new(&i->transport, &t, d);
	token_free(token);
	i->has_transport = !failed;
	return failed;
}

/* A pipe is read to its end into a file of ours before anything else. */
static int
spool_if_needed(struct import *i, struct diag *d)
{
	struct input_limits limits = {.max_input = i->options->max_input};
	struct buf path = BUF_INIT(PATH_MAX);

	if (!input_needs_spool(i->csv_path))
		return 0;
	if (runs_dir_make(i->runs_dir, d))
		return -1;
	buf_addf(&path, "%s/.spool-%016llx", i->runs_dir,
	    (unsigned long long)i->clock.random(i->clock.ctx));
	i->spool = buf_detach(&path);
	return spool_input(i->csv_path, i->spool, &limits, d);
}

static int
open_pipeline(struct import *i, struct diag *d)
{
	struct pipeline_request r = {
	    .options = i->options,
	    .mapping_path = i->mapping_path,
	    .csv_path = i->spool ? i->spool : i->csv_path,
	    .csv_name = i->spool ? "<stdin>" : i->csv_path,
	    .must_survey = true,
	};
	int failed = pipeline_open(&i->pipeline, &r, d);

	show_diagnostics(&i->pipeline, i->options, i->mapping_path);
	if (failed)
		return -1;
	return pipeline_check_guess(&i->pipeline, d);
}

static void
set_identity(const struct import *i, struct run_identity *id)
{
	const struct pipeline *p = &i->pipeline;
	struct buf options = BUF_INIT(1 << 16);
	char *absolute;

	memset(id, 0, sizeof(*id));
	snprintf(id->input_key, sizeof(id->input_key), "%s", p->input_key);
	snprintf(
	    id->input_sha256, sizeof(id->input_sha256), "%s", p->sha256_hex);
	id->input_bytes = p->survey.bytes;
	snprintf(id->base_url, sizeof(id->base_url), "%s", p->base_url);
	snprintf(id->procedure, sizeof(id->procedure), "%s", p->procedure);
	absolute = i->spool ? NULL : realpath(i->csv_path, NULL);
	snprintf(id->input_path, sizeof(id->input_path), "%s",
	    i->spool ? "<stdin>" : absolute ? absolute : i->csv_path);
	free(absolute);
	absolute = realpath(i->mapping_path, NULL);
	snprintf(id->mapping_path, sizeof(id->mapping_path), "%s",
	    absolute ? absolute : i->mapping_path);
	free(absolute);
	pipeline_canonical_options(p, &options);
	run_run_key(p->input_key, p->mapping->canonical, buf_str(&options),
	    id->run_key);
	buf_release(&options);
}

/* The spooled input becomes the run's own file. */
static int
take_over_spool(struct import *i, struct diag *d)
{
	char *to;
	int failed;

	if (i->spool == NULL)
		return 0;
	to = run_path(i->run, "input");
	failed = rename(i->spool, to);
	if (failed) {
		diag_set_errno(d, DIAG_DISK, errno,
		    "unable to move the input to '%s'", to);
		free(to);
		return -1;
	}
	free(i->spool);
	i->spool = NULL;
	free(i->pipeline.csv_path);
	i->pipeline.csv_path = to;
	input_moved(i->pipeline.input, to);
	return 0;
}

static int
open_ledger(struct import *i, struct diag *d)
{
	char *path = run_path(i->run, "ledger.sqlite");
	int64_t now = i->clock.wall_ms(i->clock.ctx);

	i->ledger = ledger_create(path, d);
	free(path);
	if (i->ledger == NULL)
		return -1;
	if (ledger_set(
		i->ledger, META_RUN_ID, run_identity(i->run)->id, d) ||
	    ledger_set(i->ledger, META_MAPPING_FILE, i->mapping_path, d) ||
	    run_settings_store(i->ledger, i->options, &i->pipeline, d) ||
	    ledger_add_event(i->ledger, now, "start", "import", d))
		return -1;
	return ledger_commit(i->ledger, d);
}

static int
create_run(struct import *i, struct diag *d)
{
	struct run_identity id;

	set_identity(i, &id);
	i->run = run_create(i->runs_dir, i->spool ? "-" : i->csv_path, &id,
	    i->pipeline.mapping->bytes, &i->clock, d);
	if (i->run == NULL || take_over_spool(i, d))
		return -1;
	return open_ledger(i, d);
}

static int
send(struct import *i, struct diag *d)
{
	struct submitter_options so;
	const char *key = mapping_key_name(
	    i->pipeline.mapping, i->key_name, sizeof(i->key_name));

	so = submitter_options_of(i->options, &i->pipeline, key);
	i->submitter =
	    submitter_new(&so, &i->transport, i->ledger, &i->clock);
	i->loop.submitter = i->submitter;
	return send_loop_run(&i->loop, d);
}

/* What the sending says for the books; then the ledger is closed. */
static int
write_end(struct import *i, const struct diag *failure, struct diag *d)
{
	const struct diag *stop = failure->kind != DIAG_NONE
	    ? failure
	    : submitter_stopped(i->submitter);
	uint64_t read = reader_tally(i->pipeline.reader)->records -
	    chunker_pending(i->pipeline.chunker);
	struct ledger *l = i->ledger;

	if (run_meta_set_number(l, META_ROWS_READ, read, d) ||
	    run_meta_set_number(l, META_LIMITED,
		chunker_limited(i->pipeline.chunker), d) ||
	    run_meta_set_number(
		l, META_STOP_KIND, stop ? stop->kind : DIAG_NONE, d) ||
	    (stop && ledger_set(l, META_STOP_TEXT, stop->message, d)))
		return -1;
	if (ledger_add_event(l, i->clock.wall_ms(i->clock.ctx), "end",
		stop ? stop->message : "finished", d) ||
	    run_meta_set_number(l, META_FINISHED, 1, d))
		return -1;
	i->ledger = NULL;
	return ledger_close(l, d);
}

static void
tick_books(void *ctx, uint64_t bytes_consumed)
{
	struct import *i = ctx;
	struct submitter_facts f = submitter_facts(i->submitter);
	struct progress_facts p = {
	    .phase = "writing the report",
	    .rows_settled = f.rows_settled,
	    .rows_read = f.rows_read,
	    .rows_total = f.rows_read,
	    .bytes_total = input_disk_size(i->pipeline.input),
	    .bytes_consumed = bytes_consumed,
	    .rejected = f.rejected,
	    .refused = f.refused,
	    .unknown = f.unknown,
	};

	progress_update(i->progress, &p);
}

/* Opens the ledger again and closes the books. Returns the exit status, or
 * -1. */
static int
close_books(struct import *i, struct diag *books_diag, struct diag *d)
{
	char *path = run_path(i->run, "ledger.sqlite");
	struct books_request r = {
	    .run = i->run,
	    .pipeline = &i->pipeline,
	    .write_files = true,
	    .tick = tick_books,
	    .tick_ctx = i,
	};
	struct run_books books = {0};
	struct diag ignored = DIAG_INIT;
	int status = -1;

	i->ledger = ledger_open(path, false, false, d);
	free(path);
	if (i->ledger == NULL)
		return -1;
	r.ledger = i->ledger;
	if (run_books_close(&books, &r, books_diag, d))
		goto out;
	status = books.report.exit_status;
	if (run_meta_set_number(
		i->ledger, META_EXIT_STATUS, (uint64_t)status, d) ||
	    ledger_commit(i->ledger, d)) {
		status = -1;
		goto out;
	}
	progress_clear(i->progress);
	/* The import goes on without its stdout. */
	if (run_books_print(&books, i->options, &ignored))
		log_warn("%s; the report is in %s", ignored.message,
		    run_folder(i->run));
out:
	run_books_release(&books);
	return status;
}

static int
finish(struct import *i, struct diag *d)
{
	const struct diag *stop;
	struct diag failure = DIAG_INIT, books = DIAG_INIT;
	int status;

	if (send(i, &failure) && failure.kind == DIAG_NONE)
		diag_set(&failure, DIAG_INTERNAL, "sending failed");
	if (failure.kind == DIAG_NONE &&
	    pipeline_check_unchanged(&i->pipeline, &failure) == 0)
		pipeline_check_unclosed(&i->pipeline, &failure);
	if (write_end(i, &failure, d))
		return -1;
	status = close_books(i, &books, d);
	progress_clear(i->progress);
	if (status < 0)
		return -1;
	stop = failure.kind != DIAG_NONE ? &failure
	    : books.kind != DIAG_NONE	 ? &books
					 : submitter_stopped(i->submitter);
	if (stop)
		*d = *stop;
	return status;
}

static int
nothing_to_do(const struct import *i, struct diag *d)
{
	struct buf text = BUF_INIT(4096);
	int failed = 0;

	if (!i->options->quiet) {
		buf_addf(&text,
		    "nothing to do: '%s' has a header and no rows\n",
		    i->pipeline.csv_name);
		failed = answer_write(&text, d);
	}
	buf_release(&text);
	return failed ? -1 : EXIT_GOOD;
}

static int
import_with(struct import *i, struct diag *d)
{
	int got;

	i->runs_dir = runs_dir_default(i->options->runs_dir, d);
	if (i->runs_dir == NULL || open_transport(i, d) ||
	    spool_if_needed(i, d) || open_pipeline(i, d))
		return -1;
	i->progress = progress_new(stderr,
	    i->options->quiet ? PROGRESS_NONE
			      : (enum progress_mode)i->options->progress,
	    options_colour(i->options, STDERR_FILENO), &i->clock);
	pipeline_start(&i->pipeline, NULL);
	i->loop = (struct send_loop){
	    .options = i->options,
	    .clock = &i->clock,
	    .pipeline = &i->pipeline,
	    .progress = i->progress,
	};
	i->lock = run_lock_take(i->runs_dir, i->pipeline.input_key, d);
	if (i->lock == NULL ||
	    guard_check(i->options, i->runs_dir, i->pipeline.input_key, d))
		return -1;
	got = send_loop_prime(&i->loop, d);
	if (got <= 0)
		return got < 0 ? -1 : nothing_to_do(i, d);
	if (create_run(i, d))
		return -1;
	return finish(i, d);
}

static int
run(struct options *o, struct diag *d)
{
	struct import i = {
	    .options = o,
	    .clock = clock_system(),
	    .mapping_path = o->operands[0],
	    .csv_path = o->operands[1],
	};
	int status;

	if (o->dry_run)
		return check_run(o, o->operands[0], o->operands[1], d);
	signals_install();
	signals_ignore_pipe();
	status = import_with(&i, d);
	import_release(&i);
	return status;
}

const struct command command_import = {
    .id = COMMAND_IMPORT,
    .name = "import",
    .operands = "MAPPING CSV",
    .operands_min = 2,
    .operands_max = 2,
    .summary = "the main job: create a process for every row",
    .details = "Reads the input once to know it, then sends it in chunks and "
	       "follows the background jobs to their end. What happened to "
	       "every row is in the run folder that the report names.",
    .examples = {{"import mappings/leads.yaml leads.csv",
		     "import the whole file"},
	{"import --limit 100 mappings/leads.yaml leads.csv",
	    "the first 100 records only, as a canary"}},
    .run = run,
};
