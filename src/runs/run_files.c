/* SPDX-License-Identifier: MIT */
/*
 * Folders and files of runs. Everything below the runs folder is made and
 * opened by descriptor, exclusively and without following symlinks; modes are
 * set after creation, since a umask may take away but also leave too much.
 */
#include "base/xalloc.h"
#include "run_folder.h"
#include "system/atomic_file.h"
#include "system/fault.h"
#include "system/own_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
folder_open(int at, const char *name)
{
	return openat(
	    at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

DIR *
folder_entries(int at, const char *name)
{
	int fd = folder_open(at, name);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

	if (dir == NULL && fd >= 0)
		close(fd);
	return dir;
}

bool
folder_has(int folder, const char *name)
{
	struct stat st;

	return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

int
run_folder_open(const struct run *r, enum diag_kind kind, struct diag *d)
{
	int fd = folder_open(AT_FDCWD, r->folder);

	if (fd < 0)
		diag_set_errno(
		    d, kind, errno, "unable to open '%s'", r->folder);
	return fd;
}

bool
run_hidden_remove(int runs, int folder, const char *name)
{
	(void)unlinkat(folder, RUN_JSON, 0);
	(void)unlinkat(folder, RUN_MARK, 0);
	(void)unlinkat(folder, "mapping.yaml", 0);
	return unlinkat(runs, name, AT_REMOVEDIR) == 0;
}

int
folder_make(int at, const char *name, bool exists_ok)
{
	bool made = mkdirat(at, name, 0700) == 0;
	int err, fd;

	if (!made && (errno != EEXIST || !exists_ok))
		return -1;
	/* A umask of 0777 leaves a folder that not even we can open. */
	if (made && fchmodat(at, name, 0700, 0) != 0)
		return -1;
	fd = folder_open(at, name);
	if (fd < 0 || !made)
		return fd;
	err = folder_sync(at);
	if (err == 0)
		return fd;
	close(fd);
	errno = err;
	return -1;
}

/* Makes what is missing of an absolute or relative path. 0 or errno. */
static int
make_parents(const char *path)
{
	char *copy = xstrdup(path), *at = copy;
	int err = 0;

	while (err == 0 && at != NULL) {
		char *slash = strchr(at + (*at == '/'), '/');
		struct stat st;

		if (slash != NULL)
			*slash = '\0';
		if (stat(copy, &st) != 0) {
			if (mkdir(copy, 0700) == 0)
				err = chmod(copy, 0700) == 0 ? 0 : errno;
			else if (errno != EEXIST)
				err = errno;
		}
		if (slash != NULL)
			*slash = '/';
		at = slash;
	}
	free(copy);
	return err;
}

/* Who makes or locks runs there wants them to stay. */
static int
check_own(const char *runs_dir, struct diag *d)
{
	char *path = path_trusted(runs_dir, "runs folder", d);

	free(path);
	return path != NULL ? 0 : -1;
}

int
runs_dir_open(const char *runs_dir, bool create, struct diag *d)
{
	int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int fd = open(runs_dir, flags);
	int err = errno;

	if (fd < 0 && err == ENOENT && create) {
		err = make_parents(runs_dir);
		if (err == 0) {
			fd = open(runs_dir, flags);
			err = errno;
		}
	}
	if (fd >= 0 && create && check_own(runs_dir, d) != 0) {
		close(fd);
		return -1;
	}
	if (fd >= 0)
		return fd;
	if (err == ENOENT && !create) {
		diag_set(d, DIAG_USAGE, "there are no runs in '%s'", runs_dir);
		diag_code(d, "run.none");
		return diag_help(d, "name the right folder with --runs-dir");
	}
	diag_set_errno(d, DIAG_DISK, err, "unable to %s the runs folder '%s'",
	    create ? "make" : "open", runs_dir);
	return diag_help(d, "name another folder with --runs-dir");
}

int
runs_dir_make(const char *runs_dir, struct diag *d)
{
	int fd = runs_dir_open(runs_dir, true, d);

	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

int
file_write_new(int at, const char *folder, const char *name, const void *data,
    size_t len, struct diag *d)
{
	int err = 0;
	int fd = openat(at, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 || fchmod(fd, 0600) != 0)
		err = errno;
	(void)FAULT("file.write");
	if (err == 0)
		err = file_write_all(fd, data, len);
	(void)FAULT("file.written");
	if (fd >= 0 && close(fd) != 0 && err == 0)
		err = errno;
	if (err != 0)
		return diag_set_errno(
		    d, DIAG_DISK, err, "unable to write '%s/%s'", folder, name);
	return 0;
}

static int
newest_first(const void *a, const void *b)
{
	return -strcmp(((const struct run_name *)a)->name,
	    ((const struct run_name *)b)->name);
}

struct run_name *
runs_list(int runs_fd, size_t *count, struct diag *d)
{
	struct run_name *names = NULL;
	size_t cap = 0;
	struct dirent *entry;
	DIR *dir = folder_entries(runs_fd, ".");

	*count = 0;
	while (dir != NULL && (errno = 0, entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' ||
		    strcmp(entry->d_name, RUN_LATEST) == 0 ||
		    strcmp(entry->d_name, RUN_TABLES) == 0)
			continue;
		ARRAY_ROOM(names, *count + 1, cap);
		names[(*count)++] = (struct run_name){
		    xstrdup(entry->d_name), (uint64_t)entry->d_ino};
	}
	if (dir == NULL || errno != 0) {
		diag_set_errno(
		    d, DIAG_DISK, errno, "unable to list the runs folder");
		runs_list_free(names, *count);
		if (dir != NULL)
			closedir(dir);
		return NULL;
	}
	closedir(dir);
	if (names == NULL)
		return xcalloc(1, sizeof(*names));
	qsort(names, *count, sizeof(*names), newest_first);
	return names;
}

void
runs_list_free(struct run_name *names, size_t count)
{
	for (size_t i = 0; names != NULL && i < count; i++)
		free(names[i].name);
	free(names);
}
