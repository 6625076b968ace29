/* SPDX-License-Identifier: MIT */
/* What follows from each outcome, in one table. */
#include "base/outcome.h"

#include "base/diag.h"

#include <assert.h>
#include <string.h>

static const struct outcome_row rows[OUTCOME_COUNT] = {
    [OUTCOME_CREATED] = {.name = "created",
	.sign = '+',
	.traits = TRAIT_SENT,
	.verb = "create",
	.tint = "created",
	.would_name = "to create",
	.meaning = "* confirmed them",
	.would_mean = "* has no process with their key",
	.was = "was created",
	.were = "were created"},
    [OUTCOME_UPDATED] = {.name = "updated",
	.sign = '~',
	.traits = TRAIT_SENT,
	.verb = "update",
	.tint = "updated",
	.would_name = "to change",
	.meaning = "* has their new values",
	.would_mean = "* has other values",
	.was = "was updated",
	.were = "were updated"},
    [OUTCOME_DELETED] = {.name = "deleted",
	.sign = '-',
	.traits = TRAIT_SENT,
	.verb = "delete",
	.tint = "deleted",
	.would_name = "to delete",
	.meaning = "* has deleted their processes",
	.would_mean = "would be deleted",
	.was = "was deleted",
	.were = "were deleted"},
    [OUTCOME_UNCHANGED] = {.name = "unchanged",
	.sign = '=',
	.tint = "unchanged",
	.meaning = "* had these values before; not sent",
	.would_mean = "* has these values already",
	.was = "had these values already, and was not sent",
	.were = "had these values already, and were not sent"},
    [OUTCOME_ACCEPTED] = {.name = "accepted",
	.sign = ' ',
	.traits = TRAIT_SENT | TRAIT_OPEN,
	.tint = "accepted",
	.meaning = "* took them; not followed",
	.would_mean = "",
	.was = "was accepted and not followed",
	.were = "were accepted and not followed"},
    [OUTCOME_REFUSED] = {.name = "refused",
	.sign = '?',
	.traits = TRAIT_SENT | TRAIT_FAILED,
	.exit_status = EXIT_BAD_ROWS,
	.tint = "refused",
	.meaning = "* refused them",
	.would_mean = "several processes have their key, or none has",
	.was = "was refused by *",
	.were = "were refused by *",
	.heading = "Refused by *, by its answer",
	.wordless = "refused without a reason"},
    [OUTCOME_REJECTED] = {.name = "rejected",
	.sign = '!',
	.traits = TRAIT_FAILED | TRAIT_OURS,
	.exit_status = EXIT_BAD_ROWS,
	.tint = "rejected",
	.meaning = "failed our checks; never sent",
	.would_mean = "fail our checks",
	.was = "was rejected before sending",
	.were = "were rejected before sending",
	.would = "would be rejected",
	.heading = "Rejected by our checks, by cause"},
    [OUTCOME_SKIPPED] = {.name = "skipped",
	.sign = ' ',
	.tint = "skipped",
	.meaning = "left out on purpose",
	.would_mean = "left out on purpose",
	.was = "was skipped on purpose",
	.were = "were skipped on purpose",
	.would = "would be skipped",
	.heading = "Skipped on purpose"},
    [OUTCOME_ABSENT] = {.name = "absent",
	.sign = '-',
	.traits = TRAIT_FAILED,
	.exit_status = EXIT_BAD_ROWS,
	.tint = "absent",
	.meaning = "* has no process with their key; not sent",
	.would_mean = "* has no process with their key",
	.was = "was not found in *, and was not sent",
	.were = "were not found in *, and were not sent",
	.undo_meaning = "* has no such process any more",
	.undo_was = "was gone before",
	.undo_were = "were gone before",
	.heading = "Not found in *",
	.wordless = "no process has this key"},
    [OUTCOME_KEPT] = {.name = "kept",
	.sign = '!',
	.exit_status = EXIT_BAD_ROWS,
	.tint = "kept",
	.meaning = "left in *, for a reason that is given",
	.would_mean = "would be left in *",
	.was = "was kept",
	.were = "were kept",
	.would = "would be kept",
	.heading = "Kept in *, by cause"},
    [OUTCOME_CONFLICT] = {.name = "conflict",
	.sign = '?',
	.traits = TRAIT_SENT | TRAIT_FAILED,
	.exit_status = EXIT_BAD_ROWS,
	.tint = "conflict",
	.meaning = "changed by somebody else meanwhile",
	.would_mean = "changed by somebody else meanwhile",
	.was = "was changed by somebody else meanwhile",
	.were = "were changed by somebody else meanwhile",
	.heading = "Changed by somebody else in *",
	.wordless = "it was changed by somebody else meanwhile"},
    [OUTCOME_UNKNOWN] = {.name = "unknown",
	.sign = '?',
	.traits = TRAIT_SENT | TRAIT_OPEN | TRAIT_LOST,
	.exit_status = EXIT_UNKNOWN,
	.tint = "unknown",
	.meaning = "may have arrived; the answer was lost",
	.would_mean = "",
	.was = "may or may not have arrived",
	.were = "may or may not have arrived",
	.heading = "Unknown: sent, and the answer was lost",
	.wordless = "the answer was lost",
	.silent = "csv2chakra ended before the answer came"},
    [OUTCOME_UNSENT] = {.name = "unsent",
	.sign = ' ',
	.traits = TRAIT_DUE,
	.tint = "unsent",
	.would_name = "to send",
	.would_tint = "created", /* it is what is good */
	.meaning = "read, and never sent",
	.would_mean = "would be sent",
	.was = "was not sent",
	.were = "were not sent",
	.heading = "Not sent"},
};

static const enum outcome troubles[] = {OUTCOME_REJECTED, OUTCOME_REFUSED,
    OUTCOME_ABSENT, OUTCOME_KEPT, OUTCOME_CONFLICT, OUTCOME_UNKNOWN,
    OUTCOME_UNSENT, OUTCOME_SKIPPED};

enum outcome
outcome_left_out(void)
{
	return OUTCOME_SKIPPED;
}

const struct outcome_row *
outcome_row(enum outcome o)
{
	assert(o < OUTCOME_COUNT);
	return &rows[o];
}

const char *
outcome_shown(enum outcome o, bool is_dry)
{
	const struct outcome_row *row = outcome_row(o);

	return is_dry && row->would_name ? row->would_name : row->name;
}

const char *
outcome_name(enum outcome o)
{
	return outcome_row(o)->name;
}

int
outcome_parse(const char *name)
{
	for (int i = 0; i < OUTCOME_COUNT; i++)
		if (strcmp(rows[i].name, name) == 0)
			return i;
	return -1;
}

bool
outcome_is(enum outcome o, unsigned traits)
{
	return (outcome_row(o)->traits & traits) == traits;
}

int
outcome_of_verb(const char *verb)
{
	for (int i = 0; i < OUTCOME_COUNT; i++)
		if (rows[i].verb && strcmp(rows[i].verb, verb) == 0)
			return i;
	return -1;
}

enum outcome
outcome_trouble(size_t i)
{
	return i < sizeof(troubles) / sizeof(troubles[0]) ? troubles[i]
							  : OUTCOME_COUNT;
}

void
outcome_say(struct buf *out, const char *words, const char *service)
{
	size_t len = strcspn(words, "*");

	buf_add(out, words, len);
	if (words[len] == '\0')
		return;
	buf_adds(out, service);
	buf_adds(out, words + len + 1);
}

uint64_t
outcome_counts_of(const struct outcome_counts *c, unsigned traits)
{
	uint64_t sum = 0;

	for (int i = 0; i < OUTCOME_COUNT; i++)
		if (rows[i].traits & traits)
			sum += c->rows[i];
	return sum;
}

uint64_t
outcome_counts_sum(const struct outcome_counts *c)
{
	uint64_t sum = 0;

	for (int i = 0; i < OUTCOME_COUNT; i++)
		sum += c->rows[i];
	return sum;
}

void
outcome_counts_add(struct outcome_counts *to, const struct outcome_counts *c)
{
	for (int i = 0; i < OUTCOME_COUNT; i++)
		to->rows[i] += c->rows[i];
}

static int
first_of(const enum exit_status *order, size_t count, int a, int b)
{
	for (size_t i = 0; i < count; i++)
		if (a == (int)order[i] || b == (int)order[i])
			return (int)order[i];
	return a > b ? a : b;
}

int
exit_status_worse(int a, int b)
{
	static const enum exit_status order[] = {EXIT_INTERNAL, EXIT_USAGE,
	    EXIT_LOCKED, EXIT_IMPORTED, EXIT_SIGNAL, EXIT_SERVICE,
	    EXIT_MAX_ERRORS, EXIT_INPUT, EXIT_UNKNOWN, EXIT_BAD_ROWS,
	    EXIT_GOOD};

	return first_of(order, sizeof(order) / sizeof(order[0]), a, b);
}

int
exit_status_combined(int returned, const struct diag *d)
{
	if (d->kind == DIAG_NONE)
		return returned < 0 ? EXIT_INTERNAL : returned;
	if (returned < 0)
		return diag_exit_status(d->kind);
	return exit_status_worse(returned, diag_exit_status(d->kind));
}

int
exit_status_worse_file(int a, int b)
{
	static const enum exit_status order[] = {EXIT_INTERNAL, EXIT_SIGNAL,
	    EXIT_SERVICE, EXIT_MAX_ERRORS, EXIT_INPUT, EXIT_USAGE, EXIT_UNKNOWN,
	    EXIT_BAD_ROWS, EXIT_LOCKED, EXIT_IMPORTED, EXIT_GOOD};

	return first_of(order, sizeof(order) / sizeof(order[0]), a, b);
}

int
exit_status_of_rows(const struct outcome_counts *counts)
{
	int status = EXIT_GOOD;

	for (int i = 0; i < OUTCOME_COUNT; i++)
		if (counts->rows[i] > 0)
			status =
			    exit_status_worse(status, (int)rows[i].exit_status);
	return status;
}
