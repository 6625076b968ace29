/* SPDX-License-Identifier: MIT */
/* What a run keeps of its options comes back as it was, and a resume may not
 * say otherwise. */
#include "import/run_settings.h"
#include "plan/options.h"
#include "temp_folder.h"
#include "test.h"

#include <cjson/cJSON.h>

static char *
no_environment(const char *name)
{
	(void)name;
	return NULL;
}

static void
parse(struct settings *o, enum command_id command, int count,
    const char *const *args)
{
	struct options all;
	struct diag d = DIAG_INIT;
	char *argv[32];

	for (int i = 0; i < count; i++)
		argv[i] = (char *)(uintptr_t)args[i];
	if (options_parse(&all, command, count, argv, no_environment, &d))
		fail_msg("%s", d.message);
	*o = all.settings;
}

/* One good value for every option with one of the uses. */
static const char *
value_of(const struct optspec *row)
{
	if (row->kind == OPTSPEC_COUNT)
		return "7000";
	if (row->kind == OPTSPEC_SIZE)
		return strcmp(row->name, "max-record") == 0 ? "8MiB" : "2MiB";
	if (row->kind == OPTSPEC_DURATION)
		return "1500ms";
	if (strcmp(row->name, "delimiter") == 0)
		return "\\x1f";
	if (strcmp(row->name, "quote") == 0)
		return "none";
	return "https://a.example";
}

TEST(kept_options_come_back_as_they_were)
{
	const struct optspec_table *t = options_table();
	const unsigned kept = SETTING_FIXED | SETTING_KEPT;
	size_t seen = 0;

	for (size_t i = 0; i < t->count; i++) {
		const struct optspec *row = &t->items[i];
		char text[128];
		const char *said[] = {text};
		const char *back[32];
		struct settings o, again;
		struct buf json = BUF_INIT(0);
		cJSON *list;
		int n = 0;
		const cJSON *item;

		if (!(row->uses & kept) ||
		    !(row->commands & (1U << COMMAND_IMPORT)))
			continue;
		seen++;
		snprintf(text, sizeof(text),
		    row->kind == OPTSPEC_FLAG ? "--%s" : "--%s=%s", row->name,
		    value_of(row));
		parse(&o, COMMAND_IMPORT, 1, said);
		settings_arguments(&o, kept, &json);
		list = cJSON_ParseWithLengthOpts(
		    buf_str(&json), json.len + 1, NULL, 1);
		cJSON_ArrayForEach(item, list) back[n++] = item->valuestring;
		parse(&again, COMMAND_IMPORT, n, back);
		assert_null(settings_differ(&again, &o));
		assert_null(settings_differ(&o, &again));
		if (row->kind == OPTSPEC_FLAG)
			assert_true(*(bool *)((char *)&again + row->offset));
		cJSON_Delete(list);
		buf_release(&json);
	}
	assert_true(seen >= 15);
}

TEST(a_fixed_option_with_another_value_is_named)
{
	static const struct {
		const char *was, *now, *name; /* NULL: nothing differs */
	} cases[] = {
	    {"--chunk-rows=10", "--chunk-rows=10", NULL},
	    {"--chunk-rows=10", "--chunk-rows=11", "chunk-rows"},
	    {"--chunk-rows=10", "-v", NULL},
	    {"--chunk-bytes=1MiB", "--chunk-bytes=1048576", NULL},
	    {"--max-cell=2MiB", "--max-cell=1MiB", "max-cell"},
	    {"--delimiter=tab", "--delimiter=\\x09", NULL},
	    {"--delimiter=;", "--delimiter=tab", "delimiter"},
	    {"--quote=none", "--quote='", "quote"},
	    {"--no-header", "--header", "header"},
	    {"--header", "--no-header", "no-header"},
	    {"--limit=5", "--limit=9", NULL},
	    {"--settle=5s", "--settle=9s", NULL},
	};

	EACH (i, cases) {
		struct settings was, now;
		const struct optspec *row;

		parse(&was, COMMAND_IMPORT, 1, &cases[i].was);
		parse(&now, COMMAND_RESUME, 1, &cases[i].now);
		row = settings_differ(&now, &was);
		if (cases[i].name)
			assert_string_equal(
			    row ? row->name : "none", cases[i].name);
		else
			assert_null(row);
	}
}

TEST(reading_options_are_typed_as_a_shell_takes_them)
{
	CASES(cases, const char *said[3], *typed) = {
	    {{"-v"}, ""},
	    {{"--delimiter=;"}, " --delimiter ';'"},
	    {{"--delimiter=\\x09"}, " --delimiter tab"},
	    {{"--delimiter=\\x1f"}, " --delimiter '\\x1f'"},
	    {{"--quote=none", "--no-header"}, " --quote none --no-header"},
	    {{"--quote='"}, " --quote \"'\""},
	    {{"--delimiter=,"}, " --delimiter ','"},
	    {{"--encoding=a b", "--skip-lines=0"},
		" --encoding 'a b' --skip-lines 0"},
	    {{"--max-cell=2MiB"}, ""},
	};

	EACH (i, cases) {
		struct settings o;
		struct buf out = BUF_INIT(0);
		int n = 0;

		while (n < 3 && cases[i].said[n])
			n++;
		parse(&o, COMMAND_CHECK, n, cases[i].said);
		settings_typed(&o, NULL, &out);
		assert_string_equal(buf_str(&out), cases[i].typed);
		buf_release(&out);
	}
}

/* … as the line said it, and only to commands that take it. */
TEST(the_commands_in_a_help_say_where)
{
	CASES(cases, const char *help, *wanted) = {
	    {"", ""},
	    {"'csv2chakra status' lists them",
		"'csv2chakra status --profile none --runs-dir 'a b'' lists "
		"them"},
	    {"csv2chakra check m.yaml, then csv2chakra resume --limit 2 x",
		"csv2chakra check --profile none m.yaml, then csv2chakra "
		"resume "
		"--profile none --runs-dir 'a b' --limit 2 x"},
	    {"csv2chakra undo --runs-dir c x; csv2chakra undo y",
		"csv2chakra undo --profile none --runs-dir c x; csv2chakra "
		"undo "
		"--profile none --runs-dir 'a b' y"},
	    {"csv2chakra undo --profile q x",
		"csv2chakra undo --runs-dir 'a b' --profile q x"},
	    {"csv2chakra init x and csv2chakra statuses",
		"csv2chakra init --profile none x and csv2chakra statuses"},
	};
	const char *said[] = {"--profile=none", "--runs-dir=a b"};
	const struct settings said_nothing = {.command = COMMAND_IMPORT};
	struct settings o;
	struct diag d = DIAG_INIT;

	parse(&o, COMMAND_IMPORT, 2, said);
	EACH (i, cases) {
		diag_help(&d, "%s", cases[i].help);
		settings_say_where(&said_nothing, &d);
		assert_string_equal(d.help, cases[i].help);
		settings_say_where(&o, &d);
		assert_string_equal(d.help, cases[i].wanted);
	}
	memset(d.help, 'x', sizeof(d.help) - 1);
	memcpy(d.help, "csv2chakra undo ", 16);
	settings_say_where(&o, &d);
	assert_memory_equal(d.help, "csv2chakra undo xxx", 19);
}

TEST(what_the_report_shows_says_where_it_came_from)
{
	const char *said[] = {"--settle=1500ms", "--limit=7", "--no-wait"};
	struct settings o;
	struct buf json = BUF_INIT(0);
	const char *text;

	parse(&o, COMMAND_IMPORT, 3, said);
	settings_apply_mapping(&o, 9, 0, 0);
	settings_shown(&o, COMMAND_IMPORT, &json);
	text = buf_str(&json);
	assert_non_null(strstr(text, "[\"settle\",\"1\",\"option\"]"));
	assert_non_null(strstr(text, "[\"limit\",\"7\",\"option\"]"));
	assert_non_null(strstr(text, "[\"no-wait\",\"1\",\"option\"]"));
	assert_non_null(strstr(text, "[\"in-flight\",\"4\",\"default\"]"));
	assert_non_null(strstr(text, "[\"chunk-rows\",\"9\",\"mapping\"]"));
	assert_null(strstr(text, "again"));
	assert_null(strstr(text, "base-url"));
	buf_clear(&json);
	settings_shown(&o, COMMAND_CHECK, &json);
	assert_string_equal(buf_str(&json),
	    "[[\"chunk-rows\",\"9\",\"mapping\"],"
	    "[\"chunk-bytes\",\"1048576\",\"default\"],"
	    "[\"limit\",\"7\",\"option\"]]");
	buf_release(&json);
}

TEST(stored_arguments_are_a_list_of_texts_or_the_ledger_is_damaged)
{
	static const struct {
		const char *stored; /* NULL: nothing */
		bool good;
	} cases[] = {
	    {NULL, false},
	    {"[]", true},
	    {" [ \"--chunk-rows=7\" , \"--delimiter=\\u003b\" ] ", true},
	    {"", false},
	    {"null", false},
	    {"{}", false},
	    {"\"--chunk-rows=7\"", false},
	    {"[\"--chunk-rows=7\"", false},
	    {"[\"--chunk-rows=7\"] []", false},
	    {"[\"--chunk-rows=7\",]", false},
	    {"[7]", false},
	    {"[null]", false},
	    {"[[\"--chunk-rows=7\"]]", false},
	    {"[\"--delimiter=;\\u0000\"]", false},
	    {"['--chunk-rows=7']", false},
	};
	struct diag none = DIAG_INIT;
	char folder[64], path[128];
	struct ledger *l;

	assert_true(temp_folder_make(folder, sizeof(folder), "test_settings"));
	snprintf(path, sizeof(path), "%s/ledger.sqlite", folder);
	l = ledger_create(path, &none);
	assert_non_null(l);
	EACH (i, cases) {
		struct arena arena = ARENA_INIT;
		struct diag d = DIAG_INIT;
		struct settings o;
		const char *stored = cases[i].stored;

		if (stored != NULL)
			assert_int_equal(
			    ledger_set(l, META_ARGUMENTS, stored, &d), 0);
		else
			stored = "nothing";
		if ((run_settings_load(l, &o, &arena, &d) == 0) !=
		    cases[i].good)
			fail_msg("%s: %s", stored, d.message);
		if (!cases[i].good)
			assert_string_equal(d.code, "ledger.damaged");
		else if (strlen(stored) > 2)
			assert_true(o.chunk_rows == 7 && o.delimiter == ';');
		arena_release(&arena);
	}
	assert_int_equal(ledger_close(l, &none), 0);
	assert_true(temp_folder_remove(folder));
}

TEST(whatever_a_run_uses_is_a_setting)
{
	const struct optspec_table *t = options_table();

	for (size_t i = 0; i < t->count; i++)
		if (t->items[i].uses)
			assert_true(
			    t->items[i].offset < sizeof(struct settings));
}
