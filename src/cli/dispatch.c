/* SPDX-License-Identifier: MIT */
/*
 * From argv to a command. The list below is the only place that knows all of
 * them.
 */
#include "base/text.h"
#include "batch/batch.h"
#include "command.h"
#include "operands.h"
#include "plan/options.h"
#include "report/run_report.h"
#include "report/terminal.h"
#include "system/fault.h"
#include "system/log.h"
#include "system/screen.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct command *const commands[COMMAND_COUNT] = {
    [COMMAND_CHECK] = &command_check,
    [COMMAND_PREVIEW] = &command_preview,
    [COMMAND_SPLIT] = &command_split,
    [COMMAND_CONVERT] = &command_convert,
    [COMMAND_DIFF] = &command_diff,
    [COMMAND_REHEARSE] = &command_rehearse,
    [COMMAND_IMPORT] = &command_import,
    [COMMAND_RESUME] = &command_resume,
    [COMMAND_RECONCILE] = &command_reconcile,
    [COMMAND_RETRY] = &command_retry,
    [COMMAND_UNDO] = &command_undo,
    [COMMAND_STATUS] = &command_status,
    [COMMAND_REPORT] = &command_report,
    [COMMAND_PRUNE] = &command_prune,
    [COMMAND_INSPECT] = &command_inspect,
    [COMMAND_INIT] = &command_init,
    [COMMAND_FIELDS] = &command_fields,
    [COMMAND_DOCTOR] = &command_doctor,
    [COMMAND_SERVICE] = &command_service,
    [COMMAND_SCHEMA] = &command_schema,
    [COMMAND_COMPLETION] = &command_completion,
    [COMMAND_HELP] = &command_help,
    [COMMAND_VERSION] = &command_version,
};

const struct command *
command_at(size_t i)
{
	assert(i < COMMAND_COUNT);
	return commands[i];
}

/* What others call it. */
static const char *
known_as(const char *name)
{
	static const struct {
		const char *words, *command;
	} known[] = {
	    {"upload|load|push|send|sync|run", "import"},
	    {"validate|lint|test|verify|dry-run", "check"},
	    {"list|ls|runs|history", "status"},
	    {"continue|restart", "resume"},
	    {"delete|rollback|revert", "undo"},
	    {"create|generate|new", "init"},
	    {"clean|remove|rm", "prune"},
	    {"show|view|head", "preview"},
	    {"sandbox|simulate|try", "rehearse"},
	    {"describe|analyze|analyse|stats", "inspect"},
	    {"attributes|columns|states|procedures|config", "fields"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (optspec_word(known[i].words, name) >= 0)
			return known[i].command;
	return NULL;
}

const struct command *
command_find(const char *name, struct diag *d)
{
	struct text names[COMMAND_COUNT];
	struct buf shown = BUF_INIT(256);
	int near;

	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
		names[i] = text_of(commands[i]->name);
	}
	text_display(&shown, text_of(name), 60);
	diag_set(d, DIAG_USAGE, "unknown command '%s'", buf_str(&shown));
	buf_release(&shown);
	near = text_did_you_mean(text_of(name), names, COMMAND_COUNT);
	if (known_as(name))
		diag_help(d, "did you mean '%s'?", known_as(name));
	else if (near >= 0)
		diag_help(d, "did you mean '%s'?", commands[near]->name);
	else
		diag_help(d, "see 'csv2chakra help'");
	return NULL;
}

int
command_answer(struct buf *out, bool is_json, struct diag *d)
{
	int failed = is_json ? answer_write_json(out, d) : answer_write(out, d);

	buf_release(out);
	return failed < 0 ? -1 : EXIT_GOOD;
}

/* Of several inputs it is not known yet which: batch_run does it; and a
 * rehearsal has a program to start before. */
static int
confine(const struct command *c, const struct options *o, struct diag *d)
{
	bool lists = c->id == COMMAND_IMPORT || c->id == COMMAND_CHECK;

	if (optspec_find(options_table(), c->id, "no-confinement") < 0 ||
	    c->id == COMMAND_REHEARSE || (lists && batch_is_meant(o)))
		return 0;
	return options_confine(o, NULL, 0, d);
}

static int
send_confined(const struct command *c, const struct options *o,
    const struct run_audience *audience, struct diag *d)
{
	return confine(c, o, d) ? -1 : c->send(o, audience, d);
}

/* The rows are settled by then: a metrics file that cannot be written at the
 * end is a warning. */
static int
send_measured(const struct command *c, const struct options *o,
    struct run_metrics *metrics, struct diag *d)
{
	struct clock clock = FAULT_CLOCK(clock_system());
	struct run_audience screen = {.metrics = metrics};
	struct diag failed = DIAG_INIT;
	int status;

	if (o->settings.dry_run)
		screen.metrics = NULL;
	if (!screen.metrics || !o->settings.metrics_file)
		return send_confined(c, o, &screen, d);
	if (metrics_begin(
		metrics, o->settings.metrics_file, c->name, &clock, d))
		return -1;
	status = send_confined(c, o, &screen, d);
	if (metrics_end(
		metrics, exit_status_combined(status, d), &clock, &failed))
		log_warn("%s", failed.message);
	return status;
}

/* --notify, of all that became of the command but for a dry run. */
static int
send_notified(const struct command *c, const struct options *o, struct diag *d)
{
	struct run_metrics metrics = {.path = NULL};
	int status = send_measured(c, o, &metrics, d);
	int exit_status = exit_status_combined(status, d);
	/* What went wrong with several inputs may have no run. */
	bool has_run =
	    metrics.worst_folder[0] != '\0' &&
	    (!metrics.is_of_several || metrics.worst_status == exit_status);
	struct buf report = BUF_INIT(8192);
	struct notice notice = {
	    .command = c->name,
	    .run_id = has_run ? metrics.worst_id : NULL,
	    .verdict = d->kind != DIAG_NONE	    ? d->message
		       : metrics.verdict[0] != '\0' ? metrics.verdict
						    : NULL,
	    .exit_status = exit_status,
	};

	buf_addf(&report, "%s/report.json", metrics.worst_folder);
	notice.report = has_run ? buf_str(&report) : NULL;
	if (!o->settings.dry_run)
		options_notify(o, &notice);
	buf_release(&report);
	return status;
}

static int
run_confined(const struct command *c, struct options *o, struct diag *d)
{
	if (c->send)
		return send_notified(c, o, d);
	return confine(c, o, d) ? -1 : c->run(o, d);
}

static void
clear(void *ctx)
{
	progress_clear(ctx);
}

/* Among objects there is none of it, unless it is asked for. */
static enum progress_mode
progress_wanted(const struct settings *s)
{
	if (s->quiet ||
	    (s->log_format == LOG_JSON && s->progress == PROGRESS_AUTO))
		return PROGRESS_NONE;
	return (enum progress_mode)s->progress;
}

/* One view of its progress for all that a command does. */
static int
run_shown(const struct command *c, struct options *o, struct diag *d)
{
	struct settings *s = &o->settings;
	struct clock clock = FAULT_CLOCK(clock_system());
	int status;

	if (optspec_find(options_table(), c->id, "progress") >= 0)
		s->view = progress_new(stderr, progress_wanted(s),
		    settings_colour(s, STDERR_FILENO), &clock);
	log_before(clear, s->view);
	status = run_confined(c, o, d);
	log_before(NULL, NULL);
	progress_free(s->view);
	s->view = NULL;
	return status;
}

static int
run_parsed(const struct command *c, struct options *o, struct diag *d)
{
	if (o->help)
		return help_print(c, d);
	log_set("csv2chakra",
	    o->settings.verbose > 1   ? LOG_WIRE
	    : o->settings.verbose > 0 ? LOG_DEBUG
	    : o->settings.quiet	      ? LOG_QUIET
				      : LOG_NORMAL,
	    (enum log_format)o->settings.log_format,
	    FAULT_CLOCK(clock_system()));
	if (operands_check(c, o, d) < 0 ||
	    outputs_check(c->operands, &o->settings, d) < 0 ||
	    options_start_errands(o, d) < 0)
		return -1;
	if (o->settings.profile_unseen)
		log_warn(
		    "this user may not look at '%s', so no profile is used",
		    o->settings.profile_unseen);
	return run_shown(c, o, d);
}

static int
run_command(const struct command *c, int argc, char **argv, struct diag *d)
{
	struct options o;
	int status = -1;

	if (options_parse(&o, c->id, argc, argv, getenv, d) < 0)
		outputs_turn_away(argc, argv);
	else
		status = run_parsed(c, &o, d);
	settings_say_where(&o.settings, d);
	options_release(&o);
	return status;
}

/* Never an error: it would appear in the middle of what is typed. */
static int
answer_shell(char **words, int count)
{
	struct buf out = BUF_INIT(1 << 20);
	struct diag ignored = DIAG_INIT;

	complete(words, count, &out);
	(void)command_answer(&out, false, &ignored);
	return EXIT_GOOD;
}

static int
refuse_option(const char *word, struct diag *d)
{
	const struct text known[] = {
	    TEXT_LITERAL("--version"), TEXT_LITERAL("--help")};
	int near = text_did_you_mean(text_of(word), known, 2);

	diag_set(
	    d, DIAG_USAGE, "the command comes first, the options after it");
	if (near >= 0)
		diag_help(d, "did you mean '%s'?", known[near].s);
	else
		diag_help(d, "see 'csv2chakra help'");
	return EXIT_USAGE;
}

static enum log_format
format_named(const char *word)
{
	return strcmp(word, "json") == 0 ? LOG_JSON : LOG_TEXT;
}

/* What is wrong with the options is said in the format that they ask for. */
static enum log_format
format_asked(int argc, char **argv)
{
	enum log_format last = LOG_TEXT;

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strncmp(argv[i], "--log-format=", 13) == 0)
			last = format_named(argv[i] + 13);
		else if (strcmp(argv[i], "--log-format") == 0 && i + 1 < argc)
			last = format_named(argv[i + 1]);
	}
	return last;
}

int
dispatch(int argc, char **argv, struct diag *d)
{
	const struct command *c;
	int status;

	log_set(
	    "csv2chakra", LOG_NORMAL, format_asked(argc, argv), clock_system());
	if (argc < 2) {
		help_short();
		diag_set(d, DIAG_USAGE, "which command?");
		diag_help(d,
		    "all commands: csv2chakra help; one of them: csv2chakra "
		    "COMMAND --help");
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "__complete") == 0)
		return answer_shell(argv + 2, argc - 2);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		status = help_print(NULL, d);
	} else if (strcmp(argv[1], "--version") == 0) {
		status = run_command(&command_version, 0, argv + 2, d);
	} else if (argv[1][0] == '-') {
		return refuse_option(argv[1], d);
	} else if ((c = command_find(argv[1], d)) == NULL) {
		return EXIT_USAGE;
	} else {
		status = run_command(c, argc - 2, argv + 2, d);
	}
	return exit_status_combined(status, d);
}
