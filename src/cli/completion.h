/* SPDX-License-Identifier: MIT */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

/*
 * Completion scripts for shells, made from the tables of commands and
 * options: a new option is completed without a line here. What is not built
 * yet is not offered.
 */

#include "base/buf.h"
#include "command.h"
#include "system/optspec.h"

#include <stdbool.h>

/* What stands where a value or an operand is wanted. */
enum wanted {
	WANT_NOTHING, /* a value that nobody can guess: a number */
	WANT_FILE,
	WANT_FOLDER,
	WANT_MAPPING, /* *.yaml, *.yml */
	WANT_CSV,     /* *.csv, *.tsv, …, compressed or not */
	WANT_RUN,     /* the ids of `csv2chakra completion runs`, latest */
	WANT_COMMAND,
	WANT_WORDS /* see `words` of the option or operand */
};

/* Of an option of the table; WANT_WORDS: option->words. */
enum wanted completion_of_option(const struct optspec *o);
bool completion_takes(const struct optspec *o, const struct command *c);

struct operand {
	enum wanted wanted;
	bool repeats;
	char words[64]; /* "bash|zsh|fish" */
};
#define OPERAND_KINDS_MAX 4
/* The operands of a command, by their places; returns how many. */
size_t completion_operands(
    const struct command *c, struct operand out[OPERAND_KINDS_MAX]);

/* "a|b|!c" as "a b": without those that are not built yet. */
void completion_words(struct buf *out, const char *words);

/* Files that may be a CSV, as an extended regular expression over a name in
 * lower case: everything after the first dot that counts. */
#define CSV_NAMES "\\.((csv|tsv|tab|psv|txt)(\\.(gz|zst|xz|bz2|zip))?|zip)$"
#define MAPPING_NAMES "\\.ya?ml$"

void completion_bash(struct buf *out);
void completion_zsh(struct buf *out);
void completion_fish(struct buf *out);

#endif
