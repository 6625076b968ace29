/* SPDX-License-Identifier: MIT */
/*
 * The lookup tables of runs: once below the runs folder, by their SHA-256, and
 * as table.1, table.2, … in each run, which is the same file where the file
 * system has hard links. So a run can be resumed without the file that a table
 * came from, and a thousand nightly runs keep one copy. A table that no run
 * uses any more has one link left, and the next prune removes it.
 */
#include "base/hash.h"
#include "base/xalloc.h"
#include "run_folder.h"
#include "system/atomic_file.h"
#include "system/fault.h"
#include "system/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_TRIES 8
#define COPY_HIDDEN ".new-"

static int
open_tables(const char *runs_dir, struct diag *d)
{
	int runs = runs_dir_open(runs_dir, true, d);
	int fd = runs >= 0 ? folder_make(runs, RUN_TABLES, true) : -1;
	struct stat st;

	if (runs < 0)
		return -1;
	if (fd < 0)
		diag_set_errno(d, DIAG_DISK, errno,
		    "unable to make the folder '%s/" RUN_TABLES "'", runs_dir);
	close(runs);
	if (fd < 0 || (fstat(fd, &st) == 0 && st.st_uid == geteuid()))
		return fd;
	diag_set(d, DIAG_USAGE,
	    "the folder '%s/" RUN_TABLES "' belongs to another user", runs_dir);
	diag_code(d, "run.owner");
	close(fd);
	return -1;
}

/* The entry is there, ours, and what its name says. */
static bool
is_whole(int at, const char *name, const char *sha256)
{
	int fd =
	    openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char sum[SHA256_HEX_SIZE];
	struct stat st;
	bool is_good;

	if (fd < 0)
		return false;
	is_good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		  st.st_uid == geteuid() && sha256_of_file(fd, sum) == 0 &&
		  strcmp(sum, sha256) == 0;
	close(fd);
	return is_good;
}

static int
changed(const char *path, struct diag *d)
{
	diag_set(d, DIAG_INPUT,
	    "the lookup table '%s' changed since it was read; nothing was sent",
	    path);
	diag_code(d, "table.changed");
	return diag_help(d, "run the command again");
}

/* The bytes that were read, and no others: 0, or -1 with the diag. */
static int
copy_bytes(
    int from, int to, const char *path, const char *sha256, struct diag *d)
{
	struct sha256 *sum = sha256_new();
	unsigned char digest[SHA256_BYTES];
	char block[65536], hex[SHA256_HEX_SIZE];
	ssize_t n = 1;
	int err = 0;

	while (err == 0 && n != 0) {
		n = read(from, block, sizeof(block));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			err = errno;
		else if (n > 0)
			err = file_write_all(to, block, (size_t)n);
		if (n > 0)
			sha256_add(sum, block, (size_t)n);
		if (diag_stopped(d))
			break;
	}
	sha256_digest(sum, digest);
	sha256_hex(digest, hex);
	sha256_free(sum);
	if (d->kind != DIAG_NONE)
		return -1;
	if (err == 0 && strcmp(hex, sha256) != 0)
		return changed(path, d);
	if (err == 0 && fsync(to) != 0 && errno != EINVAL)
		err = errno;
	return err == 0 ? 0
			: diag_set_errno(d, DIAG_DISK, err,
			      "unable to copy the lookup table '%s'", path);
}

/* A copy of the file at `path` as at/name, which appears whole. */
static int
copy_table(int at, const char *name, const char *path, const char *sha256,
    const struct clock *clock, struct diag *d)
{
	char hidden[64];
	int from = open(path, O_RDONLY | O_CLOEXEC), to, ret = -1;

	if (from < 0)
		return diag_set_errno(d, DIAG_INPUT, errno,
		    "unable to open the lookup table '%s'", path);
	snprintf(hidden, sizeof(hidden), COPY_HIDDEN "%016llx",
	    (unsigned long long)clock->random(clock->ctx));
	to = openat(at, hidden,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0 || fchmod(to, 0600) != 0)
		diag_set_errno(d, DIAG_DISK, errno,
		    "unable to copy the lookup table '%s'", path);
	else
		ret = copy_bytes(from, to, path, sha256, d);
	if (to >= 0)
		close(to);
	close(from);
	(void)FAULT("table.copied");
	if (ret == 0 && (renameat(at, hidden, at, name) != 0 ||
			    (errno = folder_sync(at)) != 0))
		ret = diag_set_errno(d, DIAG_DISK, errno,
		    "unable to copy the lookup table '%s'", path);
	if (ret != 0 && to >= 0)
		(void)unlinkat(at, hidden, 0);
	return ret;
}

/* Errors of a file system that has no hard links, or no more of them. */
static bool
has_no_link(int err)
{
	return err == EPERM || err == EMLINK || err == EXDEV ||
	       err == ENOTSUP || err == EOPNOTSUPP || err == ENOSYS;
}

static int
link_table(int tables, int folder, const char *name, const char *path,
    const char *sha256, const struct clock *clock, struct diag *d)
{
	int err = 0;

	for (int i = 0; i < COPY_TRIES; i++) {
		if (!is_whole(tables, sha256, sha256) &&
		    copy_table(tables, sha256, path, sha256, clock, d) != 0)
			return -1;
		(void)FAULT("table.kept");
		err = FAULT("table.link") ? EPERM : 0;
		if (err == 0 && linkat(tables, sha256, folder, name, 0) != 0)
			err = errno;
		if (err == 0)
			return 0;
		if (has_no_link(err))
			return copy_table(folder, name, path, sha256, clock, d);
		/* A prune may have found it before its first link. */
		if (err != ENOENT)
			break;
	}
	return diag_set_errno(
	    d, DIAG_DISK, err, "unable to keep the lookup table '%s'", path);
}

int
run_keep_table(const struct run *r, const char *runs_dir, size_t number,
    const char *path, const char *sha256, const struct clock *clock,
    struct diag *d)
{
	int tables = open_tables(runs_dir, d), folder = -1, err, ret = -1;
	char name[32];

	if (tables < 0)
		return -1;
	snprintf(name, sizeof(name), RUN_TABLE "%zu", number);
	folder = run_folder_open(r, DIAG_DISK, d);
	if (folder >= 0)
		ret = link_table(tables, folder, name, path, sha256, clock, d);
	if (ret == 0 && (err = folder_sync(folder)) != 0)
		ret = diag_set_errno(
		    d, DIAG_DISK, err, "unable to write '%s'", r->folder);
	if (folder >= 0)
		close(folder);
	close(tables);
	return ret;
}

uint64_t
run_table_room(const char *runs_dir, const char *path, const char *sha256)
{
	struct buf kept = BUF_INIT(0);
	struct stat st, there;
	uint64_t bytes = 0;

	buf_addf(&kept, "%s/" RUN_TABLES "/%s", runs_dir, sha256);
	if (stat(path, &st) == 0 &&
	    (lstat(buf_str(&kept), &there) != 0 || there.st_size != st.st_size))
		bytes = (uint64_t)st.st_size;
	buf_release(&kept);
	return bytes;
}

uint64_t
runs_sweep_tables(const char *runs_dir, int64_t now_ms)
{
	char *path = path_join(runs_dir, RUN_TABLES);
	DIR *dir = folder_entries(AT_FDCWD, path);
	const struct dirent *entry;
	uint64_t freed = 0;
	struct stat st;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		const char *name = entry->d_name;
		bool is_copy =
		    strncmp(name, COPY_HIDDEN, strlen(COPY_HIDDEN)) == 0;

		if ((!is_copy && !run_is_sum(name)) ||
		    fstatat(dirfd(dir), name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
		    st.st_nlink > 1)
			continue;
		if (is_copy &&
		    now_ms - (int64_t)st.st_mtime * 1000 < RUN_LEFTOVER_MS)
			continue;
		if (unlinkat(dirfd(dir), name, 0) == 0)
			freed += (uint64_t)st.st_size;
	}
	if (dir != NULL)
		closedir(dir);
	free(path);
	return freed;
}
