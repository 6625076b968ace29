/* SPDX-License-Identifier: MIT */
/*
 * Stored as arguments and not as a struct of their own: they go through the
 * same parser when they come back, so a later version either understands
 * them or says which one it does not know.
 */
#include "run_settings.h"

#include "base/arena.h"
#include "base/text.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_argument(cJSON *list, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
add_argument(cJSON *list, const char *fmt, ...)
{
	char text[5000];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	cJSON_AddItemToArray(list, cJSON_CreateString(text));
}

/* As the option takes it back, without what no text may hold. */
static void
add_delimiter(cJSON *list, char c)
{
	if (c == '\t')
		add_argument(list, "--delimiter=tab");
	else if ((unsigned char)c < ' ' || c == 0x7f)
		add_argument(list, "--delimiter=\\x%02x", (unsigned)c);
	else
		add_argument(list, "--delimiter=%c", c);
}

static cJSON *
arguments_of(const struct options *o, const struct pipeline *p)
{
	cJSON *list = cJSON_CreateArray();

	add_argument(list, "--base-url=%s", p->base_url);
	add_argument(list, "--procedure=%s", p->procedure);
	add_argument(list, "--chunk-rows=%" PRIu64, o->chunk_rows);
	add_argument(list, "--chunk-bytes=%" PRIu64, o->chunk_bytes);
	if (o->limit)
		add_argument(list, "--limit=%" PRIu64, o->limit);
	if (options_given(o, "delimiter"))
		add_delimiter(list, o->delimiter);
	if (options_given(o, "quote") && o->quote == 0)
		add_argument(list, "--quote=none");
	else if (options_given(o, "quote"))
		add_argument(list, "--quote=%c", o->quote);
	if (o->encoding)
		add_argument(list, "--encoding=%s", o->encoding);
	if (o->header)
		add_argument(list, "--header");
	if (o->no_header)
		add_argument(list, "--no-header");
	if (options_given(o, "skip-lines"))
		add_argument(list, "--skip-lines=%" PRIu64, o->skip_lines);
	add_argument(list, "--max-cell=%" PRIu64, o->max_cell);
	add_argument(list, "--max-record=%" PRIu64, o->max_record);
	add_argument(list, "--max-columns=%" PRIu64, o->max_columns);
	if (o->skip_existing)
		add_argument(list, "--skip-existing");
	if (o->max_input)
		add_argument(list, "--max-input=%" PRIu64, o->max_input);
	return list;
}

/* How the input was read in the end. */
static cJSON *
reading_of(const struct pipeline *p)
{
	const struct dialect *x = &p->dialect;
	cJSON *list = cJSON_CreateArray();

	add_delimiter(list, x->delimiter);
	if (x->quote == 0)
		add_argument(list, "--quote=none");
	else
		add_argument(list, "--quote=%c", x->quote);
	add_argument(list, "--encoding=%s", p->encoding.name);
	add_argument(list, "--skip-lines=%" PRIu64, x->skip_lines);
	add_argument(list, x->has_header ? "--header" : "--no-header");
	return list;
}

static void
add_setting(
    cJSON *list, const struct options *o, const char *name, uint64_t value)
{
	static const char *const origins[] = {
	    [ORIGIN_NONE] = "mapping",
	    [ORIGIN_DEFAULT] = "default",
	    [ORIGIN_ENVIRONMENT] = "environment",
	    [ORIGIN_OPTION] = "option",
	};
	cJSON *row = cJSON_CreateArray();
	int at = optspec_find(options_table(), o->command, name);
	unsigned origin = at < 0 ? ORIGIN_DEFAULT : o->origins[at];
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	cJSON_AddItemToArray(row, cJSON_CreateString(name));
	cJSON_AddItemToArray(row, cJSON_CreateString(text));
	cJSON_AddItemToArray(row, cJSON_CreateString(origins[origin & 3]));
	cJSON_AddItemToArray(list, row);
}

static cJSON *
settings_of(const struct options *o)
{
	cJSON *list = cJSON_CreateArray();

	add_setting(list, o, "chunk-rows", o->chunk_rows);
	add_setting(list, o, "chunk-bytes", o->chunk_bytes);
	add_setting(list, o, "in-flight", o->in_flight);
	add_setting(list, o, "open-jobs", o->open_jobs);
	add_setting(list, o, "timeout", (uint64_t)o->timeout_ms / 1000);
	add_setting(list, o, "retry-for", (uint64_t)o->retry_for_ms / 1000);
	add_setting(list, o, "settle", (uint64_t)o->settle_ms / 1000);
	add_setting(
	    list, o, "wait-timeout", (uint64_t)o->wait_timeout_ms / 1000);
	if (o->limit)
		add_setting(list, o, "limit", o->limit);
	if (o->again)
		add_setting(list, o, "again", 1);
	if (o->no_wait)
		add_setting(list, o, "no-wait", 1);
	return list;
}

static int
store_json(struct ledger *l, const char *key, cJSON *value, struct diag *d)
{
	char *text = cJSON_PrintUnformatted(value);
	int failed = ledger_set(l, key, text ? text : "[]", d);

	cJSON_free(text);
	cJSON_Delete(value);
	return failed;
}

int
run_settings_store(struct ledger *l, const struct options *o,
    const struct pipeline *p, struct diag *d)
{
	if (store_json(l, META_ARGUMENTS, arguments_of(o, p), d) ||
	    store_json(l, META_READING, reading_of(p), d))
		return -1;
	return store_json(l, META_SETTINGS, settings_of(o), d);
}

static char *
no_environment(const char *name)
{
	(void)name;
	return NULL;
}

/* Parses stored arguments as an import's. */
static int
load_arguments(struct ledger *l, const char *key, struct options *o,
    struct arena *arena, struct diag *d)
{
	char *text = ledger_get(l, key, d);
	cJSON *list = text ? cJSON_Parse(text) : NULL;
	int count = cJSON_GetArraySize(list), result = -1;
	char **argv = arena_array(arena, (size_t)count + 1, sizeof(*argv));

	if (!cJSON_IsArray(list)) {
		diag_set(d, DIAG_INPUT,
		    "the ledger does not say with which settings the run was "
		    "made");
		diag_code(d, "ledger.damaged");
		diag_help(d,
		    "it was made by hand or by another version: restore the "
		    "run folder from a backup, or go on with the version that "
		    "made it");
		goto out;
	}
	for (int i = 0; i < count; i++) {
		const char *s =
		    cJSON_GetStringValue(cJSON_GetArrayItem(list, i));

		argv[i] = arena_strdup(arena, s ? s : "");
	}
	result =
	    options_parse(o, COMMAND_IMPORT, count, argv, no_environment, d);
out:
	cJSON_Delete(list);
	free(text);
	return result;
}

int
run_settings_load(
    struct ledger *l, struct options *o, struct arena *arena, struct diag *d)
{
	return load_arguments(l, META_ARGUMENTS, o, arena, d);
}

int
run_reading_apply(
    struct ledger *l, struct options *o, struct arena *arena, struct diag *d)
{
	static const char *const names[] = {"delimiter", "quote", "encoding",
	    "skip-lines", "header", "no-header"};
	struct options was;

	if (load_arguments(l, META_READING, &was, arena, d))
		return -1;
	o->delimiter = was.delimiter;
	o->quote = was.quote;
	o->encoding = was.encoding;
	o->skip_lines = was.skip_lines;
	/* 0.1.0 did not write a header down that was there. */
	o->no_header = was.no_header;
	o->header = !was.no_header;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int row = optspec_find(options_table(), o->command, names[i]);

		if (row >= 0)
			o->origins[row] = ORIGIN_OPTION;
	}
	return 0;
}

int
run_meta_number(struct ledger *l, const char *key, uint64_t missing,
    uint64_t *out, struct diag *d)
{
	struct diag why = DIAG_INIT;
	char *text = ledger_get(l, key, &why);

	*out = missing;
	if (text == NULL && why.kind != DIAG_NONE) {
		*d = why;
		return -1;
	}
	if (text == NULL || text[0] == '\0') {
		free(text);
		return 0;
	}
	if (!text_parse_uint(text_of(text), out)) {
		diag_set(d, DIAG_INPUT,
		    "the ledger holds '%.60s' for '%s', which is no number",
		    text, key);
		free(text);
		return -1;
	}
	free(text);
	return 0;
}

int
run_meta_set_number(
    struct ledger *l, const char *key, uint64_t value, struct diag *d)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return ledger_set(l, key, text, d);
}

int
run_limits_load(struct ledger *l, struct arena *arena, uint64_t **out,
    size_t *count, struct diag *d)
{
	struct diag why = DIAG_INIT;
	char *text = ledger_get(l, META_LIMITS, &why);
	char *at = text;
	size_t max = text ? strlen(text) + 1 : 1;

	*out = arena_array(arena, max, sizeof(**out));
	*count = 0;
	if (text == NULL && why.kind != DIAG_NONE) {
		*d = why;
		return -1;
	}
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
	struct diag why = DIAG_INIT;
	struct buf text = BUF_INIT(1 << 16);
	char *before;
	int failed;

	if (limit == 0)
		return 0;
	before = ledger_get(l, META_LIMITS, &why);
	if (before && before[0])
		buf_addf(&text, "%s ", before);
	buf_addf(&text, "%" PRIu64, limit);
	failed = ledger_set(l, META_LIMITS, buf_str(&text), d);
	buf_release(&text);
	free(before);
	return failed;
}
