/* SPDX-License-Identifier: MIT */
/*
 * Sharing a ledger: which process has it, and how a reader of ours avoids
 * blocking others. A person may look at a report for hours, and the next import
 * must be able to continue the run meanwhile.
 */
#include "base/signals.h"
#include "database.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGES_A_STEP 1024

/* Closing a file ends the locks that this process has on it, by whichever
 * descriptor: one that is open here must not be opened again. */
static bool
is_open_here(const struct stat *file)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	struct stat st;
	bool found = false;

	if (dir == NULL)
		return true; /* nobody knows */
	while (!found && (entry = readdir(dir)) != NULL)
		found = fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 &&
			st.st_dev == file->st_dev && st.st_ino == file->st_ino;
	closedir(dir);
	return found;
}

static long
holder_of(const char *path)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	struct stat st;
	long pid = 0;
	int fd;

	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode) || is_open_here(&st))
		return 0;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
		pid = (long)lock.l_pid;
	close(fd);
	return pid > 0 ? pid : 0; /* -1: not by a process */
}

long
ledger_holder(const char *path)
{
	char *shm = ledger_file_join(path, "-shm");
	long pid = holder_of(path);

	if (pid == 0)
		pid = holder_of(shm);
	free(shm);
	return pid;
}

void
ledger_holder_words(long pid, char out[64])
{
	char path[64], name[32];
	ssize_t n = -1;
	int fd;

	if (pid <= 0) {
		snprintf(out, 64, "another process");
		return;
	}
	snprintf(path, sizeof(path), "/proc/%ld/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, name, sizeof(name) - 1);
		close(fd);
	}
	name[n > 0 ? n : 0] = '\0';
	name[strcspn(name, "\n")] = '\0';
	/* A process names itself. */
	for (char *c = name; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	if (name[0] != '\0')
		snprintf(out, 64, "process %ld (%s)", pid, name);
	else
		snprintf(out, 64, "process %ld", pid);
}

/* The copy is in a file without a name, in the folder for temporary files. */
static int
no_copy(struct ledger *l, int rc, struct diag *d)
{
	diag_set(d, DIAG_DISK,
	    "unable to make a temporary copy of the ledger '%s': %s", l->path,
	    sqlite3_errstr(rc));
	diag_code(d, "ledger.disk");
	return diag_help(d, "set TMPDIR to a folder that has room for it");
}

static int
copy_pages(struct ledger *l, sqlite3 *from, struct diag *d)
{
	sqlite3_backup *b = sqlite3_backup_init(l->db, "main", from, "main");
	int before = signals_stop(), rc;

	if (b == NULL)
		return ledger_sql_error(l, sqlite3_errcode(l->db), d);
	do
		rc = sqlite3_backup_step(b, PAGES_A_STEP);
	while (rc == SQLITE_OK && signals_stop() == before);
	(void)sqlite3_backup_finish(b);
	if (rc == SQLITE_DONE)
		return 0;
	if (rc == SQLITE_OK)
		return diag_set(d, DIAG_SIGNAL,
		    "stopped by a signal while the ledger '%s' was read",
		    l->path);
	if ((rc & 0xff) == SQLITE_FULL)
		return no_copy(l, rc, d);
	return ledger_sql_error(l, rc, d);
}

int
ledger_snapshot(struct ledger *l, const char *path, struct diag *d)
{
	sqlite3 *from = l->db;
	int ret;

	l->db = NULL;
	ret = ledger_connect_temporary(l, d);
	if (ret == 0)
		ret = ledger_exec(l, "PRAGMA cell_size_check = ON;", d);
	if (ret == 0)
		ret = copy_pages(l, from, d);
	/* What the mark says now belongs to this copy. */
	if (ret == 0)
		ledger_mark_look(l, path);
	(void)sqlite3_close_v2(from);
	return ret;
}
