/* SPDX-License-Identifier: MIT */
/*
 * Facts are texts that are equal or not, in one table: comparing, merging and
 * writing them is a loop, and a new one is a row.
 */
#include "chakra/contact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 40
/* No answer takes longer, and it fits into a sample. */
#define SAMPLE_MAX_MS INT64_C(0xffffffff)

static const char *const fact_names[CONTACT_FACTS] = {
    [CONTACT_ACK] = "acknowledgement",
    [CONTACT_ACK_MEMBERS] = "acknowledgement_members",
    [CONTACT_JOB_MEMBERS] = "job_members",
    [CONTACT_JOB_COUNTS] = "job_counts",
    [CONTACT_JOB_STATUS] = "job_status",
    [CONTACT_ENTRY_MEMBERS] = "entry_members",
    [CONTACT_ENTRY_STATUS] = "entry_status",
    [CONTACT_ENTRY_KEY] = "entry_key",
    [CONTACT_ENTRY_MATCH] = "entries_matched",
    [CONTACT_CHANGED_MEMBERS] = "update_entry_members",
    [CONTACT_CHANGED_STATUS] = "update_entry_status",
    [CONTACT_CHANGED_KEY] = "update_entry_key",
    [CONTACT_CHANGED_MATCH] = "update_entries_matched",
    [CONTACT_LIST_KEY] = "list_key",
    [CONTACT_CREATED_AT] = "created_at",
    [CONTACT_HAS_MORE] = "has_more",
    [CONTACT_SECOND_CREATE] = "second_create",
    [CONTACT_READ_BACK] = "read_back",
    [CONTACT_RETRY_AFTER] = "retry_after",
};

const char *
contact_request_name(enum contact_request what)
{
	static const char *const names[] = {[CONTACT_CREATES] = "creates",
	    [CONTACT_UPDATES] = "updates",
	    [CONTACT_OTHERS] = "other_requests"};

	return names[what];
}

const char *
contact_fact_name(enum contact_fact fact)
{
	return fact_names[fact];
}

bool
contact_is_name(struct text t)
{
	if (t.len == 0 || t.len > NAME_MAX_BYTES || ascii_is_digit(t.s[0]))
		return false;
	for (size_t i = 0; i < t.len; i++)
		if (!ascii_is_letter(t.s[i]) && !ascii_is_digit(t.s[i]) &&
		    t.s[i] != '_')
			return false;
	return true;
}

static void
add_status(struct contact *c, int status)
{
	size_t at = 0;

	while (at < c->status_count && c->statuses[at] < status)
		at++;
	if (c->status_count == CONTACT_STATUSES ||
	    (at < c->status_count && c->statuses[at] == status))
		return;
	memmove(c->statuses + at + 1, c->statuses + at,
	    (c->status_count - at) * sizeof(c->statuses[0]));
	c->statuses[at] = status;
	c->status_count++;
}

static void
add_entry_status(struct contact *c, const char *name)
{
	size_t at = 0;

	while (at < c->entry_status_count &&
	       strcmp(c->entry_statuses[at], name) < 0)
		at++;
	if (c->entry_status_count == CONTACT_NAMES ||
	    strlen(name) >= sizeof(c->entry_statuses[0]) ||
	    (at < c->entry_status_count &&
		strcmp(c->entry_statuses[at], name) == 0))
		return;
	memmove(c->entry_statuses + at + 1, c->entry_statuses + at,
	    (c->entry_status_count - at) * sizeof(c->entry_statuses[0]));
	snprintf(
	    c->entry_statuses[at], sizeof(c->entry_statuses[at]), "%s", name);
	c->entry_status_count++;
}

/* The newest value of a header counts. */
static void
add_limit(struct contact *c, const struct contact_limit *limit)
{
	size_t at = 0;

	while (
	    at < c->limit_count && strcmp(c->limits[at].name, limit->name) < 0)
		at++;
	if (at < c->limit_count &&
	    strcmp(c->limits[at].name, limit->name) == 0) {
		c->limits[at] = *limit;
		return;
	}
	if (c->limit_count == CONTACT_NAMES)
		return;
	memmove(c->limits + at + 1, c->limits + at,
	    (c->limit_count - at) * sizeof(c->limits[0]));
	c->limits[at] = *limit;
	c->limit_count++;
}

/* Of many, the newest are kept. */
static struct contact_change *
add_change(struct contact *c, const struct contact_change *change)
{
	if (c->change_count == CONTACT_CHANGES) {
		memmove(c->changes, c->changes + 1,
		    (CONTACT_CHANGES - 1) * sizeof(c->changes[0]));
		c->change_count--;
	}
	c->changes[c->change_count] = *change;
	return &c->changes[c->change_count++];
}

static void
take_body(struct contact *c, bool is_taken, uint64_t bytes, uint64_t rows)
{
	if (!is_taken) {
		if (c->too_large_bytes == 0 || bytes < c->too_large_bytes)
			c->too_large_bytes = bytes;
	} else if (bytes > c->taken_bytes) {
		c->taken_bytes = bytes;
		c->taken_rows = rows;
	}
}

void
contact_merge(struct contact *known, const struct contact *later)
{
	for (size_t i = 0; i < CONTACT_FACTS; i++)
		if (later->facts[i][0] != '\0')
			memcpy(known->facts[i], later->facts[i], CONTACT_TEXT);
	for (size_t i = 0; i < later->status_count; i++)
		add_status(known, later->statuses[i]);
	for (size_t i = 0; i < later->entry_status_count; i++)
		add_entry_status(known, later->entry_statuses[i]);
	for (size_t i = 0; i < later->limit_count; i++)
		add_limit(known, &later->limits[i]);
	for (size_t i = 0; i < later->change_count; i++)
		add_change(known, &later->changes[i]);
	if (later->key[0] != '\0')
		memcpy(known->key, later->key, sizeof(known->key));
	known->is_sandbox |= later->is_sandbox;
	if (known->first_ms == 0)
		known->first_ms = later->first_ms;
	if (later->last_ms > known->last_ms)
		known->last_ms = later->last_ms;
	known->runs += later->runs;
	if (later->retry_after_ms > known->retry_after_ms)
		known->retry_after_ms = later->retry_after_ms;
	take_body(known, true, later->taken_bytes, later->taken_rows);
	if (later->too_large_bytes)
		take_body(known, false, later->too_large_bytes, 0);
	if (later->has_clock) {
		known->has_clock = true;
		known->clock_offset_ms = later->clock_offset_ms;
		known->clock_within_ms = later->clock_within_ms;
	}
	for (int i = 0; i < CONTACT_REQUESTS; i++)
		if (later->times[i].count)
			known->times[i] = later->times[i];
}

const struct contact_change *
contact_see(struct contact_watch *w, enum contact_fact fact, const char *text)
{
	const char *known = w->known.facts[fact];
	struct contact_change change = {.at_ms = w->now_ms, .fact = fact};
	char *seen = w->seen.facts[fact];

	if (seen[0] != '\0' || text[0] == '\0')
		return NULL;
	snprintf(seen, CONTACT_TEXT, "%s", text);
	if (known[0] == '\0' || strcmp(known, seen) == 0)
		return NULL;
	memcpy(change.was, known, sizeof(change.was));
	memcpy(change.is, seen, sizeof(change.is));
	return add_change(&w->seen, &change);
}

void
contact_see_status(struct contact_watch *w, int http_status)
{
	if (http_status != 0)
		add_status(&w->seen, http_status);
}

void
contact_see_entry_status(struct contact_watch *w, const char *name)
{
	if (contact_is_name(text_of(name)))
		add_entry_status(&w->seen, name);
}

static bool
is_number(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if (t.s[i] < '0' || t.s[i] > '9')
			return false;
	return true;
}

void
contact_see_limit(struct contact_watch *w, struct text name, struct text value)
{
	struct contact_limit limit = {.name = ""};

	if (name.len == 0 || name.len >= sizeof(limit.name))
		return;
	memcpy(limit.name, name.s, name.len);
	if (value.len < sizeof(limit.value) && is_number(value))
		memcpy(limit.value, value.s, value.len);
	add_limit(&w->seen, &limit);
}

void
contact_see_time(struct contact_watch *w, enum contact_request what, int64_t ms)
{
	struct contact_samples *s = &w->samples[what];

	if (ms < 0 || ms > SAMPLE_MAX_MS)
		return;
	s->ms[s->count++ % CONTACT_SAMPLES] = (uint32_t)ms;
}

void
contact_see_body(
    struct contact_watch *w, bool is_taken, uint64_t bytes, uint64_t rows)
{
	take_body(&w->seen, is_taken, bytes, rows);
}

static int
by_length(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* The shortest time that this many in a hundred did not exceed. */
static uint64_t
percentile(const struct contact_samples *s, size_t n, size_t percent)
{
	return s->ms[(n * percent + 99) / 100 - 1];
}

static void
end_samples(struct contact_samples *s, struct contact_times *out)
{
	size_t n =
	    s->count < CONTACT_SAMPLES ? (size_t)s->count : CONTACT_SAMPLES;

	if (n == 0)
		return;
	qsort(s->ms, n, sizeof(s->ms[0]), by_length);
	*out = (struct contact_times){.count = s->count,
	    .p50_ms = percentile(s, n, 50),
	    .p95_ms = percentile(s, n, 95)};
}

void
contact_watch_end(struct contact_watch *w)
{
	for (int i = 0; i < CONTACT_REQUESTS; i++)
		end_samples(&w->samples[i], &w->seen.times[i]);
}
