/* SPDX-License-Identifier: MIT */
#ifndef BASE_ATOMIC_FILE_H
#define BASE_ATOMIC_FILE_H

#include "base/diag.h"
#include "base/sha256.h"

#include <stdbool.h>
#include <stdio.h>

/* A file that appears whole or not at all: written as a temporary name in the
 * same folder, mode 0600, fsynced and renamed by atomic_commit. */
struct atomic_file {
	FILE *stream;
	char *path, *temporary;
	char *room; /* the stream's buffer */
	bool is_new, is_finished;
};
int atomic_open(struct atomic_file *f, const char *path, struct diag *d);
/* The same with another mode, whatever the umask: for what others read. */
int atomic_open_mode(
    struct atomic_file *f, const char *path, unsigned mode, struct diag *d);
/* The same in a folder ("" = this one); what it is to be called is said
 * before the commit, by atomic_name. */
int atomic_open_in(struct atomic_file *f, const char *folder, struct diag *d);
/* Its name in the folder. is_new: nothing stands there, and if something does
 * by the commit, that fails instead of replacing it. */
void atomic_name(struct atomic_file *f, const char *name, bool is_new);
/* Everything is on disk under the temporary name; its SHA-256 in hex, if
 * asked for (out may be NULL). Nothing more can be written. */
int atomic_finish(
    struct atomic_file *f, char out[SHA256_HEX_SIZE], struct diag *d);
/* Finishes it if need be, and gives it its name. */
int atomic_commit(struct atomic_file *f, struct diag *d);
void atomic_abort(struct atomic_file *f);
/* Writes all of it into a file, whatever signal comes. 0 or an errno value. */
int file_write_all(int fd, const char *bytes, size_t len);
/* Has a file of that name the form of a temporary one? A kill leaves them. */
bool atomic_is_temporary(const char *name);

#endif
