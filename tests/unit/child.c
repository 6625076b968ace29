/* SPDX-License-Identifier: MIT */
#include "child.h"
#include "test.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t
child_start(bool (*begin)(void *ctx), void *ctx)
{
	int pipes[2];
	char byte = 1;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		alarm(20);
		if (!begin(ctx) || write(pipes[1], &byte, 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &byte, 1), 1);
	close(pipes[0]);
	return child;
}

void
child_kill(pid_t child)
{
	int status;

	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
}
