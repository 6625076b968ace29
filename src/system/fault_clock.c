/* SPDX-License-Identifier: MIT */
/*
 * Time that runs faster, for tests. It is a plain multiple of the machine's,
 * so that two programs share it without talking to each other; a clock that
 * jumps to the next thing due was refused, because a program cannot know what
 * the other one waits for.
 *
 * Compiled to nothing but in the test build.
 */
#include "system/fault.h"

#ifdef CSV2CHAKRA_FAULTS

#include <stdlib.h>

#define SPEED_MAX 1000

struct pace {
	int64_t origin_ms, speed;
};

/* Read each time: what the environment says does not change. */
static struct pace
pace(void)
{
	const char *s = getenv("CSV2CHAKRA_CLOCK");
	struct pace p = {.speed = 1};
	char *end;

	if (s == NULL)
		return p;
	p.origin_ms = strtoll(s, &end, 10);
	p.speed = *end == ':' ? strtoll(end + 1, &end, 10) : 0;
	if (*end != '\0' || p.origin_ms < 0 || p.speed < 1 ||
	    p.speed > SPEED_MAX)
		abort(); /* a test that is not what it says */
	return p;
}

static int64_t
fast_wall(void *ctx)
{
	struct clock machine = clock_system();
	struct pace p = pace();

	(void)ctx;
	return p.origin_ms +
	       (machine.wall_ms(machine.ctx) - p.origin_ms) * p.speed;
}

static int64_t
fast_mono(void *ctx)
{
	struct clock machine = clock_system();

	(void)ctx;
	return machine.mono_ms(machine.ctx) * pace().speed;
}

struct clock
fault_clock(struct clock machine)
{
	if (getenv("CSV2CHAKRA_CLOCK") == NULL)
		return machine;
	machine.wall_ms = fast_wall;
	machine.mono_ms = fast_mono;
	return machine;
}

int64_t
fault_wait(int64_t ms)
{
	int64_t speed = pace().speed;

	return ms <= 0 ? ms : (ms - 1) / speed + 1;
}

#else

/* ISO C requires a declaration in every file. */
typedef int fault_clock_is_off;

#endif
