/* SPDX-License-Identifier: MIT */
#ifndef HTTP_GZIP_WRITER_H
#define HTTP_GZIP_WRITER_H

/*
 * Request bodies in gzip (RFC 1952) by zlib, for --gzip. Level 1: the higher
 * ones save a fifth of the bytes for two to three times the time. The same body
 * always gets the same bytes (no time, no name in them).
 */

#include "base/buf.h"
#include "base/diag.h"

#include <stddef.h>

struct gzip_writer;

/* Returns owned (about 270 kB for all bodies), or NULL: DIAG_INTERNAL. */
struct gzip_writer *gzip_writer_new(struct diag *d);
void gzip_writer_free(struct gzip_writer *g); /* NULL is allowed */
/* Replaces what `out` holds by the compressed body. */
int gzip_writer_body(struct gzip_writer *g, const char *body, size_t len,
    struct buf *out, struct diag *d);

#endif
