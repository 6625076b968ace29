/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_MAPPING_H
#define MAPPING_MAPPING_H

/*
 * The mapping: what a YAML mapping file says, as plain data.
 *
 * mapping_load reads, checks and compiles it; the builder follows it row by
 * row. Everything in it lives in one arena and is freed by mapping_free; once
 * loaded and bound to a header it is never changed. The language is
 * csv2chakra-mapping(5).
 */

#include "base/buf.h"
#include "base/diag.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "csv/dialect.h"
#include "csv/reader.h"
#include "value/forms.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Mistakes in a mapping file, all of them, each with its place: collected by
 * the loader and the checks, printed as text (clang-like), JSON or GitHub
 * workflow commands.
 */

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };

struct diagnostic {
	enum severity severity;
	const char *code; /* "mapping.unknown_key": static */
	const char *file;
	int line, column, length; /* from 1; length >= 1 of the caret mark;
				   * line 0 = no place */
	const char *message;
	const char *help; /* NULL = none */
};

struct diagnostics {
	struct arena arena;
	struct diagnostic *items;
	size_t count, cap;
	size_t errors, warnings;
};

void diagnostics_init(struct diagnostics *l);
void diagnostics_release(struct diagnostics *l);
/* Adds one; `code` static, `file` copied. Returns it for diagnostics_help. */
struct diagnostic *diagnostics_add(struct diagnostics *l,
    enum severity severity, const char *code, const char *file, int line,
    int column, const char *fmt, ...) __attribute__((format(printf, 7, 8)));
void diagnostics_help(struct diagnostics *l, struct diagnostic *x,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* `FILE:LINE:COL: error: message [code]`, the source line, a caret, `help:`;
 * errors first, then warnings, then notes: a warning is often the echo of an
 * error. `bytes` are the mapping file's (may be empty: no source lines). */
void diagnostics_text(const struct diagnostics *l, struct text bytes,
    bool with_colour, struct buf *out);
/* A JSON array of {code, severity, message, file, line, column, help}. */
void diagnostics_json(const struct diagnostics *l, struct buf *out);
/* `::error file=…,line=…,col=…::message` lines. */
void diagnostics_github(const struct diagnostics *l, struct buf *out);

/*
 * A file in the same YAML that holds settings: maps of maps, and at their ends
 * scalars. The reader is that of the mapping, as strict, and with its codes.
 */
struct yaml_entry {
	unsigned depth;		/* 0 = a key of the top */
	struct text key, value; /* value: empty unless it is a scalar */
	int line, column, value_line, value_column;
	bool is_map, is_scalar; /* neither: a list, or nothing */
	const char *what;	/* the value, for messages: "a list" */
};
/* Each key in the order of the file, those of a map after its own; views are
 * valid during the call. False: it cannot be read or is not a map; the list
 * says why. A file with nothing in it has no keys. */
bool yaml_entries(const char *file, struct text bytes,
    void (*visit)(void *ctx, const struct yaml_entry *e), void *ctx,
    struct diagnostics *list);

struct lookup_table;
struct pattern; /* value/forms.h: a compiled PCRE2 pattern */
struct zone;	/* value/forms.h: a compiled IANA time zone */

/* ChakraHQ's attribute types, as the mapping spells them. */
enum field_type {
	TYPE_STRING, /* string and the text-like ones below */
	TYPE_TEXT,
	TYPE_NAME,
	TYPE_TEXT_AREA,
	TYPE_URL,
	TYPE_HTML,
	TYPE_STRING_ID,
	TYPE_STRING_ENUM,
	TYPE_PHOTO,
	TYPE_AUDIO,
	TYPE_DOCUMENT,
	TYPE_USER,
	TYPE_EMAIL,
	TYPE_PHONE,
	TYPE_INTEGER,
	TYPE_NUMBER,
	TYPE_INTEGER_ID,
	TYPE_INTEGER_ENUM,
	TYPE_FLOAT,
	TYPE_DECIMAL,
	TYPE_FLOAT_ENUM,
	TYPE_BOOLEAN,
	TYPE_DATE,
	TYPE_DATETIME,
	TYPE_DATETIME_ISO8601,
	TYPE_TIME,
	TYPE_MONTH_OF_YEAR,
	TYPE_MULTI_STRING,
	TYPE_MULTI_STRING_ENUM,
	TYPE_MULTI_INTEGER_ENUM,
	TYPE_MULTI_FLOAT_ENUM,
	TYPE_MULTI_PHOTOS,
	TYPE_MULTI_DOCUMENTS,
	TYPE_JSON,
	TYPE_CUSTOM_OBJECT,
	TYPE_EXTERNAL_OBJECT,
	TYPE_MULTI_CUSTOM_OBJECT,
	TYPE_MULTI_EXTERNAL_OBJECT,
	TYPE_GEOLOCATION,
	TYPE_COUNT
};
/* "string", "datetimeISO8601", …: static. */
const char *field_type_name(enum field_type type);
/* "type.integer", …: the code of a failed cast: static. */
const char *field_type_code(enum field_type type);

enum source_kind {
	SOURCE_COLUMN,	 /* the first of `columns` that has a value */
	SOURCE_INDEX,	 /* columns[0].index */
	SOURCE_CONSTANT, /* `constant` */
	SOURCE_META,
	SOURCE_TEMPLATE, /* `parts`, over `columns` */
	SOURCE_OBJECT,	 /* `children` */
	SOURCE_ITEMS	 /* `children`: objects, without keys */
};
enum meta_kind { META_ROW, META_FILE, META_INPUT_KEY };
enum empty_policy { EMPTY_OMIT, EMPTY_NULL, EMPTY_KEEP };
enum case_rule { CASE_KEEP, CASE_UPPER, CASE_LOWER, CASE_TITLE };
enum otherwise {
	OTHERWISE_REJECT,
	OTHERWISE_KEEP,
	OTHERWISE_OMIT,
	OTHERWISE_VALUE
};
enum on_error { ON_ERROR_REJECT, ON_ERROR_OMIT };
enum unwrap { UNWRAP_NOTHING, UNWRAP_FORMULA_TEXT /* ="00123" */ };
/* How a negative number is written: -5, (5), 5-, or any of these. */
enum negative {
	NEGATIVE_MINUS,
	NEGATIVE_PARENTHESES,
	NEGATIVE_TRAILING,
	NEGATIVE_ANY
};
/* What 12.5% is: 12.5 or 0.125. */
enum percent { PERCENT_UNSAID, PERCENT_NUMBER, PERCENT_FRACTION };
enum output_form { /* `as:` */
	AS_DEFAULT,
	AS_MS,
	AS_SECONDS,
	AS_ISO,
	AS_ARRAY,
	AS_OBJECT,
	AS_TEXT
};

struct place {
	int line, column; /* in the mapping file, from 1 */
};

/* A column that the mapping names. */
struct column_ref {
	struct text name; /* as written; empty when addressed by index */
	uint32_t index;	  /* from 1; 0 = by name */
	struct place at;
	int column; /* from 0, set by mapping_bind; -1 = not there */
};

/* "{A} and {B}": literal text, then the cell of columns[ref]; ref -1 ends. */
struct template_part {
	struct text literal;
	int ref;
};

struct map_entry {
	struct text from, to;
	struct place at;
};

/* `map: {file, from, to}`: a lookup table as the mapping names it. */
struct lookup_rule;

struct replace_step {
	struct pattern *pattern;
	struct text pattern_text, with;
};

/* What changes a text, in this order: of a field (the whole cell) and of the
 * items of a list (`each`). */
struct text_steps {
	struct replace_step *replaces; /* in their order */
	size_t replace_count;
	enum case_rule case_rule;
	struct map_entry *map; /* sorted by `from` for bsearch; NULL = none */
	size_t map_count;      /* 0 = none, or all of it comes from a file */
	struct lookup_rule *lookup_rule; /* NULL = the map stands in the
					  * mapping, or there is none */
	bool map_ignores_case;
	/* A map that is not looked up in `map`: it comes from a file, or
	 * ignores case. NULL = it is. */
	const struct lookup_table *lookup;
	enum otherwise otherwise;
	struct text otherwise_value;
};

/* A file that lookup tables are read from: one, whatever many fields use it.
 * Number n, from 1, is `table.n` in a run's folder. */
#define LOOKUP_FILES_MAX 16
struct lookup_file {
	const char *name; /* as the mapping writes it */
	const char *path; /* where it is read */
	/* Of its bytes on disk. "" = it is not read yet. */
	char sha256[65];
	uint64_t bytes, entries; /* decompressed; rows that can be found */
};

struct field {
	struct text key;  /* the JSON key, unescaped UTF-8 */
	struct text path; /* "data.address.pin", for messages */
	struct place at;  /* of the key in the mapping file */

	enum source_kind source;
	struct column_ref *columns;
	size_t column_count;
	struct template_part *parts;
	size_t part_count;
	/* A constant is JSON text as it goes out: a quoted and escaped string,
	 * or the number, true, false as written. `constant_text` is it as text,
	 * for the steps after. */
	struct text constant_json, constant_text;
	bool constant_is_text; /* quoted, or not a JSON scalar: a string */
	enum meta_kind meta;
	struct field *children;
	size_t child_count;

	/* In the order of application. */
	enum unwrap unwrap;
	bool trim;
	const struct text *nulls; /* the source's list: borrowed */
	size_t null_count;
	struct text *clears; /* cell texts that send null: sorted */
	size_t clear_count;
	struct text_steps steps;
	bool has_default;
	struct text default_text;
	bool required;

	enum field_type type;
	char decimal_sign;   /* '.' by default */
	char thousands_sign; /* 0 = none */
	enum negative negative;
	struct text *units; /* that may stand beside the digits */
	size_t unit_count;
	enum percent percent; /* said if % is among the units */
	bool any_digits;      /* digits of any script */
	uint64_t century;     /* the first year of %y; 0 = 1969, which only a
			       * mapping of MAPPING_STORED may leave unsaid */
	struct text *formats; /* strptime formats; NULL = ISO 8601 */
	size_t format_count;
	struct month_names months; /* for %b; none = the English ones */
	struct zone *zone;	   /* NULL = UTC */
	struct text zone_name;	   /* as written; empty = UTC */
	enum output_form as;
	struct text *true_words, *false_words; /* always set for boolean */
	size_t true_count, false_count;
	struct text separator;	/* multi*: "," by default */
	bool is_quoted;		/* multi*: the cell is a CSV record */
	struct text_steps each; /* multi*: of every item */
	struct text calling_code, trunk_prefix; /* phone; empty = none */

	struct pattern *pattern; /* NULL = none */
	struct text pattern_text;
	/* min and max as written; numbers for number types, text in the
	 * field's own format or ISO 8601 for dates (min_ms, max_ms). */
	bool has_min, has_max;
	struct text min_text, max_text;
	int64_t min_ms, max_ms;
	bool has_min_length, has_max_length;
	uint64_t min_length, max_length;
	struct text *one_of; /* sorted for bsearch */
	size_t one_of_count;
	bool unique;
	int unique_slot; /* 0, 1, …: which index; -1 if not unique */
	enum on_error on_error;
	enum empty_policy empty;
};

enum row_condition_kind { ROW_IN, ROW_NOT_IN, ROW_MATCHES, ROW_EMPTY };
struct row_condition {
	struct column_ref column;
	enum row_condition_kind kind;
	struct text *words; /* sorted */
	size_t word_count;
	struct pattern *pattern;
	struct text pattern_text;
	bool empty; /* ROW_EMPTY: must be empty (true), must not (false) */
	struct place at;
};
enum empty_rows { EMPTY_ROWS_SKIP, EMPTY_ROWS_REJECT, EMPTY_ROWS_KEEP };

/* How names of columns are compared: after trimming, in NFC; loosely, also
 * without case, blanks, '_' and '-'. */
enum columns_policy { COLUMNS_EXACT, COLUMNS_LOOSE };

struct mapping_source {
	struct text encoding;	/* "auto" or a name */
	struct dialect dialect; /* delimiter may be DIALECT_AUTO */
	enum ragged_policy ragged;
	bool blank_line_is_record;
	enum columns_policy columns; /* how names are compared */
	bool repeated_header_is_record;
	struct text *nulls;
	size_t null_count;
};

/* What a file does to the processes of ChakraHQ. */
enum mapping_mode { MODE_CREATE, MODE_UPDATE, MODE_UPSERT };
const char *mapping_mode_name(enum mapping_mode mode);
/* `update:`: paths of fields ("data.score", "state", "record.data.email"),
 * which are the mapping's; what lies deeper is one value. NUL-terminated. */
struct mapping_update {
	struct text *fields; /* NULL = all but the key */
	size_t field_count;
	struct text *fill_only;
	size_t fill_count;
	struct text *send_only;
	size_t send_count;
	bool rejects_missing;
	/* Of a listed change (`import --changes`): written over what somebody
	 * changed since. Not part of the canonical form: what the rows say and
	 * what is compared is the same. */
	bool overwrites;
};

/* A test that the mapping carries: example cells by column name, and either
 * the object they must become (JSON text, keys in the order written) or the
 * code they must be rejected with. */
struct mapping_test {
	struct text *columns, *cells;
	size_t cell_count;
	struct text gives_json; /* empty when `rejects` is given */
	struct text rejects;
	struct place at;
};

struct mapping {
	struct arena arena;
	const char *file;  /* its path, for messages */
	struct text bytes; /* the file as read (run folder, carets) */
	struct text procedure;
	struct place procedure_at;
	struct mapping_source source;
	bool trim;	    /* defaults.trim */
	enum unwrap unwrap; /* defaults.unwrap */
	/* Top-level process keys in the order of the file. */
	struct field *fields;
	size_t field_count;
	/* The field that is the primary key: path of lead_id or `key:`. NULL =
	 * the mapping has no key. key_in_data: sent inside `data`. */
	struct field *key;
	struct text key_name;
	bool key_in_data;
	size_t unique_count; /* number of unique_slots */
	enum empty_rows empty_rows;
	struct row_condition *only, *except; /* all must hold; any */
	size_t only_count, except_count;
	enum mapping_mode mode;
	struct mapping_update update;
	/* submit: 0 = not said */
	uint64_t chunk_rows, chunk_bytes, in_flight;
	struct mapping_test *tests;
	size_t test_count;
	/* Canonical text of all that decides a payload (everything but submit
	 * and tests), for the run key. */
	struct text canonical;
	struct lookup_file *lookup_files; /* LOOKUP_FILES_MAX, or NULL */
	size_t lookup_file_count;
	/* What mapping_free frees beside the arena: patterns, zones, tables. */
	struct mapping_resource *resources;
};

/* Reads the file, checks everything, and fills `list` with every mistake
 * (errors and warnings, in the order of the file). Returns owned, or NULL if
 * the list has an error or the file cannot be read (then the list has that as
 * its only error). */
struct mapping *mapping_load(const char *path, struct diagnostics *list);
/* The same of a run's own copy: it keeps the meaning that it had, so what has
 * become an error since (mapping.ambiguous_year) is none, and lookup tables are
 * the run's own (table.1, …) in the same folder. */
struct mapping *mapping_load_stored(const char *path, struct diagnostics *list);
/* The same from memory; `name` is for messages. Copies the bytes. */
struct mapping *mapping_parse(
    const char *name, struct text bytes, struct diagnostics *list);
/* True of a file that is YAML, and has a `version` at its top: it is meant as a
 * mapping, whatever else is wrong with it. */
bool mapping_is_one(const char *path);
void mapping_free(struct mapping *m);
/* Writes m->canonical again: for a caller that lets options change the source
 * (delimiter, encoding, …) after the loading. */
void mapping_canonicalise(struct mapping *m);
/* There is a `map:`, of either kind. */
bool steps_have_map(const struct text_steps *s);

/* Finds every column that the mapping names in the header and sets
 * column_ref.column. Adds mapping.unknown_column (with "did you mean"),
 * duplicate and empty names that are used, indexes beyond the width, and
 * notes on columns that nothing uses. Returns -1 if there is an error. */
int mapping_bind(struct mapping *m, const struct header *header,
    const char *csv_name, struct diagnostics *list);
/* Which columns of a header the mapping names, without binding it: sets
 * is_named[] (header->count of them) where it does, and counts the places
 * that name a column, and those of them that this header has. */
struct names_found {
	size_t named, found;
};
void mapping_find_names(const struct mapping *m, const struct header *header,
    bool *is_named, struct names_found *found);
/* The highest `index:` in use, 0 if none. */
size_t mapping_max_index(const struct mapping *m);
/* Calls visit for every field, children after their parent. */
void mapping_each_field(
    struct mapping *m, void (*visit)(void *ctx, struct field *f), void *ctx);
/* Calls visit for every column that a field or a condition of rows names. */
void mapping_each_column(const struct mapping *m,
    void (*visit)(void *ctx, const struct column_ref *c), void *ctx);

/* The JSON Schema (2020-12) of the language, generated from the parser's own
 * table; appended to out. */
struct buf;
void mapping_schema(struct buf *out);

/*
 * What an author meant who wrote YAML that YAML does not take: the mistakes
 * that everybody makes (`delimiter: |`, `pattern: "\d"`, an unquoted
 * template, a tab), found in the source lines around a syntax error.
 */

struct hint {
	struct place at;     /* where the mistake is */
	const char *message; /* what it is: static */
	struct buf help;     /* the corrected text; release it */
};

/* Looks at lines first..last (from 1) of the document for one of the known
 * mistakes; `at` is where the parser gave up. False if there is none. */
bool hint_find(
    struct text bytes, int first, struct place at, struct hint *hint);

/* What a plain scalar looks like to a person, and is not for YAML. */
enum plain_look {
	PLAIN_AS_IS,
	PLAIN_CUT,  /* a '#' after a blank: the rest is a comment */
	PLAIN_CURLY /* typographic quotes, which belong to the text */
};
/* Where somebody is in the source who asks for one place after the other: a
 * later place is found from here. Begins as {.bytes = …}. */
struct source_cursor {
	struct text bytes;
	int line, column;
	size_t begin, at; /* bytes: of the line, and of the place */
};
void source_seek(struct source_cursor *c, struct place to);
/* `value` was read at `at`. *meant: up to the end of its line; without the
 * quotes. A view of the bytes. */
enum plain_look hint_plain(struct source_cursor *c, struct place at,
    struct text value, struct text *meant);

/* Line number `line` (from 1) without its line end; empty if there is none. */
struct text source_line(struct text bytes, int line);
/* The source between two places of one line, or to that line's end. */
struct text source_between(
    struct text bytes, struct place from, struct place to);
/* Appends t as a quoted YAML scalar: double quotes, or single ones when it
 * holds a backslash or a double quote. */
void hint_quote(struct buf *out, struct text t);

#endif
