/* SPDX-License-Identifier: MIT */
/*
 * The stages from bytes to chunks, put together by what was decided.
 */
#include "plan/reading.h"

#include "base/xalloc.h"
#include "plan/part.h"
#include "reading_keys.h"

#include <assert.h>
#include <stdlib.h>

struct reading *
reading_begin(struct plan *p)
{
	struct reading *r = xcalloc(1, sizeof(*r));

	r->plan = p;
	reading_take_input(r);
	return r;
}

struct input *
reading_input(const struct reading *r)
{
	return r->again ? r->again : r->plan->input;
}

/* Every reading after the survey gets the surveyed bytes or none. */
void
reading_take_input(struct reading *r)
{
	const struct plan *p = r->plan;
	struct byte_source from = input_source(reading_input(r));

	replay_free(r->replay);
	if (p->sums) {
		r->held = held_source_new(from, p->sums, p->csv_name);
		from = held_byte_source(r->held);
	}
	r->replay = replay_new(from);
}

/* decoder -> (guard) -> counter -> reader. */
int
reading_find_header(struct reading *r, struct diag *d)
{
	struct plan *p = r->plan;
	struct reader_options options = p->reader_options;
	struct byte_source bytes;

	options.is_utf8 = !p->keeps_bad_bytes && r->again == NULL &&
			  !p->has_survey &&
			  p->encoding.evidence == ENCODING_UTF8;
	options.advice = encoding_help_advice(&p->encoding_help);
	r->decoder =
	    decoder_new(replay_byte_source(r->replay), p->encoding.name, d);
	if (!r->decoder)
		return -1;
	bytes = decoder_source(r->decoder);
	if (options.is_utf8) {
		r->guard = utf8_guard_new(
		    bytes, p->csv_name, !input_is_regular(p->input));
		bytes = utf8_guard_source(r->guard);
	}
	if (p->part) {
		r->way = part_way_new(p->part);
		options.whole = part_way_source(r->way);
	}
	r->counter = (struct byte_counter){.from = bytes};
	r->reader = reader_new(byte_counter_source(&r->counter),
	    decoder_is_identity(r->decoder) ? NULL : decoder_offset_of,
	    r->decoder, &options, d);
	return r->reader ? 0 : -1;
}

/* The same file from its first byte again. */
static struct reading *
open_again(struct plan *p, struct diag *d)
{
	struct reading *r;

	if (!p->sums && input_check_unchanged(p->input, d) < 0)
		return NULL;
	r = xcalloc(1, sizeof(*r));
	r->plan = p;
	r->again = input_reopen(p->input, d);
	if (r->again) {
		reading_take_input(r);
		replay_rewind(r->replay);
		if (reading_find_header(r, d) == 0)
			return r;
	}
	reading_free(r);
	return NULL;
}

struct reading *
reading_open(struct plan *p, struct diag *d)
{
	struct reading *r = p->begun ? p->begun : open_again(p, d);

	p->begun = NULL;
	if (r)
		r->builder = builder_new(p->mapping, &p->facts);
	return r;
}

struct reading *
reading_open_after(struct reading *first, struct diag *d)
{
	struct reading *r;

	if (first->chunker == NULL)
		return reading_open(first->plan, d);
	r = open_again(first->plan, d);
	if (r == NULL)
		return NULL;
	r->builder = first->builder;
	first->builder = NULL;
	reading_stop(first);
	builder_retell(r->builder);
	return r;
}

void
reading_start(struct reading *r, const struct chunker_options *options,
    const struct row_observer *observer)
{
	struct chunker_options o =
	    options ? *options : r->plan->chunker_options;

	assert(r->builder && !r->chunker);
	o.before_chunk = keys_before_chunk;
	o.before_ctx = r;
	r->gate = o.gate;
	r->chunker = chunker_new(r->reader, r->builder, &o, observer);
}

int
reading_ahead(struct plan *p, const struct chunker_options *options,
    int (*each)(void *ctx, const struct chunk *k, struct diag *d), void *ctx,
    struct diag *d)
{
	struct reading *r = reading_open(p, d);
	struct chunk chunk;
	int got = r ? 1 : -1;

	chunk_init(&chunk);
	if (r)
		reading_start(r, options, NULL);
	while (got > 0) {
		got =
		    diag_stopped(d) ? -1 : chunker_next(r->chunker, &chunk, d);
		if (got > 0 && each && each(ctx, &chunk, d) < 0)
			got = -1;
	}
	chunk_release(&chunk);
	reading_free(r);
	return got;
}

void
reading_stop(struct reading *r)
{
	chunker_free(r->chunker);
	builder_free(r->builder);
	r->chunker = NULL;
	r->builder = NULL;
}

void
reading_free(struct reading *r)
{
	if (!r)
		return;
	reading_stop(r);
	reader_free(r->reader);
	part_way_free(r->way);
	utf8_guard_free(r->guard);
	decoder_free(r->decoder);
	replay_free(r->replay);
	held_source_free(r->held);
	input_free(r->again);
	free(r);
}

bool
reading_is_contradicted(const struct reading *r)
{
	return r->guard && utf8_guard_has_failed(r->guard);
}

int
reading_check_unclosed(const struct reading *r, struct diag *d)
{
	if (!reader_unclosed(r->reader))
		return 0;
	diag_set(d, DIAG_INPUT,
	    "a quote in '%s' never closes; the rows after it were not read",
	    r->plan->csv_name);
	return diag_help(d,
	    "the row with the code csv.unclosed_quote names the line on which "
	    "it opens");
}

bool
reading_has_grown(const struct reading *r)
{
	return r->held && held_source_has_grown(r->held);
}

int
raw_reading_open(struct raw_reading *raw, const struct plan *p, struct diag *d)
{
	*raw = (struct raw_reading){.input = input_reopen(p->input, d)};
	if (raw->input && p->sums)
		raw->held = held_source_new(
		    input_source(raw->input), p->sums, p->csv_name);
	return raw->input ? 0 : -1;
}

struct byte_source
raw_reading_source(const struct raw_reading *raw)
{
	return raw->held    ? held_byte_source(raw->held)
	       : raw->input ? input_source(raw->input)
			    : (struct byte_source){NULL, NULL};
}

void
raw_reading_release(struct raw_reading *raw)
{
	held_source_free(raw->held);
	input_free(raw->input);
	*raw = (struct raw_reading){NULL, NULL};
}
