/* SPDX-License-Identifier: MIT */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

/*
 * A command: a const descriptor and its run function, one cmd_*.c each.
 * dispatch.c has the list; main.c prints the diag and turns both into the
 * exit status.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "base/outcome.h"
#include "plan/options.h"

#include <stdbool.h>
#include <stddef.h>

struct run_audience;

struct command_example {
	const char *line; /* after "csv2chakra " */
	const char *what; /* what it does */
};

struct command {
	enum command_id id;
	const char *name;
	const char *operands; /* "MAPPING [CSV]", or "" */
	size_t operands_min, operands_max;
	const char *summary;
	const char *details; /* a paragraph for --help, or NULL */
	struct command_example examples[2];
	/* Returns the exit status. Fills the diag when something stopped it;
	 * the diag's own status is combined with what is returned
	 * (exit_status_worse), so -1 is enough when there is nothing to add. */
	int (*run)(struct options *o, struct diag *d);
	/* The same of a command that sends; what came of it is for
	 * --metrics-file. */
	int (*send)(const struct options *o,
	    const struct run_audience *audience, struct diag *d);
};

extern const struct command command_check, command_preview, command_split,
    command_convert, command_diff, command_rehearse, command_import,
    command_resume, command_reconcile, command_retry, command_undo,
    command_status, command_report, command_prune, command_inspect,
    command_init, command_fields, command_doctor, command_service,
    command_schema, command_completion, command_help, command_version;

/* By number, 0 … COMMAND_COUNT - 1. */
const struct command *command_at(size_t i);
/* By name, or NULL: DIAG_USAGE with "did you mean". */
const struct command *command_find(const char *name, struct diag *d);

/* Prints the answer of a command, as JSON with nothing hidden in it if asked,
 * and releases it. EXIT_GOOD or -1. */
int command_answer(struct buf *out, bool is_json, struct diag *d);

/* The first steps, on stderr: for who names no command. */
void help_short(void);
/* Appends what `csv2chakra COMMAND --help` prints. */
void help_command(const struct command *c, struct buf *out);
/* Prints it; NULL: `csv2chakra help`. As command_answer. */
int help_print(const struct command *c, struct diag *d);

/* What the scripts of shells ask: the words after the program's name, up to
 * the one that is typed. Appends the answer (cmd_completion.c); nothing where
 * there is nothing to offer. */
void complete(char **words, int count, struct buf *out);

/* Runs the program: argv as main got it. Returns the exit status; *d is what
 * main has to print. */
int dispatch(int argc, char **argv, struct diag *d);

#endif
