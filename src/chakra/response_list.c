/* SPDX-License-Identifier: MIT */
/*
 * The processes that a lookup found.
 *
 * "Not found" may lead to a row being sent again, so an answer with errors in
 * it is not an answer here, even if it has a list. A process that cannot be
 * read stays in the page without a key: the caller continues by how many came.
 *
 * Before each change a process is read here, so there is no tree: one strict
 * pass over the answer tells where each process is. Of two members with one
 * name the first one holds, but `_data` may be there only once.
 */
#include "base/civil.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/xalloc.h"
#include "chakra/response.h"
#include "http/retry.h"
#include "members.h"
#include "response_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* U+FFFD in the place of what would end a C string. */
#define REPLACEMENT "\xef\xbf\xbd"

static bool
parse_count(const char *s, bool is_number, uint64_t *n)
{
	const uint64_t most = UINT64_C(1000000000000000);
	double value;

	if (text_parse_uint(text_of(s), n))
		return *n <= most;
	if (!is_number)
		return false;
	value = strtod(s, NULL);
	if (!(value >= 0 && value <= (double)most))
		return false;
	*n = (uint64_t)value;
	return (double)*n == value;
}

/* Epoch ms, epoch seconds (anything that as ms would lie before March 1973),
 * or ISO 8601. */
int64_t
answer_time(const char *s, bool is_number, const char **form)
{
	const uint64_t least_ms = UINT64_C(100000000000);
	const char *unused = NULL;
	int64_t ms;
	uint64_t n;

	form = form != NULL ? form : &unused;
	if (parse_count(s, is_number, &n)) {
		*form = n < least_ms ? "seconds" : "milliseconds";
		return (int64_t)(n < least_ms ? n * 1000 : n);
	}
	ms = is_number ? -1 : iso_date_ms(s);
	*form = ms < 0 ? "not a time" : "ISO 8601";
	return ms < 0 ? FOUND_BAD_TIME : ms;
}

static bool
is_string(struct text t)
{
	return t.len > 0 && t.s[0] == '"';
}

static bool
is_number(struct text t)
{
	return t.len > 0 && (t.s[0] == '-' || ascii_is_digit(t.s[0]));
}

/* The text of a string token. */
static struct text
string_text(struct arena *memory, struct text token)
{
	struct buf decoded = BUF_INIT(0), whole = BUF_INIT(0);
	struct text text = {token.s + 1, token.len - 2};

	if (memchr(token.s, '\\', token.len) != NULL) {
		json_decode(token, &decoded);
		for (size_t i = 0; i < decoded.len; i++)
			if (decoded.data[i] == '\0')
				buf_adds(&whole, REPLACEMENT);
			else
				buf_addc(&whole, decoded.data[i]);
		text = buf_text(&whole);
	}
	text.s = arena_strndup(memory, text.len > 0 ? text.s : "", text.len);
	buf_release(&decoded);
	buf_release(&whole);
	return text;
}

static struct text
first_of(const struct members *m, const char *name)
{
	const struct member *found = members_named(m, name);

	return found != NULL ? found->first : (struct text){NULL, 0};
}

static struct text
first_member(struct text object, const char *name)
{
	struct json_walk w;
	struct text n, value;

	if (!json_is_object(object))
		return (struct text){NULL, 0};
	json_walk_begin(&w, object);
	while (json_walk_next(&w, &n, &value))
		if (json_is_text(n, name))
			return value;
	return (struct text){NULL, 0};
}

/* As answer_find_key does, with the root last: an attribute may have the name
 * of a root field, as `id`. */
static struct text
find_key(const struct members *root, const char *key_name)
{
	struct text record = first_of(root, "record");
	struct text key;

	if (key_name == NULL || key_name[0] == '\0')
		return (struct text){NULL, 0};
	for (int place = 0; place < 4; place++) {
		key = place == 0
			  ? first_member(first_of(root, "data"), key_name)
		      : place == 1
			  ? first_member(first_member(record, "data"), key_name)
		      : place == 2 ? first_member(record, key_name)
				   : first_of(root, key_name);
		if (is_string(key) || is_number(key))
			return key;
	}
	return (struct text){NULL, 0};
}

/* Kept, and spelt as we spell it. */
static struct text
keep_token(struct arena *memory, struct text token)
{
	struct buf spelt = BUF_INIT(0);

	if (is_string(token) && memchr(token.s, '\\', token.len) != NULL) {
		json_add_string(&spelt, string_text(memory, token));
		token = buf_text(&spelt);
	}
	if (token.len > 0)
		token.s = arena_strndup(memory, token.s, token.len);
	buf_release(&spelt);
	return token;
}

static int64_t
read_time(struct arena *memory, struct text token)
{
	if (token.s == NULL || text_is(token, "null"))
		return FOUND_NO_TIME;
	if (is_string(token))
		return answer_time(string_text(memory, token).s, false, NULL);
	if (is_number(token))
		return answer_time(
		    arena_strndup(memory, token.s, token.len), true, NULL);
	return FOUND_BAD_TIME;
}

static void
read_process(struct arena *memory, struct text process, const char *key_name,
    struct found_process *item)
{
	struct members root;
	struct text id;

	members_read(&root, process);
	item->json = process;
	item->created_at_ms = read_time(memory, first_of(&root, "createdAt"));
	item->updated_at_ms = read_time(memory, first_of(&root, "updatedAt"));
	id = first_of(&root, "id");
	if (is_string(id) && (id = string_text(memory, id)).len > 0 &&
	    id.len < sizeof(item->id))
		answer_put(item->id, sizeof(item->id), id);
	item->key_token = keep_token(memory, find_key(&root, key_name));
	members_release(&root);
}

/* The strict pass. */
struct list_reader {
	struct json_reader json;
	struct text name;	/* of the root's member */
	const char *begin[2];	/* of a member of the root, of an item */
	struct text list, meta; /* the first of them */
	bool in_list, is_doubled, has_errors;
	struct text *items;
	size_t count, cap, values;
};

static bool
is_empty(struct text token)
{
	struct json_walk w;
	struct text value;

	if (json_is_object(token) || json_is_array(token)) {
		json_walk_begin(&w, token);
		return !json_walk_next(&w, NULL, &value);
	}
	return text_is(token, "null") || text_is(token, "\"\"");
}

static void
take_member(struct list_reader *l, struct text value)
{
	l->in_list = false;
	if (json_is_text(l->name, "_errors"))
		l->has_errors |= !is_empty(value);
	else if (json_is_text(l->name, "_meta") && l->meta.s == NULL)
		l->meta = value;
	else if (json_is_text(l->name, "_data") && l->list.s == NULL)
		l->list = value;
	else if (json_is_text(l->name, "_data"))
		l->is_doubled = true;
}

static void
take_value(struct list_reader *l, struct text value)
{
	if (l->json.depth == 1 && l->name.len > 0) {
		take_member(l, value);
	} else if (l->json.depth == 2 && l->in_list) {
		ARRAY_ROOM(l->items, l->count, l->cap);
		l->items[l->count++] = value;
	}
}

static void
take_event(struct list_reader *l, enum json_event e)
{
	const struct json_reader *r = &l->json;
	unsigned depth = r->depth;
	const char *at = r->t.s + r->at;

	if (e == JSON_NAME) {
		l->name = depth == 1 ? r->token : l->name;
		return;
	}
	l->values += e != JSON_END_OBJECT && e != JSON_END_ARRAY;
	if (e == JSON_OBJECT || e == JSON_ARRAY) {
		if (depth == 2 || depth == 3)
			l->begin[depth - 2] = at - 1;
		if (depth == 2)
			l->in_list = e == JSON_ARRAY && l->list.s == NULL &&
				     json_is_text(l->name, "_data");
		return;
	}
	if (depth != 1 && depth != 2)
		return;
	take_value(l, e == JSON_END_OBJECT || e == JSON_END_ARRAY
			  ? (struct text){l->begin[depth - 1],
				(size_t)(at - l->begin[depth - 1])}
			  : r->token);
}

/* Why the body cannot be read; NULL: it can. */
static const char *
read_body(struct list_reader *l, struct text body)
{
	bool is_object = false;
	enum json_event e;

	json_begin(&l->json, body, CJSON_NESTING_LIMIT);
	while ((e = json_next(&l->json)) > JSON_DONE) {
		is_object |= l->values == 0 && e == JSON_OBJECT;
		take_event(l, e);
	}
	if (e != JSON_DONE || answer_is_dense(l->values, body.len))
		return NOT_JSON;
	return is_object ? NULL : NOT_OBJECT;
}

static void
fill_page(
    const struct list_reader *l, const char *key_name, struct list_page *page)
{
	struct text more = first_member(l->meta, "hasMore");

	page->count = l->count;
	page->items =
	    arena_array(&page->memory, page->count, sizeof(*page->items));
	for (size_t i = 0; i < l->count; i++)
		read_process(
		    &page->memory, l->items[i], key_name, &page->items[i]);
	page->has_more =
	    text_is(more, "true") ||
	    (is_string(more) &&
		strcasecmp(string_text(&page->memory, more).s, "true") == 0);
}

/* What `_data` of an answer holds is asked for as `what`, a "list of processes"
 * or a "process". l->items is the caller's. */
static int
read_answer(const struct http_response *r, struct list_reader *l,
    bool (*is_what)(struct text), const char *what, char *words,
    size_t words_size)
{
	struct text body;
	const char *why;

	if (!answer_body(r, &body, words, words_size))
		return -1;
	why = read_body(l, body);
	if (why != NULL)
		answer_unreadable(r, why, words, words_size);
	else if (l->has_errors)
		response_words(r, words, words_size);
	else if (!is_what(l->list))
		snprintf(words, words_size, "the answer holds no %s", what);
	else if (l->is_doubled)
		snprintf(words, words_size, "the answer holds \"_data\" twice");
	else
		return 0;
	return -1;
}

int
response_list(const struct http_response *r, const char *key_name,
    struct list_page *page, char *words, size_t words_size)
{
	struct list_reader l = {.values = 0};
	int ret = read_answer(
	    r, &l, json_is_array, "list of processes", words, words_size);

	*page = (struct list_page){.items = NULL};
	if (ret == 0)
		fill_page(&l, key_name, page);
	free(l.items);
	return ret;
}

int
response_process(const struct http_response *r, const char *key_name,
    struct list_page *page, char *words, size_t words_size)
{
	struct list_reader l = {.values = 0};
	int ret;

	*page = (struct list_page){.items = NULL};
	if (r->status == 404 || r->status == 410)
		return 0;
	ret = read_answer(r, &l, json_is_object, "process", words, words_size);
	free(l.items);
	if (ret != 0 || text_is(first_member(l.list, "isDeleted"), "true"))
		return ret;
	page->items = arena_array(&page->memory, 1, sizeof(*page->items));
	page->count = 1;
	read_process(&page->memory, l.list, key_name, &page->items[0]);
	return 0;
}

void
list_page_release(struct list_page *p)
{
	arena_release(&p->memory);
	*p = (struct list_page){.items = NULL};
}
