/* SPDX-License-Identifier: MIT */
/*
 * Where a unique value goes, in the three lives of a builder: into its index,
 * into a spool, or nowhere, because the verdicts are there already.
 */
#include "build/builder.h"

#include "base/unicode.h"
#include "builder_plan.h"

#include <assert.h>
#include <string.h>

/* What an index takes at most: 24 bytes a key while it grows and 12 of
 * a place, which is a zero and two numbers of five bytes at worst, with
 * checkpoint and the slack of arrays. The first slots and the first block. */
#define MOST_OF_VALUE 24
#define MOST_OF_ROW 14
#define MOST_OF_INDEX ((uint64_t)64 << 10)
#define MOST_OF_PLACES ((uint64_t)128 << 10)

/* In lower case and without outer blanks. Escapes stay as they are: what they
 * stand for has neither. */
static struct text
fold(struct builder *b, struct text json)
{
	struct buf *out = &b->folded;

	if (json.len > 1 && json.s[0] == '"')
		json = text_trim((struct text){json.s + 1, json.len - 2});
	buf_clear(out);
	for (size_t i = 0; i < json.len;)
		utf8_add(
		    out, code_point_lower(utf8_next(json.s, json.len, &i)));
	return buf_text(out);
}

/* Not inlined: an index would pay for its registers. */
__attribute__((noinline)) static uint64_t
meet_other(struct builder *b, const struct plan_field *p, struct text json)
{
	size_t slot = (size_t)p->f->unique_slot;

	if (p->folds)
		json = fold(b, json);
	if (b->spool == NULL)
		return b->verdicts ? 0 : unique_hash(p->unique, json);
	if (b->verdicts == NULL ||
	    !verdict_cursor_finds_other(b->verdicts, b->rec->row, slot))
		key_spool_add(b->spool, b->spool_file, slot, json, b->rec->row,
		    b->rec->line);
	return 0;
}

uint64_t
unique_meet(struct builder *b, const struct plan_field *p, struct text json)
{
	return b->meets_other ? meet_other(b, p, json)
			      : unique_hash(p->unique, json);
}

int
builder_hint_column(const struct builder *b)
{
	const struct plan_field *p = b->key;

	return p != NULL && p->unique != NULL && !b->meets_other &&
		       unique_takes_hints(p->unique)
		   ? p->column
		   : -1;
}

void
builder_hint(struct builder *b, struct text cell)
{
	char json[64];

	/* As it will be, if nothing in it is escaped or changed. */
	if (cell.len == 0 || cell.len > sizeof(json) - 2)
		return;
	json[0] = '"';
	memcpy(json + 1, cell.s, cell.len);
	json[cell.len + 1] = '"';
	unique_hint(b->key->unique, (struct text){json, cell.len + 2});
}

/* In the index. */
static bool
was_there(struct builder *b, const struct plan_field *p, uint64_t hash,
    struct first_place *first)
{
	uint64_t place;

	if (b->row_number <= b->told) {
		place = unique_find_hash(p->unique, hash);
		if (place == 0)
			return false;
		place_log_get(b->places, place, &first->row, &first->line);
		first->file = NULL;
		return first->row != b->rec->row;
	}
	if (b->place == 0)
		b->place = place_log_add(b->places, b->rec->row, b->rec->line);
	if (unique_add_hash(p->unique, hash, b->place, &place))
		return false;
	place_log_get(b->places, place, &first->row, &first->line);
	first->file = NULL;
	return true;
}

bool
unique_settle(struct builder *b, const struct plan_field *p,
    const struct value *v, uint64_t met)
{
	struct first_place first;

	if (b->spool != NULL)
		return true;
	if (b->verdicts == NULL ? !was_there(b, p, met, &first)
				: !verdict_cursor_find(b->verdicts, b->rec->row,
				      (size_t)p->f->unique_slot, &first))
		return true;
	note_not_unique(b, p, v, &first);
	return false;
}

size_t
builder_unique_bytes(const struct builder *b)
{
	size_t bytes = place_log_bytes(b->places);

	for (size_t i = 0; i < b->unique_count; i++)
		if (b->unique[i] != NULL)
			bytes += unique_bytes(b->unique[i]);
	return bytes;
}

uint64_t
builder_unique_most(const struct mapping *m, uint64_t rows)
{
	if (m->unique_count == 0)
		return 0;
	return m->unique_count * (rows * MOST_OF_VALUE + MOST_OF_INDEX) +
	       rows * MOST_OF_ROW + MOST_OF_PLACES;
}

/* Leaves the fields that are unique, or hold one that is. Plain ones never
 * are, so that there are no runs. */
static size_t
keep_unique(struct builder *b, struct plan_field *fields, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		struct plan_field *p = &fields[i];

		p->child_count = keep_unique(b, p->children, p->child_count);
		if (p->unique == NULL && p->child_count == 0)
			continue;
		assert(p->kind != PLAN_PLAIN);
		if (b->key == p)
			b->key = &fields[kept];
		fields[kept++] = *p;
	}
	return kept;
}

void
builder_collect(struct builder *b, struct key_spool *s, size_t file)
{
	b->spool = s;
	b->spool_file = file;
	b->meets_other = true;
	b->field_count = keep_unique(b, b->fields, b->field_count);
}

void
builder_ask_verdicts(
    struct builder *b, const struct key_verdicts *v, size_t file)
{
	assert(b->verdicts == NULL);
	builder_forget_keys(b);
	b->verdicts = verdict_cursor_new(v, file);
	b->meets_other = true;
}

void
builder_forget_keys(struct builder *b)
{
	for (size_t i = 0; i < b->unique_count; i++)
		if (b->unique[i] != NULL)
			unique_clear(b->unique[i]);
	place_log_free(b->places);
	b->places = place_log_new();
}

bool
builder_asks_verdicts(const struct builder *b)
{
	return b->verdicts != NULL;
}

int
builder_check_verdicts(const struct builder *b, struct diag *d)
{
	return b->verdicts ? verdict_cursor_check(b->verdicts, d) : 0;
}
