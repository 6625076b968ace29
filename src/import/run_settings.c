/* SPDX-License-Identifier: MIT */
/* Three lists in the meta table, and single numbers beside them. */
#include "run_settings.h"

#include "base/json_read.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "plan/options.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes the text. */
static int
store_json(struct ledger *l, const char *key, struct buf *json, struct diag *d)
{
	int failed = ledger_set(l, key, buf_str(json), d);

	buf_release(json);
	return failed;
}

int
run_settings_store(struct ledger *l, const struct settings *o,
    const struct plan *p, struct diag *d)
{
	struct buf kept = BUF_INIT(0), reading = BUF_INIT(0);
	struct buf shown = BUF_INIT(0);
	struct settings said = *o, decided = *o;
	int failed;

	said.base_url = p->base_url;
	said.procedure = p->procedure;
	settings_decided(&decided, p);
	settings_arguments(&said, SETTING_FIXED | SETTING_KEPT, &kept);
	settings_arguments(&decided, SETTING_READING, &reading);
	settings_shown(o, COMMAND_IMPORT, &shown);
	failed = store_json(l, META_ARGUMENTS, &kept, d);
	failed |= store_json(l, META_READING, &reading, d);
	failed |= store_json(l, META_SETTINGS, &shown, d);
	return failed;
}

const struct run_setting *
run_settings_shown(const char *text, struct arena *arena, size_t *count)
{
	struct json_walk rows, row;
	struct text list = {NULL, 0}, token;
	struct run_setting *settings;

	if (text == NULL || !json_document(text_of(text), &list))
		list.len = 0;
	/* One takes three bytes at least. */
	settings = arena_array(arena, list.len / 3 + 1, sizeof(*settings));
	json_walk_begin(&rows, list);
	for (*count = 0; json_walk_next(&rows, NULL, &token); (*count)++) {
		const char *part[3];

		json_walk_begin(&row, token);
		for (int k = 0; k < 3; k++) {
			const char *s = json_walk_next(&row, NULL, &token)
					    ? json_arena_text(token, arena)
					    : NULL;

			part[k] = s ? s : "";
		}
		settings[*count] =
		    (struct run_setting){part[0], part[1], part[2]};
	}
	return settings;
}

static char *
no_environment(const char *name)
{
	(void)name;
	return NULL;
}

/* The arguments of a stored list, or NULL. */
static char **
read_arguments(const char *text, struct arena *arena, int *count)
{
	struct json_walk w;
	struct text list, token;
	char **argv;

	if (text == NULL || !json_document(text_of(text), &list) ||
	    !json_is_array(list))
		return NULL;
	/* One takes three bytes at least. */
	argv = arena_array(arena, list.len / 3 + 1, sizeof(*argv));
	json_walk_begin(&w, list);
	for (*count = 0; json_walk_next(&w, NULL, &token); (*count)++) {
		argv[*count] = json_arena_text(token, arena);
		if (argv[*count] == NULL)
			return NULL;
	}
	return argv;
}

/* Parses stored arguments as an import's. */
static int
load_arguments(struct ledger *l, const char *key, struct settings *o,
    struct arena *arena, struct diag *d)
{
	char *text, **argv;
	int count = 0, ret;
	struct options parsed;

	if (ledger_get(l, key, &text, d))
		return -1;
	argv = read_arguments(text, arena, &count);
	free(text);
	if (argv == NULL) {
		diag_set(d, DIAG_INPUT,
		    "the ledger does not say which settings the run was made "
		    "with");
		diag_code(d, "ledger.damaged");
		diag_help(d,
		    "it was made by hand or by another version: restore the "
		    "run folder from a backup, or use the version that made "
		    "it");
		return -1;
	}
	ret = options_parse(
	    &parsed, COMMAND_IMPORT, count, argv, no_environment, d);
	*o = parsed.settings;
	return ret;
}

int
run_settings_load(
    struct ledger *l, struct settings *o, struct arena *arena, struct diag *d)
{
	return load_arguments(l, META_ARGUMENTS, o, arena, d);
}

int
run_reading_apply(
    struct ledger *l, struct settings *o, struct arena *arena, struct diag *d)
{
	struct settings was;

	if (load_arguments(l, META_READING, &was, arena, d))
		return -1;
	/* 0.1.0 did not write a header down that was there. */
	was.header = !was.no_header;
	settings_take_reading(o, &was);
	return 0;
}

int
run_meta_number(struct ledger *l, const char *key, uint64_t missing,
    uint64_t *out, struct diag *d)
{
	char *text;

	*out = missing;
	if (ledger_get(l, key, &text, d))
		return -1;
	if (text == NULL || text[0] == '\0') {
		free(text);
		return 0;
	}
	if (!text_parse_uint(text_of(text), out)) {
		diag_set(d, DIAG_INPUT,
		    "the ledger holds '%.60s' for '%s', which is not a number",
		    text, key);
		free(text);
		return -1;
	}
	free(text);
	return 0;
}

int
run_limits_load(struct ledger *l, struct arena *arena, uint64_t **out,
    size_t *count, struct diag *d)
{
	char *text, *at;

	*count = 0;
	if (ledger_get(l, META_LIMITS, &text, d))
		return -1;
	at = text;
	*out = arena_array(arena, text ? strlen(text) + 1 : 1, sizeof(**out));
	while (at && *at) {
		struct text word = {at, strcspn(at, " ")};

		if (text_parse_uint(word, &(*out)[*count]))
			(*count)++;
		at += word.len + (at[word.len] == ' ');
	}
	free(text);
	return 0;
}

int
run_limits_add(struct ledger *l, uint64_t limit, struct diag *d)
{
	struct buf text = BUF_INIT(1 << 16);
	char *before;
	int failed;

	if (limit == 0)
		return 0;
	if (ledger_get(l, META_LIMITS, &before, d))
		return -1;
	if (before && before[0])
		buf_addf(&text, "%s ", before);
	buf_addf(&text, "%" PRIu64, limit);
	failed = ledger_set(l, META_LIMITS, buf_str(&text), d);
	buf_release(&text);
	free(before);
	return failed;
}
