/* SPDX-License-Identifier: MIT */
/*
 * Leftovers of imports that were killed before their run had a name: a hidden
 * folder with at most run.json, mark and mapping in it, a copy of a pipe, a
 * temporary service.json. A day old, so that nobody is still writing them.
 */
#include "run_folder.h"
#include "runs/run.h"
#include "system/atomic_file.h"
#include "system/log.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPOOL ".spool-"

static bool
begins(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

static bool
sweep_folder(int runs, const char *name)
{
	int fd = folder_open(runs, name);
	bool is_gone = fd >= 0 && run_hidden_remove(runs, fd, name);

	if (fd >= 0)
		close(fd);
	return is_gone;
}

static bool
sweep_entry(int runs, const char *name, int64_t now_ms)
{
	struct stat st;

	if (fstatat(runs, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    st.st_uid != geteuid() ||
	    now_ms - (int64_t)st.st_mtime * 1000 < RUN_LEFTOVER_MS)
		return false;
	if ((begins(name, SPOOL) || atomic_is_temporary(name)) &&
	    S_ISREG(st.st_mode))
		return unlinkat(runs, name, 0) == 0;
	return begins(name, RUN_HIDDEN) && S_ISDIR(st.st_mode) &&
	       run_id_is_valid(name + strlen(RUN_HIDDEN)) &&
	       sweep_folder(runs, name);
}

/* Plain files and then the folder: a run has nothing else. */
static void
remove_run(int runs, const char *name)
{
	int fd = folder_open(runs, name);
	DIR *dir = fd >= 0 ? folder_entries(fd, ".") : NULL;
	const struct dirent *entry;
	struct stat st;

	while (dir && (entry = readdir(dir)) != NULL)
		if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode))
			(void)unlinkat(fd, entry->d_name, 0);
	if (dir)
		closedir(dir);
	if (fd >= 0)
		close(fd);
	(void)unlinkat(runs, name, AT_REMOVEDIR);
}

static int
is_run(const struct dirent *entry)
{
	return run_id_is_valid(entry->d_name);
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

void
runs_trim(const char *runs_dir, size_t keep)
{
	int runs = open(runs_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent **list = NULL;
	int count = runs >= 0 ? scandir(runs_dir, &list, is_run, by_name) : -1;
	char latest[256] = "";

	/* Names of one second are in no order. */
	if (runs >= 0)
		(void)!readlinkat(runs, "latest", latest, sizeof(latest) - 1);
	for (int i = 0; i < count; i++) {
		if ((size_t)(count - i) > keep &&
		    strcmp(list[i]->d_name, latest) != 0)
			remove_run(runs, list[i]->d_name);
		free(list[i]);
	}
	free(list);
	if (runs >= 0)
		close(runs);
}

void
runs_sweep(const char *runs_dir, int64_t now_ms)
{
	int runs = open(runs_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = runs >= 0 ? fdopendir(runs) : NULL;
	const struct dirent *entry;

	if (dir == NULL) {
		if (runs >= 0)
			close(runs);
		return;
	}
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] == '.' &&
		    sweep_entry(runs, entry->d_name, now_ms))
			log_debug("removed the leftover '%s/%s'", runs_dir,
			    entry->d_name);
	closedir(dir);
}
