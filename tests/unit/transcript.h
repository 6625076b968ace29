/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_TRANSCRIPT_H
#define TESTS_UNIT_TRANSCRIPT_H

/*
 * What the reader makes of an input, written down as text: that makes "the
 * same" a strcmp and a failure readable. A line is "n1 r2 l3+1 4-8 [a] [b]":
 * number, row, line + lines, offsets, cells, then what is wrong with it.
 */

#include "csv/reader.h"
#include "memory.h"
#include "test.h"

#include <inttypes.h>

static inline struct reader_options
defaults(void)
{
	return (struct reader_options){
	    .dialect = {.delimiter = ',', .quote = '"', .has_header = true},
	    .trim = true,
	    .max_cell = READER_MAX_CELL,
	    .max_record = READER_MAX_RECORD,
	    .max_columns = READER_MAX_COLUMNS,
	    .name = "x.csv"};
}

static inline void
put_problems(struct buf *out, const struct problem_list *l)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct problem *p = &l->items[i];
		struct text message = problem_message(l, p);
		struct text value = problem_value(l, p);

		buf_addf(out, " %s%s@%d", p->level == PROBLEM_NOTE ? "~" : "!",
		    p->code, p->column);
		if (p->byte != PROBLEM_NO_BYTE)
			buf_addf(out, "+%" PRIu64, p->byte);
		buf_adds(out, "(");
		buf_add(out, message.s, message.len);
		buf_adds(out, "|");
		buf_add(out, value.s, value.len);
		buf_adds(out, ")");
	}
}

static inline void
put_record(struct buf *out, const struct record *rec)
{
	buf_addf(out,
	    "n%" PRIu64 " r%" PRIu64 " l%" PRIu64 "+%" PRIu64 " %" PRIu64
	    "-%" PRIu64,
	    rec->number, rec->row, rec->line, rec->line_count, rec->begin,
	    rec->end);
	if (rec->skip_code)
		buf_addf(out, " -%s", rec->skip_code);
	for (size_t i = 0; i < rec->cell_count; i++) {
		buf_adds(out, " [");
		buf_add(out, rec->cells[i].s, rec->cells[i].len);
		buf_adds(out, "]");
	}
}

/* What the tests ask of every input whatever is in it. */
static inline void
check_books(const struct reader *r, uint64_t len)
{
	const struct reader_tally *t = reader_tally(r);

	assert_int_equal(t->bom_bytes + t->preamble_bytes + t->header_bytes +
			     t->blank_bytes + t->record_bytes,
	    len);
}

/* Reads all of it and writes down what came. */
static inline void
transcribe(struct text input, const struct reader_options *o, size_t step,
    struct buf *out)
{
	struct memory m = {.s = input.s, .len = input.len, .step = step};
	struct diag d = DIAG_INIT;
	struct problem_list problems;
	struct record rec = {0};
	struct reader *r = reader_new(
	    (struct byte_source){&m, memory_read}, NULL, NULL, o, &d);
	struct text guess;
	uint64_t at;
	int event;

	buf_clear(out);
	if (!r) {
		buf_addf(
		    out, "error %d: %s [%s]", (int)d.kind, d.message, d.code);
		return;
	}
	problem_list_init(&problems);
	buf_addf(out, "h%" PRIu64 ":", reader_header(r)->row);
	for (size_t i = 0; i < reader_header(r)->count; i++) {
		struct text name = reader_header(r)->names[i];

		buf_adds(out, " [");
		buf_add(out, name.s, name.len);
		buf_adds(out, "]");
	}
	at = reader_body_begin(r);
	while ((event = reader_next(r, &rec, &problems, &d)) != READER_END) {
		assert_int_not_equal(event, -1);
		/* Ranges tile the input. */
		assert_int_equal(rec.begin, at);
		assert_true(rec.end > rec.begin);
		at = rec.end;
		buf_adds(out, event == READER_BLANK ? "\n-" : "\n");
		put_record(out, &rec);
		/* A guess changes nothing. */
		while (reader_peek(r, at % 4, &guess))
			assert_in_range(guess.len, 0, input.len);
		if (event == READER_RECORD && reader_record_is_empty(r, &rec))
			buf_adds(out, " empty");
		put_problems(out, &problems);
		problem_list_clear(&problems);
	}
	assert_int_equal(at, input.len);
	check_books(r, input.len);
	buf_addf(out, "\nlines %" PRIu64 " blank %" PRIu64 "%s",
	    reader_tally(r)->lines, reader_tally(r)->blank_lines,
	    reader_unclosed(r) ? " unclosed" : "");
	problem_list_release(&problems);
	reader_free(r);
}

/* As transcribe, in all ways to read that must be the same. */
static inline void
transcribe_all_ways(struct text input, struct reader_options o, struct buf *out)
{
	struct buf other = BUF_INIT(0);
	size_t sizes[] = {1, 2, 3, 5, 7, 16, 63, 64, 65, 1000};

	transcribe(input, &o, 0, out);
	for (int libcsv_only = 0; libcsv_only < 2; libcsv_only++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			o.libcsv_only = libcsv_only;
			o.read_size = sizes[i];
			transcribe(input, &o, 0, &other);
			assert_string_equal(buf_str(&other), buf_str(out));
		}
	}
	buf_release(&other);
}

static inline void
expect(const char *input, struct reader_options o, const char *want)
{
	struct buf got = BUF_INIT(0);

	transcribe_all_ways(text_of(input), o, &got);
	assert_string_equal(buf_str(&got), want);
	buf_release(&got);
}

#endif
