/* SPDX-License-Identifier: MIT */
#include "base/xalloc.h"
#include "runs/run.h"
#include "runs/run_folder.h"
#include "child.h"
#include "temp_folder.h"
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The lock on an input key, between processes. */

#define KEY_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define KEY_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

struct place {
	char top[64], runs[96], locks[112], file[192];
};

static int
set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	assert_true(temp_folder_make(p->top, sizeof(p->top), "test_run_lock"));
	snprintf(p->runs, sizeof(p->runs), "%s/runs", p->top);
	snprintf(p->locks, sizeof(p->locks), "%s/.locks", p->runs);
	snprintf(p->file, sizeof(p->file), "%s/%s", p->locks, KEY_A);
	*state = p;
	return 0;
}

static struct run_lock *
take(const struct place *p, const char *key)
{
	struct diag d = DIAG_INIT;
	struct run_lock *l = run_lock_take(p->runs, key, &d);

	if (l == NULL)
		fail_msg("%s", d.message);
	return l;
}

static void
assert_refused(const struct place *p, const char *key, enum diag_kind kind,
    const char *words)
{
	struct diag d = DIAG_INIT;

	assert_null(run_lock_take(p->runs, key, &d));
	assert_int_equal(d.kind, kind);
	if (strstr(d.message, words) == NULL)
		fail_msg("'%s' lacks '%s'", d.message, words);
}

static bool
takes_key_a(void *place)
{
	struct diag d = DIAG_INIT;

	return run_lock_take(((struct place *)place)->runs, KEY_A, &d) != NULL;
}

static long
holder(const struct place *p, const char *key)
{
	struct diag d = DIAG_INIT;
	int runs = runs_dir_open(p->runs, false, &d);
	long pid;

	assert_true(runs >= 0);
	pid = run_lock_holder(runs, key, NULL);
	close(runs);
	return pid;
}

TEST_WITH(the_second_process_learns_the_pid_of_the_first, set_up,
    temp_folder_tear_down)
{
	struct place *p = *state;
	pid_t child = child_start(takes_key_a, p);
	char pid[32];
	struct run_lock *l;

	snprintf(pid, sizeof(pid), "(%ld)", (long)child);
	assert_refused(p, KEY_A, DIAG_LOCKED, pid);
	assert_int_equal(holder(p, KEY_A), child);
	/* Another input is nobody's business. */
	run_lock_release(take(p, KEY_B));
	/* The kernel lets go of it, however the process ends. */
	child_kill(child);
	assert_int_equal(holder(p, KEY_A), 0);
	l = take(p, KEY_A);
	run_lock_release(l);
	run_lock_release(NULL);
}

TEST_WITH(one_process_cannot_take_it_twice, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	struct run_lock *l = take(p, KEY_A);
	struct stat st;

	assert_refused(p, KEY_A, DIAG_LOCKED, "another process");
	/* What this process holds itself is no other process. */
	assert_int_equal(holder(p, KEY_A), 0);
	run_lock_release(l);
	run_lock_release(take(p, KEY_A));
	/* The file stays: who removes it makes two locks of one. */
	assert_int_equal(lstat(p->file, &st), 0);
}

TEST_WITH(
    the_file_says_who_and_when_and_is_private, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	mode_t before = umask(0);
	struct run_lock *l = take(p, KEY_A);
	char text[64] = "", want[32];
	struct stat st;
	FILE *f;

	umask(before);
	f = fopen(p->file, "r");
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof(text), f));
	fclose(f);
	snprintf(want, sizeof(want), "%ld 20", (long)getpid());
	assert_memory_equal(text, want, strlen(want));
	assert_non_null(strstr(text, "Z\n"));
	assert_int_equal(lstat(p->file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(lstat(p->locks, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(lstat(p->runs, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	run_lock_release(l);
}

TEST_WITH(
    a_shorter_pid_leaves_nothing_of_a_longer_one, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	char text[128];
	FILE *f;

	run_lock_release(take(p, KEY_A));
	f = fopen(p->file, "w");
	assert_non_null(f);
	for (int i = 0; i < 100; i++)
		fputc('9', f);
	fclose(f);
	run_lock_release(take(p, KEY_A));
	f = fopen(p->file, "r");
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof(text), f));
	assert_null(strstr(text, "99999999999"));
	assert_int_equal(fgetc(f), EOF);
	fclose(f);
}

TEST_WITH(planted_names_are_not_followed, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	char other[128];
	struct stat st;

	snprintf(other, sizeof(other), "%s/other", p->top);
	run_lock_release(take(p, KEY_A));
	assert_int_equal(unlink(p->file), 0);
	assert_int_equal(symlink(other, p->file), 0);
	assert_refused(p, KEY_A, DIAG_DISK, "unable to open the lock");
	assert_int_equal(lstat(other, &st), -1);
	assert_int_equal(unlink(p->file), 0);
	assert_int_equal(mkfifo(p->file, 0600), 0);
	assert_refused(p, KEY_A, DIAG_DISK, "unable to open the lock");
	assert_int_equal(unlink(p->file), 0);
	/* The whole folder as a link to one that others can write. */
	assert_int_equal(rmdir(p->locks), 0);
	assert_int_equal(mkdir(other, 0777), 0);
	assert_int_equal(symlink(other, p->locks), 0);
	assert_refused(p, KEY_A, DIAG_DISK, p->locks);
	assert_int_equal(holder(p, KEY_A), 0);
}

TEST_WITH(
    a_removed_file_does_not_fool_the_next_two, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	pid_t child = child_start(takes_key_a, p);
	struct run_lock *l;

	assert_int_equal(unlink(p->file), 0);
	l = take(p, KEY_A);
	assert_refused(p, KEY_A, DIAG_LOCKED, "another process");
	run_lock_release(l);
	child_kill(child);
}

TEST_WITH(what_is_no_key_is_refused, set_up, temp_folder_tear_down)
{
	static const char *const keys[] = {
	    "", "..", "a/b", "../../x", "ABC", KEY_A "a"};
	struct place *p = *state;

	EACH (i, keys)
		assert_refused(
		    p, keys[i], DIAG_INTERNAL, "is not an input key");
}

TEST_WITH(only_one_of_many_gets_it, set_up, temp_folder_tear_down)
{
	enum { CHILDREN = 8 };
	struct place *p = *state;
	pid_t children[CHILDREN];
	int go[2], done[2], winners = 0, losers = 0;
	char byte;

	assert_int_equal(pipe(go), 0);
	assert_int_equal(pipe(done), 0);
	for (int i = 0; i < CHILDREN; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] == 0) {
			struct diag d = DIAG_INIT;
			struct run_lock *l;

			alarm(20);
			close(go[1]);
			(void)!read(go[0], &byte, 1);
			l = run_lock_take(p->runs, KEY_A, &d);
			byte = l != NULL	       ? 'w'
			       : d.kind == DIAG_LOCKED ? 'l'
						       : '?';
			(void)!write(done[1], &byte, 1);
			for (;;)
				pause();
		}
	}
	close(go[1]);
	for (int i = 0; i < CHILDREN; i++) {
		assert_int_equal(read(done[0], &byte, 1), 1);
		winners += byte == 'w';
		losers += byte == 'l';
	}
	for (int i = 0; i < CHILDREN; i++)
		child_kill(children[i]);
	close(go[0]);
	close(done[0]);
	close(done[1]);
	assert_int_equal(winners, 1);
	assert_int_equal(losers, CHILDREN - 1);
}

TEST_WITH(
    a_lock_whose_file_was_removed_is_noticed, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	struct run_lock *l = take(p, KEY_A), *other;
	struct diag d = DIAG_INIT;

	assert_int_equal(run_lock_check(l, &d), 0);
	assert_int_equal(unlink(p->file), 0);
	assert_int_equal(run_lock_check(l, &d), -1);
	assert_int_equal(d.kind, DIAG_LOCKED);
	other = take(p, KEY_A);
	assert_int_equal(run_lock_check(l, &d), -1);
	assert_int_equal(run_lock_check(other, &d), 0);
	run_lock_release(other);
	run_lock_release(l);
}

/* One who only looks has it for a moment, and that refuses nobody. */
TEST_WITH(who_only_looks_keeps_nobody_out, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	pid_t child;

	run_lock_release(take(p, KEY_A));
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		alarm(60);
		for (;;)
			(void)holder(p, KEY_A);
	}
	for (int i = 0; i < 300; i++)
		run_lock_release(take(p, KEY_A));
	child_kill(child);
}

TEST_WITH(a_folder_is_held_by_one, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	int first, second;

	run_lock_release(take(p, KEY_A));
	first = open(p->runs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	second = open(p->runs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_false(run_folder_is_held(first));
	assert_int_equal(run_folder_hold(first, p->runs, &d), 0);
	assert_true(run_folder_is_held(second));
	assert_int_equal(run_folder_hold(second, p->runs, &d), -1);
	assert_int_equal(d.kind, DIAG_LOCKED);
	close(first);
	assert_false(run_folder_is_held(second));
	assert_int_equal(run_folder_hold(second, p->runs, &d), 0);
	close(second);
}
