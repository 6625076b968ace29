/* SPDX-License-Identifier: MIT */
/*
 * Can a run live in this folder? What a run does there is tried with a file of
 * a moment: a second lock must fail, and writing, syncing and renaming must
 * not. The rest only the kind of the file system tells.
 */
#include "author/author.h"
#include "base/text.h"
#include "file_system.h"
#include "system/atomic_file.h"
#include "system/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* A container host may have some thousand mounts. */
#define MOUNTS_MAX ((size_t)16 << 20)

/* The folder, or the part of its path that exists. */
static void
existing_part(const char *dir, struct buf *out)
{
	struct stat st;

	buf_adds(out, dir);
	while (stat(buf_str(out), &st) != 0 && errno == ENOENT &&
	       strrchr(buf_str(out), '/') > buf_str(out))
		buf_truncate(
		    out, (size_t)(strrchr(buf_str(out), '/') - out->data));
}

/* NULL, or what cannot be done; errno says why. */
static const char *
try_lock(int fd, const char *path)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int other, err;

	if (FAULT("doctor.lock") || flock(fd, LOCK_EX | LOCK_NB) != 0 ||
	    fcntl(fd, F_SETLK, &whole) != 0)
		return "lock a file";
	other = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (other < 0)
		return "open a file again";
	err = flock(other, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
	close(other);
	errno = ENOLCK;
	return err == EWOULDBLOCK && !FAULT("doctor.second_lock")
		   ? NULL
		   : "keep others out with a lock";
}

/* fsync of file and folder, and the rename that puts a file in its place. */
static const char *
try_rename(int fd, const char *folder, const char *from, const char *to)
{
	struct stat st;
	int at, failed;

	errno = file_write_all(fd, "doctor\n", 7);
	if (errno != 0)
		return "write";
	if (FAULT("doctor.sync") || fsync(fd) != 0)
		return "sync a file";
	if (FAULT("doctor.rename") || rename(from, to) != 0 ||
	    stat(to, &st) != 0)
		return "rename a file";
	at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (at < 0)
		return "open the folder";
	failed = fsync(at);
	close(at);
	return failed ? "sync the folder" : NULL;
}

/* NULL, or what cannot be done in the folder; errno says why. */
static const char *
try_folder(const char *folder)
{
	struct buf from = BUF_INIT(8192), to = BUF_INIT(8192);
	const char *what;
	int fd, err;

	buf_addf(&from, "%s/.doctor-XXXXXX", folder);
	fd = mkstemp(from.data);
	what = fd < 0 ? "write" : try_lock(fd, buf_str(&from));
	if (what == NULL) {
		buf_addf(&to, "%s.2", buf_str(&from));
		what = try_rename(fd, folder, buf_str(&from), buf_str(&to));
	}
	err = errno;
	if (fd >= 0) {
		close(fd);
		unlink(buf_str(&from));
		if (to.len > 0)
			unlink(buf_str(&to));
	}
	buf_release(&from);
	buf_release(&to);
	errno = err;
	return what;
}

/* The number of the mount that the folder is on; false: not told. */
static bool
mount_number(const char *folder, uint64_t *number)
{
	struct buf info = BUF_INIT(65536);
	char path[64];
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *line = NULL;
	size_t digits;

	if (fd < 0)
		return false;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	if (file_read_whole(AT_FDCWD, path, &info) == NULL)
		line = strstr(buf_str(&info), "mnt_id:\t");
	close(fd);
	digits = line ? strspn(line + 8, "0123456789") : 0;
	line = line && text_parse_uint((struct text){line + 8, digits}, number)
		   ? line
		   : NULL;
	buf_release(&info);
	return line != NULL;
}

static void
check_kind(struct checkup *c, const char *folder, bool any_file_system)
{
	struct buf mounts = BUF_INIT(MOUNTS_MAX);
	uint64_t number = 0;

	/* No mount has the number 0. */
	if (!mount_number(folder, &number) ||
	    file_read_whole(AT_FDCWD, "/proc/self/mountinfo", &mounts) != NULL)
		buf_clear(&mounts);
	file_system_check(c, buf_text(&mounts), number, any_file_system);
	buf_release(&mounts);
}

bool
checkup_folder(struct checkup *c, const char *dir, bool any_file_system)
{
	struct buf folder = BUF_INIT(8192);
	struct diag d = DIAG_INIT;
	const char *cannot;

	existing_part(dir, &folder);
	cannot = try_folder(buf_str(&folder));
	if (cannot != NULL) {
		diag_set_errno(&d, DIAG_DISK, errno,
		    "unable to %s in the runs folder '%s'", cannot, dir);
		diag_help(&d, "name another folder with --runs-dir");
		checkup_add_diag(c, "runs", &d);
	}
	check_kind(c, buf_str(&folder), any_file_system);
	buf_release(&folder);
	return cannot == NULL;
}
