/* SPDX-License-Identifier: MIT */
#ifndef SYSTEM_CLOCK_H
#define SYSTEM_CLOCK_H

/*
 * Time and chance are passed in, so that tests own them.
 */

#include <stdbool.h>
#include <stdint.h>

struct clock {
	void *ctx;
	int64_t (*wall_ms)(void *ctx); /* since 1970-01-01 UTC */
	int64_t (*mono_ms)(void *ctx); /* monotonic, any origin */
	uint64_t (*random)(void *ctx); /* uniform over 64 bits */
};

/* The real ones: clock_gettime, nanosleep, getrandom. */
struct clock clock_system(void);

#endif
