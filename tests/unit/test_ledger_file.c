/* SPDX-License-Identifier: MIT */
#include "child.h"
#include "ledger/ledger.h"
#include "ledger_place.h"
#include "temp_folder.h"
#include "test.h"

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The ledger as a file: creation, planted links, foreign and damaged ones. */

static void
write_bytes(const char *path, const char *bytes, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

PLACE_TEST(a_new_ledger_is_private_under_any_umask)
{
	static const mode_t masks[] = {0, 022, 0777};
	struct place *p = *state;

	for (size_t i = 0; i < 3; i++) {
		mode_t before = umask(masks[i]);
		struct diag d = DIAG_INIT;
		struct ledger *l = place_create(p);
		char wal[256], *mark = ledger_mark_path(p->path);
		struct stat st;

		assert_int_equal(lstat(mark, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		free(mark);
		assert_int_equal(ledger_set(l, "a", "b", &d), 0);
		assert_int_equal(ledger_commit(l, &d), 0);
		assert_int_equal(lstat(p->path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		snprintf(wal, sizeof(wal), "%s-wal", p->path);
		assert_int_equal(lstat(wal, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		assert_false(path_exists(p->path, "-shm"));
		assert_false(path_exists(p->path, ".new"));
		place_close(l);
		assert_false(path_exists(p->path, "-wal"));
		umask(before);
		assert_int_equal(unlink(p->path), 0);
	}
}

PLACE_TEST(never_creates_over_something_that_is_there)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	char other[128];
	struct stat st;

	write_bytes(p->path, "x", 1);
	assert_null(ledger_create(p->path, &d));
	assert_int_equal(d.kind, DIAG_DISK);
	assert_int_equal(unlink(p->path), 0);

	/* A planted link, also a dangling one, is neither followed nor
	 * replaced. */
	snprintf(other, sizeof(other), "%s/other", p->folder);
	assert_int_equal(symlink(other, p->path), 0);
	assert_null(ledger_create(p->path, &d));
	assert_int_equal(lstat(p->path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(lstat(other, &st), -1);
	place_refuses(p, "ledger.foreign", "symbolic link");
	assert_int_equal(unlink(p->path), 0);
}

PLACE_TEST(a_link_planted_at_a_temporary_name_is_not_followed)
{
	static const char *const names[] = {
	    "ledger.sqlite.new", "ledger.mark.new"};
	struct place *p = *state;
	char other[128], made[160];
	struct stat st;

	snprintf(other, sizeof(other), "%s/other", p->folder);
	EACH (i, names) {
		snprintf(made, sizeof(made), "%s/%s", p->folder, names[i]);
		assert_int_equal(symlink(other, made), 0);
		place_close(place_create(p));
		assert_int_equal(lstat(other, &st), -1);
		assert_int_equal(lstat(made, &st), -1);
		assert_int_equal(lstat(p->path, &st), 0);
		assert_true(S_ISREG(st.st_mode));
		assert_int_equal(unlink(p->path), 0);
	}
}

PLACE_TEST(opening_never_creates)
{
	struct place *p = *state;

	place_refuses(p, "ledger.missing", "No such file");
	assert_false(path_exists(p->path, ""));
}

PLACE_TEST(an_empty_file_is_damage_and_no_fresh_start)
{
	struct place *p = *state;
	struct stat st;

	write_bytes(p->path, "", 0);
	place_refuses(p, "ledger.damaged", "it is empty");
	assert_int_equal(lstat(p->path, &st), 0);
	assert_int_equal(st.st_size, 0);
}

PLACE_TEST(other_files_are_no_ledgers)
{
	struct place *p = *state;
	char noise[8192];

	memset(noise, 'n', sizeof(noise));
	write_bytes(p->path, noise, sizeof(noise));
	place_refuses(p, "ledger.foreign", "is not a ledger");
	write_bytes(p->path, "name,score\n", 11);
	place_refuses(p, "ledger.foreign", "is not a ledger");
	assert_int_equal(unlink(p->path), 0);
	place_sql(p, "CREATE TABLE t(x); PRAGMA user_version = 1");
	place_refuses(p, "ledger.foreign", "is not a ledger");
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(mkdir(p->path, 0700), 0);
	place_refuses(p, "ledger.foreign", "a folder");
	assert_int_equal(rmdir(p->path), 0);
}

PLACE_TEST(torn_pages_are_damage)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct ledger *l = place_create(p);
	struct ledger_row r = {.outcome = OUTCOME_REFUSED, .text = "no"};
	struct stat st;
	char noise[4096];
	int fd;

	for (r.index = 0; r.index < 5000; r.index++)
		assert_int_equal(ledger_set_row(l, &r, &d), 0);
	place_close(l);
	assert_int_equal(stat(p->path, &st), 0);
	assert_true(st.st_size > 20 * 4096);
	memset(noise, 0x55, sizeof(noise));
	fd = open(p->path, O_WRONLY);
	assert_int_equal(pwrite(fd, noise, 4096, 12 * 4096), 4096);
	close(fd);
	place_refuses(p, "ledger.damaged", "damaged");
	assert_int_equal(truncate(p->path, 9 * 4096 + 17), 0);
	place_refuses(p, "ledger.damaged", "damaged");
}

PLACE_TEST(a_reader_cannot_write)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct ledger *l;

	place_close(place_create(p));
	l = place_open(p, true);
	assert_int_equal(ledger_set(l, "a", "b", &d), -1);
	assert_int_equal(d.kind, DIAG_INTERNAL);
	place_close(l);
}

/* 0 = the ledger says a = b; else the kind of the refusal. */
static int
read_once(const struct place *p)
{
	struct diag d = DIAG_INIT;
	struct ledger *l = ledger_open(p->path, true, true, &d);
	char value[8];
	int ret = 101;

	if (l == NULL)
		ret = (int)d.kind;
	else if (ledger_get_into(l, "a", value, sizeof(value), &d) == 0 &&
		 strcmp(value, "b") == 0)
		ret = 0;
	if (l == NULL && strcmp(d.code, "ledger.readonly") != 0)
		ret = 103;
	ledger_free(l);
	return ret;
}

/* … as somebody who may only read: root must become somebody else for that.
 * However often it is read, nothing of it is kept in memory. */
static int
read_as_a_guest(const struct place *p)
{
	pid_t child;
	int status;

	assert_int_equal(chmod(p->path, 0444), 0);
	assert_int_equal(chmod(p->folder, 0555), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		size_t before = 0, now;
		bool is_steady = false;
		int ret = 0;

		if (geteuid() == 0 &&
		    (setgid(65534) != 0 || setuid(65534) != 0))
			_exit(100);
		/* An allocator keeps a few of each size; what is lost each time
		 * is lost in every hundred. */
		for (int i = 0; i <= 1000; i++) {
			ret = read_once(p);
			if (i % 100 != 0)
				continue;
			now = mallinfo2().uordblks;
			is_steady |= i > 0 && now < before + (size_t)100 * 16;
			before = now;
		}
		_exit(is_steady ? ret : 102);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(chmod(p->folder, 0700), 0);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

PLACE_TEST(reads_where_it_cannot_write)
{
	struct place *p = *state;
	char wal[160];
	struct diag d = DIAG_INIT;
	struct ledger *l = place_create(p);

	assert_int_equal(ledger_set(l, "a", "b", &d), 0);
	place_close(l);
	assert_int_equal(read_as_a_guest(p), 0);
	/* Of a log without commits nothing is missing. */
	snprintf(wal, sizeof(wal), "%s-wal", p->path);
	write_bytes(wal, "", 0);
	assert_int_equal(read_as_a_guest(p), 0);
}

/* Without the -wal it would read the past. */
PLACE_TEST(reads_nothing_where_the_last_commits_are_out_of_reach)
{
	struct place *p = *state;
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		struct diag d = DIAG_INIT;
		struct ledger *l = ledger_create(p->path, &d);

		if (l != NULL && ledger_set(l, "a", "b", &d) == 0 &&
		    ledger_commit(l, &d) == 0)
			raise(SIGKILL);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(read_as_a_guest(p), DIAG_INPUT);
	place_close(place_open(p, true));
}

/* In a child: 0 = it is there and good, 1 = refused and nothing is there. */
static int
create_with_little_room(const struct place *p, rlim_t room)
{
	struct rlimit size = {room, room};
	struct diag d = DIAG_INIT;
	struct ledger *l;

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &size) != 0)
		return 2;
	l = ledger_create(p->path, &d);
	if (l != NULL)
		return ledger_close(l, &d) == 0 ? 0 : 3;
	if (d.kind != DIAG_DISK || strstr(d.message, p->path) == NULL)
		return 4;
	return path_exists(p->path, "") || path_exists(p->path, ".new") ||
		       path_exists(p->path, ".new-wal")
		   ? 5
		   : 1;
}

PLACE_TEST(a_full_disk_leaves_no_half_a_ledger)
{
	struct place *p = *state;
	int made = 0, refused = 0;

	for (rlim_t room = 0; room <= 81920; room += 4001) {
		pid_t child = fork();
		int status;

		assert_true(child >= 0);
		if (child == 0)
			_exit(create_with_little_room(p, room));
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		assert_in_range(WEXITSTATUS(status), 0, 1);
		if (WEXITSTATUS(status) == 0) {
			place_close(place_open(p, false));
			assert_int_equal(unlink(p->path), 0);
			made++;
		} else {
			refused++;
		}
	}
	assert_true(made > 0 && refused > 5);
}

TEST(a_folder_that_is_not_there_is_named)
{
	struct diag d = DIAG_INIT;

	assert_null(ledger_create("/nonexistent/x/ledger.sqlite", &d));
	assert_int_equal(d.kind, DIAG_DISK);
	assert_non_null(strstr(d.message, "/nonexistent/x/ledger.sqlite"));
	assert_null(ledger_open("/nonexistent/x/l", false, true, &d));
	assert_int_equal(d.kind, DIAG_INPUT);
}

PLACE_TEST(works_behind_a_link_to_the_folder)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	char link_path[128], path[160];
	struct ledger *l;

	snprintf(link_path, sizeof(link_path), "%s/other", p->folder);
	assert_int_equal(symlink(".", link_path), 0);
	snprintf(path, sizeof(path), "%s/ledger.sqlite", link_path);
	l = ledger_create(path, &d);
	assert_non_null(l);
	place_close(l);
	place_close(place_open(p, false));
}

static bool
lock_file(void *ctx)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = open(ctx, O_RDWR | O_CLOEXEC);

	return fd >= 0 && fcntl(fd, F_SETLK, &lock) == 0;
}

PLACE_TEST(the_holder_is_who_locks_the_ledger_or_its_shared_memory_alone)
{
	static const char *const suffixes[] = {"", "-shm"};
	struct place *p = *state;
	char path[256];

	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s%s", p->path, suffixes[i]);
		write_bytes(path, "x", 1);
	}
	assert_int_equal(ledger_holder(p->path), 0);
	/* Of what is open here nobody asks. */
	for (size_t i = 0; i < 2; i++) {
		pid_t child;
		int own, other;

		snprintf(path, sizeof(path), "%s%s", p->path, suffixes[1 - i]);
		other = open(path, O_RDONLY | O_CLOEXEC);
		snprintf(path, sizeof(path), "%s%s", p->path, suffixes[i]);
		child = child_start(lock_file, path);
		assert_int_equal(ledger_holder(p->path), child);
		own = open(path, O_RDONLY | O_CLOEXEC);
		assert_true(own >= 0 && other >= 0);
		assert_int_equal(ledger_holder(p->path), 0);
		close(own);
		close(other);
		assert_int_equal(ledger_holder(p->path), child);
		child_kill(child);
	}
}

TEST(a_holder_is_named_as_it_names_itself)
{
	CASES(cases, const char *comm, *words) = {
	    {"a~\x01 b\x7f\n", "(a~? b?)"},
	    {"x", "(x)"},
	    {"", ""},
	};
	char words[64], want[64];

	ledger_holder_words(0, words);
	assert_string_equal(words, "another process");
	ledger_holder_words(1L << 30, words);
	assert_string_equal(words, "process 1073741824");
	EACH (i, cases) {
		assert_int_equal(prctl(PR_SET_NAME, cases[i].comm), 0);
		ledger_holder_words((long)getpid(), words);
		snprintf(want, sizeof(want), "process %ld%s%s", (long)getpid(),
		    cases[i].words[0] ? " " : "", cases[i].words);
		assert_string_equal(words, want);
	}
}

static bool
hold_ledger(void *ctx)
{
	return place_open(ctx, false) != NULL;
}

/* Whoever has it may be done in a moment. */
PLACE_TEST(a_ledger_that_another_process_has_for_a_moment_is_waited_for)
{
	struct place *p = *state;
	pid_t holder, killer;

	place_close(place_create(p));
	holder = child_start(hold_ledger, p);
	killer = fork();
	assert_true(killer >= 0);
	if (killer == 0) {
		const struct timespec moment = {.tv_nsec = 150000000};

		nanosleep(&moment, NULL);
		(void)kill(holder, SIGKILL);
		_exit(0);
	}
	place_close(place_open(p, true));
	assert_int_equal(waitpid(killer, NULL, 0), killer);
	child_kill(holder);
}
