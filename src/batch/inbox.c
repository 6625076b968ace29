/* SPDX-License-Identifier: MIT */
/*
 * A crash between the books and the move leaves the file where it was: the
 * guard knows it, and the next command only moves it. The new place is in the
 * run's ledger before the file goes there, so that a crash after the move
 * loses it neither; whoever looks for the input tries both.
 */
#include "inbox.h"

#include "base/buf.h"
#include "base/outcome.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "import/import.h"
#include "system/atomic_file.h"
#include "system/fault.h"
#include "system/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1U
#endif

#define RETRY "csv2chakra retry "

static int
ready(const char *dir, const char *option, const struct options *o,
    struct diag *d)
{
	struct stat to, from;

	if (dir == NULL)
		return 0;
	if (mkdir(dir, S_IRWXU) != 0 && errno != EEXIST)
		return diag_set_errno(d, DIAG_USAGE, errno,
		    "unable to make the folder '%s' of --%s", dir, option);
	if (stat(dir, &to) != 0 || !S_ISDIR(to.st_mode))
		return diag_set(
		    d, DIAG_USAGE, "--%s '%s' is not a folder", option, dir);
	if (access(dir, W_OK | X_OK) != 0)
		return diag_set_errno(d, DIAG_USAGE, errno,
		    "no file can be moved to --%s '%s'", option, dir);
	for (size_t i = 1; i < o->settings.operand_count; i++)
		if (stat(o->settings.operands[i], &from) == 0 &&
		    from.st_dev == to.st_dev && from.st_ino == to.st_ino) {
			diag_set(d, DIAG_USAGE,
			    "--%s '%s' is the folder that the files come from",
			    option, dir);
			return diag_help(d, "name another folder, below it for "
					    "example: what lies in folders "
					    "below is not read");
		}
	return 0;
}

int
inbox_ready(const struct options *o, struct diag *d)
{
	if (ready(o->move_done, "move-done", o, d))
		return -1;
	return ready(o->move_failed, "move-failed", o, d);
}

static int64_t
ms_of(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool
inbox_is_quiet(const struct batch_file *f, int64_t quiet_for_ms, int64_t now_ms,
    struct buf *why)
{
	struct stat st;
	int64_t changed;

	if (quiet_for_ms == 0 || stat(f->path, &st) != 0)
		return true;
	changed = ms_of(st.st_mtim);
	if (ms_of(st.st_ctim) > changed)
		changed = ms_of(st.st_ctim);
	if (now_ms - changed >= quiet_for_ms)
		return true;
	buf_addf(why, "it changed %lld s ago and is left for later",
	    now_ms > changed ? (long long)((now_ms - changed) / 1000) : 0LL);
	return false;
}

/* Where a file that ended like this goes; NULL: it stays. */
static const char *
folder_for(const struct options *o, const struct batch_item *x)
{
	switch (x->status) {
	case EXIT_GOOD:
		return o->move_done;
	case EXIT_BAD_ROWS:
	case EXIT_USAGE:
	case EXIT_INPUT:
		return o->move_failed;
	default:
		return NULL;
	}
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_size == b->st_size &&
	       ms_of(a->st_mtim) == ms_of(b->st_mtim);
}

/* "leads.csv" in the folder; when that is taken, with the run's id, then with
 * numbers: "leads.RUN.csv", "leads.RUN.2.csv". */
static char *
target_name(const char *dir, const char *path, const char *run_id, int number)
{
	const char *name = batch_name(path);
	size_t stem = strcspn(name, ".");
	struct buf out = BUF_INIT(0);

	buf_addf(&out, "%s/%.*s", dir, (int)stem, name);
	if (number > 0 && run_id)
		buf_addf(&out, ".%s", run_id);
	if (number > 1 || (number > 0 && !run_id))
		buf_addf(&out, ".%d", number + (run_id ? 0 : 1));
	buf_adds(&out, name + stem);
	return buf_detach(&out);
}

static int
rename_noreplace(const char *from, const char *to)
{
	int err;

	if (syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to,
		RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return errno;
	/* A file system that cannot: the name is made, then the old one goes.
	 */
	if (link(from, to) != 0)
		return errno;
	if (unlink(from) == 0)
		return 0;
	err = errno;
	(void)unlink(to);
	return err;
}

/* To another file system. The copy is whole before the file goes, and the file
 * goes only if it is still the one that was copied. */
static int
move_across(const struct batch_file *f, const char *to, struct diag *d)
{
	struct stat st;

	if (lstat(to, &st) == 0)
		return EEXIST;
	if (atomic_copy(f->path, to, d))
		return -1;
	if (lstat(f->path, &st) != 0 || !is_same(&st, &f->st)) {
		(void)unlink(to);
		return ESTALE;
	}
	return unlink(f->path) == 0 ? 0 : errno;
}

/* 0, an errno value, or -1 with a diag. ESTALE: another file has its name. */
static int
move_to(const struct batch_file *f, const char *to, struct diag *d)
{
	struct stat st;
	int err = FAULT("batch.rename") ? EXDEV : rename_noreplace(f->path, to);

	if (err == EXDEV)
		return move_across(f, to, d);
	if (err != 0 || (lstat(to, &st) == 0 && is_same(&st, &f->st)))
		return err;
	/* It was replaced while it was imported: back with it. */
	(void)rename_noreplace(to, f->path);
	return ESTALE;
}

/* Nothing failed: the file is not what was imported, or not one to move. */
static int
say_stays(struct batch_item *x, const char *why)
{
	struct buf note = BUF_INIT(0);

	buf_addf(&note, "the file stays where it is: %s", why);
	x->note = buf_detach(&note);
	return 0;
}

/* After an lstat. */
static int
say_gone(struct batch_item *x)
{
	return say_stays(x,
	    errno == ENOENT ? "another process has moved it" : strerror(errno));
}

/* The first free name in the folder. `run`: that of the file, or NULL. */
static int
move_into(const struct run *run, const struct batch_file *f,
    struct batch_item *x, const char *dir, struct diag *d)
{
	struct stat st;
	int err = EEXIST;

	for (int number = 0; err == EEXIST && number < 1000; number++) {
		char *to = target_name(dir, f->path, x->run_id, number);

		/* Never the place of another file, which a kill would leave
		 * there. Not all runs have a ledger any more; without this
		 * `report` needs to be told where the file is. */
		if (run && lstat(to, &st) != 0)
			run_note_input(run, to);
		err = move_to(f, to, d);
		if (err == 0)
			x->moved_to = to;
		else
			free(to);
	}
	if (err == ENOENT && lstat(f->path, &st) != 0)
		return say_gone(x);
	if (err == ESTALE)
		return say_stays(x, "another file has its name now");
	if (err > 0)
		diag_set_errno(d, DIAG_DISK, err,
		    "unable to move '%s' to the folder '%s'", f->path, dir);
	return err ? -1 : 0;
}

/* What has to be fixed lies beside the file, and the command that goes on takes
 * it from there: a person edits that one, not the run's own. */
static int
add_to_fix(struct batch_item *x, struct diag *d)
{
	struct buf to = BUF_INIT(0), next = BUF_INIT(0);
	struct stat st;
	int ret;

	if (x->status != EXIT_BAD_ROWS || x->to_fix == NULL ||
	    stat(x->to_fix, &st) != 0)
		return 0;
	run_to_fix_beside(x->moved_to, &to);
	ret = atomic_copy(x->to_fix, buf_str(&to), d);
	if (ret == 0) {
		x->fix_there = buf_detach(&to);
		if (x->next && strncmp(x->next, RETRY, strlen(RETRY)) == 0) {
			buf_adds(&next, x->next);
			shell_add(&next, x->fix_there);
			free(x->next);
			x->next = buf_detach(&next);
		}
	}
	buf_release(&to);
	return ret;
}

/* With its run held: two commands never move one file. */
static int
move_alone(const struct options *o, const struct batch_file *f,
    struct batch_item *x, const char *dir, struct diag *d)
{
	struct diag held = DIAG_INIT;
	struct run *run =
	    x->run_id ? run_hold_input(o->settings.runs_dir, x->run_id, &held)
		      : NULL;
	struct stat st;
	int ret;

	if (held.kind == DIAG_LOCKED)
		return say_stays(x, "another process is using its run");
	ret = lstat(f->path, &st) != 0 ? say_gone(x)
				       : move_into(run, f, x, dir, d);
	run_free(run);
	return ret;
}

int
inbox_move(const struct options *o, const struct batch_file *f,
    struct batch_item *x, struct diag *d)
{
	const char *dir = x->was_left ? NULL : folder_for(o, x);
	struct stat st;

	if (dir == NULL || strcmp(f->path, "-") == 0)
		return 0;
	(void)FAULT("batch.move");
	if (lstat(f->path, &st) != 0)
		return say_gone(x);
	if (!S_ISREG(st.st_mode))
		return say_stays(x, "it is not a regular file");
	if (!f->has_stat || !is_same(&st, &f->st))
		return say_stays(x, "it changed while it was imported");
	if (move_alone(o, f, x, dir, d))
		return -1;
	(void)FAULT("batch.moved");
	return x->moved_to ? add_to_fix(x, d) : 0;
}
