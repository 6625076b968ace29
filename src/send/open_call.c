/* SPDX-License-Identifier: MIT */
/* Rows, keys and body of one call. Keys are sorted once, when they are first
 * asked for, so that a call of 10,000 rows matches its entries in n log n. */
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
	buf_init(&call->source, 0);
	buf_init(&call->looks, 0);
	buf_init(&call->recorded, 0);
	buf_init(&call->keys, 0);
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

struct open_call *
open_call_new(const struct verb *verb, const struct chunk *chunk, size_t first,
    size_t count)
{
	struct open_call *call = xcalloc(1, sizeof(*call));

	assert(count && first + count <= chunk->row_count);
	call->book.chunk = chunk->ordinal;
	call->book.first = first;
	call->book.count = count;
	call->book.rows = count;
	call->clock_epoch = SIZE_MAX;
	call->row_count = count;
	call->rows = xcalloc(count, sizeof(*call->rows));
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

static int
compare_rows(const struct open_call *call, size_t a, size_t b)
{
	int c = text_order(open_call_key(call, a), open_call_key(call, b));

	if (c)
		return c;
	return a < b ? -1 : a > b;
}

/* Heap sort, because qsort has no context to find the keys by. */
static void
sift(const struct open_call *call, size_t *v, size_t at, size_t n)
{
	for (;;) {
		size_t child = 2 * at + 1, keep = v[at];

		if (child >= n)
			return;
		if (child + 1 < n &&
		    compare_rows(call, v[child], v[child + 1]) < 0)
			child++;
		if (compare_rows(call, keep, v[child]) >= 0)
			return;
		v[at] = v[child];
		v[child] = keep;
		at = child;
	}
}

static void
sort_keys(struct open_call *call)
{
	size_t n = 0;

	call->by_key = xcalloc(call->row_count, sizeof(*call->by_key));
	for (size_t i = 0; i < call->row_count; i++)
		if (call->rows[i].key_len)
			call->by_key[n++] = i;
	call->key_count = n;
	for (size_t i = n / 2; i-- > 0;)
		sift(call, call->by_key, i, n);
	while (n > 1) {
		size_t last = call->by_key[--n];

		call->by_key[n] = call->by_key[0];
		call->by_key[0] = last;
		sift(call, call->by_key, 0, n);
	}
}

/* By text, where base/lower_bound.h goes by number. */
static ptrdiff_t
find_token(struct open_call *call, struct text key_token)
{
	size_t low = 0, high;
	ptrdiff_t any = -1;

	if (call->by_key == NULL)
		sort_keys(call);
	high = call->key_count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (text_order(
			open_call_key(call, call->by_key[mid]), key_token) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < call->key_count; low++) {
		size_t i = call->by_key[low];

		if (!text_equal(open_call_key(call, i), key_token))
			break;
		if (call->rows[i].settled == ROW_OPEN &&
		    !call->rows[i].has_job_entry)
			return (ptrdiff_t)i;
		if (any < 0 || call->rows[any].settled != ROW_OPEN)
			any = (ptrdiff_t)i;
	}
	return any;
}

/* A key of digits may come back as a number where we sent text, or the other
 * way round. */
static bool
other_spelling(struct text token, char *out, size_t size, struct text *other)
{
	bool quoted = token.len > 2 && token.s[0] == '"';
	struct text digits =
	    quoted ? (struct text){token.s + 1, token.len - 2} : token;

	if (digits.len == 0 || digits.len + 3 > size)
		return false;
	for (size_t i = 0; i < digits.len; i++)
		if (digits.s[i] < '0' || digits.s[i] > '9')
			return false;
	*other = digits;
	if (quoted)
		return true;
	out[0] = '"';
	memcpy(out + 1, digits.s, digits.len);
	out[digits.len + 1] = '"';
	*other = (struct text){out, digits.len + 2};
	return true;
}

/* Answers come in the order of what was asked, mostly. Where keys are unique
 * the row after the last one is the one, or none. */
static ptrdiff_t
find_at(const struct open_call *call, size_t i, struct text key_token)
{
	if (!call->verb->changes || i >= call->row_count ||
	    call->rows[i].settled != ROW_OPEN || call->rows[i].has_job_entry ||
	    !text_equal(open_call_key(call, i), key_token))
		return -1;
	return (ptrdiff_t)i;
}

ptrdiff_t
open_call_find(struct open_call *call, struct text key_token)
{
	ptrdiff_t index = find_at(call, call->next_found, key_token);
	struct text other;
	char spelt[128];

	if (index < 0)
		index = find_at(call, call->lookup_from, key_token);
	if (index < 0)
		index = find_token(call, key_token);
	if (index < 0 &&
	    other_spelling(key_token, spelt, sizeof(spelt), &other))
		index = find_token(call, other);
	if (index >= 0)
		call->next_found = (size_t)index + 1;
	return index;
}

/* A key without what a service may change about it. Escapes stay as they are:
 * a key that differs in one more thing than these is another key. */
static struct text
bare_key(struct text token)
{
	if (token.len >= 2 && token.s[0] == '"')
		token = (struct text){token.s + 1, token.len - 2};
	token = text_trim(token);
	while (token.len > 1 && token.s[0] == '0')
		token = (struct text){token.s + 1, token.len - 1};
	return token;
}

bool
key_is_like(struct text a, struct text b)
{
	size_t i = 0, j = 0;

	if (text_equal(a, b))
		return true;
	a = bare_key(a);
	b = bare_key(b);
	/* Most keys differ where they are ASCII. */
	for (; i < a.len && i < b.len && ((a.s[i] | b.s[i]) & 0x80) == 0; i++)
		if (ascii_lower(a.s[i]) != ascii_lower(b.s[i]))
			return false;
	j = i;
	while (i < a.len && j < b.len)
		if (code_point_lower(utf8_next(a.s, a.len, &i)) !=
		    code_point_lower(utf8_next(b.s, b.len, &j)))
			return false;
	return i == a.len && j == b.len;
}

ptrdiff_t
open_call_find_like(const struct open_call *call, struct text key_token)
{
	for (size_t i = 0; i < call->row_count; i++)
		if (call->rows[i].key_len &&
		    key_is_like(open_call_key(call, i), key_token))
			return (ptrdiff_t)i;
	return -1;
}
