/* SPDX-License-Identifier: MIT */
/* Progress for a program: an object a line. */
#include "base/json_write.h"
#include "base/text.h"
#include "progress_share.h"
#include "system/screen.h"

#include <stdio.h>

/* A number with one digit after the point; below 0 it is not known. */
static void
json_tenth(struct buf *b, const char *name, double value)
{
	char number[32];

	if (value < 0)
		return;
	snprintf(number, sizeof(number), "%.1f", value);
	json_token(b, name, text_of(number));
}

static void
json_rows(const struct progress_facts *f, const struct progress_numbers *n,
    struct buf *b)
{
	enum outcome o;

	json_uint(b, "rows_settled", f->rows_settled);
	json_uint(b, "rows_read", f->rows_read);
	if (n->rows_total > 0) {
		json_uint(b, "rows_total", n->rows_total);
		json_bool(b, "is_estimate", n->is_estimate);
	}
	for (size_t i = 0; progress_next_bad(&i, &o); i++)
		json_uint(b, outcome_name(o), f->rows.rows[o]);
	json_uint(b, "in_flight", f->in_flight);
	json_uint(b, "open_jobs", f->open_jobs);
}

void
progress_json_text(const struct progress_facts *f,
    const struct progress_numbers *n, const char *event, struct buf *out)
{
	struct buf b = BUF_INIT(0);

	json_object(&b, NULL);
	json_string(&b, "event", event);
	json_time_if(&b, "at", n->wall_ms);
	if (n->inputs > 0) {
		json_uint(&b, "file", n->input);
		json_uint(&b, "files", n->inputs);
	}
	json_string_if(&b, "phase", f->phase);
	if (!f->by_bytes || f->rows_read > 0)
		json_rows(f, n, &b);
	if (f->by_bytes) {
		json_uint(&b, "bytes_done", f->bytes_consumed);
		if (f->bytes_total > 0)
			json_uint(&b, "bytes_total", f->bytes_total);
	}
	json_tenth(&b, "percent", n->percent);
	json_tenth(&b, f->by_bytes ? "bytes_per_s" : "rows_per_s", n->per_s);
	if (n->eta_ms >= 0)
		json_uint(&b, "eta_s", (uint64_t)n->eta_ms / 1000);
	json_string_if(&b, "waits_for", f->waits_for);
	if (f->waits_for)
		json_time_if(&b, "waits_until", f->waits_until_ms);
	if (n->stalled_ms > 0)
		json_uint(&b, "stalled_s", (uint64_t)n->stalled_ms / 1000);
	json_end_object(&b);
	screen_json(out, buf_text(&b));
	buf_release(&b);
}
