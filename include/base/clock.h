/* SPDX-License-Identifier: MIT */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

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

/* "2026-11-23T14:02:10Z"; out has at least 32 bytes. Returns out. */
char *clock_iso8601(int64_t wall_ms, char out[32]);
/* "2026-11-23T14:02:10.123Z". */
char *clock_iso8601_ms(int64_t wall_ms, char out[32]);
/* Reads what these two write; false: not a moment, or not in that form. */
bool clock_read_iso8601(const char *s, int64_t *wall_ms);
/* "20261123T140210Z", as in run ids. */
char *clock_compact(int64_t wall_ms, char out[32]);

#endif
