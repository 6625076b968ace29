/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_KEYS_H
#define MAPPING_KEYS_H

/*
 * The mapping language as data: one table per kind of map, one row per key.
 * The parser, "did you mean", the JSON Schema and the man page's test read
 * these tables; there is no second list of keys anywhere.
 */

#include "mapping/mapping.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What may stand after the colon. */
enum value_kind {
	VALUE_VERSION,	  /* the number 1 */
	VALUE_TEXT,	  /* one line of text, not empty */
	VALUE_ANY_TEXT,	  /* text, may be empty */
	VALUE_ENCODING,	  /* a name that iconv knows, or auto */
	VALUE_WORD,	  /* one of `words` */
	VALUE_SWITCH,	  /* one of two `words`, kept as a bool */
	VALUE_BOOLEAN,	  /* true or false */
	VALUE_NUMBER,	  /* a whole number, min..max */
	VALUE_SIZE,	  /* bytes: 512KiB; min..max */
	VALUE_SIGN,	  /* one ASCII character, or one of `words` */
	VALUE_SEPARATOR,  /* a text, or one of `words` */
	VALUE_DIGITS,	  /* text of digits */
	VALUE_LIMIT,	  /* a number or a date, as text */
	VALUE_WORD_LIST,  /* a list of texts */
	VALUE_FORMATS,	  /* strptime format, or a list of them */
	VALUE_MONTHS,	  /* twelve names, or lists of names */
	VALUE_ZONE,	  /* IANA name */
	VALUE_PATTERN,	  /* PCRE2 */
	VALUE_IGNORE,	  /* a list of PCRE2, for the start of raw text */
	VALUE_REPLACE,	  /* a map of `table`, or a list of them */
	VALUE_COLUMN,	  /* a header name */
	VALUE_COLUMNS,	  /* a header name or a list of them */
	VALUE_INDEX,	  /* a column's number from 1 */
	VALUE_CONSTANT,	  /* a scalar */
	VALUE_TEMPLATE,	  /* "{A} {B}" */
	VALUE_MAP,	  /* map of text to text, or one of `table` */
	VALUE_OTHERWISE,  /* one of `words`, or {value: X} */
	VALUE_EACH,	  /* map of `table`, with something in it */
	VALUE_DEFAULT,	  /* text */
	VALUE_TYPE,	  /* a field type */
	VALUE_FIELD,	  /* a column's name, or a map of keys_field */
	VALUE_KEY_FIELD,  /* a map of keys_key */
	VALUE_FIELDS,	  /* map of JSON key to field */
	VALUE_ITEMS,	  /* a list of maps of `table` */
	VALUE_TABLE,	  /* map of `table` */
	VALUE_CONDITIONS, /* a map of keys_condition, or a list of them */
	VALUE_TESTS,	  /* a list of maps of keys_test */
	VALUE_CELLS,	  /* map of column name to cell text */
	VALUE_JSON,	  /* any YAML */
	VALUE_KIND_COUNT
};

struct key_word {
	const char *word; /* NULL ends the list */
	int value;
};

#define KEY_NO_OFFSET ((size_t)-1)
#define TYPE_BIT(type) (UINT64_C(1) << (type))

struct key {
	const char *name;
	enum value_kind kind;
	size_t offset;		       /* of what it fills, see loader.h */
	size_t count_offset;	       /* of a list's length */
	const struct key_word *words;  /* WORD, SIGN, OTHERWISE; else NULL */
	const struct key_table *table; /* TABLE, REPLACE; else NULL */
	uint64_t types;		       /* field types that it belongs to; 0 =
					* all. A name may have several rows, for
					* different types. */
	uint64_t min, max;	       /* NUMBER, SIZE */
	bool is_source;		       /* a field has exactly one of these */
	bool is_required;
	bool is_nfc;	     /* WORD_LIST: kept in NFC, since cells
			      * are compared in it */
	const char *doc;     /* one line */
	const char *example; /* what may stand after `name: ` */
};

struct key_table {
	const char *name; /* "source", for messages: "in 'source'" */
	const struct key *keys;
	size_t count;
	const struct key_table *base; /* its keys are known too; or NULL */
};

/* Rows of a table. */
#define ROWS(array) array, sizeof(array) / sizeof(*(array))
#define AT(type, member) .offset = offsetof(struct type, member)
#define LIST_AT(type, member, count)                                           \
	.offset = offsetof(struct type, member),                               \
	.count_offset = offsetof(struct type, count)
#define NOWHERE .offset = KEY_NO_OFFSET

extern const struct key_table keys_mapping, keys_source, keys_defaults,
    keys_field, keys_key, keys_replace, keys_lookup, keys_item, keys_otherwise,
    keys_each, keys_record, keys_rows, keys_condition, keys_update, keys_submit,
    keys_test;
/* All of them, NULL at the end. */
extern const struct key_table *const keys_all[];

/* The key's row for a type (TYPE_COUNT = the first row of that name), in the
 * table or its base; NULL if there is none. */
const struct key *keys_find(
    const struct key_table *t, struct text name, enum field_type type);
/* The first row of that name, which is there. */
const struct key *keys_row(const struct key_table *t, const char *name);
/* The name of the table that a person probably meant, or NULL. */
const char *keys_did_you_mean(const struct key_table *t, struct text name);
/* The word's value; false if it is none of them. */
bool key_word_find(const struct key_word *words, struct text word, int *value);
/* "a, b or c" into out. */
void key_words_list(const struct key_word *words, struct buf *out);

#endif
