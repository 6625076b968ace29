/* SPDX-License-Identifier: MIT */
#include "submitter_scene.h"
#include "test.h"

void
scene_init(struct scene *s, size_t chunks, size_t rows)
{
	struct diag d = DIAG_INIT;

	memset(s, 0, sizeof(*s));
	fake_init(&s->fake);
	s->transport = fake_transport(&s->fake);
	s->clock = fake_clock(&s->fake);
	s->ledger = ledger_create(NULL, &d);
	assert_non_null(s->ledger);
	s->chunks = chunks;
	s->rows = rows;
	s->has_keys = true;
	s->options = (struct submitter_options){
	    .procedure = "lead",
	    .base_url = "http://127.0.0.1:1",
	    .key_name = "lead_id",
	    .settings = {.in_flight = 4,
		.open_jobs = 16,
		.retry_for_ms = 600000,
		.settle_ms = 120000,
		.wait_timeout_ms = 1800000,
		.on_unknown = UNKNOWN_CHECK},
	};
}

void
make_chunk(struct chunk *c, size_t ordinal, size_t rows, bool has_keys)
{
	uint64_t row = ordinal * rows + 2;

	chunk_init(c);
	c->ordinal = ordinal;
	c->begin = ordinal * rows * 10;
	c->end = (ordinal + 1) * rows * 10;
	c->first_row = row;
	c->first_line = row;
	c->records = rows;
	c->record_bytes = c->end - c->begin;
	c->row_count = rows;
	c->rows = calloc(rows, sizeof(*c->rows));
	buf_addc(&c->body, '[');
	for (size_t i = 0; i < rows; i++) {
		struct chunk_row *r = &c->rows[i];

		if (i)
			buf_addc(&c->body, ',');
		r->row = r->line = row + i;
		r->json_at = c->body.len;
		buf_addf(&c->body, "{\"lead_id\":");
		r->key_at = c->body.len;
		buf_addf(&c->body, "\"L-%llu\"", (unsigned long long)r->row);
		r->key_len = has_keys ? c->body.len - r->key_at : 0;
		buf_addf(&c->body, ",\"v\":%d}", SCENE_V);
		r->json_len = c->body.len - r->json_at;
	}
	buf_addc(&c->body, ']');
	sha256_of(c->body.data, c->body.len, c->sha256);
}

/* No two calls of a run in one part are the same part of a chunk. */
struct parts {
	uint64_t seen[256][2];
	size_t count;
};

static int
see_part(void *ctx, const struct ledger_call *c)
{
	struct parts *p = ctx;

	for (size_t i = 0; i < p->count; i++)
		if (p->seen[i][0] == c->chunk && p->seen[i][1] == c->part)
			fail_msg("two calls are part %llu of chunk %llu",
			    (unsigned long long)c->part,
			    (unsigned long long)c->chunk);
	if (p->count < 256) {
		p->seen[p->count][0] = c->chunk;
		p->seen[p->count++][1] = c->part;
	}
	return 0;
}

/* What the submitter counted is what the books have. */
static void
check_facts(const struct scene *s)
{
	static const enum outcome of_trouble[] = {OUTCOME_REFUSED,
	    OUTCOME_CONFLICT, OUTCOME_REJECTED, OUTCOME_UNKNOWN};
	struct submitter_facts f = submitter_facts(s->submitter);
	uint64_t sent = f.rows_read - count(s, OUTCOME_UNSENT);
	struct parts parts = {.count = 0};
	struct diag d = DIAG_INIT;

	assert_int_equal(
	    ledger_each_call(s->ledger, -1, see_part, &parts, &d), 0);
	if (s->options.looks_only)
		return;
	for (size_t i = 0; i < sizeof(of_trouble) / sizeof(of_trouble[0]); i++)
		assert_int_equal(
		    f.rows.rows[of_trouble[i]], count(s, of_trouble[i]));
	/* Of the unknown ones some were acknowledged. */
	assert_in_range(f.rows_settled, sent - count(s, OUTCOME_UNKNOWN), sent);
}

void
scene_run(struct scene *s)
{
	struct diag d = DIAG_INIT;
	size_t steps = 0;

	s->submitter =
	    submitter_new(&s->options, &s->transport, s->ledger, &s->clock);
	for (;;) {
		while (s->sent_chunks < s->chunks &&
		       submitter_wants_chunk(s->submitter)) {
			struct chunk c;

			make_chunk(&c, s->sent_chunks++, s->rows, s->has_keys);
			assert_int_equal(
			    submitter_add(s->submitter, &c, &d), 0);
			chunk_release(&c);
			if (s->sent_chunks == s->chunks)
				submitter_input_ended(s->submitter);
		}
		assert_int_equal(submitter_step(s->submitter, 250, &d), 0);
		if (submitter_is_idle(s->submitter) &&
		    (s->sent_chunks == s->chunks ||
			submitter_stopped(s->submitter)))
			break;
		assert_true(++steps < 200000); /* it must come to an end */
	}
	scene_close_books(s);
	check_facts(s);
}

void
scene_start(struct scene *s)
{
	struct diag d = DIAG_INIT;
	struct chunk c;

	s->submitter =
	    submitter_new(&s->options, &s->transport, s->ledger, &s->clock);
	make_chunk(&c, 0, s->rows, s->has_keys);
	assert_int_equal(submitter_add(s->submitter, &c, &d), 0);
	chunk_release(&c);
}

void
scene_close_books(struct scene *s)
{
	struct diag d = DIAG_INIT;

	assert_int_equal(submitter_finish(s->submitter, &d), 0);
	assert_int_equal(ledger_totals(s->ledger, &s->totals, &d), 0);
	assert_true(s->totals.tiles);
}

void
scene_part(struct scene *s, int mode)
{
	struct diag d = DIAG_INIT;
	struct chunk c;
	size_t steps = 0;

	assert_int_equal(s->chunks, 1);
	if (mode == FIRST_PART) {
		scene_start(s);
	} else {
		s->submitter = submitter_new(
		    &s->options, &s->transport, s->ledger, &s->clock);
		make_chunk(&c, 0, s->rows, s->has_keys);
		assert_int_equal(submitter_resume_chunk(s->submitter, &c,
				     (enum resume_mode)mode, &d),
		    0);
		chunk_release(&c);
	}
	submitter_input_ended(s->submitter);
	do {
		assert_int_equal(submitter_step(s->submitter, 250, &d), 0);
		assert_true(++steps < 200000); /* it must come to an end */
	} while (!submitter_is_idle(s->submitter));
	s->is_stopped = submitter_stopped(s->submitter) != NULL;
	scene_close_books(s);
	s->facts = submitter_facts(s->submitter);
	submitter_free(s->submitter);
	s->submitter = NULL;
}

uint64_t
count(const struct scene *s, enum outcome o)
{
	return s->totals.outcomes.rows[o];
}

/* Nothing may ever be received twice, but where a resend was asked for. */
void
scene_end(struct scene *s)
{
	for (size_t i = 0; i < s->fake.key_count; i++)
		assert_true(s->fake.keys[i].created <= 1);
	submitter_free(s->submitter);
	ledger_free(s->ledger);
	fake_release(&s->fake);
}

void
assert_each_received_once(const struct scene *s)
{
	assert_int_equal(s->fake.key_count, s->chunks * s->rows);
	for (size_t i = 0; i < s->fake.key_count; i++)
		assert_int_equal(s->fake.keys[i].received, 1);
}

void
assert_first_row(const struct scene *s, enum outcome outcome,
    const char *evidence, const char *code, const char *text, bool has_process)
{
	struct ledger_outcomes *o = ledger_outcomes_new(s->ledger);
	struct diag d = DIAG_INIT;
	struct row_state row;

	assert_int_equal(ledger_outcomes_load(o, 0, &d), 0);
	row = ledger_outcomes_get(o, 0);
	assert_int_equal(row.outcome, outcome);
	assert_string_equal(row.evidence, evidence);
	assert_string_equal(row.code, code);
	assert_string_equal(row.text, text);
	/* No call is told of what a look before the send decided. */
	assert_int_equal(
	    row.call != 0, s->fake.updates > 0 && outcome != OUTCOME_UNCHANGED);
	assert_string_equal(row.process_id, has_process ? "p-L-2" : "");
	ledger_outcomes_free(o);
}

void
scene_first_unknown(const struct scene *s, char *out, size_t size)
{
	struct ledger_outcomes *o = ledger_outcomes_new(s->ledger);
	struct diag d = DIAG_INIT;

	snprintf(out, size, "none");
	assert_int_equal(ledger_outcomes_load(o, 0, &d), 0);
	for (uint64_t i = s->rows; i-- > 0;) {
		struct row_state row = ledger_outcomes_get(o, i);

		if (row.outcome == OUTCOME_UNKNOWN)
			snprintf(out, size, "%s: %s", row.code, row.text);
	}
	ledger_outcomes_free(o);
}

struct wanted_code {
	const char *code;
	bool is_there;
};

static int
look_at_call(void *ctx, const struct ledger_call *c)
{
	struct wanted_code *w = ctx;

	w->is_there |= strcmp(c->code, w->code) == 0;
	return 0;
}

bool
scene_has_code(const struct scene *s, const char *code)
{
	struct wanted_code w = {.code = code};
	struct diag d = DIAG_INIT;

	assert_int_equal(
	    ledger_each_call(s->ledger, -1, look_at_call, &w, &d), 0);
	return w.is_there;
}

static int
add_event(void *ctx, int64_t at_ms, const char *kind, const char *text)
{
	(void)at_ms;
	buf_addf(ctx, "%s: %s\n", kind, text);
	return 0;
}

char *
scene_events(const struct scene *s)
{
	struct buf out = BUF_INIT(0);
	struct diag d = DIAG_INIT;

	assert_int_equal(ledger_each_event(s->ledger, add_event, &out, &d), 0);
	return buf_detach(&out);
}

void
scene_updates(struct scene *s)
{
	s->options.verb = VERB_UPDATE;
	s->options.compare.key_name = s->options.key_name;
}

void
scene_upserts(struct scene *s)
{
	scene_updates(s);
	s->options.missing = verb_of(VERB_CREATE);
}

struct fake_key *
scene_stands(struct scene *s, const char *key)
{
	struct fake_key *k = &s->fake.keys[s->fake.key_count++];

	snprintf(k->token, sizeof(k->token), "%s", key);
	k->created = 1;
	k->created_at = s->fake.wall - 1000;
	k->v = SCENE_V;
	return k;
}

struct fake_key *
scene_differs(struct scene *s, const char *key)
{
	struct fake_key *k = scene_stands(s, key);

	k->v = SCENE_V - 1;
	return k;
}
