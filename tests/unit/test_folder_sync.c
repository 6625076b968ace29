/* SPDX-License-Identifier: MIT */
/* What fsync says of a folder, and what becomes of it. fsync is this file's. */
#include "base/diag.h"
#include "ledger/ledger.h"
#include "system/atomic_file.h"
#include "temp_folder.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int folder_error; /* of every folder; 0: they sync */
static int synced;

int
fsync(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISDIR(st.st_mode))
		return 0;
	synced++;
	errno = folder_error;
	return folder_error == 0 ? 0 : -1;
}

TEST(who_cannot_sync_a_folder_is_forgiven_and_who_failed_is_not)
{
	CASES(cases, int error, result) = {
	    {0, 0},
	    {EINVAL, 0},
	    {ENOTSUP, 0},
	    {EIO, EIO},
	    {ENOSPC, ENOSPC},
	};
	char top[128], path[160];
	int fd;

	assert_true(temp_folder_make(top, sizeof(top), "test_folder_sync"));
	fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	EACH (i, cases) {
		struct diag d = DIAG_INIT;
		struct atomic_file f;
		struct ledger *l;

		folder_error = cases[i].error;
		assert_int_equal(folder_sync(fd), cases[i].result);
		assert_int_equal(
		    folder_sync_at(AT_FDCWD, top), cases[i].result);
		assert_int_equal(folder_sync_at(fd, ""), cases[i].result);
		snprintf(path, sizeof(path), "%s/file%zu", top, i);
		synced = 0;
		assert_int_equal(atomic_open(&f, path, &d), 0);
		assert_int_equal(
		    atomic_commit(&f, &d), cases[i].result == 0 ? 0 : -1);
		assert_int_equal(synced, 1);
		snprintf(path, sizeof(path), "%s/ledger%zu", top, i);
		l = ledger_create(path, &d);
		assert_int_equal(l != NULL, cases[i].result == 0);
		if (l == NULL)
			assert_int_equal(d.kind, DIAG_DISK);
		ledger_free(l);
	}
	assert_int_equal(folder_sync_at(fd, "none"), ENOENT);
	close(fd);
	assert_true(temp_folder_remove(top));
}
