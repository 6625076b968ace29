/* SPDX-License-Identifier: MIT */
#ifndef CHAKRA_CONFIG_TREE_H
#define CHAKRA_CONFIG_TREE_H

/*
 * A configuration as it came, and how its lists are read: what the files that
 * answer questions about it share.
 */

#include "chakra/response.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

struct config {
	cJSON *root;
	const cJSON *data;	   /* what holds the lists */
	const cJSON *procedure;	   /* the chosen one, or NULL */
	const char *id, *short_id; /* its ids; NULL = not given */
};

/* Equal, and neither is NULL. */
bool config_same(const char *a, const char *b);
/* An element's short id: its own, or the key that it is stored under, or the
 * string that it is. NULL: it has none. */
const char *config_short_id(const cJSON *list, const cJSON *element);
/* A list that is there, an array or an object; else NULL. */
const cJSON *config_list(const cJSON *object, const char *name);
/* Is this element of a team's list one of the chosen procedure? One without a
 * link belongs to all. */
bool config_belongs(
    const struct config *c, const char *list_name, const cJSON *element);

#endif
