/* SPDX-License-Identifier: MIT */
/*
 * `split`: a dry run whose good rows become files. They are made in a hidden
 * folder beside the one that was asked for, which gets its name when all is
 * written and on disk. Who makes it has it locked; what a kill left is cleared
 * by the next start.
 */
#include "base/outcome.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "batch/batch.h"
#include "cut.h"
#include "system/atomic_file.h"
#include "system/log.h"
#include "system/screen.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARTS_DEFAULT 64
#define SUFFIX ".csv2chakra-split"

struct split {
	const struct settings *settings;
	struct cut *cut;
	char *folder;	 /* as asked for, without slashes at its end */
	char *temporary; /* beside it */
	int fd;		 /* of the temporary one, locked */
};

/* "a/.b.csv2chakra-split" for a/b. */
static int
name_folders(struct split *s, struct diag *d)
{
	const char *output = s->settings->output;
	size_t len = output ? strlen(output) : 0;
	const char *slash;
	struct stat st;

	while (len > 1 && output[len - 1] == '/')
		len--;
	if (len == 0) {
		diag_set(d, DIAG_USAGE, "'split' needs --output, a new folder");
		diag_help(d, "-o parts");
		return -1;
	}
	s->folder = xstrndup(output, len);
	if (lstat(s->folder, &st) == 0) {
		diag_set(d, DIAG_USAGE, "'%s' already exists", s->folder);
		diag_code(d, "output.exists");
		diag_help(d, "name a new folder; split makes it");
		return -1;
	}
	slash = strrchr(s->folder, '/');
	len = strlen(s->folder) + sizeof("." SUFFIX);
	s->temporary = xmalloc(len);
	snprintf(s->temporary, len, "%.*s.%s" SUFFIX,
	    slash ? (int)(slash - s->folder) + 1 : 0, s->folder,
	    slash ? slash + 1 : s->folder);
	return 0;
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Removes the files in it; what is not a file stays. */
static void
clear_folder(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (!is_dots(e->d_name))
			(void)unlinkat(folder, e->d_name, 0);
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
}

/* True if the folder that is open still has that name. */
static bool
is_there(const struct split *s)
{
	struct stat open, named;

	return fstat(s->fd, &open) == 0 && lstat(s->temporary, &named) == 0 &&
	       open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

static int
open_temporary(struct split *s, struct diag *d)
{
	if (mkdir(s->temporary, S_IRWXU) != 0 && errno != EEXIST)
		return diag_no_folder(d, errno, s->folder);
	s->fd =
	    open(s->temporary, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (s->fd < 0)
		return diag_set_errno(d, DIAG_DISK, errno,
		    "unable to open the folder '%s'", s->temporary);
	if (flock(s->fd, LOCK_EX | LOCK_NB) != 0 || !is_there(s)) {
		close(s->fd);
		s->fd = -1;
		diag_set(d, DIAG_LOCKED,
		    "another process splits a file into '%s'", s->folder);
		diag_code(d, "split.locked");
		return diag_help(d, "wait until it has ended");
	}
	clear_folder(s->fd);
	return 0;
}

static void
remove_temporary(struct split *s)
{
	if (s->fd < 0 || !is_there(s))
		return;
	clear_folder(s->fd);
	(void)rmdir(s->temporary);
}

static int
give_name(const struct split *s, struct diag *d)
{
	int err = folder_sync(s->fd);

	if (err == 0)
		err = rename(s->temporary, s->folder) != 0 ? errno : 0;
	if (err == 0)
		err = folder_sync_at(s->fd, "..");
	if (err == 0)
		return 0;
	return diag_no_folder(d, err, s->folder);
}

/* The report is for people; stdout has the folder alone. */
static int
take(void *ctx, const struct run_answer *a, struct diag *d)
{
	const struct split *s = ctx;
	const struct settings *o = s->settings;
	struct run_report report;
	struct buf text = BUF_INIT(1 << 24);

	(void)d;
	if (a->report == NULL ||
	    (o->quiet && a->report->exit_status == EXIT_GOOD))
		return 0;
	report = *a->report;
	if (report.exit_status == EXIT_GOOD ||
	    report.exit_status == EXIT_BAD_ROWS)
		report.cut_parts = cut_parts(s->cut);
	report_text(&report, settings_colour(o, STDERR_FILENO), &text);
	log_words(LOG_NOTE, buf_str(&text));
	buf_release(&text);
	return 0;
}

static int
split_into(struct split *s, const struct options *o, struct diag *d)
{
	const struct cut_options how = {
	    .parts = o->part_rows || o->part_bytes ? 0
		     : o->parts			   ? o->parts
						   : PARTS_DEFAULT,
	    .rows = o->part_rows,
	    .bytes = o->part_bytes,
	    .folder = s->temporary,
	    .mapping = o->settings.operands[0],
	    .csv = o->settings.operands[1],
	};
	const struct run_audience audience = {.take = take, .ctx = s};
	struct settings settings = o->settings;
	struct buf next = BUF_INIT(65536), same = BUF_INIT(65536);
	struct buf path = BUF_INIT(0);
	struct dry_run_tap tap = {.folder = s->folder};
	const struct import_request request = {
	    .settings = &settings,
	    .mapping_path = how.mapping,
	    .csv_path = how.csv,
	    .audience = &audience,
	    .tap = &tap,
	};
	int status;

	shell_command(&next, "import", settings_where(&settings));
	settings_typed_place(&settings, &next);
	shell_add(&next, how.mapping);
	shell_add(&next, s->folder);
	tap.next_command = buf_str(&next);
	shell_command(&same, "split", settings_where(&settings));
	settings_typed_all(&settings, &same);
	shell_add(&same, how.mapping);
	shell_add(&same, how.csv);
	shell_add(&same, "-o");
	shell_add(&same, s->folder);
	tap.same_command = buf_str(&same);
	settings.output = s->temporary;
	s->cut = cut_new(&how);
	cut_fill_tap(s->cut, &tap);
	status = check_run(&request, d);
	if ((status == EXIT_GOOD || status == EXIT_BAD_ROWS) &&
	    d->kind == DIAG_NONE) {
		buf_addf(&path, "%s\n", s->folder);
		if (give_name(s, d) < 0 || answer_write(&path, d) < 0)
			status = -1;
	}
	buf_release(&path);
	buf_release(&same);
	buf_release(&next);
	return status;
}

int
batch_split(const struct options *o, struct diag *d)
{
	struct split s = {.settings = &o->settings, .fd = -1};
	int status = -1;

	if (name_folders(&s, d) == 0 && open_temporary(&s, d) == 0)
		status = split_into(&s, o, d);
	cut_free(s.cut);
	remove_temporary(&s);
	if (s.fd >= 0)
		close(s.fd);
	free(s.temporary);
	free(s.folder);
	return status;
}
