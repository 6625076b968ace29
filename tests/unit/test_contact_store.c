/* SPDX-License-Identifier: MIT */
/* contact/: the lock of the runs folder, and a run's own record. */
#include "base/signals.h"
#include "chakra/contact.h"
#include "child.h"
#include "temp_folder.h"
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct contact *
record(void)
{
	struct contact *c = calloc(1, sizeof(*c));

	snprintf(c->base_url, sizeof(c->base_url), "https://crm.example.test");
	snprintf(c->procedure, sizeof(c->procedure), "p");
	c->first_ms = c->last_ms = INT64_C(1795000000000);
	c->runs = 7;
	return c;
}

static int
lock(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && flock(fd, LOCK_EX) == 0 ? fd : -1;
}

static bool
lock_folder(void *ctx)
{
	return lock(ctx) >= 0;
}

static unsigned pauses;

/* The program's, too: it counts them. */
int
nanosleep(const struct timespec *wanted, struct timespec *left)
{
	pauses++;
	return clock_nanosleep(CLOCK_MONOTONIC, 0, wanted, left) == 0 ? 0 : -1;
}

/* In a child that was asked to stop: nobody waits for another's lock then. */
static int
merge_after_a_signal(const char *folder)
{
	struct contact *c = record();
	struct diag d = DIAG_INIT;
	int ret;

	signals_install();
	(void)kill(getpid(), SIGTERM);
	pauses = 0;
	ret = contact_list_merge(folder, c, &d);
	free(c);
	return ret == -1 && strstr(d.message, "has locked") && pauses == 0
		   ? (int)d.kind
		   : 0;
}

TEST(a_lock_that_stays_is_not_waited_for_after_a_signal)
{
	char folder[128];
	struct contact_list l;
	struct diag d = DIAG_INIT;
	pid_t holder, child;
	int status;

	assert_true(temp_folder_make(folder, sizeof(folder), "contact"));
	holder = child_start(lock_folder, folder);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(merge_after_a_signal(folder));
	assert_int_equal(waitpid(child, &status, 0), child);
	child_kill(holder);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), DIAG_LOCKED);
	assert_int_equal(contact_list_read(folder, &l, &d), 0);
	assert_int_equal(l.count, 0);
	assert_true(temp_folder_remove(folder));
}

static int locked_fd;

static void
unlock(int signal_number)
{
	(void)signal_number;
	close(locked_fd);
}

TEST(a_lock_that_goes_is_waited_for)
{
	const struct itimerval soon = {.it_value = {.tv_usec = 30000}};
	struct sigaction sa = {.sa_handler = unlock}, before;
	char folder[128];
	struct contact *c = record();
	struct contact_list l;
	struct diag d = DIAG_INIT;

	assert_true(temp_folder_make(folder, sizeof(folder), "contact"));
	locked_fd = lock(folder);
	assert_true(locked_fd >= 0);
	assert_int_equal(sigaction(SIGALRM, &sa, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	assert_int_equal(contact_list_merge(folder, c, &d), 0);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
	assert_int_equal(contact_list_read(folder, &l, &d), 0);
	assert_int_equal(l.count, 1);
	contact_list_release(&l);
	assert_true(temp_folder_remove(folder));
	free(c);
}

TEST(a_runs_own_record_is_read_again_or_there_is_none)
{
	static const struct contact none;
	char folder[128];
	struct contact *c = record(), *read = record();
	struct buf was = BUF_INIT(0), is = BUF_INIT(0);
	struct diag d = DIAG_INIT;

	assert_true(temp_folder_make(folder, sizeof(folder), "contact"));
	assert_int_equal(contact_run_read(folder, read, &d), 0);
	assert_memory_equal(read, &none, sizeof(none));
	assert_int_equal(contact_run_write(folder, c, &d), 0);
	assert_int_equal(contact_run_read(folder, read, &d), 1);
	contact_json(c, &was);
	contact_json(read, &is);
	assert_string_equal(buf_str(&is), buf_str(&was));
	buf_release(&was);
	buf_release(&is);
	assert_true(temp_folder_remove(folder));
	free(c);
	free(read);
}
