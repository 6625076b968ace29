/* SPDX-License-Identifier: MIT */
/* The clocks of the system. */
#include "system/clock.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static int64_t
read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t
system_wall(void *ctx)
{
	(void)ctx;
	return read_clock(CLOCK_REALTIME);
}

static int64_t
system_mono(void *ctx)
{
	(void)ctx;
	return read_clock(CLOCK_MONOTONIC);
}

static uint64_t
system_random(void *ctx)
{
	uint64_t n = 0;
	size_t have = 0;

	(void)ctx;
	while (have < sizeof(n)) {
		ssize_t got = getrandom((char *)&n + have, sizeof(n) - have, 0);

		if (got > 0)
			have += (size_t)got;
		else if (errno != EINTR)
			abort(); /* Linux has had it since 3.17 */
	}
	return n;
}

struct clock
clock_system(void)
{
	return (struct clock){
	    .wall_ms = system_wall,
	    .mono_ms = system_mono,
	    .random = system_random,
	};
}
