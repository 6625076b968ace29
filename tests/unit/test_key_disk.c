/* SPDX-License-Identifier: MIT */
/*
 * Unique keys on a disk that fails, is slow to take and give bytes, or is
 * interrupted. pread and pwrite are replaced in this program.
 */
#undef _FORTIFY_SOURCE
#include "base/signals.h"
#include "build/key_record.h"
#include "build/record_sort.h"
#include "key_truth.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static struct {
	size_t calls, fails_at; /* counted from 1; 0 = none does */
	int error;		/* 0 = it takes or gives nothing */
	bool is_halting;	/* half of the bytes, and every other call is
				 * interrupted */
} disk;

/* Whether this call does nothing more. */
static bool
goes_wrong(size_t *size, ssize_t *ret)
{
	disk.calls++;
	*ret = disk.error != 0 ? -1 : 0;
	errno = disk.error;
	if (disk.calls == disk.fails_at)
		return true;
	if (!disk.is_halting)
		return false;
	*size = (*size + 1) / 2;
	*ret = -1;
	errno = EINTR;
	return disk.calls % 2 == 0;
}

ssize_t
pwrite(int fd, const void *data, size_t size, off_t at)
{
	struct iovec part = {(void *)(uintptr_t)data, size};
	ssize_t ret;

	return goes_wrong(&part.iov_len, &ret) ? ret
					       : pwritev(fd, &part, 1, at);
}

ssize_t
pread(int fd, void *data, size_t size, off_t at)
{
	struct iovec part = {data, size};
	ssize_t ret;

	return goes_wrong(&part.iov_len, &ret) ? ret : preadv(fd, &part, 1, at);
}

static void
disk_fails(size_t at, int error)
{
	memset(&disk, 0, sizeof(disk));
	disk.fails_at = at;
	disk.error = error;
}

/* The first descriptor that is free. */
static int
next_descriptor(void)
{
	int fd = 0;

	while (fcntl(fd, F_GETFD) >= 0)
		fd++;
	return fd;
}

/* One value in so many rows: more keys, and more verdicts, than the memory
 * has room for. */
#define MANY 6000

static struct key_verdicts *
settle_many(const struct scene *p, struct diag *d)
{
	const struct key_spool_options o = {
	    .folder = p->folder, .fields = 1, .memory = ROOM};
	struct key_spool *s = key_spool_new(&o, d);
	struct key_verdicts *v;

	assert_non_null(s);
	for (uint64_t i = MANY; i-- > 0;)
		key_spool_add(s, 0, 0, TEXT_LITERAL("1"), i + 2, i + 3);
	v = key_spool_settle(s, d);
	key_spool_free(s);
	return v;
}

static void
check_many(const struct key_verdicts *v)
{
	struct verdict_cursor *c = verdict_cursor_new(v, 0);
	struct diag d = DIAG_INIT;
	struct first_place first;

	assert_int_equal(key_verdicts_count(v), MANY - 1);
	for (uint64_t i = 0; i < MANY; i++) {
		assert_int_equal(
		    verdict_cursor_find(c, i + 2, 0, &first), i > 0);
		if (i > 0)
			assert_true(first.row == 2 && first.line == 3);
	}
	assert_int_equal(verdict_cursor_check(c, &d), 0);
	verdict_cursor_free(c);
}

TEST_WITH(a_disk_that_fails_at_any_moment_leaves_no_verdict_and_no_file, set_up,
    temp_folder_tear_down)
{
	CASES(ways, int error; bool is_full) = {
	    {EIO, false}, {ENOSPC, true}, {EDQUOT, true}, {EFBIG, true},
	    {0, false}, /* which is told as EIO */
	};
	const struct scene *p = *state;
	int free_fd = next_descriptor();

	EACH (i, ways) {
		size_t at = 1;

		for (;; at++) {
			struct diag d = DIAG_INIT;
			struct key_verdicts *v;

			disk_fails(at, ways[i].error);
			v = settle_many(p, &d);
			if (v != NULL) {
				key_verdicts_free(v);
				break;
			}
			assert_int_equal(d.kind, DIAG_DISK);
			assert_non_null(strstr(d.message, " the unique keys"));
			assert_non_null(strstr(d.message,
			    strerror(ways[i].error ? ways[i].error : EIO)));
			assert_int_equal(d.help[0] != '\0', ways[i].is_full);
			assert_int_equal(next_descriptor(), free_fd);
		}
		assert_true(disk.calls < at);
		assert_in_range(at, 16, 40);
	}
}

TEST_WITH(bytes_that_come_in_parts_are_all_there, set_up, temp_folder_tear_down)
{
	const struct scene *p = *state;
	struct diag d = DIAG_INIT;
	struct key_verdicts *v;

	disk_fails(0, 0);
	disk.is_halting = true;
	v = settle_many(p, &d);
	assert_non_null(v);
	check_many(v);
	key_verdicts_free(v);
}

/* Also where somebody closed what is below 3. */
TEST_WITH(
    the_first_descriptor_is_one_like_others, set_up, temp_folder_tear_down)
{
	const struct scene *p = *state;
	struct diag d = DIAG_INIT;
	uint32_t room[16];
	struct sorter s;
	struct key_verdicts *v;
	int kept = dup(STDIN_FILENO);

	assert_true(kept > STDIN_FILENO);
	disk_fails(0, 0);
	close(STDIN_FILENO);
	assert_int_equal(
	    sorter_open(&s, 1, room, sizeof(room), p->folder, &d), 0);
	assert_int_equal(s.fd, STDIN_FILENO);
	sorter_close(&s);
	assert_int_equal(next_descriptor(), STDIN_FILENO);
	v = settle_many(p, &d);
	assert_non_null(v);
	check_many(v);
	key_verdicts_free(v);
	assert_int_equal(next_descriptor(), STDIN_FILENO);
	assert_int_equal(dup2(kept, STDIN_FILENO), STDIN_FILENO);
	close(kept);
}

TEST_WITH(verdicts_are_kept_whole_or_not_at_all, set_up, temp_folder_tear_down)
{
	const struct scene *p = *state;
	struct diag d = DIAG_INIT;
	struct key_verdicts *v, *kept;
	char path[160];
	size_t at = 1;

	disk_fails(0, 0);
	v = settle_many(p, &d);
	snprintf(path, sizeof(path), "%s/kept", p->folder);
	for (;; at++) {
		disk_fails(at, EIO);
		if (key_verdicts_keep(v, 0, path, &d) == 0)
			break;
		assert_int_equal(d.kind, DIAG_DISK);
		/* It is empty. */
		assert_int_equal(rmdir(p->folder), 0);
		assert_int_equal(mkdir(p->folder, 0700), 0);
	}
	assert_in_range(at, 10, 40);
	disk_fails(0, 0);
	d = (struct diag)DIAG_INIT;
	kept = key_verdicts_open(path, &d);
	assert_non_null(kept);
	check_many(kept);
	key_verdicts_free(kept);
	key_verdicts_free(v);
}

TEST_WITH(a_folder_that_is_gone_when_keys_are_compared_is_named, set_up,
    temp_folder_tear_down)
{
	const struct scene *p = *state;
	struct key_spool_options o = {.folder = p->folder, .fields = 1};
	struct diag d = DIAG_INIT;
	struct key_spool *s = key_spool_new(&o, &d);

	disk_fails(0, 0);
	key_spool_add(s, 0, 0, TEXT_LITERAL("1"), 2, 2);
	assert_int_equal(rmdir(p->folder), 0);
	assert_null(key_spool_settle(s, &d));
	assert_int_equal(d.kind, DIAG_DISK);
	assert_non_null(strstr(d.message, p->folder));
	assert_int_equal(mkdir(p->folder, 0700), 0);
	key_spool_free(s);
}

static int
take_none(void *ctx, const uint32_t *record, struct diag *d)
{
	(void)record;
	(void)d;
	++*(size_t *)ctx;
	return 0;
}

/* The last one: from then on everything is asked to stop. */
TEST_WITH(who_is_asked_to_stop_compares_no_more, set_up, temp_folder_tear_down)
{
	const struct scene *p = *state;
	uint32_t room[256], reading[256], record = 1;
	struct diag d = DIAG_INIT;
	struct key_verdicts *v;
	struct sorter s;
	size_t taken = 0;

	disk_fails(0, 0);
	v = settle_many(p, &d);
	assert_int_equal(
	    sorter_open(&s, 1, room, sizeof(room), p->folder, &d), 0);
	assert_int_equal(sorter_add(&s, &record, &d), 0);
	assert_int_equal(sorter_flush(&s, &d), 0);
	for (size_t i = 0; i < s.cap; i++)
		assert_int_equal(sorter_add(&s, &record, &d), 0);
	signals_install();
	(void)kill(getpid(), SIGTERM);
#define STOPS(call)                                                            \
	d = (struct diag)DIAG_INIT;                                            \
	assert_int_equal(call, -1);                                            \
	assert_int_equal(d.kind, DIAG_SIGNAL)
	STOPS(sorter_add(&s, &record, &d));
	STOPS(sorter_flush(&s, &d));
	STOPS(
	    sorter_merge(&s, reading, sizeof(reading), take_none, &taken, &d));
	assert_int_equal(taken, 0);
	STOPS(key_verdicts_refer(v, 0, &d));
	disk_fails(1, EINTR);
	STOPS(nameless_write(s.fd, &record, 4, 0, p->folder, &d));
	disk_fails(1, EINTR);
	STOPS(nameless_read(s.fd, &record, 4, 0, p->folder, &d));
	sorter_close(&s);
	key_verdicts_free(v);
}
