/* SPDX-License-Identifier: MIT */
#ifndef BASE_HASH_H
#define BASE_HASH_H

/* SHA-256 (FIPS 180-4) by OpenSSL's libcrypto; its only user. */

#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32
#define SHA256_HEX_SIZE 65 /* with the NUL */

struct sha256;

struct sha256 *sha256_new(void); /* returns owned; sha256_free */
void sha256_free(struct sha256 *h);
void sha256_reset(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *data, size_t len);
/* The digest of what was added so far; the state goes on. */
void sha256_digest(struct sha256 *h, unsigned char out[SHA256_BYTES]);
/* Of the whole file, in hex, whatever was read of it before. 0, or an errno
 * value. */
int sha256_of_file(int fd, char out[SHA256_HEX_SIZE]);
void sha256_of(const void *data, size_t len, unsigned char out[SHA256_BYTES]);
void sha256_hex(
    const unsigned char digest[SHA256_BYTES], char out[SHA256_HEX_SIZE]);

/* SipHash-2-4 (Aumasson, Bernstein 2012): a keyed 64-bit hash that nobody can
 * steer into collisions without the key, and spreads well in all its bits. */

uint64_t hash64(const unsigned char key[16], struct text t);
/* Its variant of 128 bits, by the same authors: out[0] holds the first eight
 * bytes, out[1] the rest. */
void hash128(const unsigned char key[16], struct text t, uint64_t out[2]);

#endif
