/* SPDX-License-Identifier: MIT */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

/*
 * A run error: why a function could not do its work, said where the fact is
 * known, printed once, by main.
 *
 * Functions that can fail take a struct diag as their last parameter and
 * return 0 or -1; on -1 the diag holds a kind (which decides the exit status)
 * and a message. A message is lower case, without full stop, names the thing
 * in single quotes, the place, the cause; the next step goes into `help`.
 * Texts are cut at the size of their arrays; no memory is owned, so a diag
 * needs no release and may be copied.
 */

#include <stdbool.h>
#include <stddef.h>

enum diag_kind {
	DIAG_NONE = 0,
	DIAG_USAGE,	 /* command line, mapping, configuration: exit 2 */
	DIAG_MAX_ERRORS, /* --max-errors, or three refused first calls: 3 */
	DIAG_SERVICE,	 /* network, authentication, server: exit 4 */
	DIAG_DISK,	 /* local disk: exit 4 */
	DIAG_SIGNAL,	 /* stopped by a signal: exit 5 or death by SIGINT */
	DIAG_INPUT,	 /* the input or the ledger: exit 7 */
	DIAG_IMPORTED,	 /* imported before: exit 8 */
	DIAG_INTERNAL,	 /* a bug, or books that do not balance: exit 70 */
	DIAG_LOCKED	 /* another process imports this input: exit 75 */
};

struct diag {
	enum diag_kind kind;
	char code[48];	  /* stable dotted code, or "" */
	char file[256];	  /* the file the error is in, or "" */
	int line, column; /* from 1; 0 = not known */
	char message[1024];
	char help[512]; /* the next step, or "" */
};

/* A diag that holds nothing. */
#define DIAG_INIT                                                              \
	{                                                                      \
		.kind = DIAG_NONE                                              \
	}

/* Sets kind and message, clears place, code and help. Always returns -1, so
 * that `return diag_set(...)` reads well. */
int diag_set(struct diag *d, enum diag_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* As diag_set, with ": " and the text of the errno value `err` after. A wait
 * that a signal ended (signals.h) is DIAG_SIGNAL, whatever `kind`. EACCES has a
 * help of its own. */
int diag_set_errno(struct diag *d, enum diag_kind kind, int err,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* In long work, and after a wait that failed: -1, DIAG_SIGNAL, if a signal
 * asks for the stop (signals.h); else 0. */
int diag_stopped(struct diag *d);

/* Adds the place, the code, the next step; each returns -1. */
int diag_at(struct diag *d, const char *file, int line, int column);
int diag_code(struct diag *d, const char *code);
int diag_help(struct diag *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds, where there is one, what to do about a file that could not be opened
 * for the reason `err`: where it was looked for, or who may read it. Returns
 * -1. */
int diag_help_open(struct diag *d, int err, const char *path);

/* A folder could not be made for the reason `err`: DIAG_DISK, and what to do.
 * Returns -1. */
int diag_no_folder(struct diag *d, int err, const char *folder);

/* The exit status for a kind, see csv2chakra(1); 0 for DIAG_NONE. */
int diag_exit_status(enum diag_kind kind);

#endif
