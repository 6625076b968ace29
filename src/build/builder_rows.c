/* SPDX-License-Identifier: MIT */
/*
 * Which rows the mapping takes: empty ones, rows.only (all conditions must
 * hold), rows.except (any). Conditions look at cells after trim and nulls,
 * before any field's rules.
 */
#include "base/unicode.h"
#include "builder_plan.h"
#include "value/forms.h"

static struct text
condition_cell(struct builder *b, const struct row_condition *c)
{
	const struct mapping *m = b->m;

	return value_of_cell(b, value_cell(b->rec, value_column(&c->column)),
	    m->unwrap, m->trim, m->source.nulls, m->source.null_count);
}

/* 1 = it holds, 0 = it does not, -1 = the pattern gave up. */
static int
holds(struct builder *b, const struct row_condition *c)
{
	struct text cell = condition_cell(b, c);

	switch (c->kind) {
	case ROW_IN:
		return texts_have(
		    c->words, c->word_count, text_nfc(&b->form, cell));
	case ROW_NOT_IN:
		return !texts_have(
		    c->words, c->word_count, text_nfc(&b->form, cell));
	case ROW_MATCHES:
		return pattern_match(c->pattern, cell, false);
	default:
		return (cell.len == 0) == c->empty;
	}
}

static enum row_verdict
skip(struct builder *b, const char *code)
{
	b->built->skip_code = code;
	return ROW_SKIPPED;
}

static enum row_verdict
reject(struct builder *b, const struct row_condition *c, const char *code)
{
	problem_add(b->problems, PROBLEM_REJECT, STAGE_MAP, code,
	    value_column(&c->column), condition_cell(b, c),
	    "the condition's pattern took too long on this value");
	return ROW_REJECTED;
}

enum row_verdict
rows_judge(struct builder *b, bool is_empty)
{
	const struct mapping *m = b->m;
	if (is_empty && m->empty_rows == EMPTY_ROWS_SKIP)
		return skip(b, "rows.empty");
	if (is_empty && m->empty_rows == EMPTY_ROWS_REJECT) {
		problem_add(b->problems, PROBLEM_REJECT, STAGE_MAP,
		    "rows.empty", PROBLEM_NO_COLUMN, (struct text){"", 0},
		    "all cells of the row are empty");
		return ROW_REJECTED;
	}
	for (size_t i = 0; i < m->only_count; i++) {
		int ret = holds(b, &m->only[i]);

		if (ret < 0)
			return reject(b, &m->only[i], "rows.only");
		if (ret == 0)
			return skip(b, "rows.only");
	}
	for (size_t i = 0; i < m->except_count; i++) {
		int ret = holds(b, &m->except[i]);

		if (ret < 0)
			return reject(b, &m->except[i], "rows.except");
		if (ret > 0)
			return skip(b, "rows.except");
	}
	return ROW_BUILT;
}
