/* SPDX-License-Identifier: MIT */
#include "ledger/ledger_internal.h"

#include <stdio.h>
#include <string.h>

/*
 * The tables, and the check that a file has them.
 *
 * STRICT tables with CHECKs: what cannot be is refused when it is written,
 * and integrity_check finds it when it was changed behind our back. Outcomes
 * and states are words, so that a person can read the ledger with the sqlite3
 * shell. Foreign keys were refused: everything is written by this program in
 * one transaction, and they would cost a lookup for each row.
 */

#define STATE_WORDS                                                            \
	"'sent', 'acked', 'created', 'accepted', 'refused', 'unsent', "        \
	"'unknown', 'superseded'"
#define OUTCOME_WORDS                                                          \
	"'created', 'accepted', 'refused', 'rejected', 'skipped', "            \
	"'unknown', 'unsent'"

static const char schema_sql[] =
    "CREATE TABLE meta("
    " key TEXT NOT NULL PRIMARY KEY,"
    " value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE chunk("
    " ordinal INTEGER PRIMARY KEY CHECK(ordinal >= 0),"
    " \"begin\" INTEGER NOT NULL CHECK(\"begin\" >= 0),"
    " \"end\" INTEGER NOT NULL CHECK(\"end\" >= \"begin\"),"
    " first_row INTEGER NOT NULL CHECK(first_row >= 0),"
    " first_line INTEGER NOT NULL CHECK(first_line >= 0),"
    " records INTEGER NOT NULL CHECK(records >= 0),"
    " record_bytes INTEGER NOT NULL CHECK(record_bytes >= 0),"
    " rows INTEGER NOT NULL CHECK(rows >= 0),"
    " rejected INTEGER NOT NULL CHECK(rejected >= 0),"
    " skipped INTEGER NOT NULL CHECK(skipped >= 0),"
    " blank_lines INTEGER NOT NULL CHECK(blank_lines >= 0),"
    " blank_bytes INTEGER NOT NULL CHECK(blank_bytes >= 0),"
    " body_bytes INTEGER NOT NULL CHECK(body_bytes >= 0),"
    " sha256 BLOB NOT NULL) STRICT;"
    "CREATE TABLE call("
    " id INTEGER PRIMARY KEY,"
    " chunk INTEGER NOT NULL CHECK(chunk >= 0),"
    " part INTEGER NOT NULL CHECK(part >= 0),"
    " first INTEGER NOT NULL CHECK(first >= 0),"
    " count INTEGER NOT NULL CHECK(count >= 0),"
    " rows INTEGER NOT NULL CHECK(rows >= 0),"
    " sha256 BLOB NOT NULL,"
    " state TEXT NOT NULL CHECK(state IN (" STATE_WORDS ")),"
    " attempts INTEGER NOT NULL CHECK(attempts >= 0),"
    " sent_ms INTEGER NOT NULL,"
    " answered_ms INTEGER NOT NULL,"
    " settled_ms INTEGER NOT NULL,"
    " http_status INTEGER NOT NULL,"
    " job TEXT NOT NULL,"
    " evidence TEXT NOT NULL,"
    " code TEXT NOT NULL,"
    " answer TEXT NOT NULL) STRICT;"
    "CREATE INDEX call_of_chunk ON call(chunk);"
    "CREATE TABLE row_outcome("
    " row INTEGER NOT NULL CHECK(row >= 0),"
    " chunk INTEGER NOT NULL CHECK(chunk >= 0),"
    " idx INTEGER NOT NULL CHECK(idx >= 0),"
    " call INTEGER NOT NULL,"
    " outcome TEXT NOT NULL CHECK(outcome IN (" OUTCOME_WORDS ")),"
    " evidence TEXT NOT NULL,"
    " code TEXT NOT NULL,"
    " text TEXT NOT NULL,"
    " process_id TEXT NOT NULL,"
    " PRIMARY KEY(chunk, idx)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE event("
    " id INTEGER PRIMARY KEY,"
    " at_ms INTEGER NOT NULL,"
    " kind TEXT NOT NULL,"
    " text TEXT NOT NULL) STRICT;";

/* Preparing these proves that tables and columns are there. */
static const struct {
	const char *table, *sql;
} probes[] = {
    {"meta", "SELECT key, value FROM meta LIMIT 0"},
    {"chunk", "SELECT " CHUNK_COLUMNS " FROM chunk LIMIT 0"},
    {"call", "SELECT " CALL_COLUMNS " FROM call LIMIT 0"},
    {"row_outcome", "SELECT " ROW_COLUMNS " FROM row_outcome LIMIT 0"},
    {"event", "SELECT id, at_ms, kind, text FROM event LIMIT 0"},
};

int
ledger_schema_create(struct ledger *l, struct diag *d)
{
	char pragmas[128];

	snprintf(pragmas, sizeof(pragmas),
	    "PRAGMA application_id = %d; PRAGMA user_version = %d;",
	    LEDGER_APPLICATION_ID, LEDGER_SCHEMA_VERSION);
	if (ledger_exec(l, "BEGIN IMMEDIATE", d) != 0 ||
	    ledger_exec(l, schema_sql, d) != 0 ||
	    ledger_exec(l, pragmas, d) != 0)
		return -1;
	return ledger_exec(l, "COMMIT", d);
}

static int
check_integrity(struct ledger *l, struct diag *d)
{
	sqlite3_stmt *s = ledger_prepare(l, "PRAGMA integrity_check(1)", d);
	int rc, result = 0;

	if (s == NULL)
		return -1;
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW) {
		struct columns c = {s, 0};
		const char *words = column_view(&c);

		if (strcmp(words, "ok") != 0)
			result = ledger_damaged(l->path, d, "%s", words);
	} else {
		result = ledger_sql_error(l, rc, d);
	}
	(void)sqlite3_finalize(s);
	return result;
}

static int
check_tables(struct ledger *l, struct diag *d)
{
	size_t i;

	for (i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
		sqlite3_stmt *s = NULL;
		int rc = sqlite3_prepare_v2(l->db, probes[i].sql, -1, &s, NULL);

		(void)sqlite3_finalize(s);
		if (rc == SQLITE_ERROR)
			return ledger_damaged(l->path, d,
			    "its table '%s' is missing or incomplete",
			    probes[i].table);
		if (rc != SQLITE_OK)
			return ledger_sql_error(l, rc, d);
	}
	return 0;
}

int
ledger_schema_check(struct ledger *l, bool verify, struct diag *d)
{
	int64_t application, version;

	if (ledger_query_int(l, "PRAGMA application_id", &application, d) != 0)
		return -1;
	if (application != LEDGER_APPLICATION_ID)
		return ledger_sql_error(l, SQLITE_NOTADB, d);
	if (ledger_query_int(l, "PRAGMA user_version", &version, d) != 0)
		return -1;
	if (version > LEDGER_SCHEMA_VERSION) {
		diag_set(d, DIAG_INPUT,
		    "the ledger '%s' was written by a newer csv2chakra "
		    "(schema %lld, this program knows %d)",
		    l->path, (long long)version, LEDGER_SCHEMA_VERSION);
		diag_code(d, "ledger.newer");
		return diag_help(d, "use that version of csv2chakra");
	}
	if (version < LEDGER_SCHEMA_VERSION)
		return ledger_damaged(l->path, d, "its schema version is %lld",
		    (long long)version);
	if (check_tables(l, d) != 0)
		return -1;
	return verify ? check_integrity(l, d) : 0;
}
