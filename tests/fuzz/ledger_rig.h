/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FUZZ_LEDGER_RIG_H
#define TESTS_FUZZ_LEDGER_RIG_H

/*
 * A real ledger for the targets that damage one: made once, in memory where
 * there is such a folder (a disk that is asked to keep what it was given takes
 * most of the time otherwise), and written anew for each input.
 */

#include "fuzz.h"
#include "ledger/ledger.h"

#include <limits.h>
#include <unistd.h>

static struct ledger_rig {
	char folder[PATH_MAX], path[PATH_MAX + 16];
	char *bytes; /* of the real one; NULL before rig_make */
	size_t len;
} rig;

/* Takes away the ledger and what SQLite put beside it. */
static inline void
rig_clean(void)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
	char path[PATH_MAX + 32];

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", rig.path, ends[i]);
		unlink(path);
	}
}

static inline void
rig_tear_down(void)
{
	char mark[PATH_MAX + 32];

	rig_clean();
	snprintf(mark, sizeof(mark), "%s/l.mark", rig.folder);
	unlink(mark);
	rmdir(rig.folder);
	free(rig.bytes);
}

static inline void
rig_write(const char *bytes, size_t len)
{
	FILE *f;

	rig_clean();
	f = fopen(rig.path, "wb");
	HOLDS(f != NULL && fwrite(bytes, 1, len, f) == len);
	HOLDS(fclose(f) == 0);
}

/* `fill` puts into the new ledger what it is to hold. */
static inline void
rig_make(void (*fill)(struct ledger *l))
{
	const size_t room = (size_t)1 << 20;
	const char *tmp = getenv("TMPDIR");
	struct diag d = DIAG_INIT;
	struct ledger *l;
	FILE *f;

	if (tmp == NULL || *tmp == '\0')
		tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	snprintf(rig.folder, sizeof(rig.folder), "%s/ledger-fuzz-XXXXXX", tmp);
	HOLDS(mkdtemp(rig.folder) != NULL);
	snprintf(rig.path, sizeof(rig.path), "%s/l.sqlite", rig.folder);
	atexit(rig_tear_down);
	l = ledger_create(rig.path, &d);
	HOLDS(l != NULL);
	fill(l);
	HOLDS(ledger_close(l, &d) == 0);
	f = fopen(rig.path, "rb");
	rig.bytes = malloc(room);
	HOLDS(f != NULL && rig.bytes != NULL);
	rig.len = fread(rig.bytes, 1, room, f);
	HOLDS(rig.len > 0 && rig.len < room);
	fclose(f);
}

#endif
