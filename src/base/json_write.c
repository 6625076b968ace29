/* SPDX-License-Identifier: MIT */
/*
 * The buffer is the writer's only state: its last byte tells whether a comma
 * is due. Refused: a struct with a stack of brackets. It would have to be
 * handed to every function that appends, and could only tell a bug that each
 * test of an output sees.
 */
#include "base/json_write.h"

#include "base/civil.h"

#include <inttypes.h>
#include <string.h>

void
json_name(struct buf *b, const char *name)
{
	static const char opens[] = {'{', '[', ':', ',', '\n'};

	if (b->len > 0 &&
	    memchr(opens, b->data[b->len - 1], sizeof(opens)) == NULL)
		buf_addc(b, ',');
	if (name == NULL)
		return;
	buf_addc(b, '"');
	json_add_escaped(b, text_of(name));
	buf_adds(b, "\":");
}

void
json_object(struct buf *b, const char *name)
{
	json_name(b, name);
	buf_addc(b, '{');
}

void
json_end_object(struct buf *b)
{
	buf_addc(b, '}');
}

void
json_array(struct buf *b, const char *name)
{
	json_name(b, name);
	buf_addc(b, '[');
}

void
json_end_array(struct buf *b)
{
	buf_addc(b, ']');
}

void
json_text(struct buf *b, const char *name, struct text t)
{
	json_name(b, name);
	buf_addc(b, '"');
	while (t.len > 0) {
		size_t good = utf8_check(t.s, t.len);

		json_add_escaped(b, (struct text){t.s, good});
		if (good == t.len)
			break;
		buf_adds(b, "\xEF\xBF\xBD");
		t = (struct text){t.s + good + 1, t.len - good - 1};
	}
	buf_addc(b, '"');
}

void
json_string(struct buf *b, const char *name, const char *s)
{
	if (s == NULL)
		json_null(b, name);
	else
		json_text(b, name, text_of(s));
}

void
json_uint(struct buf *b, const char *name, uint64_t n)
{
	json_name(b, name);
	buf_addf(b, "%" PRIu64, n);
}

void
json_int(struct buf *b, const char *name, int64_t n)
{
	json_name(b, name);
	buf_addf(b, "%" PRId64, n);
}

void
json_bool(struct buf *b, const char *name, bool is_true)
{
	json_name(b, name);
	buf_adds(b, is_true ? "true" : "false");
}

void
json_time(struct buf *b, const char *name, int64_t ms)
{
	char when[32];

	json_string(b, name, civil_iso8601(ms, when));
}

void
json_null(struct buf *b, const char *name)
{
	json_name(b, name);
	buf_adds(b, "null");
}

void
json_token(struct buf *b, const char *name, struct text token)
{
	json_name(b, name);
	buf_add(b, token.s, token.len);
}

void
json_string_if(struct buf *b, const char *name, const char *s)
{
	if (s != NULL && s[0] != '\0')
		json_string(b, name, s);
}

void
json_time_if(struct buf *b, const char *name, int64_t ms)
{
	if (ms != 0)
		json_time(b, name, ms);
}

const struct json_layout json_shown = {.indent = "  ", .colon = ": "};
const struct json_layout json_filed = {
    .indent = "\t", .colon = ":\t", .has_long_arrays = true};

struct layout {
	const struct json_layout *how;
	unsigned depth;
	uint64_t in_array; /* a bit a level, the innermost lowest */
};

/* Between the brackets and the members of where we are. */
static void
add_break(struct buf *b, const struct layout *l, bool is_inside)
{
	bool is_long = (l->in_array & 1) != 0 && l->how->has_long_arrays;
	bool is_deep = l->how->levels > 0 && l->depth > l->how->levels;
	char last = b->data[b->len - 1];

	if (is_long || is_deep) {
		buf_adds(b, last == ',' ? " " : "");
		return;
	}
	buf_addc(b, '\n');
	for (unsigned i = is_inside ? 0 : 1; i < l->depth; i++)
		buf_adds(b, l->how->indent);
}

static void
add_layout(struct buf *b, struct layout *l, char c, char next)
{
	switch (c) {
	case '{':
	case '[':
		buf_addc(b, c);
		l->depth++;
		l->in_array = l->in_array << 1 | (c == '[');
		if (next != '}' && next != ']')
			add_break(b, l, true);
		return;
	case '}':
	case ']':
		if (b->data[b->len - 1] != '{' && b->data[b->len - 1] != '[')
			add_break(b, l, false);
		buf_addc(b, c);
		l->depth -= l->depth > 0;
		l->in_array >>= 1;
		return;
	case ',':
		buf_addc(b, c);
		add_break(b, l, true);
		return;
	case ':':
		buf_adds(b, l->how->colon);
		return;
	default:
		buf_addc(b, c);
	}
}

void
json_lay_out(struct buf *b, struct text json, const struct json_layout *how)
{
	struct layout l = {.how = how};

	for (size_t i = 0; i < json.len; i++) {
		size_t begin = i;

		if (json.s[i] != '"') {
			add_layout(b, &l, json.s[i],
			    i + 1 < json.len ? json.s[i + 1] : '\0');
			continue;
		}
		for (i++; i < json.len && json.s[i] != '"'; i++)
			i += json.s[i] == '\\';
		buf_add(b, json.s + begin, (i < json.len ? i + 1 : i) - begin);
	}
}
