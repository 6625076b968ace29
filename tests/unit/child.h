/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_CHILD_H
#define TESTS_UNIT_CHILD_H

/* Another process that has something while a test looks at it. */

#include <stdbool.h>
#include <sys/types.h>

/* A child that has begun(ctx), and waits to be killed; a test fails where it
 * could not begin. It ends by itself after 20 seconds. */
pid_t child_start(bool (*begin)(void *ctx), void *ctx);
void child_kill(pid_t child);

#endif
