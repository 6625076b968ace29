/* SPDX-License-Identifier: MIT */
/*
 * One process per input key: flock on a file below the runs folder. The
 * kernel drops it when the process ends, however it ends; the file stays, and
 * its text (pid and start) is for people only. A pid file without a lock was
 * refused: it outlives a crash, and pids come back.
 *
 * Somebody may remove that file, and the next process locks another one. So
 * whoever works on a run holds its folder, too, and whoever began one looks
 * once more whether the lock is still the one that others would meet: of two
 * that began, one sees the other's folder, or the other sees its lock gone.
 */
#include "base/civil.h"
#include "base/xalloc.h"
#include "run_folder.h"
#include "system/log.h"
#include "system/own_files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Those who only look have a lock for a moment. */
#define HELD_TRIES 20
#define HELD_PAUSE_NS 10000000

struct run_lock {
	int fd, locks;
	off_t line; /* where run_lock_tell writes */
	char key[65];
};

/* 0, or an errno value: EWOULDBLOCK if another process has it. */
static int
lock_exclusively(int fd)
{
	const struct timespec pause = {.tv_nsec = HELD_PAUSE_NS};

	for (int tries = 0; flock(fd, LOCK_EX | LOCK_NB) != 0;) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK || ++tries == HELD_TRIES)
			return errno;
		(void)nanosleep(&pause, NULL);
	}
	return 0;
}

int
run_folder_hold(int fd, const char *folder, struct diag *d)
{
	int err = lock_exclusively(fd);

	if (err == EWOULDBLOCK) {
		diag_set(d, DIAG_LOCKED,
		    "another process is working on the run '%s'; nothing was "
		    "sent",
		    folder);
		diag_code(d, "run.locked");
		return diag_help(d, "wait until it has ended, then try again");
	}
	/* Some file systems cannot; then the ledger's own lock must do. */
	if (err != 0)
		log_debug("unable to lock '%s': %s", folder, strerror(err));
	return 0;
}

bool
run_folder_is_held(int fd)
{
	if (flock(fd, LOCK_SH | LOCK_NB) != 0)
		return errno == EWOULDBLOCK;
	(void)flock(fd, LOCK_UN);
	return false;
}

static bool
is_key(const char *key)
{
	size_t len = strlen(key);

	return len > 0 && len <= 64 && strspn(key, "0123456789abcdef") == len;
}

/* "SETTLED READ\n" */
static void
read_rows(const char *line, struct run_work *w)
{
	char *end;

	w->settled = strtoull(line, &end, 10);
	if (end == line || *end != ' ')
		return;
	line = end + 1;
	w->read = strtoull(line, &end, 10);
	w->has_rows = end > line && *end == '\n';
}

/* "PID TIME\n", and what run_lock_tell wrote: the pid, or -1, and the rest, if
 * that is what stands there. */
static long
read_pid(int fd, struct run_work *w)
{
	char text[160], *end;
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	size_t len;
	long pid;

	if (n <= 0)
		return -1;
	text[n] = '\0';
	pid = strtol(text, &end, 10);
	if (end == text || pid <= 0)
		return -1;
	len = strspn(end + (*end == ' '), "0123456789-:TZ");
	if (w != NULL && *end == ' ' && end[len + 1] == '\n' && len < 32) {
		memcpy(w->since, end + 1, len);
		w->since[len] = '\0';
		read_rows(end + len + 2, w);
	}
	return pid;
}

/* Somebody may tidy the folder up: the file that is locked must be the one
 * that the next process will find. */
static bool
is_still_there(int at, const char *key, int fd)
{
	struct stat mine, there;

	return fstat(fd, &mine) == 0 &&
	       fstatat(at, key, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	       mine.st_dev == there.st_dev && mine.st_ino == there.st_ino;
}

static int
taken(int fd, struct diag *d)
{
	long pid = read_pid(fd, NULL);

	if (pid > 0)
		diag_set(d, DIAG_LOCKED,
		    "another process (%ld) is importing this input", pid);
	else
		diag_set(
		    d, DIAG_LOCKED, "another process is importing this input");
	diag_code(d, "run.locked");
	return diag_help(d, "wait until it has ended; nothing was sent");
}

/* The locked file, or -1. EAGAIN in *err: it was replaced meanwhile. */
static int
lock_file(int at, const char *key, int *err, struct diag *d)
{
	struct stat st;
	int fd = openat(at, key,
	    O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

	*err = 0;
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		diag_set_errno(d, DIAG_DISK, fd < 0 ? errno : EINVAL,
		    "unable to open the lock '" RUN_LOCKS "/%s'", key);
		goto fail;
	}
	*err = lock_exclusively(fd);
	if (*err == EWOULDBLOCK)
		taken(fd, d);
	else if (*err != 0)
		diag_set_errno(d, DIAG_DISK, *err,
		    "unable to lock '" RUN_LOCKS "/%s'", key);
	if (*err != 0) {
		*err = 0;
		goto fail;
	}
	if (is_still_there(at, key, fd))
		return fd;
	*err = EAGAIN;
fail:
	if (fd >= 0)
		close(fd);
	return -1;
}

static int
sign(int fd, off_t *end, struct diag *d)
{
	struct clock clock = clock_system();
	char now[32], line[64];
	int len = snprintf(line, sizeof(line), "%ld %s\n", (long)getpid(),
	    civil_iso8601(clock.wall_ms(clock.ctx), now));

	if (fchmod(fd, 0600) != 0 || ftruncate(fd, 0) != 0 ||
	    pwrite(fd, line, (size_t)len, 0) != len)
		return diag_set_errno(
		    d, DIAG_DISK, errno, "unable to write the run lock");
	*end = len;
	return 0;
}

/* A lock that somebody else can remove is not a lock. */
static int
check_locks(int locks, const char *runs_dir, struct diag *d)
{
	struct buf subject = BUF_INIT(16384);
	char *path = path_join(runs_dir, RUN_LOCKS);
	struct stat st;
	int ret;

	buf_addf(&subject, "the folder of the locks '%s'", path);
	if (fstat(locks, &st) != 0)
		ret = diag_set_errno(
		    d, DIAG_DISK, errno, "unable to look at '%s'", path);
	else
		ret = path_trust_folder(path, &st, false, buf_str(&subject), d);
	buf_release(&subject);
	free(path);
	return ret;
}

struct run_lock *
run_lock_take(const char *runs_dir, const char *input_key, struct diag *d)
{
	struct run_lock *l = NULL;
	int runs = -1, locks = -1, fd = -1, tries, err = EAGAIN;
	off_t line = 0;

	if (!is_key(input_key)) {
		diag_set(
		    d, DIAG_INTERNAL, "'%s' is not an input key", input_key);
		return NULL;
	}
	runs = runs_dir_open(runs_dir, true, d);
	if (runs < 0)
		return NULL;
	locks = folder_make(runs, RUN_LOCKS, true);
	if (locks < 0) {
		diag_set_errno(d, DIAG_DISK, errno,
		    "unable to open '%s/" RUN_LOCKS "'", runs_dir);
		goto out;
	}
	if (check_locks(locks, runs_dir, d) != 0)
		goto out;
	for (tries = 0; tries < 10 && fd < 0 && err == EAGAIN; tries++)
		fd = lock_file(locks, input_key, &err, d);
	if (fd < 0) {
		if (err == EAGAIN)
			diag_set(d, DIAG_DISK,
			    "the lock of this input is removed again and "
			    "again");
		goto out;
	}
	if (sign(fd, &line, d) != 0)
		goto out;
	l = xmalloc(sizeof(*l));
	l->fd = fd;
	l->locks = locks;
	l->line = line;
	snprintf(l->key, sizeof(l->key), "%s", input_key);
	fd = -1;
	locks = -1;
out:
	if (fd >= 0)
		close(fd);
	if (locks >= 0)
		close(locks);
	close(runs);
	return l;
}

int
run_lock_check(const struct run_lock *l, struct diag *d)
{
	if (is_still_there(l->locks, l->key, l->fd))
		return 0;
	diag_set(d, DIAG_LOCKED,
	    "the lock of this input was removed, and another process may "
	    "import it; nothing was sent");
	diag_code(d, "run.locked");
	return diag_help(
	    d, "leave '" RUN_LOCKS "' in the runs folder alone, and try again");
}

/* Always as long, in one write: a reader sees the old line or the new one. */
void
run_lock_tell(struct run_lock *l, uint64_t settled, uint64_t read)
{
	char line[64];
	int len = snprintf(line, sizeof(line),
	    "%020" PRIu64 " %020" PRIu64 "\n", settled, read);

	if (l != NULL && pwrite(l->fd, line, (size_t)len, l->line) != len)
		log_debug("unable to write the run lock: %s", strerror(errno));
}

void
run_lock_release(struct run_lock *l)
{
	if (l == NULL)
		return;
	close(l->fd);
	close(l->locks);
	free(l);
}

long
run_lock_holder(int runs_fd, const char *input_key, struct run_work *w)
{
	long holder = 0;
	int locks, fd;

	if (!is_key(input_key))
		return 0;
	locks = folder_open(runs_fd, RUN_LOCKS);
	if (locks < 0)
		return 0;
	fd = openat(
	    locks, input_key, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	close(locks);
	if (fd < 0)
		return 0;
	/* A shared one: two who only look do not see each other. */
	if (flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
		holder = read_pid(fd, w);
		if (holder == (long)getpid())
			holder = 0;
	}
	close(fd);
	return holder;
}

long
run_worker(const char *runs_dir, const char *input_key, struct run_work *w)
{
	int runs = open(runs_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	long holder;

	if (w != NULL)
		*w = (struct run_work){.has_rows = false};
	if (runs < 0)
		return 0;
	holder = run_lock_holder(runs, input_key, w);
	close(runs);
	return holder;
}
