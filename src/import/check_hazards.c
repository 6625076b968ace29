/* SPDX-License-Identifier: MIT */
/*
 * The hazards of look/hazards.h in a dry run: only where the mapping takes
 * something from the column, and not of cells that it takes for empty. An
 * import does not come here.
 */
#include "base/text.h"
#include "base/xalloc.h"
#include "check_report.h"
#include "system/log.h"
#include "system/screen.h"

#include <stdio.h>
#include <stdlib.h>

#define USE_FIELD 1U
#define USE_WRAPPED 2U /* by a field that does not unwrap it */
#define USE_TEXT 4U    /* by a field where 7.0 stays 7.0 */
#define USE_QUOTES 8U  /* by a field for which quotes are text */

struct column_use {
	unsigned *uses; /* USE_*, for each column */
	size_t count;
};

static bool
type_takes_decimals(enum field_type type)
{
	return (type >= TYPE_FLOAT && type <= TYPE_FLOAT_ENUM) ||
	       type == TYPE_MULTI_FLOAT_ENUM || type == TYPE_GEOLOCATION;
}

static void
note_columns(void *ctx, struct field *f)
{
	struct column_use *use = ctx;
	unsigned uses = USE_FIELD;

	if (f->unwrap == UNWRAP_NOTHING)
		uses |= USE_WRAPPED;
	/* A rule that may take the zeros off is taken for one. */
	if (!type_takes_decimals(f->type) && f->steps.replace_count == 0)
		uses |= USE_TEXT;
	if (!f->is_quoted)
		uses |= USE_QUOTES;
	for (size_t i = 0; i < f->column_count; i++) {
		int column = f->columns[i].column;

		if (column >= 0 && (size_t)column < use->count)
			use->uses[column] |= uses;
	}
}

static void
set_use(struct hazards *h, size_t column, unsigned uses)
{
	if (!(uses & USE_FIELD))
		hazards_ignore(h, column);
	if (!(uses & USE_WRAPPED))
		hazards_unwrap(h, column);
	if (!(uses & USE_TEXT))
		hazards_take_decimals(h, column);
	if (!(uses & USE_QUOTES))
		hazards_unquote(h, column);
}

void
check_hazards_begin(struct dry_run *r)
{
	const struct header *header = reader_header(r->reading->reader);
	const struct mapping *m = r->plan.mapping;
	struct column_use use = {.count = header->count};

	r->hazards = hazards_new(header, r->plan.dialect.delimiter);
	hazards_nulls(
	    r->hazards, m->source.nulls, m->source.null_count, m->trim);
	use.uses = xcalloc(header->count + 1, sizeof(*use.uses));
	mapping_each_field(r->plan.mapping, note_columns, &use);
	for (size_t i = 0; i < header->count; i++)
		set_use(r->hazards, i, use.uses[i]);
	free(use.uses);
}

void
check_hazards_row(
    struct dry_run *r, const struct record *rec, enum row_verdict verdict)
{
	static const struct record nothing = {.cell_count = 0};
	bool is_seen =
	    verdict != ROW_SKIPPED &&
	    rec->cell_count == reader_header(r->reading->reader)->count;

	/* Cells of a record of another width are not where they belong; rows
	 * left out on purpose hold nothing to warn of. */
	hazards_record(r->hazards, is_seen ? rec : &nothing);
}

static void
add_words(const struct dry_run *r, const struct hazard *h, struct buf *out)
{
	const struct header *header = reader_header(r->reading->reader);
	char number[32], cell[24];

	if (h->column >= 0) {
		buf_adds(out, "column ");
		if (header->row > 0 && header->names[h->column].len > 0) {
			buf_addc(out, '"');
			text_display(out, header->names[h->column], 40);
			buf_adds(out, "\" ");
		}
		text_column_letters((size_t)h->column, cell);
		buf_addf(out, "(%s): ", cell);
	}
	buf_addf(out, "%s: %s %s%s", hazard_title(h->kind),
	    text_count(h->count, number), h->column >= 0 ? "cell" : "row",
	    h->count == 1 ? "" : "s");
	for (size_t i = 0; i < h->cell_count; i++) {
		const struct hazard_cell *c = &h->cells[i];

		buf_addf(out, "%s %s '", i > 0 ? "," : ":",
		    problem_cell(c->column, c->row, cell));
		text_display(out, (struct text){c->value, c->value_len}, 0);
		buf_adds(out, c->is_cut ? "…'" : "'");
	}
}

/* For a person, or one line for who reads what a build says. */
static void
add_hazard(const struct dry_run *r, const struct hazard *h, const char *words,
    struct buf *out)
{
	if (r->told.format == FORMAT_GITHUB) {
		buf_adds(out, "::warning file=");
		screen_github(out, r->plan.csv_name, true);
		buf_addf(out, ",title=%s::", hazard_code(h->kind));
		screen_github(out, words, false);
		buf_adds(out, "; ");
		screen_github(out, hazard_advice(h->kind), false);
	} else {
		text_display(out, text_of(plan_rows_name(&r->plan)), 0);
		buf_addf(out, ": warning: %s [%s]\n  help: %s", words,
		    hazard_code(h->kind), hazard_advice(h->kind));
	}
	buf_addc(out, '\n');
}

int
check_hazards_show(struct dry_run *r, struct diag *d)
{
	bool is_answer = r->told.format == FORMAT_GITHUB;
	struct buf out = BUF_INIT(0);
	int ret = 0;

	if (r->told.quiet && !is_answer)
		return 0;
	for (size_t i = 0; i < r->report.hazard_count; i++) {
		const struct hazard *h = &r->report.hazards[i];
		const struct log_place at = {.code = hazard_code(h->kind),
		    .file = plan_rows_name(&r->plan),
		    .help = hazard_advice(h->kind)};
		struct buf words = BUF_INIT(0);

		add_words(r, h, &words);
		if (log_is_json() && !is_answer)
			log_at(LOG_WARNING, buf_str(&words), &at);
		else
			add_hazard(r, h, buf_str(&words), &out);
		buf_release(&words);
	}
	if (is_answer)
		ret = answer_write(&out, d);
	else if (out.len > 0)
		log_words(LOG_WARNING, buf_str(&out));
	buf_release(&out);
	return ret;
}
