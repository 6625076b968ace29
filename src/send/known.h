/* SPDX-License-Identifier: MIT */
#ifndef SEND_KNOWN_H
#define SEND_KNOWN_H

/* A chunk that the ledger knows, and its calls. */

#include "build/chunker.h"
#include "ledger/ledger.h"
#include "send/submitter.h"

#include <stdbool.h>
#include <stddef.h>

/* The oldest first; items: free(). */
struct known_calls {
	struct ledger_call *items;
	size_t count, cap;
};

/* The ledger's chunk with its calls: 1; 0 = there is none; -1. */
int known_load(struct ledger *l, const struct chunk *chunk,
    struct ledger_chunk *known, struct known_calls *calls, struct diag *d);
/* 1 = the ledger has another chunk in its place, which was cut by an input that
 * failed and never sent: it is planned again, but not by those who only ask.
 * -1: it is another one, and may have been sent. */
int known_compare(const struct chunk *chunk, const struct ledger_chunk *known,
    const struct known_calls *calls, enum resume_mode mode, struct diag *d);
/* Does a call of the chunk that is older, or newer, than this one say something
 * of one of its rows? A call that was sent again stays unknown below its
 * resend. */
bool known_covers(
    const struct known_calls *k, const struct ledger_call *rows, bool by_newer);

#endif
