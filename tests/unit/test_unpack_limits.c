/* SPDX-License-Identifier: MIT */
/* What is unpacked once, whole, and counted: compression in compression, what
 * only begins like gzip, headers and directories without an end. */
#include "input/gunzip.h"
#include "input/unpack.h"
#include "input_files.h"

#include <sys/wait.h>

static const char *const kinds[] = {"gzip", "zstd", "xz", "bzip2", "zip"};
#define KINDS (sizeof(kinds) / sizeof(*kinds))

/* A member of `len` bytes. */
static void
add_member(struct archive *a, const char *name, const char *bytes, size_t len)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, (la_int64_t)len);
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	assert_int_equal(archive_write_data(a, bytes, len), len);
	archive_entry_free(e);
}

static void
pack_bytes(const char *kind, const char *bytes, size_t len, struct buf *out)
{
	struct archive *a = archive_write_new();
	size_t room = (size_t)1 << 20;

	assert_true(buf_reserve(out, room));
	if (strcmp(kind, "zip") == 0) {
		archive_write_set_format_zip(a);
	} else {
		archive_write_set_format_raw(a);
		archive_write_add_filter_by_name(a, kind);
	}
	archive_write_set_bytes_in_last_block(a, 1);
	archive_write_open_memory(a, out->data, room, &out->len);
	add_member(a, "table", bytes, len);
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
}

TEST(refuses_each_compression_in_each_other_by_name)
{
	for (size_t inner = 0; inner < KINDS; inner++)
		for (size_t outer = 0; outer < KINDS; outer++) {
			struct buf once = BUF_INIT(0), twice = BUF_INIT(0);
			char words[64];

			pack_bytes(
			    kinds[inner], TABLE, sizeof(TABLE) - 1, &once);
			pack_bytes(kinds[outer], once.data, once.len, &twice);
			make_file(twice.data, twice.len);
			snprintf(words, sizeof(words),
			    "this is compressed twice (%s in %s)", kinds[inner],
			    kinds[outer]);
			expect_refused(words);
			buf_release(&once);
			buf_release(&twice);
		}
}

TEST(refuses_what_only_begins_like_gzip_when_it_is_opened)
{
	static const char *const heads[] = {
	    "\x1f\x8b\x08\xe0ort,zahl\nUlm,1\nHof,2\n",
	    "\x1f\x8b\x08;ort;zahl\nUlm;1\nHof;2\n"};

	for (size_t i = 0; i < 2; i++) {
		make_file(heads[i], strlen(heads[i]));
		expect_refused("is damaged or cut off: it begins like gzip");
	}
}

TEST(refuses_what_comes_after_gzip_and_is_not)
{
	struct buf b = BUF_INIT(0), got = BUF_INIT(0);
	struct diag d = DIAG_INIT;
	struct input *in;

	pack_bytes("gzip", TABLE, sizeof(TABLE) - 1, &b);
	buf_adds(&b, "Ulm,3\n");
	make_file(b.data, b.len);
	in = input_open(path, NULL, &d);
	if (in)
		assert_int_equal(read_all(in, 4096, &got, &d), -1);
	assert_non_null(strstr(d.message, "after the compressed data"));
	input_free(in);
	unlink(path);
	buf_release(&b);
	buf_release(&got);
}

/* gzip of TABLE with a name of `len` bytes in its header. */
static void
make_named_gzip(size_t len)
{
	struct buf b = BUF_INIT(0), named = BUF_INIT(0);

	pack_bytes("gzip", TABLE, sizeof(TABLE) - 1, &b);
	assert_int_equal(b.data[3] & ~8, 0); /* flags: at most a name */
	buf_add(&named, b.data, 3);
	buf_addc(&named, 8);
	buf_add(&named, b.data + 4, 6);
	for (size_t i = 0; i < len; i++)
		buf_addc(&named, 'n');
	buf_addc(&named, '\0');
	buf_add(&named, b.data + 10, b.len - 10);
	make_file(named.data, named.len);
	buf_release(&b);
	buf_release(&named);
}

TEST(bounds_the_header_of_gzip)
{
	struct diag d = DIAG_INIT;
	struct input *in;

	make_named_gzip(GUNZIP_HEADER_MAX - 100);
	in = input_open(path, NULL, &d);
	if (!in)
		fail_msg("%s", d.message);
	expect_table(in);
	input_free(in);
	unlink(path);
	make_named_gzip(GUNZIP_HEADER_MAX * 3);
	expect_refused("has no end within 64 KiB");
}

/* A zip of `folders` folders and a table. */
static void
make_zip_of_folders(int folders)
{
	struct archive *a = archive_write_new();
	struct buf b = BUF_INIT(0);
	size_t room = (size_t)8 << 20;
	char name[300];

	assert_true(buf_reserve(&b, room));
	archive_write_set_format_zip(a);
	archive_write_set_bytes_in_last_block(a, 1);
	archive_write_open_memory(a, b.data, room, &b.len);
	for (int i = 0; i < folders; i++) {
		snprintf(name, sizeof(name), "d%d/", i);
		add_member(a, name, "", 0);
	}
	add_member(a, "table.csv", TABLE, sizeof(TABLE) - 1);
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
	make_file(b.data, b.len);
	buf_release(&b);
}

static void
write_file(int to)
{
	char bytes[4096];
	int fd = open(path, O_RDONLY);
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		if (write(to, bytes, (size_t)n) != n)
			break;
	_exit(0);
}

/* The file in `path` as standard input through a pipe, and why it is refused
 * there. */
static void
read_through_a_pipe(const struct input_limits *limits, struct diag *d)
{
	struct buf got = BUF_INIT(0);
	int saved = dup(STDIN_FILENO), ends[2];
	struct input *in;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		write_file(ends[1]);
	}
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	in = input_open("-", limits, d);
	if (in)
		(void)read_all(in, 4096, &got, d);
	input_free(in);
	dup2(saved, STDIN_FILENO);
	close(saved);
	assert_int_equal(waitpid(child, NULL, 0), child);
	buf_release(&got);
}

TEST(bounds_the_members_of_a_zip)
{
	struct diag d = DIAG_INIT;
	struct input *in;

	make_zip_of_folders(UNPACK_MEMBERS_MAX - 1);
	in = input_open(path, NULL, &d);
	if (!in)
		fail_msg("%s", d.message);
	expect_table(in);
	input_free(in);
	read_through_a_pipe(NULL, &d);
	assert_string_equal(d.message, "");
	unlink(path);
	make_zip_of_folders(UNPACK_MEMBERS_MAX);
	read_through_a_pipe(NULL, &d);
	assert_non_null(strstr(d.message, "with more than 10000 members"));
	expect_refused("with more than 10000 members");
}

static void
little(struct buf *b, unsigned long value, int bytes)
{
	for (; bytes > 0; bytes--, value >>= 8)
		buf_addc(b, (char)(value & 255));
}

/* Directory entries of one and the same member, far more than are allowed. */
TEST(does_not_hold_a_directory_without_an_end)
{
	static const char content[] = TABLE;
	struct buf b = BUF_INIT(0);
	size_t at, entries = 200 * 1000;

	buf_add(&b, "PK\x03\x04\x0a\0\0\0\0\0\0\0\0\0", 14);
	little(&b, 0x12345678, 4);
	little(&b, sizeof(content) - 1, 4);
	little(&b, sizeof(content) - 1, 4);
	little(&b, 1, 2);
	little(&b, 0, 2);
	buf_addc(&b, 't');
	buf_add(&b, content, sizeof(content) - 1);
	at = b.len;
	for (size_t i = 0; i < entries; i++) {
		buf_add(&b, "PK\x01\x02\x0a\0\x0a\0\0\0\0\0\0\0\0\0", 16);
		little(&b, 0x12345678, 4);
		little(&b, sizeof(content) - 1, 4);
		little(&b, sizeof(content) - 1, 4);
		little(&b, 1, 2);
		little(&b, 0, 14);
		little(&b, 0, 2);
		buf_addc(&b, 't');
	}
	entries = b.len - at;
	buf_add(&b, "PK\x05\x06\0\0\0\0\xff\xff\xff\xff", 12);
	little(&b, entries, 4);
	little(&b, at, 4);
	little(&b, 0, 2);
	make_file(b.data, b.len);
	expect_refused("with more than 10000 members");
	buf_release(&b);
}

/* A deflated member of which the length stands after it, as a pipe is packed,
 * under a name that is not counted. */
TEST(counts_members_of_a_zip_from_a_pipe_that_are_not_used)
{
	struct archive *a = archive_write_new();
	struct input_limits small = {.max_input = 100 * 1000};
	struct buf b = BUF_INIT(0);
	struct diag d = DIAG_INIT;
	size_t room = (size_t)1 << 20, len = (size_t)80 << 20;
	char *zeros = calloc(1, len);
	struct archive_entry *e = archive_entry_new();

	assert_non_null(zeros);
	assert_true(buf_reserve(&b, room));
	archive_write_set_format_zip(a);
	archive_write_set_bytes_in_last_block(a, 1);
	archive_write_open_memory(a, b.data, room, &b.len);
	archive_entry_set_pathname(e, "__MACOSX/._table.csv");
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_unset_size(e);
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	assert_int_equal(archive_write_data(a, zeros, len), len);
	archive_entry_free(e);
	add_member(a, "table.csv", TABLE, sizeof(TABLE) - 1);
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
	make_file(b.data, b.len);
	read_through_a_pipe(NULL, &d);
	assert_string_equal(d.code, "input.bomb");
	d = (struct diag)DIAG_INIT;
	read_through_a_pipe(&small, &d);
	assert_string_equal(d.code, "input.too_large");
	unlink(path);
	free(zeros);
	buf_release(&b);
}
