/* SPDX-License-Identifier: MIT */
/*
 * libcrypto's SHA-256 itself, which needs no memory and no start of the
 * library. Its EVP interface, the newer one, was refused: it starts providers
 * and a configuration for this one function, a millisecond and 600 kB, and
 * libcrypto 3.0 dies in its start where an allocation fails.
 */
#include "base/hash.h"
#include "base/xalloc.h"

/* As libcrypto 1.1.0 had it: 3.0 still has it, and would rather not. */
#define OPENSSL_API_COMPAT 10100
#include <errno.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <unistd.h>

#define BLOCK ((size_t)64 << 10)

struct sha256 {
	SHA256_CTX ctx;
};

struct sha256 *
sha256_new(void)
{
	struct sha256 *h = xmalloc(sizeof(*h));

	sha256_reset(h);
	return h;
}

void
sha256_free(struct sha256 *h)
{
	free(h);
}

/* None of the three can fail. */
void
sha256_reset(struct sha256 *h)
{
	(void)SHA256_Init(&h->ctx);
}

void
sha256_add(struct sha256 *h, const void *data, size_t len)
{
	(void)SHA256_Update(&h->ctx, data, len);
}

void
sha256_digest(struct sha256 *h, unsigned char out[SHA256_BYTES])
{
	SHA256_CTX copy = h->ctx;

	(void)SHA256_Final(out, &copy);
}

void
sha256_of(const void *data, size_t len, unsigned char out[SHA256_BYTES])
{
	struct sha256 h;

	sha256_reset(&h);
	sha256_add(&h, data, len);
	sha256_digest(&h, out);
}

void
sha256_hex(const unsigned char digest[SHA256_BYTES], char out[SHA256_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < SHA256_BYTES; i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 15];
	}
	out[SHA256_HEX_SIZE - 1] = '\0';
}

int
sha256_of_file(int fd, char out[SHA256_HEX_SIZE])
{
	unsigned char digest[SHA256_BYTES];
	char *block = xmalloc(BLOCK);
	struct sha256 h;
	off_t at = 0;
	ssize_t n;
	int err = 0;

	sha256_reset(&h);
	while (err == 0 && (n = pread(fd, block, BLOCK, at)) != 0) {
		if (n > 0) {
			sha256_add(&h, block, (size_t)n);
			at += n;
		} else if (errno != EINTR) {
			err = errno;
		}
	}
	sha256_digest(&h, digest);
	sha256_hex(digest, out);
	free(block);
	return err;
}
