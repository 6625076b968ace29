/* SPDX-License-Identifier: MIT */
/*
 * Opening a damaged ledger: it is refused as DIAG_INPUT, or it is read to its
 * end with what was in it; it is never taken for an empty one, and nothing of
 * it ends the program. The first byte says whether the rest are the file's
 * bytes, or changes (three bytes where, one byte what) to a real ledger,
 * which is made once.
 */
#include "fuzz.h"

#include "ledger/ledger.h"

#include <sys/stat.h>
#include <unistd.h>

#define ROWS 3

static struct {
	char folder[64], path[80];
	char *bytes; /* of the real one */
	size_t len;
} rig;

static void
clean_up(void)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
	char path[96];

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", rig.path, ends[i]);
		unlink(path);
	}
}

static void
tear_down(void)
{
	char mark[96];

	clean_up();
	snprintf(mark, sizeof(mark), "%s/l.mark", rig.folder);
	unlink(mark);
	rmdir(rig.folder);
	free(rig.bytes);
}

static void
fill(struct ledger *l)
{
	struct diag d = DIAG_INIT;
	struct ledger_chunk chunk = {.begin = 10,
	    .end = 40,
	    .first_row = 2,
	    .first_line = 2,
	    .records = ROWS,
	    .record_bytes = 30,
	    .rows = ROWS,
	    .body_bytes = 90};
	struct ledger_call call = {.count = ROWS,
	    .rows = ROWS,
	    .state = CALL_CREATED,
	    .attempts = 1,
	    .http_status = 200,
	    .job = "j-1",
	    .evidence = "job"};
	struct ledger_row row = {.row = 3,
	    .index = 1,
	    .call = 1,
	    .outcome = OUTCOME_REFUSED,
	    .code = "job.INVALID",
	    .text = "no such state"};

	HOLDS(ledger_set(l, "input", "x.csv", &d) == 0);
	HOLDS(ledger_add_chunk(l, &chunk, &d) == 0);
	HOLDS(ledger_add_call(l, &call, &d) == 0);
	HOLDS(ledger_set_row(l, &row, &d) == 0);
	HOLDS(ledger_add_event(l, 1, "start", "now", &d) == 0);
}

static void
read_real_one(void)
{
	struct stat st;
	FILE *f = fopen(rig.path, "rb");

	HOLDS(f != NULL && fstat(fileno(f), &st) == 0);
	rig.len = (size_t)st.st_size;
	rig.bytes = malloc(rig.len);
	HOLDS(rig.bytes != NULL && fread(rig.bytes, 1, rig.len, f) == rig.len);
	fclose(f);
}

/* In memory where there is such a folder: a disk that is asked to keep what
 * it was given takes most of the time otherwise. */
static const char *
temporary_folder(void)
{
	const char *tmp = getenv("TMPDIR");

	if (tmp != NULL && *tmp != '\0')
		return tmp;
	return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

static void
set_up(void)
{
	struct diag d = DIAG_INIT;

	snprintf(rig.folder, sizeof(rig.folder), "%.40s/ledger-fuzz-XXXXXX",
	    temporary_folder());
	HOLDS(mkdtemp(rig.folder) != NULL);
	snprintf(rig.path, sizeof(rig.path), "%s/l.sqlite", rig.folder);
	atexit(tear_down);
	struct ledger *l = ledger_create(rig.path, &d);
	HOLDS(l != NULL);
	fill(l);
	HOLDS(ledger_close(l, &d) == 0);
	read_real_one();
}

static void
write_file(const char *bytes, size_t len)
{
	FILE *f;

	clean_up();
	f = fopen(rig.path, "wb");
	HOLDS(f != NULL && fwrite(bytes, 1, len, f) == len);
	HOLDS(fclose(f) == 0);
}

static int
see_chunk(void *ctx, const struct ledger_chunk *c)
{
	(void)c;
	++*(size_t *)ctx;
	return 0;
}

static int
see_call(void *ctx, const struct ledger_call *c)
{
	HOLDS(strnlen(c->job, sizeof(c->job)) < sizeof(c->job));
	HOLDS(call_state_name(c->state) != NULL);
	++*(size_t *)ctx;
	return 0;
}

static int
see_event(void *ctx, int64_t at_ms, const char *kind, const char *text)
{
	(void)at_ms;
	HOLDS(kind != NULL && text != NULL);
	++*(size_t *)ctx;
	return 0;
}

/* Everything that a report asks for. */
static void
read_all(struct ledger *l, bool was_verified)
{
	struct diag d = DIAG_INIT;
	struct ledger_totals totals = {0};
	size_t chunks = 0, calls = 0, events = 0;
	bool ok = ledger_totals(l, &totals, &d) == 0;

	HOLDS(ok || d.message[0] != '\0');
	ok = ledger_each_chunk(l, see_chunk, &chunks, &d) == 0 && ok;
	ok = ledger_each_call(l, -1, see_call, &calls, &d) == 0 && ok;
	ok = ledger_each_event(l, see_event, &events, &d) == 0 && ok;
	struct ledger_outcomes *o = ledger_outcomes_new(l);
	if (ledger_outcomes_load(o, 0, &d) == 0)
		for (uint64_t i = 0; i < ROWS; i++)
			HOLDS(ledger_outcomes_get(o, i).evidence != NULL);
	ledger_outcomes_free(o);
	char *input = ledger_get(l, "input", &d);
	free(input);
	/* What passed the check and reads well is no empty ledger. */
	if (was_verified && ok)
		HOLDS(chunks + calls + events > 0);
}

static void
open_it(bool read_only, bool verify)
{
	struct diag d = DIAG_INIT;
	struct ledger *l = ledger_open(rig.path, read_only, verify, &d);

	if (l == NULL) {
		HOLDS(d.kind == DIAG_INPUT);
		HOLDS(d.message[0] != '\0');
		return;
	}
	read_all(l, verify);
	ledger_free(l);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	uint8_t mode = fuzz_byte(&in);

	if (rig.bytes == NULL)
		set_up();
	if (mode & 1) {
		char *bytes = malloc(rig.len);
		size_t len = rig.len;

		HOLDS(bytes != NULL);
		memcpy(bytes, rig.bytes, len);
		if (mode & 2)
			len -= (size_t)fuzz_byte(&in) * 512 % len;
		while (in.len >= 4) {
			size_t at = (size_t)fuzz_byte(&in) << 16;

			at |= (size_t)fuzz_byte(&in) << 8;
			at |= fuzz_byte(&in);
			bytes[at % rig.len] = (char)fuzz_byte(&in);
		}
		write_file(bytes, len);
		free(bytes);
	} else {
		write_file((const char *)in.s, in.len);
	}
	open_it(mode & 4, true);
	open_it(true, false);
	return 0;
}
