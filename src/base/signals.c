/* SPDX-License-Identifier: MIT */
/*
 * One flag, set by the first signal; the second one, whichever it is, meets
 * its default action. SIGXFSZ is ignored so that a file size limit is an
 * error of write(2) and not the end of the process.
 *
 * Between a look at the flag and a call that waits there is a gap, in which
 * the signal would be missed. Refused: pselect and O_NONBLOCK before each
 * call, since the libraries make most of them, and since standard output is
 * shared with other processes. Instead, SIGALRM comes each second from the
 * first signal on: a wait that began in the gap ends with the next one.
 */
#include "base/signals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t stop_signal;

/* Ends the wait that it meets; nothing else. */
static void
on_alarm(int number)
{
	(void)number;
	alarm(1);
}

static void
on_stop(int number)
{
	if (stop_signal) {
		signal(number, SIG_DFL);
		raise(number);
		return;
	}
	stop_signal = number;
	alarm(1);
}

void
signals_install(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sigemptyset(&sa.sa_mask);
	sa.sa_handler = on_alarm;
	sigaction(SIGALRM, &sa, NULL);
	sa.sa_handler = on_stop;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct sigaction old;

		/* What nohup or a shell's "&" ignores stays ignored. */
		if (sigaction(numbers[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_IGN)
			continue;
		sigaction(numbers[i], &sa, NULL);
	}
	signal(SIGXFSZ, SIG_IGN);
}

void
signals_ignore_pipe(void)
{
	signal(SIGPIPE, SIG_IGN);
}

int
signals_stop(void)
{
	return stop_signal;
}

bool
signals_may_wait(void)
{
	return errno == EINTR && stop_signal == 0;
}

void
signals_die(int signal_number)
{
	signal(signal_number, SIG_DFL);
	raise(signal_number);
	/* cppcheck-suppress unreachableCode ; a blocked signal does return */
	_exit(128 + signal_number);
}
