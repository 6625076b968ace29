/* SPDX-License-Identifier: MIT */
#ifndef BUILD_CHUNKER_H
#define BUILD_CHUNKER_H

/*
 * Reader and builder -> chunks: runs of consecutive rows as the JSON body of
 * one bulk-create call.
 *
 * A chunk's limits are a pure function of the input, the mapping, chunk_rows,
 * chunk_bytes and limit. A blank, rejected or skipped record belongs to the
 * chunk that is open when it is read, so that the chunks' ranges tile the
 * input from the first record to the end (or to where the limit stopped). The
 * last chunk may hold no sendable row at all. `check`, `convert` and `import`
 * all pull from here.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "base/hash.h"
#include "base/problem.h"
#include "build/builder.h"
#include "csv/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHUNK_ROWS_MAX 10000
#define CHUNK_BYTES_MIN 1024

/* The body of a chunk: its rows' objects as a JSON array. */
#define CHUNK_OPEN "["
#define CHUNK_BETWEEN ","
#define CHUNK_CLOSE "]"

/* One sendable row. Offsets into chunk.body. */
struct chunk_row {
	uint64_t row, line;
	size_t json_at, json_len;
	size_t key_at, key_len; /* the key's JSON token; len 0 = no key */
	bool check_first;	/* its key is looked up before it is sent */
};

struct chunk {
	uint64_t ordinal;    /* from 0 */
	uint64_t begin, end; /* decoded bytes it covers */
	uint64_t first_row;  /* spreadsheet row of its first record */
	uint64_t first_line;
	uint64_t records; /* rows read: built, rejected, skipped */
	uint64_t record_bytes;
	uint64_t blank_lines, blank_bytes;
	uint64_t rejected, skipped;
	struct chunk_row *rows; /* the sendable ones */
	size_t row_count, row_cap;
	struct buf body; /* "[{…},{…}]"; empty if row_count is 0 */
	unsigned char sha256[SHA256_BYTES]; /* of the body */
	bool cut; /* the input failed in it: goes into the books, is not sent */
};

void chunk_init(struct chunk *c);
void chunk_release(struct chunk *c);

/* Sees every row as it is judged, for problem groups, previews, progress. */
struct row_observer {
	void *ctx;
	void (*row)(void *ctx, const struct record *rec,
	    enum row_verdict verdict, const struct problem_list *problems,
	    const struct built_row *built, struct text json);
	void (*blank)(void *ctx, const struct record *rec);
};

/* Decides which rows may be sent at all: a retry's. Both are pure functions
 * of the record, so that reading the input again says the same. */
struct row_gate {
	void *ctx;
	/* Before the record is built: may set its cells (valid until the next
	 * call) and origin_row. */
	void (*prepare)(void *ctx, struct record *rec);
	/* After it was built, with the text of its key: false = a problem was
	 * added, and the row is rejected. */
	bool (*admit)(void *ctx, const struct record *rec, struct text key,
	    struct problem_list *problems, bool *check_first);
	/* A row that is not admitted is skipped instead, without a problem. */
	const char *skip_code;
};

struct chunker_options {
	uint64_t chunk_rows, chunk_bytes;
	/* A chunk may hold so many times chunk_bytes; no row may. 0 = once. */
	uint64_t bytes_times;
	uint64_t limit; /* records; 0 = none */
	/* Where earlier parts of the run were limited: a chunk ends after
	 * that many records, as it did then. Ascending; borrowed. */
	const uint64_t *breaks;
	size_t break_count;
	/* Records that begin before this byte of the source were imported by an
	 * earlier run: they are built, so that their values count for `unique`,
	 * and skipped (rows.imported) whatever is wrong with them. 0 = none. */
	uint64_t imported_end;
	const struct row_gate *gate; /* NULL = every row; borrowed */
	/* Before each chunk; -1 ends the reading as an input that failed. */
	int (*before_chunk)(void *ctx, struct diag *d); /* NULL = nothing */
	void *before_ctx;
	bool no_digest; /* nothing is sent: chunk.sha256 stays zero */
};

struct chunker;
/* Borrows reader, builder and observer (may be NULL) until chunker_free. */
struct chunker *chunker_new(struct reader *reader, struct builder *builder,
    const struct chunker_options *options, const struct row_observer *observer);
void chunker_free(struct chunker *c);
/* Fills *chunk (initialised; its memory is reused) with the next one.
 * 1 = a chunk, 0 = there is none left, -1 = the input failed (diag filled;
 * what was read of the chunk by then came before, as a chunk that is cut). A
 * row whose object alone passes chunk_bytes is rejected
 * (chunk.row_too_large). */
int chunker_next(struct chunker *c, struct chunk *chunk, struct diag *d);
/* True when the limit ended the reading (there may be nothing after it). */
bool chunker_limited(const struct chunker *c);
/* Records that the reader gave and no chunk holds yet (0 or 1): a row that
 * did not fit into the last chunk. A run that stops has not read it. */
uint64_t chunker_pending(const struct chunker *c);

#endif
