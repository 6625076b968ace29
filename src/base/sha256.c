/* SPDX-License-Identifier: MIT */
#include "base/sha256.h"

/* OpenSSL's EVP interface behind a few functions. EVP fails only when memory
 * does, and then the program may end. */

#include "base/xalloc.h"

#include <openssl/evp.h>
#include <stdlib.h>

struct sha256 {
	EVP_MD_CTX *ctx, *copy;
};

static void
must(int ok)
{
	if (ok != 1)
		xalloc_failed();
}

struct sha256 *
sha256_new(void)
{
	struct sha256 *h = xmalloc(sizeof(*h));

	h->ctx = EVP_MD_CTX_new();
	h->copy = EVP_MD_CTX_new();
	must(h->ctx != NULL && h->copy != NULL);
	sha256_reset(h);
	return h;
}

void
sha256_free(struct sha256 *h)
{
	if (h == NULL)
		return;
	EVP_MD_CTX_free(h->ctx);
	EVP_MD_CTX_free(h->copy);
	free(h);
}

void
sha256_reset(struct sha256 *h)
{
	must(EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL));
}

void
sha256_add(struct sha256 *h, const void *data, size_t len)
{
	must(EVP_DigestUpdate(h->ctx, data, len));
}

void
sha256_digest(struct sha256 *h, unsigned char out[SHA256_BYTES])
{
	must(EVP_MD_CTX_copy_ex(h->copy, h->ctx));
	must(EVP_DigestFinal_ex(h->copy, out, NULL));
}

void
sha256_of(const void *data, size_t len, unsigned char out[SHA256_BYTES])
{
	must(EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL));
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
