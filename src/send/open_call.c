/* SPDX-License-Identifier: MIT */
/* Rows, keys and body of one call. */
#include "open_call.h"

#include "base/unicode.h"
#include "base/xalloc.h"
#include "change.h"
#include "send/submitter.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The rows are all of their chunk: its body is theirs as it is, and so is the
 * body's digest. */
static void
fill_whole(struct open_call *call, const struct chunk *chunk)
{
	buf_init(&call->body, 0);
	buf_init(&call->keys, 0);
	buf_add(&call->body, chunk->body.data, chunk->body.len);
	memcpy(call->book.sha256, chunk->sha256, sizeof(call->book.sha256));
	for (size_t i = 0; i < call->row_count; i++) {
		struct open_row *r = &call->rows[i];
		size_t key_at = call->keys.len;

		if (r->key_len)
			buf_add(&call->keys, chunk->body.data + r->key_at,
			    r->key_len);
		r->key_at = key_at;
	}
}

/* The rows of a verb that changes processes have a body once they were looked
 * up: their objects stay as they are until then, and after. */
static void
fill_source(struct open_call *call, const char *from)
{
	for (size_t i = 0; i < call->row_count; i++) {
		struct open_row *r = &call->rows[i];
		size_t key_at = call->keys.len;

		buf_add(&call->keys, from + r->key_at, r->key_len);
		r->key_at = key_at;
		r->source_at = call->source.len;
		r->source_len = r->json_len;
		buf_add(&call->source, from + r->json_at, r->json_len);
		r->json_len = 0;
	}
}

/* Is the body of a chunk what the verb sends? */
static bool
takes_chunk(const struct verb *v)
{
	return strcmp(v->open, CHUNK_OPEN) == 0 &&
	       strcmp(v->between, CHUNK_BETWEEN) == 0 &&
	       strcmp(v->close, CHUNK_CLOSE) == 0;
}

/* Copies the rows' objects and keys out of a body. `rows` and `count` are the
 * ones of the new call; json and key offsets point into `from` (keys into
 * key_source). */
static void
fill(struct open_call *call, const char *from, const char *key_source)
{
	buf_init(&call->body, 0);
	buf_init(&call->keys, 0);
	for (size_t i = 0; i < call->row_count; i++) {
		struct open_row *r = &call->rows[i];
		size_t key_at;

		verb_body_add(call->verb, &call->body,
		    (struct text){from + r->json_at, r->json_len});
		r->json_at = call->body.len - r->json_len;
		key_at = call->keys.len;
		if (r->key_len)
			buf_add(
			    &call->keys, key_source + r->key_at, r->key_len);
		r->key_at = key_at;
	}
	verb_body_end(call->verb, &call->body);
	sha256_of(call->body.data, call->body.len, call->book.sha256);
}

void
open_call_turn(struct open_call *call, const struct verb *verb)
{
	call->verb = verb;
	call->book.done = verb->done;
}

static void
take_room(struct buf *b, struct buf *from)
{
	*b = *from;
	*from = (struct buf){.max = 0};
	buf_clear(b);
}

/* A call of rows that are looked up has megabytes, which the next one takes
 * over: to map them afresh took a tenth of a diff. */
static struct open_call *
call_in(struct open_call *spare, size_t count, bool is_looked_up)
{
	struct open_call *call = xcalloc(1, sizeof(*call));

	if (is_looked_up && spare != NULL && spare->row_room >= count) {
		call->rows = spare->rows;
		call->row_room = spare->row_room;
		spare->rows = NULL;
		take_room(&call->keys, &spare->keys);
		take_room(&call->source, &spare->source);
		take_room(&call->looks, &spare->looks);
	} else {
		call->rows = xreallocarray(NULL, count, sizeof(*call->rows));
		call->row_room = count;
	}
	open_call_free(spare);
	return call;
}

struct open_call *
open_call_new(const struct verb *verb, const struct chunk *chunk, size_t first,
    size_t count, struct open_call *spare)
{
	struct open_call *call = call_in(spare, count, verb->changes);

	assert(count && first + count <= chunk->row_count);
	call->book.chunk = chunk->ordinal;
	call->book.first = first;
	call->book.count = count;
	call->book.rows = count;
	call->clock_epoch = SIZE_MAX;
	call->row_count = count;
	for (size_t i = 0; i < count; i++) {
		const struct chunk_row *from = &chunk->rows[first + i];

		call->rows[i] = (struct open_row){
		    .row = from->row,
		    .index = first + i,
		    .key_at = from->key_at,
		    .key_len = from->key_len,
		    .json_at = from->json_at,
		    .json_len = from->json_len,
		    .check_first = verb->changes || from->check_first,
		};
	}
	open_call_turn(call, verb);
	if (verb->changes)
		fill_source(call, chunk->body.data);
	else if (count == chunk->row_count && takes_chunk(verb))
		fill_whole(call, chunk);
	else
		fill(call, chunk->body.data, chunk->body.data);
	return call;
}

/* The range in the chunk that the rows lie in, and what of it is not theirs. */
static void
set_range(struct open_call *call)
{
	struct ledger_call *b = &call->book;

	b->first = call->rows[0].index;
	b->count = call->rows[call->row_count - 1].index + 1 - b->first;
	b->rows = call->row_count;
	b->gap_bytes = b->rows < b->count ? LEDGER_GAP_BYTES(b->count) : 0;
	memset(b->gaps, 0xff, b->gap_bytes);
	for (size_t i = 0; b->gap_bytes > 0 && i < call->row_count; i++) {
		uint64_t at = call->rows[i].index - b->first;

		b->gaps[at / 8] &= (unsigned char)~(1u << at % 8);
	}
}

bool
open_call_compact(struct open_call *call)
{
	struct buf body = call->body, keys = call->keys;
	size_t n = 0;

	for (size_t i = 0; i < call->row_count; i++)
		if (call->rows[i].settled == ROW_OPEN)
			call->rows[n++] = call->rows[i];
	if (n == call->row_count)
		return true;
	call->row_count = n;
	free(call->by_key);
	call->by_key = NULL;
	call->next_found = 0;
	if (n == 0)
		return false;
	if (call->source.len == 0) {
		fill(call, body.data, buf_str(&keys));
		buf_release(&body);
		buf_release(&keys);
	}
	set_range(call);
	return true;
}

static struct open_call *
copy_rows(const struct open_call *whole, size_t first, size_t count)
{
	struct open_call *call = xcalloc(1, sizeof(*call));

	assert(count && first + count <= whole->row_count);
	open_call_turn(call, whole->verb);
	call->rules = whole->rules;
	call->book.chunk = whole->book.chunk;
	call->resent = whole->resent;
	call->clock_epoch = SIZE_MAX;
	call->row_count = count;
	call->rows = xcalloc(count, sizeof(*call->rows));
	memcpy(call->rows, whole->rows + first, count * sizeof(*call->rows));
	set_range(call);
	for (size_t i = 0; i < count; i++)
		call->rows[i].settled = ROW_OPEN;
	return call;
}

struct open_call *
open_call_rows(const struct open_call *whole, size_t first, size_t count)
{
	struct open_call *call = copy_rows(whole, first, count);

	buf_init(&call->keys, 0);
	buf_init(&call->source, 0);
	buf_init(&call->looks, 0);
	buf_init(&call->recorded, 0);
	buf_add(&call->keys, buf_str(&whole->keys), whole->keys.len);
	buf_add(&call->source, whole->source.data, whole->source.len);
	buf_add(&call->looks, buf_str(&whole->looks), whole->looks.len);
	buf_add(
	    &call->recorded, buf_str(&whole->recorded), whole->recorded.len);
	return call;
}

struct open_call *
open_call_part(const struct open_call *whole, size_t first, size_t count)
{
	struct open_call *call;

	if (whole->source.len > 0) {
		call = open_call_rows(whole, first, count);
		change_build_body(call);
		return call;
	}
	assert(whole->body.len > 0);
	call = copy_rows(whole, first, count);
	fill(call, whole->body.data, buf_str(&whole->keys));
	return call;
}

void
open_call_free(struct open_call *call)
{
	if (call == NULL)
		return;
	free(call->rows);
	free(call->by_key);
	buf_release(&call->keys);
	buf_release(&call->body);
	buf_release(&call->source);
	buf_release(&call->looks);
	buf_release(&call->recorded);
	buf_release(&call->kept);
	buf_release(&call->request);
	buf_release(&call->control);
	free(call);
}

void
open_call_drop_body(struct open_call *call)
{
	buf_release(&call->body);
}

struct text
open_call_key(const struct open_call *call, size_t index)
{
	const struct open_row *r = &call->rows[index];

	return (struct text){buf_str(&call->keys) + r->key_at, r->key_len};
}

bool
open_call_checks_first(const struct open_call *call)
{
	for (size_t i = 0; i < call->row_count; i++)
		if (call->rows[i].check_first)
			return true;
	return false;
}

enum row_settled
row_settled_of(enum outcome o)
{
	if (outcome_row(o)->traits & (TRAIT_OPEN | TRAIT_DUE))
		return ROW_OPEN;
	if (outcome_is(o, TRAIT_SENT))
		return outcome_is(o, TRAIT_FAILED) ? ROW_REFUSED : ROW_FOUND;
	return ROW_EXISTED;
}

struct ledger_row
open_call_row(const struct open_call *call, size_t index, enum outcome outcome,
    const char *evidence)
{
	struct ledger_row r = {
	    .row = call->rows[index].row,
	    .chunk = call->book.chunk,
	    .index = call->rows[index].index,
	    .call = call->book.id,
	    .outcome = outcome,
	};

	snprintf(r.evidence, sizeof(r.evidence), "%s", evidence);
	return r;
}

size_t
open_call_count(const struct open_call *call, enum row_settled state)
{
	size_t n = 0;

	for (size_t i = 0; i < call->row_count; i++)
		n += call->rows[i].settled == state;
	return n;
}
