/* SPDX-License-Identifier: MIT */
/*
 * Opening a damaged ledger: it is refused as DIAG_INPUT, or it is read to its
 * end with what was in it; it is never taken for an empty one, and nothing of
 * it ends the program. The first byte says whether the rest are the file's
 * bytes, or changes (three bytes where, one byte what) to a real ledger,
 * which is made once.
 */
#include "ledger_rig.h"

#define ROWS 3

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
	char *input;
	if (ledger_get(l, "input", &input, &d) == 0)
		free(input);
	/* What passed the check and reads well is not an empty ledger. */
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
		rig_make(fill);
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
		rig_write(bytes, len);
		free(bytes);
	} else {
		rig_write((const char *)in.s, in.len);
	}
	open_it(mode & 4, true);
	open_it(true, false);
	return 0;
}
