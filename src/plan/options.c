/* SPDX-License-Identifier: MIT */
/*
 * From the table's values to struct options: what goes beyond one value of
 * one option.
 */
#include "plan/options.h"

#include "base/text.h"
#include "base/xalloc.h"
#include "option_table.h"
#include "profile.h"
#include "report/terminal.h"
#include "system/log.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const option_commands[COMMAND_COUNT] = {
    [COMMAND_CHECK] = "check",
    [COMMAND_PREVIEW] = "preview",
    [COMMAND_SPLIT] = "split",
    [COMMAND_CONVERT] = "convert",
    [COMMAND_DIFF] = "diff",
    [COMMAND_REHEARSE] = "rehearse",
    [COMMAND_IMPORT] = "import",
    [COMMAND_RESUME] = "resume",
    [COMMAND_RECONCILE] = "reconcile",
    [COMMAND_RETRY] = "retry",
    [COMMAND_UNDO] = "undo",
    [COMMAND_STATUS] = "status",
    [COMMAND_REPORT] = "report",
    [COMMAND_PRUNE] = "prune",
    [COMMAND_INSPECT] = "inspect",
    [COMMAND_INIT] = "init",
    [COMMAND_FIELDS] = "fields",
    [COMMAND_DOCTOR] = "doctor",
    [COMMAND_SERVICE] = "service",
    [COMMAND_SCHEMA] = "schema",
    [COMMAND_COMPLETION] = "completion",
    [COMMAND_HELP] = "help",
    [COMMAND_VERSION] = "version",
};

/* Of several inputs. */
static int
check_inputs(const struct options *o, struct diag *d)
{
	if (o->ends_in_nul && !o->files_from)
		return diag_set(
		    d, DIAG_USAGE, "'-0' goes with '--files-from' only");
	if (o->settings.dry_run && (o->move_done || o->move_failed))
		return diag_set(d, DIAG_USAGE,
		    "'--%s' moves what was imported, and '--dry-run' imports "
		    "nothing",
		    o->move_done ? "move-done" : "move-failed");
	return 0;
}

static int
check_rate(const struct options *o, struct diag *d)
{
	const struct submit_settings *s = &o->settings.submit;

	if (s->rate_share.workers == 0 || s->rate_per_s > 0)
		return 0;
	diag_set(d, DIAG_USAGE,
	    "'--rate-share' needs '--rate', the rate of all workers together");
	return diag_help(
	    d, "add --rate, the limit for all of them together: --rate 100/s");
}

/* What is nearer to the command counts; of two that are equally near it is not
 * guessed which is meant. */
static int
choose_token(struct settings *s, char *(*lookup)(const char *), struct diag *d)
{
	enum optspec_origin file = settings_origin(s, "token-file");
	enum optspec_origin command = settings_origin(s, "token-command");
	const char *direct = lookup("CHAKRA_API_TOKEN");
	bool has_direct = direct != NULL && *direct != '\0';

	if (s->token_file && s->token_command && file == command) {
		if (file == ORIGIN_PROFILE)
			return diag_set(d, DIAG_USAGE,
			    "the profile '%s' has both token_file and "
			    "token_command",
			    s->profile);
		return diag_set(d, DIAG_USAGE,
		    file == ORIGIN_ENVIRONMENT
			? "CHAKRA_API_TOKEN_FILE and CHAKRA_API_TOKEN_COMMAND "
			  "are both set"
			: "'--token-file' and '--token-command' cannot be "
			  "used together");
	}
	if (file < command || (has_direct && file == ORIGIN_PROFILE))
		s->token_file = NULL;
	if (command < file || (has_direct && command == ORIGIN_PROFILE))
		s->token_command = NULL;
	return 0;
}

static int
check_together(const struct options *o, struct diag *d)
{
	if (o->settings.quiet && o->settings.verbose)
		return diag_set(d, DIAG_USAGE,
		    "'--quiet' and '--verbose' cannot be used together");
	if (o->settings.log_format == LOG_JSON &&
	    (o->settings.progress == PROGRESS_BAR ||
		o->settings.progress == PROGRESS_LINES)) {
		diag_set(d, DIAG_USAGE,
		    "'--progress bar' and '--progress lines' are text, and "
		    "'--log-format json' has none");
		return diag_help(d, "use --progress json, or leave it out");
	}
	if (o->settings.all_problems && o->settings.format != FORMAT_TEXT)
		return diag_set(d, DIAG_USAGE,
		    "'--all-problems' is for text only; rejected.reasons.csv "
		    "has every problem for programs");
	if ((o->parts > 0) + (o->part_rows > 0) + (o->part_bytes > 0) > 1)
		return diag_set(d, DIAG_USAGE,
		    "only one of '--parts', '--rows' and '--bytes' can say "
		    "where to cut");
	if (o->field && !o->explain)
		return diag_set(d, DIAG_USAGE, "'--field' needs '--explain'");
	if (o->rows && o->failing)
		return diag_set(d, DIAG_USAGE,
		    "'--rows' and '--failing' cannot be used together");
	if (o->settings.max_cell > o->settings.max_record &&
	    o->settings.max_record > 0) {
		diag_set(d, DIAG_USAGE,
		    "'--max-cell' is larger than '--max-record'");
		return diag_help(d, "a cell is a part of its record");
	}
	if (o->settings.command == COMMAND_IMPORT && o->settings.output &&
	    !o->settings.dry_run) {
		diag_set(d, DIAG_USAGE, "'--output' needs '--dry-run'");
		return diag_help(
		    d, "an import writes its files into its run folder");
	}
	return check_rate(o, d) ? -1 : check_inputs(o, d);
}

int
options_parse(struct options *o, enum command_id command, int argc, char **argv,
    char *(*lookup)(const char *), struct diag *d)
{
	const struct optspec_table *t = options_table();
	struct optspec_result result = {.origins = o->settings.origins};
	int ret = -1;

	memset(o, 0, sizeof(*o));
	o->settings.command = command;
	o->rows_outcome = -1;
	result.operands = xcalloc((size_t)argc + 1, sizeof(*result.operands));
	if (optspec_parse(t, command, argc, argv, lookup, o, &result, d) < 0)
		goto out;
	if (o->help) {
		ret = 0;
		goto out;
	}
	if (profile_apply(o, lookup, d) < 0 ||
	    choose_token(&o->settings, lookup, d) < 0)
		goto out;
	ret = check_together(o, d);
	if (ret < 0)
		goto out;
	if (o->folders.count > 0)
		o->settings.runs_dir = o->folders.said[0];
	o->settings.operand_count = result.operand_count;
	o->settings.operands = (const char *const *)argv;
	for (size_t i = 0; i < result.operand_count; i++)
		argv[i] = (char *)result.operands[i];
out:
	free(result.operands);
	return ret;
}
