/* SPDX-License-Identifier: MIT */
#ifndef LEDGER_PATH_TRUST_H
#define LEDGER_PATH_TRUST_H

/*
 * Who could exchange a part of a path between a look at it and its use.
 *
 * A path is trusted when every directory from / to it belongs to root or to
 * us, and nobody else may write to it. Others may write to a sticky directory
 * (/tmp): they cannot rename or remove there what is not theirs. A group that
 * may write is trusted. What a trusted path leads to can be opened by path as
 * often as needed, as SQLite does: everybody who could put something else in
 * its place could also read our memory, or was let in by us.
 *
 * Links are resolved first and the resolved path is what is checked, so use
 * that one. Errors are DIAG_USAGE: path.owner (a directory of another user),
 * path.writable (others may write to it).
 */

#include "base/diag.h"

#include <stdbool.h>

/* Resolves `path` and checks it. What does not exist yet is left as it is at
 * the end of the answer: made in a trusted directory it is ours. `what` is
 * for messages ("runs folder"). Owned; NULL: not trusted, or an error. */
char *path_trusted(const char *path, const char *what, struct diag *d);

/* Checks one directory by the same rule, a sticky one that others may write
 * to only if may_be_shared. `subject` begins the message: "the runs folder
 * '/a/b' lies below '/a', which". -1: refused. */
struct stat;
int path_trust_folder(const char *folder, const struct stat *st,
    bool may_be_shared, const char *subject, struct diag *d);

#endif
