/* SPDX-License-Identifier: MIT */
/*
 * ChakraHQ's own words in an answer, for a person to read.
 *
 * No page says what an error looks like; public clients met strings, objects
 * with a message, HTML pages of a proxy and empty bodies. All of these give
 * words here, never an error: what cannot be understood is shown as it came,
 * made safe for a screen and shortened.
 */
#include "base/simd.h"
#include "base/text.h"
#include "chakra/response.h"
#include "response_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An answer is shown in a line or two; more of it is never read. */
#define WORDS_MAX 4096
#define LISTED_MAX 3
#define DEPTH_MAX 4

/* Members that hold words, the best first. */
static const char *const word_names[] = {"message", "errorMessage",
    "statusMessage", "error", "error_description", "reason", "detail",
    "details", "description", "title", "msg", "errors", "_errors"};

static bool add_words(struct buf *out, const cJSON *node, int depth);

/* Up to LISTED_MAX of them, and how many there are more. */
static bool
add_list(struct buf *out, const cJSON *list, int depth)
{
	const cJSON *node;
	int listed = 0, rest = 0;

	cJSON_ArrayForEach(node, list)
	{
		if (listed == LISTED_MAX) {
			rest++;
			continue;
		}
		size_t before = out->len;
		if (listed > 0)
			buf_adds(out, "; ");
		if (add_words(out, node, depth + 1))
			listed++;
		else
			buf_truncate(out, before);
	}
	if (rest > 0)
		buf_addf(out, "; and %d more", rest);
	return listed > 0;
}

static bool
add_object(struct buf *out, const cJSON *object, int depth)
{
	for (size_t i = 0; i < sizeof(word_names) / sizeof(word_names[0]);
	     i++) {
		const cJSON *node = answer_member(object, word_names[i]);
		if (node != NULL && add_words(out, node, depth + 1))
			return true;
	}
	return false;
}

static bool
add_words(struct buf *out, const cJSON *node, int depth)
{
	if (depth > DEPTH_MAX || node == NULL)
		return false;
	if (cJSON_IsString(node) || cJSON_IsNumber(node)) {
		if (node->valuestring[0] == '\0')
			return false;
		size_t len = strlen(node->valuestring);
		buf_add(
		    out, node->valuestring, len < WORDS_MAX ? len : WORDS_MAX);
		return true;
	}
	if (cJSON_IsArray(node))
		return add_list(out, node, depth);
	return cJSON_IsObject(node) && add_object(out, node, depth);
}

void
answer_add_words(struct buf *out, const cJSON *node)
{
	if (node == NULL || cJSON_IsNull(node) || add_words(out, node, 0))
		return;
	/* Nothing that we know a name for: as it came. */
	char *text = cJSON_PrintUnformatted(node);
	if (text == NULL)
		return;
	size_t len = strlen(text);
	buf_add(out, text, len < WORDS_MAX ? len : WORDS_MAX);
	cJSON_free(text);
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Is it one word of signs that show as they are? */
static bool
is_plain_word(struct text t)
{
	size_t i = 0;

#ifdef __SSE2__
	for (; t.len - i >= 16; i += 16) {
		__m128i v = load16(t.s + i);
		__m128i is_shown =
		    _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8(' ')),
			_mm_cmplt_epi8(v, _mm_set1_epi8(0x7f)));

		if (bits16(is_shown) != 0xffff)
			return false;
	}
#endif
	for (; i < t.len; i++)
		if (t.s[i] <= ' ' || t.s[i] >= 0x7f)
			return false;
	return true;
}

void
answer_put(char *out, size_t out_size, struct text t)
{
	static const char more[] = "\xe2\x80\xa6";
	struct buf flat = BUF_INIT(0), shown = BUF_INIT(0);

	if (out_size == 0)
		return;
	if (t.len < out_size && is_plain_word(t)) {
		memcpy(out, t.s, t.len);
		out[t.len] = '\0';
		return;
	}
	for (size_t i = 0; i < t.len && flat.len < WORDS_MAX; i++) {
		bool space = is_space(t.s[i]);
		if (!space)
			buf_addc(&flat, t.s[i]);
		else if (flat.len > 0 && flat.data[flat.len - 1] != ' ')
			buf_addc(&flat, ' ');
	}
	struct text trimmed = text_trim(buf_text(&flat));
	text_display(&shown, trimmed, 0);
	size_t len = shown.len, mark = 0;
	if (len >= out_size) {
		mark = out_size > sizeof(more) ? sizeof(more) - 1 : 0;
		len = out_size - 1 - mark;
		while (
		    len > 0 && ((unsigned char)shown.data[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(out, buf_str(&shown), len);
	memcpy(out + len, more, mark);
	out[len + mark] = '\0';
	buf_release(&flat);
	buf_release(&shown);
}

/* Offset of `word` (lower case) in t from `from` on, or t.len. */
static size_t
find_fold(struct text t, const char *word, size_t from)
{
	size_t len = strlen(word);

	for (size_t i = from; len <= t.len && i <= t.len - len; i++) {
		size_t k = 0;
		while (k < len && ascii_lower(t.s[i + k]) == word[k])
			k++;
		if (k == len)
			return i;
	}
	return t.len;
}

/* The content of the first <name …>…</name>; empty if there is none. */
static struct text
element(struct text page, const char *open, const char *close)
{
	size_t at = find_fold(page, open, 0);
	size_t begin = find_fold(page, ">", at);
	size_t end = find_fold(page, close, begin);

	if (begin >= page.len || end >= page.len)
		return (struct text){page.s, 0};
	return text_trim((struct text){page.s + begin + 1, end - begin - 1});
}

/* The text between the tags. */
static void
add_untagged(struct buf *out, struct text page)
{
	bool in_tag = false;

	for (size_t i = 0; i < page.len && out->len < WORDS_MAX; i++) {
		char c = page.s[i];
		if (c == '<')
			in_tag = true;
		if (!in_tag)
			buf_addc(out, c);
		if (c == '>') {
			in_tag = false;
			buf_addc(out, ' ');
		}
	}
}

static bool
looks_like_html(const struct http_response *r, struct text body)
{
	size_t i = 0;

	while (i < body.len && is_space(body.s[i]))
		i++;
	if (i < body.len && body.s[i] == '<')
		return true;
	return find_fold(text_of(r->content_type), "html", 0) <
	       strlen(r->content_type);
}

static void
add_html_words(struct buf *out, struct text page)
{
	struct text title = element(page, "<title", "</title");

	if (title.len == 0)
		title = element(page, "<h1", "</h1");
	add_untagged(out, title.len > 0 ? title : page);
	/* A title is in one piece; markup alone leaves nothing but blanks. */
}

static bool
add_json_words(struct buf *out, struct text body)
{
	const char *why;
	cJSON *root = answer_parse(body, &why);
	bool found;

	if (root == NULL)
		return false;
	const cJSON *errors = cJSON_IsObject(root) ? answer_errors(root) : NULL;
	if (errors != NULL) {
		answer_add_words(out, errors);
		found = true;
	} else {
		found = add_words(out, root, 0);
	}
	if (!found)
		found = add_words(out, answer_member(root, "_data"), 1);
	cJSON_Delete(root);
	return found;
}

void
response_words(const struct http_response *r, char *out, size_t out_size)
{
	struct text body = buf_text(&r->body);
	struct buf words = BUF_INIT(0);

	if (r->status == 0 && r->error[0] != '\0') {
		buf_adds(&words, r->error);
	} else if (!add_json_words(&words, body)) {
		struct text start = body;
		if (start.len > (size_t)16 * WORDS_MAX)
			start.len = (size_t)16 * WORDS_MAX;
		if (looks_like_html(r, start))
			add_html_words(&words, start);
		else
			buf_add(&words, start.s, start.len);
	}
	answer_put(out, out_size, buf_text(&words));
	if (out_size > 0 && out[0] == '\0')
		answer_put(out, out_size, TEXT_LITERAL("an empty answer"));
	buf_release(&words);
}
