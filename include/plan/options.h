/* SPDX-License-Identifier: MIT */
#ifndef PLAN_OPTIONS_H
#define PLAN_OPTIONS_H

/*
 * What the command line, the environment and the defaults say, as plain data.
 *
 * options_parse fills it for one command; every value has been checked by
 * then. What only a mapping can settle (its `submit:` keys, its procedure, its
 * source settings) is filled in by plan_make. Precedence: option,
 * environment, mapping, default. Strings are borrowed from argv and the
 * environment; nothing needs a release. No member ever holds the token.
 */

#include "base/diag.h"
#include "send/submitter.h"
#include "system/optspec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order of help. The number is the command's bit in the table. */
enum command_id {
	COMMAND_CHECK,
	COMMAND_PREVIEW,
	COMMAND_CONVERT,
	COMMAND_IMPORT,
	COMMAND_RESUME,
	COMMAND_RECONCILE,
	COMMAND_RETRY,
	COMMAND_STATUS,
	COMMAND_REPORT,
	COMMAND_PRUNE,
	COMMAND_INSPECT,
	COMMAND_INIT,
	COMMAND_DOCTOR,
	COMMAND_SERVICE,
	COMMAND_SCHEMA,
	COMMAND_COMPLETION,
	COMMAND_HELP,
	COMMAND_VERSION,
	COMMAND_COUNT
};

enum answer_format { FORMAT_TEXT, FORMAT_JSON, FORMAT_GITHUB, FORMAT_HTML };
enum csv_engine { ENGINE_FAST, ENGINE_LIBCSV };
/* --expect-rows MIN..MAX. */
struct expected_rows {
	bool is_set;
	uint64_t min, max; /* UINT64_MAX = open */
};

#define OPTION_ROWS_MAX 96
#define OPERANDS_MAX 64

struct run_metrics;

struct options {
	enum command_id command;
	const char *operands[OPERANDS_MAX];
	size_t operand_count;
	unsigned char origins[OPTION_ROWS_MAX];

	bool help;

	/* where to and as whom */
	const char *base_url;	/* as given */
	const char *token_file; /* NULL = see plan/token.h */
	const char *procedure;	/* NULL = the mapping's */
	const char *ca_file;	/* NULL = the system's */

	/* calls */
	struct submitter_options submit; /* without what a mapping decides */
	uint64_t chunk_rows, chunk_bytes;
	bool gzip;
	int64_t timeout_ms, connect_timeout_ms;
	int64_t grace_ms;

	/* what happened to rows */
	bool resend_absent, all_or_nothing;
	bool after_damage;
	struct expected_rows expect_rows;

	/* which run */
	uint64_t limit; /* records; 0 = none */
	bool again, resume, if_changed, dry_run;
	const char *runs_dir; /* as given; runs_dir_default makes the path */
	const char *mapping;  /* retry --mapping */
	int64_t older_than_ms;

	/* the input; what is not given is the mapping's */
	char delimiter, quote; /* meaningful when options_given() */
	const char *encoding;  /* NULL = the mapping's */
	bool header, no_header;
	uint64_t skip_lines;
	uint64_t max_cell, max_record, max_columns;
	uint64_t max_input; /* 0 = none */
	int engine;	    /* enum csv_engine */

	/* answers */
	int format;   /* enum answer_format */
	int progress; /* enum progress_mode of report/progress.h */
	const char *metrics_file, *output; /* -o */
	/* Filled by whoever closes the books; NULL = nobody asks. */
	struct run_metrics *metrics;
	uint64_t count;	  /* -n */
	const char *rows; /* preview: "7,12-20"; report: an outcome's name */
	int rows_outcome; /* report --rows: enum outcome; -1 = not given */
	bool failing, explain;
	bool export; /* service --export */
	const char *field;
	bool quiet, verbose, no_color;
};

/* The one table. */
const struct optspec_table *options_table(void);

/* Fills *o for `command` from the arguments after the command's name and
 * from the environment. DIAG_USAGE on any mistake. With --help on the line
 * o->help is true and nothing else matters. */
int options_parse(struct options *o, enum command_id command, int argc,
    char **argv, char *(*lookup)(const char *), struct diag *d);

/* True if the option (long name) was given on the line or by the
 * environment. */
bool options_given(const struct options *o, const char *name);
/* … by the environment. */
bool options_from_environment(const struct options *o, const char *name);

/* The --runs-dir of the line; NULL when it was not said there. */
const char *options_runs_dir_said(const struct options *o);

/* Puts the mapping's value in place of a default: for the options that have
 * a key under `submit:`. 0 = the mapping did not say. */
void options_apply_submit(struct options *o, uint64_t chunk_rows,
    uint64_t chunk_bytes, uint64_t in_flight);

/* True if spreadsheet row `row` is in "7,12-20" (which was validated). */
bool options_row_listed(const char *rows, uint64_t row);
/* The highest row in it. */
uint64_t options_row_last(const char *rows);

/* DIAG_INPUT ("input.row_count") when `records` is not what --expect-rows
 * allows. */
int expected_rows_check(const struct expected_rows *want, uint64_t records,
    const char *csv_name, struct diag *d);

/* Colours on that stream: a terminal (TERM is set and not "dumb"), no
 * --no-color, no NO_COLOR. */
bool options_colour(const struct options *o, int fd);

#endif
