/* SPDX-License-Identifier: MIT */
#include "base/xalloc.h"
#include "ledger_place.h"
#include "temp_folder.h"
#include "test.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

int
place_set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	assert_true(
	    temp_folder_make(p->folder, sizeof(p->folder), "test_ledger"));
	snprintf(p->path, sizeof(p->path), "%s/ledger.sqlite", p->folder);
	*state = p;
	return 0;
}

int
place_tear_down(void **state)
{
	struct place *p = *state;
	static const char *const names[] = {"ledger.sqlite",
	    "ledger.sqlite-wal", "ledger.sqlite-shm", "ledger.sqlite.new",
	    "ledger.mark", "other"};
	char path[256];

	(void)chmod(p->folder, 0700);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", p->folder, names[i]);
		(void)unlink(path);
	}
	if (rmdir(p->folder) != 0)
		return -1;
	free(p);
	return 0;
}

struct ledger *
place_create(const struct place *p)
{
	struct diag d = DIAG_INIT;
	struct ledger *l = ledger_create(p->path, &d);

	if (l == NULL)
		fail_msg("%s", d.message);
	return l;
}

struct ledger *
place_open(const struct place *p, bool read_only)
{
	struct diag d = DIAG_INIT;
	struct ledger *l = ledger_open(p->path, read_only, true, &d);

	if (l == NULL)
		fail_msg("%s", d.message);
	return l;
}

void
place_close(struct ledger *l)
{
	struct diag d = DIAG_INIT;

	assert_int_equal(ledger_close(l, &d), 0);
}

void
place_refuses(const struct place *p, const char *code, const char *words)
{
	for (int read_only = 0; read_only <= 1; read_only++) {
		struct diag d = DIAG_INIT;
		struct ledger *l =
		    ledger_open(p->path, read_only != 0, true, &d);

		assert_null(l);
		assert_int_equal(d.kind, DIAG_INPUT);
		if (strstr(d.message, words) == NULL ||
		    strstr(d.message, p->path) == NULL)
			fail_msg("'%s' lacks '%s'", d.message, words);
		if (strcmp(d.code, code) != 0)
			fail_msg("'%s' is %s", d.message, d.code);
	}
}

void
place_sql(const struct place *p, const char *sql)
{
	sqlite3 *db = NULL;
	char *error = NULL;

	assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s", error);
	sqlite3_close(db);
}

struct ledger_chunk
sample_chunk(uint64_t ordinal)
{
	struct ledger_chunk c = {.ordinal = ordinal,
	    .begin = ordinal * 100,
	    .end = ordinal * 100 + 100,
	    .first_row = ordinal * 10 + 2,
	    .first_line = ordinal * 11 + 3,
	    .records = 10,
	    .record_bytes = 98,
	    .rows = 8,
	    .rejected = 1,
	    .skipped = 1,
	    .blank_lines = 1,
	    .blank_bytes = 2,
	    .body_bytes = 77};

	for (size_t i = 0; i < sizeof(c.sha256); i++)
		c.sha256[i] = (unsigned char)(ordinal + i);
	return c;
}

static int
count_one(void *ctx, const struct ledger_chunk *c)
{
	uint64_t *n = ctx;
	struct ledger_chunk want = sample_chunk(*n);

	assert_memory_equal(&want, c, sizeof(want));
	(*n)++;
	return 0;
}

uint64_t
count_sample_chunks(struct ledger *l)
{
	struct diag d = DIAG_INIT;
	uint64_t n = 0;

	assert_int_equal(ledger_each_chunk(l, count_one, &n, &d), 0);
	return n;
}

struct ledger_call
sample_call(const struct ledger_chunk *c, enum call_state state)
{
	struct ledger_call call = {.chunk = c->ordinal,
	    .count = c->rows,
	    .rows = c->rows,
	    .state = state};

	memcpy(call.sha256, c->sha256, sizeof(call.sha256));
	return call;
}
