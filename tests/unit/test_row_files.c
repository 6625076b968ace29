/* SPDX-License-Identifier: MIT */
/* The files with a line for every row: what stands in them. */
#include "mapping/mapping.h"
#include "row_files_scene.h"
#include "test.h"

TEST(every_row_has_its_line_and_its_outcome)
{
	struct scene s = scene_of(CSV("ref,pin\n"
				      "a,1\n"
				      "bad,2\n"
				      "b,3\n"
				      "\n"
				      "skip,4\n"
				      "c,5\n"
				      "d,6\n"
				      "e,7\n"));
	struct ledger_row own = {.row = 7,
	    .chunk = 1,
	    .index = 1,
	    .call = 2,
	    .outcome = OUTCOME_REFUSED,
	    .code = "job.INVALID",
	    .text = "pin, unknown",
	    .process_id = "p-9"};

	plan(&s);
	settle(&s, 0, CALL_CREATED, "", "");
	settle(&s, 1, CALL_UNKNOWN, "http.no_answer", "reset by peer");
	own.row = 8;
	assert_int_equal(ledger_set_row(s.ledger, &own, &s.d), 0);
	write_files(&s);
	assert_int_equal(s.rc, 0);
	expect_file(&s, "results.csv",
	    "row,line,lead_id,process_id,chunk,job_id,outcome,evidence,"
	    "message,verb\n"
	    "2,2,,,0,job-7,created,job,,create\n"
	    "3,3,,,,,rejected,,pin (B3): does not match: '2' [rule.pattern]; "
	    "data.x: no value [rule.required],\n"
	    "4,4,,,0,job-7,created,job,,create\n"
	    "6,6,,,,,skipped,,rows.except of the mapping leaves it out "
	    "[rows.except],\n"
	    "7,7,,,1,job-7,unknown,,reset by peer [http.no_answer],create\n"
	    "8,8,,p-9,1,job-7,refused,,\"pin, unknown [job.INVALID]\",create\n"
	    "9,9,,,2,,unsent,,,\n");
	expect_file(&s, "rejected.csv", "ref,pin\nbad,2\nd,6\n");
	expect_file(&s, "rejected.reasons.csv",
	    "row,line,byte,cell,column,lead_id,outcome,stage,code,value,"
	    "message,hint\n"
	    "3,3,12,B3,pin,,rejected,map,rule.pattern,2,does not match,six "
	    "digits\n"
	    "3,3,12,,,,rejected,map,rule.required,,no value,\n"
	    "8,8,34,,,,refused,job,job.INVALID,,\"pin, unknown\",\n");
	expect_file(&s, "to-fix.csv",
	    "\xef\xbb\xbf"
	    "csv2chakra_row,csv2chakra_problem,ref,pin\r\n"
	    "3,pin (B3): does not match: '2'; data.x: no value,bad,2\r\n"
	    "8,\"ChakraHQ refused it: pin, unknown\",d,6\r\n");
	assert_int_equal(s.seen.records, 7);
	assert_int_equal(s.seen.failed_rows, 2);
	assert_int_equal(s.seen.outcomes.rows[OUTCOME_CREATED], 2);
	assert_int_equal(s.seen.outcomes.rows[OUTCOME_UNKNOWN], 1);
	assert_int_equal(s.seen.outcomes.rows[OUTCOME_UNSENT], 1);
	assert_int_equal(s.seen.outcomes.rows[OUTCOME_SKIPPED], 1);
	assert_int_equal(s.seen.unread_bytes, 0);
	assert_int_equal(problem_groups_count(&s.groups, OUTCOME_REJECTED), 2);
	assert_int_equal(problem_groups_count(&s.groups, OUTCOME_REFUSED), 1);
	assert_int_equal(problem_groups_count(&s.groups, OUTCOME_UNKNOWN), 1);
	assert_int_equal(problem_groups_count(&s.groups, OUTCOME_SKIPPED), 1);
	assert_int_equal(problem_groups_count(&s.groups, GROUP_NOTE), 1);
	assert_int_equal(problem_groups_count(&s.groups, OUTCOME_UNSENT), 0);
	scene_close(&s);
}

TEST(a_call_that_never_got_an_answer_says_so)
{
	struct scene s = scene_of(CSV("ref,pin\na,1\nb,2\n"));

	plan(&s);
	settle(&s, 0, CALL_SENT, "", "");
	write_files(&s);
	expect_file(&s, "results.csv",
	    "row,line,lead_id,process_id,chunk,job_id,outcome,evidence,"
	    "message,verb\n"
	    "2,2,,,0,job-7,unknown,,csv2chakra ended before the answer "
	    "came,create\n"
	    "3,3,,,0,job-7,unknown,,csv2chakra ended before the answer "
	    "came,create\n");
	assert_int_equal(problem_groups_count(&s.groups, OUTCOME_UNKNOWN), 1);
	expect_file(&s, "rejected.csv", "ref,pin\n");
	scene_close(&s);
}

TEST(a_dry_run_has_no_results_and_sends_nothing)
{
	struct scene s = scene_of(CSV("ref,pin\na,1\nbad,2\n"));

	write_files(&s);
	assert_int_equal(s.rc, 0);
	expect_no_file(&s, "results.csv");
	expect_file(&s, "rejected.csv", "ref,pin\nbad,2\n");
	assert_int_equal(s.seen.records, 2);
	assert_int_equal(s.seen.outcomes.rows[OUTCOME_UNSENT], 1);
	scene_close(&s);
}

TEST(rejects_are_the_exact_bytes_of_the_input)
{
	struct scene s = scene_of(CSV("\xef\xbb\xbf\"ref\", pin\r\n"
				      "a,1\r"
				      "\"bad\",\"x\r\ny\"\"z\"\n"
				      "\n"
				      "b,2\r\n"
				      "bad,  9"));

	write_files(&s);
	expect_file(&s, "rejected.csv",
	    "\xef\xbb\xbf\"ref\", pin\r\n"
	    "\"bad\",\"x\r\ny\"\"z\"\n"
	    "bad,  9");
	scene_close(&s);
}

TEST(a_ragged_row_stays_ragged_and_a_broken_one_keeps_its_text)
{
	struct scene s = scene_of(CSV("ref;pin\n"
				      "a;1;2\n"
				      "b\n"
				      "\"c\" d;5\n"
				      "=1+1;-5;@x\n"
				      "\"e;6\nend\n"));
	size_t len;
	char *data;

	s.delimiter = ';';
	write_files(&s);
	assert_int_equal(s.rc, 0);
	data = file_of(&s, "to-fix.csv", &len);
	assert_non_null(strstr(data, "csv2chakra_row;csv2chakra_problem;"
				     "ref;pin\r\n"));
	assert_non_null(strstr(data, ";a;1;2\r\n"));
	assert_non_null(strstr(data, ";b\r\n"));
	assert_non_null(strstr(data, ";\"\"\"c\"\" d;5\"\r\n"));
	assert_non_null(strstr(data, ";'=1+1;-5;'@x\r\n"));
	assert_non_null(strstr(data, ";\"\"\"e;6\nend\"\r\n"));
	free(data);
	scene_close(&s);
}

TEST(a_broken_row_in_utf_16_keeps_its_text_too)
{
	static const char text[] = "a,b\n\"c\" d,5\nbad,7\n";
	char be[2 + 2 * sizeof(text)] = {(char)0xfe, (char)0xff};
	struct scene s;
	size_t len;
	char *data;

	for (size_t i = 0; i + 1 < sizeof(text); i++) {
		be[2 + 2 * i] = i == 7 ? 1 : 0; /* U+0120 for the blank */
		be[3 + 2 * i] = text[i];
	}
	s = scene_of(be, 2 * sizeof(text));
	s.encoding = "utf-16";
	write_files(&s);
	assert_int_equal(s.rc, 0);
	data = file_of(&s, "to-fix.csv", &len);
	assert_non_null(strstr(data, ",\"\"\"c\"\"\xc4\xa0"
				     "d,5\"\r\n"));
	free(data);
	data = file_of(&s, "rejected.csv", &len);
	assert_int_equal(len, 2 * sizeof(text));
	assert_memory_equal(data, be, len);
	free(data);
	scene_close(&s);
}

TEST(bytes_that_are_no_utf_8_are_marked)
{
	struct scene s = scene_of(CSV("ref,pin\na\xff,1\n"));
	size_t len;
	char *data;

	write_files(&s);
	data = file_of(&s, "to-fix.csv", &len);
	assert_int_equal(utf8_check(data, len), len);
	assert_non_null(strstr(data, "a\xef\xbf\xbd"));
	free(data);
	data = file_of(&s, "rejected.reasons.csv", &len);
	assert_int_equal(utf8_check(data, len), len);
	assert_non_null(strstr(data, "csv.bad_encoding"));
	free(data);
	expect_file(&s, "rejected.csv", "ref,pin\na\xff,1\n");
	scene_close(&s);
}

TEST(columns_without_names_are_named_by_letters)
{
	struct scene s = scene_of(CSV("bad,1\nb,2\n"));

	s.no_header = true;
	write_files(&s);
	expect_file(&s, "to-fix.csv",
	    "\xef\xbb\xbf"
	    "csv2chakra_row,csv2chakra_problem,A,B\r\n"
	    "1,B1: does not match: '1'; data.x: no value,bad,1\r\n");
	expect_file(&s, "rejected.csv", "bad,1\n");
	scene_close(&s);
}

TEST(the_key_of_a_row_stands_in_its_lines)
{
	struct scene s = scene_of(CSV("ref,pin\n"
				      " L-1 ,1\n"
				      "L-2,x\n"
				      "\"L\" 3,5\n"
				      "L-4,4\n"));
	struct memory raw = {s.csv, s.csv_len, 0, 1000};
	struct builder_facts facts = {.file_name = "leads.csv"};
	struct chunker_options limits = {
	    .chunk_rows = 10, .chunk_bytes = 1 << 20};
	struct row_files_options o = {.folder = s.folder,
	    .raw = {&raw, memory_read},
	    .encoding = "utf-8",
	    .delimiter = ',',
	    .groups = &s.groups};
	struct diagnostics list;
	struct mapping *mapping;
	struct builder *builder;
	struct chunker *chunker;
	struct row_files *f;
	struct chunk chunk;
	struct scene_reading r;
	size_t len;
	char *data;

	diagnostics_init(&list);
	mapping = mapping_parse("m.yaml",
	    TEXT_LITERAL("version: 1\nprocedure: lead\nlead_id: ref\n"
			 "data: {pin: {column: pin, type: integer}}\n"),
	    &list);
	assert_non_null(mapping);
	scene_reading_open(&r, &s);
	assert_int_equal(
	    mapping_bind(mapping, reader_header(r.reader), "leads.csv", &list),
	    0);
	builder = builder_new(mapping, &facts);
	o.reader = r.reader;
	o.builder = builder;
	f = row_files_new(&o, &s.d);
	assert_non_null(f);
	chunker =
	    chunker_new(r.reader, builder, &limits, row_files_observer(f));
	chunk_init(&chunk);
	while (chunker_next(chunker, &chunk, &s.d) > 0)
		assert_true(chunk.row_count > 0);
	assert_int_equal(row_files_commit(f, &s.d), 0);
	data = file_of(&s, "rejected.reasons.csv", &len);
	assert_non_null(strstr(data, "\n3,3,16,B3,pin,L-2,rejected,map,"
				     "type.integer,x,"));
	assert_non_null(strstr(data, "\n4,4,25,A4,ref,,rejected,read,"
				     "csv.stray_quote,"));
	free(data);
	expect_file(&s, "rejected.csv", "ref,pin\nL-2,x\n\"L\" 3,5\n");
	chunk_release(&chunk);
	chunker_free(chunker);
	row_files_free(f);
	builder_free(builder);
	scene_reading_close(&r);
	mapping_free(mapping);
	diagnostics_release(&list);
	scene_close(&s);
}
