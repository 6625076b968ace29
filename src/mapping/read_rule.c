/* SPDX-License-Identifier: MIT */
/*
 * Readers of what happens to a value: map, otherwise, replace, patterns,
 * formats, zones.
 */
#include "loader.h"
#include "lookup_rule.h"
#include "value/forms.h"

#include <stdlib.h>
#include <string.h>

static int
compare_entries(const void *a, const void *b)
{
	return text_order(((const struct map_entry *)a)->from,
	    ((const struct map_entry *)b)->from);
}

/* Texts that differ only in their Unicode form are one entry, so they must
 * agree; of texts that are the same to the letter the reader of YAML has said
 * so already. */
static bool
check_entries(struct loader *l, const struct text_steps *s)
{
	bool is_good = true;

	for (size_t i = 1; i < s->map_count; i++) {
		const struct map_entry *a = &s->map[i - 1], *b = &s->map[i];

		if (!text_equal(a->from, b->from) || text_equal(a->to, b->to))
			continue;
		const struct map_entry *later =
		    place_order(a->at, b->at) < 0 ? b : a;
		struct diagnostic *x =
		    loader_error_at(l, "mapping.duplicate_key", later->at,
			"'%s' is in the map twice, in two Unicode forms, with "
			"different results",
			loader_show(l, later->from));
		loader_help(l, x, "delete one of the two entries");
		is_good = false;
	}
	return is_good;
}

bool
read_map_entries(struct loader *l, const struct key *k,
    const struct node *value, void *steps)
{
	struct text_steps *s = steps;
	if (value->kind == NODE_BAD)
		return false;
	if (is_lookup(value))
		return read_lookup_rule(l, k, value, s);
	if (value->kind != NODE_MAP || value->count == 0) {
		struct diagnostic *x = loader_error(l, "mapping.wrong_kind",
		    value, "'%s' must be a map of texts, not %s", k->name,
		    value->kind == NODE_MAP ? "an empty one"
					    : node_describe(value));
		loader_help(l, x, "for example %s: %s", k->name, k->example);
		return false;
	}
	bool is_good = true;
	s->map = arena_array(l->arena, value->count, sizeof(*s->map));
	for (size_t i = 0; i < value->count; i++) {
		const struct pair *p = &value->pairs[i];
		struct map_entry *e = &s->map[s->map_count];
		struct key entry = *k;
		if (p->key->kind != NODE_SCALAR) {
			is_good = false;
			continue;
		}
		entry.name = loader_show(l, p->key->text);
		entry.example = "NEW";
		if (!loader_text(l, &entry, p->value, &e->to)) {
			is_good = false;
			continue;
		}
		e->from = loader_keep_nfc(l, p->key->text);
		e->at = p->key->at;
		s->map_count++;
	}
	if (s->map_count > 1)
		qsort(s->map, s->map_count, sizeof(*s->map), compare_entries);
	return check_entries(l, s) && is_good;
}

bool
read_otherwise(struct loader *l, const struct key *k, const struct node *value,
    void *steps)
{
	struct text_steps *s = steps;
	if (value->kind == NODE_MAP) {
		struct given given;
		s->otherwise = OTHERWISE_VALUE;
		return loader_read_table(l, k->table, value, &given, s);
	}
	struct key word = *k;
	word.kind = VALUE_WORD;
	word.offset = 0;
	return loader_read(l, &word, value, &s->otherwise);
}

struct mapping_resource *
loader_resource(struct loader *l)
{
	struct mapping_resource *r = arena_alloc(l->arena, sizeof(*r));
	r->next = l->m->resources;
	l->m->resources = r;
	return r;
}

typedef struct pattern *compile_pattern(
    struct text source, char error[160], size_t *error_at);

/* NULL if it was reported as wrong. */
static struct pattern *
compile_value(struct loader *l, const struct node *value, struct text t,
    compile_pattern *compile)
{
	char error[160];
	size_t at = 0;
	struct pattern *p = compile(t, error, &at);
	if (p) {
		loader_resource(l)->pattern = p;
		/* cppcheck-suppress returnDanglingLifetime ; it keeps no place
		 */
		return p;
	}
	loader_help(l,
	    loader_error_at(l, "mapping.pattern", place_in_scalar(l, value, at),
		"the pattern does not compile: %s, at character %zu of '%s'",
		error, utf8_length(t.s, at) + 1, loader_show(l, t)),
	    "put \\ before a character that stands for itself");
	return NULL;
}

bool
read_pattern(struct loader *l, const struct key *k, const struct node *value,
    void *pattern)
{
	struct text t;
	if (!loader_text(l, k, value, &t))
		return false;
	struct pattern *p = compile_value(l, value, t, pattern_compile);
	if (p)
		*(struct pattern **)pattern = p;
	return p != NULL;
}

/* One that matches nothing as well as anything else would leave out all. */
static bool
read_ignore_rule(struct loader *l, const struct key *k,
    const struct node *value, struct ignore_rule *rule)
{
	struct key item = *k;
	item.example = "'# '";
	if (!loader_text(l, &item, value, &rule->text))
		return false;
	rule->pattern =
	    compile_value(l, value, rule->text, pattern_compile_at_start);
	if (!rule->pattern)
		return false;
	if (pattern_match(rule->pattern, TEXT_LITERAL(""), false) != 1 ||
	    pattern_match(rule->pattern, TEXT_LITERAL("\x7f"), false) != 1)
		return true;
	struct diagnostic *x = loader_error(l, "mapping.bad_value", value,
	    "'%s' would leave out every record", loader_show(l, rule->text));
	loader_help(l, x,
	    "a pattern is matched at the start of the record's raw text: write "
	    "what is there");
	return false;
}

bool
read_ignore(struct loader *l, const struct key *k, const struct node *value,
    struct ignore_rule **list, size_t *count)
{
	bool is_good = true;
	if (value->kind == NODE_BAD)
		return false;
	if (value->kind != NODE_LIST || value->count == 0) {
		struct diagnostic *x = loader_error(l, "mapping.wrong_kind",
		    value, "'%s' must be a list of patterns, not %s", k->name,
		    value->kind == NODE_LIST ? "an empty one"
					     : node_describe(value));
		loader_help(l, x, "for example %s: %s", k->name, k->example);
		return false;
	}
	*list = arena_array(l->arena, value->count, sizeof(**list));
	for (size_t i = 0; i < value->count; i++) {
		if (read_ignore_rule(l, k, value->items[i], &(*list)[*count]))
			++*count;
		else
			is_good = false;
	}
	return is_good;
}

/* A replacement is only looked at when something matches. */
static bool
fills(const struct replace_step *step)
{
	char error[160];
	size_t at;
	struct buf b = BUF_INIT(1 << 20);
	struct buf probe = BUF_INIT(1 << 20);

	buf_addf(&probe, "(?:%.*s)|", (int)step->pattern_text.len,
	    step->pattern_text.s);
	struct pattern *p = pattern_compile(
	    (struct text){buf_str(&probe), probe.len}, error, &at);
	bool is_good =
	    !p || pattern_replace(p, TEXT_LITERAL(""), step->with, &b) == 0;
	pattern_free(p);
	buf_release(&probe);
	buf_release(&b);
	return is_good;
}

static bool
read_replace_step(struct loader *l, const struct key *k,
    const struct node *value, struct replace_step *step)
{
	struct given given;

	/* A step before it may have been refused half read. */
	*step = (struct replace_step){.pattern = NULL};
	if (!loader_read_table(l, k->table, value, &given, step))
		return false;
	const struct node *pattern = given_value(&given, "pattern");
	const struct node *with = given_value(&given, "with");
	if (!step->pattern || !with || with->kind != NODE_SCALAR)
		return false;
	step->pattern_text = loader_keep(l, pattern->text);
	if (fills(step))
		return true;
	struct diagnostic *x = loader_error(l, "mapping.pattern", with,
	    "'%s' is not a replacement that the pattern can fill",
	    loader_show(l, step->with));
	loader_help(
	    l, x, "$1 is the first group of the pattern; $$ is a dollar sign");
	return false;
}

bool
read_replace(struct loader *l, const struct key *k, const struct node *value,
    void *steps)
{
	struct text_steps *s = steps;
	bool is_list = value->kind == NODE_LIST, is_good = true;
	size_t count = is_list ? value->count : 1;

	if (count == 0) {
		struct diagnostic *x = loader_error(l, "mapping.bad_value",
		    value, "'%s' is an empty list", k->name);
		loader_help(l, x, "for example %s: %s", k->name, k->example);
		return false;
	}
	s->replaces = arena_array(l->arena, count, sizeof(*s->replaces));
	for (size_t i = 0; i < count; i++) {
		const struct node *item = is_list ? value->items[i] : value;

		if (read_replace_step(
			l, k, item, &s->replaces[s->replace_count]))
			s->replace_count++;
		else
			is_good = false;
	}
	return is_good;
}

bool
read_each(struct loader *l, const struct key *k, const struct node *value,
    void *steps)
{
	struct given given;

	if (value->kind == NODE_MAP && value->count == 0) {
		struct diagnostic *x = loader_error(l, "mapping.bad_value",
		    value, "'%s' has no steps", k->name);
		loader_help(l, x, "for example %s: %s", k->name, k->example);
		return false;
	}
	return loader_read_table(l, k->table, value, &given, steps);
}

/* A format as spreadsheets and other languages write it, in our directives;
 * false: there is none of their words in it, or one of ours. */
static bool
translate_format(struct text format, struct buf *out)
{
	static const char *const words[][2] = {{"YYYY", "%Y"}, {"yyyy", "%Y"},
	    {"YY", "%y"}, {"yy", "%y"}, {"MMM", "%b"}, {"MM", "%m"},
	    {"DD", "%d"}, {"dd", "%d"}, {"HH", "%H"}, {"hh", "%I"},
	    {"mm", "%M"}, {"SS", "%S"}, {"ss", "%S"}, {"M", "%m"}, {"D", "%d"},
	    {"d", "%d"}};
	const size_t count = sizeof(words) / sizeof(words[0]);
	bool has_word = false;

	for (size_t at = 0, i; at < format.len;) {
		struct text rest = {format.s + at, format.len - at};

		if (*rest.s == '%')
			return false;
		for (i = 0; i < count; i++)
			if (rest.len >= strlen(words[i][0]) &&
			    memcmp(rest.s, words[i][0], strlen(words[i][0])) ==
				0)
				break;
		has_word |= i < count;
		buf_add(
		    out, i < count ? words[i][1] : rest.s, i < count ? 2 : 1);
		at += i < count ? strlen(words[i][0]) : 1;
	}
	return has_word;
}

static void
report_format(struct loader *l, const struct field *f, const struct key *k,
    const struct node *item, struct text format, size_t at, const char *wrong)
{
	struct text directive = date_directive(format, at);
	struct buf ours = BUF_INIT(256);
	struct diagnostic *x;

	if (directive.len > 1 && date_directive_is_unknown(directive)) {
		x = loader_error_at(l, "mapping.format",
		    place_in_scalar(l, item, at),
		    "the format '%s' has an unknown directive '%s'",
		    loader_show(l, format), loader_show(l, directive));
		loader_help(l, x, "the directives are %s", date_directives);
		return;
	}
	x = loader_error_at(l, "mapping.format", place_in_scalar(l, item, at),
	    "the format '%s' %s", loader_show(l, format), wrong);
	if (translate_format(format, &ours))
		loader_help(l, x, "did you mean %s: \"%s\"?", k->name,
		    loader_show(l, buf_text(&ours)));
	else
		loader_help(l, x, "for example %s: %s", k->name,
		    f->type == TYPE_TIME ? "\"%H:%M\"" : k->example);
	buf_release(&ours);
}

bool
read_formats(struct loader *l, const struct key *k, const struct node *value,
    void *field)
{
	struct field *f = field;
	bool is_list = value->kind == NODE_LIST, is_good = true;
	size_t count = is_list ? value->count : 1;
	struct key one = *k;
	one.kind = VALUE_TEXT;
	one.offset = 0;
	if (is_list && count == 0) {
		struct diagnostic *x = loader_error(l, "mapping.bad_value",
		    value, "'%s' is an empty list", k->name);
		loader_help(l, x, "leave it out for ISO 8601");
		return false;
	}
	f->formats = arena_array(l->arena, count, sizeof(*f->formats));
	for (size_t i = 0; i < count; i++) {
		const struct node *item = is_list ? value->items[i] : value;
		struct text *t = &f->formats[f->format_count];
		if (!loader_read(l, &one, item, t)) {
			is_good = false;
			continue;
		}
		size_t at = 0;
		const char *wrong =
		    date_format_wrong(*t, f->type == TYPE_TIME, &at);
		if (wrong) {
			report_format(l, f, k, item, *t, at, wrong);
			is_good = false;
		}
		f->format_count++;
	}
	return is_good;
}

static bool
read_month_name(struct loader *l, const struct key *k, const struct node *item,
    int month, struct month_names *m)
{
	struct key one = *k;
	struct buf folded = BUF_INIT(0);
	struct text t;

	one.example = "Jan";
	if (!loader_text(l, &one, item, &t))
		return false;
	if (t.len == 0 || text_trim(t).len < t.len) {
		loader_error(l, "mapping.bad_value", item,
		    "the name of a month %s",
		    t.len == 0 ? "is empty" : "begins or ends with a blank");
		return false;
	}
	month_name_fold(&folded, t);
	m->names[m->count++] = (struct month_name){
	    loader_keep(l, (struct text){buf_str(&folded), folded.len}), month};
	buf_release(&folded);
	return true;
}

static bool
is_of_twelve(struct loader *l, const struct key *k, const struct node *value)
{
	struct diagnostic *x;

	if (value->kind == NODE_BAD)
		return false;
	if (value->kind == NODE_LIST && value->count == 12)
		return true;
	if (value->kind == NODE_LIST)
		x = loader_error(l, "mapping.bad_value", value,
		    "'%s' needs twelve names, from January to December, not "
		    "%zu",
		    k->name, value->count);
	else
		x = loader_error(l, "mapping.wrong_kind", value,
		    "'%s' must be a list of twelve names, not %s", k->name,
		    node_describe(value));
	loader_help(l, x, "for example %s: %s", k->name, k->example);
	return false;
}

bool
read_months(struct loader *l, const struct key *k, const struct node *value,
    void *months)
{
	struct month_names *m = months;
	bool is_good = true;
	size_t count = 12, twice;

	if (!is_of_twelve(l, k, value))
		return false;
	for (size_t i = 0; i < 12; i++)
		count += value->items[i]->count;
	m->names = arena_array(l->arena, count, sizeof(*m->names));
	for (int i = 0; i < 12; i++) {
		const struct node *item = value->items[i];
		bool is_list = item->kind == NODE_LIST && item->count > 0;

		for (size_t n = 0; n < (is_list ? item->count : 1); n++)
			is_good =
			    read_month_name(l, k,
				is_list ? item->items[n] : item, i + 1, m) &&
			    is_good;
	}
	twice = month_names_sort(m);
	if (twice < m->count)
		loader_error(l, "mapping.conflict", value,
		    "'%s' names two months",
		    loader_show(l, m->names[twice].name));
	return is_good && twice == m->count;
}

bool
read_zone(struct loader *l, const struct key *k, const struct node *value,
    void *field)
{
	struct field *f = field;
	struct text t;
	if (!loader_text(l, k, value, &t))
		return false;
	f->zone_name = t;
	if (text_is(t, "UTC"))
		return true;
	for (struct mapping_resource *r = l->m->resources; r; r = r->next)
		if (r->zone && text_is(t, r->zone_name)) {
			f->zone = r->zone;
			return true;
		}
	f->zone = zone_load(t.s);
	if (f->zone) {
		struct mapping_resource *r = loader_resource(l);
		r->zone = f->zone;
		r->zone_name = t.s;
		return true;
	}
	struct diagnostic *x = loader_error(l, "mapping.unknown_zone", value,
	    "unknown time zone '%s'", loader_show(l, t));
	struct text meant = {"", 0};
	if (loader_may_suggest(l))
		meant = zone_did_you_mean(&l->list->arena, t);
	if (meant.len)
		loader_help(l, x, "did you mean '%s'?", meant.s);
	else
		loader_help(l, x,
		    "use a name from the IANA list, such as Asia/Kolkata");
	return false;
}
