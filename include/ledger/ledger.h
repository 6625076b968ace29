/* SPDX-License-Identifier: MIT */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

/*
 * The ledger: what was decided, sent and answered, call by call, in SQLite
 * (which only src/ledger and the sandbox use). It holds what reading the input
 * again cannot tell.
 *
 * WAL, exclusive locking, synchronous=FULL: a commit is durable. What is to
 * be sent is committed before it is on the wire. Only row_outcome has entries
 * for single rows: those that differ from their call.
 *
 *   chunk(ordinal, begin, end, first_row, first_line, records, record_bytes,
 *         rows, rejected, skipped, blank_lines, blank_bytes, body_bytes,
 *         sha256)
 *   call(id, chunk, part, first, count, rows, sha256, state, attempts,
 *        sent_ms, answered_ms, settled_ms, http_status, job, evidence, code,
 *        answer, verb, gaps)
 *   row_outcome(row, chunk, idx, call, outcome, evidence, code, text,
 *        process_id)
 *   before(chunk, idx, process_id, looked_ms, sends, fields)
 *   after(chunk, idx, fields)
 *   sent(chunk, rows)
 *   event(id, at_ms, kind, text)
 *   meta(key, value)
 *
 * A row's outcome is its own entry, else that of its newest call that is not
 * superseded, else `unsent`.
 *
 * Schema 1 (0.1.0) has neither call.verb nor call.gaps nor `before`: its calls
 * are creates. It is read and written on as it is. So is one of schema 2 that
 * has neither `after` nor `sent`: what is put into these is dropped.
 *
 * A ledger is used by one thread at a time and open in one process at a time
 * (DIAG_LOCKED for the others). A write that failed (a full disk: DIAG_DISK)
 * loses what was not committed; from then on every write and commit fails in
 * the same way, and what was committed can still be read.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "base/hash.h"
#include "base/outcome.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ledger;

#define LEDGER_SCHEMA_VERSION 2

/* A new one at `path` (which must not exist), mode 0600. NULL path: a
 * temporary one that is gone when closed (dry runs). */
struct ledger *ledger_create(const char *path, struct diag *d);
/* The same; what `fill` writes is in the file before it gets its name. A kill
 * at any moment leaves no ledger, or one with all of that. `fill` returns 0,
 * or -1 with the diag filled; it does not keep `l`. */
typedef int ledger_fill(void *ctx, struct ledger *l, struct diag *d);
struct ledger *ledger_create_filled(
    const char *path, ledger_fill *fill, void *ctx, struct diag *d);
/* An existing one. Checks that its schema is ours to the letter, that calls fit
 * their chunks, that it is the ledger which its mark tells of
 * (ledger.rolled_back, run.changed: resume --after-damage), and if `verify`
 * PRAGMA integrity_check and every row's entry; damage, or a file that is not a
 * ledger, is DIAG_INPUT (exit 7), never taken for "none". One that another
 * process has open: DIAG_LOCKED, after a moment, with the name of that process.
 * read_only: a copy of what it holds now, so that nobody has to wait for us. */
struct ledger *ledger_open(
    const char *path, bool read_only, bool verify, struct diag *d);
/* For `resume --after-damage`: the same for writing, verified, whatever its
 * mark says. Nothing is changed until ledger_damage_begin; from then until
 * ledger_damage_over, others treat the ledger as one that has lost commits,
 * also after a kill. */
struct ledger *ledger_open_hurt(const char *path, struct diag *d);
int ledger_damage_begin(struct ledger *l, struct diag *d);
int ledger_damage_over(struct ledger *l, struct diag *d);
/* False: 0.1.0 made it, and an older copy in its place is not noticed. */
bool ledger_is_marked(const struct ledger *l);
/* Commits what is open and closes. -1 (DIAG_DISK) if that failed. */
int ledger_close(struct ledger *l, struct diag *d);
void ledger_free(struct ledger *l); /* closes without a commit */

int ledger_set(
    struct ledger *l, const char *key, const char *value, struct diag *d);
int ledger_set_number(
    struct ledger *l, const char *key, uint64_t value, struct diag *d);
/* *out is an owned text (free()), or NULL if there is none. -1: nobody knows
 * (DIAG_DISK, DIAG_INPUT), and *out is NULL, too. */
int ledger_get(struct ledger *l, const char *key, char **out, struct diag *d)
    __attribute__((warn_unused_result));
/* The same into the caller's array, as much as has room; "" if there is none.
 */
int ledger_get_into(struct ledger *l, const char *key, char *out,
    size_t out_size, struct diag *d) __attribute__((warn_unused_result));

/* Keys of the meta table that the submitter writes. */
#define LEDGER_REHEARSAL "rehearsal" /* "1": the sandbox answered */
/* … and those of a run that is taken back: the id of the undo, and "1" once
 * nothing that it made is left. */
#define LEDGER_UNDONE_BY "undone_by"
#define LEDGER_UNDONE "undone"

/* Every write joins the open transaction (begun when needed). */
int ledger_commit(struct ledger *l, struct diag *d);
/* The same for a transaction with intents, which may be put on the wire after
 * it: that there was one commit more is then on disk outside of the ledger, too
 * (ledger_mark.c). */
int ledger_commit_intents(struct ledger *l, struct diag *d);
/* True if something is written and not committed. */
bool ledger_is_dirty(const struct ledger *l);

struct ledger_chunk {
	uint64_t ordinal, begin, end, first_row, first_line;
	uint64_t records, record_bytes, rows, rejected, skipped;
	uint64_t blank_lines, blank_bytes, body_bytes;
	unsigned char sha256[SHA256_BYTES]; /* zero if rows is 0 */
};
int ledger_add_chunk(
    struct ledger *l, const struct ledger_chunk *c, struct diag *d);

enum call_state {
	CALL_SENT,	/* "sent": intent; without an answer = unknown */
	CALL_ACKED,	/* "acked": acknowledged, not settled yet */
	CALL_CREATED,	/* "created": settled; so says an update's, too */
	CALL_ACCEPTED,	/* "accepted" */
	CALL_REFUSED,	/* "refused" */
	CALL_UNSENT,	/* "unsent" */
	CALL_UNKNOWN,	/* "unknown" */
	CALL_SUPERSEDED /* "superseded": says nothing of its rows: halved, or
			 * a resend that was not taken */
};
const char *call_state_name(enum call_state s);
/* The outcome that a state means for the call's rows. CALL_SENT is unknown,
 * CALL_ACKED is accepted, CALL_CREATED is `done`, the call's own. */
enum outcome call_state_outcome(enum call_state s, enum outcome done);

/* Of the most rows that a chunk holds. */
#define LEDGER_GAPS_MAX ((size_t)1250)

struct ledger_call {
	int64_t id; /* set by ledger_add_call */
	uint64_t chunk;
	uint64_t part;	       /* 0 = as planned; parts and resends count
				* up over the run */
	uint64_t first, count; /* indexes [first, first + count) among the
				* chunk's sendable rows */
	uint64_t rows;	       /* rows it carries: count less those that are
				* skipped because they exist */
	unsigned char sha256[SHA256_BYTES]; /* of its body */
	enum call_state state;
	enum outcome done; /* what settled rows are, by the call's verb */
	uint64_t attempts;
	int64_t sent_ms, answered_ms, settled_ms; /* wall; 0 = not yet */
	int http_status;
	char job[128];
	char evidence[16]; /* "job", "lookup", or "" */
	char code[32];	   /* "http.503", … */
	char answer[512];  /* words */
	/* The rows of its range that are not its own, a bit each from `first`
	 * on, the lowest of a byte first: a chunk whose rows were looked up
	 * becomes two calls, one that creates and one that changes. gap_bytes
	 * 0: it says nothing of the kind; rows that it does not carry then have
	 * entries of their own. */
	size_t gap_bytes;
	unsigned char gaps[LEDGER_GAPS_MAX];
};
/* How many bytes the gaps of a call over so many rows take. */
#define LEDGER_GAP_BYTES(count) (((count) + 7) / 8)
/* Does the call speak of that row of its chunk? */
bool ledger_call_has(const struct ledger_call *c, uint64_t index);
int ledger_add_call(struct ledger *l, struct ledger_call *c, struct diag *d);
int ledger_update_call(
    struct ledger *l, const struct ledger_call *c, struct diag *d);

struct ledger_row {
	uint64_t row;	       /* spreadsheet row */
	uint64_t chunk, index; /* index among the chunk's sendable rows */
	int64_t call;	       /* 0 = none */
	enum outcome outcome;
	char evidence[16];
	char code[32];
	char text[512];
	char process_id[128];
};
/* Adds or replaces the entry of that chunk and index. */
int ledger_set_row(
    struct ledger *l, const struct ledger_row *r, struct diag *d);

/*
 * What a row's process was like before it was changed: the fields that the
 * change sends, as one JSON object of path and value ({"data.score":"105",
 * "state":null}; null also where there was no value). Written before the call
 * is; needed to judge what a lost answer did, and for the way back.
 */
struct ledger_before {
	uint64_t chunk, index;
	char process_id[128];
	int64_t looked_ms; /* wall: when it was like this */
	uint64_t sends;	   /* how often the change was put on the wire */
	struct text
	    fields; /* of ledger_get_before: owned by the caller's buf */
};
/* Adds or replaces the entry of that chunk and index. */
int ledger_set_before(
    struct ledger *l, const struct ledger_before *b, struct diag *d);
/* 1 = *out is it, its fields in `text`; 0 = there is none; -1. */
int ledger_get_before(struct ledger *l, uint64_t chunk, uint64_t index,
    struct ledger_before *out, struct buf *text, struct diag *d);

/* What such a change sent, as `before` has what was there: an object of the
 * same paths. The way back is made of both. */
int ledger_set_after(struct ledger *l, uint64_t chunk, uint64_t index,
    struct text fields, struct diag *d);
/* 1 = it is in *text, 0 = there is none, -1. */
int ledger_get_after(struct ledger *l, uint64_t chunk, uint64_t index,
    struct buf *text, struct diag *d);

/* The sendable rows of a chunk, as chakra/verb.h keeps them (sent_writer): an
 * undo finds their processes by that. One entry a chunk, none without rows. */
int ledger_set_sent(
    struct ledger *l, uint64_t chunk, struct text rows, struct diag *d);
/* 1: *rows has them; 0: there are none; -1: the ledger failed. */
int ledger_get_sent(
    struct ledger *l, uint64_t chunk, struct buf *rows, struct diag *d);
/* False: a ledger that keeps none of both. */
bool ledger_has_sent(const struct ledger *l);

/* The run's timeline: "start", "pause", "resume", "stop", "unknown", … */
int ledger_add_event(struct ledger *l, int64_t at_ms, const char *kind,
    const char *text, struct diag *d);
int ledger_each_event(struct ledger *l,
    int (*each)(void *ctx, int64_t at_ms, const char *kind, const char *text),
    void *ctx, struct diag *d);

/* Walks: `each` returns 0 to continue; any other value ends the walk and is
 * returned. It may write to the ledger and start other walks; calls and events
 * that it adds are not visited. */

/* Sums over the whole ledger, for the books. */
struct ledger_totals {
	struct outcome_counts outcomes;
	uint64_t records, record_bytes, blank_lines, blank_bytes;
	uint64_t chunks, calls, sent_calls; /* sent: at least once on the
					     * wire */
	uint64_t first_begin, last_end;	    /* of the chunks' ranges; 0, 0 if no
					     * chunk */
	bool tiles; /* each chunk begins where the one before ended, and its
		     * own records and blanks fill its range */
};
int ledger_totals(struct ledger *l, struct ledger_totals *out, struct diag *d);

/* The chunks in their order. */
int ledger_each_chunk(struct ledger *l,
    int (*each)(void *ctx, const struct ledger_chunk *c), void *ctx,
    struct diag *d);
/* Calls in the order of their ids; state < 0 = all. */
int ledger_each_call(struct ledger *l, int state,
    int (*each)(void *ctx, const struct ledger_call *c), void *ctx,
    struct diag *d);

/* For a later part of the run. The chunk with that ordinal: 1, or 0 when
 * there is none. */
int ledger_get_chunk(struct ledger *l, uint64_t ordinal,
    struct ledger_chunk *out, struct diag *d);
/* The same for the first chunk with that ordinal or a higher one: a cursor for
 * going through the chunks beside something else. */
int ledger_chunk_from(struct ledger *l, uint64_t ordinal,
    struct ledger_chunk *out, struct diag *d);
/* The calls of one chunk, the oldest first. */
int ledger_each_chunk_call(struct ledger *l, uint64_t ordinal,
    int (*each)(void *ctx, const struct ledger_call *c), void *ctx,
    struct diag *d);
/* Forgets the chunks after the last one that has a call or a row entry:
 * they were planned and never sent, and are planned anew. */
int ledger_drop_planned(struct ledger *l, struct diag *d);

/* The outcomes of a chunk's sendable rows, loaded chunk by chunk in order. */
struct ledger_outcomes;
struct ledger_outcomes *ledger_outcomes_new(struct ledger *l);
void ledger_outcomes_free(struct ledger_outcomes *o);
/* Loads chunk `ordinal`; 0, or -1 (diag). The rows of a chunk that is not in
 * the ledger are unsent. */
int ledger_outcomes_load(
    struct ledger_outcomes *o, uint64_t ordinal, struct diag *d);
struct row_state {
	enum outcome outcome;
	const char *evidence, *code, *text, *process_id, *job,
	    *verb;    /* "" if none;
		       * valid until the next load */
	int64_t call; /* 0 = none */
	int http_status;
};
/* Of sendable row `index` of the loaded chunk. */
struct row_state ledger_outcomes_get(
    const struct ledger_outcomes *o, uint64_t index);

/*
 * For the run folder (runs/), which looks at ledgers that nobody works on.
 */

struct ledger_mark {
	uint64_t number, identity;
};
/* The file beside a ledger: "x/ledger.mark" of "x/ledger.sqlite". Owned. */
char *ledger_mark_path(const char *path);
/* 0, or an errno value (EINVAL: it is not a mark). fd_out: it is opened for
 * writing and stays open. */
int ledger_mark_read(
    const char *mark_path, int *fd_out, struct ledger_mark *out);
/* The other process that has a lock on the ledger at `path`; 0 = none, or it is
 * unknown which. */
long ledger_holder(const char *path);
/* "process 4711 (sqlite3)"; of 0: "another process". */
void ledger_holder_words(long pid, char out[64]);

/* As ledger_open, but a reader keeps the file until it is closed: for callers
 * that close it at once. Waits up to wait_ms for another process to close it.
 */
int ledger_open_wait(struct ledger **out, const char *path, bool read_only,
    bool verify, int wait_ms, struct diag *d);
/* True if a call was committed that is not settled as unsent, and was not taken
 * back; -1 on error. */
int ledger_ever_sent(struct ledger *l, bool *sent, struct diag *d);
int ledger_has_chunks(struct ledger *l, bool *has, struct diag *d);
int ledger_count_chunks(struct ledger *l, uint64_t *count, struct diag *d);

#endif
