/* SPDX-License-Identifier: MIT */
/*
 * report.json: written member by member, each a small cJSON tree; the lists
 * that grow with the run (chunks, calls, events) go out item by item, one a
 * line, straight from the ledger.
 */
#include "contact/contact_json.h"
#include "json_parts.h"
#include "report/run_report.h"

#include <string.h>

struct sheet {
	FILE *out;
	bool has_member, has_item;
};

static void
begin_member(struct sheet *s, const char *name)
{
	fprintf(s->out, "%s\n\"%s\":", s->has_member ? "," : "{", name);
	s->has_member = true;
}

static void
member(struct sheet *s, const char *name, cJSON *value)
{
	begin_member(s, name);
	json_write(s->out, value);
}

static void
begin_list(struct sheet *s, const char *name)
{
	begin_member(s, name);
	putc('[', s->out);
	s->has_item = false;
}

static void
item(struct sheet *s, cJSON *value)
{
	fputs(s->has_item ? ",\n" : "\n", s->out);
	s->has_item = true;
	json_write(s->out, value);
}

static void
end_list(struct sheet *s)
{
	fputs(s->has_item ? "\n]" : "]", s->out);
}

static void
member_buf(struct sheet *s, const char *name, const struct buf *text)
{
	member(s, name,
	    text->len > 0 ? cJSON_CreateString(buf_str(text))
			  : cJSON_CreateNull());
}

static cJSON *
run_json(const struct run_report *r)
{
	cJSON *o = cJSON_CreateObject();
	cJSON *parts = cJSON_AddArrayToObject(o, "parts");

	json_put_text(o, "id", r->run_id);
	json_put_text(o, "folder", r->folder);
	json_put_text(o, "parent", r->parent);
	for (size_t i = 0; i < r->part_count; i++) {
		cJSON *part = cJSON_CreateObject();

		json_put_text(part, "command", r->parts[i].command);
		json_put_time(part, "started", r->parts[i].started_ms);
		json_put_time(part, "ended", r->parts[i].ended_ms);
		cJSON_AddItemToArray(parts, part);
	}
	return o;
}

static cJSON *
input_json(const struct run_report *r)
{
	cJSON *o = cJSON_CreateObject();
	char sign[2] = {0};

	json_put_text(o, "name", r->input_name);
	json_put_text(o, "sha256", r->input_sha256);
	json_put_uint(o, "bytes", r->input_bytes);
	json_put_text(o, "compression", r->compression);
	json_put_text(o, "encoding", r->encoding);
	json_put_text(o, "encoding_evidence", r->encoding_evidence);
	cJSON_AddBoolToObject(o, "encoding_guessed", r->encoding_guessed);
	sign[0] = r->dialect.delimiter;
	json_put_text(o, "delimiter", sign);
	sign[0] = r->dialect.quote;
	if (sign[0] != '\0')
		json_put_text(o, "quote", sign);
	else
		cJSON_AddNullToObject(o, "quote");
	cJSON_AddBoolToObject(o, "header", r->dialect.has_header);
	json_put_uint(o, "skip_lines", r->dialect.skip_lines);
	cJSON_AddBoolToObject(o, "sep_line", r->dialect.has_sep_line);
	json_put_uint(o, "columns", r->columns);
	json_put_text(o, "lost", r->input_lost);
	cJSON_AddBoolToObject(o, "unclosed_quote", r->unclosed_quote);
	return o;
}

static cJSON *
settings_json(const struct run_report *r)
{
	cJSON *o = cJSON_CreateObject();

	for (size_t i = 0; i < r->setting_count; i++) {
		const struct run_setting *s = &r->settings[i];
		cJSON *x = cJSON_AddObjectToObject(o, s->name);

		json_put_text(x, "value", s->value);
		json_put_text(x, "from", s->from);
	}
	return o;
}

static cJSON *
stop_json(const struct run_report *r)
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
	cJSON *o;

	if (!r->stopped_by && !r->limited)
		return cJSON_CreateNull();
	o = cJSON_CreateObject();
	json_put_text(o, "kind", r->stopped_by ? kinds[r->stop_kind] : "limit");
	json_put_text(o, "reason", r->stopped_by);
	if (r->limited)
		json_put_uint(o, "limit", r->limit);
	return o;
}

static cJSON *
group_json(const struct problem_group *x)
{
	cJSON *o = cJSON_CreateObject(), *examples;

	json_put_text(o, "kind", group_kind_name(x->kind));
	json_put_text(o, "stage", problem_stage_name(x->stage));
	json_put_text(o, "code", x->code);
	json_put_text(o, "cause", x->cause);
	json_put_text(o, "field", x->fields);
	if (x->column >= 0) {
		json_put_uint(o, "column", (uint64_t)x->column + 1);
		json_put_text(o, "column_name", x->column_name);
	}
	json_put_uint(o, "rows", x->rows);
	json_put_uint(o, "problems", x->problems);
	json_put_text(o, "message", x->message);
	cJSON_AddBoolToObject(o, "messages_differ", x->varied);
	json_put_text(o, "hint", x->hint);
	examples = cJSON_AddArrayToObject(o, "examples");
	for (size_t i = 0; i < x->example_count; i++) {
		cJSON *e = cJSON_CreateObject();

		json_put_uint(e, "row", x->examples[i].row);
		json_put_uint(e, "line", x->examples[i].line);
		json_put_text(e, "cell", x->examples[i].cell);
		json_put_text(e, "value", x->examples[i].value);
		cJSON_AddItemToArray(examples, e);
	}
	return o;
}

static void
put_problems(struct sheet *s, const struct problem_groups *g)
{
	cJSON *o = cJSON_CreateObject();

	json_put_uint(o, "rejected_rows", g->reject_rows);
	json_put_uint(o, "reject_problems", g->reject_problems);
	json_put_uint(o, "refused_rows", g->refused_problems);
	json_put_uint(o, "noted_rows", g->note_rows);
	json_put_uint(o, "notes", g->note_problems);
	member(s, "problems", o);
	begin_list(s, "groups");
	for (size_t i = 0; i < g->count; i++)
		item(s, group_json(&g->items[i]));
	end_list(s);
	begin_list(s, "first_problems");
	for (size_t i = 0; i < g->first_count; i++)
		item(s, cJSON_CreateString(g->first[i]));
	end_list(s);
}

static cJSON *
hazard_json(const struct run_report *r, const struct hazard *h)
{
	cJSON *o = cJSON_CreateObject(), *examples;
	struct buf b = BUF_INIT(0);
	char cell[24];

	json_put_text(o, "code", hazard_code(h->kind));
	json_put_text(o, "title", hazard_title(h->kind));
	json_put_text(o, "advice", hazard_advice(h->kind));
	if (h->column >= 0) {
		json_put_uint(o, "column", (uint64_t)h->column + 1);
		if (r->header && (size_t)h->column < r->header->count)
			text_display(&b, r->header->names[h->column], 60);
		json_put_text(o, "column_name", buf_str(&b));
	}
	json_put_uint(o, "count", h->count);
	examples = cJSON_AddArrayToObject(o, "examples");
	for (size_t i = 0; i < h->cell_count; i++) {
		const struct hazard_cell *c = &h->cells[i];
		cJSON *e = cJSON_CreateObject();

		json_put_uint(e, "row", c->row);
		json_put_text(e, "cell", problem_cell(c->column, c->row, cell));
		buf_clear(&b);
		text_display(&b, (struct text){c->value, c->value_len}, 0);
		buf_adds(&b, c->is_cut ? "\xE2\x80\xA6" : "");
		json_put_text(e, "value", buf_str(&b));
		cJSON_AddItemToArray(examples, e);
	}
	buf_release(&b);
	return o;
}

static void
put_hazards(struct sheet *s, const struct run_report *r)
{
	begin_list(s, "hazards");
	for (size_t i = 0; i < r->hazard_count; i++)
		item(s, hazard_json(r, &r->hazards[i]));
	end_list(s);
}

static int
event_item(void *ctx, int64_t at_ms, const char *kind, const char *text)
{
	cJSON *o = cJSON_CreateObject();

	json_put_time(o, "at", at_ms);
	json_put_text(o, "kind", kind);
	json_put_text(o, "text", text);
	item(ctx, o);
	return 0;
}

static void
put_sha256(cJSON *o, const unsigned char digest[SHA256_BYTES])
{
	char hex[SHA256_HEX_SIZE];

	sha256_hex(digest, hex);
	json_put_text(o, "sha256", hex);
}

static int
chunk_item(void *ctx, const struct ledger_chunk *c)
{
	cJSON *o = cJSON_CreateObject();

	json_put_uint(o, "ordinal", c->ordinal);
	json_put_uint(o, "rows", c->rows);
	json_put_uint(o, "bytes", c->body_bytes);
	if (c->rows > 0)
		put_sha256(o, c->sha256);
	json_put_uint(o, "records", c->records);
	json_put_uint(o, "rejected", c->rejected);
	json_put_uint(o, "skipped", c->skipped);
	json_put_uint(o, "blank_lines", c->blank_lines);
	json_put_uint(o, "first_row", c->first_row);
	json_put_uint(o, "first_line", c->first_line);
	json_put_uint(o, "begin", c->begin);
	json_put_uint(o, "end", c->end);
	item(ctx, o);
	return 0;
}

static int
call_item(void *ctx, const struct ledger_call *c)
{
	cJSON *o = cJSON_CreateObject();

	json_put_uint(o, "id", (uint64_t)c->id);
	json_put_uint(o, "chunk", c->chunk);
	json_put_uint(o, "part", c->part);
	json_put_uint(o, "first", c->first);
	json_put_uint(o, "count", c->count);
	json_put_uint(o, "rows", c->rows);
	put_sha256(o, c->sha256);
	json_put_text(o, "state", call_state_name(c->state));
	json_put_uint(o, "attempts", c->attempts);
	json_put_time(o, "sent", c->sent_ms);
	json_put_time(o, "answered", c->answered_ms);
	json_put_time(o, "settled", c->settled_ms);
	if (c->http_status != 0)
		json_put_uint(o, "http_status", (uint64_t)c->http_status);
	json_put_text(o, "job", c->job);
	json_put_text(o, "evidence", c->evidence);
	json_put_text(o, "code", c->code);
	json_put_text(o, "answer", c->answer);
	item(ctx, o);
	return 0;
}

static int
put_ledger(struct sheet *s, struct ledger *l, struct diag *d)
{
	begin_list(s, "events");
	if (l && ledger_each_event(l, event_item, s, d) != 0)
		return -1;
	end_list(s);
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

/* Second, so that who looks for it need not read far (base/own_files.h). */
static void
put_files(struct sheet *s, const struct own_files *own)
{
	begin_list(s, "files");
	for (int i = 0; i < OWN_JSON; i++) {
		const struct own_entry *e = &own->file[i];
		cJSON *o;

		if (e->new_name[0] == '\0')
			continue;
		o = cJSON_CreateObject();
		json_put_text(o, "file", own_file_name((enum own_file)i));
		json_put_text(o, "name", e->new_name);
		json_put_text(o, "sha256", e->new_sha256);
		if (e->replaces[0] != '\0' &&
		    strcmp(e->replaces, e->new_sha256) != 0)
			json_put_text(o, "before", e->replaces);
		item(s, o);
	}
	end_list(s);
}

static void
put_summary(struct sheet *s, const struct run_report *r)
{
	struct buf text = BUF_INIT(0);

	member(s, "schema", cJSON_CreateString(REPORT_SCHEMA));
	if (r->files)
		put_files(s, r->files);
	run_report_verdict(r, &text);
	member_buf(s, "verdict", &text);
	begin_member(s, "exit_status");
	fprintf(s->out, "%d", r->exit_status);
	member(s, "dry_run", cJSON_CreateBool(r->dry_run));
	member(s, "rehearsal", cJSON_CreateBool(r->rehearsal));
	buf_clear(&text);
	run_report_next(r, &text);
	member_buf(s, "next_command", &text);
	buf_release(&text);
}

static cJSON *
target_json(const struct run_report *r)
{
	cJSON *o = cJSON_CreateObject();

	json_put_text(o, "base_url", r->base_url);
	json_put_text(o, "procedure", r->procedure);
	if (r->has_clock)
		cJSON_AddNumberToObject(
		    o, "clock_offset_ms", (double)r->clock_offset_ms);
	return o;
}

static cJSON *
would_send_json(const struct run_report *r)
{
	cJSON *o = cJSON_CreateObject();

	json_put_uint(o, "rows", r->accounts.rows.rows[OUTCOME_UNSENT]);
	json_put_uint(o, "requests", r->requests);
	json_put_uint(o, "bytes", r->request_bytes);
	return o;
}

int
report_json(const struct run_report *r, FILE *out, struct diag *d)
{
	struct sheet s = {.out = out};
	cJSON *o;

	put_summary(&s, r);
	if (r->program_version)
		member(&s, "program_version",
		    cJSON_CreateString(r->program_version));
	member(&s, "run", run_json(r));
	member(&s, "input", input_json(r));
	o = cJSON_CreateObject();
	json_put_text(o, "file", r->mapping_file);
	json_put_text(o, "sha256", r->mapping_sha256);
	member(&s, "mapping", o);
	member(&s, "target", target_json(r));
	if (r->contact)
		member(&s, "service", contact_json(r->contact));
	member(&s, "settings", settings_json(r));
	member(&s, "stop", stop_json(r));
	member(&s, "accounts", accounts_json(&r->accounts));
	if (r->dry_run)
		member(&s, "would_send", would_send_json(r));
	if (r->groups)
		put_problems(&s, r->groups);
	if (r->dry_run)
		put_hazards(&s, r);
	if (put_ledger(&s, r->ledger, d) != 0)
		return -1;
	fputs("\n}\n", out);
	return 0;
}
