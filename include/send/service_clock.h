/* SPDX-License-Identifier: MIT */
#ifndef SEND_SERVICE_CLOCK_H
#define SEND_SERVICE_CLOCK_H

/*
 * What time it is at the service: the offset of its clock from this
 * machine's, out of the Date headers of its answers (RFC 9110, section
 * 6.6.1). A Date is cut to the second, and its answer was made somewhere
 * between the request and its end: the offset is Date + 0.5 s less the middle
 * of the request, give or take 0.5 s and half the round trip. The least
 * uncertain of the answers counts for all of its epoch, also for what was
 * sent before it.
 *
 * An epoch is a part of the run, or what follows a step of this machine's
 * clock (more than CLOCK_STEP_MS against the monotonic one). Epochs of earlier
 * parts come back from the ledger's events; one that knows nothing takes the
 * next one's.
 */

#include "ledger/ledger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOCK_STEP_MS INT64_C(2000)
/* How far apart the clocks inside the service may be. */
#define CLOCK_SERVICE_MS INT64_C(60000)
/* Nothing is known of the service's clock: what is older than the send by no
 * more than this may be ours. */
#define CLOCK_UNKNOWN_MS INT64_C(300000)

/* The ledger's event of this kind, with these texts. */
#define CLOCK_EVENT "clock"
#define CLOCK_EVENT_FORMAT "offset %lld ms, within %lld ms"

struct clock_epoch {
	int64_t start_ms;	      /* wall */
	int64_t offset_ms, within_ms; /* within < 0 = not known */
};
struct service_clock {
	struct clock_epoch *epochs;
	size_t count, cap;
	int64_t base_ms; /* wall less monotonic, when the last one began */
	int64_t noted_within_ms; /* as the ledger has it; < 0 = not there */
};

void service_clock_release(struct service_clock *c);
/* The epochs of earlier parts, then one that begins now. */
int service_clock_begin(struct service_clock *c, struct ledger *l,
    int64_t wall_ms, int64_t mono_ms, struct diag *d);
/* An answer came now, `elapsed_ms` after its request began. date_ms: its Date,
 * or -1. */
void service_clock_note(struct service_clock *c, int64_t wall_ms,
    int64_t mono_ms, int64_t elapsed_ms, int64_t date_ms);
/* Writes an event if there is something new: at_end also what only became
 * more certain. */
int service_clock_store(struct service_clock *c, struct ledger *l,
    int64_t wall_ms, bool at_end, struct diag *d);
/* A process that was created before this (in the service's time) is not from
 * a call that was sent at sent_ms (in ours). epoch: the one it was sent in, or
 * SIZE_MAX to find it by its time. */
int64_t service_clock_earliest(
    const struct service_clock *c, int64_t sent_ms, size_t epoch);
/* The offset of the last epoch; false: it is not known. */
bool service_clock_offset(
    const struct service_clock *c, int64_t *offset_ms, int64_t *within_ms);
size_t service_clock_epoch(const struct service_clock *c);
/* An event's text, read again. */
bool service_clock_parse(
    const char *text, int64_t *offset_ms, int64_t *within_ms);

#endif
