/* SPDX-License-Identifier: MIT */
/*
 * A test names a few cells; the mapping may ask for more columns than that.
 * So all tests share one header: first as many nameless columns as the
 * highest `index:` needs (a test names them by their number), then every name
 * that the mapping or a test says. Cells that a test does not name are empty.
 */
#include "author/author.h"

#include "base/problem.h"
#include "base/xalloc.h"
#include "build/builder.h"
#include "json_text.h"
#include "plan/reading_choices.h"

#include <stdlib.h>
#include <string.h>

struct test_header {
	struct text *names;
	size_t count, cap;
	size_t by_index; /* the first so many are nameless */
};

static int
find_name(const struct test_header *h, struct text name)
{
	uint64_t number;

	for (size_t i = h->by_index; i < h->count; i++)
		if (text_equal(h->names[i], name))
			return (int)i;
	if (text_parse_uint(name, &number) && number >= 1 &&
	    number <= h->by_index)
		return (int)(number - 1);
	return -1;
}

static void
push_name(struct test_header *h, struct text name)
{
	ARRAY_ROOM(h->names, h->count, h->cap);
	h->names[h->count++] = name;
}

static void
add_name(struct test_header *h, struct text name)
{
	name = text_trim(name);
	if (name.len > 0 && find_name(h, name) < 0)
		push_name(h, name);
}

static void
add_column(void *ctx, const struct column_ref *c)
{
	if (c->index == 0)
		add_name(ctx, c->name);
}

static void
make_header(const struct mapping *m, struct test_header *h)
{
	h->by_index = mapping_max_index(m);
	for (size_t i = 0; i < h->by_index; i++)
		push_name(h, (struct text){"", 0});
	mapping_each_column(m, add_column, h);
	for (size_t i = 0; i < m->test_count; i++)
		for (size_t k = 0; k < m->tests[i].cell_count; k++)
			add_name(h, m->tests[i].columns[k]);
}

static void
say_problems(struct buf *out, const struct problem_list *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *p = &problems->items[i];

		if (p->level != PROBLEM_REJECT)
			continue;
		buf_adds(out, "    + rejected: ");
		text_display(out, problem_message(problems, p), 200);
		if (p->value_len > 0) {
			buf_adds(out, ": '");
			text_display(out, problem_value(problems, p), 60);
			buf_addc(out, '\'');
		}
		buf_addf(out, " [%s]\n", p->code);
	}
}

static bool
has_code(const struct problem_list *problems, struct text code)
{
	for (size_t i = 0; i < problems->count; i++)
		if (problems->items[i].level == PROBLEM_REJECT &&
		    text_is(code, problems->items[i].code))
			return true;
	return false;
}

/* The row was to be rejected, or skipped, with a code. */
static bool
judge_refusal(const struct mapping_test *t, enum row_verdict verdict,
    const struct problem_list *problems, const char *skip_code,
    struct text json, struct buf *words)
{
	if (verdict == ROW_REJECTED && has_code(problems, t->rejects))
		return true;
	if (verdict == ROW_SKIPPED && text_is(t->rejects, skip_code))
		return true;
	buf_addf(words, "    - rejected with %.*s\n", (int)t->rejects.len,
	    t->rejects.s);
	if (verdict == ROW_REJECTED) {
		say_problems(words, problems);
	} else if (verdict == ROW_SKIPPED) {
		buf_addf(words, "    + skipped [%s]\n", skip_code);
	} else {
		buf_adds(words, "    + ");
		text_display(words, json, 400);
		buf_addc(words, '\n');
	}
	return false;
}

static bool
judge_object(const struct mapping_test *t, enum row_verdict verdict,
    const struct problem_list *problems, const char *skip_code,
    struct text json, struct buf *words)
{
	if (verdict == ROW_BUILT)
		return !json_difference(t->gives_json, json, words);
	buf_adds(words, "    - ");
	text_display(words, t->gives_json, 400);
	buf_addc(words, '\n');
	if (verdict == ROW_SKIPPED)
		buf_addf(words, "    + skipped [%s]\n", skip_code);
	else
		say_problems(words, problems);
	return false;
}

static void
run_one(const struct mapping *m, const struct test_header *h, size_t index,
    struct test_result *result)
{
	const struct mapping_test *t = &m->tests[index];
	const struct builder_facts facts = {
	    .file_name = "test.csv",
	    .input_key = "0000000000000000000000000000000000000000000000000000"
			 "000000000000",
	};
	struct builder *builder = builder_new(m, &facts);
	struct text *cells = xcalloc(h->count + 1, sizeof(*cells));
	struct record rec = {.number = 1,
	    .row = 2,
	    .line = 2,
	    .line_count = 1,
	    .cell_count = h->count,
	    .cells = cells};
	struct problem_list problems;
	struct built_row built = {0};
	struct buf out = BUF_INIT(0);
	enum row_verdict verdict;
	struct text json = {"", 0};
	bool is_empty = true;

	problem_list_init(&problems);
	for (size_t i = 0; i < h->count; i++)
		cells[i] = (struct text){"", 0};
	for (size_t i = 0; i < t->cell_count; i++) {
		int column = find_name(h, text_trim(t->columns[i]));

		if (column < 0)
			continue;
		cells[column] = t->cells[i];
		is_empty = is_empty && text_trim(t->cells[i]).len == 0;
	}
	verdict = builder_row(builder, &rec, is_empty, &out, &problems, &built);
	if (verdict == ROW_BUILT)
		json = (struct text){out.data + built.json_at, built.json_len};
	result->line = t->at.line;
	result->passed = t->rejects.len > 0
			     ? judge_refusal(t, verdict, &problems,
				   built.skip_code, json, &result->words)
			     : judge_object(t, verdict, &problems,
				   built.skip_code, json, &result->words);
	problem_list_release(&problems);
	buf_release(&out);
	free(cells);
	builder_free(builder);
}

int
mapping_tests_run(
    struct mapping *m, struct test_results *r, struct diagnostics *list)
{
	struct test_header names = {.count = 0};
	struct header header;
	int ret = -1;

	*r = (struct test_results){.count = m->test_count};
	r->items = xcalloc(r->count, sizeof(*r->items));
	make_header(m, &names);
	header = (struct header){
	    .count = names.count, .names = names.names, .row = 1, .line = 1};
	if (mapping_bind(m, &header, m->file, list) < 0 ||
	    mapping_values_check(m, names.count, list) < 0)
		goto out;
	for (size_t i = 0; i < r->count; i++) {
		buf_init(&r->items[i].words, 1 << 16);
		run_one(m, &names, i, &r->items[i]);
		r->failed += r->items[i].passed ? 0 : 1;
	}
	ret = 0;
out:
	free(names.names);
	return ret;
}

void
test_results_release(struct test_results *r)
{
	for (size_t i = 0; i < r->count && r->items; i++)
		buf_release(&r->items[i].words);
	free(r->items);
	*r = (struct test_results){.count = 0};
}
