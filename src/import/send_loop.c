/* SPDX-License-Identifier: MIT */
/* One thread: a chunk takes less time to build than a request to travel, so
 * building between two looks at the sockets costs the wire nothing. */
#include "send_loop.h"

#include "import/run_facts.h"
#include "runs/run.h"

#include <string.h>

/* How long one wait may be, so that progress moves and signals are seen. */
#define STEP_MS 250
/* How often others are told how far it is. */
#define TELL_MS 1000

const char *
mapping_key_name(const struct mapping *m, char *out, size_t size)
{
	if (m->key == NULL || m->key_name.len >= size)
		return NULL;
	memcpy(out, m->key_name.s, m->key_name.len);
	out[m->key_name.len] = '\0';
	return out;
}

struct submitter_options
submitter_options_of(
    const struct submit_settings *s, const struct plan *p, const char *key_name)
{
	const struct mapping_update *u = &p->mapping->update;
	const struct mode_verbs *verbs =
	    verbs_of_mode(mapping_mode_name(p->mapping->mode));

	return (struct submitter_options){
	    .settings = *s,
	    .verb = verbs->there,
	    .procedure = p->procedure,
	    .base_url = p->base_url,
	    .key_name = key_name,
	    .compare = {.key_name = key_name,
		.fields = u->fields,
		.field_count = u->field_count,
		.fill_only = u->fill_only,
		.fill_count = u->fill_count,
		.send_only = u->send_only,
		.send_count = u->send_count,
		.overwrites = u->overwrites},
	    .rejects_missing = u->rejects_missing,
	    .missing = verbs->missing,
	};
}

static int
pull(struct send_loop *l, struct diag *d)
{
	int got = chunker_next(l->reading->chunker, &l->chunk, d);

	l->has_chunk = got > 0;
	if (got <= 0)
		l->input_ended = true;
	else
		l->rows_pulled += l->chunk.records;
	return got;
}

int
send_loop_prime(struct send_loop *l, struct diag *d)
{
	chunk_init(&l->chunk);
	return pull(l, d);
}

void
send_loop_release(struct send_loop *l)
{
	chunk_release(&l->chunk);
}

/* Gives the chunk to the submitter as the mode asks. */
static int
hand_over(struct send_loop *l, struct diag *d)
{
	static const enum resume_mode modes[] = {
	    [SEND_REST] = RESUME_SEND,
	    [SEND_AFTER_DAMAGE] = RESUME_AFTER_DAMAGE,
	    [SEND_RECONCILE] = RESUME_RECONCILE,
	};
	int got = l->mode == SEND_ALL
		      ? submitter_add(l->submitter, &l->chunk, d)
		      : submitter_resume_chunk(
			    l->submitter, &l->chunk, modes[l->mode], d);

	if (got < 0)
		return -1;
	l->has_chunk = false;
	if (got > 0) /* after what the ledger knows */
		l->input_ended = true;
	return 0;
}

/* Hands over chunks while they are wanted. */
static int
feed(struct send_loop *l, struct diag *d)
{
	while (!l->input_ended && submitter_wants_chunk(l->submitter)) {
		struct diag why = DIAG_INIT;

		if (l->has_chunk && hand_over(l, d))
			return -1;
		if (!l->input_ended) {
			int got = input_check_not_cut(
			    reading_input(l->reading), &why);

			if (got == 0)
				got = pull(l, &why);
			if (got < 0)
				submitter_stop(l->submitter, &why, STOP_FOLLOW);
			l->read_all =
			    got == 0 && submitter_stopped(l->submitter) == NULL;
		}
		if (l->input_ended)
			submitter_input_ended(l->submitter);
	}
	return 0;
}

uint64_t
send_loop_unread(const struct send_loop *l)
{
	return chunker_pending(l->reading->chunker) +
	       (l->has_chunk ? l->chunk.records : 0);
}

/* What the calls wait for that are still open. */
static const char *
phase_of(const struct send_loop *l, const struct submitter_facts *f)
{
	if (l->is_stopping)
		return "stopping";
	if (l->looks_only)
		return "comparing";
	if (!l->input_ended || f->sending > 0)
		return "sending";
	return f->open_jobs > 0 ? "following" : "settling";
}

/* Where the bytes are those of the survey, they are known to the record;
 * elsewhere by what was read, of which some waits to be decoded. */
static uint64_t
consumed(const struct reading *r)
{
	const struct input *in = reading_input(r);
	uint64_t all = r->plan->survey.bytes;

	if (all > 0 && decoder_is_identity(r->decoder))
		return progress_bytes_consumed(
		    input_disk_size(in), all, reader_tally(r->reader));
	return progress_bytes_consumed(
	    input_disk_position(in), r->counter.bytes, reader_tally(r->reader));
}

static void
show(struct send_loop *l)
{
	struct submitter_facts f = submitter_facts(l->submitter);
	struct progress_facts p = {
	    .phase = phase_of(l, &f),
	    .rows_settled = f.rows_settled,
	    .rows_read = f.rows_read,
	    .bytes_total = input_disk_size(reading_input(l->reading)),
	    .bytes_consumed = consumed(l->reading),
	    .rows = f.rows,
	    .in_flight = f.in_flight,
	    .open_jobs = f.open_jobs,
	    .waits_for = f.waits_for,
	    .waits_until_ms = f.waits_until_ms,
	};

	/* Those of the next chunk are read, and their bytes are consumed. */
	if (p.rows_read < reader_tally(l->reading->reader)->records)
		p.rows_read = reader_tally(l->reading->reader)->records;
	if (l->input_ended)
		p.rows_total = f.rows_read;
	progress_update(l->progress, &p);
	if (l->clock->mono_ms(l->clock->ctx) - l->told_ms >= TELL_MS) {
		l->told_ms = l->clock->mono_ms(l->clock->ctx);
		run_lock_tell(l->lock, p.rows_settled, p.rows_read);
	}
}

/* A resume that stops early: chunks of an earlier part are read all the same,
 * so that both sides of the books speak of the same rows. */
static int
read_known(struct send_loop *l, struct diag *d)
{
	struct diag ignored = DIAG_INIT;
	int got = 0;

	while ((l->mode == SEND_REST || l->mode == SEND_AFTER_DAMAGE) &&
	       got == 0) {
		if (!l->has_chunk && (l->input_ended || pull(l, &ignored) <= 0))
			break;
		got = submitter_resume_chunk(
		    l->submitter, &l->chunk, RESUME_READ, d);
		l->has_chunk = got != 0;
	}
	return got < 0 ? -1 : 0;
}

static int
send(struct send_loop *l, struct diag *d)
{
	struct diag stop = DIAG_INIT;
	int64_t grace_until = 0;

	for (;;) {
		if (grace_until == 0 && diag_stopped(&stop)) {
			submitter_stop(l->submitter, &stop, STOP_LEAVE);
			grace_until =
			    l->clock->mono_ms(l->clock->ctx) + l->grace_ms;
			l->is_stopping = true;
			show(l);
			progress_stopping(l->progress,
			    submitter_facts(l->submitter).in_flight,
			    l->grace_ms);
		}
		if (grace_until &&
		    l->clock->mono_ms(l->clock->ctx) >= grace_until &&
		    submitter_cancel(l->submitter, d))
			return -1;
		if (feed(l, d))
			return -1;
		if (submitter_step(l->submitter, STEP_MS, d))
			return -1;
		if (l->watch &&
		    service_watch_say(l->watch, l->ledger, l->progress, d))
			return -1;
		show(l);
		if (submitter_is_idle(l->submitter) &&
		    (l->input_ended || submitter_stopped(l->submitter)))
			break;
	}
	return submitter_finish(l->submitter, d);
}

int
send_loop_run(struct send_loop *l, struct diag *d)
{
	struct diag second = DIAG_INIT;
	int failed = send(l, d);

	if (read_known(l, failed ? &second : d))
		failed = -1;
	return failed;
}
