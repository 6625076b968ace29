/* SPDX-License-Identifier: MIT */
/*
 * ledger.mark: how many commits of intents there were, outside of the ledger.
 *
 * SQLite takes damage to the write-ahead log for the log's end: if the log was
 * cut short, emptied or replaced, an older and whole ledger comes back, and
 * what was sent since would be sent again. So each commit of intents has a
 * number. It stands in the ledger and then, synced before anything goes on the
 * wire, in a file beside it: 16 bytes, the number and the ledger's random
 * identity, both big-endian. A mark that is one behind is a kill between the
 * two; a mark that is ahead is a ledger that has lost commits.
 *
 * Refused: a checksum of the ledger (the log has its own). A folder that was
 * restored from a backup as a whole cannot be detected here.
 */
#include "base/text.h"
#include "base/xalloc.h"
#include "database.h"
#include "system/clock.h"
#include "system/fault.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK_BYTES 16
#define META_IDENTITY "identity"
#define META_MARK "mark"
#define META_CALLS "calls"
#define META_HURT "after_damage" /* "1": begun, and not at its end yet */

char *
ledger_mark_path(const char *path)
{
	static const char end[] = ".sqlite";
	size_t len = strlen(path), cut = sizeof(end) - 1;
	char *stem = xstrndup(path,
	    len > cut && strcmp(path + len - cut, end) == 0 ? len - cut : len);
	char *mark = ledger_file_join(stem, ".mark");

	free(stem);
	return mark;
}

static void
put_u64(unsigned char *out, uint64_t value)
{
	for (int i = 7; i >= 0; i--, value >>= 8)
		out[i] = (unsigned char)value;
}

static uint64_t
get_u64(const unsigned char *bytes)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* 0 or an errno value. */
static int
write_mark(int fd, uint64_t number, uint64_t identity)
{
	unsigned char bytes[MARK_BYTES];
	ssize_t n;

	put_u64(bytes, number);
	put_u64(bytes + 8, identity);
	do
		n = pwrite(fd, bytes, sizeof(bytes), 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno;
	if (n != (ssize_t)sizeof(bytes))
		return ENOSPC;
	return fdatasync(fd) == 0 ? 0 : errno;
}

static int
mark_failed(const struct ledger *l, int err, struct diag *d)
{
	diag_set_errno(d, DIAG_DISK, err,
	    "unable to write the mark beside the ledger '%s'", l->path);
	diag_code(d, "ledger.disk");
	return diag_help(
	    d, "nothing more was sent; fix the disk, then resume the run");
}

/* Replaced as a whole, so that only somebody's hand can leave a run without a
 * mark. */
int
ledger_mark_create(struct ledger *l, const char *mark_path, struct diag *d)
{
	char *made = ledger_file_join(mark_path, ".new");
	int err = 0, fd;

	/* What a creation that died has left; a link is not followed. */
	(void)unlink(made);
	fd = open(
	    made, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || fchmod(fd, 0600) != 0)
		err = errno;
	if (err == 0)
		err = write_mark(fd, l->mark, l->identity);
	if (err == 0 && rename(made, mark_path) != 0)
		err = errno;
	if (err != 0 && fd >= 0) {
		close(fd);
		(void)unlink(made);
	}
	free(made);
	if (err != 0)
		return mark_failed(l, err, d);
	if (l->mark_fd >= 0)
		close(l->mark_fd);
	l->mark_fd = fd;
	return 0;
}

int
ledger_mark_begin(struct ledger *l, struct diag *d)
{
	struct clock clock = clock_system();
	char text[32];

	l->identity = clock.random(clock.ctx);
	l->is_marked = true;
	snprintf(text, sizeof(text), "%016" PRIx64, l->identity);
	if (ledger_set(l, META_IDENTITY, text, d) != 0 ||
	    ledger_set_number(l, META_CALLS, 0, d) != 0)
		return -1;
	return ledger_set_number(l, META_MARK, 0, d);
}

int
ledger_mark_calls(struct ledger *l, struct diag *d)
{
	if (!l->is_marked || !l->has_new_calls)
		return 0;
	l->has_new_calls = false;
	return ledger_set_number(l, META_CALLS, l->calls, d);
}

int
ledger_commit_intents(struct ledger *l, struct diag *d)
{
	int err;

	if (!l->is_marked)
		return ledger_commit(l, d);
	assert(l->mark_fd >= 0);
	if (ledger_set_number(l, META_MARK, l->mark + 1, d) != 0 ||
	    ledger_commit(l, d) != 0)
		return -1;
	l->mark++;
	(void)FAULT("ledger.mark");
	err = write_mark(l->mark_fd, l->mark, l->identity);
	(void)FAULT("ledger.marked");
	return err == 0 ? 0 : mark_failed(l, err, d);
}

/* A number that the ledger itself keeps; 0 = there is none. */
static int
load_number(struct ledger *l, const char *key, uint64_t *out, struct diag *d)
{
	char *text;
	int ret = 0;

	*out = 0;
	if (ledger_get(l, key, &text, d))
		return -1;
	if (text == NULL)
		return 0;
	if (!text_parse_uint(text_of(text), out))
		ret = ledger_damaged(
		    l->path, d, "its fact '%s' is not a number", key);
	free(text);
	return ret;
}

static int
load_identity(struct ledger *l, struct diag *d)
{
	char *text, *end;
	int ret = 0;

	if (ledger_get(l, META_IDENTITY, &text, d))
		return -1;
	if (text == NULL) /* of 0.1.0: nothing was numbered */
		return 0;
	l->identity = strtoull(text, &end, 16);
	l->is_marked = strlen(text) == 16 && *end == '\0';
	if (!l->is_marked)
		ret = ledger_damaged(l->path, d, "its identity cannot be read");
	free(text);
	return ret;
}

/* Each call was counted when it was written. */
static int
check_calls(struct ledger *l, struct diag *d)
{
	int64_t count, last;

	if (load_number(l, META_CALLS, &l->calls, d) != 0 ||
	    ledger_query_int(l, "SELECT count(*) FROM call", &count, d) != 0 ||
	    ledger_query_int(
		l, "SELECT coalesce(max(id), 0) FROM call", &last, d) != 0)
		return -1;
	if ((uint64_t)count == l->calls && (uint64_t)last == l->calls)
		return 0;
	return ledger_damaged(l->path, d,
	    "it was written with %" PRIu64 " calls, and holds %" PRId64,
	    l->calls, count);
}

int
ledger_mark_load(struct ledger *l, struct diag *d)
{
	uint64_t hurt;

	*d = (struct diag)DIAG_INIT;
	if (load_identity(l, d) != 0 || !l->is_marked)
		return d->kind == DIAG_NONE ? 0 : -1;
	if (load_number(l, META_MARK, &l->mark, d) != 0 ||
	    load_number(l, META_HURT, &hurt, d) != 0)
		return -1;
	l->is_hurt = hurt != 0;
	return check_calls(l, d);
}

int
ledger_mark_read(const char *mark_path, int *fd_out, struct ledger_mark *out)
{
	unsigned char bytes[MARK_BYTES + 1];
	struct stat st;
	int err = 0, fd;

	fd = open(mark_path, (fd_out != NULL ? O_RDWR : O_RDONLY) | O_NOFOLLOW |
				 O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_nlink != 1 ||
	    pread(fd, bytes, sizeof(bytes), 0) != MARK_BYTES)
		err = EINVAL;
	if (err == 0) {
		out->number = get_u64(bytes);
		out->identity = get_u64(bytes + 8);
	}
	if (err == 0 && fd_out != NULL)
		*fd_out = fd;
	else
		close(fd);
	return err;
}

static int
help_after_damage(struct diag *d)
{
	return diag_help(d,
	    "'csv2chakra resume --after-damage' looks up every row that the "
	    "ledger believes unsent before sending it");
}

static int rolled_back(const struct ledger *l, struct diag *d, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

static int
rolled_back(const struct ledger *l, struct diag *d, const char *fmt, ...)
{
	char what[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	diag_set(d, DIAG_INPUT,
	    "the ledger '%s' is not the one that was sent from: %s", l->path,
	    what);
	diag_code(d, "ledger.rolled_back");
	return help_after_damage(d);
}

/* What the mark says of the open ledger. */
static int
judge(struct ledger *l, const struct ledger_mark *m, int err, struct diag *d)
{
	if (l->is_hurt)
		return rolled_back(
		    l, d, "'resume --after-damage' began and did not finish");
	if (err == ENOENT)
		return rolled_back(l, d, "its mark is gone");
	if (err != 0)
		return rolled_back(
		    l, d, "its mark cannot be read: %s", strerror(err));
	if (m->identity != l->identity)
		return rolled_back(
		    l, d, "the mark beside it belongs to another ledger");
	if (m->number > l->mark)
		return rolled_back(l, d,
		    "%" PRIu64 " of the %" PRIu64
		    " times that calls were sent are missing in it",
		    m->number - l->mark, m->number);
	if (l->mark - m->number < 2)
		return 0;
	diag_set(d, DIAG_INPUT,
	    "the mark beside the ledger '%s' is older than the ledger (%" PRIu64
	    ", and %" PRIu64 ")",
	    l->path, m->number, l->mark);
	diag_code(d, "run.changed");
	return help_after_damage(d);
}

void
ledger_mark_look(struct ledger *l, const char *path)
{
	char *mark_path = ledger_mark_path(path);

	l->look_err = ledger_mark_read(
	    mark_path, l->read_only ? NULL : &l->mark_fd, &l->look);
	l->has_looked = true;
	free(mark_path);
}

int
ledger_mark_check(struct ledger *l, const char *path, struct diag *d)
{
	const struct ledger_mark *m = &l->look;
	int err, ret = 0;

	if (!l->has_looked)
		ledger_mark_look(l, path);
	err = l->look_err;
	if (!l->is_marked && err == ENOENT)
		return 0;
	if (!l->is_marked)
		return rolled_back(
		    l, d, "it was never marked, and there is a mark beside it");
	/* Somebody else's run, of which only the ledger is for all to read. */
	if (l->read_only && err == EACCES)
		return 0;
	ret = judge(l, m, err, d);
	if (ret == 0 && !l->read_only && m->number != l->mark) {
		err = write_mark(l->mark_fd, l->mark, l->identity);
		ret = err == 0 ? 0 : mark_failed(l, err, d);
	}
	return ret;
}

/* The number that both have from here on: above what either tells of. */
static uint64_t
next_number(const struct ledger *l, const struct ledger_mark *m)
{
	uint64_t highest = m->number > l->mark ? m->number : l->mark;

	return highest < (uint64_t)1 << 62 ? highest + 1 : l->mark + 1;
}

int
ledger_damage_begin(struct ledger *l, struct diag *d)
{
	struct ledger_file where = {0};
	struct ledger_mark m = {0};
	char *mark_path = NULL;
	int64_t calls;
	int ret = -1;

	if (ledger_file_locate(&where, l->path, d) != 0)
		goto out;
	mark_path = ledger_mark_path(where.path);
	(void)ledger_mark_read(mark_path, NULL, &m);
	if (!l->is_marked) {
		if (ledger_query_int(
			l, "SELECT count(*) FROM call", &calls, d) != 0 ||
		    ledger_mark_begin(l, d) != 0)
			goto out;
		l->calls = (uint64_t)calls;
		l->has_new_calls = true;
	}
	l->mark = next_number(l, &m);
	/* The ledger first: it says that it is hurt until it is not. */
	if (ledger_set_number(l, META_MARK, l->mark, d) == 0 &&
	    ledger_set_number(l, META_HURT, 1, d) == 0 &&
	    ledger_commit(l, d) == 0)
		ret = ledger_mark_create(l, mark_path, d);
out:
	free(mark_path);
	ledger_file_release(&where);
	return ret;
}

int
ledger_damage_over(struct ledger *l, struct diag *d)
{
	return ledger_set_number(l, META_HURT, 0, d);
}
