/* SPDX-License-Identifier: MIT */
#ifndef SOURCE_GZIP_CHECK_H
#define SOURCE_GZIP_CHECK_H

/*
 * The checksum of gzip (RFC 1952, section 2.3.1: CRC-32 and length of the
 * uncompressed data, the last 8 bytes of a member), which libarchive reads
 * over. Only a file of one member can be judged from outside; one that may
 * hold several is let pass.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GZIP_TAIL ((size_t)1024)

struct gzip_check {
	uint32_t crc;
	uint32_t length;	       /* modulo 2^32 */
	unsigned char tail[GZIP_TAIL]; /* the last compressed bytes */
	size_t tail_len;
	unsigned matched; /* bytes of a member's magic, just seen */
	uint64_t members; /* places where a member may begin */
};

void gzip_check_init(struct gzip_check *g);
void gzip_check_compressed(
    struct gzip_check *g, const unsigned char *s, size_t len);
void gzip_check_plain(struct gzip_check *g, const unsigned char *s, size_t len);
/* False when the checksum is wrong. */
bool gzip_check_is_good(const struct gzip_check *g);

#endif
