/* SPDX-License-Identifier: MIT */
/*
 * Written and read by the same tables, so that a member cannot be in one of
 * them only. A file may have been changed by hand: whatever is read fits its
 * place and is printable ASCII (or UTF-8, for names that people chose).
 */
#include "base/civil.h"
#include "base/json_write.h"
#include "chakra/contact.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Numbers that cJSON's doubles hold exactly. */
#define NUMBER_MAX 9e15

enum kind { TEXT, TIME, COUNT, NUMBER };
static const struct member {
	const char *name;
	enum kind kind;
	size_t offset, size; /* size: of texts */
} head[] = {
    {"base_url", TEXT, offsetof(struct contact, base_url),
	sizeof(((struct contact *)0)->base_url)},
    {"procedure", TEXT, offsetof(struct contact, procedure),
	sizeof(((struct contact *)0)->procedure)},
    {"key", TEXT, offsetof(struct contact, key),
	sizeof(((struct contact *)0)->key)},
    {"first_seen", TIME, offsetof(struct contact, first_ms), 0},
    {"last_seen", TIME, offsetof(struct contact, last_ms), 0},
    {"runs", COUNT, offsetof(struct contact, runs), 0},
};
static const struct member numbers[] = {
    {"retry_after_ms", NUMBER, offsetof(struct contact, retry_after_ms), 0},
    {"largest_body_bytes", COUNT, offsetof(struct contact, taken_bytes), 0},
    {"largest_body_rows", COUNT, offsetof(struct contact, taken_rows), 0},
    {"too_large_bytes", COUNT, offsetof(struct contact, too_large_bytes), 0},
};
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static void
put_members(struct buf *b, const struct contact *c, const struct member *m,
    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const void *at = (const char *)c + m[i].offset;

		switch (m[i].kind) {
		case TEXT:
			json_string_if(b, m[i].name, at);
			break;
		case TIME:
			json_time_if(b, m[i].name, *(const int64_t *)at);
			break;
		case COUNT:
			if (*(const uint64_t *)at != 0)
				json_uint(b, m[i].name, *(const uint64_t *)at);
			break;
		case NUMBER:
			if (*(const int64_t *)at != 0)
				json_int(b, m[i].name, *(const int64_t *)at);
			break;
		}
	}
}

static void
put_times(struct buf *b, const char *name, const struct contact_times *t)
{
	if (t->count == 0)
		return;
	json_object(b, name);
	json_uint(b, "count", t->count);
	json_uint(b, "p50_ms", t->p50_ms);
	json_uint(b, "p95_ms", t->p95_ms);
	json_end_object(b);
}

static void
put_sets(struct buf *b, const struct contact *c)
{
	if (c->entry_status_count > 0) {
		json_array(b, "entry_statuses");
		for (size_t i = 0; i < c->entry_status_count; i++)
			json_string(b, NULL, c->entry_statuses[i]);
		json_end_array(b);
	}
	if (c->status_count > 0) {
		json_array(b, "http_statuses");
		for (size_t i = 0; i < c->status_count; i++)
			json_int(b, NULL, c->statuses[i]);
		json_end_array(b);
	}
	if (c->limit_count > 0) {
		json_object(b, "rate_limit_headers");
		for (size_t i = 0; i < c->limit_count; i++)
			json_string(b, c->limits[i].name, c->limits[i].value);
		json_end_object(b);
	}
}

static void
put_changes(struct buf *b, const struct contact *c)
{
	if (c->change_count == 0)
		return;
	json_array(b, "changes");
	for (size_t i = 0; i < c->change_count; i++) {
		const struct contact_change *change = &c->changes[i];

		json_object(b, NULL);
		json_time_if(b, "at", change->at_ms);
		json_string(b, "what", contact_fact_name(change->fact));
		json_string(b, "was", change->was);
		json_string(b, "is", change->is);
		json_end_object(b);
	}
	json_end_array(b);
}

void
contact_json(const struct contact *c, struct buf *b)
{
	struct buf flags = BUF_INIT(4096);

	json_object(b, NULL);
	json_string(b, "schema", CONTACT_SCHEMA);
	put_members(b, c, head, LENGTH(head));
	json_bool(b, "sandbox", c->is_sandbox);
	for (int i = 0; i < CONTACT_FACTS; i++)
		json_string_if(
		    b, contact_fact_name((enum contact_fact)i), c->facts[i]);
	put_sets(b, c);
	put_members(b, c, numbers, LENGTH(numbers));
	if (c->has_clock) {
		json_int(b, "clock_offset_ms", c->clock_offset_ms);
		json_int(b, "clock_within_ms", c->clock_within_ms);
	}
	put_times(b, "creates", &c->creates);
	put_times(b, "other_requests", &c->others);
	put_changes(b, c);
	contact_sandbox_flags(c, &flags);
	json_string_if(b, "sandbox_options", buf_str(&flags));
	json_end_object(b);
	buf_release(&flags);
}

/* The host of a normalised base URL. */
static struct text
host_of(const char *base_url)
{
	const char *at = strstr(base_url, "://");
	const char *s = at != NULL ? at + 3 : base_url;
	size_t len = s[0] == '[' ? strcspn(s, "]") + 1 : strcspn(s, ":/");

	return (struct text){s, len};
}

/* ChakraHQ's own address, or this machine's. */
static bool
is_open_host(struct text host)
{
	if (text_is(host, "api.chakrahq.com") || text_is(host, "localhost") ||
	    text_is(host, "[::1]"))
		return true;
	if (host.len < 4 || memcmp(host.s, "127.", 4) != 0)
		return false;
	for (size_t i = 0; i < host.len; i++)
		if (host.s[i] != '.' && (host.s[i] < '0' || host.s[i] > '9'))
			return false;
	return true;
}

/* The day of a time of day. */
static int64_t
day_of(int64_t ms)
{
	const int64_t day = INT64_C(24) * 3600 * 1000;

	return ms / day * day;
}

void
contact_json_public(const struct contact *c, struct buf *b)
{
	struct contact shown = *c;

	if (!is_open_host(host_of(c->base_url)))
		snprintf(
		    shown.base_url, sizeof(shown.base_url), "another address");
	shown.first_ms = day_of(c->first_ms);
	shown.last_ms = day_of(c->last_ms);
	for (size_t i = 0; i < c->change_count; i++)
		shown.changes[i].at_ms = day_of(c->changes[i].at_ms);
	contact_json(&shown, b);
}

/* A text that fits and can be shown; `plain`: ASCII only. */
static bool
read_text(const cJSON *node, char *out, size_t size, bool plain)
{
	struct text t;

	if (node == NULL)
		return true;
	if (!cJSON_IsString(node))
		return false;
	t = text_of(node->valuestring);
	if (t.len >= size || utf8_check(t.s, t.len) != t.len)
		return false;
	for (size_t i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.s[i];

		if (c < ' ' || c == 0x7f || (plain && c > 0x7f))
			return false;
	}
	memcpy(out, t.s, t.len + 1);
	return true;
}

static bool
read_number(const cJSON *node, int64_t *out)
{
	if (node == NULL)
		return true;
	if (!cJSON_IsNumber(node) || !(node->valuedouble >= -NUMBER_MAX) ||
	    !(node->valuedouble <= NUMBER_MAX))
		return false;
	*out = (int64_t)node->valuedouble;
	return (double)*out == node->valuedouble;
}

static bool
read_count(const cJSON *node, uint64_t *out)
{
	int64_t n = 0;

	if (!read_number(node, &n) || n < 0)
		return false;
	*out = (uint64_t)n;
	return true;
}

static bool
read_time(const cJSON *node, int64_t *out)
{
	return node == NULL || (cJSON_IsString(node) &&
				   civil_read_iso8601(node->valuestring, out));
}

static bool
read_members(
    const cJSON *o, struct contact *c, const struct member *m, size_t count)
{
	bool good = true;

	for (size_t i = 0; i < count && good; i++) {
		const cJSON *node =
		    cJSON_GetObjectItemCaseSensitive(o, m[i].name);
		void *at = (char *)c + m[i].offset;

		good = m[i].kind == TEXT ? read_text(node, at, m[i].size, false)
		       : m[i].kind == TIME  ? read_time(node, at)
		       : m[i].kind == COUNT ? read_count(node, at)
					    : read_number(node, at);
	}
	return good;
}

static bool
read_times(const cJSON *o, const char *name, struct contact_times *t)
{
	const cJSON *x = cJSON_GetObjectItemCaseSensitive(o, name);

	return x == NULL ||
	       (read_count(
		    cJSON_GetObjectItemCaseSensitive(x, "count"), &t->count) &&
		   read_count(cJSON_GetObjectItemCaseSensitive(x, "p50_ms"),
		       &t->p50_ms) &&
		   read_count(cJSON_GetObjectItemCaseSensitive(x, "p95_ms"),
		       &t->p95_ms));
}

/* The sets come back through the functions that keep them sorted. */
static bool
read_sets(const cJSON *o, struct contact *c)
{
	struct contact_watch w = {.now_ms = 0};
	const cJSON *node;
	char text[64];
	int64_t n;

	cJSON_ArrayForEach(
	    node, cJSON_GetObjectItemCaseSensitive(o, "entry_statuses"))
	{
		if (!read_text(node, text, sizeof(text), true))
			return false;
		contact_see_entry_status(&w, text);
	}
	cJSON_ArrayForEach(
	    node, cJSON_GetObjectItemCaseSensitive(o, "http_statuses"))
	{
		if (!read_number(node, &n) || n < 100 || n > 999)
			return false;
		contact_see_status(&w, (int)n);
	}
	cJSON_ArrayForEach(
	    node, cJSON_GetObjectItemCaseSensitive(o, "rate_limit_headers"))
	{
		if (!read_text(node, text, sizeof(text), true) ||
		    node->string == NULL)
			return false;
		contact_see_limit(&w, text_of(node->string), text_of(text));
	}
	contact_merge(c, &w.seen);
	return true;
}

static bool
read_fact_name(const cJSON *node, enum contact_fact *fact)
{
	for (int i = 0; cJSON_IsString(node) && i < CONTACT_FACTS; i++)
		if (strcmp(node->valuestring,
			contact_fact_name((enum contact_fact)i)) == 0) {
			*fact = (enum contact_fact)i;
			return true;
		}
	return false;
}

/* A change of something that this program does not know is left out. */
static bool
read_changes(const cJSON *o, struct contact *c)
{
	const cJSON *node;

	cJSON_ArrayForEach(node, cJSON_GetObjectItemCaseSensitive(o, "changes"))
	{
		struct contact_change *change = &c->changes[c->change_count];

		if (c->change_count == CONTACT_CHANGES)
			break;
		if (!read_fact_name(
			cJSON_GetObjectItemCaseSensitive(node, "what"),
			&change->fact))
			continue;
		if (!read_time(cJSON_GetObjectItemCaseSensitive(node, "at"),
			&change->at_ms) ||
		    !read_text(cJSON_GetObjectItemCaseSensitive(node, "was"),
			change->was, CONTACT_TEXT, true) ||
		    !read_text(cJSON_GetObjectItemCaseSensitive(node, "is"),
			change->is, CONTACT_TEXT, true))
			return false;
		c->change_count++;
	}
	return true;
}

static bool
read_all(const cJSON *o, struct contact *c)
{
	const cJSON *schema = cJSON_GetObjectItemCaseSensitive(o, "schema");
	const cJSON *clock =
	    cJSON_GetObjectItemCaseSensitive(o, "clock_offset_ms");

	if (!cJSON_IsString(schema) ||
	    strcmp(schema->valuestring, CONTACT_SCHEMA) != 0 ||
	    !read_members(o, c, head, LENGTH(head)) ||
	    !read_members(o, c, numbers, LENGTH(numbers)))
		return false;
	for (int i = 0; i < CONTACT_FACTS; i++)
		if (!read_text(cJSON_GetObjectItemCaseSensitive(
				   o, contact_fact_name((enum contact_fact)i)),
			c->facts[i], CONTACT_TEXT, true))
			return false;
	c->is_sandbox =
	    cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, "sandbox"));
	c->has_clock = clock != NULL;
	return read_number(clock, &c->clock_offset_ms) &&
	       read_number(
		   cJSON_GetObjectItemCaseSensitive(o, "clock_within_ms"),
		   &c->clock_within_ms) &&
	       read_times(o, "creates", &c->creates) &&
	       read_times(o, "other_requests", &c->others) && read_sets(o, c) &&
	       read_changes(o, c);
}

bool
contact_json_read(const cJSON *json, struct contact *c)
{
	memset(c, 0, sizeof(*c));
	if (cJSON_IsObject(json) && read_all(json, c))
		return true;
	memset(c, 0, sizeof(*c));
	return false;
}
