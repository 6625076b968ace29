/* SPDX-License-Identifier: MIT */
/*
 * Rows of another width than the header become groups when all of them were
 * seen: only then it is known what they are.
 */
#include "base/xalloc.h"
#include "report/problems.h"

#include <stdlib.h>
#include <string.h>

bool
problem_groups_keep_ragged(struct problem_groups *g, const struct record *rec,
    const struct problem *p, const struct header *header)
{
	bool is_reject = strcmp(p->code, ragged_code(true)) == 0;
	struct ragged **kept = &g->ragged[is_reject];
	struct ragged_row row = {.number = rec->number,
	    .row = rec->row,
	    .line = rec->line,
	    .cells = rec->cells,
	    .cell_count = rec->cell_count,
	    .width = rec->width};

	if (!is_reject && strcmp(p->code, ragged_code(false)) != 0)
		return false;
	if (!header || header->count == 0 || rec->width == 0)
		return false;
	row.header_width = header->count;
	row.delimiter = header->delimiter;
	row.quote = header->quote;
	if (!*kept)
		*kept = xcalloc(1, sizeof(**kept));
	ragged_see(*kept, &row);
	return true;
}

static char *
owned(struct buf *b)
{
	return b->len > 0 ? buf_detach(b) : xstrdup("");
}

static void
add_group(struct problem_groups *g, const struct ragged *all,
    enum ragged_shape shape, bool is_reject, const struct header *header)
{
	const struct ragged_tally *t = &all->shapes[shape];
	struct group_key k = {
	    .kind = is_reject ? (int)OUTCOME_REJECTED : GROUP_NOTE,
	    .code = ragged_code(is_reject),
	    .cause = ragged_shape_cause(shape),
	    .column = PROBLEM_NO_COLUMN};
	struct buf words = BUF_INIT(0), shown = BUF_INIT(0);
	struct problem_group *x;
	bool is_new;

	x = problem_groups_find(g, &k, &is_new);
	x->rows += t->rows;
	x->problems += t->rows;
	if (!is_new)
		return;
	x->stage = STAGE_READ;
	x->column_name = xstrdup("");
	x->fields = xstrdup("");
	if (strcmp(x->code, GROUP_OTHER_CODE) == 0)
		buf_adds(&words, GROUP_OTHER_MESSAGE);
	else
		ragged_message(t->examples[0].cells, header->count,
		    header->row > 0, is_reject, &words);
	x->message = owned(&words);
	for (size_t i = 1; i < t->example_count; i++)
		x->varied |= t->examples[i].cells != t->examples[0].cells;
	if (strcmp(x->code, GROUP_OTHER_CODE) != 0)
		ragged_advice(all, shape, !is_reject, &words);
	text_display(&shown, buf_text(&words), 0);
	x->hint = owned(&shown);
	buf_release(&words);
	for (size_t i = 0; i < t->example_count; i++)
		x->examples[x->example_count++] =
		    (struct problem_example){.row = t->examples[i].row,
			.line = t->examples[i].line,
			.value = xstrdup("")};
}

void
problem_groups_finish(
    struct problem_groups *g, const struct header *header, uint64_t last_number)
{
	for (int is_reject = 0; is_reject < 2; is_reject++) {
		struct ragged *all = g->ragged[is_reject];

		if (!all || all->is_finished)
			continue;
		ragged_finish(all, last_number);
		for (int i = 0; i < RAGGED_SHAPES; i++)
			if (all->shapes[i].rows > 0)
				add_group(g, all, (enum ragged_shape)i,
				    is_reject, header);
	}
}

void
problem_groups_release_ragged(struct problem_groups *g)
{
	free(g->ragged[0]);
	free(g->ragged[1]);
}
