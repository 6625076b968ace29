/* SPDX-License-Identifier: MIT */
#include "runs/run.h"
#include "runs/run_folder.h"
#include "test.h"

#include <unistd.h>

/* Names and keys of runs, and where runs live. */

TEST(stems_are_made_of_file_names)
{
	CASES(cases, const char *input, *stem) = {
	    {"-", "stdin"},
	    {"leads.csv", "leads"},
	    {"/data/x/leads.CSV.gz", "leads"},
	    {"leads.tsv", "leads"},
	    {"leads.csv.csv", "leads.csv"},
	    {"leads.2025", "leads.2025"},
	    {"a b&c.csv", "a-b-c"},
	    {"caf\xc3\xa9 \xe2\x82\xac.csv", "caf---"},
	    {"caf\xe9.csv", "caf-"},
	    {".csv", "input"},
	    {"..hidden.csv", "hidden"},
	    {"...", "input"},
	    {"", "input"},
	    {"/", "input"},
	    {"-n.csv", "-n"},
	    {"archive.zip", "archive"},
	    {"0123456789012345678901234567890123456789xyz.csv",
		"0123456789012345678901234567890123456789"},
	};

	EACH (i, cases) {
		char stem[RUN_STEM_MAX + 1], id[128];

		run_stem(cases[i].input, stem);
		assert_string_equal(stem, cases[i].stem);
		snprintf(id, sizeof(id), "20261123T140210Z-%s-0a1b2c", stem);
		assert_true(run_id_is_valid(id));
	}
}

TEST(other_names_are_no_run_ids)
{
	static const char *const names[] = {"", "latest", "20261123T140210Z",
	    "20261123T140210Z-x-0A1b2c", "20261123T140210Z--0a1b2c",
	    "20261123 140210Z-x-0a1b2c", "20261123T140210Z-x/y-0a1b2c",
	    "20261123T140210Z-.x-0a1b2c", "20261123T140210Z-x-0a1b2c.bak"};

	EACH (i, names)
		if (run_id_is_valid(names[i]))
			fail_msg("'%s'", names[i]);
}

TEST(keys_depend_on_each_field)
{
	char a[65], b[65];

	run_input_key("sha", "https://x", "p", a);
	run_input_key("sha", "https://x", "p", b);
	assert_string_equal(a, b);
	assert_int_equal(strspn(a, "0123456789abcdef"), 64);
	run_input_key("sha", "https://xp", "", b);
	assert_string_not_equal(a, b);
	run_input_key("shahttps://x", "", "p", b);
	assert_string_not_equal(a, b);
	run_run_key(a, TEXT_LITERAL("m"), "o", 2, b);
	run_run_key(b, TEXT_LITERAL("m"), "o", 2, a);
	assert_string_not_equal(a, b);
	run_run_key(a, TEXT_LITERAL("mo"), "", 2, b);
	assert_string_not_equal(a, b);
	run_run_key("k", TEXT_LITERAL("m"), "o", 1, a);
	run_run_key("k", TEXT_LITERAL("m"), "o", 2, b);
	assert_string_not_equal(a, b);
}

TEST(where_runs_live)
{
	struct diag d = DIAG_INIT;
	char here[4096], want[8192], *path;

	assert_non_null(getcwd(here, sizeof(here)));
	setenv("HOME", "/home/me", 1);
	setenv("XDG_STATE_HOME", "/state", 1);
	setenv("CSV2CHAKRA_RUNS_DIR", "runs", 1);
	path = runs_dir_default("my/runs", &d);
	snprintf(want, sizeof(want), "%s/my/runs", here);
	assert_string_equal(path, want);
	free(path);
	path = runs_dir_default(NULL, &d);
	snprintf(want, sizeof(want), "%s/runs", here);
	assert_string_equal(path, want);
	free(path);
	setenv("CSV2CHAKRA_RUNS_DIR", "", 1);
	path = runs_dir_default(NULL, &d);
	assert_string_equal(path, "/state/csv2chakra/runs");
	free(path);
	setenv("XDG_STATE_HOME", "relative", 1); /* ignored, says XDG */
	path = runs_dir_default(NULL, &d);
	assert_string_equal(path, "/home/me/.local/state/csv2chakra/runs");
	free(path);
	unsetenv("HOME");
	assert_null(runs_dir_default(NULL, &d));
	assert_int_equal(d.kind, DIAG_USAGE);
	assert_null(runs_dir_default("", &d));
	assert_int_equal(d.kind, DIAG_USAGE);
}
