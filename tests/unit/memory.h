/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_MEMORY_H
#define TESTS_UNIT_MEMORY_H

/* Bytes in memory as a source. */

#include "input/input.h"

#include <stddef.h>
#include <sys/types.h>

struct memory {
	const char *s; /* borrowed */
	size_t len, at;
	size_t step; /* at most so many at once; 0 = as many as are asked for */
};

ssize_t memory_read(void *ctx, char *buf, size_t max, struct diag *d);

/* That, as a source of bytes. */
static inline struct byte_source
memory_source(struct memory *m)
{
	return (struct byte_source){m, memory_read};
}

#endif
