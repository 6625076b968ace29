/* SPDX-License-Identifier: MIT */
/* The room is looked at again and again: others write to the disk, too. */
#include "base/text.h"
#include "base/xalloc.h"
#include "plan/reading.h"
#include "system/atomic_file.h"
#include "system/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPOOL_BYTES ((size_t)256 << 10)

bool
input_needs_spool(const char *path)
{
	struct stat st;

	if (strcmp(path, "-") == 0)
		return fstat(STDIN_FILENO, &st) < 0 || !S_ISREG(st.st_mode) ||
		       lseek(STDIN_FILENO, 0, SEEK_CUR) != 0;
	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
	       !S_ISDIR(st.st_mode);
}

static int
refuse_disk(const char *to, uint64_t written, struct diag *d)
{
	char bytes[32];

	diag_set(d, DIAG_DISK,
	    "the disk of '%s' has room for only the first %s bytes of the "
	    "input",
	    to, text_count(written, bytes));
	diag_code(d, "disk.room");
	return diag_help(d,
	    "does the input end? If so, write it to a file on another disk and "
	    "name that");
}

static int
copy(struct input *in, int fd, const char *to, struct diag *d)
{
	char *bytes = xmalloc(SPOOL_BYTES);
	uint64_t written = 0;
	ssize_t n;
	int err;

	while ((n = input_read(in, bytes, SPOOL_BYTES, d)) > 0) {
		if (disk_room(to) < SPOOL_BYTES) /* a pipe gives as it likes */
			n = refuse_disk(to, written, d);
		else if (diag_stopped(d))
			n = -1;
		else if ((err = file_write_all(fd, bytes, (size_t)n)) != 0)
			n = diag_set_errno(
			    d, DIAG_DISK, err, "unable to write '%s'", to);
		if (n < 0)
			break;
		written += (uint64_t)n;
	}
	free(bytes);
	if (n == 0 && fsync(fd) < 0)
		n = diag_set_errno(
		    d, DIAG_DISK, errno, "unable to write '%s'", to);
	return n < 0 ? -1 : 0;
}

int
spool_input(const char *from, const char *to, const struct input_limits *limits,
    struct diag *d)
{
	struct input *in = input_open(from, limits, d);
	int fd, ret;

	if (!in)
		return -1;
	(void)meter_phase(limits->meter, "spooling");
	fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    S_IRUSR | S_IWUSR);
	ret = fd < 0 ? diag_set_errno(
			   d, DIAG_DISK, errno, "unable to create '%s'", to)
		     : copy(in, fd, to, d);
	if (fd >= 0 && close(fd) < 0 && ret == 0)
		ret = diag_set_errno(
		    d, DIAG_DISK, errno, "unable to write '%s'", to);
	(void)meter_phase(limits->meter, NULL);
	input_free(in);
	return ret;
}

char *
stdin_file(void)
{
	struct stat named, held;
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/fd/0", path, sizeof(path) - 1);

	if (len <= 0 || path[0] != '/')
		return NULL;
	path[len] = '\0';
	if (fstat(STDIN_FILENO, &held) != 0 || lstat(path, &named) != 0 ||
	    held.st_dev != named.st_dev || held.st_ino != named.st_ino)
		return NULL;
	return xstrdup(path);
}
