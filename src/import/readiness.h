/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_READINESS_H
#define IMPORT_READINESS_H

/*
 * What can be known before the first row is sent: open files, room on the
 * disk, and that files can be made where the results go. A run that learns it
 * at its end has sent everything and cannot say so.
 */

#include "base/diag.h"
#include "mapping/mapping.h"
#include "plan/plan.h"
#include "plan/settings.h"

#include <stdint.h>

struct readiness {
	const char *folder; /* where the run writes */
	uint64_t lines;	    /* of the input: no fewer than its rows */
	uint64_t chunk_rows;
	uint64_t in_flight;
	uint64_t keys_bytes; /* of unique keys that do not fit into memory */
	const char *runs_dir;
	/* The mapping of a new run, whose lookup tables may still have to be
	 * kept; or NULL. */
	const struct mapping *new_tables_of;
};

/* -1: it would not come to its end. DIAG_USAGE (usage.open_files) for the
 * limit on open files, which is raised first as far as the hard limit allows;
 * DIAG_DISK (disk.room) for the room; DIAG_DISK for a folder in which no file
 * can be made. Leaves nothing behind. */
int readiness_check(const struct readiness *r, struct diag *d);

/* Reads the whole input once ahead, as --expect-rows and --all-or-nothing ask.
 * 0 = it may be sent, 1 = some rows would be rejected, -1. */
int readiness_look_ahead(
    struct plan *p, const struct settings *o, struct diag *d);

#endif
