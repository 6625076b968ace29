/* SPDX-License-Identifier: MIT */
#ifndef AUTHOR_FILE_SYSTEM_H
#define AUTHOR_FILE_SYSTEM_H

/*
 * What kind of file system a folder is on, and whether a runs folder may be
 * there: its locks must hold for everybody who could start an import of the
 * same input, on other machines too, and what was synced must be there after a
 * crash. No try on one machine can show that of a network file system, so the
 * kind decides, and how it was mounted.
 */

#include "author/author.h"
#include "base/text.h"

/* A line of /proc/self/mountinfo (proc_pid_mountinfo(5)). Views of it; spaces
 * and the like are still written \040. */
struct file_system {
	struct text type;    /* "nfs4", "fuse.s3fs" */
	struct text source;  /* "server:/export" */
	struct text place;   /* where it is mounted */
	struct text options; /* of the super block: "rw,vers=4.2,hard" */
};

/* The mount with that number; false: it is not there, or its line is not of
 * the form that the kernel writes. */
bool file_system_find(
    struct text mountinfo, uint64_t mount, struct file_system *out);

struct file_system_verdict {
	enum finding_result result;
	const char *why; /* what speaks against it, or for it; static */
};
struct file_system_verdict file_system_judge(const struct file_system *fs);

/* The finding "filesystem" of the mount with that number; what is refused is
 * only a warning if any_file_system. */
void file_system_check(struct checkup *c, struct text mountinfo, uint64_t mount,
    bool any_file_system);

#endif
