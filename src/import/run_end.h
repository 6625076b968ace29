/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_RUN_END_H
#define IMPORT_RUN_END_H

/*
 * What the ledger tells of how a run ended: where its rows are, and what can
 * still be done about those that are unknown.
 */

#include "base/diag.h"
#include "base/xalloc.h"
#include "ledger/ledger.h"
#include "report/run_report.h"
#include "runs/run.h"

#include <stdbool.h>

/* Fills r->rehearsal, and r->place from r->base_url; its text lives in
 * *arena. */
int run_end_place(struct ledger *l, struct arena *arena, struct run_report *r,
    struct diag *d);
/* What sentences call the service (run_report_service); a constant. */
int run_end_service(
    struct ledger *l, const char *base_url, const char **out, struct diag *d);

/* Rows whose end is not known: unknown, or accepted and not followed. */
int run_end_open_rows(struct ledger *l, uint64_t *out, struct diag *d);
/* Writes META_IN_VAIN. in_vain: the part came to its end, only asked, and
 * settled none of these; asked_all: nor could it ask for more. */
int run_end_note(
    struct ledger *l, bool in_vain, bool asked_all, struct diag *d);
/* What run_report has under these names. */
int run_end_rest(
    struct ledger *l, bool looks_first, enum run_rest *out, struct diag *d);
int run_end_other_version(
    struct ledger *l, const struct run_identity *id, bool *out, struct diag *d);

#endif
