/* SPDX-License-Identifier: MIT */
/*
 * Files that appear whole: mkstemp in the same folder, fsync, rename, fsync
 * of the folder. A symlink at the path is replaced, not followed. What is not
 * a regular file (a device, a pipe, a folder) is refused, since rename would
 * put a file in the place of /dev/null.
 */
#include "system/atomic_file.h"

#include "base/xalloc.h"
#include "system/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STREAM_BUFFER 65536
/* Of a temporary name; mkstemp fills in the second part. */
#define PREFIX ".csv2chakra-"
#define RANDOM "XXXXXX"

#define WRITE_FAILED (-1) /* earlier, and its errno is gone */

static int
fail(const struct atomic_file *f, int err, struct diag *d)
{
	if (err == WRITE_FAILED)
		return diag_set(d, DIAG_DISK,
		    "unable to write '%s': the disk took only part of it",
		    f->path);
	return diag_set_errno(
	    d, DIAG_DISK, err, "unable to write '%s'", f->path);
}

/* The folder of a path, with its slash; "" for a bare name. Owned. */
static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return xstrndup(path, slash != NULL ? (size_t)(slash - path) + 1 : 0);
}

int
folder_sync(int fd)
{
	if (fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP)
		return 0;
	return errno;
}

int
folder_sync_at(int at, const char *folder)
{
	int fd = openat(at, folder[0] != '\0' ? folder : ".",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = fd < 0 ? errno : folder_sync(fd);

	if (fd >= 0)
		close(fd);
	return err;
}

static int
sync_folder_of(const char *path)
{
	char *folder = folder_of(path);
	int err = folder_sync_at(AT_FDCWD, folder);

	free(folder);
	return err;
}

static int
check_target(const struct atomic_file *f, struct diag *d)
{
	struct stat st;

	if (stat(f->path, &st) != 0 || S_ISREG(st.st_mode))
		return 0;
	diag_set(d, DIAG_USAGE, "unable to write '%s': it is %s", f->path,
	    S_ISDIR(st.st_mode) ? "a folder" : "not a regular file");
	return diag_help(d, "name a file");
}

/* A temporary file beside f->path. */
static int
open_temporary(struct atomic_file *f, unsigned mode, struct diag *d)
{
	char *folder = folder_of(f->path);
	size_t size = strlen(folder) + sizeof(PREFIX RANDOM);
	int fd, err;

	f->temporary = xmalloc(size);
	snprintf(f->temporary, size, "%s" PREFIX RANDOM, folder);
	free(folder);
	fd = mkstemp(f->temporary);
	if (fd < 0) {
		fail(f, errno, d);
		free(f->temporary);
		f->temporary = NULL;
		return -1;
	}
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 ||
	    fchmod(fd, (mode_t)mode) != 0 ||
	    (f->stream = fdopen(fd, "w")) == NULL) {
		err = errno;
		close(fd);
		return fail(f, err, d);
	}
	/* glibc takes the size only with the memory. */
	f->room = xmalloc(STREAM_BUFFER);
	setvbuf(f->stream, f->room, _IOFBF, STREAM_BUFFER);
	return 0;
}

int
atomic_open(struct atomic_file *f, const char *path, struct diag *d)
{
	return atomic_open_mode(f, path, 0600, d);
}

int
atomic_open_mode(
    struct atomic_file *f, const char *path, unsigned mode, struct diag *d)
{
	memset(f, 0, sizeof(*f));
	f->path = xstrdup(path);
	if (check_target(f, d) == 0 && open_temporary(f, mode, d) == 0)
		return 0;
	atomic_abort(f);
	return -1;
}

/* f->path becomes "folder/name". */
static void
set_path(struct atomic_file *f, const char *folder, const char *name)
{
	size_t len = strlen(folder);
	size_t size = len + strlen(name) + 2;
	char *path = xmalloc(size);

	snprintf(path, size, "%s%s%s", folder,
	    len > 0 && folder[len - 1] != '/' ? "/" : "", name);
	free(f->path);
	f->path = path;
}

int
atomic_open_in(struct atomic_file *f, const char *folder, struct diag *d)
{
	memset(f, 0, sizeof(*f));
	set_path(f, folder, "");
	if (open_temporary(f, 0600, d) == 0)
		return 0;
	atomic_abort(f);
	return -1;
}

void
atomic_name(struct atomic_file *f, const char *name, bool is_new)
{
	char *folder = folder_of(f->path);

	set_path(f, folder, name);
	free(folder);
	f->is_new = is_new;
}

int
atomic_finish(struct atomic_file *f, char out[SHA256_HEX_SIZE], struct diag *d)
{
	int err = 0;

	if (fflush(f->stream) != 0 || fsync(fileno(f->stream)) != 0)
		err = errno;
	else if (ferror(f->stream))
		err = WRITE_FAILED;
	if (err == 0 && out != NULL)
		err = sha256_of_file(fileno(f->stream), out);
	if (fclose(f->stream) != 0 && err == 0)
		err = errno;
	f->stream = NULL;
	f->is_finished = err == 0;
	return err == 0 ? 0 : fail(f, err, d);
}

/* Gives the file its name. Where nothing stood, nothing may have appeared:
 * link does not replace, as rename does. 0 or an errno value. */
static int
give_name(const struct atomic_file *f)
{
	if (f->is_new) {
		if (link(f->temporary, f->path) == 0)
			return unlink(f->temporary) == 0 ? 0 : errno;
		if (errno == EEXIST)
			return EEXIST;
		/* no hard links on this file system */
	}
	return rename(f->temporary, f->path) == 0 ? 0 : errno;
}

static int
commit(struct atomic_file *f, bool is_durable, struct diag *d)
{
	int err;

	if (!f->is_finished && atomic_finish(f, NULL, d) != 0) {
		atomic_abort(f);
		return -1;
	}
	(void)FAULT("atomic.rename");
	err = give_name(f);
	(void)FAULT("atomic.renamed");
	if (err == 0) {
		free(f->temporary);
		f->temporary = NULL;
		err = is_durable ? sync_folder_of(f->path) : 0;
	}
	if (err != 0)
		fail(f, err, d);
	atomic_abort(f);
	return err == 0 ? 0 : -1;
}

int
atomic_commit(struct atomic_file *f, struct diag *d)
{
	return commit(f, true, d);
}

int
atomic_commit_early(struct atomic_file *f, struct diag *d)
{
	return commit(f, false, d);
}

void
atomic_abort(struct atomic_file *f)
{
	if (f->stream != NULL)
		(void)fclose(f->stream);
	if (f->temporary != NULL)
		(void)unlink(f->temporary);
	free(f->temporary);
	free(f->path);
	free(f->room);
	memset(f, 0, sizeof(*f));
}

bool
atomic_is_temporary(const char *name)
{
	return strncmp(name, PREFIX, sizeof(PREFIX) - 1) == 0 &&
	       strlen(name) == sizeof(PREFIX RANDOM) - 1;
}

const char *
file_read_whole(int at, const char *path, struct buf *out)
{
	int fd =
	    openat(at, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	const char *why = NULL;
	char block[8192];
	struct stat st;
	ssize_t n = 0;

	if (fd < 0)
		return strerror(errno);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		why = "it is not a regular file";
	while (why == NULL && (n = read(fd, block, sizeof(block))) != 0) {
		if (n > 0 && !buf_add(out, block, (size_t)n))
			why = "it is too long";
		else if (n < 0 && errno != EINTR)
			why = strerror(errno);
	}
	close(fd);
	errno = 0;
	return why;
}

int
file_write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : EIO;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

int
file_open_nameless(const char *folder)
{
	size_t size = strlen(folder) + sizeof("/" PREFIX RANDOM);
	char *path = xmalloc(size);
	int fd, err;

	snprintf(path, size, "%s/" PREFIX RANDOM, folder);
	fd = mkstemp(path);
	err = errno;
	if (fd >= 0)
		(void)unlink(path);
	free(path);
	if (fd >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
		err = errno;
		close(fd);
		fd = -1;
	}
	errno = err;
	return fd;
}

int
file_pour(const char *path, FILE *out, enum diag_kind kind, struct diag *d)
{
	FILE *in = fopen(path, "re");
	char block[65536];
	int ret = 0;
	size_t n;

	while (in && (n = fread(block, 1, sizeof(block), in)) > 0)
		(void)fwrite(block, 1, n, out);
	if (!in || ferror(in))
		ret =
		    diag_set_errno(d, kind, errno, "unable to read '%s'", path);
	if (in)
		fclose(in);
	return ret;
}

int
atomic_copy(const char *from, const char *to, struct diag *d)
{
	struct atomic_file f;
	char *folder = xstrndup(to, (size_t)(strrchr(to, '/') - to));
	int ret = -1;

	if (atomic_open_in(&f, folder, d) == 0 && f.stream != NULL &&
	    file_pour(from, f.stream, DIAG_INPUT, d) == 0) {
		atomic_name(&f, strrchr(to, '/') + 1, true);
		ret = atomic_commit(&f, d);
	} else {
		atomic_abort(&f);
	}
	free(folder);
	return ret;
}
