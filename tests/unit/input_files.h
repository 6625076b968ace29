/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_INPUT_FILES_H
#define TESTS_UNIT_INPUT_FILES_H

/*
 * Files for tests of the input. Compressed ones are made with libarchive, so
 * that no program must be installed and no binary file lies in the
 * repository.
 */

#include "base/buf.h"
#include "input/input.h"
#include "test.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define TABLE "id,name\n1,one\n2,two\n"

static char path[96];

/* A new file with these bytes; its name is in `path` until the next. */
static inline void
make_file(const void *bytes, size_t len)
{
	int fd;

	snprintf(path, sizeof(path), "/tmp/csv2chakra_input_XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

struct member {
	const char *name, *content;
};

/* Packs the members (one, for what is not a zip) in memory. */
static inline void
pack(const char *kind, const struct member *members, size_t count,
    struct buf *out)
{
	struct archive *a = archive_write_new();
	size_t used = 0, room = (size_t)1 << 20;

	assert_true(buf_reserve(out, room));
	if (strcmp(kind, "zip") == 0) {
		assert_int_equal(archive_write_set_format_zip(a), ARCHIVE_OK);
	} else {
		assert_int_equal(archive_write_set_format_raw(a), ARCHIVE_OK);
		assert_int_equal(
		    archive_write_add_filter_by_name(a, kind), ARCHIVE_OK);
	}
	archive_write_set_bytes_in_last_block(a, 1);
	assert_int_equal(
	    archive_write_open_memory(a, out->data, room, &used), ARCHIVE_OK);
	for (size_t i = 0; i < count; i++) {
		struct archive_entry *e = archive_entry_new();
		size_t len = strlen(members[i].content);

		archive_entry_set_pathname(e, members[i].name);
		archive_entry_set_filetype(e, AE_IFREG);
		archive_entry_set_perm(e, 0644);
		archive_entry_set_size(e, (la_int64_t)len);
		assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
		assert_int_equal(
		    archive_write_data(a, members[i].content, len), len);
		archive_entry_free(e);
	}
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
	out->len = used;
}

static inline void
make_packed(const char *kind, const struct member *members, size_t count)
{
	struct buf b = BUF_INIT(0);

	pack(kind, members, count, &b);
	make_file(b.data, b.len);
	buf_release(&b);
}

/* All bytes, in reads of `step`; 0, or -1 with the diag filled. */
static inline int
read_all(struct input *in, size_t step, struct buf *out, struct diag *d)
{
	char bytes[4096];
	ssize_t n;

	buf_clear(out);
	while ((n = input_read(in, bytes, step, d)) > 0)
		buf_add(out, bytes, (size_t)n);
	return (int)n;
}

static inline void
expect_table(struct input *in)
{
	struct buf got = BUF_INIT(0);
	struct diag d = DIAG_INIT;

	assert_int_equal(read_all(in, 7, &got, &d), 0);
	assert_string_equal(buf_str(&got), TABLE);
	buf_release(&got);
}

static inline void
expect_refused(const char *words)
{
	struct diag d = DIAG_INIT;
	struct input *in = input_open(path, NULL, &d);

	assert_null(in);
	assert_int_equal(d.kind, DIAG_INPUT);
	if (!strstr(d.message, words))
		fail_msg("'%s' is not in: %s", words, d.message);
	assert_non_null(strstr(d.message, path));
	unlink(path);
}

#endif
