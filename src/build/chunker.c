/* SPDX-License-Identifier: MIT */
/*
 * The pull side of a reading: one call, one chunk.
 *
 * A row's object is written straight into the chunk's body. If that makes the
 * body too large, the object moves to `carry` and begins the next chunk: a row
 * must be built only once, because building it enters its values into the
 * unique index. Refused: building each row in a buffer of its own and copying
 * it.
 */
#include "build/chunker.h"

#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

/* What one object may take while it is built; beyond, the builder rejects. */
#define ROW_BYTES_MAX ((size_t)32 << 20)

struct chunker {
	struct reader *reader;
	struct builder *builder;
	struct chunker_options options;
	const struct row_observer *observer;
	struct problem_list problems;
	uint64_t next_ordinal, records;
	size_t next_break;
	uint64_t position; /* end of the last chunk, 0 before the first */
	bool limited, ended;
	bool failed;
	struct diag failure;

	/* A built row that did not fit into the chunk before. */
	bool has_carry;
	struct buf carry;
	struct chunk_row carry_row;
	struct record carry_record; /* numbers only; no cells */
};

void
chunk_init(struct chunk *c)
{
	memset(c, 0, sizeof(*c));
}

void
chunk_release(struct chunk *c)
{
	free(c->rows);
	buf_release(&c->body);
	chunk_init(c);
}

struct chunker *
chunker_new(struct reader *reader, struct builder *builder,
    const struct chunker_options *options, const struct row_observer *observer)
{
	struct chunker *c = xcalloc(1, sizeof(*c));

	c->reader = reader;
	c->builder = builder;
	c->options = *options;
	c->observer = observer;
	problem_list_init(&c->problems);
	buf_init(&c->carry, ROW_BYTES_MAX);
	return c;
}

void
chunker_free(struct chunker *c)
{
	if (c == NULL)
		return;
	problem_list_release(&c->problems);
	buf_release(&c->carry);
	free(c);
}

bool
chunker_limited(const struct chunker *c)
{
	return c->limited;
}

uint64_t
chunker_pending(const struct chunker *c)
{
	return c->has_carry;
}

static uint64_t
bytes_max(const struct chunker *c)
{
	uint64_t times = c->options.bytes_times;

	return c->options.chunk_bytes * (times > 0 ? times : 1);
}

static void
chunk_begin(struct chunker *c, struct chunk *k)
{
	struct chunk_row *rows = k->rows;
	size_t cap = k->row_cap;
	struct buf body = k->body;

	/* One huge row must not keep its memory for the rest of the run. */
	if (body.cap > 2 * bytes_max(c) + 4096)
		buf_release(&body);
	buf_clear(&body);
	memset(k, 0, sizeof(*k));
	k->rows = rows;
	k->row_cap = cap;
	k->body = body;
	k->ordinal = c->next_ordinal;
	k->begin = c->position;
	k->end = c->position;
}

/* The record's bytes become part of the chunk. */
static void
cover(struct chunker *c, struct chunk *k, const struct record *rec)
{
	if (c->position == 0)
		k->begin = rec->begin;
	k->end = rec->end;
	c->position = rec->end;
}

static void
cover_record(struct chunker *c, struct chunk *k, const struct record *rec)
{
	cover(c, k, rec);
	if (k->records == 0) {
		k->first_row = rec->row;
		k->first_line = rec->line;
	}
	k->records++;
	k->record_bytes += rec->end - rec->begin;
}

/* Where the next row's place is noted; it counts when row_count says so. */
static struct chunk_row *
next_row(struct chunk *k)
{
	ARRAY_ROOM(k->rows, k->row_count, k->row_cap);
	return &k->rows[k->row_count];
}

/* Takes the row that the chunk before had no room for. */
static void
take_carry(struct chunker *c, struct chunk *k)
{
	struct chunk_row *row = next_row(k);

	*row = c->carry_row;
	k->body.max = ROW_BYTES_MAX;
	buf_addc(&k->body, '[');
	row->json_at = k->body.len;
	row->key_at += row->json_at;
	buf_add(&k->body, c->carry.data, c->carry.len);
	cover_record(c, k, &c->carry_record);
	k->row_count++;
	c->has_carry = false;
}

/* Puts the object at the body's end aside for the next chunk. */
static void
put_aside(struct chunker *c, struct chunk *k, const struct record *rec,
    const struct chunk_row *row, size_t body_len)
{
	buf_clear(&c->carry);
	buf_add(&c->carry, k->body.data + row->json_at, row->json_len);
	c->carry_row = *row;
	c->carry_row.key_at = row->key_len ? row->key_at - row->json_at : 0;
	c->carry_record = *rec;
	c->carry_record.cells = NULL;
	c->carry_record.cell_count = 0;
	c->has_carry = true;
	buf_truncate(&k->body, body_len);
}

static enum row_verdict
reject_too_large(struct chunker *c, size_t json_len)
{
	struct problem *p;

	p = problem_add(&c->problems, PROBLEM_REJECT, STAGE_MAP,
	    "chunk.row_too_large", PROBLEM_NO_COLUMN, (struct text){NULL, 0},
	    "the process object is %zu bytes, more than one request may hold "
	    "(%llu bytes)",
	    json_len, (unsigned long long)c->options.chunk_bytes);
	problem_set_hint(&c->problems, p,
	    "check first: raise --chunk-bytes, or map fewer columns");
	return ROW_REJECTED;
}

static enum row_verdict
skip(struct chunker *c, struct built_row *built, const char *code)
{
	problem_list_clear(&c->problems);
	built->skip_code = code;
	return ROW_SKIPPED;
}

/* Builds the record's object at the end of the body; on anything but
 * ROW_BUILT the body is as it was. */
static enum row_verdict
build(struct chunker *c, struct chunk *k, struct record *rec,
    struct built_row *built, bool *check_first)
{
	const struct row_gate *gate = c->options.gate;
	size_t body_len = k->body.len;
	bool is_left_out = rec->skip_code != NULL;
	enum row_verdict verdict;

	if (gate)
		gate->prepare(gate->ctx, rec);
	/* What is wrong with a row that is left out is nobody's matter. */
	if (gate && rec->skip_code && !is_left_out)
		problem_list_clear(&c->problems);
	k->body.max = body_len + 1 + ROW_BYTES_MAX;
	buf_addc(&k->body, k->row_count ? ',' : '[');
	verdict =
	    builder_row(c->builder, rec, reader_record_is_empty(c->reader, rec),
		&k->body, &c->problems, built);
	if (rec->source_begin < c->options.imported_end)
		verdict = skip(c, built, "rows.imported");
	if (verdict == ROW_BUILT &&
	    built->json_len + 2 > c->options.chunk_bytes)
		verdict = reject_too_large(c, built->json_len);
	if (verdict == ROW_BUILT && gate &&
	    !gate->admit(gate->ctx, rec, builder_key_text(c->builder),
		&c->problems, check_first))
		verdict = gate->skip_code ? skip(c, built, gate->skip_code)
					  : ROW_REJECTED;
	if (verdict != ROW_BUILT)
		buf_truncate(&k->body, body_len);
	return verdict;
}

static void
observe(struct chunker *c, const struct record *rec, enum row_verdict verdict,
    const struct built_row *built, const struct chunk *k)
{
	struct text json = {"", 0};

	if (c->observer == NULL || c->observer->row == NULL)
		return;
	if (verdict == ROW_BUILT)
		json = (struct text){
		    k->body.data + built->json_at, built->json_len};
	c->observer->row(
	    c->observer->ctx, rec, verdict, &c->problems, built, json);
}

/* Builds one record into the chunk. Returns false when the record belongs to
 * the next chunk, for which it is kept. */
static bool
take_record(struct chunker *c, struct chunk *k, struct record *rec)
{
	size_t body_len = k->body.len;
	struct built_row built = {0};
	bool check_first = false;
	enum row_verdict verdict = build(c, k, rec, &built, &check_first);
	struct chunk_row *row;

	observe(c, rec, verdict, &built, k);
	c->records++;
	if (verdict != ROW_BUILT) {
		cover_record(c, k, rec);
		if (verdict == ROW_REJECTED)
			k->rejected++;
		else
			k->skipped++;
		return true;
	}
	if (!c->options.no_digest && c->problems.count == 0 &&
	    c->problems.dropped == 0)
		builder_note_quiet(c->builder);
	row = next_row(k);
	*row = (struct chunk_row){
	    .row = rec->row,
	    .line = rec->line,
	    .json_at = built.json_at,
	    .json_len = built.json_len,
	    .key_at = built.key_at,
	    .key_len = built.key_len,
	    .check_first = check_first,
	};
	if (k->row_count && k->body.len + 1 > bytes_max(c)) {
		put_aside(c, k, rec, row, body_len);
		return false;
	}
	cover_record(c, k, rec);
	k->row_count++;
	return true;
}

static void
chunk_end(struct chunker *c, struct chunk *k)
{
	c->next_ordinal++;
	if (k->row_count == 0)
		return;
	k->body.max = k->body.len + 1;
	buf_addc(&k->body, ']');
	if (!c->options.no_digest)
		sha256_of(k->body.data, k->body.len, k->sha256);
}

/* True when the limit is reached: nothing more is read. */
static bool
at_limit(struct chunker *c)
{
	if (c->options.limit && c->records >= c->options.limit)
		c->limited = true;
	return c->limited;
}

static bool
at_break(const struct chunker *c)
{
	return c->next_break < c->options.break_count &&
	       c->records >= c->options.breaks[c->next_break];
}

/* The memory that the keys of the next rows will need is asked for while this
 * one is built: waiting for it was a fifth of the time with a million keys. */
static void
give_hints(struct chunker *c, int column)
{
	struct text cell;

	while (reader_peek(c->reader, (size_t)column, &cell))
		builder_hint(c->builder, cell);
}

/* Reads until the chunk is full, the input ends, or a limit is reached. */
static int
fill(struct chunker *c, struct chunk *k, struct diag *d)
{
	int hint_column = builder_hint_column(c->builder);

	while (k->row_count < c->options.chunk_rows && !at_limit(c) &&
	       !at_break(c)) {
		struct record rec;
		int event;

		problem_list_clear(&c->problems);
		event = reader_next(c->reader, &rec, &c->problems, d);
		if (event < 0)
			return -1;
		if (event == READER_END) {
			c->ended = true;
			return 0;
		}
		if (event == READER_BLANK) {
			cover(c, k, &rec);
			k->blank_lines++;
			k->blank_bytes += rec.end - rec.begin;
			if (c->observer && c->observer->blank)
				c->observer->blank(c->observer->ctx, &rec);
			continue;
		}
		if (hint_column >= 0)
			give_hints(c, hint_column);
		if (!take_record(c, k, &rec))
			return 0;
	}
	return 0;
}

static int
ask_before(struct chunker *c)
{
	const struct chunker_options *o = &c->options;

	if (o->before_chunk == NULL || c->ended)
		return 0;
	return o->before_chunk(o->before_ctx, &c->failure);
}

int
chunker_next(struct chunker *c, struct chunk *k, struct diag *d)
{
	chunk_begin(c, k);
	if (ask_before(c))
		c->ended = c->failed = true;
	if (c->has_carry)
		take_carry(c, k);
	k->cut = c->failed;
	if (!c->ended && (fill(c, k, &c->failure) ||
			     builder_check_verdicts(c->builder, &c->failure))) {
		c->ended = true;
		c->failed = true;
		k->cut = true;
	}
	if (k->records == 0 && k->blank_lines == 0) {
		if (!c->failed)
			return 0;
		*d = c->failure;
		return -1;
	}
	chunk_end(c, k);
	while (at_break(c) && !c->has_carry)
		c->next_break++;
	return 1;
}
