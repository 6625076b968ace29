/* SPDX-License-Identifier: MIT */
#ifndef SYSTEM_FAULT_H
#define SYSTEM_FAULT_H

/*
 * Failures on purpose, for tests: a test build (-DCSV2CHAKRA_FAULTS) asks the
 * environment at named points; every other build has `false` there and none
 * of the code.
 *
 * CSV2CHAKRA_FAULT="POINT:N:ACTION": at the N-th passing of POINT, `kill`
 * ends the process by SIGKILL, `stop` halts it until somebody sends SIGCONT
 * (the world changes meanwhile), `fail` makes the point say true.
 * CSV2CHAKRA_FAULT_COUNT=FILE: at exit, how often each point was passed.
 *
 * CSV2CHAKRA_CLOCK="ORIGIN:SPEED": since ORIGIN (ms since 1970) time has run
 * SPEED times as fast as the machine's. Programs with the same setting agree
 * on the time, so that a service that takes two seconds and an importer that
 * waits ten for it need no such wait of anybody. Limits on the network (a
 * connection that is dead, one that cannot be made) stay the machine's, or a
 * busy machine would look like a broken line.
 */

#include "system/clock.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef CSV2CHAKRA_FAULTS
#define FAULT(point) fault_hit(point)
bool fault_hit(const char *point);
/* What a program takes for the time. */
#define FAULT_CLOCK(clock) fault_clock(clock)
struct clock fault_clock(struct clock machine);
/* How long the machine waits where the program means `ms`; at least 1 if it
 * means any. */
#define FAULT_WAIT(ms) fault_wait(ms)
int64_t fault_wait(int64_t ms);
#else
#define FAULT(point) false
#define FAULT_CLOCK(clock) (clock)
#define FAULT_WAIT(ms) (ms)
#endif

#endif
