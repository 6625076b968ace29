/* SPDX-License-Identifier: MIT */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

/*
 * Failures on purpose, for tests: a test build (-DCSV2CHAKRA_FAULTS) asks the
 * environment at named points; every other build has `false` there and none
 * of the code.
 *
 * CSV2CHAKRA_FAULT="POINT:N:ACTION": at the N-th passing of POINT, `kill`
 * ends the process by SIGKILL, `fail` makes the point say true.
 * CSV2CHAKRA_FAULT_COUNT=FILE: at exit, how often each point was passed.
 */

#include <stdbool.h>

#ifdef CSV2CHAKRA_FAULTS
#define FAULT(point) fault_hit(point)
bool fault_hit(const char *point);
#else
#define FAULT(point) false
#endif

#endif
