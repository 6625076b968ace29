/* SPDX-License-Identifier: MIT */
/* Plain files: opened, refused by content, changed under the reader. */
#include "input_files.h"

TEST(reads_a_plain_file_again_after_a_rewind)
{
	struct diag d = DIAG_INIT;
	struct input *in;

	make_file(TABLE, strlen(TABLE));
	in = input_open(path, NULL, &d);
	assert_non_null(in);
	assert_true(input_is_regular(in));
	assert_string_equal(input_compression(in), "none");
	assert_int_equal(input_disk_size(in), strlen(TABLE));
	expect_table(in);
	assert_int_equal(input_disk_position(in), strlen(TABLE));
	assert_int_equal(input_rewind(in, &d), 0);
	expect_table(in);
	input_free(in);
	unlink(path);
}

TEST(refuses_other_files_by_content)
{
#define CASE(bytes, words) {bytes, sizeof(bytes) - 1, words}
	CASES(cases, const char *bytes; size_t len; const char *words) = {
	    CASE("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1xxxx",
		"this is an Excel workbook (xls, or one with a password)"),
	    CASE("%PDF-1.7\n", "this is a PDF"),
	    CASE("PAR1\x15\x04", "this is a Parquet file"),
	    CASE("\r\n <!DOCTYPE html><html>", "this is a web page (HTML)"),
	    CASE("\xef\xbb\xbf<HTML>", "this is a web page (HTML)"),
	    CASE("7z\xbc\xaf\x27\x1c..", "this is a 7z archive; extract"),
	    CASE("", "is empty"),
	};

	EACH (i, cases) {
		make_file(cases[i].bytes, cases[i].len);
		expect_refused(cases[i].words);
	}
}

TEST(takes_text_that_begins_as_other_files_do)
{
	static const char *const texts[] = {"PAR1,PAR2\n1,2\n", "BZh9,x\n1,2\n",
	    "PK,x\n1,2\n", "PDF,%\n1,2\n", "7z,Rar!\n1,2\n", "<htm>,x\n", "a"};
	char block[512] = "folder/x.csv";

	EACH (i, texts) {
		struct diag d = DIAG_INIT;
		struct input *in;

		make_file(texts[i], strlen(texts[i]));
		in = input_open(path, NULL, &d);
		if (!in)
			fail_msg("%s: %s", texts[i], d.message);
		assert_string_equal(input_compression(in), "none");
		input_free(in);
		unlink(path);
	}
	memcpy(block + 257, "ustar", 6);
	make_file(block, sizeof(block));
	expect_refused("this is a tar archive; extract the CSV");
}

TEST(says_why_a_file_cannot_be_opened)
{
	struct diag d = DIAG_INIT;

	assert_null(input_open("/nonexistent/x.csv", NULL, &d));
	assert_int_equal(d.kind, DIAG_INPUT);
	assert_non_null(
	    strstr(d.message, "unable to open '/nonexistent/x.csv': "));
	assert_null(input_open("/tmp", NULL, &d));
	assert_string_equal(
	    d.message, "unable to read '/tmp': this is a folder");
}

TEST(notices_that_the_file_changed)
{
	struct diag d = DIAG_INIT;
	struct input *in;
	int fd;

	make_file(TABLE, strlen(TABLE));
	in = input_open(path, NULL, &d);
	assert_non_null(in);
	assert_int_equal(input_check_unchanged(in, &d), 0);
	fd = open(path, O_WRONLY | O_APPEND);
	assert_int_equal(write(fd, "3,x\n", 4), 4);
	close(fd);
	assert_int_equal(input_check_unchanged(in, &d), -1);
	assert_int_equal(d.kind, DIAG_INPUT);
	assert_non_null(strstr(d.message, "changed while it was read"));
	assert_int_equal(input_rewind(in, &d), -1);
	input_free(in);
	unlink(path);
}

TEST(notices_that_the_file_was_replaced)
{
	struct diag d = DIAG_INIT;
	struct input *in;
	char old[96];

	make_file(TABLE, strlen(TABLE));
	memcpy(old, path, sizeof(old));
	in = input_open(old, NULL, &d);
	assert_non_null(in);
	make_file(TABLE, strlen(TABLE));
	assert_int_equal(rename(path, old), 0);
	assert_int_equal(input_check_unchanged(in, &d), -1);
	unlink(old);
	assert_int_equal(input_check_unchanged(in, &d), -1);
	input_free(in);
}
