/* SPDX-License-Identifier: MIT */
#ifndef PLAN_FRONT_VERDICT_H
#define PLAN_FRONT_VERDICT_H

/*
 * What the first records of an input (look/front.h) mean for somebody who
 * has a mapping. Its names are evidence, too: a column that it names and
 * finds in the first record speaks for a header.
 */

#include "base/diag.h"
#include "look/front.h"
#include "mapping/mapping.h"

/* Before the header is read: DIAG_INPUT for a shape that is not a table as it
 * stands, whatever the mapping says, and for any other doubt when the mapping
 * names no column. */
int front_refuse(const struct front *f, const struct mapping *m,
    const char *csv_name, struct diag *d);

/* After mapping_bind went well. DIAG_INPUT: the first record is not a header,
 * and the mapping gives no reason to believe that it is one. What its names
 * outweigh is only noted in `list`. */
int front_weigh(const struct front *f, const struct mapping *m,
    const struct header *header, const char *csv_name, struct diagnostics *list,
    struct diag *d);

/* After mapping_bind failed: if a later line has the names, one mistake that
 * says which, in place of those that were added to `list` since `before`;
 * else what was found besides, as a warning. */
void front_explain(const struct front *f, const struct mapping *m,
    const struct header *header, const char *csv_name,
    const struct diagnostics *before, struct diagnostics *list);

#endif
