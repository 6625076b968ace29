/* SPDX-License-Identifier: MIT */
#ifndef REPORT_TERMINAL_H
#define REPORT_TERMINAL_H

/*
 * Text for a terminal of 80 columns: headings, wrapped paragraphs, colours
 * only if asked.
 */

#include "base/buf.h"
#include "base/outcome.h"
#include "report/problems.h"
#include "system/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PAGE_WIDTH 80

/* How many columns a text takes that was made fit to be shown (text_display).
 * Refused: wcwidth, which depends on the locale. */
size_t text_width(const char *s, size_t len);

struct page {
	struct buf *out; /* borrowed */
	bool with_colour;
};

enum page_style { STYLE_BOLD, STYLE_GOOD, STYLE_WARN, STYLE_BAD };

/* An empty line, then the words in bold. */
void page_heading(const struct page *p, const char *words);
/* Appends text in a style, without a line end. */
void page_styled(const struct page *p, enum page_style style, const char *text);
/* Appends `text`, wrapped between words: the first line continues at column
 * `first` (where the page is now), further lines begin at `indent`. Words
 * longer than a line are broken. Ends the line. */
void page_wrap(
    const struct page *p, size_t first, size_t indent, const char *text);
/* "1 row", "2,345 rows". Returns out. */
char *page_rows(uint64_t n, char out[48]);
/* "512 bytes", "4.2 kB", "1.3 MB", "2.0 GB" (powers of 1000). */
char *page_bytes(uint64_t n, char out[48]);

/* "0:07", "12:34", "1:02:03", "3d 4h". Returns out. */
char *page_duration(int64_t ms, char out[32]);
/* Of the terminal; 0 = it is none, or does not say. */
unsigned page_columns(FILE *out);

/* The lines that a text takes on a terminal of that width. */
size_t page_lines(const struct buf *text);

/* The causes of each kind with examples and help. room: the lines in which a
 * reader sees them at once; more than that, and each cause is one line, with
 * help as far as it fits; 0 = no limit, all causes. where: the file that has
 * all of them, or NULL. */
#define PAGE_LINES 23 /* a terminal of 24, with its prompt */
void page_problems(const struct page *p, const struct problem_groups *g,
    const char *where, size_t room);
/* `2 rows: column "Score": message: D129 'abc', D130 'x1'`: one cause, for an
 * object that has its code and help apart. Appends. */
void page_problem_line(const struct problem_group *x, struct buf *out);

/*
 * Progress on stderr: a bar on a terminal, a line every ten seconds
 * elsewhere, or one JSON object a line. A command has one, and each of its
 * phases is shown in the same way: a name, what is done, what there is in all.
 * What is sent is counted in rows that are settled (acknowledged, rejected,
 * skipped), not in rows that were read, so that it never runs ahead of what is
 * true; what is only read is counted in bytes. Within a phase the percentage
 * never falls.
 *
 * progress_update is cheap and may be called for every row; it draws at most
 * ten times a second. Facts are handed in whole; nothing is accumulated from
 * differences. Not thread-safe: one thread reports.
 */

enum progress_mode {
	PROGRESS_AUTO, /* bar on a terminal, else lines */
	PROGRESS_BAR,
	PROGRESS_LINES,
	PROGRESS_JSON,
	PROGRESS_NONE
};

struct progress_facts {
	const char *phase; /* "surveying", "sending", …; static */
	bool by_bytes;	   /* its share is that of bytes_consumed */
	uint64_t rows_settled, rows_read;
	uint64_t rows_total; /* 0 = not known: estimated from the bytes */
	uint64_t bytes_total, bytes_consumed; /* of the input as it is on disk;
					       * 0, 0 = not known (a pipe) */
	struct outcome_counts rows; /* those with an exit status are shown */
	unsigned in_flight, open_jobs;
	const char *waits_for;	/* "rate limited", "no connection", NULL */
	int64_t waits_until_ms; /* wall clock; 0 = not known */
};

/* bytes_consumed for a reader that reads ahead: the input's position on disk
 * (input_disk_position), less the share of the decoded bytes that were given
 * to the reader (byte_counter) and are in no record yet. */
struct reader_tally;
uint64_t progress_bytes_consumed(uint64_t disk_position, uint64_t bytes_given,
    const struct reader_tally *tally);

struct progress;

/* Borrows out and clock until progress_free. with_colour: the bar's. Returns
 * owned. Nobody looks at one that is NULL: all of these do nothing then. */
struct progress *progress_new(FILE *out, enum progress_mode mode,
    bool with_colour, const struct clock *clock);
void progress_free(struct progress *p);
/* What reads tells its phases here. NULL for NULL. */
struct meter *progress_meter(struct progress *p);
/* Another run begins: of input number `input` of several, which is printed
 * first; 0 = the only one. ahead: each of them is read once before the first
 * run. */
void progress_begin(struct progress *p, size_t input, size_t inputs);
void progress_begin_ahead(struct progress *p, size_t input, size_t inputs);

void progress_update(struct progress *p, const struct progress_facts *f);
/* Removes the bar, so that a message can be printed; the next update draws it
 * again. */
void progress_clear(struct progress *p);
/* A signal came: says at once that `calls` on the wire have up to grace_ms to
 * come back. No call: nothing is waited for, and nothing is said. */
void progress_stopping(struct progress *p, size_t calls, int64_t grace_ms);
/* The end: erases the bar; lines and JSON give the final numbers. */
void progress_end(struct progress *p, const struct progress_facts *f);

/* What follows from the facts and their past. */
struct progress_numbers {
	double percent;	     /* of the command that is done; < 0 = not known */
	uint64_t rows_total; /* known or estimated; 0 = neither */
	bool is_estimate;
	double per_s; /* rows or bytes over the last minute; < 0 = too early to
		       * say */
	int64_t eta_ms;	  /* < 0 = not known */
	int64_t quiet_ms; /* since a second or more nothing was done; else 0 */
	int64_t stalled_ms; /* how long nothing was settled; 0 = no stall */
	int64_t wall_ms;
	size_t input, inputs; /* number 2 of 5; 0 = the only one */
};

/* The three forms of it (pure; progress_text.c, progress_json.c). The bar fits
 * `width` columns and has no line end; with_colour adds escapes that take no
 * room. Returns the columns that it takes. */
struct buf;
size_t progress_bar_text(const struct progress_facts *f,
    const struct progress_numbers *n, unsigned width, bool with_colour,
    struct buf *out);
void progress_line_text(const struct progress_facts *f,
    const struct progress_numbers *n, struct buf *out);
void progress_json_text(const struct progress_facts *f,
    const struct progress_numbers *n, const char *event, struct buf *out);

#endif
