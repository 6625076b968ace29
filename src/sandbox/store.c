/* SPDX-License-Identifier: MIT */
/*
 * The sandbox's database: opening, tables, statements. Its rows are for
 * rehearsals, so speed comes before safety: synchronous is off, and a power
 * cut may cost the file. One table of rows and one of calls, two indexes;
 * processes, jobs and counts are read out of them.
 */
#include "store.h"

#include "base/xalloc.h"
#include "database.h"

#include <stdlib.h>
#include <string.h>

#define APPLICATION_ID 0x43484B53 /* "CHKS" */
#define SCHEMA_VERSION 2

#define CALL_SINCE_2                                                           \
	" act INTEGER NOT NULL DEFAULT 0, number INTEGER NOT NULL DEFAULT 0"
#define ROW_SINCE_2 " act INTEGER NOT NULL DEFAULT 0"
#define INDEX_SINCE_2                                                          \
	"CREATE INDEX row_open ON row (due) WHERE verdict = 8;"                \
	"PRAGMA user_version = 2;"

static const char tables[] =
    "CREATE TABLE meta (salt INTEGER NOT NULL) STRICT;"
    "CREATE TABLE call ("
    " id INTEGER PRIMARY KEY, procedure INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL,"
    " accepted INTEGER NOT NULL, first_row INTEGER NOT NULL DEFAULT 0,"
    " rows INTEGER NOT NULL DEFAULT 0," CALL_SINCE_2 ") STRICT;"
    "CREATE TABLE row ("
    " id INTEGER PRIMARY KEY, call INTEGER NOT NULL,"
    " idx INTEGER NOT NULL, procedure INTEGER NOT NULL,"
    " verdict INTEGER NOT NULL, due INTEGER NOT NULL, target INTEGER,"
    " key TEXT, message TEXT, body BLOB," ROW_SINCE_2 ") STRICT;"
    "CREATE INDEX call_end ON call (end_ms) WHERE accepted = 1;"
    "CREATE INDEX row_key ON row (key, procedure, verdict, due)"
    " WHERE key IS NOT NULL;"
    "CREATE INDEX row_target ON row (target) WHERE target IS NOT NULL;"
    "PRAGMA application_id = 1128811347;" INDEX_SINCE_2;

/* A database of version 1 knew of creates only. */
static const char upgrade[] =
    "BEGIN; ALTER TABLE call ADD COLUMN act INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE call ADD COLUMN number INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE row ADD COLUMN" ROW_SINCE_2 ";"
    "UPDATE call SET number = id;" INDEX_SINCE_2 "COMMIT;";

#define ROW                                                                    \
	"SELECT id, call, idx, procedure, verdict, due, target, key, "         \
	"message, body, act FROM row WHERE "

/* ?1 first, ?2 last, ?3 now, ?4 procedure, ?5 key in the queries. */
static const char *const sql[STORE_STATEMENTS] = {
    [STORE_ENTRIES] = ROW "id BETWEEN ?1 AND ?2 ORDER BY id",
    [STORE_CREATED] = ROW "id > ?1 AND verdict = 1 AND due <= ?3 ORDER BY id",
    [STORE_KEY] = ROW "key = ?5 AND procedure = ?4 AND verdict = 1"
		      " AND due <= ?3 ORDER BY id",
    [STORE_ROW] = ROW "id = ?1 AND verdict = 1 AND due <= ?3",
    [STORE_EFFECTS] = ROW "target = ?1 AND due <= ?3 ORDER BY due, id",
    [STORE_OPEN] = ROW "verdict = 8 AND due <= ?3 ORDER BY due, id LIMIT 1",
    [STORE_NEWEST] = ROW "verdict = 1 AND due <= ?3 ORDER BY id DESC LIMIT ?1",
    [STORE_BEGIN] = "BEGIN IMMEDIATE",
    [STORE_COMMIT] = "COMMIT",
    [STORE_ROLLBACK] = "ROLLBACK",
    [STORE_ADD_CALL] = "INSERT INTO call (procedure, at_ms, end_ms,"
		       " accepted, act, number)"
		       " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [STORE_END_CALL] =
	"UPDATE call SET first_row = ?2, rows = ?3 WHERE id = ?1",
    [STORE_ADD_ROW] = "INSERT INTO row (call, idx, procedure, verdict, due,"
		      " target, key, message, body, act)"
		      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [STORE_FIND_KEY] = "SELECT id FROM row WHERE key = ?1 AND procedure = ?2"
		       " AND verdict = 1 AND NOT EXISTS (SELECT 1"
		       " FROM row AS gone WHERE gone.target = row.id"
		       " AND gone.verdict = 6) ORDER BY id LIMIT 1",
    [STORE_DECIDE] = "UPDATE row SET verdict = ?2, target = ?3, message = ?4"
		     " WHERE id = ?1",
    [STORE_JOB] = "SELECT id, procedure, at_ms, end_ms, first_row, rows,"
		  " act, number FROM call"
		  " WHERE id = ?1 AND accepted = 1",
    [STORE_JOB_COUNTS] =
	"SELECT CASE WHEN due > ?3 THEN 0 ELSE verdict END, count(*)"
	" FROM row WHERE id BETWEEN ?1 AND ?2 GROUP BY 1",
    [STORE_PENDING] = "SELECT count(*), coalesce(sum((SELECT count(*) FROM row"
		      " WHERE id BETWEEN first_row AND first_row + rows - 1"
		      " AND due > ?1 AND call.act = 0)), 0),"
		      " coalesce(sum((SELECT count(*) FROM row"
		      " WHERE id BETWEEN first_row AND first_row + rows - 1"
		      " AND due > ?1 AND verdict = 1 AND call.act = 0)), 0)"
		      " FROM call WHERE accepted = 1 AND end_ms > ?1",
    [STORE_KEYS] = "SELECT procedure, key, sum(act = 0),"
		   " sum(act = 0 AND verdict > 0),"
		   " sum(verdict = 1 AND due <= ?1),"
		   " sum(act IN (1, 2)),"
		   " sum(act IN (1, 2) AND verdict = 5 AND due <= ?1),"
		   " sum(act = 3 AND verdict = 6 AND due <= ?1),"
		   " sum(act = 4 AND verdict IN (5, 6) AND due <= ?1)"
		   " FROM row"
		   " WHERE key IS NOT NULL GROUP BY key, procedure",
};

int
store_failed(struct store *s, struct diag *d)
{
	return diag_set(d, DIAG_DISK, "the sandbox's database failed: %s",
	    sqlite3_errmsg(s->db));
}

sqlite3_stmt *
store_statement(struct store *s, int which, struct diag *d)
{
	sqlite3_stmt **statement = &s->statements[which];

	if (*statement == NULL &&
	    sqlite3_prepare_v3(s->db, sql[which], -1, SQLITE_PREPARE_PERSISTENT,
		statement, NULL) != SQLITE_OK) {
		store_failed(s, d);
		return NULL;
	}
	sqlite3_reset(*statement);
	sqlite3_clear_bindings(*statement);
	return *statement;
}

int
store_run(struct store *s, sqlite3_stmt *statement, struct diag *d)
{
	int ret = 0;

	if (sqlite3_step(statement) != SQLITE_DONE)
		ret = store_failed(s, d);
	sqlite3_reset(statement);
	return ret;
}

/* The one number that a statement gives. */
static int
ask(struct store *s, const char *text, int64_t *n, struct diag *d)
{
	sqlite3_stmt *statement = NULL;
	int ret = -1;

	if (sqlite3_prepare_v2(s->db, text, -1, &statement, NULL) ==
		SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW) {
		*n = sqlite3_column_int64(statement, 0);
		ret = 0;
	} else {
		store_failed(s, d);
	}
	sqlite3_finalize(statement);
	return ret;
}

static int
make_tables(struct store *s, uint64_t salt, struct diag *d)
{
	sqlite3_stmt *statement;
	int ret;

	if (sqlite3_exec(s->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_exec(s->db, tables, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(s->db, "INSERT INTO meta VALUES (?1)", -1,
		&statement, NULL) != SQLITE_OK)
		return store_failed(s, d);
	sqlite3_bind_int64(statement, 1, (int64_t)salt);
	ret = store_run(s, statement, d);
	sqlite3_finalize(statement);
	if (ret == 0 &&
	    sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		ret = store_failed(s, d);
	return ret;
}

/* Before anything is changed: a database of somebody else's stays as it is. */
static int
check_owner(struct store *s, bool *is_new, bool *is_old, struct diag *d)
{
	int64_t application, version, objects;

	if (ask(s, "PRAGMA application_id", &application, d) != 0 ||
	    ask(s, "PRAGMA user_version", &version, d) != 0 ||
	    ask(s, "SELECT count(*) FROM sqlite_master", &objects, d) != 0)
		return -1;
	*is_new = application == 0 && version == 0 && objects == 0;
	if (*is_new)
		return 0;
	*is_old = version == 1;
	if (application == APPLICATION_ID &&
	    (*is_old || version == SCHEMA_VERSION))
		return 0;
	return diag_set(d, DIAG_DISK,
	    "it is not a database of this version of chakra-sandbox");
}

static int
open_tables(struct store *s, uint64_t salt, bool is_new, struct diag *d)
{
	int64_t kept;

	if ((is_new && make_tables(s, salt, d) != 0) ||
	    ask(s, "SELECT salt FROM meta", &kept, d) != 0)
		return -1;
	s->salt = (uint64_t)kept;
	return 0;
}

/* Each row of three numbers that a query gives. */
static int
each_three(struct store *s, const char *text,
    void (*each)(struct store *s, const int64_t n[3]), struct diag *d)
{
	sqlite3_stmt *q = NULL;
	int step = SQLITE_ERROR;

	if (sqlite3_prepare_v2(s->db, text, -1, &q, NULL) == SQLITE_OK)
		while ((step = sqlite3_step(q)) == SQLITE_ROW) {
			const int64_t n[3] = {sqlite3_column_int64(q, 0),
			    sqlite3_column_int64(q, 1),
			    sqlite3_column_int64(q, 2)};

			if (n[0] >= 0 && n[0] < ACTS)
				each(s, n);
		}
	if (step != SQLITE_DONE)
		store_failed(s, d);
	sqlite3_finalize(q);
	return step == SQLITE_DONE ? 0 : -1;
}

static void
take_rows(struct store *s, const int64_t n[3])
{
	s->totals[n[0]].received += (uint64_t)n[2];
	store_count(&s->totals[n[0]], (enum verdict)n[1], n[2]);
}

static void
take_calls(struct store *s, const int64_t n[3])
{
	s->calls[n[0]] += (uint64_t)n[2];
	if (n[1] == 1)
		s->totals[n[0]].jobs += (uint64_t)n[2];
}

/* One pass: a start with ten million rows is a matter of seconds. */
static int
read_totals(struct store *s, struct diag *d)
{
	if (each_three(s,
		"SELECT act, verdict, count(*) FROM row GROUP BY 1, 2",
		take_rows, d) != 0)
		return -1;
	return each_three(s,
	    "SELECT act, accepted, count(*) FROM call GROUP BY 1, 2",
	    take_calls, d);
}

int
store_open(struct store **out, const char *path, uint64_t salt, struct diag *d)
{
	struct store *s = xcalloc(1, sizeof(*s));
	char words[sizeof(d->message)];
	bool is_new = false, is_old = false;

	*out = NULL;
	if (sqlite3_open_v2(path, &s->db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
		    SQLITE_OPEN_NOMUTEX,
		NULL) != SQLITE_OK ||
	    sqlite3_exec(s->db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL,
		NULL) != SQLITE_OK) {
		store_failed(s, d);
		goto fail;
	}
	if (check_owner(s, &is_new, &is_old, d) != 0)
		goto fail;
	if (sqlite3_exec(s->db,
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"
		"PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;",
		NULL, NULL, NULL) != SQLITE_OK) {
		store_failed(s, d);
		goto fail;
	}
	if (is_old &&
	    sqlite3_exec(s->db, upgrade, NULL, NULL, NULL) != SQLITE_OK) {
		store_failed(s, d);
		goto fail;
	}
	if (open_tables(s, salt, is_new, d) != 0 || read_totals(s, d) != 0)
		goto fail;
	*out = s;
	return 0;
fail:
	memcpy(words, d->message, sizeof(words));
	diag_set(
	    d, DIAG_DISK, "unable to use '%s' as database: %s", path, words);
	store_close(s);
	return -1;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	for (int i = 0; i < STORE_STATEMENTS; i++)
		sqlite3_finalize(s->statements[i]);
	sqlite3_close(s->db);
	free(s);
}

uint64_t
store_salt(const struct store *s)
{
	return s->salt;
}

struct store_totals
store_totals(const struct store *s, enum act act)
{
	return s->totals[act];
}

uint64_t
store_calls(const struct store *s, enum act act)
{
	return s->calls[act];
}

bool
store_has_effects(const struct store *s)
{
	for (int i = 0; i < ACTS; i++) {
		const struct store_totals *t = &s->totals[i];

		if (t->merged + t->updated + t->deleted > 0)
			return true;
	}
	return false;
}
