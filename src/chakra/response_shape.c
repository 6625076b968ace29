/* SPDX-License-Identifier: MIT */
/*
 * The shapes of answers. Each answer is parsed once more here than it need
 * be: that happens once a run and kind, and keeps the readers, whose verdicts
 * rows depend on, as they are.
 */
#include "base/xalloc.h"
#include "chakra/response.h"
#include "response_json.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MEMBERS_MAX 40

static cJSON *
parse(const struct http_response *r)
{
	char words[256];

	return answer_envelope(r, words, sizeof(words));
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
is_shown(const struct shape_reader *s, const char *name)
{
	return name != NULL && contact_is_name(text_of(name)) &&
	       !(s->is_value != NULL && s->is_value(s->ctx, name));
}

/* "id, status"; names that are not shown are counted. */
static void
see_members(
    const struct shape_reader *s, enum contact_fact fact, const cJSON *object)
{
	const char *names[MEMBERS_MAX];
	size_t count = 0, others = 0;
	struct buf list = BUF_INIT(CONTACT_TEXT - 1);
	const cJSON *node;

	if (!cJSON_IsObject(object)) {
		contact_see(s->watch, fact, CONTACT_NONE);
		return;
	}
	cJSON_ArrayForEach(node, object)
	{
		if (count < MEMBERS_MAX && is_shown(s, node->string))
			names[count++] = node->string;
		else
			others++;
	}
	if (count > 0)
		qsort(names, count, sizeof(names[0]), by_name);
	for (size_t i = 0; i < count; i++)
		buf_addf(&list, "%s%s", list.len > 0 ? ", " : "", names[i]);
	if (others > 0)
		buf_addf(&list, "%s%zu more", list.len > 0 ? ", " : "", others);
	contact_see(
	    s->watch, fact, list.len > 0 ? buf_str(&list) : CONTACT_NONE);
	buf_release(&list);
}

void
shape_acknowledgement(
    const struct shape_reader *s, const struct http_response *r)
{
	cJSON *root = parse(r);
	const cJSON *data = answer_member(root, "_data");

	if (root == NULL)
		return;
	contact_see(s->watch, CONTACT_ACK,
	    answer_string(data, "id") != NULL ? CONTACT_ACK_JOB
					      : CONTACT_ACK_EMPTY);
	see_members(s, CONTACT_ACK_MEMBERS, data != NULL ? data : root);
	cJSON_Delete(root);
}

void
shape_job(const struct shape_reader *s, const struct http_response *r)
{
	cJSON *root = parse(r);
	const cJSON *data = answer_member(root, "_data"), *node;
	const char *status = answer_string(data, "completionStatus"), *place;
	const cJSON *counts = answer_job_counts(root, &place);

	if (root == NULL)
		return;
	see_members(s, CONTACT_JOB_MEMBERS, data);
	contact_see(s->watch, CONTACT_JOB_COUNTS, place);
	cJSON_ArrayForEach(node, counts)
	{
		if (is_shown(s, node->string))
			contact_see_entry_status(s->watch, node->string);
	}
	contact_see(s->watch, CONTACT_JOB_STATUS,
	    is_shown(s, status) ? status : CONTACT_NONE);
	cJSON_Delete(root);
}

enum contact_fact
shape_entry_fact(const struct shape_reader *s, enum contact_fact fact)
{
	return s->is_change
		   ? fact + (CONTACT_CHANGED_MEMBERS - CONTACT_ENTRY_MEMBERS)
		   : fact;
}

static void
see_entry_key(const struct shape_reader *s, const cJSON *entry)
{
	struct arena memory = {0};
	struct entry_key_place at;
	struct buf place = BUF_INIT(CONTACT_TEXT - 1);

	if (s->key_name == NULL)
		return;
	if (answer_entry_key(&memory, entry, s->key_name, &at).len == 0) {
		contact_see(s->watch, shape_entry_fact(s, CONTACT_ENTRY_KEY),
		    CONTACT_NONE);
		contact_see(s->watch, shape_entry_fact(s, CONTACT_ENTRY_MATCH),
		    "by position");
	} else {
		if (at.echo != NULL)
			buf_addf(&place, "%s%s.", at.echo,
			    at.is_text ? " (a text)" : "");
		buf_addf(&place, "%s" CONTACT_KEY, at.inside);
		contact_see(s->watch, shape_entry_fact(s, CONTACT_ENTRY_KEY),
		    buf_str(&place));
		contact_see(s->watch, shape_entry_fact(s, CONTACT_ENTRY_MATCH),
		    "by key");
	}
	buf_release(&place);
	arena_release(&memory);
}

void
shape_entries(const struct shape_reader *s, const struct http_response *r)
{
	cJSON *root = parse(r);
	const cJSON *list = answer_entries(root), *entry;

	cJSON_ArrayForEach(entry, list)
	{
		const char *name = answer_entry_status_name(entry);
		const char *status =
		    name != NULL ? answer_string(entry, name) : NULL;

		contact_see(s->watch, shape_entry_fact(s, CONTACT_ENTRY_STATUS),
		    name != NULL ? name : CONTACT_NONE);
		see_entry_key(s, entry);
		if (is_shown(s, status))
			contact_see_entry_status(s->watch, status);
		/* One that failed may have members that others lack. */
		if (status != NULL && strcasecmp(status, "SUCCESS") == 0)
			see_members(s,
			    shape_entry_fact(s, CONTACT_ENTRY_MEMBERS), entry);
	}
	cJSON_Delete(root);
}

static const char *
time_form(const cJSON *node)
{
	const char *form = "not a time";

	if (node == NULL || cJSON_IsNull(node))
		return CONTACT_NONE;
	if (cJSON_IsString(node) || cJSON_IsNumber(node))
		(void)answer_time(
		    node->valuestring, cJSON_IsNumber(node), &form);
	return form;
}

static void
see_process(const struct shape_reader *s, const cJSON *process)
{
	struct buf place = BUF_INIT(CONTACT_TEXT - 1);
	const char *inside;
	const char *form = time_form(answer_member(process, "createdAt"));

	contact_see(s->watch, CONTACT_CREATED_AT, form);
	if (s->key_name == NULL)
		return;
	if (answer_find_key_at(process, s->key_name, false, &inside) == NULL)
		buf_adds(&place, CONTACT_NONE);
	else
		buf_addf(&place, "%s" CONTACT_KEY, inside);
	contact_see(s->watch, CONTACT_LIST_KEY, buf_str(&place));
	buf_release(&place);
}

void
shape_list(const struct shape_reader *s, const struct http_response *r)
{
	cJSON *root = parse(r);
	const cJSON *list = answer_member(root, "_data");
	const cJSON *more =
	    answer_member(answer_member(root, "_meta"), "hasMore");

	if (cJSON_IsArray(list) && answer_errors(root) == NULL) {
		contact_see(s->watch, CONTACT_HAS_MORE,
		    more == NULL	   ? CONTACT_NONE
		    : cJSON_IsBool(more)   ? "boolean"
		    : cJSON_IsString(more) ? "text"
					   : "another type");
		if (list->child != NULL)
			see_process(s, list->child);
	}
	cJSON_Delete(root);
}
