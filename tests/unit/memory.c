/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <string.h>

ssize_t
memory_read(void *ctx, char *buf, size_t max, struct diag *d)
{
	struct memory *m = ctx;
	size_t n = m->len - m->at;

	(void)d;
	n = n < max ? n : max;
	n = m->step == 0 || n < m->step ? n : m->step;
	if (n > 0)
		memcpy(buf, m->s + m->at, n);
	m->at += n;
	return (ssize_t)n;
}
