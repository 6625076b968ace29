/* SPDX-License-Identifier: MIT */
/*
 * Runs a command with its output thrown away and says what it took, as JSON:
 *
 *	run-measured COMMAND [ARGUMENT]...
 *	{"status":0,"wall_s":0.123,"user_s":0.1,"sys_s":0.0,"peak_kib":13000}
 *
 * A program of its own, because a child's peak begins with the memory of the
 * process that started it, and an interpreter has more than what we measure.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
become(char **argv)
{
	int null = open("/dev/null", O_WRONLY);

	if (null < 0 || dup2(null, STDOUT_FILENO) < 0)
		_exit(126);
	execvp(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

int
main(int argc, char **argv)
{
	struct rusage usage;
	double begin, wall;
	int status;
	pid_t pid;

	if (argc < 2) {
		fputs("usage: run-measured COMMAND [ARGUMENT]...\n", stderr);
		return 2;
	}
	begin = now();
	pid = fork();
	if (pid == 0)
		become(argv + 1);
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid) {
		perror("run-measured");
		return 1;
	}
	wall = now() - begin;
	printf("{\"status\":%d,\"wall_s\":%.6f,\"user_s\":%.6f,"
	       "\"sys_s\":%.6f,\"peak_kib\":%ld}\n",
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
	    wall, seconds(usage.ru_utime), seconds(usage.ru_stime),
	    usage.ru_maxrss);
	return 0;
}
