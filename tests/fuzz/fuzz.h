/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

/*
 * What the fuzz targets share. A target is one file with
 * LLVMFuzzerTestOneInput: it must return for every input and HOLDS() what is
 * true of all of them. libFuzzer calls it in a campaign (`make fuzz`),
 * replay.c over the corpus (`make check`).
 */

#include "base/buf.h"
#include "base/text.h"
#include "input/input.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process with the place if it does not hold. */
#define HOLDS(what)                                                            \
	do {                                                                   \
		if (!(what)) {                                                 \
			fprintf(stderr, "%s:%d: does not hold: %s\n",          \
			    __FILE__, __LINE__, #what);                        \
			abort();                                               \
		}                                                              \
	} while (0)

/* What is left of the input. */
struct fuzz_input {
	const uint8_t *s;
	size_t len;
};

/* The next byte, 0 behind the end. */
static inline uint8_t
fuzz_byte(struct fuzz_input *in)
{
	if (in->len == 0)
		return 0;
	in->len--;
	return *in->s++;
}

static inline struct text
fuzz_rest(const struct fuzz_input *in)
{
	return (struct text){(const char *)in->s, in->len};
}

/* The bytes up to the next line end, which goes too; all when there is none. */
static inline struct text
fuzz_line(struct fuzz_input *in)
{
	struct text line = {(const char *)in->s, 0};

	while (line.len < in->len && line.s[line.len] != '\n')
		line.len++;
	in->s += line.len;
	in->len -= line.len;
	if (in->len > 0)
		fuzz_byte(in);
	return line;
}

/* A text as a C string: a copy up to its first NUL, to be freed. */
static inline char *
fuzz_string(struct text t)
{
	char *s = malloc(t.len + 1);

	HOLDS(s != NULL);
	if (t.len > 0)
		memcpy(s, t.s, t.len);
	s[t.len] = '\0';
	return s;
}

/* Strict enough to tell JSON from what is none: one value, no more. */
static inline cJSON *
fuzz_json(struct text t)
{
	const char *end = NULL;
	cJSON *root = cJSON_ParseWithLengthOpts(t.s, t.len, &end, false);

	if (root != NULL && end != t.s + t.len) {
		cJSON_Delete(root);
		return NULL;
	}
	return root;
}

/* Bytes in memory, given in pieces whose sizes follow from the seed; seed 0
 * gives as much as is asked for. */
struct fuzz_memory {
	const char *s;
	size_t len, at;
	uint32_t seed;
};

static inline ssize_t
fuzz_memory_read(void *ctx, char *buf, size_t max, struct diag *d)
{
	struct fuzz_memory *m = ctx;
	size_t n = m->len - m->at;

	(void)d;
	if (m->seed != 0) {
		size_t piece;

		m->seed ^= m->seed << 13;
		m->seed ^= m->seed >> 17;
		m->seed ^= m->seed << 5;
		piece = (m->seed >> 8) % (m->seed & 1 ? 4 : 80) + 1;
		if (n > piece)
			n = piece;
	}
	if (n > max)
		n = max;
	if (n > 0)
		memcpy(buf, m->s + m->at, n);
	m->at += n;
	return (ssize_t)n;
}

static inline struct byte_source
fuzz_memory_source(struct fuzz_memory *m)
{
	return (struct byte_source){m, fuzz_memory_read};
}

#endif
