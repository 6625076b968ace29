/* SPDX-License-Identifier: MIT */
#ifndef CLI_INIT_FRONT_H
#define CLI_INIT_FRONT_H

/* What `init` writes of the first records: how the header was found. */

#include "base/buf.h"
#include "base/diag.h"
#include "csv_look.h"

/* -1 with DIAG_INPUT: no mapping can read the file as it stands. */
int init_front_check(const struct csv_look *l, struct diag *d);
/* Comments, within `source:`: each finding that the keys below follow. */
void init_front_source(const struct csv_look *l, struct buf *out);
/* `quote:`, `header:` and `skip_lines:`, where they are not the default or
 * were written out. */
void init_front_keys(const struct dialect *x, struct buf *out);

#endif
