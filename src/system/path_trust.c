/* SPDX-License-Identifier: MIT */
/*
 * Path trust: who could exchange a part of a path. The way is walked by name
 * and not by descriptors, since what comes after uses names, too.
 */
#include "base/buf.h"
#include "base/xalloc.h"
#include "system/own_files.h"
#include "system/screen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
path_trust_folder(const char *folder, const struct stat *st, bool may_be_shared,
    const char *subject, struct diag *d)
{
	if (st->st_uid != 0 && st->st_uid != geteuid()) {
		diag_set(d, DIAG_USAGE,
		    "%s belongs to another user (uid %lu), who could replace "
		    "what is in it",
		    subject, (unsigned long)st->st_uid);
		diag_code(d, "path.owner");
		return diag_help(d,
		    "use a folder of your own, below folders that belong to "
		    "you or to root");
	}
	if ((st->st_mode & S_IWOTH) == 0 ||
	    (may_be_shared && (st->st_mode & S_ISVTX) != 0))
		return 0;
	diag_set(d, DIAG_USAGE,
	    "%s can be written to by every user of this machine, who could "
	    "replace what is in it",
	    subject);
	diag_code(d, "path.writable");
	return screen_help_command(d, "chmod o-w", folder);
}

static int
check_folder(
    const char *folder, const char *path, const char *what, struct diag *d)
{
	struct buf subject = BUF_INIT(16384);
	struct stat st;
	int ret;

	if (lstat(folder, &st) != 0)
		return diag_set_errno(
		    d, DIAG_USAGE, errno, "unable to look at '%s'", folder);
	buf_addf(&subject, "the %s '%s'", what, path);
	if (strcmp(folder, path) != 0)
		buf_addf(&subject, " lies below '%s', which", folder);
	ret = path_trust_folder(folder, &st, true, buf_str(&subject), d);
	buf_release(&subject);
	return ret;
}

/* Each directory from / to `path`, which is resolved. */
static int
check_way(const char *path, const char *what, struct diag *d)
{
	char *folder = xstrdup(path);
	size_t len = strlen(path), end = 1;
	int ret = -1;

	for (;;) {
		folder[end] = '\0';
		if (check_folder(folder, path, what, d) != 0)
			break;
		if (end == len) {
			ret = 0;
			break;
		}
		folder[end] = path[end];
		end += path[end] == '/';
		end += strcspn(path + end, "/");
	}
	free(folder);
	return ret;
}

/* The part of a path that exists, resolved; *rest: what comes after it.
 * Owned; NULL with errno. */
static char *
resolve(const char *path, const char **rest)
{
	size_t len = strlen(path);
	char *prefix = xstrdup(path), *found;
	struct stat st;

	while ((found = realpath(prefix, NULL)) == NULL && errno == ENOENT &&
	       len > 1) {
		if (lstat(prefix, &st) == 0) {
			/* A link to nowhere leads to what another may make;
			 * anything else was made just now. */
			if (S_ISLNK(st.st_mode))
				break;
			continue;
		}
		while (len > 1 && prefix[len - 1] == '/')
			len--;
		while (len > 1 && prefix[len - 1] != '/')
			len--;
		while (len > 1 && prefix[len - 1] == '/')
			len--;
		prefix[len] = '\0';
	}
	free(prefix);
	*rest = path + len + strspn(path + len, "/");
	return found;
}

char *
path_trusted(const char *path, const char *what, struct diag *d)
{
	const char *rest;
	char *found = resolve(path, &rest), *whole;
	int err = errno;
	size_t len, size;

	if (found == NULL) {
		diag_set_errno(d, DIAG_USAGE, err, "unable to find the %s '%s'",
		    what, path);
		diag_help_open(d, err, path);
		return NULL;
	}
	if (check_way(found, what, d) != 0) {
		free(found);
		return NULL;
	}
	len = strlen(found);
	size = len + strlen(rest) + 2;
	whole = xmalloc(size);
	snprintf(whole, size, "%s%s%s", found,
	    *rest != '\0' && found[len - 1] != '/' ? "/" : "", rest);
	free(found);
	return whole;
}
