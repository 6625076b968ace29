/* SPDX-License-Identifier: MIT */
#ifndef CHAKRA_CONTACT_H
#define CHAKRA_CONTACT_H

/*
 * What a service showed of itself, where ChakraHQ's documentation is silent:
 * the shape of its acknowledgements, jobs, entries and lists, its statuses,
 * limits, clock and times. Each run writes it down (contact_store.h), so that
 * a first user's canary can tell whether our reading of the API holds, and a
 * later run can tell that the service changed.
 *
 * Names of members, statuses and numbers only: never a value of a row, never
 * a word of a message, never a secret. What comes from the service is taken
 * if it is a plain name (contact_is_name), else left out.
 *
 * A place of the key is written with CONTACT_KEY instead of its name
 * ("data.<key>"), so that two mappings of one procedure say the same. Constant
 * size; nothing here is per row.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTACT_TEXT 256
#define CONTACT_KEY "<key>"
/* Where something could be, but is not. */
#define CONTACT_NONE "none"

/* Texts; "" = not seen yet. Lists of names are sorted: "id, status". */
enum contact_fact {
	CONTACT_ACK,	       /* CONTACT_ACK_JOB or CONTACT_ACK_EMPTY */
	CONTACT_ACK_MEMBERS,   /* of the acknowledgement's _data */
	CONTACT_JOB_MEMBERS,   /* of a finished job's _data */
	CONTACT_JOB_COUNTS,    /* where its counts are: "_meta" */
	CONTACT_JOB_STATUS,    /* its own completionStatus */
	CONTACT_ENTRY_MEMBERS, /* of an entry that was created */
	CONTACT_ENTRY_STATUS,  /* the member that says what became of it */
	CONTACT_ENTRY_KEY,     /* "input.<key>" */
	CONTACT_ENTRY_MATCH,   /* "by key", "by position" or "not" */
	/* The same four of the entries of a job that changes processes. */
	CONTACT_CHANGED_MEMBERS,
	CONTACT_CHANGED_STATUS,
	CONTACT_CHANGED_KEY,
	CONTACT_CHANGED_MATCH,
	CONTACT_LIST_KEY,      /* "data.<key>" */
	CONTACT_CREATED_AT,    /* "milliseconds", "seconds", "ISO 8601" … */
	CONTACT_HAS_MORE,      /* "boolean", "text" */
	CONTACT_SECOND_CREATE, /* CONTACT_SECOND_…: of a key that exists */
	CONTACT_READ_BACK,     /* of a field that was updated */
	CONTACT_RETRY_AFTER,   /* "seconds", "date", "unreadable" */
	CONTACT_FACTS
};
#define CONTACT_ACK_JOB "a job"
#define CONTACT_ACK_EMPTY "no job"
#define CONTACT_READ_SAME "as written"
#define CONTACT_READ_OTHER "in another form"
#define CONTACT_SECOND_REFUSED "refused"
#define CONTACT_SECOND_MERGED "merged"
#define CONTACT_SECOND_ANOTHER "another process"

enum contact_request {
	CONTACT_CREATES,
	CONTACT_UPDATES,
	CONTACT_OTHERS,
	CONTACT_REQUESTS
};
/* Requests of one kind: how many, and milliseconds. */
struct contact_times {
	uint64_t count, p50_ms, p95_ms;
};

#define CONTACT_STATUSES 32
#define CONTACT_NAMES 16
#define CONTACT_CHANGES 16
struct contact_limit {
	char name[48];	/* a header, in lower case */
	char value[24]; /* digits, or "" */
};
struct contact_change {
	int64_t at_ms;
	enum contact_fact fact;
	char was[CONTACT_TEXT], is[CONTACT_TEXT];
};
struct contact {
	char base_url[512], procedure[256], key[128];
	bool is_sandbox;
	int64_t first_ms, last_ms; /* wall; 0 = never */
	uint64_t runs;
	char facts[CONTACT_FACTS][CONTACT_TEXT];
	int statuses[CONTACT_STATUSES]; /* of HTTP; sorted */
	size_t status_count;
	char entry_statuses[CONTACT_NAMES][32]; /* counted by jobs; sorted */
	size_t entry_status_count;
	struct contact_limit limits[CONTACT_NAMES]; /* sorted by name */
	size_t limit_count;
	int64_t retry_after_ms;		  /* the longest; 0 = none */
	uint64_t taken_bytes, taken_rows; /* the largest body acknowledged */
	uint64_t too_large_bytes; /* the smallest that was answered 413 */
	bool has_clock;
	int64_t clock_offset_ms, clock_within_ms;
	struct contact_times times[CONTACT_REQUESTS];
	struct contact_change changes[CONTACT_CHANGES]; /* the newest last */
	size_t change_count;
};

/* "acknowledgement", "entry_key": the fact's name in files. */
const char *contact_fact_name(enum contact_fact fact);
/* A name such as programs give: [A-Za-z_][A-Za-z0-9_]*, at most 40 bytes. */
bool contact_is_name(struct text t);

/* Takes what a later part or run saw into what was known: its texts and times
 * in place of the old ones, its sets and changes added, the extremes kept. */
void contact_merge(struct contact *known, const struct contact *later);

/* One part of a run, watching. `known` is what earlier runs saw (all zero:
 * nobody did); `seen` is filled. */
#define CONTACT_SAMPLES 1000
struct contact_samples {
	uint32_t ms[CONTACT_SAMPLES]; /* the last ones */
	uint64_t count;
};
struct contact_watch {
	struct contact known, seen;
	struct contact_samples samples[CONTACT_REQUESTS];
	int64_t now_ms; /* wall; of the answer that is looked at */
};
/* The first time counts. What was known and is not the same becomes a change
 * of `seen`; NULL, or the change that was just added. */
const struct contact_change *contact_see(
    struct contact_watch *w, enum contact_fact fact, const char *text);
void contact_see_status(struct contact_watch *w, int http_status);
void contact_see_entry_status(struct contact_watch *w, const char *name);
/* A header that tells of a limit; its value is kept if it is a number. */
void contact_see_limit(
    struct contact_watch *w, struct text name, struct text value);
void contact_see_time(
    struct contact_watch *w, enum contact_request what, int64_t ms);
/* "creates", "updates", "other_requests": the member in files. */
const char *contact_request_name(enum contact_request what);
/* A create's body: acknowledged, or answered 413. */
void contact_see_body(
    struct contact_watch *w, bool is_taken, uint64_t bytes, uint64_t rows);
/* Fills in what only the end can tell: the times. */
void contact_watch_end(struct contact_watch *w);

/*
 * What a service showed, for people: which of our assumptions held, what was
 * found out where ChakraHQ's pages are silent, what changed, and the options
 * of chakra-sandbox that imitate it. All of it can be shown.
 */

/* A fact that was seen, and what was assumed of it. */
enum contact_finding {
	CONTACT_AS_ASSUMED,
	CONTACT_NOT_AS_ASSUMED,
	CONTACT_FOUND, /* nothing was assumed */
	CONTACT_FINDINGS
};
const char *contact_finding_title(enum contact_finding finding);
/* "entries name the key as input.lead_id; …": all of that kind. Appends
 * nothing if nothing was seen. */
void contact_group_words(
    const struct contact *c, enum contact_finding wanted, struct buf *out);
/* "as assumed: …; …. not as assumed: …. found out: …". */
void contact_words(const struct contact *c, struct buf *out);
/* "where an entry has the key: was input.lead_id, is lead_id". */
void contact_change_words(const struct contact *c,
    const struct contact_change *change, struct buf *out);
/* "--ack job --entry-shape 1 --list-shape 2"; what nothing imitates is left
 * out. */
void contact_sandbox_flags(const struct contact *c, struct buf *out);

/*
 * Where it is written down what services showed:
 *
 *   <run>/service.json       what this run saw (csv2chakra.service/1)
 *   <runs-dir>/service.json  what all runs saw, by base URL and procedure
 *                            (csv2chakra.services/1: "services", a list)
 *
 * Both are replaced as a whole. The second is read, merged and written under a
 * lock of the runs folder, since several runs may end at once; it keeps
 * CONTACT_SERVICES_MAX services, and drops the sandbox, then the service, that
 * was not seen for the longest time. A file of that name that is not ours, or
 * is damaged, is left alone: DIAG_INPUT, "service.damaged".
 */

#define CONTACT_FILE "service.json"
#define CONTACT_SERVICES_SCHEMA "csv2chakra.services/1"
#define CONTACT_SERVICES_MAX 50

struct contact_list {
	struct contact *items; /* by base URL, then procedure */
	size_t count;
};
void contact_list_release(struct contact_list *l);
/* The one of that base URL and procedure, or NULL. */
const struct contact *contact_list_find(
    const struct contact_list *l, const char *base_url, const char *procedure);

/* All services; none if there is no file. */
int contact_list_read(
    const char *runs_dir, struct contact_list *out, struct diag *d);
/* Merges what a run saw of c->base_url and c->procedure. */
int contact_list_merge(
    const char *runs_dir, const struct contact *c, struct diag *d);

/* Of a run folder: 1, 0 = it has none, -1. */
int contact_run_read(
    const char *run_folder, struct contact *out, struct diag *d);
int contact_run_write(
    const char *run_folder, const struct contact *c, struct diag *d);

/*
 * What a service showed as JSON, "csv2chakra.service/1": members in one
 * order; what was not seen is left out (csv2chakra-report(5) lists them).
 */

#define CONTACT_SCHEMA "csv2chakra.service/1"

/* Appends it as an object. */
void contact_json(const struct contact *c, struct buf *b);
/* For somebody else's eyes: the address is named only if it is ChakraHQ's own
 * or this machine, and dates are days. */
void contact_json_public(const struct contact *c, struct buf *b);
/* A token of good JSON (json_read.h). False: it is not of that schema, or a
 * member is not as contact_json writes it; *c is all zero then. Members that
 * are not known are left alone. */
bool contact_json_read(struct text json, struct contact *c);

#endif
