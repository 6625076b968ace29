/* SPDX-License-Identifier: MIT */
/* What the runs folder takes on the disk: blocks, not lengths. A table that
 * several runs have is one file, of which each name counts its share. */
#include "run_folder.h"
#include "runs/run.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define BLOCK 512 /* of st_blocks, whatever the file system's */

/* Folders of runs hold files alone: two levels are all. */
static uint64_t
size_of(int at, const char *name, int levels, size_t *closed)
{
	DIR *dir = folder_entries(at, name);
	const struct dirent *entry;
	uint64_t bytes = 0;
	struct stat st;

	*closed += dir == NULL && errno != ENOENT;
	while (dir && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0 ||
		    fstatat(dirfd(dir), entry->d_name, &st,
			AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		if (S_ISDIR(st.st_mode) && levels > 1)
			bytes += size_of(
			    dirfd(dir), entry->d_name, levels - 1, closed);
		else if (st.st_nlink > 0)
			bytes += (uint64_t)st.st_blocks * BLOCK / st.st_nlink;
	}
	if (dir)
		closedir(dir);
	return bytes;
}

uint64_t
runs_disk_bytes(const char *runs_dir, size_t *closed)
{
	*closed = 0;
	return size_of(AT_FDCWD, runs_dir, 2, closed);
}
