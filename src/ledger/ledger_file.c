/* SPDX-License-Identifier: MIT */
/*
 * The ledger's file before SQLite sees it: where it really is, whether it can
 * be one at all, and how a new one gets its name.
 */
#include "base/buf.h"
#include "base/xalloc.h"
#include "database.h"
#include "system/atomic_file.h"
#include "system/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
ledger_file_release(struct ledger_file *w)
{
	free(w->path);
	free(w->folder);
}

char *
ledger_file_join(const char *a, const char *b)
{
	struct buf out = BUF_INIT(0);

	buf_addf(&out, "%s%s", a, b);
	return buf_detach(&out);
}

/* SQLite's NOFOLLOW refuses a symlink anywhere in a path; ours are allowed
 * in the folder's and not for the file itself. */
int
ledger_file_locate(struct ledger_file *w, const char *path, struct diag *d)
{
	const char *slash = strrchr(path, '/');
	struct buf real = BUF_INIT(0);
	char *given = slash == NULL   ? xstrdup(".")
		      : slash == path ? xstrdup("/")
				      : xstrndup(path, (size_t)(slash - path));

	w->path = NULL;
	w->folder = realpath(given, NULL);
	free(given);
	if (w->folder == NULL) {
		diag_set_errno(
		    d, DIAG_INPUT, errno, "unable to open '%s'", path);
		return -1;
	}
	buf_addf(&real, "%s%s%s", w->folder,
	    strcmp(w->folder, "/") == 0 ? "" : "/", slash ? slash + 1 : path);
	w->path = buf_detach(&real);
	return 0;
}

/* Like rename, but never over something that is there. */
int
ledger_file_place(const char *shown, const char *from, const char *to,
    const char *folder, struct diag *d)
{
	struct stat st;
	int err = 0;

	(void)FAULT("ledger.place");
	if (link(from, to) == 0) {
		(void)unlink(from);
	} else if (errno == EEXIST || lstat(to, &st) == 0) {
		err = EEXIST;
	} else if (rename(from, to) != 0) { /* no hard links here */
		err = errno;
	}
	(void)FAULT("ledger.placed");
	if (err == 0)
		err = folder_sync_at(AT_FDCWD, folder);
	if (err != 0)
		return diag_set_errno(
		    d, DIAG_DISK, err, "unable to create '%s'", shown);
	return 0;
}

/* For what a creation that failed or was killed has left. */
void
ledger_file_remove(const char *path)
{
	static const char *const suffixes[] = {"", "-wal", "-journal", "-shm"};
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		char *part = ledger_file_join(path, suffixes[i]);

		(void)unlink(part);
		free(part);
	}
}

/* What the file system says before SQLite is asked. It is not opened here:
 * closing it would end the locks that this process has on it. */
int
ledger_file_check(const char *shown, const char *path, struct diag *d)
{
	struct stat st;

	if (lstat(path, &st) != 0) {
		int err = errno;

		diag_set_errno(d, DIAG_INPUT, err,
		    "unable to open the ledger '%s'", shown);
		diag_code(d, "ledger.missing");
		if (err == ENOENT)
			diag_help(d,
			    "'csv2chakra status' lists the runs; a run "
			    "without a ledger has sent nothing, unless "
			    "somebody removed it");
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		diag_set(d, DIAG_INPUT,
		    "unable to open the ledger '%s': it is %s", shown,
		    S_ISLNK(st.st_mode)	  ? "a symbolic link"
		    : S_ISDIR(st.st_mode) ? "a folder"
					  : "not a regular file");
		return diag_code(d, "ledger.foreign");
	}
	return st.st_size > 0 ? 0 : ledger_damaged(shown, d, "it is empty");
}

/* "file:" URI of a path, with ?immutable=1. Owned. */
char *
ledger_file_uri(const char *path)
{
	struct buf uri = BUF_INIT(0);

	buf_adds(&uri, "file:");
	for (; *path != '\0'; path++) {
		unsigned char c = (unsigned char)*path;

		if (c == '%' || c == '?' || c == '#' || c < 0x21 || c > 0x7e)
			buf_addf(&uri, "%%%02X", c);
		else
			buf_addc(&uri, (char)c);
	}
	buf_adds(&uri, "?immutable=1");
	return buf_detach(&uri);
}
