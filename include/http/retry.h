/* SPDX-License-Identifier: MIT */
#ifndef HTTP_RETRY_H
#define HTTP_RETRY_H

/* When to try again: pure functions. */

#include <stdbool.h>
#include <stdint.h>

#define RETRY_BASE_MS 500
#define RETRY_CAP_MS 60000
#define RETRY_AFTER_FLOOR_MS 1000
#define RETRY_AFTER_CAP_MS INT64_C(900000)
/* Longer waits that a server names are taken as this (100 years), so that
 * sums with a wall clock cannot overflow. */
#define RETRY_AFTER_MAX_MS (INT64_C(100) * 366 * 24 * 3600 * 1000)

/* Full jitter: uniform over [0, min(cap, base * 2^attempt)], at least 1 ms.
 * attempt counts from 0; random is uniform over 64 bits. */
int64_t retry_backoff_ms(unsigned attempt, uint64_t random);

/* Retry-After (RFC 9110, section 10.2.3): seconds, or an HTTP date in any of
 * the three forms, measured from `date_header` when that is readable, else
 * from now_ms. Returns the wait in ms with the floor applied and not cut to
 * RETRY_AFTER_CAP_MS, or -1 if it is neither. */
int64_t retry_after_ms(
    const char *value, const char *date_header, int64_t now_ms);

/* --rate-share: this process is number `index` of `workers` that keep one rate
 * together without knowing of each other. Each takes rate / workers, and its
 * first call comes (index mod workers) / rate seconds late, so that their calls
 * take turns. Without the delay, workers that an engine starts together send
 * together ever after: 1,000 of them at 200/s are 1,000 calls at once every
 * five seconds. workers 0 = alone: the whole rate, at once. */
struct rate_share {
	uint64_t index, workers;
};
/* What of the rate is this process's. */
double rate_share_of(double rate_per_s, struct rate_share share);

/* A token bucket over all calls. rate_per_s 0 = no limit. It starts with one
 * token, or with as much less as the share's delay is worth, and holds a tenth
 * of a second's worth, at least one. now_ms is a monotonic clock's. */
struct rate_limit {
	double rate_per_s;
	double tokens;
	int64_t last_ms;
};
void rate_limit_init(struct rate_limit *r, double rate_per_s,
    struct rate_share share, int64_t now_ms);
/* 0 = go (a token is taken); else the ms to wait. */
int64_t rate_limit_take(struct rate_limit *r, int64_t now_ms);

#endif
