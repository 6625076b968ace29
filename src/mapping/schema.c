/* SPDX-License-Identifier: MIT */
/*
 * The JSON Schema (2020-12) of the language, for editors: one definition per
 * key table, one property per row. What spans several keys (exactly one source,
 * options of a type) is only said where editors can use it; `check` knows the
 * rest.
 */
#include "base/json_write.h"
#include "keys.h"
#include "mapping/mapping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DRAFT "https://json-schema.org/draft/2020-12/schema"

/* What stands for a kind of value; NULL: a scalar. A letter is a schema
 * (add_letter); `[x` is a list of x, `{x` a map to x, `|xy` x or y. */
static const char *const shapes[VALUE_KIND_COUNT] = {
    [VALUE_VERSION] = "v",
    [VALUE_WORD] = "w",
    [VALUE_SWITCH] = "w",
    [VALUE_OTHERWISE] = "|wr",
    [VALUE_BOOLEAN] = "b",
    [VALUE_NUMBER] = "n",
    [VALUE_INDEX] = "n",
    [VALUE_SIGN] = "|cw",
    [VALUE_SEPARATOR] = "t",
    [VALUE_MONTHS] = "[|s[s",
    [VALUE_WORD_LIST] = "[s",
    [VALUE_IGNORE] = "[s",
    [VALUE_FORMATS] = "|t[t",
    [VALUE_ZONE] = "t",
    [VALUE_TEMPLATE] = "t",
    [VALUE_ENCODING] = "t",
    [VALUE_COLUMNS] = "|s[s",
    [VALUE_TYPE] = "y",
    [VALUE_FIELD] = "|sf",
    [VALUE_FIELDS] = "{|sf",
    [VALUE_KEY_FIELD] = "r",
    [VALUE_TABLE] = "r",
    [VALUE_EACH] = "r",
    [VALUE_REPLACE] = "|r[r",
    [VALUE_CONDITIONS] = "|r[r",
    [VALUE_ITEMS] = "[r",
    [VALUE_TESTS] = "[r",
    [VALUE_CELLS] = "{s",
    [VALUE_MAP] = "|{sr",
    [VALUE_JSON] = "o",
};

static void
add_words(struct buf *b, const struct key_word *w)
{
	json_array(b, "enum");
	for (; w->word; w++) {
		json_string(b, NULL, w->word);
		if (!strcmp(w->word, "null"))
			json_null(b, NULL);
	}
	json_end_array(b);
}

static void
add_reference(struct buf *b, const char *definition)
{
	char path[64];

	snprintf(path, sizeof(path), "#/$defs/%s", definition);
	json_string(b, "$ref", path);
}

/* YAML's plain numbers and booleans are text where text is wanted. */
static void
add_scalar(struct buf *b)
{
	json_array(b, "type");
	json_string(b, NULL, "string");
	json_string(b, NULL, "number");
	json_string(b, NULL, "boolean");
	json_end_array(b);
}

static void
add_number(struct buf *b, const struct key *k)
{
	json_string(b, "type", "integer");
	json_uint(b, "minimum", k->min);
	if (k->max)
		json_uint(b, "maximum", k->max);
}

static void
add_character(struct buf *b, const struct key *k)
{
	int tab = 0;

	json_string(b, "type", "string");
	json_string(b, "pattern",
	    key_word_find(k->words, TEXT_LITERAL("tab"), &tab)
		? "^([\\x01-\\x09\\x0b\\x0c\\x0e-\\x7f]|\\\\t|"
		  "\\\\x[0-7][0-9A-Fa-f])$"
		: "^[\\x20-\\x7e]$");
}

static void
add_type_names(struct buf *b)
{
	json_array(b, "enum");
	for (int i = 0; i < TYPE_COUNT; i++)
		json_string(b, NULL, field_type_name((enum field_type)i));
	json_end_array(b);
}

static void
add_letter(struct buf *b, char letter, const struct key *k)
{
	switch (letter) {
	case 'b':
		json_string(b, "type", "boolean");
		break;
	case 'c':
		add_character(b, k);
		break;
	case 'f':
		add_reference(b, "field");
		break;
	case 'n':
		add_number(b, k);
		break;
	case 'o':
		json_string(b, "type", "object");
		break;
	case 'r':
		add_reference(b, k->table->name);
		break;
	case 's':
		add_scalar(b);
		break;
	case 't':
		json_string(b, "type", "string");
		break;
	case 'v':
		json_array(b, "enum");
		json_int(b, NULL, 1);
		json_string(b, NULL, "1");
		json_end_array(b);
		break;
	case 'w':
		add_words(b, k->words);
		break;
	case 'y':
		add_type_names(b);
		break;
	}
}

/* Adds the members of what begins at `shape` to the object that is open;
 * returns what comes after it. */
static const char *
add_shape(struct buf *b, const char *shape, const struct key *k)
{
	char c = *shape++;

	if (c == '|') {
		json_array(b, "anyOf");
		for (int i = 0; i < 2; i++) {
			json_object(b, NULL);
			shape = add_shape(b, shape, k);
			json_end_object(b);
		}
		json_end_array(b);
	} else if (c == '[' || c == '{') {
		json_string(b, "type", c == '[' ? "array" : "object");
		json_object(b, c == '[' ? "items" : "additionalProperties");
		shape = add_shape(b, shape, k);
		json_end_object(b);
	} else {
		add_letter(b, c, k);
	}
	return shape;
}

static void
value_schema(struct buf *b, const struct key *k)
{
	const char *shape = shapes[k->kind] ? shapes[k->kind] : "s";

	add_shape(b, k->kind == VALUE_SIGN && !k->words ? "c" : shape, k);
	if (k->kind == VALUE_SIZE)
		json_string(b, "pattern", "^[0-9]+ ?([KMG]i?B)?$");
	if (k->kind == VALUE_DIGITS)
		json_string(b, "pattern", "^[0-9]{1,6}$");
	if (k->kind == VALUE_MONTHS) {
		json_int(b, "minItems", 12);
		json_int(b, "maxItems", 12);
	}
	if (k->kind == VALUE_SEPARATOR) {
		json_int(b, "minLength", 1);
		json_int(b, "maxLength", 32);
	}
}

/* The last key of the same name, for another type, before or after it. */
static const struct key *
namesake(const struct key_table *t, const struct key *k, bool after)
{
	const struct key *found = NULL;
	bool is_after = false;

	for (; t; t = t->base)
		for (size_t i = 0; i < t->count; i++)
			if (&t->keys[i] == k)
				is_after = true;
			else if (is_after == after &&
				 strcmp(t->keys[i].name, k->name) == 0)
				found = &t->keys[i];
	return found;
}

/* What any of the keys with this name takes; it is the last of them. */
static void
property(struct buf *b, const struct key_table *table, const struct key *k)
{
	const struct key *before = namesake(table, k, false);
	char doc[256];

	if (before) {
		json_array(b, "anyOf");
		json_object(b, NULL);
		property(b, table, before);
		json_end_object(b);
		json_object(b, NULL);
		value_schema(b, k);
		json_end_object(b);
		json_end_array(b);
	} else {
		value_schema(b, k);
		snprintf(doc, sizeof(doc), "%s; for example %s: %s", k->doc,
		    k->name, k->example);
		json_string(b, "description", doc);
	}
}

static void
add_properties(struct buf *b, const struct key_table *table)
{
	json_object(b, "properties");
	for (const struct key_table *t = table; t; t = t->base)
		for (size_t i = 0; i < t->count; i++) {
			if (namesake(table, &t->keys[i], true))
				continue;
			json_object(b, t->keys[i].name);
			property(b, table, &t->keys[i]);
			json_end_object(b);
		}
	json_end_object(b);
}

static void
add_table(struct buf *b, const struct key_table *table)
{
	struct buf required = BUF_INIT(0), sources = BUF_INIT(0);

	json_string(b, "type", "object");
	add_properties(b, table);
	for (const struct key_table *t = table; t; t = t->base)
		for (size_t i = 0; i < t->count; i++) {
			const struct key *k = &t->keys[i];

			if (k->is_required)
				json_string(&required, NULL, k->name);
			if (!k->is_source)
				continue;
			json_object(&sources, NULL);
			json_array(&sources, "required");
			json_string(&sources, NULL, k->name);
			json_end_array(&sources);
			json_end_object(&sources);
		}
	if (required.len > 0) {
		json_array(b, "required");
		buf_add(b, required.data, required.len);
		json_end_array(b);
	}
	json_bool(b, "additionalProperties", false);
	if (sources.len > 0) {
		json_array(b, "oneOf");
		buf_add(b, sources.data, sources.len);
		json_end_array(b);
	}
	buf_release(&required);
	buf_release(&sources);
}

void
mapping_schema(struct buf *out)
{
	struct buf b = BUF_INIT(0);

	json_object(&b, NULL);
	json_string(&b, "$schema", DRAFT);
	json_string(&b, "title", "csv2chakra mapping, version 1");
	add_table(&b, &keys_mapping);
	json_object(&b, "$defs");
	for (size_t i = 1; keys_all[i]; i++) {
		json_object(&b, keys_all[i]->name);
		add_table(&b, keys_all[i]);
		json_end_object(&b);
	}
	json_end_object(&b);
	json_end_object(&b);
	json_lay_out(out, (struct text){buf_str(&b), b.len}, &json_filed);
	buf_addc(out, '\n');
	buf_release(&b);
}
