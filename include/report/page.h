/* SPDX-License-Identifier: MIT */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

/*
 * Text for a terminal of 80 columns: headings, wrapped paragraphs, colours
 * only if asked.
 */

#include "base/buf.h"
#include "report/problems.h"

#include <stdbool.h>
#include <stdint.h>

#define PAGE_WIDTH 80

struct page {
	struct buf *out; /* borrowed */
	bool with_colour;
};

enum page_style { STYLE_BOLD, STYLE_GOOD, STYLE_WARN, STYLE_BAD };

/* An empty line, then the words in bold. */
void page_heading(const struct page *p, const char *words);
/* Appends text in a style, without a line end. */
void page_styled(const struct page *p, enum page_style style, const char *text);
/* Appends `text`, wrapped between words: the first line goes on at column
 * `first` (where the page is now), further lines begin at `indent`. Words
 * longer than a line are broken. Ends the line. */
void page_wrap(
    const struct page *p, size_t first, size_t indent, const char *text);
/* "1 row", "2,345 rows". Returns out. */
char *page_rows(uint64_t n, char out[48]);
/* "512 bytes", "4.2 kB", "1.3 MB", "2.0 GB" (powers of 1000). */
char *page_bytes(uint64_t n, char out[48]);

/* The groups of each kind, then the first problems one by one. where: the file
 * that has all of them, or NULL. */
void page_problems(
    const struct page *p, const struct problem_groups *g, const char *where);

#endif
