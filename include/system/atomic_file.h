/* SPDX-License-Identifier: MIT */
#ifndef SYSTEM_ATOMIC_FILE_H
#define SYSTEM_ATOMIC_FILE_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/hash.h"

#include <stdbool.h>
#include <stdint.h>
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
/* Its name in the folder. is_new: there is no such file yet; if there is one
 * by the commit, that fails instead of replacing it. */
void atomic_name(struct atomic_file *f, const char *name, bool is_new);
/* Everything is on disk under the temporary name; its SHA-256 in hex, if
 * asked for (out may be NULL). Nothing more can be written. */
int atomic_finish(
    struct atomic_file *f, char out[SHA256_HEX_SIZE], struct diag *d);
/* Finishes it if need be, and gives it its name. */
int atomic_commit(struct atomic_file *f, struct diag *d);
/* The same, but a power failure may still take the name back: what stood there
 * before then stands there again, whole. For a file whose old text does as
 * well, and for one that is followed by another in its folder, whose commit
 * makes both last. */
int atomic_commit_early(struct atomic_file *f, struct diag *d);
void atomic_abort(struct atomic_file *f);
/* Writes a whole file into an open stream, whose errors stay in it. -1: it
 * cannot be read (a diag of `kind`). */
int file_pour(const char *path, FILE *out, enum diag_kind kind, struct diag *d);
/* Copies `from` to a new file (a path with a folder): for where a rename is
 * EXDEV. DIAG_INPUT: `from` cannot be read; DIAG_DISK. */
int atomic_copy(const char *from, const char *to, struct diag *d);
/* Writes all of it into a file, whatever signal comes. 0 or an errno value. */
int file_write_all(int fd, const char *bytes, size_t len);
/* Reads a file of the program's own into `out`, up to its maximum; a link and
 * what is not a regular file are refused. NULL, or why it cannot be read
 * (valid until the next call), and then errno says why it cannot be opened, or
 * is 0. */
const char *file_read_whole(int at, const char *path, struct buf *out);
/* A file without a name in a folder, mode 0600, for reading and writing: it is
 * gone with its descriptor, also after a kill. -1 with errno. */
int file_open_nameless(const char *folder);
/* Makes last what was named or removed in an open folder, and in one by its
 * path ("" = this one). File systems that cannot do that say so, and are
 * forgiven. 0 or an errno value. */
int folder_sync(int fd);
int folder_sync_at(int at, const char *folder);
/* Has a file of that name the form of a temporary one? A kill leaves them. */
bool atomic_is_temporary(const char *name);

/*
 * Room on a disk, looked at before it is needed. A disk that is full in the
 * middle is met by whoever writes; this is for what can be known before a row
 * is sent.
 */

/* What is left to the ledger, whose log alone may take 4 MiB, and to all
 * others who write to that disk. */
#define DISK_RESERVE ((uint64_t)16 << 20)

/* Bytes that this user may still write on the disk of `folder` without
 * touching the reserve; UINT64_MAX where the file system does not say. */
uint64_t disk_room(const char *folder);

/* -1, DIAG_DISK (disk.room), if `bytes` and the reserve have no room in
 * `folder`. `what` needs them: "the ledger and the results of this run". */
int disk_room_check(
    const char *folder, uint64_t bytes, const char *what, struct diag *d);

#endif
