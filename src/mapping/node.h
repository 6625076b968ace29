/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_NODE_H
#define MAPPING_NODE_H

/*
 * The YAML document as a small tree with places: what the loader walks.
 *
 * Only what the mapping language knows is in it: scalars, lists, maps with
 * scalar keys. Anchors, aliases, tags, several documents, duplicate keys,
 * NUL characters, more than 32 levels and more than 1 MiB are errors here, so
 * that nobody after has to think of them.
 */

#include "base/text.h"
#include "base/xalloc.h"
#include "mapping/mapping.h"

#include <stdbool.h>
#include <stddef.h>

#define NODE_DEPTH_MAX 32
#define NODE_BYTES_MAX ((size_t)1 << 20)

enum node_kind {
	NODE_SCALAR,
	NODE_LIST,
	NODE_MAP,
	NODE_BAD /* was reported: say nothing more about it */
};

enum node_style {
	STYLE_PLAIN,
	STYLE_QUOTED, /* single or double */
	STYLE_BLOCK   /* | or > */
};

/* What a scalar is by the JSON rules of YAML 1.2 (its core of true, false,
 * null and RFC 8259 numbers); only plain scalars are anything but text. */
enum scalar_kind {
	SCALAR_TEXT,
	SCALAR_NUMBER,
	SCALAR_TRUE,
	SCALAR_FALSE,
	SCALAR_NULL
};

struct pair;
struct node {
	enum node_kind kind;
	enum node_style style;
	struct place at, end; /* end: the character after it */
	struct text text;     /* of a scalar */
	struct node **items;  /* of a list */
	struct pair *pairs;   /* of a map, in the order of the file */
	size_t count;
};

struct pair {
	struct node *key; /* a scalar */
	struct node *value;
};

/* Reads the document; bytes may begin with a BOM. Returns the root, valid as
 * long as the arena, or NULL: then the list has why. Mistakes that leave the
 * rest readable (a duplicate key, an anchor) are in the list although the
 * root is returned. `file` is for messages. */
struct node *node_read(const char *file, struct text bytes, struct arena *a,
    struct diagnostics *list);

enum scalar_kind node_scalar_kind(const struct node *n);
/* Nothing after the colon: an empty plain scalar. */
bool node_is_nothing(const struct node *n);
/* "text", "a number", "a list", "a map", …: static, for messages. */
const char *node_describe(const struct node *n);
/* The value of a key, or NULL. */
struct node *node_get(const struct node *map, const char *key);
/* A number of RFC 8259 section 6. */
bool text_is_json_number(struct text t);

#endif
