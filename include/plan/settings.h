/* SPDX-License-Identifier: MIT */
#ifndef PLAN_SETTINGS_H
#define PLAN_SETTINGS_H

/*
 * What a run is told, and what it does with each setting, as the `uses` of its
 * row in the option table say: kept in the ledger, fixed when the run goes on,
 * part of how the input is read, shown in the report. Nothing here knows an
 * option by its name, but for what a plan decided.
 *
 * Not among the settings is the text that the run key is made of
 * (plan_canonical_options): its bytes are frozen.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "input/input.h"
#include "send/submitter.h"
#include "system/optspec.h"
#include "system/screen.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* In the order of help. The number is the command's bit in the table. */
enum command_id {
	COMMAND_CHECK,
	COMMAND_PREVIEW,
	COMMAND_SPLIT,
	COMMAND_CONVERT,
	COMMAND_DIFF,
	COMMAND_REHEARSE,
	COMMAND_IMPORT,
	COMMAND_RESUME,
	COMMAND_RECONCILE,
	COMMAND_RETRY,
	COMMAND_UNDO,
	COMMAND_STATUS,
	COMMAND_REPORT,
	COMMAND_PRUNE,
	COMMAND_INSPECT,
	COMMAND_INIT,
	COMMAND_FIELDS,
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

/* What a command, and the run that it makes or goes on with, was told. A copy
 * is as good as the original; strings are borrowed from argv and the
 * environment. No member ever holds the token. */
struct settings {
	enum command_id command;
	const char *const *operands; /* borrowed, like the strings in it */
	size_t operand_count;
	unsigned char origins[OPTION_ROWS_MAX];

	/* where to and as whom */
	const char *base_url;	/* as given */
	const char *token_file; /* NULL = see token_load */
	const char *token_command;
	const char *profile; /* as said; then the one that counts, or NULL */
	const char *profile_file, *profile_url; /* its base_url, or NULL */
	/* A file that this user cannot get at, and no profile was named. */
	const char *profile_unseen;
	struct errands *errands; /* borrowed; NULL = no command is named */
	const char *procedure;	 /* NULL = the mapping's */
	const char *ca_file;	 /* NULL = the system's */

	/* calls */
	struct submit_settings submit;
	uint64_t chunk_rows, chunk_bytes;
	bool gzip;
	int64_t timeout_ms, connect_timeout_ms;
	int64_t grace_ms;

	/* what happened to rows */
	bool resend_absent, all_or_nothing;
	bool after_damage;
	struct expected_rows expect_rows;

	/* which run */
	uint64_t limit;		/* records; 0 = none */
	uint64_t unique_memory; /* bytes; 0 = no limit */
	bool unique_across;
	bool again, resume, if_changed, dry_run;
	const char *runs_dir; /* as given; runs_dir_default makes the path */
	const char *mapping;  /* retry --mapping */
	const char *after;    /* import --after: a run */
	const char *changes;  /* import --changes: a folder */

	/* the input; what is not given is the mapping's */
	char delimiter, quote; /* meaningful when settings_given() */
	const char *encoding;  /* NULL = the mapping's */
	bool header, no_header;
	uint64_t skip_lines;
	uint64_t max_cell, max_record, max_columns;
	uint64_t max_input; /* 0 = none */
	int engine;	    /* enum csv_engine */

	/* answers */
	int format;	       /* enum answer_format */
	int progress;	       /* enum progress_mode of report/terminal.h */
	struct progress *view; /* borrowed; NULL = nobody looks */
	const char *output, *metrics_file; /* -o */
	const char *notify;
	bool calls;	      /* a report with all chunks and calls */
	bool exit_code;	      /* diff */
	uint64_t delete_rows; /* undo --delete; meaningful when given */
	bool even_if_changed; /* undo */
	bool all_problems;    /* in text: every one, as it is found */
	bool quiet, no_color;
	unsigned verbose; /* how often it was said */
	int log_format;	  /* enum log_format of system/log.h */
	bool no_confinement;
};

struct plan;

/* The one table of options. Its offsets are those of struct options, which
 * begins with the settings. */
const struct optspec_table *options_table(void);

/* True if the option (long name) was given on the line, by the environment or
 * by a profile. */
bool settings_given(const struct settings *o, const char *name);
/* … or by something else; ORIGIN_NONE for an option that the command does not
 * have. */
enum optspec_origin settings_origin(const struct settings *o, const char *name);

/* For input_open; a phase of a reading is told to the meter. */
struct input_limits settings_limits(const struct settings *o);
struct meter *settings_meter(const struct settings *o);
/* A folder and JSON say by its hash which input they speak of; text for people
 * does not. */
bool settings_tell_input(const struct settings *o);

/* Where every single problem is written, as a line; NULL = nowhere. */
FILE *settings_every_problem(const struct settings *o);

/* The --profile and the --runs-dir of the line, for the command after it. */
struct shell_where settings_where(const struct settings *o);
/* Puts them into the commands that the help of an error names without them
 * ("csv2chakra resume RUN"), where those take them. A help that would become
 * too long stays as it is. */
void settings_say_where(const struct settings *o, struct diag *d);

/* Puts the mapping's value in place of a default: for the options that have
 * a key under `submit:`. 0 = the mapping did not say. */
void settings_apply_mapping(struct settings *o, uint64_t chunk_rows,
    uint64_t chunk_bytes, uint64_t in_flight);

/* DIAG_INPUT ("input.row_count") when `records` is not what --expect-rows
 * allows. */
int expected_rows_check(const struct expected_rows *want, uint64_t records,
    const char *csv_name, struct diag *d);

/* Colours on that stream: a terminal (TERM is set and not "dumb"), no
 * --no-color, no NO_COLOR. */
bool settings_colour(const struct settings *o, int fd);

enum setting_use {
	SETTING_FIXED = 1,   /* kept; a resume that says another is refused */
	SETTING_KEPT = 2,    /* kept; a resume may say another */
	SETTING_READING = 4, /* decides how the input is read */
	SETTING_SHOWN = 8,   /* in the report */
	SETTING_PLACE = 16   /* decides where rows go */
};

/* What the plan made of options, mapping and input takes the place of
 * what *o says. The strings are p's. */
void settings_decided(struct settings *o, const struct plan *p);

/* The reading options of *was, as if they had been said in *o. */
void settings_take_reading(struct settings *o, const struct settings *was);

/* Appends the JSON array of "--name=value" for each option with one of `uses`
 * that was given, has a default, or holds a value: options_parse takes them
 * back. */
void settings_arguments(
    const struct settings *o, unsigned uses, struct buf *list);
/* Appends the JSON array of [name, value, "option" | "environment" |
 * "profile" | "mapping" | "default"] for each shown option that `whose` takes:
 * COMMAND_CHECK for a dry run, else COMMAND_IMPORT. Durations are in seconds.
 */
void settings_shown(
    const struct settings *o, enum command_id whose, struct buf *list);
/* The reading options that *before has otherwise, or not at all, as they are
 * typed: " --delimiter ';' --no-header". NULL: all that were given. */
void settings_typed(
    const struct settings *o, const struct settings *before, struct buf *out);
/* The same of where rows go, as far as options said it: the environment and a
 * profile still hold. */
void settings_typed_place(const struct settings *o, struct buf *out);
/* Of a run's own, for a command that imports its input again: the address
 * unless it is the default, the procedure unless it is NULL. */
void settings_place_of(
    const char *base_url, const char *procedure, struct buf *out);
/* Both: what a command that imports the same has to say again. */
void settings_typed_all(const struct settings *o, struct buf *out);
/* And its operands. */
void settings_typed_input(const struct settings *o, struct buf *out);
/* The first fixed option that was given in *now and is another in *was; NULL
 * = none. */
const struct optspec *settings_differ(
    const struct settings *now, const struct settings *was);

/*
 * The API token: from --token-file or --token-command, else from the file or
 * the command that the environment names, else CHAKRA_API_TOKEN. No option
 * takes the token itself, for other users of the machine see argv.
 *
 * A regular file that others can read is refused (its group may); a pipe, a
 * socket or /dev/fd/N is taken as it comes. A command is run once, by the
 * helper of options_start_errands, and what it prints is read like a file. One
 * trailing line end is taken off. An empty token, control characters, blanks
 * and more than 8 KiB are refused. The token is never part of a message, nor
 * are the arguments of the command.
 */

#define TOKEN_MAX 8192

/* Returns owned memory (token_free), or NULL (DIAG_USAGE). */
char *token_load(
    const struct settings *o, char *(*lookup)(const char *), struct diag *d);
/* Overwrites it, then frees it. */
void token_free(char *token);

/* A transport to the service as the settings have it (transport_curl_new), with
 * up to `connections` kept open. With --token-command it can renew its token.
 */
struct transport;
int settings_connect(const struct settings *o, const char *base_url,
    const char *token, size_t connections, struct transport *t, struct diag *d);

#endif
