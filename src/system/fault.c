/* SPDX-License-Identifier: MIT */
/* Compiled to nothing but in the test build. */
#include "system/fault.h"

#ifdef CSV2CHAKRA_FAULTS

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POINTS_MAX 64

static struct {
	const char *name;
	unsigned long count;
} points[POINTS_MAX];

static void
write_counts(void)
{
	const char *path = getenv("CSV2CHAKRA_FAULT_COUNT");
	FILE *f = path ? fopen(path, "we") : NULL;

	if (f == NULL)
		return;
	for (size_t i = 0; i < POINTS_MAX && points[i].name; i++)
		fprintf(f, "%s %lu\n", points[i].name, points[i].count);
	fclose(f);
}

static unsigned long
pass(const char *point)
{
	for (size_t i = 0; i < POINTS_MAX; i++) {
		if (points[i].name == NULL) {
			if (i == 0)
				atexit(write_counts);
			points[i].name = point;
		}
		if (strcmp(points[i].name, point) == 0)
			return ++points[i].count;
	}
	abort();
}

bool
fault_hit(const char *point)
{
	const char *wanted = getenv("CSV2CHAKRA_FAULT");
	unsigned long count = pass(point);
	size_t len = strlen(point);
	char *end;

	if (wanted == NULL || strncmp(wanted, point, len) != 0 ||
	    wanted[len] != ':' || strtoul(wanted + len + 1, &end, 10) != count)
		return false;
	if (strcmp(end, ":kill") == 0) {
		kill(getpid(), SIGKILL);
		pause();
	}
	if (strcmp(end, ":stop") == 0)
		(void)raise(SIGSTOP);
	return strcmp(end, ":fail") == 0;
}

#else

/* ISO C requires a declaration in every file. */
typedef int fault_is_off;

#endif
