/* SPDX-License-Identifier: MIT */
/*
 * Updates: whether one is good in itself, and what it makes of a process.
 * Nothing is documented about an update that clears a state or a status, or
 * that changes the key; both are refused, so that a client that does so by
 * mistake sees it.
 */
#include "proc.h"

#include "base/json_write.h"
#include "scan.h"

#include <stdio.h>

static enum verdict
refused(enum verdict verdict, char message[256], const char *words)
{
	snprintf(message, 256, "%s", words);
	return verdict;
}

/* What a string or a number says, or nothing. */
static void
say(struct text object, const char *name, struct buf *out)
{
	struct text token;

	if (scan_member(object, name, &token) &&
	    (scan_kind(token) == SCAN_STRING ||
		scan_kind(token) == SCAN_NUMBER))
		json_decode(token, out);
}

enum verdict
proc_change_read(const struct schema_procedure *p, struct text element,
    struct proc_change *c, char message[256])
{
	*c = (struct proc_change){.update = {"{}", 2}};
	message[0] = '\0';
	if (scan_kind(element) != SCAN_OBJECT)
		return refused(
		    VERDICT_INVALID, message, "an update must be an object");
	say(element, "id", &c->id);
	say(element, p->key, &c->key);
	if ((c->id.len > 0) == (c->key.len > 0)) {
		snprintf(message, 256,
		    "an update names its process by id or by %s, one of them",
		    p->key);
		return VERDICT_INVALID;
	}
	if (!scan_member(element, "update", &c->update)) {
		c->update = (struct text){"{}", 2};
		return refused(VERDICT_INVALID, message,
		    "an update must have an object update");
	}
	return proc_update_examine(p, c->update, message);
}

void
proc_change_release(struct proc_change *c)
{
	buf_release(&c->id);
	buf_release(&c->key);
}

enum verdict
proc_update_examine(
    const struct schema_procedure *p, struct text update, char message[256])
{
	static const char *const kept[] = {"state", "status"};
	enum verdict verdict;
	struct text token;

	message[0] = '\0';
	if (scan_kind(update) != SCAN_OBJECT)
		return refused(
		    VERDICT_INVALID, message, "update must be an object");
	verdict = proc_examine(p, update, message);
	if (verdict != VERDICT_CREATED)
		return verdict;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (!scan_member(update, kept[i], &token) ||
		    scan_kind(token) != SCAN_NULL)
			continue;
		snprintf(message, 256, "a %s cannot be cleared", kept[i]);
		return VERDICT_ERROR;
	}
	return VERDICT_OPEN;
}

/* The place of a state in the procedure's list. */
static size_t
place_of(const struct schema_procedure *p, struct text token)
{
	size_t i = 0;

	while (i < p->state_count && !scan_string_is(token, p->states[i]))
		i++;
	return i;
}

enum verdict
proc_update_judge(const struct proc *p, struct text key, struct text update,
    bool is_graph, char message[256])
{
	struct buf said = BUF_INIT(0), scratch = BUF_INIT(0);
	enum verdict verdict = VERDICT_UPDATED;
	struct text now, then;

	message[0] = '\0';
	if (proc_key(p->procedure, update, &said) &&
	    !text_equal(buf_text(&said), key)) {
		snprintf(
		    message, 256, "%s cannot be changed", p->procedure->key);
		verdict = VERDICT_ERROR;
	} else if (is_graph && scan_member(update, "state", &then) &&
		   proc_value(p, "state", &now, &scratch) &&
		   place_of(p->procedure, then) < place_of(p->procedure, now)) {
		snprintf(message, 256,
		    "there is no way from state %.*s to %.*s",
		    (int)(now.len < 100 ? now.len : 100), now.s,
		    (int)(then.len < 100 ? then.len : 100), then.s);
		verdict = VERDICT_ERROR;
	}
	buf_release(&said);
	buf_release(&scratch);
	return verdict;
}

void
proc_of_change(
    const struct schema_procedure *p, struct text element, struct buf *out)
{
	struct text key, update, name, value;
	struct json_walk it;

	json_object(out, NULL);
	if (scan_member(element, p->key, &key))
		json_token(out, p->key, key);
	if (scan_member(element, "update", &update)) {
		json_walk_begin(&it, update);
		while (json_walk_next(&it, &name, &value)) {
			if (scan_string_is(name, p->key))
				continue;
			json_token(out, NULL, name);
			buf_addc(out, ':');
			json_token(out, NULL, value);
		}
	}
	json_end_object(out);
}
