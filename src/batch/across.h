/* SPDX-License-Identifier: MIT */
#ifndef BATCH_ACROSS_H
#define BATCH_ACROSS_H

/*
 * --unique-across: before the first file's turn all of them are read for their
 * unique keys, and each is judged by what came of that.
 *
 * "First" is what was sent first: the rows of files that earlier runs sent, or
 * may have sent, or that are being sent just now, in whatever place they are
 * named; then those of the others, in their order. What such a run itself
 * rejected for the sake of another file is not in it.
 *
 * Files that will not be imported (they cannot be read, the mapping does not
 * fit, they are left for later) are not compared; those that an import stops at
 * after it has judged their rows (a guessed encoding, --expect-rows) are judged
 * after all others. If one that was compared
 * turns out not to be imported, and a row of another file was judged by a row
 * of it, all are compared again without it; if another process sent it by then,
 * it counts. --limit changes nothing: what comes
 * after it is sent by a resume.
 */

#include "import/import.h"
#include "list.h"

#include <stdbool.h>
#include <stddef.h>

struct across_file {
	bool is_out; /* not compared */
	bool was_sent;
	bool is_held;  /* it is judged, and judges no other file */
	size_t number; /* in the verdicts */
	char input_key[65], run_key[65];
	char *left; /* why it is not touched now; owned; NULL: it is */
	struct shared_keys keys;
};

struct across {
	const struct options *o;
	const char *mapping;
	const struct batch_list *list;
	char *next;   /* owned; of shared_keys */
	char *folder; /* for the spool; owned; NULL = $TMPDIR */
	struct across_file *files;
	const char **names;
	struct key_verdicts *verdicts;
};

/* DIAG_USAGE: nothing to compare, or a file that can be read only once.
 * `unique`: how many unique fields the mapping has. */
int across_check(const char *mapping, size_t unique, const struct batch_list *l,
    struct diag *d);
/* `left(ctx, i)`: why a file is left for later; owned, or NULL. -1: no file can
 * be imported (the disk, a signal). Release it either way. */
int across_begin(struct across *a, const struct options *o, const char *mapping,
    const struct batch_list *l, char *(*left)(void *ctx, size_t i), void *ctx,
    struct diag *d);
void across_release(struct across *a);
/* For the import of file i. */
const struct shared_keys *across_keys(const struct across *a, size_t i);
/* The files in an order in which they may be moved away, owned: each before
 * those that it was judged by, so that a command that is started again judges
 * what is left as before. */
size_t *across_last_first(const struct across *a);
/* File i was not imported, although it was to be. */
int across_drop(struct across *a, size_t i, struct diag *d);

#endif
