/* SPDX-License-Identifier: MIT */
#ifndef RUNS_RUN_INDEX_H
#define RUNS_RUN_INDEX_H

/*
 * <runs-dir>/.index: of each run what never changes, so that a folder of ten
 * thousand runs is listed by one read. A text file:
 *
 *   csv2chakra.runs-index/2
 *   INPUT-KEY BYTES STARTED-MS INODE WHOLE FIRST LAST PARENT NAME
 *   sha256 HEX                                         of all lines before
 *
 * The newest first. WHOLE FIRST LAST: of a part of a file the whole's input key
 * and the part's rows, else - 0 0. PARENT: or -. INODE is that of the run's
 * folder: one that was put in its place is another. Only folders with a run's
 * id for a name are in it. A file that is not whole, not ours or of another
 * version counts as none.
 */

#include "base/xalloc.h"
#include "runs/run.h"

#include <stdbool.h>
#include <stddef.h>

/* Fills an array of entries, newest first, its texts in `arena`; owned. NULL,
 * *count = 0: there is none that counts. */
struct run_entry *run_index_read(
    int runs_fd, struct arena *arena, size_t *count);
/* True if this entry may be in it. */
bool run_index_takes(const struct run_entry *e);
/* Replaces the index as a whole. It only saves time, so a failure is logged
 * and not reported. Does nothing in a folder that is not ours. */
void run_index_write(int runs_fd, const char *runs_dir,
    const struct run_entry *entries, size_t count);

#endif
