/* SPDX-License-Identifier: MIT */
/*
 * The processes that a lookup found.
 *
 * "Not found" may lead to a row being sent again, so an answer with errors in
 * it is not an answer here, even if it has a list. A process that cannot be
 * read stays in the page without a key: the caller continues by how many came.
 */
#include "base/civil.h"
#include "base/json_read.h"
#include "base/xalloc.h"
#include "chakra/response.h"
#include "http/retry.h"
#include "response_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Epoch ms, epoch seconds (anything that as ms would lie before March 1973),
 * or ISO 8601. */
int64_t
answer_time(const cJSON *node, const char **form)
{
	const uint64_t least_ms = UINT64_C(100000000000);
	const char *unused = NULL;
	int64_t ms;
	uint64_t n;

	form = form != NULL ? form : &unused;
	*form = CONTACT_NONE;
	if (node == NULL || cJSON_IsNull(node))
		return FOUND_NO_TIME;
	if (answer_count(node, &n)) {
		*form = n < least_ms ? "seconds" : "milliseconds";
		return (int64_t)(n < least_ms ? n * 1000 : n);
	}
	ms = cJSON_IsString(node) ? iso_date_ms(node->valuestring) : -1;
	*form = ms < 0 ? "not a time" : "ISO 8601";
	return ms < 0 ? FOUND_BAD_TIME : ms;
}

static void
read_process(struct arena *memory, const cJSON *node, const char *key_name,
    struct found_process *item)
{
	const char *id = answer_string(node, "id");

	item->created_at_ms =
	    answer_time(answer_member(node, "createdAt"), NULL);
	item->updated_at_ms =
	    answer_time(answer_member(node, "updatedAt"), NULL);
	if (id != NULL && strlen(id) < sizeof(item->id))
		answer_put(item->id, sizeof(item->id), text_of(id));
	/* An attribute may have the name of a root field, as `id`. */
	item->key_token =
	    answer_keep_token(memory, answer_find_key(node, key_name, false));
}

static bool
read_has_more(const cJSON *root)
{
	const cJSON *more =
	    answer_member(answer_member(root, "_meta"), "hasMore");

	return cJSON_IsTrue(more) ||
	       (cJSON_IsString(more) &&
		   strcasecmp(more->valuestring, "true") == 0);
}

/* From its first brace on, without a BOM and blanks. */
static struct text
answer_body(struct text body)
{
	if (body.len >= 3 && memcmp(body.s, "\xef\xbb\xbf", 3) == 0)
		body = (struct text){body.s + 3, body.len - 3};
	while (body.len > 0 && *body.s != '{')
		body = (struct text){body.s + 1, body.len - 1};
	return body;
}

/* Where the processes stand in the answer, which is JSON. False: it does not
 * say, because it has two lists of them. */
static bool
find_texts(struct text body, struct list_page *page)
{
	struct json_walk w;
	struct text value;
	size_t found = 0;

	json_walk_begin(&w, json_member(answer_body(body), "_data"));
	while (found < page->count && json_walk_next(&w, NULL, &value))
		page->items[found++].json = value;
	return found == page->count;
}

int
response_list(const struct http_response *r, const char *key_name,
    struct list_page *page, char *words, size_t words_size)
{
	const cJSON *node;
	size_t i = 0;

	*page = (struct list_page){.items = NULL};
	cJSON *root = answer_envelope(r, words, words_size);
	if (root == NULL)
		return -1;
	const cJSON *list = answer_member(root, "_data");
	if (answer_errors(root) != NULL || !cJSON_IsArray(list)) {
		answer_lacks(root, r, "the answer holds no list of processes",
		    words, words_size);
		cJSON_Delete(root);
		return -1;
	}
	page->count = (size_t)cJSON_GetArraySize(list);
	page->items =
	    arena_array(&page->memory, page->count, sizeof(*page->items));
	cJSON_ArrayForEach(node, list)
	{
		read_process(&page->memory, node, key_name, &page->items[i++]);
	}
	page->has_more = read_has_more(root);
	cJSON_Delete(root);
	if (find_texts(buf_text(&r->body), page))
		return 0;
	snprintf(words, words_size, "the answer holds two lists of processes");
	list_page_release(page);
	return -1;
}

int
response_process(const struct http_response *r, const char *key_name,
    struct list_page *page, char *words, size_t words_size)
{
	*page = (struct list_page){.items = NULL};
	if (r->status == 404 || r->status == 410)
		return 0;
	cJSON *root = answer_envelope(r, words, words_size);
	if (root == NULL)
		return -1;
	const cJSON *process = answer_member(root, "_data");
	if (answer_errors(root) != NULL || !cJSON_IsObject(process)) {
		answer_lacks(
		    root, r, "the answer holds no process", words, words_size);
		cJSON_Delete(root);
		return -1;
	}
	if (!cJSON_IsTrue(answer_member(process, "isDeleted"))) {
		page->items =
		    arena_array(&page->memory, 1, sizeof(*page->items));
		page->count = 1;
		read_process(&page->memory, process, key_name, &page->items[0]);
		page->items[0].json =
		    json_member(answer_body(buf_text(&r->body)), "_data");
	}
	cJSON_Delete(root);
	return 0;
}

void
list_page_release(struct list_page *p)
{
	arena_release(&p->memory);
	*p = (struct list_page){.items = NULL};
}
