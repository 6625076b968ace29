/* SPDX-License-Identifier: MIT */
/*
 * What init writes of rows that are not like the others: those that every
 * mapping rejects, and the keys of `source` that take or leave out the rest.
 * A key that loses nothing is written; one that a person must agree to is
 * written as a comment.
 */
#include "init_ragged.h"

#include "init_mapping.h"
#include "report/terminal.h"

#include <inttypes.h>
#include <string.h>

static void
say(struct buf *out, size_t indent, struct buf *words)
{
	init_comment(out, indent, buf_str(words));
	buf_clear(words);
}

/* Rows of another width than the header; NULL = there are none. */
static const struct ragged_tally *
ragged_rows(const struct csv_look *l, enum ragged_shape shape)
{
	const struct ragged *all = l->groups.ragged[true];

	return all && all->shapes[shape].rows > 0 ? &all->shapes[shape] : NULL;
}

/* The mapping that is written takes them. */
static bool
is_taken(const struct csv_look *l, const struct problem_group *g)
{
	return strcmp(g->code, ragged_code(true)) == 0 &&
	       strcmp(g->cause, ragged_shape_cause(SHAPE_EXCESS_EMPTY)) == 0 &&
	       ragged_rows(l, SHAPE_EXCESS_EMPTY);
}

void
init_problems(const struct csv_look *l, struct buf *out)
{
	struct buf words = BUF_INIT(0);
	const struct problem_group *sorted[8];
	size_t written = 0, count = problem_groups_sorted(
				&l->groups, OUTCOME_REJECTED, sorted, 8);
	char rows[48];

	for (size_t i = 0; i < count; i++) {
		const struct problem_group *g = sorted[i];

		if (is_taken(l, g))
			continue;
		buf_addf(&words,
		    "Will be rejected: %s [%s]: ", page_rows(g->rows, rows),
		    g->code);
		for (size_t k = 0; k < g->example_count; k++)
			buf_addf(&words, "%s %" PRIu64,
			    k > 0		    ? ","
			    : g->example_count == 1 ? "row"
						    : "rows",
			    g->examples[k].row);
		if (g->hint[0] != '\0')
			buf_addf(&words, "; %s", g->hint);
		say(out, 0, &words);
		written++;
	}
	if (written > 0)
		buf_addc(out, '\n');
	buf_release(&words);
}

void
init_ragged_source(const struct csv_look *l, struct buf *out)
{
	const struct ragged_tally *t = ragged_rows(l, SHAPE_EXCESS_EMPTY);
	struct buf patterns = BUF_INIT(0), words = BUF_INIT(0);
	char rows[48];

	if (l->plan.dialect.blanks == BLANKS_AROUND_QUOTES)
		buf_adds(out, "  blanks: around_quotes\n");
	if (t) {
		buf_addf(&words,
		    "guessed: %s with more cells than the header, and those "
		    "are empty",
		    page_rows(t->rows, rows));
		say(out, 2, &words);
		buf_adds(out, "  ragged: trim\n");
	}
	t = ragged_rows(l, SHAPE_FOOTER);
	if (!t || t->text_count == 0)
		goto out;
	buf_addf(&words,
	    "%s of one cell at the end: a footer? Remove the # to leave them "
	    "out",
	    page_rows(t->rows, rows));
	say(out, 2, &words);
	ragged_patterns(l->groups.ragged[true], SHAPE_FOOTER, &patterns);
	buf_addf(out, "  # ignore: [%s]\n", buf_str(&patterns));
out:
	buf_release(&patterns);
	buf_release(&words);
}
