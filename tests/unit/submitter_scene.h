/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_SUBMITTER_SCENE_H
#define TESTS_UNIT_SUBMITTER_SCENE_H

/*
 * One import of `chunks` chunks of `rows` rows against the fake service, with
 * its clock and a ledger in memory. What fails here fails the test; a run
 * that comes to no end does, too.
 */

#include "fake_service.h"
#include "send/submitter.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scene {
	struct fake fake;
	struct transport transport;
	struct clock clock;
	struct ledger *ledger;
	struct submitter_options options;
	struct submitter *submitter; /* of the last scene_run */
	struct ledger_totals totals;
	size_t chunks, rows, sent_chunks;
	bool has_keys, is_stopped;    /* is_stopped: of the last scene_part */
	struct submitter_facts facts; /* … and what it counted */
};

/* A service that behaves, options as import has them. */
void scene_init(struct scene *s, size_t chunks, size_t rows);
/* What its first calls meet, in their order; fake.rest is for the others. */
#define SCRIPT(s, ...)                                                         \
	fake_script(&(s)->fake, (const enum fake_create[]){__VA_ARGS__},       \
	    sizeof((const enum fake_create[]){__VA_ARGS__}) /                  \
		sizeof(enum fake_create))
/* Rows that no process has are absent, others updated. */
void scene_updates(struct scene *s);
/* Rows that no process has are created, others updated. */
void scene_upserts(struct scene *s);
/* A process with this key was there before: as its row says, or it differs. */
struct fake_key *scene_stands(struct scene *s, const char *key);
struct fake_key *scene_differs(struct scene *s, const char *key);
/* Rows with the keys "L-2", "L-3", … by their row numbers, and `v`. */
#define SCENE_V 2
void make_chunk(struct chunk *c, size_t ordinal, size_t rows, bool has_keys);
/* All chunks to the end of the run. */
void scene_run(struct scene *s);
/* The first chunk is handed in, and nothing has been done about it yet. */
void scene_start(struct scene *s);
/* The books of a run that came to its end. */
void scene_close_books(struct scene *s);
/* A run of one chunk in parts, each with a submitter of its own over the same
 * ledger: FIRST_PART, or how it goes on (enum resume_mode). */
#define FIRST_PART (-1)
void scene_part(struct scene *s, int mode);
/* Checks that no row was created twice. */
void scene_end(struct scene *s);

/* How many rows the books have with this outcome. */
uint64_t count(const struct scene *s, enum outcome o);
/* Some call or row of the ledger has the code. */
bool scene_has_code(const struct scene *s, const char *code);
/* What the books have of row 2, which has key "L-2". */
void assert_first_row(const struct scene *s, enum outcome outcome,
    const char *evidence, const char *code, const char *text, bool has_process);
/* The first row of the first chunk that the books have as unknown:
 * "code: text", or "none". */
void scene_first_unknown(const struct scene *s, char *out, size_t size);
/* The events of the ledger, "kind: text" each on a line; owned. */
char *scene_events(const struct scene *s);
void assert_each_received_once(const struct scene *s);

#endif
