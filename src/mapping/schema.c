/* SPDX-License-Identifier: MIT */
/*
 * The JSON Schema (2020-12) of the language, for editors: one definition per
 * key table, one property per row, built with cJSON since nobody waits for
 * it. What spans several keys (exactly one source, options of a type) is only
 * said where editors can use it; `check` knows the rest.
 */
#include "keys.h"
#include "mapping/mapping.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DRAFT "https://json-schema.org/draft/2020-12/schema"

static cJSON *
of_type(const char *type)
{
	cJSON *o = cJSON_CreateObject();
	cJSON_AddStringToObject(o, "type", type);
	return o;
}

/* YAML's plain numbers and booleans are text where text is wanted. */
static cJSON *
scalar(void)
{
	static const char *const types[] = {"string", "number", "boolean"};
	cJSON *o = cJSON_CreateObject();
	cJSON_AddItemToObject(o, "type", cJSON_CreateStringArray(types, 3));
	return o;
}

static cJSON *
reference(const char *definition)
{
	char path[64];
	cJSON *o = cJSON_CreateObject();
	snprintf(path, sizeof(path), "#/$defs/%s", definition);
	cJSON_AddStringToObject(o, "$ref", path);
	return o;
}

static cJSON *
list_of(cJSON *items)
{
	cJSON *o = of_type("array");
	cJSON_AddItemToObject(o, "items", items);
	return o;
}

static cJSON *
map_of(cJSON *values)
{
	cJSON *o = of_type("object");
	cJSON_AddItemToObject(o, "additionalProperties", values);
	return o;
}

static cJSON *
any_of(cJSON *a, cJSON *b)
{
	cJSON *o = cJSON_CreateObject(), *list = cJSON_CreateArray();
	cJSON_AddItemToArray(list, a);
	cJSON_AddItemToArray(list, b);
	cJSON_AddItemToObject(o, "anyOf", list);
	return o;
}

static cJSON *
words(const struct key_word *w)
{
	cJSON *o = cJSON_CreateObject();
	cJSON *list = cJSON_AddArrayToObject(o, "enum");
	for (; w->word; w++) {
		cJSON_AddItemToArray(list, cJSON_CreateString(w->word));
		if (!strcmp(w->word, "null"))
			cJSON_AddItemToArray(list, cJSON_CreateNull());
	}
	return o;
}

static cJSON *
type_names(void)
{
	cJSON *o = cJSON_CreateObject();
	cJSON *list = cJSON_AddArrayToObject(o, "enum");
	for (int i = 0; i < TYPE_COUNT; i++)
		cJSON_AddItemToArray(list,
		    cJSON_CreateString(field_type_name((enum field_type)i)));
	return o;
}

static cJSON *
number(const struct key *k)
{
	cJSON *o = of_type("integer");
	cJSON_AddNumberToObject(o, "minimum", (double)k->min);
	if (k->max)
		cJSON_AddNumberToObject(o, "maximum", (double)k->max);
	return o;
}

static cJSON *
one_character(const struct key *k)
{
	cJSON *o = of_type("string");
	int tab = 0;
	bool separates = key_word_find(k->words, TEXT_LITERAL("tab"), &tab);
	cJSON_AddStringToObject(o, "pattern",
	    separates ? "^([\\x01-\\x09\\x0b\\x0c\\x0e-\\x7f]|\\\\t|"
			"\\\\x[0-7][0-9A-Fa-f])$"
		      : "^[\\x20-\\x7e]$");
	return k->words ? any_of(o, words(k->words)) : o;
}

static cJSON *
with_pattern(cJSON *o, const char *pattern)
{
	cJSON_AddStringToObject(o, "pattern", pattern);
	return o;
}

static cJSON *
twelve(cJSON *items)
{
	cJSON *o = list_of(items);

	cJSON_AddNumberToObject(o, "minItems", 12);
	cJSON_AddNumberToObject(o, "maxItems", 12);
	return o;
}

static cJSON *
separator(void)
{
	cJSON *o = of_type("string");

	cJSON_AddNumberToObject(o, "minLength", 1);
	cJSON_AddNumberToObject(o, "maxLength", 32);
	return o;
}

static cJSON *
version_one(void)
{
	cJSON *o = cJSON_CreateObject();
	cJSON *one = cJSON_AddArrayToObject(o, "enum");
	cJSON_AddItemToArray(one, cJSON_CreateNumber(1));
	cJSON_AddItemToArray(one, cJSON_CreateString("1"));
	return o;
}

/* What refers to other definitions; NULL for the rest. */
static cJSON *
nested_schema(const struct key *k)
{
	switch (k->kind) {
	case VALUE_OTHERWISE:
		return any_of(words(k->words), reference(k->table->name));
	case VALUE_FIELD:
		return any_of(scalar(), reference("field"));
	case VALUE_FIELDS:
		return map_of(any_of(scalar(), reference("field")));
	case VALUE_KEY_FIELD:
	case VALUE_TABLE:
	case VALUE_EACH:
		return reference(k->table->name);
	case VALUE_REPLACE:
	case VALUE_CONDITIONS:
		return any_of(reference(k->table->name),
		    list_of(reference(k->table->name)));
	case VALUE_ITEMS:
	case VALUE_TESTS:
		return list_of(reference(k->table->name));
	case VALUE_CELLS:
		return map_of(scalar());
	case VALUE_MAP:
		return any_of(map_of(scalar()), reference(k->table->name));
	case VALUE_JSON:
		return of_type("object");
	default:
		return NULL;
	}
}

static cJSON *
value_schema(const struct key *k)
{
	cJSON *nested = nested_schema(k);
	if (nested)
		return nested;
	switch (k->kind) {
	case VALUE_VERSION:
		return version_one();
	case VALUE_WORD:
	case VALUE_SWITCH:
		return words(k->words);
	case VALUE_BOOLEAN:
		return of_type("boolean");
	case VALUE_NUMBER:
	case VALUE_INDEX:
		return number(k);
	case VALUE_SIGN:
		return one_character(k);
	case VALUE_SEPARATOR:
		return separator();
	case VALUE_MONTHS:
		return twelve(any_of(scalar(), list_of(scalar())));
	case VALUE_WORD_LIST:
	case VALUE_IGNORE:
		return list_of(scalar());
	case VALUE_FORMATS:
		return any_of(of_type("string"), list_of(of_type("string")));
	case VALUE_ZONE:
	case VALUE_TEMPLATE:
	case VALUE_ENCODING:
		return of_type("string");
	case VALUE_SIZE:
		return with_pattern(scalar(), "^[0-9]+ ?([KMG]i?B)?$");
	case VALUE_DIGITS:
		return with_pattern(scalar(), "^[0-9]{1,6}$");
	case VALUE_COLUMNS:
		return any_of(scalar(), list_of(scalar()));
	case VALUE_TYPE:
		return type_names();
	default:
		return scalar();
	}
}

static void
add_properties(
    cJSON *properties, cJSON *required, const struct key_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct key *k = &table->keys[i];
		cJSON *old =
		    cJSON_GetObjectItemCaseSensitive(properties, k->name);
		cJSON *schema = value_schema(k);
		char doc[256];
		if (old) {
			/* The same key for another type. */
			schema = any_of(cJSON_DetachItemFromObjectCaseSensitive(
					    properties, k->name),
			    schema);
		} else {
			snprintf(doc, sizeof(doc), "%s; for example %s: %s",
			    k->doc, k->name, k->example);
			cJSON_AddStringToObject(schema, "description", doc);
		}
		cJSON_AddItemToObject(properties, k->name, schema);
		if (k->is_required)
			cJSON_AddItemToArray(
			    required, cJSON_CreateString(k->name));
	}
	if (table->base)
		add_properties(properties, required, table->base);
}

static void
add_table(cJSON *o, const struct key_table *table)
{
	cJSON *properties, *required, *sources;
	cJSON_AddStringToObject(o, "type", "object");
	properties = cJSON_AddObjectToObject(o, "properties");
	required = cJSON_CreateArray();
	add_properties(properties, required, table);
	if (cJSON_GetArraySize(required))
		cJSON_AddItemToObject(o, "required", required);
	else
		cJSON_Delete(required);
	cJSON_AddBoolToObject(o, "additionalProperties", false);

	sources = cJSON_CreateArray();
	for (const struct key_table *t = table; t; t = t->base)
		for (size_t i = 0; i < t->count; i++) {
			if (!t->keys[i].is_source)
				continue;
			const char *const name[] = {t->keys[i].name};
			cJSON *one = cJSON_CreateObject();
			cJSON_AddItemToObject(
			    one, "required", cJSON_CreateStringArray(name, 1));
			cJSON_AddItemToArray(sources, one);
		}
	if (cJSON_GetArraySize(sources))
		cJSON_AddItemToObject(o, "oneOf", sources);
	else
		cJSON_Delete(sources);
}

void
mapping_schema(struct buf *out)
{
	cJSON *root = cJSON_CreateObject();
	cJSON_AddStringToObject(root, "$schema", DRAFT);
	cJSON_AddStringToObject(root, "title", "csv2chakra mapping, version 1");
	add_table(root, &keys_mapping);
	cJSON *definitions = cJSON_AddObjectToObject(root, "$defs");
	for (size_t i = 1; keys_all[i]; i++)
		add_table(
		    cJSON_AddObjectToObject(definitions, keys_all[i]->name),
		    keys_all[i]);
	char *text = cJSON_Print(root);
	if (text) {
		buf_adds(out, text);
		buf_addc(out, '\n');
	}
	cJSON_free(text);
	cJSON_Delete(root);
}
