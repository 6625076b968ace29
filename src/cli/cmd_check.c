/* SPDX-License-Identifier: MIT */
/*
 * check: a mapping alone, with its own tests; with a CSV the whole dry run
 * (check_csv.c). A test that fails is a mistake in the mapping: exit 2.
 */
#include "author/author.h"
#include "base/json_write.h"
#include "base/text.h"
#include "batch/batch.h"
#include "command.h"
#include "import/import.h"
#include "mapping/mapping.h"
#include "plan/plan.h"
#include "system/screen.h"

#include <inttypes.h>

static void
text_answer(const struct plan *p, const struct options *o, const char *file,
    const struct test_results *tests, struct buf *out)
{

	for (size_t i = 0; i < tests->count; i++) {
		const struct test_result *t = &tests->items[i];

		if (t->passed)
			continue;
		text_display(out, text_of(file), 0);
		buf_addf(out, ":%d: test %zu failed (- expected, + got)\n%s",
		    t->line, i + 1, buf_str(&t->words));
	}
	if (o->settings.quiet)
		return;
	text_display(out, text_of(file), 0);
	buf_addf(out, ": %s",
	    tests->failed > 0 || p->diagnostics.errors > 0 ? "not good"
							   : "good");
	if (p->diagnostics.warnings > 0)
		buf_addf(out, ", %zu warning%s", p->diagnostics.warnings,
		    p->diagnostics.warnings == 1 ? "" : "s");
	if (tests->count > 0)
		buf_addf(out, "; tests: %zu passed, %zu failed",
		    tests->count - tests->failed, tests->failed);
	else
		buf_adds(out, "; it has no tests");
	buf_addc(out, '\n');
}

static void
json_answer(const struct plan *p, const char *file,
    const struct test_results *tests, struct buf *out)
{
	bool ok = p->diagnostics.errors == 0 && tests->failed == 0;

	json_object(out, NULL);
	json_string(out, "schema", "csv2chakra.check/1");
	json_string(out, "mapping", file);
	json_bool(out, "ok", ok);
	json_name(out, "diagnostics");
	diagnostics_json(&p->diagnostics, out);
	json_array(out, "tests");
	for (size_t i = 0; i < tests->count; i++) {
		const struct test_result *t = &tests->items[i];

		json_object(out, NULL);
		json_int(out, "line", t->line);
		json_bool(out, "passed", t->passed);
		json_text(out, "difference", buf_text(&t->words));
		json_end_object(out);
	}
	json_end_array(out);
	json_end_object(out);
}

static void
github_answer(const struct plan *p, const char *file,
    const struct test_results *tests, struct buf *out)
{
	struct buf words = BUF_INIT(1 << 20);

	diagnostics_github(&p->diagnostics, out);
	for (size_t i = 0; i < tests->count; i++) {
		const struct test_result *t = &tests->items[i];

		if (t->passed)
			continue;
		buf_adds(out, "::error file=");
		screen_github(out, file, true);
		buf_addf(out, ",line=%d,title=mapping.test::", t->line);
		buf_addf(&words, "test %zu failed (- expected, + got)\n%s",
		    i + 1, buf_str(&t->words));
		buf_truncate(&words, words.len - 1);
		screen_github(out, buf_str(&words), false);
		buf_addc(out, '\n');
		buf_clear(&words);
	}
	buf_release(&words);
}

/* Appends the answer about one mapping, or shows it. */
static int
check_mapping(
    struct options *o, const char *file, struct buf *out, struct diag *d)
{
	struct plan p;
	struct test_results tests = {.count = 0};
	int ret = plan_load_mapping(&p, file, &o->settings, d);

	if (ret == 0 &&
	    mapping_tests_run(p.mapping, &tests, &p.diagnostics) < 0)
		ret = diag_set(d, DIAG_USAGE,
		    "the mapping '%s' has %zu error%s", file,
		    p.diagnostics.errors, p.diagnostics.errors == 1 ? "" : "s");
	else if (tests.failed > 0)
		ret = diag_set(d, DIAG_USAGE, "%zu of %zu tests in '%s' failed",
		    tests.failed, tests.count, file);
	if (o->settings.format == FORMAT_JSON)
		json_answer(&p, file, &tests, out);
	else if (o->settings.format == FORMAT_GITHUB)
		github_answer(&p, file, &tests, out);
	else if (p.mapping)
		text_answer(&p, o, file, &tests, out);
	if (o->settings.format == FORMAT_TEXT)
		show_diagnostics(&p, &o->settings, file, 0);
	test_results_release(&tests);
	plan_release(&p);
	return ret;
}

/* All operands are mappings; of several the JSON is a list. */
static int
check_mappings(struct options *o, struct diag *d)
{
	const struct settings *s = &o->settings;
	bool is_list = s->operand_count > 1 && s->format == FORMAT_JSON;
	struct buf out = BUF_INIT(0);
	struct diag write_failed = DIAG_INIT;
	size_t failed = 0;
	int ret;

	if (is_list)
		json_array(&out, NULL);
	for (size_t i = 0; i < s->operand_count; i++)
		failed += check_mapping(o, s->operands[i], &out, d) != 0;
	if (is_list)
		json_end_array(&out);
	if (s->format == FORMAT_JSON)
		buf_addc(&out, '\n');
	if (failed > 0 && s->operand_count > 1)
		diag_set(d, DIAG_USAGE, "%zu of %zu mappings have mistakes",
		    failed, s->operand_count);
	ret = command_answer(&out, s->format == FORMAT_JSON, &write_failed);
	if (ret < 0 && failed == 0)
		*d = write_failed;
	return ret < 0 || failed > 0 ? -1 : EXIT_GOOD;
}

static bool
are_mappings(const struct settings *s)
{
	for (size_t i = 0; i < s->operand_count; i++)
		if (!mapping_is_one(s->operands[i]))
			return false;
	return true;
}

static int
run_check(struct options *o, struct diag *d)
{
	const struct settings *s = &o->settings;
	const struct run_audience screen = {.metrics = NULL};
	const struct import_request r = {
	    .settings = s,
	    .mapping_path = s->operands[0],
	    .csv_path = s->operand_count > 1 ? s->operands[1] : NULL,
	    .audience = &screen,
	};

	if ((s->operand_count > 1 || o->files_from) &&
	    (o->files_from || !are_mappings(s)))
		return batch_is_meant(o) ? batch_run(o, &screen, d)
					 : check_run(&r, d);
	if (s->output || s->unique_across)
		return diag_set(d, DIAG_USAGE, "'--%s' needs a CSV",
		    s->output ? "output" : "unique-across");
	return check_mappings(o, d);
}

const struct command command_check = {
    .id = COMMAND_CHECK,
    .name = "check",
    .operands = "MAPPING [CSV]...",
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .summary = "check a mapping; with a CSV, do everything except send",
    .details = "Without a CSV, the mapping's own tests are run. With a CSV, "
	       "the chunks are built exactly as in an import, and no "
	       "connection is opened. If all arguments are mappings, each of "
	       "them is checked.",
    .examples = {{"check leads.yaml", "the mapping and its own tests"},
	{"check -o out leads.yaml leads.csv",
	    "the whole dry run, with its files in out/"}},
    .run = run_check,
};
