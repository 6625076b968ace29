/* SPDX-License-Identifier: MIT */
/*
 * Processes put together: creation, merges, updates, edits, deletion, in the
 * order of the times at which they took effect.
 */
#include "process.h"

#include "ids.h"
#include "scan.h"

/* The update that a row holds. */
static struct text
update_of(const struct store_row *effect)
{
	struct text update;

	if (effect->act == ACT_UPDATE &&
	    scan_member(effect->body, "update", &update))
		return update;
	return effect->body;
}

static void
take_effect(const struct sandbox *s, const struct store_row *effect,
    struct proc *p, struct buf *body)
{
	bool is_edit = effect->act == ACT_EDIT;
	struct buf next = BUF_INIT(0);

	p->updated_ms = effect->due_ms;
	p->edits += is_edit;
	if (effect->verdict == VERDICT_DELETED) {
		p->is_deleted = true;
		p->deletes += !is_edit;
		return;
	}
	p->merges += effect->verdict == VERDICT_MERGED;
	p->updates += effect->verdict == VERDICT_UPDATED && !is_edit;
	if (effect->verdict == VERDICT_UPDATED && !is_edit &&
	    s->options->updates == UPDATES_REPLACE)
		proc_replace(p->procedure, &next, p->body, update_of(effect));
	else
		proc_merge(&next, p->body, update_of(effect));
	buf_release(body);
	*body = next;
	p->body = buf_text(body);
}

int
process_load(struct sandbox *s, const struct store_row *row, int64_t now_ms,
    struct proc *p, struct buf *body, struct diag *d)
{
	const struct sandbox_options *o = s->options;
	struct store_where w = {.first = row->id, .now_ms = now_ms};
	struct store_row effect = {0};
	int step;

	*p = (struct proc){.procedure = schema_at(s, row->procedure),
	    .created_ms = row->due_ms,
	    .updated_ms = row->due_ms,
	    .created_by =
		row->act == ACT_EDIT ? schema_colleague() : schema_user(),
	    .body = row->body,
	    .key_in_data = o->list_shape == 2,
	    .state_as_id = o->state_form == STATE_UUID,
	    .numbers_as_text = o->numbers == NUMBERS_TEXT,
	    .without_times = o->timestamps == SWITCH_OFF};
	id_make(store_salt(s->store), ID_PROCESS, row->id, p->id);
	if (row->act == ACT_UPDATE) {
		buf_clear(body);
		proc_of_change(p->procedure, row->body, body);
		p->body = buf_text(body);
	}
	if (!store_has_effects(s->store))
		return 0;
	if (store_select(s->store, STORE_EFFECTS, &w, d) != 0)
		return -1;
	while ((step = store_next(s->store, STORE_EFFECTS, &effect, d)) == 1)
		if (!p->is_deleted)
			take_effect(s, &effect, p, body);
	return step;
}

void
process_release(struct process *p)
{
	buf_release(&p->key);
	buf_release(&p->body);
}

/* A copy of what the row created, in place of what p held. */
static int
copy(struct sandbox *s, const struct store_row *row, int64_t now_ms,
    struct process *p, struct diag *d)
{
	process_release(p);
	p->row = row->id;
	buf_add(&p->key, row->key.s, row->key.len);
	if (process_load(s, row, now_ms, &p->now, &p->body, d) != 0)
		return -1;
	if (p->body.len == 0) {
		buf_add(&p->body, row->body.s, row->body.len);
		p->now.body = buf_text(&p->body);
	}
	return 0;
}

int
process_by_id(struct sandbox *s, int procedure, struct text id, int64_t now_ms,
    struct process *p, struct diag *d)
{
	struct store_where w = {.now_ms = now_ms};
	struct store_row row = {0};
	int found;

	*p = (struct process){0};
	if (!id_parse(store_salt(s->store), ID_PROCESS, id, &w.first))
		return 0;
	if (store_select(s->store, STORE_ROW, &w, d) != 0)
		return -1;
	found = store_next(s->store, STORE_ROW, &row, d);
	if (found == 1 && row.procedure != procedure)
		found = 0;
	else if (found == 1 && copy(s, &row, now_ms, p, d) != 0)
		found = -1;
	store_reset(s->store, STORE_ROW);
	return found;
}

int
process_by_key(struct sandbox *s, int procedure, struct text key,
    int64_t now_ms, struct process *p, struct diag *d)
{
	struct store_where w = {
	    .procedure = procedure, .key = key, .now_ms = now_ms};
	struct process other = {0};
	struct store_row row = {0};
	int step = 0, found = 0;

	*p = (struct process){0};
	if (key.len == 0)
		return 0;
	if (store_select(s->store, STORE_KEY, &w, d) != 0)
		return -1;
	while (found < 2 &&
	       (step = store_next(s->store, STORE_KEY, &row, d)) == 1) {
		struct process *to = found == 0 ? p : &other;

		if (copy(s, &row, now_ms, to, d) != 0)
			step = -1;
		if (step < 0)
			break;
		found += !to->now.is_deleted;
	}
	store_reset(s->store, STORE_KEY);
	process_release(&other);
	return step < 0 ? -1 : found;
}

int
process_act(struct sandbox *s, const struct store_call *call,
    const struct store_entry *e, struct diag *d)
{
	int64_t id;
	int ret;

	if (store_begin(s->store, call, &id, d) != 0)
		return -1;
	ret = store_add(s->store, e, d);
	if (ret == 0)
		ret = store_commit(s->store, d);
	if (ret != 0)
		store_rollback(s->store);
	return ret;
}
