/* SPDX-License-Identifier: MIT */
#include "base/xalloc.h"
#include "system/own_files.h"
#include "temp_folder.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a confined process may still do, tried in a child of its own. */

struct place {
	char top[64], open[96], shut[96];
};

static void
fill(const char *folder)
{
	char path[128];
	int fd;

	assert_int_equal(mkdir(folder, 0700), 0);
	snprintf(path, sizeof(path), "%s/old", folder);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
}

static int
set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	assert_true(temp_folder_make(p->top, sizeof(p->top), "test_confine"));
	snprintf(p->open, sizeof(p->open), "%s/open", p->top);
	snprintf(p->shut, sizeof(p->shut), "%s/shut", p->top);
	fill(p->open);
	fill(p->shut);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	temp_folder_remove(p->top);
	free(p);
	return 0;
}

enum deed {
	MAKE,
	WRITE,
	CUT,
	REMOVE,
	FOLDER,
	MOVE_OUT,
	MOVE_IN,
	LINK_IN,
	READ,
	EXECUTE
};

struct attempt {
	enum deed deed;
	const char *folder, *other;
	int err;
};

/* 0, or -1 with errno. */
static int
try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static int
execute(void)
{
	return execl("/bin/true", "true", (char *)NULL);
}

static void *
attempt(void *ctx)
{
	struct attempt *a = ctx;
	char old[128], new[128], other[128];
	int ret = -1;

	snprintf(old, sizeof(old), "%s/old", a->folder);
	snprintf(new, sizeof(new), "%s/new", a->folder);
	snprintf(other, sizeof(other), "%s/other", a->other);
	switch (a->deed) {
	case MAKE:
		ret = try_open(new, O_WRONLY | O_CREAT);
		break;
	case WRITE:
		ret = try_open(old, O_WRONLY);
		break;
	case CUT:
		ret = truncate(old, 0);
		break;
	case REMOVE:
		ret = unlink(old);
		break;
	case FOLDER:
		ret = mkdir(new, 0700);
		break;
	case MOVE_OUT:
	case MOVE_IN:
		ret = rename(old, other);
		break;
	case LINK_IN:
		ret = link(old, other);
		break;
	case READ:
		ret = try_open(old, O_RDONLY);
		break;
	case EXECUTE:
		ret = execute();
		break;
	}
	a->err = ret < 0 ? errno : 0;
	return NULL;
}

/* The errno value of the deed, done in a confined child, by its first thread
 * or by another. */
static int
in_child(struct place *p, enum deed deed, bool is_shut, bool in_thread)
{
	struct attempt a = {
	    deed, is_shut ? p->shut : p->open, is_shut ? p->open : p->shut, 0};
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct confinement c;
		pthread_t thread;

		confine_begin(&c);
		confine_allow(&c, p->open);
		confine_allow(&c, "/there/is/none");
		if (!confine_end(&c))
			_exit(255);
		if (!in_thread)
			(void)attempt(&a);
		else if (pthread_create(&thread, NULL, attempt, &a) != 0 ||
			 pthread_join(thread, NULL) != 0)
			_exit(254);
		_exit(a.err);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
need_landlock(int version)
{
	struct confinement c;

	confine_begin(&c);
	if (c.ruleset >= 0 && confine_version() >= version) {
		close(c.ruleset);
		return;
	}
	if (c.ruleset >= 0)
		close(c.ruleset);
	print_message("skipped: Landlock version %d is needed: %s\n", version,
	    c.why[0] ? c.why : "the kernel's is older");
	skip();
}

TEST_WITH(what_is_outside_is_read_and_nothing_else_from_each_thread, set_up,
    tear_down)
{
	CASES(cases, enum deed deed; int version; int err) = {
	    {MAKE, 1, EACCES},
	    {WRITE, 1, EACCES},
	    {CUT, 3, EACCES},
	    {REMOVE, 1, EACCES},
	    {FOLDER, 1, EACCES},
	    {MOVE_IN, 1, EACCES},
	    {LINK_IN, 2, EXDEV},
	    {EXECUTE, 1, EACCES},
	    {READ, 1, 0},
	};

	need_landlock(3);
	EACH (i, cases)
		for (int in_thread = 0; in_thread < 2; in_thread++)
			assert_int_equal(in_child(*state, cases[i].deed, true,
					     in_thread == 1),
			    cases[i].err);
}

TEST_WITH(what_is_inside_may_be_changed_but_not_moved_out, set_up, tear_down)
{
	CASES(cases, enum deed deed; int err) = {
	    {MAKE, 0},
	    {WRITE, 0},
	    {CUT, 0},
	    {MOVE_OUT, EACCES},
	    {REMOVE, 0},
	    {EXECUTE, EACCES},
	};

	need_landlock(2);
	EACH (i, cases)
		assert_int_equal(in_child(*state, cases[i].deed, false, false),
		    cases[i].err);
}

TEST_WITH(the_folder_around_a_file_is_allowed_with_it, set_up, tear_down)
{
	struct place *p = *state;
	char path[128];
	pid_t child;
	int status;

	need_landlock(1);
	snprintf(path, sizeof(path), "%s/metrics.prom", p->open);
	child = fork();
	if (child == 0) {
		struct confinement c;

		confine_begin(&c);
		confine_allow_around(&c, path);
		if (!confine_end(&c))
			_exit(1);
		_exit(try_open(path, O_WRONLY | O_CREAT) == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}
