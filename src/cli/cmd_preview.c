/* SPDX-License-Identifier: MIT */
/*
 * preview: what rows become, for a mapping author. It asks reader and builder
 * row by row and stops as soon as it has shown enough; chunks do not matter
 * here. A guessed encoding is a warning only: this is the place to look at what
 * the guess makes of the text.
 */
#include "base/json_write.h"
#include "base/text.h"
#include "command.h"
#include "plan/reading.h"
#include "plan/plan.h"
#include "system/log.h"
#include "system/screen.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct preview {
	const struct options *options;
	struct plan plan;
	struct reading *reading;
	struct answer answer;
	struct buf out;	 /* of the row being shown */
	struct buf json; /* of the row being built */
	struct problem_list problems;
	uint64_t shown;
	uint64_t first_row, last_row; /* that were read */
	const struct record *record;  /* for explain_step */
	const char *last_path;
};

static void
add_column(struct buf *out, const struct preview *p, const struct field *f)
{
	const struct header *header = reader_header(p->reading->reader);

	for (size_t i = 0; i < f->column_count; i++) {
		char cell[24];
		int column = f->columns[i].column;

		if (column < 0)
			continue;
		buf_adds(out, " <- ");
		if ((size_t)column < header->count &&
		    header->names[column].len > 0)
			text_display(out, header->names[column], 40);
		buf_addf(
		    out, " (%s)", problem_cell(column, p->record->row, cell));
	}
}

static void
explain_step(void *ctx, const struct field *f, const struct explain_step *s)
{
	struct preview *p = ctx;
	size_t rule = utf8_length(s->rule, strlen(s->rule));

	if (f->path.s != p->last_path) {
		buf_adds(&p->out, "  ");
		text_display(&p->out, f->path, 0);
		add_column(&p->out, p, f);
		buf_addc(&p->out, '\n');
		p->last_path = f->path.s;
	}
	buf_addf(&p->out, "    %s", s->rule);
	for (; rule < 18; rule++)
		buf_addc(&p->out, ' ');
	buf_adds(&p->out, " '");
	text_display(&p->out, s->value, 200);
	buf_adds(&p->out, "'\n");
}

/* What the reader did to the record. */
static void
explain_record(struct preview *p, const struct record *rec)
{
	const struct dialect *dialect = &p->plan.dialect;

	if (rec->skip_code && rec->skip_rule < dialect->ignore_count &&
	    strcmp(rec->skip_code, "rows.ignored") == 0) {
		buf_adds(&p->out, "  source.ignore '");
		text_display(
		    &p->out, dialect->ignore[rec->skip_rule].text, 200);
		buf_adds(&p->out, "'\n");
	}
	if (rec->cell_count > 0 && rec->width != rec->cell_count)
		buf_addf(&p->out, "  %zu cell%s in the file, %zu by ragged\n",
		    rec->width, rec->width == 1 ? "" : "s", rec->cell_count);
}

/* What would be sent, digit for digit. */
static void
add_object(struct buf *out, struct text json)
{
	struct buf laid = BUF_INIT(0);

	json_lay_out(&laid, json, &json_shown);
	screen_json(out, buf_text(&laid));
	buf_addc(out, '\n');
	buf_release(&laid);
}

static void
add_problems(struct preview *p, const struct record *rec)
{
	for (size_t i = 0; i < p->problems.count; i++) {
		buf_adds(&p->out, "  ");
		problem_format(&p->out, plan_rows_name(&p->plan), rec,
		    reader_header(p->reading->reader), &p->problems,
		    &p->problems.items[i]);
		buf_addc(&p->out, '\n');
	}
	if (p->problems.dropped > 0)
		buf_addf(
		    &p->out, "  and %zu more problems\n", p->problems.dropped);
}

static void
show_row(struct preview *p, const struct record *rec, enum row_verdict verdict,
    const struct built_row *built)
{
	const struct options *o = p->options;

	buf_clear(&p->out);
	buf_addf(&p->out, "row %" PRIu64 ", line %" PRIu64 ": %s", rec->row,
	    rec->line,
	    verdict == ROW_BUILT      ? "would be sent"
	    : verdict == ROW_REJECTED ? "rejected"
				      : "skipped");
	if (verdict == ROW_SKIPPED)
		buf_addf(&p->out, " [%s]", built->skip_code);
	buf_addc(&p->out, '\n');
	if (o->explain)
		buf_addf(&p->out,
		    "  bytes %" PRIu64 " to %" PRIu64 " of the input\n",
		    rec->source_begin, rec->source_end - 1);
	if (o->explain)
		explain_record(p, rec);
	if (o->explain && rec->cell_count > 0) {
		p->record = rec;
		p->last_path = NULL;
		builder_explain(p->reading->builder, rec,
		    o->field ? text_of(o->field) : (struct text){NULL, 0},
		    explain_step, p);
	}
	add_problems(p, rec);
	if (verdict == ROW_BUILT && !o->field) {
		add_object(&p->out, (struct text){p->json.data + built->json_at,
					built->json_len});
	}
	p->shown++;
}

static bool
is_wanted(const struct preview *p, const struct record *rec, enum row_verdict v)
{
	const struct options *o = p->options;

	if (o->rows)
		return options_row_listed(o->rows, rec->row);
	return !o->failing || v == ROW_REJECTED;
}

static bool
is_enough(const struct preview *p, const struct record *rec)
{
	const struct options *o = p->options;

	if (o->rows)
		return rec->row >= options_row_last(o->rows);
	return p->shown >= o->count;
}

static int
show_rows(struct preview *p, struct diag *d)
{
	struct reader *reader = p->reading->reader;

	for (;;) {
		struct record rec;
		struct built_row built = {0};
		enum row_verdict verdict;
		int event;

		problem_list_clear(&p->problems);
		buf_clear(&p->json);
		event = reader_next(reader, &rec, &p->problems, d);
		if (event == READER_BLANK)
			continue;
		if (event != READER_RECORD)
			return event == READER_END ? 0 : -1;
		p->last_row = rec.row;
		if (p->first_row == 0)
			p->first_row = rec.row;
		verdict = builder_row(p->reading->builder, &rec,
		    reader_record_is_empty(reader, &rec), &p->json,
		    &p->problems, &built);
		if (is_wanted(p, &rec, verdict)) {
			show_row(p, &rec, verdict, &built);
			if (answer_add(&p->answer, p->out.data, p->out.len, d) <
			    0)
				return -1;
		}
		if (is_enough(p, &rec))
			return 0;
	}
}

/* --field must be a field, or no row would show anything about it. */
struct field_search {
	struct text wanted;
	struct text paths[512];
	size_t count;
	bool found;
};

static void
search_field(void *ctx, struct field *f)
{
	struct field_search *s = ctx;

	if (text_equal(f->path, s->wanted))
		s->found = true;
	if (s->count < sizeof(s->paths) / sizeof(s->paths[0]))
		s->paths[s->count++] = f->path;
}

static int
check_field(struct preview *p, struct diag *d)
{
	struct field_search s = {.count = 0};
	int near;

	if (!p->options->field)
		return 0;
	s.wanted = text_of(p->options->field);
	mapping_each_field(p->plan.mapping, search_field, &s);
	if (s.found)
		return 0;
	diag_set(
	    d, DIAG_USAGE, "the mapping has no field '%s'", p->options->field);
	near = text_did_you_mean(s.wanted, s.paths, s.count);
	if (near >= 0)
		diag_help(d, "did you mean '%.*s'?", (int)s.paths[near].len,
		    s.paths[near].s);
	return -1;
}

static void
say_guess(const char *message, const char *encoding)
{
	struct buf words = BUF_INIT(8192);

	buf_addf(&words,
	    "csv2chakra: warning: %s\n  help: pin it: --encoding %s\n", message,
	    encoding);
	log_words(LOG_WARNING, buf_str(&words));
	buf_release(&words);
}

static void
warn_of_guess(const struct preview *p)
{
	struct diag guess = DIAG_INIT;

	if (plan_check_guess(&p->plan, &guess) < 0)
		say_guess(guess.message, p->plan.encoding.name);
}

/* The answer is empty: why. */
static void
say_nothing_shown(const struct preview *p)
{
	struct buf name = BUF_INIT(4096), words = BUF_INIT(8192);

	text_display(&name, text_of(p->plan.csv_name), 0);
	buf_adds(&words, "csv2chakra: no row to show: ");
	if (p->first_row == 0)
		buf_addf(&words, "'%s' has none\n", buf_str(&name));
	else if (p->options->failing)
		buf_addf(
		    &words, "none of '%s' would be rejected\n", buf_str(&name));
	else
		buf_addf(&words,
		    "'%s' has them from row %" PRIu64 " to row %" PRIu64 "\n",
		    buf_str(&name), p->first_row, p->last_row);
	log_words(LOG_NOTE, buf_str(&words));
	buf_release(&words);
	buf_release(&name);
}

static int
run_preview(struct options *o, struct diag *d)
{
	struct preview p = {.options = o};
	struct plan_request request = {
	    .settings = &o->settings,
	    .mapping_path = o->settings.operands[0],
	    .csv_path = o->settings.operands[1],
	};
	struct diag close_failed = DIAG_INIT;
	int ret;

	ret = plan_make(&p.plan, &request, d);
	show_diagnostics(&p.plan, &o->settings, o->settings.operands[0], 0);
	if (ret == 0)
		p.reading = reading_open(&p.plan, d);
	if (!p.reading || check_field(&p, d) < 0) {
		reading_free(p.reading);
		plan_release(&p.plan);
		return -1;
	}
	warn_of_guess(&p);
	buf_init(&p.out, 0);
	buf_init(&p.json, 0);
	problem_list_init(&p.problems);
	answer_init(&p.answer);
	ret = show_rows(&p, d);
	if (answer_finish(&p.answer, &close_failed) < 0 && ret == 0) {
		*d = close_failed;
		ret = -1;
	}
	if (ret == 0 && p.shown == 0 && !o->settings.quiet)
		say_nothing_shown(&p);
	if (ret == 0)
		ret = reading_check_unclosed(p.reading, d);
	problem_list_release(&p.problems);
	buf_release(&p.json);
	buf_release(&p.out);
	reading_free(p.reading);
	plan_release(&p.plan);
	return ret < 0 ? -1 : EXIT_GOOD;
}

const struct command command_preview = {
    .id = COMMAND_PREVIEW,
    .name = "preview",
    .operands = "MAPPING CSV",
    .operands_min = 2,
    .operands_max = 2,
    .summary = "show the first process objects",
    .details = "--explain follows each value from its cell through the rules.",
    .examples = {{"preview -n 3 leads.yaml leads.csv", "three rows"},
	{"preview --explain --rows 7 leads.yaml leads.csv",
	    "how each value of row 7 came about"}},
    .run = run_preview,
};
