/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_DIAGNOSTICS_H
#define MAPPING_DIAGNOSTICS_H

/*
 * Mistakes in a mapping file, all of them, each with its place: collected by
 * the loader and the checks, printed as text (clang-like), JSON or GitHub
 * workflow commands.
 */

#include "base/buf.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <stdbool.h>
#include <stddef.h>

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };

struct diagnostic {
	enum severity severity;
	const char *code; /* "mapping.unknown_key": static */
	const char *file;
	int line, column, length; /* from 1; length >= 1 of the caret mark;
				   * line 0 = no place */
	const char *message;
	const char *help; /* NULL = none */
};

struct diagnostics {
	struct arena arena;
	struct diagnostic *items;
	size_t count, cap;
	size_t errors, warnings;
};

void diagnostics_init(struct diagnostics *l);
void diagnostics_release(struct diagnostics *l);
/* Adds one; `code` static, `file` copied. Returns it for diagnostic_help. */
struct diagnostic *diagnostics_add(struct diagnostics *l,
    enum severity severity, const char *code, const char *file, int line,
    int column, const char *fmt, ...) __attribute__((format(printf, 7, 8)));
void diagnostics_help(struct diagnostics *l, struct diagnostic *x,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* `FILE:LINE:COL: error: message [code]`, the source line, a caret, `help:`;
 * errors first, then warnings, then notes: a warning is often the echo of an
 * error. `bytes` are the mapping file's (may be empty: no source lines). */
void diagnostics_text(const struct diagnostics *l, struct text bytes,
    bool with_colour, struct buf *out);
/* A JSON array of {code, severity, message, file, line, column, help}. */
void diagnostics_json(const struct diagnostics *l, struct buf *out);
/* `::error file=…,line=…,col=…::message` lines. */
void diagnostics_github(const struct diagnostics *l, struct buf *out);

#endif
