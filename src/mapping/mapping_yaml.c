/* SPDX-License-Identifier: MIT */
/*
 * YAML -> tree of nodes; the only user of yaml.h.
 *
 * libyaml's event API and not its document API: events arrive one by one, so
 * a depth limit stops a megabyte of `[` after 32 of them, and each event
 * keeps its marks. libyaml takes duplicate keys, recursive anchors and
 * foreign tags without a word; they are refused here. A mistake that leaves
 * the rest readable is noted and the reading goes on, with NODE_BAD in its
 * place, so that an author sees all mistakes at once.
 */
#include "mapping/mapping.h"
#include "node.h"
#include "yaml_breaks.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct yaml_reader {
	yaml_parser_t parser;
	const char *file;
	struct text bytes; /* without the BOM */
	struct arena *arena;
	struct diagnostics *list;
	struct yaml_breaks breaks;
	bool failed; /* nothing more can be read */
};

static struct place
place_of(yaml_mark_t mark)
{
	return (struct place){(int)mark.line + 1, (int)mark.column + 1};
}

static struct diagnostic *
report(struct yaml_reader *r, const char *code, struct place at,
    const char *message)
{
	return diagnostics_add(r->list, SEVERITY_ERROR, code, r->file, at.line,
	    at.column, "%s", message);
}

static struct place
place_of_offset(struct text bytes, size_t offset)
{
	struct place at = {1, 1};
	size_t begin = 0;
	if (offset > bytes.len)
		offset = bytes.len;
	for (size_t i = 0; i < offset; i++)
		if (bytes.s[i] == '\n' ||
		    (bytes.s[i] == '\r' &&
			(i + 1 == bytes.len || bytes.s[i + 1] != '\n'))) {
			at.line++;
			begin = i + 1;
		}
	at.column = 1 + (int)utf8_length(bytes.s + begin, offset - begin);
	return at;
}

/* The first line that the parser's mistake may have begun on. */
static int
first_line(const yaml_parser_t *p, struct place at)
{
	int line = at.line;
	if (p->context && (int)p->context_mark.line + 1 < line)
		line = (int)p->context_mark.line + 1;
	/* A value that swallowed the next line is reported there. */
	return line > 1 ? line - 1 : 1;
}

/* The parser puts what the end of the file interrupts on a line after the
 * last one; here it is where that began, or the end of the last line. */
static struct place
place_of_problem(const struct yaml_reader *r)
{
	const yaml_parser_t *p = &r->parser;
	size_t len = r->bytes.len;
	while (len > 0 && strchr("\r\n", r->bytes.s[len - 1]))
		len--;
	size_t count = utf8_length(r->bytes.s, len);
	if (p->problem_mark.index < count)
		return place_of(p->problem_mark);
	if (p->context && p->context_mark.index < count)
		return place_of(p->context_mark);
	return place_of_offset(r->bytes, len);
}

/* No known mistake: what the parser said. */
static void
report_parser_words(struct yaml_reader *r)
{
	const yaml_parser_t *p = &r->parser;
	struct place at = place_of_problem(r);
	const char *problem = p->problem ? p->problem : "unknown error";
	struct diagnostic *x =
	    diagnostics_add(r->list, SEVERITY_ERROR, "mapping.yaml", r->file,
		at.line, at.column, "not well-formed YAML: %s", problem);
	if (strstr(problem, "expected key") ||
	    strstr(problem, "values are not allowed"))
		diagnostics_help(r->list, x,
		    "keys of one map begin in the same column; look at the "
		    "indentation here and above");
	else if (p->context && p->context_mark.line + 1 != (size_t)at.line)
		diagnostics_help(r->list, x, "%s that begins on line %zu",
		    p->context, p->context_mark.line + 1);
}

static void
report_syntax(struct yaml_reader *r)
{
	const yaml_parser_t *p = &r->parser;
	struct place at = place_of(p->problem_mark);
	struct hint hint = {.help = BUF_INIT(4096)};
	r->failed = true;
	if (p->error == YAML_MEMORY_ERROR) {
		report(r, "mapping.yaml", at, "not enough memory to read it");
		return;
	}
	if (p->error == YAML_READER_ERROR) {
		at = place_of_offset(r->bytes, p->problem_offset);
		report(r, "mapping.yaml", at,
		    "a control character that YAML does not allow");
		return;
	}
	if (p->context && strstr(p->context, "quoted scalar") && p->problem &&
	    strstr(p->problem, "end of stream")) {
		report(r, "mapping.yaml", place_of(p->context_mark),
		    "a quote that is never closed");
		return;
	}
	if (hint_find(r->bytes, first_line(p, at), at, &hint)) {
		struct diagnostic *x =
		    report(r, "mapping.yaml", hint.at, hint.message);
		diagnostics_help(r->list, x, "%s", buf_str(&hint.help));
	} else {
		report_parser_words(r);
	}
	buf_release(&hint.help);
}

static bool
next_event(struct yaml_reader *r, yaml_event_t *event)
{
	if (r->failed)
		return false;
	if (yaml_parser_parse(&r->parser, event))
		return true;
	report_syntax(r);
	return false;
}

static struct node *
new_node(struct yaml_reader *r, enum node_kind kind, const yaml_event_t *event)
{
	struct node *n = arena_alloc(r->arena, sizeof(*n));
	n->kind = kind;
	n->at = place_of(event->start_mark);
	n->end = place_of(event->end_mark);
	return n;
}

/* Anchors and tags are refused; the node itself is read all the same. */
static void
refuse_extras(struct yaml_reader *r, const yaml_event_t *event,
    const yaml_char_t *anchor, const yaml_char_t *tag)
{
	struct place at = place_of(event->start_mark);
	struct diagnostic *x;
	if (anchor) {
		x = report(r, "mapping.alias", at,
		    "anchors and aliases are not part of the mapping "
		    "language");
		diagnostics_help(r->list, x, "write the value out");
	}
	if (tag) {
		x = report(r, "mapping.tag", at,
		    "tags are not part of the mapping language");
		diagnostics_help(
		    r->list, x, "delete the tag; \"quotes\" make a value text");
	}
}

static struct node *
read_scalar(struct yaml_reader *r, const yaml_event_t *event)
{
	struct node *n = new_node(r, NODE_SCALAR, event);
	const char *s = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	refuse_extras(
	    r, event, event->data.scalar.anchor, event->data.scalar.tag);
	switch (event->data.scalar.style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		n->style = STYLE_QUOTED;
		break;
	case YAML_LITERAL_SCALAR_STYLE:
	case YAML_FOLDED_SCALAR_STYLE:
		n->style = STYLE_BLOCK;
		break;
	case YAML_ANY_SCALAR_STYLE:
	case YAML_PLAIN_SCALAR_STYLE:
		n->style = STYLE_PLAIN;
		break;
	}
	char *kept = arena_strndup(r->arena, s, len);
	yaml_breaks_show(&r->breaks, kept, len);
	if (n->style == STYLE_QUOTED)
		yaml_breaks_keep(
		    &r->breaks, event->start_mark.index, event->end_mark.index);
	n->text = (struct text){kept, len};
	if (memchr(s, '\0', len)) {
		report(r, "mapping.nul", n->at,
		    "a NUL character cannot be part of a mapping");
		n->kind = NODE_BAD;
	} else if (utf8_check(s, len) < len) {
		/* "\uD800" in double quotes. */
		report(r, "mapping.bad_encoding", n->at,
		    "an escape that is not a Unicode character");
		n->kind = NODE_BAD;
	}
	return n;
}

static struct node *read_node(
    struct yaml_reader *r, const yaml_event_t *event, int depth);

static void *
grow(struct yaml_reader *r, void *old, size_t count, size_t size)
{
	/* The count is a power of two (or 0) when there is no room left. */
	if (count && (count & (count - 1)))
		return old;
	size_t cap = count ? count * 2 : 1;
	void *bigger = arena_array(r->arena, cap, size);
	if (count)
		memcpy(bigger, old, count * size);
	return bigger;
}

static bool
is_too_deep(struct yaml_reader *r, const yaml_event_t *event, int depth)
{
	if (depth <= NODE_DEPTH_MAX)
		return false;
	report(r, "mapping.too_deep", place_of(event->start_mark),
	    "more than 32 levels of nesting");
	r->failed = true;
	return true;
}

static void
read_list(struct yaml_reader *r, struct node *list, int depth)
{
	yaml_event_t event;
	while (next_event(r, &event)) {
		if (event.type == YAML_SEQUENCE_END_EVENT) {
			list->end = place_of(event.end_mark);
			yaml_event_delete(&event);
			return;
		}
		struct node *item = read_node(r, &event, depth);
		yaml_event_delete(&event);
		if (!item)
			return;
		list->items =
		    grow(r, list->items, list->count, sizeof(struct node *));
		list->items[list->count++] = item;
	}
}

static int
compare_pairs(const void *a, const void *b)
{
	const struct pair *x = *(const struct pair *const *)a;
	const struct pair *y = *(const struct pair *const *)b;
	size_t len = x->key->text.len < y->key->text.len ? x->key->text.len
							 : y->key->text.len;
	int order = len ? memcmp(x->key->text.s, y->key->text.s, len) : 0;
	if (order)
		return order;
	if (x->key->text.len != y->key->text.len)
		return x->key->text.len < y->key->text.len ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Sorted, not compared each with each: a file may have 100,000 keys. */
static void
check_duplicates(struct yaml_reader *r, struct node *map)
{
	if (map->count < 2)
		return;
	struct pair **sorted =
	    arena_array(r->arena, map->count, sizeof(struct pair *));
	for (size_t i = 0; i < map->count; i++)
		sorted[i] = &map->pairs[i];
	qsort(sorted, map->count, sizeof(struct pair *), compare_pairs);
	const struct pair *first = sorted[0];
	for (size_t i = 1; i < map->count; i++) {
		struct node *key = sorted[i]->key;
		if (!text_equal(first->key->text, key->text)) {
			first = sorted[i];
			continue;
		}
		if (key->kind == NODE_BAD)
			continue;
		struct buf shown = BUF_INIT(1024);
		text_display(&shown, key->text, 60);
		struct diagnostic *x = diagnostics_add(r->list, SEVERITY_ERROR,
		    "mapping.duplicate_key", r->file, key->at.line,
		    key->at.column, "duplicate key '%s': it is on line %d too",
		    buf_str(&shown), first->key->at.line);
		diagnostics_help(r->list, x, "keep one of the two");
		if (key->text.len > 0)
			x->length =
			    (int)utf8_length(key->text.s, key->text.len);
		key->kind = NODE_BAD;
		buf_release(&shown);
	}
}

static struct node *
check_key(struct yaml_reader *r, struct node *key)
{
	if (key->kind == NODE_SCALAR || key->kind == NODE_BAD)
		return key;
	report(r, "mapping.wrong_kind", key->at,
	    "a key must be text, not a list or a map");
	key->kind = NODE_BAD;
	key->text = TEXT_LITERAL("");
	return key;
}

static void
read_map(struct yaml_reader *r, struct node *map, int depth)
{
	yaml_event_t event;
	while (next_event(r, &event)) {
		if (event.type == YAML_MAPPING_END_EVENT) {
			map->end = place_of(event.end_mark);
			yaml_event_delete(&event);
			check_duplicates(r, map);
			return;
		}
		struct node *key = read_node(r, &event, depth);
		yaml_event_delete(&event);
		if (!key || !next_event(r, &event))
			return;
		struct node *value = read_node(r, &event, depth);
		yaml_event_delete(&event);
		if (!value)
			return;
		map->pairs =
		    grow(r, map->pairs, map->count, sizeof(*map->pairs));
		map->pairs[map->count++] =
		    (struct pair){check_key(r, key), value};
	}
}

static struct node *
read_node(struct yaml_reader *r, const yaml_event_t *event, int depth)
{
	struct node *n = NULL;
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return read_scalar(r, event);
	case YAML_ALIAS_EVENT:
		refuse_extras(r, event, event->data.alias.anchor, NULL);
		n = new_node(r, NODE_BAD, event);
		n->text = TEXT_LITERAL("");
		return n;
	case YAML_SEQUENCE_START_EVENT:
		refuse_extras(r, event, event->data.sequence_start.anchor,
		    event->data.sequence_start.tag);
		if (is_too_deep(r, event, depth + 1))
			return NULL;
		n = new_node(r, NODE_LIST, event);
		read_list(r, n, depth + 1);
		return r->failed ? NULL : n;
	case YAML_MAPPING_START_EVENT:
		refuse_extras(r, event, event->data.mapping_start.anchor,
		    event->data.mapping_start.tag);
		if (is_too_deep(r, event, depth + 1))
			return NULL;
		n = new_node(r, NODE_MAP, event);
		read_map(r, n, depth + 1);
		return r->failed ? NULL : n;
	default:
		return NULL;
	}
}

static struct node *
read_stream(struct yaml_reader *r)
{
	struct node *root = NULL;
	int documents = 0;
	yaml_event_t event;
	while (next_event(r, &event)) {
		yaml_event_type_t type = event.type;
		if (type == YAML_DOCUMENT_START_EVENT && ++documents == 2) {
			report(r, "mapping.several_documents",
			    place_of(event.start_mark),
			    "a mapping is one YAML document");
			yaml_event_delete(&event);
			return NULL;
		}
		if (type != YAML_STREAM_START_EVENT &&
		    type != YAML_DOCUMENT_START_EVENT &&
		    type != YAML_DOCUMENT_END_EVENT &&
		    type != YAML_STREAM_END_EVENT)
			root = read_node(r, &event, 0);
		yaml_event_delete(&event);
		if (type == YAML_STREAM_END_EVENT)
			break;
	}
	if (r->failed)
		return NULL;
	if (!root || node_is_nothing(root)) {
		report(r, "mapping.empty", (struct place){1, 1},
		    "the mapping is empty");
		return NULL;
	}
	return root;
}

/* True if the bytes can be given to the parser. */
static bool
check_bytes(struct yaml_reader *r)
{
	struct text t = r->bytes;
	if (t.len > NODE_BYTES_MAX) {
		report(r, "mapping.too_large", (struct place){1, 1},
		    "a mapping may have at most 1 MiB");
		return false;
	}
	if (t.len >= 2 &&
	    (!memcmp(t.s, "\xff\xfe", 2) || !memcmp(t.s, "\xfe\xff", 2))) {
		struct diagnostic *x = report(r, "mapping.bad_encoding",
		    (struct place){1, 1}, "the file is UTF-16, not UTF-8");
		diagnostics_help(r->list, x, "save it as UTF-8");
		return false;
	}
	size_t bad = utf8_check(t.s, t.len);
	if (bad < t.len) {
		struct diagnostic *x = report(r, "mapping.bad_encoding",
		    place_of_offset(t, bad), "a byte that is not UTF-8");
		diagnostics_help(r->list, x, "save the file as UTF-8");
		return false;
	}
	return true;
}

static void
refuse_breaks(struct yaml_reader *r)
{
	char why[YAML_BREAKS_WHY];
	size_t offset;
	if (!yaml_breaks_refused(&r->breaks, r->bytes, &offset, why))
		return;
	struct diagnostic *x =
	    report(r, "mapping.yaml", place_of_offset(r->bytes, offset), why);
	diagnostics_help(r->list, x,
	    "delete it, or break the line there; inside quotes it is an "
	    "ordinary character");
}

struct node *
node_read(const char *file, struct text bytes, struct arena *a,
    struct diagnostics *list)
{
	struct yaml_reader r = {.file = file, .arena = a, .list = list};
	if (!bytes.s)
		bytes = TEXT_LITERAL("");
	r.bytes = bytes = text_after_bom(bytes);
	if (!check_bytes(&r))
		return NULL;
	if (!yaml_parser_initialize(&r.parser)) {
		report(&r, "mapping.yaml", (struct place){1, 1},
		    "not enough memory to read it");
		return NULL;
	}
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_breaks_hide(&r.breaks, bytes);
	yaml_parser_set_input_string(&r.parser,
	    (const unsigned char *)(r.breaks.copy ? r.breaks.copy : bytes.s),
	    bytes.len);
	struct node *root = read_stream(&r);
	if (!r.failed)
		refuse_breaks(&r);
	yaml_breaks_release(&r.breaks);
	yaml_parser_delete(&r.parser);
	return root;
}
