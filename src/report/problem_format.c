/* SPDX-License-Identifier: MIT */
/*
 * One problem as a line for a person. Everything that comes from the CSV or
 * from a server goes through text_display: no line can carry an escape
 * sequence to a terminal or break in two.
 */
#include "report/problems.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINE_VALUE_CHARS 60
#define LINE_MESSAGE_CHARS 300
#define LINE_NAME_CHARS 60

char *
problem_cell(int column, uint64_t row, char out[24])
{
	char letters[8];

	out[0] = '\0';
	if (column < 0)
		return out;
	text_column_letters((size_t)column, letters);
	snprintf(out, 24, "%s%" PRIu64, letters, row);
	return out;
}

static const char *
field_word(const char *paths)
{
	return strchr(paths, ',') ? "fields" : "field";
}

static void
add_fields(struct buf *out, const struct problem_list *problems,
    const struct problem *p)
{
	struct buf paths = BUF_INIT(0);

	problem_add_fields(&paths, problems, (size_t)(p - problems->items));
	if (paths.len > 0) {
		buf_addf(out, ", %s ", field_word(buf_str(&paths)));
		text_display(out, buf_text(&paths), LINE_NAME_CHARS);
	}
	buf_release(&paths);
}

void
problem_group_place(struct buf *out, const struct problem_group *x)
{
	char letters[8];

	if (x->column_name && x->column_name[0] != '\0') {
		buf_addf(out, "column \"%s\"", x->column_name);
	} else if (x->column >= 0) {
		text_column_letters((size_t)x->column, letters);
		buf_addf(out, "column %s", letters);
	}
	if (x->names_field)
		buf_addf(out, "%s%s %s", x->column >= 0 ? ", " : "",
		    field_word(x->fields), x->fields);
	if (x->column >= 0 || x->names_field)
		buf_adds(out, ": ");
}

/* `, column "Score" (D129)`, `, column D (D129)` when it has no name, with
 * `, field data.score` after it when other fields read the column too;
 * `, field data.source` alone for a problem of no column; or nothing. */
static void
problem_add_place(struct buf *out, const struct record *rec,
    const struct header *header, const struct problem_list *problems,
    const struct problem *p)
{
	struct text name = {NULL, 0};
	char cell[24], letters[8];

	if (p->column < 0) {
		add_fields(out, problems, p);
		return;
	}
	if (header && (size_t)p->column < header->count)
		name = header->names[p->column];
	buf_adds(out, ", column ");
	if (name.len > 0) {
		buf_addc(out, '"');
		text_display(out, name, LINE_NAME_CHARS);
		buf_addc(out, '"');
	} else {
		text_column_letters((size_t)p->column, letters);
		buf_adds(out, letters);
	}
	buf_addf(out, " (%s)", problem_cell(p->column, rec->row, cell));
	if (p->is_shared)
		add_fields(out, problems, p);
}

void
problem_format(struct buf *out, const char *csv_name, const struct record *rec,
    const struct header *header, const struct problem_list *problems,
    const struct problem *p)
{
	struct text value = problem_value(problems, p);

	text_display(out, text_of(csv_name), 0);
	buf_addf(out, ":%" PRIu64 ": row %" PRIu64, rec->line, rec->row);
	problem_add_place(out, rec, header, problems, p);
	buf_adds(out, ": ");
	text_display(out, problem_message(problems, p), LINE_MESSAGE_CHARS);
	if (value.len > 0) {
		buf_adds(out, ": '");
		text_display(out, value, LINE_VALUE_CHARS);
		buf_addc(out, '\'');
	}
	buf_addf(out, " [%s]", p->code);
}
