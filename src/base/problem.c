/* SPDX-License-Identifier: MIT */
/*
 * The problems of one row. Texts go into one buffer and are kept as offsets,
 * because the buffer moves when it grows. A value that does not fit is left
 * out, never the problem itself.
 */
#include "base/problem.h"

#include "base/xalloc.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROBLEM_TEXT_MAX ((size_t)16 << 20)

const char *
problem_stage_name(enum problem_stage stage)
{
	static const char *const names[] = {"read", "map", "send", "job"};

	assert((size_t)stage < sizeof(names) / sizeof(names[0]));
	return names[stage];
}

void
problem_list_init(struct problem_list *l)
{
	memset(l, 0, sizeof(*l));
	l->text.max = PROBLEM_TEXT_MAX;
}

void
problem_list_release(struct problem_list *l)
{
	free(l->items);
	buf_release(&l->text);
	problem_list_init(l);
}

void
problem_list_empty(struct problem_list *l)
{
	l->count = 0;
	l->rejects = 0;
	l->dropped = 0;
	buf_clear(&l->text);
}

/* Appends what fits of a formatted text of `n` bytes in `size` bytes. */
static size_t
add_formatted(struct problem_list *l, const char *formatted, int n, size_t size)
{
	size_t len = n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;

	return buf_add(&l->text, formatted, len) ? len : 0;
}

struct problem *
problem_add(struct problem_list *l, enum problem_level level,
    enum problem_stage stage, const char *code, int column, struct text value,
    const char *fmt, ...)
{
	struct problem *p;
	va_list ap;
	char message[1024];
	int n;

	if (level == PROBLEM_REJECT)
		l->rejects++;
	if (l->count == PROBLEM_MAX) {
		l->dropped++;
		return NULL;
	}
	ARRAY_ROOM(l->items, l->count, l->cap);
	p = &l->items[l->count++];
	memset(p, 0, sizeof(*p));
	p->code = code;
	p->cause = "";
	p->level = level;
	p->stage = stage;
	p->column = column;
	p->byte = PROBLEM_NO_BYTE;

	p->value_at = l->text.len;
	if (value.len && buf_add(&l->text, value.s, value.len))
		p->value_len = value.len;
	va_start(ap, fmt);
	n = vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	p->message_at = l->text.len;
	p->message_len = add_formatted(l, message, n, sizeof(message));
	return p;
}

void
problem_set_cause(struct problem *p, const char *cause)
{
	if (p != NULL)
		p->cause = cause;
}

void
problem_set_path(struct problem_list *l, struct problem *p, struct text path)
{
	if (p == NULL)
		return;
	p->path_at = l->text.len;
	p->path_len = buf_add(&l->text, path.s, path.len) ? path.len : 0;
}

void
problem_set_hint(
    struct problem_list *l, struct problem *p, const char *fmt, ...)
{
	char hint[512];
	va_list ap;
	int n;

	if (p == NULL)
		return;
	va_start(ap, fmt);
	n = vsnprintf(hint, sizeof(hint), fmt, ap);
	va_end(ap);
	p->hint_at = l->text.len;
	p->hint_len = add_formatted(l, hint, n, sizeof(hint));
}

static bool
is_twin(const struct problem_list *l, size_t i, size_t k)
{
	const struct problem *a = &l->items[i], *b = &l->items[k];

	return a->column >= 0 && a->column == b->column &&
	       a->level == b->level && strcmp(a->code, b->code) == 0 &&
	       strcmp(a->cause, b->cause) == 0 &&
	       !text_equal(problem_path(l, a), problem_path(l, b)) &&
	       text_equal(problem_value(l, a), problem_value(l, b)) &&
	       text_equal(problem_message(l, a), problem_message(l, b));
}

size_t
problem_twin(const struct problem_list *l, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (is_twin(l, i, k))
			return k;
	return i;
}

void
problem_add_fields(struct buf *out, const struct problem_list *l, size_t i)
{
	struct text path = problem_path(l, &l->items[i]);

	(void)buf_add(out, path.s, path.len);
	for (size_t k = i + 1; k < l->count; k++) {
		if (!is_twin(l, k, i))
			continue;
		path = problem_path(l, &l->items[k]);
		(void)buf_adds(out, ", ");
		(void)buf_add(out, path.s, path.len);
	}
}

static struct text
view(const struct problem_list *l, size_t at, size_t len)
{
	return (struct text){len ? l->text.data + at : "", len};
}

struct text
problem_path(const struct problem_list *l, const struct problem *p)
{
	return view(l, p->path_at, p->path_len);
}

struct text
problem_value(const struct problem_list *l, const struct problem *p)
{
	return view(l, p->value_at, p->value_len);
}

struct text
problem_message(const struct problem_list *l, const struct problem *p)
{
	return view(l, p->message_at, p->message_len);
}

struct text
problem_hint(const struct problem_list *l, const struct problem *p)
{
	return view(l, p->hint_at, p->hint_len);
}
