/* SPDX-License-Identifier: MIT */
#ifndef PLAN_OPTIONS_H
#define PLAN_OPTIONS_H

/*
 * What the command line, the environment and the defaults say, as plain data:
 * the settings, and what only a command of the command line asks.
 *
 * options_parse fills it for one command; every value has been checked by
 * then. Precedence: option, environment, profile, mapping, default. Strings are
 * borrowed from argv, the environment and the profile; options_release ends
 * the last and the helper.
 */

#include "base/diag.h"
#include "plan/settings.h"
#include "system/optspec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --runs-dir of `report`: as given, in order. */
#define FOLDERS_MAX 1024
struct folders {
	const char *said[FOLDERS_MAX];
	size_t count;
};

#define OPTIONS_FAULTS_MAX 16
struct fault_words {
	const char *items[OPTIONS_FAULTS_MAX]; /* as they were typed */
	size_t count;
};

struct options {
	struct settings settings; /* first: the table's offsets are in both */
	struct profile *own_profile; /* what settings.profile is made of */
	bool help;
	int64_t older_than_ms;
	uint64_t count;	  /* -n */
	const char *rows; /* preview: "7,12-20"; report: an outcome's name */
	int rows_outcome; /* report --rows: enum outcome; -1 = not given */
	bool failing, explain;
	bool export;	      /* service --export */
	bool all;	      /* status --all */
	bool any_file_system; /* doctor */
	const char *field;
	struct folders folders;
	bool keep;			       /* rehearse --keep */
	struct fault_words faults;	       /* rehearse --fault */
	uint64_t parts, part_rows, part_bytes; /* split; 0 = not given */

	/* several inputs (batch/batch.h) */
	const char *files_from;
	bool ends_in_nul; /* -0 */
	const char *move_done, *move_failed;
	int64_t quiet_for_ms; /* 0 = not asked */
};

/* Fills *o for `command` from the arguments after the command's name and
 * from the environment. When all is well, argv holds the operands, one after
 * the other, and o->settings.operands is argv. DIAG_USAGE on any mistake. With
 * --help on the line o->help is true and nothing else matters. */
int options_parse(struct options *o, enum command_id command, int argc,
    char **argv, char *(*lookup)(const char *), struct diag *d);

/* Closes all folders to this process but those that the command writes to
 * (system/own_files.h), of the inputs' folders those that --move-* empties:
 * before there is a second thread, once it is known which files are read.
 * Makes the runs folder of an import, unless that is the first one and its
 * mapping has mistakes. -1: that cannot be. */
int options_confine(const struct options *o, const char *const *inputs,
    size_t count, struct diag *d);

/*
 * The commands that --token-command and --notify name: their words are checked
 * (DIAG_USAGE), and a helper is there to run them (system/own_files.h) when
 * this process may not any more. Before options_confine. Sets settings.errands,
 * which options_release releases.
 */
int options_start_errands(struct options *o, struct diag *d);
void options_release(struct options *o);

/* The names of the profiles, in the order of their file; none if it is not
 * there, or not trusted. */
void options_each_profile(char *(*lookup)(const char *),
    void (*each)(void *ctx, const char *name), void *ctx);
/* The end of a command, for --notify, which is run and waited for; without it
 * nothing happens. What goes wrong is a warning. */
struct notice {
	const char *command, *report,
	    *run_id;	     /* report: NULL = there is none */
	const char *verdict; /* a sentence; NULL = none is known */
	int exit_status;
};
void options_notify(const struct options *o, const struct notice *n);

/* True if spreadsheet row `row` is in "7,12-20" (which was validated). */
bool options_row_listed(const char *rows, uint64_t row);
/* The highest row in it. */
uint64_t options_row_last(const char *rows);

/*
 * No output is an input. What the shell redirected to a file (standard output
 * and standard error) and what was named as an output are compared, by device
 * and inode, with every file that is read, before anything is opened for
 * writing. What stands at a named output is looked at where it is written
 * (system/own_files.h).
 */

/* Of options that were read; `form` is what the operands are ("MAPPING [CSV]",
 * see command.h). -1: refused (DIAG_USAGE, output.is_input). If
 * standard error is a file that is read, messages go to standard output
 * instead, or nowhere. */
int outputs_check(const char *form, const struct settings *o, struct diag *d);
/* Of arguments that could not be read: what is wrong with them is not said
 * into a file that one of them names. */
void outputs_turn_away(int argc, char **argv);
/* An input that only shows later: a run's. */
int outputs_spare(const char *path, struct diag *d);
/* The same of a lookup table, which only the mapping names, and against all
 * that the options let the command write. */
int outputs_check_table(
    const struct settings *o, const char *path, struct diag *d);

#endif
