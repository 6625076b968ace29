/* SPDX-License-Identifier: MIT */
#ifndef SERVE_TOKEN_H
#define SERVE_TOKEN_H

/*
 * The access token: read from a file, or made. It goes into no log and no
 * message.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "system/clock.h"

#include <stdbool.h>

/* The importer's rules: a regular file that others can read is refused, a
 * pipe is taken; one trailing newline goes; empty, over 4096 bytes, blanks
 * and control characters are refused. *is_file tells whether it can be read
 * again. DIAG_USAGE or DIAG_DISK. */
int token_read(
    const char *path, struct buf *out, bool *is_file, struct diag *d);
/* 32 random bytes in hex. */
void token_make(const struct clock *clock, struct buf *out);
/* Whether an Authorization header holds the token; takes as long for a wrong
 * one as for the right one. NULL is not a header. */
bool token_check(const char *authorization, const char *token);

#endif
