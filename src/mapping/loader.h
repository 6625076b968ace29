/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_LOADER_H
#define MAPPING_LOADER_H

/*
 * What the files of the loader share; nobody outside src/mapping includes it.
 *
 * Each map of the document is first matched against its key table
 * (loader_match: unknown and missing keys), then each value is read by the
 * reader of its kind (loader_read) into the struct that the table's offsets
 * speak of, then what spans several keys is checked. A reader that fails has
 * reported it; the loading goes on with the next value.
 */

#include "base/text.h"
#include "keys.h"
#include "mapping/mapping.h"
#include "node.h"

#include <stdbool.h>

#define GIVEN_MAX 64

/* keys_defaults fills this. */
struct defaults {
	enum unwrap unwrap;
	bool trim;
	struct text *clears;
	size_t clear_count;
	enum empty_policy empty;
};

struct loader {
	struct mapping *m;
	struct diagnostics *list;
	struct arena *arena; /* the mapping's */
	struct defaults defaults;
	bool is_stored; /* mapping_load_stored */
	int places;	/* exact places looked up in the source so far */
};

/* The keys that a map has, by row of its table (base's rows after). */
struct given {
	const struct key_table *table;
	const struct pair *pairs[GIVEN_MAX];
	bool has_unknown; /* a key that may be one of them, misspelt */
};

/* Reports, from the first character of `at` on. The code is static. */
struct diagnostic *loader_error(struct loader *l, const char *code,
    const struct node *at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
struct diagnostic *loader_warning(struct loader *l, const char *code,
    const struct node *at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
struct diagnostic *loader_error_at(
    struct loader *l, const char *code, struct place at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* Adds the help of a diagnostic; `x` may be NULL. */
void loader_help(struct loader *l, struct diagnostic *x, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* t for a message: no control characters, at most 60 characters. */
const char *loader_show(struct loader *l, struct text t);
/* < 0: a stands before b in the file. */
int place_order(struct place a, struct place b);
/* Copies to the mapping's arena. */
struct text loader_keep(struct loader *l, struct text t);
/* The same in NFC, for texts that cells are compared with. */
struct text loader_keep_nfc(struct loader *l, struct text t);

/* Matches a map against a table. False if it is not a map (reported, unless it
 * is NODE_BAD). */
bool loader_match(struct loader *l, const struct key_table *table,
    const struct node *map, struct given *given);
/* The pair of a key, or NULL. */
const struct pair *given_pair(const struct given *g, const char *name);
/* The value of a key, or NULL. */
const struct node *given_value(const struct given *g, const char *name);

/* Reads one value by the kind of its key into `target` + the key's offset.
 * False if it was reported as wrong. */
bool loader_read(struct loader *l, const struct key *k,
    const struct node *value, void *target);
/* Matches, and reads every value that is given. */
bool loader_read_table(struct loader *l, const struct key_table *table,
    const struct node *map, struct given *given, void *target);

/* If the text looks like `key:value`, adds the help for it; else false. */
bool loader_help_gap(struct loader *l, struct diagnostic *x, struct text t);

/* A reader of one kind of value; `at` is where the value goes. */
typedef bool (*value_reader)(
    struct loader *l, const struct key *k, const struct node *value, void *at);
/* The readers that are not in read_value.c, by file. */
bool read_columns(struct loader *l, const struct key *k,
    const struct node *value, void *field);
bool read_column(
    struct loader *l, const struct key *k, const struct node *value, void *ref);
bool read_index(struct loader *l, const struct key *k, const struct node *value,
    struct column_ref *ref);
bool read_template(struct loader *l, const struct key *k,
    const struct node *value, void *field);
bool read_constant(struct loader *l, const struct key *k,
    const struct node *value, void *field);
bool read_map_entries(struct loader *l, const struct key *k,
    const struct node *value, void *steps);
bool read_otherwise(struct loader *l, const struct key *k,
    const struct node *value, void *steps);
bool read_replace(struct loader *l, const struct key *k,
    const struct node *value, void *steps);
bool read_each(struct loader *l, const struct key *k, const struct node *value,
    void *steps);
bool read_pattern(struct loader *l, const struct key *k,
    const struct node *value, void *pattern);
bool read_ignore(struct loader *l, const struct key *k,
    const struct node *value, struct ignore_rule **list, size_t *count);
bool read_months(struct loader *l, const struct key *k,
    const struct node *value, void *months);
bool read_zone(struct loader *l, const struct key *k, const struct node *value,
    void *field);
bool read_formats(struct loader *l, const struct key *k,
    const struct node *value, void *field);

/* A scalar's text; false (reported, with help for unquoted braces and the
 * like) if it is a list, a map or nothing. */
bool loader_text(struct loader *l, const struct key *k,
    const struct node *value, struct text *out);

/* The place of the offset-th byte of a scalar's text in the file; the place
 * of the scalar itself if escapes or several lines make that unknown, or if
 * so many were looked up that a huge file would take long. */
#define PLACES_MAX 500
struct place place_in_scalar(
    struct loader *l, const struct node *n, size_t offset);

/* A pattern, a zone or a table that mapping_free must free. */
struct mapping_resource {
	struct lookup_table *table;
	const struct lookup_rule *rule; /* that it was read by; or NULL */
	bool ignores_case;
	struct pattern *pattern;
	struct zone *zone;
	const char *zone_name;
	struct mapping_resource *next;
};

struct mapping_resource *loader_resource(struct loader *l);

/* Reads fields: the pairs of `map` that become JSON keys. `path` is the
 * parent's path ("" at the top). */
void load_fields(struct loader *l, const struct node *map, struct text path,
    struct field **fields, size_t *count);
/* A field with nothing but its defaults. */
void field_init(struct loader *l, struct field *f, struct text key,
    struct text path, struct place at);
/* One field; `key_table` is keys_field or keys_key. */
void load_field(struct loader *l, const struct key_table *table,
    const struct pair *pair, struct text path, struct field *f);
/* What spans several keys of a field. */
void check_field(struct loader *l, struct field *f, const struct given *given);
/* The same of keys that say how a value is read: century, units, percent,
 * negative. */
void check_reading(
    struct loader *l, struct field *f, const struct given *given);
/* What `clear` may not hold, of a field or of the defaults. */
void check_clears(struct loader *l, const struct node *list,
    const struct text *clears, size_t count, bool trim);
/* What spans several fields: paths that clash, the key, unique slots. */
void check_mapping(struct loader *l, const struct node *root);

void load_source(
    struct loader *l, const struct node *map, struct mapping_source *s);
void load_rows(struct loader *l, const struct node *map);
void load_tests(struct loader *l, const struct node *list);

/* Suggestions cost time; whoever gets so many mistakes reads the first. */
#define SUGGESTIONS_MAX 200
bool loader_may_suggest(const struct loader *l);

/* Milliseconds since the epoch of a date in ISO 8601 or, if it does not have
 * that form, in one of the field's formats; false if it is neither, or no
 * moment of the field's zone. Without a time of day: midnight, and has_time is
 * false. */
bool moment_parse(
    struct text t, const struct field *f, int64_t *ms, bool *has_time);

#endif
