/* SPDX-License-Identifier: MIT */
/*
 * Which rows the mapping takes: empty ones, rows.only (all conditions must
 * hold), rows.except (any). Conditions look at cells after trim and nulls,
 * before any field's rules. And which of them need not be built when they are
 * told once more.
 */
#include "base/unicode.h"
#include "builder_plan.h"
#include "value/forms.h"

#include <string.h>

static struct text
condition_cell(struct builder *b, const struct row_condition *c)
{
	const struct mapping *m = b->m;

	return value_of_cell(b, value_cell(b->rec, c->column.column), m->unwrap,
	    m->trim, m->source.nulls, m->source.null_count);
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
	    c->column.column, condition_cell(b, c),
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

#define WORD_BITS 64

void
builder_note_quiet(struct builder *b)
{
	size_t at = (size_t)(b->row_number - 1) / WORD_BITS;
	size_t words = b->quiet_words > 0 ? 2 * b->quiet_words : 64;

	if (b->row_number > BUILDER_QUIET_ROWS)
		return;
	while (words <= at)
		words *= 2;
	if (at >= b->quiet_words) {
		b->quiet = xreallocarray(b->quiet, words, sizeof(*b->quiet));
		memset(b->quiet + b->quiet_words, 0,
		    (words - b->quiet_words) * sizeof(*b->quiet));
		b->quiet_words = words;
	}
	b->quiet[at] |= UINT64_C(1) << (b->row_number - 1) % WORD_BITS;
}

bool
rows_are_quiet(const struct builder *b)
{
	size_t at = (size_t)(b->row_number - 1) / WORD_BITS;

	return at < b->quiet_words &&
	       b->quiet[at] >> (b->row_number - 1) % WORD_BITS & 1 &&
	       (b->key == NULL || type_keeps_text(b->key->f->type));
}

/* The examples get their hints again. */
static void
forget_meant(struct plan_field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (fields[i].meant != NULL)
			*fields[i].meant = (struct meant_cost){0};
		forget_meant(fields[i].children, fields[i].child_count);
	}
}

void
builder_retell(struct builder *b)
{
	if (b->row_number > b->told)
		b->told = b->row_number;
	b->row_number = 0;
	verdict_cursor_free(b->verdicts);
	b->verdicts = NULL;
	forget_meant(b->fields, b->field_count);
}

bool
builder_retells(const struct builder *b)
{
	return b->row_number < b->told;
}
