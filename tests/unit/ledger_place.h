/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_LEDGER_PLACE_H
#define TESTS_UNIT_LEDGER_PLACE_H

/* A folder for one ledger, and chunks that can be told apart to put into it.
 * What fails here fails the test. */

#include "ledger/ledger.h"

#include <stdbool.h>
#include <stdint.h>

struct place {
	char folder[64], path[128]; /* path: of the ledger */
};

/* Of a cmocka test: *state is a struct place. The end fails when the folder
 * holds anything but the ledger, its two files, ledger.sqlite.new, other. */
int place_set_up(void **state);
int place_tear_down(void **state);
#define PLACE_TEST(name) TEST_WITH(name, place_set_up, place_tear_down)

struct ledger *place_create(const struct place *p);
struct ledger *place_open(const struct place *p, bool read_only);
void place_close(struct ledger *l);

/* Opening it must fail like this (DIAG_INPUT), for a reader and for a writer.
 */
void place_refuses(const struct place *p, const char *code, const char *words);
/* As somebody with the sqlite3 shell would. */
void place_sql(const struct place *p, const char *sql);

/* Chunks 0, 1, 2… that tile; how many of them the ledger holds, each as it
 * was made. */
struct ledger_chunk sample_chunk(uint64_t ordinal);
/* The call of the whole chunk. */
struct ledger_call sample_call(
    const struct ledger_chunk *c, enum call_state state);
uint64_t count_sample_chunks(struct ledger *l);

#endif
