/* SPDX-License-Identifier: MIT */
/*
 * Linked into every program of BUILD=cov: a process that ends without exit
 * writes its counters first. Those that somebody else kills lose them.
 *
 * Tests let children run with little room (RLIMIT_FSIZE); a counter file that
 * is cut there would cost all others' counts, so the limit goes first, to what
 * tests/run.sh leaves all of them.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

#define ROOM_ENOUGH ((rlim_t)1 << 30)

extern void __gcov_dump(void);
extern void __gcov_reset(void);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);
int __real_raise(int number);
int __wrap_raise(int number);
int __real_kill(pid_t pid, int number);
int __wrap_kill(pid_t pid, int number);

static void
dump(void)
{
	struct rlimit room;

	if (getrlimit(RLIMIT_FSIZE, &room) != 0)
		return;
	room.rlim_cur = room.rlim_max;
	if (room.rlim_max < ROOM_ENOUGH || setrlimit(RLIMIT_FSIZE, &room) != 0)
		return;
	__gcov_dump();
	__gcov_reset();
}

void
__wrap__exit(int status)
{
	dump();
	__real__exit(status);
}

int
__wrap_raise(int number)
{
	dump();
	return __real_raise(number);
}

int
__wrap_kill(pid_t pid, int number)
{
	if (pid == getpid())
		dump();
	return __real_kill(pid, number);
}
