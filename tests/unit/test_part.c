/* SPDX-License-Identifier: MIT */
/* The file beside a part: it comes back as it was written, or not at all. */
#include "plan/part.h"

#include "base/text.h"
#include "base/xalloc.h"
#include "runs/run.h"
#include "temp_folder.h"
#include "test.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUM64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct stretch stretches[] = {
    {12, 3, 4, 30}, {40, 9, 12, 90}, {77, 10, 20, 400}};
#define STRETCHES (sizeof(stretches) / sizeof(stretches[0]))

/* A part with `count` stretches, written to `path`. */
static void
write_part(const char *path, size_t count)
{
	struct part p = {.number = 2,
	    .sha256 = SUM64,
	    .whole_sha256 = SUM64,
	    .bytes = 100,
	    .records = 5,
	    .first_row = 3,
	    .last_row = 14,
	    .whole_name = "Stores \"May\".csv",
	    .whole_bytes = 9000,
	    .reading = {.encoding = "cp932",
		.delimiter = '\x1f',
		.quote = '\0',
		.has_header = true,
		.has_sep_line = true,
		.skips_blanks = true,
		.skip_lines = 2,
		.front_bytes = 12}};
	FILE *spool = tmpfile(), *out = fopen(path, "we");
	struct diag d = DIAG_INIT;

	assert_non_null(spool);
	assert_non_null(out);
	for (size_t i = 0; i < count; i++)
		part_add_stretch(spool, &stretches[i]);
	assert_int_equal(part_write(&p, spool, out, &d), 0);
	fclose(spool);
	fclose(out);
}

static void
expect_whole(const struct part *p)
{
	struct part_way *w = part_way_new(p);
	struct stretch_source from = part_way_source(w);
	struct diag d = DIAG_INIT;
	struct stretch s;

	assert_string_equal(p->sha256, SUM64);
	assert_string_equal(p->whole_name, "Stores \"May\".csv");
	assert_string_equal(p->reading.encoding, "cp932");
	assert_int_equal(p->reading.delimiter, '\x1f');
	assert_int_equal(p->reading.quote, '\0');
	assert_true(p->reading.has_sep_line && p->reading.skips_blanks);
	assert_int_equal(p->reading.skip_lines, 2);
	assert_int_equal(p->last_row, 14);
	for (size_t i = 0; i < STRETCHES; i++) {
		assert_int_equal(from.next(from.ctx, &s, &d), 1);
		assert_memory_equal(&s, &stretches[i], sizeof(s));
	}
	assert_int_equal(from.next(from.ctx, &s, &d), 0);
	part_way_free(w);
}

TEST(what_was_written_is_read_and_copied)
{
	struct diag d = DIAG_INIT;
	struct part *p = NULL, *again = NULL;
	char top[128], path[160], copy[160];

	assert_true(temp_folder_make(top, sizeof(top), "test_part"));
	snprintf(path, sizeof(path), "%s/a.rows", top);
	snprintf(copy, sizeof(copy), "%s/b.rows", top);
	write_part(path, STRETCHES);
	assert_int_equal(part_open(path, &p, &d), 0);
	assert_non_null(p);
	expect_whole(p);
	assert_int_equal(part_check(p, "a.csv", SUM64, &d), 0);
	assert_int_equal(part_check(p, "a.csv", "1234", &d), -1);
	assert_string_equal(d.code, "part.changed");
	assert_int_equal(part_copy(p, copy, &d), 0);
	assert_int_equal(part_copy(p, copy, &d), -1); /* never over a file */
	assert_int_equal(part_open(copy, &again, &d), 0);
	expect_whole(again);
	assert_string_equal(p->rows_sha256, again->rows_sha256);
	part_free(p);
	part_free(again);
	assert_true(temp_folder_remove(top));
}

/* Any byte that is another, and any that is missing at the end, is found. */
TEST(no_byte_of_it_may_be_another)
{
	struct buf text = BUF_INIT(1 << 16);
	char top[128], path[160];
	FILE *f;
	int c;

	assert_true(temp_folder_make(top, sizeof(top), "test_part"));
	snprintf(path, sizeof(path), "%s/a.rows", top);
	write_part(path, STRETCHES);
	f = fopen(path, "re");
	while ((c = fgetc(f)) != EOF)
		buf_addc(&text, (char)c);
	fclose(f);
	for (size_t i = 0; i < 2 * text.len; i++) {
		struct diag d = DIAG_INIT;
		struct part *p = NULL;
		size_t at = i / 2;
		bool is_cut = i % 2 == 1;

		f = fopen(path, "we");
		fwrite(text.data, 1, is_cut ? at : text.len, f);
		if (!is_cut) {
			assert_int_equal(fseek(f, (long)at, SEEK_SET), 0);
			fputc(text.data[at] ^ 1, f);
		}
		fclose(f);
		/* With other first words it is somebody else's. */
		if (part_open(path, &p, &d) != 0)
			assert_string_equal(d.code, "part.damaged");
		else
			assert_false(is_cut);
		assert_null(p);
	}
	buf_release(&text);
	assert_true(temp_folder_remove(top));
}

/* It may be one of ours, and then the CSV beside it is a part: whose rows may
 * have been sent with the whole. */
TEST(what_is_there_and_cannot_be_read_is_refused)
{
	CASES(cases, const char *name; bool is_refused) = {
	    {"missing.rows", false},
	    {"file/x.rows", false},
	    {"folder.rows", false},
	    {"loop.rows", true},
	    {"closed.rows", true},
	};
	char top[128], path[160];
	bool is_root = geteuid() == 0;

	assert_true(temp_folder_make(top, sizeof(top), "test_part"));
	snprintf(path, sizeof(path), "%s/file", top);
	write_part(path, STRETCHES);
	snprintf(path, sizeof(path), "%s/folder.rows", top);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/loop.rows", top);
	assert_int_equal(symlink("loop.rows", path), 0);
	snprintf(path, sizeof(path), "%s/closed.rows", top);
	write_part(path, STRETCHES);
	assert_int_equal(chmod(path, 0), 0);
	EACH (i, cases) {
		struct diag d = DIAG_INIT;
		struct part *p = NULL;

		snprintf(path, sizeof(path), "%s/%s", top, cases[i].name);
		if (is_root && strcmp(cases[i].name, "closed.rows") == 0)
			continue; /* root reads it */
		assert_int_equal(
		    part_open(path, &p, &d), cases[i].is_refused ? -1 : 0);
		assert_null(p);
		if (cases[i].is_refused)
			assert_string_equal(d.code, "part.damaged");
	}
	assert_true(temp_folder_remove(top));
}

TEST(a_part_without_a_stretch_is_not_one)
{
	struct diag d = DIAG_INIT;
	struct part *p = NULL;
	char top[128], path[160];

	assert_true(temp_folder_make(top, sizeof(top), "test_part"));
	snprintf(path, sizeof(path), "%s/a.rows", top);
	write_part(path, 0);
	assert_int_equal(part_open(path, &p, &d), -1);
	assert_string_equal(d.code, "part.damaged");
	assert_true(temp_folder_remove(top));
}

TEST(the_rows_lie_beside_what_is_named_as_a_csv)
{
	CASES(cases, const char *csv, *rows) = {
	    {"part-0001.csv", "part-0001.rows"},
	    {"a.csv/part-0001.csv", "a.csv/part-0001.rows"},
	    {"/x/part-0001.csv.gz", "/x/part-0001.rows"},
	    {"a.csv.csv", "a.csv.rows"},
	    {"a.csvx", NULL},
	    {"a.csv/b.tsv", NULL},
	    {".csv", NULL},
	    {"-", NULL},
	};

	EACH (i, cases) {
		char *path = part_rows_path(cases[i].csv);

		if (cases[i].rows == NULL)
			assert_null(path);
		else
			assert_string_equal(path, cases[i].rows);
		free(path);
	}
}
