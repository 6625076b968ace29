/* SPDX-License-Identifier: MIT */
#include "system/optspec.h"
#include "test.h"

/* The parser, over a small table of its own with two commands. */

#define MAKE 1U
#define BREAK 2U

struct settings {
	bool force, help;
	unsigned verbose;
	const char *name;
	uint64_t count, size;
	int64_t wait_ms;
	int colour;
	char custom[8];
};

static int
parse_custom(const char *text, void *field, char why[OPTSPEC_WHY_SIZE])
{
	if (strlen(text) > 7) {
		snprintf(why, OPTSPEC_WHY_SIZE, "it is too long");
		return -1;
	}
	memcpy(field, text, strlen(text) + 1);
	return 0;
}

#define AT(member) offsetof(struct settings, member)
/* clang-format off */
static const struct optspec items[] = {
    {.name = "force", .letter = 'f', .kind = OPTSPEC_FLAG,
	.offset = AT(force), .group = "One", .commands = MAKE | BREAK,
	.help = "do it anyway"},
    {.name = "name", .letter = 'n', .kind = OPTSPEC_TEXT,
	.argument = "NAME", .offset = AT(name), .environment = "TEST_NAME",
	.default_text = "nobody", .group = "One", .commands = MAKE,
	.help = "whose"},
    {.name = "count", .letter = 'c', .kind = OPTSPEC_COUNT,
	.argument = "N", .offset = AT(count), .default_text = "3", .min = 1,
	.max = 10, .group = "Two", .commands = MAKE, .help = "how many",
	.environment = "TEST_COUNT"},
    {.name = "size", .kind = OPTSPEC_SIZE, .argument = "SIZE",
	.offset = AT(size), .group = "Two", .commands = MAKE | BREAK,
	.help = "how much, in a sentence so long that it has to be wrapped "
		"at the right margin of the screen"},
    {.name = "wait", .kind = OPTSPEC_DURATION, .argument = "D",
	.offset = AT(wait_ms), .group = "One", .commands = BREAK,
	.help = "how long"},
    {.name = "colour", .kind = OPTSPEC_WORD, .argument = "C",
	.offset = AT(colour), .words = "red|green|blue", .group = "Two",
	.commands = MAKE, .help = "which"},
    {.name = "custom", .kind = OPTSPEC_CUSTOM, .argument = "X",
	.offset = AT(custom), .parse = parse_custom, .group = "Two",
	.commands = MAKE, .help = "anything"},
    {.name = "verbose", .letter = 'v', .kind = OPTSPEC_REPEAT,
	.offset = AT(verbose), .group = "Two", .commands = MAKE,
	.help = "more"},
    {.name = "help", .letter = 'h', .kind = OPTSPEC_LAST,
	.offset = AT(help), .group = "Two", .commands = MAKE | BREAK,
	.help = "this"},
};
/* clang-format on */

static const char *const names[] = {"make", "break"};
static const struct optspec_table table = {
    "prog", items, sizeof(items) / sizeof(items[0]), names, 2};

struct outcome_of_parse {
	int ret;
	struct settings s;
	struct diag d;
	unsigned char origins[sizeof(items) / sizeof(items[0])];
	const char *operands[16];
	size_t operand_count;
};

static char *
no_environment(const char *name)
{
	(void)name;
	return NULL;
}

static char *
some_environment(const char *name)
{
	static char who[] = "env", five[] = "5";

	return strcmp(name, "TEST_NAME") == 0	 ? who
	       : strcmp(name, "TEST_COUNT") == 0 ? five
						 : NULL;
}

static char *
bad_environment(const char *name)
{
	static char bad[] = "many";

	return strcmp(name, "TEST_COUNT") == 0 ? bad : NULL;
}

static char *
empty_environment(const char *name)
{
	static char empty[] = "";

	(void)name;
	return empty;
}

/* `line` is split at blanks. */
static struct outcome_of_parse
run(unsigned bit, const char *line, char *(*lookup)(const char *))
{
	static char copy[512];
	static char *argv[32];
	struct outcome_of_parse r;
	struct optspec_result result;
	int argc = 0;

	memset(&r, 0, sizeof(r));
	snprintf(copy, sizeof(copy), "%s", line);
	for (char *p = copy; *p != '\0';) {
		size_t n = strcspn(p, " ");
		bool end = p[n] == '\0';
		p[n] = '\0';
		argv[argc++] = p;
		p += n + (end ? 0 : 1);
	}
	result.origins = r.origins;
	result.operands = r.operands;
	r.ret =
	    optspec_parse(&table, bit, argc, argv, lookup, &r.s, &result, &r.d);
	r.operand_count = result.operand_count;
	return r;
}

TEST(takes_values_in_every_spelling)
{
	static const char *const lines[] = {"--name joe --count 7 a b",
	    "a --name=joe -c7 b", "-n joe a -c 7 b", "-njoe --count=7 a b",
	    "a b -fnjoe -fc7", "--name joe -c7 -- a b"};

	EACH (i, lines) {
		struct outcome_of_parse r = run(0, lines[i], no_environment);
		assert_int_equal(r.ret, 0);
		assert_string_equal(r.s.name, "joe");
		assert_int_equal(r.s.count, 7);
		assert_int_equal(r.operand_count, 2);
		assert_string_equal(r.operands[0], "a");
		assert_string_equal(r.operands[1], "b");
	}
}

TEST(converts_every_kind)
{
	struct outcome_of_parse r =
	    run(0, "-f --size 2KiB --colour blue --custom abc", no_environment);

	assert_int_equal(r.ret, 0);
	assert_true(r.s.force);
	assert_int_equal(r.s.size, 2048);
	assert_int_equal(r.s.colour, 2);
	assert_string_equal(r.s.custom, "abc");
	assert_int_equal(r.s.count, 3);
	r = run(1, "--wait 1500ms", no_environment);
	assert_int_equal(r.s.wait_ms, 1500);
}

TEST(prefers_option_to_environment_to_default)
{
	struct outcome_of_parse r = run(0, "-n joe", some_environment);

	assert_string_equal(r.s.name, "joe");
	assert_int_equal(r.origins[1], ORIGIN_OPTION);
	assert_int_equal(r.s.count, 5);
	assert_int_equal(r.origins[2], ORIGIN_ENVIRONMENT);
	r = run(0, "", empty_environment);
	assert_int_equal(r.ret, 0);
	assert_string_equal(r.s.name, "nobody");
	assert_int_equal(r.origins[1], ORIGIN_DEFAULT);
	assert_int_equal(r.origins[3], ORIGIN_NONE);
}

TEST(lets_the_last_of_several_win)
{
	struct outcome_of_parse r = run(0, "-c1 -c2 --count=4", no_environment);

	assert_int_equal(r.s.count, 4);
}

TEST(counts_a_flag_that_is_said_more_than_once)
{
	assert_int_equal(run(0, "a", no_environment).s.verbose, 0);
	assert_int_equal(run(0, "-v", no_environment).s.verbose, 1);
	assert_int_equal(run(0, "-vv", no_environment).s.verbose, 2);
	assert_int_equal(run(0, "-vf --verbose", no_environment).s.verbose, 2);
	assert_int_equal(run(0, "--verbose=2", no_environment).ret, -1);
}

TEST(takes_a_lone_dash_and_all_behind_two_as_operands)
{
	struct outcome_of_parse r = run(0, "- -f -- -f --name", no_environment);

	assert_int_equal(r.ret, 0);
	assert_int_equal(r.operand_count, 3);
	assert_string_equal(r.operands[0], "-");
	assert_string_equal(r.operands[1], "-f");
	assert_string_equal(r.operands[2], "--name");
}

TEST(help_ends_the_line_and_ignores_the_environment)
{
	struct outcome_of_parse r = run(0, "-h --nonsense", bad_environment);

	assert_int_equal(r.ret, 0);
	assert_true(r.s.help);
}

TEST(names_option_and_value_in_every_mistake)
{
	CASES(cases, unsigned bit; const char *line, *message, *help) = {
	    {0, "--cuont 3", "unknown option '--cuont'",
		"did you mean '--count'?"},
	    {0, "--zzzzzz", "unknown option '--zzzzzz'",
		"see 'prog make --help'"},
	    {0, "-x", "unknown option '-x'", "see 'prog make --help'"},
	    {1, "--colour red", "'break' has no option '--colour'",
		"it is an option of: make"},
	    {1, "-c3", "'break' has no option '-c'",
		"it is an option of: make"},
	    {0, "--count", "the option '--count' needs a value: N", ""},
	    {0, "-fc", "the option '-c' needs a value: N", ""},
	    {0, "--force=yes", "the option '--force' takes no value", ""},
	    {0, "--count 0",
		"invalid value '0' for '--count': expected a whole number "
		"from 1 to 10",
		""},
	    {0, "-c11",
		"invalid value '11' for '-c': expected a whole number from 1 "
		"to 10",
		""},
	    {0, "--count=-1",
		"invalid value '-1' for '--count': expected a whole number "
		"from 1 to 10",
		""},
	    {0, "--size 3kilo",
		"invalid value '3kilo' for '--size': expected a size such "
		"as 512KiB or 2MiB",
		""},
	    {1, "--wait soon",
		"invalid value 'soon' for '--wait': expected a duration "
		"such as 500ms, 30s, 10m or 2h",
		""},
	    {0, "--colour pink",
		"invalid value 'pink' for '--colour': expected red, green "
		"or blue",
		""},
	    {0, "--colour gree",
		"invalid value 'gree' for '--colour': expected red, green "
		"or blue",
		""},
	    {0, "--custom 12345678",
		"invalid value '12345678' for '--custom': it is too long", ""},
	    {0, "--name=", "invalid value '' for '--name': it is empty", ""},
	    {0, "--nam joe", "unknown option '--nam'",
		"did you mean '--name'?"},
	};

	EACH (i, cases) {
		struct outcome_of_parse r =
		    run(cases[i].bit, cases[i].line, no_environment);
		assert_int_equal(r.ret, -1);
		assert_int_equal(r.d.kind, DIAG_USAGE);
		assert_string_equal(r.d.message, cases[i].message);
		assert_string_equal(r.d.help, cases[i].help);
	}
}

TEST(names_the_variable_of_a_bad_environment)
{
	struct outcome_of_parse r = run(0, "", bad_environment);

	assert_int_equal(r.ret, -1);
	assert_string_equal(r.d.message,
	    "invalid value 'many' for 'TEST_COUNT': expected a whole number "
	    "from 1 to 10");
	r = run(0, "-c2", bad_environment);
	assert_int_equal(r.ret, 0);
}

TEST(never_prints_the_value_of_an_unknown_option)
{
	struct outcome_of_parse r = run(0, "--token=s3cr3t", no_environment);

	assert_int_equal(r.ret, -1);
	assert_null(strstr(r.d.message, "s3cr3t"));
	assert_null(strstr(r.d.help, "s3cr3t"));
}

/* As text, and read again: what it was. */
TEST(a_value_of_each_kind_is_text_that_is_taken_back)
{
	static const struct {
		const char *row, *given, *text;
	} cases[] = {
	    {"force", "1", "1"},
	    {"name", "Zoë B.", "Zoë B."},
	    {"count", "7", "7"},
	    {"size", "2KiB", "2048"},
	    {"wait", "90s", "90000ms"},
	    {"wait", "2m", "120000ms"},
	    {"colour", "red", "red"},
	    {"colour", "green", "green"},
	    {"colour", "blue", "blue"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct optspec *row = items;
		char why[OPTSPEC_WHY_SIZE] = "";
		struct buf text = BUF_INIT(0), again = BUF_INIT(0);
		union {
			bool flag;
			const char *name;
			uint64_t n;
			int word;
		} v = {.n = 0};

		while (strcmp(row->name, cases[i].row) != 0)
			row++;
		if (row->kind == OPTSPEC_FLAG)
			v.flag = true;
		else
			assert_int_equal(
			    optspec_convert(row, cases[i].given, &v, why), 0);
		optspec_text(row, &v, &text);
		assert_string_equal(buf_str(&text), cases[i].text);
		if (row->kind != OPTSPEC_FLAG)
			assert_int_equal(
			    optspec_convert(row, buf_str(&text), &v, why), 0);
		optspec_text(row, &v, &again);
		assert_string_equal(buf_str(&again), cases[i].text);
		buf_release(&text);
		buf_release(&again);
	}
}

TEST(what_is_not_set_is_no_text)
{
	const struct settings none = {.force = false};
	struct buf text = BUF_INIT(0);

	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++)
		if (items[i].kind == OPTSPEC_FLAG ||
		    items[i].kind == OPTSPEC_LAST ||
		    items[i].kind == OPTSPEC_REPEAT ||
		    items[i].kind == OPTSPEC_TEXT)
			optspec_text(&items[i],
			    (const char *)&none + items[i].offset, &text);
	assert_string_equal(buf_str(&text), "");
	buf_release(&text);
}

TEST(finds_rows_by_name_and_letter_of_a_command)
{
	assert_int_equal(optspec_find(&table, 0, "count"), 2);
	assert_int_equal(optspec_find(&table, 0, "c"), 2);
	assert_int_equal(optspec_find(&table, 1, "count"), -1);
	assert_int_equal(optspec_find(&table, 0, "nothing"), -1);
}

TEST(prints_help_in_groups_within_80_columns)
{
	struct buf out = BUF_INIT(1 << 16);
	static const char wanted[] =
	    "One:\n"
	    "  -f, --force               do it anyway\n"
	    "  -n, --name NAME           whose (default: nobody; environment: "
	    "TEST_NAME)\n"
	    "\n"
	    "Two:\n"
	    "  -c, --count N             how many (default: 3; environment: "
	    "TEST_COUNT)\n"
	    "      --size SIZE           how much, in a sentence so long that "
	    "it has to be\n"
	    "                            wrapped at the right margin of the "
	    "screen\n"
	    "      --colour C            which\n"
	    "      --custom X            anything\n"
	    "  -v, --verbose             more\n"
	    "  -h, --help                this\n";

	optspec_help(&table, 0, &out);
	assert_string_equal(buf_str(&out), wanted);
	buf_release(&out);
}
