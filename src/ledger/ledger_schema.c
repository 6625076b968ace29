/* SPDX-License-Identifier: MIT */
/*
 * The tables, and the check that a file has them and nothing else.
 *
 * STRICT tables with CHECKs: what cannot be is refused when it is written,
 * and integrity_check finds it when it was changed from outside. Outcomes
 * and states are words, so that a person can read the ledger with the sqlite3
 * shell. Foreign keys were refused: everything is written by this program in
 * one transaction, and they would cost a lookup for each row.
 *
 * A ledger is data, not a program: a trigger, a view or a column that computes
 * would run inside every command that opens it. So each object must be, to the
 * letter, one that this file makes; of strangers only `sqlite_stat1` may be
 * there, which the sqlite3 shell's ANALYZE leaves.
 */
#include "database.h"

#include <stdio.h>
#include <string.h>

#define STATE_WORDS                                                            \
	"'sent', 'acked', 'created', 'accepted', 'refused', 'unsent', "        \
	"'unknown', 'superseded'"
/* Where the names of the outcomes stand, "'created', 'accepted'", or those of
 * the verbs. */
#define OUTCOME_PLACE "*"
#define PLACE_OF_VERBS "@"
#define CALL_OF_1                                                              \
	"CREATE TABLE call("                                                   \
	" id INTEGER PRIMARY KEY,"                                             \
	" chunk INTEGER NOT NULL CHECK(chunk >= 0),"                           \
	" part INTEGER NOT NULL CHECK(part >= 0),"                             \
	" first INTEGER NOT NULL CHECK(first >= 0),"                           \
	" count INTEGER NOT NULL CHECK(count >= 0),"                           \
	" rows INTEGER NOT NULL CHECK(rows >= 0),"                             \
	" sha256 BLOB NOT NULL,"                                               \
	" state TEXT NOT NULL CHECK(state IN (" STATE_WORDS ")),"              \
	" attempts INTEGER NOT NULL CHECK(attempts >= 0),"                     \
	" sent_ms INTEGER NOT NULL,"                                           \
	" answered_ms INTEGER NOT NULL,"                                       \
	" settled_ms INTEGER NOT NULL,"                                        \
	" http_status INTEGER NOT NULL,"                                       \
	" job TEXT NOT NULL,"                                                  \
	" evidence TEXT NOT NULL,"                                             \
	" code TEXT NOT NULL,"                                                 \
	" answer TEXT NOT NULL"

static const struct object {
	const char *type, *name, *table, *sql;
	const char *sql_1; /* in schema 1; NULL = the same */
	int since;	   /* the schema that brought it; 0 = the first */
	bool may_lack;	   /* the first ledgers of its schema have none */
} objects[] = {
    {"table", "meta", "meta",
	.sql = "CREATE TABLE meta("
	       " key TEXT NOT NULL PRIMARY KEY,"
	       " value TEXT NOT NULL) STRICT, WITHOUT ROWID"},
    {"table", "chunk", "chunk",
	.sql = "CREATE TABLE chunk("
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
	       " sha256 BLOB NOT NULL) STRICT"},
    {"table", "call", "call",
	.sql = CALL_OF_1 ", verb TEXT NOT NULL CHECK(verb IN (" PLACE_OF_VERBS
			 ")), gaps BLOB NOT NULL) STRICT",
	.sql_1 = CALL_OF_1 ") STRICT"},
    {"index", "call_of_chunk", "call",
	.sql = "CREATE INDEX call_of_chunk ON call(chunk)"},
    {"table", "row_outcome", "row_outcome",
	.sql = "CREATE TABLE row_outcome("
	       " row INTEGER NOT NULL CHECK(row >= 0),"
	       " chunk INTEGER NOT NULL CHECK(chunk >= 0),"
	       " idx INTEGER NOT NULL CHECK(idx >= 0),"
	       " call INTEGER NOT NULL,"
	       " outcome TEXT NOT NULL CHECK(outcome IN (" OUTCOME_PLACE ")),"
	       " evidence TEXT NOT NULL,"
	       " code TEXT NOT NULL,"
	       " text TEXT NOT NULL,"
	       " process_id TEXT NOT NULL,"
	       " PRIMARY KEY(chunk, idx)) STRICT, WITHOUT ROWID"},
    {"table", "event", "event",
	.sql = "CREATE TABLE event("
	       " id INTEGER PRIMARY KEY,"
	       " at_ms INTEGER NOT NULL,"
	       " kind TEXT NOT NULL,"
	       " text TEXT NOT NULL) STRICT"},
    {"table", "before", "before",
	.sql = "CREATE TABLE before("
	       " chunk INTEGER NOT NULL CHECK(chunk >= 0),"
	       " idx INTEGER NOT NULL CHECK(idx >= 0),"
	       " process_id TEXT NOT NULL,"
	       " looked_ms INTEGER NOT NULL,"
	       " sends INTEGER NOT NULL,"
	       " fields TEXT NOT NULL,"
	       " PRIMARY KEY(chunk, idx)) STRICT, WITHOUT ROWID",
	.since = 2},
    {"table", "after", "after",
	.sql = "CREATE TABLE after("
	       " chunk INTEGER NOT NULL CHECK(chunk >= 0),"
	       " idx INTEGER NOT NULL CHECK(idx >= 0),"
	       " fields TEXT NOT NULL,"
	       " PRIMARY KEY(chunk, idx)) STRICT, WITHOUT ROWID",
	.since = 2, .may_lack = true},
    {"table", "sent", "sent",
	.sql = "CREATE TABLE sent("
	       " chunk INTEGER PRIMARY KEY CHECK(chunk >= 0),"
	       " rows BLOB NOT NULL) STRICT",
	.since = 2, .may_lack = true},
};
#define OBJECTS (sizeof(objects) / sizeof(objects[0]))

#define STATISTICS "sqlite_stat1"
#define STATISTICS_SQL "CREATE TABLE " STATISTICS "(tbl,idx,stat)"

/* The word for a place, or NULL: an outcome's name, or that of a verb. */
static const char *
place_word(char place, enum outcome o)
{
	return place == OUTCOME_PLACE[0] ? outcome_name(o)
					 : outcome_row(o)->verb;
}

static void
add_sql(struct buf *out, const char *sql)
{
	size_t len = strcspn(sql, OUTCOME_PLACE PLACE_OF_VERBS);
	bool any = false;

	buf_add(out, sql, len);
	if (sql[len] == '\0')
		return;
	for (int o = 0; o < OUTCOME_COUNT; o++) {
		const char *word = place_word(sql[len], (enum outcome)o);

		if (word != NULL)
			buf_addf(out, "%s'%s'", any ? ", " : "", word);
		any |= word != NULL;
	}
	buf_adds(out, sql + len + 1);
}

/* A ledger of a version with fewer outcomes, or verbs, has those. */
static bool
is_sql(const char *sql, const char *ours)
{
	size_t len = strcspn(ours, OUTCOME_PLACE PLACE_OF_VERBS);
	bool any = false;

	if (ours[len] == '\0')
		return strcmp(sql, ours) == 0;
	if (strncmp(sql, ours, len) != 0)
		return false;
	sql += len;
	for (int o = 0; o < OUTCOME_COUNT; o++) {
		const char *known = place_word(ours[len], (enum outcome)o);
		char word[32];
		int n = snprintf(word, sizeof(word), "%s'%s'", any ? ", " : "",
		    known ? known : "");

		if (known != NULL && strncmp(sql, word, (size_t)n) == 0) {
			sql += n;
			any = true;
		}
	}
	return any && strcmp(sql, ours + len + 1) == 0;
}

int
ledger_schema_create(struct ledger *l, struct diag *d)
{
	struct buf sql = BUF_INIT(0);
	int ret = 0;
	char pragmas[128];

	snprintf(pragmas, sizeof(pragmas),
	    "PRAGMA application_id = %d; PRAGMA user_version = %d;",
	    LEDGER_APPLICATION_ID, LEDGER_SCHEMA_VERSION);
	l->schema = LEDGER_SCHEMA_VERSION;
	l->has_sent = true;
	if (ledger_begin(l, d) != 0)
		return -1;
	for (size_t i = 0; i < OBJECTS && ret == 0; i++) {
		add_sql(&sql, objects[i].sql);
		ret = ledger_exec(l, buf_str(&sql), d);
		buf_clear(&sql);
	}
	buf_release(&sql);
	return ret == 0 ? ledger_exec(l, pragmas, d) : ret;
}

static int
check_integrity(struct ledger *l, struct diag *d)
{
	char words[512];

	if (ledger_query_text(
		l, "PRAGMA integrity_check(1)", words, sizeof(words), d) != 0)
		return -1;
	return strcmp(words, "ok") == 0
		   ? 0
		   : ledger_damaged(l->path, d, "%s", words);
}

static const struct object *
find_object(const struct ledger *l, const char *type, const char *name)
{
	for (size_t i = 0; i < OBJECTS; i++)
		if (objects[i].since <= l->schema &&
		    strcmp(type, objects[i].type) == 0 &&
		    strcmp(name, objects[i].name) == 0)
			return &objects[i];
	return NULL;
}

/* One row of sqlite_schema; *seen counts those that are ours. */
static int
check_object(struct ledger *l, sqlite3_stmt *s, unsigned *seen, struct diag *d)
{
	struct columns c = {s, 0};
	const char *type = column_view(&c), *name = column_view(&c);
	const char *table = column_view(&c), *sql = column_view(&c);
	const struct object *is = find_object(l, type, name);
	unsigned bit = is ? 1u << (is - objects) : 0;

	if (is == NULL && strcmp(type, "table") == 0 &&
	    strcmp(name, STATISTICS) == 0 && strcmp(sql, STATISTICS_SQL) == 0)
		return 0;
	if (is == NULL || (*seen & bit))
		return ledger_damaged(l->path, d,
		    "it holds a %.20s '%.80s', which does not belong there",
		    type, name);
	*seen |= bit;
	if (strcmp(table, is->table) == 0 &&
	    is_sql(sql, l->schema == 1 && is->sql_1 ? is->sql_1 : is->sql))
		return 0;
	return ledger_damaged(l->path, d,
	    "its %s '%s' differs from what csv2chakra creates", type, name);
}

static int
check_objects(struct ledger *l, struct diag *d)
{
	sqlite3_stmt *s = ledger_prepare(
	    l, "SELECT type, name, tbl_name, sql FROM sqlite_schema", d);
	unsigned seen = 0;
	int got = 0, ret = s != NULL ? 0 : -1;

	while (ret == 0 && (got = ledger_step(l, s, d)) > 0)
		ret = check_object(l, s, &seen, d);
	ret = ret == 0 ? got : ret;
	(void)sqlite3_finalize(s);
	l->has_sent = true;
	for (size_t i = 0; i < OBJECTS && ret == 0; i++)
		if (seen & 1u << i)
			continue;
		else if (objects[i].may_lack)
			l->has_sent = false;
		else if (objects[i].since <= l->schema)
			ret =
			    ledger_damaged(l->path, d, "its %s '%s' is missing",
				objects[i].type, objects[i].name);
	return ret;
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
	if (version < 1)
		return ledger_damaged(l->path, d, "its schema version is %lld",
		    (long long)version);
	l->schema = (int)version;
	if (check_objects(l, d) != 0 || (verify && check_integrity(l, d) != 0))
		return -1;
	return ledger_contents_check(l, verify, d);
}
