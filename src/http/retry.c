/* SPDX-License-Identifier: MIT */
/*
 * When to try again.
 *
 * Waits are computed, never slept: the caller owns clock and chance. Full
 * jitter is used (not equal or decorrelated jitter): several importers that
 * were stopped by the same outage then come back spread over the whole
 * interval. A server's Retry-After is taken as it is, with a floor against
 * "0" and a ceiling only against overflow; what to do with a very long one
 * is the submitter's decision.
 */
#include "http/retry.h"

#include "base/civil.h"

#include <stddef.h>

#define MS_PER_S 1000

int64_t
retry_backoff_ms(unsigned attempt, uint64_t random)
{
	int64_t bound = RETRY_CAP_MS;

	/* 500 << 7 passes the cap already; a larger shift would overflow. */
	if (attempt < 7 && (int64_t)RETRY_BASE_MS << attempt < bound)
		bound = (int64_t)RETRY_BASE_MS << attempt;
	int64_t delay = (int64_t)(random % ((uint64_t)bound + 1));
	return delay > 0 ? delay : 1;
}

/* delay-seconds of RFC 9110: 1*DIGIT. Saturates. False if it is not a
 * number. */
static bool
delay_seconds(const char *s, int64_t *ms)
{
	int64_t seconds = 0;
	const int64_t most = RETRY_AFTER_MAX_MS / MS_PER_S;
	size_t digits = 0;

	for (; s[digits] >= '0' && s[digits] <= '9'; digits++) {
		seconds = seconds * 10 + (s[digits] - '0');
		if (seconds > most)
			seconds = most;
	}
	if (digits == 0)
		return false;
	for (s += digits; *s == ' ' || *s == '\t'; s++)
		;
	*ms = seconds * MS_PER_S;
	return *s == '\0';
}

int64_t
retry_after_ms(const char *value, const char *date_header, int64_t now_ms)
{
	int64_t wait;

	if (value == NULL)
		return -1;
	while (*value == ' ' || *value == '\t')
		value++;
	if (!delay_seconds(value, &wait)) {
		int64_t until = http_date_ms(value);
		if (until == -1)
			return -1;
		int64_t from =
		    date_header != NULL ? http_date_ms(date_header) : -1;
		wait = until - (from != -1 ? from : now_ms);
	}
	if (wait < RETRY_AFTER_FLOOR_MS)
		return RETRY_AFTER_FLOOR_MS;
	return wait < RETRY_AFTER_MAX_MS ? wait : RETRY_AFTER_MAX_MS;
}

/* A tenth of a second's worth, so that a late wake-up costs no calls at a
 * high rate, and a low rate never bursts. */
static double
bucket_size(const struct rate_limit *r)
{
	double size = r->rate_per_s / 10;

	return size > 1 ? size : 1;
}

double
rate_share_of(double rate_per_s, struct rate_share share)
{
	return share.workers > 0 ? rate_per_s / (double)share.workers
				 : rate_per_s;
}

void
rate_limit_init(struct rate_limit *r, double rate_per_s,
    struct rate_share share, int64_t now_ms)
{
	/* Written so that NaN is not a limit, too. */
	r->rate_per_s = rate_per_s > 0 ? rate_share_of(rate_per_s, share) : 0;
	/* A token is workers / rate seconds of waiting. */
	r->tokens = 1;
	if (share.workers > 0)
		r->tokens -= (double)(share.index % share.workers) /
			     (double)share.workers;
	r->last_ms = now_ms;
}

int64_t
rate_limit_take(struct rate_limit *r, int64_t now_ms)
{
	/* Rounding must not leave a caller that waited as told a hair short. */
	const double almost_one = 1 - 1e-9;
	const double longest_ms = 1e15;

	if (r->rate_per_s <= 0)
		return 0;
	if (now_ms > r->last_ms) {
		double elapsed_s = (double)(now_ms - r->last_ms) / MS_PER_S;
		r->tokens += elapsed_s * r->rate_per_s;
		if (r->tokens > bucket_size(r))
			r->tokens = bucket_size(r);
	}
	/* A clock that went back starts a new interval; no token is lost. */
	r->last_ms = now_ms;
	if (r->tokens >= almost_one) {
		r->tokens = r->tokens > 1 ? r->tokens - 1 : 0;
		return 0;
	}
	double wait_ms = (1 - r->tokens) / r->rate_per_s * MS_PER_S;
	if (wait_ms > longest_ms)
		return (int64_t)longest_ms;
	int64_t whole = (int64_t)wait_ms;
	return (double)whole < wait_ms ? whole + 1 : whole > 0 ? whole : 1;
}
