/* SPDX-License-Identifier: MIT */
#include "base/outcome.h"
#include "cli/command.h"
#include "plan/option_table.h"
#include "plan/options.h"
#include "plan/settings.h"
#include "report/terminal.h"
#include "test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The importer's own options: values, precedence, what belongs to what; the
 * token. */

static const char *env_name, *env_value;

static char *
lookup(const char *name)
{
	static char value[16384];

	if (!env_name || strcmp(name, env_name) != 0)
		return NULL;
	snprintf(value, sizeof(value), "%s", env_value);
	return value;
}

static int
parse(struct options *o, enum command_id command, const char *line,
    struct diag *d)
{
	static char copy[512];
	static char *argv[32];
	char *rest = copy, *word;
	int argc = 0;

	memset(d, 0, sizeof(*d));
	snprintf(copy, sizeof(copy), "%s", line);
	while ((word = strtok_r(rest, " ", &rest)) != NULL)
		argv[argc++] = word;
	return options_parse(o, command, argc, argv, lookup, d);
}

static int
setup(void **state)
{
	(void)state;
	env_name = NULL;
	return 0;
}

TEST_WITH(knows_the_defaults_of_the_manual, setup, NULL)
{
	struct options o;
	struct diag d;

	assert_int_equal(parse(&o, COMMAND_IMPORT, "m.yaml x.csv", &d), 0);
	assert_string_equal(o.settings.base_url, "https://api.chakrahq.com");
	assert_int_equal(o.settings.chunk_rows, 500);
	assert_int_equal(o.settings.chunk_bytes, 1 << 20);
	assert_int_equal(o.settings.submit.in_flight, 4);
	assert_int_equal(o.settings.submit.open_jobs, 16);
	assert_int_equal(o.settings.timeout_ms, 60000);
	assert_int_equal(o.settings.connect_timeout_ms, 10000);
	assert_int_equal(o.settings.submit.retry_for_ms, 600000);
	assert_int_equal(o.settings.submit.settle_ms, 120000);
	assert_int_equal(o.settings.submit.wait_timeout_ms, 1800000);
	assert_int_equal(o.settings.grace_ms, 20000);
	assert_int_equal(o.settings.submit.on_unknown, UNKNOWN_CHECK);
	assert_int_equal(o.settings.max_cell, 1 << 20);
	assert_int_equal(o.settings.max_record, 4 << 20);
	assert_int_equal(o.settings.max_columns, 16384);
	assert_int_equal(o.settings.max_input, 0);
	assert_int_equal(o.settings.format, FORMAT_TEXT);
	assert_int_equal(o.settings.progress, PROGRESS_AUTO);
	assert_int_equal(o.rows_outcome, -1);
	assert_false(o.settings.submit.max_errors.is_set);
	assert_int_equal(o.settings.operand_count, 2);
	assert_string_equal(o.settings.operands[1], "x.csv");
}

TEST_WITH(puts_each_value_where_it_belongs, setup, NULL)
{
	struct options o;
	struct diag d;

	assert_int_equal(parse(&o, COMMAND_IMPORT,
			     "--rate 90/m --rate-share 64/8 --max-errors 2.5% "
			     "--on-unknown hold "
			     "--delimiter tab --quote none --skip-lines 2 "
			     "--no-header --progress json --format json -q",
			     &d),
	    0);
	assert_true(o.settings.submit.rate_per_s > 1.49 &&
		    o.settings.submit.rate_per_s < 1.51);
	assert_int_equal(o.settings.submit.rate_share.index, 64);
	assert_int_equal(o.settings.submit.rate_share.workers, 8);
	assert_true(o.settings.submit.max_errors.is_set &&
		    o.settings.submit.max_errors.is_percent);
	assert_true(o.settings.submit.max_errors.percent > 2.4 &&
		    o.settings.submit.max_errors.percent < 2.6);
	assert_int_equal(o.settings.submit.on_unknown, UNKNOWN_HOLD);
	assert_int_equal(o.settings.delimiter, '\t');
	assert_int_equal(o.settings.quote, 0);
	assert_true(settings_given(&o.settings, "quote"));
	assert_false(settings_given(&o.settings, "encoding"));
	assert_int_equal(o.settings.skip_lines, 2);
	assert_true(o.settings.no_header && o.settings.quiet);
	assert_int_equal(o.settings.progress, PROGRESS_JSON);
	assert_int_equal(o.settings.format, FORMAT_JSON);
	assert_int_equal(parse(&o, COMMAND_CHECK, "--format github", &d), 0);
	assert_int_equal(o.settings.format, FORMAT_GITHUB);
	assert_int_equal(parse(&o, COMMAND_REPORT, "--format html", &d), 0);
	assert_int_equal(o.settings.format, FORMAT_HTML);
	assert_int_equal(
	    parse(&o, COMMAND_REPORT, "--rows refused latest", &d), 0);
	assert_int_equal(o.rows_outcome, OUTCOME_REFUSED);
	assert_int_equal(
	    parse(&o, COMMAND_PREVIEW, "--rows 7,12-20 -n 3", &d), 0);
	assert_int_equal(o.count, 3);
	assert_int_equal(options_row_last(o.rows), 20);
}

TEST_WITH(refuses_bad_values_by_name, setup, NULL)
{
	CASES(cases, enum command_id command; const char *line) = {
	    {COMMAND_IMPORT, "--chunk-rows 10001"},
	    {COMMAND_IMPORT, "--chunk-rows 0"},
	    {COMMAND_IMPORT, "--chunk-bytes 10"},
	    {COMMAND_IMPORT, "--in-flight 0"},
	    {COMMAND_IMPORT, "--in-flight 65"},
	    {COMMAND_IMPORT, "--rate 5"},
	    {COMMAND_IMPORT, "--rate 0/s"},
	    {COMMAND_IMPORT, "--rate -1/s"},
	    {COMMAND_IMPORT, "--rate 1e3/s"},
	    {COMMAND_IMPORT, "--rate 5/h"},
	    {COMMAND_IMPORT, "--rate 5/s --rate-share 0/0"},
	    {COMMAND_IMPORT, "--rate 5/s --rate-share 3"},
	    {COMMAND_IMPORT, "--rate 5/s --rate-share 3/"},
	    {COMMAND_IMPORT, "--rate 5/s --rate-share /8"},
	    {COMMAND_IMPORT, "--rate 5/s --rate-share 1/2/3"},
	    {COMMAND_IMPORT, "--rate 5/s --rate-share -1/8"},
	    {COMMAND_IMPORT, "--rate 5/s --rate-share 1/8.0"},
	    {COMMAND_IMPORT, "--rate 5/s --rate-share 1/1000001"},
	    {COMMAND_IMPORT, "--rate-share 3/8"},
	    {COMMAND_CHECK, "--rate-share 3/8"},
	    {COMMAND_IMPORT, "--timeout 0s"},
	    {COMMAND_IMPORT, "--max-errors 101%"},
	    {COMMAND_IMPORT, "--max-errors %"},
	    {COMMAND_IMPORT, "--max-errors few"},
	    {COMMAND_IMPORT, "--on-unknown forget"},
	    {COMMAND_IMPORT, "--limit 0"},
	    {COMMAND_CHECK, "--delimiter ab"},
	    {COMMAND_CHECK, "--delimiter \""},
	    {COMMAND_CHECK, "--delimiter \xc3\xa9"},
	    {COMMAND_CHECK, "--quote ''"},
	    {COMMAND_CHECK, "--format html"},
	    {COMMAND_CHECK, "--max-cell 2MiB --max-record 1MiB"},
	    {COMMAND_CHECK, "--in-flight 3"},
	    {COMMAND_CHECK, "--token-file x"},
	    {COMMAND_CHECK, "-q -v"},
	    {COMMAND_PREVIEW, "--rows 0"},
	    {COMMAND_PREVIEW, "--rows 7,"},
	    {COMMAND_PREVIEW, "--rows 20-12"},
	    {COMMAND_PREVIEW, "--rows 1--2"},
	    {COMMAND_PREVIEW, "--rows 7,x"},
	    {COMMAND_PREVIEW, "--field data.x"},
	    {COMMAND_PREVIEW, "--rows 7 --failing"},
	    {COMMAND_PREVIEW, "-n 0"},
	    {COMMAND_REPORT, "--rows lost"},
	    {COMMAND_IMPORT, "-o out m.yaml x.csv"},
	    {COMMAND_CHECK, "--resume"},
	    {COMMAND_STATUS, "--again"},
	};
	struct options o;
	struct diag d;

	EACH (i, cases) {
		int ret = parse(&o, cases[i].command, cases[i].line, &d);
		if (ret != -1)
			print_error("taken: %s\n", cases[i].line);
		assert_int_equal(ret, -1);
		assert_int_equal(d.kind, DIAG_USAGE);
		assert_non_null(strchr(d.message, '\''));
	}
}

TEST_WITH(lets_the_mapping_replace_defaults_only, setup, NULL)
{
	struct options o;
	struct diag d;

	env_name = "CHAKRA_BASE_URL";
	env_value = "http://127.0.0.1:1";
	parse(&o, COMMAND_IMPORT, "--chunk-rows 7", &d);
	settings_apply_mapping(&o.settings, 50, 4096, 2);
	assert_int_equal(o.settings.chunk_rows, 7);
	assert_int_equal(o.settings.chunk_bytes, 4096);
	assert_int_equal(o.settings.submit.in_flight, 2);
	settings_apply_mapping(&o.settings, 0, 0, 0);
	assert_int_equal(o.settings.chunk_bytes, 4096);
	assert_string_equal(o.settings.base_url, "http://127.0.0.1:1");
	assert_true(settings_given(&o.settings, "base-url"));
}

TEST(reads_ranges_of_counts_and_rows)
{
	CASES(good, const char *text; uint64_t min, max) = {
	    {"5..9", 5, 9}, {"5..", 5, UINT64_MAX}, {"..9", 0, 9}, {"7", 7, 7}};
	char why[OPTSPEC_WHY_SIZE];
	struct expected_rows e;

	EACH (i, good) {
		assert_int_equal(
		    option_parse_expect_rows(good[i].text, &e, why), 0);
		assert_true(e.min == good[i].min && e.max == good[i].max);
	}
	assert_int_equal(option_parse_expect_rows("9..5", &e, why), -1);
	assert_int_equal(option_parse_expect_rows("..", &e, why), -1);
	assert_int_equal(option_parse_expect_rows("", &e, why), -1);
	assert_true(options_row_listed("7,12-20", 7));
	assert_true(options_row_listed("7,12-20", 20));
	assert_false(options_row_listed("7,12-20", 8));
	assert_false(options_row_listed("7,12-20", 21));
}

TEST(describes_every_command_with_two_examples)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		const struct command *c = command_at(i);
		struct buf help = BUF_INIT(1 << 20);

		assert_int_equal(c->id, i);
		assert_string_equal(c->name, options_table()->command_names[i]);
		help_command(c, &help);
		for (size_t k = 0; k < 2; k++) {
			assert_non_null(c->examples[k].line);
			assert_non_null(
			    strstr(buf_str(&help), c->examples[k].what));
		}
		assert_non_null(strstr(buf_str(&help), "--help"));
		buf_release(&help);
	}
}

TEST(gives_no_command_two_options_of_one_name)
{
	const struct optspec_table *t = options_table();

	for (size_t i = 0; i < t->count; i++) {
		const struct optspec *a = &t->items[i];
		assert_true(a->name || a->letter);
		assert_non_null(a->help);
		assert_int_not_equal(a->commands, 0);
		assert_true(a->kind == OPTSPEC_FLAG ||
			    a->kind == OPTSPEC_REPEAT ||
			    a->kind == OPTSPEC_LAST || a->argument);
		for (size_t k = 0; k < i; k++) {
			const struct optspec *b = &t->items[k];
			if ((a->commands & b->commands) == 0)
				continue;
			assert_false(a->name && b->name &&
				     strcmp(a->name, b->name) == 0);
			assert_false(a->letter && a->letter == b->letter);
		}
	}
}

TEST(finds_commands_and_what_was_meant)
{
	struct diag d = DIAG_INIT;

	assert_ptr_equal(command_find("check", &d), &command_check);
	assert_null(command_find("improt", &d));
	assert_int_equal(d.kind, DIAG_USAGE);
	assert_string_equal(d.message, "unknown command 'improt'");
	assert_string_equal(d.help, "did you mean 'import'?");
}

/* A token file with these bytes and this mode; its path. */
static const char *
token_file(const char *bytes, size_t len, mode_t mode)
{
	static char path[64];
	int fd;

	snprintf(path, sizeof(path), "/tmp/test_options.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
	return path;
}

TEST_WITH(reads_the_token_from_a_private_file, setup, NULL)
{
	static const char *const spellings[] = {
	    "abc.DEF-1", "abc.DEF-1\n", "abc.DEF-1\r\n"};
	struct options o = {0};
	struct diag d = DIAG_INIT;
	char *token;

	for (size_t i = 0; i < 3; i++) {
		o.settings.token_file =
		    token_file(spellings[i], strlen(spellings[i]), 0640);
		token = token_load(&o.settings, lookup, &d);
		assert_non_null(token);
		assert_string_equal(token, "abc.DEF-1");
		token_free(token);
		unlink(o.settings.token_file);
	}
}

TEST_WITH(refuses_tokens_that_are_not_safe_or_not_whole, setup, NULL)
{
	static const struct {
		const char *bytes;
		size_t len;
		mode_t mode;
	} cases[] = {{"s3cr3t", 6, 0604}, {"s3cr3t", 6, 0602}, {"", 0, 0600},
	    {"\n", 1, 0600}, {"s3cr\n3t", 7, 0600}, {"s3cr3t\n\n", 8, 0600},
	    {"s3cr 3t", 7, 0600}, {"s3c\0r3t", 7, 0600},
	    {"s3cr\xc3\xa9", 6, 0600}, {"s3cr\x1b", 5, 0600}};
	struct options o = {0};
	struct diag d;

	EACH (i, cases) {
		o.settings.token_file =
		    token_file(cases[i].bytes, cases[i].len, cases[i].mode);
		assert_null(token_load(&o.settings, lookup, &d));
		assert_int_equal(d.kind, DIAG_USAGE);
		assert_null(strstr(d.message, "s3c"));
		assert_null(strstr(d.help, "s3c"));
		unlink(o.settings.token_file);
	}
	o.settings.token_file = "/tmp";
	assert_null(token_load(&o.settings, lookup, &d));
	o.settings.token_file = "/nonexistent/token";
	assert_null(token_load(&o.settings, lookup, &d));
	assert_int_equal(d.kind, DIAG_USAGE);
}

TEST_WITH(takes_the_token_from_a_pipe, setup, NULL)
{
	struct options o = {0};
	struct diag d;
	char path[64], *token;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "tok\n", 4), 4);
	close(fds[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", fds[0]);
	o.settings.token_file = path;
	token = token_load(&o.settings, lookup, &d);
	assert_non_null(token);
	assert_string_equal(token, "tok");
	token_free(token);
	close(fds[0]);
}

TEST_WITH(prefers_a_token_file_to_the_variable, setup, NULL)
{
	struct options o = {0};
	struct diag d;
	char *token;

	assert_null(token_load(&o.settings, lookup, &d));
	assert_string_equal(d.message, "no API token");
	env_name = "CHAKRA_API_TOKEN";
	env_value = "from-env";
	token = token_load(&o.settings, lookup, &d);
	assert_string_equal(token, "from-env");
	token_free(token);
	o.settings.token_file = token_file("from-file", 9, 0600);
	token = token_load(&o.settings, lookup, &d);
	assert_string_equal(token, "from-file");
	token_free(token);
	unlink(o.settings.token_file);
}
