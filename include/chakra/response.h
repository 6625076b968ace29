/* SPDX-License-Identifier: MIT */
#ifndef CHAKRA_RESPONSE_H
#define CHAKRA_RESPONSE_H

/*
 * What answers mean: pure functions over bytes (cJSON inside). Tolerant
 * exactly where ChakraHQ's pages are silent: field names of entries, the
 * shape of `_errors`, the presence of a job.
 */

#include "base/buf.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "chakra/contact.h"
#include "chakra/verb.h"
#include "http/transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What to do after the answer to a call that writes: the table of
 * csv2chakra(1), "ANSWERS". */
enum write_verdict {
	WRITE_NOT_SENT,	 /* nothing left this machine: again, backoff */
	WRITE_ACKED,	 /* job_id may be empty */
	WRITE_UNKNOWN,	 /* may have landed: look up */
	WRITE_STOP,	 /* 3xx 401 403 404 405 407 410, a certificate that
			  * is not trusted: rows unsent */
	WRITE_TOO_LARGE, /* 413: halve */
	WRITE_AGAIN,	 /* 408 429, 503 with a Retry-After that can be
			  * read: pause */
	WRITE_REFUSED	 /* any other 4xx */
};
struct write_answer {
	enum write_verdict verdict;
	char code[32];	  /* "http.422", "http.no_answer", … */
	char job_id[128]; /* when it is where the verb says, else "" */
	bool has_errors;  /* a 2xx with non-empty _errors */
	char words[512];  /* ChakraHQ's own words, shortened, or ours */
};
void response_write(const struct http_response *r, const struct verb *v,
    struct write_answer *out);

/* ChakraHQ's words in an answer: `_errors` as strings or objects with
 * message, a top-level message, error or error.message; for HTML its title;
 * else the first bytes. Display-safe, at most out_size - 1 bytes. */
void response_words(const struct http_response *r, char *out, size_t out_size);

#define JOB_OTHER_MAX 8
struct job_counts {
	uint64_t not_started, success, error, invalid;
	uint64_t other;	     /* sum over statuses we do not know */
	char other_name[64]; /* one of them */
	uint64_t sum;
};
enum job_state {
	JOB_RUNNING,
	JOB_DONE,      /* nothing unfinished and the sum is the call's rows */
	JOB_SUM_WRONG, /* nothing NOT_STARTED, but the sum is not */
	JOB_OTHER,     /* the answer is about another job */
	JOB_GONE,      /* the service does not know it (404, 410) */
	JOB_UNREADABLE /* no answer that can be understood: try again */
};
/* job_id: the one that was asked for; "" = whatever comes. */
enum job_state response_job(const struct http_response *r, const char *job_id,
    uint64_t rows, struct job_counts *counts, char *words, size_t words_size);

/* One entry of a job as far as it can be read. */
struct job_entry {
	char status[32];       /* "SUCCESS", …, or "" */
	struct text key_token; /* the key it echoes as a JSON token, or
				* empty; valid until the page is freed */
	char message[512];
	char process_id[128];
};
struct entries_page {
	struct job_entry *items;
	size_t count;
	char next[1024];     /* path of the next page, or "": same origin only,
			      * already checked against base_url; a link that is
			      * only a query is not followed */
	int64_t total;	     /* -1 = not said */
	struct arena memory; /* of all of it */
};
/* 0, or -1 if the answer cannot be read (words say why). */
int response_entries(const struct http_response *r, const char *key_name,
    const char *base_url, struct entries_page *page, char *words,
    size_t words_size);
void entries_page_release(struct entries_page *p);

/* Of a process without createdAt, and of one whose createdAt cannot be read:
 * that settles nothing. */
#define FOUND_NO_TIME INT64_C(-1)
#define FOUND_BAD_TIME INT64_C(-2)

/* One process of a process/list answer. Its texts are views of the answer, or
 * the page's own. */
struct found_process {
	struct text key_token; /* as we spell it */
	char id[128];
	int64_t created_at_ms; /* FOUND_NO_TIME = not given */
	int64_t updated_at_ms; /* the same of the last change */
	struct text json;      /* all of it */
	/* Where its members are, if it is like those before it (compare.c's);
	 * NULL: that is not known. */
	struct found_fields *fields;
};
struct found_page;
struct list_page {
	struct found_process *items;
	size_t count;
	bool has_more;
	struct arena memory; /* of all of it … */
	/* … but what found_process.fields is in; NULL: it has no fields. */
	struct found_page *like;
	bool is_own; /* nobody else's */
};
/* As above; an answer with `_errors` cannot be read, even if it has a list.
 * key_name may be NULL: the processes come without keys. */
int response_list(const struct http_response *r, const char *key_name,
    struct list_page *page, char *words, size_t words_size);
/* The same of one page of many: `like` (owned) is what those before it were
 * like, so that this one is read faster, and outlives it. */
struct found_page *found_page_new(void);
void found_page_free(struct found_page *p);
int response_list_like(struct found_page *like, const struct http_response *r,
    const char *key_name, struct list_page *page, char *words,
    size_t words_size);
void list_page_release(struct list_page *p);
/* The answer to a request for one process, as a page of one, or of none if it
 * is gone (404, 410, isDeleted). -1: it cannot be read. */
int response_process(const struct http_response *r, const char *key_name,
    struct list_page *page, char *words, size_t words_size);

/*
 * What the answer of GET /v1/ext/config tells about a procedure: pure
 * functions over bytes (cJSON inside).
 *
 * Documented are the names of its lists (`procedures`, `attributes`, …), and
 * that things have a shortId and are linked by uuid. What the elements look
 * like is not, nor where states are kept. So every question has a third
 * answer, CONFIG_CANNOT_TELL, whenever the place was not recognised.
 *
 * Recognised: a list as an array, or as an object keyed by id or shortId; an
 * element by its shortId, id, or (states only) name; an attribute's procedure
 * as `procedure`, `procedureId` or `procedures`, or attributes listed in the
 * procedure itself; states in the procedure, or in a list of their own.
 */

enum config_answer {
	CONFIG_CANNOT_TELL,
	CONFIG_YES,
	CONFIG_NO,
	CONFIG_ELSEWHERE /* an attribute, or a state, of other procedures */
};

struct config;

/* NULL if the answer cannot be read (words say why). Owned. */
struct config *response_config(
    const struct http_response *r, char *words, size_t words_size);
void config_free(struct config *c);

/* By shortId or id; the questions below are then about this one. */
enum config_answer config_procedure(struct config *c, const char *name);
/* Its name for people, "" if it has none. Borrowed. */
const char *config_procedure_title(const struct config *c);
/* Has the procedure that attribute (by shortId)? */
enum config_answer config_attribute(const struct config *c, const char *name);
/* Has the procedure that state (by shortId, name or id)? */
enum config_answer config_state(const struct config *c, const char *name);

/* The shortIds of a list, for "did you mean": those of procedures, or of the
 * chosen procedure's attributes or states. *count of them, borrowed from c;
 * the array is owned (free()). Never NULL. */
enum config_list { CONFIG_PROCEDURES, CONFIG_ATTRIBUTES, CONFIG_STATES };
const char **config_names(
    const struct config *c, enum config_list list, size_t *count);

/* All of what it tells of the chosen procedure, in the service's order. The
 * strings are borrowed from the configuration; NULL = not told. */
struct config_item {
	const char *short_id; /* never NULL */
	const char *title;    /* its name for people */
	const char *type;     /* of an attribute: "phone" */
	const char **options; /* of an enum; NULL = none are told */
	size_t option_count;
	bool is_required;
};
struct config_listing {
	struct arena arena;
	const char *short_id; /* the procedure's; NULL = only an id */
	const char *key;      /* the short id of its primary key */
	struct config_item *fields, *states;
	size_t field_count, state_count;
	size_t fields_unread, states_unread; /* without a short id */
};
/* False: no procedure was chosen. Release it either way. */
bool config_listing_read(const struct config *c, struct config_listing *l);
void config_listing_release(struct config_listing *l);

/*
 * What answers look like, for the record of the service (chakra/contact.h):
 * the names of members, and where the readers of answers (response*.c) find
 * what they need. Nothing is decided here.
 *
 * A member's name is written down only if it is a plain name and no key of
 * the rows that the answer is about (is_value), so that a service that puts
 * values in the place of names gets none of them into a file. An answer that
 * cannot be read shows nothing.
 */

struct shape_reader {
	struct contact_watch *watch;
	const char *key_name; /* NULL = the mapping has no key */
	bool is_change;	      /* the call changes processes */
	/* Is this name a key of ours? */
	bool (*is_value)(void *ctx, const char *name);
	void *ctx;
};

/* A 2xx answer to a create. */
void shape_acknowledgement(
    const struct shape_reader *s, const struct http_response *r);
/* A background job that is finished. */
void shape_job(const struct shape_reader *s, const struct http_response *r);
/* Which fact a fact of an entry is (CONTACT_ENTRY_…): those of updates are kept
 * apart. */
enum contact_fact shape_entry_fact(
    const struct shape_reader *s, enum contact_fact fact);
/* A page of its entries. */
void shape_entries(const struct shape_reader *s, const struct http_response *r);
/* A page of a list of processes. */
void shape_list(const struct shape_reader *s, const struct http_response *r);

#endif
