/* SPDX-License-Identifier: MIT */
/*
 * This process' end of the helper: a request is one packet, an answer is one
 * packet. The other end is helper_child.c.
 */
#include "helper_child.h"

#include "base/buf.h"
#include "base/signals.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "system/own_files.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct helper {
	pid_t pid;
	int fd;
	bool is_asked, is_gone;
	unsigned unheard; /* answers that nobody waits for any more */
	const struct helper_job *jobs;
};

struct helper *
helper_new(const struct helper_job *jobs, size_t count, struct diag *d)
{
	struct helper *h = xcalloc(1, sizeof(*h));
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
		diag_set_errno(d, DIAG_DISK, errno,
		    "unable to prepare for starting a command");
		free(h);
		return NULL;
	}
	h->jobs = jobs;
	h->fd = ends[0];
	h->pid = fork();
	if (h->pid == 0)
		helper_child(ends[1], jobs, count);
	close(ends[1]);
	if (h->pid > 0)
		return h;
	diag_set_errno(
	    d, DIAG_DISK, errno, "unable to prepare for starting a command");
	close(h->fd);
	free(h);
	return NULL;
}

void
helper_free(struct helper *h)
{
	if (h == NULL)
		return;
	close(h->fd);
	while (waitpid(h->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(h);
}

void
helper_ask(struct helper *h, size_t job, const char *const *values)
{
	struct buf packet = BUF_INIT(HELPER_REQUEST_MAX);
	ssize_t sent;

	h->unheard += h->is_asked;
	buf_addc(&packet, (char)job);
	for (size_t i = 0; h->jobs[job].sets && h->jobs[job].sets[i]; i++) {
		/* A value begins with what tells it from none. */
		if (values[i] != NULL)
			buf_addf(&packet, "=%s", values[i]);
		buf_addc(&packet, '\0');
	}
	do
		sent = packet.overflow
			   ? -1
			   : send(h->fd, packet.data, packet.len, MSG_NOSIGNAL);
	while (sent < 0 && !packet.overflow && errno == EINTR);
	h->is_gone = sent < 0;
	h->is_asked = true;
	buf_release(&packet);
}

bool
helper_is_asked(const struct helper *h)
{
	return h->is_asked;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* True if there is something to read, or the end of it. */
static bool
is_ready(const struct helper *h, int64_t timeout_ms)
{
	int64_t until = now_ms() + timeout_ms;
	struct pollfd p = {.fd = h->fd, .events = POLLIN};
	int stop = signals_stop();

	for (;;) {
		int64_t left = until - now_ms();
		int got = poll(&p, 1, left > 0 ? (int)left : 0);

		if (got > 0)
			return true;
		if (got == 0 && left <= 0)
			return false;
		if (got < 0 && (errno != EINTR || signals_stop() != stop))
			return false;
	}
}

bool
helper_wait(struct helper *h, int64_t timeout_ms, struct helper_answer *a)
{
	ssize_t len = -1;

	while (!h->is_gone) {
		if (!is_ready(h, timeout_ms))
			return false;
		do
			len = recv(h->fd, a, sizeof(*a), 0);
		while (len < 0 && errno == EINTR);
		if (len <= 0 || h->unheard == 0)
			break;
		h->unheard--;
		len = -1;
	}
	h->is_asked = false;
	if (len < (ssize_t)offsetof(struct helper_answer, bytes)) {
		h->is_gone = true;
		a->end = HELPER_GONE;
		a->value = 0;
		a->len = 0;
	}
	return true;
}

char *
helper_words(const struct helper_answer *a, char out[HELPER_WORDS_SIZE])
{
	switch (a->end) {
	case HELPER_ENDED:
		snprintf(out, HELPER_WORDS_SIZE, "ended with exit status %d",
		    a->value);
		break;
	case HELPER_KILLED:
		snprintf(
		    out, HELPER_WORDS_SIZE, "was ended by signal %d", a->value);
		break;
	case HELPER_MISSING:
		snprintf(out, HELPER_WORDS_SIZE, "could not be started: %s",
		    a->value == ENOENT ? "there is no such program"
				       : strerror(a->value));
		break;
	case HELPER_LATE:
		snprintf(out, HELPER_WORDS_SIZE,
		    "had not ended after %d s, and was stopped", a->value);
		break;
	case HELPER_GONE:
		snprintf(out, HELPER_WORDS_SIZE,
		    "could not be started: the process that was to do it has "
		    "ended");
		break;
	}
	return out;
}

static bool
is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       access(path, X_OK) == 0;
}

bool
helper_can_start(const char *program)
{
	const char *folders = getenv("PATH");
	struct buf path = BUF_INIT(0);
	bool found = false;

	if (strchr(program, '/') != NULL)
		return is_program(program);
	/* As execvp has it. */
	if (folders == NULL)
		folders = "/bin:/usr/bin";
	for (const char *at = folders; at && !found;) {
		size_t len = strcspn(at, ":");

		buf_clear(&path);
		buf_add(&path, len > 0 ? at : ".", len > 0 ? len : 1);
		buf_addf(&path, "/%s", program);
		found = is_program(buf_str(&path));
		at = at[len] == ':' ? at + len + 1 : NULL;
	}
	buf_release(&path);
	return found;
}
