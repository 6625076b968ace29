/* SPDX-License-Identifier: MIT */
#ifndef LEDGER_DATABASE_H
#define LEDGER_DATABASE_H

/*
 * What the files of this room share. Outside of it nobody includes sqlite3.h,
 * but for the sandbox.
 */

#include "ledger/ledger.h"

#include <sqlite3.h>

/* "c2cl": PRAGMA application_id of a ledger. */
#define LEDGER_APPLICATION_ID 0x6332636c

/* Statements that are prepared once and kept until the ledger is closed. */
enum ledger_statement {
	STATEMENT_BEGIN,
	STATEMENT_COMMIT,
	STATEMENT_SET,
	STATEMENT_GET,
	STATEMENT_ADD_CHUNK,
	STATEMENT_ADD_CALL,
	STATEMENT_UPDATE_CALL,
	STATEMENT_SET_ROW,
	STATEMENT_ADD_EVENT,
	STATEMENT_CHUNK,
	STATEMENT_CHUNK_FROM,
	STATEMENT_CHUNK_CALLS,
	STATEMENT_CHUNK_ROWS,
	STATEMENT_SET_BEFORE,
	STATEMENT_BEFORE,
	STATEMENT_SET_AFTER,
	STATEMENT_AFTER,
	STATEMENT_SET_SENT,
	STATEMENT_SENT,
	STATEMENT_COUNT
};

struct ledger {
	sqlite3 *db;
	char *path;    /* as given, for messages; NULL = a temporary one */
	int schema;    /* the version that its tables have */
	bool has_sent; /* … and with them `sent` and `after` */
	bool read_only;
	bool takes_hurt;  /* ledger_open_hurt: the mark is not looked at */
	bool is_snapshot; /* a copy is read, and the file was closed */
	bool dirty;
	/* A write that failed makes SQLite drop what was not committed. Later
	 * writes would lack it, so none are made any more. */
	bool failed;
	struct diag why;
	/* While it is watched (an opening, a reader): see ledger_watch. */
	uint64_t steps, steps_max;
	int signal_before;
	/* Its mark, see ledger_mark.c; not of a temporary one, nor of one that
	 * 0.1.0 made. */
	bool is_marked;
	int mark_fd; /* open for writing, or -1 */
	uint64_t mark, identity;
	bool has_looked; /* at the file; then: what it said */
	int look_err;
	struct ledger_mark look;
	uint64_t calls; /* the last one's id */
	bool has_new_calls;
	bool is_hurt; /* between ledger_damage_begin and _over */
	sqlite3_stmt *kept[STATEMENT_COUNT];
};

/* Where a ledger's file really is. */
struct ledger_file {
	char *path; /* folder without symlinks, then the name */
	char *folder;
};
int ledger_file_locate(struct ledger_file *w, const char *path, struct diag *d);
void ledger_file_release(struct ledger_file *w);
/* The texts joined; owned. */
char *ledger_file_join(const char *a, const char *b);
/* -1 (DIAG_INPUT) if what is at `path` cannot be a ledger. */
int ledger_file_check(const char *shown, const char *path, struct diag *d);
/* Gives a file its final name; one that is there is never replaced. */
int ledger_file_place(const char *shown, const char *from, const char *to,
    const char *folder, struct diag *d);
/* Removes a file and what SQLite keeps beside it. */
void ledger_file_remove(const char *path);
/* "file:…?immutable=1" for SQLite; owned. */
char *ledger_file_uri(const char *path);

/* Gives a new ledger its identity, in the open transaction; then its mark,
 * synced, which replaces what is there. */
int ledger_mark_begin(struct ledger *l, struct diag *d);
int ledger_mark_create(struct ledger *l, const char *mark_path, struct diag *d);
/* Reads what an opened ledger says of its identity, mark and calls. */
int ledger_mark_load(struct ledger *l, struct diag *d);
/* Reads the mark of the ledger at `path`, which must be locked. */
void ledger_mark_look(struct ledger *l, const char *path);
/* -1 (ledger.rolled_back, run.changed) if the file at `path` is not the ledger
 * that its mark tells of. A mark that a kill left one number behind is
 * corrected. */
int ledger_mark_check(struct ledger *l, const char *path, struct diag *d);
/* Writes how many calls there are, if some were added. */
int ledger_mark_calls(struct ledger *l, struct diag *d);

int ledger_connect(
    struct ledger *l, const char *name, int flags, struct diag *d);
/* To an empty database that is gone when closed. */
int ledger_connect_temporary(struct ledger *l, struct diag *d);
/* Replaces the connected ledger at `path` by a copy of what it holds now, and
 * closes the file. */
int ledger_snapshot(struct ledger *l, const char *path, struct diag *d);
/* Until ledger_unwatch, a signal or a tree of pages that leads in circles ends
 * what SQLite does (SQLITE_INTERRUPT). `bytes`: of the file. */
void ledger_watch(struct ledger *l, uint64_t bytes);
void ledger_unwatch(struct ledger *l);

/* SQLite's result -> diag; returns -1. */
int ledger_sql_error(struct ledger *l, int rc, struct diag *d);
/* The same for a write: from here on the ledger refuses writes. */
int ledger_break(struct ledger *l, int rc, struct diag *d);
/* DIAG_INPUT (ledger.damaged): what the ledger holds is invalid; returns -1. A
 * path of NULL is a temporary ledger. */
int ledger_damaged(const char *path, struct diag *d, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A statement for one use (sqlite3_finalize), or NULL. */
sqlite3_stmt *ledger_prepare(struct ledger *l, const char *sql, struct diag *d);
/* A kept one, reset. NULL on error. */
sqlite3_stmt *ledger_kept(
    struct ledger *l, enum ledger_statement which, struct diag *d);
/* 1 = the statement is at its next row, 0 = at its end, -1. */
int ledger_step(struct ledger *l, sqlite3_stmt *s, struct diag *d);
int ledger_exec(struct ledger *l, const char *sql, struct diag *d);
/* The first column of the first row; 0 if there is no row. */
int ledger_query_int(
    struct ledger *l, const char *sql, int64_t *value, struct diag *d);
/* The same as text, cut to its room; "" if there is no row. */
int ledger_query_text(struct ledger *l, const char *sql, char *out,
    size_t out_size, struct diag *d);
/* Opens the transaction that writes join. */
int ledger_begin(struct ledger *l, struct diag *d);

/* Writes the tables; what is written next joins their transaction. */
int ledger_schema_create(struct ledger *l, struct diag *d);
int ledger_schema_check(struct ledger *l, bool verify, struct diag *d);
/* Checks what one row cannot tell; verify: each row's entry, too. */
int ledger_contents_check(struct ledger *l, bool verify, struct diag *d);

/* Binding and reading in the order of the columns. Text is borrowed until
 * the statement is reset. */
struct binder {
	sqlite3_stmt *statement;
	int at, rc;
};
void bind_u64(struct binder *b, uint64_t value);
void bind_i64(struct binder *b, int64_t value);
void bind_text(struct binder *b, const char *s);
void bind_view(struct binder *b, struct text t);
void bind_blob(struct binder *b, const void *data, size_t len);
/* Runs the write; 0 or -1. */
int binder_run(struct ledger *l, struct binder *b, struct diag *d);

struct columns {
	sqlite3_stmt *statement;
	int at;
};
uint64_t column_u64(struct columns *c);
int64_t column_i64(struct columns *c);
const char *column_view(struct columns *c); /* "" for NULL */
void column_copy(struct columns *c, char *out, size_t out_size);
void column_blob(struct columns *c, void *out, size_t len);
/* The verb and the gaps of a call whose id, chunk, range and rows are read.
 * -1: they are not possible. */
int call_read_verb(struct ledger *l, struct columns *from,
    struct ledger_call *c, struct diag *d);
/* -1: no such state. */
int call_state_parse(const char *name);

/* The columns of chunk and call, in the order in which they are read; a call's
 * verb and gaps are the last (calls_select). */
#define CHUNK_COLUMNS                                                          \
	"ordinal, \"begin\", \"end\", first_row, first_line, records, "        \
	"record_bytes, rows, rejected, skipped, blank_lines, blank_bytes, "    \
	"body_bytes, sha256"
#define CALL_COLUMNS                                                           \
	"id, chunk, part, first, count, rows, sha256, state, attempts, "       \
	"sent_ms, answered_ms, settled_ms, http_status, job, evidence, "       \
	"code, answer"
#define ROW_COLUMNS                                                            \
	"row, chunk, idx, call, outcome, evidence, code, text, process_id"
#define BEFORE_COLUMNS "chunk, idx, process_id, looked_ms, sends, fields"
/* A call's verb and gaps: schema 1 has no such columns, and knows one verb. */
#define CALL_COLUMNS_OF_2 "verb, gaps"
#define VERB_OF_1 "'create'"
#define CALL_COLUMNS_OF_1 VERB_OF_1 ", x''"
/* SELECT of CALL_COLUMNS and these FROM call, and what follows, for one
 * use; NULL on error. */
sqlite3_stmt *calls_select(struct ledger *l, const char *rest, struct diag *d);
void chunk_read(sqlite3_stmt *s, struct ledger_chunk *c);
void chunk_bind(struct binder *b, const struct ledger_chunk *c);
/* -1: it has no known state. */
int call_read(
    struct ledger *l, sqlite3_stmt *s, struct ledger_call *c, struct diag *d);
/* Calls `each` for every row of the bound calls_select, and finalizes it. */
int calls_walk(struct ledger *l, sqlite3_stmt *s,
    int (*each)(void *ctx, const struct ledger_call *c), void *ctx,
    struct diag *d);

/*
 * Which span covers an index of a chunk: spans are given oldest first, a
 * later one lies over the earlier ones.
 */
#define COVER_NONE SIZE_MAX
struct cover_span {
	uint64_t first, count;
};
struct cover_spans {
	struct cover_span *items;
	size_t *owners; /* the caller's number of each */
	size_t count, cap;
};
/* The runs of rows that the call speaks of. */
void cover_add_call(
    struct cover_spans *s, const struct ledger_call *c, size_t owner);
void cover_spans_release(struct cover_spans *s);
struct cover {
	uint64_t *cuts; /* sorted; piece i is [cuts[i], cuts[i + 1]) */
	size_t *owners; /* of piece i: its span's owner, or COVER_NONE */
	size_t pieces, cap;
};
void cover_release(struct cover *c);
void cover_build(struct cover *c, const struct cover_spans *spans);
/* The owner of the span over it, or COVER_NONE. */
size_t cover_find(const struct cover *c, uint64_t index);

#endif
