/* SPDX-License-Identifier: MIT */
/* What every process of an answer is asked for, in both ways of reading. One
 * in which a name stands twice is not believed, whatever is said here of it
 * (json_has_twins). */
#include "found_process.h"

#include "base/civil.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "members.h"
#include "response_json.h"

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

struct text
answer_first_member(struct text object, const char *name)
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

/* As answer_find_key_at does, with the root last: an attribute may have the
 * name of a root field, as `id`. */
static struct text
find_key(const struct members *root, const char *key_name)
{
	struct text record = first_of(root, "record");
	struct text key;

	if (key_name == NULL || key_name[0] == '\0')
		return (struct text){NULL, 0};
	for (int place = 0; place < 4; place++) {
		key = place == 0 ? answer_first_member(
				       first_of(root, "data"), key_name)
		      : place == 1
			  ? answer_first_member(
				answer_first_member(record, "data"), key_name)
		      : place == 2 ? answer_first_member(record, key_name)
				   : first_of(root, key_name);
		if (is_string(key) || is_number(key))
			return key;
	}
	return (struct text){NULL, 0};
}

/* Spelt as we spell it. */
static struct text
spell_token(struct arena *memory, struct text token)
{
	struct buf spelt = BUF_INIT(0);

	if (!is_string(token) || memchr(token.s, '\\', token.len) == NULL)
		return token;
	json_add_string(&spelt, string_text(memory, token));
	token = buf_text(&spelt);
	token.s = arena_strndup(memory, token.s, token.len);
	buf_release(&spelt);
	return token;
}

/* As answer_time; most are milliseconds of 13 digits. */
static int64_t
number_time(struct arena *memory, struct text token)
{
	int64_t ms = 0;
	size_t i = 0;

	while (i < token.len && token.len == 13 && ascii_is_digit(token.s[i]))
		ms = ms * 10 + (token.s[i++] - '0');
	if (i == 13 && token.s[0] != '0')
		return ms;
	return answer_time(
	    arena_strndup(memory, token.s, token.len), true, NULL);
}

static int64_t
read_time(struct arena *memory, struct text token)
{
	if (token.s == NULL || text_is(token, "null"))
		return FOUND_NO_TIME;
	if (is_string(token))
		return answer_time(string_text(memory, token).s, false, NULL);
	if (is_number(token))
		return number_time(memory, token);
	return FOUND_BAD_TIME;
}

/* What is asked of every process. */
struct process_members {
	struct text id, created_at, updated_at, key;
};

static struct process_members
find_members(struct text process, const char *key_name)
{
	struct members root;
	struct process_members m;

	members_read(&root, process);
	m = (struct process_members){.id = first_of(&root, "id"),
	    .created_at = first_of(&root, "createdAt"),
	    .updated_at = first_of(&root, "updatedAt"),
	    .key = find_key(&root, key_name)};
	members_release(&root);
	return m;
}

static void
put_id(struct arena *memory, struct text id, struct found_process *item)
{
	if (!is_string(id))
		return;
	id = memchr(id.s, '\\', id.len) != NULL
		 ? string_text(memory, id)
		 : (struct text){id.s + 1, id.len - 2};
	if (id.len > 0 && id.len < sizeof(item->id))
		answer_put(item->id, sizeof(item->id), id);
}

static void
fill(struct arena *memory, const struct process_members *m,
    struct found_process *item)
{
	item->created_at_ms = read_time(memory, m->created_at);
	item->updated_at_ms = text_equal(m->updated_at, m->created_at)
				  ? item->created_at_ms
				  : read_time(memory, m->updated_at);
	put_id(memory, m->id, item);
	item->key_token = spell_token(memory, m->key);
}

void
found_numbers(
    struct found_numbers *n, const struct outlines *o, const char *key_name)
{
	struct buf key = BUF_INIT(0);

	n->id = outline_number(o, OUTLINE_ROOT, TEXT_LITERAL("\"id\":"));
	n->created_at =
	    outline_number(o, OUTLINE_ROOT, TEXT_LITERAL("\"createdAt\":"));
	n->updated_at =
	    outline_number(o, OUTLINE_ROOT, TEXT_LITERAL("\"updatedAt\":"));
	json_add_string(&key, text_of(key_name != NULL ? key_name : ""));
	buf_addc(&key, ':');
	for (int place = 0; place < OUTLINE_PLACES; place++)
		n->key[place] =
		    key_name == NULL || key_name[0] == '\0'
			? -1
			: outline_number(
			      o, (enum outline_place)place, buf_text(&key));
	buf_release(&key);
}

/* The same as find_members of what is outlined. */
static struct process_members
take_members(const struct found_numbers *n, const struct outlined *x)
{
	static const enum outline_place places[] = {
	    OUTLINE_DATA, OUTLINE_RECORD_DATA, OUTLINE_RECORD, OUTLINE_ROOT};
	struct process_members m = {.id = outline_value(x, OUTLINE_ROOT, n->id),
	    .created_at = outline_value(x, OUTLINE_ROOT, n->created_at),
	    .updated_at = outline_value(x, OUTLINE_ROOT, n->updated_at)};

	for (int i = 0; i < OUTLINE_PLACES; i++) {
		struct text key =
		    outline_value(x, places[i], n->key[places[i]]);

		if (!is_string(key) && !is_number(key))
			continue;
		m.key = key;
		break;
	}
	return m;
}

void
found_read(struct arena *memory, struct text process, const char *key_name,
    struct found_process *item)
{
	struct process_members m = find_members(process, key_name);

	item->json = process;
	fill(memory, &m, item);
}

void
found_take(struct arena *memory, const struct found_numbers *n,
    struct text process, struct found_fields *fields,
    struct found_process *item)
{
	struct process_members m = take_members(n, &fields->at);

	item->json = process;
	item->fields = fields;
	fill(memory, &m, item);
}

bool
answer_says_true(struct text token)
{
	struct arena memory = {0};
	bool is_true =
	    text_is(token, "true") ||
	    (is_string(token) &&
		strcasecmp(string_text(&memory, token).s, "true") == 0);

	arena_release(&memory);
	return is_true;
}
