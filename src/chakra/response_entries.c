/* SPDX-License-Identifier: MIT */
/*
 * The entries of a background job, page by page.
 *
 * ChakraHQ's page names none of their fields, so each fact is looked for
 * under the names that its other pages and its clients use, the likeliest
 * first: `names` below is the one place to fix when the real ones are known.
 * An entry that is not an object still counts: the caller may match by
 * position.
 */
#include "base/xalloc.h"
#include "chakra/response.h"
#include "http/transport.h"
#include "response_json.h"

#include <stdlib.h>
#include <string.h>

enum fact { STATUS, MESSAGE, ECHO, PROCESS_ID, PROCESS, TOTAL, NEXT, PAGING };

#define NAMES_MAX 14 /* and NULL after the last */

static const char *const names[][NAMES_MAX] = {
    [STATUS] = {"completionStatus", "bjEntryCompletionStatus",
	"entryCompletionStatus", "entryStatus", "status", "state"},
    [MESSAGE] = {"statusMessage", "message", "errorMessage", "error", "errors",
	"_errors", "reason", "failureReason", "errorReason", "detail",
	"description"},
    [ECHO] = {"input", "data", "payload", "entry", "request", "requestBody",
	"inputData", "entryData", "body", "item", "row", "process", "record"},
    [PROCESS_ID] = {"processId", "process_id", "createdProcessId"},
    [PROCESS] = {"process", "result", "output", "response"},
    [TOTAL] = {"total", "totalEntries", "totalCount", "totalRecords",
	"entriesCount", "count"},
    [NEXT] = {"next", "nextPage", "nextPath", "nextPagePath", "nextPageUrl",
	"nextUrl", "nextLink", "next_page", "path", "href", "url"},
    [PAGING] = {"pagination", "paging", "page", "links", "_links"},
};

/* The first of a fact's names that has a non-empty string. */
static const char *
find_name(const cJSON *object, enum fact fact)
{
	for (const char *const *name = names[fact]; *name != NULL; name++)
		if (answer_string(object, *name) != NULL)
			return *name;
	return NULL;
}

static const char *
find_string(const cJSON *object, enum fact fact)
{
	const char *name = find_name(object, fact);

	return name != NULL ? answer_string(object, name) : NULL;
}

const char *
answer_entry_status_name(const cJSON *entry)
{
	return find_name(entry, STATUS);
}

static void
read_status(const cJSON *entry, struct job_entry *item)
{
	const char *status = find_string(entry, STATUS);

	if (status == NULL)
		return;
	answer_put(item->status, sizeof(item->status), text_of(status));
	for (char *p = item->status; *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
}

static void
read_message(const cJSON *entry, struct job_entry *item)
{
	struct buf words = BUF_INIT(0);

	for (const char *const *name = names[MESSAGE]; *name != NULL; name++) {
		buf_clear(&words);
		answer_add_words(&words, answer_member(entry, *name));
		struct text t = buf_text(&words);
		if (t.len == 0 || text_is(t, "[]") || text_is(t, "{}") ||
		    text_is(t, "false"))
			continue;
		answer_put(item->message, sizeof(item->message), t);
		break;
	}
	buf_release(&words);
}

static void
read_process_id(const cJSON *entry, struct job_entry *item)
{
	const char *id = find_string(entry, PROCESS_ID);

	for (const char *const *name = names[PROCESS];
	     id == NULL && *name != NULL; name++)
		id = answer_string(answer_member(entry, *name), "id");
	if (id != NULL && strlen(id) < sizeof(item->process_id))
		answer_put(
		    item->process_id, sizeof(item->process_id), text_of(id));
}

/* The echo may be the object itself or its text. */
static struct text
key_in_echo(struct arena *memory, const cJSON *echo, const char *key_name,
    struct entry_key_place *place)
{
	struct text token = {NULL, 0};
	const char *why;

	place->is_text = cJSON_IsString(echo);
	if (!place->is_text)
		return answer_keep_token(memory,
		    answer_find_key_at(echo, key_name, true, &place->inside));
	if (echo->valuestring[0] != '{')
		return token;
	cJSON *inner = answer_parse(text_of(echo->valuestring), &why);
	if (inner != NULL)
		token = answer_keep_token(memory,
		    answer_find_key_at(inner, key_name, true, &place->inside));
	cJSON_Delete(inner);
	return token;
}

struct text
answer_entry_key(struct arena *memory, const cJSON *entry, const char *key_name,
    struct entry_key_place *place)
{
	for (const char *const *name = names[ECHO]; *name != NULL; name++) {
		struct text token;

		place->echo = *name;
		token = key_in_echo(
		    memory, answer_member(entry, *name), key_name, place);
		if (token.len > 0)
			return token;
	}
	/* Last, for an entry's own `id` or `status` may have the name. */
	*place = (struct entry_key_place){NULL, false, ""};
	return answer_keep_token(
	    memory, answer_find_key_at(entry, key_name, true, &place->inside));
}

/* The link of the next page in one object: a string, or an object with one. */
static bool
find_next(const cJSON *object, const char *base_url, struct entries_page *page)
{
	for (const char *const *name = names[NEXT]; *name != NULL; name++) {
		const cJSON *node = answer_member(object, *name);
		const char *link = cJSON_IsString(node)
				       ? node->valuestring
				       : find_string(node, NEXT);
		if (link != NULL && base_url_follow(base_url, link, page->next,
					sizeof(page->next)))
			return true;
	}
	page->next[0] = '\0';
	return false;
}

static void
read_meta(const cJSON *root, const char *base_url, struct entries_page *page)
{
	const cJSON *meta = answer_member(root, "_meta");
	uint64_t n;

	page->total = -1;
	for (const char *const *name = names[TOTAL]; *name != NULL; name++) {
		const cJSON *node = answer_member(meta, *name);
		if (node != NULL && answer_count(node, &n)) {
			page->total = (int64_t)n;
			break;
		}
	}
	bool found = find_next(meta, base_url, page);
	for (const char *const *name = names[PAGING]; !found && *name != NULL;
	     name++)
		found = find_next(answer_member(meta, *name), base_url, page);
}

/* `_data` as a list, or the one list inside it. */
const cJSON *
answer_entries(const cJSON *root)
{
	static const char *const inside[] = {
	    "entries", "items", "results", "data"};
	const cJSON *data = answer_member(root, "_data");

	if (cJSON_IsArray(data))
		return data;
	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
		const cJSON *list = answer_member(data, inside[i]);
		if (cJSON_IsArray(list))
			return list;
	}
	return NULL;
}

int
response_entries(const struct http_response *r, const char *key_name,
    const char *base_url, struct entries_page *page, char *words,
    size_t words_size)
{
	const cJSON *node;
	size_t i = 0;

	*page = (struct entries_page){.total = -1};
	cJSON *root = answer_envelope(r, words, words_size);
	if (root == NULL)
		return -1;
	const cJSON *list = answer_entries(root);
	if (list == NULL) {
		answer_lacks(root, r, "the answer holds no list of entries",
		    words, words_size);
		cJSON_Delete(root);
		return -1;
	}
	page->count = (size_t)cJSON_GetArraySize(list);
	page->items =
	    arena_array(&page->memory, page->count, sizeof(*page->items));
	cJSON_ArrayForEach(node, list)
	{
		struct job_entry *item = &page->items[i++];
		struct entry_key_place place;

		read_status(node, item);
		read_message(node, item);
		read_process_id(node, item);
		item->key_token =
		    answer_entry_key(&page->memory, node, key_name, &place);
	}
	read_meta(root, base_url, page);
	cJSON_Delete(root);
	return 0;
}

void
entries_page_release(struct entries_page *p)
{
	arena_release(&p->memory);
	*p = (struct entries_page){.total = -1};
}
