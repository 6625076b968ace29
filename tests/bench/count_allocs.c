/* SPDX-License-Identifier: MIT */
/*
 * A library to preload: counts the calls of malloc, calloc and realloc, and
 * those of fsync and fdatasync, and says both numbers when the program ends,
 * on the descriptor that COUNT_ALLOCS_FD names.
 */
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);

static atomic_ulong calls, syncs;

void *
malloc(size_t size)
{
	atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
	return __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
	return __libc_calloc(count, size);
}

void *
realloc(void *block, size_t size)
{
	atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
	return __libc_realloc(block, size);
}

int
fsync(int fd)
{
	atomic_fetch_add_explicit(&syncs, 1, memory_order_relaxed);
	return (int)syscall(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
	atomic_fetch_add_explicit(&syncs, 1, memory_order_relaxed);
	return (int)syscall(SYS_fdatasync, fd);
}

__attribute__((destructor)) static void
say(void)
{
	const char *fd = getenv("COUNT_ALLOCS_FD");

	if (fd)
		dprintf((int)strtol(fd, NULL, 10), "%lu %lu\n",
		    atomic_load(&calls), atomic_load(&syncs));
}
