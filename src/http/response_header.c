/* SPDX-License-Identifier: MIT */
/*
 * Header lines of answers, and the life of a struct http_response.
 *
 * Kept apart from libcurl, so that the rules (which block, which occurrence,
 * what is too long) are tested without a socket. libcurl's own header API was
 * not taken: it keeps every line that a server sends.
 */
#include "response_header.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

void
http_response_release(struct http_response *r)
{
	buf_release(&r->body);
	*r = (struct http_response){.tag = 0};
}

/* "HTTP/1.1 200 OK": its three digits, or 0. */
static int
status_line(struct text line)
{
	int status = 0;
	size_t i = 5;

	if (line.len < 5 || memcmp(line.s, "HTTP/", 5) != 0)
		return 0;
	while (i < line.len && line.s[i] != ' ')
		i++;
	while (i < line.len && line.s[i] == ' ')
		i++;
	for (size_t k = 0; k < 3; k++, i++) {
		if (i >= line.len || line.s[i] < '0' || line.s[i] > '9')
			return 0;
		status = status * 10 + (line.s[i] - '0');
	}
	return status;
}

/* The value of "name: value", blanks taken off, if the name is this one. */
static bool
value_of(struct text line, const char *name, struct text *value)
{
	size_t len = strlen(name);

	if (line.len <= len || line.s[len] != ':' ||
	    strncasecmp(line.s, name, len) != 0)
		return false;
	*value = text_trim((struct text){line.s + len + 1, line.len - len - 1});
	return true;
}

/* A value that does not fit is cut for people and left out for machines. */
static void
keep(char *out, size_t size, struct text value, bool may_cut)
{
	if (out[0] != '\0')
		return;
	if (value.len >= size) {
		if (!may_cut)
			return;
		value.len = size - 1;
	}
	memcpy(out, value.s, value.len);
	out[value.len] = '\0';
}

/* "X-RateLimit-Remaining: 7" as a line of r->limits; what has no room is left
 * out. */
static void
keep_limit(struct http_response *r, struct text line)
{
	static const char *const starts[] = {
	    "RateLimit", "X-RateLimit", "X-Rate-Limit"};
	const char *colon = memchr(line.s, ':', line.len);
	size_t at = strlen(r->limits), len;
	struct text value;
	bool found = false;

	if (colon == NULL)
		return;
	len = (size_t)(colon - line.s);
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		found |= strncasecmp(line.s, starts[i], strlen(starts[i])) == 0;
	value = text_trim((struct text){colon + 1, line.len - len - 1});
	if (!found || at + len + value.len + 3 > sizeof(r->limits))
		return;
	for (size_t i = 0; i < len; i++) {
		char c = line.s[i];

		if (c != '-' && !(c >= '0' && c <= '9') &&
		    !((c | ' ') >= 'a' && (c | ' ') <= 'z'))
			return;
	}
	for (size_t i = 0; i < len; i++)
		r->limits[at + i] = (char)(line.s[i] | ' ');
	r->limits[at + len] = ' ';
	memcpy(r->limits + at + len + 1, value.s, value.len);
	memcpy(r->limits + at + len + 1 + value.len, "\n", 2);
}

void
header_line(struct header_reader *h, struct http_response *r, const char *line,
    size_t len)
{
	struct text t = {line, len}, value;

	while (t.len > 0 && (t.s[t.len - 1] == '\n' || t.s[t.len - 1] == '\r'))
		t.len--;
	int status = status_line(t);
	if (status > 0) {
		h->status = status;
		h->done = false;
		r->retry_after[0] = r->location[0] = '\0';
		r->content_type[0] = r->date[0] = r->limits[0] = '\0';
		r->has_age = false;
		return;
	}
	if (h->done)
		return;
	if (t.len == 0)
		h->done = h->status >= 200;
	else if (value_of(t, "Retry-After", &value))
		keep(r->retry_after, sizeof(r->retry_after), value, false);
	else if (value_of(t, "Date", &value))
		keep(r->date, sizeof(r->date), value, false);
	else if (value_of(t, "X-Chakra-Sandbox", &value))
		r->is_sandbox = true;
	else if (value_of(t, "Age", &value))
		r->has_age = true;
	else if (value_of(t, "Location", &value))
		keep(r->location, sizeof(r->location), value, true);
	else if (value_of(t, "Content-Type", &value))
		keep(r->content_type, sizeof(r->content_type), value, true);
	else
		keep_limit(r, t);
}
