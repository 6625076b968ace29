/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_FAKE_SERVICE_H
#define TESTS_UNIT_FAKE_SERVICE_H

/*
 * A ChakraHQ in memory with a clock of its own, behind struct transport: what
 * the k-th create or update does is scripted, everything else behaves. A
 * process is a key and a number "v". Time moves only when the submitter waits.
 */

#include "http/transport.h"
#include "system/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fake_create {
	FAKE_ACK_JOB,
	FAKE_ACK_EMPTY,	  /* {} */
	FAKE_ACK_NOTHING, /* {}, and nothing was created */
	FAKE_NOT_SENT,	  /* no connection */
	FAKE_LOST_BEFORE, /* no answer, nothing was created */
	FAKE_LOST_AFTER,  /* no answer, all was created */
	FAKE_LOST_HALF,	  /* no answer, the first half was created */
	FAKE_500,
	FAKE_429,	/* Retry-After: fake.retry_after */
	FAKE_503_AFTER, /* 503 with Retry-After */
	FAKE_400,
	FAKE_401,
	FAKE_413_OVER /* 413 when larger than body_max, else ack */
};

/* What is odd about its lists. */
enum fake_list {
	FAKE_LIST_GOOD,
	FAKE_LIST_EMPTY,      /* the procedure holds nothing but ours */
	FAKE_LIST_BLIND,      /* no list shows anything */
	FAKE_LIST_HIDES,      /* a lookup does not show what the list does */
	FAKE_LIST_OLDER,      /* a row of L-12 was there long ago */
	FAKE_LIST_ALL,	      /* `where` is ignored */
	FAKE_LIST_EMPTY_MORE, /* an empty page with more after it */
	FAKE_LIST_LOWER,      /* keys come in lower case */
	FAKE_LIST_WORDS,      /* createdAt is words */
	FAKE_LIST_LATE,	      /* what is new is seen after list_lag_ms */
	FAKE_LIST_TWICE,      /* each process of a lookup has a twin */
};

/* A process that is not ours and has always been there. */
#define FAKE_STANDING "S-1"

#define FAKE_SCRIPT_MAX 64
#define FAKE_KEYS_MAX 4096

struct fake_key {
	char token[64];
	unsigned received, created;
	int64_t created_at, visible_at; /* wall */
	bool is_text;			/* "v" comes as one */
	int v, v_before;		/* … its field, and how it was … */
	int64_t changed_at;		/* … until then (wall) */
	int64_t looked_at; /* when the last lookup that showed it came (mono) */
};

struct fake_job {
	size_t rows, errors, invalid;
	int64_t done_at, young_until; /* mono */
	char tokens[64][64];
};

struct fake_pending;

struct fake {
	int64_t mono, wall;
	uint64_t random;
	enum fake_create script[FAKE_SCRIPT_MAX], rest;
	size_t script_len;
	const char *retry_after;
	const char *date; /* of every answer; NULL = none */
	bool has_age, is_sandbox;
	/* The first answer says that it took so long, the second half of it. */
	int64_t slow_ms;
	size_t body_max;
	int64_t create_ms, job_ms; /* how long they take */
	/* Lists hold foreign processes, with hasMore: so many pages of them
	 * before what was asked for; and the n-th lookup, or the first
	 * question what there is, is a 429. */
	size_t list_foreign_pages, list_429_at;
	bool probe_429;
	enum fake_list list_way;
	int64_t list_lag_ms;
	size_t list_keys_max; /* more are a 400; 0 = any number */
	size_t list_keys_peak;
	size_t lists_of_all; /* `or` of nothing: nobody may ask that */
	/* Jobs: unknown for so long after the acknowledgement; every id is
	 * given twice; answers are about another job; entries come twice for
	 * the first row, or one failure fewer than the job counts. */
	int64_t job_young_ms;
	bool jobs_shared, jobs_other, entries_twice, entries_fewer,
	    entries_swapped;
	bool updates_vanish; /* their jobs end well all the same */
	bool list_down, list_foreign, job_gone, jobs_never_end,
	    entries_without_keys, sum_short;
	size_t errors_per_job; /* the first rows of each job fail */
	/* What was seen. */
	size_t creates, updates, too_large, lists, probes, polls, entries,
	    in_flight_peak, active, begun;
	int64_t oldest_look_ms; /* of what was updated, before that */
	struct fake_key keys[FAKE_KEYS_MAX];
	size_t key_count;
	struct fake_job jobs[256];
	size_t job_count;
	int64_t create_times[256];
	struct fake_pending *pending;
};

void fake_init(struct fake *f);
void fake_release(struct fake *f);
struct transport fake_transport(struct fake *f);
struct clock fake_clock(struct fake *f);
/* What the first `count` creates and updates meet. */
void fake_script(struct fake *f, const enum fake_create *calls, size_t count);

#endif
