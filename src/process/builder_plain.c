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
#include "process/builder_plan.h"

#include "process/json_copy.h"
#include "process/json_writer.h"

/* Bytes with which a blank can begin or end: ASCII's, and those of U+00A0. */
static const bool may_be_blank[256] = {
    ['\t'] = true,
    [' '] = true,
    [0xC2] = true,
    [0xA0] = true,
};

/* Nothing for text_trim to do; t is not empty. */
static inline bool
is_trimmed(struct text t)
{
	return !may_be_blank[(unsigned char)t.s[0]] &&
	       !may_be_blank[(unsigned char)t.s[t.len - 1]];
}

static inline struct text
plain_text(const struct record *rec, const struct plan_field *p)
{
	const struct field *f = p->f;
	struct text t;

	if (p->column_at >= rec->cell_count)
		return (struct text){"", 0};
	t = rec->cells[p->column_at];
	if (t.len > 0 && (p->cleans || (p->trims && !is_trimmed(t))))
		t = value_clean(t, f->trim, f->nulls, f->null_count);
	return t;
}

/* The fragment with its quote, without the comma where it comes first; there
 * is always a byte before. */
static inline struct text
opening(const struct plan_field *p, const char *dst)
{
	size_t skip = dst[-1] == '{';

	return (struct text){p->fragment.s + skip, p->fragment.len + 1 - skip};
}

#ifdef __SSE2__
/* Where bytes may be written to at most, the NUL behind them not counted. */
static char *
room_end(const struct buf *out)
{
	size_t max = out->max != 0 ? out->max : BUF_MAX_DEFAULT;

	return out->data + (max < out->cap - 1 ? max : out->cap - 1);
}

static void
set_end(struct buf *out, char *dst)
{
	*dst = '\0';
	out->len = (size_t)(dst - out->data);
}

/* Members without asking for room; stops at a cell that must be escaped. A
 * comma that comes first is written over the brace, which is put back. */
static const struct plan_field *
add_unescaped(const struct record *rec, const struct plan_field *p,
    const struct plan_field *end, char **at)
{
	const struct text *cells = rec->cells;
	size_t count = rec->cell_count;
	bool is_first = (*at)[-1] == '{';
	char *begin = *at - is_first, *dst = begin, *behind;

	for (; p < end; p++) {
		struct text t;

		if (p->column_at >= count)
			continue;
		t = cells[p->column_at];
		if (t.len == 0)
			continue;
		if (p->cleans || (p->trims && !is_trimmed(t))) {
			t = plain_text(rec, p);
			if (t.len == 0)
				continue;
		}
		behind = json_copy_fragment(
		    dst, (struct text){p->fragment.s, p->fragment.len + 1});
		if (!json_copy_padded(behind, t))
			break;
		dst = behind + t.len;
		*dst++ = '"';
	}
	if (is_first) {
		*begin = '{';
		dst += dst == begin;
	}
	*at = dst;
	return p;
}

/* A record's cells are no longer than the record. */
static bool
has_room(
    const struct record *rec, const struct plan_field *p, const struct buf *out)
{
	size_t room = (size_t)(room_end(out) - (out->data + out->len));

	return room >
	       p->run_bytes + p->run_copies * (size_t)(rec->end - rec->begin);
}

void
plain_add_run(struct builder *b, const struct plan_field *p)
{
	const struct plan_field *end = p + p->run;
	struct buf *out = b->out;

	while (p < end) {
		struct text t;
		char *dst;

		if (b->rec->is_padded && has_room(b->rec, p, out)) {
			dst = out->data + out->len;
			p = add_unescaped(b->rec, p, end, &dst);
			set_end(out, dst);
			if (p == end)
				break;
		}
		t = plain_text(b->rec, p);
		if (t.len > 0)
			(void)json_add_member(
			    out, opening(p, out->data + out->len), t);
		p++;
	}
}
#else
void
plain_add_run(struct builder *b, const struct plan_field *p)
{
	const struct plan_field *end = p + p->run;
	struct buf *out = b->out;

	for (; p < end; p++) {
		struct text t = plain_text(b->rec, p);

		if (t.len > 0)
			(void)json_add_member(
			    out, opening(p, out->data + out->len), t);
	}
}
#endif

bool
plain_add_key(struct builder *b, const struct plan_field *p)
{
	struct text t = plain_text(b->rec, p), fragment, json;
	struct buf *out = b->out;
	size_t begin = out->len;

	if (t.len == 0 || b->step != NULL)
		return false;
	fragment = opening(p, out->data + begin);
	if (!json_add_member(out, fragment, t)) {
		out->overflow = false;
		return false;
	}
	begin += fragment.len - 1;
	json = (struct text){out->data + begin, out->len - begin};
	buf_clear(&b->key_text);
	(void)buf_add(&b->key_text, t.s, t.len);
	b->built->key_at = begin;
	b->built->key_len = json.len;
	if (p->unique != NULL) {
		b->late_key = p;
		b->late_hash = unique_hash(p->unique, json);
	}
	return true;
}

void
plain_settle_key(struct builder *b)
{
	const struct plan_field *p = b->late_key;
	struct value v = {true, plain_text(b->rec, p), p->column};

	b->late_key = NULL;
	(void)check_unique(b, p, &v, b->late_hash);
}
