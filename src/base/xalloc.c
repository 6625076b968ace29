/* SPDX-License-Identifier: MIT */
/*
 * The one place below cli/ that may end the program: out of memory. write(2)
 * says it, because stdio may want memory.
 */
#include "base/xalloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARRAY_FIRST ((size_t)16)

void
xalloc_failed(void)
{
	static const char text[] =
	    "csv2chakra: out of memory; what was sent is in the ledger\n";
	ssize_t n = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)n;
	_exit(70);
}

static void *
checked(void *p)
{
	if (p == NULL)
		xalloc_failed();
	return p;
}

void *
xmalloc(size_t size)
{
	return checked(malloc(size ? size : 1));
}

void *
xcalloc(size_t count, size_t size)
{
	return checked(calloc(count ? count : 1, size ? size : 1));
}

void *
xrealloc(void *p, size_t size)
{
	return checked(realloc(p, size ? size : 1));
}

void *
xreallocarray(void *p, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		checked(NULL);
	return xrealloc(p, count * size);
}

void *
xgrow(void *items, size_t count, size_t *cap, size_t size)
{
	do
		*cap = *cap > 0 ? *cap * 2 : ARRAY_FIRST;
	while (*cap <= count);
	return xreallocarray(items, *cap, size);
}

char *
xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *
xstrdup_or_null(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

char *
xstrndup(const char *s, size_t len)
{
	char *copy = xmalloc(len + 1);

	if (len)
		memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}
