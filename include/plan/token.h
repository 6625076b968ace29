/* SPDX-License-Identifier: MIT */
#ifndef PLAN_TOKEN_H
#define PLAN_TOKEN_H

/*
 * The API token: from --token-file, else the file that CHAKRA_API_TOKEN_FILE
 * names, else CHAKRA_API_TOKEN. No option takes the token itself, for other
 * users of the machine see argv.
 *
 * A regular file that others can read is refused (its group may); a pipe, a
 * socket or /dev/fd/N is taken as it comes. One trailing line end is taken
 * off. An empty token, control characters, blanks and more than 8 KiB are
 * refused. The token is never part of a message.
 */

#include "base/diag.h"
#include "plan/settings.h"

#define TOKEN_MAX 8192

/* Returns owned memory (token_free), or NULL (DIAG_USAGE). */
char *token_load(
    const struct settings *o, char *(*lookup)(const char *), struct diag *d);
/* Overwrites it, then frees it. */
void token_free(char *token);

#endif
