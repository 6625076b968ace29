/* SPDX-License-Identifier: MIT */
#ifndef BASE_OUTCOME_H
#define BASE_OUTCOME_H

/*
 * What became of a row. Every row read has exactly one of these at the end;
 * their meaning is in csv2chakra(1), "OUTCOMES".
 *
 * All that follows from an outcome is in one table (outcome.c): readers
 * loop over it or ask for a trait, and none knows an outcome by its name but
 * those that give it to a row. A new outcome is a line here and a row there.
 */

#include "base/buf.h"
#include "base/diag.h"

#include <stdint.h>
#include <stdbool.h>

/* The exit statuses of csv2chakra(1), frozen. Which one wins when several
 * apply is exit_status_worse. */

enum exit_status {
	EXIT_GOOD = 0,	   /* no row rejected, refused, unknown, unsent */
	EXIT_BAD_ROWS = 1, /* some rows rejected or refused */
	EXIT_USAGE = 2,
	EXIT_MAX_ERRORS = 3,
	EXIT_SERVICE = 4, /* network, service, local disk: resumable */
	EXIT_SIGNAL = 5,
	EXIT_UNKNOWN = 6, /* some rows are unknown: reconcile */
	EXIT_INPUT = 7,
	EXIT_IMPORTED = 8,
	EXIT_INTERNAL = 70,
	EXIT_LOCKED = 75
};
/* Of two exit statuses the one that wins: in the order 70, 2, 75, 8, 5, 4, 3,
 * 7, 6, 1, 0. */
int exit_status_worse(int a, int b);
/* What a command returned (-1: its diag says it) and its diag, as one. */
struct diag;
int exit_status_combined(int returned, const struct diag *d);
/* The same of two files of one command, where each says what became of its
 * own rows: 70, 5, 4, 3, 7, 2, 6, 1, 75, 8, 0. */
int exit_status_worse_file(int a, int b);

/* In the order in which reports show them. */
enum outcome {
	OUTCOME_CREATED,
	OUTCOME_UPDATED,
	OUTCOME_DELETED,
	OUTCOME_UNCHANGED,
	OUTCOME_ACCEPTED,
	OUTCOME_REFUSED,
	OUTCOME_REJECTED,
	OUTCOME_SKIPPED,
	OUTCOME_ABSENT,
	OUTCOME_KEPT,
	OUTCOME_CONFLICT,
	OUTCOME_UNKNOWN,
	OUTCOME_UNSENT,
	OUTCOME_COUNT
};
/* Their names, as an option takes them. */
#define OUTCOME_WORDS                                                          \
	"created|updated|deleted|unchanged|accepted|refused|rejected|skipped|" \
	"absent|kept|conflict|unknown|unsent"

/* What readers ask of an outcome. A row that was sent and has not failed is
 * there, or may be: nobody sends it again unasked. */
enum outcome_trait {
	TRAIT_SENT = 1,	  /* the row left this machine */
	TRAIT_FAILED = 2, /* a person has to fix it: it is in rejected.csv and
			   * in to-fix.csv, and `retry` takes it */
	TRAIT_OPEN = 4,	  /* the service may still say more: `reconcile` */
	TRAIT_LOST = 8,	  /* nobody knows whether it arrived */
	TRAIT_DUE = 16,	  /* it is still to be sent: `resume` */
	TRAIT_OURS = 32	  /* our own checks say why: its problems do */
};

/* In words "*" stands for the service, see outcome_say. */
struct outcome_row {
	const char *name; /* "created", …: in files, the ledger, options */
	unsigned traits;
	const char *verb; /* whose calls give it to the rows that are done;
			   * NULL = no call does */
	char sign;	  /* of its line in a diff */
	enum exit_status exit_status; /* of a run that has such rows */
	const char *tint; /* its colour: o- and k-TINT of page.css */
	const char *would_name, *would_tint; /* of a dry run; NULL = the same */
	const char *meaning; /* in reports; of a dry run the next */
	const char *would_mean;
	const char *was, *were; /* "was rejected before sending": the verdict */
	const char *would;	/* the same of a dry run, or NULL */
	/* In an undo; NULL = as above. */
	const char *undo_meaning, *undo_was, *undo_were;
	const char *heading; /* of its groups of problems; NULL = it has none */
	const char *wordless; /* where nobody gave a reason, or NULL */
	const char *silent;   /* … nor a code; NULL = as `wordless` says */
};

/* That of a row which is left out on purpose. */
enum outcome outcome_left_out(void);
const struct outcome_row *outcome_row(enum outcome o);
/* Its name as reports show it: a dry run's own word where there is one. */
const char *outcome_shown(enum outcome o, bool is_dry);
const char *outcome_name(enum outcome o);
/* Its value, or -1. */
int outcome_parse(const char *name);
/* Does it have all of these traits? */
bool outcome_is(enum outcome o, unsigned traits);
/* The outcome that a verb's calls give to the rows that are done, or -1. */
int outcome_of_verb(const char *verb);
/* The i-th of those whose rows are told with a reason, what failed first;
 * OUTCOME_COUNT after the last. */
enum outcome outcome_trouble(size_t i);
/* Appends words of the table, about this service. */
void outcome_say(struct buf *out, const char *words, const char *service);

/* How many rows had each outcome. */
struct outcome_counts {
	uint64_t rows[OUTCOME_COUNT];
};

/* How many rows have an outcome with one of these traits. */
uint64_t outcome_counts_of(const struct outcome_counts *c, unsigned traits);
uint64_t outcome_counts_sum(const struct outcome_counts *c);
void outcome_counts_add(
    struct outcome_counts *to, const struct outcome_counts *c);
/* The exit status that the outcomes alone ask for. */
int exit_status_of_rows(const struct outcome_counts *counts);

/*
 * --max-errors: how many rows may be bad before a run stops. A dry run and an
 * import ask the same question with the same counts, those of the chunks that
 * were delivered, after each of them and at the end: so both stop at the same
 * chunk, unless the service refuses rows that a dry run cannot know of.
 */

/* N or P%. All zero: no limit. */
struct error_limit {
	bool is_set, is_percent;
	uint64_t rows;
	double percent;
};

/* From so many rows on a share of them means something; a smaller input is
 * judged at its end. */
#define ERROR_LIMIT_PERCENT_ROWS 1000

/* True when `bad` rows (rejected or refused) of `read` are more than the limit
 * allows; then *why is DIAG_MAX_ERRORS, with a help. */
bool error_limit_passed(const struct error_limit *limit, uint64_t bad,
    uint64_t read, bool at_end, struct diag *why);

#endif
