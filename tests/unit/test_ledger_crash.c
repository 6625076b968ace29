/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "base/xalloc.h"
#include "ledger/ledger.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What was committed stays there: crashes, full disks, other processes. */

struct place {
	char folder[64], path[128];
};

static int
set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	snprintf(p->folder, sizeof(p->folder), "/tmp/test_ledger_crash.XXXXXX");
	if (mkdtemp(p->folder) == NULL)
		return -1;
	snprintf(p->path, sizeof(p->path), "%s/ledger.sqlite", p->folder);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;
	static const char *const names[] = {"ledger.sqlite",
	    "ledger.sqlite-wal", "ledger.sqlite-shm", "ledger.sqlite.new",
	    "other"};
	char path[256];

	(void)chmod(p->folder, 0700);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", p->folder, names[i]);
		(void)unlink(path);
	}
	if (rmdir(p->folder) != 0)
		return -1;
	free(p);
	return 0;
}

static bool
exists(const char *path, const char *suffix)
{
	char name[256];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return lstat(name, &st) == 0;
}

static struct ledger *
create(const struct place *p)
{
	struct diag d = DIAG_INIT;
	struct ledger *l = ledger_create(p->path, &d);

	if (l == NULL)
		print_error("%s\n", d.message);
	assert_non_null(l);
	return l;
}

static struct ledger *
reopen(const struct place *p, bool read_only)
{
	struct diag d = DIAG_INIT;
	struct ledger *l = ledger_open(p->path, read_only, true, &d);

	if (l == NULL)
		print_error("%s\n", d.message);
	assert_non_null(l);
	return l;
}

static void
close_ledger(struct ledger *l)
{
	struct diag d = DIAG_INIT;

	assert_int_equal(ledger_close(l, &d), 0);
}

static struct ledger_chunk
chunk(uint64_t ordinal)
{
	struct ledger_chunk c = {.ordinal = ordinal,
	    .begin = ordinal * 100,
	    .end = ordinal * 100 + 100,
	    .first_row = ordinal * 10 + 2,
	    .first_line = ordinal * 11 + 3,
	    .records = 10,
	    .record_bytes = 98,
	    .rows = 8,
	    .rejected = 1,
	    .skipped = 1,
	    .blank_lines = 1,
	    .blank_bytes = 2,
	    .body_bytes = 77};

	for (size_t i = 0; i < sizeof(c.sha256); i++)
		c.sha256[i] = (unsigned char)(ordinal + i);
	return c;
}

static int
count_chunk(void *ctx, const struct ledger_chunk *c)
{
	uint64_t *n = ctx;
	struct ledger_chunk want = chunk(*n);

	assert_memory_equal(&want, c, sizeof(want));
	(*n)++;
	return 0;
}

static uint64_t
count_chunks(struct ledger *l)
{
	struct diag d = DIAG_INIT;
	uint64_t n = 0;

	assert_int_equal(ledger_each_chunk(l, count_chunk, &n, &d), 0);
	return n;
}

/* A child that dies by SIGKILL with three chunks committed and more in an
 * open transaction. */
static void
crash_a_writer(const struct place *p, bool fresh)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct diag d = DIAG_INIT;
		struct ledger *l = fresh
				       ? ledger_create(p->path, &d)
				       : ledger_open(p->path, false, false, &d);
		uint64_t from = fresh ? 0 : 3;
		struct ledger_chunk c;

		for (uint64_t i = from; i < from + 3; i++) {
			c = chunk(i);
			if (l == NULL || ledger_add_chunk(l, &c, &d) != 0)
				_exit(1);
		}
		if (ledger_commit(l, &d) != 0)
			_exit(1);
		for (uint64_t i = from + 3; i < from + 3000; i++) {
			c = chunk(i);
			if (ledger_add_chunk(l, &c, &d) != 0)
				_exit(1);
		}
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void
a_kill_loses_nothing_that_was_committed(void **state)
{
	struct place *p = *state;
	struct ledger *l;

	crash_a_writer(p, true);
	assert_true(exists(p->path, "-wal"));
	l = reopen(p, true);
	assert_int_equal(count_chunks(l), 3);
	close_ledger(l);
	crash_a_writer(p, false);
	l = reopen(p, false);
	assert_int_equal(count_chunks(l), 6);
	close_ledger(l);
	assert_false(exists(p->path, "-wal"));
	assert_false(exists(p->path, "-shm"));
}

/* The child says over the pipe what it has committed, and is killed while it
 * goes on. */
static void
a_kill_in_the_middle_of_a_commit_is_all_or_nothing(void **state)
{
	struct place *p = *state;

	for (uint64_t round = 0; round < 12; round++) {
		uint64_t said = 0, found;
		int pipes[2], status;
		struct ledger *l;
		pid_t child;

		assert_int_equal(pipe(pipes), 0);
		child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			struct diag d = DIAG_INIT;

			l = ledger_create(p->path, &d);
			if (l == NULL)
				_exit(1);
			for (uint64_t i = 0;; i++) {
				struct ledger_chunk c = chunk(i);

				if (ledger_add_chunk(l, &c, &d) != 0 ||
				    ledger_commit(l, &d) != 0 ||
				    write(pipes[1], "x", 1) != 1)
					_exit(1);
			}
		}
		close(pipes[1]);
		for (char byte; said <= round * 7; said++)
			assert_int_equal(read(pipes[0], &byte, 1), 1);
		usleep((useconds_t)(round * 37 % 200));
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		for (char byte; read(pipes[0], &byte, 1) == 1;)
			said++;
		close(pipes[0]);
		l = reopen(p, round % 2 == 0);
		found = count_chunks(l);
		assert_true(found == said || found == said + 1);
		close_ledger(l);
		assert_int_equal(unlink(p->path), 0);
	}
}

static void
freeing_drops_what_was_not_committed(void **state)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct ledger *l = create(p);
	struct ledger_chunk c = chunk(0);

	assert_int_equal(ledger_add_chunk(l, &c, &d), 0);
	assert_int_equal(ledger_commit(l, &d), 0);
	c = chunk(1);
	assert_int_equal(ledger_add_chunk(l, &c, &d), 0);
	ledger_free(l);
	l = reopen(p, false);
	assert_int_equal(count_chunks(l), 1);
	close_ledger(l);
	ledger_free(NULL);
	close_ledger(NULL);
}

static void
a_second_process_is_told_that_it_is_locked(void **state)
{
	struct place *p = *state;
	struct ledger *l = create(p);
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		struct diag d = DIAG_INIT;
		struct ledger *mine = ledger_open(p->path, true, false, &d);

		_exit(mine == NULL && d.kind == DIAG_LOCKED ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close_ledger(l);
	close_ledger(reopen(p, false));
}

/* Fills the ledger under a file size limit until a commit fails. Returns how
 * many chunks were committed, or -1. */
static int
fill_up(const char *path, rlim_t limit)
{
	struct rlimit size = {limit, limit};
	struct diag d = DIAG_INIT;
	struct ledger *l = ledger_create(path, &d);
	uint64_t committed = 0;
	uint64_t i;

	signal(SIGXFSZ, SIG_IGN);
	if (l == NULL || setrlimit(RLIMIT_FSIZE, &size) != 0)
		return -1;
	for (i = 0; i < 100000; i++) {
		struct ledger_chunk c = chunk(i);

		if (ledger_add_chunk(l, &c, &d) != 0 ||
		    ledger_commit(l, &d) != 0)
			break;
		committed++;
	}
	if (i == 100000 || d.kind != DIAG_DISK ||
	    strstr(d.message, path) == NULL)
		return -1;
	/* From here on it refuses, and still reads what was committed. */
	d.kind = DIAG_NONE;
	if (ledger_set(l, "a", "b", &d) != -1 || d.kind != DIAG_DISK ||
	    ledger_commit(l, &d) != -1 || ledger_is_dirty(l) ||
	    count_chunks(l) != committed || ledger_close(l, &d) != -1)
		return -1;
	return (int)committed;
}

static void
a_full_disk_is_said_and_loses_nothing(void **state)
{
	struct place *p = *state;
	struct ledger *l;
	pid_t child;
	int status, pipes[2], committed = -1;

	assert_int_equal(pipe(pipes), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		committed = fill_up(p->path, (rlim_t)256 * 1024);
		_exit(write(pipes[1], &committed, sizeof(committed)) ==
			      sizeof(committed)
			  ? 0
			  : 1);
	}
	close(pipes[1]);
	assert_int_equal(
	    read(pipes[0], &committed, sizeof(committed)), sizeof(committed));
	close(pipes[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_true(committed > 10);
	l = reopen(p, false);
	assert_int_equal(count_chunks(l), committed);
	close_ledger(l);
}

#define WITH_PLACE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_PLACE(a_kill_loses_nothing_that_was_committed),
	    WITH_PLACE(a_kill_in_the_middle_of_a_commit_is_all_or_nothing),
	    WITH_PLACE(a_full_disk_is_said_and_loses_nothing),
	    WITH_PLACE(a_second_process_is_told_that_it_is_locked),
	    WITH_PLACE(freeing_drops_what_was_not_committed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
