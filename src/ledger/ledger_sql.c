/* SPDX-License-Identifier: MIT */
/*
 * The thin layer between the ledger and SQLite: kept statements, binding and
 * reading in column order, and one place where SQLite's result codes become
 * run errors (the disk, damage, somebody else, a bug).
 */
#include "base/signals.h"
#include "base/xalloc.h"
#include "database.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* After its id. */
#define CALL_VALUES ", ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
#define CALL_SETS                                                              \
	"chunk = ?, part = ?, first = ?, count = ?, rows = ?, sha256 = ?, "    \
	"state = ?, attempts = ?, sent_ms = ?, answered_ms = ?, "              \
	"settled_ms = ?, http_status = ?, job = ?, evidence = ?, code = ?, "   \
	"answer = ?"

static const char *const kept_sql[STATEMENT_COUNT] = {
    [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
    [STATEMENT_COMMIT] = "COMMIT",
    [STATEMENT_SET] = "INSERT INTO meta(key, value) VALUES(?, ?) "
		      "ON CONFLICT(key) DO UPDATE SET value = excluded.value",
    [STATEMENT_GET] = "SELECT value FROM meta WHERE key = ?",
    [STATEMENT_ADD_CHUNK] = "INSERT INTO chunk(" CHUNK_COLUMNS ") "
			    "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [STATEMENT_ADD_CALL] =
	"INSERT INTO call(" CALL_COLUMNS ", " CALL_COLUMNS_OF_2 ") "
	"VALUES(NULL" CALL_VALUES ", ?, ?)",
    [STATEMENT_UPDATE_CALL] =
	"UPDATE call SET " CALL_SETS ", verb = ?, gaps = ? WHERE id = ?",
    [STATEMENT_SET_ROW] = "INSERT OR REPLACE INTO row_outcome(" ROW_COLUMNS
			  ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [STATEMENT_ADD_EVENT] =
	"INSERT INTO event(at_ms, kind, text) VALUES(?, ?, ?)",
    [STATEMENT_CHUNK] = "SELECT " CHUNK_COLUMNS " FROM chunk WHERE ordinal = ?",
    [STATEMENT_CHUNK_FROM] = "SELECT " CHUNK_COLUMNS " FROM chunk "
			     "WHERE ordinal >= ? ORDER BY ordinal LIMIT 1",
    [STATEMENT_CHUNK_CALLS] = "SELECT " CALL_COLUMNS ", " CALL_COLUMNS_OF_2
			      " FROM call WHERE chunk = ? ORDER BY id",
    [STATEMENT_CHUNK_ROWS] =
	"SELECT " ROW_COLUMNS " FROM row_outcome WHERE chunk = ? ORDER BY idx",
    [STATEMENT_SET_BEFORE] = "INSERT OR REPLACE INTO before(" BEFORE_COLUMNS
			     ") VALUES(?, ?, ?, ?, ?, ?)",
    [STATEMENT_BEFORE] =
	"SELECT " BEFORE_COLUMNS " FROM before WHERE chunk = ? AND idx = ?",
    [STATEMENT_SET_AFTER] =
	"INSERT OR REPLACE INTO after(chunk, idx, fields) VALUES(?, ?, ?)",
    [STATEMENT_AFTER] = "SELECT fields FROM after WHERE chunk = ? AND idx = ?",
    [STATEMENT_SET_SENT] =
	"INSERT OR REPLACE INTO sent(chunk, rows) VALUES(?, ?)",
    [STATEMENT_SENT] = "SELECT rows FROM sent WHERE chunk = ?",
};

/* Those that are others in schema 1, which takes one verb. */
static const char *const kept_sql_1[STATEMENT_COUNT] = {
    [STATEMENT_ADD_CALL] =
	"INSERT INTO call(" CALL_COLUMNS ") "
	"SELECT NULL" CALL_VALUES " WHERE ? = " VERB_OF_1 " AND ? IS NOT NULL",
    [STATEMENT_UPDATE_CALL] =
	"UPDATE call SET " CALL_SETS " WHERE ? = " VERB_OF_1
	" AND ? IS NOT NULL AND id = ?",
    [STATEMENT_CHUNK_CALLS] = "SELECT " CALL_COLUMNS ", " CALL_COLUMNS_OF_1
			      " FROM call WHERE chunk = ? ORDER BY id",
};

#define TEMPORARY "(temporary)"

static const char *
name_of(const struct ledger *l)
{
	return l->path != NULL ? l->path : TEMPORARY;
}

/* The disk's own words where SQLite kept them. */
static int
disk_error(struct ledger *l, int rc, struct diag *d)
{
	int err = sqlite3_system_errno(l->db);

	if ((rc & 0xff) == SQLITE_FULL)
		err = ENOSPC;
	if (err != 0)
		diag_set_errno(d, DIAG_DISK, err,
		    "unable to use the ledger '%s'", name_of(l));
	else
		diag_set(d, DIAG_DISK, "unable to use the ledger '%s': %s",
		    name_of(l), sqlite3_errstr(rc));
	diag_code(d, "ledger.disk");
	if (err == EACCES)
		return diag_help_open(d, err, name_of(l));
	return diag_help(
	    d, "what was committed is safe; fix the disk, then resume the run");
}

int
ledger_sql_error(struct ledger *l, int rc, struct diag *d)
{
	switch (rc & 0xff) {
	case SQLITE_IOERR:
		if (rc == SQLITE_IOERR_SHORT_READ)
			return ledger_damaged(l->path, d, "it is cut short");
		return disk_error(l, rc, d);
	case SQLITE_FULL:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_NOLFS:
		return disk_error(l, rc, d);
	case SQLITE_NOTADB:
		diag_set(d, DIAG_INPUT, "'%s' is not a ledger of csv2chakra",
		    name_of(l));
		diag_code(d, "ledger.foreign");
		return diag_help(d, "name the run by its id or its folder; "
				    "'csv2chakra status' lists them");
	case SQLITE_CORRUPT:
		return ledger_damaged(l->path, d, "%s", sqlite3_errmsg(l->db));
	case SQLITE_INTERRUPT:
		if (signals_stop() == l->signal_before)
			return ledger_damaged(
			    l->path, d, "its pages lead in circles");
		return diag_set(d, DIAG_SIGNAL,
		    "stopped by a signal while the ledger '%s' was read",
		    name_of(l));
	case SQLITE_TOOBIG:
		return ledger_damaged(l->path, d,
		    "it holds a value that does not belong in a ledger");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		diag_set(d, DIAG_LOCKED,
		    "another process is using the ledger '%s'", name_of(l));
		diag_code(d, "ledger.locked");
		return diag_help(d, "wait until it has ended, then try again");
	default:
		diag_set(d, DIAG_INTERNAL, "the ledger '%s' failed: %s (%d)",
		    name_of(l), sqlite3_errmsg(l->db), rc);
		return diag_code(d, "ledger.internal");
	}
}

int
ledger_damaged(const char *path, struct diag *d, const char *fmt, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	diag_set(d, DIAG_INPUT, "the ledger '%s' is damaged: %s",
	    path != NULL ? path : TEMPORARY, what);
	diag_code(d, "ledger.damaged");
	return diag_help(d,
	    "restore the run folder from a backup; without its ledger it is "
	    "unknown which rows were sent, so look in ChakraHQ before you "
	    "import this input again");
}

int
ledger_break(struct ledger *l, int rc, struct diag *d)
{
	ledger_sql_error(l, rc, d);
	l->why = *d;
	l->failed = true;
	l->dirty = false;
	if (!sqlite3_get_autocommit(l->db))
		(void)sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}

sqlite3_stmt *
ledger_prepare(struct ledger *l, const char *sql, struct diag *d)
{
	sqlite3_stmt *s = NULL;
	int ret = sqlite3_prepare_v2(l->db, sql, -1, &s, NULL);

	if (ret != SQLITE_OK) {
		ledger_sql_error(l, ret, d);
		return NULL;
	}
	return s;
}

sqlite3_stmt *
ledger_kept(struct ledger *l, enum ledger_statement which, struct diag *d)
{
	sqlite3_stmt **s = &l->kept[which];
	bool is_other = l->schema == 1 && kept_sql_1[which] != NULL;
	int ret;

	if (*s != NULL) {
		(void)sqlite3_reset(*s);
		(void)sqlite3_clear_bindings(*s);
		return *s;
	}
	ret = sqlite3_prepare_v3(l->db,
	    is_other ? kept_sql_1[which] : kept_sql[which], -1,
	    SQLITE_PREPARE_PERSISTENT, s, NULL);
	if (ret != SQLITE_OK) {
		ledger_sql_error(l, ret, d);
		return NULL;
	}
	return *s;
}

int
ledger_step(struct ledger *l, sqlite3_stmt *s, struct diag *d)
{
	int rc = sqlite3_step(s);

	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : ledger_sql_error(l, rc, d);
}

int
ledger_exec(struct ledger *l, const char *sql, struct diag *d)
{
	int ret = sqlite3_exec(l->db, sql, NULL, NULL, NULL);

	return ret == SQLITE_OK ? 0 : ledger_sql_error(l, ret, d);
}

int
ledger_query_int(
    struct ledger *l, const char *sql, int64_t *value, struct diag *d)
{
	sqlite3_stmt *s = ledger_prepare(l, sql, d);
	int got = s != NULL ? ledger_step(l, s, d) : -1;

	*value = got > 0 ? sqlite3_column_int64(s, 0) : 0;
	(void)sqlite3_finalize(s);
	return got < 0 ? -1 : 0;
}

int
ledger_query_text(struct ledger *l, const char *sql, char *out, size_t out_size,
    struct diag *d)
{
	sqlite3_stmt *s = ledger_prepare(l, sql, d);
	int got = s != NULL ? ledger_step(l, s, d) : -1;
	struct columns c = {s, 0};

	out[0] = '\0';
	if (got > 0)
		column_copy(&c, out, out_size);
	(void)sqlite3_finalize(s);
	return got < 0 ? -1 : 0;
}

int
ledger_begin(struct ledger *l, struct diag *d)
{
	struct binder b = {0};

	if (l->failed) {
		*d = l->why;
		return -1;
	}
	if (l->dirty)
		return 0;
	if (l->read_only)
		return diag_set(d, DIAG_INTERNAL,
		    "the ledger '%s' is open for reading only", name_of(l));
	b.statement = ledger_kept(l, STATEMENT_BEGIN, d);
	if (b.statement == NULL || binder_run(l, &b, d) != 0)
		return -1;
	l->dirty = true;
	return 0;
}

int
binder_run(struct ledger *l, struct binder *b, struct diag *d)
{
	int rc = b->rc != SQLITE_OK ? b->rc : sqlite3_step(b->statement);
	int ret = 0;

	/* The words of the error live until the next call into SQLite. */
	if (rc != SQLITE_DONE)
		ret = ledger_break(l, rc, d);
	(void)sqlite3_reset(b->statement);
	(void)sqlite3_clear_bindings(b->statement);
	return ret;
}

static void
bound(struct binder *b, int rc)
{
	if (b->rc == SQLITE_OK)
		b->rc = rc;
}

void
bind_i64(struct binder *b, int64_t value)
{
	bound(b, sqlite3_bind_int64(b->statement, ++b->at, value));
}

void
bind_u64(struct binder *b, uint64_t value)
{
	/* What a damaged ledger gave, and was counted on from there. */
	if (value > INT64_MAX)
		bound(b, SQLITE_TOOBIG);
	bind_i64(b, (int64_t)value);
}

void
bind_text(struct binder *b, const char *s)
{
	bound(
	    b, sqlite3_bind_text(b->statement, ++b->at, s, -1, SQLITE_STATIC));
}

void
bind_view(struct binder *b, struct text t)
{
	bound(b, sqlite3_bind_text64(b->statement, ++b->at, t.s, t.len,
		     SQLITE_STATIC, SQLITE_UTF8));
}

void
bind_blob(struct binder *b, const void *data, size_t len)
{
	bound(b, sqlite3_bind_blob64(
		     b->statement, ++b->at, data, len, SQLITE_STATIC));
}

uint64_t
column_u64(struct columns *c)
{
	return (uint64_t)sqlite3_column_int64(c->statement, c->at++);
}

int64_t
column_i64(struct columns *c)
{
	return sqlite3_column_int64(c->statement, c->at++);
}

const char *
column_view(struct columns *c)
{
	const unsigned char *s = sqlite3_column_text(c->statement, c->at++);

	return s != NULL ? (const char *)s : "";
}

void
column_copy(struct columns *c, char *out, size_t out_size)
{
	const char *s = column_view(c);
	size_t len = strlen(s);

	if (len >= out_size)
		len = out_size - 1;
	memcpy(out, s, len);
	out[len] = '\0';
}

void
column_blob(struct columns *c, void *out, size_t len)
{
	const void *data = sqlite3_column_blob(c->statement, c->at);
	size_t have = (size_t)sqlite3_column_bytes(c->statement, c->at);

	c->at++;
	memset(out, 0, len);
	if (data != NULL)
		memcpy(out, data, have < len ? have : len);
}
