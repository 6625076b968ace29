/* SPDX-License-Identifier: MIT */
/* Compressed files of every kind, from files and pipes, whole and damaged. */
#include "input_files.h"

TEST(unpacks_by_content_and_again_after_a_rewind)
{
	static const char *const kinds[] = {
	    "gzip", "zstd", "xz", "bzip2", "zip"};
	struct member member = {"table.csv", TABLE};

	EACH (i, kinds) {
		struct diag d = DIAG_INIT;
		struct input *in;

		make_packed(kinds[i], &member, 1);
		in = input_open(path, NULL, &d);
		if (!in)
			fail_msg("%s: %s", kinds[i], d.message);
		assert_string_equal(input_compression(in), kinds[i]);
		expect_table(in);
		assert_int_equal(input_rewind(in, &d), 0);
		expect_table(in);
		assert_true(input_disk_position(in) <= input_disk_size(in));
		assert_true(input_disk_position(in) > 0);
		input_free(in);
		unlink(path);
	}
}

/* The file in `path`, as a pipe gives it. Standard input is put back. */
static struct input *
open_as_pipe(struct diag *d)
{
	char bytes[16384];
	int ends[2], saved = dup(STDIN_FILENO);
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, bytes, sizeof(bytes));
	struct buf got = BUF_INIT(0);
	struct input *in;

	close(fd);
	assert_true(n >= 0);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], bytes, (size_t)n), n);
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	in = input_open("-", NULL, d);
	if (in) {
		assert_int_equal(read_all(in, 5, &got, d), 0);
		assert_int_equal(input_rewind(in, d), -1);
	}
	buf_release(&got);
	dup2(saved, STDIN_FILENO);
	close(saved);
	unlink(path);
	return in;
}

TEST(unpacks_from_a_pipe_which_cannot_be_rewound)
{
	static const char *const kinds[] = {"gzip", "zip", "xz"};
	struct member member = {"table.csv", TABLE};

	EACH (i, kinds) {
		struct diag d = DIAG_INIT;
		struct input *in;

		make_packed(kinds[i], &member, 1);
		in = open_as_pipe(&d);
		assert_non_null(in);
		assert_false(input_is_regular(in));
		assert_int_equal(input_disk_size(in), 0);
		assert_string_equal(d.message,
		    "unable to read '<stdin>' twice: it is not a regular "
		    "file");
		input_free(in);
	}
}

TEST(refuses_workbooks_by_content)
{
	CASES(cases, struct member members[3]; const char *words) = {
	    {{{"[Content_Types].xml", "<x/>"}, {"_rels/.rels", "x"},
		 {"xl/workbook.xml", "x"}},
		"this is an Excel workbook; save it as \"CSV UTF-8\""},
	    {{{"xl/workbook.xml", "x"}, {"a", "x"}, {"b", "x"}},
		"this is an Excel workbook; save it as \"CSV UTF-8\""},
	    {{{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"},
		 {"content.xml", "x"}, {"meta.xml", "x"}},
		"this is an OpenDocument spreadsheet (ods); save it as"},
	    {{{"Index/Document.iwa", "x"}, {"preview.jpg", "x"}, {"c", "x"}},
		"this is a Numbers document; export it as CSV"},
	    {{{"word/document.xml", "x"}, {"a", "x"}, {"b", "x"}},
		"this is a Word document"},
	};

	EACH (i, cases) {
		struct diag d = DIAG_INIT;

		make_packed("zip", cases[i].members, 3);
		expect_refused(cases[i].words);
		make_packed("zip", cases[i].members, 3);
		assert_null(open_as_pipe(&d));
		assert_non_null(strstr(d.message, "this is a"));
	}
}

TEST(refuses_a_workbook_within_gzip_and_an_empty_file_within_zip)
{
	struct member pdf = {"x", "%PDF-1.7"}, empty = {"x.csv", ""};

	make_packed("gzip", &pdf, 1);
	expect_refused("this is a PDF");
	make_packed("zip", &empty, 1);
	expect_refused("is empty");
	make_packed("gzip", &empty, 1);
	expect_refused("is empty");
}

TEST(takes_a_zip_with_exactly_one_file)
{
	static const struct member two[] = {{"a.csv", TABLE}, {"b.csv", TABLE}};
	static const struct member mac[] = {
	    {"a.csv", TABLE}, {"__MACOSX/._a.csv", "\x00\x05"}};
	struct diag d = DIAG_INIT;
	struct input *in;

	make_packed("zip", two, 2);
	expect_refused("is a zip archive with more than one file");
	make_file("PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
	expect_refused("is a zip archive without a file");
	make_packed("zip", mac, 2);
	in = input_open(path, NULL, &d);
	assert_non_null(in);
	expect_table(in);
	input_free(in);
	unlink(path);
}

TEST(names_a_second_file_of_a_zip_from_a_pipe)
{
	static const struct member two[] = {{"a.csv", TABLE}, {"b.csv", TABLE}};
	struct diag d = DIAG_INIT;
	struct buf got = BUF_INIT(0);
	struct input *in;
	int ends[2], saved = dup(STDIN_FILENO);
	struct buf packed = BUF_INIT(0);

	pack("zip", two, 2, &packed);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], packed.data, packed.len), packed.len);
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	in = input_open("-", NULL, &d);
	/* A small file is read to its end when it is opened. */
	if (in)
		assert_int_equal(read_all(in, 100, &got, &d), -1);
	assert_non_null(strstr(d.message, "with more than one file"));
	input_free(in);
	dup2(saved, STDIN_FILENO);
	close(saved);
	buf_release(&packed);
	buf_release(&got);
}

/* Rows that do not compress to nothing. */
static char *
make_rows(size_t len)
{
	char *s = malloc(len + 1);
	uint64_t x = 88172645463325252u;

	assert_non_null(s);
	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		s[i] = i % 40 == 39 ? '\n' : (char)('a' + x % 26);
	}
	s[len] = '\0';
	return s;
}

TEST(reports_damage_and_where_it_was_met)
{
	static const char *const kinds[] = {
	    "gzip", "zstd", "xz", "bzip2", "zip"};
	char *rows = make_rows(200 * 1000);
	struct member member = {"table.csv", rows};

	EACH (i, kinds) {
		for (int cut = 0; cut < 2; cut++) {
			struct buf b = BUF_INIT(0), got = BUF_INIT(0);
			struct diag d = DIAG_INIT;
			struct input *in;

			pack(kinds[i], &member, 1, &b);
			/* zstd need not have a checksum: what changes within
			 * a block may go unnoticed, its header not. */
			if (cut)
				b.len /= 2;
			else if (strcmp(kinds[i], "zstd") == 0)
				memset(b.data + 6, 0xff, 64);
			else
				memset(b.data + b.len / 2, 0x55, 64);
			make_file(b.data, b.len);
			in = input_open(path, NULL, &d);
			if (in && read_all(in, 4096, &got, &d) == 0)
				fail_msg("%s cut %d was read", kinds[i], cut);
			assert_int_equal(d.kind, DIAG_INPUT);
			if (!strstr(d.message, "is damaged or cut off: ") ||
			    !strstr(d.message, "byte "))
				fail_msg("%s: %s", kinds[i], d.message);
			input_free(in);
			unlink(path);
			buf_release(&b);
			buf_release(&got);
		}
	}
	free(rows);
}

TEST(reports_a_wrong_checksum_of_gzip)
{
	char *rows = make_rows(5000);
	struct member member = {"table.csv", rows};
	struct buf b = BUF_INIT(0), got = BUF_INIT(0);
	struct diag d = DIAG_INIT;
	struct input *in;

	pack("gzip", &member, 1, &b);
	b.data[b.len - 6] ^= 1;
	make_file(b.data, b.len);
	in = input_open(path, NULL, &d);
	assert_non_null(in);
	assert_int_equal(read_all(in, 4096, &got, &d), -1);
	assert_non_null(strstr(d.message, "checksum"));
	input_free(in);
	unlink(path);
	buf_release(&b);
	buf_release(&got);
	free(rows);
}

static void
expect_table_in(const struct buf *packed)
{
	struct diag d = DIAG_INIT;
	struct input *in;

	make_file(packed->data, packed->len);
	in = input_open(path, NULL, &d);
	assert_non_null(in);
	expect_table(in);
	input_free(in);
	unlink(path);
}

TEST(reads_gzip_of_several_members_and_with_zeros_behind)
{
	struct member first = {"a", "id,name\n1,one\n"};
	struct member second = {"b", "2,two\n"};
	struct member whole = {"c", TABLE};
	struct buf b = BUF_INIT(0), more = BUF_INIT(0);

	pack("gzip", &first, 1, &b);
	pack("gzip", &second, 1, &more);
	buf_add(&b, more.data, more.len);
	expect_table_in(&b);
	buf_clear(&b);
	pack("gzip", &whole, 1, &b);
	buf_add(&b, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	expect_table_in(&b);
	buf_release(&b);
	buf_release(&more);
}

TEST(follows_a_file_that_its_owner_renames)
{
	struct diag d = DIAG_INIT;
	struct buf b = BUF_INIT(0), got = BUF_INIT(0);
	char *rows = make_rows(200 * 1000), moved[128];
	struct member member = {"table.csv", rows};
	struct input *in;

	pack("gzip", &member, 1, &b);
	make_file(b.data, b.len / 2);
	in = input_open(path, NULL, &d);
	assert_non_null(in);
	snprintf(moved, sizeof(moved), "%s.moved", path);
	assert_int_equal(rename(path, moved), 0);
	assert_int_equal(input_check_unchanged(in, &d), -1);
	input_moved(in, moved);
	assert_int_equal(input_check_unchanged(in, &d), 0);
	assert_int_equal(read_all(in, 4096, &got, &d), -1);
	assert_non_null(strstr(d.message, "is damaged or cut off"));
	assert_string_equal(d.code, "input.damaged");
	input_free(in);
	unlink(moved);
	free(rows);
	buf_release(&b);
	buf_release(&got);
}

TEST(stops_at_the_limit_of_bytes)
{
	static const struct {
		uint64_t max;
		int rc;
	} cases[] = {{sizeof(TABLE) - 1, 0}, {sizeof(TABLE) - 2, -1}};
	struct member member = {"a.csv", TABLE};

	for (size_t i = 0; i < 2; i++) {
		struct input_limits limits = {.max_input = cases[i].max};
		struct buf got = BUF_INIT(0);
		struct diag d = DIAG_INIT;
		struct input *in;

		make_packed("gzip", &member, 1);
		in = input_open(path, &limits, &d);
		assert_non_null(in);
		assert_int_equal(read_all(in, 3, &got, &d), cases[i].rc);
		if (cases[i].rc < 0)
			assert_non_null(strstr(d.message, "is larger than"));
		input_free(in);
		unlink(path);
		buf_release(&got);
	}
}
