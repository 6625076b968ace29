/* SPDX-License-Identifier: MIT */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

/*
 * What the sandbox answers, without a word about sockets: a request in, an
 * answer out. The room `serve` carries them over HTTP; tests call it directly.
 *
 * The endpoints are those of ChakraHQ's public documentation; where it is
 * silent, the man page says what was chosen.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "base/text.h"
#include "system/clock.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What goes wrong on purpose, and when. A plan is what the --fault options
 * say; what happens to the k-th call of a class is a pure function of the
 * plan, its seed and k, so a run can be repeated.
 *
 * A specification is KIND=RATE[,WORD]…:
 *   RATE      0 to 1: the share of calls (of entries for entry-*)
 *   calls=A-B only the A-th to B-th call of its class (A, A- and -B too)
 *   creates | updates | deletes | lookups | jobs | all   which calls; several
 *             words add up; without one bulk-create only
 *   DURATION, SIZE, STATUS, date, none, fin, after, match=TEXT: see the man
 *             page
 * Rates of the faults of a call add up: each call gets at most one of them.
 */

enum fault_kind {
	FAULT_503,	     /* nothing is kept */
	FAULT_429,	     /* nothing is kept; Retry-After */
	FAULT_500_BEFORE,    /* nothing is kept */
	FAULT_500_AFTER,     /* kept, then 500 */
	FAULT_RESET_BEFORE,  /* the connection ends before the body is read */
	FAULT_RESET_MID,     /* … in the middle of the body */
	FAULT_RESET_AFTER,   /* kept, then the connection ends */
	FAULT_HANG_AFTER,    /* kept, then silence */
	FAULT_HTML_502,	     /* a proxy's page; kept with the word after */
	FAULT_TRUNCATED,     /* kept, half of the answer */
	FAULT_DRIP,	     /* kept, the answer a byte at a time */
	FAULT_413,	     /* nothing is kept */
	FAULT_400_WHOLE,     /* a poison row: nothing is kept */
	FAULT_ENTRY_ERROR,   /* an entry ends as ERROR */
	FAULT_ENTRY_INVALID, /* an entry ends as INVALID */
	FAULT_ECHO_TOKEN,    /* refused, in words that hold the token */
	FAULT_STATUS,	     /* refused with the status */
	FAULT_SLOW_JOB,	     /* the job takes longer */
	/* An unfriendly service. Of the job of a call: */
	FAULT_JOB_404,		 /* it is not known at first */
	FAULT_SAME_JOB,		 /* it is acknowledged as the one before */
	FAULT_COUNTS_DISAGREE,	 /* it counts an error that no entry has */
	FAULT_ENTRIES_DUPLICATE, /* its first entry comes twice */
	FAULT_ENTRIES_SWAPPED,	 /* its first two entries change places */
	/* Of a lookup: */
	FAULT_WHERE_IGNORED, /* it shows what was not asked for */
	FAULT_LIST_LAG,	     /* it shows how things were */
	FAULT_KEY_CASE,	     /* keys come in lower case */
	FAULT_CREATED_WORDS, /* createdAt is words */
	FAULT_LIST_EMPTY,    /* it shows nothing, and says that there is more */
	FAULT_KINDS
};
/* "503", "reset-after", …: static. */
const char *fault_name(enum fault_kind kind);

enum fault_class {
	FAULT_CREATE, /* bulk-create */
	FAULT_LOOKUP, /* process/list, process/{id} */
	FAULT_JOB,    /* background-job/… */
	FAULT_OTHER,  /* config, health */
	FAULT_UPDATE, /* bulk update, PUT */
	FAULT_DELETE, /* DELETE */
	FAULT_CLASSES
};
/* "creates", "lookups", …: static. fault_class_find: -1 = no such word. */
const char *fault_class_name(enum fault_class class);
int fault_class_find(struct text word);

struct fault {
	enum fault_kind kind;
	double rate;
	unsigned classes;     /* bits 1 << fault_class */
	uint64_t first, last; /* calls, from 1 */
	int64_t ms;	      /* the DURATION, or the kind's default */
	uint64_t bytes;	      /* the SIZE; 0 = none */
	uint64_t status;      /* the STATUS, 300 to 599 */
	bool date;	      /* Retry-After as a date */
	bool none;	      /* no Retry-After */
	bool fin;	      /* close politely instead of a reset */
	bool after;	      /* html-502: the call is kept */
	char *match;	      /* only rows that hold this text, or NULL */
};
struct fault_plan {
	struct fault *items;
	size_t count;
	uint64_t seed;
};

/* Adds one specification; 0, or -1 with the reason in `why`. */
#define FAULT_WHY_SIZE 160
int fault_plan_add(
    struct fault_plan *p, struct text spec, char why[FAULT_WHY_SIZE]);
void fault_plan_release(struct fault_plan *p);

/* What the command line says (serve/options.c has the table). */
enum sandbox_ack { ACK_JOB, ACK_EMPTY };
enum sandbox_duplicates {
	DUPLICATES_ERROR,
	DUPLICATES_MERGE,
	DUPLICATES_ALLOW
};

/* An update of a process that is not there. */
enum sandbox_missing { MISSING_ERROR, MISSING_CREATE, MISSING_IGNORE };
/* What becomes of the members of data that an update does not name. */
enum sandbox_updates { UPDATES_MERGE, UPDATES_REPLACE };
/* Whether an update may lead from any state to any other. */
enum sandbox_states { STATES_FREE, STATES_GRAPH };
/* How a state is shown. */
enum sandbox_state_form { STATE_SHORT, STATE_UUID };
enum sandbox_numbers { NUMBERS_KEEP, NUMBERS_TEXT };
enum sandbox_switch { SWITCH_ON, SWITCH_OFF };
enum sandbox_deletes { DELETES_SOFT, DELETES_HARD };
enum sandbox_role { ROLE_FULL, ROLE_NO_DELETE };

struct sandbox_options {
	const char *listen; /* HOST:PORT */
	bool allow_remote;
	const char *port_file;	/* or NULL */
	const char *db;		/* ":memory:" or a path */
	const char *token_file; /* or NULL */
	int ack;		/* enum sandbox_ack */
	int duplicates;		/* enum sandbox_duplicates */
	int missing;		/* enum sandbox_missing */
	int updates;		/* enum sandbox_updates */
	int states;		/* enum sandbox_states */
	int state_form;		/* enum sandbox_state_form */
	int numbers;		/* enum sandbox_numbers */
	int timestamps;		/* enum sandbox_switch */
	int deletes;		/* enum sandbox_deletes */
	const char *procedure;	/* one more, "NAME=KEY", or NULL */
	int role;		/* enum sandbox_role */
	int entry_ids;		/* enum sandbox_switch */
	uint64_t entry_shape;	/* 1, 2, 3: how an entry names things */
	uint64_t list_shape;	/* 1, 2: where a listed process has its key */
	int64_t latency_ms;
	int64_t job_delay_ms;
	int64_t clock_offset_ms; /* how far the service's clock is ahead */
	uint64_t page_size;	 /* entries a page */
	uint64_t max_body;	 /* bytes */
	struct fault_plan faults;
	const char *log; /* or NULL */
	bool help, version;
};

#define SANDBOX_STATUS_MAX 600

struct store;

struct schema_procedure;

struct sandbox {
	const struct sandbox_options *options; /* borrowed */
	const char *token;		       /* borrowed */
	struct clock clock;
	struct store *store;	      /* owned */
	struct schema_procedure *own; /* what `procedure` says; owned */
	int64_t started_ms;
	pthread_mutex_t lock;	       /* over everything below and the store */
	uint64_t calls[FAULT_CLASSES]; /* since the start, with the token */
	/* calls of each class by status; [0] = without an answer */
	uint64_t statuses[FAULT_CLASSES][SANDBOX_STATUS_MAX];
	uint64_t fault_hits[FAULT_KINDS];
	struct edits *edits; /* a colleague's that wait; NULL = none */
};
/* Opens the database that the options name, with ids that the clock's chance
 * seeds. DIAG_DISK. */
int sandbox_open(struct sandbox *s, const struct sandbox_options *options,
    const char *token, struct clock clock, struct diag *d);
void sandbox_close(struct sandbox *s);
/* RFC 9110 section 5.6.7. */
void sandbox_http_date(int64_t wall_ms, char out[64]);

struct route;
#define REQUEST_SEGMENTS 8

struct request {
	char method[16];
	char *target; /* as sent, with the query; owned */
	struct text path, query;
	struct text segments[REQUEST_SEGMENTS]; /* of the path, decoded */
	size_t segment_count;
	struct buf decoded;
	bool has_token; /* the right bearer token */
	bool gzip;	/* Content-Encoding: gzip, and not inflated yet */
	bool encoded;	/* in an unknown coding, or damaged */
	bool local;	/* from this machine, and to it by name */
	struct buf body;
	bool too_large;	     /* the body passed --max-body and was dropped */
	uint64_t body_bytes; /* all that came */
	/* Found by request_route. */
	const struct route *route; /* NULL = no such path or method */
	char allow[32];	     /* "GET, PUT": of a path with other methods */
	struct text args[3]; /* what the path's * stand for */
	uint64_t k;	     /* which call of its class; 0 = none */
	const struct fault *fault; /* of this call, or NULL */
	/* Filled while it is answered, for the log. */
	size_t rows;		      /* of a bulk call */
	const struct fault *happened; /* the fault that came about */
};
/* `target` is copied. */
void request_init(struct request *r, const char *method, const char *target,
    uint64_t body_max);
void request_release(struct request *r);
/* Puts what a gzip body holds in its place; over `body_max` bytes it is
 * dropped as too large, damaged or cut off it counts as `encoded`. */
void request_inflate(struct request *r, uint64_t body_max);
/* Finds the route; with the right token also the number of the call and its
 * fault. To be called once, when the headers are there. */
void request_route(struct sandbox *s, struct request *r);
/* The value of a parameter of the query, as sent; false if not there. */
bool request_query(
    const struct request *r, const char *name, struct text *value);

struct reply {
	int status;
	const char *type; /* Content-Type, static */
	struct buf body;
	char retry_after[64]; /* or "" */
	char allow[32];	      /* or "" */
	/* Instead of a body: the processes, as lines. */
	bool lines;
	int lines_procedure; /* -1 = all */
	bool lines_pending;  /* also those that are not due yet */
	bool lines_now;	     /* as they are now, with what was done to them */
};
void reply_init(struct reply *a);
void reply_release(struct reply *a);
/* An envelope with one text in _errors. */
void reply_error(struct reply *a, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Does what the request asks and says what the answer is. A fault that
 * refuses the call (503, 429, 500-before, 413, html-502, 400-whole) is
 * applied here, as is html-502,after and 500-after; what happens to the
 * connection is the server's part. */
void sandbox_answer(struct sandbox *s, struct request *r, struct reply *a);
/* To be called once for each routed request when its fate is known; status 0
 * = it got no answer. */
void sandbox_count(struct sandbox *s, const struct request *r, int status);
/* Whether the request belongs to the API (latency and token apply). */
bool request_is_api(const struct request *r);

/* The next created rows after *after as the lines that the answer is to have,
 * until `out` holds `enough` bytes; 1 = there may be more, 0 = that was the
 * last, -1. */
int processes_lines(struct sandbox *s, int64_t *after, const struct reply *a,
    size_t enough, struct buf *out, struct diag *d);

#endif
