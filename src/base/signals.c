/* SPDX-License-Identifier: MIT */
/*
 * One flag, set by the first signal; the second one, whichever it is, meets
 * its default action. SIGXFSZ is ignored so that a file size limit is an
 * error of write(2) and not the end of the process.
 */
#include "base/signals.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t stop_signal;

static void
on_stop(int number)
{
	if (stop_signal) {
		signal(number, SIG_DFL);
		raise(number);
		return;
	}
	stop_signal = number;
}

void
signals_install(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_stop;
	sigemptyset(&sa.sa_mask);
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

void
signals_die(int signal_number)
{
	signal(signal_number, SIG_DFL);
	raise(signal_number);
	/* cppcheck-suppress unreachableCode ; a blocked signal does return */
	_exit(128 + signal_number);
}
