/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_LOOKUP_RIG_H
#define TESTS_UNIT_LOOKUP_RIG_H

/* A folder with tables and a mapping beside them: what the tests of lookup
 * tables stand on. */

#include "builder_rig.h"
#include "temp_folder.h"

#include <string.h>

#define V "version: 1\nlead_id: A\ndata:\n  f: "
#define RULE "{column: B, map: {file: t.csv, from: Name, to: Id}}"

static char folder[128];

static inline int
make_folder(void **state)
{
	(void)state;
	return temp_folder_make(folder, sizeof(folder), "lookup") ? 0 : -1;
}

static inline int
remove_folder(void **state)
{
	(void)state;
	return temp_folder_remove(folder) ? 0 : -1;
}

static inline const char *
path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static inline void
write_table(const char *name, const char *bytes, size_t len)
{
	FILE *f = fopen(path_of(name), "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static inline void
put_table(const char *text)
{
	write_table("t.csv", text, strlen(text));
}

static inline struct mapping *
load(const char *fields, struct diagnostics *list)
{
	char yaml[2048];

	snprintf(yaml, sizeof(yaml), "%s%s\n", V, fields);
	diagnostics_init(list);
	return mapping_parse(path_of("m.yaml"), text_of(yaml), list);
}

/* The rig's mapping lies beside the table. */
static inline void
open_yaml(struct rig *g, const char *yaml)
{
	rig_open_at(g, path_of("m.yaml"), yaml, "A|B");
}

static inline void
open_rig(struct rig *g, const char *field)
{
	char yaml[2048];

	snprintf(yaml, sizeof(yaml), "%s%s\n", V, field);
	open_yaml(g, yaml);
}

#endif
