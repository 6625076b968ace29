/* SPDX-License-Identifier: MIT */
#include "base/xalloc.h"
#include "system/atomic_file.h"
#include "temp_folder.h"
#include "test.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Files that appear whole or not at all. */

struct place {
	char top[64], path[96];
};

static int
set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	assert_true(temp_folder_make(p->top, sizeof(p->top), "test_atomic"));
	snprintf(p->path, sizeof(p->path), "%s/report.json", p->top);
	*state = p;
	return 0;
}

static int
entries(const char *folder)
{
	DIR *dir = opendir(folder);
	int n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n - 2;
}

static void
assert_content(const char *path, const char *want)
{
	char text[256] = "";
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	(void)!fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	assert_string_equal(text, want);
}

static void
begin(struct atomic_file *f, const char *path)
{
	struct diag d = DIAG_INIT;

	if (atomic_open(f, path, &d) != 0)
		fail_msg("%s", d.message);
}

static void
write_file(const char *path, const char *text)
{
	struct diag d = DIAG_INIT;
	struct atomic_file f;

	begin(&f, path);
	fputs(text, f.stream);
	if (atomic_commit(&f, &d) != 0)
		fail_msg("%s", d.message);
	assert_null(f.stream);
	assert_null(f.path);
}

TEST_WITH(appears_only_when_it_is_committed, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct atomic_file f;
	struct stat st;

	begin(&f, p->path);
	fputs("new", f.stream);
	assert_int_equal(fflush(f.stream), 0);
	assert_int_equal(lstat(p->path, &st), -1);
	assert_int_equal(atomic_commit(&f, &d), 0);
	assert_content(p->path, "new");
	assert_int_equal(entries(p->top), 1);
}

TEST_WITH(is_private_under_any_umask, set_up, temp_folder_tear_down)
{
	static const mode_t masks[] = {0, 022, 0777};
	struct place *p = *state;
	struct stat st;

	for (size_t i = 0; i < 3; i++) {
		mode_t before = umask(masks[i]);

		write_file(p->path, "x");
		umask(before);
		assert_int_equal(lstat(p->path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
}

TEST_WITH(an_abort_leaves_the_old_one, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	struct atomic_file f;

	write_file(p->path, "old");
	begin(&f, p->path);
	fputs("new", f.stream);
	atomic_abort(&f);
	atomic_abort(&f); /* twice is once */
	assert_content(p->path, "old");
	assert_int_equal(entries(p->top), 1);
	write_file(p->path, "newer");
	assert_content(p->path, "newer");
}

TEST_WITH(
    a_planted_link_is_replaced_and_not_followed, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	char other[96];
	struct stat st;

	snprintf(other, sizeof(other), "%s/other", p->top);
	write_file(other, "theirs");
	assert_int_equal(symlink(other, p->path), 0);
	write_file(p->path, "ours");
	assert_content(other, "theirs");
	assert_content(p->path, "ours");
	assert_int_equal(lstat(p->path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(symlink("/nonexistent/x", p->path), 0);
	write_file(p->path, "ours");
	assert_content(p->path, "ours");
}

TEST_WITH(what_is_no_file_is_refused, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	char fifo[96], device[96];
	const char *const paths[] = {p->top, fifo, device};

	snprintf(fifo, sizeof(fifo), "%s/fifo", p->top);
	snprintf(device, sizeof(device), "%s/null", p->top);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(symlink("/dev/null", device), 0);
	for (size_t i = 0; i < 3; i++) {
		struct diag d = DIAG_INIT;
		struct atomic_file f;

		assert_int_equal(atomic_open(&f, paths[i], &d), -1);
		assert_int_equal(d.kind, DIAG_USAGE);
		assert_non_null(strstr(d.message, paths[i]));
		atomic_abort(&f);
	}
	assert_int_equal(entries(p->top), 2);
}

TEST(a_folder_that_is_not_there_is_named)
{
	struct diag d = DIAG_INIT;
	struct atomic_file f;

	assert_int_equal(atomic_open(&f, "/nonexistent/x", &d), -1);
	assert_int_equal(d.kind, DIAG_DISK);
	assert_string_equal(d.message,
	    "unable to write '/nonexistent/x': No such file or directory");
	assert_null(f.stream);
}

TEST_WITH(a_bare_name_is_in_the_current_folder, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	char here[4096];

	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(chdir(p->top), 0);
	write_file("bare", "x");
	assert_int_equal(chdir(here), 0);
	assert_int_equal(entries(p->top), 1);
}

TEST_WITH(a_target_that_became_a_folder_fails_the_commit, set_up,
    temp_folder_tear_down)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct atomic_file f;

	begin(&f, p->path);
	assert_int_equal(mkdir(p->path, 0700), 0);
	assert_int_equal(atomic_commit(&f, &d), -1);
	assert_int_equal(d.kind, DIAG_DISK);
	assert_null(f.path);
	assert_int_equal(entries(p->top), 1);
}

/* In a child: a file size limit stays with the process. len bytes of which
 * the disk takes 64 KiB. */
static bool
fails_when_full(const char *path, size_t len)
{
	struct rlimit size = {65536, 65536};
	struct diag d = DIAG_INIT;
	struct atomic_file f;

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &size) != 0 ||
	    atomic_open(&f, path, &d) != 0)
		return false;
	while (len-- > 0)
		(void)fputc('x', f.stream);
	return atomic_commit(&f, &d) == -1 && d.kind == DIAG_DISK &&
	       strstr(d.message, path) != NULL;
}

TEST_WITH(a_full_disk_leaves_the_old_one, set_up, temp_folder_tear_down)
{
	static const size_t lengths[] = {65537, 70000, 131073, 1000000};
	struct place *p = *state;

	write_file(p->path, "old");
	for (size_t i = 0; i < 4; i++) {
		pid_t child = fork();
		int status;

		assert_true(child >= 0);
		if (child == 0)
			_exit(fails_when_full(p->path, lengths[i]) ? 0 : 1);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		assert_content(p->path, "old");
		assert_int_equal(entries(p->top), 1);
	}
}

/* In a child: the disk is full for a while and then no longer. What was
 * written meanwhile is lost, and the last flush does not know it. */
static bool
fails_when_it_was_full(const char *path)
{
	struct rlimit size;
	struct diag d = DIAG_INIT;
	struct atomic_file f;

	signal(SIGXFSZ, SIG_IGN);
	if (getrlimit(RLIMIT_FSIZE, &size) != 0)
		return false;
	size.rlim_cur = 65536;
	if (setrlimit(RLIMIT_FSIZE, &size) != 0 ||
	    atomic_open(&f, path, &d) != 0)
		return false;
	for (int i = 0; i < 200000; i++)
		(void)fputc('x', f.stream);
	size.rlim_cur = size.rlim_max;
	if (setrlimit(RLIMIT_FSIZE, &size) != 0)
		return false;
	return atomic_commit(&f, &d) == -1 && d.kind == DIAG_DISK;
}

TEST_WITH(a_disk_that_was_full_for_a_while_is_not_forgotten, set_up,
    temp_folder_tear_down)
{
	struct place *p = *state;
	pid_t child = fork();
	struct stat st;
	int status;

	assert_true(child >= 0);
	if (child == 0)
		_exit(fails_when_it_was_full(p->path) ? 0 : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(lstat(p->path, &st), -1);
	assert_int_equal(entries(p->top), 0);
}
