/* SPDX-License-Identifier: MIT */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

/*
 * Time zones by IANA name. The zone is asked of libc once, when it is loaded
 * (TZ is set for that moment and put back); the transitions of 1900-2100 are
 * kept, and nothing depends on TZ after that.
 */

#include <stdint.h>

struct zone;

/* Returns owned, or NULL: no such zone in the system's tzdata. */
struct zone *zone_load(const char *name);
void zone_free(struct zone *z);

enum zone_result { ZONE_OK, ZONE_GAP, ZONE_TWICE };
/* Local seconds since 1970-01-01T00:00:00 as if in UTC -> seconds since the
 * epoch. GAP: that local time does not exist (clocks went forward); TWICE: it
 * exists twice. NULL is UTC. */
enum zone_result zone_to_utc(
    const struct zone *z, int64_t local_s, int64_t *utc_s);

#endif
