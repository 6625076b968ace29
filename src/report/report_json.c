/* SPDX-License-Identifier: MIT */
/*
 * report.json: written member by member, one a line; the lists that grow with
 * the run (chunks, calls, events) go out item by item, straight from the
 * ledger.
 */
#include "base/json_write.h"
#include "chakra/contact.h"
#include "report/run_report.h"
#include "report_items.h"
#include "system/screen.h"

#include <string.h>

struct sheet {
	FILE *out;
	struct buf b;	  /* the member or item at work */
	struct buf shown; /* the same as a screen may have it */
	bool has_member, has_item;
};

static void
flush(struct sheet *s)
{
	screen_json(&s->shown, buf_text(&s->b));
	fwrite(buf_str(&s->shown), 1, s->shown.len, s->out);
	buf_clear(&s->shown);
	buf_clear(&s->b);
}

/* Returns where its value is to go. */
static struct buf *
begin_member(struct sheet *s, const char *name)
{
	flush(s);
	buf_adds(&s->b, s->has_member ? ",\n" : "{\n");
	json_name(&s->b, name);
	s->has_member = true;
	return &s->b;
}

static struct buf *
begin_object(struct sheet *s, const char *name)
{
	json_object(begin_member(s, name), NULL);
	return &s->b;
}

static void
begin_list(struct sheet *s, const char *name)
{
	json_array(begin_member(s, name), NULL);
	s->has_item = false;
}

static struct buf *
begin_item(struct sheet *s)
{
	flush(s);
	buf_adds(&s->b, s->has_item ? ",\n" : "\n");
	s->has_item = true;
	return &s->b;
}

static void
end_list(struct sheet *s)
{
	buf_adds(&s->b, s->has_item ? "\n]" : "]");
}

static void
put_run(struct sheet *s, const struct run_report *r)
{
	struct buf *o = begin_object(s, "run");

	json_array(o, "parts");
	for (size_t i = 0; i < r->part_count; i++) {
		json_object(o, NULL);
		report_text_json(o, "command", r->parts[i].command);
		json_time_if(o, "started", r->parts[i].started_ms);
		json_time_if(o, "ended", r->parts[i].ended_ms);
		json_end_object(o);
	}
	json_end_array(o);
	report_text_json(o, "id", r->run_id);
	report_text_json(o, "folder", r->folder);
	report_text_json(o, "parent", r->parent);
	report_text_json(o, "undone_by", r->undone_by);
	if (!r->dry_run)
		json_string(o, "kind", r->is_undo ? RUN_KIND_UNDO : "import");
	json_end_object(o);
}

static void
put_input(struct sheet *s, const struct run_report *r)
{
	struct buf *o = begin_object(s, "input");
	char sign[2] = {0};

	report_text_json(o, "name", r->input_name);
	report_text_json(o, "sha256", r->input_sha256);
	json_uint(o, "bytes", r->input_bytes);
	/* Nothing of it was read. */
	if (r->is_undo) {
		json_end_object(o);
		return;
	}
	report_text_json(o, "compression", r->compression);
	report_text_json(o, "encoding", r->encoding);
	report_text_json(o, "encoding_evidence", r->encoding_evidence);
	json_bool(o, "encoding_guessed", r->encoding_guessed);
	sign[0] = r->dialect.delimiter;
	report_text_json(o, "delimiter", sign);
	sign[0] = r->dialect.quote;
	json_string(o, "quote", sign[0] != '\0' ? sign : NULL);
	json_bool(o, "header", r->dialect.has_header);
	json_uint(o, "skip_lines", r->dialect.skip_lines);
	json_bool(o, "sep_line", r->dialect.has_sep_line);
	json_uint(o, "columns", r->columns);
	report_text_json(o, "lost", r->input_lost);
	json_bool(o, "unclosed_quote", r->unclosed_quote);
	json_end_object(o);
}

static void
put_settings(struct sheet *s, const struct run_report *r)
{
	struct buf *o = begin_object(s, "settings");

	for (size_t i = 0; i < r->setting_count; i++) {
		json_object(o, r->settings[i].name);
		report_text_json(o, "value", r->settings[i].value);
		report_text_json(o, "from", r->settings[i].from);
		json_end_object(o);
	}
	json_end_object(o);
}

static void
put_stop(struct sheet *s, const struct run_report *r)
{
	static const char *const kinds[] = {
	    [DIAG_NONE] = "none",
	    [DIAG_USAGE] = "usage",
	    [DIAG_MAX_ERRORS] = "max_errors",
	    [DIAG_SERVICE] = "service",
	    [DIAG_DISK] = "disk",
	    [DIAG_SIGNAL] = "signal",
	    [DIAG_INPUT] = "input",
	    [DIAG_IMPORTED] = "imported",
	    [DIAG_INTERNAL] = "internal",
	    [DIAG_LOCKED] = "locked",
	};
	struct buf *o = begin_member(s, "stop");

	if (!r->stopped_by && !r->limited) {
		json_null(o, NULL);
		return;
	}
	json_object(o, NULL);
	report_text_json(
	    o, "kind", r->stopped_by ? kinds[r->stop_kind] : "limit");
	report_text_json(o, "reason", r->stopped_by);
	if (r->limited)
		json_uint(o, "limit", r->limit);
	json_end_object(o);
}

static void
put_group(struct buf *o, const struct problem_group *x)
{
	json_object(o, NULL);
	report_text_json(o, "kind", problem_group_kind(x->kind));
	report_text_json(o, "stage", problem_stage_name(x->stage));
	report_text_json(o, "code", x->code);
	report_text_json(o, "cause", x->cause);
	report_text_json(o, "field", x->fields);
	if (x->column >= 0) {
		json_uint(o, "column", (uint64_t)x->column + 1);
		report_text_json(o, "column_name", x->column_name);
	}
	json_uint(o, "rows", x->rows);
	json_uint(o, "problems", x->problems);
	report_text_json(o, "message", x->message);
	json_bool(o, "messages_differ", x->varied);
	report_text_json(o, "hint", x->hint);
	json_array(o, "examples");
	for (size_t i = 0; i < x->example_count; i++) {
		json_object(o, NULL);
		json_uint(o, "row", x->examples[i].row);
		json_uint(o, "line", x->examples[i].line);
		report_text_json(o, "cell", x->examples[i].cell);
		report_text_json(o, "value", x->examples[i].value);
		json_end_object(o);
	}
	json_end_array(o);
	json_end_object(o);
}

static void
put_problems(struct sheet *s, const struct problem_groups *g)
{
	struct buf *o = begin_object(s, "problems");

	json_uint(o, "rejected_rows", g->reject_rows);
	json_uint(o, "reject_problems", g->reject_problems);
	json_uint(o, "refused_rows", g->refused_problems);
	json_uint(o, "noted_rows", g->note_rows);
	json_uint(o, "notes", g->note_problems);
	json_end_object(o);
	begin_list(s, "groups");
	for (size_t i = 0; i < g->count; i++)
		put_group(begin_item(s), &g->items[i]);
	end_list(s);
	begin_list(s, "first_problems");
	for (size_t i = 0; i < g->first_count; i++)
		json_string(begin_item(s), NULL, g->first[i]);
	end_list(s);
}

static void
put_hazard(struct buf *o, const struct run_report *r, const struct hazard *h)
{
	struct buf b = BUF_INIT(0);
	char cell[24];

	json_object(o, NULL);
	report_text_json(o, "code", hazard_code(h->kind));
	report_text_json(o, "title", hazard_title(h->kind));
	report_text_json(o, "advice", hazard_advice(h->kind));
	if (h->column >= 0) {
		json_uint(o, "column", (uint64_t)h->column + 1);
		if (r->header && (size_t)h->column < r->header->count)
			text_display(&b, r->header->names[h->column], 60);
		report_text_json(o, "column_name", buf_str(&b));
	}
	json_uint(o, "count", h->count);
	json_array(o, "examples");
	for (size_t i = 0; i < h->cell_count; i++) {
		const struct hazard_cell *c = &h->cells[i];

		json_object(o, NULL);
		json_uint(o, "row", c->row);
		report_text_json(
		    o, "cell", problem_cell(c->column, c->row, cell));
		buf_clear(&b);
		text_display(&b, (struct text){c->value, c->value_len}, 0);
		buf_adds(&b, c->is_cut ? "\xE2\x80\xA6" : "");
		report_text_json(o, "value", buf_str(&b));
		json_end_object(o);
	}
	json_end_array(o);
	buf_release(&b);
	json_end_object(o);
}

static int
event_item(void *ctx, int64_t at_ms, const char *kind, const char *text)
{
	struct buf *o = begin_item(ctx);

	json_object(o, NULL);
	json_time_if(o, "at", at_ms);
	report_text_json(o, "kind", kind);
	report_text_json(o, "text", text);
	json_end_object(o);
	return 0;
}

static int
chunk_item(void *ctx, const struct ledger_chunk *c)
{
	report_chunk_json(c, begin_item(ctx));
	return 0;
}

static int
call_item(void *ctx, const struct ledger_call *c)
{
	report_call_json(c, begin_item(ctx));
	return 0;
}

/* In a file whose chunks are a row each they would be most of the report. */
static void
put_left_out(struct sheet *s, const struct run_report *r, uint64_t chunks)
{
	struct buf *o = begin_object(s, "left_out");
	struct buf command = BUF_INIT(0);

	json_uint(o, "chunks", chunks);
	if (!r->dry_run) {
		json_string(o, "ledger", "ledger.sqlite");
		run_report_add_command(
		    r, "report --format json --calls", &command);
		json_string(o, "command", buf_str(&command));
	}
	buf_release(&command);
	json_end_object(o);
}

static int
put_ledger(
    struct sheet *s, const struct run_report *r, bool all, struct diag *d)
{
	struct ledger *l = r->ledger;
	uint64_t chunks = 0;

	begin_list(s, "events");
	if (l && (ledger_each_event(l, event_item, s, d) != 0 ||
		     ledger_count_chunks(l, &chunks, d) != 0))
		return -1;
	end_list(s);
	if (!all && chunks > REPORT_CHUNKS_MAX) {
		put_left_out(s, r, chunks);
		return 0;
	}
	begin_list(s, "chunks");
	if (l && ledger_each_chunk(l, chunk_item, s, d) != 0)
		return -1;
	end_list(s);
	begin_list(s, "calls");
	if (l && ledger_each_call(l, -1, call_item, s, d) != 0)
		return -1;
	end_list(s);
	return 0;
}

/* Second, so that whoever looks for it need not read far
 * (system/own_files.h). */
static void
put_files(struct sheet *s, const struct own_files *own)
{
	begin_list(s, "files");
	for (int i = 0; i < OWN_JSON; i++) {
		const struct own_entry *e = &own->file[i];
		struct buf *o;

		if (e->new_name[0] == '\0')
			continue;
		o = begin_item(s);
		json_object(o, NULL);
		report_text_json(o, "file", own_file_name((enum own_file)i));
		report_text_json(o, "name", e->new_name);
		report_text_json(o, "sha256", e->new_sha256);
		if (e->replaces[0] != '\0' &&
		    strcmp(e->replaces, e->new_sha256) != 0)
			report_text_json(o, "before", e->replaces);
		json_end_object(o);
	}
	end_list(s);
}

static void
put_summary(struct sheet *s, const struct run_report *r)
{
	struct buf text = BUF_INIT(0);

	json_string(begin_member(s, "schema"), NULL, REPORT_SCHEMA);
	if (r->files)
		put_files(s, r->files);
	run_report_verdict(r, &text);
	json_string(begin_member(s, "verdict"), NULL,
	    text.len > 0 ? buf_str(&text) : NULL);
	json_int(begin_member(s, "exit_status"), NULL, r->exit_status);
	json_bool(begin_member(s, "dry_run"), NULL, r->dry_run);
	json_bool(begin_member(s, "rehearsal"), NULL, r->rehearsal);
	buf_clear(&text);
	run_report_next(r, &text);
	json_string(begin_member(s, "next_command"), NULL,
	    text.len > 0 ? buf_str(&text) : NULL);
	if (r->program_version)
		json_string(begin_member(s, "program_version"), NULL,
		    r->program_version);
	buf_release(&text);
}

static void
put_target(struct sheet *s, const struct run_report *r)
{
	struct buf *o = begin_object(s, "target");

	report_text_json(o, "base_url", r->base_url);
	report_text_json(o, "procedure", r->procedure);
	if (r->has_clock)
		json_int(o, "clock_offset_ms", r->clock_offset_ms);
	json_end_object(o);
}

static void
put_would_send(struct sheet *s, const struct run_report *r)
{
	struct buf *o = begin_object(s, "would_send");

	json_uint(o, "rows", outcome_counts_of(&r->accounts.rows, TRAIT_DUE));
	json_uint(o, "requests", r->requests);
	json_uint(o, "bytes", r->request_bytes);
	json_end_object(o);
}

static void
put_mapping(struct sheet *s, const struct run_report *r)
{
	struct buf *o = begin_object(s, "mapping");

	report_text_json(o, "file", r->mapping_file);
	report_text_json(o, "sha256", r->mapping_sha256);
	if (r->table_count > 0)
		json_array(o, "tables");
	for (size_t i = 0; i < r->table_count; i++) {
		json_object(o, NULL);
		report_text_json(o, "file", r->tables[i].file);
		report_text_json(o, "sha256", r->tables[i].sha256);
		json_uint(o, "entries", r->tables[i].entries);
		json_end_object(o);
	}
	if (r->table_count > 0)
		json_end_array(o);
	json_end_object(o);
}

int
report_json(
    const struct run_report *r, bool all_calls, FILE *out, struct diag *d)
{
	struct sheet s = {.out = out};
	int ret;

	put_summary(&s, r);
	put_run(&s, r);
	put_input(&s, r);
	put_mapping(&s, r);
	put_target(&s, r);
	if (r->contact)
		contact_json(r->contact, begin_member(&s, "service"));
	put_settings(&s, r);
	put_stop(&s, r);
	accounts_json(&r->accounts, begin_member(&s, "accounts"));
	if (r->dry_run)
		put_would_send(&s, r);
	if (r->groups)
		put_problems(&s, r->groups);
	if (r->dry_run) {
		begin_list(&s, "hazards");
		for (size_t i = 0; i < r->hazard_count; i++)
			put_hazard(begin_item(&s), r, &r->hazards[i]);
		end_list(&s);
	}
	ret = put_ledger(&s, r, all_calls, d);
	if (ret == 0)
		buf_adds(&s.b, "\n}\n");
	flush(&s);
	buf_release(&s.b);
	buf_release(&s.shown);
	return ret;
}

/* report.schema.json and that of 0.1.0, see the makefile. */
extern const struct text asset_report_schema_json;
extern const struct text asset_report_1_schema_json;

struct text
report_schema(int version)
{
	return version == 1 ? asset_report_1_schema_json
			    : asset_report_schema_json;
}
