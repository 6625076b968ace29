/* SPDX-License-Identifier: MIT */
#include "temp_folder.h"
#include "test.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool
temp_folder_make(char *path, size_t size, const char *test)
{
	const char *dir = getenv("TMPDIR");

	snprintf(path, size, "%s/%s.XXXXXX",
	    dir != NULL && dir[0] == '/' && strlen(dir) < 16 ? dir : "/tmp",
	    test);
	return mkdtemp(path) != NULL;
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

bool
temp_folder_remove(const char *path)
{
	return nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0;
}

int
temp_folder_tear_down(void **state)
{
	int result = temp_folder_remove(*state) ? 0 : -1;

	free(*state);
	return result;
}

void
temp_folder_put(const char *folder, const char *name, const char *text)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "we");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

bool
path_exists(const char *path, const char *suffix)
{
	char name[256];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return lstat(name, &st) == 0;
}
