/* SPDX-License-Identifier: MIT */
#ifndef AUTHOR_CONFIG_ASK_H
#define AUTHOR_CONFIG_ASK_H

/* The configuration of the team, asked of the service once: one GET, which
 * changes nothing. */

#include "base/diag.h"
#include "chakra/response.h"
#include "plan/settings.h"

/* Owned (config_free), or NULL: DIAG_USAGE for a token that is missing or not
 * taken, DIAG_SERVICE for the rest. */
struct config *config_ask(const struct settings *o, struct diag *d);
/* Appends the procedures that the service has, at most so many by name. */
void config_add_procedures(
    const struct config *c, size_t shown_max, struct buf *out);
/* Chooses the procedure; -1 (DIAG_USAGE, with those that there are) if the
 * configuration does not have it, or lists none. */
int config_choose(struct config *c, const char *procedure, struct diag *d);

#endif
