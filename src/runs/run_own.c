/* SPDX-License-Identifier: MIT */
/*
 * What is ours alone. SQLite opens a ledger by its path; so before that, nobody
 * else may be able to replace a part of the path or a file in the folder. A
 * check of the folder alone was not enough: an attacker who controlled its
 * parent needed six tries to put a run of their own there between the check and
 * the use, and got the token.
 */
#include "base/xalloc.h"
#include "run_folder.h"
#include "system/own_files.h"
#include "system/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A directory in which others may make files, and remove only their own. */
static bool
is_shared(const struct stat *st)
{
	return S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX) != 0 &&
	       (st->st_mode & (S_IWOTH | S_IWGRP)) != 0;
}

/* 0.1.0 made runs in a shared folder itself: the guard would not know them
 * any more. */
static int
refuse_runs_among_others(const char *dir, const char *own, struct diag *d)
{
	struct buf from = BUF_INIT(8192), to = BUF_INIT(8192);

	shell_quote(&from, dir);
	shell_quote(&to, own);
	diag_set(d, DIAG_USAGE,
	    "the runs folder '%s' is shared with other users, and it contains "
	    "runs of yours; they belong in '%s'",
	    dir, own);
	diag_code(d, "run.shared");
	diag_help(d,
	    "move them: mkdir -m 700 %s; find %s -mindepth 1 -maxdepth 1 "
	    "-user %lu ! -name %lu -exec mv -t %s {} +",
	    buf_str(&to), buf_str(&from), (unsigned long)geteuid(),
	    (unsigned long)geteuid(), buf_str(&to));
	buf_release(&from);
	buf_release(&to);
	return -1;
}

char *
runs_dir_of_user(char *dir, struct diag *d)
{
	char name[32], *own, *locks;
	struct stat st;
	int ret = 0;

	if (stat(dir, &st) != 0 || !is_shared(&st))
		return dir;
	snprintf(name, sizeof(name), "%lu", (unsigned long)geteuid());
	own = path_join(dir, name);
	locks = path_join(dir, RUN_LOCKS);
	if (lstat(locks, &st) == 0 && st.st_uid == geteuid())
		ret = refuse_runs_among_others(dir, own, d);
	free(locks);
	free(dir);
	if (ret == 0)
		return own;
	free(own);
	return NULL;
}

char *
runs_dir_own(const char *option, struct diag *d)
{
	char *dir = runs_dir_default(option, d), *own;

	if (dir == NULL)
		return NULL;
	own = path_trusted(dir, "runs folder", d);
	free(dir);
	return own;
}

/* A ledger has one name, or two while it gets its own one (ledger_create). */
static bool
has_other_names(int folder, const char *name, const struct stat *st)
{
	struct stat made;
	bool is_being_named = fstatat(folder, RUN_LEDGER ".new", &made,
				  AT_SYMLINK_NOFOLLOW) == 0 &&
			      made.st_ino == st->st_ino &&
			      made.st_dev == st->st_dev;

	return strncmp(name, RUN_LEDGER, strlen(RUN_LEDGER)) == 0 &&
	       st->st_nlink > (is_being_named ? 2U : 1U);
}

static int
check_file(int folder, const char *path, const char *name, struct diag *d)
{
	const char *why = NULL;
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT
			   ? 0
			   : diag_set_errno(d, DIAG_INPUT, errno,
				 "unable to look at '%s/%s'", path, name);
	if (st.st_uid != geteuid())
		why = "it belongs to another user";
	else if (S_ISLNK(st.st_mode))
		why = "it is a symbolic link";
	else if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		why = "it is not a regular file";
	else if (S_ISREG(st.st_mode) && has_other_names(folder, name, &st))
		why = "it has a second name (a hard link)";
	if (why == NULL)
		return 0;
	diag_set(d, DIAG_INPUT,
	    "the run in '%s' was changed: its file '%s' differs from what the "
	    "program wrote: %s",
	    path, name, why);
	diag_code(d, "run.changed");
	return diag_help(d,
	    "nothing was sent; find out who changed it, and put back the file "
	    "from a backup");
}

static int
check_files(int fd, const char *path, struct diag *d)
{
	DIR *dir = folder_entries(fd, ".");
	struct dirent *entry;
	int ret = 0;

	if (dir == NULL)
		return diag_set_errno(
		    d, DIAG_INPUT, errno, "unable to list '%s'", path);
	while (ret == 0 && (errno = 0, entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			ret = check_file(fd, path, entry->d_name, d);
	if (ret == 0 && errno != 0)
		ret = diag_set_errno(
		    d, DIAG_INPUT, errno, "unable to list '%s'", path);
	closedir(dir);
	return ret;
}

static int
check_owner(int fd, const char *folder, struct diag *d)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return diag_set_errno(
		    d, DIAG_INPUT, errno, "unable to look at '%s'", folder);
	if (st.st_uid == geteuid())
		return 0;
	diag_set(d, DIAG_USAGE,
	    "the run folder '%s' belongs to another user, who chose the "
	    "service that it names",
	    folder);
	diag_code(d, "run.owner");
	return diag_help(d,
	    "inspect it with 'csv2chakra status', then copy it to a folder of "
	    "your own and name that");
}

int
run_own_folder(char **folder, int *fd, struct diag *d)
{
	struct buf subject = BUF_INIT(16384);
	struct stat st;
	char *path;
	int again, ret = -1;

	if (check_owner(*fd, *folder, d) != 0)
		return -1;
	path = path_trusted(*folder, "run folder", d);
	if (path == NULL)
		return -1;
	free(*folder);
	*folder = path;
	again = folder_open(AT_FDCWD, path);
	if (again < 0 || fstat(again, &st) != 0) {
		diag_set_errno(
		    d, DIAG_INPUT, errno, "unable to open '%s'", path);
		if (again >= 0)
			close(again);
		return -1;
	}
	close(*fd);
	*fd = again;
	buf_addf(&subject, "the run folder '%s'", path);
	if (check_owner(again, path, d) == 0 &&
	    path_trust_folder(path, &st, false, buf_str(&subject), d) == 0)
		ret = check_files(again, path, d);
	buf_release(&subject);
	return ret;
}
