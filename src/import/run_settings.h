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
#include "ledger/ledger.h"
#include "plan/options.h"
#include "plan/plan.h"
#include "report/run_report.h"

/* Keys of the ledger's meta table that the importer writes. */
#define META_RUN_ID "run_id"
#define META_ARGUMENTS "arguments"   /* JSON array of strings */
#define META_READING "reading"	     /* the same, with what was detected */
#define META_INPUT_PATH "input_path" /* where it was moved to */
#define META_TO_FIX "to_fix"	     /* enum retry_input */
#define META_SETTINGS "settings"     /* JSON: [[name, value, from], …] */
#define META_MAPPING_FILE "mapping_file"
#define META_ROWS_READ "rows_read" /* by the reader that was sent from */
#define META_LIMITED "limited"	   /* "1": --limit ended the reading */
#define META_AFTER "after_bytes"   /* --after: that run's input's length */
#define META_LIMITS "limits"	   /* "100 5000": those of each part */
#define META_STOP_KIND "stop_kind" /* enum diag_kind, or "0" */
#define META_STOP_TEXT "stop_text"
#define META_STOP_CODE "stop_code" /* the diag's, or "" */
#define META_FINISHED "finished"   /* "1" */
/* "plain": the last part asked about the open rows, came to its end and
 * settled none; "all": it also might have sent again what is absent, or no
 * row has a key to be looked up by; else "". */
#define META_IN_VAIN "asked_in_vain"
/* "1": this version of the program builds other calls than the ledger has. */
#define META_OTHER_VERSION "other_version"
#define META_EXIT_STATUS "exit_status"
#define META_VERDICTS_SUM "verdicts_sha256" /* of a file of that name */

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

/* The limits of earlier parts, ascending. *out is owned by the arena. */
int run_limits_load(struct ledger *l, struct arena *arena, uint64_t **out,
    size_t *count, struct diag *d);
/* Adds the limit of this part; 0 = none. */
int run_limits_add(struct ledger *l, uint64_t limit, struct diag *d);

/* A number from the meta table; `missing` when there is none (or an empty
 * text, which takes one back). */
int run_meta_number(struct ledger *l, const char *key, uint64_t missing,
    uint64_t *out, struct diag *d);

#endif
