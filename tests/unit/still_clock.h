/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_STILL_CLOCK_H
#define TESTS_UNIT_STILL_CLOCK_H

/* A clock that stands still until its test moves it. */

#include "system/clock.h"

#include <stdint.h>

/* 2026-11-23T14:00:00Z, while the monotonic clock says 0. */
#define WALL_START INT64_C(1795442400000)

/* The clock says what `now_ms` holds, which the test keeps. */
struct clock still_clock(int64_t *now_ms);

#endif
