/* SPDX-License-Identifier: MIT */
/*
 * The canonical text of a mapping: everything that decides a payload, each
 * member as `name LENGTH:bytes` on a line, written from the loaded structure.
 * So comments, formatting, the order of options and defaults that are spelled
 * out make no difference, and everything else does. `submit` and `tests`
 * decide no payload; the procedure is part of the input key already.
 */
#include "base/buf.h"
#include "lookup_rule.h"
#include "mapping/mapping.h"

static void
put(struct buf *b, const char *name, struct text t)
{
	buf_addf(b, "%s %zu:", name, t.len);
	buf_add(b, t.s ? t.s : "", t.len);
	buf_addc(b, '\n');
}

static void
put_some(struct buf *b, const char *name, struct text t)
{
	if (t.len)
		put(b, name, t);
}

static void
put_number(struct buf *b, const char *name, int64_t n)
{
	if (n)
		buf_addf(b, "%s %lld\n", name, (long long)n);
}

static void
put_list(struct buf *b, const char *name, const struct text *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put(b, name, list[i]);
}

static void
put_column(struct buf *b, const struct column_ref *c)
{
	if (c->index)
		put_number(b, "index", c->index);
	else
		put(b, "column", c->name);
}

static void
put_source(struct buf *b, const struct field *f)
{
	put_number(b, "source", f->source);
	for (size_t i = 0; i < f->column_count; i++)
		put_column(b, &f->columns[i]);
	for (size_t i = 0; i < f->part_count; i++) {
		put(b, "literal", f->parts[i].literal);
		put_number(b, "ref", f->parts[i].ref + 1);
	}
	put_some(b, "value", f->constant_json);
	put_number(b, "meta", f->meta);
}

void
canonical_reading(struct buf *b, const struct mapping_source *s)
{
	put(b, "encoding", s->encoding);
	put_number(b, "delimiter", (unsigned char)s->dialect.delimiter);
	put_number(b, "quote", (unsigned char)s->dialect.quote);
	put_number(b, "header", s->dialect.has_header);
	put_number(b, "skip_lines", (int64_t)s->dialect.skip_lines);
	put_number(b, "ragged", s->ragged);
	put_number(b, "blank_lines", s->blank_line_is_record);
	put_number(b, "columns", s->columns);
	/* Nothing where they are not used: as before they were keys. */
	if (s->dialect.blanks != BLANKS_KEEP)
		put_number(b, "blanks", s->dialect.blanks);
	for (size_t i = 0; i < s->dialect.ignore_count; i++)
		put(b, "ignore", s->dialect.ignore[i].text);
	if (s->repeated_header_is_record)
		put_number(b, "repeated_header", 1);
	put_list(b, "null", s->nulls, s->null_count);
}

/* Of a table its bytes, and what is read of them; not where it lies. */
static void
put_lookup(struct buf *b, const struct text_steps *s)
{
	const struct lookup_rule *r = s->lookup_rule;

	if (r) {
		put(b, "table", text_of(r->lies_in->sha256));
		put(b, "table-from", r->from);
		put(b, "table-to", r->to);
		canonical_reading(b, &r->source);
	}
	if (s->map_ignores_case)
		put_number(b, "map_case", 1);
}

static void
put_steps(struct buf *b, const struct text_steps *s)
{
	for (size_t i = 0; i < s->replace_count; i++) {
		put(b, "replace", s->replaces[i].pattern_text);
		put(b, "with", s->replaces[i].with);
	}
	put_number(b, "case", s->case_rule);
	for (size_t i = 0; i < s->map_count; i++) {
		put(b, "from", s->map[i].from);
		put(b, "to", s->map[i].to);
	}
	put_lookup(b, s);
	put_number(b, "otherwise", s->otherwise);
	put_some(b, "otherwise-value", s->otherwise_value);
}

static void
put_rules(struct buf *b, const struct field *f)
{
	put_number(b, "unwrap", f->unwrap);
	put_number(b, "trim", f->trim);
	put_list(b, "clear", f->clears, f->clear_count);
	put_steps(b, &f->steps);
	if (f->has_default)
		put(b, "default", f->default_text);
	put_number(b, "required", f->required);
	put_number(b, "empty", f->empty);
	put_number(b, "on_error", f->on_error);
	put_number(b, "unique", f->unique);
}

/* What is as it was before separators could have several characters keeps its
 * text. */
static void
put_separator(struct buf *b, const struct field *f)
{
	const struct text_steps *each = &f->each;

	if (f->separator.len == 1 && (unsigned char)f->separator.s[0] < 0x80)
		put_number(b, "separator", f->separator.s[0]);
	else
		put(b, "separator", f->separator);
	put_number(b, "quoted", f->is_quoted);
	if (each->replace_count == 0 && each->case_rule == CASE_KEEP &&
	    !steps_have_map(each))
		return;
	buf_adds(b, "each {\n");
	put_steps(b, each);
	buf_adds(b, "}\n");
}

static void
put_type(struct buf *b, const struct field *f)
{
	put(b, "type",
	    (struct text){field_type_name(f->type),
		text_of(field_type_name(f->type)).len});
	put_number(b, "decimal", f->decimal_sign);
	put_number(b, "thousands", f->thousands_sign);
	put_number(b, "negative", f->negative);
	put_list(b, "unit", f->units, f->unit_count);
	put_number(b, "percent", f->percent);
	put_number(b, "digits", f->any_digits);
	put_number(b, "century", (int64_t)f->century);
	put_list(b, "format", f->formats, f->format_count);
	for (size_t i = 0; i < f->months.count; i++) {
		put_number(b, "month", f->months.names[i].month);
		put(b, "month-name", f->months.names[i].name);
	}
	put_some(b, "timezone", f->zone ? f->zone_name : TEXT_LITERAL(""));
	put_number(b, "as", f->as);
	put_list(b, "true", f->true_words, f->true_count);
	put_list(b, "false", f->false_words, f->false_count);
	put_separator(b, f);
	put_some(b, "calling_code", f->calling_code);
	put_some(b, "trunk_prefix", f->trunk_prefix);
	if (f->pattern)
		put(b, "pattern", f->pattern_text);
	if (f->has_min)
		put(b, "min", f->min_text);
	if (f->has_max)
		put(b, "max", f->max_text);
	if (f->has_min_length)
		put_number(b, "min_length", (int64_t)f->min_length + 1);
	if (f->has_max_length)
		put_number(b, "max_length", (int64_t)f->max_length + 1);
	put_list(b, "one_of", f->one_of, f->one_of_count);
}

static void
put_fields(struct buf *b, const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct field *f = &fields[i];
		put(b, "field", f->key);
		put_source(b, f);
		if (f->source == SOURCE_ITEMS)
			put_number(b, "required", f->required);
		if (f->source == SOURCE_OBJECT || f->source == SOURCE_ITEMS) {
			buf_adds(b, "{\n");
			put_fields(b, f->children, f->child_count);
			buf_adds(b, "}\n");
		} else {
			put_rules(b, f);
			put_type(b, f);
		}
	}
}

static void
put_conditions(struct buf *b, const char *name,
    const struct row_condition *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct row_condition *c = &list[i];
		buf_addf(b, "%s %d\n", name, (int)c->kind);
		put_column(b, &c->column);
		put_list(b, "word", c->words, c->word_count);
		put_some(b, "matches", c->pattern_text);
		put_number(b, "empty", c->empty);
	}
}

/* Nothing where rows are created: as before it was a key. */
static void
put_mode(struct buf *b, const struct mapping *m)
{
	const struct mapping_update *u = &m->update;

	if (m->mode == MODE_CREATE)
		return;
	put_number(b, "mode", m->mode);
	put_list(b, "update", u->fields, u->field_count);
	put_list(b, "fill_only", u->fill_only, u->fill_count);
	put_list(b, "send_only", u->send_only, u->send_count);
	put_number(b, "missing", u->rejects_missing);
}

void
mapping_canonicalise(struct mapping *m)
{
	struct buf b = BUF_INIT(0);
	buf_adds(&b, "mapping 1\n");
	put_mode(&b, m);
	canonical_reading(&b, &m->source);
	put_number(&b, "unwrap", m->unwrap);
	put_number(&b, "trim", m->trim);
	put_fields(&b, m->fields, m->field_count);
	if (m->key)
		put(&b, "key", m->key->path);
	put_number(&b, "empty_rows", m->empty_rows);
	put_conditions(&b, "only", m->only, m->only_count);
	put_conditions(&b, "except", m->except, m->except_count);
	m->canonical =
	    (struct text){arena_strndup(&m->arena, buf_str(&b), b.len), b.len};
	buf_release(&b);
}
