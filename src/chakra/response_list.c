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
 * name around it the first one holds, but `_data` may be there only once; in a
 * process no name may stand twice (json_has_twins).
 */
#include "base/json_read.h"
#include "base/xalloc.h"
#include "chakra/response.h"
#include "found_process.h"
#include "members.h"
#include "response_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So many processes of a page, more than are asked for, are outlined. */
#define OUTLINED_MAX 1000
/* A member's value is in up to five others. */
#define OUTLINED_LEVELS (CJSON_NESTING_LIMIT - 5)

struct list_item {
	struct text json;
	struct found_fields *fields; /* or NULL */
};

/* The strict pass. */
struct list_reader {
	struct json_reader json;
	struct text name;	/* of the root's member */
	const char *begin[2];	/* of a member of the root, of an item */
	struct text list, meta; /* the first of them */
	bool in_list, is_doubled, has_errors;
	struct list_item *items;
	size_t count, cap, values;
	struct arena *memory;
	struct found_page *page; /* NULL: nothing is outlined */
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
add_item(struct list_reader *l, struct text value, struct found_fields *fields)
{
	ARRAY_ROOM(l->items, l->count, l->cap);
	l->items[l->count++] = (struct list_item){value, fields};
}

static void
take_value(struct list_reader *l, struct text value)
{
	if (l->json.depth == 1 && l->name.len > 0) {
		take_member(l, value);
	} else if (l->json.depth == 2 && l->in_list) {
		add_item(l, value, NULL);
		if (l->page != NULL)
			outline_learn(&l->page->found, value);
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

/* The newest event opened an object: a process that is like those before it is
 * read at once. */
static bool
take_outlined(struct list_reader *l)
{
	struct json_reader *r = &l->json;
	const char *begin = r->t.s + r->at - 1, *end;
	struct outline_text left = {.levels = OUTLINED_LEVELS};
	struct found_fields *fields;
	struct text *room;

	if (r->depth != 3 || !l->in_list || l->page == NULL ||
	    l->page->found.places[OUTLINE_ROOT].count == 0 ||
	    l->count >= OUTLINED_MAX)
		return false;
	fields = arena_alloc(l->memory, sizeof(*fields));
	room = arena_array(
	    l->memory, outline_room(&l->page->found), sizeof(*room));
	fields->page = l->page;
	left.text = (struct text){begin, (size_t)(r->t.s + r->t.len - begin)};
	end =
	    outline_read(&l->page->found, &left, room, &fields->at, &l->values);
	if (end == NULL)
		return false;
	json_left(r, end);
	add_item(l, (struct text){begin, (size_t)(end - begin)}, fields);
	return true;
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
		if (e != JSON_OBJECT || !take_outlined(l))
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
	struct found_numbers numbers;

	page->count = l->count;
	page->items =
	    arena_array(&page->memory, page->count, sizeof(*page->items));
	found_numbers(&numbers, &l->page->found, key_name);
	l->page->data = outline_number(
	    &l->page->found, OUTLINE_ROOT, TEXT_LITERAL("\"data\":"));
	for (size_t i = 0; i < l->count; i++) {
		const struct list_item *from = &l->items[i];

		if (from->fields != NULL)
			found_take(&page->memory, &numbers, from->json,
			    from->fields, &page->items[i]);
		else
			found_read(&page->memory, from->json, key_name,
			    &page->items[i]);
	}
	page->has_more =
	    answer_says_true(answer_first_member(l->meta, "hasMore"));
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

/* In an outline no name is twice; what is nested deeper was only read. */
static bool
has_nested_twins(const struct outlines *o, const struct outlined *x)
{
	for (int place = 0; x->has_nested && place < OUTLINE_PLACES; place++)
		for (int i = 0; i < x->count[place]; i++) {
			struct text v = x->values[place][i];
			bool is_nested =
			    v.len > 0 && (v.s[0] == '{' || v.s[0] == '[');

			if (is_nested && o->places[place].names[i].inner < 0 &&
			    json_has_twins(v))
				return true;
		}
	return false;
}

/* Does it mean one thing? */
static int
check_twins(const struct list_reader *l, const struct list_item *item,
    char *words, size_t words_size)
{
	if (item->fields != NULL
		? !has_nested_twins(&l->page->found, &item->fields->at)
		: !json_has_twins(item->json))
		return 0;
	snprintf(words, words_size,
	    "the answer holds a process in which a name stands twice: it is "
	    "unclear which of the two counts");
	return -1;
}

static bool
is_mostly_other(const struct list_reader *l)
{
	size_t others = 0;

	for (size_t i = 0; i < l->count; i++)
		others += l->items[i].fields == NULL;
	return others > l->count / 2;
}

int
response_list_like(struct found_page *like, const struct http_response *r,
    const char *key_name, struct list_page *page, char *words,
    size_t words_size)
{
	struct list_reader l = {.memory = &page->memory, .page = like};
	int ret;

	*page = (struct list_page){.memory = like->memory, .like = like};
	like->memory = (struct arena){.head = NULL};
	found_page_begin(like);
	ret = read_answer(
	    r, &l, json_is_array, "list of processes", words, words_size);
	for (size_t i = 0; ret == 0 && i < l.count; i++)
		ret = check_twins(&l, &l.items[i], words, words_size);
	if (ret == 0)
		fill_page(&l, key_name, page);
	else
		list_page_release(page);
	like->is_other = is_mostly_other(&l);
	free(l.items);
	return ret;
}

int
response_list(const struct http_response *r, const char *key_name,
    struct list_page *page, char *words, size_t words_size)
{
	struct found_page *own = found_page_new();
	int ret = response_list_like(own, r, key_name, page, words, words_size);

	page->like = own;
	page->is_own = true;
	if (ret != 0)
		list_page_release(page);
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
	if (ret == 0)
		ret = check_twins(
		    &l, &(struct list_item){l.list, NULL}, words, words_size);
	if (ret != 0 ||
	    text_is(answer_first_member(l.list, "isDeleted"), "true"))
		return ret;
	page->items = arena_array(&page->memory, 1, sizeof(*page->items));
	page->count = 1;
	found_read(&page->memory, l.list, key_name, &page->items[0]);
	return 0;
}

void
list_page_release(struct list_page *p)
{
	if (p->like != NULL && !p->is_own) {
		arena_release(&p->like->memory);
		arena_reset(&p->memory);
		p->like->memory = p->memory;
	} else {
		arena_release(&p->memory);
		found_page_free(p->like);
	}
	*p = (struct list_page){.items = NULL};
}
