/* SPDX-License-Identifier: MIT */
/* A record of empty cells makes every default come out; the row rules are
 * left aside, because such a record would be skipped by them. */
#include "base/problem.h"
#include "base/xalloc.h"
#include "build/builder.h"
#include "plan/reading_choices.h"

#include <stdlib.h>
#include <string.h>

struct search {
	struct text path;
	const struct field *found;
};

static void
visit(void *ctx, struct field *f)
{
	struct search *s = ctx;

	if (text_equal(f->path, s->path))
		s->found = f;
}

/* The field whose own value is meant; NULL = it has none. */
static const struct field *
field_with_value(struct mapping *m, struct text path)
{
	struct search s = {.path = path};

	mapping_each_field(m, visit, &s);
	if (s.found == NULL)
		return NULL;
	return s.found->has_default || s.found->source == SOURCE_CONSTANT
		   ? s.found
		   : NULL;
}

static int
report(struct mapping *m, const struct problem_list *problems,
    struct diagnostics *list)
{
	int ret = 0;

	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *p = &problems->items[i];
		const struct field *f =
		    field_with_value(m, problem_path(problems, p));
		struct text words = problem_message(problems, p);
		struct text hint = problem_hint(problems, p);
		struct diagnostic *x;

		if (f == NULL || p->level != PROBLEM_REJECT)
			continue;
		x = diagnostics_add(list, SEVERITY_ERROR,
		    "mapping.refused_value", m->file, f->at.line, f->at.column,
		    "the %s of '%.*s' would be rejected: %.*s [%s]",
		    f->has_default ? "default" : "value", (int)f->path.len,
		    f->path.s, (int)words.len, words.s, p->code);
		if (hint.len)
			diagnostics_help(
			    list, x, "%.*s", (int)hint.len, hint.s);
		ret = -1;
	}
	return ret;
}

int
mapping_values_check(
    const struct mapping *m, size_t width, struct diagnostics *list)
{
	struct text *cells = xcalloc(width + 1, sizeof(*cells));
	struct record rec = {.number = 1,
	    .row = 2,
	    .line = 2,
	    .cell_count = width,
	    .cells = cells};
	struct builder_facts facts = {.file_name = "", .input_key = ""};
	struct mapping bare = *m;
	struct problem_list problems;
	struct built_row built;
	struct buf out = BUF_INIT(1 << 24);
	struct builder *b;
	int ret;

	for (size_t i = 0; i < width; i++)
		cells[i] = TEXT_LITERAL("");
	bare.only_count = 0;
	bare.except_count = 0;
	problem_list_init(&problems);
	b = builder_new(&bare, &facts);
	(void)builder_row(b, &rec, false, &out, &problems, &built);
	ret = report(&bare, &problems, list);
	builder_free(b);
	problem_list_release(&problems);
	buf_release(&out);
	free(cells);
	return ret;
}
