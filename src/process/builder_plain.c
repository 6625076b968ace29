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

void
plain_add_run(struct builder *b, const struct plan_field *p)
{
	const struct record *rec = b->rec;
	const struct plan_field *end = p + p->run;
	struct buf *out = b->out;
	char *dst = out->data + out->len, *limit = room_end(out), *begin;

	for (; p < end; p++) {
		struct text t = plain_text(rec, p), fragment;
		size_t from = 0;

		if (t.len == 0)
			continue;
		fragment = opening(p, dst);
		begin = dst;
		if ((size_t)(limit - dst) >
		    fragment.len + t.len + JSON_COPY_SLACK) {
			dst = json_copy_fragment(dst, fragment);
			dst = json_copy_clean(dst, t, &from);
			*dst++ = '"';
		}
		if (from < t.len) {
			set_end(out, begin);
			(void)json_add_member(out, fragment, t);
			dst = out->data + out->len;
			limit = room_end(out);
		}
	}
	set_end(out, dst);
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
