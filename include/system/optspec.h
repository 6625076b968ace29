/* SPDX-License-Identifier: MIT */
#ifndef SYSTEM_OPTSPEC_H
#define SYSTEM_OPTSPEC_H

/*
 * Command line options as one table of plain data. The table feeds the
 * parser, the defaults, the environment, `--help`, the usage errors and the
 * test that holds the man page against it; nothing else knows an option's
 * name.
 *
 * Each row says where its value goes (an offset into a struct of the caller)
 * and what a good value looks like. A table serves several commands; a row
 * belongs to those whose bit is set in `commands`, and an option that the
 * command does not take is a usage error. Two rows may share a name or a
 * letter when no command takes both.
 *
 * The rules are GNU's: `--name VALUE`, `--name=VALUE`, `-n VALUE`, `-nVALUE`,
 * letters in a cluster, operands anywhere, `--` ends the options, `-` is an
 * operand. The last of several wins. Names are not abbreviated: a script that
 * says `--re` would break when a second option begins so. Nothing here is
 * global, and a value after an unknown option is never printed (it could be
 * a secret).
 *
 * All errors are DIAG_USAGE.
 */

#include "base/buf.h"
#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum optspec_kind {
	OPTSPEC_FLAG,	  /* bool; takes no value */
	OPTSPEC_REPEAT,	  /* unsigned; takes no value, counts: -vv */
	OPTSPEC_LAST,	  /* bool; a flag after which nothing is looked at:
			   * --help */
	OPTSPEC_TEXT,	  /* const char *, borrowed; not empty */
	OPTSPEC_COUNT,	  /* uint64_t, from min to max */
	OPTSPEC_SIZE,	  /* uint64_t, bytes, from min to max */
	OPTSPEC_DURATION, /* int64_t, milliseconds, from min to max */
	OPTSPEC_WORD,	  /* int, the index in `words` */
	OPTSPEC_CUSTOM	  /* what parse makes of it */
};

#define OPTSPEC_WHY_SIZE 160

struct optspec {
	const char *name; /* without dashes; NULL = only a letter */
	char letter;	  /* 0 = only a name */
	enum optspec_kind kind;
	const char *argument;	 /* as help shows it: "FILE"; NULL: a flag */
	size_t offset;		 /* of the value in the caller's struct */
	const char *environment; /* NULL = none; an empty one counts as unset */
	const char
	    *default_text; /* goes through the same parser; NULL = none */
	const char *default_note; /* shown for a default that is not a value:
				   * "the mapping's"; NULL = none */
	const char *group;	  /* heading in help; static, one pointer or
				   * text for all rows of a group */
	uint32_t commands;
	const char *help;  /* a sentence without capital and full stop */
	uint64_t min, max; /* max 0 = no limit */
	const char *words; /* "text|json" */
	const char *also;  /* what others call it, for the help of a mistake:
			    * "url|host"; NULL = nothing */
	/* Returns 0, or -1 with the reason in `why`, which reads well after
	 * "invalid value 'x' for '--name': ". */
	int (*parse)(const char *text, void *field, char why[OPTSPEC_WHY_SIZE]);
	/* The way back, where optspec_text is asked for such a row. */
	void (*print)(const void *field, struct buf *out);
	unsigned uses;	     /* bits of the program's own */
	const char *profile; /* its key in a profile; NULL = it has none */
};

struct optspec_table {
	const char *program;
	const struct optspec *items;
	size_t count;
	/* By bit number; NULL = a program without commands (bit 0). */
	const char *const *command_names;
	size_t command_count;
};

/* Where a value came from, in rising precedence. */
enum optspec_origin {
	ORIGIN_NONE,
	ORIGIN_DEFAULT,
	ORIGIN_PROFILE,
	ORIGIN_ENVIRONMENT,
	ORIGIN_OPTION
};

struct optspec_result {
	unsigned char *origins; /* table->count of them, by row */
	const char **operands;	/* room for argc pointers; borrowed */
	size_t operand_count;
};

/* Fills *base (already zeroed) with defaults, then the environment, then
 * argv[0 … argc-1], which begins after the program's and command's names.
 * `lookup` is getenv, or a test's. */
int optspec_parse(const struct optspec_table *t, unsigned command_bit, int argc,
    char **argv, char *(*lookup)(const char *), void *base,
    struct optspec_result *result, struct diag *d);

/* The row of that name (or of that letter, when it is one character long)
 * that the command takes; -1 = none. */
int optspec_find(
    const struct optspec_table *t, unsigned command_bit, const char *name);

/* Position of `word` in "a|b|c", or -1. */
int optspec_word(const char *words, const char *word);

/* One value by the rules of its row; `why` as for optspec.parse. */
int optspec_convert(const struct optspec *o, const char *text, void *field,
    char why[OPTSPEC_WHY_SIZE]);

/* The value as text that optspec_convert takes back; a set flag is "1", one
 * that is not set and a text that is NULL are nothing. */
void optspec_text(const struct optspec *o, const void *field, struct buf *out);
/* Does it hold anything but false, 0, an empty text or NULL? A word or a
 * custom value cannot be told from none: false. */
bool optspec_is_set(const struct optspec *o, const void *field);

/* The options that the command takes, under their groups' headings, in the
 * table's order, 80 columns wide. */
void optspec_help(
    const struct optspec_table *t, unsigned command_bit, struct buf *out);

#endif
