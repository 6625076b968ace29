/* SPDX-License-Identifier: MIT */
#ifndef SEND_SUBMITTER_CORE_H
#define SEND_SUBMITTER_CORE_H

/*
 * The submitter's inside, what its files share: submitter.c (what the
 * caller sees, the step), submit_start.c (what may start now),
 * submit_answer.c (what an answer to a create does), submit_follow.c (jobs,
 * lookups, settling), submit_change.c (the same of what changes processes:
 * looking before the send, settling by three values), submit_missing.c (rows
 * without a process, of an upsert), submit_forms.c (does it read back as it was
 * written), submit_absence.c (what a resend must know), submit_contact.c (what
 * the service shows of itself), submit_resume.c (chunks that the ledger knows).
 */

#include "chakra/response.h"
#include "http/retry.h"
#include "job_follow.h"
#include "job_ids.h"
#include "lookup.h"
#include "open_call.h"
#include "send/submitter.h"

/* How many of the last calls are looked at, and how many unknown ones among
 * them stop the run. */
#define UNKNOWN_WINDOW 20
#define UNKNOWN_STOP 10
/* How many refused first calls stop the run. */
#define REFUSED_FIRST 3
/* The longest that an acknowledgement waits for its commit. */
#define COMMIT_DELAY_MS 100
#define TAG_PROBE UINT64_MAX
#define TAG_CONTACT (UINT64_MAX - 1)

/* Keys that are known to be in ChakraHQ, for lookups that must be able to see
 * (lookup.h): the newest one that this run created, and one that a list of
 * anything showed. */
struct known_keys {
	struct buf created, listed; /* JSON tokens; empty = none */
	int64_t created_sent_ms;    /* when the call of `created` was sent */
	bool was_listed;	    /* the list was asked for, and answered */
};

/* The first call of this part that was acknowledged, and what is asked about
 * it once it is settled: an entry of its job and one of its rows, for the
 * service to show what they look like. Nothing is decided by the answers. */
enum contact_step {
	CONTACT_WAITS, /* for an acknowledgement */
	CONTACT_CALL,  /* the call is followed */
	CONTACT_ASK_ENTRIES,
	CONTACT_ASK_LIST,
	CONTACT_OVER
};
struct first_contact {
	enum contact_step step;
	int64_t until_ms; /* no other call is sent before; monotonic */
	int64_t due_ms, asked_ms;
	bool is_asking;
	bool is_change; /* it changes processes */
	unsigned tries;
	struct buf entries_path, list_body; /* "" = nothing to ask */
	struct buf created, refused;	    /* key tokens of two of its rows */
	int64_t earliest_ms;
};

/* The first change of this part goes alone, and is looked up before the rest is
 * sent: whether a value reads back as it was written is not documented. */
enum form_check { FORM_UNKNOWN, FORM_ASKED, FORM_GOOD };
/* A field of the first rows that were looked up: in how many of them it has
 * another form. */
struct form_count {
	char *path;
	uint64_t forms;
	char samples[2][160];
};

struct submitter {
	struct submitter_options options;
	const struct verb *verb;
	struct transport *transport;
	struct ledger *ledger;
	const struct clock *clock;
	struct buf process_path; /* /v1/ext/procedure/P/process */

	struct open_call *calls; /* in the order of their rows */
	/* Calls that ended, for the memory of the next ones: no more than were
	 * open at once. None where rows are not looked up. */
	struct open_call *spares;
	uint64_t last_tag, last_part;

	unsigned in_flight_now; /* the limit as it is after 429 and 503 */
	size_t body_limit;	/* learned from 413; 0 = none */
	struct rate_limit own_rate, *rate; /* its own, or one that is shared */
	int64_t rate_due_ms;		   /* when the next token is there */
	int64_t pause_until_ms;		   /* monotonic */
	const char *pause_why;
	int64_t progress_ms; /* when something last went well */
	unsigned failures;   /* in a row, for the backoff */
	int64_t slowest_job_ms;
	struct service_clock service_clock;
	struct sent_writer sent;
	struct job_ids jobs; /* of all calls of the run */

	/* Another token is being asked for; it is, or one was, and nothing
	 * went well since. */
	bool renewing, renewed;

	bool is_sandbox; /* an answer said so */
	uint64_t answered, refused_first;
	unsigned char recent[UNKNOWN_WINDOW]; /* 1 = unknown */
	unsigned recent_at;
	bool lacks_ids; /* it was said that entries do not tell all ids */
	bool brake;	/* an unknown answer: probe first */
	bool probing;
	struct known_keys known;
	size_t lookup_keys;	 /* the most that a lookup may hold */
	struct found_page *like; /* what lookups showed so far */
	int64_t probe_due_ms, brake_since_ms;
	unsigned probe_failures;

	struct first_contact contact;
	bool waits_for_first; /* until one row is there, nothing is looked up */
	enum form_check form; /* of changes: do they read back as written? */
	struct form_count *forms;
	size_t form_count, form_cap;
	uint64_t looked_rows;
	char form_path[256], form_sample[192]; /* of the first change */

	struct diag unbound; /* options.recorded failed: nothing is sent */
	bool stopped;
	enum stop_mode stop_mode;
	struct diag stop;
	bool input_ended;
	/* Calls that the ledger lost: looked up until then (monotonic; 0 = not
	 * begun), and sent after that at the earliest (wall). */
	int64_t damage_until_ms, damage_since_ms;
	int64_t dirty_since_ms; /* 0 = nothing uncommitted */

	/* conflict: among those that are refused. */
	uint64_t rows_read, rows_acked, rejected, skipped, refused, unknown;
	uint64_t conflict, lookups;
};

int64_t submitter_now(const struct submitter *s);
int64_t submitter_wall(const struct submitter *s);
int submitter_event(
    struct submitter *s, const char *kind, const char *text, struct diag *d);
/* chunk_book.c: the chunk and its rows into the ledger. */
int submitter_book(
    struct submitter *s, const struct chunk *chunk, struct diag *d);
/* The same about the rows of a call: "rows 2-9: " and the words. */
int submitter_rows_event(struct submitter *s, const char *kind,
    const struct open_call *call, const char *words, struct diag *d);
/* When the wait after this many failures in a row is over (monotonic). */
int64_t submitter_backoff_end(const struct submitter *s, unsigned failures);
void submitter_check_errors(struct submitter *s);
/* All calls wait until then. */
int submitter_pause(
    struct submitter *s, int64_t until_ms, const char *why, struct diag *d);
/* How long lookups continue after a send. */
int64_t submitter_settle_ms(const struct submitter *s);
void submitter_insert_after(
    struct submitter *s, struct open_call *after, struct open_call *call);
struct open_call *submitter_new_call(struct submitter *s,
    const struct verb *verb, const struct chunk *chunk, size_t first,
    size_t count);
/* After all others, bound to what a diff recorded; its step is set by the
 * caller. */
void submitter_append(struct submitter *s, struct open_call *call);
/* Into the queue, or to the lookup before it. */
void submitter_enqueue(struct submitter *s, struct open_call *call);

/* submit_start.c */
int submitter_start_due(struct submitter *s, struct diag *d);
/* The monotonic time at which something can be started again; INT64_MAX if
 * only an answer can change anything. */
int64_t submitter_next_due(const struct submitter *s);
bool submitter_follows(const struct submitter *s);
unsigned submitter_open_jobs(const struct submitter *s);

/* submit_answer.c */
int submitter_take_write(struct submitter *s, struct open_call *call,
    const struct http_response *r, struct diag *d);
/* An answer to any other request, about the rows of a call or about none
 * (NULL), that asks for a pause or a stop. 1 = it did, and nothing else is to
 * be done with it; 0 = continue; -1 (diag). */
int submitter_take_limits(struct submitter *s, const struct open_call *call,
    const struct http_response *r, struct diag *d);

/* submit_renew.c */
/* True if the answer says that the token is refused and there may be another:
 * what it answers is to be asked again, and nothing is wrong yet. */
bool submitter_renews(struct submitter *s, const struct http_response *r);
/* Any answer. */
void submitter_see_token(struct submitter *s, const struct http_response *r);
/* A look at what became of it, at each step. */
int submitter_renew(struct submitter *s, struct diag *d);

/* submit_follow.c */
int submitter_take_follow(struct submitter *s, struct open_call *call,
    const struct http_response *r, struct diag *d);
int submitter_take_probe(
    struct submitter *s, const struct http_response *r, struct diag *d);
/* Decides what happens next to a call that was acknowledged or lost. */
int submitter_begin_follow(
    struct submitter *s, struct open_call *call, struct diag *d);
/* Starts looking its open rows up, or settles it when that cannot be done. */
int submitter_look_up(
    struct submitter *s, struct open_call *call, struct diag *d);
bool submitter_can_look_up(const struct submitter *s);
/* Writes what became of the call and closes it. */
int submitter_settle(
    struct submitter *s, struct open_call *call, struct diag *d);

/* submit_change.c */
/* Every key of a call was looked up before the send: rows are decided. */
int submitter_decide(
    struct submitter *s, struct open_call *call, struct diag *d);
/* May it be sent as it is? If its looks are too old, it is looked up again. */
bool submitter_is_fresh(struct submitter *s, struct open_call *call);
int submitter_settle_change(
    struct submitter *s, struct open_call *call, struct diag *d);
/* Its rows are looked up (again) before they are sent, in a call of their own
 * if the ledger has this one as another verb's. */
void submitter_look_anew(struct submitter *s, struct open_call *call);
/* Why a call of a verb that changes processes cannot go on now: nothing is
 * known to be there yet, or the first change is not judged. */
bool submitter_holds_change(
    const struct submitter *s, const struct open_call *call);

/* submit_missing.c */
/* It has no process, and is to be sent by options.missing. */
bool submitter_sends_missing(
    const struct submitter *s, const struct open_call *call, size_t index);
/* Nothing is known to be there, and a row is missing: it is to be looked up
 * again, after a first row is there; the call may be closed by that. */
bool submitter_begins_empty(struct submitter *s, struct open_call *call);
/* The rows that are sent by options.missing leave the call. */
void submitter_part_missing(struct submitter *s, struct open_call *call);
/* The first row of all is over, and nobody shows it: true, and the run is
 * stopped. */
bool submitter_misses_first(struct submitter *s, const struct open_call *call);

/* submit_forms.c */
/* The page of a lookup: do fields come back as they were written? */
void submitter_see_looks(
    struct submitter *s, struct open_call *call, const struct list_page *page);
/* How an updated field reads back, for service.json. */
void submitter_see_form(struct submitter *s, const char *how);
void submitter_stop_for_form(
    struct submitter *s, const char *path, const char *samples);
void submitter_forms_release(struct submitter *s);

/* submit_contact.c: what the service shows of itself, while and after its
 * answers are obeyed. Without options.watch none of them does anything. */
/* Any answer, whatever it is to. */
void submitter_see_answer(struct submitter *s, const struct http_response *r,
    const struct open_call *call);
void submitter_see_acked(
    struct submitter *s, struct open_call *call, const struct http_response *r);
enum seen_answer { SEEN_JOB, SEEN_ENTRIES, SEEN_LIST };
void submitter_see(struct submitter *s, struct open_call *call,
    enum seen_answer what, const struct http_response *r);
/* The call is settled. */
void submitter_see_settled(struct submitter *s, const struct open_call *call);
/* No other call may be sent yet. */
bool submitter_contact_holds(const struct submitter *s);
/* Requests of its own: starting what is due, when the next one is, and the
 * answer. */
void submitter_contact_start(struct submitter *s);
int64_t submitter_contact_due(const struct submitter *s);
int submitter_take_contact(
    struct submitter *s, const struct http_response *r, struct diag *d);
bool submitter_contact_is_idle(const struct submitter *s);
void submitter_contact_release(struct first_contact *c);

/* submit_start.c */
bool submitter_has_slot(const struct submitter *s, size_t reserved);
/* Takes a token of --rate; false = it has to wait. */
bool submitter_take_rate(struct submitter *s);
void submitter_start_request(
    struct submitter *s, const struct http_request *request, uint64_t tag);

/* submit_damage.c: takes a call of which the ledger may have lost that it was
 * sent; it is unknown from here on, and looked up. */
int submitter_adopt_damaged(
    struct submitter *s, struct open_call *call, struct diag *d);

/* submit_absence.c: what a resend must know (lookup.h). */
bool submitter_proves_absence(const struct submitter *s);
/* The key that the next lookup of the call asks for besides its own. */
struct text submitter_control(
    const struct submitter *s, const struct open_call *call);
/* A key of a row that was created by a call sent then. */
void submitter_know_created(
    struct submitter *s, struct text key, int64_t sent_ms);
/* … of an open call, if one of its rows was. */
/* A key that is there, whoever made it. */
void submitter_know_there(struct submitter *s, struct text key);
void submitter_know_call(struct submitter *s, const struct open_call *call);
/* What a list of anything showed. */
void submitter_know_listed(struct submitter *s, const struct http_response *r);
/* A call is being looked up and nothing is known to be there: ask for it. */
bool submitter_wants_listed(const struct submitter *s);
/* The time of a call's lookups is over. True: they continue, because what they
 * can see is not proof of what is fresh. */
bool submitter_waits_twice(struct submitter *s, struct open_call *call);
/* May the call be sent again? If not, and nothing but a doubt forbids it, the
 * doubt is written into the call's words. */
bool submitter_may_resend(const struct submitter *s, struct open_call *call);

#endif
