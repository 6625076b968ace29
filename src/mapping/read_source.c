/* SPDX-License-Identifier: MIT */
/*
 * Readers of where a field's value comes from: columns, constants, templates.
 */
#include "base/json_write.h"
#include "loader.h"
#include "mapping/mapping.h"

#include <string.h>

struct place
place_in_scalar(struct loader *l, const struct node *n, size_t offset)
{
	struct place at = n->at;
	if (++l->places > PLACES_MAX)
		return at;
	struct text raw = source_between(l->m->bytes, n->at, n->end);
	if (n->style == STYLE_QUOTED && raw.len >= 2) {
		at.column++;
		raw = (struct text){raw.s + 1, raw.len - 2};
	}
	if (n->at.line != n->end.line || !text_equal(raw, n->text))
		return n->at;
	at.column += (int)utf8_length(raw.s, offset);
	return at;
}

static bool
read_name(struct loader *l, const struct key *k, const struct node *value,
    struct column_ref *ref)
{
	struct text t;
	if (!loader_text(l, k, value, &t))
		return false;
	if (text_trim(t).len == 0) {
		struct diagnostic *x = loader_error(l, "mapping.bad_value",
		    value, "a column's name cannot be empty");
		loader_help(l, x, "index: N reaches a column without a name");
		return false;
	}
	*ref = (struct column_ref){.name = t, .at = value->at, .column = -1};
	return true;
}

bool
read_column(
    struct loader *l, const struct key *k, const struct node *value, void *ref)
{
	return read_name(l, k, value, ref);
}

bool
read_columns(struct loader *l, const struct key *k, const struct node *value,
    void *field)
{
	struct field *f = field;
	bool is_list = value->kind == NODE_LIST, is_good = true;
	size_t count = is_list ? value->count : 1;
	f->source = SOURCE_COLUMN;
	f->columns =
	    arena_array(l->arena, count ? count : 1, sizeof(*f->columns));
	if (is_list && count == 0) {
		loader_error(
		    l, "mapping.bad_value", value, "'column' names no column");
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		const struct node *item = is_list ? value->items[i] : value;
		if (read_name(l, k, item, &f->columns[f->column_count]))
			f->column_count++;
		else
			is_good = false;
	}
	return is_good;
}

bool
read_index(struct loader *l, const struct key *k, const struct node *value,
    struct column_ref *ref)
{
	struct key number = *k;
	uint64_t n = 0;
	number.kind = VALUE_NUMBER;
	number.offset = 0;
	if (!loader_read(l, &number, value, &n))
		return false;
	*ref = (struct column_ref){.name = {"", 0},
	    .index = (uint32_t)n,
	    .at = value->at,
	    .column = -1};
	return true;
}

bool
read_constant(struct loader *l, const struct key *k, const struct node *value,
    void *field)
{
	struct field *f = field;
	f->source = SOURCE_CONSTANT;
	if (value->kind == NODE_SCALAR &&
	    node_scalar_kind(value) == SCALAR_NULL) {
		struct diagnostic *x = loader_error(
		    l, "mapping.bad_value", value, "a constant cannot be null");
		loader_help(
		    l, x, "write \"null\" for the text, or delete the field");
		return false;
	}
	if (!loader_text(l, k, value, &f->constant_text))
		return false;
	f->constant_is_text = node_scalar_kind(value) == SCALAR_TEXT;
	if (!f->constant_is_text) {
		f->constant_json = f->constant_text;
		return true;
	}
	struct buf b = BUF_INIT(0);
	json_text(&b, NULL, f->constant_text);
	f->constant_json = loader_keep(l, (struct text){buf_str(&b), b.len});
	buf_release(&b);
	return true;
}

/*
 * Templates. `{` begins a column's name, `}` ends it, `{{` and `}}` are the
 * characters themselves.
 */
struct template_reader {
	struct loader *l;
	const struct node *node;
	struct text text;
	struct field *f;
	struct buf literal;
};

static bool
template_error(
    struct template_reader *t, size_t at, const char *message, const char *help)
{
	struct diagnostic *x = loader_error_at(t->l, "mapping.template",
	    place_in_scalar(t->l, t->node, at), "%s", message);
	loader_help(t->l, x, "%s", help);
	return false;
}

static int
template_column(struct template_reader *t, struct text name, size_t at)
{
	struct field *f = t->f;
	/* Compared with the first hundred: a name twice does no harm. */
	for (size_t i = 0; i < f->column_count && i < 100; i++)
		if (text_equal(f->columns[i].name, name))
			return (int)i;
	f->columns[f->column_count] =
	    (struct column_ref){.name = loader_keep(t->l, name),
		.at = place_in_scalar(t->l, t->node, at),
		.column = -1};
	return (int)f->column_count++;
}

static void
template_part(struct template_reader *t, int ref)
{
	t->f->parts[t->f->part_count++] = (struct template_part){
	    .literal = loader_keep(
		t->l, (struct text){buf_str(&t->literal), t->literal.len}),
	    .ref = ref};
	buf_clear(&t->literal);
}

static bool
template_name(struct template_reader *t, size_t *pos)
{
	size_t begin = *pos + 1;
	const char *close = memchr(t->text.s + begin, '}', t->text.len - begin);
	if (!close)
		return template_error(t, *pos, "a '{' is never closed",
		    "write {Column Name}; {{ is the character {");
	struct text name = {
	    t->text.s + begin, (size_t)(close - t->text.s) - begin};
	if (memchr(name.s, '{', name.len))
		return template_error(t, *pos, "a '{' inside a column's name",
		    "close the first name with '}'; {{ is the character {");
	if (text_trim(name).len == 0)
		return template_error(t, *pos, "braces without a column name",
		    "write {Column Name}; {{}} are the characters {}");
	template_part(t, template_column(t, name, begin));
	*pos = (size_t)(close - t->text.s) + 1;
	return true;
}

static bool
template_parse(struct template_reader *t)
{
	size_t i = 0;
	while (i < t->text.len) {
		char c = t->text.s[i];
		bool twice = i + 1 < t->text.len && t->text.s[i + 1] == c;
		if ((c == '{' || c == '}') && twice) {
			buf_addc(&t->literal, c);
			i += 2;
		} else if (c == '{') {
			if (!template_name(t, &i))
				return false;
		} else if (c == '}') {
			return template_error(t, i, "a '}' that closes nothing",
			    "}} is the character }");
		} else {
			buf_addc(&t->literal, c);
			i++;
		}
	}
	template_part(t, -1);
	return true;
}

bool
read_template(struct loader *l, const struct key *k, const struct node *value,
    void *field)
{
	struct field *f = field;
	struct template_reader t = {
	    .l = l, .node = value, .f = f, .literal = BUF_INIT(0)};
	f->source = SOURCE_TEMPLATE;
	if (!loader_text(l, k, value, &t.text))
		return false;
	size_t braces = 0;
	for (size_t i = 0; i < t.text.len; i++)
		braces += t.text.s[i] == '{';
	f->columns = arena_array(l->arena, braces + 1, sizeof(*f->columns));
	f->parts = arena_array(l->arena, braces + 1, sizeof(*f->parts));
	bool is_good = template_parse(&t);
	if (is_good && f->column_count == 0)
		is_good = template_error(&t, 0, "a template needs a column",
		    "write {Column Name} in it, or value: for a constant");
	buf_release(&t.literal);
	return is_good;
}
