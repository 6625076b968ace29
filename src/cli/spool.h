/* SPDX-License-Identifier: MIT */
#ifndef CLI_SPOOL_H
#define CLI_SPOOL_H

/* An input that can be read once only, as a file that can be read again. */

#include "base/diag.h"
#include "source/input.h"

#include <stdbool.h>

/* Copies the decompressed bytes of `from` ("-" or a FIFO) into a new file at
 * `to`, mode 0600, fsynced. At most as many as the limits say, and as the disk
 * has room for less a reserve (disk.room): a pipe may never end. */
int spool_input(const char *from, const char *to,
    const struct input_limits *limits, struct diag *d);
/* True if `path` can be read once only: a FIFO, a terminal, "-" unless a file
 * stands after it at its beginning. */
bool input_needs_spool(const char *path);

#endif
