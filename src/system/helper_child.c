/* SPDX-License-Identifier: MIT */
/*
 * A process of its own, with one thread and nothing of the run in it. Signals
 * that ask the program to stop are not meant for it: what is to be told at the
 * end is told after them. It ends when the program does, since then the socket
 * is closed.
 */
#include "helper_child.h"

#include "system/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How often it is looked whether the command has ended. */
#define LOOK_MS 10
/* From SIGTERM to SIGKILL. */
#define KILL_MS 500
#define FIRST_OTHER 3

static const int stops[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
#define STOPS (sizeof(stops) / sizeof(stops[0]))

struct command {
	pid_t pid;
	bool has_group;
	int out;   /* what it says; -1 = not read */
	int began; /* errno if it could not begin */
	int64_t until_ms;
	struct helper_answer *answer;
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
close_from(int first)
{
#ifdef SYS_close_range
	if (syscall(SYS_close_range, (unsigned)first, ~0U, 0U) == 0)
		return;
#endif
	for (int fd = first; fd < (int)sysconf(_SC_OPEN_MAX); fd++)
		close(fd);
}

/* A person at the terminal may be asked for a password, and Ctrl-C reaches the
 * command, which is in our group then. */
static bool
has_terminal(void)
{
	int fd = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool is_ours = fd >= 0 && tcgetpgrp(fd) == getpgrp();

	if (fd >= 0)
		close(fd);
	return is_ours;
}

/* Values as a request has them. */
static void
set_variables(const struct helper_job *job, const char *values)
{
	for (size_t i = 0; job->hides && job->hides[i]; i++)
		(void)unsetenv(job->hides[i]);
	for (size_t i = 0; job->sets && job->sets[i]; i++) {
		if (values[0] == '=')
			(void)setenv(job->sets[i], values + 1, 1);
		else
			(void)unsetenv(job->sets[i]);
		values += strlen(values) + 1;
	}
}

static _Noreturn void
become(const struct helper_job *job, const char *values, bool has_group,
    int out, int began)
{
	sigset_t none;
	int err;

	if (has_group)
		(void)setpgid(0, 0);
	for (size_t i = 0; i < STOPS; i++)
		(void)signal(stops[i], SIG_DFL);
	(void)signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	set_variables(job, values);
	if (dup2(out >= 0 ? out : STDERR_FILENO, STDOUT_FILENO) >= 0) {
		/* The program is dumpable again; so are its memory limits. */
		(void)execvp(job->words[0], job->words);
	}
	err = errno;
	(void)!write(began, &err, sizeof(err));
	_exit(127);
}

/* 0, or -1 with the answer. */
static int
start(struct command *c, const struct helper_job *job, const char *values)
{
	int out[2] = {-1, -1}, began[2] = {-1, -1};
	int failed = pipe(began) < 0 || (job->is_read && pipe(out) < 0);

	for (int i = 0; i < 2; i++) {
		(void)fcntl(began[i], F_SETFD, FD_CLOEXEC);
		if (job->is_read)
			(void)fcntl(out[i], F_SETFD, FD_CLOEXEC);
	}
	c->has_group = !has_terminal();
	c->pid = failed ? -1 : fork();
	if (c->pid == 0)
		become(job, values, c->has_group, out[1], began[1]);
	if (c->pid < 0) {
		c->answer->end = HELPER_MISSING;
		c->answer->value = errno;
	} else if (c->has_group) {
		(void)setpgid(c->pid, c->pid);
	}
	if (out[1] >= 0)
		close(out[1]);
	if (began[1] >= 0)
		close(began[1]);
	c->out = out[0];
	c->began = began[0];
	if (c->out >= 0)
		(void)fcntl(c->out, F_SETFL, O_NONBLOCK);
	return c->pid < 0 ? -1 : 0;
}

/* What is there of what it says; more than there is room for is read, too, so
 * that the command is not stuck. */
static void
take_output(struct command *c)
{
	struct helper_answer *a = c->answer;
	char rest[512] = "";
	ssize_t n = 1;

	while (c->out >= 0 && n > 0) {
		size_t room = sizeof(a->bytes) - a->len;

		n = read(c->out, room > 0 ? a->bytes + a->len : rest,
		    room > 0 ? room : sizeof(rest));
		if (n > 0 && room > 0)
			a->len += (size_t)n;
		if (n == 0) {
			close(c->out);
			c->out = -1;
		}
	}
	explicit_bzero(rest, sizeof(rest));
}

/* True if the command has ended; waits a moment for it. */
static bool
has_ended(struct command *c, int *status)
{
	struct pollfd p = {.fd = c->out, .events = POLLIN};

	(void)poll(&p, 1, LOOK_MS);
	take_output(c);
	if (waitpid(c->pid, status, WNOHANG) != c->pid)
		return false;
	take_output(c);
	return true;
}

static void
kill_command(const struct command *c, int signal_number)
{
	(void)kill(c->has_group ? -c->pid : c->pid, signal_number);
}

static void
stop(struct command *c)
{
	int64_t until = now_ms() + KILL_MS;
	int status;

	kill_command(c, SIGTERM);
	while (now_ms() < until)
		if (has_ended(c, &status))
			goto out;
	kill_command(c, SIGKILL);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
out:
	/* What it started and left behind in its group. */
	if (c->has_group)
		kill_command(c, SIGKILL);
}

/* The program that we work for has ended, or asks for something else. */
static bool
is_left(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) > 0;
}

static void
take_end(struct command *c, int status)
{
	struct helper_answer *a = c->answer;
	int err;

	if (read(c->began, &err, sizeof(err)) == (ssize_t)sizeof(err)) {
		a->end = HELPER_MISSING;
		a->value = err;
	} else if (WIFSIGNALED(status)) {
		a->end = HELPER_KILLED;
		a->value = WTERMSIG(status);
	} else {
		a->end = HELPER_ENDED;
		a->value = WEXITSTATUS(status);
	}
}

static void
run(int fd, const struct helper_job *job, const char *values,
    struct helper_answer *a)
{
	struct command c = {.out = -1, .began = -1, .answer = a};
	int status;

	c.until_ms = now_ms() + FAULT_WAIT(job->limit_ms);
	if (start(&c, job, values) == 0) {
		for (;;) {
			if (has_ended(&c, &status)) {
				take_end(&c, status);
				break;
			}
			if (now_ms() < c.until_ms && !is_left(fd))
				continue;
			stop(&c);
			a->end = HELPER_LATE;
			a->value = (int)(job->limit_ms / 1000);
			break;
		}
	}
	if (c.out >= 0)
		close(c.out);
	if (c.began >= 0)
		close(c.began);
}

/* A request that is not whole is none. */
static bool
is_whole(const struct helper_job *jobs, size_t count, const char *request,
    size_t len)
{
	size_t job = (unsigned char)request[0], values = 0, wanted = 0;

	if (job >= count)
		return false;
	for (size_t i = 1; i < len; i++)
		values += request[i] == '\0';
	while (jobs[job].sets && jobs[job].sets[wanted])
		wanted++;
	return values == wanted && (len == 1 || request[len - 1] == '\0');
}

static void
answer(int fd, struct helper_answer *a)
{
	size_t len = offsetof(struct helper_answer, bytes) + a->len;

	while (send(fd, a, len, MSG_NOSIGNAL) < 0 && errno == EINTR)
		;
	explicit_bzero(a, sizeof(*a));
}

_Noreturn void
helper_child(int fd, const struct helper_job *jobs, size_t count)
{
	static char request[HELPER_REQUEST_MAX];
	static struct helper_answer a;
	int in;

	for (size_t i = 0; i < STOPS; i++)
		(void)signal(stops[i], SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)prctl(PR_SET_NAME, "csv2chakra-help");
	if (fd != FIRST_OTHER && dup2(fd, FIRST_OTHER) < 0)
		_exit(1);
	fd = FIRST_OTHER;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	close_from(FIRST_OTHER + 1);
	/* An input that comes by standard input is not for commands, and an
	 * answer's reader does not wait for us. */
	in = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (in < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(in, STDOUT_FILENO) < 0)
		_exit(1);
	close(in);
	for (;;) {
		ssize_t len = recv(fd, request, sizeof(request), 0);

		if (len < 0 && errno == EINTR)
			continue;
		if (len <= 0)
			_exit(0);
		if (!is_whole(jobs, count, request, (size_t)len))
			_exit(1);
		run(fd, &jobs[(unsigned char)request[0]], request + 1, &a);
		answer(fd, &a);
	}
}
