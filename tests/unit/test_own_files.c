/* SPDX-License-Identifier: MIT */
/* Whose a file is: what may be written over, and what gets another name. */
#include "system/own_files.h"
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define REPORT "{\"schema\": \"csv2chakra.report/1\", \"files\": "

static char folder[64];

static int
set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/test_own_files.XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int
tear_down(void **state)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	(void)state;
	while ((entry = readdir(dir)) != NULL)
		if (unlinkat(dirfd(dir), entry->d_name, 0) != 0)
			(void)unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
	closedir(dir);
	return rmdir(folder);
}

static void
path_to(const char *name, char path[256])
{
	snprintf(path, 256, "%s/%s", folder, name);
}

static void
put(const char *name, const char *bytes)
{
	char path[256];
	FILE *f;

	path_to(name, path);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(bytes, f);
	assert_int_equal(fclose(f), 0);
}

static void
sum_of(const char *bytes, char out[SHA256_HEX_SIZE])
{
	unsigned char digest[SHA256_BYTES];

	sha256_of(bytes, strlen(bytes), digest);
	sha256_hex(digest, out);
}

/* A report.json that lists to-fix.csv, as `name`, with the sums of two texts
 * (before NULL: one). */
static void
put_report(const char *name, const char *now, const char *before)
{
	char sums[2][SHA256_HEX_SIZE], text[1024];

	sum_of(now, sums[0]);
	sum_of(before ? before : "", sums[1]);
	snprintf(text, sizeof(text),
	    REPORT "[{\"file\": \"to-fix.csv\", \"name\": \"%s\", "
		   "\"sha256\": \"%s\"%s%s%s}]}",
	    name, sums[0], before ? ", \"before\": \"" : "",
	    before ? sums[1] : "", before ? "\"" : "");
	put("report.json", text);
}

/* The name that a new to-fix.csv gets. */
static void
chosen_is(const char *wanted)
{
	struct diag d = DIAG_INIT;
	struct own_files f;

	own_files_load(&f, folder);
	assert_int_equal(own_files_choose(&f, OWN_TO_FIX, "x", &d), 0);
	assert_string_equal(own_files_name(&f, OWN_TO_FIX), wanted);
	own_files_release(&f);
}

TEST_WITH(without_a_report_nothing_is_ours, set_up, tear_down)
{
	chosen_is("to-fix.csv");
	put("to-fix.csv", "mine");
	chosen_is("to-fix.2.csv");
	put("to-fix.2.csv", "mine, too");
	chosen_is("to-fix.3.csv");
	put("report.json", "{\"files\": []}"); /* somebody else's */
	chosen_is("to-fix.3.csv");
}

TEST_WITH(a_file_is_ours_as_long_as_its_bytes_are, set_up, tear_down)
{
	put_report("to-fix.csv", "ours", NULL);
	put("to-fix.csv", "ours");
	chosen_is("to-fix.csv");
	put("to-fix.csv", "ourS");
	chosen_is("to-fix.2.csv");
	/* What was about to be replaced when the process was killed. */
	put_report("to-fix.csv", "new", "old");
	put("to-fix.csv", "old");
	chosen_is("to-fix.csv");
	put("to-fix.csv", "new");
	chosen_is("to-fix.csv");
	/* The name that is listed is the one that is ours. */
	put_report("to-fix.2.csv", "ours", NULL);
	put("to-fix.csv", "ours");
	put("to-fix.2.csv", "ours");
	chosen_is("to-fix.2.csv");
}

TEST_WITH(a_name_that_leads_elsewhere_is_not_believed, set_up, tear_down)
{
	static const char *const names[] = {"../to-fix.csv", "to-fix.csv/..",
	    "to-fix.99999.csv", "to-fix.x.csv", "results.csv", "", "to-fix."};

	put("to-fix.csv", "ours");
	EACH (i, names) {
		put_report(names[i], "ours", NULL);
		chosen_is("to-fix.2.csv");
	}
}

/* The sums of a list that is not as the program writes it hold for nothing. */
TEST_WITH(a_list_that_says_a_thing_twice_or_wrongly_is_not_believed, set_up,
    tear_down)
{
	static const char *const entries[] = {
	    "\"file\": \"to-fix.csv\", \"name\": \"to-fix.csv\"",
	    "\"file\": 7, \"name\": \"to-fix.csv\"",
	    "\"file\": \"to-fix.csv\", \"name\": \"to-fix.csv\", "
	    "\"name\": \"to-fix.csv\"",
	    "\"file\": \"to-fix.csv\", \"name\": \"to-fix.csv\\u0000\"",
	    "\"file\": \"to-fix.csv\", \"name\": \"to-fix.csv\", "
	    "\"sha256\": 1e999",
	};
	char sum[SHA256_HEX_SIZE], text[1024];

	put("to-fix.csv", "ours");
	sum_of("ours", sum);
	EACH (i, entries) {
		/* Cut off after its list. */
		snprintf(text, sizeof(text),
		    REPORT "[{%s, \"sha256\": \"%s\"}], \"next\": ", entries[i],
		    sum);
		put("report.json", text);
		chosen_is(i == 0 ? "to-fix.csv" : "to-fix.2.csv");
	}
}

TEST_WITH(what_is_no_plain_file_is_never_ours, set_up, tear_down)
{
	char path[256], target[256];

	put_report("to-fix.csv", "ours", NULL);
	put("elsewhere", "ours");
	path_to("to-fix.csv", path);
	path_to("elsewhere", target);
	assert_int_equal(symlink(target, path), 0);
	chosen_is("to-fix.2.csv");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	chosen_is("to-fix.2.csv");
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	chosen_is("to-fix.2.csv"); /* and nobody is waited for */
}

TEST_WITH(what_is_read_back_must_be_as_it_was_written, set_up, tear_down)
{
	struct diag d = DIAG_INIT;
	struct own_files f;

	put_report("to-fix.csv", "ours", NULL);
	put("to-fix.csv", "ours");
	own_files_load(&f, folder);
	assert_int_equal(own_files_check(&f, OWN_TO_FIX, &d), 0);
	put("to-fix.csv", "other");
	assert_int_equal(own_files_check(&f, OWN_TO_FIX, &d), -1);
	assert_string_equal(d.code, "run.changed");
	/* Nothing is known of one that is not listed. */
	assert_int_equal(own_files_check(&f, OWN_RESULTS, &d), 0);
	own_files_release(&f);
}

/* Reports of 0.1.0 list none. */
TEST_WITH(without_sums_what_is_older_than_the_report_is_ours, set_up, tear_down)
{
	const struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	char path[256];

	put("report.json", "{\"schema\": \"csv2chakra.report/1\"}");
	put("to-fix.csv", "old");
	path_to("to-fix.csv", path);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	chosen_is("to-fix.csv");
	path_to("report.json", path);
	assert_int_equal(
	    utimensat(AT_FDCWD, path,
		(struct timespec[2]){{.tv_sec = 500}, {.tv_sec = 500}}, 0),
	    0);
	chosen_is("to-fix.2.csv");
}

static bool
begins_with_mark(const char *head, size_t len)
{
	return len >= 4 && memcmp(head, "OURS", 4) == 0;
}

TEST_WITH(a_path_that_was_named_is_written_if_nobody_loses_anything, set_up,
    tear_down)
{
	static const struct {
		const char *bytes; /* NULL: nothing there */
		int result;
	} cases[] = {{NULL, 0}, {"", 0}, {"OURS 1", 0}, {"ours", -1}, {"O", -1},
	    {"a table", -1}};
	char path[256], link_path[256];

	path_to("out", path);
	path_to("link", link_path);
	EACH (i, cases) {
		struct diag d = DIAG_INIT;

		(void)unlink(path);
		if (cases[i].bytes)
			put("out", cases[i].bytes);
		assert_int_equal(own_path_check(path, begins_with_mark, &d),
		    cases[i].result);
		if (cases[i].result)
			assert_string_equal(d.code, "output.exists");
	}
	put("out", "OURS");
	assert_int_equal(symlink(path, link_path), 0);
	assert_int_equal(own_path_check(link_path, begins_with_mark,
			     &(struct diag)DIAG_INIT),
	    -1);
	assert_int_equal(
	    own_path_check(folder, begins_with_mark, &(struct diag)DIAG_INIT),
	    -1);
}

TEST_WITH(two_spellings_of_a_path_are_one, set_up, tear_down)
{
	char path[256], other[300], missing[256];

	put("a", "x");
	path_to("a", path);
	snprintf(other, sizeof(other), "%s/./a", folder);
	assert_true(own_path_same(path, other));
	path_to("b", missing);
	assert_false(own_path_same(path, missing));
	snprintf(other, sizeof(other), "%s//b", folder);
	assert_true(own_path_same(missing, other));
	assert_int_equal(link(path, missing), 0);
	assert_true(own_path_same(path, missing));
}
