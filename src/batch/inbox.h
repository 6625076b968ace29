/* SPDX-License-Identifier: MIT */
#ifndef BATCH_INBOX_H
#define BATCH_INBOX_H

/*
 * A folder into which somebody puts files, night after night: what was
 * imported moves to --move-done, what failed to --move-failed, once the books
 * are closed. A file is only ever renamed, or copied whole and then removed;
 * nothing is written over; a file that was replaced while it was imported
 * stays.
 */

#include "base/diag.h"
#include "list.h"
#include "sum.h"

/* Before the first file: the folders are made, can be written, and are not
 * those that the files come from. -1: DIAG_USAGE. */
int inbox_ready(const struct options *o, struct diag *d);
/* The file's last change is longer ago than --quiet-for asks; else false, and
 * the reason for a person in `why`. */
bool inbox_is_quiet(const struct batch_file *f, int64_t quiet_for_ms,
    int64_t now_ms, struct buf *why);
/* Moves the file if its end asks for it, and fills x->moved_to. -1: it could
 * not be moved (DIAG_DISK), and lies where it was. */
int inbox_move(const struct options *o, const struct batch_file *f,
    struct batch_item *x, struct diag *d);

#endif
