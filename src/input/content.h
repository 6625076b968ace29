/* SPDX-License-Identifier: MIT */
#ifndef INPUT_CONTENT_H
#define INPUT_CONTENT_H

/*
 * What the first bytes of a file say it is, whatever its name says.
 */

#include "base/diag.h"
#include "base/text.h"

enum compression {
	COMPRESSION_NONE,
	COMPRESSION_GZIP,
	COMPRESSION_ZSTD,
	COMPRESSION_XZ,
	COMPRESSION_BZIP2,
	COMPRESSION_ZIP
};

/* Enough of a file to tell. */
#define CONTENT_HEAD ((size_t)512)

enum compression content_compression(const char *head, size_t len);
/* "none", "gzip", "zstd", "xz", "bzip2", "zip". */
const char *compression_name(enum compression c);

/* A file that is not text and no compressed text (a workbook, a PDF, a
 * database, another archive): -1, DIAG_INPUT, the message says what it is and
 * what to do. */
int content_refuse(
    const char *name, const char *head, size_t len, struct diag *d);

/* The same for what was decompressed from `outer` and is compressed itself. */
int content_refuse_packed(const char *name, enum compression outer,
    enum compression inner, struct diag *d);

/* The same for a zip archive, by the name of one member of it; `content` is
 * the member's first bytes, or empty. */
int content_refuse_zip(
    const char *name, struct text member, struct text content, struct diag *d);

#endif
