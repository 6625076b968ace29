/* SPDX-License-Identifier: MIT */
#ifndef UNDO_UNDO_ROWS_H
#define UNDO_UNDO_ROWS_H

/*
 * The rows that the parent created, chunk by chunk: what its ledger says of
 * them, what the service shows for them, and the verdict.
 */

#include "base/diag.h"
#include "chakra/verb.h"
#include "import/run_facts.h"
#include "ledger/ledger.h"
#include "report/terminal.h"
#include "undo_input.h"
#include "undo/undo.h"
#include "undo_service.h"

#include <stdbool.h>
#include <stdint.h>

/* So many rows are looked up at once, and their intents written. */
#define UNDO_BATCH ((size_t)48)

struct made_row {
	struct sent_row sent; /* of the chunk */
	int64_t sent_ms, seen_ms;
	char id[128];	      /* by the job's own entry, or "" */
	char process_id[128]; /* of the process that was found, or "" */
	/* What the undo's ledger knows of it, from an earlier part. */
	bool is_over, was_kept, had_intent;
	struct undo_facts facts;
	enum undo_proof proof;
	char differs[96];    /* the path of the first field that does */
	struct text creator; /* while its page is there */
};

/* One of the parent's creates. */
struct made_call {
	int64_t id, sent_ms, seen_ms;
	char job[128];
};

/* Another run at work on the same procedure. */
struct other_run {
	int64_t from_ms, to_ms;
};

struct undo_rows {
	const struct settings *settings; /* borrowed, as the next three */
	struct undo_input *input;
	struct undo_service *service;
	struct ledger *own_ledger; /* of the undo; NULL = there is none yet */
	struct ledger_outcomes *made, *own;
	uint64_t next;	  /* from that ordinal on they have not come yet */
	uint64_t ordinal; /* of the chunk at hand */
	struct ledger_chunk chunk;
	struct buf sent;
	struct sent_reader reader;
	struct made_row *rows;
	size_t count, cap;
	struct made_call *calls;
	size_t call_count, call_cap;
	struct other_run *others;
	size_t other_count, other_cap;
	bool has_others;    /* they were looked for */
	struct buf creator; /* "createdBy" of the run's processes */
};

void undo_rows_release(struct undo_rows *u);
/* Begins with the first chunk (again). */
void undo_rows_begin(struct undo_rows *u);
/* Opens the next chunk of the parent that has rows, u->chunk: u->reader gives
 * them, u->made their outcomes, in the same order. 1, 0 after the last, -1. */
int undo_rows_open(struct undo_rows *u, struct diag *d);
/* One of them; -1 (DIAG_INPUT): the ledger is damaged. */
int undo_rows_read(struct undo_rows *u, struct sent_row *row, struct diag *d);
/* Takes the next chunk: *rows are those that the parent created, in their
 * order; with the ids that the entries of its jobs name if `asks_for_ids`. The
 * views last as long as the chunk. As undo_rows_open. */
int undo_rows_take(struct undo_rows *u, bool asks_for_ids, struct diag *d);
/* Looks up rows [from, to), those that are not over, and judges them. */
int undo_rows_look(struct undo_rows *u, size_t from, size_t to, struct diag *d);
/* The process of a row that was looked up a while ago, as it is now. */
int undo_rows_look_again(
    struct undo_rows *u, struct made_row *r, struct diag *d);
/* What a row is counted as that is not deleted now, and why (may be NULL). */
#define UNDO_CODE_SIZE 32
#define UNDO_WORDS_SIZE 512
enum outcome undo_rows_outcome(const struct made_row *r,
    char code[UNDO_CODE_SIZE], char words[UNDO_WORDS_SIZE]);
/* Of one that somebody else deleted: as good as deleted. */
enum outcome undo_outcome_gone(void);

#endif
