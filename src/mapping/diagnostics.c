/* SPDX-License-Identifier: MIT */
/*
 * The list of mistakes and its three forms. Texts are kept in an arena of the
 * list, so that it outlives the mapping that it speaks of: a mapping with an
 * error is freed before its mistakes are printed.
 */
#include "mapping/diagnostics.h"

#include "base/xalloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
diagnostics_init(struct diagnostics *l)
{
	*l = (struct diagnostics){.arena = ARENA_INIT};
}

void
diagnostics_release(struct diagnostics *l)
{
	arena_release(&l->arena);
	free(l->items);
	diagnostics_init(l);
}

static const char *format_text(struct diagnostics *l, const char *fmt,
    va_list ap) __attribute__((format(printf, 2, 0)));

static const char *
format_text(struct diagnostics *l, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	size_t len = n < 0 ? 0 : (size_t)n;
	char *s = arena_alloc(&l->arena, len + 1);
	vsnprintf(s, len + 1, fmt, again);
	va_end(again);
	return s;
}

static const char *
keep_file(struct diagnostics *l, const char *file)
{
	/* Nearly always the file of the one before. */
	if (l->count && !strcmp(l->items[l->count - 1].file, file))
		return l->items[l->count - 1].file;
	return arena_strdup(&l->arena, file);
}

struct diagnostic *
diagnostics_add(struct diagnostics *l, enum severity severity, const char *code,
    const char *file, int line, int column, const char *fmt, ...)
{
	va_list ap;
	const char *kept = keep_file(l, file ? file : "");
	ARRAY_ROOM(l->items, l->count, l->cap);
	struct diagnostic *x = &l->items[l->count++];
	*x = (struct diagnostic){.severity = severity,
	    .code = code,
	    .file = kept,
	    .line = line,
	    .column = column,
	    .length = 1};
	va_start(ap, fmt);
	x->message = format_text(l, fmt, ap);
	va_end(ap);
	if (severity == SEVERITY_ERROR)
		l->errors++;
	else if (severity == SEVERITY_WARNING)
		l->warnings++;
	return x;
}

void
diagnostics_help(
    struct diagnostics *l, struct diagnostic *x, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	x->help = format_text(l, fmt, ap);
	va_end(ap);
}
