/* SPDX-License-Identifier: MIT */
#ifndef SANDBOX_STORE_H
#define SANDBOX_STORE_H

/*
 * What the sandbox received, in SQLite; sandbox/store*.c are its only users
 * here.
 *
 * A row is one element of a bulk call's body, kept as the bytes that came, or
 * what else was done to a process. A call is one body; one that was accepted
 * is a job, or was done at once. What a row of a create will become is decided
 * when it is received and becomes visible when `due_ms` has passed; one of an
 * update is decided by how things are when it is due, so that a late job
 * overwrites what came meanwhile (VERDICT_OPEN until then; settle.h). All
 * reading is a function of what is written and of the time, so there is no
 * worker.
 *
 * Nothing here locks; the caller holds sandbox.lock. A query keeps its place
 * until it is reset or has given its last row; two of the same kind cannot
 * be open at once. Failures are DIAG_DISK.
 */

#include "base/diag.h"
#include "base/text.h"
#include "proc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

/* ":memory:" or a file, made if it is not there; one that some other program
 * wrote, or that another sandbox has open, is refused. `salt` seeds the ids
 * of a new database. Returns 0 and an owned store. */
int store_open(
    struct store **out, const char *path, uint64_t salt, struct diag *d);
void store_close(struct store *s); /* NULL is allowed */
uint64_t store_salt(const struct store *s);

/* What a call does, and its rows; the numbers are in the database. */
enum act {
	ACT_CREATE = 0, /* bulk-create */
	ACT_UPDATE = 1, /* bulk update */
	ACT_PUT = 2,	/* an update of one process, done at once */
	ACT_DELETE = 3,
	ACT_EDIT = 4, /* a colleague's, in ChakraHQ's own screens */
	ACTS
};

/* Over all rows of an act, due or not. */
struct store_totals {
	uint64_t jobs;
	uint64_t received; /* in complete calls, accepted or not */
	uint64_t accepted;
	uint64_t created, merged, error, invalid;
	uint64_t updated, deleted, ignored, open;
};
struct store_totals store_totals(const struct store *s, enum act act);
/* Calls that are written, refused ones too. */
uint64_t store_calls(const struct store *s, enum act act);
/* Whether anything was ever done to a process after its creation. */
bool store_has_effects(const struct store *s);

/* Writing: begin, add each row, then commit or roll back. */
struct store_call {
	enum act act;
	int procedure;
	int64_t at_ms;	/* when it was received */
	int64_t end_ms; /* when its last row is due */
	bool accepted;
};
struct store_entry {
	size_t index;
	struct text key; /* empty = none */
	enum verdict verdict;
	int64_t due_ms;
	int64_t target; /* the process that it has an effect on: the row that
			 * created it; 0 = none, or this row itself */
	const char *message; /* or NULL */
	struct text body;    /* not kept for VERDICT_REFUSED */
};
/* *id gets the number of the call, which is the job's. */
int store_begin(struct store *s, const struct store_call *call, int64_t *id,
    struct diag *d);
int store_add(struct store *s, const struct store_entry *e, struct diag *d);
/* The row that created the process with this key, due or not, that was not
 * deleted; 0 = none. */
int store_find_key(struct store *s, int procedure, struct text key,
    int64_t *row, struct diag *d);
int store_commit(struct store *s, struct diag *d);
void store_rollback(struct store *s);

/* Decides a row that was open; between store_decide_begin and store_commit,
 * or store_rollback. */
struct store_decision {
	int64_t row;
	enum act act;
	enum verdict verdict;
	int64_t target;
	const char *message; /* or "" */
};
int store_decide_begin(struct store *s, struct diag *d);
int store_decide(
    struct store *s, const struct store_decision *decision, struct diag *d);

struct store_job {
	int64_t id;
	enum act act;
	uint64_t number; /* the how many-th call of its act it was */
	int procedure;
	int64_t at_ms, end_ms;
	int64_t first_row;
	uint64_t rows;
};
/* 1, 0 = there is none, -1. */
int store_job(
    struct store *s, int64_t id, struct store_job *job, struct diag *d);

/* Entries by what they are at the time `now_ms`. */
struct store_counts {
	uint64_t not_started, success, error, invalid;
};
int store_job_counts(struct store *s, const struct store_job *job,
    int64_t now_ms, struct store_counts *counts, struct diag *d);
/* How many jobs are unfinished; of those of creates, their rows that are not
 * due yet, and how many of them will be created. */
struct store_pending {
	uint64_t jobs, rows, created;
};
int store_pending(struct store *s, int64_t now_ms,
    struct store_pending *pending, struct diag *d);

enum store_query {
	STORE_ENTRIES, /* rows first..last of a job, in order */
	STORE_CREATED, /* created rows after row first */
	STORE_KEY,     /* created rows of a procedure with a key */
	STORE_ROW,     /* the created row first */
	STORE_EFFECTS, /* what was done to the process of row first, in order */
	STORE_OPEN,    /* the first open row that is due */
	STORE_NEWEST,  /* the newest `first` created rows */
	STORE_QUERIES
};
struct store_where {
	int64_t first, last;
	int64_t now_ms; /* only rows due by then (not STORE_ENTRIES) */
	int procedure;
	struct text key;
};
struct store_row {
	int64_t id, job;
	enum act act;
	size_t index;
	int procedure;
	enum verdict verdict;
	int64_t due_ms;
	int64_t target;
	/* Valid until the next step of the same query. */
	struct text key, message, body;
};
int store_select(struct store *s, enum store_query query,
    const struct store_where *where, struct diag *d);
/* 1 = a row, 0 = no more (the query is reset), -1. */
int store_next(struct store *s, enum store_query query, struct store_row *row,
    struct diag *d);
void store_reset(struct store *s, enum store_query query);

/* Every key, how often it was received, accepted and created by creates (and
 * due), how often it was received in updates, and what took effect. */
struct store_key {
	int procedure;
	struct text key;
	uint64_t received, accepted, created;
	uint64_t asked, updates, deletes, edits;
};
int store_each_key(struct store *s, int64_t now_ms,
    void (*each)(void *ctx, const struct store_key *key), void *ctx,
    struct diag *d);

#endif
