/* SPDX-License-Identifier: MIT */
/*
 * Process objects by byte ranges: key, examination, merge, and the shape in
 * which lookups show them. Unknown attributes are taken, as nothing is
 * documented about refusing them.
 */
#include "proc.h"

#include "base/json_write.h"
#include "scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* At the top level, else in data. */
static bool
find(struct text object, const char *name, struct text *token)
{
	const char *const names[] = {name, "data"};
	struct text found[2];

	scan_members(object, names, found, 2);
	if (found[0].s == NULL)
		return found[1].s != NULL && scan_member(found[1], name, token);
	*token = found[0];
	return true;
}

bool
proc_key_token(
    const struct schema_procedure *p, struct text object, struct text *token)
{
	if (!find(object, p->key, token))
		return false;
	return scan_kind(*token) == SCAN_STRING ||
	       scan_kind(*token) == SCAN_NUMBER;
}

bool
proc_key(const struct schema_procedure *p, struct text object, struct buf *key)
{
	struct text token;
	size_t before = key->len;

	if (!proc_key_token(p, object, &token))
		return false;
	json_decode(token, key);
	return key->len > before;
}

static enum verdict
examine_state(
    const struct schema_procedure *p, struct text token, char message[256])
{
	struct buf said = BUF_INIT(0), shown = BUF_INIT(0);
	enum verdict verdict = VERDICT_CREATED;

	json_decode(token, &said);
	if (scan_kind(token) != SCAN_STRING ||
	    !schema_has_state(p, buf_text(&said))) {
		text_display(&shown, buf_text(&said), 60);
		snprintf(message, 256,
		    "'%s' is not a state of procedure "
		    "'%s'",
		    buf_str(&shown), p->name);
		verdict = VERDICT_ERROR;
	}
	buf_release(&said);
	buf_release(&shown);
	return verdict;
}

static bool
is_status(struct text token)
{
	return scan_string_is(token, "OPEN") ||
	       scan_string_is(token, "COMPLETED") ||
	       scan_string_is(token, "CANCELLED");
}

enum verdict
proc_examine(
    const struct schema_procedure *p, struct text object, char message[256])
{
	struct text token;

	message[0] = '\0';
	if (scan_kind(object) != SCAN_OBJECT) {
		snprintf(message, 256, "a process must be an object");
		return VERDICT_INVALID;
	}
	if (scan_member(object, "data", &token) &&
	    scan_kind(token) != SCAN_OBJECT) {
		snprintf(message, 256, "data must be an object");
		return VERDICT_INVALID;
	}
	if (scan_member(object, "status", &token) &&
	    scan_kind(token) != SCAN_NULL && !is_status(token)) {
		snprintf(message, 256,
		    "status must be OPEN, COMPLETED or CANCELLED");
		return VERDICT_ERROR;
	}
	if (scan_member(object, "nextActionAt", &token) &&
	    scan_kind(token) != SCAN_NUMBER && scan_kind(token) != SCAN_NULL) {
		snprintf(message, 256,
		    "nextActionAt must be a number of milliseconds");
		return VERDICT_ERROR;
	}
	if (scan_member(object, "state", &token) &&
	    scan_kind(token) != SCAN_NULL)
		return examine_state(p, token, message);
	return VERDICT_CREATED;
}

static void
add_member(struct buf *out, struct text name, struct text value)
{
	json_token(out, NULL, name);
	buf_addc(out, ':');
	json_token(out, NULL, value);
}

/* The member of `object` with the same name as the token `name`. */
static bool
same_member(struct text object, struct text name, struct text *value)
{
	struct buf said = BUF_INIT(0);
	bool has;

	json_decode(name, &said);
	has = scan_member(object, buf_str(&said), value);
	buf_release(&said);
	return has;
}

static void
merge_flat(struct buf *out, struct text base, struct text over)
{
	struct json_walk it;
	struct text name, value, other;

	json_object(out, NULL);
	json_walk_begin(&it, base);
	while (json_walk_next(&it, &name, &value))
		if (!same_member(over, name, &other))
			add_member(out, name, value);
	json_walk_begin(&it, over);
	while (json_walk_next(&it, &name, &value))
		add_member(out, name, value);
	json_end_object(out);
}

void
proc_merge(struct buf *out, struct text base, struct text over)
{
	struct buf flat = BUF_INIT(0), data = BUF_INIT(0);
	struct text old_data, new_data, name, value;
	struct json_walk it;

	if (!scan_member(base, "data", &old_data) ||
	    !scan_member(over, "data", &new_data)) {
		merge_flat(out, base, over);
		return;
	}
	merge_flat(&data, old_data, new_data);
	merge_flat(&flat, base, over);
	json_object(out, NULL);
	json_walk_begin(&it, buf_text(&flat));
	while (json_walk_next(&it, &name, &value)) {
		if (scan_string_is(name, "data"))
			value = buf_text(&data);
		add_member(out, name, value);
	}
	json_end_object(out);
	buf_release(&flat);
	buf_release(&data);
}

void
proc_replace(const struct schema_procedure *p, struct buf *out,
    struct text base, struct text over)
{
	struct text old, data, key, ignored, name, value;
	struct buf flat = BUF_INIT(0), kept = BUF_INIT(0);
	struct json_walk it;

	merge_flat(&flat, base, over);
	if (!scan_member(base, "data", &old) ||
	    !scan_member(over, "data", &data) ||
	    !scan_member(old, p->key, &key) ||
	    scan_member(data, p->key, &ignored)) {
		buf_add(out, flat.data, flat.len);
		buf_release(&flat);
		return;
	}
	json_object(&kept, NULL);
	json_token(&kept, p->key, key);
	json_walk_begin(&it, data);
	while (json_walk_next(&it, &name, &value))
		add_member(&kept, name, value);
	json_end_object(&kept);
	json_object(out, NULL);
	json_walk_begin(&it, buf_text(&flat));
	while (json_walk_next(&it, &name, &value))
		add_member(out, name,
		    scan_string_is(name, "data") ? buf_text(&kept) : value);
	json_end_object(out);
	buf_release(&flat);
	buf_release(&kept);
}

/* What a process has of its own; of the body, state and status come here. */
enum own {
	OWN_ID,
	OWN_PROCEDURE,
	OWN_CREATED_AT,
	OWN_UPDATED_AT,
	OWN_CREATED_BY,
	OWN_STATUS,
	OWN_STATE,
	OWN_COUNT
};
static const char *const own[OWN_COUNT] = {"id", "procedure", "createdAt",
    "updatedAt", "createdBy", "status", "state"};

static int
own_index(struct text name_token)
{
	for (size_t i = 0; i < OWN_COUNT; i++)
		if (scan_string_is(name_token, own[i]))
			return (int)i;
	return -1;
}

/* What the body says of its status and its state. */
struct own_said {
	struct text of[OWN_COUNT];
};
static struct own_said
own_said(const struct proc *p)
{
	struct own_said said = {0};

	scan_members(p->body, own + OWN_STATUS, said.of + OWN_STATUS,
	    OWN_COUNT - OWN_STATUS);
	return said;
}

/* The value of own[i]. */
static void
add_own(const struct proc *p, const struct own_said *said, size_t i,
    const char *name, struct buf *out)
{
	if (i == OWN_ID)
		json_string(out, name, p->id);
	else if (i == OWN_PROCEDURE)
		json_string(out, name, p->procedure->name);
	else if (i == OWN_CREATED_AT)
		json_int(out, name, p->created_ms);
	else if (i == OWN_UPDATED_AT)
		json_int(out, name, p->updated_ms);
	else if (i == OWN_CREATED_BY)
		json_string(out, name, p->created_by);
	else if (said->of[i].s != NULL && scan_kind(said->of[i]) != SCAN_NULL)
		json_token(out, name, said->of[i]);
	else
		json_string(out, name,
		    i == OWN_STATUS ? "OPEN" : p->procedure->states[0]);
}

/* A value as it is shown: as it came, or with its numbers as texts. */
static void
add_value(const struct proc *p, struct buf *out, struct text value)
{
	enum scan_kind kind = scan_kind(value);
	struct json_walk it;
	struct text name, part;

	if (!p->numbers_as_text || kind == SCAN_STRING ||
	    kind == SCAN_BOOLEAN || kind == SCAN_NULL) {
		json_token(out, NULL, value);
		return;
	}
	if (kind == SCAN_NUMBER) {
		json_text(out, NULL, value);
		return;
	}
	if (kind == SCAN_OBJECT)
		json_object(out, NULL);
	else
		json_array(out, NULL);
	json_walk_begin(&it, value);
	while (json_walk_next(&it, &name, &part)) {
		if (kind == SCAN_OBJECT) {
			json_token(out, NULL, name);
			buf_addc(out, ':');
		}
		add_value(p, out, part);
	}
	if (kind == SCAN_OBJECT)
		json_end_object(out);
	else
		json_end_array(out);
}

static void
show_member(
    const struct proc *p, struct buf *out, struct text name, struct text value)
{
	json_token(out, NULL, name);
	buf_addc(out, ':');
	if (scan_string_is(name, "nextActionAt"))
		json_token(out, NULL, value);
	else
		add_value(p, out, value);
}

/* The members of data, and before them the key wherever it was sent. */
static void
add_data(const struct proc *p, struct buf *out)
{
	struct text data, token, name, value;
	struct json_walk it;

	json_object(out, "data");
	if (proc_key_token(p->procedure, p->body, &token)) {
		json_name(out, p->procedure->key);
		add_value(p, out, token);
	}
	if (scan_member(p->body, "data", &data)) {
		json_walk_begin(&it, data);
		while (json_walk_next(&it, &name, &value))
			if (!scan_string_is(name, p->procedure->key))
				show_member(p, out, name, value);
	}
	json_end_object(out);
}

static bool
is_in_data(const struct proc *p, struct text name)
{
	return p->key_in_data && (scan_string_is(name, "data") ||
				     scan_string_is(name, p->procedure->key));
}

/* Only shown by its uuid; lookups ask for its short id. */
static void
show_state(const struct proc *p, struct buf *out)
{
	struct buf scratch = BUF_INIT(0), said = BUF_INIT(0);
	struct text token;
	char id[37];

	(void)proc_value(p, own[OWN_STATE], &token, &scratch);
	json_decode(token, &said);
	if (schema_state_id(p->procedure, buf_text(&said), id))
		json_string(out, own[OWN_STATE], id);
	buf_release(&scratch);
	buf_release(&said);
}

void
proc_show(const struct proc *p, struct buf *out)
{
	struct own_said said = own_said(p);
	struct json_walk it;
	struct text name, value;

	json_object(out, NULL);
	for (size_t i = 0; i < OWN_COUNT; i++) {
		bool is_time = i >= OWN_CREATED_AT && i <= OWN_CREATED_BY;

		if (i == OWN_STATE && p->state_as_id)
			show_state(p, out);
		else if (!is_time || !p->without_times)
			add_own(p, &said, i, own[i], out);
	}
	if (p->with_deleted)
		json_bool(out, "isDeleted", p->is_deleted);
	if (p->key_in_data)
		add_data(p, out);
	json_walk_begin(&it, p->body);
	while (json_walk_next(&it, &name, &value))
		if (own_index(name) < 0 && !is_in_data(p, name))
			show_member(p, out, name, value);
	json_end_object(out);
}

bool
proc_value(const struct proc *p, const char *name, struct text *token,
    struct buf *scratch)
{
	for (size_t i = 0; i < OWN_COUNT; i++) {
		if (strcmp(name, own[i]) != 0)
			continue;
		struct own_said said = own_said(p);

		buf_clear(scratch);
		add_own(p, &said, i, NULL, scratch);
		*token = buf_text(scratch);
		return true;
	}
	return find(p->body, name, token);
}
