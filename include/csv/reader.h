/* SPDX-License-Identifier: MIT */
#ifndef CSV_READER_H
#define CSV_READER_H

/*
 * UTF-8 bytes -> records. libcsv is the authority on CSV (finder.h is the
 * only user of csv.h); a quote tracker of our own finds where each record
 * ends before libcsv sees it, because without strict flags libcsv would join
 * rows after a stray quote, and because it knows neither lines nor offsets.
 *
 * What is decided here (the man page csv2chakra-mapping(5) has the list):
 * blank lines are not records, but are counted; LF, CRLF and a lone CR each end
 * a record, also mixed; a quote inside an unquoted cell is a character
 * (csv.bare_quote, a note); text after a closing quote rejects the record
 * (csv.stray_quote), which ends at the next line end; an unclosed quote
 * rejects everything from its record's first byte to the end of the input
 * (csv.unclosed_quote); NUL bytes (csv.nul_byte), bad UTF-8
 * (csv.bad_encoding), another number of cells than the header
 * (csv.ragged_row) and limits (csv.cell_too_long, csv.record_too_long,
 * csv.too_many_columns) reject a row. A BOM at the start belongs to no cell.
 *
 * Left out, and counted as records: those that a rule of dialect.ignore
 * matches, before any other check, also before the header (there they are
 * preamble), but never one whose quote is not closed or that is longer than
 * max_record; and those that are the header again (left_out.h). A last line
 * of 0x1A alone counts as a blank line.
 *
 * Memory: one window of at most max_record plus one read, whatever the file.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "base/problem.h"
#include "base/text.h"
#include "csv/dialect.h"
#include "input/decoder.h"
#include "input/input.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One record of the CSV and where it stands.
 *
 * Three ways to number: `number` counts data records from 1 (limits, counts);
 * `row` is the row that a spreadsheet shows, in which the header is row 1 when
 * nothing precedes it and preamble and blank lines count; `line` is the
 * physical line, from 1, on which the record begins. Offsets are in the
 * decompressed input decoded to UTF-8, the source_ ones in the decompressed
 * input as it came; ranges include the line end.
 */

/* How many bytes after a cell may be read where is_padded says so. */
#define RECORD_PADDING ((size_t)16)

struct record {
	uint64_t number, row, line;
	uint64_t origin_row;  /* a retry: the row in the first input, which is
			       * what `meta: row` means; 0 = row */
	uint64_t line_count;  /* physical lines it covers, at least 1 */
	uint64_t begin, end;  /* decoded bytes [begin, end) */
	uint64_t whole_begin; /* begin; in a part of a file, where it began in
			       * the whole */
	uint64_t source_begin, source_end;
	/* The cells that it has in the file, before ragged: filled it up or
	 * dropped empty ones; 0 = it was not split. */
	size_t width;
	/* It is left out on purpose, and has no cells: the code that says why,
	 * static, and of rows.ignored the index of the rule; NULL = it is
	 * data. */
	const char *skip_code;
	size_t skip_rule;
	size_t cell_count;
	const struct text *cells; /* UTF-8, unescaped, not trimmed */
	/* Memory that may be read goes on after each cell, and after each
	 * part of one: the reader's records. */
	bool is_padded;
	/* Of padded ones: no cell holds a byte that JSON must escape but those
	 * whose bit is set (bit i % 64 of odd[i / 64]), which may. NULL = none
	 * does. */
	const uint64_t *odd;
};

/* The header. Names are trimmed (space, tab, NBSP); without a header the
 * names are empty and `count` is the width of the first record. */
struct header {
	size_t count;
	const struct text *names;
	uint64_t row, line;    /* 0 without a header */
	char delimiter, quote; /* of the file; quote 0 = none */
};

/*
 * A part of a file that was split: from decoded byte `at` on its lines are
 * those of the whole from `row`, `line` and decoded byte `begin` on, up to the
 * next stretch. Between the two the whole has lines that the part has not.
 */
struct stretch {
	uint64_t at, row, line, begin;
};
/* Its stretches, in the order of the file: 1, 0 = there are no more, -1. */
struct stretch_source {
	void *ctx;
	int (*next)(void *ctx, struct stretch *out, struct diag *d);
};

/* Rows with another number of cells than the header. */
enum ragged_policy {
	RAGGED_REJECT,
	RAGGED_PAD,  /* empty cells are added to those with fewer */
	RAGGED_TRIM, /* those with more may lose cells that are empty */
	RAGGED_FIT   /* both */
};

struct reader_options {
	struct dialect dialect; /* nothing AUTO in it */
	enum ragged_policy ragged;
	bool blank_line_is_record; /* one empty cell */
	bool repeated_header_is_record;
	bool end_marker_is_record; /* a last line of 0x1A alone (0.1.0) */
	bool trim;		   /* blanks around a cell do not make it
				    * non-empty (for `is_empty`) */
	bool keeps_empty;	   /* rows: {empty: keep}: a record of
				    * empty cells must be as wide as any
				    * other; else it is never ragged */
	size_t max_cell, max_record, max_columns;
	size_t min_width; /* without a header: highest index mapped */
	size_t width;	  /* without a header: known; 0 = the first record's */
	bool
	    bom_is_text; /* the first bytes are a record's, whatever they are */
	/* Rows, lines and whole_begin are those of the whole that this is a
	 * part of; .next NULL = it is whole. */
	struct stretch_source whole;
	size_t read_size; /* bytes a read; 0 = 128 KiB */
	bool is_utf8;	  /* `from` gives nothing but valid UTF-8 */
	bool libcsv_only; /* read everything with libcsv (tests) */
	const char *name; /* for messages; borrowed */
	struct encoding_advice advice; /* about bytes that do not decode */
};

#define READER_MAX_CELL ((size_t)1 << 20)
#define READER_MAX_RECORD ((size_t)4 << 20)
#define READER_MAX_COLUMNS ((size_t)16384)

enum reader_event {
	READER_RECORD, /* *record is a row; problems may reject it */
	READER_BLANK,  /* a blank line: its range is in *record */
	READER_END
};

/* Tallies of what was consumed so far, each byte in exactly one of them.
 * When READER_END came, bom + preamble + header + blank + records is the
 * number of decoded bytes. */
struct reader_tally {
	uint64_t bom_bytes;
	uint64_t preamble_bytes; /* all before the header: skipped, blank and
				  * ignored lines */
	uint64_t header_bytes;
	uint64_t blank_bytes, blank_lines;
	uint64_t record_bytes, records;
	uint64_t lines; /* physical lines; in a part, of the whole */
};

struct reader;

/* Borrows `from` and, until reader_free, o->name. `to_source` (may be NULL:
 * identity) maps a decoded offset to a source offset. Reads up to and
 * including the header. Returns owned, or NULL: no byte at all is
 * DIAG_INPUT. */
struct reader *reader_new(struct byte_source from,
    uint64_t (*to_source)(void *ctx, uint64_t offset), void *ctx,
    const struct reader_options *o, struct diag *d);
void reader_free(struct reader *r);

/* The header, valid until reader_free. Structural problems of the header
 * itself (a stray quote, bad UTF-8, NUL) are errors of reader_new. */
const struct header *reader_header(const struct reader *r);

/* The next record or blank line. Adds what is wrong with it to `problems`
 * (which the caller cleared). Views in *record are valid until the next call.
 * A record that is rejected for its structure may have no cells.
 * Returns an enum reader_event, or -1 with the diag filled (the input could
 * not be read). After csv.unclosed_quote the next event is READER_END and
 * reader_unclosed is true: the run ends with exit 7. */
int reader_next(struct reader *r, struct record *record,
    struct problem_list *problems, struct diag *d);
bool reader_unclosed(const struct reader *r);
/* What it reads is a part of a file: between two of its rows there may be
 * others. */
bool reader_is_part(const struct reader *r);
/* What reader_record_is_empty does where a look at one byte does not tell. */
bool reader_cells_are_empty(const struct reader *r, const struct record *rec);

/* All cells of the record are empty (after trimming, if o->trim). */
static inline bool
reader_record_is_empty(const struct reader *r, const struct record *rec)
{
	/* Behind a blank and below U+0080: no blank begins so. */
	bool has_text = rec->cell_count > 0 && rec->cells[0].len > 0 &&
			(signed char)rec->cells[0].s[0] > ' ';

	return !has_text && reader_cells_are_empty(r, rec);
}

const struct reader_tally *reader_tally(const struct reader *r);
/* Source offset of the first record's first byte: everything before it is
 * BOM, preamble and header, as rejected.csv begins. */
uint64_t reader_body_begin(const struct reader *r);

/* A guess at the cell of that column in a record that is to come, some records
 * further; it is asked for after each record until it is false. The record may
 * turn out to be another, or none. A view valid until the next record. */
bool reader_peek(struct reader *r, size_t column, struct text *cell);

/*
 * Records with another number of cells than the header: what they are, seen
 * over the whole file, and what to do about each kind. One of them alone does
 * not tell: whether a short record is a piece of one that a line break cut in
 * two, or a line of a footer, is in the records around it.
 *
 * `ragged: pad` is advised only where records end early and no other shape is
 * seen, because it would make records of the pieces and of the footer.
 * Memory is fixed, whatever the file.
 */

/* "csv.ragged_row", or the note "csv.padded_row": `ragged: pad` filled it up.
 * Static. */
const char *ragged_code(bool is_reject);

enum ragged_shape {
	SHAPE_LINE_BREAK,   /* pieces that make one record */
	SHAPE_FOOTER,	    /* one cell, nothing but such records follow */
	SHAPE_ONE_CELL,	    /* one cell, among others */
	SHAPE_ENDS_EARLY,   /* fewer cells */
	SHAPE_EXCESS_EMPTY, /* more cells, and those are empty */
	SHAPE_BLANK_QUOTE,  /* more cells; blanks before a quote */
	SHAPE_EXCESS,	    /* more cells */
	RAGGED_SHAPES
};
/* "line_break", …: one static word, as the cause of a problem. */
const char *ragged_shape_cause(enum ragged_shape shape);

#define RAGGED_EXAMPLES 3
#define RAGGED_TEXTS 6
#define RAGGED_TEXT_BYTES 64

struct ragged_tally {
	uint64_t rows;
	struct {
		uint64_t row, line;
		size_t cells;
	} examples[RAGGED_EXAMPLES];
	size_t example_count;
	/* Of records of one cell: the beginnings of the first different ones,
	 * and how many records have another. */
	char texts[RAGGED_TEXTS][RAGGED_TEXT_BYTES + 1];
	bool is_cut[RAGGED_TEXTS]; /* the cell goes on */
	size_t text_count;
	uint64_t further;
};

/* What is known of one record. */
struct ragged_row {
	uint64_t number, row, line;
	const struct text *cells; /* as the reader gives them */
	size_t cell_count;	  /* 0 = they are not known */
	size_t width;		  /* cells in the file */
	size_t header_width;
	char delimiter, quote;
};

struct ragged {
	char delimiter, quote;
	uint64_t last; /* number of the record seen last; 0 = none */
	bool is_finished;
	struct ragged_tally shapes[RAGGED_SHAPES];
	/* Pieces that may yet make a record: so many cells so far; those of
	 * several cells, and those of one between them. */
	size_t piece_cells;
	struct ragged_tally pieces, between;
	struct ragged_tally tail; /* one cell each, nothing after them yet */
};

/* The next record of another width, in the order of the file. */
void ragged_see(struct ragged *g, const struct ragged_row *row);
/* There are no more. last_number: of the file's last record, 0 if that is not
 * known because the reading stopped before it. To be asked once. */
void ragged_finish(struct ragged *g, uint64_t last_number);
/* Appends what to do about the rows of a shape; nothing if there is nothing
 * to say. is_padded: they were filled up. After ragged_finish. */
void ragged_advice(const struct ragged *g, enum ragged_shape shape,
    bool is_padded, struct buf *out);
/* Appends the patterns for source.ignore that match the records of a shape
 * and no record of several cells: `'^"?Total[^,"]*"?$', '…'`. */
void ragged_patterns(
    const struct ragged *g, enum ragged_shape shape, struct buf *out);

/* "3 cells, but the header has 2", "1 cell, filled up to 5". */
void ragged_message(size_t width, size_t header_width, bool has_header,
    bool is_reject, struct buf *out);
/* Adds csv.ragged_row, with what its record alone says. */
void ragged_reject(const struct ragged_row *row, bool has_header,
    struct problem_list *problems);
/* Adds csv.padded_row. */
void ragged_note_padded(
    const struct ragged_row *row, struct problem_list *problems);

#endif
