/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_SERVICE_WATCH_H
#define IMPORT_SERVICE_WATCH_H

/*
 * The record of the service while a part of a run is sent: read before the
 * first call, a change named the moment it is seen (the submitter holds other
 * calls back until then), written when the sending ends. A record that cannot
 * be read or written is a warning and stops nothing: no row depends on it.
 */

#include "base/xalloc.h"
#include "chakra/contact.h"
#include "ledger/ledger.h"
#include "report/terminal.h"
#include "send/submitter.h"

struct service_watch {
	struct contact_watch contact;
	size_t said; /* changes that were named */
};

/* Returns owned. key may be NULL. */
struct service_watch *service_watch_new(const char *runs_dir,
    const char *base_url, const char *procedure, const char *key);
void service_watch_free(struct service_watch *w);
/* Names on stderr, and as events of the ledger, what changed since the last
 * time. */
int service_watch_say(struct service_watch *w, struct ledger *l,
    struct progress *progress, struct diag *d);
/* service.json of the run and of the runs folder. */
void service_watch_write(struct service_watch *w, const char *runs_dir,
    const char *run_folder, const struct submitter_facts *facts,
    int64_t now_ms);

/* What a run saw, for its report; owned by the arena. NULL: it saw nothing, or
 * its service.json cannot be read (a warning). */
const struct contact *service_of_run(
    const char *run_folder, struct arena *arena);

#endif
