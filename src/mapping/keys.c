/* SPDX-License-Identifier: MIT */
/*
 * The tables of the language. A row says all there is to say about a key:
 * what may stand after it, where it goes, to which types it belongs, one
 * line of documentation and an example that is a test.
 */
#include "keys.h"

#include "loader.h"
#include "lookup_rule.h"

#include <string.h>

#define TEXT_TYPES                                                             \
	(TYPE_BIT(TYPE_STRING) | TYPE_BIT(TYPE_TEXT) | TYPE_BIT(TYPE_NAME) |   \
	    TYPE_BIT(TYPE_TEXT_AREA) | TYPE_BIT(TYPE_URL) |                    \
	    TYPE_BIT(TYPE_HTML) | TYPE_BIT(TYPE_STRING_ID) |                   \
	    TYPE_BIT(TYPE_STRING_ENUM) | TYPE_BIT(TYPE_PHOTO) |                \
	    TYPE_BIT(TYPE_AUDIO) | TYPE_BIT(TYPE_DOCUMENT) |                   \
	    TYPE_BIT(TYPE_USER) | TYPE_BIT(TYPE_EMAIL) | TYPE_BIT(TYPE_PHONE))
#define NUMBER_TYPES                                                           \
	(TYPE_BIT(TYPE_INTEGER) | TYPE_BIT(TYPE_NUMBER) |                      \
	    TYPE_BIT(TYPE_INTEGER_ID) | TYPE_BIT(TYPE_INTEGER_ENUM) |          \
	    FLOAT_TYPES)
#define FLOAT_TYPES                                                            \
	(TYPE_BIT(TYPE_FLOAT) | TYPE_BIT(TYPE_DECIMAL) |                       \
	    TYPE_BIT(TYPE_FLOAT_ENUM))
#define DATE_TYPES                                                             \
	(TYPE_BIT(TYPE_DATE) | TYPE_BIT(TYPE_DATETIME) |                       \
	    TYPE_BIT(TYPE_DATETIME_ISO8601))
#define LIST_TYPES                                                             \
	(TYPE_BIT(TYPE_MULTI_STRING) | TYPE_BIT(TYPE_MULTI_STRING_ENUM) |      \
	    TYPE_BIT(TYPE_MULTI_INTEGER_ENUM) |                                \
	    TYPE_BIT(TYPE_MULTI_FLOAT_ENUM) | TYPE_BIT(TYPE_MULTI_PHOTOS) |    \
	    TYPE_BIT(TYPE_MULTI_DOCUMENTS))

#define WHOLE .offset = 0 /* it fills several members */

static const struct key_word ragged_words[] = {{"reject", RAGGED_REJECT},
    {"pad", RAGGED_PAD}, {"trim", RAGGED_TRIM}, {"fit", RAGGED_FIT}, {NULL, 0}};
static const struct key_word columns_words[] = {
    {"exact", COLUMNS_EXACT}, {"loose", COLUMNS_LOOSE}, {NULL, 0}};
static const struct key_word blanks_words[] = {
    {"keep", BLANKS_KEEP}, {"around_quotes", BLANKS_AROUND_QUOTES}, {NULL, 0}};
static const struct key_word again_words[] = {
    {"skip", 0}, {"record", 1}, {NULL, 0}};
static const struct key_word blank_words[] = {
    {"skip", 0}, {"record", 1}, {NULL, 0}};
static const struct key_word delimiter_words[] = {
    {"auto", DIALECT_AUTO}, {"tab", '\t'}, {NULL, 0}};
static const struct key_word quote_words[] = {{"none", 0}, {NULL, 0}};
static const struct key_word empty_words[] = {{"omit", EMPTY_OMIT},
    {"null", EMPTY_NULL}, {"keep", EMPTY_KEEP}, {NULL, 0}};
static const struct key_word meta_words[] = {{"row", META_ROW},
    {"file", META_FILE}, {"input_key", META_INPUT_KEY}, {NULL, 0}};
static const struct key_word case_words[] = {{"upper", CASE_UPPER},
    {"lower", CASE_LOWER}, {"title", CASE_TITLE}, {NULL, 0}};
static const struct key_word otherwise_words[] = {{"reject", OTHERWISE_REJECT},
    {"keep", OTHERWISE_KEEP}, {"omit", OTHERWISE_OMIT}, {NULL, 0}};
static const struct key_word map_case_words[] = {
    {"exact", 0}, {"ignore", 1}, {NULL, 0}};
static const struct key_word on_error_words[] = {
    {"reject", ON_ERROR_REJECT}, {"omit", ON_ERROR_OMIT}, {NULL, 0}};
static const struct key_word unwrap_words[] = {
    {"formula_text", UNWRAP_FORMULA_TEXT}, {"none", UNWRAP_NOTHING}, {NULL, 0}};
static const struct key_word negative_words[] = {{"minus", NEGATIVE_MINUS},
    {"parentheses", NEGATIVE_PARENTHESES}, {"trailing", NEGATIVE_TRAILING},
    {"any", NEGATIVE_ANY}, {NULL, 0}};
static const struct key_word percent_words[] = {
    {"number", PERCENT_NUMBER}, {"fraction", PERCENT_FRACTION}, {NULL, 0}};
static const struct key_word digits_words[] = {
    {"ascii", 0}, {"any", 1}, {NULL, 0}};
static const struct key_word date_as_words[] = {
    {"ms", AS_MS}, {"s", AS_SECONDS}, {"iso", AS_ISO}, {NULL, 0}};
static const struct key_word time_as_words[] = {
    {"seconds", AS_SECONDS}, {"ms", AS_MS}, {NULL, 0}};
static const struct key_word place_as_words[] = {
    {"array", AS_ARRAY}, {"object", AS_OBJECT}, {"text", AS_TEXT}, {NULL, 0}};
static const struct key_word separator_words[] = {{"tab", '\t'}, {NULL, 0}};
static const struct key_word mode_words[] = {{"create", MODE_CREATE},
    {"update", MODE_UPDATE}, {"upsert", MODE_UPSERT}, {NULL, 0}};
static const struct key_word missing_words[] = {
    {"absent", 0}, {"reject", 1}, {NULL, 0}};
static const struct key_word conflict_words[] = {
    {"keep", 0}, {"overwrite", 1}, {NULL, 0}};
static const struct key_word key_in_words[] = {{"data", 1}, {NULL, 0}};

static const struct key source_rows[] = {
    {"encoding", VALUE_ENCODING, AT(mapping_source, encoding),
	.doc = "the encoding of the file: auto, or a name that iconv knows",
	.example = "windows-1252"},
    {"delimiter", VALUE_SIGN, AT(mapping_source, dialect.delimiter),
	.words = delimiter_words,
	.doc = "what separates cells: auto, tab, or one ASCII character",
	.example = "\";\""},
    {"quote", VALUE_SIGN, AT(mapping_source, dialect.quote),
	.words = quote_words, .doc = "the quote character, or none",
	.example = "\"'\""},
    {"header", VALUE_BOOLEAN, AT(mapping_source, dialect.has_header),
	.doc = "whether the file has a header row", .example = "false"},
    {"skip_lines", VALUE_NUMBER, AT(mapping_source, dialect.skip_lines),
	.max = 1000000000, .doc = "physical lines to skip before the header",
	.example = "2"},
    {"ragged", VALUE_WORD, AT(mapping_source, ragged), .words = ragged_words,
	.doc = "rows with another number of cells than the header",
	.example = "trim"},
    {"columns", VALUE_WORD, AT(mapping_source, columns), .words = columns_words,
	.doc = "how column names are compared; loose: without case, blanks, "
	       "_ and -",
	.example = "loose"},
    {"blanks", VALUE_WORD, AT(mapping_source, dialect.blanks),
	.words = blanks_words,
	.doc = "whether blanks between a delimiter and a quote are data",
	.example = "around_quotes"},
    {"ignore", VALUE_IGNORE,
	LIST_AT(mapping_source, dialect.ignore, dialect.ignore_count),
	.doc = "PCRE2; records whose raw text begins with a match are left "
	       "out",
	.example = "['# ', '\"?Total']"},
    {"repeated_header", VALUE_SWITCH,
	AT(mapping_source, repeated_header_is_record), .words = again_words,
	.doc = "what to do with records that repeat the header",
	.example = "record"},
    {"blank_lines", VALUE_SWITCH, AT(mapping_source, blank_line_is_record),
	.words = blank_words,
	.doc = "whether a blank line is a record with one empty cell",
	.example = "record"},
    {"nulls", VALUE_WORD_LIST, LIST_AT(mapping_source, nulls, null_count),
	.doc = "cell texts that mean no value",
	.example = "[\"N/A\", \"-\", \"#N/A\"]"},
};
const struct key_table keys_source = {"source", ROWS(source_rows), NULL};

static const struct key defaults_rows[] = {
    {"unwrap", VALUE_WORD, AT(defaults, unwrap), .words = unwrap_words,
	.doc = "wrapper to remove from every cell: formula_text is =\"00123\"",
	.example = "formula_text"},
    {"trim", VALUE_BOOLEAN, AT(defaults, trim),
	.doc = "strip blanks around every cell", .example = "false"},
    {"clear", VALUE_WORD_LIST, LIST_AT(defaults, clears, clear_count),
	.doc = "cell texts that mean: empty this field (null is sent)",
	.example = "[\"<null>\"]"},
    {"empty", VALUE_WORD, AT(defaults, empty), .words = empty_words,
	.doc = "what to do with a field without a value", .example = "null"},
};
const struct key_table keys_defaults = {"defaults", ROWS(defaults_rows), NULL};

static const struct key replace_rows[] = {
    {"pattern", VALUE_PATTERN, AT(replace_step, pattern), .is_required = true,
	.doc = "PCRE2; every match is replaced", .example = "'[ -]'"},
    {"with", VALUE_ANY_TEXT, AT(replace_step, with), .is_required = true,
	.doc = "the replacement text; $1 is the first group",
	.example = "\"\""},
};
const struct key_table keys_replace = {"replace", ROWS(replace_rows), NULL};

static const struct key lookup_rows[] = {
    {"file", VALUE_TEXT, AT(lookup_rule, file), .is_required = true,
	.doc = "a CSV file; a relative path starts at the mapping's folder",
	.example = "owners.csv"},
    {"from", VALUE_TEXT, AT(lookup_rule, from), .is_required = true,
	.doc = "the column of the file that holds the field's values",
	.example = "Email"},
    {"to", VALUE_TEXT, AT(lookup_rule, to), .is_required = true,
	.doc = "the column of the file that holds the results",
	.example = "\"User Id\""},
    {"source", VALUE_TABLE, NOWHERE, .table = &keys_source,
	.doc = "how to read the file", .example = "{encoding: windows-1252}"},
};
const struct key_table keys_lookup = {"map", ROWS(lookup_rows), NULL};

static const struct key otherwise_rows[] = {
    {"value", VALUE_DEFAULT, AT(text_steps, otherwise_value),
	.is_required = true,
	.doc = "the text for values that the map does not list",
	.example = "NEW"},
};
const struct key_table keys_otherwise = {
    "otherwise", ROWS(otherwise_rows), NULL};

static const struct key each_rows[] = {
    {"replace", VALUE_REPLACE, WHOLE, .table = &keys_replace,
	.doc = "replace every match of a pattern in an item; or a list",
	.example = "{pattern: '^#', with: \"\"}"},
    {"case", VALUE_WORD, AT(text_steps, case_rule), .words = case_words,
	.doc = "change the case of an item's letters", .example = "lower"},
    {"map", VALUE_MAP, WHOLE, .table = &keys_lookup,
	.doc = "what each item becomes", .example = "{VIP: gold, New: fresh}"},
    {"map_case", VALUE_SWITCH, AT(text_steps, map_ignores_case),
	.words = map_case_words,
	.doc = "whether the map distinguishes upper and lower case",
	.example = "ignore"},
    {"otherwise", VALUE_OTHERWISE, WHOLE, .words = otherwise_words,
	.table = &keys_otherwise,
	.doc = "what to do with an item that the map does not list",
	.example = "omit"},
};
const struct key_table keys_each = {"each", ROWS(each_rows), NULL};

static const struct key item_rows[] = {
    {"fields", VALUE_FIELDS, NOWHERE, .is_required = true,
	.doc = "the fields of the item",
	.example = "{kind: {value: work}, number: Work Phone}"},
};
const struct key_table keys_item = {"item", ROWS(item_rows), NULL};

static const struct key field_rows[] = {
    {"column", VALUE_COLUMNS, AT(field, columns), .is_source = true,
	.doc = "a header name, or a list: the first that has a value",
	.example = "[City, Town]"},
    {"index", VALUE_INDEX, AT(field, columns), .is_source = true, .min = 1,
	.max = 16384, .doc = "the number of a column, from 1", .example = "3"},
    {"value", VALUE_CONSTANT, AT(field, constant_json), .is_source = true,
	.doc = "a constant: text, or a plain number or boolean",
	.example = "spreadsheet"},
    {"meta", VALUE_WORD, AT(field, meta), .words = meta_words,
	.is_source = true,
	.doc = "the row's number, the file's name, or the input key",
	.example = "row"},
    {"template", VALUE_TEMPLATE, AT(field, parts), .is_source = true,
	.doc = "cells in text; {{ and }} are braces",
	.example = "\"{First Name} {Last Name}\""},
    {"fields", VALUE_FIELDS, AT(field, children), .is_source = true,
	.doc = "a nested object of fields",
	.example = "{line1: Address, pin: PIN}"},
    {"items", VALUE_ITEMS, AT(field, children), .table = &keys_item,
	.is_source = true, .doc = "a list of objects of fields",
	.example = "[{fields: {number: Phone}}, {fields: {number: Mobile}}]"},

    {"unwrap", VALUE_WORD, AT(field, unwrap), .words = unwrap_words,
	.doc = "wrapper to remove from the cell: formula_text is =\"00123\"",
	.example = "formula_text"},
    {"trim", VALUE_BOOLEAN, AT(field, trim),
	.doc = "strip blanks (space, tab, NBSP) around the cell",
	.example = "false"},
    {"clear", VALUE_WORD_LIST, LIST_AT(field, clears, clear_count),
	.doc = "cell texts that mean: empty this field (null is sent)",
	.example = "[\"<null>\"]"},
    {"replace", VALUE_REPLACE, AT(field, steps), .table = &keys_replace,
	.doc = "replace every match of a pattern; a list: one after the other",
	.example = "{pattern: '[ -]', with: \"\"}"},
    {"case", VALUE_WORD, AT(field, steps.case_rule), .words = case_words,
	.doc = "change the case of letters", .example = "title"},
    {"map", VALUE_MAP, AT(field, steps), .table = &keys_lookup,
	.doc = "what each text becomes, or a lookup table: {file, from, to}",
	.example = "{Open: NEW, \"In progress\": IN_PROGRESS}"},
    {"map_case", VALUE_SWITCH, AT(field, steps.map_ignores_case),
	.words = map_case_words,
	.doc = "whether the map distinguishes upper and lower case",
	.example = "ignore"},
    {"otherwise", VALUE_OTHERWISE, AT(field, steps), .words = otherwise_words,
	.table = &keys_otherwise,
	.doc = "what to do with a value that the map does not list",
	.example = "{value: NEW}"},
    {"default", VALUE_DEFAULT, AT(field, default_text),
	.doc = "the text for a field without a value", .example = "\"0\""},
    {"required", VALUE_BOOLEAN, AT(field, required),
	.doc = "reject the row if there is no value", .example = "true"},
    {"type", VALUE_TYPE, AT(field, type),
	.doc = "ChakraHQ's attribute type; string by default",
	.example = "integer"},

    {"decimal", VALUE_SIGN, AT(field, decimal_sign),
	.types = FLOAT_TYPES | TYPE_BIT(TYPE_MULTI_FLOAT_ENUM),
	.doc = "the decimal sign", .example = "\",\""},
    {"thousands", VALUE_SIGN, AT(field, thousands_sign),
	.types = FLOAT_TYPES | TYPE_BIT(TYPE_MULTI_FLOAT_ENUM),
	.doc = "the sign between groups of digits", .example = "\"'\""},
    {"negative", VALUE_WORD, AT(field, negative), .words = negative_words,
	.types = NUMBER_TYPES,
	.doc = "how a negative number is written: -5, (5), 5- or any of them",
	.example = "parentheses"},
    {"units", VALUE_WORD_LIST, LIST_AT(field, units, unit_count),
	.types = NUMBER_TYPES,
	.doc = "texts allowed before or after the number",
	.example = "[\"$\", \"Rs.\", INR]"},
    {"percent", VALUE_WORD, AT(field, percent), .words = percent_words,
	.types = NUMBER_TYPES,
	.doc = "what % means: 12.5% is 12.5 (number) or 0.125 (fraction)",
	.example = "number"},
    {"digits", VALUE_SWITCH, AT(field, any_digits), .words = digits_words,
	.types = NUMBER_TYPES | DATE_TYPES | TYPE_BIT(TYPE_TIME) |
		 TYPE_BIT(TYPE_PHONE),
	.doc = "any: decimal digits of every script, not only 0 to 9",
	.example = "any"},
    {"format", VALUE_FORMATS, AT(field, formats),
	.types = DATE_TYPES | TYPE_BIT(TYPE_TIME),
	.doc = "how the cell is written, in strptime's letters, or excel; or a "
	       "list",
	.example = "\"%d/%m/%Y %H:%M:%S\""},
    {"month_names", VALUE_MONTHS, AT(field, months),
	.types = DATE_TYPES | TYPE_BIT(TYPE_MONTH_OF_YEAR),
	.doc = "the twelve names of months that %b reads; each may be a list",
	.example = "[ene, feb, mar, abr, may, jun, jul, ago, [sep, sept], "
		   "oct, nov, dic]"},
    {"century", VALUE_NUMBER, AT(field, century), .types = DATE_TYPES,
	.min = 1000, .max = 9900,
	.doc = "the first year that %y means: 1950 is 1950 to 2049",
	.example = "1950"},
    {"timezone", VALUE_ZONE, AT(field, zone), .types = DATE_TYPES,
	.doc = "IANA name of the zone of local times; UTC by default",
	.example = "Asia/Kolkata"},
    {"as", VALUE_WORD, AT(field, as), .words = date_as_words,
	.types = TYPE_BIT(TYPE_DATE) | TYPE_BIT(TYPE_DATETIME),
	.doc = "epoch milliseconds, epoch seconds, or ISO 8601 text",
	.example = "iso"},
    {"as", VALUE_WORD, AT(field, as), .words = time_as_words,
	.types = TYPE_BIT(TYPE_TIME),
	.doc = "a number since midnight, in place of HH:MM:SS",
	.example = "seconds"},
    {"as", VALUE_WORD, AT(field, as), .words = place_as_words,
	.types = TYPE_BIT(TYPE_GEOLOCATION),
	.doc = "[lat, lng], {\"lat\": …, \"lng\": …}, or text",
	.example = "object"},
    {"true_words", VALUE_WORD_LIST, LIST_AT(field, true_words, true_count),
	.types = TYPE_BIT(TYPE_BOOLEAN), .doc = "words for true, in any case",
	.example = "[yes, y, ja]"},
    {"false_words", VALUE_WORD_LIST, LIST_AT(field, false_words, false_count),
	.types = TYPE_BIT(TYPE_BOOLEAN), .doc = "words for false, in any case",
	.example = "[no, n, nein]"},
    {"separator", VALUE_SEPARATOR, AT(field, separator),
	.words = separator_words, .types = LIST_TYPES,
	.doc = "what separates the items of a cell", .example = "\" / \""},
    {"quoted", VALUE_BOOLEAN, AT(field, is_quoted), .types = LIST_TYPES,
	.doc = "read the cell as a CSV record: items may be quoted",
	.example = "true"},
    {"each", VALUE_EACH, AT(field, each), .table = &keys_each,
	.types = LIST_TYPES, .doc = "steps for every item of a list",
	.example = "{case: lower, map: {vip: gold}, otherwise: keep}"},
    {"calling_code", VALUE_DIGITS, AT(field, calling_code),
	.types = TYPE_BIT(TYPE_PHONE),
	.doc = "the country's calling code, put before local numbers",
	.example = "\"91\""},
    {"trunk_prefix", VALUE_DIGITS, AT(field, trunk_prefix),
	.types = TYPE_BIT(TYPE_PHONE),
	.doc = "removed from local numbers before the calling code is added",
	.example = "\"0\""},

    {"pattern", VALUE_PATTERN, AT(field, pattern),
	.types = TEXT_TYPES | NUMBER_TYPES | LIST_TYPES,
	.doc = "PCRE2; the whole value must match", .example = "'[0-9]{6}'"},
    {"min", VALUE_LIMIT, AT(field, min_text), .types = NUMBER_TYPES,
	.doc = "the smallest number that is allowed", .example = "0"},
    {"min", VALUE_LIMIT, AT(field, min_text), .types = DATE_TYPES,
	.doc = "the first date, in the field's format or in ISO 8601",
	.example = "2000-01-01"},
    {"max", VALUE_LIMIT, AT(field, max_text), .types = NUMBER_TYPES,
	.doc = "the largest number that is allowed", .example = "100"},
    {"max", VALUE_LIMIT, AT(field, max_text), .types = DATE_TYPES,
	.doc = "the last date, in the field's format or in ISO 8601",
	.example = "2030-12-31"},
    {"min_length", VALUE_NUMBER, AT(field, min_length), .max = UINT32_MAX,
	.types = TEXT_TYPES | LIST_TYPES,
	.doc = "the least number of characters", .example = "2"},
    {"max_length", VALUE_NUMBER, AT(field, max_length), .max = UINT32_MAX,
	.types = TEXT_TYPES | LIST_TYPES,
	.doc = "the greatest number of characters", .example = "80"},
    {"one_of", VALUE_WORD_LIST, LIST_AT(field, one_of, one_of_count),
	.is_nfc = true, .types = TEXT_TYPES | NUMBER_TYPES | LIST_TYPES,
	.doc = "the values that are allowed", .example = "[\"1\", \"2\"]"},
    {"unique", VALUE_BOOLEAN, AT(field, unique),
	.doc = "no value may appear twice in the file", .example = "true"},
    {"on_error", VALUE_WORD, AT(field, on_error), .words = on_error_words,
	.doc = "reject the row, or leave the field out", .example = "omit"},
    {"empty", VALUE_WORD, AT(field, empty), .words = empty_words,
	.doc = "what to do with the field if it has no value",
	.example = "null"},
};
const struct key_table keys_field = {"field", ROWS(field_rows), NULL};

static const struct key key_rows[] = {
    {"name", VALUE_TEXT, AT(mapping, key_name), .is_required = true,
	.doc = "the short id of the primary key", .example = "ticket_id"},
    {"in", VALUE_SWITCH, AT(mapping, key_in_data), .words = key_in_words,
	.doc = "data sends it inside data instead of at the top level",
	.example = "data"},
};
const struct key_table keys_key = {"key", ROWS(key_rows), &keys_field};

static const struct key record_rows[] = {
    {"data", VALUE_FIELDS, AT(field, children), .is_required = true,
	.doc = "the fields of the record", .example = "{phone_number: Phone}"},
};
const struct key_table keys_record = {"record", ROWS(record_rows), NULL};

static const struct key update_rows[] = {
    {"fields", VALUE_WORD_LIST,
	LIST_AT(mapping, update.fields, update.field_count),
	.doc = "the fields that are compared and sent; without it, all but "
	       "the key",
	.example = "[data.score, state]"},
    {"fill_only", VALUE_WORD_LIST,
	LIST_AT(mapping, update.fill_only, update.fill_count),
	.doc = "fields that are written only where ChakraHQ has no value",
	.example = "[assignedTo]"},
    {"send_only", VALUE_WORD_LIST,
	LIST_AT(mapping, update.send_only, update.send_count),
	.doc = "fields that are sent with another change, and never compared",
	.example = "[state]"},
    {"missing", VALUE_SWITCH, AT(mapping, update.rejects_missing),
	.words = missing_words,
	.doc = "what becomes of a row whose key ChakraHQ does not have",
	.example = "reject"},
    {"conflict", VALUE_SWITCH, AT(mapping, update.overwrites),
	.words = conflict_words,
	.doc = "import --changes: what happens to a process that somebody "
	       "changed after the changes were listed",
	.example = "overwrite"},
};
const struct key_table keys_update = {"update", ROWS(update_rows), NULL};

static const struct key submit_rows[] = {
    {"chunk_rows", VALUE_NUMBER, AT(mapping, chunk_rows), .min = 1,
	.max = 10000, .doc = "rows per call", .example = "500"},
    {"chunk_bytes", VALUE_SIZE, AT(mapping, chunk_bytes), .min = 1024,
	.max = UINT64_C(1) << 30, .doc = "bytes per call", .example = "1MiB"},
    {"in_flight", VALUE_NUMBER, AT(mapping, in_flight), .min = 1, .max = 64,
	.doc = "calls running at the same time", .example = "4"},
};
const struct key_table keys_submit = {"submit", ROWS(submit_rows), NULL};

static const struct key mapping_rows[] = {
    {"version", VALUE_VERSION, NOWHERE, .is_required = true,
	.doc = "the version of the mapping language", .example = "1"},
    {"procedure", VALUE_TEXT, AT(mapping, procedure),
	.doc = "short id or uuid of the procedure", .example = "lead"},
    {"mode", VALUE_WORD, AT(mapping, mode), .words = mode_words,
	.doc = "what the rows do: create processes, update those that exist, "
	       "or upsert: update those that exist, and create the others",
	.example = "upsert"},
    {"update", VALUE_TABLE, NOWHERE, .table = &keys_update,
	.doc = "what an update compares and sends",
	.example = "{fields: [data.score, state]}"},
    {"source", VALUE_TABLE, NOWHERE, .table = &keys_source,
	.doc = "how to read the CSV", .example = "{delimiter: \";\"}"},
    {"defaults", VALUE_TABLE, NOWHERE, .table = &keys_defaults,
	.doc = "for every field that does not override them",
	.example = "{trim: true, empty: omit}"},
    {"lead_id", VALUE_FIELD, NOWHERE,
	.doc = "the primary key; required and unique", .example = "Lead Ref"},
    {"key", VALUE_KEY_FIELD, NOWHERE, .table = &keys_key,
	.doc = "a primary key that is not called lead_id",
	.example = "{name: ticket_id, column: \"Ticket No\"}"},
    {"data", VALUE_FIELDS, NOWHERE,
	.doc = "the fields of the process, by short id",
	.example = "{score: Score}"},
    {"state", VALUE_FIELD, NOWHERE, .doc = "short id of the state",
	.example = "{column: Status, map: {Open: NEW}}"},
    {"status", VALUE_FIELD, NOWHERE, .doc = "OPEN, COMPLETED or CANCELLED",
	.example = "{value: OPEN}"},
    {"score", VALUE_FIELD, NOWHERE, .doc = "the score at the top level",
	.example = "Score"},
    {"city", VALUE_FIELD, NOWHERE, .doc = "the city at the top level",
	.example = "{column: [City, Town], case: title}"},
    {"nextActionAt", VALUE_FIELD, NOWHERE,
	.doc = "when the next action is due; a datetime by default",
	.example = "{column: Due, format: \"%d/%m/%Y\"}"},
    {"assignedTo", VALUE_FIELD, NOWHERE, .doc = "who it is assigned to",
	.example = "Owner"},
    {"record", VALUE_TABLE, NOWHERE, .table = &keys_record,
	.doc = "the record to which the process belongs",
	.example = "{data: {phone_number: Phone}}"},
    {"rows", VALUE_TABLE, NOWHERE, .table = &keys_rows,
	.doc = "which rows to take",
	.example = "{only: {column: Country, in: [IN, AE]}}"},
    {"submit", VALUE_TABLE, NOWHERE, .table = &keys_submit,
	.doc = "sizes of calls; options override them",
	.example = "{chunk_rows: 500, chunk_bytes: 1MiB, in_flight: 4}"},
    {"tests", VALUE_TESTS, NOWHERE, .table = &keys_test,
	.doc = "the mapping's own examples, run by check",
	.example = "[{row: {Lead Ref: \"\"}, rejects: rule.required}]"},
};
const struct key_table keys_mapping = {"the mapping", ROWS(mapping_rows), NULL};

const struct key_table *const keys_all[] = {&keys_mapping, &keys_source,
    &keys_defaults, &keys_field, &keys_key, &keys_replace, &keys_lookup,
    &keys_item, &keys_otherwise, &keys_each, &keys_record, &keys_rows,
    &keys_condition, &keys_update, &keys_submit, &keys_test, NULL};

const char *
mapping_mode_name(enum mapping_mode mode)
{
	return mode_words[mode].word;
}
