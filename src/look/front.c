/* SPDX-License-Identifier: MIT */
/*
 * The looks, in the order in which one would mislead the next: a file of
 * quoted lines has no columns, one with two delimiters seems to have a title,
 * and below a title stands another first record. The first look that finds
 * something is the finding; who follows it asks again.
 */
#include "look/front.h"

#include "csv/sample.h"
#include "front_looks.h"

#include <inttypes.h>
#include <string.h>

#define SHOWN_RECORDS 3
#define SHOWN_CHARS 60
#define SHOWN_CELL_CHARS 24

/* The text of a cell as the reader would give it, trimmed. */
static struct text
cell_text(struct front *f, struct text raw, bool is_quoted, char quote)
{
	char *out;
	size_t len = 0;

	if (!is_quoted || raw.len < 2)
		return text_trim(raw);
	raw = (struct text){raw.s + 1, raw.len - 2};
	if (!memchr(raw.s, quote, raw.len))
		return text_trim(raw);
	out = arena_alloc(&f->arena, raw.len + 1);
	for (size_t i = 0; i < raw.len; i++) {
		out[len++] = raw.s[i];
		if (raw.s[i] == quote && i + 1 < raw.len &&
		    raw.s[i + 1] == quote)
			i++;
	}
	return text_trim((struct text){out, len});
}

static bool
has_backslash_quote(struct text t, size_t end, char quote)
{
	for (size_t i = 0; i + 1 < end && i + 1 < t.len; i++)
		if (t.s[i] == '\\' && t.s[i + 1] == quote)
			return true;
	return false;
}

static void
take_record(
    struct front *f, const struct sample_walk *w, struct front_record *r)
{
	const char quote = w->sample->quote;
	struct raw_cells cells;
	struct raw_cell cell;
	char *raw = arena_strndup(&f->arena, w->content.s, w->content.len);
	size_t most = 1; /* cells to keep */

	*r = (struct front_record){
	    .line = w->sample->lines_before + w->record_line + 1,
	    .raw = {raw, w->content.len}};
	if (w->is_broken) {
		r->has_backslash_quote =
		    quote == '"' &&
		    has_backslash_quote(r->raw,
			w->stray_at > 0 ? w->stray_at : r->raw.len, quote);
		return;
	}
	for (size_t i = 0; i < r->raw.len && most < FRONT_CELLS; i++)
		most += raw[i] == w->delimiter;
	r->cells = arena_array(&f->arena, most, sizeof(*r->cells));
	raw_cells_begin(&cells, raw, r->raw.len, w->delimiter, quote);
	cells.skips_blanks = w->sample->skips_blanks;
	while (raw_cells_next(&cells, &cell)) {
		struct text t = {raw + cell.begin, cell.end - cell.begin};

		r->width++;
		r->quoted += cell.is_quoted;
		if (r->cell_count == FRONT_CELLS) {
			r->filled += text_trim(t).len > 0;
			continue;
		}
		t = cell_text(f, t, cell.is_quoted, quote);
		r->cells[r->cell_count++] = t;
		r->filled += t.len > 0;
	}
}

/* The first record again, also after a BOM, as a header is in exports that
 * were put together: it says nothing new about the columns. */
static bool
repeats(const struct front_record *first, const struct front_record *r)
{
	if (r == first || r->filled < 2 || r->cell_count != first->cell_count)
		return false;
	for (size_t i = 0; i < r->cell_count; i++) {
		struct text t = r->cells[i];

		if (!text_equal(
			i == 0 ? text_after_bom(t) : t, first->cells[i]))
			return false;
	}
	return true;
}

void
front_collect(struct front *f, const struct sample *sample, char delimiter,
    struct front_record **records, size_t *count)
{
	struct sample_walk w = sample_walk_begin(sample, delimiter);

	*records = arena_array(&f->arena, FRONT_RECORDS, sizeof(**records));
	*count = 0;
	while (*count < FRONT_RECORDS && sample_walk_next(&w)) {
		take_record(f, &w, &(*records)[*count]);
		*count += !repeats(*records, &(*records)[*count]);
	}
}

void
front_judge(struct front *f, const char *s, size_t len, bool is_whole,
    const struct dialect *dialect)
{
	struct sample sample;
	bool has_header = dialect->has_header;

	*f = (struct front){.delimiter = dialect->delimiter};
	sample_open(&sample, s, len, is_whole, dialect);
	sample_skip(&sample, dialect);
	front_collect(f, &sample, dialect->delimiter, &f->records, &f->count);
	if (f->count == 0)
		return;
	if (!dialect->says_header && has_header &&
	    (front_find_quoted_lines(f, dialect->quote) ||
		front_find_mixed(f, &sample)))
		return;
	if (!dialect->says_quote && front_find_apostrophes(f, &sample))
		return;
	if (!dialect->says_skip_lines &&
	    front_find_preamble(f, dialect, has_header))
		return;
	if (!dialect->says_header && has_header && front_find_data(f))
		return;
	(void)front_find_backslashes(f);
}

void
front_release(struct front *f)
{
	arena_release(&f->arena);
	*f = (struct front){.kind = FRONT_PLAIN};
}

bool
front_apply(const struct front *f, struct dialect *dialect)
{
	switch (f->kind) {
	case FRONT_PREAMBLE:
		dialect->skip_lines = f->skip_lines;
		dialect->says_skip_lines = true;
		return true;
	case FRONT_NO_HEADER:
		dialect->has_header = false;
		dialect->says_header = true;
		return true;
	case FRONT_MIXED_DELIMITERS:
		dialect->delimiter = f->delimiter;
		dialect->skip_lines = f->skip_lines;
		dialect->has_header = false;
		dialect->says_header = dialect->says_skip_lines = true;
		return true;
	case FRONT_APOSTROPHES:
		dialect->quote = '\'';
		dialect->says_quote = true;
		return true;
	case FRONT_PLAIN:
	case FRONT_QUOTED_LINES:
	case FRONT_BACKSLASHES:
		break;
	}
	return false;
}

const char *
front_code(enum front_kind kind)
{
	static const char *const codes[] = {
	    [FRONT_PLAIN] = NULL,
	    [FRONT_PREAMBLE] = "csv.preamble",
	    [FRONT_NO_HEADER] = "csv.no_header",
	    [FRONT_MIXED_DELIMITERS] = "csv.mixed_delimiters",
	    [FRONT_QUOTED_LINES] = "csv.quoted_lines",
	    [FRONT_APOSTROPHES] = "csv.apostrophe_quotes",
	    [FRONT_BACKSLASHES] = "csv.backslash_quotes",
	};

	return codes[kind];
}

static const char *
sign_name(char c, char name[8])
{
	if (c == '\t')
		return "tab";
	name[0] = name[2] = '\'';
	name[1] = c;
	name[3] = '\0';
	return name;
}

/* The first line of a record, in apostrophes. */
static void
add_record(struct buf *out, const struct front_record *r)
{
	buf_addc(out, '\'');
	text_display(out,
	    (struct text){r->raw.s, line_length(r->raw.s, r->raw.len)},
	    SHOWN_CHARS);
	buf_addc(out, '\'');
}

static void
say_preamble(const struct front *f, struct buf *out)
{
	char name[8];
	size_t before = 0;

	while (before < f->count && f->records[before].line <= f->skip_lines)
		before++;
	buf_addf(out,
	    "the table seems to begin on line %" PRIu64
	    " (%zu columns, delimiter %s); before it there %s ",
	    f->skip_lines + 1, f->width, sign_name(f->delimiter, name),
	    before == 1 ? "is" : "are");
	for (size_t i = 0; i < before; i++) {
		if (i == SHOWN_RECORDS) {
			buf_adds(out, ", …");
			return;
		}
		buf_adds(out, i > 0 ? ", " : "");
		add_record(out, &f->records[i]);
	}
}

/* The cells that nobody would call a column first. */
static void
say_no_header(const struct front *f, struct buf *out)
{
	const struct front_record *r = &f->records[0];
	size_t shown = 0;

	buf_addf(out,
	    "line %" PRIu64 " looks like a row, not like a header: ", r->line);
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < r->cell_count; i++) {
			if (r->cells[i].len == 0 || shown == SHOWN_RECORDS ||
			    front_is_value(r->cells[i]) != (pass == 0))
				continue;
			buf_adds(out, shown++ > 0 ? ", '" : "'");
			text_display(out, r->cells[i], SHOWN_CELL_CHARS);
			buf_addc(out, '\'');
		}
}

void
front_message(const struct front *f, struct buf *out)
{
	const struct front_record *first = &f->records[0];
	char name[8], other[8];

	switch (f->kind) {
	case FRONT_PLAIN:
		break;
	case FRONT_PREAMBLE:
		say_preamble(f, out);
		break;
	case FRONT_NO_HEADER:
		say_no_header(f, out);
		break;
	case FRONT_MIXED_DELIMITERS:
		buf_addf(out,
		    "the cells of line %" PRIu64
		    " are separated by %s, those of the lines after it by %s: ",
		    first->line, sign_name(f->other, other),
		    sign_name(f->delimiter, name));
		add_record(out, first);
		break;
	case FRONT_QUOTED_LINES:
		buf_addf(out,
		    "each line is a whole line of a CSV inside one quoted "
		    "cell, with %s between its cells: ",
		    sign_name(f->other, other));
		add_record(out, first);
		break;
	case FRONT_APOSTROPHES:
		buf_adds(out, "the cells are in apostrophes: ");
		add_record(out, first);
		break;
	case FRONT_BACKSLASHES:
		buf_adds(out,
		    "quotes inside quoted cells are written with a backslash "
		    "(\\\") and not twice (\"\")");
		break;
	}
}

void
front_help(const struct front *f, struct buf *out)
{
	char name[8];

	switch (f->kind) {
	case FRONT_PLAIN:
		break;
	case FRONT_PREAMBLE:
		buf_addf(out,
		    "skip these lines with skip_lines: %" PRIu64
		    " (--skip-lines %" PRIu64
		    "); if the first line is the header, use skip_lines: 0",
		    f->skip_lines, f->skip_lines);
		break;
	case FRONT_NO_HEADER:
		buf_adds(out, "if it is a row, use header: false (--no-header) "
			      "and name columns by index: N; if it is the "
			      "header, use header: true (--header)");
		break;
	case FRONT_MIXED_DELIMITERS:
		buf_addf(out,
		    "write line %" PRIu64
		    " with %s, too; or leave it out with skip_lines: %" PRIu64
		    ", header: false, delimiter: ",
		    f->records[0].line, sign_name(f->delimiter, name),
		    f->skip_lines);
		if (f->delimiter == '\t')
			buf_adds(out, "tab");
		else
			buf_addf(out, "\"%c\"", f->delimiter);
		buf_adds(out, ", and name columns by index: N");
		break;
	case FRONT_QUOTED_LINES:
		buf_adds(out,
		    "split column A of the spreadsheet (Text to Columns) "
		    "and save it again, or remove the outer quotes: sed "
		    "'1s/^\\xef\\xbb\\xbf//; s/\\r$//; s/^\"//; s/\"$//; "
		    "s/\"\"/\"/g' FILE > NEW; if each line is one value, "
		    "use header: true (--header)");
		break;
	case FRONT_APOSTROPHES:
		buf_adds(out,
		    "use quote: \"'\" (--quote \"'\"); if the apostrophes "
		    "belong to the values, use quote: '\"'");
		break;
	case FRONT_BACKSLASHES:
		buf_adds(out,
		    "export it again with quotes written twice, or change "
		    "them: sed 's/\\\\\\\\/\\x01/g; s/\\\\\"/\"\"/g; "
		    "s/\\x01/\\\\/g' FILE > NEW");
		break;
	}
}

int
front_fail(const struct front *f, const char *csv_name, struct diag *d)
{
	struct buf message = BUF_INIT(0), help = BUF_INIT(0);

	front_message(f, &message);
	front_help(f, &help);
	diag_set(d, DIAG_INPUT, "%s", buf_str(&message));
	diag_at(d, csv_name, 0, 0);
	diag_code(d, front_code(f->kind));
	diag_help(d, "%s", buf_str(&help));
	buf_release(&message);
	buf_release(&help);
	return -1;
}
