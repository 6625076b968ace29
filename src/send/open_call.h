/* SPDX-License-Identifier: MIT */
#ifndef SEND_OPEN_CALL_H
#define SEND_OPEN_CALL_H

/*
 * A call that is not settled yet: its rows, their keys, its body
 * while it may still be sent, and what is known of each row.
 *
 * Rows are addressed by their index within the call. The body is dropped as
 * soon as the call can no longer be sent; the keys stay.
 */

#include "base/buf.h"
#include "base/text.h"
#include "build/chunker.h"
#include "chakra/verb.h"
#include "ledger/ledger.h"
#include "send/submitter.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum row_settled {
	ROW_OPEN,    /* nothing is known yet */
	ROW_FOUND,   /* created: a lookup or the job's entry says so */
	ROW_REFUSED, /* the job's entry says INVALID or ERROR */
	ROW_EXISTED  /* it was there before: skipped, not sent */
};

/* What an outcome that the ledger has says of the row: what is open there is
 * open here. */
enum row_settled row_settled_of(enum outcome o);

/* What the newest look said of a row's process. */
enum row_now {
	NOW_NOT_THERE,
	NOW_WANTED,  /* nothing differs */
	NOW_BEFORE,  /* it is as it was when we looked before the send */
	NOW_DIFFERS, /* it was never sent, and something differs */
	NOW_OTHER    /* it is neither, or not as a diff recorded it */
};
struct row_look {
	enum row_now now;
	unsigned found;	   /* processes with its key */
	unsigned sends;	   /* how often the change was on the wire */
	int64_t at_ms;	   /* when the answer came; monotonic */
	int64_t before_ms; /* … of the look that `before` is from; wall */
	/* In `looks`: the fields that are sent, as they were (a JSON object of
	 * paths), and the process's id. */
	size_t before_at, before_len, id_at, id_len;
	/* … and why a row that was never sent is NOW_OTHER. */
	size_t why_at, why_len;
};

struct open_row {
	uint64_t row;		  /* spreadsheet row */
	uint64_t index;		  /* among the chunk's sendable rows */
	size_t key_at, key_len;	  /* JSON token in `keys`; len 0 = no key */
	size_t json_at, json_len; /* in `body`, while there is one */
	bool check_first;	  /* looked up before it is sent */
	enum row_settled settled;
	/* What the job's entries say (job_entries.c): one speaks of the row,
	 * two do, or the one at its position says that it was created. */
	bool has_job_entry, is_disputed, is_expected;
	/* Of a verb that changes processes (change.h): the row's object in
	 * `source`, and what looks found. */
	size_t source_at, source_len;
	/* What a diff recorded of it, in `recorded`: the fields as they were,
	 * and after them the process; both empty = it was not there. */
	bool is_bound;
	size_t recorded_at, recorded_len, recorded_id_len;
	struct row_look look;
	bool has_entry; /* an earlier part of the run left it unknown in the
			 * ledger, by an entry of its own */
};

enum call_step {
	STEP_PRECHECK, /* its keys are looked up before it is sent */
	STEP_LOOKED,   /* … and told, when all before it are */
	STEP_QUEUED,   /* to be sent */
	STEP_SENDING,  /* on the wire */
	STEP_JOB,      /* acknowledged; its job is followed */
	STEP_ENTRIES,  /* the job's entries are fetched */
	STEP_LOOKUP,   /* its rows are looked up */
	STEP_CLOSED
};

struct open_call {
	struct open_call *next; /* the submitter's list */
	const struct verb *verb;
	struct ledger_call book;
	enum call_step step;
	struct open_row *rows;
	size_t row_count, row_room;
	struct buf keys;
	size_t *by_key; /* indexes of rows with keys, sorted by token */
	size_t key_count;
	size_t next_found; /* the row after the one that was found last */
	struct buf body;
	/* Of a run that looks rows up before they are sent (`source` is not
	 * empty then): their objects, what looks found, what a diff recorded.
	 */
	struct buf source, looks, recorded;
	const struct compare_rules *rules; /* … borrowed */
	bool must_look;	     /* after its job, whatever --no-wait says: … */
	bool is_form_check;  /* … the first change of a run must read back as
			      * it was written */
	bool is_first_there; /* … the first row of a procedure that showed
			      * nothing must show */
	bool is_job_done;    /* … and its job says that it was taken */
	size_t counted;	     /* of its rows, in the submitter's rows_acked */
	bool is_round_whole; /* the newest round asked for every row */
	bool is_asked_only;  /* by reconcile: it is never sent again */
	bool was_sent;	     /* at least once a connection had the request */
	bool was_put_off;    /* an attempt to send it did not get through */
	bool resent;	     /* it is the one resend of another call, or a
			      * part of that */
	bool in_ledger;	     /* book.id is valid */
	bool is_first_contact; /* the one that shows what the service is like */
	size_t clock_epoch;    /* service_clock.h; SIZE_MAX = by book.sent_ms */
	int64_t earliest_ms;   /* what was created before it is not ours; the
				* service's time */
	uint64_t tag;	       /* of the request under way; 0 = none */
	int64_t due_ms;	       /* monotonic: when its next request may start */

	/* Following its job (job_follow.h). */
	int64_t job_since_ms, job_changed_ms, job_interval_ms;
	uint64_t job_sum, job_unfinished, job_failed;
	int64_t job_young_until_ms;
	bool wants_ids; /* entries are fetched of a job without failures, too */
	bool is_job_shared; /* another call was given the same one */
	char entries_path[1024];
	uint64_t entries_seen, entries_pages, entries_failed;
	struct buf kept; /* entries, until the last page */
	size_t kept_count;
	size_t ids_told;	   /* rows whose process they named */
	bool by_position;	   /* a lookup must confirm them */
	const char *leftover_code; /* why rows stay open: "job.sum", … */

	/* Looking its rows up (lookup.h). */
	int64_t lookup_until_ms, lookup_interval_ms;
	int64_t lookup_round_ms; /* the round under way began no earlier */
	size_t lookup_from, lookup_to; /* rows of the request under way */
	uint64_t lookup_skip;
	unsigned lookup_pages; /* of the batch, so far */
	unsigned lookup_rounds;
	int64_t lookup_last_ms; /* wall clock of the last answered lookup */
	struct buf request;	/* body of the lookup under way */
	/* Proof of absence. `control` is the known key that the batch asks for
	 * besides its own; a doubt is why "not found" proves nothing (a stable
	 * code). What was seen once stays; that the control did not come back
	 * concerns a round. */
	struct buf control;
	bool control_seen;
	bool is_control_apart; /* no row of the batch has that key */
	const char *doubt, *round_doubt;
	bool waits_twice;  /* the control proves sight, not freshness: the
			    * time is doubled */
	unsigned failures; /* of its entries or lookups, in a row */
};

/* Takes rows [first, first + count) of the chunk, with a body of their own
 * and its SHA-256. `spare` is a call that ended, or NULL: it is freed, and its
 * memory may be the new one's. Returns owned. */
struct open_call *open_call_new(const struct verb *verb,
    const struct chunk *chunk, size_t first, size_t count,
    struct open_call *spare);
/* The same out of a call, for halves: rows [first, first + count) of it. */
struct open_call *open_call_part(
    const struct open_call *whole, size_t first, size_t count);
/* The same without a body, of a call whose rows are looked up: rows are taken
 * out of it (open_call_compact) before change_build_body. */
struct open_call *open_call_rows(
    const struct open_call *whole, size_t first, size_t count);
/* It is to be sent by that verb. */
void open_call_turn(struct open_call *call, const struct verb *verb);
/* Takes the rows that are not open out of a call that was not sent yet; false
 * if none is left. */
bool open_call_compact(struct open_call *call);
void open_call_free(struct open_call *call);
void open_call_drop_body(struct open_call *call);

struct text open_call_key(const struct open_call *call, size_t index);
/* The first row with this key token (digits are the same with and without
 * quotes: nothing says how ChakraHQ spells a key of digits) whose `settled` is
 * ROW_OPEN, else any with it; -1 = none. */
ptrdiff_t open_call_find(struct open_call *call, struct text key_token);
/* Two key tokens are the same but for case, outer blanks, quotes or leading
 * zeros. */
bool key_is_like(struct text a, struct text b);
/* The first row whose key is like that one; -1 = none. */
ptrdiff_t open_call_find_like(
    const struct open_call *call, struct text key_token);
/* Some row is to be looked up before it is sent. */
bool open_call_checks_first(const struct open_call *call);
/* The ledger's entry for a row of the call. */
struct ledger_row open_call_row(const struct open_call *call, size_t index,
    enum outcome outcome, const char *evidence);
/* How many rows are in that state. */
size_t open_call_count(const struct open_call *call, enum row_settled state);

#endif
