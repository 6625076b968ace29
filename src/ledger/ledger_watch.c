/* SPDX-License-Identifier: MIT */
/*
 * Nothing that a file holds may keep a command busy for ever. SQLite calls
 * back every few thousand steps of its machine; a signal that came since the
 * watch began ends the statement, and so does work that no file of this size
 * asks for: pages that refer to each other make a tree of any depth out of a
 * few kilobytes. A run that writes its end after a signal is not watched.
 */
#include "base/signals.h"
#include "database.h"

#define STEPS_A_LOOK 4096
/* Every query of a reader is a few scans of a table; a row takes some 60 bytes
 * and, with its constraints checked, less than 200 steps a scan. */
#define STEPS_A_BYTE 64
#define STEPS_ALWAYS 4000000

static int
look(void *ctx)
{
	struct ledger *l = ctx;

	l->steps += STEPS_A_LOOK;
	return signals_stop() != l->signal_before || l->steps > l->steps_max;
}

void
ledger_watch(struct ledger *l, uint64_t bytes)
{
	l->signal_before = signals_stop();
	l->steps = 0;
	l->steps_max = STEPS_ALWAYS + bytes * STEPS_A_BYTE;
	sqlite3_progress_handler(l->db, STEPS_A_LOOK, look, l);
}

void
ledger_unwatch(struct ledger *l)
{
	sqlite3_progress_handler(l->db, 0, NULL, NULL);
}
