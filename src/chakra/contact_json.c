/* SPDX-License-Identifier: MIT */
/*
 * Written and read by the same tables, so that a member cannot be in one of
 * them only. A file may have been changed by hand: whatever is read fits its
 * place and is printable ASCII (or UTF-8, for names that people chose).
 */
#include "base/civil.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "chakra/contact.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

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
	struct buf flags = BUF_INIT(0);

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
	for (int i = 0; i < CONTACT_REQUESTS; i++)
		put_times(b, contact_request_name((enum contact_request)i),
		    &c->times[i]);
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
read_text(struct text token, char *out, size_t size, bool plain)
{
	if (token.s == NULL)
		return true;
	if (!json_get_text(token, out, size) ||
	    utf8_check(out, strlen(out)) != strlen(out))
		return false;
	for (const char *s = out; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < ' ' || c == 0x7f || (plain && c > 0x7f))
			return false;
	}
	return true;
}

static bool
read_number(struct text token, int64_t *out)
{
	return token.s == NULL || json_get_int(token, out);
}

static bool
read_count(struct text token, uint64_t *out)
{
	return token.s == NULL || json_get_uint(token, out);
}

static bool
read_time(struct text token, int64_t *out)
{
	char text[64];

	return token.s == NULL || (json_get_text(token, text, sizeof(text)) &&
				      civil_read_iso8601(text, out));
}

static bool
read_members(
    struct text o, struct contact *c, const struct member *m, size_t count)
{
	bool good = true;

	for (size_t i = 0; i < count && good; i++) {
		struct text token = json_member(o, m[i].name);
		void *at = (char *)c + m[i].offset;

		good = m[i].kind == TEXT
			   ? read_text(token, at, m[i].size, false)
		       : m[i].kind == TIME  ? read_time(token, at)
		       : m[i].kind == COUNT ? read_count(token, at)
					    : read_number(token, at);
	}
	return good;
}

static bool
read_times(struct text x, struct contact_times *t)
{
	return x.s == NULL ||
	       (json_is_object(x) &&
		   read_count(json_member(x, "count"), &t->count) &&
		   read_count(json_member(x, "p50_ms"), &t->p50_ms) &&
		   read_count(json_member(x, "p95_ms"), &t->p95_ms));
}

/* False if it is there and of another kind. */
static bool
walk_member(
    struct json_walk *w, struct text o, const char *name, bool is_object)
{
	struct text value = json_member(o, name);

	json_walk_begin(w, value);
	return value.s == NULL ||
	       (is_object ? json_is_object(value) : json_is_array(value));
}

/* The sets come back through the functions that keep them sorted. */
static bool
read_sets(struct text o, struct contact *c)
{
	struct contact_watch seen = {.now_ms = 0};
	struct json_walk w;
	struct text name, value;
	char text[64], header[64];
	int64_t n;

	if (!walk_member(&w, o, "entry_statuses", false))
		return false;
	while (json_walk_next(&w, NULL, &value)) {
		if (!read_text(value, text, sizeof(text), true))
			return false;
		contact_see_entry_status(&seen, text);
	}
	if (!walk_member(&w, o, "http_statuses", false))
		return false;
	while (json_walk_next(&w, NULL, &value)) {
		if (!json_get_int(value, &n) || n < 100 || n > 999)
			return false;
		contact_see_status(&seen, (int)n);
	}
	if (!walk_member(&w, o, "rate_limit_headers", true))
		return false;
	while (json_walk_next(&w, &name, &value)) {
		if (!read_text(name, header, sizeof(header), true) ||
		    !read_text(value, text, sizeof(text), true))
			return false;
		contact_see_limit(&seen, text_of(header), text_of(text));
	}
	contact_merge(c, &seen.seen);
	return true;
}

static bool
read_fact_name(struct text token, enum contact_fact *fact)
{
	for (int i = 0; i < CONTACT_FACTS; i++)
		if (json_is_text(
			token, contact_fact_name((enum contact_fact)i))) {
			*fact = (enum contact_fact)i;
			return true;
		}
	return false;
}

/* A change of something that this program does not know is left out. */
static bool
read_changes(struct text o, struct contact *c)
{
	struct json_walk w;
	struct text x;

	if (!walk_member(&w, o, "changes", false))
		return false;
	while (
	    c->change_count < CONTACT_CHANGES && json_walk_next(&w, NULL, &x)) {
		struct contact_change *change = &c->changes[c->change_count];

		if (!read_fact_name(json_member(x, "what"), &change->fact))
			continue;
		if (!read_time(json_member(x, "at"), &change->at_ms) ||
		    !read_text(json_member(x, "was"), change->was, CONTACT_TEXT,
			true) ||
		    !read_text(
			json_member(x, "is"), change->is, CONTACT_TEXT, true))
			return false;
		c->change_count++;
	}
	return true;
}

static bool
read_all(struct text o, struct contact *c)
{
	struct text clock = json_member(o, "clock_offset_ms");
	struct text sandbox = json_member(o, "sandbox");

	if (!json_is_text(json_member(o, "schema"), CONTACT_SCHEMA) ||
	    !read_members(o, c, head, LENGTH(head)) ||
	    !read_members(o, c, numbers, LENGTH(numbers)) ||
	    (sandbox.s != NULL && !json_get_bool(sandbox, &c->is_sandbox)))
		return false;
	for (int i = 0; i < CONTACT_FACTS; i++)
		if (!read_text(
			json_member(o, contact_fact_name((enum contact_fact)i)),
			c->facts[i], CONTACT_TEXT, true))
			return false;
	for (int i = 0; i < CONTACT_REQUESTS; i++)
		if (!read_times(json_member(o, contact_request_name(
						   (enum contact_request)i)),
			&c->times[i]))
			return false;
	c->has_clock = clock.s != NULL;
	return read_number(clock, &c->clock_offset_ms) &&
	       read_number(
		   json_member(o, "clock_within_ms"), &c->clock_within_ms) &&
	       read_sets(o, c) && read_changes(o, c);
}

bool
contact_json_read(struct text json, struct contact *c)
{
	memset(c, 0, sizeof(*c));
	if (read_all(json, c))
		return true;
	memset(c, 0, sizeof(*c));
	return false;
}
