/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_LOOKUP_RULE_H
#define MAPPING_LOOKUP_RULE_H

/*
 * `map: {file, from, to}`: from the keys to a table that is read.
 *
 * The keys are read with the field's others (read_lookup_rule); the file is
 * read once all of them are known (load_lookup), once for all fields that ask
 * it in the same way.
 */

#include "base/diag.h"
#include "loader.h"
#include "value/convert.h"

struct lookup_rule {
	struct text file, from, to;
	struct mapping_source source;
	struct lookup_file *lies_in; /* once it is loaded */
	struct place file_at, from_at, to_at;
};

extern const struct mapping_source mapping_source_default;
/* canonical.c: the keys of a source as canonical text. */
void canonical_reading(struct buf *b, const struct mapping_source *s);

/* A map is a lookup rule if it has `file` (or, beside the two others, a word
 * like it), one of `from` and `to`, and few more keys. */
bool is_lookup(const struct node *value);
bool read_lookup_rule(struct loader *l, const struct key *k,
    const struct node *value, struct text_steps *s);
/* Fills s->lookup where the map needs one. */
void load_lookup(struct loader *l, struct text_steps *s);

/* What went wrong with a table's file. */
struct lookup_trouble {
	const char *code; /* static */
	bool is_about_from, is_about_to;
	struct diag d; /* message and help */
};
struct lookup_read {
	uint64_t nameless; /* rows without a text in `from` */
};
/* Reads `path` by the rule, with at most `room` bytes of memory. -1: *trouble
 * says why. Fills file->sha256, bytes and entries. */
int lookup_file_read(const struct lookup_rule *rule, const char *path,
    size_t room, struct lookup_table *t, struct lookup_file *file,
    struct lookup_read *got, struct lookup_trouble *trouble);

#endif
