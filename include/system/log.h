/* SPDX-License-Identifier: MIT */
#ifndef SYSTEM_LOG_H
#define SYSTEM_LOG_H

/*
 * Messages to stderr, one line a call, control bytes neutralised, prefixed by
 * the program's name. Modules log at debug level only (`-v`); words for
 * people come from cli/ and report/. A token never gets here.
 */

#include <stdbool.h>

enum log_level { LOG_QUIET, LOG_NORMAL, LOG_DEBUG };

void log_set(const char *program, enum log_level level);
/* Is called before each line: it takes from the screen what would stand in its
 * way. NULL = nothing does. */
void log_before(void (*clear)(void *ctx), void *ctx);
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
