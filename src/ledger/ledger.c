/* SPDX-License-Identifier: MIT */
#include "ledger/ledger_internal.h"

#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Opening and closing the ledger.
 *
 * A new ledger is made whole under a temporary name and linked into place:
 * a `ledger.sqlite` that is empty or lacks tables is therefore always damage
 * and never "a run that had just begun".
 *
 * An open ledger belongs to one process (locking_mode=EXCLUSIVE: no shared
 * memory file, and whoever comes second is told so). Readers open the file
 * for writing too: after a crash, its last commits are in the `-wal`, and
 * SQLite must own the file to find them there. Only where the folder cannot
 * be written is it opened as immutable, and only if there is no `-wal` that
 * this would overlook.
 */

#define RETRY_MS 20
#define WAIT_MS 1500

struct location {
	char *path;   /* folder without symlinks, then the name */
	char *folder;
};

static void
location_release(struct location *w)
{
	free(w->path);
	free(w->folder);
}

static char *
join(const char *a, const char *between, const char *b)
{
	size_t size = strlen(a) + strlen(between) + strlen(b) + 1;
	char *s = xmalloc(size);

	snprintf(s, size, "%s%s%s", a, between, b);
	return s;
}

/* SQLite's NOFOLLOW refuses a symlink anywhere in a path; ours are allowed
 * in the folder's and not for the file itself. */
static int
locate(struct location *w, const char *path, struct diag *d)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	char *given = slash == NULL ? xstrdup(".") :
	    slash == path	    ? xstrdup("/") :
				      xstrndup(path, (size_t)(slash - path));
	int result = 0;

	w->path = NULL;
	w->folder = realpath(given, NULL);
	if (w->folder == NULL)
		result = diag_set_errno(
		    d, DIAG_INPUT, errno, "unable to open '%s'", path);
	else
		w->path = join(
		    w->folder, strcmp(w->folder, "/") == 0 ? "" : "/", name);
	free(given);
	return result;
}

static int
fsync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return errno;
	/* Some file systems cannot, and say so; nothing is to be done. */
	if (fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP)
		err = errno;
	close(fd);
	return err;
}

static struct ledger *
ledger_alloc(const char *path)
{
	struct ledger *l = xcalloc(1, sizeof(*l));

	l->path = path != NULL ? xstrdup(path) : NULL;
	return l;
}

static int
connect_file(struct ledger *l, const char *name, int flags, struct diag *d)
{
	int rc = sqlite3_open_v2(name, &l->db,
	    flags | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE, NULL);

	if (l->db == NULL)
		return diag_set(d, DIAG_INTERNAL, "SQLite has no memory");
	if (rc != SQLITE_OK)
		return ledger_sql_error(l, rc, d);
	(void)sqlite3_db_config(l->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(l->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return 0;
}

/* Exclusive locking comes first: then the first access makes no -shm. */
static int
set_modes(struct ledger *l, struct diag *d)
{
	return ledger_exec(l,
	    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL;"
	    "PRAGMA cell_size_check = ON;",
	    d);
}

static int
set_wal(struct ledger *l, struct diag *d)
{
	sqlite3_stmt *s = ledger_prepare(l, "PRAGMA journal_mode = WAL", d);
	int rc, result = 0;

	if (s == NULL)
		return -1;
	rc = sqlite3_step(s);
	if (rc != SQLITE_ROW) {
		result = ledger_sql_error(l, rc, d);
	} else {
		struct columns c = {s, 0};

		if (strcmp(column_view(&c), "wal") != 0)
			result = diag_set(d, DIAG_DISK,
			    "the ledger '%s' cannot have a write-ahead log on "
			    "this file system",
			    l->path);
	}
	(void)sqlite3_finalize(s);
	return result;
}

static int
create_temporary(struct ledger *l, struct diag *d)
{
	if (connect_file(l, "",
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, d) != 0 ||
	    ledger_exec(l,
		"PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;"
		"PRAGMA cache_size = -512;",
		d) != 0)
		return -1;
	return ledger_schema_create(l, d);
}

/* Makes the file with the tables at `path`, closed again. */
static int
create_file(const char *shown, const char *path, struct diag *d)
{
	struct ledger *l = NULL;
	int result = -1;
	int fd = open(path,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return diag_set_errno(
		    d, DIAG_DISK, errno, "unable to create '%s'", shown);
	/* SQLite gives its -wal the mode of this file, whatever the umask. */
	if (fchmod(fd, 0600) != 0) {
		diag_set_errno(
		    d, DIAG_DISK, errno, "unable to create '%s'", shown);
		close(fd);
		return -1;
	}
	close(fd);
	l = ledger_alloc(shown);
	if (connect_file(l, path, SQLITE_OPEN_READWRITE, d) == 0 &&
	    set_modes(l, d) == 0 && set_wal(l, d) == 0 &&
	    ledger_schema_create(l, d) == 0)
		result = ledger_close(l, d);
	else
		ledger_free(l);
	return result;
}

/* Like rename, but never over something that is there. */
static int
put_in_place(const char *shown, const char *from, const char *to,
    const char *folder, struct diag *d)
{
	struct stat st;
	int err = 0;

	if (link(from, to) == 0) {
		(void)unlink(from);
	} else if (errno == EEXIST || lstat(to, &st) == 0) {
		err = EEXIST;
	} else if (rename(from, to) != 0) { /* no hard links here */
		err = errno;
	}
	if (err == 0)
		err = fsync_folder(folder);
	if (err != 0)
		return diag_set_errno(
		    d, DIAG_DISK, err, "unable to create '%s'", shown);
	return 0;
}

/* Removes what a creation that failed or died has left. */
static void
remove_parts(const char *path)
{
	static const char *const suffixes[] = {"", "-wal", "-journal", "-shm"};
	size_t i;

	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		char *part = join(path, "", suffixes[i]);

		(void)unlink(part);
		free(part);
	}
}

struct ledger *
ledger_create(const char *path, struct diag *d)
{
	struct ledger *l = NULL;
	struct location where = {0};
	struct stat st;
	char *made = NULL;

	if (path == NULL) {
		l = ledger_alloc(NULL);
		if (create_temporary(l, d) == 0)
			return l;
		ledger_free(l);
		return NULL;
	}
	if (locate(&where, path, d) != 0) {
		d->kind = DIAG_DISK;
		goto out;
	}
	if (lstat(where.path, &st) == 0) {
		diag_set_errno(
		    d, DIAG_DISK, EEXIST, "unable to create '%s'", path);
		goto out;
	}
	made = join(where.path, "", ".new");
	remove_parts(made);
	if (create_file(path, made, d) == 0 &&
	    put_in_place(path, made, where.path, where.folder, d) == 0)
		l = ledger_open(path, false, false, d);
	if (l == NULL)
		remove_parts(made);
out:
	free(made);
	location_release(&where);
	return l;
}

/* What the file system says before SQLite is asked. It is not opened here:
 * closing it would end the locks that this process has on it. */
static int
look_at(const char *shown, const char *path, struct diag *d)
{
	struct stat st;

	if (lstat(path, &st) != 0) {
		int err = errno;

		diag_set_errno(
		    d, DIAG_INPUT, err, "unable to open the ledger '%s'", shown);
		diag_code(d, "ledger.missing");
		if (err == ENOENT)
			diag_help(d, "'csv2chakra status' lists the runs; a run "
				     "without a ledger has sent nothing, unless "
				     "somebody removed it");
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		diag_set(d, DIAG_INPUT,
		    "unable to open the ledger '%s': it is %s", shown,
		    S_ISLNK(st.st_mode) ? "a symbolic link" :
		    S_ISDIR(st.st_mode) ? "a folder" :
					  "no regular file");
		return diag_code(d, "ledger.foreign");
	}
	if (st.st_size == 0) {
		struct ledger named = {.path = (char *)(uintptr_t)shown};

		return ledger_damaged(&named, d, "it is empty");
	}
	return 0;
}

static bool
writable(const struct location *w)
{
	return faccessat(AT_FDCWD, w->path, W_OK, AT_EACCESS) == 0 &&
	    faccessat(AT_FDCWD, w->folder, W_OK | X_OK, AT_EACCESS) == 0;
}

/* "file:" URI of a path, with ?immutable=1. Owned. */
static char *
immutable_uri(const char *path)
{
	static const char hex[] = "0123456789ABCDEF";
	const char *tail = "?immutable=1";
	char *uri = xmalloc(strlen(path) * 3 + strlen(tail) + 6);
	char *to = uri;

	memcpy(to, "file:", 5);
	for (to += 5; *path != '\0'; path++) {
		unsigned char c = (unsigned char)*path;

		if (c == '%' || c == '?' || c == '#' || c < 0x21 || c > 0x7e) {
			*to++ = '%';
			*to++ = hex[c >> 4];
			*to++ = hex[c & 15];
		} else {
			*to++ = (char)c;
		}
	}
	memcpy(to, tail, strlen(tail) + 1);
	return uri;
}

static int
connect_immutable(struct ledger *l, const struct location *w, struct diag *d)
{
	char *wal = join(w->path, "", "-wal");
	char *uri = immutable_uri(w->path);
	struct stat st;
	int result;

	if (lstat(wal, &st) == 0 && st.st_size > 0) {
		diag_set(d, DIAG_INPUT,
		    "unable to read the ledger '%s': its folder cannot be "
		    "written, and its last commits are still in its -wal",
		    l->path);
		diag_code(d, "ledger.readonly");
		result = diag_help(
		    d, "copy the run folder to a place that you can write");
	} else {
		result = connect_file(
		    l, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, d);
	}
	free(uri);
	free(wal);
	return result;
}

static int
open_once(
    struct ledger *l, const struct location *w, bool verify, struct diag *d)
{
	if (l->read_only && !writable(w)) {
		if (connect_immutable(l, w, d) != 0)
			return -1;
	} else if (connect_file(l, w->path, SQLITE_OPEN_READWRITE, d) != 0 ||
	    set_modes(l, d) != 0) {
		return -1;
	}
	if (ledger_schema_check(l, verify, d) != 0)
		return -1;
	if (l->read_only)
		return ledger_exec(l, "PRAGMA query_only = ON", d);
	return set_wal(l, d);
}

int
ledger_open_wait(struct ledger **out, const char *path, bool read_only,
    bool verify, int wait_ms, struct diag *d)
{
	struct location where = {0};
	int result = -1, waited = 0;

	*out = NULL;
	if (locate(&where, path, d) != 0 || look_at(path, where.path, d) != 0)
		goto out;
	for (;;) {
		struct ledger *l = ledger_alloc(path);

		l->read_only = read_only;
		result = open_once(l, &where, verify, d);
		if (result == 0) {
			*out = l;
			break;
		}
		ledger_free(l);
		if (d->kind != DIAG_LOCKED || waited >= wait_ms)
			break;
		waited += RETRY_MS;
		(void)sqlite3_sleep(RETRY_MS);
	}
out:
	location_release(&where);
	return result;
}

/* A reader is done in a moment; a run holds its ledger to its end. */
struct ledger *
ledger_open(const char *path, bool read_only, bool verify, struct diag *d)
{
	struct ledger *l;

	(void)ledger_open_wait(&l, path, read_only, verify, WAIT_MS, d);
	return l;
}

int
ledger_commit(struct ledger *l, struct diag *d)
{
	struct binder b = {0};

	if (l->failed) {
		*d = l->why;
		return -1;
	}
	if (!l->dirty)
		return 0;
	b.statement = ledger_kept(l, STATEMENT_COMMIT, d);
	if (b.statement == NULL || binder_run(l, &b, d) != 0)
		return -1;
	l->dirty = false;
	return 0;
}

bool
ledger_is_dirty(const struct ledger *l)
{
	return l->dirty;
}

int
ledger_close(struct ledger *l, struct diag *d)
{
	int result;

	if (l == NULL)
		return 0;
	result = ledger_commit(l, d);
	ledger_free(l);
	return result;
}

void
ledger_free(struct ledger *l)
{
	size_t i;

	if (l == NULL)
		return;
	for (i = 0; i < STATEMENT_COUNT; i++)
		(void)sqlite3_finalize(l->kept[i]);
	/* An open transaction is rolled back. */
	(void)sqlite3_close_v2(l->db);
	free(l->path);
	free(l);
}
