/* SPDX-License-Identifier: MIT */
/*
 * JSON of answers, strictly.
 *
 * cJSON builds the tree, but it takes more than JSON (raw control characters,
 * numbers like 01 or 2., any byte below a blank as a blank, junk behind a
 * NUL) and keeps numbers as doubles. So a lexer reads the text first: it
 * refuses what is no JSON token and remembers where the numbers stand; the
 * n-th number of the text is the n-th number node of the tree. A parser of
 * our own was refused: the grammar is cJSON's work.
 */
#include "response_json.h"

#include "ascii.h"
#include "base/json_escape.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

/* A value takes some hundred bytes of memory, and two bytes of text can be
 * one: 4 MiB would become half a GB. Answers that mean something have more
 * bytes for each. */
#define VALUES_FREE ((size_t)100000)
#define VALUE_BYTES_MIN ((size_t)6)

struct lexer {
	char *s; /* NUL-terminated; escaped NULs are changed in place */
	size_t len, at;
	size_t values; /* at most: each stands behind a bracket or a comma */
	struct text *numbers;
	size_t count, cap;
};

static void
skip_digits(struct lexer *l)
{
	while (ascii_is_digit(l->s[l->at]))
		l->at++;
}

/* RFC 8259, section 6. The text ends with a NUL, so one look ahead is safe. */
static bool
lex_number(struct lexer *l)
{
	size_t start = l->at;

	if (l->s[l->at] == '-')
		l->at++;
	if (!ascii_is_digit(l->s[l->at]))
		return false;
	if (l->s[l->at] == '0')
		l->at++;
	else
		skip_digits(l);
	if (l->s[l->at] == '.') {
		l->at++;
		if (!ascii_is_digit(l->s[l->at]))
			return false;
		skip_digits(l);
	}
	if (l->s[l->at] == 'e' || l->s[l->at] == 'E') {
		l->at++;
		if (l->s[l->at] == '+' || l->s[l->at] == '-')
			l->at++;
		if (!ascii_is_digit(l->s[l->at]))
			return false;
		skip_digits(l);
	}
	ARRAY_ROOM(l->numbers, l->count, l->cap);
	l->numbers[l->count++] = (struct text){l->s + start, l->at - start};
	return true;
}

static bool
lex_string(struct lexer *l)
{
	for (l->at++; l->s[l->at] != '"'; l->at++) {
		unsigned char c = (unsigned char)l->s[l->at];
		if (c < ' ')
			return false; /* the end of the text, too */
		if (c != '\\')
			continue;
		l->at++;
		if (l->s[l->at] == '\0')
			return false;
		/* As a C string it would end here and look like another. */
		if (strncmp(l->s + l->at, "u0000", 5) == 0)
			memcpy(l->s + l->at, "ufffd", 5);
	}
	l->at++;
	return true;
}

static bool
lex_word(struct lexer *l, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(l->s + l->at, word, len) != 0)
		return false;
	l->at += len;
	return true;
}

static bool
lex_token(struct lexer *l)
{
	switch (l->s[l->at]) {
	case ' ':
	case '\t':
	case '\r':
	case '\n':
	case '}':
	case ']':
	case ':':
		l->at++;
		return true;
	case '{':
	case '[':
	case ',':
		l->values++;
		l->at++;
		return true;
	case '"':
		return lex_string(l);
	case 't':
		return lex_word(l, "true");
	case 'f':
		return lex_word(l, "false");
	case 'n':
		return lex_word(l, "null");
	default:
		return lex_number(l);
	}
}

static bool
lex(struct lexer *l)
{
	/* A byte order mark is harmless, and cJSON skips it. */
	if (l->len >= 3 && memcmp(l->s, "\xef\xbb\xbf", 3) == 0)
		l->at = 3;
	while (l->at < l->len)
		if (!lex_token(l))
			return false;
	return l->values <= VALUES_FREE + l->len / VALUE_BYTES_MIN;
}

/* Gives every number node its digits. No recursion: the path back is kept. */
static bool
attach_digits(cJSON *root, const struct lexer *l)
{
	cJSON *up[CJSON_NESTING_LIMIT + 1];
	size_t depth = 0, next = 0;
	cJSON *node = root;

	for (;;) {
		if (cJSON_IsNumber(node)) {
			if (next == l->count)
				return false;
			struct text t = l->numbers[next++];
			node->valuestring = cJSON_malloc(t.len + 1);
			if (node->valuestring == NULL)
				return false;
			memcpy(node->valuestring, t.s, t.len);
			node->valuestring[t.len] = '\0';
		}
		if (node->child != NULL && depth <= CJSON_NESTING_LIMIT) {
			up[depth++] = node;
			node = node->child;
			continue;
		}
		while (depth > 0 && node->next == NULL)
			/* cppcheck-suppress uninitvar ; set on the way down */
			node = up[--depth];
		if (depth == 0)
			return next == l->count;
		node = node->next;
	}
}

cJSON *
answer_parse(struct text body, const char **why)
{
	struct lexer l = {.len = body.len};
	cJSON *root = NULL;

	*why = "it is not JSON";
	if (body.len == 0) {
		*why = "it is empty";
		return NULL;
	}
	if (memchr(body.s, '\0', body.len) != NULL)
		return NULL;
	if (utf8_check(body.s, body.len) != body.len) {
		*why = "it is not UTF-8";
		return NULL;
	}
	l.s = xstrndup(body.s, body.len);
	if (lex(&l))
		root = cJSON_ParseWithLengthOpts(l.s, l.len + 1, NULL, 1);
	if (root != NULL && !attach_digits(root, &l)) {
		cJSON_Delete(root);
		root = NULL;
	}
	free(l.s);
	free(l.numbers);
	return root;
}

cJSON *
answer_envelope(const struct http_response *r, char *words, size_t words_size)
{
	struct buf why = BUF_INIT(4096);
	const char *reason = NULL;
	cJSON *root = NULL;

	if (r->status < 200 || r->status > 299) {
		response_words(r, words, words_size);
		return NULL;
	}
	if (r->too_large)
		reason = "it is too large";
	else if (r->cut)
		reason = "it is cut off";
	else
		root = answer_parse(
		    (struct text){buf_str(&r->body), r->body.len}, &reason);
	if (root != NULL && cJSON_IsObject(root))
		return root;
	if (root != NULL)
		reason = "it is not a JSON object";
	cJSON_Delete(root);
	buf_addf(&why, "the answer cannot be read: %s", reason);
	if (r->body.len > 0) {
		char shown[256];
		response_words(r, shown, sizeof(shown));
		buf_addf(&why, ": %s", shown);
	}
	answer_put(words, words_size, (struct text){buf_str(&why), why.len});
	buf_release(&why);
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

const cJSON *
answer_find_key(const cJSON *process, const char *key_name, bool root_first)
{
	const char *place;

	return answer_find_key_at(process, key_name, root_first, &place);
}

void
answer_add_token(struct buf *out, const cJSON *key)
{
	if (cJSON_IsString(key))
		json_add_string(out, text_of(key->valuestring));
	else
		buf_adds(out, key->valuestring);
}
