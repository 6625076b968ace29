/* SPDX-License-Identifier: MIT */
#ifndef SANDBOX_DATABASE_H
#define SANDBOX_DATABASE_H

/* What store.c, store_write.c and store_read.c share. */

#include "store.h"

#include <sqlite3.h>

/* Statements besides the queries of store.h. */
enum store_command {
	STORE_BEGIN = STORE_QUERIES,
	STORE_COMMIT,
	STORE_ROLLBACK,
	STORE_ADD_CALL,
	STORE_END_CALL,
	STORE_ADD_ROW,
	STORE_FIND_KEY,
	STORE_DECIDE,
	STORE_JOB,
	STORE_JOB_COUNTS,
	STORE_PENDING,
	STORE_KEYS,
	STORE_STATEMENTS
};

struct store {
	sqlite3 *db;
	sqlite3_stmt *statements[STORE_STATEMENTS]; /* prepared at need */
	uint64_t salt;
	struct store_totals totals[ACTS];
	/* The call that is being written, or rows that are being decided. */
	struct store_totals adding[ACTS];
	uint64_t calls[ACTS]; /* that are written */
	enum act act;
	int64_t call, first_row; /* call: 0 = none */
	uint64_t rows;
	int procedure;
};

/* The statement, reset and without bindings; NULL and the diag. */
sqlite3_stmt *store_statement(struct store *s, int which, struct diag *d);
/* DIAG_DISK with SQLite's words; -1. */
int store_failed(struct store *s, struct diag *d);
/* Steps a statement that gives no rows. */
int store_run(struct store *s, sqlite3_stmt *statement, struct diag *d);

/* So many more rows of this verdict, or fewer. */
void store_count(struct store_totals *t, enum verdict verdict, int64_t by);

#endif
