/* SPDX-License-Identifier: MIT */
/* The files with a line for every row: inputs that are not what they were,
 * and what is left out. */
#include "row_files_scene.h"
#include "test.h"

TEST(what_lies_behind_the_last_chunk_is_unread)
{
	static const char csv[] = "ref,pin\na,1\nb,2\nbad,3\nc,4\n\nd,5\ne,6\n";
	struct scene s = scene_of(csv, 16);

	/* The ledger knows the first sixteen bytes: one chunk. */
	plan(&s);
	s.csv_len = sizeof(csv) - 1;
	write_files(&s);
	assert_int_equal(s.rc, 0);
	assert_int_equal(s.seen.records, 2);
	assert_int_equal(s.seen.unread_records, 4);
	assert_int_equal(s.seen.unread_bytes, sizeof(csv) - 1 - 16);
	assert_int_equal(s.seen.unread_line, 4);
	expect_file(&s, "rejected.csv", "ref,pin\n");
	assert_int_equal(problem_groups_count(&s.groups, OUTCOME_REJECTED), 0);
	scene_close(&s);
}

TEST(an_input_that_reads_differently_leaves_no_files)
{
	struct scene s = scene_of(CSV("ref,pin\na,1\nb,2\nc,3\nd,4\n"));

	plan(&s);
	s.csv = "ref,pin\na,1\nbad,\nc,3\nd,4\n";
	write_files(&s);
	assert_int_equal(s.rc, -1);
	assert_int_equal(s.d.kind, DIAG_INPUT);
	assert_string_equal(s.d.code, "input.changed");
	for (size_t i = 0; i < ROW_FILES; i++)
		expect_no_file(&s, row_file_names[i]);
	scene_close(&s);
}

TEST(an_input_that_ends_early_leaves_no_files)
{
	struct scene s = scene_of(CSV("ref,pin\na,1\nb,2\nc,3\nd,4\n"));

	plan(&s);
	s.csv_len = 16;
	write_files(&s);
	assert_int_equal(s.rc, -1);
	assert_string_equal(s.d.code, "input.changed");
	expect_no_file(&s, "results.csv");
	scene_close(&s);
}

TEST(without_a_raw_source_there_is_no_rejected_csv)
{
	struct scene s = scene_of(CSV("ref,pin\nbad,1\n"));

	s.no_raw = true;
	write_files(&s);
	assert_int_equal(s.rc, 0);
	expect_no_file(&s, "rejected.csv");
	expect_file(&s, "to-fix.csv",
	    "\xef\xbb\xbf"
	    "csv2chakra_row,csv2chakra_problem,ref,pin\r\n"
	    "2,pin (B2): does not match: '1'; data.x: no value,bad,1\r\n");
	scene_close(&s);
}

TEST(without_a_folder_it_only_counts_and_groups)
{
	struct scene s = scene_of(CSV("ref,pin\nbad,1\na,2\n"));

	s.no_folder = true;
	write_files(&s);
	assert_int_equal(s.rc, 0);
	assert_int_equal(s.seen.records, 2);
	assert_int_equal(s.seen.failed_rows, 1);
	assert_int_equal(s.groups.reject_rows, 1);
	scene_close(&s);
}

TEST(a_folder_that_is_not_there_is_an_error)
{
	struct scene s = scene_of(CSV("ref,pin\nbad,1\n"));
	struct row_files_options o = {.folder = "/nonexistent/folder",
	    .encoding = "utf-8",
	    .delimiter = ','};
	struct scene_reading r;

	scene_reading_open(&r, &s);
	o.reader = r.reader;
	assert_null(row_files_new(&o, &s.d));
	assert_int_equal(s.d.kind, DIAG_DISK);
	scene_reading_close(&r);
	scene_close(&s);
}
