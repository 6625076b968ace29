/* SPDX-License-Identifier: MIT */
/*
 * The configuration of a team, read defensively: its lists are found by name,
 * their elements by whichever of their ids is there. An element that cannot
 * be recognised is passed over; only a list of which at least one element was
 * recognised may say no. A key's access role may hide parts of it, so that a
 * no is evidence and never proof.
 */
#include "base/xalloc.h"
#include "chakra/response.h"
#include "config_tree.h"
#include "response_json.h"

#include <stdlib.h>
#include <string.h>

struct config *
response_config(const struct http_response *r, char *words, size_t words_size)
{
	cJSON *root = answer_envelope(r, words, words_size);
	struct config *c;

	if (root == NULL)
		return NULL;
	if (answer_errors(root) != NULL) {
		response_words(r, words, words_size);
		cJSON_Delete(root);
		return NULL;
	}
	c = xcalloc(1, sizeof(*c));
	c->root = root;
	c->data = answer_member(root, "_data");
	if (c->data == NULL)
		c->data = answer_member(root, "data");
	if (!cJSON_IsObject(c->data))
		c->data = root;
	return c;
}

void
config_free(struct config *c)
{
	if (c == NULL)
		return;
	cJSON_Delete(c->root);
	free(c);
}

bool
config_same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* An element's short id: its own, or the key that it is stored under, or the
 * string that it is. */
const char *
config_short_id(const cJSON *list, const cJSON *element)
{
	const char *own = answer_string(element, "shortId");

	if (own != NULL)
		return own;
	if (cJSON_IsString(element) && element->valuestring[0] != '\0')
		return element->valuestring;
	return cJSON_IsObject(list) && cJSON_IsObject(element) ? element->string
							       : NULL;
}

static bool
is_called(const cJSON *list, const cJSON *element, const char *name)
{
	if (config_same(config_short_id(list, element), name) ||
	    config_same(answer_string(element, "id"), name))
		return true;
	return cJSON_IsObject(list) && config_same(element->string, name);
}

/* A list that is there: an array or an object. */
const cJSON *
config_list(const cJSON *object, const char *name)
{
	const cJSON *list = answer_member(object, name);

	return cJSON_IsArray(list) || cJSON_IsObject(list) ? list : NULL;
}

enum config_answer
config_procedure(struct config *c, const char *name)
{
	const cJSON *list = config_list(c->data, "procedures"), *element;
	bool recognised = false;

	cJSON_ArrayForEach(element, list)
	{
		recognised |= config_short_id(list, element) != NULL;
		if (!is_called(list, element, name))
			continue;
		c->procedure = element;
		c->short_id = config_short_id(list, element);
		c->id = answer_string(element, "id");
		if (c->id == NULL && cJSON_IsObject(list))
			c->id = element->string;
		return CONFIG_YES;
	}
	return recognised ? CONFIG_NO : CONFIG_CANNOT_TELL;
}

const char *
config_procedure_title(const struct config *c)
{
	const char *title = answer_string(c->procedure, "name");

	return title != NULL ? title : "";
}

/* Does a link (an id, an object with one, a list of either) lead to the
 * chosen procedure? Depth: a list holds no lists. */
static bool
leads_here(const struct config *c, const cJSON *link)
{
	const cJSON *part;

	if (cJSON_IsString(link))
		return config_same(link->valuestring, c->id) ||
		       config_same(link->valuestring, c->short_id);
	if (cJSON_IsObject(link))
		return config_same(answer_string(link, "id"), c->id) ||
		       config_same(answer_string(link, "shortId"), c->short_id);
	cJSON_ArrayForEach(part, link)
	{
		if (!cJSON_IsArray(part) && leads_here(c, part))
			return true;
	}
	return false;
}

/* The link of an element of a team's list to procedures; NULL = it has
 * none, and belongs to all. */
static const cJSON *
link_of(const cJSON *element)
{
	static const char *const names[] = {
	    "procedure", "procedureId", "procedures", "procedureIds"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const cJSON *link = answer_member(element, names[i]);

		if (link != NULL && !cJSON_IsNull(link))
			return link;
	}
	return NULL;
}

/* A list in the procedure itself may hold no more than uuids. */
static bool
procedure_lists(
    const struct config *c, const char *list_name, const cJSON *element)
{
	const cJSON *list = config_list(c->procedure, list_name), *part;
	const char *id = answer_string(element, "id");

	cJSON_ArrayForEach(part, list)
	{
		if (cJSON_IsString(part) && config_same(part->valuestring, id))
			return true;
	}
	return false;
}

bool
config_belongs(
    const struct config *c, const char *list_name, const cJSON *element)
{
	const cJSON *link = link_of(element);

	return link == NULL || leads_here(c, link) ||
	       procedure_lists(c, list_name, element);
}

static bool
is_named(
    const cJSON *list, const cJSON *element, const char *name, bool by_title)
{
	return is_called(list, element, name) ||
	       (by_title && config_same(answer_string(element, "name"), name));
}

/* First the list in the procedure itself, then the team's. */
static enum config_answer
ask(const struct config *c, const char *list_name, const char *name,
    bool by_title)
{
	const cJSON *own = config_list(c->procedure, list_name);
	const cJSON *all = config_list(c->data, list_name), *element;
	bool recognised = false, elsewhere = false;

	cJSON_ArrayForEach(element, own)
	{
		/* Bare strings may be uuids of the other list. */
		recognised |= config_short_id(own, element) != NULL &&
			      (all == NULL || !cJSON_IsString(element));
		if (is_named(own, element, name, by_title))
			return CONFIG_YES;
	}
	cJSON_ArrayForEach(element, all)
	{
		bool here = config_belongs(c, list_name, element);

		recognised |= config_short_id(all, element) != NULL && here;
		if (!is_named(all, element, name, by_title))
			continue;
		if (here)
			return CONFIG_YES;
		elsewhere = true;
	}
	if (!recognised)
		return CONFIG_CANNOT_TELL;
	return elsewhere ? CONFIG_ELSEWHERE : CONFIG_NO;
}

enum config_answer
config_attribute(const struct config *c, const char *name)
{
	if (c->procedure == NULL)
		return CONFIG_CANNOT_TELL;
	return ask(c, "attributes", name, false);
}

enum config_answer
config_state(const struct config *c, const char *name)
{
	if (c->procedure == NULL)
		return CONFIG_CANNOT_TELL;
	return ask(c, "states", name, true);
}

struct names {
	const char **items;
	size_t count, cap;
};

static void
take_names(const struct config *c, const cJSON *list, const char *list_name,
    struct names *n)
{
	const cJSON *element;

	cJSON_ArrayForEach(element, list)
	{
		const char *name = config_short_id(list, element);

		if (name == NULL || (list_name != NULL &&
					!config_belongs(c, list_name, element)))
			continue;
		ARRAY_ROOM(n->items, n->count, n->cap);
		n->items[n->count++] = name;
	}
}

const char **
config_names(const struct config *c, enum config_list list, size_t *count)
{
	const char *list_name =
	    list == CONFIG_ATTRIBUTES ? "attributes" : "states";
	struct names n = {NULL, 0, 0};

	if (list == CONFIG_PROCEDURES) {
		take_names(c, config_list(c->data, "procedures"), NULL, &n);
	} else if (c->procedure != NULL) {
		take_names(c, config_list(c->procedure, list_name), NULL, &n);
		take_names(c, config_list(c->data, list_name), list_name, &n);
	}
	*count = n.count;
	return n.items != NULL ? n.items : xcalloc(1, sizeof(*n.items));
}
