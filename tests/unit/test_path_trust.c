/* SPDX-License-Identifier: MIT */
#include "system/own_files.h"
#include "temp_folder.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Who could exchange a part of a path. */

#define STRANGER 23456

struct place {
	char top[64], a[80], b[96], c[112];
};

static int
set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	assert_true(temp_folder_make(p->top, sizeof(p->top), "test_trust"));
	snprintf(p->a, sizeof(p->a), "%s/a", p->top);
	snprintf(p->b, sizeof(p->b), "%s/b", p->a);
	snprintf(p->c, sizeof(p->c), "%s/c", p->b);
	assert_int_equal(mkdir(p->a, 0755), 0);
	assert_int_equal(mkdir(p->b, 0755), 0);
	assert_int_equal(mkdir(p->c, 0755), 0);
	*state = p;
	return 0;
}

static void
assert_trusted(const char *path, const char *resolved)
{
	struct diag d = DIAG_INIT;
	char *found = path_trusted(path, "thing", &d);

	if (found == NULL)
		fail_msg("'%s' is refused: %s", path, d.message);
	assert_string_equal(found, resolved);
	free(found);
}

static void
assert_refused(const char *path, const char *code, const char *culprit)
{
	struct diag d = DIAG_INIT;
	char *found = path_trusted(path, "thing", &d);

	if (found != NULL)
		fail_msg("'%s' is trusted", path);
	assert_int_equal(d.kind, DIAG_USAGE);
	assert_string_equal(d.code, code);
	if (strstr(d.message, culprit) == NULL)
		fail_msg("'%s' is not named: %s", culprit, d.message);
}

TEST_WITH(modes_of_every_part_decide, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	const struct {
		mode_t mode;
		bool is_trusted;
	} cases[] = {
	    {0700, true},
	    {0755, true},
	    {0775, true}, /* a group is trusted */
	    {0777, false},
	    {0702, false},
	    {01777, true}, /* as /tmp is */
	    {02777, false},
	};
	const char *parts[] = {p->a, p->b, p->c};

	for (size_t part = 0; part < 3; part++)
		EACH (i, cases) {
			assert_int_equal(chmod(parts[part], cases[i].mode), 0);
			if (cases[i].is_trusted)
				assert_trusted(p->c, p->c);
			else
				assert_refused(
				    p->c, "path.writable", parts[part]);
			assert_int_equal(chmod(parts[part], 0755), 0);
		}
}

TEST_WITH(a_part_of_another_user_is_refused, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	const char *parts[] = {p->a, p->b, p->c};

	if (geteuid() != 0)
		skip();
	for (size_t part = 0; part < 3; part++) {
		assert_int_equal(chown(parts[part], STRANGER, (gid_t)-1), 0);
		assert_refused(p->c, "path.owner", parts[part]);
		assert_int_equal(chown(parts[part], 0, (gid_t)-1), 0);
	}
	assert_trusted(p->c, p->c);
}

TEST_WITH(links_are_resolved_before_the_look, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	char link[96], below[112], nowhere[112];

	snprintf(link, sizeof(link), "%s/link", p->top);
	snprintf(below, sizeof(below), "%s/c", link);
	snprintf(nowhere, sizeof(nowhere), "%s/nowhere", p->top);
	assert_int_equal(symlink("a/b", link), 0);
	assert_trusted(below, p->c);
	/* The way to it is a stranger's, what is used is not. */
	assert_int_equal(chmod(p->a, 0777), 0);
	assert_refused(below, "path.writable", p->a);
	assert_int_equal(chmod(p->a, 0755), 0);
	assert_int_equal(symlink("gone/far", nowhere), 0);
	assert_refused(nowhere, "", nowhere);
	snprintf(nowhere, sizeof(nowhere), "%s/nowhere/x", p->top);
	assert_refused(nowhere, "", nowhere);
}

TEST_WITH(what_is_not_there_yet_is_judged_by_where_it_would_be, set_up,
    temp_folder_tear_down)
{
	struct place *p = *state;
	char path[160], expected[160];

	snprintf(path, sizeof(path), "%s/./new//er/", p->c);
	snprintf(expected, sizeof(expected), "%s/new//er/", p->c);
	assert_trusted(path, expected);
	assert_trusted("/", "/");
	assert_int_equal(chmod(p->b, 0777), 0);
	assert_refused(path, "path.writable", p->b);
}
