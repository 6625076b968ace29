/* SPDX-License-Identifier: MIT */
/*
 * Opening and closing the ledger.
 *
 * A new ledger is made whole under a temporary name, with its tables and what
 * the run begins with, synced once, and linked into place: a `ledger.sqlite`
 * that is empty or lacks tables or settings is therefore always damage and
 * never "a run that had just begun".
 *
 * An open ledger belongs to one process (locking_mode=EXCLUSIVE: there is no
 * shared memory file, and a second process gets an error). Readers open the
 * file for writing too: after a crash, its last commits are in the `-wal`, and
 * SQLite must own the file to find them there. They own it only while they copy
 * it. Where the folder cannot be written, it is opened as immutable, and only
 * if there is no `-wal` that this would overlook.
 */
#include "ledger/ledger.h"

#include "base/signals.h"
#include "base/xalloc.h"
#include "database.h"
#include "system/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RETRY_MS 20
#define WAIT_MS 1500

static struct ledger *
ledger_alloc(const char *path)
{
	struct ledger *l = xcalloc(1, sizeof(*l));

	l->path = xstrdup_or_null(path);
	l->mark_fd = -1;
	return l;
}

/* A file may hold anything: nothing of it is run, and no value is longer than
 * any that a ledger has (the longest is the run's settings). */
static void
harden(sqlite3 *db)
{
	static const int off[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA,
	    SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_VIEW};
	static const int limits[][2] = {{SQLITE_LIMIT_LENGTH, 1 << 20},
	    {SQLITE_LIMIT_COLUMN, 64}, {SQLITE_LIMIT_ATTACHED, 0},
	    {SQLITE_LIMIT_TRIGGER_DEPTH, 1}, {SQLITE_LIMIT_EXPR_DEPTH, 100},
	    {SQLITE_LIMIT_COMPOUND_SELECT, 8}};

	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++)
		(void)sqlite3_db_config(db, off[i], 0, NULL);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		(void)sqlite3_limit(db, limits[i][0], limits[i][1]);
}

int
ledger_connect(struct ledger *l, const char *name, int flags, struct diag *d)
{
	int ret = sqlite3_open_v2(name, &l->db,
	    flags | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE, NULL);

	if (l->db == NULL)
		return diag_set(d, DIAG_INTERNAL, "SQLite has no memory");
	if (ret != SQLITE_OK)
		return ledger_sql_error(l, ret, d);
	harden(l->db);
	return 0;
}

/* Exclusive locking comes first: then the first access makes no -shm. Whatever
 * journal somebody gave the file, from here on nobody else has it. */
static int
set_modes(struct ledger *l, struct diag *d)
{
	return ledger_exec(l,
	    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL;"
	    "PRAGMA cell_size_check = ON; BEGIN EXCLUSIVE; COMMIT;",
	    d);
}

static int
set_wal(struct ledger *l, struct diag *d)
{
	char mode[16];

	if (ledger_query_text(
		l, "PRAGMA journal_mode = WAL", mode, sizeof(mode), d) != 0)
		return -1;
	if (strcmp(mode, "wal") == 0)
		return 0;
	return diag_set(d, DIAG_DISK,
	    "the ledger '%s' cannot have a write-ahead log on this file system",
	    l->path);
}

int
ledger_connect_temporary(struct ledger *l, struct diag *d)
{
	if (ledger_connect(
		l, "", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, d) != 0)
		return -1;
	return ledger_exec(l,
	    "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;"
	    "PRAGMA cache_size = -512;",
	    d);
}

/* Nobody knows the file yet, so nothing of it needs to survive a crash before
 * it gets its name: it is synced once, when it is whole. The header says
 * "write-ahead log" from the start; nothing is in a -wal yet. */
static int
fill_file(struct ledger *l, const char *path, ledger_fill *fill, void *ctx,
    struct diag *d)
{
	if (ledger_connect(l, path, SQLITE_OPEN_READWRITE, d) != 0 ||
	    ledger_exec(l,
		"PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY;"
		"PRAGMA synchronous = OFF;",
		d) != 0 ||
	    ledger_schema_create(l, d) != 0 || ledger_mark_begin(l, d) != 0 ||
	    (fill != NULL && fill(ctx, l, d) != 0) || ledger_commit(l, d) != 0)
		return -1;
	return set_wal(l, d);
}

/* Makes the file with what it begins with at `path`, closed and synced, and
 * its mark. */
static int
create_file(const char *shown, const char *path, const char *mark,
    ledger_fill *fill, void *ctx, struct diag *d)
{
	struct ledger *l = NULL;
	int ret;
	int fd = open(
	    path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

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
	l = ledger_alloc(shown);
	ret = fill_file(l, path, fill, ctx, d);
	if (ret == 0)
		ret = ledger_mark_create(l, mark, d);
	ledger_free(l);
	(void)FAULT("ledger.filled");
	if (ret == 0 && fsync(fd) != 0)
		ret = diag_set_errno(
		    d, DIAG_DISK, errno, "unable to create '%s'", shown);
	close(fd);
	return ret;
}

static struct ledger *
new_temporary(ledger_fill *fill, void *ctx, struct diag *d)
{
	struct ledger *l = ledger_alloc(NULL);

	if (ledger_connect_temporary(l, d) == 0 &&
	    ledger_schema_create(l, d) == 0 &&
	    (fill == NULL || fill(ctx, l, d) == 0) && ledger_commit(l, d) == 0)
		return l;
	ledger_free(l);
	return NULL;
}

struct ledger *
ledger_create(const char *path, struct diag *d)
{
	return ledger_create_filled(path, NULL, NULL, d);
}

struct ledger *
ledger_create_filled(
    const char *path, ledger_fill *fill, void *ctx, struct diag *d)
{
	struct ledger *l = NULL;
	struct ledger_file where = {0};
	struct stat st;
	char *made = NULL, *mark = NULL;

	if (path == NULL)
		return new_temporary(fill, ctx, d);
	if (ledger_file_locate(&where, path, d) != 0) {
		d->kind = DIAG_DISK;
		goto out;
	}
	if (lstat(where.path, &st) == 0) {
		diag_set_errno(
		    d, DIAG_DISK, EEXIST, "unable to create '%s'", path);
		goto out;
	}
	made = ledger_file_join(where.path, ".new");
	mark = ledger_mark_path(where.path);
	ledger_file_remove(made);
	if (create_file(path, made, mark, fill, ctx, d) == 0 &&
	    ledger_file_place(path, made, where.path, where.folder, d) == 0) {
		l = ledger_open(path, false, false, d);
	} else {
		ledger_file_remove(made);
	}
out:
	free(made);
	free(mark);
	ledger_file_release(&where);
	return l;
}

static bool
writable(const struct ledger_file *w)
{
	return faccessat(AT_FDCWD, w->path, W_OK, AT_EACCESS) == 0 &&
	       faccessat(AT_FDCWD, w->folder, W_OK | X_OK, AT_EACCESS) == 0;
}

static int
connect_immutable(struct ledger *l, const struct ledger_file *w, struct diag *d)
{
	char *wal = ledger_file_join(w->path, "-wal");
	char *uri = ledger_file_uri(w->path);
	struct stat st;
	int ret;

	if (lstat(wal, &st) == 0 && st.st_size > 0) {
		diag_set(d, DIAG_INPUT,
		    "unable to read the ledger '%s': its folder cannot be "
		    "written, and its last commits are still in its -wal",
		    l->path);
		diag_code(d, "ledger.readonly");
		ret = diag_help(
		    d, "copy the run folder to a place that you can write");
	} else {
		ret = ledger_connect(
		    l, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, d);
	}
	free(uri);
	free(wal);
	return ret;
}

static uint64_t
size_of(const char *path, const char *suffix)
{
	char *part = ledger_file_join(path, suffix);
	struct stat st;
	uint64_t size = lstat(part, &st) == 0 ? (uint64_t)st.st_size : 0;

	free(part);
	return size;
}

static int
open_checked(
    struct ledger *l, const struct ledger_file *w, bool verify, struct diag *d)
{
	if (l->read_only && !writable(w)) {
		if (connect_immutable(l, w, d) != 0)
			return -1;
	} else if (ledger_connect(l, w->path, SQLITE_OPEN_READWRITE, d) != 0 ||
		   set_modes(l, d) != 0 ||
		   (l->is_snapshot && ledger_snapshot(l, w->path, d) != 0)) {
		return -1;
	}
	ledger_watch(l, size_of(w->path, "") + size_of(w->path, "-wal"));
	if (ledger_schema_check(l, verify, d) != 0 ||
	    ledger_mark_load(l, d) != 0 ||
	    (!l->takes_hurt && ledger_mark_check(l, w->path, d) != 0))
		return -1;
	if (l->read_only)
		return ledger_exec(l, "PRAGMA query_only = ON", d);
	ledger_unwatch(l);
	return set_wal(l, d);
}

/* What SQLite cannot make sense of while it opens a file ("unsupported file
 * format") is the file's fault, not the program's. */
static int
open_once(
    struct ledger *l, const struct ledger_file *w, bool verify, struct diag *d)
{
	if (open_checked(l, w, verify, d) == 0)
		return 0;
	if (d->kind == DIAG_INTERNAL && l->db != NULL)
		ledger_damaged(l->path, d, "%s", sqlite3_errmsg(l->db));
	return -1;
}

/* Who it is that has it; the file is closed by now. */
static int
in_use(const char *shown, const char *path, struct diag *d)
{
	char who[64];

	ledger_holder_words(ledger_holder(path), who);
	diag_set(d, DIAG_LOCKED, "%s uses the ledger '%s'", who, shown);
	diag_code(d, "ledger.locked");
	return diag_help(d, "wait until it has ended, then try again");
}

static int
open_wait(struct ledger **out, const char *path, const struct ledger *how,
    bool verify, int wait_ms, struct diag *d)
{
	struct ledger_file where = {0};
	int ret = -1, waited = 0, before = signals_stop();

	*out = NULL;
	if (ledger_file_locate(&where, path, d) != 0 ||
	    ledger_file_check(path, where.path, d) != 0)
		goto out;
	for (;;) {
		struct ledger *l = ledger_alloc(path);

		l->read_only = how->read_only;
		l->takes_hurt = how->takes_hurt;
		l->is_snapshot = how->is_snapshot;
		ret = open_once(l, &where, verify, d);
		if (ret == 0) {
			*out = l;
			break;
		}
		ledger_free(l);
		if (d->kind != DIAG_LOCKED)
			break;
		if (waited >= wait_ms || signals_stop() != before) {
			in_use(path, where.path, d);
			break;
		}
		waited += RETRY_MS;
		(void)sqlite3_sleep(RETRY_MS);
	}
out:
	ledger_file_release(&where);
	return ret;
}

int
ledger_open_wait(struct ledger **out, const char *path, bool read_only,
    bool verify, int wait_ms, struct diag *d)
{
	struct ledger how = {.read_only = read_only};

	return open_wait(out, path, &how, verify, wait_ms, d);
}

struct ledger *
ledger_open_hurt(const char *path, struct diag *d)
{
	struct ledger how = {.takes_hurt = true};
	struct ledger *l;

	(void)open_wait(&l, path, &how, true, WAIT_MS, d);
	return l;
}

/* A reader is done in a moment; a run holds its ledger to its end. */
struct ledger *
ledger_open(const char *path, bool read_only, bool verify, struct diag *d)
{
	struct ledger how = {.read_only = read_only, .is_snapshot = read_only};
	struct ledger *l;

	(void)open_wait(&l, path, &how, verify, WAIT_MS, d);
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
	if (ledger_mark_calls(l, d) != 0)
		return -1;
	if (FAULT("ledger.commit"))
		return ledger_break(l, SQLITE_FULL, d);
	b.statement = ledger_kept(l, STATEMENT_COMMIT, d);
	if (b.statement == NULL || binder_run(l, &b, d) != 0)
		return -1;
	l->dirty = false;
	(void)FAULT("ledger.committed");
	return 0;
}

bool
ledger_is_marked(const struct ledger *l)
{
	return l->is_marked;
}

bool
ledger_is_dirty(const struct ledger *l)
{
	return l->dirty;
}

int
ledger_close(struct ledger *l, struct diag *d)
{
	int ret;

	if (l == NULL)
		return 0;
	ret = ledger_commit(l, d);
	ledger_free(l);
	return ret;
}

void
ledger_free(struct ledger *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		(void)sqlite3_finalize(l->kept[i]);
	/* An open transaction is rolled back. */
	(void)sqlite3_close_v2(l->db);
	if (l->mark_fd >= 0)
		close(l->mark_fd);
	free(l->path);
	free(l);
}
