/* SPDX-License-Identifier: MIT */
/*
 * convert: every process object on stdout, one a line, in the order of the
 * file, from the same chunks that an import would send. Problems go to stderr,
 * grouped, at the end: stdout may be a pipe into another program.
 *
 * A file is read once: what begins as UTF-8 is taken for it. When a byte far
 * after says otherwise, the file is read again in the encoding that all of it
 * suggests, and what was written already is left out, if it is the same there.
 */
#include "base/signals.h"
#include "command.h"
#include "plan/reading.h"
#include "plan/plan.h"
#include "system/screen.h"

struct conversion {
	struct plan plan;
	struct reading *reading;
	struct problem_groups groups;
	struct answer answer;
	uint64_t rejected;
	uint64_t written, to_skip; /* objects */
};

static void
see_row(void *ctx, const struct record *rec, enum row_verdict verdict,
    const struct problem_list *problems, const struct built_row *built,
    struct text json)
{
	struct conversion *c = ctx;

	(void)built;
	(void)json;
	if (verdict == ROW_REJECTED)
		c->rejected++;
	if (problems->count > 0 || problems->dropped > 0)
		problem_groups_add(&c->groups, rec, problems,
		    reader_header(c->reading->reader));
}

/* On a terminal the same JSON, without what a terminal would obey. */
static int
show_lines(struct conversion *c, struct text lines, struct diag *d)
{
	struct buf shown = BUF_INIT(0);
	int ret;

	screen_json(&shown, lines);
	ret = answer_add(&c->answer, shown.data, shown.len, d);
	buf_release(&shown);
	return ret;
}

/* The body [{…},{…}] becomes lines in place: the character before each object
 * but the first, and the one after the last, is made a line end. */
static int
write_chunk(struct conversion *c, struct chunk *k, struct diag *d)
{
	char *body = k->body.data;
	size_t skip =
	    c->to_skip < k->row_count ? (size_t)c->to_skip : k->row_count;
	size_t from = 1;

	c->to_skip -= skip;
	c->written += k->row_count - skip;
	if (skip == k->row_count)
		return 0;
	for (size_t i = 1; i < k->row_count; i++)
		body[k->rows[i].json_at - 1] = '\n';
	body[k->body.len - 1] = '\n';
	if (skip > 0)
		from = k->rows[skip].json_at;
	if (c->answer.is_screen)
		return show_lines(
		    c, (struct text){body + from, k->body.len - from}, d);
	return answer_add(&c->answer, body + from, k->body.len - from, d);
}

static int
write_chunks(struct conversion *c, struct diag *d)
{
	struct row_observer observer = {.ctx = c, .row = see_row};
	struct chunker_options options = c->plan.chunker_options;
	struct meter *meter = settings_meter(&c->plan.settings);
	struct chunk chunk;
	int got;

	chunk_init(&chunk);
	options.no_digest = true;
	reading_start(c->reading, &options, &observer);
	if (!c->answer.is_screen)
		(void)meter_phase(meter, "reading");
	while ((got = chunker_next(c->reading->chunker, &chunk, d)) > 0) {
		if (write_chunk(c, &chunk, d) < 0) {
			got = -1;
			break;
		}
		if (signals_stop()) {
			got = diag_set(d, DIAG_SIGNAL,
			    "stopped by a signal after row %llu",
			    (unsigned long long)chunk.first_row +
				chunk.records - 1);
			break;
		}
	}
	(void)meter_phase(meter, NULL);
	chunk_release(&chunk);
	return got;
}

static int
open_reading(struct conversion *c, const struct plan_request *r, struct diag *d)
{
	int ret = plan_make(&c->plan, r, d);

	if (c->written == 0)
		show_diagnostics(&c->plan, r->settings, r->mapping_path, 0);
	if (ret < 0)
		return -1;
	problem_groups_init(&c->groups, plan_rows_name(&c->plan));
	c->reading = reading_open(&c->plan, d);
	return c->reading ? 0 : -1;
}

static void
close_reading(struct conversion *c)
{
	problem_groups_release(&c->groups);
	c->groups = (struct problem_groups){0};
	reading_free(c->reading);
	c->reading = NULL;
	plan_release(&c->plan);
}

/* After reading_is_contradicted. -1 with the contradiction in d if what was
 * written would read differently. */
static int
go_on_with_a_guess(struct conversion *c, struct plan_request *r, struct diag *d)
{
	struct diag contradiction = *d;
	int is_same;

	close_reading(c);
	r->assumes_utf8 = false;
	c->rejected = 0;
	c->to_skip = c->written;
	if (open_reading(c, r, d) < 0)
		return -1;
	is_same = c->plan.encoding.evidence == ENCODING_NEARLY
		      ? 1
		      : plan_begins_as_ascii(&c->plan, d);
	if (is_same == 0) {
		*d = contradiction;
		diag_at(d, c->plan.csv_name,
		    (int)c->plan.encoding.first_bad_line, 0);
	}
	return is_same > 0 ? write_chunks(c, d) : -1;
}

static int
run_convert(struct options *o, struct diag *d)
{
	struct conversion c = {0};
	struct plan_request request = {
	    .settings = &o->settings,
	    .mapping_path = o->settings.operands[0],
	    .csv_path = o->settings.operands[1],
	    .assumes_utf8 = true,
	};
	struct diag close_failed = DIAG_INIT;
	int ret;

	signals_install();
	ret = open_reading(&c, &request, d);
	if (ret < 0)
		goto out;
	answer_init(&c.answer);
	ret = write_chunks(&c, d);
	if (ret < 0 && reading_is_contradicted(c.reading) &&
	    input_is_regular(c.plan.input))
		ret = go_on_with_a_guess(&c, &request, d);
	if (answer_finish(&c.answer, &close_failed) < 0 && ret == 0) {
		*d = close_failed;
		ret = -1;
	}
	problem_groups_finish(&c.groups, reader_header(c.reading->reader),
	    ret == 0 ? reader_tally(c.reading->reader)->records : 0);
	problem_groups_advise(&c.groups, c.reading->builder);
	show_problems(&c.groups, &o->settings);
	if (ret < 0 || plan_check_unchanged(&c.plan, d) < 0 ||
	    reading_check_unclosed(c.reading, d) < 0 ||
	    plan_check_guess(&c.plan, d) < 0)
		ret = -1;
	else
		ret = c.rejected > 0 ? EXIT_BAD_ROWS : EXIT_GOOD;
out:
	close_reading(&c);
	return ret;
}

const struct command command_convert = {
    .id = COMMAND_CONVERT,
    .name = "convert",
    .operands = "MAPPING CSV",
    .operands_min = 2,
    .operands_max = 2,
    .summary = "print every process object, one JSON object per line",
    .details = "Problems are printed on stderr at the end, in groups.",
    .examples = {{"convert leads.yaml leads.csv >leads.ndjson",
		     "all rows; problems on stderr"},
	{"convert leads.yaml - <leads.csv", "from a pipe"}},
    .run = run_convert,
};
