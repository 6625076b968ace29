/* SPDX-License-Identifier: MIT */
/*
 * What a configuration tells of a procedure, as lists. The form of an element
 * is not documented, so each fact is looked for under the names that it may
 * have; what is not found is not told, and elements without a short id are
 * counted.
 */
#include "base/xalloc.h"
#include "chakra/response.h"
#include "config_tree.h"
#include "response_json.h"

#include <stdlib.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The first of these members that is there and not null. */
static const cJSON *
first_member(const cJSON *object, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const cJSON *member = answer_member(object, names[i]);

		if (member != NULL && !cJSON_IsNull(member))
			return member;
	}
	return NULL;
}

static const char *
first_string(const cJSON *object, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *s = answer_string(object, names[i]);

		if (s != NULL)
			return s;
	}
	return NULL;
}

/* The element of a team's list that a link leads to, or NULL; of attributes
 * only the chosen procedure's. */
static const cJSON *
follow(const struct config *c, const char *list_name, const cJSON *link,
    bool only_own)
{
	const cJSON *list = config_list(c->data, list_name), *element;
	const char *id = cJSON_IsString(link) ? link->valuestring
					      : answer_string(link, "id");

	cJSON_ArrayForEach(element, list)
	{
		if (only_own && !config_belongs(c, list_name, element))
			continue;
		if (config_same(answer_string(element, "id"), id) ||
		    config_same(config_short_id(list, element), id) ||
		    (cJSON_IsObject(list) && config_same(element->string, id)))
			return element;
	}
	return NULL;
}

/* A name, or a link to one of attributeTypes. */
static const char *
type_of(const struct config *c, const cJSON *element)
{
	static const char *const members[] = {
	    "type", "attributeType", "dataType"};
	static const char *const names[] = {"shortId", "name"};
	const cJSON *link = first_member(element, members, COUNT(members));
	const cJSON *there =
	    link ? follow(c, "attributeTypes", link, false) : NULL;
	const char *name = first_string(there, names, COUNT(names));

	if (name != NULL)
		return name;
	if (link != NULL && cJSON_IsString(link))
		return link->valuestring;
	return first_string(link, names, COUNT(names));
}

static void
take_options(
    struct config_listing *l, const cJSON *element, struct config_item *item)
{
	static const char *const members[] = {
	    "options", "enumOptions", "enumValues", "allowedValues", "values"};
	static const char *const names[] = {
	    "shortId", "value", "name", "label"};
	const cJSON *list = first_member(element, members, COUNT(members));
	const cJSON *option;

	if (!cJSON_IsArray(list) && !cJSON_IsObject(list))
		return;
	item->options = arena_array(&l->arena,
	    (size_t)cJSON_GetArraySize(list) + 1, sizeof(*item->options));
	cJSON_ArrayForEach(option, list)
	{
		/* A number keeps its digits there (answer_parse). */
		const char *s = cJSON_IsString(option) || cJSON_IsNumber(option)
				    ? option->valuestring
				    : first_string(option, names, COUNT(names));

		if (s != NULL && s[0] != '\0')
			item->options[item->option_count++] = s;
	}
}

static bool
is_true_of(const cJSON *element)
{
	static const char *const members[] = {
	    "isRequired", "required", "isMandatory", "mandatory"};

	return cJSON_IsTrue(first_member(element, members, COUNT(members)));
}

struct taker {
	struct config_listing *listing;
	const struct config *config;
	const char *list_name;
	struct config_item *items;
	size_t count, unread;
};

static void
take(struct taker *t, const cJSON *list, const cJSON *element)
{
	static const char *const titles[] = {"name", "title", "label"};
	const char *short_id = config_short_id(list, element);
	struct config_item *item = &t->items[t->count];

	if (short_id == NULL) {
		t->unread++;
		return;
	}
	for (size_t i = 0; i < t->count; i++)
		if (config_same(t->items[i].short_id, short_id))
			return;
	item->short_id = short_id;
	item->title = first_string(element, titles, COUNT(titles));
	item->type = type_of(t->config, element);
	item->is_required = is_true_of(element);
	take_options(t->listing, element, item);
	t->count++;
}

/* First what the procedure itself lists, then what the team's list has. */
static void
take_all(struct taker *t)
{
	const cJSON *own = config_list(t->config->procedure, t->list_name);
	const cJSON *all = config_list(t->config->data, t->list_name), *element;

	t->items = arena_array(&t->listing->arena,
	    (size_t)cJSON_GetArraySize(own) + (size_t)cJSON_GetArraySize(all) +
		1,
	    sizeof(*t->items));
	cJSON_ArrayForEach(element, own)
	{
		/* Bare strings may be uuids of the other list. */
		if (all == NULL || !cJSON_IsString(element))
			take(t, own, element);
	}
	cJSON_ArrayForEach(element, all)
	{
		if (config_belongs(t->config, t->list_name, element))
			take(t, all, element);
	}
}

static const char *
key_of(const struct config *c)
{
	static const char *const members[] = {"primaryKey", "primaryKeyId",
	    "primaryKeyAttribute", "primaryKeyAttributeId"};
	const cJSON *link = first_member(c->procedure, members, COUNT(members));
	const cJSON *there = link ? follow(c, "attributes", link, true) : NULL;
	const char *name = answer_string(there, "shortId");

	return name != NULL ? name : answer_string(link, "shortId");
}

bool
config_listing_read(const struct config *c, struct config_listing *l)
{
	struct taker fields = {l, c, "attributes", NULL, 0, 0};
	struct taker states = {l, c, "states", NULL, 0, 0};

	*l = (struct config_listing){.arena = ARENA_INIT};
	if (c->procedure == NULL)
		return false;
	take_all(&fields);
	take_all(&states);
	l->short_id = c->short_id;
	l->fields = fields.items;
	l->field_count = fields.count;
	l->fields_unread = fields.unread;
	l->states = states.items;
	l->state_count = states.count;
	l->states_unread = states.unread;
	l->key = key_of(c);
	return true;
}

void
config_listing_release(struct config_listing *l)
{
	arena_release(&l->arena);
	*l = (struct config_listing){.arena = ARENA_INIT};
}
