/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_RUN_SETTINGS_H
#define IMPORT_RUN_SETTINGS_H

/*
 * The settings that a run must keep from its first call to its last, in its
 * ledger: what decides payloads and chunk limits, as the arguments that would
 * say them. `report` and `resume` read the input with these and no others.
 */

#include "base/diag.h"
#include "base/xalloc.h"
#include "import/run_facts.h"
#include "ledger/ledger.h"
#include "plan/options.h"
#include "plan/plan.h"
#include "report/run_report.h"

/* Writes META_ARGUMENTS and META_SETTINGS. */
int run_settings_store(struct ledger *l, const struct settings *o,
    const struct plan *p, struct diag *d);
/* Fills *o as options_parse would from the stored arguments, for `command`.
 * The strings live in *arena. */
int run_settings_load(
    struct ledger *l, struct settings *o, struct arena *arena, struct diag *d);

/* The settings in a text that settings_shown wrote, for a report; NULL = none.
 * Owned by the arena. */
const struct run_setting *run_settings_shown(
    const char *text, struct arena *arena, size_t *count);
/* Puts the reading settings of the run (delimiter, quote, encoding, header),
 * detected ones too, into *o as if they had been said there. */
int run_reading_apply(
    struct ledger *l, struct settings *o, struct arena *arena, struct diag *d);

/* Adds the limit of this part; 0 = none. */
int run_limits_add(struct ledger *l, uint64_t limit, struct diag *d);

#endif
