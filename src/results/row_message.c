/* SPDX-License-Identifier: MIT */
/*
 * What became of a row, in words for one cell of a file.
 */
#include "row_writer.h"

#include <inttypes.h>

#define VALUE_CHARS 80

static void
add_problem(struct buf *out, const struct row_line *line,
    const struct header *header, const struct problem *p, bool with_codes)
{
	const struct problem_list *l = line->problems;
	struct text name = {NULL, 0}, value = problem_value(l, p);
	char cell[24];

	if (p->column >= 0 && header && (size_t)p->column < header->count)
		name = header->names[p->column];
	if (name.len > 0) {
		text_display(out, name, VALUE_CHARS);
		buf_addf(out,
		    " (%s): ", problem_cell(p->column, line->rec->row, cell));
	} else if (p->column >= 0) {
		buf_addf(
		    out, "%s: ", problem_cell(p->column, line->rec->row, cell));
	} else if (problem_path(l, p).len > 0) {
		text_display(out, problem_path(l, p), VALUE_CHARS);
		buf_adds(out, ": ");
	}
	text_display(out, problem_message(l, p), 0);
	if (value.len > 0) {
		buf_adds(out, ": '");
		text_display(out, value, VALUE_CHARS);
		buf_addc(out, '\'');
	}
	if (with_codes)
		buf_addf(out, " [%s]", p->code);
}

void
row_line_message(struct buf *out, const struct row_line *line,
    const struct header *header, bool with_codes)
{
	const struct problem_list *l = line->problems;
	size_t begin = out->len;

	if (outcome_is(line->outcome, TRAIT_OURS) && !line->is_lost) {
		for (size_t i = 0; i < l->count; i++) {
			if (l->items[i].level != PROBLEM_REJECT ||
			    problem_twin(l, i) != i)
				continue;
			buf_adds(out, out->len > begin ? "; " : "");
			add_problem(
			    out, line, header, &l->items[i], with_codes);
		}
		if (l->dropped > 0)
			buf_addf(out, "; and %zu more", l->dropped);
		return;
	}
	if (outcome_is(line->outcome, TRAIT_SENT | TRAIT_FAILED) &&
	    !with_codes && !problem_is_ours(line->code))
		buf_addf(out, "%s refused it: ", line->service);
	if (line->words[0] != '\0')
		text_display(out, text_of(line->words), 0);
	else if (line->code[0] != '\0' && !with_codes)
		buf_adds(out, line->code);
	if (with_codes && line->code[0] != '\0')
		buf_addf(
		    out, "%s[%s]", out->len > begin ? " " : "", line->code);
}
