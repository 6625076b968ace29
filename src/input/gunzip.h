/* SPDX-License-Identifier: MIT */
#ifndef INPUT_GUNZIP_H
#define INPUT_GUNZIP_H

/*
 * gzip (RFC 1952) by zlib: any number of members one after another, zeros
 * after the last one. zlib holds each member against its checksum and its
 * length, and reads a header byte by byte; libarchive, which reads the other
 * formats, does neither.
 */

#include "input/input.h"

/* A member's header (name, comment, extra field) may be so long. */
#define GUNZIP_HEADER_MAX ((size_t)64 << 10)

struct gunzip;

struct gunzip *gunzip_new(struct byte_source from);
void gunzip_free(struct gunzip *g);
/* As byte_source's read. -1: *why says what is wrong with the data, or is
 * NULL when the source failed (then d is filled). */
ssize_t gunzip_read(
    struct gunzip *g, char *buf, size_t max, const char **why, struct diag *d);

#endif
