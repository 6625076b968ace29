/* SPDX-License-Identifier: MIT */
/* Opening the run that is taken back, and its input only where nothing else
 * tells what was sent. */
#include "undo_input.h"

#include "plan/reading.h"
#include "send/submitter.h"

#include <string.h>

/* Reading the CSV of a run whose ledger keeps no rows. */
struct making {
	struct undo_input *in;
	struct sent_writer writer;
	struct buf before, after;
};

static int
keep_changes(struct making *m, const struct chunk *k, struct diag *d)
{
	struct ledger_before b;
	int got = 0;

	for (size_t i = 0; i < k->row_count && got >= 0; i++) {
		const struct chunk_row *r = &k->rows[i];
		struct text json = {k->body.data + r->json_at, r->json_len};

		got = ledger_get_before(
		    m->in->run.ledger, k->ordinal, i, &b, &m->before, d);
		if (got <= 0)
			continue;
		buf_clear(&m->after);
		fields_like(b.fields, json, &m->after);
		got = ledger_set_after(
		    m->in->made, k->ordinal, i, buf_text(&m->after), d);
	}
	return got < 0 ? -1 : 0;
}

static int
keep_chunk(void *ctx, const struct chunk *k, struct diag *d)
{
	struct making *m = ctx;
	int got;

	if (k->row_count == 0 || k->cut)
		return 0;
	got = submitter_compare_chunk(m->in->run.ledger, k, d);
	if (got != 0)
		return got > 0 ? 0 : -1;
	return chunk_keep(k, m->in->key_name, &m->writer, m->in->made, d) ||
		       keep_changes(m, k, d)
		   ? -1
		   : 0;
}

static int
read_all(struct undo_input *in, struct plan *plan, struct diag *d)
{
	struct making m = {
	    .in = in, .before = BUF_INIT(0), .after = BUF_INIT(0)};
	struct reading *first = reading_open(plan, d);
	int failed = first == NULL;

	if (!failed) {
		reading_start(first, NULL, NULL);
		failed = reading_settle_keys(first, d);
	}
	failed = failed || reading_ahead(plan, NULL, keep_chunk, &m, d);
	reading_free(first);
	sent_writer_release(&m.writer);
	buf_release(&m.before);
	buf_release(&m.after);
	return failed ? -1 : 0;
}

static int
make_rows(struct undo_input *in, const char *csv, struct diag *d)
{
	struct reopened_run *r = &in->run;
	struct plan plan = {.mapping = NULL};
	struct arena arena = {0};
	uint64_t *breaks;
	size_t count;
	int ret = -1;

	in->rows = in->made = ledger_create(NULL, d);
	if (in->made == NULL ||
	    run_limits_load(r->ledger, &arena, &breaks, &count, d))
		goto out;
	if (reopened_run_read(r, &plan, csv, REOPEN_UNDO, d) == 0) {
		plan.chunker_options.limit = 0;
		plan.chunker_options.breaks = breaks;
		plan.chunker_options.break_count = count;
		ret = read_all(in, &plan, d);
	}
	r->plan = NULL;
	plan_release(&plan);
out:
	arena_release(&arena);
	return ret;
}

static int
refuse_csv(const struct undo_input *in, struct diag *d)
{
	diag_set(d, DIAG_USAGE,
	    "run %s is taken back by what its ledger holds; no input is read",
	    run_identity(in->run.run)->id);
	return diag_help(d, "omit the CSV");
}

int
undo_input_open(struct undo_input *in, const struct settings *o,
    const char *name, const char *csv, struct diag *d)
{
	struct reopened_run *r = &in->run;

	memset(in, 0, sizeof(*in));
	if (reopened_run_begin(r, o, name, REOPEN_UNDO, d) ||
	    plan_load_stored(&in->plan, r->mapping_path, &r->settings, d))
		return -1;
	in->key_name = mapping_key_name(
	    in->plan.mapping, in->key_buf, sizeof(in->key_buf));
	in->rows = r->ledger;
	if (!ledger_has_sent(r->ledger))
		return make_rows(in, csv, d);
	return csv ? refuse_csv(in, d) : 0;
}

void
undo_input_release(struct undo_input *in)
{
	ledger_free(in->made);
	plan_release(&in->plan);
	reopened_run_release(&in->run);
}
