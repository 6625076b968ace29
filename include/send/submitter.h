/* SPDX-License-Identifier: MIT */
#ifndef SEND_SUBMITTER_H
#define SEND_SUBMITTER_H

/*
 * Sends chunks and settles their rows.
 *
 * The caller hands in chunks while submitter_wants_chunk says so and calls
 * submitter_step until submitter_is_idle. One thread; clock, chance and
 * transport are passed in. What each answer means is the table in
 * csv2chakra(1), "ANSWERS".
 *
 * Order of safety: a call's intent is committed to the ledger before its
 * first byte leaves; a create whose answer was lost is `unknown` and never
 * sent again, except once under resend-absent and only if lookups found none
 * of its rows.
 *
 * A stop (submitter_stop, or an answer that stops the run) starts nothing new.
 * Requests on the wire are waited for. STOP_FOLLOW continues to follow jobs and
 * to look rows up; STOP_LEAVE leaves acknowledged calls as they are
 * (`accepted`, to be followed by `resume`).
 */

#include "base/diag.h"
#include "base/outcome.h"
#include "build/chunker.h"
#include "chakra/contact.h"
#include "chakra/verb.h"
#include "http/retry.h"
#include "http/transport.h"
#include "ledger/ledger.h"
#include "system/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum on_unknown { UNKNOWN_HOLD, UNKNOWN_CHECK, UNKNOWN_RESEND_ABSENT };

/* The options about sending. */
struct submit_settings {
	uint64_t in_flight, open_jobs;
	double rate_per_s; /* of all workers; 0 = none */
	struct rate_share rate_share;
	int64_t retry_for_ms, settle_ms, wait_timeout_ms;
	enum on_unknown on_unknown;
	bool no_wait;
	bool ids; /* of created processes, from the entries of every job */
	bool skip_existing; /* needs a key */
	struct error_limit max_errors;
};

/* What a look before the send decided about a row. */
struct told_row {
	uint64_t row, chunk, index; /* index: in its chunk */
	enum outcome outcome;	    /* OUTCOME_UPDATED: it would be */
	struct text key, process_id;
	struct text wanted; /* the row's object */
	struct text before; /* the fields that differ, as they are there: an
			     * object of paths; empty if nothing does */
};

struct submitter_options {
	struct submit_settings settings;
	enum verb_id verb;
	const char *procedure; /* percent-encoded by the submitter */
	const char *base_url;  /* normalised; for same-origin checks */
	const char *key_name;  /* NULL = the mapping has no key */
	/* Of a verb that changes processes: what is compared and sent, and
	 * whether a row without a process fails. */
	struct compare_rules compare;
	bool rejects_missing;
	/* … or is sent by that verb (an upsert's create); NULL = it is not.
	 * That none has its key is believed only of a lookup which shows a key
	 * that is known to be there; the first row of a procedure that shows
	 * nothing goes alone, and must show. Never sent twice. */
	const struct verb *missing;
	/* Each row is bound to what a diff recorded of it: the fields, an
	 * object of paths and values ("" = it was not there, and is to be sent
	 * by `missing`), and its process ("" = any), both valid until the next
	 * question. Asked for in the order of the rows; may be NULL. -1:
	 * nothing is recorded of it. */
	int (*recorded)(void *ctx, uint64_t row, struct text *fields,
	    struct text *process_id, struct diag *d);
	void *recorded_ctx;
	/* Nothing is changed there: what would be is only told. Each row
	 * once, in the order of the rows; may be NULL. */
	bool looks_only;
	void (*told)(void *ctx, const struct told_row *row);
	void *told_ctx;
	/* What the service shows of itself is written there, and compared
	 * with what it showed before; NULL = nobody asks. Until the first call
	 * that is acknowledged has shown all that it can, no other one is
	 * sent, for two minutes or --settle at most. */
	struct contact_watch *watch;
	/* The bucket of --rate, where several runs share one, one after the
	 * other; NULL = its own. Borrowed. */
	struct rate_limit *rate;
};

enum stop_mode { STOP_FOLLOW, STOP_LEAVE };

struct submitter_facts {
	uint64_t rows_settled; /* acknowledged, refused, rejected, skipped */
	uint64_t rows_read;
	struct outcome_counts rows; /* those that tell of trouble */
	uint64_t lookups;	    /* calls that looked rows up */
	unsigned in_flight, open_jobs;
	unsigned sending; /* calls that are to be sent, or on the wire */
	bool has_clock;	  /* the service's, as of now */
	int64_t clock_offset_ms, clock_within_ms;
	const char *waits_for;	/* NULL = nothing; static */
	int64_t waits_until_ms; /* wall clock; 0 = not known */
};

/* A lookup asks for so many rows of a verb that changes processes, and for one
 * key that is known to be there. */
#define LOOK_ROWS ((size_t)99)

struct submitter;

/* Borrows everything until submitter_free. */
struct submitter *submitter_new(const struct submitter_options *options,
    struct transport *transport, struct ledger *ledger,
    const struct clock *clock);
void submitter_free(struct submitter *s);

/* True when a chunk would be started soon. Once stopped: never. */
bool submitter_wants_chunk(const struct submitter *s);
/* Takes the chunk into the books and, if it has rows, into the queue. The
 * chunk is the caller's again. -1: the ledger failed (DIAG_DISK). */
int submitter_add(
    struct submitter *s, const struct chunk *chunk, struct diag *d);
/* For a later part of a run: the same chunk, built again, meets its entry in
 * the ledger. What is settled is kept; a call without an answer is unknown and
 * looked up; what was acknowledged is followed; what was never sent is queued.
 * RESUME_RECONCILE sends nothing of it and looks unknown rows up again.
 * RESUME_AFTER_DAMAGE is for a ledger that may have lost what it knew: rows
 * that it believes unsent are unknown, and looked up; on_unknown decides what
 * becomes of a call if no row of it is found. RESUME_READ only compares and
 * counts. 0; 1 = the ledger does not know the chunk (it is left alone;
 * RESUME_SEND never returns it); -1: DIAG_INPUT if the chunk is not the one of
 * the ledger, or the ledger failed. */
enum resume_mode {
	RESUME_SEND,
	RESUME_RECONCILE,
	RESUME_AFTER_DAMAGE,
	RESUME_READ
};
int submitter_resume_chunk(struct submitter *s, const struct chunk *chunk,
    enum resume_mode mode, struct diag *d);
/* Is that chunk, built again, the one of the ledger? 0 = yes; 1 = the ledger
 * does not know it (or has planned and never sent another in its place); -1:
 * no (DIAG_INPUT), or the ledger failed. */
int submitter_compare_chunk(
    struct ledger *l, const struct chunk *chunk, struct diag *d);
/* No more chunks will come: checks --max-errors P% once more. */
void submitter_input_ended(struct submitter *s);

/* Starts what is due, waits up to max_wait_ms for something to happen, and
 * takes all answers that are there. -1: the ledger or the transport failed;
 * nothing more may be sent (the caller ends the run). */
int submitter_step(struct submitter *s, int64_t max_wait_ms, struct diag *d);
/* Nothing is queued, under way or to be followed. */
bool submitter_is_idle(const struct submitter *s);

/* Ends the run early: `why` is kept for submitter_stopped. The first stop
 * counts. */
void submitter_stop(
    struct submitter *s, const struct diag *why, enum stop_mode mode);
/* Gives up on what is on the wire (--grace is over): its rows are unknown. */
int submitter_cancel(struct submitter *s, struct diag *d);
/* Why it stopped; NULL = it did not. */
const struct diag *submitter_stopped(const struct submitter *s);

/* Writes what is still open into the ledger and commits. */
int submitter_finish(struct submitter *s, struct diag *d);

struct submitter_facts submitter_facts(const struct submitter *s);

/*
 * What time it is at the service: the offset of its clock from this
 * machine's, out of the Date headers of its answers (RFC 9110, section
 * 6.6.1). A Date is cut to the second, and its answer was made somewhere
 * between the request and its end: the offset is Date + 0.5 s less the middle
 * of the request, give or take 0.5 s and half the round trip. The least
 * uncertain of the answers counts for all of its epoch, also for what was
 * sent before it.
 *
 * An epoch is a part of the run, or what follows a step of this machine's
 * clock (more than CLOCK_STEP_MS against the monotonic one). Epochs of earlier
 * parts come back from the ledger's events; one that knows nothing takes the
 * next one's.
 */

#define CLOCK_STEP_MS INT64_C(2000)
/* How far apart the clocks inside the service may be. */
#define CLOCK_SERVICE_MS INT64_C(60000)
/* Nothing is known of the service's clock: what is older than the send by no
 * more than this may be ours. */
#define CLOCK_UNKNOWN_MS INT64_C(300000)

/* The ledger's event of this kind, with these texts. */
#define CLOCK_EVENT "clock"
#define CLOCK_EVENT_FORMAT "offset %lld ms, within %lld ms"

struct clock_epoch {
	int64_t start_ms;	      /* wall */
	int64_t offset_ms, within_ms; /* within < 0 = not known */
};
struct service_clock {
	struct clock_epoch *epochs;
	size_t count, cap;
	int64_t base_ms; /* wall less monotonic, when the last one began */
	int64_t noted_within_ms; /* as the ledger has it; < 0 = not there */
};

void service_clock_release(struct service_clock *c);
/* The epochs of earlier parts, then one that begins now. */
int service_clock_begin(struct service_clock *c, struct ledger *l,
    int64_t wall_ms, int64_t mono_ms, struct diag *d);
/* An answer came now, `elapsed_ms` after its request began. date_ms: its Date,
 * or -1. */
void service_clock_note(struct service_clock *c, int64_t wall_ms,
    int64_t mono_ms, int64_t elapsed_ms, int64_t date_ms);
/* Writes an event if there is something new: at_end also what only became
 * more certain. */
int service_clock_store(struct service_clock *c, struct ledger *l,
    int64_t wall_ms, bool at_end, struct diag *d);
/* A process that was created before this (in the service's time) is not from
 * a call that was sent at sent_ms (in ours). epoch: the one it was sent in, or
 * SIZE_MAX to find it by its time. */
int64_t service_clock_earliest(
    const struct service_clock *c, int64_t sent_ms, size_t epoch);
/* The offset that counts for what was sent at sent_ms (wall); false: nothing is
 * known of the service's clock. */
bool service_clock_at(const struct service_clock *c, int64_t sent_ms,
    size_t epoch, int64_t *offset_ms, int64_t *within_ms);
/* The offset of the last epoch; false: it is not known. */
bool service_clock_offset(
    const struct service_clock *c, int64_t *offset_ms, int64_t *within_ms);
size_t service_clock_epoch(const struct service_clock *c);
/* An event's text, read again. */
bool service_clock_parse(
    const char *text, int64_t *offset_ms, int64_t *within_ms);

/* Adds the chunk to the ledger, in the open transaction. */
int chunk_book(const struct chunk *chunk, struct ledger *l, struct diag *d);
/* … and its rows (ledger_set_sent), by a writer that is used again. */
int chunk_keep(const struct chunk *chunk, const char *key_name,
    struct sent_writer *w, struct ledger *l, struct diag *d);

#endif
