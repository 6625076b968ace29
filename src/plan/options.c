/* SPDX-License-Identifier: MIT */
/*
 * From the table's values to struct options: what goes beyond one value of
 * one option.
 */
#include "plan/options.h"

#include "base/text.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
check_together(const struct options *o, struct diag *d)
{
	if (o->quiet && o->verbose)
		return diag_set(d, DIAG_USAGE,
		    "'--quiet' and '--verbose' exclude each other");
	if (o->field && !o->explain)
		return diag_set(
		    d, DIAG_USAGE, "'--field' goes with '--explain' only");
	if (o->rows && o->failing)
		return diag_set(d, DIAG_USAGE,
		    "'--rows' and '--failing' exclude each other");
	if (o->max_cell > o->max_record && o->max_record > 0) {
		diag_set(d, DIAG_USAGE,
		    "'--max-cell' is larger than '--max-record'");
		return diag_help(d, "a cell is a part of its record");
	}
	if (o->command == COMMAND_IMPORT && o->output && !o->dry_run) {
		diag_set(d, DIAG_USAGE,
		    "'--output' goes with '--dry-run' "
		    "only");
		return diag_help(
		    d, "an import writes its files into its run folder");
	}
	return 0;
}

int
options_parse(struct options *o, enum command_id command, int argc, char **argv,
    char *(*lookup)(const char *), struct diag *d)
{
	const struct optspec_table *t = options_table();
	struct optspec_result result = {.origins = o->origins};
	int ret = -1;

	memset(o, 0, sizeof(*o));
	o->command = command;
	o->rows_outcome = -1;
	result.operands = xcalloc((size_t)argc + 1, sizeof(*result.operands));
	if (optspec_parse(t, command, argc, argv, lookup, o, &result, d) < 0)
		goto out;
	if (o->help) {
		ret = 0;
		goto out;
	}
	if (result.operand_count > OPERANDS_MAX) {
		diag_set(d, DIAG_USAGE, "too many arguments");
		goto out;
	}
	o->operand_count = result.operand_count;
	for (size_t i = 0; i < result.operand_count; i++)
		o->operands[i] = result.operands[i];
	ret = check_together(o, d);
out:
	free(result.operands);
	return ret;
}

const char *
options_runs_dir_said(const struct options *o)
{
	int row = optspec_find(options_table(), o->command, "runs-dir");

	return row >= 0 && o->origins[row] == ORIGIN_OPTION ? o->runs_dir
							    : NULL;
}

bool
options_given(const struct options *o, const char *name)
{
	int row = optspec_find(options_table(), o->command, name);

	return row >= 0 && o->origins[row] >= ORIGIN_ENVIRONMENT;
}

bool
options_from_environment(const struct options *o, const char *name)
{
	int row = optspec_find(options_table(), o->command, name);

	return row >= 0 && o->origins[row] == ORIGIN_ENVIRONMENT;
}

void
options_apply_submit(struct options *o, uint64_t chunk_rows,
    uint64_t chunk_bytes, uint64_t in_flight)
{
	if (chunk_rows != 0 && !options_given(o, "chunk-rows"))
		o->chunk_rows = chunk_rows;
	if (chunk_bytes != 0 && !options_given(o, "chunk-bytes"))
		o->chunk_bytes = chunk_bytes;
	if (in_flight != 0 && !options_given(o, "in-flight"))
		o->submit.in_flight = in_flight;
}

bool
options_colour(const struct options *o, int fd)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return !o->no_color && (!no_color || *no_color == '\0') && term &&
	       *term != '\0' && strcmp(term, "dumb") != 0 && isatty(fd) == 1;
}

int
expected_rows_check(const struct expected_rows *want, uint64_t records,
    const char *csv_name, struct diag *d)
{
	char have[32], low[32], high[32];

	if (!want->is_set || (records >= want->min && records <= want->max))
		return 0;
	text_count(records, have);
	text_count(want->min, low);
	diag_set(d, DIAG_INPUT,
	    "'%s' holds %s record%s, and --expect-rows wants %s%s%s", csv_name,
	    have, records == 1 ? "" : "s", low,
	    want->max == want->min    ? ""
	    : want->max == UINT64_MAX ? " or more"
				      : " to ",
	    want->max == want->min || want->max == UINT64_MAX
		? ""
		: text_count(want->max, high));
	diag_code(d, "input.row_count");
	return diag_help(d, "was the export cut, or empty?");
}
