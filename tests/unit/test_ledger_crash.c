/* SPDX-License-Identifier: MIT */
#include "ledger/ledger.h"
#include "ledger_place.h"
#include "temp_folder.h"
#include "test.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What was committed stays there: crashes, full disks, other processes. */

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
			c = sample_chunk(i);
			if (l == NULL || ledger_add_chunk(l, &c, &d) != 0)
				_exit(1);
		}
		if (ledger_commit(l, &d) != 0)
			_exit(1);
		for (uint64_t i = from + 3; i < from + 3000; i++) {
			c = sample_chunk(i);
			if (ledger_add_chunk(l, &c, &d) != 0)
				_exit(1);
		}
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

PLACE_TEST(a_kill_loses_nothing_that_was_committed)
{
	struct place *p = *state;
	struct ledger *l;

	crash_a_writer(p, true);
	assert_true(path_exists(p->path, "-wal"));
	l = place_open(p, true);
	assert_int_equal(count_sample_chunks(l), 3);
	place_close(l);
	crash_a_writer(p, false);
	l = place_open(p, false);
	assert_int_equal(count_sample_chunks(l), 6);
	place_close(l);
	assert_false(path_exists(p->path, "-wal"));
	assert_false(path_exists(p->path, "-shm"));
}

enum filling { FILL_WELL, FILL_AND_DIE, FILL_AND_FAIL };

static int
fill(void *ctx, struct ledger *l, struct diag *d)
{
	enum filling how = *(enum filling *)ctx;

	if (ledger_set(l, "run_id", "r", d) != 0 || ledger_commit(l, d) != 0)
		return -1;
	if (how == FILL_AND_DIE)
		raise(SIGKILL);
	return how == FILL_AND_FAIL ? diag_set(d, DIAG_DISK, "no") : 0;
}

PLACE_TEST(a_new_ledger_has_what_it_begins_with_or_is_not_there)
{
	struct place *p = *state;
	enum filling how = FILL_AND_DIE;
	struct diag d = DIAG_INIT;
	struct ledger *l;
	char *value;
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		(void)ledger_create_filled(p->path, fill, &how, &d);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_false(path_exists(p->path, ""));
	how = FILL_AND_FAIL;
	assert_null(ledger_create_filled(p->path, fill, &how, &d));
	assert_string_equal(d.message, "no");
	assert_false(path_exists(p->path, ""));
	assert_false(path_exists(p->path, ".new"));
	how = FILL_WELL;
	l = ledger_create_filled(p->path, fill, &how, &d);
	assert_non_null(l);
	assert_false(ledger_is_dirty(l));
	ledger_free(l);
	l = place_open(p, false);
	assert_int_equal(ledger_get(l, "run_id", &value, &d), 0);
	assert_string_equal(value, "r");
	free(value);
	place_close(l);
}

/* The child says over the pipe what it has committed, and is killed while it
 * goes on. */
PLACE_TEST(a_kill_in_the_middle_of_a_commit_is_all_or_nothing)
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
				struct ledger_chunk c = sample_chunk(i);

				if (ledger_add_chunk(l, &c, &d) != 0 ||
				    ledger_commit(l, &d) != 0 ||
				    write(pipes[1], "x", 1) != 1)
					_exit(1);
			}
		}
		close(pipes[1]);
		for (char byte; said <= round * 7; said++)
			assert_int_equal(read(pipes[0], &byte, 1), 1);
		nanosleep(
		    &(struct timespec){
			.tv_nsec = (long)(round * 37 % 200) * 1000},
		    NULL);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		for (char byte; read(pipes[0], &byte, 1) == 1;)
			said++;
		close(pipes[0]);
		l = place_open(p, round % 2 == 0);
		found = count_sample_chunks(l);
		assert_true(found == said || found == said + 1);
		place_close(l);
		assert_int_equal(unlink(p->path), 0);
	}
}

PLACE_TEST(freeing_drops_what_was_not_committed)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct ledger *l = place_create(p);
	struct ledger_chunk c = sample_chunk(0);

	assert_int_equal(ledger_add_chunk(l, &c, &d), 0);
	assert_int_equal(ledger_commit(l, &d), 0);
	c = sample_chunk(1);
	assert_int_equal(ledger_add_chunk(l, &c, &d), 0);
	ledger_free(l);
	l = place_open(p, false);
	assert_int_equal(count_sample_chunks(l), 1);
	place_close(l);
	ledger_free(NULL);
	place_close(NULL);
}

PLACE_TEST(a_second_process_is_told_that_it_is_locked)
{
	struct place *p = *state;
	struct ledger *l = place_create(p);
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
	place_close(l);
	place_close(place_open(p, false));
}

/* A report is read for hours: it is of the moment in which it was opened, and
 * nobody waits for it. */
PLACE_TEST(a_reader_holds_nothing_and_sees_what_was_there)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct ledger *reader, *writer;

	crash_a_writer(p, true); /* its last commits are in the -wal */
	reader = place_open(p, true);
	writer = place_open(p, false);
	for (uint64_t i = 3; i < 6; i++) {
		struct ledger_chunk c = sample_chunk(i);

		assert_int_equal(ledger_add_chunk(writer, &c, &d), 0);
	}
	assert_int_equal(ledger_commit_intents(writer, &d), 0);
	assert_int_equal(count_sample_chunks(reader), 3);
	place_close(reader);
	/* The reader's end took no lock away from the writer. */
	assert_int_equal(count_sample_chunks(writer), 6);
	place_close(writer);
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
		struct ledger_chunk c = sample_chunk(i);

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
	    count_sample_chunks(l) != committed || ledger_close(l, &d) != -1)
		return -1;
	return (int)committed;
}

PLACE_TEST(a_full_disk_is_said_and_loses_nothing)
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
	l = place_open(p, false);
	assert_int_equal(count_sample_chunks(l), committed);
	place_close(l);
}
