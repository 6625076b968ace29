/* SPDX-License-Identifier: MIT */
#ifndef BASE_ATOMIC_FILE_H
#define BASE_ATOMIC_FILE_H

#include "base/diag.h"

#include <stdio.h>

/* A file that appears whole or not at all: written as a temporary name in the
 * same folder, mode 0600, fsynced and renamed by atomic_commit. */
struct atomic_file {
	FILE *stream;
	char *path, *temporary;
	char *room; /* the stream's buffer */
};
int atomic_open(struct atomic_file *f, const char *path, struct diag *d);
/* The same with another mode, whatever the umask: for what others read. */
int atomic_open_mode(struct atomic_file *f, const char *path, unsigned mode,
    struct diag *d);
int atomic_commit(struct atomic_file *f, struct diag *d);
void atomic_abort(struct atomic_file *f);

#endif
