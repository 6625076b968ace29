/* SPDX-License-Identifier: MIT */
/*
 * Columns that go out as the text they are, which is most of most mappings:
 * from the cell straight into the buffer, with the write position in a
 * register from field to field. Whatever is not as usual (a cell with
 * something to escape, a buffer with little room) goes the long way, which
 * gives the same bytes.
 *
 * Whether a key is unique is asked at the row's end, when the memory has come
 * that its hash asked for: waiting for it was a third of all time with a
 * million keys.
 */
#include "base/json_write.h"
#include "builder_plan.h"

#include <string.h>

/* Bytes with which a blank can begin or end: ASCII's, and those of U+00A0. */
static const bool looks_at_blanks[256] = {
    ['\t'] = true,
    [' '] = true,
    [0xC2] = true,
    [0xA0] = true,
};

static const bool looks_at_none[256];

/* Those and what a null begins with, for fields that have nulls. */
static const bool *
looks_at_nulls(struct builder *b, const struct field *f)
{
	if (b->looks != NULL && b->looks_nulls == f->nulls &&
	    b->looks_trim == f->trim)
		return b->looks;
	b->looks = arena_alloc(&b->arena, sizeof(looks_at_blanks));
	memcpy(b->looks, f->trim ? looks_at_blanks : looks_at_none,
	    sizeof(looks_at_blanks));
	for (size_t i = 0; i < f->null_count; i++)
		if (f->nulls[i].len > 0)
			b->looks[(unsigned char)f->nulls[i].s[0]] = true;
	b->looks_nulls = f->nulls;
	b->looks_trim = f->trim;
	return b->looks;
}

struct plain_slot
plain_slot(struct builder *b, const struct plan_field *p)
{
	return (struct plain_slot){
	    .fragment = {p->fragment.s, p->fragment.len + 1},
	    .column = p->column < 0 ? SIZE_MAX : (size_t)p->column,
	    .looks = p->f->null_count > 0 ? looks_at_nulls(b, p->f)
		     : p->f->trim	  ? looks_at_blanks
					  : looks_at_none,
	    .f = p->f};
}

/* The fragment with its quote, without the comma where it comes first; there
 * is always a byte before. */
static inline struct text
opening(const struct plain_slot *slot, const char *dst)
{
	size_t skip = dst[-1] == '{';

	return (struct text){
	    slot->fragment.s + skip, slot->fragment.len - skip};
}

#ifdef __SSE2__
/* The members of the run, without asking for room. There are two copies of
 * this: of most records no cell is odd. */
static inline __attribute__((always_inline)) char *
add_slots(const struct record *rec, const struct plain_run *run, char *dst,
    bool has_odd)
{
	const struct plain_slot *slot = run->slots, *end = slot + run->count;
	const struct text *cells = rec->cells;
	const uint64_t *odd = rec->odd;

	for (; slot < end; slot++) {
		struct text t = cells[slot->column];

		if (t.len == 0)
			continue;
		if (!plain_is_as_wanted(slot, t)) {
			t = plain_text(rec, slot);
			if (t.len == 0)
				continue;
		}
		dst = json_copy_blocks(dst, slot->fragment);
		if (has_odd && odd[slot->column / 64] >> slot->column % 64 & 1)
			dst = json_write_padded(dst, t);
		else
			dst = json_copy_blocks(dst, t);
		*dst++ = '"';
	}
	return dst;
}

/* A record's cells are no longer than the record. */
static bool
has_room(const struct record *rec, const struct plain_run *run,
    const struct buf *out)
{
	size_t max = out->max != 0 ? out->max : BUF_MAX_DEFAULT;
	size_t end = max < out->cap - 1 ? max : out->cap - 1;
	size_t most = (size_t)(rec->end - rec->begin) * run->copies;

	if (rec->odd != NULL)
		most *= JSON_ESCAPE_MAX;
	return end - out->len > run->bytes + most;
}

/* All members of the run in one go; false if they need to be looked at one by
 * one. A comma that comes first is written over the brace, which is put back.
 */
static bool
add_quickly(
    const struct record *rec, const struct plain_run *run, struct buf *out)
{
	char *at = out->data + out->len, *begin, *dst;

	if (!rec->is_padded || rec->cell_count < run->width ||
	    !has_room(rec, run, out))
		return false;
	begin = at - (at[-1] == '{');
	dst = rec->odd != NULL ? add_slots(rec, run, begin, true)
			       : add_slots(rec, run, begin, false);
	if (begin < at) {
		*begin = '{';
		dst += dst == begin;
	}
	*dst = '\0';
	out->len = (size_t)(dst - out->data);
	return true;
}
#else
static bool
add_quickly(
    const struct record *rec, const struct plain_run *run, struct buf *out)
{
	(void)rec;
	(void)run;
	(void)out;
	return false;
}
#endif

void
plain_add_run(struct builder *b, const struct plain_run *run)
{
	struct buf *out = b->out;

	if (add_quickly(b->rec, run, out))
		return;
	for (size_t i = 0; i < run->count; i++) {
		const struct plain_slot *slot = &run->slots[i];
		struct text t = plain_text(b->rec, slot);

		if (t.len > 0)
			(void)json_add_member(
			    out, opening(slot, out->data + out->len), t);
	}
}

bool
plain_add_key(struct builder *b, const struct plan_field *p)
{
	struct text t = plain_text(b->rec, &p->slot), fragment, json;
	struct buf *out = b->out;
	size_t begin = out->len;

	if (t.len == 0 || b->step != NULL)
		return false;
	fragment = opening(&p->slot, out->data + begin);
	if (!json_add_member(out, fragment, t)) {
		out->overflow = false;
		return false;
	}
	begin += fragment.len - 1;
	json = (struct text){out->data + begin, out->len - begin};
	(void)buf_add(&b->key_text, t.s, t.len);
	b->built->key_at = begin;
	b->built->key_len = json.len;
	if (p->unique != NULL) {
		b->late_key = p;
		b->late_met = unique_meet(b, p, json);
	}
	return true;
}

void
plain_settle_key(struct builder *b)
{
	const struct plan_field *p = b->late_key;
	struct value v = {.has = true,
	    .t = plain_text(b->rec, &p->slot),
	    .column = p->column};

	b->late_key = NULL;
	(void)unique_settle(b, p, &v, b->late_met);
}
