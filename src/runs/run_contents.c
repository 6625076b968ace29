/* SPDX-License-Identifier: MIT */
/* Which files a run makes in its folder, by their names; those of a report are
 * in system/own_files.h. */
#include "run_folder.h"
#include "system/own_files.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TABLES(a, b, c, d) RUN_TABLE a, RUN_TABLE b, RUN_TABLE c, RUN_TABLE d

/* The ledger last: as long as it is there, the run can be judged by it. */
static const char *const names[] = {
    "input",
    RUN_SUMS,
    RUN_ROWS,
    RUN_CHANGES,
    "mapping.yaml",
    "service.json",
    RUN_VERDICTS,
    TABLES("1", "2", "3", "4"),
    TABLES("5", "6", "7", "8"),
    TABLES("9", "10", "11", "12"),
    TABLES("13", "14", "15", "16"),
    (RUN_LEDGER "-shm"),
    (RUN_LEDGER "-journal"),
    (RUN_LEDGER ".new"),
    (RUN_LEDGER "-wal"),
    RUN_LEDGER,
    (RUN_MARK ".new"),
    RUN_MARK,
    NULL,
};

const char *const *
run_file_names(void)
{
	return names;
}

static bool
is_ours(const char *name)
{
	if (strcmp(name, RUN_JSON) == 0 || strcmp(name, RUN_PRUNED) == 0)
		return true;
	for (size_t i = 0; names[i] != NULL; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	for (int i = 0; i < OWN_FILES; i++)
		if (strcmp(name, own_file_name((enum own_file)i)) == 0)
			return true;
	return false;
}

bool
run_owns_file(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct buf marker = BUF_INIT(0);
	bool is_run;

	if (slash == NULL || !is_ours(slash + 1))
		return false;
	buf_addf(&marker, "%.*s/" RUN_JSON, (int)(slash - path), path);
	is_run = access(buf_str(&marker), F_OK) == 0;
	buf_release(&marker);
	return is_run;
}

/* Is one of the files in that folder this one? */
static bool
holds(int runs, const char *name, const struct stat *st)
{
	DIR *dir = folder_entries(runs, name);
	const struct dirent *entry;
	struct stat own;
	bool found = false;

	if (dir == NULL)
		return false;
	while (!found && (entry = readdir(dir)) != NULL)
		found = fstatat(dirfd(dir), entry->d_name, &own,
			    AT_SYMLINK_NOFOLLOW) == 0 &&
			own.st_dev == st->st_dev && own.st_ino == st->st_ino;
	closedir(dir);
	return found;
}

bool
runs_hold_file(const char *runs_dir, const struct stat *st)
{
	int runs = open(runs_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct diag ignored = DIAG_INIT;
	struct run_name *list;
	bool found = false;
	size_t count = 0;

	if (runs < 0)
		return false;
	list = runs_list(runs, &count, &ignored);
	for (size_t i = 0; list && i < count && !found; i++)
		found = holds(runs, list[i].name, st);
	found = found || holds(runs, RUN_TABLES, st);
	if (list)
		runs_list_free(list, count);
	close(runs);
	return found;
}
