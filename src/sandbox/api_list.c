/* SPDX-License-Identifier: MIT */
/*
 * Looking processes up by `where`. Only rows whose job has got to them are
 * seen, and no deleted ones. A list that names the primary key uses the
 * index; any other one walks all processes, in the order of creation.
 */
#include "api.h"
#include "base/json_write.h"
#include "base/xalloc.h"
#include "scan.h"
#include "where.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_STANDARD 10
#define LIMIT_MAX 100

struct listing {
	int procedure;
	int64_t now_ms;
	const cJSON *where; /* or NULL */
	uint64_t skip, limit;
	uint64_t found; /* that hold, skipped ones too */
	bool has_more;
	struct buf *out;
};

/* 1 = continue, 0 = enough, -1. */
static int
visit(struct sandbox *s, struct listing *l, const struct store_row *row,
    struct diag *d)
{
	struct buf merged = BUF_INIT(0);
	struct proc p;
	int ret = -1;

	if (process_load(s, row, l->now_ms, &p, &merged, d) != 0)
		goto out;
	ret = 1;
	if (p.is_deleted || (l->where != NULL && !where_holds(l->where, &p)))
		goto out;
	l->found++;
	if (l->found <= l->skip)
		goto out;
	if (l->found > l->skip + l->limit) {
		l->has_more = true;
		ret = 0;
		goto out;
	}
	proc_show(&p, l->out);
out:
	buf_release(&merged);
	return ret;
}

static int
walk_all(struct sandbox *s, struct listing *l, struct diag *d)
{
	struct store_where all = {.now_ms = l->now_ms};
	struct store_row row = {0};
	int step, more = 1;

	if (store_select(s->store, STORE_CREATED, &all, d) != 0)
		return -1;
	while (more == 1 &&
	       (step = store_next(s->store, STORE_CREATED, &row, d)) != 0) {
		if (step < 0)
			return -1;
		if (row.procedure == l->procedure)
			more = visit(s, l, &row, d);
	}
	store_reset(s->store, STORE_CREATED);
	return more < 0 ? -1 : 0;
}

static int
by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The numbers of the rows that have one of the keys, in order, each once. */
static int
rows_of_keys(struct sandbox *s, const struct listing *l,
    const struct where_values *keys, int64_t **rows, size_t *count,
    struct diag *d)
{
	struct store_row row = {0};
	size_t cap = 0, kept = 0;
	int step;

	for (size_t i = 0; i < keys->count; i++) {
		struct store_where w = {.procedure = l->procedure,
		    .key = keys->items[i],
		    .now_ms = l->now_ms};

		if (store_select(s->store, STORE_KEY, &w, d) != 0)
			return -1;
		while ((step = store_next(s->store, STORE_KEY, &row, d)) == 1) {
			ARRAY_ROOM(*rows, *count, cap);
			(*rows)[(*count)++] = row.id;
		}
		if (step < 0)
			return -1;
	}
	if (*count > 0)
		qsort(*rows, *count, sizeof(**rows), by_number);
	for (size_t i = 0; i < *count; i++)
		if (kept == 0 || (*rows)[kept - 1] != (*rows)[i])
			(*rows)[kept++] = (*rows)[i];
	*count = kept;
	return 0;
}

static int
walk_keys(struct sandbox *s, struct listing *l, const struct where_values *keys,
    struct diag *d)
{
	int64_t *rows = NULL;
	size_t count = 0;
	struct store_row row = {0};
	int ret = rows_of_keys(s, l, keys, &rows, &count, d), more = 1;

	for (size_t i = 0; ret == 0 && more == 1 && i < count; i++) {
		struct store_where w = {.first = rows[i], .now_ms = l->now_ms};
		int step;

		ret = store_select(s->store, STORE_ROW, &w, d);
		if (ret != 0)
			break;
		step = store_next(s->store, STORE_ROW, &row, d);
		if (step == 1)
			more = visit(s, l, &row, d);
		store_reset(s->store, STORE_ROW);
		if (step < 0 || more < 0)
			ret = -1;
	}
	free(rows);
	return ret;
}

static int
walk(struct sandbox *s, struct listing *l, struct diag *d)
{
	const struct schema_procedure *p = schema_at(s, l->procedure);
	struct where_values keys = {0};
	int ret;

	if (l->where != NULL && where_bounds(l->where, p->key, &keys))
		ret = walk_keys(s, l, &keys, d);
	else
		ret = walk_all(s, l, d);
	free(keys.items);
	return ret;
}

static bool
read_number(const cJSON *body, const char *name, uint64_t *n)
{
	const cJSON *member = cJSON_GetObjectItemCaseSensitive(body, name);

	if (member == NULL)
		return true;
	if (!cJSON_IsNumber(member) || member->valuedouble < 0 ||
	    member->valuedouble > 1e15)
		return false;
	*n = (uint64_t)member->valuedouble;
	return (double)*n >= member->valuedouble;
}

/* False, and the answer, if it is not a list query. */
static bool
read_query(const cJSON *body, struct listing *l, struct reply *a)
{
	char error[160];

	l->limit = LIMIT_STANDARD;
	if (!cJSON_IsObject(body)) {
		reply_error(a, 400, "the body must be an object");
		return false;
	}
	l->where = cJSON_GetObjectItemCaseSensitive(body, "where");
	if (!where_check(l->where, error)) {
		reply_error(a, 400, "%s", error);
		return false;
	}
	if (!read_number(body, "skip", &l->skip) ||
	    !read_number(body, "limit", &l->limit) || l->limit == 0 ||
	    l->limit > LIMIT_MAX) {
		reply_error(a, 400,
		    "skip is a whole number, limit one from 1 to %d",
		    LIMIT_MAX);
		return false;
	}
	return true;
}

/* Every text that is the value of the key, wherever a process has it. */
static void
lower_keys(struct buf *body, const char *key)
{
	struct buf name = BUF_INIT(512);
	char *at;

	(void)buf_str(body); /* ends it */
	buf_addf(&name, "\"%s\":\"", key);
	at = body->data;
	while ((at = strstr(at, buf_str(&name))) != NULL)
		for (at += name.len; *at && *at != '"'; at++)
			if (*at >= 'A' && *at <= 'Z')
				*at = (char)(*at + ('a' - 'A'));
	buf_release(&name);
}

/* As many characters as the digits that stood there. */
static void
write_words(struct buf *body)
{
	static const char name[] = "\"createdAt\":";
	char *at;

	(void)buf_str(body); /* ends it */
	at = body->data;

	while ((at = strstr(at, name)) != NULL) {
		size_t digits;

		at += sizeof(name) - 1;
		digits = strspn(at, "0123456789");
		if (digits < 2)
			continue;
		memset(at, 'x', digits);
		at[0] = at[digits - 1] = '"';
	}
}

void
api_list(struct sandbox *s, struct request *r, struct reply *a)
{
	struct text text = buf_text(&r->body);
	struct listing l = {.procedure = request_procedure(s, r, a)};
	struct diag d = DIAG_INIT;
	bool is_empty;
	cJSON *body = NULL;
	char error[160];
	int ret;

	if (l.procedure < 0)
		return;
	if (r->too_large || r->encoded || !scan_check(text, error)) {
		reply_error(a, 400, "%s",
		    r->too_large ? "body too large"
		    : r->encoded ? "Content-Encoding is not supported"
				 : error);
		return;
	}
	body = cJSON_ParseWithLength(text.s, text.len);
	if (!read_query(body, &l, a))
		goto out;
	l.out = &a->body;
	json_object(&a->body, NULL);
	json_array(&a->body, "_data");
	pthread_mutex_lock(&s->lock);
	if (sandbox_odd(s, FAULT_WHERE_IGNORED, FAULT_LOOKUP, r->k))
		l.where = NULL;
	l.now_ms = sandbox_lookup_ms(s, r->k);
	is_empty = sandbox_odd(s, FAULT_LIST_EMPTY, FAULT_LOOKUP, r->k) != NULL;
	ret = is_empty ? 0 : walk(s, &l, &d);
	l.has_more = l.has_more || is_empty;
	if (sandbox_odd(s, FAULT_KEY_CASE, FAULT_LOOKUP, r->k))
		lower_keys(&a->body, schema_at(s, l.procedure)->key);
	if (sandbox_odd(s, FAULT_CREATED_WORDS, FAULT_LOOKUP, r->k))
		write_words(&a->body);
	pthread_mutex_unlock(&s->lock);
	if (ret != 0) {
		reply_error(a, 500, "%s", d.message);
		goto out;
	}
	json_end_array(&a->body);
	json_object(&a->body, "_meta");
	json_bool(&a->body, "hasMore", l.has_more);
	json_end_object(&a->body);
	json_end_object(&a->body);
out:
	cJSON_Delete(body);
}
