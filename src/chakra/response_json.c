/* SPDX-License-Identifier: MIT */
/*
 * JSON of answers, strictly.
 *
 * cJSON builds the tree, but it takes more than JSON (raw control characters,
 * numbers like 01 or 2., any byte below a blank as a blank, junk after a NUL)
 * and keeps numbers as doubles. So the strict reader goes first: it refuses
 * what is not JSON and tells where the numbers are; the n-th number of the text
 * is the n-th number node of the tree.
 */
#include "response_json.h"

#include "base/json_read.h"
#include "base/json_write.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A value takes some hundred bytes of memory, and two bytes of text can be
 * one: 4 MiB would become half a GB. Answers that mean something have more
 * bytes for each. */
#define VALUES_FREE ((size_t)100000)
#define VALUE_BYTES_MIN ((size_t)6)

struct numbers {
	struct text *items;
	size_t count, cap;
};

/* As a C string it would end here and look like another. */
static void
change_nuls(char *s, size_t len)
{
	for (size_t i = 0; i + 6 <= len; i++) {
		if (s[i] != '\\')
			continue;
		if (strncmp(s + i, "\\u0000", 6) == 0)
			memcpy(s + i, "\\ufffd", 6);
		i++;
	}
}

/* Refuses what is not JSON; remembers where the numbers are. `s` may be
 * changed. */
static bool
scan(char *s, size_t len, struct numbers *n)
{
	struct json_reader r;
	enum json_event e;
	size_t values = 0;

	json_begin(&r, (struct text){s, len}, CJSON_NESTING_LIMIT);
	while ((e = json_next(&r)) > JSON_DONE) {
		values += e != JSON_NAME && e != JSON_END_OBJECT &&
			  e != JSON_END_ARRAY;
		if (e == JSON_STRING || e == JSON_NAME)
			change_nuls(s + (r.token.s - s), r.token.len);
		if (e != JSON_NUMBER)
			continue;
		ARRAY_ROOM(n->items, n->count, n->cap);
		n->items[n->count++] = r.token;
	}
	return e == JSON_DONE && !answer_is_dense(values, len);
}

/* Gives every number node its digits. No recursion: the path back is kept. */
static bool
attach_digits(cJSON *root, const struct numbers *n)
{
	cJSON *up[CJSON_NESTING_LIMIT + 1];
	size_t depth = 0, next = 0;
	cJSON *node = root;

	for (;;) {
		if (cJSON_IsNumber(node)) {
			if (next == n->count)
				return false;
			struct text t = n->items[next++];
			node->valuestring = cJSON_malloc(t.len + 1);
			if (node->valuestring == NULL)
				return false;
			memcpy(node->valuestring, t.s, t.len);
			node->valuestring[t.len] = '\0';
		}
		if (node->child != NULL) {
			assert(depth <= CJSON_NESTING_LIMIT);
			up[depth++] = node;
			node = node->child;
			continue;
		}
		while (depth > 0 && node->next == NULL)
			/* cppcheck-suppress uninitvar ; set on the way down */
			node = up[--depth];
		if (depth == 0)
			return next == n->count;
		node = node->next;
	}
}

bool
answer_is_dense(size_t values, size_t bytes)
{
	return values > VALUES_FREE + bytes / VALUE_BYTES_MIN;
}

/* The text without a byte order mark, which is harmless; false: *why. */
static bool
take_text(struct text *body, const char **why)
{
	*why = body->len == 0 ? "it is empty" : NOT_JSON;
	*body = text_after_bom(*body);
	if (utf8_check(body->s, body->len) == body->len)
		return true;
	*why = "it is not UTF-8";
	return false;
}

cJSON *
answer_parse(struct text body, const char **why)
{
	struct numbers n = {NULL, 0, 0};
	cJSON *root = NULL;
	char *s;

	if (!take_text(&body, why))
		return NULL;
	s = xstrndup(body.s, body.len);
	if (scan(s, body.len, &n))
		root = cJSON_ParseWithLengthOpts(s, body.len + 1, NULL, 1);
	if (root != NULL && !attach_digits(root, &n)) {
		cJSON_Delete(root);
		root = NULL;
	}
	free(s);
	free(n.items);
	return root;
}

void
answer_unreadable(const struct http_response *r, const char *reason,
    char *words, size_t words_size)
{
	struct buf why = BUF_INIT(4096);
	char shown[256];

	buf_addf(&why, "the answer cannot be read: %s", reason);
	if (r->body.len > 0) {
		response_words(r, shown, sizeof(shown));
		buf_addf(&why, ": %s", shown);
	}
	answer_put(words, words_size, buf_text(&why));
	buf_release(&why);
}

bool
answer_body(const struct http_response *r, struct text *body, char *words,
    size_t words_size)
{
	const char *reason = NULL;

	*body = buf_text(&r->body);
	if (r->status < 200 || r->status > 299) {
		response_words(r, words, words_size);
		return false;
	}
	if (r->too_large)
		reason = "it is too large";
	else if (r->cut)
		reason = "it is cut off";
	else if (take_text(body, &reason) && body->len > 0)
		return true;
	answer_unreadable(r, reason, words, words_size);
	return false;
}

cJSON *
answer_envelope(const struct http_response *r, char *words, size_t words_size)
{
	const char *reason = NOT_OBJECT;
	struct text body;
	cJSON *root;

	if (!answer_body(r, &body, words, words_size))
		return NULL;
	root = answer_parse(body, &reason);
	if (root != NULL && cJSON_IsObject(root))
		return root;
	answer_unreadable(
	    r, root != NULL ? NOT_OBJECT : reason, words, words_size);
	cJSON_Delete(root);
	return NULL;
}

const cJSON *
answer_member(const cJSON *object, const char *name)
{
	if (!cJSON_IsObject(object))
		return NULL;
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

const char *
answer_string(const cJSON *object, const char *name)
{
	const cJSON *node = answer_member(object, name);

	if (node == NULL || !cJSON_IsString(node) ||
	    node->valuestring[0] == '\0')
		return NULL;
	return node->valuestring;
}

static bool
is_empty(const cJSON *node)
{
	if (cJSON_IsNull(node))
		return true;
	if (cJSON_IsArray(node) || cJSON_IsObject(node))
		return node->child == NULL;
	return cJSON_IsString(node) && node->valuestring[0] == '\0';
}

const cJSON *
answer_errors(const cJSON *root)
{
	const cJSON *node;

	/* Every member of that name: cJSON keeps doubled names. */
	cJSON_ArrayForEach(node, root)
	{
		if (node->string != NULL &&
		    strcmp(node->string, "_errors") == 0 && !is_empty(node))
			return node;
	}
	return NULL;
}

void
answer_lacks(const cJSON *root, const struct http_response *r,
    const char *lacking, char *words, size_t words_size)
{
	if (answer_errors(root) != NULL)
		response_words(r, words, words_size);
	else
		answer_put(words, words_size, text_of(lacking));
}

bool
answer_count(const cJSON *node, uint64_t *n)
{
	const uint64_t most = UINT64_C(1000000000000000);

	if (cJSON_IsString(node))
		return text_parse_uint(text_of(node->valuestring), n) &&
		       *n <= most;
	/* NaN is not between them either. */
	if (!cJSON_IsNumber(node) ||
	    !(node->valuedouble >= 0 && node->valuedouble <= (double)most))
		return false;
	*n = (uint64_t)node->valuedouble;
	return (double)*n == node->valuedouble;
}

const cJSON *
answer_find_key_at(const cJSON *process, const char *key_name, bool root_first,
    const char **place)
{
	const cJSON *record = answer_member(process, "record");
	const struct {
		const cJSON *node;
		const char *name;
	} places[] = {
	    {root_first ? process : NULL, ""},
	    {answer_member(process, "data"), "data."},
	    {answer_member(record, "data"), "record.data."},
	    {record, "record."},
	    {root_first ? NULL : process, ""},
	};

	if (key_name == NULL || key_name[0] == '\0')
		return NULL;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const cJSON *key = answer_member(places[i].node, key_name);

		*place = places[i].name;
		if (cJSON_IsString(key) || cJSON_IsNumber(key))
			return key;
	}
	return NULL;
}

struct text
answer_keep_token(struct arena *memory, const cJSON *key)
{
	struct buf token = BUF_INIT(0);
	struct text kept = {NULL, 0};

	if (key == NULL)
		return kept;
	if (cJSON_IsString(key))
		json_add_string(&token, text_of(key->valuestring));
	else
		buf_adds(&token, key->valuestring);
	kept.s = arena_strndup(memory, buf_str(&token), token.len);
	kept.len = token.len;
	buf_release(&token);
	return kept;
}
