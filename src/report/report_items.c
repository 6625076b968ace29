/* SPDX-License-Identifier: MIT */
/* What of a report grows with the run, an item at a time. */
#include "report_items.h"

#include "base/json_write.h"

#include <string.h>

void
report_text_json(struct buf *b, const char *name, const char *s)
{
	struct buf shown = BUF_INIT(0);

	if (s != NULL && text_whole(s).len < strlen(s)) {
		text_display(&shown, text_of(s), 0);
		s = buf_str(&shown);
	}
	json_string_if(b, name, s);
	buf_release(&shown);
}

static void
put_sha256(struct buf *o, const unsigned char digest[SHA256_BYTES])
{
	char hex[SHA256_HEX_SIZE];

	sha256_hex(digest, hex);
	report_text_json(o, "sha256", hex);
}

void
report_chunk_json(const struct ledger_chunk *c, struct buf *o)
{
	json_object(o, NULL);
	json_uint(o, "ordinal", c->ordinal);
	json_uint(o, "rows", c->rows);
	json_uint(o, "bytes", c->body_bytes);
	if (c->rows > 0)
		put_sha256(o, c->sha256);
	json_uint(o, "records", c->records);
	json_uint(o, "rejected", c->rejected);
	json_uint(o, "skipped", c->skipped);
	json_uint(o, "blank_lines", c->blank_lines);
	json_uint(o, "first_row", c->first_row);
	json_uint(o, "first_line", c->first_line);
	json_uint(o, "begin", c->begin);
	json_uint(o, "end", c->end);
	json_end_object(o);
}

void
report_call_json(const struct ledger_call *c, struct buf *o)
{
	json_object(o, NULL);
	json_uint(o, "id", (uint64_t)c->id);
	json_uint(o, "chunk", c->chunk);
	json_uint(o, "part", c->part);
	json_uint(o, "first", c->first);
	json_uint(o, "count", c->count);
	json_uint(o, "rows", c->rows);
	put_sha256(o, c->sha256);
	report_text_json(o, "state", call_state_name(c->state));
	json_string(o, "verb", outcome_row(c->done)->verb);
	json_uint(o, "attempts", c->attempts);
	json_time_if(o, "sent", c->sent_ms);
	json_time_if(o, "answered", c->answered_ms);
	json_time_if(o, "settled", c->settled_ms);
	if (c->http_status != 0)
		json_uint(o, "http_status", (uint64_t)c->http_status);
	report_text_json(o, "job", c->job);
	report_text_json(o, "evidence", c->evidence);
	report_text_json(o, "code", c->code);
	report_text_json(o, "answer", c->answer);
	json_end_object(o);
}
