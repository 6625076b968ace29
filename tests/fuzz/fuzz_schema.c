/* SPDX-License-Identifier: MIT */
/*
 * Somebody ran SQL on a ledger: whatever it was, a ledger whose schema is
 * another one afterwards is refused as DIAG_INPUT, and nothing in it runs. One
 * whose schema is the same is refused or opened, and written to as any other.
 * The input is the SQL; what needs a file or an extension is not let.
 */
#include "base/buf.h"
#include "ledger_rig.h"

#include <sqlite3.h>

static struct buf made; /* the schema of a ledger as it is made */

static void
fill(struct ledger *l)
{
	struct diag d = DIAG_INIT;

	HOLDS(ledger_set(l, "input", "x.csv", &d) == 0);
}

/* All that the schema says, but for the statistics that ANALYZE makes. False:
 * the file cannot be read. */
static bool
read_schema(sqlite3 *db, struct buf *out)
{
	sqlite3_stmt *s = NULL;
	bool ok = sqlite3_prepare_v2(db,
		      "SELECT type, name, tbl_name, sql FROM sqlite_schema "
		      "WHERE name <> 'sqlite_stat1' OR type <> 'table' OR "
		      "sql <> 'CREATE TABLE sqlite_stat1(tbl,idx,stat)' "
		      "ORDER BY name, type, sql",
		      -1, &s, NULL) == SQLITE_OK;
	int rc = SQLITE_DONE;

	while (ok && (rc = sqlite3_step(s)) == SQLITE_ROW)
		for (int i = 0; i < 4; i++) {
			const char *t = (const char *)sqlite3_column_text(s, i);

			buf_adds(out, t ? t : "(null)");
			buf_addc(out, '\n');
		}
	(void)sqlite3_finalize(s);
	return ok && rc == SQLITE_DONE;
}

static sqlite3 *
open_raw(void)
{
	sqlite3 *db = NULL;

	HOLDS(sqlite3_open_v2(rig.path, &db, SQLITE_OPEN_READWRITE, NULL) ==
	      SQLITE_OK);
	return db;
}

static void
release_schema(void)
{
	buf_release(&made);
}

static void
set_up(void)
{
	sqlite3 *db;

	rig_make(fill);
	atexit(release_schema);
	db = open_raw();
	HOLDS(read_schema(db, &made));
	sqlite3_close(db);
}

/* No other file. */
static int
may(void *ctx, int what, const char *a, const char *b, const char *c,
    const char *d)
{
	(void)ctx, (void)b, (void)c, (void)d;
	if (what == SQLITE_ATTACH)
		return SQLITE_DENY;
	return what == SQLITE_PRAGMA && a &&
		       (sqlite3_stricmp(a, "journal_mode") == 0 ||
			   sqlite3_stricmp(a, "locking_mode") == 0)
		   ? SQLITE_DENY
		   : SQLITE_OK;
}

static int
give_up(void *ctx)
{
	return ++*(int *)ctx > 20;
}

/* Runs the SQL; false if what is there afterwards cannot be told. */
static bool
run_sql(struct text sql, struct buf *schema)
{
	char *words = strndup(sql.s ? sql.s : "", sql.len);
	int steps = 0;
	sqlite3 *db;
	bool ok;

	rig_write(rig.bytes, rig.len);
	db = open_raw();
	sqlite3_exec(db, "PRAGMA writable_schema = ON", NULL, NULL, NULL);
	sqlite3_set_authorizer(db, may, NULL);
	sqlite3_progress_handler(db, 1000, give_up, &steps);
	(void)sqlite3_exec(db, words, NULL, NULL, NULL);
	sqlite3_close(db);
	free(words);
	db = open_raw();
	sqlite3_exec(db, "PRAGMA writable_schema = ON", NULL, NULL, NULL);
	ok = read_schema(db, schema);
	sqlite3_close(db);
	return ok;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf schema = BUF_INIT(0);
	struct diag d = DIAG_INIT;
	bool is_known, is_same;
	struct ledger *l;

	if (rig.bytes == NULL)
		set_up();
	is_known = run_sql((struct text){(const char *)data, size}, &schema);
	is_same = is_known && schema.len == made.len &&
		  memcmp(schema.data, made.data, schema.len) == 0;
	l = ledger_open(rig.path, false, true, &d);
	if (l == NULL) {
		HOLDS(d.kind == DIAG_INPUT && d.message[0] != '\0');
	} else {
		HOLDS(is_same);
		HOLDS(ledger_add_event(l, 1, "start", "now", &d) == 0 ||
		      d.message[0] != '\0');
		ledger_free(l);
	}
	buf_release(&schema);
	rig_clean();
	return 0;
}
