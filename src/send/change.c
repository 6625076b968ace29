/* SPDX-License-Identifier: MIT */
/* Looks, and bodies made of them. */
#include "change.h"

#include "base/json_read.h"
#include "base/json_write.h"

#include <stdio.h>
#include <string.h>

struct text
change_wanted(const struct open_call *call, size_t index)
{
	const struct open_row *r = &call->rows[index];

	return (struct text){call->source.data + r->source_at, r->source_len};
}

struct text
change_before(const struct open_call *call, size_t index)
{
	const struct row_look *l = &call->rows[index].look;

	return (struct text){
	    buf_str(&call->looks) + l->before_at, l->before_len};
}

struct text
change_process_id(const struct open_call *call, size_t index)
{
	const struct row_look *l = &call->rows[index].look;

	return (struct text){buf_str(&call->looks) + l->id_at, l->id_len};
}

struct text
change_why(const struct open_call *call, size_t index)
{
	const struct row_look *l = &call->rows[index].look;

	return (struct text){buf_str(&call->looks) + l->why_at, l->why_len};
}

static struct text
recorded_fields(const struct open_call *call, size_t index)
{
	const struct open_row *r = &call->rows[index];

	return (struct text){
	    buf_str(&call->recorded) + r->recorded_at, r->recorded_len};
}

static struct text
recorded_id(const struct open_call *call, size_t index)
{
	struct text fields = recorded_fields(call, index);

	return (struct text){
	    fields.s + fields.len, call->rows[index].recorded_id_len};
}

bool
change_is_bound(const struct open_call *call, size_t index)
{
	return call->rows[index].is_bound;
}

bool
change_was_missing(const struct open_call *call, size_t index)
{
	return call->rows[index].is_bound &&
	       call->rows[index].recorded_len == 0;
}

void
change_bind(struct open_call *call, size_t index, struct text fields,
    struct text process_id)
{
	struct open_row *r = &call->rows[index];

	r->is_bound = true;
	r->recorded_at = call->recorded.len;
	r->recorded_len = fields.len;
	r->recorded_id_len = process_id.len;
	buf_add(&call->recorded, fields.s, fields.len);
	buf_add(&call->recorded, process_id.s, process_id.len);
}

/* What it was before a send stays. */
void
change_forget_look(struct open_row *row)
{
	row->look.now = NOW_NOT_THERE;
	row->look.found = 0;
	row->look.why_len = 0;
	if (row->look.sends == 0)
		row->look.before_len = row->look.id_len = 0;
}

static void
add_before(void *ctx, const struct field_change *c)
{
	struct buf name = BUF_INIT(0);

	buf_add(&name, c->path.s, c->path.len);
	json_token(ctx, buf_str(&name),
	    c->before.s != NULL ? c->before : TEXT_LITERAL("null"));
	buf_release(&name);
}

/* Is every field that was sent as it was before? */
static bool
is_as_before(struct text before, struct text process)
{
	struct json_walk w;
	struct text name, value;
	struct buf path = BUF_INIT(0);
	bool is_same = before.len > 0;
	struct process_fields *now = process_fields_new(process);

	json_walk_begin(&w, before);
	while (is_same && json_walk_next(&w, &name, &value)) {
		buf_clear(&path);
		json_decode(name, &path);
		is_same =
		    json_same(value, process_fields_of(now, buf_str(&path)));
	}
	process_fields_free(now);
	buf_release(&path);
	return is_same;
}

/* Is every field that was sent as it is wanted? */
static bool
is_as_sent(const struct open_call *call, size_t index, struct text process)
{
	struct buf words = BUF_INIT(0);
	struct recorded_look l = {.wanted = change_wanted(call, index),
	    .process = process,
	    .recorded = change_before(call, index)};
	enum recorded_now now =
	    compare_recorded(call->rules, &l, NULL, NULL, &words);

	buf_release(&words);
	return now == RECORDED_DONE;
}

/* Of a row that was sent: its process as we left it, found it, or neither. Of
 * one that is bound, other fields are not ours. */
static enum row_now
judge_sent(const struct open_call *call, size_t index, struct text process)
{
	if (change_is_bound(call, index)
		? is_as_sent(call, index, process)
		: compare_process(call->rules, change_wanted(call, index),
		      process, NULL, NULL) == 0)
		return NOW_WANTED;
	return is_as_before(change_before(call, index), process) ? NOW_BEFORE
								 : NOW_OTHER;
}

static enum row_now
set_other(struct open_call *call, size_t index, const char *why)
{
	struct row_look *l = &call->rows[index].look;

	l->why_at = call->looks.len;
	l->why_len = strlen(why);
	buf_adds(&call->looks, why);
	return NOW_OTHER;
}

static enum row_now
judge_recorded(struct open_call *call, size_t index, struct text process)
{
	struct row_look *l = &call->rows[index].look;
	struct buf fields = BUF_INIT(0), words = BUF_INIT(0);
	struct recorded_look look = {.wanted = change_wanted(call, index),
	    .process = process,
	    .recorded = recorded_fields(call, index)};
	enum recorded_now now;
	enum row_now ret;

	json_object(&fields, NULL);
	now = compare_recorded(call->rules, &look, add_before, &fields, &words);
	json_end_object(&fields);
	if (now == RECORDED_MOVED && call->rules->overwrites)
		now = RECORDED_AS_THEN;
	l->before_at = call->looks.len;
	l->before_len = now == RECORDED_AS_THEN ? fields.len : 0;
	buf_add(&call->looks, fields.data, l->before_len);
	ret = now == RECORDED_AS_THEN ? NOW_DIFFERS
	      : now == RECORDED_DONE  ? NOW_WANTED
				      : set_other(call, index, buf_str(&words));
	buf_release(&fields);
	buf_release(&words);
	return ret;
}

static enum row_now
judge_unsent(
    struct open_call *call, size_t index, const struct found_process *found)
{
	struct row_look *l = &call->rows[index].look;
	struct buf fields = BUF_INIT(0);
	size_t n;

	l->before_at = call->looks.len;
	l->before_len = 0;
	if (compare_is_same(call->rules, change_wanted(call, index), found))
		return NOW_WANTED;
	json_object(&fields, NULL);
	n = compare_process(call->rules, change_wanted(call, index),
	    found->json, add_before, &fields);
	json_end_object(&fields);
	l->before_len = n > 0 ? fields.len : 0;
	if (n > 0)
		buf_add(&call->looks, fields.data, fields.len);
	buf_release(&fields);
	return n > 0 ? NOW_DIFFERS : NOW_WANTED;
}

void
change_take(struct open_call *call, size_t index,
    const struct found_process *found, int64_t now_ms, int64_t wall_ms)
{
	struct row_look *l = &call->rows[index].look;

	if (l->found++ > 0)
		return;
	l->at_ms = now_ms;
	if (l->sends > 0) {
		l->now = judge_sent(call, index, found->json);
		return;
	}
	l->before_ms = wall_ms;
	if (!change_is_bound(call, index))
		l->now = judge_unsent(call, index, found);
	else if (change_was_missing(call, index))
		l->now = set_other(call, index,
		    "it was not there when the changes were listed");
	else if (recorded_id(call, index).len > 0 &&
		 !text_is(recorded_id(call, index), found->id))
		l->now = set_other(call, index,
		    "another process has its key than when the changes were "
		    "listed");
	else
		l->now = judge_recorded(call, index, found->json);
	l->id_at = call->looks.len;
	l->id_len = strlen(found->id);
	buf_add(&call->looks, found->id, l->id_len);
}

void
change_build_body(struct open_call *call)
{
	struct buf item = BUF_INIT(0);

	buf_release(&call->body);
	buf_init(&call->body, 0);
	for (size_t i = 0; i < call->row_count; i++) {
		struct open_row *r = &call->rows[i];

		struct text json = change_wanted(call, i);

		buf_clear(&item);
		if (call->verb->changes) {
			update_item(call->rules->key_name,
			    open_call_key(call, i), json,
			    change_before(call, i), &item);
			json = buf_text(&item);
		}
		verb_body_add(call->verb, &call->body, json);
		r->json_len = json.len;
		r->json_at = call->body.len - json.len;
	}
	verb_body_end(call->verb, &call->body);
	sha256_of(call->body.data, call->body.len, call->book.sha256);
	buf_release(&item);
}

size_t
change_stale(const struct open_call *call, int64_t since_ms)
{
	size_t i = 0;

	while (i < call->row_count && call->rows[i].look.at_ms >= since_ms)
		i++;
	return i;
}

int
change_write_before(
    struct open_call *call, struct ledger *ledger, struct diag *d)
{
	struct buf after = BUF_INIT(0);
	int failed = 0;

	for (size_t i = 0; i < call->row_count && !failed; i++) {
		struct row_look *l = &call->rows[i].look;
		struct text id = change_process_id(call, i);
		struct ledger_before b = {
		    .chunk = call->book.chunk,
		    .index = call->rows[i].index,
		    .looked_ms = l->before_ms,
		    .sends = ++l->sends,
		    .fields = change_before(call, i),
		};

		snprintf(b.process_id, sizeof(b.process_id), "%.*s",
		    (int)id.len, id.s);
		buf_clear(&after);
		fields_like(b.fields, change_wanted(call, i), &after);
		failed = ledger_set_before(ledger, &b, d) ||
			 ledger_set_after(
			     ledger, b.chunk, b.index, buf_text(&after), d);
	}
	buf_release(&after);
	return failed ? -1 : 0;
}

void
change_not_sent(struct open_call *call)
{
	for (size_t i = 0; i < call->row_count; i++)
		if (call->rows[i].look.sends > 0)
			call->rows[i].look.sends--;
}

int
change_read_before(
    struct open_call *call, struct ledger *ledger, struct diag *d)
{
	struct buf text = BUF_INIT(0);
	int got = 0;

	for (size_t i = 0; i < call->row_count && got >= 0; i++) {
		struct row_look *l = &call->rows[i].look;
		struct ledger_before b;
		struct text root;

		got = ledger_get_before(ledger, call->book.chunk,
		    call->rows[i].index, &b, &text, d);
		if (got <= 0)
			continue;
		l->sends = b.sends > 0 ? (unsigned)b.sends : 1;
		l->before_ms = b.looked_ms;
		/* A file may hold anything. */
		l->before_at = call->looks.len;
		l->before_len =
		    json_document(b.fields, &root) && json_is_object(root)
			? b.fields.len
			: 0;
		buf_add(&call->looks, b.fields.s, l->before_len);
		l->id_at = call->looks.len;
		l->id_len = strlen(b.process_id);
		buf_add(&call->looks, b.process_id, l->id_len);
	}
	buf_release(&text);
	return got < 0 ? -1 : 0;
}
