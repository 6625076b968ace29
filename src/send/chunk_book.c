/* SPDX-License-Identifier: MIT */
/* A chunk in the ledger: its numbers, and its rows for an undo. */
#include "submitter_core.h"

#include <string.h>

int
chunk_book(const struct chunk *chunk, struct ledger *l, struct diag *d)
{
	struct ledger_chunk c = {
	    .ordinal = chunk->ordinal,
	    .begin = chunk->begin,
	    .end = chunk->end,
	    .first_row = chunk->first_row,
	    .first_line = chunk->first_line,
	    .records = chunk->records,
	    .record_bytes = chunk->record_bytes,
	    .rows = chunk->row_count,
	    .rejected = chunk->rejected,
	    .skipped = chunk->skipped,
	    .blank_lines = chunk->blank_lines,
	    .blank_bytes = chunk->blank_bytes,
	    .body_bytes = chunk->row_count ? chunk->body.len : 0,
	};

	memcpy(c.sha256, chunk->sha256, sizeof(c.sha256));
	return ledger_add_chunk(l, &c, d);
}

int
chunk_keep(const struct chunk *chunk, const char *key_name,
    struct sent_writer *w, struct ledger *l, struct diag *d)
{
	if (chunk->row_count == 0 || !ledger_has_sent(l))
		return 0;
	sent_begin(w, key_name, chunk->sha256);
	for (size_t i = 0; i < chunk->row_count; i++) {
		const struct chunk_row *r = &chunk->rows[i];
		const char *body = chunk->body.data;

		sent_add(w, r->row, r->line,
		    (struct text){body + r->key_at, r->key_len},
		    (struct text){body + r->json_at, r->json_len});
	}
	return ledger_set_sent(l, chunk->ordinal, sent_end(w), d);
}

int
submitter_book(struct submitter *s, const struct chunk *chunk, struct diag *d)
{
	if (chunk_book(chunk, s->ledger, d) != 0)
		return -1;
	return s->options.looks_only ? 0
				     : chunk_keep(chunk, s->options.key_name,
					   &s->sent, s->ledger, d);
}
