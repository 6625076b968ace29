/* SPDX-License-Identifier: MIT */
/*
 * The records of an input, read as a plan reads them. Here, not there, the
 * dialect is read on from each finding about the header to the next.
 */
#include "csv_look.h"

#include "base/xalloc.h"
#include "plan/plan.h"
#include "plan/reading.h"
#include "plan/reading_choices.h"
#include "plan/settings.h"
#include "results/row_files.h"
#include "system/screen.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int
open_reader(struct csv_look *l, const struct settings *o, struct diag *d)
{
	struct plan *p = &l->plan;

	p->reader_options = (struct reader_options){
	    .dialect = p->dialect,
	    .trim = true,
	    .max_cell = (size_t)o->max_cell,
	    .max_record = (size_t)o->max_record,
	    .max_columns = (size_t)o->max_columns,
	    .name = p->csv_name,
	};
	if (reading_find_header(p->begun, d) < 0)
		return -1;
	l->reader = p->begun->reader;
	return 0;
}

static void
keep_decoded(
    struct csv_look *l, uint64_t row, const struct text *cells, size_t count)
{
	if (l->plan.encoding.evidence != ENCODING_GUESSED)
		return;
	for (size_t i = 0; i < count && l->decoded_count < LOOK_CELLS; i++) {
		struct text t = text_trim(cells[i]);
		size_t at = 0;

		while (at < t.len && (unsigned char)t.s[at] < 0x80)
			at++;
		if (at < t.len)
			hazard_cell_set(
			    &l->decoded[l->decoded_count++], row, (int)i, t);
	}
}

static void
see_record(struct csv_look *l, const struct record *rec,
    struct problem_list *problems, struct buf *scratch)
{
	if (rec->skip_code) {
		l->left_out++;
		problem_groups_add_outcome(&l->groups, OUTCOME_SKIPPED,
		    rec->skip_code, row_skip_words(rec->skip_code), rec->row,
		    rec->line);
		return;
	}
	problem_groups_add(&l->groups, rec, problems, reader_header(l->reader));
	if (reader_record_is_empty(l->reader, rec)) {
		l->empty++;
		return;
	}
	if (problems->rejects > 0) {
		l->rejected++;
		return;
	}
	l->good++;
	keep_decoded(l, rec->row, rec->cells, rec->cell_count);
	hazards_record(l->hazards, rec);
	for (size_t i = 0; i < rec->cell_count && i < l->column_count; i++)
		column_profile_add(
		    &l->columns[i], rec->row, rec->cells[i], scratch);
	if (l->row)
		l->row(l->row_ctx, rec);
}

static int
read_records(struct csv_look *l, struct diag *d)
{
	const struct header *header = reader_header(l->reader);
	struct meter *meter = settings_meter(&l->plan.settings);
	struct buf scratch = BUF_INIT(0);
	struct problem_list problems;
	int event;

	problem_list_init(&problems);
	problem_groups_init(&l->groups, l->name);
	l->has_groups = true;
	l->column_count = header->count;
	l->columns = xcalloc(header->count + 1, sizeof(*l->columns));
	l->hazards = hazards_new(header, l->plan.dialect.delimiter);
	(void)meter_phase(meter, "reading");
	do {
		struct record rec;

		problem_list_clear(&problems);
		event = reader_next(l->reader, &rec, &problems, d);
		if (event == READER_RECORD)
			see_record(l, &rec, &problems, &scratch);
	} while (event == READER_RECORD || event == READER_BLANK);
	(void)meter_phase(meter, NULL);
	problem_list_release(&problems);
	buf_release(&scratch);
	if (event < 0)
		return -1;
	problem_groups_finish(
	    &l->groups, header, reader_tally(l->reader)->records);
	if (l->decoded_count == 0 && header->row > 0)
		keep_decoded(l, header->row, header->names, header->count);
	l->is_unclosed = reader_unclosed(l->reader);
	for (size_t i = 0; i < l->column_count; i++)
		l->has_columns |=
		    l->columns[i].filled > 0 || csv_look_name(l, i).len > 0;
	l->found = hazards_finish(l->hazards, &l->found_count);
	return 0;
}

/* The dialect, read on from each finding about the header to the next. */
static int
decide_dialect(struct csv_look *l, struct diag *d)
{
	struct dialect said = l->plan.dialect;
	struct first_bytes first;
	struct front *f;
	int ret = first_bytes_decode(
	    &first, l->plan.begun->replay, l->plan.encoding.name, d);

	while (ret == 0 && l->front_count < LOOK_FRONTS) {
		f = &l->fronts[l->front_count];
		l->plan.dialect = said;
		buf_clear(&l->plan.dialect_evidence);
		ret = dialect_decide(&first, l->name, &l->plan.dialect,
		    &l->plan.dialect_evidence, f, d);
		if (ret < 0 || f->kind == FRONT_PLAIN) {
			front_release(f);
			break;
		}
		l->front_count++;
		if (!front_apply(f, &said))
			break;
	}
	first_bytes_release(&first);
	return ret;
}

int
csv_look_read(struct csv_look *l, const struct settings *o, const char *path,
    struct diag *d)
{
	settings_typed(o, NULL, &l->typed);
	if (plan_look(&l->plan, o, path, d) < 0)
		return -1;
	l->name = l->plan.csv_name;
	l->is_pipe = !input_is_regular(l->plan.input);
	if (decide_dialect(l, d) < 0 || open_reader(l, o, d) < 0 ||
	    read_records(l, d) < 0)
		return -1;
	return plan_check_unchanged(&l->plan, d);
}

void
csv_look_release(struct csv_look *l)
{
	for (size_t i = 0; i < l->column_count; i++)
		column_profile_release(&l->columns[i]);
	free(l->columns);
	for (size_t i = 0; i < l->front_count; i++)
		front_release(&l->fronts[i]);
	hazards_free(l->hazards);
	if (l->has_groups)
		problem_groups_release(&l->groups);
	plan_release(&l->plan);
	buf_release(&l->typed);
	memset(l, 0, sizeof(*l));
}

const char *
csv_look_evidence(const struct csv_look *l)
{
	switch (l->plan.encoding.evidence) {
	case ENCODING_NAMED:
		return "named by --encoding";
	case ENCODING_BOM:
		return "byte order mark";
	case ENCODING_UTF8:
		return l->is_pipe ? "the first bytes are UTF-8"
				  : "every byte is UTF-8";
	case ENCODING_NEARLY:
		return "UTF-8";
	case ENCODING_MIXED:
		return "UTF-8 and another encoding, mixed";
	case ENCODING_UNKNOWN:
		return "no encoding turns it into text";
	case ENCODING_GUESSED:
		return "guessed";
	}
	return "";
}

static void
add_counts(const struct encoding_decision *e, struct buf *out)
{
	char good[32], bad[32];

	if (e->evidence == ENCODING_MIXED)
		buf_addf(out, ": %s characters are UTF-8, %s place%s not",
		    text_count(e->good_characters, good),
		    text_count(e->bad_places, bad),
		    e->bad_places == 1 ? " is" : "s are");
	else
		buf_addf(out, " but for %s place%s",
		    text_count(e->bad_places, bad),
		    e->bad_places == 1 ? "" : "s");
	buf_addf(out, "; %s byte %" PRIu64 " on line %" PRIu64 "%s",
	    e->bad_places == 1 ? "it is" : "the first is", e->first_bad_offset,
	    e->first_bad_line,
	    e->is_cut ? ", where the file ends within a character" : "");
}

void
csv_look_guess_words(const struct csv_look *l, struct buf *out)
{
	const struct encoding_decision *e = &l->plan.encoding;
	const struct encoding_ranking *r = &e->ranking;
	struct buf doubt = BUF_INIT(0);

	if (r->count > 0 && r->list[0].language && *r->list[0].language)
		buf_addf(out, "by its letters (%s)", r->list[0].language);
	else
		buf_adds(out, "by its bytes");
	buf_adds(out, "; ");
	encoding_reason_words(out, e);
	encoding_doubt_words(&doubt, e);
	if (doubt.len > 0)
		buf_addf(out, "; the guess is weak: %s", buf_str(&doubt));
	buf_release(&doubt);
}

void
csv_look_encoding_words(const struct csv_look *l, struct buf *out)
{
	const struct encoding_decision *e = &l->plan.encoding;

	buf_adds(out, csv_look_evidence(l));
	switch (e->evidence) {
	case ENCODING_NEARLY:
	case ENCODING_MIXED:
		add_counts(e, out);
		break;
	case ENCODING_GUESSED:
		buf_addc(out, ' ');
		csv_look_guess_words(l, out);
		break;
	default:
		break;
	}
}

#define READING_CELLS 2

void
csv_look_reading(const struct csv_look *l, size_t i, struct buf *out)
{
	const struct ranked_encoding *x = &l->plan.encoding.ranking.list[i];
	char cell[24];

	buf_addf(out, "%s reads", x->name);
	for (size_t k = 0; k < l->decoded_count && k < READING_CELLS; k++) {
		const struct hazard_cell *c = &l->decoded[k];
		struct buf again = BUF_INIT(0);
		struct text t = {c->value, c->value_len};

		if (encoding_reread(&again, t, l->plan.encoding.name, x->name))
			t = (struct text){buf_str(&again), again.len};
		buf_addf(out, "%s %s '", k > 0 ? "," : "",
		    problem_cell(c->column, c->row, cell));
		text_display(out, t, 0);
		buf_adds(out, c->is_cut ? "…'" : "'");
		buf_release(&again);
	}
}

struct text
csv_look_name(const struct csv_look *l, size_t column)
{
	const struct header *header = reader_header(l->reader);

	return column < header->count && header->row > 0 ? header->names[column]
							 : (struct text){"", 0};
}

bool
csv_look_is_unused(const struct csv_look *l, size_t column)
{
	return l->has_columns && csv_look_name(l, column).len == 0 &&
	       l->columns[column].filled == 0;
}

void
csv_look_unused(const struct csv_look *l, struct buf *out)
{
	size_t count = 0, first = 0, last = 0;
	char number[32], letters[8];

	for (size_t i = 0; i < l->column_count; i++) {
		if (!csv_look_is_unused(l, i))
			continue;
		first = count++ == 0 ? i : first;
		last = i;
	}
	if (count == 0)
		return;
	text_column_letters(first, letters);
	buf_addf(out, "%s column%s without a name and without a value, %s",
	    text_count(count, number), count == 1 ? "" : "s", letters);
	text_column_letters(last, letters);
	if (count > 1)
		buf_addf(out, " to %s", letters);
}
